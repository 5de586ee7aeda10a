"""O2, O3, O5: effort, frequency and deloads by training status and phase."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planner.domain.case import Case
from planner.domain.patient import Irritability, TrainingStatus
from planner.domain.programme import Phase, Programme, Session, SessionKind, Week
from planner.rules.base import D, F, Force, Parameter, Rule, Scope, Violation, is_off, value
from planner.rules.gaps import weeks_back
from planner.rules.limits import CountCap, Limit, Per
from planner.rules.phases import forecast, stretch, weeks_into
from planner.rules.reading import standing, variants

O2 = Rule(
    id="O2",
    title="Dose windows by goal",
    statement=(
        "Strength: towards 80 % of the one-repetition maximum, 2-3 sets, twice a week; size: 10 sets a muscle and "
        "week; the planned effort rises with the phase."
    ),
    force=Force.SOFT,
    scope=Scope.ITEM,
    source="ACSM 2026 [F secondary]; efforts by phase are defaults after the reference programmes",
    mark=D,
    parameters=(
        Parameter("effort_settle_high", 3, 1, 4, "planned effort, CR10"),
        Parameter("effort_settle", 4, 2, 5, "planned effort, CR10"),
        Parameter("effort_restore", 5, 3, 6, "planned effort, RPE"),
        Parameter("effort_build", 6, 5, 8, "planned effort early in build, RPE"),
        Parameter("effort_build_late", 7, 5, 8, "planned effort late in build, RPE"),
        Parameter("effort_perform", 7, 6, 9, "planned effort in perform after an irritable start, RPE"),
        Parameter("effort_perform_low", 8, 6, 9, "planned effort in perform when it was never irritable, RPE"),
        Parameter("effort_test", 9, 7, 9, "effort allowed on a goal lift, RPE"),
    ),
)
O3 = Rule(
    id="O3",
    title="Days a week",
    statement="Novices train 2-3 days a week, intermediates 3-4, advanced 4-5, unless the patient says otherwise.",
    force=Force.SOFT,
    scope=Scope.WEEK,
    source="ACSM 2009, MSSE 41:687",
    mark=F,
    parameters=(
        Parameter("novice", 3, 2, 4, "days a week"),
        Parameter("intermediate", 4, 3, 5, "days a week"),
        Parameter("advanced", 5, 4, 6, "days a week"),
    ),
)
O5 = Rule(
    id="O5",
    title="Deload",
    statement=(
        "Loaded tracks at RPE above 6 are lightened every fourth week or so: a third fewer sets at the same rung. "
        "Novices only after two falling sessions. The last week is never a deload."
    ),
    force=Force.SOFT,
    scope=Scope.WEEK,
    source="Rogerson 2024 [K]; Bell 2023 [F]",
    mark=F,
    parameters=(
        Parameter("every_weeks", 4, 4, 6, "every so many weeks"),
        Parameter("sets_kept", 0.6, 0.5, 0.7, "share of sets kept, rounded down, at least one"),
    ),
)
RULES = (O2, O3, O5)

#: A week is called lighter when its sessions hold at most this share of the working sets of the week before. [D]
LIGHTER = 0.85


def sessions_a_week(case: Case) -> int:
    """Training sessions a week: as the file says, else by training status."""
    asked = case.patient.availability.sessions_per_week
    days = len({window.day for window in case.patient.availability.windows})
    if asked is not None:
        return min(asked, days)
    status = case.patient.training.status
    name = status.value if status in (TrainingStatus.INTERMEDIATE, TrainingStatus.ADVANCED) else "novice"
    return min(int(value(case, O3, name)), days)


def planned_effort(case: Case, week: int) -> float:
    """Planned effort of loaded work in a week, CR10/RPE, before caps; after an absence no more than before (R1)."""
    last = weeks_back(case).get(week)
    if last is None:
        return _effort_of_phase(case, week)
    lived = {} if case.course is None else case.course.efforts
    return min(_effort_of_phase(case, week), lived.get(last, _effort_of_phase(case, last)))


def _effort_of_phase(case: Case, week: int) -> float:
    phases = forecast(case)
    phase = phases[week - 1]
    entered = case.patient.findings.irritability
    calm = case.patient.healthy or entered is Irritability.LOW
    if phase is Phase.SETTLE:
        return value(case, O2, "effort_settle_high" if entered is Irritability.HIGH else "effort_settle")
    if phase is Phase.RESTORE:
        return value(case, O2, "effort_restore")
    if phase is Phase.BUILD:
        of_build = stretch(case, week)
        early = weeks_into(case, week) < max(2, len(of_build) / 2)
        return value(case, O2, "effort_build" if early else "effort_build_late")
    return value(case, O2, "effort_perform_low" if calm else "effort_perform")


def deload_weeks(case: Case) -> frozenset[int]:
    """Weeks in which loaded tracks are lightened."""
    if is_off(case, O5):
        return frozenset()
    if case.patient.training.status in (TrainingStatus.UNTRAINED, TrainingStatus.NOVICE):
        return frozenset()
    every = int(value(case, O5, "every_weeks"))
    found: set[int] = set()
    idle = frozenset[int]() if case.course is None else case.course.idle
    run = 0
    for week in range(1, case.weeks):
        # only weeks of honest effort count towards a deload, and a week without sessions was one
        run = run + 1 if planned_effort(case, week) > 6 and week not in idle else 0
        if run == every and week < case.weeks - 1:
            found.add(week)
            run = 0
    return frozenset(found)


def sets_a_session(week: Week, sessions: Iterable[Session]) -> float:
    """Working sets of loaded tracks in an average training session of a week."""
    count = sum(s.week == week.number and s.kind is SessionKind.TRAINING for s in sessions)
    return sum(week.hard_sets.values()) / count if count else 0.0


def limits(case: Case) -> Iterator[Limit]:
    """Sessions a week."""
    yield CountCap(
        rule="O3",
        because="availability.sessions_per_week",
        per=Per.SESSIONS_A_WEEK,
        at_most=sessions_a_week(case),
        weeks=frozenset(range(1, case.weeks + 1)),
    )


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Deload weeks are lighter, never the last; sessions a week as asked."""
    if programme.weeks and programme.weeks[-1].deload and case.weeks > 1:
        yield Violation("O5", f"week {case.weeks}", "the last week is a deload")
    for week in programme.weeks:
        if week.deload and week.number > 1:
            before = programme.week(week.number - 1)
            here, there = (sets_a_session(w, programme.live) for w in (week, before))
            if there and here > LIGHTER * there + 1e-9:
                yield Violation(
                    "O5", f"week {week.number}", f"a deload with {here:.1f} sets a session after {there:.1f}"
                )
        sessions = standing(programme, week.number)
        if len(sessions) > sessions_a_week(case):
            yield Violation("O3", f"week {week.number}", f"{len(sessions)} sessions")
    for variant in variants(programme):
        if variant.dose.effort > value(case, O2, "effort_test"):
            yield Violation("O2", variant.where, f"effort {variant.dose.effort:g}")
