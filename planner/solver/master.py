"""The master problem: one climb per track, chosen so that together they fit the week and the rules.

Column generation (Dantzig and Wolfe 1960): the linear relaxation is solved by GLOP, every track
answers its prices with its cheapest climb, and the Lagrangian bound says how good any programme
can be at all.  A small CP-SAT model then chooses among the climbs that were found.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model

from planner.domain.directions import Direction
from planner.domain.exercise import Muscle
from planner.solver.model import deterministic
from planner.solver.network import Climb, Floats, Network, Row
from planner.solver.terms import Contract, Solution, Terms

#: Cost of leaving a hard row unmet while the relaxation is still short of climbs.
UNMET = 200_000.0

#: Rounds of pricing at most, and share of the value that pricing need not close.
ROUNDS = 200
CLOSE_ENOUGH = 0.0005


@dataclass
class Relaxation:
    """What column generation found: a bound that no programme can beat, and the climbs."""

    bound: float
    value: float
    prices: Floats
    shares: dict[str, list[tuple[float, Climb]]]


class Master:
    """Rows, climbs and their relaxation."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.rows: dict[Row, int] = {}
        self.bounds: list[tuple[float, float]] = []
        self.own: list[dict[str, float]] = []
        self.variables: dict[str, float] = {}  # the master's own variables and their upper ends
        self.openings: dict[str, tuple[Direction, int, int]] = {}  # those that open a stage of the envelope
        self._make_rows()
        self.networks = {key: Network(terms, key, self.rows) for key in terms.ladders}
        self.climbs: dict[str, list[Climb]] = {key: [] for key in terms.ladders}
        self._names: dict[str, set[tuple[object, ...]]] = {key: set() for key in terms.ladders}

    # ---------------------------------------------------------------- rows
    def _row(self, name: Row, low: float, high: float, **own: float) -> None:
        self.rows[name] = len(self.bounds)
        self.bounds.append((low, high))
        self.own.append(own)
        for variable in own:
            self.variables.setdefault(variable, math.inf if variable.startswith("unmet") else 1.0)

    def _make_rows(self) -> None:
        terms = self.terms
        for block in range(len(terms.blocks)):
            for slot in terms.table.slots:
                self._row(("minutes", block, slot.index), -math.inf, max(0, terms.room(block, slot.index)))
                self._row(("items", block, slot.index), -math.inf, terms.most_items(block))
                for pair in terms.opposed:
                    self._row(("opposed", pair, block, slot.index), -math.inf, 1.0)
        for n, limit in enumerate(terms.covers):
            for week in terms.cover_weeks(limit):
                self._row(("cover", n, week), limit.at_least, math.inf, **{f"unmet.cover.{n}.{week}": 1.0})
        for key, ladder in terms.ladders.items():
            if terms.must(ladder):
                self._row(("must", key), 1.0, math.inf, **{f"unmet.must.{key}": 1.0})
        self._envelope_rows()
        self._precede_rows()
        for n, new in enumerate(terms.news):
            for week in range(1, terms.case.weeks + 1):
                self._row(("new", n, week), -math.inf, float(new.at_most))
        self._gap_rows()

    def _envelope_rows(self) -> None:
        terms = self.terms
        for direction, limit in terms.gate.opens.items():
            for week in range(1, terms.case.weeks + 1):
                for stage in range(limit.first + 1, max(*limit.highest, self._top_stage(direction)) + 1):
                    openable = opens(terms, direction, week, stage)
                    name = f"open.{direction.value}.{week}.{stage}"
                    for key, columns in terms.columns.items():
                        ladder = terms.ladders[key]
                        if any(terms.stage(ladder, c, direction) >= stage for c in columns.get(week, ())):
                            self._row(
                                ("uses", direction, week, stage, key),
                                -math.inf,
                                0.0,
                                **({name: -1.0} if openable else {}),
                            )
                    if not openable:
                        continue
                    self.openings[name] = (direction, week, stage)
                    before = f"open.{direction.value}.{week - 1}.{stage}"
                    most = 0.0 if week in terms.careful else math.inf
                    if opens(terms, direction, week - 1, stage):
                        self._row(("stays", direction, week, stage), 0.0, most, **{name: 1.0, before: -1.0})
                    elif week in terms.careful:
                        self._row(("stays", direction, week, stage), 0.0, 0.0, **{name: 1.0})
                    lower = max(limit.first, stage - limit.a_week)
                    if lower > limit.first:
                        below = f"open.{direction.value}.{week - 1}.{lower}"
                        own = {name: 1.0}
                        if opens(terms, direction, week - 1, lower):
                            own[below] = -1.0
                        self._row(("pace", direction, week, stage), -math.inf, 0.0, **own)
                    if stage - 1 > limit.first:
                        own = {name: 1.0}
                        if opens(terms, direction, week, stage - 1):
                            own[f"open.{direction.value}.{week}.{stage - 1}"] = -1.0
                        self._row(("after", direction, week, stage), -math.inf, 0.0, **own)
                    if stage - 1 > 0 and not terms.earned(direction, stage - 1):
                        self._row(("earned", direction, week, stage), -math.inf, 0.0, **{name: 1.0})

    def _top_stage(self, direction: Direction) -> int:
        """The highest stage that any rung asks for."""
        ladders = self.terms.ladders.values()
        return max((r.stages.get(direction, 0) for ladder in ladders for r in ladder.rungs), default=0)

    def _precede_rows(self) -> None:
        terms = self.terms
        for n, limit in enumerate(terms.precedes):
            for week in range(1, terms.case.weeks + 1):
                for key, first in terms.earning(limit).items():
                    rungs = {r for c in terms.columns[key].get(week, ()) for r in c.rungs}
                    if any(terms.ladders[key].rungs[r].exercise.id in limit.after for r in rungs):
                        self._row(("precede", n, week, key), -math.inf, float(terms.counted(limit, first)))

    def _gap_rows(self) -> None:
        terms = self.terms
        for n, limit in enumerate(terms.gaps):
            close = terms.close_slots(limit)
            if not close:
                continue
            near = {slot for one, two, _ in close for slot in (one, two)}
            made: set[tuple[int, Muscle, int]] = set()
            for key in terms.ladders:
                for block in range(len(terms.blocks)):
                    for muscle in sorted(terms.hard_muscles(key, block, limit)):
                        for slot in sorted(near):
                            made.add((block, muscle, slot))
                            self._row(
                                ("hard", n, block, muscle, slot, key),
                                -math.inf,
                                0.0,
                                **{f"hard.{n}.{block}.{muscle.value}.{slot}": -1.0},
                            )
            for block, muscle, slot in sorted(made, key=str):
                for one, two, wraps in close:
                    if one != slot:
                        continue
                    for other in (block, block + 1) if wraps else (block,):
                        if (other, muscle, two) in made:
                            mine = f"hard.{n}.{block}.{muscle.value}.{slot}"
                            its = f"hard.{n}.{other}.{muscle.value}.{two}"
                            self._row(("apart", mine, its), -math.inf, 1.0, **{mine: 1.0, its: 1.0})

    # ---------------------------------------------------------------- relaxation
    def add(self, climb: Climb) -> bool:
        """Keeps a climb; False when it is known."""
        names = self._names[climb.track]
        if climb.name in names:
            return False
        names.add(climb.name)
        self.climbs[climb.track].append(climb)
        return True

    def relax(self, rounds: int = ROUNDS) -> Relaxation | None:
        """Column generation until no climb is worth entering; None when a track has no climb at all."""
        for network in self.networks.values():
            for climb in network.seeds():
                self.add(climb)
        if not all(self.climbs.values()):
            return None
        linear = _Linear(self, self.climbs)
        if not linear.solve():
            # the first climbs do not fit together: let every row be broken, at a price, until others are found
            linear.soften()
        bound = -math.inf
        best = np.zeros(len(self.bounds))
        for _ in range(rounds):
            if not linear.solve():
                return None
            found = linear.value
            new = False
            prices, single = linear.prices, linear.single
            for key, network in self.networks.items():
                answer = network.cheapest(prices)
                if answer is None:
                    return None
                reduced = answer[0] - single[key]
                found += min(0.0, reduced)
                if reduced < -1e-6 and linear.enter(answer[1]):
                    self.add(answer[1])
                    new = True
            if found > bound:
                bound, best = found, prices
            if not new or linear.value - bound <= CLOSE_ENOUGH * max(1.0, abs(linear.value)):
                break
        return Relaxation(bound, linear.value, best, linear.shares())

    # ---------------------------------------------------------------- choice among climbs
    def choose(self, effort: float, seconds: float, hint: dict[str, Climb] | None = None) -> dict[str, Climb] | None:
        """The best programme of the climbs that were found, exactly as the limits say."""
        model = cp_model.CpModel()
        own = {name: model.new_bool_var(name) for name in self.variables if not name.startswith("unmet")}
        take = {key: [model.new_bool_var("") for _ in found] for key, found in self.climbs.items()}
        by_row: dict[int, list[tuple[int, cp_model.IntVar]]] = defaultdict(list)
        cost = []
        signed: dict[tuple[str, int, int, tuple[tuple[int, ...], ...]], list[cp_model.IntVar]] = defaultdict(list)
        for key, found in self.climbs.items():
            model.add_exactly_one(take[key])
            for climb, var in zip(found, take[key], strict=True):
                cost.append(climb.cost * var)
                for row, number in climb.own.items():
                    by_row[row].append((round(number), var))
                for block, contract in climb.contracts.items():
                    columns = [climb.columns[w] for w in self.terms.blocks[block] if w in climb.columns]
                    patterns = tuple(self.terms.patterns_of(key, block, columns))
                    signed[key, block, contract.minutes, patterns].append(var)
        places: dict[tuple[str, int], list[tuple[Contract, cp_model.IntVar]]] = defaultdict(list)
        for (key, block, minutes, patterns), users in signed.items():
            made = []
            for pattern in patterns:
                var = model.new_bool_var("")
                made.append(var)
                places[key, block].append((Contract(key, block, pattern, minutes), var))
                for row, number in self.networks[key].contract_entries(block, pattern, minutes):
                    by_row[row].append((round(number), var))
            model.add(sum(made) == sum(users))
        for index, (low, high) in enumerate(self.bounds):
            terms_of_row = [number * var for number, var in by_row.get(index, ())]
            terms_of_row += [round(n) * own[name] for name, n in self.own[index].items() if name in own]
            if not terms_of_row:
                if low > 0:
                    return None
                continue
            if low > -math.inf:
                model.add(sum(terms_of_row) >= round(low))
            if high < math.inf:
                model.add(sum(terms_of_row) <= round(high))
        model.minimize(sum(cost))
        if hint is not None:
            for key, found in self.climbs.items():
                taken = next((n for n, climb in enumerate(found) if climb.columns == hint[key].columns), None)
                for n, var in enumerate(take[key]):
                    model.add_hint(var, n == taken)
            for (key, block), made_here in places.items():
                for contract, var in made_here:
                    model.add_hint(var, contract == hint[key].contracts.get(block))
            stages = earned_stages(self.terms, hint)
            for name, (direction, week, stage) in self.openings.items():
                if name not in own:
                    continue  # nothing depends on it
                model.add_hint(own[name], stage <= stages[direction][week - 1])
        solver = deterministic(seconds, effort, linear=2)
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        out = {}
        for key, found in self.climbs.items():
            climb = next(climb for climb, var in zip(found, take[key], strict=True) if solver.value(var))
            contracts = {
                block: next(contract for contract, var in places[key, block] if solver.value(var))
                for block in climb.contracts
            }
            out[key] = self.networks[key].signed(climb, contracts)
        return out

    def size(self) -> dict[str, int]:
        """How large the problem is: columns of all networks, climbs found, rows."""
        return {
            "columns": sum(len(found) for weeks in self.terms.columns.values() for found in weeks.values()),
            "climbs": sum(len(found) for found in self.climbs.values()),
            "rows": len(self.bounds),
        }

    def solution(self, chosen: dict[str, Climb]) -> Solution:
        """The programme of chosen climbs, with the earliest timetable of the envelope that they earn."""
        terms = self.terms
        contracts: dict[str, dict[int, Contract]] = {key: dict(climb.contracts) for key, climb in chosen.items()}
        return Solution(
            ladders=terms.ladders,
            columns={key: dict(climb.columns) for key, climb in chosen.items()},
            contracts=contracts,
            stages=earned_stages(terms, chosen),
        )


