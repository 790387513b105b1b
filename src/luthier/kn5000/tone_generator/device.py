"""The tone generator: registers in, samples out.

Everything goes through its ports, as on the machine: a latch chooses a register, data is written to it.
Rendering lets time pass.  A write takes effect at the sample where it arrives; a gate sounds from that
sample on, all else is looked at every 32 samples, counted from the first sample of all.

Open questions
- What the chip does between the rise and the fall of the load strobe (register 02, bit 15): writes here take
  effect as they land.
- What an active voice is for the chip: here one from its gate until it is freed, its envelope is silent for
  good (or on the way there and the voice below -96 dB), or its recording is over.
- The scale of the envelope's level when read: the firmware uses (word & 3FFF) >> 5, and calls a voice
  decayed below 80h.  Here that is FF less the attenuation, so 80h is 48 dB below the loudest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.tone_generator import laws, state
from luthier.kn5000.tone_generator.band_limited import Pyramids, level_of
from luthier.kn5000.tone_generator.keybed import Keybed, KeyEvent
from luthier.kn5000.tone_generator.recordings import Bank, check
from luthier.kn5000.tone_generator.registers import (
    BITMAPS,
    LEVELS,
    VOICES,
    KeyState,
    Register,
    Write,
    parts_of,
)

#: A write: the sample before which it happened, latch, data.
LOGGED = np.dtype([("frame", np.int64), ("latch", np.uint16), ("data", np.uint16)])
#: Restart bits of the state by the register that has them.
_RESTARTS = {Register.AMPLITUDE_1: 1, Register.FILTER_1: 2, Register.PITCH_1: 4}
#: Writing one of these may ask for another level of bandwidth.
_PITCHES = {
    Register.PITCH,
    Register.VIBRATO_DEPTH,
    Register.PITCH_1,
    Register.PITCH_2,
    Register.PITCH_3,
}
_REGISTERS = 0x40
BITS = 16
_GLOBAL_REGISTERS = (0x08, 0x30, 0x38)
#: What writing a register takes: only the word; the pitch may need other levels of bandwidth; with bit 7 set
#: an envelope starts again.  0: all that :meth:`ToneGenerator.write_data` does.
_WORD, _MOVES, _MAY_RESTART = 1, 2, 4


def _handling(register: int) -> int:
    if register >= _REGISTERS or register in (Register.CONTROL, *_GLOBAL_REGISTERS):
        return 0
    return _WORD | _MOVES * (register in _PITCHES) | _MAY_RESTART * (register in _RESTARTS)


#: By latch.
_HANDLING = b"".join(bytes([_handling(register)]) * VOICES for register in range(0x10000 // VOICES))


@dataclass(frozen=True)
class Outputs:
    """What the chip sends on: each float32 (frames, 2), left and right."""

    dry: NDArray[np.float32]
    effect: NDArray[np.float32]
    reverb: NDArray[np.float32]


@dataclass(frozen=True)
class Held:
    """A generator's whole state, for :meth:`ToneGenerator.restore`."""

    time: int
    latch: int
    globals: dict[int, int]
    selectors: tuple[int, ...]
    levels: frozenset[tuple[int, int]]
    moved: Any
    arrays: tuple[NDArray[Any], ...]
    keybed: tuple[KeyEvent, ...]


@dataclass
class RegisterLog:
    """Every write with its time."""

    _rows: list[tuple[int, int, int]] = field(default_factory=list)

    def add(self, frame: int, latch: int, data: int) -> None:
        """One more write."""
        self._rows.append((frame, latch, data))

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self) -> NDArray[np.void]:
        """All writes as LOGGED."""
        return np.array(self._rows, LOGGED)


