"""The USB boot mode: the host against a played chip, and our program on the sandbox's CPU."""

from __future__ import annotations

import functools

import pytest

from luthier.cpu.assembler import assemble
from luthier.errors import InputError, MissingFeatureError, UsageError
from luthier.kaoss.built_in import CPU, built_in
from luthier.kaoss.recovery import protocol
from luthier.kaoss.recovery.programmer import SOURCE, page_command, programmer
from luthier.kaoss.recovery.simulated_unit import LOAD_ADDRESS, SimulatedUnit
from luthier.kaoss.recovery.simulation import Simulation, simulate
from luthier.kaoss.sandbox.chip import ROM_SIZE


class Scripted:
    """A chip that answers what it is told to, and keeps what it hears."""

    def __init__(self, *answers: str) -> None:
        self.heard: list[str] = []
        self._answers = bytearray.fromhex("".join(answers))

    def write(self, content: bytes) -> None:
        self.heard.append(content.hex())

    def read(self, count: int, seconds: float) -> bytes:
        found = bytes(self._answers[:count])
        del self._answers[:count]
        return found


def test_the_words_of_the_host() -> None:
    """Table 19.7 of the manual: 55, 06 40 01 01, two bytes of length, program and sum, 3A until 06."""
    chip = Scripted("aa", "aa", "aa", "aa", "11", "11", "06")
    protocol.probe(chip)
    protocol.load(chip, bytes([0x80, 0x81, 1]))
    assert protocol.erase(chip) == 3
    assert chip.heard == ["55", "06400101", "0003", "808101fe", "3a", "3a", "3a"]


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([], "does not answer the greeting"),
        (["e6"], "answers E6 to the greeting 55, not AA"),
        (["aa", "ff"], "refuses the clock"),
        (["aa", "aa", "ff"], "refuses the length"),
        (["aa", "aa", "aa", "ff"], "refuses the program"),
        (["aa", "aa", "aa", "aa", "ee"], "cannot erase"),
        (["aa", "aa", "aa", "aa", "12"], "answers 12"),
        (["aa", "aa", "aa", "aa", "11" * 20_000], "never ends"),
        (["aa", "aa", "aa", "aa", "06", "00"], "answers 00 to the program to begin"),
        (["aa", "aa", "aa", "aa", "06", "52", "ee"], "the page at 00000 cannot be written"),
        (["aa", "aa", "aa", "aa", "06", "52", "15"], "the page at 00000 was refused"),
        (["aa", "aa", "aa", "aa", "06", "52", "06"], "does not answer the sum"),
        (["aa", "aa", "aa", "aa", "06", "52", "06", "00000000"], "the sum of the chip's bytes"),
    ],
)
def test_answers_that_are_not_as_they_should_be(answers: list[str], message: str) -> None:
    payload = b"\x01" + b"\xff" * (ROM_SIZE - 1)
    with pytest.raises(InputError, match=message):
        protocol.recover(Scripted(*answers), payload, b"\x01\x80")


def test_a_payload_of_another_size() -> None:
    with pytest.raises(InputError, match="262,144"):
        protocol.recover(Scripted(), b"\xff", b"\x01")


# The chip that is played


def unit_with_program(content: bytes, **options: int) -> SimulatedUnit:
    unit = SimulatedUnit(executor="plain", **options)  # type: ignore[arg-type]
    protocol.probe(unit)
    protocol.load(unit, content)
    return unit


def test_the_played_chip_halts_at_what_it_refuses() -> None:
    for content in (b"\x55\x06\x40\x01\x02", b"\x55" + protocol.CLOCK + b"\xff\xff"):
        unit = SimulatedUnit(executor="plain")
        unit.write(content)
        assert unit.read(9, 0.1)[-1] == protocol.NO
        assert unit.halted
        unit.write(b"\x55")
        assert unit.read(1, 0.1) == b""


def test_the_played_chip_checks_the_sum() -> None:
    unit = SimulatedUnit(executor="plain")
    unit.write(b"\x55" + protocol.CLOCK + b"\x00\x02\x01\x02\x03")
    assert unit.read(9, 0.1) == bytes([0xAA, 0xAA, 0xAA, 0xFF])


def test_the_played_chip_hears_nothing_before_the_greeting() -> None:
    unit = SimulatedUnit(executor="plain")
    unit.write(b"\x00\x20\x3a")
    assert unit.read(1, 0.1) == b""
    unit.write(b"\x55")
    assert unit.read(1, 0.1) == b"\xaa"


def test_a_worn_chip() -> None:
    unit = unit_with_program(b"\x01\x80", fails_to_erase=True)
    with pytest.raises(InputError, match="cannot erase"):
        protocol.erase(unit)


