"""What happens at the effect chips: the alphabet of bus, decoder and bytecode interpreter."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Kind(IntEnum):
    """What an event is.  The first four are those of the bytecode interpreter, with these numbers."""

    DATA = 0
    COMMAND = 1
    IDLE = 2
    """The serial bus comes to rest; ends what DSP 2 was told."""
    YIELD = 3
    """The firmware lets other tasks run: nothing at the ports."""
    RESET = 4
    RELEASE = 5
    TIMEOUT = 6
    """DSP 1 was never ready: the byte was not sent, and the firmware goes on (listing, 0x036A2E)."""
    REFUSED = 7
    """A strobe without a byte: DSP 1 was ready and then was not."""
    DAMAGED = 8
    """A select cycle of DSP 2 that holds no byte of eight bits."""
    CHANNEL = 9
    """A register of DSP 1 in the memory map; ``value`` is register << 8 | data."""


class Event(NamedTuple):
    """One event: ``chip`` 0 for DSP 1, 1 for DSP 2; ``value`` the byte; ``place`` of the last write."""

    kind: Kind
    chip: int
    value: int = 0
    place: int = 0
