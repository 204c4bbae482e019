# ruff: noqa: RUF001 - digits as pages print them

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.model import Stamp
from news.stamps import choose, printed_stamps, structured_stamp

LONDON = "Europe/London"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def printed(text: str, timezone: str = LONDON, **how: bool) -> tuple[Stamp, ...]:
    return printed_stamps(text, timezone=timezone, **how)


def structured(kind: str, text: str, source: str = "json-ld:datePublished", timezone: str = LONDON) -> Stamp:
    stamp = structured_stamp(kind, text, source=source, timezone=timezone)
    assert stamp is not None
    return stamp


def test_an_unedited_date_line_makes_one_published_stamp_with_its_words():
    (stamp,) = printed("1 December 2024, 07:14")
    assert stamp == Stamp(kind="published", at=utc(2024, 12, 1, 7, 14), text="1 December 2024, 07:14", source="printed")


def test_an_edited_date_line_makes_two_stamps():
    first, second = printed("1 December 2024, 07:14 | Updated: 1 December 2024, 09:23")
    assert (first.kind, first.at, first.text) == ("published", utc(2024, 12, 1, 7, 14), "1 December 2024, 07:14")
    assert (second.kind, second.at) == ("updated", utc(2024, 12, 1, 9, 23))
    assert second.text == "Updated: 1 December 2024, 09:23"


def test_white_space_in_the_words_is_folded_and_nothing_else():
    (stamp,) = printed("  1\u00a0December 2024,\n 07:14 ")
    assert stamp.text == "1 December 2024, 07:14"


def test_local_words_are_read_in_the_site_s_zone_also_in_summer():
    assert printed("1 July 2024, 07:14")[0].at == utc(2024, 7, 1, 6, 14)
    assert printed("1 July 2024, 07:14", "America/New_York")[0].at == utc(2024, 7, 1, 11, 14)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("5 March 2025 at 15:04 GMT", utc(2025, 3, 5, 15, 4)),
        ("5 July 2025 15:04 BST", utc(2025, 7, 5, 14, 4)),
        ("5 March 2025 15:04 CET", utc(2025, 3, 5, 14, 4)),
        ("5 July 2025 15:04 (CEST)", utc(2025, 7, 5, 13, 4)),
        ("March 5, 2025 3:04 p.m. EST", utc(2025, 3, 5, 20, 4)),
        ("July 5, 2025 at 3:04 PM ET", utc(2025, 7, 5, 19, 4)),
        ("March 5, 2025 3:04 PM PST", utc(2025, 3, 5, 23, 4)),
        ("2025-03-05 15:04 UTC", utc(2025, 3, 5, 15, 4)),
        ("5 March 2025 15:04 +05:30", utc(2025, 3, 5, 9, 34)),
    ],
)
def test_a_printed_zone_goes_before_the_site_s(text: str, at: datetime):
    assert printed(text)[0].at == at


@pytest.mark.parametrize(
    "text",
    [
        "Published: 3:04pm, 5 Mar 2025",
        "First published on Wednesday 5 March 2025 15.04 GMT",
        "5th March 2025 3.04pm",
        "March 5, 2025 15:04",
        "Veröffentlicht am 5. März 2025 um 15.04 Uhr",
        "05.03.2025, 15:04 Uhr",
        "Publié le 5 mars 2025 à 15h04",
        "Publicado: 5 de marzo de 2025 a las 15:04",
        "Pubblicato il 5 marzo 2025 alle 15.04",
        "Gepubliceerd op 5 mrt. 2025 om 15:04",
        "Publicado em 05/03/2025 15h04",
        "Opublikowano: 5 marca 2025, 15:04",
        "Publicerad 5 mars 2025 kl 15.04",
        "Publiceret 5. marts 2025 kl. 15.04",
        "نُشر في 5 مارس 2025 - 15:04",
        "الأربعاء ٥ مارس ٢٠٢٥ ٠٣:٠٤ م",
        "5 آذار 2025، 03:04 مساءً",
    ],
)
def test_published_is_read_in_many_languages(text: str):
    (stamp,) = printed(text)
    assert (stamp.kind, stamp.at) == ("published", utc(2025, 3, 5, 15, 4))


