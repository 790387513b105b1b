"""MIDI ports: the small thing a protocol needs of one, and the kinds there are.

- ports of the operating system through python-rtmidi (extra ``live``);
- raw MIDI devices of Linux such as ``/dev/snd/midiC1D0``, which need nothing installed and, unlike the
  former, take a long message in parts with pauses between them;
- a pair of ports in memory, for tests and demonstrations.
"""

from __future__ import annotations

import contextlib
import os
import queue
import select
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from luthier.errors import InputError, LuthierError, MissingFeatureError

if TYPE_CHECKING:
    from types import ModuleType

#: MIDI 1.0: 31,250 baud, ten bits a byte.
BYTES_PER_SECOND = 3125

_INSTALL = "install it with: pip install 'luthier[live]'"
#: The device through which ALSA gives programs its MIDI ports.
_ALSA_SEQUENCER = Path("/dev/snd/seq")
#: Where Linux keeps raw MIDI devices: card and device by number.
_DEVICES = Path("/dev/snd")
_RAW_DEVICE = "midiC*D*"
_READ_SIZE = 4096


class Port(Protocol):
    """A way to an instrument and, where there is one, back."""

    name: str
    takes_parts: bool
    """Whether a message may be sent in parts; otherwise it must be whole."""
    listens: bool
    """Whether anything can come back."""

    def send(self, data: bytes) -> None:
        """Send bytes: whole messages, or parts of one where the port takes them."""

    def receive(self, timeout: float) -> bytes:
        """The bytes that have come, waiting up to ``timeout`` seconds for the first; empty if none came."""


@dataclass(frozen=True)
class PortName:
    """A port of the operating system by name, and in which directions it works."""

    name: str
    sends: bool
    receives: bool


# --- In memory ---------------------------------------------------------------------------------------------


class MemoryPort:
    """One end of a cable in memory; see :func:`memory_pair`."""

    takes_parts = True
    listens = True

    def __init__(self, name: str, out: queue.Queue[bytes], into: queue.Queue[bytes]) -> None:
        self.name = name
        self._out = out
        self._into = into

    def send(self, data: bytes) -> None:
        """Give ``data`` to the other end."""
        self._out.put(data)

    def receive(self, timeout: float) -> bytes:
        """What the other end sent next, or nothing after ``timeout`` seconds."""
        return _next(self._into, timeout)


def memory_pair() -> tuple[MemoryPort, MemoryPort]:
    """Two ports: what one sends, the other receives."""
    there: queue.Queue[bytes] = queue.Queue()
    back: queue.Queue[bytes] = queue.Queue()
    return MemoryPort("one end", there, back), MemoryPort("other end", back, there)


def _next(waiting: queue.Queue[bytes], timeout: float) -> bytes:
    try:
        return waiting.get(timeout=timeout)
    except queue.Empty:
        return b""


# --- Raw devices -------------------------------------------------------------------------------------------


class RawPort:
    """A device file that takes and gives MIDI bytes as they are."""

    takes_parts = True
    listens = True

    def __init__(self, path: Path) -> None:
        """Open the device; raises InputError if it cannot be opened for both directions."""
        self.name = str(path)
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(
                f"cannot be opened ({reason})", where=self.name, remedy="see: luthier poly800 ports"
            ) from error

    def send(self, data: bytes) -> None:
        """Write all of ``data``, waiting as long as the device is busy."""
        position = 0
        while position < len(data):
            select.select([], [self._descriptor], [])
            try:
                position += os.write(self._descriptor, data[position:])
            except BlockingIOError:
                time.sleep(0.001)  # some drivers say they are ready and are not
            except OSError as error:
                raise LuthierError(f"{self.name}: sending failed ({error.strerror or error})") from error

    def receive(self, timeout: float) -> bytes:
        """The bytes at hand, or nothing after ``timeout`` seconds."""
        ready, _, _ = select.select([self._descriptor], [], [], timeout)
        if not ready:
            return b""
        try:
            return os.read(self._descriptor, _READ_SIZE)
        except OSError as error:
            raise LuthierError(f"{self.name}: receiving failed ({error.strerror or error})") from error

    def close(self) -> None:
        """Give the device back."""
        os.close(self._descriptor)


def raw_devices() -> list[str]:
    """Paths of the raw MIDI devices that are there; none but on Linux."""
    return sorted(str(path) for path in _DEVICES.glob(_RAW_DEVICE))


# --- Ports of the operating system -------------------------------------------------------------------------


class SystemPort:
    """A port of the operating system, through python-rtmidi; a message must be sent whole."""

    takes_parts = False

    def __init__(self, name: str, output: Any, source: Any | None) -> None:
        self.name = name
        self._output = output
        self._source = source
        self.listens = source is not None
        self._into: queue.Queue[bytes] = queue.Queue()
        if source is not None:
            _collect(source, self._into)

    def send(self, data: bytes) -> None:
        """Hand one whole message to the driver."""
        try:
            self._output.send_message(data)
        except (OSError, ValueError) as error:
            raise LuthierError(f"{self.name}: sending failed ({error})") from error

    def receive(self, timeout: float) -> bytes:
        """The next whole message, or nothing after ``timeout`` seconds."""
        return _next(self._into, timeout)

    def close(self) -> None:
        """Give both directions back."""
        for side in (self._output, self._source):
            if side is not None:
                side.close_port()
                side.delete()


