"""A few seconds of fuzzing with a fixed seed, and what longer runs of `benchmarks/fuzz.py` found."""

from __future__ import annotations

import time

import pytest

from benchmarks.fuzz import TARGETS, fuzz
from storage.warc.http1 import MAX_HEAD, ResponseParser

SECONDS = 2.0


@pytest.mark.parametrize("target", TARGETS)
def test_a_stranger_s_bytes_break_nothing(target: str) -> None:
    count, found = fuzz(target, SECONDS, seed=3)
    assert found is None, found
    assert count > (3 if target == "import" else 20)  # which makes an archive for each


def test_a_head_that_drips_is_not_read_over_and_over() -> None:
    parser = ResponseParser()
    started = time.process_time()
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Drop: water\r\n" * (MAX_HEAD // 15):
        parser.feed(bytes((byte,)))
    parser.feed(b"\r\n")
    assert time.process_time() - started < 10
    assert parser.broken == "the head is longer than 256 KiB"


@pytest.mark.parametrize("length", ["9" * 5000, "\u0665", "+5", "5 5", "0x5"])
def test_a_length_that_is_no_number_of_bytes_lets_the_close_end_the_body(length: str) -> None:
    parser = ResponseParser()
    parser.feed(f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nhello".encode())
    assert parser.until_close
    assert not parser.done


def test_a_head_is_found_whole_however_its_end_is_cut() -> None:
    for end in (b"\r\n\r\n", b"\n\n", b"\r\n \t\r\n\r\n", b"\n\r\n"):
        parser = ResponseParser()
        for byte in b"\r\n\nHTTP/1.1 200 OK\r\nA: b\r\n \r\n\tc\r\nContent-Length: 0" + end:
            parser.feed(bytes((byte,)))
        assert parser.done, end
        assert parser.head is not None
        assert parser.head.get("A") == "b c"
        assert parser.head.get("Content-Length") == "0"
