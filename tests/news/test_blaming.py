"""Which revision each sentence is from, and where a sentence ends."""
# ruff: noqa: RUF001 (sentences of several languages, with the marks that newspapers print)

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from news.compare.sentences import sentences
from news.model import Article, Block
from news.revising.blaming import State, blame

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def state(number: int, *paragraphs: str, headline: str = "The quay", standfirst: str | None = None) -> State:
    body = tuple(Block(role="paragraph", text=text) for text in paragraphs)
    article = Article(headline=headline, standfirst=standfirst, body=body)
    return State(number=number, seen_first=NOON + timedelta(hours=number), article=article)


def gone(number: int) -> State:
    return State(number=number, seen_first=NOON + timedelta(hours=number), article=None)


def origins(*chain: State) -> list[tuple[str, int]]:
    return [(one.text, one.number) for one in blame(chain)]


def test_each_sentence_is_from_the_first_revision_that_said_it() -> None:
    chain = (
        state(1, "The quay opens. It is long."),
        state(2, "The quay opens. It is long. A band will play."),
        state(3, "The quay opens. It is very long. A band will play."),
    )
    assert origins(*chain) == [
        ("The quay", 1),
        ("The quay opens.", 1),
        ("It is very long.", 3),
        ("A band will play.", 2),
    ]
    reworded = blame(chain)[2]
    assert reworded.was == "It is long."
    assert reworded.seen_first == NOON + timedelta(hours=3)
    assert [one.was for one in blame(chain)] == [None, None, "It is long.", None]


def test_a_sentence_that_moved_or_came_back_is_as_old_as_it_was() -> None:
    one, two = "The quay opens on Monday.", "The harbour office has the keys."
    assert origins(state(1, one, two), state(2, two), gone(3), state(4, two, one)) == [
        ("The quay", 1),
        (two, 1),
        (one, 1),
    ]


def test_a_sentence_said_twice_is_from_two_revisions() -> None:
    chain = (state(1, "No comment."), state(2, "No comment.", "The mayor spoke.", "No comment."))
    assert origins(*chain)[1:] == [("No comment.", 1), ("The mayor spoke.", 2), ("No comment.", 2)]


def test_a_headline_is_one_sentence_and_a_standfirst_several() -> None:
    chain = (
        state(1, headline="Quay opens. Mayor sings"),
        state(2, headline="Quay shut", standfirst="The mayor sang. Nobody came."),
    )
    assert [(one.role, one.text, one.number) for one in blame(chain)] == [
        ("headline", "Quay shut", 2),
        ("standfirst", "The mayor sang.", 2),
        ("standfirst", "Nobody came.", 2),
    ]


def test_nothing_is_blamed_where_no_article_was_seen() -> None:
    assert blame([]) == []
    assert blame([gone(1)]) == []


def test_an_article_that_is_gone_is_blamed_as_it_last_was() -> None:
    assert origins(state(1, "The quay opens."), gone(2)) == [("The quay", 1), ("The quay opens.", 1)]


@pytest.mark.parametrize(
    "parts",
    [
        ["It rained.", "It stopped."],
        ["Mr. Marsh and Dr. Quill met J. P. Reed of the U.S. Navy at 7 p.m. on the quay.", "Nobody else came."],
        ["It cost £1.5m.", "It will cost £2.5m more."],
        ["“We won’t go,” she said.", "“Never.”", "He left!", "Why?", "Nobody knows…"],
        ["He asked: “Why?”", "She said “no.”", "They parted."],
        ["The ship left at 7.30 a.m. and was seen no more."],
        ["See No. 4 in St. Mary's Rd. near the church."],
        ["Das kostet z.B. 5 Euro.", "Nr. 7 bleibt zu."],
        ["¿Quién viene?", "¡Nadie!", "El Sr. Vela no quiso."],
        ["Корабль ушёл из г. Тверь.", "Никто не видел его."],
        ["He asked why? and left.", "She stayed."],
        ["雨が降った。", "止んだ。"],
        ["One thing", "and another"],
    ],
)
def test_a_stop_ends_a_sentence_and_an_abbreviation_does_not(parts: list[str]) -> None:
    joined = "\n".join(parts) if parts[0] == "One thing" else ("" if "。" in parts[0] else " ").join(parts)
    assert sentences(joined) == parts
