"""An LBC page read in page order: what each line is, told by its words, its place and what kind of element it is in.

Names of classes say nothing here, they change with each redesign; only whether two lines share one does, in the one
place where nothing else tells standfirst from text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lxml import etree
from lxml.etree import _Element as Element

from news.reading.lines import Line, lines
from news.reading.page import Page
from news.reading.phrases import NOTICE, READ_MORE
from news.reading.text import count_words, fold, said_in, same_words
from news.reading.visible import is_byline
from news.sites import lbc_words as words

Kind = Literal["text", "date", "byline", "player", "caption", "read-more", "link", "list", "loose", "noise"]
Told = tuple[Kind, Line]

_APART = ("nav", "aside", "footer", "form", "dialog", "menu", "select")
_ROLES = frozenset(("navigation", "complementary", "contentinfo", "search", "dialog", "alertdialog", "toolbar", "menu"))
_MARKED = {name: etree.XPath(f"descendant::*/@{name}/..") for name in ("role", "hidden", "aria-hidden", "style")}
"""Find the elements that have an attribute; one predicate with all four takes five times as long as these together."""
_SHORT = 160
"""Characters of the longest date line: two dates and a byline."""

_LONGEST_LABEL = 40
"""Characters of the longest `Read more` without a link."""

_FEW = 5
"""Words below which a line without a full stop is no text while no text stands over it: a role, a place, a label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A page's lines by what they are. `told` are all from the headline to the tail, `body` the text without the lead;
    `lead` is None where there is none, and `doubtful` says that nothing tells whether the first line is it.
    """

    headline: Element
    scope: Element
    apart: frozenset[Element]
    figures: frozenset[Element]
    kicker: str | None
    dates: tuple[Line, ...]
    bylines: tuple[Line, ...]
    lead: Line | None
    doubtful: bool
    body: tuple[Told, ...]
    told: tuple[Told, ...]
    tail: Element | None

    @property
    def text(self) -> list[Line]:
        """The lines of the body that are running text."""
        return [line for kind, line in self.body if kind == "text"]


def parts_of(page: Page, headline: Element) -> Parts:
    """Return what the page's lines are, read from the headline to the tail."""
    scope = next((above for above in headline.iterancestors() if above.tag in {"main", "body"}), page.root)
    apart, figures = _apart(scope, page.document.text), _figures(scope)
    before, after, tail = _around(scope, headline, apart | figures)
    told = [(_kind(line), line) for line in after]
    first, second = _openers(told)
    lead, doubtful = _lead(told, first, second, page)
    top = told[: second if lead is not None else first]
    return Parts(
        headline=headline,
        scope=scope,
        apart=apart,
        figures=figures,
        kicker=_kicker(before),
        dates=tuple(_dates(top)),
        bylines=tuple(_bylines(top, page)),
        lead=lead,
        doubtful=doubtful,
        body=tuple(_body(told, first, lead)),
        told=tuple(told),
        tail=tail,
    )


def _apart(scope: Element, markup: str) -> frozenset[Element]:
    """Return the elements that serve the site, by tag, role or style; a quotation's footer says who said it."""
    found = {
        element
        for element in scope.iter(*_APART)
        if not (element.tag == "footer" and next(element.iterancestors("blockquote"), None) is not None)
    }
    for name, marked in _MARKED.items():
        if name in markup:
            found.update(element for element in marked(scope) if _serves(element))
    return frozenset(found)


def _serves(element: Element) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return (
        element.get("role") in _ROLES
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or "display:none" in style
    )


def _figures(scope: Element) -> frozenset[Element]:
    """Return the figures that show a picture or a film: their words are captions."""
    shows = ("img", "amp-img", "video", "iframe")
    return frozenset(figure for figure in scope.iter("figure") if next(figure.iter(*shows), None) is not None)


def _around(
    scope: Element, headline: Element, without: frozenset[Element]
) -> tuple[list[Line], list[Line], Element | None]:
    """Return the lines before the headline, those from there to the tail, and the tail."""
    before: list[Line] = []
    after: list[Line] | None = None
    for line in lines(scope, without=without):
        if headline.tag in line.marks and (line.element is headline or headline in line.element.iterancestors()):
            after = []
        elif after is None:
            before.append(line)
        elif len(line.text) < 60 and words.TAIL.fullmatch(line.text):
            return before, after, line.element
        else:
            after.append(line)
    return before, after or [], None


def _kind(line: Line) -> Kind:
    if "blockquote" in line.marks:
        return "text"
    short = _short_kind(line) if len(line.text) < words.LONGEST_NOISE else None
    return short or _kind_by_links(line) or _kind_by_marks(line)


def _kind_by_links(line: Line) -> Kind | None:
    """Return what a line is by where it leads, None for one that leads nowhere or from within its text."""
    if not line.anchors and not line.linked:
        return None
    if _is_card(line):
        return "noise"
    if line.anchors and READ_MORE.match(line.text):
        return "read-more"
    return "link" if line.link_share > 0.6 and not _is_linked_sentence(line) else None


def _kind_by_marks(line: Line) -> Kind:
    """Return what a line is by the element that it stands in."""
    text = line.text
    if ":" in text and not line.heading and words.CREDIT.search(text, max(0, len(text) - words.LONGEST_CREDIT)):
        return "caption"
    if line.marks:
        return "text"
    return "noise" if text.startswith(words.ADVERT) else "text" if _is_running(line) else "loose"


