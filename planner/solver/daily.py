"""Little-and-often work: the preferred direction, nerve glides, relief, balance and walking.

Nothing here competes for the minutes of a session, so nothing is left to the solver: the dose
of each week follows from phase and rule.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from planner.domain.case import Case
from planner.domain.directions import Direction, Side
from planner.domain.dose import Dose, DoseKind, SetRow
from planner.domain.exercise import Exercise, NeuralKind, Track
from planner.domain.patient import DailySlot, GoalKind, Irritability, Weekday
from planner.domain.programme import Phase
from planner.progression.ladder import State, dose_of, rungs_of
from planner.progression.loads import ALWAYS_THERE
from planner.rules.base import value
from planner.rules.bone import B1, fragile, needs_balance
from planner.rules.content import goal_name
from planner.rules.directional import D2, lateral_first, preference
from planner.rules.endurance import W1, walks_in_intervals
from planner.rules.gaps import weeks_still
from planner.rules.limits import Forbid, Link
from planner.rules.neural import N2, nerve_found
from planner.rules.phases import climb_begins, first_week_in, forecast, irritability_in, weeks_into
from planner.solver.gate import Gate

#: Used when the patient file names no daily slot; said among the assumptions. [D]
DEFAULT_SLOT = DailySlot(at=dt.time(12, 30), minutes=10)

#: Minutes of a daily slot in which a bout of balance work fits. [D]
ENOUGH_FOR_BALANCE = 5


#: Envelope stage of each week, per direction that is not tolerated.
Stages = Mapping[Direction, tuple[int, ...]]


@dataclass(frozen=True)
class DailyItem:
    """One line of a day's little-and-often work in one week."""

    track: Track
    exercise: Exercise
    side: Side
    dose: Dose
    note: str
    serves: tuple[str, ...]
    weekdays: frozenset[int]

    @property
    def minutes(self) -> float:
        """Minutes of one bout."""
        return self.dose.seconds_in_session() / 60


def slots(case: Case) -> tuple[DailySlot, ...]:
    """The patient's daily slots, or the default one; with it where balance work finds too few days."""
    given = case.patient.availability.daily_slots
    if not given:
        return (DEFAULT_SLOT,)
    missing = uncovered(case)
    return (*given, DEFAULT_SLOT.model_copy(update={"days": missing})) if missing else given


def uncovered(case: Case) -> tuple[Weekday, ...]:
    """Days on which balance work needs the default slot, because the slots given leave it too few (rule B1)."""
    given = case.patient.availability.daily_slots
    covered = {day for slot in given if slot.minutes >= ENOUGH_FOR_BALANCE for day in slot.days}
    if not given or not needs_balance(case) or len(covered) >= value(case, B1, "days"):
        return ()
    return tuple(day for day in Weekday if day not in covered)


def walking_slot(case: Case) -> DailySlot | None:
    """The longest daily slot, when a walk fits into it."""
    if not case.patient.availability.daily_slots:
        return None
    longest = max(slots(case), key=lambda slot: slot.minutes)
    return longest if longest.minutes >= 10 else None


def daily_items(
    case: Case, gate: Gate, training_days: frozenset[int], stages: Stages
) -> dict[int, tuple[DailyItem, ...]]:
    """The daily work of every week, inside the envelope as it was solved; after an absence as before it (rule R1)."""
    out: dict[int, tuple[DailyItem, ...]] = {}
    walks = walk_minutes(case)
    still = weeks_still(case)
    for week in range(1, case.weeks + 1):
        like = still.get(week, week)
        items = [
            item
            for item in (
                _relief(case, gate, stages, like),
                _directional(case, gate, stages, like),
                *_neural(case, gate, stages, like),
                _balance(case, gate, stages, like),
                walk(case, gate, week, walks, training_days),
            )
            if item is not None
        ]
        out[week] = tuple(_with_balance_days(case, _fit(case, items)))
    return out


def _with_balance_days(case: Case, items: list[DailyItem]) -> list[DailyItem]:
    """Walks on fewer days where they would leave balance work too few (rule B1)."""
    if not any(item.track is Track.BALANCE for item in items):
        return items

    def days() -> int:
        placed = [assigned(case, tuple(items), weekday) for weekday in range(7)]
        return sum(any(i.track is Track.BALANCE for _, held in day for i in held) for day in placed)

    while days() < value(case, B1, "days"):
        index = next((n for n, item in enumerate(items) if item.track is Track.AEROBIC and item.weekdays), None)
        if index is None:
            break
        walk = items[index]
        fewer = walk.weekdays - {max(walk.weekdays)}
        items = [*items[:index], *([replace(walk, weekdays=fewer)] if fewer else []), *items[index + 1 :]]
    return items


