import re
import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from lxml import etree, html

from news.compare import compare, plain_text, render_html, render_terminal, render_unified, summarise
from news.model import Article, Block, Picture, Stamp

HOSTILE = (
    '\x1b[2J\x1b]0;owned\x07 \u202egnp.exe\u2066 \x9b31m <script>alert(1)</script> & "quoted" \ud800 \r over \u200b'
)


def paragraphs(*texts):
    return tuple(Block(role="paragraph", text=text) for text in texts)


def stamp(hour):
    return Stamp(
        kind="updated",
        at=datetime(2026, 3, 3, hour, 30, tzinfo=UTC),
        text=f"3 March, {hour}:30",
        source="printed:byline",
    )


BEFORE = Article(
    headline="Twelve hurt in crash",
    authors=("Jane Roe",),
    stamps=(stamp(7),),
    pictures=(Picture(url="https://example.org/a.jpg", caption="12 hours on"),),
    language="en",
    body=(
        *paragraphs(
            "Police said 12 people were hurt on Tuesday.",
            "The driver was arrested at the scene.",
            "Witnesses told of smoke. Fire crews put the fire out.",
            "Nothing here has changed at all.",
            "Nor has anything in this line.",
            "And this stays too, as it was.",
        ),
        Block(role="list", text="Call us\nWrite to us\n"),
    ),
)
AFTER = Article(
    headline="Twenty-one hurt in crash",
    authors=("Jane Roe", "John Doe"),
    stamps=(stamp(12),),
    pictures=(Picture(url="https://example.org/a.jpg", caption="21 hours on"),),
    language="en",
    body=(
        *paragraphs(
            "Police said 21 people were hurt on Tuesday.",
            "Witnesses told of smoke.",
            "Fire crews put the fire out.",
            "Nothing here has changed at all.",
            "Nor has anything in this line.",
            "And this stays too, as it was.",
        ),
        Block(role="list", text="Call us\nWrite to the desk\n"),
        *paragraphs("The driver was arrested at the scene.", "A new line about the inquiry."),
    ),
)
DECLARED = {"classes": ("declared", "body"), "declared_by": ("stamp",)}


def test_the_terminal_shows_words_moves_and_a_summary_with_plain_marks():
    assert render_terminal(
        compare(BEFORE, AFTER), colour=False, width=72, title=["https://example.org/crash", "1 to 2"], **DECLARED
    ).splitlines() == [
        "https://example.org/crash",
        "1 to 2",
        "",
        "Headline: [-Twelve-]{+Twenty-one+} hurt in crash",
        "Authors: {+John Doe+}",
        "Stamps: updated: 3 March, [-7:30-]{+12:30+}",
        "Pictures: caption: [-12-]{+21+} hours on",
        "",
        "9 words added, 2 removed, 1 paragraph moved; headline, authors, stamps",
        "and pictures changed; declared by stamp",
        "",
        "~   1 Police said [-12-]{+21+} people were hurt on Tuesday.",
        "<     (paragraph 2 moved to 8)",
        "~   2 (split into 2 paragraphs)",
        "      Witnesses told of smoke.{+¶+}",
        "      Fire crews put the fire out.",
        "    4 Nothing here has changed at all.",
        "      … 1 paragraph unchanged",
        "    6 And this stays too, as it was.",
        "~   7 Call us",
        "      Write to [-us-]{+the desk+}",
        ">   8 (moved from paragraph 2)",
        "      The driver was arrested at the scene.",
        "+   9 {+A new line about the inquiry.+}",
    ]


def test_the_terminal_strikes_what_went_in_red_and_underlines_nothing_else():
    shown = render_terminal(compare(BEFORE, AFTER), colour=True, width=72)
    assert "Write to \x1b[31;9mus\x1b[0m \x1b[32mthe desk\x1b[0m" in shown
    assert "\x1b[34;3m(moved from paragraph 2)\x1b[0m" in shown
    assert "[-" not in shown


def test_a_changed_fact_stands_out_in_bold_and_on_the_page_also_in_a_list_of_its_own():
    shown = render_terminal(compare(BEFORE, AFTER), colour=True, width=72)
    assert "\x1b[1;31;9m12\x1b[0m \x1b[1;4;32m21\x1b[0m people" in shown
    assert [node.text for node in page().xpath("//div[@class='row replaced']/div[@class='new']//mark")] == ["12", "21"]
    assert [node.text_content() for node in page().xpath("//section[@class='facts']//li")] == [
        "Number Twelve → Twenty-one Headline",
        "Number 12 hours → 21 hours Pictures",
        "Number 12 → 21 Paragraph 1",
    ]


def test_a_sentence_that_moved_is_shown_as_moved_in_every_view():
    moved = "Campaigners counted seals along the outer sandbank."
    first = "The tide came in before noon and the wind rose, as everybody had feared it would."
    last = "Nobody was hurt there, but the ferry stayed in the harbour until the next morning."
    before = Article(headline="H", body=paragraphs(f"{first} {moved}", "It rained.", last))
    after = Article(headline="H", body=paragraphs(first, "It rained.", f"{moved} {last}"))
    plain = render_terminal(compare(before, after), colour=False, width=200)
    assert f"{first}[< {moved}<]" in plain
    assert f"{{>{moved} >}}{last}" in plain
    text = html.document_fromstring(render_html(compare(before, after)))
    assert {node.text for node in text.xpath("//del[@class='moved'] | //ins[@class='moved']")} == {moved}
    assert summarise(compare(before, after)) == "1 sentence moved"


