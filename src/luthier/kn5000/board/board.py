"""The SX-KN5000 as a machine: both CPUs with their peripherals, run by the code in its memories.

    board = Board(roms)
    ending = board.run(10)
    board.audio(), board.screen.picture(), board.panel.press("DEMO")

Two runs of the same images, with the same keys at the same times, are the same in every bit, however they are
cut into pieces.  A run always ends, with an :class:`~luthier.kn5000.board.ending.Ending` that says why.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal

from luthier.errors import InputError
from luthier.kn5000.board import main_board, sub_board
from luthier.kn5000.board.accesses import told
from luthier.kn5000.board.audio import RATE, Audio, Effects, Samples
from luthier.kn5000.board.chip import Chip
from luthier.kn5000.board.ending import Ending, Names, Reason
from luthier.kn5000.board.floods import Floods
from luthier.kn5000.board.latch import Latches
from luthier.kn5000.board.main_board import MainBoard
from luthier.kn5000.board.roms.rom_set import WAVE_CHIPS, RomSet
from luthier.kn5000.board.sub_board import SubBoard
from luthier.kn5000.board.told_effects import ToldEffects
from luthier.kn5000.tone_generator.device import ToneGenerator
from luthier.kn5000.tone_generator.recordings import Bank
from luthier.machine import schedule
from luthier.machine.clock import NEVER
from luthier.machine.member import Member
from luthier.machine.processor import Executor
from luthier.machine.schedule import Appointment, Schedule

#: Seconds between two looks whether all is well, and between two stretches of sound.
_LOOK, _SOUND = Fraction(1, 100), Fraction(1, 100)
#: Lines of notes about one CPU.
_NOTED: Final = 12
#: Vectors of interrupts, up to the end of memory; no program has instructions there.
_VECTORS: Final = 0xFFFF00
#: The line of the main CPU that holds the sub CPU in reset while it is low (MAME).
_RESET_PORT, _RESET_BIT = "PA", 0
_RESET_MEETING: Final = "sub reset"
_AUDIO: Final = "audio"

#: Names of addresses, by CPU.
Symbols = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class BoardSnapshot:
    """Everything of a board but the sound that nobody has fetched."""

    main: Any
    sub: Any
    parts: dict[str, Any]
    schedule: Appointment


class Board:
    """The machine at power on, with the images of ``roms``.

    ``recordings`` are what the tone generator plays: those of the set's wave ROMs, or the built-in ones,
    unless others are given.  ``effects`` stand behind its sends: ours, modelled (``told_effects``), unless
    others are given; None leaves them away.  ``symbols`` name addresses in reports, those published for the
    maker's programs unless given.  InputError if an image has not its size, or neither CPU has a program.
    """

    def __init__(
        self,
        roms: RomSet,
        *,
        executor: Executor = "compiled",
        recordings: Bank | None = None,
        effects: Effects | Literal["modelled"] | None = "modelled",
        symbols: Symbols | None = None,
    ) -> None:
        if roms.program is None and roms.sub_boot is None:
            raise InputError(
                "there is neither a program nor a boot ROM",
                remedy="name a folder with dumps, or use our own firmware",
            )
        self.main = Chip("main", main_board.FREQUENCY, executor=executor)
        self.sub = Chip("sub", sub_board.FREQUENCY, executor=executor)
        chips = self.main, self.sub
        self.members = tuple(Member(chip.name, chip.processor, chip.frequency) for chip in chips)
        self.schedule = Schedule(self.members)
        self.latches = Latches(self.schedule, self.main, self.sub)
        generator = ToneGenerator(recordings if recordings is not None else recordings_of(roms))
        behind = ToldEffects() if effects == "modelled" else effects
        self.sound = Audio(generator, self._sample, behind)
        if isinstance(behind, ToldEffects):
            self.latches.to_sub.heard_by.append(behind.hear)
            behind.before_changes(lambda: self.sound.render_to(self._sample()))
        self.main_board = MainBoard(self.main, self.latches, roms)
        self.sub_board = SubBoard(self.sub, self.latches, self.sound, roms)
        self.screen, self.panel, self.flash = (
            self.main_board.screen,
            self.main_board.panel,
            self.main_board.flash,
        )
        self.keybed, self.computer = self.sub_board.keybed, self.sub_board.computer
        self._names = Names(symbols)
        self._goal = 0
        self._asleep = 0
        self._floods = (
            Floods(self.main, self.main_board.accesses),
            Floods(self.sub, self.sub_board.accesses),
        )
        self._start(roms)

    def _start(self, roms: RomSet) -> None:
        self.schedule.on_meeting(_RESET_MEETING, self._hold)
        self.main.ports.watch(_RESET_PORT, self._reset_line)
        self.schedule.follow(_AUDIO, self._follow, _SOUND)
        self.main.on_reset.append(lambda: self.main_board.reset(self.seconds))
        self.sub.on_reset.append(lambda: self.sub_board.reset(self.seconds))
        main, sub = self.members
        #: A CPU without a program stays in reset.
        self._lacks = main.held, sub.held = roms.program is None, roms.sub_boot is None
        for chip in (self.main, self.sub):
            chip.reset()

    # Running

    def run(self, seconds: Fraction | float, *, wall: float | None = None) -> Ending:
        """Run for so long beyond where the last run was to end; ``wall``: real seconds that it may take."""
        goal = self._goal + self.schedule.ticks_of(seconds)
        began = time.monotonic()
        while self._goal < goal:
            self._goal = min(goal, self._goal + self.schedule.ticks_of(_LOOK))
            ending = self._stopped(self.schedule.run_until(self._goal)) or self._trouble()
            if ending is None and wall is not None and time.monotonic() - began > wall:
                ending = self._end("wall", detail=f"more than {wall:g} s")
            if ending is not None:
                self._goal = self.schedule.now
                return ending
        return self._end("asleep" if self._asleep > 1 else "time")

    @property
    def seconds(self) -> float:
        """The board's time."""
        return float(self.schedule.seconds)

    def _stopped(self, ended: schedule.Ending) -> Ending | None:
        if ended.reason in ("breakpoint", "watchpoint", "illegal"):
            return self._end(ended.reason, ended.name, ended.detail)
        return None

    def _trouble(self) -> Ending | None:
        """What the board itself sees: sleep, floods, a flash that is worn out."""
        self._asleep = self._asleep + 1 if all(map(self._sleeps, self.members)) else 0
        if self.flash.is_worn:
            made = f"{self.flash.erasures:,} erasures, {self.flash.programmed:,} writes"
            return self._end("flash", "main", made)
        for member, floods in zip(self.members, self._floods, strict=True):
            if not member.held and member.processor.pc >= _VECTORS:
                return self._end("wild", member.name)
            found = floods.look()
            if found is not None:
                return self._end(found[0], member.name, found[1])
        return None

    @staticmethod
    def _sleeps(member: Member) -> bool:
        processor = member.processor
        return member.held or (processor.halted and processor.clock.next_due >= NEVER)

    def _end(self, reason: Reason, cpu: str = "", detail: str = "") -> Ending:
        if not cpu:
            return Ending(reason, self.seconds, detail=detail)
        chip, board = (self.main, self.main_board) if cpu == "main" else (self.sub, self.sub_board)
        pc = chip.processor.pc
        return Ending(
            reason, self.seconds, cpu, pc, self._names.at(cpu, pc), detail, tuple(board.accesses.last)
        )

    @property
    def notes(self) -> list[str]:
        """What is odd so far, for people: missing images, accesses that nothing answers, bytes lost."""
        found = [
            f"the {member.name} CPU has no program and does nothing"
            for member, lacks in zip(self.members, self._lacks, strict=True)
            if lacks
        ]
        found += [
            f"the {member.name} CPU sleeps at {member.processor.pc:06X}h, and nothing of its own can wake it"
            for member in self.members
            if not member.held and self._sleeps(member)
        ]
        for board in (self.main_board, self.sub_board):
            lines = [
                *told(board.accesses),
                *(
                    f"{one.kind} register {one.address:03X}h, unknown so, {count} times from {one.pc:06X}h"
                    for one, count in board.chip.unknown.items()
                ),
            ]
            found += [f"{board.chip.name} CPU: {line}" for line in lines[:_NOTED]]
            if len(lines) > _NOTED:
                found.append(f"{board.chip.name} CPU: and {len(lines) - _NOTED} more of the kind")
        if isinstance(self.sound.effects, ToldEffects):
            found += [f"not heard: {text}" for text in self.sound.effects.left_out]
        for direction in (self.latches.to_sub, self.latches.to_main):
            if direction.lost:
                found.append(f"latch, {direction.name}: {direction.lost} bytes overwritten unread")
        return found

    # The outside

    def audio(self) -> Samples:
        """What was played since last asked: float32 (n, 2) at 44,100 Hz, left and right, 1.0 full scale."""
        self.sound.render_to(self._sample())
        return self.sound.take()

    def midi(self, data: bytes) -> None:
        """Bytes for MIDI IN, as fast as its line carries them."""
        self.main_board.midi.feed(data)

    @property
    def midi_out(self) -> list[tuple[float, int]]:
        """What left MIDI OUT: seconds and bytes."""
        return self.main_board.midi.sent

    # Wiring

    def _sample(self) -> int:
        return self.schedule.count(RATE, self.schedule.now)

    def _follow(self, ticks: int) -> None:
        self.sound.follow(self.schedule.count(RATE, ticks))

    def _reset_line(self, before: int, after: int) -> None:
        if (before ^ after) >> _RESET_BIT & 1:
            self.schedule.rendezvous(_RESET_MEETING, after >> _RESET_BIT & 1)

    def _hold(self, level: int) -> None:
        """The sub CPU's reset line is low, or it starts anew."""
        sub = self.members[1]
        sub.held = not level or self._lacks[1]
        if level:
            self.sub.reset()

    # Snapshots

    def snapshot(self) -> BoardSnapshot:
        """Everything, to come back to."""
        parts = {
            "latches": self.latches.snapshot(),
            "main": self.main_board.snapshot(),
            "sub": self.sub_board.snapshot(),
            "board": (self._goal, self._asleep, [one.snapshot() for one in self._floods]),
        }
        return BoardSnapshot(self.main.snapshot(), self.sub.snapshot(), parts, self.schedule.snapshot())

    def restore(self, taken: BoardSnapshot) -> None:
        """Go back to a snapshot of this board, or of another with the same images."""
        self.main.restore(taken.main)
        self.sub.restore(taken.sub)
        self.latches.restore(taken.parts["latches"])
        self.main_board.restore(taken.parts["main"])
        self.sub_board.restore(taken.parts["sub"])
        self.schedule.restore(taken.schedule)
        self._goal, self._asleep, floods = taken.parts["board"]
        for one, state in zip(self._floods, floods, strict=True):
            one.restore(state)


def recordings_of(roms: RomSet) -> Bank:
    """The recordings of a set's wave ROMs, or the built-in ones."""
    from luthier.kn5000.waves.bank import bank_of_chips, built_in_bank

    if not roms.waves:
        return built_in_bank().recordings
    return bank_of_chips({WAVE_CHIPS.index(chip): data for chip, data in roms.waves.items()}).recordings
