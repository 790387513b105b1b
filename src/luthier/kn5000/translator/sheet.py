"""Every value of every control of an effect: the numbers it becomes, as the chip gets them, and what it is.

A number goes to DSP 1 as five bytes, 0A and a host poke with its tag; to DSP 2 as the upper 16 bits.  Numbers
behind the first of opcode 70 in form 2 and 76 in forms 0 and 1 always have 16 bits.  Filters and the
compressor look at the values beside: those are what they are at first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from luthier.compiled import as_python
from luthier.errors import InputError
from luthier.kn5000.dsp_codecs.coefficients import from_bits, to_stream, to_wire
from luthier.kn5000.effect_catalogue.models import Certainty, Control, Effect
from luthier.kn5000.translator import evaluation
from luthier.kn5000.translator import operations as op
from luthier.kn5000.translator.filters import SECOND_PEAKING
from luthier.kn5000.translator.ladders import TOTAL as LADDER_NUMBERS
from luthier.kn5000.translator.meaning import NOTHING, Meaning, meaning
from luthier.kn5000.translator.records import Instruction, instructions
from luthier.kn5000.translator.rom import SubRom
from luthier.kn5000.translator.tables import Tables
from luthier.kn5000.translator.translation import SLOT_WORDS, modelled_tables
from luthier.kn5000.translator.waveforms import STARTS, WAVEFORMS

_TAGS = {op.Space.CELLS: 0x26, op.Space.REGISTERS: 0x15, op.Space.DELAYS: 0x4C}
_POKE = b"\x0a"
_MASK = 0xFFFFFF
_PLAIN: Any = [
    as_python(law)
    for law in (
        evaluation.scalar,
        evaluation.chosen_blend,
        evaluation.band,
        evaluation.shelf,
        evaluation.compression,
    )
]
_FRACTIONS = {op.LONG_DECAY, op.SENSITIVITY, op.DECAY, op.PITCH, op.COMPRESSION, op.REVERB, op.BAND, op.SHELF}
_FROM_TABLES = {op.DRIVE_LADDER, op.MIX_LADDER, op.VOLUME_LADDER, op.SIGNED_LADDER, op.WAVEFORM}
_WITH_ADDRESS = {op.DELAY, op.ADDRESS_BLEND}


class Exactness(StrEnum):
    """How far a number is that of the machine."""

    EXACT = "exact"
    """To the bit."""
    LAST_BITS = "last bits"
    """The firmware has floating point of its own: the last bits may differ."""
    RELATIVE = "without address"
    """The machine adds an address of its program."""
    MODELLED = "modelled"
    """From a law instead of the ROM's table, or of an effect that nobody recorded."""
    UNKNOWN = "unknown"
    """The law is not published, or looks before the first value of the slot."""


@dataclass(frozen=True)
class Number:
    """One number of 24 bits, as a stream has it and as the chip gets it."""

    coefficient: int
    stream: bytes
    wire: bytes


@dataclass(frozen=True)
class Row:
    """One value under one law; ``place`` is that of the control in the slot, from 0."""

    place: int
    name: str
    value: int
    opcode: int
    law: str
    exactness: Exactness
    numbers: tuple[Number, ...]
    meaning: Meaning


def rows(effect: Effect, rom: SubRom | None = None, only: str = "") -> Iterator[Row]:
    """All values of an effect, control by control and law by law; ``only`` those of controls of this name.

    With a ROM the laws and tables are its own.  Raises InputError if no control has the name, or the ROM's
    records are none.
    """
    chosen = [place for place, control in enumerate(effect.controls) if _is_called(control, only)]
    if only and not chosen:
        names = ", ".join(dict.fromkeys(control.name for control in effect.controls if control.shown))
        raise InputError(f"{effect.name} has no parameter {only!r}", remedy=f"it has {names}")
    records = _records(effect, rom)
    for place in chosen:
        control = effect.controls[place]
        laws: Sequence[Instruction | None] = records[place] or [None]
        for instruction in laws:
            for value in range(control.low, control.high + 1):
                yield _row(effect, place, value, instruction, rom)


