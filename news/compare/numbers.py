"""Numbers as a reader counts them: with sign, currency, magnitude and unit, in figures or in words.

`12`, `twelve` and `a dozen` are one value, so are `£3m` and `3 million pounds`, `5%` and `five per cent`; `-5 %` and
`5 %` are not. A point is a decimal point and a comma before three digits parts thousands, as English writes them.
"""
# ruff: noqa: RUF001, SIM905 (marks that look alike; lists of many short words read better as prose)

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

CURRENCIES: Final = {
    "£": "£ pound pounds sterling quid gbp",
    "$": "$ dollar dollars us$ usd",
    "€": "€ euro euros eur",
    "¥": "¥ yen",
    "₹": "₹ rupee rupees",
}
UNITS: Final = {
    "%": "% percent pc pct prozent",
    "‰": "‰",
    "p": "p pence penny",
    "c": "cent cents",
    "mile": "mile miles mi",
    "km": "km kms kilometre kilometres kilometer kilometers",
    "m": "metre metres meter meters",
    "cm": "cm centimetre centimetres centimeter centimeters",
    "mm": "mm millimetre millimetres",
    "foot": "foot feet ft",
    "inch": "inch inches",
    "mph": "mph",
    "km/h": "km/h kph kmh",
    "kg": "kg kgs kilo kilos kilogram kilograms",
    "g": "gram grams grammes",
    "tonne": "tonne tonnes ton tons",
    "stone": "stone",
    "litre": "litre litres liter liters",
    "acre": "acre acres",
    "hectare": "hectare hectares ha",
    "°": "° °c °f degrees degree",
    "point": "point points",
    "second": "second seconds secs",
    "minute": "minute minutes mins min",
    "hour": "hour hours hrs hr",
    "day": "day days",
    "week": "week weeks",
    "month": "month months",
    "year": "year years",
    "MW": "mw megawatt megawatts",
    "GW": "gw gigawatt gigawatts",
}
MAGNITUDES: Final = {
    **dict.fromkeys(("k", "thousand"), 10**3),
    **dict.fromkeys(("m", "mn", "million", "mio"), 10**6),
    **dict.fromkeys(("bn", "billion", "b"), 10**9),
    **dict.fromkeys(("tn", "trillion"), 10**12),
}
SMALL: Final = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {word: 10 * tens for tens, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
VAGUE: Final = frozenset("dozens scores hundreds thousands millions billions half several".split())
_OPENERS: Final = frozenset([*SMALL, *VAGUE, *MAGNITUDES, "hundred", "dozen", "minus", "plus"])
"""Words without which no number begins, unless it has a digit or a hyphen."""

NO_COUNT_BEFORE: Final = frozenset("no any every some each this that the which another first last only".split())
NO_COUNT_AFTER: Final = frozenset(
    "of another day thing can could who that which is was has should would must will more by".split()
)
_UNIT_OF: Final = {word: unit for unit, words in (CURRENCIES | UNITS).items() for word in words.split()}
_SHORT: Final = {word: value for word, value in MAGNITUDES.items() if len(word) < 3}

FIGURE: Final = re.compile(
    r"(?P<sign>[-−–+±~≈<>≤≥]*)(?P<money>[£$€¥₹]?)(?P<inner>[-−]?)"
    r"(?P<digits>\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*[.,]?\d+)"
    r"(?P<half>½|¼|¾)?(?P<tail>[^\d\s]*)(?:\s*(?P<per>[%‰°][CFK]?))?$"
)
_FRACTIONS: Final = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}


class Number(NamedTuple):
    """A number of a text: the tokens that it takes, from `first` up to `last`, and its value in one spelling."""

    first: int
    last: int
    value: str


def numbers(tokens: Sequence[str]) -> list[Number]:
    """Return the numbers of a text cut into tokens, in order."""
    found: list[Number] = []
    at = 0
    while at < len(tokens):
        plain = tokens[at].isalpha() and tokens[at].lower() not in _OPENERS
        number = None if plain else _number(tokens, at)
        if number is None:
            at += 1
        else:
            found.append(number)
            at = number.last
    return found


def _number(tokens: Sequence[str], at: int) -> Number | None:
    first = at
    sign = ""
    if tokens[at].lower() in ("minus", "plus") and at + 1 < len(tokens):
        sign, at = {"minus": "-", "plus": "+"}[tokens[at].lower()], at + 1
    if any(letter.isdigit() for letter in tokens[at]):
        return _figures(tokens, first, at, sign)
    return _worded(tokens, first, at, sign)


