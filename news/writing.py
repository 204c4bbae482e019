"""Articles and revisions as canonical JSON, written straight from the values: as `serial` has it, at half the cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from news.model import Article, Block, Entry, Link, Picture, Revision, Stamp
from news.serial import FORMAT, LATER, as_it_stands, canonical, digest_of, quoted, revision_json, rfc3339


def revision_content(revision: Revision) -> bytes:
    """Return the canonical JSON of `revision_json`."""
    return as_it_stands(_revision(revision)) or canonical(revision_json(revision))


def revision_digest(revision: Revision) -> str:
    """Return the digest that names the revision for ever: of its canonical JSON."""
    return digest_of(revision_content(revision))


def text_or_null(text: str | None) -> str:
    """Return a text as a JSON string, as `quoted` does, or `null`."""
    return "null" if text is None else quoted(text)


def texts(members: Iterable[str]) -> str:
    """Return texts as a JSON list."""
    return listed([quoted(member) for member in members])


def listed(written: Iterable[str]) -> str:
    """Return a JSON list of what is written already."""
    return f"[{','.join(written)}]"


def named(written: Mapping[str, str]) -> str:
    """Return a JSON object of what is written already, in order; none of the names needs an escape."""
    return "{" + ",".join([f'"{name}":{written[name]}' for name in sorted(written)]) + "}"


def _revision(revision: Revision) -> str:
    capture = revision.capture
    kept = {
        "record_id": quoted(capture.record_id),
        "segment": quoted(capture.segment),
        "payload_digest": text_or_null(capture.payload_digest),
        "block_digest": quoted(capture.block_digest),
    }
    later = {name: quoted(said) for name in LATER if (said := getattr(revision, name)) is not None}
    told = {
        "format": str(FORMAT),
        "site": quoted(revision.site),
        "article_id": quoted(revision.article_id),
        "url": quoted(revision.url),
        "previous": text_or_null(revision.previous),
        "classes": texts(revision.classes),
        "declared_by": texts(revision.declared_by),
        "content_digest": text_or_null(revision.content_digest),
        "reader": quoted(revision.reader),
        "seen_first": _instant(revision.seen_first),
        "not_before": _instant(revision.not_before),
        "capture": named(kept),
        "article": _article(revision.article) if revision.article else "null",
        "evidence": listed([texts(pair) for pair in revision.evidence]),
    }
    return named(told | later)


def _article(article: Article) -> str:
    told = {
        "headline": quoted(article.headline),
        "kicker": text_or_null(article.kicker),
        "standfirst": text_or_null(article.standfirst),
        "authors": texts(article.authors),
        "section": text_or_null(article.section),
        "language": text_or_null(article.language),
        "canonical_url": text_or_null(article.canonical_url),
        "stamps": listed([_stamp(stamp) for stamp in article.stamps]),
        "body": listed([_block(block) for block in article.body]),
        "pictures": listed([_picture(picture) for picture in article.pictures]),
        "links": listed([_link(link) for link in article.links]),
        "tags": texts(article.tags),
    }
    if article.surfaces:
        told["surfaces"] = _surfaces(dict(article.surfaces))
    if article.entries:
        told["entries"] = listed([_entry(entry) for entry in article.entries])
    if article.paid:
        told["paid"] = "true"
    return named(told)


def _block(block: Block) -> str:
    within = _within(block) if block.entry else ""
    return f'{{{within}"role":"{block.role}","text":{quoted(block.text)}}}'


def _link(link: Link) -> str:
    return f'{{{_within(link)}"role":"{link.role}","text":{quoted(link.text)},"url":{quoted(link.url)}}}'


def _picture(picture: Picture) -> str:
    alt, caption, credit = map(text_or_null, (picture.alt, picture.caption, picture.credit))
    said = f'"alt":{alt},"caption":{caption},"credit":{credit},{_within(picture)}"url":{quoted(picture.url)}'
    return f"{{{said}}}"


def _within(part: Block | Picture | Link) -> str:
    return f'"entry":{quoted(part.entry)},' if part.entry else ""


def _entry(entry: Entry) -> str:
    stamps = listed([_stamp(stamp) for stamp in entry.stamps])
    return f'{{"headline":{text_or_null(entry.headline)},"id":{quoted(entry.id)},"stamps":{stamps}}}'


def _stamp(stamp: Stamp) -> str:
    between = f'"candidates":{texts(map(rfc3339, stamp.candidates))},' if stamp.candidates else ""
    said = f'"kind":{quoted(stamp.kind)},"source":{quoted(stamp.source)},"text":{quoted(stamp.text)}'
    return f'{{"at":{_instant(stamp.at)},{between}{said}}}'


def _surfaces(words: Mapping[str, str]) -> str:
    return "{" + ",".join([f"{quoted(place)}:{quoted(words[place])}" for place in sorted(words)]) + "}"


def _instant(at: datetime | None) -> str:
    return f'"{rfc3339(at)}"' if at else "null"
