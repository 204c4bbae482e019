"""A revision for reading on a terminal: wrapped, headings bold, the publisher's own words for its times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from textwrap import wrap
from typing import Any

from cli.finding import local
from cli.weights import in_words as weight_in_words
from news.compare.showing import one_line, visible
from storage.catalogue.access import in_words

BOLD, DIM, RED = "1", "2", "31"


def revision_text(told: Mapping[str, Any], *, zone: tzinfo, revisions: int, colour: bool, width: int) -> str:
    """Return the revision that `show --json` tells as text that ends in a line feed."""
    page = _Page(colour=colour, width=width)
    if told["article"] is None:
        page.write(told["url"], BOLD)
        page.write(ended(told), RED)
    else:
        _write_article(page, told["article"], zone)
    page.blank()
    for line in facts(told, zone=zone, revisions=revisions):
        page.write(line, DIM, then="  ")
    return page.text()


def ended(told: Mapping[str, Any]) -> str:
    """Return what a revision without an article says, in words."""
    if "moved" in told["classes"]:
        return "The article moved: its address leads elsewhere. This revision has no text."
    return "The article is gone: the server says that there is no such page. This revision has no text."


def facts(told: Mapping[str, Any], *, zone: tzinfo, revisions: int) -> Iterator[str]:
    """Yield which revision this is, when it stood, what changed with it, and where its proof lies."""
    said = ", ".join(told["classes"]) or "first seen"
    by = f" (by {' and '.join(told['declared_by'])})" if told["declared_by"] else ""
    state = "" if told["confirmed"] else "; not confirmed by a later look yet"
    yield f"Revision {told['number']} of {revisions}: {said}{by}{state}"
    if told.get("significance"):
        yield weight_in_words(told["significance"]).capitalize()
    before = f"; the state before was last seen {local(told['not_before'], zone)}" if told["not_before"] else ""
    yield f"Seen from {local(told['seen_first'], zone)} to {local(told['seen_last'], zone)}{before}"
    if told["access"]:
        yield f"The article is {in_words(told['access'])} since {local(told['access']['since'], zone)}"
    yield f"Read by {told['reader']} at {told['seen_at']}"
    capture = told["capture"]
    yield f"Proof: record {capture['record_id']} in segment {capture['segment']}, payload {capture['payload_digest']}"


def stamp_line(stamp: Mapping[str, Any], zone: tzinfo) -> str:
    """Return a stamp as the publisher's words, with the instant that they were read as."""
    at = local(stamp["at"], zone) if stamp["at"] else "not read as a time"
    return f"{stamp['kind'].capitalize()}: “{stamp['text']}” ({at}; {stamp['source']})"


class _Page:
    """Lines as they fill."""

    def __init__(self, *, colour: bool, width: int) -> None:
        self._colour, self._width = colour, width
        self._lines: list[str] = []

    def blank(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def write(self, text: str, style: str = "", *, first: str = "", then: str = "") -> None:
        """Add a paragraph; what would act on a terminal is written out."""
        for part in visible(text).split("\n"):
            options = {"initial_indent": first, "subsequent_indent": then or first}
            for line in wrap(part, self._width, break_on_hyphens=False, **options):  # type: ignore[arg-type]
                self._lines.append(f"\x1b[{style}m{line}\x1b[0m" if style and self._colour else line)

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"


def _write_article(page: _Page, article: Mapping[str, Any], zone: tzinfo) -> None:
    if article["kicker"]:
        page.write(article["kicker"], RED)
    page.write(article["headline"], BOLD)
    if article["standfirst"]:
        page.blank()
        page.write(article["standfirst"])
    page.blank()
    if article["authors"]:
        page.write(f"By {', '.join(article['authors'])}")
    for stamp in article["stamps"]:
        page.write(stamp_line(stamp, zone), DIM, then="  ")
    for block in article["body"]:
        page.blank()
        _write_block(page, block)
    _write_pictures(page, article)
    _write_links(page, article)


def _write_block(page: _Page, block: Mapping[str, Any]) -> None:
    match block["role"]:
        case "heading":
            page.write(block["text"], BOLD)
        case "quote":
            page.write(block["text"], first="    ")
        case "list":
            for entry in block["text"].splitlines():
                page.write(entry, first="  • ", then="    ")
        case "notice":
            page.write(block["text"], BOLD, first="! ", then="  ")
        case _:
            page.write(block["text"])


def _write_pictures(page: _Page, article: Mapping[str, Any]) -> None:
    if article["pictures"]:
        page.blank()
        page.write("Pictures", BOLD)
    for picture in article["pictures"]:
        said = picture["caption"] or picture["alt"] or "(no caption)"
        credit = f" — {picture['credit']}" if picture["credit"] else ""
        page.write(f"{said}{credit}", first="  • ", then="    ")
        page.write(one_line(picture["url"]), DIM, first="    ")


def _write_links(page: _Page, article: Mapping[str, Any]) -> None:
    if article["links"]:
        page.blank()
        page.write("Links", BOLD)
    for link in article["links"]:
        role = "Read more: " if link["role"] == "read-more" else ""
        page.write(f"{role}{link['text']}", first="  • ", then="    ")
        page.write(one_line(link["url"]), DIM, first="    ")
