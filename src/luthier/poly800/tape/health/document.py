"""What was read from tapes as plain data, for ``--json`` and the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from luthier.poly800.memory import TAPE_HEADER
from luthier.poly800.tape.health.diagnosis import Diagnosis
from luthier.poly800.tape.reading import Dump, State
from luthier.poly800.tape.takes import Memory, Takes

#: A byte surer than this is not counted among the unsure ones.
_SURE = 0.98


def document(takes: Takes, diagnoses: Sequence[Diagnosis] = ()) -> dict[str, Any]:
    """Everything about recordings and what they hold; numbers are plain and in SI units or as named."""
    return {
        "recordings": [_recording(takes, index, diagnoses) for index in range(len(takes.recordings))],
        "copies": list(takes.repeated),
        "memories": [memory_record(takes, index) for index in range(len(takes.memories))],
    }


def _recording(takes: Takes, index: int, diagnoses: Sequence[Diagnosis]) -> dict[str, Any]:
    recording = takes.recordings[index]
    reading = recording.reading
    record: dict[str, Any] = {
        "name": recording.name,
        "seconds": round(reading.duration, 3),
        "rate": reading.rate,
        "stretches": [[round(begin, 3), round(end, 3)] for begin, end in reading.stretches],
        "dumps": [dump_record(dump) for dump in reading.dumps],
    }
    if diagnoses:
        diagnosis = diagnoses[index]
        record["measures"] = rounded(asdict(diagnosis.measures))
        record["advice"] = [asdict(advice) for advice in diagnosis.advice]
        record["rows"] = [
            {
                "begin": round(row.begin, 3),
                "end": round(row.end, 3),
                "breaks": row.breaks,
                "length": len(row.content),
                "bytes": row.content.hex(),
            }
            for row in diagnosis.rows
        ]
    return record


def dump_record(dump: Dump) -> dict[str, Any]:
    """One dump without its bytes."""
    return {
        "begin": round(dump.begin, 3),
        "end": round(dump.end, 3),
        "complete": dump.complete,
        "channel": dump.channel,
        "front": dump.front,
        "speed": round(dump.speed, 4),
        "head": dump.head,
        "tail": dump.tail,
        "checksum_rule": dump.checksum_rule,
        "programs_right": dump.programs_right,
        "repaired": list(dump.repaired),
        "confidence": confidence_summary(dump),
    }


def confidence_summary(dump: Dump) -> dict[str, Any]:
    """How sure the 1,636 bytes are."""
    read = dump.confidence > 0
    return {
        "mean": round(float(dump.confidence.mean()), 4),
        "lowest": round(float(dump.confidence[read].min()), 4) if read.any() else 0.0,
        "unsure_bytes": int(np.count_nonzero(read & (dump.confidence < _SURE))),
        "missing_bytes": int(np.count_nonzero(~read)),
    }


def memory_record(takes: Takes, index: int) -> dict[str, Any]:
    """One memory: its takes, what it is worth, and every program."""
    memory = takes.memories[index]
    dump = memory.dump
    channel = len(TAPE_HEADER)
    return {
        "name": str(index + 1),
        "takes": [
            {
                "recording": takes.recordings[take.recording].name,
                "begin": round(take.dump.begin, 3),
                "end": round(take.dump.end, 3),
                "complete": take.dump.complete,
                "programs_right": take.dump.programs_right,
            }
            for take in memory.takes
        ],
        "complete": dump.complete,
        "checksum_rule": dump.checksum_rule,
        "midi_channel": dump.image[channel] + 1 if dump.confidence[channel] > 0 else None,
        "speed": round(dump.speed, 4),
        "programs_right": dump.programs_right,
        "programs": [
            {
                "name": str(entry.number),
                "state": entry.state.value,
                "reasons": list(entry.reasons),
                "weak_bytes": list(entry.weak),
            }
            for entry in dump.programs
        ],
        "repaired": list(dump.repaired),
        "confidence": confidence_summary(dump),
        "image": dump.image.hex(),
    }


def numbers_in(memory: Memory, state: State) -> list[int]:
    """The panel numbers of the programs in ``state``."""
    return [entry.number for entry in memory.dump.programs if entry.state is state]


def rounded(value: Any) -> Any:
    """``value`` with every float in it cut to six digits: more is not measured."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {str(key): rounded(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(entry) for entry in value]
    return value