def _fit(case: Case, items: list[DailyItem]) -> list[DailyItem]:
    """Drops the least needed line while the day's slots cannot hold one bout of each."""
    kept = list(items)
    room = sum(slot.minutes for slot in slots(case))
    order = (Track.RELIEF, Track.BALANCE, Track.NEURAL, Track.DIRECTIONAL)
    for track in order:
        if sum(item.minutes for item in kept) <= room:
            break
        if track is Track.BALANCE and needs_balance(case):
            continue
        kept = [item for item in kept if item.track is not track]
    return kept


def _usable(gate: Gate, stages: Stages, exercise: Exercise, week: int) -> State | None:
    """The first dose of an exercise that needs nothing, if it is open in the week."""
    if not exercise.complete or not any(
        setup.implement.value == "none" and set(setup.needs) <= ALWAYS_THERE for setup in exercise.setups
    ):
        return None
    states = rungs_of(exercise)
    if not states or exercise.id in gate.case.patient.dislikes:
        return None
    return (
        states[0]
        if gate.closed_by(exercise, states[0], week) is None and _inside(gate, stages, exercise, states[0], week)
        else None
    )


def _inside(gate: Gate, stages: Stages, exercise: Exercise, state: State, week: int) -> bool:
    """Whether the dose lies inside this week's envelope."""
    return all(
        stage is not None and stage <= stages[direction][week - 1]
        for direction, stage in gate.stages(exercise, state).items()
    )


def wanted_directions(case: Case, week: int) -> tuple[Direction, ...]:
    """Directions worked in a week, the wanted one first: as tested; after a side glide, extension from restore.

    Where nothing of extension is open the side glide goes on (rule D3).
    """
    direction = preference(case)
    if direction is None:
        return ()
    if lateral_first(case) and forecast(case)[week - 1] is not Phase.SETTLE:
        return (Direction.EXTENSION, direction)
    return (direction,)


def directional_exercise(case: Case, gate: Gate, stages: Stages, week: int) -> tuple[Exercise, Side] | None:
    """The exercise of the preferred direction in a week: full range once settling has begun."""
    found = (_of_direction(case, gate, stages, week, direction) for direction in wanted_directions(case, week))
    return next((one for one in found if one is not None), None)


def _of_direction(
    case: Case, gate: Gate, stages: Stages, week: int, direction: Direction
) -> tuple[Exercise, Side] | None:
    """The exercise of one direction that is open in a week, None when there is none."""
    shift = direction in (Direction.SHIFT_LEFT, Direction.SHIFT_RIGHT)
    high = case.patient.findings.irritability is Irritability.HIGH
    first = lateral_first(case) and not shift and week == _first_extension_week(case)
    gentle = high and (week == climb_begins(case) or first)
    found: list[tuple[tuple[int, int, int, str], Exercise]] = []
    for exercise in case.exercises.values():
        if Track.DIRECTIONAL not in exercise.tracks or exercise.preference is None:
            continue
        if exercise.bounds.kind is not DoseKind.REPETITIONS:
            continue
        same = (
            exercise.preference in (Direction.SHIFT_LEFT, Direction.SHIFT_RIGHT)
            if shift
            else (exercise.preference is direction)
        )
        if not same or not exercise.daily or _usable(gate, stages, exercise, week) is None or exercise.motion is None:
            continue
        reach = exercise.lateral_shift if shift else getattr(exercise.motion, direction.value)
        too_far = (reach or 0) > 2 and gentle
        found.append(((0 if too_far else 1, reach or 0, -abs(exercise.level - 3), exercise.id), exercise))
    if not found:
        return None
    exercise = max(found, key=lambda pair: pair[0])[1]
    return exercise, gate.side_of(exercise) if shift else Side.NONE


def unclosed(case: Case, gate: Gate) -> tuple[Forbid, ...]:
    """Keeps out what must be closed with the preferred direction where nothing of that direction is open (rule D4)."""
    closed: Stages = {d: (limit.first,) * case.weeks for d, limit in gate.opens.items()}
    out = []
    for limit in gate.limits:
        if not isinstance(limit, Link):
            continue
        weeks = frozenset(w for w in limit.weeks if directional_exercise(case, gate, closed, w) is None)
        if weeks:
            out.append(
                Forbid(
                    rule=limit.rule,
                    because="findings.directional_preference: no exercise of that direction is open",
                    exercises=limit.exercises,
                    weeks=weeks,
                )
            )
    return tuple(out)


