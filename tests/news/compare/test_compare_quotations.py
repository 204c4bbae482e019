# ruff: noqa: RUF001 (the marks that look alike are what is tested)
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.compare.aligning import CutText
from news.compare.quoting import quotations
from news.compare.wording import wording


def spoken(text):
    side = CutText(text)
    return [
        "".join(side.stretch(q.opening, q.closing - q.opening + 1)) for q in quotations(side.tokens, side.space_before)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("“No,” she said. “Never.”", ["“No,”", "“Never.”"]),
        ('"No," she said', ['"No,"']),
        ("Man ‘killed by dog’ in park", ["‘killed by dog’"]),
        ("Man 'killed by dog' in park", ["'killed by dog'"]),
        ("„Nein“, sagte sie. «Non», dit-il.", ["„Nein“", "«Non»"]),
        ("Don't say it's the workers' fault", []),
        ("“She said ‘no’ to me,” he said", ["“She said ‘no’ to me,”"]),
        ("“It goes on in the next paragraph", []),
    ],
)
def test_quotations_are_found_by_their_marks(text, found):
    assert spoken(text) == found


def told(before, after):
    signs = {"equal": "{}", "delete": "[-{}-]", "insert": "{{+{}+}}"}
    return "".join(signs[edit.op].format(edit.text) for edit in wording(before, after).edits)


def test_an_edit_inside_a_quotation_stays_inside():
    shown = told("“It was the loudest noise,” said Ann Lee.", "“It was the saddest noise,” said Ann Lee.")
    assert shown == "“It was the [-loudest-]{+saddest+} noise,” said Ann Lee."


def test_a_quotation_that_now_ends_elsewhere_is_told_whole():
    before = "“I saw the fire and ran,” he said, and then he left the pier for the night."
    after = "“I saw the fire” and ran, he said, and then he left the pier for the night."
    assert told(before, after).startswith("[-“I saw the fire and ran,”-]{+“I saw the fire” and ran,+} he said")


def test_marks_that_came_alone_are_told_alone():
    assert told("He is racist, they said there.", "He is “racist”, they said there.") == (
        "He is {+“+}racist{+”+}, they said there."
    )


words = st.lists(st.sampled_from(["“", "”", "‘", "’", '"', "no", "yes", "said", "12", ".", ","]), max_size=16)


@given(words, words)
@settings(deadline=None)
def test_no_quotation_keeps_one_of_its_marks_only(before, after):
    texts = " ".join(before), " ".join(after)
    result = wording(*texts)
    for text, other in zip(texts, ("insert", "delete"), strict=True):
        kept, at = set(), 0
        for edit in result.edits:
            if edit.op == "equal":
                kept.update(range(at, at + len(edit.text)))
            at += len(edit.text) * (edit.op != other)
        side, ends = CutText(text), [0]
        for part in side.parts:
            ends.append(ends[-1] + len(part))
        for quote in quotations(side.tokens, side.space_before):
            opening, closing = (ends[2 * index + 1] in kept for index in quote)
            assert opening == closing
