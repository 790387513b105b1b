"""Tables and clocks of the firmware, and what we read out of them.

Tick: interrupts of nominally 3 kHz (2.4 to 3.6 kHz, Poly-800 service manual; a user measured 0.34 ms) share
16 slots, so that every task comes 187.5 times a second.  MG_TABLE, LOG_TABLE, LINEAR_TABLE and the 16 slots
are those of the EX-800's ROM as the project isla-poly800 published them; no ROM was at hand.

How the tables make envelopes is our reading: an envelope is a byte that goes straight from level to level.
The first 24 entries of LOG_TABLE are what it moves in a tick, the last eight the ticks for a move of one
(only so do times grow with the number from 0 to 31); levels are entries of LINEAR_TABLE.  The five published
times bear it out: with decay 31 from the top to break points 30, 29, 25 and 20 the reading gives 0.48, 0.96,
2.88 and 5.07 s where the owner's manual prints about 0.5, 1.2, 3 and 5 s, and with rate 20 from the top to
nothing 0.27 s where the project measured 0.2 to 0.3 s on a recording.

Open questions
- The exact rate of interrupts: an RC oscillator, different in every machine.
- Whether the top of an envelope is FF or the FE of LINEAR_TABLE (one step in 255).
- How the ROM rounds the products of level and envelope; here they are not rounded.
"""

from __future__ import annotations

from typing import Final

import numpy as np

INTERRUPTS: Final = 3_000
SLOTS: Final = 16
#: Ticks a second: 187.5.
TICK_RATE: Final = INTERRUPTS / SLOTS

#: What the MG's counter moves in a tick, by its frequency (parameter 81).
MG_TABLE: Final = bytes.fromhex("01 02 03 04 06 08 0B 0E 11 15 19 1E 24 2B 34 3E")
#: Rates of envelopes: 0 to 23 steps in a tick, 24 to 31 ticks for a step.
LOG_TABLE: Final = bytes.fromhex(
    "FF 80 55 40 33 2B 25 20 1D 1B 17 15 13 11 0F 0D 0B 09 07 06 05 04 03 02 01 02 03 04 05 06 08 0A"
)
#: Levels of envelopes and oscillators; delays of the MG.
LINEAR_TABLE: Final = bytes([*range(0x00, 0xC1, 8), *bytes.fromhex("C9 D2 DB E4 ED F6 FE")])

FIRST_SLOW_RATE: Final = 24
PEAK: Final = 0xFF
FULL_LEVEL: Final = LINEAR_TABLE[-1]
#: The MG at its widest: 63 + 31 + 15 + 7, the sum that the ROM's four-bit multiplication gives.
MG_FULL: Final = 116


def rate(value: int) -> tuple[int, int]:
    """(steps, ticks) of a rate 0 to 31: so many steps every so many ticks."""
    entry = LOG_TABLE[value]
    return (1, entry) if value >= FIRST_SLOW_RATE else (entry, 1)


def mg_delay(value: int) -> int:
    """Ticks before the MG begins, by its delay 0 to 15 (parameter 82): up to 240, 1.28 s."""
    return 2 * LINEAR_TABLE[value]


def tick_frame(tick: int, sampling_rate: int) -> int:
    """The frame at which a tick begins, counted from the first frame and tick 0."""
    return -(-tick * sampling_rate * SLOTS // INTERRUPTS)


MG_STEPS: Final = np.frombuffer(MG_TABLE, np.uint8).astype(np.int64)
