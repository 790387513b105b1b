"""Everything else that is recognised in the library: firmware, wave ROMs, SoundFonts, kept as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from luthier.errors import InputError
from luthier.formats import Content, Match
from luthier.library.entry import Entry, Item

#: Longer files stay where they are; the library knows them by their checksum.
LARGEST = 8 << 20


class FirmwareShelf:
    """Files that are kept whole."""

    family = None

    def entries(self, content: Content, matches: Sequence[Match]) -> list[Entry] | None:
        """The file itself, with what its format says of it."""
        if not matches:
            return None
        kept = content.data if content.size <= LARGEST else None
        return [
            Entry("firmware", matches[0].format.name, content.path.stem, kept, notes=matches[0].description)
        ]

    def owns(self, item: Item) -> bool:
        """Whether an item is a file that is kept whole."""
        return item.kind == "firmware"

    def parameters(self, item: Item, content: bytes) -> Mapping[str, int]:  # noqa: ARG002
        """None: files are not compared."""
        return {}

    def export(self, items: Sequence[tuple[Item, bytes]], path: Path) -> bytes:
        """The one file as it came."""
        if len(items) != 1:
            raise InputError(f"{len(items)} files do not go into one", remedy="export them one by one")
        if path.suffix.lower() != Path(items[0][0].file).suffix.lower():
            raise InputError(
                f"a {Path(items[0][0].file).suffix} file is no {path.suffix} file",
                remedy="export it under its own suffix",
            )
        return items[0][1]

    def show(self, item: Item, content: bytes) -> str:
        """What its format says, and how long it is."""
        return f"{item.notes}\n{len(content):,} bytes"


SHELF = FirmwareShelf()
