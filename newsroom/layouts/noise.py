"""What differs between two answers though no word of the article does: adverts, strips, counts, lists of other news."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from newsroom.model import Story

PRESENTERS = (
    ("Desmond Arkle", "7am - 10am"),
    ("Maya Tolliver", "10am - 1pm"),
    ("Rory Penhallow", "1pm - 4pm"),
    ("Shireen Vance", "4pm - 7pm"),
    ("Gus Halloran", "7pm - 10pm"),
    ("Ivy Marchbank", "10pm - 1am"),
    ("The Small Hours with Bram Oakes", "1am - 4am"),
    ("Early Tide with Lottie Fenn", "4am - 7am"),
)
ADVERTS = (
    ("Pellbrook Conservatories", "A room with more sky. Summer prices end Sunday."),
    ("Saltmere Savings", "5.1% on your first £5,000. Ask in branch."),
    ("The Ferryman Hotel", "Two nights by the water, breakfast in bed."),
    ("Wend Valley Trains", "The slow way is the pretty way. Singles from £6."),
    ("Cobb & Daughters", "Boots mended while you wait, since 1921."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """One answer's worth of it."""

    nonce: str
    advert_ids: tuple[int, int]
    advert: tuple[str, str]
    shares: int
    on_air: tuple[str, str]
    tail: tuple[Story, ...]
    most_read: tuple[Story, ...]


def noise(dice: Random, others: Sequence[Story]) -> Noise:
    """Noise from these dice, its lists drawn from the other stories of the day."""
    return Noise(
        nonce=f"{dice.getrandbits(64):016x}",
        advert_ids=(dice.randrange(10**8), dice.randrange(10**8)),
        advert=dice.choice(ADVERTS),
        shares=dice.randrange(3, 4000),
        on_air=dice.choice(PRESENTERS),
        tail=tuple(dice.sample(others, min(7, len(others)))),
        most_read=tuple(dice.sample(others, min(5, len(others)))),
    )
