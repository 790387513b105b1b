"""The messages of the MIDI ring: ``status channel data..``, with a channel of its own byte, 0 to 25.

They look like MIDI and are not: the channel does not stand in the status, controllers go up to 9D, and a
program change has five bytes.  Lengths and checks are those of the program (listing, 0x034D93): a status
below 80 or of A0 to AF, or a message that is not whole when the main loop meets it, empties the ring.  One
message is taken in each round of the main loop.

Open questions
- 80 to 8F: six bytes for the parameters of a voice (bit 3 of the status: change instead of ask), not note
  off, as the audio-subsystem page has it. What the five bytes mean is not known.
- F0 to FF: the second of their four bytes, which the program does not look at; `luthier.kn5000.parts.system`
  has the others. The upper two bytes of a program change, which a page calls the bank.
- The low half of the other status bytes: the program does not look at it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from luthier.errors import InputError
from luthier.kn5000.transport import controllers, dispatch
from luthier.kn5000.transport.ring import EMPTY, MIDI_RING, Ring
from luthier.kn5000.transport.sub_ram import SubRam

VOICE, NOTE, CONTROL, PROGRAM, PRESSURE, BEND, SYSTEM = 0x80, 0x90, 0xB0, 0xC0, 0xD0, 0xE0, 0xF0

#: Bytes of a message by the high half of its status (listing).
LENGTHS = {VOICE: 6, NOTE: 4, CONTROL: 4, PROGRAM: 5, PRESSURE: 4, BEND: 4, SYSTEM: 4}
#: Where the program puts a message before it acts on it; they tile up to the ring at 0x2B0D.
BUFFERS = {
    VOICE: 0x2AE8,
    NOTE: 0x2AF4,
    CONTROL: 0x2AF8,
    PROGRAM: 0x2AFC,
    PRESSURE: 0x2B01,
    BEND: 0x2B05,
    SYSTEM: 0x2B09,
}
_VOICE_CHANGE_BIT = 0x08
_VOICE_CHANGE_BUFFER = 0x2AEE
#: The ring's count as the main loop last met it.
COUNT_AT_START = 0x27E7

#: Channels of notes from here on play the eight auxiliary voices (listing, `Voice_Poly_NoteOn`).
FIRST_AUXILIARY = 0xF0
_NOTE_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_WITH_CHANNEL = (NOTE, CONTROL, PROGRAM, PRESSURE, BEND)


def length_of(status: int) -> int:
    """How many bytes a message with this status has; 0 if the program knows no such message."""
    return LENGTHS.get(status & 0xF0, 0)


def is_status(byte: int) -> bool:
    """Whether a message begins with this byte."""
    return length_of(byte) > 0


@dataclass(frozen=True)
class RingMessage:
    """A message of the MIDI ring.  Raises InputError if its length is not that of its status."""

    encoded: bytes

    def __post_init__(self) -> None:
        expected = length_of(self.encoded[0]) if self.encoded else 0
        if expected == 0 or len(self.encoded) != expected:
            raise InputError(
                f"no message of the MIDI ring: {self.encoded.hex(' ')}",
                remedy="begin with 80 to 9F or B0 to FF, and give as many bytes as that message has",
            )

    @property
    def handler(self) -> int:
        """The handler that takes it."""
        return dispatch.MIDI

    @property
    def kind(self) -> int:
        """The high half of the status."""
        return self.encoded[0] & 0xF0

    @property
    def channel(self) -> int | None:
        """The channel; None where none is known to stand in the message."""
        return self.encoded[1] if self.kind in _WITH_CHANNEL else None

    @property
    def accepted(self) -> bool:
        """Whether the program acts on it: channels from 26 on are rejected, except F0 to FF of notes."""
        channel = self.channel
        if channel is None or channel < controllers.PART_COUNT:
            return True
        return self.kind == NOTE and channel >= FIRST_AUXILIARY

    def __str__(self) -> str:
        text = _TEXTS[self.kind](self.encoded)
        if self.channel is not None:
            text += f", channel {self.channel}" if self.channel < FIRST_AUXILIARY else ", auxiliary voices"
        return text if self.accepted else f"{text}: rejected, there are 26 channels"


def note(channel: int, number: int, velocity: int) -> RingMessage:
    """A note on, or off with velocity 0."""
    return RingMessage(bytes([NOTE, channel, number, velocity]))


def control(channel: int, number: int, value: int) -> RingMessage:
    """A control change; numbers go up to 9D."""
    return RingMessage(bytes([CONTROL, channel, number, value]))


def program(channel: int, number: int, low: int = 0, high: int = 0) -> RingMessage:
    """A program change with its two bytes of the bank."""
    return RingMessage(bytes([PROGRAM, channel, number, low, high]))


def pitch_bend(channel: int, value: int) -> RingMessage:
    """A pitch bend, 0 to 16383, 8192 in the middle."""
    return RingMessage(bytes([BEND, channel, value & 0x7F, value >> 7 & 0x7F]))


def _note_text(data: bytes) -> str:
    name = f"note {data[2]} ({_NOTE_NAMES[data[2] % 12]}{data[2] // 12 - 1})"
    return f"note on: {name}, velocity {data[3]}" if data[3] else f"note off: {name}"


def _control_text(data: bytes) -> str:
    number, value = data[2], data[3]
    text = f"control change {number:02X} = {value}"
    if number in controllers.CONTROLLERS:
        return f"{text}, stored as {controllers.CONTROLLERS[number]}"
    return text if number in controllers.UNMODELLED else f"{text}, ignored"


def _voice_text(data: bytes) -> str:
    what = "change" if data[0] & _VOICE_CHANGE_BIT else "ask"
    return f"voice parameter ({what}; meaning unknown): {data[1:].hex(' ').upper()}"


_TEXTS: dict[int, Callable[[bytes], str]] = {
    VOICE: _voice_text,
    NOTE: _note_text,
    CONTROL: _control_text,
    PROGRAM: lambda data: f"program change: program {data[2]}, bank {data[3]:02X} {data[4]:02X}",
    PRESSURE: lambda data: f"channel pressure {data[3]}, byte before it {data[2]:02X} not used",
    BEND: lambda data: f"pitch bend {(data[3] << 7 | data[2]) - 8192:+d}",
    SYSTEM: lambda data: f"system message {data[2]:02X} = {data[3]}",
}


@dataclass(frozen=True)
class Taken:
    """What one round took from the ring: a message, or none; ``dropped`` are bytes that were thrown away."""

    message: RingMessage | None
    dropped: bytes = b""


def take_one(ram: SubRam, levels: Sequence[int] | None = None) -> Taken:
    """One round of the main loop: the message it took, stored in the RAM as far as it is known."""
    ring = Ring(ram, MIDI_RING)
    ram.set_word(COUNT_AT_START, ring.count)
    status = ring.read()
    if status == EMPTY:
        return Taken(None)
    needed = length_of(status) - 1
    if needed < 0 or ring.count < needed:
        return Taken(None, bytes([status]) + ring.skip())
    message = RingMessage(bytes([status]) + ring.take(needed))
    store(ram, message, levels)
    return Taken(message)


def store(ram: SubRam, message: RingMessage, levels: Sequence[int] | None = None) -> None:
    """What the main loop stores of a message before the parts act on it."""
    data, kind = message.encoded, message.kind
    changing = kind == VOICE and data[0] & _VOICE_CHANGE_BIT
    ram.store(_VOICE_CHANGE_BUFFER if changing else BUFFERS[kind], data)
    if kind == CONTROL:
        controllers.apply(ram, data[1], data[2], data[3], levels)
