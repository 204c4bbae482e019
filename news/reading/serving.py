"""Lines that stand in an article's element and serve the page: boxes that ask, labels, tails."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from lxml.etree import _Element as Element

from news.reading.captioning import box_of
from news.reading.lines import Line
from news.reading.phrases import LABEL, READ_MORE, TAIL, is_notice
from news.reading.prompts import asks, ends, telling_in
from news.reading.text import words_of

_BOX = 120
"""Words above which what follows a line that asks is no more of its box."""

_TEASER = 2
"""Lines that may stand under the words that lead to another story to be of it: its title, what it says."""

_AFTER = 60
"""Words that may follow a line which only serves, for what follows to serve too."""

_LIFE = 70
"""Words above which a line that begins with an author's name is more than that author's life."""

_RUNS = re.compile(r"\|\s*\d{1,2}:\d\d\s?min\W*$", re.IGNORECASE)
_IS = r"\s+(?:is|was|are|ist|sind|est|es|è|é|jest|este|är|er)\s"


def without_boxes(kept: Sequence[Line], container: Element) -> list[Line]:
    """Return the lines without those that ask something of the readers or lead elsewhere, and without their boxes."""
    left: list[Line] = []
    end = 0
    telling = telling_in(" ".join([line.text for line in kept]))
    for place, line in enumerate(kept):
        if place < end:
            continue
        if leads_elsewhere(line):
            end = _end_of_box(kept, place, container, _is_teaser)
        elif telling and any(map(line.text.lower().__contains__, telling)) and asks(line.text):
            end = _end_of_box(kept, place, container, _asks_too)
        else:
            left.append(line)
    return left


def _end_of_box(
    kept: Sequence[Line], start: int, container: Element, serves: Callable[[Element, Sequence[Line]], bool]
) -> int:
    """Return the place after the box that a line opens: after the line itself where there is none or it holds text."""
    before = [kept[start - 1].element] if start else []
    box = box_of(kept[start], before, container)
    if box is None:
        return start + 1
    end = start + 1
    while end < len(kept) and box in kept[end].element.iterancestors():
        end += 1
    rest = kept[start + 1 : end]
    last = kept[start].heading and end == len(kept)
    small = sum(line.words for line in rest) <= _BOX
    return end if small and (last or serves(box, rest)) else start + 1


def _is_teaser(box: Element, rest: Sequence[Line]) -> bool:
    return len(rest) <= _TEASER and next(box.iter("a"), None) is not None


def _asks_too(_: Element, rest: Sequence[Line]) -> bool:
    return all(asks(line.text) or _is_short(line) for line in rest)


def _is_short(line: Line) -> bool:
    return line.heading or "li" in line.marks or line.words < 12


def leads_elsewhere(line: Line) -> bool:
    """Return whether a line only announces the link to another story."""
    return len(line.text) < 40 and READ_MORE.sub("", line.text) == ""


def is_choice(line: Line) -> bool:
    """Return whether a line labels a choice that readers can make, as in a poll."""
    parent = line.element.getparent()
    return parent is not None and (parent.tag == "label" or line.element.tag == "label")


def runs(line: Line) -> bool:
    """Return whether a line ends with how long a film or sound runs: it describes that one."""
    return line.text[-1:] in "nN.)" and _RUNS.search(line.text[-14:]) is not None


def without_tail(kept: Sequence[Line], authors: Collection[str]) -> list[Line]:
    """Return the lines down to the last that is text: below it stand credits, contacts, lives of authors, lists."""
    end = len(kept)
    while end and (start := _start_of_tail(kept, end, authors)) < end:
        end = start
    return list(kept[:end])


def _start_of_tail(kept: Sequence[Line], end: int, authors: Collection[str]) -> int:
    line = kept[end - 1]
    if is_notice(line.text):
        return end
    if line.heading or LABEL.match(line.text) or ends(line.text) or _is_life(line, authors):
        return end - 1
    if len(line.text) < 60 and line.text.endswith(("...", "…", ":")) and TAIL.match(line.text):
        return end - 1
    start = end
    while start and _is_listed_link(kept[start - 1]):
        start -= 1
    if end - start > 2:
        return start
    return _ended_above(kept, end)


def _ended_above(kept: Sequence[Line], end: int) -> int:
    """Return where the last few lines begin with one that serves, so that those below it do too."""
    words = 0
    for place in range(end - 1, max(0, end - 4), -1):
        words += kept[place].words
        if words > _AFTER:
            break
        if ends(kept[place - 1].text) and not any("p" in line.marks and line.words > 12 for line in kept[place:end]):
            return place - 1
    return end


def _is_listed_link(line: Line) -> bool:
    return "li" in line.marks and line.link_share > 0.3


def _is_life(line: Line, authors: Collection[str]) -> bool:
    """Return whether a line begins with an author's name and says what the author is."""
    if line.words > _LIFE:
        return False
    return any(
        line.text.startswith(name) and re.match(_IS, line.text[len(name) :]) and len(words_of(name)) > 1
        for name in authors
    )
