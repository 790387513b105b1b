"""The control panel: names as data, and packets as documented."""

from __future__ import annotations

import pytest
from tests.kn5000.board.boards import RAM, START, board, vector

from luthier.errors import UsageError
from luthier.kn5000.board import controls
from luthier.kn5000.board.panel import SCAN, Panel
from luthier.machine.clock import Clock

FREQUENCY = 16_000_000


class Wires:
    """What the main CPU's pins see."""

    def __init__(self) -> None:
        self.bytes: list[int] = []
        self.announced: list[bool] = []
        self.clocked = True

    def announce(self, level: bool) -> None:
        self.announced.append(level)

    def receive(self, byte: int) -> None:
        self.bytes.append(byte)

    def is_clocked(self) -> bool:
        return self.clocked


def panel() -> tuple[Panel, Wires, Clock]:
    wires, clock = Wires(), Clock()
    return Panel(wires, clock, FREQUENCY), wires, clock


def tell(one: Panel, clock: Clock, *data: int, seconds: float = 0.05) -> None:
    for byte in data:
        one.take(byte)
    clock.advance(clock.now + round(seconds * FREQUENCY))


def started() -> tuple[Panel, Wires, Clock]:
    one, wires, clock = panel()
    tell(one, clock, 0x1F, 0xDA)
    wires.bytes.clear()
    wires.announced.clear()
    return one, wires, clock


@pytest.mark.parametrize(
    "command",
    [(0x1F, 0xDA), (0x1F, 0x1A), (0x1D, 0x00), (0xDD, 0x03), (0x1E, 0x80), (0x20, 0x00), (0xE0, 0x00)],
)
def test_beginnings_and_pings_are_answered_by_a_synchronisation_packet(command: tuple[int, int]) -> None:
    one, wires, clock = panel()
    tell(one, clock, *command)
    assert wires.bytes == [0x18, 0x00]
    assert wires.bytes[0] >> 3 & 7 == 3  # type 3
    assert wires.announced == [True, False]


@pytest.mark.parametrize(
    ("name", "header", "mask"),
    [
        ("DEMO", 0xC3, 0x01),
        ("PIANO", 0x02, 0x01),
        ("DSP EFFECT", 0x03, 0x04),
        ("TRANSPOSE +", 0x00, 0x40),
        ("MENU: DISK", 0x0A, 0x20),
        ("EXIT", 0xC7, 0x08),
        ("VARIATION 4", 0xC4, 0x08),
    ],
)
def test_a_press_and_its_release_are_told(name: str, header: int, mask: int) -> None:
    one, wires, clock = started()
    one.press(name)
    tell(one, clock)
    assert one.pressed == [name]
    assert wires.bytes == [header, mask]
    one.release(name.lower())
    tell(one, clock)
    assert wires.bytes == [header, mask, header, 0]
    assert wires.announced == [True, False] * 2


def test_a_press_shorter_than_two_looks_is_not_told() -> None:
    one, wires, clock = started()
    one.press("DEMO")
    tell(one, clock, seconds=SCAN)
    one.release("DEMO")
    tell(one, clock)
    assert wires.bytes == []


def test_buttons_held_together_come_in_one_byte_and_panels_apart() -> None:
    # The combination that shows the firmware's version (panel page): GM SPECIAL, ACCORDION REGISTER, DRAWBAR.
    one, wires, clock = started()
    for name in ("GM SPECIAL", "ACCORDION REGISTER", "DIGITAL DRAWBAR", "DEMO"):
        one.press(name)
    tell(one, clock)
    assert wires.bytes == [0x01, 0x70, 0xC3, 0x01]
    assert wires.announced == [True, False, True, False]  # a packet an announcement


def test_all_segments_of_a_panel() -> None:
    one, wires, clock = started()
    one.press("STANDARD ROCK")
    tell(one, clock, 0x2B, 0x00)
    assert wires.bytes[:22] == [
        0xC0,
        0x01,
        *(byte for segment in range(1, 11) for byte in (0xC0 | segment, 0)),
    ]
    wires.bytes.clear()
    tell(one, clock, 0xEB, 0x00)
    assert wires.bytes == [byte for segment in range(11) for byte in (segment, 0)]


def test_one_segment_is_asked() -> None:
    one, wires, clock = started()
    one.press("SUSTAIN")
    tell(one, clock, 0xE0, 0x13, seconds=0.002)  # bit 4 is a flag
    assert wires.bytes == [0x03, 0x01]
    tell(one, clock)
    assert wires.bytes == [0x03, 0x01]  # it has been told


def test_lamps_are_set_without_an_answer() -> None:
    one, wires, clock = started()
    tell(one, clock, 0x01, 0x81, 0xC4, 0x10)
    assert one.lit == ["PIANO", "WORLD PERC", "SPLIT POINT: LEFT"]
    assert wires.bytes == []
    tell(one, clock, 0x01, 0x00)
    assert one.lit == ["SPLIT POINT: LEFT"]