def _figures(tokens: Sequence[str], first: int, at: int, sign: str) -> Number | None:
    """Return the number whose digits are in the token `at`; a name that holds a digit (M25) is none."""
    token = tokens[at]
    if token[0].isalpha():
        return None
    match = FIGURE.match(token)
    if match is None:
        unit, last = _unit(tokens, at + 1)
        return Number(first, last, _spelt(sign, "", _one_dash(token), unit))
    amount = _amount(match["digits"]) + _FRACTIONS.get(match["half"] or "", Decimal(0))
    sign = sign or _one_dash(match["sign"] + match["inner"])
    unit, last = (match["per"] or "")[:1], at + 1
    tail = match["tail"].lower()
    if tail in _SHORT:
        amount *= _SHORT[tail]
    elif tail:
        unit = _UNIT_OF.get(tail, tail)
    if last < len(tokens) and tokens[last].lower() in MAGNITUDES and not unit:
        amount, last = amount * MAGNITUDES[tokens[last].lower()], last + 1
    if not unit and not match["money"]:
        unit, last = _unit(tokens, last)
    return Number(first, last, _spelt(sign, match["money"], _plain(amount), unit))


def _worded(tokens: Sequence[str], first: int, at: int, sign: str) -> Number | None:
    if tokens[at].lower() in VAGUE:
        return Number(first, at + 1, tokens[at].lower())
    amount, last = _counted(tokens, at)
    if amount is None or (amount == 1 and last == at + 1 and not _one_counts(tokens, at)):
        return None
    unit, last = _unit(tokens, last)
    money = unit if unit in CURRENCIES else ""
    return Number(first, last, _spelt(sign, money, _plain(amount), "" if money else unit))


def _counted(tokens: Sequence[str], at: int) -> tuple[Decimal | None, int]:
    """Return the amount that number words state from `at` on, and the token after them; None where there is none."""
    total, group, seen = 0, 0, False
    last = at
    for index in range(at, len(tokens)):
        word = tokens[index].lower()
        value = _small(word)
        if value is not None:
            if seen and not (group % 100 == 0 or (group % 10 == 0 and value < 10)):
                break
            group += value
        elif word == "hundred" and (seen or _after_article(tokens, index)):
            group = (group or 1) * 100
        elif word == "dozen":
            group = (group or 1) * 12
        elif word in MAGNITUDES and len(word) > 2 and (seen or _after_article(tokens, index)):
            total, group = total + (group or 1) * MAGNITUDES[word], 0
        elif word == "and" and seen and index + 1 < len(tokens) and _small(tokens[index + 1].lower()) and group >= 100:
            continue
        else:
            break
        seen, last = True, index + 1
    return (Decimal(total + group) if seen else None), last


def _small(word: str) -> int | None:
    tens, _, ones = word.partition("-")
    if not ones:
        return SMALL.get(tens)
    if SMALL.get(tens, 0) >= 20 and 0 < SMALL.get(ones, 0) < 10:
        return SMALL[tens] + SMALL[ones]
    return None


def _after_article(tokens: Sequence[str], at: int) -> bool:
    return at > 0 and tokens[at - 1].lower() in ("a", "per")


def _one_counts(tokens: Sequence[str], at: int) -> bool:
    """Tell whether "one" counts something here, as in "one person", and is no pronoun."""
    if at > 0 and tokens[at - 1].lower() in NO_COUNT_BEFORE:
        return False
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    return after.isalpha() and after.islower() and after not in NO_COUNT_AFTER


def _unit(tokens: Sequence[str], at: int) -> tuple[str, int]:
    """Return the unit that stands at this token, and the token after it."""
    word = tokens[at].lower() if at < len(tokens) else ""
    if word == "per" and at + 1 < len(tokens) and tokens[at + 1].lower() == "cent":
        return "%", at + 2
    if word == "percentage" and at + 1 < len(tokens) and tokens[at + 1].lower() in ("point", "points"):
        return "point", at + 2
    if word in _UNIT_OF:
        return _UNIT_OF[word], at + 1
    return "", at


def _amount(digits: str) -> Decimal:
    bare = re.sub(r"[ \u00a0\u2009\u202f]", "", digits)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", bare):
        bare = bare.replace(",", "")
    return Decimal(bare.replace(",", "."))


def _plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _one_dash(text: str) -> str:
    return re.sub("[−–]", "-", text)


def _spelt(sign: str, money: str, amount: str, unit: str) -> str:
    if unit in CURRENCIES:
        money, unit = unit, ""
    return f"{sign}{money}{amount}{' ' if unit else ''}{unit}"
