"""Programs that flood the bus of a CPU: told by how many accesses there are from look to look."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, Literal

from luthier.kn5000.board.accesses import Accesses
from luthier.kn5000.board.chip import Chip

#: Accesses that nothing answers in one look of 10 ms; a program that does nothing else makes some ten
#: thousand.
UNANSWERED: Final = 2_000
#: Accesses to devices and registers in one look, one in 40 states of the main CPU.  A program that works for
#: the bytes it moves makes fewer, such as the 26,000 a second of a start; a loop of a few instructions makes
#: three times as many.  Those that are served or posted do not count: they cost nothing.
ASKED: Final = 4_000
#: Looks in a row with so many of either that end a run: half a second.
LOOKS: Final = 50
#: Which has an ending of its own, since programs may well be busy with it for seconds.
_FLASH: Final = "custom_data"
_REGISTERS: Final = "registers of the chip"


class Floods:
    """What is seen of one CPU from look to look."""

    def __init__(self, chip: Chip, accesses: Accesses) -> None:
        self._chip, self._accesses = chip, accesses
        self._unanswered = 0
        self._unanswered_looks = 0
        self._asked: Counter[str] = Counter()
        self._asked_looks = 0
        self._before: Counter[str] = Counter()
        """Accesses by device when the looks with too many began."""

    def look(self) -> tuple[Literal["flood", "hammer"], str] | None:
        """The reason and detail of an ending, if there is one; looking goes on anew then."""
        count = self._accesses.unanswered_count + self._chip.unknown.total()
        too_many = count - self._unanswered >= UNANSWERED
        self._unanswered_looks = self._unanswered_looks + 1 if too_many else 0
        self._unanswered = count
        asked = self._counted()
        if (asked - self._asked).total() < ASKED:
            self._asked_looks, self._before = 0, asked
        else:
            self._asked_looks += 1
        self._asked = asked
        if self._unanswered_looks >= LOOKS:
            self._begin_anew()
            return "flood", f"{count:,} accesses that nothing answered"
        if self._asked_looks >= LOOKS:
            name, most = (asked - self._before).most_common(1)[0]
            self._begin_anew()
            return "hammer", f"{most:,} accesses to {name} in half a second"
        return None

    def _counted(self) -> Counter[str]:
        counted = Counter({name: count for name, count in self._accesses.asked.items() if name != _FLASH})
        counted[_REGISTERS] = self._chip.registers.asked
        return counted

    def _begin_anew(self) -> None:
        self._unanswered_looks = self._asked_looks = 0
        self._before = self._asked

    def snapshot(self) -> Any:
        """Everything; the registers' count is kept here, as the chip keeps none."""
        return {name: getattr(self, name) for name in _STATE} | {"registers": self._chip.registers.asked}

    def restore(self, taken: Any) -> None:
        """Go back to a snapshot."""
        for name in _STATE:
            setattr(self, name, taken[name])
        self._chip.registers.asked = taken["registers"]


_STATE = ("_unanswered", "_unanswered_looks", "_asked", "_asked_looks", "_before")
