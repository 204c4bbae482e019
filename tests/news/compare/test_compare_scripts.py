"""Any script, long words, marks that no one sees, endless lists of equal lines: told exactly, and the work ends."""
# ruff: noqa: RUF001 - Greek letters that look like Latin ones

import json
import random
import re

import pytest

from news.compare import apply_blocks, as_json, compare, patched, render_html, render_terminal, render_unified
from news.model import Article, Block

SCRIPTS = {
    "greek": "ο υπουργός είπε την Τρίτη ότι το συμβούλιο θα ψηφίσει για το λιμάνι",
    "arabic": "قال الوزير يوم الثلاثاء إن المجلس سيصوت على أعمال الميناء",
    "hebrew": "השר אמר ביום שלישי כי המועצה תצביע",
    "japanese": "大臣は 火曜日に 議会が 港の工事について 投票すると 述べた。",
    "hindi": "मंत्री ने मंगलवार को कहा कि परिषद बंदरगाह के काम पर मतदान करेगी",
    "emoji": "👩\u200d👩\u200d👧 🚢 ⚓\ufe0f 👍🏽 🇬🇷 harbour",
    "unseen": f"har\u200bbour \u200b e\u0301te \ufeffpier shut\u00ad {'x' * 500}",
}
NUMBERS = ["12", "21", "-5", "£1.2m", "10–15", "7.30am", "3,000", "1.5", "٣٤"]
QUOTED = ["“είναι”", "«oui»", "„nein“", '"no"']


def paragraph(chance: random.Random, words: list[str]) -> str:
    pool = [*words * 3, *NUMBERS, *QUOTED]
    return " ".join(chance.choice(pool) for _ in range(chance.randint(1, 25)))


def versions(chance: random.Random, words: list[str]) -> tuple[Article, Article]:
    """An article of up to eight paragraphs and what a few edits of any kind made of it."""
    before = [paragraph(chance, words) for _ in range(chance.randint(1, 8))]
    after = list(before)
    for _ in range(chance.randint(1, 5)):
        index = chance.randrange(len(after))
        inside = after[index].split(" ")
        inside[chance.randrange(len(inside))] = chance.choice([*words, *NUMBERS, *QUOTED])
        match chance.choice(["reword", "insert", "move", "split", "drop"]):
            case "reword":
                after[index] = " ".join(inside)
            case "insert":
                after.insert(index, paragraph(chance, words))
            case "move":
                after.insert(chance.randrange(len(after)), after.pop(index))
            case "split":
                half = len(inside) // 2
                after[index : index + 1] = [" ".join(inside[:half]), " ".join(inside[half:])]
            case "drop" if len(after) > 1:
                after.pop(index)
    return article(*before), article(*after)


def article(*texts: str) -> Article:
    return Article(headline="Headline", body=tuple(Block(role="paragraph", text=text) for text in texts))


def body(of: Article) -> list[tuple[str, str]]:
    return [(block.role, block.text) for block in of.body]


def cut_through(words: list[dict[str, str]]) -> list[str]:
    """Return the numbers, on either side, inside which an edit begins or ends."""
    found: list[str] = []
    for side in ("delete", "insert"):
        kept = [edit["text"] for edit in words if edit["op"] in ("equal", side)]
        borders = {sum(map(len, kept[: index + 1])) for index in range(len(kept))}
        found += [
            match[0]
            for match in re.finditer(r"\S+", "".join(kept))
            if match[0] in NUMBERS and borders.intersection(range(match.start() + 1, match.end()))
        ]
    return found


@pytest.mark.parametrize("script", SCRIPTS)
def test_edits_in_any_script_are_told_exactly_and_cut_no_number(script: str):
    chance = random.Random(script)
    for _ in range(12):
        before, after = versions(chance, SCRIPTS[script].split(" "))
        comparison, back = compare(before, after), compare(after, before)
        told = json.loads(json.dumps(as_json(comparison)))
        assert apply_blocks(told["blocks"]) == (body(before), body(after))
        assert patched(body(before), told["blocks"]) == body(after)
        assert [cut for row in told["blocks"] for cut in cut_through(row.get("words", []))] == []
        stats, turned = comparison.stats, back.stats
        assert (stats.words_added, stats.words_removed, stats.moves) == (
            turned.words_removed,
            turned.words_added,
            turned.moves,
        )
        shown = render_terminal(comparison, colour=False, width=40) + render_html(comparison)
        assert (shown + render_unified(comparison)).encode()


LINE = "Result: one nil."
LONG = " ".join(random.Random(1).choices([f"word{index}" for index in range(2_000)], k=50_000))
HUGE = {
    "thousands of equal lines": (article(*[LINE] * 4000), article(*[LINE] * 3990)),
    "thousands of lines, all edited": (
        article(*(f"Result {index}: one nil." for index in range(300))),
        article(*(f"Result {index}: two nil." for index in range(300))),
    ),
    "fifty thousand words in one paragraph": (article(LONG), article(LONG.replace("word9 ", "another "))),
    "a word of a hundred thousand letters": (article("x" * 100_000), article("x" * 99_999 + "y")),
    "nothing to be seen": (article("a\u200b" * 5_000), article("a\u200b" * 4_999 + "b")),
}


@pytest.mark.parametrize("name", HUGE)
def test_what_is_huge_is_told_exactly(name: str):
    before, after = HUGE[name]
    comparison = compare(before, after)
    assert patched(body(before), as_json(comparison)["blocks"]) == body(after)
    assert not comparison.degraded
    assert not comparison.is_empty


def test_a_word_wider_than_the_terminal_is_broken_without_loss():
    word = "港" * 50 + "x" * 101
    shown = render_terminal(compare(article(), article(word)), colour=False, width=40)
    lines = shown.splitlines()[2:]
    assert "".join(line[6:] for line in lines) == f"{{+{word}+}}"
    assert max(len(line) + line.count("港") for line in lines) == 40
