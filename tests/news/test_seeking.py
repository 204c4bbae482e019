"""What a pattern finds in the pieces of a change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.revising.seeking import hits, same_sentence, sought

OLD = "The boat left at nine. The terrorist was on it. Nobody else was."
NEW = "The boat left at nine. The militant was on it. Nobody else was."
TEXTS = st.lists(
    st.sampled_from(("boat", "Boat", "café", "12", "left", "was", "was.", "pier,", "“no”")), max_size=12
).map(" ".join)


def test_the_sentence_and_the_places_of_its_words_are_told() -> None:
    (hit,) = hits([("body", OLD, NEW)], sought("militant"), added=True)
    assert (hit.sentence, hit.spans) == ("The militant was on it.", ((4, 12),))
    (went,) = hits([("body", OLD, NEW)], sought("terrorist"), added=False)
    assert same_sentence([went], [hit]) == (went, hit)


def test_an_exchange_across_pieces_is_of_no_one_sentence() -> None:
    pieces = [("body", OLD, ""), ("body", "", NEW)]
    removed, added = hits(pieces, sought("terrorist"), added=False), hits(pieces, sought("militant"), added=True)
    assert len(removed) == len(added) == 1
    assert same_sentence(removed, added) is None


@pytest.mark.parametrize("pattern", ["boat", "was", "nine", "Nobody", "milit", "terrorist"])
def test_words_that_stand_on_both_sides_or_not_at_all_did_not_come(pattern: str) -> None:
    assert hits([("body", OLD, NEW)], sought(pattern), added=True) == []


def test_a_text_written_anew_does_not_bring_the_words_that_it_had() -> None:
    before, after = "A boat.", "Nothing here is as it was before, but for a boat that nobody saw."
    assert hits([("body", before, after)], sought("boat"), added=True) == []
    assert len(hits([("body", before, after)], sought("nobody"), added=True)) == 1


@given(TEXTS, TEXTS, st.sampled_from(("boat", "cafe", "12", "was*", '"was pier"', "left was")))
def test_what_came_one_way_went_the_other(before: str, after: str, pattern: str) -> None:
    came = hits([("body", before, after)], sought(pattern), added=True)
    assert came == hits([("body", after, before)], sought(pattern), added=False)
    assert hits([("body", before, before)], sought(pattern), added=True) == []
    for hit in came:
        assert all(hit.sentence[start:end] for start, end in hit.spans)
