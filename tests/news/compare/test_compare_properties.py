import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from news.compare import (
    Equal,
    Moved,
    apply_blocks,
    as_json,
    compare,
    patched,
    render_html,
    render_terminal,
    render_unified,
)
from news.compare.wording import wording
from news.model import Article, Block

WORDS = [
    "the",
    "of",
    "police",
    "said",
    "crash",
    "Monday",
    "hurt",
    "“no”",
    "12",
    "1.5",
    "-5",
    "£1.2m",
    "10-15",
    "7.30am",
    "3,000",
    "it.",
    "and,",
]
NUMBERS = {word for word in WORDS if re.search(r"\d", word)}
ROLES = ["paragraph", "heading", "quote", "list", "notice"]

sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join)
odd_texts = st.text(max_size=40)
blocks = st.builds(Block, role=st.sampled_from(ROLES), text=sentences | odd_texts)
articles = st.builds(
    Article,
    headline=sentences | odd_texts,
    standfirst=st.none() | odd_texts,
    authors=st.lists(odd_texts, max_size=3).map(tuple),
    tags=st.lists(sentences, max_size=3).map(tuple),
    body=st.lists(blocks, max_size=9).map(tuple),
)
careful = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def edits(draw):
    """An article and one made from it: blocks dropped, repeated, shuffled, cut, joined and reworded."""
    before = draw(articles)
    body = list(draw(st.permutations(before.body))) if draw(st.booleans()) else list(before.body)
    for _ in range(draw(st.integers(0, 3))):
        index = draw(st.integers(0, max(len(body) - 1, 0)))
        if not body:
            break
        words = body[index].text.split(" ")
        match draw(st.sampled_from(["drop", "insert", "split", "reword"])):
            case "drop":
                del body[index]
            case "insert":
                body.insert(index, draw(blocks))
            case "split":
                half = len(words) // 2
                body[index : index + 1] = [
                    Block(role="paragraph", text=" ".join(part)) for part in (words[:half], words[half:])
                ]
            case "reword":
                words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(WORDS))
                body[index] = Block(role=body[index].role, text=" ".join(words))
    return before, Article(headline=before.headline, body=tuple(body))


@given(articles)
@careful
def test_an_article_and_itself_are_equal(article):
    comparison = compare(article, article)
    assert comparison.is_empty
    assert as_json(comparison)["fields"] == {}
    assert all(isinstance(change, Equal) for change in comparison.blocks)


@given(edits())
@careful
def test_the_blocks_rebuild_both_bodies_through_json(pair):
    before, after = pair
    rows = json.loads(json.dumps(as_json(compare(before, after))))["blocks"]
    assert apply_blocks(rows) == tuple([(block.role, block.text) for block in side.body] for side in pair)
    for row in rows:
        if "words" in row:
            assert "".join(edit["text"] for edit in row["words"] if edit["op"] != "insert") == row["from_text"]
            assert "".join(edit["text"] for edit in row["words"] if edit["op"] != "delete") == row["to_text"]


@given(edits())
@careful
def test_applied_to_the_older_body_the_diff_gives_the_newer(pair):
    before, after = ([(block.role, block.text) for block in side.body] for side in pair)
    assert patched(before, json.loads(json.dumps(as_json(compare(*pair))))["blocks"]) == after


@given(edits())
@careful
def test_every_fact_told_stands_where_it_is_said_to_stand(pair):
    bodies = [side.body for side in pair]
    for fact in as_json(compare(*pair))["facts"]:
        for side, name in enumerate(("before", "after")):
            index, at = fact[("from_index", "to_index")[side]], fact[("from_at", "to_at")[side]]
            if fact["where"] == "body" and fact[name] is not None:
                assert bodies[side][index].text[at:].startswith(fact[name])


@given(edits())
@careful
def test_the_same_pair_is_always_told_the_same_way_and_counts_turn_round(pair):
    before, after = pair
    there, again, back = compare(before, after), compare(before, after), compare(after, before)
    assert there == again
    assert (there.stats.words_added, there.stats.words_removed) == (back.stats.words_removed, back.stats.words_added)
    assert there.stats.moves == back.stats.moves
    assert there.stats.sentences_moved == back.stats.sentences_moved
    assert as_json(there) == as_json(again)


@given(st.lists(sentences, min_size=1, max_size=12, unique=True), st.randoms(use_true_random=False))
@careful
def test_paragraphs_in_another_order_add_and_remove_nothing(texts, random):
    shuffled = random.sample(texts, len(texts))
    sides = [
        Article(headline="H", body=tuple(Block(role="paragraph", text=text) for text in side))
        for side in (texts, shuffled)
    ]
    comparison = compare(*sides)
    assert (comparison.stats.words_added, comparison.stats.words_removed) == (0, 0)
    assert {type(change) for change in comparison.blocks} <= {Equal, Moved}
    assert comparison.stats.moves < len(texts)


@given(sentences, sentences)
@careful
def test_no_edit_begins_or_ends_inside_a_number(before, after):
    changed = wording(before, after).edits
    for text, other in ((before, "insert"), (after, "delete")):
        borders, at = set(), 0
        for edit in changed:
            if edit.op != other:
                at += len(edit.text)
                borders.add(at)
        for match in re.finditer(r"\S+", text):
            inside = range(match.start() + 1, match.end())
            assert match[0] not in NUMBERS or not borders.intersection(inside)


@given(st.text(max_size=60), st.text(max_size=60))
@careful
def test_any_two_texts_are_told_to_the_last_character(before, after):
    result = wording(before, after)
    assert "".join(edit.text for edit in result.edits if edit.op != "insert") == before
    assert "".join(edit.text for edit in result.edits if edit.op != "delete") == after
    assert all(edit.text for edit in result.edits)


@given(edits(), st.booleans(), st.integers(1, 120))
@careful
def test_every_view_shows_any_article(pair, colour, width):
    comparison = compare(*pair)
    shown = render_terminal(comparison, colour=colour, width=width, title=["t"])
    assert re.search(r"[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown) is None
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown).count("\x1b") == 0
    assert colour or "\x1b" not in shown
    render_html(comparison).encode()
    render_unified(comparison).encode()


def test_a_diff_is_not_applied_to_another_text():
    old, new = (Article(headline="H", body=(Block(role="paragraph", text=text),)) for text in ("one two", "one six"))
    rows = as_json(compare(old, new))["blocks"]
    with pytest.raises(ValueError, match="block 0 does not read as the diff says"):
        patched([("paragraph", "one ten")], rows)
    with pytest.raises(ValueError, match="made from 1 blocks, this text has 2"):
        patched([("paragraph", "one two"), ("paragraph", "more")], rows)
