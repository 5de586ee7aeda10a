"""Check-ins: when the response is looked at, what is asked then, and which gate it decides.

A later revision keeps their names: what was ``check-in-3`` stays that, whatever comes before it, and one
that is new between two others is called after the one before it, such as ``check-in-2b``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from types import MappingProxyType

from planner.domain.case import Case
from planner.domain.patient import Irritability
from planner.domain.programme import CheckIn, Phase, Status
from planner.rules import bone, directional
from planner.rules.directional import QUESTIONS_BEFORE_EXTENSION, TRIAL_OF_EXTENSION, lateral_first, preference
from planner.rules.gaps import weeks_absent
from planner.rules.neural import nerve_found
from planner.rules.phases import GATE_CRITERIA, climb_begins, forecast, gates, pause
from planner.solver.daily import slots
from planner.solver.week import WeekTable

MINUTES = 15
#: From this week on, legs that are no better are a reason to ask for a specialist's opinion. [K]
OPINION_WEEK = 6

_ID = re.compile(r"check-in-(\d+)([a-z]*)")


@dataclass(frozen=True)
class Before:
    """Check-ins of the revision before: those that were ``held`` or are past, and those still ``ahead``.

    ``contact`` is a moment by which somebody has to be in touch.
    """

    held: tuple[CheckIn, ...] = ()
    ahead: tuple[CheckIn, ...] = ()
    contact: dt.datetime | None = None


def gate_weeks(case: Case) -> dict[int, Phase]:
    """The phase that a gate opens, by its first week; healthy people have none."""
    return {} if case.patient.healthy else dict(gates(case))


def check_ins(
    case: Case, table: WeekTable, before: Before | None, daily: Mapping[int, dt.datetime] = MappingProxyType({})
) -> tuple[CheckIn, ...]:
    """All check-ins of a programme, in order of time; of a later revision with those that have been held.

    ``daily`` is when the first daily work of each week begins: what waits for a gate comes after it.
    """
    opens = gate_weeks(case)
    phases = forecast(case)
    found = before or Before()
    moments = _moments(case, table, opens, daily)
    if before is not None and case.course is not None:
        held = {check.start for check in found.held}
        moments = [one for one in moments if one.start.date() >= case.course.planned_from and one.start not in held]
        if found.contact is not None and not any(one.start <= found.contact for one in moments):
            moments.append(_contact(case, found.ahead, found.contact))
    moments.sort(key=lambda one: (one.start, one.week, one.gate))
    out = list(found.held)
    asked = any(check.week >= OPINION_WEEK for check in found.held)
    review = None if asked else min((one.planned for one in moments if one.planned >= OPINION_WEEK), default=None)
    for number, (one, (name, slot)) in enumerate(zip(moments, _names(moments, found), strict=True)):
        phase = opens.get(one.week) if one.gate else None
        out.append(
            CheckIn(
                id=name,
                slot=slot,
                week=one.week,
                start=one.start,
                end=one.start + dt.timedelta(minutes=MINUTES),
                gate=one.gate,
                questions=_questions(case, phases[one.planned - 1], phase, one.planned, opinion=one.planned == review),
                decides=_decides(case, phase, last=one.planned == case.weeks),
                status=Status.TENTATIVE if number else Status.CONFIRMED,
            )
        )
    return tuple(out)


# -------------------------------------------------------------------- when
@dataclass(frozen=True)
class _Moment:
    """A check-in that is due: its start, the week in which it falls, the week it was planned for, and its gate."""

    start: dt.datetime
    week: int
    planned: int
    gate: str = ""


def _moments(
    case: Case, table: WeekTable, opens: Mapping[int, Phase], daily: Mapping[int, dt.datetime]
) -> list[_Moment]:
    phases = forecast(case)
    # nobody is seen in an absence, but before the first session after it (rule R1)
    absent = weeks_absent(case)
    weeks = set(opens) | {week + 1 for week in absent if week < case.weeks and week + 1 not in absent}
    since = 1
    for week in range(2, case.weeks + 1):
        if week in absent:
            continue
        if week in weeks or week - since >= pause(case, phases[week - 1]):
            weeks.add(week)
            since = week
    weeks.add(case.weeks)
    weeks.discard(1)
    if case.weeks == 1:
        weeks = {1}
    out = []
    for week in sorted(weeks):
        phase = opens.get(week)
        gate = "" if phase is None else f"{phases[week - 2].value} -> {phase.value}"
        start = _start(case, table, week, daily, last=week == case.weeks and phase is None)
        out.append(_Moment(start, _week_of(case, start, week), week, gate))
    if case.patient.findings.irritability is Irritability.HIGH and not case.patient.healthy:
        # twice a week for the first two weeks of the climb, with a look at the nerves each time
        begin = climb_begins(case)
        for week in range(begin, min(begin + 1, case.weeks) + 1):
            start = _start(case, table, week, daily, last=False) + dt.timedelta(days=3)
            out.append(_Moment(start, _week_of(case, start, week), week))
    return out


def _contact(case: Case, ahead: Sequence[CheckIn], by: dt.datetime) -> _Moment:
    """A contact that is due: when it was agreed, where one was."""
    agreed = [check.start for check in ahead if check.start <= by and check.status is not Status.CANCELLED]
    start = min(agreed, default=by)
    week = _week_of(case, start, 1)
    return _Moment(start, week, week)


def _week_of(case: Case, start: dt.datetime, least: int) -> int:
    """The week of a moment: three days on it may be the next one."""
    return min(case.weeks, max(least, case.week_of(start.date())))


def _start(case: Case, table: WeekTable, week: int, daily: Mapping[int, dt.datetime], *, last: bool) -> dt.datetime:
    """A quarter of an hour before the week's first work (before its last session for the final review)."""
    here = [occasion.start for (w, _), occasion in table.occasions.items() if w == week]
    if last and here:
        return max(here) - dt.timedelta(minutes=MINUTES)
    if week in daily:
        here.append(daily[week])
    if not here:
        days = [case.week_start(week) + dt.timedelta(days=n) for n in range(7)]
        there = (day for day in days if not case.patient.availability.is_away(day))
        return dt.datetime.combine(next(there, days[0]), slots(case)[0].at)
    return min(here) - dt.timedelta(minutes=MINUTES)


