"""What discovery hands on, and how it says that there was nothing to discover."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from news.errors import StopPressError
from news.reading.page import absolute
from news.urls import normalise

FindKind = Literal["sitemap", "news-sitemap", "feed", "front", "user"]


class DiscoveryError(StopPressError):
    """These bytes are no source of pages; the message says what they are. Look at the capture, or mend the site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """An address that somebody named, and what they said of it.

    `source` is the address of the sitemap, feed or front. `published` and `lastmod` are the publisher's claims, in
    UTC; None where they are missing or can't be read.
    """

    url: str
    source: str
    kind: FindKind
    title: str | None = None
    published: datetime | None = None
    lastmod: datetime | None = None


def address(text: str | None, base: str) -> str | None:
    """Return the one spelling of an address found in a source at `base`, or None for what can't be fetched."""
    text = "".join(line.strip() for line in (text or "").splitlines())  # some wrap long ones
    joined = text if text.startswith(("https://", "http://")) else absolute(base, text)
    try:
        return normalise(joined) if joined else None
    except ValueError:
        return None


def first_of_each(finds: Iterable[Find]) -> tuple[Find, ...]:
    """Return the finds with each address once: the first time that it was named."""
    unique: dict[str, Find] = {}
    for find in finds:
        unique.setdefault(find.url, find)
    return tuple(unique.values())
