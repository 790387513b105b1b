"""System files, findings and vectors as lines for people and as records for ``--json``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from luthier.kaoss.header import HEADER_SIZE, OFFSETS
from luthier.kaoss.system_file import SystemFile
from luthier.kaoss.vectors import Handler, Vector, handlers
from luthier.kaoss.verify import ERROR, NOTE, WARNING, Finding


def info_record(name: str, file: SystemFile) -> dict[str, Any]:
    """Everything the header says, and the payload in short."""
    header, device, block = file.header, file.header.known_device, file.block
    return {
        "name": name,
        "device": header.device,
        "title": device.title if device else None,
        "tag": header.tag,
        "revision": header.revision,
        "version": str(header.version),
        "product_id": header.product_id.hex(" ").upper(),
        "source_offset": header.source_offset,
        "source_length": header.source_length,
        "destination_offset": header.destination_offset,
        "destination_length": header.destination_length,
        "word_40": header.word_40.hex(" ").upper(),
        "fill": "FF" if not header.fill.strip(b"\xff") else header.fill.hex(),
        "payload": len(file.payload),
        "used": file.used,
        "chip": device.chip if device else None,
        "block_version": str(block.version) if block else None,
        "reset": int.from_bytes(file.payload[1:4], "big") if _has_reset(file) else None,
    }


def _has_reset(file: SystemFile) -> bool:
    return file.has_vectors and len(file.payload) >= 4


def info_lines(name: str, file: SystemFile) -> Iterator[str]:
    """The same for people, with the place of every field."""
    header, device, block = file.header, file.header.known_device, file.block
    size = len(file.payload)
    yield f"{name}: {device.title if device else 'an unknown device'}, version {header.version}"
    yield ""
    filling = "FF" if not header.fill.strip(b"\xff") else "not all FF"
    rows = (
        ("device", f"{header.device!r}"),
        ("tag", f"{header.tag!r}"),
        ("revision", f"{header.revision}"),
        ("version", f"{header.version}"),
        ("product_id", f"{header.product_id.hex(' ').upper()}, the id in system exclusive messages"),
        ("source_offset", f"{header.source_offset}"),
        ("source_length", f"0x{header.source_length:X}, {header.source_length:,} bytes"),
        ("destination_offset", f"{header.destination_offset}"),
        ("destination_length", f"0x{header.destination_length:X}"),
        ("word_40", f"{header.word_40.hex(' ').upper()}, unknown"),
        ("fill", f"{filling}"),
    )
    for field, text in rows:
        yield f"  0x{OFFSETS[field]:02X}  {field.replace('_', ' '):<18}  {text}"
    yield ""
    yield f"  payload             {size:,} bytes from 0x{HEADER_SIZE:X}, {file.used:,} of them used"
    if device:
        yield f"  runs on             {device.chip}"
    if block:
        yield f"  version block       {block.version}"
    if _has_reset(file):
        yield f"  reset leads to      0x{int.from_bytes(file.payload[1:4], 'big'):06X}"


def finding_summary(findings: Sequence[Finding]) -> str:
    """How many findings of each kind."""
    if not findings:
        return "nothing wrong, nothing odd"
    counts = [(kind, sum(one.severity == kind for one in findings)) for kind in (ERROR, WARNING, NOTE)]
    return ", ".join(f"{count} {kind}{'s' * (count > 1)}" for kind, count in counts if count)


def finding_record(name: str, finding: Finding) -> dict[str, Any]:
    """A finding with the name of its file."""
    return {
        "name": name,
        "severity": finding.severity,
        "offset": finding.offset,
        "what": finding.what,
        "meaning": finding.meaning,
    }


def vector_record(vector: Vector) -> dict[str, Any]:
    """A vector with all that is known of it."""
    meaning = vector.meaning
    return {
        "name": meaning.name,
        "number": meaning.number,
        "address": vector.address,
        "unit": meaning.unit,
        "description": meaning.description,
        "reserved": meaning.is_reserved,
        "target": vector.target,
        "oddities": [f"{odd.severity}: {odd.what}" for odd in vector.oddities],
        "source": meaning.source,
    }


def vector_lines(vectors: Sequence[Vector]) -> Iterator[str]:
    """A line for every vector."""
    for vector in vectors:
        meaning = vector.meaning
        what = f"{meaning.unit}: {meaning.description}" if meaning.unit else meaning.description
        odd = "".join(f"  [{odd.severity}: {odd.what}]" for odd in vector.oddities)
        place = f"{vector.number:>3}  0x{vector.address:03X}  {_target(vector.target)}"
        yield f"{place}  {meaning.name:<16}  {what}{odd}"


def _target(target: int | None) -> str:
    return "erased  " if target is None else f"0x{target:06X}"


def handler_lines(vectors: Sequence[Vector]) -> Iterator[str]:
    """A line for every handler: what leads to it, shared ones last, then what is odd."""
    found = handlers(vectors)
    for handler in sorted(found, key=lambda handler: len(handler.vectors) > _MANY):
        yield f"{_target(handler.target)}  {_leads(handler)}"
    for vector in vectors:
        for odd in vector.oddities:
            place = f"{vector.meaning.name} at 0x{vector.address:03X}"
            yield f"{odd.severity}: {place}: {odd.what}; {odd.meaning}"


#: A handler of more vectors is described by their number.
_MANY = 12


def _leads(handler: Handler) -> str:
    if len(handler.vectors) <= _MANY:
        return ", ".join(vector.meaning.name for vector in handler.vectors)
    reserved = sum(vector.meaning.is_reserved for vector in handler.vectors)
    return f"{len(handler.vectors)} vectors, {reserved} of them reserved: nothing of their own"
