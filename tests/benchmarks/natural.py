"""The same case as a modeller writes it first: a rung for every session of every week, and big-M.

Nothing of the planner's columns, climbs or contracts is in here, only its ladders, limits and costs
(``Terms``).  One linear model with enforcement literals; CP-SAT takes it as it is, HiGHS and SCIP
with big-M.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field

from planner.domain.directions import Direction
from planner.rules.lifting import lifted_kg
from planner.rules.limits import Precede
from planner.solver.columns import Column, State
from planner.solver.ladders import deloaded
from planner.solver.terms import FREQUENCY, MISSING, PACE_AHEAD, PACE_SHORT, Contract, Solution, Terms

#: Costs are kept in tenths, because they are not rounded week by week here.
SCALE = 10


@dataclass
class Row:
    """``low <= sum(coefficient * variable) <= high``, where ``literal`` holds (None: always)."""

    coefficients: dict[int, float]
    low: float | None
    high: float | None
    literal: int | None = None


@dataclass
class Linear:
    """Variables with bounds, rows, and costs to be minimised; all variables are whole numbers."""

    bounds: list[tuple[int, int]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    costs: dict[int, float] = field(default_factory=dict)
    constant: float = 0.0

    def variable(self, low: int = 0, high: int = 1) -> int:
        """A new variable."""
        self.bounds.append((low, high))
        return len(self.bounds) - 1

    def add(
        self,
        terms: list[tuple[float, int]],
        low: float | None = None,
        high: float | None = None,
        when: int | None = None,
    ) -> None:
        """A new row."""
        coefficients: dict[int, float] = defaultdict(float)
        for number, variable in terms:
            coefficients[variable] += number
        self.rows.append(Row(dict(coefficients), low, high, when))

    def cost(self, number: float, variable: int) -> None:
        """Adds to a variable's cost."""
        if number:
            self.costs[variable] = self.costs.get(variable, 0.0) + number

    def with_big_m(self) -> list[Row]:
        """Rows without literals: each relaxed by as much as it can ever be short."""
        out = []
        for row in self.rows:
            if row.literal is None:
                out.append(row)
                continue
            ends = [(c * self.bounds[v][0], c * self.bounds[v][1]) for v, c in row.coefficients.items()]
            least, most = sum(min(e) for e in ends), sum(max(e) for e in ends)
            if row.high is not None and most > row.high:
                room = most - row.high
                out.append(
                    Row(
                        {**row.coefficients, row.literal: row.coefficients.get(row.literal, 0) + room},
                        None,
                        row.high + room,
                    )
                )
            if row.low is not None and least < row.low:
                room = row.low - least
                out.append(
                    Row(
                        {**row.coefficients, row.literal: row.coefficients.get(row.literal, 0) - room},
                        row.low - room,
                        None,
                    )
                )
        return out


