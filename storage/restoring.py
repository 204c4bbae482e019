"""An object brought back that was overwritten or deleted behind our back: its right version on top, or a copy of it.

What is right is proved by digests: a revision's by its name, the other objects' of a segment by its manifest, a
manifest's by the catalogue, by its own signature or by a signed manifest that was sealed after it; what no manifest
lists (header, keys, timestamps) by its first version, as nothing is put twice. No version is ever deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from news.errors import ObjectCorrupt, ObjectMissing, StoreError
from storage.catalogue import opening
from storage.catalogue.opening import Rows
from storage.ledger.keys import HEADER, STATEMENTS
from storage.objects import Store, Stored, stream_digest
from storage.restore_proofs import Proof, Proving, opened, proof_by_first
from storage.verify.contents import check_reach
from storage.verify.timestamps import TIMESTAMP

FOUNDED = (HEADER, STATEMENTS)
"""What keys of objects begin with that `init` puts."""

Action = Literal["none", "bring-back", "replace"]


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


def restore(
    store: Store,
    catalogue: str,
    key: str,
    *,
    copy: Path | None = None,
    dry_run: bool = False,
    private_key: Path | None = None,
) -> Restored:
    """Bring an object's right bytes back, from `copy` or else from a version in the bucket, and say what was done.

    They are read back. Where the archive's `private_key` is here, keys that only its holder can believe count too.
    Raises `ObjectMissing` where nothing proves what is right, or nothing holds it, and `ObjectCorrupt` for a copy that
    is not right.
    """
    with ExitStack() as opened:
        rows = _rows(opened, catalogue)
        proof = Proving(store=store, rows=rows, copy=copy, private_key=private_key).of(key)
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


def unlisted_versions(store: Store, prefixes: Sequence[str]) -> dict[str, str]:
    """Return by key the version that holds what was put of objects that no manifest lists; none without versions.

    Of several versions it is the newest that holds what the first does.
    """
    found: dict[str, str] = {}
    for item in (item for prefix in prefixes for item in store.current(prefix)):
        if item.version and (not item.key.startswith("warc/") or item.key.endswith(TIMESTAMP)):
            beneath = item.beneath
            version = right_version(store, item.key, proof_by_first(store, item.key)) if beneath else item.version
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
    with opened(copy) as stream:
        digest = stream_digest(stream)[0]
    if not proof.fits(digest):
        raise ObjectCorrupt(f"{copy} is not {key}: its digest is {digest}, {proof.by} proves {proof.sha256}")


def _carry_out(store: Store, plan: Restored, copy: Path | None) -> Stored | None:
    """Do what is planned and read it back; return what lies there now, or None where nothing was to be done."""
    if plan.action == "none":
        return None
    if plan.version is not None:
        stored = store.bring_back(plan.key, plan.version)
    else:
        assert copy is not None
        with opened(copy) as stream:
            stored = store.replace(plan.key, stream)
    if _state(store, plan.key, plan.proof) != "right":
        raise ObjectCorrupt(f"{plan.key} reads back from {store.address} with other bytes than were put; try again")
    return stored


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
