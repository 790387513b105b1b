"""The three synthesizers of the Poly-800 family."""

from __future__ import annotations

from enum import Enum

from luthier.errors import UsageError


class Synth(Enum):
    """A synthesizer of the family; the value is the name used in files and on the command line."""

    POLY800 = "poly800"
    EX800 = "ex800"
    MK2 = "mk2"

    @property
    def title(self) -> str:
        """The name on the instrument."""
        return _TITLES[self]

    @classmethod
    def named(cls, name: str) -> Synth:
        """The synthesizer called ``name``; raises InputError for any other text."""
        for synth in cls:
            if synth.value == name.lower():
                return synth
        names = ", ".join(synth.value for synth in cls)
        raise UsageError(f"no synth is called {name!r}", remedy=f"use one of: {names}")


_TITLES = {Synth.POLY800: "Poly-800", Synth.EX800: "EX-800", Synth.MK2: "Poly-800MkII"}
