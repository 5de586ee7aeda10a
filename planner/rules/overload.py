"""O1, O6, O8: how fast load and volume may grow."""

from __future__ import annotations

from collections.abc import Iterator

from planner.domain.case import Case
from planner.domain.patient import TrainingStatus
from planner.rules.base import D, F, Force, Parameter, Rule, Scope, is_off, value
from planner.rules.limits import Growth, Limit

O1 = Rule(
    id="O1",
    title="Load rises in small steps",
    statement=(
        "Load rises after the target was met in 2 sessions in a row (novices: 1, with 2 repetitions in hand), by at "
        "most 10 %, on loads owned, rounded down. A bigger jump only at the smallest step owned, from the top of a "
        "widened range of repetitions, with repetitions reset and the new estimated one-repetition maximum at most "
        "110 % of the old. Loads below 10 kg are exempt from the percentage."
    ),
    force=Force.HARD,
    scope=Scope.ITEM,
    source="ACSM 2009, MSSE 41:687 [F]; Simson 2017, Trials 18:184 [F]",
    mark=F,
    parameters=(
        Parameter("percent", 10, 2, 10, "largest rise of load, per cent"),
        Parameter("sessions", 2, 1, 4, "sessions in a row at target before a rise"),
        Parameter("sessions_novice", 1, 1, 4, "the same for novices"),
        Parameter("one_rep_max_percent", 110, 100, 115, "estimated 1RM of the new dose, per cent of the old"),
        Parameter("exempt_below_kg", 10, 0, 10, "loads below this are exempt from the percentage"),
    ),
)
O6 = Rule(
    id="O6",
    title="Volume rises in small steps",
    statement=(
        "Weekly hard sets of a track are at most a fifth, or one set an exercise, above the highest non-deload week "
        "of the last four; a new track enters at its starting dose; one of load, sets, range, speed rises per step."
    ),
    force=Force.HARD,
    scope=Scope.WEEK,
    source="design default",
    mark=D,
    parameters=(
        Parameter("ratio", 1.2, 1.0, 1.5, "weekly sets against the highest of the last four weeks"),
        Parameter("sets", 1, 0, 2, "or so many sets more for each exercise"),
        Parameter("weeks", 4, 1, 6, "weeks looked back"),
    ),
)
O8 = Rule(
    id="O8",
    title="Formula stated",
    statement="One-repetition maxima are estimated after Epley: load x (1 + repetitions / 30), reserve included.",
    force=Force.REPORT,
    scope=Scope.PROGRAMME,
    source="Epley 1985",
    mark=F,
)
RULES = (O1, O6, O8)


def sessions_before_rise(case: Case) -> int:
    """Sessions in a row at target before the load of an exercise may rise."""
    novice = case.patient.training.status in (TrainingStatus.UNTRAINED, TrainingStatus.NOVICE)
    return int(value(case, O1, "sessions_novice" if novice else "sessions"))


def limits(case: Case) -> Iterator[Limit]:
    """Growth of load from step to step, and of hard sets from week to week."""
    if not is_off(case, O1):
        yield Growth(rule="O1", because="training.status", what="load", ratio=1 + value(case, O1, "percent") / 100)
    if not is_off(case, O6):
        yield Growth(
            rule="O6",
            because="rule default",
            what="hard_sets",
            ratio=value(case, O6, "ratio"),
            absolute=value(case, O6, "sets"),
        )
