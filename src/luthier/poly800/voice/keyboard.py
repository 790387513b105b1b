"""Which key gets which voice: poly, hold and chord.

Modelled (the manuals name the modes, not the rules): a new key takes the voice that has been free for
longest, else the one that was let go first, else the one that was struck first.  Hold keeps keys sounding
until it ends or their voices are taken.  In chord mode one key plays the memory's chord, its lowest note on
that key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Players(Protocol):
    """Those who sound: :class:`luthier.poly800.voice.voices.Voices`."""

    def start(self, voice: int, key: int, *, alone: bool) -> None:
        """Let a voice play a key; ``alone``: no other key is held."""

    def stop(self, voice: int, *, last: bool) -> None:
        """Release a voice; ``last``: no key is held any more."""

    def busy(self, voice: int) -> bool:
        """Whether a voice still sounds."""


class Keyboard:
    """Keys, and the ``players`` they get."""

    def __init__(self, players: Players) -> None:
        self._players = players
        self._order = list(range(8))  # voices, those that changed last at the end
        self._keys: dict[int, int] = {}  # voice: the key that holds it
        self._down: list[int] = []  # keys under fingers, the newest at the end
        self._held = False
        self._chord: tuple[int, ...] = ()
        self.stolen = 0
        """Voices taken from a key that was still down."""

    def resize(self, voices: int) -> None:
        """Let all go and have so many voices: eight, or four in double mode."""
        self.all_off()
        self._order = list(range(voices))

    def hold(self, on: bool) -> None:
        """Hold what is played, or let go what no finger is on."""
        self._held = on
        if not on:
            sounding = self._intended()
            for key in {key for key in self._keys.values() if key not in sounding}:
                self._let_go(key)

    def chord(self, intervals: Sequence[int]) -> None:
        """Play this chord, semitones above a key, with each key; none: poly mode."""
        self.all_off()
        self._chord = tuple(intervals)

    def press(self, key: int) -> None:
        """A key goes down; one that is down already is struck anew."""
        if key in self._down:
            self._down.remove(key)
        self._down.append(key)
        if self._chord:
            for other in set(self._keys.values()):
                self._let_go(other)
        for interval in self._chord or (0,):
            self._take(key + interval)

    def release(self, key: int) -> None:
        """A key comes up; that it was not down does no harm."""
        if key not in self._down:
            return
        self._down.remove(key)
        if self._held:
            return
        sounding = self._intended()
        for interval in self._chord or (0,):
            if key + interval not in sounding:
                self._let_go(key + interval)

    def all_off(self) -> None:
        """Let everything go."""
        self._down.clear()
        for key in set(self._keys.values()):
            self._let_go(key)

    def _intended(self) -> set[int]:
        """The notes that fingers are on; in chord mode those of the newest key."""
        if self._chord:
            return {key + interval for key in self._down[-1:] for interval in self._chord}
        return set(self._down)

    def _take(self, key: int) -> None:
        voice = self._choose(key)
        if voice in self._keys and self._keys[voice] != key:
            self.stolen += 1
        self._order.remove(voice)
        self._order.append(voice)
        self._keys[voice] = key
        self._players.start(voice, key, alone=len(self._keys) == 1)

    def _choose(self, key: int) -> int:
        same = [voice for voice in self._order if self._keys.get(voice) == key]
        free = [voice for voice in self._order if voice not in self._keys and not self._players.busy(voice)]
        released = [voice for voice in self._order if voice not in self._keys]
        return [*same, *free, *released, *self._order][0]

    def _let_go(self, key: int) -> None:
        for voice in [voice for voice, held in self._keys.items() if held == key]:
            del self._keys[voice]
            self._order.remove(voice)
            self._order.append(voice)
            self._players.stop(voice, last=not self._keys)
