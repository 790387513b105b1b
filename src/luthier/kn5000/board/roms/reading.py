"""A user's folder of dumps as a :class:`RomSet`: what is used, what is not, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path

from luthier.errors import InputError
from luthier.kn5000.board.roms.dumps import Dump, Refused, read_dumps
from luthier.kn5000.board.roms.known import known, parts
from luthier.kn5000.board.roms.recognition import CHIP_SIZE, Finding, joined, recognise
from luthier.kn5000.board.roms.rom_set import CUSTOM_SIZE, WAVE_CHIPS, WAVE_SIZE, RomSet
from luthier.kn5000.compression import SLIDE4K, method_at, pack, unpack

#: Where the main CPU looks for the sub CPU's packed program: 3E0000, in the custom flash (facts 2.4).
PACKED_PAYLOAD = 0xE0000
_RANKS = ("known", "likely", "by name", "unknown")
#: 1 MiB dumps that are nothing on their own and are tried in pairs.
_MOST_PAIRED = 6


@dataclass(frozen=True)
class Judged:
    """A finding, whether the instrument uses it, and why not."""

    finding: Finding
    used: bool
    remark: str = ""


@dataclass(frozen=True)
class Missing:
    """A part of which there is no image."""

    part: str
    title: str
    meaning: str


@dataclass(frozen=True)
class Recognition:
    """What is in a folder. ``judged`` is in the order of the files, pairs of chips behind them."""

    folder: Path
    roms: RomSet
    judged: tuple[Judged, ...]
    refused: tuple[Refused, ...]
    missing: tuple[Missing, ...]
    version: str

    def bootable(self, open_firmware: Callable[[], RomSet]) -> RomSet:
        """The set with the boot ROM of the open firmware where it lacks one.

        InputError if there is no program of the main CPU.
        """
        if self.roms.program is None:
            raise InputError(
                "there is no program of the main CPU among the dumps",
                where=str(self.folder),
                remedy="add it, or leave --roms away for the open firmware",
            )
        if self.roms.sub_boot is None:
            return replace(self.roms, sub_boot=open_firmware().sub_boot)
        return self.roms


def read_roms(folder: Path) -> Recognition:
    """Look at every file of a folder (or of one archive); InputError if it cannot be read."""
    dumps, refused = read_dumps(folder)
    findings = [finding for dump in dumps for finding in _split(recognise(dump))]
    findings += _pairs(findings)
    chosen = _choose(findings)
    roms = _assembled(chosen)
    judged = tuple(_judged(finding, chosen) for finding in findings)
    program = chosen.get("program")
    missing = tuple(Missing(part, parts()[part].title, parts()[part].without) for part in roms.missing)
    return Recognition(folder, roms, judged, tuple(refused), missing, program.version if program else "")


def _split(finding: Finding) -> Iterator[Finding]:
    """Four wave ROMs in one file are four findings."""
    data = finding.dump.data
    if finding.part or len(data) != len(WAVE_CHIPS) * WAVE_SIZE:
        yield finding
        return
    found = 0
    for number, chip in enumerate(WAVE_CHIPS):
        piece = data[number * WAVE_SIZE :][:WAVE_SIZE]
        one = recognise(Dump(f"kn5000_waveform_rom.{chip.lower()}", finding.dump.where, piece))
        if one.part == chip:
            found += 1
            yield replace(one, note=f"part {number + 1} of a file of all four")
    if not found:
        yield finding


def _pairs(findings: list[Finding]) -> list[Finding]:
    """Tables and programs made of two chips each."""
    made = []
    by_part = {one.part: one for one in sorted(findings, key=_rank, reverse=True)}
    even, odd = by_part.get("table_even"), by_part.get("table_odd")
    if even is not None and odd is not None:
        made.append(_pair(even, odd, "table"))
    loose = [one for one in findings if not one.part and len(one.data) == CHIP_SIZE][:_MOST_PAIRED]
    for first, second in permutations(loose, 2):
        both = recognise(Dump("", "", joined(first.data, second.data)))
        if both.part in ("program", "table"):
            made.append(
                replace(_pair(first, second, both.part), certainty=both.certainty, version=both.version)
            )
    return made


def _pair(even: Finding, odd: Finding, part: str) -> Finding:
    data = joined(even.data, odd.data)
    dump = Dump(f"{even.dump.name} + {odd.dump.name}", f"{even.dump.where} + {odd.dump.where}", data)
    certainty = max(even.certainty, odd.certainty, key=_RANKS.index)
    return Finding(dump, part, certainty, data, note="two chips, joined word by word")


def _rank(finding: Finding) -> tuple[int, int]:
    """The better the smaller: how sure, then the newer version."""
    digits = "".join(sign for sign in finding.version if sign.isdigit())
    return _RANKS.index(finding.certainty), -int(digits or 0)


def _choose(findings: Iterable[Finding]) -> dict[str, Finding]:
    """The best of each part; of the sub CPU's programs the one that belongs to the main CPU's."""
    chosen: dict[str, Finding] = {}
    for finding in sorted(findings, key=_rank):
        if finding.part:
            chosen.setdefault(finding.part, finding)
    program = chosen.get("program")
    wanted = _payload_of(program.version) if program else ""
    for finding in findings:
        if finding.part in ("packed_payload", "payload") and wanted and finding.version == wanted:
            chosen[finding.part] = finding
    return chosen


def _payload_of(version: str) -> str:
    rows = (one for one in known() if one.part == "program" and one.version == version and version)
    return next((one.payload for one in rows), "")


def _assembled(chosen: dict[str, Finding]) -> RomSet:
    fields = {
        name: chosen[name].data for name in ("program", "table", "rhythm", "sub_boot") if name in chosen
    }
    waves = {chip: chosen[chip].data for chip in WAVE_CHIPS if chip in chosen}
    sources = {name: chosen[name].dump.where for name in (*fields, *waves)}
    custom, payload = _with_payload(chosen, sources)
    return RomSet(**fields, custom=custom, payload=payload, waves=waves, sources=sources)


def _with_payload(chosen: dict[str, Finding], sources: dict[str, str]) -> tuple[bytes | None, bytes | None]:
    """The custom flash with the sub CPU's packed program in its place, and that program unpacked."""
    custom, packed, plain = (chosen.get(name) for name in ("custom", "packed_payload", "payload"))
    image = bytearray(custom.data if custom else b"\xff" * CUSTOM_SIZE)
    inside = _unpacked(bytes(image))
    if inside is not None and custom is not None:
        sources |= {"custom": custom.dump.where, "payload": f"{custom.dump.where} at 0x{PACKED_PAYLOAD:X}"}
        return bytes(image), inside
    source = packed or plain
    if source is None:
        if custom is None:
            return None, None
        sources["custom"] = custom.dump.where
        return bytes(image), None
    block = source.data if source is packed else pack(source.data)
    payload = unpack(block).data
    sources["payload"] = source.dump.where
    if len(block) <= CUSTOM_SIZE - PACKED_PAYLOAD:
        image[PACKED_PAYLOAD : PACKED_PAYLOAD + len(block)] = block
        before = f"{custom.dump.where} + " if custom else ""
        sources["custom"] = f"{before}{source.dump.where} at 0x{PACKED_PAYLOAD:X}"
        return bytes(image), payload
    return (custom.data if custom else None), payload


