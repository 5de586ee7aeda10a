"""O9, O10: loaded lifting from the floor is earned by lifting from blocks; heavy sets are led up to."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from planner.domain.case import Case
from planner.domain.dose import DoseKind, Load
from planner.domain.exercise import Implement
from planner.domain.patient import Equipment
from planner.domain.programme import Programme, SessionKind
from planner.rules.base import D, Force, Parameter, Rule, Scope, Violation, is_off, value
from planner.rules.limits import Limit, NewInWeek, Precede
from planner.rules.practical import parts_of
from planner.rules.reading import Line, lived_lines, variants
from planner.rules.response import Light, light

O9 = Rule(
    id="O9",
    title="Floor lifting is earned",
    statement=(
        "Before loaded lifting from the floor: ten lifts from blocks at 16 kg, or at the first load from the floor "
        "where that is less, in at least two sessions, green both times; then one lift from the floor that is new in "
        "a week. Or the clinician's signature."
    ),
    force=Force.GATE,
    scope=Scope.PROGRAMME,
    source="Berglund 2015 predicts who benefits [F]; the gate is a default",
    mark=D,
    parameters=(
        Parameter("sessions", 2, 1, 6, "sessions of block lifts before"),
        Parameter("repetitions", 10, 5, 20, "working repetitions of a block lift in each"),
        Parameter("kg", 16, 8, 24, "load of them in kg, or the first from the floor where that is less"),
        Parameter("new_a_week", 1, 1, 2, "lifts from the floor that may be new in a week"),
    ),
)
O10 = Rule(
    id="O10",
    title="Heavy sets are led up to",
    statement=(
        "A load above half the body mass is led up to with lighter sets of the same lift, where something lighter is "
        "owned: about half of it for five repetitions, then three quarters for three, a minute apart."
    ),
    force=Force.HARD,
    scope=Scope.ITEM,
    source="clinical practice; shares are design defaults",
    mark=D,
    parameters=(
        Parameter("from", 0.5, 0.3, 1.0, "share of body mass above which a load is led up to"),
        Parameter("first", 0.5, 0.3, 0.6, "share of the load in the first lighter set"),
        Parameter("second", 0.75, 0.6, 0.9, "share of the load in the second"),
    ),
)
RULES = (O9, O10)
#: Repetitions of the lighter sets. [D]
RAMP_REPETITIONS = (5, 3)

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
    yield _earned_by(case)
    yield NewInWeek(
        rule="O9",
        because="findings.presentation",
        exercises=FLOOR_LIFTS & frozenset(case.exercises),
        at_most=int(value(case, O9, "new_a_week")),
    )


def _earned_by(case: Case) -> Precede:
    return Precede(
        rule="O9",
        because="findings.presentation",
        before=BLOCK_LIFTS & frozenset(case.exercises),
        after=FLOOR_LIFTS & frozenset(case.exercises),
        sessions=int(value(case, O9, "sessions")),
        repetitions=int(value(case, O9, "repetitions")),
        least_kg=value(case, O9, "kg"),
    )


def lifted_kg(load: Load | None, implement: Implement) -> float:
    """What a load weighs in all, kg: of a pair of dumbbells both; 0 without one."""
    return 0.0 if load is None else load.kg * (2 if implement is Implement.DUMBBELL_PAIR else 1)


def heavy(case: Case, load: Load, implement: Implement) -> bool:
    """Whether a load is led up to (rule O10)."""
    return lifted_kg(load, implement) > value(case, O10, "from") * case.patient.body_mass_kg + 1e-9


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Enough block lifts, on different days, before the first floor lift; lighter sets before heavy ones."""
    yield from _from_the_floor(case, programme)
    if is_off(case, O10):
        return
    for variant in variants(programme, SessionKind.TRAINING):
        dose, session = variant.dose, variant.line.session
        if variant.role == "short" or dose.kind is not DoseKind.REPETITIONS or session.account is not None:
            continue
        top = dose.top_load
        if top is None or not heavy(case, top, variant.implement):
            continue
        lightest = _lightest_kg(case.patient.place(session.place).equipment, variant.implement)
        led = any(row.warm_up and row.load is not None and row.load.kg < top.kg for row in dose.sets)
        if not led and lightest <= value(case, O10, "first") * top.kg + 1e-9 and not variant.line.item.pinned:
            yield Violation("O10", variant.where, f"{top.text} without a lighter set before it")


def _lightest_kg(equipment: Equipment, implement: Implement) -> float:
    """The lightest load of an implement, kg; infinite without one."""
    bar, loose, stack = parts_of(equipment, implement)
    found = [*loose, *([] if bar is None else [bar.bar]), *([] if stack is None else [stack.low])]
    return min((equipment.native(one).kg for one in found), default=math.inf)


def _from_the_floor(case: Case, programme: Programme) -> Iterator[Violation]:
    if case.patient.healthy or is_off(case, O9):
        return
    gate, first_kg = _earned_by(case), _first_from_the_floor(programme)
    done: dict[dt.date, list[tuple[int, str, int, float]]] = {}
    new: dict[int, set[str]] = {}
    seen: set[str] = set()

    def lift(line: Line) -> None:
        item = line.item
        seen.add(item.exercise)
        if item.exercise in BLOCK_LIFTS:
            counted = sum(row.repetitions or 0 for row in item.dose.working_sets)
            found = line.week, item.exercise, counted, lifted_kg(item.dose.top_load, item.implement)
            done.setdefault(line.session.start.date(), []).append(found)

    for line in lived_lines(programme):
        if line.session.account is not None and light(case, line.session, line.item) is Light.GREEN:
            lift(line)
    for variant in variants(programme):
        session, kg = variant.line.session, lifted_kg(variant.dose.top_load, variant.implement)
        if variant.exercise in FLOOR_LIFTS and session.account is None:
            least = first_kg.get(variant.exercise, kg)
            earned = {
                day
                for day, lifts in done.items()
                for week, name, repetitions, lifted in lifts
                if week < min(variant.weeks) and gate.counts(name, repetitions, lifted, least)
            }
            if len(earned) < gate.sessions:
                yield Violation("O9", variant.where, f"after {len(earned)} sessions from blocks that count")
            if variant.role == "item" and variant.exercise not in seen:
                new.setdefault(variant.line.week, set()).add(variant.exercise)
        if variant.role == "item" and session.account is None:
            lift(variant.line)
    for week, names in sorted(new.items()):
        if len(names) > value(case, O9, "new_a_week"):
            yield Violation(
                "O9", f"week {week}", f"{len(names)} lifts from the floor are new: {', '.join(sorted(names))}"
            )


def _first_from_the_floor(programme: Programme) -> dict[str, float]:
    """By lift from the floor, the load in kg with which its ladder begins to lift from there."""
    out: dict[str, float] = {}
    for record in programme.ladders:
        floor = [rung for rung in record.rungs if rung.exercise in FLOOR_LIFTS]
        for rung in floor:
            out[rung.exercise] = lifted_kg(floor[0].load, floor[0].implement)
    return out
