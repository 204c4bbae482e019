"""One module per publication: its `SITE` (defaults) and its `READER`. `generic` reads any other news page.

Modules are loaded when asked for, so that commands that read no pages pay nothing for them. A new profile is a
module here and a line in `KNOWN`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from news.errors import ConfigError
from news.model import Article, Document, Site

KNOWN = ("lbc", "ntv")
"""Publications with a profile of their own: module names in this package."""


class Reader(Protocol):
    """The code that turns a document into an article; `version` counts changes of what it reads."""

    name: str
    version: int

    def read(self, document: Document, site: Site) -> Article:
        """Return the article on this page.

        Raises `NotAnArticle`, `Blocked` or `LayoutChanged` (news.errors) when there is none to be read.
        """

    def follows(self, url: str, site: Site) -> bool:
        """Return whether a link with this address, found on a front, has the shape of an article's."""


def load_reader(name: str) -> Reader:
    """Return the reader of that name: `generic` or a profile's."""
    if name != "generic" and name not in KNOWN:
        choices = ", ".join(("generic", *KNOWN))
        raise ConfigError(f"there is no reader {name!r}; readers are: {choices}")
    return cast("Reader", import_module(f"news.sites.{name}").READER)


def known_site(name: str) -> Site | None:
    """Return a known publication's defaults, or None for a name without a profile."""
    return cast("Site", import_module(f"news.sites.{name}").SITE) if name in KNOWN else None


def citation(reader: Reader) -> str:
    """Return the reader as archives cite it: `lbc/3`."""
    return f"{reader.name}/{reader.version}"
