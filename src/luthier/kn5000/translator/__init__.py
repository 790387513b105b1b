"""From the value of an effect's parameter to what the effect chip gets.

An effect has a table of *value records*, one for each of its parameters, and a table of *descriptor
records*, which turn the numbers in them into addresses.  A value record holds instructions: an opcode, a
number of a cell, operands; 7A ends it.  The value goes through the law of the opcode and out as a host poke.

:mod:`operations` has the opcodes; :mod:`laws`, :mod:`decays` and :mod:`filters` what they compute, in whole
numbers, in fractions, and as filters; :mod:`ladders`, :mod:`waveforms` and :mod:`figures` the tables some of
them read; :mod:`records` builds and lists tables, :mod:`rom` finds them in a program of the sub CPU.
:mod:`evaluation` and :mod:`execution` are the translator as loops, plain and compiled, :mod:`translation`
runs it.  :mod:`meaning` says what a value is in hertz, decibels or seconds, :mod:`sheet` all values of an
effect.

Sources: the KN5000 audio-subsystem page, and where it errs the annotated listing of sub program 1.42
("listing"), 0x038439 to 0x03CFA4, with the constants from 0x012397 on.
"""
