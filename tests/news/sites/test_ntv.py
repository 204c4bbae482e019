import pytest

from news.errors import LayoutChanged
from news.sites.ntv import READER, SITE
from tests.news.sites import fixtures

NTV = fixtures.FIXTURES / "ntv"


def read(case: str, old: str = "", new: str = ""):
    return READER.read(fixtures.document(NTV / case, fixtures.html_of(NTV / case).replace(old, new)), SITE)


def test_the_headline_is_the_one_that_readers_see_and_the_hidden_one_is_kept():
    article = read("old-hidden-h1-and-place")
    assert (article.kicker, article.headline) == ("Finale im Regen", "Altenwende siegt ohne Kugel")
    assert dict(article.surfaces)["h1"].endswith("gewinnt das Finale ohne eine einzige Kugel")


def test_a_place_behind_the_byline_is_no_author_and_the_house_is_none_either():
    assert read("old-hidden-h1-and-place").authors == ("Bastian Lohr",)
    assert read("new-agency-copy").authors == ()


def test_a_time_after_midnight_in_germany_is_the_day_before_in_utc():
    published = read("new-author-after-midnight").chosen("published")
    assert published is not None
    assert published.at is not None
    assert published.at.isoformat() == "2025-10-30T23:30:00+00:00"


def test_the_address_of_an_article_without_its_text_is_a_changed_layout():
    with pytest.raises(LayoutChanged, match="text was not found"):
        read("new-text-comes-by-script")


def test_an_article_without_any_time_is_a_changed_layout():
    page = fixtures.html_of(NTV / "new-author-after-midnight")
    for stated in ("31.10.2025, 00:30 Uhr", "2025-10-31T00:30:00+01:00"):
        page = page.replace(stated, "")
    with pytest.raises(LayoutChanged, match="time was not found"):
        READER.read(fixtures.document(NTV / "new-author-after-midnight", page), SITE)


@pytest.mark.parametrize(
    "path",
    [
        "/politik/Minister-verlegt-Bruecke-auf-Dienstag-id40134161.html",
        "/sport/boule/Altenwende-gewinnt-ohne-Kugel-article35136526.html",
    ],
)
@pytest.mark.parametrize("host", ["https://www.n-tv.de", "https://n-tv.de", "https://www.ntv.de"])
def test_links_of_an_article_s_shape_are_followed(host: str, path: str):
    assert READER.follows(host + path, SITE)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.n-tv.de/",
        "https://www.n-tv.de/politik/",
        "https://www.n-tv.de/mediathek/videos/panorama/Gans-auf-Gleis-article35136526.html",
        "https://www.n-tv.de/ticker/Liveticker-article35136526.html",
        "https://gazette.example/politik/Minister-verlegt-Bruecke-id40134161.html",
        "http://[::1",
        "",
    ],
)
def test_other_links_are_not(url: str):
    assert not READER.follows(url, SITE)
