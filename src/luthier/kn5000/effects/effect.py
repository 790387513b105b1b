"""An effect by its name: units one after the other, set by the names of the panel, in physical units.

What comes out is the wet sound alone, as the chips return it: IC311's return is added to the dry sound,
which it cannot take away; IC310 stands in the way of all sound, and what leaves it is all there is
(``Effect.in_line``).

Samples do not depend on the size of blocks.  Silence costs nothing: after a while of it an effect sleeps.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

import numpy as np

from luthier.errors import InputError
from luthier.kn5000.effects.listening import LOOK, bits_of, loudest
from luthier.kn5000.effects.units.unit import Frames, Parameter, Unit, told

_QUIET: Final = bits_of(1e-5)  #: -100 dBFS
#: Louder samples (+60 dBFS) are cut: no sound is as loud, and what goes round would take for ever to fall.
_LOUDEST: Final = 1000.0
_TOO_LOUD: Final = bits_of(_LOUDEST)
#: Looks at once.
_LOOKS: Final = 32


class Effect(Protocol):
    """Stereo in, stereo out, at 44,100 Hz."""

    @property
    def name(self) -> str:
        """As the machine shows it."""

    @property
    def number(self) -> int:
        """In the machine's table of 128."""

    @property
    def in_line(self) -> bool:
        """Whether it takes the place of the dry sound; all others are added to it."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What can be set, in the order of the panel."""

    @property
    def settings(self) -> dict[str, float]:
        """What everything is set to."""

    @property
    def silent(self) -> bool:
        """Nothing went in for a while and the rest is below -100 dBFS."""

    def set(self, name: str, value: float) -> None:
        """Set a parameter; it is there in some tenths of a second, without a step."""

    def process(self, frames: Frames, out: Frames | None = None) -> Frames:
        """The wet sound of (n, 2) samples, in ``out`` or anew."""

    def reset(self) -> None:
        """As new, but for what is set."""


