"""A revision as one HTML page that needs nothing else: no script, no other file, no network, nothing to click.

All text is escaped and characters that reorder or hide text are written out; the policy in the page forbids
everything but its one style.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from hashlib import sha256
from html import escape
from typing import Any

from cli.text_view import ended, facts, stamp_line
from news.compare.showing import visible

STYLE = """
:root { color-scheme: light dark; --paper: #fdfcfa; --ink: #1d1d1b; --quiet: #66635c; --line: #e4e0d8; }
@media (prefers-color-scheme: dark) { :root { --paper: #16171a; --ink: #e9e7e2; --quiet: #a5a29a; --line: #34363c; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 Georgia, "Times New Roman", serif; }
main { max-width: 42rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; overflow-wrap: break-word; }
h1 { font-size: clamp(1.6rem, 4vw, 2.3rem); line-height: 1.2; margin: .25rem 0 .75rem; }
h2 { font-size: 1.2rem; line-height: 1.35; }
.standfirst { font-size: 1.2rem; line-height: 1.45; }
.kicker, .meta, footer, figcaption { font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.kicker { font-weight: 600; margin: 0; }
.meta, footer, figcaption { font-size: .875rem; color: var(--quiet); margin: .25rem 0; }
blockquote { border-left: 3px solid var(--line); margin: 0 0 0 .25rem; padding-left: .9rem; font-style: italic; }
.notice { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .75rem; }
figure { margin: 1rem 0; border: 1px dashed var(--line); padding: .5rem .75rem; }
footer { border-top: 1px solid var(--line); margin-top: 2rem; padding-top: 1rem; overflow-wrap: anywhere; }
"""
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'"
)
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
TAGS = {"paragraph": "p", "heading": "h2", "quote": "blockquote", "notice": "p class=notice"}


def revision_page(told: Mapping[str, Any], *, zone: tzinfo, revisions: int) -> str:
    """Return the page of the revision that `show --json` tells."""
    article = told["article"]
    body = "".join(_article(article, zone)) if article else f"<h1>{_safe(told['url'])}</h1>\n<p>{ended(told)}</p>\n"
    proof = "".join(f"<p>{_safe(line)}</p>\n" for line in facts(told, zone=zone, revisions=revisions))
    footer = f"<footer>\n<p>{_safe(told['url'])}</p>\n{proof}</footer>\n"
    title = f"{article['headline'] if article else told['url']} (revision {told['number']})"
    return _page(title, body + footer, language=article["language"] if article else None)


def plain_page(title: str, lines: Sequence[str]) -> str:
    """Return a page of lines under a title."""
    body = "".join(f"<p>{_safe(line)}</p>\n" for line in lines)
    return _page(title, f"<h1>{_safe(title)}</h1>\n{body}", language=None)


def _page(title: str, body: str, *, language: str | None) -> str:
    known = f" lang={language}" if language and LANGUAGE.fullmatch(language) else ""
    return (
        f"<!doctype html>\n<html{known}>\n<head>\n<meta charset=utf-8>\n"
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name=referrer content="no-referrer">\n'
        '<meta name=viewport content="width=device-width, initial-scale=1">\n'
        f"<title>{_safe(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _article(article: Mapping[str, Any], zone: tzinfo) -> Iterator[str]:
    yield "<article dir=auto>\n"
    if article["kicker"]:
        yield f"<p class=kicker>{_safe(article['kicker'])}</p>\n"
    yield f"<h1>{_safe(article['headline'])}</h1>\n"
    if article["standfirst"]:
        yield f"<p class=standfirst>{_safe(article['standfirst'])}</p>\n"
    if article["authors"]:
        yield f"<p class=meta>By {_safe(', '.join(article['authors']))}</p>\n"
    for stamp in article["stamps"]:
        yield f"<p class=meta>{_safe(stamp_line(stamp, zone))}</p>\n"
    for block in article["body"]:
        yield _block(block)
    for picture in article["pictures"]:
        said = ". ".join(part for part in (picture["caption"] or picture["alt"], picture["credit"]) if part)
        yield f"<figure><figcaption>{_safe(said or 'Picture')}<br>{_safe(picture['url'])}</figcaption></figure>\n"
    if article["links"]:
        entries = "".join(f"<li>{_safe(link['text'])}: {_safe(link['url'])}</li>" for link in article["links"])
        yield f"<h2>Links</h2>\n<ul class=meta>{entries}</ul>\n"
    yield "</article>\n"


def _block(block: Mapping[str, Any]) -> str:
    if block["role"] == "list":
        return f"<ul>{''.join(f'<li>{_safe(entry)}</li>' for entry in block['text'].splitlines())}</ul>\n"
    tag = TAGS.get(block["role"], "p")
    return f"<{tag}>{_safe(block['text'])}</{tag.split()[0]}>\n"


def _safe(text: str) -> str:
    return escape(visible(text), quote=True)
