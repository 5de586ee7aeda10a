"""D1: graded exposure.  Every scheduled item lies inside this week's envelope."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator

from planner.domain.case import Case
from planner.domain.directions import Direction
from planner.domain.envelope import MAX_STAGE
from planner.domain.patient import Aim, Intolerance, Irritability
from planner.domain.programme import Halt, Phase, Programme, SessionKind, Week
from planner.rules.base import D, Force, Parameter, Rule, Scope, Violation, value
from planner.rules.bone import fragile
from planner.rules.gaps import weeks_still
from planner.rules.limits import Limit, Open, Precede
from planner.rules.phases import forecast
from planner.rules.reading import asks, lived_lines, variants
from planner.rules.response import Light, light

D1 = Rule(
    id="D1",
    title="Exposure envelope",
    statement=(
        "For every direction that is not tolerated, each scheduled item lies inside the cells (motion, moment held) "
        "that are open this week. A stage opens after two sessions at the stage before, at least a week later, at "
        "most one a week (two at low irritability). What lies above a stage to which the response closed a direction "
        "is earned again. A load is lifted from the floor with a back that may bend only after two sessions of bending "
        "in standing without one. Walking and daily activities are dosed by minutes instead."
    ),
    force=Force.HARD,
    scope=Scope.ITEM,
    source="source page, points 3, 4 and 11; stages are clinical judgement",
    mark=D,
    parameters=(
        Parameter("sessions_at_a_stage", 2, 1, 6, "sessions at a stage before the next opens"),
        Parameter("bends_before_loads", 2, 0, 6, "sessions of bending in standing before a load with a bent back"),
        Parameter("start_high", 0, 0, 1, "first stage at high irritability"),
        Parameter("start_moderate", 1, 0, 2, "first stage at moderate irritability"),
        Parameter("start_low", 3, 1, 4, "first stage at low irritability"),
        Parameter("restore_after_high", 1, 0, 2, "highest stage in restore after high irritability"),
        Parameter("build_after_high", 3, 1, 4, "highest stage in build after high irritability"),
        Parameter("perform_after_high", 4, 2, 5, "highest stage in perform after high irritability"),
        Parameter("restore_after_moderate", 2, 1, 3, "highest stage in restore after moderate irritability"),
        Parameter("build_after_moderate", 4, 2, 5, "highest stage in build after moderate irritability"),
        Parameter("perform_after_moderate", 5, 2, 5, "highest stage in perform after moderate irritability"),
    ),
)
RULES = (D1,)

#: Bending in standing without a load, and lifts from the floor that are done as one likes, with a bent back.
BENDS = frozenset({"partial_roll_down", "roll_down"})
BENT_LIFTS = frozenset({"crate_from_floor", "lift_and_turn"})


def first_stage(case: Case, intolerance: Intolerance) -> int:
    """The stage open in week 1: by irritability, or the highest one that was tested."""
    level = case.patient.findings.irritability
    by_default = int(value(case, D1, f"start_{level.value}"))
    if intolerance.current_stage is None:
        return by_default
    if level is Irritability.LOW:
        return intolerance.current_stage
    # an irritable back starts no higher than the default, whatever was tested on a good day
    return min(by_default, intolerance.current_stage)


def intolerances(case: Case) -> tuple[Intolerance, ...]:
    """Directions that are not tolerated: as found at intake, and as the response has shown since (rule C1)."""
    found = case.patient.findings.intolerances
    if case.course is None:
        return found
    known = {row.direction for row in found}
    more = {
        halt.direction: Intolerance(direction=halt.direction, current_stage=halt.stage, aim=Aim.RE_EXPOSE)
        for halt in case.course.halts
        if halt.direction is not None and halt.direction not in known
    }
    return (*found, *more.values())


def halted_stage(case: Case, direction: Direction) -> int | None:
    """The stage to which the response has closed a direction for now, None when it has not."""
    halts = () if case.course is None else case.course.halts
    return min(
        (h.stage for h in halts if h.direction is direction and h.until is None and h.stage is not None), default=None
    )


def fell_below(halts: Iterable[Halt], direction: Direction, stage: int, by: dt.date) -> dt.date | None:
    """The last day before another on which the response closed a direction below a stage, None when it never did."""
    days = (h.since for h in halts if h.direction is direction and h.stage is not None and h.stage < stage)
    return max((day for day in days if day < by), default=None)


def highest_stage(case: Case, intolerance: Intolerance, phase: Phase) -> int:
    """The highest stage that may be open in a phase."""
    first = first_stage(case, intolerance)
    if intolerance.aim is Aim.AVOID or phase is Phase.SETTLE:
        return first
    level = case.patient.findings.irritability
    if level is Irritability.LOW:
        return MAX_STAGE
    return max(first, int(value(case, D1, f"{phase.value}_after_{level.value}")))


def limits(case: Case) -> Iterator[Limit]:
    """One opening staircase for each direction that is not tolerated."""
    phases = forecast(case)
    low = case.patient.findings.irritability is Irritability.LOW
    for i, intolerance in enumerate(intolerances(case)):
        first = first_stage(case, intolerance)
        highest = tuple(highest_stage(case, intolerance, phase) for phase in phases)
        because = f"findings.intolerances[{i}]"
        if case.course is not None:
            halted = halted_stage(case, intolerance.direction)
            if case.course.week > 1:
                # a phase gone back to, or a direction that is now to be avoided, closes what it has not open
                reached = case.course.stages.get(intolerance.direction, first)
                first = min([reached, *highest[case.course.week - 1 : case.course.week]])
            if halted is not None:
                first, because = min(first, halted), "log: symptoms that travelled down"
            elif i >= len(case.patient.findings.intolerances):
                because = "log: symptoms that travelled down"
            still = list(itertools.takewhile(weeks_still(case).__contains__, range(case.course.week, case.weeks + 1)))
            highest = tuple(
                first if halted is not None or week < case.course.week or week in still else max(first, stage)
                for week, stage in enumerate(highest, start=1)
            )
        yield Open(
            rule="D1",
            because=because,
            direction=intolerance.direction,
            first=first,
            highest=highest,
            sessions=int(value(case, D1, "sessions_at_a_stage")),
            a_week=2 if low else 1,
        )
    if (first_bends := _bends_first(case)) is not None:
        yield first_bends


def _bends_first(case: Case) -> Precede | None:
    """Bending without a load before lifts with a bent back, where bending is to come back and can be practised."""
    rows = enumerate(case.patient.findings.intolerances)
    row = next((i for i, row in rows if row.direction is Direction.FLEXION and row.aim is Aim.RE_EXPOSE), None)
    before = BENDS & frozenset(case.exercises) - frozenset(case.patient.dislikes)
    sessions = int(value(case, D1, "bends_before_loads"))
    if row is None or not before or not sessions or fragile(case):
        return None
    because = f"findings.intolerances[{row}]"
    return Precede(rule="D1", because=because, before=before, after=BENT_LIFTS, sessions=sessions)


def _loaded_too_soon(case: Case, programme: Programme) -> Iterator[Violation]:
    first = _bends_first(case)
    if first is None:
        return
    bends = [
        line
        for line in lived_lines(programme, SessionKind.TRAINING)
        if line.item.exercise in first.before
        and (line.session.account is None or light(case, line.session, line.item) is Light.GREEN)
    ]
    for variant in variants(programme):
        if variant.exercise not in first.after or variant.line.session.account is not None:
            continue
        days = {line.session.start.date() for line in bends if line.week < min(variant.weeks)}
        if len(days) < first.sessions:
            yield Violation("D1", variant.where, f"a load with a bent back after {len(days)} sessions without one")


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Stages start, rise and are earned as stated; every item lies inside them."""
    yield from _loaded_too_soon(case, programme)
    for intolerance in case.patient.findings.intolerances:
        yield from _staircase(case, programme, intolerance)
    yield from _halted(programme)
    for variant in variants(programme):
        found = asks(case, variant)
        if found is None or found.activity:
            continue
        for number in variant.weeks:
            for direction, stage in programme.week(number).envelope.items():
                needed = found.stage(direction)
                if needed is None or needed > stage:
                    yield Violation(
                        "D1", variant.where, f"{direction.value} needs stage {needed}, open in week {number}: {stage}"
                    )


