"""Settings of an engine: they change its parts and effects and let the voices follow."""

from __future__ import annotations

from typing import Protocol

from luthier.kn5000.effects import GsChorus, GsReverb, Rack, macros
from luthier.kn5000.effects.rack import DSP_EFFECT, REVERB
from luthier.kn5000.parts import Change, Parts
from luthier.kn5000.transport.controllers import PART_COUNT

#: Addresses 40 01 xx from here on are the chorus's.
_FIRST_OF_CHORUS = 0x38


class Followers(Protocol):
    """The voices, as far as settings know them."""

    def update(self, part: int, change: Change) -> None:
        """Bring the sounding voices of a part up to date."""


class Settings:
    """What system exclusive messages set; see :class:`luthier.kn5000.reception.target.SystemSettings`."""

    def __init__(self, parts: Parts, voices: Followers, effects: Rack) -> None:
        self.parts = parts
        self.voices = voices
        self.effects = effects
        #: What messages last set, in General Standard's numbers.
        self.reverb, self.chorus = GsReverb(), GsChorus()

    def reset(self, standard: str) -> None:
        """All parts and effects as at power on; what sounds is let go."""
        self.parts.reset(standard)
        self._all_follow(Change.RESET | Change.ALL_NOTES_OFF)
        self.reverb, self.chorus = GsReverb(), GsChorus()
        for slot, choice in ((REVERB, macros.reverb(self.reverb)), (DSP_EFFECT, macros.chorus(self.chorus))):
            if slot not in self.effects.held:
                self.effects.apply(slot, choice)

    def set_master(self, setting: str, value: float) -> None:
        """``volume`` 0 to 1, ``pan`` -1 to 1, ``tuning`` and ``transpose`` in semitones."""
        self._all_follow(self.parts.set_master(**{setting: value}))

    def set_effect(self, address: int, value: int) -> None:
        """Reverb or chorus by the last byte of GS's address 40 01 xx."""
        if address < _FIRST_OF_CHORUS:
            self.reverb = self.reverb.changed(address, value)
            self.effects.follow(REVERB, macros.reverb(self.reverb))
        else:
            self.chorus = self.chorus.changed(address, value)
            self.effects.follow(DSP_EFFECT, macros.chorus(self.chorus))

    def set_drums(self, part: int, kit_map: int) -> None:
        """Let a part play drums of GS's map 1 or 2, or, with 0, programs."""
        self.voices.update(part, self.parts.set_drums(part, kit_map))

    def set_drum(self, part: int, key: int, what: str, value: int) -> None:
        """One drum of a part."""
        self.voices.update(part, self.parts.set_drum(part, key, what, value))

    def set_drum_of_map(self, kit_map: int, key: int, what: str, value: int) -> None:
        """One drum of all parts with one of the two maps."""
        for part in self.parts.drum_parts(kit_map):
            self.set_drum(part, key, what, value)

    def set_scale(self, part: int, first: int, semitones: tuple[float, ...]) -> None:
        """Tune notes of the octave, from the note ``first`` (0 is C) on."""
        scale = list(self.parts.state(part).scale)
        scale[first : first + len(semitones)] = semitones
        self.voices.update(part, self.parts.set_scale(part, tuple(scale[:12])))

    def set_voices_wanted(self, part: int, count: int) -> None:
        """Keep voices for a part."""
        self.parts.set_voices_wanted(part, count)

    def _all_follow(self, change: Change) -> None:
        for part in range(PART_COUNT):
            self.voices.update(part, change)
