"""Reasons why no programme exists: arithmetic that names the culprit before or after the solve."""

from __future__ import annotations

from planner.domain.case import Case
from planner.domain.exercise import Track
from planner.domain.patient import GoalKind
from planner.progression.loads import owned, setup_at
from planner.rules import RULES
from planner.rules.content import TrackPlan, goal_name
from planner.rules.dosing import deload_weeks
from planner.rules.limits import Cover
from planner.rules.practical import blocks
from planner.solver.columns import Conditions
from planner.solver.gate import Gate
from planner.solver.ladders import Ladder
from planner.solver.pace import quickest
from planner.solver.week import SHORTEST_SESSION, WeekTable


def before_solving(case: Case, gate: Gate, table: WeekTable, warm_up: int) -> list[str]:
    """Reasons that follow from the patient's week alone."""
    out = []
    availability = case.patient.availability
    longest = max((window.minutes for window in availability.windows), default=0)
    cap = availability.session_minutes or longest
    if not table.slots:
        out.append(
            f"E2: no session fits: the longest window has {min(longest, cap)} minutes, and the shortest session "
            f"({warm_up} minutes of warm-up and two exercises) needs {SHORTEST_SESSION}. "
            "Lengthen a window in availability.windows, or raise session_minutes."
        )
        return out
    if not table.occasions:
        out.append("E2: every window of every week is taken by busy events or days away (availability.busy, away).")
    return out


def why_infeasible(
    case: Case,
    gate: Gate,
    table: WeekTable,
    plans: tuple[TrackPlan, ...],
    ladders: list[Ladder],
    warm_up: int,
    *,
    only_certain: bool,
) -> list[str]:
    """Reasons that follow from goals, equipment and time; with ``only_certain`` those that are proved."""
    out = []
    for i, goal in enumerate(case.patient.goals):
        if goal.priority != "must":
            continue
        name = f"goals[{i}] ({goal_name(i)}, must)"
        if goal.kind in (GoalKind.WALK, GoalKind.RUN):
            out.extend(_minutes_goal(case, i, name))
            continue
        if goal.exercise is None:
            continue
        out.extend(_lift_goal(case, gate, table, ladders, i, name))
    out.extend(_covers(case, gate, ladders))
    if out or only_certain:
        return out
    minutes = [
        min(o.minutes for (w, s), o in table.occasions.items() if s == slot.index)
        for slot in table.slots
        if any(s == slot.index for _, s in table.occasions)
    ]
    need = 0.0
    for ladder in ladders:
        rung = ladder.rungs[0]
        from planner.solver.ladders import seconds_of

        need += ladder.plan.frequency[0] * seconds_of(rung.exercise, rung.state, per_side=rung.exercise.sided) / 60
    have = sum(minutes) - warm_up * len(minutes)
    out.append(
        f"The solver proved that the hard rules cannot all be met. The week has {have:.0f} minutes for exercises in "
        f"{len(minutes)} sessions; once through everything asked takes about {need:.0f}. "
        "Longer or more windows, fewer must goals or more weeks would help."
    )
    return out


