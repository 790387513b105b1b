"""What a value is: in hertz, milliseconds, seconds, decibels, cents, degrees, or as a share of full scale.

Decibels of ladders are those of the number, of full scale; of 70 and 76 those of the filter.  THRESHOLD and
RATIO of the compressor are levels (:func:`luthier.kn5000.translator.decays.compressor_level`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from luthier.compiled import as_python
from luthier.kn5000.dsp_codecs.coefficients import ONE, from_stream
from luthier.kn5000.translator import decays, laws
from luthier.kn5000.translator import operations as op
from luthier.kn5000.translator.figures import FIGURES, FIRST_QUALITY, gain
from luthier.kn5000.translator.records import Instruction
from luthier.kn5000.translator.waveforms import NAMES

_SLOW, _FAST, _ROTOR = (as_python(law) for law in (laws.slow_speed, laws.fast_speed, laws.rotor_speed))
_GATE, _SENSITIVITY = as_python(laws.gate_time), as_python(decays.sensitivity_time)
_LONG, _BLENDED = as_python(decays.long_time), as_python(decays.blended_time)
_REVERB, _HALF_CENTS = as_python(decays.reverb_time), as_python(decays.half_cents)
_LEVEL = as_python(decays.compressor_level)
_LADDERS = (op.DRIVE_LADDER, op.MIX_LADDER, op.VOLUME_LADDER, op.SIGNED_LADDER)
_WHICH, _FIRST, _SECOND = 0xF0, 0x00, 0x10


@dataclass(frozen=True)
class Meaning:
    """An amount with its unit; None and a word where there is no amount."""

    amount: float | None
    unit: str
    word: str = ""

    @property
    def text(self) -> str:
        """In words."""
        return self.word if self.amount is None else f"{self.amount:.6g} {self.unit}".strip()


NOTHING = Meaning(None, "")


def meaning(instruction: Instruction, value: int, numbers: Sequence[int]) -> Meaning:
    """What ``value`` is for an instruction that sends ``numbers``, signed; nothing if it sends none."""
    opcode, operands = instruction.opcode, instruction.operands
    if not numbers:
        return NOTHING
    if opcode in _OF_VALUE:
        law, unit = _OF_VALUE[opcode]
        return Meaning(float(law(value)), unit)
    special = _SPECIAL.get(opcode)
    return special(opcode, operands, value) if special else _of_number(opcode, numbers[0])


def _of_speed(_opcode: int, operands: bytes, value: int) -> Meaning:
    return Meaning(float(_FAST(value)) if operands[0] == laws.FAST else _quotient(_SLOW(value)), "Hz")


def _of_decay(_opcode: int, operands: bytes, value: int) -> Meaning:
    first, second = from_stream(operands[:3]), int.from_bytes(operands[3:], "big")
    return Meaning(_BLENDED(first, second, value), "s")


def _of_compression(_opcode: int, operands: bytes, value: int) -> Meaning:
    return Meaning(20 * math.log10(_LEVEL(value, 88 if operands[0] & _WHICH else 89)), "dB")


def _of_waveform(_opcode: int, operands: bytes, value: int) -> Meaning:
    which = value if value in (1, 2) else 0
    return Meaning(None, "", f"curve {which}" if operands[0] == 1 else NAMES[which])


#: Laws whose amount is that of the value alone: the amount and its unit.
_OF_VALUE: dict[int, tuple[Callable[[int], float], str]] = {
    op.ROTOR: (lambda value: _quotient(_ROTOR(value)), "Hz"),
    op.MILLISECONDS: (float, "ms"),
    op.DELAY: (float, "ms"),
    op.GATE: (_GATE, "ms"),
    op.DEGREES: (float, "degrees"),
    op.LONG_DECAY: (_LONG, "s"),
    op.REVERB: (_REVERB, "s"),
    op.SENSITIVITY: (lambda value: _SENSITIVITY(value) / 1_000, "s"),
    op.PITCH: (lambda value: _HALF_CENTS(value) / 2, "cents"),
}


def _of_number(opcode: int, number: int) -> Meaning:
    """Of the laws whose number tells."""
    if opcode in _LADDERS:
        return decibels(number)
    if opcode == op.MANY_BLENDS:
        return Meaning(float(number), "")
    if opcode == op.ADDRESS_BLEND:
        return Meaning(number / 256, "samples")
    return Meaning(100 * number / ONE, "%")


def _of_filter(opcode: int, operands: bytes, value: int) -> Meaning:
    """Frequency, quality or gain, by the place of the value among its neighbours."""
    form, which = operands[0] & 0x0F, operands[0] & _WHICH
    alone = opcode == op.SHELF and form == op.FIXED_SHELF
    if which == _FIRST and not alone:
        return Meaning(FIGURES[value], "Hz") if 0 <= value < len(FIGURES) else NOTHING
    if opcode == op.BAND and form == 0 and which == _SECOND:
        place = FIRST_QUALITY + value
        return Meaning(FIGURES[place], "Q") if 0 <= place < len(FIGURES) else NOTHING
    return Meaning(gain(value), "dB")


_SPECIAL: dict[int, Callable[[int, bytes, int], Meaning]] = {
    op.SPEED: _of_speed,
    op.OTHER_SPEED: _of_speed,
    op.DECAY: _of_decay,
    op.COMPRESSION: _of_compression,
    op.WAVEFORM: _of_waveform,
    op.BAND: _of_filter,
    op.SHELF: _of_filter,
}


def decibels(number: int) -> Meaning:
    """The level of a number of Q0.23."""
    return Meaning(20 * math.log10(abs(number) / ONE), "dB") if number else Meaning(None, "dB", "silence")


def _quotient(fraction: tuple[int, int]) -> float:
    return fraction[0] / fraction[1]
