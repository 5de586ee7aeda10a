"""E1-E7, CAL, X1, Q1: what makes a programme doable: equipment, time, order, constancy, calibration."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from planner.domain.case import Case
from planner.domain.exercise import Section
from planner.domain.patient import Irritability
from planner.rules.base import D, Force, OverrideBy, Parameter, Rule, Scope, is_off, value
from planner.rules.limits import Forbid, Limit, Order
from planner.rules.phases import forecast

E1 = Rule(
    id="E1",
    title="Loads that are owned",
    statement="Every exercise has its equipment, and every load is one owned, at the place of its session.",
    force=Force.HARD,
    scope=Scope.ITEM,
    source="product promise",
    mark=D,
    override=OverrideBy.NEVER,
)
E2 = Rule(
    id="E2",
    title="Inside the week",
    statement=(
        "Sessions lie inside the patient's windows and daily slots, outside busy events and days away, at most one "
        "training session a day, and the estimated minutes (warm-up, work, rest, change-over) fit."
    ),
    force=Force.HARD,
    scope=Scope.SESSION,
    source="product promise",
    mark=D,
    override=OverrideBy.NEVER,
    parameters=(Parameter("warm_up_minutes", 4, 3, 10, "warm-up of a training session, minutes"),),
)
E3 = Rule(
    id="E3",
    title="Order of a session",
    statement="Symptom control, preparation, trunk, main patterns, accessories, aerobic.",
    force=Force.HARD,
    scope=Scope.SESSION,
    source="practice",
    mark=D,
)
E4 = Rule(
    id="E4",
    title="Exercises stay",
    statement=(
        "A strength exercise stays at least three weeks unless it steps up its ladder, and none appears only once."
    ),
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="practice",
    mark=D,
    parameters=(Parameter("weeks", 3, 2, 6, "weeks that a strength exercise stays"),),
)
E5 = Rule(
    id="E5",
    title="The week keeps its shape",
    statement="The weekdays of a track stay the same for a block of about four weeks.",
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="practice",
    mark=D,
    parameters=(Parameter("block_weeks", 4, 2, 6, "longest block, weeks"),),
)
E6 = Rule(
    id="E6",
    title="Complete tags",
    statement="An exercise whose tags are incomplete is never prescribed, nor a dose outside the exercise's bounds.",
    force=Force.HARD,
    scope=Scope.ITEM,
    source="product promise",
    mark=D,
    override=OverrideBy.NEVER,
)
E7 = Rule(
    id="E7",
    title="Symptom work ends",
    statement="Directional and neural work tapers and ends before the programme does.",
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="practice",
    mark=D,
)
E8 = Rule(
    id="E8",
    title="Nothing without a purpose",
    statement="Every item names the goal or the rule that it serves; every must goal is reached.",
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="product promise",
    mark=D,
    override=OverrideBy.NEVER,
)
E9 = Rule(
    id="E9",
    title="A way down",
    statement=(
        "Every item has an easier rung inside this week's envelope where one exists, and every item behind a gate "
        "has a fallback that is valid before it."
    ),
    force=Force.HARD,
    scope=Scope.ITEM,
    source="product promise",
    mark=D,
    override=OverrideBy.NEVER,
)
CAL = Rule(
    id="CAL",
    title="Calibration",
    statement=(
        "Unknown capacity: the first session calibrates at 4 or more repetitions in reserve when irritable, 2 or 3 "
        "otherwise, never above the phase's effort cap; later loads are a forecast from it until logged."
    ),
    force=Force.HARD,
    scope=Scope.ITEM,
    source="design default",
    mark=D,
    parameters=(
        Parameter("reserve_irritable", 4, 3, 6, "repetitions in reserve when irritable"),
        Parameter("reserve", 3, 2, 4, "repetitions in reserve otherwise"),
    ),
)
X1 = Rule(
    id="X1",
    title="Passive items are adjuncts",
    statement="Each passive item has at least one active item beside it.",
    force=Force.HARD,
    scope=Scope.SESSION,
    source="WHO 2023; NICE NG59",
    mark=D,
)
Q1 = Rule(
    id="Q1",
    title="Confidence",
    statement="Confidence below 7 of 10: the programme shrinks first, one exercise fewer a session.",
    force=Force.SOFT,
    scope=Scope.SESSION,
    source="practice",
    mark=D,
    parameters=(Parameter("confidence", 7, 5, 9, "below this the programme shrinks"),),
)
RULES = (E1, E2, E3, E4, E5, E6, E7, E8, E9, CAL, X1, Q1)


def blocks(case: Case) -> tuple[tuple[int, ...], ...]:
    """The weeks, 1-based, of every block: a phase, cut evenly where it is longer than a block."""
    longest = int(value(case, E5, "block_weeks"))
    out: list[tuple[int, ...]] = []
    weeks = list(enumerate(forecast(case), start=1))
    for _, group in itertools.groupby(weeks, key=lambda pair: pair[1]):
        run = [week for week, _ in group]
        parts = -(-len(run) // longest)
        size, extra = divmod(len(run), parts)
        begin = 0
        for part in range(parts):
            end = begin + size + (part < extra)
            out.append(tuple(run[begin:end]))
            begin = end
    return tuple(out)


def calibration_effort(case: Case) -> float:
    """Effort of a first contact with an unknown capacity, RPE."""
    irritable = not case.patient.healthy and case.patient.findings.irritability is not Irritability.LOW
    return 10 - value(case, CAL, "reserve_irritable" if irritable else "reserve")


def unsure(case: Case) -> bool:
    """Whether the patient's confidence asks for a smaller programme (rule Q1)."""
    confidence = case.patient.confidence
    return confidence is not None and confidence < value(case, Q1, "confidence") and not is_off(case, Q1)


def limits(case: Case) -> Iterator[Limit]:
    """Incomplete exercises are out; sections have an order."""
    untagged = frozenset(e.id for e in case.exercises.values() if not e.complete)
    if untagged:
        yield Forbid(rule="E6", because="catalogue", exercises=untagged)
    yield Order(rule="E3", because="rule default", sections=tuple(Section))
