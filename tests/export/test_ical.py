from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import builder
import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.exercise import Track
from planner.domain.log import Account, Attendance
from planner.domain.programme import Programme, SessionKind, Status
from planner.errors import InvalidInput
from planner.export.ical import MAX_BYTES, MAX_DESCRIPTION, calendar_bytes, escape, event_uid, fold
from planner.export.text import hold_notice, one_line, stop_list, traffic_light
from planner.export.vtimezone import load_zone

ZONES = ["Europe/Berlin", "Australia/Sydney", "America/New_York"]
STAMP = dt.datetime(2026, 3, 24, 8, tzinfo=dt.UTC)
IN_UTC = ["Africa/Cairo", "America/Nuuk", "Asia/Jerusalem", "UTC"]


# A reader that shares nothing with the writer: RFC 5545 in a few lines.
def read(data: bytes) -> list[dict[str, list[str]]]:
    """The events: values of each property, parameters kept with its name, TEXT unescaped; alarms apart."""
    text = data.decode()
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    lines = text.replace("\r\n ", "").split("\r\n")
    events: list[dict[str, list[str]]] = []
    inside: list[str] = []
    for line in lines[:-1]:
        name, _, value = line.partition(":")
        if name == "BEGIN":
            inside.append(value)
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert inside.pop() == value
        if inside and "VEVENT" in inside:
            key = name if inside[-1] == "VEVENT" else f"{inside[-1]}.{name}"
            events[-1].setdefault(key, []).append(unescape(value))
    assert not inside
    return events


def unescape(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "N": "\n"}.get(found[1], found[1]), value)


def by_slot(plan: Programme, **options: Any) -> dict[str, dict[str, list[str]]]:
    slots = {event_uid(plan, entry.slot): entry.slot for entry in builder.entries(plan)}
    return {slots[event["UID"][0]]: event for event in read(calendar_bytes(plan, **options))}


def changed(plan: Programme, slot: str, **update: Any) -> Programme:
    return plan.model_copy(
        update={"sessions": tuple(s.model_copy(update=update) if s.slot == slot else s for s in plan.sessions)}
    )


def instants(plan: Programme, zone: dt.tzinfo) -> set[tuple[str, dt.datetime, dt.datetime]]:
    return {
        (
            event_uid(plan, entry.slot),
            entry.start.replace(tzinfo=zone).astimezone(dt.UTC),
            entry.end.replace(tzinfo=zone).astimezone(dt.UTC),
        )
        for entry in builder.entries(plan)
    }


# -------------------------------------------------------------------- bytes
@pytest.mark.parametrize(
    ("name", "timezone", "options"),
    [
        ("draft_over_a_clock_change.ics", "Europe/Berlin", {}),
        ("neutral_without_alarm.ics", "Australia/Sydney", {"neutral_titles": True, "alarm_minutes": None}),
        ("in_utc_without_daily.ics", "Africa/Cairo", {"include_daily": False, "alarm_minutes": 60}),
    ],
)
def test_golden_bytes(
    name: str, timezone: str, options: dict[str, Any], same_as_snapshot: Callable[[bytes, str], None]
) -> None:
    same_as_snapshot(calendar_bytes(builder.programme(timezone), **options), name)


def test_the_same_programme_gives_the_same_bytes() -> None:
    plan = builder.programme()
    again = Programme.model_validate_json(plan.model_dump_json())
    assert calendar_bytes(plan) == calendar_bytes(plan) == calendar_bytes(again)


