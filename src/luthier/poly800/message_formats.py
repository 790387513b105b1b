"""Files of system exclusive messages: dumps of EX-800 and MkII, requests and error reports."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from luthier.errors import InputError
from luthier.formats import HEAD_LENGTH, Content
from luthier.poly800 import sysex
from luthier.poly800.bank import Bank
from luthier.poly800.bank_format import BankFormat, Found, summary
from luthier.poly800.synth import Synth
from luthier.poly800.sysex import Dump, Kind


class SysexFormat(BankFormat):
    """One or more dumps of one synth, with any other messages around them."""

    suffixes: tuple[str, ...] = (".syx",)
    size_limit = sysex.SIZE_LIMIT

    def __init__(self, synth: Synth, synths: tuple[Synth, ...], sources: tuple[str, ...]) -> None:
        self.synth = synth
        self.synths = synths
        self.name = f"poly800-{synth.value}-sysex"
        self.title = f"{synth.title} system exclusive dump"
        self.sources = sources
        self.limitations = (
            "Other messages in the file are read past and not written back.",
            "Dumps inside a Standard MIDI File are read; written is the bare dump.",
            "HAWK-800 messages are recognised, not read.",
        )

    def detect(self, content: Content) -> str | None:
        """How many dumps of this synth the beginning of the file holds, and whether they are sound."""
        dumps = [dump for dump in _dumps_at_head(content) if dump.synth is self.synth]
        if not dumps:
            return None
        first = dumps[0]
        text = summary(first.bank) if first.bank else f"{self.synth.title} dump"
        if first.problems and content.size == len(content.head):
            text += f"; DAMAGED: {first.problems[0]}"
        return text if len(dumps) == 1 else f"{len(dumps)} dumps, the first: {text}"

    def find(self, content: Content) -> list[Found]:
        """The dumps of this synth, damaged ones with their problems."""
        data = self.bounded(content)
        dumps = [dump for dump in _dumps(data) if dump.synth is self.synth]
        if not dumps:
            sysex.read_dumps(content.data, self.synth)  # raises the error that says what is there instead
        lost = [dump for dump in dumps if dump.bank is None]
        if lost:
            raise InputError("; ".join(lost[0].problems), where=f"dump at byte {lost[0].offset}")
        notes = _other_messages(content.data)
        return [_found(dump, notes if dump is dumps[0] else ()) for dump in dumps]

    def write(self, document: Bank | Sequence[Bank]) -> bytes:
        """The dump messages one after the other; a Poly-800 bank goes into an EX-800 dump as it is."""
        return b"".join(sysex.write_dump(Bank(self.synth, bank.ram)) for bank in self.several(document))


def _found(dump: Dump, notes: tuple[str, ...]) -> Found:
    assert dump.bank is not None
    problems = tuple(f"dump at byte {dump.offset}: {problem}" for problem in dump.problems)
    return Found(dump.bank, problems, notes, dump.missing)


def _other_messages(data: bytes) -> tuple[str, ...]:
    """One remark if there is anything but dumps in the file."""
    found = sysex.others(data)
    if found is None:
        return ()
    first, number = found
    count = "another message" if number == "1" else f"{number} other messages"
    return (f"{count} in the file, read past: {first.title} at byte {first.message.offset}",)


def _dumps_at_head(content: Content) -> list[Dump]:
    """The dumps in the first 64 KiB of a MIDI file, or of one that begins with a status byte."""
    stream = content.head[:1] >= b"\x80" and sysex.HEADER in content.head
    if not stream and not content.head.startswith(b"MThd"):
        return []
    return _dumps(content.head)


def _dumps(data: bytes) -> list[Dump]:
    """The dumps in a file; of a short one they are kept, for every format of the family asks in turn."""
    return list(_kept_dumps(data)) if len(data) <= HEAD_LENGTH else sysex.find_dumps(data)


@functools.lru_cache(maxsize=2)
def _kept_dumps(data: bytes) -> tuple[Dump, ...]:
    return tuple(sysex.find_dumps(data))


class MessageFormat:
    """Dump requests and error reports: files that hold no bank.  The document is a tuple of (kind, synth)."""

    name: str = "poly800-messages"
    title: str = "Poly-800 family message"
    suffixes: tuple[str, ...] = (".syx",)
    limitations: tuple[str, ...] = (
        "Holds no programs: a request asks the synth for them, an error report refuses them.",
    )
    sources: tuple[str, ...] = ("MkII service manual", "EX-800 MIDI implementation")

    def detect(self, content: Content) -> str | None:
        """What the messages are, if one of them is ours and none is a dump."""
        if content.size > len(content.head) or not content.head.startswith(b"\xf0\x42"):
            return None
        items = sysex.survey(content.head)
        kinds = {item.kind for item in items}
        if Kind.DUMP in kinds:
            return None
        if kinds & {Kind.REQUEST, Kind.ERROR}:
            return ", ".join(item.title for item in items[:4])
        return items[0].title if items[0].title.startswith("HAWK-800") else None

    def read(self, content: Content) -> tuple[tuple[Kind, Synth], ...]:
        """The requests and error reports in the file; raises InputError if any other message is in it."""
        found = []
        for item in sysex.survey(content.data):
            if item.synth is None or item.kind not in (Kind.REQUEST, Kind.ERROR):
                raise InputError(f"{item.title}: cannot be read", where=f"byte {item.message.offset}")
            found.append((item.kind, item.synth))
        return tuple(found)

    def write(self, document: Sequence[tuple[Kind, Synth]]) -> bytes:
        """The messages one after the other."""
        makers = {Kind.REQUEST: sysex.request, Kind.ERROR: sysex.error_report}
        return b"".join(makers[kind](synth) for kind, synth in document)


SYSEX_EX800 = SysexFormat(
    Synth.EX800,
    (Synth.EX800, Synth.POLY800),
    ("Korg EX-800 MIDI implementation", "rmcmurray/korg-ex800-editor (layout, checksum, nibble order)"),
)
SYSEX_MK2 = SysexFormat(
    Synth.MK2, (Synth.MK2,), ("MkII service manual", "two real dumps (checksum, nibble order)")
)
MESSAGES = MessageFormat()
