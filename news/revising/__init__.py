"""What a look at a page means for its article's history: a revision or none, and of which classes.

The law is design.md, section 5: the content digest decides versions, printed stamps and life-cycle make the rest.
"""

from news.revising.content import content_digest, parts_changed
from news.revising.deciding import Decision, Gone, History, Moved, NewRevision, Present, Unchanged, Walled, decide
from news.revising.judging import Verdict, judge

__all__ = [
    "Decision",
    "Gone",
    "History",
    "Moved",
    "NewRevision",
    "Present",
    "Unchanged",
    "Verdict",
    "Walled",
    "content_digest",
    "decide",
    "judge",
    "parts_changed",
]
