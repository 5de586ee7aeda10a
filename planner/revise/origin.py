"""From which revision the next one goes on: the last, unless that was made from what has turned out not to be so.

A revision that was made before a session was logged takes it as missed, and steps back; when the log says
later that it was held, and nothing has been trained in between, the plan goes on from the one before;
a check-in of which nothing was written, and that was passed after all, likewise.
So it does when a change in the patient file is taken back before anything was trained by it.
A revision that stopped everything holds nothing; once a clinician has allowed the programme again, it goes
on from the last that held something.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from planner.domain.exercise import Track
from planner.domain.log import Attendance, Log
from planner.domain.patient import MotorFinding
from planner.domain.programme import Change, Programme, SessionKind, Status
from planner.plan import Plan
from planner.revise.state import lived, stopped


@dataclass(frozen=True)
class Origin:
    """The revision to go on from, and why it is not the latest; empty when it is."""

    programme: Programme
    because: str = ""


def origin(
    latest: Programme,
    earlier: Sequence[int],
    read: Callable[[int], Programme],
    log: Log,
    motor: Sequence[MotorFinding],
    files: tuple[str, str],
    today: dt.date,
) -> Origin:
    """The revision that the next one goes on from.

    Parameters
    ----------
    earlier
        Numbers of older revisions, the oldest first.
    read
        Reads one of them.
    motor
        Strength as the findings have it, below which a log stops everything.
    files
        Hashes of the patient and the clinic from now on.
    """
    if latest.frozen:
        if stopped(log, motor, latest.timezone)[0]:
            return Origin(latest)
        older = (read(number) for number in reversed(earlier))
        found = next((one for one in older if not one.frozen), None)
        if found is None:
            return Origin(latest)
        return Origin(_struck(found, latest, today), "it is allowed again, and goes on from where it was")
    if _used(latest, log, today):
        return Origin(latest)
    if files != _files(latest):
        return _as_before(latest, (read(number) for number in reversed(earlier)), files)
    late, passed = set(held_after_all(latest, log)), _passed_after_all(latest, log)
    if not late and not passed:
        return Origin(latest)
    told = [f"{', '.join(sorted(late))}: done after all"] if late else []
    told += [f"{', '.join(sorted(passed)).replace('check-in-', 'check-in ')}: passed after all"] if passed else []
    for number in reversed(earlier):
        found = read(number)
        if _made_otherwise(found, latest) or _files(found) != files:
            break
        missed = {session.slot for session in found.sessions if session.status is Status.MISSED}
        shut = {check.id for check in found.check_ins if check.passed is False}
        if not late & missed and not passed & shut:
            return Origin(found, f"{'; '.join(told)}, as was told later"[:300])
    return Origin(latest)


def _struck(found: Programme, latest: Programme, today: dt.date) -> Programme:
    """A revision without what a stop has cancelled of the days that are past: nobody did it, and nobody missed it."""
    struck = {session.slot for session in latest.sessions if session.status is Status.CANCELLED}
    sessions = tuple(
        session.model_copy(update={"status": Status.CANCELLED})
        if session.slot in struck and session.start.date() < today
        else session
        for session in found.sessions
    )
    return found.model_copy(update={"sessions": sessions})


def _as_before(latest: Programme, older: Iterable[Programme], files: tuple[str, str]) -> Origin:
    """The newest revision made from these very files, where a change of them is taken back."""
    for found in older:
        if _made_otherwise(found, latest):
            break
        if _files(found) == files:
            return Origin(found, "a change in the files was taken back")
    return Origin(latest)


def explained(plan: Plan, latest: Programme, because: str) -> Plan:
    """A plan that goes on from an older revision: with the reason of every line that is again as it was.

    What the latest has cancelled of the past stays so.
    """
    struck = {session.slot for session in latest.sessions if session.status is Status.CANCELLED}
    today = plan.programme.planned_from or latest.starts
    sessions = tuple(s for s in plan.programme.sessions if s.slot not in struck or s.start.date() >= today)
    lines = (Change(track=track, kind="dose", because=because) for track in Track)
    slots = [s.slot for p in (latest, plan.programme) for s in p.sessions]
    slots += [c.slot for p in (latest, plan.programme) for c in p.check_ins]
    times = (Change(slot=slot, kind="time", because=because) for slot in dict.fromkeys(slots))
    changes = (*plan.programme.changes, *lines, *times, Change(kind="phase", because=because))
    return replace(plan, programme=plan.programme.model_copy(update={"sessions": sessions, "changes": changes}))


def held_after_all(latest: Programme, log: Log) -> tuple[str, ...]:
    """Slots of training sessions that a revision took as missed, and of which the log says now that they were held."""
    known = log.accounts()
    return tuple(
        session.slot
        for session in latest.sessions
        if session.kind is SessionKind.TRAINING
        and session.status is Status.MISSED
        and (account := known.get(session.slot)) is not None
        and account.done in (Attendance.DONE, Attendance.PARTLY)
    )


def _passed_after_all(latest: Programme, log: Log) -> frozenset[str]:
    """Check-ins whose gate a revision took as shut, and of which the log says now that they were passed."""
    shut = (check.id for check in latest.check_ins if check.passed is False)
    said = {name: [e.passed for e in log.at_check_in(name) if e.passed is not None] for name in shut}
    return frozenset(name for name, answers in said.items() if answers and answers[-1])


def _used(latest: Programme, log: Log, today: dt.date) -> bool:
    """Whether anything was trained by a revision, so that the past is what it says."""
    since = latest.planned_from or latest.starts
    accounts = lived(latest, log, today)
    return any(
        session.kind is SessionKind.TRAINING and session.start.date() >= since and session.slot in accounts
        for session in latest.sessions
    )


def _made_otherwise(one: Programme, latest: Programme) -> bool:
    """Whether somebody's hand or a stop stands between two revisions."""
    hands = [
        {(s.slot, item.exercise) for s in programme.sessions for item in s.items if item.pinned}
        | {(s.slot, "") for s in programme.sessions if s.fixed}
        for programme in (one, latest)
    ]
    same = one.exemptions == latest.exemptions and one.approval == latest.approval and not one.frozen
    return hands[0] != hands[1] or not same


def _files(programme: Programme) -> tuple[str, str]:
    return programme.provenance.patient_sha256, programme.provenance.clinic_sha256
