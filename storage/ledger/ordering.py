"""An authority's answer with its certificates in DER's order, so that a strict parser takes it.

The certificates of a CMS SignedData are a SET OF, which DER sorts (X.690, section 11.6) and many authorities, those of
OpenSSL among them, don't. No signature covers them, and putting them in order changes no length.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

CERTIFICATES = 0xA0
WAY = (1, 1, 0)
"""From TimeStampResp to its token, from that ContentInfo to its content, and through its tag to the SignedData."""


def in_order(answer: bytes) -> bytes:
    """Return a TimeStampResp with its certificates sorted; what is none comes back as it is."""
    try:
        start, end = _content(answer, 0)
        for step in WAY:
            start, end = _content(answer, list(_elements(answer, start, end))[step])
        for at in _elements(answer, start, end):
            if answer[at] == CERTIFICATES:
                first, last = _content(answer, at)
                begins = [*_elements(answer, first, last), last]
                held = [answer[begin:after] for begin, after in pairwise(begins)]
                return answer[:first] + b"".join(sorted(held)) + answer[last:]
    except IndexError:
        pass
    return answer


def _elements(content: bytes, start: int, end: int) -> Iterator[int]:
    """Yield where each element between these offsets begins."""
    while start < end:
        yield start
        start = _content(content, start)[1]


def _content(content: bytes, at: int) -> tuple[int, int]:
    """Return where the content of the element that begins there begins and ends."""
    length, start = content[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        length, start = int.from_bytes(content[start : start + size], "big"), start + size
    if start + length > len(content):
        raise IndexError
    return start, start + length
