"""Why here and why not: the short forms agree with the verifier, and wishes are granted, priced or ruled out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from planner.domain.case import Case
from planner.domain.programme import Programme, SessionKind
from planner.errors import InvalidInput
from planner.explain import here
from planner.explain.here import why_here
from planner.explain.instead import Instead, why_not
from planner.explain.questions import Question, understood
from planner.explain.sources import Sources, steps
from planner.export.summary import summary
from planner.plan import make_programme
from planner.rules import RULES
from planner.solver.prepare import Wish, prepare
from planner.solver.reasons import wish_obstacle
from planner.verify import verify
from tests.plans import FEASIBLE, NO_PROVENANCE, case_of, planned, programme_of

#: Those that take longest to plan wait for the slow suite.
SOME = [
    pytest.param(name, marks=pytest.mark.slow if name in ("h_returning_lifter", "g_time_poor") else ())
    for name in FEASIBLE
]


def report_of(name: str) -> dict[str, Any]:
    return planned(name)[1].solver_report


def not_so(name: str, **asked: Any) -> Instead:
    case, programme = programme_of(name)
    return why_not(programme, report_of(name), case, Question(negative=True, **asked), seconds=60)


@pytest.mark.parametrize("name", SOME)
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


@pytest.mark.parametrize("name", ["a_flexion_intolerant", pytest.param("b_nerve_root", marks=pytest.mark.slow)])
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


@pytest.mark.parametrize("name", SOME)
def test_every_line_has_an_answer(name: str) -> None:
    case, programme = programme_of(name)
    terms = prepare(case).terms()
    before = frozenset(verify(case, programme))
    for session, index, item in here._lines(programme):
        if session.kind is SessionKind.DAILY:
            continue
        ladder, rung = here._rung(terms, item, session.week)
        assert ladder is not None and rung is not None, (session.slot, item.exercise)
        line = here._Line(programme, case, session, index, terms, ladder, rung, before, 0.0)
        below = here._below(line)
        # the rung below leads here, and a heavier dose of an easier exercise is not it unless it does
        assert below is None or rung.index in below.nexts
        assert below is not None or rung.index == 0 or not any(rung.index in r.nexts for r in ladder.rungs)


@pytest.mark.parametrize(
    "name",
    [
        "a_flexion_intolerant",
        pytest.param("b_nerve_root", marks=pytest.mark.slow),
        pytest.param("c_stenosis_osteoporosis", marks=pytest.mark.slow),
    ],
)
def test_daily_work_has_steps_too(name: str) -> None:
    case, programme = programme_of(name)
    daily = {i.exercise for s in programme.sessions if s.kind is SessionKind.DAILY for i in s.items}
    for exercise in daily:
        found = why_here(programme, case, Question(exercise=exercise), seconds=5)
        if found.session.kind is SessionKind.DAILY:
            assert len(found.steps) == 3
            assert all(step.breaks or step.reason for step in found.steps)


def test_what_comes_later_in_the_week_is_not_planned_again() -> None:
    case, programme = programme_of("a_flexion_intolerant")
    week, day, exercise = next(
        (s.week, s.start.weekday(), i.exercise)
        for s in programme.sessions
        if s.kind is SessionKind.TRAINING and s.week > 4
        for i in s.items
        if i.why.endswith("later this week.") and "held" not in i.why
    )
    weekday = next(w.day for w in case.patient.availability.windows if w.day.number == day)
    found = why_here(programme, case, Question(exercise=exercise, week=week, day=weekday), seconds=5)
    higher = [step for step in found.steps if "higher" in step.what]
    assert all(step.breaks or "points" not in step.reason for step in higher if "later this week" in step.reason)
    assert any("later this week" in step.reason or step.breaks for step in higher)


def test_a_bound_names_its_rule_with_source_and_mark() -> None:
    case, programme = programme_of("h_returning_lifter")
    session, index = next(
        (s, n) for s in programme.sessions if s.kind is SessionKind.TRAINING for n, i in enumerate(s.items) if i.deload
    )
    day = next(w.day for w in case.patient.availability.windows if w.day.number == session.start.weekday())
    asked = Question(exercise=session.items[index].exercise, week=session.week, day=day)
    bounds = why_here(programme, case, asked, seconds=1).bounds
    assert any(bound.startswith("O5, ") for bound in bounds)
    assert all(re.search(r"\[[FKD]: .+\]$", bound) for bound in bounds)
    # the end of a scale bounds nothing
    assert not any("at most 3, and this has 3" in bound for bound in bounds)


def test_words_mean_what_the_programme_has_then() -> None:
    case, programme = programme_of("a_flexion_intolerant")

    def taken(words: str) -> str | None:
        names = frozenset(i.exercise for s in programme.sessions for i in s.items)
        return here.narrowed(programme, understood(words, case.exercises, names)).exercise

    by_week = {
        week: {i.exercise for s in programme.sessions_of(week, SessionKind.TRAINING) for i in s.items}
        for week in (3, 5, 12)
    }
    assert "goblet_squat" in by_week[12] and taken("goblet squat week 12") == "goblet_squat"
    assert "goblet_squat" not in by_week[5] and taken("goblet squat week 5") in by_week[5]
    # no exercise of week 3 has the word, but a line of work does
    assert taken("squat week 3") in by_week[3]
    assert taken("why not goblet squat week 5") == "goblet_squat"


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


@pytest.mark.slow
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
        not_so("f_healthy_novice", load_kg=40)


def test_a_deload_has_fewer_sets_and_is_named() -> None:
    case, _ = programme_of("h_returning_lifter")
    # four weeks above effort 6 come before it, so not the fourth
    asked = Wish("conventional_deadlift", 8, sets=3)
    found = wish_obstacle(prepare(case, wish=asked))
    assert found is not None and found.rules == "O5"
    assert wish_obstacle(prepare(case, wish=replace(asked, week=9))) is None


def test_walks_are_answered_by_the_rules_of_walking() -> None:
    found = not_so("a_flexion_intolerant", exercise="walking", minutes=40, week=6)
    assert found.ruled_out and "W1" in found.detail and "E2" in found.detail
    assert not_so("a_flexion_intolerant", exercise="walking", week=6).already
    with pytest.raises(InvalidInput, match="minutes are asked of a walk"):
        not_so("a_flexion_intolerant", exercise="goblet_squat", minutes=45)


@pytest.mark.slow
def test_what_only_the_verifier_sees_is_an_answer_and_no_fault() -> None:
    found = not_so("b_nerve_root", exercise="press_up", week=1)
    assert found.ruled_out and "D3" in found.detail


def test_sets_of_no_exercise_are_answered_from_the_catalogue() -> None:
    _, programme = programme_of("f_healthy_novice")
    there = {len(i.dose.working_sets) for s in programme.sessions for i in s.items}
    assert max(there) <= 3
    assert "Rule E6" in not_so("f_healthy_novice", sets=4).detail
    assert not_so("f_healthy_novice", sets=9).ruled_out
    assert not_so("f_healthy_novice", sets=3).already


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


def test_daily_work_of_another_week_is_answered_by_the_rules() -> None:
    """Prone on elbows is done from week 4 on: week 2 closes it (rule D3), week 6 has gone on to press-ups."""
    late = not_so("b_nerve_root", exercise="prone_on_elbows", week=6)
    assert not late.ruled_out and "No rule closes it" in late.detail
    early = not_so("b_nerve_root", exercise="prone_on_elbows", week=2)
    assert early.ruled_out and "closed in weeks 1 to 3 by rule D3" in early.detail
