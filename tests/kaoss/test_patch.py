"""Patches: the language, what is refused, and that they can be taken back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.cpu import CPUS
from luthier.errors import InputError
from luthier.kaoss.built_in import built_in
from luthier.kaoss.header import Version
from luthier.kaoss.patch import CPU, Permissions, State, apply, assembled, judge, reversed_patch
from luthier.kaoss.patch_text import Range, parse
from luthier.kaoss.system_file import SystemFile

EXAMPLE = """\
# What it is for.
device LuthierPad        # the example
version 1.00
protect 0x3C000:0x40000  the updater, an example

at 0x00216
  reason leave interrupts      # and a comment
  reason as they are
  expect 04 80
  write  00 00
at 0x21C
  reason let the watchdog run
  expect 6B 80 FF 74
  write  00*2
  write  00 00
"""


def test_the_example() -> None:
    patch = parse(EXAMPLE)
    assert (patch.device, patch.version) == ("LuthierPad", Version(1, 0))
    assert patch.protected == (Range(0x3C000, 0x40000, "the updater, an example"),)
    first, second = patch.changes
    assert (first.address, first.reason, first.where) == (0x216, "leave interrupts as they are", "line 6")
    assert (first.expected, first.new) == (bytes.fromhex("0480"), bytes.fromhex("0000"))
    assert second.new == bytes.fromhex("00000000")


def test_applied_and_taken_back() -> None:
    file = built_in()
    patch = assembled(parse(EXAMPLE))
    changed = apply(file, patch)
    assert changed.payload[0x216:0x218] == bytes.fromhex("0000")
    assert changed.payload[0x21C:0x220] == bytes.fromhex("00000000")
    differing = [place for place in range(0x40000) if changed.payload[place] != file.payload[place]]
    assert differing == [0x216, 0x217, 0x21C, 0x21D, 0x21E, 0x21F]
    assert changed.header == file.header
    assert apply(changed, reversed_patch(patch)) == file


@given(st.binary(min_size=1, max_size=40), st.integers(0x210, 0x3FFD8))
def test_every_patch_can_be_taken_back(new: bytes, address: int) -> None:
    file = built_in()
    old = file.payload[address : address + len(new)]
    patch = parse(f"at {address}\nreason r\nexpect {old.hex(' ')}\nwrite {new.hex(' ')}\n")
    changed = apply(file, patch)
    assert changed.payload == file.payload[:address] + new + file.payload[address + len(new) :]
    assert apply(changed, reversed_patch(patch)) == file


def test_bytes_that_do_not_match() -> None:
    patch = parse(EXAMPLE.replace("04 80", "04 81"))
    verdicts = judge(built_in(), patch)
    assert [verdict.state for verdict in verdicts] == [State.DIFFERS, State.FITS]
    assert verdicts[0].found == bytes.fromhex("0480")
    with pytest.raises(
        InputError, match=r"payload 0x00216 \(byte 0x00316 of the file\) holds 04 80, not 04 81"
    ):
        apply(built_in(), patch)


def test_a_patch_that_is_there_already() -> None:
    patch = parse(EXAMPLE)
    changed = apply(built_in(), patch)
    assert {verdict.state for verdict in judge(changed, patch)} == {State.APPLIED}
    with pytest.raises(InputError, match=r"changed already; --reverse takes it back \(1 more"):
        apply(changed, patch)


def test_a_place_behind_the_end() -> None:
    patch = parse("at 0x3FFFF\nreason r\nexpect FF FF\nwrite 00 00\n")
    with pytest.raises(InputError, match="behind the end of the payload"):
        apply(built_in(), patch)


VECTOR = "at 0x1FE\nreason r\nexpect 02 76 4B\nwrite 02 1A 4B\n"


def test_vectors_are_left_alone_unless_permitted() -> None:
    patch = parse(VECTOR)
    with pytest.raises(
        InputError, match=r"touches 0x00000 to 0x001FF, the exception vectors.*--allow-vectors"
    ):
        apply(built_in(), patch)
    changed = apply(built_in(), patch, Permissions(vectors=True))
    assert changed.payload[0x1FE:0x201] == bytes.fromhex("021A4B")


def test_protected_addresses_are_left_alone_unless_permitted() -> None:
    last = "at 0x3BFFF\nreason r\nexpect FF FF\nwrite 00 00\n"
    before = "at 0x3BFFE\nreason r\nexpect FF FF\nwrite 00 00\n"
    protect = "protect 0x3C000:0x40000 the updater\n"
    with pytest.raises(InputError, match=r"touches 0x3C000 to 0x3FFFF, the updater \(--allow-protected"):
        apply(built_in(), parse(protect + last))
    apply(built_in(), parse(protect + before))
    apply(built_in(), parse(protect + last), Permissions(protected=True))
    mine = Permissions(ranges=(Range(0x3C000, 0x3C001),))
    with pytest.raises(InputError, match="0x3C000 to 0x3C000, protected"):
        apply(built_in(), parse(last), mine)


def test_another_device_or_version() -> None:
    with pytest.raises(InputError, match="the patch is for 'KaossPad3', the file for 'LuthierPad'"):
        judge(built_in(), parse(EXAMPLE.replace("LuthierPad", "KaossPad3")))
    with pytest.raises(InputError, match=r"for version 1\.01, the file is 1\.00"):
        judge(built_in(), parse(EXAMPLE.replace("1.00", "1.01")))


def test_a_file_that_is_not_whole() -> None:
    file = built_in()
    with pytest.raises(InputError, match="262,143 bytes of payload"):
        apply(SystemFile(file.header, file.payload[:-1]), parse(EXAMPLE))


ASSEMBLY = """\
at 0x00216
  reason leave at once
  expect 04 80
  assemble
    rte     ; # here is no comment of ours
  end
