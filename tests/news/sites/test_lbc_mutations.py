"""LBC's pages redesigned by lot: read field for field as before, or refused as a changed layout; never read wrongly."""

import json
from collections import Counter
from random import Random

import pytest

from tests.news.sites import fixtures, mutations

pytestmark = pytest.mark.slow
SEEDS = 20
CHANGED = {"error": "LayoutChanged", "reason": "layout-changed"}
CASES = fixtures.articles("lbc")


def outcome(case, page):
    told = json.loads(json.dumps(fixtures.told(case, page)))
    if told == fixtures.expected(case):
        return "exact"
    return "layout-changed" if told == CHANGED else f"wrong: {told}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_redesigned_page_is_read_exactly_or_refused(case):
    markup = fixtures.html_of(case)
    for seed in range(SEEDS):
        page, names = mutations.mutated(markup, f"{case.name}/{seed}")
        assert outcome(case, page) in {"exact", "layout-changed"}, f"seed {seed}: {names}"


@pytest.mark.parametrize("mutation", mutations.MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_hardly_a_redesign_is_refused(mutation):
    outcomes = Counter(
        outcome(case, mutations.apply(fixtures.html_of(case), [mutation], Random(f"{case.name}/one"))) for case in CASES
    )
    assert outcomes["exact"] >= 0.95 * len(CASES)
    assert outcomes["exact"] + outcomes["layout-changed"] == len(CASES)


@pytest.mark.parametrize("mutation", mutations.MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_mutation_changes_the_markup_of_some_page(mutation):
    plain = [mutations.apply(fixtures.html_of(case), [], Random(0)) for case in CASES]
    changed = [mutations.apply(fixtures.html_of(case), [mutation], Random(0)) for case in CASES]
    assert sum(one != other for one, other in zip(plain, changed, strict=True)) >= 2


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_page_that_breaks_off_is_whole_or_refused(case):
    markup = fixtures.html_of(case)
    for part in range(1, 30):
        assert outcome(case, markup[: len(markup) * part // 30]) in {"exact", "layout-changed"}, f"{part}/30 of it"
