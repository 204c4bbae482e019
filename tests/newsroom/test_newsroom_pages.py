import json
import re
import urllib.request
from html import unescape

import pytest

from newsroom import Newsroom

OLD = "storm-wilfred-red-warning-saltmere-coast"
NEW = "home-secretary-police-numbers-row"
LIVE = "live-saltmere-harbour-festival"


def in_order(text, *marks):
    places = [text.index(mark) for mark in marks]
    return places == sorted(places)


def structured(text):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)[1])


def article_of(text):
    said = structured(text)
    graph = said.get("@graph", [said])
    return next(part for part in graph if part["@type"] in {"NewsArticle", "LiveBlogPosting"})


def test_the_old_template_prints_its_parts_in_the_known_order(room, get):
    text = get(room.url_of(OLD)).text
    story = room.story(OLD)
    assert in_order(
        text,
        "On Air Now",
        'class="kicker">Breaking News',
        f'<h1 class="headline">{story.headline}</h1>',
        '<p class="publish_date">12 July 2024, 08:54 | Updated: 12 July 2024, 09:35</p>',
        f'alt="{story.picture.alt}"',
        f"{story.picture.caption} Picture: Alamy</figcaption>",
        'alt="Asha Rindle"',
        '<p class="author-details__author">By Asha Rindle</p>',
        f'<p class="standfirst">{story.standfirst}</p>',
        "Listen to this article",
        "Loading audio...",
        '<p class="paragraph-text">Forecasters',
        "<strong>Read ",
        "Picture: Harbour Radio</figcaption>",
        "<h2>More Latest News</h2>",
        "See more More Latest News",
    )


def test_the_new_template_puts_the_standfirst_before_picture_and_byline(room, get):
    url = room.url_of(NEW)
    text = get(url).text
    story = room.story(NEW)
    assert re.search(r"/article/home-secretary-police-numbers-row-[A-Za-z0-9]{7}_2/$", url)
    assert in_order(
        text,
        '<h1 class="story__title">',
        story.standfirst + "</p>",
        f'alt="{story.picture.alt}"',
        "<cite>Picture: Getty</cite>",
        "By <a",
        "11 July 2024, 19:12</time> | Updated: ",
        '<p class="text">The Home Secretary has been asked',
        "Clarification: an earlier version",
        "More Latest News",
    )


def test_the_live_story_shows_its_entries_newest_first_with_local_times(room, get):
    text = get(room.url_of(LIVE)).text
    hours = re.findall(r'class="live__title"><time[^>]*>([\d:]+)</time>', text)
    assert hours == ["07:55", "07:00", "06:05", "05:10", "04:35"]
    assert article_of(text)["@type"] == "LiveBlogPosting"
    assert len(article_of(text)["liveBlogUpdate"]) == 5


def test_structured_stamps_carry_a_zone_and_agree_with_the_printed_ones(room, get):
    for slug, published, modified in (
        (OLD, "2024-07-12T08:54:00+01:00", "2024-07-12T09:35:00+01:00"),
        (NEW, "2024-07-11T18:12:00Z", "2024-07-11T20:12:00Z"),
    ):
        text = get(room.url_of(slug)).text
        assert article_of(text)["datePublished"] == published
        assert article_of(text)["dateModified"] == modified
        assert f'<meta property="article:published_time" content="{published}">' in text
        assert f'<meta property="article:modified_time" content="{modified}">' in text


def test_an_unedited_story_says_modified_when_it_was_published(room, get):
    text = get(room.url_of("lighthouse-keeper-found-after-two-nights")).text
    assert article_of(text)["dateModified"] == article_of(text)["datePublished"]
    assert "Updated:" not in text


def test_every_story_of_the_shelf_is_served_whole(room, get):
    assert len(room.articles()) >= 30
    for story in room.articles():
        reply = get(story.path)
        text = reply.text
        assert reply.status == 200
        assert f'<link rel="canonical" href="{room.url}{story.path[1:]}">' in text
        assert article_of(text)["headline"] == story.headline
        assert story.standfirst in unescape(text)
        assert "$" not in text
        assert all(block.text for block in story.body if block.role in {"paragraph", "read-more"})
        assert story.published <= story.modified <= room.now()


def test_every_picture_and_link_that_an_article_shows_is_there(room, get):
    text = get(room.url_of(OLD)).text + get(room.url_of(NEW)).text + get("/").text
    local = {*re.findall(r'(?:src|href)="(/[^"]*)"', text), *re.findall(r"url\((/[^)]*)\)", get("/styles.css").text)}
    assert "/images/wave.svg" in local
    assert {path: get(path).status for path in local} == dict.fromkeys(local, 200)


def test_some_stories_have_several_authors_none_or_an_alt_of_their_own(room, get):
    stories = room.articles()
    assert {len(story.authors) for story in stories} == {0, 1, 2, 3}
    assert {story.picture.alt == story.picture.caption for story in stories} == {True, False}
    assert "By Nadia Quill and Owen Pargeter" in re.sub(r"<a [^>]*>|</a>", "", get(room.url_of(LIVE)).text)
    assert "By Flora Benmore and Callum Thorley" in get(room.url_of("hospital-trust-apologises-lost-letters")).text


def test_what_surrounds_an_article_differs_on_every_answer(room, get):
    texts = [get(room.url_of(OLD)).text for _ in range(5)]
    tails = [text[text.index("More Latest News") :] for text in texts]
    bodies = {text[text.index('<h1 class="headline">') : text.index('id="ad-', text.index("<h1"))] for text in texts}
    assert len(set(texts)) == len(set(tails)) == 5
    assert len(bodies) == 1


def test_the_same_seed_gives_the_same_answers(room, get):
    with Newsroom(room.now()) as twin:
        other = urllib.request.urlopen(twin.url_of(OLD)).read().decode()
    assert other.replace(twin.url, room.url) == get(room.url_of(OLD)).text


def test_words_are_escaped_and_links_kept(room, get):
    url = room.publish(
        "Tea & <sympathy>", "He said [so](/news/) & left.\n\nREAD /contact/ | Call us", standfirst='"<b>"'
    )
    text = get(url).text
    assert "Tea &amp; &lt;sympathy&gt;</h1>" in text
    assert 'He said <a href="/news/">so</a> &amp; left.' in text
    assert '<a href="/contact/">Call us</a>' in text
    assert article_of(text)["headline"] == "Tea & <sympathy>"


@pytest.mark.parametrize("path", ["/", "/news/", "/politics/", "/presenters/", "/radio/schedule/", "/contact/"])
def test_fronts_and_furniture_are_pages_but_no_articles(get, path):
    reply = get(path)
    assert reply.status == 200
    assert "application/ld+json" not in reply.text


def test_the_home_page_leads_to_stories_and_feeds(room, get):
    text = get("/").text
    assert 'rel="alternate" type="application/rss+xml"' in text
    linked = {path for path in re.findall(r'href="(/[^"]+)"', text) if room.at(path)}
    assert len(linked) >= 25


def test_a_search_finds_headlines(get):
    text = get("/search/?q=parrot").text
    assert "Parrot missing" in text.partition("</form>")[2]


def test_an_address_that_leads_nowhere_is_a_404_page(get):
    reply = get("/news/no-such-story/")
    assert reply.status == 404
    assert "Sorry, page not found" in reply.text
