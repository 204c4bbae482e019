from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news import urls
from news.model import Site

LBC = Site(name="lbc", home="https://www.lbc.co.uk/", hosts=("lbc.co.uk", "cdn.lbc.co.uk:8443"))


@pytest.mark.parametrize(
    ("given_url", "wanted"),
    [
        ("HTTP://WWW.LBC.co.uk:80", "http://www.lbc.co.uk/"),
        ("https://lbc.co.uk:443/a", "https://lbc.co.uk/a"),
        ("https://lbc.co.uk:8443/a", "https://lbc.co.uk:8443/a"),
        ("https://lbc.co.uk:/a", "https://lbc.co.uk/a"),
        ("https://lbc.co.uk./a", "https://lbc.co.uk/a"),
        ("https://lbc.co.uk/a/#top", "https://lbc.co.uk/a/"),
        ("https://lbc.co.uk/a/./b/../c/", "https://lbc.co.uk/a/c/"),
        ("https://lbc.co.uk/../../a/..", "https://lbc.co.uk/"),
        ("https://lbc.co.uk/a/%2e%2E/b", "https://lbc.co.uk/b"),
        ("https://lbc.co.uk/%7euser/%c3%a9/é", "https://lbc.co.uk/~user/%C3%A9/%C3%A9"),
        ("https://lbc.co.uk/50%/%zz", "https://lbc.co.uk/50%25/%25zz"),
        ("https://lbc.co.uk/a b", "https://lbc.co.uk/a%20b"),
        ("  https://lbc.co.uk/a  ", "https://lbc.co.uk/a"),
        ("https://lbc.co.uk\\a\\b", "https://lbc.co.uk/a/b"),
        ("https://lbc.co.uk?x=1", "https://lbc.co.uk/?x=1"),
        ("https://lbc.co.uk/a?", "https://lbc.co.uk/a"),
        ("https://lbc.co.uk/a?b=2&a=1&b=&c", "https://lbc.co.uk/a?b=2&a=1&b=&c"),
        ("https://lbc.co.uk/a?utm_source=x&id=7&fbclid=y&mc_cid=z", "https://lbc.co.uk/a?id=7"),
        ("https://lbc.co.uk/a?UTM_Medium=x&gclid", "https://lbc.co.uk/a"),
        ("https://lbc.co.uk/a?page=2&tag=a%2Fb+c", "https://lbc.co.uk/a?page=2&tag=a%2Fb+c"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("http://[2001:DB8:0:0::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("http://127.0.0.1:8765/a", "http://127.0.0.1:8765/a"),
    ],
)
def test_every_page_has_one_spelling(given_url: str, wanted: str) -> None:
    assert urls.normalise(given_url) == wanted


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        ("mailto:news@lbc.co.uk", "not an http"),
        ("lbc.co.uk/news", "not an http"),
        ("", "not an http"),
        ("javascript:void(0)", "not an http"),
        ("http://", "without a host"),
        ("http:///news", "without a host"),
        ("https:/lbc.co.uk/news", "without a host"),
        ("http://lbc.co.uk:0/", "not a port"),
        ("http://lbc.co.uk:65536/", "not a port"),
        ("http://lbc.co.uk:" + "9" * 5000 + "/", "not a port"),
        ("http://lbc.co.uk:eighty/", "not a host name"),
        ("http://[::1/", "not an address"),
        ("http://[nonsense]/", "not an"),
        ("http://[fe80::1%25eth0]/", "IPv6"),
        ("http://[::1]x/", "not a"),
        ("http://a..b/", "not a host name"),
        ("http://" + "a" * 64 + ".example/", "not a host name"),
        ("http://ex%61mple.com/", "not a host name"),
        ("http://user:secret@lbc.co.uk/", "password"),
        ("http://2130706433/", "IPv4"),
        ("http://0x7f.1/", "IPv4"),
        ("http://127.0.0.01/", "IPv4"),
        ("http://lbc.co.uk/\x00", "control character"),
        ("http://lbc.co.uk/a\nb", "control character"),
        ("http://lbc.co.uk/\ud800", "surrogate"),
        ("http://\u2488example.com/", "not a"),
    ],
)
def test_what_cannot_be_fetched_is_refused_in_clear_words(bad: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        urls.normalise(bad)
    assert not urls.is_http(bad)
    assert urls.looks_like_trap(bad)
    assert not urls.belongs(bad, LBC)


def test_a_refusal_never_repeats_a_password() -> None:
    with pytest.raises(ValueError, match="password") as refused:
        urls.normalise("http://user:secret@lbc.co.uk/")
    assert "secret" not in str(refused.value)


wild = st.one_of(
    st.text(),
    st.builds(
        "{}://{}{}/{}?{}#{}".format,
        st.sampled_from(["http", "https", "HTTP"]),
        st.one_of(st.sampled_from(["lbc.co.uk", "WWW.Lbc.co.uk.", "bücher.example", "[::1]", "10.0.0.1"]), st.text()),
        st.sampled_from(["", ":80", ":443", ":", ":8080"]),
        st.lists(st.one_of(st.sampled_from(["..", ".", "%2e", "%", "%%34", "\\", "//"]), st.text()), max_size=6).map(
            "/".join
        ),
        st.lists(st.one_of(st.sampled_from(["utm_source=a", "%75tm_source=b", "&", "a=%41"]), st.text())).map("&".join),
        st.text(max_size=3),
    ),
)


@given(wild)
def test_normalising_twice_is_normalising_once(url: str) -> None:
    try:
        once = urls.normalise(url)
    except ValueError:
        return
    assert urls.normalise(once) == once
    assert once.isascii()
    assert urls.is_http(once)
    assert urls.same_page_key(once) == urls.same_page_key(url)


@given(wild, st.text())
def test_no_address_breaks_the_questions_about_it(url: str, host: str) -> None:
    assert isinstance(urls.is_http(url), bool)
    assert isinstance(urls.looks_like_trap(url), bool)
    assert isinstance(urls.belongs(url, LBC), bool)
    assert isinstance(urls.is_loopback_host(host), bool)


def test_variants_of_a_page_share_a_key() -> None:
    variants = ["http://lbc.co.uk/a", "https://www.lbc.co.uk/a/", "https://LBC.co.uk/a#x", "http://www.lbc.co.uk:80/a"]
    assert {urls.same_page_key(url) for url in variants} == {"lbc.co.uk/a"}


@pytest.mark.parametrize(
    "other", ["https://lbc.co.uk/b", "https://lbc.co.uk/a?page=2", "https://lbc.co.uk/a/amp", "https://amp.lbc.co.uk/a"]
)
def test_other_pages_have_other_keys(other: str) -> None:
    assert urls.same_page_key(other) != urls.same_page_key("https://lbc.co.uk/a")


def test_www_is_part_of_a_host_that_has_nothing_else() -> None:
    assert urls.same_page_key("https://www.example/") == "www.example"


def test_a_host_is_named_with_its_port_unless_that_says_nothing() -> None:
    assert urls.host_of("https://www.LBC.co.uk:443/a") == "www.lbc.co.uk"
    assert urls.host_of("http://127.0.0.1:8765/") == "127.0.0.1:8765"


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("https://www.lbc.co.uk/news/a", True),
        ("http://lbc.co.uk/news/a", True),
        ("https://cdn.lbc.co.uk:8443/x", True),
        ("https://cdn.lbc.co.uk/x", False),
        ("https://www.lbc.co.uk:8080/", False),
        ("https://lbc.co.uk.evil.example/", False),
        ("https://notlbc.co.uk/", False),
    ],
)
def test_a_page_belongs_by_its_host_and_port(url: str, inside: bool) -> None:
    assert urls.belongs(url, LBC) is inside


