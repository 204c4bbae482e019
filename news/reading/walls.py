"""What stands in an article's place: bot checks, consent and login walls, paywall stubs, error pages that say 200."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from news.errors import Blocked, NotAnArticle, PageError
from news.reading.fronts import claims_to_be_article
from news.reading.meta import PUBLISHED
from news.reading.page import Page
from news.reading.text import fold

_BOT = re.compile(
    r"just a moment\.{3}|attention required! \| cloudflare|checking (?:if the site connection is secure|"
    r"your browser)|verify(?:ing)? you are (?:a )?human|"
    r"are you a (?:human|robot)|please verify you are|access to this page has been denied|pardon our interruption|"
    r"bot verification|"
    r"enable javascript and cookies to continue|unusual traffic|request unsuccessful\. incapsula|"
    r"you have been blocked|"
    r"please complete the security check|press & hold to confirm|human verification|ddos protection by|"
    r"security checkpoint",
    re.IGNORECASE,
)
_BOT_MARKS = (
    "cf-challenge",
    "challenge-platform",
    "cf-chl-",
    "px-captcha",
    "_incapsula_resource",
    "captcha-delivery.com",
    "awswaf",
    "g-recaptcha",
    "h-captcha",
)
_CONSENT = re.compile(
    r"before you continue|we (?:value|care about|respect) your privacy|your privacy (?:choices|matters)|"
    r"we and our (?:\d+ )?partners|manage (?:your )?(?:cookies|consent|privacy)|"
    r"accept (?:all )?cookies|cookie(?:s)? (?:consent|preferences|settings)|consent to (?:the use of )?cookies|"
    r"wir (?:verwenden|nutzen) cookies|zustimmen und weiter|mit werbung|datenschutz-?einstellungen|"
    r"nous respectons votre vie privée|accepter (?:et|les cookies)|continuer sans accepter|"
    r"aceptar (?:y continuar|cookies)|accetta (?:e continua|i cookie)|accepteer (?:alle )?cookies",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?:log|sign) in to (?:continue|read|your account)|please (?:log|sign) in|create (?:a free|an) account to|"
    r"register (?:for free )?to (?:continue|read)|"
    r"bitte (?:melden sie sich an|einloggen)|anmelden,? um|connectez-vous pour|inicia sesión para|accedi per|"
    r"log in om",
    re.IGNORECASE,
)
PAYING = re.compile(
    r"subscribe (?:now )?to (?:continue|read|unlock)|"
    r"(?:to )?continue reading(?: this (?:article|story))?,? (?:subscribe|please|become a)|"
    r"(?:reached|used)(?: up)?(?: all)?(?: of)? your (?:(?:monthly|limit of|last|remaining) ){0,3}"
    r"free (?:articles|stories)|"
    r"this (?:article|"
    r"content|story) is (?:for|only for|exclusive to|reserved for) subscribers|"
    r"subscribers? only|already a subscriber|for subscribers only|unlock this article|become a (?:member|"
    r"subscriber) to|"
    r"nur für abonnenten|mit (?:einem )?abo weiterlesen|weiterlesen mit|jetzt abonnieren|exklusiv für abonnenten|"
    r"réservé aux abonnés|il vous reste .{1,20} de cet article|"
    r"solo para suscriptores|suscríbete para|riservato agli abbonati|alleen voor abonnees|tylko dla prenumeratorów|"
    r"endast för prenumeranter|kun for abonnenter",
    re.IGNORECASE,
)
_PAYING_WORDS = (
    "subscri", "abonn", "abbonat", " abo ", "suscr", "prenumer", "unlock", "weiterlesen", "become a ",
    "continue reading", "il vous reste", "free articles", "free stories",
)  # fmt: skip
_PAYING_STATED = re.compile(r"isaccessibleforfree\"\s*:\s*\"?false")
_MENTIONED = re.compile(r"(?:to )?(?:subscri|continue|become|unlock)")
_ADDRESSED = re.compile(r"\b(?:you|your|please|this (?:article|story|content))\b", re.IGNORECASE)
_SAYING = 12
"""Words of a sentence that tells of paying, where a wall asks for it in fewer or speaks to its reader."""

_NEAR = 160
"""Characters about a word of paying in which the whole phrase stands."""

_MOST_NEAR = 20

_GONE = re.compile(
    r"\b(?:page|article|story|content|sorry)[^.!?]{0,40}\b(?:not found|can'?t be found|cannot be found|"
    r"could not be found|couldn'?t find|can'?t find|no longer (?:available|exists?)|does(?:n'?t| not) exist|"
    r"has been (?:removed|deleted))|"
    r"^\W*(?:404|410)\b|\b404\b.{0,20}(?:error|not found)|error 404|seite (?:wurde )?nicht gefunden|"
    r"artikel nicht gefunden|page (?:introuvable|non trouvée)|página no encontrada|"
    r"pagina non trovata|pagina niet gevonden|página não encontrada|nie znaleziono|sidan (?:hittades inte|"
    r"finns inte)|siden (?:ble|blev) ikke fundet|siden finnes ikke",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"internal server error|bad gateway|gateway time-?out|service (?:temporarily )?unavailable|something went wrong|"
    r"technical (?:difficulties|problem|error)|"
    r"(?:we(?:'| a)re )?experiencing (?:some )?(?:technical )?(?:difficulties|problems)|(?:down for|under|"
    r"scheduled) maintenance|be right back|an error (?:has )?occurred|application error|"
    r"error (?:5\d\d)|database (?:connection )?error|wartungsarbeiten|technische (?:störung|probleme)|"
    r"erreur (?:interne|serveur)|error interno",
    re.IGNORECASE,
)
_UNREAD = frozenset(("script", "style", "template", "svg"))
_WALL_STATUS = (401, 402, 403, 429, 503)
FLASH = 12
"""Words of the shortest article that we take for one, where its page says that it is and when it appeared."""

_STUB = 120
"""Words of text below which a page that says it is paid for shows a stub, not the article."""


def says_paid(markup: str) -> bool:
    """Return whether a page, anywhere in its markup, says that articles are to be paid for.

    The phrases are looked for only where one of their words stands: all at once they take 0.4 ms a kilobyte.
    """
    lower = markup.lower()
    stated = lower.find("isaccessibleforfree")
    if stated >= 0 and _PAYING_STATED.search(lower, stated):
        return True
    near = (place for word in _PAYING_WORDS for place in islice(_places(lower, word), _MOST_NEAR))
    return any(PAYING.search(lower, max(place - _NEAR, 0), place + _NEAR) for place in near)


def _places(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + _NEAR // 2)


def check_answer(page: Page) -> None:
    """Return only if the exchange was a good answer.

    Raises `Blocked` for a bot check, whatever its status, and `NotAnArticle` with `http-<status>` for other answers
    outside 200 to 299.
    """
    if _is_bot_wall(page):
        raise _blocked(page, "bot-wall", "a bot check stands before it")
    status = page.document.status
    if not 200 <= status < 300:
        raise NotAnArticle(f"{page.document.url} answered {status}: no article to read", reason=f"http-{status}")


def what_stands_there(page: Page, *, body_words: int) -> PageError | None:
    """Return the error that names what stands in an article's place, or None where nothing is recognised."""
    title, stub = _titles(page), body_words < _STUB
    words = _visible_words(page) if stub else ""  # gathering them was a tenth of the reader's time
    if stub and page.linked.free is not True and (page.linked.free is False or _asks_to_pay(page, words)):
        return _blocked(page, "paywall", "a paywall stands before most of it")
    if is_dated_article(page) and body_words >= FLASH:
        return None  # a short article about errors, logins or robots is an article
    if _GONE.search(title) or (stub and _GONE.search(words[:600])):
        return NotAnArticle(f"{page.document.url} says that the page is not there, with status 200", reason="soft-404")
    if _BROKEN.search(title) or (stub and _BROKEN.search(words[:400])):
        return NotAnArticle(f"{page.document.url} shows an error of the site, with status 200", reason="error-page")
    return _wall(page, words, title) if stub else None


