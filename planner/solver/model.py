"""The climb and the weekly skeleton, as a CP-SAT model.

Per track a network of columns over the weeks (``columns``), so that the LP sees the climb as a
flow; per block of weeks and track one contract (which slots, how many minutes); stages of the
envelope as cumulative booleans.  First tier: closeness to the pace of every track and coverage;
second tier, with the climb fixed: an even, regular week.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from planner.domain.case import Case
from planner.domain.directions import Direction
from planner.domain.exercise import SECTION_OF, Muscle, Section
from planner.domain.programme import Phase
from planner.rules.dosing import deload_weeks
from planner.rules.limits import Cover, Gap, Growth, Open, Precede
from planner.rules.phases import forecast
from planner.rules.practical import unsure
from planner.solver.columns import Column, State, enumerate_columns
from planner.solver.first import first_climb, options
from planner.solver.gate import Gate
from planner.solver.ladders import Ladder, Rung, deloaded, seconds_of
from planner.solver.pace import paced, quickest
from planner.solver.skeleton import patterns, quick_skeleton
from planner.solver.week import WeekTable

#: Minutes of a contract, coarse enough to keep contracts few.
BUDGETS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60)

#: Seconds that a closing set of the preferred direction takes (rule D4).
CLOSING_SECONDS = 105

#: A programme within this share of the best possible is good enough; the report says what was proved.
GAP = 0.005

#: Weights of the first tier.
PACE_SHORT = 100  # a whole ladder behind the pace, per week and weight
PACE_AHEAD = 40
FREQUENCY = 6  # one session a week fewer than preferred
MISSING = 60  # a week in which a track that could run does not


@dataclass(frozen=True)
class Contract:
    """One block of one track: the slots it uses and the minutes it may take in each."""

    track: str
    block: int
    slots: tuple[int, ...]
    minutes: int


@dataclass(frozen=True)
class Tier:
    """Outcome of one tier: value and bound (both to be minimised), and the solver's status."""

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
    size: dict[str, int] = field(default_factory=dict)


class Infeasible(Exception):
    """No climb and skeleton satisfy the limits; proved, and proved again without presolve."""


class OutOfTime(Exception):
    """The time was used up without a programme."""


