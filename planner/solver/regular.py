"""The second tier: with every climb fixed, an even and regular week."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from ortools.sat.python import cp_model

from planner.domain.exercise import Muscle
from planner.rules.limits import Gap
from planner.solver.model import Watcher, deterministic
from planner.solver.terms import Contract, Solution, Terms, Tier

#: Weights: other days than in the block before, days bunched together, minutes and exercises uneven.
MOVED = 3
BUNCHED = 2
MINUTE = 1
EXERCISE = 8


class _Week:
    """Contracts of every track and block, as CP-SAT sees them."""

    def __init__(self, terms: Terms, solution: Solution) -> None:
        self.terms = terms
        self.model = cp_model.CpModel()
        self.y: dict[tuple[str, int], list[tuple[Contract, cp_model.IntVar]]] = {}
        self.costs: list[tuple[int, cp_model.IntVar]] = []
        for key, by_block in solution.contracts.items():
            for block, signed in by_block.items():
                self.y[key, block] = self._contracts(key, block, signed, solution)
        self._capacity()
        for limit in terms.gaps:
            self._gap(limit)
        self._same_days()
        self._even()
        self.model.minimize(sum(weight * var for weight, var in self.costs))

    def _contracts(
        self, key: str, block: int, signed: Contract, solution: Solution
    ) -> list[tuple[Contract, cp_model.IntVar]]:
        terms = self.terms
        ladder = terms.ladders[key]
        columns = [solution.columns[key][w] for w in terms.blocks[block] if w in solution.columns[key]]
        minutes = max(terms.column_minutes(ladder, c) for c in columns)
        made = []
        for pattern in terms.patterns_of(key, block, columns):
            var = self.model.new_bool_var("")
            made.append((Contract(key, block, pattern, minutes), var))
            self.model.add_hint(var, pattern == signed.slots)
            if bunched := self._unevenness(pattern):
                self.costs.append((BUNCHED * bunched, var))
        self.model.add_exactly_one(var for _, var in made)
        return made

    def _unevenness(self, pattern: tuple[int, ...]) -> int:
        if len(pattern) < 2:
            return 0
        offsets = [self.terms.table.slots[i].offset for i in pattern]
        gaps = [(offsets[(i + 1) % len(offsets)] - offsets[i]) % 7 or 7 for i in range(len(offsets))]
        return max(gaps) - min(gaps)

    def _in(self, block: int, slot: int) -> list[tuple[Contract, cp_model.IntVar]]:
        return [(c, v) for (_, b), made in self.y.items() if b == block for c, v in made if slot in c.slots]

    def _capacity(self) -> None:
        terms = self.terms
        for block in range(len(terms.blocks)):
            for slot in terms.table.slots:
                here = self._in(block, slot.index)
                if here:
                    self.model.add(sum(c.minutes * v for c, v in here) <= max(0, terms.room(block, slot.index)))
                    self.model.add(sum(terms.items(c.track, block) * v for c, v in here) <= terms.most_items(block))
                    for pair in terms.opposed:
                        self.model.add(sum(v for c, v in here if c.track in pair) <= 1)

    def _gap(self, limit: Gap) -> None:
        close = self.terms.close_slots(limit)
        working: dict[tuple[int, Muscle, int], list[cp_model.IntVar]] = defaultdict(list)
        for (key, block), made in self.y.items():
            for muscle in sorted(self.terms.hard_muscles(key, block, limit)):
                for contract, var in made:
                    for slot in contract.slots:
                        working[block, muscle, slot].append(var)
        for (block, muscle, a), here in working.items():
            for one, b, wraps in close:
                if one != a:
                    continue
                for other in (block, block + 1) if wraps else (block,):
                    for mine in here:
                        for its in working.get((other, muscle, b), ()):
                            self.model.add_bool_or(mine.negated(), its.negated())

    def _same_days(self) -> None:
        for (key, block), one in self.y.items():
            two = self.y.get((key, block + 1))
            if two is None:
                continue
            for contract, var in one:
                same = [v for c, v in two if c.slots == contract.slots]
                if same:
                    moved = self.model.new_bool_var("")
                    self.model.add(moved >= var - sum(same))
                    self.costs.append((MOVED, moved))

    def _even(self) -> None:
        for block in range(len(self.terms.blocks)):
            for weight, minutes in ((MINUTE, True), (EXERCISE, False)):
                heaviest = self.model.new_int_var(0, 240, "")
                lightest = self.model.new_int_var(0, 240, "")
                for slot in self.terms.table.slots:
                    total = sum((c.minutes if minutes else 1) * v for c, v in self._in(block, slot.index))
                    self.model.add(heaviest >= total)
                    self.model.add(lightest <= total)
                gap = self.model.new_int_var(0, 240, "")
                self.model.add(gap == heaviest - lightest)
                self.costs.append((weight, gap))


def regular(
    terms: Terms,
    solution: Solution,
    seconds: float,
    effort: float,
    tell: Callable[[str, float, float, float], None] | None,
) -> Solution:
    """The same climbs on days that stay from block to block, spread and evenly filled."""
    begun = time.monotonic()
    week = _Week(terms, solution)
    solver = deterministic(seconds, effort)
    say = None if tell is None else lambda value, bound: tell("week", value, bound, time.monotonic() - begun)
    status = solver.solve(week.model, Watcher(say))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return solution
    contracts: dict[str, dict[int, Contract]] = defaultdict(dict)
    for (key, block), made in week.y.items():
        contracts[key][block] = next(contract for contract, var in made if solver.value(var))
    tier = Tier(
        "regular week",
        solver.objective_value,
        solver.best_objective_bound,
        status == cp_model.OPTIMAL,
        time.monotonic() - begun,
    )
    return replace(solution, contracts=dict(contracts), tiers=[*solution.tiers, tier])
