"""Obstacles: what arithmetic alone shows to be impossible, before any search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from planner.domain.exercise import Exercise, Track
from planner.domain.patient import GoalKind
from planner.progression.ladder import rungs_of
from planner.progression.loads import owned, setup_at
from planner.rules import RULES
from planner.rules.base import value
from planner.rules.content import goal_name
from planner.rules.dosing import deload_weeks
from planner.rules.endurance import W1
from planner.rules.limits import Cover
from planner.rules.practical import blocks
from planner.solver.closed import Closure, closures
from planner.solver.columns import Conditions
from planner.solver.daily import walk, walk_minutes, walking_slot
from planner.solver.ladders import Ladder
from planner.solver.pace import quickest
from planner.solver.prepare import Prepared
from planner.solver.terms import Infeasible
from planner.solver.week import SHORTEST_SESSION


@dataclass(frozen=True)
class Obstacle:
    """One thing that cannot be: the rules that make it so, the line of the patient file, and the arithmetic."""

    rules: str
    path: str
    words: str

    def __str__(self) -> str:
        return f"{self.rules}: {self.path}: {self.words}"


def obstacles(prepared: Prepared) -> Iterator[Obstacle]:
    """Everything that a case asks and cannot have, whatever else it gives up."""
    week = week_obstacle(prepared)
    if week is not None:
        yield week
        return
    for index, goal in enumerate(prepared.case.patient.goals):
        found = goal_obstacle(prepared, index) if goal.priority == "must" else None
        if found is not None:
            yield found
    asked = wish_obstacle(prepared)
    if asked is not None:
        yield asked
    yield from _balance(prepared)


def week_obstacle(prepared: Prepared) -> Obstacle | None:
    """Why no session fits the week at all."""
    case, table = prepared.case, prepared.table
    availability = case.patient.availability
    longest = max((window.minutes for window in availability.windows), default=0)
    cap = availability.session_minutes or longest
    if not table.slots:
        return Obstacle(
            "E2",
            "availability.windows",
            f"no session fits: the longest has {min(longest, cap)} minutes, and the shortest session "
            f"({prepared.warm_up_minutes} minutes of warm-up and two exercises) needs {SHORTEST_SESSION}.",
        )
    if not table.occasions:
        return Obstacle("E2", "availability.windows", "all of them are taken by busy events or days away.")
    return None


def wish_obstacle(prepared: Prepared) -> Obstacle | None:
    """Why what somebody asks to see cannot be there even alone; None when its own climb shows it in time."""
    wish = prepared.wish
    if wish is None:
        return None
    exercise = prepared.case.exercises[wish.exercise]
    closed = next((run for run in _closures(prepared, exercise) if run.first <= wish.week <= run.last), None)
    if closed is not None and closed.rule is not None:
        return Obstacle(
            closed.rule,
            closed.because,
            f"{exercise.name} is closed in weeks {closed.first} to {closed.last} by {closed.rule}, because of "
            f"{closed.because}.",
        )
    ladder = prepared.wished
    if ladder is None:
        rule = _closing(prepared, exercise.id, wish.week)
        return Obstacle(rule, "", f"{exercise.name} is not open to this patient in week {wish.week}.")
    rungs = [rung for rung in ladder.rungs if wish.granted(prepared.case, rung)]
    if not rungs and any(wish.names(rung, rung.state) for rung in ladder.rungs):
        return Obstacle("O5", "training.status", f"week {wish.week} is a deload, in which there are fewer sets.")
    if not rungs:
        return Obstacle("E1, E6", "", f"no dose of {exercise.name} that the catalogue and the equipment allow is that.")
    if wish.weekday is not None and all(s.window.day.number != wish.weekday for s in prepared.table.slots):
        return Obstacle("E2", "availability.windows", "there is no session on that day.")
    if not any(wish.week in rung.open_weeks for rung in rungs):
        limit = prepared.gate.closing(rungs[0].exercise, rungs[0].state, wish.week)
        rule = "PH" if limit is None else limit.rule
        because = "" if limit is None else limit.because
        return Obstacle(rule, because, f"{exercise.name} at that dose is closed in week {wish.week} by {rule}.")
    try:
        replace(prepared, ladders=(ladder,)).terms()
    except Infeasible:
        first = ladder.rungs[0]
        return Obstacle(
            "O1, E4",
            "",
            f"the climb to it begins with {first.exercise.name} in week {ladder.first_week}, and the steps that the "
            f"rules allow do not lead there by week {wish.week}.",
        )
    return None


def _closures(prepared: Prepared, exercise: Exercise) -> tuple[Closure, ...]:
    return closures(prepared.case, prepared.gate, prepared.table, exercise)


def goal_obstacle(prepared: Prepared, index: int) -> Obstacle | None:
    """Why a goal is out of reach even if nothing else is asked; None when its own climb reaches it."""
    goal = prepared.case.patient.goals[index]
    path = f"goals[{index}]"
    if goal.kind is GoalKind.WALK:
        return _walk(prepared, index, path)
    if goal.kind is GoalKind.RUN:
        return Obstacle("E8", path, "running is not planned; ask for walking, or make it a want.")
    if goal.exercise is not None:
        return _lift(prepared, index, path)
    return None


def _lift(prepared: Prepared, index: int, path: str) -> Obstacle | None:
    case = prepared.case
    goal = case.patient.goals[index]
    exercise = case.exercises.get(goal.exercise or "")
    if exercise is None:
        return Obstacle("E6", path, f"exercise {goal.exercise} is not in the catalogue.")
    if goal.exercise in case.patient.dislikes:
        return Obstacle("the patient's wish", path, f"{exercise.name} is among the dislikes.")
    places = [case.patient.place(name) for name in sorted({slot.place for slot in prepared.table.slots})]
    there = [place for place in places if setup_at(place, exercise) is not None]
    if not there:
        needs = " or ".join("+".join([*(n.value for n in s.needs), s.implement.value]) for s in exercise.setups)
        return Obstacle("E1", path, f"no place with a session has what {exercise.name} needs ({needs}).")
    if goal.load_kg is not None:
        heaviest = max(
            (load.kg for p in there for s in exercise.setups for load in owned(p.equipment, s.implement)), default=0.0
        )
        if heaviest < goal.load_kg - 1e-6:
            return Obstacle(
                "E1",
                path,
                f"{goal.load_kg:g} kg asked, but the heaviest load owned for {exercise.name} is {heaviest:g} kg.",
            )
    ladder = next((lad for lad in prepared.ladders if lad.plan.goal is goal), None)
    if ladder is None:
        rival = next((p.goal for p in prepared.plans if p.track in exercise.tracks[:1] and p.goal is not None), None)
        if rival is not None and rival is not goal and rival.priority == "must":
            other = goal_name(case.patient.goals.index(rival))
            return Obstacle("E8", path, f"{other} must be reached by the same line of work; a line has one must goal.")
    if ladder is None or not any(rung.exercise.id == exercise.id for rung in ladder.rungs):
        rule = _closing(prepared, exercise.id)
        return Obstacle(rule, path, f"{exercise.name} is not open to this patient in {case.weeks} weeks.")
    reach = _reach(prepared, ladder)
    by = min(goal.by_week or case.weeks, case.weeks)
    wanted = [
        r
        for r in ladder.rungs
        if r.exercise.id == exercise.id
        and (goal.load_kg is None or (r.state.load is not None and r.state.load.kg >= goal.load_kg - 1e-6))
        and (goal.repetitions is None or max(r.state.counts) >= goal.repetitions)
    ]
    best = max((p for w, p in reach.items() if w <= by), default=0.0)
    if wanted and best >= min(r.progress for r in wanted) - 1e-9:
        return None
    got = max((r for r in ladder.rungs if r.progress <= best + 1e-9), key=lambda r: r.progress)
    load = f" at {got.state.load.text}" if got.state.load else ""
    return Obstacle(
        "O1, D1",
        path,
        f"the quickest climb that the rules allow reaches {got.exercise.name}{load} x {max(got.state.counts)} "
        f"by week {by}.",
    )


def _reach(prepared: Prepared, ladder: Ladder) -> dict[int, float]:
    """Progress of the quickest climb of a ladder, with its track alone."""
    table = prepared.table
    deloads = deload_weeks(prepared.case)
    block_of = {week: b for b, weeks in enumerate(blocks(prepared.case)) for week in weeks}
    alone = Conditions(
        block_of=block_of.__getitem__,
        deload=deloads.__contains__,
        short=lambda week: len(table.lost(week)),
        growth=None,
        sets_of=lambda rung, week: rung.sets,
    )
    return quickest(ladder, alone, min(ladder.plan.frequency[2], len(table.slots)))


def _closing(prepared: Prepared, exercise: str, week: int | None = None) -> str:
    """The rule that closes an exercise in a week (the last), else those that may let it open too late."""
    case = prepared.case
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
    rule = prepared.gate.closed_by(found, states[0], week or case.weeks) if states else None
    return f"{rule} ({RULES[rule].title.lower()})" if rule else "PH, D1"


def _walk(prepared: Prepared, index: int, path: str) -> Obstacle | None:
    case = prepared.case
    goal = case.patient.goals[index]
    minutes = goal.minutes or 0
    slot = walking_slot(case)
    if slot is None:
        return Obstacle("E2", path, "there is no daily slot of 10 minutes or more to walk in.")
    if slot.minutes < minutes:
        return Obstacle("E2", path, f"{minutes} minutes asked, the longest daily slot has {slot.minutes}.")
    by = min(goal.by_week or case.weeks, case.weeks)
    planned = walk_minutes(case)
    walks = [w for week in range(1, by + 1) if (w := walk(case, prepared.gate, week, planned, frozenset())) is not None]
    if not walks:
        rule = prepared.gate.closed_by(case.exercises["walking"], rungs_of(case.exercises["walking"])[0], by)
        return Obstacle(rule or "W1", path, "walking is not open to this patient.")
    best = max((row.seconds or (row.rounds or 0) * (row.work_seconds or 0)) / 60 for w in walks for row in w.dose.sets)
    if best < minutes - 0.5:
        percent = value(case, W1, "percent")
        return Obstacle(
            "W1",
            path,
            f"growing by at most {percent:g} % a week in a slot of {slot.minutes} minutes, walking reaches {best:g} "
            f"minutes by week {by}.",
        )
    return None


def _balance(prepared: Prepared) -> Iterator[Obstacle]:
    """Balance work that is required, without any exercise that could give it."""
    for limit in prepared.gate.limits:
        if isinstance(limit, Cover) and limit.track is Track.BALANCE:
            exercises = prepared.case.exercises.values()
            if not any(Track.BALANCE in e.tracks and e.complete and e.daily for e in exercises):
                yield Obstacle("B1", limit.because, "balance work is required, and no such exercise is open.")
