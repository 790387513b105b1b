"""What a new program and a new bank start with.

Open questions
- That a stored 6 means a flat equaliser: the MkII service manual gives 13 steps from -6 to +6, the programs
  store 0 to 12, so the middle is taken.
"""

from __future__ import annotations

from luthier.poly800 import memory
from luthier.poly800.bank import Bank
from luthier.poly800.parameters import PROGRAM_LENGTH, program_parameters
from luthier.poly800.program import PROGRAM_COUNT, Program
from luthier.poly800.synth import Synth

FLAT = 6

#: Delay without effect and flat equaliser: what a program that knows neither is given on the MkII.
NEUTRAL_EFFECTS = {
    "delay_time": 0,
    "delay_feedback": 0,
    "delay_modulation_frequency": 0,
    "delay_modulation_intensity": 0,
    "delay_level": 0,
    "eq_bass": FLAT,
    "eq_treble": FLAT,
}

#: An organ-like tone at full level through an open filter: every stage can be heard, nothing colours it.
_PLAIN_TONE = {
    "dco1_octave": 2,
    "dco1_waveform": 1,
    "dco1_16": 1,
    "dco1_level": 31,
    "dco_mode": 1,
    "dco2_octave": 2,
    "dco2_waveform": 1,
    "dco2_16": 1,
    "dco2_level": 31,
    "cutoff": 99,
    "polarity": 2,
    "trigger": 2,
    **{f"deg{number}_break_point": 31 for number in (1, 2, 3)},
    **{f"deg{number}_sustain": 31 for number in (1, 2, 3)},
}


def initial_program(synth: Synth) -> Program:
    """A plain, audible tone to start from: all other parameters at their lowest, effects off."""
    values = {row.name: row.minimum for row in program_parameters(synth)} | _PLAIN_TONE
    if synth is Synth.MK2:
        values |= NEUTRAL_EFFECTS
    return Program(bytes(PROGRAM_LENGTH[synth])).replacing(values)


def initial_bank(synth: Synth) -> Bank:
    """A bank of 64 initial programs, MIDI channel 1, an empty sequence (00 is its end mark) and no chord.

    Bytes of unknown meaning are those of the factory tape on Poly-800 and EX-800, 00 on the MkII.
    """
    bank = Bank(synth, bytes(memory.RAM_LENGTH[synth])).with_programs(
        [initial_program(synth)] * PROGRAM_COUNT
    )
    if synth is Synth.MK2:
        return bank
    bank = bank.with_chord(memory.FACTORY_CHORD)
    bank = bank.with_region("undefined_268", memory.FACTORY_UNDEFINED_268)
    return bank.with_region("undefined_1632", memory.FACTORY_UNDEFINED_1632)
