"""The file formats of the Poly-800 family, in the order they are asked.

The document of every bank format is a tuple of banks, in the order of the file: most files hold one, a file
of dumps may hold several.  To load and save banks use :mod:`luthier.poly800.library`.
"""

from __future__ import annotations

from luthier.formats import Format
from luthier.poly800.image_formats import RAM_EX800, RAM_MK2, TAPE_IMAGE
from luthier.poly800.message_formats import MESSAGES, SYSEX_EX800, SYSEX_MK2
from luthier.poly800.song_format import SONG
from luthier.poly800.tape_format import TAPE
from luthier.poly800.text_formats import CSV, JSON

FORMATS: tuple[Format, ...] = (
    TAPE,
    SYSEX_EX800,
    SYSEX_MK2,
    MESSAGES,
    SONG,
    JSON,
    CSV,
    TAPE_IMAGE,
    RAM_EX800,
    RAM_MK2,
)
