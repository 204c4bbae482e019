"""The tables of `stoppress.toml`: which keys there are, what each may hold, and its default (design.md, section 6).

Each key's `description` is what its value must be; an error's message is made from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from news.noise import NOISE
from news.sites import KNOWN
from news.urls import host_of, is_http, normalise

LISTS = ("hosts", "requisite_hosts", "sitemaps", "feeds", "fronts")
"""Keys of a site that hold several values; a profile's own don't hold for a copy of its site elsewhere."""

SEVERAL = (*LISTS, "timestamp_authorities", "timestamp_certificates", "off")
"""All keys that hold several values."""


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError  # noqa: TRY004 - pydantic takes ValueError for a bad value; Python takes True for 1
    return value


def _address(value: str) -> str:
    return normalise(value)


def _endpoint(value: str) -> str:
    normalise(value)
    return value.strip().rstrip("/")


def _host(value: str) -> str:
    if re.search(r"[/?#@\\]", value):
        raise ValueError(f'"{value}" must be a host without scheme or path, such as "cdn.example" or "localhost:8000"')
    return host_of(f"https://{value}")


def _store(value: str) -> str:
    if "://" in value:
        if not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?", value):
            raise ValueError
        return value.rstrip("/")
    path = _directory(value)
    if path.is_file():
        raise ValueError(f'must be a directory; "{value}" is a file')
    return str(path)


def _directory(value: object) -> Path:
    if not isinstance(value, str | Path) or not str(value).strip() or "://" in str(value) or "\0" in str(value):
        raise ValueError
    return Path(value).expanduser()


def _contact(value: str) -> str:
    value = value.strip()
    if re.fullmatch(r"(mailto:)?[^@\s()<>]+@[^@\s()<>]+\.[^@\s()<>]+", value) and value.isascii():
        return value
    if not is_http(value):
        raise ValueError
    return value if value.isascii() else normalise(value)


def _local(archive: Mapping[str, object]) -> str:
    """Return the directory where catalogue and spool lie by default."""
    store = str(archive.get("store", "archive"))
    return "archive" if store.startswith("s3://") else store


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        near = nearest(value, available_timezones())
        raise ValueError(f'"{value}" is not a time zone; the nearest is "{near}"') from None
    return value


def _reader(value: str) -> str:
    names = ("generic", *KNOWN)
    if value not in names:
        raise ValueError(f'there is no reader "{value}"; the nearest is "{nearest(value, names)}" of {listed(names)}')
    return value


def _noise_rule(value: str) -> str:
    if value not in NOISE:
        raise ValueError(
            f'there is no noise rule "{value}"; the nearest is "{nearest(value, NOISE)}" of {listed(NOISE)}'
        )
    return value


Whole = Annotated[int, BeforeValidator(_number)]
Number = Annotated[float, BeforeValidator(_number), Field(gt=0, allow_inf_nan=False)]
Address = Annotated[str, AfterValidator(_address)]
Addresses = tuple[Address, ...]
Hosts = tuple[Annotated[str, AfterValidator(_host)], ...]
SiteName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Archive(_Table):
    """Where the archive lies; catalogue and spool lie in the store's directory unless they are set."""

    store: Annotated[str, AfterValidator(_store)] = Field(
        default="archive", description='a directory, or "s3://bucket/prefix"'
    )
    catalogue: str = Field(
        default_factory=lambda given: f"sqlite:///{_local(given)}/catalogue.db",
        pattern=r"^[a-z][a-z0-9_]*(\+[a-z0-9_]+)?://",
        description='an SQLAlchemy address such as "sqlite:///archive/catalogue.db"',
    )
    spool: Annotated[Path, BeforeValidator(_directory)] = Field(
        default_factory=lambda given: Path(_local(given), "spool"), description="a local directory"
    )
    key: Annotated[Path, BeforeValidator(_directory)] | None = Field(default=None, description="a local file")
    seal_after_minutes: Number = Field(default=60, description="a number above 0")
    seal_after_megabytes: Number = Field(default=1000, description="a number above 0")
    spool_megabytes: Number = Field(default=20_000, description="a number above 0")
    spool_free_megabytes: Annotated[float, BeforeValidator(_number)] | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="a number, 0 for no floor"
    )


class S3(_Table):
    """What the standard AWS environment does not already say of an S3-compatible service."""

    endpoint_url: Annotated[str, AfterValidator(_endpoint)] | None = Field(
        default=None, description="an http(s) address"
    )
    addressing_style: Literal["auto", "path", "virtual"] | None = Field(
        default=None, description='"auto", "path" or "virtual"'
    )
    region: str | None = Field(
        default=None, pattern=r"^[a-z0-9-]+$", description='a region\'s name, such as "eu-west-2"'
    )
    create_once: Literal["conditional", "ask-first"] = Field(
        default="conditional", description='"conditional" or "ask-first"'
    )
    object_lock_days: Whole = Field(default=0, ge=0, le=36_500, description="a whole number of days, 0 for no lock")
    connect_seconds: Number = Field(default=10, description="a number above 0")
    read_seconds: Number = Field(default=60, description="a number above 0")
    retries: Whole = Field(default=4, ge=0, le=20, description="a whole number from 0 to 20")
    multipart_megabytes: Annotated[float, BeforeValidator(_number)] = Field(
        default=64, ge=5, le=5000, description="a number from 5 to 5000"
    )
    parallel: Whole = Field(default=8, ge=1, le=64, description="a whole number from 1 to 64")


