"""Pictures of what effects do, made from their sound.

:mod:`measures` sends test sounds through an effect and says what came of them, :mod:`plot` draws curves as
SVG, :mod:`families` knows which picture shows which effect best.
"""

from __future__ import annotations

from luthier.kn5000.effects.pictures.families import Picture, count_of, pictures, pictures_of

__all__ = ["Picture", "count_of", "pictures", "pictures_of"]