class Natural:
    """The model of a case and the way back to a programme."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.model = Linear()
        self.active: dict[tuple[str, int], int] = {}
        self.begin: dict[tuple[str, int], int] = {}
        self.often: dict[tuple[str, int, int], int] = {}
        self.at: dict[tuple[str, int, int, int], int] = {}
        self.last: dict[tuple[str, int, int], int] = {}
        self.slot: dict[tuple[str, int, int], int] = {}
        self.open: dict[tuple[Direction, int, int], int | None] = {}
        for key in terms.ladders:
            self._weeks(key)
            self._steps(key)
            self._growth(key)
            self._blocks(key)
            self._costs(key)
        self._room()
        self._envelope()
        self._limits()

    # ---------------------------------------------------------------- one track
    def _weeks(self, key: str) -> None:
        terms, m = self.terms, self.model
        ladder = terms.ladders[key]
        sizes = terms.frequencies(key)
        for w in range(ladder.first_week, ladder.last_week + 1):
            self.active[key, w] = m.variable()
            self.begin[key, w] = m.variable()
            for f in sizes:
                self.often[key, w, f] = m.variable()
            before = [(-1.0, self.active[key, w - 1])] if w > ladder.first_week else []
            m.add([(1, self.active[key, w]), *before, (-1, self.begin[key, w])], 0, 0)
            m.add([(1, self.often[key, w, f]) for f in sizes] + [(-1, self.active[key, w])], 0, 0)
            may = {c.frequency for c in terms.columns[key][w] if c.begins}
            m.add([(1, self.begin[key, w])] + [(-1, self.often[key, w, f]) for f in may], None, 0)
            if terms.must(ladder):
                m.add([(1, self.active[key, w])], 1, 1)
            if w > ladder.first_week and terms.block_of[w] == terms.block_of[w - 1]:
                for f in sizes:
                    m.add([(1, self.often[key, w, f]), (-1, self.often[key, w - 1, f])], 0, None)
            for i in range(max(sizes)):
                for rung in ladder.rungs:
                    if w in rung.open_weeks:
                        self.at[key, w, i, rung.index] = m.variable()
                        if rung.index:
                            m.add([(1, self.at[key, w, i, rung.index]), (1, self.begin[key, w])], None, 1)
                m.add(
                    [(1, self.at[key, w, i, r.index]) for r in ladder.rungs if w in r.open_weeks]
                    + [(-1, self.often[key, w, f]) for f in sizes if f > i],
                    0,
                    0,
                )
            for rung in ladder.rungs:
                if w not in rung.open_weeks:
                    continue
                self.last[key, w, rung.index] = m.variable()
                for f in sizes:
                    m.add(
                        [(1, self.last[key, w, rung.index]), (-1, self.at[key, w, f - 1, rung.index])],
                        0,
                        0,
                        when=self.often[key, w, f],
                    )
            m.add(
                [(1, self.last[key, w, r.index]) for r in ladder.rungs if w in r.open_weeks]
                + [(-1, self.active[key, w])],
                0,
                0,
            )

    def _steps(self, key: str) -> None:
        terms, m = self.terms, self.model
        ladder = terms.ladders[key]
        into: dict[int, list[int]] = defaultdict(list)
        for rung in ladder.rungs:
            for nxt in rung.nexts:
                into[nxt].append(rung.index)
        most = max(terms.frequencies(key))
        for w in range(ladder.first_week, ladder.last_week + 1):
            changed = []
            for i in range(most):
                change = m.variable()
                changed.append(change)
                for rung in ladder.rungs:
                    here = self.at.get((key, w, i, rung.index))
                    if here is None:
                        continue
                    still = w in terms.deloads or w in terms.short_weeks
                    came = [rung.index] if still else [rung.index, *into[rung.index]]
                    table = {r: self._before(key, w, i, r) for r in came}
                    start = [(-1.0, self.begin[key, w])] if i == 0 and rung.index == 0 else []
                    m.add([(1, here), *start] + [(-1, v) for v in table.values() if v is not None], None, 0)
                    stood = table[rung.index]
                    m.add([(1, here), (-1, change), *start] + ([] if stood is None else [(-1, stood)]), None, 0)
                    self._stood(key, w, i, rung.index, into[rung.index], here)
            if ladder.steps[w] < most:
                m.add([(1, c) for c in changed], None, ladder.steps[w])
        for rung in ladder.rungs:
            end = self.last.get((key, ladder.last_week, rung.index))
            if rung.entry and end is not None:
                m.add([(1, v) for v in self._sessions(key, ladder.last_week + 1, 0, rung.index)] + [(-2, end)], 0, None)

    def _before(self, key: str, week: int, i: int, rung: int) -> int | None:
        """The variable of the session before on a rung."""
        return self.last.get((key, week - 1, rung)) if i == 0 else self.at.get((key, week, i - 1, rung))

    def _sessions(self, key: str, week: int, i: int, rung: int) -> list[int]:
        """Sessions on a rung before one, in weeks in which none is lost."""
        return [
            v
            for (k, w, j, r), v in self.at.items()
            if k == key and r == rung and (w, j) < (week, i) and w not in self.terms.short_weeks
        ]

    def _stood(self, key: str, week: int, i: int, rung: int, into: list[int], here: int) -> None:
        """A step follows enough sessions on the rung before."""
        rungs = self.terms.ladders[key].rungs
        if not into or all(rungs[r].needs <= 1 for r in into):
            return
        counts: list[tuple[float, int]] = []
        for r in into:
            counts += [(60 / rungs[r].needs, v) for v in self._sessions(key, week, i, r)]
        self.model.add([*counts, (-60, here)], 0, None)

    def _growth(self, key: str) -> None:
        terms, m = self.terms, self.model
        ladder = terms.ladders[key]
        if terms.growth is None:
            return
        kept: int | None = None
        for w in range(ladder.first_week, ladder.last_week + 1):
            sets = [(terms.sets(ladder.rungs[r], w), v) for (k, u, _, r), v in self.at.items() if k == key and u == w]
            reference = m.variable(0, 60)
            if kept is None:
                m.add([(-1, reference), *((float(n), v) for n, v in sets)], 0, 0)
            else:
                other = m.variable()
                fresh = self.begin[key, w]
                extra = terms.growth.absolute
                m.add([*((float(n), v) for n, v in sets), (-1, kept), (-60, fresh), (-60, other)], None, extra)
                m.add(
                    [*((float(n), v) for n, v in sets), (-terms.growth.ratio, kept), (-60, fresh), (60, other)],
                    None,
                    60,
                )
                if w in terms.deloads or w in terms.short_weeks:
                    m.add([(1, reference), (-1, kept), (-60, fresh)], None, 0)
                    m.add([(1, reference), *((-float(n), v) for n, v in sets), (60, fresh)], None, 60)
                else:
                    m.add([(-1, reference), *((float(n), v) for n, v in sets)], 0, 0)
            kept = reference

    def _blocks(self, key: str) -> None:
        terms, m = self.terms, self.model
        ladder = terms.ladders[key]
        for b, weeks in enumerate(terms.blocks):
            here = [w for w in weeks if ladder.active(w)]
            if not here:
                continue
            for slot in terms.table.slots:
                self.slot[key, b, slot.index] = m.variable()
            sizes = terms.frequencies(key)
            m.add(
                [(1, self.slot[key, b, s.index]) for s in terms.table.slots]
                + [(-float(f), self.often[key, here[-1], f]) for f in sizes],
                0,
                0,
            )
            for f in sizes:
                allowed = set(terms.patterns(key, b, f))
                for combination in itertools.combinations(range(len(terms.table.slots)), f):
                    if combination not in allowed:
                        m.add(
                            [(1, self.slot[key, b, s]) for s in combination],
                            None,
                            f - 1,
                            when=self.often[key, here[-1], f],
                        )
            for (k, w, _, r), v in self.at.items():
                if k == key and w in here:
                    for slot in terms.table.slots:
                        if slot.index not in ladder.rungs[r].slots:
                            m.add([(1, v), (1, self.slot[key, b, slot.index])], None, 1)

    def _costs(self, key: str) -> None:
        terms, m = self.terms, self.model
        ladder = terms.ladders[key]
        weight = ladder.plan.weight * SCALE
        for w in range(ladder.first_week, ladder.last_week + 1):
            m.constant += MISSING * weight
            m.cost(-MISSING * weight, self.active[key, w])
            aim = ladder.pace.get(w, 0.0)
            for rung in ladder.rungs:
                if (key, w, rung.index) in self.last:
                    behind, ahead = max(0.0, aim - rung.progress), max(0.0, rung.progress - aim)
                    price = PACE_SHORT * behind * (4 if w == ladder.last_week else 1) + PACE_AHEAD * ahead
                    m.cost(round(weight * price), self.last[key, w, rung.index])
            for f in terms.frequencies(key):
                fewer = terms.wanted(ladder) - f
                m.cost(weight * (FREQUENCY * max(0, fewer) + FREQUENCY / 2 * max(0, -fewer)), self.often[key, w, f])

    # ---------------------------------------------------------------- all tracks
    def _room(self) -> None:
        terms, m = self.terms, self.model
        for b, weeks in enumerate(terms.blocks):
            loads: dict[int, list[tuple[float, int]]] = defaultdict(list)
            items: dict[int, list[tuple[float, int]]] = defaultdict(list)
            for key, ladder in terms.ladders.items():
                here = [w for w in weeks if ladder.active(w)]
                if not here:
                    continue
                longest = m.variable(0, 240)
                for w in here:
                    for i in range(max(terms.frequencies(key))):
                        taken = [
                            (float(self._minutes(key, r, w)), v)
                            for (k, u, j, r), v in self.at.items()
                            if (k, u, j) == (key, w, i)
                        ]
                        m.add([(1, longest), *((-n, v) for n, v in taken)], 0, None)
                for slot in terms.table.slots:
                    load = m.variable(0, 240)
                    m.add([(1, load), (-1, longest)], 0, None, when=self.slot[key, b, slot.index])
                    loads[slot.index].append((1, load))
                    items[slot.index].append((terms.items(key, b), self.slot[key, b, slot.index]))
            for slot in terms.table.slots:
                m.add(loads[slot.index], None, max(0, terms.room(b, slot.index)))
                m.add(items[slot.index], None, terms.most_items(b))

    def _minutes(self, key: str, rung: int, week: int) -> int:
        ladder = self.terms.ladders[key]
        column = Column(week, State(0, 0, 1, 0), State(0, 0, 1, 0), (rung,), begins=False)
        return self.terms.column_minutes(ladder, column)

    def _envelope(self) -> None:
        terms, m = self.terms, self.model
        for d, limit in terms.gate.opens.items():
            top = max(limit.highest)
            for w in range(1, terms.case.weeks + 1):
                for s in range(limit.first + 1, top + 1):
                    self.open[d, w, s] = m.variable() if w > 1 and s <= limit.highest[w - 1] else None
            for (e, w, s), v in list(self.open.items()):
                if e is not d or v is None:
                    continue
                if (earlier := self.open.get((d, w - 1, s))) is not None:
                    m.add([(1, v), (-1, earlier)], 0, None)
                below = max(limit.first, s - limit.a_week)
                for need in ((w - 1, below), (w, s - 1)):
                    if need[1] > limit.first:
                        other = self.open.get((d, *need))
                        m.add([(1, v)] + ([] if other is None else [(-1, other)]), None, 0)
                if s - 1 > 0:
                    self._earned(d, limit.sessions, w, s, v)
            for (key, w, _, r), v in self.at.items():
                stage = terms.ladders[key].rungs[r].stages.get(d, 0)
                if stage > limit.first:
                    opened = self.open.get((d, w, stage))
                    m.add([(1, v)] + ([] if opened is None else [(-1, opened)]), None, 0)

    def _earned(self, d: Direction, sessions: int, week: int, stage: int, opened: int) -> None:
        m, proofs = self.model, []
        for key, ladder in self.terms.ladders.items():
            shown = [
                (1.0, v)
                for (k, w, _, r), v in self.at.items()
                if k == key
                and w < week
                and w not in self.terms.short_weeks
                and ladder.rungs[r].stages.get(d, 0) >= stage - 1
            ]
            if shown:
                proof = m.variable()
                m.add(shown, sessions, None, when=proof)
                proofs.append(proof)
        m.add([(1, opened)] + [(-1, p) for p in proofs], None, 0)

    def _limits(self) -> None:
        terms, m = self.terms, self.model
        for cover in terms.covers:
            for w in terms.cover_weeks(cover):
                if w not in terms.short_weeks:
                    users = [
                        (1.0, v)
                        for (k, u, _, r), v in self.at.items()
                        if u == w and terms.resists(terms.ladders[k], terms.ladders[k].rungs[r], cover)
                    ]
                    m.add(users, cover.at_least, None)
        for order in terms.precedes:
            for (key, w, _, r), v in self.at.items():
                if terms.ladders[key].rungs[r].exercise.id in order.after:
                    before = [
                        (1.0, u)
                        for (k, x, _, q), u in self.at.items()
                        if x < w and x not in terms.short_weeks and self._counts(order, key, k, x, q)
                    ]
                    m.add([*before, (-float(order.sessions), v)], 0, None)
        for new in terms.news:
            for w in range(1, terms.case.weeks + 1):
                fresh = []
                for name in sorted(new.exercises):
                    mine = [
                        (x, v) for (k, x, _, r), v in self.at.items() if terms.ladders[k].rungs[r].exercise.id == name
                    ]
                    here = [v for x, v in mine if x == w]
                    if not here:
                        continue
                    flag = m.variable()
                    before = [(1.0, v) for x, v in mine if x < w]
                    for v in here:
                        m.add([(1.0, flag), (-1.0, v), *before], 0, None)
                    fresh.append((1.0, flag))
                if len(fresh) > new.at_most:
                    m.add(fresh, None, new.at_most)
        for gap in terms.gaps:
            close = terms.close_slots(gap)
            for (one, b, a), v in self.slot.items():
                for (other, c, s), u in self.slot.items():
                    if terms.hard_muscles(one, b, gap) & terms.hard_muscles(other, c, gap) and any(
                        (x, y) == (a, s) and (c == b or (wraps and c == b + 1)) for x, y, wraps in close
                    ):
                        m.add([(1, v), (1, u)] if v != u else [(1, v)], None, 1)
        for key, ladder in terms.ladders.items():
            goal = ladder.plan.goal
            if terms.must(ladder) and goal is not None:
                by = goal.by_week or terms.case.weeks
                reached = [
                    (1.0, v)
                    for (k, w, _, r), v in self.at.items()
                    if k == key and w <= by and w not in terms.short_weeks and terms.reaches(ladder, ladder.rungs[r])
                ]
                m.add(reached, 1, None)

    # ---------------------------------------------------------------- back
    def _counts(self, order: Precede, key: str, other: str, week: int, rung: int) -> bool:
        """Whether a session of a track counts towards what another one has to earn."""
        terms, found = self.terms, self.terms.ladders[other].rungs[rung]
        state = deloaded(terms.case, found.exercise, found.state, week)
        kg = lifted_kg(state.load, state.implement)
        return order.counts(found.exercise.id, sum(state.counts), kg, terms.earning(order)[key])

    def solution(self, values: list[float]) -> tuple[Solution, float]:
        """The programme of a solution, and its first-tier cost as the planner counts it."""
        terms = self.terms
        columns: dict[str, dict[int, Column]] = {}
        contracts: dict[str, dict[int, Contract]] = {}
        for key, ladder in terms.ladders.items():
            columns[key] = {}
            for w in range(ladder.first_week, ladder.last_week + 1):
                on = sorted((i, r) for (k, u, i, r), v in self.at.items() if (k, u) == (key, w) and values[v] > 0.5)
                if on:
                    state = State(on[-1][1], 0, len(on), 0)
                    columns[key][w] = Column(
                        w, state, state, tuple(r for _, r in on), begins=values[self.begin[key, w]] > 0.5
                    )
            contracts[key] = {}
            for b, weeks in enumerate(terms.blocks):
                here = [columns[key][w] for w in weeks if w in columns[key]]
                slots = (
                    tuple(s.index for s in terms.table.slots if values[self.slot.get((key, b, s.index), -1)] > 0.5)
                    if here
                    else ()
                )
                if slots:
                    contracts[key][b] = Contract(key, b, slots, max(terms.column_minutes(ladder, c) for c in here))
        stages = {}
        for d, limit in terms.gate.opens.items():
            rows = []
            for w in range(1, terms.case.weeks + 1):
                reached = [
                    s for (e, u, s), v in self.open.items() if e is d and u == w and v is not None and values[v] > 0.5
                ]
                rows.append(max([limit.first, *reached]))
            stages[d] = tuple(rows)
        cost = sum(
            terms.cost(key, w, columns[key].get(w))
            for key, ladder in terms.ladders.items()
            for w in range(ladder.first_week, ladder.last_week + 1)
        )
        return Solution(terms.ladders, columns, contracts, stages), float(cost)