class Chain:
    """Units in series: what all effects are."""

    def __init__(
        self,
        number: int,
        name: str,
        units: Sequence[Unit],
        *,
        in_line: bool = False,
        order: Iterable[str] = (),
        reach: Mapping[str, tuple[float, float]] | None = None,
    ) -> None:
        """``order`` names parameters as the panel has them; those it leaves out come behind.

        ``reach`` widens the ranges that units give to parameters.
        """
        self.name = name
        self.number = number
        self.in_line = in_line
        self._units = tuple(units)
        # Of equal names the second gets a 2 behind it: two delays, two rotors.
        self._own_names: list[dict[str, str]] = []
        parameters: dict[str, Parameter] = {}
        for unit in self._units:
            names = {}
            for parameter in unit.parameters:
                shown = parameter.name
                if shown in parameters:
                    shown = f"{shown} 2"
                names[parameter.name] = shown
                parameters[shown] = _renamed(parameter, shown)
            self._own_names.append(names)
        listed = [shown for shown in order if shown in parameters]
        self._parameters = {shown: parameters[shown] for shown in (*listed, *parameters)}
        for shown, (low, high) in (reach or {}).items():
            narrow = self._parameters[shown]
            self._parameters[shown] = replace(narrow, low=min(low, narrow.low), high=max(high, narrow.high))
        self._settings = {shown: float(parameter.default) for shown, parameter in self._parameters.items()}
        self._patience = sum(unit.patience for unit in self._units) + LOOK
        self._looks = np.zeros(_LOOKS, np.int64)
        self.reset()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What can be set, in the order of the panel."""
        return tuple(self._parameters.values())

    @property
    def settings(self) -> dict[str, float]:
        """What everything is set to."""
        return dict(self._settings)

    @property
    def silent(self) -> bool:
        """Nothing went in for a while and the rest is below -100 dBFS."""
        return self._asleep

    def parameter(self, name: str) -> Parameter:
        """The parameter of a name, in capitals or not; InputError if there is none."""
        wanted = " ".join(name.split()).upper()
        if wanted in self._parameters:
            return self._parameters[wanted]
        near = difflib.get_close_matches(wanted, self._parameters, 1, 0.5)
        known = f"did you mean {near[0]}?" if near else f"it has {', '.join(self._parameters)}"
        raise InputError(f"{self.name} has no {told(wanted)}", remedy=known)

    def set(self, name: str, value: float) -> None:
        """Set a parameter; it is there in some tenths of a second, without a step."""
        parameter = self.parameter(name)
        self._settings[parameter.name] = parameter.checked(value)
        self._shape()
        if self._asleep:
            self._arrive()

    def reset(self) -> None:
        """As new, but for what is set."""
        self._time = 0
        self._calm = 0
        self._heard = False
        self._asleep = True
        self._shape()
        for unit in self._units:
            unit.reset()

    def process(self, frames: Frames, out: Frames | None = None) -> Frames:
        """The wet sound of (n, 2) samples, in ``out`` (which may be ``frames``) or anew.

        Samples that are no numbers count as silence.
        """
        if frames.ndim != 2 or frames.shape[1] != 2:
            raise InputError(f"a block of shape {frames.shape}", remedy="give (n, 2) samples")
        if out is None or out.dtype != np.float32 or not out.flags.c_contiguous:
            result = np.array(frames, np.float32, order="C")
        else:
            result = out
            if out is not frames:
                out[:] = frames
        if len(result) <= LOOK:
            self._process(result)
        else:
            done = 0
            while done < len(result):
                most = LOOK * _LOOKS - self._time % LOOK
                self._process(result[done : done + most])
                done += most
        if out is None:
            return result
        if out is not result:
            out[:] = result
        return out

    def _process(self, frames: Frames) -> None:
        """Frames of at most 32 looks."""
        place, count = self._time % LOOK, len(frames)
        looks = (place + count + LOOK - 1) // LOOK
        loudness = loudest(frames.view(np.uint32), place, self._looks)
        if loudness > _TOO_LOUD:
            np.nan_to_num(frames, copy=False, nan=0, posinf=0, neginf=0)
            np.clip(frames, -_LOUDEST, _LOUDEST, out=frames)
            loudness = loudest(frames.view(np.uint32), place, self._looks)
        if self._asleep and loudness == 0:
            self._rest(count)
            return
        if looks > 1 and (self._asleep or self._calm + count > self._patience):
            self._process_looks(frames)
            return
        self._asleep = False
        sounding = [loudness != 0] if looks == 1 else (self._looks[:looks] != 0).tolist()
        for unit in self._units:
            unit.process(frames)
        if not all(sounding):
            loudest(frames.view(np.uint32), place, self._looks)
            left = (self._looks[:looks] > _QUIET).tolist()
            sounding = [before or after for before, after in zip(sounding, left, strict=True)]
        self._count(sounding, count)

    def _process_looks(self, frames: Frames) -> None:
        """Look by look: it wakes or may fall asleep among them."""
        done = 0
        while done < len(frames):
            most = LOOK - self._time % LOOK
            self._process(frames[done : done + most])
            done += most

    def _count(self, sounding: Sequence[bool], frames: int) -> None:
        """Time goes by: of every look, whether it sounded."""
        whole = (self._time % LOOK + frames) // LOOK
        self._time += frames
        for look, sounds in enumerate(sounding):
            self._heard = self._heard or sounds
            if look < whole:
                self._calm = 0 if self._heard else self._calm + LOOK
                self._heard = False
        if whole and self._calm > self._patience:
            self._asleep = True
            self._arrive()
            for unit in self._units:
                unit.clear()

    def _rest(self, frames: int) -> None:
        """Nothing to hear."""
        self._time += frames
        self._heard = False
        for unit in self._units:
            unit.skip(frames)

    def _shape(self) -> None:
        for unit, names in zip(self._units, self._own_names, strict=True):
            unit.shape({own: self._settings[shown] for own, shown in names.items()})

    def _arrive(self) -> None:
        for unit in self._units:
            unit.arrive()


def _renamed(parameter: Parameter, name: str) -> Parameter:
    return parameter if parameter.name == name else replace(parameter, name=name)