class _Linear:
    """The relaxation of the master in GLOP, to which climbs are added one by one."""

    def __init__(self, master: Master, pool: dict[str, list[Climb]]) -> None:
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.infinity = self.solver.infinity()
        self.objective = self.solver.Objective()
        self.objective.SetMinimization()
        self.constraints = [self.solver.Constraint(self._end(low), self._end(high)) for low, high in master.bounds]
        made = {}
        for name, high in master.variables.items():
            made[name] = self.solver.NumVar(0.0, self._end(high), name)
            if name.startswith("unmet"):
                self.objective.SetCoefficient(made[name], UNMET)
        for constraint, own in zip(self.constraints, master.own, strict=True):
            for name, number in own.items():
                constraint.SetCoefficient(made[name], number)
        self.one = {key: self.solver.Constraint(1.0, 1.0) for key in pool}
        self.made: dict[tuple[str, object], tuple[pywraplp.Variable, Climb]] = {}
        for climbs in pool.values():
            for climb in climbs:
                self.enter(climb)
        self.value = math.inf
        self.prices: Floats = np.zeros(len(self.constraints))
        self.single: dict[str, float] = {}

    def soften(self) -> None:
        """Lets every row be broken, at the price of a row unmet."""
        for constraint in self.constraints:
            for sign, end in ((-1.0, constraint.ub()), (1.0, constraint.lb())):
                if abs(end) < self.infinity:
                    broken = self.solver.NumVar(0.0, self.infinity, "")
                    self.objective.SetCoefficient(broken, UNMET)
                    constraint.SetCoefficient(broken, sign)

    def _end(self, number: float) -> float:
        return self.infinity if number == math.inf else -self.infinity if number == -math.inf else number

    def enter(self, climb: Climb) -> bool:
        """Adds a climb; False when it is there."""
        if (climb.track, climb.name) in self.made:
            return False
        variable = self.solver.NumVar(0.0, self.infinity, "")
        self.made[climb.track, climb.name] = variable, climb
        self.objective.SetCoefficient(variable, float(climb.cost))
        self.one[climb.track].SetCoefficient(variable, 1.0)
        for row, number in climb.entries.items():
            self.constraints[row].SetCoefficient(variable, number)
        return True

    def solve(self) -> bool:
        """Value and prices of what is there."""
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            return False
        self.value = self.objective.Value()
        self.prices = np.array([constraint.dual_value() for constraint in self.constraints])
        self.single = {key: constraint.dual_value() for key, constraint in self.one.items()}
        self._shares = [(v.solution_value(), climb) for v, climb in self.made.values()]
        return True

    def shares(self) -> dict[str, list[tuple[float, Climb]]]:
        """Climbs in use, with their shares."""
        out: dict[str, list[tuple[float, Climb]]] = defaultdict(list)
        for share, climb in self._shares:
            if share > 1e-7:
                out[climb.track].append((share, climb))
        return out


