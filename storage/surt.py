"""Sort-friendly keys of addresses (SURT), spelt as replay tools look them up: `uk,co,lbc)/news/story?a=1`.

The spelling follows what pywb asks for, so that an index of ours is found by it; `tests/storage/test_surt.py` lists
pairs taken from there.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_WWW = re.compile(r"^www\d*\.(?=.)")
_SESSION_IN_PATH = (
    re.compile(r"^(.*/)(?:\((?:[a-z]\([0-9a-z]{24}\))+\)/)([^?]+\.aspx.*)$", re.IGNORECASE),
    re.compile(r"^(.*/)(?:\([0-9a-z]{24}\)/)([^?]+\.aspx.*)$", re.IGNORECASE),
)
_SESSION_IN_QUERY = (
    re.compile(r"(^|&)(?:jsessionid=[0-9a-z$]{10,}|phpsessid=[0-9a-z]{32}|sid=[0-9a-z]{32})(&|$)", re.IGNORECASE),
    re.compile(r"(^|&)aspsessionid[a-z]{8}=[a-z]{24}(&|$)", re.IGNORECASE),
    re.compile(r"(^|&)cfid=[^&]+&cftoken=[^&]+(&|$)", re.IGNORECASE),
)
_PLAIN = bytes(code for code in range(0x21, 0x7F) if code not in b"#%").decode()
"""What stands unescaped in a key: every visible character but the two that would change its meaning."""


def surt(url: str) -> str:
    r"""Return the sort key of an address: host reversed, everything lower-case, scheme, `www` and session ids gone.

    What has no host, or one that can't be told apart (`http://host\path:x/`), is its own key.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return _escaped(url.strip())
    if not host:
        return url
    return f"{_host(host)}{_port(parts.scheme, port)}){_path(parts.path)}{_query(parts.query)}"


@lru_cache(maxsize=256)  # an index names few hosts, many times each
def _host(name: str) -> str:
    try:
        if ip_address(name).version == 6:
            return name.lower()
    except ValueError:
        pass
    name = _WWW.sub("", name.lower().strip("."))
    return ",".join(reversed(re.sub(r"\.+", ".", name).split(".")))


def _port(scheme: str, port: int | None) -> str:
    return f":{port}" if port is not None and port != _DEFAULT_PORTS.get(scheme.lower()) else ""


def _path(path: str) -> str:
    if "(" in path:  # seldom: then it may hold a session
        for session in _SESSION_IN_PATH:
            path = session.sub(r"\1\2", path)
    kept: list[str] = []
    for step in _escaped(path).split("/"):
        if step == "..":
            kept = kept[:-1]
        elif step not in ("", "."):
            kept.append(step)
    return "/" + "/".join(kept).lower()


def _query(query: str) -> str:
    if not query:
        return ""
    for session in _SESSION_IN_QUERY:
        query = session.sub(r"\1", query)
    said = "&".join(sorted(_escaped(query).lower().split("&")))
    return f"?{said}" if said else ""


def _escaped(text: str) -> str:
    """Return the text with only those bytes escaped that must be, however often it was escaped before."""
    raw = text.encode("utf-8", "surrogatepass")
    while (plain := unquote_to_bytes(raw)) != raw:
        raw = plain
    return quote_from_bytes(raw, safe=_PLAIN)
