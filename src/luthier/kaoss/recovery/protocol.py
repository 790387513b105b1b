"""The host's side of the H8S/2215's USB boot mode, and of the programming control program of ours.

Source: hardware manual of the H8S/2215 Group, REJ09B0140-0900, table 19.7: 55 is answered with AA; the
clock (06 40 01 01 for 16 MHz), two bytes of length, and the program with its sum, each with AA, or FF and
the chip halts; 3A asks for the erasure of all flash memory: 11 while it goes on, 06 when it is done, EE
and a halt if it failed.

Open questions
- Whether the chip in a Kaossilator Pro (HD64F2215CTE24V) has this mode: it may have boot mode over a serial
  channel only.  The U in the name of the Kaoss Pad 3's (HD64F2215UTE16V) promises it.
- What a chip of 24 MHz wants to be told as its clock.
- How its mode pins are reached on the boards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from luthier.errors import InputError
from luthier.kaoss.recovery import programmer as ours
from luthier.kaoss.recovery.channel import Channel
from luthier.kaoss.sandbox.chip import ROM_SIZE

GREETING, YES, NO = 0x55, 0xAA, 0xFF
ERASE, ERASING, ERASED, NOT_ERASED = 0x3A, 0x11, 0x06, 0xEE
#: 16.00 MHz in hundredths, one class of multipliers, times one.
CLOCK = bytes([0x06, 0x40, 0x01, 0x01])
_SECONDS = 5.0
#: How often the end of the erasure is asked for; a chip of this family needs seconds.
_MOST_ASKED = 10_000
_LONGEST = 0xFFFF

Progress = Callable[[float, str], None]


@dataclass
class Recovery:
    """What a recovery did."""

    program: int = 0  #: bytes of the programming control program
    asked: int = 0  #: how often the end of the erasure was asked for
    pages: int = 0  #: pages of 128 bytes written; those of nothing but FF are left erased
    total: int = 0  #: sum of all bytes that the chip tells afterwards


def probe(channel: Channel) -> None:
    """Greet a chip and tell it its clock: nothing is changed.  InputError if it does not answer so."""
    _ask(channel, bytes([GREETING]), "the greeting 55")
    _ask(channel, CLOCK, "the clock 06 40 01 01")


def load(channel: Channel, program: bytes) -> None:
    """Send a programming control program, behind :func:`probe`; the chip erases itself once it has it."""
    if not 0 < len(program) <= _LONGEST:
        raise InputError(f"a programming control program of {len(program)} bytes")
    _ask(channel, len(program).to_bytes(2, "big"), "the length of the program")
    _ask(channel, program + bytes([-sum(program) & 0xFF]), "the program and its sum")


def erase(channel: Channel) -> int:
    """Have all flash memory erased; how often that had to be asked for."""
    for number in range(1, _MOST_ASKED + 1):
        channel.write(bytes([ERASE]))
        answer = _read(channel, 1, "the command to erase")[0]
        if answer == ERASED:
            return number
        if answer == NOT_ERASED:
            raise InputError("the chip cannot erase its flash memory (EE) and has halted")
        if answer != ERASING:
            raise InputError(f"the chip answers {answer:02X} to the command to erase, not 11, 06 or EE")
    raise InputError("the chip goes on erasing and never ends")


def recover(
    channel: Channel,
    payload: bytes,
    program: bytes,
    progress: Progress = lambda _fraction, _now: None,
) -> Recovery:
    """The whole way: greet, load, erase, write, and compare the sum of all bytes.

    Raises InputError, with what was asked, at the first answer that is not as it should be.
    """
    if len(payload) != ROM_SIZE:
        raise InputError(f"{len(payload):,} bytes of payload, not the {ROM_SIZE:,} of the ROM")
    probe(channel)
    load(channel, program)
    done = Recovery(len(program), erase(channel))
    _expect(channel, bytes([ours.READY]), "the program to begin")
    pages = [
        (address, page)
        for address in range(0, ROM_SIZE, ours.PAGE)
        if (page := payload[address : address + ours.PAGE]).strip(b"\xff")
    ]
    for address, page in pages:
        channel.write(ours.page_command(address, page))
        answer = _read(channel, 1, f"the page at {address:05X}")[0]
        if answer != ours.WRITTEN:
            what = {ours.FAILED: "cannot be written", ours.REFUSED: "was refused"}
            raise InputError(f"the page at {address:05X} {what.get(answer, f'was answered {answer:02X}')}")
        done.pages += 1
        progress(done.pages / len(pages), f"writing {address:05X}")
    channel.write(bytes([ours.SUM]))
    done.total = int.from_bytes(_read(channel, 4, "the sum"), "big")
    if done.total != sum(payload):
        raise InputError(
            f"the sum of the chip's bytes is {done.total:08X}, not {sum(payload):08X}",
            remedy="write it again",
        )
    channel.write(bytes([ours.QUIT]))
    _expect(channel, bytes([ours.WRITTEN]), "the end")
    return done


def _ask(channel: Channel, content: bytes, what: str) -> None:
    """Send something that is answered with AA."""
    channel.write(content)
    answer = _read(channel, 1, what)[0]
    if answer == NO:
        raise InputError(f"the chip refuses {what} (FF) and has halted", remedy="reset it and begin anew")
    if answer != YES:
        raise InputError(
            f"the chip answers {answer:02X} to {what}, not AA", remedy="is it an H8S/2215 in boot mode?"
        )


def _expect(channel: Channel, wanted: bytes, what: str) -> None:
    found = _read(channel, len(wanted), what)
    if found != wanted:
        raise InputError(f"the chip answers {found.hex().upper()} to {what}, not {wanted.hex().upper()}")


def _read(channel: Channel, count: int, what: str) -> bytes:
    found = channel.read(count, _SECONDS)
    if len(found) < count:
        raise InputError(f"the chip does not answer {what}", remedy="reset it and begin anew")
    return found
