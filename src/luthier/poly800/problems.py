"""Everything wrong with a file, shortened to what fits into one line."""

from __future__ import annotations

from collections.abc import Sequence


def in_one_line(problems: Sequence[str]) -> str:
    """The first of ``problems``, how many more there are, and the command that lists them."""
    if len(problems) < 2:
        return "".join(problems)
    return f"{problems[0]}, and {len(problems) - 1} more (`luthier poly800 verify` lists all)"
