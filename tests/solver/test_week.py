"""The patient's week: which windows carry sessions, and where busy hours push them."""

from __future__ import annotations

import datetime as dt

from planner.domain.case import Busy, Case
from planner.domain.patient import Patient
from planner.solver.week import choose_slots, week_table
from tests.random_patients import random_patient

MONDAY = dt.date(2026, 11, 30)


def case(windows, *, busy=(), away=(), sessions=None, minutes=None, start=MONDAY, weeks=2):
    data = random_patient(1)
    data["episode"] = {"start": start, "weeks": weeks, "timezone": "UTC"}
    data["availability"] = {"windows": windows, "waking": "06:00", "away": list(away)}
    if sessions:
        data["availability"]["sessions_per_week"] = sessions
    if minutes:
        data["availability"]["session_minutes"] = minutes
    data["training"] = {"status": "novice"}
    data["goals"] = []
    return Case(Patient(**data), {}, busy=tuple(busy))


def window(day, start="18:00", end="18:45", place="home"):
    return {"day": day, "from": start, "to": end, "place": place}


def at(day, hour, minute=0):
    return dt.datetime.combine(MONDAY + dt.timedelta(days=day), dt.time(hour, minute))


def test_three_of_six_days_are_spread():
    slots = choose_slots(case([window(d) for d in ("mon", "tue", "wed", "thu", "fri", "sat")], sessions=3))
    assert [slot.window.day.value for slot in slots] in (
        ["mon", "wed", "fri"],
        ["tue", "thu", "sat"],
        ["mon", "wed", "sat"],
        ["mon", "thu", "sat"],
    )


def test_a_window_too_short_for_a_session_is_not_used():
    slots = choose_slots(case([window("mon", "18:00", "18:10"), window("wed")]))
    assert [slot.window.day.value for slot in slots] == ["wed"]


def test_weeks_run_from_the_start_date():
    # a Thursday start: Friday comes first, Monday in the same programme week after it
    table = week_table(case([window("mon"), window("fri")], start=dt.date(2026, 12, 3)), None)
    assert [table.occasions[1, slot.index].start.date() for slot in table.slots] == [
        dt.date(2026, 12, 4),
        dt.date(2026, 12, 7),
    ]


def test_a_busy_hour_moves_the_session_to_a_free_window_of_that_week():
    busy = [Busy(at(0, 17), at(0, 20))]
    table = week_table(case([window("mon"), window("fri"), window("wed")], busy=busy, sessions=2), None)
    monday = (
        next(slot for slot in table.slots if slot.window.day == "mon")
        if any(slot.window.day == "mon" for slot in table.slots)
        else None
    )
    for slot in table.slots:
        occasion = table.occasions[1, slot.index]
        assert not (
            occasion.start < busy[0].end and busy[0].start < occasion.start + dt.timedelta(minutes=occasion.minutes)
        )
    if monday is not None:
        assert table.occasions[1, monday.index].moved


def test_a_session_without_a_free_window_is_lost():
    table = week_table(case([window("mon")], busy=[Busy(at(0, 17), at(0, 20))]), None)
    assert table.lost(1) == {0}
    assert table.lost(2) == frozenset()


def test_a_busy_quarter_of_an_hour_shortens_the_session():
    table = week_table(case([window("mon")], busy=[Busy(at(0, 18), at(0, 18, 10))]), None)
    occasion = table.occasions[1, 0]
    assert (occasion.start, occasion.minutes) == (at(0, 18, 10), 35)


def test_days_away_have_no_sessions():
    away = [{"from": MONDAY, "to": MONDAY + dt.timedelta(days=6)}]
    assert week_table(case([window("mon"), window("fri")], away=away), None).lost(1) == {0, 1}


def test_a_session_starts_after_the_quiet_hours_where_there_is_room():
    table = week_table(case([window("mon", "07:00", "09:00")], minutes=45), dt.time(8, 0))
    assert table.occasions[1, 0].start.time() == dt.time(8, 0)


def test_session_minutes_cap_a_long_window():
    table = week_table(case([window("mon", "17:00", "20:00")], minutes=40), None)
    assert table.occasions[1, 0].minutes == 40
