"""Luthier: a workbench for classic digital keyboards.

It reads what they stored, runs what they ran, and plays what they played.  One folder is one
instrument (``luthier.poly800``); what several instruments share stands beside them (``luthier.audio``,
``luthier.midi``).  Every command of the ``luthier`` program calls the functions found here.
"""

__version__ = "0.1.0"
