"""What an article says to machines: canonical link, Open Graph, article stamps, JSON-LD (schema.org)."""

import json
from html import escape

from newsroom.layouts.shell import NAME, TITLES, Place, meta
from newsroom.markup import plain
from newsroom.model import Story
from newsroom.times import local_iso, utc_iso

Json = dict[str, object]


def head(story: Story, place: Place, *, free: bool = True) -> list[str]:
    """The elements that an article adds to the head."""
    url = place.url(story.path)
    stamp = utc_iso if story.template == "new" else local_iso
    said = [
        ("description", story.standfirst),
        ("keywords", ", ".join(story.tags)),
        ("og:type", "article"),
        ("og:site_name", NAME),
        ("og:title", story.headline),
        ("og:description", story.standfirst),
        ("og:url", url),
        ("article:published_time", stamp(story.published)),
        ("article:modified_time", stamp(story.modified)),
        ("article:section", TITLES.get(story.section, story.section)),
        *(("article:tag", tag) for tag in story.tags),
        ("twitter:card", "summary_large_image"),
    ]
    if story.picture:
        said.insert(7, ("og:image", place.url(story.picture.path)))
    ld = _graph(story, place, free=free) if story.template == "new" else _article(story, place, free=free)
    words = json.dumps(ld, ensure_ascii=False).replace("</", "<\\/")
    return [
        f'<link rel="canonical" href="{escape(url)}">',
        *(meta(name, content) for name, content in said if content),
        f'<script type="application/ld+json">{words}</script>',
    ]


def _article(story: Story, place: Place, *, free: bool) -> Json:
    stamp = utc_iso if story.template == "new" else local_iso
    said: Json = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting" if story.is_live else "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": place.url(story.path)},
        "headline": story.headline,
        "description": story.standfirst,
        "datePublished": stamp(story.published),
        "dateModified": stamp(story.modified),
        "articleSection": TITLES.get(story.section, story.section),
        "inLanguage": "en-GB",
        "isAccessibleForFree": free,
        "author": [{"@type": "Person", "name": name} for name in story.authors]
        or {"@type": "Organization", "name": NAME},
        "publisher": _publisher(place),
    }
    if story.picture:
        said["image"] = [place.url(story.picture.path)]
    if story.is_live:
        said["coverageStartTime"] = stamp(story.published)
        said["liveBlogUpdate"] = _updates(story)
    return said


def _updates(story: Story) -> list[Json]:
    return [
        {"@type": "BlogPosting", "headline": plain(block.text), "datePublished": utc_iso(block.at)}
        for block in story.body
        if block.role == "entry" and block.at
    ]


def _graph(story: Story, place: Place, *, free: bool) -> Json:
    """The new template's shape: one graph, the article in the middle of it."""
    article = _article(story, place, free=free)
    context = article.pop("@context")
    crumbs = [(NAME, "/"), (TITLES.get(story.section, story.section), f"/{story.section}/")]
    trail: Json = {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": at, "name": name, "item": place.url(path)}
            for at, (name, path) in enumerate(crumbs, start=1)
        ],
    }
    return {"@context": context, "@graph": [trail, article, {**_publisher(place), "@id": place.url("/#station")}]}


def _publisher(place: Place) -> Json:
    logo: Json = {"@type": "ImageObject", "url": place.url("/images/logo.svg")}
    return {"@type": "NewsMediaOrganization", "name": NAME, "url": place.base, "logo": logo}
