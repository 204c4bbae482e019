"""What editors do to an article, done by chance and written down: each operation knows what a diff should say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from . import words
from .sentences import NUMERALS, Fact, Reporter, Sentence

CHANGED = {"number": "number", "quotation": "quotation:words", "person": "name", "body": "name", "date": "date"}

PLAIN = ("number", "date", "person", "body")
SPELLINGS = (
    ("%", " per cent"),
    (" %", " per cent"),
    (" per cent", "%"),
    (" percent", " per cent"),
    (" million", "m"),
    ("bn", " billion"),
    (" kilometres", "km"),
    (" tonnes", " tons"),
)


@dataclass(frozen=True)
class Paragraph:
    role: str
    sentences: tuple[Sentence, ...]
    touched: bool = False

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass
class Draft:
    """An article on its way to its next version, and what was done to it so far."""

    reporter: Reporter
    headline: str
    standfirst: Sentence
    body: list[Paragraph]
    done: list[str] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)
    facts: list[tuple[str, str, str]] = field(default_factory=list)
    close: bool = False
    """Whether edits may stand side by side."""

    def free(self, fits: Callable[[Paragraph], bool]) -> list[int]:
        """Return the paragraphs that fit and lie apart from all that was touched before."""
        around = [index for index, paragraph in enumerate(self.body) if paragraph.touched]
        return [
            index
            for index, paragraph in enumerate(self.body)
            if paragraph.role == "paragraph"
            and paragraph.text not in words.NOTES
            and fits(paragraph)
            and all(abs(index - other) > (not self.close) for other in around)
        ]

    def pick(self, fits: Callable[[Paragraph], bool]) -> int | None:
        free = self.free(fits)
        return self.reporter.random.choice(free) if free else None

    def put(self, index: int, *sentences: Sentence, instead: int = 1) -> None:
        """Let a paragraph of these sentences stand there instead of so many others; none when there are none."""
        new = [Paragraph("paragraph", sentences, touched=True)] if sentences else []
        self.body[index : index + instead] = new


def write_article(reporter: Reporter, size: int) -> Draft:
    """Return an article of about so many sentences: paragraphs of one to four, headings, sometimes repeated notes."""
    random = reporter.random
    standfirst = reporter.counted() if random.random() < 0.5 else reporter.plain()
    body: list[Paragraph] = []
    many = random.choice((0.2, 0.45, 0.7))
    while sum(len(paragraph.sentences) for paragraph in body) < size:
        count = random.choice((2, 2, 3, 4)) if random.random() < many else 1
        body.append(Paragraph("paragraph", tuple(reporter.sentence() for _ in range(count))))
        if len(body) > 3 and random.random() < 0.06:
            body.append(Paragraph("heading", (Sentence((reporter.once(words.HEADINGS),)),)))
    if random.random() < 0.4:
        at = random.randrange(1, len(body))
        body[at:at] = [Paragraph("paragraph", (one,)) for one in reporter.tally()]
    if random.random() < 0.3:
        note = random.choice(words.NOTES)
        for _ in range(random.randint(2, 4)):
            body.insert(random.randint(1, len(body)), Paragraph("paragraph", (Sentence((note,)),)))
    number, numbered = 0, []
    for paragraph in body:
        told = tuple(replace(one, sources=(number + at,)) for at, one in enumerate(paragraph.sentences))
        numbered.append(replace(paragraph, sentences=told))
        number += len(told)
    place = random.choice(words.PLACES).removeprefix("the ").capitalize()
    headline = f"{place} {reporter.once(words.TOPICS)} {random.choice(words.VERDICTS)}"
    return Draft(reporter, headline, standfirst, numbered, close=random.random() < 0.4)


def _any_paragraph(paragraph: Paragraph) -> bool:
    return bool(paragraph.sentences)


def _change_fact(*forms: str) -> Callable[[Draft], bool]:
    def change(draft: Draft) -> bool:
        index = draft.pick(lambda paragraph: any(_facts(one, forms) for one in paragraph.sentences))
        if index is None:
            return False
        told = list(draft.body[index].sentences)
        at = draft.reporter.random.choice([at for at, one in enumerate(told) if _facts(one, forms)])
        told[at] = _with_fact_changed(draft, told[at], forms)
        draft.put(index, *told)
        return True

    return change


def _facts(sentence: Sentence, forms: tuple[str, ...]) -> list[int]:
    return [
        index
        for index, part in enumerate(sentence.parts)
        if isinstance(part, Fact) and (part.kind in forms or part.form in forms)
    ]


def _with_fact_changed(draft: Draft, sentence: Sentence, forms: tuple[str, ...]) -> Sentence:
    index = draft.reporter.random.choice(_facts(sentence, forms))
    old = sentence.parts[index]
    assert isinstance(old, Fact)
    new = _reworded(draft, old) if old.kind == "quotation" else draft.reporter.another(old)
    kind = "quotation:attribution" if old.form == "speaker" else CHANGED[old.kind if old.kind != "name" else old.form]
    draft.facts.append((kind, old.text, new.text))
    return sentence.with_part(index, new)


def _reworded(draft: Draft, old: Fact) -> Fact:
    """Change one to three words of a quotation, cut it short, or put another one in its speaker's mouth."""
    random, told = draft.reporter.random, old.text.split()
    trick = random.random()
    if trick < 0.15:
        other = draft.reporter.once(words.REMARKS)
        return Fact("quotation", other[0].upper() + other[1:])
    if trick < 0.3 and len(told) > 6:
        return Fact("quotation", " ".join(told[: random.randint(4, len(told) - 2)]))
    pool = " ".join(words.REMARKS).split()
    plain = [at for at, word in enumerate(told) if at and _is_plain(word)]
    if not plain:
        return Fact("quotation", " ".join([*told, "indeed"]))
    for at in random.sample(plain, min(len(plain), random.randint(1, 3))):
        told[at] = random.choice([word for word in pool if _is_plain(word) and word != told[at]])
    return Fact("quotation", " ".join(told))


