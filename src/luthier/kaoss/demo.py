"""The demo of the Kaossilator Pro and the Kaoss Pad 3: the whole way of a change, on the built-in firmware.

The firmware of an invented unit is shown, listed, patched, put together again, run in the sandbox beside the
unpatched one, and put into a simulated chip that holds nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from luthier.cpu.assembler import assemble
from luthier.cpu.executor import is_compiled
from luthier.cpu.listing import ignore
from luthier.files import write_bytes
from luthier.kaoss import packing, patch, patch_text
from luthier.kaoss.built_in import CPU, NAME, built_in
from luthier.kaoss.code import take_payload_apart
from luthier.kaoss.header import Version
from luthier.kaoss.listing import Source
from luthier.kaoss.recovery import view as recovery_view
from luthier.kaoss.recovery.simulation import simulate
from luthier.kaoss.sandbox import comparison
from luthier.kaoss.sandbox.run import Limits, Press, Run, run_file
from luthier.kaoss.sandbox.view import difference_lines
from luthier.kaoss.sandbox.wiring import wiring_of
from luthier.kaoss.system_file import SystemFile
from luthier.kaoss.view import info_lines

Say = Callable[[str], None]

_SAID, _INSTEAD = b"settings saved", b"settings kept!"
_SECONDS, _PRESS = 0.4, Press("SAVE", 0.2)


def run(folder: Path, say: Say) -> None:
    """Leave the results in ``folder`` and ``say`` what is done."""
    say("Kaossilator Pro and Kaoss Pad 3: a firmware changed, tried and put back\n")
    original = built_in()
    shown = list(info_lines(NAME, original))
    _command(say, f"info {NAME}", shown[0], *(line.strip() for line in shown[-3:]))
    _list(folder, original, say)
    changed = _patch(folder, original, say)
    _try(original, changed, folder / "kept.vsb", say)
    _recover(changed, folder / "kept.vsb", say)


def _list(folder: Path, original: SystemFile, say: Say) -> None:
    path = folder / "listing.asm"
    lines = list(Source(take_payload_apart(original)).text(ignore))
    write_bytes(path, "".join(f"{line}\n" for line in lines).encode(), force=True)
    same = "the same bytes" if assemble(path, CPU).image == original.payload else "OTHER BYTES"
    _command(say, f"list {NAME} -o {path}", f"{len(lines):,} lines; assembled again: {same}")


def _patch(folder: Path, original: SystemFile, say: Say) -> SystemFile:
    path, made = folder / "kept.patch", folder / "kept.vsb"
    text = (
        "device LuthierPad\nversion 1.00\n"
        f"at 0x{original.payload.index(_SAID):05X}\n"
        "  reason other words for what SAVE does\n"
        f"  expect {_SAID.hex(' ').upper()}\n"
        f"  write  {_INSTEAD.hex(' ').upper()}\n"
    )
    write_bytes(path, text.encode(), force=True)
    changed = patch.apply(original, patch.assembled(patch_text.parse(text))).with_version(Version(1, 1))
    packing.require_sound(changed)
    write_bytes(made, changed.write(), force=True)
    _command(
        say, f"patch {NAME} {path} --bump-version -o {made}", f"1 change, version {changed.header.version}"
    )
    return changed


def _try(original: SystemFile, changed: SystemFile, made: Path, say: Say) -> None:
    if not is_compiled(CPU, traced=True):
        say("(first use: compiling for some seconds)")
    before, after = _run(original), _run(changed)
    reached = "both reach their main loop" if before.is_sound and after.is_sound else "NOT both are sound"
    _command(
        say,
        f"sandbox {made} --against {NAME} --seconds {_SECONDS} --press {_PRESS.key}@{_PRESS.at}",
        f"{reached}; {after.instructions:,} instructions",
        *difference_lines(comparison.differences(before, after), NAME),
    )


def _run(file: SystemFile) -> Run:
    return run_file(file, wiring_of(file.header.device), Limits(_SECONDS), presses=[_PRESS])


def _recover(changed: SystemFile, made: Path, say: Say) -> None:
    if not is_compiled(CPU):
        say("(first use: compiling for some seconds)")
    lines = list(recovery_view.lines(made.name, simulate(changed)))
    _command(say, f"recover {made} --simulate", *lines)


def _command(say: Say, command: str, *outcome: str) -> None:
    say(f"$ luthier kaoss {command}")
    for line in outcome:
        say(f"    {line}")
    say("")
