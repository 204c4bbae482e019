"""The headlines that a page states elsewhere than over its text: desks change one and forget another, or test two."""

from __future__ import annotations

from news.reading.page import Page


def surfaces_of(page: Page) -> tuple[tuple[str, str], ...]:
    """Return pairs of place and words, by place: `json-ld:headline`, `og:title`, `title`, `twitter:title`."""
    stated = {
        "json-ld:headline": page.linked.headline,
        "og:title": page.meta.first("og:title"),
        "title": page.meta.title,
        "twitter:title": page.meta.first("twitter:title"),
    }
    return tuple((place, said) for place, said in stated.items() if said)
