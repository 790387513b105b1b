"""The file formats of the SX-KN5000, in the order they are asked."""

from __future__ import annotations

from luthier.formats import Format

FORMATS: tuple[Format, ...] = ()
