"""Bodies as HTML: what both templates share, each with its own class names."""

from dataclasses import dataclass
from html import escape

from newsroom.markup import inline
from newsroom.model import Block, Picture
from newsroom.times import printed_hour, utc_iso


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A template's class names."""

    paragraph: str
    heading: str
    quote: str
    bullets: str
    read_more: str
    figure: str
    caption: str
    post: str
    notice: str
    entry: str


def credited(picture: Picture) -> str:
    """`The caption. Picture: Alamy`."""
    return f"{picture.caption} Picture: {picture.credit}"


def figure(picture: Picture, style: Style) -> str:
    """A picture with its caption under it."""
    image = f'<img src="{picture.path}" alt="{escape(picture.alt)}" width="960" height="540" loading="lazy">'
    words = escape(credited(picture), quote=False)
    return f'<figure class="{style.figure}">{image}<figcaption class="{style.caption}">{words}</figcaption></figure>'


def block(piece: Block, style: Style) -> str:  # noqa: PLR0911  # one arm for each role
    """One block as HTML."""
    words = inline(piece.text)
    match piece.role:
        case "heading":
            return f'<h2 class="{style.heading}">{words}</h2>'
        case "quote":
            by = f"<footer>{escape(piece.by)}</footer>" if piece.by else ""
            return f'<blockquote class="{style.quote}"><p>{words}</p>{by}</blockquote>'
        case "list":
            return f'<ul class="{style.bullets}">{"".join(f"<li>{inline(item)}</li>" for item in piece.items)}</ul>'
        case "picture" if piece.picture:
            return figure(piece.picture, style)
        case "read-more":
            return _read_more(piece, style)
        case "post":
            return _post(piece, style)
        case "notice":
            return f'<p class="{style.notice}"><em>{words}</em></p>'
        case "entry" if piece.at:
            time = f'<time datetime="{utc_iso(piece.at)}">{printed_hour(piece.at)}</time>'
            return f'<h2 class="{style.entry}">{time} {words}</h2>'
    return f'<p class="{style.paragraph}">{words}</p>'


def _read_more(piece: Block, style: Style) -> str:
    """The desk writes it both ways; which one hangs on the words, so it never changes by itself."""
    label = "Read more:" if len(piece.text) % 2 else "Read More:"
    link = f'<a href="{escape(piece.href or "")}">{inline(piece.text)}</a>'
    return f'<p class="{style.read_more}"><strong>{label}</strong> {link}</p>'


def _post(piece: Block, style: Style) -> str:
    """A post from a social site, as its embed code leaves it without scripts."""
    by = escape(piece.by or "")
    words = inline(piece.text)
    return (
        f'<blockquote class="{style.post}" data-embed="murmur"><p lang="en" dir="ltr">{words}</p>'
        f'<a href="https://murmur.example/{by.lstrip("@")}">{by} on Murmur</a></blockquote>'
    )
