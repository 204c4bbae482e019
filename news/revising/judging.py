"""What a document shows: an article, its end, a wall, or something else. The one place that says so, for live crawls,
recovery, import and rereading alike.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from news.errors import Blocked, LayoutChanged, NotAnArticle
from news.model import Article, Document, Outcome, Site
from news.reading.walls import says_paid
from news.revising.deciding import Gone, Present
from news.revising.stubs import LONGEST_STUB, words_in
from news.sites import Reader

GONE = (404, 410, 451)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the look saw. `sight` is what history is to hear of, or None when this look says nothing about it.

    `outcome` is then one of `blocked`, `not-article` and `failed`, with a short stable `reason`.
    """

    sight: Present | Gone | None
    outcome: Outcome | None = None
    reason: str | None = None
    detail: str | None = None

    @property
    def article(self) -> Article | None:
        """The article that was seen, if one was."""
        return self.sight.article if isinstance(self.sight, Present) else None


def judge(document: Document, site: Site, reader: Reader) -> Verdict:
    """Return what this final answer (no redirect, no 304) says of its page."""
    if document.status in GONE:
        return Verdict(sight=Gone(status=document.status), reason=f"http-{document.status}")
    try:
        return Verdict(sight=Present(article=_weighed(reader.read(document, site), document)))
    except Blocked as wall:
        return Verdict(sight=None, outcome="blocked", reason=wall.reason, detail=str(wall))
    except LayoutChanged as change:
        return Verdict(sight=None, outcome="failed", reason=change.reason, detail=str(change))
    except NotAnArticle as other:
        return _no_article(document, other)
    except Exception as error:
        log.exception("reader broke url=%s reader=%s", document.url, reader.name)
        return Verdict(sight=None, outcome="failed", reason="reader-error", detail=f"{type(error).__name__}: {error}")


def _weighed(article: Article, document: Document) -> Article:
    """Return the article, marked where it may be what a paywall left of it: history knows how long it was."""
    if words_in(article) < LONGEST_STUB and says_paid(document.text):
        return replace(article, paid=True)
    return article


def _no_article(document: Document, why: NotAnArticle) -> Verdict:
    if 200 <= document.status < 300:
        return Verdict(sight=None, outcome="not-article", reason=why.reason, detail=str(why))
    refused = document.status in (401, 402, 403, 407, 429)
    outcome: Outcome = "blocked" if refused else "failed"
    return Verdict(sight=None, outcome=outcome, reason=f"http-{document.status}", detail=str(why))
