"""The dump messages of EX-800 and Poly-800MkII: read, write, request, error.

After ``F0 42 21`` and the synth's byte stands either data nibbles (a dump), ``10`` (a request) or ``20`` (the
synth says that the last dump was wrong).  A dump is the RAM image and its checksum, each byte as two nibbles,
least significant first.  Sources: MkII service manual; checksum and nibble order measured on two real MkII
dumps; EX-800: rmcmurray/korg-ex800-editor, by analogy, as no real EX-800 dump was at hand.

Open questions
- EX-800: a scanned manual line can be read as most significant nibble first.  The editor and the MkII say
  least significant first, which is what is read and written here.
- HAWK-800 messages (``F0 42 21 06``) are recognised, not read: only one was seen, without its description.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import Enum

from luthier.errors import InputError
from luthier.midi.sysex import Message, beginning_with, messages, split
from luthier.poly800.bank import Bank
from luthier.poly800.memory import RAM_LENGTH, checksum, region
from luthier.poly800.parameters import PROGRAM_LENGTH
from luthier.poly800.problems import in_one_line
from luthier.poly800.program import PROGRAM_COUNT, program_number
from luthier.poly800.synth import Synth

#: F0, Korg, and the family's group byte (MkII service manual).
HEADER = bytes.fromhex("f04221")
#: Fourth byte (EX-800: Korg document; MkII: service manual; a Poly-800 sends sysex only with an EX-800 ROM).
SYNTH_BYTE = {Synth.EX800: 0x01, Synth.MK2: 0x0C}
_SYNTH_OF = {byte: synth for synth, byte in SYNTH_BYTE.items()}
#: The HAWK-800 upgrade kit's fourth byte (one message posted by a user).
_HAWK = 0x06

_REQUEST = 0x10
_ERROR = 0x20

_FIRST_NIBBLE = 4
_NIBBLES = bytes(range(16))
#: The lower half of every byte as a hexadecimal digit.
_DIGITS = b"0123456789abcdef" * 16
#: Whole length of a dump message: header and synth byte, two nibbles per RAM byte and checksum, F7.
DUMP_LENGTH = {synth: _FIRST_NIBBLE + 2 * (RAM_LENGTH[synth] + 1) + 1 for synth in SYNTH_BYTE}

#: Some eight hundred dumps: more than anybody keeps in one file.
SIZE_LIMIT = 4 * 1024 * 1024
#: More messages between dumps than this are not counted: it would take seconds for a million.
MOST_COUNTED = 10_000


class Kind(Enum):
    """What a message is to this family; the value is how it is called."""

    DUMP = "dump"
    REQUEST = "dump request"
    ERROR = "dump error report"
    FOREIGN = "other message"


@dataclass(frozen=True)
class Item:
    """One message of a stream, told apart: ``title`` says what it is, for people."""

    kind: Kind
    synth: Synth | None
    title: str
    message: Message


@dataclass(frozen=True)
class Dump:
    """A dump found in a stream at byte ``offset``.

    ``problems`` says everything wrong with it, with byte offsets; ``bank`` holds what there is (missing bytes
    as 0) and is None if not even the first program is there.
    """

    offset: int
    synth: Synth
    bank: Bank | None
    stated_checksum: int | None
    problems: tuple[str, ...]
    missing: tuple[int, ...] = ()
    """Panel numbers of the programs that are not in the file, or not with all their bytes."""


def classify(message: Message) -> Item:
    """What ``message`` is to this family."""
    data = message.data
    ours = data.startswith(HEADER) and len(data) > _FIRST_NIBBLE
    synth = _SYNTH_OF.get(data[3]) if ours else None
    if synth is None:
        return Item(Kind.FOREIGN, None, _foreign_title(message), message)
    kind = Kind.DUMP
    if len(data) == _FIRST_NIBBLE + 2 and data[_FIRST_NIBBLE] in (_REQUEST, _ERROR):
        kind = Kind.REQUEST if data[_FIRST_NIBBLE] == _REQUEST else Kind.ERROR
    return Item(kind, synth, f"{synth.title} {kind.value}", message)


def _foreign_title(message: Message) -> str:
    data = message.data
    if not message.is_sysex:
        return f"MIDI message {data[:3].hex(' ').upper()}" if message.complete else f"{len(data)} stray bytes"
    if data[1:2] != b"\x42":
        return f"system exclusive message of another maker ({data[:4].hex(' ').upper()})"
    if data.startswith(HEADER) and data[3:4] == bytes([_HAWK]):
        return "HAWK-800 message, a single program of an upgraded Poly-800"
    return f"message of another Korg instrument ({data[:4].hex(' ').upper()})"


def survey(data: bytes) -> list[Item]:
    """Every message of the stream, in order, told apart."""
    return [classify(message) for message in split(data)]


def find_dumps(data: bytes) -> list[Dump]:
    """Every dump in the stream, damaged ones too, each with its problems."""
    items = map(classify, beginning_with(data, HEADER))
    return [_dump(item, data) for item in items if item.kind is Kind.DUMP]


def others(data: bytes) -> tuple[Item, str] | None:
    """The first message of the stream that is no dump, and how many such there are; None without any.

    Not more than :data:`MOST_COUNTED` are counted.
    """
    items = (item for item in map(classify, messages(data)) if item.kind is not Kind.DUMP)
    first = next(items, None)
    if first is None:
        return None
    count = 1 + sum(1 for _ in itertools.islice(items, MOST_COUNTED))
    return first, f"more than {MOST_COUNTED:,}" if count > MOST_COUNTED else str(count)


def read_dumps(data: bytes, synth: Synth | None = None, *, salvage: bool = False) -> list[Dump]:
    """The dumps in the stream, all of ``synth`` if one is given.

    Raises InputError, with the byte offset, if there is none or one of them is damaged; with ``salvage`` a
    damaged dump is returned with its problems instead, as long as any bank can be made of it.
    """
    dumps = find_dumps(data)
    if not dumps:
        raise _no_dump(data)
    for dump in dumps:
        if synth is not None and dump.synth is not synth:
            raise InputError(
                f"a dump of the {dump.synth.title}, not of the {synth.title}",
                where=f"byte {dump.offset}",
                remedy="read it as what it is, then convert it",
            )
        if dump.problems and not (salvage and dump.bank):
            remedy = "ask for a new dump from the synth"
            if dump.bank:
                remedy += ", or use --salvage to take what is there"
            what = in_one_line(dump.problems) if dump.bank else "; ".join(dump.problems)
            raise InputError(what, where=f"dump at byte {dump.offset}", remedy=remedy)
    return dumps


def _no_dump(data: bytes) -> InputError:
    found = others(data)
    if found is None:
        return InputError("holds nothing", remedy="record the dump again")
    first, count = found
    title = first.title if count == "1" else f"{first.title}, the first of {count} messages"
    return InputError(
        f"no EX-800 or Poly-800MkII dump in it; it starts with: {title}",
        where=f"byte {first.message.offset}",
        remedy="request the dump from the synth and record its answer",
    )


def _dump(item: Item, stream: bytes) -> Dump:
    assert item.synth is not None
    message, synth = item.message, item.synth
    problems: list[str] = []
    nibbles = message.data[_FIRST_NIBBLE : -1 if message.complete else None]
    expected = 2 * (RAM_LENGTH[synth] + 1)
    if not message.complete:
        problems.append(_how_cut_off(message, stream))
    if len(nibbles) != expected:
        size = _FIRST_NIBBLE + len(nibbles) + message.complete
        problems.append(
            f"{size} bytes long; dumps of the {synth.title} have {DUMP_LENGTH[synth]}{_other(size)}"
        )
    if nibbles[:expected].translate(None, _NIBBLES):
        large = [index for index, nibble in enumerate(nibbles[:expected]) if nibble > 0x0F]
        first = message.offset + _FIRST_NIBBLE + large[0]
        times = f", {len(large)} times" if len(large) > 1 else ""
        problems.append(f"byte {first} is {nibbles[large[0]]:02X}, nibbles go up to 0F{times}")
    if len(nibbles) <= 2 * region(synth, "programs").offset:
        problems.append("it ends before the first program")
        return Dump(message.offset, synth, None, None, tuple(problems))
    content = _join(nibbles[:expected])
    first_missing = (len(content) - region(synth, "programs").offset) // PROGRAM_LENGTH[synth]
    missing = tuple(program_number(index) for index in range(first_missing, PROGRAM_COUNT))
    if missing:
        which = (
            f"programs {missing[0]} to {missing[-1]} are" if len(missing) > 1 else f"program {missing[0]} is"
        )
        problems.append(f"{which} not in the file (bytes that are not there are taken as 00)")
    ram = content[: RAM_LENGTH[synth]].ljust(RAM_LENGTH[synth], b"\0")
    stated = content[-1] if len(nibbles) >= expected else None
    if stated is not None and stated != checksum(ram):
        problems.append(f"checksum {stated:02X}, but the data sum to {checksum(ram):02X}")
    return Dump(message.offset, synth, Bank(synth, ram), stated, tuple(problems), missing)


def _other(size: int) -> str:
    """A hint if a dump of the wrong length has the right one for another synth."""
    for synth, length in DUMP_LENGTH.items():
        if length == size:
            return f", those of the {synth.title} {length}: is byte 3 wrong?"
    return ""


def _how_cut_off(message: Message, stream: bytes) -> str:
    end = message.offset + len(message.data)
    if stream.startswith(b"MThd"):
        return "the dump in this MIDI file is cut off"
    if end >= len(stream):
        return f"the file ends at byte {end}, inside the dump"
    return f"broken off at byte {end} by {stream[end]:02X}"


def _split_nibbles(content: bytes) -> bytes:
    return bytes(half for byte in content for half in (byte & 0x0F, byte >> 4))


def _join(nibbles: bytes) -> bytes:
    """Bytes from pairs of nibbles, least significant first; high bits of damaged nibbles are dropped."""
    digits = nibbles[: len(nibbles) & ~1].translate(_DIGITS)
    pairs = bytearray(len(digits))
    pairs[0::2], pairs[1::2] = digits[1::2], digits[0::2]
    return bytes.fromhex(pairs.decode("ascii"))


def _prefix(synth: Synth) -> bytes:
    if synth not in SYNTH_BYTE:
        raise InputError(
            "the Poly-800 has no system exclusive dump",
            remedy="convert the bank to ex800 (same programs; also for a Poly-800 with an EX-800 ROM)",
        )
    return HEADER + bytes([SYNTH_BYTE[synth]])


def write_dump(bank: Bank) -> bytes:
    """The dump message that holds ``bank`` (EX-800: 3,273 bytes; MkII: 5,383); InputError for a Poly-800."""
    return _prefix(bank.synth) + _split_nibbles(bank.ram + bytes([bank.checksum])) + b"\xf7"


def request(synth: Synth) -> bytes:
    """The message that asks a synth for its dump; it answers after 300 ms (MkII service manual)."""
    return _prefix(synth) + bytes([_REQUEST, 0xF7])


def error_report(synth: Synth) -> bytes:
    """The message a synth sends when the checksum of a dump it received was wrong."""
    return _prefix(synth) + bytes([_ERROR, 0xF7])
