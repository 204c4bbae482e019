"""The headlines that one page shows in several places, and what it means when they part.

A publisher that tries two headlines on its readers changes the one in the page and leaves those in its head, or the
other way round; a rewritten headline changes all of them, at once or as the caches run out.
"""

from __future__ import annotations

import re

from news.model import Article

_TAIL = re.compile(r"\s+[|\u2013\u2014-]\s+[^|\u2013\u2014]{2,40}$")
"""A publication's name after a bar or dash, as in `Ferry to run all winter | Harbour Gazette`."""


def left_behind(before: Article, after: Article) -> tuple[str, ...]:
    """Return the places that said the headline before, and say it still though the headline is another now; sorted."""
    old, new = _plain(before.headline), _plain(after.headline)
    if old == new:
        return ()
    then, now = dict(before.surfaces), dict(after.surfaces)
    return tuple(sorted(place for place in then.keys() & now if _plain(then[place]) == old == _plain(now[place])))


def moved_alone(before: Article, after: Article) -> tuple[str, ...]:
    """Return the places that say another headline than before while the article's own stayed; sorted."""
    if _plain(before.headline) != _plain(after.headline):
        return ()
    then, now = dict(before.surfaces), dict(after.surfaces)
    return tuple(sorted(place for place in then.keys() & now if _plain(then[place]) != _plain(now[place])))


def _plain(words: str) -> str:
    whole = " ".join(words.split())
    return (_TAIL.sub("", whole) or whole).casefold()
