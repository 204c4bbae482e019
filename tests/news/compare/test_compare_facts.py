# ruff: noqa: RUF001 (the marks that look alike are what is tested)
import pytest

from news.compare import as_json, compare, facts
from news.model import Article, Block


def article(*texts, **fields):
    body = tuple(Block(role="paragraph", text=text) for text in texts)
    return Article(**{"headline": "Quay wall", "language": "en", **fields}, body=body)


def told(before, after, **fields):
    found = facts(article(before, **fields), article(after, **fields))
    return [(fact.kind, fact.before, fact.after) for fact in found]


@pytest.mark.parametrize(
    ("before", "after", "was", "now"),
    [
        ("Police said 12 people were hurt.", "Police said 21 people were hurt.", "12", "21"),
        ("Rates fell to -5 % a year.", "Rates fell to 5 % a year.", "-5 %", "5 %"),
        ("It reached minus five per cent.", "It reached five per cent.", "minus five per cent", "five per cent"),
        ("Some 1.5 million came by.", "Some 15 million came by.", "1.5 million", "15 million"),
        ("It cost £3m to build.", "It cost £5m to build.", "£3m", "£5m"),
        ("It cost £3m to build.", "It cost £3bn to build.", "£3m", "£3bn"),
        ("It took 12 years to build.", "It took 12 months to build.", "12 years", "12 months"),
        ("One man was killed there.", "Two men were killed there.", "One", "Two"),
        ("Dozens of people came there.", "Hundreds of people came there.", "Dozens", "Hundreds"),
        ("Twenty-one houses were shut.", "Forty-one houses were shut.", "Twenty-one", "Forty-one"),
    ],
)
def test_a_number_is_told_with_its_sign_magnitude_and_unit(before, after, was, now):
    assert told(before, after) == [("number", was, now)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Some 5% of them came by bus.", "Some five per cent of them came by bus."),
        ("It cost £3m to build.", "It cost 3 million pounds to build."),
        ("Some 12 people came there.", "Some twelve people came there."),
        ("It fell by -5 % last year.", "It fell by \u22125 % last year."),
        ("It was shut until 7.30am there.", "It was shut until 7:30 am there."),
        ("It opened on 12 March 2025 at last.", "It opened on March 12, 2025 at last."),
        ("“It was bad,” said Ann Lee.", "‘It was bad’, said Ann Lee."),
        ("Ann Lee said that it was raining there.", "It was raining there, Ann Lee said."),
        ("The road was shut.", "The road was shut. Some 12 people stayed in Harwick on Tuesday."),
        ("The road was shut. Some 12 people stayed in Harwick.", "The road was shut."),
    ],
)
def test_what_is_only_written_otherwise_or_came_with_a_new_sentence_changes_no_fact(before, after):
    assert told(before, after) == []


def test_numbers_that_change_places_are_two_changes():
    before, after = "They won from 3 to 5 games there.", "They won from 5 to 3 games there."
    assert told(before, after) == [("number", "3", "5"), ("number", "5", "3")]


def test_names_that_change_places_are_two_changes():
    found = told("In the end Smith beat Jones.", "In the end Jones beat Smith.")
    assert found == [("name", "Smith", "Jones"), ("name", "Jones", "Smith")]


def test_the_words_of_a_quotation_are_told_whole_though_all_of_them_changed():
    [fact] = facts(
        article("“It was terrible,” said Ann Lee, who saw it."),
        article("“We have nothing at all to say on that,” said Ann Lee, who saw it."),
    )
    assert (fact.kind, fact.part, fact.before) == ("quotation", "words", "It was terrible,")
    assert fact.after_value == "We have nothing at all to say on that"


def test_who_spoke_is_told_as_the_quotations_attribution():
    [fact] = facts(article("“It was terrible,” said Ann Lee, 45."), article("“It was terrible,” said Bob Ray, 45."))
    assert (fact.kind, fact.part, fact.before, fact.after) == ("quotation", "attribution", "Ann Lee", "Bob Ray")


def test_a_number_in_a_quotation_is_told_beside_the_quotation():
    found = told("“We lost 12 men,” said Ann Lee.", "“We lost 21 men,” said Ann Lee.")
    assert found == [("quotation", "We lost 12 men,", "We lost 21 men,"), ("number", "12", "21")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Tuesday", "Thursday"),
        ("12 March", "13 March"),
        ("7.30am", "7.45am"),
        ("noon", "midnight"),
        ("3/4/2026", "4/3/2026"),
    ],
)
def test_dates_and_times_are_told_as_such(before, after):
    assert told(f"It opens on {before} for all.", f"It opens on {after} for all.") == [("date", before, after)]


def test_a_word_at_the_beginning_of_a_sentence_is_a_name_only_where_it_is_one_elsewhere():
    assert told("Workers left the quay wall.", "Sailors left the quay wall.") == []
    body = ("It was Sailor who left.", "So did Walker then.")
    found = facts(article(*body, "Walker left the quay."), article(*body, "Sailor left the quay."))
    assert [(fact.kind, fact.before, fact.after) for fact in found] == [("name", "Walker", "Sailor")]


def test_german_nouns_are_no_names():
    before, after = "Die Polizei sah den Wagen am Tor.", "Die Polizei sah den Hund am Tor."
    assert told(before, after, language="de") == []


def test_a_headline_keeps_its_number_though_all_else_changed():
    found = facts(article("x", headline="Ten hurt"), article("x", headline="Two dead"))
    assert [(fact.where, fact.before, fact.after) for fact in found] == [("headline", "Ten", "Two")]


def test_places_lead_to_the_fact_also_in_a_paragraph_that_was_split():
    before = ["It rained all day in Harwick. Two crews came and they stayed until 7.30am."]
    after = ["It rained all day in Harwick.", "Two crews came and they stayed until 7.45am."]
    [fact] = facts(article(*before), article(*after))
    assert (fact.from_index, fact.to_index) == (0, 1)
    assert before[0][fact.from_at :].startswith("7.30am")
    assert after[1][fact.to_at :].startswith("7.45am")


def test_a_sentence_that_moved_and_was_edited_tells_its_facts():
    first, last = "The tide came in over the quay.", "Nobody was hurt there at all."
    before = article(f"{first} Police said 12 people had left the pier.", "It rained.", "It snowed.", last)
    after = article(first, "It rained.", "It snowed.", f"{last} Police said 21 people had left the pier.")
    comparison = compare(before, after)
    assert (comparison.stats.words_added, comparison.stats.words_removed) == (1, 1)
    [fact] = as_json(comparison)["facts"]
    assert (fact["before"], fact["after"], fact["from_index"], fact["to_index"]) == ("12", "21", 0, 3)
    assert after.body[3].text[fact["to_at"] :].startswith("21 people")
