"""One writer a site on all machines: two archives with spools of their own stand for two hosts with one catalogue."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from news.errors import LeaseLost, SiteBusy, StoreUnavailable
from news.serial import instant
from storage import leases
from storage.archive import Archive, manifest, open_archive, sealing
from storage.archive.access import open_reading
from storage.archive.spool import Place
from storage.catalogue import opening, reading
from storage.catalogue.changing import changing_at
from storage.config import Config
from storage.leases import LIFE, MARGIN, Holder, Lease, holders, runs_out, take, this_process
from storage.objects import open_store
from storage.rebuild import rebuild
from storage.verify.whole import Places, verify
from tests.catalogues import each_catalogue, lose
from tests.storage.making import SITE, config_in, html, look, minutes, page

pytestmark = each_catalogue

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HERE = Holder(name="one", host="quay", boot="b1", pid=7, spool="/srv/spool")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return config_in(tmp_path)


@contextmanager
def taking(config: Config, holder: Holder, now: datetime) -> Iterator[Lease]:
    catalogue = changing_at(config.archive.catalogue)
    try:
        yield take(catalogue, "gazette", holder, now)
    finally:
        catalogue.dispose()


@contextmanager
def on_host(config: Config, name: str) -> Iterator[Archive]:
    """The archive as another machine has it: the same store and catalogue, a spool of its own."""
    spool = config.archive.model_copy(update={"spool": Path(config.archive.spool).with_name(f"spool-{name}")})
    with open_archive(replace(config, archive=spool)) as archive:
        yield archive


def held(config: Config) -> list[tuple[str, int]]:
    with opening.reading(config.archive.catalogue) as rows:
        return [(row["holder"], row["token"]) for row in holders(rows)]


def test_a_token_grows_with_each_taking_and_a_released_site_is_free_at_once(config: Config) -> None:
    with taking(config, HERE, NOW) as lease:
        assert lease.token == 1
        lease.release()
        assert held(config) == []
    with taking(config, replace(HERE, name="two", host="pier", spool="/other"), NOW) as lease:
        assert lease.token == 2
        assert held(config) == [("two", 2)]


def test_a_dead_holder_of_this_spool_is_taken_over_at_once_and_one_elsewhere_after_its_lease_ran_out(
    config: Config,
) -> None:
    elsewhere = replace(HERE, name="two", host="pier")
    with taking(config, HERE, NOW), taking(config, replace(HERE, name="again", pid=8), NOW) as lease:
        assert lease.token == 2
    with pytest.raises(SiteBusy, match="process 8 on quay"), taking(config, elsewhere, NOW + LIFE + MARGIN):
        pass
    with pytest.raises(SiteBusy), taking(config, replace(HERE, name="rebooted", boot="b2"), NOW):
        pass
    with taking(config, elsewhere, NOW + LIFE + MARGIN + timedelta(seconds=1)) as lease:
        assert lease.token == 3


def test_a_renewed_lease_holds_on_and_a_lost_one_is_told(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LIFE", timedelta(0))
    with taking(config, HERE, NOW) as lease:
        lease.renew(NOW + timedelta(hours=1))
        with opening.reading(config.archive.catalogue) as rows:
            assert runs_out(holders(rows, "gazette")[0]) == NOW + timedelta(hours=1) + MARGIN
        with taking(config, replace(HERE, name="two", host="pier"), NOW + timedelta(hours=2)):
            with pytest.raises(LeaseLost, match="on pier"):
                lease.renew(NOW + timedelta(hours=2))
            lease.release()
            assert held(config) == [("two", 2)]


def test_two_machines_cannot_write_one_site(config: Config) -> None:
    with on_host(config, "quay") as quay, on_host(config, "pier") as pier:
        writer = quay.writer(SITE)
        with pytest.raises(SiteBusy, match="lease"):
            pier.writer(SITE)
        writer.close()
        pier.writer(SITE).close()


def test_what_was_written_under_a_lost_lease_is_not_committed_and_goes_in_under_the_next(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "runs_out", lambda row: NOW)
    with on_host(config, "quay") as quay, on_host(config, "pier") as pier:
        slept = quay.writer(SITE)
        look(slept, page("ferry"), html(), minutes(0))
        slept.commit()
        look(slept, page("pier"), html("Pier mended"), minutes(1))
        look(slept, page("ferry"), html("Ferry cut", "It stops in May."), minutes(3))
        awake = pier.writer(SITE)
        look(awake, page("ferry"), html("Ferry stays"), minutes(2))
        awake.commit()
        with pytest.raises(LeaseLost):
            slept.commit()
        assert urls(config) == {page("ferry")}
        slept.close()
        awake.seal(minutes(4))
        awake.close()
        recovered = quay.writer(SITE)
        recovered.seal(minutes(5))
        recovered.close()
    assert urls(config) == {page("ferry"), page("pier")}
    with opening.reading(config.archive.catalogue) as rows:
        article = reading.article_at(rows, page("ferry"))
        assert article is not None
        told = reading.chain(rows, article["id"])
    assert [row["headline"] for row in told] == ["Ferry to run all winter", "Ferry stays", "Ferry cut"]
    assert [row["previous"] for row in told[1:]] == [row["digest"] for row in told[:-1]]
    assert findings(config) == []


def test_a_site_that_is_taken_while_a_manifest_is_made_gets_no_second_one_after_the_same(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_meanwhile(*given: object) -> bytes:
        monkeypatch.undo()
        with taking(config, this_process(Path("another")), datetime.now(UTC) + LIFE + MARGIN + timedelta(seconds=1)):
            return manifest.signed(*given)  # type: ignore[arg-type]

    with on_host(config, "quay") as quay:
        writer = quay.writer(SITE)
        look(writer, page("ferry"), html(), minutes(0))
        monkeypatch.setattr(manifest, "signed", taken_meanwhile)
        with pytest.raises(LeaseLost):
            writer.seal(minutes(1))
        assert [item.key for item in quay.store.list("warc/") if item.key.endswith(".manifest.json")] == []
        writer.close()


def test_a_lease_holds_for_a_whole_life_from_when_a_manifest_is_put(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_host(config, "quay") as quay:
        writer = quay.writer(SITE)
        look(writer, page("ferry"), html(), minutes(0))
        ends = list[str]()
        put = manifest.key_of

        def noted(place: Place) -> str:
            with opening.reading(config.archive.catalogue) as rows:
                ends.append(holders(rows)[0]["until"])
            return put(place)

        monkeypatch.setattr(sealing, "key_of", noted)  # asked for as it is put
        before = datetime.now(UTC)
        writer.seal(minutes(1))
        assert instant(ends[-1]) >= before + LIFE
        writer.close()


def urls(config: Config) -> set[str]:
    with opening.reading(config.archive.catalogue) as rows:
        return {row["url"] for row in rows("SELECT url FROM observations")}


def findings(config: Config) -> list[str]:
    with open_archive(config) as archive:
        places = Places(store=archive.store, catalogue=config.archive.catalogue, spool=archive.spool)
        return [finding.problem for finding in verify(places).findings if "signed" not in finding.problem]


def test_a_paused_process_that_wakes_after_its_lease_was_taken_commits_nothing(config: Config) -> None:
    script = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from storage.config import load_config
from tests.storage.making import *
from news.errors import LeaseLost
config = load_config(Path({str(config.file)!r}), {{}})
with open_archive(config) as archive:
    writer = archive.writer(SITE)
    look(writer, page("ferry"), html(), minutes(0))
    writer.commit()
    look(writer, page("pier"), html("Pier mended"), minutes(1))
    print("written", flush=True)
    sys.stdin.readline()
    try:
        writer.commit()
    except LeaseLost as error:
        print("lost", error)
"""
    sleeper = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert sleeper.stdout is not None
    try:
        assert sleeper.stdout.readline() == "written\n"
        os.kill(sleeper.pid, signal.SIGSTOP)
        later = datetime.now(UTC) + LIFE + MARGIN + timedelta(seconds=1)
        with taking(config, this_process(Path("another")), later) as lease:
            assert lease.token == 2
        os.kill(sleeper.pid, signal.SIGCONT)
        said, _ = sleeper.communicate("\n", timeout=60)
    finally:
        sleeper.kill()
        sleeper.wait()
    assert said.startswith("lost site gazette was taken over by process")
    assert urls(config) == {page("ferry")}


