"""ROM images that keep both CPUs of an SX-KN5000 busy: ``programs/mixed.asm`` on each, in its own ROM.

Each counts its rounds at ROUNDS in its own RAM.  Before that, the sub CPU lets voices of the tone generator
sound for good.  The images run on our board and in MAME's ``kn5000`` as they are.
"""

from __future__ import annotations

from pathlib import Path

from luthier.cpu.assembler import assemble

PROGRAM = Path(__file__).with_name("programs") / "mixed.asm"
ROUNDS = 0x8000
MAIN_BASE, MAIN_SIZE = 0xE00000, 0x200000
SUB_BASE, SUB_SIZE = 0xFE0000, 0x20000
_ORIGIN = f"org {MAIN_BASE:#X}".replace("0X", "0x")
#: Before the program: the watchdog is stopped, as firmware does first of all.
_START = """
        org 0xFFFC00
begin:  ld (0x110), 0
        ld (0x111), 0xB1
"""
_GO_ON = """
        jp start
        org 0xFFFF00
        dl begin
"""
#: Registers of the tone generator, written as the firmware does (audio-subsystem page), up to FFFF.
_VOICES = """
        ld (0x1A), 0x80
        ld XIX, writes
next:   ld WA, (XIX+)
        ld BC, (XIX+)
        cp WA, 0xFFFF
        jp Z, start
        res 7, (0x18)
        ld (0x100000), WA
        nop
        set 7, (0x18)
        ld (0x100002), BC
        jr next
        org 0xFFFF00
        dl begin
        org 0xFE8000
writes:
"""
#: General MIDI's slow strings: they never end, and have a vibrato.
_PROGRAM, _LOWEST = 49, 40


def images(voices: int = 0) -> tuple[bytes, bytes]:
    """The program ROM of the main CPU and the boot ROM of the sub CPU, which begins with so many voices."""
    voiced = _VOICES + _words(voices) if voices else _GO_ON
    return _rom(MAIN_BASE, MAIN_SIZE, _GO_ON), _rom(SUB_BASE, SUB_SIZE, voiced)


def _rom(base: int, size: int, behind: str) -> bytes:
    text = PROGRAM.read_text(encoding="utf-8")
    assert text.count(_ORIGIN) == 1
    source = text.replace(_ORIGIN, f"org 0x{base:X}") + _START + behind
    return assemble(source).image.ljust(size, b"\xff")


def _words(voices: int) -> str:
    """Latches and data of a chord of so many voices, in the built-in bank's strings."""
    from luthier.kn5000.parts.state import PartState
    from luthier.kn5000.sounds.built_in import BuiltInSounds
    from luthier.kn5000.voices import words

    sound, lines = BuiltInSounds().sound(_PROGRAM), []
    for voice in range(voices):
        key = _LOWEST + voice
        strike = sound.strikes(key, 80)[0]
        prepared = words.prepare(strike, PartState(), key)
        burst = words.stroke(prepared, voice, words.pitch(strike.pitch), 0x400, 0x40)
        lines += [f"        dw {latch}, {word}" for latch, word in zip(*burst, strict=True)]
    return "\n".join([*lines, "        dw 0xFFFF, 0", ""])
