"""Banks of the Poly-800 family that pages edit: of open files and of the library, each with a revision.

A change names what it was made from.  If somebody else changed the same program meanwhile, the two are merged
by parameter, or the later one is refused.  In the library each change is a step of its history; of an open
file, which is a copy, the bank is saved beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from luthier.errors import InputError
from luthier.files import write_bytes
from luthier.library.entry import Item
from luthier.library.store import Library
from luthier.poly800.bank import Bank
from luthier.poly800.initial import initial_bank
from luthier.poly800.interchange import write_json
from luthier.poly800.merge import Conflict, merge
from luthier.poly800.program import PROGRAM_NUMBERS, Program
from luthier.poly800.synth import Synth
from luthier.web.bench import Bench
from luthier.web.views.bank import banks_of

#: Before the number of an item in the key of a bank; between a file and which of its banks.
LIBRARY: Final = "library-"
PLACE: Final = "~"
#: The file beside a dropped one that has its bank as it is now.
SAVED: Final = "edited.json"


@dataclass(frozen=True)
class OpenBank:
    """A bank as it is now; ``numbers``: the programs that are really there."""

    key: str
    name: str
    bank: Bank
    revision: int
    numbers: tuple[int, ...] = PROGRAM_NUMBERS
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """A program that a page wants to write: what it was made from, and what it is now."""

    number: int
    base: Program
    program: Program


class ConflictError(InputError):
    """Somebody else changed the same parameters."""


def _conflict(conflicts: Sequence[tuple[int, Conflict]]) -> ConflictError:
    said = "; ".join(f"program {number}: {conflict}" for number, conflict in conflicts[:5])
    return ConflictError(
        f"it was changed elsewhere meanwhile: {said}", remedy="write yours over it, or take the other's"
    )


class OpenBanks:
    """All banks that pages edit; every method may take long and is for a thread."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._lock = threading.Lock()
        self._revisions: dict[str, tuple[int, bytes]] = {}

    def get(self, key: str) -> OpenBank:
        """A bank as it is now; InputError if there is none."""
        with self._lock:
            return self._get(key)

    def write(
        self, key: str, programs: Sequence[Written], *, over: bool = False
    ) -> tuple[OpenBank, OpenBank]:
        """Write programs; the bank before and after.  Raises ConflictError unless ``over``."""

        def act(bank: Bank) -> Bank:
            conflicts = []
            for one in programs:
                merged, found = merge(one.base, one.program, bank.program(one.number))
                conflicts += [(one.number, conflict) for conflict in found]
                bank = bank.with_program(one.number, merged)
            if conflicts and not over:
                raise _conflict(conflicts)
            return bank

        numbers = ", ".join(str(one.number) for one in programs[:8])
        return self.change(key, f"edit program {numbers}", act)

    def change(self, key: str, what: str, act: Callable[[Bank], Bank]) -> tuple[OpenBank, OpenBank]:
        """Change a bank: it before and after; nothing is written if nothing is different."""
        with self._lock:
            before = self._get(key)
            after = act(before.bank)
            outside = [
                number
                for number, program in after.numbered_programs()
                if number not in before.numbers and program != before.bank.program(number)
            ]
            if outside:
                raise InputError(
                    f"there is no program {outside[0]} in {before.name}", remedy="it holds one sound alone"
                )
            if after == before.bank:
                return before, before
            if key.startswith(LIBRARY):
                before = self._into_library(key, what, act)
            else:
                self._into_file(key, after)
            return before, self._get(key)

    # Files

    def _get(self, key: str) -> OpenBank:
        found = self._of_library(key) if key.startswith(LIBRARY) else self._of_file(key)
        revision, ram = self._revisions.get(key, (0, b""))
        if ram != found.bank.ram:
            revision += 1
            self._revisions[key] = revision, found.bank.ram
        return replace(found, revision=revision)

    def _of_file(self, key: str) -> OpenBank:
        file, place = _parts(key)
        banks = banks_of(self._bench, file)
        if not 0 <= place < len(banks):
            raise InputError(f"there is no bank {place + 1}", remedy=f"the file holds {len(banks)}")
        loaded = banks[place]
        name = self._bench.files.get(file).name
        return OpenBank(key, name, loaded.bank, 0, notes=(*loaded.problems, *loaded.notes))

    def _into_file(self, key: str, bank: Bank) -> None:
        file, place = _parts(key)
        banks = banks_of(self._bench, file)
        folder = self._bench.files.path(file).parent
        write_bytes(folder / f"{place + 1} {SAVED}", write_json(bank).encode(), force=True)
        banks[place] = replace(banks[place], bank=bank)

    # Library

    def _of_library(self, key: str) -> OpenBank:
        with self._bench.library() as library:
            item, bank = _kept(library, key)
        numbers = PROGRAM_NUMBERS if item.kind == "bank" else PROGRAM_NUMBERS[:1]
        return OpenBank(key, item.name, bank, 0, numbers)

    def _into_library(self, key: str, what: str, act: Callable[[Bank], Bank]) -> OpenBank:
        with self._bench.library() as library, library.step(what) as step:
            # Read anew: another program may have been faster.
            item, bank = _kept(library, key)
            after = act(bank)
            content = after.ram if item.kind == "bank" else after.program(PROGRAM_NUMBERS[0]).packed
            library.change(step, item.id, {"content": content})
        return OpenBank(key, item.name, bank, 0)


def _parts(key: str) -> tuple[str, int]:
    file, mark, place = key.partition(PLACE)
    if mark and not (place.isdecimal() and len(place) < 6):
        raise InputError("this is no bank of a file", remedy="open it again")
    return file, int(place) - 1 if mark else 0


def _kept(library: Library, key: str) -> tuple[Item, Bank]:
    """The item that a key names, and its bank: for a single sound one with it at the first place."""
    number = key.removeprefix(LIBRARY)
    if not (number.isdecimal() and len(number) < 16):
        raise InputError("this is no item of the library", remedy="open it again")
    item = library.item(int(number))
    if item.instrument not in {synth.value for synth in Synth} or item.kind not in ("bank", "patch"):
        raise InputError(f"{item.name} is no sound of the Poly-800 family", remedy="choose a bank or a patch")
    synth, content = Synth(item.instrument), library.content(item.id)
    if item.kind == "bank":
        return item, Bank(synth, content)
    return item, initial_bank(synth).with_program(PROGRAM_NUMBERS[0], Program(content))


def open_banks(bench: Bench) -> OpenBanks:
    """The banks of a bench."""
    found: OpenBanks = bench.shared.setdefault("open banks", OpenBanks(bench))
    return found
