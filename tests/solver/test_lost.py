"""Sessions lost to days away: what a climb loses by them, and what counts of the weeks in which they lie."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from planner.domain.log import Log, LogEntry
from planner.domain.patient import Away
from planner.domain.programme import Session, SessionKind
from planner.plan import make_programme
from planner.revise.replan import finished, replan, stamp_of
from planner.solver.columns import Conditions, State, enumerate_columns, paths
from planner.solver.ladders import Ladder
from planner.verify import verify
from tests.plans import NO_PROVENANCE, case_of, programme_of
from tests.solver.tiny import ladder, rung


def climb_of(rungs: int, *, needs: int) -> Ladder:
    """Four weeks of a climb that is open all the time."""
    made = [
        rung(n, rungs - 1, slots=(0, 1, 2), weeks=range(1, 5), progress=n / rungs, needs=needs) for n in range(rungs)
    ]
    return ladder("t0", tuple(made), weight=1, frequency=(1, 2, 3), weeks=4)


def test_a_lost_session_moves_nothing() -> None:
    climb = climb_of(4, needs=2)
    # stood once: the second session of three is lost, so only the third may be followed by a step
    found = paths(climb, 0, 1, 3, 1, still=False, gone=frozenset({1}))
    assert (0, 0, 1) in {rungs for rungs, _, _ in found}
    assert all(rungs[1] == rungs[0] for rungs, _, _ in found)
    assert not any(rungs[:2] == (0, 1) for rungs, _, _ in found)


def test_nobody_knows_which_session_is_lost() -> None:
    climb = climb_of(4, needs=1)
    conditions = Conditions(lambda week: 0, lambda week: False, lambda week: int(week == 1), None, lambda r, w: 2)
    known = replace(conditions, gone=lambda week, frequency: frozenset({0}))
    start = State(0, 1, 2, 4)
    assert {c.after.rung for c in enumerate_columns(climb, conditions, (2,), start)[1]} == {0}
    assert {c.after.rung for c in enumerate_columns(climb, known, (2,), start)[1]} == {0, 1}


@pytest.mark.parametrize("name", ["a_flexion_intolerant", pytest.param("g_time_poor", marks=pytest.mark.slow)])
def test_a_weekday_that_is_lost_for_six_weeks_leaves_a_programme(name: str) -> None:
    case, whole = case_of(name), programme_of(name)[1]
    days = [
        sorted(s.start.date() for s in whole.sessions if s.week == week and s.kind is SessionKind.TRAINING)[1]
        for week in range(4, 10)
    ]
    away = tuple(Away.model_validate({"from": day, "to": day}) for day in days)
    availability = case.patient.availability.model_copy(update={"away": away})
    away_case = replace(case, patient=case.patient.model_copy(update={"availability": availability}))
    programme = make_programme(away_case, provenance=NO_PROVENANCE).programme
    assert verify(away_case, programme) == []
    assert not {s.start.date() for s in programme.sessions if s.kind is SessionKind.TRAINING} & set(days)


@pytest.mark.slow
def test_a_slot_that_a_whole_block_loses_is_as_long_as_ever() -> None:
    """Two of three sessions of a week that stands alone are lost: what was begun goes on in the third."""
    case, whole = case_of("a_flexion_intolerant"), programme_of("a_flexion_intolerant")[1]
    days = [s.start.date() for s in whole.sessions if s.week == 2 and s.kind is SessionKind.TRAINING][1:]
    away = tuple(Away.model_validate({"from": day, "to": day}) for day in days)
    availability = case.patient.availability.model_copy(update={"away": away})
    gone = replace(case, patient=case.patient.model_copy(update={"availability": availability}))
    first = [s for s in whole.sessions if s.week == 1 and s.kind is SessionKind.TRAINING]
    log = Log(programme=whole.id, entries=tuple(done(s) for s in first))
    today = case.week_start(2)
    made = replan(whole, gone, log, today, provenance=NO_PROVENANCE, before=case)
    after = finished(whole, made.plan, made.case, stamp_of(today, 2))[0].programme
    assert len([s for s in after.live if s.week == 2 and s.kind is SessionKind.TRAINING]) == 1


def done(session: Session) -> LogEntry:
    data = {"id": f"told-{session.slot}", "written": session.end.replace(tzinfo=dt.UTC), "slot": session.slot}
    return LogEntry.model_validate({**data, "done": "done"})
