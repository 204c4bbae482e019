"""What is handed on is what is kept: records byte for byte, revisions row for row, in formats that others read."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from news.serial import rfc3339
from storage.archive.access import open_reading
from storage.catalogue import histories, reading
from storage.config import Config
from storage.export import cdxj, parquet
from storage.export.choosing import Chosen
from storage.export.exporting import Exported, Exporter, Format, Wish
from storage.export.output import OutputTaken
from storage.export.parquet import SCHEMA
from storage.export.redacting import FIELD
from storage.ledger.keys import make_signer
from storage.ledger.records import digested
from storage.warc.exchange import Exchange
from storage.warc.http1 import parse_head
from tests.catalogues import KINDS, catalogues
from tests.storage import making
from tests.storage.making import HOME, config_in, exchange, html, look, minutes, page, redirect, written
from tests.storage.waczcheck import faults

FERRY, PIER, QUAY = page("ferry"), page("pier"), page("quay")
STYLE, PICTURE = f"{HOME}style.css", f"{HOME}boat.png"
LATER = "A second boat will be hired for the summer."
NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)


def dressed(*extra: str) -> bytes:
    """The ferry's page with a style sheet that names a picture."""
    return html("The ferry this winter", *extra).replace(
        b"</head>", b'<link rel="stylesheet" href="/style.css"></head>'
    )


@pytest.fixture(scope="module", params=KINDS)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """An archive with an edit, an end, a move, a style sheet with a picture, a payload that came twice."""
    with catalogues(request.param) as found, pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "catalogue_in", found)
        config = config_in(tmp_path_factory.mktemp("kept"))
        fill(config)
        yield config


def fill(config: Config) -> None:
    with written(config) as (_, writer):
        look(writer, FERRY, dressed(), minutes(0))
        writer.append(typed(STYLE, b"p { background: url(boat.png) }", minutes(0.1), b"text/css;  charset=utf-8"))
        writer.append(typed(PICTURE, b"\x89PNG", minutes(0.2), b"image/png; charset=utf-8"))
        look(writer, PIER, html("The pier this winter"), minutes(0.5))
        writer.seal(minutes(2))
        look(writer, FERRY, dressed(LATER), minutes(10))
        look(writer, PIER, b"no more", minutes(11), status="404 Not Found")
        redirect(writer, QUAY, page("old-quay"), html("The quay this winter"), minutes(12))
        again = exchange(FERRY, dressed(LATER), minutes(14))
        before = writer.seen_before(FERRY, str(again.payload_digest))
        writer.commit()
        before = before or writer.seen_before(FERRY, str(again.payload_digest))
        assert before is not None
        writer.append(again, refers_to=before)
        writer.seal(minutes(15))
        look(writer, page("jetty"), html("The jetty this winter"), minutes(60 * 24 * 40))
        writer.seal(minutes(60 * 24 * 40 + 1))


def typed(url: str, body: bytes, at: datetime, media: bytes) -> Exchange:
    """An exchange of another media type; its name has as many letters as that of HTML."""
    made = exchange(url, body, at)
    assert made.response is not None
    raw = made.response.read().replace(b"text/html; charset=utf-8", media)
    assert len(raw) == made.response_length
    return replace(made, response=io.BytesIO(raw), head=parse_head(raw[: made.head_length]))


def exported(config: Config, format_: Format, output: Path | None, *urls: str, **said: Any) -> Exported:
    stream = said.pop("stream", None)
    span = {name: rfc3339(said.pop(name)) for name in ("since", "until") if name in said}
    with open_reading(config) as (store, rows):
        articles = tuple(article for url in urls if (article := reading.article_at(rows, url)))
        chosen = Chosen(sites=("gazette",), articles=articles, **span)
        exporter = Exporter(config, store, rows, software="stoppress/test", now=NOW)
        return exporter.export(Wish(format=format_, chosen=chosen, output=output, **said), stream=stream)


def members(path: Path) -> list[bytes]:
    content = path.read_bytes()
    return [content[one.offset : one.offset + one.length] for one in digested(io.BytesIO(content))]


def archived(config: Config) -> list[bytes]:
    folder = Path(config.archive.store)
    return [part for path in sorted(folder.rglob("*.warc.gz")) for part in members(path)]


