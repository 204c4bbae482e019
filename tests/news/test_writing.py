"""What is written straight from the values is what the standard library makes of their JSON, byte for byte."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from news.model import Article, Block, CaptureRef, Entry, Link, Picture, Revision, Stamp
from news.revising.content import PARTS, content_digest
from news.serial import article_json, canonical, digest_of, revision_json, shown_json
from news.writing import revision_content, revision_digest

texts = st.text(st.characters() | st.sampled_from('"\\/\n\r\t\0\x1f\x7f\x85\u2028\ud800\udfff<é'), max_size=8)
perhaps = st.none() | texts
instants = st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
entries = st.none() | texts


def some(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(values, max_size=2).map(tuple)


roles = st.sampled_from(["paragraph", "heading", "quote", "list", "notice"])
stamps = some(
    st.builds(
        Stamp,
        kind=st.sampled_from(["published", "updated"]),
        at=st.none() | instants,
        text=texts,
        source=texts,
        candidates=some(instants),
    )
)
articles = st.builds(
    Article,
    headline=texts,
    kicker=perhaps,
    standfirst=perhaps,
    authors=some(texts),
    section=perhaps,
    language=perhaps,
    canonical_url=perhaps,
    stamps=stamps,
    body=some(st.builds(Block, role=roles, text=texts, entry=entries)),
    pictures=some(st.builds(Picture, url=texts, alt=perhaps, caption=perhaps, credit=perhaps, entry=entries)),
    links=some(st.builds(Link, role=st.sampled_from(["read-more", "inline"]), text=texts, url=texts, entry=entries)),
    tags=some(texts),
    surfaces=some(st.tuples(texts, texts)),
    entries=some(st.builds(Entry, id=texts, headline=perhaps, stamps=stamps)),
    paid=st.booleans(),
)
revisions = st.builds(
    Revision,
    site=texts,
    article_id=texts,
    url=texts,
    previous=perhaps,
    classes=some(texts),
    declared_by=some(texts),
    content_digest=perhaps,
    reader=texts,
    seen_first=instants,
    not_before=st.none() | instants,
    capture=st.builds(CaptureRef, record_id=texts, segment=texts, payload_digest=perhaps, block_digest=texts),
    article=st.none() | articles,
    evidence=some(st.tuples(texts, texts)),
    returns_to=perhaps,
    listed=perhaps,
)


def by_the_library(value: object) -> bytes:
    """Canonical JSON as `news.serial` describes it."""
    try:
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


@given(revisions)
def test_a_revision_is_written_as_its_json_is(revision: Revision) -> None:
    expected = by_the_library(revision_json(revision))
    assert revision_content(revision) == expected
    assert canonical(revision_json(revision)) == expected
    assert revision_digest(revision) == digest_of(expected)


@given(articles)
def test_the_content_digest_covers_the_parts_as_json(article: Article) -> None:
    parts = {name: part(article) for name, part in PARTS.items()}
    assert content_digest(article) == digest_of(by_the_library(parts))


def test_what_an_index_shows_of_an_article_is_as_in_its_json() -> None:
    stamp = Stamp(kind="updated", at=None, text="at noon", source="printed")
    article = Article(headline="Ferry to run", stamps=(stamp,), tags=("ferries",))
    assert shown_json(article).items() <= article_json(article).items()
    assert set(shown_json(article)) == {"headline", "stamps"}
