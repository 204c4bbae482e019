"""The demo's day: a short programme of events, each as a desk would make it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from newsroom import shelf
from newsroom.model import Event
from newsroom.room import Newsroom

FERRY = "island-ferry-engine-fire-passengers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event to come: what it is in words, how many beats to wait before it, and the deed itself."""

    words: str
    beats: float
    act: Callable[[Newsroom], Event]


def programme() -> tuple[Step, ...]:
    """All steps, in order; they fit a newsroom that began with the shelf's own stories."""
    return (
        Step(words="publishes breaking news: a ferry adrift", beats=1, act=lambda room: publish_held(room, 0)),
        Step(words="corrects an arrest count and a rank without a word", beats=1, act=_arrests),
        Step(words="updates the ferry story, and says so", beats=1, act=_ferry_ashore),
        Step(words="rewrites a headline without a word", beats=1, act=_headline),
        Step(words="publishes an exclusive on water bonuses", beats=1, act=lambda room: publish_held(room, 1)),
        Step(words="changes a caption without a word", beats=1, act=_caption),
        Step(words="adds an entry to the live story", beats=1, act=_live),
        Step(words="moves a stamp and changes nothing else", beats=1, act=lambda room: room.restamp(TIMETABLE)),
        Step(words="corrects a sum, with a notice", beats=1, act=_correction),
        Step(words="moves a paragraph up without a word", beats=1, act=_moved),
        Step(words="takes a story down", beats=1, act=lambda room: room.takedown(PLAQUES)),
        Step(words="publishes a football story", beats=1, act=lambda room: publish_held(room, 2)),
        Step(words="gives a story another address", beats=1, act=_address),
        Step(words="brings the story back, a line shorter", beats=1, act=_back),
        Step(words="gives the ferry story a new headline and ending, and says so", beats=1, act=_ferry_over),
    )


def run(room: Newsroom, every: float, stop: threading.Event, report: Callable[[Step, Event], None]) -> bool:
    """Play the programme, a beat every so many seconds; False if it was stopped before its end."""
    for step in programme():
        if stop.wait(step.beats * every):
            return False
        report(step, step.act(room))
    return True


def publish_held(room: Newsroom, place: int) -> Event:
    """Publish one of the stories that wait on the shelf."""
    headline, body, draft = shelf.held(room.now())[place]
    room.publish(headline, body, **draft)
    return room.events[-1]


ARRESTS = "copper-cable-gang-arrests-docks"
TIMETABLE = "rail-timetable-chaos-cancelled-trains"
PLAQUES = "fake-heritage-plaques-fraud-trial"


def _arrests(room: Newsroom) -> Event:
    return room.stealth_edit(
        ARRESTS,
        replace={"arrested 12 people": "arrested 21 people", "Superintendent Moira": "Chief Superintendent Moira"},
    )


def _ferry_ashore(room: Newsroom) -> Event:
    return room.declared_edit(
        FERRY,
        replace={
            "Two lifeboats and a tug have been sent. The ferry has dropped anchor": "Two lifeboats and a tug are "
            "alongside, and the first 90 passengers have been brought ashore. The ferry lies at anchor"
        },
        standfirst="Lifeboats are bringing people ashore from the Maid of Wend, which lost power off Thornwick Head.",
    )


def _headline(room: Newsroom) -> Event:
    return room.headline_edit(
        "chancellor-holiday-let-levy", "Chancellor to halve holiday-let levy in U-turn after coastal backlash"
    )


def _caption(room: Newsroom) -> Event:
    return room.caption_edit(
        "hospital-trust-apologises-lost-letters", "Saltmere Royal is one of four hospitals affected."
    )


def _live(room: Newsroom) -> Event:
    return room.live_update(
        "live-saltmere-harbour-festival",
        "Fireworks are on",
        "Organisers have just confirmed that tonight's fireworks will go ahead at 9.30pm. Bring a coat.",
    )


def _correction(room: Newsroom) -> Event:
    return room.correction(
        "council-tax-rise-saltmere-budget",
        "Correction: an earlier version of this article said that the rise would add £87 a year to an average bill. "
        "It will add £92.",
        replace={"£87 a year": "£92 a year"},
    )


def _moved(room: Newsroom) -> Event:
    return room.move_paragraph("housing-list-saltmere-ten-years", 5, 1)


def _address(room: Newsroom) -> Event:
    return room.change_slug("wend-bridge-closed-weekend-repairs", "wend-bridge-closed-three-weekends-repairs")


def _back(room: Newsroom) -> Event:
    return room.bring_back(PLAQUES, remove="There is no such register")


def _ferry_over(room: Newsroom) -> Event:
    return room.declared_edit(
        FERRY,
        headline="All 212 people brought safely ashore from ferry after engine fire",
        add="The last passengers stepped ashore just before the rain. The biscuits, they said, had held out.",
    )