def _is_plain(word: str) -> bool:
    """Tell a word that states no fact."""
    return word.isalpha() and word.islower() and word not in NUMERALS and word not in ("one", "half", "first", "third")


def _reword(draft: Draft) -> bool:
    """Put other words into a clause, no fact among them."""
    index = draft.pick(lambda paragraph: any(_clauses(one) for one in paragraph.sentences))
    if index is None:
        return False
    told = list(draft.body[index].sentences)
    at = draft.reporter.random.choice([at for at, one in enumerate(told) if _clauses(one)])
    told[at] = _with_clause_changed(draft, told[at])
    draft.put(index, *told)
    return True


def _clauses(sentence: Sentence) -> list[int]:
    return [at for at, part in enumerate(sentence.parts) if isinstance(part, str) and len(part.split()) > 7]


def _with_clause_changed(draft: Draft, sentence: Sentence, share: float = 0.0) -> Sentence:
    random = draft.reporter.random
    at = random.choice(_clauses(sentence))
    told = str(sentence.parts[at]).split(" ")
    plain = [index for index in range(2, len(told) - 2) if _is_plain(told[index])]
    if plain:
        pool = [word for action in words.ACTIONS for word in action.split() if _is_plain(word)]
        many = max(int(share * len(told)), random.randint(1, 2))
        for index in random.sample(plain, min(len(plain), many)):
            told[index] = random.choice([word for word in pool if word != told[index]])
    else:
        told.insert(2, "also")
    return sentence.with_part(at, " ".join(told))


def _reword_heavily(draft: Draft) -> bool:
    """Put other words for up to two fifths of a clause."""
    index = draft.pick(lambda paragraph: any(_clauses(one) for one in paragraph.sentences))
    if index is None:
        return False
    told = list(draft.body[index].sentences)
    at = draft.reporter.random.choice([at for at, one in enumerate(told) if _clauses(one)])
    told[at] = _with_clause_changed(draft, told[at], share=0.4)
    draft.put(index, *told)
    return True


def _fact_and_words(draft: Draft) -> bool:
    """Change a fact and the words around it in one sentence."""
    index = draft.pick(lambda paragraph: any(_facts(one, PLAIN) and _clauses(one) for one in paragraph.sentences))
    if index is None:
        return False
    told = list(draft.body[index].sentences)
    at = draft.reporter.random.choice([at for at, one in enumerate(told) if _facts(one, PLAIN) and _clauses(one)])
    told[at] = _with_clause_changed(draft, _with_fact_changed(draft, told[at], PLAIN))
    draft.put(index, *told)
    return True