@pytest.mark.parametrize("timezone", [*ZONES, *IN_UTC])
@pytest.mark.parametrize("neutral", [False, True])
def test_lines_and_properties(timezone: str, neutral: bool) -> None:
    data = calendar_bytes(builder.programme(timezone), neutral_titles=neutral)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    names = {re.split("[;:]", line)[0] for line in data.decode().replace("\r\n ", "").split("\r\n")}
    assert not names & {"METHOD", "ORGANIZER", "ATTACH", "ATTENDEE", "RECURRENCE-ID", "RDATE", "EXDATE"}
    assert b"VTODO" not in data
    head = data.split(b"BEGIN:VEVENT")[0].split(b"BEGIN:VTIMEZONE")[0].decode()
    assert "VERSION:2.0\r\n" in head
    assert "UID" not in head
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT12H\r\n" in head
    assert "X-PUBLISHED-TTL:PT12H\r\n" in head
    assert f"X-WR-TIMEZONE:{timezone}\r\n" in head
    assert "\r\nNAME:" in head
    assert "\r\nX-WR-CALNAME:" in head


@pytest.mark.parametrize("timezone", [*ZONES, *IN_UTC])
def test_every_event_has_what_the_profile_asks_for(timezone: str) -> None:
    plan = builder.programme(timezone)
    events = read(calendar_bytes(plan))
    assert len(events) == len(plan.sessions) + len(plan.check_ins)
    uids = [event["UID"][0] for event in events]
    assert len(set(uids)) == len(uids)
    for event in events:
        for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED"):
            assert event[name] == ["20260220T000000Z"]
        for name in ("SEQUENCE", "SUMMARY", "DESCRIPTION", "STATUS", "CATEGORIES"):
            assert len(event[name]) == 1
        assert event["CLASS"] == ["PRIVATE"]
        assert len(event["DESCRIPTION"][0]) <= MAX_DESCRIPTION
        assert len(event["VALARM.ACTION"]) == 1
        assert event["VALARM.TRIGGER"] == ["-PT15M"]


# -------------------------------------------------------------------- time
@pytest.mark.parametrize("timezone", ZONES)
def test_utc_instants_equal_those_of_the_zone_over_a_clock_change(timezone: str) -> None:
    plan = builder.programme(timezone)
    zone = ZoneInfo(timezone)
    offsets = {s.start.replace(tzinfo=zone).utcoffset() for s in plan.sessions}
    assert len(offsets) == 2, "the fixture must span a change"
    calendar: Any = icalendar.Calendar.from_ical(calendar_bytes(plan))
    found = {
        (str(e["UID"]), e["DTSTART"].dt.astimezone(dt.UTC), e["DTEND"].dt.astimezone(dt.UTC))
        for e in calendar.walk("VEVENT")
    }
    assert found == instants(plan, zone)
    assert b"DTSTART;TZID=" in calendar_bytes(plan)


@pytest.mark.parametrize("timezone", IN_UTC)
def test_zones_without_a_plain_rule_are_written_in_utc(timezone: str) -> None:
    plan = builder.programme(timezone)
    data = calendar_bytes(plan)
    assert b"VTIMEZONE" not in data
    assert b"TZID" not in data
    found = {
        (event["UID"][0], *(dt.datetime.strptime(event[n][0], "%Y%m%dT%H%M%S%z") for n in ("DTSTART", "DTEND")))
        for event in read(data)
    }
    assert found == instants(plan, load_zone(timezone).info)