@pytest.mark.parametrize("width", [1, 20, 33, 80])
def test_no_line_is_wider_than_the_terminal(width):
    shown = render_terminal(
        compare(BEFORE, AFTER), colour=False, width=width, title=["https://example.org/" + "x" * 90]
    )
    assert max(map(len, shown.splitlines())) <= max(width, 20)


def test_wide_characters_take_two_columns():
    after = Article(headline="見出し", body=paragraphs("日本語の見出しが長く続くとどうなるか確かめる"))
    shown = render_terminal(compare(Article(headline="見出し"), after), colour=False, width=24)
    assert max(len(line) + len(re.findall(r"[\u3040-\u9fff]", line)) for line in shown.splitlines()) <= 24


def test_nothing_in_an_article_reaches_the_terminal_as_a_command():
    hostile = Article(headline=HOSTILE, authors=(HOSTILE,), pictures=(Picture(url=HOSTILE),), body=paragraphs(HOSTILE))
    shown = render_terminal(compare(BEFORE, hostile), colour=False, width=80, title=[HOSTILE], declared_by=[HOSTILE])
    assert "\x1b" not in shown
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066\ud800]", shown)
    assert "␛[2J" in shown
    assert "⟨U+202E⟩" in shown


def test_an_empty_comparison_says_so():
    comparison = compare(BEFORE, BEFORE)
    assert render_terminal(comparison, colour=True, width=80) == "\x1b[1mNothing changed\x1b[0m\n"
    assert "The text did not change" in render_html(comparison)
    assert render_unified(comparison) == ""


def test_the_summary_says_who_declared_it():
    comparison = compare(
        Article(headline="H", body=paragraphs("one two")), Article(headline="H", body=paragraphs("one six"))
    )
    assert summarise(comparison) == "1 word added, 1 removed"
    assert summarise(comparison, classes=["stealth", "body"]) == "1 word added, 1 removed; nothing declared it"
    declared = summarise(comparison, classes=["declared"], declared_by=["stamp", "notice"])
    assert declared == "1 word added, 1 removed; declared by stamp and notice"


def page():
    return html.document_fromstring(
        render_html(compare(BEFORE, AFTER), title=["https://example.org/crash"], **DECLARED)
    )


def test_the_page_marks_words_with_ins_and_del_and_offers_three_views():
    assert [node.text_content() for node in page().xpath("//h1/del | //h1/ins")] == ["Twelve", "Twenty-one"]
    assert [node.get("id") for node in page().xpath("//input[@type='radio'][@name='view']")] == [
        "inline",
        "side",
        "only",
    ]
    assert len(page().xpath("//label[@for]")) == 3
    assert page().xpath("string(//div[@class='row moved']//p[@class='note'])") == "Moved from paragraph 2"


def test_the_page_is_well_formed_html_that_allows_nothing_but_its_own_style():
    text = render_html(compare(BEFORE, AFTER))
    parser = etree.HTMLParser(recover=False)
    etree.fromstring(text.encode(), parser)
    assert [error for error in parser.error_log if "Tag" not in error.message] == []
    policy = html.document_fromstring(text).xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "<script" not in text
    assert not re.search(r"\b(?:src|href|style)=", text)


def test_nothing_in_an_article_reaches_the_page_as_markup():
    hostile = Article(
        headline=HOSTILE, language='en" onload="x', canonical_url="javascript:x", body=paragraphs(HOSTILE)
    )
    text = render_html(compare(BEFORE, hostile), title=[HOSTILE], from_label=HOSTILE, declared_by=[HOSTILE])
    assert "<script" not in text
    assert "\x1b" not in text
    assert not html.document_fromstring(text).xpath("//@onload")
    text.encode()


@pytest.mark.skipif(shutil.which("patch") is None, reason="no patch program here")
@pytest.mark.parametrize(("before", "after"), [(BEFORE, AFTER), (AFTER, BEFORE), (BEFORE, Article(headline=HOSTILE))])
def test_patch_turns_one_plain_text_into_the_other(before, after, tmp_path):
    (tmp_path / "old.txt").write_text(plain_text(before), encoding="utf-8", newline="\n")
    (tmp_path / "new.patch").write_text(render_unified(compare(before, after)), encoding="utf-8", newline="\n")
    subprocess.run(["patch", "old.txt", "new.patch"], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "old.txt").read_text(encoding="utf-8") == plain_text(after)


def test_the_unified_diff_names_both_sides_on_one_line_each():
    lines = render_unified(
        compare(BEFORE, AFTER), from_label="revision 1\n+++ evil", to_label="revision 2"
    ).splitlines()
    assert lines[:2] == ["--- revision 1 +++ evil", "+++ revision 2"]
    assert "-Police said 12 people were hurt on Tuesday." in lines
    assert "+Police said 21 people were hurt on Tuesday." in lines
