"""The letters on the screen, drawn for this firmware: capitals, digits, a few signs, five by seven points."""

from __future__ import annotations

from typing import Final

FIRST, LAST = 32, 127
SIZE: Final = 8  #: bytes a letter: rows of eight points, the leftmost the highest bit

#: Seven rows of five points each, as hexadecimal pairs.
_LETTERS: Final = {
    " ": "00000000000000", "!": "04040404040004", '"': "0A0A0A00000000", "#": "0A0A1F0A1F0A0A",
    "%": "18190204081303", "&": "0C12140815120D", "'": "04040800000000", "(": "02040808080402",
    ")": "08040202020408", "*": "000A041F040A00", "+": "0004041F040400", ",": "00000000040408",
    "-": "0000001F000000", ".": "000000000C0C00", "/": "00010204081000", "0": "0E11131519110E",
    "1": "040C040404040E", "2": "0E11010204081F", "3": "1F02040201110E", "4": "02060A121F0202",
    "5": "1F101E0101110E", "6": "0608101E11110E", "7": "1F010204080808", "8": "0E11110E11110E",
    "9": "0E11110F01020C", ":": "000C0C000C0C00", "=": "00001F001F0000", "?": "0E110102040004",
    "A": "0E11111F111111", "B": "1E11111E11111E", "C": "0E11101010110E", "D": "1C12111111121C",
    "E": "1F10101E10101F", "F": "1F10101E101010", "G": "0E11101713110F", "H": "1111111F111111",
    "I": "0E04040404040E", "J": "0702020202120C", "K": "11121418141211", "L": "1010101010101F",
    "M": "111B1515111111", "N": "11111915131111", "O": "0E11111111110E", "P": "1E11111E101010",
    "Q": "0E11111115120D", "R": "1E11111E141211", "S": "0F10100E01011E", "T": "1F040404040404",
    "U": "1111111111110E", "V": "11111111110A04", "W": "11111115151B11", "X": "11110A040A1111",
    "Y": "1111110A040404", "Z": "1F01020408101F",
}  # fmt: skip
#: What stands for a letter that was not drawn.
_BOX: Final = "1F11111111111F"


def glyph(letter: str) -> bytes:
    """The eight rows of a letter; small letters look like capitals."""
    rows = bytes.fromhex(_LETTERS.get(letter.upper(), _BOX))
    return bytes(row << 2 for row in rows) + b"\0"


def font() -> bytes:
    """All letters from 32 to 127."""
    return b"".join(glyph(chr(code)) for code in range(FIRST, LAST + 1))


def text(words: str, size: int) -> bytes:
    """A text of a fixed size with a 0 behind it, in letters that are there."""
    plain = words.encode("ascii", "replace")[: size - 1]
    return plain.ljust(size - 1) + b"\0"
