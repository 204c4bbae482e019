from news.compare import as_json, compare
from news.model import Article, Block

SEALS = "Campaigners counted seals along the outer sandbank."
REST = ["It rained all night in the harbour.", "Nobody was hurt in the storm.", "The ferry sailed at last."]


def article(*texts):
    return Article(headline="H", body=tuple(Block(role="paragraph", text=text) for text in texts))


def test_a_sentence_that_went_to_another_paragraph_neither_came_nor_went():
    comparison = compare(article(f"{REST[0]} {SEALS}", *REST[1:]), article(*REST[:2], f"{SEALS} {REST[2]}"))
    [passage] = comparison.passages
    assert (passage.after, passage.from_index, passage.to_index, passage.to_at) == (SEALS, 0, 2, 0)
    assert passage.wording is None
    assert (comparison.stats.words_added, comparison.stats.words_removed) == (0, 0)
    assert (comparison.stats.moves, comparison.stats.sentences_moved) == (0, 1)


def test_a_sentence_that_moved_within_its_paragraph_is_one_too():
    before, after = f"{SEALS} {' '.join(REST)}", f"{' '.join(REST)} {SEALS}"
    comparison = compare(article(before), article(after))
    assert [passage.before for passage in comparison.passages] == [SEALS]
    assert (comparison.stats.words_added, comparison.stats.words_removed) == (0, 0)


def test_a_paragraph_that_went_into_another_is_one_too():
    comparison = compare(article(SEALS, *REST), article(*REST[:2], f"{REST[2]} {SEALS}"))
    assert comparison.stats.sentences_moved == 1
    assert (comparison.stats.words_added, comparison.stats.words_removed) == (0, 0)


def test_a_sentence_that_moved_and_was_edited_counts_its_edits_only():
    edited = SEALS.replace("outer", "inner")
    comparison = compare(article(f"{REST[0]} {SEALS}", *REST[1:]), article(*REST[:2], f"{edited} {REST[2]}"))
    [row] = as_json(comparison)["passages"]
    assert [edit["text"] for edit in row["words"] if edit["op"] != "equal"] == ["outer", "inner"]
    assert (comparison.stats.words_added, comparison.stats.words_removed) == (1, 1)


def test_short_sentences_and_strangers_are_not_said_to_have_moved():
    assert compare(article(f"{REST[0]} He left."), article(f"He left. {REST[0]}")).passages == ()
    new = "Engineers drew up a cheaper design."
    assert compare(article(f"{REST[0]} {SEALS}", REST[1]), article(REST[0], f"{REST[1]} {new}")).passages == ()


def test_a_sentence_that_stands_twice_moves_as_often_as_it_went():
    comparison = compare(article(f"{REST[0]} {SEALS} {SEALS}", *REST[1:]), article(*REST[:2], f"{REST[2]} {SEALS}"))
    assert len(comparison.passages) == 1
    assert (comparison.stats.words_added, comparison.stats.words_removed) == (0, len(SEALS.split()))
