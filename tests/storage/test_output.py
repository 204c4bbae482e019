"""Where an export may go: over an export of the same format where that was asked for, and over nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from storage.config import Config
from storage.export.exporting import FORMATS, Format
from storage.export.output import OutputTaken
from tests.storage.making import config_in, html, look, minutes, page, written
from tests.storage.test_export import exported

FERRY = page("ferry")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """An archive in the working directory, with its key beside it and room for exports."""
    home = tmp_path / "home"
    (home / "out").mkdir(parents=True)
    config = config_in(home)
    with written(config) as (_, writer):
        look(writer, FERRY, html(), minutes(0))
        writer.seal(minutes(1))
    monkeypatch.chdir(home)
    return config


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "where",
    [
        "archive",
        "archive/warc",
        "archive/new",
        "archive/spool",
        "archive/catalogue.db",
        "archive/catalogue.db-wal",
        "stoppress.key",
        "stoppress.toml",
        ".",
        "..",
        "out/..",
        "/",
        "out/../archive",
        "link",
        "link/new",
    ],
)
def test_an_export_never_takes_the_place_of_the_archive_or_what_belongs_to_it(
    config: Config, tmp_path: Path, where: str
) -> None:
    Path("link").symlink_to("archive")
    before = everything(tmp_path)
    for format_ in FORMATS:
        with pytest.raises(OutputTaken, match="name another"):
            exported(config, format_, Path(where), force=True)
    assert everything(tmp_path) == before


def _texts(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine")


def _exports(folder: Path) -> None:
    (folder / "all.warc.gz").write_bytes(b"an export of another format")


def _index(folder: Path) -> None:
    (folder / "index.cdxj").write_text("")
    (folder / "config.yaml").write_text("")


def _data_set(folder: Path) -> None:
    (folder / "site=gazette/year=2026/month=3").mkdir(parents=True)
    (folder / "site=gazette/year=2026/month=3/part-0.parquet").write_bytes(b"PAR1")


def _index_and_more(folder: Path) -> None:
    _index(folder)
    _texts(folder)


def _data_set_and_more(folder: Path) -> None:
    _data_set(folder)
    _texts(folder / "site=gazette")


@pytest.mark.parametrize(
    ("format_", "made", "replaced"),
    [
        ("cdxj", _texts, False),
        ("cdxj", _exports, False),
        ("cdxj", _data_set, False),
        ("cdxj", _index_and_more, False),
        ("cdxj", _index, True),
        ("parquet", _texts, False),
        ("parquet", _exports, False),
        ("parquet", _index, False),
        ("parquet", _data_set_and_more, False),
        ("parquet", _data_set, True),
    ],
)
def test_force_replaces_a_folder_only_where_it_holds_nothing_but_an_export_of_that_format(
    config: Config, tmp_path: Path, format_: Format, made: Callable[[Path], None], replaced: bool
) -> None:
    made(Path("out"))
    before = everything(Path("out"))
    if replaced:
        exported(config, format_, Path("out"), force=True)
        assert everything(Path("out")) != before
    else:
        with pytest.raises(OutputTaken, match="nothing but an earlier export"):
            exported(config, format_, Path("out"), force=True)
        assert everything(Path("out")) == before
    assert [path.name for path in Path().iterdir() if "old-" in path.name or "part-" in path.name] == []


@pytest.mark.parametrize("format_", FORMATS)
def test_what_was_exported_can_be_exported_over(config: Config, format_: Format) -> None:
    for _ in range(2):
        exported(config, format_, Path("out/again"), force=True)


@pytest.mark.parametrize("format_", ["warc", "wacz", "jsonl"])
def test_a_file_takes_no_folders_or_devices_place(config: Config, format_: Format) -> None:
    for taken in ("out", "/dev/null"):
        with pytest.raises(OutputTaken, match="is no file"):
            exported(config, format_, Path(taken), force=True)
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("format_", ["parquet", "cdxj"])
def test_a_folder_takes_no_files_place(config: Config, format_: Format) -> None:
    Path("mine").write_text("mine")
    with pytest.raises(OutputTaken, match="is no folder"):
        exported(config, format_, Path("mine"), force=True)
    assert Path("mine").read_text() == "mine"


def test_a_data_set_without_rows_can_be_queried_and_replaced(config: Config) -> None:
    import duckdb

    for _ in range(2):
        done = exported(config, "parquet", Path("none"), since=minutes(1000), force=True)
        assert done.figures["revisions"] == 0
    found = duckdb.sql("SELECT COUNT(*) FROM read_parquet('none/**/*.parquet', hive_partitioning = true)").fetchall()
    assert found == [(0,)]


def test_an_export_may_lie_beside_the_archive(config: Config) -> None:
    exported(config, "jsonl", Path("archive.jsonl"))
    assert Path("archive.jsonl").is_file()
