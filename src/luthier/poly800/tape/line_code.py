"""The line code of the cassette: what a bit, a byte and a dump are on tape.

Sources: the Poly-800 mailing-list thread (half-waves of 1550 and 700 Hz); framing as found on the factory
tape by a public decoder (start 0, eight data bits from the least significant, two stops 1).

Open questions
--------------
* The real half-wave lengths in processor cycles: the frequencies are one poster's measurement; the machine
  probably counts loops of its CPU.
* The length of leader and trailer.
"""

from __future__ import annotations

#: Frequencies of whole waves; a bit is half of one (the Poly-800 mailing-list thread).
ONE_HERTZ = 1550.0
ZERO_HERTZ = 700.0
#: Seconds of one half-wave.
SHORT_SECONDS = 0.5 / ONE_HERTZ
LONG_SECONDS = 0.5 / ZERO_HERTZ
#: Bits of one framed byte: start 0, eight data bits, two stops 1.
BITS_PER_FRAME = 11
