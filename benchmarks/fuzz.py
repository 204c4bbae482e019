"""Fuzz what reads a stranger's bytes: `python benchmarks/fuzz.py [SECONDS] [--seed N] [TARGET…]`, so long each target.

A mutation fuzzer of our own: real examples, cut, doubled, swapped, spliced and salted with the words that parsers
trip over; a seed repeats a run. Where atheris is installed, `--atheris TARGET` drives one target by coverage instead.
A failing input is written to `fuzz-<target>-<digest>` and the run ends with status 1; the input then becomes a test.

Runs of 600 s each on one shared core (November 2026), inputs each; what was found is mended and a test:

    seed 202   exchange 11,602 (beside other work)   head 12,341,572   warc 2,302,250
    seed 303   sitemap 3,344,878   robots 2,955,350   front 875,956   css 3,361,465   codings 8,333,022
               feed 2,477,751: one event without an element, met once; seed 404, mended: 1,609,594, fine

What fuzzing and attacks by hand found is in tests/test_fuzz.py, tests/crawler/test_odd_servers.py,
tests/crawler/test_robots.py, tests/news/test_discovery_bounds.py and tests/news/reading/test_decode.py.
"""

from __future__ import annotations

import argparse
import atexit
import faulthandler
import gzip
import shutil
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from hashlib import sha256
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from random import Random

import brotli  # type: ignore[import-untyped]  # ships no types
import zstandard

sys.path.insert(0, str(Path(__file__).parent.parent))

from crawler.rules import KEPT, KEPT_LEAST, PRODUCT, kept_until, read_rules
from news.discovery import DiscoveryError, links, parse_feed, parse_sitemap, requisites, requisites_in_css
from news.discovery.sitemaps import sitemaps_in_robots
from news.errors import ObjectCorrupt
from news.reading.codings import remove_codings
from news.reading.decode import decode
from storage.warc.http1 import ResponseParser, parse_head
from storage.warc.reading import answer, document, records

SLOW = 5.0
"""Seconds for one input past which it counts as a hang; inputs are at most some kilobytes."""

URL = "https://news.example/section/page"
AT = datetime(2026, 3, 2, tzinfo=UTC)

