"""Which of the encodings of one text is meant?  The assembler is asked once for every kind of instruction.

The assembler takes the first encoding whose values fit, so the answer depends on the form, the registers in
it and how wide its numbers are, but on nothing else of them: that is what answers are remembered by.  Most
forms need no question, because no form that the assembler would prefer can have the same text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from luthier.cpu.assembler.encoding import encodings
from luthier.cpu.description import Description, Form, Place
from luthier.cpu.fields import Immediate
from luthier.cpu.rendering import DISPLACEMENT, pieces, value_of
from luthier.errors import InputError

#: Where a register of the previous bank, XWA-1, may as well be read as a register and a displacement.
_SUM = re.compile(r"-\d[-+]0x")
#: Numbers up to here may be the name of a field of few bits, such as the step of INC.
_SMALL = 16


class _Parts(NamedTuple):
    """The numbers of a form, relative ones left out, and the offsets of all bytes that are no numbers."""

    numbers: tuple[Place, ...]
    rest: tuple[int, ...]


class _Kinds(NamedTuple):
    """Numbers of the forms of one mnemonic."""

    first: frozenset[int]  #: those whose text means nothing else that the assembler would prefer
    alone: frozenset[int]  #: those whose text means nothing else


#: A word, the words that may stand there, or None for a number.
_Atom = frozenset[str] | None


class Variants:
    """Finds the ``:N`` that a mnemonic needs."""

    def __init__(self, description: Description) -> None:
        self.description = description
        self.kinds: dict[str, _Kinds] = {}
        self.parts: dict[int, _Parts] = {}
        self.known: dict[tuple[object, ...], str | None] = {}

    def suffix(
        self, form: Form, code: bytes, address: int, operands: str, *, explicit: bool = False
    ) -> str | None:
        """``:N`` or nothing; None if no text gives these bytes.

        ``explicit`` says ``:N`` wherever there is a choice, even if the assembler would choose the same with
        all addresses known: it begins with short codings and an address that is still too near.
        """
        kinds = self._kinds_of(form)
        if _SUM.search(operands):
            explicit = True
        elif form.number in (kinds.alone if explicit else kinds.first):
            return ""
        parts = self.parts.get(form.number) or self._parts_of(form)
        key = (
            form.number,
            explicit,
            *(code[offset] for offset in parts.rest),
            *(_width(value_of(place, code, address)) for place in parts.numbers),
        )
        if key not in self.known:
            self.known[key] = self._asked(form.mnemonic, operands, address, code, explicit)
        return self.known[key]

    def is_first(self, form: Form) -> bool:
        """Whether the assembler prefers no other form for the same text."""
        return form.number in self._kinds_of(form).first

    def _kinds_of(self, form: Form) -> _Kinds:
        if form.mnemonic not in self.kinds:
            self.kinds[form.mnemonic] = _kinds(self.description.mnemonics[form.mnemonic])
        return self.kinds[form.mnemonic]

    def _asked(self, mnemonic: str, operands: str, address: int, code: bytes, explicit: bool) -> str | None:
        try:
            codings = encodings(self.description, mnemonic, operands, address)
        except InputError:
            return None
        for index, found in enumerate(codings):
            if found.data == code:
                return f":{found.number}" if index or explicit else ""
        return None

    def _parts_of(self, form: Form) -> _Parts:
        numbers, rest = [], set(range(form.length))
        for place in form.places:
            operand = place.operand
            if isinstance(operand, Immediate):
                rest -= set(range(place.offset, place.offset + operand.size))
                if not operand.relative:
                    numbers.append(place)
        self.parts[form.number] = _Parts(tuple(numbers), tuple(sorted(rest)))
        return self.parts[form.number]


def _width(value: int) -> tuple[bool, int, int]:
    """All that decides whether a number fits: sign, bits, and the number itself if it is small."""
    magnitude = value if value >= 0 else ~value
    return value < 0, magnitude.bit_length(), value if abs(value) <= _SMALL else 0


def _kinds(forms: list[Form]) -> _Kinds:
    """Which forms of a mnemonic can share their text with another."""
    first: set[int] = set()
    shared: set[int] = set()
    earlier: dict[tuple[_Atom, ...], list[int]] = {}
    for form in sorted(forms, key=lambda form: (form.length, form.number)):
        atoms = _atoms(form)
        rivals = [number for other, numbers in earlier.items() if _meet(atoms, other) for number in numbers]
        written = all(place in form.operands for place in form.places)
        if written and not rivals:
            first.add(form.number)
        else:
            shared.update(rivals, [form.number])
        earlier.setdefault(atoms, []).append(form.number)
    return _Kinds(frozenset(first), frozenset(form.number for form in forms) - shared)


def _atoms(form: Form) -> tuple[_Atom, ...]:
    """What a form's operands look like."""
    found: list[_Atom] = []
    for kind, text, place in pieces(form)[2:]:
        if place is None:
            found.extend(frozenset({word}) for word in re.findall(r"\w+'?|.", text))
            continue
        names = {name for name in getattr(place.operand, "names", ()) if name}
        if names and not all(map(str.isdigit, names)):
            found.append(frozenset(names))
        else:
            found.extend([frozenset("+")] * (kind == DISPLACEMENT) + [None])
    return tuple(found)


def _meet(one: tuple[_Atom, ...], other: tuple[_Atom, ...]) -> bool:
    """Whether a text can be of both kinds."""
    return len(one) == len(other) and all(
        left is right if left is None or right is None else not left.isdisjoint(right)
        for left, right in zip(one, other, strict=True)
    )