def _asks_to_pay(page: Page, words: str) -> bool:
    """Return whether a page asks its reader to pay; an article may tell of others who ask theirs."""
    asked = list(islice(PAYING.finditer(words), _MOST_NEAR))
    return bool(asked) and not (is_dated_article(page) and all(_is_told(words, found) for found in asked))


def _is_told(words: str, found: re.Match[str]) -> bool:
    """Return whether a phrase stands within a sentence of some length that speaks to nobody."""
    start = max(words.rfind(end, 0, found.start()) for end in ".!?") + 1
    end = min((place for mark in ".!?" if (place := words.find(mark, found.end())) >= 0), default=len(words))
    sentence = words[start:end]
    told = _MENTIONED.match(found[0]) is not None  # its case tells: a button or a sentence begins with a capital
    return told and len(sentence.split()) >= _SAYING and not _ADDRESSED.search(sentence)


def is_dated_article(page: Page) -> bool:
    """Return whether the page's head says that it is an article, and when it appeared."""
    return claims_to_be_article(page) and bool(page.linked.published or page.meta.first(*PUBLISHED))


def _wall(page: Page, words: str, title: str) -> Blocked | None:
    if _LOGIN.search(title) or _LOGIN.search(words):
        return _blocked(page, "login-wall", "it wants a login")
    if len(_CONSENT.findall(words)) > 1 or _CONSENT.search(title):
        return _blocked(page, "consent-wall", "a consent wall stands before it")
    return None


def _blocked(page: Page, reason: str, what: str) -> Blocked:
    return Blocked(f"{page.document.url} can't be read: {what}", reason=reason)


def _is_bot_wall(page: Page) -> bool:
    status = page.document.status
    if (page.linked.types or is_dated_article(page)) and 200 <= status < 300:
        return False
    words = _visible_words(page, most=6000)
    if _BOT.search(page.meta.title or "") or (len(words) < 3000 and _BOT.search(words[:2000])):
        return len(words) < 6000
    if len(words) >= (1000 if status in _WALL_STATUS else 300):
        return False
    markup = page.document.text.lower()
    return any(mark in markup for mark in _BOT_MARKS)


def _titles(page: Page) -> str:
    heads = [" ".join("".join(head.itertext()).split()) for head in page.heads[:2]]
    return " | ".join([page.meta.title or "", *heads])


def _visible_words(page: Page, *, most: int = 20_000) -> str:
    """Return the page's visible text, so many characters of it at least."""
    pieces, size = [], 0
    for element in page.root.iter():
        tag = element.tag
        if tag == "title":
            continue
        own = None if tag in _UNREAD else element.text
        for text in (own, element.tail):
            if text and (words := fold(text)):
                pieces.append(words)
                size += len(words)
        if size > most:
            break
    return " ".join(pieces)
