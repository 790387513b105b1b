"""Machine code on disk belongs to all files whose numbers it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from luthier.dsp import loops
from luthier.kn5000.tone_generator import burst, lives, reach, sound


def test_machine_code_is_tied_to_every_file_of_the_folder_and_of_the_building_blocks() -> None:
    folders = Path(loops.__file__).parent, Path(sound.__file__).parent
    stamp = tuple(loops._stamp(folder) for folder in folders)
    for folder, files in zip(folders, stamp, strict=True):
        assert [name for name, _, _ in files] == sorted(path.name for path in folder.glob("*.py"))
    compiled: list[Any] = [sound.render, lives.count_active, reach.lacking, reach.levels_of, burst.take]
    assert all(dispatcher._cache._cache_file._source_stamp == stamp for dispatcher in compiled)
