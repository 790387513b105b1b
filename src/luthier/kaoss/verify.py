"""Everything wrong or odd with a system file: where, what, and what it means for a unit that gets it.

An error is what stops a unit, or what an updater may choke on; a warning is to be looked at; a note is odd
but harmless as far as is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from luthier.kaoss.devices import Device, devices, unseen_relative
from luthier.kaoss.header import FILL, HEADER_SIZE, OFFSETS, Header
from luthier.kaoss.system_file import BLOCK_MARK, VECTORS_END, SystemFile
from luthier.kaoss.vectors import decode

ERROR = "error"
WARNING = "warning"
NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """``offset`` is a place in the file in bytes; ``meaning`` says what follows for flashing."""

    severity: str
    offset: int
    what: str
    meaning: str

    def __str__(self) -> str:
        return f"{self.severity}: byte 0x{self.offset:05X}: {self.what}; {self.meaning}"


def verify(file: SystemFile, expected: Device | None = None) -> list[Finding]:
    """All findings about a file, in the order of their places; empty if there is nothing to say.

    With ``expected``, a file for another device is an error.
    """
    findings = [*_device(file.header, expected), *_header(file.header), *_sizes(file), *_payload(file)]
    if file.has_vectors and len(file.payload) >= VECTORS_END:
        findings += _vectors(file)
        findings += _block(file)
    return sorted(findings, key=lambda finding: finding.offset)


def has_errors(findings: list[Finding]) -> bool:
    """Whether any finding is an error."""
    return any(finding.severity == ERROR for finding in findings)


def _device(header: Header, expected: Device | None) -> Iterator[Finding]:
    place = OFFSETS["device"]
    device = header.known_device
    if expected is not None and header.device != expected.name:
        yield Finding(
            ERROR,
            place,
            f"this is for {header.device!r}, not {expected.name!r}",
            "the updater refuses it, or the unit does not start",
        )
    if device is None:
        relative = unseen_relative(header.device)
        what = f"the device {header.device!r} is not known"
        what += f"; it may be the {relative}, of which no update file was seen" if relative else ""
        yield Finding(WARNING, place, what, f"nothing but the shape can be checked; known: {_known()}")
        return
    yield from _against(header, device)


def _known() -> str:
    return ", ".join(devices())


def _against(header: Header, device: Device) -> Iterator[Finding]:
    """The fields that a known device always has alike."""
    if header.tag != device.tag:
        yield Finding(
            WARNING,
            OFFSETS["tag"],
            f"the tag is {header.tag!r}, not {device.tag!r}",
            "this may be no program for the unit",
        )
    if header.revision != device.revision:
        yield Finding(
            NOTE,
            OFFSETS["revision"],
            f"header revision {header.revision}; {device.title} is known with {device.revision}",
            "the post does not show these two bytes",
        )
    if header.product_id != device.product_id:
        yield Finding(
            ERROR,
            OFFSETS["product_id"],
            f"product id {header.product_id.hex(' ').upper()}, not {device.product_id.hex(' ').upper()}",
            "the updater of an electribe 2 refuses such a file; of the others it is not known",
        )
    if header.word_40 != device.word_40:
        yield Finding(
            NOTE,
            OFFSETS["word_40"],
            f"{header.word_40.hex(' ').upper()} where {device.word_40.hex(' ').upper()} was seen",
            "nobody knows what these two bytes mean",
        )


def _header(header: Header) -> Iterator[Finding]:
    for name, field in (("device", header.device_field), ("tag", header.tag_field)):
        content, _, filling = field.partition(b"\0")
        if filling.strip(b"\0"):
            yield Finding(
                WARNING,
                OFFSETS[name] + len(content) + 1,
                "bytes behind the end of the name that are not 00",
                "harmless as far as is known; kept as they are",
            )
        if not content or not content.isascii() or not content.decode("ascii").isprintable():
            yield Finding(WARNING, OFFSETS[name], f"no readable name: {field.hex(' ')}", "a damaged file?")
    for name in ("source_offset", "destination_offset"):
        value = getattr(header, name)
        if value:
            yield Finding(
                WARNING,
                OFFSETS[name],
                f"0x{value:X} where all known files have 0",
                "what an updater does with it is not known",
            )
    if header.fill.strip(bytes([FILL])):
        first = len(header.fill) - len(header.fill.lstrip(bytes([FILL])))
        count = sum(byte != FILL for byte in header.fill)
        yield Finding(
            WARNING,
            OFFSETS["fill"] + first,
            f"{count} bytes that are not FF, in the filling of the header",
            "harmless as far as is known; kept as they are",
        )


def _sizes(file: SystemFile) -> Iterator[Finding]:
    header, size = file.header, len(file.payload)
    end = HEADER_SIZE + size
    if size < header.source_length:
        yield Finding(
            ERROR,
            end,
            f"cut off: {size:,} of {header.source_length:,} bytes of payload",
            "a unit that gets it may not start again; get the file again",
        )
    elif size > header.source_length:
        extra = size - header.source_length
        yield Finding(
            ERROR,
            HEADER_SIZE + header.source_length,
            f"{extra:,} bytes more than the header says",
            "an updater may refuse it, or write them somewhere",
        )
    if header.destination_length != header.source_length:
        yield Finding(
            ERROR,
            OFFSETS["destination_length"],
            f"the two lengths differ: {header.source_length:,} and {header.destination_length:,}",
            "all known files have the same twice",
        )
    device = header.known_device
    if device and header.source_length != device.payload:
        yield Finding(
            ERROR,
            OFFSETS["source_length"],
            f"{header.source_length:,} bytes of payload; {device.title} takes {device.payload:,}",
            "it does not fit the memory of the unit",
        )


def _payload(file: SystemFile) -> Iterator[Finding]:
    used, size = file.used, len(file.payload)
    if not file.payload:
        return
    if used == 0:
        yield Finding(ERROR, HEADER_SIZE, "nothing but FF: an erased memory", "the unit does not start")
    elif not file.payload.strip(b"\0"):
        yield Finding(ERROR, HEADER_SIZE, "nothing but 00", "the unit does not start")
    elif file.has_vectors and used == size:
        yield Finding(
            NOTE,
            HEADER_SIZE + used - 1,
            "no FF at the end: every byte is used",
            "both known firmwares are filled up with FF; there is no room for anything new",
        )


def _vectors(file: SystemFile) -> Iterator[Finding]:
    for vector in decode(file):
        for odd in vector.oddities:
            name = f"vector {vector.number} ({vector.meaning.name})"
            yield Finding(odd.severity, vector.file_offset, f"{name}: {odd.what}", odd.meaning)


def _block(file: SystemFile) -> Iterator[Finding]:
    place = HEADER_SIZE + VECTORS_END
    block = file.block
    if block is None:
        yield Finding(
            WARNING,
            place,
            f"no {BLOCK_MARK.decode()} and version behind the vectors",
            "the unit may show no version, or take this for no firmware",
        )
    elif block.version != file.header.version:
        yield Finding(
            WARNING,
            place + len(BLOCK_MARK),
            f"version {block.version} in the payload, {file.header.version} in the header",
            "the updater reads the header, the unit probably shows the other",
        )
