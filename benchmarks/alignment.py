# ruff: noqa: ARG001, RUF001 (all tools are called alike; the marks that look alike are what is looked for)
"""Judge the diff, and four others, on the gold set: what each says changed, beside what is known to have changed.

    python benchmarks/alignment.py [--seed SEED] [--pairs N] [--tools ours,difflib,...] [--misses]

Without `--seed` the committed pairs are judged; with it, others made by the same generator (tune on those).
docs/diff-quality.md tells how an alignment, a move and a changed fact are read from the output of a tool that has no
word for them; it holds this table.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from diff_match_patch import diff_match_patch
from redlines import Redlines
from redlines.processor import concatenate_paragraphs_and_add_chr_182, tokenize_text

from benchmarks.gold.myers import diff_words
from benchmarks.gold.writing import pairs, read
from news.compare import Deleted, Equal, Inserted, Passage, compare, facts_of
from news.compare.statements import Fact, Hearing, quoted, stated
from news.model import Article, Block

Kept = tuple[int, int, int]
"""A run of characters that stayed: where it begins in the old body, where in the new, and how long it is."""

BREAK = "\n\n"
NUMBER = re.compile(r"(?<![\w.,])[-−+]?[£$€]?\d+(?:[.,]\d+)*(?:\s?%|°C|bn\b|m\b|k\b|am\b|pm\b)?")
QUOTATION = re.compile('“[^”]*”|"[^"]*"|«[^»]*»|‘[^‘”“]*?’(?!\\w)')
OURS = "ours"


@dataclass
class Told:
    """What a tool said of a pair, read from its output."""

    kept: list[Kept]
    moved: set[tuple[int, int]] | None = None
    facts: list[tuple[str, str, str]] | None = None


@dataclass
class Score:
    right: int = 0
    said: int = 0
    known: int = 0

    def add(self, said: Counter[Any], known: Counter[Any]) -> None:
        self.right += sum((said & known).values())
        self.said += sum(said.values())
        self.known += sum(known.values())

    @property
    def precision(self) -> float:
        return self.right / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.known if self.known else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass
class Result:
    alignment: Score = field(default_factory=Score)
    moves: Score = field(default_factory=Score)
    facts: Score = field(default_factory=Score)
    numbers_split: int = 0
    quotations_split: int = 0
    seconds: float = 0.0


class Body:
    """One version's body as one text, and where each sentence of it lies."""

    def __init__(self, version: dict[str, Any]) -> None:
        self.blocks = [(role, " ".join(told)) for role, told in version["body"]]
        self.text = BREAK.join(text for _, text in self.blocks)
        self.starts: list[int] = []
        self.spans: list[tuple[int, int]] = []
        self.sentences: list[str] = []
        at = 0
        for _, told in version["body"]:
            self.starts.append(at)
            for sentence in told:
                self.spans.append((at, at + len(sentence)))
                self.sentences.append(sentence)
                at += len(sentence) + 1
            at += len(BREAK) - 1
        self.sentence_at = [-1] * len(self.text)
        for index, (start, end) in enumerate(self.spans):
            self.sentence_at[start:end] = [index] * (end - start)


def ours(pair: dict[str, Any], old: Body, new: Body) -> Told:
    comparison = compare(_article(pair["before"], old), _article(pair["after"], new))
    kept: list[Kept] = []
    moved: list[Kept] = []
    for change in comparison.blocks:
        match change:
            case Equal():
                kept.append((old.starts[change.from_index], new.starts[change.to_index], len(change.block.text)))
            case Inserted() | Deleted():
                continue
            case _:
                runs = _block_runs(change, old, new)
                kept += runs
                moved += runs if type(change).__name__ == "Moved" else []
    passages = [run for passage in comparison.passages for run in _passage_runs(passage, old, new)]
    found = [
        (f"{fact.kind}:{fact.part}" if fact.part else fact.kind, fact.before or "", fact.after or "")
        for fact in facts_of(comparison)
    ]
    return Told([*kept, *passages], set(_aligned([*moved, *passages], old, new)), found)


