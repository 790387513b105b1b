"""Texts in a ROM: runs of printable ASCII, usually with a 0 behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

#: Printable characters, tabs and line ends; with a 0 behind them four are a text, without it eight.
_TEXT = re.compile(rb"[\t\n\r -~]{4,}\x00|[\t\n\r -~]{8,}")
#: A text has letters or digits: so many of its characters at least, in percent.  And it has several: the code
#: of RTS reads as Tp.
_LETTERS = 60
_DIFFERENT = 3
_WORDS = re.compile(rb"[A-Za-z0-9 ]")


@dataclass(frozen=True)
class Text:
    """A text at ``address``; ``data`` has the 0 behind it, if there is one."""

    address: int
    data: bytes

    @property
    def end(self) -> int:
        """The address behind it."""
        return self.address + len(self.data)

    @property
    def text(self) -> str:
        """Its characters."""
        return self.data.rstrip(b"\0").decode("ascii")


def find(payload: bytes, is_code: npt.NDArray[np.bool_], pointed: Iterable[int] = ()) -> list[Text]:
    """The texts outside of code; a text also begins where something points into a run of characters.

    ``is_code`` tells of every byte of ``payload`` whether it belongs to an instruction.
    """
    data = bytes(np.where(is_code, 0xFF, np.frombuffer(payload, np.uint8)).astype(np.uint8))
    starts = sorted(pointed)
    found = []
    for match in _TEXT.finditer(data):
        first = match.start()
        # What is pointed at begins the text: what stands before may only happen to be printable.
        place = int(np.searchsorted(starts, first))
        if place < len(starts) and starts[place] < match.end() - 4:
            first = starts[place]
        text = match[0][first - match.start() :]
        characters = text.rstrip(b"\0\r\n")
        varied = len({*characters}) >= _DIFFERENT
        if varied and 100 * len(_WORDS.findall(text)) >= _LETTERS * len(characters):
            found.append(Text(first, text))
    return found
