"""All effects with their parameters and pictures, as a page for browsers and as one of the manual."""

from __future__ import annotations
