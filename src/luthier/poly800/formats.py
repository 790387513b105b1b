"""The file formats of the Poly-800 family, in the order they are asked."""

from __future__ import annotations

from luthier.formats import Format

FORMATS: tuple[Format, ...] = ()