def _article(version: dict[str, Any], body: Body) -> Article:
    blocks = tuple(Block(role=role, text=text) for role, text in body.blocks)
    return Article(headline=version["headline"], standfirst=version["standfirst"], body=blocks, language="en")


def _block_runs(change: Any, old: Body, new: Body) -> list[Kept]:
    """Return what stayed of an edited block; in one that was split or joined, piece by piece."""
    if change.wording is None:
        places = zip(change.from_indexes, change.to_indexes, change.after, strict=True)
        return [(old.starts[one], new.starts[other], len(block.text)) for one, other, block in places]
    old_places, new_places = (
        _places(change.before, change.from_indexes, old),
        _places(change.after, change.to_indexes, new),
    )
    runs, at_old, at_new = [], 0, 0
    for op, text in change.wording.edits:
        if op == "equal":
            runs += [(old_places[at_old + step], new_places[at_new + step], 1) for step in range(len(text))]
        at_old += len(text) * (op != "insert")
        at_new += len(text) * (op != "delete")
    return runs


def _passage_runs(passage: Passage, old: Body, new: Body) -> Iterator[Kept]:
    at_old = old.starts[passage.from_index] + passage.from_at
    at_new = new.starts[passage.to_index] + passage.to_at
    for op, text in passage.wording.edits if passage.wording else [("equal", passage.after)]:
        if op == "equal":
            yield at_old, at_new, len(text)
        at_old += len(text) * (op != "insert")
        at_new += len(text) * (op != "delete")


def _places(blocks: Sequence[Block], indexes: Sequence[int], body: Body) -> list[int]:
    places: list[int] = []
    for block, index in zip(blocks, indexes, strict=True):
        places += range(body.starts[index], body.starts[index] + len(block.text) + len(BREAK))
    return places


def difflib_words(pair: dict[str, Any], old: Body, new: Body) -> Told:
    return Told(_of_tokens(re.findall(r"\S+\s*", old.text), re.findall(r"\S+\s*", new.text)))


def _of_tokens(old: list[str], new: list[str]) -> list[Kept]:
    old_at, new_at = _offsets(old), _offsets(new)
    blocks = SequenceMatcher(None, old, new).get_matching_blocks()
    return [(old_at[one], new_at[other], old_at[one + size] - old_at[one]) for one, other, size in blocks if size]


def _offsets(tokens: Sequence[str]) -> list[int]:
    at = [0]
    for token in tokens:
        at.append(at[-1] + len(token))
    return at


def diff_match_patch_semantic(pair: dict[str, Any], old: Body, new: Body) -> Told:
    tool = diff_match_patch()
    diffs = tool.diff_main(old.text, new.text)
    tool.diff_cleanupSemantic(diffs)
    return Told(_of_edits((("delete", "equal", "insert")[op + 1], text) for op, text in diffs))


def jsdiff_words(pair: dict[str, Any], old: Body, new: Body) -> Told:
    return Told(_of_edits(diff_words(old.text, new.text)))


def _of_edits(edits: Any) -> list[Kept]:
    kept, at_old, at_new = [], 0, 0
    for op, text in edits:
        if op == "equal":
            kept.append((at_old, at_new, len(text)))
        at_old += len(text) * (op != "insert")
        at_new += len(text) * (op != "delete")
    return kept


def redlines_words(pair: dict[str, Any], old: Body, new: Body) -> Told:
    """Its own changes, over its own tokens; those that it adds for paragraphs have no place in the text."""
    old_tokens, new_tokens = (tokenize_text(concatenate_paragraphs_and_add_chr_182(body.text)) for body in (old, new))
    old_at, new_at = _found(old_tokens, old.text), _found(new_tokens, new.text)
    gone, came = set[int](), set[int]()
    for change in Redlines(old.text, new.text).redlines:
        gone.update(range(*(change.source_position or (0, 0))))
        came.update(range(*(change.test_position or (0, 0))))
    lefts = [index for index in range(len(old_tokens)) if index not in gone]
    rights = [index for index in range(len(new_tokens)) if index not in came]
    return Told(
        [
            (old_at[left], new_at[right], len(old_tokens[left].strip()))
            for left, right in zip(lefts, rights, strict=True)
            if old_at[left] >= 0 and new_at[right] >= 0
        ]
    )


