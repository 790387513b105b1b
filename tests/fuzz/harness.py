"""Runs one target under atheris until its time is over or it has a finding.

``python -m tests.fuzz.harness TARGET [libFuzzer options] CORPUS`` -- started by ``python -m tests.fuzz``.
"""

from __future__ import annotations

import sys

import atheris

# What Numba compiles must stay as it is: it cannot take instrumented functions.
COMPILED = [
    "luthier.compiled",
    "luthier.cpu.decoding",
    "luthier.cpu.disassembler",
    "luthier.cpu.exploration",
    "luthier.cpu.rendering",
    "luthier.audio.loudness",
    "luthier.dsp",
    "luthier.kn5000.effects",
    "luthier.kn5000.tone_generator",
    "luthier.midi.song_events",
    "luthier.poly800.tape",
]


def main() -> None:
    """Fuzz the target named first on the command line."""
    with atheris.instrument_imports(include=["luthier"], exclude=COMPILED):
        from tests.fuzz.targets import TARGETS, passes
    name = sys.argv.pop(1)
    target = TARGETS[name]

    def one_input(data: bytes) -> None:
        passes(target, data)

    atheris.Setup([sys.argv[0], f"-max_len={target.longest}", *sys.argv[1:]], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