def _first_extension_week(case: Case) -> int:
    return first_week_in(case, Phase.RESTORE, Phase.BUILD, Phase.PERFORM)


def _bouts(case: Case, week: int) -> int:
    """Bouts a day of the preferred direction: tapering to none."""
    phases = forecast(case)
    phase = phases[week - 1]
    if phase is Phase.PERFORM or (week == case.weeks and case.weeks > 2):
        return 0
    # where bones are fragile, or bending relieves, it stays a small dose and ends with settling
    little = fragile(case) or preference(case) is Direction.FLEXION
    if phase is Phase.SETTLE:
        return 2 if little else int(value(case, D2, "bouts_settle"))
    if phase is Phase.RESTORE:
        return 1 if little else int(value(case, D2, "bouts_restore"))
    if little:
        return 0
    into = weeks_into(case, week)
    if into < 2:
        return int(value(case, D2, "bouts_build"))
    from_start = phases[0] is Phase.BUILD
    return 0 if from_start and into >= 4 else 1


def _directional(case: Case, gate: Gate, stages: Stages, week: int) -> DailyItem | None:
    bouts = _bouts(case, week)
    found = directional_exercise(case, gate, stages, week) if bouts else None
    if found is None:
        return None
    exercise, side = found
    low, high = exercise.bounds.repetitions or (10, 10)
    dose = Dose(
        kind=DoseKind.REPETITIONS,
        sets=(SetRow(repetitions=int(min(high, max(low, value(case, D2, "repetitions"))))),),
        seconds_per_repetition=exercise.bounds.seconds_per_repetition,
        rest_seconds=0,
        bouts_per_day=bouts,
    )
    return DailyItem(
        Track.DIRECTIONAL,
        exercise,
        side,
        dose,
        f"{bouts} times today, spread out" if bouts > 1 else "once today",
        ("D2",),
        frozenset(range(7)),
    )


def _relief(case: Case, gate: Gate, stages: Stages, week: int) -> DailyItem | None:
    """A position of ease while the back is very irritable or walking is limited."""
    findings = case.patient.findings
    needed = findings.irritability is Irritability.HIGH or (walks_in_intervals(case) and not case.patient.healthy)
    if not needed or forecast(case)[week - 1] is not Phase.SETTLE or case.patient.healthy:
        return None
    bad = {row.direction for row in findings.intolerances}
    found = []
    for exercise in case.exercises.values():
        if Track.RELIEF not in exercise.tracks or exercise.bounds.kind is not DoseKind.TIME:
            continue
        if _usable(gate, stages, exercise, week) is None or exercise.motion is None:
            continue
        away = sum(exercise.motion.on_side(Side.BOTH).get(d.opposite, 0) > 0 for d in bad)
        found.append(((away, -exercise.level, exercise.id), exercise))
    if not found:
        return None
    exercise = max(found, key=lambda pair: pair[0])[1]
    low, high = exercise.bounds.seconds or (300, 300)
    dose = Dose(kind=DoseKind.TIME, sets=(SetRow(seconds=max(low, min(high, 300))),), rest_seconds=0, bouts_per_day=2)
    return DailyItem(
        Track.RELIEF,
        exercise,
        gate.side_of(exercise),
        dose,
        "twice today, or when you need it",
        ("I1",),
        frozenset(range(7)),
    )


def _neural(case: Case, gate: Gate, stages: Stages, week: int) -> list[DailyItem]:
    """Sliders: the other leg first while irritability is high, tapering out in build."""
    if nerve_found(case) is None:
        return []
    phases = forecast(case)
    phase = phases[week - 1]
    if phase is Phase.PERFORM or (week == case.weeks and case.weeks > 2):
        return []
    into_build = weeks_into(case, week) if phase is Phase.BUILD else 0
    if into_build >= 3:
        return []
    high = irritability_in(case, phase) is Irritability.HIGH
    # the other leg while this week's envelope has no room for the sore one
    found = _sliders(gate, stages, week, contralateral=high and week == climb_begins(case)) or _sliders(
        gate, stages, week, contralateral=True
    )
    if not found:
        return []
    exercise = found[0]
    later = phase is not Phase.SETTLE
    least = int(value(case, N2, "repetitions"))
    dose = Dose(
        kind=DoseKind.REPETITIONS,
        sets=tuple(SetRow(repetitions=least + (2 if later else 0)) for _ in range(2)),
        seconds_per_repetition=exercise.bounds.seconds_per_repetition,
        rest_seconds=20,
        bouts_per_day=1 if phase is Phase.BUILD else 2,
    )
    note = "slowly, without holding" + ("; twice today" if dose.bouts_per_day == 2 else "; once today")
    return [DailyItem(Track.NEURAL, exercise, gate.side_of(exercise), dose, note, ("N1",), frozenset(range(7)))]


