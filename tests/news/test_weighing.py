"""How much changes matter: pairs in their expected order, noise named and reversible, facts never lowering a score."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.model import Article, Block, Entry, Link, Picture, Stamp
from news.noise import NOISE
from news.revising.weighing import RULES, weigh, weight_json

PUBLISHED = datetime(2026, 3, 2, 9, tzinfo=UTC)
SENTENCES = (
    "The council voted on Monday to keep the ferry running through the winter.",
    "Some 120 people live on the island and most of them work in the town.",
    "Ada Quill, who leads the council, said the boat was a road and not a luxury.",
    "The money comes from a fund that was set aside for the repair of the old pier.",
    "“We will not be cut off again,” said Tom Harrow, who keeps the island's shop.",
    "The terrorist who attacked the pier was sentenced on 12 May.",
    "A second vote, on the price of a season ticket, was put off until the spring.",
    "The crossing takes forty minutes when the wind is in the west.",
)
SHOT = Picture(url="https://pictures.example/ferry-640x400.jpg", alt="A boat", caption="The ferry", credit="M. Oak")
INLINE = Link(role="inline", text="the fund", url="https://gazette.example/fund?from=body")
MORE = Link(role="read-more", text="The pier", url="https://gazette.example/pier")
PRINTED = Stamp(kind="published", at=PUBLISHED, text="2 March 2026, 09:00", source="printed")


def blocks(*texts: str) -> tuple[Block, ...]:
    return tuple(Block(role="paragraph", text=text) for text in texts)


BEFORE = Article(
    headline="Ferry to run all winter",
    standfirst="The island keeps its only way across.",
    authors=("Ada Birch",),
    stamps=(PRINTED,),
    body=blocks(*SENTENCES),
    pictures=(SHOT,),
    links=(INLINE, MORE),
    section="News",
    tags=("ferry",),
)


def edited(old: str, new: str) -> Article:
    assert sum(old in sentence for sentence in SENTENCES) == 1
    return replace(BEFORE, body=blocks(*(sentence.replace(old, new) for sentence in SENTENCES)))


def shown(**parts: object) -> Article:
    return replace(BEFORE, **parts)  # type: ignore[arg-type]


def pictured(**parts: str) -> Article:
    return shown(pictures=(replace(SHOT, **parts),))


def linked(*links: Link) -> Article:
    return shown(links=links)


NOISY = {
    "a letter slipped": (edited("luxury", "luxuri"), "typo"),
    "two letters changed places": (edited("running", "runnign"), "typo"),
    "a word gained a letter": (edited("attacked", "attackked"), "typo"),
    "another word was misspelt": (edited("season", "seeson"), "typo"),
    "a comma went": (edited("A second vote,", "A second vote"), "style"),
    "a capital came": (edited("the council, said", "the Council, said"), "style"),
    "a full stop went": (edited("in the west.", "in the west"), "style"),
    "marks of another kind": (edited("who keeps the island's shop", "who keeps the island\u2019s shop"), "style"),
    "a picture of another size": (pictured(url="https://pictures.example/ferry-1200x800.jpg"), "picture-file"),
    "a picture at another address": (pictured(url="https://cdn.example/f.jpg"), "picture-file"),
    "a picture's alt text": (pictured(alt="The boat"), "picture-file"),
    "a link's parameters": (linked(replace(INLINE, url="https://gazette.example/fund?a=x"), MORE), "link-parameters"),
    "a link's fragment": (linked(replace(INLINE, url="https://gazette.example/fund#top"), MORE), "link-parameters"),
    "another story beside it": (
        linked(INLINE, replace(MORE, url="https://gazette.example/quay", text="The quay")),
        "read-more",
    ),
    "no other story beside it": (linked(INLINE), "read-more"),
    "the time written otherwise": (shown(stamps=(replace(PRINTED, text="02/03/2026 9am"),)), "time-format"),
    "the byline with By": (shown(authors=("By Ada Birch",)), "byline-format"),
    "the byline in capitals": (shown(authors=("ADA BIRCH",)), "byline-format"),
    "another section": (shown(section="Politics"), "labels"),
    "another tag": (shown(tags=("ferry", "island")), "labels"),
}

SLIGHT = {
    "another author": shown(authors=("Tom Birch",)),
    "another picture": shown(pictures=(Picture(url="https://pictures.example/quay.jpg", caption="The quay"),)),
    "a link to elsewhere": shown(links=(replace(INLINE, url="https://gazette.example/pier-fund"), MORE)),
    "a printed time moved": shown(stamps=(replace(PRINTED, at=PUBLISHED + timedelta(hours=1), text="10:00"),)),
    "a paragraph elsewhere": shown(body=blocks(*SENTENCES[1:], SENTENCES[0])),
    "another kicker": shown(kicker="Exclusive"),
    "another standfirst": shown(standfirst="Winter crossings are safe."),
}

PLAIN = {
    "one word of the body": edited("terrorist", "militant"),
    "a short word that turns the sense": edited("will not be", "will now be"),
    "a sentence added": shown(body=blocks(*SENTENCES, "The harbour master declined to speak.")),
    "a sentence taken out": shown(body=blocks(*SENTENCES[:3], *SENTENCES[4:])),
    "another headline": shown(headline="Council saves the boat"),
    "a word of the headline": shown(headline="Ferry to run all spring"),
    "a number": edited("120", "210"),
    "a date": edited("12 May", "21 May"),
    "a name": edited("Tom Harrow", "Ned Marsh"),
    "a digit slipped": edited("120", "121"),
}

ANEW = tuple(f"Nothing stands as before in part {word}." for word in ("one", "two", "three", "four", "five", "six"))
THREE_FACTS = (
    *edited("120", "450").body[:4],
    edited("Tom Harrow", "Ned Marsh").body[4],
    *edited("12 May", "3 June").body[5:],
)
HEAVY = {
    "half was taken out": shown(body=blocks(*SENTENCES[:4])),
    "a number and a headline": replace(edited("120", "12"), headline="Twelve left on the island"),
    "all written anew": shown(body=blocks(*ANEW), headline="New"),
    "a number and a name and a date": shown(body=THREE_FACTS),
}

PAIRS = [(0, name, after) for name, (after, _) in NOISY.items()]
PAIRS += [(rank, name, after) for rank, of in enumerate((SLIGHT, PLAIN, HEAVY), start=1) for name, after in of.items()]


def score(after: Article, *classes: str, off: tuple[str, ...] = ()) -> int:
    return weigh(BEFORE, after, classes=classes, at=PUBLISHED, off=off).score


def test_changes_stand_in_the_order_in_which_an_editor_wants_them() -> None:
    assert len(PAIRS) >= 40
    scores = [(rank, score(after), name) for rank, name, after in PAIRS]
    for lower in range(3):
        top = max(one[1:] for one in scores if one[0] == lower)
        bottom = min(one[1:] for one in scores if one[0] == lower + 1)
        assert top[0] < bottom[0], (top, bottom)


@pytest.mark.parametrize("name", NOISY)
def test_noise_is_named_kept_and_weighs_again_when_its_rule_is_off(name: str) -> None:
    after, rule = NOISY[name]
    quiet = weigh(BEFORE, after, at=PUBLISHED)
    assert [(reason.rule, reason.points) for reason in quiet.reasons] == [(rule, 1)]
    loud = weigh(BEFORE, after, at=PUBLISHED, off={rule})
    assert loud.score > quiet.score
    assert loud.rules == f"{RULES} -{rule}"


def test_every_noise_rule_is_met_by_a_pair_or_by_the_live_blog() -> None:
    assert {rule for _, rule in NOISY.values()} | {"live-entries"} == set(NOISE)


def test_equal_articles_weigh_nothing() -> None:
    assert weight_json(weigh(BEFORE, BEFORE, classes=("stealth",))) == {"score": 0, "reasons": [], "rules": RULES}


@pytest.mark.parametrize(
    ("old", "new"), [("luxury", "necessity"), ("will not be", "will be"), ("120", "120.5"), ("was set", "is set")]
)
def test_what_turns_the_sense_is_no_noise(old: str, new: str) -> None:
    assert "body" in {reason.rule for reason in weigh(BEFORE, edited(old, new)).reasons}


def test_what_nobody_declared_weighs_more_and_so_does_what_came_late() -> None:
    after = edited("terrorist", "militant")
    plain, stealth = score(after, "declared", "body"), score(after, "stealth", "body")
    assert plain < stealth
    ages = [timedelta(hours=2), timedelta(days=2), timedelta(days=8), timedelta(days=90)]
    late = [weigh(BEFORE, after, classes=("stealth",), at=PUBLISHED + age).score for age in ages]
    assert late == sorted(set(late))
    assert score(NOISY["a comma went"][0], "stealth") == 1


def test_an_article_that_went_weighs_without_a_text() -> None:
    gone = weigh(BEFORE, None, classes=("gone",))
    assert [reason.rule for reason in gone.reasons] == ["gone"]
    assert gone.score > weigh(BEFORE, None, classes=("moved",)).score


def test_a_live_blogs_new_entries_are_noise_and_its_edited_ones_are_not() -> None:
    old = (Block(role="paragraph", text="The boat left at nine.", entry="time:1"),)
    new = (Block(role="paragraph", text="The boat came back with 40 people.", entry="time:2"),)
    before = Article(headline="Live", body=old, entries=(Entry(id="time:1"),))
    after = Article(headline="Live", body=new + old, entries=(Entry(id="time:2"), Entry(id="time:1")))
    assert [reason.rule for reason in weigh(before, after).reasons] == ["live-entries"]
    mended = replace(after, body=(new[0], replace(old[0], text="The boat never left at nine.")))
    assert "body" in [reason.rule for reason in weigh(before, mended).reasons]


def test_a_notice_weighs() -> None:
    notice = Block(role="notice", text="Correction: an earlier version named another fund.")
    told = weigh(BEFORE, shown(body=(*BEFORE.body, notice)))
    assert [reason.rule for reason in told.reasons] == ["notice"]


@given(st.lists(st.integers(2, 9000), min_size=2, max_size=12), st.data())
@settings(max_examples=60, deadline=None)
def test_one_more_changed_fact_never_lowers_the_score(figures: list[int], data: st.DataObject) -> None:
    def article(numbers: list[int]) -> Article:
        return Article(
            headline="Counted",
            body=blocks(*(f"In part {at} of the island {n} people were seen." for at, n in enumerate(numbers))),
        )

    order = data.draw(st.permutations(range(len(figures))))
    now, last = list(figures), 0
    for at in order:
        now[at] = now[at] * 3 + 1
        found = weigh(article(figures), article(now), classes=("stealth",))
        assert found == weigh(article(figures), article(now), classes=("stealth",))
        assert found.score >= last
        last = found.score
