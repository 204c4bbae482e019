"""Which of the publisher's stamps moved between two states of an article.

A stamp moves to another instant, or, where no instant can be read, to other words. Relative words ("2 hours ago")
change by themselves and never move.
"""

from __future__ import annotations

from news.model import Article, Stamp, StampKind
from news.revising.relative import is_relative
from news.serial import rfc3339

Key = tuple[str, str]


def printed_moved(before: Article, after: Article, kind: StampKind) -> bool:
    """Return whether the words of this kind that a person sees now say another time, or say one for the first time.

    Words that vanish are no claim about time and so no move.
    """
    then, now = (_keys(article, kind, printed=True) for article in (before, after))
    return bool(now) and set(now) != set(then)


def structured_moved(before: Article, after: Article, kind: StampKind) -> tuple[str, ...]:
    """Return the sources of structured stamps of this kind that name another time than before, sorted."""
    then, now = (_keys(article, kind, printed=False) for article in (before, after))
    return tuple(sorted({source for source, _ in set(now) - set(then)}))


def _keys(article: Article, kind: StampKind, *, printed: bool) -> list[Key]:
    mine = [stamp for stamp in article.stamps if stamp.kind == kind and stamp.printed == printed]
    return [(stamp.source, _said(stamp)) for stamp in mine if stamp.at or not is_relative(stamp.text)]


def _said(stamp: Stamp) -> str:
    return rfc3339(stamp.at) if stamp.at else stamp.text
