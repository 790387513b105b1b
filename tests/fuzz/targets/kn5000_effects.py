"""The effects of the SX-KN5000: bytecode, parameters, messages for the slots, captures, and their sound."""

from __future__ import annotations

import functools
import struct
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tests.fuzz.targets.target import Target

from luthier.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from luthier.kn5000.effects.effect import Chain
    from luthier.kn5000.slots.own_source import OwnSource


def _bytecode(data: bytes) -> None:
    """Any bytes as a stream, by either arithmetic; as text and back they are the same."""
    from luthier.kn5000.bytecode.assembler import assemble
    from luthier.kn5000.bytecode.descriptors import Descriptor
    from luthier.kn5000.bytecode.disassembler import disassemble
    from luthier.kn5000.bytecode.interpreter import Arithmetic, run

    numbers = struct.unpack("<4Hi", data[:12].ljust(12, b"\0"))
    stream = data[12:]
    for arithmetic in Arithmetic:
        done = run(stream, descriptor=Descriptor(*numbers), chip=numbers[0] & 3, arithmetic=arithmetic)
        assert done.place <= len(stream)
        assert all(0 <= event.value <= 0xFF for event in done.events)
        assert len(done.messages) <= len(done.events)
    lines = list(disassemble(data))
    assert all(line.isprintable() for line in lines)
    assert assemble("\n".join(lines)) == data


def _bytecode_starts() -> Iterable[bytes]:
    from luthier.kn5000.bytecode.assembler import assemble

    yield bytes(12) + assemble(
        "command 08\nblock 01 00 54 0102030405\ncells 01 01 60 0A 00 00 00 15\nidle\n"
        "delays 01 01 60 08 01 00 00 25\nnumbers 02 00 00 000102\nsend 30 D0 01\nend"
    )
    yield struct.pack("<4Hi", 1, 0xFFFF, 7, 0x1234, -1) + bytes.fromhex(
        "2008010203 0A00000015 60 C0 F0 E004 41"
    )


def _assembler(data: bytes) -> None:
    from luthier.kn5000.bytecode.assembler import assemble
    from luthier.kn5000.bytecode.disassembler import disassemble

    stream = assemble(data.decode("utf-8", "replace"))
    assert assemble("\n".join(disassemble(stream))) == stream


def _assembler_starts() -> Iterable[bytes]:
    from luthier.kn5000.bytecode.disassembler import disassemble

    for stream in _bytecode_starts():
        yield "\n".join(disassemble(stream)).encode()


def _translator(data: bytes) -> None:
    """Any bytes as tables: two places, a parameter, a chip, eight values, then the memory."""
    from luthier.kn5000.translator.records import instructions
    from luthier.kn5000.translator.translation import Status, write_parameter

    values, descriptors, parameter, chip, *words = struct.unpack("<BBBB8H", data[:20].ljust(20, b"\0"))
    memory = data[20:]
    done = write_parameter(
        memory, min(values, len(memory)), min(descriptors, len(memory)), parameter, words, chip=chip & 1
    )
    assert isinstance(done.status, Status)
    assert all(0 <= event.value <= 0xFF for event in done.events)
    assert len(done.messages) <= len(done.events)
    for place in {values, descriptors}:
        try:
            assert len(instructions(memory, place)) <= len(memory)
        except InputError:
            continue


def _translator_starts() -> Iterable[bytes]:
    from luthier.kn5000.translator.operations import OPERATIONS
    from luthier.kn5000.translator.records import Instruction, descriptor_table, numbers, value_table

    for place, opcode in enumerate(OPERATIONS):
        values = value_table([[Instruction(opcode, 0, numbers(*range(8)))]])
        memory = values + descriptor_table({opcode: [0x10, 0x20, 0x30]})
        yield struct.pack("<BBBB8H", 0, len(values), 0, place & 1, *range(60, 68)) + memory


@functools.cache
def _source() -> OwnSource:
    from luthier.kn5000.slots.own_source import own_source

    return own_source()


def _slots(data: bytes) -> None:
    """Any bytes behind the headers of messages: a first byte says which, 56 or 290 follow."""
    from luthier.kn5000.slots.control import EffectControl
    from luthier.kn5000.slots.log import read_log, replay
    from luthier.kn5000.transport.dsp_messages import preset, slot_configuration

    control = EffectControl(_source())
    if data[:1] != b"\xff":
        control.start()
    rest = data[1:]
    for _ in range(6):
        if not rest:
            break
        kind, rest = rest[0], rest[1:]
        if kind < 5:
            message, rest = slot_configuration(kind, rest[:56].ljust(56, b"\0")).encoded, rest[56:]
        elif kind < 8:
            message, rest = preset(rest[:290].ljust(290, b"\0")).encoded, rest[290:]
        else:
            message, rest = rest[:kind], rest[kind:]
        control.receive(message)
    assert len(control.ram.image) == 1 << 20
    lines = [str(entry) for entry in control.log]
    assert all(line.isprintable() for line in lines)
    assert [str(entry) for entry in read_log("\n".join(lines))] == lines
    assert not replay(control.log, _source())


