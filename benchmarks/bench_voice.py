"""Live playing over the bench: how soon a key is heard, and whether the sound stops while a page is in use.

``python -m benchmarks.bench_voice [SECONDS]``, five minutes if nothing is said: a player that takes sound as
a sound card does, at most 50 ms ahead, while another page opens banks, morphs and saves.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median

import httpx
import numpy as np
from websockets.sync.client import connect
from websockets.typing import Origin

from benchmarks.bench_browser import served
from benchmarks.metronome import metronome
from benchmarks.results import Figure, print_table
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.interchange import write_json

NAME = "bench voice"
#: Requirements: a key is heard within 50 ms; no gap at 50 ms in five minutes.
SLOWEST_KEY = 0.050
AHEAD = 0.050
SECONDS = 300.0
RATE = 44_100
_STEP = 256
#: Seconds ahead that the page begins with (worklet.js).
_LEAST = 0.020


class Card:
    """A sound card in real time: what it has not got when it is due is a gap."""

    def __init__(self, address: str, ahead: float) -> None:
        self._socket = connect(
            legacy=True,
            uri=f"{address.replace('http', 'ws')}/api/patch/play?rate={RATE}",
            origin=Origin(address),
            proxy=None,
        )
        json.loads(self._socket.recv(timeout=60))
        self._ahead = round(ahead * RATE)
        self._asked = self._received = 0
        self._begin = time.perf_counter()
        self._struck: float | None = None
        self._dry = False
        self.gaps: list[float] = []
        """When each began, as ``time.monotonic`` has it."""
        self.missing = 0.0
        """Seconds of all gaps."""
        self.keys: list[float] = []

    def close(self) -> None:
        self._socket.close()

    def midi(self, *message: int) -> None:
        """Send a message; the time to the sound of a key is kept."""
        if message[0] == 0x90:
            self._struck = time.perf_counter()
        self._socket.send(bytes(message))

    def run(self, seconds: float) -> None:
        """Play for so long."""
        end = time.perf_counter() + seconds
        while (now := time.perf_counter()) < end:
            played = round((now - self._begin) * RATE)
            if played > self._received and self._asked:
                # A gap is one, however long.
                if not self._dry:
                    self.gaps.append(time.monotonic())
                self.missing += (played - self._received) / RATE
                self._dry = True
                self._begin += (played - self._received) / RATE
                played = self._received
            if played + self._ahead - self._asked >= _STEP:
                self._asked = played + self._ahead
                self._socket.send(f'{{"want":{self._asked}}}')
            with contextlib.suppress(TimeoutError):
                self._take(self._socket.recv(timeout=0.002))

    def _take(self, data: str | bytes) -> None:
        self._dry = False
        if isinstance(data, str):
            self._received += json.loads(data)["silence"]
            return
        block = np.frombuffer(data, "<f4").reshape(-1, 2)
        if self._struck is not None and block.any():
            first = self._received + int(np.flatnonzero(block.any(1))[0])
            heard = max(self._begin + first / RATE, time.perf_counter())
            self.keys.append(heard - self._struck)
            self._struck = None
        self._received += len(block)


def _use(address: str, stop: Event) -> None:
    """A page in use: each second ten positions of a morph, and a bank is looked at and saved."""
    with httpx.Client(base_url=address, headers={"origin": address}, timeout=30) as page:
        name = {"x-name": "mine.json"}
        bank = page.post("/api/files/", content=write_json(built_in_bank()), headers=name).json()["id"]
        programs = page.get(f"/api/patch/banks/{bank}").json()["programs"]
        one, other = ({"packed": program["packed"]} for program in programs[:2])
        for turn in itertools.count():
            if stop.wait(0.1):
                return
            page.post("/api/patch/morph", json={"one": one, "other": other, "position": 0.5})
            if turn % 10:
                continue
            page.get(f"/api/patch/banks/{bank}")
            page.get(f"/api/patch/banks/{bank}/losses", params={"suffix": ".syx", "synth": "mk2"})


def measure(seconds: float = SECONDS) -> Iterator[Figure]:
    """Keys with the page's shortest lead; gaps with 50 ms while a page is in use."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as server:
        yield _keys(server.address)
        yield _gaps(server.address, seconds)


def _keys(address: str) -> Figure:
    card = Card(address, _LEAST)
    card.run(1)
    for _ in range(20):
        card.midi(0x90, 60, 100)
        card.run(0.1)
        card.midi(0x80, 60, 0)
        card.run(0.2)
    card.close()
    key = median(card.keys)
    return Figure(
        NAME, "from a key to its first sample", f"{key * 1000:.0f} ms",
        f"{SLOWEST_KEY * 1000:.0f} ms", key < SLOWEST_KEY, "", {"seconds": card.keys},
    )  # fmt: skip


def _gaps(address: str, seconds: float) -> Figure:
    # In a process of its own, as a browser is.
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    page = context.Process(target=_use, args=(address, stop))
    page.start()
    card = Card(address, AHEAD)
    with metronome() as idle:
        card.run(1)
        card.gaps, card.missing = [], 0.0
        begin = time.perf_counter()
        while time.perf_counter() - begin < seconds:
            card.midi(0x90, 60, 100)
            card.run(0.5)
            card.midi(0x80, 60, 0)
            card.run(0.5)
    stop.set()
    page.join()
    card.close()
    return Figure(
        NAME, f"gaps in {seconds:.0f} s with {AHEAD * 1000:.0f} ms ahead, a page in use",
        str(len(card.gaps)), "0", not card.gaps, idle.about,
        {
            "seconds": seconds, "missing": card.missing, "keys": [round(key, 4) for key in card.keys],
            "gaps at": [round(when - idle.begun, 3) for when in card.gaps], "idle process late": idle.late,
        },
    )  # fmt: skip


if __name__ == "__main__":
    print_table(list(measure(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)))
