"""SoundFonts for tests, written field by field as the specification has them (2.04, sections 4 to 7)."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

#: Numbers of generators, section 8.1.2.
START, END, LOOP_START, LOOP_END, START_COARSE = 0, 1, 2, 3, 4
CUTOFF, RESONANCE, ENVELOPE_TO_PITCH, ENVELOPE_TO_CUTOFF = 8, 9, 7, 11
CHORUS, REVERB, PAN = 15, 16, 17
INSTRUMENT, KEYS, VELOCITIES, SAMPLE = 41, 43, 44, 53
ATTENUATION, COARSE, FINE, MODE, SCALE, CLASS, ROOT = 48, 51, 52, 54, 56, 57, 58
#: Zero samples behind each recording (section 6.1).
GUARD = 46
Modulator = tuple[int, int, int, int, int]


def span(low: int, high: int) -> int:
    """The amount of a range."""
    return low | high << 8


@dataclass(frozen=True)
class Zone:
    """``target`` is the instrument or sample; None for a global zone."""

    target: int | None
    generators: Mapping[int, int] = field(default_factory=dict)
    modulators: Sequence[Modulator] = ()


@dataclass(frozen=True)
class Recorded:
    """A sample; the loop is relative to its start."""

    data: NDArray[np.int16]
    rate: int = 44_100
    root: int = 60
    correction: int = 0
    loop: tuple[int, int] = (0, 0)
    kind: int = 1
    name: str = "sample"


@dataclass(frozen=True)
class Instrument:
    zones: Sequence[Zone]
    name: str = "instrument"


@dataclass(frozen=True)
class Preset:
    zones: Sequence[Zone]
    program: int = 0
    bank: int = 0
    name: str = "preset"


def chunk(name: str, content: bytes) -> bytes:
    """A chunk, padded to an even size."""
    return name.encode() + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def many(name: str, *chunks: bytes) -> bytes:
    """A LIST."""
    return chunk("LIST", name.encode() + b"".join(chunks))


def _zones(groups: Sequence[Sequence[Zone]], terminal: int) -> tuple[list[int], bytes, bytes, bytes]:
    """First bags, bags, modulators and generators of presets or instruments."""
    firsts: list[int] = []
    bags: list[tuple[int, int]] = []
    modulators: list[Modulator] = []
    generators: list[tuple[int, int]] = []
    for group in groups:
        firsts.append(len(bags))
        for zone in group:
            bags.append((len(generators), len(modulators)))
            # Key ranges come first, velocity ranges next, the target last (section 8.1.2).
            order = sorted(zone.generators, key=lambda number: (number != KEYS, number != VELOCITIES))
            generators += [(number, zone.generators[number]) for number in order]
            if zone.target is not None:
                generators.append((terminal, zone.target))
            modulators += zone.modulators
    firsts.append(len(bags))
    bags.append((len(generators), len(modulators)))
    return (
        firsts,
        b"".join(struct.pack("<HH", *bag) for bag in bags),
        b"".join(struct.pack("<HHhHH", *row) for row in [*modulators, (0,) * 5]),
        b"".join(struct.pack("<HH", number, amount & 0xFFFF) for number, amount in [*generators, (0, 0)]),
    )


def font(
    recordings: Sequence[Recorded],
    instruments: Sequence[Instrument],
    presets: Sequence[Preset],
    *,
    name: str = "Test",
    version: tuple[int, int] = (2, 4),
    replaced: Mapping[str, bytes] | None = None,
) -> bytes:
    """A whole file; ``replaced`` has other contents for single chunks."""
    pool, headers = bytearray(), b""
    for sample in recordings:
        start = len(pool) // 2
        pool += sample.data.astype("<i2").tobytes() + bytes(2 * GUARD)
        headers += struct.pack(
            "<20sIIIIIBbHH",
            sample.name.encode(),
            start,
            start + len(sample.data),
            start + sample.loop[0],
            start + sample.loop[1],
            sample.rate,
            sample.root,
            sample.correction,
            0,
            sample.kind,
        )
    headers += struct.pack("<20sIIIIIBbHH", b"EOS", *(0,) * 9)
    outer, inner = (
        _zones([p.zones for p in presets], INSTRUMENT),
        _zones([i.zones for i in instruments], SAMPLE),
    )
    names = [(p.name, p.program, p.bank) for p in presets] + [("EOP", 0, 0)]
    contents = {
        "ifil": struct.pack("<HH", *version),
        "isng": b"EMU8000\0",
        # One or two zeros, so that the size is even (section 5.3).
        "INAM": name.encode() + bytes(2 - len(name.encode()) % 2),
        "smpl": bytes(pool),
        "phdr": b"".join(
            struct.pack("<20sHHHIII", text.encode(), program, bank, bag, 0, 0, 0)
            for (text, program, bank), bag in zip(names, outer[0], strict=True)
        ),
        "pbag": outer[1],
        "pmod": outer[2],
        "pgen": outer[3],
        "inst": b"".join(
            struct.pack("<20sH", text.encode(), bag)
            for text, bag in zip([*(i.name for i in instruments), "EOI"], inner[0], strict=True)
        ),
        "ibag": inner[1],
        "imod": inner[2],
        "igen": inner[3],
        "shdr": headers,
        **(replaced or {}),
    }
    made = {key: chunk(key, content) for key, content in contents.items()}
    lists = (("INFO", 3), ("sdta", 1), ("pdta", 9))
    keys, body = iter(made), b"sfbk"
    for title, count in lists:
        body += many(title, *(made[next(keys)] for _ in range(count)))
    return chunk("RIFF", body)


def sine(hertz: float, rate: int = 44_100, periods: int = 100) -> tuple[NDArray[np.int16], tuple[int, int]]:
    """Whole periods of a sine, and the loop over its second half."""
    length = round(periods * rate / hertz)
    wave = np.round(16_384 * np.sin(2 * np.pi * np.arange(length) * periods / length)).astype(np.int16)
    return wave, (round(length / 2), length)


def small(seed: int = 0) -> bytes:
    """A font with a little of everything: two tones of two layers, a kit, modulators, global zones."""
    generator = np.random.default_rng(seed)
    wave, _ = sine(440.0)
    noise = generator.integers(-8000, 8000, 500).astype(np.int16)
    recordings = [
        Recorded(wave[:4000], root=69, loop=(1000, 3506), name="sine"),
        Recorded(noise, root=60, name="noise"),
    ]
    instruments = [
        Instrument(
            [
                Zone(None, {PAN: -100, ATTENUATION: 50}, [(0x0502, ATTENUATION, 960, 0, 0)]),
                Zone(0, {KEYS: span(0, 59), MODE: 1, 37: 200, 36: 0}),
                Zone(0, {KEYS: span(60, 127), VELOCITIES: span(0, 100), MODE: 3, CUTOFF: 8000}),
            ],
            "tone",
        ),
        Instrument([Zone(1, {KEYS: span(35, 81), CLASS: 1, SCALE: 0})], "drum"),
    ]
    presets = [
        Preset([Zone(None, {FINE: 5}), Zone(0), Zone(1, {KEYS: span(60, 72), COARSE: 1})], 0, 0, "First"),
        Preset([Zone(0, {ENVELOPE_TO_PITCH: 100})], 40, 0, "Second"),
        Preset([Zone(1)], 0, 128, "Kit"),
    ]
    return font(recordings, instruments, presets, name=f"Small {seed}")
