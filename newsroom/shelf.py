"""The stories that the newsroom starts with, from the files in `stories/`."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import resources
from typing import TypedDict, cast

from newsroom import markup
from newsroom.model import Block, Story, Template
from newsroom.times import minute

SECTIONS = ("news", "politics", "crime", "saltmere", "transport", "sport", "opinion", "lifestyle")
HELD = "held.toml"  # stories that the programme publishes later
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class Draft(TypedDict, total=False):
    """What may be said of a story when it is filed; whatever is left out gets a plain default."""

    slug: str
    section: str
    template: Template
    standfirst: str
    kicker: str
    authors: list[str]
    tags: list[str]
    picture: str  # "scene:shade | alt | caption | credit"
    published: datetime
    updated: datetime


def stories(start: datetime) -> list[Story]:
    """The stories at hand when the newsroom opens at `start`, published over the three days before."""
    filed = [story for section in SECTIONS for story in _filed(f"{section}.toml", start)]
    return [resolved(story, {other.slug: other for other in filed}) for story in filed]


def held(start: datetime) -> list[tuple[str, str, Draft]]:
    """The headline, body and draft of each story that waits for the programme, in order."""
    return [(raw["headline"], raw["body"], _draft(raw, start)) for raw in _read(HELD)]


def file(headline: str, body: str, draft: Draft, now: datetime) -> Story:
    """A story as filed: its key comes from its first slug, its instants are whole minutes."""
    slug = draft.get("slug") or slugify(headline)
    published = minute(draft.get("published", now))
    updated = draft.get("updated")
    picture = draft.get("picture")
    return Story(
        key=key(slug),
        slug=slug,
        section=draft.get("section", "news"),
        template=draft.get("template", "old"),
        headline=headline,
        standfirst=draft.get("standfirst", ""),
        kicker=draft.get("kicker"),
        authors=tuple(draft.get("authors", ())),
        picture=markup.picture(*(field.strip() for field in picture.split("|"))) if picture else None,
        body=markup.blocks(body, published),
        tags=tuple(draft.get("tags", ())),
        published=published,
        updated=updated and minute(updated),
        modified=minute(updated or published),
        changed=updated or published,
    )


def resolved(story: Story, shelf: Mapping[str, Story]) -> Story:
    """The story with the links to other stories, written as slugs, turned into today's headlines and addresses.

    They are frozen here: a later change to the other story changes nothing in this one.
    """
    return replace(story, body=tuple(_resolved(block, shelf) for block in story.body))


def _resolved(block: Block, shelf: Mapping[str, Story]) -> Block:
    if block.role == "read-more" and not block.text:
        target = shelf.get(block.href or "")
        if target is None:
            raise ValueError(
                f"READ {block.href}: no story has that slug; write READ /path/ | words for any other address"
            )
        return replace(block, text=target.headline, href=target.path)
    return replace(block, text=_link(block.text, shelf), items=tuple(_link(item, shelf) for item in block.items))


def _link(text: str, shelf: Mapping[str, Story]) -> str:
    return markup.LINK.sub(
        lambda found: f"[{found[1]}]({shelf[found[2]].path if found[2] in shelf else found[2]})", text
    )


def key(slug: str) -> str:
    """Seven letters and digits for a slug, always the same: `5HjdJ9k`."""
    number = int.from_bytes(hashlib.sha256(slug.encode()).digest()[:8])
    return "".join(_ALPHABET[number // 58**place % 58] for place in range(7))


def slugify(headline: str) -> str:
    """The headline as an address: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", headline.lower().replace("'", "")).strip("-")


def _filed(name: str, start: datetime) -> list[Story]:
    return [file(raw["headline"], raw["body"], _draft(raw, start), start) for raw in _read(name)]


class _Raw(Draft, total=False):
    headline: str
    body: str
    age_hours: float
    updated_after_minutes: int


def _draft(raw: _Raw, start: datetime) -> Draft:
    published = start - timedelta(hours=raw.get("age_hours", 0))
    draft = cast("Draft", {name: value for name, value in raw.items() if name in Draft.__annotations__})
    if "age_hours" in raw:
        draft["published"] = published
    if "updated_after_minutes" in raw:
        draft["updated"] = published + timedelta(minutes=raw["updated_after_minutes"])
    return draft


def _read(name: str) -> list[_Raw]:
    """The stories of one file; a story's section is the file's, unless it says otherwise."""
    text = resources.files("newsroom").joinpath("stories", name).read_text(encoding="utf-8")
    section = name.removesuffix(".toml")
    return [{"section": section, **raw} for raw in tomllib.loads(text)["story"]]  # type: ignore[typeddict-item]
