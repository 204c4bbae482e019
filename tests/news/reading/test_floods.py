"""Tags with thousands of attributes lose them; every other page is left as it is."""

from __future__ import annotations

import pytest

from news.reading.floods import MOST_ATTRIBUTES, without_floods

PAGE = "<html><body><article{}><p>The ferry <a href='/slip' class=x>slip</a> is shut.</p></article></body></html>"
MANY = 30_000
PLAIN = PAGE.format("")


@pytest.mark.parametrize(
    "attribute",
    [" a{}=v", " a{}", " a{}='v>'", ' a{}="<b>"', "/a{} ", "\na{}\t=\n'v'"],
    ids=["plain", "bare", "ends inside", "tags inside", "slashes", "blanks"],
)
def test_a_flood_is_taken_out_and_nothing_else(attribute: str) -> None:
    flooded = PAGE.format("".join(attribute.format(number) for number in range(MANY)))
    assert without_floods(flooded).replace("<article ", "<article").replace("<article\t", "<article") == PLAIN


@pytest.mark.parametrize(
    "page",
    [
        PAGE.format("".join(f" a{number}=v" for number in range(MOST_ATTRIBUTES - 1))),
        PAGE.format(f" style='{'x ' * 20_000}'"),
        PLAIN + "<script>" + "x <b y = 1 " * 20_000 + "</script>",
        PLAIN + "word " * 40_000,
        PLAIN * 3_000,
    ],
    ids=["many attributes", "long value", "script", "no tags", "many tags"],
)
def test_other_pages_are_left_as_they_are(page: str) -> None:
    assert without_floods(page) is page


@pytest.mark.parametrize("piece", ["<a", "<a ", '<a b="', "<a =", "/", "<script ", "<p " + "a " * 900 + ">"])
def test_what_is_no_flood_is_gone_through_once(piece: str) -> None:
    assert PLAIN in without_floods(PLAIN + piece * (1_000_000 // len(piece)))
