"""What segments say besides the bytes: who crawled and how, over which TLS, and what led to each article."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from storage.warc.reading import Record
from tests.crawler.crawling import archived, crawl, sized, tls
from tests.crawler.wireserver import WireServer, answer
from tests.storage.making import html

HTML = b"Content-Type: text/html; charset=utf-8"
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><title>Ferry</title><link>/news/ferry-to-run/</link></item></channel></rss>"""


def site() -> dict[str, object]:
    front = b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body></body></html>'
    return {
        "/robots.txt": answer(sized(b"User-agent: *\nDisallow: /private/\n", b"Content-Type: text/plain")),
        "/": answer(sized(front, HTML)),
        "/feed.xml": answer(sized(FEED, b"Content-Type: application/rss+xml")),
        "/news/ferry-to-run/": answer(sized(html(), HTML)),
    }


def of_type(found: list[Record], record_type: str, path: str | None = None) -> list[Record]:
    return [r for r in found if r.type == record_type and (path is None or (r.url or "").endswith(path))]


def test_an_article_names_its_witnesses_by_record_id(tmp_path: Path) -> None:
    with WireServer(site()) as server:  # type: ignore[arg-type]
        crawl(server, tmp_path)
        found = archived(tmp_path)
        (article,) = of_type(found, "response", "/news/ferry-to-run/")
        (robots,) = of_type(found, "response", "/robots.txt")
        (feed,) = of_type(found, "response", "/feed.xml")
        (told,) = [r for r in of_type(found, "metadata") if r.get("WARC-Refers-To") == article.record_id]
    assert told.get("Content-Type") == "application/warc-fields"
    assert told.url == article.url
    assert told.block.decode().splitlines() == [
        f"witness-robots: {robots.record_id} {server.url}/robots.txt",
        f"witness-feed: {feed.record_id} {server.url}/feed.xml",
    ]


def test_a_connection_s_tls_and_certificate_are_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with WireServer(site(), context=tls(tmp_path)) as server:  # type: ignore[arg-type]
        crawl(server, tmp_path, monkeypatch=monkeypatch)
        found = archived(tmp_path)
    told = [r for r in of_type(found, "metadata") if r.block.startswith(b"tls-")]
    assert len(told) == 1
    text = told[0].block.decode()
    head, _, pem = text.partition("\r\n\r\n")
    said = dict(line.split(": ", 1) for line in head.splitlines())
    assert told[0].get("WARC-Concurrent-To") == of_type(found, "response")[0].record_id
    assert said["tls-version"] == "TLSv1.3"
    assert said["tls-cipher-suite"] == of_type(found, "response")[0].get("WARC-Cipher-Suite")
    assert said["tls-certificates"].startswith("1, ")
    assert pem == (tmp_path / "cert.pem").read_text()
    assert ssl.PEM_cert_to_DER_cert(pem)


def test_the_warcinfo_says_who_crawled_and_how(tmp_path: Path) -> None:
    top = '[crawler]\ncontact = "https://example.org/bot"\nretries = 1\nexchange_seconds = 12.5'
    with WireServer(site()) as server:  # type: ignore[arg-type]
        crawl(server, tmp_path, top=top, extra="requests_per_minute = 600")
        info, *_ = archived(tmp_path)
        sent = server.exchanges("/")[0].received.decode()
    said = dict(line.split(": ", 1) for line in info.block.decode().splitlines())
    assert info.type == "warcinfo"
    assert said["format"] == "WARC File Format 1.1"
    assert said["conformsTo"].endswith("/warc-1.1/")
    assert said["operator"] == "https://example.org/bot"
    assert f"User-Agent: {said['http-header-user-agent']}\r\n" in sent
    assert said["software"].startswith("stoppress/")
    assert said["hostname"]
    assert (said["isPartOf"], said["robots"], said["requests-per-minute"]) == ("harbour", "obey", "600")
    assert (said["requisites"], said["exchange-seconds"], said["retries"]) == ("all", "12.5", "1")
    assert said["max-body-megabytes"] == "64"
