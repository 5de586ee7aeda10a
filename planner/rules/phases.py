"""PH: the phases of a programme, their forecast, and the gates between them."""

from __future__ import annotations

import math

from planner.domain.case import Case
from planner.domain.patient import Irritability, Site
from planner.domain.programme import Phase
from planner.rules.base import D, Force, Parameter, Rule, Scope, value

PH = Rule(
    id="PH",
    title="Phases and gates",
    statement=(
        "A programme runs settle, restore, build, perform. High irritability starts in settle, moderate in settle "
        "or restore, low and healthy in build. Each phase has a minimum stay and an exit gate at a check-in; "
        "everything behind a gate that is not yet passed is a forecast and carries a fallback."
    ),
    force=Force.GATE,
    scope=Scope.PHASE,
    source="clinical practice; stays are design defaults",
    mark=D,
    parameters=(
        Parameter("settle_weeks_high", 3, 1, 6, "weeks in settle from high irritability"),
        Parameter("settle_weeks_moderate", 2, 1, 4, "weeks in settle from moderate irritability"),
        Parameter("restore_weeks_high", 3, 2, 6, "weeks in restore after high irritability"),
        Parameter("restore_weeks_moderate", 2, 2, 6, "weeks in restore after moderate irritability"),
        Parameter("build_weeks_high", 3, 2, 12, "weeks in build after high irritability"),
        Parameter("build_weeks_moderate", 5, 2, 12, "weeks in build after moderate irritability"),
        Parameter("build_weeks_low", 8, 2, 16, "weeks in build from low irritability, and when healthy"),
        Parameter("check_in_weeks_build", 4, 1, 8, "weeks between check-ins in build and perform"),
    ),
)
RULES = (PH,)

#: What passing each gate takes, in words for the check-in.
GATE_CRITERIA: dict[Phase, str] = {
    Phase.RESTORE: "3 to 5 steady days, symptoms no further down the leg than before, morning back to usual",
    Phase.BUILD: "two weeks in a row green (or amber that settled by morning), usual morning level",
    Phase.PERFORM: "two sessions in a row tolerated at the range and load that the goal needs",
}


def first_phase(case: Case) -> Phase:
    """The phase in which the programme starts."""
    findings = case.patient.findings
    if case.patient.healthy or findings.irritability is Irritability.LOW:
        return Phase.BUILD
    if findings.irritability is Irritability.HIGH:
        return Phase.SETTLE
    calm = (
        findings.most_distal.site.rank <= Site.BACK.rank
        and findings.back_pain is not None
        and findings.back_pain <= 2
        and not findings.leg_pain
    )
    return Phase.RESTORE if calm else Phase.SETTLE


def forecast(case: Case) -> tuple[Phase, ...]:
    """The forecast phase of every week, first to last."""
    start = first_phase(case)
    name = case.patient.findings.irritability.value
    stays: list[tuple[Phase, int]] = []
    if start is Phase.SETTLE:
        stays.append((Phase.SETTLE, int(value(case, PH, f"settle_weeks_{name}"))))
    if start.rank <= Phase.RESTORE.rank:
        stays.append((Phase.RESTORE, int(value(case, PH, f"restore_weeks_{name}"))))
        stays.append((Phase.BUILD, int(value(case, PH, f"build_weeks_{name}"))))
    else:
        # a short programme still ends in perform: two thirds of it build
        build = int(value(case, PH, "build_weeks_low"))
        stays.append((Phase.BUILD, min(build, math.ceil(case.weeks * 2 / 3))))
    weeks: list[Phase] = []
    for phase, stay in stays:
        weeks.extend([phase] * stay)
    weeks.extend([Phase.PERFORM] * case.weeks)
    return tuple(weeks[: case.weeks])


def weeks_in(case: Case, *phases: Phase) -> frozenset[int]:
    """The weeks, 1-based, forecast to lie in one of these phases."""
    return frozenset(week for week, phase in enumerate(forecast(case), start=1) if phase in phases)


def irritability_in(case: Case, phase: Phase) -> Irritability:
    """Forecast irritability in a phase: as entered in settle, moderate in restore, then low."""
    entered = case.patient.findings.irritability
    if case.patient.healthy or phase.rank >= Phase.BUILD.rank:
        return Irritability.LOW
    if phase is Phase.RESTORE and entered is Irritability.HIGH:
        return Irritability.MODERATE
    return entered


def gates(case: Case) -> tuple[tuple[int, Phase], ...]:
    """(first week, phase) of every phase that a gate opens."""
    phases = forecast(case)
    return tuple(
        (week, phase) for week, phase in enumerate(phases, start=1) if week > 1 and phase is not phases[week - 2]
    )
