"""PH: the phases of a programme, their forecast, and the gates between them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from planner.domain.case import Case
from planner.domain.patient import Irritability, Site
from planner.domain.programme import Phase, Programme, SessionKind, Status
from planner.rules.base import D, Force, Parameter, Rule, Scope, Violation, once_a_case, value
from planner.rules.gaps import weeks_absent, weeks_back
from planner.rules.reading import Line, asks_of, lines

PH = Rule(
    id="PH",
    title="Phases and gates",
    statement=(
        "A programme runs settle, restore, build, perform. High irritability starts in settle, moderate in settle "
        "or restore, low and healthy in build. Each phase has a minimum stay and an exit gate at a check-in; "
        "everything behind a gate that is not yet passed is a forecast and carries a fallback, which holds where the "
        "gates before it were passed; where one was not, the week before that one is done again. A back that becomes "
        "more irritable, or is operated on, goes back to the phase in which it would start, and climbs again."
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
        Parameter("check_in_weeks_mixed", 2, 1, 4, "the same, where two opposite directions are not tolerated (D5)"),
    ),
)
RULES = (PH,)

#: What passing each gate takes, in words for the check-in.
GATE_CRITERIA: dict[Phase, str] = {
    Phase.RESTORE: "3 to 5 steady days, symptoms no further down the leg than before, morning back to usual",
    Phase.BUILD: "two weeks in a row green (or amber that settled by morning), usual morning level",
    Phase.PERFORM: "the range that the goal needs is open, two sessions in a row as planned by now were green",
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


@once_a_case
def forecast(case: Case) -> tuple[Phase, ...]:
    """The phase of every week, first to last: as lived, then as forecast.

    Weeks of absence are no weeks of a phase, and none begins in the first week back (rule R1).
    """
    planned = _planned(case)
    absent = weeks_absent(case)
    waits = absent | set(weeks_back(case))
    lived = [planned[0][0]] if case.course is None else list(case.course.phases)
    least = stays(case)
    for week in range(len(lived) + 1, case.weeks + 1):
        now = lived[-1]
        run = next((n for n, phase in enumerate(reversed(lived)) if phase is not now), len(lived))
        stayed = sum(w not in absent for w in range(week - run, week))
        nexts = (phase for phase, _ in planned if phase.rank > now.rank)
        over = stayed >= least.get(now, 0) and week not in waits
        lived.append(next(nexts, now) if over else now)
    return tuple(lived[: case.weeks])


def stays(case: Case) -> dict[Phase, int]:
    """The weeks that each phase is to last."""
    return dict(_planned(case))


def _planned(case: Case) -> list[tuple[Phase, int]]:
    """How many weeks each phase is to last; the last one lasts to the end."""
    start = first_phase(case)
    name = case.patient.findings.irritability.value
    if start is Phase.BUILD and case.course is not None and case.course.phases[0].rank < start.rank:
        # calmer than it was: settle still leads to build by way of restore, and nothing lasts longer for it
        start, name = Phase.RESTORE, Irritability.MODERATE.value
    out: list[tuple[Phase, int]] = []
    if start is Phase.SETTLE:
        out.append((Phase.SETTLE, int(value(case, PH, f"settle_weeks_{name}"))))
    if start.rank <= Phase.RESTORE.rank:
        out.append((Phase.RESTORE, int(value(case, PH, f"restore_weeks_{name}"))))
        out.append((Phase.BUILD, int(value(case, PH, f"build_weeks_{name}"))))
    else:
        # a short programme still ends in perform: two thirds of it build
        build = int(value(case, PH, "build_weeks_low"))
        out.append((Phase.BUILD, min(build, math.ceil(case.weeks * 2 / 3))))
    return [*out, (Phase.PERFORM, case.weeks)]


def weeks_in(case: Case, *phases: Phase) -> frozenset[int]:
    """The weeks, 1-based, forecast to lie in one of these phases."""
    return frozenset(week for week, phase in enumerate(forecast(case), start=1) if phase in phases)


def stretch(case: Case, week: int) -> tuple[int, ...]:
    """The weeks of the phase that a week lies in, without a break: a phase may be climbed to twice.

    Weeks of absence are none of them (rule R1).
    """
    phases = forecast(case)
    now, absent = phases[week - 1], weeks_absent(case)
    before = list(itertools.takewhile(lambda w: phases[w - 1] is now, range(week - 1, 0, -1)))
    after = itertools.takewhile(lambda w: phases[w - 1] is now, range(week, case.weeks + 1))
    return tuple(w for w in (*reversed(before), *after) if w not in absent)


def weeks_into(case: Case, week: int) -> int:
    """How many weeks of its phase lie before a week."""
    return sum(w < week for w in stretch(case, week))


def climb_begins(case: Case) -> int:
    """The first week of the climb through the phases: 1, or where a later revision went back to an earlier one."""
    phases = forecast(case)
    return max((w for w in range(2, case.weeks + 1) if phases[w - 1].rank < phases[w - 2].rank), default=1)


def first_week_in(case: Case, *phases: Phase) -> int:
    """The first week of the climb that lies in one of these phases; beyond the last week when none does."""
    begin = climb_begins(case)
    return min((week for week in weeks_in(case, *phases) if week >= begin), default=case.weeks + 1)


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
        (week, phase) for week, phase in enumerate(phases, start=1) if week > 1 and phase.rank > phases[week - 2].rank
    )


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Phases in order, long enough, opened by gates; everything behind a gate is conditional."""
    findings = case.patient.findings
    weeks = programme.weeks
    if [week.number for week in weeks] != list(range(1, case.weeks + 1)):
        yield Violation("PH", "programme", "the weeks are not numbered 1 to the last without a gap")
        return
    allowed = {
        Irritability.HIGH: (Phase.SETTLE,),
        Irritability.MODERATE: (Phase.SETTLE, Phase.RESTORE),
        Irritability.LOW: (Phase.BUILD,),
    }[findings.irritability]
    if case.patient.healthy:
        allowed = (Phase.BUILD,)
    if weeks[0].phase not in allowed:
        yield Violation(
            "PH", "week 1", f"starts in {weeks[0].phase.value} at {findings.irritability.value} irritability"
        )
    runs: list[tuple[Phase, int, int]] = []
    for week in weeks:
        if runs and runs[-1][0] is week.phase:
            runs[-1] = (week.phase, runs[-1][1], week.number)
        else:
            runs.append((week.phase, week.number, week.number))
    back = programme.planned_from is not None
    for (one, _, _), (two, first, _) in itertools.pairwise(runs):
        if two.rank != one.rank + 1 and not (back and two.rank < one.rank and two.rank <= Phase.RESTORE.rank):
            yield Violation("PH", f"week {first}", f"{two.value} follows {one.value}")
    name = findings.irritability.value
    absent = weeks_absent(case)
    for phase, first, last in runs[:-1]:
        lived = len({*range(first, last + 1)} - absent)
        key = f"{phase.value}_weeks_{name}"
        known = {parameter.name for parameter in PH.parameters}
        stay = int(value(case, PH, key)) if key in known and name != "low" else 2
        if lived < stay:
            # what begins too soon after an absence is judged by the week that begins
            where = f"week {first if lived > last - first else last + 1}"
            yield Violation("PH", where, f"{phase.value} lasts {lived} weeks, at least {stay}")
    for week in weeks:
        if week.irritability is not irritability_in(case, week.phase):
            yield Violation(
                "PH", f"week {week.number}", f"irritability {week.irritability.value} does not follow the phase"
            )
    yield from _contacts(case, programme)
    if not case.patient.healthy:
        openings = [first for (one, _, _), (two, first, _) in itertools.pairwise(runs) if two.rank > one.rank]
        yield from _gated(case, programme, openings)


