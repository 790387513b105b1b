"""Test tapes: random memories of a Poly-800, as recordings with one damage or several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from luthier.poly800 import memory
from luthier.poly800.parameters import program_parameters
from luthier.poly800.program import PROGRAM_COUNT, Program
from luthier.poly800.synth import Synth
from luthier.poly800.tape import damage, modulation
from luthier.poly800.tape.line_code import BITS_PER_FRAME, SHORT_SECONDS

PROGRAM_LENGTH = 21
#: Where the programs begin in a tape image: two header bytes, then RAM.
PROGRAMS_OFFSET = len(memory.TAPE_HEADER) + memory.region(Synth.POLY800, "programs").offset


def random_program(random: np.random.Generator) -> bytes:
    """A packed program with every parameter anywhere in its range."""
    parameters = program_parameters(Synth.POLY800)
    values = {row.name: int(random.integers(row.minimum, row.maximum + 1)) for row in parameters}
    return Program(bytes(PROGRAM_LENGTH)).replacing(values).packed


def random_image(seed: int, *, like_factory: bool = False) -> bytes:
    """A valid tape image with random sequence and programs.

    ``like_factory`` keeps MIDI channel 1 and the factory tape's chord memory, which the peer insists on;
    otherwise these are random too.
    """
    random = np.random.default_rng([seed, 800])
    sequence = random.integers(0, 128, 256, dtype=np.uint8).tobytes()
    if like_factory:
        channel, chord, last = b"\x00", memory.FACTORY_CHORD, memory.FACTORY_UNDEFINED_1632
    else:
        channel = bytes([random.integers(0, 16)])
        chord = random.integers(0, 256, 11, dtype=np.uint8).tobytes()
        last = random.integers(0, 256, 1, dtype=np.uint8).tobytes()
    programs = b"".join(random_program(random) for _ in range(PROGRAM_COUNT))
    return memory.image_from_ram(channel + sequence + chord + memory.FACTORY_UNDEFINED_268 + programs + last)


def programs_of(image: bytes) -> list[bytes]:
    """The 64 packed programs of an image."""
    begin = PROGRAMS_OFFSET
    return [
        image[begin + PROGRAM_LENGTH * k : begin + PROGRAM_LENGTH * (k + 1)] for k in range(PROGRAM_COUNT)
    ]


@dataclass(frozen=True)
class Recipe:
    """How a test tape is recorded before it is damaged."""

    shape: modulation.Shape = "square"
    rate: int = 44_100
    jitter: float = 0.0
    """Standard deviation of every edge, microseconds."""


def recorded(image: bytes, recipe: Recipe, seed: int) -> damage.Take:
    """A tape of ``image`` with a leader of 2 to 10 s, peak -6 dBFS."""
    random = np.random.default_rng([seed, 2])
    leader = float(random.uniform(2, 10))
    edges = modulation.half_waves(modulation.dump_bits(image, leader)) + modulation.MARGIN
    # The leader is a whole number of half-waves; the data begin at the edge after it.
    first = round(leader / SHORT_SECONDS)
    data = (float(edges[first]), float(edges[first + BITS_PER_FRAME * len(image)]))
    if recipe.jitter:
        edges = damage.jittered(edges, recipe.jitter, random)
    samples = modulation.waveform(edges, recipe.rate, shape=recipe.shape)
    return damage.Take.of(samples, recipe.rate, data)