def _collect(source: Any, into: queue.Queue[bytes]) -> None:
    """Put every message that comes, except for clocks, into a queue."""
    source.ignore_types(sysex=False, timing=True, active_sense=True)
    source.set_callback(lambda event, _: into.put(bytes(event[0])))


def _rtmidi() -> ModuleType:
    try:
        import rtmidi
    except ImportError as error:
        raise MissingFeatureError(f"MIDI ports need python-rtmidi; {_INSTALL}") from error
    if sys.platform == "linux" and not _ALSA_SEQUENCER.exists():
        raise MissingFeatureError(
            "this machine offers no MIDI ports: the ALSA sequencer is missing; load it with: sudo modprobe"
            " snd-seq; or give a raw device such as /dev/snd/midiC1D0 as --port"
        )
    return rtmidi  # type: ignore[no-any-return]


def _open_client(kind: Any) -> Any:
    try:
        return kind()
    except OSError as error:
        raise MissingFeatureError(f"this machine offers no MIDI ports ({error})") from error


def port_names() -> list[PortName]:
    """Every port of the operating system; raises MissingFeatureError if it cannot be asked for them."""
    rtmidi = _rtmidi()
    sides = []
    for kind in (rtmidi.MidiOut, rtmidi.MidiIn):
        client = _open_client(kind)
        sides.append(client.get_ports())
        client.delete()
    outputs, inputs = sides
    return [PortName(name, name in outputs, name in inputs) for name in dict.fromkeys([*outputs, *inputs])]


@contextlib.contextmanager
def opened(name: str) -> Iterator[Port]:
    """The port called ``name``: a device path, or a system port by its name or any unique part of it.

    Raises InputError if there is no such port or several, MissingFeatureError if ports cannot be had at all.
    """
    port = RawPort(Path(name)) if name.startswith("/") else _open_system_port(name)
    try:
        yield port
    finally:
        port.close()


class SystemInput:
    """The input alone of a port of the operating system: a keyboard need not listen."""

    def __init__(self, name: str, source: Any) -> None:
        self.name = name
        self._source = source
        self._into: queue.Queue[bytes] = queue.Queue()
        _collect(source, self._into)

    def receive(self, timeout: float) -> bytes:
        """The next whole message, or nothing after ``timeout`` seconds."""
        return _next(self._into, timeout)

    def close(self) -> None:
        """Give it back."""
        self._source.close_port()
        self._source.delete()


@contextlib.contextmanager
def listening(name: str) -> Iterator[RawPort | SystemInput]:
    """The port called ``name``, as for :func:`opened`, for receiving only."""
    port: RawPort | SystemInput
    if name.startswith("/"):
        port = RawPort(Path(name))
    else:
        source = _open_client(_rtmidi().MidiIn)
        inputs = source.get_ports()
        chosen = choose(name, inputs)
        try:
            source.open_port(inputs.index(chosen))
        except OSError as error:
            raise InputError(
                f"cannot be opened ({error})", where=chosen, remedy="close other programs"
            ) from error
        port = SystemInput(chosen, source)
    try:
        yield port
    finally:
        port.close()


def _open_system_port(name: str) -> SystemPort:
    rtmidi = _rtmidi()
    output, source = _open_client(rtmidi.MidiOut), _open_client(rtmidi.MidiIn)
    outputs, inputs = output.get_ports(), source.get_ports()
    chosen = choose(name, outputs)
    try:
        output.open_port(outputs.index(chosen))
        answering = _answering(chosen, name, inputs)
        if answering is None:
            source.delete()
            return SystemPort(chosen, output, None)
        source.open_port(inputs.index(answering))
    except OSError as error:
        raise InputError(
            f"cannot be opened ({error})", where=chosen, remedy="close other programs"
        ) from error
    return SystemPort(chosen, output, source)


def choose(name: str, available: list[str]) -> str:
    """The one of ``available`` that is ``name`` or contains it, whatever the case; else raises InputError."""
    if name in available:
        return name
    found = [candidate for candidate in available if name.lower() in candidate.lower()]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(repr(candidate) for candidate in found or available) or "none at all"
    what = f"{len(found)} MIDI ports match {name!r}" if found else f"no MIDI port matches {name!r}"
    raise InputError(what, remedy=f"choose one of: {listed}")


def _answering(output: str, wanted: str, inputs: list[str]) -> str | None:
    """The input that belongs to an output: of the same name, or the only one that matches what was asked."""
    if output in inputs:
        return output
    found = [candidate for candidate in inputs if wanted.lower() in candidate.lower()]
    return found[0] if len(found) == 1 else None
