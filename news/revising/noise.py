"""Which edits are noise: corrections of spelling, style, addresses of pictures and links. Named, and never dropped.

A rule here only says that an edit is of its kind; `weighing` gives it the least weight, or its full weight again where
the rule is switched off. An edit that touches a figure is never noise.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from posixpath import basename
from typing import Final
from urllib.parse import urlsplit

from rapidfuzz.distance import OSA

from news.compare import ListChange, WordEdit, Wording
from news.model import Link, Picture, Stamp

SHORTEST: Final = 4
"""Letters of a word in which one other letter may be a slip; in shorter ones it is another word (now, not)."""

_LETTERS = re.compile(r"[^\W_]+")
_NEGATING = re.compile(r"n['\u2019]t$", re.IGNORECASE)
_SIZES = re.compile(r"\d+x\d+|[-_]\d+(?=\.)|[-_]?(?:small|medium|large|thumb)", re.IGNORECASE)
_BY = re.compile(r"^\W*by\s+", re.IGNORECASE)


def noise_of(wording: Wording, off: Collection[str]) -> frozenset[str] | None:
    """Return the noise rules that between them explain all edits of a text, or None where one edit is no noise."""
    found = set[str]()
    for old, new in () if wording.whole else _runs(wording.edits):
        rule = _kind(old, new)
        if rule is None or rule in off:
            return None
        found.add(rule)
    return frozenset(found) or None


def spelt_otherwise(before: str, after: str) -> bool:
    """Return whether two words are one, with a letter or two that slipped."""
    old, new = before.casefold(), after.casefold()
    if not old or not new or old[0] != new[0] or bool(_NEGATING.search(old)) != bool(_NEGATING.search(new)):
        return False
    shorter = min(len(old), len(new))
    return shorter >= SHORTEST and OSA.distance(old, new) <= (2 if shorter >= SHORTEST + 2 else 1)


def same_style_apart(before: str, after: str) -> bool:
    """Return whether two texts say the same letters in the same order, and no figure."""
    either = before + after
    if any(letter.isdigit() for letter in either) or any(mark in either for mark in "£$€%"):
        return False
    return _folded(before) == _folded(after)


def same_names(before: Sequence[str], after: Sequence[str]) -> bool:
    """Return whether two bylines name the same people."""
    old, new = ([_folded(_BY.sub("", name)) for name in names] for names in (before, after))
    return sorted(old) == sorted(new)


def same_files(change: ListChange) -> bool:
    """Return whether pictures changed in nothing that a reader sees but perhaps their size."""
    old, new = (sorted(_shown(item) for item in items if isinstance(item, Picture)) for items in _sides(change))
    return old == new


def same_targets(change: ListChange) -> bool:
    """Return whether links lead where they led, but for what follows `?` or `#`."""
    old, new = (sorted(_target(item) for item in items if isinstance(item, Link)) for items in _sides(change))
    return old == new


def only_read_more(change: ListChange) -> bool:
    """Return whether all links that came, went or changed lead to other stories."""
    items = [*change.added, *change.removed, *(side for item in change.changed for side in (item.before, item.after))]
    return bool(items) and all(isinstance(item, Link) and item.role == "read-more" for item in items)


def same_instants(before: Sequence[Stamp], after: Sequence[Stamp]) -> bool:
    """Return whether the printed stamps state the same instants."""
    old, new = ([(one.kind, one.at) for one in side if one.printed] for side in (before, after))
    return all(at is not None for _, at in (*old, *new)) and old == new


def _runs(edits: Sequence[WordEdit]) -> Iterator[tuple[str, str]]:
    """Yield what went and what came in its place, for each place."""
    for equal, run in groupby(edits, key=lambda edit: edit.op == "equal"):
        if not equal:
            parts = list(run)
            yield _joined(parts, "delete"), _joined(parts, "insert")


def _joined(edits: Sequence[WordEdit], op: str) -> str:
    return "".join(edit.text for edit in edits if edit.op == op)


def _kind(old: str, new: str) -> str | None:
    if same_style_apart(old, new):
        return "style"
    one, other = old.strip(), new.strip()
    return "typo" if one.isalpha() and other.isalpha() and spelt_otherwise(one, other) else None


def _folded(text: str) -> str:
    return "".join(_LETTERS.findall(text)).casefold()


def _sides(change: ListChange) -> tuple[Sequence[object], Sequence[object]]:
    return change.before, change.after


def _shown(picture: Picture) -> str:
    words = [picture.caption or "", picture.credit or ""]
    return "\0".join(words if any(words) else [_SIZES.sub("", basename(urlsplit(picture.url).path))])


def _target(link: Link) -> str:
    parts = urlsplit(link.url)
    return "\0".join((link.role, link.text, parts.netloc, parts.path.rstrip("/")))
