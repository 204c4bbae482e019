"""RFC 3161 timestamps: an authority signs the manifest's SHA-256 with the time; whoever trusts it needs not trust us.

A token is asked for when a segment is sealed and lies beside the manifest as `….manifest.<authority>.tsr`, the
authority's answer as it came. One that does not answer hinders no seal: what it owes is noted in the spool (`owed`) and
asked for again at the site's next seal.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from urllib.request import Request, urlopen

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from news.errors import ConfigError, StoreError
from storage.ledger.ordering import in_order
from storage.ledger.owed import due, note, token_key
from storage.ledger.terms import Ledger
from storage.objects import Store, Stored, get_bytes, put_bytes

log = logging.getLogger(__name__)

ASK_SECONDS = 10
"""For all authorities at one seal together: crawling waits while a segment is sealed."""

MOST_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Granted:
    """A token that holds: when, in UTC, and whether certificates of ours vouch for who says so."""

    at: datetime
    vouched: bool


def take_timestamps(store: Store, ledger: Ledger, spool: Path, manifest: str) -> dict[str, str]:
    """Ask each authority for its token for this manifest and for those that it still owes; never raises for them.

    Return the versions of the tokens that lie in the store now, by key, where that keeps versions.
    `spool` is the site's folder there; what stays owed is noted in it.
    """
    before = due(spool)
    owed = {authority: list(dict.fromkeys([manifest, *before.get(authority, [])])) for authority in ledger.authorities}
    if not owed:
        return {}
    versions: dict[str, str] = {}
    taken: SimpleQueue[tuple[str, str, bytes]] = SimpleQueue()
    until = monotonic() + ASK_SECONDS
    asking = [
        Thread(
            target=_ask_for_all,
            args=(store, ledger, authority, list(keys), taken),
            kwargs={"until": until},
            daemon=True,
        )
        for authority, keys in owed.items()
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(max(0.0, until - monotonic()))
    with suppress(Empty):
        while True:
            authority, key, token = taken.get_nowait()
            if kept := _kept(store, token_key(key, authority), token):
                owed[authority].remove(key)
                versions |= {kept.key: kept.version} if kept.version else {}
    for authority, keys in owed.items():
        if keys:
            log.warning("timestamps still owed authority=%s manifests=%d", authority, len(keys))
    note(spool, {authority: keys for authority, keys in owed.items() if keys})
    return versions


def check_token(token: bytes, content: bytes, certificates: Sequence[Certificate]) -> Granted:
    """Return when an authority saw this content; raises `ValueError` for a token that does not say that it did.

    With any certificate it has to lead to a root among them, or it does not hold; with none nobody vouches for it.
    Certificates count as at the token's own time: a token outlives the certificate that signed it.
    """
    answer = decode_timestamp_response(in_order(token))
    if certificates:
        try:
            VerifierBuilder(roots=list(certificates)).build().verify_message(answer, content)
        except VerificationError as error:
            raise ValueError(str(error)) from error
    else:
        _check_imprint(answer, content)
    return Granted(at=answer.tst_info.gen_time.astimezone(UTC), vouched=bool(certificates))


def load_certificates(paths: Sequence[Path]) -> list[Certificate]:
    """Return the certificates in these PEM files.

    Raises `ConfigError` for a file that holds none, and where no root is among them all: OpenSSL, which checks with
    them, takes nothing for a trust anchor but a certificate that signed itself.
    """
    found: list[Certificate] = []
    for path in paths:
        try:
            found += load_pem_x509_certificates(path.read_bytes())
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"ledger.timestamp_certificates: {path} can't be read as PEM certificates: {error}"
            ) from error
    if found and not any(one.subject == one.issuer for one in found):
        named = ", ".join(str(path) for path in paths)
        raise ConfigError(
            f"ledger.timestamp_certificates: {named} hold no root certificate, one whose issuer is itself, so nobody's "
            "timestamps can be checked: add the root that the authority's own certificate leads to"
        )
    return found


def _check_imprint(answer: TimeStampResponse, content: bytes) -> None:
    from cryptography.hazmat.primitives.hashes import SHA256, Hash

    digest = Hash(SHA256())
    digest.update(content)
    if answer.status != 0:
        raise ValueError(f"it was not granted: {', '.join(answer.status_string) or answer.status}")
    if answer.tst_info.message_imprint.message != digest.finalize():
        raise ValueError("it is for other bytes")


def _ask_for_all(
    store: Store,
    ledger: Ledger,
    authority: str,
    manifests: Sequence[str],
    taken: SimpleQueue[tuple[str, str, bytes]],
    *,
    until: float,
) -> None:
    """Hand over the tokens that an authority gives, up to the first that it does not, or to this instant."""
    try:
        certificates = load_certificates(ledger.certificates)
        for key in manifests:
            if monotonic() > until:
                return
            taken.put((authority, key, _ask(authority, get_bytes(store, key), certificates)))
    except (OSError, HTTPException, ValueError, StoreError, ConfigError) as error:
        log.warning("no timestamp authority=%s: %s", authority, error)


def _ask(authority: str, content: bytes, certificates: Sequence[Certificate]) -> bytes:
    asked = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
    request = Request(  # noqa: S310  the configuration takes http and https only
        authority, data=asked.as_bytes(), headers={"Content-Type": "application/timestamp-query"}
    )
    with urlopen(request, timeout=ASK_SECONDS) as response:  # noqa: S310
        token: bytes = response.read(MOST_BYTES)
    check_token(token, content, certificates)
    if decode_timestamp_response(in_order(token)).tst_info.nonce != asked.nonce:
        raise ValueError("its answer is not to what was asked: the nonce differs")
    return token


def _kept(store: Store, key: str, token: bytes) -> Stored | None:
    """Put a token into the store; one that is there already, from a seal that broke off, stays."""
    try:
        there = next((item for item in store.current(key) if item.key == key), None)
        return there or put_bytes(store, key, token)
    except StoreError as error:
        log.warning("a timestamp could not be kept key=%s: %s", key, error)
        return None
