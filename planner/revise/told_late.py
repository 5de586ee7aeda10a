"""Sessions that were taken as missed, and were done after all: the plan goes on as if that had been known.

A revision that is made before a session was logged takes it as missed, and steps back.  When the log says
later that it was held, and nothing has been trained in between, the revision before that one is the one
to go on from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

from planner.domain.exercise import Track
from planner.domain.log import Attendance, Log
from planner.domain.programme import Change, Programme, SessionKind, Status
from planner.plan import Plan
from planner.revise.state import lived


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


def to_go_on_from(
    latest: Programme, earlier: Sequence[int], read: Callable[[int], Programme], log: Log, today: dt.date
) -> Programme:
    """The newest revision that took nothing as missed that was held; ``latest`` where there is none to go back to.

    Parameters
    ----------
    earlier
        Numbers of older revisions, the oldest first.
    read
        Reads one of them.
    """
    late = set(held_after_all(latest, log))
    if not late or _used(latest, log, today):
        return latest
    for number in reversed(earlier):
        found = read(number)
        if _made_otherwise(found, latest):
            return latest
        if not late & {session.slot for session in found.sessions if session.status is Status.MISSED}:
            return found
    return latest


def explained(plan: Plan, latest: Programme, log: Log) -> Plan:
    """A plan that goes on from an older revision, with the reason of every line that is again as it was."""
    slots = ", ".join(held_after_all(latest, log))
    because = f"{slots}: done after all, as was told later"[:300]
    lines = (Change(track=track, kind="dose", because=because) for track in Track)
    times = (Change(slot=session.slot, kind="time", because=because) for session in latest.sessions)
    changes = (*plan.programme.changes, *lines, *times)
    return replace(plan, programme=plan.programme.model_copy(update={"changes": changes}))


def _used(latest: Programme, log: Log, today: dt.date) -> bool:
    """Whether anything was trained by a revision, so that the past is what it says."""
    since = latest.planned_from or latest.starts
    accounts = lived(latest, log, today)
    return any(
        session.kind is SessionKind.TRAINING and session.start.date() >= since and session.slot in accounts
        for session in latest.sessions
    )


def _made_otherwise(one: Programme, latest: Programme) -> bool:
    """Whether somebody's hand, or other files, stand between two revisions."""
    hands = [
        {(s.slot, item.exercise) for s in programme.sessions for item in s.items if item.pinned}
        | {(s.slot, "") for s in programme.sessions if s.fixed}
        for programme in (one, latest)
    ]
    same = one.exemptions == latest.exemptions and one.approval == latest.approval and one.frozen == latest.frozen
    files = [(programme.provenance.patient_sha256, programme.provenance.clinic_sha256) for programme in (one, latest)]
    return hands[0] != hands[1] or files[0] != files[1] or not same
