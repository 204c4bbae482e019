"""The restore drill of docs/how-to/restore-drill.md: a new machine, nothing but the store and the key."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from newsroom import Newsroom
from tests.conftest import Finished, run_in, site_config
from tests.s3server import seaweed
from tests.storage.stores import enter

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Machine:
    """A machine's folder with its configuration, and the command line in it."""

    folder: Path

    def __call__(self, *arguments: str, **options: Any) -> Finished:
        return run_in(self.folder, *arguments, **options)

    def histories(self) -> dict[str, str]:
        """Return what `history --json` prints of every article."""
        urls = sorted(row["url"] for row in self("articles", "--json").json)
        return {url: self("history", url, "--json").out for url in urls}


def machine(folder: Path, settings: str) -> Machine:
    folder.mkdir()
    (folder / "stoppress.toml").write_text(settings)
    return Machine(folder)


@pytest.fixture(params=["directory", "seaweed"])
def top(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The head of a configuration whose store outlives its machine."""
    if request.param == "directory":
        return f'[archive]\nstore = "{tmp_path}/mounted/news"\n[crawler]\nrequisites = "none"\n'
    service = seaweed()
    enter(service, monkeypatch)
    store = f'[archive]\nstore = "s3://{service.bucket()}/news"\n[crawler]\nrequisites = "none"\n'
    return f'{store}[s3]\nendpoint_url = "{service.endpoint}"\naddressing_style = "path"\n'


def test_a_new_machine_goes_on_with_nothing_but_the_store_and_the_key(top: str, room: Newsroom, tmp_path: Path) -> None:
    old = machine(tmp_path / "old", site_config(room.url, top=top))
    old("init")
    old("crawl", "harbour", "--limit", "3")
    edited = old("articles", "--json").json[0]["url"]
    room.headline_edit(edited, "A headline from before the fire")
    old("crawl", "harbour", edited, "--no-discover")
    before = old.histories()
    kept = tmp_path / "kept.key"
    shutil.copy(old.folder / "stoppress.key", kept)
    shutil.rmtree(old.folder)

    new = machine(tmp_path / "new", site_config(room.url, top=top))
    shutil.copy(kept, new.folder / "stoppress.key")
    assert new("rebuild", "--json").json["problems"] == []
    assert new.histories() == before
    assert new("verify", "--json").json["findings"] == []

    room.headline_edit(edited, "A headline from after it")
    new("crawl", "harbour", edited, "--no-discover")
    revisions = json.loads(new.histories()[edited])["revisions"]
    assert [row["headline"] for row in revisions[-2:]] == [
        "A headline from before the fire",
        "A headline from after it",
    ]
    new("tick", "harbour")
    verified = new("verify", "--json").json
    assert verified["findings"] == []
    assert verified["checked"]["signatures"] == verified["checked"]["manifests"] >= 3
    assert verified["heads"]["harbour"]["segment"]


def test_a_new_machine_without_the_key_can_read_everything_and_is_told_what_it_lacks(
    top: str, room: Newsroom, tmp_path: Path
) -> None:
    old = machine(tmp_path / "old", site_config(room.url, top=top))
    old("init")
    old("crawl", "harbour", "--limit", "2")
    before = old.histories()
    shutil.rmtree(old.folder)

    new = machine(tmp_path / "new", site_config(room.url, top=top))
    assert new("rebuild", "--json").json["problems"] == []
    assert new.histories() == before
    assert new("verify", "--json").json["findings"] == []
    said = new("init", status=None)
    assert said.status in (0, 3)
    assert "key" in said.out + said.err
