"""The image of 290 bytes as 145 words: a header of four, five records of 28, and one that nothing reads.

Header: 1 to apply a configuration in full; 1 after a change of algorithm; 1 to reset the chips; number of the
algorithm, 0 or 1.  A record has the number of its effect first; its parameters begin at the third word.

Source: listing, what DSP_State_ApplyAll (0x036E3D) calls.

Open questions
- What the words at +02 and +28 of a record mean: they are compared and set no stream going.
- What the words at +2A, +2E and +30 mean: 1, 1 and 99 in the preset of the start.
"""

from __future__ import annotations

from luthier.kn5000.transport import dsp_messages

IMAGE_WORDS = dsp_messages.IMAGE_SIZE // 2
HEADER_WORDS = dsp_messages.IMAGE_HEADER_SIZE // 2
RECORD_WORDS = dsp_messages.SLOT_SIZE // 2
SLOTS = dsp_messages.SLOT_COUNT

#: Words of the header.
IN_FULL, ALGORITHM_CHANGED, MODE, ALGORITHM = range(4)
#: ``MODE``: reset the chips and load everything.
RESET_MODE = 1

#: Words of a record.
EFFECT, SECOND, FIRST_PARAMETER = range(3)
PARAMETERS = 17
#: Slow or fast, of the two rotary speakers (+1E).
ROTOR = FIRST_PARAMETER + 13
VOLUME_PARAMETER, EXTRA = 19, 20
COUNT, SEND, LINKED = 22, 24, 27
#: A volume parameter of 99 is none.
NO_VOLUME = 99

#: Where the sub CPU keeps them (listing).
LIVE = dsp_messages.IMAGE
APPLIED = 0x45CA
BUFFERS = (0x045324, 0x045446)
#: Five words each: slots that are to be muted; what a change of a slot means to its voices.
ACTIVE_SLOTS, CLASSES = 0x4930, 0x45BC
ACTIVE_CHIPS = 0x493A
LOAD_ALL = 0x493E
FLAGS = 0x4940


def record(slot: int) -> int:
    """The first word of a slot's record."""
    return HEADER_WORDS + RECORD_WORDS * slot