@pytest.mark.parametrize(
    "label",
    [
        "Last updated on 5 March 2025 at 15:04",
        "Updated15:04, 5 Mar 2025",
        "Aktualisiert am 5. März 2025 um 15.04 Uhr",
        "Stand: 05.03.2025, 15:04 Uhr",
        "Mis à jour le 5 mars 2025 à 15h04",
        "Actualizado: 5 mar 2025 - 15:04",
        "Aggiornato il 5 marzo 2025 alle 15.04",
        "Bijgewerkt 5 maart 2025 15:04",
        "Atualizado em 05/03/2025 15h04",
        "Aktualizacja: 05.03.2025 15:04",
        "Uppdaterad 5 mars 2025 kl 15.04",
        "Opdateret 5. marts 2025 kl. 15.04",
        "Oppdatert 5. mars 2025 kl. 15.04",
        "آخر تحديث: 5 مارس 2025 15:04",
    ],
)
def test_updated_is_read_in_many_languages(label: str):
    (stamp,) = printed(label)
    assert (stamp.kind, stamp.at) == ("updated", utc(2025, 3, 5, 15, 4))


def test_labels_glued_to_the_time_before_them_still_part_the_line():
    first, second = printed("15 oct 2024 - 08:22Actualizado: 15 oct 2024 - 17:38CEST", "Europe/Madrid")
    assert (first.at, second.kind, second.at) == (utc(2024, 10, 15, 6, 22), "updated", utc(2024, 10, 15, 15, 38))


def test_american_pages_put_the_month_before_the_day():
    assert printed("3/5/2025 15:04", month_first=True)[0].at == utc(2025, 3, 5, 15, 4)
    assert printed("3/5/2025 15:04")[0].at == utc(2025, 5, 3, 14, 4)


@pytest.mark.parametrize(
    "text", ["Updated 9 hours ago", "vor 3 Stunden", "il y a 2 heures", "just now", "hace 5 minutos", "منذ 5 دقائق"]
)
def test_relative_words_give_no_instant_and_are_kept(text: str):
    (stamp,) = printed(text)
    assert (stamp.at, stamp.text) == (None, text)


def test_a_day_without_a_time_of_day_is_no_instant():
    assert printed("5 March 2025")[0].at is None
    assert structured("published", "2025-03-05").at is None


@pytest.mark.parametrize("text", ["By Nell Ashworth", "Presenter 7am - 10am", "", "Read more: a story"])
def test_words_that_date_nothing_make_no_stamp(text: str):
    assert printed(text) == ()


def test_an_hour_that_london_lives_twice_leaves_two_candidates():
    (stamp,) = printed("27 October 2024, 01:30")
    assert stamp.at is None
    assert stamp.candidates == (utc(2024, 10, 27, 0, 30), utc(2024, 10, 27, 1, 30))


def test_a_structured_stamp_with_a_zone_settles_the_doubled_hour():
    words = printed("27 October 2024, 01:30")
    chosen = choose((*words, structured("published", "2024-10-27T01:30:44Z")))[0]
    assert (chosen.source, chosen.at, chosen.candidates) == ("printed", utc(2024, 10, 27, 1, 30), ())


def test_words_with_a_zone_settle_the_doubled_hour_themselves():
    assert printed("27 October 2024, 01:30 BST")[0].at == utc(2024, 10, 27, 0, 30)


def test_a_doubled_hour_that_nothing_settles_yields_to_a_structured_instant():
    words = printed("27 October 2024, 01:30")
    chosen = choose((*words, structured("published", "2024-10-27T09:00:00Z")))
    assert [stamp.source for stamp in chosen] == ["json-ld:datePublished", "printed"]


def test_a_stamp_of_another_kind_settles_nothing():
    words = printed("27 October 2024, 01:30")
    stamps = choose((*words, structured("updated", "2024-10-27T01:30:00Z", "json-ld:dateModified")))
    assert stamps[0].at is None


def test_an_hour_that_spring_skips_is_no_instant():
    (stamp,) = printed("31 March 2024, 01:30")
    assert (stamp.at, stamp.candidates) == (None, ())


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-03-05T15:04:00+01:00", utc(2025, 3, 5, 14, 4)),
        ("2025-03-05T15:04:00Z", utc(2025, 3, 5, 15, 4)),
        ("2025-07-05T15:04", utc(2025, 7, 5, 14, 4)),
        ("20250305T1504Z", utc(2025, 3, 5, 15, 4)),
        ("2025-03-05 15:04:00.123456789-0500", utc(2025, 3, 5, 20, 4, 0, 123456)),
        ("Wed, 05 Mar 2025 15:04:00 +0100", utc(2025, 3, 5, 14, 4)),
        ("Wed Mar 05 15:04:00 CET 2025", utc(2025, 3, 5, 14, 4)),
        ("1741187040", utc(2025, 3, 5, 15, 4)),
    ],
)
def test_structured_times_are_read(text: str, at: datetime):
    assert structured("published", text).at == at


