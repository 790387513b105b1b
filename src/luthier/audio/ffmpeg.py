"""Calling ffmpeg for what libsndfile cannot do: AAC, WebM, telephone codecs.

ffmpeg is optional: whoever calls gets a :class:`MissingFeatureError` that says how to install it.  It is
called without a shell, without network protocols, and with a limit on what it may return.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence

from luthier.errors import InputError, MissingFeatureError

#: Local files and pipes only: a hostile playlist must not reach out to the network.
_PROTOCOLS = ("-protocol_whitelist", "file,pipe")
_SECONDS_ALLOWED = 600


def program(purpose: str) -> str:
    """The path of ffmpeg; ``purpose`` completes the sentence "ffmpeg is needed …"."""
    path = shutil.which("ffmpeg")
    if path is None:
        raise MissingFeatureError(
            f"ffmpeg is needed {purpose} and is not installed; install it (https://ffmpeg.org, or your "
            "system's package manager), or convert the file to WAV with any audio program"
        )
    return path


def command(arguments: Sequence[str], *, purpose: str) -> list[str]:
    """The command line that runs ffmpeg with ``arguments``; raises MissingFeatureError without ffmpeg."""
    return [program(purpose), "-hide_banner", "-loglevel", "error", *_PROTOCOLS, *arguments]


def run(arguments: Sequence[str], data: bytes = b"", *, purpose: str) -> bytes:
    """Run ffmpeg with ``arguments`` and ``data`` on its standard input; what it wrote to its standard output.

    Raises MissingFeatureError without ffmpeg, and InputError with the last line ffmpeg said when it fails.
    """
    command = [program(purpose), "-hide_banner", "-loglevel", "error", *_PROTOCOLS, *arguments]
    try:
        result = subprocess.run(
            command, input=data, capture_output=True, timeout=_SECONDS_ALLOWED, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"ffmpeg did not finish within {_SECONDS_ALLOWED} s") from error
    if result.returncode != 0:
        raise InputError(f"ffmpeg gave up ({last_line(result.stderr)})")
    return result.stdout


def last_line(said: bytes) -> str:
    """The last line of what ffmpeg said, for an error message."""
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "it gave no reason"
