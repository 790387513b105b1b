"""Makes the recordings of the built-in bank: each from its plan alone, the same everywhere."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.waves.built_in.bars import Bar, bar
from luthier.kn5000.waves.built_in.catalogue import Placed, Plan, layout, strictly
from luthier.kn5000.waves.built_in.drums import Part, stroke
from luthier.kn5000.waves.built_in.effects import effect
from luthier.kn5000.waves.built_in.loudness import BLOCK_SECONDS, loudness
from luthier.kn5000.waves.built_in.sound import GUARD, Samples, Sound
from luthier.kn5000.waves.built_in.strings import String, string
from luthier.kn5000.waves.built_in.sustained import Ensemble, Sustained, ensemble, sustained
from luthier.kn5000.waves.recordings import RECORDING, SELECTOR_COUNT, SEMITONE, Recordings

#: Every recording is this loud if its peaks allow (LUFS, greatest momentary loudness).
TARGET = -19.0
PEAK = 0.98
FULL_SCALE = 32_767
_MIDDLE_A = 69

Progress = Callable[[float, str], None]


def render(plan: Plan) -> NDArray[np.int16]:
    """The samples of one recording, levelled."""
    return levelled(_raw(plan), plan)


def _raw(plan: Plan) -> Samples:
    sound = Sound(plan.shape, plan.name)
    if plan.family == "ensemble":
        return ensemble(sound, strictly(Ensemble, plan.form))
    if plan.family == "effect":
        return effect(sound, plan.instrument)
    if plan.family == "drum":
        return stroke(sound, tuple(strictly(Part, part) for part in plan.parts))
    if plan.family == "string":
        string(sound, strictly(String, plan.form))
    elif plan.family == "bar":
        bar(sound, strictly(Bar, plan.form))
    elif plan.family == "sustained":
        sustained(sound, strictly(Sustained, plan.form))
    else:
        raise ValueError(f"{plan.name}: no family is called {plan.family}")
    return sound.render()


def levelled(samples: Samples, plan: Plan) -> NDArray[np.int16]:
    """As loud as all recordings, if the peaks allow; without a constant part; in 16 bits."""
    made = plan.shape
    if made.loop_length:
        loop = samples[made.loop_start : made.loop_start + made.loop_length]
        samples = samples - np.mean(loop)
    else:
        # The end has to stay at nothing: the constant part goes with the envelope.
        envelope = np.abs(samples)
        samples = samples - np.sum(samples) / max(float(np.sum(envelope)), 1e-12) * envelope
    gain = 10 ** ((TARGET - loudness(_heard(samples, plan), made.rate)) / 20)
    gain = min(gain, PEAK / float(np.max(np.abs(samples))))
    rounded = np.round(samples * gain * FULL_SCALE).astype(np.int16)
    if made.loop_length:
        end = made.loop_start + made.loop_length
        rounded[end:] = rounded[made.loop_start : made.loop_start + GUARD]
    return rounded


def _heard(samples: Samples, plan: Plan) -> Samples:
    """What a held note plays of it: short loops are repeated for as long as loudness is measured over."""
    made = plan.shape
    need = int(2 * BLOCK_SECONDS * made.rate)
    if not made.loop_length or samples.size >= need:
        return samples
    place = np.arange(need)
    inside = (place - made.loop_start) % made.loop_length + made.loop_start
    return samples[np.where(place < made.loop_start, place, inside)]


def root_of(plan: Plan) -> int:
    """The root in log pitch, from the exact frequency."""
    if plan.family in ("drum", "effect"):
        return round(plan.root * SEMITONE)
    semitones = _MIDDLE_A + 12 * np.log2(plan.shape.fundamental / 440)
    return round(float(semitones) * SEMITONE)


@cache
def class_sizes() -> tuple[int, ...]:
    """Samples of every class that is used."""
    sizes: dict[int, int] = {}
    for placed in layout():
        sizes[placed.wave_class] = placed.offset + placed.plan.padded_length
    return tuple(sizes[number] for number in sorted(sizes))


def start_of(placed: Placed) -> int:
    """Where a recording begins in the samples of the bank, which are those of its classes in a row."""
    return sum(class_sizes()[: placed.wave_class]) + placed.offset


def table() -> NDArray[np.void]:
    """The rows of :class:`Recordings`, which need no sound to be made."""
    rows = np.zeros(SELECTOR_COUNT, RECORDING)
    for placed in layout():
        made = placed.plan.shape
        rows[placed.selector] = (
            start_of(placed),
            made.length,
            made.loop_start if made.loop_length else 0,
            made.loop_start + made.loop_length if made.loop_length else 0,
            root_of(placed.plan),
            made.rate,
        )
    return rows


def generate(progress: Progress | None = None) -> NDArray[np.int16]:
    """The samples of the whole bank; with several processors at once, which changes nothing in them."""
    samples = np.zeros(sum(class_sizes()), np.int16)
    everything = layout()
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        for done, (placed, made) in enumerate(zip(everything, pool.map(_made, everything), strict=True)):
            start = start_of(placed)
            samples[start : start + made.size] = made
            if progress is not None:
                progress((done + 1) / len(everything), f"making {placed.plan.name}")
    return samples


def _made(placed: Placed) -> NDArray[np.int16]:
    return render(placed.plan)


def recordings(samples: NDArray[np.int16]) -> Recordings:
    """The bank around samples that were made before."""
    return Recordings(samples, table())


@cache
def digest() -> str:
    """Tells this state of the generator from any other: over all files that have a say in the samples."""
    found = hashlib.sha256(np.__version__.encode())
    for file in sorted(resources.files(__package__).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith((".py", ".toml")):
            found.update(file.name.encode() + b"\0" + file.read_bytes())
    return found.hexdigest()[:16]
