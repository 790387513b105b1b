"""The tone generator of the SX-KN5000 (IC303): 64 voices behind its registers.

Known is what the firmware writes: :mod:`registers`.  What the chip makes of it nobody has measured:
:mod:`laws` says what we take the values for.  :class:`~luthier.kn5000.tone_generator.device.ToneGenerator`
is the device, driven by register writes alone, so that firmware can drive it too.
"""
