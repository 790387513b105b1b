"""How numbers lie in the bytes for the effect chips, and how these chips' words are made up.

:mod:`fields` has addresses of 12 and 16 bits, :mod:`coefficients` numbers of 24 bits in their three packings,
:mod:`instructions` the 36-bit words of DSP 1, the sizes of its programs, and the words by which the host
sets coefficients.
"""
