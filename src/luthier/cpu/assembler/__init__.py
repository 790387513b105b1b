"""The assembler of every CPU that has a description: source text to bytes.

::

    from luthier.cpu.assembler import assemble

    result = assemble(Path("boot.asm"), cpu="tlcs900h2")
    result.image, result.base, result.symbols, result.listing()

What instructions there are and how their operands are written comes from the description of the CPU
(``matching``), how they become bytes too (``encoding``).  The source language is that of classical
assemblers: lines and labels in ``source``, words and numbers in ``tokens``, arithmetic in ``expressions``,
``org``, ``db`` and so on in ``directives``.  Instructions, registers and directives may be written in
capitals or not; names of symbols are told apart by them.
"""

from __future__ import annotations

from pathlib import Path

from luthier.cpu import describe
from luthier.cpu.assembler.encoding import Encoding, encoder, encodings, suffix
from luthier.cpu.assembler.image import Assembly
from luthier.cpu.assembler.listing import Line
from luthier.cpu.assembler.problems import AssemblyError, Problems
from luthier.cpu.assembler.program import Program
from luthier.cpu.assembler.source import Source
from luthier.errors import UsageError

__all__ = ["Assembly", "AssemblyError", "Encoding", "Line", "assemble", "encodings", "suffix"]


def assemble(
    source: str | Path,
    cpu: str = "tlcs900h2",
    *,
    fill: int = 0xFF,
    name: str = "text",
    folder: Path | None = None,
) -> Assembly:
    """Assemble a text, or the file of a path (``-``: standard input).

    ``fill`` is what lies between bytes.  A text is called ``name`` in messages; it, or standard input,
    includes files from ``folder`` and from nowhere without one.  :class:`AssemblyError` tells all errors.
    """
    if not 0 <= fill <= 0xFF:
        raise UsageError(f"{fill} is no byte to fill with", remedy="give one of 0 to 255")
    instructions = encoder(describe(cpu))
    problems = Problems()
    reader = Source(instructions.matcher.mnemonics, problems, folder)
    statements = reader.read_file(source) if isinstance(source, Path) else reader.read_text(source, name)
    return Program(statements, instructions, problems).assemble(fill)