def urls_in(path: Path, kind: str = "response") -> list[str]:
    with path.open("rb") as stream:
        return [
            str(record.rec_headers.get_header("WARC-Target-URI"))
            for record in ArchiveIterator(stream)
            if record.rec_type == kind
        ]


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_sites_records_are_copied_byte_for_byte_behind_a_warcinfo_that_names_the_origin(
    kept: Config, tmp_path: Path
) -> None:
    exported(kept, "warc", tmp_path / "all.warc.gz")
    first, *copied = members(tmp_path / "all.warc.gz")
    assert copied == archived(kept)
    info = gzip.decompress(first)
    assert b"WARC-Type: warcinfo" in info
    assert b"software: stoppress/test\r\n" in info
    assert b"description: Export of site gazette. Records are copied as they lie in the archive\r\n" in info
    assert b"archive-key: sha256:" in info


def test_warcio_and_fastwarc_read_the_same_records_and_find_no_fault(kept: Config, tmp_path: Path) -> None:
    path = tmp_path / "all.warc.gz"
    done = exported(kept, "warc", path)
    with path.open("rb") as stream:
        by_warcio = [
            (record.rec_type, record.rec_headers.get_header("WARC-Record-ID")) for record in ArchiveIterator(stream)
        ]
    with path.open("rb") as stream:
        by_fastwarc = []
        for record in FastIterator(stream, parse_http=False):
            assert record.verify_block_digest()
            by_fastwarc.append(record.headers["WARC-Record-ID"])
    assert [name for _, name in by_warcio] == by_fastwarc
    assert sum(done.figures["records"].values()) == len(by_warcio)
    assert done.figures["bytes"] == path.stat().st_size
    assert Checker(type("Asked", (), {"inputs": [str(path)], "verbose": False})).process_all() == 0


def test_an_articles_records_hold_what_its_page_needs_and_no_other_page(kept: Config, tmp_path: Path) -> None:
    exported(kept, "warc", tmp_path / "ferry.warc.gz", FERRY)
    path = tmp_path / "ferry.warc.gz"
    assert set(urls_in(path)) == {FERRY, STYLE, PICTURE}
    assert urls_in(path, "revisit") == [FERRY]
    assert len(urls_in(path, "request")) == len(urls_in(path)) + 1
    parts = members(path)
    assert len(parts) == len(set(parts))
    assert set(parts[1:]) < set(archived(kept))


def test_an_article_that_moved_brings_both_addresses(kept: Config, tmp_path: Path) -> None:
    exported(kept, "warc", tmp_path / "quay.warc.gz", QUAY)
    assert sorted(urls_in(tmp_path / "quay.warc.gz")) == [page("old-quay"), QUAY]


def test_a_span_takes_what_was_captured_within_it_and_what_that_repeats(kept: Config, tmp_path: Path) -> None:
    exported(kept, "warc", tmp_path / "part.warc.gz", since=minutes(13), until=minutes(20))
    path = tmp_path / "part.warc.gz"
    assert (urls_in(path), urls_in(path, "revisit")) == ([FERRY], [FERRY])
    exported(kept, "jsonl", tmp_path / "part.jsonl", since=minutes(10), until=minutes(11))
    assert [(row["headline"], row["number"]) for row in rows_of(tmp_path / "part.jsonl")] == [
        ("The ferry this winter", 2)
    ]


def test_what_led_to_an_article_goes_with_it(tmp_path: Path) -> None:
    from news.revising import judge
    from storage.archive import Look, Seen
    from storage.warc.telling import Witness

    config = config_in(tmp_path)
    with written(config) as (_, writer):
        robots = writer.append(exchange(f"{HOME}robots.txt", b"User-agent: *", minutes(0)))
        captures = [writer.append(exchange(url, html(url), minutes(1))) for url in (FERRY, PIER, QUAY)]
        for url, capture in zip((FERRY, PIER, QUAY), captures, strict=True):
            assert capture is not None
            assert robots is not None
            verdict = judge(writer.document(capture), writer.site, writer.reader)
            witness = Witness(role="robots", record_id=robots.record_id, url=robots.url)
            seen = Seen(verdict=verdict, address=url)
            writer.observe(
                Look(page=url, at=minutes(1), why="test", result=seen, capture=capture, witnesses=(witness,))
            )
        writer.commit()  # not sealed: an export reads the spool too
        exported(config, "warc", tmp_path / "ferry.warc.gz", FERRY)
    path = tmp_path / "ferry.warc.gz"
    assert sorted(urls_in(path)) == [FERRY, f"{HOME}robots.txt"]
    assert urls_in(path, "metadata") == [FERRY]


