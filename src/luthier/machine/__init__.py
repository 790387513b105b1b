"""What every emulated board is made of: memory, bus, clock and events, interrupts, tracer, snapshots.

:class:`FlatMachine` is the smallest board: one CPU and 16 MiB of RAM.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from luthier.machine.flat import FlatMachine as FlatMachine
    from luthier.machine.memory import Memory as Memory
    from luthier.machine.processor import Processor as Processor
    from luthier.machine.processor import Stop as Stop

__all__ = ["FlatMachine", "Memory", "Processor", "Stop"]

_HOMES = {"FlatMachine": "flat", "Memory": "memory", "Processor": "processor", "Stop": "processor"}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: the parts need NumPy and Numba."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
