"""An import that is killed at any instant is finished by giving it again: nothing lost, nothing twice, nothing else."""

from __future__ import annotations

import os
import signal
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.archive import journal, spool
from storage.archive.access import open_reading
from storage.archive.journal import Journal
from storage.catalogue import histories
from storage.catalogue.opening import Rows
from storage.catalogue.recording import Recorder
from storage.config import Config
from storage.ingest.importing import Taken, take_in
from storage.objects import DirectoryStore, open_store
from storage.rebuild import rebuild
from storage.verify.whole import Places, verify
from storage.warc.reading import records
from storage.warc.segment import Segment
from tests.catalogues import lose
from tests.storage.foreign import Foreign
from tests.storage.making import config_in, html, look, minutes, page, written

STEPS: tuple[tuple[Any, str], ...] = (
    (Journal, "append"),
    (Journal, "sync"),
    (journal, "rewrite"),
    (Segment, "append_member"),
    (Segment, "sync"),
    (Recorder, "apply"),
    (DirectoryStore, "put"),
    (DirectoryStore, "put_all"),
    (spool.Place, "remove"),
)
"""What an import does that another process can see. It may die before each of them and after the last."""

SAME = ("histories", "records", "captures", "aliases", "pages")
"""What does not hang on the order in which looks were made, as a look's outcome does."""

SECOND = timedelta(seconds=1)
EVERY = 17
"""So many steps are stepped over, for time; all of them were gone through once."""


def dying_at(step: int, work: Callable[[], object]) -> int | None:
    """Do the work in a process that is killed at that step; return how many steps it took if it came to its end."""
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        _live(step, work, tell)
    os.close(tell)
    with os.fdopen(told) as said:
        taken = said.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return None
    assert os.WEXITSTATUS(status) == 0
    return int(taken)


def _live(step: int, work: Callable[[], object], tell: int) -> None:
    """Work as a process of its own that dies at that step, and never return."""
    count = 0

    def before(done: Callable[..., object]) -> Callable[..., object]:
        def stepping(*given: object, **said: object) -> object:
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return done(*given, **said)

        return stepping

    status = 1
    try:
        for place, name in STEPS:
            setattr(place, name, before(getattr(place, name)))
        work()
        os.write(tell, str(count).encode())
        status = 0
    finally:
        traceback.print_exc()
        os._exit(status)


def others(folder: Path) -> tuple[Path, Path]:
    """Two files of another: late looks, moves of a known and an unknown page, requests on either side, a revisit."""
    first = Foreign(folder / "first.warc.gz")
    first.page(page("ferry"), html("Ferry to run all winter"), minutes(0))
    first.page(page("ferry"), html("Ferry to run until May"), minutes(15), request_first=True)
    first.page(page("quay-old"), b"", minutes(16), status="301 Moved Permanently", fields=[("Location", page("quay"))])
    first.page(page("quay"), html("The quay is to be dredged"), minutes(16) + SECOND)
    first.page(page("pier"), html("The pier this winter"), minutes(17), request_first=True)
    first.page(f"{page('ferry')}logo.png", b"\x89PNG", minutes(18), media="image/png")
    second = Foreign(folder / "second.warc.gz")
    second.revisit(page("pier"), minutes(40), of_url=page("pier"), of_at=minutes(17), digest="sha1:AAAA")
    second.page(page("mole"), html("The mole is closed"), minutes(41))
    moved = [("Location", page("mole-new"))]
    second.page(page("mole"), b"", minutes(45), status="301 Moved Permanently", fields=moved)
    second.page(page("mole-new"), html("The mole is closed"), minutes(45) + SECOND)
    second.page(page("ferry"), b"no more", minutes(25), status="404 Not Found")
    return first.close(), second.close()


def archive_in(folder: Path) -> Config:
    folder.mkdir()
    config = config_in(folder)
    with written(config) as (_, writer):
        look(writer, page("ferry"), html("Ferry to run until April"), minutes(10))
        look(writer, page("ferry"), html("Ferry to run until June"), minutes(30))
        writer.seal(minutes(31))
    return config


