"""The programming control program of ours, and the words it is spoken to with.

Open questions
- Whether the steps, waits and counts of writing, which are those of the family's manuals, hold for the
  H8S/2215: its own table of times was not at hand.  Nothing of it was ever tried on a chip.
- Which registers the USB module has: the program speaks through SCI2, so a chip in USB boot mode would
  load it, erase itself, and then hear nothing more.
- Where the boot program puts it and what stack it leaves: it runs anywhere, and takes the stack that the
  sister chip H8S/2633 has.
"""

from __future__ import annotations

import functools
from pathlib import Path

SOURCE = Path(__file__).with_name("programmer.s")
PAGE = 128
READY = 0x52
WRITE, SUM, QUIT = 0x57, 0x53, 0x51
WRITTEN, REFUSED, FAILED = 0x06, 0x15, 0xEE
#: Waits are reckoned in megahertz, and for these chips only.
SLOWEST, FASTEST = 4, 24


@functools.cache
def programmer(megahertz: int = 16) -> bytes:
    """The program for a chip with this clock; it runs at any even address."""
    from luthier.cpu.assembler import assemble
    from luthier.errors import UsageError
    from luthier.kaoss.built_in import CPU

    if not SLOWEST <= megahertz <= FASTEST:
        raise UsageError(f"a clock of {megahertz} MHz", remedy=f"give {SLOWEST} to {FASTEST}")
    return assemble(f"CLOCK = {megahertz}\n{SOURCE.read_text('utf-8')}", CPU, name=SOURCE.name).image


def page_command(address: int, page: bytes) -> bytes:
    """The bytes that have a page written: letter, address, 128 bytes, sum."""
    body = address.to_bytes(3, "big") + page
    return bytes([WRITE]) + body + bytes([-sum(body) & 0xFF])
