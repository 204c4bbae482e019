"""Whether the private key is its owner's alone: whoever else can read it can sign in the archive's name."""

from __future__ import annotations

import stat
from pathlib import Path
from shlex import quote

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def exposure(path: Path) -> str | None:
    """Return what is wrong with who may use the file of a private key, and what to do; None where all is well.

    A file that is not there, or can't be looked at, exposes nothing.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None
    if not mode & OTHERS:
        return None
    return (
        f"archive.key: {path} is open to others than its owner (mode {mode:04o}), who could sign in the archive's "
        f"name: chmod 600 {quote(str(path))}"
    )
