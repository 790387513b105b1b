"""The control panel as the main CPU's serial port 1 sees it: commands of two bytes in, packets out.

Known (panel page of the documentation): the commands and packets, that a packet is announced at INTA and
clocked by the panel, that one of two bytes follows an announcement, and that bytes sent while the clock's pin
is switched off are none.  Commands are LSB first at 250 kHz, which is the chip's affair.

======== ===== ==================================================================
Command        Answer
======== ===== ==================================================================
1F 1D 1E DD    a synchronisation packet, 18 00
20 25          left panel: 00 synchronisation, else the segment in bits 3 to 0
E0 E2 E3       right panel: the same
2B, EB         all eleven segments of the left panel, of the right panel
lamp rows      none
======== ===== ==================================================================

A segment is told as its number and eight bits, with C0 in the number for the left panel; segment 0B,
whichever panel is asked, is the data wheel's and has no C0.  A controller is told as 10 with its number in
bits 7, 6 and 2 to 0, and its value.

Modelled: how long the panel waits before it answers, and how often it looks at its buttons (a fork of MAME
has 7 ms, and takes a change seen twice).  When the main CPU clocks bytes while packets wait, these go out
with them, byte for byte.

Open questions
- What else the two processors take: a command that is in no list is counted and not answered.
- When a packet of more than two bytes comes, and what it tells.
- Whether buttons pressed before the first command are told by themselves; here nothing is.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import Any, Final, Protocol

from luthier.errors import UsageError
from luthier.kn5000.board import controls
from luthier.machine.clock import Action, Clock

SEGMENTS: Final = 11
_BEGINNINGS: Final = frozenset({0x1F, 0x1D, 0x1E, 0xDD})
_ASKS: Final = {0x20: "left", 0x25: "left", 0xE0: "right", 0xE2: "right", 0xE3: "right"}
_ALL: Final = {0x2B: "left", 0xEB: "right"}
_SYNCHRONISATION: Final = bytes([0x18, 0x00])
_LEFT: Final = 0xC0
_CONTROLLER: Final = 0x10
#: Clocked in to fetch packets: as the first byte of two it is no command (fork of MAME).
_FILLER: Final = 0xFF
_PACKET: Final = 2

#: Seconds, modelled: from the last byte to the announcement, from there to the first byte of the packet.
QUIET, BREATH = 250e-6, 20e-6
#: A byte at the panel's own clock of 250 kHz.
BYTE_TIME: Final = 8 / 250_000
SCAN: Final = 7e-3
_CONTROLLER_MIDDLE: Final = 0x80
_LOOKS, _ANSWERS, _SENDS = "panel looks", "panel answers", "panel sends"


class Wires(Protocol):
    """The main CPU's end."""

    def announce(self, level: bool) -> None:
        """INTA, with the bit of the port that shows it."""

    def receive(self, byte: int) -> None:
        """A byte for the serial port."""

    def is_clocked(self) -> bool:
        """Whether the clock of the serial port is at its pin."""


