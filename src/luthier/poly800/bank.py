"""A bank: the whole memory of one synth.  Its RAM bytes are the truth, everything else is a view of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from luthier.errors import InputError
from luthier.poly800 import memory
from luthier.poly800.parameters import PROGRAM_LENGTH, Parameter, global_parameters, lookup
from luthier.poly800.program import PROGRAM_COUNT, Program, program_index, program_number
from luthier.poly800.synth import Synth

__all__ = ["Bank", "Synth"]


@dataclass(frozen=True)
class Bank:
    """The memory of one synth: ``ram`` is its RAM image, byte for byte.

    Never changes: edits return a new one.
    """

    synth: Synth
    ram: bytes

    def __post_init__(self) -> None:
        expected = memory.RAM_LENGTH[self.synth]
        if len(self.ram) != expected:
            raise InputError(f"a RAM image of {len(self.ram)} bytes; the {self.synth.title} has {expected}")

    # --- Regions -------------------------------------------------------------------------------------------

    def region(self, name: str) -> bytes:
        """The bytes of a region of the memory layout; raises InputError if the synth has none so called."""
        return self.ram[memory.region(self.synth, name).place]

    def with_region(self, name: str, content: bytes) -> Bank:
        """The bank with the bytes of a region replaced; raises InputError if the length is another."""
        place = memory.region(self.synth, name)
        if len(content) != place.length:
            raise InputError(f"{len(content)} bytes for {name}; the {self.synth.title} has {place.length}")
        return replace(self, ram=self.ram[: place.offset] + content + self.ram[place.end :])

    @property
    def sequence(self) -> bytes:
        """The sequence memory: 256 bytes (MkII: 1,000), stale bytes behind its end included."""
        return self.region("sequence")

    def with_sequence(self, content: bytes) -> Bank:
        """The bank with another sequence memory of the same length."""
        return self.with_region("sequence", content)

    @property
    def chord(self) -> bytes:
        """The chord memory: 8 bytes on the MkII; on the others 11 of which not all may be the chord."""
        return self.region("chord")

    def with_chord(self, content: bytes) -> Bank:
        """The bank with another chord memory of the same length."""
        return self.with_region("chord", content)

    @property
    def undefined(self) -> dict[str, bytes]:
        """The bytes of unknown meaning, by region name."""
        regions = memory.layout(self.synth)
        return {entry.name: self.ram[entry.place] for entry in regions if entry.name.startswith("undefined")}

    @property
    def checksum(self) -> int:
        """The checksum a dump or tape of this bank carries."""
        return memory.checksum(self.ram)

    # --- Globals -------------------------------------------------------------------------------------------

    @property
    def globals(self) -> dict[str, int]:
        """The panel values (85 to 88) whose place in the memory is known, by name; may be out of range."""
        return {row.name: row.panel_value(self.region(row.name)[0]) for row in global_parameters(self.synth)}

    def with_globals(self, values: Mapping[str, int], *, allow_out_of_range: bool = False) -> Bank:
        """The bank with some globals changed; keys are names or panel numbers (87).  Raises InputError."""
        bank = self
        for key, panel in values.items():
            row = self._global_parameter(key)
            if not allow_out_of_range:
                row.check(panel)
            bank = bank.with_region(row.name, bytes([row.stored_value(panel)]))
        return bank

    def _global_parameter(self, key: str) -> Parameter:
        row = lookup(key, self.synth)
        if row not in global_parameters(self.synth):
            raise InputError(
                f"{row.title} belongs to a program", remedy=f"write 11.{row.name}= to name the program"
            )
        return row

    # --- Programs ------------------------------------------------------------------------------------------

    @cached_property
    def programs(self) -> tuple[Program, ...]:
        """The 64 programs in memory order: 11 to 18, 21 to 28 ... 81 to 88."""
        packed = self.region("programs")
        length = PROGRAM_LENGTH[self.synth]
        return tuple(Program(packed[start : start + length]) for start in range(0, len(packed), length))

    def program(self, number: int) -> Program:
        """The program called ``number`` (11 to 88) on the panel; raises InputError."""
        return self.programs[program_index(number)]

    def numbered_programs(self) -> list[tuple[int, Program]]:
        """All programs with their panel numbers."""
        return [(program_number(index), program) for index, program in enumerate(self.programs)]

    def with_program(self, number: int, program: Program) -> Bank:
        """The bank with one program replaced; raises InputError if it is of the other length."""
        programs = list(self.programs)
        programs[program_index(number)] = program
        return self.with_programs(programs)

    def with_programs(self, programs: Sequence[Program]) -> Bank:
        """The bank with all 64 programs replaced; raises InputError for another number or length."""
        if len(programs) != PROGRAM_COUNT:
            raise InputError(f"{len(programs)} programs; a bank has {PROGRAM_COUNT}")
        length = PROGRAM_LENGTH[self.synth]
        for index, program in enumerate(programs):
            if len(program.packed) != length:
                raise InputError(
                    f"{len(program.packed)} bytes; programs of the {self.synth.title} have {length}",
                    where=f"program {program_number(index)}",
                    remedy="convert the program first",
                )
        return self.with_region("programs", b"".join(program.packed for program in programs))
