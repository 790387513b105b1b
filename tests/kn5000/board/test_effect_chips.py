"""The lines of the effect chips: what a program writes to its ports is decoded to what was meant."""

from __future__ import annotations

from tests.kn5000.board.boards import RAM, START, board

from luthier.kn5000.dsp_ports import channels
from luthier.kn5000.dsp_ports.bus import Bus
from luthier.kn5000.dsp_ports.events import Event, Kind
from luthier.kn5000.dsp_ports.lines import PortWrite
from luthier.kn5000.dsp_ports.messages import Message, events_of
from luthier.kn5000.dsp_ports.register_file import register_write

#: The first configuration of the boot trace, a program of one word, and two registers of DSP 2.
MESSAGES = [
    Message(0, 0x04, bytes.fromhex("FBDA3FA01A")),
    Message(0, 0x09, bytes.fromhex("003C")),
    Message(0, 0x01, bytes.fromhex("0054 0801050821")),
    register_write(0xD0, 0x4000),
    register_write(0xF6, 0x4FB0),
    Message(0, 0x03, b""),
]


def writer(writes: list[PortWrite]) -> str:
    """Writes bytes to ports, and words to the window."""
    rows = "".join(f"        dl {port}, {value}\n" for port, value in writes)
    return (
        START
        + f"""
        ld XIX, rows
next:   ld XIY, (XIX+)
        ld XWA, (XIX+)
        or XIY, XIY
        jr Z, end
        ld (XIY), A
        jr next
end:    ld ({RAM:#x}), 0x77
sleep:  jr sleep
rows:
{rows}        dl 0, 0
"""
    )


def test_what_the_firmwares_bus_writes_is_understood() -> None:
    bus = Bus()
    writes = bus.send([*events_of(MESSAGES), Event(Kind.IDLE, 1)])
    made = board(sub=writer(writes))
    made.run(0.02)
    assert made.sub.memory.data[RAM] == 0x77
    found = [(one.chip, one.command, one.data) for one in made.sub_board.dsp.messages]
    # The chips are told side by side: within each, the order is kept.
    for chip in (0, 1):
        wanted = [(one.chip, one.command, one.data) for one in MESSAGES if one.chip == chip]
        assert [one for one in found if one[0] == chip] == wanted
    registers = made.sub_board.dsp.registers
    assert (registers.value(0xD0), registers.value(0xF6), registers.writes) == (0x4000, 0x4FB0, 2)
    assert made.sub_board.dsp.counts[Kind.DAMAGED] == 0


def test_resets_are_seen() -> None:
    bus = Bus()
    bus.reset(0)
    bus.release(0)
    bus.reset(1)
    made = board(sub=writer(bus.latches.taken()))
    seen: list[tuple[Kind, int]] = []
    made.sub_board.dsp.observe = lambda event: seen.append((event.kind, event.chip))
    made.run(0.005)
    assert seen == [(Kind.RESET, 0), (Kind.RELEASE, 0), (Kind.RESET, 1)]


def test_the_window_has_four_channels_of_eight_registers() -> None:
    # What the firmware does at its start: 5A in all, then 1 in 1F, 3F, 5F and 7F (listing, 0x01FC95).
    made = board(sub=writer(channels.start()))
    made.run(0.02)
    held = made.sub_board.dsp.channel_registers
    for channel in range(4):
        first = 0x20 * channel
        assert held[first + 0x10 : first + 0x18] == bytes([0x5A] * 8)
        assert held[first + 0x1F] == 1
    assert made.sub_board.dsp.counts[Kind.CHANNEL] == 4 * 8 + 4


def test_a_long_word_sets_number_and_data() -> None:
    made = board()
    made.sub.memory.write(0x130000, 4, 0x0101_1F1F)
    assert made.sub_board.dsp.channel_registers[0x1F] == 1
    made.sub.memory.write(0x130000, 2, 0x1F)
    assert made.sub.memory.read(0x130002, 2) == 1


def test_ready_is_high_at_its_port() -> None:
    made = board()
    assert made.sub.memory.read(0x44, 1) & 1


def test_a_flood_of_data_stays_within_bounds() -> None:
    dsp = board().sub_board.dsp
    bus = Bus()
    for _ in range(3):
        for byte in range(256):
            bus.data(0, byte)
        for port, value in bus.latches.taken() * 40:
            dsp.port(port, value)
    assert sum(len(one.data) for one in dsp.messages) == 3 * 256 * 40
    assert max(len(one.data) for one in dsp.messages) <= 1 << 14
