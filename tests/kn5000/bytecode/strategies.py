"""Random streams: well made, and any bytes that look like some."""

from __future__ import annotations

from hypothesis import strategies as st

from luthier.kn5000.bytecode import operations
from luthier.kn5000.bytecode.descriptors import Descriptor

WORDS = st.integers(0, 0xFFFF)
DESCRIPTORS = st.builds(Descriptor, WORDS, WORDS, WORDS, WORDS, st.integers(-(1 << 31), (1 << 31) - 1))
MARKS = st.sampled_from([0x00, 0x08, 0x0A, 0x01, 0xFF])


@st.composite
def _instruction(draw: st.DrawFn) -> bytes:
    opcode = draw(st.integers(0, 0xE))
    group = operations.OPERATIONS[opcode].group
    if opcode == operations.COMMAND:
        body = draw(st.binary(min_size=1, max_size=1))
    elif opcode == operations.IDLE or opcode in operations.SKIPPED:
        body = b""
    elif opcode == operations.SEND:
        body = draw(st.binary(min_size=1, max_size=12))
    elif group:
        groups = draw(
            st.lists(st.tuples(MARKS, st.binary(min_size=group - 1, max_size=group - 1)), max_size=4)
        )
        body = draw(st.binary(min_size=3, max_size=3)) + b"".join(
            bytes([mark]) + rest for mark, rest in groups
        )
    else:
        body = draw(st.binary(min_size=3, max_size=12))
    return operations.header(opcode, 2 + len(body)) + body


#: Streams whose lengths are those of their bytes, without the end.
INSTRUCTIONS = st.lists(_instruction(), max_size=6).map(b"".join)
ENDS = st.integers(0xF0, 0xFF).map(lambda byte: bytes([byte]))
STREAMS = st.tuples(INSTRUCTIONS, ENDS).map(b"".join)
#: Any bytes, most of them headers.
ANYTHING = st.lists(
    st.one_of(
        st.integers(0, 255), st.sampled_from([0, 2, 4, 5, 8, 10, 0x10, 0x20, 0x30, 0x40, 0x50, 0xD0, 0xE0])
    ),
    max_size=60,
).map(bytes)
