from dataclasses import replace

import pytest

from news.entries import without_rolled_off
from news.model import Article, Block, Entry, Link, Picture
from news.revising.content import content_digest, parts_changed
from news.serial import article_from_json, article_json
from news.sites import load_reader
from news.sites.lbc import SITE
from tests.news.sites import fixtures


def blog(names: str) -> Article:
    """A live blog that shows these entries, one a letter, in this order."""
    return Article(
        headline="Storm live",
        body=(
            Block(role="paragraph", text="The storm is an hour away."),
            *(Block(role="paragraph", text=f"Entry {name}.", entry=name) for name in names),
        ),
        pictures=tuple(Picture(url=f"https://gazette.example/{name}.jpg", entry=name) for name in names),
        links=tuple(
            Link(role="inline", text=name, url=f"https://gazette.example/{name}", entry=name) for name in names
        ),
        entries=tuple(Entry(id=name) for name in names),
    )


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        ("dcba", "edcb", "dcb"),
        ("dcba", "fedc", "dc"),
        ("abcd", "bcde", "bcd"),
        ("dcba", "dcba", "dcba"),
        ("dcba", "dcb", "dcba"),
        ("dcba", "edba", "dcba"),
        ("dcba", "edb", "dcb"),
        ("dcba", "", "dcba"),
        ("", "dcba", ""),
        ("dcba", "hgfe", "dcba"),
    ],
    ids=[
        "one-rolled-off",
        "two-rolled-off",
        "the-oldest-stand-first",
        "nothing-happened",
        "deleted-at-the-end-with-nothing-new",
        "deleted-in-the-middle",
        "deleted-in-the-middle-and-one-rolled-off",
        "no-blog-any-more",
        "no-blog-before",
        "all-others-and-nobody-says-when",
    ],
)
def test_only_what_new_entries_pushed_off_the_page_is_left_out(before: str, after: str, left: str):
    assert without_rolled_off(blog(before), blog(after)) == blog(left)


def live(case: str) -> Article:
    return load_reader("lbc").read(fixtures.document(fixtures.FIXTURES / "lbc" / case), SITE)


def test_the_entry_that_rolled_off_a_real_page_is_no_deletion_and_takes_its_own_words_along():
    before, after = live("new-live-entries"), live("new-live-entries-later")
    left = without_rolled_off(before, after)
    assert [entry.headline for entry in before.entries if entry not in left.entries] == ["Good morning"]
    assert {block.text for block in left.body} <= {block.text for block in after.body}
    assert "Storm Ermintrude is an hour from the coast. We will be here all day, with biscuits." in {
        block.text for block in before.body
    }


def test_entries_keep_their_names_and_stamps_through_json():
    article = live("new-live-entries")
    assert article_from_json(article_json(article)) == article
    assert article.entries[0].id == "publisher:5HjcLive-104"


def test_a_page_of_other_entries_that_are_all_younger_has_pushed_all_old_ones_off():
    before, after = live("new-live-entries"), live("new-live-entries-later")
    young = replace(after, entries=after.entries[:2])
    assert without_rolled_off(before, young).entries == ()


def test_names_of_entries_are_no_content():
    article = live("new-live-entries")
    unnamed = replace(article, body=tuple(replace(block, entry=None) for block in article.body))
    assert parts_changed(article, unnamed) == ()
    assert content_digest(article) == content_digest(unnamed)


def test_what_went_with_a_rolled_off_entry_changes_neither_pictures_nor_links():
    before, after = blog("dcba"), blog("edcb")
    quiet = replace(
        after,
        pictures=tuple(picture for picture in after.pictures if picture.entry != "e"),
        links=tuple(link for link in after.links if link.entry != "e"),
    )
    assert parts_changed(before, quiet) == ("body",)
