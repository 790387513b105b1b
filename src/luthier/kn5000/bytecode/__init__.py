"""The bytecode by which the sub CPU tells the effect chips what to do: run it, read it, write it.

:mod:`operations` has the opcodes, :mod:`execution` the handlers as one loop, plain and compiled,
:mod:`interpreter` runs streams, :mod:`descriptors` has what the firmware adds to addresses and numbers;
:mod:`stream` divides streams into instructions, :mod:`disassembler` and :mod:`assembler` go to text and
back.

Sources: the KN5000 audio-subsystem page, and where it errs the annotated listing of sub program 1.42
("listing"), 0x03C259 to 0x03C9CE.
"""