class Panel:
    """Both panels; ``frequency`` is that of ``clock``, in states a second."""

    def __init__(self, wires: Wires, clock: Clock, frequency: int) -> None:
        self._wires = wires
        self._clock = clock
        self._frequency = frequency
        for name, action in self._actions().items():
            clock.know(name, action)
        self.reset()

    def _actions(self) -> dict[str, Action]:
        return {_LOOKS: self._look, _ANSWERS: self._announce, _SENDS: self._clock_out}

    def reset(self) -> None:
        """As at power on: nothing pressed, all lamps dark."""
        self._pressed = {panel: bytearray(SEGMENTS) for panel in controls.PANELS}
        self._told = {panel: bytearray(SEGMENTS) for panel in controls.PANELS}
        self._rows: dict[int, int] = dict.fromkeys(controls.lamp_rows(), 0)
        self._values = dict.fromkeys(controls.controllers(), _CONTROLLER_MIDDLE)
        self._moved: deque[str] = deque()
        self._detents = 0
        self._wheel = 0
        self._command = bytearray()
        self._waiting: deque[int] = deque()
        self._left_of_packet = 0
        self._announced = False
        self._began = False
        self.unknown: Counter[int] = Counter()
        """Commands that are in no list."""

    # For people

    def press(self, name: str) -> None:
        """Hold a button down; UsageError if there is none of that name."""
        self._move(name, True)

    def release(self, name: str) -> None:
        """Let a button go."""
        self._move(name, False)

    def turn(self, name: str, steps: int) -> None:
        """Turn the data wheel by detents, clockwise above 0, or move a controller by steps of its 256."""
        name = controls.turned(name)
        if name == controls.wheel().name:
            self._detents += steps
            self._look_later()
        else:
            self.set(name, min(max(self._values[name] + steps, 0), 0xFF))

    def set(self, name: str, value: int) -> None:
        """Move a controller to a value of 0 to 255."""
        name = controls.turned(name)
        if name not in self._values or not 0 <= value <= 0xFF:
            raise UsageError(f"{name} cannot be set to {value}", remedy="give a controller and 0 to 255")
        if self._values[name] != value:
            self._values[name] = value
            if name not in self._moved:
                self._moved.append(name)
            self._look_later()

    @property
    def lit(self) -> list[str]:
        """The lamps that are lit, in the order of their rows."""
        return [lamp.name for lamp in controls.lamps().values() if self._rows[lamp.row] >> lamp.bit & 1]

    @property
    def pressed(self) -> list[str]:
        """The buttons that are held down."""
        return [
            one.name
            for one in controls.buttons().values()
            if self._pressed[one.panel][one.segment] >> one.bit & 1
        ]

    def _move(self, name: str, down: bool) -> None:
        button = controls.button(name)
        row = self._pressed[button.panel]
        mask = 1 << button.bit
        row[button.segment] = row[button.segment] | mask if down else row[button.segment] & ~mask
        self._look_later()

    # Looking at the buttons

    def _look_later(self) -> None:
        """Two looks see the same, and so it is told."""
        if self._began:
            self._after(2 * SCAN, _LOOKS)

    def _look(self) -> None:
        if self._waiting or self._command:
            self._after(SCAN, _LOOKS)
            return
        for panel in controls.PANELS:
            for segment in range(SEGMENTS):
                if self._told[panel][segment] != self._pressed[panel][segment]:
                    self._tell_segment(panel, segment)
        while self._moved:
            self._tell_controller(self._moved.popleft())
        self._tell_wheel()
        if self._waiting:
            self._after(QUIET, _ANSWERS)

    def _tell_wheel(self) -> None:
        """One detent a look, and the byte of rest behind the last."""
        one = controls.wheel()
        before = self._wheel
        if self._detents:
            self._wheel = one.clockwise if self._detents > 0 else one.counterclockwise
            self._detents -= 1 if self._detents > 0 else -1
        else:
            self._wheel = 0
        if before or self._wheel:
            self._send(bytes([one.segment, self._wheel]))
            if self._wheel:
                self._after(SCAN, _LOOKS)

    def _tell_segment(self, panel: str, segment: int) -> None:
        state = self._told[panel][segment] = self._pressed[panel][segment]
        self._send(bytes([segment | (_LEFT if panel == "left" else 0), state]))

    def _tell_controller(self, name: str) -> None:
        number = controls.controllers()[name]
        self._send(bytes([_CONTROLLER | number & 0x07 | (number & 0x18) << 3, self._values[name]]))

    # The wire

    def take(self, byte: int) -> None:
        """A byte that the main CPU has sent."""
        if self._waiting and not self._announced:
            self._after(QUIET, _ANSWERS)
        if not self._wires.is_clocked():
            return
        if self._waiting and not self._announced:
            self._wires.receive(self._waiting.popleft())
        if byte == _FILLER and not self._command:
            return
        self._command.append(byte)
        if len(self._command) == _PACKET:
            command, argument = self._command
            self._command.clear()
            self._obey(command, argument)
            if self._waiting and not self._announced:
                self._after(QUIET, _ANSWERS)

    def _obey(self, command: int, argument: int) -> None:
        if command in self._rows:
            self._rows[command] = argument
        elif command in _BEGINNINGS:
            self._began = True
            self._send(_SYNCHRONISATION)
        elif command in _ALL:
            for segment in range(SEGMENTS):
                self._tell_segment(_ALL[command], segment)
        elif command in _ASKS:
            segment = argument & 0x0F
            if argument == 0 or segment > controls.wheel().segment:
                self._send(_SYNCHRONISATION)
            elif segment == controls.wheel().segment:
                self._send(bytes([segment, self._wheel]))
            else:
                self._tell_segment(_ASKS[command], segment)
        else:
            self.unknown[command] += 1

    def _send(self, packet: bytes) -> None:
        self._waiting.extend(packet)

    def _announce(self) -> None:
        """Raise INTA, then clock a packet out; a second packet is announced anew."""
        if self._announced:
            self._wires.announce(False)
        self._announced = True
        self._wires.announce(True)
        self._left_of_packet = _PACKET
        self._after(BREATH + BYTE_TIME, _SENDS)

    def _clock_out(self) -> None:
        if self._waiting:
            self._wires.receive(self._waiting.popleft())
            self._left_of_packet -= 1
        if not self._waiting:
            self._announced = False
            self._wires.announce(False)
        elif self._left_of_packet:
            self._after(BYTE_TIME, _SENDS)
        else:
            self._after(BREATH, _ANSWERS)

    def _after(self, seconds: float, name: str) -> None:
        self._clock.after(round(seconds * self._frequency), name, self._actions()[name])

    # State

    def snapshot(self) -> dict[str, Any]:
        """Everything but what is due on the clock."""
        return {
            "pressed": {panel: bytes(row) for panel, row in self._pressed.items()},
            "told": {panel: bytes(row) for panel, row in self._told.items()},
            "rows": dict(self._rows),
            "values": dict(self._values),
            "moved": list(self._moved),
            "command": bytes(self._command),
            "waiting": bytes(self._waiting),
            "unknown": dict(self.unknown),
            "rest": (self._detents, self._wheel, self._left_of_packet, self._announced, self._began),
        }

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot; the clock is restored by its owner."""
        self._pressed = {panel: bytearray(row) for panel, row in taken["pressed"].items()}
        self._told = {panel: bytearray(row) for panel, row in taken["told"].items()}
        self._rows = dict(taken["rows"])
        self._values = dict(taken["values"])
        self._moved = deque(taken["moved"])
        self._command = bytearray(taken["command"])
        self._waiting = deque(taken["waiting"])
        self.unknown = Counter(taken["unknown"])
        self._detents, self._wheel, self._left_of_packet, self._announced, self._began = taken["rest"]