def _found(tokens: Sequence[str], text: str) -> list[int]:
    places, at = [], 0
    for token in tokens:
        found = text.find(token.strip(), at) if "¶" not in token else -1
        places.append(found)
        at = found + len(token.strip()) if found >= 0 else at
    return places


TOOLS: dict[str, Callable[[dict[str, Any], Body, Body], Told]] = {
    OURS: ours,
    "difflib": difflib_words,
    "diff-match-patch": diff_match_patch_semantic,
    "jsdiff": jsdiff_words,
    "redlines": redlines_words,
}


def _aligned(kept: Sequence[Kept], old: Body, new: Body) -> Iterator[tuple[int, int]]:
    """Yield the sentences of which half the letters of the shorter one, or more, stayed in the other."""
    shared: Counter[tuple[int, int]] = Counter()
    for one, other, size in kept:
        for step in range(size):
            if one + step < len(old.text) and not old.text[one + step].isspace():
                both = old.sentence_at[one + step], new.sentence_at[other + step]
                shared[both] += min(both) >= 0
    for (left, right), count in shared.items():
        least = min(len(re.sub(r"\s", "", side)) for side in (old.sentences[left], new.sentences[right]))
        if left >= 0 and right >= 0 and count >= 0.5 * least:
            yield left, right


def _moves_seen(aligned: set[tuple[int, int]], old: Body, new: Body) -> set[tuple[int, int]]:
    """Return what a reader of a diff without moves can see: a sentence that went here and came there."""
    gone = [index for index in range(len(old.sentences)) if index not in {one for one, _ in aligned}]
    came = [index for index in range(len(new.sentences)) if index not in {other for _, other in aligned}]
    seen = set()
    for one in gone:
        words = Counter(old.sentences[one].split())
        for other in came:
            both = Counter(new.sentences[other].split())
            alike = 2 * sum((words & both).values()) / (words.total() + both.total())
            if words.total() >= 4 and alike >= 0.8:
                seen.add((one, other))
                came.remove(other)
                break
    return seen


def _facts_seen(
    kept: Sequence[Kept], aligned: set[tuple[int, int]], old: Body, new: Body
) -> list[tuple[str, str, str]]:
    """Return what a reader sees who knows facts as we do: those of a kept sentence that the marks touch, in order."""
    stayed = [set[int](), set[int]()]
    for one, other, size in kept:
        stayed[0].update(range(one, one + size))
        stayed[1].update(range(other, other + size))
    found = []
    for one, other in sorted(aligned):
        sides = [
            _touched(body, index, marks) for body, index, marks in ((old, one, stayed[0]), (new, other, stayed[1]))
        ]
        for kind in ("number", "quotation", "name", "date"):
            texts = [[text for its, text in side if its == kind] for side in sides]
            found += [(kind, left, right) for left, right in zip(*texts, strict=False) if left != right]
    return found


def _touched(body: Body, index: int, stayed: set[int]) -> list[tuple[str, str]]:
    sentence, start = body.sentences[index], body.spans[index][0]
    facts: list[Fact] = [*stated(sentence, Hearing()), *quoted(sentence)]
    return [
        (fact.kind, sentence[fact.start : fact.end])
        for fact in sorted(facts, key=lambda fact: fact.start)
        if any(at + start not in stayed and not sentence[at].isspace() for at in range(fact.start, fact.end))
    ]


def _split(kept: Sequence[Kept], old: Body, new: Body) -> tuple[int, int]:
    """Return how many numbers stayed in part, and of how many quotations one mark stayed and the other did not."""
    numbers = quotations = 0
    for body, side in ((old, 0), (new, 1)):
        stayed = {run[side] + step for run in kept for step in range(run[2])}
        for match in NUMBER.finditer(body.text):
            parts = {at in stayed for at in range(match.start(), match.end()) if not body.text[at].isspace()}
            numbers += len(parts) > 1
        for match in QUOTATION.finditer(body.text):
            quotations += (match.start() in stayed) != (match.end() - 1 in stayed)
    return numbers, quotations


