"""Cassette tapes of the Poly-800 and EX-800: reading, writing, damaging.

::

    from luthier.poly800 import tape

    reading = tape.read(samples, rate)
    reading.dumps[0].image  # the 1,636 bytes
    tape.write(image, rate=44100)  # float32 samples
"""

from __future__ import annotations

from luthier.poly800.tape.decoder import read, read_file
from luthier.poly800.tape.merge import merged
from luthier.poly800.tape.modulation import write
from luthier.poly800.tape.reading import Dump, ProgramReading, State, TapeReading

__all__ = ["Dump", "ProgramReading", "State", "TapeReading", "merged", "read", "read_file", "write"]