# -------------------------------------------------------------------- names
def _names(moments: Sequence[_Moment], before: Before) -> list[tuple[str, str]]:
    """Id and slot of each check-in: those that the revision before gave it, else new ones, in order of time."""
    known = sorted(before.ahead, key=lambda c: c.start)
    same = _continued(moments, known)
    taken = {check.id for check in (*before.held, *before.ahead)}
    last = max((check.id for check in before.held), key=_order, default="check-in-0")
    out = []
    for n, _ in enumerate(moments):
        if n in same:
            name, slot = known[same[n]].id, known[same[n]].slot
        else:
            name = _free(last, taken)
            slot = "c{:02d}{}".format(*_order_parts(name))
        taken.add(name)
        last = max(last, name, key=_order)
        out.append((name, slot))
    return out


def _continued(moments: Sequence[_Moment], known: Sequence[CheckIn]) -> dict[int, int]:
    """Which check-in of the revision before each one is: of the same moment, of its week, of its gate, in this order.

    The order of time is kept, so that a higher number is never the earlier one.  One that was cancelled comes back for
    the same moment only.
    """
    same: dict[int, int] = {}

    def cancelled(old: int) -> bool:
        return known[old].status is Status.CANCELLED

    def fits(n: int, old: int) -> bool:
        return old not in same.values() and all((a < n) == (b < old) for a, b in same.items())

    alikes: tuple[Callable[[_Moment, CheckIn], bool], ...] = (
        lambda one, was: one.start == was.start,
        lambda one, was: one.week == was.week and was.status is not Status.CANCELLED,
        lambda one, was: bool(one.gate) and one.gate == was.gate and was.status is not Status.CANCELLED,
    )
    for alike in alikes:
        for n, one in enumerate(moments):
            if n in same:
                continue
            found = [old for old, was in enumerate(known) if alike(one, was) and fits(n, old)]
            if found:
                same[n] = min(found, key=lambda old: (abs(known[old].start - one.start), cancelled(old)))
    return same


def _order_parts(name: str) -> tuple[int, str]:
    found = _ID.fullmatch(name)
    assert found is not None, name
    return int(found[1]), found[2]


def _order(name: str) -> tuple[int, int, str]:
    number, letters = _order_parts(name)
    return number, len(letters), letters


def _free(last: str, taken: set[str]) -> str:
    """The next number, where all that were given lie before; else the number of the one before with a letter."""
    number = _order_parts(last)[0]
    if all(_order_parts(name)[0] <= number for name in taken):
        return f"check-in-{number + 1}"
    return next(name for letters in _letters() if (name := f"check-in-{number}{letters}") not in taken)


def _letters() -> Iterator[str]:
    """b, c, ..., z, aa, ab, ..."""
    yield from ascii_lowercase[1:]
    for pair in itertools.product(ascii_lowercase, repeat=2):
        yield "".join(pair)


# -------------------------------------------------------------------- what is asked
def _decides(case: Case, opens: Phase | None, *, last: bool) -> str:
    """What a check-in decides, and by what."""
    if opens is None and last:
        return "How it goes on: twice a week at the last doses keeps what was won; or the next programme, or a review."
    if opens is None:
        return "Go on, repeat, or step down; refer if a safety question is answered yes."
    criteria = GATE_CRITERIA[opens]
    if opens is Phase.RESTORE and lateral_first(case):
        criteria = f"{criteria}; {TRIAL_OF_EXTENSION}"
    return f"Opens {opens.value}: {criteria}. Not yet: keep to the fallbacks and review."


def _questions(case: Case, phase: Phase, opens: Phase | None, week: int, *, opinion: bool) -> tuple[str, ...]:
    questions = [
        "Any new numbness between the legs, changed feeling when wiping, bladder, bowel or sexual change, or a leg or "
        "foot growing weaker? (safety screen again)",
        "Sessions done, partly done or missed since last time?",
    ]
    if not case.patient.healthy:
        questions.append("Pain 0-10 before, during, after, and next morning: back to the usual level?")
        questions.append("How far down do symptoms reach now, compared with last time?")
    questions += bone.check_in_questions(case)
    if nerve_found(case) is not None:
        questions.append("Strength, reflexes, sensation and leg raise: same, better or worse?")
        if opinion:
            questions.append(
                "Leg pain and function clearly better than in week 1? If not, ask for a specialist's opinion."
            )
    questions += directional.check_in_questions(case)
    if phase is Phase.SETTLE and preference(case) is not None:
        questions.append("Re-test the preferred direction: still better with it? (rule D6)")
    if opens is Phase.RESTORE and lateral_first(case):
        questions += QUESTIONS_BEFORE_EXTENSION
    if case.patient.goals:
        questions.append("How confident, 0-10, about the next stretch, and is the goal still the right one?")
    if week == case.weeks and not case.patient.healthy:
        questions.append("Outcome scores once more (NPRS, ODI or RMDQ, PSFS): is the change a meaningful one?")
    return tuple(questions)
