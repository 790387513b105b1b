"""Work that takes longer than a request: in a thread, with progress, to be cancelled at any moment."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable
from typing import Any, Final

import msgspec

from luthier.errors import InputError, LuthierError
from luthier.web.events import Hub

Progress = Callable[[float, str], None]
#: Jobs that are remembered when they are over.
_KEPT: Final = 100


class CancelledError(Exception):
    """The job was cancelled; raised inside it by its own progress."""


class Job(msgspec.Struct):
    """A piece of work; ``state`` is ``running``, ``done``, ``failed`` or ``cancelled``."""

    id: int
    title: str
    state: str = "running"
    part: float = 0.0
    now: str = ""
    error: str = ""
    result: Any = None


class Jobs:
    """The jobs of one server; what happens to them is told to the hub, topic ``job``."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._numbers = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._cancelled: dict[int, threading.Event] = {}

    def list(self) -> list[Job]:
        """All that are remembered, the newest first."""
        return list(reversed(self._jobs.values()))

    def get(self, number: int) -> Job:
        """One of them; InputError if it is not known."""
        if number not in self._jobs:
            raise InputError(f"there is no job {number}", remedy="start it again")
        return self._jobs[number]

    def start(self, title: str, work: Callable[[Progress], Any], *, changes: str = "") -> Job:
        """Run ``work`` in a thread; it calls its progress often, which raises :class:`CancelledError`.

        What it returns becomes ``result`` (anything that JSON can say).  ``changes`` is a topic that hears of
        it when the work is over, however it ended.
        """
        while len(self._jobs) >= _KEPT:
            over = next((job.id for job in self._jobs.values() if job.state != "running"), None)
            if over is None:
                raise InputError(f"{_KEPT} jobs are running", remedy="wait for some of them, or cancel")
            del self._jobs[over], self._cancelled[over]
        job = Job(next(self._numbers), title)
        stop = threading.Event()
        self._jobs[job.id], self._cancelled[job.id] = job, stop
        loop = asyncio.get_running_loop()
        tell = _Teller(loop, self._hub, job, changes)

        def progress(part: float, now: str = "") -> None:
            if stop.is_set():
                raise CancelledError
            job.part, job.now = part, now
            tell()

        threading.Thread(
            target=self._run, args=(job, work, progress, tell), name=f"job {job.id}", daemon=True
        ).start()
        return job

    def cancel(self, number: int) -> Job:
        """Ask a job to end; it does at its next progress."""
        job = self.get(number)
        self._cancelled[number].set()
        return job

    @staticmethod
    def _run(job: Job, work: Callable[[Progress], Any], progress: Progress, tell: Callable[[], None]) -> None:
        try:
            job.result = work(progress)
            job.state, job.part = "done", 1.0
        except CancelledError:
            job.state = "cancelled"
        except LuthierError as error:
            job.state, job.error = "failed", str(error)
        except Exception as error:
            job.state, job.error = "failed", f"this should not have happened: {error!r}"
            raise
        finally:
            tell()


class _Teller:
    """Tells a job's news from its thread, not more often than the page can use."""

    def __init__(self, loop: asyncio.AbstractEventLoop, hub: Hub, job: Job, changes: str) -> None:
        self._loop, self._hub, self._job, self._changes = loop, hub, job, changes
        self._waits = False

    def __call__(self) -> None:
        if not self._waits:
            self._waits = True
            try:
                self._loop.call_soon_threadsafe(self._later)
            except RuntimeError:
                self._waits = False  # the server is gone

    def _later(self) -> None:
        self._loop.call_later(0.05, self._tell)

    def _tell(self) -> None:
        self._waits = False
        self._hub.tell("job", msgspec.to_builtins(self._job))
        if self._changes and self._job.state != "running":
            self._hub.tell(self._changes, {})