SALT = (
    b"\r\n", b"\n", b"\r", b"\0", b"\r\n\r\n", b":", b" ", b"\t", b"0\r\n\r\n", b"-1",
    b"99999999999999999999", b"9" * 5000, b"Content-Length: " + b"9" * 5000,
    b"ffffffffffffffff", b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\n",
    b"Content-Length: -5\r\n", b"Content-Encoding: gzip\r\n", b"Content-Encoding: br, gzip\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\n", b"WARC/1.1\r\n", b"\x1f\x8b", b"<", b">",
    b"<!--", b"<![CDATA[", b"]]>", b"&", b"&#x110000;", b"&#0;", b"<!DOCTYPE x [", b"<!ENTITY a 'b'>",
    b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"http://[", b"http://[::1", b"https://a:99999/",
    b"javascript:", b"url(", b"@import '", b"\\", b"{", b"[", b'"', b"srcset='a 1x, b 2w'",
    b"<base href='http://['>", b"2026-02-31T25:61:61Z", b"Mon, 99 Foo 0000",
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """What is fuzzed: a check that raises for a finding, examples to start from, and words that its parser acts on."""

    check: Callable[[bytes, Random], None]
    examples: tuple[bytes, ...]
    salt: tuple[bytes, ...] = ()


def split_exchange(content: bytes, random: Random) -> None:
    """However an answer is cut into pieces, the splitter says the same of it."""
    whole = _split([content])
    cuts = sorted(random.randrange(len(content) + 1) for _ in range(random.randrange(1, 9)))
    edges = [0, *cuts, len(content)]
    pieces = [content[start:end] for start, end in pairwise(edges)]
    assert _split(pieces) == whole, "cut in pieces it reads otherwise"
    assert _split([content[at : at + 1] for at in range(len(content))]) == whole, "byte by byte it reads otherwise"


def _split(pieces: list[bytes]) -> tuple[object, ...]:
    entity = bytearray()
    parser = ResponseParser("GET", entity.extend)
    came = 0
    for piece in pieces:
        parser.feed(piece)
        came += len(piece)
    parser.close()
    assert 0 <= parser.start <= came
    if parser.broken is None:
        assert parser.start <= parser.body <= parser.end <= came
    end = parser.end if parser.broken is None else None  # broken framing ends the answer with the piece it came in
    said = bytes(entity) if parser.broken is None else None
    return parser.head, parser.start, parser.body, end, parser.broken, said


def read_head(content: bytes, random: Random) -> None:
    """A head is read, or there is none."""
    del random
    head = parse_head(content)
    assert head is None or 0 <= head.status <= 999


def read_warc(content: bytes, random: Random) -> None:
    """A WARC file is read as far as it goes, gzipped or plain, and each record is a document or none."""
    given = gzip.compress(content) if random.random() < 0.5 else content
    with suppress(ObjectCorrupt):
        for record in records(BytesIO(given)):
            answer(record.block)
            document(record, max_bytes=1_000_000)


def take_in_warc(content: bytes, random: Random) -> None:
    """A WARC file is taken into an archive as far as it goes, and nothing is found wrong with that archive then."""
    from storage.config import load_config
    from storage.ingest.importing import take_in
    from storage.objects import open_store
    from storage.verify.whole import Places, verify

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copytree(_empty_archive(), folder, dirs_exist_ok=True)
        settings = folder / "stoppress.toml"
        settings.write_text(SETTINGS.format(folder))
        config = load_config(settings, {})
        given = folder / "given.warc"
        given.write_bytes(gzip.compress(content) if random.random() < 0.5 else content)
        take_in(config, [given], config.sites())
        store = open_store(config.archive.store, config.s3)
        found = verify(Places(store=store, catalogue=config.archive.catalogue, spool=folder / "archive/spool")).findings
        assert not found, found


@cache
def _empty_archive() -> Path:
    """Return the folder of an archive in which nothing lies yet: making one takes longer than copying it."""
    from storage.archive.founding import create
    from storage.config import load_config

    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    settings = folder / "stoppress.toml"
    settings.write_text(SETTINGS.format(folder))
    create(load_config(settings, {}), AT)
    return folder


def read_sitemap(content: bytes, random: Random) -> None:
    del random
    with suppress(DiscoveryError):
        parse_sitemap(content, URL)


def read_feed(content: bytes, random: Random) -> None:
    del random
    with suppress(DiscoveryError):
        parse_feed(content, URL)


def read_robots(content: bytes, random: Random) -> None:
    """robots.txt gives rules that can be asked, however it is written and whatever address is asked for."""
    sitemaps_in_robots(content.decode("utf-8", "replace"))
    rules = read_rules(content)
    path = random.choice(SALT).decode("latin-1") + content[:50].decode("latin-1")
    for url in (URL, f"https://news.example/{path}"):
        assert rules.can_fetch(url, PRODUCT) in (True, False)
    delay = rules.crawl_delay(PRODUCT)
    assert delay is None or 0 <= delay < float("inf")
    text = content.decode("latin-1")
    assert AT + KEPT_LEAST <= kept_until(AT, text, text) <= AT + KEPT


def read_front(content: bytes, random: Random) -> None:
    """A page's links and requisites are found, or there are none."""
    del random
    fields = (("Content-Type", "text/html"),)
    front = decode(url=URL, status=200, headers=fields, body=content, captured_at=AT, cap=1_000_000)
    links(front)
    requisites(front, "all")


def read_css(content: bytes, random: Random) -> None:
    del random
    requisites_in_css(content.decode("utf-8", "replace"), URL)


def read_codings(content: bytes, random: Random) -> None:
    """A body in any codings gives what decodes of it, and never more than the cap."""
    codings = ", ".join(random.choices(("gzip", "br", "zstd", "deflate"), k=random.randrange(1, 4)))
    assert len(remove_codings(content, codings, cap=100_000)) <= 100_000


BODY = (
    b"<html><head><base href=/x><link rel=alternate type=application/rss+xml href=f></head>"
    b"<img srcset='a 1x,b 2x'><a href=/y?z#q>t</a></html>"
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nX-Folded: a\r\n b\r\n"
ANSWERS = (
    HEAD + b"Content-Length: 5\r\n\r\nhello",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n3\r\nyou\r\n0\r\nX-T: 1\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + HEAD + b"\r\n" + BODY,
    b"HTTP/1.0 304 Not Modified\nETag: x\n\n",
    HEAD + b"Content-Encoding: gzip\r\nContent-Length: 40\r\n\r\n" + gzip.compress(b"hello", mtime=0),
)


def _warc(block: bytes) -> bytes:
    head = (
        b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-03-02T09:00:00Z\r\n"
        b"WARC-Target-URI: https://a.example/\r\nContent-Type: application/http;msgtype=response\r\n"
    )
    return head + b"Content-Length: %d\r\n\r\n" % len(block) + block + b"\r\n\r\n"


SETTINGS = """[crawler]
contact = "https://archive.example/"
[archive]
store = "{0}/archive"
catalogue = "sqlite:///{0}/archive/catalogue.db"
spool = "{0}/archive/spool"
key = "{0}/key"
[sites.gazette]
home = "https://news.example/"
"""


def _page(number: int, text: str, day: int, *, status: bytes = b"200 OK", fields: bytes = b"") -> bytes:
    """Return the records of an article's page as another tool writes them, request and warcinfo among them."""
    html = (
        '<!doctype html><html lang="en"><head><title>The ferry</title><meta property="og:type" content="article"><meta '
        'property="article:published_time" content="2026-03-01T08:00:00Z"></head><body><article><h1>The ferry</h1>'
        f"<p>The council voted on Monday to let the ferry run all winter, the mayor told this newspaper.</p><p>{text} "
        "Residents of the eastern bank have asked for that since the bridge was closed two years ago.</p></article>"
    ).encode()
    answer = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\n%sContent-Length: %d\r\n\r\n" % (status, fields, len(html))
    named = f"WARC-Date: 2026-03-{day:02}T10:00:00Z\r\nWARC-Target-URI: https://news.example/news/the-ferry-runs-1234567\r\n"
    kinds = (
        ("warcinfo", f"WARC-Date: 2026-03-{day:02}T10:00:00Z\r\n", "application/warc-fields", b"software: other\r\n"),
        ("request", named, "application/http; msgtype=request", b"GET / HTTP/1.1\r\n\r\n"),
        ("response", named, "application/http; msgtype=response", answer + html),
    )
    return b"".join(
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number}-{kind}>\r\n{fields}"
        f"Content-Type: {media}\r\nContent-Length: {len(block)}\r\n\r\n".encode()
        + block
        + b"\r\n\r\n"
        for kind, fields, media, block in kinds
    )


ENDED = _page(3, "", 4, status=b"404 Not Found")
LED = _page(4, "", 4, status=b"301 Moved Permanently", fields=b"Location: /news/the-ferry-stops-7654321\r\n")
IMPORTS = (
    _page(1, "It will run twice a day.", 2) + _page(2, "It will run three times a day.", 3) + ENDED,
    _page(1, "It will run twice a day.", 2)
    + LED
    + _page(5, "It will be sold.", 4).replace(b"runs-1234567", b"stops-7654321"),
    _page(1, "It will run twice a day.", 2) + _page(2, "It will not.", 2) + _page(6, "It will run twice a day.", 2),
)
IMPORT_SALT = (
    b"WARC-Date: 0001-01-01T00:00:00+14:00\r\n", b"9999-12-31T23:59:59Z", b"WARC-Date\r\n", b" folded\r\n",
    b"WARC-Type: revisit\r\n", b"WARC-Refers-To-Date: 2026\r\n", b"WARC-Concurrent-To: ",
    b"WARC-Truncated: length\r\n", b"WARC-Record-ID: <urn:uuid:1>\r\n", b"WARC-Payload-Digest: sha1:AAAA\r\n",
    b"HTTP/1.1 304 Not Modified\r\n\r\n", b"HTTP/1.1 404 Gone\r\n\r\n",
)  # fmt: skip

SITEMAPS = (
    b"""<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://a.example/x</loc>
    <lastmod>2026-03-02T09:00:00+00:00</lastmod><news:news><news:title>T</news:title></news:news></url></urlset>""",
    b"<sitemapindex><sitemap><loc>https://a.example/s.xml</loc></sitemap></sitemapindex>",
    b"https://a.example/one\nhttps://a.example/two\n",
    gzip.compress(b"<urlset><url><loc>/x</loc></url></urlset>", mtime=0),
)
FEEDS = (
    b"""<rss version='2.0'><channel><item><title>A &amp; B</title><link>/x</link><guid isPermaLink='true'>https://a.example/x
    </guid><pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate></item></channel></rss>""",
    b"""<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/b/'><entry><title type='html'>T</title><link href='x'/>
    <updated>2026-03-02T09:00:00Z</updated></entry></feed>""",
    b'{"version":"https://jsonfeed.org/version/1.1","items":[{"url":"/x","title":"T","date_published":"2026"}]}',
)
CSS = b"@import url('a.css');@font-face{src:url(f.woff2) format('woff2')}b{background:url(data:x)}"
ROBOTS = (
    b"User-agent: *\nDisallow: /p\nSitemap: https://a.example/s.xml\n",
    b"user-agent: stoppress/1 # us\nUser-agent: other\nDisallow: /*/x$\nAllow: /%7Ep\nCrawl-delay: 2.5\nHost: a\n",
    b"User agent *\nDisallow /a?b*c\nRequest-rate: 1/5m 0800-1000\nVisit-time: 0600-0845\nmax-age=60, no-cache\n",
)
CODERS = (partial(gzip.compress, mtime=0), zlib.compress, brotli.compress, zstandard.compress)
TARGETS = {
    "exchange": Target(split_exchange, ANSWERS),
    "head": Target(read_head, tuple(said.partition(b"\r\n\r\n")[0] for said in ANSWERS)),
    "warc": Target(read_warc, (*(_warc(said) for said in ANSWERS), _warc(ANSWERS[0]) + _warc(ANSWERS[1]))),
    "import": Target(take_in_warc, IMPORTS, IMPORT_SALT),
    "sitemap": Target(read_sitemap, SITEMAPS),
    "feed": Target(read_feed, FEEDS),
    "robots": Target(read_robots, ROBOTS),
    "front": Target(read_front, (BODY, b"<!doctype html>" + BODY * 3)),
    "css": Target(read_css, (CSS,)),
    "codings": Target(read_codings, tuple(coder(BODY * 9) for coder in CODERS)),
}


def mutated(examples: tuple[bytes, ...], random: Random, more: tuple[bytes, ...] = ()) -> bytes:
    """Return an example after some of what happens to bytes on the way; `more` is salt besides the common one."""
    content, salt = random.choice(examples), SALT + more
    for _ in range(random.randrange(1, 6)):
        at, other = (sorted(random.randrange(len(content) + 1) for _ in range(2))) if content else (0, 0)
        match random.randrange(7):
            case 0:
                content = content[:at] + content[other:]
            case 1:
                content = content[:at] + random.choice(salt) + content[at:]
            case 2:
                content = content[:at] + content[at:other] * random.randrange(2, 20) + content[other:]
            case 3:
                content = content[:at] + random.randbytes(random.randrange(1, 5)) + content[at + 1 :]
            case 4:
                content = content[:at] + random.choice(examples)[at:]
            case 5:
                content = content[:at] + random.choice(salt) * random.randrange(1, 50) + content[other:]
            case 6:
                content = content[:at] + bytes(byte ^ 0x20 for byte in content[at:other]) + content[other:]
        content = content[:20_000]
    return content


@dataclass(frozen=True)
class Found:
    """An input that broke its target, and how."""

    target: str
    content: bytes
    why: str


def fuzz(name: str, seconds: float, seed: int) -> tuple[int, Found | None]:
    """Fuzz a target for so long or until it breaks; return how many inputs it took, and what broke it."""
    target, random = TARGETS[name], Random(seed)
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        content = mutated(target.examples, random, target.salt)
        count += 1
        started = time.process_time()
        try:
            target.check(content, Random(count))
        except Exception as error:  # noqa: BLE001  any is a finding
            return count, Found(name, content, f"{type(error).__name__}: {error}")
        if time.process_time() - started > SLOW:
            return count, Found(name, content, f"took {time.process_time() - started:.1f} s")
    return count, None


def guided(name: str) -> None:
    """Fuzz a target by coverage, with atheris, until it breaks or is interrupted."""
    import atheris  # type: ignore[import-not-found]

    target = TARGETS[name]
    atheris.instrument_all()
    atheris.Setup([sys.argv[0]], lambda content: target.check(content, Random(len(content))))
    atheris.Fuzz()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("seconds", nargs="?", type=float, default=5.0)
    asked.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--atheris", choices=TARGETS, metavar="TARGET")
    told = asked.parse_args()
    if told.atheris:
        guided(told.atheris)
    failed = 0
    for name in told.targets or TARGETS:
        faulthandler.dump_traceback_later(told.seconds + 60, exit=True)  # what hangs in a library is not interrupted
        count, found = fuzz(name, told.seconds, told.seed)
        said = "fine" if found is None else found.why
        print(f"{name:10} {count:9} inputs  seed {told.seed}  {told.seconds:g} s  {said}", flush=True)
        if found:
            failed = 1
            Path(f"fuzz-{name}-{sha256(found.content).hexdigest()[:12]}").write_bytes(found.content)
    return failed


if __name__ == "__main__":
    sys.exit(main())
