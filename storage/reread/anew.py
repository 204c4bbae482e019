"""Chains of a new reader laid beside the old ones, by the one commit path; and what is read now for the first time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from news.model import Site
from news.revising.replaying import Link
from storage.archive.access import open_archive
from storage.archive.archive import Archive
from storage.archive.recovery import look_again
from storage.archive.writer import SiteWriter
from storage.catalogue import reading
from storage.catalogue.rows import stored_capture
from storage.config import Config
from storage.reread.chains import relaid_line
from storage.reread.verdicts import Progress
from storage.reread.whole import Report, compare, source_of

TOGETHER = 200
"""Articles whose new chains share a commit."""


def lay_anew(config: Config, site: Site, *, progress: Progress | None = None) -> Report:
    """Reread a site and put its new chains in place; pages that are read for the first time get their history.

    Raises `SiteBusy` while the site is being crawled. What was committed when this is cut short stays; run it again.
    """
    with open_archive(config, software={"software": "stoppress", "description": "reread"}) as archive:
        writer = archive.writer(site)
        try:
            report = _lay(config, archive, writer, progress)
            writer.seal(datetime.now(UTC))
        finally:
            writer.close()
    return report


def _lay(config: Config, archive: Archive, writer: SiteWriter, progress: Progress | None) -> Report:
    laid = 0

    def lay(links: Sequence[Link]) -> bool:
        nonlocal laid
        if not any(link.revision.article for link in links):
            return False
        writer.write(relaid_line(links), datetime.now(UTC))
        laid += 1
        if laid % TOGETHER == 0:
            writer.commit()
        return True

    source = source_of(config, archive.store, writer.site)
    report = compare(source, archive.rows, progress=progress, anew=lay)
    writer.commit()
    for _, record_id in report.readable:
        row = reading.capture(archive.rows, record_id)
        look = look_again(writer, stored_capture(row)) if row else None
        if look is not None:
            writer.observe(replace(look, why="reread"))
            writer.commit()
    return report
