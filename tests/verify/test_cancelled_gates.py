"""A gate that was struck out is none: the verifier and the planner mean the same one."""

from __future__ import annotations

from planner.domain.programme import Status
from planner.rules.reading import week_before_gate
from planner.verify import verify
from tests.export import builder
from tests.plans import programme_of


def test_a_gate_that_was_cancelled_is_not_ahead() -> None:
    programme = builder.programme()
    gate = programme.check_ins[0]
    assert week_before_gate(programme, gate.week) == gate.week - 1
    struck = gate.model_copy(update={"status": Status.CANCELLED})
    assert week_before_gate(programme.model_copy(update={"check_ins": (struck,)}), gate.week) is None


def test_a_cancelled_gate_in_the_week_of_another_opens_nothing() -> None:
    case, programme = programme_of("b_nerve_root")
    gate = next(check for check in programme.check_ins if check.gate)
    struck = gate.model_copy(update={"id": "check-in-9b", "slot": "c09b", "status": Status.CANCELLED})
    both = programme.model_copy(update={"check_ins": (*programme.check_ins, struck)})
    assert verify(case, both) == verify(case, programme)