def pause(case: Case, phase: Phase) -> int:
    """Most weeks between two check-ins in a phase; mixed findings are reviewed more often (rule D5)."""
    if phase is Phase.SETTLE:
        return 1
    if phase is Phase.RESTORE:
        return 2
    every = int(value(case, PH, "check_in_weeks_build"))
    return min(every, int(value(case, PH, "check_in_weeks_mixed"))) if case.patient.findings.mixed else every


def _contacts(case: Case, programme: Programme) -> Iterator[Violation]:
    """Check-ins often enough for the phase."""
    seen = sorted({check.week for check in programme.check_ins})
    absent = weeks_absent(case)
    if not seen:
        yield Violation("PH", "programme", "there is no check-in")
        return
    last = 1
    for week in programme.weeks:
        most = pause(case, week.phase)
        if week.number in absent:
            last = max(last, week.number + 1 - most)  # the first week back begins with one
        elif week.number in seen:
            last = week.number
        elif week.number - last > most:
            yield Violation("PH", f"week {week.number}", f"no check-in for more than {most} weeks")
            last = week.number
    for check in programme.check_ins:
        if not check.questions:
            yield Violation("PH", check.id, "a check-in without questions")
    if not any("safety" in question for check in programme.check_ins for question in check.questions):
        yield Violation("T1", "check-ins", "the safety screen is not asked again")


