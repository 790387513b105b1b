"""Which parts listen to which of the sixteen channels."""

from __future__ import annotations

COUNT = 16


class Channels:
    """Part n listens to channel n (modelled), until GS says otherwise."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Every part to the channel of its number."""
        self._heard: list[int | None] = list(range(COUNT))
        self._parts: list[tuple[int, ...]] = [(part,) for part in range(COUNT)]

    def parts(self, channel: int) -> tuple[int, ...]:
        """The parts that listen to a channel, 0 to 15."""
        return self._parts[channel]

    def listen(self, part: int, channel: int) -> None:
        """Let a part listen to a channel 0 to 15, or with any other number to none."""
        self._heard[part] = channel if 0 <= channel < COUNT else None
        self._parts = [
            tuple(part for part, heard in enumerate(self._heard) if heard == number)
            for number in range(COUNT)
        ]
