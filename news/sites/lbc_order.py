"""An LBC page read in page order: what each line after the headline is, told by its words and its place."""

# ruff: noqa: RUF001 - dashes and letters as pages print them

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml.etree import _Element as Element

from news.reading.lines import Line, lines
from news.reading.page import Page
from news.reading.phrases import LABEL, READ_MORE
from news.reading.sieve import Sieve
from news.reading.text import count_words, fold, same_words
from news.reading.visible import is_byline

_DATE = r"\d{1,2} [A-Z][a-z]+ \d{4},? (?:at )?\d{1,2}[:.]\d\d(?: ?[ap]m)?"
DATE_LINE = re.compile(
    rf"^\W*(?:(?:last |first )?(?:published|posted|updated)\W*(?:on )?)?(?:{_DATE}|\d+ \w+ ago|just now|today\b|"
    rf"yesterday\b)",
    re.IGNORECASE,
)
"""Matches `1 December 2024, 07:14 | Updated: …`, also halves of it that stand in elements of their own."""

_DATE_IN_BYLINE = re.compile(rf"(?:(?:published|posted|updated)\W*)?(?<!\d){_DATE}", re.IGNORECASE)
_SHORT = 160
"""Characters of the longest date line: two dates and a byline."""

_TAIL = re.compile(
    r"^\W*(?:see )?more (?:more )?(?:latest news|from lbc|news|stories)\b|^\W*(?:most (?:read|popular)|latest news|"
    r"trending|related (?:stories|articles)|more on this story)\W*$",
    re.IGNORECASE,
)
_PLAYER = re.compile(r"^\W*(?:listen to this article|loading audio|(?:0?0:)?00(?::00)?)\b", re.IGNORECASE)
_ON_AIR = re.compile(r"\d{1,2}(?::\d\d)?\s?[ap]m\b|\bon air\b|\blisten (?:live|now)\b|^home$|^menu$", re.IGNORECASE)
_KICKERS = re.compile(
    r"(?:live(?: blog| updates?)?|exclusive|breaking(?: news)?|analysis|opinion|explainer|explained|watch|listen|"
    r"video|interview|latest|"
    r"investigation|comment|updates?|developing|special report|review|feature|podcast|caller|revealed|lbc views?)",
    re.IGNORECASE,
)
_KICKER_NAME = re.compile(r"kicker|label|flag|eyebrow|overline|strap|badge|tagline|prefix", re.IGNORECASE)
_LEAD_NAME = re.compile(
    r"standfirst|summary|intro|lead|sub-?(?:title|head|heading)|dek|description|excerpt", re.IGNORECASE
)
_CONTENT = re.compile(r"body|content|text", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parts:
    """A page's lines by what they are, and where they were found; `tail` is where other stories begin."""

    headline: Element
    scope: Element
    out: Sieve
    kicker: str | None
    dates: tuple[Line, ...]
    bylines: tuple[Line, ...]
    standfirst: Line | None
    body: tuple[Line, ...]
    every: tuple[Line, ...]
    tail: Element | None


def parts_of(page: Page, headline: Element, scope: Element, out: Sieve) -> Parts:
    """Return what stands in the scope after the headline, and the kicker before it."""
    seen = list(lines(scope, without=out.plain | out.captions))
    start = next((place for place, line in enumerate(seen) if _in(line, headline)), 0)
    after = [line for line in seen[start:] if not _in(line, headline)]
    end = next(
        (place for place, line in enumerate(after) if _TAIL.match(line.text) and len(line.text) < 60), len(after)
    )
    ours = after[:end]
    text = [line for line in ours if _is_text(line, out)]
    lead = _standfirst(ours, text, page)
    return Parts(
        headline=headline,
        scope=scope,
        out=out,
        kicker=_kicker(seen[:start], headline),
        dates=tuple(_dates(ours, text)),
        bylines=tuple(_to_date(line) for line in _top(ours, text) if is_byline(line)),
        standfirst=lead,
        body=tuple(_untitled_end([line for line in text if line is not lead])),
        every=tuple(ours),
        tail=after[end].element if end < len(after) else None,
    )


def _in(line: Line, element: Element) -> bool:
    return line.element is element or element in line.element.iterancestors()


def _top(ours: Sequence[Line], text: Sequence[Line]) -> list[Line]:
    """Return the lines before the third of the text's: byline and date stand among or before the first."""
    limit = ours.index(text[2]) if len(text) > 2 else len(ours)
    return list(ours[:limit])


def _dates(ours: Sequence[Line], text: Sequence[Line]) -> list[Line]:
    top = [_from_date(line) for line in _top(ours, text) if len(line.text) < _SHORT]
    return [line for line in top if DATE_LINE.match(line.text)]


def _from_date(line: Line) -> Line:
    """Return what stands from the date on in a line that begins with the byline."""
    found = _DATE_IN_BYLINE.search(line.text) if is_byline(line) else None
    return replace(line, text=line.text[found.start() :]) if found else line


def _to_date(line: Line) -> Line:
    """Return what stands before the date in a line that begins with the byline."""
    found = _DATE_IN_BYLINE.search(line.text)
    return replace(line, text=line.text[: found.start()].rstrip(" |•·,-")) if found else line


def _is_text(line: Line, out: Sieve) -> bool:
    """Return whether a line is the article's own text: no furniture, no label, no bare link to another story."""
    if any(place in out.asides for place in (line.element, *line.element.iterancestors())) and not _LEAD_NAME.search(
        line.element.get("class") or ""
    ):
        return False
    if (DATE_LINE.match(line.text) and len(line.text) < _SHORT) or is_byline(line) or _PLAYER.match(line.text):
        return False
    if (
        (len(line.text) < 80 and LABEL.search(line.text))
        or (line.anchors and READ_MORE.match(line.text))
        or _bare_label(line)
    ):
        return False
    if line.link_share > 0.6 and not (line.text.endswith((".", "?", "!", "”", '"')) and "p" in line.marks):
        return False
    return bool(line.marks) or (count_words(line.text) > 6 and line.text.endswith((".", "!", "?", "”", '"', ":")))


def _bare_label(line: Line) -> bool:
    return bool(READ_MORE.fullmatch(line.text))


def _untitled_end(text: list[Line]) -> list[Line]:
    while text and text[-1].heading:
        text.pop()
    return text


def _standfirst(ours: Sequence[Line], text: Sequence[Line], page: Page) -> Line | None:
    """Return the first line of text where it introduces the rest: by name, by description, by place."""
    if len(text) < 2 or count_words(text[0].text) < 3 or "li" in text[0].marks or "blockquote" in text[0].marks:
        return None
    first = text[0]
    if _LEAD_NAME.search(first.element.get("class") or "") or (first.element.get("itemprop") or "") in {
        "description",
        "alternativeHeadline",
    }:
        return first
    if any(
        same_words(first.text, told)
        for told in (page.linked.description, page.meta.first("og:description", "description"))
        if told
    ):
        return first
    return first if _set_apart(first, text) or _before_player(first, ours) or first.heading else None


def _set_apart(first: Line, text: Sequence[Line]) -> bool:
    """Return whether a line stands outside the element that holds the rest of the text."""
    rest = [line.element for line in text[1:]]
    homes = [set(element.iterancestors()) for element in rest]
    shared = set.intersection(*homes) if homes else set()
    return not shared <= set(first.element.iterancestors()) and len(rest) > 1


def _before_player(first: Line, ours: Sequence[Line]) -> bool:
    """Return whether the audio player follows a line before any other text does."""
    following = ours[ours.index(first) + 1 :][:4]
    return any(_PLAYER.match(line.text) for line in following[:1]) or (
        len(following) > 1 and bool(_PLAYER.match(following[1].text)) and is_byline(following[0])
    )


def _kicker(before: Sequence[Line], headline: Element) -> str | None:
    """Return the word over the headline: what stands right before it, near it, and is no on-air strip or trail."""
    near, above = set(list(headline.iterancestors())[:3]), headline.getprevious()
    for line in reversed(before[-3:]):
        if not near & {line.element, *line.element.iterancestors()}:
            return None
        if count_words(line.text) > 4 or _ON_AIR.search(line.text):
            continue
        if _KICKERS.fullmatch(line.text.strip(" :|-")) or _KICKER_NAME.search(line.element.get("class") or ""):
            return line.text
        if not line.anchors and line.element.tag != "li" and above is not None and _in(line, above):
            return line.text
    return None


def shared_scope(headline: Element, container: Element | None) -> Element:
    """Return the smallest element that holds the headline and the text."""
    if container is None:
        return next((above for above in headline.iterancestors() if above.tag in {"main", "body"}), headline)
    above = {headline, *headline.iterancestors()}
    return next((element for element in (container, *container.iterancestors()) if element in above), container)


def without_kicker(headline: Element) -> tuple[str | None, str]:
    """Return kicker and headline where the kicker stands inside the h1, in an element of its own."""
    for child in headline:
        words = fold("".join(child.itertext()))
        if (
            child.tag in {"span", "small", "em", "strong"}
            and not (headline.text or "").strip()
            and _KICKERS.fullmatch(words.strip(" :|-"))
        ):
            rest = fold("".join(headline.itertext()))[len(words) :].lstrip(" :|-–")
            if rest:
                return words.strip(" :|-"), rest
        break
    return None, fold("".join(headline.itertext()))
