import gzip
import http.client
import io
import threading
import time
import urllib.request
import xml.etree.ElementTree as ET
from urllib.parse import urlsplit

import pytest

from newsroom import Newsroom

STORY = "saltmere-town-late-winner-derby"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"


def test_an_unchanged_story_is_304_by_tag_and_by_date(room, get):
    url = room.url_of(STORY)
    first = get(url)
    by_tag = get(url, If_None_Match=first.headers["ETag"])
    by_date = get(url, If_Modified_Since=first.headers["Last-Modified"])
    assert (by_tag.status, by_date.status) == (304, 304)
    assert by_tag.raw == b""
    assert by_tag.headers["ETag"] == first.headers["ETag"]
    assert by_tag.headers["Content-Length"] is None


def test_any_edit_ends_the_304s_even_a_stealthy_one(room, get):
    url = room.url_of(STORY)
    first = get(url)
    room.stealth_edit(url, replace={"sixth minute": "seventh minute"})
    assert get(url, If_None_Match=first.headers["ETag"]).status == 200
    assert get(url, If_Modified_Since=first.headers["Last-Modified"]).status == 200
    assert get(url, If_None_Match=get(url).headers["ETag"]).status == 304


def test_an_edit_elsewhere_leaves_a_story_its_tag(room, get):
    url = room.url_of(STORY)
    tag = get(url).headers["ETag"]
    room.headline_edit("rail-timetable-chaos-cancelled-trains", "Another headline")
    room.publish("New today", "One paragraph.")
    assert get(url, If_None_Match=tag).status == 304


def test_gzip_comes_only_to_those_who_take_it(room, get):
    url = room.url_of(STORY)
    squeezed = get(url, Accept_Encoding="br, gzip")
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert squeezed.headers["Vary"] == "Accept-Encoding"
    assert int(squeezed.headers["Content-Length"]) == len(squeezed.raw)
    assert "<!DOCTYPE html>" in gzip.decompress(squeezed.raw).decode()
    assert get(url, Accept_Encoding="gzip;q=0").headers["Content-Encoding"] is None
    assert get(url).headers["Content-Encoding"] is None


def test_a_connection_serves_many_requests(room):
    connection = http.client.HTTPConnection(urlsplit(room.url).netloc, timeout=10)
    for path in ("/", "/robots.txt", "/nowhere/", room.story(STORY).path):
        connection.request("GET", path)
        kept = connection.sock
        connection.getresponse().read()
        assert connection.sock is kept
    connection.close()


def test_head_tells_all_but_the_body(get):
    reply = get("/styles.css", "HEAD")
    assert (reply.status, reply.raw) == (200, b"")
    assert int(reply.headers["Content-Length"]) == len(get("/styles.css").raw)


def test_other_methods_are_refused(get):
    reply = get("/", "POST")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD")


def test_addresses_lead_to_the_one_true_form(room, get):
    path = room.story(STORY).path
    bare = get(f"{path[:-1]}?utm_source=feed")
    assert (bare.status, bare.headers["Location"]) == (301, f"{room.url_of(STORY)}?utm_source=feed")
    www = get(path, Host=f"www.{urlsplit(room.url).netloc}")
    assert (www.status, www.headers["Location"]) == (301, room.url_of(STORY))
    assert get(f"{path}?utm_source=feed").status == 200
    assert get("/politics").headers["Location"] == f"{room.url}politics/"


def test_the_date_is_the_newsrooms_own(get):
    reply = get("/")
    assert reply.headers["Date"] == "Fri, 12 Jul 2024 09:30:20 GMT"
    assert reply.headers["Server"] == "harbour/2.1"


def test_robots_names_the_sitemap_and_a_delay_only_when_asked(room, get):
    text = get("/robots.txt").text
    assert f"Sitemap: {room.url}sitemap.xml" in text
    assert "Disallow: /search/" in text
    assert "Crawl-delay" not in text
    with Newsroom(room.now(), crawl_delay=2.5) as slow, urllib.request.urlopen(f"{slow.url}robots.txt") as answer:
        assert b"Crawl-delay: 2.5\n" in answer.read()


def test_the_sitemap_index_leads_to_every_story(room, get):
    index = ET.fromstring(get("/sitemap.xml").text)
    parts = [loc.text for loc in index.iter(f"{MAP}loc")]
    assert parts == [f"{room.url}news-sitemap.xml", f"{room.url}sitemaps/articles-1.xml.gz"]
    reply = get(parts[1])
    assert reply.headers["Content-Encoding"] is None
    urls = ET.fromstring(gzip.decompress(reply.raw)).findall(f"{MAP}url")
    assert {url.findtext(f"{MAP}loc") for url in urls} == {room.url_of(story.slug) for story in room.articles()}
    assert all(url.findtext(f"{MAP}lastmod").endswith("Z") for url in urls)


def test_the_news_sitemap_covers_two_days(room, get):
    urls = ET.fromstring(get("/news-sitemap.xml").text).findall(f"{MAP}url")
    fresh = [story for story in room.articles() if (room.now() - story.published).total_seconds() <= 48 * 3600]
    assert 0 < len(urls) == len(fresh) < len(room.articles())
    assert urls[0].findtext(f"{NEWS}news/{NEWS}title") == fresh[0].headline
    assert urls[0].findtext(f"{NEWS}news/{NEWS}publication_date") == "2024-07-12T08:54:00+01:00"


