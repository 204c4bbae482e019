"""A drawing board of three colour planes: whole rows are filled and blended at once, so pure Python is fast enough.

Coordinates are shares of the width and of the height, 0 to 1 from the top left. PNG: RFC 2083.
"""

import math
import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache

from newsroom.pictures.palette import Colour, blend

Point = tuple[float, float]


@lru_cache(maxsize=4096)
def _towards(value: int, weight: int) -> bytes:
    """The table that takes each byte to `value` by weight/64."""
    return bytes((old * (64 - weight) + value * weight) // 64 for old in range(256))


class Canvas:
    """A picture being drawn."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._planes = tuple(bytearray(width * height) for _ in range(3))

    def sky(self, top: Colour, bottom: Colour, down_to: float = 1.0) -> None:
        """Fill the upper part with a gradient."""
        rows = max(1, round(self.height * down_to))
        for row in range(rows):
            self._span(row, 0, self.width, blend(top, bottom, row / rows), 64)

    def box(self, x: float, y: float, wide: float, high: float, colour: Colour, cover: float = 1.0) -> None:  # noqa: PLR0917
        """Fill an upright rectangle."""
        for row in range(max(0, round(y * self.height)), min(self.height, round((y + high) * self.height))):
            self._edge_to_edge(row, x * self.width, (x + wide) * self.width, colour, cover)

    def disc(self, x: float, y: float, radius: float, colour: Colour, cover: float = 1.0) -> None:
        """Fill a circle; its radius is a share of the width."""
        middle, centre, reach = x * self.width, y * self.height, radius * self.width
        for row in range(max(0, int(centre - reach)), min(self.height, int(centre + reach) + 1)):
            off = row + 0.5 - centre
            if abs(off) < reach:
                half = math.sqrt(reach * reach - off * off)
                self._edge_to_edge(row, middle - half, middle + half, colour, cover)

    def glow(self, x: float, y: float, radius: float, colour: Colour, cover: float = 0.5) -> None:
        """Light that fades outwards."""
        rings = 12
        for ring in range(rings, 0, -1):
            self.disc(x, y, radius * ring / rings, colour, cover / rings * 2)

    def polygon(self, points: Sequence[Point], colour: Colour, cover: float = 1.0) -> None:
        """Fill a shape, even-odd."""
        corners = [(x * self.width, y * self.height) for x, y in points]
        top, bottom = min(y for _, y in corners), max(y for _, y in corners)
        edges = list(zip(corners, corners[1:] + corners[:1], strict=True))
        for row in range(max(0, int(top)), min(self.height, int(bottom) + 1)):
            crossings = _crossings(edges, row + 0.5)
            for left, right in zip(crossings[::2], crossings[1::2], strict=False):
                self._edge_to_edge(row, left, right, colour, cover)

    def line(self, start: Point, end: Point, thick: float, colour: Colour, cover: float = 1.0) -> None:
        """Draw a straight stroke; `thick` is a share of the width."""
        squash = self.width / self.height
        along_x, along_y = (end[0] - start[0]), (end[1] - start[1]) / squash
        length = math.hypot(along_x, along_y) or 1.0
        off_x, off_y = -along_y / length * thick / 2, along_x / length * thick / 2 * squash
        (x0, y0), (x1, y1) = start, end
        corners = [
            (x0 + off_x, y0 + off_y),
            (x1 + off_x, y1 + off_y),
            (x1 - off_x, y1 - off_y),
            (x0 - off_x, y0 - off_y),
        ]
        self.polygon(corners, colour, cover)

    def png(self) -> bytes:
        """The picture as PNG: 8-bit RGB, no ancillary chunks, so the same drawing is the same bytes."""
        wide = self.width * 3
        pixels = bytearray(wide * self.height)
        for channel, plane in enumerate(self._planes):
            pixels[channel::3] = plane
        rows = b"".join(b"\x00" + pixels[start : start + wide] for start in range(0, len(pixels), wide))
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)

    def _edge_to_edge(self, row: int, left: float, right: float, colour: Colour, cover: float) -> None:
        """Fill part of a row; the pixels at both ends by the share that the shape covers."""
        left, right = max(0.0, left), min(float(self.width), right)
        if right <= left:
            return
        first, last = math.ceil(left), math.floor(right)
        if first > last:
            self._span(row, last, last + 1, colour, round((right - left) * cover * 64))
            return
        self._span(row, first - 1, first, colour, round((first - left) * cover * 64))
        self._span(row, first, last, colour, round(cover * 64))
        self._span(row, last, last + 1, colour, round((right - last) * cover * 64))

    def _span(self, row: int, first: int, last: int, colour: Colour, weight: int) -> None:
        if last <= first or weight <= 0 or first < 0 or first >= self.width:
            return
        start, end = row * self.width + first, row * self.width + last
        for plane, value in zip(self._planes, colour, strict=True):
            if weight >= 64:
                plane[start:end] = bytes((value,)) * (end - start)
            else:
                plane[start:end] = plane[start:end].translate(_towards(value, weight))


def _crossings(edges: Sequence[tuple[Point, Point]], level: float) -> list[float]:
    return sorted(
        x0 + (level - y0) * (x1 - x0) / (y1 - y0) for (x0, y0), (x1, y1) in edges if (y0 <= level) != (y1 <= level)
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
