"""MIDI as the machine takes it, and a mode without its limits.

Keys, program changes modulo 64, bender (upper seven bits), controllers 1 and 2 (upper four bits: MG on
oscillators and filter) and 7 (volume, EX-800), omni, clock, start, continue and stop: EX-800 manual and MkII
MIDI implementation.  After power-on the machine listens to all channels.  Velocity means nothing to it.

Without limits also: all 128 keys where they are, the bender's 14 bits, controller 64 (hold) and 121 (reset).

Modelled: all notes off (123) and all sound off (120) let all keys go in either mode; program changes are
taken unless told otherwise (the machine has them off after power-on, parameter 88); clock and start move the
sequencer only if the bank's sequence clock is external (parameter 86).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from luthier.errors import InputError
from luthier.poly800.voice.voice import Voice

_EXTERNAL = 2
_CLOCK, _START, _CONTINUE, _STOP = 0xF8, 0xFA, 0xFB, 0xFC
_ALL_SOUND_OFF, _RESET, _ALL_NOTES_OFF, _OMNI_OFF, _OMNI_ON = 120, 121, 123, 124, 125
_HOLD = 64
#: Bytes of channel messages by the upper half of their status.
_LENGTHS = {0x80: 3, 0x90: 3, 0xA0: 3, 0xB0: 3, 0xC0: 2, 0xD0: 2, 0xE0: 3}


class Reception:
    """Plays MIDI messages on ``voice``; ``channel`` 1 to 16, or None for all (omni)."""

    def __init__(self, voice: Voice, *, channel: int | None = None, program_change: bool = True) -> None:
        if channel is not None and not 1 <= channel <= 16:
            raise InputError(f"MIDI channel {channel}", remedy="give 1 to 16")
        self._voice = voice
        self._channel = channel
        self._omni = channel is None
        self._program_change = program_change
        self.ignored: Counter[str] = Counter()
        """What came and means nothing here, and how often."""
        self._kinds: dict[int, Callable[[int, int], None]] = {
            0x80: lambda key, _: voice.note_off(key),
            0x90: voice.note_on,
            0xB0: self._control,
            0xC0: self._program,
            0xE0: self._bend,
        }

    def receive(self, message: bytes) -> None:
        """Take a whole MIDI message; what is none, or cut off, is ignored and counted."""
        status = message[0] if message else 0
        if status >= 0xF0:
            self._system(status)
        elif len(message) != _LENGTHS.get(status & 0xF0) or max(message[1:]) > 127:
            self.ignored["broken message"] += 1
        elif not self._omni and (status & 15) + 1 != self._channel:
            self.ignored[f"channel {(status & 15) + 1}"] += 1
        elif (play := self._kinds.get(status & 0xF0)) is None:
            self.ignored["aftertouch"] += 1
        else:
            play(message[1], message[2] if len(message) == 3 else 0)

    def _control(self, number: int, value: int) -> None:
        voice, limits = self._voice, self._voice.limits
        if number == 1:
            voice.modulate(oscillators=value >> 3)
        elif number == 2:
            voice.modulate(cutoff=value >> 3)
        elif number == 7:
            voice.volume(value / 127)
        elif number in (_ALL_SOUND_OFF, _ALL_NOTES_OFF):
            voice.all_notes_off()
        elif number in (_OMNI_OFF, _OMNI_ON):
            self._omni = number == _OMNI_ON or self._channel is None
            voice.all_notes_off()
        elif number == _HOLD and not limits:
            voice.hold(value >= 64)
        elif number == _RESET and not limits:
            voice.bend(0.0)
            voice.modulate(oscillators=0, cutoff=0)
            voice.hold(False)
        else:
            self.ignored[f"controller {number}"] += 1

    def _program(self, number: int, _unused: int) -> None:
        if self._program_change and self._voice.bank is not None:
            self._voice.select_index(number)
        else:
            self.ignored["program change"] += 1

    def _bend(self, low: int, high: int) -> None:
        value = high << 7 if self._voice.limits else high << 7 | low
        highest = 63 << 7 if self._voice.limits else 8191
        self._voice.bend(min(max((value - 8192) / (highest if value > 8192 else 8192), -1.0), 1.0))

    def _system(self, status: int) -> None:
        voice = self._voice
        if voice.bank is None or voice.bank.globals.get("sequence_clock") != _EXTERNAL:
            return
        if status == _START:
            try:
                voice.play_sequence(None)
            except InputError:
                self.ignored["start without a sequence"] += 1
        elif voice.sequencer is not None:
            if status == _CLOCK:
                voice.sequencer.clock()
            elif status == _CONTINUE:
                voice.sequencer.go_on()
            elif status == _STOP:
                voice.sequencer.stop()
