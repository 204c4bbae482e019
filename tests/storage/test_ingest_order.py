"""Captures whose dates say little of their order, as of others' tools within a second, and the ends of articles."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from storage.archive.access import open_reading
from storage.catalogue import histories, reading
from storage.config import Config
from storage.ingest.importing import take_in
from storage.rebuild import rebuild
from storage.reread.whole import check
from storage.verify.whole import Places, verify
from tests.catalogues import each_catalogue, lose
from tests.storage.foreign import Foreign, one_page
from tests.storage.making import HOME, START, config_in, exchange, html, minutes, page, written

pytestmark = each_catalogue

FERRY, NEW = page("ferry"), page("ferry-new")
LATER = "A second boat will be hired for the summer."
LATEST = "The second boat has been named after the harbour's first pilot."
LAST = "The harbour's first pilot has asked that another name be found."
TITLE = "Ferry to run all winter"

Write = Callable[[Foreign], object]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return config_in(tmp_path)


def shown(at: datetime, *more: str, url: str = FERRY) -> Write:
    return lambda foreign: foreign.page(url, html(TITLE, *more), at)


def missing(at: datetime, url: str = FERRY) -> Write:
    return lambda foreign: foreign.page(url, b"no such page", at, status="404 Not Found")


def leads(at: datetime, to: str, url: str = FERRY) -> Write:
    return lambda foreign: foreign.page(url, b"", at, status="301 Moved Permanently", fields=[("Location", to)])


def imported(config: Config, *records: Write) -> None:
    """Import one file with these records in this order."""
    folder = config.file.parent if config.file else Path()
    foreign = Foreign(folder / f"import-{len(list(folder.glob('import-*')))}.warc.gz")
    for write in records:
        write(foreign)
    assert take_in(config, [foreign.close()], config.sites()).problems == []


def history(config: Config, url: str = FERRY) -> list[dict[str, Any]]:
    with open_reading(config) as (_, rows):
        article = reading.article_at(rows, url)
        assert article is not None
        return list(histories.history_json(rows, article)["revisions"])


def told(config: Config, url: str = FERRY) -> list[tuple[str, list[str]]]:
    return [(row["seen_first"][11:-1], row["classes"]) for row in history(config, url)]


def assert_sound(config: Config, *urls: str) -> None:
    """Nothing is found wrong; rereading and rebuilding tell the same."""
    tales = [history(config, url) for url in urls or (FERRY,)]
    with open_reading(config) as (store, _):
        places = Places(store=store, catalogue=config.archive.catalogue, spool=Path(config.archive.spool))
        assert [f"{one.object}: {one.problem}" for one in verify(places).findings] == []
    assert [found.row() for found in check(config, config.site("gazette")).differences] == []
    lose(config.archive.catalogue)
    assert rebuild(places, config).problems == []
    assert [history(config, url) for url in urls or (FERRY,)] == tales


def test_the_end_of_an_article_that_the_same_file_brings_is_its_end(config: Config) -> None:
    imported(config, shown(minutes(0)), missing(minutes(20)), missing(minutes(30)))
    assert told(config) == [("09:00:00.000000", []), ("09:20:00.000000", ["gone"])]
    assert history(config)[1]["seen_last"] == "2026-03-02T09:30:00.000000Z"
    assert_sound(config)


def test_an_article_that_leads_home_in_the_same_file_moved(config: Config) -> None:
    imported(config, shown(minutes(0)), leads(minutes(20), HOME))
    assert told(config)[1] == ("09:20:00.000000", ["moved"])
    assert_sound(config)


@pytest.mark.parametrize("late", [False, True])
def test_an_article_that_leads_to_a_page_that_is_not_there_is_gone(config: Config, *, late: bool) -> None:
    away = (leads(minutes(20), page("nowhere")), missing(minutes(20) + timedelta(seconds=1), page("nowhere")))
    if late:
        imported(config, shown(minutes(0)), shown(minutes(40)))
        imported(config, *away)
        assert told(config)[2] == ("09:40:00.000000", ["back"])
    else:
        imported(config, shown(minutes(0)), *away)
    assert told(config)[1] == ("09:20:00.000000", ["gone"])
    assert_sound(config)


@pytest.mark.parametrize("trial", range(4))
def test_a_move_and_what_it_led_to_in_the_same_second_are_in_their_order(config: Config, trial: int) -> None:
    """Whichever digest is the smaller: what they are differs from trial to trial."""
    imported(config, shown(minutes(0), f"Boat number {trial} is being painted."))
    imported(config, leads(minutes(20), NEW), shown(minutes(20), LATER, f"Boat {trial} was painted.", url=NEW))
    imported(config, shown(minutes(40), LATEST, url=NEW))
    assert told(config) == [
        ("09:00:00.000000", []),
        ("09:20:00.000000", ["moved"]),
        ("09:20:00.000001", ["stealth", "body"]),
        ("09:40:00.000000", ["stealth", "body"]),
    ]
    assert_sound(config)


def test_a_page_that_is_there_and_leads_away_in_the_same_second_moved_after_it_was_seen(config: Config) -> None:
    imported(config, shown(minutes(0)), leads(minutes(0), NEW), shown(minutes(0), url=NEW))
    imported(config, shown(minutes(40), LATEST, url=NEW))
    assert [classes for _, classes in told(config)] == [[], ["moved"], ["stealth", "body"]]
    assert_sound(config)


@pytest.mark.parametrize("apart", [False, True])
def test_states_of_one_second_are_all_kept_each_at_an_instant_of_its_own(config: Config, *, apart: bool) -> None:
    first = [shown(minutes(0)), shown(minutes(0), LATER), shown(minutes(0), LATER, LATEST)]
    if apart:
        for each in (first[0], shown(minutes(40), LAST), *first[1:]):
            imported(config, each)
    else:
        imported(config, *first, shown(minutes(40), LAST))
    assert [at for at, _ in told(config)] == [
        "09:00:00.000000",
        "09:00:00.000001",
        "09:00:00.000002",
        "09:40:00.000000",
    ]
    assert_sound(config)


def test_what_a_redirect_led_to_has_its_own_place_in_another_articles_history(config: Config) -> None:
    imported(config, shown(minutes(0)), shown(minutes(40), LATER, LATEST, url=NEW))
    imported(config, leads(minutes(20), NEW), shown(minutes(21), LATER, url=NEW))
    assert told(config) == [("09:00:00.000000", []), ("09:20:00.000000", ["moved"])]
    assert told(config, NEW) == [("09:21:00.000000", []), ("09:40:00.000000", ["stealth", "body"])]
    assert_sound(config, FERRY, NEW)


def test_a_site_that_is_crawled_and_whose_page_leads_to_its_end_is_reread_alike(config: Config) -> None:
    from news.revising import judge
    from storage.archive import Look, Redirected, Seen

    with written(config) as (_, writer):
        there = writer.append(exchange(FERRY, html(), minutes(0)))
        assert there is not None
        verdict = judge(writer.document(there), writer.site, writer.reader)
        writer.observe(
            Look(page=FERRY, at=minutes(0), why="test", result=Seen(verdict=verdict, address=FERRY), capture=there)
        )
        fields = f"Location: {page('nowhere')}\r\n"
        left = writer.append(exchange(FERRY, b"", minutes(20), status="302 Found", fields=fields))
        landed = writer.append(exchange(page("nowhere"), b"no such page", minutes(20.1), status="410 Gone"))
        assert left is not None
        assert landed is not None
        end = judge(writer.document(landed), writer.site, writer.reader)
        away = Redirected(to=page("nowhere"), verdict=end, landed=landed, landed_at=minutes(20.1))
        writer.observe(Look(page=FERRY, at=minutes(20), why="test", result=away, capture=left))
        writer.seal(minutes(30))
    assert told(config)[1] == ("09:20:00.000000", ["gone"])
    assert_sound(config)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rb"\r\nWARC-Date: ", rb"\nX-Odd: this line and the one before end in LF alone\nWARC-Date: "),
        (rb"\r\nWARC-Date: ", rb"\nno field at all\nWARC-Date: "),
        (rb"\r\nWARC-Date: ", rb"\nX-Odd: one\n two\r\nWARC-Date: "),
        (rb"\r\nContent-Length: (\d+)\r\n\r\n(?=HTTP|GET|software)", rb"\r\nContent-Length: 00\1\r\n\r\n"),
        (rb"\r\n\r\n(?=HTTP|GET|software)", rb"\r\n \t\r\n"),
    ],
)
def test_a_header_in_an_odd_shape_is_taken_in_and_nothing_is_found_wrong_with_it(
    config: Config, tmp_path: Path, before: bytes, after: bytes
) -> None:
    content = gzip.decompress(one_page(tmp_path / "sound.warc.gz", FERRY, minutes(0)).read_bytes())
    odd = tmp_path / "odd.warc"
    odd.write_bytes(re.sub(before, after, content))
    assert odd.read_bytes() != content
    assert take_in(config, [odd], config.sites()).problems == []
    assert told(config) == [("09:00:00.000000", [])]
    assert_sound(config)


def test_a_length_that_no_file_has_is_told(config: Config, tmp_path: Path) -> None:
    content = gzip.decompress(one_page(tmp_path / "sound.warc.gz", FERRY, minutes(0)).read_bytes())
    odd = tmp_path / "odd.warc"
    odd.write_bytes(content.replace(b"\r\nContent-Length: ", b"\r\nContent-Length: " + b"9" * 5000))
    (problem,) = take_in(config, [odd], config.sites()).problems
    assert "no WARC record begins at byte 0" in problem


def test_files_that_were_joined_and_whose_warcinfos_are_namesakes_are_taken_in_and_sound(
    config: Config, tmp_path: Path
) -> None:
    one = gzip.decompress(one_page(tmp_path / "one.warc.gz", FERRY, minutes(0)).read_bytes())
    other = gzip.decompress(one_page(tmp_path / "other.warc.gz", NEW, minutes(10)).read_bytes())
    names = [re.findall(rb"<urn:uuid:[^>]+>", content)[0] for content in (one, other)]
    joined = tmp_path / "joined.warc"
    joined.write_bytes(one + other.replace(names[1], names[0]))
    assert take_in(config, [joined], config.sites()).problems == []
    assert_sound(config, FERRY, NEW)


def one_by_one(config: Config, *records: Write) -> None:
    for record in records:
        imported(config, record)


def not_modified(at: datetime, url: str = FERRY, *, of_at: datetime = START) -> Write:
    return lambda foreign: foreign.revisit(url, at, of_url=url, of_at=of_at, status="304 Not Modified")


@pytest.mark.parametrize("end", [["moved"], ["gone"]])
def test_an_end_that_was_seen_twice_is_told_again_when_the_article_was_back_between(
    config: Config, end: list[str]
) -> None:
    def ended(at: datetime) -> Write:
        return leads(at, NEW) if end == ["moved"] else missing(at)

    one_by_one(config, shown(minutes(0)), ended(minutes(40)), ended(minutes(20)), shown(minutes(30)))
    assert [(at[:5], classes) for at, classes in told(config)] == [
        ("09:00", []),
        ("09:20", end),
        ("09:30", ["back"]),
        ("09:40", end),
    ]
    assert_sound(config)


@pytest.mark.parametrize("late", ["the move", "the 304", "the return"])
def test_a_304_confirms_an_article_that_is_there_and_never_a_move(config: Config, late: str) -> None:
    records = {
        "the article": shown(minutes(0)),
        "the move": leads(minutes(20), NEW),
        "an early 304": not_modified(minutes(25)),
        "the return": shown(minutes(30)),
        "the 304": not_modified(minutes(40)),
    }
    one_by_one(config, *(record for name, record in records.items() if name != late), records[late])
    assert [(at[:5], classes) for at, classes in told(config)] == [
        ("09:00", []),
        ("09:20", ["moved"]),
        ("09:30", ["back"]),
    ]
    assert [row["seen_last"][11:16] for row in history(config)] == ["09:00", "09:20", "09:40"]
    assert_sound(config)


def test_an_article_that_led_home_before_it_was_seen_last_is_told_so_in_its_place(config: Config) -> None:
    """What the address led to was captured too, and is no article."""
    front = HOME + "fronts/"
    one_by_one(config, shown(minutes(0)), shown(minutes(40)))
    imported(
        config,
        leads(minutes(20), front),
        lambda foreign: foreign.page(front, b"<html><body>Nothing to read</body></html>", minutes(20)),
    )
    assert [(at[:5], classes) for at, classes in told(config)] == [
        ("09:00", []),
        ("09:20", ["moved"]),
        ("09:40", ["back"]),
    ]
    assert_sound(config)


def test_another_address_that_shows_an_older_text_is_not_read_for_the_first_time_by_a_reread(config: Config) -> None:
    link = f'<link rel=canonical href="{FERRY}">'.encode()
    old = html(TITLE).replace(b"<head>", b"<head>" + link)
    imported(config, shown(minutes(0)), shown(minutes(10), LATER))
    imported(config, lambda foreign: foreign.page(f"{FERRY}?x=1", old, minutes(20)))
    assert len(history(config)) == 2
    assert check(config, config.site("gazette")).readable == []


def stamped(at: datetime, stamp: int, *more: str, url: str = FERRY, record_id: str | None = None) -> Write:
    """A page whose head names the minute of its last change, which none of its readers see."""
    said = f'"dateModified":"2026-03-01T08:{stamp:02}:00Z","datePublished"'.encode()
    body = html(TITLE, *more).replace(b'"datePublished"', said)
    return lambda foreign: foreign.page(url, body, at, record_id=record_id)


@pytest.mark.parametrize("late", [0, 1, 2])
def test_what_a_stamp_that_moves_alone_declares_does_not_depend_on_the_order_of_imports(
    config: Config, late: int
) -> None:
    """The second time that it moved alone turns out to have come with a change; then it declares another article's."""
    pier = page("pier")
    records = [
        [stamped(minutes(10), 2), stamped(minutes(20), 3)],
        [stamped(minutes(15), 2, LATER)],
        [stamped(minutes(5), 1, url=pier), stamped(minutes(50), 9, LATEST, url=pier)],
    ]
    imported(config, stamped(minutes(0), 1))
    for part in (*records[:late], *records[late + 1 :], records[late]):
        imported(config, *part)
    assert [classes[0] for _, classes in told(config)[1:]] == ["declared", "declared"]
    assert [classes[0] for _, classes in told(config, pier)[1:]] == ["declared"]
    assert_sound(config, FERRY, pier)


