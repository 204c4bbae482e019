"""LBC's live blogs: their entries, each with its own name, headline and stamps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from news.model import Entry, Stamp
from news.reading.dating import time_stamps
from news.reading.lines import Line
from news.reading.page import Page
from news.reading.text import fold, same_words
from news.serial import rfc3339
from news.sites import lbc_words as words
from news.sites.lbc_order import Told
from news.stamps import choose, printed_stamps, structured_stamp

_DEEPEST = 20
_LONGEST_SLUG = 60

Update = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """A run of the body's lines: an entry's, or, with `entry` None, what stands over the first."""

    entry: Entry | None
    told: tuple[Told, ...]


def is_live(page: Page, kicker: str | None) -> bool:
    """Return whether the page is a live blog, as its JSON-LD or its kicker says."""
    return "LiveBlogPosting" in page.linked.types or (kicker or "").casefold().startswith("live")


def sections_of(body: Sequence[Told], page: Page, *, timezone: str) -> tuple[Section, ...]:
    """Return the body cut into entries, in page order; one section without an entry where none can be told."""
    updates = list(_updates(page))
    body = [pair for pair in body if pair[0] != "noise"]
    starts = [*_starts(body, updates), len(body)]
    cut = [_section(body[start:end], updates, timezone) for start, end in pairwise(starts)]
    return (Section(None, tuple(body[: starts[0]])), *_numbered(cut))


def _starts(body: Sequence[Told], updates: Sequence[Update]) -> list[int]:
    """Return where entries begin: at a line that is a time, with the headline over it, or at a headline with one."""
    starts: list[int] = []
    for place, (kind, line) in enumerate(body):
        if words.TIME_LINE.fullmatch(line.text):
            above = place > 0 and _is_heading(body[place - 1]) and place - 1 not in starts
            under = place + 1 < len(body) and _is_heading(body[place + 1])
            starts.append(place - 1 if above and not under else place)
        elif _is_heading((kind, line)) and words.TIME_BEFORE.match(line.text):
            starts.append(place)
    return starts or _headed(body, updates)


def _headed(body: Sequence[Told], updates: Sequence[Update]) -> list[int]:
    """Return where entries begin that show no time: at headings of the kind that the JSON-LD's updates have."""
    told = [fold(str(update.get("headline") or "")) for update in updates]
    headings = [(place, pair[1]) for place, pair in enumerate(body) if _is_heading(pair)]
    tags = {line.element.tag for _, line in headings if any(same_words(line.text, said) for said in told)}
    return [place for place, line in headings if line.element.tag in tags]


def _is_heading(told: Told) -> bool:
    return told[0] == "text" and told[1].heading


def _section(told: Sequence[Told], updates: Sequence[Update], timezone: str) -> Section:
    opening = [pair[1] for pair in told[:2] if words.TIME_LINE.fullmatch(pair[1].text) or _is_heading(pair)]
    heading = next((line for line in opening if line.heading), None)
    found = words.TIME_BEFORE.match(heading.text) if heading else None
    headline = (heading.text[found.end() :] if found else heading.text) if heading else None
    times = [line.text for line in opening if not line.heading] + ([found["time"]] if found else [])
    elements = dict.fromkeys(element for line in opening for element in line.element.iter("time"))
    timed = time_stamps(list(elements), timezone=timezone)
    update = _update(updates, headline, timed)
    stamps = choose((*_printed(times, timezone), *_stated(update, timezone), *timed))
    entry = Entry(id=_name(opening, update, stamps, headline or _opening_words(told)), headline=headline, stamps=stamps)
    return Section(entry, tuple(_untimed(told, heading, headline)))


def _untimed(told: Sequence[Told], heading: Line | None, headline: str | None) -> Iterator[Told]:
    for kind, line in told:
        if line is heading and headline is not None:
            yield kind, replace(line, text=headline)
        elif not words.TIME_LINE.fullmatch(line.text):
            yield kind, line


def _printed(times: Sequence[str], timezone: str) -> Iterator[Stamp]:
    """Yield the stamps of printed times; one without a day is no instant, its words are kept."""
    for text in times:
        yield from printed_stamps(text, timezone=timezone) or (
            Stamp(kind="published", at=None, text=text, source="printed"),
        )


def _stated(update: Update, timezone: str) -> Iterator[Stamp]:
    for kind, key in (("published", "datePublished"), ("updated", "dateModified")):
        said = update.get(key)
        if isinstance(said, str):
            stamp = structured_stamp(
                "updated" if kind == "updated" else "published", said, source=f"json-ld:{key}", timezone=timezone
            )
            yield from (stamp,) if stamp else ()


def _update(updates: Sequence[Update], headline: str | None, timed: Sequence[Stamp]) -> Update:
    """Return what the JSON-LD says of the entry with this headline, or of the only one at this time."""
    named = [update for update in updates if headline and same_words(str(update.get("headline") or ""), headline)]
    if len(named) == 1:
        return named[0]
    at = _minutes(timed)
    then = [update for update in named or updates if at & _minutes(_stated(update, "UTC"))]
    return then[0] if len(then) == 1 else {}


def _minutes(stamps: Iterable[Stamp]) -> set[str]:
    return {rfc3339(stamp.at)[:16] for stamp in stamps if stamp.at}


def _name(opening: Sequence[Line], update: Update, stamps: Sequence[Stamp], headline: str) -> str:
    """Return the entry's name: the publisher's, or one from its time, or from its words."""
    links = [anchor.href for line in opening for anchor in line.anchors]
    for said in (update.get("@id"), update.get("url"), *links):
        name = _last_part(said) if isinstance(said, str) else ""
        if name:
            return f"publisher:{name}"
    at = next((stamp.at for stamp in stamps if stamp.kind == "published" and stamp.at), None)
    return f"time:{rfc3339(at)[:19]}Z" if at else f"headline:{_slug(headline)}"


def _last_part(address: str) -> str:
    """Return what an entry's address adds to the page's: its fragment, or the value of its query."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return parts.fragment or parts.query.rpartition("=")[2]


def _opening_words(told: Sequence[Told]) -> str:
    return next((line.text for kind, line in told if kind == "text" and not words.TIME_LINE.fullmatch(line.text)), "")


def _slug(text: str) -> str:
    return "-".join(re.findall(r"\w+", text.casefold()))[:_LONGEST_SLUG].rstrip("-")


def _numbered(sections: Sequence[Section]) -> Iterator[Section]:
    """Tell entries of one name apart by their place from the oldest, which new ones over them don't change."""
    names = [section.entry.id for section in sections if section.entry]
    for place, section in enumerate(sections):
        entry = section.entry
        same = names[place + 1 :].count(entry.id) if entry else 0
        yield replace(section, entry=replace(entry, id=f"{entry.id}-{same + 1}")) if entry and same else section


def _updates(page: Page) -> Iterator[Update]:
    """Yield the entries that the page's JSON-LD lists; none where it can't be read."""
    for script in page.root.iter("script"):
        if script.text and "liveBlogUpdate" in script.text:
            try:
                yield from _listed(json.loads(script.text, strict=False), 0)
            except (ValueError, RecursionError):
                continue


def _listed(value: object, depth: int) -> Iterator[Update]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for member in value:
            yield from _listed(member, depth + 1)
    elif isinstance(value, dict):
        listed = value.get("liveBlogUpdate")
        updates = listed if isinstance(listed, list) else [listed]
        yield from (update for update in updates if isinstance(update, dict))
        for key, member in value.items():
            if key != "liveBlogUpdate" and isinstance(member, dict | list):
                yield from _listed(member, depth + 1)
