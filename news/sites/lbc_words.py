"""What LBC's pages say that is no text of an article, and the words that open its other parts."""

# ruff: noqa: RUF001 - dashes and quotes as pages print them

from __future__ import annotations

import re

_CLOCK = r"\d{1,2}[:.]\d\d(?: ?[ap]\.?m\.?)?"
_DATE = rf"\d{{1,2}}(?:st|nd|rd|th)? [a-z]{{3,9}} \d{{4}},?(?: at| -| –)? {_CLOCK}(?: ?(?:bst|gmt|utc)\b)?"
_RELATIVE = r"\d+ (?:sec(?:ond)?|min(?:ute)?|hour|day|week)s? ago|an? (?:minute|hour|day) ago|just now|yesterday|today"
_SAYS = r"(?:(?:last |first )?(?:published|posted|updated|modified)\b\W{0,3}(?:on |at )?)?"
_STAMP = rf"{_SAYS}(?:{_DATE}|{_RELATIVE})"
DATE_LINE = re.compile(rf"\W*{_STAMP}(?:\W*{_STAMP})*\W*", re.IGNORECASE)
"""Matches, whole, `1 December 2024, 07:14 | Updated: 1 December 2024, 09:23`, and halves of it; nothing else."""

DATE_WITHIN = re.compile(rf"{_STAMP}(?:\W*{_STAMP})*", re.IGNORECASE)
"""Finds the same in a line that also holds the byline."""

PLAIN_STAMP = re.compile(
    r"(?P<updated>Updated: )?(?P<day>\d{1,2}) (?P<month>[A-Z][a-z]+) (?P<year>\d{4}), (?P<hour>\d\d):(?P<minute>\d\d)"
)
"""Matches, whole, a stamp in the one form that LBC's templates print."""

TIME_LINE = re.compile(rf"\W*(?:{_CLOCK}|{_DATE})\W*", re.IGNORECASE)
"""Matches, whole, what stands over an entry of a live blog."""

TIME_BEFORE = re.compile(rf"(?P<time>{_CLOCK})\s*[|·•:–-]?\s+(?=\S)", re.IGNORECASE)
"""Matches the time that an entry's headline begins with."""

TAIL = re.compile(r"\W*(?:see more )?more latest news\W*", re.IGNORECASE)
"""Matches, whole, what opens the list of other stories: there and only there the article ends."""

_PLAYER = r"(?:listen to this article|loading audio|(?:0?0:)?00:00)\b.{0,40}"
_SERVICE = (
    r"advert(?:isements?|ising)?|sponsored(?: content)?|(?:article|story) continues (?:below|after).*|"
    r"share(?: this)?(?: (?:article|story|page))?|tweet|post|e-?mail|copy(?: link)?|print|save|close|play|pause|"
    r"(?:comments?|shares?|views?)|\d[\d,.]*k? (?:comments?|shares?|views?|likes?)|\d+ min(?:ute)?s? read|"
    r"(?:show|load|see|view) more(?: (?:updates|posts|entries|stories|news))?|next|previous|back to top|"
    r"skip(?: to .{1,30})?|follow (?:us|lbc)\b.*|on air now|listen (?:live|now)|watch (?:live|now)|"
    r"topics|tags|download the (?:lbc|global player) app.*|this content is (?:hosted|provided) by .*|"
    r"view (?:this )?(?:post|tweet) on .*|a post shared by .*|key (?:events|moments)|sign up|subscribe"
)
_INVITES = (
    r"(?:sign up|subscribe|get (?:the|our|all|lbc|breaking|more)|join (?:the|our|lbc|us)|download|listen (?:to|live|on|"
    r"back|again|and)|watch (?:live|again|lbc|more)|follow|never miss|don['’]t miss|stay up to date|want more|"
    r"hear more|catch up)\b.*\b(?:newsletters?|inbox|global player|(?:lbc|our|the) app|whatsapp|lbc|notifications|"
    r"podcasts?)\b.*"
)
_LABEL = r"(?:last |first )?(?:published|posted|updated)"
_LIST = (
    r"related (?:stories|articles|news)|(?:most|top) (?:read|popular|stories)|trending(?: now)?|latest news|"
    r"recommended(?: for you)?|you (?:may|might) also like|more on this story|more from lbc|(?:the )?latest from lbc"
)
NOISE = re.compile(
    rf"\W*(?:(?P<player>{_PLAYER})|(?P<list>{_LIST})\W*|(?:{_SERVICE}|{_LABEL})\W*|{_INVITES})", re.IGNORECASE
)
"""Matches, whole, a short line that serves the page or praises the station.

`player` is what the audio player shows, `list` what opens a list of other stories.
"""

LONGEST_NOISE = 200
ADVERT = "Advertisement"
"""What begins a line that is one advert's label and words together, where no paragraph is around it."""

ON_AIR = re.compile(r"\d{1,2}(?::\d\d)?\s?[ap]m\b|\bon air\b|\blisten (?:live|now)\b|^(?:home|menu)$", re.IGNORECASE)
"""Finds the strip that says who is on air."""

KICKERS = re.compile(
    r"(?:live(?: blog| updates?)?|(?:lbc )?exclusive|breaking(?: news)?|analysis|opinion|explainer|explained|watch|"
    r"listen|video|interview|latest|investigation|comment|updates?|developing|special report|review|feature|podcast|"
    r"caller|revealed|lbc views?)",
    re.IGNORECASE,
)
CREDIT = re.compile(r"(?:^|[\s(|.])(?:picture|photo|image)s?(?: credit)?\s?:\s?[^:]{2,80}$", re.IGNORECASE)
"""Finds the credit that a caption ends with."""

LONGEST_CREDIT = 100
AUTHOR_PAGE = re.compile(r"/(?:authors?|presenters?|people|profiles?)/[^/]", re.IGNORECASE)
LEAD_NAME = re.compile(r"standfirst|summary|intro|\blead\b|sub-?(?:title|head)|dek\b|excerpt", re.IGNORECASE)
END = tuple(".!?…:;”’\"')")
"""What running text ends with."""


JOINTS = " :|•·,-–"
"""What parts a kicker from its headline, and a byline from its date."""


def is_noise(text: str) -> bool:
    """Return whether a line serves the page: adverts' labels, share buttons, newsletters, the station's own praise."""
    return len(text) < LONGEST_NOISE and NOISE.fullmatch(text) is not None


def bare(words: str) -> str:
    """Return a kicker without the bar or colon that parts it from the headline."""
    return words.strip(JOINTS)
