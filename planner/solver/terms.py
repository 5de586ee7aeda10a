"""The numbers of a case that every formulation shares: ladders, columns, minutes, costs and room.

No solver in here.  ``network`` and ``master`` build the decomposition on it, ``model`` the whole
CP-SAT model, ``regular`` the second tier.
"""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from planner.domain.case import Case
from planner.domain.directions import Direction
from planner.domain.exercise import SECTION_OF, Muscle, Section
from planner.rules.base import value
from planner.rules.dosing import deload_weeks
from planner.rules.gaps import R1, light_enough, steps_ahead, weeks_still
from planner.rules.lifting import lifted_kg
from planner.rules.limits import Apart, Cover, Gap, Growth, Link, NewInWeek, Precede
from planner.rules.practical import unsure
from planner.solver.columns import NOT_BEGUN, Column, Conditions, State, enumerate_columns, leading_on
from planner.solver.gate import Gate
from planner.solver.ladders import Ladder, Rung, deloaded, seconds_of
from planner.solver.pace import paced, quickest, reached
from planner.solver.week import WeekTable

#: Minutes of a contract, coarse enough to keep contracts few.
BUDGETS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60)

#: Seconds that a closing set of the preferred direction takes (rule D4).
CLOSING_SECONDS = 105

#: Weights of the first tier.
PACE_SHORT = 100  # a whole ladder behind the pace, per week and weight
PACE_AHEAD = 40
FREQUENCY = 6  # one session a week fewer than preferred
CHANGE = 10_000  # in a later revision one step of change outweighs everything else
OTHER_EXERCISE = 8
OTHER_DOSE = 1
DROPPED = 16  # a line that is gone is more of a change than an easier one in its place
ADDED = 32  # nobody asked for more than was planned
AHEAD = 200  # still less for harder: a climb falls back rather than getting ahead of its plan
MISSING = 100  # a week in which a track that could run does not: as dear as a whole ladder behind


@dataclass(frozen=True)
class Contract:
    """One block of one track: the slots it uses and the minutes it may take in each."""

    track: str
    block: int
    slots: tuple[int, ...]
    minutes: int


@dataclass(frozen=True)
class Tier:
    """Outcome of one tier: value and bound (both to be minimised), and whether it was proved best."""

    name: str
    value: float
    bound: float
    proved: bool
    seconds: float


@dataclass
class Solution:
    """The climb and the skeleton that was found."""

    ladders: dict[str, Ladder]
    columns: dict[str, dict[int, Column]]
    contracts: dict[str, dict[int, Contract]]
    stages: dict[Direction, tuple[int, ...]]
    tiers: list[Tier] = field(default_factory=list)
    stopped_by_clock: bool = False
    first_seconds: float = 0.0
    size: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Planned:
    """One session of a track as the revision before planned it; ``rung`` None when its dose is on no rung."""

    slot: int
    exercise: str
    rung: int | None


@dataclass(frozen=True)
class History:
    """What a later revision takes up, by track: where it stands, what was planned, what has been shown.

    ``shown`` counts sessions at each (direction, stage), ``earned`` are those shown often enough by anything,
    ``done`` are the sessions of each exercise, each with its working repetitions and load in kg, ``sets`` are the
    weekly sets so far; ``slots`` are the slots of a block that a track keeps; ``again`` are tracks that may go on
    once more, so that nothing is too much of a change.
    """

    states: Mapping[str, State]
    before: Mapping[str, Mapping[int, tuple[Planned, ...]]]
    shown: Mapping[str, Mapping[tuple[Direction, int], int]]
    earned: frozenset[tuple[Direction, int]]
    done: Mapping[str, tuple[tuple[int, float], ...]]
    sets: Mapping[str, Mapping[int, int]]
    slots: Mapping[tuple[str, int], tuple[int, ...]]
    again: frozenset[str] = frozenset()

    def counted(self, limit: Precede, first_kg: float) -> int:
        """Sessions so far that count towards what begins with ``first_kg``."""
        return sum(
            limit.counts(name, repetitions, kg, first_kg)
            for name in limit.before
            for repetitions, kg in self.done.get(name, ())
        )


class Infeasible(Exception):
    """No climb and skeleton satisfy the limits; proved, and proved again without presolve."""


class OutOfTime(Exception):
    """The time was used up without a programme."""


