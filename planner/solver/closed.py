"""When an exercise is closed to a patient, by which rule, and because of which line of the file."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from planner.domain.case import Case
from planner.domain.exercise import Exercise
from planner.domain.programme import Exclusion
from planner.rules import RULES
from planner.rules.content import TrackPlan
from planner.solver.gate import Gate
from planner.solver.ladders import LadderBuilder
from planner.solver.week import WeekTable


@dataclass(frozen=True)
class Closure:
    """Weeks, first and last, in which an exercise is open (``rule`` None) or closed by a rule."""

    first: int
    last: int
    rule: str | None
    because: str


def closures(case: Case, gate: Gate, table: WeekTable, exercise: Exercise) -> tuple[Closure, ...]:
    """Every week of the programme, in runs, at the gentlest dose and with the envelope at its widest.

    An exercise that is open may still be absent: a track has one ladder, and others may serve it better.
    """
    whole = (1, case.weeks)
    if not exercise.complete:
        return (Closure(*whole, "E6", "the catalogue: its tags are incomplete"),)
    if not exercise.tracks:
        return (Closure(*whole, "E8", "the catalogue: no track uses it, so it is planned for nobody"),)
    if exercise.id in case.patient.dislikes:
        return (Closure(*whole, "the patient's wish", "dislikes"),)
    plan = TrackPlan(exercise.tracks[0].value, exercise.tracks[0], ("O2",), 1, (1, 1, 1))
    states = LadderBuilder(case, gate, table, frozenset()).states(exercise, plan, 1)
    if not states:
        needed = " or ".join(
            dict.fromkeys(" and ".join([setup.implement.value, *setup.needs]) for setup in exercise.setups)
        )
        return (Closure(*whole, "E1", f"places: none has what it needs ({needed.replace('_', ' ')})"),)
    state, where = states[0]
    if not gate.slots_for(exercise, where, table):
        return (Closure(*whole, "M1", "availability: every session is too soon after waking"),)
    weeks = []
    for week in range(1, case.weeks + 1):
        limit = gate.closing(exercise, state, week)
        weeks.append((week, None if limit is None else limit.rule, "" if limit is None else limit.because))
    out = []
    for (rule, because), run in itertools.groupby(weeks, key=lambda row: row[1:]):
        numbers = [week for week, *_ in run]
        out.append(Closure(numbers[0], numbers[-1], rule, because))
    return tuple(out)


def excluded(case: Case, gate: Gate, table: WeekTable) -> tuple[Exclusion, ...]:
    """Every exercise that is closed in some week, grouped by rule, line and weeks, in the order of the rules."""
    groups: dict[tuple[str, str, int, int], list[str]] = {}
    for exercise in case.exercises.values():
        for run in closures(case, gate, table, exercise):
            if run.rule is not None:
                groups.setdefault((run.rule, run.because, run.first, run.last), []).append(exercise.id)
    order = {rule: n for n, rule in enumerate(RULES)}
    return tuple(
        Exclusion(rule=rule, because=because, first_week=first, last_week=last, exercises=tuple(found))
        for (rule, because, first, last), found in sorted(
            groups.items(), key=lambda pair: (order.get(pair[0][0], -1), pair[0][1:])
        )
    )
