"""Recordings over the wire: drawn, heard, read, saved; what is no tape or malformed is refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.web.requests import client

from luthier.cli import app
from luthier.poly800 import tape
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.tape import damage, writing
from luthier.poly800.tape.damage import Damage, Take

RATE = 22_050
IMAGE = writing.image_for(built_in_bank())[0]


def recorded(path: Path, *damages: Damage, seed: int = 1) -> Path:
    """A tape, recorded with faults."""
    samples = tape.write(IMAGE, RATE, leader=1.0, trailer=0.5)
    take = damage.damaged(Take.of(samples, RATE, (1.01, 10.6)), damages, seed)
    soundfile.write(path, np.concatenate([take.samples, np.zeros(RATE)]), RATE)
    return path


def sent(ask: Any, path: Path) -> Any:
    return ask.post("/api/files/", content=path.read_bytes(), headers={"x-name": path.name}).json()


def result(ask: Any, answer: Any, state: str = "done") -> Any:
    """What an answer or the job in it gives."""
    assert answer.status_code < 300, answer.text
    told = answer.json()
    job = told.get("job", told if "state" in told else None)
    if job is None:
        return told
    deadline = time.monotonic() + 120
    while job["state"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.02)
        job = ask.get(f"/api/jobs/{job['id']}").json()
    assert job["state"] == state, job
    return job["result"] if state == "done" else job


def read(ask: Any, *numbers: str) -> tuple[str, Any]:
    """The address of a reading, and what it says."""
    key = result(ask, ask.post("/api/tape/read", json={"files": list(numbers)}))["key"]
    return f"/api/tape/readings/{key}", ask.get(f"/api/tape/readings/{key}").json()


@pytest.fixture(scope="module")
def two_takes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("takes")
    one = recorded(folder / "take 1.wav", damage.hole(0.3, 200))
    return one, recorded(folder / "take 2.wav", damage.hole(0.7, 200), damage.speed(1.05))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, two_takes: tuple[Path, Path]) -> Iterator[Any]:
    """A client, and two takes that are open."""
    with client(tmp_path_factory.mktemp("bench")) as (ask, _):
        files = [sent(ask, path) for path in two_takes]
        assert [file["view"] for file in files] == ["tape", "tape"]
        yield ask, *(file["id"] for file in files)


def test_a_recording_is_drawn_as_it_is(bench: Any, two_takes: tuple[Path, Path]) -> None:
    ask, one, _ = bench
    whole, rate = soundfile.read(two_takes[0], dtype="float32")
    told = result(ask, ask.post(f"/api/tape/{one}/shape"))
    shape = told.get("shape", told)
    assert (shape["frames"], shape["rate"], shape["channels"]) == (whole.size, rate, 1)
    assert shape["loudest"] == pytest.approx(np.abs(whole).max(), abs=1e-4)
    again = ask.post(f"/api/tape/{one}/shape").json()
    assert again["shape"] == shape
    answer = ask.get(f"/api/tape/{one}/columns?begin=40000&end=40100&width=100")
    assert np.frombuffer(answer.content, "<f4")[::2] == pytest.approx(whole[40_000:40_100], abs=1e-6)
    answer = ask.get(f"/api/tape/{one}/columns?begin=0&end={1024 * 200}&width=200")
    parts = whole[: 1024 * 200].reshape(200, 1024)
    pairs = np.frombuffer(answer.content, "<f4").reshape(200, 2)
    assert np.array_equal(pairs, np.stack([parts.min(axis=1), parts.max(axis=1)], axis=1))


def test_a_recording_is_heard(bench: Any, two_takes: tuple[Path, Path]) -> None:
    ask, one, _ = bench
    result(ask, ask.post(f"/api/tape/{one}/shape"))
    whole, rate = soundfile.read(two_takes[0], dtype="float32")
    answer = ask.get(f"/api/tape/{one}/sound?begin=2&end=2.5")
    assert float(answer.headers["x-rate"]) == rate
    assert np.array_equal(np.frombuffer(answer.content, "<f4"), whole[2 * rate : int(2.5 * rate)])
    answer = ask.get(f"/api/tape/{one}/sound?begin=2&end=3&stage=decoder&scale=1.05")
    heard = np.frombuffer(answer.content, "<f4")
    assert heard.size == pytest.approx(float(answer.headers["x-rate"]), rel=0.01)
    assert np.abs(heard).mean() == pytest.approx(0.4, rel=0.1)
    assert ask.get(f"/api/tape/{one}/sound?begin=0&end=0").content == b""


def test_one_take_has_holes_and_two_have_none(bench: Any) -> None:
    ask, one, two = bench
    _, alone = read(ask, one)
    (memory,) = alone["memories"]
    assert not memory["complete"]
    states = {program["state"] for program in memory["programs"]}
    assert states == {"right", "doubtful", "missing"}
    assert all(bool(program["doubts"]) == (program["state"] != "right") for program in memory["programs"])
    (recording,) = alone["recordings"]
    assert (recording["file"], recording["name"]) == (one, "take 1.wav")
    assert [mark["kind"] for mark in recording["marks"]] == ["missing"]
    assert recording["advice"][0]["name"] == "dropouts"
    _, together = read(ask, one, two)
    assert [entry["complete"] for entry in together["memories"]] == [True]
    assert together["memories"][0]["image"] == IMAGE.hex()
    assert together["nothing"] == ""
    assert "2 takes merged" in together["memories"][0]["summary"]


@pytest.mark.parametrize(("suffix", "takes"), [("csv", 1), ("json", 2)])
def test_what_is_saved_is_what_the_command_line_writes(
    bench: Any, two_takes: tuple[Path, Path], tmp_path: Path, suffix: str, takes: int
) -> None:
    ask, *numbers = bench
    where, _ = read(ask, *numbers[:takes])
    answer = ask.get(f"{where}/export?as={suffix}&memory=1")
    assert f"take%201.{suffix}" in answer.headers["content-disposition"]
    expected = tmp_path / f"expected.{suffix}"
    arguments = ["poly800", "read", *map(str, two_takes[:takes]), "-o", str(expected), "--salvage"]
    app(arguments, standalone_mode=False)
    assert answer.content == expected.read_bytes()


def test_a_clean_tape_is_saved_also_of_what_has_holes(bench: Any, tmp_path: Path) -> None:
    ask, one, _ = bench
    where, alone = read(ask, one)
    clean = tmp_path / "clean.wav"
    clean.write_bytes(ask.get(f"{where}/export?as=wav").content)
    (dump,) = tape.read_file(clean).dumps
    assert dump.complete
    assert dump.image[:-1] == bytes.fromhex(alone["memories"][0]["image"])[:-1]


def test_the_report_is_saved(bench: Any) -> None:
    ask, one, two = bench
    where, told = read(ask, one, two)
    record = ask.get(f"{where}/export?as=report.json").json()
    assert [entry["name"] for entry in record["recordings"]] == ["take 1.wav", "take 2.wav"]
    assert record["memories"][0]["image"] == told["memories"][0]["image"]
    assert "/tmp" not in ask.get(f"{where}/export?as=report.json").text


def test_half_waves_and_curves_of_a_stretch(bench: Any) -> None:
    ask, one, two = bench
    where, _ = read(ask, one, two)
    data = ask.get(f"{where}/half-waves?recording=1&begin=2&end=3&most=20000").content
    count = len(data) // 13
    assert count * 13 == len(data)
    seconds = np.frombuffer(data, "<f8", count)
    lengths = np.frombuffer(data, "<f4", count, 8 * count)
    assert seconds.min() >= 2
    assert seconds.max() < 3
    assert lengths.sum() * 1e-6 == pytest.approx(1.0, abs=0.01)
    curves = ask.get(f"{where}/curves?recording=1&begin=2&end=3&most=50").json()
    assert np.median([one for one in curves["speed"][1] if one is not None]) == pytest.approx(105, abs=0.3)
    assert len(curves["level"][0]) <= 60


def test_what_was_read_is_opened_and_kept(bench: Any) -> None:
    ask, one, two = bench
    where, _ = read(ask, one, two)
    opened = ask.post(f"{where}/open", json={"memory": 1}).json()
    assert (opened["name"], opened["view"]) == ("take 1 recovered.json", "bank")
    report = result(ask, ask.post(f"{where}/keep", json={}))
    assert report["damaged"] == []
    names = [item["name"] for item in ask.get("/api/library/?query=").json()["items"]]
    assert "take 1, 2 takes together" in names
    assert result(ask, ask.post(f"{where}/keep", json={}))["added"] == 0


def test_silence_noise_and_music_are_no_tape(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    moments = np.arange(4 * RATE) / RATE
    sounds = {
        "silence": np.zeros(4 * RATE),
        "noise": random.normal(0, 0.1, 4 * RATE),
        "music": 0.2 * np.sin(2 * np.pi * 220 * moments) * (1 + np.sin(2 * np.pi * 2 * moments)),
    }
    with client(tmp_path) as (ask, _):
        for name, samples in sounds.items():
            soundfile.write(tmp_path / f"{name}.wav", samples, RATE)
            file = sent(ask, tmp_path / f"{name}.wav")
            assert file["view"] == "tape"
            where, told = read(ask, file["id"])
            assert told["memories"] == []
            assert told["nothing"].startswith(f"{name}.wav: no dump of a Poly-800 in it: ")
            assert told["recordings"][0]["advice"]
            refused = ask.get(f"{where}/export?as=syx")
            assert refused.status_code == 400
            assert "no dump of a Poly-800" in refused.json()["error"]
            assert ask.post(f"{where}/keep", json={}).status_code == 400
            assert ask.get(f"{where}/curves").status_code == 200
            assert ask.get(f"{where}/half-waves").content == b""


def test_what_is_no_sound_is_said_without_our_folders(tmp_path: Path) -> None:
    (tmp_path / "page.wav").write_bytes(b"RIFF\x00\x00\x00\x00WAVE but nothing behind it")
    with client(tmp_path) as (ask, _):
        file = sent(ask, tmp_path / "page.wav")["id"]
        for answer in (
            ask.post(f"/api/tape/{file}/shape"),
            ask.post("/api/tape/read", json={"files": [file]}),
        ):
            job = result(ask, answer, "failed")
            assert job["error"].startswith("page.wav: ")
            assert "/luthier-" not in job["error"]
        assert ask.get(f"/api/tape/{file}/columns").status_code == 400


def test_a_reading_is_stopped(tmp_path: Path) -> None:
    samples = np.concatenate([tape.write(IMAGE, RATE) for _ in range(6)])
    noise = np.random.default_rng(1).normal(0, 0.25, samples.size)
    soundfile.write(tmp_path / "bad.wav", samples + noise, RATE)
    with client(tmp_path) as (ask, _):
        file = sent(ask, tmp_path / "bad.wav")["id"]
        job = ask.post("/api/tape/read", json={"files": [file]}).json()["job"]
        # Another page that asks for the same follows the same work.
        assert ask.post("/api/tape/read", json={"files": [file]}).json()["job"]["id"] == job["id"]
        ask.delete(f"/api/jobs/{job['id']}")
        result(ask, ask.get(f"/api/jobs/{job['id']}"), "cancelled")
        assert ask.get(f"/api/tape/readings/{file}").status_code == 400


@pytest.mark.parametrize(
    "query",
    ["begin=x", "begin=0&end=1e9", "width=0", "width=99999999", "channel=7", "begin=5&end=5",
     "begin=99999999999999999", "begin=-1000000000&end=10"],
)  # fmt: skip
def test_malformed_columns_are_refused(bench: Any, query: str) -> None:
    ask, one, _ = bench
    result(ask, ask.post(f"/api/tape/{one}/shape"))
    answer = ask.get(f"/api/tape/{one}/columns?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "path",
    ["sound?begin=nan", "sound?begin=inf", "sound?stage=elsewhere", "sound?scale=0", "sound?begin=-1"],
)
def test_malformed_sounds_are_refused(bench: Any, path: str) -> None:
    ask, one, _ = bench
    result(ask, ask.post(f"/api/tape/{one}/shape"))
    assert ask.get(f"/api/tape/{one}/{path}").status_code == 400


@pytest.mark.parametrize(
    "body",
    [{}, {"files": []}, {"files": ["nothing"]}, {"files": ["../x"]}, {"files": ["a"] * 99}, {"files": 3}],
)
def test_malformed_readings_are_refused(bench: Any, body: Any) -> None:
    ask = bench[0]
    assert ask.post("/api/tape/read", json=body).status_code == 400


@pytest.mark.parametrize(
    "path",
    ["half-waves?recording=9", "curves?recording=-1", "curves?begin=x", "export?as=zip", "export?as=../../x",
     "export?as=syx&memory=5", "export?as=syx&memory=x"],
)  # fmt: skip
def test_what_a_reading_has_not_is_refused(bench: Any, path: str) -> None:
    ask, one, _ = bench
    where, _ = read(ask, one)
    assert ask.get(f"{where}/{path}").status_code == 400
    assert ask.get(f"/api/tape/readings/never/{path}").status_code == 400
