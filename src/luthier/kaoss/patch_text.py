"""The patch language: changes to a payload as text, made to be read, discussed and kept in git.

::

    # Comments begin with a number sign.
    device KaossilatorPro          # refuse files for anything else
    version 1.02                   # and other versions
    protect 0x3C000:0x40000 the updater, read off my own unit

    at 0x01234
      reason the knob sets the volume of the loop
      expect 54 70 00*2
      write  01 80 54 70

    at 0x02000
      reason sleep instead of waiting
      expect 40 FE
      assemble
        bra $
      end

An address is one of the payload, which is one of the ROM.  ``expect`` and ``write`` may be repeated; their
bytes follow each other.  ``FF*16`` is sixteen times FF.  Between ``assemble`` and ``end`` stands text for the
assembler, with its own comments.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from luthier.errors import InputError
from luthier.kaoss.header import Version

#: The largest patch file, in bytes; one for every byte of a ROM would still be smaller.
SIZE_LIMIT = 16 * 1024 * 1024
#: Bytes of all changes together, expected and new: four times the largest known payload.
_MOST_BYTES = 8 * 1024 * 1024
_ADDRESS_LIMIT = 1 << 24

_BYTE = re.compile(r"([0-9A-Fa-f]{2})(?:\*(\d{1,8}))?", re.ASCII)
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]{1,8}|\d{1,8}", re.ASCII)


@dataclass(frozen=True)
class Range:
    """Addresses from ``start`` up to, without, ``end``, and why they are to be left alone."""

    start: int
    end: int
    reason: str = ""

    def overlaps(self, start: int, end: int) -> bool:
        """Whether any address from ``start`` to before ``end`` lies in it."""
        return self.start < end and start < self.end

    def __str__(self) -> str:
        return f"0x{self.start:05X} to 0x{self.end - 1:05X}"


@dataclass(frozen=True)
class Change:
    """One change: at ``address`` the bytes ``expected`` become ``new``, or what ``assembly`` makes of it.

    ``where`` is its place in the patch file, ``assembly_line`` the line before its text.
    """

    address: int
    reason: str
    expected: bytes
    new: bytes = b""
    assembly: str | None = None
    where: str = ""
    assembly_line: int = 0

    @property
    def end(self) -> int:
        """The address behind its last byte."""
        return self.address + len(self.expected)


@dataclass(frozen=True)
class Patch:
    """A patch file: what it is for, what it must not touch, and its changes by address."""

    changes: tuple[Change, ...]
    device: str | None = None
    version: Version | None = None
    protected: tuple[Range, ...] = ()


@dataclass
class _Draft:
    """A change while its lines are read."""

    address: int
    line: int
    reason: str = ""
    expected: bytearray | None = None
    new: bytearray | None = None
    assembly: list[str] | None = None
    assembly_line: int = 0


@dataclass
class _Reading:
    """What was read so far."""

    device: str | None = None
    version: Version | None = None
    protected: list[Range] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    room: int = _MOST_BYTES

    def bytes_in(self, text: str) -> bytes:
        """The bytes of a line; as there are repetitions, room is a matter of the whole text."""
        found = _bytes(text, self.room)
        self.room -= len(found)
        return found


def parse(text: str) -> Patch:
    """The patch in ``text``; raises InputError with line and column of the first mistake."""
    reading = _Reading()
    draft: _Draft | None = None
    lines = iter(enumerate(text.split("\n"), 1))
    for number, line in lines:
        content = line.partition("#")[0].rstrip()
        if not content:
            continue
        word, *behind = content.split(maxsplit=1)
        rest = "".join(behind)
        column = len(content) - len(content.lstrip()) + 1
        try:
            if word == "at":
                _finish(reading, draft)
                draft = _Draft(_address(rest), number)
            elif word == "assemble" and draft is not None:
                draft.assembly_line = number
                draft.assembly = list(_assembly(lines, number))
            elif draft is not None and word in ("reason", "expect", "write"):
                _line_of_change(draft, word, rest, reading)
            elif draft is None and word in ("device", "version", "protect"):
                _line_at_top(reading, word, rest)
            else:
                raise _misplaced(word, draft is not None)
        except InputError as error:
            raise error if error.where else error.at(f"line {number}, column {column}") from None
    _finish(reading, draft)
    if not reading.changes:
        raise InputError("no change in it", where="line 1", remedy="begin one with: at 0x01234")
    return Patch(_in_order(reading.changes), reading.device, reading.version, tuple(reading.protected))


def _misplaced(word: str, inside: bool) -> InputError:
    here = "reason, expect, write, assemble or at" if inside else "device, version, protect or at"
    return InputError(f"{word[:40]!r} means nothing here", remedy=f"write {here}")


def _line_at_top(reading: _Reading, word: str, rest: str) -> None:
    if not rest:
        raise InputError(f"nothing behind {word}")
    if word == "device":
        reading.device = rest
    elif word == "version":
        reading.version = Version.parse(rest)
    else:
        place, *reason = rest.split(maxsplit=1)
        reading.protected.append(parse_range(place, "".join(reason)))


def _line_of_change(draft: _Draft, word: str, rest: str, reading: _Reading) -> None:
    if not rest:
        raise InputError(f"nothing behind {word}")
    if word == "reason":
        draft.reason = f"{draft.reason} {rest}".strip()
    elif word == "expect":
        draft.expected = (draft.expected or bytearray()) + reading.bytes_in(rest)
    else:
        draft.new = (draft.new or bytearray()) + reading.bytes_in(rest)


def _assembly(lines: Iterator[tuple[int, str]], begun: int) -> Iterator[str]:
    for _, line in lines:
        if line.strip() == "end":
            return
        yield line
    raise InputError("no end to what is to be assembled", where=f"line {begun}", remedy="write end")


def _bytes(text: str, room: int) -> bytes:
    found = bytearray()
    for word in text.split():
        match = _BYTE.fullmatch(word)
        count = int(match[2] or 1) if match else 0
        if match is None:
            remedy = "write two digits, 0F, or a repetition, 00*16"
            raise InputError(f"{word[:40]!r} is no byte", remedy=remedy)
        if len(found) + count > room:
            raise InputError(f"more than {_MOST_BYTES:,} bytes in all changes", remedy="make it smaller")
        found += bytes.fromhex(match[1]) * count
    return bytes(found)


def _address(text: str) -> int:
    value = int(text, 0) if _NUMBER.fullmatch(text) and not re.fullmatch(r"0\d+", text) else _ADDRESS_LIMIT
    if value >= _ADDRESS_LIMIT:
        raise InputError(f"{text[:40]!r} is no address", remedy="write one of at most 24 bits, 0x01234")
    return value


def parse_range(text: str, reason: str = "") -> Range:
    """``0x3C000:0x40000``: from the first address up to, without, the second; raises InputError."""
    first, colon, last = text.partition(":")
    found = Range(_address(first), _address(last), reason) if colon else Range(0, 0)
    if found.start >= found.end:
        raise InputError(f"{text[:40]!r} is no range", remedy="write first and end, 0x3C000:0x40000")
    return found


def _finish(reading: _Reading, draft: _Draft | None) -> None:
    if draft is None:
        return
    where = f"line {draft.line}"
    if not draft.reason:
        raise InputError("a change without a reason", where=where, remedy="write: reason WHY")
    if not draft.expected:
        raise InputError("a change that expects nothing", where=where, remedy="write: expect 54 70")
    if (draft.new is None) == (draft.assembly is None):
        raise InputError("a change needs either write or assemble", where=where, remedy="give one of both")
    if draft.new is not None and len(draft.new) != len(draft.expected):
        raise InputError(
            f"{len(draft.new)} bytes to write where {len(draft.expected)} are expected",
            where=where,
            remedy="nothing can be moved: give as many",
        )
    assembly = None if draft.assembly is None else "\n".join(draft.assembly)
    reading.changes.append(
        Change(
            draft.address,
            draft.reason,
            bytes(draft.expected),
            bytes(draft.new or b""),
            assembly,
            where,
            draft.assembly_line,
        )
    )


def _in_order(changes: list[Change]) -> tuple[Change, ...]:
    ordered = sorted(changes, key=lambda change: change.address)
    for before, after in itertools.pairwise(ordered):
        if before.end > after.address:
            raise InputError(
                f"it changes 0x{after.address:05X}, which the change of {before.where} has changed",
                where=after.where,
                remedy="join both changes",
            )
    return tuple(ordered)
