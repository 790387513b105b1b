"""Whole MIDI messages, one after the other, to a target."""

from __future__ import annotations

from collections import Counter

from luthier.kn5000.parts import controls
from luthier.kn5000.reception import gs, universal
from luthier.kn5000.reception.channels import COUNT, Channels
from luthier.kn5000.reception.target import Target

NOTE_OFF, NOTE_ON, KEY_PRESSURE, CONTROL, PROGRAM, PRESSURE, BEND, SYSTEM = range(0x80, 0x100, 0x10)
START_OF_EXCLUSIVE, END_OF_EXCLUSIVE, CLOCK, ACTIVE_SENSING, SYSTEM_RESET = 0xF0, 0xF7, 0xF8, 0xFE, 0xFF
#: Data bytes by the high half of the status.
_LENGTHS = {NOTE_OFF: 2, NOTE_ON: 2, KEY_PRESSURE: 2, CONTROL: 2, PROGRAM: 1, PRESSURE: 1, BEND: 2}
#: System messages that are for sequencers; clock, start, continue and stop are nobody's loss.
_LEFT_OUT = {0xF1: "time code", 0xF2: "song position", 0xF3: "song select", 0xF6: "tune request"}
_MAKERS = {0x40: "Kawai", 0x42: "Korg", 0x43: "Yamaha", 0x44: "Casio", 0x47: "Akai", 0x50: "Technics"}
_YAMAHA = 0x43
_XG_ON = bytes([0x4C, 0x00, 0x00, 0x7E, 0x00])
#: A sender that ever sent active sensing sends something every 300 ms; some grace, as instruments of GS give.
PATIENCE = 0.42


class Reception:
    """Takes MIDI for 16 channels; no bytes, however broken, make it fail.

    ``unsupported`` counts what was met and not acted on, in words a musician understands.
    """

    def __init__(self, target: Target, unsupported: Counter[str] | None = None) -> None:
        self.target = target
        self.unsupported: Counter[str] = Counter() if unsupported is None else unsupported
        self.channels = Channels()
        self._gs = gs.GsMessages(target, self.channels, self._left_out)
        self._sensing = False
        self._silence = 0.0

    def receive(self, message: bytes | memoryview) -> None:
        """One whole message, status first; a system exclusive one from F0 to F7."""
        self._silence = 0.0
        if not message or message[0] < NOTE_OFF:
            self._left_out("bytes without a status")
        elif message[0] < SYSTEM:
            self._channel_message(message)
        elif message[0] == START_OF_EXCLUSIVE:
            self._exclusive(bytes(message))
        elif message[0] == ACTIVE_SENSING:
            self._sensing = True
        elif message[0] < CLOCK or message[0] == SYSTEM_RESET:
            # The machine too ignores system reset (serial page).
            self._left_out(
                "system reset" if message[0] == SYSTEM_RESET else _LEFT_OUT.get(message[0], "stray bytes")
            )

    def idle(self, seconds: float) -> None:
        """Nothing came for so long, since the last call.

        Once active sensing has come and then nothing for 420 ms, the cable was pulled: all sound ends and
        controllers are reset, until active sensing comes again.
        """
        self._silence += seconds
        if self._sensing and self._silence > PATIENCE:
            self._sensing = False
            for part in range(COUNT):
                for number in (controls.ALL_SOUND_OFF, controls.ALL_NOTES_OFF, controls.RESET):
                    self.target.control(part, number, 0)

    def _left_out(self, what: str) -> None:
        self.unsupported[what] += 1

    def _channel_message(self, message: bytes | memoryview) -> None:
        status = message[0] & 0xF0
        if len(message) != _LENGTHS[status] + 1 or max(message[1:]) >= NOTE_OFF:
            self._left_out("message that is not whole")
            return
        if status == KEY_PRESSURE:
            self._left_out("polyphonic pressure")
            return
        first, second = message[1], message[-1]
        for part in self.channels.parts(message[0] & 0x0F):
            self._act(status, part, first, second)

    def _act(self, status: int, part: int, first: int, second: int) -> None:
        target = self.target
        if status == NOTE_ON and second:
            target.note_on(part, first, second)
        elif status in (NOTE_ON, NOTE_OFF):
            target.note_off(part, first)
        elif status == CONTROL:
            target.control(part, first, second)
        elif status == PROGRAM:
            target.program(part, first)
        elif status == PRESSURE:
            target.pressure(part, first)
        else:
            target.bend(part, second << 7 | first)

    def _exclusive(self, message: bytes) -> None:
        body = message[1:-1]
        if message[-1] != END_OF_EXCLUSIVE or not body or max(body) >= NOTE_OFF:
            self._left_out("system exclusive that is not whole")
        elif body[0] == gs.ROLAND:
            self._gs.receive(body)
        elif body[0] in (universal.NON_REAL_TIME, universal.REAL_TIME):
            universal.receive(self.target, self.channels, body, self._left_out)
        else:
            self._other_maker(body)

    def _other_maker(self, body: bytes) -> None:
        if body[0] == _YAMAHA and body[2:] == _XG_ON:
            self.channels.reset()
            self.target.settings.reset("xg")
            self._left_out("XG system on, taken as a reset")
            return
        number = body[:1] if body[0] else body[:3]
        name = _MAKERS.get(body[0], "")
        text = f"system exclusive of manufacturer {number.hex(' ').upper()}"
        self._left_out(f"{text} ({name})" if name else text)
