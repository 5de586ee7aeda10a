"""I1: how irritable the back is caps what a session may hold."""

from __future__ import annotations

from collections.abc import Iterator

from planner.domain.burden import Burden
from planner.domain.case import Case
from planner.domain.patient import Irritability
from planner.domain.programme import Phase, Programme, SessionKind
from planner.rules.base import D, Force, Parameter, Rule, Scope, Violation, is_off, value
from planner.rules.limits import Cap, CountCap, Limit, Per, Quantity
from planner.rules.phases import forecast, irritability_in
from planner.rules.reading import Variant, asks, variants

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


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Exercises a session, and effort, compression, moments and loads of every item."""
    if is_off(case, I1):
        return
    for week in programme.weeks:
        level = week.irritability
        want = (item_cap(case, level), effort_cap(case, level), compression_cap(case, level))
        if (week.item_cap, week.effort_cap, week.compression_cap) != want:
            yield Violation(
                "I1",
                f"week {week.number}",
                f"caps {week.item_cap}, {week.effort_cap:g}, {week.compression_cap} are not {want}",
            )
    for session in programme.live:
        if session.kind is SessionKind.TRAINING:
            most = item_cap(case, programme.week(session.week).irritability)
            if len({item.exercise for item in session.items}) > most:
                yield Violation(
                    "I1", f"week {session.week}, {session.slot}", f"{len(session.items)} exercises, at most {most}"
                )
    if case.patient.healthy:
        return
    for variant in variants(programme):
        found = asks(case, variant)
        if found is None or found.activity:
            continue
        for level in dict.fromkeys(programme.week(number).irritability for number in variant.weeks):
            yield from _asks_too_much(case, variant, found, level)


def _asks_too_much(case: Case, variant: Variant, found: Burden, level: Irritability) -> Iterator[Violation]:
    """What a variant asks above the caps of a level of irritability."""
    if found.compression > COMPRESSION_CAP[level]:
        yield Violation("I1", variant.where, f"compression {found.compression}, at most {COMPRESSION_CAP[level]}")
    if level is Irritability.LOW:
        return
    if found.loads_spine and found.effort > value(case, I1, f"effort_{level.value}") + 1e-9:
        yield Violation("I1", variant.where, f"effort {found.effort:g} on an item that loads the spine")
    if level is Irritability.HIGH:
        if max(found.resists.values()) > 1:
            yield Violation("I1", variant.where, "a trunk moment above grade 1 at high irritability")
        share = found.load_kg / case.patient.body_mass_kg
        if found.loads_spine and share > value(case, I1, "load_share_high") + 1e-9:
            yield Violation("I1", variant.where, f"load is {share:.0%} of body mass at high irritability")
