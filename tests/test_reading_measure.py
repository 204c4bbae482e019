"""What the reading benchmark counts, on texts short enough to count by hand."""

from benchmarks.reading import leaked, leaks, stated_body

TRUTH = "The bridge was opened again on Wednesday.\nNobody came to see it that day."


def test_a_line_with_nothing_of_the_truth_leaks_all_its_words() -> None:
    assert leaked(f"{TRUTH}\nSign up for our weekly letter", TRUTH) == (6, 20)


def test_a_line_that_shares_four_words_in_a_row_leaks_none() -> None:
    assert leaked("Yesterday the bridge was opened again on Wednesday", TRUTH) == (0, 8)


def test_a_short_line_leaks_unless_its_words_stand_in_a_row() -> None:
    assert leaked("opened again", TRUTH) == (0, 2)
    assert leaked("again opened", TRUTH) == (2, 2)


def test_what_the_page_states_as_its_text_is_told_apart() -> None:
    ours, stated = f"{TRUTH}\nThe mayor spoke for an hour\nRead on", "The mayor spoke for an hour."
    assert leaked(ours, TRUTH, stated) == (2, 22)
    assert leaks([(ours, TRUTH, stated)]) == (round(8000 / 22, 2), round(2000 / 22, 2))


def test_a_line_that_the_page_states_in_part_leaks() -> None:
    assert leaked("The mayor spoke for an hour and then sang", "", "The mayor spoke for an hour.") == (9, 9)


def test_every_stated_text_of_a_page_is_found_without_its_tags() -> None:
    page = b"""<script type='application/ld+json'>{"@graph": [{"articleBody": "One &amp;amp; <b>two</b>"},
    {"liveBlogUpdate": [{"articleBody": "Three"}]}]}</script><script type="application/ld+json">{broken</script>"""
    assert sorted(stated_body(page).split()) == ["&", "One", "Three", "two"]
    assert stated_body(b"<p>articleBody</p>") == ""