@pytest.mark.parametrize("timezone", [*ZONES, "Africa/Cairo"])
def test_round_trip_through_recurring_ical_events(timezone: str) -> None:
    plan = builder.programme(timezone)
    calendar: Any = icalendar.Calendar.from_ical(calendar_bytes(plan))
    found = recurring_ical_events.of(calendar).between(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    utc = {(str(e["UID"]), e["DTSTART"].dt.astimezone(dt.UTC), e["DTEND"].dt.astimezone(dt.UTC)) for e in found}
    assert len(found) == len(utc)
    assert utc == instants(plan, load_zone(timezone).info)


@pytest.mark.parametrize(
    ("update", "message"),
    [
        (
            {"start": dt.datetime(2026, 3, 29, 2, 30), "end": dt.datetime(2026, 3, 29, 4)},
            "does not exist in Europe/Berlin",
        ),
        ({"start": dt.datetime(2026, 3, 29, 1, 30), "end": dt.datetime(2026, 3, 29, 2, 30)}, "move it to 03:30"),
        ({"end": dt.datetime(2026, 3, 16, 17, 30)}, "must end after its start"),
        ({"start": dt.datetime(2026, 3, 16, 17, 30, tzinfo=dt.UTC)}, "carry no offset"),
    ],
)
def test_times_that_cannot_be_are_refused(update: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as refusal:
        calendar_bytes(changed(builder.programme(), "w01-s1", **update))
    assert "slot w01-s1" in str(refusal.value)


def test_unknown_zones_and_repeated_slots_are_refused() -> None:
    with pytest.raises(InvalidInput, match="not a time zone"):
        calendar_bytes(builder.programme(timezone="Mars/Olympus"))
    plan = builder.programme()
    with pytest.raises(InvalidInput, match="slot w01-d1-1 is used twice"):
        calendar_bytes(plan.model_copy(update={"sessions": (*plan.sessions, plan.sessions[0])}))


def test_a_programme_without_sessions_is_an_empty_calendar() -> None:
    plan = builder.programme().model_copy(update={"sessions": (), "check_ins": ()})
    assert read(calendar_bytes(plan)) == []


# -------------------------------------------------------------------- identity and status
def test_the_uid_follows_the_slot_and_nothing_else() -> None:
    plan = builder.programme()
    moved = changed(plan, "w01-s1", start=dt.datetime(2026, 3, 16, 6), place="gym", sequence=3)
    assert by_slot(moved)["w01-s1"]["UID"] == by_slot(plan)["w01-s1"]["UID"]
    assert by_slot(moved)["w01-s1"]["SEQUENCE"] == ["3"]
    assert event_uid(plan, "w01-s1") == "172e68b4-a5c0-5835-b5b6-432a6814ec3f"  # for ever
    other = plan.model_copy(update={"id": "another"})
    assert event_uid(other, "w01-s1") != event_uid(plan, "w01-s1")


def test_the_status_is_that_of_the_session() -> None:
    events = by_slot(builder.programme())
    assert events["w01-s1"]["STATUS"] == ["CONFIRMED"]
    assert events["w02-s1"]["STATUS"] == ["TENTATIVE"]
    assert "Provisional until check-in 1 on Mon 23 Mar." in events["w02-s1"]["DESCRIPTION"][0]
    assert "Provisional until check-in 2 on Mon 30 Mar." in events["w03-s3"]["DESCRIPTION"][0]
    assert "Provisional" not in events["w01-s3"]["DESCRIPTION"][0]
    confirmed = changed(builder.programme(), "w03-s3", status=Status.CONFIRMED)
    assert by_slot(confirmed)["w03-s3"]["STATUS"] == ["CONFIRMED"]


def test_a_cancelled_session_stays_and_says_so() -> None:
    plan = changed(builder.programme(), "w01-s2", status=Status.CANCELLED, sequence=1)
    event = by_slot(plan)["w01-s2"]
    assert event["STATUS"] == ["CANCELLED"]
    assert event["SUMMARY"] == ["Cancelled: Exercise session 2 of 9"]
    assert event["SEQUENCE"] == ["1"]
    assert event["TRANSP"] == ["TRANSPARENT"]
    assert "VALARM.ACTION" not in event
    assert event["DESCRIPTION"] == ["Draft, not yet signed by a clinician. This one is cancelled."]
    assert by_slot(plan, neutral_titles=True)["w01-s2"]["SUMMARY"] == ["Cancelled: Session 2 of 9"]


@pytest.mark.parametrize("status", [Status.DONE, Status.MISSED])
def test_the_past_rings_no_alarm(status: Status) -> None:
    event = by_slot(changed(builder.programme(), "w01-s1", status=status))["w01-s1"]
    assert event["STATUS"] == ["CONFIRMED"]
    assert "VALARM.ACTION" not in event


def test_alarms_are_the_users_choice() -> None:
    plan = builder.programme()
    assert all("VALARM.ACTION" not in event for event in read(calendar_bytes(plan, alarm_minutes=None)))
    assert {e["VALARM.TRIGGER"][0] for e in read(calendar_bytes(plan, alarm_minutes=0))} == {"PT0S"}
    for wrong in (-1, 10_081):
        with pytest.raises(ValueError, match="alarm_minutes"):
            calendar_bytes(plan, alarm_minutes=wrong)


def test_daily_work_is_one_event_a_day_that_says_how_often() -> None:
    plan = builder.programme()
    event = by_slot(plan)["w01-d2-1"]
    assert event["SUMMARY"] == ["Daily: Press-up (extension in lying) 6×, Walking"]
    assert "6 times today, spread out" in event["DESCRIPTION"][0]
    assert event["TRANSP"] == ["TRANSPARENT"]
    without = by_slot(plan, include_daily=False)
    assert set(without) == {s.slot for s in plan.sessions if s.kind is SessionKind.TRAINING} | {"c01", "c02"}


def test_check_ins_say_what_is_asked_and_decided() -> None:
    event = by_slot(builder.programme())["c01"]
    assert event["SUMMARY"] == ["Check-in 1 of 2"]
    for words in ("numbness between the legs", "Sessions done", "What it decides: Opens restore"):
        assert words in event["DESCRIPTION"][0]


# -------------------------------------------------------------------- words
def test_every_event_carries_the_draft_notice_until_it_is_signed() -> None:
    plan = changed(builder.programme(), "w01-s2", status=Status.CANCELLED)
    for options in ({}, {"neutral_titles": True}):
        assert all("Draft, not yet signed" in e["DESCRIPTION"][0] for e in read(calendar_bytes(plan, **options)))
        assert b"Draft" not in calendar_bytes(builder.signed(plan), **options)


def test_a_session_says_dose_warnings_and_what_to_do_before_its_gate() -> None:
    plan = builder.programme()
    text = by_slot(plan)["w02-s1"]["DESCRIPTION"][0]
    assert "2. Kettlebell deadlift from blocks: 3 × 8 at 16 kg" in text
    assert "- Only if check-in 1 was passed; otherwise: Dowel hip hinge: 2 × 8" in text
    assert "- Bad day: Brace in lying: 5 holds of 5 s" in text
    assert traffic_light(plan) in text
    assert stop_list() in text


def test_one_gate_for_all_is_said_once() -> None:
    plan = builder.programme()
    first = plan.sessions_of(2, SessionKind.TRAINING)[0]
    items = tuple(
        i.model_copy(update={"gate": "check-in-1", "fallback": builder.alternative("Easy walk", builder.minutes(5))})
        for i in first.items
    )
    text = by_slot(changed(plan, first.slot, items=items))[first.slot]["DESCRIPTION"][0]
    assert text.count("check-in 1 is passed") == 1
    assert text.count("- Not yet: Easy walk: 5 min") == 3


def test_a_cue_is_told_where_its_exercise_first_appears_and_only_there() -> None:
    texts = [event["DESCRIPTION"][0] for event in read(calendar_bytes(builder.programme()))]
    assert sum(text.count("- How: ") for text in texts) == 5
    assert texts[0].count("- How: ") == 2  # the daily work of the first day
    assert texts[1].count("- How: ") == 3


def test_cues_that_find_no_room_wait_for_the_next_session() -> None:
    rows = tuple(
        builder.item(f"Exercise {n}", Track.ROW, builder.repetitions(8, load=10), cue="Breathe. " * 80)
        for n in range(4)
    )
    plan = builder.programme()
    plan = plan.model_copy(
        update={
            "sessions": tuple(
                s.model_copy(update={"items": rows}) for s in plan.sessions if s.kind is SessionKind.TRAINING
            )
        }
    )
    events = by_slot(plan)
    told = [events[f"w01-s{n}"]["DESCRIPTION"][0] for n in (1, 2, 3)]
    assert all(len(text) <= MAX_DESCRIPTION for text in told)
    assert [text.count("- How: ") for text in told] == [2, 2, 0]
    assert all(f"{n + 1}. Exercise {n}: 1 × 8 at 10 kg" in text for text in told for n in range(4))


def test_what_stops_a_session_is_never_cut() -> None:
    rows = tuple(
        builder.item(
            f"An exercise with a name of nearly sixty characters, number {n}", Track.ROW, builder.holds(6, 4, 2)
        )
        for n in range(40)
    )
    text = by_slot(changed(builder.programme(), "w01-s1", items=rows))["w01-s1"]["DESCRIPTION"][0]
    assert len(text) <= MAX_DESCRIPTION
    assert "… the rest is in your plan." in text
    assert text.endswith(stop_list(brief=True))


def test_neutral_mode_says_nothing_about_health() -> None:
    plan = builder.programme()
    data = calendar_bytes(plan, neutral_titles=True)
    events = read(data)
    assert {e["DESCRIPTION"][0] for e in events} == {"Draft, not yet signed. Details are in your plan."}
    titles = {f"Session {n} of 9" for n in range(1, 10)} | {"Daily session", "Check-in 1 of 2", "Check-in 2 of 2"}
    assert {e["SUMMARY"][0] for e in events} == titles
    assert {e["VALARM.DESCRIPTION"][0] for e in events} == titles
    assert all("LOCATION" not in e for e in events)
    words = data.decode().replace("\r\n ", "").lower()
    names = {i.name for s in plan.sessions for i in s.items} | {
        a.name for s in plan.sessions for i in s.items for a in (i.easier, i.fallback) if a is not None
    }
    for secret in (*names, plan.patient, "exercise", "pain", "clinic", "rpe", "restore", "numb"):
        assert secret.lower() not in words


# -------------------------------------------------------------------- size
@pytest.mark.slow
def test_a_year_of_six_sessions_a_week_stays_below_a_megabyte() -> None:
    plan = builder.large_programme()
    assert sum(s.kind is SessionKind.TRAINING for s in plan.sessions) == 52 * 6
    assert all(len(s.items) == 8 for s in plan.sessions if s.kind is SessionKind.TRAINING)
    data = calendar_bytes(plan)
    assert len(data) < MAX_BYTES
    assert data == calendar_bytes(plan)
    events = by_slot(plan)
    for session in plan.sessions:
        text = events[session.slot]["DESCRIPTION"][0]
        assert len(text) <= MAX_DESCRIPTION
        assert all(f"{one_line(item.name)}:" in text for item in session.items)
        assert traffic_light(plan, brief=True) in text
        assert stop_list(brief=True) in text
        if session.items[0].gate:
            assert "Only after check-in 3 is passed; until then your plan says what to do instead." in text


def test_an_ordinary_quarter_is_told_in_full() -> None:
    data = calendar_bytes(builder.large_programme(weeks=12, per_week=3, items=6))
    assert len(data) < MAX_BYTES / 3
    texts = [e["DESCRIPTION"][0] for e in read(data) if e["CATEGORIES"] == ["EXERCISE"]]
    assert all("- Bad day: " in text for text in texts)


# -------------------------------------------------------------------- any text
def test_control_characters_are_stripped() -> None:
    plan = builder.programme()
    item = plan.sessions_of(1, SessionKind.TRAINING)[0].items[0]
    rows = (item.model_copy(update={"name": "He\x00el\x07 \x1b[31mtap\r\nEND:VEVENT\x85", "cue": "a\x0bb\u2028c"}),)
    data = calendar_bytes(changed(plan, "w01-s1", items=rows, place="ho\nme"))
    assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", data)
    text = data.decode()
    assert "\x85" not in text
    assert len(text.splitlines()) == text.count("\r\n")
    event = next(e for e in read(data) if e["UID"] == [event_uid(plan, "w01-s1")])
    assert "1. Heel [31mtap END:VEVENT: 2 × 6" in event["DESCRIPTION"][0]
    assert event["LOCATION"] == ["ho me"]


_words = st.text(
    st.one_of(st.sampled_from(",;:\\\n\r\t\"'^nN éß漢字🏋️‍♀️👩‍⚕️\u2028\x0b\x85"), st.characters(codec="utf-8")),
    max_size=120,
)


@given(name=_words, cue=_words, note=_words, place=_words, question=_words)
@settings(max_examples=60)
def test_any_text_survives(name: str, cue: str, note: str, place: str, question: str) -> None:
    plan = builder.programme("Australia/Sydney", weeks=2)
    item = plan.sessions_of(1, SessionKind.TRAINING)[0].items[0]
    rows = (item.model_copy(update={"name": name, "cue": cue, "days_note": note, "exercise": "made_up"}),)
    plan = changed(plan, "w01-s1", items=rows, place=place)
    check = plan.check_ins[0].model_copy(update={"questions": (question,)})
    plan = plan.model_copy(update={"check_ins": (check, *plan.check_ins[1:])})
    data = calendar_bytes(plan)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert len(data.decode().splitlines()) == data.count(b"\r\n")
    events = by_slot(plan)
    assert len(events) == len(plan.sessions) + len(plan.check_ins)
    event = events["w01-s1"]
    assert one_line(f"1. {name}: 2 × 6") in event["DESCRIPTION"][0]
    assert one_line(cue) in event["DESCRIPTION"][0]
    assert one_line(note) in event["DESCRIPTION"][0]
    assert event.get("LOCATION", [""]) == [one_line(place)]
    assert one_line(question) in events["c01"]["DESCRIPTION"][0]
    read_back: Any = icalendar.Calendar.from_ical(data)
    assert len(read_back.walk("VEVENT")) == len(events)
    again = next(e for e in read_back.walk("VEVENT") if str(e["UID"]) == event["UID"][0])
    if "\\" not in name + cue + note:  # icalendar 7 reads an escaped backslash before n as a newline
        assert str(again["DESCRIPTION"]) == event["DESCRIPTION"][0]


@given(_words)
def test_escaping_is_undone_by_unescaping(words: str) -> None:
    escaped = escape(words)
    assert "\n" not in escaped
    assert escape(unescape(escaped)) == escaped


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=400))
def test_folding_is_undone_by_unfolding(line: str) -> None:
    folded = fold(line)
    assert folded.endswith("\r\n")
    assert folded[:-2].replace("\r\n ", "") == line
    assert all(len(part.encode()) <= 75 for part in folded.split("\r\n"))


