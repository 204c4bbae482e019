"""What a check found, for people: the verdict, then problems before notes, then what was checked.

What is wrong with one object stands together, and objects that have the same wrong are told together: one flipped byte
or one lost folder is one thing to look at. `verify --json` lists each finding by itself.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from cli.layout import BOLD, DIM, GREEN, RED, YELLOW, counted, grid, say, singular, styled, width_of
from cli.options import printable

if TYPE_CHECKING:
    from storage.verify.findings import Finding
    from storage.verify.whole import Report

NAMED = 3
"""Objects that are named besides the first of those that have the same wrong."""
LINES = 5
"""Problems of one object that are told one by one."""

ORDER = ("segments", "manifests", "records", "captures", "looks", "revisions", "objects", "signatures", "timestamps")
"""What was checked in the order in which it is told; the rest follows."""

_MARKS = {"problem": RED, "note": YELLOW}
_VARYING = re.compile(r"`[^`]*`|\S*[/:]\S*|\S*\d\S*|\b[0-9a-f]{8,}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Objects that have the same wrong: the findings of the first, and the keys of all."""

    findings: tuple[Finding, ...]
    objects: tuple[str, ...]


def show_report(report: Report, *, what: str, heads: bool) -> None:
    """Print the verdict on `what` was checked, the findings, the chains' `heads` if wished, and the counts."""
    say(_verdict(report, what), style=RED if report.problems else GREEN)
    explained = set[str]()
    for level in ("problem", "note"):
        for group in groups([finding for finding in report.findings if finding.level == level]):
            _show(group, level, explained)
    if heads:
        _show_heads(report)
    _show_counts(report)


def groups(findings: Sequence[Finding]) -> list[Group]:
    """Return the findings by object, and those objects together that have the same wrong, in the order found."""
    by_object: dict[str, list[Finding]] = {}
    for finding in findings:
        by_object.setdefault(finding.object, []).append(finding)
    alike: dict[object, list[str]] = {}
    for name, found in by_object.items():
        alike.setdefault((_ending(name), tuple(dict.fromkeys(map(_kind, found)))), []).append(name)
    return [Group(findings=tuple(by_object[names[0]]), objects=tuple(names)) for names in alike.values()]


def _kind(finding: Finding) -> tuple[str, str]:
    """Return a finding without what differs from one object to the next: names, digests, numbers."""
    return _VARYING.sub("#", finding.problem), _VARYING.sub("#", finding.advice)


def _ending(name: str) -> str:
    """Return what sort of object it is: a shelf of the store and an ending, or a table of the catalogue."""
    shelf, _, rest = name.partition("/")
    return f"{shelf} {rest.partition('.')[2].rpartition('.')[2]}" if rest else name.rpartition(" ")[0]


def _verdict(report: Report, what: str) -> str:
    notes = len(report.findings) - report.problems
    noted = f"; {counted(notes, 'note')}" if notes else ""
    if not report.problems:
        return f"{what} is as it should be{noted}"
    objects = len({finding.object for finding in report.findings if finding.level == "problem"})
    return f"{counted(report.problems, 'problem')} with {counted(objects, 'object')}{noted}"


def _show(group: Group, level: str, explained: set[str]) -> None:
    click.echo()
    click.echo(f"{styled(f'{level}:', _MARKS[level])} {styled(printable(group.objects[0]), BOLD)}")
    told = list(dict.fromkeys(finding.problem for finding in group.findings))
    for problem in told[:LINES]:
        say(problem, first="  ")
    if len(told) > LINES:
        say(f"and {len(told) - LINES} more with it; --json lists them all", first="  ", style=DIM)
    for advice in _advice(group, explained):
        say(f"to do: {advice}", first="  ", then="    ")
    _show_others(group)


def _advice(group: Group, explained: set[str]) -> Iterator[str]:
    """Yield what to do, each once; how a command works is explained where it is told first."""
    advice = dict.fromkeys(finding.advice for finding in group.findings)
    for one in advice:
        if any(other != one and other.startswith(one) for other in advice):
            continue
        command, _, explanation = one.partition("`: ")
        if explanation in explained:
            yield f"{command}`, as above"
        else:
            explained.add(explanation)
            yield one
    explained.discard("")


def _show_others(group: Group) -> None:
    others = group.objects[1:]
    if not others:
        return
    say(f"and the same with {counted(len(others), 'other')}:", first="  ")
    for name in others[:NAMED]:
        click.echo(f"    {printable(name)}")
    if len(others) > NAMED:
        say(f"and {len(others) - NAMED} more; --json lists them all", first="    ", style=DIM)


def _show_heads(report: Report) -> None:
    for site, head in report.heads.items():
        click.echo()
        newest = f"{counted(head.manifests, 'manifest')}, the newest {head.segment}, sealed {head.sealed}"
        say(f"{site}: {newest}", then="  ")
        click.echo(f"  {head.sha256}")


def _show_counts(report: Report) -> None:
    click.echo()
    counts = {name: number for name, number in report.checked.items() if number}
    ordered = [*(name for name in ORDER if name in counts), *(name for name in counts if name not in ORDER)]
    click.echo(styled("checked", DIM))
    cells = [
        (size(counts[name]), "read") if name == "bytes" else (counts[name], _named(name, counts[name]))
        for name in ordered
    ]
    for line in grid(cells, width=width_of(sys.stdout)):
        click.echo(line)


def _named(name: str, number: int) -> str:
    words = name.replace("cdxj_lines", "index_lines").replace("_", " ")
    return singular(words) if number == 1 else words


def size(number: int) -> str:
    """Return so many bytes as people say it."""
    for unit, each in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= each:
            return f"{number / each:.3g} {unit}"
    return counted(number, "byte")
