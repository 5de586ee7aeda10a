"""From one revision to the next: what has been stays, what is ahead keeps its identity.

A calendar on a phone follows a programme by the UID of each event, which is made from its slot.  So
a slot is given once: a session that moves keeps it, one that is gone stays as a cancelled one, and
nothing else ever takes its place.  SEQUENCE rises only where a calendar has to move or strike
something, LAST-MODIFIED wherever an event shows anything new (RFC 5545, 3.8.7).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TypeVar

from planner.domain.programme import CheckIn, Programme, Session, Status
from planner.export.ical import shown_events
from planner.revise.difference import difference

E = TypeVar("E", Session, CheckIn)


def carried(old: Programme, new: Programme, *, stamp: dt.datetime) -> Programme:
    """The complete next revision.

    - What started before ``new.planned_from``, or was held or missed, is as in ``new`` when its slot is
      there (its status and account are news), else as in ``old``.  A past that only ``new`` knows is
      left out.
    - What is ahead keeps the slot of the same name.  When that slot has passed, a session gets a slot
      of its own, such as ``w03-s2-r2``, and keeps it from then on.  Check-ins are matched by id; one
      that was not held may move on with its slot.
    - What is gone from ``new`` stays as cancelled, with nothing left to do in it.
    - ``changes`` holds every difference, with the reasons that ``new.changes`` gives.

    Parameters
    ----------
    old
        The revision before, complete.
    new
        The programme as planned anew from ``planned_from`` on; None there is its first day.  Its
        revision, sequence numbers and stamps count for nothing.
    stamp
        When this revision was made, UTC.

    Raises
    ------
    ValueError
        When they are different programmes, or ``new`` plans a check-in again that has been held.
    """
    if old.id != new.id:
        raise ValueError(f"programme {new.id} is no revision of {old.id}")
    slots = _Slots(old, new)
    made = new.model_copy(
        update={
            "revision": old.revision + 1,
            "standard": old.standard,
            "created": old.created or old.stamp,
            "stamp": stamp,
            "sessions": _next(old.sessions, slots.sessions(), slots.since),
            "check_ins": _next(old.check_ins, slots.check_ins(), slots.since),
            "changes": (),
        }
    )
    made = _stamped(old, made, slots.since)
    said = [change.model_copy(update={"slot": slots.given.get(change.slot, change.slot)}) for change in new.changes]
    return made.model_copy(update={"changes": difference(old, made, said=said)})


# -------------------------------------------------------------------- which is which
class _Slots:
    """Finds for every entry of the new programme the one that it continues, or a slot that is free."""

    def __init__(self, old: Programme, new: Programme) -> None:
        self.since = new.planned_from or new.starts
        self.given: dict[str, str] = {}  # slots of the new programme that became others
        self._old, self._new = old, new
        self._taken = {session.slot for session in old.sessions} | {check.slot for check in old.check_ins}

    def sessions(self) -> dict[str, Session]:
        """Sessions of the new programme by the slots that they get."""
        known = {session.slot: session for session in self._old.sessions}
        found: dict[str, Session] = {}
        homeless = []
        for session in self._new.sessions:
            was = known.get(session.slot)
            if was is not None and (_past(session, self.since) or not _past(was, self.since)):
                found[session.slot] = session
            elif session.start.date() >= self.since:
                homeless.append(session)
        for session in homeless:
            heirs = (s.slot for s in self._old.sessions if s.slot.startswith(f"{session.slot}-r"))
            free = (slot for slot in heirs if slot not in found and not _past(known[slot], self.since))
            slot = next(free, None) or self._free(session.slot)
            self.given[session.slot] = slot
            found[slot] = session
        return found

    def check_ins(self) -> dict[str, CheckIn]:
        """Check-ins of the new programme by the slots that they get."""
        known = {check.id: check for check in self._old.check_ins}
        found: dict[str, CheckIn] = {}
        for check in self._new.check_ins:
            was = known.get(check.id)
            if was is not None:
                if _held(was) and not _held(check) and check.start.date() >= self.since:
                    raise ValueError(f"{was.id} has been held; one that comes later needs an id of its own")
                slot = was.slot
            elif check.start.date() < self.since:
                continue
            else:
                slot = self._free(check.slot)
            self.given[check.slot] = slot
            found[slot] = check
        return found

    def _free(self, slot: str) -> str:
        """A slot that was never given: this one, or one named after it and the revision."""
        number = self._old.revision
        found = slot
        while found in self._taken:
            number += 1
            found = f"{slot}-r{number}"
        self._taken.add(found)
        return found


def _held(check: CheckIn) -> bool:
    return check.status.past or check.passed is not None


def _past(entry: Session | CheckIn, since: dt.date) -> bool:
    return entry.status.past or entry.start.date() < since


# -------------------------------------------------------------------- what becomes of it
def _next(old: Sequence[E], new: dict[str, E], since: dt.date) -> tuple[E, ...]:
    """The entries of the next revision, in order of start."""
    known = {entry.slot: entry for entry in old}
    made = []
    for slot in {**known, **new}:
        was, now = known.get(slot), new.get(slot)
        if was is None:
            if now is not None and now.status is not Status.CANCELLED:
                made.append(now.model_copy(update={"slot": slot, "sequence": 0, "modified": None}))
        elif now is None:
            made.append(was if _past(was, since) else _cancelled(was))
        elif now.status is Status.CANCELLED and not _past(was, since):
            made.append(_cancelled(was))
        else:
            sequence = was.sequence + (_times(was) != _times(now))
            made.append(now.model_copy(update={"slot": slot, "sequence": sequence, "modified": was.modified}))
    return tuple(sorted(made, key=lambda entry: (entry.start, entry.slot)))


def _cancelled(was: E) -> E:
    """The same entry struck out, once."""
    if was.status is Status.CANCELLED:
        return was
    update: dict[str, object] = {"status": Status.CANCELLED, "sequence": was.sequence + 1}
    if isinstance(was, Session):
        update |= {"items": (), "short": (), "warm_up": "", "warm_up_minutes": 0, "estimated_minutes": 0.0}
    return was.model_copy(update=update)


def _times(entry: Session | CheckIn) -> tuple[object, ...]:
    """What a calendar has to move or strike an event for."""
    place = entry.place if isinstance(entry, Session) else ""
    return entry.start, entry.end, place, entry.status.in_calendar


def _stamped(old: Programme, made: Programme, since: dt.date) -> Programme:
    """Gives the stamp of the revision to every entry whose event shows anything new.

    What is past is new only when something became of it: that a session more makes "2 of 36" into
    "2 of 37" is no news of a session that was done.
    """
    entries: tuple[Session | CheckIn, ...] = (*old.sessions, *old.check_ins)
    known = {entry.slot: entry for entry in entries}
    before, after = shown_events(old), shown_events(made)

    def news(entry: Session | CheckIn) -> bool:
        was = known.get(entry.slot)
        if was is not None and _past(was, since):
            return entry != was
        return before.get(entry.slot) != after[entry.slot]

    def stamped(entries: Sequence[E]) -> tuple[E, ...]:
        return tuple(e.model_copy(update={"modified": made.stamp}) if news(e) else e for e in entries)

    return made.model_copy(update={"sessions": stamped(made.sessions), "check_ins": stamped(made.check_ins)})
