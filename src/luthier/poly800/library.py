"""Loads banks from any kind of file the family has, and saves them: asks the registry of formats."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from luthier.errors import InputError, UsageError
from luthier.files import STANDARD_STREAM, read_bytes, refuse_to_overwrite, write_bytes
from luthier.formats import Content, by_name, registered
from luthier.identify import identify, why_not
from luthier.poly800 import built_in
from luthier.poly800.bank import Bank
from luthier.poly800.bank_format import BankFormat, Found
from luthier.poly800.convert import Loss, convert
from luthier.poly800.image_formats import TAPE_IMAGE
from luthier.poly800.message_formats import SYSEX_EX800, SYSEX_MK2
from luthier.poly800.problems import in_one_line
from luthier.poly800.synth import Synth
from luthier.poly800.text_formats import CSV, JSON

_PIPE_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True)
class Loaded:
    """A bank with the kind of file it came from, everything wrong with it there, and harmless remarks."""

    bank: Bank
    format: BankFormat
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    missing: tuple[int, ...] = ()
    """Panel numbers of the programs that are not in the file."""


def bank_formats() -> tuple[BankFormat, ...]:
    """Every registered format that holds banks of this family."""
    return tuple(entry for entry in registered() if isinstance(entry, BankFormat))


def content_of(path: Path) -> Content:
    """The file at ``path``, or standard input for ``-``."""
    if path == STANDARD_STREAM:
        return Content.of_bytes(read_bytes(path, _PIPE_LIMIT))
    return Content.of_file(path)


def load(path: Path, *, salvage: bool = False, base: Bank | None = None) -> list[Loaded]:
    """Every bank in a file of any known kind; ``FILE#2`` is the second alone.

    The words ``built-in`` and ``built-in-mk2`` stand for the bank that comes with Luthier, unless there are
    files called so.  Raises InputError, with the file named, if there is none or one is damaged; with
    ``salvage`` damaged banks are returned with their problems.  ``base`` supplies what a CSV cannot carry.
    """
    if str(path) in built_in.WORDS and not path.exists():
        return [Loaded(built_in.built_in_bank(built_in.WORDS[str(path)]), JSON, (), ())]
    path, choice = _with_choice(path)
    content = content_of(path)
    try:
        loaded = _load_content(content, base)
        if choice is not None:
            if not 1 <= choice <= len(loaded):
                raise InputError(f"no bank #{choice} in it", remedy=f"it holds {len(loaded)}")
            loaded = [loaded[choice - 1]]
        damaged = [problem for entry in loaded for problem in entry.problems]
        if damaged and not salvage:
            raise InputError(in_one_line(damaged), remedy="use --salvage to take what is there")
    except InputError as error:
        raise error.at(str(path)) from error
    return loaded


def load_bank(path: Path, *, salvage: bool = False, base: Bank | None = None) -> Bank:
    """The one bank in a file; raises InputError as :func:`load`, and if the file holds several."""
    loaded = load(path, salvage=salvage, base=base)
    if len(loaded) > 1:
        raise InputError(
            f"holds {len(loaded)} banks", where=str(path), remedy=f"choose one: {path}#1 to #{len(loaded)}"
        )
    return loaded[0].bank


def _with_choice(path: Path) -> tuple[Path, int | None]:
    name, mark, number = path.name.rpartition("#")
    if mark and name and number.isdecimal() and len(number) <= 6 and not path.exists():
        return path.with_name(name), int(number)
    return path, None


def _load_content(content: Content, base: Bank | None) -> list[Loaded]:
    matches = [match.format for match in identify(content)]
    kinds = [entry for entry in matches if isinstance(entry, BankFormat)]
    if not kinds:
        if matches:
            raise InputError(f"holds no bank: {matches[0].title}, {identify(content)[0].description}")
        kinds = [entry for entry in bank_formats() if content.suffix in entry.suffixes][:1]
    if not kinds:
        raise InputError(why_not(content), remedy="give a tape recording, a .syx, .json or .csv bank")
    # A file of dumps may hold banks of both synths, each found by its own format.
    same_kind = [entry for entry in kinds if type(entry) is type(kinds[0])]
    return [
        Loaded(found.bank, kind, found.problems, found.notes, found.missing)
        for kind in same_kind
        for found in _find(kind, content, base)
    ]


def _find(kind: BankFormat, content: Content, base: Bank | None) -> list[Found]:
    if kind is CSV:
        return [Found(CSV.read_onto(content, base))]
    return kind.find(content)


def output_format(path: Path, wanted: str | None, bank: Bank) -> BankFormat:
    """The format to write: the one called ``wanted``, else that of the suffix that holds this bank best."""
    if wanted is not None:
        chosen = by_name(wanted)
        if not isinstance(chosen, BankFormat):
            raise UsageError(
                f"{wanted} cannot hold a bank", remedy="leave --to out, or name a synth or another format"
            )
        return chosen
    fitting = [entry for entry in bank_formats() if path.suffix.lower() in entry.suffixes]
    if not fitting:
        suffixes = " ".join(dict.fromkeys(entry.suffixes[0] for entry in bank_formats()))
        what = f"no bank format has the suffix {path.suffix!r}" if path.suffix else "a name without suffix"
        raise UsageError(what, where=str(path), remedy=f"end the name of the output with one of {suffixes}")
    return next((entry for entry in fitting if bank.synth in entry.synths), fitting[0])


def own_format(synth: Synth) -> BankFormat:
    """The bytes a synth itself takes, for where no name says more: its dump; of the Poly-800 the tape's."""
    return {Synth.POLY800: TAPE_IMAGE, Synth.EX800: SYSEX_EX800, Synth.MK2: SYSEX_MK2}[synth]


def converted_for(bank: Bank, kind: BankFormat, synth: Synth | None = None) -> tuple[Bank, list[Loss]]:
    """The bank for ``synth`` if one is given, else for a synth that ``kind`` holds, and what was lost."""
    if synth is None:
        synth = bank.synth if bank.synth in kind.synths else kind.synths[0]
    return convert(bank, synth)


def as_file(
    bank: Bank, suffix: str, synth: Synth | None = None
) -> tuple[bytes, BankFormat, Synth, list[Loss]]:
    """The file with that suffix (``.syx``) for ``synth``: bytes, format, whose bank it is, what was lost."""
    target = bank if synth is None else convert(bank, synth)[0]
    kind = output_format(Path(f"bank{suffix}"), None, target)
    converted, losses = converted_for(bank, kind, synth)
    return kind.write_as([converted], suffix), kind, converted.synth, losses


def save(banks: list[Bank], path: Path, kind: BankFormat, *, force: bool = False) -> None:
    """Write the banks to ``path`` in one step; raises InputError if the format cannot hold them."""
    refuse_to_overwrite(path, force)
    write_bytes(path, kind.write_as(banks, path.suffix.lower() or kind.suffixes[0]), force=force)
