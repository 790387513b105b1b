"""What the bank formats of the family have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from luthier.errors import InputError
from luthier.formats import Content
from luthier.poly800.bank import Bank
from luthier.poly800.filler import filler_in
from luthier.poly800.problems import in_one_line
from luthier.poly800.synth import Synth

Banks = tuple[Bank, ...]


@dataclass(frozen=True)
class Found:
    """A bank as found in a file, with everything wrong with it there, and harmless remarks."""

    bank: Bank
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[int, ...] = ()
    """Panel numbers of the programs that are not in the file; a problem says so."""


class BankFormat(ABC):
    """A :class:`luthier.formats.Format` whose document is a tuple of banks."""

    name: str
    title: str
    suffixes: tuple[str, ...]
    limitations: tuple[str, ...]
    sources: tuple[str, ...]
    synths: tuple[Synth, ...]
    """The synths whose banks can be written; others must be converted first, to the first of these."""
    size_limit: int
    """No file of this kind has more bytes."""

    @abstractmethod
    def detect(self, content: Content) -> str | None:
        """One line about this very file if it is of this kind, else None."""

    @abstractmethod
    def find(self, content: Content) -> list[Found]:
        """Every bank in the file, damaged ones with their problems; raises InputError if there is none."""

    @abstractmethod
    def write(self, document: Bank | Sequence[Bank]) -> bytes:
        """The file that holds the bank or banks; raises InputError if it cannot carry them."""

    def write_as(self, document: Bank | Sequence[Bank], suffix: str) -> bytes:  # noqa: ARG002
        """As :meth:`write`; formats that have several kinds of file choose by ``suffix``."""
        return self.write(document)

    def read(self, content: Content) -> Banks:
        """The banks in the file; raises InputError if there is none or one is damaged."""
        found = self.find(content)
        for entry in found:
            if entry.problems:
                raise InputError(in_one_line(entry.problems), remedy="use --salvage to take what is there")
        return tuple(entry.bank for entry in found)

    def bounded(self, content: Content) -> bytes:
        """All bytes of the file; raises InputError if there are too many for this kind."""
        if content.size > self.size_limit:
            raise InputError(f"{content.size} bytes, too many for: {self.title}")
        return content.data

    def single(self, document: Bank | Sequence[Bank]) -> Bank:
        """The one bank of ``document``, of a synth this format holds; raises InputError for anything else."""
        banks = self.several(document)
        if len(banks) != 1:
            raise InputError(
                f"{len(banks)} banks, but this kind of file holds one: {self.title}",
                remedy="choose one by its number, such as FILE#1",
            )
        return banks[0]

    def several(self, document: Bank | Sequence[Bank]) -> Banks:
        """The banks of ``document``, each of a synth this format holds; raises InputError for another."""
        banks = (document,) if isinstance(document, Bank) else tuple(document)
        for bank in banks:
            if bank.synth not in self.synths:
                raise InputError(
                    f"a bank of the {bank.synth.title} does not fit: {self.title}",
                    remedy=f"convert it to {self.synths[0].value} first",
                )
        return banks


def summary(bank: Bank) -> str:
    """What identify says about a bank: the synth, programs out of range, filler."""
    parts = [f"64 programs of the {bank.synth.title}"]
    odd = sum(1 for program in bank.programs if program.out_of_range())
    if odd:
        parts.append(f"{odd} with values out of range")
    if filler_in(bank):
        parts.append("filler instead of settings")
    return ", ".join(parts)
