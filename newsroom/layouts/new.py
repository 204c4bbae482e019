"""The new article template: standfirst before picture and byline, `<time>` stamps, live entries, a rail."""

from html import escape

from newsroom.layouts import body, structured
from newsroom.layouts.noise import Noise
from newsroom.layouts.old import avatar
from newsroom.layouts.shell import TITLES, Place, page, template
from newsroom.model import Picture, Story
from newsroom.times import local_iso, printed

STYLE = body.Style(
    paragraph="text",
    heading="story__crosshead",
    quote="pullquote",
    bullets="story__list",
    read_more="related-link",
    figure="media media--inline",
    caption="media__caption",
    post="embed embed--murmur",
    notice="text story__note",
    entry="live__title",
)


def article(story: Story, place: Place, sound: Noise) -> str:
    """The page of a story in the new template."""
    main = template("new.html").substitute(
        key=story.key,
        section=story.section,
        section_title=TITLES.get(story.section, story.section),
        label=f'<span class="story__label">{escape(story.kicker)}</span>' if story.kicker else "",
        headline=escape(story.headline, quote=False),
        standfirst=f'<p class="story__summary">{escape(story.standfirst, quote=False)}</p>' if story.standfirst else "",
        picture=_picture(story.picture) if story.picture else "",
        byline=_byline(story),
        stamps=_stamps(story),
        body="\n".join(body.block(piece, STYLE) for piece in story.body),
        live=" story__body--live" if story.is_live else "",
        shares=sound.shares,
        advert_id=sound.advert_ids[1],
        most_read="".join(_rail_entry(other) for other in sound.most_read),
        tail="".join(_card(other) for other in sound.tail),
    )
    head = structured.head(story, place)
    return page(place, sound, title=story.headline, main=main, head=head, section=story.section)


def _picture(picture: Picture) -> str:
    return (
        f'<figure class="media"><img src="{picture.path}" alt="{escape(picture.alt)}" width="960" height="540">'
        f"<figcaption><span>{escape(picture.caption, quote=False)}</span> "
        f"<cite>Picture: {escape(picture.credit)}</cite></figcaption></figure>"
    )


def _byline(story: Story) -> str:
    if not story.authors:
        return ""
    face = f'<img src="{escape(avatar(story.authors[0]))}" alt="{escape(story.authors[0])}" width="44" height="44">'
    links = [f'<a rel="author" href="/presenters/">{escape(name)}</a>' for name in story.authors]
    names = " and ".join(part for part in (", ".join(links[:-1]), links[-1]) if part)
    return f'{face}<span class="byline__names">By {names}</span>'


def _stamps(story: Story) -> str:
    first = f'<time datetime="{local_iso(story.published)}">{printed(story.published)}</time>'
    if story.updated is None:
        return first
    return f'{first} | Updated: <time datetime="{local_iso(story.updated)}">{printed(story.updated)}</time>'


def _rail_entry(other: Story) -> str:
    return f'<li><a href="{other.path}">{escape(other.headline, quote=False)}</a></li>'


def _card(other: Story) -> str:
    section = TITLES.get(other.section, other.section)
    title = escape(other.headline, quote=False)
    return f'<li class="tail__item"><span class="tail__section">{section}</span><a href="{other.path}">{title}</a></li>'
