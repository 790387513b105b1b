"""The dump protocol over a port: requests, pacing, answers, errors, silence."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.poly800.instrument import Instrument
from typer.testing import CliRunner

from luthier.cli import app
from luthier.errors import InputError, LuthierError
from luthier.midi import ports
from luthier.midi.ports import memory_pair
from luthier.poly800 import live, sysex
from luthier.poly800.bank import Bank
from luthier.poly800.initial import initial_bank
from luthier.poly800.library import load_bank, output_format, save
from luthier.poly800.synth import Synth

SYSEX_SYNTHS = [Synth.EX800, Synth.MK2]


def coloured(synth: Synth) -> Bank:
    bank = initial_bank(synth)
    return bank.with_program(11, bank.program(11).replacing({"cutoff": 33}))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "REPORT_TIME", 0.05)
    monkeypatch.setattr(live, "BYTES_PER_SECOND", 1_000_000)


@pytest.mark.parametrize("synth", SYSEX_SYNTHS)
@pytest.mark.parametrize("takes_parts", [True, False])
def test_bank_arrives(synth: Synth, takes_parts: bool) -> None:
    instrument = Instrument(initial_bank(synth), takes_parts=takes_parts)
    seen: list[float] = []
    sent = live.send_bank(
        instrument, coloured(synth), pace=0.02, progress=lambda fraction, _: seen.append(fraction)
    )
    assert instrument.bank == coloured(synth)
    assert sent.bytes == sysex.DUMP_LENGTH[synth] == sum(instrument.parts)
    assert sent.heard
    assert seen == sorted(seen)
    if takes_parts:
        assert max(instrument.parts) == live.PART_LENGTH
        assert instrument.pauses[: len(instrument.parts)] == [0.02] * len(instrument.parts)
    else:
        assert len(instrument.parts) == 1


def test_report_of_a_damaged_dump_is_an_error() -> None:
    instrument = Instrument(initial_bank(Synth.MK2))
    instrument.broken = True
    with pytest.raises(LuthierError, match=r"arrived damaged \(F0 42 21 0C 20 F7\); .* longer --pace"):
        live.send_bank(instrument, coloured(Synth.MK2), pace=0.001)


def test_poly800_has_no_dump_to_send() -> None:
    instrument = Instrument(initial_bank(Synth.MK2))
    with pytest.raises(InputError, match="no system exclusive dump"):
        live.send_bank(instrument, initial_bank(Synth.POLY800))
    assert instrument.parts == []


@pytest.mark.parametrize("synth", SYSEX_SYNTHS)
@pytest.mark.parametrize("named", [True, False])
def test_memory_is_received(synth: Synth, named: bool) -> None:
    instrument = Instrument(coloured(synth))
    data = live.receive_dump(instrument, synth if named else None, timeout=0.1)
    assert data == sysex.write_dump(coloured(synth))


def test_no_answer_and_half_an_answer() -> None:
    with pytest.raises(InputError, match=r"no Poly-800MkII or EX-800 answered within 0\.05 s"):
        live.receive_dump(memory_pair()[0], timeout=0.05)
    with pytest.raises(InputError, match="4000 of 5383 bytes came"):
        live.receive_dump(Instrument(coloured(Synth.MK2), cut=4000), Synth.MK2, timeout=0.05)


def test_over_a_pair_of_ports_with_a_synth_in_another_thread() -> None:
    ours, theirs = memory_pair()

    def answer() -> None:
        assert theirs.receive(5.0) == bytes.fromhex("F042210C10F7")
        theirs.send(sysex.write_dump(coloured(Synth.MK2)))

    synth = threading.Thread(target=answer)
    synth.start()
    assert live.receive_dump(ours, Synth.MK2, timeout=5.0) == sysex.write_dump(coloured(Synth.MK2))
    synth.join()


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["poly800", *map(str, arguments)])
    if isinstance(result.exception, LuthierError):
        assert code == 1
        return str(result.exception)
    assert result.exit_code == code, result.output
    return result.output


def test_commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    instrument = Instrument(coloured(Synth.MK2))

    class Opened:
        def __init__(self, name: str) -> None:
            assert name == "UM-ONE"

        def __enter__(self) -> Instrument:
            return instrument

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(ports, "opened", Opened)
    target = tmp_path / "bank.syx"
    assert "5383 bytes" in run("receive", "--port", "UM-ONE", "-o", target)
    assert load_bank(target) == coloured(Synth.MK2)
    assert "already exists" in run("receive", "--port", "UM-ONE", "-o", target, code=1)
    instrument.bank = initial_bank(Synth.MK2)
    text = run("send", target, "--port", "UM-ONE", "--pace", 1)
    assert "Program Write" in text
    assert "reported no error" in text
    assert instrument.bank == coloured(Synth.MK2)
    assert '"synth": "mk2"' in run("receive", "--port", "UM-ONE", "-o", tmp_path / "again.json", "--json")
    assert '"bytes": 5383' in run("send", target, "--port", "UM-ONE", "--pace", 1, "--json")


def test_commands_for_a_poly800_say_why_not(tmp_path: Path) -> None:
    bank = initial_bank(Synth.POLY800)
    path = tmp_path / "bank.json"
    save([bank], path, output_format(path, None, bank))
    assert "convert the bank to ex800" in run("send", path, "--port", "/nowhere", code=1)
    assert "tape" in run(
        "receive", "--synth", "poly800", "--port", "/nowhere", "-o", tmp_path / "x.syx", code=1
    )


def test_ports_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "port_names", lambda: [ports.PortName("UM-ONE", sends=True, receives=False)])
    assert run("ports") == "UM-ONE  (out)\n"
    assert '"name": "UM-ONE"' in run("ports", "--json")
