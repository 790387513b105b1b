"""Pictures of the screen as files: PNG for one, GIF for several."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from luthier.errors import InputError, MissingFeatureError
from luthier.files import write_bytes, written_beside
from luthier.kn5000.board.screen import CHANNELS, Picture

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_DEPTH, _TRUE_COLOUR = 8, 2
_INSTALL = "install it with: pip install 'luthier[plots]'"
_SHORTEST_FRAME = 0.02  #: seconds; many programs slow down what is shorter


def png(picture: Picture) -> bytes:
    """The bytes of a PNG file of a picture, uint8 (height, width, 3)."""
    height, width, _ = picture.shape
    head = struct.pack(">IIBBBBB", width, height, _DEPTH, _TRUE_COLOUR, 0, 0, 0)
    rows = b"".join(b"\0" + row.tobytes() for row in picture)  # 0: a row as it is
    return _SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def write_png(path: Path, picture: Picture, *, force: bool = False) -> None:
    """Write a picture; nothing is there unless it is complete."""
    write_bytes(path, png(picture), force=force)


def write_gif(path: Path, pictures: Sequence[Picture], seconds: float, *, force: bool = False) -> None:
    """Write pictures that follow each other every ``seconds``, without end; they differ in content only.

    Raises MissingFeatureError without Pillow, which the extra ``plots`` brings.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingFeatureError(f"GIF files need Pillow; {_INSTALL}") from error
    if not pictures:
        raise InputError("there are no pictures for a GIF file", remedy="let more time pass")
    frames = []
    for picture in pictures:
        # A picture has no more colours than the palette of the machine, so none is changed.
        colours, indices = np.unique(picture.reshape(-1, CHANNELS), axis=0, return_inverse=True)
        frame = Image.fromarray(indices.reshape(picture.shape[:2]).astype(np.uint8))
        frame.putpalette(colours.tobytes())
        frames.append(frame)
    with written_beside(path, force=force) as scratch:
        frames[0].save(
            scratch,
            format="GIF",
            save_all=True,
            append_images=frames[1:],
            duration=round(1000 * max(seconds, _SHORTEST_FRAME)),
            loop=0,
        )