def opens(terms: Terms, direction: Direction, week: int, stage: int) -> bool:
    """Whether a stage that is closed at first may be open in a week."""
    limit = terms.gate.opens[direction]
    return week > 1 and limit.first < stage <= limit.highest[week - 1]


def earned_stages(terms: Terms, chosen: dict[str, Climb]) -> dict[Direction, tuple[int, ...]]:
    """Per direction the highest stage open in each week: as early as limits and sessions shown allow."""
    out: dict[Direction, tuple[int, ...]] = {}
    for direction, limit in terms.gate.opens.items():
        stages = [limit.first]
        for week in range(2, terms.case.weeks + 1):
            now = stages[-1]
            reach = min(limit.highest[week - 1], now + (0 if week in terms.careful else limit.a_week))
            while now < reach and (now <= 0 or _shown(terms, chosen, direction, now, week, limit.sessions)):
                now += 1
            stages.append(now)
        out[direction] = tuple(stages)
    return out


def _shown(terms: Terms, chosen: dict[str, Climb], direction: Direction, stage: int, week: int, sessions: int) -> bool:
    """Whether one track has had enough sessions at a stage before a week."""
    return terms.earned(direction, stage) or any(
        terms.shown(key, direction, stage)
        + sum(
            terms.shows(terms.ladders[key], column, direction, stage)
            for earlier, column in climb.columns.items()
            if earlier < week
        )
        >= sessions
        for key, climb in chosen.items()
    )
