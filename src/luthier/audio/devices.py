"""Sound cards, through sounddevice (extra ``live``): sound goes into a short queue, the card takes it.

Whoever makes the sound runs a few blocks ahead; :meth:`Output.put` waits while the queue is full.  Where
nothing is there in time there is silence, and it is counted.
"""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from luthier.errors import InputError, MissingFeatureError

Samples = npt.NDArray[np.float32]

#: Seconds without the card taking a block after which it is taken for gone.
_GONE = 5.0
_INSTALL = "install it with: pip install 'luthier[live]'"
_PORTAUDIO = "on Debian and Ubuntu: sudo apt install libportaudio2"


@dataclass(frozen=True)
class Device:
    """A sound card that plays."""

    name: str
    channels: int
    rate: float
    """Hz, that it prefers."""
    default: bool
    index: int
    """By which PortAudio knows it."""


class Output(Protocol):
    """Where sound goes, block by block."""

    name: str
    missed: int
    """Blocks that were not there in time."""

    def put(self, block: Samples) -> None:
        """Give the next block, shape (n, 2), ±1; waits while enough are there."""


class SoundCard:
    """An open sound card."""

    def __init__(self, name: str, ahead: int) -> None:
        self.name = name
        self.missed = 0
        self._waiting: queue.Queue[Samples] = queue.Queue(ahead)

    def put(self, block: Samples) -> None:
        """Give the next block; raises InputError if the card stopped taking any."""
        try:
            self._waiting.put(block.copy(), timeout=_GONE)
        except queue.Full as error:
            raise InputError("takes no more sound", where=self.name, remedy="plug it in again") from error

    def take(self, out: Samples) -> None:
        """Fill ``out``, which is what the card does: with the next block, or with silence."""
        try:
            out[:] = self._waiting.get_nowait()
        except queue.Empty:
            out.fill(0.0)
            self.missed += 1


def _sounddevice() -> ModuleType:
    try:
        import sounddevice
    except ImportError as error:
        raise MissingFeatureError(f"playing needs sounddevice; {_INSTALL}") from error
    except OSError as error:
        raise MissingFeatureError(f"playing needs the library PortAudio; {_PORTAUDIO}") from error
    return sounddevice  # type: ignore[no-any-return]


def devices() -> list[Device]:
    """Every sound card that plays; raises MissingFeatureError if they cannot be asked for."""
    library = _sounddevice()
    try:
        found, default = library.query_devices(), library.default.device[1]
    except library.PortAudioError as error:
        raise MissingFeatureError(f"this machine offers no sound cards ({error})") from error
    return [
        Device(
            entry["name"],
            int(entry["max_output_channels"]),
            float(entry["default_samplerate"]),
            entry["index"] == default,
            int(entry["index"]),
        )
        for entry in found
        if entry["max_output_channels"] > 0
    ]


def find(name: str | None) -> Device:
    """The card that is ``name`` or holds it in its name, whatever the case; None: the usual one.

    Raises InputError if there is no such card or several, MissingFeatureError if sound cannot be had at all.
    """
    return _choose(name, devices())


@contextlib.contextmanager
def opened(device: Device, rate: int, frames: int, ahead: int) -> Iterator[SoundCard]:
    """``device`` open for stereo blocks of ``frames`` at ``rate`` Hz, ``ahead`` of which wait at most.

    At the end, what waits is played out.  Raises InputError if it cannot be opened so.
    """
    library = _sounddevice()
    card = SoundCard(device.name, ahead)

    def callback(out: Samples, _frames: int, _time: Any, _status: Any) -> None:
        card.take(out)

    try:
        stream = library.OutputStream(
            rate, frames, device.index, channels=2, dtype="float32", callback=callback, latency="low"
        )
    except (library.PortAudioError, ValueError) as error:
        raise InputError(f"cannot be opened ({error})", where=device.name, remedy="try another") from error
    with stream:
        yield card
        silence = np.zeros((frames, 2), np.float32)
        for _ in range(ahead):
            card.put(silence)


def _choose(name: str | None, available: list[Device]) -> Device:
    if not available:
        raise MissingFeatureError("this machine has no sound card; render to a file instead")
    if name is None:
        return next((device for device in available if device.default), available[0])
    exact = [device for device in available if device.name == name]
    found = exact or [device for device in available if name.lower() in device.name.lower()]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(repr(device.name) for device in found or available)
    what = f"{len(found)} sound cards match {name!r}" if found else f"no sound card matches {name!r}"
    raise InputError(what, remedy=f"choose one of: {listed}")
