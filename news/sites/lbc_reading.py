"""LBC (lbc.co.uk), both templates: read in page order by words and structure, whatever its classes are called.

Old template: on-air strip, kicker, h1, date line, picture, author, standfirst, audio player, body, `More Latest News`.
New template (since about 2025, `/article/<slug>-<id>_2/`): the standfirst stands before picture and byline.
No page prints a zone: its words are London's. Where the page is LBC's and a part can't be told for sure, or the page
breaks off, the reader says `LayoutChanged`: never half an article.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NoReturn
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from news.errors import LayoutChanged, NotAnArticle
from news.model import PRINTED, Article, Block, Document, Entry, Link, Picture, Site, Stamp
from news.reading.authors import names_in
from news.reading.blocks import blocks_of, inline_links, read_more_links
from news.reading.dating import time_stamps
from news.reading.fronts import claims_to_be_article, is_front
from news.reading.lines import Line
from news.reading.page import Page, open_page
from news.reading.stating import canonical_url, keywords, language, section, structured_stamps
from news.reading.surfaces import surfaces_of
from news.reading.text import count_words, words_of
from news.reading.visible import headline_element
from news.reading.walls import check_answer, what_stands_there
from news.sites import lbc_words as words
from news.sites.lbc_live import Section, is_live, sections_of
from news.sites.lbc_order import Parts, Told, parts_of, without_kicker
from news.sites.lbc_pictures import Shown, pictures_of
from news.stamps import choose, printed_stamps
from news.stamps.names import MONTHS
from news.stamps.zones import instants, named_zone

_LEAST = 12
"""Words of standfirst and text below which there is no whole article: LBC's shortest flashes have two sentences."""

_COVERED = 0.8
"""Part of the words that the JSON-LD's `articleBody` has which we must have found; less, and we read half of it."""

_STATED = 60
"""Words from which an `articleBody` is the text and no summary of it."""

_CLOSED = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
_REACH = 4000
"""Characters from the end in which a whole page closes its body: some sites' tools append a script or a comment."""

_FILMS = frozenset(("VideoObject", "Quiz", "PodcastEpisode", "RadioEpisode", "AudioObject"))
"""Types of pages that have an article's head, headline and date line too."""


def read(document: Document, site: Site) -> Article:
    """Return the article on this page; see `LbcReader.read`."""
    page = open_page(document)
    check_answer(page)
    heads = list(page.root.iter("h1"))
    headline = heads[0] if len(heads) == 1 and heads[0].xpath("string()").strip() else headline_element(page)
    parts = parts_of(page, headline) if headline is not None else None
    text = sum(count_words(line.text) for line in parts.text) if parts else 0
    plain = parts is not None and bool(parts.dates) and text >= _LEAST and claims_to_be_article(page)
    wall = None if plain else what_stands_there(page, body_words=text)  # a fifth of the time, where nothing stands
    if wall is not None:
        raise wall
    if text < _STATED and not claims_to_be_article(page) and (films := _FILMS & set(page.linked.other_types)):
        raise NotAnArticle(f"{document.url} shows a {min(films)} and no article", reason="no-article")
    if is_front(page, site, words=text):
        raise NotAnArticle(f"{document.url} leads to articles and is none itself", reason="front")
    if parts is None:
        _give_up(page, "headline: there is no h1", dated=_is_dated(page))
    _check(page, parts, text)
    return _article(page, site, _inside(page, parts))


def _is_dated(page: Page) -> bool:
    return any(
        words.DATE_LINE.fullmatch((element.text or "").strip())
        for element in page.root.iter("p", "time", "span", "div")
    )


def _is_whole(document: Document) -> bool:
    return _CLOSED.search(document.text, max(0, len(document.text) - _REACH)) is not None


def _give_up(page: Page, what: str, *, dated: bool) -> NoReturn:
    """Raise `LayoutChanged` for a page that says it is an article, or breaks off; `NotAnArticle` for another."""
    url = page.document.url
    if not _is_whole(page.document):
        raise LayoutChanged(f"{url} breaks off: it has no end; look again, and at its capture if that doesn't help")
    if claims_to_be_article(page) or dated:
        raise LayoutChanged(f"{url} is an LBC article, but its {what}; mend news/sites/lbc_reading.py")
    raise NotAnArticle(f"{url} has neither a date line nor a word that it is an article", reason="no-article")


def _check(page: Page, parts: Parts, text: int) -> None:
    """Return only if date line and text were found whole and nothing of them is in doubt."""
    if parts.tail is None and not _is_whole(page.document):
        _give_up(page, "end", dated=True)
    if not parts.dates:
        _give_up(page, "date line was not found under the headline", dated=False)
    lead = count_words(parts.lead.text) if parts.lead else 0
    if not text or text + lead < _LEAST:
        _give_up(page, f"text has {text} words only", dated=True)
    if parts.doubtful:
        _give_up(page, "first line may be standfirst or text, and nothing tells which", dated=True)
    if page.linked.body and not _covers(parts, page.linked.body):
        _give_up(page, "text on the page lacks much of what its JSON-LD states", dated=True)


def _covers(parts: Parts, stated: str) -> bool:
    """Return whether the page's lines have the words of an article's text as its JSON-LD states it."""
    theirs = set(words_of(stated.casefold()))
    ours = set(words_of(" ".join(line.text for _, line in parts.told).casefold()))
    return len(theirs) <= _STATED or len(theirs & ours) >= _COVERED * len(theirs)


