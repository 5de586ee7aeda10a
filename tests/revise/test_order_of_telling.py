"""What a clinician says answers what was told by then: the order of telling decides, not the day."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planner.domain.log import Attendance, Log, LogEntry, Response
from planner.domain.programme import SessionKind
from planner.intake.log_words import site
from planner.revise.state import State, state_of
from tests.plans import programme_of

#: Two sessions after which symptoms stayed further down, the second on the day of check-in 1, and told in the evening.
TRAVELLED = Response(
    pain_before=3,
    site_before=site("buttock left"),
    site_after=site("thigh left"),
    site_after_30_minutes=site("thigh left"),
)
MONDAY, TUESDAY = dt.date(2026, 12, 7), dt.date(2026, 12, 8)
CHECK_IN: dict[str, Any] = {"check_in": "check-in-1", "by": "Dr A"}
CLEARED: dict[str, Any] = {"cleared": ("flexion",), "by": "Dr A"}


def lived(*more: tuple[dt.date, int, dict[str, Any]], told: tuple[dt.date, int] = (MONDAY, 20)) -> State:
    """The state on Tuesday; each entry more with its day, its hour and what it says."""
    case, programme = programme_of("a_flexion_intolerant")
    training = [one for one in programme.sessions if one.kind is SessionKind.TRAINING]
    first = next(one for one in training if one.slot == "w01-s3")
    second = next(one for one in training if one.slot == "w02-s1")
    assert second.start.date() == MONDAY
    held = [(first.start.date(), 20, {"slot": first.slot}), (*told, {"slot": second.slot})]
    entries = [
        *((day, hour, {**said, "done": Attendance.DONE, "response": TRAVELLED}) for day, hour, said in held),
        *more,
    ]
    zone = ZoneInfo(programme.timezone)
    log = Log(
        programme=programme.id,
        entries=tuple(
            LogEntry(id=f"e{n:04d}", written=dt.datetime.combine(day, dt.time(hour), zone), **said)
            for n, (day, hour, said) in enumerate(entries, 1)
        ),
    )
    return state_of(programme, log, case, TUESDAY)


def closed(state: State) -> bool:
    return any(halt.direction == "flexion" and halt.until is None for halt in state.halts)


@pytest.mark.parametrize(("day", "hour", "stands"), [(MONDAY, 12, True), (MONDAY, 21, False), (TUESDAY, 9, False)])
def test_what_is_allowed_again_at_noon_is_not_what_travelled_in_the_evening(
    day: dt.date, hour: int, stands: bool
) -> None:
    assert closed(lived((day, hour, CLEARED))) == stands
    assert closed(lived((day, hour, {**CLEARED, **CHECK_IN}))) == stands


def test_what_was_told_later_is_not_allowed_again_either() -> None:
    assert closed(lived((TUESDAY, 9, CLEARED), told=(TUESDAY, 10)))


@pytest.mark.parametrize(
    ("more", "stands"),
    [
        ([(MONDAY, 12, CHECK_IN)], True),
        # written down a day later, it was at noon all the same
        ([(TUESDAY, 9, CHECK_IN)], True),
        ([(MONDAY, 21, CHECK_IN)], False),
        ([(TUESDAY, 9, CLEARED)], False),
        # the morning after says nothing new of what was looked at
        ([(TUESDAY, 9, CLEARED), (TUESDAY, 10, {"slot": "w02-s1", "response": Response(pain_next_morning=2)})], False),
    ],
)
def test_a_call_that_an_evening_asks_for_is_not_answered_at_noon(
    more: list[tuple[dt.date, int, dict[str, Any]]], stands: bool
) -> None:
    said: list[tuple[dt.date, int, dict[str, Any]]] = [(day, hour, {"words": "so", **one}) for day, hour, one in more]
    assert (lived(*said).contact is not None) == stands
