"""A synth of the Poly-800 family at the other end of a cable."""

from __future__ import annotations

import time

from luthier.errors import InputError
from luthier.poly800 import sysex
from luthier.poly800.bank import Bank


class Instrument:
    """A port with a synth at its other end: answers requests, checks dumps."""

    name = "instrument"
    listens = True

    def __init__(self, bank: Bank, *, takes_parts: bool = True, cut: int | None = None) -> None:
        self.bank = bank
        self.takes_parts = takes_parts
        self.cut = cut
        self.pending = bytearray()
        self.parts: list[int] = []
        self.pauses: list[float] = []
        self.answers: list[bytes] = [b"\x90\x40\x40"]
        self.broken = False

    def send(self, data: bytes) -> None:
        self.parts.append(len(data))
        if self.broken and len(data) > 50:
            data = data[:40] + bytes([data[40] ^ 1]) + data[41:]
            self.broken = False
        self.pending += data
        if not self.pending.endswith(b"\xf7"):
            return
        for item in sysex.survey(bytes(self.pending)):
            if item.synth is not self.bank.synth:
                continue
            if item.kind is sysex.Kind.REQUEST:
                answer = sysex.write_dump(self.bank)[: self.cut]
                # As it comes from a cable: in parts, with active sensing between.
                self.answers += [answer[:1000], b"\xfe", answer[1000:]]
            elif item.kind is sysex.Kind.DUMP:
                try:
                    dump = sysex.read_dumps(item.message.data)[0]
                    assert dump.bank is not None
                    self.bank = dump.bank
                except InputError:
                    self.answers.append(sysex.error_report(self.bank.synth))
        self.pending.clear()

    def receive(self, timeout: float) -> bytes:
        if timeout:
            self.pauses.append(timeout)
        if self.answers:
            return self.answers.pop(0)
        time.sleep(min(timeout, 0.005))
        return b""
