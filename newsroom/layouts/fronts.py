"""Pages that are no articles: the home page, section fronts, the station's own pages, the error page."""

from collections.abc import Sequence
from html import escape

from newsroom.layouts.noise import PRESENTERS, Noise
from newsroom.layouts.shell import NAME, TAGLINE, TITLES, Place, meta, page, template
from newsroom.model import Story
from newsroom.shelf import SECTIONS
from newsroom.times import printed_hour


def home(stories: Sequence[Story], place: Place, sound: Noise) -> str:
    """The home page: one lead, four beside it, the newest as a list, a row for each section."""
    lead, beside = _lead(stories[:1]), "".join(_card(story) for story in stories[1:5])
    rows = "".join(_row(section, [story for story in stories[5:] if story.section == section]) for section in SECTIONS)
    main = template("home.html").substitute(lead=lead, beside=beside, latest=_latest(stories[5:11]), rows=rows)
    head = [
        f'<link rel="canonical" href="{place.base}">',
        f'<link rel="alternate" type="application/rss+xml" title="{NAME}" href="/feed/">',
        f'<link rel="alternate" type="application/atom+xml" title="{NAME}" href="/atom.xml">',
        meta("description", f"{NAME}: {TAGLINE}. News, opinion and phone-ins from the harbour."),
        meta("og:type", "website"),
        meta("og:title", NAME),
        meta("og:url", place.base),
    ]
    return page(place, sound, title=NAME, main=main, head=head)


def section_front(section: str, stories: Sequence[Story], place: Place, sound: Noise) -> str:
    """A section's own front, newest first."""
    own = [story for story in stories if story.section == section]
    cards = "".join(_card(story) for story in own[1:])
    heading = f'<h1 class="front__title">{TITLES[section]}</h1>'
    main = f'<main class="wrap front">{heading}{_lead(own[:1])}<div class="cards">{cards}</div></main>'
    head = [f'<link rel="canonical" href="{place.url(f"/{section}/")}">', meta("og:type", "website")]
    return page(place, sound, title=f"{TITLES[section]} news", main=main, head=head, section=section)


def presenters(place: Place, sound: Noise) -> str:
    """Who is on the air."""
    names = [name.rpartition(" with ")[2] for name, _ in PRESENTERS]
    entries = "".join(
        f'<li><img src="/images/author-{name.lower().replace(" ", "-")}.svg" alt="{name}" width="96" height="96">'
        f"<strong>{name}</strong></li>"
        for name in names
    )
    return _plain("Presenters", f'<ul class="faces">{entries}</ul>', place, sound)


def schedule(place: Place, sound: Noise) -> str:
    """The day's programmes."""
    rows = "".join(f"<tr><th>{hours}</th><td>{name}</td></tr>" for name, hours in PRESENTERS)
    return _plain("Schedule", f'<table class="schedule">{rows}</table>', place, sound)


def contact(place: Place, sound: Noise) -> str:
    """How to reach the station."""
    words = (
        "<p>Call the studio on 01632 960 100, text 60960, or say it to the newsdesk: "
        '<a href="mailto:desk@harbour.example">desk@harbour.example</a>.</p>'
        "<p>Harbour Radio, The Old Customs House, Marlow Quay, Saltmere.</p>"
    )
    return _plain("Contact us", words, place, sound)


def found(query: str, stories: Sequence[Story], place: Place, sound: Noise) -> str:
    """What a search for those words finds in headlines."""
    hits = [story for story in stories if query and query.lower() in story.headline.lower()]
    box = f'<form action="/search/"><input name="q" value="{escape(query)}" aria-label="Search"></form>'
    listed = "".join(_card(story) for story in hits) or "<p>Nothing found.</p>"
    return _plain("Search", f'{box}<div class="cards">{listed}</div>', place, sound)


def missing(place: Place, sound: Noise, words: str = "Sorry, page not found") -> str:
    """The page for addresses that lead nowhere."""
    text = "<p>The page you were after may have moved, or may have been taken down.</p>"
    return _plain(words, f'{text}<p><a href="/">Back to the front page</a></p>', place, sound)


def _plain(title: str, html: str, place: Place, sound: Noise) -> str:
    main = f'<main class="wrap plain"><h1 class="front__title">{escape(title)}</h1>{html}</main>'
    return page(place, sound, title=title, main=main)


def _lead(stories: Sequence[Story]) -> str:
    return "".join(_card(story, "card card--lead", big=True) for story in stories)


def _card(story: Story, style: str = "card", *, big: bool = False) -> str:
    image = ""
    if story.picture:
        source = story.picture.path if big else story.picture.thumb
        image = f'<img src="{source}" alt="" loading="lazy" width="480" height="270">'
    kicker = f'<span class="kicker">{escape(story.kicker)}</span>' if story.kicker else ""
    words = f'<p class="card__text">{escape(story.standfirst, quote=False)}</p>' if big else ""
    return (
        f'<article class="{style}"><a href="{story.path}">{image}<span class="card__words">'
        f'<span class="card__section">{TITLES.get(story.section, story.section)}</span>{kicker}'
        f'<span class="card__title">{escape(story.headline, quote=False)}</span>{words}</span></a></article>'
    )


def _latest(stories: Sequence[Story]) -> str:
    return "".join(
        f'<li><span class="latest__hour">{printed_hour(story.published)}</span>'
        f'<a href="{story.path}">{escape(story.headline, quote=False)}</a></li>'
        for story in stories
    )


def _row(section: str, stories: Sequence[Story]) -> str:
    if not stories:
        return ""
    cards = "".join(_card(story) for story in stories[:4])
    more = f'<a class="row__more" href="/{section}/">More {TITLES[section]}</a>'
    return f'<section class="row"><h2>{TITLES[section]}</h2>{more}<div class="cards">{cards}</div></section>'
