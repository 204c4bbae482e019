"""What is in a WARC file, read once through: its answers, whose they are, and the records that belong to each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from news.model import Site
from news.serial import digest_of, rfc3339
from news.urls import belongs, host_of, is_http, joined, normalise
from storage.catalogue.opening import Row
from storage.export.redacting import FIELD
from storage.ingest.content import Content
from storage.ingest.records import RawRecord, raw_records
from storage.ingest.strangers import called
from storage.warc.reading import Record, answer
from storage.warc.segment import evidence, media_type

CHUNK = 1 << 20
ANSWERS = ("response", "revisit")
COMPANIONS = ("request", "metadata")
AHEAD = timedelta(days=1)
"""How far a clock may have been ahead of ours: what is dated later was never captured then, and ends no history."""

WEB = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing was captured earlier: such a date is a clock's or a tool's mistake, and would begin a history."""

PAGE_TYPES = ("text/html", "application/xhtml+xml")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer of a file, as much of it as is held while the file is taken in; `number` is its record's.

    `at` is RFC 3339. `payload_digest` is the SHA-256 of the entity, None for a revisit. `repeats` is the record that a
    revisit stands on as the file names it: its id, or the address and instant of it. `asks` is the request's id.
    `redacted_from` is the digest that the block of an export's redacted copy had before.
    """

    number: int
    record_id: str
    site: str
    url: str
    page: str
    at: str
    type: str
    status: int | None
    media_type: str | None
    location: str | None
    block_digest: str
    payload_digest: str | None
    said_digest: str | None
    repeats: tuple[str | None, str | None, str | None] | None
    truncated: str | None
    evidence: tuple[tuple[str, str], ...]
    with_ids: tuple[str, ...]
    method: str = "GET"
    asks: str | None = None
    redacted_from: str | None = None

    @property
    def instant(self) -> datetime:
        """When it was captured."""
        return datetime.fromisoformat(self.at)

    def is_same(self, other: Answer) -> bool:
        """Return whether another record of this id is this one once more: its block, date and address."""
        return (self.block_digest, self.at, self.url) == (other.block_digest, other.at, other.url)

    def is_of(self, capture: Row) -> bool:
        """Return whether a capture that is archived under this id is this answer."""
        return (self.block_digest, self.at, self.url) == (capture["block_digest"], capture["at"], capture["url"])

    def is_redacted_copy_of(self, capture: Row) -> bool:
        """Return whether it is a capture that is archived under this id, its cookies and tokens taken out."""
        before = self.redacted_from, self.at, self.url
        return before == (capture["block_digest"], capture["at"], capture["url"])


@dataclass(slots=True, kw_only=True)
class Scan:
    """What a file holds. `companions` leads from a record's number to that of the answer that it belongs to.

    `elsewhere` counts answers by the host that no chosen site has, `others` records by a type that holds no answer
    (resource, conversion, continuation), `refused` answers by why they can't be taken in.
    """

    path: Path
    sha256: str
    size: int
    records: int = 0
    answers: list[Answer] = field(default_factory=list)
    companions: dict[int, int] = field(default_factory=dict)
    infos: set[int] = field(default_factory=set)
    elsewhere: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """Whose an address is: the first of these sites that has its host, or with `any_host` the only one's."""

    sites: tuple[Site, ...]
    any_host: bool = False

    def of(self, url: str) -> str | None:
        """Return the site's name, or None."""
        if self.any_host:
            return self.sites[0].name
        wide = (replace(site, hosts=(*site.hosts, *site.requisite_hosts)) for site in self.sites)
        own = next((site.name for site in self.sites if belongs(url, site)), None)
        return own or next((site.name for site in wide if belongs(url, site)), None)


@dataclass(slots=True)
class _Companion:
    number: int
    record_id: str | None
    names: tuple[str, ...]
    method: str | None


def scan(path: Path, owners: Owners, *, progress: Progress | None = None) -> Scan:
    """Return what a file holds for these sites; raises OSError where it can't be read at all."""
    digest, size = _digest(path)
    found, companions = Scan(path=path, sha256=digest, size=size), list[_Companion]()
    with closing(Content(path)) as content:
        for number, raw in enumerate(raw_records(path, content), start=1):
            found.records = number
            _take(found, companions, number, raw, owners)
            if progress and number % 200 == 0:
                progress(content.consumed, size)
        found.problem = content.problem or (None if found.records else "it holds no WARC record")
    if found.problem and not found.records and (what := called(path)):
        found.problem = f"{found.problem}: {what}"
    _join(found, companions)
    return found