def _respell(draft: Draft) -> bool:
    """Write a number otherwise, so that it says the same: that changes no fact."""
    index = draft.pick(lambda paragraph: any(_respelt(one) for one in paragraph.sentences))
    if index is None:
        return False
    told = list(draft.body[index].sentences)
    at = draft.reporter.random.choice([at for at, one in enumerate(told) if _respelt(one)])
    told[at] = draft.reporter.random.choice(_respelt(told[at]))
    draft.put(index, *told)
    return True


def _respelt(sentence: Sentence) -> list[Sentence]:
    found = []
    for index in _facts(sentence, ("number",)):
        fact = sentence.parts[index]
        assert isinstance(fact, Fact)
        for one, other in SPELLINGS:
            if fact.text.endswith(one) and not (one == "%" and fact.text.endswith(" %")):
                found.append(sentence.with_part(index, replace(fact, text=fact.text.removesuffix(one) + other)))
    return found


def _drop_name(draft: Draft) -> bool:
    """Let a pronoun stand where somebody was named."""
    index = draft.pick(lambda paragraph: any(_facts(one, ("speaker",)) for one in paragraph.sentences))
    if index is None:
        return False
    told = list(draft.body[index].sentences)
    at = draft.reporter.random.choice([at for at, one in enumerate(told) if _facts(one, ("speaker",))])
    [place] = _facts(told[at], ("speaker",))
    named = told[at].parts[place]
    assert isinstance(named, Fact)
    draft.facts.append(("name", named.text, ""))
    told[at] = told[at].with_part(place, "she" if place else "She")
    draft.put(index, *told)
    return True


def _insert_sentence(draft: Draft) -> bool:
    index = draft.pick(_any_paragraph)
    if index is None:
        return False
    told = list(draft.body[index].sentences)
    told.insert(draft.reporter.random.randint(0, len(told)), draft.reporter.sentence())
    draft.put(index, *told)
    return True


def _delete_sentence(draft: Draft) -> bool:
    index = draft.pick(lambda paragraph: len(paragraph.sentences) > 1)
    if index is None:
        return False
    told = list(draft.body[index].sentences)
    del told[draft.reporter.random.randrange(len(told))]
    draft.put(index, *told)
    return True


def _insert_paragraph(draft: Draft) -> bool:
    index = draft.pick(_any_paragraph)
    if index is None:
        return False
    draft.put(index, *(draft.reporter.sentence() for _ in range(draft.reporter.random.choice((1, 1, 2, 3)))), instead=0)
    return True


def _delete_paragraph(draft: Draft) -> bool:
    index = draft.pick(_any_paragraph)
    if index is None or len(draft.body) < 6:
        return False
    for near in (index - 1, index + 1):
        if 0 <= near < len(draft.body):
            draft.body[near] = replace(draft.body[near], touched=True)
    del draft.body[index]
    return True


def _rewrite(draft: Draft) -> bool:
    index = draft.pick(_any_paragraph)
    if index is None:
        return False
    draft.put(index, *(draft.reporter.sentence() for _ in draft.body[index].sentences))
    return True


def _move_paragraph(draft: Draft, *, edited: bool = False) -> bool:
    """Move a paragraph past at least three others that are left alone."""
    fits = (lambda paragraph: any(map(_editable, paragraph.sentences))) if edited else (_any_paragraph)
    index = draft.pick(lambda paragraph: len(paragraph.text) > 60 and fits(paragraph))
    if index is None:
        return False
    targets = [at for at in draft.free(_any_paragraph) if _room(draft, index, at)]
    if not targets:
        return False
    target = draft.reporter.random.choice(targets)
    told = list(draft.body[index].sentences)
    draft.moved += [source for sentence in told for source in sentence.sources]
    if edited:
        at = draft.reporter.random.choice([at for at, one in enumerate(told) if _editable(one)])
        told[at] = _edited(draft, told[at])
    for near in (index - 1, index + 1):
        if 0 <= near < len(draft.body):
            draft.body[near] = replace(draft.body[near], touched=True)
    del draft.body[index]
    draft.put(target - (target > index), *told, instead=0)
    return True


def _room(draft: Draft, index: int, target: int) -> bool:
    """Tell whether what lies between is longer, and no other move's end lies there."""
    between = draft.body[min(index + 1, target) : max(index, target)]
    if len(between) < 3 or any(paragraph.touched for paragraph in between):
        return False
    return sum(len(paragraph.text) for paragraph in between) > 2 * len(draft.body[index].text)


