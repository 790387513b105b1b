"""The file formats of the Kaoss devices, in the order they are asked."""

from __future__ import annotations

from luthier.formats import Format
from luthier.kaoss.system_file_format import SYSTEM_FILE

FORMATS: tuple[Format, ...] = (SYSTEM_FILE,)