"""


def test_assembly_is_kept_until_it_is_needed() -> None:
    (change,) = parse(ASSEMBLY).changes
    assert change.assembly == "    rte     ; # here is no comment of ours"
    assert change.assembly_line == 4


@pytest.mark.skipif(CPU in CPUS, reason="there is an assembler")
def test_without_an_assembler_bytes_are_asked_for() -> None:
    with pytest.raises(InputError, match="line 1: there is no assembler for the h8s2000 yet"):
        assembled(parse(ASSEMBLY))


@pytest.mark.skipif(CPU not in CPUS, reason="no assembler for the H8S/2000 yet")
class TestAssembly:
    def test_text_becomes_bytes(self) -> None:
        # MAME's h8.lst: 56 70 is rte.
        (change,) = assembled(parse(ASSEMBLY)).changes
        assert (change.new, change.assembly) == (bytes.fromhex("5670"), None)
        assert apply(built_in(), assembled(parse(ASSEMBLY))).payload[0x216:0x218] == bytes.fromhex("5670")

    def test_another_length(self) -> None:
        with pytest.raises(InputError, match="line 1: the text makes 4 bytes where 2 are expected"):
            assembled(parse(ASSEMBLY.replace("rte ", "nop\n nop ")))

    def test_mistakes_are_told_with_their_line(self) -> None:
        with pytest.raises(InputError, match=r"patch, line 5, column 5.*rtq"):
            assembled(parse(ASSEMBLY.replace("rte ", "rtq ")))

    def test_no_place_of_its_own(self) -> None:
        with pytest.raises(InputError, match="leave org out"):
            assembled(parse(ASSEMBLY.replace("    rte", " org 0x300\n rte")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: no change in it"),
        ("# nothing\n", "no change in it"),
        ("at 0x1000000\n", "line 1, column 1: '0x1000000' is no address"),
        ("at\n", "line 1, column 1: '' is no address"),
        ("at 017\n", "'017' is no address"),
        ("hello\n", "line 1, column 1: 'hello' means nothing here"),
        ("  write 00\n", "line 1, column 3: 'write' means nothing here"),
        ("at 0\ndevice X\n", "line 2, column 1: 'device' means nothing here"),
        ("device\n", "nothing behind device"),
        ("version 1\n", "'1' is no version"),
        ("protect 5\n", "'5' is no range"),
        ("protect 0x20:0x10 r\n", "is no range"),
        ("at 0\nexpect 00\nwrite 00\n", "line 1: a change without a reason"),
        ("at 0\nreason r\nwrite 00\n", "line 1: a change that expects nothing"),
        ("at 0\nreason r\nexpect 00\n", "needs either write or assemble"),
        ("at 0\nreason r\nexpect 00\nwrite 0\n", "line 4, column 1: '0' is no byte"),
        ("at 0\nreason r\nexpect GG\n", "'GG' is no byte"),
        (
            "at 0\nreason r\nexpect 00*99999999\n",
            "line 3, column 1: more than 8,388,608 bytes in all changes",
        ),
        ("at 0\nreason r\n" + "expect 00*4000000\n" * 9, "line 5, column 1: more than 8,388,608 bytes"),
        ("at 0\nreason r\nexpect 00*0\nwrite 00\n", "expects nothing"),
        ("at 0\nreason r\nexpect 00\nwrite 00 00\n", "2 bytes to write where 1 are expected"),
        ("at 0\nreason r\nexpect 00\nassemble\nnop\n", "line 4: no end to what is to be assembled"),
        ("at 0\nreason r\nexpect 00\nwrite 00\nassemble\nend\n", "needs either write or assemble"),
        (
            "at 0x301\nreason r\nexpect 00\nwrite 01\nat 0x300\nreason r\nexpect 00 00\nwrite 01 01\n",
            "line 1: it changes 0x00301, which the change of line 5 has changed",
        ),
    ],
)
def test_mistakes(text: str, said: str) -> None:
    with pytest.raises(InputError) as raised:
        parse(text)
    assert said in str(raised.value)


@given(st.text(max_size=300))
def test_any_text_is_a_patch_or_an_input_error(text: str) -> None:
    try:
        parse(text)
    except InputError as error:
        assert "line" in str(error)
