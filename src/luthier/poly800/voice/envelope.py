"""The digital envelope generators (DEGs): six numbers, five stages, a byte that moves in ticks.

Modelled: an attack begins at the level that is left, so that a voice that is taken from another key makes no
click; the slope goes up or down to the sustain level, whichever way that lies.
"""

from __future__ import annotations

from luthier.compiled import compiled
from luthier.poly800.voice.firmware import PEAK
from luthier.poly800.voice.state import (
    ATTACK,
    ATTACK_STEPS,
    BREAK_POINT,
    DECAY,
    DECAY_STEPS,
    LEVEL,
    OFF,
    RELEASE,
    RELEASE_STEPS,
    SLOPE,
    SLOPE_STEPS,
    STAGE,
    SUSTAIN,
    SUSTAIN_LEVEL,
    WAITED,
    Words,
)


@compiled
def envelope_tick(envelopes: Words, which: int, stages: Words, row: int) -> None:
    """Move envelope ``which`` by a tick, with the parameters in ``row`` of ``stages``."""
    stage = envelopes[STAGE, which]
    if stage in (OFF, SUSTAIN):
        return
    if stage == ATTACK:
        column, target = ATTACK_STEPS, PEAK
    elif stage == DECAY:
        column, target = DECAY_STEPS, stages[row, BREAK_POINT]
    elif stage == SLOPE:
        column, target = SLOPE_STEPS, stages[row, SUSTAIN_LEVEL]
    else:
        column, target = RELEASE_STEPS, 0
    level, waited = envelopes[LEVEL, which], envelopes[WAITED, which] + 1
    if waited >= stages[row, column + 1]:
        waited = 0
        steps = stages[row, column]
        level = min(level + steps, target) if level < target else max(level - steps, target)
    envelopes[LEVEL, which], envelopes[WAITED, which] = level, waited
    if level == target:
        envelopes[WAITED, which] = 0
        envelopes[STAGE, which] = OFF if stage == RELEASE else stage + 1
