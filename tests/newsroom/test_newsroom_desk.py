import json
import re
import signal
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from newsroom import Newsroom
from newsroom.programme import programme

OLD = "council-tax-rise-saltmere-budget"
NEW = "wend-bridge-closed-weekend-repairs"


def date_line(text):
    return re.search(r'<p class="publish_date">(.*?)</p>', text)[1]


def test_a_published_story_is_on_the_site_at_once(room, get):
    url = room.publish("A new thing", "It happened.\n\nREAD " + OLD, section="crime", authors=["A Writer"])
    assert url == f"{room.url}crime/a-new-thing/"
    assert "By A Writer" in get(url).text
    assert url in get("/feed/").text
    assert url in get("/news-sitemap.xml").text
    assert "/crime/a-new-thing/" in get("/").text
    event = room.events[-1]
    assert (event.kind, event.url, event.classes, event.revision) == ("publish", url, (), True)


def test_a_declared_edit_moves_both_stamps(room, get):
    event = room.declared_edit(OLD, replace={"£87": "£78"}, standfirst="Another standfirst.")
    text = get(event.url).text
    assert "£78 a year" in text
    assert date_line(text) == "12 July 2024, 06:12 | Updated: 12 July 2024, 10:30"
    assert '"dateModified": "2024-07-12T10:30:00+01:00"' in text
    assert (event.classes, event.declared_by) == (("declared", "standfirst", "body"), ("stamp",))


def test_a_stamp_moves_even_within_the_same_minute(room, get):
    room.declared_edit(OLD, replace={"£87": "£78"})
    event = room.declared_edit(OLD, replace={"£78": "£79"})
    assert date_line(get(event.url).text).endswith("Updated: 12 July 2024, 10:31")
    fresh = room.publish("Just now", "Words.")
    room.restamp(fresh)
    assert date_line(get(fresh).text) == "12 July 2024, 10:30 | Updated: 12 July 2024, 10:31"


def test_a_stealth_edit_moves_no_stamp_unless_the_structured_one_is_asked_for(room, get):
    before = get(room.url_of(OLD)).text
    event = room.stealth_edit(OLD, replace={"£22 million": "£32 million"})
    after = get(event.url).text
    assert (event.classes, event.declared_by) == (("stealth", "body"), ())
    assert date_line(after) == date_line(before)
    assert "2024-07-12T10:30" not in after
    room.stealth_edit(OLD, structured=True, replace={"£32 million": "£42 million"})
    silent = get(event.url).text
    assert date_line(silent) == date_line(before)
    assert '"dateModified": "2024-07-12T10:30:00+01:00"' in silent


def test_each_part_that_changes_is_named(room):
    assert room.headline_edit(OLD, "Other").classes == ("stealth", "headline")
    assert room.headline_edit(OLD, "Yet other", declared=True).classes == ("declared", "headline")
    assert room.caption_edit(OLD, "Other caption.").classes == ("stealth", "pictures")
    assert room.picture_edit(OLD, scene="library:2", declared=True).classes == ("declared", "pictures")
    assert room.stealth_edit(OLD, authors=["Someone Else"]).classes == ("stealth", "authors")
    assert room.stealth_edit(OLD, add=f"READ {NEW}").classes == ("stealth", "links")
    assert room.stealth_edit(OLD, insert="More [on the bridge](/x/).").classes == ("stealth", "body", "links")
    assert room.move_paragraph(OLD, 0, 2).classes == ("stealth", "body")


def test_a_restamp_changes_nothing_else(room, get):
    event = room.restamp(OLD)
    assert (event.classes, event.declared_by, event.revision) == (("restamped",), (), True)
    alone = room.restamp(OLD, "structured")
    assert (alone.classes, alone.revision) == ((), False)
    assert "Updated: 12 July 2024, 10:30" in get(event.url).text


def test_an_alt_that_changes_alone_is_no_revision(room):
    event = room.picture_edit(OLD, alt="Other words")
    assert (event.classes, event.revision) == ((), False)


def test_a_correction_carries_its_notice(room, get):
    notice = "Correction: an earlier version of this article gave the wrong sum."
    event = room.correction(OLD, notice, replace={"£87": "£97"})
    assert f"<em>{notice}</em>" in get(event.url).text
    assert (event.classes, event.declared_by) == (("declared", "body", "correction"), ("notice",))
    stamped = room.correction(NEW, "This article was amended on 12 July 2024.", stamped=True)
    assert stamped.declared_by == ("stamp", "notice")


def test_a_moved_paragraph_keeps_every_word(room, get):
    def words():
        return re.findall(r'<p class="paragraph-text">(.*?)</p>', get(room.url_of(OLD)).text)

    before = words()
    room.move_paragraph(OLD, 3, 0)
    assert words() == [before[3], *before[:3], *before[4:]]


def test_a_story_taken_down_is_gone_everywhere_until_it_comes_back(room, get):
    url = room.url_of(OLD)
    assert room.takedown(OLD, 410).classes == ("gone",)
    assert get(url).status == 410
    path = room.story(OLD).path
    assert all(f'{path}"' not in get(front).text for front in ("/", "/saltmere/"))
    assert f"{path}<" not in get("/feed/").text + get("/news-sitemap.xml").text
    assert room.bring_back(OLD).classes == ("back",)
    assert get(url).status == 200
    room.takedown(OLD)
    assert get(url).status == 404
    assert room.bring_back(OLD, replace={"£87": "£97"}).classes == ("stealth", "body", "back")


