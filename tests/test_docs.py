"""What the documents claim and a test can check."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.main import COMMANDS
from storage.config import load_config
from storage.settings import Settings, SiteTable
from tests.conftest import Run

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
CONTACT = {"STOPPRESS_CRAWLER__CONTACT": "desk@example.org"}


def names(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def toml_blocks() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for number, block in enumerate(re.findall(r"```toml\n(.*?)```", page.read_text(), re.DOTALL), 1):
            yield f"{names(page)}#{number}", block


@pytest.mark.parametrize("block", [pytest.param(block, id=where) for where, block in toml_blocks()])
def test_a_configuration_in_the_documents_loads(block: str, tmp_path: Path) -> None:
    file = tmp_path / "stoppress.toml"
    file.write_text(block)
    assert load_config(file, CONTACT).file == file


def test_the_example_configuration_loads() -> None:
    sites = load_config(ROOT / "stoppress.example.toml", {}).sites()
    assert [site.name for site in sites] == ["lbc", "gazette"]


def keys() -> Iterator[tuple[str, str]]:
    for table, described in Settings.model_fields.items():
        fields = SiteTable.model_fields if table == "sites" else getattr(described.annotation, "model_fields", {})
        yield from ((table, key) for key in fields)


@pytest.mark.parametrize(("table", "key"), list(keys()))
def test_every_key_is_documented_with_its_form_in_the_environment(table: str, key: str) -> None:
    reference = (ROOT / "docs/reference/configuration.md").read_text()
    site = "__LBC" if table == "sites" else ""
    assert f"| `{key}` |" in reference
    assert f"`STOPPRESS_{table.upper()}{site}__{key.upper()}`" in reference


@pytest.mark.parametrize(("table", "key"), list(keys()))
def test_every_default_is_the_documented_one(table: str, key: str) -> None:
    described = Settings.model_fields[table].annotation
    default = getattr(described, "model_fields", {}).get(key)
    if table == "sites" or default is None or default.default_factory is not None or default.default is None:
        return  # made from other keys or from the profile, and told in words
    row = next(
        line
        for line in (ROOT / "docs/reference/configuration.md").read_text().splitlines()
        if f"STOPPRESS_{table.upper()}__{key.upper()}`" in line
    )
    assert f"| `{json.dumps(default.default)}` |" in row


def test_the_command_reference_is_what_the_commands_print() -> None:
    checked = subprocess.run([sys.executable, ROOT / "docs/generate_commands.py", "--check"], cwd=ROOT, check=False)
    assert checked.returncode == 0, "run: .venv/bin/python docs/generate_commands.py"


def test_what_is_said_to_be_there_is_and_what_is_not_is_not() -> None:
    readme = (ROOT / "README.md").read_text()
    there, missing = re.findall(r"^(?:There|Not yet there): (.*?)\n\n", readme, re.DOTALL | re.MULTILINE)
    words = re.compile(r"`([a-z]+)`")
    assert set(words.findall(there)) <= set(COMMANDS)
    assert not set(words.findall(missing)) & set(COMMANDS)


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    packages = [re.split(r"[<>=~!\[; ]", each)[0] for each in wanted]
    named = " ".join(re.findall(r"^\| ([^|]+) \| [^|]+ \|$", (ROOT / "docs/design.md").read_text(), re.MULTILINE))
    assert [package for package in packages if package not in re.split(r"[, ]+", named)] == []


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_no_link_leads_nowhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def sources() -> Iterator[Path]:
    """All files of the checkout that could be handed on, without asking git, which need not be there."""
    ignored = {"__pycache__", "archive", "demo", "build", "dist"}
    for folder, folders, files in os.walk(ROOT):
        hidden = [name for name in folders if name.startswith(".") and name != ".ci"]
        folders[:] = [name for name in folders if name not in ignored.union(hidden) and not name.endswith(".egg-info")]
        yield from (Path(folder, file) for file in files)


def test_no_file_names_a_machine_of_ours_or_a_package_registry() -> None:
    ours = re.compile(rb"(?<![\w.])/(?:work|root)/|--(?:extra-)?index-url[ =]\S|--find-links[ =]\S|find-links ?=")
    found = [names(path) for path in sources() if ours.search(path.read_bytes())]
    assert [name for name in found if name != "tests/test_docs.py"] == []


def test_locks_pin_every_package_by_hash_and_name_no_address() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text()
        assert "://" not in text
        for pinned in re.split(r"\n(?=[a-z0-9])", text):
            assert "--hash=sha256:" in pinned, f"{lock.name}: {pinned}"


@pytest.mark.e2e
def test_the_storage_format_names_every_field_that_is_written(stoppress: Run, tmp_path: Path) -> None:
    stoppress("crawl", "harbour", "--limit", "3")
    store = tmp_path / "archive"
    written: set[str] = set(json.loads((store / "stoppress.json").read_text()))
    for manifest in store.glob("warc/**/*.manifest.json"):
        written |= set(json.loads(manifest.read_text())) | {"key", "sha256", "size"}
    for events in store.glob("warc/**/*.jsonl.gz"):
        for line in gzip.decompress(events.read_bytes()).splitlines():
            row = json.loads(line)
            written |= set(row).union(*(inner for inner in row.values() if isinstance(inner, dict)))
    for revision in store.glob("articles/**/*.json"):
        row = json.loads(revision.read_text())
        written |= set(row) | set(row["capture"]) | set(row["article"] or ())
    described = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`\n]+)`", format_page())))) | {"created", "writer"}
    assert written - described == set()


def format_page() -> str:
    return (ROOT / "docs/reference/storage-format.md").read_text()
