"""The sounds as tables that the sub CPU's program makes words of: programs, kits, and the laws as logarithms.

Everything that :mod:`luthier.kn5000.sounds.built_in` and :mod:`luthier.kn5000.voices.words` work out with
floating point is a sum of table values with some bits behind the point here, so that the words agree.  The
tables lie in the sub CPU's RAM where the instrument has its tone database; their form is ours.
``sub_words.asm`` is the other half.

Modelled: as the laws behind them are; nothing is added.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from functools import cache
from typing import Final

from luthier.kn5000.firmware.effect_scripts import START_SCRIPT, slot_scripts, start_script
from luthier.kn5000.parts import laws as part_laws
from luthier.kn5000.slots import presets
from luthier.kn5000.slots.sources import SETTLING_TIMES
from luthier.kn5000.sounds.built_in import velocity_level
from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.recordings import Bank
from luthier.kn5000.tone_generator.registers import global_writes, template
from luthier.kn5000.voices import keyboard, words
from luthier.kn5000.voices.voices import CHOKE
from luthier.kn5000.waves import tones

#: Where the tables begin in the sub CPU's RAM (facts 2.4).
BASE: Final = 0x050000
#: The first bytes: tells the main program that these are its tables.
MAGIC: Final = b"LUTHIER\0"
PROGRAMS: Final = 128

_KEYS, _VALUES = 128, 128
_LOUDEST = 127
_STEPS: Final = laws.LEVEL_STEPS / laws.OCTAVE  #: of registers 02 and 03, a decibel
_RATE_SPAN: Final = (laws.RATES - 1) / math.log(laws.FASTEST / laws.SLOWEST)
_SILENT: Final = 0x10000000  #: more attenuation than the register has
_SHORTEST_ATTACK, _SHORTEST_DECAY, _SHORTEST_RELEASE = 0.001, 0.15, 0.005
_DRUM_RELEASE: Final = 0.08
#: Seconds of a tick of the sub CPU's timer 1.
_TICK: Final = 2048 * 20 / 20_000_000

#: The header of a tone or kit, by its fields below.
_HEADER: Final = struct.Struct("<BBBBHHhhiiiiHHHHH")
_FIELDS: Final = (
    "TONE_LAYERS", "TONE_SUSTAIN", "TONE_DECAYS", "TONE_RATE", "TONE_SPAN", "TONE_SOFTENING",
    "TONE_KEY_FOLLOW", "TONE_DECAY_FOLLOW", "TONE_CORNER", "TONE_DECAY", "TONE_DECAY_FASTEST",
    "TONE_RELEASE", "TONE_ATTACK", "TONE_REVERB", "TONE_CHORUS", "TONE_SWING", "TONE_WAIT",
)  # fmt: skip
#: A layer: level, pitch, pan, size; behind it its zones.
_LAYER: Final = struct.Struct("<ihhH")
_ZONE: Final = struct.Struct("<BBH")
#: A drum begins as a layer does: level, pitch, pan, selector, group, flags.
_DRUM: Final = struct.Struct("<iHhHBB")


@dataclass(frozen=True)
class ToneTables:
    """The bytes from :data:`BASE` on, and the names of places in them and of fields."""

    data: bytes
    symbols: dict[str, int]


class _Writer:
    """Bytes with names for places."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.symbols: dict[str, int] = {"TONE_BASE": BASE}

    def put(self, name: str, content: bytes) -> int:
        """Add a table at an even place; its offset."""
        self.data += bytes(len(self.data) % 2)
        offset = len(self.data)
        if name:
            self.symbols[name] = BASE + offset
        self.data += content
        return offset


def _fixed(value: float, bits: int = 16) -> int:
    return round(value * (1 << bits))


def _share(value: float) -> int:
    return _fixed(value, 15)


def rate(seconds: float) -> float:
    """The rate of an envelope's segment before it is rounded and kept in range."""
    return 1 + _RATE_SPAN * math.log(seconds / laws.SLOWEST)


def _corner(hertz: float) -> float:
    return laws.CUTOFF_OPEN + 12 * math.log2(hertz / laws.CUTOFF_HIGHEST)


