"""How long a bit and a byte take on a serial channel, in states.

SCnMOD bits 3 and 2: I/O interface, UART of 7, 8 or 9 bits; 1 and 0 the clock of a UART: matches of timer 2,
the baud rate generator, half the clock, the clock pin.  BRnCR: bits 5 and 4 a quarter of the clock, or that
by 4, 16, 64; bits 3 to 0 what divides it, 0 is 16.  A UART takes 16 steps for a bit, the I/O interface 2
(TMP95C061).  The main CPU's panels at 250 kHz and MIDI at 31.25 kHz come out exactly so.
"""

from __future__ import annotations

INTERFACE, SEVEN, EIGHT, NINE = range(4)
TIMER, GENERATOR, HALF_CLOCK, PIN = range(4)
_UART_STEPS, _INTERFACE_STEPS = 16, 2
_PARITY = 0x20  #: of SCnCR
_EXTERNAL = 0x01  #: of SCnCR: the clock pin is an input


def generator_period(rate: int) -> int:
    """States of a step of the baud rate generator, for a value of BRnCR."""
    return (4 << 2 * (rate >> 4 & 3)) * (rate & 0xF or 16)


def bit_states(mode: int, control: int, rate: int, timer_period: int) -> int:
    """States of a bit; 0 where the clock comes from outside or stands still."""
    if mode >> 2 & 3 == INTERFACE:
        return 0 if control & _EXTERNAL else _INTERFACE_STEPS * generator_period(rate)
    step = {TIMER: timer_period, GENERATOR: generator_period(rate), HALF_CLOCK: 2, PIN: 0}[mode & 3]
    return _UART_STEPS * step


def frame_bits(mode: int, control: int) -> int:
    """Bits that a byte takes on the line: with start, parity and stop on a UART."""
    kind = mode >> 2 & 3
    if kind == INTERFACE:
        return 8
    parity = kind != NINE and bool(control & _PARITY)
    return 2 + 6 + kind + parity
