"""What was recognised in a folder, as lines and as a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from luthier.kn5000.board.roms.known import parts
from luthier.kn5000.board.roms.reading import Judged, Recognition

_PIECES = {
    "table_even": "table data, even words (IC3)",
    "table_odd": "table data, odd words (IC1)",
    "packed_payload": "program of the sub CPU, packed",
}


def title(part: str) -> str:
    """What a part is called."""
    if part in _PIECES:
        return _PIECES[part]
    return parts()[part].title if part in parts() else "unknown"


def lines(found: Recognition) -> Iterator[str]:
    """One for each file, then what is missing."""
    for one in found.judged:
        yield f"{one.finding.dump.where}: {_what(one)}"
    for refused in found.refused:
        yield f"{refused.where}: not read: {refused.why}"
    for missing in found.missing:
        yield f"missing: {missing.title}: {missing.meaning}"


def _what(one: Judged) -> str:
    finding = one.finding
    if not finding.part:
        return f"not used: {one.remark}"
    version = f" {finding.version}" if finding.version else ""
    sure = "" if finding.certainty == "known" else f" ({finding.certainty})"
    remark = f": {one.remark}" if one.remark else ""
    return f"{'' if one.used else 'not used: '}{title(finding.part)}{version}{sure}{remark}"


def record(found: Recognition) -> dict[str, Any]:
    """The same, for programs."""
    return {
        "folder": str(found.folder),
        "version": found.version,
        "files": [
            {
                "name": one.finding.dump.where,
                "size": len(one.finding.dump.data),
                "crc": f"{one.finding.dump.crc:08x}",
                "part": one.finding.part,
                "version": one.finding.version,
                "certainty": one.finding.certainty,
                "used": one.used,
                "remark": one.remark,
            }
            for one in found.judged
        ],
        "refused": [{"name": one.where, "why": one.why} for one in found.refused],
        "missing": [{"name": one.part, "title": one.title, "meaning": one.meaning} for one in found.missing],
    }
