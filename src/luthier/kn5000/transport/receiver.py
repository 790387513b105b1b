"""The sub CPU's end: takes latch bytes by interrupt and DMA, and leaves in its RAM what the programs leave.

The first byte of a frame interrupts the CPU; it then arms its DMA, which takes every further byte of the
frame without it, and interrupts again when all have come (listing, 0x020E86 and 0x020F1F).  The boot ROM
does the same with variables elsewhere and handlers that do nothing (memory-map page), until bit 6 of 0x04FE
starts the payload.

Open questions
- The boot ROM's waiting loop may see bit 6 before the last byte of the block that sets it; the model starts
  the payload when the block is whole.
- Whether the payload clears the flag that started it; the model leaves it.
- Whether the boot ROM too clears bit 7 of the flags when a block is whole, as the running program does; the
  model has it so.
- What the serial port does with the bytes of handler 4; they are kept in order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from luthier.kn5000.transport import (
    blocks,
    dispatch,
    dsp_loop,
    dsp_stream,
    midi_messages,
    sub_ram,
    system,
)
from luthier.kn5000.transport.blocks import Block, BlockRequest
from luthier.kn5000.transport.command_byte import (
    BLOCK,
    BLOCK_REQUEST,
    PAYLOAD_READY,
    CommandByte,
    chunks,
)
from luthier.kn5000.transport.framing import Packet
from luthier.kn5000.transport.latch import Latch
from luthier.kn5000.transport.ring import DSP_RING, MIDI_RING, Ring
from luthier.kn5000.transport.sub_ram import BOOT, RUNNING, SubRam

#: Rounds of the main loop that a transfer may stand still before it is given up (listing, 0x021001).
STUCK_LIMIT = 10


@dataclass
class Round:
    """What one round of the main loop did."""

    midi: midi_messages.Taken
    dsp: list[dsp_loop.Processed]
    given_up: bool


@dataclass
class Receiver:
    """The sub CPU as the main CPU sees it; ``booting``: before the payload has been loaded.

    ``outgoing`` collects the bytes it sends back; ``levels`` is the level table of a ROM, if there is one.
    """

    booting: bool = False
    levels: Sequence[int] | None = None
    ram: SubRam = field(default_factory=SubRam)
    latch: Latch = field(default_factory=Latch)
    outgoing: bytearray = field(default_factory=bytearray)
    serial: bytearray = field(default_factory=bytearray)
    dma_armed: bool = False
    dma_target: int = 0
    dma_count: int = 0

    def __post_init__(self) -> None:
        self.latch.receive = self.interrupt
        if not self.booting:
            self._start()

    @property
    def variables(self) -> sub_ram.Variables:
        """Where the program that runs keeps its variables."""
        return BOOT if self.booting else RUNNING

    @property
    def midi_ring(self) -> Ring:
        """The ring of handler 0."""
        return Ring(self.ram, MIDI_RING)

    @property
    def dsp_ring(self) -> Ring:
        """The ring of handler 3."""
        return Ring(self.ram, DSP_RING)

    def feed(self, data: bytes) -> None:
        """Take bytes as if each were written to the latch in turn, by a sender that keeps the handshake."""
        place = 0
        while place < len(data):
            if self.dma_armed:
                piece = data[place : place + self.dma_count]
                self._transfer(piece)
                place += len(piece)
            else:
                self.latch.sending, self.latch.ready = False, True
                self.latch.write(data[place])
                self.latch.sending = True
                place += 1

    def interrupt(self) -> None:
        """The latch was written: DMA takes the byte if it is armed, otherwise the program does."""
        if self.dma_armed:
            self._transfer(bytes([self.latch.read()]))
            return
        if self.latch.sending:
            return  # MSTAT0 is high: no command
        command = self.latch.read()
        self.ram.set_byte(self.variables.command, command)
        where = self.variables
        if command == PAYLOAD_READY:
            flags = self.ram.byte(sub_ram.STATUS_FLAGS) | sub_ram.PAYLOAD_READY_BIT
            self.ram.set_byte(sub_ram.STATUS_FLAGS, flags)
        elif command == BLOCK:
            self._arm(sub_ram.BLOCK_HEADER, where.block_header, blocks.HEADER_SIZE)
        elif command == BLOCK_REQUEST:
            self._arm(sub_ram.REQUEST, where.request, blocks.REQUEST_SIZE)
        else:
            self._arm(sub_ram.PACKET, where.payload, CommandByte.of(command).length)
        self.latch.ready = False
        self._start_if_ready()

    def _arm(self, state: int, target: int, count: int) -> None:
        self.ram.set_byte(self.variables.processing_state, state)
        self.ram.set_long(self.variables.target, target)
        self.dma_target, self.dma_count, self.dma_armed = target, count, True

    def _transfer(self, data: bytes) -> None:
        self.ram.store(self.dma_target, data)
        self.dma_target += len(data)
        self.dma_count -= len(data)
        if self.dma_count == 0:
            self.dma_armed = False
            self._complete()

    def _complete(self) -> None:
        ram, where = self.ram, self.variables
        state = ram.byte(where.processing_state)
        if state == sub_ram.BLOCK_HEADER:
            header = ram.bytes_at(where.block_header, blocks.HEADER_SIZE)
            ram.set_byte(where.processing_state, sub_ram.BLOCK_DATA)
            self.dma_target = int.from_bytes(header[:4], "little")
            self.dma_count = blocks.header_size(header)
            self.dma_armed = True
            return
        if state == sub_ram.PACKET:
            self._dispatch()
        elif state == sub_ram.REQUEST and not self.booting:
            ram.set_byte(sub_ram.REQUEST_ARRIVED, 0xFF)
            pending = ram.byte(sub_ram.REQUEST_PENDING) | sub_ram.REQUEST_PENDING_BIT
            ram.set_byte(sub_ram.REQUEST_PENDING, pending)
        elif state == sub_ram.BLOCK_DATA:
            flags = ram.byte(sub_ram.STATUS_FLAGS) & ~sub_ram.BLOCK_AWAITED_BIT
            ram.set_byte(sub_ram.STATUS_FLAGS, flags)
        ram.set_byte(where.processing_state, sub_ram.IDLE)
        self.latch.ready = True
        self._start_if_ready()

    def _dispatch(self) -> None:
        if self.booting:
            return  # eight handlers that do nothing
        command = CommandByte.of(self.ram.byte(self.variables.command))
        payload = self.ram.bytes_at(self.variables.payload, command.length)
        handlers: dict[int, Callable[[bytes], None]] = {
            dispatch.MIDI: self.midi_ring.write,
            dispatch.DSP: lambda data: dsp_stream.accept(self.ram, data),
            dispatch.SERIAL: self.serial.extend,
            dispatch.SYSTEM: lambda _: system.handle(self.ram, self.variables.payload),
        }
        if command.handler in handlers:
            handlers[command.handler](payload)

    def _start_if_ready(self) -> None:
        if self.booting and self.ram.byte(sub_ram.STATUS_FLAGS) & sub_ram.PAYLOAD_READY_BIT:
            self.booting = False
            self.dma_armed = False
            self._start()

    def _start(self) -> None:
        """What the payload does first, as far as the protocol goes."""
        self.ram.set_byte(RUNNING.transfer_state, 0)
        self.ram.set_byte(RUNNING.processing_state, sub_ram.IDLE)
        self.midi_ring.clear()
        self.dsp_ring.clear()
        self.ram.set_byte(sub_ram.TONE_GENERATOR_MODE, sub_ram.MODE_AT_START)

    def main_loop(self) -> Round:
        """One round: a MIDI message, the DSP messages, an E2 that waits, and a look for a stuck transfer.

        The boot ROM's loop only waits for the payload.
        """
        if self.booting:
            return Round(midi_messages.Taken(None), [], False)
        taken = midi_messages.take_one(self.ram, self.levels)
        processed = dsp_loop.take_all(self.ram)
        self._answer_request()
        return Round(taken, processed, self._give_up_stuck_transfer())

    def _answer_request(self) -> None:
        pending = self.ram.byte(sub_ram.REQUEST_PENDING)
        if not pending & sub_ram.REQUEST_PENDING_BIT:
            return
        self.ram.set_byte(sub_ram.REQUEST_PENDING, pending & ~sub_ram.REQUEST_PENDING_BIT)
        request = BlockRequest.of(self.ram.bytes_at(RUNNING.request, blocks.REQUEST_SIZE))
        size = request.count or blocks.BLOCK_LIMIT
        data = self.ram.bytes_at(request.source, size)
        self.outgoing += Block(
            request.destination, data.ljust(size, b"\xff")
        ).encoded  # no RAM: nothing known

    def _give_up_stuck_transfer(self) -> bool:
        ram = self.ram
        if self.latch.ready:
            ram.set_word(sub_ram.STUCK_COUNT, 0)
            return False
        still = ram.word(sub_ram.LAST_DMA_COUNT) == self.dma_count & 0xFFFF
        ram.set_word(sub_ram.STUCK_COUNT, ram.word(sub_ram.STUCK_COUNT) + 1 if still else 0)
        ram.set_word(sub_ram.LAST_DMA_COUNT, self.dma_count)
        if ram.word(sub_ram.STUCK_COUNT) <= STUCK_LIMIT:
            return False
        ram.set_word(sub_ram.STUCK_COUNT, 0)
        ram.set_byte(sub_ram.ABORT_COUNT, ram.byte(sub_ram.ABORT_COUNT) + 1)
        ram.set_byte(RUNNING.processing_state, sub_ram.IDLE)
        self.dma_armed = False
        self.latch.ready = True
        return True

    def send(self, handler: int, message: bytes) -> None:
        """Send to the main CPU, in packets of at most 32 bytes."""
        for piece in chunks(message):
            self.outgoing += Packet(handler, piece).encoded
