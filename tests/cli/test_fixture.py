"""`make fixture`: a page becomes a case, whether it comes from the site, a saved page or a WARC file."""

import json
from pathlib import Path

import pytest

from cli.fixture import main
from newsroom import Newsroom
from storage.warc.foreign import whole_records
from tests.conftest import site_config
from tests.news.sites import fixtures

CASE = fixtures.FIXTURES / "lbc/old-plain"
ADDRESS = fixtures.address_of(CASE)


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run the command in an empty folder; return its status and what it said."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["make fixture", *arguments])
        status = main()
        heard = capsys.readouterr()
        return status, heard.out + heard.err

    return run


def test_a_saved_page_becomes_a_case_that_the_tests_can_read(make, tmp_path: Path):
    status, said = make("--site", "lbc", "--file", str(CASE / "page.html"), "--url", ADDRESS)
    made = tmp_path / "tests/fixtures/lbc/harbour-bridge-opens-after-winter-repairs"
    assert status == 0
    assert "correct it by hand" in said
    assert {file.name for file in made.iterdir()} == {"page.html", "address.txt", "article.json"}
    assert (made / "page.html").read_bytes() == (CASE / "page.html").read_bytes()
    assert json.loads((made / "article.json").read_text()) == fixtures.expected(CASE)


def test_a_page_that_the_reader_refuses_becomes_a_case_too(make, tmp_path: Path):
    case = fixtures.FIXTURES / "lbc/old-cut-in-the-text"
    status, said = make("--site", "lbc", "--file", str(case / "page.html"), "--url", ADDRESS, "--case", "cut")
    assert status == 0
    assert "breaks off" in said
    assert json.loads((tmp_path / "tests/fixtures/lbc/cut/refusal.json").read_text()) == fixtures.expected(case)


@pytest.mark.e2e
def test_a_page_of_the_newsroom_comes_with_its_capture_and_the_capture_gives_the_same_case(make, tmp_path: Path):
    with Newsroom() as room:
        (tmp_path / "stoppress.toml").write_text(site_config(room.url))
        path = next(story.path for story in room.articles() if story.template == "new" and not story.is_live)
        assert make("--site", "harbour", "--url", room.url.rstrip("/") + path, "--case", "looked-at")[0] == 0
        made = tmp_path / "tests/fixtures/harbour/looked-at"
        with (made / "capture.warc.gz").open("rb") as stream:
            kinds = [record.type for record in whole_records(stream)]
        assert kinds[0] == "warcinfo"
        assert {"response", "request"} <= set(kinds)
        assert make("--site", "harbour", "--file", str(made / "capture.warc.gz"), "--case", "again")[0] == 0
    again = made.parent / "again"
    for file in ("page.html", "address.txt", "article.json", "capture.warc.gz"):
        assert (again / file).read_bytes() == (made / file).read_bytes()
    assert not list(tmp_path.glob("archive*"))


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--site", "lbc"), 2, "name the page"),
        (("--site", "lbx", "--url", ADDRESS), 2, 'the nearest is "lbc"'),
        (("--site", "lbc", "--file", str(CASE / "page.html")), 2, "name its address with URL="),
        (("--site", "lbc", "--file", str(CASE / "no-such-page.html")), 2, "does not exist"),
    ],
    ids=["no-page", "no-such-site", "no-address", "no-such-file"],
)
def test_a_wrong_wish_is_told_in_words(make, arguments, status: int, words: str):
    ended, said = make(*arguments)
    assert (ended, words in said) == (status, True), said


def test_a_case_that_is_there_is_never_written_over(make, tmp_path: Path):
    there = tmp_path / "tests/fixtures/lbc/mine"
    there.mkdir(parents=True)
    status, said = make("--site", "lbc", "--file", str(CASE / "page.html"), "--url", ADDRESS, "--case", "mine")
    assert (status, "is there already" in said) == (2, True)
    assert list(there.iterdir()) == []
