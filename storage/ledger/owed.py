"""What timestamp authorities owe: noted in a site's spool, and found again from the store where no spool tells.

A token lies beside its manifest as `….manifest.<authority>.tsr`.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

ENDING = ".tsr"
MANIFEST = ".manifest.json"
DUE = "timestamps-due.json"

Due = Mapping[str, Sequence[str]]
"""By authority the keys of the manifests that it owes a token for."""


def token_key(manifest: str, authority: str) -> str:
    """Return the key of an authority's token for the manifest under this key."""
    name = re.sub(r"[^a-z0-9]+", "-", authority.partition("://")[2].lower()).strip("-")
    return f"{manifest.removesuffix('.json')}.{name}{ENDING}"


def manifest_of(token: str) -> str:
    """Return the key of the manifest that a token under this key would be for."""
    return token.rpartition(".manifest.")[0] + MANIFEST


def lacking(authority: str, manifests: Sequence[str], tokens: Collection[str]) -> list[str]:
    """Return which of these manifests, in their order, lack this authority's token since it gave its first."""
    there = [token_key(manifest, authority) in tokens for manifest in manifests]
    began = there.index(True) if True in there else 0
    return [manifest for manifest, has in zip(manifests[began:], there[began:], strict=True) if not has]


def due(folder: Path) -> dict[str, list[str]]:
    """Return what is noted in a site's spool."""
    try:
        found: dict[str, list[str]] = json.loads((folder / DUE).read_text())
    except (OSError, ValueError):
        return {}
    return found


def note(folder: Path, owed: Due) -> None:
    """Note in a site's spool what is owed, in the place of what was noted before; what can't be noted is logged."""
    path, aside = folder / DUE, folder / f"{DUE}.new"
    try:
        if owed:
            aside.write_text(json.dumps(owed))
            aside.replace(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("what authorities owe could not be noted in %s: %s", folder, error.strerror)
