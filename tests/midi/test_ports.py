"""Ports carry bytes both ways; a missing MIDI system is a clear message."""

from __future__ import annotations

import os
import sys
import threading
import time
import tty
from pathlib import Path
from typing import Any

import pytest

from luthier.errors import InputError, MissingFeatureError
from luthier.midi import ports


def test_memory_pair_carries_both_ways() -> None:
    one, other = ports.memory_pair()
    one.send(b"\xf0\xf7")
    other.send(b"\x90")
    assert other.receive(0.1) == b"\xf0\xf7"
    assert one.receive(0.1) == b"\x90"
    begun = time.monotonic()
    assert one.receive(0.05) == b""
    assert time.monotonic() - begun >= 0.05


def test_raw_device_carries_both_ways_and_waits_for_a_slow_reader() -> None:
    there, device = os.openpty()
    tty.setraw(device)
    with ports.opened(os.ttyname(device)) as port:
        message = bytes(index & 0x7F for index in range(20_000))
        arrived = bytearray()

        def read() -> None:
            while len(arrived) < len(message):
                arrived.extend(os.read(there, 512))

        reader = threading.Thread(target=read)
        reader.start()
        port.send(message)
        reader.join()
        assert bytes(arrived) == message
        os.write(there, b"\xf0\x42\xf7")
        assert port.receive(1.0) == b"\xf0\x42\xf7"
        assert port.receive(0.01) == b""
    os.close(there)
    os.close(device)


def test_absent_raw_device() -> None:
    with pytest.raises(InputError, match=r"/nowhere/midi: cannot be opened"), ports.opened("/nowhere/midi"):
        pass


def test_ports_are_chosen_by_a_part_of_their_name() -> None:
    names = ["Midi Through 14:0", "UM-ONE 20:0", "UM-ONE 24:0", "UM-ONE"]
    assert ports.choose("through", names) == "Midi Through 14:0"
    assert ports.choose("UM-ONE", names) == "UM-ONE"
    with pytest.raises(InputError, match=r"3 MIDI ports match 'um-one'; choose one of: 'UM-ONE 20:0'"):
        ports.choose("um-one", names)
    with pytest.raises(InputError, match="no MIDI port matches 'korg'; choose one of: 'Midi Through"):
        ports.choose("korg", names)
    with pytest.raises(InputError, match="none at all"):
        ports.choose("korg", [])


def test_without_rtmidi_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    with pytest.raises(MissingFeatureError, match=r"pip install 'luthier\[live\]'"):
        ports.port_names()


def test_without_a_midi_system_the_message_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("rtmidi")
    monkeypatch.setattr(ports, "_ALSA_SEQUENCER", tmp_path / "absent")
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(MissingFeatureError, match="modprobe snd-seq"):
        ports.port_names()
    with pytest.raises(MissingFeatureError), ports.opened("UM-ONE"):
        pass


class FakeClient:
    """What python-rtmidi gives, as far as it is used."""

    names: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.callback: Any = None
        self.port: int | None = None

    def get_ports(self) -> list[str]:
        return list(self.names)

    def open_port(self, port: int) -> None:
        self.port = port

    def send_message(self, data: bytes) -> None:
        self.sent.append(bytes(data))

    def ignore_types(self, *, sysex: bool, timing: bool, active_sense: bool) -> None:
        assert not sysex

    def set_callback(self, function: Any) -> None:
        self.callback = function

    def close_port(self) -> None:
        self.port = None

    def delete(self) -> None:
        pass


class FakeRtmidi:
    class MidiOut(FakeClient):
        names = ("Midi Through 14:0", "UM-ONE 20:0")

    class MidiIn(FakeClient):
        names = ("UM-ONE 20:0", "Keyboard 28:0")


def test_ports_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_rtmidi", lambda: FakeRtmidi)
    assert ports.port_names() == [
        ports.PortName("Midi Through 14:0", sends=True, receives=False),
        ports.PortName("UM-ONE 20:0", sends=True, receives=True),
        ports.PortName("Keyboard 28:0", sends=False, receives=True),
    ]
    with ports.opened("um-one") as port:
        assert isinstance(port, ports.SystemPort)
        assert (port.listens, port.takes_parts) == (True, False)
        port.send(b"\xf0\xf7")
        assert port._output.sent == [b"\xf0\xf7"]
        assert port._output.port == 1
        assert port._source is not None
        port._source.callback(([0xF0, 0x42, 0xF7], 0.5), None)
        assert port.receive(0.1) == b"\xf0\x42\xf7"
    assert port._output.port is None
    with ports.opened("through") as port:
        assert not port.listens


def test_a_keyboard_need_not_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_rtmidi", lambda: FakeRtmidi)
    with ports.listening("keyboard") as port:
        assert isinstance(port, ports.SystemInput)
        assert port._source.port == 1
        port._source.callback(([0x90, 60, 100], 0.5), None)
        assert port.receive(0.1) == b"\x90\x3c\x64"
        assert port.receive(0.0) == b""
    assert port._source.port is None
    with pytest.raises(InputError, match="no MIDI port matches 'organ'"), ports.listening("organ"):
        pass


@pytest.mark.skipif(
    sys.platform == "win32" or (sys.platform == "linux" and not Path("/dev/snd/seq").exists()),
    reason="this machine has no ALSA or CoreMIDI sequencer for virtual ports",
)
def test_virtual_port_of_the_machine() -> None:
    rtmidi = pytest.importorskip("rtmidi")
    name = f"luthier test {os.getpid()}"
    echo, source = rtmidi.MidiOut(), rtmidi.MidiIn()
    source.ignore_types(sysex=False)
    source.set_callback(lambda event, _: echo.send_message(event[0]))
    source.open_virtual_port(name)
    echo.open_virtual_port(name)
    try:
        with ports.opened(name) as port:
            message = b"\xf0" + bytes(5000) + b"\xf7"
            port.send(message)
            assert port.receive(5.0) == message
    finally:
        source.delete()
        echo.delete()
