"""The state of any objects of ours, kept to be put back into the same objects.

For models that do not keep snapshots themselves, such as the effects: what their attributes hold, the
contents of arrays and of lists, sets and dictionaries.  Arrays that are parts of others stay so.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

_OURS = "luthier."


class Memento:
    """What ``root`` and everything of ours that it reaches holds at the moment."""

    def __init__(self, root: object) -> None:
        self.root = root
        self._seen: dict[int, object] = {}
        self._arrays: list[tuple[Any, Any]] = []
        self._attributes: list[tuple[Any, dict[str, Any]]] = []
        self._contents: list[tuple[Any, Any]] = []
        waiting: list[object] = [root]
        while waiting:
            one = waiting.pop()
            if id(one) not in self._seen:
                waiting += self._keep(one)

    def _keep(self, one: Any) -> list[object]:
        """Keep one object; what it reaches."""
        self._seen[id(one)] = one
        if isinstance(one, np.ndarray):
            self._arrays.append((one, one.copy()))
            return [one.base] if isinstance(one.base, np.ndarray) else []
        if isinstance(one, list | set | dict | deque | bytearray):
            self._contents.append((one, one.copy()))
            return [*one, *one.values()] if isinstance(one, dict) else list(one)
        if isinstance(one, tuple | frozenset):
            return list(one)
        if type(one).__module__.startswith(_OURS) and hasattr(one, "__dict__"):
            self._attributes.append((one, dict(vars(one))))
            return list(vars(one).values())
        return []

    def put_back(self) -> None:
        """Have all of them hold it again."""
        for one, attributes in self._attributes:
            vars(one).clear()
            vars(one).update(attributes)
        for one, content in self._contents:
            one.clear()
            (one.update if isinstance(one, dict | set) else one.extend)(content)
        for array, content in self._arrays:
            if array.flags.writeable:
                np.copyto(array, content)
