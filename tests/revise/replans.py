"""The three-week programme of ``builder`` planned anew by hand, and at random."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from planner.domain.exercise import Track
from planner.domain.log import Account, Attendance
from planner.domain.programme import Item, Programme, Session, SessionKind, Status
from planner.revise.carry import carried
from tests.export import builder

SINCE = dt.date(2026, 3, 23)  # the second Monday
STAMPS = tuple(dt.datetime(2026, 3, 22 + n, 20, tzinfo=dt.UTC) for n in range(4))

_WHAT = ("same", "same", "move", "day", "place", "dose", "drop", "strike", "certain", "wait")

Edit = Callable[[Session], Session | None]


def replanned(old: Programme, edit: Edit = lambda session: session, **more: Any) -> Programme:
    """The programme planned anew from ``SINCE``: future sessions edited or, for None, left out; no past."""
    future = [s for s in old.sessions if s.start.date() >= more.get("planned_from", SINCE)]
    kept = [found for found in map(edit, future) if found is not None]
    return old.model_copy(update={"sessions": tuple(kept), "planned_from": SINCE, "changes": (), **more})


def revised(edit: Edit = lambda session: session, **more: Any) -> tuple[Programme, Programme]:
    """Revision 1 and revision 2 of it."""
    old = builder.programme()
    return old, carried(old, replanned(old, edit, **more), stamp=STAMPS[0])


def only(slot: str, **update: Any) -> Edit:
    """Changes one session."""
    return lambda session: session.model_copy(update=update) if session.slot == slot else session


def without(*slots: str) -> Edit:
    """Leaves sessions out."""
    return lambda session: None if session.slot in slots else session


def moved(session: Session, minutes: int) -> Session:
    by = dt.timedelta(minutes=minutes)
    return session.model_copy(update={"start": session.start + by, "end": session.end + by})


def lifted(session: Session, *counts: int, load: float) -> Session:
    """The session with another dose of the deadlift."""
    dose = builder.repetitions(*counts, load=load, effort=5, rest_seconds=90)

    def item(one: Item) -> Item:
        return one.model_copy(update={"dose": dose}) if one.track is Track.HINGE else one

    return session.model_copy(update={"items": tuple(item(one) for one in session.items)})


def became(session: Session, done: Attendance) -> Session:
    """The session as it was logged."""
    status = Status.MISSED if done is Attendance.MISSED else Status.DONE
    return session.model_copy(update={"status": status, "account": Account(slot=session.slot, done=done)})


@st.composite
def replans(draw: st.DrawFn, old: Programme, since: dt.date | None = None) -> Programme:
    """Anything that may be planned next: moved, changed, dropped, added, struck out, with or without the past."""
    day = since or old.starts + dt.timedelta(days=draw(st.integers(0, 22)))
    sessions: list[Session] = []
    for session in old.sessions:
        if session.start.date() < day:
            if draw(st.booleans()):
                done = draw(st.sampled_from([None, *Attendance]))
                sessions.append(session if done is None or session.status.past else became(session, done))
            continue
        what = draw(st.sampled_from(_WHAT))
        if what == "drop":
            continue
        sessions.append(_edited(session, what, draw(st.integers(1, 3))))
    for slot in draw(st.lists(st.sampled_from(["w02-s4", "w02-s5", "w01-s1", "w01-s2", "w03-s1"]), unique=True)):
        if slot not in {session.slot for session in sessions}:
            start = dt.datetime.combine(day + dt.timedelta(days=draw(st.integers(0, 6))), dt.time(7, 10))
            week = min(old.weeks_planned, max(1, (start.date() - old.starts).days // 7 + 1))
            sessions.append(builder.session(slot, start, 30, builder.training_items(2), week=week))
    checks = []
    for check in old.check_ins:
        if check.start.date() < day:
            held = {"passed": draw(st.booleans()), "status": Status.DONE}
            checks.append(check.model_copy(update=held if check.passed is None else {}))
        elif draw(st.booleans()):
            by = dt.timedelta(days=draw(st.integers(0, 2)))
            checks.append(check.model_copy(update={"start": check.start + by, "end": check.end + by}))
    sessions.sort(key=lambda s: (s.start, s.slot))
    return old.model_copy(
        update={
            "sessions": tuple(sessions),
            "check_ins": tuple(sorted(checks, key=lambda c: c.start)),
            "planned_from": day,
            "changes": (),
        }
    )


def _edited(session: Session, what: str, amount: int) -> Session:
    if what == "move":
        return moved(session, 10 * amount)
    if what == "day":
        return moved(session, 24 * 60 * amount)
    if what == "place":
        return session.model_copy(update={"place": f"gym {amount}"})
    if what == "dose" and session.kind is SessionKind.TRAINING:
        return lifted(session, *(6,) * amount, load=10)
    status = {"strike": Status.CANCELLED, "certain": Status.CONFIRMED, "wait": Status.TENTATIVE}.get(what)
    return session if status is None else session.model_copy(update={"status": status})
