"""The configuration: `stoppress.toml`, with the environment laid over it (design.md, section 6).

The law here: a key that we don't know, or a value that we can't use, is an error that says where it stands and what
would be right; all of them are told at once, one a line. Nothing else in the program reads the environment.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from news.errors import ConfigError, UnknownSite
from news.model import Site
from news.sites import KNOWN, known_site
from news.urls import host_of, on_loopback
from storage.settings import (
    LISTS,
    S3,
    SEVERAL,
    Archive,
    Crawler,
    Daemon,
    LedgerTable,
    NoiseTable,
    Settings,
    SiteTable,
    is_key,
    listed,
    nearest,
    nearest_key,
    wanted,
)

DEFAULT_FILE = Path("stoppress.toml")
PREFIX = "STOPPRESS_"

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the operator wants. `file` is where it was read, None when there is no file."""

    archive: Archive = field(default_factory=Archive)
    s3: S3 = field(default_factory=S3)
    ledger: LedgerTable = field(default_factory=LedgerTable)
    crawler: Crawler = field(default_factory=Crawler)
    daemon: Daemon = field(default_factory=Daemon)
    noise: NoiseTable = field(default_factory=NoiseTable)
    configured: tuple[Site, ...] = ()
    file: Path | None = None

    @property
    def key_file(self) -> Path:
        """Where the private key lies that signs what is sealed: beside the configuration's file unless it is set."""
        return self.archive.key or (self.file or DEFAULT_FILE).parent / "stoppress.key"

    def sites(self) -> tuple[Site, ...]:
        """Return the configured sites; when there are none, all that have a profile."""
        return self.configured or tuple(site for site in map(known_site, KNOWN) if site)

    def site(self, name: str) -> Site:
        """Return the site of that name; one with a profile needs no configuration. Raises UnknownSite."""
        found = next((site for site in self.configured if site.name == name), None) or known_site(name)
        if found is None:
            names = sorted({site.name for site in self.configured}.union(KNOWN))
            raise UnknownSite(f'there is no site "{name}"; the nearest is "{nearest(name, names)}" of {listed(names)}')
        return found

    def check_crawlable(self, site: Site) -> None:
        """Raise ConfigError when we would ask others' servers without saying who we are."""
        if self.crawler.contact is None and not on_loopback(site):
            raise ConfigError(_contact_missing(self.file, [site.name]))