def _unpacked(image: bytes) -> bytes | None:
    if method_at(image, PACKED_PAYLOAD) is not SLIDE4K:
        return None
    try:
        return unpack(image, PACKED_PAYLOAD).data
    except InputError:
        return None


def _judged(finding: Finding, chosen: dict[str, Finding]) -> Judged:
    if not finding.part:
        return Judged(finding, False, finding.note)
    if finding.part == "hard_disk":
        return Judged(finding, False, "the HD-AE5000 is not there: its program is not used")
    best = chosen[finding.part]
    if best is finding:
        lone = _lone(finding, chosen)
        return Judged(finding, not lone, lone or finding.note)
    if best.data == finding.data:
        return Judged(finding, False, f"the same as {best.dump.where}")
    version = f" (version {best.version})" if best.version else ""
    return Judged(finding, False, f"{best.dump.where}{version} is used")


def _lone(finding: Finding, chosen: dict[str, Finding]) -> str:
    """What is wrong with one chip of a pair, if the other is not there."""
    other = {"table_even": "table_odd", "table_odd": "table_even"}.get(finding.part)
    if other is None or other in chosen:
        return ""
    names = {"table_even": "IC3, the even words", "table_odd": "IC1, the odd words"}
    if "table" in chosen:
        return "the whole table data is there"
    return f"half of the table data: {names[other]}, is missing"
