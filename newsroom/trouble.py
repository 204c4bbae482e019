"""The ways in which a site misbehaves, for tests: walls, stubs, broken feeds, silence."""

from dataclasses import dataclass, replace
from typing import Literal

from newsroom.answers import RSS, XML, Answer, html, redirect
from newsroom.layouts import fronts, structured
from newsroom.layouts.noise import Noise
from newsroom.layouts.shell import Place, page, template
from newsroom.markup import plain
from newsroom.model import Story

Ill = Literal[
    "status",
    "consent",
    "bot-wall",
    "soft-404",
    "paywall",
    "redesign",
    "loop",
    "empty",
    "hang-up",
    "cut",
    "bad-feed",
    "empty-feed",
    "slow",
]
FEED = b'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Harbour Radio</title></channel></rss>\n'
SITEMAP = b'<?xml version="1.0"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """How a path misbehaves.

    `status` is for `status` (default 503) and `bot-wall` (default 403); `retry_after` goes with either as a header;
    `seconds` is for `slow`; after `times` answers the path recovers by itself.
    """

    ill: Ill
    status: int | None = None
    retry_after: str | None = None
    seconds: float = 2.0
    times: int | None = None


def afflicted(  # noqa: C901, PLR0912  # one arm for each ill
    trouble: Trouble, well: Answer, path: str, story: Story | None, scene: tuple[Place, Noise]
) -> Answer:
    """The answer in place of the one that a healthy site would give at that path."""
    place, sound = scene
    match trouble.ill:
        case "status":
            ill = html(fronts.missing(place, sound, "Something went wrong"), trouble.status or 503)
        case "consent":
            ill = html(template("consent.html").substitute(path=path))
        case "bot-wall":
            ill = html(template("bot.html").substitute(nonce=sound.nonce), trouble.status or 403)
        case "soft-404":
            ill = html(fronts.missing(place, sound))
        case "paywall":
            ill = html(_stub(story, place, sound)) if story else well
        case "redesign":
            ill = html(_redesigned(story, place, sound)) if story else well
        case "loop":
            ill = redirect(path, 302)
        case "empty":
            ill = Answer(body=b"")
        case "hang-up":
            ill = Answer(body=b"", status=0)
        case "cut":
            ill = replace(well, cut=True, etag=None, modified=None)
        case "bad-feed":
            ill = Answer(body=well.body[: max(40, len(well.body) // 2)], kind=well.kind)
        case "empty-feed":
            ill = Answer(body=SITEMAP, kind=XML) if "sitemap" in path else Answer(body=FEED, kind=RSS)
        case "slow":
            ill = replace(well, delay=trouble.seconds)
    if trouble.retry_after is not None:
        ill = replace(ill, headers=(*ill.headers, ("Retry-After", trouble.retry_after)))
    return ill


def _stub(story: Story, place: Place, sound: Noise) -> str:
    """Two paragraphs and a till."""
    teaser = [block for block in story.body if block.role == "paragraph"][:2]
    main = template("paywall.html").substitute(
        headline=story.headline,
        standfirst=story.standfirst,
        teaser="".join(f'<p class="paragraph-text">{plain(block.text)}</p>' for block in teaser),
    )
    return page(place, sound, title=story.headline, main=main, head=structured.head(story, place, free=False))


def _redesigned(story: Story, place: Place, sound: Noise) -> str:
    """The words in a layout that no reader has met: no headline element, no stamps, no structured data."""
    words = "".join(f'<div class="x-{n}">{plain(block.text)}</div>' for n, block in enumerate(story.body))
    main = f'<div class="x-root"><div class="x-top">{story.headline}</div>{words}</div>'
    return page(place, sound, title=story.headline, main=main)
