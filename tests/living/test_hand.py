"""The clinician's hand: what is asked is there, the rest follows, what is not safe is refused with its rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from planner.domain.case import Case
from planner.domain.course import course_of
from planner.domain.log import Log
from planner.domain.patient import Weekday
from planner.domain.programme import NO_PROVENANCE, Programme, Session, SessionKind
from planner.errors import InvalidInput
from planner.export.ical import calendar_bytes
from planner.export.summary import summary
from planner.revise import hand
from planner.revise.hand import Line, NewDose, Refused, Signature
from planner.revise.replan import finished, stamp_of
from planner.verify import verify
from tests.living.course import changed_lines, revised
from tests.living.test_living import entry, pain, trainings, with_answer, written
from tests.plans import case_of, programme_of

NAME = "a_flexion_intolerant"
WHO = Signature("A. Clinician", dt.date(2026, 11, 30))


@pytest.fixture(scope="module")
def case() -> Case:
    return case_of(NAME)


@pytest.fixture(scope="module")
def programme() -> Programme:
    return programme_of(NAME)[1]


def lifts(programme: Programme, week: int) -> Session:
    """A session of a week with a goblet squat."""
    return next(s for s in trainings(programme, week) if any(i.exercise == "goblet_squat" for i in s.items))


def test_a_set_dose_is_there_and_nothing_else_changes(programme: Programme, case: Case) -> None:
    made = hand.set_dose(programme, case, Line("suitcase_carry", 7), NewDose(sets=2), WHO)
    changed = changed_lines(programme, made, WHO.on)
    assert changed
    assert all("anti_lateral_flexion" in line for line in changed)
    item = next(i for s in trainings(made, 7) for i in s.items if i.exercise == "suitcase_carry")
    assert len(item.dose.working_sets) == 2
    assert item.pinned == "A. Clinician"
    assert verify(replace(case, course=course_of(made)), made) == []


def test_a_dose_that_breaks_a_rule_is_refused_with_it(programme: Programme, case: Case) -> None:
    with pytest.raises(Refused) as refused:
        hand.set_dose(programme, case, Line("goblet_squat", 8), NewDose(sets=3, repetitions=15, load_kg=12), WHO)
    assert {violation.rule for violation in refused.value.broken} & {"O1", "E2", "E6"}
    assert all("[" in reason for reason in refused.value.reasons() if ":" in reason)


def test_a_load_that_is_not_owned_is_refused_with_the_nearest(programme: Programme, case: Case) -> None:
    with pytest.raises(InvalidInput, match="the nearest are"):
        hand.set_dose(programme, case, Line("goblet_squat", 7), NewDose(load_kg=11.3), WHO)


def test_a_signature_sets_a_rule_aside_for_one_line_and_is_printed(programme: Programme, case: Case) -> None:
    session = lifts(programme, 8)
    asked = NewDose(load_kg=12)
    with pytest.raises(Refused) as refused:
        hand.set_dose(programme, case, Line("goblet_squat", session.week), asked, WHO)
    rules = {violation.rule for violation in refused.value.broken}
    signed = replace(WHO, why="has lifted this for years")
    if "O1" not in rules or rules - {"O1"}:
        pytest.skip("this programme needs another rule")
    made = hand.set_dose(programme, case, Line("goblet_squat", session.week), asked, signed)
    assert {one.rule for one in made.exemptions} == {"O1"}
    text = summary(made, case)
    assert "has lifted this for years" in text


def test_rules_that_are_never_set_aside_cannot_be_signed_away(programme: Programme, case: Case) -> None:
    signed = replace(WHO, why="because I say so")
    session = trainings(programme, 6)[0]
    with pytest.raises(Refused) as refused:
        hand.move(programme, case, session.slot, signed, day=None, time=dt.time(3, 0))
    assert any(violation.rule == "E2" for violation in refused.value.broken)
    assert any("never set aside" in reason for reason in refused.value.reasons())


def test_a_session_moves_inside_its_window_and_stays_there(programme: Programme, case: Case) -> None:
    session = trainings(programme, 7)[-1]
    later = (session.start + dt.timedelta(minutes=5)).time()
    made = hand.move(programme, case, session.slot, WHO, day=None, time=later)
    plan, after = finished(programme, hand.unchanged_plan(made), case, stamp_of(WHO.on, 2))
    moved = next(s for s in plan.programme.sessions if s.slot == session.slot)
    assert moved.start.time() == later
    assert moved.sequence == session.sequence + 1
    told = entry(trainings(programme, 4)[0], response=pain(2, 6))
    log = with_answer(plan.programme, 4, told.slot or "", told)
    _, again = revised(plan.programme, replace(after, course=None), log, case.week_start(5))
    assert next(s for s in again.sessions if s.slot == session.slot).start.time() == later


def test_a_session_does_not_move_to_a_day_without_a_window(programme: Programme, case: Case) -> None:
    with pytest.raises(Refused):
        hand.move(programme, case, trainings(programme, 7)[0].slot, WHO, day=Weekday.SUN, time=None)


def test_a_pin_holds_through_a_revision_unless_the_response_speaks_against_it(programme: Programme, case: Case) -> None:
    made = hand.pin(programme, Line("goblet_squat", 8), WHO)
    plan, _ = finished(programme, hand.unchanged_plan(made), case, stamp_of(WHO.on, 2))
    pinned = {s.slot: i for s in plan.programme.sessions for i in s.items if i.pinned}
    assert pinned
    other = next(s for s in trainings(programme, 5) if any(i.ladder == "row" for i in s.items))
    told = entry(other, response=pain(2, 2, 2), items=({"exercise": "one_arm_dumbbell_row", "done": False},))
    _, after = revised(plan.programme, case, with_answer(plan.programme, 5, other.slot, told), case.week_start(6))
    for slot, item in pinned.items():
        found = next(i for s in after.sessions if s.slot == slot for i in s.items if i.ladder == item.ladder)
        assert found.doses == item.doses
        assert found.pinned


def test_a_swap_plans_the_rest_around_it_and_what_is_closed_is_refused(programme: Programme, case: Case) -> None:
    log = Log(programme=programme.id)
    made = hand.swap(programme, case, log, "dumbbell_bench_press", "push_up", WHO, NO_PROVENANCE)
    plan, after = finished(programme, made.plan, made.case, stamp_of(WHO.on, 2))
    ahead = {i.exercise for s in plan.programme.sessions for i in s.items}
    assert "push_up" in ahead
    assert "dumbbell_bench_press" not in ahead
    assert "dumbbell_bench_press" in after.patient.dislikes
    with pytest.raises(InvalidInput, match="does not serve"):
        hand.swap(programme, case, log, "dumbbell_bench_press", "goblet_squat", WHO, NO_PROVENANCE)
    with pytest.raises(Refused) as refused:
        hand.swap(programme, case, log, "goblet_squat", "barbell_back_squat", WHO, NO_PROVENANCE)
    assert refused.value.instead


def test_a_swap_can_be_taken_back(programme: Programme, case: Case) -> None:
    log = Log(programme=programme.id)
    made = hand.swap(programme, case, log, "dumbbell_bench_press", "push_up", WHO, NO_PROVENANCE)
    plan, after = finished(programme, made.plan, made.case, stamp_of(WHO.on, 2))
    back = hand.swap(
        plan.programme, replace(after, course=None), log, "push_up", "dumbbell_bench_press", WHO, NO_PROVENANCE
    )
    again, last = finished(plan.programme, back.plan, back.case, stamp_of(WHO.on, 3))
    assert "dumbbell_bench_press" in {i.exercise for s in again.programme.sessions for i in s.items}
    assert "dumbbell_bench_press" not in last.patient.dislikes
    # other lines of work are as they were before both
    assert changed_lines(programme, again.programme, WHO.on, lambda _, item: item.ladder == "push") == []


@pytest.mark.parametrize("new", ["incline_push_up", "push_up"])
def test_a_swap_waits_for_the_week_in_which_the_old_exercise_was_due(
    programme: Programme, case: Case, new: str
) -> None:
    old = "dumbbell_bench_press"
    due = min(s.week for s in programme.sessions if any(i.exercise == old for i in s.items))
    made = hand.swap(programme, case, Log(programme=programme.id), old, new, WHO, NO_PROVENANCE)
    plan, after = finished(programme, made.plan, made.case, stamp_of(WHO.on, 2))
    changed = changed_lines(programme, plan.programme, WHO.on)
    assert changed and all(int(line[3:5]) >= due for line in changed)
    assert changed_lines(programme, plan.programme, WHO.on, lambda _, item: item.ladder == "push") == []
    assert verify(after, plan.programme) == []


def test_an_approval_takes_the_draft_away_and_a_change_brings_it_back(programme: Programme, case: Case) -> None:
    assert b"Draft" in calendar_bytes(programme)
    made = hand.approve(programme, WHO)
    plan, _ = finished(programme, hand.unchanged_plan(made), case, stamp_of(WHO.on, 2))
    assert b"Draft" not in calendar_bytes(plan.programme)
    # nothing ahead changes: it stays signed
    _, same = revised(plan.programme, case, written(plan.programme, 2), case.week_start(3))
    assert same.approval is not None
    told = entry(trainings(programme, 4)[-1], response=pain(2, 6))
    log = with_answer(plan.programme, 4, told.slot or "", told)
    _, other = revised(plan.programme, case, log, case.week_start(5))
    assert other.approval is None
    assert b"Draft" in calendar_bytes(other)


def test_what_is_not_ahead_cannot_be_changed(programme: Programme) -> None:
    with pytest.raises(InvalidInput, match="in no session ahead"):
        hand.pin(programme, Line("barbell_back_squat"), WHO)
    assert all(s.kind is SessionKind.TRAINING for s in trainings(programme, 1))
