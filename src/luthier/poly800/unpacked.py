"""The unpacked table of the Poly-800 mailing-list thread ("Sound Untangled"): one program as 29 or 34 bytes.

Nearly one parameter or pair of parameters per byte, as editors hold a program.  It is not the packing of the
memory (:mod:`luthier.poly800.program`).  The slips of the published table are corrected here and recorded in
``docs/errata.md``.
"""

from __future__ import annotations

from luthier.errors import InputError
from luthier.poly800.parameters import lookup
from luthier.poly800.program import Program
from luthier.poly800.synth import Synth

#: Per byte: parameter and the lowest of its bits.  The harmonics are one bit each, 16' lowest.
_TABLE: tuple[tuple[tuple[str, int], ...], ...] = (
    (("dco1_octave", 0), ("dco2_octave", 2), ("dco1_waveform", 4), ("dco2_waveform", 6)),
    tuple(
        (f"dco{dco}_{feet}", 4 * dco - 4 + bit) for dco in (1, 2) for bit, feet in enumerate((16, 8, 4, 2))
    ),
    (("detune", 0), ("dco_mode", 6), ("chorus", 7)),
    (("interval", 0), ("noise", 4)),
    (("eg_intensity", 0), ("polarity", 4)),
    (("dco1_level", 0),),
    (("dco2_level", 0),),
    (("cutoff", 0), ("trigger", 7)),
    (("mg_frequency", 0), ("mg_delay", 4)),
    (("mg_dco", 0), ("mg_vcf", 4)),
    *(
        ((f"deg{deg}_{stage}", 0),)
        for deg in (1, 2, 3)
        for stage in ("attack", "decay", "break_point", "slope", "sustain", "release")
    ),
    (("resonance", 0), ("keyboard_track", 4)),
)
_MK2_TABLE: tuple[tuple[tuple[str, int], ...], ...] = (
    (("delay_time", 0),),
    (("delay_level", 4), ("delay_feedback", 0)),
    (("delay_modulation_frequency", 0),),
    (("delay_modulation_intensity", 0),),
    (("eq_bass", 4), ("eq_treble", 0)),
)


def _table(synth: Synth) -> tuple[tuple[tuple[str, int], ...], ...]:
    return _TABLE + _MK2_TABLE if synth is Synth.MK2 else _TABLE


def unpack(program: Program) -> bytes:
    """The program as the 29 bytes of the table, 34 for the MkII.  Its spare bits are not in the table."""
    content = bytearray()
    for entries in _table(program.family):
        byte = 0
        for name, shift in entries:
            row = lookup(name, program.family)
            byte |= row.stored_value(program[row]) << shift
        content.append(byte)
    return bytes(content)


def pack(table: bytes, base: Program) -> Program:
    """The program that the 29 or 34 bytes describe, with the spare bits of ``base``.

    Raises InputError if their number does not fit ``base``.
    """
    layout = _table(base.family)
    if len(table) != len(layout):
        raise InputError(
            f"{len(table)} unpacked bytes; a program of the {base.family.title} has {len(layout)}"
        )
    values = {}
    for byte, entries in zip(table, layout, strict=True):
        for name, shift in entries:
            row = lookup(name, base.family)
            values[name] = row.panel_value(byte >> shift & row.stored_maximum)
    return base.replacing(values, allow_out_of_range=True)
