from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from news.errors import ConfigError, UnknownSite
from news.model import Site
from news.sites import known_site
from storage.config import Config, load_config

EXAMPLE = Path(__file__).parents[2] / "stoppress.example.toml"
CONTACT = 'crawler.contact = "https://example.org/bot"\n'
PROFILE = Site(
    name="lbc",
    home="https://www.lbc.co.uk/",
    hosts=("www.lbc.co.uk", "lbc.co.uk"),
    sitemaps=("https://www.lbc.co.uk/sitemap.xml",),
    timezone="Europe/London",
    language="en-GB",
    reader="lbc",
    requests_per_minute=20,
)


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working directory, and a profile whose values these tests know."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "news.sites.lbc", SimpleNamespace(SITE=PROFILE))


def configured(text: str, **environ: str) -> Config:
    Path("stoppress.toml").write_text(text, encoding="utf-8")
    return load_config(None, environ)


def complaint(text: str, **environ: str) -> str:
    with pytest.raises(ConfigError) as refused:
        configured(text, **environ)
    return str(refused.value)


def test_no_file_is_fine() -> None:
    config = load_config(None, {})
    assert config.file is None
    assert config.archive.store == "archive"
    assert config.archive.catalogue == "sqlite:///archive/catalogue.db"
    assert config.archive.spool == Path("archive/spool")
    assert (config.archive.seal_after_minutes, config.archive.seal_after_megabytes) == (60, 1000)
    assert (config.crawler.contact, config.crawler.requisites, config.crawler.retries) == (None, "all", 2)
    assert (config.daemon.metrics_port, config.daemon.tick_seconds) == (9464, 60)
    assert (config.s3.endpoint_url, config.s3.object_lock_days) == (None, 0)
    assert config.sites() == (PROFILE, known_site("ntv"))


def test_the_example_names_every_key_and_loads() -> None:
    config = load_config(EXAMPLE, {})
    assert [site.name for site in config.sites()] == ["lbc", "gazette"]
    text = EXAMPLE.read_text(encoding="utf-8")
    tables = (config.archive, config.s3, config.ledger, config.crawler, config.daemon, config.noise)
    keys = [key for table in tables for key in type(table).model_fields]
    keys += [key for key in Site.__dataclass_fields__ if key != "name"]
    assert [key for key in keys if f"\n{key} = " not in text] == []


def test_the_examples_values_are_the_defaults() -> None:
    example, default = load_config(EXAMPLE, {}), load_config(None, {})
    unset = {"key": Path("stoppress.key"), "spool_free_megabytes": 500}  # else beside the file, and by the disk's size
    assert example.archive == default.archive.model_copy(update=unset)
    assert example.daemon == default.daemon
    assert example.noise == default.noise
    assert example.crawler == default.crawler.model_copy(update={"contact": "https://example.org/bot"})


def test_a_named_file_comes_before_the_environments_and_that_before_the_directorys() -> None:
    for name in ("stoppress.toml", "from-environment.toml", "named.toml"):
        Path(name).write_text(f'[archive]\nstore = "of-{name}"\n')
    environ = {"STOPPRESS_CONFIG": "from-environment.toml"}
    assert load_config(Path("named.toml"), environ).archive.store == "of-named.toml"
    assert load_config(None, environ).archive.store == "of-from-environment.toml"
    assert load_config(None, {}).archive.store == "of-stoppress.toml"
    assert load_config(None, {"STOPPRESS_CONFIG": ""}).file == Path("stoppress.toml")


def test_a_named_file_must_be_there() -> None:
    with pytest.raises(ConfigError, match=r"^absent.toml: no such file; --config names it$"):
        load_config(Path("absent.toml"), {})
    with pytest.raises(ConfigError, match=r"^absent.toml: no such file; STOPPRESS_CONFIG names it$"):
        load_config(None, {"STOPPRESS_CONFIG": "absent.toml"})


