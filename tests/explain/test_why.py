"""Why here and why not: the short forms agree with the verifier, and wishes are granted, priced or ruled out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from planner.domain.case import Case
from planner.domain.programme import Programme, SessionKind
from planner.errors import InvalidInput
from planner.explain.here import why_here
from planner.explain.instead import Instead, why_not
from planner.explain.questions import Question
from planner.explain.sources import Sources, steps
from planner.export.summary import summary
from planner.plan import make_programme
from planner.rules import RULES
from planner.solver.prepare import Wish, prepare
from planner.solver.reasons import wish_obstacle
from planner.verify import verify
from tests.plans import FEASIBLE, NO_PROVENANCE, case_of, planned, programme_of


def report_of(name: str) -> dict[str, Any]:
    return planned(name)[1].solver_report


def not_so(name: str, **asked: Any) -> Instead:
    case, programme = programme_of(name)
    return why_not(programme, report_of(name), case, Question(negative=True, **asked), seconds=60)


@pytest.mark.parametrize("name", FEASIBLE)
def test_every_item_says_in_short_why_it_is_there(name: str) -> None:
    _, programme = programme_of(name)
    known = {*RULES, *(goal.goal for goal in programme.goals)}
    for session in programme.sessions:
        for item in session.items:
            assert item.why, (session.slot, item.exercise)
            assert any(serves in item.why for serves in item.serves), item.why
            named = set(re.findall(r"(?:held|closed) by ([A-Z]+\d*)", item.why))
            assert named <= known


def held_by(programme: Programme, rule: str) -> list[tuple[int, int, str]]:
    """(week, weekday, exercise) of lines whose next step a rule holds."""
    return [
        (session.week, session.start.weekday(), item.exercise)
        for session in programme.sessions
        if session.kind is SessionKind.TRAINING and session.week > 2
        for item in session.items
        if re.search(rf"(held|closed) by {rule}\b", item.why)
    ]


@pytest.mark.parametrize("name", ["a_flexion_intolerant", "b_nerve_root"])
def test_what_the_solver_says_holds_a_step_the_verifier_finds_broken(name: str) -> None:
    case, programme = programme_of(name)
    tried = 0
    for rule in ("D1", "I1", "O6", "O9"):
        for week, day, exercise in held_by(programme, rule)[:2]:
            weekday = next(d for d in case.patient.availability.windows if d.day.number == day).day
            found = why_here(programme, case, Question(exercise=exercise, week=week, day=weekday), seconds=5)
            higher = [step for step in found.steps if "higher" in step.what]
            tried += 1
            said = [rule in {violation.rule for violation in up.breaks} or rule in up.reason for up in higher]
            assert any(said), (rule, week, exercise, higher)
    assert tried >= 1


def test_a_day_without_a_window_breaks_the_week() -> None:
    case, programme = programme_of("a_flexion_intolerant")
    exercise = next(i.exercise for s in programme.sessions_of(7, SessionKind.TRAINING) for i in s.items)
    found = why_here(programme, case, Question(exercise=exercise, week=7), seconds=5)
    earlier = found.steps[-1]
    assert "earlier" in earlier.what
    assert "E2" in {violation.rule for violation in earlier.breaks}
    assert found.serves


def test_a_line_that_is_not_there_says_where_it_is() -> None:
    case, programme = programme_of("a_flexion_intolerant")
    with pytest.raises(InvalidInput, match="not in this programme"):
        why_here(programme, case, Question(exercise="barbell_back_squat"))
    last = (
        max(s.week for s in programme.sessions for i in s.items if i.exercise == "press_up__extension_in_lying")
        if any(i.exercise == "press_up__extension_in_lying" for s in programme.sessions for i in s.items)
        else 0
    )
    walked = {s.week for s in programme.sessions for i in s.items if i.exercise == "goblet_squat"}
    assert walked and 1 not in walked and last <= 12
    with pytest.raises(InvalidInput, match="it is in week"):
        why_here(programme, case, Question(exercise="goblet_squat", week=1))


# -------------------------------------------------------------------- why not
def test_what_is_there_already_needs_nothing() -> None:
    assert not_so("a_flexion_intolerant", exercise="goblet_squat", week=12).already


def test_bending_with_osteoporosis_meets_the_rule_that_is_never_set_aside() -> None:
    found = not_so("c_stenosis_osteoporosis", exercise="roll_down", week=10)
    assert found.ruled_out
    rules = [{r.rule for r in conflict.requirements} for conflict in found.conflicts]
    assert {"OP"} in rules
    assert all(r.never for conflict in found.conflicts for r in conflict.requirements if r.rule == "OP")


def test_equipment_and_dislikes_are_named() -> None:
    found = not_so("a_flexion_intolerant", exercise="leg_press", week=12)
    assert {"place:0"} in [conflict.keys for conflict in found.conflicts]
    case, programme = programme_of("a_flexion_intolerant")
    fussy = replace(case, patient=case.patient.model_copy(update={"dislikes": ("jefferson_curl",)}))
    asked = Question(negative=True, exercise="jefferson_curl", week=12)
    found = why_not(programme, report_of("a_flexion_intolerant"), fussy, asked, seconds=60)
    assert frozenset({"dislike:0"}) in [conflict.keys for conflict in found.conflicts]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"exercise": "suitcase_carry", "sets": 9, "week": 7}, "E6"),
        ({"exercise": "sit_up"}, "E8"),
        ({"day": "thu"}, "availability.windows"),
    ],
)
def test_what_nobody_may_change_is_said_at_once(asked: dict[str, Any], words: str) -> None:
    from planner.domain.patient import Weekday

    if "day" in asked:
        asked = {"day": Weekday(asked["day"])}
    found = not_so("a_flexion_intolerant", **asked)
    assert words in found.detail
    assert not found.conflicts


def test_a_wish_that_can_be_granted_is_planned_verified_and_priced() -> None:
    case, programme = programme_of("f_healthy_novice")
    known = {i.exercise for s in programme.sessions for i in s.items}
    wish = next(
        Wish(name, case.weeks)
        for name in ("split_squat", "step_up", "hip_thrust", "bird_dog", "glute_bridge")
        if name in case.exercises
        and name not in known
        and wish_obstacle(prepare(case, wish=Wish(name, case.weeks))) is None
    )
    plan = make_programme(case, provenance=NO_PROVENANCE, wish=wish)
    last = plan.programme.sessions_of(case.weeks, SessionKind.TRAINING)
    assert any(item.exercise == wish.exercise for session in last for item in session.items)
    assert verify(case, plan.programme) == []
    found = not_so("f_healthy_novice", exercise=wish.exercise, week=case.weeks)
    assert found.difference is not None
    assert found.difference.instead == plan.programme.tiers[0].value
    assert case.exercises[wish.exercise].name in found.difference.comes


def test_fewer_sessions_cost_what_planning_them_costs() -> None:
    found = not_so("f_healthy_novice", sessions=2)
    case = case_of("f_healthy_novice")
    availability = case.patient.availability.model_copy(update={"sessions_per_week": 2})
    two = Case(case.patient.model_copy(update={"availability": availability}), case.exercises)
    plan = make_programme(two, provenance=NO_PROVENANCE)
    assert found.difference is not None
    assert found.difference.instead == plan.programme.tiers[0].value >= found.difference.value


def test_a_dose_without_an_exercise_is_a_question_half_asked() -> None:
    with pytest.raises(InvalidInput, match="belong to an exercise"):
        not_so("f_healthy_novice", sets=4)


# -------------------------------------------------------------------- what is closed, and where it stands
@pytest.mark.parametrize("name", ["a_flexion_intolerant", "c_stenosis_osteoporosis"])
def test_what_is_excluded_is_never_planned_and_stands_in_the_summary(name: str) -> None:
    case, programme = programme_of(name)
    closed = {
        (exercise, week)
        for row in programme.excluded
        for exercise in row.exercises
        for week in range(row.first_week, row.last_week + 1)
    }
    assert closed
    planned_here = {(i.exercise, s.week) for s in programme.sessions if s.kind is SessionKind.TRAINING for i in s.items}
    assert not planned_here & closed
    text = summary(programme, case)
    assert "## Exercises that are closed" in text
    for row in programme.excluded:
        assert row.rule in text
        for exercise in row.exercises:
            assert case.exercises[exercise].name.split(" (", maxsplit=1)[0] in text.replace("\\", "")


def test_paths_have_lines() -> None:
    sources = Sources(
        "p.yaml", {("goals",): 3, ("goals", 0): 4, ("goals", 0, "by_week"): 6}, "c.yaml", {("parameters", "I1"): 9}
    )
    assert steps("findings.intolerances[0]") == ("findings", "intolerances", 0)
    assert sources.place("goals[0].by_week") == "p.yaml:6 goals[0].by_week"
    assert sources.place("goals[0].load_kg") == "p.yaml:4 goals[0].load_kg"
    assert sources.place("goals[0]: because", "I1") == "p.yaml:4 goals[0], c.yaml:9 parameters.I1"
    assert sources.place("") == ""
