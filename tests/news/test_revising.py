"""What counts as a revision and of which classes: the table of design.md, section 5, cell by cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.model import Article, Block, CaptureRef, Link, Picture, Revision, Stamp
from news.revising import Gone, History, Moved, NewRevision, Present, Unchanged, content_digest, decide
from news.revising.deciding import Occasion, Sight
from news.revising.relative import is_relative
from news.serial import article_from_json, article_json, canonical, revision_from_json, revision_json
from news.writing import revision_digest

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
URL = "https://gazette.example/news/ferry/"


def printed(minute: int | None, text: str = "Updated: 2 March 2026", kind: str = "updated") -> Stamp:
    at = NOON + timedelta(minutes=minute) if minute is not None else None
    return Stamp(kind=kind, at=at, text=text, source="printed")  # type: ignore[arg-type]


def structured(minute: int, kind: str = "updated") -> Stamp:
    at = NOON + timedelta(minutes=minute)
    return Stamp(kind=kind, at=at, text=at.isoformat(), source="json-ld:dateModified")  # type: ignore[arg-type]


BASE = Article(
    headline="Ferry to run all winter",
    standfirst="The council has found the money.",
    authors=("Ada Quill",),
    stamps=(printed(-60, "1 March 2026", "published"), printed(0), structured(0)),
    body=(Block(role="paragraph", text="The ferry runs."), Block(role="paragraph", text="It costs £12.")),
    pictures=(Picture(url="https://gazette.example/a.jpg", alt="A ferry", caption="The ferry", credit="Getty"),),
    links=(Link(role="read-more", text="More", url="https://gazette.example/b/"),),
    tags=("ferries",),
)
NOTICE = Block(role="notice", text="Correction: an earlier version gave a wrong price.")


def occasion(minute: float = 30, url: str = URL) -> Occasion:
    return Occasion(
        site="gazette",
        article_id="a" * 20,
        url=url,
        reader="generic/1",
        at=NOON + timedelta(minutes=minute),
        capture=CaptureRef(
            record_id=f"<urn:{minute}>", segment="s", payload_digest="sha256:0", block_digest="sha256:1"
        ),
    )


def history(*sights: Sight, self_moving: frozenset[str] = frozenset()) -> History:
    """What is known after these sights, one a minute."""
    known = History(self_moving=self_moving)
    for minute, sight in enumerate(sights):
        match decide(known, sight, occasion(minute)):
            case NewRevision(revision=revision):
                spoken = revision if revision.article else known.spoken
                known = replace(known, latest=revision, spoken=spoken, last_look=NOON + timedelta(minutes=minute))
            case Unchanged():
                known = replace(known, last_look=NOON + timedelta(minutes=minute))
    return known


def revised(after: Article, *, self_moving: frozenset[str] = frozenset()) -> Revision | Unchanged:
    decision = decide(history(Present(article=BASE), self_moving=self_moving), Present(article=after), occasion())
    return decision.revision if isinstance(decision, NewRevision) else decision


def with_stamps(article: Article, *stamps: Stamp) -> Article:
    return replace(article, stamps=stamps)


def with_text(article: Article, text: str = "It costs £21.") -> Article:
    return replace(article, body=(article.body[0], Block(role="paragraph", text=text), *article.body[2:]))


def with_notice(article: Article) -> Article:
    return replace(article, body=(*article.body, NOTICE))


PUBLISHED = BASE.stamps[0]
STILL = (PUBLISHED, printed(0), structured(0))
PRINTED_MOVED = (PUBLISHED, printed(20), structured(0))
STRUCTURED_MOVED = (PUBLISHED, printed(0), structured(20))
BOTH_MOVED = (PUBLISHED, printed(20), structured(20))

TABLE = [
    # text changed, stamps, notice -> classes, declared by
    (False, STILL, False, None, None),
    (False, PRINTED_MOVED, False, ("restamped",), ()),
    (False, STRUCTURED_MOVED, False, None, None),
    (False, BOTH_MOVED, False, ("restamped",), ()),
    (True, STILL, False, ("stealth", "body"), ()),
    (True, PRINTED_MOVED, False, ("declared", "body"), ("stamp",)),
    (True, STRUCTURED_MOVED, False, ("declared", "body"), ("stamp",)),
    (True, BOTH_MOVED, False, ("declared", "body"), ("stamp",)),
    (False, STILL, True, ("declared", "body", "correction"), ("notice",)),
    (False, PRINTED_MOVED, True, ("declared", "body", "correction"), ("stamp", "notice")),
    (True, STILL, True, ("declared", "body", "correction"), ("notice",)),
    (True, STRUCTURED_MOVED, True, ("declared", "body", "correction"), ("stamp", "notice")),
    (True, BOTH_MOVED, True, ("declared", "body", "correction"), ("stamp", "notice")),
]


@pytest.mark.parametrize(("text", "stamps", "notice", "classes", "declared_by"), TABLE)
def test_text_stamps_and_notices_decide_together(
    text: bool,
    stamps: tuple[Stamp, ...],
    notice: bool,
    classes: tuple[str, ...] | None,
    declared_by: tuple[str, ...] | None,
) -> None:
    after = with_stamps(BASE, *stamps)
    after = with_text(after) if text else after
    after = with_notice(after) if notice else after
    decided = revised(after)
    if classes is None:
        assert isinstance(decided, Unchanged)
        return
    assert isinstance(decided, Revision)
    assert (decided.classes, decided.declared_by) == (classes, declared_by)
    changed = text or notice
    assert (decided.content_digest == content_digest(BASE)) is not changed


def test_a_structured_stamp_that_moves_by_itself_on_this_site_declares_nothing() -> None:
    after = with_text(with_stamps(BASE, *STRUCTURED_MOVED))
    decided = revised(after, self_moving=frozenset({"json-ld:dateModified"}))
    assert isinstance(decided, Revision)
    assert decided.classes == ("stealth", "body")


def test_a_structured_stamp_that_moves_alone_is_a_signal() -> None:
    decided = revised(with_stamps(BASE, *STRUCTURED_MOVED))
    assert isinstance(decided, Unchanged)
    assert decided.signals == (("moved-alone", "json-ld:dateModified"),)


@pytest.mark.parametrize(
    ("after", "part"),
    [
        (replace(BASE, headline="Ferry cut"), "headline"),
        (replace(BASE, kicker="Breaking"), "headline"),
        (replace(BASE, standfirst=None), "standfirst"),
        (with_text(BASE), "body"),
        (replace(BASE, body=BASE.body[::-1]), "body"),
        (replace(BASE, authors=("Ada Quill", "Ben Marsh")), "authors"),
        (replace(BASE, pictures=(replace(BASE.pictures[0], caption="The old ferry"),)), "pictures"),
        (replace(BASE, pictures=(replace(BASE.pictures[0], credit="Alamy"),)), "pictures"),
        (replace(BASE, links=()), "links"),
    ],
)
def test_each_part_that_a_reader_sees_has_its_class(after: Article, part: str) -> None:
    decided = revised(after)
    assert isinstance(decided, Revision)
    assert decided.classes == ("stealth", part)


@pytest.mark.parametrize(
    "after",
    [
        replace(BASE, tags=("boats",)),
        replace(BASE, section="Travel"),
        replace(BASE, language="en"),
        replace(BASE, canonical_url="https://gazette.example/other/"),
        replace(BASE, pictures=(replace(BASE.pictures[0], alt="Another alt"),)),
    ],
)
def test_what_a_reader_does_not_see_makes_no_revision(after: Article) -> None:
    assert isinstance(revised(after), Unchanged)


def test_words_that_can_not_be_read_move_and_relative_words_do_not() -> None:
    before = with_stamps(BASE, PUBLISHED, printed(None, "Updated: Sunday lunchtime"))
    after = with_stamps(BASE, PUBLISHED, printed(None, "Updated: Sunday evening"))
    decided = decide(history(Present(article=before)), Present(article=after), occasion())
    assert isinstance(decided, NewRevision)
    assert decided.revision.classes == ("restamped",)
    hours = [with_stamps(BASE, PUBLISHED, printed(None, f"Updated {count} hours ago")) for count in (2, 3)]
    assert isinstance(decide(history(Present(article=hours[0])), Present(article=hours[1]), occasion()), Unchanged)


RELATIVE = [
    "2 hours ago", "Updated 5 min ago", "vor 3 Stunden", "il y a 2 heures", "hace 5 minutos", "Just now",
    "Обновлено 5 минут назад", "5 хвилин тому", "5 dakika önce", "acum 5 minute", "منذ 5 دقائق",
]  # fmt: skip


@pytest.mark.parametrize("words", RELATIVE)
def test_relative_words_are_known(words: str) -> None:
    assert is_relative(words)


@pytest.mark.parametrize("words", ["1 December 2024, 07:14", "Updated: 5 March 2025 at 15:04", "12.03.2025, 14:00 Uhr"])
def test_dates_are_not_relative(words: str) -> None:
    assert not is_relative(words)


PRESENT, GONE, AWAY = Present(article=BASE), Gone(status=404), Moved(to="https://gazette.example/x/")

LIFE = [
    ((PRESENT,), PRESENT, None),
    ((PRESENT,), GONE, ("gone",)),
    ((PRESENT, GONE), GONE, None),
    ((PRESENT, GONE), PRESENT, ("back",)),
    ((PRESENT, GONE), Present(article=with_text(BASE)), ("stealth", "body", "back")),
    ((PRESENT, GONE), Present(article=with_text(with_stamps(BASE, *PRINTED_MOVED))), ("declared", "body", "back")),
    ((PRESENT, GONE), Present(article=with_stamps(BASE, *PRINTED_MOVED)), ("restamped", "back")),
    ((PRESENT,), AWAY, ("moved",)),
    ((PRESENT, AWAY), AWAY, None),
    ((PRESENT, AWAY), PRESENT, ("back",)),
    ((PRESENT, AWAY), GONE, ("gone",)),
    ((PRESENT, GONE), AWAY, ("moved",)),
    ((), GONE, None),
    ((), AWAY, None),
]


@pytest.mark.parametrize(("before", "now", "classes"), LIFE)
def test_life_cycle(before: tuple[Sight, ...], now: Sight, classes: tuple[str, ...] | None) -> None:
    decision = decide(history(*before), now, occasion())
    found = decision.revision.classes if isinstance(decision, NewRevision) else None
    assert found == classes
    if isinstance(decision, NewRevision) and classes in (("gone",), ("moved",)):
        assert decision.revision.article is None
        assert decision.revision.content_digest is None


def test_an_article_that_goes_on_under_another_address_is_not_back() -> None:
    decision = decide(history(PRESENT, AWAY), PRESENT, occasion(url="https://gazette.example/x/"))
    assert isinstance(decision, Unchanged)


def test_the_first_revision_has_no_classes_and_no_before() -> None:
    decision = decide(History(), PRESENT, occasion())
    assert isinstance(decision, NewRevision)
    assert decision.revision.classes == ()
    assert decision.revision.previous is None
    assert decision.revision.not_before is None


def test_a_change_happened_after_the_last_look_at_the_state_before() -> None:
    known = history(PRESENT, PRESENT, PRESENT)
    decision = decide(known, Present(article=with_text(BASE)), occasion(60))
    assert isinstance(decision, NewRevision)
    assert decision.revision.not_before == NOON + timedelta(minutes=2)
    assert decision.revision.seen_first == NOON + timedelta(minutes=60)
    assert known.latest is not None
    assert decision.revision.previous == revision_digest(known.latest)


def test_a_state_that_was_seen_before_comes_back_as_a_flip_and_names_it() -> None:
    known = replace(history(PRESENT, Present(article=with_text(BASE))), same_content="sha256:first")
    decision = decide(known, PRESENT, occasion())
    assert isinstance(decision, NewRevision)
    assert decision.revision.classes == ("stealth", "body", "flip")
    assert decision.revision.returns_to == "sha256:first"


def with_surfaces(article: Article, **surfaces: str) -> Article:
    return replace(article, surfaces=tuple(surfaces.items()))


SAME = with_surfaces(BASE, title="Ferry to run all winter | Harbour Gazette", og="Ferry to run all winter")


@pytest.mark.parametrize(
    ("title", "og", "classes"),
    [
        ("Ferry saved | Harbour Gazette", "Ferry saved", ("stealth", "headline")),
        ("Ferry saved | Harbour Gazette", "Ferry to run all winter", ("stealth", "headline", "experiment")),
        ("Ferry to run all winter", "Ferry to run all winter", ("stealth", "headline", "experiment")),
    ],
)
def test_a_headline_that_changes_in_one_place_only_is_an_experiment(
    title: str, og: str, classes: tuple[str, ...]
) -> None:
    after = replace(with_surfaces(SAME, title=title, og=og), headline="Ferry saved")
    decision = decide(history(Present(article=SAME)), Present(article=after), occasion())
    assert isinstance(decision, NewRevision)
    assert decision.revision.classes == classes


def test_a_headline_that_search_engines_never_got_is_no_experiment() -> None:
    before = with_surfaces(BASE, title="Winter ferry times and prices", og="Winter ferry: all you need to know")
    decision = decide(
        history(Present(article=before)), Present(article=replace(before, headline="Ferry saved")), occasion()
    )
    assert isinstance(decision, NewRevision)
    assert decision.revision.classes == ("stealth", "headline")


def test_a_headline_that_moves_elsewhere_alone_is_a_signal() -> None:
    after = with_surfaces(BASE, title="Ferry to run all winter | Harbour Gazette", og="Ferry saved at last")
    decided = decide(history(Present(article=SAME)), Present(article=after), occasion())
    assert isinstance(decided, Unchanged)
    assert decided.signals == (("headline-elsewhere", "og"),)


def test_what_led_to_an_article_says_its_headline_in_the_first_revision() -> None:
    decision = decide(History(), PRESENT, replace(occasion(), listed="Ferry: winter plan"))
    assert isinstance(decision, NewRevision)
    assert decision.revision.listed == "Ferry: winter plan"
    assert revision_json(decision.revision)["listed"] == "Ferry: winter plan"


def test_a_revision_with_nothing_to_add_keeps_the_bytes_that_earlier_versions_wrote() -> None:
    decision = decide(History(), PRESENT, occasion())
    assert isinstance(decision, NewRevision)
    assert not {"returns_to", "listed"} & revision_json(decision.revision).keys()
    assert "surfaces" not in article_json(BASE)


text = st.text(max_size=20)
articles = st.builds(
    Article,
    headline=text,
    kicker=st.none() | text,
    standfirst=st.none() | text,
    authors=st.lists(text, max_size=2).map(tuple),
    body=st.lists(st.builds(Block, role=st.sampled_from(["paragraph", "quote", "notice"]), text=text), max_size=4).map(
        tuple
    ),
    stamps=st.lists(
        st.builds(
            Stamp,
            kind=st.sampled_from(["published", "updated"]),
            at=st.none() | st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
            text=text,
            source=st.sampled_from(["printed", "json-ld:dateModified"]),
        ),
        max_size=3,
    ).map(tuple),
    surfaces=st.dictionaries(st.sampled_from(["og:title", "title"]), text).map(
        lambda said: tuple(sorted(said.items()))
    ),
)


@given(articles)
def test_an_article_survives_its_json(article: Article) -> None:
    assert article_from_json(article_json(article)) == article


@given(articles)
def test_the_same_article_again_is_never_a_revision(article: Article) -> None:
    assert isinstance(decide(history(Present(article=article)), Present(article=article), occasion()), Unchanged)


@given(articles, articles)
def test_another_content_is_always_a_revision_and_never_silent_about_it(before: Article, after: Article) -> None:
    decision = decide(history(Present(article=before)), Present(article=after), occasion())
    differs = content_digest(before) != content_digest(after)
    classes = decision.revision.classes if isinstance(decision, NewRevision) else ()
    assert bool({"stealth", "declared"} & set(classes)) is differs


@given(articles)
def test_a_revision_survives_its_json(article: Article) -> None:
    decision = decide(History(), Present(article=article), occasion())
    assert isinstance(decision, NewRevision)
    again = revision_from_json(revision_json(decision.revision))
    assert canonical(revision_json(again)) == canonical(revision_json(decision.revision))
