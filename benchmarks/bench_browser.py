"""The bench as benchmarks have it: a server of its own, and a browser where there is one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
#: Sound without a click, and pages that are drawn though nobody sees them.
_ARGUMENTS = (
    "--no-sandbox",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
)
#: Letters of ``/proc/PID/clear_refs`` that begin the peak of resident memory anew.
_FORGET_PEAK = "5"


@dataclass
class Server:
    """A running ``luthier web``."""

    process: subprocess.Popen[str]
    address: str

    def forget_peak(self) -> None:
        """Count :meth:`peak` from now on."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text(_FORGET_PEAK)

    def peak(self) -> float:
        """The most memory it had since, MiB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        (found,) = (line for line in lines if line.startswith("VmHWM:"))
        return int(found.split()[1]) / 1024


def start(folder: Path) -> Server:
    """``luthier web`` with a library in ``folder``, once it has said its address."""
    command = [sys.executable, "-c", "from luthier.cli import main; main()", "web", "--no-browser"]
    process = subprocess.Popen(
        [*command, "--library", str(folder / "bench.luthier")], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    return Server(process, "http://" + process.stderr.readline().split("http://")[1].split()[0].rstrip("/"))


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """The same, ended at the end."""
    server = start(folder)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait()


@contextmanager
def browser(what: str) -> Iterator[Any]:
    """Chromium, or None where there is none, and then ``what`` is said not to be measured."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print(f"{what} is not measured: Playwright is not installed.")
        yield None
        return
    if not Path(CHROMIUM).exists():
        print(f"{what} is not measured: there is no Chromium at {CHROMIUM}.")
        yield None
        return
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        yield chromium
        chromium.close()
