from datetime import UTC, datetime

from news.compare import as_json, compare
from news.model import Article, Link, Picture, Stamp

SEEN = {"kind": "updated", "source": "printed:byline"}


def fields(before, after):
    return as_json(compare(Article(**{"headline": "H", **before}), Article(**{"headline": "H", **after})))["fields"]


def test_a_changed_headline_is_told_word_by_word_and_other_fields_not_at_all():
    assert fields({"headline": "Ten hurt in crash"}, {"headline": "Two hurt in crash"}) == {
        "headline": {
            "from": "Ten hurt in crash",
            "to": "Two hurt in crash",
            "words": [
                {"op": "delete", "text": "Ten"},
                {"op": "insert", "text": "Two"},
                {"op": "equal", "text": " hurt in crash"},
            ],
        }
    }


def test_a_standfirst_that_was_not_there_comes_from_null():
    assert fields({}, {"standfirst": "New words"})["standfirst"] == {
        "from": None,
        "to": "New words",
        "words": [{"op": "insert", "text": "New words"}],
    }


def test_words_of_fields_are_not_counted_with_the_body():
    comparison = compare(Article(headline="One two"), Article(headline="Three four"))
    assert not comparison.is_empty
    assert as_json(comparison)["stats"] == {
        "words_added": 0,
        "words_removed": 0,
        "moves": 0,
        "sentences_moved": 0,
        "entries_rolled_off": 0,
    }


def test_authors_are_added_and_removed_by_name():
    change = fields({"authors": ("Ann", "Bob")}, {"authors": ("Bob", "Cem")})["authors"]
    assert change == {"from": ["Ann", "Bob"], "to": ["Bob", "Cem"], "added": ["Cem"], "removed": ["Ann"], "changed": []}


def test_tags_in_another_order_are_a_change_that_adds_and_removes_nothing():
    change = fields({"tags": ("a", "b")}, {"tags": ("b", "a")})["tags"]
    assert (change["added"], change["removed"], change["changed"]) == ([], [], [])


def test_a_picture_is_known_by_its_address_and_its_caption_compared_word_by_word():
    before = Picture(url="https://example.org/a.jpg", caption="Police 12 hours on")
    after = Picture(url="https://example.org/a.jpg", caption="Police 21 hours on")
    other = Picture(url="https://example.org/b.jpg")
    change = fields({"pictures": (before,)}, {"pictures": (other, after)})["pictures"]
    assert [picture["url"] for picture in change["added"]] == ["https://example.org/b.jpg"]
    [edited] = change["changed"]
    assert edited["parts"]["caption"]["words"] == [
        {"op": "equal", "text": "Police "},
        {"op": "delete", "text": "12"},
        {"op": "insert", "text": "21"},
        {"op": "equal", "text": " hours on"},
    ]


def test_a_link_is_known_by_its_address_or_else_by_its_words():
    before = (
        Link(role="inline", text="report", url="https://a/1"),
        Link(role="inline", text="this", url="https://a/2"),
    )
    after = (Link(role="inline", text="report", url="https://a/9"), Link(role="inline", text="that", url="https://a/2"))
    change = fields({"links": before}, {"links": after})["links"]
    assert (change["added"], change["removed"]) == ([], [])
    assert [sorted(item["parts"]) for item in change["changed"]] == [["text"], ["url"]]


def test_a_stamp_is_known_by_kind_and_source():
    early = Stamp(**SEEN, at=datetime(2026, 3, 3, 7, 30, tzinfo=UTC), text="7.30am")
    late = Stamp(**SEEN, at=datetime(2026, 3, 3, 12, 30, tzinfo=UTC), text="12.30pm")
    [edited] = fields({"stamps": (early,)}, {"stamps": (late,)})["stamps"]["changed"]
    assert edited["from"]["at"] == "2026-03-03T07:30:00.000000Z"
    assert edited["to"] == {**SEEN, "at": "2026-03-03T12:30:00.000000Z", "text": "12.30pm"}
    assert sorted(edited["parts"]) == ["at", "text"]
