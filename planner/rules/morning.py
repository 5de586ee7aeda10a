"""M1: no loaded or end-range bending soon after waking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from planner.domain.case import Case
from planner.domain.directions import Direction
from planner.domain.exercise import Exercise
from planner.domain.programme import Programme
from planner.rules.base import F, Force, Parameter, Rule, Scope, Violation, is_off, value
from planner.rules.limits import Forbid, Limit
from planner.rules.reading import exercise_of, variants

M1 = Rule(
    id="M1",
    title="Not straight after waking",
    statement="A back that dislikes bending does no loaded or end-range bending within two hours of waking.",
    force=Force.HARD,
    scope=Scope.ITEM,
    source="Snook 1998, Spine 23:2601",
    mark=F,
    parameters=(Parameter("minutes", 120, 30, 180, "minutes after waking"),),
)
RULES = (M1,)


def applies(case: Case) -> bool:
    """Whether bending is not tolerated."""
    return case.patient.intolerance(Direction.FLEXION) is not None and not is_off(case, M1)


def bends(exercise: Exercise) -> bool:
    """Loaded flexion (motion with a load or a moment held) or end-range flexion."""
    if exercise.motion is None or exercise.resists is None or exercise.activity:
        return exercise.motion is None
    flexion = exercise.motion.flexion
    return flexion >= 3 or (flexion >= 1 and (exercise.loadable or exercise.resists.flexion >= 2))


def limits(case: Case) -> Iterator[Limit]:
    """Keeps such items out of early sessions."""
    if applies(case):
        yield Forbid(
            rule="M1",
            because="findings.intolerances (flexion), availability.waking",
            exercises=frozenset(e.id for e in case.exercises.values() if bends(e)),
            within_minutes_of_waking=int(value(case, M1, "minutes")),
        )


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Nothing that bends under load or to the end soon after waking."""
    if not applies(case):
        return
    waking = case.patient.availability.waking
    for variant in variants(programme):
        exercise = exercise_of(case, variant.exercise)
        if exercise is None or not bends(exercise):
            continue
        if variant.role == "flare":
            yield Violation("M1", variant.where, "bends, and a flare card is for any hour")
            continue
        start = variant.line.session.start
        awake = start - dt.datetime.combine(start.date(), waking)
        if dt.timedelta(0) <= awake < dt.timedelta(minutes=value(case, M1, "minutes")):
            yield Violation("M1", variant.where, f"{awake.seconds // 60} minutes after waking")
