"""How a part's voices are led to the effects: a word for each voice in the tone generator.

Two routines of two halves each make a word from the part's routing, keep it in an image of a voice's
registers at 0x0451CC, and write it for every voice of a list, which ends at the first number from 128 on.

The image's places +3C to +42 are the registers 580, 5C0, 600 and 640.  So the audio-subsystem page's "DSP
state" at 0x04520C and 0x04520E is the tone generator's (errata): the effect chips are told nothing.

Source: listing, Voice_DSP_OutputConfig (0x027CE4) and its twin; facts 2.1 for places and registers, 4 (I15)
for registers that are written with bit 15 and then without.

Open questions
- How the word is made of the routing; it is taken as given.
- What the four registers do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from luthier.errors import InputError
from luthier.kn5000.transport.sub_ram import SubRam

VOICES = 64
LIST_END = 128
_STROBE = 0x8000
_STROBED = (0x580, 0x5C0)


@dataclass(frozen=True)
class Output:
    """One half of a routine: where it keeps its word, and which register it writes."""

    address: int
    register: int


#: By routine and half; the first half is that of channel 0.
OUTPUTS = (
    (Output(0x04520E, 0x640), Output(0x04520C, 0x600)),
    (Output(0x04520A, 0x5C0), Output(0x045208, 0x580)),
)


def configure(
    ram: SubRam, routine: int, channel: int, word: int, voices: Iterable[int]
) -> list[tuple[int, int]]:
    """The (latch, word) writes to the tone generator for a list of voices.

    Raises InputError for routines beyond 1, or a list that names voices 64 to 127.
    """
    if routine not in (0, 1):
        raise InputError(f"there is no routine {routine}", remedy="give 0 or 1")
    output = OUTPUTS[routine][channel != 0]
    ram.set_word(output.address, word)
    writes = []
    for voice in voices:
        if voice >= LIST_END:
            break
        if not 0 <= voice < VOICES:
            raise InputError(f"the tone generator has no voice {voice}", remedy="give 0 to 63, or end at 128")
        latch = output.register | voice
        if output.register in _STROBED:
            writes.append((latch, word | _STROBE))
            word &= ~_STROBE
        writes.append((latch, word))
    return writes
