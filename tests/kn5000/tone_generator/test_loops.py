"""Machine code on disk belongs to all files whose numbers it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from luthier.kn5000.tone_generator import control, envelopes, lives, loops, sound


def test_machine_code_is_tied_to_every_file_of_the_folder() -> None:
    folder = Path(loops.__file__).parent
    stamp = loops._stamp()
    assert [name for name, _, _ in stamp] == sorted(path.name for path in folder.glob("*.py"))
    compiled: list[Any] = [sound.render, sound.mix, control.control, envelopes.run_envelopes, lives.silence]
    assert all(dispatcher._cache._cache_file._source_stamp == stamp for dispatcher in compiled)
