"""From an article's history and what a look saw to the revision that it makes, if it makes one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from news.model import Article, CaptureRef, Revision
from news.revising.content import content_digest, notices, parts_changed
from news.revising.moving import printed_moved, structured_moved
from news.revising.stubs import is_stub
from news.revising.surfaces import left_behind, moved_alone
from news.writing import revision_digest

LIFE_CYCLE = ("gone", "moved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The article is there and says this."""

    article: Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The server says that the page is no more (404, 410, 451)."""

    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The page's address leads to another address now."""

    to: str


Sight = Present | Gone | Moved


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of an article before a look.

    `latest` is the newest revision, `spoken` the newest that carries an article, both None at first sight.
    `last_look` is the last look that saw the state of `latest`. `self_moving` are the sources of structured stamps
    that are known on this site to move though nothing else does. `same_content` is the digest of the newest revision,
    older than `spoken`, whose content is the one now seen; None where it was never seen. `typical_words` is how long
    articles of this site usually are, asked for at first sight only.
    """

    latest: Revision | None = None
    spoken: Revision | None = None
    last_look: datetime | None = None
    self_moving: frozenset[str] = frozenset()
    same_content: str | None = None
    typical_words: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """The look itself: whose article, by which reader, when and by which capture; `listed` as in `Revision`."""

    site: str
    article_id: str
    url: str
    reader: str
    at: datetime
    capture: CaptureRef
    evidence: tuple[tuple[str, str], ...] = ()
    listed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRevision:
    """The look found a state that differs from the one before."""

    revision: Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The look found the state of before; `signals` tells what moved all the same, such as structured stamps."""

    signals: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Walled:
    """The look found what a paywall leaves of the article: it says nothing of the state behind it."""


Decision = NewRevision | Unchanged | Walled


def decide(history: History, sight: Sight, occasion: Occasion) -> Decision:
    """Return the revision that this look makes, or that it makes none (design.md, section 5)."""
    match sight:
        case Present(article=article):
            return _present(history, article, occasion)
        case Gone():
            return _ended(history, "gone", occasion)
        case Moved():
            return _ended(history, "moved", occasion)


def _ended(history: History, how: str, occasion: Occasion) -> Decision:
    if history.latest is None or how in history.latest.classes:
        return Unchanged()
    return _revision(history, occasion, classes=(how,), declared_by=(), article=None)


def _present(history: History, article: Article, occasion: Occasion) -> Decision:
    before = history.spoken.article if history.spoken else None
    if is_stub(before, article, history.typical_words):
        return Walled()
    if before is None:
        return _revision(history, occasion, classes=(), declared_by=(), article=article)
    back = ("back",) if _is_back(history, occasion) else ()
    parts = parts_changed(before, article)
    if parts:
        declared_by = _declared_by(before, article, history.self_moving)
        loudness = "declared" if declared_by else "stealth"
        classes = (loudness, *parts, *_kinds(history, before, article, declared_by), *back)
        flip = history.same_content
        return _revision(history, occasion, classes=classes, declared_by=declared_by, article=article, returns_to=flip)
    if printed_moved(before, article, "updated") or printed_moved(before, article, "published"):
        return _revision(history, occasion, classes=("restamped", *back), declared_by=(), article=article)
    if back:
        return _revision(history, occasion, classes=back, declared_by=(), article=article)
    return Unchanged(signals=_signals(before, article))


def _kinds(history: History, before: Article, after: Article, declared_by: tuple[str, ...]) -> tuple[str, ...]:
    """Return what kind of change this is, besides its parts: none, one or several."""
    return (
        *(("correction",) if "notice" in declared_by else ()),
        *(("flip",) if history.same_content else ()),
        *(("experiment",) if left_behind(before, after) else ()),
    )


def _is_back(history: History, occasion: Occasion) -> bool:
    """An article that moved lives on under its new address; it is back when the old one shows it again."""
    latest = history.latest
    if latest is None or not any(how in latest.classes for how in LIFE_CYCLE):
        return False
    return "gone" in latest.classes or latest.url == occasion.url


def _declared_by(before: Article, after: Article, self_moving: frozenset[str]) -> tuple[str, ...]:
    told = set(structured_moved(before, after, "updated")) - self_moving
    stamp = ("stamp",) if told or printed_moved(before, after, "updated") else ()
    notice = ("notice",) if set(notices(after)) - set(notices(before)) else ()
    return stamp + notice


def _signals(before: Article, after: Article) -> tuple[tuple[str, str], ...]:
    moved = [*structured_moved(before, after, "updated"), *structured_moved(before, after, "published")]
    stamps = tuple(("moved-alone", source) for source in dict.fromkeys(moved))
    return stamps + tuple(("headline-elsewhere", place) for place in moved_alone(before, after))


def _revision(
    history: History,
    occasion: Occasion,
    *,
    classes: tuple[str, ...],
    declared_by: tuple[str, ...],
    article: Article | None,
    returns_to: str | None = None,
) -> NewRevision:
    return NewRevision(
        revision=Revision(
            site=occasion.site,
            article_id=occasion.article_id,
            url=occasion.url,
            previous=revision_digest(history.latest) if history.latest else None,
            classes=classes,
            declared_by=declared_by,
            content_digest=content_digest(article) if article else None,
            reader=occasion.reader,
            seen_first=occasion.at,
            not_before=history.last_look,
            capture=occasion.capture,
            article=article,
            evidence=occasion.evidence,
            returns_to=returns_to,
            listed=occasion.listed if article else None,
        )
    )
