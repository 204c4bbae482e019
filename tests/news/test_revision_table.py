"""Every meeting of text, printed stamp, structured stamp, notice and life-cycle: what it makes, cell by cell.

The table lies in `tests/fixtures/revisions/table.tsv`, for people to read. `python -m tests.news.test_revision_table`
writes it anew; the law below, which is design.md's section 5 in other words, says whether it is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from news.model import Article, Block, CaptureRef, Stamp, StampKind
from news.revising import Gone, History, Moved, NewRevision, Present, decide
from news.revising.deciding import Occasion, Sight

TABLE = Path(__file__).parents[1] / "fixtures" / "revisions" / "table.tsv"
HEAD = "text\tprinted\tstructured\tnotice\tlife\tclasses\tdeclared by\n"
URL = "https://gazette.example/news/quay/"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SELF_MOVING = frozenset({"meta:article:modified_time"})


def stamp(kind: StampKind, source: str, minute: int | None, text: str = "") -> Stamp:
    at = None if minute is None else NOON + timedelta(minutes=minute)
    return Stamp(kind=kind, at=at, text=text or f"12:{minute}", source=source)


@dataclass(frozen=True)
class Axis:
    """What one part of the page shows before and after."""

    before: object
    after: object


def words(*minutes: int | str) -> tuple[Stamp, ...]:
    return tuple(
        stamp("updated", "printed", said) if isinstance(said, int) else stamp("updated", "printed", None, said)
        for said in minutes
    )


def modified(minute: int | None, source: str = "json-ld:dateModified") -> tuple[Stamp, ...]:
    return () if minute is None else (stamp("updated", source, minute),)


def notice(*texts: str) -> tuple[Block, ...]:
    return tuple(Block(role="notice", text=text) for text in texts)


TEXT = {"same": Axis("The quay opens.", "The quay opens."), "changed": Axis("The quay opens.", "The quay shuts.")}
PRINTED = {
    "still": Axis(words(1), words(1)),
    "none": Axis((), ()),
    "moved": Axis(words(1), words(20)),
    "appeared": Axis((), words(20)),
    "vanished": Axis(words(1), ()),
    "other words": Axis(words("Sunday lunchtime"), words("Sunday evening")),
    "relative": Axis(words("Updated 2 hours ago"), words("Updated 3 hours ago")),
}
STRUCTURED = {
    "still": Axis(modified(1), modified(1)),
    "moved": Axis(modified(1), modified(20)),
    "appeared": Axis((), modified(20)),
    "vanished": Axis(modified(1), ()),
    "moves by itself": Axis(modified(1, *SELF_MOVING), modified(20, *SELF_MOVING)),
}
NOTICE = {
    "none": Axis((), ()),
    "kept": Axis(notice("Correction: it is a quay."), notice("Correction: it is a quay.")),
    "appeared": Axis((), notice("Correction: it is a quay.")),
    "changed": Axis(notice("Correction: a quay."), notice("Correction: it is a quay.")),
    "vanished": Axis(notice("Correction: it is a quay."), ()),
}
LIFE: dict[str, tuple[Sight, ...]] = {
    "stayed": (),
    "was gone": (Gone(status=404),),
    "was moved": (Moved(to="https://gazette.example/news/other/"),),
}

Cell = tuple[str, str, str, str, str]
CELLS: list[Cell] = list(product(TEXT, PRINTED, STRUCTURED, NOTICE, LIFE))


def shown(cell: Cell, when: str) -> Article:
    """Return the article as it stands `before` or `after`."""
    axes = (TEXT, PRINTED, STRUCTURED, NOTICE)
    text, printed, structured, told = (getattr(axis[name], when) for axis, name in zip(axes, cell, strict=False))
    body = (Block(role="paragraph", text=text), *told)
    return Article(headline="The quay", stamps=(*printed, *structured), body=body)


def occasion(minute: int) -> Occasion:
    return Occasion(
        site="gazette",
        article_id="a" * 20,
        url=URL,
        reader="generic/1",
        at=NOON + timedelta(minutes=minute),
        capture=CaptureRef(record_id=f"<urn:{minute}>", segment="s", payload_digest=None, block_digest="sha256:1"),
    )


def decided(cell: Cell) -> tuple[str, str]:
    """Return the classes and what declared them, `-` where this makes no revision."""
    known = History(self_moving=SELF_MOVING)
    for minute, sight in enumerate((Present(article=shown(cell, "before")), *LIFE[cell[4]])):
        made = decide(known, sight, occasion(minute))
        assert isinstance(made, NewRevision)
        spoken = made.revision if made.revision.article else known.spoken
        known = replace(known, latest=made.revision, spoken=spoken, last_look=made.revision.seen_first)
    match decide(known, Present(article=shown(cell, "after")), occasion(30)):
        case NewRevision(revision=revision):
            return " ".join(revision.classes), " ".join(revision.declared_by)
    return "-", ""


def lawful(cell: Cell) -> tuple[str, str]:
    """Return the same by the law: a change of content, else a moved printed stamp, else a change of life-cycle."""
    text, printed, structured, told, life = cell
    stamped = printed in {"moved", "appeared", "other words"}
    by = ["stamp"] * (stamped or structured in {"moved", "appeared"}) + ["notice"] * (told in {"appeared", "changed"})
    back = ["back"] * (life != "stayed")
    if text == "changed" or told in {"appeared", "changed", "vanished"}:
        correction = ["correction"] * ("notice" in by)
        return " ".join(["declared" if by else "stealth", "body", *correction, *back]), " ".join(by)
    return " ".join(["restamped"] * stamped + back) or "-", ""


def rows() -> Iterator[list[str]]:
    for line in TABLE.read_text().splitlines()[1:]:
        yield line.split("\t")


def test_the_table_has_every_cell_once() -> None:
    assert [tuple(row[:5]) for row in rows()] == CELLS


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: " | ".join(row[:5]))
def test_a_cell(row: list[str]) -> None:
    cell, told = tuple(row[:5]), (row[5], row[6])
    assert decided(cell) == told  # type: ignore[arg-type]
    assert lawful(cell) == told  # type: ignore[arg-type]


if __name__ == "__main__":
    TABLE.write_text(HEAD + "".join("\t".join((*cell, *decided(cell))) + "\n" for cell in CELLS))
