"""The comparison as one HTML page that needs nothing else: no script, no other file, no network.

The three views are one document: each row holds the block twice, left as it was and right as it is, both with all
edits; style sheets and three radio buttons choose what is seen. All text is escaped, characters that reorder or hide
text are written out, no address becomes a link, and the policy in the page forbids everything but this one style.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from html import escape
from itertools import groupby
from typing import Final

from news.compare.changes import (
    BlockChange,
    Comparison,
    Deleted,
    Equal,
    FieldChange,
    Inserted,
    Moved,
    Replaced,
    TextChange,
)
from news.compare.factual import FactChange, facts_of
from news.compare.marking import marks_of
from news.compare.showing import (
    FIELD_NAMES,
    Departure,
    Marks,
    RolledOff,
    Shown,
    edits_of,
    field_lines,
    note,
    number_of,
    one_line,
    role_of,
    rolled_off_in_words,
    summarise,
    unchanged,
    visible,
    with_departures,
)
from news.compare.style import STYLE
from news.model import Article

POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'"
)
VIEWS: Final = (("inline", "Inline"), ("side", "Side by side"), ("only", "Changes only"))
TAGS: Final = {"paragraph": "p", "heading": "h3", "quote": "blockquote", "list": "p", "notice": "p"}
LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def render_html(
    comparison: Comparison,
    *,
    title: Sequence[str] = (),
    from_label: str = "Before",
    to_label: str = "After",
    classes: Iterable[str] = (),
    declared_by: Iterable[str] = (),
) -> str:
    """Return the page; `title` lines (the address, the two revisions) stand above and below the headline."""
    stated = list(classes)
    facts = facts_of(comparison)
    marks = marks_of(comparison, facts)
    summary = summarise(comparison, classes=stated, declared_by=declared_by)
    return "".join(
        [
            "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n",
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n',
            '<meta name=viewport content="width=device-width, initial-scale=1">\n',
            f"<title>What changed: {_safe(one_line(comparison.after.headline))}</title>\n",
            f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n",
            *_header(comparison, title, summary, stated, marks),
            *_facts(facts),
            *_fields(comparison, marks),
            *_body(comparison, (from_label, to_label), marks),
            "</main>\n</body>\n</html>\n",
        ]
    )


def _safe(text: str) -> str:
    return escape(visible(text), quote=True)


def _marked(edits: Iterable[Shown]) -> str:
    """Return the edits as markup; what one edit was cut into for its marks is one element."""
    return "".join(_mark(op, list(run)) for op, run in groupby(edits, key=_element))


def _element(edit: Shown) -> str:
    return f"{edit.op} moved" if edit.mark == "moved" else edit.op


def _mark(element: str, edits: Sequence[Shown]) -> str:
    """Return the edit as markup, white space on its borders outside the mark."""
    text = "".join(edit.text for edit in edits)
    if element == "equal" or not text:
        return _safe(text)
    tag = "ins" if element.startswith("insert") else "del"
    opening = f"<{tag} class=moved>" if element.endswith("moved") else f"<{tag}>"
    inner = text.strip() or text
    before, _, after = text.partition(inner)
    if inner == "¶" and after:
        after = "<br class=came> "  # where a line's end came: the old text, which has none, keeps its space
    return f"{before}{opening}{_with_facts(edits, len(before), len(before) + len(inner))}</{tag}>{after}"


def _with_facts(edits: Sequence[Shown], start: int, end: int) -> str:
    """Return the text of the edits between two places, facts marked."""
    shown, at = "", 0
    for edit in edits:
        text = _safe(edit.text[max(start - at, 0) : max(end - at, 0)])
        shown += f"<mark>{text}</mark>" if edit.mark == "fact" and text else text
        at += len(edit.text)
    return shown


def _language(article: Article) -> str:
    known = article.language and LANGUAGE.fullmatch(article.language)
    return f" lang={article.language}" if known else ""


def _header(
    comparison: Comparison, title: Sequence[str], summary: str, classes: Sequence[str], marks: Marks
) -> Iterator[str]:
    language = _language(comparison.after)
    yield "<header>\n"
    yield from (f"<p class=source>{_safe(one_line(line))}</p>\n" for line in title[:1])
    for name, tag in (("kicker", "p class=kicker"), ("headline", "h1"), ("standfirst", "p class=standfirst")):
        text = getattr(comparison.after, name)
        change = comparison.field(name)
        marked = _marked(field_lines(change, marks)[0]) if change else _safe(text or "")
        if marked:
            yield f"<{tag} dir=auto{language}>{marked}</{tag.split()[0]}>\n"
    yield from (f"<p class=when>{_safe(one_line(line))}</p>\n" for line in title[1:])
    standing = next((name for name in ("stealth", "declared") if name in classes), "")
    badge = f"<strong class={standing}>{standing.capitalize()}</strong> " if standing else ""
    yield f"<p class=summary>{badge}{_safe(summary[:1].upper() + summary[1:])}</p>\n</header>\n"


def _facts(facts: Sequence[FactChange]) -> Iterator[str]:
    """Yield the list of the facts that changed, where some did."""
    if facts:
        rows = "".join(map(_fact, facts))
        yield f"<section class=facts>\n<h2>Facts that changed</h2>\n<ul>\n{rows}</ul>\n</section>\n"


def _fact(fact: FactChange) -> str:
    name = "Speaker" if fact.part == "attribution" else fact.kind.capitalize()
    index = fact.to_index if fact.to_index is not None else fact.from_index
    where = FIELD_NAMES.get(fact.where, "") if fact.where != "body" or index is None else f"Paragraph {index + 1}"
    old = f"<del>{_safe(one_line(fact.before))}</del>" if fact.before is not None else "<span>not stated</span>"
    new = f"<ins>{_safe(one_line(fact.after))}</ins>" if fact.after is not None else "<span>not stated</span>"
    return f"<li><b>{name}</b> <span dir=auto>{old} → {new}</span> <small>{where}</small></li>\n"


def _fields(comparison: Comparison, marks: Marks) -> Iterator[str]:
    """Yield the changed fields that the header does not show."""
    fields = [change for change in comparison.fields if change.name not in ("kicker", "headline", "standfirst")]
    if fields:
        rows = "".join(_field(change, marks) for change in fields)
        yield f"<section class=fields>\n<h2>Around the text</h2>\n<dl>\n{rows}</dl>\n</section>\n"


def _field(change: FieldChange, marks: Marks) -> str:
    plain = "" if isinstance(change, TextChange) else " class=items"
    lines = "".join(f"<dd{plain} dir=auto>{_marked(line)}</dd>" for line in field_lines(change, marks))
    return f"<div><dt>{FIELD_NAMES[change.name]}</dt>{lines}</div>\n"


def _body(comparison: Comparison, labels: tuple[str, str], marks: Marks) -> Iterator[str]:
    yield "<section class=diff>\n<h2>The text</h2>\n"
    if all(isinstance(change, Equal) for change in comparison.blocks):
        yield "<p class=same>The text did not change.</p>\n"
    for index, (name, label) in enumerate(VIEWS):
        checked = " checked" if index == 0 else ""
        yield f"<input type=radio name=view id={name}{checked}><label for={name}>{label}</label>\n"
    yield "<p class=legend><span><del>removed</del></span> <span><ins>added</ins></span> "
    yield "<span class=moved>moved</span> <span><ins><mark>fact</mark></ins></span></p>\n"
    yield f"<div class=body{_language(comparison.after)}>\n"
    yield f"<div class=heads>{''.join(f'<p>{_safe(one_line(label))}</p>' for label in labels)}</div>\n"
    for equal, run in groupby(with_departures(comparison.blocks), key=lambda change: isinstance(change, Equal)):
        rows = [_row(change, marks) for change in run]
        if equal:
            yield f"<p class=gap>{unchanged(len(rows))}</p>\n"
        yield from rows
    yield "</div>\n</section>\n"


def _row(change: BlockChange | Departure | RolledOff, marks: Marks) -> str:
    if isinstance(change, Departure):
        return _departure(change.moved, marks)
    if isinstance(change, RolledOff):
        return _rolled_off(change)
    edits = _text(change, edits_of(change, marks))
    old = "" if isinstance(change, Inserted | Moved) else edits
    new = "" if isinstance(change, Deleted) else edits
    said = note(change)
    told = f"<p class=note>{_safe(said[:1].upper() + said[1:])}</p>" if said else ""
    return (
        f"<div class='row {_kind(change)}'><div class=number>{number_of(change)}</div>"
        f"<div class=old>{old}</div><div class=new>{told}{new}</div></div>\n"
    )


def _departure(moved: Moved, marks: Marks) -> str:
    edits = edits_of(moved, marks)
    return (
        f"<div class='row departure'><div class=number>{moved.from_indexes[0] + 1}</div><div class=old>"
        f"<p class=note>Paragraph {moved.from_indexes[0] + 1} moved to {moved.to_indexes[0] + 1}</p>"
        f"{_text(moved, edits)}</div><div class=new></div></div>\n"
    )


def _rolled_off(change: RolledOff) -> str:
    """Return the row of what rolled off, folded: it can be opened and read, but did not go."""
    texts = "".join(
        f"<{TAGS[block.role]} class='text {block.role}' dir=auto>{_safe(block.text)}</{TAGS[block.role]}>\n"
        for block in change.blocks
    )
    return f"<details class=rolled><summary>{rolled_off_in_words(change.entries)}</summary>\n{texts}</details>\n"


def _text(change: BlockChange, edits: Sequence[Shown]) -> str:
    role = role_of(change)
    return f"<{TAGS[role]} class='text {role}' dir=auto>{_marked(edits)}</{TAGS[role]}>"


def _kind(change: BlockChange) -> str:
    match change:
        case Equal():
            return "equal"
        case Inserted():
            return "inserted"
        case Deleted():
            return "deleted"
        case Replaced(wording=wording):
            return "replaced whole" if wording.whole else "replaced"
        case Moved(wording=wording):
            return "moved whole" if wording and wording.whole else "moved"
