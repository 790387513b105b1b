"""What differs between the image and what was applied last, and what else has to be sent because of it.

Each slot has 25 flags: its effect, the words at +02 and +28, its 17 parameters, its link, whether anything
differs, and three that are set beside them and that nothing reads.  Where a new effect or algorithm is loaded
all are set.  Parameters that make one filter are sent by the first of them.

Source: listing, DSP_AlgoChange_CheckAndFlag to EFF_StateLoad_Prepare, before 0x037760.

One thing the firmware does is left out, for records it never has: a volume parameter beyond the seventeen
sets flags of other slots there, none here.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.kn5000.slots.layout import (
    ALGORITHM,
    ALGORITHM_CHANGED,
    EFFECT,
    EXTRA,
    FIRST_PARAMETER,
    HEADER_WORDS,
    IN_FULL,
    LINKED,
    MODE,
    NO_VOLUME,
    PARAMETERS,
    RECORD_WORDS,
    ROTOR,
    SECOND,
    SEND,
    SLOTS,
    VOLUME_PARAMETER,
)

#: Flags of a slot.
NEW_EFFECT, NEW_SECOND, NEW_PARAMETER, NEW_EXTRA = 0, 1, 2, 19
BESIDE = 20
NEW_LINK, ANYTHING = 23, 24
FLAG_COUNT = 25

#: Effects that are treated apart: five bands of three numbers, four of two, two rotary speakers, STRING, and
#: four with a wah, which is muted for any change.
PARAMETRIC, GRAPHIC, ROCK_ROTARY, ROTARY, STRING = 39, 79, 15, 53, 63
WAHS = (51, 52, 69, 70)
LAST_EFFECT, LAST_ALGORITHM = 99, 1


@compiled
def clamp(image: npt.NDArray[np.int64]) -> None:
    """Numbers that do not exist: algorithms above 1 become 0, effects above 99 become 99."""
    if image[ALGORITHM] > LAST_ALGORITHM:
        image[ALGORITHM] = 0
    for slot in range(SLOTS):
        base = HEADER_WORDS + RECORD_WORDS * slot
        image[base + EFFECT] = min(image[base + EFFECT], LAST_EFFECT)


@compiled
def must_load_all(image: npt.NDArray[np.int64], applied: npt.NDArray[np.int64]) -> bool:
    """Whether the chips are loaded anew."""
    return bool(image[ALGORITHM] != applied[ALGORITHM] or image[ALGORITHM_CHANGED] == 1 or image[MODE] == 1)


@compiled
def compare(
    image: npt.NDArray[np.int64], applied: npt.NDArray[np.int64], flags: npt.NDArray[np.int64]
) -> None:
    """Set the flags of what differs, clear all others."""
    for slot in range(SLOTS):
        base, own = HEADER_WORDS + RECORD_WORDS * slot, FLAG_COUNT * slot
        for flag in range(FLAG_COUNT):
            flags[own + flag] = 0
        anything = 0
        for word in range(SECOND, FIRST_PARAMETER + PARAMETERS):
            if image[base + word] != applied[base + word]:
                flags[own + word] = 1
                anything = 1
        if image[base + EXTRA] != applied[base + EXTRA]:
            flags[own + NEW_EXTRA] = 1
            anything = 1
        if image[base + LINKED] != applied[base + LINKED]:
            flags[own + NEW_LINK] = 1
            anything = 1
        flags[own + ANYTHING] = anything
        if image[base + EFFECT] != applied[base + EFFECT]:
            flags[own + NEW_EFFECT] = 1


@compiled
def find_active(
    image: npt.NDArray[np.int64],
    load_all: bool,
    flags: npt.NDArray[np.int64],
    active: npt.NDArray[np.int64],
) -> None:
    """Which slots are muted while they change; those send their volume again.

    An effect with a wah makes this also of any change in the slots that follow: its mark is not taken back.
    """
    wah = False
    for slot in range(SLOTS):
        base, own = HEADER_WORDS + RECORD_WORDS * slot, FLAG_COUNT * slot
        if load_all:
            active[slot] = 1
            continue
        effect = image[base + EFFECT]
        wah = wah or effect in WAHS
        anything = flags[own + ANYTHING] == 1
        if flags[own + NEW_EFFECT] == 1 or (anything and (image[IN_FULL] == 1 or wah)):
            active[slot] = 1
            volume = image[base + VOLUME_PARAMETER]
            if 0 <= volume < PARAMETERS:
                flags[own + NEW_PARAMETER + volume] = 1
            if image[base + SEND] != NO_VOLUME:
                flags[own + BESIDE] = 1
            flags[own + BESIDE + 1] = 1
            flags[own + BESIDE + 2] = 1
            flags[own + ANYTHING] = 1
        else:
            active[slot] = 0


@compiled
def complete(image: npt.NDArray[np.int64], load_all: bool, flags: npt.NDArray[np.int64]) -> None:
    """Set what follows from what differs; let one flag stand for parameters that go together."""
    for slot in range(SLOTS):
        base, own = HEADER_WORDS + RECORD_WORDS * slot, FLAG_COUNT * slot
        if load_all:
            flags[own + NEW_EFFECT] = 1
        if flags[own + NEW_EFFECT] == 1:
            for flag in range(FLAG_COUNT):
                flags[own + flag] = 1
            if slot == 1:
                _next_of_slot_0(image, flags)
        _join(image[base + EFFECT], image[base + ROTOR], flags, own)
        flags[own + ANYTHING] = 1
        volume = image[base + VOLUME_PARAMETER]
        if flags[own + NEW_LINK] == 1 and 0 <= volume < PARAMETERS:
            flags[own + NEW_PARAMETER + volume] = 1


@compiled
def _next_of_slot_0(image: npt.NDArray[np.int64], flags: npt.NDArray[np.int64]) -> None:
    """A new reverb has slot 0 send what it gives to the reverb: the parameter behind its volume."""
    effect = image[HEADER_WORDS + EFFECT]
    send = image[HEADER_WORDS + VOLUME_PARAMETER] + 1
    if effect in (ROCK_ROTARY, ROTARY):
        send += 1
    if 0 <= send < PARAMETERS:
        flags[NEW_PARAMETER + send] = 1


@compiled
def _join(effect: int, rotor: int, flags: npt.NDArray[np.int64], own: int) -> None:
    first = own + NEW_PARAMETER
    if effect == PARAMETRIC:
        for band in range(first, first + 15, 3):
            if flags[band] == 1 or flags[band + 1] == 1 or flags[band + 2] == 1:
                flags[band], flags[band + 1], flags[band + 2] = 1, 0, 0
    elif effect == GRAPHIC:
        for band in range(first, first + 8, 2):
            if flags[band + 1] == 1:
                flags[band], flags[band + 1] = 1, 0
    elif effect in (ROCK_ROTARY, ROTARY) and flags[first + ROTOR - FIRST_PARAMETER] == 1:
        slow = 0 if rotor == 1 else 1
        for speed in (3, 5, 8, 10):
            flags[first + speed + slow] = 1
    elif effect == STRING and (flags[first + 1] == 1 or flags[first + 2] == 1):
        flags[first] = 1
