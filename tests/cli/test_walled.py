"""An article that goes behind a paywall is told as that, makes no revision, and comes back as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from news.serial import rfc3339
from tests.cli.conftest import Stoppress
from tests.storage.making import config_in, html, look, minutes, page, written

SENTENCES = tuple(
    f"Speaker number {number} told the council that the ferry had never once been late in his time on the pier."
    for number in range(30)
)
FERRY, PIER = page("ferry"), page("pier")
WHOLE = html("The ferry this winter", sentences=SENTENCES)
STUBS = {
    "offer": html("The ferry this winter", "Subscribe to continue reading.", sentences=SENTENCES[:4]),
    "longer": html("The ferry this winter", sentences=SENTENCES[:9]).replace(
        b"</main>", b"</main>Already a subscriber?"
    ),
    "stated": html("The ferry this winter", sentences=SENTENCES[:4]).replace(
        b'"@type":"NewsArticle",', b'"@type":"NewsArticle","isAccessibleForFree":false,'
    ),
}


@pytest.fixture(params=STUBS)
def archive(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    with written(config_in(tmp_path)) as (_, writer):
        look(writer, FERRY, WHOLE, minutes(0))
        look(writer, PIER, html("The pier this winter", sentences=SENTENCES), minutes(1))
        for minute in (10, 20):
            look(writer, FERRY, STUBS[request.param], minutes(minute))
        writer.seal(minutes(25))
    return tmp_path


def access(stoppress: Stoppress) -> dict[str, Any]:
    rows = {row["url"]: row["access"] for row in stoppress("articles", "--json").json}
    assert rows[PIER] is None
    shown = stoppress("show", FERRY, "--json").json["access"]
    assert stoppress("history", FERRY, "--json").json["article"]["access"] == shown == rows[FERRY]
    return rows[FERRY]  # type: ignore[no-any-return]


def test_it_is_told_everywhere_since_when_and_makes_no_revision(archive: Path, stoppress: Stoppress) -> None:
    assert access(stoppress) == {"state": "paywall", "since": rfc3339(minutes(10))}
    assert len(stoppress("history", FERRY, "--json").json["revisions"]) == 1
    assert "behind a paywall since 2026-03-02 09:10:00 GMT" in stoppress("history", FERRY).out
    assert "behind a paywall since 2026-03-02 09:10:00 GMT" in stoppress("show", FERRY).out
    assert "behind a paywall since" in stoppress("show", FERRY, "--format", "html").out
    assert stoppress("status", "--json").json["sites"][0]["walled"] == {"paywall": 1}
    assert "gazette: 1 known article is behind a paywall" in stoppress("status").out
    stoppress("verify")


def test_it_is_told_no_longer_once_it_can_be_read_again_and_is_the_same_revision(
    archive: Path, stoppress: Stoppress
) -> None:
    with written(config_in(archive)) as (_, writer):
        look(writer, FERRY, WHOLE, minutes(30))
    assert access(stoppress) is None
    (revision,) = stoppress("history", FERRY, "--json").json["revisions"]
    assert revision["seen_last"] == rfc3339(minutes(30))
    assert "paywall" not in stoppress("history", FERRY).out
    assert stoppress("status", "--json").json["sites"][0]["walled"] == {}


def test_the_catalogue_built_anew_tells_the_same(archive: Path, stoppress: Stoppress) -> None:
    before = access(stoppress)
    stoppress("rebuild")
    assert access(stoppress) == before


def test_an_article_that_is_seen_first_behind_the_wall_begins_when_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stoppress: Stoppress
) -> None:
    monkeypatch.chdir(tmp_path)
    with written(config_in(tmp_path)) as (_, writer):
        for number in range(9):
            look(writer, page(f"story-{number}"), html(f"Story {number}", sentences=SENTENCES), minutes(number))
        writer.commit()
        look(writer, FERRY, STUBS["longer"].replace(SENTENCES[8].encode(), b""), minutes(20))
        writer.commit()
        assert "blocked" in stoppress("history", FERRY, status=1).err
        look(writer, FERRY, WHOLE, minutes(30))
    (revision,) = stoppress("history", FERRY, "--json").json["revisions"]
    assert revision["seen_first"] == rfc3339(minutes(30))
