"""wabac (replaywebpage) in Chromium replays what we keep: our segments under our indexes, and what `export` makes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.conftest import run_in
from tests.replay.conftest import AGAIN, FRESH, Kept, digits, merged, serving
from tests.storage.waczcheck import faults

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

Look = Callable[..., dict[str, Any]]
SEGMENTS, SITES, ARTICLE = "archive.wacz", "exported.wacz", "article.wacz"

HERE = Path(__file__).parent
INDEX = b'<!doctype html><title>replay</title><script src="./ui.js"></script><replay-app-main></replay-app-main>'


def wacz(kept: Kept, to: Path) -> None:
    """Pack the store's segments as they are, with our own indexes, by the WACZ format 1.1.1."""
    parts = {f"archive/{path.name}": path.read_bytes() for path in kept.segments}
    parts["indexes/index.cdxj"] = merged(kept)
    page = {"id": "1", "url": kept.article, "ts": kept.captures(f"url = '{kept.article}'")[0]["at"], "title": "page"}
    head = {"format": "json-pages-1.0", "id": "pages", "title": "All pages"}
    parts["pages/pages.jsonl"] = f"{json.dumps(head)}\n{json.dumps(page)}\n".encode()
    listed = [
        {"name": Path(name).name, "path": name, "hash": f"sha256:{sha256(part).hexdigest()}", "bytes": len(part)}
        for name, part in parts.items()
    ]
    parts["datapackage.json"] = json.dumps(
        {"profile": "data-package", "wacz_version": "1.1.1", "resources": listed}
    ).encode()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)


CHECK = """
const said = JSON.parse(process.argv[1]);
const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
(async () => {
  const key = await crypto.subtle.importKey(
    "spki", bytes(said.publicKey), { name: "ECDSA", namedCurve: "P-384" }, true, ["verify"]);
  const signature = bytes(said.signature);
  for (const words of [said.hash, said.hash + "0"]) {
    const text = new TextEncoder().encode(words);
    console.log(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, text));
  }
})();
"""
"""What wabac does with an anonymous signature, by the same calls of Web Crypto; then of other words."""


@pytest.fixture(scope="module")
def browser(pytestconfig: pytest.Config) -> tuple[str, Path]:
    """Chromium, and the folder with the packages from npm; skipped where `install.sh` was not run or could not."""
    cache = Path(pytestconfig.cache.mkdir("browser"))  # type: ignore[union-attr]
    chromium = shutil.which("chromium")
    if chromium is None or not shutil.which("node") or not (cache / "replaywebpage" / "sw.js").exists():
        pytest.skip("Chromium, Node or replaywebpage is missing: run tests/replay/install.sh")
    return chromium, cache


@pytest.fixture(scope="module")
def served(kept: Kept, browser: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("wabac")
    for name in ("ui.js", "sw.js"):
        shutil.copy(browser[1] / "replaywebpage" / name, folder)
    (folder / "index.html").write_bytes(INDEX)
    wacz(kept, folder / SEGMENTS)
    run_in(kept.folder, "export", "wacz", "-o", str(folder / SITES))
    run_in(kept.folder, "export", "wacz", kept.article, "-o", str(folder / ARTICLE))
    assert [faults(folder / name) for name in (SITES, ARTICLE)] == [[], []]
    with serving([sys.executable, str(HERE / "static.py"), str(folder), "{port}"], folder) as address:
        yield address


@pytest.fixture
def look(served: str, browser: tuple[str, Path], tmp_path: Path) -> Look:
    """Looks at an address at an instant in Chromium, and returns what is shown there once `words` stand in it."""
    chromium, cache = browser
    command = ["node", str(HERE / "look.cjs"), str(cache / "playwright-core"), chromium, str(tmp_path / "profile")]

    def looked(url: str, at: str, words: str, packed: str) -> dict[str, Any]:
        address = f"{served}/?source={quote(f'{served}/{packed}')}#view=resources&url={quote(url)}&ts={digits(at)}"
        done = subprocess.run([*command, address, words], capture_output=True, text=True, timeout=200, check=False)
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert said["found"], said
        assert not [asked for asked in said["asked"] if asked.startswith("http") and not asked.startswith(served)]
        return dict(said["found"])

    return looked


@pytest.mark.parametrize("packed", [SEGMENTS, SITES, ARTICLE])
def test_an_article_is_shown_with_its_styles_and_pictures(kept: Kept, look: Look, packed: str) -> None:
    (page,) = kept.captures(f"url = '{kept.article}'")
    found = look(kept.article, page["at"], kept.headline, packed)
    assert found["styles"] >= 1
    assert found["pictures"] >= 1


@pytest.mark.parametrize("packed", [SEGMENTS, SITES])
def test_the_instant_of_a_304_is_answered_by_the_capture_before(kept: Kept, look: Look, packed: str) -> None:
    whole, unchanged = kept.captures(f"url = '{kept.gazette}{FRESH}'")
    assert unchanged["status"] == 304
    look(whole["url"], unchanged["at"], "Ferry that did not change", packed)


@pytest.mark.parametrize("packed", [SEGMENTS, SITES])
def test_a_payload_that_came_twice_is_shown_from_the_segment_that_holds_it(kept: Kept, look: Look, packed: str) -> None:
    first, second = kept.captures(f"url = '{kept.gazette}{AGAIN}'")
    assert first["segment"] != second["segment"]
    look(second["url"], second["at"], "Ferry that came twice", packed)


def test_web_crypto_finds_the_signature_good_as_wabac_asks_it(kept: Kept, browser: object, tmp_path: Path) -> None:
    run_in(kept.folder, "export", "wacz", kept.article, "-o", str(tmp_path / "signed.wacz"))
    with zipfile.ZipFile(tmp_path / "signed.wacz") as packed:
        signed = json.loads(packed.read("datapackage-digest.json"))["signedData"]
    command = ["node", "--experimental-global-webcrypto", "-e", CHECK, json.dumps(signed)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["true", "false"], done.stderr
