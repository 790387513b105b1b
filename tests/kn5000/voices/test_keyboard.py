"""From the keys' port to messages for the main CPU."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from tests.kn5000.tone_generator.sounding import sine_bank

from luthier.kn5000.tone_generator.device import ToneGenerator
from luthier.kn5000.transport import system
from luthier.kn5000.transport.receiver import Receiver
from luthier.kn5000.transport.sub_ram import RELAY_ENABLED, TONE_GENERATOR_MODE, SubRam
from luthier.kn5000.voices.keyboard import Keyboard, hardness, softened, velocity

#: The audio-subsystem page's "algorithm types of effects 0 to 39": bytes 88 to 127 of the rising curve.
PUBLISHED = (
    [2] * 8 + [3] * 3 + [4] * 4 + [5] * 4 + [6] * 3 + [7] * 4 + [8] * 4 + [9] * 3 + [10] * 4 + [11] * 3
)


@dataclass
class Told:
    messages: list[tuple[int, bytes]] = field(default_factory=list)

    def send(self, handler: int, message: bytes) -> None:
        self.messages.append((handler, message))


class Machine:
    def __init__(self, *, relay: bool = True, mode: int = 6) -> None:
        self.ram = SubRam()
        self.ram.set_byte(RELAY_ENABLED, int(relay))
        self.ram.set_byte(TONE_GENERATOR_MODE, mode)
        self.generator = ToneGenerator(sine_bank())
        self.keyboard = Keyboard(self.ram, self.generator)
        self.told = Told()

    def process(self) -> list[tuple[int, bytes]]:
        self.told.messages.clear()
        self.keyboard.process(self.told)
        return self.told.messages


def test_a_key_down_and_up_is_told_to_the_main_cpu() -> None:
    machine = Machine()
    machine.generator.keybed.press(60, 20)
    machine.generator.keybed.release(60)
    (down, up) = machine.process()
    # Keybed page: 90 note velocity, 0 for up.
    assert down[0] == up[0] == 2
    assert down[1][:2] == b"\x90\x3c"
    assert down[1][2] > 0
    assert up[1] == b"\x90\x3c\x00"


def test_held_keys_are_marked_note_by_note() -> None:
    machine = Machine()
    for note in range(36, 97):
        machine.generator.keybed.press(note, 50)
    machine.process()
    # Listing, 0x03D02E: 0x4A4C plus the note.
    assert machine.ram.bytes_at(0x4A70, 61) == b"\xff" * 61
    assert machine.ram.byte(0x4A70 - 1) == machine.ram.byte(0x4A70 + 61) == 0
    machine.generator.keybed.release(40)
    machine.process()
    assert machine.ram.byte(0x4A4C + 40) == 0
    assert machine.ram.byte(0x4A4C + 41) == 0xFF


def test_a_key_that_was_not_down_is_not_told_up() -> None:
    machine = Machine()
    machine.generator.keybed.release(60)
    assert machine.process() == []


def test_a_key_down_without_velocity_is_dropped_and_ends_the_round() -> None:
    machine = Machine()
    machine.generator.keybed.press(60, 0xFF)
    machine.generator.keybed.press(62, 30)
    assert machine.process() == []
    assert len(machine.process()) == 1
    assert machine.ram.byte(0x4A4C + 60) == 0


def test_nothing_is_told_before_the_main_cpu_asks() -> None:
    machine = Machine(relay=False)
    machine.generator.keybed.press(60, 20)
    assert machine.process() == []
    # But the message is put together, and the key marked.
    assert machine.ram.bytes_at(0x4A42, 2) == b"\x90\x3c"
    assert machine.ram.byte(0x4A4C + 60) == 0xFF


def test_the_path_through_the_latch() -> None:
    receiver = Receiver()
    generator = ToneGenerator(sine_bank())
    keyboard = Keyboard(receiver.ram, generator)
    from luthier.kn5000.transport import dispatch
    from luthier.kn5000.transport.framing import Packet

    receiver.feed(Packet(dispatch.SYSTEM, system.ENABLE_RELAY).encoded)
    receiver.main_loop()
    generator.keybed.press(60, 20)
    keyboard.process(receiver)
    # Handler 2 and three bytes: 010 00010.
    assert bytes(receiver.outgoing[:3]) == b"\x42\x90\x3c"


@pytest.mark.parametrize(("place", "value"), list(enumerate(PUBLISHED, 88)))
def test_the_rising_curve_has_the_published_bytes(place: int, value: int) -> None:
    assert softened(place) == value


def test_ends_of_the_curves() -> None:
    # Listing, 0x03D11F: 1 at 0, 2 up to 95, 3 to 16 up to 143, then the index less 128.
    assert [softened(value) for value in (0, 1, 95, 96, 143, 144, 255)] == [1, 2, 2, 3, 16, 16, 127]
    # 255 for 0 to 8, 1 at 222, 0 at 254 and 255; never rising.
    assert [hardness(touch) for touch in (0, 8, 222, 253, 254, 255)] == [255, 255, 1, 1, 0, 0]
    assert all(hardness(touch) >= hardness(touch + 1) for touch in range(255))


def test_touch_off_gives_80_and_black_keys_have_less() -> None:
    # Listing: mode 0 always gives 208, velocity 80; mode 6 takes 16 from black keys.
    assert {velocity(touch, 60, 0) for touch in range(256)} == {80}
    assert velocity(100, 60, 6) - velocity(100, 61, 6) == 16
    # By hand: (255 - 77) * 0x60 / 128 = 133.5, and 152 on top is beyond the curve's end.
    assert velocity(0, 60, 6) == 127
    # (223 - 150 - 77) * 0x60 / 128 = -3, plus 152 is 149: 21.
    assert velocity(150, 60, 6) == 21


@pytest.mark.parametrize("mode", range(10))
def test_harder_is_never_softer(mode: int) -> None:
    for note in (60, 61):
        heard = [velocity(touch, note, mode) for touch in range(256)]
        assert heard == sorted(heard, reverse=True)
        assert heard[-1] >= 1
