"""Running a schedule in a world of its own, and what must hold after each death and at the end."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from news.errors import StoreError
from news.revising import judge
from news.serial import rfc3339
from storage.archive import Archive, Failed, Look, NotModified, Redirected, Seen, SiteWriter
from storage.archive.journal import fitting, raw_lines
from storage.archive.mending import Committed, committed
from storage.archive.spool import Place, leftovers
from storage.catalogue import opening
from storage.rebuild import rebuild
from storage.verify.whole import verify
from storage.warc.repairing import whole_members
from storage.warc.segment import Capture
from tests.storage.making import SITE, exchange, html, page
from tests.storage.simulating.disk import Killed
from tests.storage.simulating.invariants import Broken, at_a_death, at_the_end, unexplained
from tests.storage.simulating.schedules import Event, Schedule
from tests.storage.simulating.world import World

Mutation = Callable[[World, ExitStack], None]

MEMORY = Path("/dev/shm")
"""A memory file system, where there is one: nothing here needs to outlive the run."""


@dataclass(slots=True)
class Known:
    """What whoever ordered the looks may rely on: `(address, time)` and record ids, by how sure they are."""

    written: set[str] = field(default_factory=set)
    """Records that `append` returned for: a kill loses none of them."""
    waiting: set[tuple[str, str]] = field(default_factory=set)
    committed: set[tuple[str, str]] = field(default_factory=set)
    """Looks that `commit` or `seal` returned for."""
    records: set[str] = field(default_factory=set)
    """Records that were on the disk or in the store when a call returned: a power cut loses none of them."""
    rotted: set[str] = field(default_factory=set)
    """Records that the spool's disk has changed a byte of."""
    rotting: bool = False
    """Whether the spool holds what was not mended yet."""


