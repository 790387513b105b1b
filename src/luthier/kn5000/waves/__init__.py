"""The waves of the SX-KN5000: the format of its wave ROMs, and a bank of our own in that format.

``rom`` reads and writes an image; ``bank`` gives the recordings of the built-in bank or of a user's dump as
the tone generator takes them; ``built_in`` makes the former; ``tones`` says which recordings make an
instrument.  No sound of the maker is here.
"""
