"""The built-in tones and kits as strikes.

How velocity, key and layers become level, corner and envelope is ours (modelled): the machine's tone
database, which has these laws, is only in its ROM.
"""

from __future__ import annotations

import math
from functools import lru_cache

from luthier.kn5000.sounds.strike import Segment, Strike, Vibrato
from luthier.kn5000.tone_generator.recordings import Bank
from luthier.kn5000.waves import bank as wave_bank
from luthier.kn5000.waves import tones

#: Corners are given for this key.
_MIDDLE_C = 60
_LOUDEST = 127
#: A filter above this is open.
_OPEN = 20_000.0
#: No envelope begins quicker than this: a recording that starts with a step would click.
_SHORTEST_ATTACK = 0.001
#: A struck sound decays no quicker than this, however high the key.
_SHORTEST_DECAY = 0.15
#: Drums have rung out by their recordings; this only ends one that is choked.
_DRUM_RELEASE = 0.08
_KEPT_STROKES = 1024


def velocity_level(velocity: int, span: float) -> float:
    """Decibels of a stroke, where the softest is ``span`` dB below the loudest.

    Decibels go with the logarithm of the velocity, as for loudness that grows with a power of it.

    >>> velocity_level(127, 40.0), round(velocity_level(64, 42.08), 1)
    (0.0, -6.0)
    """
    return span * math.log(max(velocity, 1) / _LOUDEST) / math.log(_LOUDEST)


class ToneSound:
    """A program of the built-in tones."""

    def __init__(self, tone: tones.Tone) -> None:
        self.tone = tone
        self.name = tone.name
        self.category = tone.category
        self.strikes = lru_cache(_KEPT_STROKES)(self._strikes)

    def _strikes(self, key: int, velocity: int) -> tuple[Strike, ...]:
        tone = self.tone
        level = velocity_level(velocity, tone.velocity)
        corner = self._corner(key, velocity)
        envelope = self._envelope(key)
        return tuple(
            Strike(
                selector=layer.zone(key).selector,
                pitch=key + layer.tuning / 100,
                level=level + layer.level,
                amplitude=envelope,
                release=tone.envelope.release,
                pan=layer.pan,
                cutoff=corner,
                vibrato=Vibrato(tone.vibrato.rate, tone.vibrato.depth, tone.vibrato.delay),
                reverb=tone.reverb,
                chorus=tone.chorus,
            )
            for layer in tone.layers
        )

    def _corner(self, key: int, velocity: int) -> float:
        law = self.tone.filter
        octaves = law.key_follow * (key - _MIDDLE_C) / 12
        octaves -= law.velocity * (1 - velocity / _LOUDEST)
        return min(float(law.corner * 2**octaves), _OPEN)

    def _envelope(self, key: int) -> tuple[Segment, ...]:
        law = self.tone.envelope
        attack = Segment(0.0, max(law.attack, _SHORTEST_ATTACK))
        if law.sustain >= 0:
            return (attack,)
        octaves = (key - _MIDDLE_C) / 12
        decay = max(law.decay * 0.5 ** (law.decay_follow * octaves), _SHORTEST_DECAY)
        return (attack, Segment(law.sustain, decay))


class KitSound:
    """A drum kit."""

    #: DRUM KITS
    category = 15

    def __init__(self, kit: tones.Kit) -> None:
        self.kit = kit
        self.name = kit.name
        self.strikes = lru_cache(_KEPT_STROKES)(self._strikes)

    def _strikes(self, key: int, velocity: int) -> tuple[Strike, ...]:
        drum = self.kit.notes.get(key)
        if drum is None:
            return ()
        style = tones.drum_style()
        return (
            Strike(
                selector=drum.selector,
                pitch=drum.key + drum.tuning / 100,
                level=velocity_level(velocity, style.velocity) + drum.level,
                amplitude=(Segment(0.0, _SHORTEST_ATTACK),),
                release=_DRUM_RELEASE,
                pan=drum.pan,
                cutoff=min(style.corner * 2.0 ** (-style.softening * (1 - velocity / _LOUDEST)), _OPEN),
                reverb=self.kit.reverb,
                group=drum.group,
                to_the_end=True,
            ),
        )


class BuiltInSounds:
    """General MIDI's 128 programs and eight kits on a bank of recordings.

    ``bank`` is one of :func:`luthier.kn5000.waves.bank.open_bank`; without it, the built-in one.
    """

    def __init__(self, bank: wave_bank.Bank | None = None) -> None:
        found = bank or wave_bank.built_in_bank()
        self.title = found.title
        self.recordings: Bank = found.recordings
        self._tones: dict[int, ToneSound] = {}
        self._kits: dict[int, KitSound] = {}

    def sound(
        self, program: int, bank: tuple[int, int] = (0, 0), *, drums: bool = False
    ) -> ToneSound | KitSound:
        """The program or kit; banks other than the first have the same programs here."""
        del bank
        if drums:
            kit = tones.kit(program)
            return self._kits.setdefault(kit.number, KitSound(kit))
        if program not in self._tones:
            self._tones[program] = ToneSound(tones.tone(program))
        return self._tones[program]