def test_the_www_variant_of_home_belongs() -> None:
    site = Site(name="gazette", home="https://gazette.example/")
    assert urls.belongs("https://www.gazette.example/a", site)
    assert not urls.belongs("https://www.www.gazette.example/a", site)


def test_homes_port_holds_for_hosts_listed_without_one() -> None:
    demo = Site(name="demo", home="http://127.0.0.1:8765/", hosts=("localhost",))
    assert urls.belongs("http://127.0.0.1:8765/a", demo)
    assert urls.belongs("http://localhost:8765/a", demo)
    assert not urls.belongs("http://127.0.0.1:9999/a", demo)
    assert not urls.belongs("http://www.127.0.0.1:8765/a", demo)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:80",
        "a.localhost",
        "127.0.0.1",
        "127.9.9.9:1",
        "[::1]",
        "::1",
        "[::1]:80",
        "[::ffff:7f00:1]",
    ],
)
def test_loopback_is_told_by_name(host: str) -> None:
    assert urls.is_loopback_host(host)


@pytest.mark.parametrize("host", ["localhost.example", "128.0.0.1", "0.0.0.0", "[::2]", "127.0.0.1.example", "", "::"])
def test_other_hosts_are_not_loopback(host: str) -> None:
    assert not urls.is_loopback_host(host)


def test_a_site_is_on_loopback_only_with_all_that_it_names() -> None:
    home = "http://127.0.0.1:8765/"
    assert urls.on_loopback(Site(name="demo", home=home, hosts=("localhost:1",), feeds=(f"{home}feed",)))
    assert not urls.on_loopback(Site(name="demo", home=home, sitemaps=("https://lbc.co.uk/sitemap.xml",)))
    assert not urls.on_loopback(Site(name="demo", home=home, requisite_hosts=("cdn.example",)))


def test_an_article_id_is_of_the_one_spelling() -> None:
    wanted = hashlib.sha256(b"https://lbc.co.uk/a").hexdigest()[:20]
    assert urls.article_id("https://lbc.co.uk/a") == wanted
    assert urls.article_id("HTTPS://LBC.co.uk/a?utm_source=x#y") == wanted


@pytest.mark.parametrize(
    "url",
    [
        "https://lbc.co.uk/" + "a" * 2_000,
        "https://lbc.co.uk/news/news/news/",
        "https://lbc.co.uk/a/b/a/b/a/b/c",
        "https://lbc.co.uk/a;jsessionid=12AB",
        "https://lbc.co.uk/a?x=1&PHPSESSID=12ab",
        "https://lbc.co.uk/calendar/2150/01/",
        "https://lbc.co.uk/events?month=1970-01",
        "https://lbc.co.uk/events/?year=2999",
    ],
)
def test_traps_are_told_by_their_shape(url: str) -> None:
    assert urls.looks_like_trap(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://lbc.co.uk/news/uk/budget-2024-what-we-know/",
        "https://lbc.co.uk/news/news/story/",
        "https://paper.example/archive/1912/04/16/titanic",
        "https://lbc.co.uk/events/2024/05/",
        "https://lbc.co.uk/events/5000-march-in-london-5HjdN_2/",
        "https://lbc.co.uk/article/so-and-so-5HjdN_2/",
    ],
)
def test_articles_are_no_traps(url: str) -> None:
    assert not urls.looks_like_trap(url)
