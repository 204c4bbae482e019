"""The timestamps beside the manifests, held against them and against the authorities' certificates; no network."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from news.errors import ConfigError, ObjectMissing
from news.serial import instant, rfc3339
from storage.ledger.terms import Ledger
from storage.objects import Store, get_bytes
from storage.verify.contents import as_far_as_read
from storage.verify.findings import INSPECT, RESTORE, Finding
from storage.verify.ledger import counted
from storage.verify.manifests import Manifest

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

TIMESTAMP = ".tsr"

AHEAD = timedelta(minutes=5)
"""How much later than an authority saw it a manifest may say that it was sealed: clocks differ."""


def timestamp_findings(
    store: Store, ledger: Ledger, manifests: Sequence[Manifest], present: Collection[str]
) -> Iterator[Finding]:
    """Yield what is wrong with the timestamps beside these manifests, and which are owed."""
    tokens = sorted(key for key in present if key.endswith(TIMESTAMP))
    if not tokens and not ledger.authorities:
        return
    from storage.ledger.timestamps import load_certificates, manifest_of

    try:
        certificates = load_certificates(ledger.certificates)
    except ConfigError as error:
        certificates = []
        yield Finding(object="ledger.timestamp_certificates", problem=str(error), advice="name files that can be read")
    known = {manifest.key: manifest for manifest in manifests}
    for key in tokens:
        manifest = known.get(manifest_of(key))
        if manifest is None:
            yield Finding(object=key, problem="a timestamp of a manifest that is not there", advice=INSPECT)
        else:
            yield from as_far_as_read(store, key, _token_findings(store, key, manifest, certificates))
    if tokens and not certificates:
        problem = f"{len(tokens)} timestamps fit their manifests; who gave them was not checked"
        advice = "name the authorities' certificates as ledger.timestamp_certificates"
        yield Finding(object="ledger", problem=problem, advice=advice, level="note")
    yield from _owed(ledger, manifests, set(tokens))


def _token_findings(
    store: Store, key: str, manifest: Manifest, certificates: Sequence[Certificate]
) -> Iterator[Finding]:
    from storage.ledger.timestamps import check_token

    try:
        granted = check_token(get_bytes(store, key), get_bytes(store, manifest.key), certificates)
    except (ValueError, ObjectMissing) as error:
        yield Finding(object=key, problem=f"this timestamp does not hold: {error}", advice=RESTORE)
        return
    if granted.at + AHEAD < instant(manifest.sealed):
        problem = f"it says that it was sealed {manifest.sealed}; a timestamp saw it {rfc3339(granted.at)}, before that"
        advice = "the clock of the machine that sealed it was ahead: set it right"
        yield Finding(object=manifest.key, problem=problem, advice=advice, level="note")


def _owed(ledger: Ledger, manifests: Sequence[Manifest], tokens: Collection[str]) -> Iterator[Finding]:
    """Yield what authorities owe since they gave their first."""
    from storage.ledger.timestamps import token_key

    ordered = sorted(manifests, key=lambda manifest: manifest.sealed)
    for authority in ledger.authorities:
        there = [token_key(manifest.key, authority) in tokens for manifest in ordered]
        owed = there[there.index(True) :].count(False) if True in there else len(there)
        if owed:
            yield Finding(
                object=authority,
                problem=f"{counted(owed)} without a timestamp of this authority",
                advice="it is asked again at the next seal of the site",
                level="note",
            )
