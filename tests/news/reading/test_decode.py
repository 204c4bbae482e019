# ruff: noqa: RUF001 - pages stand in one line, in their own letters

import gzip
import time
import zlib
from datetime import UTC, datetime
from random import Random

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from news.model import Document
from news.reading.codings import remove_codings, unreadable
from news.reading.decode import decode, html_document

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = "<p>Grüße aus Łódź — “so” 世界</p>" * 20


def document(body: bytes, coding: str | None = None, media: str = "text/html", cap: int = 1 << 20) -> Document:
    headers = (("Content-Type", media), *((("content-encoding", coding),) if coding else ()))
    return decode(url="https://x.example/", status=200, headers=headers, body=body, captured_at=NOW, cap=cap)


def raw_deflate(body: bytes) -> bytes:
    squeezer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeezer.compress(body) + squeezer.flush()


@pytest.mark.parametrize(
    ("coding", "squeeze"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("br", brotli.compress),
        ("identity", bytes),
        ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
    ],
)
def test_content_codings_come_off(coding: str, squeeze):
    assert document(squeeze(PAGE.encode()), coding).text == PAGE


def test_all_members_of_a_gzip_body_are_read():
    assert document(gzip.compress(PAGE.encode()) + gzip.compress(PAGE.encode()), "gzip").text == PAGE * 2


def test_of_a_cut_gzip_body_what_came_is_kept():
    assert document(gzip.compress(PAGE.encode())[:-20], "gzip").text.startswith("<p>Grüße aus")


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip", "gzip, br"])
def test_markup_that_was_decoded_by_who_recorded_it_is_read_whatever_its_header_still_says(coding: str):
    page = b"\xef\xbb\xbf\n<!doctype html><p>Tide tables</p>"
    assert remove_codings(page, coding, cap=10_000) == page


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate"])
def test_of_a_body_that_is_neither_coded_as_it_says_nor_markup_nothing_is_made_up(coding: str):
    assert remove_codings(b"\xff\xfe\x00 no page", coding, cap=10_000) == b""


def test_a_body_that_says_gzip_and_is_none_is_read_as_it_is():
    assert document(PAGE.encode(), "gzip").text == PAGE


def test_an_unknown_coding_leaves_nothing():
    assert document(b"\x00\x01", "compress2").text == ""


@pytest.mark.parametrize(
    ("coding", "squeeze"), [("gzip", gzip.compress), ("br", brotli.compress), ("deflate", zlib.compress)]
)
def test_a_bomb_stops_at_the_cap(coding: str, squeeze):
    assert len(document(squeeze(b"0" * 8_000_000), coding, cap=100_000).body) == 100_000


@pytest.mark.parametrize(
    ("body", "media", "encoding", "text"),
    [
        (b"\xef\xbb\xbfcaf\xc3\xa9", "text/html; charset=iso-8859-1", "utf-8", "café"),
        ("é".encode("utf-16"), "text/html", "utf-16-le", "é"),
        (b"\x93caf\xe9\x94", "text/html; charset=ISO-8859-1", "windows-1252", "“café”"),
        (b"\x93caf\xe9\x94", "text/html; charset=us-ascii", "windows-1252", "“café”"),
        (b'<meta charset="windows-1251">\xcc\xe8\xf0', "text/html", "windows-1251", '<meta charset="windows-1251">Мир'),
        (
            b"<meta http-equiv=Content-Type content='text/html; charset=iso-8859-2'>\xb3",
            "text/html",
            "iso8859-2",
            "<meta http-equiv=Content-Type content='text/html; charset=iso-8859-2'>ł",
        ),
        (
            b'<?xml version="1.0" encoding="iso-8859-2"?>\xb3',
            "text/html",
            "iso8859-2",
            '<?xml version="1.0" encoding="iso-8859-2"?>ł',
        ),
        ("Łódź".encode(), "text/html", "utf-8", "Łódź"),
        (b"caf\xe9", "text/html", "windows-1252", "café"),
        (b"caf\xc3\xa9", "text/html; charset=utf-8; charset=x", "utf-8", "café"),
        (b"caf\xc3\xa9", "text/html; charset=no-such", "utf-8", "café"),
    ],
)
def test_the_charset_is_found_in_order(body: bytes, media: str, encoding: str, text: str):
    found = document(body, media=media)
    assert (found.encoding.replace("cp", "windows-") if found.encoding else None, found.text) == (encoding, text)


