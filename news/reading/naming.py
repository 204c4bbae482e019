"""What an element's names (class, id, test id) give away of it: an aside, or a picture's caption."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

_START, _END = r"(?:^|[\s_\-:.]|(?<=[a-z])(?=[A-Z]))", r"(?=$|[\s_\-:.]|\d{1,3}(?![a-z\d])|[A-Z])"
"""A word ends before a number, `ad2`, but not within the hash that a build puts into a name, `css-ad2f1x`."""

_STRONG = re.compile(
    _START + r"(?i:"
    r"nav|navi|navbar|navigation|menu|breadcrumbs?|footer|masthead|topbar|toolbar|skip-?links?|pagination|pager|"
    r"share|sharing|sharebar|share-?buttons|follow-us|addtoany|sharedaddy|"
    r"related|relateds|related-?content|related-?articles|recommend\w*|recirc\w*|teasers?|promos?|promobox|trending|"
    r"most-?popular|"
    r"most-?read|more-?on|more-?stories|more-?from|read-?more|see-?also|also-?read|read-?also|read-?next|up-?next|"
    r"outbrain|taboola|"
    r"newsletters?|signup|sign-up|donate|"
    r"comments?|comment-list|disqus|respond|replies|kommentare?|komentare?|commentaires?|comentarios|"
    r"adslot|advert\w*|adsense|adbox|sponsored|werbung|publicidad|pubblicita|"
    r"taglist|tag-list|carousel|"
    r"author-?(?:bio|box|info|card|details?|profile|description)|about-(?:the-)?authors?|biography|bylines?|dateline|"
    r"timestamps?|pub-?date|"
    r"cookies?|gdpr|modal|popup|pop-up|tooltip|lightbox|print-only|noprint|no-print|visually-?hidden|"
    r"screen-reader(?:-text)?|sr-only|"
    r"login|poll|quiz|toc"
    r")" + _END
)
_SURE = re.compile(
    _START + r"(?i:cookies?|gdpr|cookie-?consent|consent-?banner|popup|onetrust\w*|didomi\w*|sp_message\w*)" + _END
)
_WEAK = re.compile(
    _START + r"(?i:"
    r"sidebar|side-bar|rail|social|socials|follow|promoted|popular|widget|subscri(?:be|ption)\w*|paywall|regwall|"
    r"piano|donat\w*|support-us|membership|"
    r"ads?|sponsor\w*|dfp|anzeige|reklama?|banner|tags?|topics?|keywords|categories|credits?|copyright|gallery|"
    r"slideshow|"
    r"bio|authors?|published|post-?meta|entry-?meta|article-?meta|meta|consent|overlay|hidden|"
    r"player|podcast|audio|video|embed(?:ded)?|infobox|factbox|disclaimer|register"
    r")" + _END
)
_CAPTION = re.compile(_START + r"(?i:(?:[a-z]+-?_?)?captions?|photo-?credits?|image-?credits?|wp-caption-text)" + _END)
_SAVING = re.compile(
    r"article-?_?(?:body|text|content)|entry-?_?content|post-?_?(?:body|content)|story-?_?(?:body|content|text)|"
    r"body-?_?(?:copy|text|content)|"
    r"main-?content|content-?_?body|rich-?text|paragraph",
    re.IGNORECASE,
)
_SAVING_WORDS = ("body", "text", "content", "copy", "paragraph")
"""What saves has one of them: to look for these takes a tenth of the time."""

_OPENING = re.compile(_START + r"(?=([A-Z]{2}|[A-Za-z][a-z]{0,3}))")
_SURE_STARTS = frozenset(("cons", "cook", "dido", "gdpr", "onet", "popu", "sp"))
_STRONG_STARTS = frozenset(
    """
    abou adbo addt adse adsl adve also auth biog brea byli caro come comm cook date disq dona foll foot gdpr
    kome komm ligh logi mast menu moda more most nav navb navi news no nopr outb page pagi poll pop popu prin
    prom pub pubb pubd publ quiz read reci reco rela repl resp scre see seea shar sign skip spon sr tabo tag
    tagl teas time toc tool topb tren up upne visu werb
    """.split()  # noqa: SIM905
)
_WEAK_STARTS = frozenset(
    """
    ad ads anze arti audi auth bann bio cate cons copy cred dfp disc dona embe entr fact foll gall hidd info
    keyw memb meta over payw pian play podc popu post prom publ rail regi regw rekl side slid soci spon subs
    supp tag tags topi vide widg
    """.split()  # noqa: SIM905
)
"""The first letters of all that is looked for: most names have few, and a pattern takes long to find nothing."""


@lru_cache(maxsize=8192)  # a page's names repeat, a site's do more
def told_by(names: str) -> Literal["sure", "strong", "weak", ""]:
    """Return how surely these names say that an element is no text."""
    starts = _OPENING.findall(names)
    shouted = any(start[1:].isupper() for start in starts)
    said = {start.lower() for start in starts}
    strong, weak = shouted or not said.isdisjoint(_STRONG_STARTS), shouted or not said.isdisjoint(_WEAK_STARTS)
    if (shouted or not said.isdisjoint(_SURE_STARTS)) and _SURE.search(names):
        return "sure"
    if strong and _STRONG.search(names):
        return "" if _saves(names) else "strong"
    if weak and _WEAK.search(names):
        return "" if _saves(names) else "weak"
    return ""


def _saves(names: str) -> bool:
    """Return whether the names say that an element is the text itself."""
    lower = names.lower()
    return any(map(lower.__contains__, _SAVING_WORDS)) and _SAVING.search(names) is not None


@lru_cache(maxsize=8192)
def captioned(names: str) -> bool:
    """Return whether these names say that an element is a caption."""
    lower = names.lower()
    return ("caption" in lower or "credit" in lower) and _CAPTION.search(names) is not None