def _lift_goal(case: Case, gate: Gate, table: WeekTable, ladders: list[Ladder], index: int, name: str) -> list[str]:
    goal = case.patient.goals[index]
    exercise = case.exercises.get(goal.exercise or "")
    if exercise is None:
        return [f"E6: {name}: exercise {goal.exercise} is not in the catalogue."]
    places = {slot.place for slot in table.slots}
    there = [case.patient.place(p) for p in sorted(places) if setup_at(case.patient.place(p), exercise) is not None]
    if not there:
        needs = " or ".join("+".join([*(n.value for n in s.needs), s.implement.value]) for s in exercise.setups)
        return [f"E1: {name}: no place with a session has what {exercise.name} needs ({needs})."]
    if goal.load_kg is not None:
        heaviest = max(
            (load.kg for p in there for s in exercise.setups for load in owned(p.equipment, s.implement)), default=0.0
        )
        if heaviest < goal.load_kg - 1e-6:
            return [
                f"E1: {name}: {goal.load_kg:g} kg asked, but the heaviest load owned for {exercise.name} "
                f"is {heaviest:g} kg."
            ]
    ladder = next((lad for lad in ladders if lad.plan.goal is goal), None)
    if ladder is None or not any(r.exercise.id == exercise.id for r in ladder.rungs):
        closing = _closing_rule(case, gate, ladder, exercise.id)
        return [f"{closing}: {name}: {exercise.name} is not open to this patient in {case.weeks} weeks."]
    deloads = deload_weeks(case)
    block_of = {week: b for b, weeks in enumerate(blocks(case)) for week in weeks}
    alone = Conditions(
        block_of=block_of.__getitem__,
        still=lambda week: week in deloads or bool(table.lost(week)),
        short=lambda week: len(table.lost(week)),
        growth=None,
        sets_of=lambda rung, week: rung.sets,
    )
    reach = quickest(ladder, alone, min(ladder.plan.frequency[2], len(table.slots)))
    by = goal.by_week or case.weeks
    wanted = [
        r
        for r in ladder.rungs
        if r.exercise.id == exercise.id
        and (goal.load_kg is None or (r.state.load is not None and r.state.load.kg >= goal.load_kg - 1e-6))
        and (goal.repetitions is None or max(r.state.counts) >= goal.repetitions)
    ]
    best = max((p for w, p in reach.items() if w <= by), default=0.0)
    if not wanted or best < min(r.progress for r in wanted) - 1e-9:
        got = max((r for r in ladder.rungs if r.progress <= best + 1e-9), key=lambda r: r.progress)
        load = f" at {got.state.load.text}" if got.state.load else ""
        return [
            f"O1, D1: {name}: the quickest climb that the rules allow reaches {got.exercise.name}{load} "
            f"x {max(got.state.counts)} by week {by}. More weeks, a smaller goal, or priority: want."
        ]
    return []


def _closing_rule(case: Case, gate: Gate, ladder: Ladder | None, exercise: str) -> str:
    from planner.progression.ladder import rungs_of

    found = case.exercises[exercise]
    loads = tuple(
        sorted(
            {
                load
                for place in case.patient.places
                for setup in found.setups
                for load in owned(place.equipment, setup.implement)
            },
            key=lambda load: load.kg,
        )
    )
    states = rungs_of(found, loads=loads, start_kg=1000.0 if loads else None, bands=("light",))
    if states:
        rule = gate.closed_by(found, states[0], case.weeks)
        if rule:
            return f"{rule} ({RULES[rule].title.lower()})"
    return "PH, D1 (not enough weeks)"


def _minutes_goal(case: Case, index: int, name: str) -> list[str]:
    from planner.solver.daily import _walk_minutes, walking_slot

    goal = case.patient.goals[index]
    if goal.kind is not GoalKind.WALK:
        return []
    slot = walking_slot(case)
    if slot is None:
        return [f"E2: {name}: no daily slot of 10 minutes or more to walk in (availability.daily_slots)."]
    if slot.minutes < (goal.minutes or 0):
        return [
            f"E2: {name}: {goal.minutes} minutes asked, the longest daily slot has {slot.minutes} "
            "(availability.daily_slots)."
        ]
    planned = _walk_minutes(case)
    by = goal.by_week or case.weeks
    best = max((m for w, m in planned.items() if w <= by), default=0)
    if best < (goal.minutes or 0):
        return [f"W1: {name}: growing by at most a fifth a week reaches {best} minutes by week {by}."]
    return []


def _covers(case: Case, gate: Gate, ladders: list[Ladder]) -> list[str]:
    """Required cover without any exercise that could give it."""
    out = []
    for limit in gate.limits:
        if not isinstance(limit, Cover) or limit.track is not Track.BALANCE:
            continue
        if not any(Track.BALANCE in e.tracks and e.complete and e.daily for e in case.exercises.values()):
            out.append("B1: balance work is required, and no balance exercise is open to this patient.")
    return out
