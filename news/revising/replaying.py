"""An article's history again, from all that was ever seen of it: the looks in order, judged by one reader.

Live looks are decided one at a time, as they come (`deciding`). Here the same law goes over all of them at once, so
that a new reader's chain can be laid beside the old one, and one reader's chain be proved from its captures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from news.model import Revision
from news.revising.content import content_digest
from news.revising.deciding import (
    Decision,
    Gone,
    History,
    Moved,
    NewRevision,
    Occasion,
    Present,
    Sight,
    Unchanged,
    decide,
)
from news.urls import same_page_key
from news.writing import revision_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A look that says something of an article; `sight` is None where it only found the state of before (a 304)."""

    occasion: Occasion
    sight: Sight | None


@dataclass(slots=True)
class Link:
    """A revision in its chain, with the last look that found its state.

    `signals` tells what moved all the same at such looks, by record id of their captures.
    """

    revision: Revision
    seen_last: datetime
    signals: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


def replay(
    sightings: Iterable[Sighting],
    moving: Callable[[datetime], frozenset[str]],
    typical_words: Callable[[datetime], int | None] = lambda _: None,
) -> list[Link]:
    """Return the chain of revisions that these sightings, oldest first, make.

    `moving` returns the sources of stamps that were known at an instant to move by themselves on the site,
    `typical_words` how long its articles were known to be.
    """
    chain, contents = list[Link](), dict[str, str]()
    for sighting in sightings:
        occasion = sighting.occasion
        history = _history(chain, moving(occasion.at))
        if history.spoken is None and isinstance(sighting.sight, Present) and sighting.sight.article.paid:
            history = replace(history, typical_words=typical_words(occasion.at))
        match _decided(history, sighting, contents):
            case NewRevision(revision=revision):
                chain.append(Link(revision, occasion.at))
                if revision.content_digest is not None:
                    contents[revision.content_digest] = revision_digest(revision)
            case Unchanged(signals=signals) if chain:
                chain[-1].seen_last = occasion.at
                if signals:
                    chain[-1].signals[occasion.capture.record_id] = signals
    return chain


def _decided(history: History, sighting: Sighting, contents: Mapping[str, str]) -> Decision | None:
    """Return what a sighting makes, or None where it says nothing: another address that shows another text."""
    sight, occasion = sighting.sight, sighting.occasion
    if sight is None:
        return Unchanged() if stands(history, occasion.url) else None
    if isinstance(sight, Gone | Moved) and not leads(history, occasion.url):
        return None  # an old address, that its article had left by then
    if not isinstance(sight, Present) or history.spoken is None:
        return decide(history, sight, occasion)
    content = content_digest(sight.article)
    same = content == history.spoken.content_digest
    if not _decides(history, occasion.url):
        return Unchanged() if same else None
    return decide(history if same else replace(history, same_content=contents.get(content)), sight, occasion)


def leads(history: History, page: str) -> bool:
    """Return whether a page is where its article is to be seen; after a move that is any address but the old one."""
    latest = history.latest
    if latest is None:
        return True
    at_latest = same_page_key(latest.url) == same_page_key(page)
    return at_latest is ("moved" not in latest.classes)


def stands(history: History, page: str) -> bool:
    """Return whether a 304 from a page speaks of the article: it was seen there last, and has not ended since."""
    return history.latest is not None and history.latest.article is not None and leads(history, page)


def _decides(history: History, page: str) -> bool:
    """Return whether an article seen at this address may be another state: its other addresses only confirm."""
    moved = history.latest is not None and "moved" in history.latest.classes
    return moved or leads(history, page)


def _history(chain: Sequence[Link], self_moving: frozenset[str]) -> History:
    if not chain:
        return History(self_moving=self_moving)
    spoken = next((link.revision for link in reversed(chain) if link.revision.article), None)
    return History(latest=chain[-1].revision, spoken=spoken, last_look=chain[-1].seen_last, self_moving=self_moving)
