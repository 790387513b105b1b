"""Where instructions lead and what they touch, read off the effects of their rows.

An operation that assigns to ``pc`` jumps; if what it assigns was read from the stack it returns; if it also
writes ``pc`` somewhere it calls.  Inside an ``if`` it may as well go on behind; where that asks for the
condition in the code, the conditions that always and never hold are told apart.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from luthier.cpu.description import Architecture, Description, Form, Operation
from luthier.cpu.fields import Immediate

#: Kinds of flow.
ONWARD, JUMP, CALL, RETURN = range(4)
#: How an instruction refers to an address (bits).
READS, WRITES, POINTS = 1, 2, 4
#: What a condition in the code does.
NEVER, SOMETIMES, ALWAYS = range(3)

#: Addresses one instruction may refer to besides its target.
REFERENCES = 2


@dataclass(frozen=True)
class Flow:
    """What an operation does to the flow of a program."""

    kind: int
    conditional: bool  #: it may go on behind instead
    by_condition: bool  #: and whether it does is said by the condition in its code alone
    target: str  #: name in the effect that is its target; "" if that is known only when it runs
    references: tuple[tuple[str, int], ...]  #: names of addresses in the effect, with READS, WRITES, POINTS


class Flows(NamedTuple):
    """Flow of all forms; arrays only, so that compiled loops can take them."""

    #: (forms, 10): kind, conditional, target operand; offset, shift, bits of the condition (bits 0: none);
    #: twice an operand that is an address and how it is referred to (0: none)
    forms: npt.NDArray[np.int32]
    conditions: npt.NDArray[np.int32]  #: (16,): NEVER, SOMETIMES, ALWAYS


class _Substitute(ast.NodeTransformer):
    """Puts arguments in place of parameters."""

    def __init__(self, arguments: dict[str, ast.expr]) -> None:
        self.arguments = arguments

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.arguments:
            return node
        argument = copy.deepcopy(self.arguments[node.id])
        if isinstance(argument, ast.Name):
            argument.ctx = node.ctx
        return argument


class _Effect(ast.NodeVisitor):
    """Walks the effect of one operation and collects what it does to ``pc`` and to memory."""

    def __init__(self, description: Description, operation: Operation) -> None:
        self.statements = description.rows.statements
        self.stack = description.architecture.stack
        self.kind = ONWARD
        self.tests: list[str] = []  #: the conditions around the statement being looked at
        self.around: list[str] = []  #: those around the assignment to pc
        self.target = ""
        self.saves = False
        self.meanings: dict[str, ast.expr] = {}
        self.accesses: dict[str, int] = {}
        for statement in ast.parse(operation.row.effect).body:
            self.visit(statement)

    def flow(self) -> Flow:
        kind = CALL if self.kind == JUMP and self.saves else self.kind
        return Flow(
            kind,
            bool(self.around),
            self.around == ["condition()"],
            self.target,
            tuple(sorted(self.accesses.items())),
        )

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        for test, body in ((ast.unparse(node.test), node.body), ("else", node.orelse)):
            self.tests.append(test)
            for statement in body:
                self.visit(statement)
            self.tests.pop()

    def visit_Assign(self, node: ast.Assign) -> None:
        target = node.targets[0]
        if isinstance(target, ast.Name) and target.id == "pc":
            self._goes_to(node.value)
            return
        self.visit(node.value)
        self.visit(target)
        if isinstance(target, ast.Name):
            self.meanings[target.id] = node.value

    def visit_Call(self, node: ast.Call) -> None:
        assert isinstance(node.func, ast.Name)
        name, arguments = node.func.id, node.args
        if name in self.statements:
            parameters, text = self.statements[name]
            substitute = _Substitute(dict(zip(parameters, arguments, strict=True)))
            for statement in ast.parse(text).body:
                self.visit(substitute.visit(statement))
            return
        if name.startswith(("read", "write")):
            if isinstance(arguments[0], ast.Name):
                self._access(arguments[0].id, READS if name.startswith("read") else WRITES)
            else:
                self.visit(arguments[0])
            if any(
                isinstance(node, ast.Name) and node.id == "pc"
                for value in arguments[1:]
                for node in ast.walk(value)
            ):
                self.saves = True
            arguments = arguments[1:]
        for argument in arguments:
            self.visit(argument)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id == "M":
            self._access("address", WRITES if isinstance(node.ctx, ast.Store) else READS)
        elif node.id == "address":
            self._access("address", POINTS)

    def _access(self, name: str, access: int) -> None:
        self.accesses[name] = self.accesses.get(name, 0) | access

    def _goes_to(self, value: ast.expr) -> None:
        """Note an assignment to ``pc``."""
        value = _unmasked(value)
        while isinstance(value, ast.Name) and value.id in self.meanings:
            value = _unmasked(self.meanings[value.id])
        name = value.id if isinstance(value, ast.Name) else ""
        if name == "here":
            return  # the instruction runs again, which leads nowhere else
        from_stack = (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Name)
            and value.func.id.startswith("read")
            and self.stack in {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
        )
        self.kind = RETURN if from_stack else JUMP
        self.target = name
        self.around = list(self.tests)


def _unmasked(value: ast.expr) -> ast.expr:
    """``value`` of ``value & 0xFFFFFF``."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitAnd):
        return value.left
    return value


def flow_of(description: Description, operation: Operation) -> Flow:
    """What an operation does to the flow of a program."""
    return _Effect(description, operation).flow()


def operand_index(form: Form, name: str) -> int:
    """Which operand of ``form`` holds the address that its effect calls ``name``; -1 if no operand does."""
    if name == "address" and form.mode:
        name = form.mode.effect.removeprefix("address = ")
    for index, place in enumerate(form.places):
        operand = place.operand
        named = operand.letter == name or (name == "n" and operand.slot == "immediate")
        if isinstance(operand, Immediate) and named:
            return index
    return -1


def make_flows(description: Description) -> Flows:
    """The flow of every form as tables."""
    flows = {operation.number: flow_of(description, operation) for operation in description.operations}
    table = np.zeros((len(description.forms), 6 + 2 * REFERENCES), np.int32)
    for form in description.forms:
        flow = flows[form.operation.number]
        condition = form.place("c") if flow.by_condition else None
        bits = (condition.offset, condition.shift, condition.bits) if condition else (0, 0, 0)
        target = operand_index(form, flow.target) if flow.target else -1
        row = [flow.kind, int(flow.conditional), target, *bits]
        for name, access in flow.references:
            index = operand_index(form, name)
            if index >= 0:
                row += [index, access]
        table[form.number, : len(row)] = row
    return Flows(table, _conditions(description.architecture))


def _conditions(architecture: Architecture) -> npt.NDArray[np.int32]:
    """Whether each condition holds never, sometimes or always."""
    held = [[architecture.condition(code, flags) for flags in range(256)] for code in range(16)]
    return np.array([ALWAYS if all(one) else SOMETIMES if any(one) else NEVER for one in held], np.int32)
