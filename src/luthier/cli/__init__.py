"""The ``luthier`` program: one thin module per command group, no logic.

Heavy imports happen inside commands, so that ``luthier --help`` and shell completion stay quick.
"""

from __future__ import annotations

import atexit
import gc
import sys

import typer

from luthier import __version__
from luthier.cli import asm, debug, demo, disasm, identify, kaoss, kn5000, library, poly800, run, web
from luthier.cli.interruption import Interruption
from luthier.errors import LuthierError, UsageError

app = typer.Typer(
    name="luthier",
    help="A workbench for classic digital keyboards: reads what they stored, runs what they ran,"
    " plays what they played.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(identify.identify)
app.add_typer(poly800.app, name="poly800")
app.add_typer(kn5000.app, name="kn5000")
app.add_typer(kaoss.app, name="kaoss")
app.add_typer(library.app, name="library")
app.command()(disasm.disasm)
app.command()(asm.asm)
app.command()(run.run)
app.command()(debug.debug)
app.command()(web.web)
app.command()(demo.demo)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"luthier {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version and leave."
    ),
) -> None:
    del version  # handled by its callback


def main() -> None:
    """Run the program; user errors become one line on standard error and exit code 1, wrong usage 2."""
    atexit.register(gc.freeze)  # or Python looks for circles in all there is once more before it ends
    interruption = Interruption()
    try:
        _run()
    except Exception:
        if not interruption.came:
            raise
        _stopped()


def _stopped() -> None:
    print("luthier: stopped", file=sys.stderr)
    sys.exit(130)


def _run() -> None:
    try:
        try:
            app()
        except SystemExit:
            sys.stdout.flush()  # here, where a full disk can still be told
            raise
    except LuthierError as error:
        print(f"luthier: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except KeyboardInterrupt:
        _stopped()
    except BrokenPipeError:
        # The reader of our output went away (`| head`): leave quietly, also when Python flushes at exit.
        sys.stdout = None
        sys.exit(0)
    except OSError as error:
        if error.filename is not None:
            raise
        # Files have their own errors, with a name; what is left is standard output.
        sys.stdout = None
        reason = (error.strerror or str(error)).lower()
        print(f"luthier: standard output cannot be written ({reason}); make room, or use -o", file=sys.stderr)
        sys.exit(1)
