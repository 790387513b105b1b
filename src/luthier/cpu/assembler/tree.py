"""The forms of a mnemonic as a tree of parts, so that a text is compared with all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from luthier.cpu.assembler.dialects import Dialect
from luthier.cpu.assembler.tokens import tokens
from luthier.cpu.description import Form, Operand, Place
from luthier.cpu.fields import Field, Immediate


class Part(NamedTuple):
    """A part of operand text: a fixed word, or an operand.

    Operands are a ``name``, a ``number``, a ``displacement`` (a number with the sign before it) or
    ``unwritten`` (a field that is in the code and not in the text).
    """

    kind: str
    word: str = ""
    operand: Operand | None = None


@dataclass
class Node:
    """A place in the tree: what may come next, and the forms that end here with their operands in order."""

    words: dict[str, Node] = field(default_factory=dict)
    names: dict[tuple[str, ...], list[tuple[int, Node]]] = field(default_factory=dict)
    longest: int = 0  #: words of the longest name
    fields: dict[Operand, Node] = field(default_factory=dict)  #: what ``names`` are the names of
    numbers: dict[Part, Node] = field(default_factory=dict)
    forms: list[tuple[Form, list[Place]]] = field(default_factory=list)


def tree(forms: Iterable[Form], dialect: Dialect) -> Node:
    """The tree of some forms; the dialect has further names of registers and conditions."""
    root = Node()
    for form in forms:
        node = root
        places: list[Place] = []
        for part, place in _without_widths(_parts(form)):
            node = _below(node, part, dialect)
            if place is not None:
                places.append(place)
        node.forms.append((form, places))
    return root


def bits(operand: Operand) -> int:
    """The bits an operand takes in the code."""
    return 8 * operand.size if isinstance(operand, Immediate) else (len(operand.names) - 1).bit_length()


def _below(node: Node, part: Part, dialect: Dialect) -> Node:
    """The node behind a part, made if it is not there yet."""
    if part.kind == "word":
        return node.words.setdefault(part.word, Node())
    if part.kind != "name":
        return node.numbers.setdefault(part, Node())
    assert isinstance(part.operand, Field)
    if part.operand not in node.fields:
        below = node.fields[part.operand] = Node()
        for words, raw in _names(part.operand, dialect):
            node.names.setdefault(words, []).append((raw, below))
            node.longest = max(node.longest, len(words))
    return node.fields[part.operand]


def _names(operand: Field, dialect: Dialect) -> Iterable[tuple[tuple[str, ...], int]]:
    """The words of all names of a field, with their bits."""
    for raw, name in enumerate(operand.names):
        if name:
            yield _words(name), raw
    for other, name in (dialect.registers if operand.register else dialect.conditions).items():
        if name in operand.names:
            yield _words(other), operand.names.index(name)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.key for word in tokens(text))


def _is_number(operand: Operand) -> bool:
    return isinstance(operand, Immediate) or all(
        name is None or (name.isascii() and name.isdigit()) for name in operand.names
    )


def _parts(form: Form) -> list[tuple[Part, Place | None]]:
    """The parts of a form's operand text.

    A field that is not written stands behind the operand it shares a byte with; operands that mean nothing
    to an instruction, as an address to ``ret Z``, are left out: their bits are 0.
    """
    found: list[tuple[Part, Place | None]] = []
    for part in form.operands:
        if isinstance(part, str):
            found.extend((Part("word", word), None) for word in _words(part))
        elif not _is_number(part.operand):
            found.append((Part("name", operand=part.operand), part))
        elif isinstance(part.operand, Immediate) and part.operand.signed and _ends_with_plus(found):
            found[-1] = Part("displacement", operand=part.operand), part
        else:
            found.append((Part("number", operand=part.operand), part))
    for place in form.places:
        if place in form.operands:
            continue
        behind = next(
            (index for index, (_, other) in enumerate(found, 1) if other and other.offset == place.offset), 0
        )
        if not behind or isinstance(place.operand, Immediate):
            continue
        while behind < len(found) and found[behind][0].word in {"+", "-"}:
            behind += 1
        found.insert(behind, (Part("unwritten", operand=place.operand), place))
    return found


def _without_widths(parts: list[tuple[Part, Place | None]]) -> Iterator[tuple[Part, Place | None]]:
    """The parts without ``:16`` behind a number of 16 bits: that may stand behind every number."""
    skipped = 0
    for index, (part, place) in enumerate(parts):
        if skipped:
            skipped -= 1
            continue
        yield part, place
        behind = [after.word for after, _ in parts[index + 1 : index + 3]]
        if place is not None and part.kind != "name" and behind == [":", str(bits(place.operand))]:
            skipped = 2


def _ends_with_plus(parts: list[tuple[Part, Place | None]]) -> bool:
    return bool(parts) and parts[-1][0].word == "+"
