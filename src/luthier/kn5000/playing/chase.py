"""What an instrument has to be told before a song is played from its middle.

All that is not a note, in order; of controllers, bends and pressures that only replace each other the last.
Keys that are down there are not struck: their beginnings are over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from luthier.kn5000.parts import controls

_NOTE_OFF, _NOTE_ON, _KEY_PRESSURE, _CONTROL, _PRESSURE, _BEND = 0x80, 0x90, 0xA0, 0xB0, 0xD0, 0xE0
#: Controllers that do something, each time they come, or say what another means.
_ACTING = frozenset(
    (
        controls.BANK, controls.BANK_FINE, controls.DATA, controls.DATA_FINE, controls.INCREMENT,
        controls.DECREMENT, controls.NRPN, controls.NRPN_FINE, controls.RPN, controls.RPN_FINE,
        controls.PORTAMENTO_FROM, *range(controls.ALL_SOUND_OFF, controls.POLY + 1),
    )
)  # fmt: skip
#: Of these only that they were reset matters where nothing sounds.
_ENDS = frozenset((controls.ALL_SOUND_OFF, controls.ALL_NOTES_OFF))


def chased(messages: Iterable[bytes]) -> Iterator[bytes]:
    """The messages of ``messages`` that leave the same state; whole MIDI messages, in order."""
    last: dict[tuple[int, int], bytes] = {}
    for message in messages:
        kind = message[0] & 0xF0
        if kind in (_NOTE_OFF, _NOTE_ON, _KEY_PRESSURE):
            continue
        if kind in (_PRESSURE, _BEND):
            last[message[0], -1] = message
        elif kind == _CONTROL and len(message) == 3 and message[1] not in _ACTING:
            last[message[0], message[1]] = message
        elif not (kind == _CONTROL and message[1] in _ENDS):
            yield from last.values()
            last.clear()
            yield message
    yield from last.values()