@pytest.mark.parametrize("label", ["hex", "rot13", "zip", "idna", "unicode_escape", "utf-7", "undefined"])
def test_no_page_orders_a_codec_that_is_no_charset(label: str):
    assert document(b"+AGE-", media=f"text/html; charset={label}").text == "+AGE-"


def test_russian_without_a_label_is_recognised():
    words = "Мэр города сообщил, что мост откроют весной, а паром останется. " * 10
    assert document(words.encode("cp1251")).text == words


def test_the_media_type_is_in_lower_case_without_parameters():
    assert document(b"x", media="Text/HTML;charset=utf-8").media_type == "text/html"
    assert document(b"x", media="").media_type is None


def test_a_saved_page_that_is_valid_utf_8_is_read_so_whatever_its_old_meta_says():
    saved = html_document("https://x.example/", '<meta charset="iso-8859-1">Grüße'.encode(), NOW)
    assert saved.text.endswith("Grüße")


def test_an_empty_body_has_no_encoding():
    assert (document(b"").encoding, document(b"").text) == (None, "")


@given(
    st.binary(max_size=400),
    st.sampled_from([None, "gzip", "br", "deflate", "zstd", "gzip, gzip"]),
    st.text(max_size=20),
)
def test_odd_bytes_never_make_decoding_fail(body: bytes, coding: str | None, charset: str):
    assert isinstance(document(body, coding, media=f"text/html; charset={charset}").text, str)


NOISE = " ".join(f"Line {Random(number).random()} tells of the ferry café." for number in range(9000)).encode()
CODERS = {
    "gzip": gzip.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "deflate": zlib.compress,
    "x-gzip": gzip.compress,
}
BOMBS = {
    "gzip": lambda: gzip.compress(bytes(200_000_000), 1),
    "br": lambda: brotli.compress(bytes(200_000_000), quality=1),
    "zstd": lambda: zstandard.compress(bytes(200_000_000)),
    "gzip members": lambda: gzip.compress(b"") * 200_000,
    "zstd frames": lambda: zstandard.compress(b"") * 400_000,
    "gzip in gzip": lambda: gzip.compress(gzip.compress(bytes(200_000_000), 1)),
}


@pytest.mark.parametrize("coding", CODERS)
def test_a_body_is_read_in_every_coding_and_only_its_end_is_lost_with_the_end_of_the_wire(coding: str):
    whole = CODERS[coding](NOISE)
    assert remove_codings(whole, coding, cap=1 << 20) == NOISE
    cut = remove_codings(whole[: len(whole) * 2 // 3], coding, cap=1 << 20)
    assert len(cut) > len(NOISE) // 5
    assert NOISE.startswith(cut)
    assert remove_codings(whole, coding.upper(), cap=1000) == NOISE[:1000]


@pytest.mark.parametrize("coding", CODERS)
@pytest.mark.parametrize("behind", [b"\n", b"garbage behind the last byte", b"\x00" * 100])
def test_what_stands_behind_a_body_costs_none_of_it(coding: str, behind: bytes):
    assert remove_codings(CODERS[coding](NOISE) + behind, coding, cap=1 << 20) == NOISE


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_in_any_coding_stops_at_the_cap_in_a_moment(bomb: str):
    body = BOMBS[bomb]()
    started = time.process_time()
    plain = remove_codings(body, "gzip, gzip" if " in " in bomb else bomb.partition(" ")[0], cap=1_000_000)
    assert len(plain) <= 1_000_000
    assert time.process_time() - started < 2


def test_a_zstd_frame_may_not_make_us_hold_more_than_a_window_of_8_mb():
    wide = zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
    streamed = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    body = streamed.compress(NOISE * 50) + streamed.flush()
    assert remove_codings(body, "zstd", cap=1 << 30) == b""


@pytest.mark.parametrize(
    ("codings", "left"),
    [
        ("gzip, br", None),
        ("identity, gzip", None),
        ("", None),
        (None, None),
        ("compress", "compress"),
        ("gzip, snappy", "snappy"),
        ("gzip," * 50, "50 codings"),
    ],
)
def test_a_coding_that_cannot_be_taken_off_is_named_and_nothing_is_made_up(codings: str | None, left: str | None):
    assert unreadable(codings) == left
    if left:
        assert remove_codings(NOISE, codings, cap=100) == b""


def test_codings_come_off_in_the_order_in_which_they_were_put_on():
    assert remove_codings(brotli.compress(gzip.compress(NOISE)), "gzip, br", cap=1 << 20) == NOISE
