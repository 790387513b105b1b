"""A target that writes down what it was asked."""

from __future__ import annotations

from typing import Any

from luthier.kn5000.reception import Reception
from luthier.kn5000.reception.gs import checksum

Asked = tuple[Any, ...]


class Notes:
    """Keeps every call as a tuple of its name and arguments; it is its own settings."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    @property
    def settings(self) -> Notes:
        """The same list."""
        return self

    def note_on(self, part: int, note: int, velocity: int) -> None:
        self.asked.append(("note_on", part, note, velocity))

    def note_off(self, part: int, note: int) -> None:
        self.asked.append(("note_off", part, note))

    def control(self, part: int, number: int, value: int) -> None:
        self.asked.append(("control", part, number, value))

    def program(self, part: int, number: int) -> None:
        self.asked.append(("program", part, number))

    def bend(self, part: int, value: int) -> None:
        self.asked.append(("bend", part, value))

    def pressure(self, part: int, value: int) -> None:
        self.asked.append(("pressure", part, value))

    def reset(self, standard: str) -> None:
        self.asked.append(("reset", standard))

    def set_master(self, setting: str, value: float) -> None:
        self.asked.append((setting, value))

    def set_effect(self, address: int, value: int) -> None:
        self.asked.append(("effect", address, value))

    def set_drums(self, part: int, kit_map: int) -> None:
        self.asked.append(("drums", part, kit_map))

    def set_drum(self, part: int, key: int, what: str, value: int) -> None:
        self.asked.append(("drum", part, key, what, value))

    def set_drum_of_map(self, kit_map: int, key: int, what: str, value: int) -> None:
        self.asked.append(("map", kit_map, key, what, value))

    def set_scale(self, part: int, first: int, semitones: tuple[float, ...]) -> None:
        self.asked.append(("scale", part, first, semitones))

    def set_voices_wanted(self, part: int, count: int) -> None:
        self.asked.append(("voices", part, count))


def asked_by(*messages: str) -> list[Asked]:
    """What hexadecimal messages make a target do; they must leave nothing out."""
    target = Notes()
    reception = Reception(target)
    for message in messages:
        reception.receive(bytes.fromhex(message))
    assert not reception.unsupported
    return target.asked


def left_out_by(*messages: str) -> dict[str, int]:
    """What of hexadecimal messages is not acted on; they must do nothing else."""
    target = Notes()
    reception = Reception(target)
    for message in messages:
        reception.receive(bytes.fromhex(message))
    assert target.asked == []
    return dict(reception.unsupported)


def gs(address_and_data: str) -> str:
    """A GS message with its sum."""
    data = bytes.fromhex(address_and_data)
    return f"F0 41 10 42 12 {data.hex()} {checksum(data):02X} F7"
