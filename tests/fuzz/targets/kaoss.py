"""Kaossilator Pro and Kaoss Pad 3."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.fuzz.targets.target import Target

if TYPE_CHECKING:
    pass


def _system_file(data: bytes) -> None:
    from luthier.kaoss import system_file, vectors, verify, view
    from luthier.kaoss.header_text import from_text, to_text

    file = system_file.read(data)
    assert file.write() == data
    assert from_text(to_text(file.header)) == file.header
    assert all(str(finding).isprintable() for finding in verify.verify(file))
    assert all(line.isprintable() for line in view.info_lines("a", file))
    view.info_record("a", file)
    vectors.decode(file)


def _system_file_starts() -> Iterable[bytes]:
    from luthier.kaoss.built_in import built_in

    yield built_in().write()[:0x400]
    yield built_in().write()[:0x110]


def _sandbox(data: bytes) -> None:
    """Any bytes as a firmware: the run ends, and can be told of."""
    from luthier.kaoss.sandbox import view
    from luthier.kaoss.sandbox.chip import Chip
    from luthier.kaoss.sandbox.run import Limits, run
    from luthier.kaoss.sandbox.wiring import wiring_of

    done = run(Chip(data, wiring_of("LuthierPad"), executor="plain"), Limits(0.005, 5_000, 5.0))
    assert done.instructions <= 5_000
    assert list(view.lines("fuzz", done))
    assert view.record("fuzz", done)["ended"] == done.ended


def _sandbox_starts() -> Iterable[bytes]:
    from luthier.kaoss.built_in import built_in

    yield built_in().payload[:0x700]


def _wiring(data: bytes) -> None:
    from luthier.kaoss.sandbox.wiring import wiring_from

    wiring_from(data)


def _wiring_starts() -> list[bytes]:
    return [
        b'clock = 24_000_000\n[[memory]]\nkind = "spi"\nname = "M"\n'
        b'pins = { cs = "P1.0", sck = "P1.1", si = "P1.2", so = "P1.3" }\n'
        b'[[key]]\nname = "K"\ncolumn = "PB.1"\nrow = "PC.0"\n[[window]]\nname = "D"\nfirst = 1\nlast = 2\n'
    ]


def _boot_mode(data: bytes) -> None:
    """A chip in boot mode hears anything at all, and the host any answer."""
    from luthier.kaoss.recovery import protocol
    from luthier.kaoss.recovery.simulated_unit import SimulatedUnit

    unit = SimulatedUnit(executor="plain")
    unit.write(data[:512])
    unit.read(len(data), 0.01)

    class Answers:
        rest = data

        def write(self, content: bytes) -> None:
            pass

        def read(self, count: int, seconds: float) -> bytes:
            found, self.rest = self.rest[:count], self.rest[count:]
            return found

    protocol.recover(Answers(), b"\x00" * 0x40000, b"\x01")


def _boot_mode_starts() -> list[bytes]:
    return [bytes.fromhex("55 06400101 0004 0102035A A0 3A3A3A 52"), bytes.fromhex("AAAAAAAA 1106 52 0606")]


def _header_text(data: bytes) -> None:
    from luthier.kaoss.header_text import from_text, to_text

    header = from_text(data.decode("utf-8", "replace"))
    assert from_text(to_text(header)) == header
    assert len(header.encoded()) == 256


def _header_text_starts() -> Iterable[bytes]:
    from luthier.kaoss.built_in import built_in
    from luthier.kaoss.header_text import to_text

    yield to_text(built_in().header).encode()


def _patch(data: bytes) -> None:
    from luthier.kaoss import patch, patch_text
    from luthier.kaoss.built_in import built_in

    wanted = patch_text.parse(data.decode("utf-8", "replace"))
    if all(change.assembly is None for change in wanted.changes):
        file, all_of_it = built_in(), patch.Permissions(vectors=True, protected=True)
        patch.judge(file, wanted)
        assert (
            patch.apply(patch.apply(file, wanted, all_of_it), patch.reversed_patch(wanted), all_of_it) == file
        )


def _patch_starts() -> Iterable[bytes]:
    yield b"device LuthierPad\nprotect 0x3C000:0x40000 r\nat 0x216\n reason r\nexpect 04 80\nwrite 00 00 #\n"
    yield b"version 1.00\nat 528\nreason r\nexpect 04 80\nassemble\n rte\nend\n"


def _firmware_code(data: bytes) -> None:
    """Vectors and code of any bytes: listed, assembled again, compared, searched for wires."""
    from dataclasses import replace

    from luthier.cpu.assembler import assemble
    from luthier.kaoss.built_in import CPU, built_in
    from luthier.kaoss.code import take_payload_apart
    from luthier.kaoss.difference.comparison import compare
    from luthier.kaoss.difference.page import page
    from luthier.kaoss.listing import Source
    from luthier.kaoss.wires import view
    from luthier.kaoss.wires.buses import search

    file = replace(built_in(), payload=data)
    code = take_payload_apart(file)
    text = "".join(f"{line}\n" for line in Source(code).text())
    assert assemble(text, CPU).image == data
    assert list(view.lines(search(code)))
    assert page(compare(built_in(), file), "a", "b")


def _firmware_code_starts() -> Iterable[bytes]:
    from luthier.kaoss.built_in import built_in

    yield built_in().payload[:0x620]


def _notes(data: bytes) -> None:
    from luthier.cpu import describe, notes
    from luthier.cpu.assembler import assemble
    from luthier.kaoss.built_in import CPU, built_in
    from luthier.kaoss.code import take_payload_apart
    from luthier.kaoss.listing import Source

    said = notes.parse(data.decode("utf-8", "replace"), describe(CPU))
    again = notes.parse(notes.write(said.symbols, said), describe(CPU))
    assert again.symbols == said.symbols
    code = take_payload_apart(built_in(), said)
    text = "".join(f"{line}\n" for line in Source(code).text())
    assert assemble(text, CPU).image == built_in().payload


def _notes_starts() -> Iterable[bytes]:
    yield b"2BA main code ; Begins here.\n2BC - ; Sleeps.\n590 commands table 5\nFFB004 passes data\n"
    yield b"# names\nplay = 0x0002EC\nTCSR = 0xFFFF74 ; data\n211 odd\n3FFFE end table 9\n"


def _loops(data: bytes) -> None:
    from luthier.kaoss.loops.arrangement import arrange
    from luthier.kaoss.loops.language import parse
    from luthier.kaoss.loops.messages import Performance
    from luthier.kaoss.loops.midi_file import to_file

    found = arrange(parse(data.decode("utf-8", "replace")))
    if found.bars < 500:
        assert to_file(Performance(found, hold=len(data) % 2 == 0)).startswith(b"MThd")


def _loops_starts() -> Iterable[bytes]:
    yield b"tempo 96\nbars A=4,B=2\ncount-in 1\nplay A*3 B C*3\nplay (A>B / C>D)*2\npad 5.1 0,6 to 9,6 over 2"
    yield b"notes A=1\ncontrollers x=3\nrepeat 2\nax3 -> b+c:2 -> .:2\npad 1 off"


TARGETS: dict[str, Target] = {
    "kaoss-system-file": Target(_system_file, _system_file_starts, 2_048),
    "kaoss-header-text": Target(_header_text, _header_text_starts, 2_048),
    "kaoss-patch": Target(_patch, _patch_starts, 2_048),
    "kaoss-code": Target(_firmware_code, _firmware_code_starts, 2_048),
    "kaoss-notes": Target(_notes, _notes_starts, 2_048),
    "kaoss-sandbox": Target(_sandbox, _sandbox_starts, 2_048),
    "kaoss-wiring": Target(_wiring, _wiring_starts, 2_048),
    "kaoss-boot-mode": Target(_boot_mode, _boot_mode_starts, 512),
    "kaoss-loops": Target(_loops, _loops_starts, 2_048),
}
