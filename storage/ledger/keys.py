"""Keys: the private one beside the configuration, the public ones in the store, and who took over from whom.

Keys are Ed25519 (RFC 8032). The first public key stands in `stoppress.json`; each later one in a statement under
`keys/` that the key before it signed. A public key is spoken of by the SHA-256 of its SubjectPublicKeyInfo.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)

from news.errors import ConfigError, ObjectCorrupt, ObjectMissing
from news.serial import FORMAT, canonical, digest_of, instant, rfc3339
from storage.objects import Store, Stored, get_bytes, put_bytes

HEADER = "stoppress.json"
STATEMENTS = "keys/"
UNSIGNED = ("signature", "own_signature")
"""What a signed object says besides what was signed: a signature covers its canonical JSON without these."""

STRANGE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, ObjectCorrupt, ObjectMissing)
"""What reading an object that others put under `keys/` may raise; none of it may hinder a seal."""

LONGEST_STATEMENT = 1 << 16


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key as the store has it: base64 of its SubjectPublicKeyInfo (RFC 8410)."""

    text: str

    @property
    def name(self) -> str:
        """`sha256:<hex>` of the key's bytes."""
        return digest_of(b64decode(self.text))

    def signed(self, content: bytes, signature: str | None) -> bool:
        """Return whether this key signed these bytes."""
        try:
            key = load_der_public_key(b64decode(self.text, validate=True))
            assert isinstance(key, Ed25519PublicKey)
            key.verify(b64decode(signature or "", validate=True), content)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, AssertionError):
            return False
        return True


class Signer:
    """A private key that is at hand."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public = PublicKey(b64encode(public).decode())

    @property
    def name(self) -> str:
        """The name of its public key."""
        return self.public.name

    def sign(self, content: bytes) -> str:
        """Return the signature of these bytes in base64."""
        return b64encode(self._key.sign(content)).decode()


def signed_bytes(row: Mapping[str, Any]) -> bytes:
    """Return what the signatures in a JSON object cover."""
    return canonical({name: value for name, value in row.items() if name not in UNSIGNED})


def load_signer(path: Path) -> Signer | None:
    """Return the private key in this file, or None where there is no file; raises `ConfigError` for what is no key."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"archive.key: {path} can't be read: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError(
            f"archive.key: {path} is no private key (PEM, without a password): bring the right file back from its "
            "copy; where there is none, put this one aside and run `stoppress init --new-key`"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"archive.key: {path} holds no Ed25519 key; `stoppress init` makes one where there is none")
    return Signer(key)


