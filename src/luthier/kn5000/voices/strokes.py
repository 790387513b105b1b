"""Voices as they begin: their words, their record in RAM, and what is kept of them beside it."""

from __future__ import annotations

from typing import Final, NamedTuple

from luthier.kn5000.parts.state import PartState
from luthier.kn5000.sounds.strike import Strike
from luthier.kn5000.tone_generator.recordings import Bank
from luthier.kn5000.tone_generator.registers import Write
from luthier.kn5000.transport.sub_ram import SubRam
from luthier.kn5000.voices import records, words
from luthier.kn5000.voices.sounding import Glide, Sounding
from luthier.kn5000.voices.words import Burst, Prepared

#: Strikes remembered for each part.
_KEPT: Final = 1024


class Key(NamedTuple):
    """A key that is struck, on a part in some state, at a frame of the generator's time."""

    part: int
    note: int
    velocity: int
    state: PartState
    glide: Glide
    time: int
    heard: bool
    """The part is not muted."""


class Strokes:
    """Begins voices; strikes that come again on a part whose timbre is the same are not worked out again."""

    def __init__(self, ram: SubRam, recordings: Bank) -> None:
        self._ram = ram
        self._recordings = recordings
        self._prepared: dict[int, tuple[tuple[object, ...], dict[tuple[int, int], Prepared]]] = {}

    def begin(self, voice: Sounding, key: Key, layer: int, prepared: Prepared) -> tuple[Burst, list[Write]]:
        """Let a layer of a stroke begin on a voice; what is written for it, and for its LFOs behind it."""
        state, strike, number = key.state, prepared.strike, voice.number
        voice.down, voice.marked, voice.let_go, voice.due = True, False, False, None
        voice.part, voice.note, voice.heard = key.part, key.note, key.heard
        voice.prepared, voice.struck, voice.rings = prepared, key.time, prepared.rings
        voice.swells = strike.vibrato.depth != 0 and strike.vibrato.delay > 0
        voice.release = words.release_time(strike, state)
        voice.pitch, voice.glide = strike.pitch + prepared.tuning, key.glide
        voice.pitch_word = words.pitch(voice.key_pitch(state, key.time))
        voice.expression_word = voice.expression(state)
        voice.pan_word = words.pan(words.position(strike, state, key.note))
        voice.cutoff_word, voice.sends_word = prepared.cutoff, prepared.sends
        voice.inserted = key.state.inserted
        self._record(voice, key, layer)
        burst = words.stroke(prepared, number, voice.pitch_word, voice.expression_word, voice.pan_word)
        writes: list[Write] = []
        voice.modulate(state, key.time, writes)
        return burst, writes

    def _record(self, voice: Sounding, key: Key, layer: int) -> None:
        pitch = words.pitch(voice.pitch + key.state.tuning)
        base = words.pitch(key.note + key.state.tuning)
        stroke = records.Stroke(key.part, layer, key.note, key.velocity, pitch, base, words.KEY_WORD)
        records.write(self._ram, voice.number, stroke)
        if voice.pitch_word != pitch:
            records.set_detuned_pitch(self._ram, voice.number, voice.pitch_word)

    def prepare(self, key: Key, strike: Strike) -> Prepared:
        """The words of a strike; they are kept while the part's timbre stays."""
        timbre = words.timbre(key.state)
        known, kept = self._prepared.get(key.part, ((), {}))
        if known != timbre or len(kept) >= _KEPT:
            kept = {}
            self._prepared[key.part] = timbre, kept
        # The id is the strike's as long as it is kept here.
        found = kept.get((id(strike), key.note))
        if found is None:
            found = kept[id(strike), key.note] = words.prepare(
                strike, key.state, key.note, rings=self._rings(strike)
            )
        return found

    def _rings(self, strike: Strike) -> bool:
        """Whether key up does not end a strike: it is told to ring, and falls silent by itself."""
        if not strike.to_the_end:
            return False
        if strike.amplitude and strike.amplitude[-1].target == float("-inf"):
            return True
        row = self._recordings.table[strike.selector]
        return bool(row["loop_start"] == row["loop_end"])
