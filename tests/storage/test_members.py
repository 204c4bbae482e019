import gzip
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.reading.codings import remove_codings
from storage.warc.members import LONGEST_LINE, SMALL, MemberWriter, gunzipped, unpacked, unpacked_lines

CONTENT = st.one_of(st.binary(max_size=300), st.text(max_size=80).map(lambda text: text.encode() * 900))


def named(content: bytes) -> bytes:
    out = BytesIO()
    with gzip.GzipFile("page.html", "wb", 9, out) as packing:
        packing.write(content)
    return out.getvalue()


def through_isal(content: bytes) -> bytes:
    out = BytesIO()
    MemberWriter(out).write_whole(content)
    return out.getvalue()


PACKED = st.builds(
    lambda packed, content: packed(content),
    st.sampled_from([gzip.compress, named, through_isal, lambda content: gzip.compress(content, 0)]),
    CONTENT,
)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    body = draw(PACKED)
    match draw(st.sampled_from(["whole", "cut", "members", "tail", "flipped", "head"])):
        case "cut":
            return body[: draw(st.integers(0, len(body)))]
        case "members":
            return body + draw(PACKED)
        case "tail":
            return body + draw(st.binary(min_size=1, max_size=12))
        case "flipped":
            at = draw(st.integers(0, len(body) - 1))
            return body[:at] + bytes([body[at] ^ 1 << draw(st.integers(0, 7))]) + body[at + 1 :]
        case "head":
            return body[:3] + draw(st.binary(min_size=1, max_size=1)) + body[4:]
    return body


@given(bodies(), st.sampled_from([0, 1, 100, 5_000, 1 << 26]))
def test_a_body_taken_off_at_once_is_the_one_that_is_taken_off_piece_by_piece(body: bytes, cap: int):
    assert remove_codings(body, "gzip", cap=cap, gunzip=gunzipped) == remove_codings(body, "gzip", cap=cap)


@given(PACKED)
def test_a_plain_whole_body_is_taken_off_at_once(body: bytes):
    assert gunzipped(body, 1 << 26) == (gzip.decompress(body) or None)


@pytest.mark.parametrize("size", [0, 1, 65_000, (1 << 32) - 1])
def test_a_body_that_lies_about_its_size_is_left_to_the_slower_way(size: int):
    body = gzip.compress(bytes(70_000))
    lying = body[:-4] + size.to_bytes(4, "little")
    assert gunzipped(lying, 1 << 33) is None
    whole = remove_codings(lying, "gzip", cap=1 << 20, gunzip=gunzipped)
    assert whole == remove_codings(lying, "gzip", cap=1 << 20)


def test_a_body_whose_checksum_is_wrong_is_left_to_the_slower_way():
    body = gzip.compress(b"what the page said")
    assert gunzipped(body[:-8] + zlib.crc32(b"other words").to_bytes(4, "little") + body[-4:], 1 << 20) is None


@given(CONTENT)
def test_what_the_store_packs_is_unpacked_whole_and_by_lines(content: bytes) -> None:
    stored = gzip.compress(content)
    assert unpacked(stored) == content
    assert b"\n".join(unpacked_lines(stored)) == content.removesuffix(b"\n")


@pytest.mark.parametrize("stored", [b"", b"no gzip", gzip.compress(b"a line")[:-9], gzip.compress(b"a line") + b"more"])
def test_what_is_no_whole_member_is_told(stored: bytes) -> None:
    for read in (unpacked, unpacked_lines):
        with pytest.raises(zlib.error):
            list(read(stored))


def test_a_bomb_is_told_before_it_fills_the_memory() -> None:
    with pytest.raises(zlib.error, match="unpack to more than"):
        unpacked(gzip.compress(bytes(2 * SMALL), 1))
    with pytest.raises(zlib.error, match="a line of more than"):
        list(unpacked_lines(gzip.compress(bytes(2 * LONGEST_LINE), 1)))
