from __future__ import annotations

import datetime as dt
import io
import zoneinfo
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from planner.export.vtimezone import Zone, load_zone, parse_footer, resolve_local, to_utc, utc_offset

FIRST, LAST = dt.datetime(2026, 1, 5), dt.datetime(2027, 1, 4)

PLAIN = [
    "Europe/Berlin",
    "Australia/Sydney",
    "America/New_York",
    "Europe/Dublin",  # its footer calls the winter time the exception
    "Australia/Lord_Howe",  # half an hour
    "Asia/Kolkata",  # no change
    "America/Phoenix",
    "Pacific/Chatham",  # +12:45
    "Atlantic/Azores",  # onset at midnight
]


@pytest.mark.parametrize("key", PLAIN)
def test_the_definition_agrees_with_the_zone_hour_by_hour(key: str) -> None:
    """dateutil reads the VTIMEZONE; it knows nothing of how it was made."""
    zone = load_zone(key)
    lines = zone.vtimezone(FIRST, LAST)
    assert lines is not None
    read = tzical(io.StringIO("\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""]))).get(key)
    assert read is not None
    for hour in range(366 * 24):
        local = FIRST + dt.timedelta(hours=hour)
        if resolve_local(local, zone.info)[1]:
            continue  # skipped by the clock
        both = {local.replace(tzinfo=zone.info, fold=fold).utcoffset() for fold in (0, 1)}
        assert local.replace(tzinfo=read).utcoffset() in both


def test_the_lines_of_a_plain_zone() -> None:
    assert load_zone("Europe/Berlin").vtimezone(FIRST, LAST) == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Berlin",
        "BEGIN:DAYLIGHT",
        "DTSTART:19700329T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:19701025T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


def test_the_greater_offset_is_the_daylight_one() -> None:
    lines = load_zone("Europe/Dublin").vtimezone(FIRST, LAST) or []
    daylight = lines[lines.index("BEGIN:DAYLIGHT") : lines.index("END:DAYLIGHT")]
    assert "TZNAME:IST" in daylight
    assert "TZOFFSETTO:+0100" in daylight


@pytest.mark.parametrize(
    "footer",
    [
        "",
        "EET-2EEST,M4.5.5/0,M10.5.4/24",  # Cairo: 24:00
        "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",  # Nuuk: the day before
        "EET-2EEST,M3.4.4/50,M10.4.4/50",  # Gaza: two days later
        "EST5EDT,J60,J300",
        "EST5EDT,M13.1.0,M10.1.0",
        "CET-1CEST",
    ],
)
def test_footers_that_are_not_plain(footer: str) -> None:
    assert parse_footer(footer) is None


@pytest.mark.parametrize("key", ["Africa/Cairo", "Asia/Gaza", "America/Nuuk"])
def test_zones_without_a_plain_footer_are_written_in_utc(key: str) -> None:
    assert load_zone(key).vtimezone(FIRST, LAST) is None


@pytest.mark.parametrize("key", ["UTC", "Etc/UTC", "Etc/GMT", "Africa/Abidjan"])
def test_zones_that_are_utc_need_no_definition(key: str) -> None:
    assert load_zone(key).vtimezone(FIRST, LAST) is None


def test_zones_that_differ_from_their_footer_are_written_in_utc_while_they_do() -> None:
    """As Casablanca does in every Ramadan; made by hand, because the tz database changes."""
    berlin = load_zone("Europe/Berlin")
    head = berlin.data.rsplit(b"\n", 2)[0]
    # transitions up to 2037 are in the file when it is fat; a slim one follows the footer
    assert berlin.footer is not None
    stubborn = Stubborn(berlin.key, head + b"\nCET-1\n")
    assert stubborn.vtimezone(dt.datetime(2026, 11, 2), dt.datetime(2027, 2, 1)) is not None
    assert stubborn.vtimezone(dt.datetime(2026, 3, 2), dt.datetime(2026, 4, 20)) is None
    assert stubborn.vtimezone(dt.datetime(2026, 6, 1), dt.datetime(2026, 7, 1)) is None


class Stubborn(Zone):
    """A zone whose clock is Berlin's, whatever its footer says."""

    info = load_zone("Europe/Berlin").info


@pytest.mark.parametrize("key", ["Africa/Casablanca", "America/Vancouver", "America/Havana", "America/Winnipeg"])
def test_restless_zones_agree_with_their_definition_or_have_none(key: str) -> None:
    zone = load_zone(key)
    footer = zone.footer
    assert footer is not None
    differs = any(
        footer.offset_at(FIRST + dt.timedelta(hours=h)) != utc_offset(FIRST + dt.timedelta(hours=h), zone.info)
        for h in range(364 * 24)
    )
    assert (zone.vtimezone(FIRST, LAST) is None) == differs


def test_local_times_that_do_not_exist_are_shifted() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    skipped = dt.datetime(2026, 3, 29, 2, 30)
    assert resolve_local(skipped, berlin) == (dt.datetime(2026, 3, 29, 3, 30), True)
    twice = dt.datetime(2026, 10, 25, 2, 30)
    assert resolve_local(twice, berlin) == (twice, False)
    assert to_utc(twice, berlin) == dt.datetime(2026, 10, 25, 0, 30)  # the first of the two
    plain = dt.datetime(2026, 5, 1, 9)
    assert resolve_local(plain, berlin) == (plain, False)


@given(st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2040, 1, 1)), st.sampled_from(PLAIN))
def test_resolved_times_exist_and_stay(moment: dt.datetime, key: str) -> None:
    zone = load_zone(key).info
    there, shifted = resolve_local(moment, zone)
    assert resolve_local(there, zone) == (there, False)
    assert shifted == (there != moment)
    assert dt.timedelta() <= there - moment <= dt.timedelta(hours=1)


@pytest.mark.parametrize(
    "key", ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "America", "Europe/Berlin/", "tzdata.zi"]
)
def test_unknown_zones_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match="is not a time zone"):
        load_zone(key)


def test_zones_are_found_where_zoneinfo_looks_when_the_package_lacks_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Home").write_bytes(load_zone("Europe/Berlin").data)
    monkeypatch.setattr(zoneinfo, "TZPATH", (str(tmp_path),))
    load_zone.cache_clear()
    home = load_zone("Home")
    assert home == replace(load_zone("Europe/Berlin"), key="Home")
    load_zone.cache_clear()
