"""JSON and CSV carry every byte they promise, and say where a mistake is."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.poly800.bank import Bank
from luthier.poly800.initial import initial_bank
from luthier.poly800.interchange import read_csv, read_json, write_csv, write_json
from luthier.poly800.memory import RAM_LENGTH
from luthier.poly800.synth import Synth


def random_bank(synth: Synth, seed: int) -> Bank:
    return Bank(synth, random.Random(seed).randbytes(RAM_LENGTH[synth]))


banks = st.builds(random_bank, st.sampled_from(list(Synth)), st.integers(0, 2**32))


@given(banks)
def test_json_carries_any_bank(bank: Bank) -> None:
    assert read_json(write_json(bank)) == bank


@given(banks)
def test_csv_carries_the_programs_of_any_bank(bank: Bank) -> None:
    assert read_csv(write_csv(bank), base=bank) == bank
    alone = read_csv(write_csv(bank))
    assert alone.synth is bank.synth
    assert alone.programs == bank.programs
    assert alone.sequence == initial_bank(bank.synth).sequence


def test_json_can_be_read_by_a_person() -> None:
    text = write_json(initial_bank(Synth.MK2))
    assert '"synth": "mk2"' in text
    assert '"midi_channel": 1' in text
    assert '"cutoff": 99' in text
    assert "out_of_range" not in text


def edited(change: Callable[[Any], None]) -> str:
    document = json.loads(write_json(initial_bank(Synth.EX800)))
    change(document)
    return json.dumps(document)


def at(*path: Any, value: Any) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (at("programs", 1, "parameters", "cutoff", value=105), "program 12: 41 cutoff is 105, out of range"),
        (at("programs", 1, "parameters", "cutof", value=5), "program 12: .*did you mean cutoff"),
        (
            at("programs", 1, "parameters", "cutoff", value="x"),
            "program 12: cutoff is 'x', not a whole number",
        ),
        (at("programs", 1, "parameters", "cutoff", value=True), "not a whole number"),
        (at("programs", 1, "parameters", "cutoff", value=10**30), "program 12: 41 cutoff"),
        (at("programs", 1, "parameters", value={}), "program 12: .*missing"),
        (at("programs", 1, "spare_bits", value=["2.0"]), "program 12: .*not a spare bit"),
        (at("programs", 1, "spare_bits", value=["x"]), "byte.bit"),
        (at("programs", 1, "program", value=11), "each once; see 12"),
        (at("programs", value=[]), "each once"),
        (at("globals", "midi_channel", value=17), "globals: 87 midi_channel is 17"),
        (at("globals", value={}), "globals: midi_channel missing"),
        (at("sequence", value=["00"]), "sequence: 1 bytes"),
        (at("sequence", value=["0"]), "sequence: not hexadecimal"),
        (at("chord", value="zz"), "chord: not hexadecimal"),
        (at("undefined", value={}), "undefined: must hold undefined_268"),
        (at("synth", value="dx7"), "synth"),
        (at("colour", value=1), "colour"),
    ],
)
def test_mistakes_in_json_are_named(change: Callable[[Any], None], message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        read_json(edited(change))
    assert raised.value.remedy


def test_text_that_is_not_json() -> None:
    for text in ("", "{", b"\xff\xfe"):
        with pytest.raises(InputError, match="not JSON"):
            read_json(text)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("{", "the end of the file is missing"),
        ("{}".encode("utf-16"), "save it as UTF-8"),
        ('{"format": "Klänge"}'.encode("latin-1"), "save it as UTF-8"),
        ("{,}", "missing comma or quote"),
    ],
)
def test_what_to_do_with_text_that_is_not_json(text: str | bytes, remedy: str) -> None:
    with pytest.raises(InputError, match=f"not JSON.*{remedy}"):
        read_json(text)


def test_a_byte_order_mark_before_json_is_passed_over() -> None:
    bank = initial_bank(Synth.EX800)
    text = write_json(bank)
    assert read_json("\ufeff" + text) == bank
    assert read_json(text.encode("utf-8-sig")) == bank


def test_brackets_without_end() -> None:
    start = '{"format": "luthier poly800 bank", "globals": {"midi_channel": '
    with pytest.raises(InputError, match="brackets inside brackets"):
        read_json(start + "[" * 100_000)


def test_values_out_of_range_must_be_listed() -> None:
    def change(document: Any) -> None:
        document["programs"][0]["parameters"]["cutoff"] = 120
        document["out_of_range"] = ["11.cutoff"]

    assert read_json(edited(change)).program(11)["cutoff"] == 120


def test_csv_from_a_spreadsheet() -> None:
    base = initial_bank(Synth.MK2).with_globals({"midi_channel": 5})
    bank = read_csv("\ufeffProgram;41;detune\r\n12;30;2\r\n\r\n", base)
    assert bank.program(12)["cutoff"] == 30
    assert bank.program(12)["detune"] == 2
    assert bank.with_program(12, base.program(12)) == base


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no rows"),
        ("program,cutoff\n11,20\n", "without .*--base"),
        ("cutoff,detune\n1,2\n", "no column 'program'"),
        ("program,synth\n11\n", "line 2: no synth named"),
    ],
)
def test_mistakes_in_csv_without_a_base(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        read_csv(text)
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("program,cutoff\n11,200\n", "line 2, program 11: 41 cutoff is 200"),
        ("program,cutoff\n11,x\n", "line 2: cutoff is 'x'"),
        ("program,cutoff\n19,2\n", "line 2: there is no program 19"),
        ("program,cutoff\n11,2\n11,3\n", "line 3: program 11 a second time"),
        ("program,cutoff\n11\n", "line 2: 1 cells under 2 columns"),
        ("program,cutof\n11,2\n", "did you mean cutoff"),
        ("program,41,cutoff\n11,2,3\n", "line 1: cutoff in more than one column"),
        ("program,cutoff\n11," + "9" * 5000 + "\n", r"cutoff is '9{40}\.\.\.', not a whole number"),
        ('program,cutoff\n11,"2\n', "not a table"),
    ],
)
def test_mistakes_in_csv_are_named(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        read_csv(text, initial_bank(Synth.POLY800))
    assert raised.value.remedy