SECRETS = "Set-Cookie: visitor=abc; Path=/\r\nset-cookie: session=def;\r\n folded=yes\r\nX-Harmless: kept\r\n"


@pytest.fixture
def with_cookies(tmp_path: Path) -> Config:
    config = config_in(tmp_path)
    with written(config) as (_, writer):
        sent = b"GET /news/ferry/ HTTP/1.1\r\nHost: gazette\r\nCookie: visitor=abc\r\nAuthorization: Bearer xyz\r\n\r\n"
        capture = writer.append(replace(exchange(FERRY, html(), minutes(0), fields=SECRETS), request=sent))
        assert capture is not None
        writer.append(exchange(PIER, html("Cookie: not in a head"), minutes(1)))
        writer.seal(minutes(2))
    return config


def test_nothing_is_redacted_unless_it_is_asked_for(with_cookies: Config, tmp_path: Path) -> None:
    done = exported(with_cookies, "warc", tmp_path / "all.warc.gz")
    assert (done.figures["redacted_records"], done.figures["redacted_fields"]) == (0, {})
    assert members(tmp_path / "all.warc.gz")[1:] == archived(with_cookies)


@pytest.mark.parametrize("format_", ["warc", "wacz"])
def test_redaction_takes_secrets_out_and_each_record_says_so(
    with_cookies: Config, tmp_path: Path, format_: Format
) -> None:
    path = tmp_path / f"all.{format_}"
    done = exported(with_cookies, format_, path, redact=True)
    if format_ == "wacz":
        assert faults(path) == []
        with zipfile.ZipFile(path) as packed:
            (name,) = (name for name in packed.namelist() if name.startswith("archive/"))
            path = Path(packed.extract(name, tmp_path / "unpacked"))
    assert done.figures["redacted_fields"] == {"Authorization": 1, "Cookie": 1, "Set-Cookie": 2}
    content = gzip.decompress(path.read_bytes())
    assert not [secret for secret in (b"visitor=", b"session=", b"folded", b"Bearer") if secret in content]
    assert b"X-Harmless: kept\r\n" in content
    assert b"Cookie: not in a head" in content
    assert f"but for those with the field {FIELD}".encode() in content
    told = [line for line in content.split(b"\r\n") if line.startswith(FIELD.encode())]
    assert [line.partition(b"; ")[0] for line in told] == [
        f"{FIELD}: {names}".encode() for names in ("Set-Cookie", "Cookie, Authorization")
    ]
    blocks = {one.block_digest for one in _digested(with_cookies)}
    assert {line.partition(b"; ")[2].decode() for line in told} <= blocks
    assert Checker(type("Asked", (), {"inputs": [str(path)], "verbose": False})).process_all() == 0
    untouched = set(members(path)) & set(archived(with_cookies))
    assert len(untouched) == len(archived(with_cookies)) - 2


def _digested(config: Config) -> list[Any]:
    return list(digested(io.BytesIO(b"".join(archived(config)))))


