"""How soon the bench's first page stands, in a real browser; server start left out and counted in.

``python -m benchmarks.bench_page``
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.results import Figure, print_table

NAME = "bench"
#: Requirement: the first page within half a second.
SLOWEST_PAGE = 0.5
TIMES = 7
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
_READY = "Drop files anywhere"


def start(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """``luthier web`` with a library in ``folder``, and its address once it answers."""
    command = [sys.executable, "-c", "from luthier.cli import main; main()", "web", "--no-browser"]
    process = subprocess.Popen(
        [*command, "--library", str(folder / "bench.luthier")], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    return process, "http://" + process.stderr.readline().split("http://")[1].split()[0]


def measure() -> Iterator[Figure]:
    """First page with the server running and an empty cache, and from the command to the page."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("The page is not measured: Playwright is not installed.")
        return
    if not Path(CHROMIUM).exists():
        print(f"The page is not measured: there is no Chromium at {CHROMIUM}.")
        return
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def visit(address: str) -> float:
            # A context of its own has nothing in its cache.
            context = browser.new_context()
            page = context.new_page()
            begin = time.perf_counter()
            page.goto(address, wait_until="commit")
            page.get_by_text(_READY).wait_for()
            taken = time.perf_counter() - begin
            context.close()
            return taken

        whole = []
        for _ in range(3):
            begin = time.perf_counter()
            process, address = start(Path(name))
            opened = time.perf_counter() - begin
            whole.append(opened + visit(address))
            pages = [visit(address) for _ in range(TIMES)]
            process.terminate()
            process.wait()
        browser.close()
    taken = median(pages)
    yield Figure(
        NAME, "first page, the server runs", f"{taken * 1000:.0f} ms", f"{SLOWEST_PAGE * 1000:.0f} ms",
        taken < SLOWEST_PAGE, "", {"seconds": pages},
    )  # fmt: skip
    yield Figure(
        NAME,
        "first page, from the command on",
        f"{min(whole) * 1000:.0f} ms",
        "",
        None,
        "",
        {"seconds": whole},
    )


if __name__ == "__main__":
    print_table(list(measure()))
