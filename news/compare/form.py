"""The comparison as JSON (design.md, section 8), and back: the blocks rebuild both bodies.

The form, also told in docs/diff-format.md:

- `from`, `to`: what the caller says of the two states; null when it says nothing. `classes`: of the revision.
- `fields`: one entry for each field that changed, none for others. A text (`headline`, `kicker`, `standfirst`,
  `section`, `language`, `canonical_url`) has `from`, `to` and `words`. A list (`authors`, `stamps`, `pictures`,
  `links`, `tags`) has `from`, `to`, `added`, `removed` and `changed`: `{"from", "to", "parts": {part: {"from", "to",
  "words"}}}` for items that are the same by address (pictures, links) or by kind and source (stamps). Where these
  three are empty, only the order changed.
- `blocks`: the body, each block of either side once, in reading order; `from_index` and `to_index` count from 0.
    - `equal`: `role`, `text`, `from_index`, `to_index`
    - `insert`: `role`, `text`, `to_index`
    - `delete`: `role`, `text`, `from_index`; `rolled_off` is true where newer entries of a live blog pushed it off
    - `replace`: `role`, `from_text`, `to_text`, `from_index`, `to_index`, `words`, `whole`, `degraded`
    - `move`: `role`, `text`, `from_index`, `to_index`; when it was edited too, also what `replace` has
  Where the role changed, `from_role` and `to_role` tell. Where blocks were split, joined or divided anew, `split` or
  `merge` (or both) is true, `from_indexes`, `to_indexes`, `from_texts`, `to_texts`, `from_roles` and `to_roles` list
  the blocks, and `from_text` and `to_text` are those texts joined by a blank line.
- `words`: `[{"op": "equal|insert|delete", "text"}]`, exact down to the white space: equal and delete joined are the
  old text, equal and insert the new.
- `passages`: sentences that moved between or within blocks: `before`, `after`, `from_index`, `from_at`, `to_index`,
  `to_at`, and `words` where the sentence was edited too.
- `facts`: what changed of numbers, quotations, names and dates; see `news.compare.factual.FactChange`.
- `stats`: `words_added`, `words_removed`, `moves`, `sentences_moved` of the body; fields are not counted. A word is a
  run between white space. Words that only moved count as neither. `entries_rolled_off`: entries of a live blog that
  newer ones pushed off the page, their words not counted.
- `degraded`: true when some text was too long to be compared word by word everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import accumulate
from typing import Any, TypeAlias

from news.compare.changes import (
    BREAK,
    BlockChange,
    Comparison,
    Deleted,
    Equal,
    FieldChange,
    Inserted,
    ListItem,
    Moved,
    Passage,
    Replaced,
    TextChange,
    WordEdit,
    Wording,
)
from news.compare.factual import facts_of
from news.model import Block, Stamp
from news.serial import stamp_json

Row: TypeAlias = dict[str, object]


def as_json(
    comparison: Comparison, *, from_: object = None, to: object = None, classes: Iterable[str] = ()
) -> dict[str, object]:
    """Return the comparison in plain values, ready for `json.dumps`; `from_` and `to` are passed on as given."""
    return {
        "from": from_,
        "to": to,
        "classes": list(classes),
        "fields": {change.name: _field(change) for change in comparison.fields},
        "blocks": [_block(change) for change in comparison.blocks],
        "passages": [_passage(passage) for passage in comparison.passages],
        "facts": [fact._asdict() for fact in facts_of(comparison)],
        "stats": asdict(comparison.stats),
        "degraded": comparison.degraded,
    }


def apply_blocks(blocks: Iterable[Mapping[str, Any]]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return `(role, text)` of each block before and after, rebuilt from the `blocks` of the JSON alone."""
    before: dict[int, tuple[str, str]] = {}
    after: dict[int, tuple[str, str]] = {}
    for row in blocks:
        for side, body in (("from", before), ("to", after)):
            indexes = row.get(f"{side}_indexes") or [row.get(f"{side}_index")]
            roles = row.get(f"{side}_roles") or [row.get(f"{side}_role", row["role"])]
            texts = row.get(f"{side}_texts") or [row[f"{side}_text"] if f"{side}_text" in row else row["text"]]
            if indexes != [None]:
                body.update(zip(indexes, zip(roles, texts, strict=True), strict=True))
    return [before[index] for index in sorted(before)], [after[index] for index in sorted(after)]