def test_everything_is_erased() -> None:
    unit = SimulatedUnit(bytes(ROM_SIZE), executor="plain")
    protocol.probe(unit)
    protocol.load(unit, programmer())
    assert unit.rom == bytes(ROM_SIZE)
    assert protocol.erase(unit) == 3
    assert unit.rom == b"\xff" * ROM_SIZE


# The program of our own


def running_program(address: int = LOAD_ADDRESS) -> SimulatedUnit:
    unit = unit_with_program(programmer(), address=address)
    protocol.erase(unit)
    assert unit.read(1, 1) == b"R"
    return unit


PAGE = bytes(range(128))


@pytest.mark.parametrize("address", [LOAD_ADDRESS, LOAD_ADDRESS + 0x802])
def test_it_writes_a_page_wherever_it_is_loaded(address: int) -> None:
    unit = running_program(address)
    unit.write(page_command(0x12380, PAGE))
    assert unit.read(1, 5) == b"\x06"
    assert unit.rom == b"\xff" * 0x12380 + PAGE + b"\xff" * (ROM_SIZE - 0x12400)


@pytest.mark.parametrize(
    "command",
    [
        page_command(0x12380, PAGE)[:-1] + b"\x00",  # a wrong sum
        page_command(0x12381, PAGE),  # no beginning of a page
        page_command(0x40000, PAGE),  # behind the ROM
    ],
)
def test_it_refuses(command: bytes) -> None:
    unit = running_program()
    unit.write(command)
    assert unit.read(1, 5) == b"\x15"
    assert unit.rom == b"\xff" * ROM_SIZE
    unit.write(page_command(0, PAGE))
    assert unit.read(1, 5) == b"\x06", "and it goes on"


def test_a_bit_that_is_0_cannot_become_1() -> None:
    text = SOURCE.read_text().replace("MOST    = 1000", "MOST    = 8")
    unit = unit_with_program(assemble(f"CLOCK = 16\n{text}", CPU).image)
    protocol.erase(unit)
    unit.chip.memory.load(0x80, b"\x00")
    unit.write(page_command(0x80, b"\xff" * 128))
    assert unit.read(2, 5) == b"R\xee"
    assert unit.rom[0x80] == 0


def test_other_letters_are_answered() -> None:
    unit = running_program()
    unit.write(b"X")
    assert unit.read(1, 5) == b"?"


def test_clocks_that_its_waits_cannot_be_reckoned_for() -> None:
    assert len(programmer(24)) == len(programmer(16))
    for clock in (3, 25):
        with pytest.raises(UsageError):
            programmer(clock)


# End to end


@functools.cache
def recovered() -> Simulation:
    return simulate(built_in())


def test_an_erased_chip_gets_the_firmware_and_boots_it() -> None:
    done = recovered()
    payload = built_in().payload
    used = sum(bool(payload[at : at + 128].strip(b"\xff")) for at in range(0, ROM_SIZE, 128))
    assert done.recovery.pages == used
    assert done.recovery.total == sum(payload)
    assert done.boot.is_sound
    assert done.boot.chip.memory.data[:ROM_SIZE].tobytes() == payload


def test_usb_without_pyusb(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from luthier.kaoss.recovery.channel import UsbChannel

    monkeypatch.setitem(sys.modules, "usb", None)
    monkeypatch.setitem(sys.modules, "usb.core", None)
    with pytest.raises(MissingFeatureError, match="pip install pyusb"):
        UsbChannel()


def test_usb_with_a_played_pyusb(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys
    from types import ModuleType, SimpleNamespace

    from luthier.kaoss.recovery.channel import UsbChannel

    answers = [b"\xaa", b"\xaa"]
    heard = []

    class Device:
        def set_configuration(self) -> None:
            pass

        def write(self, end_point: int, content: bytes) -> None:
            heard.append((end_point, content))

        def read(self, end_point: int, size: int, timeout: int) -> bytes:
            assert (end_point, size) == (0x82, 64)
            return answers.pop(0)

    core = SimpleNamespace(
        USBError=OSError,
        NoBackendError=ValueError,
        find=lambda **wanted: Device() if wanted == {"idVendor": 0x045B, "idProduct": 0x000D} else None,
    )
    package = ModuleType("usb")
    package.core = core  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "usb", package)
    monkeypatch.setitem(sys.modules, "usb.core", core)
    protocol.probe(UsbChannel())
    assert heard == [(1, b"\x55"), (1, b"\x06\x40\x01\x01")]
    with pytest.raises(InputError, match="no USB device 1234:5678"):
        UsbChannel(0x1234, 0x5678)
