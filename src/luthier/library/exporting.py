"""Items out of the library, as files that the instruments and everything else here read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from luthier.errors import InputError
from luthier.files import refuse_to_overwrite, write_bytes
from luthier.library.shelves import shelf_of
from luthier.library.store import Library


def export(library: Library, numbers: Sequence[int], path: Path, *, force: bool = False) -> int:
    """Write items to one file, in the format of its suffix; how many bytes it has.

    Raises InputError for items that do not go into one file, or not into that kind.
    """
    refuse_to_overwrite(path, force)
    data = exported(library, numbers, path)
    write_bytes(path, data, force=force)
    return len(data)


def exported(library: Library, numbers: Sequence[int], path: Path) -> bytes:
    """The bytes of that file."""
    items = [library.item(number) for number in numbers]
    shelf = shelf_of(items[0]) if items else None
    if shelf is None:
        raise InputError("nothing was chosen to export", remedy="give the numbers of items")
    if not all(shelf.owns(item) for item in items):
        raise InputError("items of different instruments", remedy="export them separately")
    return shelf.export([(item, library.content(item.id)) for item in items], path)
