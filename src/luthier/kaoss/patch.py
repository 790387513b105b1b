"""Patches on a payload: only where the expected bytes stand, and back again.

A patch is applied as a whole or not at all.  The table of vectors is left alone unless the caller allows it,
and so is what is declared protected: a patch file or the caller names the code that updates the unit.

Open questions
- Where the update code of a Kaossilator Pro or a Kaoss Pad 3 lies: the post supposes it within the firmware.
  A patch that damages it leaves a unit that cannot be updated any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from luthier.errors import InputError
from luthier.kaoss.header import HEADER_SIZE
from luthier.kaoss.packing import require_whole
from luthier.kaoss.patch_text import Change, Patch, Range
from luthier.kaoss.system_file import VECTORS_END, SystemFile

#: The CPU whose assembler texts in patches are for.
CPU = "h8s2000"

VECTORS = Range(0, VECTORS_END, "the exception vectors: a wrong one stops the unit")


class State(StrEnum):
    """How a change stands to a file."""

    FITS = "fits"
    APPLIED = "already applied"
    DIFFERS = "does not match"
    OUTSIDE = "outside of the payload"


@dataclass(frozen=True)
class Permissions:
    """What a patch may touch beside ordinary code and data, and what the caller wants protected."""

    vectors: bool = False
    protected: bool = False
    ranges: tuple[Range, ...] = ()


#: Neither vectors nor what a patch file protects.
NO_PERMISSIONS = Permissions()


@dataclass(frozen=True)
class Verdict:
    """How one change stands: ``found`` are the bytes that stand there, ``refusal`` why it is not allowed."""

    change: Change
    state: State
    found: bytes
    refusal: str = ""

    @property
    def is_possible(self) -> bool:
        """Whether it can be applied."""
        return self.state is State.FITS and not self.refusal


def assembled(patch: Patch) -> Patch:
    """The patch with bytes in place of every text; raises InputError where one cannot be assembled."""
    return replace(patch, changes=tuple(_assembled(change) for change in patch.changes))


def _assembled(change: Change) -> Change:
    if change.assembly is None:
        return change
    new = _bytes_of(change)
    if len(new) != len(change.expected):
        raise InputError(
            f"the text makes {len(new)} bytes where {len(change.expected)} are expected",
            where=change.where,
            remedy="nothing can be moved: expect as many, or fill up with nop",
        )
    return replace(change, new=new, assembly=None)


def _bytes_of(change: Change) -> bytes:
    from luthier.cpu import CPUS

    if CPU not in CPUS:
        raise InputError(
            f"there is no assembler for the {CPU} yet", where=change.where, remedy="give the bytes with write"
        )
    from luthier.cpu.assembler import AssemblyError, assemble

    assert change.assembly is not None
    # The line of `org` stands for the line `assemble`, so that messages count as the patch file does.
    lines = "\n" * (change.assembly_line - 1) + f" org 0x{change.address:06X}\n{change.assembly}\n"
    try:
        result = assemble(lines, CPU, name="patch")
    except AssemblyError as problems:
        raise InputError(problems.what, where=problems.where, remedy=problems.remedy) from None
    if result.image and result.base != change.address:
        raise InputError(
            f"the text makes bytes at 0x{result.base:06X}",
            where=change.where,
            remedy="leave org out: a change is where it says",
        )
    return bytes(result.image)


def reversed_patch(patch: Patch) -> Patch:
    """The patch that undoes an assembled one, whatever version the patched file was given."""
    changes = (replace(change, expected=change.new, new=change.expected) for change in patch.changes)
    return replace(patch, changes=tuple(changes), version=None)


def judge(file: SystemFile, patch: Patch, permissions: Permissions = NO_PERMISSIONS) -> list[Verdict]:
    """How every change of an assembled patch stands to a file.

    Raises InputError if the patch is for another device or version, or the file is not whole.
    """
    require_whole(file)
    header = file.header
    if patch.device is not None and patch.device != header.device:
        raise InputError(
            f"the patch is for {patch.device!r}, the file for {header.device!r}",
            where="byte 0x10",
            remedy="get the patch for this device",
        )
    if patch.version is not None and patch.version != header.version:
        raise InputError(
            f"the patch is for version {patch.version}, the file is {header.version}",
            where="byte 0x2A",
            remedy="get the patch for this version",
        )
    return [_verdict(file, change, _forbidden(patch, permissions)) for change in patch.changes]


def _forbidden(patch: Patch, permissions: Permissions) -> Sequence[tuple[Range, str]]:
    """What must not be touched, each with the option that allows it."""
    found = [] if permissions.vectors else [(VECTORS, "--allow-vectors")]
    if not permissions.protected:
        found += [(area, "--allow-protected") for area in (*patch.protected, *permissions.ranges)]
    return found


def _verdict(file: SystemFile, change: Change, forbidden: Sequence[tuple[Range, str]]) -> Verdict:
    found = file.payload[change.address : change.end]
    refusals = [
        f"touches {area}, {area.reason or 'protected'} ({option} permits it)"
        for area, option in forbidden
        if area.overlaps(change.address, change.end) and (area is not VECTORS or file.has_vectors)
    ]
    if change.end > len(file.payload):
        state = State.OUTSIDE
    elif found == change.expected:
        state = State.FITS
    else:
        state = State.APPLIED if found == change.new else State.DIFFERS
    return Verdict(change, state, found, "; ".join(refusals))


def apply(file: SystemFile, patch: Patch, permissions: Permissions = NO_PERMISSIONS) -> SystemFile:
    """The file with all changes of an assembled patch.

    Raises InputError, naming the first change that does not match or is not allowed; then nothing is changed.
    """
    verdicts = judge(file, patch, permissions)
    bad = [verdict for verdict in verdicts if not verdict.is_possible]
    if bad:
        more = f" ({len(bad) - 1} more changes cannot be made either)" if len(bad) > 1 else ""
        raise InputError(f"{_why(bad[0])}{more}", where=bad[0].change.where, remedy="nothing was changed")
    payload = bytearray(file.payload)
    for change in patch.changes:
        payload[change.address : change.end] = change.new
    return SystemFile(file.header, bytes(payload))


def _why(verdict: Verdict) -> str:
    change = verdict.change
    place = f"payload 0x{change.address:05X} (byte 0x{HEADER_SIZE + change.address:05X} of the file)"
    if verdict.refusal:
        return f"the change at {place} {verdict.refusal}"
    if verdict.state is State.DIFFERS:
        return f"{place} holds {_shown(verdict.found)}, not {_shown(change.expected)}"
    if verdict.state is State.APPLIED:
        return f"{place} is changed already; --reverse takes it back"
    return f"{place} lies behind the end of the payload"


def _shown(data: bytes, limit: int = 12) -> str:
    return data[:limit].hex(" ").upper() + (" ..." if len(data) > limit else "")
