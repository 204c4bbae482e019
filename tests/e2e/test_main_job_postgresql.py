"""The whole main job with the catalogue in PostgreSQL, beside the same job with the catalogue in a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsroom import Newsroom
from tests.catalogues import catalogues, lose
from tests.e2e.test_main_job_s3 import Archive, crawl_and_edit, steady

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with catalogues("postgresql") as catalogue_of:
        yield catalogue_of(tmp_path)


def test_the_main_job_comes_to_the_same_in_postgresql_as_in_sqlite(
    address: str, room: Newsroom, tmp_path: Path
) -> None:
    served = Archive(tmp_path / "served", room, f'[archive]\ncatalogue = "{address}"\n')
    local = Archive(tmp_path / "local", room, "")
    assert ":***@127.0.0.1" in served("init").out
    local("init")
    urls = crawl_and_edit(room, [served, local])

    before = served.histories(urls)
    assert [steady(told) for told in before] == [steady(told) for told in local.histories(urls)]
    assert [len(json.loads(told)["revisions"]) for told in before] == [2, 2, 2, 2, 1]
    assert not list(served.folder.rglob("*.db"))
    assert served("verify", "--json").json["findings"] == []
    assert served("reread", "--check").status == 0
    told = [archive("articles", "--json").json for archive in (served, local)]
    kept, other = ({row["url"]: row["revisions"] for row in rows} for rows in told)
    assert kept == other
    figures = [archive("status", "--json").json["sites"][0] for archive in (served, local)]
    pages, articles = ([site[name] for site in figures] for name in ("pages", "articles"))
    assert pages[0] == pages[1] > articles[0] == articles[1] == 5
    for command in ("show", "diff", "blame"):
        assert served(command, urls[0], "--json").json

    lose(address)
    assert "stoppress rebuild" in served("history", urls[0], status=4).err
    assert served("rebuild", "--json").json["problems"] == []
    assert served.histories(urls) == before
    assert served("verify", "--json").json["findings"] == []
