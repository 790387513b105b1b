"""The TMP94C241F: a TLCS-900/H2 with its ports, timers, serial channels, interrupts and micro-DMA.

- ``chip``: :class:`Chip`, all of it on one memory; ``pins``: what reaches the interrupt pins
- ``registers.toml``, ``register_table``: the registers as data, each with its certainty
- ``register_file``: the registers on the bus, what is unknown of them counted
- ``interrupt_controller``: requests, levels, INT0, NMI; ``sources``: who asks with which vector
- ``micro_dma``: the eight channels of the micro-DMA
- ``ports``: the ports and what is connected to them
- ``prescaler``, ``counter``: the clock of the timers, and counting without stepping
- ``eight_bit_timers``, ``sixteen_bit_timers``: timers 0 to 3 and 4, 6, 8, A; ``alarms``, ``flip_flops``: what
  follows from their matches
- ``serial``: the two channels; ``baud_rate``: how long a byte takes
- ``converters``: A/D and D/A; ``watchdog``

Registers that only change when something happens are served, so firmware that polls them stays in the
compiled loop.  Times are states of the processor; a state is one cycle of its clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from luthier.kn5000.board.chip.chip import Chip as Chip

__all__ = ["Chip"]


def __getattr__(name: str) -> Any:
    """Import the chip when it is asked for: it needs NumPy and Numba."""
    if name != "Chip":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from luthier.kn5000.board.chip.chip import Chip

    return Chip
