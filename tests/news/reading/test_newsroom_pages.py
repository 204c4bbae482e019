"""The demo newsroom's pages, which imitate both LBC templates, through both readers."""

import urllib.request
from datetime import UTC, datetime

import golden
import pytest

from news.model import Article, Site
from news.reading.decode import decode
from news.sites import load_reader
from newsroom import Newsroom, Story


@pytest.fixture(scope="module")
def newsroom():
    with Newsroom(datetime(2025, 7, 5, 12, tzinfo=UTC)) as room:
        yield room


def read(room: Newsroom, story: Story, reader: str) -> Article:
    url = room.url.rstrip("/") + story.path
    with urllib.request.urlopen(url) as answer:
        document = decode(
            url=url,
            status=answer.status,
            headers=tuple(answer.headers.items()),
            body=answer.read(),
            captured_at=golden.SEEN,
        )
    return load_reader(reader).read(document, Site(name="demo", home=room.url, timezone="Europe/London"))


@pytest.mark.parametrize("reader", ["lbc", "generic"])
def test_every_story_is_read_with_its_headline_standfirst_and_published_instant(newsroom: Newsroom, reader: str):
    for story in newsroom.articles():
        article = read(newsroom, story, reader)
        published = article.chosen("published")
        assert (article.headline, article.standfirst) == (story.headline, story.standfirst or None)
        assert published is not None
        assert (published.at, published.printed) == (story.published.replace(second=0, microsecond=0), True)


def test_lbc_s_reader_also_reads_kicker_authors_and_updates(newsroom: Newsroom):
    for story in newsroom.articles():
        article = read(newsroom, story, "lbc")
        updated = article.chosen("updated")
        assert (article.kicker, article.authors) == (story.kicker or None, tuple(story.authors))
        assert (updated.at if updated else None) == (
            story.updated.replace(second=0, microsecond=0) if story.updated else None
        )