def test_a_file_that_is_no_toml_is_told_with_its_line() -> None:
    assert complaint("[archive]\nstore: x\n").startswith("stoppress.toml: not TOML: ")
    assert "line 2" in complaint("[archive]\nstore: x\n")
    Path("latin.toml").write_bytes(b"[archive]\n# caf\xe9\n")
    with pytest.raises(ConfigError, match="line 2 is not UTF-8"):
        load_config(Path("latin.toml"), {})
    with pytest.raises(ConfigError, match="can't be read"):
        load_config(Path(), {})


def test_the_environment_wins_over_the_file() -> None:
    config = configured(
        "[crawler]\nretries = 3\nexchange_seconds = 5\n",
        STOPPRESS_CRAWLER__RETRIES="4",
        stoppress_daemon__metrics_port="0",
        STOPPRESS_HOME="not a key",
        OTHER__THING="not ours",
        STOPPRESS_CRAWLER__MIN_BYTES_PER_SECOND="",
    )
    assert (config.crawler.retries, config.crawler.exchange_seconds, config.daemon.metrics_port) == (4, 5, 0)
    assert config.crawler.min_bytes_per_second == 1000


def test_the_environment_reaches_into_sites() -> None:
    config = configured(
        CONTACT + '[sites.my-gazette]\nhome = "https://gazette.example"\nrequests_per_minute = 1\n',
        STOPPRESS_SITES__MY_GAZETTE__REQUESTS_PER_MINUTE="2.5",
        STOPPRESS_SITES__MY_GAZETTE__FEEDS="https://gazette.example/a, https://gazette.example/b",
        STOPPRESS_SITES__MY_GAZETTE__HOSTS='["m.gazette.example"]',
        STOPPRESS_SITES__LBC__ALLOW_PRIVATE_ADDRESSES="true",
    )
    gazette, lbc = config.sites()
    assert gazette == Site(
        name="my-gazette",
        home="https://gazette.example/",
        requests_per_minute=2.5,
        feeds=("https://gazette.example/a", "https://gazette.example/b"),
        hosts=("m.gazette.example",),
    )
    assert lbc.allow_private_addresses


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("crawler.retrys = 1", "stoppress.toml: crawler.retrys: unknown key; the nearest known one is crawler.retries"),
        ("[crawlr]\nx = 1", "stoppress.toml: crawlr: unknown key; the nearest known one is crawler"),
        ('contact = "x"', "stoppress.toml: contact: unknown key; the nearest known one is crawler.contact"),
        ("[s3]\nspool = 1", "stoppress.toml: s3.spool: unknown key; the nearest known one is archive.spool"),
        ("sites.lbc.feed = 1", "stoppress.toml: sites.lbc.feed: unknown key; the nearest known one is sites.lbc.feeds"),
        ("[sites.lbc.feeds]", "stoppress.toml: sites.lbc.feeds: must be a list of http(s) addresses, not {}"),
        ("crawler = 1", "stoppress.toml: crawler: must be a table, not 1"),
        ("sites = []", "stoppress.toml: sites: must be a table, not []"),
        ("sites.lbc = 1", "stoppress.toml: sites.lbc: must be a table, not 1"),
    ],
)
def test_a_key_that_is_not_known_is_told_with_the_nearest_that_is(text: str, wanted: str) -> None:
    assert complaint(text) == wanted


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("STOPPRESS_CRAWLER__RETRYS", "STOPPRESS_CRAWLER__RETRIES"),
        ("Stoppress_Crawlr__Retries", "STOPPRESS_CRAWLER__RETRIES"),
        ("STOPPRESS__CRAWLER__RETRIES", "STOPPRESS_CRAWLER__RETRIES"),
        ("STOPPRESS_SITES__LBC__FEED", "STOPPRESS_SITES__LBC__FEEDS"),
    ],
)
@pytest.mark.parametrize("value", ["1", ""])
def test_a_variable_that_is_not_known_is_told_by_its_name(variable: str, nearest: str, value: str) -> None:
    assert complaint("", **{variable: value}) == f"{variable}: unknown key; the nearest known one is {nearest}"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('crawler.retries = "many"', 'crawler.retries: must be a whole number from 0 to 10, not "many"'),
        ("crawler.retries = 11", "crawler.retries: must be a whole number from 0 to 10, not 11"),
        ("crawler.retries = -1", "crawler.retries: must be a whole number from 0 to 10, not -1"),
        ("crawler.retries = true", "crawler.retries: must be a whole number from 0 to 10, not true"),
        ("crawler.retries = 1.5", "crawler.retries: must be a whole number from 0 to 10, not 1.5"),
        ("crawler.exchange_seconds = 0", "crawler.exchange_seconds: must be a number above 0, not 0"),
        ("crawler.exchange_seconds = inf", "crawler.exchange_seconds: must be a number above 0, not Infinity"),
        ('crawler.requisites = "some"', 'crawler.requisites: must be "none", "pictures" or "all", not "some"'),
        ('crawler.contact = "Fred"', "crawler.contact: must be a web or e-mail address where site owners"),
        ('crawler.contact = "a@b.example\\nX: y"', "crawler.contact: must be a web or e-mail address"),
        ('noise.off = ["typos"]', 'noise.off: there is no noise rule "typos"; the nearest is "typo" of typo, style'),
        ('noise.off = "typo"', "noise.off: must be a list of noise rules, not"),
        ("daemon.metrics_port = 70000", "daemon.metrics_port: must be a port from 0 (any that is free) to 65535"),
        ('archive.store = ""', 'archive.store: must be a directory, or "s3://bucket/prefix", not ""'),
        ('archive.store = "gs://bucket"', 'archive.store: must be a directory, or "s3://bucket/prefix", not "gs://b'),
        ('archive.store = "s3://"', 'archive.store: must be a directory, or "s3://bucket/prefix", not "s3://"'),
        ('archive.store = "stoppress.toml"', 'archive.store: must be a directory; "stoppress.toml" is a file'),
        ('archive.spool = "s3://bucket"', 'archive.spool: must be a local directory, not "s3://bucket"'),
        ('archive.catalogue = "catalogue.db"', "archive.catalogue: must be an SQLAlchemy address"),
        ('s3.endpoint_url = "127.0.0.1:8333"', "s3.endpoint_url: '127.0.0.1:8333' is not an http or https address"),
        ('sites.lbc.home = "lbc"', "sites.lbc.home: 'lbc' is not an http or https address"),
        ('sites.lbc.sitemaps = ["ftp://x/"]', "sites.lbc.sitemaps: 'ftp://x/' is not an http or https address"),
        ('sites.lbc.feeds = "https://x/"', "sites.lbc.feeds: must be a list of http(s) addresses, not"),
        ('sites.lbc.hosts = ["https://x/"]', 'sites.lbc.hosts: "https://x/" must be a host without scheme or path'),
        (
            'sites.lbc.timezone = "Europe/Lodon"',
            'sites.lbc.timezone: "Europe/Lodon" is not a time zone; the nearest is',
        ),
        ('sites.lbc.reader = "lbcc"', 'sites.lbc.reader: there is no reader "lbcc"; the nearest is "lbc"'),
        ('sites.lbc.language = "English (UK)"', 'sites.lbc.language: must be a language tag such as "en" or "en-GB"'),
        ("sites.lbc.requests_per_minute = 0", "sites.lbc.requests_per_minute: must be a number above 0, not 0"),
        ('sites."../x".home = "https://x/"', "sites.../x: a site's name must be 1 to 41 lower-case letters"),
        ("sites.Lbc.feeds = []", "sites.Lbc: a site's name must be"),
        ("sites.gazette.feeds = []", "sites.gazette: home is missing; only sites with a profile (lbc, ntv) do without"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_in_one_line(text: str, wanted: str) -> None:
    said = complaint(text)
    assert said.startswith(f"stoppress.toml: {wanted}")
    assert "\n" not in said


def test_a_bad_variable_is_told_by_its_name() -> None:
    said = complaint("crawler.retries = 1", STOPPRESS_CRAWLER__RETRIES="many")
    assert said == 'STOPPRESS_CRAWLER__RETRIES: must be a whole number from 0 to 10, not "many"'


def test_all_problems_are_told_at_once() -> None:
    said = complaint('crawlr = 1\ncrawler.retries = "many"\ndaemon.metrics_port = -1', STOPPRESS_S3__REGION="x y")
    assert len(said.splitlines()) == 4


def test_a_password_is_not_repeated() -> None:
    said = complaint('archive.catalogue = "Postgresql://me:secret@db/x"')
    assert "secret" not in said


def test_catalogue_and_spool_lie_beside_the_store() -> None:
    beside = configured('archive.store = "elsewhere/"').archive
    assert (beside.store, beside.catalogue) == ("elsewhere", "sqlite:///elsewhere/catalogue.db")
    assert beside.spool == Path("elsewhere/spool")
    absolute = configured('archive.store = "/srv/news"').archive
    assert absolute.catalogue == "sqlite:////srv/news/catalogue.db"
    bucket = configured('archive.store = "s3://my-bucket/news/"').archive
    assert bucket.store == "s3://my-bucket/news"
    assert (bucket.catalogue, bucket.spool) == ("sqlite:///archive/catalogue.db", Path("archive/spool"))
    own = configured('archive.store = "x"\narchive.spool = "y"').archive
    assert own.spool == Path("y")


def test_a_contact_is_needed_for_sites_that_are_not_ours() -> None:
    said = complaint("[sites.lbc]")
    assert said.startswith("stoppress.toml: crawler.contact is missing, and these sites are not on loopback: lbc.")
    assert "STOPPRESS_CRAWLER__CONTACT" in said
    assert "\n" not in said
    assert configured("[sites.lbc]", STOPPRESS_CRAWLER__CONTACT="bot@example.org").crawler.contact == "bot@example.org"
    assert configured('[sites.demo]\nhome = "http://127.0.0.1:8765"').crawler.contact is None


def test_without_configured_sites_a_contact_is_needed_only_to_crawl() -> None:
    config = load_config(None, {})
    with pytest.raises(ConfigError, match=r"crawler\.contact is missing.*lbc"):
        config.check_crawlable(config.site("lbc"))
    config.check_crawlable(Site(name="demo", home="http://localhost:1/"))
    load_config(None, {"STOPPRESS_CRAWLER__CONTACT": "mailto:bot@example.org"}).check_crawlable(PROFILE)


def test_a_site_is_found_by_its_name_or_told_with_the_nearest() -> None:
    config = configured('[sites.demo]\nhome = "http://127.0.0.1:8765"')
    assert [site.name for site in config.sites()] == ["demo"]
    assert config.site("demo").home == "http://127.0.0.1:8765/"
    assert config.site("lbc") == PROFILE
    with pytest.raises(UnknownSite, match='there is no site "dmo"; the nearest is "demo" of demo, lbc'):
        config.site("dmo")


def test_any_key_lies_over_the_profiles() -> None:
    text = CONTACT + "[sites.lbc]\nsitemaps = []\nrequests_per_minute = 10\nlanguage = 'cy'"
    (site,) = configured(text).sites()
    assert (site.sitemaps, site.requests_per_minute, site.language) == ((), 10, "cy")
    assert (site.home, site.hosts, site.reader) == (PROFILE.home, PROFILE.hosts, "lbc")


def test_a_copy_of_a_known_site_never_leads_to_the_original() -> None:
    (site,) = configured('[sites.lbc]\nhome = "http://127.0.0.1:8765/"').sites()
    assert (site.hosts, site.sitemaps, site.requests_per_minute) == ((), (), None)
    assert (site.timezone, site.reader) == ("Europe/London", "lbc")
    (same,) = configured(CONTACT + '[sites.lbc]\nhome = "http://lbc.co.uk/"').sites()
    assert same.sitemaps == PROFILE.sitemaps


def test_a_profiles_reader_brings_its_time_zone_and_language() -> None:
    text = '[sites.mirror]\nhome = "http://127.0.0.1:1"\nreader = "lbc"\n'
    (site,) = configured(text).sites()
    assert (site.reader, site.timezone, site.language) == ("lbc", "Europe/London", "en-GB")
    (other,) = configured(text + 'timezone = "UTC"').sites()
    assert (other.timezone, other.language, other.sitemaps) == ("UTC", "en-GB", ())
