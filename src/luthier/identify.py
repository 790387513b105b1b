"""What is this file?  Asks every registered format; content decides, the name only breaks ties."""

from __future__ import annotations

from luthier.formats import Content, Match, registered


def identify(content: Content) -> list[Match]:
    """Every format that recognises ``content``; those whose suffix fits the name come first."""
    matches = []
    for candidate in registered():
        description = candidate.detect(content)
        if description is not None:
            matches.append(Match(candidate, description))
    matches.sort(key=lambda match: content.suffix not in match.format.suffixes)
    return matches


def why_not(content: Content) -> str:
    """A line for a file nobody recognised: what was seen, so that the user can judge."""
    if content.size == 0:
        return "an empty file"
    for candidate in registered():
        # A format may know better what a file is that it nearly recognised.
        explain = getattr(candidate, "why_not", None)
        if explain is not None and (reason := explain(content)):
            return str(reason)
    first = content.head[:8].hex(" ")
    return f"{content.size} bytes that start with {first}: no known keyboard file"