def test_sessions_are_counted_with_the_cancelled_ones() -> None:
    """So that a cancellation renumbers nothing."""
    plan = changed(builder.programme(), "w01-s1", status=Status.CANCELLED)
    assert by_slot(plan)["w01-s2"]["SUMMARY"] == ["Exercise session 2 of 9"]


# -------------------------------------------------------------------- revisions
def living(**more: Any) -> Programme:
    """A third revision: one session done, one in part, one missed, one struck out; a check-in held."""
    plan = builder.signed(builder.programme())
    for slot, update in (
        ("w01-s1", {"status": Status.DONE, "account": Account(slot="w01-s1", done=Attendance.DONE)}),
        ("w01-s2", {"status": Status.MISSED, "account": Account(slot="w01-s2", done=Attendance.MISSED)}),
        ("w01-s3", {"status": Status.DONE, "account": Account(slot="w01-s3", done=Attendance.PARTLY)}),
        ("w02-s2", {"status": Status.CANCELLED, "sequence": 1, "modified": STAMP, "items": ()}),
    ):
        plan = changed(plan, slot, **update)
    held = plan.check_ins[0].model_copy(update={"status": Status.DONE, "passed": True})
    given = {
        "revision": 3,
        "created": plan.stamp,
        "stamp": STAMP,
        "planned_from": dt.date(2026, 3, 24),
        "check_ins": (held, plan.check_ins[1]),
        **more,
    }
    return plan.model_copy(update=given)


