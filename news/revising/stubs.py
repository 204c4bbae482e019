"""A paywall's stub in an article's place, told by three things together: what its page says of paying, how long the
article was (or articles of its site are), and that it says nothing which the article did not say before.
"""

from __future__ import annotations

from news.model import Article, Block
from news.reading.walls import PAYING

LONGEST_STUB = 400
"""Words past which nobody calls it a stub; the page of a shorter article is looked through for words of paying."""

_OF_ITSELF = 0.5
"""A stub is shorter than this part of the article as it was."""

_OF_OTHERS = 0.3
"""A stub that is seen first is shorter than this part of what is usual on its site."""


def words_in(article: Article) -> int:
    """Return how many words the article's body has."""
    return sum(block.text.count(" ") + block.text.count("\n") + 1 for block in article.body)  # white space is folded


def is_stub(before: Article | None, after: Article, typical_words: int | None) -> bool:
    """Return whether `after` is what a paywall leaves of the article.

    `before` is the article as it was last read, None at first sight; `typical_words` the usual length of its site's
    articles, None where too few are known. A page that spoke of paying when it showed the whole proves nothing.
    """
    if not after.paid:
        return False
    if before is None:
        return typical_words is not None and words_in(after) < _OF_OTHERS * typical_words
    return not before.paid and words_in(after) < _OF_ITSELF * words_in(before) and _begins(before.body, after.body)


def _begins(whole: tuple[Block, ...], part: tuple[Block, ...]) -> bool:
    """Return whether `part`, without what speaks of paying, is the beginning of `whole`, its last block cut or not."""
    texts = [block.text for block in part if not PAYING.search(block.text)]
    first = [block.text for block in whole[: len(texts)]]
    if len(first) < len(texts):
        return False
    return texts[:-1] == first[:-1] and all(
        full.startswith(cut.rstrip(" .…")) for cut, full in zip(texts[-1:], first[-1:], strict=True)
    )
