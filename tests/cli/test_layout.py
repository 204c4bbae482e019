"""What commands print for people: wrapped on words, findings grouped, the end of an address kept."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.layout import counted, grid, laid_out, told, width_of
from cli.progress import shortened
from cli.verdict import groups, show_report
from storage.verify.findings import REBUILD, RESTORE, Finding
from storage.verify.whole import Report
from tests.cli.conftest import Stoppress

KEY = "articles/gazette/0a1b2c3d4e5f60718293/20260302T090000.000000Z-{:032x}.json"


def missing(number: int) -> Finding:
    segment = f"gazette-2026030209{number:02}00-00000-host"
    return Finding(object=KEY.format(number), problem=f"missing; {segment} was sealed with it", advice=RESTORE)


def test_lines_break_on_words_and_never_within_a_command() -> None:
    text = "it was changed: run `stoppress restore warc/a/b.warc.gz --from FILE`: that brings it back"
    lines = laid_out(text, 40, first="  to do: ", then="    ")
    assert lines == [
        "  to do: it was changed: run",
        "    `stoppress restore warc/a/b.warc.gz --from FILE`:",
        "    that brings it back",
    ]
    assert laid_out(text, None, first="  ") == [f"  {text}"]


@given(st.text("ab `/-", max_size=200), st.integers(30, 100))
def test_wrapping_loses_nothing(text: str, width: int) -> None:
    assert "".join("".join(laid_out(text, width)).split()) == "".join(text.split())


def test_one_is_told_as_one() -> None:
    assert counted(1, "manifest") == "1 manifest"
    assert counted(0, "hash", "hashes") == "0 hashes"
    assert told({"segments": 1, "aliases": 2, "looks": 1}.items()) == "1 segment, 2 aliases, 1 look"
    assert told({"aliases": 1, "index lines": 1}.items()) == "1 alias, 1 index line"


def test_numbers_stand_in_columns_that_fit() -> None:
    cells = [(12345, "records"), (1, "look"), ("3 kB", "read")]
    assert list(grid(cells, width=30)) == ["  12,345 records", "       1 look", "    3 kB read"]
    assert list(grid(cells, width=80)) == ["  12,345 records        1 look        3 kB read"]


def test_a_line_for_a_narrow_place_keeps_the_end_of_its_address() -> None:
    line = "unchanged http://127.0.0.1:8080/news/the-ferry/"
    assert shortened(line, 30) == "unchanged …080/news/the-ferry/"
    assert shortened(line, 15) == "…ews/the-ferry/"
    assert shortened(line, 100) == line


def test_what_is_wrong_with_many_in_the_same_way_is_one_group() -> None:
    others = [
        Finding(object=f"catalogue: observations {number}", problem="the catalogue lacks it", advice=REBUILD)
        for number in range(3)
    ]
    twice = Finding(object=KEY.format(7), problem="the catalogue knows it", advice=REBUILD)
    found = groups([*map(missing, range(9)), *others, twice])
    assert [len(group.objects) for group in found] == [8, 1, 3]
    assert [finding.problem for finding in found[1].findings] == [missing(7).problem, "the catalogue knows it"]


def test_advice_names_the_whole_command() -> None:
    assert f"`stoppress restore {KEY.format(1)}`" in missing(1).advice
    strange = Finding(object="warc/a; rm b.warc.gz", problem="changed", advice=RESTORE)
    assert "`stoppress restore 'warc/a; rm b.warc.gz'`" in strange.advice


def test_the_verdict_comes_first_and_a_group_names_a_few(capsys: pytest.CaptureFixture[str]) -> None:
    note = Finding(object="spool: gazette/x", problem="waits", advice="run `stoppress tick`", level="note")
    damaged = Finding(object="warc/gazette/b.warc.gz", problem="changed", advice=RESTORE)
    report = Report(
        checked={"manifests": 1, "bytes": 5000, "timestamps": 0}, findings=[note, *map(missing, range(9)), damaged]
    )
    show_report(report, what="everything", heads=False)
    said = capsys.readouterr().out
    assert said.startswith("10 problems with 10 objects; 1 note\n\nproblem: articles/")
    assert "  and the same with 8 others:\n" in said
    assert "    and 5 more; --json lists them all\n" in said
    assert "to do: run `stoppress restore warc/gazette/b.warc.gz`, as above\n" in said
    assert said.index("problem: warc/") < said.index("note: spool: gazette/x")
    assert said.endswith("checked\n     1 manifest   5 kB read\n")
    assert "\x1b" not in said


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put a terminal of 60 columns in the place of stdout."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return screen


def test_a_terminal_gets_colours_and_lines_that_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = Finding(object="warc/b.warc.gz", problem="many words " * 20, advice="look at it")
    report = Report(checked={"manifests": 1}, findings=[damaged])
    screen = terminal(monkeypatch)
    show_report(report, what="everything", heads=False)
    assert "\x1b[1;31mproblem:\x1b[0m \x1b[1mwarc/b.warc.gz\x1b[0m" in screen.getvalue()
    screen = terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    show_report(report, what="everything", heads=False)
    assert "\x1b" not in screen.getvalue()
    assert max(map(len, screen.getvalue().splitlines())) <= 60


def test_a_table_in_a_pipe_is_as_wide_as_columns_says(
    archive: Path, stoppress: Stoppress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert width_of(io.StringIO()) is None
    assert max(map(len, stoppress("articles").out.splitlines())) > 80
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, stoppress("articles").out.splitlines())) <= 80