def test_verify_counts_what_another_machine_writes_as_pending_and_rebuild_refuses(config: Config) -> None:
    with on_host(config, "quay") as quay:
        writer = quay.writer(SITE)
        look(writer, page("ferry"), html(), minutes(0))
        writer.commit()
        assert findings(config) == []
        with open_reading(config) as (store, _):
            places = Places(store=store, catalogue=config.archive.catalogue, spool=Path(config.archive.spool))
            with pytest.raises(SiteBusy, match="stop it, then rebuild"):
                rebuild(places, config)
        writer.close()


def told(config: Config) -> list[tuple[str, str]]:
    with open_archive(config) as archive:
        places = Places(store=archive.store, catalogue=config.archive.catalogue, spool=archive.spool)
        found = [one for one in verify(places).findings if "signed" not in one.problem]
    return [(one.level, f"{one.object} {one.problem} {one.advice}") for one in found]


def test_what_waits_in_the_spool_of_a_machine_that_stopped_is_a_note_that_names_it(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Quay.example")
    with on_host(config, "quay") as quay:
        writer = quay.writer(SITE)
        look(writer, page("ferry"), html(), minutes(10))
        look(writer, page("ferry"), html("Ferry to run until May"), minutes(0))  # late: its chain is laid anew
        writer.commit()
        assert told(config) == []
        monkeypatch.setattr(leases, "runs_out", lambda row: NOW)
        ((level, said),) = told(config)
        assert level == "note"
        assert "spool-quay, whose writer ended without letting go of the site" in said
        monkeypatch.undo()
        writer.close()
    monkeypatch.setattr("socket.gethostname", lambda: "pier")
    ((level, said),) = told(config)
    assert level == "note"
    assert "waits in the spool of machine Quay.example, spool " in said
    assert f"copy the segment's files from its spool into {config.archive.spool}/gazette/" in said
    with on_host(config, "pier") as pier:
        pier.writer(SITE).close()
    ((level, said),) = told(config)
    assert level == "note"
    assert "waits in the spool of machine quay-example; " in said


def test_files_copied_from_the_spool_of_a_machine_that_is_gone_are_sealed_here(config: Config) -> None:
    with on_host(config, "quay") as quay:
        writer = quay.writer(SITE)
        look(writer, page("ferry"), html(), minutes(0))
        writer.close()
        (Path(config.archive.spool) / "gazette").mkdir(parents=True)
        for path in (quay.spool / "gazette").glob("gazette-*"):
            path.rename(Path(config.archive.spool) / "gazette" / path.name)
    with open_archive(config) as archive:
        archive.writer(SITE).close()
    assert told(config) == []
    assert urls(config) == {page("ferry")}


def test_a_spool_whose_seal_broke_off_goes_in_on_another_machine_that_has_gone_on_meanwhile(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "quay")
    with on_host(config, "quay") as quay:
        writer = quay.writer(SITE)
        look(writer, page("ferry"), html(), minutes(0))
        writer.seal(minutes(1))
        look(writer, page("ferry"), html("Ferry to run until May"), minutes(10))
        look(writer, page("pier"), html("The pier is mended"), minutes(11))

        def refused(*_: object) -> str:
            raise StoreUnavailable("away")

        with monkeypatch.context() as broken:
            broken.setattr(sealing, "manifest_of", refused)
            with pytest.raises(StoreUnavailable):
                writer.seal(minutes(12))
        writer.close()
        old = sorted((quay.spool / "gazette").glob("gazette-*"))
    monkeypatch.setattr("socket.gethostname", lambda: "pier")
    lose(config.archive.catalogue)
    store = open_store(config.archive.store, config.s3)
    rebuild(Places(store=store, catalogue=config.archive.catalogue, spool=Path(config.archive.spool)), config)
    with open_archive(config) as archive:
        writer = archive.writer(SITE)
        look(writer, page("ferry"), html("Ferry sold"), minutes(20))
        writer.seal(minutes(21))
        writer.close()
    for path in old:
        path.rename(Path(config.archive.spool) / "gazette" / path.name)
    with open_archive(config) as archive:
        archive.writer(SITE).close()
    assert not list(Path(config.archive.spool).rglob("*.warc.gz"))
    with opening.reading(config.archive.catalogue) as rows:
        article = reading.article_at(rows, page("ferry"))
        assert article is not None
        headlines = [row["headline"] for row in reading.chain(rows, article["id"])]
    assert headlines == ["Ferry to run all winter", "Ferry to run until May", "Ferry sold"]
    assert urls(config) == {page("ferry"), page("pier")}
    assert {"no manifest lists it" in one for level, one in told(config) if level == "problem"} == {True}


def test_what_was_opened_here_and_is_gone_is_a_finding(config: Config) -> None:
    with open_archive(config) as archive:
        writer = archive.writer(SITE)
        look(writer, page("ferry"), html(), minutes(0))
        writer.close()
        for path in (archive.spool / "gazette").glob("gazette-*"):
            path.unlink()
    assert {level for level, _ in told(config)} == {"problem"}


def test_the_spool_of_a_lost_machine_that_turns_up_late_goes_in_at_its_own_place_in_time(config: Config) -> None:
    with on_host(config, "quay") as quay:
        writer = quay.writer(SITE)
        look(writer, page("ferry"), html(), minutes(0))
        writer.seal(minutes(1))
        look(writer, page("ferry"), html("Ferry to run until May"), minutes(10))
        look(writer, page("pier"), html("Pier mended"), minutes(10))
        writer.close()
    lose(config.archive.catalogue)  # and the machine with it
    with open_archive(archive_made(config)) as pier:
        writer = pier.writer(SITE)
        look(writer, page("ferry"), html("Ferry to run until June"), minutes(20))
        look(writer, page("pier"), html("Pier mended"), minutes(20))
        writer.seal(minutes(21))
        writer.close()
        for path in (quay.spool / "gazette").glob("gazette-*"):
            path.rename(pier.spool / "gazette" / path.name)
        pier.writer(SITE).close()
    assert told(config) == []
    with opening.reading(config.archive.catalogue) as rows:
        chains = {row["url"]: reading.chain(rows, row["id"]) for row in rows("SELECT id, url FROM articles")}
    ends = {url: [row["headline"].rpartition(" ")[2] for row in chain] for url, chain in chains.items()}
    assert ends == {page("ferry"): ["winter", "May", "June"], page("pier"): ["mended"]}
    assert [row["previous"] for row in chains[page("ferry")][1:]] == [
        row["digest"] for row in chains[page("ferry")][:-1]
    ]


def archive_made(config: Config) -> Config:
    """The configuration, its catalogue built anew from the store alone."""
    places = Places(
        store=open_store(config.archive.store, config.s3),
        catalogue=config.archive.catalogue,
        spool=Path(config.archive.spool),
    )
    assert rebuild(places, config).problems == []
    return config
