"""What the memory map is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: The two processors; each has an address space of its own.
CPUS = ("main", "sub")

#: The space of ordinary addresses.  Other spaces are numbers behind a port (registers of a chip) or codes.
MEMORY = "memory"

#: One past the highest address: the bus has 24 lines.
ADDRESS_LIMIT = 1 << 24

REGION = "region"
#: What a page says of an address and is not so.  It names nothing, but who looks for it is told what is true.
MISREADING = "misreading"


class Certainty(StrEnum):
    """How far an entry can be trusted."""

    KNOWN = "known"
    """A source says so and nothing contradicts it."""
    CORRECTED = "corrected"
    """Published otherwise; the entry says what is true, its note what was published and why that is wrong."""
    HYPOTHESIS = "hypothesis"
    """Inferred, by whoever published it or by us; the note names the basis."""
    UNKNOWN = "unknown"
    """Named by a source, but what or where it is nobody knows."""


@dataclass(frozen=True, slots=True)
class Field:
    """Part of a structure; ``count`` of them in a row, each ``size`` bytes long."""

    offset: int
    size: int
    name: str
    description: str
    certainty: Certainty
    source: str
    note: str = ""
    structure: str = ""
    count: int = 1

    @property
    def end(self) -> int:
        """The offset of the first byte behind it."""
        return self.offset + self.size * self.count


@dataclass(frozen=True, slots=True)
class Structure:
    """A record that occurs in memory, with what is known of its fields."""

    name: str
    title: str
    size: int
    source: str
    fields: tuple[Field, ...]

    def field_at(self, offset: int) -> Field | None:
        """The field that holds the byte ``offset`` of the record."""
        holding = [field for field in self.fields if field.offset <= offset < field.end]
        return min(holding, key=lambda field: field.size * field.count, default=None)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that has a name: at an address, in a space beside the memory, or nowhere known.

    ``size`` is in bytes and 0 where unknown; an entry with a ``structure`` is an array of ``count`` records.
    """

    name: str
    cpu: str
    kind: str
    address: int | None
    size: int
    description: str
    certainty: Certainty
    source: str
    space: str = MEMORY
    table: str = ""
    note: str = ""
    aliases: tuple[str, ...] = ()
    structure: str = ""
    count: int = 1

    @property
    def start(self) -> int:
        """The address; only for entries that have one."""
        if self.address is None:
            raise ValueError(f"nobody knows where {self.name} is")
        return self.address

    @property
    def end(self) -> int:
        """The first address behind it."""
        return self.start + self.size

    @property
    def is_in_memory(self) -> bool:
        """Whether it has an address in the memory of its processor."""
        return self.space == MEMORY and self.address is not None

    @property
    def names(self) -> tuple[str, ...]:
        """Its name and what else it is called."""
        return (self.name, *self.aliases)

    def holds(self, address: int) -> bool:
        """Whether the byte at ``address`` belongs to it."""
        return self.start <= address < self.end
