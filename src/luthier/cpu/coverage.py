"""Which operations and forms of an instruction set some code makes use of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from luthier.cpu import describe
from luthier.cpu.decoding import find_form
from luthier.cpu.description import Description, Form, Operation
from luthier.cpu.executor import decoding_tables


@dataclass
class Coverage:
    """How often each form was met; adding two coverages adds the counts."""

    description: Description
    counts: Counter[int] = field(default_factory=Counter)  #: by the form's number
    undefined: int = 0  #: instructions that are none of this CPU

    @property
    def forms(self) -> list[Form]:
        """The forms that were met, in the order of the rows."""
        return [form for form in self.description.forms if self.counts[form.number]]

    @property
    def missing_forms(self) -> list[Form]:
        """The forms that were not."""
        return [form for form in self.description.forms if not self.counts[form.number]]

    @property
    def operations(self) -> Counter[int]:
        """How often each operation (a row in one size) was met, by its number."""
        found: Counter[int] = Counter()
        for form in self.description.forms:
            if self.counts[form.number]:
                found[form.operation.number] += self.counts[form.number]
        return found

    @property
    def missing_operations(self) -> list[Operation]:
        """The operations that were not met."""
        met = self.operations
        return [operation for operation in self.description.operations if not met[operation.number]]

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(self.description, self.counts + other.counts, self.undefined + other.undefined)


def of_instructions(cpu: str, instructions: Iterable[bytes]) -> Coverage:
    """What instructions cover, each given by its bytes; cut-off ones count as undefined."""
    memory = [np.frombuffer(bytearray(code), np.uint8) for code in instructions]
    return _covered(cpu, ((code, 0) for code in memory))


def of_addresses(cpu: str, memory: npt.NDArray[np.uint8], addresses: Iterable[int]) -> Coverage:
    """What the instructions at ``addresses`` of a memory cover, such as those of a trace."""
    return _covered(cpu, ((memory, address) for address in addresses))


def _covered(cpu: str, places: Iterable[tuple[npt.NDArray[np.uint8], int]]) -> Coverage:
    tables = decoding_tables(cpu)
    found = Coverage(describe(cpu))
    for memory, address in places:
        number = find_form(memory, address, memory.size, tables)
        if number < 0:
            found.undefined += 1
        else:
            found.counts[number] += 1
    return found
