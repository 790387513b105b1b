"""What the engine writes for a message, to be compared with what the firmware writes.

A stroke's words are those from the mute to the key word. Words of the LFOs come behind them, and only where a
voice has others from an earlier stroke, so that they depend on which voice is taken: of them the end is
compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from luthier.kn5000.engine import Engine
from luthier.kn5000.tone_generator.registers import VOICES, Register, Write, latch, parts_of

_LFOS = (
    Register.VIBRATO_DEPTH,
    Register.VIBRATO,
    Register.TREMOLO,
    Register.AUTO_PAN,
    Register.TREMOLO_DEPTH,
    Register.AUTO_PAN_DEPTH,
)
_RATE = 0x7F


def without_voices(writes: Iterable[Write]) -> list[tuple[int, int]]:
    """Register and word, of everything but the LFOs."""
    pairs = ((parts_of(chosen)[0], word) for chosen, word in writes)
    return [(register, word) for register, word in pairs if register not in _LFOS]


def voices_of(writes: Iterable[Write]) -> list[int]:
    """The voices that begin, in order."""
    return [chosen & VOICES - 1 for chosen, _ in writes if chosen & -VOICES == latch(Register.RECORDING)]


@dataclass
class Told:
    """What a tone generator's registers were last told."""

    words: dict[int, int] = field(default_factory=dict)

    def take(self, writes: Iterable[Write]) -> None:
        self.words.update(writes)

    def lfos(self, voice: int) -> tuple[int, int]:
        """Rate and depth of a voice's vibrato."""
        rate, depth = (
            self.words.get(latch(one, voice), 0) for one in (Register.VIBRATO, Register.VIBRATO_DEPTH)
        )
        return rate & _RATE, depth


class LoggedEngine:
    """An engine whose writes are asked for message by message."""

    def __init__(self) -> None:
        self.engine = Engine(log=True)

    def after(self, action: Callable[..., object], *arguments: int) -> list[Write]:
        """What one of the engine's methods makes it write."""
        log = self.engine.generator.log
        assert log is not None
        before = len(log)
        action(*arguments)
        return [(int(row["latch"]), int(row["data"])) for row in log.rows()[before:]]
