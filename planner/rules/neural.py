"""N1, N2: neural work, only where the leg findings call for it."""

from __future__ import annotations

from collections.abc import Iterator

from planner.domain.case import Case
from planner.domain.directions import Side
from planner.domain.exercise import Exercise, Nerve, NeuralKind, NeuralRole
from planner.domain.log import Response
from planner.domain.patient import Irritability, Presentation, Site
from planner.domain.programme import Phase, Programme
from planner.rules.base import F, Force, K, Parameter, Rule, Scope, Violation, is_off, value
from planner.rules.limits import Forbid, Limit, Precede
from planner.rules.phases import forecast, irritability_in, weeks_in
from planner.rules.reading import Variant, exercise_of, variants

N1 = Rule(
    id="N1",
    title="Neural work",
    statement=(
        "Only with nerve-root findings, on the nerve found. Sliders before tensioners; the other leg first while "
        "irritability is high; tensioners only at low irritability. Sliders taper out. Symptoms of the other leg than "
        "was examined stop it, and side glides, until a clinician has looked."
    ),
    force=Force.HARD,
    scope=Scope.ITEM,
    source="source page, point 10; PMC7233740",
    mark=F,
    parameters=(Parameter("slider_sessions", 4, 2, 20, "days of sliders before a tensioner"),),
)
N2 = Rule(
    id="N2",
    title="Slider dose",
    statement="Sliders 2-3 x 10-15 slow repetitions, 1-3 times a day, without a hold.",
    force=Force.HARD,
    scope=Scope.ITEM,
    source="PMC4870033 [F]; practice [K]",
    mark=K,
    parameters=(
        Parameter("repetitions", 10, 10, 15, "repetitions a set"),
        Parameter("sets_most", 3, 2, 3, "most sets"),
        Parameter("bouts_most", 3, 1, 3, "most times a day"),
    ),
)
RULES = (N1, N2)


def nerve_found(case: Case) -> Nerve | None:
    """The nerve with findings, None when neural work has no place."""
    findings = case.patient.findings
    if findings.presentation in (Presentation.NERVE_ROOT, Presentation.MIXED) and findings.neurology.examined:
        return findings.neurology.nerve
    return None


def examined_leg(case: Case) -> Side | None:
    """The leg that was examined; None where both were, or neither: then there is no other leg."""
    findings = case.patient.findings
    known = [side for side in (findings.neurology.side, findings.most_distal.side) if side not in (None, Side.NONE)]
    if not known or Side.BOTH in known or findings.neurology.bilateral_signs != "none":
        return None
    return Side(known[0])


def legs_reached(response: Response) -> frozenset[Side]:
    """Sides on which symptoms went down a leg."""
    return frozenset(one.side for one in response.sites if one.site.rank >= Site.THIGH.rank)


def other_leg(case: Case, response: Response) -> bool:
    """Whether symptoms reached the other leg than was examined, alone or beside it."""
    examined = examined_leg(case)
    return examined is not None and bool(legs_reached(response) & {examined.mirrored, Side.BOTH})


def of_one_side(case: Case, exercise: Exercise | None) -> bool:
    """Whether the side of an exercise is that of the findings: a side glide, or neural work on the nerve found."""
    if exercise is None:
        return False
    found = nerve_found(case)
    return bool(exercise.lateral_shift) or (
        found is not None and exercise.neural is not None and exercise.neural.nerve is found
    )


def limits(case: Case) -> Iterator[Limit]:
    """Keeps neural items to the nerve, the order and the weeks in which they have a place."""
    if is_off(case, N1):
        return
    found = nerve_found(case)
    neural = [e for e in case.exercises.values() if e.neural is not None]
    astray = frozenset(e.id for e in neural if e.neural is not None and e.neural.nerve is not found)
    if astray:
        yield Forbid(rule="N1", because="findings.neurology.nerve", exercises=astray)
    if found is None:
        return
    tense = frozenset(e.id for e in neural if e.neural is not None and e.neural.kind is NeuralKind.TENSIONER)
    slide = frozenset(e.id for e in neural if e.neural is not None and e.neural.kind is NeuralKind.SLIDER)
    if tense:
        not_yet = weeks_in(case, Phase.SETTLE, Phase.RESTORE, Phase.BUILD)
        yield Forbid(rule="N1", because="findings.irritability", exercises=tense, weeks=not_yet)
        yield Precede(rule="N1", because="findings.neurology.nerve", before=slide, after=tense, sessions=4)
    phases = forecast(case)
    high = frozenset(
        week
        for week, phase in enumerate(phases, start=1)
        if week == 1 and irritability_in(case, phase) is Irritability.HIGH
    )
    same_side = frozenset(
        e.id
        for e in neural
        if e.neural is not None and e.neural.kind is NeuralKind.SLIDER and not e.neural.contralateral
    )
    if high and same_side:
        yield Forbid(rule="N1", because="findings.irritability", exercises=same_side, weeks=high)


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Neural items on the nerve found, in order, at their dose, and ended."""
    nerve = nerve_found(case)
    sliders: set[str] = set()
    for variant in variants(programme):
        exercise = exercise_of(case, variant.exercise)
        if exercise is None or exercise.neural is None:
            continue
        if not is_off(case, N1):
            yield from _placed(case, programme, variant, exercise.neural, nerve, len(sliders))
        if exercise.neural.kind is NeuralKind.SLIDER:
            if variant.role == "item":
                sliders.add(variant.line.session.start.date().isoformat())
            if not is_off(case, N2):
                yield from _slid(case, variant)


def _placed(
    case: Case, programme: Programme, variant: Variant, role: NeuralRole, nerve: Nerve | None, slid: int
) -> Iterator[Violation]:
    """The nerve found, on its side, in order."""
    if role.nerve is not nerve:
        yield Violation(
            "N1", variant.where, f"works the {role.nerve.value} nerve; findings: {nerve.value if nerve else 'none'}"
        )
    side = case.patient.findings.neurology.side
    if side in (Side.LEFT, Side.RIGHT):
        wanted = Side(side).mirrored if role.contralateral else Side(side)
        if variant.side is not wanted:
            yield Violation("N1", variant.where, f"done on the {variant.side.value}, not the {wanted.value}")
    first = (variant.role == "flare" or 1 in variant.weeks) and programme.week(1).irritability is Irritability.HIGH
    if first and role.kind is NeuralKind.SLIDER and not role.contralateral:
        yield Violation("N1", variant.where, "the sore leg first at high irritability")
    if role.kind is NeuralKind.TENSIONER and (
        any(programme.week(n).phase is not Phase.PERFORM for n in variant.weeks)
        or slid < value(case, N1, "slider_sessions")
    ):
        yield Violation("N1", variant.where, "a tensioner before low irritability and enough sliders")


def _slid(case: Case, variant: Variant) -> Iterator[Violation]:
    """The dose of a slider; on a bad day it may be less."""
    dose = variant.dose
    counts = [row.repetitions or 0 for row in dose.sets]
    fewest = (2, 10) if variant.role == "item" else (1, 1)
    if (
        not fewest[0] <= len(dose.sets) <= value(case, N2, "sets_most")
        or not all(fewest[1] <= n <= 15 for n in counts)
        or dose.bouts_per_day > value(case, N2, "bouts_most")
        or any(row.hold_seconds for row in dose.sets)
    ):
        yield Violation("N2", variant.where, "sliders are 2-3 x 10-15, 1-3 times a day, without a hold")
