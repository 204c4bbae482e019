# ruff: noqa: E501, RUF005 - pages stand in one line, in their own letters

import re
from dataclasses import replace
from pathlib import Path

import pytest

from news.errors import LayoutChanged, NotAnArticle
from news.model import Article, Site
from news.reading.decode import html_document
from news.sites.lbc import READER, SITE
from tests.news.sites import fixtures
from tests.news.sites.fixtures import address_of, html_of

LBC = fixtures.FIXTURES / "lbc"
PLAIN = LBC / "old-plain"


def page(case: str) -> str:
    return html_of(LBC / case)


def reading(case: Path) -> Article:
    return READER.read(fixtures.document(case), SITE)


def read(html: str, url: str = "https://www.lbc.co.uk/news/a-story-about-a-bridge/", site: Site = SITE):
    return READER.read(html_document(url, html.encode(), fixtures.SEEN), site)


def everything(article) -> str:
    words = [article.headline, article.kicker or "", article.standfirst or "", *article.authors]
    words += [block.text for block in article.body]
    words += [f"{picture.alt} {picture.caption}" for picture in article.pictures]
    return "\n".join(words)


@pytest.mark.parametrize("case", fixtures.articles("lbc"), ids=lambda case: case.name)
@pytest.mark.parametrize(
    "furniture",
    [
        "Tilda Marsh",
        "7am - 10am",
        "Listen to this article",
        "Loading audio",
        "More Latest News",
        "Lighthouse keepers",
        "at large since",
    ]
    + ["Advertisement", "Sign up", "Share", "About LBC", "Otter elected"],
)
def test_the_furniture_of_the_page_is_no_part_of_the_article(case, furniture: str):
    assert furniture not in everything(reading(case))


def test_an_author_s_portrait_is_no_picture_of_the_article():
    assert [picture.alt for picture in reading(PLAIN).pictures] == ["The harbour bridge at dawn"]


def test_read_more_links_are_links_and_not_text():
    article = reading(LBC / "old-updated")
    assert [link.text for link in article.links if link.role == "read-more"] == [
        "What is the shed levy and who would pay?",
        "Allotment queue reaches forty years in Lower Quern",
    ]
    assert "Read more" not in everything(article)


def test_all_class_names_may_change():
    stripped = re.sub(r' class="[^"]*"', "", page("old-updated"))
    assert read(stripped, address_of(LBC / "old-updated")) == reading(LBC / "old-updated")


def test_wrappers_around_everything_change_nothing():
    html = page("old-plain").replace("<p", "<div><div><p").replace("</p>", "</p></div></div>")
    article, plain = read(html, address_of(PLAIN)), reading(PLAIN)
    assert (article.headline, article.standfirst, article.body) == (plain.headline, plain.standfirst, plain.body)
    assert (article.authors, article.stamps) == (plain.authors, plain.stamps)


def test_a_page_on_another_host_is_read_by_the_same_rules():
    site = replace(SITE, home="http://127.0.0.1:8123/", hosts=())
    article = read(page("old-plain"), "http://127.0.0.1:8123/news/harbour-bridge-opens-after-winter-repairs/", site)
    assert article.body == reading(PLAIN).body


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("<h1", "<h6", "headline"),
        ('<p class="publish_date">1 December 2024, 07:14</p>', "", "date line"),
        (
            '<p class="publish_date">1 December 2024, 07:14</p>',
            '<p class="publish_date">The first of December</p>',
            "date line",
        ),
    ],
)
def test_an_article_that_is_not_read_whole_says_what_is_missing(old: str, new: str, missing: str):
    html = page("old-plain").replace(old, new).replace("</h1>", "</h6>" if new == "<h6" else "</h1>")
    with pytest.raises(LayoutChanged, match=missing) as caught:
        read(html)
    assert caught.value.reason == "layout-changed"


def test_an_article_without_its_text_says_so():
    html = re.sub(r'<p class="paragraph-text">.*?</p>', "", page("old-plain"), flags=re.DOTALL)
    with pytest.raises(LayoutChanged, match="text"):
        read(html)


def test_half_of_the_text_that_json_ld_states_is_a_changed_layout():
    body = " ".join(
        f"Sentence {number} of the harbour story names quay {number * 7} and boat {number * 13}."
        for number in range(60)
    )
    html = page("old-plain").replace('"@type": "NewsArticle"', f'"@type": "NewsArticle", "articleBody": "{body}"')
    with pytest.raises(LayoutChanged, match="JSON-LD"):
        read(html)


@pytest.mark.parametrize(
    ("path", "title"),
    [("/", "LBC"), ("/news/", "News"), ("/presenters/tilda-marsh/", "Tilda Marsh"), ("/contact/", "Contact us")],
)
def test_fronts_and_presenters_are_no_articles(path: str, title: str):
    cards = "".join(
        f'<li><h3><a href="/news/story-number-{n}/">A story with the number {n}</a></h3></li>' for n in range(12)
    )
    about = "<p>Tilda Marsh presents the breakfast show, and has done so since the old studio flooded in 2009.</p>"
    html = f"<html><head><title>{title}</title><meta property='og:type' content='website'></head><body><h1>{title}</h1>{about}<ul>{cards}</ul></body></html>"
    with pytest.raises(NotAnArticle):
        read(html, f"https://www.lbc.co.uk{path}")


@pytest.mark.parametrize(
    "path",
    [
        "/news/harbour-bridge-opens-after-winter-repairs/",
        "/news/harbour-bridge-opens-after-winter-repairs",
        "/politics/minister-drops-plan-to-tax-allotment-sheds/",
        "/news/uk/snow-closes-three-passes-in-the-north/",
        "/article/lantern-festival-returns-5HjaB12_2/",
        "/article/10c463270f42444bb74d297380142a58-5Hjdj9s_2/",
    ],
)
@pytest.mark.parametrize("host", ["https://www.lbc.co.uk", "https://lbc.co.uk", "http://www.lbc.co.uk"])
def test_links_of_an_article_s_shape_are_followed(host: str, path: str):
    assert READER.follows(host + path, SITE)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.lbc.co.uk/",
        "https://www.lbc.co.uk/news/",
        "https://www.lbc.co.uk/news/uk/",
        "https://www.lbc.co.uk/presenters/tilda-marsh-and-the-band/",
        "https://www.lbc.co.uk/radio/presenters/tilda-marsh-at-breakfast/",
        "https://www.lbc.co.uk/search/?q=a-long-slug-here",
        "https://www.lbc.co.uk/article/",
        "https://www.lbc.co.uk/terms-conditions/",
        "https://example.org/news/harbour-bridge-opens-after-winter-repairs/",
        "mailto:news@lbc.co.uk",
        "http://[::1",
        "",
    ],
)
def test_other_links_are_not(url: str):
    assert not READER.follows(url, SITE)


def test_shapes_hold_on_the_host_that_the_site_names():
    site = Site(name="copy", home="http://127.0.0.1:8123/")
    assert READER.follows("http://127.0.0.1:8123/article/lantern-festival-returns-5HjaB12_2/", site)
    assert not READER.follows("http://127.0.0.1:9999/article/lantern-festival-returns-5HjaB12_2/", site)
    assert not READER.follows("https://www.lbc.co.uk/article/lantern-festival-returns-5HjaB12_2/", site)