def _known(pair: dict[str, Any]) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    aligned = {(one, other) for one, other in pair["align"]}
    return aligned, {(one, other) for one, other in aligned if one in pair["moved"]}


def _named(both: set[tuple[int, int]], old: Body, new: Body) -> Counter[Any]:
    """Return the pairs, those of sentences that stand several times by their text: which one it was, nobody can say."""
    times = Counter(old.sentences) | Counter(new.sentences)
    return Counter(
        old.sentences[one]
        if times[old.sentences[one]] > 1 and old.sentences[one] == new.sentences[other]
        else (one, other)
        for one, other in both
    )


def _worded(facts: Sequence[Sequence[str]], *, merged: bool) -> Counter[Any]:
    """Return the facts as they are compared; `merged`: who spoke counts as a name, for tools that can't tell."""
    kinds = {"quotation:attribution": "name", "quotation:words": "quotation"} if merged else {}
    return Counter((kinds.get(kind, kind), before.rstrip(",."), after.rstrip(",.")) for kind, before, after in facts)


def judge(name: str, gold: Sequence[dict[str, Any]], *, misses: bool = False) -> Result:
    result = Result()
    for pair in gold:
        old, new = Body(pair["before"]), Body(pair["after"])
        started = time.perf_counter()
        told = TOOLS[name](pair, old, new)
        result.seconds += time.perf_counter() - started
        aligned = set(_aligned(told.kept, old, new))
        moved = told.moved if told.moved is not None else _moves_seen(aligned, old, new)
        known, known_moved = _known(pair)
        merged = told.facts is None
        found = told.facts if told.facts is not None else _facts_seen(told.kept, aligned, old, new)
        facts = [fact for fact in pair["facts"] if not merged or fact[1] in old.text]  # the others see no standfirst
        for score, said, right in (
            (result.alignment, _named(aligned, old, new), _named(known, old, new)),
            (result.moves, _named(moved, old, new), _named(known_moved, old, new)),
            (result.facts, _worded(found, merged=merged), _worded(facts, merged=merged)),
        ):
            score.add(said, right)
            if misses and said != right:
                _show(pair, old, new, said - right, right - said)
        numbers, quotations = _split(told.kept, old, new)
        result.numbers_split += numbers
        result.quotations_split += quotations
    return result


def _show(pair: dict[str, Any], old: Body, new: Body, wrong: Counter[Any], missed: Counter[Any]) -> None:
    print(f"-- {pair['id']} {pair['ops']}")
    for label, items in (("wrong", wrong), ("missed", missed)):
        for item in items:
            both = isinstance(item, tuple) and len(item) == 2
            print(f"   {label}: {item}", *((old.sentences[item[0]], "=>", new.sentences[item[1]]) if both else ()))


def row(name: str, result: Result, count: int) -> str:
    scores = " | ".join(
        f"{score.precision:.3f} / {score.recall:.3f} / {score.f1:.3f}"
        for score in (result.alignment, result.moves, result.facts)
    )
    split, took = f"{result.numbers_split} | {result.quotations_split}", 1000 * result.seconds / count
    return f"| {name} | {scores} | {split} | {took:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description="Judge the diff and others on the gold set.")
    parser.add_argument("--seed", type=int, help="judge pairs made with this seed instead of the committed ones")
    parser.add_argument("--pairs", type=int, default=330, help="how many, with --seed")
    parser.add_argument("--tools", default=",".join(TOOLS))
    parser.add_argument("--misses", action="store_true", help="show what was wrong or missed")
    chosen = parser.parse_args()
    gold = read() if chosen.seed is None else list(pairs(chosen.seed, chosen.pairs))
    print(f"{len(gold)} pairs; precision / recall / F1")
    print("| tool | alignment | moves | typed facts | numbers split | quotations split | ms a pair |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in chosen.tools.split(","):
        print(row(name, judge(name, gold, misses=chosen.misses), len(gold)), flush=True)


if __name__ == "__main__":
    main()
