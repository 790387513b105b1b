"""A listing row by row: what stands where, as source text or for a page; and what is sought in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

#: Where comments begin.
_COLUMN = 44
#: Kinds of rows.
HEADING, EMPTY, NAME, LABEL, REMARK, CODE, DATA = (
    "heading", "empty", "name", "label", "remark", "code", "data",
)  # fmt: skip


class Row(NamedTuple):
    """A line of a listing: of one of the kinds above, about ``address``, with the bytes it stands for."""

    kind: str
    address: int | None
    text: str
    comment: str = ""
    code: bytes = b""

    @property
    def line(self) -> str:
        """The source text."""
        if self.kind in (HEADING, EMPTY):
            return self.text
        if self.kind == REMARK:
            return f"; {self.text}"
        if self.kind in (LABEL, NAME):
            text = f"{self.text}:" if self.kind == LABEL else f"{self.text} = 0x{self.address:06x}"
            return with_comment(text, self.comment)
        code = f"  {self.code.hex(' ').upper()}" if self.kind == CODE else ""
        comment = f"  {self.comment}" if self.comment else ""
        return with_comment(f"    {self.text}", f"{self.address:06X}{code}{comment}")


def with_comment(text: str, comment: str) -> str:
    """A line with a comment in the column of comments, if there is one."""
    return f"{text:<{_COLUMN}} ; {comment}" if comment else text


def row_of(rows: Sequence[Row], address: int) -> int | None:
    """Number of the row where an address is: its first row with words, or the one that it lies within."""
    within = None
    for number, row in enumerate(rows):
        if row.address is None:
            continue
        if row.address == address and row.kind not in (EMPTY, NAME):
            return number
        if row.kind in (CODE, DATA) and row.address < address < row.address + len(row.code):
            within = number
    if within is None:
        within = next((number for number, row in enumerate(rows) if row.address == address), None)
    return within


def found_rows(rows: Sequence[Row], wanted: str, *, instructions: bool = False) -> Iterator[int]:
    """Numbers of rows with these words in text or comment; with ``instructions`` of instructions so written.

    Upper and lower case are the same, and so are blanks in instructions: ``MOV.B R0L, `` is ``mov.b R0L,``.
    """
    if instructions:
        sought = _plain(wanted)
        yield from (
            number for number, row in enumerate(rows) if row.kind == CODE and sought in _plain(row.text)
        )
        return
    sought = wanted.lower()
    for number, row in enumerate(rows):
        if sought in row.text.lower() or sought in row.comment.lower():
            yield number


def _plain(instruction: str) -> str:
    return " ".join(instruction.lower().split()).replace(", ", ",")