def load_config(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Return the configuration from `path`, else from $STOPPRESS_CONFIG, else from ./stoppress.toml if there is one.

    Each `STOPPRESS_<TABLE>__<KEY>` in `environ` wins over the file. Raises ConfigError: one line for each problem.
    """
    file = _choose_file(path, environ)
    from_environment, variables = _read_environment(environ)
    sources: Values = {"environment": from_environment, "file": _read_file(file) if file else {}}
    try:
        settings = Settings(**sources)
    except ValidationError as invalid:
        raise ConfigError("\n".join(_problems(invalid, file, variables))) from None
    sites = _sites(settings.sites, file)
    foreign = [site.name for site in sites if not on_loopback(site)]
    if foreign and settings.crawler.contact is None:
        raise ConfigError(_contact_missing(file, foreign))
    tables = {name: getattr(settings, name) for name in ("archive", "s3", "ledger", "crawler", "daemon", "noise")}
    return Config(**tables, configured=sites, file=file)


def _choose_file(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    named = path or environ.get(f"{PREFIX}CONFIG")
    if not named:
        return DEFAULT_FILE if DEFAULT_FILE.exists() else None
    if not Path(named).exists():
        source = "--config" if path else f"{PREFIX}CONFIG"
        raise ConfigError(f"{named}: no such file; {source} names it")
    return Path(named)


def _read_file(path: Path) -> Values:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except tomllib.TOMLDecodeError as why:
        raise ConfigError(f"{path}: not TOML: {why}") from None
    except UnicodeDecodeError as why:
        line = why.object.count(b"\n", 0, why.start) + 1
        raise ConfigError(f"{path}: not TOML: line {line} is not UTF-8") from None
    except OSError as why:
        raise ConfigError(f"{path}: can't be read: {why.strerror}") from None


def _read_environment(environ: Mapping[str, str]) -> tuple[Values, dict[tuple[str, ...], str]]:
    """Return the values that the environment sets, as tables, and which variable set each key."""
    values: Values = {}
    variables: dict[tuple[str, ...], str] = {}
    for variable, text in environ.items():
        name = variable.upper().removeprefix(PREFIX).lower()
        if not variable.upper().startswith(PREFIX) or "__" not in name:
            continue
        path = _key_path(name)
        variables[path] = variable
        if text.strip() or not is_key(path):  # an empty variable sets nothing, but a misspelt one is told
            _put(values, path, _several(text) if path[-1] in SEVERAL else text)
    return values, variables


def _key_path(name: str) -> tuple[str, ...]:
    path = name.split("__")
    if path[0] == "sites" and len(path) > 1:
        path[1] = path[1].replace("_", "-")  # shells allow no hyphen in names, sites no underscore
    return tuple(path)


def _put(values: Values, path: tuple[str, ...], value: object) -> None:
    for part in path[:-1]:
        inner = values.setdefault(part, {})
        if not isinstance(inner, dict):
            inner = values[part] = {}
        values = inner
    values[path[-1]] = value


def _several(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return [part.strip() for part in text.split(",") if part.strip()]


def _sites(tables: Mapping[str, SiteTable], file: Path | None) -> tuple[Site, ...]:
    homeless = [name for name, table in tables.items() if table.home is None and name not in KNOWN]
    if homeless:
        advice = f"only sites with a profile ({listed(KNOWN)}) do without"
        raise ConfigError("\n".join(f"{_label(file)}: sites.{name}: home is missing; {advice}" for name in homeless))
    return tuple(_site(name, table) for name, table in tables.items())


def _site(name: str, table: SiteTable) -> Site:
    given = table.model_dump(exclude_none=True)
    profile = known_site(name)
    if profile is None:
        like = known_site(table.reader or "generic")
        base = Site(name=name, home=given["home"])
        profile = replace(base, timezone=like.timezone, language=like.language) if like else base
    elif table.home and _bare_host(table.home) != _bare_host(profile.home):
        nothing: Values = dict.fromkeys(LISTS, ())  # a copy elsewhere must not send us to the original
        profile = replace(profile, requests_per_minute=None, connections=1, **nothing)
    return replace(profile, **given)


def _bare_host(url: str) -> str:
    return host_of(url).removeprefix("www.")


def _problems(invalid: ValidationError, file: Path | None, variables: Mapping[tuple[str, ...], str]) -> list[str]:
    errors = invalid.errors(include_url=False)
    lines = [_problem(error, file, variables) for error in errors if error["type"] != "default_factory_not_called"]
    return list(dict.fromkeys(lines))


def _problem(error: ErrorDetails, file: Path | None, variables: Mapping[tuple[str, ...], str]) -> str:
    path = tuple(part for part in error["loc"] if isinstance(part, str) and part != "[key]")
    culprit = _culprit(path, variables)
    where = variables[culprit] if culprit else f"{_label(file)}: {'.'.join(path)}"
    if error["loc"][-1] == "[key]":
        return f"{where}: a site's name must be 1 to 41 lower-case letters, digits and hyphens"
    if error["type"] == "extra_forbidden":
        near = nearest_key(culprit or path)
        return f"{where}: unknown key; the nearest known one is {_spelt(near) if culprit else '.'.join(near)}"
    said = str(error.get("ctx", {}).get("error", "")) if error["type"] == "value_error" else ""
    return f"{where}: " + (said or f"must be {wanted(path)}, not {_shown(error['input'])}")


def _culprit(path: tuple[str, ...], variables: Mapping[tuple[str, ...], str]) -> tuple[str, ...] | None:
    """Return the path of the variable that set what is wrong here, or None when the file did."""
    return next((key for key in variables if key[: len(path)] == path or key == path[: len(key)]), None)


def _label(file: Path | None) -> str:
    return str(file or "environment")


def _spelt(path: tuple[str, ...]) -> str:
    return PREFIX + "__".join(path).upper().replace("-", "_")


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = re.sub(r"(?<=:)[^:@/\s]+(?=@)", "...", text)  # a password in an address
    return text if len(text) <= 80 else text[:77] + "..."


def _contact_missing(file: Path | None, names: list[str]) -> str:
    return (
        f"{_label(file)}: crawler.contact is missing, and these sites are not on loopback: {listed(names)}. Say how "
        'their owners can reach you: contact = "https://example.org/bot" (or an e-mail address) under [crawler], '
        f"or {PREFIX}CRAWLER__CONTACT in the environment"
    )
