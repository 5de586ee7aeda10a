"""O4: hard work of one muscle group has a free day between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from planner.domain.case import Case
from planner.domain.exercise import SECTION_OF, Muscle, Section
from planner.domain.programme import Programme, SessionKind
from planner.rules.base import Force, K, Parameter, Rule, Scope, Violation, is_off, value
from planner.rules.limits import Gap, Limit
from planner.rules.reading import exercise_of, lines

O4 = Rule(
    id="O4",
    title="A free day between hard sets",
    statement=(
        "One free calendar day between sets at RPE 7 or more for the same primary muscle; submaximal trunk work and "
        "daily work are exempt."
    ),
    force=Force.HARD,
    scope=Scope.WEEK,
    source="ACSM",
    mark=K,
    parameters=(
        Parameter("days", 1, 1, 3, "free days between"),
        Parameter("effort", 7, 6, 9, "effort from which a set counts as hard"),
    ),
)
RULES = (O4,)


def limits(case: Case) -> Iterator[Limit]:
    """The gap."""
    if not is_off(case, O4):
        yield Gap(
            rule="O4", because="rule default", days=int(value(case, O4, "days")), effort=value(case, O4, "effort")
        )


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Days between hard sets of the same primary muscle."""
    if is_off(case, O4):
        return
    yield from _gaps(case, programme, fallbacks=False)
    yield from _gaps(case, programme, fallbacks=True)


def _gaps(case: Case, programme: Programme, *, fallbacks: bool) -> Iterator[Violation]:
    """Days between hard sets, as planned or with every fallback in its item's place."""
    effort, days = value(case, O4, "effort"), value(case, O4, "days")
    last: dict[Muscle, dt.date] = {}
    for line in lines(programme, SessionKind.TRAINING):
        done = line.item.fallback if fallbacks and line.item.fallback is not None else line.item
        exercise = exercise_of(case, done.exercise)
        if exercise is None or SECTION_OF[line.item.track] is Section.TRUNK or done.dose.effort < effort:
            continue
        date = line.session.start.date()
        for muscle in exercise.primary_muscles:
            before = last.get(muscle)
            if before is not None and 0 < (date - before).days <= days:
                yield Violation("O4", line.where, f"hard work for {muscle.value} on {before} and {date}")
            last[muscle] = date