def make_signer(path: Path) -> Signer:
    """Make a private key in this file, which must not be there yet, for its owner's eyes only; return it."""
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise ConfigError(
            f"archive.key: {path} can't be written: {error.strerror}; name a file that can, outside the store"
        ) from error
    return Signer(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A key as the store introduces it: since when it holds, until when, and why it can't be believed, if so."""

    object: str
    public: PublicKey
    since: str
    until: str | None = None
    doubt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """All keys that the store speaks of, in order; `doubts` are objects under `keys/` with what is wrong with them."""

    keys: tuple[Statement, ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()

    @property
    def current(self) -> Statement | None:
        """The key that signs now, None in an archive that has none."""
        return self.keys[-1] if self.keys else None

    def find(self, name: str) -> Statement | None:
        """Return the key of that name, or None."""
        return next((key for key in self.keys if key.public.name == name), None)


def key_ring(store: Store, *, held: Signer | None = None) -> KeyRing:
    """Return the keys that the store speaks of; each took over from the one before it.

    A key whose predecessor did not sign for it (it was lost) is believed only where it leads to the one that is `held`.
    Whatever else lies under `keys/` is a doubt, never an error.
    """
    header = get_bytes(store, HEADER)
    first = json.loads(header)
    ring = KeyRing()
    if first.get("public_key"):
        ring = KeyRing(keys=(Statement(object=HEADER, public=PublicKey(first["public_key"]), since=first["created"]),))
    told: list[tuple[str, bytes]] = []
    for item in store.list(STATEMENTS):
        try:
            told.append((item.key, _short(store, item)))
        except STRANGE as error:
            ring = replace(ring, doubts=(*ring.doubts, (item.key, str(error))))
    vouched = _vouched([content for _, content in told], held)
    for key, content in told:
        try:
            said = _statement(key, content, digest_of(header), ring.current, vouched)
        except STRANGE as error:
            ring = replace(ring, doubts=(*ring.doubts, (key, str(error))))
        else:
            ended = tuple(replace(one, until=one.until or said.since) for one in ring.keys)
            ring = replace(ring, keys=(*ended, said))
    return ring


def _short(store: Store, item: Stored) -> bytes:
    if item.size > LONGEST_STATEMENT:
        raise ValueError(f"it has {item.size} bytes")
    return get_bytes(store, item.key)


def _vouched(statements: Sequence[bytes], held: Signer | None) -> set[str]:
    """Return the names of the key that is held and of those that it says it descends from.

    What a key descends from is believed in its own words only: signed with it.
    """
    replaces: dict[str, str | None] = {}
    for content in statements:
        with suppress(*STRANGE):
            row = json.loads(content)
            public = PublicKey(row["public_key"])
            if public.signed(signed_bytes(row), row.get("own_signature")):
                replaces[public.name] = row["replaces"]
    found: set[str] = set()
    name = held.name if held else None
    while isinstance(name, str) and name not in found:
        found.add(name)
        name = replaces.get(name)
    return found


def announce(store: Store, signer: Signer, *, replaced: Signer | None, now: datetime, sealed: str | None) -> str:
    """Put a statement into the store that this key signs from now on; return its key.

    `replaced` is the key that it takes over from, where that is at hand to say so. `sealed` is when the newest manifest
    says that it was: a clock that was ahead then, and set right since, must not put that manifest behind this key.
    """
    before = key_ring(store, held=replaced).current
    earlier = [instant(at) + timedelta(microseconds=1) for at in (sealed, before.since if before else None) if at]
    row = {
        "format": FORMAT,
        "statement": "key",
        "archive": digest_of(get_bytes(store, HEADER)),
        "public_key": signer.public.text,
        "replaces": before.public.name if before else None,
        "since": rfc3339(max(now, *earlier)),
    }
    said = signed_bytes(row)
    row["own_signature"] = signer.sign(said)
    if replaced is not None:
        row["signature"] = replaced.sign(said)
    content = canonical(row)
    at = str(row["since"]).replace("-", "").replace(":", "")
    key = f"{STATEMENTS}{at}-{digest_of(content).removeprefix('sha256:')[:32]}.json"
    put_bytes(store, key, content)
    return key


def _statement(key: str, content: bytes, archive: str, before: Statement | None, vouched: Collection[str]) -> Statement:
    """Return the key that a statement introduces; raises `ValueError` for one that introduces none."""
    row = json.loads(content)
    public, said = PublicKey(row["public_key"]), signed_bytes(row)
    at = row["since"].replace("-", "").replace(":", "")
    if key != f"{STATEMENTS}{at}-{digest_of(content).removeprefix('sha256:')[:32]}.json":
        raise ValueError("its name is not its content's")
    if row["archive"] != archive:
        raise ValueError("it speaks of another archive: not the one that this stoppress.json begins")
    if not public.signed(said, row.get("own_signature")):
        raise ValueError("the key that it introduces did not sign it")
    if row["replaces"] != (before.public.name if before else None):
        raise ValueError(f"it replaces {row['replaces']}, which was not the archive's key then")
    if before is not None and row["since"] < before.since:
        raise ValueError(f"it is older than the key that it replaces, of {before.since}")
    doubt = None
    if before is not None and not before.public.signed(said, row.get("signature")):
        doubt = f"the key before it, {before.public.name}, did not sign that it was replaced"
        if public.name not in vouched:
            raise ValueError(doubt)
    return Statement(object=key, public=public, since=row["since"], doubt=doubt)
