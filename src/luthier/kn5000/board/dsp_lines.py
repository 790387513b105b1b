"""The effect chips at the sub CPU's ports: every write is kept, decoded when somebody wants to know.

DSP 1 (IC311) hears ports 7 and Z, DSP 2 (IC310) ports E and F, both port H; DSP 1 has a window at 0x130000
besides (:mod:`luthier.kn5000.dsp_ports`).  DSP 1 is always ready (modelled, as in a fork of MAME).

Open questions
- When DSP 1 is not ready, and how long the chips take for anything.
- What the window gives to who reads it; here what was last written to the register.
"""

from __future__ import annotations

import copy
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Final

from luthier.kn5000.dsp_ports import channels
from luthier.kn5000.dsp_ports.decoder import Decoder
from luthier.kn5000.dsp_ports.events import Event, Kind
from luthier.kn5000.dsp_ports.lines import CHIPS, PORT_NAMES, PortWrite
from luthier.kn5000.dsp_ports.messages import Message
from luthier.kn5000.dsp_ports.register_file import RegisterFile

#: Port writes that wait before they are decoded anyway; messages that are kept; bytes of one message.
_MOST_WAITING, MESSAGES, LONGEST = 1 << 14, 1 << 14, 1 << 14
_WORD: Final = 2
_ENDS: Final = {Kind.IDLE, Kind.RESET}


class DspLines:
    """Both chips' end of the lines."""

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._waiting: list[PortWrite] = []
        self._open: dict[int, tuple[int | None, bytearray]] = {}
        self._messages: deque[Message] = deque(maxlen=MESSAGES)
        self._counts: Counter[Kind] = Counter()
        self._registers = RegisterFile()
        self._channels = bytearray(0x100)
        self._channel = 0
        self.observe: Callable[[Event], None] | None = None
        """Told every event while a log wants it; decoding is then done at once."""

    # Lines

    def port(self, address: int, value: int) -> None:
        """A port register of the sub CPU is written; others than the chips' change nothing."""
        if address in PORT_NAMES:
            self._feed(address, value)

    def read(self, address: int, size: int) -> int:
        """The window: the register that is chosen."""
        del size
        return self._channels[self._channel] if address == channels.DATA else 0

    def write(self, address: int, size: int, value: int) -> None:
        """The window: number and data, of which the lower byte counts; a long word is both."""
        self._write(address, value)
        if address == channels.ADDRESS and size > _WORD:
            self._write(channels.DATA, value >> 16)

    def _write(self, address: int, value: int) -> None:
        value &= 0xFF
        if address == channels.ADDRESS:
            self._channel = value
        elif address == channels.DATA:
            self._channels[self._channel] = value
        else:
            return
        self._feed(address, value)

    def _feed(self, address: int, value: int) -> None:
        self._waiting.append(PortWrite(address, value))
        if len(self._waiting) >= _MOST_WAITING or self.observe is not None:
            self.settle()

    # What they mean

    def settle(self) -> None:
        """Decode what waits."""
        waiting, self._waiting = self._waiting, []
        for event in self._decoder.feed(waiting):
            self._counts[event.kind] += 1
            if self.observe is not None:
                self.observe(event)
            self._gather(event)

    def _gather(self, event: Event) -> None:
        if event.kind is Kind.COMMAND:
            self._close(event.chip)
            self._open[event.chip] = event.value, bytearray()
        elif event.kind is Kind.DATA:
            _, data = self._open.setdefault(event.chip, (None, bytearray()))
            data.append(event.value)
            if len(data) >= LONGEST:
                self._close(event.chip)
        elif event.kind in _ENDS:
            self._close(event.chip)

    def _close(self, chip: int) -> None:
        if chip in self._open:
            command, data = self._open.pop(chip)
            message = Message(chip, command, bytes(data))
            self._messages.append(message)
            self._registers.apply(message)

    @property
    def messages(self) -> list[Message]:
        """What the chips were told lately, the unfinished ones at the end."""
        self.settle()
        unfinished = [Message(chip, *self._told(chip)) for chip in CHIPS if chip in self._open]
        return [*self._messages, *unfinished]

    def _told(self, chip: int) -> tuple[int | None, bytes]:
        command, data = self._open[chip]
        return command, bytes(data)

    @property
    def counts(self) -> Counter[Kind]:
        """Events by kind."""
        self.settle()
        return self._counts

    @property
    def registers(self) -> RegisterFile:
        """The registers of DSP 2."""
        self.settle()
        done = copy.deepcopy(self._registers)
        for chip in self._open:
            done.apply(Message(chip, *self._told(chip)))
        return done

    @property
    def channel_registers(self) -> bytes:
        """The registers of DSP 1 behind the window, by number."""
        return bytes(self._channels)

    def snapshot(self) -> Any:
        """Everything."""
        return copy.deepcopy(tuple(getattr(self, name) for name in _STATE))

    def restore(self, taken: Any) -> None:
        """Go back to a snapshot."""
        for name, value in zip(_STATE, copy.deepcopy(taken), strict=True):
            setattr(self, name, value)


_STATE = (
    "_decoder",
    "_waiting",
    "_open",
    "_messages",
    "_counts",
    "_registers",
    "_channels",
    "_channel",
)
