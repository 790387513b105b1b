"""Where a user's library is when nobody says otherwise."""

from __future__ import annotations

import os
import sys
from pathlib import Path

#: The environment variable that names the file.
VARIABLE = "LUTHIER_LIBRARY"
SUFFIX = ".luthier"
_NAME = f"library{SUFFIX}"


def usual_library() -> Path:
    """``LUTHIER_LIBRARY``, or a file where programs of this system keep what belongs to a user."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base / "luthier" / _NAME
