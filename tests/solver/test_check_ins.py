"""One moment has one check-in, whatever was cancelled before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.domain.case import Case
from planner.domain.directions import Direction
from planner.domain.programme import Status
from planner.solver.check_ins import Before, check_ins
from planner.solver.prepare import open_gate
from planner.solver.week import week_table
from tests.plans import case_of


def test_a_check_in_that_was_cancelled_comes_back_for_the_same_moment() -> None:
    """A gate that moves away and back again: its moment got a second check-in beside the one struck out."""
    case = case_of("b_nerve_root")
    table = week_table(case, open_gate(case).quiet_until)
    planned = check_ins(case, table, None)
    struck = tuple(c.model_copy(update={"status": Status.CANCELLED}) if c.week == 6 else c for c in planned)
    again = check_ins(case, table, Before(ahead=struck))
    assert [(c.id, c.slot, c.start, c.gate) for c in again] == [(c.id, c.slot, c.start, c.gate) for c in planned]


def test_a_check_in_that_was_cancelled_does_not_move() -> None:
    case = case_of("b_nerve_root")
    table = week_table(case, open_gate(case).quiet_until)
    planned = check_ins(case, table, None)
    later = planned[3].end
    struck = planned[3].model_copy(update={"status": Status.CANCELLED, "start": later, "end": later})
    again = check_ins(case, table, Before(ahead=(*planned[:3], struck, *planned[4:])))
    assert planned[3].id not in {check.id for check in again}


FALL, FRACTURE = "fall or near fall", "pain in the middle of the back"
PREFERRED = "has one direction become the preferred one"


def with_conditions(name: str, **conditions: Any) -> Case:
    case = case_of(name)
    changed = case.patient.conditions.model_copy(update=conditions)
    return replace(case, patient=case.patient.model_copy(update={"conditions": changed}))


@pytest.mark.parametrize(
    ("case", "asked"),
    [
        (case_of("c_stenosis_osteoporosis"), {FALL, FRACTURE}),
        (with_conditions("a_flexion_intolerant", osteoporosis=None), {FALL, FRACTURE}),
        (with_conditions("a_flexion_intolerant", vertebral_fracture="unknown"), {FALL, FRACTURE}),
        (with_conditions("a_flexion_intolerant", falls_last_year=1), {FALL}),
        (case_of("a_flexion_intolerant"), set()),
        (case_of("d_mixed"), {PREFERRED}),
    ],
)
def test_every_check_in_asks_what_fragile_bones_falls_and_mixed_findings_call_for(case: Case, asked: set[str]) -> None:
    planned = check_ins(case, week_table(case, open_gate(case).quiet_until), None)
    for check in planned:
        said = " ".join(check.questions)
        assert {words for words in (FALL, FRACTURE, PREFERRED) if words in said} == asked, check.id


def test_mixed_findings_with_a_preference_are_not_asked_for_one() -> None:
    case = case_of("d_mixed")
    findings = case.patient.findings.model_copy(update={"directional_preference": Direction.SHIFT_LEFT})
    case = replace(case, patient=case.patient.model_copy(update={"findings": findings}))
    planned = check_ins(case, week_table(case, open_gate(case).quiet_until), None)
    assert not any(PREFERRED in question for check in planned for question in check.questions)