def told(config: Config) -> dict[str, Any]:
    """All that the archive says but where it lies: what an import that was never killed says is to be the same."""
    with open_reading(config) as (_, rows):
        mine = rows("SELECT record_id FROM captures WHERE kind <> 'import'")
        return {
            "histories": _histories(rows),
            "records": _records(Path(config.archive.store), {row["record_id"] for row in mine}),
            "captures": _named(rows, "captures", "record_id", "request_id", "page", "at", "payload_digest", "kind"),
            "looks": _named(rows, "observations", "url", "at", "outcome", "reason", "article_id", "why"),
            "aliases": _named(rows, "aliases", "url", "article_id"),
            "pages": _named(rows, "pages", "url", "looks", "article_id", "last_look", "last_outcome"),
        }


def _named(rows: Rows, table: str, *names: str) -> list[tuple[Any, ...]]:
    where = "WHERE kind = 'import'" if table == "captures" else ""
    return sorted(map(str, (tuple(row[name] for name in names) for row in rows(f"SELECT * FROM {table} {where}"))))


def _histories(rows: Rows) -> dict[str, list[tuple[Any, ...]]]:
    names = ("number", "classes", "confirmed", "headline", "content_digest", "seen_first", "seen_last", "not_before")
    found = {row["url"]: histories.history_json(rows, row) for row in rows("SELECT id, site, url FROM articles")}
    return {url: [tuple(row[name] for name in names) for row in one["revisions"]] for url, one in found.items()}


def _records(store: Path, ours: set[str]) -> Counter[tuple[str, str]]:
    """Return how often each of the others' records lies in the store, and each note of where one is from."""
    found = Counter[tuple[str, str]]()
    for path in store.glob("warc/**/*.warc.gz"):
        with path.open("rb") as stream:
            held = [(one.type, one.record_id or "", one.get("WARC-Refers-To") or "") for one in records(stream)]
        if not ours & {name for _, name, _ in held}:
            found.update((kind, of if kind == "metadata" else name) for kind, name, of in held if kind != "warcinfo")
    return found


def findings(config: Config) -> list[str]:
    with open_reading(config) as (store, _):
        found = verify(places_of(config, store)).findings
    return [f"{one.object}: {one.problem}" for one in found if one.level != "note"]


def places_of(config: Config, store: Any) -> Places:
    return Places(store=store, catalogue=config.archive.catalogue, spool=Path(config.archive.spool))


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, Path]:
    return others(tmp_path)


def taking(config: Config, paths: tuple[Path, Path]) -> Callable[[], Taken]:
    return lambda: take_in(config, paths, config.sites())


def crawled(config: Config) -> None:
    with written(config) as (_, writer):
        look(writer, page("ferry"), html("Ferry to run all year"), minutes(60))
        writer.seal(minutes(61))


def test_an_import_killed_at_any_step_is_finished_by_giving_it_again(paths: tuple[Path, Path], tmp_path: Path) -> None:
    config = archive_in(tmp_path / "whole")
    steps = dying_at(0, taking(config, paths))
    assert steps
    expected = told(config)
    for step in range(1, steps + 1, EVERY):
        config = archive_in(tmp_path / f"at-{step}")
        assert dying_at(step, taking(config, paths)) is None
        assert findings(config) == []
        assert taking(config, paths)().problems == []
        assert told(config) == expected, step
        assert findings(config) == [], step


@pytest.mark.parametrize(("step", "then"), [(14, 30), (47, 20), (89, 9)])
def test_between_a_kill_and_the_same_import_there_may_be_a_rebuild_a_crawl_and_another_kill(
    paths: tuple[Path, Path], tmp_path: Path, step: int, then: int
) -> None:
    config = archive_in(tmp_path / "whole")
    taking(config, paths)()
    crawled(config)
    expected = told(config)
    config = archive_in(tmp_path / "killed")
    assert dying_at(step, taking(config, paths)) is None
    lose(config.archive.catalogue)
    assert rebuild(places_of(config, open_store(config.archive.store, config.s3)), config).problems == []
    assert dying_at(then, taking(config, paths)) is None
    crawled(config)
    assert taking(config, paths)().problems == []
    now = told(config)
    assert {name: now[name] for name in SAME} == {name: expected[name] for name in SAME}
    assert len(now["looks"]) == len(expected["looks"])
    assert findings(config) == []
