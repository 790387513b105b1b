"""The synth voice of the Poly-800 family: hear a bank without the machine."""

from luthier.poly800.voice.voice import Voice

__all__ = ["Voice"]
