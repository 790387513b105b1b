"""Standard MIDI Files put together by hand, for tests."""

from __future__ import annotations

END = b"\0\xff\x2f\0"


def number(value: int) -> bytes:
    """A variable-length number."""
    parts = [value & 0x7F]
    while value := value >> 7:
        parts.append(value & 0x7F | 0x80)
    return bytes(reversed(parts))


def chunk(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "big") + body


def midi_file(*tracks: bytes, kind: int = 1, division: int = 96, stated: int | None = None) -> bytes:
    """A file of tracks that hold these bytes."""
    count = len(tracks) if stated is None else stated
    header = b"".join(value.to_bytes(2, "big") for value in (kind, count, division))
    return chunk(b"MThd", header) + b"".join(chunk(b"MTrk", track) for track in tracks)


def tempo(delta: int, microseconds: int) -> bytes:
    return number(delta) + b"\xff\x51\x03" + microseconds.to_bytes(3, "big")


def text(delta: int, kind: int, words: bytes) -> bytes:
    return number(delta) + bytes([0xFF, kind]) + number(len(words)) + words


def note(begin: int, length: int, key: int = 60, channel: int = 0, velocity: int = 100) -> bytes:
    """A key down ``begin`` ticks after the event before, and up again after ``length`` ticks."""
    return (
        number(begin)
        + bytes([0x90 | channel, key, velocity])
        + number(length)
        + bytes([0x80 | channel, key, 64])
    )
