"""KORG SYSTEM FILE as a file format."""

from __future__ import annotations

from luthier.errors import InputError
from luthier.formats import Content
from luthier.kaoss.devices import stranger
from luthier.kaoss.header import HEADER_SIZE, MAGIC
from luthier.kaoss.system_file import SIZE_LIMIT, SystemFile, read
from luthier.kaoss.verify import has_errors, verify


class SystemFileFormat:
    """An update file of a Kaoss device or a relative; the document is a :class:`SystemFile`."""

    name: str = "korg-system-file"
    title: str = "KORG SYSTEM FILE"
    suffixes: tuple[str, ...] = (".vsb",)
    limitations: tuple[str, ...] = (
        "Only the Kaossilator Pro and the Kaoss Pad 3 are understood beyond the header; the payloads of the"
        " electribe 2 and the Kronos panels are kept as they are.",
        "The word at 0x40 of the header is kept without its meaning.",
        "Of the Kaossilator Pro + and the Kaoss Pad 3 + no update file was ever seen.",
        "No unit was flashed with a file that Luthier wrote.",
    )
    sources: tuple[str, ...] = (
        "Kaossilator Pro teardown post (2014)",
        "bangcorrupt/hacktribe (electribe 2)",
        "maranite/kronosology (Kronos panels)",
    )

    def detect(self, content: Content) -> str | None:
        """Device, version and payload, and whether anything is wrong."""
        if not content.head.startswith(MAGIC) or content.size > SIZE_LIMIT:
            return None
        try:
            file = read(content.data)
        except InputError:
            return None
        device = file.header.known_device
        title = device.title if device else f"unknown device {file.header.device!r}"
        text = f"{title}, version {file.header.version}, {len(file.payload):,} bytes of payload"
        bad = has_errors(verify(file))
        return f"{text}; damaged or changed: `luthier kaoss verify` says how" if bad else text

    def why_not(self, content: Content) -> str:
        """What a file is that only begins with the same words."""
        other = stranger(content.head[: HEADER_SIZE + 1])
        if other:
            return f"a transfer file of {other}, which only shares the words KORG SYSTEM FILE"
        if content.head.startswith(MAGIC) and content.size < HEADER_SIZE:
            return f"a KORG SYSTEM FILE cut off within its header, {content.size} of {HEADER_SIZE} bytes"
        return ""

    def read(self, content: Content) -> SystemFile:
        """The file; raises InputError."""
        if content.size > SIZE_LIMIT:
            raise InputError(f"{content.size:,} bytes, more than any such file has")
        return read(content.data)

    def write(self, document: SystemFile) -> bytes:
        """The bytes of the file."""
        return document.write()


SYSTEM_FILE = SystemFileFormat()