def _take(found: Scan, companions: list[_Companion], number: int, raw: RawRecord, owners: Owners) -> None:
    record = raw.record
    if record.type == "warcinfo":
        found.infos.add(number)
    elif record.type in COMPANIONS:
        names = tuple(_ids(record, "WARC-Concurrent-To") | _ids(record, "WARC-Refers-To"))
        if raw.whole and raw.damage() is None:
            companions.append(_Companion(number, record.record_id, names, _method(raw)))
    elif record.type in ANSWERS and record.url is not None and is_http(record.url):
        _take_answer(found, number, raw, owners)
    elif record.type not in ANSWERS:
        found.others[record.type] += 1


def _method(raw: RawRecord) -> str | None:
    return (raw.block or b"")[:20].split(b" ", 1)[0].decode("latin-1") if raw.record.type == "request" else None


def _take_answer(found: Scan, number: int, raw: RawRecord, owners: Owners) -> None:
    url, why = str(raw.record.url), _unfit(raw)
    try:
        owner = owners.of(normalise(url))
    except ValueError:
        owner, why = None, "an address that can't be looked at"
    if owner is None and why is None:
        found.elsewhere[host_of(url) or urlsplit(url).netloc] += 1
    elif why is not None:
        found.refused[why] += 1
    elif owner is not None:
        found.answers.append(_answer(number, raw, owner))


def _unfit(raw: RawRecord) -> str | None:
    """Return why an answer can't be taken in, or None."""
    if not raw.record.record_id:
        return "a record without WARC-Record-ID"
    if raw.record.at is None:
        return "a record without a WARC-Date that can be read"
    if raw.record.at > datetime.now(UTC) + AHEAD:
        return "a record dated in the future"
    if raw.record.at < WEB:
        return "a record dated before there was a web"
    if not raw.whole:
        return "a record of more than 512 MB"
    damage = raw.damage()
    return f"a damaged record: {damage}" if damage else None


def _answer(number: int, raw: RawRecord, site: str) -> Answer:
    record = raw.record
    taken = answer(record.block)
    head = taken.head if taken else None
    location = head.get("Location") if head else None
    assert record.at is not None
    repeats = None
    if record.type == "revisit":
        repeats = (
            record.get("WARC-Refers-To"),
            (record.get("WARC-Refers-To-Target-URI") or "").strip("<>") or None,
            record.get("WARC-Refers-To-Date"),
        )
    return Answer(
        number=number,
        record_id=str(record.record_id),
        site=site,
        url=str(record.url),
        page=normalise(str(record.url)),
        at=rfc3339(record.at),
        type=record.type,
        status=head.status if head else None,
        media_type=media_type(head),
        location=joined(str(record.url), location) if location else None,
        block_digest=raw.block_digest,
        payload_digest=digest_of(taken.entity) if taken and record.type == "response" else None,
        said_digest=record.get("WARC-Payload-Digest"),
        repeats=repeats,
        truncated=record.get("WARC-Truncated"),
        evidence=evidence(head),
        with_ids=tuple(_ids(record, "WARC-Concurrent-To")),
        redacted_from=(record.get(FIELD) or "").rpartition("; ")[2] or None,
    )


def _join(found: Scan, companions: Sequence[_Companion]) -> None:
    """Find each companion's answer: one of them names the other."""
    by_id = {one.record_id: place for place, one in enumerate(found.answers)}
    named = {name: place for place, one in enumerate(found.answers) for name in one.with_ids}
    for companion in companions:
        places = [by_id[name] for name in companion.names if name in by_id]
        place = next(iter(places), named.get(companion.record_id or ""))
        if place is None:
            continue
        one = found.answers[place]
        found.companions[companion.number] = one.number
        if companion.method is not None:
            found.answers[place] = replace(one, method=companion.method, asks=companion.record_id)


def _ids(record: Record, name: str) -> set[str]:
    wanted = name.lower()
    return {value for key, value in record.fields if key.lower() == wanted}


def _digest(path: Path) -> tuple[str, int]:
    digest, size = sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return f"sha256:{digest.hexdigest()}", size


def looks_like_page(one: Answer) -> bool:
    """Return whether an answer may show an article: one to GET in HTML, or of a type that it does not state."""
    return one.method == "GET" and one.status == 200 and one.media_type in (*PAGE_TYPES, None)


def answers_of(scans: Sequence[Scan]) -> Iterator[Answer]:
    """Yield all answers of several files."""
    for each in scans:
        yield from each.answers
