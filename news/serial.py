"""Articles and revisions as JSON, one way only: what digests cover and the store keeps (design.md, sections 4, 8).

Canonical JSON here: UTF-8, keys sorted, no white space, RFC 3339 instants in UTC with microseconds. Lone surrogates,
which UTF-8 can't carry, are written as JSON escapes so that nothing is lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast

from news.model import Article, Block, CaptureRef, Entry, Link, Picture, Revision, Stamp

FORMAT = 1

LATER = ("returns_to", "listed")
"""What a revision says only where there is something to say: older revisions keep their bytes, and so their names."""


def rfc3339(at: datetime) -> str:
    """Return the instant as `2026-03-29T01:30:00.000000Z`; such strings sort as their instants do."""
    at = at.astimezone(UTC)
    told = (at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond)
    return "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ" % told  # noqa: UP031  two thirds of isoformat's time, and of others'


def instant(text: str) -> datetime:
    """Return the aware UTC instant of an RFC 3339 text that this program wrote."""
    return datetime.fromisoformat(text).astimezone(UTC)


def canonical(value: object) -> bytes:
    """Return the canonical JSON bytes of plain values."""
    content = as_it_stands(_written(value))
    if content is not None:
        return content
    try:
        return _dumped(value).encode()
    except UnicodeEncodeError:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def as_it_stands(text: str) -> bytes | None:
    """Return the bytes of JSON whose strings `quoted` wrote, None where one of them needs more escapes than it makes.

    Those are lone surrogates, and control characters other than newlines (RFC 8259, section 7).
    """
    try:
        content = text.encode()
    except UnicodeEncodeError:
        return None
    return None if any(map(content.__contains__, range(32))) else content


def _written(value: object) -> str:
    """Return what `_dumped` does, in half its time, but with control characters, newlines aside, as they stand."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return f"[{','.join([_written(member) for member in value])}]"
    if isinstance(value, dict):
        return f"{{{','.join([f'{quoted(key)}:{_written(value[key])}' for key in sorted(value)])}}}"
    return "null" if value is None else _dumped(value)


def quoted(text: str) -> str:
    """Return a text as a JSON string, if `as_it_stands` has nothing against it."""
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if '"' in text:
        text = text.replace('"', '\\"')
    if "\n" in text:
        text = text.replace("\n", "\\n")
    return f'"{text}"'


