"""What a voice is told when it starts, taken in one step: two dozen writes for every key that is struck."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.loops import loop
from luthier.kn5000.tone_generator import laws, state
from luthier.kn5000.tone_generator.registers import VOICES, KeyState, Register

Words = NDArray[np.uint16]

_AMPLITUDE, _FILTER, _PITCH = (
    int(register) for register in (Register.AMPLITUDE_1, Register.FILTER_1, Register.PITCH_1)
)
_CONTROL: Final = int(Register.CONTROL)
_GATE: Final = int(KeyState.GATE)
_FREE: Final = int(KeyState.FREE)
_ROWS: Final = (state.REQUEST, state.LIVE, state.RESTARTS)
_STRIDE: Final = state.STRIDE
_ASKED_GATE, _ASKED_FREE = state.GATE, state.FREE
_RESTART: Final = laws.RESTART


@loop
def take(registers: Words, whole: NDArray[np.int64], latches: Words, data: Words) -> bool:
    """Take writes to voices' registers; whether a gate is among them.

    Of a gate, the recording is left to be looked up.
    """
    request, live, restarts = _ROWS
    gated = False
    for place in range(len(latches)):
        latch, word = np.int64(latches[place]), np.int64(data[place])
        register, voice = latch // VOICES, latch % VOICES
        registers[latch] = word
        if register == _CONTROL:
            asked = whole[request * _STRIDE + voice]
            active = asked == _ASKED_GATE if asked else whole[live * _STRIDE + voice] != 0
            if word == _GATE:
                whole[request * _STRIDE + voice] = _ASKED_GATE
                gated = True
            elif word == _FREE and active:
                whole[request * _STRIDE + voice] = _ASKED_FREE
        elif word & _RESTART:
            if register == _AMPLITUDE:
                whole[restarts * _STRIDE + voice] |= 1
            elif register == _FILTER:
                whole[restarts * _STRIDE + voice] |= 2
            elif register == _PITCH:
                whole[restarts * _STRIDE + voice] |= 4
    return gated
