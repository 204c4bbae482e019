import golden
import pytest

CASES = golden.cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_saved_page_gives_the_article_that_was_written_down(case):
    assert golden.written(golden.read(case)) == (case / "article.json").read_text()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_reading_a_page_twice_gives_the_same_article(case):
    assert golden.read(case) == golden.read(case)


def test_there_are_cases_of_the_generic_reader():
    assert len(CASES) >= 4
