"""What a page's head says: og, article, twitter, Dublin Core, parsely and sailthru tags, and the canonical link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lxml.etree import _Element as Element

from news.reading.text import fold, said_in

PUBLISHED = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time", "parsely-pub-date",
    "sailthru.date", "date.created", "dc.date.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date",
    "datepublished", "publishdate", "publish-date", "pubdate", "published_at", "published-date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "article.published", "iso-8601-publish-date", "bt:pubdate", "last-published",
    "originalpublicationdate", "publication_date", "date_published", "article_date_original", "rnews:datepublished",
    "date",
)  # fmt: skip
"""Names of tags that state when the article appeared, the most trusted first."""

MODIFIED = (
    "article:modified_time", "article:modified", "og:article:modified_time", "og:updated_time", "article:updated_time",
    "og:modified_time", "parsely-mod-date", "dc.date.modified", "dcterms.modified", "datemodified", "last-modified",
    "lastmod", "date_modified", "article.updated", "bt:moddate", "iso-8601-modified-date", "modified_date",
    "revision_date",
)  # fmt: skip
"""Names of tags that state when it was last changed."""

AUTHORS = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "cxenseparse:author",
    "article:author_name",
)
KEYWORDS = ("article:tag", "news_keywords", "keywords", "parsely-tags", "sailthru.tags")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaTags:
    """A head's tags, names in lower case, contents folded, in page order; `canonical` as written.

    `named_so` are the same contents by their names: a page has some fifty, and is asked for a hundred names.
    """

    tags: tuple[tuple[str, str], ...]
    named_so: Mapping[str, Sequence[str]]
    canonical: str | None
    title: str | None
    language: str | None

    def first(self, *names: str) -> str | None:
        """Return the content of the first of these names that the page has, in the order given."""
        return next((self.named_so[name][0] for name in names if name in self.named_so), None)

    def every(self, *names: str) -> tuple[str, ...]:
        """Return all contents under these names, in page order, repeats once."""
        return tuple(dict.fromkeys(content for name, content in self.tags if name in names))

    def named(self, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Return name and content of all tags under these names, in the order of the names."""
        return tuple(dict.fromkeys((name, content) for name in names for content in self.named_so.get(name, ())))


def meta_tags(root: Element, named: Mapping[str, Sequence[Element]]) -> MetaTags:
    """Return what the page's meta tags, canonical link, title and language attribute say.

    `named` holds the page's `meta`, `link` and `title` elements.
    """
    title = next(iter(named["title"]), None)
    tags = tuple(_tags(named["meta"]))
    named_so: dict[str, list[str]] = {}
    for name, content in tags:
        named_so.setdefault(name, []).append(content)
    return MetaTags(
        tags=tags,
        named_so=named_so,
        canonical=_canonical(named["link"]),
        title=(said_in(title) or None) if title is not None else None,
        language=root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang"),
    )


def _tags(metas: Iterable[Element]) -> Iterable[tuple[str, str]]:
    for tag in metas:
        name = tag.get("property") or tag.get("name") or tag.get("http-equiv")
        content = fold(tag.get("content"))
        if name and content:
            yield name.strip().lower(), content


def _canonical(links: Iterable[Element]) -> str | None:
    for link in links:
        if (link.get("rel") or "").strip().lower() == "canonical" and link.get("href"):
            return link.get("href")
    return None