def _inside(case: Case, programme: Programme, line: Line) -> bool:
    """Whether what was done lies inside the envelope of its week; what is still planned does (rule D1)."""
    if line.session.account is None:
        return True
    burden = asks_of(case, line.item)
    if burden is None or burden.activity:
        return True
    envelope = programme.week(line.week).envelope
    needs = ((burden.stage(way), stage) for way, stage in envelope.items())
    return all(needed is not None and needed <= stage for needed, stage in needs)


def _gated(case: Case, programme: Programme, openings: list[int]) -> Iterator[Violation]:
    """Every phase after the first has a gate; items behind it name it and carry a fallback."""
    gate_of: dict[int, str] = {}
    for first in openings:
        found = [c for c in programme.check_ins if c.gate and c.week == first and c.status is not Status.CANCELLED]
        if not found:
            yield Violation("PH", f"week {first}", "a phase opens without a gate at a check-in")
            continue
        if found[-1].status is Status.DONE:
            continue  # passed, or the phase would not have begun
        gate_of[first] = found[-1].id
    # what a session held before a gate, it can fall back to; what is more than that may be left out until then
    held: dict[tuple[int, str, str], list[Line]] = {}
    shut = {check.id for check in programme.check_ins if check.passed is False}
    for line in lines(programme):
        passed = [first for first in gate_of if first <= line.week]
        wanted = gate_of[max(passed)] if passed else None
        if line.item.gate != wanted:
            yield Violation("PH", line.where, f"gate is {line.item.gate}, not {wanted}")
        if line.item.gate in shut or not _inside(case, programme, line):
            continue  # it waited for a gate that stayed shut, or was opened too late to be fallen back to
        if not _closing(line.session.kind, line.item.serves):
            # bending and arching share a track, and neither is a fallback of the other
            work = line.item.ladder or line.item.track.value
            held.setdefault((line.week, _place(line), work), []).append(line)
    for (week, place, work), here in held.items():
        passed = [first for first in gate_of if first <= week]
        if not passed:
            continue
        before = len(held.get((max(passed) - 1, place, work), ()))
        without = [line for line in here if line.item.fallback is None]
        if len(without) > max(0, len(here) - before):
            yield Violation(
                "E9", without[0].where, "behind a gate without a fallback, though the track was there before it"
            )


def _place(line: Line) -> str:
    """The session of the week, such as ``s2``: what it held before a gate it can fall back to."""
    return line.session.slot.partition("-")[2]


def _closing(kind: SessionKind, serves: tuple[str, ...]) -> bool:
    return kind is SessionKind.TRAINING and "D4" in serves
