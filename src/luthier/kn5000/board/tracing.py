"""What a board does, for a log: each kind of thing is noted by who sees it, while the log wants it.

Kinds, beside instructions and stores of :mod:`luthier.machine.logs`: see :data:`KINDS`.  The time is that of
the processor that does it; what the boards' devices decode of several writes has the time of the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from luthier.kn5000.board.accesses import Access, Accesses
from luthier.kn5000.board.board import Board
from luthier.kn5000.board.chip import Chip
from luthier.kn5000.board.chip.register_table import registers
from luthier.kn5000.board.session import Move
from luthier.kn5000.dsp_ports.events import Event, Kind
from luthier.machine.logs.entry import INSTRUCTION, Entry
from luthier.machine.logs.taps import Taps
from luthier.machine.logs.writing import Log
from luthier.machine.member import Member

STORE = "store"
#: What can be asked for, and what it is.
KINDS = {
    INSTRUCTION: "what the CPUs execute, with registers and names",
    STORE: "what they store in ranges of memory",
    "register": "bytes written to the registers of the chips",
    "device": "accesses to devices on the buses",
    "interrupt": "interrupts that are taken",
    "transfer": "units that micro-DMA moves",
    "latch": "bytes between the CPUs",
    "lines": "the handshake lines between them",
    "tone": "registers of the tone generator: latch and data",
    "dsp": "what the effect chips are told",
    "hand": "what is done to the panel, and MIDI that comes in",
}
#: Without being asked: all that is not a flood.
USUAL = ("interrupt", "latch", "lines", "tone", "dsp", "hand")
_DSP = ("DSP 1", "DSP 2")


@contextmanager
def traced(
    board: Board,
    log: Log,
    *,
    symbols: Mapping[str, Mapping[int, str]] | None = None,
    stores: Sequence[tuple[str, int, int]] = (),
) -> Iterator[None]:
    """Everything the log wants is noted within this block; ``stores``: CPUs and half-open ranges."""
    taps = Taps(log, board.schedule, symbols=symbols, stores=stores)
    watch = _Watch(board, log)
    watch.begin()
    try:
        yield
    finally:
        watch.end()
        taps.close()


def note_move(board: Board, log: Log, move: Move) -> None:
    """Note what is done to the machine now."""
    what = move.data.hex(" ").upper() if move.data else f"{move.name} {move.steps or ''}"
    log.note(Entry(board.schedule.now, "hand", "hand", text=f"{move.kind} {what}".rstrip()))


class _Watch:
    """The observers of one log."""

    def __init__(self, board: Board, log: Log) -> None:
        self._board, self._log = board, log
        self._undo: list[Callable[[], None]] = []
        self._names = {
            one.address + offset: one.name for one in registers().values() for offset in range(one.size)
        }

    def begin(self) -> None:
        """Look at everything that is wanted."""
        board = self._board
        main, sub = board.members
        for member, chip, accesses in (
            (main, board.main, board.main_board.accesses),
            (sub, board.sub, board.sub_board.accesses),
        ):
            self._chip(member, chip)
            self._accesses(member, accesses)
        self._latches(main, sub)
        if self._wants("tone", sub):
            board.sub_board.tones.observe = lambda latch, data: self._note(
                sub, "tone", latch, data, 2, f"register {latch >> 6:02X} of voice {latch & 0x3F}"
            )
            self._undo.append(lambda: setattr(board.sub_board.tones, "observe", None))
        if self._wants("dsp", sub):
            board.sub_board.dsp.observe = lambda event: self._dsp(sub, event)
            self._undo.append(lambda: setattr(board.sub_board.dsp, "observe", None))

    def end(self) -> None:
        """Look away."""
        while self._undo:
            self._undo.pop()()

    def _wants(self, kind: str, member: Member) -> bool:
        return self._log.wants(kind, member.name)

    def _note(
        self, member: Member, kind: str, address: int | None, value: int | None, size: int, text: str
    ) -> None:
        time = member.ticks(member.processor.states)
        self._log.note(Entry(time, member.name, kind, address, value, size, text))

    def _chip(self, member: Member, chip: Chip) -> None:
        if self._wants("register", member):
            before = chip.observe

            def written(kind: str, address: int, value: int) -> None:
                if before is not None:
                    before(kind, address, value)
                self._note(member, "register", address, value, 1, self._names.get(address, ""))

            chip.observe = written
            self._undo.append(lambda: setattr(chip, "observe", before))
        if self._wants("interrupt", member):
            chip.interrupts.observe = lambda source: self._note(member, "interrupt", None, None, 1, source)
            self._undo.append(lambda: setattr(chip.interrupts, "observe", None))
        if self._wants("transfer", member):

            def moved(channel: int, source: int, destination: int, value: int) -> None:
                text = f"channel {channel} from {source:06X}"
                self._note(member, "transfer", destination & 0xFFFFFF, value, 4, text)

            chip.dma.observe = moved
            self._undo.append(lambda: setattr(chip.dma, "observe", None))

    def _accesses(self, member: Member, accesses: Accesses) -> None:
        if not self._wants("device", member):
            return

        def accessed(access: Access) -> None:
            text = f"{access.kind} {access.device} from {access.pc:06X}"
            self._note(member, "device", access.address, access.value, access.size, text)

        accesses.observe = accessed
        self._undo.append(lambda: setattr(accesses, "observe", None))

    def _latches(self, main: Member, sub: Member) -> None:
        latches = self._board.latches
        for direction, sender in ((latches.to_sub, main), (latches.to_main, sub)):

            def told(name: str, what: str, value: int, sender: Member = sender) -> None:
                kind = "latch" if what == "byte" else what
                if self._wants(kind, sender):
                    self._note(sender, kind, None, value, 1, name)

            direction.observe = told
            self._undo.append(lambda direction=direction: setattr(direction, "observe", None))  # type: ignore[misc]

    def _dsp(self, member: Member, event: Event) -> None:
        kind = Kind(event.kind)
        if kind is not Kind.YIELD:
            text = f"{_DSP[event.chip]} {kind.name.lower()}"
            self._note(member, "dsp", None, event.value, 1 if event.value < 0x100 else 2, text)
