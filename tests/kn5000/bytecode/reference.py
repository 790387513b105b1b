"""The interpreter a second time, as the listing goes: a pointer, counters of 16 bits, a byte at a time.

Written to be read beside the listing, not to be quick; streams must end before their memory does.
"""

from __future__ import annotations

from collections.abc import Iterator

from luthier.kn5000.bytecode.descriptors import Descriptor


class RanOutError(Exception):
    """The pointer left the stream."""


class Machine:
    """One run; ``sent`` is what the dispatchers were called with: c, d, i or y and the byte."""

    def __init__(self, stream: bytes, added: Descriptor) -> None:
        self.stream, self.added, self.pointer = stream, added, 0
        self.sent: list[tuple[str, int]] = []

    def peek(self, offset: int = 0) -> int:
        if self.pointer + offset >= len(self.stream):
            raise RanOutError
        return self.stream[self.pointer + offset]

    def fetch(self) -> int:
        byte = self.peek()
        self.pointer += 1
        return byte

    def data(self, byte: int) -> None:
        self.sent.append(("d", byte & 0xFF))

    def run(self) -> None:
        while self.peek() & 0xF0 != 0xF0:
            first, second = self.peek(), self.peek(1)
            self.pointer += 2
            opcode = first // 16
            count = ((first % 16) * 256 + second - 2) % 65536
            if opcode == 14:
                self.command()
                for _ in until(count - 1):
                    self.data(self.fetch())
            elif opcode == 13:
                self.sent += [("i", 0), ("y", 0)]
            elif opcode <= 5:
                self.handler(opcode, count)

    def command(self) -> None:
        self.sent.append(("c", self.fetch()))

    def handler(self, opcode: int, count: int) -> None:
        self.command()
        if opcode == 4:
            return
        if opcode == 3:
            address = self.peek() * 256 + self.peek(1) + self.added.block
            self.data(address // 256)
            self.data(address)
            self.pointer += 2
            for _ in until(count - 3):
                self.data(self.fetch())
            return
        self.data(self.fetch())
        self.data(self.fetch())
        group = 3 if opcode == 2 else 5
        for _ in range((count - 3) % 65536 // group):
            self.group(opcode, group)

    def group(self, opcode: int, group: int) -> None:
        mark = self.peek()
        if opcode == 2 or (opcode == 0 and mark == 0x0A):
            for _ in range(group):
                self.data(self.fetch())
        elif opcode == 1 or mark == (0 if opcode == 0 else 8):
            self.data(self.fetch())
            self.data(self.fetch())
            address = self.peek() * 16 + self.peek(1) // 16
            address += (self.added.cells, self.added.pointers, 0, 0, 0, self.added.delays)[opcode]
            if opcode == 5:
                address %= 256
            self.data(address // 16)
            self.data(address * 16 % 256 + (0 if opcode == 0 else 8))
            self.pointer += 2
            self.data(self.fetch())
        else:
            self.data(self.fetch())
            bits = f"{self.added.parameter % 2**24:024b}"
            for piece in (bits[:7], bits[7:15], bits[15:23], bits[23] + "0000000"):
                self.data(self.fetch() + int(piece, 2))


def until(count: int) -> Iterator[int]:
    """The firmware's loop that ends when a counter of 16 bits is above ``count``."""
    counter = 1
    while counter <= count % 65536:
        yield counter
        counter = (counter + 1) % 65536


def sent_by(stream: bytes, added: Descriptor) -> tuple[list[tuple[str, int]], bool]:
    """(what is sent, whether the stream ended)."""
    machine = Machine(stream, added)
    try:
        machine.run()
    except RanOutError:
        return machine.sent, False
    return machine.sent, True