def test_feeds_hold_the_newest_stories(room, get):
    items = ET.fromstring(get("/feed/").text).findall("channel/item")
    newest = room.articles()[0]
    assert items[0].findtext("link") == room.url_of(newest.slug)
    assert items[0].findtext("pubDate") == "Fri, 12 Jul 2024 08:54:00 +0100"
    assert items[0].findtext("guid") == f"harbour-{newest.key}"
    assert get("/rss.xml").raw == get("/feed/").raw
    entries = ET.fromstring(get("/atom.xml").text).findall(f"{ATOM}entry")
    assert entries[0].find(f"{ATOM}link").get("href") == room.url_of(newest.slug)


def test_pictures_are_small_pngs_that_never_change(get):
    reply = get("/images/harbour-0-960.png")
    assert reply.headers["Content-Type"] == "image/png"
    assert reply.raw[:8] == b"\x89PNG\r\n\x1a\n"
    assert 4_000 < len(reply.raw) < 120_000
    assert get("/images/harbour-0-960.png", If_None_Match=reply.headers["ETag"]).status == 304
    assert get("/images/nothing-0-960.png").status == 404
    assert get("/favicon.ico").raw[:4] == b"\0\0\1\0"


def test_the_log_keeps_every_request(room, get):
    get("/robots.txt", User_Agent="Watcher/1")
    get("/nowhere/")
    assert [(request.method, request.path, request.status) for request in room.log] == [
        ("GET", "/robots.txt", 200),
        ("GET", "/nowhere/", 404),
    ]
    assert room.log[0].header("user-agent") == "Watcher/1"
    room.forget_log()
    assert room.log == ()


def test_a_stopped_newsroom_answers_nobody_and_comes_back_at_the_same_port(room, get):
    room.stop()
    with pytest.raises(ConnectionRefusedError):
        get("/")
    room.start()
    assert get("/").status == 200


def test_stories_may_be_edited_while_they_are_served(room, get):
    url = room.publish("Count", "Number 0 is called.", slug="count")

    def edit():
        for number in range(40):
            room.stealth_edit("count", replace={f"Number {number} is": f"Number {number + 1} is"})

    editor = threading.Thread(target=edit)
    editor.start()
    statuses = {get(url).status for _ in range(40)}
    editor.join()
    assert statuses == {200}
    assert "Number 40 is called." in get(url).text
    assert len(room.events) == 41


class TestMisbehaving:
    def test_errors_come_with_status_and_retry_after(self, room, get):
        room.misbehave("/feed/", "status", status=429, retry_after="120")
        reply = get("/feed/")
        assert (reply.status, reply.headers["Retry-After"]) == (429, "120")
        room.misbehave("/feed/", "status")
        assert get("/feed/").status == 503
        room.restore("/feed/")
        assert get("/feed/").status == 200

    @pytest.mark.parametrize(
        ("ill", "status", "words"),
        [
            ("consent", 200, "We value your privacy"),
            ("bot-wall", 403, "Just a moment..."),
            ("soft-404", 200, "Sorry, page not found"),
            ("paywall", 200, "Subscribe to continue reading"),
            ("redesign", 200, 'class="x-root"'),
        ],
    )
    def test_walls_stand_in_front_of_the_story(self, room, get, ill, status, words):
        room.misbehave(STORY, ill)
        reply = get(room.url_of(STORY))
        assert reply.status == status
        assert words in reply.text
        assert '<p class="paragraph-text">Town go third' not in reply.text
        assert reply.headers["ETag"] is None

    def test_a_paywall_says_so_to_machines(self, room, get):
        room.misbehave(STORY, "paywall")
        text = get(room.url_of(STORY)).text
        assert '"isAccessibleForFree": false' in text
        assert text.count('class="paragraph-text"') == 2

    def test_a_bot_wall_may_come_as_200(self, room, get):
        room.misbehave("*", "bot-wall", status=200)
        assert get("/").status == get("/feed/").status == 200
        assert "Just a moment..." in get("/feed/").text
        room.restore()
        assert "Just a moment" not in get("/").text

    def test_silence_emptiness_and_half_a_page(self, room, get):
        url = room.url_of(STORY)
        room.misbehave(url, "hang-up")
        with pytest.raises(http.client.RemoteDisconnected):
            get(url)
        assert room.log[-1].status == 0
        room.misbehave(url, "empty")
        assert (get(url).status, get(url).raw) == (200, b"")
        room.misbehave(url, "cut")
        with pytest.raises(http.client.IncompleteRead):
            get(url)
        room.misbehave(url, "loop")
        assert get(url).headers["Location"] == room.story(STORY).path

    def test_feeds_break_or_run_dry(self, room, get):
        room.misbehave("/feed/", "bad-feed")
        with pytest.raises(ET.ParseError):
            ET.fromstring(get("/feed/").text)
        room.misbehave("/feed/", "empty-feed")
        assert ET.fromstring(get("/feed/").text).findall("channel/item") == []
        room.misbehave("/news-sitemap.xml", "empty-feed")
        assert len(ET.parse(io.BytesIO(get("/news-sitemap.xml").raw)).getroot()) == 0

    def test_a_slow_answer_is_slow_and_stop_does_not_wait_for_it(self, room, get):
        room.misbehave("/", "slow", seconds=60)

        def ask():
            with pytest.raises(http.client.RemoteDisconnected):
                get("/")

        asking = threading.Thread(target=ask)
        asking.start()
        while not room.log:
            time.sleep(0.01)
        room.stop()
        asking.join(timeout=5)
        assert not asking.is_alive()

    def test_trouble_may_pass_by_itself(self, room, get):
        room.misbehave("/", "status", times=2)
        assert [get("/").status for _ in range(3)] == [503, 503, 200]
