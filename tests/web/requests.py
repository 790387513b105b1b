"""Requests as they come over the wire, to the application itself: no socket, nothing hidden."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from luthier.web.bench import Bench
from luthier.web.server import application

with warnings.catch_warnings():
    # It says that it would rather have the next httpx.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

__all__ = ["ADDRESS", "NEWS", "OWN", "PORT", "TestClient", "client"]

PORT = 8800
ADDRESS = f"http://127.0.0.1:{PORT}"
#: Where pages hear news; the client would ask another host otherwise.
NEWS = f"ws://127.0.0.1:{PORT}/ws"
OWN = {"origin": ADDRESS}


@contextlib.contextmanager
def client(folder: Path) -> Iterator[tuple[Any, Bench]]:
    """A client whose requests come from the bench's own page, and the bench."""
    bench = Bench(folder / "bench.luthier", PORT)
    with TestClient(application(bench), base_url=ADDRESS, headers=OWN) as one:
        yield one, bench
