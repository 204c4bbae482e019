"""The archive's key at `init`: made with the archive, told to one that was made before, replaced by order."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from news.errors import ConfigError, StoreUnavailable
from storage.ledger.keys import STATEMENTS, KeyRing, PublicKey, Signer, announce, key_ring, load_signer, make_signer
from storage.ledger.owed import MANIFEST
from storage.objects import Store, get_bytes

KEEP = "keep a copy of it in another place, where the store is not"


def first_key(path: Path, store: str) -> tuple[PublicKey, str]:
    """Return the public key for a new archive, with what was done; a private key that is there already is taken."""
    found = load_signer(path)
    signer = found or _made(path, store)
    return signer.public, f"key {path} {'taken' if found else f'made: {KEEP}'}"


def check_founder(path: Path, store: Store, lost: str) -> None:
    """Check that a store which lost its header may be given one with this key: it has had no other.

    Raises `StoreUnavailable` with what was `lost` and why not: a header with another key would cast doubt on all that
    was ever signed.
    """
    signer = load_signer(path)
    if signer is None:
        raise StoreUnavailable(f"{lost}. The archive's key is not at {path}: without it no new one is made")
    if next(iter(store.list(STATEMENTS)), None) is not None:
        raise StoreUnavailable(f"{lost}. Its key was replaced since it was made, so no new one can stand for it")
    manifests = [item.key for item in store.list("warc/") if item.key.endswith(MANIFEST)]
    signed_by = _signed_by(get_bytes(store, manifests[-1])) if manifests else None
    if signed_by not in {None, signer.name}:
        raise StoreUnavailable(f"{lost}. {path} holds {signer.name}, the newest manifest names {signed_by}")


def _signed_by(manifest: bytes) -> str | None:
    """Return the name of the key that a manifest says signed it, `one that can't be read` for a damaged one."""
    try:
        return json.loads(manifest).get("key")  # type: ignore[no-any-return]
    except (ValueError, AttributeError):
        return "one that can't be read"


def settle_key(path: Path, store: Store, now: datetime, sealed: str | None) -> str:
    """Bring an archive that is there already and its key together; return what was found or done.

    An archive from before there were keys gets one, which begins after `sealed`, the newest manifest's instant. Raises
    `ConfigError` where another archive's key lies there.
    """
    signer = load_signer(path)
    current = key_ring(store, held=signer).current
    if current is None:
        made = signer or _made(path, store.address)
        announce(store, made, replaced=None, now=now, sealed=sealed)
        return f"key {path} {'taken' if signer else f'made: {KEEP}'}; what was sealed before stays unsigned"
    if signer is None:
        return (
            f"key {path} is not here, so segments will be sealed unsigned: bring {current.public.name} back, or, "
            "if it is lost, run `stoppress init --new-key`"
        )
    if signer.name != current.public.name:
        raise ConfigError(
            f"archive.key: {path} holds {signer.name}, the store's key is {current.public.name}: name the right file, "
            "or run `stoppress init --new-key` for a new one"
        )
    return f"key {path} is the archive's"


def replace_key(path: Path, store: Store, now: datetime, sealed: str | None) -> str:
    """Put a new key in the old one's place, the old one set aside; return what was done.

    The new one begins after `sealed`, the newest manifest's instant. Where the old one is lost it can't sign that it
    was replaced; `verify` says so for ever.
    """
    old = load_signer(path)
    current = key_ring(store, held=old).current
    replaced = old if old and current and old.name == current.public.name else None
    aside = path.with_name(f"{path.name}.{old.name.removeprefix('sha256:')[:16]}") if old else None
    beside = path.with_name(f"{path.name}.new")  # one that lies there was left by a replacement that broke off
    new = load_signer(beside) or _made(beside, store.address)
    if current is None or new.name != current.public.name:
        announce(store, new, replaced=replaced, now=now, sealed=sealed)
    if aside:
        path.rename(aside)
    beside.rename(path)
    told = f"the old one, set aside as {aside}, signed for it" if replaced else "the old one did not sign for it"
    return f"key {path} made: {KEEP}; {told}"


def held_ring(path: Path | None, store: Store) -> KeyRing:
    """Return the store's keys as the holder of this private key, or of none, may believe them."""
    try:
        signer = load_signer(path) if path else None
    except ConfigError:
        signer = None
    return key_ring(store, held=signer)


def _made(path: Path, store: str) -> Signer:
    if Path(store).resolve() in path.resolve().parents:
        raise ConfigError(
            f"archive.key: {path} lies in the store {store}, where whoever reads the store would have it: name a file "
            "outside"
        )
    return make_signer(path)
