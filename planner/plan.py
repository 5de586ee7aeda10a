"""The main job: a case in, a verified programme out.

``make_programme`` screens, builds ladders, solves, assembles and verifies.  It touches no file and
no clock of its own; the time limit is a safety net and is named in the report when it fires.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.domain.case import Case
from planner.domain.programme import Programme, Provenance, SessionKind
from planner.errors import NoProgramme, NotPlanned, NotVerified, StoppedByLimit

if TYPE_CHECKING:
    from planner.solver.prepare import Wish


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


def screened(case: Case) -> tuple[str, ...]:
    """The notes of the safety screen, and on falls, printed in any case.

    Raises
    ------
    NotPlanned
        A referral or a hold.
    """
    from planner.rules import bone
    from planner.rules.base import values
    from planner.rules.red_flags import BP, Decision, screen

    verdict = screen(case.patient, dict(values(case, BP)))
    if verdict.decision is not Decision.PLAN:
        raise NotPlanned(verdict.decision.value, verdict.reasons)
    return (*verdict.notes, *bone.notes(case))


def make_programme(
    case: Case,
    *,
    provenance: Provenance,
    seconds: float = 60.0,
    progress: Callable[[Progress], None] | None = None,
    warnings: tuple[str, ...] = (),
    wish: Wish | None = None,
    best: bool = True,
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
    wish
        What the programme has to show besides, to find out what that costs.
    best
        Whether to look for the best programme; otherwise the first that keeps the rules will do.

    Raises
    ------
    NotPlanned
        A referral or a hold (exit code 4).
    NoProgramme
        The hard rules cannot all be met (exit code 3).
    StoppedByLimit
        Time ran out before a programme was found (exit code 5).
    """
    from planner.easier import with_easier
    from planner.solver.assemble import Parts, assemble
    from planner.solver.daily import daily_items
    from planner.solver.prepare import prepare
    from planner.solver.reasons import obstacles
    from planner.solver.search import solve
    from planner.solver.terms import Infeasible, OutOfTime
    from planner.verify import verify

    begun = time.monotonic()
    notes = screened(case)

    def tell(phase: str, found: float, bound: float, at: float) -> None:
        if progress is not None:
            progress(Progress(phase, found, bound, at, f"{phase}: value {found:.0f}, bound {bound:.0f}"))

    start = prepare(case, wish=wish)
    reasons = [str(obstacle) for obstacle in obstacles(start)]
    if reasons:
        raise NoProgramme(reasons)
    built = time.monotonic() - begun
    try:
        terms = start.terms()
        solution = solve(terms, seconds, tell, best=best)
    except Infeasible:
        raise NoProgramme(["The solver proved that the hard rules cannot all be kept together."]) from None
    except OutOfTime:
        raise StoppedByLimit(
            f"No programme was found with the effort allowed, at most {seconds:g} s. More or longer windows, fewer "
            "weeks, or more time with --seconds may help."
        ) from None
    assembling = time.monotonic()
    training_days = frozenset(slot.window.day.number for slot in start.table.slots)
    daily = daily_items(case, start.gate, training_days, solution.stages)
    parts = Parts(case, start.gate, start.table, solution.ladders, solution, daily, start.warm_up_minutes)
    programme = with_easier(case, assemble(parts, provenance, notes, warnings), start.gate)
    if not any(session.kind is SessionKind.TRAINING for session in programme.sessions):
        raise NoProgramme(
            [
                "E2, E4: availability: too few sessions are left for any exercise to be seen twice. Start later, "
                "or add weeks."
            ]
        )
    checked = time.monotonic()
    violations = verify(case, programme)
    if violations:
        raise NotVerified((violation.rule, f"{violation.where}: {violation.problem}") for violation in violations)
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
        # what each track adds to the value of the first tier
        "tracks": terms.costs(solution.columns),
    }
    return Plan(programme, report)
