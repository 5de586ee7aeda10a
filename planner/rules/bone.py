"""B1, OP: bones and balance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from planner.domain.burden import total_load_kg
from planner.domain.case import Case
from planner.domain.exercise import Exercise, Track
from planner.domain.programme import Programme
from planner.rules.base import F, Force, OverrideBy, Parameter, Rule, Scope, Violation, is_off, value
from planner.rules.lifting import FLOOR_LIFTS
from planner.rules.limits import Cap, Cover, Forbid, Limit, Quantity
from planner.rules.reading import exercise_of, lines, variants

B1 = Rule(
    id="B1",
    title="Balance and impact",
    statement=(
        "With osteoporosis, or from 65 years, balance work on most days; impact only with vertebral fracture excluded, "
        "and with osteoporosis stamps and heel drops rather than jumps. After a fall in the last year no exercise but "
        "balance work, at a counter, asks for more than a little balance. With fragile bones, and a place where nobody "
        "watches, what is pressed lying or held in a hinge weighs at most a share of body mass in all, since it has to "
        "be fetched and put down again, nothing is lifted from the floor, which few reach without bending, and no "
        "trunk is held out over an edge."
    ),
    force=Force.HARD,
    scope=Scope.WEEK,
    source="Brooke-Wavell 2022, 10.1136/bjsports-2021-104634",
    mark=F,
    parameters=(
        Parameter("age", 65, 60, 75, "years from which balance work is added"),
        Parameter("days", 5, 3, 7, "days a week of balance work"),
        Parameter("impact_grade", 2, 1, 3, "highest grade of impact with osteoporosis; a default"),
        Parameter("falls", 1, 1, 5, "falls in the last year after which balance is spared; a default"),
        Parameter("balance_grade", 1, 0, 3, "highest demand on balance then, beside balance work; a default"),
        Parameter("lying_press_share", 0.33, 0.1, 0.8, "most in both hands, of body mass, pressed lying; a default"),
        Parameter("hinge_share", 0.5, 0.1, 1.0, "most in both hands, of body mass, held in a hinge; a default"),
    ),
)
OP = Rule(
    id="OP",
    title="Osteoporosis",
    statement=(
        "No loaded or repeated end-range bending or twisting: flexion, rotation and thoracic flexion at most grade 1, "
        "for good."
    ),
    force=Force.HARD,
    scope=Scope.ITEM,
    source="Giangregorio 2014, 10.1007/s00198-013-2523-2; 2015, 10.1007/s00198-014-2881-4",
    mark=F,
    override=OverrideBy.NEVER,
)
RULES = (B1, OP)

#: What is pressed lying on the back with something in each hand.
LYING_PRESSES = frozenset({"floor_press", "dumbbell_bench_press"})
#: What is held in a hinge, and taken from a rack or a chair.
HINGES = frozenset({"romanian_deadlift_dumbbell", "romanian_deadlift_barbell"})
#: What bones that are fragile are spared at home: loads from the floor, and a trunk held out over an edge. [D]
SPARED = FLOOR_LIFTS | {"short_sorensen", "sorensen_hold", "weighted_sorensen_hold"}


def fragile(case: Case) -> bool:
    """Whether the osteoporosis caps hold; an unknown bone or fracture status counts as fragile."""
    conditions = case.patient.conditions
    return conditions.osteoporosis is not False or conditions.vertebral_fracture != "excluded"


def needs_balance(case: Case) -> bool:
    """Whether balance work is added on most days."""
    return not is_off(case, B1) and (
        case.patient.conditions.osteoporosis is True or case.patient.age >= value(case, B1, "age")
    )


def impact_allowed(case: Case) -> bool:
    """Impact needs a vertebral fracture excluded where bones are fragile or age is 65 and over."""
    return not fragile(case) or (
        case.patient.conditions.osteoporosis is True and case.patient.conditions.vertebral_fracture == "excluded"
    )


def unsteady(case: Case) -> bool:
    """Whether falls in the last year close what asks for more than a little balance."""
    return not is_off(case, B1) and (case.patient.conditions.falls_last_year or 0) >= value(case, B1, "falls")


def check_in_questions(case: Case) -> Iterator[str]:
    """What every check-in asks of falls and of a new fracture."""
    if fragile(case) or needs_balance(case) or unsteady(case):
        yield "Any fall or near fall since last time, and what led to it? (rule B1)"
    if fragile(case):
        yield "Any new pain in the middle of the back, or loss of height? (rule OP)"


def notes(case: Case) -> tuple[str, ...]:
    """What a clinician is told of falls, printed in any case."""
    if not unsteady(case):
        return ()
    falls = case.patient.conditions.falls_last_year
    words = (
        f"B1: falls in the last year: {falls}. Find out why; training keeps to exercises that ask for little balance, "
        "and somebody nearby, or a counter, is advised."
    )
    return (words,)


def _asks_for_balance(case: Case, exercise: Exercise) -> bool:
    """Whether an exercise asks for more balance than falls leave open; balance work stands at a counter."""
    return (exercise.balance_demand or 0) > value(case, B1, "balance_grade") and Track.BALANCE not in exercise.tracks


def _unwatched(case: Case) -> bool:
    """Whether somebody with fragile bones trains in a place where nobody watches."""
    return fragile(case) and not is_off(case, B1) and not all(place.supervised for place in case.patient.places)


def _most_kg(case: Case) -> tuple[tuple[frozenset[str], float], ...]:
    """The most that is lifted of some exercises where nobody watches fragile bones, kg in both hands."""
    if not _unwatched(case):
        return ()
    mass = case.patient.body_mass_kg
    shares = ((LYING_PRESSES, "lying_press_share"), (HINGES, "hinge_share"))
    return tuple((names, value(case, B1, share) * mass) for names, share in shares)


def limits(case: Case) -> Iterator[Limit]:
    """Caps on motion, impact and balance, and the cover of balance."""
    weeks = frozenset(range(1, case.weeks + 1))
    if unsteady(case):
        closed = frozenset(one.id for one in case.exercises.values() if _asks_for_balance(case, one))
        yield Forbid(rule="B1", because="conditions.falls_last_year", exercises=closed)
    if fragile(case):
        for quantity in (Quantity.FLEXION_MOTION, Quantity.ROTATION_MOTION, Quantity.THORACIC_FLEXION):
            yield Cap(rule="OP", because="conditions.osteoporosis", quantity=quantity, at_most=1, weeks=weeks)
    if _unwatched(case):
        spared = SPARED & frozenset(case.exercises)
        yield Forbid(rule="B1", because="conditions.osteoporosis", exercises=spared)
    for names, most in _most_kg(case):
        yield Cap(
            rule="B1",
            because="conditions.osteoporosis",
            quantity=Quantity.LOAD_KG,
            at_most=most,
            weeks=weeks,
            exercises=names,
        )
    if not impact_allowed(case):
        yield Cap(rule="B1", because="conditions.vertebral_fracture", quantity=Quantity.IMPACT, at_most=0, weeks=weeks)
    elif case.patient.conditions.osteoporosis is True:
        most = value(case, B1, "impact_grade")
        yield Cap(rule="B1", because="conditions.osteoporosis", quantity=Quantity.IMPACT, at_most=most, weeks=weeks)
    if needs_balance(case):
        yield Cover(
            rule="B1",
            because="age, conditions.osteoporosis",
            at_least=int(value(case, B1, "days")),
            weeks=weeks,
            track=Track.BALANCE,
        )


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Motion, impact and balance where bones or age ask for care."""
    careful, alone, most_kg = fragile(case), _unwatched(case), _most_kg(case)
    for variant in variants(programme):
        exercise = exercise_of(case, variant.exercise)
        if exercise is None or exercise.motion is None or exercise.activity:
            continue
        worst = max(exercise.motion.flexion, exercise.motion.rotation, exercise.thoracic_flexion or 0)
        if careful and worst > 1:
            yield Violation("OP", variant.where, f"bending or twisting of grade {worst} with fragile bones")
        if variant.line.session.account is None:
            if alone and exercise.id in SPARED:
                yield Violation("B1", variant.where, "from the floor, or over an edge, with fragile bones")
            load = total_load_kg(exercise, variant.dose)
            for names, most in most_kg:
                if exercise.id in names and load > most + 1e-6:
                    yield Violation("B1", variant.where, f"{load:g} kg in all with fragile bones, at most {most:g} kg")
        if unsteady(case) and _asks_for_balance(case, exercise) and variant.line.session.account is None:
            yield Violation("B1", variant.where, f"balance of grade {exercise.balance_demand} after falls")
        if (exercise.impact or 0) > 0 and not impact_allowed(case):
            yield Violation("B1", variant.where, "impact without a vertebral fracture excluded")
        elif (exercise.impact or 0) > value(case, B1, "impact_grade") and case.patient.conditions.osteoporosis is True:
            yield Violation("B1", variant.where, f"impact of grade {exercise.impact} with osteoporosis")
    if not needs_balance(case):
        return
    for week in programme.weeks:
        days = {
            line.session.start.date()
            for line in lines(programme)
            if line.week == week.number and line.item.track is Track.BALANCE
        }
        if len(days) < value(case, B1, "days"):
            if programme.frozen and programme.planned_from is not None:
                ends = week.starts + dt.timedelta(days=7)
                if ends > programme.planned_from:
                    continue  # nothing is done while everything is on hold
            yield Violation("B1", f"week {week.number}", f"balance work on {len(days)} days")