class LedgerTable(_Table):
    """Who besides us says when a segment existed."""

    timestamp_authorities: Addresses = Field(default=(), description="a list of http(s) addresses")
    timestamp_certificates: tuple[Annotated[Path, BeforeValidator(_directory)], ...] = Field(
        default=(), description="a list of PEM files"
    )


class Crawler(_Table):
    """How we ask for pages, and who we say that we are."""

    contact: Annotated[str, AfterValidator(_contact)] | None = Field(
        default=None, description="a web or e-mail address where site owners reach you"
    )
    requisites: Literal["none", "pictures", "all"] = Field(default="all", description='"none", "pictures" or "all"')
    exchange_seconds: Number = Field(default=30, description="a number above 0")
    min_bytes_per_second: Whole = Field(default=1000, ge=0, description="a whole number, 0 or more")
    max_body_megabytes: Number = Field(default=64, description="a number above 0")
    retries: Whole = Field(default=2, ge=0, le=10, description="a whole number from 0 to 10")


class Daemon(_Table):
    """How the daemon ticks and what it shows of itself."""

    metrics_port: Whole = Field(default=9464, ge=0, le=65_535, description="a port from 0 (any that is free) to 65535")
    tick_seconds: Number = Field(default=60, description="a number above 0")
    hurry: Number = Field(default=1, description="a number above 0, 1 for the real pace")


class NoiseTable(_Table):
    """Which noise rules don't hold where a change's significance is shown."""

    off: tuple[Annotated[str, AfterValidator(_noise_rule)], ...] = Field(
        default=(), description="a list of noise rules"
    )


class SiteTable(_Table):
    """A `[sites.NAME]` table as written: what is None is left to the profile or to the default."""

    home: Address | None = Field(default=None, description="an http(s) address")
    hosts: Hosts | None = Field(default=None, description="a list of hosts")
    requisite_hosts: Hosts | None = Field(default=None, description="a list of hosts")
    sitemaps: Addresses | None = Field(default=None, description="a list of http(s) addresses")
    feeds: Addresses | None = Field(default=None, description="a list of http(s) addresses")
    fronts: Addresses | None = Field(default=None, description="a list of http(s) addresses")
    timezone: Annotated[str, AfterValidator(_timezone)] | None = Field(
        default=None, description='such as "Europe/London"'
    )
    language: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        description='a language tag such as "en" or "en-GB"',
    )
    reader: Annotated[str, AfterValidator(_reader)] | None = Field(default=None, description="a reader's name")
    allow_private_addresses: bool | None = Field(default=None, description="true or false")
    requests_per_minute: Number | None = Field(default=None, description="a number above 0")
    connections: Whole | None = Field(default=None, ge=1, le=8, description="a whole number from 1 to 8")


class Settings(BaseSettings):
    """The whole configuration as written; made from `environment` and `file`, each a dict of tables."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    archive: Archive = Field(default=Archive(), description="a table")
    s3: S3 = Field(default=S3(), description="a table")
    ledger: LedgerTable = Field(default=LedgerTable(), description="a table")
    crawler: Crawler = Field(default=Crawler(), description="a table")
    daemon: Daemon = Field(default=Daemon(), description="a table")
    noise: NoiseTable = Field(default=NoiseTable(), description="a table")
    sites: dict[SiteName, SiteTable] = Field(default={}, description="tables, as [sites.NAME]")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **__: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Both sources are handed in, read already: the first wins, key by key."""
        given = init_settings()
        return tuple(InitSettingsSource(settings_cls, given[source]) for source in ("environment", "file"))


def _keys(table: str) -> dict[str, str | None]:
    """Return the keys of a table, each with what it must be."""
    annotation = SiteTable if table == "sites" else Settings.model_fields[table].annotation
    assert isinstance(annotation, type)
    assert issubclass(annotation, BaseModel)
    return {key: field.description for key, field in annotation.model_fields.items()}


def is_key(path: tuple[str, ...]) -> bool:
    """Return whether this path, such as ("crawler", "retries"), leads to a key that can be set."""
    depth = 3 if path[0] == "sites" else 2
    return path[0] in Settings.model_fields and len(path) == depth and path[-1] in _keys(path[0])


def wanted(path: tuple[str, ...]) -> str:
    """Return what must stand at a known path, in words that follow "must be"."""
    return (_keys(path[0])[path[-1]] if is_key(path) else None) or "a table"


def nearest_key(path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the known path that an unknown one most likely means: the same word in its right place, or a typo."""
    tables = {table: (table,) for table in Settings.model_fields}
    site = path[1] if path[0] == "sites" and len(path) > 2 else "NAME"
    keys = {(table, *([site] if table == "sites" else []), key): key for table in tables for key in _keys(table)}
    same_word = {known[0]: known for known, key in keys.items() if key == path[-1]}
    if same_word:
        return same_word[nearest("_".join(path[:-1]), same_word)]
    if len(path) == 1:
        return tables[nearest(path[0], tables)]
    table = nearest(path[0], tables)
    candidates = {key: known for known, key in keys.items() if known[0] == table}
    return candidates[nearest(path[-1], candidates)]


def nearest(word: str, words: Iterable[str]) -> str:
    """Return the word most like the given one."""
    return get_close_matches(word, list(words), n=1, cutoff=0)[0]


def listed(words: Iterable[str]) -> str:
    """Return the words as a list for people."""
    return ", ".join(words)