class Terms:
    """Ladders, their columns, and what each costs and takes.

    ``free`` when nothing costs anything: a question of can, not of how well.  ``begun`` is the week by which a
    track has begun and ``only`` the slot that it has in a block, where somebody asks for that.
    """

    free: bool = False
    history: History | None = None
    begun: Mapping[str, int] = MappingProxyType({})
    only: Mapping[tuple[str, int], int] = MappingProxyType({})

    def __init__(
        self,
        case: Case,
        gate: Gate,
        table: WeekTable,
        ladders: list[Ladder],
        blocks: tuple[tuple[int, ...], ...],
        warm_up_minutes: int,
        history: History | None = None,
    ) -> None:
        self.case = case
        self.history = history
        self.gate = gate
        self.table = table
        self.blocks = blocks
        self.warm_up_minutes = warm_up_minutes
        self.block_of = {week: b for b, weeks in enumerate(blocks) for week in weeks}
        self.deloads = deload_weeks(case)
        self.careful = weeks_still(case)
        self.steps_ahead = steps_ahead(case)
        self.short_weeks = {w for w in range(1, case.weeks + 1) if table.lost(w)}
        self.growth = next((g for g in gate.limits if isinstance(g, Growth) and g.what == "hard_sets"), None)
        self.covers = [limit for limit in gate.limits if isinstance(limit, Cover) and limit.track is None]
        self.precedes = [limit for limit in gate.limits if isinstance(limit, Precede)]
        self.news = [limit for limit in gate.limits if isinstance(limit, NewInWeek)]
        self.gaps = [limit for limit in gate.limits if isinstance(limit, Gap)]
        self.aparts = [limit for limit in gate.limits if isinstance(limit, Apart)] if len(table.slots) > 1 else []
        self.ladders: dict[str, Ladder] = {}
        self.columns: dict[str, dict[int, list[Column]]] = {}
        self._earning: dict[Precede, dict[str, float]] = {}
        self._seconds: dict[tuple[str, int, bool], float] = {}
        self._resists: dict[tuple[str, int, tuple[Direction, ...]], bool] = {}
        self._hard: dict[tuple[str, int, str], frozenset[Muscle]] = {}
        self._patterns: dict[tuple[str, int, int], list[tuple[int, ...]]] = {}
        for plain in ladders:
            key = plain.plan.key
            conditions = self.conditions(plain)
            start = self.start(key)
            before = {} if self.history is None else self.history.sets.get(key, {})
            ladder = plain
            if not plain.pace:
                fastest = quickest(plain, conditions, self.wanted(plain), start, before)
                ladder = paced(plain, fastest, reached(plain, start))
            self.ladders[key] = ladder
            columns = enumerate_columns(ladder, conditions, self.frequencies(key), start, before)
            if self.start(key) != NOT_BEGUN and not all(columns.values()):
                del self.ladders[key]  # nothing leads on from where it stands
                continue
            self.columns[key] = columns

    # ---------------------------------------------------------------- ladders and columns
    def frequencies(self, key: str) -> tuple[int, ...]:
        """Sessions a week that a track may take."""
        least, _, most = self.ladders[key].plan.frequency
        slots = max(1, len(self.table.slots))
        return tuple(range(min(least, slots), min(most, slots) + 1))

    def start(self, key: str) -> State:
        """Where a track stands before its first week."""
        return NOT_BEGUN if self.history is None else self.history.states.get(key, NOT_BEGUN)

    def shown(self, key: str, direction: Direction, stage: int) -> int:
        """Sessions of a track at a stage or beyond before the first week that is planned."""
        return 0 if self.history is None else self.history.shown.get(key, {}).get((direction, stage), 0)

    def earned(self, direction: Direction, stage: int) -> bool:
        """Whether a stage has been shown often enough before the first week that is planned."""
        return self.history is not None and (direction, stage) in self.history.earned

    def counted(self, limit: Precede, first_kg: float) -> int:
        """Sessions before the first week that is planned that count towards what begins with ``first_kg``."""
        return 0 if self.history is None else self.history.counted(limit, first_kg)

    def wanted(self, ladder: Ladder) -> int:
        """Sessions a week that a track should take."""
        return min(ladder.plan.frequency[1], max(1, len(self.table.slots)))

    def sets(self, rung: Rung, week: int) -> int:
        """Working sets of a rung in a week."""
        if week not in self.deloads:
            return rung.state.sets
        return deloaded(self.case, rung.exercise, rung.state, week).sets

    def conditions(self, ladder: Ladder) -> Conditions:
        """What holds for the columns of a track."""
        return Conditions(
            block_of=self.block_of.__getitem__,
            deload=self.deloads.__contains__,
            short=lambda week: len(self.table.lost(week)),
            gone=lambda week, frequency: self.gone(ladder, week, frequency),
            careful=self.careful.__contains__,
            lower=lambda rung, week: self.lower(ladder, rung, week),
            growth=None if self.growth is None else (self.growth.ratio, self.growth.absolute),
            looked_back=0 if self.growth is None else self.growth.weeks,
            sets_of=self.sets,
        )

    def lower(self, ladder: Ladder, rung: int, week: int) -> int | None:
        """Where a track goes on after an absence that lies ahead; None in weeks that are no first week back (R1)."""
        steps = self.steps_ahead.get(week, 0)
        if not steps:
            return None
        low = rung
        for _ in range(steps):
            low = ladder.under(low)
        if steps < 2:
            return low
        rows = [(one.exercise.id, None if one.state.load is None else one.state.load.kg) for one in ladder.rungs]
        return light_enough(rows, rung, low, value(self.case, R1, "share_restart"))

    def gone(self, ladder: Ladder, week: int, frequency: int) -> frozenset[int] | None:
        """Places, from 0, of the sessions of a track that are lost in a week; None where its days are not known.

        They are known where a later revision keeps the days that the track had.
        """
        lost = self.table.lost(week)
        if not lost:
            return frozenset()
        held = () if self.history is None else self.history.slots.get((ladder.plan.key, self.block_of[week]), ())
        if len(held) != frequency or not any(rung.slots.issuperset(held) for rung in ladder.rungs):
            return None
        order = self.table.in_order(self.case.week_start(week), week, held)
        return frozenset(n for n, slot in enumerate(order) if slot in lost)

    def surely(self, ladder: Ladder, column: Column) -> tuple[int, ...] | None:
        """Rungs of the sessions of a column that take place; None where some are lost and nobody knows which."""
        gone = self.gone(ladder, column.week, column.frequency)
        return None if gone is None else tuple(r for n, r in enumerate(column.rungs) if n not in gone)

    def must(self, ladder: Ladder) -> bool:
        """Whether a goal of the track must be met."""
        return ladder.plan.goal is not None and ladder.plan.goal.priority == "must"

    def may_wait(self, key: str, week: int) -> bool:
        """Whether a track may still not have begun in a week."""
        return week < self.begun.get(key, self.case.weeks + 1)

    def ask(self, key: str, week: int, fulfils: Callable[[Column], bool], slot: int | None) -> bool:
        """Keeps only columns of a week that fulfil a wish, on a slot if one is named; False when none is left."""
        kept = [column for column in self.columns[key].get(week, ()) if fulfils(column)]
        if not kept:
            return False
        ladder = self.ladders[key]
        columns = leading_on({**self.columns[key], week: kept}, ladder.first_week, ladder.last_week)
        if not columns[week]:
            return False
        self.columns[key] = columns
        self.begun = {**self.begun, key: week}
        if slot is not None:
            self.only = {**self.only, (key, self.block_of[week]): slot}
        self._patterns.clear()
        return True

    def meets(self, ladder: Ladder, column: Column) -> bool:
        """Whether a week surely shows what the track's goal asks for, in time."""
        goal = ladder.plan.goal
        if goal is None or column.week > (goal.by_week or self.case.weeks):
            return False
        return any(self.reaches(ladder, ladder.rungs[r]) for r in self.surely(ladder, column) or ())

    def reaches(self, ladder: Ladder, rung: Rung) -> bool:
        """Whether a rung is what the goal of its track asks for."""
        goal = ladder.plan.goal
        if goal is None or rung.exercise.id != goal.exercise:
            return False
        if goal.load_kg is not None and (rung.state.load is None or rung.state.load.kg < goal.load_kg - 1e-6):
            return False
        return goal.repetitions is None or max(rung.state.counts) >= goal.repetitions

    # ---------------------------------------------------------------- minutes and room
    def minutes(self, ladder: Ladder, rung: Rung, week: int) -> float:
        """Minutes of a rung in a session of a week, with its closing set where one is due."""
        key = (ladder.plan.key, rung.index, week in self.deloads)
        if key not in self._seconds:
            state = deloaded(self.case, rung.exercise, rung.state, week)
            self._seconds[key] = seconds_of(
                rung.exercise,
                state,
                per_side=rung.exercise.sided,
                closing=CLOSING_SECONDS if rung.linked else 0,
            )
        return self._seconds[key] / 60

    def column_minutes(self, ladder: Ladder, column: Column) -> int:
        """Whole minutes of the longest session of a column, as contracts count them."""
        return max(budget(self.minutes(ladder, ladder.rungs[r], column.week)) for r in column.rungs)

    def room(self, block: int, slot: int) -> int:
        """Minutes of a slot in every week of a block, without the warm-up.

        One that is lost in the whole block is as long as it is in other weeks: what is put there is lost with it.
        """
        there = {w: o.minutes for (w, index), o in self.table.occasions.items() if index == slot}
        have = [there[w] for w in self.blocks[block] if w in there] or [*there.values()]
        return (min(have) if have else 0) - self.warm_up_minutes

    def most_items(self, block: int) -> int:
        """Exercises that a session of a block may hold."""
        cap = min(self.gate.items_a_session(w) for w in self.blocks[block])
        return max(1, cap - (1 if unsure(self.case) else 0))

    def items(self, key: str, block: int) -> int:
        """Exercises that a track brings into a session: two where a closing set follows (rule D4)."""
        return self._items[key, block]

    @cached_property
    def _items(self) -> dict[tuple[str, int], int]:
        linked = {
            w
            for limit in self.gate.limits
            if isinstance(limit, Link)
            for w in range(1, self.case.weeks + 1)
            if w in limit.weeks
        }
        return {
            (key, block): 2
            if any(
                self.ladders[key].rungs[r].linked
                for w in weeks
                if w in linked
                for c in columns.get(w, ())
                for r in c.rungs
            )
            else 1
            for key, columns in self.columns.items()
            for block, weeks in enumerate(self.blocks)
        }

    def slots_of(self, ladder: Ladder, column: Column) -> frozenset[int]:
        """Slots in which every session of a column may take place."""
        return frozenset.intersection(*(ladder.rungs[r].slots for r in column.rungs))

    def patterns(self, key: str, block: int, size: int) -> list[tuple[int, ...]]:
        """Sets of slots that a track may use in a block."""
        place = (key, block, size)
        if place not in self._patterns:
            self._patterns[place] = self._spread(key, block, size)
        return self._patterns[place]

    def patterns_of(self, key: str, block: int, columns: list[Column]) -> list[tuple[int, ...]]:
        """Sets of slots that these columns, a track's in the weeks of a block, may use."""
        shared = frozenset.intersection(*(self.slots_of(self.ladders[key], c) for c in columns))
        return [p for p in self.patterns(key, block, columns[0].frequency) if set(p) <= shared]

    def _spread(self, key: str, block: int, size: int) -> list[tuple[int, ...]]:
        ladder = self.ladders[key]
        found = {
            ladder.rungs[r].slots for w in self.blocks[block] for c in self.columns[key].get(w, ()) for r in c.rungs
        }
        patterns = {p for every in _common(found) for p in spread_patterns(self.table, every, size)}
        held = () if self.history is None else self.history.slots.get((key, block), ())
        if held:
            # the same days as before, or fewer or more beside them
            patterns = _exact(found, held, size) or patterns
        asked = self.only.get((key, block))
        return sorted(p for p in patterns if asked is None or asked in p)

    # ---------------------------------------------------------------- limits
    def resists(self, ladder: Ladder, rung: Rung, limit: Cover) -> bool:
        """Whether a rung counts for a weekly quota."""
        key = (ladder.plan.key, rung.index, limit.resisting)
        if key not in self._resists:
            asks = self.gate.burden(rung.exercise, rung.state).resists
            self._resists[key] = any(asks[way] >= 1 for way in limit.resisting)
        return self._resists[key]

    def covering(self, ladder: Ladder, column: Column, limit: Cover) -> int:
        """Sessions of a column that surely count for a weekly quota, at most as many as it asks."""
        if column.week not in limit.weeks:
            return 0
        count = sum(self.resists(ladder, ladder.rungs[r], limit) for r in column.rungs)
        # lost sessions may be the ones that count
        return max(0, min(limit.at_least, count - len(self.table.lost(column.week))))

    def without(self, covers: Collection[Cover]) -> Terms:
        """The same without some weekly quotas."""
        made = copy.copy(self)
        made.covers = [limit for limit in self.covers if limit not in covers]
        return made

    def cover_weeks(self, limit: Cover) -> list[int]:
        """Weeks in which a quota can be met at all; a later revision does not move others' days for a lost session."""
        return [
            week
            for week in sorted(limit.weeks)
            if week in self.block_of
            and not (self.history is not None and week in self.short_weeks)
            and any(
                self.covering(self.ladders[key], column, limit)
                for key, columns in self.columns.items()
                for column in columns.get(week, ())
            )
        ]

    def stage(self, ladder: Ladder, column: Column, direction: Direction) -> int:
        """The highest stage of the envelope that a week of a track uses."""
        return max(ladder.rungs[r].stages.get(direction, 0) for r in column.rungs)

    def shows(self, ladder: Ladder, column: Column, direction: Direction, stage: int) -> int:
        """Sessions of a column that surely are at a stage or beyond."""
        held = self.surely(ladder, column) or ()
        return sum(ladder.rungs[r].stages.get(direction, 0) >= stage for r in held)

    def earning(self, limit: Precede) -> dict[str, float]:
        """Tracks that have something to earn, with the load in kg with which each begins it."""
        if limit not in self._earning:
            self._earning[limit] = {
                key: lifted_kg(first.state.load, first.state.implement)
                for key, ladder in self.ladders.items()
                if (first := next((rung for rung in ladder.rungs if rung.exercise.id in limit.after), None)) is not None
            }
        return self._earning[limit]

    def practised(self, ladder: Ladder, column: Column, limit: Precede, first_kg: float) -> int:
        """Sessions of a column that surely count towards what begins with ``first_kg``."""
        found = 0
        rungs = (ladder.rungs[r] for r in self.surely(ladder, column) or ())
        for rung in (rung for rung in rungs if rung.exercise.id in limit.before):
            counts = deloaded(self.case, rung.exercise, rung.state, column.week).counts
            found += limit.counts(
                rung.exercise.id, sum(counts), lifted_kg(rung.state.load, rung.state.implement), first_kg
            )
        return found

    def new(self, ladder: Ladder, column: Column, limit: NewInWeek) -> int:
        """How many exercises of a limit a column does for the first time: the climb enters them."""
        before = None if column.before == NOT_BEGUN else ladder.rungs[column.before.rung].exercise.id
        known = {before, *(() if self.history is None else self.history.done)}
        return len({ladder.rungs[r].exercise.id for r in column.rungs} & limit.exercises - known)

    def hard_muscles(self, key: str, block: int, limit: Gap) -> frozenset[Muscle]:
        """Muscles that a track may work hard in a block (rule O4)."""
        place = (key, block, limit.rule)
        if place not in self._hard:
            self._hard[place] = self._hard_muscles(key, block, limit)
        return self._hard[place]

    def _hard_muscles(self, key: str, block: int, limit: Gap) -> frozenset[Muscle]:
        ladder = self.ladders[key]
        if SECTION_OF[ladder.plan.track] is Section.TRUNK:
            return frozenset()
        return frozenset(
            muscle
            for w in self.blocks[block]
            for index in {r for column in self.columns[key].get(w, ()) for r in column.rungs}
            if self.gate.effort(ladder.rungs[index].exercise, ladder.rungs[index].state, w) >= limit.effort
            for muscle in ladder.rungs[index].exercise.primary_muscles
        )

    @cached_property
    def opposed(self) -> tuple[tuple[str, str], ...]:
        """Pairs of tracks that no session holds together."""
        names = {key: {rung.exercise.id for rung in ladder.rungs} for key, ladder in self.ladders.items()}
        return tuple(
            (one, other)
            for limit in self.aparts
            for one, mine in names.items()
            for other, its in names.items()
            if one != other and mine & limit.one and its & limit.other
        )

    def close_slots(self, limit: Gap) -> list[tuple[int, int, bool]]:
        """(slot, a later slot too soon after it, whether that one is in the next week)."""
        slots = self.table.slots
        return [
            (a, b, slots[b].offset <= slots[a].offset)
            for a in range(len(slots))
            for b in range(len(slots))
            if a != b and 0 < (slots[b].offset - slots[a].offset) % 7 <= limit.days
        ]

    # ---------------------------------------------------------------- objective
    def cost(self, key: str, week: int, column: Column | None) -> int:
        """First-tier cost of a week of a track; None is a week in which it waits to begin."""
        if self.free:
            return 0
        wish = self._progress_cost(key, week, column)
        if self.history is None:
            return wish
        return CHANGE * self.changes(key, week, column) + min(wish, CHANGE - 1)

    def changes(self, key: str, week: int, column: Column | None) -> int:
        """How much a week of a track differs from the revision before, 0 for not at all."""
        if self.history is None or key in self.history.again:
            return 0
        before = self.history.before.get(key, {}).get(week, ())
        rungs = () if column is None else column.rungs
        ladder = self.ladders[key]
        total = 0
        gone = self.gone(ladder, week, len(rungs))
        for n, (planned, index) in enumerate(zip(before, rungs, strict=False)):
            if planned.rung == index or (gone is not None and n in gone):
                continue
            if planned.rung is not None and index > planned.rung:
                total += AHEAD
            if ladder.rungs[index].exercise.id != planned.exercise:
                total += OTHER_EXERCISE
            elif planned.rung is None:
                total += OTHER_DOSE
            else:
                total += OTHER_DOSE + min(4, abs(planned.rung - index))
        if gone is None:
            return total  # which of its sessions are lost is not known here
        return total + DROPPED * max(0, len(before) - len(rungs)) + ADDED * max(0, len(rungs) - len(before))

    def _progress_cost(self, key: str, week: int, column: Column | None) -> int:
        ladder = self.ladders[key]
        weight = ladder.plan.weight
        if column is None:
            return MISSING * weight
        wanted = self.wanted(ladder)
        aim = ladder.pace.get(week, 0.0)
        last = week == ladder.last_week
        progress = ladder.rungs[column.rungs[-1]].progress
        short = max(0.0, aim - progress)
        cost = PACE_SHORT * short * (4 if last else 1) + PACE_AHEAD * max(0.0, progress - aim)
        cost += FREQUENCY * max(0, wanted - column.frequency) + FREQUENCY / 2 * max(0, column.frequency - wanted)
        return round(weight * cost)

    def costs(self, columns: Mapping[str, Mapping[int, Column]]) -> dict[str, int]:
        """First-tier cost of each track of a programme, from its columns by track and week."""
        return {
            key: sum(
                self.cost(key, week, columns.get(key, {}).get(week))
                for week in range(ladder.first_week, ladder.last_week + 1)
            )
            for key, ladder in self.ladders.items()
        }


