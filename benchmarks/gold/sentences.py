# ruff: noqa: RUF001, SIM905, E501, F541, C901, PLR0911 (templates: one a line, however long; one table of forms)
"""Sentences of town news as parts of which the facts are known, so that a fact can be changed and said to have been."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from . import words

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January February March April June July August September October November December".split()  # May is a verb too
)
NUMERALS = dict(
    zip(
        "two three four five six seven eight nine ten eleven twelve fourteen fifteen twenty thirty forty".split(),
        (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 20, 30, 40),
        strict=True,
    )
)
COUNTS = tuple(NUMERALS)


@dataclass(frozen=True)
class Fact:
    """A number, name, date or quotation of a sentence; `form` says how its text was made."""

    kind: str
    text: str
    form: str = ""


@dataclass(frozen=True)
class Sentence:
    """Text and facts in order; `parent` marks what it was made from, with the numbers of the sentences before."""

    parts: tuple[str | Fact, ...]
    sources: tuple[int, ...] = ()
    clauses: int = 1

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    def facts(self, *kinds: str) -> list[int]:
        return [index for index, part in enumerate(self.parts) if isinstance(part, Fact) and part.kind in kinds]

    def with_part(self, index: int, part: str | Fact) -> Sentence:
        return replace(self, parts=(*self.parts[:index], part, *self.parts[index + 1 :]))


@dataclass
class Reporter:
    """Writes sentences; an action, a remark or a name is used once in an article, so that no two are alike."""

    random: Random
    used: set[str] = field(default_factory=set)

    def once(self, choices: tuple[str, ...] | list[str]) -> str:
        free = [choice for choice in choices if choice not in self.used]
        chosen = self.random.choice(free or list(choices))
        self.used.add(chosen)
        return chosen

    def person(self) -> str:
        while True:
            name = f"{self.random.choice(words.FIRST)} {self.random.choice(words.LAST)}"
            if name not in self.used:
                self.used.add(name)
                return name

    def sentence(self) -> Sentence:
        makers = (
            (self.plain, 24),
            (self.doubled, 14),
            (self.counted, 26),
            (self.quoted, 22),
            (self.dated, 16),
            (self.named, 12),
        )
        return self.random.choices([maker for maker, _ in makers], [weight for _, weight in makers])[0]()

    def tally(self) -> list[Sentence]:
        """Sentences that differ in a place and a number only, as where wards or teams are listed."""
        what = self.random.choice(("votes for the plan", "flooded homes", "new trees", "empty shops", "broken lamps"))
        places = self.random.sample(words.PLACES, self.random.randint(3, 6))
        return [
            Sentence(
                (f"{_upper(place)} counted ", Fact("number", str(self.random.randint(11, 989)), "tally"), f" {what}.")
            )
            for place in places
        ]

    def plain(self) -> Sentence:
        subject = self.random.choice(words.SUBJECTS)
        return Sentence((f"{subject} {self.once(words.ACTIONS)} {self.random.choice(words.ADJUNCTS)}.",))

    def doubled(self) -> Sentence:
        """Two clauses with their own subjects: such a sentence can be split in two."""
        one, two = self.random.sample(words.SUBJECTS, 2)
        first = f"{one} {self.once(words.ACTIONS)} {self.random.choice(words.ADJUNCTS)}"
        second = f"{two[0].lower()}{two[1:]} {self.once(words.ACTIONS)} {self.random.choice(words.ADJUNCTS)}"
        return Sentence((first, ", and ", second, "."), clauses=2)

    def dated(self) -> Sentence:
        subject, action = self.random.choice(words.SUBJECTS), self.once(words.ACTIONS)
        match self.random.randrange(4):
            case 0:
                return Sentence(
                    (f"{subject} {action} on ", self.weekday(), " ", self.random.choice(words.ADJUNCTS), ".")
                )
            case 1:
                return Sentence((f"{subject} {action} on ", self.day(), f" near {self.random.choice(words.PLACES)}."))
            case 2:
                return Sentence(
                    (f"It was shortly before ", self.time(), f" when {_lower(subject)} {action} by torchlight.")
                )
        return Sentence(
            (f"{subject} {action} back in ", Fact("date", str(self.random.randint(1961, 2019)), "year"), ".")
        )

    def named(self) -> Sentence:
        who = Fact("name", self.person(), "person")
        match self.random.randrange(3):
            case 0:
                return Sentence(
                    (who, ", ", self.age(), f", {self.once(words.ACTIONS)} {self.random.choice(words.ADJUNCTS)}.")
                )
            case 1:
                return Sentence((f"{self._role()} ", who, f" {self.once(words.ACTIONS)} that same morning."))
        body = Fact("name", self.random.choice([body for body in words.BODIES if body[0].isupper()]), "body")
        return Sentence((f"A spokesman for ", body, f" confirmed that somebody {self.once(words.ACTIONS)}."))

    def _role(self) -> str:
        role = self.random.choice(words.ROLES)
        return role[0].upper() + role[1:] + ","  # "The vicar, Ada Cragg ..."

    def quoted(self) -> Sentence:
        remark = self.once(words.REMARKS)
        who, role = Fact("name", self.person(), "speaker"), self.random.choice(words.ROLES)
        match self.random.randrange(4):
            case 0:
                return Sentence(("“", Fact("quotation", _upper(remark)), ",” said ", who, f", {role}."))
            case 1:
                return Sentence((who, f", {role}, said: “", Fact("quotation", _upper(remark)), ".”"))
            case 2:
                other = self.once(words.REMARKS)
                both = f"{_upper(remark)}. {_upper(other)}"
                return Sentence(
                    ("“", Fact("quotation", both), ",” ", who, f" told the {self.once(words.TOPICS)} meeting.")
                )
        return Sentence(
            (f"{_upper(role)} called it “", Fact("quotation", " ".join(remark.split()[-3:])), "” at the gate.")
        )

    def counted(self) -> Sentence:
        number, place = self.number, self.random.choice(words.PLACES)
        makers = (
            lambda: ("The work at ", place, " will cost ", number("money"), f", {_lower(self._fact_clause())}."),
            lambda: ("Police said ", number("count"), f" people were hurt when somebody {self.once(words.ACTIONS)}."),
            lambda: ("Trade at ", place, " fell by ", number("percent"), f" after {self._crowd()} {self.once(words.ACTIONS)}."),
            lambda: ("The queue was ", number("length"), f" long because {self._crowd()} {self.once(words.ACTIONS)}."),
            lambda: ("It took ", number("duration"), f" before {self._crowd()} {self.once(words.ACTIONS)}."),
            lambda: ("The temperature fell to ", number("degrees"), f" while {self._crowd()} {self.once(words.ACTIONS)}."),
            lambda: (f"The yearly balance stood at ", number("signed"), f" when {self._crowd()} {self.once(words.ACTIONS)}."),
            lambda: ("About ", number("big"), f" visitors came to {place} after {self._crowd()} {self.once(words.ACTIONS)}."),
            lambda: (f"{self._crowd().capitalize()} {self.once(words.ACTIONS)} and carried ", number("weight"), " of rubble away."),
            lambda: ("Of those asked, ", number("word"), f" said that {self._crowd()} {self.once(words.ACTIONS)}."),
            lambda: (f"The fund has raised ", number("money"), " of the ", number("money"), f" needed since somebody {self.once(words.ACTIONS)}."),
        )  # fmt: skip
        return Sentence(tuple(self.random.choice(makers)()))

    def _crowd(self) -> str:
        return _lower(self.random.choice(words.SUBJECTS))

    def _fact_clause(self) -> str:
        return f"though {self._crowd()} {self.once(words.ACTIONS)}"

    def age(self) -> Fact:
        return Fact("number", str(self.random.randint(18, 97)), "age")

    def weekday(self) -> Fact:
        return Fact("date", self.random.choice(WEEKDAYS), "weekday")

    def day(self) -> Fact:
        year = self.random.choice(("", "", f" {self.random.randint(2021, 2027)}"))
        return Fact("date", f"{self.random.randint(1, 28)} {self.random.choice(MONTHS)}{year}", "day")

    def time(self) -> Fact:
        hour, minute = self.random.randint(1, 12), self.random.choice(("", ".15", ".30", ".40", ".45"))
        return Fact("date", f"{hour}{minute}{self.random.choice(('am', 'pm'))}", "time")

    def number(self, form: str) -> Fact:
        return Fact("number", self._digits(form), form)

    def _digits(self, form: str) -> str:
        pick, whole = self.random.choice, self.random.randint
        match form:
            case "money":
                sign, size = pick("££££€$"), pick(("m", "bn", " million", " million", "k", ""))
                amount = f"{whole(11, 989):,}" if size else f"{whole(1, 95) * 250:,}"
                if size and pick((True, False)):
                    amount = f"{whole(11, 99) / 10}"
                return f"{sign}{amount}{size}"
            case "count":
                return pick((str(whole(11, 240)), pick(COUNTS), f"{whole(11, 39)}"))
            case "percent":
                return f"{pick((whole(2, 80), whole(11, 99) / 10))}{pick(('%', ' %', ' per cent', ' percent'))}"
            case "length":
                return f"{pick((whole(2, 30), whole(11, 79) / 10))} {pick(('miles', 'kilometres', 'metres', 'feet'))}"
            case "duration":
                return f"{pick((str(whole(11, 50)), pick(COUNTS)))} {pick(('hours', 'days', 'weeks', 'minutes'))}"
            case "degrees":
                return f"{pick(('-', '−', ''))}{whole(2, 19)}°C"
            case "signed":
                return f"{pick(('-', '+', '−', ''))}{pick((whole(2, 40), whole(11, 99) / 10))}{pick(('%', ' %'))}"
            case "tally":
                return str(whole(11, 989))
            case "big":
                return f"{whole(1, 48)},{whole(100, 999)}"
            case "weight":
                return f"{pick((whole(2, 60), whole(11, 99) / 10))} {pick(('tonnes', 'kg'))}"
        return pick(COUNTS)

    def another(self, fact: Fact) -> Fact:
        """Return another fact of the same kind and form that says something else."""
        while True:
            match fact.form:
                case "person" | "speaker":
                    new = self._renamed(fact)
                case "body":
                    new = Fact("name", self.random.choice([body for body in words.BODIES if body[0].isupper()]), "body")
                case "weekday":
                    new = self.weekday()
                case "day":
                    new = self.day()
                case "time":
                    new = self.time()
                case "year":
                    new = Fact("date", str(self.random.randint(1961, 2019)), "year")
                case "age":
                    new = self.age()
                case _:
                    new = self._retold(fact)
            if _value(new.text) != _value(fact.text):
                return new

    def _renamed(self, fact: Fact) -> Fact:
        first, last = fact.text.split(" ", 1)
        name = self.random.choice((self.person(), f"{first} {self.random.choice(words.LAST)}"))
        return Fact("name", name if name != fact.text else f"{self.person().split()[0]} {last}", fact.form)

    def _retold(self, fact: Fact) -> Fact:
        """Change a number as errors are mended: the point, the sign, two digits, the size, or the number itself."""
        text, tricks = fact.text, [self._digits(fact.form)]
        if "." in text:
            tricks.append(text.replace(".", "", 1))
        if text[0] in "-−":
            tricks.append(text[1:])
        digits = [index for index, letter in enumerate(text) if letter.isdigit()]
        if len(digits) > 1 and digits[1] == digits[0] + 1 and text[digits[1]] != "0":
            at, after = digits[0], digits[1]
            tricks.append(text[:at] + text[after] + text[at] + text[after + 1 :])
        for one, other in ((" million", " billion"), ("m", "bn"), (" miles", " kilometres"), (" days", " weeks")):
            if text.endswith(one) and fact.form in ("money", "length", "duration"):
                tricks.append(text.removesuffix(one) + other)
        return Fact("number", self.random.choice(tricks), fact.form)


def _value(text: str) -> str:
    for one, other in (
        (" million", "m"), (" billion", "bn"), (" per cent", "%"), (" percent", "%"), (" %", "%"), ("−", "-"), ("+", ""),
    ):  # fmt: skip
        text = text.replace(one, other)
    first, _, rest = text.partition(" ")
    return f"{NUMERALS[first]} {rest}".strip() if first in NUMERALS else text


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]
