"""Bare bytes: the 1,636 bytes of a tape, and RAM images without any frame."""

from __future__ import annotations

from collections.abc import Sequence

from luthier.errors import InputError
from luthier.formats import Content
from luthier.poly800 import memory
from luthier.poly800.bank import Bank
from luthier.poly800.bank_format import BankFormat, Found, summary
from luthier.poly800.synth import Synth

#: How many of 64 programs must be in range for bytes of the right length to count as a RAM image; of random
#: bytes about one program in 14 is.
_PLAUSIBLE = 48


class TapeImageFormat(BankFormat):
    """The bytes of a Poly-800 tape: identification, RAM image, checksum."""

    name = "poly800-tape-image"
    title = "Poly-800 tape image"
    suffixes: tuple[str, ...] = (".tape",)
    limitations: tuple[str, ...] = (
        "The tape of the MkII is unknown.",
        "A checksum by the rule of the thread's first message is read, and written by that of the second.",
    )
    sources: tuple[str, ...] = ("Poly-800 mailing-list thread",)
    synths = (Synth.POLY800, Synth.EX800)
    size_limit = memory.TAPE_IMAGE_LENGTH

    def detect(self, content: Content) -> str | None:
        """Which rule the checksum follows."""
        if content.size != memory.TAPE_IMAGE_LENGTH or not content.head.startswith(memory.TAPE_HEADER):
            return None
        rule = memory.checksum_rule(content.head)
        state = f"checksum right by the {rule} of the thread" if rule else "DAMAGED: checksum wrong"
        return f"{summary(Bank(Synth.POLY800, memory.ram_from_image(content.head)))}; {state}"

    def find(self, content: Content) -> list[Found]:
        """The bank; a wrong checksum is its problem."""
        image = self.bounded(content)
        ram = memory.ram_from_image(image)
        problems: tuple[str, ...] = ()
        if memory.checksum_rule(image) is None:
            sums = f"checksum {image[-1]:02X}, but the data sum to {memory.checksum(ram):02X}"
            problems = (f"byte {len(image) - 1}: {sums}",)
        notes: tuple[str, ...] = ()
        if memory.checksum_rule(image) == memory.FIRST_MESSAGE:
            notes = ("the checksum leaves the MIDI channel out, as in the thread's first message",)
        return [Found(Bank(Synth.POLY800, ram), problems, notes)]

    def write(self, document: Bank | Sequence[Bank]) -> bytes:
        """The 1,636 bytes."""
        return memory.image_from_ram(self.single(document).ram)


class RamFormat(BankFormat):
    """A RAM image by itself."""

    limitations: tuple[str, ...] = (
        "Has neither identification nor checksum: recognised by its length and by plausible programs.",
        "Holds one bank.",
    )
    sources: tuple[str, ...] = ("Poly-800 mailing-list thread (MkII manual quoted there)",)
    suffixes: tuple[str, ...] = (".ram",)

    def __init__(self, name: str, synths: tuple[Synth, ...]) -> None:
        self.name = name
        self.synths = synths
        self.title = f"{synths[0].title} RAM image"
        self.size_limit = memory.RAM_LENGTH[synths[0]]

    def detect(self, content: Content) -> str | None:
        """What the bank is, if the length is right and most programs are in range (or the suffix says so)."""
        if content.size != self.size_limit:
            return None
        bank = Bank(self.synths[0], content.head)
        plausible = sum(1 for program in bank.programs if not program.problems())
        if plausible < _PLAUSIBLE and content.suffix not in self.suffixes:
            return None
        return summary(bank)

    def find(self, content: Content) -> list[Found]:
        """The bank whose memory these bytes are."""
        data = self.bounded(content)
        if len(data) != self.size_limit:
            raise InputError(f"{len(data)} bytes", remedy=f"a {self.title} has {self.size_limit}")
        return [Found(Bank(self.synths[0], data))]

    def write(self, document: Bank | Sequence[Bank]) -> bytes:
        """The RAM bytes."""
        return self.single(document).ram


TAPE_IMAGE = TapeImageFormat()
RAM_EX800 = RamFormat("poly800-ram", (Synth.POLY800, Synth.EX800))
RAM_MK2 = RamFormat("poly800-mk2-ram", (Synth.MK2,))
