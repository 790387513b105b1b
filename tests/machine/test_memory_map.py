"""RAM, ROM and devices of any alignment; a device is asked exactly once for each access."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from tests.machine.boards import EXECUTORS, START, Call, Recorder, cost, flat, hexed, processor, state

from luthier.errors import UsageError
from luthier.machine.memory import ELSEWHERE, OPEN_BUS, SIZE, Memory
from luthier.machine.processor import Executor, Processor

both = pytest.mark.parametrize("executor", EXECUTORS)

DEVICE = 0x2004  #: a device of eight bytes in the middle of a page of RAM


def board(device: Recorder) -> Memory:
    """RAM 0-3FFF with a device at DEVICE, nothing up to 8000, RAM up to 9000, ROM from FF0000."""
    memory = Memory()
    memory.add_ram(0, DEVICE)
    memory.add_device(DEVICE, 8, device, "device")
    memory.add_ram(DEVICE + 8, 0x4000 - DEVICE - 8)
    memory.add_ram(0x7000, 0x2000)
    memory.add_rom(0xFF0000, bytes(range(256)) * 256)
    return memory


def ran(executor: Executor, program: str, device: Recorder, **registers: int) -> Processor:
    """Run a program that halts."""
    cpu = processor(executor, board(device), program + "05", **registers)
    stop = cpu.run(100)
    assert stop.reason == "halt", stop
    return cpu


@both
@pytest.mark.parametrize(
    ("program", "calls"),
    [
        ("F2 04 20 00 41", [("write", 0x2004, 1, 0x44)]),  # ld (2004h),A
        ("F2 06 20 00 50", [("write", 0x2006, 2, 0x3344)]),
        ("F2 08 20 00 60", [("write", 0x2008, 4, 0x11223344)]),
        ("F2 05 20 00 60", [("write", 0x2005, 4, 0x11223344)]),  # unaligned, but all within the device
        ("F2 04 20 00 00 7F", [("write", 0x2004, 1, 0x7F)]),
        ("F1 04 20 02 34 12", [("write", 0x2004, 2, 0x1234)]),
        ("C2 05 20 00 21", [("read", 0x2005, 1, 0x81)]),  # ld A,(2005h)
        ("D2 06 20 00 20", [("read", 0x2006, 2, 0x8182)]),
        ("E2 04 20 00 20", [("read", 0x2004, 4, 0x81828384)]),
        ("C2 04 20 00 61", [("read", 0x2004, 1, 0x84), ("write", 0x2004, 1, 0x85)]),  # inc 1,(2004h)
        ("D2 04 20 00 61", [("read", 0x2004, 2, 0x8384), ("write", 0x2004, 2, 0x8385)]),
        ("E2 04 20 00 88", [("read", 0x2004, 4, 0x81828384), ("write", 0x2004, 4, 0x92A4B6C8)]),  # add
        ("F2 04 20 00 B8", [("read", 0x2004, 1, 0x84), ("write", 0x2004, 1, 0x85)]),  # set 0,(2004h)
        ("F2 04 20 00 C8", [("read", 0x2004, 1, 0x84)]),  # bit 0
        ("C2 04 20 00 31", [("read", 0x2004, 1, 0x84), ("write", 0x2004, 1, 0x44)]),  # ex
        ("C2 04 20 00 78", [("read", 0x2004, 1, 0x84), ("write", 0x2004, 1, 0x09)]),  # rlc
        ("C2 04 20 00 04", [("read", 0x2004, 1, 0x84)]),  # push (2004h)
        ("F2 04 20 00 06", [("write", 0x2004, 2, 0)]),  # popw (2004h)
        ("C2 04 20 00 19 08 20", [("read", 0x2004, 1, 0x84), ("write", 0x2008, 1, 0x84)]),  # ld (nn),(nn)
        ("F1 04 20 14 08 20", [("read", 0x2008, 1, 0x88), ("write", 0x2004, 1, 0x88)]),
        ("C2 04 20 00 41", [("read", 0x2004, 1, 0x84)]),  # mul WA,(2004h)
        ("C2 04 20 00 51", [("read", 0x2004, 1, 0x84)]),  # div
        ("D2 04 20 00 58", [("read", 0x2004, 2, 0x8384)]),  # divs XWA,(2004h)
        ("C4 EC 21", [("read", 0x2007, 1, 0x87)]),  # ld A,(-XHL)
        ("D4 ED 20", [("read", 0x2006, 2, 0x8182)]),
        ("F5 EE 60", [("write", 0x2008, 4, 0x11223344)]),  # ld (XHL+),XWA
        ("C5 EC 61", [("read", 0x2008, 1, 0x88), ("write", 0x2008, 1, 0x89)]),  # inc 1,(XHL+)
        ("D4 ED 61", [("read", 0x2006, 2, 0x8182), ("write", 0x2006, 2, 0x8183)]),
    ],
)
def test_one_call_for_each_access(executor: Executor, program: str, calls: list[Call]) -> None:
    device = Recorder({address: value for kind, address, _, value in calls if kind == "read"})
    cpu = processor(executor, board(device), program + "05", XWA=0x11223344, XHL=DEVICE + 4)
    assert cpu.run(100).reason == "halt"
    assert device.calls == calls


@both
@pytest.mark.parametrize(
    ("program", "after"),
    [
        ("C4 EC 21", DEVICE + 3),
        ("D4 ED 20", DEVICE + 2),
        ("C5 EC 61", DEVICE + 5),
        ("D5 ED 61", DEVICE + 6),
        ("F5 EE 60", DEVICE + 8),
        ("F4 EE 60", DEVICE),
    ],
)
def test_addressing_changes_its_register_once(executor: Executor, program: str, after: int) -> None:
    cpu = ran(executor, program, Recorder(), XHL=DEVICE + 4)
    assert cpu.registers["XHL"] == after


@both
def test_the_results_of_what_was_read(executor: Executor) -> None:
    device = Recorder({DEVICE: 0x11, DEVICE + 1: 200, DEVICE + 2: 7, DEVICE + 4: 0x55667788})
    cpu = ran(executor, "C2 05 20 00 41  C2 06 20 00 53  E2 08 20 00 22", device, WA=3, BC=0x64)
    assert cpu.registers["WA"] == 600
    assert cpu.registers["BC"] == 0x64 % 7 << 8 | 0x64 // 7
    assert cpu.registers["XDE"] == 0x55667788


@both
def test_a_stack_in_a_device(executor: Executor) -> None:
    device = Recorder({DEVICE: 0x12345678})
    ran(executor, "38", device, XSP=DEVICE + 4, XWA=0xABCDEF01)
    assert device.calls == [("write", DEVICE, 4, 0xABCDEF01)]
    cpu = ran(executor, "5A", device, XSP=DEVICE)
    assert (cpu.registers["XDE"], cpu.registers["XSP"]) == (0x12345678, DEVICE + 4)
    device.calls.clear()
    cpu = ran(executor, "14 28", device, XSP=DEVICE + 4, XWA=0xABCD)  # push A; push WA
    assert device.calls == [("write", DEVICE + 3, 1, 0xCD), ("write", DEVICE + 1, 2, 0xABCD)]


@both
def test_call_return_and_swi_with_the_stack_in_a_device(executor: Executor) -> None:
    device = Recorder({DEVICE + 4: START + 5})
    memory = board(device)
    cpu = processor(executor, memory, "1D 00 30 00 05 05", XSP=DEVICE + 8)
    memory.load(0x3000, hexed("0E"))
    stop = cpu.run(100)
    assert (stop.reason, stop.pc, cpu.registers["XSP"]) == ("halt", START + 6, DEVICE + 8)
    assert device.calls == [("write", DEVICE + 4, 4, START + 4), ("read", DEVICE + 4, 4, START + 5)]
    device.calls.clear()
    cpu = processor(executor, memory, "F9", XSP=DEVICE + 8)  # swi 1
    memory.load(0xFFFF04, (0x3001).to_bytes(4, "little"))
    memory.load(0x3001, hexed("05"))
    assert cpu.run(100).reason == "halt"
    assert device.calls == [("write", DEVICE + 4, 4, START + 1), ("write", DEVICE + 2, 2, 0xF800)]


@both
@pytest.mark.parametrize("word", [False, True])
def test_blocks_from_and_to_a_device(executor: Executor, word: bool) -> None:
    program, size = ("93 11", 2) if word else ("83 11", 1)
    device = Recorder({DEVICE + k: 0x40 + k for k in range(8)})
    cpu = ran(executor, program, device, XHL=DEVICE, XDE=0x3000, BC=4)
    assert device.calls == [("read", DEVICE + k * size, size, 0x40 + k * size) for k in range(4)]
    assert cpu.memory.data[0x3000 : 0x3000 + 4 * size : size].tolist() == [0x40 + k * size for k in range(4)]
    device.calls.clear()
    cpu = processor(executor, board(device), program + "05", XHL=0x3000, XDE=DEVICE, BC=4)
    cpu.memory.load(0x3000, bytes(range(8)))
    assert cpu.run(100).reason == "halt"
    values = [k if size == 1 else 2 * k | 2 * k + 1 << 8 for k in range(4)]
    assert device.calls == [("write", DEVICE + k * size, size, values[k]) for k in range(4)]
    assert (cpu.registers["XHL"], cpu.registers["XDE"]) == (0x3000 + 4 * size, DEVICE + 4 * size)


@both
@pytest.mark.parametrize("offset", range(-4, 9))
@pytest.mark.parametrize("size", [1, 2, 4])
def test_accesses_over_the_borders_of_a_device(executor: Executor, offset: int, size: int) -> None:
    """What lies over a border is asked byte by byte; RAM keeps its part."""
    code = {1: "41", 2: "50", 4: "60"}[size]
    address = DEVICE + offset
    device = Recorder()
    cpu = ran(executor, f"F2 {address.to_bytes(3, 'little').hex()} {code}", device, XWA=0x44332211)
    inside = [k for k in range(size) if 0 <= offset + k < 8]
    if len(inside) == size:
        assert device.calls == [("write", address, size, 0x44332211 & (1 << 8 * size) - 1)]
    else:
        assert device.calls == [("write", address + k, 1, 0x11 * (k + 1)) for k in inside]
    for k in range(size):
        assert cpu.memory.data[address + k] == (0 if k in inside else 0x11 * (k + 1))
    device = Recorder({DEVICE + k: 0xA0 + k for k in range(8)})
    load = {1: "C2", 2: "D2", 4: "E2"}[size]
    register = {1: "21", 2: "20", 4: "20"}[size]
    cpu = processor(executor, board(device), f"{load} {address.to_bytes(3, 'little').hex()} {register} 05")
    cpu.memory.load(DEVICE - 4, bytes([1, 2, 3, 4]))
    cpu.memory.load(DEVICE + 8, bytes([5, 6, 7, 8]))
    cpu.run(10)
    around = [1, 2, 3, 4, *range(0xA0, 0xA8), 5, 6, 7, 8]
    if len(inside) in {0, size} and size > 1 and inside:
        assert device.calls == [("read", address, size, 0xA0 + offset)]
    else:
        wanted = around[offset + 4 : offset + 4 + size]
        assert cpu.registers["XWA"] == int.from_bytes(bytes(wanted), "little")


@both
def test_a_device_of_two_bytes_in_the_middle_of_a_long(executor: Executor) -> None:
    device = Recorder({0x2011: 0x22, 0x2012: 0x33})
    memory = Memory()
    memory.add_ram(0, 0x2011)
    memory.add_device(0x2011, 2, device, "tiny")
    memory.add_ram(0x2013, 0x7000)
    cpu = processor(executor, memory, "E2 10 20 00 20  F2 10 20 00 61  05", XBC=0xDDCCBBAA)
    memory.load(0x2010, b"\x11")
    memory.load(0x2013, b"\x44")
    assert cpu.run(10).reason == "halt"
    assert cpu.registers["XWA"] == 0x44332211
    assert [call[:2] for call in device.calls] == [
        ("read", 0x2011), ("read", 0x2012), ("write", 0x2011), ("write", 0x2012),
    ]  # fmt: skip
    assert memory.data[0x2010:0x2014].tolist() == [0xAA, 0, 0, 0xDD]


@both
def test_rom_is_read_and_not_written(executor: Executor) -> None:
    cpu = ran(executor, "E2 10 00 FF 20  F2 20 00 FF 60  F2 20 00 FF 41  C2 30 00 FF 61", Recorder())
    assert cpu.registers["XWA"] == 0x13121110
    assert cpu.memory.data[0xFF0020] == 0x20
    assert cpu.memory.data[0xFF0030] == 0x30
    assert cpu.memory.refused == Counter({("write", 0xFF0020): 2, ("write", 0xFF0030): 1})


@both
def test_code_in_rom(executor: Executor) -> None:
    memory = Memory()
    memory.add_ram(0, 0x100)
    memory.add_rom(0xE00001, hexed("C9 61 C9 61 05"))
    cpu = Processor("tlcs900h2", memory, executor=executor)
    cpu.pc = 0xE00001
    assert cpu.run(10).reason == "halt"
    assert cpu.registers["A"] == 2


@both
def test_where_nothing_answers(executor: Executor) -> None:
    cpu = ran(executor, "D2 00 50 00 20  F2 00 50 00 41  C2 FF 6F 00 23", Recorder())
    assert cpu.registers["WA"] == OPEN_BUS << 8 | OPEN_BUS
    assert cpu.registers["C"] == OPEN_BUS
    assert cpu.memory.refused == Counter(
        {("read", 0x5000): 1, ("read", 0x5001): 1, ("write", 0x5000): 1, ("read", 0x6FFF): 1}
    )


def test_counts_of_what_nothing_answered_stay_small() -> None:
    memory = Memory()
    for address in range(10_000):
        memory.read(address, 1)
    assert len(memory.refused) < 5000
    assert memory.refused.total() == 10_000
    assert memory.refused["read", ELSEWHERE] > 5000


@both
@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("address", [0xFE, 0xFF, 0x100, 0x10FD, 0xFFFC, 0xFFFFFC, 0xFFFFFD, 0xFFFFFF])
def test_words_and_longs_over_page_borders_and_the_end(executor: Executor, address: int, size: int) -> None:
    code = {1: ("41", "C2", "23"), 2: ("50", "D2", "21"), 4: ("60", "E2", "21")}[size]
    where = address.to_bytes(3, "little").hex()
    machine = flat(executor, "", XWA=0x44332211)
    machine.load(0x3000, hexed(f"F2 {where} {code[0]}  {code[1]} {where} {code[2]}  05"))
    machine.pc = 0x3000
    assert machine.run(10).reason == "halt"
    assert [int(machine.memory[(address + k) % SIZE]) for k in range(size)] == [0x11, 0x22, 0x33, 0x44][:size]
    assert machine.registers["XBC"] == 0x44332211 & (1 << 8 * size) - 1
    assert int(machine.memory.sum()) == sum([0x11, 0x22, 0x33, 0x44][:size]) + sum(
        machine.memory[0x3000:0x3010].tolist()
    )


@both
def test_served_registers_are_read_without_a_call(executor: Executor) -> None:
    device = Recorder()
    memory = board(device)
    memory.serve(DEVICE, 0x5A)
    memory.serve(DEVICE + 2, 0x34)
    memory.serve(DEVICE + 3, 0x12)
    program = "C2 04 20 00 21  D2 06 20 00 21  F2 04 20 00 41  05"
    cpu = processor(executor, memory, program)
    assert cpu.run(100).reason == "halt"
    assert (cpu.registers["A"], cpu.registers["BC"]) == (0x5A, 0x1234)
    assert device.calls == [("write", DEVICE, 1, 0x5A)]
    memory.serve(DEVICE, 0x5B)
    cpu.pc = START
    cpu.run(100)
    assert cpu.registers["A"] == 0x5B
    device.calls.clear()
    cpu = processor(executor, memory, "D2 04 20 00 20 05")  # a served byte and one that isn't
    cpu.run(100)
    assert [call[:3] for call in device.calls] == [("read", DEVICE, 2)]


@both
def test_what_is_withheld_is_asked_again(executor: Executor) -> None:
    device = Recorder({DEVICE: 0x77})
    memory = board(device)
    for address in range(DEVICE, DEVICE + 8):
        memory.serve(address, 0x5A)
    memory.withhold(DEVICE)
    cpu = processor(executor, memory, "C2 04 20 00 21  C2 05 20 00 20  C2 10 20 00 22  05")
    cpu.run(100)
    assert cpu.registers["WA"] == 0x5A77
    assert [call[:3] for call in device.calls] == [("read", DEVICE, 1)]
    memory.serve(DEVICE, 0x12)
    cpu.pc = START
    cpu.run(100)
    assert cpu.registers["A"] == 0x12
    assert len(device.calls) == 1


@both
def test_what_is_served_while_it_is_watched_is_noticed(executor: Executor) -> None:
    memory = board(Recorder())
    memory.watch(DEVICE, 1, "read")
    memory.serve(DEVICE, 0x5A)
    cpu = processor(executor, memory, "C2 04 20 00 21  05")
    assert cpu.run(100).reason == "watchpoint"
    memory.unwatch(DEVICE, 1, "read")
    cpu.pc = START
    assert cpu.run(100).reason == "halt"
    assert cpu.registers["A"] == 0x5A


class Failing(Recorder):
    def read(self, address: int, size: int) -> int:
        raise RuntimeError("the device is broken")

    def write(self, address: int, size: int, value: int) -> None:
        raise RuntimeError("the device is broken")


@both
@pytest.mark.parametrize("program", ["C5 EC 23", "F5 EC 43", "C4 EC 33", "83 11", "C5 EC 04"])
def test_an_exception_of_a_device_leaves_the_machine_before_the_instruction(
    executor: Executor, program: str
) -> None:
    cpu = processor(executor, board(Failing()), "C9 61 00 " + program, XHL=DEVICE + 4, XDE=0x3000, BC=0x0102)
    before = state(cpu)
    with pytest.raises(RuntimeError, match="the device is broken"):
        cpu.run(100)
    after = state(cpu)
    assert (cpu.pc, cpu.instructions, cpu.registers["A"]) == (START + 3, 2, 1)
    for name in ("XHL", "XDE", "XBC", "XSP", "SR"):
        assert after["registers"][name] == before["registers"][name]
    cpu.memory.load(START + 3, hexed("C9 61 05"))
    assert cpu.run(100).reason == "halt"
    assert (cpu.registers["A"], cpu.instructions) == (2, 4)


class Curious(Recorder):
    """Looks at the CPU and the clock at each write."""

    cpu: Processor
    seen: list[tuple[int, int, int, int]]

    def write(self, address: int, size: int, value: int) -> None:
        self.seen.append((self.cpu.pc, self.cpu.instructions, self.cpu.clock.now, self.cpu.states))


@both
def test_a_device_sees_the_exact_time_and_the_cpu_before_the_instruction(executor: Executor) -> None:
    device = Curious()
    device.seen = []
    device.cpu = processor(executor, board(device), "00 00 F2 04 20 00 41 00 F2 04 20 00 41 05")
    device.cpu.run(100)
    first = 2 * cost("00")
    second = first + cost("F2 04 20 00 41") + cost("00")
    assert device.seen == [(START + 2, 2, first, first), (START + 8, 4, second, second)]


@both
@pytest.mark.parametrize(("target", "said"), [(0x2004, "device"), (0x5000, "nothing is mapped")])
def test_jumps_to_where_no_code_can_be(executor: Executor, target: int, said: str) -> None:
    device = Recorder()
    cpu = processor(executor, board(device), f"1B {target.to_bytes(3, 'little').hex()}")
    for done in (1, 0):
        stop = cpu.run(100)
        assert (stop.reason, stop.pc, stop.instructions) == ("illegal", target, done)
        assert said in stop.detail
        assert f"{target:06X}h" in stop.detail
    assert cpu.run(100, breakpoints={target}).reason == "illegal"
    assert not device.calls


@both
def test_running_into_a_device(executor: Executor) -> None:
    device = Recorder()
    memory = board(device)
    memory.load(DEVICE - 3, hexed("00 C9 61"))
    memory.load(DEVICE - 1, hexed("C9"))  # the second byte would be the device's
    cpu = Processor("tlcs900h2", memory, executor=executor)
    cpu.pc = DEVICE - 3
    memory.load(DEVICE - 2, hexed("00"))
    stop = cpu.run(100)
    assert (stop.reason, stop.pc, stop.instructions) == ("illegal", DEVICE - 1, 2)
    assert not device.calls


@pytest.mark.parametrize(
    ("start", "size"),
    [
        (0x2000, 1),
        (0x1FFF, 2),
        (0x20FF, 1),
        (0, SIZE),
        (0x1000, 0x5000),
        (SIZE, 1),
        (-1, 2),
        (SIZE - 1, 2),
        (5, 0),
    ],
)
def test_regions_that_overlap_or_do_not_fit_are_refused(start: int, size: int) -> None:
    memory = Memory()
    memory.add_rom(0x2000, bytes(0x100), "boot ROM")
    with pytest.raises(UsageError, match="work RAM"):
        memory.add_ram(start, size, "work RAM")
    with pytest.raises(UsageError, match="port"):
        memory.add_device(start, size, Recorder(), "port")
    assert len(memory.regions) == 1


@pytest.mark.parametrize("order", ["forwards", "backwards"])
def test_regions_of_odd_sizes_side_by_side(order: str) -> None:
    """Every byte of a page shared by three regions is what its own region says."""
    memory = Memory()
    device = Recorder()
    adds: list[Callable[[], None]] = [
        lambda: memory.add_ram(0x0F0, 0x21),
        lambda: memory.add_rom(0x111, bytes([7]) * 0x3E),
        lambda: memory.add_device(0x14F, 1, device, "bit"),
        lambda: memory.add_ram(0x150, 0x200),
    ]
    for add in adds if order == "forwards" else adds[::-1]:
        add()
    for address in range(0x400):
        before = len(device.calls)
        memory.write(address, 1, 0x33)
        kind = "ram" if 0xF0 <= address < 0x111 or 0x150 <= address < 0x350 else ""
        assert (memory.data[address] == 0x33) == bool(kind)
        assert len(device.calls) - before == (address == 0x14F)
        region = memory.region_at(address)
        assert (region is None) == (address < 0xF0 or address >= 0x350)
    assert memory.data[0x111] == 7


@both
def test_a_stack_that_wraps_around(executor: Executor) -> None:
    machine = flat(executor, "38 5A 05", XSP=2, XWA=0x44332211)
    assert machine.run(1).reason == "limit"
    assert machine.registers["XSP"] == 0xFFFFFFFE
    assert machine.memory[[0xFFFFFE, 0xFFFFFF, 0, 1]].tolist() == [0x11, 0x22, 0x33, 0x44]
    machine.run()
    assert (machine.registers["XDE"], machine.registers["XSP"]) == (0x44332211, 2)
