"""Three parsers read the golden server's segments alike: our own by the standard's letter, warcio, and FastWARC.

Where the two libraries differ from the standard is listed here, and tested to be exactly that.
"""

from __future__ import annotations

import gzip
from io import BytesIO
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from tests.crawler.crawling import crawl
from tests.crawler.test_wire_exact import WHOLE
from tests.crawler.wireserver import WireServer
from tests.warcparser import NotWarc, Parsed, digest, parse

CHUNKED = frozenset(name for name, said in WHOLE.items() if b"transfer-encoding: chunked" in said.whole.lower())
"""Both libraries digest the framed bytes, where the standard (5.9) means the entity-body."""

WARCIO_PAYLOADS = CHUNKED
FASTWARC_PAYLOADS = CHUNKED | {
    "lf-only",  # finds no end of a head whose lines end in LF alone
}
FASTWARC_REVISITS = "verifies a revisit's payload digest against its block, which by definition lacks the payload"
WARCIO_CONTENT = {"br-unasked"}  # content_stream() raises AttributeError on brotli with bytes behind its end


@pytest.fixture(scope="module")
def segment(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("golden")
    with WireServer({f"/{name}": said for name, said in WHOLE.items()}) as server:
        crawl(server, folder, *(f"/{name}" for name in WHOLE))
    (found,) = (folder / "archive" / "warc").rglob("*.warc.gz")
    return Path(found).read_bytes()


def name_of(url: str) -> str:
    return url.rpartition("/")[2]


def test_all_three_see_the_same_records(segment: bytes) -> None:
    mine = list(parse(segment))
    assert len(mine) > 2 * len(WHOLE)
    theirs = ArchiveIterator(BytesIO(segment), no_record_parse=True)
    fast = FastIterator(BytesIO(segment), parse_http=False)
    for parsed, record, quick in zip(mine, theirs, fast, strict=True):
        block, offset = record.raw_stream.read(), theirs.get_record_offset()
        theirs.read_to_end()
        assert (offset, theirs.get_record_length()) == (parsed.offset, parsed.length)
        assert (tuple(record.rec_headers.headers), block) == (parsed.fields, parsed.block)
        assert (quick.stream_pos, tuple(quick.headers.items())) == (parsed.offset, parsed.fields)
        assert quick.reader.read() == parsed.block


def test_every_record_keeps_what_the_standard_demands_of_it(segment: bytes) -> None:
    mine = list(parse(segment))
    ids = [parsed.get("WARC-Record-ID") for parsed in mine]
    assert len(set(ids)) == len(ids)
    for parsed in mine:
        said = parsed.get("WARC-Block-Digest") or ""
        assert digest(said, parsed.block) == said
        assert (parsed.get("WARC-Warcinfo-ID") == ids[0]) != (parsed.get("WARC-Type") == "warcinfo")
        assert parsed.get("WARC-Concurrent-To") in (None, *ids)


def test_warcio_differs_from_the_standard_in_exactly_what_is_listed(segment: bytes) -> None:
    wrong, unreadable = set(), set()
    for record in ArchiveIterator(BytesIO(segment), check_digests=True):
        name = name_of(record.rec_headers.get_header("WARC-Target-URI") or "")
        try:
            record.content_stream().read()
        except AttributeError:
            unreadable.add(name)
        if record.digest_checker.passed is False:
            wrong.add(name)
            assert all("payload digest failed" in said for said in record.digest_checker.problems[::2])
    assert wrong == WARCIO_PAYLOADS
    assert unreadable == WARCIO_CONTENT


def test_fastwarc_differs_from_the_standard_in_exactly_what_is_listed(segment: bytes) -> None:
    wrong, revisits = set(), 0
    for record in FastIterator(BytesIO(segment), parse_http=True):
        if "WARC-Payload-Digest" in record.headers and not record.verify_payload_digest():
            if record.headers["WARC-Type"] == "revisit":
                revisits += 1
            else:
                wrong.add(name_of(record.headers["WARC-Target-URI"]))
    assert wrong == FASTWARC_PAYLOADS
    assert revisits == sum(parsed.get("WARC-Type") == "revisit" for parsed in parse(segment)), FASTWARC_REVISITS
    fast = FastIterator(BytesIO(segment), parse_http=False)
    assert all(record.verify_block_digest() for record in fast if "WARC-Block-Digest" in record.headers)


@pytest.mark.parametrize("harm", ["cut", "no length", "too short a block", "not a field"])
def test_our_parser_refuses_what_is_no_warc(segment: bytes, harm: str) -> None:
    first = next(parse(segment))
    assert isinstance(first, Parsed)
    head = b"WARC/1.1\r\n" + b"".join(f"{name}: {value}\r\n".encode() for name, value in first.fields)
    broken = {
        "cut": segment[: first.length - 9],
        "no length": _member(head.replace(b"Content-Length", b"X-Length") + b"\r\n" + first.block + b"\r\n\r\n"),
        "too short a block": _member(head + b"\r\n" + first.block[:-1] + b"\r\n\r\n"),
        "not a field": _member(head + b"no field\r\n\r\n" + first.block + b"\r\n\r\n"),
    }
    with pytest.raises(NotWarc):
        list(parse(broken[harm]))


def _member(content: bytes) -> bytes:
    return gzip.compress(content)