def _editable(sentence: Sentence) -> bool:
    return bool(_clauses(sentence) or sentence.facts("number", "date"))


def _edited(draft: Draft, sentence: Sentence) -> Sentence:
    if sentence.facts("number", "date") and draft.reporter.random.random() < 0.6:
        return _with_fact_changed(draft, sentence, ("number", "date"))
    return (
        _with_clause_changed(draft, sentence)
        if _clauses(sentence)
        else _with_fact_changed(draft, sentence, ("number", "date"))
    )


def _move_edited(draft: Draft) -> bool:
    return _move_paragraph(draft, edited=True)


def _swap_neighbours(draft: Draft) -> bool:
    """Let two paragraphs change places: the shorter one moved."""
    free = set(draft.free(lambda paragraph: len(paragraph.text) > 60))
    both = [index for index in free if index + 1 in free]
    both = [index for index in both if abs(len(draft.body[index].text) - len(draft.body[index + 1].text)) > 12]
    if not both:
        return False
    index = draft.reporter.random.choice(sorted(both))
    one, two = (replace(paragraph, touched=True) for paragraph in draft.body[index : index + 2])
    draft.body[index : index + 2] = [two, one]
    shorter = min(one, two, key=lambda paragraph: len(paragraph.text))
    draft.moved += [source for sentence in shorter.sentences for source in sentence.sources]
    return True


def _move_sentence_edited(draft: Draft) -> bool:
    return _move_sentence(draft, edited=True)


def _move_sentence(draft: Draft, *, edited: bool = False) -> bool:
    """Move one sentence of a paragraph into another paragraph, three away at least."""
    fits = _editable if edited else bool
    index = draft.pick(lambda paragraph: len(paragraph.sentences) > 1 and any(map(fits, paragraph.sentences)))
    if index is None:
        return False
    targets = [at for at in draft.free(_any_paragraph) if abs(at - index) > 3]
    if not targets:
        return False
    target = draft.reporter.random.choice(targets)
    told, others = list(draft.body[index].sentences), list(draft.body[target].sentences)
    moved = told.pop(draft.reporter.random.choice([at for at, one in enumerate(told) if fits(one)]))
    draft.moved += moved.sources
    others.insert(draft.reporter.random.randint(0, len(others)), _edited(draft, moved) if edited else moved)
    draft.put(index, *told)
    draft.put(target, *others)
    return True


def _reorder_sentences(draft: Draft) -> bool:
    """Move the first sentence of a paragraph behind two others, or the last before them."""
    index = draft.pick(lambda paragraph: len(paragraph.sentences) > 2 and _outweighed(paragraph))
    if index is None:
        return False
    told = list(draft.body[index].sentences)
    first = len(told[0].text) < len(told[-1].text)
    moved = told.pop(0 if first else -1)
    told.insert(len(told) if first else 0, moved)
    draft.moved += moved.sources
    draft.put(index, *told)
    return True


def _outweighed(paragraph: Paragraph) -> bool:
    lengths = [len(sentence.text) for sentence in paragraph.sentences]
    return min(lengths[0], lengths[-1]) * 1.5 < sum(lengths) - min(lengths[0], lengths[-1])


def _split_sentence(draft: Draft) -> bool:
    index = draft.pick(lambda paragraph: any(one.clauses == 2 for one in paragraph.sentences))
    if index is None:
        return False
    told = list(draft.body[index].sentences)
    at = draft.reporter.random.choice([at for at, one in enumerate(told) if one.clauses == 2])
    first, _, second, end = (str(part) for part in told[at].parts)
    halves = (f"{first}.", f"{second[0].upper()}{second[1:]}{end}")
    told[at : at + 1] = [Sentence((half,), sources=told[at].sources) for half in halves]
    draft.put(index, *told)
    return True


def _join_sentences(draft: Draft) -> bool:
    index = draft.pick(lambda paragraph: _joinable(paragraph) is not None)
    at = _joinable(draft.body[index]) if index is not None else None
    if index is None or at is None:
        return False
    told = list(draft.body[index].sentences)
    one, two = told[at], told[at + 1]
    second = two.text
    joined = f"{one.text[:-1]}, while {second[0].lower()}{second[1:]}"
    told[at : at + 2] = [Sentence((joined,), sources=(*one.sources, *two.sources))]
    draft.put(index, *told)
    return True


