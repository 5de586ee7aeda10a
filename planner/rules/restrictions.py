"""S1 and the conditions that close work: restrictions, pregnancy, surgery, spondylolisthesis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from planner.domain.case import Case
from planner.domain.directions import Direction, Side
from planner.domain.exercise import Contraindication, Exercise, Position
from planner.domain.patient import Restriction
from planner.domain.programme import Programme
from planner.rules.base import D, Force, K, OverrideBy, Parameter, Rule, Scope, Violation, is_off, value
from planner.rules.limits import Cap, Forbid, Limit, Quantity
from planner.rules.reading import asks, exercise_of, variants
from planner.rules.red_flags import BP

S1 = Rule(
    id="S1",
    title="Restrictions",
    statement="Restricted positions, joints, patterns and exercises are not used; the reason is printed.",
    force=Force.HARD,
    scope=Scope.ITEM,
    source="practice",
    mark=K,
)
PREG = Rule(
    id="PREG",
    title="Pregnancy",
    statement="No long lying on the back after 20 weeks, no lying on the front, no breath-holding.",
    force=Force.HARD,
    scope=Scope.ITEM,
    source="practice",
    mark=K,
    override=OverrideBy.NEVER,
    parameters=(Parameter("supine_weeks", 20, 12, 20, "weeks from which lying on the back is avoided"),),
)
SURG = Rule(
    id="SURG",
    title="After surgery",
    statement="The surgeon's own limits hold until the surgeon's own date; nothing is assumed in their place.",
    force=Force.HARD,
    scope=Scope.ITEM,
    source="surgical sheets disagree, so none is a default",
    mark=D,
    override=OverrideBy.NEVER,
)
SPON = Rule(
    id="SPON",
    title="Isthmic spondylolisthesis",
    statement="Extension at most grade 1.",
    force=Force.HARD,
    scope=Scope.ITEM,
    source="design default",
    mark=D,
    parameters=(Parameter("extension", 1, 0, 2, "highest extension grade"),),
)
CON = Rule(
    id="CON",
    title="Contraindications",
    statement="An exercise is not used in a condition that the catalogue names for it.",
    force=Force.HARD,
    scope=Scope.ITEM,
    source="catalogue",
    mark=D,
    override=OverrideBy.NEVER,
)
RULES = (S1, PREG, SURG, SPON, CON)


def restricted(exercise: Exercise, restriction: Restriction) -> bool:
    """Whether a restriction closes an exercise; unknown tags count as closed."""
    if restriction.position is not None:
        return exercise.positions is None or restriction.position in exercise.positions
    if restriction.joint is not None:
        return exercise.joints is None or restriction.joint in exercise.joints
    if restriction.pattern is not None:
        return exercise.pattern is restriction.pattern
    if restriction.floor_transfer is not None:
        return exercise.floor_transfer is not False
    return exercise.id == restriction.exercise


def findings(case: Case) -> frozenset[Contraindication]:
    """The catalogue's contraindications that this patient has; unknown counts as present."""
    conditions = case.patient.conditions
    present: set[Contraindication] = set()
    if conditions.osteoporosis is not False:
        present.add(Contraindication.OSTEOPOROSIS)
    if conditions.vertebral_fracture != "excluded":
        present.add(Contraindication.VERTEBRAL_FRACTURE)
    if conditions.spondylolisthesis:
        present.add(Contraindication.SPONDYLOLISTHESIS)
    if conditions.pregnancy_weeks is not None:
        present.add(Contraindication.PREGNANCY)
    if conditions.hip_replacement:
        present.add(Contraindication.JOINT_REPLACEMENT_HIP)
    if conditions.surgery is not None:
        present.add(Contraindication.RECENT_SURGERY)
    if needs_pressure_care(case):
        present.add(Contraindication.HYPERTENSION)
    return frozenset(present)


def needs_pressure_care(case: Case) -> bool:
    """Whether blood pressure is in the range where care is taken (rule BP)."""
    pressure = case.patient.conditions.blood_pressure
    return pressure is not None and (
        pressure.systolic >= value(case, BP, "care_systolic") or pressure.diastolic >= value(case, BP, "care_diastolic")
    )


def weeks_under_surgeon(case: Case) -> frozenset[int]:
    """Weeks that begin on or before the last day of the surgeon's limits."""
    surgery = case.patient.conditions.surgery
    if surgery is None:
        return frozenset()
    return frozenset(w for w in range(1, case.weeks + 1) if case.week_start(w) <= surgery.until)


def closed_by_surgeon(case: Case, week: int) -> tuple[Direction, ...]:
    """Directions that a surgeon has closed in a week, from the operation on."""
    surgery = case.patient.conditions.surgery
    if surgery is None or week not in weeks_under_surgeon(case):
        return ()
    return surgery.closed_directions if case.week_start(week) + dt.timedelta(days=7) > surgery.on else ()


def pregnant_from(case: Case, weeks: float) -> frozenset[int]:
    """Programme weeks in which the pregnancy is at least so many weeks old."""
    at_start = case.patient.conditions.pregnancy_weeks
    if at_start is None:
        return frozenset()
    screened: dt.date = case.patient.screening.on
    return frozenset(
        w for w in range(1, case.weeks + 1) if at_start + ((case.week_start(w) - screened).days + 6) // 7 >= weeks
    )