def _softening(octaves: float) -> int:
    return _fixed(12 * octaves / _LOUDEST)


def _span(decibels: float) -> int:
    steps = decibels * 16
    if steps != round(steps):
        raise ValueError(f"a span of {decibels} dB has no place in four bits behind the point")
    return round(steps)


def _tone_header(tone: tones.Tone) -> bytes:
    envelope, law = tone.envelope, tone.filter
    decays = envelope.sustain < 0
    follow = _RATE_SPAN * math.log(0.5) * envelope.decay_follow / 12
    sustain = int(laws.target_of_decibels(min(envelope.sustain, 0.0)))
    depth = tone.vibrato.depth
    waits = depth != 0 and tone.vibrato.delay > 0
    return _HEADER.pack(
        len(tone.layers),
        sustain,
        int(decays),
        words.lfo(tone.vibrato.rate or words.USUAL_RATE),
        _span(tone.velocity),
        _softening(law.velocity),
        _fixed(law.key_follow, 15),
        _fixed(follow, 13),
        _fixed(_corner(law.corner)),
        _fixed(rate(envelope.decay)) if decays else 0,
        _fixed(rate(_SHORTEST_DECAY)),
        _fixed(rate(max(envelope.release, _SHORTEST_RELEASE))),
        words.segment(0.0, max(envelope.attack, _SHORTEST_ATTACK)),
        _share(tone.reverb),
        _share(tone.chorus),
        _swing(depth),
        max(round(tone.vibrato.delay / _TICK), 1) + 1 if waits else 0,
    )


def _swing(cents: float) -> int:
    """Units of register 07 with eight bits behind the point."""
    return _fixed(cents * laws.PITCH_SEMITONE / 100, 8)


def _layer(layer: tones.Layer) -> bytes:
    zones = b"".join(_ZONE.pack(zone.high, 0, zone.selector) for zone in layer.zones)
    pitch = round(layer.tuning / 100 * laws.PITCH_SEMITONE)
    head = _LAYER.pack(_fixed(layer.level * _STEPS), pitch, _fixed(layer.pan, 13), _LAYER.size + len(zones))
    return head + zones


def _tone(tone: tones.Tone) -> bytes:
    return _tone_header(tone) + b"".join(map(_layer, tone.layers))


def _kit(kit: tones.Kit, recordings: Bank) -> bytes:
    style = tones.drum_style()
    header = _HEADER.pack(
        0,
        0,
        0,
        words.lfo(words.USUAL_RATE),
        _span(style.velocity),
        _softening(style.softening),
        0,
        0,
        _fixed(_corner(style.corner)),
        0,
        0,
        _fixed(rate(_DRUM_RELEASE)),
        words.segment(0.0, _SHORTEST_ATTACK),
        _share(kit.reverb),
        0,
        0,
        0,
    )
    places, drums = [0] * _KEYS, bytearray()
    first = _HEADER.size + 2 * _KEYS
    for key, drum in sorted(kit.notes.items()):
        places[key] = first + len(drums)
        row = recordings.table[drum.selector]
        drums += _DRUM.pack(
            _fixed(drum.level * _STEPS),
            words.pitch(drum.key + drum.tuning / 100),
            _fixed(drum.pan, 13),
            drum.selector,
            drum.group,
            int(row["loop_start"] == row["loop_end"]),
        )
    return header + struct.pack(f"<{_KEYS}H", *places) + bytes(drums)


