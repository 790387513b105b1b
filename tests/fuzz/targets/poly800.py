"""The Poly-800 family: dumps, sequences, assignments, the voice."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.fuzz.targets.target import Target

from luthier.poly800 import edit, panel, sequence, sequence_midi, sequence_view, sysex
from luthier.poly800.bank import Bank
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.compare import compare
from luthier.poly800.convert import convert
from luthier.poly800.synth import Synth
from luthier.poly800.verify import verify

if TYPE_CHECKING:
    pass


def _dumps(data: bytes) -> None:
    sysex.survey(data)
    for dump in sysex.read_dumps(data, salvage=True):
        if dump.bank is not None:
            again = sysex.read_dumps(sysex.write_dump(dump.bank))
            assert again[0].bank == dump.bank


def _song(data: bytes) -> None:
    found = sequence_midi.from_midi(data, capacity=256, step=Fraction(1, 16))
    memory = found.sequence.over(bytes(256))
    assert sequence.decode(memory).steps == found.sequence.steps


def _sequence(data: bytes) -> None:
    content = sequence.decode(data)
    assert content.encoded() == data
    content.problems()
    sequence_midi.to_midi(content)
    memory = data[:256].ljust(256, b"\0")
    bank = built_in_bank(Synth.POLY800).with_sequence(memory)
    shown, base = sequence_view.of_bank(bank)
    sequence_view.grid(shown, base)
    sequence_view.record(bank, shown, base)


def dump_starts() -> Iterable[bytes]:
    for synth in (Synth.EX800, Synth.MK2):
        yield sysex.write_dump(built_in_bank(synth))
        yield sysex.request(synth) + sysex.error_report(synth)


def song_starts() -> Iterable[bytes]:
    yield sequence_midi.to_midi(sequence.decode(built_in_bank(Synth.POLY800).sequence)).data


def whatever_one_does(bank: Bank) -> None:
    verify(bank)
    panel.bank_list(bank)
    panel.program_table(bank.program(88))
    for synth in Synth:
        convert(bank, synth)
    compare(bank, built_in_bank(bank.synth))


def _assignment(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for synth in (Synth.POLY800, Synth.MK2):
        bank = built_in_bank(synth)
        assert len(edit.assign(bank, text.split("\0")).ram) == len(bank.ram)


def _voice(data: bytes) -> None:
    """A program of any bytes, then whatever comes over MIDI."""
    import numpy as np

    from luthier.midi.stream import MessageStream
    from luthier.poly800.program import Program
    from luthier.poly800.voice import Voice
    from luthier.poly800.voice.reception import Reception

    length = 26 if data[:1] > b"\x7f" else 21
    voice = Voice(Program(data[1 : length + 1].ljust(length, b"\0")), rate=8_000)
    reception = Reception(voice)
    for message in MessageStream().feed(data[length + 1 :]):
        reception.receive(message)
        heard = voice.render(60)
        assert np.isfinite(heard).all()
        assert np.abs(heard).max() < 30


def _voice_starts() -> list[bytes]:
    played = bytes.fromhex("90 30 40 34 40 37 40 E0 00 7F B0 01 7F B0 02 40 C0 05 80 30 00 B0 7B 00")
    return [
        b"\0" + built_in_bank(Synth.POLY800).programs[0].packed + played,
        b"\xff" + built_in_bank(Synth.MK2).programs[20].packed + played,
    ]


TARGETS: dict[str, Target] = {
    "dumps": Target(_dumps, dump_starts),
    "song": Target(_song, song_starts),
    "sequence": Target(_sequence, lambda: [bytes.fromhex("b402b5020101b7b93437bc02020100")], 1_000),
    "assignment": Target(_assignment, lambda: [b"11.41=69", b"11-18.trigger=multi\x0087=2"], 200),
    "poly800-voice": Target(_voice, _voice_starts, 600),
}