def _short_kind(line: Line) -> Kind | None:
    """Return what a short line is by its words alone, None where they don't say."""
    text = line.text
    if noise := words.NOISE.fullmatch(text):
        return "player" if noise["player"] else "list" if noise["list"] else "noise"
    if len(text) < _SHORT and words.DATE_LINE.fullmatch(text):
        return "date"
    if len(text) < _LONGEST_LABEL and READ_MORE.fullmatch(text):
        return "read-more"
    return "byline" if not line.heading and is_byline(line) else None


def _is_card(line: Line) -> bool:
    """Return whether a line stands inside a link or is a linked heading: another story's title or teaser."""
    return (line.heading and line.link_share > 0.6) or next(line.element.iterancestors("a"), None) is not None


def _is_linked_sentence(line: Line) -> bool:
    return "p" in line.marks and line.text.endswith(words.END) and count_words(line.text) > 3


def _is_running(line: Line) -> bool:
    return line.text.endswith(words.END) and count_words(line.text) > 1


def _openers(told: Sequence[Told]) -> tuple[int, int]:
    """Return the places of the first and second line of text; the end where there is none. Notices don't count."""
    places = (
        place
        for place, (kind, line) in enumerate(told)
        if kind == "text" and not NOTICE.match(line.text) and not _is_label(line)
    )
    return next(places, len(told)), next(places, len(told))


def _is_label(line: Line) -> bool:
    return not (line.heading or line.text.endswith(words.END) or count_words(line.text) >= _FEW)


def _lead(told: Sequence[Told], first: int, second: int, page: Page) -> tuple[Line | None, bool]:
    """Return the standfirst, and whether it is in doubt that the first line of text is none."""
    if first == len(told) or told[first][1].marks & {"li", "blockquote"}:
        return None, False
    line = told[first][1]
    between = {kind for kind, _ in told[first + 1 : second]}
    if _is_described(line, page) or between & {"date", "byline", "player"}:
        return line, False
    if second == len(told) or any(kind == "player" for kind, _ in told[:first]):
        return None, False
    others = [other for kind, other in told[second:] if kind == "text" and not other.heading]
    return _by_markup(line, others, page)


def _is_described(line: Line, page: Page) -> bool:
    linked, meta = page.linked, page.meta
    stated = (linked.description, linked.alternative_headline, meta.first("og:description", "description"))
    return any(same_words(line.text, told) for told in stated if told)


def _by_markup(line: Line, others: Sequence[Line], page: Page) -> tuple[Line | None, bool]:
    """Tell by the class that the first line has for itself, or shares with the text under it."""
    own = line.element.get("class")
    if own and words.LEAD_NAME.search(own):
        return line, False
    if line.heading:
        return None, count_words(line.text) > _FEW
    shared = {other.element.get("class") for other in others if not other.marks & {"li", "blockquote"}}
    if own and any(set((name or "").split()) <= set(own.split()) for name in shared if name):
        return None, False
    if own != next(iter(shared), own):
        return (line if own else None), not own
    stated = page.linked.description or page.meta.first("og:description", "description")
    return None, own is None and not stated


def _dates(top: Sequence[Told]) -> Iterator[Line]:
    """Yield the lines that date the page, a byline before the date cut off."""
    for kind, line in top:
        if kind == "date":
            yield line
        elif kind == "byline" and (found := words.DATE_WITHIN.search(line.text)):
            yield replace(line, text=line.text[found.start() :])


def _bylines(top: Sequence[Told], page: Page) -> Iterator[Line]:
    """Yield the lines that name the authors: `By …`, a link to an author's page, a name that the JSON-LD states too."""
    stated = {fold(name).casefold() for name in page.linked.authors}
    for kind, line in top:
        if kind == "byline":
            found = words.DATE_WITHIN.search(line.text)
            yield replace(line, text=line.text[: found.start()].rstrip(words.JOINTS)) if found else line
        elif kind != "date" and not line.text.endswith(words.END) and (names := _linked_authors(line)):
            yield replace(line, text=names)
        elif kind in {"loose", "text"} and line.text.casefold() in stated:
            yield line


def _linked_authors(line: Line) -> str:
    """Return the names in a line that are links to authors' pages, parted by commas; "" where there are none."""
    return ", ".join(anchor.text for anchor in line.anchors if words.AUTHOR_PAGE.search(anchor.href))


def _body(told: Sequence[Told], first: int, lead: Line | None) -> list[Told]:
    """Return the lines of the body: from the first text on, notices over it too, without the lead."""
    opening = [(kind, line) for kind, line in told[:first] if kind == "text" and NOTICE.match(line.text)]
    body = [*opening, *(pair for pair in told[first:] if pair[1] is not lead)]
    while body and (body[-1][0] != "text" or body[-1][1].heading) and body[-1][0] != "read-more":
        body.pop()
    return body


def _kicker(before: Sequence[Line]) -> str | None:
    """Return the word over the headline: the last line before it, where that is no link, strip or label."""
    near = [line for line in before[-4:] if not words.is_noise(line.text) or words.KICKERS.fullmatch(line.text)]
    if not near or "li" in near[-1].marks or count_words(near[-1].text) > 4:
        return None
    line = near[-1]
    if words.KICKERS.fullmatch(words.bare(line.text)):
        return line.text
    strange = line.anchors or any(words.ON_AIR.search(other.text) for other in near)
    return None if strange else line.text


def without_kicker(headline: Element) -> tuple[str | None, str]:
    """Return kicker and headline where the kicker stands inside the h1, in an element of its own."""
    whole = said_in(headline)
    first = next(iter(headline), None)
    if first is None or (headline.text or "").strip():
        return None, whole
    said = said_in(first)
    rest = whole[len(said) :].lstrip(words.JOINTS)
    if rest and words.KICKERS.fullmatch(words.bare(said)):
        return words.bare(said), rest
    return None, whole
