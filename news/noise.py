"""The noise rules by name: edits that weigh least, because one of these explains them. None of them hides anything."""

from __future__ import annotations

from typing import Final

NOISE: Final = {
    "typo": "one word is spelt otherwise: one or two letters of a longer word, the first one kept",
    "style": "punctuation, quotation marks, white space or capitals only",
    "picture-file": "a picture's address, size or alt text only",
    "link-parameters": "what follows ? or # in a link's address only",
    "read-more": "links to other stories came or went",
    "live-entries": "a live blog has new entries",
    "time-format": "a printed or stated time is written otherwise",
    "byline-format": "the authors are the same, written otherwise",
    "labels": "section, tags, language or canonical address",
}
"""The noise rules of `significance/1`, with what each one takes for noise."""