def _laws(writer: _Writer) -> None:
    longs = struct.Struct(f"<{_VALUES}I")
    velocities = [_fixed(-velocity_level(max(value, 1), 1.0) * _STEPS) for value in range(_VALUES)]
    writer.put("VELOCITY_TABLE", longs.pack(*velocities))
    volumes = [_SILENT, *(_fixed(-part_laws.decibels(v / _LOUDEST) * _STEPS) for v in range(1, _VALUES))]
    writer.put("VOLUME_TABLE", longs.pack(*volumes))
    pans = [_fixed(part_laws.position(value), 13) for value in range(_VALUES)]
    writer.put("PAN_TABLE", struct.pack(f"<{_VALUES}h", *pans))
    swings = [_swing(value / _LOUDEST * part_laws.MODULATION_CENTS) for value in range(_VALUES)]
    glides = [round(part_laws.portamento_seconds(value) / _TICK) for value in range(_VALUES)]
    writer.put(
        "GLIDE_TABLE",
        struct.pack(f"<{_VALUES}H", *(max(glide, int(n > 0)) for n, glide in enumerate(glides))),
    )
    writer.put("SWING_TABLE", struct.pack(f"<{_VALUES}H", *swings))
    whole = laws.SILENT_TARGET / laws.TARGET_STEPS * laws.OCTAVE
    ways = [
        whole + (level - laws.SILENT_TARGET) * laws.OCTAVE / laws.TARGET_STEPS
        for level in range(laws.SILENT_TARGET + 1)
    ]
    releases = [_fixed(_RATE_SPAN * math.log(max(way, 1.0) / 60)) for way in ways]
    writer.put("RELEASE_TABLE", struct.pack(f"<{len(releases)}i", *releases))
    writer.symbols["CHOKE_RELEASE"] = _fixed(rate(CHOKE * 60 / 96))
    writer.symbols["AT_ONCE"] = _fixed(rate(laws.FASTEST / 2))
    writer.put("HARDNESS_TABLE", bytes(keyboard.hardness(touch) for touch in range(256)))
    writer.put("SOFTNESS_TABLE", bytes(keyboard.softened(value) for value in range(256)))


def _registers(writer: _Writer) -> None:
    pairs = [word for write in global_writes() for word in write]
    writer.put("GLOBAL_WORDS", struct.pack(f"<{len(pairs)}H", *pairs))
    writer.symbols["GLOBAL_WORDS_END"] = BASE + len(writer.data)
    words_of_start = template()
    writer.put("START_TEMPLATE", struct.pack(f"<{len(words_of_start)}H", *words_of_start))


def _effects(writer: _Writer) -> None:
    writer.put("START_IMAGE", presets.start())
    writer.put("SETTLING_TIMES", bytes(SETTLING_TIMES))
    writer.put(START_SCRIPT, start_script())
    offsets = [writer.put("", script) for scripts in slot_scripts() for script in scripts]
    writer.put("SLOT_SCRIPTS", struct.pack(f"<{len(offsets)}H", *offsets))


def _fields(writer: _Writer) -> None:
    place = 0
    for name, code in zip(_FIELDS, _HEADER.format.lstrip("<"), strict=True):
        writer.symbols[name] = place
        place += struct.calcsize(f"<{code}")
    layer = ("LAYER_LEVEL", 0), ("LAYER_PITCH", 4), ("LAYER_PAN", 6), ("LAYER_SIZE", 8)
    drum = ("DRUM_PITCH", 4), ("DRUM_SELECTOR", 8), ("DRUM_GROUP", 10), ("DRUM_FLAGS", 11)
    writer.symbols |= dict((*layer, *drum))
    writer.symbols |= {"TONE_HEADER": _HEADER.size, "LAYER_ZONES": _LAYER.size}


@cache
def tone_tables() -> ToneTables:
    """All tables; the same at every use."""
    from luthier.kn5000.waves.bank import built_in_bank

    recordings: Bank = built_in_bank().recordings
    writer = _Writer()
    writer.put("", MAGIC)
    _laws(writer)
    _registers(writer)
    _effects(writer)
    kits = {kit.number: kit for kit in map(tones.kit, range(PROGRAMS))}
    kit_places = {number: writer.put("", _kit(kit, recordings)) for number, kit in kits.items()}
    kit_index = [kit_places[tones.kit(program).number] for program in range(PROGRAMS)]
    tone_index = [writer.put("", _tone(tones.tone(program))) for program in range(PROGRAMS)]
    for name, index in (("TONE_INDEX", tone_index), ("KIT_INDEX", kit_index)):
        writer.put(name, struct.pack(f"<{PROGRAMS}H", *index))
    _fields(writer)
    return ToneTables(bytes(writer.data), writer.symbols)
