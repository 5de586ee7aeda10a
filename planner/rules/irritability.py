"""I1: how irritable the back is caps what a session may hold."""

from __future__ import annotations

from collections.abc import Iterator

from planner.domain.case import Case
from planner.domain.patient import Irritability
from planner.domain.programme import Phase
from planner.rules.base import D, Force, Parameter, Rule, Scope, is_off, value
from planner.rules.limits import Cap, CountCap, Limit, Per, Quantity
from planner.rules.phases import forecast, irritability_in

I1 = Rule(
    id="I1",
    title="Irritability caps the session",
    statement=(
        "High irritability: at most 4 exercises a session, effort 4 of 10 on items that load the spine, no load "
        "rises, trunk moments and compression grade 1, loads below a tenth of body mass. Moderate: 6 exercises, "
        "effort 6, compression grade 2. Low: 8 exercises. It follows the phase as irritability falls."
    ),
    force=Force.HARD,
    scope=Scope.SESSION,
    source="levels after Kelley 2013 [K]; inter-rater kappa 0.44, Barakatt 2009 [F]; numbers are defaults",
    mark=D,
    parameters=(
        Parameter("items_high", 4, 2, 6, "exercises a session, high"),
        Parameter("items_moderate", 6, 3, 8, "exercises a session, moderate"),
        Parameter("items_low", 8, 4, 12, "exercises a session, low"),
        Parameter("effort_high", 4, 2, 5, "CR10 on spine-loading items, high"),
        Parameter("effort_moderate", 6, 4, 7, "CR10 on spine-loading items, moderate"),
        Parameter("load_share_high", 0.10, 0.02, 0.15, "load as a share of body mass, high"),
        Parameter("items_healthy", 10, 5, 14, "exercises a session, healthy"),
    ),
)
RULES = (I1,)

#: Compression grade open at each irritability. [D]
COMPRESSION_CAP = {Irritability.HIGH: 1, Irritability.MODERATE: 2, Irritability.LOW: 3}


def item_cap(case: Case, irritability: Irritability) -> int:
    """Exercises a session at this irritability."""
    if case.patient.healthy:
        return int(value(case, I1, "items_healthy"))
    return int(value(case, I1, f"items_{irritability.value}"))


def effort_cap(case: Case, irritability: Irritability) -> float:
    """CR10 effort cap on spine-loading items; 10 where there is none."""
    if case.patient.healthy or irritability is Irritability.LOW:
        return 10.0
    return value(case, I1, f"effort_{irritability.value}")


def compression_cap(case: Case, irritability: Irritability) -> int:
    """Compression grade 0-3 that may be used."""
    return 3 if case.patient.healthy else COMPRESSION_CAP[irritability]


def limits(case: Case) -> Iterator[Limit]:
    """Caps on items and on what one item asks, week by week."""
    if is_off(case, I1):
        return
    because = "findings.irritability"
    weeks_at: dict[Phase, set[int]] = {}
    for week, phase in enumerate(forecast(case), start=1):
        weeks_at.setdefault(phase, set()).add(week)
    for phase, found in weeks_at.items():
        weeks = frozenset(found)
        level = irritability_in(case, phase)
        yield CountCap(rule="I1", because=because, per=Per.ITEMS_A_SESSION, at_most=item_cap(case, level), weeks=weeks)
        if case.patient.healthy:
            continue
        yield Cap(
            rule="I1",
            because=because,
            quantity=Quantity.COMPRESSION,
            at_most=compression_cap(case, level),
            weeks=weeks,
        )
        if level is not Irritability.LOW:
            yield Cap(
                rule="I1", because=because, quantity=Quantity.EFFORT, at_most=effort_cap(case, level), weeks=weeks
            )
        if level is Irritability.HIGH:
            yield Cap(rule="I1", because=because, quantity=Quantity.RESISTS, at_most=1, weeks=weeks)
            yield Cap(
                rule="I1",
                because=because,
                quantity=Quantity.LOAD_SHARE,
                at_most=value(case, I1, "load_share_high"),
                weeks=weeks,
            )
