"""Banks over a MIDI cable: sent and received as on the command line, and in a browser to a device file."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.poly800.instrument import Instrument
from tests.web.accessibility import faults_everywhere
from tests.web.browser import serving, tab
from tests.web.requests import client

from luthier.errors import MissingFeatureError
from luthier.midi import ports
from luthier.midi.ports import PortName
from luthier.poly800 import live, sysex
from luthier.poly800.bank import Bank
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.initial import initial_bank
from luthier.poly800.interchange import write_json
from luthier.poly800.synth import Synth

PORT = "UM-ONE"


@pytest.fixture
def instrument(monkeypatch: pytest.MonkeyPatch) -> Instrument:
    """A MkII at the only port there is."""
    found = Instrument(initial_bank(Synth.MK2))

    @contextmanager
    def opened(name: str) -> Iterator[Instrument]:
        assert name == PORT
        yield found

    monkeypatch.setattr(live, "REPORT_TIME", 0.05)
    monkeypatch.setattr(live, "BYTES_PER_SECOND", 1_000_000)
    monkeypatch.setattr(ports, "opened", opened)
    monkeypatch.setattr(ports, "port_names", lambda: [PortName(PORT, sends=True, receives=True)])
    monkeypatch.setattr(ports, "raw_devices", list)
    return found


def bank_of_everything() -> Bank:
    return built_in_bank(Synth.MK2)


def opened_bank(ask: Any, bank: Bank) -> str:
    answer = ask.post("/api/files/", content=write_json(bank).encode(), headers={"x-name": "mine.json"})
    return str(answer.json()["id"])


def ended(ask: Any, started: Any) -> dict[str, Any]:
    assert started.status_code == 202, started.text
    while (job := ask.get(f"/api/jobs/{started.json()['id']}").json())["state"] == "running":
        time.sleep(0.01)
    return dict(job)


def test_a_bank_arrives_byte_for_byte_and_comes_back(tmp_path: Path, instrument: Instrument) -> None:
    with client(tmp_path) as (ask, bench):
        known = ask.get("/api/cable/ports").json()
        assert known["ports"] == [{"name": PORT, "sends": True, "receives": True}]
        assert known["advice"] == list(live.ADVICE)
        wanted = {"bank": opened_bank(ask, bank_of_everything()), "port": PORT, "pace": 1}
        sent = ended(ask, ask.post("/api/cable/send", json=wanted))["result"]
        assert (sent["bytes"], sent["heard"]) == (sysex.DUMP_LENGTH[Synth.MK2], True)
        assert instrument.bank == bank_of_everything()
        asked = {"port": PORT, "timeout": 1, "synth": "mk2"}
        received = ended(ask, ask.post("/api/cable/receive", json=asked))["result"]
        assert received["name"] == "Poly-800MkII received.syx"
        assert bench.files.path(received["id"]).read_bytes() == sysex.write_dump(bank_of_everything())


def test_what_the_synth_reports_is_told(tmp_path: Path, instrument: Instrument) -> None:
    instrument.broken = True
    with client(tmp_path) as (ask, _):
        wanted = {"bank": opened_bank(ask, bank_of_everything()), "port": PORT, "pace": 1}
        job = ended(ask, ask.post("/api/cable/send", json=wanted))
        assert job["state"] == "failed"
        assert "arrived damaged" in job["error"]


@pytest.mark.parametrize(
    ("path", "change", "why"),
    [
        ("send", {"port": "/etc/passwd"}, "there is no MIDI port"),
        ("send", {"synth": "poly800"}, "no system exclusive dump"),
        ("send", {"bank": "nothing"}, "not open any more"),
        ("receive", {"port": "/dev/mem"}, "there is no MIDI port"),
        ("receive", {"synth": "poly800"}, "no system exclusive dump"),
    ],
)
def test_refusals(
    tmp_path: Path, instrument: Instrument, path: str, change: dict[str, str], why: str
) -> None:
    with client(tmp_path) as (ask, _):
        wanted = {"port": PORT} | ({"bank": opened_bank(ask, bank_of_everything())} if path == "send" else {})
        answer = ask.post(f"/api/cable/{path}", json=wanted | change)
        assert answer.status_code == 400
        assert why in answer.json()["error"]
    assert instrument.parts == []


def test_one_sound_alone_is_not_sent(tmp_path: Path, instrument: Instrument) -> None:
    with client(tmp_path) as (ask, _):
        key = opened_bank(ask, bank_of_everything())
        sound = {"packed": bank_of_everything().program(11).packed.hex()}
        kept = ask.post(f"/api/patch/banks/{key}/keep", json={"name": "one", "sound": sound}).json()
        wanted = {"bank": f"library-{kept['item']}", "port": PORT}
        assert "replace all 64" in ask.post("/api/cable/send", json=wanted).json()["error"]
    assert instrument.parts == []


def test_without_ports_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> list[PortName]:
        raise MissingFeatureError("MIDI ports need python-rtmidi")

    monkeypatch.setattr(ports, "port_names", missing)
    monkeypatch.setattr(ports, "_DEVICES", tmp_path)
    (tmp_path / "midiC1D0").touch()
    (tmp_path / "pcmC0D0p").touch()
    with client(tmp_path) as (ask, _):
        found = ask.get("/api/cable/ports").json()
    assert found["missing"] == "MIDI ports need python-rtmidi"
    assert [port["name"] for port in found["ports"]] == [str(tmp_path / "midiC1D0")]


# --- In a browser ------------------------------------------------------------------------------------------


@contextmanager
def at_a_device(instrument: Instrument) -> Iterator[Path]:
    """A device file with the synth behind it."""
    import tty

    ours, theirs = os.openpty()
    tty.setraw(theirs)

    def answer() -> None:
        while data := os.read(ours, 4096):
            if data == b"\x00":
                return
            instrument.send(data)
            while instrument.answers:
                os.write(ours, instrument.answers.pop(0))

    synth = threading.Thread(target=answer)
    synth.start()
    try:
        yield Path(os.ttyname(theirs))
    finally:
        os.write(theirs, b"\x00")
        synth.join()
        os.close(ours)
        os.close(theirs)


@pytest.mark.skipif(sys.platform != "linux", reason="raw MIDI devices are Linux's")
def test_by_hand(chromium: Any, tmp_path: Path) -> None:
    instrument = Instrument(initial_bank(Synth.MK2))
    instrument.answers.clear()
    with at_a_device(instrument) as device:
        there = (
            "import pathlib, luthier.midi.ports as ports;"
            f"ports._DEVICES, ports._RAW_DEVICE = pathlib.Path({str(device.parent)!r}), {device.name!r}"
        )
        with serving(tmp_path, first=there) as served, tab(chromium, served) as page:
            page.goto("/#/patch/new/mk2")
            page.get_by_role("button", name="Random", exact=True).click()
            page.get_by_role("button", name="Write", exact=True).click()
            page.get_by_text("written, not saved or kept yet").wait_for()
            page.get_by_role("button", name="Send to the synth").click()
            page.get_by_text("The synth's own programs will be replaced").wait_for()
            send = page.locator(".patch-tray").get_by_role("button", name="Send to the synth")
            assert page.get_by_label("MIDI port").input_value() == str(device)
            assert send.is_disabled()
            page.get_by_label("All programs of the synth may be replaced").check()
            assert faults_everywhere(page) == []
            send.click()
            page.get_by_text("5,383 bytes sent").wait_for()
            page.get_by_text("reported no error").wait_for()
            assert send.is_disabled()
            assert instrument.bank.program(11) != initial_bank(Synth.MK2).program(11)
            # And out of it again.
            page.goto("/#/open")
            page.get_by_text("Receive the sounds of an EX-800 or MkII").click()
            page.get_by_role("button", name="Receive", exact=True).click()
            page.get_by_role("heading", name="Poly-800MkII received.syx").wait_for()
            page.get_by_text("Play and edit").first.wait_for()