@pytest.mark.parametrize("slug", [OLD, NEW])
def test_a_story_that_moves_redirects_from_all_its_old_addresses(room, get, slug):
    first = room.url_of(slug)
    event = room.change_slug(slug, "second-address")
    room.change_slug("second-address", "third-address")
    third = room.url_of("third-address")
    assert (event.classes, event.url) == (("moved",), first)
    assert event.target == first.replace(slug, "second-address")
    for old in (first, event.target):
        assert (get(old).status, get(old).headers["Location"]) == (301, third)
    assert get(third).status == 200
    assert room.story(first).slug == "third-address"


def test_a_live_story_grows_at_the_top(room, get):
    event = room.live_update("live-saltmere-harbour-festival", "Rain", "It rains.")
    text = get(event.url).text
    assert text.index("10:30</time> Rain") < text.index("</time> The Albatross is in")
    assert (event.classes, event.declared_by) == (("declared", "body"), ("stamp",))


def test_an_edit_of_one_story_leaves_the_words_of_the_others(room, get):
    reader = room.url_of("storm-wilfred-red-warning-saltmere-coast")
    room.headline_edit(NEW, "Bridge shut")
    room.change_slug(NEW, "bridge-shut")
    body = get(reader).text.partition("article-body")[2].partition("more-latest")[0]
    assert "Wend Bridge to close for two weekends after crack found in hanger" in body


def test_mistakes_are_told(room):
    with pytest.raises(LookupError, match="no story at"):
        room.stealth_edit("nowhere", replace={"a": "b"})
    with pytest.raises(ValueError, match="doesn't say 'zebra'"):
        room.stealth_edit(OLD, replace={"zebra": "horse"})
    with pytest.raises(ValueError, match="changes nothing"):
        room.headline_edit(OLD, room.story(OLD).headline)
    with pytest.raises(ValueError, match="already"):
        room.publish("Twice", "Words.", slug=OLD)
    with pytest.raises(ValueError, match="no story has that slug"):
        room.publish("Loose end", "READ nowhere-at-all")
    with pytest.raises(ValueError, match="is not down"):
        room.bring_back(OLD)
    assert room.events == ()


def test_a_clock_that_runs_is_read_at_each_event():
    ticks = iter(datetime(2024, 1, 9, 12, 0, tzinfo=UTC) + timedelta(minutes=n) for n in range(100))
    with Newsroom(lambda: next(ticks)) as room:
        first, second = room.restamp(OLD), room.restamp(OLD)
    assert first.at < second.at


def test_the_programme_shows_every_kind_of_change(room, get):
    done = [step.act(room) for step in programme()]
    assert tuple(done) == room.events
    assert [(event.kind, event.classes) for event in done] == [
        ("publish", ()),
        ("stealth-edit", ("stealth", "body")),
        ("declared-edit", ("declared", "standfirst", "body")),
        ("headline-edit", ("stealth", "headline")),
        ("publish", ()),
        ("picture-edit", ("stealth", "pictures")),
        ("live-update", ("declared", "body")),
        ("restamp", ("restamped",)),
        ("correction", ("declared", "body", "correction")),
        ("move-paragraph", ("stealth", "body")),
        ("takedown", ("gone",)),
        ("publish", ()),
        ("change-slug", ("moved",)),
        ("bring-back", ("stealth", "body", "back")),
        ("declared-edit", ("declared", "headline", "body")),
    ]
    arrests = get(room.url_of("copper-cable-gang-arrests-docks")).text
    assert "arrested 21 people" in arrests
    assert "Chief Superintendent Moira Hexley" in arrests


class TestTheCommand:
    def command(self, *arguments):
        return [sys.executable, "-m", "newsroom", *arguments]

    def test_it_serves_plays_its_programme_and_ends_cleanly(self, tmp_path):
        events = tmp_path / "events.jsonl"
        arguments = self.command("--every", "0.02", "--events-file", str(events))
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
            address = running.stdout.readline()
            lines = [running.stdout.readline() for _ in range(16)]
            url = re.fullmatch(r"newsroom: (http://127\.0\.0\.1:\d+/)\n", address)[1]
            with urllib.request.urlopen(url) as answer:
                assert answer.status == 200
            running.send_signal(signal.SIGTERM)
            out, errors = running.communicate(timeout=10)
        assert (running.returncode, out, errors) == (0, "", "")
        assert "publishes breaking news" in lines[0]
        assert "the programme is over" in lines[-1]
        told = [json.loads(line) for line in events.read_text().splitlines()]
        assert len(told) == 15
        assert told[1]["classes"] == ["stealth", "body"]
        assert {"kind", "url", "at", "classes", "declared_by", "target", "words"} <= told[1].keys()

    def test_quiet_prints_only_the_address(self):
        arguments = self.command("--quiet", "--every", "0")
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout.readline().startswith("newsroom: http://127.0.0.1:")
            running.send_signal(signal.SIGINT)
            assert running.communicate(timeout=10)[0] == ""
        assert running.returncode == 0

    def test_a_port_that_is_taken_is_said_in_one_line(self, room):
        port = room.url.rpartition(":")[2].strip("/")
        ended = subprocess.run(self.command("--port", port), capture_output=True, text=True, check=False)
        assert ended.returncode == 1
        assert ended.stderr.startswith(f"newsroom: port {port} can't be had")

    def test_help_names_every_option(self):
        text = subprocess.run(self.command("--help"), capture_output=True, text=True, check=True).stdout
        assert all(option in text for option in ("--port", "--every", "--quiet", "--events-file"))