def _joinable(paragraph: Paragraph) -> int | None:
    pairs = zip(paragraph.sentences, paragraph.sentences[1:], strict=False)
    plain = [
        at
        for at, (one, two) in enumerate(pairs)
        if one.text.endswith(".") and not two.facts("name", "quotation") and not one.facts("quotation")
    ]
    return plain[0] if plain else None


def _split_paragraph(draft: Draft) -> bool:
    index = draft.pick(lambda paragraph: len(paragraph.sentences) > 1)
    if index is None:
        return False
    told = draft.body[index].sentences
    at = draft.reporter.random.randint(1, len(told) - 1)
    draft.body[index : index + 1] = [Paragraph("paragraph", part, touched=True) for part in (told[:at], told[at:])]
    return True


def _join_paragraphs(draft: Draft) -> bool:
    free = set(draft.free(_any_paragraph))
    both = [index for index in free if index + 1 in free]
    if not both:
        return False
    index = draft.reporter.random.choice(sorted(both))
    draft.put(index, *draft.body[index].sentences, *draft.body[index + 1].sentences, instead=2)
    return True


def _change_note(draft: Draft) -> bool:
    """Take one of several identical paragraphs away, or set one more."""
    notes = [index for index, paragraph in enumerate(draft.body) if paragraph.text in words.NOTES]
    if len(notes) < 2:
        return False
    index = draft.reporter.random.choice(notes)
    if any(paragraph.touched for paragraph in draft.body[max(index - 1, 0) : index + 2]):
        return False
    if draft.reporter.random.random() < 0.5:
        del draft.body[index]
        return True
    places = draft.free(_any_paragraph)
    if not places:
        return False
    draft.put(draft.reporter.random.choice(places), Sentence((draft.body[index].text,)), instead=0)
    return True


def _change_heading(draft: Draft) -> bool:
    headings = [
        index for index, paragraph in enumerate(draft.body) if paragraph.role == "heading" and not paragraph.touched
    ]
    if not headings:
        return False
    index = draft.reporter.random.choice(headings)
    [old] = draft.body[index].sentences
    text = f"{old.text} {draft.reporter.random.choice(('after dark', 'on the quay', 'this week'))}"
    draft.body[index] = Paragraph("heading", (replace(old, parts=(text,)),), touched=True)
    return True


def _change_standfirst(draft: Draft) -> bool:
    if "standfirst" in draft.done:
        return False
    numbered = bool(_facts(draft.standfirst, ("number",)))
    if numbered:
        draft.standfirst = _with_fact_changed(draft, draft.standfirst, ("number",))
    else:
        draft.standfirst = _with_clause_changed(draft, draft.standfirst)
    return True


def _change_headline(draft: Draft) -> bool:
    verdict = draft.reporter.random.choice(words.VERDICTS)
    if draft.headline.endswith(verdict):
        return False
    old = next(other for other in words.VERDICTS if draft.headline.endswith(other))
    draft.headline = draft.headline.removesuffix(old) + verdict
    return True


OPERATIONS: dict[str, Callable[[Draft], bool]] = {
    "number": _change_fact("number"),
    "quotation": _change_fact("quotation"),
    "speaker": _change_fact("speaker"),
    "name": _change_fact("person", "body"),
    "date": _change_fact("date"),
    "reword": _reword,
    "reword-heavily": _reword_heavily,
    "fact-and-words": _fact_and_words,
    "respell": _respell,
    "drop-name": _drop_name,
    "insert-sentence": _insert_sentence,
    "delete-sentence": _delete_sentence,
    "insert-paragraph": _insert_paragraph,
    "delete-paragraph": _delete_paragraph,
    "rewrite-paragraph": _rewrite,
    "move-paragraph": _move_paragraph,
    "move-edited": _move_edited,
    "swap-neighbours": _swap_neighbours,
    "move-sentence": _move_sentence,
    "move-sentence-edited": _move_sentence_edited,
    "reorder-sentences": _reorder_sentences,
    "split-sentence": _split_sentence,
    "join-sentences": _join_sentences,
    "split-paragraph": _split_paragraph,
    "join-paragraphs": _join_paragraphs,
    "repeated": _change_note,
    "heading": _change_heading,
    "standfirst": _change_standfirst,
    "headline": _change_headline,
}