def _inside(page: Page, parts: Parts) -> Parts:
    """Return the parts without what stands behind the article element around the headline.

    Raises `LayoutChanged` where that element holds a part of the text only.
    """
    home = next(parts.headline.iterancestors("article"), None)
    if home is None or not parts.body or home in parts.body[-1][1].element.iterancestors():
        return parts
    within = [pair for pair in parts.body if home in pair[1].element.iterancestors()]
    inner, every = _count(within), _count(parts.body)
    if inner < _LEAST:
        return parts
    if inner < _COVERED * every:
        _give_up(page, "text goes on behind its article element", dated=True)
    return replace(parts, body=tuple(within))


def _count(told: Sequence[Told]) -> int:
    return sum(count_words(line.text) for kind, line in told if kind == "text")


def _article(page: Page, site: Site, parts: Parts) -> Article:
    inner_kicker, title = without_kicker(parts.headline)
    kicker = inner_kicker or parts.kicker
    names = names_in(line.text for line in parts.bylines)
    tags = keywords(page)
    body = _without_tags(parts.body, tags)
    cut = sections_of(body, page, timezone=site.timezone) if is_live(page, kicker) else (Section(None, tuple(body)),)
    return Article(
        headline=title,
        kicker=kicker,
        standfirst=parts.lead.text if parts.lead else None,
        authors=names or names_in(page.linked.authors, publishers=(page.linked.publisher or "LBC", "LBC")),
        section=section(page) or _path_section(page.document.url),
        language=language(page, site),
        canonical_url=canonical_url(page),
        stamps=_stamps(page, parts, site),
        body=tuple(_blocks(cut)),
        pictures=tuple(_placed(pictures_of(page, parts, names), cut, parts.scope)),
        links=tuple(_links(cut, page)),
        tags=tags,
        surfaces=surfaces_of(page),
        entries=tuple(part.entry for part in cut if part.entry),
    )


def _without_tags(body: Sequence[Told], tags: Sequence[str]) -> list[Told]:
    """Return the body without a list of the article's own tags at its end."""
    named, kept = {tag.casefold() for tag in tags}, list(body)
    while kept and "li" in kept[-1][1].marks and kept[-1][1].text.casefold() in named:
        kept.pop()
    return kept


def _stamps(page: Page, parts: Parts, site: Site) -> tuple[Stamp, ...]:
    printed: dict[str, Stamp] = {}
    for line in parts.dates:
        for stamp in _printed(line.text, site.timezone):
            printed.setdefault(stamp.kind, stamp)
    times = dict.fromkeys(element for line in parts.dates for element in line.element.iter("time"))
    microdata = parts.scope if "itemprop" in page.document.text else parts.headline
    stated = structured_stamps(page, microdata, site)
    return choose((*printed.values(), *stated, *time_stamps(list(times), timezone=site.timezone)))


def _printed(text: str, timezone: str) -> Iterator[Stamp]:
    """Yield the stamps of a date line; those in LBC's one form in a tenth of the general time."""
    found = [words.PLAIN_STAMP.fullmatch(part) for part in text.split(" | ")]
    if not all(found):
        yield from printed_stamps(text, timezone=timezone)
        return
    for said in filter(None, found):
        month = MONTHS.get(said["month"].lower(), 0)
        try:
            local = datetime(int(said["year"]), month, int(said["day"]), int(said["hour"]), int(said["minute"]))  # noqa: DTZ001 - the zone comes next
        except ValueError:
            at: tuple[datetime, ...] = ()
        else:
            at = instants(local, named_zone(timezone))
        yield Stamp(
            kind="updated" if said["updated"] else "published",
            at=at[0] if len(at) == 1 else None,
            text=said[0],
            source=PRINTED,
            candidates=at if len(at) > 1 else (),
        )


def _texts(told: Sequence[Told]) -> list[Line]:
    return [line for kind, line in told if kind == "text"]


def _name(part: Section) -> str | None:
    return part.entry.id if part.entry else None


def _blocks(cut: Sequence[Section]) -> Iterator[Block]:
    for part in cut:
        for block in blocks_of(_texts(part.told)):
            yield replace(block, entry=_name(part)) if part.entry else block


def _links(cut: Sequence[Section], page: Page) -> Iterator[Link]:
    """Yield the links of the body, those to other stories first, each once."""
    told = [(part, _read_more(part, page)) for part in cut]
    every = [replace(link, entry=_name(part)) for part, links in told for link in links]
    every += [replace(link, entry=_name(part)) for part in cut for link in inline_links(_texts(part.told), page)]
    yield from dict.fromkeys(every)


def _read_more(part: Section, page: Page) -> tuple[Link, ...]:
    told = [pair for pair in part.told if pair[0] in {"text", "read-more", "link", "list"}]
    announced = False
    for kind, line in told:
        if announced and kind == "list":
            _give_up(page, f"links under {line.text!r} and those to read more can't be told apart", dated=True)
        announced = (kind == "read-more" and not line.anchors) or (announced and kind == "link")
    return read_more_links([line for _, line in told], page)


def _placed(shown: Sequence[Shown], cut: Sequence[Section], scope: Element) -> Iterator[Picture]:
    """Yield the pictures, each with the entry that it stands in."""
    entries = [(part.entry, part.told[0][1].element) for part in cut if part.entry and part.told]
    if not entries or not shown:
        yield from (picture for _, picture in shown)
        return
    order = {element: place for place, element in enumerate(scope.iter())}
    starts = [order[element] for _, element in entries]
    for element, picture in shown:
        at = bisect_right(starts, order[element])
        yield replace(picture, entry=_id(entries[at - 1][0])) if at else picture


def _id(entry: Entry | None) -> str | None:
    return entry.id if entry else None


def _path_section(url: str) -> str | None:
    first = urlsplit(url).path.strip("/").split("/")[0]
    return first if first and first != "article" else None