def test_golden_bytes_of_a_living_programme(same_as_snapshot: Callable[[bytes, str], None]) -> None:
    same_as_snapshot(calendar_bytes(living(), include_daily=False), "done_missed_and_cancelled.ics")


def test_created_once_and_modified_when_it_changed() -> None:
    events = by_slot(living())
    assert {e["DTSTAMP"][0] for e in events.values()} == {"20260324T080000Z"}
    assert {e["CREATED"][0] for e in events.values()} == {"20260220T000000Z"}
    assert events["w02-s2"]["LAST-MODIFIED"] == ["20260324T080000Z"]
    assert {e["LAST-MODIFIED"][0] for slot, e in events.items() if slot != "w02-s2"} == {"20260220T000000Z"}


def test_the_past_says_what_became_of_it_without_blame() -> None:
    events = by_slot(living())
    titles = [events[slot]["SUMMARY"][0] for slot in ("w01-s1", "w01-s2", "w01-s3", "w02-s1")]
    assert titles == [
        "Done: Exercise session 1 of 9",
        "Exercise session 2 of 9",
        "Done: Exercise session 3 of 9",
        "Exercise session 4 of 9",
    ]
    assert "Not done, and that is fine: your plan has taken it into account." in events["w01-s2"]["DESCRIPTION"][0]
    assert "Done in part, and that counts." in events["w01-s3"]["DESCRIPTION"][0]
    assert events["c01"]["SUMMARY"] == ["Done: Check-in 1 of 2"]
    for slot in ("w01-s1", "w01-s2", "w01-s3", "w02-s2", "c01"):
        assert "VALARM.ACTION" not in events[slot]
    assert by_slot(living(), neutral_titles=True)["w01-s1"]["SUMMARY"] == ["Done: Session 1 of 9"]