def assorted(random: Random) -> list[Write]:
    """Captures of two pages, the first of each an article: edits, stamps, revisits, 304s, ends and moves."""
    said = [(), (LATER,), (LATER, LATEST), (LAST,)]
    times = [minutes(number) for number in sorted(random.sample(range(2, 200), random.randint(5, 10)))]
    whole, found = dict[str, list[tuple[str, datetime]]](), list[Write]()
    for number, at in enumerate([minutes(0), minutes(1), *times]):
        url = (FERRY, page("pier"))[number] if number < 2 else random.choice((FERRY, page("pier")))
        name = f"<urn:uuid:00000000-0000-0000-0000-{number:012}>"
        of, of_at = random.choice(whole.get(url, [("", at)]))
        known = {"of_url": url, "of_at": of_at, "of_id": random.choice((of, None)), "record_id": name}
        kind = "shown" if number < 2 else random.choice(("shown", "shown", "shown", "revisit", "304", "410", "301"))
        match kind:
            case "shown":
                found.append(stamped(at, random.randint(1, 4), *random.choice(said), url=url, record_id=name))
                whole.setdefault(url, []).append((name, at))
            case "revisit":
                found.append(partial(Foreign.revisit, url=url, at=at, **known))
            case "304":
                found.append(partial(Foreign.revisit, url=url, at=at, status="304 Not Modified", **known))
            case "410":
                found.append(partial(Foreign.page, url=url, body=b"gone", at=at, status="410 Gone", record_id=name))
            case _:
                away = {"status": "301 Moved Permanently", "fields": [("Location", f"{url}away/")], "record_id": name}
                found.append(partial(Foreign.page, url=url, body=b"", at=at, **away))
    return found


