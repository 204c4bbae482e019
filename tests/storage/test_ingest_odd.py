"""What others' files hold that is odd: addresses that lead nowhere, revisits of revisits, dates before the web."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.config import Config
from tests.catalogues import each_catalogue
from tests.storage.making import HOME, config_in, html, minutes, page
from tests.storage.test_export import exported, urls_in
from tests.storage.test_ingest_order import LATER, assert_sound, imported, leads, shown, told

pytestmark = each_catalogue

FERRY = page("ferry")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return config_in(tmp_path)


@pytest.mark.parametrize("to", ["https://[bad/x", "//[bad", "https://[gazette.example]:x/"])
def test_a_redirect_to_no_address_breaks_neither_an_import_nor_an_export(
    config: Config, tmp_path: Path, to: str
) -> None:
    imported(config, shown(minutes(0)), leads(minutes(10), to), shown(minutes(20), LATER))
    assert [classes for _, classes in told(config)] == [[], ["stealth", "body"]]
    exported(config, "warc", tmp_path / "ferry.warc.gz", FERRY)
    assert urls_in(tmp_path / "ferry.warc.gz") == [FERRY] * 3
    assert_sound(config)


def test_an_address_whose_port_cant_be_told_is_indexed(config: Config) -> None:
    odd = HOME.removesuffix("/") + "\\news:x/ferry"
    imported(config, lambda foreign: foreign.page(odd, html(), minutes(0)))
    assert_sound(config, odd)
