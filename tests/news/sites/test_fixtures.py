import json

import pytest

from tests.news.sites import fixtures

CASES = fixtures.cases()
FIELDS = {
    "headline", "kicker", "standfirst", "authors", "section", "language", "canonical_url", "stamps", "body",
    "pictures", "links", "tags",
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=fixtures.name_of)
def test_a_saved_page_gives_what_was_written_down_to_the_last_field(case):
    assert json.loads(json.dumps(fixtures.told(case))) == fixtures.expected(case)


@pytest.mark.parametrize("case", fixtures.articles(), ids=fixtures.name_of)
def test_what_was_written_down_has_every_field_of_an_article(case):
    assert set(fixtures.expected(case)) >= FIELDS


@pytest.mark.parametrize("case", CASES, ids=fixtures.name_of)
def test_a_case_is_an_article_or_a_refusal(case):
    assert (case / "article.json").exists() != (case / "refusal.json").exists()


def test_lbc_has_more_than_thirty_cases_over_both_templates():
    names = [case.name for case in fixtures.articles("lbc")]
    assert sum(name.startswith("old-") for name in names) >= 20
    assert sum(name.startswith("new-") for name in names) >= 15


def test_refusals_are_held_too():
    assert {fixtures.expected(case)["error"] for case in CASES if (case / "refusal.json").exists()} == {
        "LayoutChanged",
        "NotAnArticle",
    }
