"""W1, O7: walking and running grow by minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.domain.case import Case
from planner.domain.dose import aerobic_minutes
from planner.domain.exercise import Track
from planner.domain.patient import Presentation
from planner.domain.programme import Programme
from planner.rules.base import F, Force, Parameter, Rule, Scope, Violation, is_off, value
from planner.rules.limits import Growth, Limit
from planner.rules.reading import Variant, exercise_of, variants

W1 = Rule(
    id="W1",
    title="Walking",
    statement=(
        "Towards 30 minutes, 5 times a week, 10 to 20 % more a week. With walking-limited legs: intervals to "
        "moderate symptoms, sit until they are gone, repeat."
    ),
    force=Force.SOFT,
    scope=Scope.WEEK,
    source="WalkBack, Lancet 2024;404:134 [F]; stenosis: practice [K]",
    mark=F,
    parameters=(
        Parameter("minutes", 30, 10, 60, "minutes to reach"),
        Parameter("days", 5, 2, 7, "days a week"),
        Parameter("percent", 20, 10, 20, "largest rise a week, per cent"),
        Parameter("start_minutes", 10, 3, 30, "first walk when the longest recent walk is not known"),
        Parameter("start_minutes_high", 5, 2, 15, "the same at high irritability"),
    ),
)
O7 = Rule(
    id="O7",
    title="Longest run",
    statement="A run above 10 minutes is at most 110 % of the longest run of the last 30 days.",
    force=Force.HARD,
    scope=Scope.ITEM,
    source="Frandsen 2025, BJSM 59:1203",
    mark=F,
    parameters=(
        Parameter("percent", 110, 100, 110, "of the longest run of the last 30 days"),
        Parameter("minutes", 10, 5, 10, "runs up to this are exempt"),
    ),
)
RULES = (W1, O7)


def walks_in_intervals(case: Case) -> bool:
    """Whether walking is broken by sits: stenosis-like claudication."""
    return case.patient.findings.presentation is Presentation.STENOSIS_CLAUDICATION or (
        case.patient.findings.presentation is Presentation.MIXED
        and case.patient.findings.neurology.bilateral_signs == "long_standing_claudication"
    )


def limits(case: Case) -> Iterator[Limit]:
    """Growth of walking and running minutes."""
    if not is_off(case, W1):
        yield Growth(
            rule="W1",
            because="training.longest_walk_minutes",
            what="walk_minutes",
            ratio=1 + value(case, W1, "percent") / 100,
            absolute=2,
        )
    if not is_off(case, O7):
        yield Growth(
            rule="O7",
            because="training.longest_run_minutes",
            what="run_minutes",
            ratio=value(case, O7, "percent") / 100,
        )


@dataclass(frozen=True)
class Run:
    """The running of one session in minutes: all of it, and the longest stretch without a walk."""

    on: dt.date
    where: str
    minutes: float
    longest: float


def runs_too_long(
    runs: Sequence[Run], *, percent: float, exempt: float, recent_minutes: float = 0.0
) -> Iterator[Violation]:
    """Breaks of O7 by the runs of a published programme, in order of time.

    ``recent_minutes`` is the longest run of the last 30 days before the first of them.
    """
    for i, run in enumerate(runs):
        before = [one for one in runs[:i] if (run.on - one.on).days <= 30]
        most = max([recent_minutes, *(one.minutes for one in before)])
        longest = max([recent_minutes, *(one.longest for one in before)])
        ratio = percent / 100
        said = []
        if run.minutes > exempt and run.minutes > most * ratio + 1e-6:
            said.append(f"{run.minutes:.3g} min of running after at most {most:.3g}{_more(run.minutes, most)}")
        if run.longest > exempt and run.longest > longest * ratio + 1e-6:
            said.append(f"{run.longest:.3g} min at a stretch after at most {longest:.3g}{_more(run.longest, longest)}")
        if said:
            yield Violation("O7", run.where, "; ".join(said))


def _more(now: float, before: float) -> str:
    return f" (+{now / before - 1:.0%})" if before else ""


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Walking and running minutes grow no faster than stated."""
    walk: dict[int, float] = {}
    run: list[tuple[int, str, float]] = []
    instead: list[tuple[Variant, float]] = []
    for variant in variants(programme):
        if variant.line.item.track is not Track.AEROBIC:
            continue
        exercise = exercise_of(case, variant.exercise)
        minutes = aerobic_minutes(variant.dose)
        if exercise is not None and exercise.activity:
            if variant.role == "item":
                walk[variant.line.week] = max(walk.get(variant.line.week, 0.0), minutes)
            else:
                instead.append((variant, minutes))
        elif exercise is not None and (exercise.impact or 0) >= 2 and variant.dose.sets[0].seconds:
            run.append((variant.line.week, variant.where, minutes))
    if not is_off(case, W1):
        for week in sorted(walk)[1:]:
            before = max((m for w, m in walk.items() if w < week), default=walk[week])
            if walk[week] > max(before * (1 + value(case, W1, "percent") / 100), before + 2) + 1e-6:
                yield Violation("W1", f"week {week}", f"walking rises from {before:g} to {walk[week]:g} minutes")
        for variant, minutes in instead:
            most = max((m for w, m in walk.items() if w <= min(variant.weeks)), default=minutes)
            if minutes > most + 1e-6:
                yield Violation("W1", variant.where, f"{minutes:g} minutes where walks have {most:g}")
    if is_off(case, O7):
        return
    longest = float(case.patient.training.longest_run_minutes or 0)
    for week, where, minutes in run:
        recent = max([longest, *(m for w, _, m in run if week - 4 <= w < week)])
        if minutes > value(case, O7, "minutes") and minutes > recent * value(case, O7, "percent") / 100 + 1e-6:
            yield Violation("O7", where, f"{minutes:g} minutes after a longest run of {recent:g}")
