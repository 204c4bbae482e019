import time

import pytest

from news.compare import Deleted, Equal, Inserted, Moved, Replaced, apply_blocks, as_json, compare
from news.model import Article, Block

STORY = [
    "Police said 12 people were hurt in the crash on the M25 near Heathrow.",
    "The driver, a man of 45, was arrested at the scene.",
    "Witnesses told of smoke. Fire crews came within minutes and put the fire out.",
    "“It was terrible,” said Ann Lee, who lives near by.",
    "The road was closed until 7.30am on Tuesday while the wreck was cleared away.",
    "National Highways warned of long queues and advised people to stay at home.",
    "The Department for Transport has been asked for comment.",
]


def article(*blocks):
    return Article(
        headline="Crash",
        body=tuple(block if isinstance(block, Block) else Block(role="paragraph", text=block) for block in blocks),
    )


def changes(before, after):
    return [change for change in compare(before, after).blocks if not isinstance(change, Equal)]


def stats(before, after):
    counted = compare(before, after).stats
    return counted.words_added, counted.words_removed, counted.moves


def test_an_article_and_itself_have_nothing_to_tell():
    comparison = compare(article(*STORY), article(*STORY))
    assert comparison.is_empty
    assert [type(change) for change in comparison.blocks] == [Equal] * len(STORY)
    assert stats(article(*STORY), article(*STORY)) == (0, 0, 0)


def test_a_changed_number_is_one_edited_block_and_one_word_each_way():
    after = [STORY[0].replace("12", "21"), *STORY[1:]]
    [change] = changes(article(*STORY), article(*after))
    assert isinstance(change, Replaced)
    assert stats(article(*STORY), article(*after)) == (1, 1, 0)


def test_a_new_paragraph_is_inserted_and_an_old_one_deleted():
    longer = [*STORY[:3], "A second man was held later.", *STORY[3:]]
    [came] = changes(article(*STORY), article(*longer))
    [went] = changes(article(*longer), article(*STORY))
    assert isinstance(came, Inserted)
    assert came.to_index == 3
    assert isinstance(went, Deleted)
    assert went.from_index == 3
    assert stats(article(*STORY), article(*longer)) == (6, 0, 0)


@pytest.mark.parametrize(
    ("start", "end"), [(start, end) for start in range(7) for end in range(7) if abs(start - end) > 1]
)
def test_a_paragraph_that_moved_past_others_is_the_one_that_moved(start, end):
    after = [text for text in STORY if text != STORY[start]]
    after.insert(end, STORY[start])
    [change] = changes(article(*STORY), article(*after))
    assert isinstance(change, Moved)
    assert (change.from_indexes, change.to_indexes, change.wording) == ((start,), (end,), None)
    assert stats(article(*STORY), article(*after)) == (0, 0, 1)


def test_a_long_paragraph_that_passed_many_short_ones_is_still_the_one_that_moved():
    long, short = "The long report says this and that. " * 30, [f"Line {index}." for index in range(5)]
    [change] = changes(article(long, *short), article(*short, long))
    assert isinstance(change, Moved)
    assert change.from_indexes == (0,)


def test_of_two_neighbours_that_change_places_the_shorter_moved():
    after = [STORY[1], STORY[0], *STORY[2:]]
    [change] = changes(article(*STORY), article(*after))
    assert isinstance(change, Moved)
    assert change.after[0].text == STORY[1]


def test_a_block_that_moved_and_was_edited_counts_its_edits_only():
    after = [*STORY[1:5], STORY[0].replace("12", "21"), *STORY[5:]]
    [change] = changes(article(*STORY), article(*after))
    assert isinstance(change, Moved)
    assert stats(article(*STORY), article(*after)) == (1, 1, 1)


def test_a_paragraph_split_in_two_neither_adds_nor_removes_a_word():
    halves = ["Witnesses told of smoke.", "Fire crews came within minutes and put the fire out."]
    after = [*STORY[:2], *halves, *STORY[3:]]
    [change] = changes(article(*STORY), article(*after))
    assert isinstance(change, Replaced)
    assert (change.from_indexes, change.to_indexes) == ((2,), (2, 3))
    assert stats(article(*STORY), article(*after)) == (0, 0, 0)
    [change] = changes(article(*after), article(*STORY))
    assert (change.from_indexes, change.to_indexes) == ((2, 3), (2,))


def test_a_split_with_a_new_paragraph_between_the_halves_is_still_a_split():
    halves = [
        "Witnesses told of smoke.",
        "Nobody else was near.",
        "Fire crews came within minutes and put the fire out.",
    ]
    split, came = changes(article(*STORY), article(*STORY[:2], *halves, *STORY[3:]))
    assert split.to_indexes == (2, 4)
    assert isinstance(came, Inserted)