def _slots_starts() -> Iterable[bytes]:
    from luthier.kn5000.slots.presets import START, Record, image

    records = [Record(effect, (50, 60, 70), 3).encoded for effect in (1, 21, 57, 88, 79)]
    yield b"\0" + b"".join(bytes([slot]) + record for slot, record in enumerate(records))
    yield b"\0\x05" + image(START).ljust(290, b"\0")
    yield b"\xff\x20" + bytes.fromhex("2d 00 10 01 02 03 7f ff 80") + bytes(40)


def _slot_log(data: bytes) -> None:
    from luthier.kn5000.slots.log import read_log, replay

    entries = read_log(data.decode("utf-8", "replace"))
    assert [str(entry) for entry in read_log("\n".join(map(str, entries)))] == [
        str(entry) for entry in entries
    ]
    replay(entries[:4], _source())


def _slot_log_starts() -> Iterable[bytes]:
    from luthier.kn5000.slots.control import EffectControl
    from luthier.kn5000.slots.presets import Record
    from luthier.kn5000.transport.dsp_messages import slot_configuration

    control = EffectControl(_source())
    control.receive(slot_configuration(0, Record(1, (5, 6), 3).encoded).encoded)
    yield "\n".join(str(entry) for entry in control.log).encode()


def _capture(data: bytes) -> None:
    """Port writes as the effect chips hear them."""
    from luthier.kn5000.dsp_ports import capture, decoder, trace

    for record in trace.trace(data):
        assert record.line.isprintable()
        assert record.record
    capture.is_capture(data)
    writes = capture.read(data)
    assert capture.read(capture.write(writes).encode()) == writes
    assert len(list(decoder.decode(writes))) <= 8 * len(writes) + 8


def _capture_starts() -> Iterable[bytes]:
    yield b"# a command\n44=FE 1C=08 44=FC 44=FE 68=00 3C=01 38=80 130000=0010 130002=FF\n"
    yield b"68=00 " * 30 + b"38=FF 38=00 44=00 44=FF\n"


def _effects(data: bytes) -> None:
    """Names, settings and samples of any kind: a number of an effect, then one thing after the other."""
    import numpy as np

    from luthier.kn5000.effects.named import NAMES, effect

    numbers = list(NAMES)
    found = effect(numbers[data[0] % len(numbers)] if data else 0)
    rest = data[1:]
    while rest:
        kind, rest = rest[0], rest[1:]
        try:
            rest = _do(found, kind, rest)
        except InputError as error:
            assert str(error).isprintable()
            rest = rest[16:]
    out = found.process(np.zeros((64, 2), np.float32))
    assert np.abs(out).max() < _LOUDEST


#: Sound is cut at 1,000; bells of 60 dB and what feeds itself make it louder.
_LOUDEST = 1e8


def _do(found: Chain, kind: int, rest: bytes) -> bytes:
    import numpy as np

    parameters = list(found.parameters)
    of = parameters[kind >> 2 & 31 if (kind >> 2 & 31) < len(parameters) else 0] if parameters else None
    if kind & 3 == 0:
        # Any number, also one that is none.
        found.set(of.name if of else "", struct.unpack("<d", rest[:8].ljust(8, b"\0"))[0])
        return rest[8:]
    if kind & 3 == 1 and of is not None:
        value = of.low + (of.high - of.low) * (rest[0] if rest else 0) / 255
        found.set(of.name, round(value) if of.choices else value)
        return rest[1:]
    if kind & 3 == 2:
        text, rest = rest[:12].decode("utf-8", "replace"), rest[12:]
        found.parameter(text).read(text) if kind & 4 or of is None else found.set(of.name, of.read(text))
        return rest
    for sound in _sounds(rest[: 8 * kind]):
        out = found.process(sound)
        assert np.abs(out).max(initial=0) < _LOUDEST, "no number, or too loud"
    return rest[8 * kind :]


def _sounds(data: bytes) -> Iterator[NDArray[np.float32]]:
    """Samples as they are, as halves of a frame are cut off; the same backwards and in another type."""
    import numpy as np

    sound = np.frombuffer(data[: len(data) // 8 * 8], "<f4").reshape(-1, 2)
    yield sound
    yield sound[::-1]
    with np.errstate(all="ignore"):
        yield sound.astype(np.float64)


def _effects_starts() -> Iterable[bytes]:
    import numpy as np

    wild = np.array([0, 1, -1, np.nan, np.inf, -np.inf, 1e30, 1e-40, 1e-30, -1000.5], "<f4").tobytes()
    for number in (1, 5, 9, 21, 32, 36, 39, 48, 52, 53, 57, 64, 70):
        yield bytes([number, 0x01, 0xFF, 0x05, 0x00, 5 * 2 + 1]) + wild * 3
    yield bytes([5, 0x00]) + struct.pack("<d", float("nan")) + b"\x02DEPTH 50 %  \xff" + wild * 40


TARGETS: dict[str, Target] = {
    "effect-bytecode": Target(_bytecode, _bytecode_starts, 2_000),
    "effect-bytecode-text": Target(_assembler, _assembler_starts, 2_000),
    "effect-translator": Target(_translator, _translator_starts, 1_000),
    "effect-slots": Target(_slots, _slots_starts, 1_000),
    "effect-slot-log": Target(_slot_log, _slot_log_starts, 2_000),
    "effect-capture": Target(_capture, _capture_starts, 2_000),
    "effects": Target(_effects, _effects_starts, 2_000),
}
