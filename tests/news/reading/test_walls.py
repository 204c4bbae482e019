# ruff: noqa: E501 - pages stand in one line, in their own letters

from dataclasses import replace

import golden
import pytest

from news.errors import Blocked, NotAnArticle, PageError
from news.model import Document, Site
from news.reading.decode import decode, html_document
from news.sites import load_reader

SITE = Site(name="gazette", home="https://gazette.example/", timezone="Europe/London")
URL = "https://gazette.example/2025/03/05/the-bridge-is-open-again"
TEXT = "".join(
    f"<p>Sentence number {n} about the bridge, which has been open since the spring of that year.</p>" for n in range(3)
)
READERS = pytest.mark.parametrize("reader", ["generic", "lbc"])


def page(title: str, body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html lang='en'><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def refusal(html: str, reader: str = "generic", status: int = 200, url: str = URL) -> PageError:
    document = replace(html_document(url, html.encode(), golden.SEEN), status=status)
    with pytest.raises(PageError) as caught:
        load_reader(reader).read(document, SITE)
    return caught.value


CHALLENGE = page(
    "Just a moment...", "<h1>gazette.example</h1><p>Verifying you are human. This may take a few seconds.</p>"
)


@READERS
@pytest.mark.parametrize("status", [200, 403, 429, 503])
def test_a_bot_check_is_a_wall_whatever_its_status(reader: str, status: int):
    error = refusal(CHALLENGE, reader, status)
    assert (type(error), error.reason) == (Blocked, "bot-wall")


@READERS
@pytest.mark.parametrize("status", [301, 403, 404, 410, 451, 500, 503])
def test_other_answers_are_no_articles_and_say_their_status(reader: str, status: int):
    error = refusal(page("Nothing", "<h1>Nothing</h1><p>There is nothing to see.</p>"), reader, status)
    assert (type(error), error.reason) == (NotAnArticle, f"http-{status}")


@READERS
@pytest.mark.parametrize(
    ("html", "kind", "reason"),
    [
        (
            page("Page not found", "<h1>Sorry, that page can't be found</h1><p>Try the search.</p>"),
            NotAnArticle,
            "soft-404",
        ),
        (page("Gazette", "<h1>404</h1><p>Seite nicht gefunden</p>"), NotAnArticle, "soft-404"),
        (page("Error", "<h1>Something went wrong</h1><p>Please try again later.</p>"), NotAnArticle, "error-page"),
        (
            page("Gazette", "<h1>Scheduled maintenance</h1><p>We are down for maintenance until noon.</p>"),
            NotAnArticle,
            "error-page",
        ),
        (
            page(
                "Before you continue",
                "<h1>We value your privacy</h1><p>We and our 812 partners store cookies.</p><button>Accept all cookies</button>",
            ),
            Blocked,
            "consent-wall",
        ),
        (
            page("Sign in to continue", "<h1>Please sign in</h1><form><input type='password'></form>"),
            Blocked,
            "login-wall",
        ),
        (
            page(
                "The bridge",
                f"<h1>The bridge is open again</h1>{TEXT}<p>Subscribe now to continue reading. Already a subscriber? Log in.</p>",
            ),
            Blocked,
            "paywall",
        ),
        (
            page(
                "The bridge",
                f"<h1>The bridge is open again</h1>{TEXT}",
                '<script type="application/ld+json">{"@type":"NewsArticle","headline":"The bridge is open again",'
                '"datePublished":"2025-03-05T10:00:00Z","isAccessibleForFree":"False"}</script>',
            ),
            Blocked,
            "paywall",
        ),
    ],
)
def test_walls_and_error_templates_are_told_apart(reader: str, html: str, kind: type[PageError], reason: str):
    error = refusal(html, reader)
    assert (type(error), error.reason) == (kind, reason)


@pytest.mark.parametrize(
    "words", ["page not found", "technical problem", "verify you are human", "sign in to continue"]
)
def test_a_short_article_about_errors_is_an_article(words: str):
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x","datePublished":"2025-03-05T10:00:00Z"}</script>'
    html = page(f"Council baffled by {words}", f"<h1>Council baffled by {words}</h1>{TEXT}", head)
    assert (
        load_reader("generic").read(html_document(URL, html.encode(), golden.SEEN), SITE).headline
        == f"Council baffled by {words}"
    )


def test_a_cookie_banner_over_a_short_article_is_no_wall():
    banner = "<div><h2>We value your privacy</h2><p>We and our 812 partners use cookies.</p><button>Accept cookies</button></div>"
    head = "<meta property='og:type' content='article'><meta property='article:published_time' content='2025-03-05T10:00:00Z'>"
    html = page("The bridge", f"{banner}<h1>The bridge is open again</h1>{TEXT}", head)
    assert (
        load_reader("generic").read(html_document(URL, html.encode(), golden.SEEN), SITE).headline
        == "The bridge is open again"
    )


@READERS
@pytest.mark.parametrize(
    ("media", "body", "reason"),
    [
        ("application/pdf", b"%PDF-1.4", "not-html"),
        ("application/json", b"{}", "not-html"),
        ("image/jpeg", b"\xff\xd8", "not-html"),
        ("text/xml", b"<?xml version='1.0'?><rss><channel/></rss>", "not-html"),
        ("text/plain", b"only words", "not-html"),
        ("text/html", b"", "empty"),
        ("text/html", b"  \n ", "empty"),
    ],
)
def test_what_is_no_page_says_so(reader: str, media: str, body: bytes, reason: str):
    document: Document = decode(
        url=URL, status=200, headers=(("Content-Type", media),), body=body, captured_at=golden.SEEN
    )
    with pytest.raises(NotAnArticle) as caught:
        load_reader(reader).read(document, SITE)
    assert caught.value.reason == reason


CARDS = "".join(
    f'<div><h3><a href="/2025/03/0{n}/story">The story of day {n}</a></h3><p>A teaser for it.</p></div>'
    for n in range(1, 9)
)


@pytest.mark.parametrize(
    ("url", "html"),
    [
        ("https://gazette.example/", page("The Gazette", f"<h1>The Gazette</h1>{CARDS}{TEXT * 4}")),
        (
            "https://gazette.example/politics",
            page("Politics", f"<h1>Politics</h1>{CARDS}", "<meta property='og:type' content='website'>"),
        ),
        ("https://gazette.example/search?q=bridge", page("Search: bridge", f"<h1>Results for bridge</h1>{CARDS}")),
        ("https://gazette.example/contact-us", page("Contact us", f"<h1>Contact us</h1>{TEXT}")),
        (
            "https://gazette.example/authors/jo-ling",
            page("Jo Ling", f"<h1>Jo Ling</h1><p>Jo Ling writes about bridges.</p>{CARDS}"),
        ),
        ("https://gazette.example/our-history", page("History", f"<h1>Our history</h1>{TEXT}")),
    ],
)
def test_fronts_listings_searches_and_contact_pages_are_no_articles(url: str, html: str):
    error = refusal(html, url=url)
    assert (type(error), error.reason in {"front", "no-article"}) == (NotAnArticle, True)
