"""Ten songs with the habits that real files have and an engine must live with, made with seeds, byte by byte.

:data:`MATERIAL` maps names to functions without arguments that give the bytes of a Standard MIDI File.  Those
in :data:`LEFT_SOUNDING` end with keys or the pedal down, as broken files do; in the others all is let go.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

QUARTER = 96
#: A tick and a message with its status byte: F0 and F7 without their length, FF with its type.
Event = tuple[int, bytes]

GS_RESET = bytes.fromhex("F04110421240007F0041F7")
GM_ON = bytes.fromhex("F07E7F0901F7")
XG_ON = bytes.fromhex("F043104C00007E00F7")
MASTER_VOLUME = bytes.fromhex("F07F7F04010064F7")

#: Songs that leave notes or the pedal down at their end.
LEFT_SOUNDING = ("cut off", "pedals")


def number(value: int) -> bytes:
    """A variable-length number."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(0x80 | value & 0x7F)
    return bytes(reversed(digits))


def track(events: Iterable[Event], *, running: bool = False) -> bytes:
    """A track chunk; with ``running``, equal status bytes are left out."""
    body, before, status = bytearray(), 0, 0
    for tick, message in sorted(events, key=lambda event: event[0]):
        body += number(tick - before)
        before = tick
        if message[0] in (0xF0, 0xF7):
            body += message[:1] + number(len(message) - 1) + message[1:]
            status = 0
        elif message[0] == 0xFF:
            body += message[:2] + number(len(message) - 2) + message[2:]
            status = 0
        else:
            body += message[1:] if running and message[0] == status else message
            status = message[0]
    body += b"\x00\xff\x2f\x00"
    return b"MTrk" + len(body).to_bytes(4, "big") + body


def song(*tracks: bytes, kind: int = 1) -> bytes:
    """A file of these tracks."""
    header = b"".join(value.to_bytes(2, "big") for value in (kind, len(tracks), QUARTER))
    return b"MThd" + len(header).to_bytes(4, "big") + header + b"".join(tracks)


def tempo(tick: int, beats: float) -> Event:
    """A change of tempo, in quarter notes a minute."""
    return tick, b"\xff\x51" + round(60_000_000 / beats).to_bytes(3, "big")


def control(tick: int, channel: int, controller: int, value: int) -> Event:
    """A control change; channels are 0 to 15."""
    return tick, bytes((0xB0 | channel, controller, value))


def program(tick: int, channel: int, value: int) -> Event:
    """A program change."""
    return tick, bytes((0xC0 | channel, value))


def bend(tick: int, channel: int, value: int) -> Event:
    """A pitch bend, 0 to 16383."""
    return tick, bytes((0xE0 | channel, value & 0x7F, value >> 7))


def note(
    tick: int, length: int, channel: int, pitch: int, velocity: int = 90, *, silent_on: bool = False
) -> list[Event]:
    """A note that ends with 80, or with 90 and velocity 0."""
    off = bytes((0x90 | channel, pitch, 0)) if silent_on else bytes((0x80 | channel, pitch, 64))
    return [(tick, bytes((0x90 | channel, pitch, velocity))), (tick + length, off)]


def registered(tick: int, channel: int, parameter: int, value: int, fine: int = 0) -> list[Event]:
    """A registered parameter with its data, as files write it."""
    pairs = ((101, parameter >> 7), (100, parameter & 0x7F), (6, value), (38, fine), (101, 127), (100, 127))
    return [control(tick, channel, *pair) for pair in pairs]


def running_status() -> bytes:
    """Format 0, running status throughout, offs as 90 with velocity 0, several channels in one track."""
    chance = random.Random("running status")
    events = [tempo(0, 132), *(program(0, channel, chance.randrange(128)) for channel in range(6))]
    for step in range(128):
        channel = step % 6
        pitch, length = chance.randrange(40, 88), chance.choice((12, 24, 60, 140))
        events += note(step * 12, length, channel, pitch, chance.randrange(20, 128), silent_on=True)
    return song(track(events, running=True), kind=0)