def test_a_sentence_that_passed_to_the_next_paragraph_neither_came_nor_went():
    after = [
        *STORY[:2],
        "Witnesses told of smoke.",
        "Fire crews came within minutes and put the fire out. " + STORY[3],
        *STORY[4:],
    ]
    assert stats(article(*STORY), article(*after)) == (0, 0, 0)


def test_a_paragraph_that_was_written_anew_in_its_place_is_one_replacement():
    after = [*STORY[:3], "Ministers promised an inquiry into motorway safety by spring.", *STORY[4:]]
    [change] = changes(article(*STORY), article(*after))
    assert isinstance(change, Replaced)
    assert change.wording.whole
    assert stats(article(*STORY), article(*after)) == (9, 10, 0)


def test_one_of_several_identical_paragraphs_can_go_without_a_move():
    before = ["* * *", STORY[0], "* * *", STORY[1], "* * *"]
    after = ["* * *", STORY[0], STORY[1], "* * *"]
    [change] = changes(article(*before), article(*after))
    assert isinstance(change, Deleted)
    assert change.block.text == "* * *"


def test_a_run_of_identical_paragraphs_that_shifts_by_one_moves_nothing():
    before, after = ["one line", "another line"] * 20, ["another line", "one line"] * 19
    assert stats(article(*before), article(*after))[2] == 0


def test_a_paragraph_that_became_a_heading_keeps_its_words():
    heading = Block(role="heading", text=STORY[1])
    [change] = changes(article(*STORY), article(STORY[0], heading, *STORY[2:]))
    assert isinstance(change, Replaced)
    assert (change.before[0].role, change.after[0].role) == ("paragraph", "heading")
    assert stats(article(*STORY), article(STORY[0], heading, *STORY[2:])) == (0, 0, 0)


def test_a_body_that_came_or_went_is_inserted_or_deleted_block_by_block():
    assert {type(change) for change in changes(article(), article(*STORY))} == {Inserted}
    assert {type(change) for change in changes(article(*STORY), article())} == {Deleted}


def test_unlike_short_lines_elsewhere_are_not_said_to_have_moved():
    before = ["He added:", *STORY, "She left."]
    after = ["She said:", *STORY, "He left early."]
    assert stats(article(*before), article(*after))[2] == 0


def pseudo(seed, count):
    """Return `count` sentences of made-up words, the same for the same seed."""
    state, sentences = seed, []
    for _ in range(count):
        words = []
        for _ in range(20):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            words.append(f"w{chr(97 + (state >> 33) % 26)}{chr(97 + (state >> 40) % 26)}")
        sentences.append(" ".join(words) + ".")
    return sentences


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (pseudo(1, 2000), pseudo(2, 2000)),
        (pseudo(1, 2000), pseudo(1, 2000)[::-1]),
        ([" ".join(pseudo(1, 5000))], [" ".join(pseudo(2, 5000))]),
        ([" ".join(pseudo(1, 2000))], pseudo(1, 2000)),
        (["the same"] * 3000, ["the same"] * 2000),
        (["the same sentence"] * 5000, ["the same sentence"] * 4990),
        (["x" * 1_000_000], ["x" * 900_000 + "y"]),
        (["." * 200_000 + "x"], ["." * 199_000 + "y"]),
        (["“no” " * 20_000], ["“no ”" * 20_000]),
        (["日本" * 100_000], ["本日" * 100_000]),
        (["12 " * 50_000], ["21 " * 50_000]),
    ],
    ids=[
        "rewritten", "reversed", "one long paragraph", "cut up", "all the same", "5,000 times the same", "no spaces",
        "full stops", "quotation marks", "no words", "numbers",
    ],
)  # fmt: skip
def test_any_input_takes_seconds_at_most_and_can_be_rebuilt(before, after):
    started = time.process_time()
    comparison = compare(article(*before), article(*after))
    assert time.process_time() - started < 20
    started = time.process_time()
    rows = as_json(comparison)["blocks"]
    assert time.process_time() - started < 10
    rebuilt = apply_blocks(rows)
    assert rebuilt == ([("paragraph", text) for text in before], [("paragraph", text) for text in after])


def test_what_is_too_long_for_words_is_compared_by_sentences_and_says_so():
    fixed = [f"This is the sentence of kind {kind} that stands in both of the texts." for kind in "abcde"] * 200
    noise = [[" ".join(f"{side}{line}{word}" for word in "mnopqrst") for line in range(1000)] for side in "xy"]
    sides = [" ".join(f"{line} {other}." for line, other in zip(fixed, side, strict=True)) for side in noise]
    comparison = compare(article(sides[0]), article(sides[1]))
    assert comparison.degraded
    assert as_json(comparison)["degraded"]
    kept = [edit.text for edit in comparison.blocks[0].wording.edits if edit.op == "equal"]
    assert sum(text.count("This is the sentence of kind") for text in kept) == len(fixed)
