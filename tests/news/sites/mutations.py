"""Redesigns, drawn by lot: the same article in other markup. No mutation touches a word of the article."""

from collections.abc import Callable
from random import Random

from lxml import etree, html
from lxml.html import HtmlElement

BLOCKS = {
    "address", "article", "aside", "blockquote", "div", "dl", "figure", "footer", "form", "h1", "h2", "h3", "h4",
    "header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul", "script", "style", "noscript",
}  # fmt: skip
HOLDERS = ("body", "main", "article", "div", "section")
CLOSED = {"figure", "blockquote", "a", "nav", "footer", "aside", "form", "picture", "li", "p"}
WORDS = [
    "amber",
    "birch",
    "cedar",
    "dune",
    "ember",
    "fjord",
    "gorse",
    "heron",
    "inlet",
    "juniper",
    "kelp",
    "larch",
    "moss",
    "nettle",
    "oak",
    "pine",
    "quill",
    "reed",
]
ADVERTS = (
    '<div class="ad" id="slot-{n}" data-slot="mpu"><span>Advertisement</span></div>',
    '<div class="ad"><span>Advertisement</span><strong>Cobb and Daughters</strong> Boots mended while you wait.</div>',
    '<div id="gpt-{n}"><script>window.q=window.q||[];q.push("slot-{n}")</script></div>',
    '<ins class="adsby"><iframe src="https://ads.example/{n}" title="advert" width="300" height="250"></iframe></ins>',
    "<aside><h3>The week in view</h3><p>All that happened, and some that did not, every Sunday at ten.</p></aside>",
    """<div class="nl"><h3>Sign up to our newsletter</h3><p>Get the morning briefing in your inbox before the kettle
    boils.</p><form><input type="email"><button>Sign up</button></form></div>""",
    """<div class="card"><a href="/news/story-{n}/"><img src="https://imgs.lbc.example/images/{n}" alt="Heron"
    width="330" height="186"><h3>Heron declines knighthood</h3><p>It had fish to attend to, it said.</p></a></div>""",
    """<div class="more"><h3>Related stories</h3><ul><li><a href="/news/a-{n}/">Bees on strike</a></li><li>
    <a href="/news/b-{n}/">Strike off bees</a></li></ul></div>""",
    "<p>Listen to LBC on Global Player, wherever you are.</p>",
    '<div class="app"><p><a href="https://player.example/{n}">Download the LBC app</a></p></div>',
    '<div style="display:none"><p>This line is hidden from everyone, and so it is no part of any article.</p></div>',
)

Mutation = Callable[[HtmlElement, Random], None]


def renamed(root: HtmlElement, dice: Random) -> None:
    """Every class and id by another name, the same one everywhere."""
    names: dict[str, str] = {}
    for element in root.iter(etree.Element):
        for key in ("class", "id"):
            if element.get(key):
                element.set(key, " ".join(_name(word, names, dice) for word in element.get(key).split()))


def _name(word: str, names: dict[str, str], dice: Random) -> str:
    return names.setdefault(word, f"{dice.choice(WORDS)}-{len(names):x}")


def wrapped(root: HtmlElement, dice: Random) -> None:
    """A dozen new elements around neighbours."""
    for _ in range(12):
        holder = dice.choice([element for element in root.iter(*HOLDERS) if _holds_blocks(element)])
        first = dice.randrange(len(holder))
        last = dice.randrange(first, min(first + 5, len(holder)))
        wrapper = html.Element(dice.choice(("div", "section")), {"class": dice.choice(WORDS)})
        moved = holder[first : last + 1]
        holder.insert(first, wrapper)
        wrapper.extend(moved)


def _holds_blocks(element: HtmlElement) -> bool:
    """Whether all that stands in an element is blocks: no text of its own that a border would cut."""
    texts = [element.text, *(child.tail for child in element)]
    return (
        len(element) > 0
        and not any((text or "").strip() for text in texts)
        and all(child.tag in BLOCKS or not isinstance(child.tag, str) for child in element)
    )


def unwrapped(root: HtmlElement, dice: Random) -> None:
    """Half of the wrappers gone."""
    for element in [element for element in root.iter("div", "section") if _holds_blocks(element)]:
        if dice.random() < 0.5 and "style" not in element.attrib and element.getparent() is not None:
            element.drop_tag()


def advertised(root: HtmlElement, dice: Random) -> None:
    """Five adverts and promotions between the blocks of the page's main part."""
    scope = next((element for element in root.iter("main")), root.find("body"))
    places = [
        element
        for element in scope.iter("p", "h2", "ul", "figure", "blockquote", "div")
        if element.getparent().tag in HOLDERS
        and not any(above.tag in CLOSED for above in element.iterancestors())
        and _holds_blocks(element.getparent())
    ]
    for place in dice.sample(places, min(5, len(places))):
        advert = html.fragment_fromstring(dice.choice(ADVERTS).format(n=dice.randrange(10**6)))
        place.addprevious(advert)


def undated(root: HtmlElement, dice: Random) -> None:
    """No data- attributes."""
    for element in root.iter(etree.Element):
        for key in [key for key in element.attrib if key.startswith("data-")]:
            del element.attrib[key]


def retagged(root: HtmlElement, dice: Random) -> None:
    """Sections for some divs, divs for some sections."""
    for element in root.iter("div", "section"):
        if dice.random() < 0.5:
            element.tag = "section" if element.tag == "div" else "div"


def spaced(root: HtmlElement, dice: Random) -> None:
    """The markup minified, or laid out in lines."""
    gap = dice.choice((" ", "\n", "\n        ", "\r\n\t"))
    for element in root.iter(etree.Element):
        if element.tag in {"script", "style", "pre", "textarea"}:
            element.tail = _spaced(element.tail, gap)
            continue
        element.text, element.tail = _spaced(element.text, gap), _spaced(element.tail, gap)
        if _holds_blocks(element):
            for child in element:
                child.tail = "" if gap == " " else gap


def _spaced(text: str | None, gap: str) -> str | None:
    """Only what HTML calls white space is laid out anew: a no-break space is the article's."""
    if not text:
        return text
    words = text.translate({ord(sign): " " for sign in "\t\n\r\f"}).split(" ")
    return gap.join(word for place, word in enumerate(words) if word or place in {0, len(words) - 1})


def reordered(root: HtmlElement, dice: Random) -> None:
    """Attributes in another order."""
    for element in root.iter(etree.Element):
        pairs = list(element.attrib.items())
        dice.shuffle(pairs)
        element.attrib.clear()
        element.attrib.update(pairs)


MUTATIONS: tuple[Mutation, ...] = (
    renamed, wrapped, unwrapped, advertised, undated, retagged, spaced, reordered,
)  # fmt: skip


def mutated(markup: str, seed: str) -> tuple[str, str]:
    """The page after one redesign, or three in a row; and their names."""
    dice = Random(seed)
    chosen = [dice.choice(MUTATIONS)] if dice.random() < 0.6 else dice.sample(MUTATIONS, 3)
    return apply(markup, chosen, dice), "+".join(mutation.__name__ for mutation in chosen)


def apply(markup: str, chosen: list[Mutation], dice: Random) -> str:
    root = html.document_fromstring(markup.encode(), parser=html.HTMLParser(encoding="utf-8"))
    for mutation in chosen:
        mutation(root, dice)
    return html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")
