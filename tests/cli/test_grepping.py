"""`grep`: where words came or went, not where they only stood by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.catalogue import opening
from tests.catalogues import KINDS, catalogues, downgraded
from tests.cli.conftest import Stoppress
from tests.storage import making
from tests.storage.making import SENTENCES, config_in, html, look, minutes, page, written

TRIAL, PIER = page("trial"), page("pier")


def states(*sentences: str) -> bytes:
    return html("Sentenced on the pier", sentences=(*SENTENCES, *sentences))


@pytest.fixture(scope="module", params=KINDS)
def _kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def searched(_kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two articles: one sentence edited in one, a word gone here and another come there in the other."""
    with catalogues(_kind) as found:
        monkeypatch.setattr(making, "catalogue_in", found)
        with written(config_in(tmp_path)) as (_, writer):
            look(writer, TRIAL, states("The terrorist was led to the boat by two guards."), minutes(0))
            look(
                writer, PIER, states("A terrorist is sought in the town.", "The pier is shut for the day."), minutes(1)
            )
            look(writer, TRIAL, states("The militant was led to the boat by two guards."), minutes(10))
            look(
                writer,
                PIER,
                states("Somebody else was asked.", "A militant group has nothing to say here."),
                minutes(11),
            )
            look(writer, TRIAL, states("The militant was led to the boat by three guards."), minutes(20))
            look(writer, PIER, states("Somebody else was asked.", "Le café Zoë\u2019s was shut in 2026."), minutes(21))
        monkeypatch.chdir(tmp_path)
        yield tmp_path


def test_an_exchange_says_whether_it_was_of_one_sentence(searched: Path, stoppress: Stoppress) -> None:
    told = stoppress("grep", "terrorist -> militant", "--json").json
    assert [(one["article"]["url"], one["number"], one["together"]) for one in told] == [
        (PIER, 2, "revision"),
        (TRIAL, 2, "sentence"),
    ]
    assert told[1]["removed"] == [
        {
            "where": "body",
            "sentence": "The terrorist was led to the boat by two guards.",
            "words": ["terrorist"],
            "at": [[4, 13]],
        }
    ]
    assert told[1]["added"][0]["sentence"] == "The militant was led to the boat by two guards."
    assert told[1]["classes"] == ["stealth", "body"]
    assert told[1]["significance"]["score"] > 0


def test_words_that_only_stood_by_are_no_hit(searched: Path, stoppress: Stoppress) -> None:
    told = stoppress("grep", "militant", "--added", "--json").json
    assert [(one["article"]["url"], one["number"]) for one in told] == [(PIER, 2), (TRIAL, 2)]
    assert [one["number"] for one in stoppress("grep", "militant", "--removed", "--json").json] == [3]
    assert stoppress("grep", "boat", "--json").json == []


@pytest.mark.parametrize(
    ("pattern", "numbers"),
    [
        ("milit*", [3, 2, 2]),
        ('"three guards"', [3]),
        ('"guards three"', []),
        ("guards three", [3]),
        ("Militant", []),
        ("cafe", [3]),
        ("café", [3]),
        ("zoë's", [3]),
        ("2026", [3]),
        ("nowhere", []),
    ],
)
def test_patterns(searched: Path, stoppress: Stoppress, pattern: str, numbers: list[int]) -> None:
    assert [one["number"] for one in stoppress("grep", pattern, "--json").json] == numbers


def test_a_regular_expression_reads_every_change(searched: Path, stoppress: Stoppress) -> None:
    told = stoppress("grep", r"thr..\s+guard", "--regex", "--json").json
    assert [(one["number"], one["added"][0]["words"]) for one in told] == [(3, ["three guard"])]
    for pattern in ("thr[e]e guards", "MILITAN. group", "CAFÉ zo[ëe]", r"\bsome\w+ else was as[kK]ed"):
        told = stoppress("grep", pattern, "--regex", "--ignore-case", "--added", "--json").json
        assert len(told) == 1
    assert stoppress("grep", "MILITAN. group", "--regex", "--json").json == []
    assert stoppress("grep", "some.ody e%se", "--regex", "--json").json == []
    assert "no regular expression" in stoppress("grep", "(", "--regex", status=2).err


def test_time_site_class_and_number_narrow_it_down(searched: Path, stoppress: Stoppress) -> None:
    asked = ("grep", "militant", "--json")
    assert len(stoppress(*asked, "--since", "2026-03-02T09:21:00Z").json) == 1
    assert len(stoppress(*asked, "--until", "2026-03-02T09:10:30Z").json) == 1
    assert stoppress(*asked, "--class", "headline").json == []
    limited = stoppress(*asked, "--limit", "1")
    assert len(limited.json) == 1
    assert "there are more" in limited.err
    assert "there is no site" in stoppress(*asked, "--site", "gazete", status=2).err


def test_a_person_reads_the_sentences_and_what_to_ask_next(searched: Path, stoppress: Stoppress) -> None:
    said = stoppress("grep", "terrorist -> militant").out
    assert "  - The [terrorist] was led to the boat by two guards.\n" in said
    assert "  + The [militant] was led to the boat by two guards.\n" in said
    assert f"  next: stoppress diff {TRIAL} 1 2\n" in said
    assert stoppress("grep", "nowhere").out == "no change matches\n"


def test_an_empty_pattern_and_a_contradiction_are_usage_errors(searched: Path, stoppress: Stoppress) -> None:
    assert "holds no word" in stoppress("grep", "--", "-> ", status=2).err
    assert "contradict" in stoppress("grep", "a -> b", "--added", status=2).err


def test_history_tells_what_each_revision_weighs(searched: Path, stoppress: Stoppress) -> None:
    told = [one["significance"] for one in stoppress("history", TRIAL, "--json").json["revisions"]]
    assert told[0] is None
    shown = stoppress("show", TRIAL, "-r", "3", "--json").json["significance"]
    assert shown == told[2]
    assert stoppress("diff", TRIAL, "2", "3", "--json").json["significance"] == shown
    assert {reason["rule"] for reason in shown["reasons"]} >= {"numbers", "body", "undeclared"}


def test_a_catalogue_made_anew_answers_the_same(searched: Path, stoppress: Stoppress) -> None:
    asked = ("grep", "milit*", "--json")
    before = stoppress(*asked).json
    assert before
    if before and (searched / "archive" / "catalogue.db").exists():
        stoppress("rebuild")
        assert stoppress(*asked).json == before


def test_an_older_catalogue_learns_what_its_revisions_changed(searched: Path, stoppress: Stoppress) -> None:
    asked = ("grep", "milit*", "--json")
    before = stoppress(*asked).json
    address = making.catalogue_in(searched)
    downgraded(address, "0004")
    assert "run `stoppress init`" in stoppress(*asked, status=4).err

    def broken_off(done: int, total: int) -> None:
        assert (done, total) == (4, 4)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        opening.create(address, progress=broken_off)
    assert "run `stoppress init`" in stoppress(*asked, status=4).err
    stoppress("init")
    assert stoppress(*asked).json == before


def test_articles_are_listed_by_their_weightiest_edit(searched: Path, stoppress: Stoppress) -> None:
    told = stoppress("articles", "--sort", "significance", "--json").json
    scores = [one["max_significance"] for one in told]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)
    assert stoppress("articles", "--min-significance", str(scores[0]), "--json").json == told[:1]
    assert "max_significance" not in stoppress("articles", "--json").json[0]
