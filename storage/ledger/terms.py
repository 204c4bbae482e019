"""What an archive's ledger is kept with: its key's file, and the authorities that say when a manifest existed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Where the private key lies, which RFC 3161 authorities are asked, and the certificates that their words rest on.

    Without a key manifests are not signed; without authorities none is asked.
    """

    key: Path | None = None
    authorities: tuple[str, ...] = ()
    certificates: tuple[Path, ...] = ()
