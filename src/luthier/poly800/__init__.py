"""The Korg Poly-800, EX-800 and Poly-800MkII: tape, memory, programs, sysex, sequence."""
