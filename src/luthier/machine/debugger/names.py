"""Names of addresses, both ways."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping

_FAR = 0x400  #: bytes behind a name that are still told by it


class Names:
    """The symbols of one processor."""

    def __init__(self, addresses: Mapping[str, int] | None = None) -> None:
        self._addresses = dict(addresses or {})
        self._names: dict[int, str] = {}
        for name, address in self._addresses.items():
            self._names.setdefault(address, name)
        self._order = sorted(self._names)

    def __len__(self) -> int:
        return len(self._addresses)

    def address(self, name: str) -> int | None:
        """The address of a name, as it is written or else in any case."""
        if name in self._addresses:
            return self._addresses[name]
        matches = {at for known, at in self._addresses.items() if known.lower() == name.lower()}
        return matches.pop() if len(matches) == 1 else None

    def name(self, address: int) -> str | None:
        """The name that stands for exactly this address."""
        return self._names.get(address)

    def near(self, address: int) -> str:
        """``name`` or ``name+5`` for an address; empty if no name is near before it."""
        index = bisect_right(self._order, address) - 1
        if index < 0 or address - self._order[index] > _FAR:
            return ""
        base = self._order[index]
        return self._names[base] + (f"+{address - base:X}h" if address > base else "")

    def matching(self, part: str) -> Iterator[tuple[int, str]]:
        """Addresses and names that contain a text, by address."""
        wanted = part.lower()
        return ((at, name) for at, name in sorted(self._names.items()) if wanted in name.lower())
