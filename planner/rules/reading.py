"""Reading a finished programme: what checks share.  Nothing here knows limits or the solver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.domain.burden import Burden, burden
from planner.domain.case import Case
from planner.domain.directions import Side
from planner.domain.dose import Dose, SetRow
from planner.domain.exercise import Exercise, Implement
from planner.domain.programme import Item, Programme, Session, SessionKind, Status


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
    """Every item that was done or still stands, in order of time.

    What was missed, cancelled or left out neither counts nor is prescribed.
    """
    for session in sorted(programme.live, key=lambda s: s.start):
        if kind is None or session.kind is kind:
            for item in session.items:
                if session.account is None or session.account.did(item.exercise):
                    yield Line(session, item)


def planned_lines(programme: Programme) -> Iterator[Line]:
    """Every item of every training session that was not cancelled, done or not."""
    for session in sorted(programme.sessions, key=lambda s: s.start):
        if session.kind is SessionKind.TRAINING and session.status is not Status.CANCELLED:
            for item in session.items:
                yield Line(session, item)


def standing(programme: Programme, week: int) -> tuple[Session, ...]:
    """Training sessions of a week that were held or still stand."""
    return tuple(s for s in programme.live if s.week == week and s.kind is SessionKind.TRAINING)


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


def asks_of(case: Case, item: Item) -> Burden | None:
    """What an item asks of the spine; None for an unknown or untagged exercise."""
    exercise = exercise_of(case, item.exercise)
    return None if exercise is None else burden(exercise, item.side, item.dose, case.patient.body_mass_kg)


def asks(case: Case, variant: Variant) -> Burden | None:
    """What a variant asks of the spine; None for an unknown or untagged exercise."""
    exercise = exercise_of(case, variant.exercise)
    if exercise is None:
        return None
    return burden(exercise, variant.side, variant.dose, case.patient.body_mass_kg)


def heavier(one: Dose, other: Dose) -> bool:
    """Whether one dose has more load or a stronger band, or more work at the same."""
    loads = [load_kg(one), load_kg(other)]
    bands = [max((_BANDS.index(row.band) for row in dose.sets if row.band), default=-1) for dose in (one, other)]
    if (loads[0], bands[0]) != (loads[1], bands[1]):
        return loads[0] > loads[1] or bands[0] > bands[1]
    return _volume(one.sets, one.bouts_per_day) > _volume(other.sets, other.bouts_per_day)


def load_kg(dose: Dose) -> float:
    """The heaviest load of a dose in kg, 0 without one."""
    return 0.0 if dose.top_load is None else dose.top_load.kg


_BANDS = ("very_light", "light", "medium", "heavy", "very_heavy")


def _volume(sets: tuple[SetRow, ...], bouts: int) -> float:
    """A rough amount of work: counts, holds and bouts."""
    total = 0.0
    for row in sets:
        if row.warm_up:
            continue
        count = float(row.repetitions or row.metres or row.seconds or (row.rounds or 0) * (row.work_seconds or 0))
        total += count * max(1.0, row.hold_seconds or 1)
    return total * bouts
