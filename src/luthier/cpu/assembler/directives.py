"""The operations that are no instruction: each makes the plan of its statement.

==================== =====================================================================================
``org address``      go on at an address
``db``, ``dw``,      bytes, words, 24-bit and 32-bit numbers, separated by commas; ``db`` takes strings too
``d24``, ``dl``
``ds n[, fill]``     room for n bytes; without a fill value it makes no bytes, the image has its filling there
``align n[, fill]``  room up to the next multiple of n, in the same way
``name equ value``   a name for a value, also ``name = value``
``include "file"``   the lines of another file
``end``              the end of the source
==================== =====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from luthier.cpu.assembler import expressions
from luthier.cpu.assembler.dialects import Dialect
from luthier.cpu.assembler.plans import Data, Equate, Nothing, Origin, Plan, Space
from luthier.cpu.assembler.source import EQUATE, Statement
from luthier.cpu.assembler.tokens import STRING, Token, at_column

_WIDTHS = {"db": 1, "dw": 2, "d24": 3, "dl": 4}


def plan(statement: Statement, dialect: Dialect) -> Plan:
    """The plan of a directive; :class:`InputError` if its operands are not what it takes."""
    return DIRECTIVES[statement.operation](statement, dialect)


def _data(statement: Statement, dialect: Dialect) -> Plan:
    width = _WIDTHS[statement.operation]
    plan = Data(width, dialect.byte_order, [])
    for item in _items(statement, 1, None):
        if len(item) == 1 and item[0].kind == STRING:
            if width > 1:
                raise at_column("strings are bytes", item[0].column, "write it with db")
            _append(plan, item[0].text.encode("latin-1"))
            continue
        value = expressions.parse(item)
        if value.is_constant:
            _append(plan, plan.number(value.value(_no_symbol, 0), value.column))
        else:
            plan.items.append(value)
    return plan


def _append(plan: Data, data: bytes) -> None:
    """Add bytes, behind those that are already there."""
    if plan.items and isinstance(last := plan.items[-1], bytearray):
        last += data
    else:
        plan.items.append(bytearray(data))


def _no_symbol(name: str) -> int:
    raise AssertionError(f"{name} in a constant")


def _space(statement: Statement, dialect: Dialect) -> Plan:
    del dialect
    count, *fill = map(expressions.parse, _items(statement, 1, 2))
    return Space(count, fill[0] if fill else None, statement.operation == "align")


def _origin(statement: Statement, dialect: Dialect) -> Plan:
    del dialect
    (address,) = map(expressions.parse, _items(statement, 1, 1))
    return Origin(address)


def _equate(statement: Statement, dialect: Dialect) -> Plan:
    del dialect
    assert statement.label is not None, "the reader sees to that"
    (value,) = map(expressions.parse, _items(statement, 1, 1))
    return Equate(statement.label.name, value)


def _include(statement: Statement, dialect: Dialect) -> Plan:
    del statement, dialect  # followed when the source was read
    return Nothing()


def _end(statement: Statement, dialect: Dialect) -> Plan:
    del dialect
    _items(statement, 0, 0)
    return Nothing()


DIRECTIVES: dict[str, Callable[[Statement, Dialect], Plan]] = {
    **dict.fromkeys(_WIDTHS, _data),
    "ds": _space,
    "align": _space,
    "org": _origin,
    EQUATE: _equate,
    "include": _include,
    "end": _end,
}


def _items(statement: Statement, least: int, most: int | None) -> list[tuple[Token, ...]]:
    """The operands between commas; as many as asked for."""
    items = list(_split(statement.operands)) if statement.operands else []
    if len(items) < least or (most is not None and len(items) > most):
        count = f"{least}" if most == least else f"{least} or more" if most is None else f"{least} to {most}"
        raise at_column(
            f"{statement.operation} takes {count} operand{'s' * (count != '1')}, not {len(items)}",
            statement.column,
        )
    return items


def _split(words: tuple[Token, ...]) -> Iterator[tuple[Token, ...]]:
    item: list[Token] = []
    for word in words:
        if word.text == "," and word.kind != STRING:
            if not item:
                raise at_column("a value is missing before this comma", word.column)
            yield tuple(item)
            item = []
        else:
            item.append(word)
    if not item:
        raise at_column("a value is missing behind the last comma", words[-1].column)
    yield tuple(item)