class ToneGenerator:
    """64 voices that play recordings as their registers say."""

    def __init__(self, recordings: Bank, *, log: bool = False) -> None:
        check(recordings)
        self.recordings = recordings
        self.keybed = Keybed()
        self.log: RegisterLog | None = RegisterLog() if log else None
        #: Samples rendered so far.
        self.time = 0
        self._pyramids = Pyramids(recordings, state.CONTROL)
        self._latch = 0
        self._globals: dict[int, int] = {}
        #: Of selectors that were played.
        self._roots: dict[int, float] = {}
        #: Whether a pitch may have left the levels of bandwidth that are there.
        self._moved = False
        self._registers = np.zeros(_REGISTERS * VOICES, np.uint16)
        #: The same memory, which takes single words more quickly.
        self._words = memoryview(self._registers.data)
        self._whole = np.zeros(state.WHOLE_ROWS * state.STRIDE, np.int64)
        self._slow = np.zeros(state.SLOW_ROWS * state.STRIDE)
        self._quick = np.zeros(state.QUICK_SIZE, np.float32)
        self._scratch = np.zeros(state.SCRATCH, np.float32)
        self._quick[state.TUNING * state.STRIDE :][: state.STRIDE] = 1

    # Ports

    def write_latch(self, value: int) -> None:
        """Write 0x100000: choose a register, or what is read."""
        self._latch = value & 0xFFFF

    def write_data(self, value: int) -> None:
        """Write 0x100002: the data of the chosen register."""
        latch, data = self._latch, value & 0xFFFF
        if self.log is not None:
            self.log.add(self.time, latch, data)
        register, voice = parts_of(latch)
        if register >= _REGISTERS or register in _GLOBAL_REGISTERS:
            self._globals[latch] = data
            return
        self._registers[latch] = data
        self._moved |= register in _PITCHES
        if register == Register.CONTROL:
            self._control(voice, data)
        elif data & laws.RESTART and register in _RESTARTS:
            self._whole[state.RESTARTS * state.STRIDE + voice] |= _RESTARTS[Register(register)]

    def write(self, latch: int, data: int) -> None:
        """Both ports, one after the other."""
        self.write_latch(latch)
        self.write_data(data)

    def write_all(self, writes: Iterable[Write]) -> None:
        """Several writes at the same sample."""
        if self.log is not None:
            for latch, data in writes:
                self.write(latch, data)
            return
        latch, words, moved = self._latch, self._words, 0
        for latch, data in writes:
            handling = _HANDLING[latch]
            if not handling or (handling & _MAY_RESTART and data & laws.RESTART):
                self.write(latch, data)
                continue
            words[latch] = data
            moved |= handling & _MOVES
        self._latch = latch
        self._moved |= moved != 0

    def write_burst(self, latches: NDArray[np.uint16], data: NDArray[np.uint16]) -> None:
        """Several writes to the registers of one voice at the same sample."""
        if self.log is not None:
            self.write_all(zip(latches.tolist(), data.tolist(), strict=True))
            return
        from luthier.kn5000.tone_generator.burst import take

        self._latch = int(latches[-1])
        self._moved = True
        if take(self._registers, self._whole, latches, data):
            self._gate(self._latch % VOICES)

    def read_status(self) -> int:
        """Read 0x100000: 16 active voices (latch 0 to 3), an envelope's level (latch 0x180 on), else 0."""
        if self._latch < BITMAPS:
            first = self._latch * BITS
            packed = np.packbits(self._activity()[first : first + BITS], bitorder="little")
            return int.from_bytes(packed.tobytes(), "little")
        if LEVELS <= self._latch < LEVELS + VOICES:
            voice = self._latch - LEVELS
            if not self._is_active(voice):
                return 0
            attenuation = float(self._slow[state.NOW * state.STRIDE + voice])
            return int((laws.SILENT_TARGET - attenuation) * 32)
        return 0

    def read_all(self) -> tuple[list[int], NDArray[np.uint16]]:
        """What the latches 0 to 3 and 0x180 on would read, all at once: bitmaps, and 64 levels."""
        activity = self._activity()
        bitmaps = np.packbits(activity, bitorder="little").view("<u2").tolist()
        attenuations = self._slow[state.NOW * state.STRIDE :][:VOICES]
        levels = ((laws.SILENT_TARGET - attenuations) * 32 * activity).astype(np.uint16)
        return bitmaps, levels

    def read_alive(self) -> int:
        """Read 0x100004: 0 says that the chip is there (boot ROM, 0xFF8C80)."""
        return 0

    def read_register(self, latch: int) -> int:
        """What was last written: for people; the chip's port cannot do that."""
        register, _ = parts_of(latch)
        if latch in self._globals or register >= _REGISTERS:
            return self._globals.get(latch, 0)
        return int(self._registers[latch])

    @property
    def active(self) -> list[int]:
        """The voices that sound or are about to."""
        return [int(voice) for voice in np.flatnonzero(self._activity())]

    @property
    def sounding(self) -> int:
        """How many voices :attr:`active` has."""
        from luthier.kn5000.tone_generator.lives import count_active

        return count_active(self._whole)

    def _activity(self) -> NDArray[np.bool_]:
        """Which voices sound or are about to."""
        request, live = (self._whole[row * state.STRIDE :][:VOICES] for row in (state.REQUEST, state.LIVE))
        active: NDArray[np.bool_] = np.where(request != 0, request == state.GATE, live != 0)
        return active

    def _is_active(self, voice: int) -> bool:
        request = self._whole[state.REQUEST * state.STRIDE + voice]
        if request:
            return bool(request == state.GATE)
        return bool(self._whole[state.LIVE * state.STRIDE + voice])

    def _control(self, voice: int, data: int) -> None:
        if data == KeyState.FREE:
            if self._is_active(voice):
                self._whole[state.REQUEST * state.STRIDE + voice] = state.FREE
        elif data == KeyState.GATE:
            self._whole[state.REQUEST * state.STRIDE + voice] = state.GATE
            self._moved = True
            self._gate(voice)

    def _gate(self, voice: int) -> None:
        """Look up the recording that a voice is to play."""
        selector = self._words[Register.RECORDING * VOICES + voice]
        slot = self._pyramids.slot(selector)
        self._whole[state.NEXT_SLOT * state.STRIDE + voice] = slot
        if slot >= 0:
            root = self._roots.get(selector)
            if root is None:
                root = self._roots[selector] = self._root(selector)
            self._slow[state.NEXT_ROOT * state.STRIDE + voice] = root

    def _root(self, selector: int) -> float:
        """The pitch word at which a recording plays a sample for a sample."""
        row = self.recordings.table[selector]
        own = 12 * laws.PITCH_SEMITONE * np.log2(row["rate"] / laws.RATE)
        return float(row["root"] + laws.PITCH_OF_NOTE_0 - own)

    def _lacking(self) -> int:
        """The first voice that can ask for a level of bandwidth that is not there; -1 if none can."""
        from luthier.kn5000.tone_generator.reach import lacking

        table = self._pyramids.table.reshape(-1)
        return lacking(self._registers, self._whole, self._slow, table)

    @property
    def ready(self) -> bool:
        """Whether the next sound can be made at once; if not, :meth:`make_ready` takes its time first."""
        self._moved = self._moved and self._lacking() >= 0
        return not self._moved

    # Time

    def prepare(self, selectors: Iterable[int], octaves: tuple[float, float] = (-1, 1)) -> None:
        """Make recordings ready for some octaves around their own pitch.

        Otherwise the first note that needs them makes them, while its sound is waiting.
        """
        for selector in selectors:
            slot = self._pyramids.slot(selector)
            if slot >= 0:
                self._pyramids.make(slot, *(level_of(octave) for octave in octaves))

    def make_ready(self) -> None:
        """Make ready what voices can ask for now; rendering does it too."""
        from luthier.kn5000.tone_generator.reach import levels_of

        while (voice := self._lacking()) >= 0:
            levels = levels_of(voice, self._registers, self._whole, self._slow)
            self._pyramids.make(*levels)
        self._moved = False

    def render_into(self, out: NDArray[np.float32]) -> None:
        """The next samples: ``out`` is float32 (frames, 6), dry, effect and reverb, left and right each."""
        from luthier.kn5000.tone_generator.sound import render

        wanted = (len(out), state.OUTPUTS)
        if out.shape != wanted or out.dtype != np.float32 or not out.flags.c_contiguous:
            raise ValueError("out is a contiguous float32 array (frames, 6)")
        if self._moved:
            self.make_ready()
        render(
            self.time,
            self._registers,
            self._whole,
            self._slow,
            self._quick,
            self._scratch,
            self._pyramids.pool,
            self._pyramids.table.reshape(-1),
            out,
        )
        self.time += len(out)

    def render_outputs(self, frames: int) -> Outputs:
        """The next samples of every output."""
        out = np.empty((frames, state.OUTPUTS), np.float32)
        self.render_into(out)
        return Outputs(out[:, 0:2], out[:, 2:4], out[:, 4:6])

    def render(self, frames: int) -> NDArray[np.float32]:
        """The next samples without effects, float32 (frames, 2)."""
        return np.ascontiguousarray(self.render_outputs(frames).dry)

    # State

    def snapshot(self) -> Held:
        """All of it: registers, voices, keys that wait, the time; not the log."""
        arrays = (self._registers, self._whole, self._slow, self._quick, self._scratch)
        return Held(
            self.time,
            self._latch,
            dict(self._globals),
            tuple(self._pyramids.selectors),
            frozenset(self._pyramids.made),
            copy(self._moved),
            tuple(array.copy() for array in arrays),
            self.keybed.snapshot(),
        )

    def restore(self, held: Held) -> None:
        """Go back to a snapshot of a generator with the same recordings."""
        known = tuple(self._pyramids.selectors)
        if known[: len(held.selectors)] != held.selectors:
            self._pyramids = Pyramids(self.recordings, state.CONTROL)
            for selector in held.selectors:
                self._pyramids.slot(selector)
        for slot, level in sorted(held.levels):
            self._pyramids.make(slot, level, level)
        self.time, self._latch, self._globals = held.time, held.latch, dict(held.globals)
        self._moved = copy(held.moved)
        arrays: tuple[NDArray[Any], ...] = (
            self._registers,
            self._whole,
            self._slow,
            self._quick,
            self._scratch,
        )
        for array, content in zip(arrays, held.arrays, strict=True):
            np.copyto(array, content)
        self.keybed.restore(held.keybed)


def replay(log: NDArray[np.void], recordings: Bank, frames: int) -> Iterator[NDArray[np.float32]]:
    """The samples (frames, 6) that the writes of a log make, in pieces from write to write."""
    generator = ToneGenerator(recordings)
    times = np.append(log["frame"], frames)
    for row, until in zip([None, *log], times, strict=True):
        if row is not None:
            generator.write(int(row["latch"]), int(row["data"]))
        count = min(int(until), frames) - generator.time
        if count > 0:
            out = np.empty((count, state.OUTPUTS), np.float32)
            generator.render_into(out)
            yield out