class Climb:
    """The model of one case."""

    def __init__(
        self,
        case: Case,
        gate: Gate,
        table: WeekTable,
        ladders: list[Ladder],
        blocks: tuple[tuple[int, ...], ...],
        warm_up_minutes: int,
    ) -> None:
        self.case = case
        self.gate = gate
        self.table = table
        self.ladders = {ladder.plan.key: ladder for ladder in ladders}
        self.blocks = blocks
        self.warm_up_minutes = warm_up_minutes
        self.block_of = {week: b for b, weeks in enumerate(blocks) for week in weeks}
        self.deloads = deload_weeks(case)
        self.short_weeks = {w for w in range(1, case.weeks + 1) if table.lost(w)}
        self.model = cp_model.CpModel()
        self.x: dict[str, dict[int, list[tuple[Column, cp_model.IntVar]]]] = {}
        self.y: dict[tuple[str, int], list[tuple[Contract, cp_model.IntVar]]] = {}
        self.open: dict[tuple[Direction, int, int], cp_model.IntVar | int] = {}
        self.cost: list[tuple[int, cp_model.IntVar]] = []
        self.constant_cost = 0
        self._cache: dict[tuple[str, int, bool], int] = {}
        self._build()

    # ---------------------------------------------------------------- numbers of a rung
    def minutes(self, ladder: Ladder, rung: Rung, week: int) -> float:
        """Minutes of a rung in a session of a week, with its closing set where one is due."""
        deload = week in self.deloads
        key = (ladder.plan.key, rung.index, deload)
        if key not in self._cache:
            state = deloaded(self.case, rung.exercise, rung.state, week)
            per_side = rung.exercise.sided
            self._cache[key] = seconds_of(
                rung.exercise, state, per_side=per_side, closing=CLOSING_SECONDS if rung.linked else 0
            )
        return self._cache[key] / 60

    def sets(self, ladder: Ladder, index: int, week: int) -> int:
        """Working sets of a rung in a week."""
        rung = ladder.rungs[index]
        return deloaded(self.case, rung.exercise, rung.state, week).sets

    def hard(self, ladder: Ladder, rung: Rung, week: int, effort: float) -> bool:
        """Whether a rung counts as hard work (rule O4): loaded, and at this effort or more."""
        if SECTION_OF[ladder.plan.track] is Section.TRUNK:
            return False
        return self.gate.effort(rung.exercise, rung.state, week) >= effort

    # ---------------------------------------------------------------- build
    def _build(self) -> None:
        growth = next((g for g in self.gate.limits if isinstance(g, Growth) and g.what == "hard_sets"), None)
        for key, plain in list(self.ladders.items()):
            least, _, most = plain.plan.frequency
            slots = max(1, len(self.table.slots))
            frequencies = tuple(range(min(least, slots), min(most, slots) + 1))
            ladder = self._with_pace(plain, growth)
            self.ladders[key] = ladder
            self._flow(key, ladder, frequencies, growth)
            self._contracts(key, ladder, frequencies)
        self._capacity()
        self._envelope()
        for limit in self.gate.limits:
            if isinstance(limit, Cover):
                self._cover(limit)
            elif isinstance(limit, Precede):
                self._precede(limit)
            elif isinstance(limit, Gap):
                self._gap(limit)
        self._goals()
        self._costs()

    def _still(self, week: int) -> bool:
        """Whether no step is taken in a week: a deload, or a session that is lost."""
        return week in self.deloads or week in self.short_weeks

    def _with_pace(self, ladder: Ladder, growth: Growth | None) -> Ladder:
        wanted = min(ladder.plan.frequency[1], max(1, len(self.table.slots)))
        fastest = quickest(
            ladder,
            self.block_of.__getitem__,
            self._still,
            None if growth is None else (growth.ratio, growth.absolute),
            lambda rung, week: self.sets(ladder, rung, week),
            wanted,
        )
        return paced(ladder, fastest)

    def _flow(self, key: str, ladder: Ladder, frequencies: tuple[int, ...], growth: Growth | None) -> None:
        columns = enumerate_columns(
            ladder,
            self.block_of.__getitem__,
            self._still,
            None if growth is None else (growth.ratio, growth.absolute),
            lambda rung, week: self.sets(ladder, rung, week),
            frequencies,
        )
        made: dict[int, list[tuple[Column, cp_model.IntVar]]] = {}
        waiting: cp_model.IntVar | int = 1  # 1 while the track has not begun
        inflow: dict[State, list[cp_model.IntVar]] = {}
        for week in range(ladder.first_week, ladder.last_week + 1):
            here = [(column, self.model.new_bool_var(f"x{key}.{week}.{i}")) for i, column in enumerate(columns[week])]
            made[week] = here
            still_waiting = self.model.new_bool_var(f"wait{key}.{week}")
            begins = [var for column, var in here if column.begins]
            self.model.add(sum(begins) + still_waiting == waiting)
            waiting = still_waiting
            if ladder.goal_rung is not None and ladder.plan.goal and ladder.plan.goal.priority == "must":
                self.model.add(still_waiting == 0)
            by_state: dict[State, list[cp_model.IntVar]] = defaultdict(list)
            for column, var in here:
                if not column.begins:
                    by_state[column.before].append(var)
            for state in set(by_state) | set(inflow):
                self.model.add(sum(by_state.get(state, [])) == sum(inflow.get(state, [])))
            inflow = defaultdict(list)
            for column, var in here:
                inflow[column.after].append(var)
            self.cost.append((MISSING * ladder.plan.weight, still_waiting))
        self.x[key] = made

    def _contracts(self, key: str, ladder: Ladder, frequencies: tuple[int, ...]) -> None:
        for block, weeks in enumerate(self.blocks):
            active = [w for w in weeks if w in self.x[key]]
            if not active:
                continue
            needed = sorted(
                {
                    _budget(self.minutes(ladder, ladder.rungs[r], w))
                    for w in active
                    for column, _ in self.x[key][w]
                    for r in column.rungs
                }
            )
            slot_sets = {ladder.rungs[r].slots for w in active for c, _ in self.x[key][w] for r in c.rungs}
            anywhere = frozenset().union(*slot_sets) if slot_sets else frozenset()
            contracts = [Contract(key, block, (), 0)]
            for size in frequencies:
                for pattern in patterns(self.table, anywhere, size):
                    contracts.extend(Contract(key, block, pattern, minutes) for minutes in needed)
            made = [(c, self.model.new_bool_var(f"y{key}.{block}.{i}")) for i, c in enumerate(contracts)]
            self.y[key, block] = made
            self.model.add_exactly_one(var for _, var in made)
            for week in active:
                self._agree(ladder, week, made, needed, slot_sets, frequencies)

    def _agree(
        self,
        ladder: Ladder,
        week: int,
        contracts: list[tuple[Contract, cp_model.IntVar]],
        budgets: list[int],
        slot_sets: set[frozenset[int]],
        frequencies: tuple[int, ...],
    ) -> None:
        """Columns of a week keep to the block's contract: how often, how long, and where."""
        columns = self.x[ladder.plan.key][week]
        for size in frequencies:
            self.model.add(
                sum(v for c, v in columns if c.frequency == size)
                <= sum(v for k, v in contracts if len(k.slots) == size)
            )
        for minutes in budgets[1:]:
            self.model.add(
                sum(v for c, v in columns if self.column_minutes(ladder, c) >= minutes)
                <= sum(v for k, v in contracts if k.minutes >= minutes)
            )
        every = frozenset(slot.index for slot in self.table.slots)
        for allowed in slot_sets:
            if allowed == every:
                continue
            self.model.add(
                sum(v for c, v in columns if any(ladder.rungs[r].slots <= allowed for r in c.rungs))
                <= sum(v for k, v in contracts if set(k.slots) <= allowed)
            )

    def _capacity(self) -> None:
        """Minutes and exercises of each slot in each block."""
        fewer = 1 if unsure(self.case) else 0
        for block, weeks in enumerate(self.blocks):
            cap = min(self.gate.items_a_session(w) for w in weeks) - fewer
            for slot in self.table.slots:
                have = [
                    self.table.occasions[w, slot.index].minutes
                    for w in weeks
                    if (w, slot.index) in self.table.occasions
                ]
                room = (min(have) if have else 0) - self.warm_up_minutes
                here = [
                    (contract, var)
                    for (key, b), made in self.y.items()
                    if b == block
                    for contract, var in made
                    if slot.index in contract.slots
                ]
                if not here:
                    continue
                self.model.add(sum(c.minutes * v for c, v in here) <= room)
                # a linked exercise brings a closing set with it, which counts as an exercise too
                self.model.add(sum(self._items(c) * v for c, v in here) <= max(1, cap))

    def _items(self, contract: Contract) -> int:
        ladder = self.ladders[contract.track]
        weeks = [w for w in self.blocks[contract.block] if w in self.x[contract.track]]
        linked = any(
            ladder.rungs[r].linked and self._link_holds(w)
            for w in weeks
            for c, _ in self.x[contract.track][w]
            for r in c.rungs
        )
        return 2 if linked else 1

    def _link_holds(self, week: int) -> bool:
        from planner.rules.limits import Link

        return any(isinstance(limit, Link) and week in limit.weeks for limit in self.gate.limits)

    # ---------------------------------------------------------------- limits
    def _users(self, week: int, test: Callable[[Ladder, Rung], bool]) -> list[tuple[str, int, cp_model.IntVar]]:
        """(track, number of sessions that pass the test, column variable) of a week."""
        out = []
        for key, weeks in self.x.items():
            ladder = self.ladders[key]
            for column, var in weeks.get(week, ()):
                count = sum(test(ladder, ladder.rungs[r]) for r in column.rungs)
                if count:
                    out.append((key, count, var))
        return out

    def _envelope(self) -> None:
        for direction, limit in self.gate.opens.items():
            self._direction(direction, limit)

    def _direction(self, direction: Direction, limit: Open) -> None:
        model = self.model
        highest = max(limit.highest)
        for week in range(1, self.case.weeks + 1):
            for stage in range(highest + 1):
                if stage <= limit.first:
                    self.open[direction, week, stage] = 1
                elif week == 1 or stage > limit.highest[week - 1]:
                    self.open[direction, week, stage] = 0
                else:
                    self.open[direction, week, stage] = model.new_bool_var(f"open.{direction.value}.{week}.{stage}")
        for week in range(2, self.case.weeks + 1):
            for stage in range(limit.first + 1, highest + 1):
                here = self.open[direction, week, stage]
                if isinstance(here, int):
                    continue
                before = self.open[direction, week - 1, stage]
                model.add(here >= before)
                below = self.open[direction, week - 1, max(limit.first, stage - limit.a_week)]
                model.add(here <= below)
                if stage - 1 > limit.first:
                    model.add(here <= self.open[direction, week, stage - 1])
                self._earned(direction, limit, week, stage, here)
        for week in range(1, self.case.weeks + 1):
            for key, weeks in self.x.items():
                ladder = self.ladders[key]
                needs: dict[int, list[cp_model.IntVar]] = defaultdict(list)
                for column, var in weeks.get(week, ()):
                    needs[max(ladder.rungs[r].stages.get(direction, 0) for r in column.rungs)].append(var)
                for stage in sorted(needs):
                    if stage <= limit.first:
                        continue
                    using = [var for other, found in needs.items() if other >= stage for var in found]
                    opened = self.open.get((direction, week, stage), 0)
                    model.add(sum(using) <= opened)

    def _earned(self, direction: Direction, limit: Open, week: int, stage: int, opened: cp_model.IntVar) -> None:
        """A stage opens only after enough sessions at the one before, counted within one track."""
        if stage - 1 <= 0:
            return
        proofs = []
        for key, weeks in self.x.items():
            ladder = self.ladders[key]
            found = []
            for earlier, columns in weeks.items():
                if earlier >= week:
                    continue
                for column, var in columns:
                    count = sum(ladder.rungs[r].stages.get(direction, 0) >= stage - 1 for r in column.rungs)
                    # in a week with lost sessions it is not known which sessions remain
                    if count and earlier not in self.short_weeks:
                        found.append((min(count, limit.sessions), var))
            if not found:
                continue
            proof = self.model.new_bool_var(f"earned.{direction.value}.{week}.{stage}.{key}")
            self.model.add(limit.sessions * proof <= sum(n * v for n, v in found))
            proofs.append(proof)
        self.model.add(opened <= sum(proofs))

    def _cover(self, limit: Cover) -> None:
        """Weekly quotas: at least so many sessions with an item that counts, where one can."""
        if limit.track is not None:
            return  # balance is daily work
        for week in sorted(limit.weeks):
            lost = len(self.table.lost(week))
            if lost >= len(self.table.slots):
                continue

            def resists(ladder: Ladder, rung: Rung) -> bool:
                asks = self.gate.burden(rung.exercise, rung.state).resists
                return any(asks[way] >= 1 for way in limit.resisting)

            users = []
            for key, weeks in self.x.items():
                ladder = self.ladders[key]
                for column, var in weeks.get(week, ()):
                    count = sum(resists(ladder, ladder.rungs[r]) for r in column.rungs)
                    # lost sessions may be the ones that count
                    if count - lost >= 1:
                        users.append((count - lost, var))
            if users:
                self.model.add(sum(min(n, limit.at_least) * v for n, v in users) >= limit.at_least)

    def _precede(self, limit: Precede) -> None:
        for week in range(1, self.case.weeks + 1):
            after = self._users(week, lambda ladder, rung: rung.exercise.id in limit.after)
            if not after:
                continue
            before = [
                (count, var)
                for earlier in range(1, week)
                if earlier not in self.short_weeks
                for _, count, var in self._users(earlier, lambda ladder, rung: rung.exercise.id in limit.before)
            ]
            for track in {key for key, _, _ in after}:
                self.model.add(
                    limit.sessions * sum(var for key, _, var in after if key == track)
                    <= sum(count * var for count, var in before)
                )

    def _gap(self, limit: Gap) -> None:
        """Hard work of one primary muscle keeps free days between, within and across weeks."""
        slots = self.table.slots
        close = [
            (a, b, (slots[b].offset - slots[a].offset) % 7 or 7)
            for a in range(len(slots))
            for b in range(len(slots))
            if a != b and 0 < (slots[b].offset - slots[a].offset) % 7 <= limit.days
        ]
        if not close:
            return
        working: dict[tuple[int, Muscle, int], list[cp_model.IntVar]] = defaultdict(list)
        for (key, block), made in self.y.items():
            ladder = self.ladders[key]
            weeks = [w for w in self.blocks[block] if w in self.x[key]]
            muscles = {
                muscle
                for w in weeks
                for column, _ in self.x[key][w]
                for r in column.rungs
                if self.hard(ladder, ladder.rungs[r], w, limit.effort)
                for muscle in ladder.rungs[r].exercise.primary_muscles
            }
            for contract, var in made:
                for muscle in muscles:
                    for slot in contract.slots:
                        working[block, muscle, slot].append(var)
        busy: dict[tuple[int, Muscle, int], cp_model.IntVar] = {}
        for place, found in working.items():
            flag = self.model.new_bool_var(f"hard.{place[0]}.{place[1].value}.{place[2]}")
            for var in found:
                self.model.add_implication(var, flag)
            busy[place] = flag
        for block, muscle, slot in list(busy):
            for a, b, _ in close:
                if a != slot:
                    continue
                wraps = slots[b].offset <= slots[a].offset
                for other in {block, block + 1} if wraps else {block}:
                    if (other, muscle, b) in busy:
                        self.model.add_bool_or(busy[block, muscle, a].negated(), busy[other, muscle, b].negated())

    def _goals(self) -> None:
        """Must goals on a lift or an exercise are hard."""
        for key, ladder in self.ladders.items():
            goal = ladder.plan.goal
            if goal is None or goal.priority != "must":
                continue
            by = goal.by_week or self.case.weeks
            reaching = [
                var
                for week, columns in self.x[key].items()
                if week <= by and week not in self.short_weeks
                for column, var in columns
                if any(self._meets(ladder, ladder.rungs[r]) for r in column.rungs)
            ]
            self.model.add(sum(reaching) >= 1)

    def _meets(self, ladder: Ladder, rung: Rung) -> bool:
        goal = ladder.plan.goal
        if goal is None or rung.exercise.id != goal.exercise:
            return False
        if goal.load_kg is not None and (rung.state.load is None or rung.state.load.kg < goal.load_kg - 1e-6):
            return False
        return goal.repetitions is None or max(rung.state.counts) >= goal.repetitions

    # ---------------------------------------------------------------- objective
    def column_cost(self, key: str, week: int, column: Column | None) -> int:
        """First-tier cost of a week of a track; None is a week in which it waits to begin."""
        ladder = self.ladders[key]
        weight = ladder.plan.weight
        if column is None:
            return MISSING * weight
        wanted = min(ladder.plan.frequency[1], max(1, len(self.table.slots)))
        aim = ladder.pace.get(week, 0.0)
        last = week == ladder.last_week
        progress = ladder.rungs[column.rungs[-1]].progress
        short = max(0.0, aim - progress)
        cost = PACE_SHORT * short * (4 if last else 1) + PACE_AHEAD * max(0.0, progress - aim)
        cost += FREQUENCY * max(0, wanted - column.frequency) + FREQUENCY / 2 * max(0, column.frequency - wanted)
        return round(weight * cost)

    def _costs(self) -> None:
        for key, weeks in self.x.items():
            for week, columns in weeks.items():
                for column, var in columns:
                    cost = self.column_cost(key, week, column)
                    if cost:
                        self.cost.append((cost, var))

    def first(self, seconds: float) -> Solution | None:
        """A first climb on a quick skeleton: where the search starts; None when none was found."""
        room = {}
        for block, weeks in enumerate(self.blocks):
            for slot in self.table.slots:
                have = [
                    self.table.occasions[w, slot.index].minutes
                    for w in weeks
                    if (w, slot.index) in self.table.occasions
                ]
                room[block, slot.index] = (min(have) if have else 0) - self.warm_up_minutes
        columns = {key: {week: [c for c, _ in found] for week, found in weeks.items()} for key, weeks in self.x.items()}
        skeleton = quick_skeleton(
            self.case,
            self.gate,
            self.table,
            self.ladders,
            options(
                self.ladders,
                columns,
                self.gate.opens,
                self.case.weeks,
                self.column_minutes,
                self.column_cost,
                self._late(),
            ),
            self.blocks,
            room,
            lambda key, block: self._items(Contract(key, block, (), 0)),
            seconds,
        )
        if skeleton is None:
            return None
        chosen, minutes, stages = first_climb(
            self.ladders,
            columns,
            self.gate.opens,
            self.case.weeks,
            skeleton,
            self.blocks,
            room,
            self.column_minutes,
            self.column_cost,
        )
        contracts = {
            key: {
                block: Contract(key, block, skeleton[key][block], used)
                for block, used in found.items()
                if used and any(w in chosen[key] for w in self.blocks[block])
            }
            for key, found in minutes.items()
        }
        return Solution(
            ladders=self.ladders,
            columns=chosen,
            contracts=contracts,
            stages={d: tuple(found) for d, found in stages.items()},
        )

    def _late(self) -> int | None:
        """First week of a later block in which loads, and with them sessions, have grown."""
        phases = forecast(self.case)
        found = [w for w, p in enumerate(phases, start=1) if p is Phase.BUILD and w > 1]
        return found[0] if found and phases[0] is not Phase.BUILD else None

    def column_minutes(self, ladder: Ladder, column: Column) -> int:
        """Whole minutes of the longest session of a column, as contracts count them."""
        return max(_budget(self.minutes(ladder, ladder.rungs[r], column.week)) for r in column.rungs)

    # ---------------------------------------------------------------- solve
    def solve(
        self,
        seconds: float,
        effort: float,
        progress: Callable[[str, float, float, float], None] | None = None,
    ) -> Solution:
        """Solve the first tier: the climb and the skeleton, within ``effort`` of deterministic time.

        Raises
        ------
        Infeasible
            When the limits cannot all be met.
        OutOfTime
            When time ran out before any programme was found.
        """
        self.model.minimize(sum(weight * var for weight, var in self.cost))
        solver = _solver(seconds, effort)
        watcher = _Watcher("climb", progress)
        status = solver.solve(self.model, watcher)
        if status == cp_model.INFEASIBLE:
            again = _solver(seconds, 4 * effort)
            again.parameters.cp_model_presolve = False
            again.parameters.num_workers = 1
            status = again.solve(self.model)
            if status == cp_model.INFEASIBLE:
                raise Infeasible
            solver = again
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise OutOfTime
        first = Tier(
            "progress and coverage",
            solver.objective_value,
            solver.best_objective_bound,
            status == cp_model.OPTIMAL,
            solver.wall_time,
        )
        solution = self._read(solver)
        solution.tiers.append(first)
        solution.stopped_by_clock = status != cp_model.OPTIMAL and solver.wall_time >= seconds * 0.98
        return solution

    def hint(self, solution: Solution) -> None:
        """Starts the search from a solution of the same case."""
        for key, weeks in self.x.items():
            for week, found in weeks.items():
                chosen = solution.columns.get(key, {}).get(week)
                for column, var in found:
                    self.model.add_hint(var, column == chosen)
        for (key, block), made in self.y.items():
            signed = solution.contracts.get(key, {}).get(block, Contract(key, block, (), 0))
            for contract, var in made:
                self.model.add_hint(var, contract == signed)
        for (direction, week, stage), flag in self.open.items():
            if not isinstance(flag, int):
                self.model.add_hint(flag, stage <= solution.stages[direction][week - 1])

    def accept(self, solution: Solution, seconds: float) -> Solution | None:
        """The solution, completed and checked against the whole model; None when it breaks a limit."""
        self.model.minimize(sum(weight * var for weight, var in self.cost))
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        self.hint(solution)
        solver = _solver(seconds, 4.0)
        solver.parameters.fix_variables_to_their_hinted_value = True
        status = solver.solve(self.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for index in range(len(self.model.proto.variables)):
            var = self.model.get_int_var_from_proto_index(index)
            self.model.add_hint(var, solver.value(var))
        found = self._read(solver)
        found.tiers.append(Tier("progress and coverage", solver.objective_value, 0.0, False, solver.wall_time))
        return found

    def regular(
        self,
        solution: Solution,
        seconds: float,
        progress: Callable[[str, float, float, float], None] | None,
    ) -> Solution:
        """Second tier: the climb fixed, an even week and the same days from block to block."""
        model = self.model
        for key, weeks in self.x.items():
            for week, found in weeks.items():
                chosen = solution.columns.get(key, {}).get(week)
                for column, var in found:
                    model.add(var == (1 if column == chosen else 0))
        model.clear_hints()  # type: ignore[no-untyped-call]
        self.hint(solution)
        costs: list[tuple[int, cp_model.IntVar]] = []
        for key in self.ladders:
            for block in range(len(self.blocks) - 1):
                one, two = self.y.get((key, block)), self.y.get((key, block + 1))
                if one is None or two is None:
                    continue
                patterns = {c.slots for c, _ in one if c.slots} & {c.slots for c, _ in two if c.slots}
                for pattern in sorted(patterns):
                    left = model.new_bool_var("")
                    model.add(
                        left
                        >= sum(v for c, v in one if c.slots == pattern) - sum(v for c, v in two if c.slots == pattern)
                    )
                    costs.append((3, left))
        for made in self.y.values():
            for contract, var in made:
                spare = self._unevenness(contract.slots)
                # no more minutes booked than the climb needs
                if spare or contract.minutes:
                    costs.append((2 * spare + contract.minutes, var))
        for block in range(len(self.blocks)):
            for slots, scale in (((lambda c: c.minutes), 1), ((lambda c: 1), 8)):
                heaviest = model.new_int_var(0, 240, "")
                lightest = model.new_int_var(0, 240, "")
                for slot in self.table.slots:
                    here = [
                        slots(c) * v
                        for (k, b), made in self.y.items()
                        if b == block
                        for c, v in made
                        if slot.index in c.slots
                    ]
                    model.add(heaviest >= sum(here))
                    model.add(lightest <= sum(here))
                gap = model.new_int_var(0, 240, "")
                model.add(gap == heaviest - lightest)
                costs.append((scale, gap))
        model.minimize(sum(weight * var for weight, var in costs))
        again = _solver(seconds, 2.0)
        status = again.solve(model, _Watcher("week", progress))
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return solution
        better = self._read(again)
        better.tiers = [
            *solution.tiers,
            Tier(
                "regular week",
                again.objective_value,
                again.best_objective_bound,
                status == cp_model.OPTIMAL,
                again.wall_time,
            ),
        ]
        better.stopped_by_clock = solution.stopped_by_clock
        return better

    def _unevenness(self, pattern: tuple[int, ...]) -> int:
        if len(pattern) < 2:
            return 0
        offsets = [self.table.slots[i].offset for i in pattern]
        gaps = [(offsets[(i + 1) % len(offsets)] - offsets[i]) % 7 or 7 for i in range(len(offsets))]
        return max(gaps) - min(gaps)

    def _read(self, solver: cp_model.CpSolver) -> Solution:
        columns: dict[str, dict[int, Column]] = {}
        for key, weeks in self.x.items():
            columns[key] = {week: column for week, found in weeks.items() for column, var in found if solver.value(var)}
        contracts: dict[str, dict[int, Contract]] = defaultdict(dict)
        for (key, block), made in self.y.items():
            for contract, var in made:
                if solver.value(var) and contract.slots:
                    contracts[key][block] = contract
        stages: dict[Direction, tuple[int, ...]] = {}
        for direction, limit in self.gate.opens.items():
            found = []
            for week in range(1, self.case.weeks + 1):
                stage = limit.first
                for candidate in range(limit.first + 1, max(limit.highest) + 1):
                    flag = self.open[direction, week, candidate]
                    if (flag if isinstance(flag, int) else solver.value(flag)) == 1:
                        stage = candidate
                found.append(stage)
            stages[direction] = tuple(found)
        return Solution(
            ladders=self.ladders,
            columns=columns,
            contracts=dict(contracts),
            stages=stages,
            size={
                "columns": sum(len(found) for weeks in self.x.values() for found in weeks.values()),
                "contracts": sum(len(made) for made in self.y.values()),
                "variables": len(self.model.proto.variables),
                "constraints": len(self.model.proto.constraints),
            },
        )


def _budget(minutes: float) -> int:
    """The smallest contract that holds so many minutes."""
    for budget in BUDGETS:
        if minutes <= budget + 1e-9:
            return budget
    return math.ceil(minutes)


def _solver(seconds: float, effort: float) -> cp_model.CpSolver:
    """One worker, a fixed seed: the same bytes on every run."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.interleave_search = True
    solver.parameters.random_seed = 1
    solver.parameters.linearization_level = 2
    solver.parameters.relative_gap_limit = GAP
    solver.parameters.max_deterministic_time = effort
    solver.parameters.max_time_in_seconds = seconds
    return solver


class _Watcher(cp_model.CpSolverSolutionCallback):
    """Reports each better solution; keeps the first time."""

    def __init__(self, phase: str, progress: Callable[[str, float, float, float], None] | None) -> None:
        super().__init__()
        self.phase = phase
        self.progress = progress
        self.first: float | None = None

    def on_solution_callback(self) -> None:
        if self.first is None:
            self.first = self.wall_time
        if self.progress is not None:
            self.progress(self.phase, self.objective_value, self.best_objective_bound, self.wall_time)
