"""The file formats of the SX-KN5000, in the order they are asked."""

from __future__ import annotations

from luthier.formats import Format
from luthier.kn5000.board.log_format import BOARD_LOG
from luthier.kn5000.song_format import WRAPPED_SONG
from luthier.kn5000.soundfont.file_format import SOUNDFONT
from luthier.kn5000.waves.rom_format import WAVE_ROM

FORMATS: tuple[Format, ...] = (WAVE_ROM, SOUNDFONT, WRAPPED_SONG, BOARD_LOG)
