"""Sequences over the four loop banks of a Kaossilator Pro, which the unit itself cannot play, as MIDI.

``language`` reads what is written, ``arrangement`` lays it out in bars, ``messages`` makes MIDI of it, and
``midi_file`` and ``live`` carry that away.
"""
