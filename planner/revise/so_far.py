"""The course so far: what has been lived of a programme, as rules and solver need it to plan the rest."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from planner.domain.case import Case
from planner.domain.course import (
    Course,
    blocks_of,
    days_trained,
    efforts_lived,
    first_whole_week,
    idle_weeks,
    walked_before,
)
from planner.domain.directions import Direction
from planner.domain.log import Attendance
from planner.domain.programme import Phase, Programme, Session, Status
from planner.revise.state import Away, State, phase_after
from planner.rules.base import value
from planner.rules.envelope import D1, fell_below, highest_stage
from planner.rules.gaps import absences, weeks_absent, weeks_back
from planner.rules.phases import first_phase, stays


def course_after(old: Programme, state: State, case: Case) -> Course:
    """What has been lived, for rules and solver."""
    lived = _with_accounts(old, state)
    week = first_whole_week(lived, state.today)
    trained = days_trained(lived)
    gaps = absences(case, trained, state.today)
    absent = weeks_absent(case, gaps)
    still = absent | (weeks_back(case, gaps).keys() - efforts_lived(lived).keys())
    phases = tuple(phase_after(old, state, week, Away(absent, still, stays(case))))
    envelopes = _envelopes(old, state, case, week, still)
    stages = dict(envelopes[-1]) if envelopes else dict(old.weeks[0].envelope)
    halts = state.halts
    for halt in halts:
        if halt.direction is not None and halt.stage is not None and halt.until is None:
            # what was closed before it was ever limited begins where it was closed
            stages[halt.direction] = min(halt.stage, stages.get(halt.direction, halt.stage))
    return Course(
        planned_from=state.today,
        week=week,
        phases=phases,
        stages=stages,
        envelopes=tuple(envelopes[:-1]) + ((stages,) if envelopes else ()),
        halts=halts,
        idle=idle_weeks(lived, week),
        blocks=blocks_of(old),
        windows=dict(old.windows),
        released=old.released,
        walks_behind=state.walks_behind,
        trained=trained,
        efforts=efforts_lived(lived),
        **walked_before(lived, week),
    )


def gone_back(before: Case, case: Case, course: Course) -> Phase | None:
    """The phase that a back goes back to which is more irritable than before, or newly operated; None when it goes on.

    See rule PH.
    """
    was, now = before.patient.findings.irritability, case.patient.findings.irritability
    irritable = before.patient.healthy or now.rank > was.rank
    if case.patient.healthy or not (irritable or newly_operated(before, case, course.planned_from)):
        return None
    phase = first_phase(case)
    return phase if phase.rank < course.phases[-1].rank else None


def newly_operated(before: Case, case: Case, today: dt.date) -> bool:
    """Whether a surgery is new in the patient file whose limits are not over."""
    was, now = before.patient.conditions.surgery, case.patient.conditions.surgery
    return now is not None and now.until >= today and (was is None or was.on != now.on)


def back_to(phase: Phase, old: Programme, case: Case, course: Course) -> Course:
    """The course with an earlier phase from the day on which it is planned anew."""
    now = (course.planned_from - old.starts).days // 7 + 1
    phases = tuple(phase if week >= now else one for week, one in enumerate(course.phases, start=1))
    return replace(course, phases=phases)


def inside(old: Programme, case: Case, course: Course) -> Course:
    """The course with no stage above what the findings and the phase leave open, for the days left of a week too."""
    stages = dict(course.stages)
    for intolerance in case.patient.findings.intolerances:
        way = intolerance.direction
        if way in stages:
            stages[way] = min(stages[way], highest_stage(case, intolerance, course.phases[-1]))
    begun = course.planned_from < old.starts + dt.timedelta(days=7 * (course.week - 1))
    if stages == course.stages or not course.envelopes or not begun:
        return course
    return replace(course, stages=stages, envelopes=(*course.envelopes[:-1], stages))


def _with_accounts(old: Programme, state: State) -> Programme:
    """The programme with what is known of every session that has passed."""
    return old.model_copy(update={"sessions": tuple(with_account(session, state) for session in old.sessions)})


def with_account(session: Session, state: State) -> Session:
    """A session with what is known of it: held, missed or forbidden, and how."""
    account = state.accounts.get(session.slot)
    if session.slot in state.forbidden:
        return session.model_copy(update={"status": Status.CANCELLED, "account": None})
    if account is None:
        return session
    status = Status.MISSED if account.done is Attendance.MISSED else Status.DONE
    return session.model_copy(update={"account": account, "status": status})


def _envelopes(
    old: Programme, state: State, case: Case, week: int, still: frozenset[int]
) -> list[dict[Direction, int]]:
    """The envelope of every week before one as it was really earned (rule D1); in ``still`` weeks nothing opens."""
    out: list[dict[Direction, int]] = []
    needed = value(case, D1, "sessions_at_a_stage")
    for row in old.weeks[: week - 1]:
        here: dict[Direction, int] = {}
        for way, stage in row.envelope.items():
            before = out[-1].get(way, stage) if out else stage
            reached = min(before, stage)
            while reached < stage and not (out and row.number in still):
                shown = shown_days(state, way, reached, row.starts)
                if reached > 0 and len(shown) < needed:
                    break
                reached += 1
            here[way] = reached
        for halt in state.halts:
            ends = row.starts + dt.timedelta(days=7)
            shut = halt.since < ends and (halt.until is None or row.starts < halt.until)
            if shut and halt.direction is not None and halt.stage is not None:
                here[halt.direction] = min(halt.stage, here.get(halt.direction, halt.stage))
        out.append(here)
    return out


def shown_days(state: State, way: Direction, stage: int, by: dt.date) -> frozenset[dt.date]:
    """Days before another that count towards what follows a stage (rule D1)."""
    since = fell_below(state.halts, way, stage, by)
    days = state.days.get((way, stage), frozenset())
    return frozenset(day for day in days if day < by and (since is None or day > since))
