"""A bank as a list: for people in lines, for programs in records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from luthier.kn5000.waves.bank import Bank, Entry
from luthier.kn5000.waves.recordings import CLASS_SHIFT, SEMITONE

_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


@dataclass(frozen=True)
class Record:
    """A recording as ``--json`` has it."""

    name: str
    selector: int
    wave_class: int
    entry: int
    offset: int
    """Byte of its image."""
    length: int
    loop_start: int
    loop_end: int
    rate: float
    root: float
    """MIDI note, with its fraction."""
    low: int
    high: int
    peak: float
    """1.0 is full scale."""
    estimated: bool

    @property
    def line(self) -> str:
        """The same for people."""
        loop = f"{self.loop_start}-{self.loop_end}" if self.loop_end > self.loop_start else "once"
        mark = "~" if self.estimated else " "
        return (
            f"{self.selector:6d}  {self.offset:06X}  {self.length:8d}  {loop:>15}  {self.rate:6.0f}"
            f"  {mark}{note_name(self.root):9} {self.low:3d}-{self.high:<3d}  {self.peak:5.2f}  {self.name}"
        )


HEAD = "number  offset    samples             loop      Hz   root      keys     peak  name"


def note_name(note: float) -> str:
    """``A4``, or ``A4+12`` with cents."""
    nearest = round(note)
    cents = round(100 * (note - nearest))
    name = f"{_NAMES[nearest % 12]}{nearest // 12 - 1}"
    return f"{name}{cents:+d}" if cents else name


def record(bank: Bank, entry: Entry) -> Record:
    """All about one recording."""
    row = bank.recordings.table[entry.selector]
    samples = bank.samples(entry.selector)
    peak = float(np.max(np.abs(samples.astype(np.int32)))) / 32_768 if samples.size else 0.0
    return Record(
        entry.name,
        entry.selector,
        entry.selector >> CLASS_SHIFT,
        entry.selector & ((1 << CLASS_SHIFT) - 1),
        entry.offset,
        int(row["length"]),
        int(row["loop_start"]),
        int(row["loop_end"]),
        float(row["rate"]),
        int(row["root"]) / SEMITONE,
        entry.low,
        entry.high,
        round(peak, 4),
        entry.estimated,
    )


def records(bank: Bank) -> list[Record]:
    """All recordings of a bank."""
    return [record(bank, entry) for entry in bank.entries]


def lines(bank: Bank) -> Iterator[str]:
    """The list for people, with what to beware of."""
    yield HEAD
    for found in records(bank):
        yield found.line
    samples = sum(int(bank.recordings.table[entry.selector]["length"]) for entry in bank.entries)
    yield f"{len(bank.entries)} recordings, {samples:,} samples: {bank.title}"
    if any(entry.estimated for entry in bank.entries):
        yield "~ root, loop and rate are estimates: the ROM does not tell them"
