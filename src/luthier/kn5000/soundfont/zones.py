"""Zones of presets and instruments: every generator's amount, with defaults and global zones filled in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.soundfont.generators import COUNT

Indices = NDArray[np.int64]

#: Bags, generators and modulators are counted in 16 bits, so that no more of them can be named.
MOST_RECORDS = 1 << 16


@dataclass(frozen=True)
class Zones:
    """The zones of all presets, or of all instruments.

    Nothing in it is larger than what 65,536 zones need, whatever the file says.
    """

    bounds: Indices
    """Preset or instrument n has the zones bounds[n] up to bounds[n + 1]."""
    amounts: NDArray[np.int16]
    """(zones, COUNT)"""
    given: NDArray[np.bool_]
    """Likewise: what the zone itself says."""
    target: Indices
    """The instrument, or sample, of each zone; -1 for global zones and such as have none."""
    parent: Indices
    """The global zone of each zone, or -1."""
    modulators: Indices
    """Zone n has the modulators modulators[n] up to modulators[n + 1]."""
    odd: int
    """How many indices pointed backwards or outside."""

    def of(self, owner: int) -> range:
        """The zones of a preset or an instrument."""
        return range(int(self.bounds[owner]), int(self.bounds[owner + 1]))

    def low(self, generator: int) -> NDArray[np.uint8]:
        """The lower end of a range, for every zone."""
        return (self.amounts[:, generator] & 0xFF).astype(np.uint8)

    def high(self, generator: int) -> NDArray[np.uint8]:
        """The upper end of a range, for every zone."""
        return (self.amounts[:, generator] >> 8 & 0xFF).astype(np.uint8)


def _bounds(indices: NDArray[np.uint16], count: int) -> tuple[Indices, int]:
    """Indices that rise and stay below ``count``, and how many did not."""
    wide = indices.astype(np.int64)
    sound = np.maximum.accumulate(np.minimum(wide, count))
    return sound, int(np.count_nonzero(sound != wide))


def read_zones(
    owners: NDArray[np.uint16],
    bags: NDArray[np.void],
    generators: NDArray[np.void],
    modulators: int,
    terminal: int,
    defaults: NDArray[np.int64],
) -> Zones:
    """Put zones together.

    ``owners`` has the first bag of each preset or instrument and one more, the end; the last of the
    ``bags`` is the end, too.  ``terminal`` is the generator that names the instrument or sample and ends its
    zone; ``modulators`` is how many there are.
    """
    count = max(len(bags) - 1, 0)
    bounds, odd_owners = _bounds(owners, count)
    pieces, odd_generators = _bounds(bags["generator"], len(generators))
    changes, odd_modulators = _bounds(bags["modulator"], modulators)
    amounts = np.zeros((count, COUNT), np.int16)
    given = np.zeros((count, COUNT), bool)
    if count:
        zone = np.repeat(np.arange(count), np.diff(pieces))
        own = generators[int(pieces[0]) : int(pieces[-1])]
        known = own["number"] < COUNT
        # What stands behind the terminal generator of a zone does not count (section 7.5, 7.9).
        ends = np.cumsum(own["number"] == terminal)
        before = np.concatenate([[0], ends])[pieces[:-1] - pieces[0]]
        known &= (ends - (own["number"] == terminal)) == before[zone]
        amounts[zone[known], own["number"][known]] = own["amount"][known]
        given[zone[known], own["number"][known]] = True
    named = given[:, terminal]
    target = np.where(named, amounts[:, terminal].astype(np.uint16).astype(np.int64), -1)
    parent = _parents(bounds, target)
    inherited = given[parent] & (parent >= 0)[:, None]
    from_parent = np.where(inherited, amounts[parent], defaults.astype(np.int16))
    filled = np.where(given, amounts, from_parent)
    return Zones(bounds, filled, given, target, parent, changes, odd_owners + odd_generators + odd_modulators)


def _parents(bounds: Indices, target: Indices) -> Indices:
    """The first zone of an owner is global if it names nothing."""
    parent = np.full(len(target), -1, np.int64)
    if len(target):
        firsts, counts = bounds[:-1], np.diff(bounds)
        is_global = (counts > 1) & (target[np.minimum(firsts, len(target) - 1)] < 0)
        parent[bounds[0] : bounds[-1]] = np.repeat(np.where(is_global, firsts, -1), counts)
        parent[parent == np.arange(len(target))] = -1
    return parent
