"""Taking a climb up again: the ladders, states and history of a later revision.

What was planned before is what the solver departs from as little as it can (``Terms.changes``); what
has been lived is the start of every track.  The days that are left of a week that has begun are not
solved: each track goes on as planned as far as it stands, else where it stands.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from planner.domain.case import Case
from planner.domain.directions import Direction
from planner.domain.patient import Place
from planner.domain.programme import Halt, Item, LadderRecord, Programme, Session, SessionKind, Status
from planner.rules.base import value
from planner.rules.content import TrackPlan, tracks
from planner.rules.envelope import D1
from planner.rules.gaps import weeks_still
from planner.rules.limits import Link
from planner.rules.overload import O6
from planner.rules.phases import climb_begins
from planner.rules.practical import E2, blocks
from planner.rules.reading import asked_by_rung, asks_more
from planner.solver.columns import NOT_BEGUN, Column, State
from planner.solver.gate import Gate
from planner.solver.ladders import Ladder, LadderBuilder
from planner.solver.prepare import Prepared, ladder_builder, open_gate
from planner.solver.terms import Contract, History, Planned, Solution, Terms
from planner.solver.week import WeekTable, week_table

_SLOT = re.compile(r"^w\d{2}-s(\d+)$")


@dataclass(frozen=True)
class Start:
    """Where a track stands: its rung, sessions that count there, working sets by week, and the rungs it came from.

    ``shown`` are working sets, where a calibration has led up to the rung and what is planned does not know of it.
    """

    rung: int
    stood: int
    sets: Mapping[int, int]
    trail: tuple[int, ...] = ()
    shown: int = 0


@dataclass(frozen=True)
class Lived:
    """What is known of the time before: where tracks stand and what they have shown.

    ``slots`` are those of sessions that have been lived, ``shown`` counts sessions by ladder and
    (direction, stage), ``days`` the days on which anything showed them; ``done`` are the green sessions of each
    exercise, with working repetitions and load in kg; no session begins before ``rest_until``.  ``too_heavy`` are
    ladders that begin again: by ladder the exercise and its one-repetition maximum in kg, ``too_hard`` those of which
    anything was clearly harder than meant.  ``lifted`` are halts that end with this revision; ``asked`` when the
    patient asks for other work, ``goals`` the exercises of goals that are new or other ones, ``disliked`` those that
    are newly disliked; nothing begins before the week ``first_new``; ``places`` are those of the file before.
    """

    starts: Mapping[str, Start]
    slots: frozenset[str]
    shown: Mapping[str, Mapping[tuple[Direction, int], int]]
    days: Mapping[tuple[Direction, int], int]
    done: Mapping[str, tuple[tuple[int, float], ...]]
    deloads: frozenset[int]
    rest_until: dt.datetime | None = None
    too_heavy: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    too_hard: frozenset[str] = frozenset()
    lifted: tuple[Halt, ...] = ()
    asked: bool = False
    goals: frozenset[str] = frozenset()
    disliked: frozenset[str] = frozenset()
    first_new: int = 1
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Resumed:
    """A case ready to be solved from a week on, what stands before that week, and the stages that were planned.

    ``closed`` are ladders of which nothing is open any more: where a clinician allows it again, the line of work goes
    on with them, from no more than was done of it.
    """

    prepared: Prepared
    columns: Mapping[str, Mapping[int, Column]]
    contracts: Mapping[str, Mapping[int, Contract]]
    planned: Mapping[int, Mapping[Direction, int]]
    closed: tuple[LadderRecord, ...] = ()

    def joined(self, solution: Solution, terms: Terms) -> Solution:
        """A solution with the weeks before it."""
        case = self.prepared.case
        course = case.course
        assert course is not None
        ladders = {lad.plan.key: lad for lad in self.prepared.ladders}
        columns = {key: {**self.columns.get(key, {}), **solution.columns.get(key, {})} for key in ladders}
        contracts = {key: {**self.contracts.get(key, {}), **solution.contracts.get(key, {})} for key in ladders}
        stages = {way: self._stages(way, found, solution, terms) for way, found in solution.stages.items()}
        return replace(
            solution, ladders={**ladders, **solution.ladders}, columns=columns, contracts=contracts, stages=stages
        )

    def _stages(self, way: Direction, solved: tuple[int, ...], solution: Solution, terms: Terms) -> tuple[int, ...]:
        """Stages as lived, then as they open: no earlier than was planned, where nothing asks for it."""
        course = self.prepared.case.course
        assert course is not None
        out: list[int] = []
        for week, stage in enumerate(solved, start=1):
            if week < course.week:
                lived = course.envelopes[week - 1].get(way) if week <= len(course.envelopes) else None
                out.append(stage if lived is None else lived)
                continue
            if week == 1:
                out.append(stage)  # where a programme starts is a finding (rule D1)
                continue
            used = [
                terms.stage(terms.ladders[key], columns[week], way)
                for key, columns in solution.columns.items()
                if week in columns
            ]
            wanted = max([self.planned.get(week, {}).get(way, stage), *used])
            before = out[-1] if week > course.week and out else 0
            most = min(stage, before) if week in terms.careful and before else stage
            out.append(min(most, max(wanted, before)))
        return tuple(out)


def resumed(
    case: Case,
    old: Programme,
    lived: Lived,
    *,
    keep_days: bool = True,
    exchange: Mapping[str, tuple[str, str]] = MappingProxyType({}),
) -> Resumed:
    """Gate, week, ladders and history of a later revision.

    With ``keep_days`` tracks keep their weekdays where they can.  ``exchange`` are, by ladder, the exercise that
    goes and the one in its place: it stands where the other stood on the ladder, else a new ladder begins with it.
    """
    assert case.course is not None
    gate = open_gate(case)
    table = _rested(week_table(case, gate.quiet_until), lived.rest_until, case.from_week)
    anew = {key: name for key, (name, _) in lived.too_heavy.items()} | {key: new for key, (_, new) in exchange.items()}
    plans = tuple(
        replace(plan, through=anew[plan.key], direct=True) if plan.key in anew else plan for plan in tracks(case)
    )
    # what has begun goes on; what has not waits where symptoms have to settle first
    plans = tuple(
        plan if plan.key in lived.starts else replace(plan, first_week=max(plan.first_week, lived.first_new))
        for plan in plans
    )
    warm_up = int(value(case, E2, "warm_up_minutes"))
    ladders: list[Ladder] = []
    rebuilt: frozenset[str] = frozenset()
    closed: tuple[LadderRecord, ...] = ()
    if table.occasions:
        builder = ladder_builder(case, gate, table, plans)
        for name, shown_kg in lived.too_heavy.values():
            builder.show(name, shown_kg)
        builder.too_hard = lived.too_hard
        ladders, rebuilt, closed = _ladders(case, old, plans, builder, exchange, lived)
    over = {
        lad.plan.key: start
        for lad in ladders
        if lad.plan.key in anew
        and (start := lived.starts.get(lad.plan.key)) is not None
        and (not lad.kept or lad.now(start.rung) is None)
    }
    climbs = replace(lived, starts={key: start for key, start in lived.starts.items() if key not in over})
    rest = _Rest(case, old, climbs, gate, table, {lad.plan.key: lad for lad in ladders})
    # another exercise begins at its first dose, and takes over how much was done of the one before (rule O6)
    states = rest.states(over)
    # a track of which nothing is open where it stands begins again with what it has done before, if at all
    known = {(item.ladder, item.exercise) for session in old.sessions for item in session.items}
    fit = [
        lad
        for lad in ladders
        if lad.plan.key in states
        or lad.plan.key not in climbs.starts
        or lad.plan.key in rebuilt
        or _begins_again(case, lad)
        or any((lad.plan.key, rung.exercise.id) in known for rung in lad.rungs)
    ]
    history = History(
        states=states,
        before=rest.before(),
        shown=lived.shown,
        earned=frozenset(key for key, days in lived.days.items() if days >= value(case, D1, "sessions_at_a_stage")),
        done=lived.done,
        sets=rest.sets(),
        slots=rest.held() if keep_days else {},
        again=frozenset(lad.plan.key for lad in fit if lad.plan.key in rebuilt or _again(lad, old, lived)),
    )
    prepared = Prepared(case, gate, table, plans, tuple(fit), warm_up, history=history)
    # what a clinician has allowed again opens as it is earned, whatever was planned while it was closed
    allowed = {halt.direction for halt in lived.lifted}
    planned = {row.number: {w: s for w, s in row.envelope.items() if w not in allowed} for row in old.weeks}
    there = {lad.plan.key for lad in fit}
    closed = tuple(record for record in closed if record.key not in there)
    return Resumed(prepared, rest.columns, rest.contracts(), planned, closed)


def _ladders(
    case: Case,
    old: Programme,
    plans: tuple[TrackPlan, ...],
    builder: LadderBuilder,
    exchange: Mapping[str, tuple[str, str]],
    lived: Lived,
) -> tuple[list[Ladder], frozenset[str], tuple[LadderRecord, ...]]:
    """Ladders as they were built; new ones where there was none, or where nothing of it is open any more.

    With them the lines of work whose ladder needs what no place has any more, so that they climb another one, and
    ladders of which nothing is open any more.
    """
    records = {record.key: record for record in old.ladders}
    ahead = {i.ladder for s in old.sessions if s.slot not in lived.slots for i in s.items}
    out: dict[str, Ladder] = {}
    closed: list[LadderRecord] = []
    lacking: set[str] = set()
    other: set[str] = set()
    for plan in plans:
        record = records.get(plan.key)
        if record is not None and plan.key in exchange:
            made = builder.exchanged(plan, record, *exchange[plan.key])
            if made is not None:
                out[plan.key] = made
            continue
        if record is None or plan.through is not None or _another_goal(plan, record, lived.goals):
            continue
        if _disliked_since(record, lived):
            continue
        start = lived.starts.get(plan.key)
        if builder.lacks(record, 0 if start is None else start.rung):
            lacking.add(plan.key)
        if plan.key in lacking or (lived.places and builder.may_go_on(record, lived.places)):
            other.add(plan.key)
            continue
        if lived.lifted and start is not None and plan.key not in ahead:
            # one for the weeks that are left, where that begins no higher than it was left
            built = builder.build(replace(plan, first_week=max(plan.first_week, case.from_week)))
            if built is not None and _no_higher(built, record, start):
                out[plan.key] = built
                continue
        if (kept := builder.keep(plan, record, begun=plan.key in lived.starts)) is not None:
            if start is not None and start.shown and start.trail:
                kept = builder.raised(kept, start.trail[-1], start.rung, start.shown)
            out[plan.key] = kept
        elif case.from_week <= plan.last_week:
            closed.append(record)
    for plan in plans:
        if plan.key in out or case.from_week > case.weeks:
            continue
        plan_now = replace(plan, first_week=max(plan.first_week, case.from_week))
        if plan.key in other - lacking and (start := lived.starts.get(plan.key)) is not None:
            # more is owned: the exercise that it stands on goes on, further than before
            plan_now = replace(plan_now, through=records[plan.key].rungs[start.rung].exercise, direct=True)
        built = builder.build(plan_now)
        if built is not None:
            out[plan.key] = built
        elif plan.key in other or (plan.key in lived.too_heavy and plan.key in records):
            # nothing can be built from what is there now: what is still open of the ladder goes on
            kept = builder.keep(plan, records[plan.key], begun=plan.key in lived.starts)
            if kept is not None:
                out[plan.key] = kept
    found = [out[plan.key] for plan in plans if plan.key in out]
    rebuilt = frozenset(ladder.plan.key for ladder in found if not ladder.kept) & lacking
    return found, rebuilt, tuple(closed)


def _no_higher(ladder: Ladder, record: LadderRecord, start: Start) -> bool:
    """Whether a ladder begins with the exercise on which a track stands, and asks for no more of it."""
    first, stands = ladder.rungs[0], record.rungs[start.rung]
    return first.exercise.id == stands.exercise and not asks_more(asked_by_rung(first.state), asked_by_rung(stands))


def _begins_again(case: Case, ladder: Ladder) -> bool:
    """Whether a track that has no place in the phase gone back to begins anew once it has one."""
    return climb_begins(case) > 1 and any(week > case.from_week for week in ladder.rungs[0].open_weeks)


def _rested(table: WeekTable, until: dt.datetime | None, week: int) -> WeekTable:
    """The week without the sessions that fall into the days of a flare card: they are lost, and none of it counts."""
    if until is None:
        return table
    kept = {key: there for key, there in table.occasions.items() if key[0] != week or there.start >= until}
    return replace(table, occasions=kept)


def _another_goal(plan: TrackPlan, record: LadderRecord, goals: frozenset[str]) -> bool:
    """Whether a track has another goal than the one that its ladder was built for, or more or less of the same."""
    return plan.goal is not None and (plan.goal.exercise != record.goal or plan.goal.exercise in goals)


def _disliked_since(record: LadderRecord, lived: Lived) -> bool:
    """Whether a track climbs over an exercise that the patient has disliked since it was built."""
    return any(rung.exercise in lived.disliked for rung in record.rungs)


def _again(ladder: Ladder, old: Programme, lived: Lived) -> bool:
    """Whether a track may go on where a halt had stopped it, or is other work because the patient asks for it."""
    done = any(item.ladder == ladder.plan.key for session in old.sessions for item in session.items)
    if not ladder.kept and (lived.lifted or (lived.asked and not done)):
        return True
    if ladder.plan.goal is not None and ladder.plan.goal.exercise in lived.goals:
        return True
    if any(record.key == ladder.plan.key and _disliked_since(record, lived) for record in old.ladders):
        return not ladder.kept
    start = lived.starts.get(ladder.plan.key)
    if start is not None and start.shown:
        return True
    closed = {halt.exercise for halt in lived.lifted}
    capped = {halt.direction: halt.stage or 0 for halt in lived.lifted if halt.direction is not None}
    return any(
        rung.exercise.id in closed or any(rung.stages.get(way, 0) > stage for way, stage in capped.items())
        for rung in ladder.rungs
    )


def slot_number(slot: str) -> int | None:
    """The number of a weekly slot in the name of a training session."""
    found = _SLOT.match(slot)
    return int(found[1]) if found else None


class _Rest:
    """The weeks before the one that is solved, and the days that are left of the last of them."""

    def __init__(
        self,
        case: Case,
        old: Programme,
        lived: Lived,
        gate: Gate,
        table: WeekTable,
        ladders: Mapping[str, Ladder],
    ) -> None:
        assert case.course is not None
        self.case, self.course, self.old, self.lived = case, case.course, old, lived
        self.gate, self.table, self.ladders = gate, table, ladders
        self.careful = weeks_still(case)
        self.index = {slot.number: slot.index for slot in table.slots}
        self.records = {record.key: record for record in old.ladders}
        self.now = {key: start for key, one in lived.starts.items() if (start := self._on_ladder(key, one)) is not None}
        self.gone = {key for key in lived.starts if key in ladders and key not in self.now}
        self.slots: dict[tuple[str, int], list[int]] = {}
        self.columns: dict[str, dict[int, Column]] = {}
        self.planned: dict[tuple[str, int], int] = {}
        self._walk()

    def _walk(self) -> None:
        """Every training session before the first whole week, in order: as lived, or as far as tracks stand."""
        rungs: dict[tuple[str, int], list[int]] = {}
        before = [
            s
            for s in self.old.sessions
            if s.week < self.case.from_week and s.kind is SessionKind.TRAINING and self._counts(s)
        ]
        for session in before:
            for item in session.items if session.slot in self.lived.slots else ():
                # a week of which something is done counts as it was planned (rule O6)
                place = item.ladder, session.week
                self.planned[place] = self.planned.get(place, 0) + len(item.dose.working_sets)
        for session in sorted(before, key=lambda s: s.start):
            number = slot_number(session.slot)
            index = None if number is None else self.index.get(number)
            if index is None:
                continue
            held = 0
            for item in self._by_weight(session):
                ladder = self.ladders.get(item.ladder)
                if ladder is None or item.rung is None:
                    continue
                at = self._mapped(ladder, item.ladder, item.rung)
                if at is not None and session.slot in self.lived.slots and (now := self.now.get(item.ladder)):
                    # what stands in for a later line is no more than what the track stands on
                    at = min(at, now.rung)
                if session.slot not in self.lived.slots:
                    at = ladder.entry if at is None else at  # another exercise took the place of this one
                    waits = item.ladder not in self.lived.starts and session.week < self.lived.first_new
                    at = None if waits else at
                    at = self._onward(ladder, at, session.week, index) if held < self._room(session.week) else None
                    if at is not None:
                        place = item.ladder, session.week
                        self.planned[place] = self.planned.get(place, 0) + ladder.rungs[at].sets
                        now = self.now[item.ladder]
                        self.now[item.ladder] = replace(now, sets={**now.sets, session.week: self.planned[place]})
                if at is None:
                    continue
                held += 1
                rungs.setdefault((item.ladder, session.week), []).append(at)
                self.slots.setdefault((item.ladder, session.week), []).append(index)
        for (key, week), found in rungs.items():
            self.columns.setdefault(key, {})[week] = Column(week, NOT_BEGUN, NOT_BEGUN, tuple(found), begins=False)

    def _by_weight(self, session: Session) -> tuple[Item, ...]:
        """The items of a session; what weighs most first where fewer may be left than were planned (rule I1)."""
        work = sum(item.ladder in self.ladders for item in session.items)
        if session.slot in self.lived.slots or work <= self._room(session.week):
            return session.items
        weight = {key: ladder.plan.weight for key, ladder in self.ladders.items()}
        return tuple(sorted(session.items, key=lambda item: -weight.get(item.ladder, 0)))

    def _room(self, week: int) -> int:
        """Exercises that a session may hold, fewer where the phase is an earlier one than was planned (rule I1)."""
        # one of them closes with the preferred direction (rule D4)
        closes = any(isinstance(limit, Link) and week in limit.weeks for limit in self.gate.limits)
        return self.gate.items_a_session(week) - (1 if closes else 0)

    def _counts(self, session: Session) -> bool:
        """Whether a session was held or missed, or still can be held."""
        if session.status is Status.CANCELLED:
            return False
        if session.slot in self.lived.slots:
            return True
        number, rest = slot_number(session.slot), self.lived.rest_until
        occasion = self.table.occasions.get((session.week, -1 if number is None else self.index.get(number, -1)))
        return occasion is not None and (rest is None or occasion.start >= rest)

    def _mapped(self, ladder: Ladder, key: str, rung: int) -> int | None:
        """A rung of the old ladder on the one at hand: the same, or the nearest of the same exercise below it."""
        if ladder.kept:
            return ladder.now(rung)
        record = self.records.get(key)
        if record is None or rung >= len(record.rungs):
            return None
        old = record.rungs[rung]
        here = (one for one in ladder.rungs if one.exercise.id == old.exercise)
        no_more = (one.index for one in here if not asks_more(asked_by_rung(one.state), asked_by_rung(old)))
        return max(no_more, default=None)

    def _on_ladder(self, key: str, start: Start) -> Start | None:
        """Where a track stands, in rungs of the ladder at hand; None where that has no such rung."""
        ladder = self.ladders.get(key)
        if ladder is not None and ladder.kept and start.shown and ladder.entry is not None:
            return replace(start, rung=ladder.entry)
        if ladder is None:
            return None
        rung = self._mapped(ladder, key, start.rung)
        trail = tuple(at for one in start.trail if (at := self._mapped(ladder, key, one)) is not None)
        if rung is None and trail and not ladder.kept:
            # what it stood on is not on the new ladder: it goes on from the last that is, which it has left upwards
            return replace(start, rung=trail[-1], stood=ladder.rungs[trail[-1]].needs, trail=trail[:-1])
        if rung is None:
            return None
        # less than it stands on, for the new ladder has not the same: a step up is earned anew (rule O1)
        old = self.records[key].rungs[start.rung]
        less = not ladder.kept and asks_more(asked_by_rung(old), asked_by_rung(ladder.rungs[rung].state))
        return replace(start, rung=rung, stood=min(start.stood, 0) if less else start.stood, trail=trail)

    def _onward(self, ladder: Ladder, planned: int | None, week: int, slot: int) -> int | None:
        """The rung of a session that is still to come in a week that has begun."""
        key = ladder.plan.key
        start = self.now.get(key)
        if planned is None or key in self.gone:
            return None
        if start is None:
            # what has not begun begins at the bottom, or with the exercise that took another's place
            at = self._fit(ladder, planned if planned == ladder.entry else 0, week, ())
            if at is not None:
                self.now[key] = Start(at, 1, {})
            return at
        here, came = start.rung, start.trail
        if start.shown and planned < here and slot not in ladder.rungs[here].slots:
            return self._fit(ladder, planned, week, came)  # the load that was shown is not there
        may = (planned <= here and not start.shown) or (
            week not in self.careful and start.stood >= ladder.rungs[here].needs and planned in ladder.rungs[here].nexts
        )
        at = self._fit(ladder, planned if may else here, week, came if planned == here or not may else (*came, here))
        if at is not None and not (start.shown and at < here):
            stood = start.stood + 1 if at == here else 1
            trail = tuple(n for n in (*came, here) if n < at)
            self.now[key] = Start(at, stood, start.sets, trail, start.shown if at == here else 0)
        return at

    def _fit(self, ladder: Ladder, rung: int, week: int, came: tuple[int, ...]) -> int | None:
        """A rung that is open in a week inside the envelope that has been earned: this one, or one it came from.

        Where none of them is, one below all of them: never one above what was done.
        """
        known: list[int] = [rung, *sorted(came, reverse=True)]
        lower: list[int] = list(range(min(known) - 1, -1, -1))
        for at in known + lower:
            row = ladder.rungs[at]
            open_here = week in row.open_weeks and all(
                stage <= self.gate.opens[way].first for way, stage in row.stages.items() if way in self.gate.opens
            )
            if open_here and row.slots:
                return at
        return None

    def states(self, taken_over: Mapping[str, Start]) -> dict[str, State]:
        """Where every track that has begun stands when the first whole week begins."""
        out: dict[str, State] = {}
        week = self.case.from_week
        if week > self.case.weeks:
            return out
        for key, start in self.now.items():
            ladder = self.ladders[key]
            at = self._fit(ladder, start.rung, week, start.trail)
            if at is None:
                continue
            stood = min(start.stood, ladder.rungs[at].needs) if at == start.rung else 0
            out[key] = State(at, stood, 0, self._base(start, week, ladder.rungs[at].sets))
        for key, start in taken_over.items():
            ladder = self.ladders[key]
            at = None if key in out else self._fit(ladder, ladder.entry or 0, week, ())
            if at is not None:
                out[key] = State(at, 0, 0, self._base(start, week, ladder.rungs[at].sets))
        return out

    def _base(self, start: Start, week: int, least: int) -> int:
        """The weekly sets from which rule O6 measures growth."""
        earlier = {w: n for w, n in start.sets.items() if w not in self.lived.deloads}
        back = int(value(self.case, O6, "weeks"))
        recent = {w: n for w, n in earlier.items() if w >= week - back} or earlier or dict(start.sets)
        return max(recent.values(), default=least)

    def sets(self) -> dict[str, dict[int, int]]:
        """Weekly sets of every track so far, from which one that begins again grows (rule O6)."""
        out: dict[str, dict[int, int]] = {}
        for (key, week), sets in self.planned.items():
            if week not in self.lived.deloads:
                out.setdefault(key, {})[week] = sets
        return out

    def before(self) -> dict[str, dict[int, tuple[Planned, ...]]]:
        """What each track was to do in each week that is solved."""
        out: dict[str, dict[int, list[Planned]]] = {}
        for session in sorted(self.old.sessions, key=lambda s: s.start):
            number = slot_number(session.slot)
            if number is None or session.week < self.case.from_week or session.status is Status.CANCELLED:
                continue
            for item in session.items:
                ladder = self.ladders.get(item.ladder)
                if ladder is None:
                    continue
                rung = None if item.rung is None or item.pinned else self._mapped(ladder, item.ladder, item.rung)
                if not ladder.kept:
                    rung = None
                name = item.exercise
                if ladder.entry is not None and item.rung is not None and ladder.now(item.rung) is None:
                    name = ladder.rungs[ladder.entry].exercise.id  # what is asked for in its place
                row = Planned(self.index.get(number, -1), name, rung)
                out.setdefault(item.ladder, {}).setdefault(session.week, []).append(row)
        return {key: {week: tuple(rows) for week, rows in weeks.items()} for key, weeks in out.items()}

    def held(self) -> dict[tuple[str, int], tuple[int, ...]]:
        """The slots that each track had in each block, where it had the same in most of its weeks."""
        out = {}
        for key, weeks in self.before().items():
            for block, numbers in enumerate(blocks(self.case)):
                sets = Counter(tuple(sorted(row.slot for row in weeks[week])) for week in numbers if week in weeks)
                usual = max(sets, key=lambda slots: (len(slots), sets[slots], slots), default=())
                if usual and -1 not in usual:
                    out[key, block] = usual
        return out

    def contracts(self) -> dict[str, dict[int, Contract]]:
        """Slots of the blocks before; of the last one those of the week that has begun."""
        out: dict[str, dict[int, Contract]] = {}
        block_of = {week: n for n, weeks in enumerate(blocks(self.case)) for week in weeks}
        for (key, week), slots in sorted(self.slots.items(), key=lambda pair: pair[0][1]):
            block = block_of[week]
            out.setdefault(key, {})[block] = Contract(key, block, tuple(slots), 0)
        return out
