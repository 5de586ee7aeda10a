"""A quick weekly skeleton: how often each track runs and on which days, before any climb is chosen.

Each way to run a track is costed by its cheapest climb on its own, so the skeleton is a good guess;
with it fixed a first climb of everything together starts the search of the whole model.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ortools.sat.python import cp_model

from planner.domain.case import Case
from planner.domain.exercise import SECTION_OF, Muscle, Section
from planner.rules.limits import Cover, Gap
from planner.rules.practical import unsure
from planner.solver.columns import Column
from planner.solver.gate import Gate
from planner.solver.ladders import Ladder
from planner.solver.week import WeekTable

#: Track -> block -> slots; a block that is missing is one in which the track does not run.
Skeleton = dict[str, dict[int, tuple[int, ...]]]

#: Cost of a week without a track, per weight, and of a minute too many in a session.
ABSENT = 60
OVER = 400


@dataclass(frozen=True)
class Option:
    """One way to run a track: so many sessions a week, early and late, at this cost, on this path.

    ``path`` gives the column of each week, ``minutes`` the whole minutes of its longest session.
    """

    profile: tuple[int, int]
    cost: int
    path: Mapping[int, Column]
    minutes: Mapping[int, int]


def patterns(table: WeekTable, slots: frozenset[int], size: int) -> list[tuple[int, ...]]:
    """Sets of slots of one size; those with a free day between where the week has room for them."""
    every = list(itertools.combinations(sorted(slots), size))
    if size < 2:
        return every

    def spread(pattern: tuple[int, ...]) -> bool:
        days = [table.slots[i].offset for i in pattern]
        return min((days[(i + 1) % size] - days[i]) % 7 for i in range(size)) >= 2

    wide = [pattern for pattern in every if spread(pattern)]
    return wide or every


def quick_skeleton(
    case: Case,
    gate: Gate,
    table: WeekTable,
    ladders: Mapping[str, Ladder],
    options: Mapping[str, tuple[Option, ...]],
    blocks: tuple[tuple[int, ...], ...],
    room: Mapping[tuple[int, int], int],
    items: Callable[[str, int], int],
    seconds: float,
) -> Skeleton | None:
    """A skeleton that fits the week, None when none was found in time.

    ``room[block, slot]`` are the minutes of a slot, ``items(track, block)`` how many exercises the
    track brings into a session.
    """
    model = cp_model.CpModel()
    costs: list[tuple[int, cp_model.IntVar]] = []
    run: list[tuple[str, int, Option, tuple[int, ...], cp_model.IntVar]] = []
    for key, choices in options.items():
        chosen = [model.new_bool_var(f"{key}.{option.profile}") for option in choices]
        absent = model.new_bool_var(f"{key}.absent")
        model.add_exactly_one([*chosen, absent])
        costs.append((ladders[key].plan.weight * ABSENT * case.weeks, absent))
        for option, var in zip(choices, chosen, strict=True):
            costs.append((option.cost, var))
            for block, weeks in enumerate(blocks):
                active = [option.path[w] for w in weeks if w in option.path]
                if not active:
                    continue
                rungs = [ladders[key].rungs[r] for column in active for r in column.rungs]
                allowed = frozenset.intersection(*(rung.slots for rung in rungs))
                made = [
                    (pattern, model.new_bool_var(f"{key}.{option.profile}.{block}.{i}"))
                    for i, pattern in enumerate(patterns(table, allowed, active[0].frequency))
                ]
                model.add(sum(v for _, v in made) == var)
                run.extend((key, block, option, pattern, v) for pattern, v in made)
    _capacity(model, case, gate, table, run, blocks, room, items, costs)
    _covers(model, gate, ladders, run, blocks)
    for limit in gate.limits:
        if isinstance(limit, Gap):
            _gap(model, gate, table, ladders, run, blocks, limit)
    model.minimize(sum(weight * var for weight, var in costs))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.interleave_search = True
    solver.parameters.random_seed = 1
    solver.parameters.relative_gap_limit = 0.02
    solver.parameters.max_deterministic_time = 1.5
    solver.parameters.max_time_in_seconds = seconds
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    out: Skeleton = {}
    for key, block, _, pattern, var in run:
        if solver.value(var):
            out.setdefault(key, {})[block] = pattern
    return out


Run = list[tuple[str, int, Option, tuple[int, ...], cp_model.IntVar]]


def _capacity(
    model: cp_model.CpModel,
    case: Case,
    gate: Gate,
    table: WeekTable,
    run: Run,
    blocks: tuple[tuple[int, ...], ...],
    room: Mapping[tuple[int, int], int],
    items: Callable[[str, int], int],
    costs: list[tuple[int, cp_model.IntVar]],
) -> None:
    """Minutes and exercises of every slot of every block."""
    for block, weeks in enumerate(blocks):
        cap = max(1, min(gate.items_a_session(w) for w in weeks) - (1 if unsure(case) else 0))
        for slot in table.slots:
            here = [(key, option, var) for key, b, option, pattern, var in run if b == block and slot.index in pattern]
            minutes = [(max(option.minutes[w] for w in weeks if w in option.minutes), var) for _, option, var in here]
            over = model.new_int_var(0, 60, f"over.{block}.{slot.index}")
            # a few minutes too many are mended by the climb, which may stay a rung lower
            model.add(sum(m * v for m, v in minutes) <= room[block, slot.index] + over)
            model.add(sum(items(key, block) * v for key, _, v in here) <= cap)
            costs.append((OVER, over))


def _covers(
    model: cp_model.CpModel,
    gate: Gate,
    ladders: Mapping[str, Ladder],
    run: Run,
    blocks: tuple[tuple[int, ...], ...],
) -> None:
    for limit in gate.limits:
        if not isinstance(limit, Cover) or limit.track is not None:
            continue
        for block, weeks in enumerate(blocks):
            inside = [w for w in weeks if w in limit.weeks]
            users = [
                var
                for key, b, option, _, var in run
                if b == block
                and all(
                    w in option.path
                    and any(
                        gate.burden(ladders[key].rungs[r].exercise, ladders[key].rungs[r].state).resists[way] >= 1
                        for r in option.path[w].rungs
                        for way in limit.resisting
                    )
                    for w in inside
                )
            ]
            if inside and users:
                model.add(sum(users) >= 1)


def _gap(
    model: cp_model.CpModel,
    gate: Gate,
    table: WeekTable,
    ladders: Mapping[str, Ladder],
    run: Run,
    blocks: tuple[tuple[int, ...], ...],
    limit: Gap,
) -> None:
    """Hard work of a muscle leaves free days, judged on everything that the ladder could bring."""
    close = {
        (a.index, b.index, b.offset <= a.offset)
        for a in table.slots
        for b in table.slots
        if a.index != b.index and 0 < (b.offset - a.offset) % 7 <= limit.days
    }
    if not close:
        return
    busy: dict[tuple[int, Muscle, int], cp_model.IntVar] = {}
    for key, block, _, pattern, var in run:
        ladder = ladders[key]
        if SECTION_OF[ladder.plan.track] is Section.TRUNK:
            continue
        muscles = {
            muscle
            for week in blocks[block]
            if ladder.active(week)
            for rung in ladder.rungs
            if week in rung.open_weeks and gate.effort(rung.exercise, rung.state, week) >= limit.effort
            for muscle in rung.exercise.primary_muscles
        }
        for muscle in muscles:
            for slot in pattern:
                place = (block, muscle, slot)
                if place not in busy:
                    busy[place] = model.new_bool_var(f"hard.{block}.{muscle.value}.{slot}")
                model.add_implication(var, busy[place])
    for (block, muscle, a), flag in busy.items():
        for one, b, wraps in close:
            if one != a:
                continue
            for other in {block, block + 1} if wraps else {block}:
                if (other, muscle, b) in busy:
                    model.add_bool_or(flag.negated(), busy[other, muscle, b].negated())
