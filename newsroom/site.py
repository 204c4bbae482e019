"""Which answer belongs to which address."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from random import Random
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from newsroom import furniture, wire
from newsroom.answers import ATOM, RSS, TEXT, XML, Answer, Asked, html, lasting, redirect
from newsroom.desk import Desk
from newsroom.layouts import fronts, new, old
from newsroom.layouts.noise import Noise, noise
from newsroom.layouts.shell import Place
from newsroom.model import Story
from newsroom.shelf import SECTIONS
from newsroom.times import LONDON
from newsroom.trouble import Trouble, afflicted

EVERYWHERE = "*"


class Site:
    """The desk's stories as a web site, well or ill."""

    def __init__(self, desk: Desk, *, seed: int, crawl_delay: float | None) -> None:
        self._desk = desk
        self._seed = seed
        self._crawl_delay = crawl_delay
        self._asked = count(1)
        self._lock = threading.Lock()
        self._troubles: dict[str, Trouble] = {}

    def misbehave(self, path: str, trouble: Trouble) -> None:
        """From now on that path, or with `*` every path, answers like this."""
        with self._lock:
            self._troubles[path] = trouble

    def restore(self, path: str) -> None:
        """Let the path be well again; one that is well stays so."""
        with self._lock:
            self._troubles.pop(path, None)

    def answer(self, asked: Asked) -> Answer:
        """The answer to any request; no two of its pages are byte for byte the same."""
        if asked.method not in {"GET", "HEAD"}:
            return Answer(body=b"Only GET and HEAD\n", kind=TEXT, status=405, headers=(("Allow", "GET, HEAD"),))
        if asked.headers.get("host", "").startswith("www."):
            return redirect(urljoin(self._desk.url, asked.target))
        path = unquote(urlsplit(asked.target).path)
        place = self._place()
        sound = self._noise(path)
        well = self._well(path, asked.target, place, sound)
        trouble = self._trouble(path)
        if trouble is None:
            return well
        return afflicted(trouble, well, path, self._desk.at(path), (place, sound))

    def _trouble(self, path: str) -> Trouble | None:
        """The trouble that this answer must show, counted down if it ends by itself."""
        with self._lock:
            where = path if path in self._troubles else EVERYWHERE
            trouble = self._troubles.get(where)
            if trouble is None or trouble.times is None:
                return trouble
            if trouble.times <= 1:
                del self._troubles[where]
            else:
                self._troubles[where] = replace(trouble, times=trouble.times - 1)
            return trouble

    def _place(self) -> Place:
        return Place(base=self._desk.url, year=self._desk.now().astimezone(LONDON).year)

    def _noise(self, path: str) -> Noise:
        others = [story for story in self._desk.articles() if story.path != path]
        return noise(Random(f"{self._seed}/{next(self._asked)}"), others)  # noqa: S311  # adverts, not secrets

    def _well(self, path: str, target: str, place: Place, sound: Noise) -> Answer:
        story = self._desk.at(path)
        if story is not None:
            return self._article(story, place, sound)
        moved = self._desk.moved_from(path)
        if moved is not None:
            return redirect(place.url(moved.path))
        fixed = self._wire(path, place) or furniture.asset(path)
        if fixed is not None:
            return fixed
        pages = self._pages(target, place, sound)
        if path in pages:
            return html(pages[path]())
        if not path.endswith("/") and self._leads_somewhere(f"{path}/", pages):
            query = urlsplit(target).query
            return redirect(place.url(f"{path}/") + (f"?{query}" if query else ""))
        return html(fronts.missing(place, sound), 404)

    def _leads_somewhere(self, path: str, pages: dict[str, Callable[[], str]]) -> bool:
        known = self._desk.at(path) or self._desk.moved_from(path)
        return known is not None or path in pages or path == "/feed/"

    def _article(self, story: Story, place: Place, sound: Noise) -> Answer:
        if story.absent is not None:
            return html(fronts.missing(place, sound), story.absent)
        layout = new.article if story.template == "new" else old.article
        answer = html(layout(story, place, sound))
        return replace(answer, etag=state_tag(story), modified=story.changed)

    def _wire(self, path: str, place: Place) -> Answer | None:  # noqa: PLR0911  # one arm for each address
        stories = self._desk.articles()
        match path:
            case "/robots.txt":
                return lasting(wire.robots(place, self._crawl_delay).encode(), TEXT)
            case "/sitemap.xml":
                return lasting(wire.sitemap_index(place, stories).encode(), XML)
            case "/news-sitemap.xml":
                return lasting(wire.news_sitemap(place, stories, self._desk.now()).encode(), XML)
            case wire.ARTICLES:
                return lasting(wire.articles_sitemap(place, stories), "application/gzip")
            case "/feed/" | "/rss.xml":
                return lasting(wire.rss(place, stories).encode(), RSS)
            case "/atom.xml":
                return lasting(wire.atom(place, stories).encode(), ATOM)
        return None

    def _pages(self, target: str, place: Place, sound: Noise) -> dict[str, Callable[[], str]]:
        """The pages that are no articles, each made only when asked for."""
        stories = self._desk.articles()
        query = parse_qs(urlsplit(target).query).get("q", [""])[0]
        return {
            "/": lambda: fronts.home(stories, place, sound),
            **{f"/{section}/": _front(section, stories, place, sound) for section in SECTIONS},
            "/presenters/": lambda: fronts.presenters(place, sound),
            "/radio/schedule/": lambda: fronts.schedule(place, sound),
            "/contact/": lambda: fronts.contact(place, sound),
            "/search/": lambda: fronts.found(query, stories, place, sound),
        }


def _front(section: str, stories: tuple[Story, ...], place: Place, sound: Noise) -> Callable[[], str]:
    return lambda: fronts.section_front(section, stories, place, sound)


def state_tag(story: Story) -> str:
    """A weak entity tag over what the newsroom says in the story and in its stamps, whatever surrounds them."""
    said = repr(replace(story, changed=story.published))
    return f'W/"{hashlib.sha256(said.encode()).hexdigest()[:20]}"'
