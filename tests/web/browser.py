"""A real server and a real browser: the bench as its user has it.

``served`` is a server of its own for each module of tests, ``page`` a fresh tab in Chromium.  Whatever the
page asks of any other address, and every error it reports, fails the test.  Skipped, with the reason, where
Playwright or Chromium is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

#: Where the browser is; LUTHIER_CHROMIUM names another place.
CHROMIUM = os.environ.get("LUTHIER_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
PATIENCE = (
    120_000  #: milliseconds that a test waits for something to appear: machines are busy, or compile first
)


@dataclass
class Served:
    """A running ``luthier web``."""

    address: str
    library: Path
    process: subprocess.Popen[str] = field(repr=False)

    def kill(self) -> None:
        """End it as a failing machine does."""
        self.process.kill()
        self.process.wait()


@contextmanager
def serving(folder: Path, temporary: Path | None = None, first: str = "") -> Iterator[Served]:
    """``luthier web`` on a free port, with a library of its own; its scratch files in ``temporary``.

    ``first`` are Python statements that its process begins with.
    """
    library = folder / "bench.luthier"
    command = [sys.executable, "-c", f"{first}\nfrom luthier.cli import main; main()", "web", "--no-browser"]
    with subprocess.Popen(
        [*command, "--library", str(library)],
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=os.environ | ({"TMPDIR": str(temporary)} if temporary else {}),
    ) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            assert "http://127.0.0.1:" in line, line + process.stderr.read()
            yield Served("http://" + line.split("http://")[1].split()[0].rstrip("/"), library, process)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("bench")) as server:
        yield server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The browser; for each module, so that no event loop of Playwright's runs beside other tests."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}")
    arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@contextmanager
def tab(chromium: Any, served: Served, *, to_be_killed: bool = False, **options: Any) -> Iterator[Any]:
    """A fresh tab on the bench; it must not ask for anything elsewhere nor report errors.

    If the server is ``to_be_killed`` the page may complain that it is gone.
    """
    context = chromium.new_context(base_url=served.address, accept_downloads=True, **options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("weberror", lambda error: errors.append(str(error.error)))
    # What the server refuses on purpose appears in the console too; errors of scripts come as weberror.
    page.on(
        "console",
        lambda line: (
            errors.append(line.text)
            if line.type == "error" and "Failed to load resource" not in line.text
            else None
        ),
    )
    try:
        yield page
        own = (served.address + "/", served.address.replace("http", "ws") + "/", "blob:", "data:")
        assert [url for url in asked if not url.startswith(own)] == []
        assert errors == [] or to_be_killed
    finally:
        context.close()


@pytest.fixture
def page(chromium: Any, served: Served) -> Iterator[Any]:
    with tab(chromium, served) as one:
        yield one


def drop(page: Any, *files: Path) -> None:
    """Drop files on the page, as from a file manager."""
    # A script cannot make a drop with real files: an input takes them, and a drop carries what it took.
    page.evaluate(
        """() => {
            const input = document.createElement("input");
            input.type = "file";
            input.multiple = true;
            input.id = "dropped-files";
            input.hidden = true;
            document.body.append(input);
        }"""
    )
    page.set_input_files("#dropped-files", [str(file) for file in files])
    page.evaluate(
        """() => {
            const input = document.getElementById("dropped-files");
            const transfer = new DataTransfer();
            for (const file of input.files) transfer.items.add(file);
            input.remove();
            const event = {bubbles: true, cancelable: true, dataTransfer: transfer};
            document.body.dispatchEvent(new DragEvent("dragover", event));
            document.body.dispatchEvent(new DragEvent("drop", event));
        }"""
    )