def limits(case: Case) -> Iterator[Limit]:
    """What restrictions and conditions close."""
    exercises = list(case.exercises.values())
    if not is_off(case, S1):
        for i, restriction in enumerate(case.patient.restrictions):
            closed = frozenset(e.id for e in exercises if restricted(e, restriction))
            yield Forbid(rule="S1", because=f"restrictions[{i}]: {restriction.reason}", exercises=closed)
        if case.patient.conditions.floor_transfer is not True:
            closed = frozenset(e.id for e in exercises if e.floor_transfer is not False)
            yield Forbid(rule="S1", because="conditions.floor_transfer", exercises=closed)
    present = findings(case)
    closed = frozenset(e.id for e in exercises if present.intersection(e.contraindications))
    if closed:
        yield Forbid(rule="CON", because="conditions", exercises=closed)
    yield from _pregnancy(case, exercises)
    yield from _surgery(case, exercises)
    everywhere = frozenset(range(1, case.weeks + 1))
    if case.patient.conditions.spondylolisthesis and not is_off(case, SPON):
        yield Cap(
            rule="SPON",
            because="conditions.spondylolisthesis",
            quantity=Quantity.EXTENSION_MOTION,
            at_most=value(case, SPON, "extension"),
            weeks=everywhere,
        )
    if needs_pressure_care(case):
        held = frozenset(e.id for e in exercises if e.breath_holding is not False)
        yield Forbid(rule="BP", because="conditions.blood_pressure", exercises=held)
        yield Cap(
            rule="BP",
            because="conditions.blood_pressure",
            quantity=Quantity.SHARE_OF_ONE_REP_MAX,
            at_most=value(case, BP, "share_of_one_rep_max"),
            weeks=everywhere,
        )


def _pregnancy(case: Case, exercises: list[Exercise]) -> Iterator[Limit]:
    if case.patient.conditions.pregnancy_weeks is None:
        return
    because = "conditions.pregnancy_weeks"
    closed = frozenset(
        e.id for e in exercises if e.positions is None or Position.PRONE in e.positions or e.breath_holding is not False
    )
    yield Forbid(rule="PREG", because=because, exercises=closed)
    supine = frozenset(e.id for e in exercises if e.positions is None or Position.SUPINE in e.positions)
    late = pregnant_from(case, value(case, PREG, "supine_weeks"))
    if late:
        yield Forbid(rule="PREG", because=because, exercises=supine, weeks=late)


def _surgery(case: Case, exercises: list[Exercise]) -> Iterator[Limit]:
    surgery = case.patient.conditions.surgery
    weeks = weeks_under_surgeon(case)
    if surgery is None or not weeks:
        return
    because = f"conditions.surgery (limits by {surgery.limits_by} until {surgery.until})"
    yield Cap(rule="SURG", because=because, quantity=Quantity.LOAD_KG, at_most=surgery.max_load_kg, weeks=weeks)
    shifts = (Direction.SHIFT_LEFT, Direction.SHIFT_RIGHT)
    closed = frozenset(
        e.id
        for e in exercises
        if not e.activity
        and (
            e.motion is None
            or any(
                (e.lateral_shift or 0) >= 1 if way in shifts else e.motion.on_side(Side.BOTH)[way] >= 1
                for way in surgery.closed_directions
            )
        )
    )
    yield Forbid(rule="SURG", because=because, exercises=closed, weeks=weeks)


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Nothing restricted, contraindicated, or outside a surgeon's limits."""
    present = findings(case)
    conditions = case.patient.conditions
    for variant in variants(programme):
        exercise = exercise_of(case, variant.exercise)
        if exercise is None or exercise.motion is None:
            continue
        if not is_off(case, S1):
            for restriction in case.patient.restrictions:
                if restricted(exercise, restriction):
                    yield Violation("S1", variant.where, f"restricted: {restriction.reason}")
            if conditions.floor_transfer is not True and exercise.floor_transfer:
                yield Violation(
                    "S1", variant.where, "floor work, and getting up from the floor is not known to be safe"
                )
        for found in sorted(present.intersection(exercise.contraindications)):
            yield Violation("CON", variant.where, f"contraindicated: {found.value}")
        if conditions.pregnancy_weeks is not None:
            positions = exercise.positions or ()
            if Position.PRONE in positions or exercise.breath_holding:
                yield Violation("PREG", variant.where, "lying on the front or breath-holding in pregnancy")
            late = pregnant_from(case, value(case, PREG, "supine_weeks")).intersection(variant.dated)
            if late and Position.SUPINE in positions:
                yield Violation("PREG", variant.where, "lying on the back late in pregnancy")
        if conditions.spondylolisthesis and not is_off(case, SPON):
            if not exercise.activity and exercise.motion.extension > value(case, SPON, "extension"):
                yield Violation("SPON", variant.where, f"extension grade {exercise.motion.extension}")
        if exercise.activity or conditions.surgery is None:
            continue
        if weeks_under_surgeon(case).intersection(variant.dated):
            asked = asks(case, variant)
            if asked is not None and asked.load_kg > conditions.surgery.max_load_kg + 1e-9:
                yield Violation(
                    "SURG",
                    variant.where,
                    f"{asked.load_kg:g} kg, the surgeon allows {conditions.surgery.max_load_kg:g}",
                )
            if asked is not None and any(asked.motion[way] >= 1 for way in conditions.surgery.closed_directions):
                yield Violation("SURG", variant.where, "a direction that the surgeon has closed")
