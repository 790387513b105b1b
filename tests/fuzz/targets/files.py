"""Files of any kind, and every registered format."""

from __future__ import annotations

import functools
import random
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.fuzz.targets.poly800 import dump_starts, song_starts, whatever_one_does
from tests.fuzz.targets.target import Target

from luthier.formats import Content, Format, registered
from luthier.identify import identify, why_not
from luthier.poly800.bank_format import BankFormat
from luthier.poly800.built_in import built_in_bank

if TYPE_CHECKING:
    pass


def _identify(data: bytes) -> None:
    for name in ("-", "a.syx", "a.json", "a.csv", "a.ram", "a.tape"):
        content = Content.of_bytes(data, name)
        if not identify(content):
            assert why_not(content)


def _format(entry: Format, data: bytes) -> None:
    content = Content.of_bytes(data, f"a{entry.suffixes[0]}")
    entry.detect(content)
    if not isinstance(entry, BankFormat):
        entry.read(content)
        return
    for found in entry.find(content):
        bank = found.bank
        assert entry.find(Content.of_bytes(entry.write(bank), content.path.name))[0].bank == bank
        # Slow beside the parser: on every eighth input, always the same ones.
        if zlib.crc32(data) % 8 == 0:
            whatever_one_does(bank)


def _bank_starts(entry: Format) -> Iterable[bytes]:
    if not isinstance(entry, BankFormat):
        yield from [*dump_starts(), *song_starts()]
        return
    for synth in entry.synths:
        yield entry.write(built_in_bank(synth))


def _formats() -> dict[str, Target]:
    return {
        f"format-{entry.name}": Target(
            functools.partial(_format, entry), functools.partial(_bank_starts, entry), 200_000
        )
        for entry in registered()
    }


TARGETS: dict[str, Target] = {
    "identify": Target(_identify, lambda: [*dump_starts(), *song_starts(), random.Random(1).randbytes(64)]),
    **_formats(),
}
