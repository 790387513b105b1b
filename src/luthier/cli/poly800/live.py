"""``luthier poly800 ports|send|receive``: banks over MIDI."""

from __future__ import annotations

from typing import Annotated

import typer

from luthier.cli.output import ForceOption, JsonOption, OutputOption, note, print_json, progress
from luthier.cli.poly800 import app
from luthier.cli.poly800.memory import BankArgument, SalvageOption

PortOption = Annotated[
    str,
    typer.Option("--port", help="MIDI port by name or part of it, or a raw device: /dev/snd/midiC1D0."),
]


@app.command()
def ports(json: JsonOption = False) -> None:
    """List the MIDI ports of this machine."""
    from luthier.midi.ports import port_names

    found = port_names()
    if json:
        print_json(found)
        return
    for port in found:
        directions = [word for word, works in (("out", port.sends), ("in", port.receives)) if works]
        typer.echo(f"{port.name}  ({' and '.join(directions)})")
    if not found:
        note("no MIDI ports; connect an interface and try again")


@app.command()
def send(
    bank: BankArgument,
    port: PortOption,
    pace: Annotated[
        float, typer.Option("--pace", min=0, max=10_000, help="Pause between parts, milliseconds.")
    ] = 100.0,
    json: JsonOption = False,
    salvage: SalvageOption = False,
) -> None:
    """Send a bank to an EX-800 or Poly-800MkII; replaces everything in it."""
    from luthier.midi.ports import opened
    from luthier.poly800 import library, live, sysex

    content = library.load_bank(bank, salvage=salvage)
    sysex.write_dump(content)  # a Poly-800 has no dump message: say so before anything is opened
    with opened(port) as cable:
        for line in live.ADVICE:
            note(line)
        with progress(f"sending to {cable.name}") as advance:
            sent = live.send_bank(cable, content, pace=pace / 1000, progress=advance)
    if json:
        print_json({"name": cable.name, "bytes": sent.bytes, "seconds": sent.seconds, "heard": sent.heard})
        return
    note(f"{cable.name}: {sent.bytes} bytes sent in {sent.seconds:.1f} s")
    if sent.heard:
        note("the synth reported no error; the documentation knows no other answer, so try a program")
    else:
        note("this port has no way back: an error report would not have been heard")


@app.command()
def receive(
    port: PortOption,
    output: OutputOption,
    synth: Annotated[
        str | None, typer.Option("--synth", help="mk2 or ex800; else one after the other is asked.")
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, max=600, help="Seconds to wait for the answer.")
    ] = 10.0,
    json: JsonOption = False,
    force: ForceOption = False,
    salvage: SalvageOption = False,
) -> None:
    """Ask an EX-800 or Poly-800MkII for its memory and save it."""
    from luthier.errors import InputError
    from luthier.files import STANDARD_STREAM, refuse_to_overwrite
    from luthier.midi.ports import opened
    from luthier.poly800 import library, live, sysex
    from luthier.poly800.synth import Synth

    if json and output == STANDARD_STREAM:
        raise typer.BadParameter("standard output takes either the bank or JSON", param_hint="--json")
    refuse_to_overwrite(output, force)
    asked = Synth.named(synth) if synth else None
    if asked is Synth.POLY800:
        raise InputError("the Poly-800 has no system exclusive dump", remedy="record its tape, then read it")
    with opened(port) as cable, progress("asking for a dump") as advance:
        data = live.receive_dump(cable, asked, timeout=timeout, progress=advance)
    dump = sysex.read_dumps(data, salvage=salvage)[0]
    assert dump.bank is not None, "read_dumps returns only dumps with a bank"
    for problem in dump.problems:
        note(problem)
    kind = library.output_format(output, None if output != STANDARD_STREAM else "poly800-json", dump.bank)
    converted, losses = library.converted_for(dump.bank, kind)
    library.save([converted], output, kind, force=force)
    if json:
        print_json(
            {"name": str(output), "synth": dump.synth.value, "problems": dump.problems, "losses": losses}
        )
        return
    for loss in losses:
        note(f"not carried: {loss}")
    note(f"{output}: the memory of the {dump.synth.title}, {len(data)} bytes")
