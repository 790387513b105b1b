"""Everything odd about a bank is found and told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from luthier.poly800 import edit, sysex, verify
from luthier.poly800.bank import Bank
from luthier.poly800.compare import compare
from luthier.poly800.filler import longest_filler
from luthier.poly800.initial import initial_bank
from luthier.poly800.memory import image_from_ram
from luthier.poly800.synth import Synth


def told(bank: Bank) -> str:
    return "\n".join(map(str, verify.verify(bank)))


@pytest.mark.parametrize("synth", list(Synth))
def test_a_good_bank_has_no_findings(synth: Synth) -> None:
    assert verify.verify(initial_bank(synth)) == []


def test_filler_instead_of_globals_is_told() -> None:
    clean = initial_bank(Synth.MK2)
    bank = Bank(Synth.MK2, clean.ram[:1] + b"\x1a\x57" * 511 + b"\x1a" + clean.ram[0x400:])
    (finding,) = verify.verify(bank)
    assert finding.severity == "warning"
    assert finding.where == "memory bytes 1 to 1023"
    assert "1A 57 over and over: filler" in finding.what
    assert "sequence_mode" in finding.what


@pytest.mark.parametrize("pattern", [b"\x01\x02", b"\x55\xaa\x00", b"ABCDEFGH"])
def test_short_patterns_are_found_anywhere(pattern: bytes) -> None:
    content = bytes(range(50)) + pattern * 60 + bytes(range(200, 250))
    found = longest_filler(content)
    assert found is not None
    assert found.pattern in pattern * 2
    assert (found.start, found.end) == (50, 50 + 60 * len(pattern))


def test_what_only_looks_like_filler() -> None:
    assert longest_filler(bytes(500)) is None
    assert longest_filler(bytes(range(256)) * 2) is None
    assert longest_filler(b"\xb0\x01" * 40) is None
    # A trill that fills the sequence memory is a sequence.
    assert "filler" not in told(initial_bank(Synth.POLY800).with_sequence(b"\xb0\xb2" * 127 + b"\0\0"))


def test_values_out_of_range_spare_bits_and_silence() -> None:
    bank = initial_bank(Synth.MK2)
    odd = bank.program(12).replacing({"interval": 15}, allow_out_of_range=True).with_spare_bits(((2, 3),))
    bank = bank.with_program(12, odd)
    bank = edit.assign(bank, ["21.dco1_level=0"])
    bank = bank.with_globals({"sequence_clock": 9}, allow_out_of_range=True)
    text = told(bank)
    assert "error: program 12: 31 interval is 15, out of range (0 to 12); set 12.interval=12" in text
    assert "note: program 12: spare bit 3 of byte 2 is set" in text
    assert "note: program 21: no oscillator" in text
    assert "warning: memory byte 1018: 86 sequence_clock is 9" in text


def test_a_sequence_without_end_or_with_unfinished_steps() -> None:
    bank = initial_bank(Synth.POLY800)
    assert "no end mark" in told(bank.with_sequence(b"\xb0" * 256))
    unfinished = told(bank.with_sequence(b"\xb0\x34\x00".ljust(256, b"\0")))
    assert "step 2" in unfinished


def test_a_file_with_a_damaged_dump(tmp_path: Path) -> None:
    data = bytearray(sysex.write_dump(initial_bank(Synth.MK2)))
    data[-2] ^= 1
    path = tmp_path / "damaged.syx"
    path.write_bytes(sysex.request(Synth.MK2) + data)
    findings = verify.verify_file(path)
    assert [finding.severity for finding in findings] == ["error", "note"]
    assert "dump at byte 6: checksum" in findings[0].what
    assert "another message in the file, read past: Poly-800MkII dump request" in findings[1].what


def test_programs_that_are_not_in_the_file_are_one_finding(tmp_path: Path) -> None:
    path = tmp_path / "cut.syx"
    path.write_bytes(sysex.write_dump(initial_bank(Synth.MK2))[:3000])
    findings = verify.verify_file(path)
    assert [finding.severity for finding in findings] == ["error"] * 3
    assert "programs 33 to 88 are not in the file" in findings[2].what


def test_the_other_checksum_rule_is_noted(tmp_path: Path) -> None:
    ram = initial_bank(Synth.POLY800).with_globals({"midi_channel": 3}).ram
    image = image_from_ram(ram)
    path = tmp_path / "old.tape"
    path.write_bytes(image[:-1] + bytes([(image[-1] - 2) % 256]))
    (finding,) = verify.verify_file(path)
    assert finding.severity == "note"
    assert "first message" in finding.what


def test_compare_names_parameters_globals_and_regions() -> None:
    first = initial_bank(Synth.MK2)
    second = edit.assign(first, ["12.trigger=single", "87=4"]).with_chord(b"\x3c\x40" + bytes(6))
    second = second.with_program(13, second.program(13).with_spare_bits(((2, 3),)))
    assert [str(entry) for entry in compare(first, second)] == [
        "program 12: 46 trigger 2 multi -> 1 single",
        "program 13: spare bits none -> 2.3",
        "globals: midi_channel 1 -> 4",
        "chord: 2 bytes differ, the first at byte 0: 00 -> 3C",
    ]
    assert compare(first, first) == []


def test_compare_across_synths() -> None:
    texts = [str(entry) for entry in compare(initial_bank(Synth.POLY800), initial_bank(Synth.MK2))]
    assert texts[0] == "bank: synth poly800 -> mk2"
    assert "sequence: length 256 -> 1000" in texts
    assert not any(text.startswith("program") for text in texts)
