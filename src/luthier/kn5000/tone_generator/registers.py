"""The registers of the tone generator: numbers, latches, voice structures, what the firmware writes when.

A register is written in two steps: its *latch*, ``(register << 6) | voice``, then its data.  The facts are
rows of ``registers.toml``, with their sources and what is still open; what values mean is in :mod:`laws`.
"""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from luthier.errors import InputError

VOICES = 64
#: Bits of the voice number in a latch (register interface, section 1).
VOICE_BITS = 6
#: Words of a voice structure: 68 bytes.
STRUCTURE_WORDS = 34
#: Bit 15 of registers 02, 15, 16 and 17: set, then cleared.
STROBE = 0x8000
#: Bit 3 of the first global word follows bit 3 of the word at 0x041343 (register interface, section 3).
GLOBAL_SWITCH = 0x0008
#: The pair that silences a voice: second segment, then first (listing, 0x02DFCF).
MUTE = ((0x840, 0xFF00), (0x800, 0xFF80))
#: Reading at these latches gives the active voices of 16, and from here on a voice's envelope level.
BITMAPS, LEVELS = 4, 0x180

Write = tuple[int, int]  #: latch and data


class KeyState(IntEnum):
    """Words of the control register (register interface, section 2)."""

    FREE = 0x7E00
    GATE = 0x8100
    TRANSITION = 0x1200


class Register(IntEnum):
    """The registers of a voice; :func:`registers` has their rows."""

    CONTROL = 0x00
    RECORDING = 0x01
    LEVEL = 0x02
    EXPRESSION = 0x03
    CUTOFF = 0x04
    FILTER_DEPTH = 0x05
    PAN = 0x06
    VIBRATO_DEPTH = 0x07
    PITCH = 0x10
    SENDS = 0x11
    OUTPUT = 0x12
    OSCILLATOR = 0x13
    DETUNE = 0x14
    VIBRATO = 0x15
    TREMOLO = 0x16
    AUTO_PAN = 0x17
    TREMOLO_DEPTH = 0x18
    AUTO_PAN_DEPTH = 0x19
    AMPLITUDE_1 = 0x20
    AMPLITUDE_2 = 0x21
    AMPLITUDE_3 = 0x22
    AMPLITUDE_4 = 0x23
    FILTER_1 = 0x24
    FILTER_2 = 0x25
    FILTER_3 = 0x26
    PITCH_1 = 0x27
    PITCH_2 = 0x28
    PITCH_3 = 0x29


@dataclass(frozen=True)
class Row:
    """What is known of a register."""

    number: int
    offset: int
    """In the voice structure, in bytes."""
    strobed: bool
    name: str
    meaning: str
    certainty: str
    source: str


@functools.cache
def _document() -> dict[str, Any]:
    folder = importlib.resources.files(__package__)
    return tomllib.loads(folder.joinpath("registers.toml").read_text("utf-8"))


@functools.cache
def registers() -> dict[Register, Row]:
    """Every register of a voice with its row."""
    rows = (Row(*values) for group in _document()["register"] for values in group["rows"])
    return {Register(row.number): row for row in rows}


def latch(register: int, voice: int = 0) -> int:
    """The word that chooses a register of a voice.

    >>> hex(latch(Register.PITCH, 3))
    '0x403'
    """
    if not 0 <= voice < VOICES:
        raise InputError(f"voice {voice} of the tone generator", remedy="Voices are 0 to 63.")
    return register << VOICE_BITS | voice


def parts_of(value: int) -> tuple[int, int]:
    """Register and voice that a latch chooses."""
    return value >> VOICE_BITS, value & (VOICES - 1)


@functools.cache
def global_writes(switch: bool = False) -> tuple[Write, ...]:
    """The 13 global registers with their first values; ``switch`` is bit 3 of the first."""
    (first_latch, first), *rest = _document()["globals"]["rows"]
    first = first | GLOBAL_SWITCH if switch else first & ~GLOBAL_SWITCH
    return ((first_latch, first), *((row[0], row[1]) for row in rest))


@functools.cache
def template(name: str = "start") -> tuple[int, ...]:
    """A voice structure of the ROM, "start" or "auxiliary", filled up with zeros."""
    words: list[int] = _document()["templates"][name]
    return tuple(words + [0] * (STRUCTURE_WORDS - len(words)))


def structure(words: dict[Register, int], of: Sequence[int] | None = None) -> list[int]:
    """A voice structure with some words changed; without ``of`` the template of the start."""
    made = list(template() if of is None else of)
    for register, word in words.items():
        made[registers()[register].offset // 2] = word
    return made


def burst(voice_structure: Sequence[int], voice: int = 0) -> list[Write]:
    """The 23 writes that start a voice, the gate among them, in the firmware's order (listing, 0x02D101)."""
    writes = []
    for first, how in _document()["burst"]["rows"]:
        word = voice_structure[registers()[Register(first >> VOICE_BITS)].offset // 2]
        if how == "gate":
            word = KeyState.GATE
        elif how == "strobe up":
            word |= STROBE
        elif how == "strobe down":
            word &= ~STROBE
        writes.append((latch(first >> VOICE_BITS, voice), int(word)))
    return writes


def note_on(voice_structure: Sequence[int], voice: int) -> list[Write]:
    """The burst, and behind it the structure's control word (register interface, section 3)."""
    return [*burst(voice_structure, voice), (latch(Register.CONTROL, voice), voice_structure[0])]


def strobed(register: Register, word: int, voice: int) -> list[Write]:
    """A word of a strobed register: with bit 15 if it has it, then without."""
    here = latch(register, voice)
    up = [(here, word)] if word & STROBE else []
    return [*up, (here, word & ~STROBE)]


def extended(voice_structure: Sequence[int], voice: int) -> list[Write]:
    """Registers 07 and 15 to 19: strobe up if the word has it, companion, strobe down."""
    writes = []
    for strobe, companion in _document()["companions"]["rows"]:
        register, beside = Register(strobe >> VOICE_BITS), Register(companion >> VOICE_BITS)
        word = voice_structure[registers()[register].offset // 2]
        *up, down = strobed(register, word, voice)
        between = (latch(beside, voice), voice_structure[registers()[beside].offset // 2])
        writes += [*up, between, down]
    return writes


def mute(voice: int) -> list[Write]:
    """Silence a voice at once."""
    return [(first | voice, word) for first, word in MUTE]


def free(voice: int) -> list[Write]:
    """Free a voice (listing, 0x02B4A1)."""
    return [(latch(Register.EXPRESSION, voice), 0), (latch(Register.CONTROL, voice), KeyState.FREE)]


def initialisation(switch: bool = False) -> Iterator[Write]:
    """What the sub CPU writes at start: 13 words, then 36 for each of 64 voices (listing, 0x02DFA8)."""
    yield from global_writes(switch)
    words = template()
    for voice in range(VOICES):
        yield from mute(voice)
        yield from note_on(words, voice)
        yield from mute(voice)
        yield from free(voice)
        yield from extended(words, voice)
