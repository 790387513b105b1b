"""What Ctrl-C does."""

from __future__ import annotations

import signal
import sys
from types import FrameType

_SOON = 0.1  # seconds


class Interruption:
    """Ctrl-C: at once, but not while a loop is being compiled, for the compiler does not survive that."""

    def __init__(self) -> None:
        self.came = False
        signal.signal(signal.SIGINT, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if not (hasattr(signal, "setitimer") and _is_compiling()):
            self.came = True
            signal.default_int_handler(number, frame)
        if not self.came:
            print("luthier: stopping as soon as this is compiled", file=sys.stderr)
        self.came = True
        signal.signal(signal.SIGALRM, self._stop)
        signal.setitimer(signal.ITIMER_REAL, _SOON)


def _is_compiling() -> bool:
    lock = sys.modules.get("numba.core.compiler_lock")
    return lock is not None and bool(lock.global_compiler_lock.is_locked())