@pytest.mark.parametrize(
    ("name", "number", "header"),
    [("MODULATION WHEEL", 2, 0x12), ("MAIN VOLUME", 5, 0x15), ("BREATH", 25, 0xD1), ("EXPRESSION", 27, 0xD3)],
)
def test_controllers_are_told_with_their_numbers(name: str, number: int, header: int) -> None:
    one, wires, clock = started()
    one.set(name, 0x21)
    one.turn(name, 2)
    tell(one, clock)
    assert wires.bytes == [header, 0x23]
    assert header & 7 | (header & 0xC0) >> 3 == number
    assert header >> 3 & 7 == 2  # type 2


def test_the_wheel_tells_a_detent_a_look_and_its_rest() -> None:
    one, wires, clock = started()
    one.turn("data wheel", 2)
    tell(one, clock, seconds=0.1)
    assert wires.bytes == [0x0B, 0x80, 0x0B, 0x80, 0x0B, 0x00]
    wires.bytes.clear()
    one.turn("DATA WHEEL", -1)
    tell(one, clock, seconds=0.1)
    assert wires.bytes == [0x0B, 0x40, 0x0B, 0x00]


def test_bytes_without_a_clock_at_the_pin_are_none() -> None:
    one, wires, clock = panel()
    wires.clocked = False
    tell(one, clock, 0x1F, 0x1F)
    wires.clocked = True
    tell(one, clock, 0x1F)
    wires.clocked = False
    tell(one, clock, 0x55)
    wires.clocked = True
    tell(one, clock, 0xDA)
    assert wires.bytes == [0x18, 0x00]


def test_unknown_commands_are_counted_and_not_answered() -> None:
    one, wires, clock = started()
    tell(one, clock, 0x77, 0x00)
    assert wires.bytes == []
    assert one.unknown == {0x77: 1}


def test_names_are_unique_and_complete() -> None:
    # So many the tables of the panel page name, right and left.
    assert len(controls.buttons()) == 56 + 75
    assert len(controls.lamps()) == 54 + 39
    places = {(one.panel, one.segment, one.bit) for one in controls.buttons().values()}
    assert len(places) == len(controls.buttons())


def test_a_wrong_name_is_told_with_its_nearest() -> None:
    one, _, _ = panel()
    with pytest.raises(UsageError, match="PIANO"):
        one.press("PIANNO")
    with pytest.raises(UsageError, match="DATA WHEEL"):
        one.turn("DATA WHEL", 1)
    with pytest.raises(UsageError, match="0 to 255"):
        one.set("BREATH", 256)


def test_a_snapshot_holds_what_is_under_way() -> None:
    one, wires, clock = started()
    one.press("DEMO")
    tell(one, clock, seconds=2 * SCAN)
    one.press("PIANO")
    taken, due = one.snapshot(), clock.snapshot()
    tell(one, clock)
    first = list(wires.bytes)
    wires.bytes.clear()
    other_wires, other_clock = Wires(), Clock()
    other = Panel(other_wires, other_clock, FREQUENCY)
    other.restore(taken)
    other_clock.restore(due)
    tell(other, other_clock)
    assert other_wires.bytes == first == [0xC3, 0x01, 0x02, 0x01]


#: Sends a command by serial channel 1 as the clock's master, then takes bytes as its slave when INTA asks.
FIRMWARE = (
    START
    + f"""
        ld (0x3E), 0x50         ; port F: TXD1 and SCLK1 out
        ld (0x3F), 0x50         ; their functions: the clock is at the pin
        ld (0xD6), 0x00         ; SC1MOD: I/O interface
        ld (0xD7), 0x14         ; BR1CR: 250 kHz
        ld (0xE3), 0x03         ; INTA at level 3
        ld (0xD4), 0x1F
        ld XHL, {RAM:#x}
        calr pause
        ld (0xD4), 0xDA
        calr pause
        ei 0
sleep:  jr sleep
pause:  ld B, 0
more:   djnz B, more
        ret
inta:   ld (0xD5), 0x01         ; SC1CR: the clock comes from outside
        ld (0xD6), 0x20         ; receive
        ld (0xEB), 0x01         ; INTRX1 at level 1
        reti
rx:     push XWA
        ld A, (0xD4)
        ld (XHL+), A
        pop XWA
        reti
"""
    + vector(0x48, "inta")
    + vector(0x88, "rx")
)


def test_firmware_asks_the_panel_and_hears_a_press() -> None:
    made = board(FIRMWARE)
    made.run(0.01)
    assert made.main.memory.data[RAM : RAM + 2].tolist() == [0x18, 0x00]
    made.panel.press("MENU: SOUND")
    made.run(0.03)
    assert made.main.memory.data[RAM + 2 : RAM + 4].tolist() == [0x0A, 0x04]
