"""The errors a user can act on.

Whatever is wrong with an input is raised as an :class:`InputError`; the command line prints it as one
line and leaves with exit code 1, or 2 for a :class:`UsageError`.  Anything else that escapes is a defect
of ours.
"""

from __future__ import annotations


class LuthierError(Exception):
    """Base of every error that is meant for the user; its text is one complete line."""


class InputError(LuthierError):
    """The input is not what it should be.

    ``what`` says what is wrong, ``where`` the place (byte offset, seconds, line, file), ``remedy`` what
    the user can do about it.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        text = f"{where}: {what}" if where else what
        super().__init__(f"{text}; {remedy}" if remedy else text)

    def at(self, where: str) -> InputError:
        """The same error with ``where`` put before the place it already names."""
        place = f"{where}, {self.where}" if self.where else where
        return type(self)(self.what, where=place, remedy=self.remedy)


class UsageError(InputError):
    """Not the input is wrong but how it was asked for: an option or argument with an impossible value."""


class OutputExistsError(LuthierError):
    """An output file is already there and ``--force`` was not given."""


class MissingFeatureError(LuthierError):
    """Something optional is not installed (an extra, ffmpeg, a MIDI driver); the text says how to get it."""