def patched(body: Sequence[tuple[str, str]], blocks: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return `(role, text)` of the newer body, made of the older one and the `blocks` of the JSON.

    What stayed is taken from `body`, what was edited is made by its `words`. Raise `ValueError` where the older body is
    not the one that was compared.
    """
    after: dict[int, tuple[str, str]] = {}
    used = 0
    for row in blocks:
        froms = row.get("from_indexes") or [row[key] for key in ("from_index",) if key in row]
        tos = row.get("to_indexes") or [row[key] for key in ("to_index",) if key in row]
        used += len(froms)
        if any(index >= len(body) for index in froms):
            raise ValueError("the diff was made from a longer text than this; apply it to the text it was made from")
        old = BREAK.join(body[index][1] for index in froms)
        roles = row.get("to_roles") or [row.get("to_role", row["role"])] * len(tos)
        after.update(zip(tos, zip(roles, _texts(row, old), strict=True), strict=True) if tos else ())
    if used != len(body):
        raise ValueError(f"the diff was made from {used} blocks, this text has {len(body)}; apply it to that text")
    return [after[index] for index in sorted(after)]


def _texts(row: Mapping[str, Any], old: str) -> list[str]:
    """Return the new texts of an entry, given the old text that stands where it came from."""
    if row["op"] == "insert":
        return [row["text"]]
    op = "delete" if row["op"] == "delete" else "equal"
    edits = row["words"] if "words" in row else [{"op": op, "text": row["text"]}]
    if "".join(edit["text"] for edit in edits if edit["op"] != "insert") != old:
        where = f"block {row.get('from_index')} does not read as the diff says"
        raise ValueError(f"{where}; apply it to the text it was made from")
    new = "".join(edit["text"] for edit in edits if edit["op"] != "delete")
    ends = list(accumulate(len(text) + len(BREAK) for text in row.get("to_texts", [new])))
    return [new[start : end - len(BREAK)] for start, end in zip([0, *ends], ends, strict=False)]


def _passage(passage: Passage) -> Row:
    row: Row = passage._asdict()
    wording = row.pop("wording")
    return row if wording is None else row | {"words": _words(passage.wording.edits if passage.wording else ())}


def _block(change: BlockChange) -> Row:
    match change:
        case Equal(block=block, from_index=old, to_index=new):
            return {"op": "equal", "role": block.role, "text": block.text, "from_index": old, "to_index": new}
        case Inserted(block=block, to_index=new):
            return {"op": "insert", "role": block.role, "text": block.text, "to_index": new}
        case Deleted(block=block, from_index=old, rolled_off=off):
            row: Row = {"op": "delete", "role": block.role, "text": block.text, "from_index": old}
            return row | {"rolled_off": True} if off else row
        case Replaced():
            return _edited("replace", change)
        case Moved():
            return _edited("move", change)


def _edited(op: str, change: Replaced | Moved) -> Row:
    before, after = change.before, change.after
    row: Row = {"op": op, "role": after[0].role}
    if isinstance(change, Moved):
        row["text"] = _text(after)
    if change.wording:
        row |= {"from_text": _text(before), "to_text": _text(after)}
    row |= {"from_index": change.from_indexes[0], "to_index": change.to_indexes[0]}
    if before[0].role != after[0].role:
        row |= {"from_role": before[0].role, "to_role": after[0].role}
    if len(before) > 1 or len(after) > 1:
        row |= {"split": len(after) > 1, "merge": len(before) > 1}
        row |= {"from_indexes": list(change.from_indexes), "to_indexes": list(change.to_indexes)}
        row |= {"from_texts": [block.text for block in before], "to_texts": [block.text for block in after]}
        row |= {"from_roles": [block.role for block in before], "to_roles": [block.role for block in after]}
    if change.wording:
        wording = change.wording
        row |= {"words": _words(wording.edits), "whole": wording.whole, "degraded": wording.degraded}
    return row


def _text(blocks: Sequence[Block]) -> str:
    return BREAK.join(block.text for block in blocks)


def _words(edits: Sequence[WordEdit]) -> list[Row]:
    return [{"op": edit.op, "text": edit.text} for edit in edits]


def _field(change: FieldChange) -> Row:
    if isinstance(change, TextChange):
        return _text_field(change.before, change.after, change.wording)
    return {
        "from": [_item(item) for item in change.before],
        "to": [_item(item) for item in change.after],
        "added": [_item(item) for item in change.added],
        "removed": [_item(item) for item in change.removed],
        "changed": [
            {
                "from": _item(item.before),
                "to": _item(item.after),
                "parts": {part.name: _text_field(part.before, part.after, part.wording) for part in item.parts},
            }
            for item in change.changed
        ],
    }


def _text_field(before: str | None, after: str | None, wording: Wording) -> Row:
    return {"from": before, "to": after, "words": _words(wording.edits)}


def _item(item: ListItem) -> object:
    if isinstance(item, str):
        return item
    if isinstance(item, Stamp):
        return {"kind": item.kind, **(stamp_json(item) or {})}
    return asdict(item)