class Running:
    """A schedule on its way."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.known = Known()
        self.power = False
        self._held = ExitStack()
        self._archive: Archive | None = None
        self._writer: SiteWriter | None = None
        self._used: set[datetime] = set()

    def run(self) -> None:
        """Do what the schedule says, then let all faults end and recover; raises `Broken` where something is wrong."""
        for event in self.world.schedule.events:
            self._do(event)
        self.world.heal()
        self._leave()
        self._recover_at_last()
        at_the_end(self.world, self.known)

    def _do(self, event: Event) -> None:
        self.world.sleep(self.world.chance.uniform(1, 600))
        try:
            getattr(self, f"_{event.what}")(event)
        except Killed:
            self._die()
        except StoreError:
            self._leave()
        except (KeyError, TypeError, ValueError):  # a process may stumble over bytes that are a lie, and die of it
            if not self.world.schedule.lying:
                raise
            self._die()

    def _die(self) -> None:
        power, self.power = self.power, False
        self._archive = self._writer = None
        self._release()
        self.world.crash(power=power)
        self.known.waiting.clear()
        self.known.written = set() if power else self.known.written
        at_a_death(self.world, self.known)

    def _release(self) -> None:
        held, self._held = self._held, ExitStack()
        with suppress(Killed):
            held.close()

    def _leave(self) -> None:
        """Let the process end in good order: commit, and let go; what can't be kept is not."""
        try:
            if self._writer is not None:
                self._writer.close()
                self._settled()
        except StoreError:
            self.known.waiting.clear()
        except Killed:
            self._die()
        self._archive = self._writer = None
        self._release()
        self.known.waiting.clear()

    def _writing(self) -> SiteWriter:
        if self._writer is None:
            self._catalogued()
            try:
                self._archive, self._writer = self._held.enter_context(self.world.process())
            except BaseException:
                self._release()
                raise
            self.known.records |= self.known.written
            self.known.rotting = False
        return self._writer

    def _catalogued(self) -> None:
        """Build the catalogue anew where there is none: a rebuild was killed before it had put its own in place."""
        if not (self.world.folder / "index" / "catalogue.db").exists():
            rebuild(self.world.places, self.world.config)

    def _settled(self) -> None:
        self.known.committed |= self.known.waiting
        self.known.records |= self.known.written
        self.known.waiting.clear()

    def _recover_at_last(self) -> None:
        """Twice, for the looks that a recovery makes are sealed with the next segment."""
        self._catalogued()
        for _ in range(2):
            self.world.sleep(60)
            with self.world.process() as (_, writer):
                writer.seal(self.world.now)
                writer.close()

    # What may happen.

    def _look(self, event: Event) -> None:
        self._seen(page(event.page), html(f"The {event.page} {'is' * event.number} open"))

    def _gone(self, event: Event) -> None:
        self._seen(page(event.page), b"gone", status="404 Not Found")

    def _same(self, event: Event) -> None:
        """Look at a page that answers with 304."""
        writer, at, url = self._writing(), self._at(), page(event.page)
        capture = writer.append(exchange(url, b"", at, status="304 Not Modified"))
        assert capture is not None
        self._observed(writer, Look(page=url, at=at, why="test", result=NotModified(), capture=capture))

    def _failed(self, event: Event) -> None:
        writer, at = self._writing(), self._at()
        result = Failed(outcome="failed", reason="timeout")
        self._observed(writer, Look(page=page(event.page), at=at, why="test", result=result))

    def _redirect(self, event: Event) -> None:
        writer, at, url = self._writing(), self._at(), page(event.page)
        to, later = page(f"{event.page}-moved"), at + timedelta(seconds=1)
        left = writer.append(exchange(url, b"", at, status="301 Moved Permanently", fields=f"Location: {to}\r\n"))
        assert left is not None
        self.known.written.add(left.record_id)
        landed = self._landed(writer, to, html(f"The {event.page} {'is' * event.number} open"), later)
        verdict = judge(writer.document(landed), writer.site, writer.reader)
        result = Redirected(to=to, verdict=verdict, landed=landed, landed_at=later)
        self._observed(writer, Look(page=url, at=at, why="test", result=result, capture=left))

    def _commit(self, event: Event) -> None:
        if self._writer is not None:
            self._writer.commit()
            self._settled()

    def _seal(self, event: Event) -> None:
        if self._writer is not None:
            self._writer.seal(self.world.now)
            self._settled()

    def _close(self, event: Event) -> None:
        self._leave()

    def _recover(self, event: Event) -> None:
        self._leave()
        self._writing()

    def _kill(self, event: Event) -> None:
        self.world.steps.left, self.power = event.number, False

    def _power(self, event: Event) -> None:
        self.world.steps.left, self.power = event.number, True

    def _back(self, event: Event) -> None:
        self.world.back_in = (event.number, float(event.page))

    def _full(self, event: Event) -> None:
        self.world.disk.full_in = event.number

    def _refuse(self, event: Event) -> None:
        self.world.refuse_in = event.number

    def _rot(self, event: Event) -> None:
        """Let the process die, and then a byte of what it had committed change in the spool.

        Not in a segment of which the store has something: its seal broke off, and the same is to be put again.
        """
        self._leave()
        stored = " ".join(item.key for item in self.world.truth.list("warc/"))
        for place in leftovers(self.world.spool / SITE.name, SITE.name):
            both = place.warc.exists() and place.journal.exists()
            if both and place.name not in stored and (self.world.folder / "index" / "catalogue.db").exists():
                self.known.rotting = True
                self._change_byte(place, event)
                return

    def _change_byte(self, place: Place, event: Event) -> None:
        with opening.reading(self.world.config.archive.catalogue) as rows:
            if event.page == "journal":
                self._change_line(place, committed(rows, place), event.number)
            else:
                self._change_record(place, committed(rows, place), event.number)

    def _change_line(self, place: Place, known: Committed, number: int) -> None:
        """Change a byte of a line so that it can't be read; the catalogue can't know of a changed validator, say."""
        lines = list(raw_lines(place.journal))
        sure = max((at for at, raw in enumerate(lines, 1) if known.knows(fitting(raw) or {"t": ""})), default=0)
        self.world.disk.change_byte(place.journal, sum(map(len, lines[:sure])) * number // 10_000, to=0)

    def _change_record(self, place: Place, known: Committed, number: int) -> None:
        names = {row[name] for row in known.captures.values() for name in ("record_id", "request_id")}
        members = [member for member in whole_members(place.warc) if member.name in names]
        if members:
            member = members[number % len(members)]
            self.known.rotted |= {member.name}
            self.known.records -= {member.name}
            self.known.written -= {member.name}
            self.world.disk.change_byte(place.warc, member.offset + 10 + number % (member.length - 10))

    def _verify(self, event: Event) -> None:
        """A check beside a living writer raises no false alarm; one of a dead one's leavings may note the spool."""
        if self._writer is not None:
            report = verify(self.world.places)
            found = [finding for finding in report.findings if finding.level == "problem"]
            if self.world.plan.percent == 0 and (found := unexplained(found, self.known)):
                raise Broken("verify raises a false alarm", [str(finding.row()) for finding in found])

    def _rebuild(self, event: Event) -> None:
        self._leave()
        rebuild(self.world.places, self.world.config)

    def _forget(self, event: Event) -> None:
        """Delete the catalogue, and build it anew before anything else is done."""
        self._leave()
        for path in (self.world.folder / "index").glob("catalogue.db*"):
            path.unlink()
        while not (self.world.folder / "index" / "catalogue.db").exists():
            try:
                self._catalogued()
            except Killed:
                self._die()

    def _seen(self, url: str, body: bytes, status: str = "200 OK") -> None:
        writer, at = self._writing(), self._at()
        capture = self._landed(writer, url, body, at, status=status)
        verdict = judge(writer.document(capture), writer.site, writer.reader)
        result = Seen(verdict=verdict, address=url)
        self._observed(writer, Look(page=url, at=at, why="test", result=result, capture=capture))

    def _landed(self, writer: SiteWriter, url: str, body: bytes, at: datetime, status: str = "200 OK") -> Capture:
        crossed = exchange(url, body, at, status=status)
        before = writer.seen_before(url, crossed.payload_digest) if crossed.payload_digest else None
        capture = writer.append(crossed, refers_to=before)
        assert capture is not None
        self.known.written.add(capture.record_id)
        return capture

    def _observed(self, writer: SiteWriter, look: Look) -> None:
        writer.observe(look)
        if look.capture is not None:
            self.known.written.add(look.capture.record_id)
        self.known.waiting.add((look.page, rfc3339(look.at)))

    def _at(self) -> datetime:
        at = self.world.read_clock()
        while at in self._used:
            self.world.sleep(1)
            at = self.world.now
        self._used.add(at)
        return at


def broken(schedule: Schedule, mutation: Mutation | None = None) -> str | None:
    """Run a schedule, on an archive with a fault of its own where there is a mutation; return what broke, or None."""
    base = MEMORY if MEMORY.is_dir() else Path(tempfile.gettempdir())
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=_shared(base)))
    world = World(folder, schedule)
    try:
        with _unheard("storage"), world.entered() as undone:
            if mutation:
                mutation(world, undone)
            Running(world).run()
    except Broken as found:
        return str(found)
    except Killed:
        return "killed after all faults had ended"
    except Exception as error:  # noqa: BLE001  what the archive must not let through is what we are looking for
        return f"{type(error).__name__}: {error}\n{''.join(traceback.format_tb(error.__traceback__)[-6:])}"
    finally:
        world.disk.end_process()
        shutil.rmtree(folder, ignore_errors=True)
    return None


@contextmanager
def _unheard(name: str) -> Iterator[None]:
    """Nobody reads what is logged of faults that are made by the thousand."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


_SHARED: dict[int, Path] = {}


def _shared(base: Path) -> Path:
    """Return this process's folder for its runs, which goes when it ends."""
    if os.getpid() not in _SHARED:
        made = tempfile.TemporaryDirectory(prefix="stoppress-simulated-", dir=base)
        atexit.register(made.cleanup)
        _SHARED[os.getpid()] = Path(made.name)
    return _SHARED[os.getpid()]