def test_a_file_is_never_overwritten_unless_forced(kept: Config, tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("mine")
    with pytest.raises(OutputTaken, match="is there already"):
        exported(kept, "jsonl", path)
    assert path.read_text() == "mine"
    exported(kept, "jsonl", path, force=True)
    assert len(rows_of(path)) == 6
    folder = tmp_path / "set"
    exported(kept, "parquet", folder)
    with pytest.raises(OutputTaken):
        exported(kept, "parquet", folder)
    exported(kept, "parquet", folder, FERRY, force=True)
    assert pq.read_table(folder).num_rows == 2


@pytest.mark.parametrize("format_", ["warc", "wacz", "jsonl", "parquet", "cdxj"])
def test_what_breaks_off_leaves_nothing_behind(
    kept: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: Format
) -> None:
    from storage.export import cdxj as index
    from storage.export import revisions, segments

    def broken(*_: object) -> Iterator[Any]:
        raise KeyboardInterrupt

    monkeypatch.setattr(segments.SegmentFile, "all", broken)
    monkeypatch.setattr(revisions, "chosen_revisions", broken)
    monkeypatch.setattr(revisions, "revisions_by_time", broken)
    monkeypatch.setattr(index, "stored_capture", broken)
    with pytest.raises(KeyboardInterrupt):
        exported(kept, format_, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_row_says_all_that_the_history_says(kept: Config, tmp_path: Path) -> None:
    exported(kept, "jsonl", tmp_path / "all.jsonl", FERRY)
    first, second = rows_of(tmp_path / "all.jsonl")
    with open_reading(kept) as (_, rows):
        article = reading.article_at(rows, FERRY)
        assert article is not None
        told = histories.history_json(rows, article)["revisions"][1]
    same = (
        "number",
        "classes",
        "declared_by",
        "confirmed",
        "headline",
        "content_digest",
        "seen_first",
        "seen_last",
        "reader",
    )
    assert {name: second[name] for name in same} == {name: told[name] for name in same}
    assert {name: second[name] for name in told["capture"]} == told["capture"]
    assert second["previous"] == first["digest"]
    assert second["body"].endswith(f"\n\n{LATER}")
    assert second["words"] == len(second["body"].split())
    assert (second["published_at"], second["published_text"]) == ("2026-03-01T08:00:00.000000Z", "2026-03-01T08:00:00Z")
    assert (second["updated_at"], second["imported"]) == (None, False)


def test_an_articles_end_is_a_row_without_text(kept: Config, tmp_path: Path) -> None:
    exported(kept, "jsonl", tmp_path / "pier.jsonl", PIER)
    gone = rows_of(tmp_path / "pier.jsonl")[1]
    assert (gone["classes"], gone["headline"], gone["body"], gone["words"], gone["authors"]) == (
        ["gone"],
        None,
        None,
        None,
        [],
    )


def test_parquet_holds_the_same_rows_as_json_lines(kept: Config, tmp_path: Path) -> None:
    exported(kept, "jsonl", tmp_path / "all.jsonl")
    exported(kept, "parquet", tmp_path / "set")
    told = {row["digest"]: row for row in rows_of(tmp_path / "all.jsonl")}
    for row in pq.read_table(tmp_path / "set").to_pylist():
        before = told.pop(row["digest"])
        assert (row.pop("year"), row.pop("month")) == (int(before["seen_first"][:4]), int(before["seen_first"][5:7]))
        assert {name: rfc3339(value) if isinstance(value, datetime) else value for name, value in row.items()} == before
    assert told == {}


def test_every_file_has_the_documented_schema_and_its_place(kept: Config, tmp_path: Path) -> None:
    exported(kept, "parquet", tmp_path / "set")
    files = sorted((tmp_path / "set").rglob("*.parquet"))
    assert [str(path.relative_to(tmp_path / "set")) for path in files] == [
        f"site=gazette/year=2026/month={month}/part-0.parquet" for month in (3, 4)
    ]
    page = (Path(__file__).parents[2] / "docs/how-to/export.md").read_text()
    for path in files:
        assert pq.read_schema(path) == SCHEMA
    assert [name for name in SCHEMA.names if f"`{name}`" not in page] == []


def test_duckdb_counts_revisions_by_day_and_class(kept: Config, tmp_path: Path) -> None:
    exported(kept, "parquet", tmp_path / "set")
    page = (Path(__file__).parents[2] / "docs/how-to/export.md").read_text()
    asked = page.partition("```sql\n")[2].partition("```")[0]
    assert "GROUP BY" in asked
    with duckdb.connect() as session:
        session.sql("SET TimeZone = 'Pacific/Kiritimati'")  # 14 hours ahead: its days are not those of UTC
        found = session.sql(asked.replace("'revisions/", f"'{tmp_path}/set/")).fetchall()
    by_class = {(str(day), kind): count for day, kind, count in found}
    assert by_class[("2026-03-02", "stealth")] == 1
    assert by_class[("2026-03-02", "gone")] == 1
    assert by_class[("2026-03-02", "first")] == 3
    assert by_class[("2026-04-11", "first")] == 1


def test_row_groups_are_bounded_and_memory_stays_flat(tmp_path: Path) -> None:
    (tmp_path / "few").mkdir()
    (tmp_path / "many").mkdir()
    assert parquet.write_parquet(_many(2_000), tmp_path / "few", total=0, progress=None)[0] == 2_000
    held = []

    def watched() -> Iterator[dict[str, Any]]:
        for number, row in enumerate(_many(20_000)):
            if number % 500 == 0:
                held.append(pa.total_allocated_bytes())
            yield row

    parquet.write_parquet(watched(), tmp_path / "many", total=0, progress=None)
    for path in (tmp_path / "many").rglob("*.parquet"):
        with pq.ParquetFile(path) as file:
            sizes = [file.metadata.row_group(number).num_rows for number in range(file.metadata.num_row_groups)]
        assert max(sizes) <= parquet.GROUP
    assert max(held) - held[0] < 16_000_000


def _many(count: int) -> Iterator[dict[str, Any]]:
    nothing: dict[str, Any] = {field.name: None if field.nullable else [] for field in SCHEMA}
    words = dict.fromkeys(("article_id", "article_url", "url", "digest", "reader", "record_id", "segment"), "x")
    for number in range(count):
        at = f"2026-{1 + number * 12 // count:02d}-01T00:00:00.000000Z"
        flags = {"confirmed": True, "imported": False, "paid": False, "number": number, "site": "gazette"}
        yield {**nothing, **words, **flags, "body": f"{number} " * 500, "seen_first": at, "seen_last": at}


def test_a_wacz_file_passes_the_formats_own_tool_and_a_stricter_one(kept: Config, tmp_path: Path) -> None:
    for name, urls in (("all", ()), ("ferry", (FERRY,))):
        path = tmp_path / f"{name}.wacz"
        done = exported(kept, "wacz", path, *urls)
        assert done.figures["signed"] is True
        assert faults(path) == []
        checked = subprocess.run(
            [str(Path(sys.executable).parent / "wacz"), "validate", "-f", str(path)],
            capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONWARNINGS": ""},
        )  # fmt: skip
        assert checked.returncode == 0, checked.stdout
        assert "Validation succeeded" in checked.stdout


def test_a_wacz_file_lists_each_revision_as_a_page(kept: Config, tmp_path: Path) -> None:
    exported(kept, "wacz", tmp_path / "ferry.wacz", FERRY, texts=True)
    with zipfile.ZipFile(tmp_path / "ferry.wacz") as packed:
        _, *pages = [json.loads(line) for line in packed.read("pages/pages.jsonl").splitlines()]
        package = json.loads(packed.read("datapackage.json"))
    assert [(row["url"], row["ts"], row["title"]) for row in pages] == [
        (FERRY, rfc3339(minutes(0)), "The ferry this winter - revision 1"),
        (FERRY, rfc3339(minutes(10)), "The ferry this winter - revision 2 (stealth, body)"),
    ]
    assert pages[1]["text"].endswith(LATER)
    assert (package["mainPageUrl"], package["mainPageDate"]) == (FERRY, rfc3339(minutes(10)))


def test_all_files_of_an_archive_are_signed_with_one_key(kept: Config, tmp_path: Path) -> None:
    keys = set()
    for name in ("one", "two"):
        exported(kept, "wacz", tmp_path / f"{name}.wacz", FERRY)
        with zipfile.ZipFile(tmp_path / f"{name}.wacz") as packed:
            keys.add(json.loads(packed.read("datapackage-digest.json"))["signedData"]["publicKey"])
    assert len(keys) == 1


def with_key(config: Config, path: Path) -> Config:
    """The same configuration with its key in another place."""
    return Config(
        **{name: getattr(config, name) for name in ("s3", "ledger", "crawler", "daemon", "configured", "file")},
        archive=config.archive.model_copy(update={"key": path}),
    )


def test_without_the_key_a_wacz_file_is_unsigned_and_that_is_said(kept: Config, tmp_path: Path) -> None:
    done = exported(with_key(kept, tmp_path / "nowhere.key"), "wacz", tmp_path / "ferry.wacz", FERRY)
    assert done.figures["signed"] is False
    assert done.notes == [f"not signed: the archive's key {tmp_path}/nowhere.key is not here"]
    assert faults(tmp_path / "ferry.wacz") == []


def test_another_archives_key_signs_no_wacz_file(kept: Config, tmp_path: Path) -> None:
    other = make_signer(tmp_path / "other.key")
    done = exported(with_key(kept, tmp_path / "other.key"), "wacz", tmp_path / "ferry.wacz", FERRY)
    assert done.figures["signed"] is False
    (note,) = done.notes
    assert note.startswith(f"not signed: {tmp_path}/other.key holds {other.name}, the archive's key is sha256:")
    assert faults(tmp_path / "ferry.wacz") == []


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("archive", "is not what the data package says"),
        ("extra", "extra.txt is not listed"),
        ("page", "is not in the index"),
        ("offset", "no gzip member lies there"),
        ("package", "the data package is not what its digest says"),
        ("signature", "the signature is not that of the data package"),
        ("vouching", "the archive's key did not sign for the key of the file"),
    ],
)
def test_the_stricter_check_finds_what_is_wrong(kept: Config, tmp_path: Path, damage: str, told: str) -> None:
    exported(kept, "wacz", tmp_path / "good.wacz", FERRY)
    with zipfile.ZipFile(tmp_path / "good.wacz") as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    _damage(parts, damage)
    with zipfile.ZipFile(tmp_path / "bad.wacz", "w") as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    assert [fault for fault in faults(tmp_path / "bad.wacz") if told in fault]


