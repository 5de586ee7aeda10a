"""Reading a finished programme: what checks share.  Nothing here knows limits or the solver."""

from __future__ import annotations

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
    """The item itself, its easier form or its fallback."""

    line: Line
    role: str
    exercise: str
    side: Side
    dose: Dose
    implement: Implement

    @property
    def where(self) -> str:
        """Where it stands, for a message."""
        return self.line.where if self.role == "item" else f"{self.line.where} ({self.role})"


def lines(programme: Programme, kind: SessionKind | None = None) -> Iterator[Line]:
    """Every item, in order of time."""
    for session in sorted(programme.sessions, key=lambda s: s.start):
        if kind is None or session.kind is kind:
            for item in session.items:
                yield Line(session, item)


def variants(programme: Programme, kind: SessionKind | None = None) -> Iterator[Variant]:
    """Every item with its easier form and its fallback."""
    for line in lines(programme, kind):
        item = line.item
        yield Variant(line, "item", item.exercise, item.side, item.dose, item.implement)
        for role, other in (("easier", item.easier), ("fallback", item.fallback)):
            if other is not None:
                yield Variant(line, role, other.exercise, other.side, other.dose, other.implement)


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
