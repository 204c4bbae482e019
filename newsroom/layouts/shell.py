"""The frame that every page hangs in: head, masthead, on-air strip, footer."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from string import Template

from newsroom.layouts.noise import Noise
from newsroom.shelf import SECTIONS

NAME = "Harbour Radio"
TAGLINE = "Saltmere talks back"
TITLES = {section: section.title() for section in SECTIONS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The site as the page that is being made sees it: its own address, with the slash, and its year."""

    base: str
    year: int

    def url(self, path: str) -> str:
        """The whole address of a path."""
        return self.base.rstrip("/") + path


@cache
def template(name: str) -> Template:
    """A template of `pages/`."""
    return Template(resources.files("newsroom").joinpath("pages", name).read_text(encoding="utf-8"))


def page(place: Place, sound: Noise, *, title: str, main: str, head: Sequence[str] = (), section: str = "") -> str:
    """A whole page; `main` is HTML, `head` are elements for the head, `section` is the one lit in the menu."""
    advert, words = sound.advert
    presenter, hours = sound.on_air
    return template("page.html").substitute(
        title=escape(f"{title} | {NAME}" if title != NAME else f"{NAME} - {TAGLINE}"),
        head="\n".join(head),
        name=NAME,
        tagline=TAGLINE,
        menu="".join(_entry(name, lit=name == section) for name in SECTIONS),
        footer_menu="".join(f'<li><a href="/{name}/">{TITLES[name]}</a></li>' for name in SECTIONS),
        nonce=sound.nonce,
        advert_id=sound.advert_ids[0],
        advert_name=escape(advert),
        advert_words=escape(words),
        presenter=escape(presenter),
        hours=hours,
        main=main,
        year=place.year,
    )


def meta(name: str, content: str) -> str:
    """A meta element; Open Graph and article names go into `property`, the others into `name`."""
    attribute = "property" if name.startswith(("og:", "article:")) else "name"
    return f'<meta {attribute}="{name}" content="{escape(content)}">'


def _entry(section: str, *, lit: bool) -> str:
    here = ' aria-current="page"' if lit else ""
    return f'<li><a href="/{section}/"{here}>{TITLES[section]}</a></li>'
