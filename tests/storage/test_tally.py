from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from news.errors import ObjectCorrupt
from news.serial import digest_of
from storage.ledger import leaves
from storage.ledger.leaves import leaves_of, record_leaves
from storage.warc.segment import IDENTICAL, Capture, RefersTo, Segment
from storage.warc.telling import Tls, Witness
from tests.storage.making import START, exchange, html, page

OBJECT = {"key": "articles/gazette/0123456789abcdef0123/x.json", "sha256": f"sha256:{'ab' * 32}", "size": 7}
TLS = Tls(connection="<urn:uuid:1>", version="TLSv1.3", cipher="TLS_AES", certificates=(b"der",), whole_chain=False)


@pytest.fixture
def segment(tmp_path: Path) -> Iterator[Segment]:
    opened = Segment(tmp_path / "one.warc.gz", site="gazette", software={"software": "test"}, now=START)
    yield opened
    opened.close()


def refers_to(capture: Capture, profile: str) -> RefersTo:
    assert capture.payload_digest is not None
    return RefersTo(
        record_id=capture.record_id,
        url=capture.url,
        at=capture.at,
        payload_digest=capture.payload_digest,
        profile=profile,
    )


def filled(segment: Segment) -> None:
    """Every kind of record that a segment may hold."""
    first = segment.append(exchange(page("ferry-é"), html(), START, tls=TLS, cipher="TLS_AES"))
    assert first is not None
    segment.append_witnesses(
        first, [Witness(role="robots", record_id="<urn:uuid:2>", url="http://x/robots.txt")], START
    )
    segment.append(exchange(page("pier"), html() * 500, START, interim=b"HTTP/1.1 103 Early Hints\r\n\r\n"))
    segment.append(exchange(page("ferry-é"), html(), START), refers_to=refers_to(first, IDENTICAL))
    segment.append(exchange(page("ferry"), b"", START, status="304 Not Modified"), refers_to=refers_to(first, "304"))
    segment.append(replace(exchange(page("gone"), b"", START), response=None))
    segment.append(exchange(page("cut"), html(), START, truncated="length"))


def both_ways(segment: Segment) -> tuple[list[bytes], list[bytes]]:
    digest = digest_of(segment.path.read_bytes())
    objects = [{"key": "one", "sha256": digest, "size": segment.size}, OBJECT]
    noted, read = record_leaves(segment.path, digest, segment.tally), record_leaves(segment.path, digest)
    return leaves_of(noted, objects), leaves_of(read, objects)


@pytest.fixture
def gone_through(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Each time that a segment is gone through once more."""
    times: list[Any] = []
    pass_through: Callable[[Any], Any] = leaves.digested

    def counted(stream: Any) -> Any:
        times.append(stream)
        return pass_through(stream)

    monkeypatch.setattr(leaves, "digested", counted)
    return times


def test_what_was_noted_while_writing_is_what_the_file_holds(segment: Segment, gone_through: list[Any]) -> None:
    filled(segment)
    noted, read = both_ways(segment)
    assert noted == read
    assert len(noted) == 2 + 15
    assert len(gone_through) == 1


def test_a_record_that_came_from_elsewhere_makes_the_seal_look(
    segment: Segment, gone_through: list[Any], tmp_path: Path
) -> None:
    filled(segment)
    other = Segment(tmp_path / "other.warc.gz", site="gazette", software={}, now=START)
    other.close()
    segment.append_member(other.path.read_bytes())
    noted, read = both_ways(segment)
    assert noted == read
    assert len(gone_through) == 2


def test_a_record_that_was_taken_back_makes_the_seal_look(
    segment: Segment, gone_through: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(segment)
    write = segment._member._put
    written: list[int] = []

    def full(content: bytes) -> None:
        written.append(len(content))
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(content)

    monkeypatch.setattr(segment._member, "_put", full)
    with pytest.raises(OSError, match="No space"):
        segment.append(exchange(page("late"), html(), START))
    monkeypatch.setattr(segment._member, "_put", write)
    segment.append(exchange(page("later"), html(), START))
    noted, read = both_ways(segment)
    assert noted == read
    assert len(gone_through) == 2


@pytest.mark.parametrize("noted", [True, False])
def test_a_file_that_is_not_as_it_was_written_has_no_leaves(segment: Segment, noted: bool) -> None:
    filled(segment)
    content = segment.path.read_bytes()
    segment.path.write_bytes(content[:-30] + bytes(30))
    digest = digest_of(segment.path.read_bytes())
    with pytest.raises(ObjectCorrupt, match="the next start mends it"):
        record_leaves(segment.path, digest, segment.tally if noted else None)


def test_a_records_id_is_a_random_uuid(segment: Segment) -> None:
    filled(segment)
    from uuid import UUID

    ids = [name for name, _, _ in segment.tally.records()]
    assert len(set(ids)) == len(ids) == 15
    assert {(UUID(name[10:46]).version, UUID(name[10:46]).variant) for name in ids} == {(4, "specified in RFC 4122")}
