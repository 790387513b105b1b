"""``luthier kaoss recover``: firmware into a chip in USB boot mode, simulated or real."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.kaoss import app
from luthier.cli.kaoss.files import FileArgument
from luthier.cli.output import JsonOption, note, print_json, progress

if TYPE_CHECKING:
    from luthier.kaoss.recovery.channel import Channel
    from luthier.kaoss.system_file import SystemFile

#: Said before real hardware is touched, and whenever it is refused.
_WARNINGS = (
    "no unit was ever recovered with this; read docs/manual/kaoss-before-you-flash.md first",
    "a Kaoss Pad 3 has an HD64F2215UTE16V: the U promises USB boot mode, nobody has tried",
    "a Kaossilator Pro has an HD64F2215CTE24V: it may have boot mode over a serial channel only",
    "boot mode needs the chip's mode pins set at a reset; how to reach them is not published",
    "once a chip has taken a program it erases ALL of its flash memory, also if nothing can be written then",
)


@app.command()
def recover(
    file: FileArgument,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="Recover a simulated chip that holds nothing, then boot it.")
    ] = False,
    usb: Annotated[
        bool, typer.Option("--usb", help="A chip in USB boot mode (045B:000D; needs pyusb).")
    ] = False,
    device: Annotated[
        Path | None, typer.Option("--device", metavar="PATH", help="A device file that carries the bytes.")
    ] = None,
    probe: Annotated[
        bool, typer.Option("--probe", help="Only greet the chip and tell it its clock; nothing is erased.")
    ] = False,
    program: Annotated[
        Path | None,
        typer.Option(
            "--program", metavar="FILE", help="A programming control program for this chip and channel."
        ),
    ] = None,
    touch_hardware: Annotated[
        bool, typer.Option("--touch-hardware", help="I know that this was never tried; do it all the same.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Put a firmware into a chip by its USB boot mode."""
    from luthier.errors import UsageError
    from luthier.kaoss.built_in import load

    if sum((simulate, usb, device is not None)) != 1:
        raise UsageError("a recovery needs one of --simulate, --usb and --device")
    loaded = load(file)
    if simulate:
        _simulate(str(file), loaded, json)
        return
    for line in _WARNINGS:
        note(f"caution: {line}")
    if not touch_hardware:
        raise UsageError(
            "nothing was touched", remedy="try --simulate; --touch-hardware goes on if you know what you do"
        )
    if not probe and program is None:
        raise UsageError(
            "the program of our own speaks through SCI2 and cannot be used over USB:"
            " the registers of the USB module are not published",
            remedy="--probe greets the chip without erasing it; --program takes a program of yours",
        )
    from luthier.kaoss.recovery.channel import DeviceChannel, UsbChannel

    _real(UsbChannel() if device is None else DeviceChannel(device), loaded, program)


def _simulate(name: str, file: SystemFile, json: bool) -> None:
    from luthier.cpu.executor import is_compiled
    from luthier.errors import InputError
    from luthier.kaoss.built_in import CPU
    from luthier.kaoss.recovery.simulation import simulate
    from luthier.kaoss.recovery.view import lines, record

    if not is_compiled(CPU):
        note("first use: compiling for some seconds")
    with progress(f"recovering {name}") as advance:
        try:
            done = simulate(file, progress=advance)
        except InputError as error:
            raise error.at(name) from error
    if json:
        print_json([record(name, done)])
    else:
        for line in lines(name, done):
            typer.echo(line)
    if not done.boot.is_sound:
        raise typer.Exit(1)


def _real(channel: Channel, file: SystemFile, program: Path | None) -> None:
    from luthier.files import read_bytes
    from luthier.kaoss.packing import require_sound, require_whole
    from luthier.kaoss.recovery import protocol

    if program is None:
        protocol.probe(channel)
        typer.echo("the chip answers as an H8S/2215 in USB boot mode does; nothing was changed, reset it now")
        return
    require_whole(file)
    require_sound(file)
    content = read_bytes(program, 0xFFFF)
    with progress("recovering") as advance:
        done = protocol.recover(channel, file.payload, content, advance)
    typer.echo(f"{done.pages:,} pages written, the sum {done.total:08X} is right; reset the unit")
