"""Alarms as they begin and end: one log line for each, not one for each tick."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from news.model import Site
from news.serial import rfc3339
from scheduler.crawling import Tell
from storage.alarms import Alarm, alarms
from storage.archive.room import Room
from storage.catalogue.opening import Rows

log = logging.getLogger(__name__)


class Watch:
    """Remembers which alarms are on, and tells those that begin and end."""

    def __init__(self, sites: Sequence[Site], room: Room) -> None:
        self._sites = sites
        self._room = room
        self._on: set[tuple[str, str]] = set()

    def remember(self, rows: Rows, now: datetime) -> None:
        """Take what is on now for told."""
        self._on = {(alarm.site, alarm.kind) for alarm in self._found(rows, now)}

    def look(self, rows: Rows, now: datetime, tell: Tell) -> None:
        """Log and tell the alarms that began or ended since the last time."""
        found = self._found(rows, now)
        for alarm in found:
            if (alarm.site, alarm.kind) not in self._on:
                since = rfc3339(alarm.since) if alarm.since else None
                log.warning("alarm site=%s kind=%s since=%s why=%s", alarm.site, alarm.kind, since, alarm.message)
                tell({"event": "alarm", "site": alarm.site, "alarm": alarm.kind, "since": since, "why": alarm.message})
        on: set[tuple[str, str]] = {(alarm.site, alarm.kind) for alarm in found}
        for site, kind in sorted(self._on - on):
            log.info("alarm is over site=%s kind=%s", site, kind)
            tell({"event": "alarm-over", "site": site, "alarm": kind})
        self._on = on

    def _found(self, rows: Rows, now: datetime) -> list[Alarm]:
        return [alarm for site in self._sites for alarm in alarms(rows, site.name, room=self._room, now=now)]