def _is_called(control: Control, only: str) -> bool:
    return not only or control.name.lower() == only.strip().lower()


def _records(effect: Effect, rom: SubRom | None) -> list[list[Instruction]]:
    """The instructions of each control: the ROM's, or the catalogue's."""
    places = rom.places(effect.number, effect.slot) if rom and effect.program else None
    if rom is None or places is None:
        return [
            [Instruction(law.opcode, field, law.operands) for field, law in enumerate(control.laws)]
            for control in effect.controls
        ]
    found = instructions(rom.memory, places[0])
    return [found[place] if place < len(found) else [] for place in range(len(effect.controls))]


def _row(effect: Effect, place: int, value: int, instruction: Instruction | None, rom: SubRom | None) -> Row:
    name = effect.controls[place].name
    if instruction is None:
        return Row(place, name, value, 0, "", Exactness.UNKNOWN, (), NOTHING)
    words = [*effect.first, *([0] * (SLOT_WORDS - len(effect.first)))]
    words[place] = value
    found = sent(instruction, words, place, rom.tables if rom else modelled_tables())
    return Row(
        place=place,
        name=name,
        value=value,
        opcode=instruction.opcode,
        law=op.OPERATIONS[instruction.opcode].name,
        exactness=_exactness(effect, instruction.opcode, rom) if found else Exactness.UNKNOWN,
        numbers=tuple(_number(number, at, instruction, effect.chip) for at, number in enumerate(found)),
        meaning=meaning(instruction, value, found),
    )


def sent(instruction: Instruction, words: Sequence[int], place: int, tables: Tables) -> list[int]:
    """The signed numbers that an instruction sends for ``words[place]``; none where it would read beyond."""
    scalar, chosen_blend, band, shelf, compression = _PLAIN
    opcode, operands, value = instruction.opcode, instruction.operands, words[place]
    found = [0] * op.NUMBERS.get(opcode, 1)
    ended = evaluation.DONE
    if opcode == op.WAVEFORM:
        which = (value if value in (1, 2) else 0) + (3 if operands[0] == 1 else 0)
        start = LADDER_NUMBERS + STARTS[which] + 1
        return list(tables.numbers[start : start + WAVEFORMS[which][1]])
    if opcode in (op.BAND, op.SHELF):
        ended, _ = (band if opcode == op.BAND else shelf)(operands, 0, words, place, tables.figures, found)
    elif opcode == op.COMPRESSION:
        ended = compression(operands, 0, words, place, found)
    elif opcode == op.CHOSEN_BLEND:
        ended, found[0] = chosen_blend(operands, 0, words, place)
    else:
        ended, found[0] = scalar(opcode, operands, 0, value, 0, tables.numbers)
    return [from_bits(number & _MASK) for number in found] if ended == evaluation.DONE else []


def _number(number: int, at: int, instruction: Instruction, chip: int) -> Number:
    space = op.OPERATIONS[instruction.opcode].space
    stream = to_stream(number & _MASK)
    word = at > 0 and _has_words(instruction)
    if word or (chip == 1 and space is not op.Space.DELAYS):
        return Number(number & _MASK, stream, stream[:2])
    return Number(number & _MASK, stream, _POKE + to_wire(number & _MASK, _TAGS[space]))


def _has_words(instruction: Instruction) -> bool:
    form = instruction.operands[0] & 0x0F if instruction.operands else 0
    return (instruction.opcode == op.BAND and form == SECOND_PEAKING) or (
        instruction.opcode == op.SHELF and form != op.FIXED_SHELF
    )


def _exactness(effect: Effect, opcode: int, rom: SubRom | None) -> Exactness:
    if effect.certainty is Certainty.MODELLED or (opcode in _FROM_TABLES and rom is None):
        return Exactness.MODELLED
    if opcode in _WITH_ADDRESS and rom is None:
        return Exactness.RELATIVE
    return Exactness.LAST_BITS if opcode in _FRACTIONS else Exactness.EXACT
