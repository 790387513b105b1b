"""One wave ROM of 4 MB: index, parameter records, signed 16-bit PCM.

Layout (waveform page, read off IC307): an index of pairs of little-endian words, pointer to a parameter
record and start of the wave in units of 16 bytes; the first pointer leads just behind the index and so tells
its size (198 entries: 0318).  Then the parameter records, then PCM up to the end, filled up with FF.

Everything is kept as it is found, so that an image that is read and written is the same byte for byte.

Open questions
- What the flags of a parameter word make the chip do. They are named after the page's guesses and kept.
- Where a wave ends: it is taken to last until the next start, and the last until the filling.
- How recordings behind the first MiB are addressed. A start has 16 bits in units of 16 bytes; the last two
  starts of IC307 are shared by 6 and 7 entries, and behind the last lie 3 MiB.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from luthier.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROM_SIZE = 4_194_304
#: Entries of IC307; (class << 12) | entry of the tone generator's register 01 has room for more.
ENTRY_COUNT = 198
ENTRY_SIZE = 4
#: A start counts units of 16 bytes, eight samples.
UNIT = 16
SAMPLES_IN_UNIT = UNIT // 2
#: Where the PCM of IC307 begins (01A3 units), and how it is filled up.
USUAL_PCM_START = 0x1A30
PADDING = 0xFF
PADDING_LENGTH = 64
#: The furthest start an index entry can tell.
LAST_START = 0xFFFF * UNIT

#: Upper byte of a parameter word.  Names are the waveform page's; only the first and the last are sure.
FLAG_NAMES = {
    0x00: "key zone boundary",
    0x01: "tuning of a key",
    0x08: "tuning of a key, other range",
    0x0A: "transition",
    0x1C: "header",
    0x40: "split or loop",
    0x80: "end of record",
    0xC0: "last key zone boundary",
}
_SURE_FLAGS = (0x00, 0xC0)


@dataclass(frozen=True)
class IndexEntry:
    """Where the parameter record is, in bytes, and where the wave begins, in units of 16 bytes."""

    parameter_pointer: int
    wave_offset: int

    @property
    def start(self) -> int:
        """The byte at which the wave begins."""
        return self.wave_offset * UNIT


@dataclass(frozen=True)
class ParameterWord:
    """A word behind the start in a parameter record: flags in the upper, a value in the lower byte."""

    word: int

    @property
    def flags(self) -> int:
        """The upper byte."""
        return self.word >> 8

    @property
    def value(self) -> int:
        """The lower byte."""
        return self.word & 0xFF

    @property
    def meaning(self) -> str:
        """What the flags are called, or that they are unknown."""
        return FLAG_NAMES.get(self.flags, "unknown")

    @property
    def key(self) -> int | None:
        """The highest key of a zone, if this word is such a boundary."""
        return self.value if self.flags in _SURE_FLAGS and self.value < 128 else None

    @property
    def tuning(self) -> int | None:
        """A signed tuning, if this word is one."""
        if self.meaning.startswith("tuning"):
            return self.value - 256 if self.value > 127 else self.value
        return None


@dataclass(frozen=True)
class WaveRom:
    """An image: the index, the bytes of the parameter records, the bytes of the PCM with its filling."""

    entries: tuple[IndexEntry, ...]
    parameters: bytes
    pcm: bytes

    @property
    def index_size(self) -> int:
        """Bytes of the index: where the parameter records begin."""
        return len(self.entries) * ENTRY_SIZE

    @property
    def pcm_start(self) -> int:
        """The byte at which the PCM begins."""
        return self.index_size + len(self.parameters)

    @cached_property
    def pcm_end(self) -> int:
        """The byte behind the last wave: the filling, in whole units of 16 bytes, is left out."""
        filling = len(self.pcm) - len(self.pcm.rstrip(bytes([PADDING])))
        return self.pcm_start + len(self.pcm) - filling // UNIT * UNIT

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The different starts, in bytes, in ascending order."""
        return tuple(sorted({entry.start for entry in self.entries}))

    @cached_property
    def record_starts(self) -> tuple[int, ...]:
        """The different pointers to parameter records, in ascending order."""
        return tuple(sorted({entry.parameter_pointer for entry in self.entries}))

    def extent(self, number: int) -> tuple[int, int]:
        """First byte of the wave of an entry and the byte behind it: it lasts until the next one starts."""
        start = self.entries[number].start
        following = bisect_right(self.starts, start)
        end = self.starts[following] if following < len(self.starts) else max(self.pcm_end, start)
        return start, end

    def samples(self, number: int) -> NDArray[np.int16]:
        """The samples of the wave of an entry."""
        import numpy as np

        start, end = (place - self.pcm_start for place in self.extent(number))
        return np.frombuffer(self.pcm[start:end], "<i2").astype(np.int16)

    def record(self, number: int) -> bytes:
        """The parameter record of an entry, from its pointer to the next one."""
        pointer = self.entries[number].parameter_pointer
        following = bisect_right(self.record_starts, pointer)
        end = self.record_starts[following] if following < len(self.record_starts) else self.pcm_start
        return self.parameters[pointer - self.index_size : end - self.index_size]

    def words(self, number: int) -> tuple[ParameterWord, ...]:
        """The words of the record behind its first, which repeats the start."""
        record = self.record(number)
        found = struct.unpack(f"<{len(record) // 2}H", record[: len(record) // 2 * 2])
        return tuple(ParameterWord(word) for word in found[1:])

    def warnings(self) -> tuple[str, ...]:
        """What is odd about the image, though it can be read."""
        found = []
        seen: set[IndexEntry] = set()
        for number, entry in enumerate(self.entries):
            if entry in seen:
                continue
            seen.add(entry)
            repeated = int.from_bytes(self.record(number)[:2], "little")
            if repeated != entry.wave_offset:
                found.append(
                    f"entry {number}: its record at 0x{entry.parameter_pointer:04X} repeats"
                    f" start {repeated:04X}, the index says {entry.wave_offset:04X}; the index is taken"
                )
            keys = [word.key for word in self.words(number) if word.key is not None]
            if keys != sorted(keys, reverse=True):
                found.append(f"entry {number}: its key zones do not descend; they are left as they are")
        return tuple(found)


def read_rom(data: bytes) -> WaveRom:
    """The image in ``data``; InputError with the offset where it cannot be one."""
    require_size(len(data))
    return _checked(data)


def require_size(size: int) -> None:
    """Raise InputError unless a file of ``size`` bytes can be an image."""
    if size != ROM_SIZE:
        raise InputError(
            f"{size} bytes, but a wave ROM has {ROM_SIZE:,}",
            remedy="give one chip, its bytes in order: split images of several, join those of one",
        )


def _checked(data: bytes) -> WaveRom:
    size = index_size(data)
    if size is None:
        raise InputError(
            "the first pointer does not lead behind an index",
            where="byte 0x0000",
            remedy="is it byte-swapped?",
        )
    pairs = struct.iter_unpack("<HH", data[:size])
    entries = tuple(IndexEntry(pointer, offset) for pointer, offset in pairs)
    for number, entry in enumerate(entries):
        if entry.start < size + 2:
            what = f"its wave at 0x{entry.start:X} overlaps the index"
            raise InputError(what, where=_place(number))
    pcm_start = min(entry.start for entry in entries)
    for number, entry in enumerate(entries):
        if entry.parameter_pointer % 2 or not size <= entry.parameter_pointer <= pcm_start - 2:
            what = f"its record at 0x{entry.parameter_pointer:04X} is not between index and waves"
            raise InputError(f"{what} (0x{size:04X} to 0x{pcm_start:X})", where=_place(number))
    return WaveRom(entries, data[size:pcm_start], data[pcm_start:])


def _place(number: int) -> str:
    return f"byte 0x{number * ENTRY_SIZE:04X}, entry {number}"


def index_size(head: bytes) -> int | None:
    """Bytes of the index by its first pointer, which leads just behind it; None if it cannot."""
    size = int.from_bytes(head[:2], "little")
    return size if size and size % ENTRY_SIZE == 0 and size <= len(head) else None


def write_rom(rom: WaveRom) -> bytes:
    """The bytes of the image."""
    index = b"".join(struct.pack("<HH", entry.parameter_pointer, entry.wave_offset) for entry in rom.entries)
    data = index + rom.parameters + rom.pcm
    if len(data) != ROM_SIZE or _checked(data) != rom:
        raise InputError(f"no image of {ROM_SIZE:,} bytes with index, records and waves in this order")
    return data


@dataclass(frozen=True)
class Wave:
    """A wave for a new image: its samples and the words of its record behind the start."""

    samples: NDArray[np.int16]
    words: tuple[int, ...]


def build(waves: Sequence[Wave]) -> tuple[WaveRom, tuple[int, ...]]:
    """An image of these waves, and the byte at which each begins.

    As IC307, it has 198 entries (those left over share the last wave), PCM from 1A30 on and FF at the end.
    Waves
    that begin behind what a start can tell share the last start that can; a table beside the image must say
    more.
    """
    if not 0 < len(waves) <= ENTRY_COUNT:
        raise InputError(f"{len(waves)} waves do not fit an index of {ENTRY_COUNT}")
    starts, body = [], bytearray()
    for wave in waves:
        starts.append(USUAL_PCM_START + len(body))
        body += wave.samples.astype("<i2").tobytes()
        body += bytes(-len(body) % UNIT)
    space = ROM_SIZE - PADDING_LENGTH - USUAL_PCM_START
    if len(body) > space:
        raise InputError(f"{len(body)} bytes of waves do not fit in {space}")
    body += bytes([PADDING]) * (ROM_SIZE - USUAL_PCM_START - len(body))
    last = max(start for start in starts if start <= LAST_START)
    size = ENTRY_COUNT * ENTRY_SIZE
    entries, parameters = [], bytearray()
    for start, wave in zip(starts, waves, strict=True):
        offset = min(start, last) // UNIT
        entries.append(IndexEntry(size + len(parameters), offset))
        parameters += struct.pack(f"<{len(wave.words) + 1}H", offset, *wave.words)
    if len(parameters) > USUAL_PCM_START - size - 2:
        raise InputError(f"{len(parameters)} bytes of records do not fit in {USUAL_PCM_START - size}")
    if len(entries) < ENTRY_COUNT:
        spare = IndexEntry(size + len(parameters), entries[-1].wave_offset)
        entries += [spare] * (ENTRY_COUNT - len(entries))
        parameters += struct.pack("<H", spare.wave_offset)
    parameters += bytes(USUAL_PCM_START - size - len(parameters))
    return WaveRom(tuple(entries), bytes(parameters), bytes(body)), tuple(starts)
