"""All that is wrong with a source in one run, not only the first."""

from __future__ import annotations

from luthier.errors import InputError

#: After as many errors nobody reads on.
MOST = 20


class AssemblyError(InputError):
    """A source that cannot be assembled; ``errors`` are all of them, one line each."""

    errors: tuple[InputError, ...] = ()


class Problems:
    """Collects errors; raises them when there are enough, or at the end."""

    def __init__(self) -> None:
        self.found: list[tuple[int, InputError]] = []

    def add(self, error: InputError, line: int = 0) -> None:
        """One more, of the ``line``-th statement; :class:`AssemblyError` with all when there are enough."""
        self.found.append((line, error))
        if len(self.found) >= MOST:
            self.raise_any()

    def raise_any(self) -> None:
        """:class:`AssemblyError` if there are any."""
        if not self.found:
            return
        errors = tuple(error for _, error in sorted(self.found, key=lambda found: found[0]))
        first, more = errors[0], len(errors) - 1
        remedy = first.remedy
        if more:
            others = f"{more} more error{'s' * (more > 1)} behind it"
            remedy = f"{remedy}; {others}" if remedy else others
        summary = AssemblyError(first.what, where=first.where, remedy=remedy)
        summary.errors = errors
        raise summary
