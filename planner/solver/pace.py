"""The pace of a track: how far it should be by the end of each week.

A straight line to the target at 85 % of the horizon, never ahead of the quickest climb that the
weekly rules allow, so that it asks for nothing impossible.  Running every bound at its maximum
has a cost too: the target is a little below what the quickest climb reaches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from planner.solver.columns import NOT_BEGUN, Conditions, State, enumerate_columns
from planner.solver.ladders import Ladder

#: Share of the horizon at which the target is reached, and of the quickest climb that is asked. [D]
SHARE_OF_HORIZON = 0.85
SHARE_OF_QUICKEST = 0.9


def quickest(
    ladder: Ladder,
    conditions: Conditions,
    frequency: int,
    start: State = NOT_BEGUN,
    sets: Mapping[int, int] = MappingProxyType({}),
) -> dict[int, float]:
    """Progress of the quickest climb by the last session of each week, with the track alone.

    ``start`` is where the track stands before its first week, ``sets`` its weekly sets so far.
    """
    columns = enumerate_columns(ladder, conditions, (frequency,), start, sets)
    out: dict[int, float] = {}
    best = reached(ladder, start)
    for week in range(ladder.first_week, ladder.last_week + 1):
        best = max([best, *(ladder.rungs[c.rungs[-1]].progress for c in columns.get(week, ()))])
        out[week] = best
    return out


def reached(ladder: Ladder, start: State) -> float:
    """Progress where a track stands, 0 before it has begun."""
    return 0.0 if start == NOT_BEGUN else ladder.rungs[start.rung].progress


def paced(ladder: Ladder, fastest: dict[int, float], begun: float = 0.0) -> Ladder:
    """The ladder with progress counted in shares of its target, and the pace towards it from ``begun`` on."""
    last = ladder.last_week
    goal = ladder.plan.goal
    top = fastest.get(last, 0.0)
    if ladder.goal_rung is not None and goal is not None:
        # a goal lift is for the end, or for the week that was asked
        target = min(top, ladder.rungs[ladder.goal_rung].progress)
        span = max(1.0, float((goal.by_week or last) - ladder.first_week))
    else:
        target = top * (1.0 if goal is not None else SHARE_OF_QUICKEST)
        span = max(1.0, SHARE_OF_HORIZON * (last - ladder.first_week))
    target = max(target, begun)
    scale = target or 1.0
    pace = {}
    for week in range(ladder.first_week, last + 1):
        line = begun + (target - begun) * min(1.0, (week - ladder.first_week) / span)
        pace[week] = min(line, fastest.get(week, line)) / scale
    rungs = tuple(replace(rung, progress=rung.progress / scale) for rung in ladder.rungs)
    return replace(ladder, pace=pace, rungs=rungs)
