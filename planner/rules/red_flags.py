"""T1-T3: the safety screen.  Whether anything may be planned at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from planner.domain.case import Case
from planner.domain.dose import DoseKind
from planner.domain.patient import Answer, Patient, Presentation
from planner.domain.programme import Programme
from planner.domain.red_flags import RED_FLAGS, Tier
from planner.rules.base import D, F, Force, OverrideBy, Parameter, Rule, Scope, Violation, value, values
from planner.rules.reading import exercise_of, variants

T1 = Rule(
    id="T1",
    title="Red flags",
    statement=(
        "A positive emergency or urgent flag is referred and nothing is planned; a hold waits for a recorded "
        "clearance; a note is printed. Every flag is asked at intake and again at every check-in."
    ),
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="IFOMPT, Finucane 2020, JOSPT 50:350, 10.2519/jospt.2020.9971; tiers are defaults",
    mark=F,
    override=OverrideBy.NEVER,
)
T2 = Rule(
    id="T2",
    title="Working class",
    statement="The class of the back pain is a label: intolerances, irritability and leg findings drive the plan.",
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="source page, point 7",
    mark=D,
    override=OverrideBy.NEVER,
)
T3 = Rule(
    id="T3",
    title="Progressive loss",
    statement=(
        "New or growing weakness, or new or worsening signs in both legs: urgent referral, nothing is planned. "
        "A stable, examined weakness of grade 4 passes and is trained."
    ),
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="GIRFT; NICE CKS",
    mark=F,
    override=OverrideBy.NEVER,
)
AGE = Rule(
    id="AGE",
    title="Adults only",
    statement="Under 18 nothing is planned: the rules are for adults.",
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="scope of the sources",
    mark=D,
    override=OverrideBy.NEVER,
    parameters=(Parameter("years", 18, 18, 18, "lowest age"),),
)
BP = Rule(
    id="BP",
    title="Blood pressure",
    statement=(
        "At or above 180/110 at rest nothing is planned and a doctor is asked; at or above 160/100 no breath-holding "
        "work and no set above 70 % of the one-repetition maximum."
    ),
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="AHA [K]; cut-offs printed online vary from 160/100 to 200/110",
    mark=D,
    override=OverrideBy.NEVER,
    parameters=(
        Parameter("stop_systolic", 180, 160, 200, "mmHg at which nothing is planned"),
        Parameter("stop_diastolic", 110, 100, 115, "mmHg at which nothing is planned"),
        Parameter("care_systolic", 160, 140, 180, "mmHg from which care is taken"),
        Parameter("care_diastolic", 100, 90, 110, "mmHg from which care is taken"),
        Parameter("share_of_one_rep_max", 0.70, 0.5, 0.8, "cap while care is taken"),
    ),
)
RULES = (T1, T2, T3, AGE, BP)


class Decision(StrEnum):
    """Outcome of the screen."""

    PLAN = "plan"
    HOLD = "hold"
    REFER = "refer"


@dataclass(frozen=True)
class Screen:
    """Decision, the reasons for it, and the notes that are printed in any case."""

    decision: Decision
    reasons: tuple[str, ...]
    notes: tuple[str, ...]


def screen(patient: Patient, parameters: dict[str, float]) -> Screen:
    """Decide whether anything may be planned.  ``parameters`` are those of ``BP`` in force."""
    refer: list[str] = []
    hold: list[str] = []
    notes: list[str] = []
    cleared = {clearance.flag: clearance for clearance in patient.screening.clearances}
    for flag in RED_FLAGS:
        answer = patient.screening.flags.get(flag.id, Answer.UNKNOWN)
        if answer is Answer.NO:
            continue
        words = "positive" if answer is Answer.YES else "not known"
        if flag.tier in (Tier.EMERGENCY, Tier.URGENT):
            if answer is Answer.YES:
                refer.append(f"T1: screening.flags.{flag.id} is positive ({flag.tier.value}). {flag.action}")
            else:
                hold.append(
                    f"T1: screening.flags.{flag.id} is not known: examine it before anything is planned. "
                    f"If positive: {flag.action}"
                )
        elif flag.tier is Tier.HOLD:
            clearance = cleared.get(flag.id)
            if clearance is None:
                hold.append(f"T1: screening.flags.{flag.id} is {words}, and no clearance is recorded. {flag.action}")
            else:
                notes.append(f"T1: {flag.id}: cleared by {clearance.by} on {clearance.on}: {clearance.finding}")
        else:
            notes.append(f"T1: {flag.id} is {words}. {flag.action}")
    refer.extend(_progressive_loss(patient))
    if patient.findings.presentation is Presentation.SERIOUS:
        refer.append("T2: findings.presentation is serious: refer; exercise is not planned here.")
    if patient.age < 18:
        hold.append(f"AGE: age {patient.age}: the rules are for adults of 18 and over; nothing is planned.")
    hold.extend(_blood_pressure(patient, parameters))
    hold.extend(_conditions(patient))
    if refer:
        return Screen(Decision.REFER, (*refer, *hold), tuple(notes))
    if hold:
        return Screen(Decision.HOLD, tuple(hold), tuple(notes))
    return Screen(Decision.PLAN, (), tuple(notes))


def _progressive_loss(patient: Patient) -> list[str]:
    neurology = patient.findings.neurology
    found = [
        f"T3: {motor.myotome.value} {motor.side.value} grade {motor.grade} is worsening: same-day medical review."
        for motor in neurology.motor
        if motor.course == "worsening"
    ]
    found += [
        f"T3: {motor.myotome.value} {motor.side.value} grade {motor.grade}: weakness of grade 3 or less "
        "needs a medical opinion before exercise is planned."
        for motor in neurology.motor
        if motor.grade <= 3 and motor.course != "worsening"
    ]
    found += [
        f"T3: {motor.myotome.value} {motor.side.value} grade {motor.grade}, course not known: "
        "re-examine; only a stable or improving weakness may be planned for."
        for motor in neurology.motor
        if motor.grade == 4 and motor.course == "unknown"
    ]
    if neurology.bilateral_signs == "new_or_worsening":
        found.append("T3: new or worsening signs in both legs: same-day medical review.")
    if neurology.bilateral_signs == "long_standing_claudication" and not (
        neurology.examined and neurology.vascular_cause_considered
    ):
        found.append(
            "T3: claudication in both legs passes only when examined and a vascular cause was considered "
            "(findings.neurology.examined, vascular_cause_considered)."
        )
    return found


def _blood_pressure(patient: Patient, parameters: dict[str, float]) -> list[str]:
    pressure = patient.conditions.blood_pressure
    if pressure is None:
        return []
    if pressure.systolic >= parameters["stop_systolic"] or pressure.diastolic >= parameters["stop_diastolic"]:
        return [
            f"BP: {pressure.systolic}/{pressure.diastolic} mmHg at rest: no resistance work; a doctor decides first."
        ]
    return []


def _conditions(patient: Patient) -> list[str]:
    conditions = patient.conditions
    held = []
    if conditions.pregnancy_weeks is not None and not conditions.pregnancy_cleared_by:
        held.append("PREG: pregnancy: who cleared exercise must be recorded (conditions.pregnancy_cleared_by).")
    if conditions.vertebral_fracture == "present":
        held.append("OP: a vertebral fracture is present: a specialist plans the loading; nothing is planned here.")
    return held


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """A programme exists only for a patient whom the screen lets pass; care with blood pressure."""
    verdict = screen(case.patient, dict(values(case, BP)))
    # a programme that is on hold holds nothing that stands, which rule C1's check looks at
    for reason in () if programme.frozen else verdict.reasons:
        yield Violation(reason.partition(":")[0], "programme", reason)
    pressure = case.patient.conditions.blood_pressure
    if pressure is None or not (
        pressure.systolic >= value(case, BP, "care_systolic") or pressure.diastolic >= value(case, BP, "care_diastolic")
    ):
        return
    most = value(case, BP, "share_of_one_rep_max")
    for variant in variants(programme):
        exercise = exercise_of(case, variant.exercise)
        if exercise is None or exercise.breath_holding:
            yield Violation("BP", variant.where, "breath-holding work with raised blood pressure")
            continue
        for row in variant.dose.working_sets:
            if row.load is None or row.repetitions is None or variant.dose.kind is not DoseKind.REPETITIONS:
                continue
            share = 1 / (1 + (row.repetitions + 10 - (row.effort or 5)) / 30)
            if share > most + 1e-6:
                yield Violation(
                    "BP", variant.where, f"about {share:.0%} of the one-repetition maximum, at most {most:.0%}"
                )
