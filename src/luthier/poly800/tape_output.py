"""Where a memory that was read from tape goes: the kind of file, and what could not come along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from luthier.errors import InputError
from luthier.files import STANDARD_STREAM, refuse_to_overwrite, write_bytes
from luthier.poly800 import library
from luthier.poly800.bank import Bank
from luthier.poly800.bank_format import BankFormat
from luthier.poly800.convert import Loss, convert
from luthier.poly800.image_formats import TAPE_IMAGE
from luthier.poly800.initial import initial_bank
from luthier.poly800.memory import TAPE_HEADER
from luthier.poly800.synth import Synth
from luthier.poly800.tape.reading import Dump

#: Short names for ``--to`` beside synths and the names of formats.
_SHORT = {
    "json": "poly800-json",
    "csv": "poly800-csv",
    "image": TAPE_IMAGE.name,
    "ram": "poly800-ram",
    "tape": "poly800-tape",
}
#: A plain binary file is the tape image: what was on the tape, byte for byte.
_PLAIN_SUFFIX = ".bin"


@dataclass(frozen=True)
class Destination:
    """A file to write, its kind, and the synth to convert to (None: whichever the kind holds)."""

    path: Path
    kind: BankFormat
    synth: Synth | None


@dataclass(frozen=True)
class Saved:
    """A file that was written."""

    path: Path
    kind: BankFormat
    synth: Synth
    losses: tuple[Loss, ...]


def destination(path: Path, to: str | None) -> Destination:
    """What to write to ``path``: ``to`` is a synth, a format or a short name of one; else the suffix decides.

    A .syx without more is an EX-800 dump, which holds the same memory.  Raises InputError.
    """
    synth = Synth.named(to) if to in {entry.value for entry in Synth} else None
    name = None if to is None or synth else _SHORT.get(to, to)
    if name is None and path == STANDARD_STREAM:
        name = library.own_format(synth or Synth.EX800).name
    if name is None and path.suffix.lower() == _PLAIN_SUFFIX:
        name = "poly800-mk2-ram" if synth is Synth.MK2 else TAPE_IMAGE.name
    kind = library.output_format(path, name, initial_bank(synth or Synth.POLY800))
    return Destination(path, kind, synth)


def refuse(where: Destination, inputs: Sequence[Path], force: bool) -> None:
    """Raise unless ``where`` may be written: not over a file without ``force``, never over an input."""
    for path in inputs:
        both = where.path != STANDARD_STREAM and path.exists() and where.path.exists()
        if both and path.samefile(where.path):
            raise InputError("is the recording itself", where=str(path), remedy="write to another name")
    refuse_to_overwrite(where.path, force)


def save(dump: Dump, where: Destination, *, force: bool = False) -> Saved:
    """Write what was read, complete or not; a tape image keeps the very bytes, wrong checksum included.

    Sync bytes that were not read are put in: they are the same on every tape.
    """
    image = TAPE_HEADER + dump.image[len(TAPE_HEADER) :]
    bank = Bank(Synth.POLY800, image[len(TAPE_HEADER) : -1])
    if where.kind is TAPE_IMAGE and where.synth is not Synth.MK2:
        write_bytes(where.path, image, force=force)
        return Saved(where.path, where.kind, Synth.POLY800, ())
    synth = where.synth or (bank.synth if bank.synth in where.kind.synths else where.kind.synths[0])
    converted, losses = convert(bank, synth)
    library.save([converted], where.path, where.kind, force=force)
    return Saved(where.path, where.kind, converted.synth, tuple(losses))