def spread_patterns(table: WeekTable, slots: frozenset[int], size: int) -> list[tuple[int, ...]]:
    """Sets of slots of one size; those with a free day between where the week has room for them."""
    every = list(itertools.combinations(sorted(slots), size))
    if size < 2:
        return every

    def spread(pattern: tuple[int, ...]) -> bool:
        days = sorted(table.slots[i].offset for i in pattern)
        return min((days[(i + 1) % size] - days[i]) % 7 for i in range(size)) >= 2

    wide = [pattern for pattern in every if spread(pattern)]
    return wide or every


def _common(slot_sets: set[frozenset[int]]) -> set[frozenset[int]]:
    """The slots that several rungs can share: every intersection of their slot sets."""
    found = set(slot_sets)
    while True:
        more = {one & other for one in found for other in slot_sets} - found - {frozenset()}
        if not more:
            return found
        found |= more


def _exact(slot_sets: set[frozenset[int]], held: tuple[int, ...], size: int) -> set[tuple[int, ...]]:
    """Every set of slots of one size that some rungs share and that keeps to what a track held before."""
    return {
        pattern
        for every in _common(slot_sets)
        for pattern in itertools.combinations(sorted(every), size)
        if set(pattern) <= set(held) or set(held) <= set(pattern)
    }


def budget(minutes: float) -> int:
    """The smallest contract that holds so many minutes."""
    for found in BUDGETS:
        if minutes <= found + 1e-9:
            return found
    return math.ceil(minutes)
