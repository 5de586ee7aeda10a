"""Reading a finished programme: what checks share.  Nothing here knows limits or the solver."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from planner.domain.burden import Burden, burden
from planner.domain.case import Case
from planner.domain.directions import Side
from planner.domain.dose import Dose
from planner.domain.exercise import Exercise, Implement
from planner.domain.programme import Item, Programme, Session, SessionKind


@dataclass(frozen=True)
class Line:
    """One item in its session."""

    session: Session
    item: Item

    @property
    def where(self) -> str:
        """Where it stands, for a message."""
        return f"week {self.session.week}, {self.session.slot}, {self.item.exercise}"

    @property
    def week(self) -> int:
        """Week of the session."""
        return self.session.week


@dataclass(frozen=True)
class Variant:
    """What may be done in the place of an item, and the item itself.

    ``role`` is ``item``, its ``easier`` form, its ``fallback``, an item of a session's ``short`` version, or one of
    the ``flare`` card.  Only items are planned work: quotas, growth and exposure count nothing else.
    """

    line: Line
    role: str
    exercise: str
    side: Side
    dose: Dose
    implement: Implement
    weeks: tuple[int, ...]
    """Weeks whose phase and envelope it has to keep: with a gate that may stay shut, also the week before it."""
    dated: tuple[int, ...]
    """Weeks in which it may be done."""

    @property
    def where(self) -> str:
        """Where it stands, for a message."""
        return self.line.where if self.role in ("item", "flare") else f"{self.line.where} ({self.role})"


def lines(programme: Programme, kind: SessionKind | None = None) -> Iterator[Line]:
    """Every item, in order of time."""
    for session in sorted(programme.sessions, key=lambda s: s.start):
        if kind is None or session.kind is kind:
            for item in session.items:
                yield Line(session, item)


def variants(programme: Programme, kind: SessionKind | None = None) -> Iterator[Variant]:
    """Every item with its easier form and its fallback; short versions; without ``kind`` also the flare card."""
    before = {check.id: check.week - 1 for check in programme.check_ins if check.week > 1}
    for line in lines(programme, kind):
        item, own = line.item, (line.week,)
        yield Variant(line, "item", item.exercise, item.side, item.dose, item.implement, own, own)
        for role, other in (("easier", item.easier), ("fallback", item.fallback)):
            if other is not None:
                weeks = (*own, before[item.gate]) if role == "fallback" and item.gate in before else own
                yield Variant(line, role, other.exercise, other.side, other.dose, other.implement, weeks, own)
    for session in programme.sessions:
        if kind is not None and session.kind is not kind:
            continue
        own = (session.week,)
        earlier = week_before_gate(programme, session.week)
        weeks = own if earlier is None else (*own, earlier)
        for item in session.short:
            line = Line(session, item)
            yield Variant(line, "short", item.exercise, item.side, item.dose, item.implement, weeks, own)
    if kind is None:
        always = tuple(week.number for week in programme.weeks)
        card = _card(programme)
        for item in card.items:
            line = Line(card, item)
            yield Variant(line, "flare", item.exercise, item.side, item.dose, item.implement, always, always)


def week_before_gate(programme: Programme, week: int) -> int | None:
    """The week before the latest gate that stands open in a forecast only; None before the first gate."""
    gates = [c.week for c in programme.check_ins if c.gate and c.passed is not True and 1 < c.week <= week]
    return max(gates) - 1 if gates else None


def _card(programme: Programme) -> Session:
    """The flare card as a session that belongs to no week and no hour."""
    midnight = dt.datetime.combine(programme.starts, dt.time())
    return Session(
        slot="flare-card",
        week=1,
        kind=SessionKind.DAILY,
        start=midnight,
        end=midnight,
        place="anywhere",
        estimated_minutes=0,
        items=programme.flare_card,
    )


def exercise_of(case: Case, name: str) -> Exercise | None:
    """The exercise, None when the case does not hold it or its tags are incomplete."""
    found = case.exercises.get(name)
    return found if found is not None and found.complete else None


def asks(case: Case, variant: Variant) -> Burden | None:
    """What a variant asks of the spine; None for an unknown or untagged exercise."""
    exercise = exercise_of(case, variant.exercise)
    if exercise is None:
        return None
    return burden(exercise, variant.side, variant.dose, case.patient.body_mass_kg)
