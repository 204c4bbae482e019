"""What the newsroom speaks of: stories made of blocks, the events that befall them, the requests that came."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Role = Literal["paragraph", "heading", "quote", "list", "read-more", "picture", "post", "notice", "entry"]
Template = Literal["old", "new"]
Kind = Literal[
    "publish",
    "declared-edit",
    "stealth-edit",
    "headline-edit",
    "picture-edit",
    "restamp",
    "correction",
    "move-paragraph",
    "live-update",
    "takedown",
    "bring-back",
    "change-slug",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawn scene (`shade` picks its colours and details) with the words around it."""

    scene: str
    shade: int
    alt: str
    caption: str
    credit: str

    @property
    def path(self) -> str:
        """Where the picture is served in full size."""
        return f"/images/{self.scene}-{self.shade}-960.png"

    @property
    def thumb(self) -> str:
        """Where the picture is served for cards."""
        return f"/images/{self.scene}-{self.shade}-480.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One piece of a body.

    `text` may hold inline links as `[words](/path/)`. `items` belong to lists, `href` to read-more links, `by` to
    quotes and posts, `picture` to pictures, `at` to the entries of a live story.
    """

    role: Role
    text: str
    items: tuple[str, ...] = ()
    href: str | None = None
    by: str | None = None
    picture: Picture | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article as it stands.

    `updated` is the printed stamp (None: never printed); `modified` is the structured one; `changed` moves with every
    change of state, declared or not, and feeds Last-Modified. `absent` is the status served after a takedown.
    """

    key: str
    slug: str
    section: str
    template: Template
    headline: str
    standfirst: str
    kicker: str | None
    authors: tuple[str, ...]
    picture: Picture | None
    body: tuple[Block, ...]
    tags: tuple[str, ...]
    published: datetime
    updated: datetime | None
    modified: datetime
    changed: datetime
    absent: int | None = None

    @property
    def path(self) -> str:
        """The address that this story has now; new-template addresses end in the story's key and `_2`."""
        if self.template == "new":
            return f"/article/{self.slug}-{self.key}_2/"
        return f"/{self.section}/{self.slug}/"

    @property
    def is_live(self) -> bool:
        """True for a story told in timed entries."""
        return any(block.role == "entry" for block in self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to a story, with what an archive should make of it.

    `classes` and `declared_by` are those of the revision to expect; `revision` is False when none is due (a structured
    stamp that moved alone). `url` is the address before the event, `target` the one after a move.
    """

    kind: Kind
    url: str
    at: datetime
    classes: tuple[str, ...]
    declared_by: tuple[str, ...] = ()
    revision: bool = True
    target: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One request as it was received, and the status it was answered with (0: hung up on)."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    status: int
    at: datetime

    def header(self, name: str) -> str | None:
        """The first request header of that name, whatever its case, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)
