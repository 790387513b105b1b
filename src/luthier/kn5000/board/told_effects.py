"""Effects of our own in place of the effect chips, set by what the main CPU tells the sub CPU.

Nothing here executes the chips' programs, and from what they are sent an effect cannot be told for certain.
But the configurations that lead to it pass the latch (command 2D of the DSP ring): the number of an effect
and the panel's numbers of its parameters, slot by slot.  So the slots of our engine follow these (modelled):
what is heard is what was asked for, whether or not the sub CPU's program does it, and in our sounds.

A packet begins where the main CPU lowers its line, or behind the one before.

Open questions
- What the chips sound like at power on, before any configuration: here what GS has then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from luthier.kn5000.board.audio import Samples
from luthier.kn5000.effects import Rack, configuration
from luthier.kn5000.transport import blocks, command_byte, dispatch, dsp_loop, dsp_stream
from luthier.kn5000.transport.command_byte import CommandByte
from luthier.kn5000.transport.sub_ram import SubRam

_SENDING: Final = 1  #: the main CPU's line in the two that are told: low for a command


class ToldEffects:
    """The slots, and the packets that set them."""

    def __init__(self) -> None:
        self.rack = Rack()
        self.left_out: list[str] = []
        """What was asked for and has no place, the first of each."""
        self._ram = SubRam()
        self._packet = bytearray()
        self._awaited = 0

    def before_changes(self, action: Callable[[], None]) -> None:
        """Have ``action`` bring the sound to the moment before a slot changes."""
        self.rack.about_to_change = action

    def reset(self) -> None:
        """As at power on."""
        self.rack.reset()
        self._ram = SubRam()
        self._packet.clear()
        self._awaited = 0

    def process(self, effect: Samples, reverb: Samples, out: Samples) -> None:
        """Add what comes back of both sends to ``out``."""
        self.rack.process(effect, reverb, out)

    def hear(self, kind: str, value: int) -> None:
        """A byte or the lines of the latch to the sub CPU."""
        if kind == "lines":
            if not value & _SENDING:
                self._packet.clear()
                self._awaited = 0
            return
        if not self._awaited:
            self._packet[:] = (value,)
            self._awaited = _length(value)
        elif self._is_in_block():
            pass  # what goes to the memory sets no effect
        else:
            self._packet.append(value)
        self._awaited -= 1
        if len(self._packet) == 1 + blocks.HEADER_SIZE and self._packet[0] == command_byte.BLOCK:
            self._awaited = self._awaited or blocks.header_size(bytes(self._packet[1:]))
            self._packet.append(0)  # the block has begun
        if not self._awaited:
            self._take(bytes(self._packet))

    def _is_in_block(self) -> bool:
        return self._packet[0] == command_byte.BLOCK and len(self._packet) > 1 + blocks.HEADER_SIZE

    def _take(self, packet: bytes) -> None:
        if packet[0] >= command_byte.BLOCK or CommandByte.of(packet[0]).handler != dispatch.DSP:
            return
        dsp_stream.accept(self._ram, packet[1:])
        for text in configuration.follow(self.rack, self._ram, dsp_loop.take_all(self._ram)):
            if text not in self.left_out:
                self.left_out.append(text)


def _length(command: int) -> int:
    """Bytes of a packet with its command; of a block, up to the end of its header."""
    if command == command_byte.PAYLOAD_READY:
        return 1
    if command == command_byte.BLOCK:
        return 1 + blocks.HEADER_SIZE
    if command == command_byte.BLOCK_REQUEST:
        return 1 + blocks.REQUEST_SIZE
    return 1 + CommandByte.of(command).length
