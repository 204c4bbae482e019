"""To which change a correction notice belongs."""

from __future__ import annotations

from itertools import pairwise

from news.model import Article, Block
from news.revising.correcting import Step, tie


def article(*paragraphs: str, notice: str | None = None) -> Article:
    body = [Block(role="paragraph", text=text) for text in paragraphs]
    if notice:
        body.append(Block(role="notice", text=notice))
    return Article(headline="Ferry fares to rise", body=tuple(body))


def steps(*states: Article | None) -> list[Step]:
    first = Step(number=1, before=None, after=states[0])
    return [first, *(Step(number=at, before=old, after=new) for at, (old, new) in enumerate(pairwise(states), start=2))]


FARE, NEW_FARE = "A single will cost £12 from May.", "A single will cost £21 from May."
MAYOR, NEW_MAYOR = "Ada Quill opened the pier.", "Ben Marsh opened the pier."


def test_a_notice_that_comes_with_its_change_explains_that() -> None:
    found = tie(steps(article(FARE), article(NEW_FARE, notice="Correction: the fare is £21, not £12.")))
    assert found is not None
    assert (found.explains, found.by) == (2, ("£12", "£21"))


def test_a_notice_that_comes_late_explains_the_silent_edit_before() -> None:
    found = tie(
        steps(
            article(FARE, MAYOR),
            article(NEW_FARE, MAYOR),
            article(NEW_FARE, NEW_MAYOR),
            article(NEW_FARE, NEW_MAYOR, "It rained.", notice="An earlier version gave the fare as £12."),
        )
    )
    assert found is not None
    assert (found.explains, found.by) == (2, ("£12",))


def test_a_name_ties_as_a_figure_does() -> None:
    states = (
        article(FARE, MAYOR),
        article(FARE, NEW_MAYOR),
        article(FARE, NEW_MAYOR, notice="Correction: it was Ben Marsh who opened it."),
    )
    found = tie(steps(*states))
    assert found is not None
    assert found.explains == 2


def test_a_notice_that_names_nothing_goes_with_its_own_edit() -> None:
    found = tie(steps(article(FARE), article(NEW_FARE, notice="This article has been amended.")))
    assert found is not None
    assert (found.explains, found.by) == (2, ("same edit",))


def test_a_notice_of_something_that_we_never_saw_explains_nothing() -> None:
    found = tie(steps(article(FARE), article(FARE, notice="Correction: the ship is called Kittiwake.")))
    assert found is not None
    assert (found.explains, found.by) == (None, ())


def test_a_notice_that_stood_there_before_ties_nothing() -> None:
    stood = "Correction: the fare is £21, not £12."
    assert tie(steps(article(FARE, notice=stood), article(NEW_FARE, notice=stood))) is None


def test_an_article_that_went_between_is_no_obstacle() -> None:
    back = article(NEW_FARE, notice="Correction: the fare is £21, not £12.")
    chain = [*steps(article(FARE), article(NEW_FARE)), Step(number=4, before=article(NEW_FARE), after=back)]
    found = tie(chain)
    assert found is not None
    assert found.explains == 2
