"""From an executor's text straight to LLVM, inside a function that Numba compiles and caches.

Numba's own passes take a minute and a half over one function of four hundred operations; nearly all of it
goes into finding types, and here every variable is a 64-bit integer.  So the text's syntax tree is turned
into LLVM instructions directly, as a Numba intrinsic: calling, optimising and the cache stay Numba's.

What the text may hold: assignments to names and array items, ``if``, ``while``, ``for ... in range``,
``break``, comparisons, integer arithmetic, ``a if b else c``, ``and``, ``or``, ``not``, ``abs``; anything
else is a :class:`NotImplementedError`.  Numbers have 64 bits, shifts are by 0 to 63, ``//`` and ``%`` are for
numbers that are not negative; both sides of a conditional expression are always computed.
"""

from __future__ import annotations

import ast
from typing import Any

from llvmlite import ir
from numba.core import types

_I64 = ir.IntType(64)
_BINARY = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.BitAnd: "and_",
    ast.BitOr: "or_",
    ast.BitXor: "xor",
    ast.LShift: "shl",
    ast.RShift: "ashr",
    ast.FloorDiv: "sdiv",
    ast.Mod: "srem",
}
_COMPARE = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


class Lowering:
    """Emits the body of one function into a Numba intrinsic's builder."""

    def __init__(self, builder: Any, arrays: dict[str, tuple[Any, Any, Any]]) -> None:
        self.builder = builder
        self.arrays = arrays  #: name -> pointer to the items, Numba's type of an item, number of items
        self.variables: dict[str, Any] = {}
        self.breaks: list[Any] = []

    def function(self, tree: ast.FunctionDef) -> None:
        """Emit all of it; the builder then stands behind its last statement."""
        names = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        for name in sorted(names):
            self.variables[name] = self.builder.alloca(_I64, name=name)
        self.block(tree.body)

    def block(self, statements: list[ast.stmt]) -> None:
        """Emit statements; nothing follows a ``break``."""
        for statement in statements:
            emit = getattr(self, "_emit_" + type(statement).__name__.lower(), None)
            if emit is None or (getattr(statement, "orelse", None) and not isinstance(statement, ast.If)):
                raise NotImplementedError(ast.unparse(statement))
            emit(statement)
            if self.builder.block.is_terminated:
                break

    # Statements

    def _emit_assign(self, node: ast.Assign) -> None:
        self._store(node.targets[0], self.value(node.value))

    def _emit_augassign(self, node: ast.AugAssign) -> None:
        self._store(node.target, self.value(ast.BinOp(node.target, node.op, node.value)))

    def _emit_pass(self, node: ast.Pass) -> None:
        """Nothing."""

    def _emit_expr(self, node: ast.Expr) -> None:
        """Nothing for a docstring; there is nothing else it could be."""
        if not isinstance(node.value, ast.Constant):
            raise NotImplementedError(ast.unparse(node))

    def _emit_break(self, _node: ast.Break) -> None:
        self.builder.branch(self.breaks[-1])

    def _emit_if(self, node: ast.If) -> None:
        name, cases, rest = _cases(node)
        if len(cases) > 3:
            self._switch(name, cases, rest)
            return
        then, other, after = (self._new(name) for name in ("then", "else", "endif"))
        self.builder.cbranch(self._truth(node.test), then, other if node.orelse else after)
        self._branch(then, node.body, after)
        if node.orelse:
            self._branch(other, node.orelse, after)
        else:
            _remove(other)
        self.builder.position_at_end(after)

    def _emit_while(self, node: ast.While) -> None:
        test, body, after = (self._new(name) for name in ("test", "body", "endwhile"))
        self.builder.branch(test)
        self.builder.position_at_end(test)
        self.builder.cbranch(self._truth(node.test), body, after)
        self.breaks.append(after)
        self._branch(body, node.body, test)
        self.breaks.pop()
        self.builder.position_at_end(after)

    def _emit_for(self, node: ast.For) -> None:
        call = node.iter
        assert isinstance(call, ast.Call)
        bounds = [self.value(argument) for argument in call.args]
        first, last = ([_I64(0)] if len(bounds) == 1 else []) + bounds
        counter = self._variable()
        self.builder.store(first, counter)
        test, body, after = (self._new(name) for name in ("test", "body", "endfor"))
        self.builder.branch(test)
        self.builder.position_at_end(test)
        self.builder.cbranch(self.builder.icmp_signed("<", self.builder.load(counter), last), body, after)
        self.builder.position_at_end(body)
        self._store(node.target, self.builder.load(counter))
        self.builder.store(self.builder.add(self.builder.load(counter), _I64(1)), counter)
        self.breaks.append(after)
        self._branch(body, node.body, test)
        self.breaks.pop()
        self.builder.position_at_end(after)

    def _variable(self) -> Any:
        """Room for a number that has no name, made at the function's beginning."""
        with self.builder.goto_entry_block():
            return self.builder.alloca(_I64)

    def _new(self, name: str) -> Any:
        return self.builder.append_basic_block(name)

    def _branch(self, block: Any, statements: list[ast.stmt], after: Any) -> None:
        self.builder.position_at_end(block)
        self.block(statements)
        if not self.builder.block.is_terminated:
            self.builder.branch(after)

    def _switch(self, name: str, cases: list[tuple[int, list[ast.stmt]]], rest: list[ast.stmt]) -> None:
        """A chain of comparisons with one name becomes a jump table; without ``else`` it names all values."""
        after, default = self._new("endswitch"), self._new("default")
        switch = self.builder.switch(self.builder.load(self.variables[name]), default)
        for number, body in cases:
            block = self._new(f"{name}_{number}")
            switch.add_case(_I64(number), block)
            self._branch(block, body, after)
        if rest:
            self._branch(default, rest, after)
        else:
            self.builder.position_at_end(default)
            self.builder.unreachable()
        self.builder.position_at_end(after)

    def _store(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            self.builder.store(value, self.variables[target.id])
            return
        assert isinstance(target, ast.Subscript)
        pointer, item = self._item(target)
        if item.bitwidth < 64:
            value = self.builder.trunc(value, ir.IntType(item.bitwidth))
        self.builder.store(value, pointer)

    # Expressions

    def value(self, node: ast.expr) -> Any:
        """A 64-bit integer."""
        match node:
            case ast.Constant(value=int(number)):
                return _I64(int(number))
            case ast.Name(id=name):
                return self.builder.load(self.variables[name])
            case ast.Subscript():
                return self._load(node)
            case ast.BinOp(left=left, op=operator, right=right):
                return getattr(self.builder, _BINARY[type(operator)])(self.value(left), self.value(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.builder.neg(self.value(operand))
            case ast.UnaryOp(op=ast.Invert(), operand=operand):
                return self.builder.not_(self.value(operand))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.builder.select(self._truth(test), self.value(body), self.value(orelse))
            case ast.Compare(ops=[operator]) if type(operator) in _COMPARE:
                return self.builder.zext(self._truth(node), _I64)
            case ast.UnaryOp(op=ast.Not()):
                return self.builder.zext(self._truth(node), _I64)
            case ast.BoolOp(op=operator, values=[first, *others]):
                return self._either(isinstance(operator, ast.And), first, others)
            case ast.Call(func=ast.Name(id="abs"), args=[argument]):
                value = self.value(argument)
                negative = self.builder.icmp_signed("<", value, _I64(0))
                return self.builder.select(negative, self.builder.neg(value), value)
            case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]):
                return self.arrays[name][2]
        raise NotImplementedError(ast.unparse(node))

    def _truth(self, node: ast.expr) -> Any:
        """One bit."""
        match node:
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return self.builder.icmp_signed(_COMPARE[type(operator)], self.value(left), self.value(right))
            case ast.BoolOp(op=operator, values=[first, *others]):
                return self._either(isinstance(operator, ast.And), first, others, ir.IntType(1))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.builder.not_(self._truth(operand))
        return self.builder.icmp_signed("!=", self.value(node), _I64(0))

    def _either(self, both: bool, first: ast.expr, others: list[ast.expr], kind: Any = _I64) -> Any:
        """``and`` (``both``) or ``or``: the right is only looked at if the left leaves it open."""
        compute = self.value if kind is _I64 else self._truth
        left = compute(first)
        if not others:
            return left
        start, more, after = self.builder.block, self._new("more"), self._new("enough")
        holds = self.builder.icmp_signed("!=", left, kind(0)) if kind is _I64 else left
        self.builder.cbranch(holds, *((more, after) if both else (after, more)))
        self.builder.position_at_end(more)
        right = self._either(both, others[0], others[1:], kind)
        end = self.builder.block
        self.builder.branch(after)
        self.builder.position_at_end(after)
        answer = self.builder.phi(kind)
        answer.add_incoming(left, start)
        answer.add_incoming(right, end)
        return answer

    def _item(self, node: ast.Subscript) -> tuple[Any, Any]:
        assert isinstance(node.value, ast.Name)
        pointer, item = self.arrays[node.value.id][:2]
        return self.builder.gep(pointer, [self.value(node.slice)]), item

    def _load(self, node: ast.Subscript) -> Any:
        pointer, item = self._item(node)
        loaded = self.builder.load(pointer)
        if item.bitwidth == 64:
            return loaded
        widen = self.builder.sext if item.signed else self.builder.zext
        return widen(loaded, _I64)


def _cases(node: ast.If) -> tuple[str, list[tuple[int, list[ast.stmt]]], list[ast.stmt]]:
    """The name and the branches of a chain ``if name == 1 ... elif name == 2 ...`` and what is left of it."""
    cases: list[tuple[int, list[ast.stmt]]] = []
    subject = ""
    rest: list[ast.stmt] = [node]
    while len(rest) == 1 and isinstance(rest[0], ast.If):
        match rest[0].test:
            case ast.Compare(
                left=ast.Name(id=name), ops=[ast.Eq()], comparators=[ast.Constant(value=int(number))]
            ):
                if subject not in {"", name} or any(number == known for known, _ in cases):
                    break
                subject = name
                cases.append((number, rest[0].body))
                rest = rest[0].orelse
            case _:
                break
    return subject, cases, rest


def _remove(block: Any) -> None:
    block.function.blocks.remove(block)


def intrinsic_of(text: str) -> Any:
    """The ``run`` of a module's text as a Numba intrinsic over its arrays."""
    from numba.extending import intrinsic

    tree = next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))
    names = [argument.arg for argument in tree.args.args]

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        arrays: dict[str, Any] = {}
        for name, kind, argument in zip(names, signature.args, arguments, strict=True):
            array = context.make_array(kind)(context, builder, argument)
            arrays[name] = array.data, kind.dtype, array.nitems
        Lowering(builder, arrays).function(tree)
        return context.get_dummy_value()

    def typing(_typing_context: Any, *arrays: Any) -> Any:
        return types.none(*arrays), codegen

    namespace: dict[str, Any] = {"typing": typing}
    exec(f"def run(typingctx, {', '.join(names)}): return typing(typingctx, {', '.join(names)})", namespace)
    return intrinsic(namespace["run"])
