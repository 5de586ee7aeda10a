"""Which rule closes an exercise to a patient, in which weeks."""

from __future__ import annotations

import itertools

from planner.domain.case import Case
from planner.solver.closed import Closure, closures
from planner.solver.prepare import prepare
from tests.plans import FEASIBLE, case_of, programme_of


def of(name: str, exercise: str, **changes: object) -> tuple[Closure, ...]:
    case = case_of(name)
    if changes:
        case = Case(case.patient.model_copy(update=changes), case.exercises)
    start = prepare(case)
    return closures(case, start.gate, start.table, case.exercises[exercise])


def test_bending_opens_with_the_envelope() -> None:
    runs = of("a_flexion_intolerant", "roll_down")
    assert [run.rule for run in runs][-1] is None
    assert runs[0].rule is not None
    assert {run.rule for run in runs if run.rule} <= {"D1", "D2", "PH", "I1"}
    assert runs[0].first == 1
    assert runs[-1].last == 12
    assert all(one.last + 1 == two.first for one, two in itertools.pairwise(runs))


def test_equipment_wishes_tags_and_bones_are_named() -> None:
    assert of("c_stenosis_osteoporosis", "barbell_back_squat")[0].rule == "E1"
    assert of("a_flexion_intolerant", "goblet_squat", dislikes=("goblet_squat",))[0].because == "dislikes"
    assert of("a_flexion_intolerant", "sit_up")[0].rule == "E8"
    (never,) = of("c_stenosis_osteoporosis", "roll_down")
    assert never.rule in {"OP", "CON", "S1"}


def test_what_is_planned_is_open_in_its_week() -> None:
    for name in FEASIBLE:
        case, programme = programme_of(name)
        start = prepare(case)
        first: dict[str, int] = {}
        for session in programme.sessions:
            for item in session.items:
                first.setdefault(item.exercise, session.week)
        for exercise, week in first.items():
            runs = closures(case, start.gate, start.table, case.exercises[exercise])
            assert any(run.rule is None and run.first <= week <= run.last for run in runs), (name, exercise, week, runs)
