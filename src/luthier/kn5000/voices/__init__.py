"""The 64 voices: who gets one, what it is told, how it ends; nobody else writes to the tone generator."""

from luthier.kn5000.voices.voices import LOOK, TICK, Statistics, Voices

__all__ = ["LOOK", "TICK", "Statistics", "Voices"]
