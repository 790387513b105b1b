"""Cassette tapes of the Poly-800 and EX-800: reading, writing, damaging."""
