"""Reports: whole, self-contained, small, and never over somebody's files."""

from __future__ import annotations

import base64
import json
import re
import struct
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile

from luthier.errors import LuthierError, OutputExistsError
from luthier.poly800 import tape
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.tape import damage, writing
from luthier.poly800.tape.damage import Take
from luthier.poly800.tape.health import pictures, report
from luthier.poly800.tape.health.diagnosis import diagnoses, worst_places
from luthier.poly800.tape.takes import read_takes

RATE = 22_050
IMAGE = writing.image_for(built_in_bank())[0]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    samples = tape.write(IMAGE, RATE, leader=1.0, trailer=0.5)
    take = damage.damaged(Take.of(samples, RATE, (1.01, 10.6)), [damage.hole(0.5, 100)], 1)
    path = tmp_path / "a <tape> & more.wav"
    soundfile.write(path, take.samples, RATE)
    return path


def write(*paths: Path, folder: Path, force: bool = False) -> str:
    with read_takes(paths) as takes:
        page, _ = report.write(takes, diagnoses(takes), folder, force=force)
    return page.read_text(encoding="utf-8")


class Outside(HTMLParser):
    """Collects everything a page would load from elsewhere, and open tags."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"src", "href"} and value]
        if tag not in {"meta", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_report_is_complete_and_needs_nothing_else(recording: Path, tmp_path: Path) -> None:
    page = write(recording, folder=tmp_path / "report")
    assert len(page) < 2_000_000
    parser = Outside()
    parser.feed(page)
    assert parser.open == []
    assert all(source.startswith("data:image/png;base64,") for source in parser.found)
    assert "a &lt;tape&gt; &amp; more.wav" in page
    assert "<tape>" not in page
    assert re.search(r"[0-9]+ dropouts?", page)
    assert "Incomplete" in page
    data = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    (entry,) = data["recordings"]
    assert entry["measures"]["rate"] == RATE
    assert [advice["name"] for advice in entry["advice"]] == ["dropouts"]
    (memory,) = data["memories"]
    assert memory["complete"] is False
    assert bytes.fromhex(memory["image"])[:300] == IMAGE[:300]
    assert {program["state"] for program in memory["programs"]} >= {"right", "doubtful"}
    assert memory["confidence"]["missing_bytes"] > 0


def test_pictures_are_pngs_of_a_sensible_size(recording: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    page = write(recording, folder=tmp_path / "report")
    found = [base64.b64decode(data) for data in re.findall(r"base64,([^\"]+)", page)]
    assert len(found) == 4
    for png in found:
        assert png.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", png[16:24])
        assert 900 <= width <= 1300
        assert 200 <= height <= 1300


def test_without_matplotlib_the_report_says_how_to_get_pictures(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "available", lambda: False)
    page = write(recording, folder=tmp_path / "report")
    assert "base64" not in page
    assert "luthier[plots]" in page
    assert "Dropout" in page or "dropout" in page


def test_nothing_is_overwritten_or_removed(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "available", lambda: False)
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    write(recording, folder=folder)
    with pytest.raises(OutputExistsError):
        write(recording, folder=folder)
    write(recording, folder=folder, force=True)
    assert sorted(path.name for path in folder.iterdir()) == ["mine.txt", "report.html", "report.json"]
    with pytest.raises(LuthierError, match="is a file"):
        write(recording, folder=folder / "mine.txt", force=True)


def test_a_report_on_a_recording_without_a_dump(tmp_path: Path) -> None:
    path = tmp_path / "hiss.wav"
    soundfile.write(path, np.random.default_rng(1).normal(0, 0.1, 3 * RATE), RATE)
    page = write(path, folder=tmp_path / "report")
    assert "No dump of a Poly-800 was found" in page
    soundfile.write(path, np.zeros(10), RATE)
    assert "silent" in write(path, folder=tmp_path / "second")


def test_a_long_recording_makes_no_large_report(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    silence = np.zeros(600 * 8000)
    soundfile.write(path, np.concatenate([silence, tape.write(IMAGE, 8000), silence]), 8000)
    assert len(write(path, folder=tmp_path / "report")) < 1_500_000


def test_takes_that_are_complete_together_need_not_be_played_again(tmp_path: Path) -> None:
    samples = tape.write(IMAGE, RATE, leader=1.0, trailer=0.5)
    paths = [tmp_path / "first.wav", tmp_path / "second.wav"]
    for path, place in zip(paths, (0.3, 0.7), strict=True):
        take = damage.damaged(Take.of(samples, RATE, (1.01, 10.6)), [damage.hole(place, 100)], 1)
        soundfile.write(path, take.samples, RATE)
    assert "play the tape again" in write(paths[0], folder=tmp_path / "one")
    page = write(*paths, folder=tmp_path / "both")
    assert "Complete: all 1,636 bytes" in page
    assert "again" not in page
    assert page.count("dropout") >= 2
    assert page.count("No harm: all recordings together are complete") == 2


def test_the_picture_of_a_hole_shows_where_it_begins(recording: Path) -> None:
    """A hole of 100 ms at half of the data, from 1.01 to 10.6 s, filled with nothing."""
    hole = 1.01 + 0.5 * (10.6 - 1.01)
    assert any(begin < hole < end for begin, end in worst_places(tape.read_file(recording)))


@pytest.mark.parametrize(
    ("peak", "limits"), [(1.0, (-40, 3)), (0.5, (-40, 3)), (0.01, (-80, -37)), (0.0, (-140, -97))]
)
def test_the_level_axis_spans_forty_decibels_below_full_scale_or_the_peak(
    peak: float, limits: tuple[float, float]
) -> None:
    assert pictures.level_limits(np.array([0.0, peak])) == pytest.approx(limits)
    assert pictures.level_limits(np.zeros(0)) == pytest.approx((-140, -97))
