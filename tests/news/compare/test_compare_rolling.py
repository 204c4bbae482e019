"""A live blog's page shows the newest entries: what leaves it at the other end rolled off and was not deleted."""

import subprocess
from pathlib import Path

import pytest

from news.compare import (
    Comparison,
    Deleted,
    Replaced,
    apply_blocks,
    as_json,
    compare,
    patched,
    plain_text,
    render_html,
    render_terminal,
    render_unified,
    summarise,
)
from news.entries import without_rolled_off
from news.model import Article, Block, Entry, Link, Picture

SAID = {
    "a": "Good morning from the harbour at Sandholme.",
    "b": "The first gusts reached 61 mph at the lighthouse.",
    "c": "Ferries to Orrin are cancelled until noon.",
    "d": "Two trees fell across Mill Lane.",
    "e": "The first gusts reached 72 mph at the lighthouse.",
    "f": "Mill Lane is open again.",
}
INTRODUCTION = Block(role="paragraph", text="The storm is an hour away.")
NOTE = Block(role="paragraph", text="This page is no longer updated after ten.")


def blog(names: str, *, said: dict[str, str] = SAID, note: bool = True) -> Article:
    """A live blog that shows these entries, one a letter, between an introduction and a note."""
    entries = [Block(role="paragraph", text=said[name], entry=name) for name in names]
    return Article(
        headline="Storm live",
        body=(INTRODUCTION, *entries, *([NOTE] if note else [])),
        pictures=tuple(Picture(url=f"https://gazette.example/{name}.jpg", entry=name) for name in names),
        links=tuple(
            Link(role="inline", text=name, url=f"https://gazette.example/{name}", entry=name) for name in names
        ),
        entries=tuple(Entry(id=name) for name in names),
    )


def rolled_off(comparison: Comparison) -> list[str]:
    return [change.block.text for change in comparison.blocks if isinstance(change, Deleted) and change.rolled_off]


def shown(comparison: Comparison) -> str:
    return render_terminal(comparison, colour=False, width=100)


@pytest.mark.parametrize(("before", "after", "off"), [("dcba", "fedc", "ba"), ("abcd", "cdef", "ab")])
def test_what_newer_entries_pushed_off_the_page_is_told_as_rolled_off_and_counted_apart(before, after, off):
    comparison = compare(blog(before), blog(after))
    assert rolled_off(comparison) == [SAID[name] for name in off]
    assert not [change for change in comparison.blocks if isinstance(change, Deleted) and not change.rolled_off]
    assert (comparison.stats.words_removed, comparison.stats.entries_rolled_off) == (0, 2)


def test_a_new_entry_is_never_told_as_an_edit_of_one_that_rolled_off():
    comparison = compare(blog("dcb"), blog("edc"))
    assert not [change for change in comparison.blocks if isinstance(change, Replaced)]
    assert comparison.passages == ()
    assert comparison.stats.words_added == len(SAID["e"].split())


def test_pictures_and_links_that_rolled_off_with_their_entry_are_no_change():
    comparison = compare(blog("dcba"), blog("edcb"))
    added = {change.name: (len(change.added), len(change.removed)) for change in comparison.fields}
    assert added == {"pictures": (1, 0), "links": (1, 0)}


def test_an_entry_taken_out_from_between_others_is_a_deletion():
    comparison = compare(blog("dcba"), blog("edba"))
    assert rolled_off(comparison) == []
    assert comparison.stats.words_removed == len(SAID["c"].split())


def test_an_edit_beside_what_rolled_off_keeps_its_place_in_the_older_body():
    before, after = blog("dcba"), blog("edcb", said=SAID | {"b": "The first gusts reached 66 mph at the lighthouse."})
    (edited,) = [change for change in compare(before, after).blocks if isinstance(change, Replaced)]
    assert (edited.from_indexes, edited.to_indexes) == ((3,), (4,))


@pytest.mark.parametrize(("before", "after"), [("dcba", "fedc"), ("abcd", "cdef"), ("dcba", "edb")])
def test_the_json_says_which_blocks_rolled_off_and_still_rebuilds_both_bodies(before, after):
    old, new = blog(before), blog(after)
    told = as_json(compare(old, new))
    bodies = [[(block.role, block.text) for block in article.body] for article in (old, new)]
    assert list(apply_blocks(told["blocks"])) == bodies
    assert patched(bodies[0], told["blocks"]) == bodies[1]
    off = [row for row in told["blocks"] if row.get("rolled_off")]
    assert {row["op"] for row in off} == {"delete"}
    assert told["stats"]["entries_rolled_off"] == len(off) > 0


def test_people_read_that_entries_rolled_off_and_see_no_deletion():
    comparison = compare(blog("dcba"), blog("fedc"))
    said = "2 older entries rolled off the page"
    assert summarise(comparison).startswith("14 words added, " + said)
    assert f"      ({said})\n" in shown(comparison)
    assert "[-" not in shown(comparison)
    page = render_html(comparison)
    assert f"<summary>{said}</summary>" in page
    assert "row deleted" not in page
    assert SAID["a"] in page


def test_one_entry_of_two_paragraphs_that_rolled_off_is_one_entry():
    before, after = blog("ba"), blog("cb")
    longer = Block(role="paragraph", text="Biscuits are ready.", entry="a")
    body = (*before.body[:-1], longer, before.body[-1])
    comparison = compare(Article(headline="Storm live", body=body, entries=before.entries), after)
    assert comparison.stats.entries_rolled_off == 1
    assert "1 older entry rolled off the page" in shown(comparison)


def test_the_unified_diff_says_so_first_and_patches_the_text_without_them(tmp_path: Path):
    before, after = blog("dcba", note=False), blog("fedc", note=False)
    text = render_unified(compare(before, after))
    assert text.startswith("2 older entries rolled off the page and left out here\n--- ")
    assert SAID["a"] not in text
    page = tmp_path / "page.txt"
    page.write_text(plain_text(without_rolled_off(before, after)), encoding="utf-8")
    subprocess.run(["patch", "-s", str(page)], input=text, text=True, check=True, timeout=20)
    assert page.read_text(encoding="utf-8") == plain_text(after)
