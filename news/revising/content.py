"""What a reader of the article sees, as one digest and by parts (design.md, section 5)."""

from __future__ import annotations

from collections.abc import Callable

from news.entries import without_rolled_off
from news.model import Article
from news.serial import as_it_stands, canonical, digest_of, quoted
from news.writing import listed, named, text_or_null, texts

PARTS: dict[str, Callable[[Article], object]] = {
    "headline": lambda article: [article.headline, article.kicker],
    "standfirst": lambda article: article.standfirst,
    "body": lambda article: [[block.role, block.text] for block in article.body],
    "authors": lambda article: list(article.authors),
    "pictures": lambda article: [[shot.url, shot.caption, shot.credit] for shot in article.pictures],
    "links": lambda article: [[link.role, link.text, link.url] for link in article.links],
}
"""The parts of an article that versions are made of, in the order in which classes are told. The kicker stands over
the headline and is told with it."""


def content_digest(article: Article) -> str:
    """Return `sha256:<hex>` over the parts that a reader sees: no stamps, alt texts, tags, section or markup."""
    content = as_it_stands(_content(article))
    return digest_of(content or canonical({name: part(article) for name, part in PARTS.items()}))


def parts_changed(before: Article, after: Article) -> tuple[str, ...]:
    """Return the names of the parts that differ, in the order of `PARTS`; a live entry that rolled off is no change."""
    before = without_rolled_off(before, after)
    return tuple(name for name, part in PARTS.items() if part(before) != part(after))


def notices(article: Article) -> tuple[str, ...]:
    """Return the correction notices that the article carries, in order."""
    return tuple(block.text for block in article.body if block.role == "notice")


def _content(article: Article) -> str:
    """Return the article's parts as canonical JSON, if no text in it needs other escapes than `quoted` makes."""
    blocks = [f'["{block.role}",{quoted(block.text)}]' for block in article.body]
    links = [f'["{link.role}",{quoted(link.text)},{quoted(link.url)}]' for link in article.links]
    pictures = [
        f"[{quoted(shot.url)},{text_or_null(shot.caption)},{text_or_null(shot.credit)}]" for shot in article.pictures
    ]
    return named(
        {
            "headline": f"[{quoted(article.headline)},{text_or_null(article.kicker)}]",
            "standfirst": text_or_null(article.standfirst),
            "body": listed(blocks),
            "authors": texts(article.authors),
            "pictures": listed(pictures),
            "links": listed(links),
        }
    )
