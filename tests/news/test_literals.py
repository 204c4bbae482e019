"""What every match of a regular expression holds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.revising.literals import literal_in

PARTS = (
    "a", "bo", "at", " ", "é", "£", r"\.", r"\d", "x?", "y*", "z+", "w{0,2}", "v{2}", ".", "[a-c]", "[^)]", "[]|]",
    "(p|q)", "(?:no)?", "(?=at)", r"(?!\))", "(bo(at)[(])+", r"\b", "u+?",
)  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "literal"),
    [
        ("terr.rist", "terr"),
        (r"\bfer+y\b", "fer"),
        ("colou?r of it", "r of it"),
        ("ab{", "a"),
        (r"£[0-9.]+m\.", "m."),
        ("(?:Mr|Mrs) Harbour", " Harbour"),
        (r"(a\)b)c", "c"),
        ("boat|pier", None),
        (r"\x41bc", None),
        ("(?x) boat", None),
        ("[0-9]{3}", None),
    ],
)
def test_the_longest_run_that_no_match_lacks(expression: str, literal: str | None) -> None:
    assert literal_in(re.compile(expression)) == literal


@settings(max_examples=60)
@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=6).map("".join), st.data())
def test_every_match_holds_it(expression: str, data: st.DataObject) -> None:
    found = literal_in(re.compile(expression))
    text = data.draw(st.from_regex(expression).filter(bool))
    match = re.search(expression, text)
    assert found is None or (match is not None and found in match.group())
