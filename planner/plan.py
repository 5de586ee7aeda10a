"""The main job: a case in, a verified programme out.

``make_programme`` screens, builds ladders, solves, assembles and verifies.  It touches no file and
no clock of its own; the time limit is a safety net and is named in the report when it fires.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from planner.domain.case import Case
from planner.domain.programme import Programme, Provenance
from planner.errors import NoProgramme, NotPlanned, PlannerError, StoppedByLimit


@dataclass(frozen=True)
class Progress:
    """A sign of life during a long solve."""

    phase: str
    value: float | None
    bound: float | None
    seconds: float
    message: str


@dataclass(frozen=True)
class Plan:
    """A verified programme and the solver's report (``solver.json``)."""

    programme: Programme
    solver_report: dict[str, Any]


def make_programme(
    case: Case,
    *,
    provenance: Provenance,
    seconds: float = 60.0,
    progress: Callable[[Progress], None] | None = None,
    warnings: tuple[str, ...] = (),
) -> Plan:
    """Plan a case.

    Parameters
    ----------
    seconds
        Wall-clock safety net for the solver.
    progress
        Called with every better solution.
    warnings
        Printed with the programme, for instance a start date in the past.

    Raises
    ------
    NotPlanned
        A referral or a hold (exit code 4).
    NoProgramme
        The hard rules cannot all be met (exit code 3).
    StoppedByLimit
        Time ran out before a programme was found (exit code 5).
    """
    from planner.rules import limits as all_limits
    from planner.rules.base import value
    from planner.rules.base import values as rule_values
    from planner.rules.content import tracks
    from planner.rules.limits import Link
    from planner.rules.practical import E2
    from planner.rules.red_flags import BP, Decision, screen
    from planner.solver.assemble import Parts, assemble
    from planner.solver.daily import daily_items, unclosed
    from planner.solver.gate import Gate
    from planner.solver.ladders import LadderBuilder
    from planner.solver.reasons import before_solving, why_infeasible
    from planner.solver.search import solve
    from planner.solver.terms import Infeasible, OutOfTime
    from planner.solver.week import week_table
    from planner.verify import verify

    begun = time.monotonic()
    verdict = screen(case.patient, dict(rule_values(case, BP)))
    if verdict.decision is not Decision.PLAN:
        raise NotPlanned(verdict.decision.value, verdict.reasons)

    def tell(phase: str, found: float, bound: float, at: float) -> None:
        if progress is not None:
            progress(Progress(phase, found, bound, at, f"{phase}: value {found:.0f}, bound {bound:.0f}"))

    gate = Gate(case, all_limits(case))
    gate = Gate(case, (*gate.limits, *unclosed(case, gate)))
    table = week_table(case, gate.quiet_until)
    warm_up = int(value(case, E2, "warm_up_minutes"))
    plans = tracks(case)
    reasons = before_solving(case, gate, table, warm_up)
    if reasons:
        raise NoProgramme(reasons)
    linked = frozenset().union(*(limit.exercises for limit in gate.limits if isinstance(limit, Link)))
    builder = LadderBuilder(case, gate, table, linked)
    ladders = [ladder for plan in plans if (ladder := builder.build(plan)) is not None]
    reasons = why_infeasible(case, gate, table, plans, ladders, warm_up, only_certain=True)
    if reasons:
        raise NoProgramme(reasons)
    built = time.monotonic() - begun
    training_days = frozenset(slot.window.day.number for slot in table.slots)
    try:
        solution = solve(case, gate, table, ladders, warm_up, seconds, tell)
    except Infeasible:
        raise NoProgramme(why_infeasible(case, gate, table, plans, ladders, warm_up, only_certain=False)) from None
    except OutOfTime:
        raise StoppedByLimit(
            f"No programme was found with the effort allowed, at most {seconds:g} s. More or longer windows, fewer "
            "weeks, or more time with --seconds may help."
        ) from None
    assembling = time.monotonic()
    daily = daily_items(case, gate, training_days, solution.stages)
    parts = Parts(case, gate, table, solution.ladders, solution, daily, warm_up)
    programme = assemble(parts, provenance, verdict.notes, warnings)
    checked = time.monotonic()
    violations = verify(case, programme)
    if violations:
        raise PlannerError(
            "The programme was not written, because the independent verifier found:\n"
            + "\n".join(f"  {violation}" for violation in violations[:20])
        )
    report = {
        "tiers": [
            {"name": t.name, "value": t.value, "bound": t.bound, "proved": t.proved, "seconds": round(t.seconds, 3)}
            for t in solution.tiers
        ],
        "stopped_by_clock": solution.stopped_by_clock,
        # seconds until a first programme was found, until the last was, and for writing and checking one
        "seconds": {
            "first": round(built + solution.first_seconds, 3),
            "solved": round(assembling - begun, 3),
            "assembled": round(checked - assembling, 3),
            "verified": round(time.monotonic() - checked, 3),
        },
        "size": solution.size,
        "tracks": [ladder.plan.key for ladder in ladders],
    }
    return Plan(programme, report)
