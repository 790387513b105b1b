"""One processor as a debugger sees it: registers, memory, code, names; nothing here asks a device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from luthier.cpu import describe
from luthier.cpu.disassembler import Instruction, disassembler
from luthier.cpu.flow import CALL, ONWARD, flow_of
from luthier.cpu.semantics import FETCH
from luthier.errors import UsageError
from luthier.machine.debugger.names import Names
from luthier.machine.member import Member
from luthier.machine.memory import PAGE, SIZE

_MOST_FRAMES = 32
_INTERRUPTS = ("swi", "trapa")  #: calls too, but empty memory is full of what looks like them
_DEEPEST = 4096  #: bytes of stack that are looked through


@dataclass(frozen=True)
class Frame:
    """A place that a program will come back to, as the stack has it."""

    address: int  #: where it goes on
    stack: int  #: where that address lies
    call: Instruction  #: what seems to have called


class View:
    """Implements the context of expressions for one processor."""

    def __init__(self, member: Member, names: Names) -> None:
        self.member = member
        self.names = names
        self.processor = member.processor
        self.memory = self.processor.memory
        self.architecture = self.processor.architecture
        self._tool = disassembler(self.processor.cpu)
        self._registers = {name.upper(): name for name in self.processor.registers}

    # Values

    def register(self, name: str) -> int | None:
        """A register's value, whatever the case of its name; None if there is none."""
        known = self._registers.get(name.upper())
        return None if known is None else int(self.processor.registers[known])

    def set_register(self, name: str, value: int) -> None:
        """Put a value into a register; it is cut to its width."""
        known = self._registers.get(name.upper())
        if known is None:
            shown = ", ".join([*self.architecture.program_registers, *self.architecture.status, "PC"])
            raise UsageError(f"there is no register {name!r}", remedy=f"the main ones are {shown}")
        self.processor.registers[known] = value & 0xFFFFFFFF

    def address(self, name: str) -> int | None:
        """The address of a name."""
        return self.names.address(name)

    def peek(self, address: int, size: int) -> int:
        """Memory as it lies in the arrays: a device is not asked, its bytes are those it serves."""
        content = self.bytes_at(address, size)
        return int.from_bytes(content.ljust(size, b"\0"), self.architecture.byte_order)

    def bytes_at(self, address: int, size: int) -> bytes:
        """Some bytes of memory; none beyond the bus."""
        return self.memory.data[address : min(SIZE, address + size)].tobytes()

    @property
    def stack_pointer(self) -> int:
        """The address of what is on top of the stack."""
        return int(self.processor.registers[self.architecture.stack]) & SIZE - 1

    # Code

    def instruction(self, address: int) -> Instruction:
        """The instruction at an address."""
        code = self.bytes_at(address, self.architecture.longest)
        return self._tool.instruction(code or b"\0", address)

    def instructions(self, address: int, count: int) -> Iterator[Instruction]:
        """Some of them, from an address on."""
        for _ in range(count):
            if address >= SIZE:
                return
            instruction = self.instruction(address)
            yield instruction
            address += len(instruction.code)

    def line(self, instruction: Instruction) -> str:
        """``E00000  main:  ld XSP,...``, with a mark where the processor is."""
        mark = ">" if instruction.address == self.processor.pc else " "
        code = instruction.code.hex(" ").upper()
        return f"{mark} {instruction.address:06X}  {code:<{self._tool.width}} {instruction.text}"

    def listing(self, address: int, count: int) -> Iterator[str]:
        """Lines of code, names before what they stand for."""
        for instruction in self.instructions(address, count):
            name = self.names.name(instruction.address)
            if name:
                yield f"{name}:"
            yield self.line(instruction)

    @cached_property
    def _kinds(self) -> dict[int, int]:
        description = describe(self.processor.cpu)
        return {one.number: flow_of(description, one).kind for one in description.operations}

    def kind(self, instruction: Instruction) -> int:
        """What an instruction does to the flow: one of the kinds of :mod:`luthier.cpu.flow`."""
        form = instruction.form
        return ONWARD if form is None else self._kinds[form.operation.number]

    # The stack

    def frames(self) -> Iterator[Frame]:
        """Where the program seems to go back to, the innermost first.

        Modelled: what stands on the stack and lies behind a call is taken for a return address.  A left-over
        of an earlier call may be among them; the return from an interrupt is not.
        """
        step = 2 if self.architecture.unit == 2 else 1
        start, found = self.stack_pointer, 0
        for at in range(start, min(SIZE - 4, start + _DEEPEST), step):
            call = self._call_before(self.peek(at, 4) & 0xFFFFFFFF)
            if call is not None:
                yield Frame(call.address + len(call.code), at, call)
                found += 1
                if found >= _MOST_FRAMES:
                    return

    def _call_before(self, address: int) -> Instruction | None:
        """The call that ends at an address, if there is one."""
        if not 0 < address < SIZE or address % self.architecture.unit or not self._is_code(address - 1):
            return None
        for length in range(self.architecture.longest, 0, -1):
            if length <= address:
                instruction = self.instruction(address - length)
                calls = self.kind(instruction) == CALL and instruction.name not in _INTERRUPTS
                if len(instruction.code) == length and calls:
                    return instruction
        return None

    def _is_code(self, address: int) -> bool:
        """Whether anything can be executed there."""
        return bool((self.memory.access[address // PAGE] | self.memory.served[address]) & FETCH)
