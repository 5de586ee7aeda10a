"""R1: what follows days without a session.

A gap of two weeks or more is an absence: its weeks are no weeks of a phase, nothing is earned in them, and the
first week back asks for no more than the last week before it.  It is told by what was held and by the days
away, so that a holiday that is known beforehand is planned as the gap that it will be.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from planner.domain.case import Case
from planner.domain.dose import aerobic_minutes
from planner.domain.exercise import Track
from planner.domain.log import Attendance
from planner.domain.programme import Item, Programme, SessionKind
from planner.rules.base import D, Force, Parameter, Rule, Scope, Violation, once_a_case, value
from planner.rules.reading import Line, goes_on, heavier, lived_lines, lowest_after

R1 = Rule(
    id="R1",
    title="Return after a gap",
    statement=(
        "A missed session adds nothing: what it held comes next time. After a week without a session the last dose "
        "is repeated, after two weeks the next dose is one step lower, after four weeks two steps lower and no load "
        "is above three quarters of the last; then the climb goes on. From two weeks on days away that were planned "
        "count too, and in the first week back no line of work begins, no stage opens, effort and walks are no more "
        "than in the last week before, and the phase is the one that was lived: weeks of absence are none of a phase."
    ),
    force=Force.HARD,
    scope=Scope.SESSION,
    source="strength lasts about three weeks: Bosquet 2013, Scand J Med Sci Sports 23:e140 [K]; steps are defaults",
    mark=D,
    parameters=(
        Parameter("days_repeat", 7, 5, 14, "days without a session after which the last dose is repeated"),
        Parameter("days_lower", 14, 10, 28, "days without a session after which the next dose is one step lower"),
        Parameter("days_restart", 28, 21, 84, "days without a session after which it is two steps lower"),
        Parameter("share_restart", 0.75, 0.5, 0.9, "largest share of the last load after so long a gap"),
        Parameter("sessions_back", 2, 1, 4, "sessions that make a first week back; with fewer the next is one too"),
    ),
)
RULES = (R1,)


@dataclass(frozen=True)
class Absence:
    """A gap of two weeks or more: the last day of training before it, and the first on which it may go on."""

    last: dt.date
    back: dt.date

    @property
    def days(self) -> int:
        """Days without a session, as they are counted on the day back."""
        return (self.back - self.last).days

    def holds(self, day: dt.date) -> bool:
        """Whether a day lies in it: what stands there as done was not told, and counts for nothing."""
        return self.last < day < self.back


def steps_lower(case: Case, days: int) -> int:
    """By how many steps the next dose is lower after so many days without a session."""
    return (days >= value(case, R1, "days_lower")) + (days >= value(case, R1, "days_restart"))


def light_enough(rows: Sequence[tuple[str, float | None]], before: int, rung: int, share: float) -> int:
    """A rung low enough that its load is at most a share of what was lifted before.

    ``rows`` are exercise and load in kg of each rung of a ladder.  Where even the lightest of the exercise is more
    than that, it is how the easier one begins.
    """
    exercise, old = rows[before]
    while rung > 0 and old is not None:
        name, kg = rows[rung]
        if kg is None or name != exercise or kg <= old * share + 1e-6:
            break
        rung -= 1
    if rows[rung][0] != exercise:
        return next(n for n, (name, _) in enumerate(rows) if name == rows[rung][0])
    return rung


def absences(case: Case, trained: Iterable[dt.date] | None = None, since: dt.date | None = None) -> tuple[Absence, ...]:
    """The absences of a case, in order of time: those that have been, and those that days away bring.

    ``trained`` are the days of sessions held and ``since`` the day from which the rest is planned; without them they
    are those of the course.
    """
    if trained is None and since is None:
        return _absences_of(case)
    course = case.course
    if trained is None:
        trained = () if course is None else course.trained
    if since is None:
        since = case.week_start(1) if course is None else course.planned_from
    # without days away there is a day for training every week
    ahead = itertools.islice(_days_ahead(case, since), None if case.patient.availability.away else 1)
    days = (*sorted(set(trained)), *ahead)
    least = value(case, R1, "days_lower")
    return tuple(Absence(one, two) for one, two in itertools.pairwise(days) if (two - one).days >= least)


@once_a_case
def _absences_of(case: Case) -> tuple[Absence, ...]:
    course = case.course
    return absences(case, () if course is None else course.trained)


def _days_ahead(case: Case, since: dt.date) -> Iterator[dt.date]:
    """Days from one on, to the end, on which there may be a session."""
    availability = case.patient.availability
    weekdays = {window.day.number for window in availability.windows}
    for n in range((case.week_start(case.weeks + 1) - since).days):
        day = since + dt.timedelta(days=n)
        if day.weekday() in weekdays and not availability.is_away(day):
            yield day


def weeks_absent(case: Case, found: Iterable[Absence] | None = None) -> frozenset[int]:
    """Weeks between the last session before an absence and the first after it."""
    if found is None:
        return _weeks_absent_of(case)
    return frozenset(w for one in found for w in range(case.week_of(one.last) + 1, case.week_of(one.back)))


@once_a_case
def _weeks_absent_of(case: Case) -> frozenset[int]:
    return weeks_absent(case, absences(case))


def weeks_back(case: Case, found: Iterable[Absence] | None = None) -> Mapping[int, int]:
    """First weeks back, each with the last week of training before the absence.

    Where what is left of the week of the return leaves too few sessions, the next is one too.
    """
    if found is None:
        return _weeks_back_of(case)
    out: dict[int, int] = {}
    for one in found:
        first = case.week_of(one.back)
        left = sum(case.week_of(day) == first for day in _days_ahead(case, one.back))
        last = first + (left < value(case, R1, "sessions_back"))
        out |= dict.fromkeys(range(first, min(last, case.weeks) + 1), case.week_of(one.last))
    return out


@once_a_case
def _weeks_back_of(case: Case) -> Mapping[int, int]:
    return weeks_back(case, absences(case))


@once_a_case
def weeks_still(case: Case) -> Mapping[int, int]:
    """Weeks of absence and the first back, each with the last week of training before, to which it adds nothing."""
    found = absences(case)
    out = dict(weeks_back(case, found))
    for one in found:
        last = case.week_of(one.last)
        out |= dict.fromkeys(range(last + 1, min(case.week_of(one.back), case.weeks + 1)), last)
    return out


def steps_ahead(case: Case) -> dict[int, int]:
    """First weeks back from an absence that lies ahead, each with the steps by which the next dose will be lower.

    What days without a session have cost so far is no longer ahead: every line of work stands lower by it already.
    """
    course = case.course
    out: dict[int, int] = {}
    for one in absences(case):
        week = case.week_of(one.back)
        lived = course is not None and one.last in course.trained
        so_far = (course.planned_from - one.last).days if course is not None and lived else 0
        steps = steps_lower(case, one.days) - steps_lower(case, so_far)
        if steps > 0 and week >= case.from_week:
            out[week] = steps
    return out


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """What follows days without a session is no more, or less."""
    if programme.planned_from is not None:
        yield from _first_dose(case, programme)
    for one in absences(case):
        if programme.planned_from is None or one.back >= programme.planned_from:
            yield from _first_week(case, programme, one)


def _first_week(case: Case, programme: Programme, absence: Absence) -> Iterator[Violation]:
    """In the first week back nothing begins, and effort, doses and walks are no more than before the absence."""
    weeks = weeks_back(case, (absence,))
    for number, last_week in weeks.items():
        row, before_it = programme.week(number), programme.week(last_week)
        if row.phase.rank > before_it.phase.rank:
            problem = f"{row.phase.value} after an absence, {before_it.phase.value} before it"
            yield Violation("R1", f"week {number}", problem)
        for way, stage in row.envelope.items():
            if stage > (was := before_it.envelope.get(way, stage)):
                yield Violation("R1", f"week {number}", f"{way.value} {stage} open after an absence, {was} before it")
    before: dict[str, Line] = {}
    efforts: dict[int, float] = {}
    walks: dict[int, float] = {}
    for line in lived_lines(programme):
        day, item = line.session.start.date(), line.item
        training = line.session.kind is SessionKind.TRAINING
        walk = aerobic_minutes(item.dose) if item.track is Track.AEROBIC else 0.0
        if day <= absence.last:
            if training and item.ladder:
                before[item.ladder] = line
                efforts[line.week] = max(efforts.get(line.week, 0.0), item.dose.effort)
            elif walk:
                walks[line.week] = max(walks.get(line.week, 0.0), walk)
        elif day < absence.back or line.week not in weeks or line.session.account is not None or item.pinned:
            continue
        elif walk and walks and walk > walks[max(walks)] + 1e-6:
            problem = f"{walk:g} minutes after an absence, {walks[max(walks)]:g} before it"
            yield Violation("R1", line.where, problem)
        elif training and item.ladder and efforts:
            last = before.get(item.ladder)
            if last is None:
                yield Violation("R1", line.where, f"begins in the first week back after {absence.last:%a %d %b}")
            elif goes_on(programme, last.item, item):
                yield Violation("R1", line.where, f"more than in {last.session.slot}, before an absence")
            if item.dose.effort > efforts[max(efforts)] + 1e-6:
                problem = f"effort {item.dose.effort:g} after an absence, {efforts[max(efforts)]:g} before it"
                yield Violation("R1", line.where, problem)


def _first_dose(case: Case, programme: Programme) -> Iterator[Violation]:
    """After days without a session the first dose of each line of work is no more, or less."""
    assert programme.planned_from is not None
    trained = [s for s in programme.live if s.kind is SessionKind.TRAINING]
    held = [s for s in trained if s.account is not None]
    missed = [s for s in programme.sessions if s.account is not None and s.account.done is Attendance.MISSED]
    if not held:
        return
    days = (programme.planned_from - held[-1].start.date()).days
    since = any(s.start > held[-1].start for s in missed)
    if days < value(case, R1, "days_repeat" if since else "days_lower"):
        return
    seen: dict[str, Item] = {}
    back: set[str] = set()
    for line in lived_lines(programme, SessionKind.TRAINING):
        if line.session.account is not None:
            seen[line.item.exercise] = line.item
            continue
        before = None if line.item.ladder in back else seen.get(line.item.exercise)
        back.add(line.item.ladder)
        if before is None or before.deload or line.item.pinned:
            continue
        if heavier(line.item.dose, before.dose) and not lowest_after(programme, before, line.item):
            yield Violation("R1", line.where, f"more than before a gap of {days} days")
        top, old = line.item.dose.top_load, before.dose.top_load
        if days >= value(case, R1, "days_restart") and top is not None and old is not None:
            lightest = line.item.rung == 0
            if top.kg > old.kg * value(case, R1, "share_restart") + 1e-6 and not lightest:
                yield Violation("R1", line.where, f"{top.text} after {days} days without a session")
