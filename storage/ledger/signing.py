"""A manifest signed at the seal. Without the key it is sealed all the same, and that shows: captures are never lost."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from news.errors import ConfigError
from news.serial import canonical
from storage.ledger.keys import Signer, key_ring, load_signer, signed_bytes
from storage.objects import Store

log = logging.getLogger(__name__)


def signed(store: Store, key: Path | None, row: Mapping[str, Any]) -> bytes:
    """Return the manifest as it goes into the store: signed, where the archive's key is at hand."""
    signer = _signer(store, key)
    if signer is None:
        return canonical(row)
    named = {**row, "key": signer.name}
    return canonical({**named, "signature": signer.sign(signed_bytes(named))})


def _signer(store: Store, key: Path | None) -> Signer | None:
    """Return the archive's key, or None where it is not at hand, which is told where the archive has one."""
    try:
        signer, wrong = load_signer(key) if key else None, f"{key} is not there"
    except ConfigError as error:
        signer, wrong = None, str(error)
    current = key_ring(store, held=signer).current
    if current is None:
        if signer is not None:
            log.warning("sealing unsigned store=%s: it names no key; run `stoppress verify --ledger`", store.address)
        return None
    if signer is not None and signer.name != current.public.name:
        signer, wrong = None, f"{key} is another key"
    if signer is None:
        log.warning("sealing unsigned store=%s key=%s: %s", store.address, current.public.name, wrong)
    return signer
