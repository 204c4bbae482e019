import pytest

from news.compare import WordEdit, Wording
from news.compare.showing import readable
from news.compare.tokens import tokens
from news.compare.wording import wording


def marked(edits: tuple[WordEdit, ...] | list[WordEdit]) -> str:
    signs = {"equal": "{}", "delete": "[-{}-]", "insert": "{{+{}+}}"}
    return "".join(signs[edit.op].format(edit.text) for edit in edits)


def told(before: str, after: str) -> tuple[str, int, int]:
    result = wording(before, after)
    return marked(result.edits), result.added, result.removed


@pytest.mark.parametrize(
    "number",
    [
        "12", "1.5", "12,000", "10 000", "10\u202f000", "-5", "\u22125", "-5 %", "5%", "£1.2m", "-£5m", "£-5", "$.5",
        "10-15", "10\u201315", "£10-£15m", "7.30am", "12:30", "24/7", "1st",
        "3\u20130", "20°C", "±3.5%", "5½", "COVID-19", "M25", "1,000,000.50",
    ],
)  # fmt: skip
def test_a_number_is_one_token_with_its_sign_currency_and_unit(number):
    assert tokens(f"said {number}, he") == ["said", number, ",", "he"]


@pytest.mark.parametrize("word", ["don\u2019t", "co-op's", "well-known", "cafe\u0301", "नमस्ते", "U.S", "R&D"])
def test_a_word_keeps_its_inner_marks_and_its_combining_signs(word):
    assert tokens(f"“{word}”") == ["“", word, "”"]


def test_a_year_before_a_count_is_not_one_number():
    assert tokens("in 2024 500 people") == ["in", "2024", "500", "people"]


def test_scripts_without_spaces_are_cut_by_character_but_not_in_numbers():
    assert tokens("日本で12人") == ["日", "本", "で", "12", "人"]


@pytest.mark.parametrize(
    ("before", "after", "shown", "added", "removed"),
    [
        ("12 people died", "21 people died", "[-12-]{+21+} people died", 1, 1),
        ("rates fell 1.5 points", "rates fell 15 points", "rates fell [-1.5-]{+15+} points", 1, 1),
        ("it fell -5 % a year", "it fell 5 % a year", "it fell [--5 %-]{+5 %+} a year", 1, 1),
        ("cost £1.2m in all", "cost £12m in all", "cost [-£1.2m-]{+£12m+} in all", 1, 1),
        ("aged 10-15 or so", "aged 10-16 or so", "aged [-10-15-]{+10-16+} or so", 1, 1),
        ("some 10 000 came by", "some 12 000 came by", "some [-10 000-]{+12 000+} came by", 1, 1),
        ("shut until 7.30am today", "shut until 7.45am today", "shut until [-7.30am-]{+7.45am+} today", 1, 1),
    ],
)
def test_a_number_is_shown_whole(before, after, shown, added, removed):
    assert told(before, after) == (shown, added, removed)


def test_a_lost_comma_shows_as_that_and_counts_as_a_changed_word():
    assert told("Let's eat, grandma", "Let's eat grandma") == ("Let's eat[-,-] grandma", 1, 1)


def test_new_quotation_marks_show_alone():
    assert told("He is racist.", "He is “racist”.") == ("He is {+“+}racist{+”+}.", 1, 1)


def test_an_inserted_sentence_is_shown_as_the_sentence_and_not_as_a_stretch_that_reads_the_same():
    before = "Yes, it rained. It was cold here."
    after = "No, it rained. It snowed. It was cold there."
    assert "{+It snowed. +}" in told(before, after)[0]


def test_a_text_that_came_or_went_is_all_added_or_removed():
    assert told("", "a new thing") == ("{+a new thing+}", 3, 0)
    assert told("an old thing", "") == ("[-an old thing-]", 0, 3)


def test_a_text_that_kept_too_little_is_one_replacement():
    result = wording("The cat sat on the mat by the door.", "Ministers resigned after a vote in the House.")
    assert result.whole
    assert [edit.op for edit in result.edits] == ["delete", "insert"]
    assert (result.added, result.removed) == (8, 9)


def test_a_sentence_that_only_grew_is_no_replacement():
    after = "The man died. " + "Police are looking for witnesses who saw the crash near the bridge. " * 3
    result = wording("The man died.", after)
    assert not result.whole
    assert result.removed == 0


def test_white_space_alone_counts_no_word():
    assert told("one two three", "one two\nthree") == ("one two[- -]{+\n+}three", 0, 0)


def test_small_words_between_two_replacements_are_no_island_for_a_reader():
    edits = wording(
        "it was made for the man of the house last year", "it was made by the woman of the house last year"
    ).edits
    assert marked(edits) == "it was made [-for-]{+by+} the [-man-]{+woman+} of the house last year"
    assert marked(readable(edits)) == "it was made [-for the man-]{+by the woman+} of the house last year"


def test_a_number_between_two_replacements_stays_a_number():
    edits = wording("He saw red 12 cars there now", "He saw blue 12 boats there now").edits
    assert marked(readable(edits)) == "He saw [-red-]{+blue+} 12 [-cars-]{+boats+} there now"


def test_a_very_long_text_is_compared_within_bounds_and_says_what_it_could_not_look_into():
    before = " ".join(f"a{index}" for index in range(60_000))
    after = " ".join(f"b{index}" for index in range(60_000))
    result = wording(f"Start here. {before} Stop there.", f"Start here. {after} Stop there.")
    assert result.degraded
    assert (result.added, result.removed) in {(60_000, 60_000), (60_004, 60_004)}


def test_few_edits_in_a_very_long_text_are_found_one_by_one():
    words = [f"word{index}" for index in range(100_000)]
    edited = list(words)
    for index in range(50, 100_000, 10_000):
        edited[index] = "changed"
    result = wording(" ".join(words), " ".join(edited))
    assert (result.added, result.removed, result.degraded) == (10, 10, False)


def test_equal_texts_have_nothing_to_tell():
    assert wording("as it was", "as it was") == Wording(
        edits=(WordEdit(op="equal", text="as it was"),), added=0, removed=0
    )
