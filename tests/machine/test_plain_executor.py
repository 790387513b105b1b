"""The plain executor starts at once: not even decoding is compiled."""

from __future__ import annotations

import subprocess
import sys

_RUN = """
from luthier.compiled import _dispatchers
from luthier.machine import FlatMachine

machine = FlatMachine("tlcs900h2", executor="plain")
machine.load(0, bytes.fromhex("C9 61  F2 00 20 00 41  1F"))  # inc 1,A; ld (2000h),A; undefined
print(machine.run(10).reason, len(_dispatchers), sum(len(one.overloads) for one in _dispatchers))
"""


def test_nothing_is_compiled() -> None:
    done = subprocess.run([sys.executable, "-c", _RUN], capture_output=True, text=True, check=True)
    reason, functions, machine_codes = done.stdout.split()
    assert reason == "illegal"
    assert int(functions) > 0
    assert machine_codes == "0"
