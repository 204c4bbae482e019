"""Archives made by hand for tests: exchanges without a wire, looks without a crawler."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from news.model import Site
from news.revising import judge
from storage.archive import Archive, Look, Redirected, Seen, SiteWriter, open_archive
from storage.archive.founding import create
from storage.config import Config, load_config
from storage.warc.exchange import Exchange
from storage.warc.http1 import ResponseParser
from storage.warc.segment import Capture

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOME = "http://127.0.0.1:8080/"
SITE = Site(name="gazette", home=HOME, timezone="Europe/London", allow_private_addresses=True)

SENTENCES = (
    "The council voted on Monday to keep the ferry running through the winter.",
    "Members heard for two hours from people who live on the island and work in the town.",
    "Ada Quill, who leads the council, said the boat was a road and not a luxury.",
    "The money comes from a fund that was set aside for the repair of the old pier.",
    "A second vote, on the price of a season ticket, was put off until the spring.",
)


def catalogue_in(folder: Path) -> str:
    """The address of the catalogue of the archive in this folder; the fixture `each_catalogue` knows others."""
    return f"sqlite:///{folder}/archive/catalogue.db"


def config_in(folder: Path) -> Config:
    """A configuration whose archive lies in this folder."""
    (folder / "stoppress.toml").write_text(
        f"""
[archive]
store = "{folder}/archive"
catalogue = "{catalogue_in(folder)}"
[sites.gazette]
home = "{HOME}"
timezone = "Europe/London"
allow_private_addresses = true
"""
    )
    config = load_config(folder / "stoppress.toml", {})
    create(config, START)
    return config


@contextmanager
def written(config: Config) -> Iterator[tuple[Archive, SiteWriter]]:
    """An open archive and the site's writer, let go at the end."""
    with open_archive(config, software={"software": "stoppress/test"}) as archive:
        writer = archive.writer(SITE)
        try:
            yield archive, writer
        finally:
            writer.close()


def page(slug: str) -> str:
    return f"{HOME}news/{slug}/"


def html(headline: str = "Ferry to run all winter", *extra: str, sentences: tuple[str, ...] = SENTENCES) -> bytes:
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in (*sentences, *extra))
    data = f'{{"@context":"https://schema.org","@type":"NewsArticle","headline":"{headline}","datePublished":"2026-03-01T08:00:00Z"}}'
    return (
        f"<!doctype html><html lang=en><head><title>{headline}</title>"
        f'<meta property="og:type" content="article"><script type="application/ld+json">{data}</script></head>'
        f"<body><main><article><h1>{headline}</h1>{paragraphs}</article></main></body></html>"
    ).encode()


def exchange(
    url: str, body: bytes, at: datetime, *, status: str = "200 OK", fields: str = "", **said: object
) -> Exchange:
    """An exchange as it would have crossed the wire."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n{fields}\r\n"
    raw = head.encode() + (b"" if status.startswith("304") else body)
    entity = sha256()
    parser = ResponseParser("GET", entity.update)
    parser.feed(raw)
    parser.close()
    return Exchange(
        url=url,
        method="GET",
        kind="page",
        page=url,
        started=at,
        request=f"GET {url} HTTP/1.1\r\n\r\n".encode(),
        response=BytesIO(raw),
        response_length=len(raw),
        head_length=parser.body,
        head=parser.head,
        payload_digest=f"sha256:{entity.hexdigest()}",
        ip_address="127.0.0.1",
        **said,  # type: ignore[arg-type]
    )


def look(writer: SiteWriter, url: str, body: bytes, at: datetime, *, status: str = "200 OK") -> Capture:
    """Capture a page and observe what it shows, as a crawl does."""
    capture = writer.append(exchange(url, body, at, status=status))
    assert capture is not None
    verdict = judge(writer.document(capture), writer.site, writer.reader)
    writer.observe(Look(page=url, at=at, why="test", result=Seen(verdict=verdict, address=url), capture=capture))
    return capture


def redirect(writer: SiteWriter, url: str, to: str, body: bytes, at: datetime) -> None:
    """Capture a redirect and the article behind it, and observe both."""
    left = writer.append(exchange(url, b"", at, status="301 Moved Permanently", fields=f"Location: {to}\r\n"))
    landed = writer.append(replace(exchange(to, body, at + timedelta(seconds=1)), page=url))
    assert left is not None
    assert landed is not None
    verdict = judge(writer.document(landed), writer.site, writer.reader)
    away = Redirected(to=to, verdict=verdict, landed=landed, landed_at=at + timedelta(seconds=1))
    writer.observe(Look(page=url, at=at, why="test", result=away, capture=left))


def minutes(count: float) -> datetime:
    """That many minutes after the start."""
    return START + timedelta(minutes=count)
