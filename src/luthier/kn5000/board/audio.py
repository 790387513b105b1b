"""What is heard: the tone generator behind its register writes, effects, and samples for the DAC.

A follower of the schedule.  Writes come with the sample at which they were made and wait; stretches of sound
are rendered behind the processors, each write at its sample, so that nothing depends on when it is rendered:
a thread of its own does it while the processors go on.  Whoever looks at the generator waits for it.

Effects: what the effect chips are sent is decoded (:mod:`luthier.kn5000.board.dsp_lines`), but nothing here
executes their programs.  What the generator sends them comes back through effects of our own (modelled,
:mod:`luthier.kn5000.board.told_effects`); without any the sound is dry.

Open questions
- How loud the effects come back, and what the DAC (PCM69AU) does to the sound: nothing is limited here.
- The delay from a register's write to the sound.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from operator import itemgetter
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from luthier.kn5000.board.memento import Memento
from luthier.kn5000.tone_generator import laws, state
from luthier.kn5000.tone_generator.device import ToneGenerator

Samples = npt.NDArray[np.float32]

#: Sample, latch, data.
_Write = tuple[int, int, int]

RATE: Final = laws.RATE
#: Sound that nobody fetched is kept so long, in samples: ten minutes.
KEPT: Final = 600 * RATE
#: Samples made at once: to wake the thread for less costs the processors more than it saves them.
_PIECE: Final = 4096


class Effects(Protocol):
    """What stands behind the generator's two sends."""

    def process(self, effect: Samples, reverb: Samples, out: Samples) -> None:
        """Add what comes back of both sends to ``out``; all float32 (n, 2)."""

    def reset(self) -> None:
        """As at power on: silent."""


class Audio:
    """Generator and effects; ``now`` gives the sample that a write of this moment belongs to."""

    def __init__(
        self, generator: ToneGenerator, now: Callable[[], int], effects: Effects | None = None
    ) -> None:
        self.generator = generator
        self.effects = effects
        self._now = now
        self._waiting: list[_Write] = []
        self._thread = ThreadPoolExecutor(1, "sound")
        self._under_way: Future[None] | None = None
        #: All samples before are rendered, or under way.
        self._told = generator.time
        self._made: list[Samples] = []
        self._kept = 0
        self.dropped = 0
        """Samples that nobody fetched in time."""
        self._lanes = np.zeros((_PIECE, state.OUTPUTS), np.float32)
        self.on_rendered: Callable[[], None] = lambda: None
        self.is_watched: Callable[[], bool] = lambda: False
        """Whether somebody looks at the generator's state, which then has to be that of now."""

    def write(self, latch: int, data: int) -> None:
        """A register is written now."""
        self._waiting.append((max(self._now(), self._told), latch, data))

    def status(self, latch: int) -> int:
        """What the status port reads with a latch, of the samples rendered so far."""
        self._wait()
        self.generator.write_latch(latch)
        return self.generator.read_status()

    def settle(self) -> None:
        """Come to this moment if anything can have changed since what was rendered last."""
        now = self._now()
        if self._waiting or now - self._told >= state.CONTROL:
            self.render_to(now)

    def render_to(self, sample: int) -> None:
        """Render all samples before ``sample``, with the writes up to it."""
        self._wait()
        self._perform(self._due(sample), sample)

    def follow(self, sample: int) -> None:
        """For the schedule: a whole piece is rendered beside the processors; at once if somebody watches."""
        if self.is_watched():
            self.render_to(sample)
            self.on_rendered()
        elif sample - self._told >= _PIECE:
            self._wait()
            self._under_way = self._thread.submit(self._perform, self._due(sample), sample)

    def _wait(self) -> None:
        """Until nothing is under way."""
        if self._under_way is not None:
            under_way, self._under_way = self._under_way, None
            under_way.result()

    def _due(self, sample: int) -> list[_Write]:
        """The writes up to a sample, which wait no longer."""
        count = bisect_right(self._waiting, sample, key=itemgetter(0))
        due, self._waiting = self._waiting[:count], self._waiting[count:]
        self._told = max(self._told, sample)
        return due

    def _perform(self, writes: list[_Write], sample: int) -> None:
        for time, latch, data in writes:
            self._render(time)
            self.generator.write(latch, data)
        self._render(sample)

    def take(self) -> Samples:
        """What was rendered since last asked: float32 (n, 2), left and right, 1.0 full scale."""
        self._wait()
        made, self._made, self._kept = self._made, [], 0
        return np.concatenate(made) if made else np.zeros((0, 2), np.float32)

    def _render(self, sample: int) -> None:
        while self.generator.time < sample:
            count = min(sample - self.generator.time, _PIECE)
            lanes = self._lanes[:count]
            self.generator.render_into(lanes)
            out = lanes[:, 0:2].copy()
            if self.effects is not None:
                self.effects.process(lanes[:, 2:4], lanes[:, 4:6], out)
            self._keep(out)

    def _keep(self, out: Samples) -> None:
        self._made.append(out)
        self._kept += len(out)
        while self._kept > KEPT:
            oldest = self._made.pop(0)
            self._kept -= len(oldest)
            self.dropped += len(oldest)

    def snapshot(self) -> Any:
        """Generator, effects, and the writes that wait; not the sound that waits to be fetched."""
        self._wait()
        effects = None if self.effects is None else Memento(self.effects)
        return self.generator.snapshot(), effects, list(self._waiting)

    def restore(self, taken: Any) -> None:
        """Go back to a snapshot; sound that was not fetched is gone.

        Effects of another board's snapshot begin in silence: their state is that of the very objects.
        """
        self._wait()
        generator, effects, waiting = taken
        self.generator.restore(generator)
        self._told = self.generator.time
        if effects is not None and effects.root is self.effects:
            effects.put_back()
        elif self.effects is not None:
            self.effects.reset()
        self._waiting = list(waiting)
        self._made, self._kept = [], 0
