"""The timestamps beside the manifests, held against them and against the authorities' certificates; no network."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from news.errors import ConfigError, ObjectMissing, StoreError
from news.serial import instant, rfc3339
from storage.ledger.owed import due, lacking, manifest_of
from storage.ledger.terms import Ledger
from storage.objects import Store, get_bytes
from storage.verify.contents import check_reach, unreadable
from storage.verify.findings import INSPECT, RESTORE, Finding
from storage.verify.ledger import counted
from storage.verify.manifests import Manifest

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from storage.ledger.timestamps import Granted

TIMESTAMP = ".tsr"

FORGOTTEN = (
    "this machine does not know that they are owed: run `stoppress init`, which notes it, and the next seal of the "
    "site asks for them"
)

AHEAD = timedelta(minutes=5)
"""How much later than an authority saw it a manifest may say that it was sealed: clocks differ."""


def timestamp_findings(
    store: Store, ledger: Ledger, spool: Path, manifests: Sequence[Manifest], present: Collection[str]
) -> Iterator[Finding]:
    """Yield what is wrong with the timestamps beside these manifests, and which are owed; the spool tells who asks."""
    tokens = sorted(key for key in present if key.endswith(TIMESTAMP))
    if not tokens and not ledger.authorities:
        return
    from storage.ledger.timestamps import load_certificates

    try:
        certificates = load_certificates(ledger.certificates)
    except ConfigError as error:
        certificates = []
        yield Finding(
            object="ledger.timestamp_certificates",
            problem=str(error),
            advice="mend that, and run this again: until then no timestamp is taken or checked",
        )
    known = {manifest.key: manifest for manifest in manifests}
    unvouched = 0
    for key in tokens:
        manifest = known.get(manifest_of(key))
        if manifest is None:
            yield Finding(object=key, problem="a timestamp of a manifest that is not there", advice=INSPECT)
            continue
        granted = _granted(store, key, manifest, certificates)
        if isinstance(granted, Finding):
            yield granted
        else:
            unvouched += not granted.vouched
            yield from _ahead(manifest, granted.at)
    if unvouched:
        problem = f"{unvouched} timestamps fit their manifests; who gave them was not checked"
        advice = "name the authorities' certificates as ledger.timestamp_certificates"
        yield Finding(object="ledger", problem=problem, advice=advice, level="note")
    yield from _owed(ledger, spool, manifests, set(tokens))


def _granted(store: Store, key: str, manifest: Manifest, certificates: Sequence[Certificate]) -> Granted | Finding:
    """Return what a token says, or why it does not hold."""
    from storage.ledger.timestamps import check_token

    try:
        return check_token(get_bytes(store, key), get_bytes(store, manifest.key), certificates)
    except (ValueError, ObjectMissing) as error:
        return Finding(object=key, problem=f"this timestamp does not hold: {error}", advice=RESTORE)
    except StoreError as error:
        check_reach(store)
        return unreadable(key, error)


def _ahead(manifest: Manifest, at: datetime) -> Iterator[Finding]:
    if at + AHEAD < instant(manifest.sealed):
        problem = f"it says that it was sealed {manifest.sealed}; a timestamp saw it {rfc3339(at)}, before that"
        advice = "the clock of the machine that sealed it was ahead: set it right"
        yield Finding(object=manifest.key, problem=problem, advice=advice, level="note")


def _owed(ledger: Ledger, spool: Path, manifests: Sequence[Manifest], tokens: Collection[str]) -> Iterator[Finding]:
    """Yield what authorities owe since they gave their first."""
    ordered = sorted(manifests, key=lambda manifest: manifest.sealed)
    noted = [due(spool / site) for site in {manifest.site for manifest in manifests}]
    for authority in ledger.authorities:
        owed = lacking(authority, [manifest.key for manifest in ordered], tokens)
        forgotten = set(owed).difference(*(each.get(authority, ()) for each in noted))
        if owed:
            yield Finding(
                object=authority,
                problem=f"{counted(len(owed))} without a timestamp of this authority",
                advice=FORGOTTEN if forgotten else "it is asked again at the next seal of the site",
                level="note",
            )
