"""Effects of rows, turned into statements over the arrays that hold a machine's state.

Two dialects come from the same rows.  In both, memory access stands in the text, and an instruction that
touches what is no plain memory leaves the loop before anything has changed.  The *compiled* one is for Numba.
The *plain* one runs under Python itself and, given functions for the bus, calls them instead of leaving.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass

from luthier.cpu.description import Architecture, Description, Operation
from luthier.cpu.fields import SLOTS
from luthier.cpu.rows import SIZES, RowError

#: What a page of 256 bytes allows, without asking the bus.  CODE: something of it is decoded.  POST: what is
#: stored goes to a device as well, later.
READ, WRITE, CODE, FETCH, POST = 1, 2, 4, 8, 16
#: What stands above an address: the bytes - 1 that were stored; the access that the bus is asked for.
DIRTY_SHIFT = BUS_SHIFT = 24
#: Access of an operation to its memory operand, in its record: read, write, then bytes - 1 above them.
SPAN_SHIFT = 2

#: Why the loop ended before its limit or deadline.
ENDED, TO_DECODE, TO_UNDEFINED, TO_BUS = range(4)

PLAIN, COMPILED = "plain", "compiled"

# Names that every body may use: what the executor around it keeps.
_ARRAYS = ("memory", "access", "served", "registers8", "registers16", "registers32", "parity", "conditions")
_NUMBERS = ("pc", "here", "count", "states", "deadline", "requested", "address", "spot", "loaded", "passing")
_FUNCTIONS = ("bus_read", "bus_write", "abs", "range")
_KNOWN = {*_ARRAYS, *_NUMBERS, *_FUNCTIONS, *SLOTS}


@dataclass(frozen=True)
class Body:
    """What the executor does for one operation."""

    operation: Operation
    lines: tuple[str, ...]
    access: int  #: READ and WRITE of the memory operand and its bytes - 1; 0 without one


def bodies(description: Description, dialect: str) -> list[Body]:
    """The bodies of all operations, in their order."""
    return [_Translator(description, operation, dialect).body() for operation in description.operations]


def mode_lines(description: Description, effect: str, dialect: str) -> list[str]:
    """The statements that compute an address."""
    return _Translator(description, None, dialect).mode(effect)


def _register(place: ast.expr, size: int) -> ast.Subscript:
    """``registers16[place >> 1]`` and its like."""
    shift = {1: 0, 2: 1, 4: 2}[size]
    index = place
    if isinstance(place, ast.Constant) and isinstance(place.value, int):
        index = ast.Constant(place.value >> shift)
    elif shift:
        index = ast.BinOp(place, ast.RShift(), ast.Constant(shift))
    return ast.Subscript(ast.Name(f"registers{8 * size}", ast.Load()), index, ast.Load())


def _masked(value: ast.expr, size: int) -> ast.expr:
    return ast.BinOp(value, ast.BitAnd(), ast.Constant((1 << 8 * size) - 1))


def _parse(text: str) -> list[ast.stmt]:
    return ast.parse(text).body


class _Substitute(ast.NodeTransformer):
    """Puts arguments in place of parameters."""

    def __init__(self, arguments: dict[str, ast.expr]) -> None:
        self.arguments = arguments

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return copy.deepcopy(self.arguments.get(node.id, node))


class _Translator(ast.NodeTransformer):
    """Translates the effect of one operation (or of a mode, without an operation)."""

    def __init__(self, description: Description, operation: Operation | None, dialect: str) -> None:
        self.description = description
        self.architecture: Architecture = description.architecture
        self.operation = operation
        self.dialect = dialect
        self.size = SIZES.get(operation.size, 0) if operation else 0
        self.reads = self.writes = False
        self.in_mode = operation is None
        self.letters = self._letters()
        self.constants = self._constants()

    def _letters(self) -> dict[str, tuple[str, int]]:
        """Operand letters: slot and, for registers, width (0 for a number)."""
        found: dict[str, tuple[str, int]] = {}
        for form in self.description.forms:
            if self.operation is None or form.operation is self.operation:
                for place in form.places:
                    operand = place.operand
                    width = SIZES.get(getattr(operand, "register", ""), 0)
                    found.setdefault(operand.letter, (operand.slot, width))
        return found

    def _constants(self) -> dict[str, int]:
        stack = {"STACK": self.architecture.fixed[self.architecture.stack].place}
        bits = 8 * self.size
        if not bits:
            return stack
        return stack | {
            "BYTES": self.size,
            "BITS": bits,
            "LAST": bits - 1,
            "MASK": (1 << bits) - 1,
            "SIGN": 1 << bits - 1,
            "HALF": (1 << bits // 2) - 1,
            "DOUBLE_MASK": (1 << 2 * bits) - 1,
            "DOUBLE_SIGN": 1 << 2 * bits - 1,
        }

    # Entry points

    def body(self) -> Body:
        assert self.operation is not None
        row = self.operation.row
        try:
            lines = _text(self._statements(_parse(row.effect)))
            lines += self._flags(row.flags, by_effect="f" in _names(lines, ast.Store))
            unknown = _names(lines, ast.Load) - _names(lines, ast.Store) - _KNOWN
            unknown -= set(self.architecture.locals)
            if unknown:
                raise RowError(f"{sorted(unknown)[0]!r} is not defined")
        except (SyntaxError, ValueError) as error:
            place = f"{self.architecture.rows.name}, line {row.line}"
            raise RowError(f"{place} ({self.operation.name}): {error}") from None
        access = (READ if self.reads else 0) | (WRITE if self.writes else 0)
        if access:
            access |= self.size - 1 << SPAN_SHIFT
        return Body(self.operation, tuple(lines), access)

    def mode(self, effect: str) -> list[str]:
        return _text(self._statements(_parse(effect.replace("; ", "\n"))))

    # Statements

    def _statements(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        return [done for statement in statements for done in self._statement(statement)]

    def _statement(self, statement: ast.stmt) -> list[ast.stmt]:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            return self._called(statement.value)
        if isinstance(statement, ast.Assign):
            return self._assigned(statement)
        if isinstance(statement, ast.If):
            test = self.visit(statement.test)
            return [ast.If(test, self._statements(statement.body), self._statements(statement.orelse))]
        if isinstance(statement, ast.While):
            return [ast.While(self.visit(statement.test), self._statements(statement.body), [])]
        if isinstance(statement, ast.For):
            return [
                ast.For(statement.target, self.visit(statement.iter), self._statements(statement.body), [])
            ]
        return [self.visit(statement)]

    def _called(self, call: ast.Call) -> list[ast.stmt]:
        assert isinstance(call.func, ast.Name)
        name = call.func.id
        if name.startswith("write"):
            return self._write(name, call.args)
        if name not in self.description.rows.statements:
            raise RowError(f"{name}() is not defined")
        parameters, text = self.description.rows.statements[name]
        substitute = _Substitute(dict(zip(parameters, call.args, strict=True)))
        return self._statements([substitute.visit(statement) for statement in _parse(text)])

    def _assigned(self, statement: ast.Assign) -> list[ast.stmt]:
        target, value = statement.targets[0], statement.value
        if (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Name)
            and value.func.id.startswith("read")
        ):
            return self._read(target, value.func.id, value.args[0])
        done = self.visit(value)
        return self._store(target, done)

    def _store(self, target: ast.expr, value: ast.expr) -> list[ast.stmt]:
        if not isinstance(target, ast.Name):
            return [ast.Assign([self.visit(target)], value, lineno=0)]
        if target.id == "M":
            self.writes = True
            return [
                ast.Assign([ast.Name("stored")], value, lineno=0),
                *self._poke("spot", self.size),
            ]
        place = self._place(target.id)
        if place is None:
            return [ast.Assign([target], value, lineno=0)]
        register = _register(*place)
        done: list[ast.stmt] = [ast.Assign([register], _masked(value, place[1]), lineno=0)]
        if self.in_mode:
            done = [
                ast.Assign([ast.Name("undo")], register.slice, lineno=0),
                *_parse("undo_value = registers32[undo]"),
                ast.Assign(
                    [_register(ast.BinOp(ast.Name("undo"), ast.LShift(), ast.Constant(2)), 4)],
                    _masked(value, 4),
                    lineno=0,
                ),
            ]
        return done

    # Memory

    def _span(self, name: str, prefix: str) -> int:
        digits = name.removeprefix(prefix)
        return int(digits) // 8 if digits else self.size

    def _peek(self, spot: str, size: int) -> str:
        return peek(self.architecture, spot, size)

    def _poke(self, spot: str, size: int) -> list[ast.stmt]:
        """Put ``stored`` at ``spot``; leave for that has been asked (the plain dialect may ask the bus)."""
        text = "\n".join(
            f"memory[{_plus(spot, k)}] = " + (f"stored >> {shift} & 255" if shift else "stored & 255")
            for k, shift in enumerate(_shifts(self.architecture, size))
        )
        if self.dialect == PLAIN:
            body = "\n".join("    " + line for line in text.split("\n"))
            call = f"bus_write({spot}, {size}, stored & {(1 << 8 * size) - 1})"
            text = f"if {self._guard(spot, size, WRITE)}:\n    {call}\nelse:\n{body}"
        return _parse(text)

    def _guard(self, spot: str, size: int, need: int) -> str:
        """The condition under which plain memory does not serve."""
        if size == 1:
            return f"(access[{spot} >> 8] | served[{spot}]) & {need} == 0"
        pages = f"access[{spot} >> 8] & access[{spot} + {size - 1} >> 8] & {need} == 0"
        every = " & ".join(f"served[{spot} + {k}]" for k in range(size))
        return f"{pages} and {every} & {need} == 0"

    def _leave(self, guard: str, size: int, need: int) -> str:
        """Leaves the loop where ``guard`` holds, unless there is a bus to ask or the access is let pass."""
        if self.dialect == PLAIN:
            return f"if {guard} and bus_read is None:\n    reason = {TO_BUS}\n    break\n"
        asked = f"place | {(need | size - 1 << SPAN_SHIFT) << BUS_SHIFT}"
        return f"if {guard}:\n{leave_unless_passing(asked)}\n"

    def _read(self, target: ast.expr, name: str, address: ast.expr) -> list[ast.stmt]:
        size = self._span(name, "read")
        done = [ast.Assign([ast.Name("place")], self._on_bus(self.visit(address), size), lineno=0)]
        guard = self._guard("place", size, READ)
        peek = self._peek("place", size)
        text = self._leave(guard, size, READ)
        if self.dialect == PLAIN:
            text += f"if {guard}:\n    item = bus_read(place, {size})\nelse:\n    item = {peek}"
        else:
            text += f"item = {peek}"
        return [*done, *_parse(text), *self._store(target, ast.Name("item"))]

    def _on_bus(self, address: ast.expr, size: int) -> ast.expr:
        """The address as the bus has it: 24 bits, even for words and longs where units are words."""
        mask = 0xFFFFFF if size == 1 else 0x1000000 - self.architecture.unit
        return ast.BinOp(address, ast.BitAnd(), ast.Constant(mask))

    def _write(self, name: str, arguments: list[ast.expr]) -> list[ast.stmt]:
        size = self._span(name, "write")
        address, value = (self.visit(argument) for argument in arguments)
        done = [
            ast.Assign([ast.Name("place")], self._on_bus(address, size), lineno=0),
            ast.Assign([ast.Name("stored")], value, lineno=0),
        ]
        check = self._leave(self._guard("place", size, WRITE), size, WRITE)
        check += f"if (access[place >> 8] | access[place + {size - 1} >> 8]) & {CODE | POST}:\n"
        check += f"    dirty = place | {size - 1 << DIRTY_SHIFT}"
        return [*done, *_parse(check), *self._poke("place", size)]

    # Expressions

    def _place(self, name: str) -> tuple[ast.expr, int] | None:
        """Where a register operand or a named register lives, and its width."""
        if name == "ACC":
            name = {1: "A", 2: "WA"}[self.size]
        if name in ("SOURCE", "DESTINATION"):
            base: ast.expr = ast.Name("base")
            return (base if name == "SOURCE" else ast.BinOp(base, ast.Sub(), ast.Constant(4))), 4
        if name in self.letters and self.letters[name][1]:
            slot, width = self.letters[name]
            if name in "YIJ":
                return self.visit(ast.parse(f"bank({slot})", mode="eval").body), width
            return ast.Name(slot), width
        if name in self.architecture.fixed:
            fixed = self.architecture.fixed[name]
            return ast.Constant(fixed.place), fixed.size
        return None

    def visit_Name(self, node: ast.Name) -> ast.expr:
        name = node.id
        if name in self.constants:
            return ast.Constant(self.constants[name])
        if name == "M":
            self.reads = True
            return ast.Name("loaded")
        if name in SLOTS:
            return node
        place = self._place(name)
        if place is not None:
            return _register(*place)
        if name == "n":  # immediates are n in effects, whatever letter the code gives them
            # A record holds it as a signed number.
            long_one = self.size == 4 and any(letter in self.letters for letter in "#i")
            return _masked(ast.Name("immediate"), 4) if long_one else ast.Name("immediate")
        if name in self.letters:
            return ast.Name(self.letters[name][0])
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        assert isinstance(node.func, ast.Name)
        name = node.func.id
        if name in self.description.rows.expressions:
            parameters, text = self.description.rows.expressions[name]
            substitute = _Substitute(dict(zip(parameters, node.args, strict=True)))
            return self.visit(substitute.visit(ast.parse(text, mode="eval").body))  # type: ignore[no-any-return]
        if name not in {"abs", "range"}:
            raise RowError(f"{name}() is not defined")
        node.args = [self.visit(argument) for argument in node.args]
        return node

    # Flags

    def _flags(self, letters: str, by_effect: bool) -> list[str]:
        """The statement that sets F as the flags column says; none where the effect did or all are kept."""
        architecture = self.architecture
        if len(letters) != len(architecture.flags):
            raise RowError(f"flags {letters!r} are not one letter for each of {architecture.flags}")
        keep, constant, terms = architecture.other_flags, 0, []
        subtracts = "v" in letters
        if "N" in architecture.flags and architecture.sign_flag != "N":
            subtracts = letters[architecture.flags.index("N")] == "1"
        for flag, bit, letter in zip(architecture.flags, architecture.flag_bits, letters, strict=True):
            if letter in "-?":
                keep |= 1 << bit
            elif letter in "01":
                constant |= int(letter) << bit
            elif letter != "*" or not by_effect:
                terms.append(self._flag(flag, bit, letter, subtracts))
        everything = architecture.other_flags | sum(1 << bit for bit in architecture.flag_bits)
        if by_effect or (keep == everything and not terms):
            return []
        parts = [f"f & {keep}"] * bool(keep) + [str(constant)] * bool(constant) + terms
        return ["f = " + (" | ".join(parts) or "0")]

    def _flag(self, flag: str, bit: int, letter: str, subtracts: bool) -> str:
        last = 8 * self.size - 1
        moved = f">> {last - bit}" if last >= bit else f"<< {bit - last}"
        effects = {"H": "halfcarry", "V": f"overflow << {bit}", "C": "carry & 1"}
        if letter == "*" and flag in effects:
            return effects[flag]
        if letter != flag and flag + letter not in {"VP", "Vv", "Zz"}:
            raise RowError(f"flag {flag} cannot be {letter!r}")
        if not self.size:
            raise RowError(f"flag {flag} is to follow from the result, but the operation has no size")
        if self.size == 4 and letter in self.architecture.undefined_in_long:
            return "0"
        if letter == self.architecture.sign_flag:
            return f"result {moved} & {1 << bit}"
        match letter:
            case "Z":
                return f"(result & {self.constants['MASK']} == 0) << {bit}"
            case "z":
                return f"(result & {self.constants['MASK']} == 0) << {bit} & f"
            case "H" if self.architecture.half_carry == "high":
                moved = f">> {last - 3 - bit}" if last - 3 >= bit else f"<< {bit + 3 - last}"
                return f"(a ^ b ^ result) {moved} & {1 << bit}"
            case "H":
                return f"(a ^ b ^ result) & {1 << bit}"
            case "V" | "v":
                other = "(a ^ b)" if subtracts else "(b ^ result)"
                return f"((a ^ result) & {other}) {moved} & {1 << bit}"
            case "C":
                return f"result >> {last + 1} & 1"
            case "P":
                folded = "result" if self.size == 1 else "(result ^ result >> 8)"
                return f"parity[{folded} & 255]"
        raise RowError(f"nothing is known of flag {flag}")


def _names(lines: list[str], context: type[ast.expr_context]) -> set[str]:
    """The names that statements read (:class:`ast.Load`) or give values to (:class:`ast.Store`)."""
    nodes = ast.walk(ast.parse("\n".join(lines)))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


def leave_unless_passing(asked: str) -> str:
    """Statements, indented once: ask the bus for an access, unless it is the one that is let pass."""
    return f"    if {asked} != passing:\n        bus = {asked}\n        reason = {TO_BUS}\n        break"


def peek(architecture: Architecture, spot: str, size: int) -> str:
    """The expression for what plain memory holds at ``spot``."""
    parts = (
        f"memory[{_plus(spot, k)}]" + (f" << {shift}" if shift else "")
        for k, shift in enumerate(_shifts(architecture, size))
    )
    return " | ".join(parts)


def _shifts(architecture: Architecture, size: int) -> list[int]:
    """By how many bits each byte of a number is shifted, in the order of memory."""
    shifts = [8 * k for k in range(size)]
    return shifts if architecture.byte_order == "little" else shifts[::-1]


def _plus(spot: str, k: int) -> str:
    return f"{spot} + {k}" if k else spot


def _text(statements: list[ast.stmt]) -> list[str]:
    lines: list[str] = []
    for statement in statements:
        lines += ast.unparse(ast.fix_missing_locations(statement)).split("\n")
    return lines
