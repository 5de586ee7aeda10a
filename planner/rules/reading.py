"""Reading a finished programme: what checks share.  Nothing here knows limits or the solver."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from planner.domain.burden import Burden, burden
from planner.domain.case import Case
from planner.domain.directions import Side
from planner.domain.dose import Dose, Load
from planner.domain.exercise import Exercise, Implement
from planner.domain.log import LoggedItem
from planner.domain.programme import Item, LadderRecord, Programme, Session, SessionKind, Status

#: Where a break of the flare card stands: in no week and no session.
CARD = "flare card"


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
        if self.role == "flare":
            return f"{CARD}, {self.exercise}"
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


def lived_lines(programme: Programme, kind: SessionKind | None = None) -> Iterator[Line]:
    """Every item that was done, as it was done, or still stands, in order of time: ``lines`` with what stood in."""
    shut = frozenset(check.id for check in programme.check_ins if check.passed is False)
    lived = {session.slot: as_done(session, shut) for session in programme.live}
    yield from lines(programme.model_copy(update={"sessions": tuple(lived.values())}), kind)


def as_done(session: Session, shut: Collection[str]) -> Session:
    """A session that was held, with what stood in where a gate stayed shut (rule PH); ``shut`` are ids of check-ins.

    Sets or pain that are told of the exercise itself say that it was done all the same.  What nothing stood in for
    was left out.
    """
    account = session.account
    if account is None or not any(item.gate in shut for item in session.items):
        return session
    items: list[Item] = []
    told = {(one.exercise, one.part): one for one in account.items}
    for item in session.items:
        found, other = account.item(item.exercise, item.part), item.fallback
        if item.gate not in shut or (found is not None and _itself(found, item)):
            items.append(item)
        elif other is not None:
            instead = account.item(other.exercise) is not None and account.did(other.exercise)
            if not instead and not account.did(item.exercise, item.part):
                items.append(item)
                continue
            stood_in = {name: getattr(other, name) for name in ("exercise", "name", "side", "dose", "implement")}
            items.append(item.model_copy(update={**stood_in, "rung": None}))
            if found is not None and not instead:
                told[found.exercise, found.part] = found.model_copy(update={"exercise": other.exercise})
    account = account.model_copy(update={"items": tuple(told.values())})
    return session.model_copy(update={"items": tuple(items), "account": account})


def _itself(found: LoggedItem, item: Item) -> bool:
    """Whether what was told of an item is more than what stood in for it could mean."""
    more = found.sets or found.pain_during is not None or found.peripheralised is not None
    return bool(more) or (found.done and item.fallback is None)


def rung_of(record: LadderRecord, item: Item) -> int | None:
    """The rung of an item on a ladder: the one it names, else the heaviest that is no more than it.

    A ladder that was built again for another goal counts its rungs anew, so that a number alone says nothing.
    """
    if item.rung is not None and item.rung < len(record.rungs):
        named = record.rungs[item.rung]
        lighter_load = named.load is None or named.load.kg <= load_kg(item.dose) + 1e-6
        if named.exercise == item.exercise and (item.deload or lighter_load):
            return item.rung
    same = [n for n, rung in enumerate(record.rungs) if rung.exercise == item.exercise]
    if not same:
        return None
    done = asked_by_dose(item.dose.model_copy(update={"bouts_per_day": 1}))
    return max((n for n in same if not asks_more(asked_by_rung(record.rungs[n]), done)), default=same[0])


def lowest(programme: Programme, item: Item) -> bool:
    """Whether an item asks for no more than the lowest step of its line of work: there is nothing lower."""
    rung = next((record.rungs[0] for record in programme.ladders if record.key == item.ladder), None)
    once = asked_by_dose(item.dose.model_copy(update={"bouts_per_day": 1}))
    return rung is not None and item.rung == 0 and not asks_more(once, asked_by_rung(rung))


def lowest_after(programme: Programme, before: Item, item: Item) -> bool:
    """Whether an item is the lowest step after what stood in for a gate, which may have been less; it names no rung."""
    return before.rung is None and lowest(programme, item)


def goes_on(programme: Programme, before: Item, item: Item) -> bool:
    """``onward``, where the lowest step may follow what stood in for a gate."""
    return onward(programme, before, item) and not lowest_after(programme, before, item)


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
    """Every item with its easier form and its fallback; short versions; without ``kind`` also the flare card."""
    before = {check.id: check.week - 1 for check in programme.check_ins if check.week > 1}
    for line in lines(programme, kind):
        item, own = line.item, (line.week,)
        yield Variant(line, "item", item.exercise, item.side, item.dose, item.implement, own, own)
        for role, other in (("easier", item.easier), ("fallback", item.fallback)):
            if other is not None:
                weeks = (*own, before[item.gate]) if role == "fallback" and item.gate in before else own
                yield Variant(line, role, other.exercise, other.side, other.dose, other.implement, weeks, own)
    for session in programme.live:
        if kind is not None and session.kind is not kind:
            continue
        own = (session.week,)
        earlier = week_before_gate(programme, session.week)
        weeks = own if earlier is None else (*own, earlier)
        for item in session.short:
            line = Line(session, item)
            yield Variant(line, "short", item.exercise, item.side, item.dose, item.implement, weeks, own)
    if kind is None:
        always = weeks_to_come(programme)
        card = _card(programme)
        for item in card.items:
            line = Line(card, item)
            yield Variant(line, "flare", item.exercise, item.side, item.dose, item.implement, always, always)


def weeks_to_come(programme: Programme) -> tuple[int, ...]:
    """The weeks that are not over on the day from which a programme is planned; the last where all are."""
    since = programme.planned_from or programme.starts
    found = (week.number for week in programme.weeks if week.starts + dt.timedelta(days=7) > since)
    return tuple(found) or (len(programme.weeks),)


def week_before_gate(programme: Programme, week: int) -> int | None:
    """The week before the latest gate that stands open in a forecast only; None before the first gate."""
    ahead = (Status.CONFIRMED, Status.TENTATIVE)
    gates = [c.week for c in programme.check_ins if c.gate and c.status in ahead and 1 < c.week <= week]
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


class Rung(Protocol):
    """A rung of a ladder, as it is climbed or as it was written down."""

    @property
    def counts(self) -> tuple[int, ...]:
        """Repetitions, holds, seconds, metres or rounds, set by set."""

    @property
    def hold_seconds(self) -> int:
        """Of each hold; 0 without."""

    @property
    def work_seconds(self) -> int:
        """Of each round; 0 without."""

    @property
    def load(self) -> Load | None:
        """What is lifted."""

    @property
    def band(self) -> str | None:
        """What is pulled."""


#: What is asked: load in kg, strength of the band (-1 without), and a rough amount of work.
Asked = tuple[float, int, float]


def asked_by_dose(dose: Dose) -> Asked:
    """What a dose asks."""
    return load_kg(dose), band_strength(dose), amount(dose)


def asked_by_rung(rung: Rung) -> Asked:
    """What a rung asks, once."""
    load = 0.0 if rung.load is None else rung.load.kg
    work = sum(rung.counts) * max(1, rung.hold_seconds) * max(1, rung.work_seconds)
    return load, _BANDS.index(rung.band) if rung.band else -1, work


def asks_more(one: Asked, other: Asked) -> bool:
    """Whether there is more load or a stronger band in it, or more work at the same."""
    if one[:2] != other[:2]:
        return one[0] > other[0] or one[1] > other[1]
    return one[2] > other[2]


def heavier(one: Dose, other: Dose) -> bool:
    """Whether one dose asks more than another."""
    return asks_more(asked_by_dose(one), asked_by_dose(other))


def onward(programme: Programme, before: Item, item: Item) -> bool:
    """Whether an item asks for more than one before it of the same line of work.

    That is a heavier dose of the same exercise, or a harder one of its ladder.
    """
    if item.exercise == before.exercise:
        return not before.deload and heavier(item.dose, before.dose)
    rungs = next((record.rungs for record in programme.ladders if record.key == item.ladder), ())
    places = [n for n, rung in enumerate(rungs) if rung.exercise == before.exercise]
    if item.rung is None or not places:
        return False
    return item.rung > (before.rung if before.rung in places else places[0])


def load_kg(dose: Dose) -> float:
    """The heaviest load of a dose in kg, 0 without one."""
    return 0.0 if dose.top_load is None else dose.top_load.kg


def band_strength(dose: Dose) -> int:
    """The strongest band of a dose by its place from very light upwards, -1 without one."""
    return max((_BANDS.index(row.band) for row in dose.sets if row.band), default=-1)


_BANDS = ("very_light", "light", "medium", "heavy", "very_heavy")


def amount(dose: Dose) -> float:
    """A rough amount of work: counts, holds and bouts of the working sets."""
    total = 0.0
    for row in dose.sets:
        if row.warm_up:
            continue
        count = float(row.repetitions or row.metres or row.seconds or (row.rounds or 0) * (row.work_seconds or 0))
        total += count * max(1.0, row.hold_seconds or 1)
    return total * dose.bouts_per_day
