"""One moment has one check-in, whatever was cancelled before."""

from __future__ import annotations

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