def _sliders(gate: Gate, stages: Stages, week: int, *, contralateral: bool) -> list[Exercise]:
    """Sliders that are open in a week, the gentlest first."""
    found = []
    for exercise in gate.case.exercises.values():
        role = exercise.neural
        if role is None or role.kind is not NeuralKind.SLIDER or role.contralateral != contralateral:
            continue
        if _usable(gate, stages, exercise, week) is None or exercise.motion is None or exercise.neural_tension is None:
            continue
        tension = max(exercise.neural_tension.sciatic, exercise.neural_tension.femoral)
        found.append(((exercise.motion.flexion, tension, exercise.level, exercise.id), exercise))
    return [exercise for _, exercise in sorted(found, key=lambda pair: pair[0])]


def _balance(case: Case, gate: Gate, stages: Stages, week: int) -> DailyItem | None:
    """A rung every three weeks, standing by a counter."""
    if not needs_balance(case):
        return None
    usable = [
        exercise
        for exercise in case.exercises.values()
        if Track.BALANCE in exercise.tracks and exercise.daily and _usable(gate, stages, exercise, week) is not None
    ]
    usable.sort(key=lambda e: (e.level, e.id))
    usable = [e for e in usable if e.level <= 6]
    if not usable:
        return None
    begin = 1 if len(usable) > 1 and (case.patient.conditions.falls_last_year or 0) == 0 else 0
    ladder = usable[begin:]
    exercise = ladder[min((week - 1) // 3, len(ladder) - 1)]
    states = rungs_of(exercise)
    state = states[min((week - 1) % 3, len(states) - 1)]
    dose = dose_of(exercise, state, effort=3, per_side=gate.side_of(exercise) is Side.BOTH)
    dose = dose.model_copy(update={"rest_seconds": min(dose.rest_seconds, 30)})
    return DailyItem(
        Track.BALANCE,
        exercise,
        gate.side_of(exercise),
        dose,
        "once today, a hand near the counter",
        ("B1",),
        frozenset(range(7)),
    )


def walk_goal(case: Case) -> tuple[int, str | None, int | None]:
    """Minutes to walk in one go at the end, the goal that asks for it, and the week by which it does."""
    for i, goal in enumerate(case.patient.goals):
        if goal.kind is GoalKind.WALK and goal.minutes is not None:
            return goal.minutes, goal_name(i), goal.by_week
    return int(value(case, W1, "minutes")), None, None


def walk_minutes(case: Case) -> dict[int, int]:
    """Walking minutes of each week: from the first walk to the target at about 80 % of the horizon."""
    slot = walking_slot(case)
    if slot is None:
        return {}
    high = case.patient.findings.irritability is Irritability.HIGH and not case.patient.healthy
    first = value(case, W1, "start_minutes_high" if high else "start_minutes")
    longest = case.patient.training.longest_walk_minutes
    if longest is not None:
        first = max(3.0, min(float(longest), 60.0) * (0.8 if not case.patient.healthy else 1.0))
    minutes_asked, _, by_week = walk_goal(case)
    target = min(minutes_asked, slot.minutes)
    first = min(first, float(target))
    weeks = max(1, round(0.8 * (case.weeks - 1)))
    if by_week is not None:
        weeks = max(1, min(weeks, by_week - 1))
    ratio = min(1 + value(case, W1, "percent") / 100, (target / first) ** (1 / weeks) if first < target else 1.0)
    return _from_where_it_stands(case, _rising(case, 1, float(int(first)), ratio, target, weeks), target, weeks)


def _rising(case: Case, begin: int, first: float, ratio: float, target: int, weeks: int) -> dict[int, int]:
    """Whole minutes of each week from ``begin`` on, at the target ``weeks`` weeks into the programme."""
    out: dict[int, int] = {begin: int(first)}
    minutes = first
    for week in range(begin + 1, case.weeks + 1):
        before = out[week - 1]
        # whole minutes; a rise of up to two minutes is small whatever its share
        # a little less than the rule allows, so that rounding to quarter minutes never breaks it
        allowed = _next_walk(case, before)
        minutes = min(float(target), minutes * ratio)
        if first < target and week - 1 >= weeks:
            minutes = float(target)
        out[week] = min(allowed, max(before, math.ceil(minutes - 1e-9)))
    return out


def _next_walk(case: Case, before: int) -> int:
    return max(int(before * (0.98 + value(case, W1, "percent") / 100)), before + 1)


def _from_where_it_stands(case: Case, profile: dict[int, int], target: int, weeks: int) -> dict[int, int]:
    """The profile, later by the weeks in which nobody walked; where that is off what has been walked, a rise from it.

    It is off where the length of the programme, or the goal, is another one.
    """
    course, week = case.course, case.from_week
    still = weeks_still(case)

    def walking_weeks(first: int, number: int) -> int:
        """How many weeks from one to another, the first left out, add something to walking."""
        return sum(w not in still for w in range(first + 1, number + 1))

    if course is None or week < 2:
        return {number: profile[1 + walking_weeks(1, number)] for number in profile}
    behind = course.walks_behind
    # the days left of a week that has begun are behind like those that follow, and nothing falls back to more
    late = {number: profile[max(1, 1 + walking_weeks(1, max(number, week - 1)) - behind)] for number in profile}
    late = {number: min(minutes, profile[number]) for number, minutes in late.items()}
    last = _last_walk(case)
    if last is None or week > case.weeks:
        return late
    walked, bouts = last
    slot = walking_slot(case)
    assert slot is not None

    def alike(minutes: int) -> float:
        rounds, work, _ = _intervals(minutes, slot)
        return rounds * work / 60 if walks_in_intervals(case) and not case.patient.healthy else minutes

    stands = max((m for m in range(1, 61) if alike(m) <= walked + 1e-9), default=1)
    irritable = not case.patient.healthy and case.patient.findings.irritability is Irritability.HIGH
    if irritable and _walks_a_day(stands) > bouts:
        # no more in a day than before, in shorter walks
        day = stands * bouts
        stands = max(m for m in range(1, stands + 1) if m == 1 or m * _walks_a_day(m) <= day)
    onset = profile[max(1, 1 + walking_weeks(1, week - 1))]
    fell_back = behind > 0 and stands <= onset
    allowed = stands if week in still else _next_walk(case, stands)
    if late[week] <= allowed and (min(stands, target) <= late[week] or fell_back):
        return {**late, **{n: min(late[n], stands) for n in (week - 1, week) if n in still}}
    first = min(stands, target)
    left = max(1, weeks - (week - 2))
    ratio = min(1 + value(case, W1, "percent") / 100, (target / first) ** (1 / left))
    onward = _rising(case, week - 1, float(first), ratio, target, weeks)
    before = {number: min(minutes, first) for number, minutes in late.items() if number < week}
    after = {number: onward[week - 1 + walking_weeks(week - 1, number)] for number in onward if number >= week}
    return {**before, **after}


def _last_walk(case: Case) -> tuple[float, int] | None:
    """Minutes of the longest walk of the last week with one that adds something, and how often a day."""
    still = weeks_still(case)
    done = {} if case.course is None else {w: one for w, one in case.course.walked.items() if w not in still}
    return done[max(done)] if done else None


def _intervals(total: int, slot: DailySlot) -> tuple[int, int, int]:
    """Rounds, and seconds of walking and of sitting in each, of so many minutes in a slot."""
    rounds = 3  # always as many, so that no bout jumps when their number falls
    work = max(60, int(total * 60 / rounds / 15) * 15)
    rest = 60
    while rounds > 1 and rounds * (work + rest) > slot.minutes * 60 - 45:
        work -= 30
    return rounds, work, rest


def _walks_a_day(minutes: int) -> int:
    """Short walks are done more often while a back is very irritable."""
    return 3 if minutes < 10 else 2 if minutes < 15 else 1


def _walks_in(case: Case, week: int, minutes: int) -> int:
    """Walks a day in a week: shorter ones than before are no more in a day than was done, nor than was planned."""
    walks, course, last = _walks_a_day(minutes), case.course, _last_walk(case)
    if course is None or last is None:
        return walks
    walked, bouts = last
    if walks > bouts:
        walks = max(bouts, min(walks, int(walked * bouts / minutes)))
    planned, times = course.walks.get(week, (0.0, 0))
    return min(walks, int(planned * times / minutes)) if minutes <= planned else walks


def walk(case: Case, gate: Gate, week: int, minutes: dict[int, int], training_days: frozenset[int]) -> DailyItem | None:
    """Walking towards half an hour on most days, in bouts while it is short."""
    slot = walking_slot(case)
    if slot is None or week not in minutes:
        return None
    total = minutes[week]
    intervals = walks_in_intervals(case) and not case.patient.healthy
    name = "interval_walk_with_sits" if intervals else "walking"
    exercise = case.exercises.get(name)
    if exercise is None or not exercise.complete or gate.closed_by(exercise, rungs_of(exercise)[0], week) is not None:
        return None
    free = [day.number for day in slot.days if day.number not in training_days]
    others = [day.number for day in slot.days if day.number in training_days]
    wanted = int(value(case, W1, "days"))
    weekdays = frozenset((free + others)[:wanted])
    goal = walk_goal(case)[1]
    serves = (goal, "W1") if goal else ("W1",)
    bouts = 1
    if intervals:
        rounds, work, rest = _intervals(total, slot)
        dose = Dose(
            kind=DoseKind.INTERVALS,
            sets=(SetRow(rounds=rounds, work_seconds=work, rest_seconds=rest, effort=4),),
            rest_seconds=0,
        )
        note = "walk until the legs ask for a rest, sit until it is gone, walk on"
    else:
        irritable = not case.patient.healthy and case.patient.findings.irritability is Irritability.HIGH
        bouts = _walks_in(case, week, total) if irritable else 1
        dose = Dose(
            kind=DoseKind.TIME,
            sets=(SetRow(seconds=total * 60, effort=3 if irritable else 4),),
            rest_seconds=0,
            bouts_per_day=bouts,
        )
        note = "easy pace, arms free" + (f"; {bouts} times today" if bouts > 1 else "")
    return DailyItem(Track.AEROBIC, exercise, Side.NONE, dose, note, serves, weekdays)


def assigned(case: Case, items: tuple[DailyItem, ...], weekday: int) -> list[tuple[DailySlot, list[DailyItem]]]:
    """Which slot of a day holds which items: walks in the longest, the rest in the first with room."""
    open_slots = [slot for slot in slots(case) if any(day.number == weekday for day in slot.days)]
    room = {id(slot): float(slot.minutes) for slot in open_slots}
    held: dict[int, list[DailyItem]] = {id(slot): [] for slot in open_slots}
    walking = walking_slot(case)
    ordered = sorted(items, key=lambda item: (item.track is not Track.AEROBIC, list(Track).index(item.track)))
    for item in ordered:
        if weekday not in item.weekdays:
            continue
        choices = [walking] if item.track is Track.AEROBIC and walking is not None else open_slots
        for slot in choices:
            # the change-over before the first item of a slot costs nothing
            spent = item.minutes - (0 if held.get(id(slot)) else 0.75)
            if id(slot) in room and spent <= room[id(slot)] + 1e-9:
                room[id(slot)] -= spent
                held[id(slot)].append(item)
                break
    out = []
    for slot in sorted(open_slots, key=lambda s: s.at):
        found = sorted(held[id(slot)], key=lambda item: list(Track).index(item.track))
        if found:
            out.append((slot, found))
    return out


def reduced(item: DailyItem) -> Dose:
    """A smaller dose of a daily item, for a bad day: half the bouts, or half the minutes."""
    dose = item.dose
    if dose.bouts_per_day > 1:
        return dose.model_copy(update={"bouts_per_day": max(1, dose.bouts_per_day // 2)})
    row = dose.sets[0]
    if dose.kind is DoseKind.TIME and row.seconds is not None:
        return dose.model_copy(update={"sets": (row.model_copy(update={"seconds": max(60, row.seconds // 2)}),)})
    if dose.kind is DoseKind.INTERVALS and row.rounds is not None:
        return dose.model_copy(update={"sets": (row.model_copy(update={"rounds": max(1, row.rounds // 2)}),)})
    if len(dose.sets) > 1:
        return dose.model_copy(update={"sets": dose.sets[:1]})
    half = max(1, (row.repetitions or 2) // 2)
    return dose.model_copy(update={"sets": (row.model_copy(update={"repetitions": half}),)})
