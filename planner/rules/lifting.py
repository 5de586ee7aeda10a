"""O9: loaded lifting from the floor is earned by lifting from blocks."""

from __future__ import annotations

from collections.abc import Iterator

from planner.domain.case import Case
from planner.domain.programme import Programme
from planner.rules.base import D, Force, Parameter, Rule, Scope, Violation, is_off, value
from planner.rules.limits import Limit, Precede
from planner.rules.reading import variants

O9 = Rule(
    id="O9",
    title="Floor lifting is earned",
    statement=(
        "Before loaded lifting from the floor: lifts from blocks in at least two sessions, green both times, or "
        "the clinician's signature."
    ),
    force=Force.GATE,
    scope=Scope.PROGRAMME,
    source="Berglund 2015 predicts who benefits [F]; the gate is a default",
    mark=D,
    parameters=(Parameter("sessions", 2, 1, 6, "sessions of block lifts before"),),
)
RULES = (O9,)

#: Loaded lifts whose load starts on the floor.
FLOOR_LIFTS = frozenset(
    {
        "kettlebell_deadlift_from_floor",
        "conventional_deadlift",
        "trap_bar_deadlift",
        "deficit_deadlift",
        "sumo_deadlift",
        "crate_from_floor",
        "lift_and_turn",
    }
)
#: Lifts from a raised start that earn them.
BLOCK_LIFTS = frozenset(
    {
        "kettlebell_deadlift_high_block",
        "kettlebell_deadlift_from_block",
        "block_pull",
        "romanian_deadlift_dumbbell",
        "romanian_deadlift_barbell",
        "crate_from_knee_height",
    }
)


def limits(case: Case) -> Iterator[Limit]:
    """Block lifts before floor lifts; not asked of a healthy back."""
    if case.patient.healthy or is_off(case, O9):
        return
    yield Precede(
        rule="O9",
        because="findings.presentation",
        before=BLOCK_LIFTS & frozenset(case.exercises),
        after=FLOOR_LIFTS & frozenset(case.exercises),
        sessions=int(value(case, O9, "sessions")),
    )


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Enough block lifts, on different days, before the first floor lift."""
    if case.patient.healthy or is_off(case, O9):
        return
    earned: set[tuple[int, str]] = set()
    for variant in variants(programme):
        if variant.exercise in FLOOR_LIFTS:
            before = {when for when in earned if when[0] < min(variant.weeks)}
            if len(before) < value(case, O9, "sessions"):
                yield Violation("O9", variant.where, f"after {len(before)} sessions from blocks")
        if variant.role == "item" and variant.exercise in BLOCK_LIFTS:
            earned.add((variant.line.week, variant.line.session.start.date().isoformat()))
