"""A run of the sandbox as lines and as a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from luthier.kaoss.sandbox.behaviour import Event
from luthier.kaoss.sandbox.comparison import Difference
from luthier.kaoss.sandbox.loops import HEURISTIC
from luthier.kaoss.sandbox.run import ENDS, Run
from luthier.kaoss.vectors import meanings

_WIDTH = 20
#: Addresses named in a row, and bytes of a serial channel.
_SHOWN = 8
_SHOWN_TEXT = 60


def record(name: str, run: Run) -> dict[str, Any]:
    """Everything that is told of a run."""
    chip = run.chip
    return {
        "name": name,
        "ended": run.ended,
        "detail": run.detail,
        "sound": run.is_sound,
        "pc": run.pc,
        "seconds": run.seconds,
        "instructions": run.instructions,
        "main_loop": _loop_record(run),
        "peripherals": peripherals(run),
        "not_modelled": not_modelled(run),
        "unknown_registers": [
            {"kind": access.kind, "address": access.address, "pc": access.pc, "count": count}
            for access, count in chip.registers.unknown.items()
        ],
        "elsewhere": [
            {"kind": kind, "address": address, "pc": pc, "count": count}
            for (kind, address, pc), count in chip.outside.elsewhere.items()
        ],
        "refused_writes": sum(chip.memory.refused.values()),
        "interrupts": {meanings()[vector].name: count for vector, count in sorted(chip.taken.items())},
        "transfers": {meanings()[vector].name: count for vector, count in sorted(chip.transfers.items())},
        "watchdog": {
            "resets": chip.resets,
            "watching": chip.watchdog.is_watching,
            "feedings": chip.watchdog.feedings,
        },
        "streams": {
            name: {"count": stream.count, "events": [[e.states, e.what] for e in stream.events]}
            for name, stream in chip.behaviour.streams.items()
        },
    }


def _loop_record(run: Run) -> dict[str, Any] | None:
    loop = run.loop
    if loop is None:
        return None
    return {
        "heuristic": HEURISTIC,
        "reached": loop.is_reached,
        "first": loop.first,
        "last": loop.last,
        "passes": loop.passes,
        "why": loop.why,
        "waits_for": loop.waits_for,
    }


def peripherals(run: Run) -> dict[str, list[str]]:
    """The registers that were touched, by module."""
    found: dict[str, list[str]] = {}
    for name, cell in run.chip.registers.cells.items():
        if cell.is_read or cell.writes:
            found.setdefault(cell.register.module, []).append(name)
    return found


def not_modelled(run: Run) -> list[str]:
    """Registers that were written and only keep what is written: nothing behind them is modelled."""
    return [name for name, cell in run.chip.registers.cells.items() if cell.writes and not cell.modelled]


def lines(name: str, run: Run) -> Iterator[str]:
    """A run for people."""
    chip = run.chip
    verdict = "nothing went wrong that can be told" if run.is_sound else "NOT SOUND"
    yield f"{name}: {verdict}"
    yield ""
    yield _row("ended", ENDS[run.ended] + (f": {run.detail}" if run.detail else ""))
    yield _row("time", f"{run.seconds:.3f} s of the chip's, {run.instructions:,} instructions")
    yield _row("main loop", _loop_text(run))
    resets = f"{chip.resets} resets, " if chip.resets else ""
    watching = "watching" if chip.watchdog.is_watching else "off"
    yield _row("watchdog", f"{resets}{watching}, fed {chip.watchdog.feedings:,} times")
    yield _row("interrupts", _counts(chip.taken.items()) or "none taken")
    erased = [event.what for event in chip.behaviour.of("interrupts") if "erased" in event.what]
    if erased:
        yield _row("", "; ".join(erased))
    if chip.transfers:
        yield _row("transfers", _counts(chip.transfers.items()))
    yield _row("peripherals", ", ".join(peripherals(run)) or "none touched")
    yield _row("only kept", ", ".join(not_modelled(run)) or "nothing")
    yield _row("unknown registers", _unknown(run) or "none touched")
    yield _row("elsewhere", _elsewhere(run) or "nothing")
    if chip.memory.refused:
        yield _row("refused", f"{sum(chip.memory.refused.values()):,} writes to the ROM")
    yield from _streams(run)


def _row(title: str, text: str) -> str:
    return f"  {title:<{_WIDTH}}{text}"


def _loop_text(run: Run) -> str:
    loop = run.loop
    if loop is None:
        return f"not seen (looked for: {HEURISTIC})"
    waits = f" {loop.waits_for}" if loop.waits_for else ""
    reached = "reached" if loop.is_reached else "NOT reached; a loop"
    return f"{reached}, {loop.first:06X} to {loop.last:06X}: {loop.why}{waits}"


def _counts(counted: Iterable[tuple[int, int]]) -> str:
    return ", ".join(f"{meanings()[vector].name} {count:,} times" for vector, count in sorted(counted))


def _unknown(run: Run) -> str:
    return _few(
        f"{access.kind} {access.address:06X} {count:,} times, first from {access.pc:06X}"
        for access, count in run.chip.registers.unknown.items()
    )


def _elsewhere(run: Run) -> str:
    return _few(
        f"{kind} {address:06X} {count:,} times, first from {pc:06X}"
        for (kind, address, pc), count in run.chip.outside.elsewhere.items()
    )


def _few(texts: Iterable[str]) -> str:
    all_of_them = list(texts)
    more = len(all_of_them) - _SHOWN
    return "; ".join(all_of_them[:_SHOWN]) + (f"; {more} more" if more > 0 else "")


def _streams(run: Run) -> Iterator[str]:
    for name, stream in run.chip.behaviour.streams.items():
        if name.startswith("SCI"):
            yield _row(name, f"{stream.count:,} bytes: {_bytes_text(stream.events)}")
        elif name not in ("interrupts", "resets"):
            last = f", the last: {stream.events[-1].what}" if stream.events else ""
            yield _row(name, f"{stream.count:,} events{last}")


def _bytes_text(events: list[Event]) -> str:
    """Sent bytes as text if they are, else in hexadecimal."""
    content = bytes(int(event.what, 16) for event in events[:_SHOWN_TEXT])
    more = " ..." if len(events) > _SHOWN_TEXT else ""
    if all(32 <= byte < 127 or byte in b"\r\n\t" for byte in content):
        return repr(content.decode("ascii")) + more
    return content.hex(" ").upper() + more


def difference_record(difference: Difference) -> dict[str, Any]:
    """A difference as data."""
    return {
        "stream": difference.stream,
        "number": difference.number,
        "seconds": difference.seconds,
        "before": difference.before,
        "after": difference.after,
    }


def difference_lines(found: list[Difference], before: str) -> Iterator[str]:
    """The differences for people, the earliest first."""
    if not found:
        yield f"behaves as {before} does"
        return
    yield f"otherwise than {before}, the first difference of each kind:"
    for one in found:
        was, now = one.before or "nothing", one.after or "nothing"
        yield f"  {one.seconds:8.4f} s  {one.stream:<12} {was}  ->  {now}"
