"""`show` and `diff`: one revision as it was, and what changed between two."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from cli.finding import (
    address,
    article_named,
    local,
    numbered,
    revision_at,
    revision_named,
    span_of,
    tell_moves,
    zone_of,
)
from cli.options import as_json, coloured, config_option, print_json
from cli.weights import in_words, noise_options, significance, significance_of
from storage.catalogue import histories, reading
from storage.catalogue.access import access_of

if TYPE_CHECKING:
    from news.model import Article
    from storage.catalogue.opening import Row
    from storage.config import Config

WIDEST = 100
NOTHING = {
    "fields": {},
    "blocks": [],
    "passages": [],
    "facts": [],
    "stats": {"words_added": 0, "words_removed": 0, "moves": 0, "sentences_moved": 0, "entries_rolled_off": 0},
    "degraded": False,
}


@click.command(
    epilog="\b\nExamples:\n  stoppress show https://www.lbc.co.uk/news/some-story/ -r 1\n"
    "  stoppress show https://www.lbc.co.uk/news/some-story/ --at 'tuesday 14:30'\n"
    "  stoppress show https://www.lbc.co.uk/news/some-story/ --format warc -o proof.warc.gz"
)
@click.argument("url", callback=address)
@click.option("-r", "--revision", type=click.IntRange(min=1), metavar="N", help="This revision. [default: the newest]")
@click.option(
    "--at",
    metavar="TIME",
    help='The one seen at that time: ISO, "2h", "yesterday", "monday 14:30"; a day means its end.',
)
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "html", "warc")), help="How to show it. [default: text]"
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write there, not to stdout.",
)
@config_option
@noise_options
@as_json
def show(
    config: Config,
    *,
    url: str,
    revision: int | None,
    at: str | None,
    form: str | None,
    output: Path | None,
    off: frozenset[str],
    as_json: bool,
) -> None:
    """Show one revision of the article at URL as it was.

    `html` is one page that needs nothing else and runs nothing. `warc` writes the records that prove the revision,
    byte for byte as they were captured: the answer, what was asked, and the segment's own description.
    """
    from storage.archive.access import open_reading

    if revision is not None and at is not None:
        raise click.UsageError("give -r or --at, not both")
    form = _form(form, default="text", as_json=as_json)
    with open_reading(config) as (store, rows):
        article = article_named(rows, config, url)
        zone = zone_of(config, article["site"])
        chain = reading.chain(rows, article["id"])
        number = _chosen(chain, revision, at, zone)
        if form == "warc":
            from news.errors import ObjectMissing
            from storage.proof import proof

            row = chain[number - 1]
            capture = reading.capture(rows, row["record_id"])
            if capture is None:
                raise ObjectMissing(f"the catalogue lacks capture {row['record_id']}: run `stoppress rebuild`")
            _write_binary(proof(store, Path(config.archive.spool), rows, capture), output)
            return
        access = access_of(rows, article["id"])
    told = {
        **_revision_json(article, chain[number - 1], number),
        "access": access,
        "significance": significance_of(chain, number, off),
    }
    _put(_shown(told, form, zone, len(chain), to_terminal=output is None), output)


@click.command(
    epilog="\b\nExamples:\n  stoppress diff https://www.lbc.co.uk/news/some-story/\n"
    "  stoppress diff https://www.lbc.co.uk/news/some-story/ 1 4 --format html > what-changed.html\n"
    "  stoppress diff https://www.lbc.co.uk/news/some-story/ yesterday now"
)
@click.argument("url", callback=address)
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(("terminal", "json", "html", "unified")),
    help="How to show it. [default: terminal]",
)
@config_option
@noise_options
@as_json
def diff(
    config: Config,
    *,
    url: str,
    a: str | None,
    b: str | None,
    form: str | None,
    off: frozenset[str],
    as_json: bool,
) -> None:
    """Show what changed in the article at URL between the revisions A and B: numbers, or times at which they stood.

    Without A and B, the last two; without B, from A to the newest. The exit status is 0 whether or not they differ.
    """
    from storage.archive.access import open_reading

    form = _form(form, default="terminal", as_json=as_json)
    with open_reading(config) as (_, rows):
        article = article_named(rows, config, url)
        tell_moves(rows, article)
        zone = zone_of(config, article["site"])
        chain = reading.chain(rows, article["id"])
    last = len(chain)
    start = revision_named(chain, a, zone, what="A") if a is not None else max(last - 1, 1)
    end = revision_named(chain, b, zone, what="B") if b is not None else last
    _show_diff(article, chain, (start, end), form=form, zone=zone, off=off)
    if last == 1:
        click.echo("stoppress: there is only one revision: nothing to compare it with yet", err=True)


def _form(form: str | None, *, default: str, as_json: bool) -> str:
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} contradict each other")
    return "json" if as_json else form or default


def _chosen(chain: Sequence[Row], revision: int | None, at: str | None, zone: tzinfo) -> int:
    if at is not None:
        return revision_at(chain, span_of(at, zone, what="--at").end, zone)
    return numbered(chain, revision if revision is not None else len(chain), what="-r")


def _revision_json(article: Row, row: Row, number: int) -> dict[str, Any]:
    stored = histories.stored_json(row)
    return {
        "id": article["id"],
        "site": article["site"],
        "url": article["url"],
        **histories.revision_json(row, number),
        "digest": row["digest"],
        "previous": row["previous"],
        "seen_at": stored["url"],
        "evidence": stored["evidence"],
        "article": stored["article"],
    }


def _shown(told: dict[str, Any], form: str, zone: tzinfo, revisions: int, *, to_terminal: bool) -> str:
    if form == "json":
        import json

        return json.dumps(told, ensure_ascii=True, indent=2 if to_terminal and sys.stdout.isatty() else None) + "\n"
    if form == "html":
        from cli.page_view import revision_page

        return revision_page(told, zone=zone, revisions=revisions)
    from cli.text_view import revision_text

    colour = to_terminal and coloured()
    return revision_text(told, zone=zone, revisions=revisions, colour=colour, width=_width())


def _put(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{output} can't be written: {error.strerror}") from error


def _write_binary(members: Any, output: Path | None) -> None:
    if output is None and sys.stdout.isatty():
        raise click.UsageError("a WARC file is no text for a terminal: name a file with -o, or send it on with > or |")
    parts = list(members)
    if output is None:
        sys.stdout.buffer.write(b"".join(parts))
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(b"".join(parts))
    except OSError as error:
        raise click.UsageError(f"{output} can't be written: {error.strerror}") from error


def _show_diff(
    article: Row, chain: Sequence[Row], between: tuple[int, int], *, form: str, zone: tzinfo, off: frozenset[str]
) -> None:
    from storage.catalogue.rows import stored_revision

    rows = [chain[number - 1] for number in between]
    before, after = (stored_revision(row).article for row in rows)
    told = _between(chain, *between)
    if before is None or after is None:
        _show_without_text(article, chain, between, told, form=form, zone=zone)
        return
    labels = [_label(row, number, zone) for row, number in zip(rows, between, strict=True)]
    weight = significance(before, after, told["classes"], rows[1]["seen_first"], off)
    if form == "json":
        more = _sides(rows, between, told) | {"significance": weight}
        print_json(_compared(before, after, between, told["classes"]) | more)
        return
    title = [article["url"], f"from {labels[0]}", f"to {labels[1]}", in_words(weight)]
    _show_comparison((before, after), title=title, labels=labels, told=told, form=form)


def _compared(before: Article, after: Article, between: tuple[int, int], classes: Sequence[str]) -> dict[str, Any]:
    from news import compare

    return compare.as_json(compare.compare(before, after), from_=between[0], to=between[1], classes=classes)


def _show_comparison(
    articles: tuple[Article, Article],
    *,
    title: Sequence[str],
    labels: Sequence[str],
    told: dict[str, list[str]],
    form: str,
) -> None:
    from news import compare

    found = compare.compare(*articles)
    if form == "html":
        page = compare.render_html(found, title=title, from_label=labels[0], to_label=labels[1], **told)
        click.echo(page, nl=False)
    elif form == "unified":
        click.echo(compare.render_unified(found, from_label=labels[0], to_label=labels[1]), nl=False)
    else:
        text = compare.render_terminal(found, colour=coloured(), width=_width(), title=title, **told)
        click.echo(text, nl=False)


def _show_without_text(
    article: Row,
    chain: Sequence[Row],
    between: tuple[int, int],
    told: dict[str, list[str]],
    *,
    form: str,
    zone: tzinfo,
) -> None:
    """Say what happened where one of the two revisions is the article's end, which has no text."""
    rows = [chain[number - 1] for number in between]
    lines = [f"{_label(row, number, zone)}: {_state(row)}" for row, number in zip(rows, between, strict=True)]
    texts = [number for number, row in enumerate(chain, start=1) if row["content_digest"] is not None]
    hint = f"stoppress diff {article['url']} {texts[-2]} {texts[-1]}" if len(texts) > 1 else None
    if form == "json":
        print_json(
            {"from": between[0], "to": between[1], "classes": told["classes"], **NOTHING, **_sides(rows, between, told)}
            | {"significance": significance(None, None, told["classes"], rows[1]["seen_first"])}
        )
    elif form == "html":
        from cli.page_view import plain_page

        click.echo(plain_page(article["url"], lines), nl=False)
    elif form == "terminal":
        from news.compare.showing import one_line

        for line in [article["url"], *lines]:
            click.echo(one_line(line))
    if form in ("terminal", "unified") and hint:
        click.echo(f"the last two with text: {hint}", err=form == "unified")


def _between(chain: Sequence[Row], start: int, end: int) -> dict[str, list[str]]:
    """Return what the revisions on the way from one to the other were classed as, each class once."""
    import json

    passed = chain[min(start, end) : max(start, end)]
    return {
        name: list(dict.fromkeys(said for row in passed for said in json.loads(row[name])))
        for name in ("classes", "declared_by")
    }


def _sides(rows: Sequence[Row], between: tuple[int, int], told: dict[str, list[str]]) -> dict[str, Any]:
    sides = [histories.revision_json(row, number) for row, number in zip(rows, between, strict=True)]
    return {"declared_by": told["declared_by"], "from_revision": sides[0], "to_revision": sides[1]}


def _label(row: Row, number: int, zone: tzinfo) -> str:
    return f"revision {number}, first seen {local(row['seen_first'], zone)}"


def _state(row: Row) -> str:
    if "gone" in row["classes"]:
        return "gone: the server says that there is no such page"
    if "moved" in row["classes"]:
        return "moved: the address leads elsewhere"
    return f"“{row['headline']}”"


def _width() -> int:
    return max(40, min(get_terminal_size((WIDEST, 24)).columns, WIDEST))
