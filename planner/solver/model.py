"""The climb and the weekly skeleton as one CP-SAT model.

Per track a network of columns over the weeks; per block of weeks and track one contract (which
slots, how many minutes); stages of the envelope as cumulative booleans.  The search works on the
decomposition (``master``); this model proves what the decomposition leaves open, on the columns and
contracts that can still be part of a better programme, and proves that there is no programme.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from ortools.sat.python import cp_model

from planner.domain.directions import Direction
from planner.domain.exercise import Muscle
from planner.rules.limits import Cover, Gap, NewInWeek, Open, Precede
from planner.solver.columns import NOT_BEGUN, Column, State
from planner.solver.ladders import Ladder
from planner.solver.terms import Contract, Infeasible, Solution, Terms


@dataclass(frozen=True)
class Answer:
    """What the model says: a better programme, a bound, or neither."""

    solution: Solution | None
    value: float
    bound: float
    proved: bool


class WholeModel:
    """The model of one case.

    Parameters
    ----------
    columns, contracts
        What may be used, per track; everything when None.
    below
        Only programmes of a smaller first-tier cost than this.
    """

    def __init__(
        self,
        terms: Terms,
        columns: Mapping[str, Collection[Column]] | None = None,
        contracts: Mapping[str, Collection[Contract]] | None = None,
        below: float | None = None,
    ) -> None:
        self.terms = terms
        self.model = cp_model.CpModel()
        self.x: dict[str, dict[int, list[tuple[Column, cp_model.IntVar]]]] = {}
        self.y: dict[tuple[str, int], list[tuple[Contract, cp_model.IntVar]]] = {}
        self.open: dict[tuple[Direction, int, int], cp_model.IntVar | int] = {}
        self.cost: list[tuple[int, cp_model.IntVar]] = []
        for key, ladder in terms.ladders.items():
            only = None if columns is None else set(columns[key])
            self._flow(key, ladder, only)
            self._contracts(key, ladder, None if contracts is None else set(contracts[key]))
        self._capacity()
        for direction, opening in terms.gate.opens.items():
            self._direction(direction, opening)
        for cover in terms.covers:
            self._cover(cover)
        for order in terms.precedes:
            self._precede(order)
        for new in terms.news:
            self._new(new)
        for gap in terms.gaps:
            self._gap(gap)
        self._goals()
        total = sum(weight * var for weight, var in self.cost)
        if below is not None:
            self.model.add(total <= round(below) - 1)
        self.model.minimize(total)
        self.below = below

    # ---------------------------------------------------------------- build
    def _flow(self, key: str, ladder: Ladder, only: set[Column] | None) -> None:
        terms, model = self.terms, self.model
        made: dict[int, list[tuple[Column, cp_model.IntVar]]] = {}
        start = terms.start(key)
        waiting: cp_model.IntVar | int = int(start == NOT_BEGUN)  # 1 while the track has not begun
        inflow: dict[State, list[cp_model.IntVar | int]] = {} if start == NOT_BEGUN else {start: [1]}
        for week in range(ladder.first_week, ladder.last_week + 1):
            here = [
                (column, model.new_bool_var(f"x{key}.{week}.{i}"))
                for i, column in enumerate(terms.columns[key][week])
                if only is None or column in only
            ]
            made[week] = here
            still_waiting = model.new_bool_var(f"wait{key}.{week}")
            begins = [var for column, var in here if column.begins]
            model.add(sum(begins) + still_waiting == waiting)
            waiting = still_waiting
            if not terms.may_wait(key, week):
                model.add(still_waiting == 0)
            by_state: dict[State, list[cp_model.IntVar]] = defaultdict(list)
            for column, var in here:
                if not column.begins:
                    by_state[column.before].append(var)
            for state in sorted(set(by_state) | set(inflow)):
                model.add(sum(by_state.get(state, [])) == sum(inflow.get(state, [])))
            inflow = defaultdict(list)
            for column, var in here:
                inflow[column.after].append(var)
                cost = terms.cost(key, week, column)
                if cost:
                    self.cost.append((cost, var))
            self.cost.append((terms.cost(key, week, None), still_waiting))
        self.x[key] = made

    def _contracts(self, key: str, ladder: Ladder, only: set[Contract] | None) -> None:
        terms = self.terms
        for block, weeks in enumerate(terms.blocks):
            active = [w for w in weeks if w in self.x[key]]
            if not active:
                continue
            columns = [c for w in active for c, _ in self.x[key][w]]
            budgets = sorted({terms.column_minutes(ladder, c) for c in columns})
            contracts = [Contract(key, block, (), 0)]
            for size in terms.frequencies(key):
                for pattern in terms.patterns(key, block, size):
                    every = [Contract(key, block, pattern, minutes) for minutes in budgets]
                    contracts.extend(contract for contract in every if only is None or contract in only)
            made = [(c, self.model.new_bool_var(f"y{key}.{block}.{i}")) for i, c in enumerate(contracts)]
            self.y[key, block] = made
            self.model.add_exactly_one(var for _, var in made)
            for week in active:
                self._agree(ladder, week, made, budgets)

    def _agree(
        self, ladder: Ladder, week: int, contracts: list[tuple[Contract, cp_model.IntVar]], budgets: list[int]
    ) -> None:
        """Columns of a week keep to the block's contract: how often, how long, and where."""
        terms = self.terms
        columns = self.x[ladder.plan.key][week]
        for size in terms.frequencies(ladder.plan.key):
            self.model.add(
                sum(v for c, v in columns if c.frequency == size)
                <= sum(v for k, v in contracts if len(k.slots) == size)
            )
        for minutes in budgets[1:]:
            self.model.add(
                sum(v for c, v in columns if terms.column_minutes(ladder, c) >= minutes)
                <= sum(v for k, v in contracts if k.minutes >= minutes)
            )
        every = frozenset(slot.index for slot in terms.table.slots)
        for allowed in sorted({ladder.rungs[r].slots for c, _ in columns for r in c.rungs}, key=sorted):
            if allowed == every:
                continue
            self.model.add(
                sum(v for c, v in columns if any(ladder.rungs[r].slots <= allowed for r in c.rungs))
                <= sum(v for k, v in contracts if set(k.slots) <= allowed)
            )

    def _capacity(self) -> None:
        """Minutes and exercises of each slot in each block."""
        terms = self.terms
        for block in range(len(terms.blocks)):
            for slot in terms.table.slots:
                here = [
                    (contract, var)
                    for (_, b), made in self.y.items()
                    if b == block
                    for contract, var in made
                    if slot.index in contract.slots
                ]
                if not here:
                    continue
                self.model.add(sum(c.minutes * v for c, v in here) <= max(0, terms.room(block, slot.index)))
                # a linked exercise brings a closing set with it, which counts as an exercise too
                self.model.add(sum(terms.items(c.track, block) * v for c, v in here) <= terms.most_items(block))
                for pair in terms.opposed:
                    self.model.add(sum(v for c, v in here if c.track in pair) <= 1)

    # ---------------------------------------------------------------- limits
    def _direction(self, direction: Direction, limit: Open) -> None:
        model, terms = self.model, self.terms
        highest = max(limit.highest)
        for week in range(1, terms.case.weeks + 1):
            for stage in range(highest + 1):
                if stage <= limit.first:
                    self.open[direction, week, stage] = 1
                elif week == 1 or stage > limit.highest[week - 1]:
                    self.open[direction, week, stage] = 0
                else:
                    self.open[direction, week, stage] = model.new_bool_var(f"open.{direction.value}.{week}.{stage}")
        for week in range(2, terms.case.weeks + 1):
            for stage in range(limit.first + 1, highest + 1):
                here = self.open[direction, week, stage]
                if isinstance(here, int):
                    continue
                model.add(here >= self.open[direction, week - 1, stage])
                if week in terms.careful:
                    model.add(here <= self.open[direction, week - 1, stage])
                model.add(here <= self.open[direction, week - 1, max(limit.first, stage - limit.a_week)])
                if stage - 1 > limit.first:
                    model.add(here <= self.open[direction, week, stage - 1])
                self._earned(direction, limit, week, stage, here)
        for week in range(1, terms.case.weeks + 1):
            for key, weeks in self.x.items():
                needs: dict[int, list[cp_model.IntVar]] = defaultdict(list)
                for column, var in weeks.get(week, ()):
                    needs[terms.stage(terms.ladders[key], column, direction)].append(var)
                for stage in sorted(needs):
                    if stage <= limit.first:
                        continue
                    using = [var for other, found in needs.items() if other >= stage for var in found]
                    model.add(sum(using) <= self.open.get((direction, week, stage), 0))

    def _earned(self, direction: Direction, limit: Open, week: int, stage: int, opened: cp_model.IntVar) -> None:
        """A stage opens only after enough sessions at the one before, counted within one track."""
        if stage - 1 <= 0 or self.terms.earned(direction, stage - 1):
            return
        proofs = []
        for key, weeks in self.x.items():
            ladder = self.terms.ladders[key]
            found = [
                (min(count, limit.sessions), var)
                for earlier, columns in weeks.items()
                if earlier < week
                for column, var in columns
                if (count := self.terms.shows(ladder, column, direction, stage - 1))
            ]
            if not found:
                continue
            proof = self.model.new_bool_var(f"earned.{direction.value}.{week}.{stage}.{key}")
            shown = self.terms.shown(key, direction, stage - 1)
            self.model.add(limit.sessions * proof <= shown + sum(n * v for n, v in found))
            proofs.append(proof)
        self.model.add(opened <= sum(proofs))

    def _cover(self, limit: Cover) -> None:
        """Weekly quotas: at least so many sessions with an item that counts, where one can."""
        for week in self.terms.cover_weeks(limit):
            users = [
                (count, var)
                for key, weeks in self.x.items()
                for column, var in weeks.get(week, ())
                if (count := self.terms.covering(self.terms.ladders[key], column, limit))
            ]
            self.model.add(sum(n * v for n, v in users) >= limit.at_least)

    def _precede(self, limit: Precede) -> None:
        terms = self.terms

        for key, first in terms.earning(limit).items():
            earned = [
                (number, count * var)
                for other, weeks in self.x.items()
                for number, found in weeks.items()
                for column, var in found
                if (count := terms.practised(terms.ladders[other], column, limit, first))
            ]
            rungs = terms.ladders[key].rungs
            for week, columns in self.x[key].items():
                after = [var for c, var in columns if any(rungs[r].exercise.id in limit.after for r in c.rungs)]
                if after:
                    before = sum(term for number, term in earned if number < week)
                    self.model.add(limit.sessions * sum(after) <= terms.counted(limit, first) + before)

    def _new(self, limit: NewInWeek) -> None:
        """Only so many exercises of a kind are done for the first time in a week."""
        for week in range(1, self.terms.case.weeks + 1):
            found = [
                count * var
                for key, weeks in self.x.items()
                for column, var in weeks.get(week, ())
                if (count := self.terms.new(self.terms.ladders[key], column, limit))
            ]
            if found:
                self.model.add(sum(found) <= limit.at_most)

    def _gap(self, limit: Gap) -> None:
        """Hard work of one primary muscle keeps free days between, within and across weeks."""
        close = self.terms.close_slots(limit)
        if not close:
            return
        busy: dict[tuple[int, Muscle, int], cp_model.IntVar] = {}
        for (key, block), made in self.y.items():
            for contract, var in made:
                for muscle in sorted(self.terms.hard_muscles(key, block, limit)):
                    for slot in contract.slots:
                        place = (block, muscle, slot)
                        if place not in busy:
                            busy[place] = self.model.new_bool_var(f"hard.{block}.{muscle.value}.{slot}")
                        self.model.add_implication(var, busy[place])
        for (block, muscle, a), flag in busy.items():
            for one, b, wraps in close:
                if one != a:
                    continue
                for other in (block, block + 1) if wraps else (block,):
                    if (other, muscle, b) in busy:
                        self.model.add_bool_or(flag.negated(), busy[other, muscle, b].negated())

    def _goals(self) -> None:
        """Must goals on a lift or an exercise are hard."""
        for key, ladder in self.terms.ladders.items():
            if self.terms.must(ladder):
                self.model.add_at_least_one(
                    var
                    for columns in self.x[key].values()
                    for column, var in columns
                    if self.terms.meets(ladder, column)
                )

    # ---------------------------------------------------------------- solve
    def solve(self, seconds: float, effort: float, progress: Callable[[float, float], None] | None = None) -> Answer:
        """The best programme of the model, within ``effort`` of deterministic time.

        Raises
        ------
        Infeasible
            When the limits cannot all be met (found twice, the second time without presolve), or when
            nothing is better than ``below``.
        """
        solver = deterministic(seconds, effort, linear=2, cuts=True)
        status = solver.solve(self.model, Watcher(progress))
        if status == cp_model.INFEASIBLE and self.below is None:
            again = deterministic(seconds, 4 * effort, linear=2, cuts=True)
            again.parameters.cp_model_presolve = False
            status = again.solve(self.model)
            if status == cp_model.INFEASIBLE:
                raise Infeasible
            solver = again
        if status == cp_model.INFEASIBLE:
            raise Infeasible
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Answer(None, float("inf"), solver.best_objective_bound, False)
        return Answer(
            self._read(solver),
            float(round(solver.objective_value)),
            solver.best_objective_bound,
            status == cp_model.OPTIMAL,
        )

    def _read(self, solver: cp_model.CpSolver) -> Solution:
        columns = {
            key: {week: column for week, found in weeks.items() for column, var in found if solver.value(var)}
            for key, weeks in self.x.items()
        }
        contracts: dict[str, dict[int, Contract]] = defaultdict(dict)
        for (key, block), made in self.y.items():
            for contract, var in made:
                runs = any(week in columns[key] for week in self.terms.blocks[block])
                if runs and solver.value(var) and contract.slots:
                    contracts[key][block] = contract
        stages: dict[Direction, tuple[int, ...]] = {}
        for direction, limit in self.terms.gate.opens.items():
            found = []
            for week in range(1, self.terms.case.weeks + 1):
                stage = limit.first
                for candidate in range(limit.first + 1, max(limit.highest) + 1):
                    flag = self.open[direction, week, candidate]
                    if (flag if isinstance(flag, int) else solver.value(flag)) == 1:
                        stage = candidate
                found.append(stage)
            stages[direction] = tuple(found)
        return Solution(self.terms.ladders, columns, dict(contracts), stages)


def deterministic(seconds: float, effort: float, *, linear: int = 1, cuts: bool = False) -> cp_model.CpSolver:
    """One worker, a fixed seed: the same answer on every run.

    ``linear`` is the solver's linearization level; ``cuts`` puts all of the relaxation and plenty of cuts
    into a proof that leans on it.
    """
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.linearization_level = linear
    if cuts:
        solver.parameters.add_lp_constraints_lazily = False
        solver.parameters.max_num_cuts = 50_000
        solver.parameters.cut_level = 1
    solver.parameters.max_deterministic_time = effort
    solver.parameters.max_time_in_seconds = seconds
    return solver


class Watcher(cp_model.CpSolverSolutionCallback):
    """Reports each better solution."""

    def __init__(self, progress: Callable[[float, float], None] | None) -> None:
        super().__init__()
        self.progress = progress

    def on_solution_callback(self) -> None:
        """Called by the solver."""
        if self.progress is not None:
            self.progress(self.objective_value, self.best_objective_bound)
