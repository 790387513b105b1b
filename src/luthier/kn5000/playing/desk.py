"""An engine with a mixing desk: what is set on the desk holds, whatever a song's messages say.

Mute and solo work on the voices, at once and for notes that sound; the song is played all the same, so that
voices are taken and stolen as without them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from luthier.errors import InputError
from luthier.kn5000.effects import Rack
from luthier.kn5000.engine import Engine
from luthier.kn5000.parts import controls
from luthier.kn5000.sounds.strike import SoundSet
from luthier.kn5000.transport.controllers import PART_COUNT

#: What a part's knobs are called, and their controllers.
KNOBS: Final = {
    "volume": controls.VOLUME,
    "pan": controls.PAN,
    "reverb": controls.REVERB,
    "effect": controls.CHORUS,
}
#: General MIDI 2: the banks of drum kits and of programs.
_DRUMS, _PROGRAMS = (120, 0), (121, 0)
_EXCLUSIVE: Final = 0xF0


class Strip(msgspec.Struct, frozen=True):
    """A part as a desk shows it; knobs are 0 to 127."""

    part: int
    program: int
    sound: str
    category: int
    drums: bool
    volume: int
    pan: int
    reverb: int
    effect: int
    held: tuple[str, ...]
    """Knobs, and ``sound``, that messages do not move."""
    muted: bool
    solo: bool
    inserted: bool
    """It goes through the effect of slot 0 alone."""


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a desk holds of a part; None leaves it to messages."""

    part: int
    volume: int | None = None
    pan: int | None = None
    reverb: int | None = None
    effect: int | None = None
    program: int | None = None
    drums: bool = False
    muted: bool = False
    solo: bool = False
    inserted: bool = False


@dataclass(frozen=True)
class _Choice:
    program: int
    drums: bool


class DeskEngine(Engine):
    """:class:`Engine` with a desk."""

    def __init__(self, sounds: SoundSet | None = None, *, effects: Rack | None = None) -> None:
        self._held: list[dict[int, int]] = [{} for _ in range(PART_COUNT)]
        self._chosen: dict[int, _Choice] = {}
        self._mutes: set[int] = set()
        self._solos: set[int] = set()
        super().__init__(sounds, effects=effects)

    # What messages may still do

    def control(self, part: int, number: int, value: int) -> None:
        """A control change, unless the desk holds it."""
        if not (0 <= part < PART_COUNT and number in self._held[part]):
            super().control(part, number, value)

    def program(self, part: int, number: int, bank: tuple[int, int] | None = None) -> None:
        """A program change, unless the desk holds the sound."""
        if part not in self._chosen:
            super().program(part, number, bank)

    def receive(self, message: bytes) -> None:
        """A message through the cable; after a system exclusive one, which may reset all, the desk holds."""
        super().receive(message)
        if message[:1] == bytes([_EXCLUSIVE]):
            self._assert()

    def _assert(self) -> None:
        for part, held in enumerate(self._held):
            for number, value in held.items():
                super().control(part, number, value)
        for part, chosen in self._chosen.items():
            self._choose(part, chosen)

    def _choose(self, part: int, chosen: _Choice) -> None:
        # Here and not through the override above, which would refuse it.
        bank = _DRUMS if chosen.drums else _PROGRAMS
        super().control(part, controls.BANK, bank[0])
        super().control(part, controls.BANK_FINE, bank[1])
        super().program(part, chosen.program)

    # The desk

    def turn(self, part: int, knob: str, value: int | None) -> None:
        """Set a knob of :data:`KNOBS` to 0 to 127 and hold it; None: messages may move it again."""
        if knob not in KNOBS:
            raise InputError(f"{knob!r} is no knob", remedy=f"there are {', '.join(KNOBS)}")
        number = KNOBS[knob]
        held = self._held[_checked(part)]
        if value is None:
            held.pop(number, None)
            return
        if not 0 <= value <= 0x7F:
            raise InputError(f"{knob} {value}", remedy="give 0 to 127")
        super().control(part, number, value)
        held[number] = value

    def choose(self, part: int, program: int | None, *, drums: bool = False) -> None:
        """Give a part a sound, 0 to 127, and hold it; None: messages may choose again."""
        if program is None:
            self._chosen.pop(_checked(part), None)
            return
        if not 0 <= program <= 0x7F:
            raise InputError(f"program {program}", remedy="give 0 to 127")
        chosen = _Choice(program, drums)
        self._chosen.pop(_checked(part), None)
        self._choose(part, chosen)
        self._chosen[part] = chosen

    def mute(self, part: int, *, on: bool = True) -> None:
        """Silence a part, or no longer."""
        (self._mutes.add if on else self._mutes.discard)(_checked(part))
        self._hear()

    def solo(self, part: int, *, on: bool = True) -> None:
        """Hear this part, and others that are solo, alone; or no longer.  A muted part stays silent."""
        (self._solos.add if on else self._solos.discard)(_checked(part))
        self._hear()

    def set(self, setting: Setting) -> None:
        """All that a desk holds of a part, at once; InputError if any of it is out of range."""
        for knob in KNOBS:
            self.turn(setting.part, knob, getattr(setting, knob))
        self.choose(setting.part, setting.program, drums=setting.drums)
        self.mute(setting.part, on=setting.muted)
        self.solo(setting.part, on=setting.solo)
        self.insert(setting.part, through=setting.inserted)

    def _hear(self) -> None:
        silent = set(self._mutes)
        if self._solos:
            silent |= set(range(PART_COUNT)) - self._solos
        self.voices.mute(silent)

    def strip(self, part: int) -> Strip:
        """What the desk shows of a part."""
        mine, record, sound = (
            self.parts.beside[_checked(part)],
            self.parts.records[part],
            self.parts.sound(part),
        )
        held = [knob for knob, number in KNOBS.items() if number in self._held[part]]
        return Strip(
            part, mine.program, sound.name, sound.category, mine.drums > 0, mine.volume,
            int(record["pan"]), int(record["controller_5b"]), int(record["controller_5d"]),
            (*held, "sound") if part in self._chosen else tuple(held),
            part in self._mutes, part in self._solos, part in self.parts.inserted,
        )  # fmt: skip


def _checked(part: int) -> int:
    if not 0 <= part < PART_COUNT:
        raise InputError(f"part {part}", remedy=f"parts are 0 to {PART_COUNT - 1}")
    return part
