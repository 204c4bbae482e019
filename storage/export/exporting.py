"""One export from an open archive to a file or folder: what each format needs, fetched and put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from news.errors import ConfigError
from storage.catalogue.opening import Rows
from storage.export.choosing import Chosen, chosen_revisions, count_revisions
from storage.export.output import check_apart, file_aside, folder_aside
from storage.ledger.keys import key_ring, load_signer
from storage.objects import Store

if TYPE_CHECKING:
    from storage.config import Config
    from storage.export.signing import WaczSigner
    from storage.export.wacz import Page
    from storage.export.warc import Origin

Format = Literal["warc", "wacz", "jsonl", "parquet", "cdxj"]
FORMATS: tuple[Format, ...] = ("warc", "wacz", "jsonl", "parquet", "cdxj")
ENDINGS = {"warc": ".warc.gz", "wacz": ".wacz", "jsonl": ".jsonl", "parquet": "", "cdxj": ""}
FOLDERS = ("parquet", "cdxj")
RECORDS = ("warc", "wacz")
"""Formats that hold records, which can be redacted."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How to export: where to, over an earlier file or not, with cookies and tokens taken out or not.

    `output` is None for a stream that is given. `texts` puts the articles' text into a WACZ file's list of pages.
    """

    format: Format
    chosen: Chosen
    output: Path | None
    force: bool = False
    redact: bool = False
    texts: bool = False


@dataclass(slots=True, kw_only=True)
class Exported:
    """What an export came to: figures by name, and what its reader should know of it."""

    figures: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Exporter:
    """Exports from one archive. `software` names the program in what is written."""

    def __init__(self, config: Config, store: Store, rows: Rows, *, software: str, now: datetime) -> None:
        self._config = config
        self._store = store
        self._rows = rows
        self._software = software
        self._now = now

    def export(self, wish: Wish, *, stream: BinaryIO | None = None, progress: Progress | None = None) -> Exported:
        """Write what was chosen; raises `OutputTaken`, `StoreUnavailable`, and what a damaged archive raises."""
        if wish.output is not None:
            check_apart(wish.output, self._config)
        if wish.format in FOLDERS:
            return self._parquet(wish, progress) if wish.format == "parquet" else self._cdxj(wish, progress)
        with _to(wish, stream) as out:
            if wish.format == "jsonl":
                return self._jsonl(wish.chosen, out, progress)
            return self._records(wish, out, progress)

    def _jsonl(self, chosen: Chosen, out: BinaryIO, progress: Progress | None) -> Exported:
        from storage.export.revisions import write_jsonl

        total = count_revisions(self._rows, chosen)
        return Exported(figures={"revisions": write_jsonl(self._rows, chosen, out, total=total, progress=progress)})

    def _parquet(self, wish: Wish, progress: Progress | None) -> Exported:
        from storage.export.parquet import is_data_set, write_parquet
        from storage.export.revisions import rows_by_time

        assert wish.output is not None
        total = count_revisions(self._rows, wish.chosen)
        with folder_aside(wish.output, force=wish.force, recognised=is_data_set) as folder:
            rows = rows_by_time(self._rows, wish.chosen)
            count, files = write_parquet(rows, folder, total=total, progress=progress)
        return Exported(figures={"revisions": count, "files": len(files)})

    def _cdxj(self, wish: Wish, progress: Progress | None) -> Exported:
        from storage.export.cdxj import CONFIG, INDEX, is_index, place_of_store, pywb_config, write_index

        assert wish.output is not None
        final = wish.output.absolute()
        with folder_aside(wish.output, force=wish.force, recognised=is_index) as folder:
            with (folder / INDEX).open("wb") as out:
                spool = Path(self._config.archive.spool)
                lines, open_yet = write_index(self._rows, wish.chosen, out, spool=spool, progress=progress)
            places = [place_of_store(self._config.archive.store), *(f"{place}/" for place in open_yet)]
            (folder / CONFIG).write_text(pywb_config(final, places))
        notes = ["some captures are not sealed yet: export again once they are"] if open_yet else []
        return Exported(figures={"index_lines": lines}, notes=notes)

    def _records(self, wish: Wish, out: BinaryIO, progress: Progress | None) -> Exported:
        from storage.export.gathering import gathered
        from storage.export.wacz import write_wacz
        from storage.export.warc import write_warc

        records = gathered(
            self._store,
            Path(self._config.archive.spool),
            self._rows,
            wish.chosen,
            max_body_bytes=int(self._config.crawler.max_body_megabytes * 1_000_000),
            progress=progress,
        )
        signer, why = self._signer() if wish.format == "wacz" else (None, None)
        origin = self._origin(wish.chosen)
        if wish.format == "warc":
            name = wish.output.name if wish.output else "export.warc.gz"
            written = write_warc(records, out, origin, filename=name, redact=wish.redact)
            return Exported(figures=written.row())
        name = f"{(wish.output.stem if wish.output else 'export').removesuffix('.wacz')}.warc.gz"
        pages = self._pages(wish)
        packed = write_wacz(records, pages, out, origin, name=name, redact=wish.redact, signer=signer)
        return Exported(figures=packed.row(), notes=[why] if why else [])

    def _origin(self, chosen: Chosen) -> Origin:
        from storage.export.warc import Origin

        current = key_ring(self._store).current
        return Origin(
            software=self._software,
            chosen=chosen.told(),
            sites=chosen.sites,
            now=self._now,
            archive=current.public.name if current else None,
            operator=self._config.crawler.contact,
        )

    def _signer(self) -> tuple[WaczSigner | None, str | None]:
        """Return who signs, or why nobody does."""
        from storage.export.signing import WaczSigner

        path = self._config.key_file
        try:
            key = load_signer(path)
        except ConfigError as error:
            return None, f"not signed: {error}"
        if key is None:
            return None, f"not signed: the archive's key {path} is not here"
        current = key_ring(self._store, held=key).current
        if current is None:
            return None, "not signed: the archive has no key; `stoppress init` makes one"
        if current.public.name != key.name:
            return None, f"not signed: {path} holds {key.name}, the archive's key is {current.public.name}"
        return WaczSigner(key), None

    def _pages(self, wish: Wish) -> Iterator[Page]:
        from storage.catalogue.histories import stored_json
        from storage.export.revisions import revision_row
        from storage.export.wacz import Page

        for number, row in chosen_revisions(self._rows, wish.chosen):
            if stored_json(row)["article"] is None:
                continue
            told = revision_row(number, row)
            what = f" ({', '.join(told['classes'])})" if told["classes"] else ""
            yield Page(
                id=row["digest"].removeprefix("sha256:")[:20],
                record_id=row["record_id"],
                title=f"{told['headline']} - revision {number}{what}",
                text=told["body"] if wish.texts else None,
            )


@contextmanager
def _to(wish: Wish, stream: BinaryIO | None) -> Iterator[BinaryIO]:
    if wish.output is None:
        assert stream is not None
        yield stream
        stream.flush()  # a full disk is told of before success is
        return
    with file_aside(wish.output, force=wish.force) as out:
        yield out
