"""One simulated patient through a programme: plan, log, replan, week by week, with every promise looked at."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from planner.domain.case import Case
from planner.domain.log import Attendance, Log, LogEntry
from planner.domain.programme import NO_PROVENANCE, Item, Programme, Session, SessionKind, Status
from planner.errors import NoProgramme, PlannerError
from planner.plan import make_programme
from planner.revise.replan import Revision, finished, news, replan, stamp_of
from planner.revise.state import state_of
from tests.living.simulator import Kind, entries


@dataclass
class Outcome:
    """What became of one patient; ``broken`` holds every promise that was not kept."""

    name: str
    kind: str
    weeks: int
    seconds: list[float] = field(default_factory=list)  # of every replan that was solved
    quick: list[float] = field(default_factory=list)  # of every replan that changed nothing
    changed: list[int] = field(default_factory=list)  # lines ahead that changed, replan by replan
    broken: list[str] = field(default_factory=list)
    stopped: str = ""


def through(name: str, case: Case, kind: Kind, seed: int, *, until: int | None = None) -> Outcome:
    """A patient through all weeks of a programme."""
    out = Outcome(name, kind.value, case.weeks)
    programme = make_programme(case, provenance=NO_PROVENANCE, seconds=120).programme
    log = Log(programme=programme.id)
    for week in range(1, min(case.weeks, until or case.weeks)):
        log = Log(programme=programme.id, entries=(*log.entries, *entries(kind, programme, week, seed)))
        today = case.week_start(week + 1)
        begun = time.monotonic()
        try:
            made, after = revised(programme, case, log, today)
        except (PlannerError, NoProgramme) as error:
            out.broken.append(f"week {week}: {type(error).__name__}: {error}")
            return out
        spent = time.monotonic() - begun
        (out.seconds if made.solved else out.quick).append(spent)
        out.changed.append(len(changed_lines(programme, after, today)))
        out.broken += [f"week {week}: {problem}" for problem in kept_promises(programme, after, log, case, today)]
        programme = after
        if programme.frozen:
            out.stopped = programme.frozen
            break
    return out


def revised(programme: Programme, case: Case, log: Log, today: dt.date) -> tuple[Revision, Programme]:
    """The next revision, carried, stamped and verified."""
    made = replan(programme, case, log, today, provenance=NO_PROVENANCE, before=case, seconds=120)
    plan, _ = finished(programme, made.plan, made.case, stamp_of(today, programme.revision + 1))
    return made, plan.programme


def kept_promises(old: Programme, new: Programme, log: Log, case: Case, today: dt.date) -> list[str]:
    """What a revision has broken of: the past stays, sequences rise, order of arrival means nothing, twice is once."""
    out = []
    after = {session.slot: session for session in new.sessions}
    for session in old.sessions:
        now = after.get(session.slot)
        if session.start.date() < today and (now is None or _frozen(now) != _frozen(session)):
            out.append(f"{session.slot} lies in the past and changed")
        if now is not None and now.sequence < session.sequence:
            out.append(f"{session.slot}: the sequence fell")
        if now is None:
            out.append(f"{session.slot} is gone from the calendar")
    shuffled = Log(programme=log.programme, entries=tuple(reversed(log.entries)))
    if state_of(old, log, case, today) != state_of(old, shuffled, case, today):
        out.append("the state depends on the order in which entries arrived")
    return out


def settles(new: Programme, case: Case, log: Log, today: dt.date) -> bool:
    """Whether replanning again, with nothing new, says nothing new."""
    _, again = revised(new, case, log, today)
    return not news(new, again)


def _frozen(session: Session) -> tuple[object, ...]:
    return session.start, session.end, session.place, session.items


def changed_lines(
    old: Programme, new: Programme, today: dt.date, apart: Callable[[Session, Item], bool] = lambda s, i: False
) -> list[str]:
    """Lines of sessions ahead that differ in what is done or when; ``apart`` are not looked at."""
    before, after = (_lines(programme, today, apart) for programme in (old, new))
    return sorted(str(place) for place in {*before, *after} if before.get(place) != after.get(place))


def _lines(
    programme: Programme, today: dt.date, apart: Callable[[Session, Item], bool]
) -> dict[tuple[str, str], object]:
    return {
        (session.slot, item.ladder or item.track.value): (session.start, item.doses)
        for session in programme.sessions
        if session.start.date() >= today and session.status is not Status.CANCELLED
        for item in session.items
        if not apart(session, item)
    }


def missed_once(programme: Programme, case: Case, week: int, seed: int) -> tuple[Session, Log]:
    """A log of a responder up to a week, in which the first training session of that week was missed."""
    written: list[LogEntry] = []
    for number in range(1, week + 1):
        written += entries(Kind.RESPONDER, programme, number, seed)
    first = next(
        s
        for s in programme.sessions
        if s.week == week and s.kind is SessionKind.TRAINING and s.status is not Status.CANCELLED
    )
    kept = [entry for entry in written if entry.slot != first.slot]
    missed = LogEntry(
        id=f"missed-{first.slot}",
        written=first.end.replace(tzinfo=dt.UTC),
        slot=first.slot,
        done=Attendance.MISSED,
    )
    return first, Log(programme=programme.id, entries=(*kept, missed))
