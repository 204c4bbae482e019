"""From a bucket as from a directory: the same records, rows and index are handed on, and others' are taken in."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.archive.access import open_reading
from storage.archive.founding import create
from storage.catalogue import reading
from storage.config import Config, load_config
from storage.export.choosing import Chosen
from storage.export.exporting import Exporter, Format, Wish
from storage.ingest.importing import take_in
from storage.objects import open_store
from storage.verify.whole import Places, verify
from tests.s3server import seaweed
from tests.storage.foreign import one_page
from tests.storage.making import HOME, START, html, look, minutes, page, written
from tests.storage.stores import enter
from tests.storage.waczcheck import faults

FERRY = page("ferry")
NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """An archive in a bucket, with an article that an import begins and a crawl goes on with."""
    service = seaweed()
    enter(service, monkeypatch)
    (tmp_path / "stoppress.toml").write_text(
        f"""
[archive]
store = "s3://{service.bucket()}/the/archive"
catalogue = "sqlite:///{tmp_path}/catalogue.db"
spool = "{tmp_path}/spool"
[s3]
endpoint_url = "{service.endpoint}"
addressing_style = "path"
[sites.gazette]
home = "{HOME}"
timezone = "Europe/London"
allow_private_addresses = true
"""
    )
    config = load_config(tmp_path / "stoppress.toml", {})
    open_store(config.archive.store, config.s3).prepare()
    create(config, START)
    with written(config) as (_, writer):
        look(writer, FERRY, html("Ferry to run all winter", "A second boat will be hired."), minutes(10))
        writer.seal(minutes(11))
    take_in(config, [one_page(tmp_path / "others.warc.gz", FERRY, minutes(0))], config.sites())
    return config


def test_an_archive_in_a_bucket_is_exported_and_imported_as_one_in_a_directory(config: Config, tmp_path: Path) -> None:
    with open_reading(config) as (store, rows):
        article = reading.article_at(rows, FERRY)
        assert article is not None
        chosen = Chosen(sites=("gazette",), articles=(article,))
        exporter = Exporter(config, store, rows, software="stoppress/test", now=NOW)
        formats: tuple[Format, ...] = ("warc", "wacz", "jsonl", "cdxj")
        for format_ in formats:
            exporter.export(Wish(format=format_, chosen=chosen, output=tmp_path / f"out.{format_}"))
        places = Places(store=store, catalogue=config.archive.catalogue, spool=Path(config.archive.spool))
        assert verify(places).findings == []
        for line in (tmp_path / "out.cdxj" / "index.cdxj").read_text().splitlines():
            row = json.loads(line.split(" ", 2)[2])
            member = store.read_range(row["filename"], int(row["offset"]), int(row["length"]))
            assert f"WARC-Target-URI: {row['url']}".encode() in gzip.decompress(member).replace(b"<", b"").replace(
                b">", b""
            )
    assert faults(tmp_path / "out.wacz") == []
    told = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(row["number"], row["classes"], row["imported"]) for row in told] == [
        (1, [], True),
        (2, ["stealth", "body"], False),
    ]
    assert f'- "{config.archive.store}/"' in (tmp_path / "out.cdxj" / "config.yaml").read_text()
