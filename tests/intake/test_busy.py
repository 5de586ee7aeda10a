"""Busy hours out of calendars as phones and offices write them."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.case import Busy
from planner.errors import InvalidInput
from planner.intake.busy import parse_busy, read_busy

SYDNEY = ZoneInfo("Australia/Sydney")
BERLIN = ZoneInfo("Europe/Berlin")


def calendar(*events: str) -> bytes:
    body = "".join(
        f"BEGIN:VEVENT\nUID:{i}\nDTSTAMP:20260101T000000Z\n{event.strip()}\nEND:VEVENT\n"
        for i, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{body}END:VCALENDAR\n".encode()


def busy(
    *events: str, zone: ZoneInfo = SYDNEY, first: dt.date = dt.date(2026, 3, 2), days: int = 28
) -> list[tuple[str, str]]:
    found = parse_busy(calendar(*events), "work.ics", zone=zone, first=first, days=days)
    return [(f"{one.start:%m-%d %H:%M}", f"{one.end:%m-%d %H:%M}") for one in found]


def test_utc_becomes_local_time() -> None:
    assert busy("DTSTART:20260303T070000Z\nDTEND:20260303T080000Z") == [("03-03 18:00", "03-03 19:00")]


def test_a_zone_of_its_own() -> None:
    event = "DTSTART;TZID=Europe/Berlin:20260303T090000\nDURATION:PT1H30M"
    assert busy(event) == [("03-03 19:00", "03-03 20:30")]


def test_an_outlook_zone_name() -> None:
    event = (
        "DTSTART;TZID=AUS Eastern Standard Time:20260303T090000\nDTEND;TZID=AUS Eastern Standard Time:20260303T100000"
    )
    assert busy(event) == [("03-03 09:00", "03-03 10:00")]


def test_a_floating_time_is_the_patients_own() -> None:
    assert busy("DTSTART:20260303T090000\nDTEND:20260303T100000") == [("03-03 09:00", "03-03 10:00")]


def test_an_all_day_event_takes_the_day() -> None:
    assert busy("DTSTART;VALUE=DATE:20260303") == [("03-03 00:00", "03-04 00:00")]
    assert busy("DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260305") == [("03-03 00:00", "03-05 00:00")]


def test_free_and_cancelled_events_are_left_out() -> None:
    times = "DTSTART:20260303T090000\nDTEND:20260303T100000"
    assert busy(f"{times}\nTRANSP:TRANSPARENT", f"{times}\nSTATUS:CANCELLED") == []
    assert len(busy(f"{times}\nTRANSP:OPAQUE\nSTATUS:CONFIRMED")) == 1


def test_a_weekly_event_is_expanded_inside_the_span() -> None:
    event = "DTSTART:20260101T090000\nDTEND:20260101T100000\nRRULE:FREQ=WEEKLY"
    assert [start for start, _ in busy(event)] == ["03-05 09:00", "03-12 09:00", "03-19 09:00", "03-26 09:00"]


def test_a_weekly_event_keeps_its_clock_time_over_a_change_of_the_clocks() -> None:
    event = "DTSTART;TZID=Europe/Berlin:20260324T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2"
    assert [start for start, _ in busy(event, zone=BERLIN, days=40)] == ["03-24 09:00", "03-31 09:00"]
    # Berlin goes forward on 29 March, Sydney back on 5 April: ten hours apart before, nine after
    assert [start for start, _ in busy(event, zone=SYDNEY, days=40)] == ["03-24 19:00", "03-31 18:00"]


def test_exceptions_of_a_series() -> None:
    series = "DTSTART:20260303T090000\nDTEND:20260303T100000\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20260310T090000"
    assert [start for start, _ in busy(series)] == ["03-03 09:00", "03-17 09:00"]


def test_a_moved_and_a_cancelled_occurrence() -> None:
    def one(content: str) -> str:
        return f"BEGIN:VEVENT\nUID:s\nDTSTAMP:20260101T000000Z\n{content}\nEND:VEVENT\n"

    data = (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n"
        + one("DTSTART:20260303T090000\nDTEND:20260303T100000\nRRULE:FREQ=WEEKLY;COUNT=3")
        + one("RECURRENCE-ID:20260310T090000\nDTSTART:20260311T140000\nDTEND:20260311T150000")
        + one("RECURRENCE-ID:20260317T090000\nDTSTART:20260317T090000\nDTEND:20260317T100000\nSTATUS:CANCELLED")
        + "END:VCALENDAR\n"
    )
    found = parse_busy(data.encode(), "w.ics", zone=SYDNEY, first=dt.date(2026, 3, 2), days=28)
    assert [f"{one.start:%m-%d %H:%M}" for one in found] == ["03-03 09:00", "03-11 14:00"]


def test_overlaps_are_merged_and_cut_to_the_span() -> None:
    assert busy(
        "DTSTART:20260301T220000\nDTEND:20260302T010000",
        "DTSTART:20260303T090000\nDTEND:20260303T100000",
        "DTSTART:20260303T093000\nDTEND:20260303T110000",
        "DTSTART:20260303T110000\nDTEND:20260303T113000",
        "DTSTART:20260329T230000\nDTEND:20260330T020000",
        "DTSTART:20260403T090000\nDTEND:20260403T100000",
        "DTSTART:20260304T090000\nDTEND:20260304T090000",
    ) == [("03-02 00:00", "03-02 01:00"), ("03-03 09:00", "03-03 11:30"), ("03-29 23:00", "03-30 00:00")]


def test_an_hour_that_the_clocks_repeat_is_not_lost() -> None:
    # 5 April 2026, Sydney: 02:30 daylight time to 02:15 standard time is 45 minutes
    event = "DTSTART:20260404T153000Z\nDTEND:20260404T161500Z"
    assert busy(event, first=dt.date(2026, 4, 1)) == [("04-05 02:30", "04-05 03:15")]


def test_two_calendars_in_one_file() -> None:
    data = calendar("DTSTART:20260303T090000\nDURATION:PT1H") + calendar("DTSTART:20260304T090000\nDURATION:PT1H")
    assert len(parse_busy(data, "w.ics", zone=SYDNEY, first=dt.date(2026, 3, 2), days=28)) == 2


def test_an_empty_calendar() -> None:
    assert busy() == []


EVENT_FAULTS = {
    "no_start": ("SUMMARY:lunch", "has no start (DTSTART)"),
    "garbage_start": ("DTSTART:soon", "has a DTSTART that cannot be understood"),
    "garbage_rule": ("DTSTART:20260303T090000\nRRULE:FREQ=NEVER", "has a RRULE that cannot be understood"),
    "unknown_zone": ("DTSTART;TZID=Nowhere/Land:20260303T090000", "is in a time zone that is not known: Nowhere/Land"),
    "every_second": ("DTSTART:20260303T090000\nRRULE:FREQ=SECONDLY", "repeats more often than once a day"),
    "every_second_by_list": (
        "DTSTART:20260303T090000\nRRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5",
        "repeats more than 24 times a day",
    ),
    "interval_nought": ("DTSTART:20260303T090000\nRRULE:FREQ=DAILY;INTERVAL=0", "repeats at an interval below 1"),
}


@pytest.mark.parametrize("name", EVENT_FAULTS)
def test_a_bad_event_is_named_by_its_line(name: str) -> None:
    event, said = EVENT_FAULTS[name]
    with pytest.raises(InvalidInput) as caught:
        busy("DTSTART:20260303T090000", event)
    assert str(caught.value).startswith("work.ics:9: this event ")
    assert said in str(caught.value)


FILE_FAULTS = {
    "empty": (b"", "work.ics:1: is not a calendar: an .ics file begins with BEGIN:VCALENDAR"),
    "text": (b"milk, eggs", "work.ics:1: is not a calendar"),
    "html": (b"<!DOCTYPE html>", "work.ics:1: is not a calendar"),
    "binary": (b"\xff\xfe\x00", "work.ics: is not a calendar: not UTF-8 text"),
    "cut_off": (b"BEGIN:VCALENDAR\nVERSION:2.0\n", "work.ics:1: is not a whole calendar: END:VCALENDAR is missing"),
    "bad_line": (b"BEGIN:VCALENDAR\nVERSION:2.0\nfoo bar\nEND:VCALENDAR\n", "work.ics:3: is not a whole calendar"),
}


@pytest.mark.parametrize("name", FILE_FAULTS)
def test_what_is_not_a_calendar(name: str) -> None:
    data, said = FILE_FAULTS[name]
    with pytest.raises(InvalidInput) as caught:
        parse_busy(data, "work.ics", zone=SYDNEY, first=dt.date(2026, 3, 2), days=7)
    assert str(caught.value).startswith(said)


def test_a_missing_calendar(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="does not exist"):
        read_busy(tmp_path / "work.ics", zone=SYDNEY, first=dt.date(2026, 3, 2), days=7)


LINES = st.sampled_from(
    [
        "DTSTART:20260303T090000",
        "DTSTART;VALUE=DATE:20260303",
        "DTSTART:",
        "DTSTART;TZID=Asia/Tokyo:20260303T090000",
        "DTEND:20260303T100000Z",
        "DTEND;VALUE=DATE:20260302",
        "DURATION:-PT1H",
        "DURATION:x",
        "DURATION:P1D",
        "RRULE:FREQ=WEEKLY;COUNT=2",
        "RRULE:FREQ=WEEKLY;UNTIL=20260320",
        "RRULE:",
        "RRULE:FREQ=MONTHLY;BYDAY=5FR",
        "RDATE:20260310T090000",
        "RDATE;VALUE=PERIOD:20260305T090000/PT2H",
        "EXDATE;VALUE=DATE:20260303",
        "EXDATE:x",
        "RECURRENCE-ID:20260303T090000",
        "TRANSP:",
        "STATUS:TENTATIVE",
        "UID:0",
        "UID:",
        "SUMMARY",
        "X;;=:1",
        "END:VEVENT",
    ]
)


@given(st.lists(st.lists(LINES, max_size=6), max_size=3))
def test_any_calendar_gives_busy_hours_or_faults(events: list[list[str]]) -> None:
    data = calendar(*("\n".join(lines) for lines in events))
    try:
        found = parse_busy(data, "work.ics", zone=SYDNEY, first=dt.date(2026, 3, 2), days=28)
    except InvalidInput as error:
        assert error.faults
    else:
        assert all(one.start < one.end for one in found)
        assert all(one.end < other.start for one, other in itertools.pairwise(found))
        assert all(isinstance(one, Busy) and one.start.tzinfo is None for one in found)
