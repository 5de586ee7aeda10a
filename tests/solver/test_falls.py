"""After falls training asks for little balance (rule B1)."""

from __future__ import annotations

from dataclasses import replace

from planner.domain.case import Case
from planner.domain.exercise import Track
from planner.domain.programme import NO_PROVENANCE, Programme
from planner.export.summary import summary
from planner.plan import make_programme
from planner.verify import verify
from tests.plans import programme_of

EXAMPLE = "c_stenosis_osteoporosis"


def most_balance(case: Case, programme: Programme) -> int:
    """The highest demand on balance of what is no balance work."""
    used = [case.exercises[item.exercise] for session in programme.sessions for item in session.items]
    return max(one.balance_demand or 0 for one in used if Track.BALANCE not in one.tracks)


def test_after_falls_nothing_but_balance_work_asks_for_much_balance() -> None:
    """Three falls lowered the daily work at the counter, and hinges on one leg without a hand stayed in training."""
    case, steady = programme_of(EXAMPLE)
    assert most_balance(case, steady) == 2 and not verify(case, steady)
    conditions = case.patient.conditions.model_copy(update={"falls_last_year": 3})
    fallen = replace(case, patient=case.patient.model_copy(update={"conditions": conditions}))
    assert {found.rule for found in verify(fallen, steady)} == {"B1"}
    programme = make_programme(fallen, provenance=NO_PROVENANCE).programme
    assert most_balance(fallen, programme) == 1
    assert any("falls in the last year: 3" in note for note in programme.warnings)
    assert "- Falls in the last year: 3" in summary(programme, fallen)
    assert not any("falls" in note for note in steady.warnings)