def drums() -> bytes:
    """All drums in thirty-seconds, hi-hats that choke each other, kits that change, offs at once."""
    chance = random.Random("drums")
    events = [tempo(0, 150)]
    for step in range(192):
        if step % 48 == 0:
            events.append(program(step * 12, 9, (0, 25, 40, 48)[step // 48]))
        struck = {(42, 44, 46)[step % 3], 36 if step % 4 == 0 else 38, *chance.sample(range(27, 88), 3)}
        for pitch in sorted(struck):
            events += note(step * 12, 1, 9, pitch, chance.randrange(1, 128))
    return song(track(events))


def pedals() -> bytes:
    """Long chords; sustain, sostenuto and soft pedal before, under and after them; one stays down."""
    chance = random.Random("pedals")
    events = [tempo(0, 90), program(0, 0, 0), program(0, 1, 89), program(0, 2, 48)]
    for bar in range(6):
        begin = bar * 192
        for channel in range(3):
            events.append(control(begin + (0, 5, 90)[channel], channel, 64, 127))
            events.append(control(begin + 185, channel, 64, 0 if bar % 3 else 40))
            for pitch in chance.sample(range(48, 84), 5):
                events += note(begin + chance.randrange(20), 60 + chance.randrange(100), channel, pitch)
        events += [control(begin + 30, 0, 66, 127 * (bar % 2)), control(begin + 10, 0, 67, 127 * (bar % 2))]
    events.append(control(6 * 192, 1, 64, 127))
    events += note(6 * 192 + 5, 20, 1, 60)
    return song(track(events, running=True))


def overlaps() -> bytes:
    """The same key struck again while it is down; offs come in any order, and some twice."""
    chance = random.Random("overlaps")
    events = [tempo(0, 120), program(0, 0, 0), program(0, 1, 19), program(0, 2, 61)]
    for step in range(96):
        channel = step % 3
        length = chance.choice((6, 30, 90, 200))
        events += note(step * 16, length, channel, 60 + step % 4, 40 + step % 80, silent_on=step % 2 == 0)
        if step % 7 == 0:
            events.append((step * 16 + length + 3, bytes((0x80 | channel, 60 + step % 4, 0))))
    return song(track(events))


def program_changes() -> bytes:
    """Programs, banks, unknown ones too, volume and pan that change under sounding notes."""
    chance = random.Random("programs")
    events = [tempo(0, 140)]
    for step in range(64):
        channel, tick = step % 4, step * 24
        events += note(tick, 80, channel, chance.randrange(36, 90), 100)
        events.append(control(tick + 10, channel, 0, chance.choice((0, 0, 8, 64, 127))))
        events.append(control(tick + 10, channel, 32, chance.choice((0, 3))))
        events.append(program(tick + 11, channel, step * 2))
        events.append(control(tick + 12, channel, 7, chance.randrange(128)))
        events.append(control(tick + 13, channel, 10, chance.randrange(128)))
    return song(track(events))


def bends() -> bytes:
    """Bends over 2, 12 and 24 semitones, tuning by registered parameters, wheel and pressure in full."""
    tracks = [track([tempo(0, 110)])]
    for channel, semitones in enumerate((2, 12, 24)):
        events = [program(0, channel, (81, 40, 56)[channel])]
        events += registered(0, channel, 0, semitones)
        events += registered(0, channel, 1, 64 + 8 * channel, 3)
        events += registered(0, channel, 2, 64 - channel)
        for step in range(12):
            begin = step * 96
            events += note(begin, 90, channel, 48 + 5 * channel + step)
            events += [bend(begin + tick, channel, min(tick * 175, 16383)) for tick in range(0, 96, 2)]
            events += [control(begin + tick, channel, 1, tick) for tick in range(0, 96, 8)]
            events += [(begin + tick, bytes((0xD0 | channel, 127 - tick))) for tick in range(0, 96, 8)]
            events.append((begin + 40, bytes((0xA0 | channel, 48 + 5 * channel + step, 100))))
        events.append(bend(12 * 96, channel, 8192))
        tracks.append(track(events, running=True))
    return song(*tracks)


def portamento() -> bytes:
    """Glides between extremes of pitch, mono and poly, with the time changed on the way."""
    chance = random.Random("portamento")
    events = [tempo(0, 100), program(0, 0, 81), program(0, 1, 38), control(0, 1, 126, 1)]
    events += [control(0, channel, 65, 127) for channel in (0, 1)]
    pitches = [0, 127, 1, 126, 60, 12, 115, 21, 108, *(chance.randrange(128) for _ in range(23))]
    for step, pitch in enumerate(pitches):
        for channel in (0, 1):
            events.append(control(step * 40, channel, 5, chance.randrange(128)))
            events += note(step * 40 + channel, 44, channel, pitch, 80)
        if step % 6 == 5:
            events.append(control(step * 40 + 20, 0, 84, chance.randrange(128)))
    events += [control(40 * 30, 1, 127, 0), control(40 * 31, 0, 65, 0)]
    return song(track(events))


def crowd() -> bytes:
    """Chords of six notes on all sixteen channels at once: more than 64 voices, again and again."""
    chance = random.Random("crowd")
    tracks = [track([tempo(0, 96), tempo(200, 180), tempo(500, 60), tempo(600, 240)])]
    for channel in range(16):
        events = [program(0, channel, 0 if channel == 9 else chance.randrange(112))]
        for step in range(10):
            for pitch in chance.sample(range(36, 88), 6):
                events += note(step * 90 + chance.randrange(8), 85, channel, pitch, chance.randrange(30, 127))
        tracks.append(track(events, running=True))
    return song(*tracks)


def resets() -> bytes:
    """GS, GM and XG resets, master volume, long and unknown messages amid notes; all notes, all sound off."""
    chance = random.Random("resets")
    long = b"\xf0\x7d" + bytes(chance.randrange(128) for _ in range(4000)) + b"\xf7"
    half = (bytes.fromhex("F07F7F0401"), bytes.fromhex("F70050F7"))
    events = [tempo(0, 125), (0, GM_ON), (2, GS_RESET), (3, MASTER_VOLUME)]
    for step in range(48):
        channel = step % 8
        events += note(10 + step * 24, 60, channel, chance.randrange(40, 84))
    between = (GS_RESET, GM_ON, XG_ON, long, MASTER_VOLUME, *half, b"\xf0\xf7")
    events += [(150 + place * 120, message) for place, message in enumerate(between)]
    for place, controller in enumerate((121, 123, 120, 121, 123)):
        events += [control(200 + place * 170, channel, controller, 0) for channel in range(8)]
    drum_part = bytes.fromhex("F04110421240101502")
    checksum = (128 - sum(drum_part[5:]) % 128) % 128
    events.append((700, drum_part + bytes((checksum, 0xF7))))
    events += note(720, 30, 0, 36)
    return song(track(events))


def cut_off() -> bytes:
    """Tracks of different lengths that end with keys down and, in one, with the pedal down."""
    chance = random.Random("cut off")
    tracks = []
    for channel in range(5):
        events = [tempo(0, 118)] if channel == 0 else []
        events.append(program(0, channel, (0, 48, 16, 89, 11)[channel]))
        for step in range(20 - 2 * channel):
            pitch = chance.randrange(40, 90)
            on, off = note(step * 48, 70, channel, pitch)
            events += [on] if step > 14 - 2 * channel else [on, off]
        if channel == 0:
            events.append(control(700, 0, 64, 127))
        tracks.append(track(events))
    return song(*tracks)


MATERIAL: dict[str, Callable[[], bytes]] = {
    "running status": running_status,
    "drums": drums,
    "pedals": pedals,
    "overlaps": overlaps,
    "program changes": program_changes,
    "bends": bends,
    "portamento": portamento,
    "crowd": crowd,
    "resets": resets,
    "cut off": cut_off,
}