def plainly(config: Config, url: str) -> list[dict[str, Any]]:
    """A history without where its captures came to lie."""
    return [{**row, "capture": row["capture"]["record_id"]} for row in history(config, url)]


@pytest.mark.parametrize("seed", range(4))
def test_a_history_is_the_same_in_whatever_order_its_captures_are_taken_in(tmp_path: Path, seed: int) -> None:
    random, pages = Random(seed), (FERRY, page("pier"))
    events = assorted(random)
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    whole, parts = config_in(tmp_path / "whole"), config_in(tmp_path / "parts")
    imported(whole, *events)
    assert_sound(whole, *pages)
    rest = random.sample(events[2:], len(events) - 2)
    files = [events[:2]]
    while rest:
        count = random.randint(1, 3)
        files, rest = [*files, rest[:count]], rest[count:]
    for _ in range(2):  # a revisit whose original comes later is left out until then
        for part in files:
            imported(parts, *part)
    for url in pages:
        assert plainly(parts, url) == plainly(whole, url)
    assert_sound(parts, *pages)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happened_in_whatever_order_it_comes_is_reread_and_rebuilt_alike(config: Config, seed: int) -> None:
    random = Random(seed)
    said = [(), (LATER,), (LATER, LATEST), (LAST,)]
    events = [shown(minutes(0))]
    for minute in random.sample(range(10, 100, 10), random.randint(3, 7)):
        match random.choice(("shown", "shown", "missing", "leads", "leads to its end")):
            case "shown":
                url = random.choice((FERRY, NEW))
                events.append(shown(minutes(minute), *random.choice(said), url=url))
            case "missing":
                events.append(missing(minutes(minute), random.choice((FERRY, NEW))))
            case "leads":
                events += [leads(minutes(minute), NEW), shown(minutes(minute), *random.choice(said), url=NEW)]
            case _:
                events += [leads(minutes(minute), page("nowhere")), missing(minutes(minute), page("nowhere"))]
    random.shuffle(events)
    files = random.randint(1, 3)
    for number in range(files):
        imported(config, *events[number::files])
    known = [FERRY]
    with open_reading(config) as (_, rows):
        known += [NEW] if reading.article_at(rows, NEW) else []
    assert_sound(config, *known)
