"""pywb, in an environment of its own, replays what we keep from our segments and our indexes."""

from __future__ import annotations

import re
import urllib.request
from datetime import UTC
from email.utils import parsedate_to_datetime

import pytest

from news.reading.codings import remove_codings
from storage.warc.reading import answer, records
from tests.replay.conftest import AGAIN, FRESH, Kept, digits

pytestmark = [pytest.mark.replay, pytest.mark.timeout(600)]


@pytest.fixture(params=["pywb", "exported_pywb"], ids=["merged by hand", "exported"])
def address_of(request: pytest.FixtureRequest) -> str:
    """A pywb over the store's own indexes, and one over what `export cdxj` makes of them."""
    return str(request.getfixturevalue(request.param))


def replayed(pywb: str, at: str, url: str, how: str = "id_") -> tuple[bytes, str]:
    """What pywb shows for an address at an instant, and of when it says that is, in 14 digits."""
    with urllib.request.urlopen(f"{pywb}/{digits(at)}{how}/{url}", timeout=30) as said:
        instant = parsedate_to_datetime(said.headers["Memento-Datetime"]).astimezone(UTC)
        return said.read(), f"{instant:%Y%m%d%H%M%S}"


def entity(kept: Kept, capture: dict[str, str]) -> bytes:
    """The body of a capture as our own reading has it, content coding off."""
    (path,) = (path for path in kept.segments if path.name == f"{capture['segment']}.warc.gz")
    with path.open("rb") as stream:
        stream.seek(int(capture["offset"]))
        found = answer(next(records(stream)).block)
    assert found is not None
    return remove_codings(found.entity, found.head.get("Content-Encoding"), cap=1 << 26)


def test_an_article_is_shown_with_its_styles_and_pictures(kept: Kept, address_of: str) -> None:
    (page,) = kept.captures(f"url = '{kept.article}'")
    shown, at = replayed(address_of, page["at"], kept.article, "mp_")
    assert kept.headline.split()[0] in shown.decode()
    assert at == digits(page["at"])
    drawn = [row for row in kept.captures("kind = 'requisite' AND status = 200") if row["record_type"] == "response"]
    kinds = {str(row["media_type"]).partition("/")[0] for row in drawn}
    assert {"image", "text"} <= kinds, kinds
    links = re.findall(rb'(?:href|src)="[^"]*?/all/\d*(?:cs|im|js|mp|oe)_/([^"]+)"', shown)
    assert any(str(row["url"]).encode() in links for row in drawn if row["media_type"] == "text/css")
    for row in drawn:
        body, _ = replayed(address_of, str(row["at"]), str(row["url"]))
        assert body == entity(kept, row), row["url"]


def test_the_instant_of_a_304_is_answered_by_the_capture_before(kept: Kept, address_of: str) -> None:
    whole, unchanged = kept.captures(f"url = '{kept.gazette}{FRESH}'")
    assert (whole["status"], unchanged["status"]) == (200, 304)
    body, at = replayed(address_of, unchanged["at"], f"{kept.gazette}{FRESH}")
    assert body == entity(kept, whole)
    assert at == digits(whole["at"])


def test_a_payload_that_came_twice_is_shown_from_the_segment_that_holds_it(kept: Kept, address_of: str) -> None:
    first, second = kept.captures(f"url = '{kept.gazette}{AGAIN}'")
    assert (first["record_type"], second["record_type"]) == ("response", "revisit")
    assert first["segment"] != second["segment"]
    body, at = replayed(address_of, second["at"], f"{kept.gazette}{AGAIN}")
    assert body == entity(kept, first)
    assert at == digits(second["at"])
