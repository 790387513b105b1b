"""Passes over the statements until every address stands still, then bytes.

An instruction whose operand has several widths begins with the shortest and only grows, so that the passes
come to an end.  Names of what lies further down have the value of the pass before.
"""

from __future__ import annotations

import difflib
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from luthier.cpu.assembler.directives import DIRECTIVES
from luthier.cpu.assembler.directives import plan as directive_plan
from luthier.cpu.assembler.encoding import BUS_SIZE, Encoder
from luthier.cpu.assembler.image import Assembly, assembly
from luthier.cpu.assembler.listing import Line
from luthier.cpu.assembler.plans import Code, Context, Data, Equate, Instruction, Nothing, Plan
from luthier.cpu.assembler.problems import Problems
from luthier.cpu.assembler.source import Statement
from luthier.cpu.assembler.tokens import at_column
from luthier.errors import InputError

#: A source needs three or four passes; only one whose addresses chase each other needs as many.
_MOST_PASSES = 100
#: Data that must be computed in the last pass: bounds the memory they take.
_MOST_VALUES = 1 << 20


class Program:
    """A source that is being assembled."""

    def __init__(self, statements: Iterable[Statement], encoder: Encoder, problems: Problems) -> None:
        self.encoder = encoder
        self.problems = problems
        self.unit = encoder.description.architecture.unit
        self.defined: dict[str, Statement] = {}
        self.steps: list[tuple[Statement, Plan]] = []
        self.values = 0  #: of data, that depend on symbols
        for place, statement in enumerate(statements):
            with self._noting(statement, place):
                self._define(statement)
            plan: Plan = Nothing()
            with self._noting(statement, place):
                plan = self._plan(statement)
            statement.operands = ()  # they are in the plan now, and would take most of the memory
            self.steps.append((statement, plan))

    def assemble(self, fill: int) -> Assembly:
        """Settle the addresses and make the image; :class:`AssemblyError` if there is anything wrong."""
        symbols = self._settle()
        lines, data_labels = self._lines(symbols)
        self.problems.raise_any()
        result = assembly(lines, symbols, data_labels, fill, self.problems)
        self.problems.raise_any()
        return result

    @contextmanager
    def _noting(self, statement: Statement, place: int) -> Iterator[None]:
        """Errors become problems of the statement at that place."""
        try:
            yield
        except InputError as error:
            self.problems.add(error.at(statement.where), place)

    def _define(self, statement: Statement) -> None:
        label = statement.label
        if label is None:
            return
        if label.name.upper() in self.encoder.matcher.reserved:
            raise at_column(
                f"{label.name} is a word of the instruction set", label.column, "choose another name"
            )
        first = self.defined.setdefault(label.name, statement)
        if first is not statement:
            raise at_column(f"{label.name} is already defined in {first.where}", label.column)

    def _plan(self, statement: Statement) -> Plan:
        operation = statement.operation
        if not operation:
            return Nothing()
        if operation in DIRECTIVES:
            plan = directive_plan(statement, self.encoder.dialect)
            if isinstance(plan, Data):
                self.values += sum(not isinstance(item, bytearray) for item in plan.items)
                if self.values > _MOST_VALUES:
                    raise InputError(f"more than {_MOST_VALUES:,} values that depend on symbols")
            return plan
        mnemonics = self.encoder.matcher.mnemonics
        if operation not in mnemonics:
            close = difflib.get_close_matches(operation[:40], [*mnemonics, *DIRECTIVES], 3)
            remedy = f"did you mean {' or '.join(close)}?" if close else ""
            raise at_column(f"there is no instruction {operation[:40]}", statement.column, remedy)
        try:
            candidates = self.encoder.read(operation, statement.operands)
        except InputError as error:
            raise error if error.where else error.at(f"column {statement.column}") from None
        if statement.choice:
            if statement.choice > len(candidates):
                raise at_column(
                    f"these operands have {len(candidates)} codings, not {statement.choice}", statement.column
                )
            candidates = candidates[statement.choice - 1 : statement.choice]
        plan = Instruction(self.encoder, candidates)
        return plan.settled() if all(candidate.is_settled for candidate in candidates) else plan

    def _settle(self) -> dict[str, int]:
        """Passes until nothing moves; the symbols."""
        previous: dict[str, int] = {}
        addresses = array("q")
        for _ in range(_MOST_PASSES):
            context = Context({}, previous)
            ends = array("q")
            for statement, plan in self.steps:
                self._label(statement, plan, context)
                with suppress(InputError):  # told when the bytes are made
                    context.here = plan.advance(context)
                ends.append(context.here)
            if context.current == previous and ends == addresses:
                return previous
            previous, addresses = context.current, ends
        first = self.steps[0][0]
        self.problems.add(
            InputError(
                f"addresses still move after {_MOST_PASSES} passes",
                where=first.file,
                remedy="look for an org, ds or align that depends on what it moves",
            )
        )
        self.problems.raise_any()
        return previous

    @staticmethod
    def _label(statement: Statement, plan: Plan, context: Context) -> None:
        context.scope = statement.scope
        if statement.label is not None and not isinstance(plan, Equate):
            context.current.setdefault(statement.label.name, context.here)

    def _lines(self, symbols: dict[str, int]) -> tuple[list[Line], set[str]]:
        """All lines with their bytes, and the labels of data."""
        context = Context({}, symbols, tuple(self.defined))
        lines: list[Line] = []
        waiting: list[str] = []
        data_labels: set[str] = set()
        room = BUS_SIZE
        for place, (statement, plan) in enumerate(self.steps):
            self._label(statement, plan, context)
            data = b""
            start = end = context.here
            with self._noting(statement, place):
                end = plan.advance(context)
                data = plan.data(context)
                if isinstance(plan, (Instruction, Code)) and start % self.unit:
                    raise at_column(
                        f"an instruction begins at an even address, not at {start:#x}",
                        statement.column,
                        "put align 2 before it",
                    )
                if data and start + len(data) > BUS_SIZE:
                    raise InputError(f"address {start + len(data) - 1:#x} is beyond the bus, 24 bits")
                room -= len(data)
                if room < 0:
                    raise InputError("more bytes than the bus has addresses", remedy="look at ds and align")
            if statement.label is not None and not isinstance(plan, Equate):
                waiting.append(statement.label.name)
            if end != start:
                if plan.is_data:
                    data_labels.update(waiting)
                waiting = []
            value = symbols.get(plan.name) if isinstance(plan, Equate) else None
            lines.append(Line(start, data, statement, value))
            context.here = end
            if room < 0:
                break
        return lines, data_labels
