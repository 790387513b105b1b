"""What a message does, for people, as far as it is known.

Sources: facts 1, 2.6 and C18; audio-subsystem page, boot trace, "Known DSP Commands" and "DSP2 Register
Map".  Command 04 mutes DSP 1 with 3F in its third byte and lets it sound with 00 (documentation's notes on
the output stage; the trace calls the two states init and run).

Open questions
- What the other bytes of 04, 09 and 0C mean, and 0F and 10.
"""

from __future__ import annotations

from luthier.kn5000.dsp_codecs import coefficients, instructions
from luthier.kn5000.dsp_ports.bus import DSP_2
from luthier.kn5000.dsp_ports.messages import Message
from luthier.kn5000.dsp_ports.register_file import REGISTERS, WRITE_REGISTER

WRITE_PROGRAM, WRITE_NUMBERS, COMMIT, CONFIGURE = 0x01, 0x02, 0x03, 0x04
_PLAIN = {
    COMMIT: "ends what was written",
    0x09: "configuration",
    0x0C: "configuration",
    0x0F: "run control",
    0x10: "run control",
}
_MUTE_BYTE = 2
_MUTED = {0x3F: ", muted", 0x00: ", not muted"}
_ADDRESS = instructions.ADDRESS_SIZE
_NUMBER_SIZE = 3
_INSTRUCTION_SIZE = 4
#: So many words of a window are told one by one.
_TOLD = 3


def meaning(message: Message) -> str:
    """A few words, or nothing if nothing is known."""
    if message.command is None:
        return "data without a command"
    if message.chip == DSP_2:
        return _registers(message.data) if message.command == WRITE_REGISTER else ""
    if message.command == WRITE_PROGRAM and len(message.data) >= _ADDRESS:
        return _program(message.data)
    if message.command == WRITE_NUMBERS and len(message.data) >= _ADDRESS:
        return _numbers(message.data)
    if message.command == CONFIGURE and len(message.data) > _MUTE_BYTE:
        return f"configuration{_MUTED.get(message.data[_MUTE_BYTE], '')}"
    return _PLAIN.get(message.command, "")


def _program(data: bytes) -> str:
    address, body = int.from_bytes(data[:_ADDRESS], "big"), data[_ADDRESS:]
    size = instructions.WORD_SIZE
    parts = [body[at : at + size] for at in range(0, len(body) - size + 1, size)]
    rest = f", {len(body) % size} bytes over" if len(body) % size else ""
    if address not in instructions.WINDOWS:
        return f"program at 0x{address:02X}, {_counted(len(parts), 'word')}{rest}"
    told = [poke(part) for part in parts[:_TOLD]]
    more = f", {len(parts) - _TOLD} more" if len(parts) > _TOLD else ""
    return f"window 0x{address:X}: {', '.join(told) or 'nothing'}{more}{rest}"


def poke(word: bytes) -> str:
    """Five bytes in a window: a pointer, a number with its tag, or a word."""
    pointed = instructions.pointed(word)
    if pointed:
        return f"pointer {pointed[1]:03X} to 0x{pointed[0]:02X}"
    if word[0] == instructions.COEFFICIENT_MARK:
        bits, tag = coefficients.from_wire(word[1:])
        return f"0x{bits:06X} tag {tag:02X}"
    return str(instructions.Word.of(word)) if word[0] <= 0x0F else word.hex(" ").upper()


def _numbers(data: bytes) -> str:
    address, body = int.from_bytes(data[:_ADDRESS], "big"), data[_ADDRESS:]
    rest = f", {len(body) % _NUMBER_SIZE} bytes over" if len(body) % _NUMBER_SIZE else ""
    return f"window 0x{address:X}: {_counted(len(body) // _NUMBER_SIZE, 'number')}{rest}"


def _registers(data: bytes) -> str:
    if len(data) < _ADDRESS:
        return "no whole address"
    address, body = int.from_bytes(data[:_ADDRESS], "big"), data[_ADDRESS:]
    if address >= REGISTERS:
        return f"program at 0x{address:X}, {_counted(len(body) // _INSTRUCTION_SIZE, 'word')}"
    words = len(body) // 2
    if words == 1:
        return f"register 0x{address:02X} = 0x{int.from_bytes(body[:2], 'big'):04X}"
    return f"{_counted(words, 'register')} from 0x{address:02X} on"


def _counted(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"
