"""From which revision the next one goes on: the last, unless that was made from what has turned out not to be so.

A revision that was made before a session was logged takes it as missed, and steps back; when the log says
later that it was held, and all that has been trained is what the one before had too, the plan goes on from
that one; a check-in of which nothing was written, and that was passed after all, likewise.  So it does when a
change in the patient file is taken back before anything was trained by it.
A revision that stopped everything holds nothing; once a clinician has allowed the programme again, it goes
on from the last that held something.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from planner.domain.case import Case
from planner.domain.exercise import Track
from planner.domain.log import Attendance, Log
from planner.domain.programme import Change, Programme, Session, SessionKind, Status
from planner.export.text import gate_text
from planner.plan import Plan
from planner.revise.state import lived, state_of, stopped
from planner.rules.stops import how_it_ended


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
    case: Case,
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
    case
        The patient as he or she is now: strength below the findings stops everything.
    files
        Hashes of the patient and the clinic from now on.
    """
    if latest.frozen:
        motor = case.patient.findings.neurology.motor
        if stopped(log, motor, latest.timezone)[0]:
            return Origin(latest)
        older = (read(number) for number in reversed(earlier))
        found = next((one for one in older if not one.frozen), None)
        if found is None:
            return Origin(latest)
        ended = how_it_ended(log, motor) or "nothing stops it any more"
        return Origin(_struck(found, latest, today), f"{ended}, and the plan goes on from where it was"[:300])
    trained = _trained(latest, log, today)
    if files != _files(latest):
        return _as_before(latest, (read(number) for number in reversed(earlier)), files, trained)
    late, passed = set(held_after_all(latest, log)), _passed_after_all(latest, log, case, today)
    if not late and not passed:
        return Origin(latest)
    told = [f"{', '.join(sorted(late))}: done after all"] if late else []
    told += [f"{', '.join(map(gate_text, sorted(passed)))}: passed after all"] if passed else []
    for number in reversed(earlier):
        found = read(number)
        if _made_otherwise(found, latest) or _files(found) != files or not _has(found, trained):
            break
        missed = {session.slot for session in found.sessions if session.status is Status.MISSED}
        shut = {check.id for check in found.check_ins if check.passed is False}
        if not late & missed and not passed & shut:
            return Origin(found, f"{'; '.join(told)}, as was told later"[:300])
    return Origin(latest)


def _as_before(
    latest: Programme, older: Iterable[Programme], files: tuple[str, str], trained: Sequence[Session]
) -> Origin:
    """The newest revision made from these very files, where a change of them is taken back."""
    for found in older:
        if _made_otherwise(found, latest) or not _has(found, trained):
            break
        if _files(found) == files:
            return Origin(found, "a change in the files was taken back")
    return Origin(latest)


def explained(plan: Plan, latest: Programme, because: str) -> Plan:
    """A plan that goes on from an older revision: with the reason of every line that is again as it was.

    What the latest has cancelled of the past stays so, unless it was done all the same.
    """
    struck = _cancelled(latest)
    today = plan.programme.planned_from or latest.starts
    last = {session.slot: session for session in latest.sessions}
    sessions = tuple(
        # what has been is as it was planned last, with what became of it
        last[s.slot].model_copy(update={"status": s.status, "account": s.account})
        if s.start.date() < today and s.slot in last and s.slot not in struck
        else s
        for s in plan.programme.sessions
        if s.slot not in struck or s.start.date() >= today or s.status is Status.DONE
    )
    lines = (Change(track=track, kind="dose", because=because) for track in Track)
    slots = [s.slot for p in (latest, plan.programme) for s in p.sessions]
    slots += [c.slot for p in (latest, plan.programme) for c in p.check_ins]
    times = (Change(slot=slot, kind="time", because=because) for slot in dict.fromkeys(slots))
    changes = (*plan.programme.changes, *lines, *times, Change(kind="phase", because=because))
    return replace(plan, programme=plan.programme.model_copy(update={"sessions": sessions, "changes": changes}))


def held_though_cancelled(
    latest: Programme, earlier: Sequence[int], read: Callable[[int], Programme], log: Log
) -> Programme:
    """The latest revision with what was planned for sessions that it has cancelled and that were held all the same.

    ``earlier`` are numbers of older revisions, the oldest first, and ``read`` reads one of them.
    """
    known = log.accounts()
    bare = {
        session.slot
        for session in latest.sessions
        if session.status is Status.CANCELLED
        and not session.items
        and (account := known.get(session.slot)) is not None
        and account.done is not Attendance.MISSED
    }
    planned: dict[str, Session] = {}
    for found in map(read, reversed(earlier)):
        if not bare - planned.keys():
            break
        here = {s.slot: s for s in found.sessions if s.slot in bare and s.items}
        planned = here | planned
    kept = ("items", "short", "warm_up", "warm_up_minutes", "estimated_minutes")
    sessions = tuple(
        session.model_copy(update={name: getattr(planned[session.slot], name) for name in kept})
        if session.slot in planned
        else session
        for session in latest.sessions
    )
    return latest.model_copy(update={"sessions": sessions}) if planned else latest


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


def _passed_after_all(latest: Programme, log: Log, case: Case, today: dt.date) -> frozenset[str]:
    """Check-ins whose gate a revision took as shut, and of which the log says now that they were passed.

    One that stayed shut whatever was said of it (rule D3) is none of them.
    """
    shut = [check.id for check in latest.check_ins if check.passed is False]
    said = {name: [e.passed for e in log.at_check_in(name) if e.passed is not None] for name in shut}
    told = {name for name, answers in said.items() if answers and answers[-1]}
    passed = state_of(latest, log, case, today).passed if told else {}
    return frozenset(name for name in told if passed.get(name))


def _struck(found: Programme, latest: Programme, today: dt.date) -> Programme:
    """An older revision with the sessions of the past that a stop has cancelled since: nobody missed them."""
    gone = _cancelled(latest)
    sessions = tuple(
        s.model_copy(update={"status": Status.CANCELLED}) if s.slot in gone and s.start.date() < today else s
        for s in found.sessions
    )
    return found.model_copy(update={"sessions": sessions})


def _cancelled(programme: Programme) -> frozenset[str]:
    return frozenset(session.slot for session in programme.sessions if session.status is Status.CANCELLED)


def _trained(latest: Programme, log: Log, today: dt.date) -> tuple[Session, ...]:
    """What has been trained so far, as it was planned last."""
    accounts = lived(latest, log, today)
    return tuple(
        session
        for session in latest.sessions
        if session.kind is SessionKind.TRAINING
        and session.slot in accounts
        and accounts[session.slot].done is not Attendance.MISSED
    )


def _has(found: Programme, trained: Iterable[Session]) -> bool:
    """Whether an older revision has sessions with the same work."""
    known = {session.slot: session for session in found.sessions}
    return all(
        session.slot in known
        and [(i.exercise, i.doses) for i in known[session.slot].items] == [(i.exercise, i.doses) for i in session.items]
        for session in trained
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
