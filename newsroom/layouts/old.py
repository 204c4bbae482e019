"""The old article template: headline, date line, picture, author, standfirst, player, body, more news."""

from html import escape

from newsroom.layouts import body, structured
from newsroom.layouts.noise import Noise
from newsroom.layouts.shell import Place, page, template
from newsroom.model import Story
from newsroom.times import printed

STYLE = body.Style(
    paragraph="paragraph-text",
    heading="article-subhead",
    quote="article-quote",
    bullets="article-list",
    read_more="read-more",
    figure="article-figure",
    caption="caption",
    post="social-post",
    notice="paragraph-text article-note",
    entry="live-entry",
)


def article(story: Story, place: Place, sound: Noise) -> str:
    """The page of a story in the old template."""
    main = template("old.html").substitute(
        kicker=f'<span class="kicker">{escape(story.kicker)}</span>' if story.kicker else "",
        headline=escape(story.headline, quote=False),
        date_line=date_line(story),
        picture=body.figure(story.picture, STYLE) if story.picture else "",
        author=_author(story),
        standfirst=f'<p class="standfirst">{escape(story.standfirst, quote=False)}</p>' if story.standfirst else "",
        body=_body(story, sound),
        shares=sound.shares,
        tail="".join(_headline(other) for other in sound.tail),
        tags="".join(f"<li>{escape(tag)}</li>" for tag in story.tags),
    )
    head = structured.head(story, place)
    return page(place, sound, title=story.headline, main=main, head=head, section=story.section)


def date_line(story: Story) -> str:
    """`1 December 2024, 07:14`, and ` | Updated: 1 December 2024, 09:23` after a declared edit."""
    updated = f" | Updated: {printed(story.updated)}" if story.updated else ""
    return printed(story.published) + updated


def byline(authors: tuple[str, ...]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join(part for part in (", ".join(authors[:-1]), authors[-1]) if part) if authors else ""


def avatar(name: str) -> str:
    """Where an author's picture is served."""
    return f"/images/author-{name.lower().replace(' ', '-')}.svg"


def _author(story: Story) -> str:
    if not story.authors:
        return ""
    faces = "".join(
        f'<img class="author-details__image" src="{escape(avatar(name))}" alt="{escape(name)}" width="56" height="56">'
        for name in story.authors
    )
    names = escape(byline(story.authors))
    return f'<div class="author-details">{faces}<p class="author-details__author">By {names}</p></div>'


def _body(story: Story, sound: Noise) -> str:
    """The blocks, with an advert after the third."""
    pieces = [body.block(piece, STYLE) for piece in story.body]
    advert = f'<div class="ad ad--mid" id="ad-{sound.advert_ids[1]}"><span>Advertisement</span></div>'
    return "\n".join([*pieces[:3], advert, *pieces[3:]])


def _headline(other: Story) -> str:
    return f'<li><a href="{other.path}">{escape(other.headline, quote=False)}</a></li>'
