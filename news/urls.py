"""Addresses: one spelling for each page, and which of them belong to a site.

The law here: `normalise` changes the spelling of an address, never the page that it names, and doing it twice
changes nothing more. What only guesses that two addresses are the same page (`same_page_key`) is kept apart from
what knows it. Whatever can't be fetched raises ValueError with words for people.

Sources: RFC 3986, section 6.2 (normalisation); WHATWG URL standard, host parsing (IPv4 look-alikes); UTS 46 (IDNA).
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

import idna

from news.model import Site

TRACKING_PREFIXES = ("utm_", "at_campaign", "at_custom", "at_medium", "at_link_", "at_format", "at_ptr_", "at_bbc_")
"""Query parameters that start so only say how a reader came (`at_*`: AT Internet, as the BBC uses it)."""

_TRACKING = (
    "_ga _gl _hsenc _hsmi __s __twitter_impression cmp cmpid dclid echobox epik fb_action_ids fb_action_types "
    "fb_ref fb_source fbclid ftag gbraid gclid gclsrc icid igsh igshid int_campaign int_medium int_source li_fat_id "
    "mc_cid mc_eid mkt_tok msclkid ns_campaign ns_fee ns_linkname ns_mchannel ns_source ocid oly_anon_id oly_enc_id "
    "s_cid s_kwcid smid srsltid ttclid twclid vero_conv vero_id wbraid wickedid wt.mc_id xtor yclid"
)
TRACKING_PARAMETERS = frozenset(_TRACKING.split())
"""Query parameters, in lower case, that never choose what a page shows."""

SESSION_PARAMETERS = frozenset({"jsessionid", "phpsessid", "sessionid", "session_id", "sessid", "cfid", "cftoken"})

LONGEST_USEFUL = 2_000
"""Characters; the sitemap protocol allows 2,048, and no news page needs that many."""

LIKELY_YEARS = range(1990, 2041)
"""A calendar that leads outside of these years leads nowhere."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_HOST_PORT = re.compile(r"(?P<host>\[[^\[\]]*\]|[^:\[\]]*)(?::(?P<port>[0-9]*))?")
_ASCII_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|(?:(?!%[0-9A-Fa-f]{2})[^A-Za-z0-9._~!$&'()*+,;=:@/?\[\]|-])+")
_REPEATED = re.compile(r"((?:/[^/]+){1,3}?)\1\1(?=/|$)")
_CALENDAR = re.compile(r"(?:calendar|events?|agenda|diary|listings?|ical)(?:/|\?|$)", re.IGNORECASE)
_YEAR = re.compile(r"(?<![0-9])([0-9]{4})(?=[-/][01]?[0-9](?![0-9])|/?$|&)")


class _Address(NamedTuple):
    scheme: str
    host: str
    path: str
    query: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}{self.path}" + (f"?{self.query}" if self.query else "")


def normalise(url: str) -> str:
    """Return the one spelling of this address that the archive uses.

    Scheme and host are lower-case (other alphabets as punycode), the default port, the fragment, dot segments and
    tracking parameters are gone, escapes are in their canonical form; all other query parameters stay, in order,
    and so does a trailing slash. Raises ValueError for what is no http(s) address of a host.
    """
    return str(_parse(url))


def same_page_key(url: str) -> str:
    """Return a key that http/https, www/no-www and trailing-slash variants of an address share.

    A hint for finding duplicates, not an address: servers may tell the variants apart. AMP pages keep their own.
    """
    address = _parse(url)
    host = _without_www(address.host)
    return host + address.path.rstrip("/") + (f"?{address.query}" if address.query else "")


def host_of(url: str) -> str:
    """Return the host of this address, with its port unless that is the scheme's own: `127.0.0.1:8765`."""
    return _parse(url).host


def belongs(url: str, site: Site) -> bool:
    """Return whether this address lies on the site: on home's host, its www variant, or one of its `hosts`.

    A host listed with a port means that port; one without means the default ports and home's.
    """
    try:
        return host_of(url) in _hosts_of(site)
    except ValueError:
        return False


def is_http(url: str) -> bool:
    """Return whether this is an http(s) address that could be fetched."""
    try:
        _parse(url)
    except ValueError:
        return False
    return True


def joined(base: str, reference: str) -> str | None:
    """Return where a reference leads that stands at an address, not normalised, or None where it leads nowhere."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return None


def is_loopback_host(host: str) -> bool:
    """Return whether a host (with or without a port) is this machine by its very name; nothing is looked up."""
    name = _split_port(host)[0].lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def on_loopback(site: Site) -> bool:
    """Return whether all that the site names lies on this machine: only then is nobody else's server asked."""
    addresses = (site.home, *site.sitemaps, *site.feeds, *site.fronts)
    hosts = (*(host_of(address) for address in addresses), *site.hosts, *site.requisite_hosts)
    return all(is_loopback_host(host) for host in hosts)


def article_id(url: str) -> str:
    """Return the id of the article at this canonical address: 20 hex digits of its SHA-256 (design.md, section 4)."""
    return hashlib.sha256(normalise(url).encode("ascii")).hexdigest()[:20]


def looks_like_trap(url: str) -> bool:
    """Return whether following this address risks crawling for ever, or can't be done at all.

    Told by length, path segments that come three times in a row, session ids, and calendars far away in time.
    """
    try:
        address = _parse(url)
    except ValueError:
        return True
    return (
        len(str(address)) > LONGEST_USEFUL
        or _REPEATED.search(address.path) is not None
        or _has_session(address)
        or _is_far_calendar(address)
    )


@lru_cache(maxsize=2048)  # a look asks some twenty times about the same few addresses: 2 ms a page
def _parse(url: str) -> _Address:
    url = url.strip()
    if _CONTROL.search(url):
        raise ValueError(f"a control character in the address {url!r}")
    try:
        parts = urlsplit(url)
    except ValueError as why:
        raise ValueError(f"{url!r} is not an address: {why}") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError(f"{url!r} is not an http or https address")
    authority, _, spilled = parts.netloc.partition("\\")
    path = ("\\" + spilled if spilled else "") + parts.path
    if "@" in authority:
        raise ValueError("an address must not hold a user name or password")
    host = _authority(authority, parts.scheme)
    return _Address(parts.scheme, host, _path(path), _query(parts.query))


def _authority(text: str, scheme: str) -> str:
    name, port = _split_port(text)
    host = _host(name)
    if not port:
        return host
    if not 1 <= int(port[:6]) <= 65_535:
        raise ValueError(f"{port} is not a port: ports go from 1 to 65535")
    return host if int(port) == _DEFAULT_PORTS[scheme] else f"{host}:{int(port)}"


def _split_port(text: str) -> tuple[str, str]:
    found = _HOST_PORT.fullmatch(text)
    if found is None:  # a bare IPv6 address, or nonsense that the caller refuses
        return text, ""
    return found["host"], found["port"] or ""


def _host(name: str) -> str:
    if name.startswith("["):
        return _ipv6(name)
    host = name.lower().removesuffix(".")
    if not host.isascii():
        host = _punycode(host)
    if not host:
        raise ValueError("an address without a host")
    if len(host) > 253 or not _ASCII_HOST.fullmatch(host):
        raise ValueError(f"{name!r} is not a host name")
    if _NUMERIC_LABEL.fullmatch(host.rpartition(".")[2]):
        return _ipv4(host)
    return host


def _punycode(host: str) -> str:
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower().removesuffix(".")
    except UnicodeError as why:
        raise ValueError(f"{host!r} is not a host name: {why}") from None


def _ipv4(host: str) -> str:
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        raise ValueError(f"{host!r} is not an IPv4 address of four decimal numbers") from None


def _ipv6(name: str) -> str:
    try:
        address = ipaddress.IPv6Address(name[1:-1])
    except ValueError:
        raise ValueError(f"{name!r} is not an IPv6 address") from None
    if address.scope_id is not None:
        raise ValueError(f"{name!r}: an IPv6 address with a zone means nothing elsewhere")
    return f"[{address.compressed}]"


def _path(path: str) -> str:
    return _without_dots(_escaped(path.replace("\\", "/"))) or "/"


def _escaped(text: str) -> str:
    return _ESCAPE.sub(_canonical_escape, text)


def _canonical_escape(found: re.Match[str]) -> str:
    if found[1] is not None:
        character = chr(int(found[1], 16))
        return character if character in _UNRESERVED else f"%{found[1].upper()}"
    try:
        return quote(found[0], safe="")
    except UnicodeEncodeError:
        raise ValueError("half of a surrogate pair in the address") from None


def _without_dots(path: str) -> str:
    """RFC 3986, section 5.2.4, on a path that is empty or starts with a slash."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == ".." and kept:
            kept.pop()
        elif segment not in {".", ".."}:
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "".join(f"/{segment}" for segment in kept)


def _query(query: str) -> str:
    parameters = _escaped(query).split("&")
    return "&".join(parameter for parameter in parameters if not _is_tracking(parameter))


def _is_tracking(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)


def _without_www(host: str) -> str:
    rest = host.removeprefix("www.")
    return rest if "." in rest else host


@lru_cache(maxsize=256)
def _hosts_of(site: Site) -> frozenset[str]:
    return frozenset(_hosts(site))


def _hosts(site: Site) -> Iterator[str]:
    home = host_of(site.home)
    bare = _without_www(home)
    yield from (bare, home) if _is_address(bare) else (bare, f"www.{bare}")
    home_port = _split_port(home)[1]
    for listed in site.hosts:
        host = listed.lower()
        yield host
        if home_port and not _split_port(host)[1]:
            yield f"{host}:{home_port}"


def _is_address(host: str) -> bool:
    name = _split_port(host)[0]
    return name.startswith("[") or _NUMERIC_LABEL.fullmatch(name.rpartition(".")[2]) is not None


def _has_session(address: _Address) -> bool:
    names = [parameter.partition("=")[0].lower() for parameter in re.split(r"[&;]", address.query)]
    names += [parameter.partition("=")[0].lower() for parameter in address.path.split(";")[1:]]
    return any(name in SESSION_PARAMETERS or name.startswith("aspsessionid") for name in names)


def _is_far_calendar(address: _Address) -> bool:
    text = f"{address.path}?{address.query}"
    if not _CALENDAR.search(text):
        return False
    return any(int(year) not in LIKELY_YEARS for year in _YEAR.findall(text))
