"""What the dispatcher needs besides the image: streams, tables of parameters, a few small tables.

Streams and tables lie in one memory; a source says where each begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from luthier.kn5000.bytecode.descriptors import Descriptor
from luthier.kn5000.slots.plan import CHIPS, Stream
from luthier.kn5000.translator.tables import Tables

#: Streams of the chips themselves go without a slot's descriptor.
OF_SLOTS = (Stream.MUTE_SLOT, Stream.PROGRAM, Stream.NUMBERS)
#: Of the eight streams of a change of algorithm the first two are for DSP 1.
LOADS_OF_DSP_1 = 2

#: Units of time that a slot needs (listing, 0x01ED72; the audio-subsystem page takes them for limits of
#: parameters).
SETTLING_TIMES = (28, 24, 46, 20, 20)
#: What STRING takes off its level (listing, 0x0122C4).
LEVEL_REDUCTIONS = (99, 70, 50, 40, 20, 10, 5, 0)
#: Parameters of the rotary speakers in the order in which they are sent, slow and fast (listing, 0x0122A6).
ROTARY_ORDERS = (14, 2, 4, 6, 7, 9, 11, 0, 1, 15, 12, 14, 2, 3, 5, 7, 8, 10, 0, 1, 15, 12)
#: Classes of effects (listing, 0x012226): 1, unless they are here.
_CLASS_0 = frozenset(
    {1, 2, *range(4, 15), *range(16, 32), *range(40, 48), 49, 55, 61, 62, 63, *range(88, 92)}
)
_CLASS_2 = frozenset({39, *range(51, 55), *range(57, 61), 70, 79})


def class_of(effect: int) -> int:
    """The class of an effect, 0 to 2: how voices are led through a slot with it, as it seems."""
    return 0 if effect in _CLASS_0 else 2 if effect in _CLASS_2 else 1


class ProgramSource(Protocol):
    """Where streams and tables come from."""

    @property
    def memory(self) -> bytes:
        """Everything."""

    @property
    def base(self) -> int:
        """Address of its first byte, for what is told."""

    @property
    def name(self) -> str:
        """In words."""

    @property
    def tables(self) -> Tables:
        """The numbers that the translator reads."""

    @property
    def small_tables(self) -> Sequence[int]:
        """Times of settling, reductions, orders and classes, as :mod:`plan` wants them."""

    def stream(self, stream: Stream, first: int, second: int) -> int:
        """Where a stream begins, as a place in the memory."""

    def descriptor(self, slot: int) -> Descriptor:
        """What is added to the streams of a slot."""

    def places(self, effect: int, slot: int) -> tuple[int, int] | None:
        """Tables of values and descriptors of an effect, as places; None if it has none."""

    def preset(self) -> bytes:
        """The image of the start, 290 bytes."""

    def mix(self, first: int, curve: int, second: int) -> tuple[int, int]:
        """Registers D0 and D3 of DSP 2 for the three numbers of the output."""


def chip_of(stream: Stream, first: int) -> int:
    """Which chip a stream is for."""
    if stream in (Stream.MUTE_CHIP, Stream.SOUND_CHIP):
        return first
    if stream is Stream.LOAD:
        return 0 if first < LOADS_OF_DSP_1 else 1
    if stream is Stream.HEADER:
        return 0
    return CHIPS[first]