def _damage(parts: dict[str, bytes], damage: str) -> None:
    digest = json.loads(parts["datapackage-digest.json"])
    match damage:
        case "archive":
            parts["archive/good.warc.gz"] += b"\0"
        case "extra":
            parts["extra.txt"] = b"hello"
        case "page":
            parts["pages/pages.jsonl"] = parts["pages/pages.jsonl"].replace(b"2026-03-02T09:10", b"2026-03-02T09:11")
        case "offset":
            parts["indexes/index.cdxj"] = parts["indexes/index.cdxj"].replace(b'"offset": "', b'"offset": "1')
        case "package":
            parts["datapackage.json"] += b"\n"
        case "signature":
            digest["signedData"]["signature"] = "AAAA" * 32
            parts["datapackage-digest.json"] = json.dumps(digest).encode()
        case "vouching":
            package = json.loads(parts["datapackage.json"])
            package["stoppress"]["waczKeySignature"] = "A" * 86 + "=="
            parts["datapackage.json"] = json.dumps(package).encode()


def test_the_index_is_sorted_bytewise_and_leads_to_the_stores_records(
    kept: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdxj, "LINES", 2)
    monkeypatch.setattr(cdxj, "AT_ONCE", 3)
    done = exported(kept, "cdxj", tmp_path / "replay")
    lines = (tmp_path / "replay" / "index.cdxj").read_bytes().splitlines()
    assert done.figures["index_lines"] == len(lines) == 10
    assert lines == sorted(lines)
    for line in lines:
        row = json.loads(line.split(b" ", 2)[2])
        with (Path(kept.archive.store) / row["filename"]).open("rb") as stream:
            stream.seek(int(row["offset"]))
            record = next(iter(ArchiveIterator(io.BytesIO(stream.read(int(row["length"]))))))
        assert record.rec_headers.get_header("WARC-Target-URI") == row["url"]
    config = (tmp_path / "replay" / "config.yaml").read_text()
    assert f'index_paths: "{tmp_path}/replay/index.cdxj"' in config
    assert f'- "{Path(kept.archive.store).absolute()}/"' in config


