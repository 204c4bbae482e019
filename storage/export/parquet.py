"""Revisions as a partitioned Parquet data set: `site=…/year=…/month=…/part-0.parquet`, by the month of first sight.

The schema is fixed and does not depend on what is exported: without any row there is one file, of the schema alone.
Rows go out in groups of bounded size, so that a hundred thousand revisions take no more memory than a few thousand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from storage.export.revisions import Progress, instant_of

Row = Mapping[str, Any]

_AT = pa.timestamp("us", tz="UTC")
_WORDS = pa.list_(pa.string())
SCHEMA = pa.schema(
    [
        pa.field("article_id", pa.string(), nullable=False),
        pa.field("article_url", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("number", pa.int32(), nullable=False),
        pa.field("classes", _WORDS, nullable=False),
        pa.field("declared_by", _WORDS, nullable=False),
        pa.field("confirmed", pa.bool_(), nullable=False),
        *(pa.field(name, pa.string()) for name in ("headline", "kicker", "standfirst")),
        pa.field("authors", _WORDS, nullable=False),
        *(pa.field(name, pa.string()) for name in ("section", "language")),
        pa.field("published_at", _AT),
        *(pa.field(f"published_{name}", pa.string()) for name in ("text", "source")),
        pa.field("updated_at", _AT),
        *(pa.field(f"updated_{name}", pa.string()) for name in ("text", "source")),
        pa.field("body", pa.string()),
        pa.field("words", pa.int32()),
        pa.field(
            "pictures", pa.list_(pa.struct([(name, pa.string()) for name in ("url", "alt", "caption", "credit")]))
        ),
        pa.field("links", pa.list_(pa.struct([(name, pa.string()) for name in ("role", "text", "url")]))),
        pa.field("tags", _WORDS, nullable=False),
        pa.field("paid", pa.bool_(), nullable=False),
        pa.field("content_digest", pa.string()),
        pa.field("digest", pa.string(), nullable=False),
        pa.field("previous", pa.string()),
        pa.field("seen_first", _AT, nullable=False),
        pa.field("not_before", _AT),
        pa.field("seen_last", _AT, nullable=False),
        pa.field("reader", pa.string(), nullable=False),
        pa.field("imported", pa.bool_(), nullable=False),
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("request_id", pa.string()),
        pa.field("captured_at", _AT),
        pa.field("capture_url", pa.string()),
        pa.field("segment", pa.string(), nullable=False),
        pa.field("offset", pa.int64()),
        pa.field("length", pa.int64()),
        *(pa.field(name, pa.string()) for name in ("payload_digest", "block_digest")),
    ]
)
"""The columns within each file; `site`, `year` and `month` stand in the folders' names."""

_INSTANTS = tuple(field.name for field in SCHEMA if field.type == _AT)
_REPEATED = ["reader", "section", "language", "segment", "published_source", "updated_source"]
_SHORT = [
    *(field.name for field in SCHEMA if not pa.types.is_nested(field.type) and not pa.types.is_string(field.type)),
    "article_id",
]
"""Columns whose least and greatest value each row group says; of texts a file would hold them whole."""

_PART = re.compile(r"site=[^/]+(/year=[^/]+(/month=[^/]+(/part-0\.parquet)?)?)?")
_NULL = "__HIVE_DEFAULT_PARTITION__"
"""A partition's value where there is none, as Hive, Spark, DuckDB and Arrow write and read it."""

GROUP = 2000
"""Rows in a full row group."""
GROUP_CHARACTERS = 16_000_000
"""Characters of text that a row group holds at most."""


def write_parquet(rows: Iterable[Row], folder: Path, *, total: int, progress: Progress | None) -> tuple[int, list[str]]:
    """Write the data set into an empty folder; return how many rows, and the files' names within it.

    Rows come by site and month, so that one file is open at a time.
    """
    done, names = 0, list[str]()
    for name, part in groupby(rows, key=_place):
        names.append(name)
        path = folder / name
        path.parent.mkdir(parents=True)
        with _writer(path) as writer:
            for group in _groups(part):
                writer.write_table(pa.Table.from_pylist([_typed(row) for row in group], schema=SCHEMA))
                done += len(group)
                if progress:
                    progress(done, total)
    if not names:
        names.append(f"site={_NULL}/year={_NULL}/month={_NULL}/part-0.parquet")
        (folder / names[0]).parent.mkdir(parents=True)
        _writer(folder / names[0]).close()
    return done, names


def is_data_set(folder: Path) -> bool:
    """Return whether a folder holds a data set as it is written here, and nothing else."""
    found = ((path, _PART.fullmatch(path.relative_to(folder).as_posix())) for path in folder.rglob("*"))
    return all(part is not None and path.is_file() == bool(part[3]) for path, part in found)


def _writer(path: Path) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, SCHEMA, compression="zstd", use_dictionary=_REPEATED, write_statistics=_SHORT)


def _place(row: Row) -> str:
    year, month = int(row["seen_first"][:4]), int(row["seen_first"][5:7])
    return f"site={row['site']}/year={year}/month={month}/part-0.parquet"


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    group, characters = list[Row](), 0
    for row in rows:
        group.append(row)
        characters += len(row["body"] or "")
        if len(group) == GROUP or characters >= GROUP_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group


def _typed(row: Row) -> dict[str, Any]:
    typed = {name: _plain(row[name]) for name in SCHEMA.names}
    return typed | {name: instant_of(row[name]) for name in _INSTANTS}


def _plain(value: Any) -> Any:
    """Return a value with lone surrogates replaced, which Parquet's UTF-8 can't carry."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode() if not value.isascii() else value
        case list():
            return [_plain(item) for item in value]
        case dict():
            return {name: _plain(item) for name, item in value.items()}
    return value
