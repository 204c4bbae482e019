"""The catalogue's writing side: journal lines in, rows out, one transaction a commit. Any line may come twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from news.policy import PageState, next_due
from news.serial import instant, rfc3339
from news.urls import same_page_key
from storage.catalogue import statements
from storage.catalogue.changing import Change, Changing, retried
from storage.catalogue.rows import page_row, revision_row
from storage.catalogue.states import page_state

if TYPE_CHECKING:
    from storage.leases import Lease

Line = Mapping[str, Any]
Values = dict[str, Any]
Due = Callable[[PageState, datetime], datetime]

LOOKED_WELL = ("new", "changed", "unchanged", "not-modified")
BATCH = 500
"""Rows at a time: few enough for one statement's parameters."""


class Recorder:
    """Writes the index. `due` is the policy: when a page in this state is to be looked at again.

    With a site's lease, nothing is written once another holds it: `LeaseLost` is raised instead. Without `changes`
    nothing is told of what revisions changed, for who only compares.
    """

    def __init__(
        self, catalogue: Changing, due: Due = next_due, lease: Lease | None = None, *, changes: bool = True
    ) -> None:
        self.catalogue = catalogue
        self._due = due
        self._lease = lease
        self._telling = changes

    def under(self, lease: Lease | None) -> Self:
        """Return a recorder like this one that writes under a lease."""
        return type(self)(self.catalogue, self._due, lease, changes=self._telling)

    def on(self, catalogue: Changing) -> Self:
        """Return a recorder like this one with a connection of its own."""
        return type(self)(catalogue, self._due, self._lease, changes=self._telling)

    def hold_lease(self, now: datetime) -> None:
        """Let the lease hold for a whole life from now; raises `LeaseLost` where another has taken the site."""
        if (lease := self._lease) is not None:
            retried(self.catalogue, lambda change: lease.extend(change, now))

    def apply(self, lines: Iterable[Line]) -> None:
        """Bring the catalogue to what these journal lines say, in one transaction; raises `StoreUnavailable`."""
        told = list(lines)

        def play(change: Change) -> None:
            self._check(change)
            for batch in _batches(_to_be_played(change, told)):
                self._apply(change, batch)

        retried(self.catalogue, play)

    def add_pages(self, pages: Iterable[Values]) -> int:
        """Make pages known that were not; return how many were new. Better dates and titles fill gaps."""
        rows = [page_row(**page) for page in pages]
        batches = [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]
        return retried(self.catalogue, lambda change: sum(self._add(change, batch) for batch in batches))

    def open_segment(self, *, name: str, site: str, opened: str) -> None:
        """Note that a segment is open, so that its serial is not given twice."""
        self.apply([{"t": "segment", "name": name, "site": site, "opened": opened}])

    def sealed(
        self, *, name: str, sealed: str, warc_key: str, size: int, manifest: str, versions: Mapping[str, str]
    ) -> None:
        """Note that a segment lies in the store, proved by its manifest, and the versions of its objects, by key."""
        told = {"name": name, "sealed": sealed, "warc_key": warc_key, "bytes": size, "manifest": manifest}
        self.apply([{"t": "sealed", **told, "versions": versions}])

    def note_versions(self, versions: Mapping[str, str]) -> None:
        """Note which version of each object, by key, holds what was put."""
        self.apply([{"t": "versions", "versions": versions}])

    def drop_segment(self, name: str) -> None:
        """Forget a segment that came to nothing."""

        def drop(change: Change) -> None:
            self._check(change)
            change.run(statements.DROPPED, [{"of": name}])

        retried(self.catalogue, drop)

    def captures_anew(self, name: str, lines: Sequence[Line]) -> None:
        """Know of a segment's captures what these lines of its journal tell, and of no others."""

        def replace(change: Change) -> None:
            self._check(change)
            change.run(statements.CAPTURES_FORGOTTEN, [{"of": name}])
            self._captures(change, lines)

        retried(self.catalogue, replace)

    def note_store(self, address: str, now: datetime) -> None:
        """Note that this catalogue is the index of the store at that address."""
        row = {"address": address, "since": rfc3339(now)}
        retried(self.catalogue, lambda change: self._insert(change, "stores", [row]))

    def _check(self, change: Change) -> None:
        if self._lease is not None:
            self._lease.check(change)

    def _add(self, change: Change, rows: Sequence[Values]) -> int:
        known = _known(change, statements.KNOWN_URLS, [row["url"] for row in rows])
        new: dict[str, Values] = {}
        for row in rows:
            if row["url"] not in known:
                first = new.setdefault(row["url"], row)
                first["published"] = first["published"] or row["published"]
        self._insert(change, "pages", list(new.values()))
        dated = [row for row in rows if row["url"] in known and row["published"]]
        fill = [{"of": row["url"], "published": row["published"]} for row in dated]
        change.run(statements.FILL_PUBLISHED, fill)
        return len(new)

    def _apply(self, change: Change, batch: Sequence[Line]) -> None:
        """Write lines of which no two looks are at one page or article: their order means nothing then."""
        of = {kind: [line for line in batch if line["t"] == kind] for kind in ("capture", "alias", "segment", "sealed")}
        self._captures(change, of["capture"])
        self._looks(change, [line for line in batch if line["t"] == "look"])
        for line in batch:
            if line["t"] == "reread":
                self._reread(change, line)
        self._insert(change, "aliases", [_alias(line) for line in of["alias"]])
        self._insert(change, "segments", of["segment"])
        change.run(statements.SEALED, [{**line, "of": line["name"]} for line in of["sealed"]])
        self._versions(change, [line["versions"] for line in batch if line.get("versions")])

    def _captures(self, change: Change, lines: Sequence[Line]) -> None:
        self._insert(change, "captures", [{**line, "evidence": json.dumps(line["evidence"])} for line in lines])

    def _versions(self, change: Change, told: Iterable[Mapping[str, str]]) -> None:
        versions = {key: version for line in told for key, version in line.items()}
        change.run(statements.VERSION_FORGOTTEN, [{"of": key} for key in versions])
        self._insert(change, "versions", [{"key": key, "version": version} for key, version in versions.items()])

    def _looks(self, change: Change, lines: Sequence[Line]) -> None:
        known = _known(change, statements.KNOWN_LOOKS, [line["observation"]["id"] for line in lines])
        new = [line for line in lines if line["observation"]["id"] not in known]
        seen = [{**line["observation"], "signals": json.dumps(line["observation"]["signals"])} for line in new]
        self._insert(change, "observations", seen)
        articles = [{**line["article"], "revisions": 0} for line in new if line.get("article")]
        self._insert(change, "articles", articles)
        revised = self._revise(change, [line for line in new if line.get("revision")])
        laid = {line["observation"]["id"] for line in new if line.get("laid")}
        again = [look for look in seen if (look["article_id"], look["at"]) not in revised]
        _see_again(change, again, laid)
        self._pages(change, seen, [line.get("page") or {} for line in new])

    def _revise(self, change: Change, looks: Sequence[Line]) -> set[tuple[str, str]]:
        """Add looks' revisions; return article and first sight of those that were new: they need not be seen again."""
        every = [revision_row(look["revision"], look.get("content"), look.get("digest")) for look in looks]
        known = _known(change, statements.KNOWN_REVISIONS, [row["digest"] for row in every])
        rows = [row for row in every if row["digest"] not in known]
        self._insert(change, "revisions", rows)
        self._changes(change, rows)
        told = [{**row, "of": row["article_id"], "at": row["seen_first"]} for row in rows]
        bare = [row for row in told if row["headline"] is None]
        change.run(statements.REVISED, [{"of": row["of"], "at": row["at"]} for row in bare])
        change.run(statements.REVISED_WITH_ARTICLE, [row for row in told if row["headline"] is not None])
        return {(row["article_id"], row["seen_first"]) for row in rows}

    def _reread(self, change: Change, line: Line) -> None:
        """Lay an article's new chain in the place of the one that stood in its history; that one is kept."""
        rows = [{**revision_row(link["object"]), "seen_last": link["seen_last"]} for link in line["revisions"]]
        if not rows:
            return
        if line.get("url"):
            known = {"id": line["article_id"], "site": line["site"], "url": line["url"], "revisions": 0}
            self._insert(change, "articles", [known])
        change.run(statements.SUPERSEDED, [{"of": line["article_id"]}])
        self._insert(change, "revisions", rows)
        self._changes(change, rows)
        signals = [{"of": name, "signals": json.dumps(pairs)} for name, pairs in line.get("signals", {}).items()]
        change.run(statements.RESIGNALLED, signals)
        change.run(statements.STANDING, [{"of": row["digest"], "seen_last": row["seen_last"]} for row in rows])
        spoken = next((row for row in reversed(rows) if row["content_digest"]), rows[-1])
        said = _chosen(spoken, ("headline", "published", "updated"))
        last = {"of": line["article_id"], "revisions": len(rows), "last_change": rows[-1]["seen_first"]}
        change.run(statements.REREAD, [{**said, **last}])
        change.run(statements.SEEN_ARTICLE, [{"of": line["article_id"], "at": rows[-1]["seen_last"]}])

    def _changes(self, change: Change, rows: Sequence[Values]) -> None:
        """Tell what these revisions changed, where there is one before them."""
        if self._telling and any(row["previous"] for row in rows):
            from storage.catalogue.differing import change_rows

            def earlier(digests: Sequence[str]) -> dict[str, Line]:
                return {row["digest"]: row for row in change.among(statements.EARLIER, digests)}

            self._insert(change, "changes", change_rows(rows, earlier))

    def _pages(self, change: Change, seen: Sequence[Values], said: Sequence[Line]) -> None:
        urls = [look["url"] for look in seen]
        known: dict[str, Values] = {
            row["url"]: dict(row) for row in change.among(statements.KNOWN_PAGES, urls, held=True)
        }
        both = list(zip(seen, said, strict=True))
        new = [_first_page(look, told) for look, told in both if look["url"] not in known]
        self._insert(change, "pages", new)
        known |= {page["url"]: _chosen(page, statements.COLUMNS["pages"]) for page in new}
        states = [{**self._after(known[look["url"]], look, told), "of": look["url"]} for look, told in both]
        change.run(statements.PAGE_STATE, [_chosen(page, ("of", *statements.STATE)) for page in states])

    def _after(self, page: Values, seen: Values, said: Line) -> Values:
        outcome, at = seen["outcome"], seen["at"]
        if page["last_look"] and at < page["last_look"]:  # an older look, taken in later, says nothing of the state now
            return page | {"looks": page["looks"] + 1, "article_id": page["article_id"] or seen["article_id"]}
        page |= {
            name: said[name] for name in ("etag", "last_modified", "validated", "retry_at", "published") if name in said
        }
        page["article_id"] = seen["article_id"] or page["article_id"]
        page["last_look"], page["last_outcome"] = at, outcome
        page["last_full"] = page["last_full"] if outcome == "not-modified" else at
        page["looks"] += 1
        page["changes"] += seen["revision"] is not None
        page["last_change"] = at if seen["revision"] else page["last_change"]
        page["failures"] = page["failures"] + 1 if outcome in ("failed", "blocked") else 0
        page["unconfirmed"] = int(seen["revision"] is not None)
        page["next_due"] = rfc3339(self._due(page_state(page), instant(max(said.get("due_from", at), at))))
        return page

    @staticmethod
    def _insert(change: Change, table: str, rows: Sequence[Line]) -> None:
        """Insert rows, those passed over whose key is there; what a row does not name is null."""
        if rows:
            said = set().union(*rows)
            names = tuple(name for name in statements.COLUMNS[table] if name in said)
            change.run(statements.insert(table, names), [_chosen(row, names) for row in rows])


