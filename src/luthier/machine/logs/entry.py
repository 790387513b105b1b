"""One line of a log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from luthier.errors import InputError

INSTRUCTION = "instruction"  #: the kind of what a processor executes


@dataclass(frozen=True)
class Entry:
    """What happened: ``time`` in ticks, who it was about (``source``), what kind of thing, where, what."""

    time: int
    source: str  #: such as ``main`` or ``sub latch``
    kind: str  #: such as ``write``, ``interrupt``, ``message``
    address: int | None = None
    value: int | None = None
    size: int = 1  #: bytes of the value
    text: str = ""
    registers: dict[str, int] = field(default_factory=dict)  #: of an instruction, before it

    def line(self, ticks_a_second: int) -> str:
        """For people."""
        address = "" if self.address is None else f"{self.address:06X}"
        value = "" if self.value is None else f"{self.value:0{2 * self.size}X}"
        registers = " ".join(f"{name}={value:X}" for name, value in self.registers.items())
        text = f"{self.text:<32}  {registers}" if registers else self.text
        return (
            f"{seconds(self.time, ticks_a_second)}  {self.source:<8} {self.kind:<11} "
            f"{address:<6} {value:<8} {text}".rstrip()
        )

    @property
    def what(self) -> tuple[object, ...]:
        """All but the time."""
        return self.source, self.kind, self.address, self.value, self.size, self.text, self.registers

    def record(self) -> dict[str, Any]:
        """For JSON; what is not there is left out."""
        record: dict[str, Any] = {"name": self.kind, "time": self.time, "source": self.source}
        if self.address is not None:
            record["address"] = self.address
        if self.value is not None:
            record |= {"value": self.value, "size": self.size}
        if self.text:
            record["text"] = self.text
        if self.registers:
            record["registers"] = self.registers
        return record

    @classmethod
    def of(cls, record: object) -> Entry:
        """An entry from :meth:`record`; :class:`InputError` if it is none."""
        if not isinstance(record, dict):
            raise InputError("is no record of a log", remedy="make the log again")
        address, value, size = record.get("address"), record.get("value"), record.get("size", 1)
        registers = record.get("registers", {})
        numbers = [record.get("time"), size, *(number for number in (address, value) if number is not None)]
        texts = [record.get("source"), record.get("name"), record.get("text", "")]
        sound = isinstance(registers, dict) and all(isinstance(text, str) for text in texts)
        if not sound or not all(
            isinstance(number, int) and 0 <= number < 1 << 62 for number in [*numbers, *registers.values()]
        ):
            raise InputError("is no record of a log", remedy="make the log again")
        return cls(record["time"], texts[0], texts[1], address, value, min(size, 8), texts[2], registers)


def seconds(time: int, ticks_a_second: int) -> str:
    """A time with nine places, cut off."""
    whole, rest = divmod(time, ticks_a_second)
    return f"{whole:>4}.{rest * 10**9 // ticks_a_second:09}"
