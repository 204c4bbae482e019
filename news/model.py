"""The words of design.md, section 1, as values.

All are frozen, slotted and keyword-only. Times are aware UTC. What is missing is None or an empty tuple,
never an invented default.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

StampKind = Literal["published", "updated"]
BlockRole = Literal["paragraph", "heading", "quote", "list", "notice"]
LinkRole = Literal["read-more", "inline"]
Outcome = Literal["new", "changed", "unchanged", "not-modified", "gone", "moved", "blocked", "not-article", "failed"]

PRINTED = "printed"
"""First word of the source of every stamp that a reader of the page sees; all others are structured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """An instant that the publisher claims, with the exact words and where they stood.

    `source` is `printed` or `printed:<where>` for words that a person sees on the page, else the structure that
    held them: `json-ld:datePublished`, `meta:article:modified_time`, `time` (a datetime attribute),
    `microdata:dateModified`. `at` is None when the words can't be read as one instant; `candidates` then holds
    the instants between which the words don't decide (the hour that London lives twice in October), and is
    empty otherwise.
    """

    kind: StampKind
    at: datetime | None
    text: str
    source: str
    candidates: tuple[datetime, ...] = ()

    @property
    def printed(self) -> bool:
        """True when a person reading the page sees these words."""
        return self.source.split(":", 1)[0] == PRINTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of the body; `text` has its white space folded to single spaces, list items end in newlines.

    `entry` is the id of the live blog's entry that it belongs to, None outside of one.
    """

    role: BlockRole
    text: str
    entry: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of the article; `url` is absolute, without the parts that only choose a size."""

    url: str
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None
    entry: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link inside the body; `url` is absolute, `entry` as in `Block`."""

    role: LinkRole
    text: str
    url: str
    entry: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of a live blog as its page shows it; its words are the blocks that carry its `id`.

    `id` is the publisher's own name for it where the page gives one (`publisher:<name>`), else made from its time
    (`time:<instant>`) or its headline (`headline:<slug>`): an edit leaves the first two alone, so that an entry can be
    told from another through all revisions. `stamps` as an article's: of each kind the chosen one comes first.
    """

    id: str
    headline: str | None = None
    stamps: tuple[Stamp, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a reader reads, normalised. Of each stamp kind the chosen one comes first.

    `surfaces` are the headlines that the page shows or states elsewhere, as pairs of place and words: `title`,
    `og:title`, `twitter:title`, `json-ld:headline`. They are no content: readers of the article see `headline`.
    `entries` are a live blog's, in page order; a page shows the newest of them only. `paid`: it is short, and its page
    speaks of paying for articles.
    """

    headline: str
    kicker: str | None = None
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    language: str | None = None
    canonical_url: str | None = None
    stamps: tuple[Stamp, ...] = ()
    body: tuple[Block, ...] = ()
    pictures: tuple[Picture, ...] = ()
    links: tuple[Link, ...] = ()
    tags: tuple[str, ...] = ()
    surfaces: tuple[tuple[str, str], ...] = ()
    entries: tuple[Entry, ...] = ()
    paid: bool = False

    def chosen(self, kind: StampKind) -> Stamp | None:
        """Return the stamp of this kind that we show, or None where the page has none."""
        return next((stamp for stamp in self.stamps if stamp.kind == kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The decoded view of a capture that a reader gets; made from the WARC record, never from elsewhere.

    `headers` are as received: order, case and duplicates kept. `body` has transfer and content codings removed;
    `text` is `body` decoded with `encoding`, which was found in the order BOM, header, meta, detection.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    media_type: str | None
    encoding: str | None
    body: bytes
    text: str
    captured_at: datetime

    def header(self, name: str) -> str | None:
        """Return the first header of that name, in any case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One publication as configured: a known profile's values with the operator's laid over them."""

    name: str
    home: str
    hosts: tuple[str, ...] = ()
    requisite_hosts: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    fronts: tuple[str, ...] = ()
    timezone: str = "UTC"
    language: str | None = None
    reader: str = "generic"
    allow_private_addresses: bool = False
    requests_per_minute: float | None = None
    connections: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRef:
    """Where the proof lies: a WARC record of a segment, and the digests of what it holds (`sha256:<hex>`)."""

    record_id: str
    segment: str
    payload_digest: str | None
    block_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A state of an article that differs from the one before, pointing at the capture that proves it.

    `gone` and `moved` revisions carry no article and no content digest. `not_before` is the last look at the
    state before (None for the first revision); `seen_first` the look that found this one. `evidence` holds what
    the server said of the answer's age (`Date`, `Age`), in its own words. `returns_to` is the digest of an earlier
    revision whose content came back (class `flip`), `listed` the headline under which a front or feed led here.
    """

    site: str
    article_id: str
    url: str
    previous: str | None
    classes: tuple[str, ...]
    declared_by: tuple[str, ...]
    content_digest: str | None
    reader: str
    seen_first: datetime
    not_before: datetime | None
    capture: CaptureRef
    article: Article | None
    evidence: tuple[tuple[str, str], ...] = field(default=())
    returns_to: str | None = None
    listed: str | None = None
