"""What is fuzzed: every parser, each with inputs to start from.

A target is a function that takes bytes.  It passes if it returns or raises a :class:`LuthierError`; anything
else is a finding.  A new format is fuzzed by :mod:`files` without a line here.
"""

from __future__ import annotations

from tests.fuzz.targets import (
    files,
    kaoss,
    kn5000,
    kn5000_effects,
    kn5000_roms,
    midi,
    poly800,
    programs,
    sound,
)
from tests.fuzz.targets.target import Target, passes

__all__ = ["TARGETS", "Target", "passes"]

TARGETS: dict[str, Target] = {
    **midi.TARGETS,
    **poly800.TARGETS,
    **files.TARGETS,
    **sound.TARGETS,
    **programs.TARGETS,
    **kn5000.TARGETS,
    **kn5000_effects.TARGETS,
    **kn5000_roms.TARGETS,
    **kaoss.TARGETS,
}
