"""The desk: every story as it stands, the edits that befall it, and the record of them."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, TypedDict, Unpack
from urllib.parse import urljoin, urlsplit

from newsroom import shelf, truth
from newsroom.changes import Change, changed, moved, with_notice, with_picture
from newsroom.markup import blocks
from newsroom.model import Block, Event, Kind, Story
from newsroom.shelf import Draft
from newsroom.times import MINUTE, Clock, minute

Stamping = Literal["none", "printed", "structured", "both"]


class PictureChange(TypedDict, total=False):
    """What may change about a story's leading picture; `scene` is `name:shade` and changes its address."""

    scene: str
    alt: str
    caption: str
    credit: str


class Desk:
    """All stories of the newsroom, safe to edit from any thread while they are served.

    A story is named by its slug, its path or its whole URL, past ones included. Every edit records one `Event` and
    returns it; an edit that would change nothing raises ValueError, an unknown story LookupError.
    """

    def __init__(self, stories: Iterable[Story], *, clock: Clock, base: str) -> None:
        self._base = base
        self._clock = clock
        self._lock = threading.RLock()
        self._stories = {story.key: story for story in stories}
        self._moved: dict[str, str] = {}
        self._events: list[Event] = []

    @property
    def url(self) -> str:
        """The address of the home page, with its slash."""
        return self._base

    @property
    def events(self) -> tuple[Event, ...]:
        """All that happened since the start, in order."""
        with self._lock:
            return tuple(self._events)

    def now(self) -> datetime:
        """The newsroom's own time."""
        return self._clock()

    def articles(self) -> tuple[Story, ...]:
        """The stories that can be read now, newest first."""
        with self._lock:
            standing = [story for story in self._stories.values() if story.absent is None]
        return tuple(sorted(standing, key=lambda story: (story.published, story.key), reverse=True))

    def at(self, path: str) -> Story | None:
        """The story whose address is that path now, taken down or not."""
        with self._lock:
            return next((story for story in self._stories.values() if story.path == path), None)

    def moved_from(self, path: str) -> Story | None:
        """The story that used to be at that path."""
        with self._lock:
            return self._stories.get(self._moved.get(path, ""))

    def story(self, where: str) -> Story:
        """The story of that slug, path or URL."""
        path = urlsplit(where).path
        with self._lock:
            known = (story for story in self._stories.values() if where == story.slug)
            found = self.at(path) or self.moved_from(path) or next(known, None)
        if found is None:
            raise LookupError(f"no story at {where!r}: name it by its slug, path or URL")
        return found

    def url_of(self, where: str) -> str:
        """The whole URL that a story has now."""
        return urljoin(self._base, self.story(where).path)

    def publish(self, headline: str, body: str, **draft: Unpack[Draft]) -> str:
        """Publish a story, its body in the newsroom's markup, and return its URL."""
        with self._lock:
            filed = shelf.file(headline, body, draft, self.now())
            if filed.key in self._stories:
                raise ValueError(f"there is a story {filed.slug!r} already: give this one another slug")
            shown = self._linked(filed)
            self._stories[shown.key] = shown
            event = self._record("publish", shown, ((), ()))
        return event.url

    def declared_edit(self, where: str, **change: Unpack[Change]) -> Event:
        """Change a story and move its printed and structured stamps."""
        return self._edit("declared-edit", where, lambda story: changed(story, change), "both")

    def stealth_edit(self, where: str, *, structured: bool = False, **change: Unpack[Change]) -> Event:
        """Change a story and say nothing in print.

        With `structured`, the machine-readable stamp moves all the same. The event still says `stealth`, which is what
        an archive makes of it that knows this site to move that stamp by itself; any other will take it as declared.
        """
        stamping: Stamping = "structured" if structured else "none"
        return self._edit("stealth-edit", where, lambda story: changed(story, change), stamping)

    def headline_edit(self, where: str, headline: str, *, declared: bool = False) -> Event:
        """Give a story another headline."""
        revise: Callable[[Story], Story] = lambda story: replace(story, headline=headline)  # noqa: E731  # one idea
        return self._edit("headline-edit", where, revise, "both" if declared else "none")

    def picture_edit(self, where: str, *, declared: bool = False, **change: Unpack[PictureChange]) -> Event:
        """Change the leading picture or the words around it; an alt that changes alone makes no revision."""
        words = dict(change)
        return self._edit("picture-edit", where, lambda story: with_picture(story, words), _stamping(declared=declared))

    def caption_edit(self, where: str, caption: str, *, declared: bool = False) -> Event:
        """Give the leading picture another caption."""
        return self.picture_edit(where, caption=caption, declared=declared)

    def restamp(self, where: str, stamping: Stamping = "both") -> Event:
        """Move a story's stamps and nothing else."""
        return self._edit("restamp", where, lambda story: story, stamping)

    def correction(self, where: str, notice: str, *, stamped: bool = False, **change: Unpack[Change]) -> Event:
        """Correct a story and say so in a notice at its end."""
        revise: Callable[[Story], Story] = lambda story: with_notice(changed(story, change), notice)  # noqa: E731
        return self._edit("correction", where, revise, _stamping(declared=stamped))

    def move_paragraph(self, where: str, position: int, to: int, *, declared: bool = False) -> Event:
        """Take the paragraph at `position` (from 0, paragraphs only) to where paragraph `to` stands."""
        return self._edit(
            "move-paragraph", where, lambda story: moved(story, position, to), _stamping(declared=declared)
        )

    def live_update(self, where: str, title: str, text: str) -> Event:
        """Put a new entry on top of a live story; its stamps move."""
        entry = (Block(role="entry", text=title, at=minute(self.now())), *blocks(text, self.now()))
        return self._edit("live-update", where, lambda story: _with_entry(story, entry), "both")

    def takedown(self, where: str, status: int = 404) -> Event:
        """Take a story off the site: its address answers 404, 410 or 451, and nothing links to it."""
        with self._lock:
            before = self.story(where)
            if before.absent is not None:
                raise ValueError(f"{before.path} is down already")
            self._put(replace(before, absent=status))
            return self._record("takedown", before, (("gone",), ()))

    def bring_back(self, where: str, **change: Unpack[Change]) -> Event:
        """Put a story back at its address, changed without a word if a change is given."""
        with self._lock:
            before = self.story(where)
            if before.absent is None:
                raise ValueError(f"{before.path} is not down")
            after = self._put(self._linked(changed(replace(before, absent=None), change)))
            classes, said = truth.verdict(before, after)
            return self._record("bring-back", after, ((*classes, "back"), said))

    def change_slug(self, where: str, slug: str) -> Event:
        """Give a story another address; the old one, and those before it, redirect there."""
        with self._lock:
            before = self.story(where)
            after = replace(before, slug=slug)
            if self.at(after.path) is not None:
                raise ValueError(f"{after.path} is taken")
            self._moved[before.path] = before.key
            self._moved.pop(after.path, None)
            self._put(after)
            return self._record("change-slug", before, (("moved",), ()), target=after)

    def _edit(self, kind: Kind, where: str, revise: Callable[[Story], Story], stamping: Stamping) -> Event:
        with self._lock:
            before = self.story(where)
            after = stamped(self._linked(revise(before)), stamping, self.now())
            if after == before:
                raise ValueError(f"this {kind} changes nothing in {before.path}")
            self._put(after)
            return self._record(kind, after, truth.verdict(before, after))

    def _linked(self, story: Story) -> Story:
        """The story with links that name other stories by their slugs made into addresses."""
        return shelf.resolved(story, {other.slug: other for other in self._stories.values()})

    def _put(self, story: Story) -> Story:
        """Keep the story; its `changed` moves on by a second at least, since HTTP dates are no finer."""
        moved_on = replace(story, changed=max(self.now(), story.changed + timedelta(seconds=1)))
        self._stories[story.key] = moved_on
        return moved_on

    def _record(
        self, kind: Kind, story: Story, judged: tuple[tuple[str, ...], tuple[str, ...]], target: Story | None = None
    ) -> Event:
        classes, said = judged
        event = Event(
            kind=kind,
            url=urljoin(self._base, story.path),
            at=self.now(),
            classes=classes,
            declared_by=said,
            revision=kind == "publish" or bool(classes),
            target=urljoin(self._base, target.path) if target else None,
        )
        self._events.append(event)
        return event


def stamped(story: Story, stamping: Stamping, now: datetime) -> Story:
    """The story with its stamps at this minute, or at the minute after the last one if that is later."""
    latest = max(story.updated or story.published, story.modified)
    at = max(minute(now), latest + MINUTE)
    if stamping in {"printed", "both"}:
        story = replace(story, updated=at)
    if stamping in {"structured", "both"}:
        story = replace(story, modified=at)
    return story


def _stamping(*, declared: bool) -> Stamping:
    return "both" if declared else "none"


def _with_entry(story: Story, entry: tuple[Block, ...]) -> Story:
    first = next((place for place, block in enumerate(story.body) if block.role == "entry"), len(story.body))
    return replace(story, body=(*story.body[:first], *entry, *story.body[first:]))
