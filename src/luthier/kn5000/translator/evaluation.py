"""One opcode of a value record: its operands and the value become numbers.

``value`` is the user's, ``words`` all values of the slot and ``index`` the place of this one: filters, the
compressor and opcode 24 look at its neighbours.  ``numbers`` has the ladders and then the waveforms,
``figures`` frequencies and qualities (:mod:`tables`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.kn5000.translator.decays import blended_time, cut, decay, gain_curve, long_time, pitch, reverb
from luthier.kn5000.translator.decays import sensitivity as sensitivity_number
from luthier.kn5000.translator.filters import band_numbers, shelf_numbers
from luthier.kn5000.translator.laws import (
    address_blend,
    bipolar_blend,
    blend,
    degrees,
    gate_time,
    ratio,
    rotor,
    samples,
    speed,
    wrapped,
)

#: How an evaluation ends: it is done, it would read beyond a table or the slot, nobody knows the number.
DONE, BEYOND, UNDEFINED = range(3)
#: Places in ``numbers`` and ``figures``.
_LADDER_61, _LADDER_62, _LADDER_63, _LADDER_SIZE, _LONG_SIZE = 0, 100, 200, 100, 128
_QUALITIES, _FIGURES = 27, 59


@compiled
def signed(memory: npt.NDArray[np.uint8], place: int) -> int:
    """Three bytes, most significant first, with their sign."""
    bits: int = (memory[place] & 255) << 16 | (memory[place + 1] & 255) << 8 | (memory[place + 2] & 255)
    return (bits ^ 0x800000) - 0x800000


@compiled
def unsigned(memory: npt.NDArray[np.uint8], place: int) -> int:
    """Three bytes without sign."""
    return signed(memory, place) & 0xFFFFFF


@compiled
def ladder(opcode: int, first: int, value: int, numbers: npt.NDArray[np.int64]) -> tuple[int, int]:
    """(how it ended, number) of opcodes 61, 62, 63 and 79."""
    start, size = _LADDER_61, _LADDER_SIZE
    if opcode == 0x62:
        start = _LADDER_62
    elif opcode == 0x63:
        if first > 2:
            return UNDEFINED, 0
        start = _LADDER_63 + first * _LADDER_SIZE
        size = _LONG_SIZE if first == 2 else _LADDER_SIZE
    elif opcode == 0x79:
        start, size = _LADDER_63 + 2 * _LADDER_SIZE, _LONG_SIZE
    if not 0 <= value < size:
        return BEYOND, 0
    number = numbers[start + value]
    if opcode == 0x79:
        return DONE, cut((number if first == 1 else -number) * 0.552)
    return DONE, number


@compiled
def scalar(  # noqa: PLR0911, PLR0912 - one row for each opcode
    opcode: int,
    memory: npt.NDArray[np.uint8],
    place: int,
    value: int,
    bias: int,
    numbers: npt.NDArray[np.int64],
) -> tuple[int, int]:
    """(how it ended, number) of the opcodes that send one number and look at no neighbour.

    ``place`` is that of the operands; they are there.
    """
    if opcode in (0x21, 0x66, 0x6B, 0x77):
        return DONE, blend(signed(memory, place), signed(memory, place + 3), value)
    if opcode in (0x61, 0x62):
        return ladder(opcode, 0, value, numbers)
    if opcode in (0x63, 0x79):
        return ladder(opcode, memory[place] & 255, value, numbers)
    if opcode in (0x65, 0x78):
        family = memory[place] & 255
        return (DONE if family <= 2 else UNDEFINED), speed(family, value)
    if opcode == 0x73:
        return DONE, bipolar_blend(signed(memory, place), signed(memory, place + 3), value)
    if opcode == 0x67:
        return DONE, wrapped(unsigned(memory, place) + samples(value))
    if opcode == 0x68:
        return DONE, degrees(unsigned(memory, place), value)
    if opcode == 0x64:
        return DONE, ratio(unsigned(memory, place), value)
    if opcode == 0x6A:
        return DONE, rotor(value)
    if opcode == 0x6C:
        return DONE, address_blend(unsigned(memory, place), unsigned(memory, place + 3), value, bias)
    if opcode == 0x6D:
        return DONE, sensitivity_number(value)
    if opcode == 0x69:
        return DONE, decay(long_time(value))
    if opcode == 0x6E:
        return DONE, decay(blended_time(signed(memory, place), unsigned(memory, place + 3), value))
    if opcode == 0x6F:
        return DONE, samples(gate_time(value))
    if opcode == 0x71:
        return DONE, pitch(value)
    if opcode == 0x75:
        return DONE, reverb(signed(memory, place), value)
    return DONE, samples(value)  # 40


@compiled
def chosen_blend(
    memory: npt.NDArray[np.uint8], place: int, words: npt.NDArray[np.int64], index: int
) -> tuple[int, int]:
    """Opcode 24: the pair of ends is told by this value, or the one or two places before: 1, 2, or else."""
    which = memory[place] & 0xF0
    before = 2 if which == 0x20 else 1 if which == 0x10 else 0
    if before > index:
        return BEYOND, 0
    order = words[index - before] & 0xFFFF
    pair = place + 1 + (6 * order if order in (1, 2) else 0)
    return DONE, blend(signed(memory, pair), signed(memory, pair + 3), words[index])


@compiled
def compression(
    memory: npt.NDArray[np.uint8],
    place: int,
    words: npt.NDArray[np.int64],
    index: int,
    found: npt.NDArray[np.int64],
) -> int:
    """Opcode 72, in ``found``: threshold here and ratio behind, or with a high nibble one before."""
    first = index - 1 if memory[place] & 0xF0 else index
    if first < 0 or first + 1 >= len(words):
        return BEYOND
    found[0], found[1], found[2], found[3], found[4] = gain_curve(words[first], words[first + 1])
    return DONE


@compiled
def band(
    memory: npt.NDArray[np.uint8],
    place: int,
    words: npt.NDArray[np.int64],
    index: int,
    figures: npt.NDArray[np.float64],
    found: npt.NDArray[np.int64],
) -> tuple[int, int]:
    """(how it ended, how many numbers) of opcode 70: frequency, quality and gain in this order.

    The high nibble tells which of the three this value is; an unknown form sends nothing.
    """
    form, which = memory[place] & 0x0F, memory[place] & 0xF0
    if form > 2:
        return DONE, 0
    first = index
    if form == 0:
        first -= 0 if which == 0 else 1 if which == 0x10 else 2
    elif form == 2 and which != 0:
        first -= 1
    last = first + (2 if form == 0 else 1 if form == 2 else 0)
    if first < 0 or last >= len(words):
        return BEYOND, 0
    hertz = words[first] & 0xFFFF
    quality = _QUALITIES + (words[first + 1] & 0xFFFF) if form == 0 else _QUALITIES
    if hertz >= _FIGURES or quality >= _FIGURES:
        return BEYOND, 0
    width = figures[quality] if form == 0 else 0.1 if form == 1 else 2.0
    decibels = 0.0 if form == 1 else words[last] * 0.5 - 12.0
    found[0], found[1], found[2], found[3], found[4] = band_numbers(form, figures[hertz], width, decibels)
    return DONE, 5


@compiled
def shelf(
    memory: npt.NDArray[np.uint8],
    place: int,
    words: npt.NDArray[np.int64],
    index: int,
    figures: npt.NDArray[np.float64],
    found: npt.NDArray[np.int64],
) -> tuple[int, int]:
    """(how it ended, how many numbers) of opcode 76: frequency, then gain; form 2 has its frequency along."""
    form, which = memory[place] & 0x0F, memory[place] & 0xF0
    first = index - 1 if which == 0x10 else index
    if first < 0 or first + 1 >= len(words):
        return BEYOND, 0
    hertz = memory[place + 1] & 0x1F if form == 2 else words[first] & 0xFFFF
    if hertz >= _FIGURES:
        return BEYOND, 0
    if form > 2:
        return DONE, 0
    decibels = words[first + 1] * 0.5 - 12.0
    found[0], found[1], found[2] = shelf_numbers(form, figures[hertz], decibels)
    return DONE, 3
