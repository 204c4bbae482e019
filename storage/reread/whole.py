"""A site reread: every captured page judged again, every chain made anew and held against the old one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from news.model import Revision, Site
from news.revising.replaying import Link, replay
from news.sites import citation, load_reader
from storage.archive.access import open_reading
from storage.catalogue import reading
from storage.catalogue.lengths import typical_words
from storage.catalogue.opening import Row, Rows
from storage.catalogue.rows import stored_revision
from storage.config import Config
from storage.objects import Store
from storage.reread.chains import (
    Difference,
    difference,
    judged_records,
    listed_in,
    looks_by_article,
    sightings,
    unread_looks,
    with_unread,
)
from storage.reread.moving import SelfMoving
from storage.reread.verdicts import Progress, Source, Verdicts, fill


@dataclass(slots=True, kw_only=True)
class Report:
    """What a rereading of one site came to.

    `others` counts articles whose chain is another reader's, `written` those that were given a new one. `readable` are
    captures of pages that no article is known of, which today's reader reads.
    """

    site: str
    reader: str
    captures: int = 0
    articles: int = 0
    revisions: int = 0
    others: int = 0
    written: int = 0
    differences: list[Difference] = field(default_factory=list)
    readable: list[tuple[str, str]] = field(default_factory=list)

    @property
    def publisher_changes(self) -> int:
        """Revisions that only one of the two readers sees: claims about the publisher that differ."""
        return sum(len(found.added) + len(found.lost) for found in self.differences)

    @property
    def reader_changes(self) -> int:
        """Revisions that stand in both chains and read otherwise: our doing."""
        return sum(len(found.reread) + len(found.retold) for found in self.differences)

    def row(self) -> dict[str, Any]:
        """Return it as `reread --json` prints it."""
        return {
            "site": self.site,
            "reader": self.reader,
            "captures": self.captures,
            "articles": self.articles,
            "revisions": self.revisions,
            "articles_of_other_readers": self.others,
            "written": self.written,
            "publisher_changes": self.publisher_changes,
            "reader_changes": self.reader_changes,
            "differences": [found.row() for found in self.differences],
            "readable": [{"url": url, "record_id": record} for url, record in self.readable],
        }


Anew = Callable[[Sequence[Link]], bool]


def check(config: Config, site: Site, *, progress: Progress | None = None) -> Report:
    """Return how today's reader tells this site's histories, beside what the catalogue tells; writes nothing to it."""
    with ExitStack() as held:
        store, rows = held.enter_context(open_reading(config))
        return compare(source_of(config, store, site), rows, progress=progress)


def source_of(config: Config, store: Store, site: Site) -> Source:
    """Return where this site's captures lie."""
    return Source(
        store=store,
        spool=Path(config.archive.spool),
        catalogue=config.archive.catalogue,
        site=site,
        max_body_bytes=int(config.crawler.max_body_megabytes * 1_000_000),
    )


def compare(source: Source, rows: Rows, *, progress: Progress | None, anew: Anew | None = None) -> Report:
    """Judge what was captured, replay each article's looks, and compare.

    `anew` is given each chain of an article whose history another reader told, and says whether it was laid.
    """
    site, reader = source.site.name, citation(load_reader(source.site.reader))
    report, done = Report(site=site, reader=reader), False
    verdicts = Verdicts(source.spool, source.site)
    try:
        unread = unread_looks(rows, site)
        wanted = _wanted(rows, site, unread)
        report.captures = sum(map(len, wanted.values()))
        fill(verdicts, source, wanted, progress)
        known, typical = SelfMoving(rows, site), typical_words(rows, site)
        for article, chain, looks in _articles(rows, site, unread):
            seen = sightings(looks, verdicts.of, reader=reader, listed=listed_in(chain))
            links = replay(seen, known, typical)
            _compare(report, article, chain, links)
            if anew is not None and chain[-1].reader != reader:
                report.written += anew(links)
        report.readable = list(_readable(rows, unread, verdicts))
        done = True
    finally:
        verdicts.close(done=done)
    return report


def _wanted(rows: Rows, site: str, unread: Mapping[str, Sequence[Row]]) -> dict[str, list[str]]:
    wanted = defaultdict[str, dict[str, None]](dict)
    for looks in (*(looks for _, looks in looks_by_article(rows, site)), *unread.values()):
        for segment, record_id in judged_records(looks):
            wanted[segment][record_id] = None
    return {segment: list(ids) for segment, ids in sorted(wanted.items())}


def _articles(
    rows: Rows, site: str, unread: Mapping[str, Sequence[Row]]
) -> Iterator[tuple[Row, list[Revision], list[Row]]]:
    """Yield each article's row, its chain as the catalogue has it, and its looks."""
    for article_id, looks in looks_by_article(rows, site):
        article = rows("SELECT * FROM articles WHERE id = :id", id=article_id)
        chain = [stored_revision(row) for row in reading.chain(rows, article_id)]
        if article and chain:
            yield article[0], chain, with_unread(rows, article_id, looks, unread)


def _compare(report: Report, article: Row, before: Sequence[Revision], after: Sequence[Link]) -> None:
    report.articles += 1
    report.revisions += len(after)
    report.others += any(revision.reader != report.reader for revision in before)
    found = difference(article["id"], article["url"], before, after)
    if found:
        report.differences.append(found)


def _readable(rows: Rows, unread: Mapping[str, Sequence[Row]], verdicts: Verdicts) -> Iterator[tuple[str, str]]:
    """Yield the captures of pages without an article that today's reader reads, oldest first of each."""
    for url, looks in unread.items():
        if reading.article_at(rows, url) is None:
            for look in looks:
                verdict = verdicts.of(look["record_id"])
                read_before = look["outcome"] == "unchanged"  # another address of an article, which shows another text
                if verdict is not None and verdict.article is not None and not read_before:
                    yield url, look["record_id"]