def test_the_index_of_an_article_is_only_its_own(kept: Config, tmp_path: Path) -> None:
    exported(kept, "cdxj", tmp_path / "replay", FERRY)
    lines = (tmp_path / "replay" / "index.cdxj").read_text().splitlines()
    assert {json.loads(line.split(" ", 2)[2])["url"] for line in lines} == {FERRY}
    assert len(lines) == 3


def test_what_is_not_sealed_yet_is_indexed_where_it_lies_and_that_is_said(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    with written(config) as (_, writer):
        look(writer, FERRY, html(), minutes(0))
        writer.commit()
        done = exported(config, "cdxj", tmp_path / "replay")
    assert done.notes == ["some captures are not sealed yet: export again once they are"]
    (line,) = (tmp_path / "replay" / "index.cdxj").read_text().splitlines()
    spool = Path(config.archive.spool) / "gazette"
    assert (spool / json.loads(line.split(" ", 2)[2])["filename"]).exists()
    assert f'- "{spool.absolute()}/"' in (tmp_path / "replay" / "config.yaml").read_text()


def test_json_lines_go_to_a_stream_too(kept: Config) -> None:
    out = io.BytesIO()
    assert exported(kept, "jsonl", None, stream=out).figures == {"revisions": 6}
    assert len(out.getvalue().splitlines()) == 6
