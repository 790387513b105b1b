"""The RAM images of the three synths, region by region, and the framing of a tape.

A RAM image is what a dump carries: 1,633 bytes (Poly-800, EX-800) or 2,688 (MkII).  A tape of the Poly-800 is
two identification bytes, the RAM image and a checksum: 1,636 bytes.

Open questions
- The 31 bytes at 257 to 287 of the Poly-800.  The Poly-800 mailing-list thread calls the first eleven the
  chord memory and doubts it (eight notes need eight bytes); an EX-800 editor writes "pitch bend depth" at
  266.  They are carried as they are, and so is the last byte, 1632, which differs from unit to unit.
- Where the Poly-800 keeps sequencer clock (86) and program change (88), if it stores them at all.
- The tape format of the MkII.
"""

from __future__ import annotations

from dataclasses import dataclass

from luthier.errors import InputError
from luthier.poly800.synth import Synth

_THREAD = "Poly-800 mailing-list thread"
_MK2_MANUAL = "MkII manual, as quoted in the Poly-800 mailing-list thread; service manual page 9"


@dataclass(frozen=True)
class Region:
    """A named stretch of a RAM image; ``certainty`` is known, unconfirmed or unknown."""

    name: str
    offset: int
    length: int
    meaning: str
    certainty: str
    source: str

    @property
    def end(self) -> int:
        """The offset after the last byte."""
        return self.offset + self.length

    @property
    def place(self) -> slice:
        """For ``ram[region.place]``."""
        return slice(self.offset, self.end)


#: Poly-800 and EX-800: tape bytes 3 to 1635 of the thread, counted from 0.
_FIRST_MODEL = (
    Region("midi_channel", 0, 1, "MIDI channel - 1", "known", _THREAD),
    Region("sequence", 1, 256, "sequence", "known", _THREAD),
    Region("chord", 257, 11, "chord memory, perhaps with other settings", "unconfirmed", _THREAD),
    Region("undefined_268", 268, 20, "so far always FF", "unknown", _THREAD),
    Region("programs", 288, 1344, "64 programs of 21 bytes", "known", _THREAD),
    Region("undefined_1632", 1632, 1, "differs from unit to unit", "unknown", _THREAD),
)

_MK2 = (
    Region("midi_channel", 0x000, 1, "MIDI channel - 1", "known", _MK2_MANUAL),
    Region("sequence", 0x001, 1000, "sequence", "known", _MK2_MANUAL),
    Region("undefined_3e9", 0x3E9, 8, "undefined, does not affect the synth", "unknown", _MK2_MANUAL),
    Region("chord", 0x3F1, 8, "chord memory", "known", _MK2_MANUAL),
    Region("sequence_mode", 0x3F9, 1, "0 one time, 1 repeat", "known", _MK2_MANUAL),
    Region("sequence_clock", 0x3FA, 1, "0 internal, 1 external", "known", _MK2_MANUAL),
    Region("program_change", 0x3FB, 1, "0 disabled, 1 enabled", "known", _MK2_MANUAL),
    Region("undefined_3fc", 0x3FC, 4, "undefined, does not affect the synth", "unknown", _MK2_MANUAL),
    Region("programs", 0x400, 1664, "64 programs of 26 bytes", "known", _MK2_MANUAL),
)

_LAYOUTS = {Synth.POLY800: _FIRST_MODEL, Synth.EX800: _FIRST_MODEL, Synth.MK2: _MK2}

RAM_LENGTH = {synth: layout[-1].end for synth, layout in _LAYOUTS.items()}

#: What the factory tape holds at RAM 257 to 287 (first message of the thread): the only published content of
#: the region, so it is what a new bank starts with.
FACTORY_CHORD = bytes.fromhex("00b10009000b0003020100")
FACTORY_UNDEFINED_268 = b"\xff" * 20
#: The last byte of the factory tape (first message of the thread).
FACTORY_UNDEFINED_1632 = b"\x5b"


def layout(synth: Synth) -> tuple[Region, ...]:
    """The regions of the RAM of ``synth``, in order and without gaps."""
    return _LAYOUTS[synth]


def region(synth: Synth, name: str) -> Region:
    """The region called ``name`` of the RAM of ``synth``; raises InputError if it has none."""
    for candidate in layout(synth):
        if candidate.name == name:
            return candidate
    names = ", ".join(entry.name for entry in layout(synth))
    raise InputError(f"the memory of the {synth.title} has no region {name!r}", remedy=f"it has {names}")


def checksum(ram: bytes) -> int:
    """The sum of all RAM bytes, modulo 256: the rule of the dumps and of the thread's second message.

    The MkII rule is measured on two real dumps.  That the channel byte counts on a tape rests on the thread's
    second message and on the EX-800, whose RAM image is the same; no tape from another channel was seen.
    """
    return sum(ram) & 0xFF


# --- The tape of the Poly-800 ------------------------------------------------------------------------------

#: The first two bytes of a tape (first message of the thread).
TAPE_HEADER = b"\xb3\xbf"
TAPE_IMAGE_LENGTH = len(TAPE_HEADER) + RAM_LENGTH[Synth.POLY800] + 1

SECOND_MESSAGE = "second message"
FIRST_MESSAGE = "first message"


def image_from_ram(ram: bytes) -> bytes:
    """The 1,636 bytes of a tape for a Poly-800 RAM image of 1,633; raises InputError for another length."""
    if len(ram) != RAM_LENGTH[Synth.POLY800]:
        raise InputError(
            f"a RAM image of {len(ram)} bytes cannot go on a Poly-800 tape",
            remedy=f"it must have {RAM_LENGTH[Synth.POLY800]}; convert the bank to the Poly-800 first",
        )
    return TAPE_HEADER + ram + bytes([checksum(ram)])


def ram_from_image(image: bytes) -> bytes:
    """The 1,633 RAM bytes in a tape image, whatever its checksum says (ask :func:`checksum_rule`).

    Raises InputError for another length or other identification bytes.
    """
    if len(image) != TAPE_IMAGE_LENGTH:
        raise InputError(f"a tape image of {len(image)} bytes", remedy=f"it must have {TAPE_IMAGE_LENGTH}")
    if not image.startswith(TAPE_HEADER):
        raise InputError(
            f"a tape image that starts with {image[:2].hex(' ').upper()}",
            where="byte 0",
            remedy=f"a Poly-800 tape starts with {TAPE_HEADER.hex(' ').upper()}",
        )
    return image[len(TAPE_HEADER) : -1]


def checksum_rule(image: bytes) -> str | None:
    """The rule by which the checksum of a tape image is right, or None if it is wrong.

    ``"second message"``: bytes 3 to 1635, counted from 1, as the thread's second message states.
    ``"first message"``: bytes 4 to 1635, without the channel byte, as its first message states.  The two
    agree for MIDI channel 1, where the channel byte is 0; that counts as the second.
    """
    if len(image) != TAPE_IMAGE_LENGTH:
        return None
    ram = image[len(TAPE_HEADER) : -1]
    if checksum(ram) == image[-1]:
        return SECOND_MESSAGE
    if checksum(ram[1:]) == image[-1]:
        return FIRST_MESSAGE
    return None
