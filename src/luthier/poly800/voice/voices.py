"""The voices of a program: what a key means to oscillators, envelopes and the MG."""

from __future__ import annotations

from collections.abc import Mapping

from luthier.poly800.voice import chip, firmware, laws, settings
from luthier.poly800.voice.state import (
    ATTACK,
    BIT,
    DIVIDER,
    FILTER_ENVELOPE,
    GROUP,
    LANES,
    MG_WAIT,
    OFF,
    RELEASE,
    SLOPE,
    STAGE,
    SUSTAIN,
    WAITED,
    State,
)

_SINGLE = 1


class Voices:
    """Eight voices of one oscillator each, or four of two, over ``state``; ``limits``: the chip's pitches."""

    def __init__(self, state: State, *, limits: bool) -> None:
        self._state = state
        self._limits = limits
        self._values: Mapping[str, int] = {}
        self._double = False
        self._keys = [laws.TRACKING_KEY] * LANES  # what each voice played last
        self._newest = laws.TRACKING_KEY

    @property
    def count(self) -> int:
        """Eight, or four in double mode."""
        return GROUP if self._double else LANES

    def same_mode(self, values: Mapping[str, int]) -> bool:
        """Whether a program has as many voices as the present one."""
        return bool(self._values) and settings.is_double(values) == self._double

    def load(self, values: Mapping[str, int]) -> None:
        """Play with these panel values from now on."""
        self._values, self._double = values, settings.is_double(values)
        settings.load(self._state, values)

    def start(self, voice: int, key: int, *, alone: bool) -> None:
        """Let a voice play a key; ``alone``: no other key is held, and a new phrase begins."""
        state, values = self._state, self._values
        self._keys[voice] = self._newest = key
        self._tune(voice)
        for lane in self._lanes(voice):
            self._stage(lane, ATTACK)
        if alone or values["trigger"] != _SINGLE:
            self._stage(FILTER_ENVELOPE, ATTACK)
        if alone:
            state.words[MG_WAIT] = firmware.mg_delay(values["mg_delay"])
        settings.track(state, values, key)

    def retune(self) -> None:
        """Let what sounds have the octaves, the interval, the track and the sustain of the present values."""
        for voice in range(self.count):
            if self.busy(voice):
                self._tune(voice)
        stages = self._state.envelopes[STAGE]
        # A slope that has arrived is over with the next tick.
        stages[stages == SUSTAIN] = SLOPE
        settings.track(self._state, self._values, self._newest)

    def _tune(self, voice: int) -> None:
        lanes, values = self._state.lanes, self._values
        for number, lane in enumerate(self._lanes(voice), start=1):
            interval = values["interval"] if number == 2 else 0
            pitch = chip.pitch_of(self._keys[voice], values[f"dco{number}_octave"], interval)
            lanes[DIVIDER, lane], lanes[BIT, lane] = chip.counting(pitch, limits=self._limits)

    def stop(self, voice: int, *, last: bool) -> None:
        """Release a voice; ``last``: no key is held any more, so the filter's envelope goes too."""
        for lane in (*self._lanes(voice), FILTER_ENVELOPE)[: None if last else -1]:
            if self._state.envelopes[STAGE, lane] != OFF:
                self._stage(lane, RELEASE)

    def busy(self, voice: int) -> bool:
        """Whether an oscillator of a voice sounds."""
        return any(self._state.envelopes[STAGE, lane] != OFF for lane in self._lanes(voice))

    def _lanes(self, voice: int) -> tuple[int, ...]:
        return (voice, voice + GROUP) if self._double else (voice,)

    def _stage(self, envelope: int, stage: int) -> None:
        self._state.envelopes[STAGE, envelope] = stage
        self._state.envelopes[WAITED, envelope] = 0
