"""Universal messages: ``F0 7E|7F device kind .. F7``, for any device number.

The machine takes 7E (known); what it does with it is not published.  7F, the real-time ones, it does not
take; here both are acted on as General MIDI 1 and 2 have them (modelled).
"""

from __future__ import annotations

from collections.abc import Callable

from luthier.kn5000.parts.laws import BEND_CENTRE, BEND_HIGHEST, CENTRE
from luthier.kn5000.reception.channels import COUNT, Channels
from luthier.kn5000.reception.target import Target

NON_REAL_TIME, REAL_TIME = 0x7E, 0x7F
_GENERAL_MIDI, _DEVICE_CONTROL, _TUNING, _KEY_CONTROL = 0x09, 0x04, 0x08, 0x0A
_STANDARDS = {1: "gm", 3: "gm2"}
_MASTERS = {1: "volume", 2: "pan", 3: "tuning", 4: "transpose"}
_GLOBAL_PARAMETERS = 5
#: General MIDI 2's types of reverb to the macros of GS; those of chorus are the same.
_REVERB_MACROS = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 8: 5}
_CHORUS_ADDRESSES = {0: 0x38, 1: 0x3D, 2: 0x3E, 3: 0x3B, 4: 0x3F}
_DRUM_CONTROLLERS = {7: "level", 10: "pan", 91: "reverb", 93: "chorus"}
_OCTAVE = 12


def receive(target: Target, channels: Channels, body: bytes, left_out: Callable[[str], None]) -> None:
    """A message without F0 and F7, beginning with 7E or 7F."""
    kind, data = body[2:4], body[4:]
    done = False
    if len(kind) == 2:
        first, second = kind
        if first == _GENERAL_MIDI and body[0] == NON_REAL_TIME:
            done = _general_midi(target, channels, second)
        elif first == _DEVICE_CONTROL and body[0] == REAL_TIME:
            done = _device_control(target, second, data)
        elif first == _TUNING and second in (8, 9):
            done = _octave_tuning(target, channels, data, fine=second == 9)
        elif first == _KEY_CONTROL and second == 1 and body[0] == REAL_TIME:
            done = _key_control(target, channels, data)
    if not done:
        left_out(f"universal message {body[0]:02X} {' '.join(f'{byte:02X}' for byte in kind)}".rstrip())


def _general_midi(target: Target, channels: Channels, what: int) -> bool:
    standard = _STANDARDS.get(what)
    if standard is not None:
        channels.reset()
        target.settings.reset(standard)
    # 2 is General MIDI off: nothing to go back to.
    return standard is not None or what == 2


def _device_control(target: Target, what: int, data: bytes) -> bool:
    if what == _GLOBAL_PARAMETERS:
        return _global_parameters(target, data)
    if what not in _MASTERS or len(data) != 2:
        return False
    value = data[1] << 7 | data[0]
    amount = {
        "volume": value / BEND_HIGHEST,
        "pan": max((value - BEND_CENTRE) / (BEND_CENTRE - 1), -1.0),
        "tuning": (value - BEND_CENTRE) / BEND_CENTRE,
        "transpose": float(data[1] - CENTRE),
    }
    target.settings.set_master(_MASTERS[what], amount[_MASTERS[what]])
    return True


def _global_parameters(target: Target, data: bytes) -> bool:
    """Of reverb (slot 01 01) and chorus (01 02): numbers of one byte with values of one byte."""
    if data[:4] != b"\x01\x01\x01\x01" or len(data) < 7:
        return False
    chorus = data[4] == 2
    done = True
    for number, value in zip(data[5::2], data[6::2], strict=False):
        if chorus and number in _CHORUS_ADDRESSES:
            target.settings.set_effect(_CHORUS_ADDRESSES[number], value)
        elif not chorus and number == 0 and value in _REVERB_MACROS:
            target.settings.set_effect(0x30, _REVERB_MACROS[value])
        else:
            done = False
    return done


def _octave_tuning(target: Target, channels: Channels, data: bytes, *, fine: bool) -> bool:
    """Twelve notes of some channels, in cents or in 14 bits of a semitone to either side."""
    size = 2 if fine else 1
    if len(data) != 3 + _OCTAVE * size:
        return False
    values = data[3:]
    if fine:
        pairs = zip(values[::2], values[1::2], strict=True)
        scale = tuple(((high << 7 | low) - BEND_CENTRE) / BEND_CENTRE for high, low in pairs)
    else:
        scale = tuple((value - CENTRE) / 100 for value in values)
    wanted = data[0] << 14 | data[1] << 7 | data[2]
    for channel in range(COUNT):
        if wanted >> channel & 1:
            for part in channels.parts(channel):
                target.settings.set_scale(part, 0, scale)
    return True


def _key_control(target: Target, channels: Channels, data: bytes) -> bool:
    """Controllers of one key of a channel."""
    if len(data) < 4 or len(data) % 2 or data[0] >= COUNT:
        return False
    channel, key = data[:2]
    done = True
    for number, value in zip(data[2::2], data[3::2], strict=True):
        if number in _DRUM_CONTROLLERS:
            for part in channels.parts(channel):
                target.settings.set_drum(part, key, _DRUM_CONTROLLERS[number], value)
        else:
            done = False
    return done
