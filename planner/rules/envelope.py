"""D1: graded exposure.  Every scheduled item lies inside this week's envelope."""

from __future__ import annotations

from collections.abc import Iterator

from planner.domain.case import Case
from planner.domain.envelope import MAX_STAGE
from planner.domain.patient import Aim, Intolerance, Irritability
from planner.domain.programme import Phase
from planner.rules.base import D, Force, Parameter, Rule, Scope, value
from planner.rules.limits import Limit, Open
from planner.rules.phases import forecast

D1 = Rule(
    id="D1",
    title="Exposure envelope",
    statement=(
        "For every direction that is not tolerated, each scheduled item lies inside the cells (motion, moment held) "
        "that are open this week. A stage opens after two sessions at the stage before, at least a week later, at "
        "most one a week (two at low irritability). Walking and daily activities are dosed by minutes instead."
    ),
    force=Force.HARD,
    scope=Scope.ITEM,
    source="source page, points 3, 4 and 11; stages are clinical judgement",
    mark=D,
    parameters=(
        Parameter("sessions_at_a_stage", 2, 1, 6, "sessions at a stage before the next opens"),
        Parameter("start_high", 0, 0, 1, "first stage at high irritability"),
        Parameter("start_moderate", 1, 0, 2, "first stage at moderate irritability"),
        Parameter("start_low", 3, 1, 4, "first stage at low irritability"),
        Parameter("restore_after_high", 1, 0, 2, "highest stage in restore after high irritability"),
        Parameter("build_after_high", 3, 1, 4, "highest stage in build after high irritability"),
        Parameter("perform_after_high", 4, 2, 5, "highest stage in perform after high irritability"),
        Parameter("restore_after_moderate", 2, 1, 3, "highest stage in restore after moderate irritability"),
        Parameter("build_after_moderate", 4, 2, 5, "highest stage in build after moderate irritability"),
        Parameter("perform_after_moderate", 5, 2, 5, "highest stage in perform after moderate irritability"),
    ),
)
RULES = (D1,)


def first_stage(case: Case, intolerance: Intolerance) -> int:
    """The stage open in week 1: by irritability, or the highest one that was tested."""
    level = case.patient.findings.irritability
    by_default = int(value(case, D1, f"start_{level.value}"))
    if intolerance.current_stage is None:
        return by_default
    if level is Irritability.LOW:
        return intolerance.current_stage
    # an irritable back starts no higher than the default, whatever was tested on a good day
    return min(by_default, intolerance.current_stage)


def highest_stage(case: Case, intolerance: Intolerance, phase: Phase) -> int:
    """The highest stage that may be open in a phase."""
    first = first_stage(case, intolerance)
    if intolerance.aim is Aim.AVOID or phase is Phase.SETTLE:
        return first
    level = case.patient.findings.irritability
    if level is Irritability.LOW:
        return MAX_STAGE
    return max(first, int(value(case, D1, f"{phase.value}_after_{level.value}")))


def limits(case: Case) -> Iterator[Limit]:
    """One opening staircase for each direction that is not tolerated."""
    phases = forecast(case)
    low = case.patient.findings.irritability is Irritability.LOW
    for i, intolerance in enumerate(case.patient.findings.intolerances):
        yield Open(
            rule="D1",
            because=f"findings.intolerances[{i}]",
            direction=intolerance.direction,
            first=first_stage(case, intolerance),
            highest=tuple(highest_stage(case, intolerance, phase) for phase in phases),
            sessions=int(value(case, D1, "sessions_at_a_stage")),
            a_week=2 if low else 1,
        )
