"""The SX-KN5000 as pages play it: what sounds, what is told, what is refused; files as the command line's."""

from __future__ import annotations

import json
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.midi.songs import END, midi_file, note
from tests.web.browser import PATIENCE, Served
from tests.web.requests import client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from luthier.cli import app
from luthier.web.server import free_socket

RATE = 44_100
TEMPO = b"\0\xff\x51\x03\x0f\x42\x40"  # a second for a quarter note


def song() -> bytes:
    """Two parts, a key each for 2 s; a tick is 10 ms."""
    one = b"\0\xc0\x13\0\xb0\x07\x60" + note(0, 200, 60) + END
    other = b"\0\xc1\x30" + note(0, 200, 67).replace(b"\x90", b"\x91").replace(b"\x80", b"\x81") + END
    return midi_file(TEMPO + END, one, other, division=100)


class Player:
    """A page as the server sees it."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames = self.came = 0
        self.told: list[dict[str, Any]] = []
        self.ready = json.loads(socket.recv(timeout=PATIENCE / 1000))

    def say(self, **wanted: Any) -> None:
        self.socket.send(json.dumps(wanted))

    def hear(self, seconds: float) -> NDArray[np.float32]:
        """The next sound, shape (n, 2); what is told meanwhile is kept."""
        parts: list[NDArray[np.float32]] = []
        until = self.frames + round(seconds * RATE)
        while self.frames < until:
            self.frames = min(self.frames + RATE // 10, until)
            self.say(want=self.frames)
            while self.came < self.frames:
                data = self.socket.recv(timeout=PATIENCE / 1000)
                if isinstance(data, bytes):
                    parts.append(np.frombuffer(data, "<f4").reshape(-1, 2))
                elif "silence" in (said := json.loads(data)):
                    parts.append(np.zeros((said["silence"], 2), np.float32))
                else:
                    self.told.append(said)
                    continue
                self.came += len(parts[-1])
        return np.concatenate(parts) if parts else np.zeros((0, 2), np.float32)

    def last(self, what: str) -> Any:
        """What was told last of something."""
        return next(one[what] for one in reversed(self.told) if what in one)

    def answer(self, what: str) -> Any:
        """Wait for something to be told."""
        while True:
            said = json.loads(self.socket.recv(timeout=PATIENCE / 1000))
            self.told.append(said)
            if what in said:
                return said[what]


@contextmanager
def playing(served: Served) -> Iterator[Player]:
    address = served.address.replace("http", "ws") + "/api/kn5000/play"
    with connect(address, origin=Origin(served.address), proxy=None) as socket:
        yield Player(socket)


def rms(sound: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(sound**2)))


# --- Sound -------------------------------------------------------------------------------------------------


def test_a_song_sounds_and_what_happens_is_told(served: Served) -> None:
    with playing(served) as player:
        assert player.ready == {"ready": RATE}
        player.say(song="built-in")
        opened = player.answer("song")
        assert opened["title"] == "Sixteen Windows" and opened["seconds"] > 60
        player.say(watch=True, log={"kinds": ["latch"], "text": "note"}, play=True)
        player.hear(2.0)
        assert rms(player.hear(1.0)) > 1e-3
        now = player.last("now")
        assert now["playing"] and now["seconds"] == pytest.approx(3.0, abs=0.1)
        assert (
            max(now["parts"]) > -60 and now["momentary"] > -60 and now["sounding"] == len(now["voices"]) > 0
        )
        entries = [entry for one in player.told if "log" in one for entry in one["log"]]
        assert entries and {entry["kind"] for entry in entries} == {"latch"}
        assert all("note" in entry["text"] for entry in entries)
        player.say(go=60.0)
        player.say(log={"kinds": ["tone generator"]})
        player.hear(0.5)
        assert player.last("now")["seconds"] == pytest.approx(60.5, abs=0.1)
        assert player.last("log")[-1]["kind"] == "tone generator"
        player.say(play=False)
        player.hear(0.2)
        assert not player.last("now")["playing"]


def test_keys_knobs_and_switches_are_heard(served: Served) -> None:
    with playing(served) as player:
        player.say(sound={"part": 0, "program": 19})  # an organ: it stays
        player.socket.send(bytes((0x90, 60, 110)))
        player.hear(0.3)
        loud = rms(player.hear(0.3))
        assert loud > 1e-3
        player.say(turn={"part": 0, "knob": "volume", "value": 40})
        player.hear(0.3)
        # 40 log10(40 / 100) is -16 dB; the reverb follows later.
        assert rms(player.hear(0.3)) < loud / 4
        player.say(turn={"part": 0, "knob": "volume", "value": 100})
        player.say(switch={"part": 0, "what": "mute", "on": True})
        player.hear(3.0)
        assert rms(player.hear(0.3)) < loud / 100
        strip = player.last("strips")[0]
        assert strip["muted"] and set(strip["held"]) == {"volume", "sound"}
        player.say(switch={"part": 0, "what": "mute", "on": False})
        player.hear(0.3)
        assert rms(player.hear(0.3)) > loud / 2


def test_effects_are_chosen_set_and_drawn(served: Served) -> None:
    with playing(served) as player:
        player.say(slot={"slot": "reverb", "effect": "PLATE REVERB 1"})
        reverb = player.answer("slots")[1]
        assert (reverb["effect"], reverb["held"]) == ("PLATE REVERB 1", True)
        player.say(setting={"slot": "reverb", "text": "REVERB TIME=2s"})
        knob = next(one for one in player.answer("slots")[1]["knobs"] if one["name"] == "REVERB TIME")
        assert float(knob["text"].split()[0]) == pytest.approx(2.0, rel=0.05)
        assert knob["low"] <= knob["number"] <= knob["high"]
        player.say(curves="reverb")
        drawn = player.answer("curves")
        # It falls by 60 dB in about the time that is set.
        (title,) = [one["title"] for one in drawn["pictures"]]
        assert float(title.split("in ")[1].split(" s")[0]) == pytest.approx(2.0, rel=0.3)
        assert len(drawn["pictures"][0]["curves"][0]["points"]) > 100
        player.say(slot={"slot": "eq", "effect": "GEQ"}, curves="eq")
        assert player.answer("curves")["effect"] == "GEQ"
        player.say(slot={"slot": "reverb"})
        assert not player.answer("slots")[1]["held"]


def test_pages_have_engines_of_their_own_and_get_no_more_than_they_ask_for(served: Served) -> None:
    with playing(served) as one, playing(served) as other:
        one.socket.send(bytes((0x90, 60, 110)))
        assert one.hear(0.3).any()
        assert not other.hear(0.3).any()
        other.say(want=10**15)
        came = 0
        with pytest.raises(TimeoutError):
            while True:
                said = other.socket.recv(timeout=1)
                came += json.loads(said).get("silence", 0) if isinstance(said, str) else len(said) // 8
        assert came == pytest.approx(RATE / 2, abs=256)


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "7", '{"want":"x"}', '{"more":1}', '{"go":NaN}', '{"turn":{}}',
        '{"turn":{"part":26,"knob":"pan"}}',
        '{"log":{"first":-1}}', '{"sound":{"part":-1}}', '{"want":1e400}',
    ],
)  # fmt: skip
def test_messages_that_mean_nothing_end_it_with_a_word(served: Served, text: str) -> None:
    with playing(served) as player:
        player.socket.send(text)
        assert "nothing to play" in json.loads(player.socket.recv(timeout=PATIENCE / 1000))["error"]
        with pytest.raises(ConnectionClosed):
            player.socket.recv(timeout=PATIENCE / 1000)


@pytest.mark.parametrize(
    ("wanted", "word"),
    [
        ({"song": "../../etc/passwd"}, "not open"), ({"go": 1.0}, "no song"), ({"play": True}, "no song"),
        ({"turn": {"part": 0, "knob": "treble", "value": 1}}, "no knob"),
        ({"turn": {"part": 0, "knob": "pan", "value": 128}}, "pan 128"),
        ({"sound": {"part": 0, "program": 128}}, "program 128"),
        ({"switch": {"part": 0, "what": "dance", "on": True}}, "no switch"),
        ({"slot": {"slot": "kitchen"}}, "no slot"),
        ({"slot": {"slot": "eq", "effect": "CHORUS"}}, "no effect"),
        ({"setting": {"slot": "reverb", "text": "REVERB TIME"}}, "sets nothing"),
        ({"setting": {"slot": "reverb", "text": "REVERB TIME=1e9s"}}, "choose"),
        ({"curves": "kitchen"}, "no slot"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_and_the_rest_goes_on(
    served: Served, wanted: dict[str, Any], word: str
) -> None:
    with playing(served) as player:
        player.say(**wanted)
        assert word in player.answer("error")
        for message in (b"", b"\x90", b"\xff" * 3000, bytes((0x90, 200, 1)), b"\xf0\x41\x10\x42\x12\xf7"):
            player.socket.send(message)
        player.socket.send(bytes((0x90, 60, 100)))
        assert player.hear(0.2).any()


def test_a_foreign_page_gets_no_engine(served: Served) -> None:
    address = served.address.replace("http", "ws") + "/api/kn5000/play"
    with (
        pytest.raises(Exception, match=r"403|4403|rejected"),
        connect(address, origin=Origin("http://example.com"), proxy=None),
    ):
        pass


# --- Files and the map -------------------------------------------------------------------------------------


def left(folder: Path) -> list[Path]:
    """What renderings left in the folder for temporary files."""
    return list(folder.glob("**/luthier-song-*"))


def ended(one: Any, job: dict[str, Any]) -> dict[str, Any]:
    """A job when it is over."""
    while (found := one.get(f"/api/jobs/{job['id']}").json())["state"] == "running":
        time.sleep(0.02)
    return dict(found)


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        ({}, []),
        (
            {"suffix": ".flac", "bits": 24, "rate": 48000, "normalise": "-20", "tail": 1.0, "loop": 2,
             "reverb": "PLATE REVERB 1", "eq": "GEQ", "set": ["reverb REVERB TIME=2s"]},
            ["--bits", "24", "--rate", "48000", "--normalise", "-20", "--tail", "1", "--loop", "2",
             "--reverb", "PLATE REVERB 1", "--eq", "GEQ", "--set", "reverb REVERB TIME=2s"],
        ),
    ],
)  # fmt: skip
def test_a_rendered_song_has_the_bytes_of_the_command_line(
    tmp_path: Path, options: dict[str, Any], arguments: list[str]
) -> None:
    source = tmp_path / "duo.mid"
    source.write_bytes(song())
    output = tmp_path / f"duo{options.get('suffix', '.wav')}"
    app(["kn5000", "render", str(source), "-o", str(output), *arguments], standalone_mode=False)
    with client(tmp_path) as (one, bench):
        opened = bench.files.put("duo.mid", song())
        assert opened.view == "song"
        job = ended(one, one.post("/api/kn5000/render", json={"song": opened.id, **options}).json())
        assert job["state"] == "done", job
        assert (job["result"]["name"], job["result"]["size"]) == (output.name, output.stat().st_size)
        assert job["result"]["lines"][0].startswith(f"{output.name}: ")
        assert one.get(f"/api/files/{job['result']['id']}/content").content == output.read_bytes()


def test_a_cancelled_rendering_leaves_nothing_and_a_desk_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with client(tmp_path) as (one, bench):
        job = one.post("/api/kn5000/render", json={"song": "built-in", "loop": 500}).json()
        one.delete(f"/api/jobs/{job['id']}")
        assert ended(one, job)["state"] == "cancelled"
        assert left(tmp_path) == [] and bench.files.list() == []
        opened = bench.files.put("duo.mid", song())
        sounds = []
        for desk in ([], [{"part": 1, "muted": True}, {"part": 0, "volume": 127, "program": 5}]):
            job = ended(one, one.post("/api/kn5000/render", json={"song": opened.id, "desk": desk}).json())
            sounds.append(one.get(f"/api/files/{job['result']['id']}/content").content)
        assert sounds[0] != sounds[1]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({}, "song"), ({"song": "nothing"}, "not open"), ({"song": "built-in", "rate": 1}, "rate"),
        ({"song": "built-in", "suffix": ".exe"}, "suffix"), ({"song": "built-in", "bits": 8}, "bits"),
        ({"song": "built-in", "gain": 3, "normalise": "-16"}, "either"),
        ({"song": "built-in", "normalise": "loud"}, "no level"),
        ({"song": "built-in", "reverb": "CHORUS"}, "no effect"),
        ({"song": "built-in", "set": ["reverb LOUDNESS=11"]}, "LOUDNESS"),
        ({"song": "built-in", "desk": [{"part": "x"}]}, "no desk"),
        ({"song": "built-in", "tail": -1}, "tail"),
    ],
)  # fmt: skip
def test_renderings_that_cannot_be_are_refused(tmp_path: Path, options: dict[str, Any], word: str) -> None:
    with client(tmp_path) as (one, _):
        refused = one.post("/api/kn5000/render", json=options)
        assert refused.status_code == 400 and word in refused.json()["error"]


def test_a_desk_that_cannot_be_fails_the_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with client(tmp_path) as (one, bench):
        body = {"song": "built-in", "desk": [{"part": 99}]}
        job = ended(one, one.post("/api/kn5000/render", json=body).json())
        assert job["state"] == "failed" and "part 99" in job["error"]
        assert left(tmp_path) == [] and bench.files.list() == []


def test_the_map_answers_as_the_command_line_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with client(tmp_path) as (one, _):
        for what, cpu in (
            ("0x100002", None),
            ("parts[1].volume", None),
            ("DRAM", "sub"),
            ("ring", None),
            ("", None),
        ):
            given = {"what": what, **({"cpu": cpu} if cpu else {})}
            found = one.get("/api/kn5000/map", params=given).json()["found"]
            capsys.readouterr()
            app(
                ["kn5000", "map", *([what] if what else []), *(["--cpu", cpu] if cpu else []), "--json"],
                standalone_mode=False,
            )
            assert found == json.loads(capsys.readouterr().out)
        for wrong in ({"what": "nothing of the kind"}, {"what": "0x99999999999"}, {"cpu": "third"}):
            assert one.get("/api/kn5000/map", params=wrong).status_code == 400


def test_the_panel_has_all_sounds_and_effects(tmp_path: Path) -> None:
    with client(tmp_path) as (one, _):
        panel = one.get("/api/kn5000/panel").json()
    assert len(panel["categories"]) == 16 and len(panel["programs"]) == 128
    assert [slot["word"] for slot in panel["slots"]] == ["effect", "reverb", "illusion", "room", "eq"]
    assert panel["built_in"]["title"] == "Sixteen Windows"


def test_sound_is_sent_at_once() -> None:
    with free_socket(None) as listener:
        # asyncio turns off Nagle's algorithm for these only.
        assert listener.proto == socket.IPPROTO_TCP