def _dumped(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(content: bytes) -> str:
    """Return `sha256:<64 hex digits>` of these bytes."""
    return f"sha256:{sha256(content).hexdigest()}"


def stamp_json(stamp: Stamp | None) -> dict[str, object] | None:
    """Return `{"at", "text", "source"}`, with `kind` left to the caller and `candidates` only where there are some."""
    if stamp is None:
        return None
    row: dict[str, object] = {
        "at": rfc3339(stamp.at) if stamp.at else None,
        "text": stamp.text,
        "source": stamp.source,
    }
    if stamp.candidates:
        row["candidates"] = [rfc3339(at) for at in stamp.candidates]
    return row


def article_json(article: Article) -> dict[str, object]:
    """Return the article object of design.md, section 8."""
    return {
        "headline": article.headline,
        "kicker": article.kicker,
        "standfirst": article.standfirst,
        "authors": list(article.authors),
        "section": article.section,
        "language": article.language,
        "canonical_url": article.canonical_url,
        "stamps": [_kind_and_stamp(stamp) for stamp in article.stamps],
        "body": [{"role": block.role, "text": block.text, **_within(block)} for block in article.body],
        "pictures": [_picture_json(picture) for picture in article.pictures],
        "links": [{"role": link.role, "text": link.text, "url": link.url, **_within(link)} for link in article.links],
        "tags": list(article.tags),
        **({"surfaces": dict(article.surfaces)} if article.surfaces else {}),
        **({"entries": [_entry_json(entry) for entry in article.entries]} if article.entries else {}),
        **({"paid": True} if article.paid else {}),
    }


def article_from_json(row: Mapping[str, Any]) -> Article:
    """Return the article that `article_json` wrote."""
    return Article(
        headline=row["headline"],
        kicker=row["kicker"],
        standfirst=row["standfirst"],
        authors=tuple(row["authors"]),
        section=row["section"],
        language=row["language"],
        canonical_url=row["canonical_url"],
        stamps=tuple(_stamp(stamp) for stamp in row["stamps"]),
        body=tuple(Block(**block) for block in row["body"]),
        pictures=tuple(Picture(**picture) for picture in row["pictures"]),
        links=tuple(Link(**link) for link in row["links"]),
        tags=tuple(row["tags"]),
        surfaces=tuple(sorted(row.get("surfaces", {}).items())),
        entries=tuple(_entry(entry) for entry in row.get("entries", ())),
        paid=bool(row.get("paid")),
    )


def shown_json(article: Article) -> dict[str, object]:
    """Return what an index shows of an article: `headline` and `stamps` as in `article_json`."""
    return {"headline": article.headline, "stamps": [_kind_and_stamp(stamp) for stamp in article.stamps]}


def revision_json(revision: Revision, told: Callable[[Article], dict[str, object]] = article_json) -> dict[str, object]:
    """Return the revision as the store keeps it (design.md, section 4), of its article what is `told`."""
    return {
        "format": FORMAT,
        "site": revision.site,
        "article_id": revision.article_id,
        "url": revision.url,
        "previous": revision.previous,
        "classes": list(revision.classes),
        "declared_by": list(revision.declared_by),
        "content_digest": revision.content_digest,
        "reader": revision.reader,
        "seen_first": rfc3339(revision.seen_first),
        "not_before": rfc3339(revision.not_before) if revision.not_before else None,
        "capture": {
            "record_id": revision.capture.record_id,
            "segment": revision.capture.segment,
            "payload_digest": revision.capture.payload_digest,
            "block_digest": revision.capture.block_digest,
        },
        "article": told(revision.article) if revision.article else None,
        "evidence": [list(pair) for pair in revision.evidence],
        **{name: said for name in LATER if (said := getattr(revision, name)) is not None},
    }


def revision_from_json(row: Mapping[str, Any]) -> Revision:
    """Return the revision that `revision_json` wrote."""
    return Revision(
        site=row["site"],
        article_id=row["article_id"],
        url=row["url"],
        previous=row["previous"],
        classes=tuple(row["classes"]),
        declared_by=tuple(row["declared_by"]),
        content_digest=row["content_digest"],
        reader=row["reader"],
        seen_first=instant(row["seen_first"]),
        not_before=instant(row["not_before"]) if row["not_before"] else None,
        capture=CaptureRef(**row["capture"]),
        article=article_from_json(row["article"]) if row["article"] else None,
        evidence=tuple((name, value) for name, value in row["evidence"]),
        **{name: row.get(name) for name in LATER},
    )


def _picture_json(picture: Picture) -> dict[str, object]:
    words = {"url": picture.url, "alt": picture.alt, "caption": picture.caption, "credit": picture.credit}
    return {**words, **_within(picture)}


def _within(part: Block | Picture | Link) -> dict[str, object]:
    """Return which entry a part of a live blog belongs to; nothing elsewhere: other articles keep their bytes."""
    return {"entry": part.entry} if part.entry else {}


def _entry_json(entry: Entry) -> dict[str, object]:
    return {"id": entry.id, "headline": entry.headline, "stamps": [_kind_and_stamp(stamp) for stamp in entry.stamps]}


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(id=row["id"], headline=row["headline"], stamps=tuple(_stamp(stamp) for stamp in row["stamps"]))


def _kind_and_stamp(stamp: Stamp) -> dict[str, object]:
    return {"kind": stamp.kind, **(stamp_json(stamp) or {})}


def _stamp(row: Mapping[str, Any]) -> Stamp:
    at = cast("str | None", row["at"])
    return Stamp(
        kind=row["kind"],
        at=instant(at) if at else None,
        text=row["text"],
        source=row["source"],
        candidates=tuple(instant(text) for text in row.get("candidates", ())),
    )