def test_a_check_in_has_the_number_of_its_id() -> None:
    """So that it is the one that every gate names, wherever it moves."""
    plan = builder.programme()
    plan = plan.model_copy(update={"check_ins": plan.check_ins[1:]})
    assert by_slot(plan)["c02"]["SUMMARY"] == ["Check-in 2 of 2"]


def test_on_hold_nothing_is_to_be_done() -> None:
    plan = living(frozen="You told us of something new; it has to be looked at first.")
    events = by_slot(plan)
    ahead = [s for s in plan.sessions if s.start.date() >= dt.date(2026, 3, 24) and s.status is not Status.CANCELLED]
    assert len(ahead) == 17
    for session in ahead:
        event = events[session.slot]
        assert event["SUMMARY"][0].startswith("On hold: ")
        assert hold_notice(plan) in event["DESCRIPTION"][0]
        assert "something new" in event["DESCRIPTION"][0]
        assert stop_list() in event["DESCRIPTION"][0]
        assert "VALARM.ACTION" not in event
        assert not any(item.name in event["DESCRIPTION"][0] for item in session.items)
    struck = events["w02-s2"]["DESCRIPTION"][0]
    assert struck == f"{hold_notice(plan)} {plan.frozen} This one is cancelled."
    assert hold_notice(plan) in events["c02"]["DESCRIPTION"][0]
    assert "VALARM.ACTION" in events["c02"]  # the contact that everything waits for
    assert hold_notice(plan) not in events["w01-s1"]["DESCRIPTION"][0]
    neutral = by_slot(plan, neutral_titles=True)
    assert neutral["w03-s1"]["SUMMARY"] == ["On hold: Session 7 of 9"]
    assert "On hold until you have been contacted." in neutral["w03-s1"]["DESCRIPTION"][0]
    assert b"something new" not in calendar_bytes(plan, neutral_titles=True)


def test_every_event_of_an_unsigned_revision_says_so() -> None:
    plan = living(approval=None, frozen="Wait.")
    assert all("Draft, not yet signed" in e["DESCRIPTION"][0] for e in read(calendar_bytes(plan)))
