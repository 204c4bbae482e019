"""Which noise rules hold is chosen on the command line or in the configuration, and told with the weight."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from storage.config import load_config
from tests.cli.conftest import Stoppress
from tests.storage.making import SENTENCES, config_in, html, look, minutes, page, written

FERRY = page("ferry")


@pytest.fixture
def misspelt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An article of which the second revision corrects the spelling of one word."""
    with written(config_in(tmp_path)) as (_, writer):
        for at, sentence in ((0, "The harbor is shut for the day."), (10, "The harbour is shut for the day.")):
            look(writer, FERRY, html("The ferry this winter", sentences=(*SENTENCES, sentence)), minutes(at))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def weights(stoppress: Stoppress, *options: str) -> list[dict[str, Any]]:
    """What `diff`, `show` and `history` say the correction weighs."""
    return [
        stoppress("diff", FERRY, *options, "--json").json["significance"],
        stoppress("show", FERRY, *options, "--json").json["significance"],
        stoppress("history", FERRY, *options, "--json").json["revisions"][1]["significance"],
    ]


def test_a_noise_rule_is_switched_off_for_one_question(misspelt: Path, stoppress: Stoppress) -> None:
    quiet = weights(stoppress)
    assert [[reason["rule"] for reason in told["reasons"]] for told in quiet] == [["typo"]] * 3
    loud = weights(stoppress, "--no-noise-rule", "typo", "--no-noise-rule", "style")
    assert {told["rules"] for told in loud} == {"significance/1 -style -typo"}
    assert {reason["rule"] for told in loud for reason in told["reasons"]} == {"body", "late", "undeclared"}
    assert [told["score"] for told in loud] == [loud[0]["score"]] * 3
    assert loud[0]["score"] > quiet[0]["score"]
    assert weights(stoppress) == quiet


def test_the_first_revision_weighs_nothing_whatever_is_off(misspelt: Path, stoppress: Stoppress) -> None:
    told = stoppress("history", FERRY, "--no-noise-rule", "typo", "--json").json["revisions"]
    assert told[0]["significance"] is None


def test_the_configuration_switches_a_rule_off_and_the_command_line_on_again(
    misspelt: Path, stoppress: Stoppress, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = weights(stoppress)
    monkeypatch.setenv("STOPPRESS_NOISE__OFF", '["typo"]')
    assert {told["rules"] for told in weights(stoppress)} == {"significance/1 -typo"}
    assert weights(stoppress, "--noise-rule", "typo") == quiet


def test_the_file_names_rules_that_are_off(tmp_path: Path) -> None:
    file = tmp_path / "stoppress.toml"
    file.write_text('noise.off = ["typo", "style"]\n', encoding="utf-8")
    assert load_config(file, {}).noise.off == ("typo", "style")


def test_a_rule_that_is_not_known_or_both_on_and_off_is_a_usage_error(misspelt: Path, stoppress: Stoppress) -> None:
    assert "is not one of" in stoppress("diff", FERRY, "--no-noise-rule", "typos", status=2).err
    both = ("--no-noise-rule", "typo", "--noise-rule", "typo")
    assert "contradict each other on typo" in stoppress("diff", FERRY, *both, status=2).err