def _to_be_played(change: Change, lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines but for chains laid before a look that was played: laid again, they would take out what it made.

    A commit takes all lines or none, so what comes before a look that is known was played with it.
    """
    if all(line["t"] != "reread" for line in lines):
        return lines
    looks = [line["observation"]["id"] for line in lines if line["t"] == "look"]
    parts = (looks[at : at + BATCH] for at in range(0, len(looks), BATCH))
    played = set().union(*(_known(change, statements.KNOWN_LOOKS, part) for part in parts))
    wanted, laid = list[Line](), list[Line]()
    for line in lines:
        if line["t"] == "reread":
            laid.append(line)
            continue
        if line["t"] == "look":
            wanted += laid if line["observation"]["id"] not in played else []
            laid = []
            played.add(line["observation"]["id"])
        wanted.append(line)
    return [*wanted, *laid]


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Cut lines where a look comes to a page or article that was looked at since the last cut."""
    batch, touched = list[Line](), set[str]()
    for line in lines:
        look = line["observation"] if line["t"] == "look" else line if line["t"] == "reread" else {}
        about = {look[name] for name in ("id", "url", "article_id") if look.get(name)}
        if touched & about or len(batch) >= BATCH:
            yield batch
            batch, touched = [], set()
        batch.append(line)
        touched |= about
    yield batch


def _known(change: Change, statement: str, keys: Sequence[str]) -> frozenset[str]:
    """Return those of the keys that the statement finds."""
    return frozenset(row["key"] for row in change.among(statement, keys))


def _chosen(row: Line, names: Iterable[str]) -> Values:
    return {name: row.get(name) for name in names}


def _see_again(change: Change, looks: Iterable[Values], laid: Collection[str]) -> None:
    """A look that found a revision's state moves its last sight; a chain laid with the look in it says that."""
    outcomes = (*LOOKED_WELL, "gone", "moved")
    well = [look for look in looks if look["article_id"] is not None and look["outcome"] in outcomes]
    change.run(statements.SEEN_ARTICLE, [_seen(look) for look in well])
    change.run(statements.SEEN_REVISION, [_seen(look) for look in well if look["id"] not in laid])


def _seen(look: Values) -> Values:
    return {"of": look["article_id"], "at": look["at"]}


def _first_page(look: Values, told: Line) -> Values:
    source, found_in = told.get("source", "user"), told.get("found_in")
    return page_row(url=look["url"], site=look["site"], source=source, first_seen=look["at"], found_in=found_in)


def _alias(line: Line) -> Values:
    return {
        "url": line["url"],
        "same": same_page_key(line["url"]),
        "article_id": line["article_id"],
        "since": line["at"],
    }