@pytest.mark.parametrize("text", ["2025-13-05T15:04", "soon", "0000-00-00T00:00:00Z", "2025-02-30T10:00:00Z"])
def test_structured_nonsense_gives_no_instant_and_keeps_its_words(text: str):
    assert (structured("published", text).at, structured("published", text).text) == (None, text)


def test_printed_words_go_first_then_json_ld_meta_time_microdata():
    sources = ["microdata:datePublished", "time", "meta:article:published_time", "json-ld:datePublished"]
    stamps = [structured("published", "2024-12-01T07:14:00Z", source) for source in sources]
    chosen = choose((*stamps, *printed("1 December 2024, 07:14")))
    assert [stamp.source for stamp in chosen] == ["printed", *reversed(sources)]


def test_all_stamps_are_kept_and_repeats_once():
    stamp = structured("published", "2024-12-01T07:14:00Z")
    other = structured("published", "2024-12-01T08:00:00Z", "meta:date")
    assert choose((stamp, other, stamp)) == (stamp, other)


def test_a_structured_update_that_repeats_the_published_instant_is_no_update():
    stamps = choose(
        (
            *printed("1 December 2024, 07:14"),
            structured("published", "2024-12-01T07:14:05Z"),
            structured("updated", "2024-12-01T07:14:05Z", "json-ld:dateModified"),
        )
    )
    assert {stamp.kind for stamp in stamps} == {"published"}


def test_a_time_element_that_says_the_updated_instant_is_an_update_though_its_words_are_relative():
    published = structured("published", "2025-03-05T10:00:00Z")
    updated = structured("updated", "2025-03-05T12:00:00Z", "json-ld:dateModified")
    shown = structured("published", "2025-03-05T12:00:00Z", "time")
    chosen = choose([published, updated, shown])
    assert [(stamp.kind, stamp.source) for stamp in chosen] == [
        ("published", "json-ld:datePublished"),
        ("updated", "json-ld:dateModified"),
        ("updated", "time"),
    ]
    never = structured("updated", "2025-03-05T10:00:00Z", "json-ld:dateModified")
    shown = structured("published", "2025-03-05T10:00:00Z", "time")
    assert [stamp.kind for stamp in choose([published, never, shown])] == ["published", "published"]


def test_a_structured_update_that_is_later_is_listed():
    stamps = choose(
        (
            structured("published", "2024-12-01T07:14:05Z"),
            structured("updated", "2024-12-01T08:00:00Z", "json-ld:dateModified"),
        )
    )
    assert stamps[1].at == utc(2024, 12, 1, 8)


def test_where_the_zone_is_not_known_a_structured_stamp_shows_it():
    words = printed("1 December 2024, 09:14", "UTC")
    stamps = choose((*words, structured("published", "2024-12-01T09:14:31+02:00")), zone_known=False)
    assert (stamps[0].source, stamps[0].at) == ("printed", utc(2024, 12, 1, 7, 14))


def test_where_the_zone_is_known_a_structured_stamp_moves_nothing():
    words = printed("1 July 2024, 07:14")
    stamps = choose((*words, structured("published", "2024-07-01T07:14:00Z")))
    assert stamps[0].at == utc(2024, 7, 1, 6, 14)


@given(st.text(max_size=200))
def test_no_words_make_reading_fail(text: str):
    for stamp in choose(printed(text)):
        assert stamp.at is None or stamp.at.tzinfo is UTC


@given(st.text(max_size=60))
def test_no_structured_words_make_reading_fail(text: str):
    stamp = structured_stamp("updated", text, source="time", timezone=LONDON)
    assert stamp is None or stamp.text == " ".join(text.split())


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2060, 1, 1)))  # noqa: DTZ001
def test_what_london_prints_is_what_london_meant(local: datetime):
    (stamp,) = printed(f"{local.day} {local:%B %Y, %H:%M}")
    assert stamp.at is not None or len(stamp.candidates) in {0, 2}
    if stamp.at is not None:
        assert abs((stamp.at.replace(tzinfo=None) - local).total_seconds()) <= 3660
