"""The debugger as lines of commands and answers: for the keyboard, for scripts, for tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from luthier.errors import InputError, UsageError
from luthier.machine.debugger.debugger import Debugger
from luthier.machine.debugger.expressions import evaluate
from luthier.machine.debugger.stops import Halt, Watchpoint
from luthier.machine.memory import Kind

_SHOWN = 5  #: instructions that are listed unless told otherwise
_MOST_SHOWN = 1000
_MOST_BYTES = 1 << 16
_ROW = 16
_GO = Fraction(10)  #: seconds that `continue` runs at most
_MOST_SYMBOLS = 40
_WATCHES: dict[str, tuple[Kind, ...]] = {
    "watch": ("write",),
    "rwatch": ("read",),
    "awatch": ("read", "write"),
}

Answer = Iterator[str]


class Monitor:
    """Executes commands.  Nothing a user types raises anything but :class:`UsageError`."""

    def __init__(self, debugger: Debugger) -> None:
        self.debugger = debugger
        self.is_over = False
        self._last = ""
        self._next_listing: int | None = None

    @property
    def prompt(self) -> str:
        """Which processor is looked at and where it is."""
        return f"{self.debugger.view.member.name} {self.debugger.view.processor.pc:06X}> "

    def execute(self, line: str) -> Answer:
        """The lines that answer a command; an empty one repeats the last step."""
        content = line.partition("#")[0].strip() or ("" if line.strip() else self._last)
        if not content:
            return
        word, _, rest = content.partition(" ")
        name = _NAMES.get(word.lower())
        if name is None:
            raise UsageError(f"there is no command {word[:20]!r}", remedy="`help` lists them")
        self._last = content if name in ("step", "over", "list", "back") and "to" not in rest else ""
        command: Callable[[str], Answer] = getattr(self, f"_do_{name}")
        try:
            yield from command(rest.strip())
        except (OverflowError, RecursionError) as error:
            raise UsageError(f"{content[:60]!r} is too much", remedy="use smaller numbers") from error

    # Running

    def _do_step(self, rest: str) -> Answer:
        yield from self._told(self.debugger.step(self._value(rest, 1)))

    def _do_over(self, rest: str) -> Answer:
        _nothing(rest, "over")
        yield from self._told(self.debugger.over())

    def _do_out(self, rest: str) -> Answer:
        _nothing(rest, "out")
        yield from self._told(self.debugger.out())

    def _do_to(self, rest: str) -> Answer:
        yield from self._told(self.debugger.run_to(self._address(rest)))

    def _do_continue(self, rest: str) -> Answer:
        """Without a number for ten seconds of the board's time."""
        time = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(us|ms|s)", rest)
        if time:
            unit = {"us": 1_000_000, "ms": 1000, "s": 1}[time[2]]
            yield from self._told(self.debugger.go(Fraction(time[1]) / unit))
        elif rest:
            yield from self._told(self.debugger.step(self._value(rest, 1)))
        else:
            yield from self._told(self.debugger.go(_GO))

    def _do_back(self, rest: str) -> Answer:
        written = re.fullmatch(r"to\s+write\s+(?:of\s+)?(.+)", rest)
        if written:
            address, size = self._place(written[1])
            yield from self._told(self.debugger.back_to_write(address, size))
        else:
            yield from self._told(self.debugger.back(self._value(rest, 1)))

    def _told(self, halt: Halt) -> Answer:
        """What a run came to: why it stopped, and the next instruction."""
        self._next_listing = None
        if halt.reason not in ("step", "back"):
            yield f"{halt.reason}: {halt.detail}" if halt.detail else halt.reason
        if len(self.debugger.views) > 1:
            yield f"{halt.cpu}:"
        near = self.debugger.view.names.near(halt.pc)
        if "+" in near:
            yield f"{near}:"
        yield from self.debugger.view.listing(halt.pc, 1)

    # Stops

    def _do_break(self, rest: str) -> Answer:
        place, condition = _condition(rest)
        stop = self.debugger.break_at(self._address(place), condition)
        yield f"{stop.number}: {stop}"

    def _do_watch(self, rest: str, word: str = "watch") -> Answer:
        text, condition = _condition(rest)
        address, size = self._place(text)
        stop = self.debugger.watch(address, size, _WATCHES[word], condition)
        yield f"{stop.number}: {stop}"

    def _do_rwatch(self, rest: str) -> Answer:
        yield from self._do_watch(rest, "rwatch")

    def _do_awatch(self, rest: str) -> Answer:
        yield from self._do_watch(rest, "awatch")

    def _do_delete(self, rest: str) -> Answer:
        self.debugger.remove(self._value(rest))
        yield from ()

    def _do_breaks(self, rest: str) -> Answer:
        _nothing(rest, "breaks")
        for stop in self.debugger.stops.values():
            place = (
                "" if isinstance(stop, Watchpoint) else self.debugger.views[stop.cpu].names.near(stop.address)
            )
            which = f" ({stop.cpu})" if len(self.debugger.views) > 1 else ""
            yield f"{stop.number}: {stop}{which} {place}".rstrip() + f", {stop.hits} hits"

    # Looking

    def _do_registers(self, rest: str) -> Answer:
        view = self.debugger.view
        if rest:
            for name in rest.replace(",", " ").split():
                yield f"{name.upper()} = {self._register(name):X}h"
            return
        names = view.architecture.program_registers
        for start in (0, len(names) // 2):
            group = names[start : start + len(names) // 2]
            yield "  ".join(f"{name:<3} {self._register(name):08X}" for name in group)
        status = view.architecture.status.items()
        flags = view.processor.registers["F"] if "F" in view.processor.registers else self._register("CCR")
        bits = zip(view.architecture.flags, view.architecture.flag_bits, strict=True)
        letters = "".join(letter if flags >> bit & 1 else "-" for letter, bit in bits)
        values = "  ".join(f"{name} {self._register(name):0{digits}X}" for name, digits in status)
        yield f"PC  {view.processor.pc:06X}    {values}  {letters}"

    def _do_memory(self, rest: str) -> Answer:
        address, length = self._pair(rest, 4 * _ROW, _MOST_BYTES)
        content = self.debugger.view.bytes_at(address, length)
        for at in range(0, len(content), _ROW):
            row = content[at : at + _ROW]
            text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
            yield f"{address + at:06X}  {row.hex(' ').upper():<{3 * _ROW}} {text}"

    def _do_list(self, rest: str) -> Answer:
        view = self.debugger.view
        start = view.processor.pc if self._next_listing is None else self._next_listing
        address, count = self._pair(rest, _SHOWN, _MOST_SHOWN) if rest else (start, _SHOWN)
        yield from view.listing(address, count)
        self._next_listing = address + sum(len(one.code) for one in view.instructions(address, count))

    def _do_print(self, rest: str) -> Answer:
        value = self._value(rest)
        near = self.debugger.view.names.near(value) if value >= 0 else ""
        signed = "-" if value < 0 else ""
        yield f"{signed}{abs(value):X}h = {value}" + (f" = {near}" if near else "")

    def _do_where(self, rest: str) -> Answer:
        _nothing(rest, "where")
        view = self.debugger.view
        yield f"at {view.processor.pc:06X} {view.names.near(view.processor.pc)}".rstrip()
        for frame in view.frames():
            near = view.names.near(frame.call.address)
            inside = f" in {near}" if near else ""
            yield f"from {frame.call.address:06X}{inside}: {frame.call.text}"

    def _do_time(self, rest: str) -> Answer:
        _nothing(rest, "time")
        for name, view in self.debugger.views.items():
            processor = view.processor
            asleep = ", sleeps" if processor.halted else ""
            seconds = float(Fraction(view.member.time, self.debugger.schedule.ticks_a_second))
            yield (
                f"{name}: {processor.instructions:,} instructions, {processor.states:,} states,"
                f" {seconds:.6f} s{asleep}"
            )

    def _do_symbols(self, rest: str) -> Answer:
        found = list(self.debugger.view.names.matching(rest))
        for address, name in found[:_MOST_SYMBOLS]:
            yield f"{address:06X} {name}"
        if len(found) > _MOST_SYMBOLS:
            yield f"and {len(found) - _MOST_SYMBOLS} more"
        if not found:
            yield "none"

    def _do_cpu(self, rest: str) -> Answer:
        if rest:
            self.debugger.select(rest)
        for name, view in self.debugger.views.items():
            mark = ">" if view is self.debugger.view else " "
            yield f"{mark} {name}: {view.processor.cpu}, at {view.processor.pc:06X}"

    # Changing

    def _do_set(self, rest: str) -> Answer:
        name, equals, text = rest.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"`set {rest}` sets nothing", remedy="write: set XWA = 0x1234")
        self.debugger.set_register(name.strip(), self._value(text))
        yield from self._do_registers(name.strip())

    def _do_write(self, rest: str) -> Answer:
        words = rest.split()
        if len(words) < 2:
            raise UsageError("`write` needs an address and bytes", remedy="write: write 0x1000 12 34 0xAB")
        address = self._address(words[0])
        values = [self._value(word) for word in words[1:]]
        if any(not 0 <= value <= 255 for value in values):
            raise UsageError("not all of these are bytes", remedy="give numbers from 0 to 255")
        self.debugger.write(address, bytes(values))
        yield from self._do_memory(f"{address} {len(values)}")

    # Help

    def _do_help(self, rest: str) -> Answer:
        if rest:
            name = _NAMES.get(rest.lower())
            if name is None:
                raise UsageError(f"there is no command {rest[:20]!r}", remedy="`help` lists them")
            use, *text = _HELP[name]
            yield use
            yield from (f"    {line}" for line in text)
            return
        yield from (f"{use:<36}{text[0]}" for use, *text in _HELP.values())
        yield "Numbers are expressions: 0x1F, 1Fh, registers, names, [ADDR], w[ADDR], l[ADDR], + - * / ..."
        yield "An empty line repeats a step; # begins a comment; `help COMMAND` says more."

    def _do_quit(self, rest: str) -> Answer:
        _nothing(rest, "quit")
        self.is_over = True
        yield from ()

    # Words

    def _register(self, name: str) -> int:
        value = self.debugger.view.register(name)
        if value is None:
            raise UsageError(f"there is no register {name[:20]!r}", remedy="`registers` shows the main ones")
        return value

    def _value(self, text: str, default: int | None = None) -> int:
        if not text and default is not None:
            return default
        return evaluate(text, self.debugger.view)

    def _address(self, text: str) -> int:
        value = self._value(text)
        if not 0 <= value <= 0xFFFFFF:
            raise UsageError(f"{text!r} is {value:#x}, no address", remedy="addresses have 24 bits")
        return value

    def _place(self, text: str) -> tuple[int, int]:
        """``ADDRESS`` or ``ADDRESS:SIZE``."""
        address, colon, size = text.rpartition(":")
        return (self._address(address), self._value(size)) if colon else (self._address(text), 1)

    def _pair(self, text: str, default: int, most: int) -> tuple[int, int]:
        """An address and a number, which is the last word; the program counter if there is no address."""
        address, _, number = text.rpartition(" ") if " " in text else (text, "", "")
        count = self._value(number, default)
        if not 1 <= count <= most:
            raise UsageError(f"{count} is no number to show", remedy=f"give 1 to {most}")
        return self._address(address.strip() or "PC"), count


def _nothing(rest: str, name: str) -> None:
    if rest:
        raise UsageError(f"`{name}` takes nothing behind it", remedy=f"leave {rest[:20]!r} out")


def _condition(text: str) -> tuple[str, str | None]:
    """What stands before ``if``, and what behind it."""
    parts = re.split(r"\s+if\s+", text, maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else None


def run_script(monitor: Monitor, text: str) -> Answer:
    """Commands line by line, each shown before its answer; an :class:`InputError` names the line."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        yield f"{monitor.prompt}{line.strip()}"
        try:
            yield from monitor.execute(line)
        except InputError as error:
            where = f"line {number}" + (f", {error.where}" if error.where else "")
            raise InputError(error.what, where=where, remedy=error.remedy) from None
        if monitor.is_over:
            return


#: How each command is written, what it does in a line, and more of it.
_HELP: dict[str, tuple[str, ...]] = {
    "step": ("step [N]", "execute one instruction, or N", "Also s. With two CPUs, of the one looked at."),
    "over": ("over", "the same, but a call as a whole", "Also n. A repeated instruction too."),
    "out": ("out", "run until the subroutine has returned", "Where it returns to is read off the stack."),
    "to": ("to ADDR", "run until ADDR is reached", "For ten seconds of the board's time at most."),
    "continue": (
        "continue [N | N us | N ms | N s]",
        "run on, for N instructions or a time",
        "Also c, go. Without a number for ten seconds of the board's time at most.",
    ),
    "back": (
        "back [N | to write ADDR[:SIZE]]",
        "go back by instructions, or to the last write",
        "Runs again from a snapshot. Registers or memory changed by hand, and resets, end what is known.",
    ),
    "break": ("break ADDR [if EXPR]", "stop before ADDR", "Also b. For example: break play if A == 3"),
    "watch": ("watch ADDR[:SIZE] [if EXPR]", "stop behind a write", "Also w. SIZE is in bytes."),
    "rwatch": ("rwatch ADDR[:SIZE] [if EXPR]", "stop behind a read", "Not of instructions being fetched."),
    "awatch": ("awatch ADDR[:SIZE] [if EXPR]", "stop behind both", "Reads and writes."),
    "breaks": ("breaks", "list what stops the program", "With how often each did."),
    "delete": ("delete N", "delete one of them", "N is the number that `breaks` shows."),
    "registers": ("registers [NAME ...]", "show registers", "Also r. Any name that the CPU's page lists."),
    "set": ("set NAME = EXPR", "change a register", "For example: set XWA = XWA + 1"),
    "memory": ("memory ADDR [LENGTH]", "show memory", "Also m, x. Devices are not asked."),
    "write": ("write ADDR BYTE ...", "change memory, ROM too", "Devices are not told."),
    "list": ("list [ADDR [N]]", "show instructions", "Also l, u. Goes on where the last one ended."),
    "print": ("print EXPR", "reckon", "Also p. For example: print w[XSP + 4] >> 3"),
    "where": ("where", "show what called what", "Also bt. Modelled: read off the stack."),
    "symbols": ("symbols [PART]", "list names that contain PART", "Of the CPU that is looked at."),
    "time": ("time", "how far all have come", "Instructions and states since reset, time since power on."),
    "cpu": ("cpu [NAME]", "list the CPUs, or look at another", "A stop looks at the one that stopped."),
    "help": ("help [COMMAND]", "this, or more of one command", "Also ?."),
    "quit": ("quit", "leave", "Also q."),
}
_SHORT = {
    "s": "step",
    "n": "over",
    "next": "over",
    "finish": "out",
    "until": "to",
    "c": "continue",
    "go": "continue",
    "b": "break",
    "w": "watch",
    "d": "delete",
    "r": "registers",
    "m": "memory",
    "x": "memory",
    "l": "list",
    "u": "list",
    "disasm": "list",
    "p": "print",
    "bt": "where",
    "?": "help",
    "q": "quit",
    "exit": "quit",
}
_NAMES = {**{name: name for name in _HELP}, **_SHORT}
