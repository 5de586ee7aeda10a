"""The order of the search: a quick skeleton, a climb on it, the whole model from there, then regularity."""

from __future__ import annotations

import time
from collections.abc import Callable

from planner.domain.case import Case
from planner.rules.practical import blocks
from planner.solver.gate import Gate
from planner.solver.ladders import Ladder
from planner.solver.model import Climb, OutOfTime, Solution
from planner.solver.week import WeekTable

#: Deterministic time (the solver's own unit) given to the first tier.
WHOLE_EFFORT = 12.0

Tell = Callable[[str, float, float, float], None]


def solve(
    case: Case,
    gate: Gate,
    table: WeekTable,
    ladders: list[Ladder],
    warm_up_minutes: int,
    seconds: float,
    tell: Tell | None,
) -> Solution:
    """The best climb and skeleton found, with the bound of the whole model.

    Raises
    ------
    Infeasible
        When the limits cannot all be met (proved twice).
    OutOfTime
        When ``seconds`` ran out before anything was found.
    """
    begun = time.monotonic()

    def left() -> float:
        return max(1.0, seconds - (time.monotonic() - begun))

    shape = blocks(case)
    quick: Solution | None = None
    whole = Climb(case, gate, table, ladders, shape, warm_up_minutes)
    start = whole.first(left())
    if start is not None:
        quick = whole.accept(start, left())
    try:
        found = whole.solve(left(), WHOLE_EFFORT, tell)
    except OutOfTime:
        if quick is None:
            raise
        found = quick
    return whole.regular(found, left(), tell)
