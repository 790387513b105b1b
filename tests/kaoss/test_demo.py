"""The demo: every step on the built-in firmware, with nothing left out."""

from __future__ import annotations

from pathlib import Path

from luthier.kaoss.built_in import built_in
from luthier.kaoss.demo import run
from luthier.kaoss.system_file import read


def test_every_step(tmp_path: Path) -> None:
    said: list[str] = []
    run(tmp_path, said.append)
    text = "\n".join(said)
    commands = [line.split()[3] for line in said if line.startswith("$ luthier kaoss")]
    assert commands == ["info", "list", "patch", "sandbox", "recover"]
    assert "the same bytes" in text
    assert "both reach their main loop" in text
    assert "kept.vsb reaches its main loop" in text
    changed = read((tmp_path / "kept.vsb").read_bytes())
    assert str(changed.header.version) == "1.01"
    differing = sum(a != b for a, b in zip(changed.payload, built_in().payload, strict=True))
    assert differing == len("saved") + 1  # kept! for saved, and the version
