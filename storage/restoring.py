"""An object brought back that was overwritten or deleted behind our back: its right version on top, or a copy of it.

What is right is proved by digests: a revision's by its name, the other objects' of a segment by its manifest, a
manifest's by the catalogue or by the manifest that was sealed after it; what no manifest lists (header, keys,
timestamps) by its first version, as nothing is put twice. No version is ever deleted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from news.errors import ObjectCorrupt, ObjectMissing, StoreError, StoreUnavailable
from news.serial import digest_of
from storage.catalogue import opening, reading
from storage.catalogue.opening import Rows
from storage.ledger.keys import STATEMENTS, PublicKey
from storage.objects import Store, Stored, get_bytes, stream_digest
from storage.verify.contents import check_reach
from storage.verify.manifests import ENDING
from storage.verify.timestamps import TIMESTAMP

HEADER = "stoppress.json"
FOUNDED = (HEADER, STATEMENTS)
"""What keys of objects begin with that `init` puts."""

LONGEST_HEADER = 1 << 16

Action = Literal["none", "bring-back", "replace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What an object's SHA-256 is or begins with, `sha256:<hex>`, and what says so."""

    sha256: str
    by: str

    def fits(self, digest: str) -> bool:
        """Return whether content of this digest is the right one."""
        return digest.startswith(self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was done, or would be: `version` is the one brought back, `now` the one on top afterwards, if any."""

    key: str
    action: Action
    proof: Proof
    was: str
    version: str | None = None
    now: str | None = None
    done: bool = False

    def row(self) -> dict[str, Any]:
        """Return it as `restore --json` prints it."""
        return {
            "key": self.key,
            "action": self.action,
            "done": self.done,
            "was": self.was,
            "sha256": self.proof.sha256,
            "proved_by": self.proof.by,
            "version": self.version,
            "now": self.now,
        }


def restore(store: Store, catalogue: str, key: str, *, copy: Path | None = None, dry_run: bool = False) -> Restored:
    """Bring an object's right bytes back, from `copy` or else from a version in the bucket, and say what was done.

    They are read back. Raises `ObjectMissing` where nothing proves what is right, or nothing holds it, and
    `ObjectCorrupt` for a copy that is not right.
    """
    with ExitStack() as opened:
        rows = _rows(opened, catalogue)
        proof = proof_of(store, rows, key, copy=copy)
    was = _state(store, key, proof)
    if was == "right":
        plan = Restored(key=key, action="none", proof=proof, was=was)
    elif copy is not None:
        _check_copy(copy, key, proof)
        plan = Restored(key=key, action="replace", proof=proof, was=was)
    else:
        plan = Restored(key=key, action="bring-back", proof=proof, was=was, version=right_version(store, key, proof))
    if dry_run:
        return plan
    stored = _carry_out(store, plan, copy)
    version = stored.version if stored else _version_now(store, key)
    if version and rows is not None:
        _note(catalogue, key, version)
    return Restored(
        key=key, action=plan.action, proof=proof, was=was, version=plan.version, now=version, done=plan.action != "none"
    )


def proof_of(store: Store, rows: Rows | None, key: str, *, copy: Path | None = None) -> Proof:
    """Return what proves an object's content; raises `ObjectMissing` where nothing does.

    For a header in a store without versions that is the `copy`, where it bears the key that manifests are signed with.
    """
    if key.startswith("articles/") and key.endswith(".json"):
        return Proof(sha256=f"sha256:{key.removesuffix('.json').rpartition('-')[2]}", by="its name")
    if key == HEADER and copy is not None and not store.versions(key):
        return _proof_by_key(store, copy)
    if key == HEADER or key.startswith(STATEMENTS) or (key.startswith("warc/") and key.endswith(TIMESTAMP)):
        return _proof_by_first(store, key)
    if key.startswith("warc/") and key.endswith(ENDING):
        return _proof_of_manifest(store, rows, key)
    if key.startswith("warc/"):
        return _proof_in_manifest(store, rows, key)
    raise ObjectMissing(f"{key} is no key of an archive's object: `stoppress verify` names those that are damaged")


def unlisted_versions(store: Store, prefixes: Sequence[str]) -> dict[str, str]:
    """Return by key the version that holds what was put of objects that no manifest lists; none without versions.

    Of several versions it is the newest that holds what the first does.
    """
    found: dict[str, str] = {}
    for item in (item for prefix in prefixes for item in store.current(prefix)):
        if item.version and (not item.key.startswith("warc/") or item.key.endswith(TIMESTAMP)):
            beneath = item.beneath
            version = right_version(store, item.key, _proof_by_first(store, item.key)) if beneath else item.version
            found[item.key] = version
    return found


def right_version(store: Store, key: str, proof: Proof) -> str:
    """Return the newest version that holds what is proved; raises `ObjectMissing` where none does."""
    states = [state for state in store.versions(key) if not state.deleted]
    for state in states:
        with store.open(key, version=state.version) as stream:
            if proof.fits(stream_digest(stream)[0]):
                return state.version
    looked = f"none of its {len(states)} versions holds" if states else "it keeps no versions that could hold"
    raise ObjectMissing(
        f"{key} can't be brought back from {store.address}: {looked} what {proof.by} proves. Take the object from a "
        f"copy of the store and give it: stoppress restore {key} --from FILE"
    )


def _state(store: Store, key: str, proof: Proof) -> str:
    """Return "right", "wrong" or "missing"."""
    try:
        with store.open(key) as stream:
            return "right" if proof.fits(stream_digest(stream)[0]) else "wrong"
    except ObjectMissing:
        return "missing"
    except StoreError:  # its disk or its service gives it no more, which is as bad as other bytes
        check_reach(store)
        return "wrong"


def _check_copy(copy: Path, key: str, proof: Proof) -> None:
    with _opened(copy) as stream:
        digest = stream_digest(stream)[0]
    if not proof.fits(digest):
        raise ObjectCorrupt(f"{copy} is not {key}: its digest is {digest}, {proof.by} proves {proof.sha256}")


def _opened(copy: Path) -> BinaryIO:
    try:
        return copy.open("rb")
    except OSError as error:
        raise StoreUnavailable(f"{copy} can't be read: {error.strerror}") from error


def _carry_out(store: Store, plan: Restored, copy: Path | None) -> Stored | None:
    """Do what is planned and read it back; return what lies there now, or None where nothing was to be done."""
    if plan.action == "none":
        return None
    if plan.version is not None:
        stored = store.bring_back(plan.key, plan.version)
    else:
        assert copy is not None
        with _opened(copy) as stream:
            stored = store.replace(plan.key, stream)
    if _state(store, plan.key, plan.proof) != "right":
        raise ObjectCorrupt(f"{plan.key} reads back from {store.address} with other bytes than were put; try again")
    return stored


def _proof_in_manifest(store: Store, rows: Rows | None, key: str) -> Proof:
    folder, _, name = key.rpartition("/")
    manifest = f"{folder}/{name.partition('.')[0]}{ENDING}"
    try:
        content = get_bytes(store, manifest)
    except ObjectMissing:
        raise ObjectMissing(f"{key}: its manifest is missing: run `stoppress restore {manifest}` first") from None
    try:
        if not _proof_of_manifest(store, rows, manifest).fits(digest_of(content)):
            raise ObjectMissing(f"{key}: its manifest was changed: run `stoppress restore {manifest}` first")
    except _Unproved:
        pass  # the newest manifest of a site, and no catalogue: there is nothing to hold it against
    listed: Mapping[str, str] = {item["key"]: item["sha256"] for item in json.loads(content)["objects"]}
    if key not in listed:
        raise ObjectMissing(f"{key}: {manifest} does not list it, so nothing proves what it held")
    return Proof(sha256=listed[key], by="its manifest")


class _Unproved(ObjectMissing):
    """Nothing proves a manifest."""


def _proof_of_manifest(store: Store, rows: Rows | None, key: str) -> Proof:
    name = key.rpartition("/")[2].removesuffix(ENDING)
    known = reading.segment(rows, name) if rows is not None else None
    if known is not None and known["manifest"]:
        return Proof(sha256=known["manifest"], by="the catalogue")
    for item in store.list("/".join(key.split("/")[:2]) + "/"):
        if not item.key.endswith(ENDING) or item.key == key:
            continue
        try:
            before = json.loads(get_bytes(store, item.key))["previous"]
        except (ValueError, KeyError, TypeError):
            continue
        if before and before["segment"] == name:
            return Proof(sha256=before["sha256"], by=f"the manifest after it, {item.key},")
    raise _Unproved(
        f"nothing proves what {key} held: the catalogue does not know it, and no manifest was sealed after it. "
        "Look at its versions or a copy by hand"
    )


def _proof_by_first(store: Store, key: str) -> Proof:
    first = next((state for state in reversed(store.versions(key)) if not state.deleted), None)
    if first is None:
        how = f"give a copy of it: stoppress restore {key} --from FILE" if key == HEADER else "copy it back by hand"
        raise ObjectMissing(f"nothing proves what {key} in {store.address} held, as it keeps no versions: {how}")
    with store.open(key, version=first.version) as stream:
        return Proof(sha256=stream_digest(stream)[0], by="its first version")


def _proof_by_key(store: Store, copy: Path) -> Proof:
    """Return what a copy of the header is; raises `ObjectCorrupt` for one that is not this archive's."""
    with _opened(copy) as stream:
        content = stream.read(LONGEST_HEADER)
    try:
        key = PublicKey(json.loads(content)["public_key"]).name
    except (ValueError, KeyError, TypeError) as error:
        raise ObjectCorrupt(f"{copy} is no header of an archive: {error!r}") from error
    signed = {_signed_with(store, item.key) for item in store.list("warc/") if item.key.endswith(ENDING)} - {None}
    if signed and key not in signed:
        raise ObjectCorrupt(f"{copy} is another archive's header: no manifest in {store.address} is signed with {key}")
    return Proof(sha256=digest_of(content), by="the key that its manifests are signed with" if signed else "the copy")


def _signed_with(store: Store, manifest: str) -> str | None:
    try:
        return str(json.loads(get_bytes(store, manifest))["key"])
    except (ValueError, KeyError, TypeError):
        return None


def _version_now(store: Store, key: str) -> str | None:
    found = store.versions(key)
    return found[0].version if found else None


def _rows(opened: ExitStack, catalogue: str) -> Rows | None:
    """Return the catalogue's rows, or None where it can't be asked: the store's own proofs must do then."""
    try:
        return opened.enter_context(opening.reading(catalogue))
    except StoreError:
        return None


def _note(catalogue: str, key: str, version: str) -> None:
    from storage.catalogue.changing import changing_at
    from storage.catalogue.recording import Recorder

    changing = changing_at(catalogue)
    try:
        Recorder(changing).note_versions({key: version})
    finally:
        changing.dispose()
