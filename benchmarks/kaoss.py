"""How fast firmware files are checked, listed and compared.

``python -m benchmarks.kaoss``
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from benchmarks import cpu_speed
from benchmarks.results import Figure, print_table
from luthier.kaoss import code, verify
from luthier.kaoss.built_in import built_in, symbols
from luthier.kaoss.listing import Source
from luthier.kaoss.system_file import USUAL_ENTRY, SystemFile, read

NAME = "kaoss"
#: Requirements, in seconds.
VERIFY_SECONDS, LIST_SECONDS = 0.3, 10.0
#: Subroutines without absolute addresses: they run wherever they are put.
_ENTRIES = ("read_eeprom", "write_eeprom", "load_settings", "write_two_wire", "read_two_wire")


def full_firmware() -> SystemFile:
    """A system file that is code up to its last bytes: one driver over and over, all of it called."""
    file, names = built_in(), {name: symbol.address for name, symbol in symbols().items()}
    first, last = names[_ENTRIES[0]], names["commands"]
    driver = file.payload[first:last]
    calls = 4 * len(_ENTRIES)  # bytes: jsr @aa:24
    count = (len(file.payload) - USUAL_ENTRY - 4) // (len(driver) + calls)
    begin = USUAL_ENTRY + count * calls + 2
    program = b"".join(
        b"\x5e" + (begin + len(driver) * number + names[name] - first).to_bytes(3, "big")
        for number in range(count)
        for name in _ENTRIES
    )
    program += b"\x54\x70" + driver * count  # rts
    payload = (file.payload[:USUAL_ENTRY] + program).ljust(len(file.payload), b"\xff")
    return replace(file, payload=payload)


def measure() -> Iterator[Figure]:
    """All of it."""
    data = full_firmware().write()
    seconds = cpu_speed.quickest(lambda: _verified(data))
    yield Figure(
        NAME,
        "verify a system file",
        f"{seconds * 1000:.2f} ms",
        f"{VERIFY_SECONDS} s",
        seconds < VERIFY_SECONDS,
    )
    found = code.take_payload_apart(read(data))
    seconds = cpu_speed.quickest(lambda: _listed(data))
    yield Figure(
        NAME,
        f"list 256 KiB, {found.program.starts.size:,} instructions",
        f"{seconds:.2f} s",
        f"{LIST_SECONDS:.0f} s",
        seconds < LIST_SECONDS,
    )


def _verified(data: bytes) -> None:
    verify.verify(read(data))


def _listed(data: bytes) -> None:
    for _ in Source(code.take_payload_apart(read(data))).text():
        pass


if __name__ == "__main__":
    print_table(list(measure()))
