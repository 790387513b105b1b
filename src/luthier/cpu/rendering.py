"""How an instruction is written: pieces of text made from the forms, and a compiled loop that joins them.

A form's text is a row of pieces: fixed text, a name chosen by bits of the code, a number from its bytes.
:func:`written` joins them for one instruction in plain Python and can put other words, such as labels, in
place of numbers; :func:`render` does many at once and gives the same text (a test compares them).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.cpu.decoding import Tables, operand_value
from luthier.cpu.description import Description, Form, Place
from luthier.cpu.fields import Immediate

#: Kinds of pieces.
END, LITERAL, NAME, NUMBER, DISPLACEMENT, SIGNED, TARGET = range(7)

#: What undefined bytes are written as; the digits of the first follow.
UNDEFINED = "db 0x"
#: Hexadecimal digits of an address on the bus.
ADDRESS_DIGITS = 6
#: No instruction line is longer: address, bytes and text.
LONGEST_LINE = 160


class Piece(NamedTuple):
    """A part of an instruction's text: its kind, fixed text, and the operand it shows."""

    kind: int
    text: str
    place: Place | None


class Texts(NamedTuple):
    """The pieces of all forms; arrays only, so that compiled loops can take them."""

    characters: npt.NDArray[np.uint8]  #: all strings, one behind the other
    starts: npt.NDArray[np.int32]  #: (strings + 1,): where each begins
    pieces: npt.NDArray[np.int32]  #: (forms, pieces, 5): kind, string or operand, then offset, shift, bits


def pieces(form: Form) -> list[Piece]:
    """The pieces of a form's text, its mnemonic first."""
    found = [Piece(LITERAL, form.mnemonic, None)]
    if not form.operands:
        return found
    found.append(Piece(LITERAL, " ", None))
    for part in form.operands:
        last = found[-1].text
        if isinstance(part, str):
            found.append(Piece(LITERAL, part, None))
        elif not isinstance(part.operand, Immediate):
            found.append(Piece(NAME, "", part))
        elif part.operand.is_address:
            found.append(Piece(TARGET, "", part))
        elif part.operand.signed and last.endswith("+"):
            found[-1] = Piece(LITERAL, last[:-1], None)
            found.append(Piece(DISPLACEMENT, "", part))
        else:
            found.append(Piece(SIGNED if part.operand.signed else NUMBER, "", part))
    return found


def number_text(kind: int, value: int, size: int) -> str:
    """A number of ``size`` bytes as one kind of piece writes it."""
    digits = ADDRESS_DIGITS if kind == TARGET else 2 * size
    sign = "-" if value < 0 else "+" if kind == DISPLACEMENT else ""
    return f"{sign}0x{abs(value):0{digits}x}"


def written(form: Form, code: bytes, address: int, words: Mapping[str, str] | None = None) -> str:
    """The text of one instruction; ``words`` gives operand letters a text of their own."""
    parts: list[str] = []
    for kind, text, place in pieces(form):
        if place is None:
            parts.append(text)
            continue
        operand = place.operand
        if words and operand.letter in words:
            parts.append(words[operand.letter])
        elif isinstance(operand, Immediate):
            parts.append(number_text(kind, value_of(place, code, address), operand.size))
        else:
            parts.append(operand.names[raw_bits(place, code)] or "")
    return "".join(parts)


def raw_bits(place: Place, code: bytes) -> int:
    """The bits of an operand that is no whole bytes."""
    return code[place.offset] >> place.shift & (1 << place.bits) - 1


def value_of(place: Place, code: bytes, address: int) -> int:
    """The value of an operand: what :func:`luthier.cpu.decoding.operand_value` gives, without tables."""
    operand = place.operand
    if not isinstance(operand, Immediate):
        return operand.values[raw_bits(place, code)] or 0
    end = place.offset + operand.size
    return operand.value(code[place.offset : end], address + end)