def _halted(programme: Programme) -> Iterator[Violation]:
    """What the response has closed stays closed until a clinician allows it again (rule C1)."""
    for halt in programme.halts:
        if halt.direction is None or halt.stage is None:
            continue
        for week in programme.weeks:
            ends = week.starts + dt.timedelta(days=7)
            if ends <= halt.since or (halt.until is not None and week.starts >= halt.until):
                continue
            stage = week.envelope.get(halt.direction)
            if stage is None or stage > halt.stage:
                where = f"week {week.number}"
                yield Violation("C1", where, f"{halt.direction.value} is at stage {stage}, halted at {halt.stage}")


def _fell(programme: Programme, direction: Direction, week: Week) -> bool:
    """Whether the response closed a direction in a week or the one before it."""
    ends = week.starts + dt.timedelta(days=7)
    return any(
        h.direction is direction and week.starts - dt.timedelta(days=7) <= h.since < ends for h in programme.halts
    )


def _staircase(case: Case, programme: Programme, intolerance: Intolerance) -> Iterator[Violation]:
    direction = intolerance.direction
    level = case.patient.findings.irritability
    start = int(value(case, D1, f"start_{level.value}"))
    if intolerance.current_stage is not None:
        tested = intolerance.current_stage
        start = tested if level is Irritability.LOW else min(start, tested)
    sessions: dict[int, set[tuple[int, dt.date]]] = {}
    for variant in variants(programme):
        if variant.role != "item":
            continue
        found = asks(case, variant)
        if found is None or found.activity:
            continue
        needed = found.stage(direction)
        if needed is not None:
            session = variant.line.session
            for stage in range(needed + 1):
                sessions.setdefault(stage, set()).add((session.week, session.start.date()))
    before = start
    for week in programme.weeks:
        found_stage = week.envelope.get(direction)
        where = f"week {week.number}"
        if found_stage is None:
            yield Violation("D1", where, f"no envelope for {direction.value}")
            return
        stage = found_stage
        if week.number == 1 and stage != start:
            yield Violation("D1", where, f"{direction.value} starts at stage {stage}, not {start}")
        most = _most(case, intolerance, week.phase, start)
        if stage < before <= most and not _fell(programme, direction, week):
            yield Violation("D1", where, f"{direction.value} falls from stage {before} to {stage}")
        if stage - before > (2 if level is Irritability.LOW else 1):
            yield Violation("D1", where, f"{direction.value} opens {stage - before} stages in one week")
        if stage > most:
            yield Violation("D1", where, f"{direction.value} stage {stage} is not open in {week.phase.value}")
        for opened in range(max(before, start) + 1, stage + 1):
            shown = {when for when in sessions.get(opened - 1, set()) if when[0] < week.number}
            since = fell_below(programme.halts, direction, opened - 1, week.starts)
            shown = {when for when in shown if since is None or when[1] > since}
            if opened - 1 > 0 and len(shown) < value(case, D1, "sessions_at_a_stage"):
                yield Violation(
                    "D1",
                    where,
                    f"{direction.value} stage {opened} opens after {len(shown)} sessions at stage {opened - 1}",
                )
        before = stage


def _most(case: Case, intolerance: Intolerance, phase: Phase, start: int) -> int:
    level = case.patient.findings.irritability
    if intolerance.aim is Aim.AVOID or phase is Phase.SETTLE:
        return start
    if level is Irritability.LOW:
        return MAX_STAGE
    return max(start, int(value(case, D1, f"{phase.value}_after_{level.value}")))