def make_texts(description: Description) -> Texts:
    """The texts of a CPU as tables."""
    strings = [UNDEFINED.encode("ascii")]
    known: dict[tuple[str, ...], int] = {}

    def first_string(names: tuple[str, ...]) -> int:
        """The number of the first of these strings; the others follow."""
        if names not in known:
            known[names] = len(strings)
            strings.extend(name.encode("ascii") for name in names)
        return known[names]

    rows: list[list[tuple[int, int, int, int, int]]] = []
    for form in description.forms:
        row: list[tuple[int, int, int, int, int]] = []
        for kind, text, place in pieces(form):
            if place is None:
                row.append((kind, first_string((text,)), 0, 0, 0))
            elif isinstance(place.operand, Immediate):
                digits = ADDRESS_DIGITS if kind == TARGET else 2 * place.operand.size
                row.append((kind, form.places.index(place), digits, 0, 0))
            else:
                names = tuple(name or "" for name in place.operand.names)
                row.append((kind, first_string(names), place.offset, place.shift, place.bits))
        rows.append(row)
    table = np.zeros((len(rows), max(map(len, rows)) + 1, 5), np.int32)
    for number, row in enumerate(rows):
        table[number, : len(row)] = row
    starts = np.cumsum([0, *map(len, strings)], dtype=np.int32)
    return Texts(np.frombuffer(bytearray(b"".join(strings)), np.uint8), starts, table)


@compiled
def _put_digits(out: npt.NDArray[np.uint8], at: int, value: int, count: int, ten: int) -> int:
    """Write ``value`` with ``count`` hexadecimal digits, ``ten`` being that for ten; where they end."""
    for k in range(count):
        digit = value >> 4 * (count - 1 - k) & 15
        out[at + k] = digit + 48 if digit < 10 else digit - 10 + ten
    return at + count


@compiled
def _put_string(out: npt.NDArray[np.uint8], at: int, string: int, texts: Texts) -> int:
    """Write a string of the tables; where it ends."""
    first = int(texts.starts[string])
    length = int(texts.starts[string + 1]) - first
    for k in range(length):
        out[at + k] = texts.characters[first + k]
    return at + length


@compiled
def render(
    memory: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int32],
    forms: npt.NDArray[np.int32],
    base: int,
    width: int,
    tables: Tables,
    texts: Texts,
    out: npt.NDArray[np.uint8],
) -> int:
    """Write a line for each instruction into ``out``; the bytes written.

    ``starts`` are indices into ``memory``, which begins at address ``base``; a form of -1 is an undefined
    unit of code.  With ``width`` the line begins with the address and the bytes, in a column that wide; with
    0 it is the text alone.
    """
    at = 0
    for k in range(starts.size):
        place, form = int(starts[k]), int(forms[k])
        undefined = min(tables.unit, memory.size - place)
        if width:
            at = _put_digits(out, at, base + place, 6, 65)
            end = at + 2 + width
            out[at:end] = 32
            at += 2
            for index in range(undefined if form < 0 else tables.lengths[form]):
                at = _put_digits(out, at, int(memory[place + index]), 2, 65) + 1
            at = end
        if form < 0:
            at = _put_digits(out, _put_string(out, at, 0, texts), int(memory[place]), 2, 97)
            for index in range(1, undefined):
                out[at], out[at + 1], out[at + 2] = 44, 48, 120
                at = _put_digits(out, at + 3, int(memory[place + index]), 2, 97)
        piece = 0
        while form >= 0:
            kind, what = int(texts.pieces[form, piece, 0]), int(texts.pieces[form, piece, 1])
            if kind == END:
                break
            if kind == NAME:
                offset, shift = texts.pieces[form, piece, 2], texts.pieces[form, piece, 3]
                mask = (1 << int(texts.pieces[form, piece, 4])) - 1
                what += int(memory[place + offset]) >> int(shift) & mask
            if kind in (LITERAL, NAME):
                at = _put_string(out, at, what, texts)
            else:
                value = operand_value(memory, place, base + place, form, what, tables)
                if value < 0 or kind == DISPLACEMENT:
                    out[at] = 45 if value < 0 else 43
                    at += 1
                out[at], out[at + 1] = 48, 120
                at = _put_digits(out, at + 2, abs(value), int(texts.pieces[form, piece, 2]), 97)
            piece += 1
        out[at] = 10
        at += 1
    return at
