"""The ladder of one track for one patient: a chain of exercises, their rungs, and the pace to follow."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from planner.domain.case import Case
from planner.domain.directions import Direction
from planner.domain.dose import Dose, DoseKind, Load, one_rep_max_at
from planner.domain.exercise import LOADED_TRACKS, SECTION_OF, Exercise, Implement, Pattern, Scheme, Section, Track
from planner.domain.patient import Goal, GoalKind, Irritability, Place, TrainingStatus
from planner.domain.programme import LadderRecord, RungRecord
from planner.progression.ladder import LoadStep, State, dose_of, lighter, rungs_of
from planner.progression.loads import BANDS, available, bands_at, owned, setup_at
from planner.rules.base import is_off, value
from planner.rules.content import SPECIALITY, STAPLES, TrackPlan, strong
from planner.rules.dosing import O5, deload_weeks, planned_effort
from planner.rules.lifting import O10, RAMP_REPETITIONS, heavy
from planner.rules.limits import Precede
from planner.rules.overload import O1, carried_over, sessions_before_rise
from planner.rules.phases import forecast, irritability_in
from planner.solver.gate import Gate
from planner.solver.week import WeekTable

#: Highest catalogue level (1-10) at which someone of this experience begins. [D]
ENTRY_LEVEL = {
    TrainingStatus.UNTRAINED: 3,
    TrainingStatus.NOVICE: 4,
    TrainingStatus.INTERMEDIATE: 6,
    TrainingStatus.ADVANCED: 7,
}
#: How many levels above the entry a programme may lead to. [D]
CLIMB = {
    TrainingStatus.UNTRAINED: 4,
    TrainingStatus.NOVICE: 4,
    TrainingStatus.INTERMEDIATE: 4,
    TrainingStatus.ADVANCED: 4,
}
#: Weeks that one exercise takes on average. [D]
WEEKS_AN_EXERCISE = 2.5
#: The same where nothing is irritable: a lift is kept for about a block.
WEEKS_A_LIFT = 4.5

#: A task begins at no more than this share of the load that it is to be done with. [D]
FIRST_OF_TASK = 0.6
#: How far a cautious first load may lie above what the easier exercise supports, where a back is irritable. [D]
MOST_UNPROVED = 1.5


@dataclass(frozen=True)
class Rung:
    """One rung of a ladder.

    ``needs`` is how many sessions at this rung come before a step up; ``nexts`` are the rungs to
    which it may step; ``progress`` is the share 0-1 of the whole ladder.
    """

    index: int
    exercise: Exercise
    state: State
    slots: frozenset[int]
    stages: Mapping[Direction, int]
    open_weeks: frozenset[int]
    progress: float
    needs: int
    nexts: tuple[int, ...]
    linked: bool = False
    entry: bool = False

    @property
    def sets(self) -> int:
        """Working sets."""
        return self.state.sets


@dataclass(frozen=True)
class Ladder:
    """The ladder of a track: rungs, the pace week by week, and what the climb may use.

    ``kept`` when an earlier revision built it: its rungs and its pace stay as they are; without a pace it gets one
    from where it stands.  ``entry`` is the first rung of an exercise that took the place of another, or the rung that a
    calibration leads to.  ``renumbered`` says which of the earlier rungs are which now, where others came in between.
    """

    plan: TrackPlan
    rungs: tuple[Rung, ...]
    first_week: int
    last_week: int
    steps: Mapping[int, int]
    pace: Mapping[int, float]
    calibrates: frozenset[str]
    forecast: frozenset[str]
    goal_rung: int | None = None
    kept: bool = False
    entry: int | None = None
    renumbered: Mapping[int, int] | None = None

    def now(self, rung: int) -> int | None:
        """The number of a rung of the ladder as an earlier revision built it; None for one that is gone."""
        if self.renumbered is not None:
            return self.renumbered.get(rung)
        return rung if rung < len(self.rungs) else None

    def under(self, rung: int) -> int:
        """One step down: the lowest that leads up to a rung, else how the easier exercise begins; the first stays."""
        came = [n for n, one in enumerate(self.rungs[:rung]) if rung in one.nexts]
        if came:
            return came[0]
        below = self.rungs[max(0, rung - 1)].exercise.id
        if below == self.rungs[rung].exercise.id:
            return max(0, rung - 1)
        return next(n for n, one in enumerate(self.rungs) if one.exercise.id == below)

    def active(self, week: int) -> bool:
        """Whether the track may run in a week."""
        return self.first_week <= week <= self.last_week


class LadderBuilder:
    """Builds the ladders of a case.

    ``linked`` exercises bring a closing set with them (rule D4); ``reserved`` ones belong to the track
    whose goal they are.
    """

    def __init__(
        self,
        case: Case,
        gate: Gate,
        table: WeekTable,
        linked: frozenset[str],
        reserved: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.case = case
        self.reserved = reserved
        self.gate = gate
        self.table = table
        self.linked = linked
        self.places = {slot.place for slot in table.slots}
        self.deloads = deload_weeks(case)
        free = is_off(case, O1)
        self.step = LoadStep(
            ratio=math.inf if free else 1 + value(case, O1, "percent") / 100,
            one_rep_max_ratio=math.inf if free else value(case, O1, "one_rep_max_percent") / 100,
            exempt_below_kg=value(case, O1, "exempt_below_kg"),
            exempt_rise_kg=value(case, O1, "exempt_rise_kg"),
        )
        self.known = known_one_rep_maxima(case)
        self.told = told_one_rep_maxima(case)
        self.calm = case.patient.healthy or case.patient.findings.irritability is Irritability.LOW
        self.lifted: dict[str, float] = {}  # one-repetition maxima in kg, as a log has shown
        self.too_hard: frozenset[str] = frozenset()  # lines of work that were harder than meant (rule O1)
        self.too_much: set[str] = set()  # exercises of which the lightest is more than was shown
        self.used: set[str] = set()

    def show(self, exercise: str, one_rep_max_kg: float) -> None:
        """Takes up a one-repetition maximum that a log has shown: of easier exercises too there is no more in all."""
        self.lifted[exercise] = one_rep_max_kg
        harder = self.case.exercises[exercise]
        for easier in self.case.exercises.values():
            share = carried_over(self.case, easier.id, exercise)
            if share is not None and easier.id not in self.told and _same_load(harder, easier):
                found = _carried_down(one_rep_max_kg, harder, easier, share)
                self.lifted[easier.id] = min(found, self.lifted.get(easier.id, found))

    # ---------------------------------------------------------------- one exercise
    def implements(self, exercise: Exercise) -> list[tuple[Implement, frozenset[str]]]:
        """Implements with the places that have them, those that serve most slots first."""
        found = []
        for order, setup in enumerate(exercise.setups):
            places = frozenset(
                name for name in self.places if available(self.case.patient.place(name).equipment, setup)
            )
            if not places:
                continue
            covered = sum(slot.place in places for slot in self.table.slots)
            variety = max(len(owned(self.case.patient.place(name).equipment, setup.implement)) for name in places)
            found.append(((-covered, -min(variety, 3), order), setup.implement, places))
        return [(implement, places) for _, implement, places in sorted(found, key=lambda row: row[0])]

    def states(self, exercise: Exercise, plan: TrackPlan, week: int) -> list[tuple[State, frozenset[str]]]:
        """The doses of an exercise from the starting dose, each with the places that own it."""
        for strict in (True, False) if exercise.id in self.lifted else (False,):
            # an implement that is too heavy to begin with gives way to the next
            for implement, places in self.implements(exercise):
                states = self._states(exercise, plan, week, implement, places, strict=strict)
                if states:
                    return states
            if strict:
                self.too_much.add(exercise.id)
        return []

    def _states(
        self,
        exercise: Exercise,
        plan: TrackPlan,
        week: int,
        implement: Implement,
        places: frozenset[str],
        *,
        strict: bool,
    ) -> list[tuple[State, frozenset[str]]]:
        """As ``states``, with one implement; ``strict`` with no more than a log has shown."""
        by_place: dict[str, tuple[Load, ...]] = {
            name: owned(self.case.patient.place(name).equipment, implement) for name in sorted(places)
        }
        loads = sorted({load for rows in by_place.values() for load in rows}, key=lambda load: load.kg)
        bands = sorted({band for name in places for band in bands_at(self.case.patient.place(name))}, key=BANDS.index)
        repetitions = self.repetitions(exercise, plan)
        start_kg = self.start_kg(exercise, repetitions[0] if repetitions else 8, week)
        while strict and loads and start_kg is not None and loads[0].kg > start_kg + 1e-9:
            # nothing is as light: fewer repetitions of the lightest
            if not repetitions or repetitions[0] <= (exercise.bounds.repetitions or (8, 12))[0]:
                return []
            repetitions = (repetitions[0] - 1, *repetitions[1:])
            start_kg = self.start_kg(exercise, repetitions[0], week)
        states = rungs_of(
            exercise,
            loads=loads,
            bands=bands,
            start_kg=start_kg,
            step=self.step,
            repetitions=repetitions,
            first_sets=self.first_sets(exercise),
            implement=implement,
            length=2 * self.case.weeks + 8,
        )
        out = []
        for state in states:
            where = frozenset(
                name
                for name in places
                if (state.load is None or state.load in by_place[name])
                and (state.band is None or state.band in bands_at(self.case.patient.place(name)))
            )
            if where:
                out.append((state, where))
        return out

    def first_sets(self, exercise: Exercise) -> int:
        """Sets of a first dose: three for people who have trained for years or know the lift, else the least."""
        low, high = exercise.bounds.sets
        return min(high, 3) if (strong(self.case) or exercise.id in self.known) and exercise.loadable else low

    def repetitions(self, exercise: Exercise, plan: TrackPlan) -> tuple[int, ...] | None:
        """Repetitions as the load of a lift on small plates rises: 8s, then 6s, then 5s."""
        if exercise.scheme is not Scheme.DOUBLE_PROGRESSION:
            return None
        low, high = exercise.bounds.repetitions or (8, 12)
        eight = max(low, min(8, high))
        care = self.gate.case.patient.conditions.blood_pressure is not None and any(
            limit.rule == "BP" for limit in self.gate.limits
        )
        if care:
            return (min(high, max(low, 12)),)
        six, five = max(low, 6), max(low, 5)
        if plan.goal is not None and plan.goal.kind is GoalKind.LIFT:
            return (eight,) * 5 + (six,) * 3 + (five,)
        return (eight,) * 8 + (six,) * 6 + (five,)

    def start_kg(self, exercise: Exercise, repetitions: int, week: int) -> float | None:
        """Load of a first dose in kg: from what was done, else a cautious share of body mass."""
        if exercise.scheme not in (Scheme.DOUBLE_PROGRESSION, Scheme.DISTANCE):
            return None
        known = self.lifted.get(exercise.id, self.known.get(exercise.id))
        if exercise.scheme is Scheme.DISTANCE:
            known, repetitions = self.lifted.get(exercise.id), 1  # a carry is told by its load alone
        if known is not None:
            reserve = 10 - min(planned_effort(self.case, week), 9.0)
            return known / (1 + (repetitions + reserve) / 30)
        if exercise.start_load_share is None:
            return None
        share = exercise.start_load_share
        patient = self.case.patient
        if patient.age >= 65:
            share *= 0.8
        if patient.training.status is TrainingStatus.INTERMEDIATE:
            share *= 1.25
        if patient.training.status is TrainingStatus.ADVANCED:
            share *= 1.5
        return share * patient.body_mass_kg

    # ---------------------------------------------------------------- the chain
    def eligible(self, plan: TrackPlan) -> dict[str, tuple[Exercise, list[tuple[State, frozenset[str]]], int]]:
        """Exercises of a track that can be dosed, with their states and the first week they are open."""
        out = {}
        for exercise in self.case.exercises.values():
            if plan.track not in exercise.tracks or not exercise.complete or exercise.passive:
                continue
            if plan.exercises is not None and exercise.id not in plan.exercises:
                continue
            if exercise.id in self.case.patient.dislikes or exercise.id in self.used:
                continue
            if self.reserved.get(exercise.id, plan.key) != plan.key:
                continue
            if not self._called_for(exercise, plan):
                continue
            if exercise.neural is not None or (exercise.one_side_only and plan.track is not Track.DIRECTIONAL):
                continue
            states = self.states(exercise, plan, plan.first_week)
            if not states:
                continue
            slots = self.gate.slots_for(exercise, states[0][1], self.table)
            if not slots:
                continue
            weeks = self.gate.open_weeks(exercise, states[0][0])
            weeks = frozenset(w for w in weeks if plan.first_week <= w <= plan.last_week)
            if not weeks or max(weeks) < min(self.case.weeks, plan.last_week):
                # an exercise that closes again before the end cannot be stayed on
                continue
            # the last gap before a run of open weeks to the end
            first = min(w for w in weeks if all(v in weeks for v in range(w, max(weeks) + 1)))
            out[exercise.id] = (exercise, states, first)
        return out

    def _called_for(self, exercise: Exercise, plan: TrackPlan) -> bool:
        """Whether a speciality has a reason: a goal on its way, what the patient knows or likes, or a staple."""
        if plan.track in LOADED_TRACKS:
            special = exercise.level >= SPECIALITY
        elif plan.track is Track.EXPOSURE:
            # bending or twisting against a load is nobody's duty
            special = exercise.loadable
        else:
            special = exercise.level > SPECIALITY and SECTION_OF[plan.track] is Section.TRUNK
        if not special or exercise.id == plan.through:
            return True
        found = (self.case.exercises.get(goal.exercise or "") for goal in self.case.patient.goals)
        goals = [goal for goal in found if goal is not None]
        wanted = any(goal.level >= exercise.level and plan.track in goal.tracks for goal in goals)
        chosen = {*self.known, *self.case.patient.likes, *STAPLES}
        return wanted or exercise.id in chosen

    def chain(self, plan: TrackPlan) -> list[tuple[Exercise, list[tuple[State, frozenset[str]]], int]]:
        """The exercises that the track climbs through, easiest first; none where nothing is as easy as it has to be."""
        pool = self.eligible(plan)
        if not pool:
            return []
        horizon = min(self.case.weeks, plan.last_week)
        start = min(first for _, _, first in pool.values())
        pool = {k: v for k, v in pool.items() if v[2] <= max(start, horizon - 1)}
        edges = self._edges(pool)
        if plan.track is Track.EXPOSURE and plan.goal is None and not self.calm:
            edges = _every_step(edges)
        goal = plan.goal.exercise if plan.goal else None
        if goal not in pool:
            goal = None
        through = plan.through if plan.through in pool else None
        level = self.entry_level(plan)
        entries = [
            k for k, (e, _, first) in pool.items() if first <= start + 1 and (e.level <= level or k in self.known)
        ]
        if not entries:
            lowest = min(pool[k][0].level for k in pool if pool[k][2] <= start + 1)
            entries = [k for k in pool if pool[k][2] <= start + 1 and pool[k][0].level == lowest]
        if through in self.too_much:
            # its lightest was too much: something easier comes first, and not as much of it if that can be
            entries = [k for k in pool if pool[k][2] <= start + 1 and pool[k][0].level < pool[through][0].level]
            entries = [k for k in entries if k not in self.too_much] or entries
        elif plan.direct and through is not None and pool[through][2] <= start + 1:
            entries = [through]
        slow = self.calm and plan.goal is None
        longest = max(1, math.ceil((horizon - start + 1) / (WEEKS_A_LIFT if slow else WEEKS_AN_EXERCISE)))
        top = level + CLIMB[self.case.patient.training.status] + (horizon - start) // 16
        best: tuple[float, tuple[str, ...]] | None = None
        stack: list[tuple[str, ...]] = [(entry,) for entry in sorted(entries)]
        while stack:
            path = stack.pop()
            score = self._path_score(path, pool, goal, level, top, plan.track) + (100 if through in path else 0)
            if best is None or score > best[0] + 1e-9 or (abs(score - best[0]) <= 1e-9 and path < best[1]):
                best = (score, path)
            if len(path) < longest and (goal is None or path[-1] != goal):
                for nxt, _ in edges.get(path[-1], ()):
                    if nxt in (goal, through) or pool[nxt][0].level <= top:
                        stack.append((*path, nxt))
        return [pool[k] for k in best[1]] if best else []

    def entry_level(self, plan: TrackPlan) -> int:
        """Catalogue level at which this patient begins."""
        patient = self.case.patient
        level = ENTRY_LEVEL[patient.training.status]
        if not patient.healthy:
            phase = forecast(self.case)[min(plan.first_week, self.case.weeks) - 1]
            level -= irritability_in(self.case, phase).rank
            if (
                patient.findings.irritability is Irritability.LOW
                and patient.training.status is TrainingStatus.UNTRAINED
            ):
                level -= 1
        if patient.healthy:
            level += 1
        if patient.age >= 70:
            level -= 1
        return max(1, level)

    def _edges(
        self, pool: Mapping[str, tuple[Exercise, list[tuple[State, frozenset[str]]], int]]
    ) -> dict[str, list[tuple[str, int]]]:
        """Links up the graph between eligible exercises, bridging those that are not; (id, steps)."""
        edges: dict[str, list[tuple[str, int]]] = {}
        for key in pool:
            reach: dict[str, int] = {}
            frontier = [(p.to, 1) for p in self.case.exercises[key].progresses_to]
            while frontier:
                name, steps = frontier.pop(0)
                exercise = self.case.exercises.get(name)
                if exercise is None or steps > 4 or reach.get(name, 99) <= steps:
                    continue
                reach[name] = steps
                frontier.extend((p.to, steps + 1) for p in exercise.progresses_to)
            edges[key] = sorted(
                (name, steps)
                for name, steps in reach.items()
                if name in pool and pool[name][0].level > pool[key][0].level and pool[name][2] >= 0
            )
        return edges

    def _path_score(
        self,
        path: tuple[str, ...],
        pool: Mapping[str, tuple[Exercise, list[tuple[State, frozenset[str]]], int]],
        goal: str | None,
        level: int,
        top: int,
        track: Track,
    ) -> float:
        patient = self.case.patient
        exercises = [pool[k][0] for k in path]
        score = 0.0
        if goal is not None:
            score += 100 if path[-1] == goal else 0
        score += 2.0 * min(exercises[-1].level, top)
        # begin as high as experience allows, in steps that are not too wide
        score += 1.0 * min(exercises[0].level, level)
        # on the way to a lift the shortest safe way; else time to learn each step
        score += (-1.0 if goal is not None or self.calm else 0.3) * len(path)
        if goal is None:
            # what a clinic would end with, not the hardest there is; calves are as strong as one leg at a time
            score += 6.0 * (path[-1] in STAPLES and (self.calm or track is not Track.CALF))
            score += 4.0 * (self.calm and path[-1] in self.known)
        for one, other in itertools.pairwise(exercises):
            gap = other.level - one.level
            if gap > 2:
                score -= 1.5 * (gap - 2)
        slots = max(1, len(self.table.slots))
        for limit in self.gate.limits:
            if isinstance(limit, Precede):
                # what must come before it comes in the same track, or nobody reaches it
                late = [n for n, key in enumerate(path) if key in limit.after]
                if late and not any(key in limit.before for key in path[: late[0]]):
                    score -= 50
        merits = 0.0
        for key in path:
            exercise, states, _ = pool[key]
            merits += 1.2 * len(self.gate.slots_for(exercise, states[0][1], self.table)) / slots
            merits += 1.5 * (exercise.id in patient.likes)
            merits += 0.8 * exercise.loadable
            merits += 1.0 * (exercise.id in self.known)
        score += merits / len(path) if self.calm else merits
        # resistance that can grow, and plenty of rungs to climb, at the end
        score += 1.5 * (exercises[-1].loadable or exercises[-1].scheme is Scheme.BAND)
        score += 0.15 * min(12, len(pool[path[-1]][1]))
        return score

    # ---------------------------------------------------------------- rungs
    def keep(self, plan: TrackPlan, record: LadderRecord, *, begun: bool = True) -> Ladder | None:
        """A ladder as an earlier revision built it, None when none of its rungs is open any more.

        One that has not ``begun`` waits for its phase, which a gate may have put off.
        """
        case, horizon = self.case, min(self.case.weeks, plan.last_week)
        rungs: list[Rung] = []
        for index, row in enumerate(record.rungs):
            exercise = case.exercises.get(row.exercise)
            if exercise is None or not exercise.complete:
                return None
            state = self._led_up_to(_state_of(row), exercise)
            places = self._places_with(exercise, state)
            proved = (
                n
                for n in row.nexts
                if self._proved(plan, row.exercise, state, record.rungs[n].exercise, _state_of(record.rungs[n]))
            )
            rungs.append(
                Rung(
                    index=index,
                    exercise=exercise,
                    state=state,
                    slots=self.gate.slots_for(exercise, places, self.table),
                    stages={d: s for d, s in self.gate.stages(exercise, state).items() if s is not None},
                    open_weeks=self.gate.open_weeks(exercise, state) if places else frozenset(),
                    progress=row.progress,
                    needs=row.needs,
                    nexts=tuple(proved),
                    linked=exercise.id in self.linked,
                    entry=row.entry,
                )
            )
        first = max(record.first_week, plan.first_week)
        open_now = [w for rung in rungs for w in rung.open_weeks if case.from_week <= w <= horizon]
        if not open_now or (not begun and first > horizon):
            return None
        self.used |= {rung.exercise.id for rung in rungs}
        return Ladder(
            plan=plan,
            rungs=tuple(rungs),
            first_week=max(case.from_week, min(record.first_week if begun else first, horizon)),
            last_week=horizon,
            steps=self.steps(),
            pace=record.pace,
            calibrates=frozenset(record.calibrates),
            forecast=frozenset(record.forecast),
            goal_rung=record.goal_rung,
            kept=True,
        )

    def raised(self, ladder: Ladder, least: int, most: int, sets: int) -> Ladder:
        """A kept ladder that a calibration leads up from one rung to another of its exercise, as far as that is open.

        It goes on with no more ``sets`` than were done, since they grow one by one (rule O6): rungs with fewer come in
        between, the first of which is its ``entry``.  The pace begins anew from there.
        """
        exercise = ladder.rungs[most].exercise
        at = next((n for n in range(most, least, -1) if self._open_next(ladder.rungs[n])), least)
        if ladder.rungs[at].exercise is not exercise or ladder.rungs[at].state.load == ladder.rungs[least].state.load:
            return replace(ladder, entry=least)
        while ladder.rungs[at].sets > sets and ladder.rungs[at - 1].state.load == ladder.rungs[at].state.load:
            at -= 1
        rung = ladder.rungs[at]
        count = max(0, rung.sets - sets)
        moved = {n: n if n < at else n + count for n in range(len(ladder.rungs))}
        rungs = [replace(one, index=moved[one.index], nexts=tuple(moved[n] for n in one.nexts)) for one in ladder.rungs]
        between = [
            replace(
                rungs[at],
                index=at + k,
                state=replace(rung.state, counts=rung.state.counts[: sets + k]),
                nexts=(at + k + 1,),
                entry=rung.entry and k == 0,
            )
            for k in range(count)
        ]
        return replace(
            ladder,
            rungs=(*rungs[:at], *between, *rungs[at:]),
            goal_rung=None if ladder.goal_rung is None else moved[ladder.goal_rung],
            pace={},
            entry=at,
            renumbered=moved,
        )

    def _open_next(self, rung: Rung) -> bool:
        """Whether a rung is open in the first week that is planned, inside the envelope that has been earned."""
        opens = self.gate.opens
        earned = all(stage <= opens[way].first for way, stage in rung.stages.items() if way in opens)
        return self.case.from_week in rung.open_weeks and earned and bool(rung.slots)

    def exchanged(self, plan: TrackPlan, record: LadderRecord, old: str, new: str) -> Ladder | None:
        """A ladder of an earlier revision with one exercise in the place of another, None where that cannot be.

        What comes before and after stays as it was; the new exercise begins at its starting dose.
        """
        kept = self.keep(plan, record)
        gone = [] if kept is None else [rung.index for rung in kept.rungs if rung.exercise.id == old]
        if kept is None or not gone:
            return None
        begin, end = gone[0], gone[-1] + 1
        before, after = kept.rungs[:begin], kept.rungs[end:]
        exercise = self.case.exercises[new]
        states = self.states(exercise, plan, max(plan.first_week, self.case.from_week))
        if before:
            states = self._carried(before[-1].exercise, exercise, states, list(before))
        made = self._rungs(exercise, states[: end - begin if after else None], begin)
        if not made:
            return None
        shift = len(made) - (end - begin)
        renumbered = {n: n for n in range(begin)} | {n: n + shift for n in range(end, len(kept.rungs))}
        low, high = kept.rungs[begin].progress, kept.rungs[end - 1].progress
        rungs: list[Rung] = []
        for rung in before:
            onward = [renumbered[n] for n in rung.nexts if n in renumbered]
            if begin in rung.nexts and self._may_leave(plan, rung, made[0], rung.index == begin - 1):
                onward.append(begin)
            rungs.append(replace(rung, nexts=tuple(onward)))
        for k, rung in enumerate(made):
            onward = [begin + k + 1] if k + 1 < len(made) else []
            if after and self._may_leave(plan, rung, after[0], k == len(made) - 1):
                onward.append(begin + len(made))
            share = k / max(1, len(made) - 1)
            rungs.append(
                replace(
                    rung,
                    nexts=tuple(onward),
                    needs=max(rung.needs, 2) if k == 0 else rung.needs,
                    entry=k == 0 and begin > 0,
                    progress=low + (high - low) * share,
                )
            )
        for rung in after:
            rungs.append(
                replace(
                    rung, index=rung.index + shift, nexts=tuple(renumbered[n] for n in rung.nexts if n in renumbered)
                )
            )
        self.used.add(new)
        unsure = {new} if exercise.loadable and any(s.load for s, _ in states) and new not in self.told else set()
        return replace(
            kept,
            rungs=tuple(rungs),
            calibrates=(kept.calibrates - {old}) | unsure,
            forecast=(kept.forecast - {old}) | unsure,
            goal_rung=None if kept.goal_rung is None else renumbered.get(kept.goal_rung),
            entry=begin,
            renumbered=renumbered,
        )

    def _rungs(self, exercise: Exercise, states: list[tuple[State, frozenset[str]]], begin: int) -> list[Rung]:
        """Rungs of one exercise as far as it is open, numbered from one on, without steps between them."""
        out: list[Rung] = []
        for k, (state, where) in enumerate(states):
            heavier = k + 1 < len(states) and states[k + 1][0].raises_load_over(state)
            rung = self._rung(begin + k, exercise, state, where, rises=heavier)
            if rung is None:
                break
            out.append(rung)
        return out

    def _rung(self, index: int, exercise: Exercise, state: State, where: frozenset[str], *, rises: bool) -> Rung | None:
        """A rung without steps and place on the scale; None where it is never open.  ``rises``: more load is next."""
        state = self._led_up_to(state, exercise)
        weeks = self.gate.open_weeks(exercise, state)
        if not weeks:
            return None
        return Rung(
            index=index,
            exercise=exercise,
            state=state,
            slots=self.gate.slots_for(exercise, where, self.table),
            stages={d: s for d, s in self.gate.stages(exercise, state).items() if s is not None},
            open_weeks=weeks,
            progress=0.0,
            # bending against a load is never in a hurry
            needs=2
            if rises and exercise.pattern is Pattern.EXPOSURE
            else sessions_before_rise(self.case)
            if rises
            else 1,
            nexts=(),
            linked=exercise.id in self.linked,
        )

    def _led_up_to(self, state: State, exercise: Exercise) -> State:
        """A state with lighter sets before a heavy load, on loads that are owned (rule O10)."""
        if state.load is None or state.warm_ups or exercise.bounds.kind is not DoseKind.REPETITIONS:
            return state
        if is_off(self.case, O10) or not heavy(self.case, state.load, state.implement):
            return state
        shares = (value(self.case, O10, "first"), value(self.case, O10, "second"))
        equipment = [self.case.patient.place(name).equipment for name in sorted(self.places)]
        there = [set(loads) for one in equipment if state.load in (loads := owned(one, state.implement))]
        # wherever the load itself is, so that it is led up to in every place
        lighter_ones = sorted(set.intersection(*there), key=lambda load: load.kg) if there else []
        warm: list[tuple[Load, int]] = []
        for share, reps in zip(shares, RAMP_REPETITIONS, strict=True):
            fitting = [load for load in lighter_ones if load.kg <= share * state.load.kg + 1e-9]
            if fitting and (not warm or fitting[-1].kg > warm[-1][0].kg):
                warm.append((fitting[-1], min(reps, max(state.counts))))
        return replace(state, warm_ups=tuple(warm))

    def lacks(self, record: LadderRecord, since: int) -> bool:
        """Whether no place has any more what a rung of a ladder needs, from one on."""
        exercises = self.case.exercises
        return any(
            row.exercise in exercises and not self._places_with(exercises[row.exercise], _state_of(row))
            for row in record.rungs[since:]
        )

    def may_go_on(self, record: LadderRecord, before: Iterable[Place]) -> bool:
        """Whether a ladder ended with the heaviest that the places had ``before``, and they have more now."""
        top, now = record.rungs[-1], [self.case.patient.place(name) for name in sorted(self.places)]
        if top.load is not None:
            had, have = (
                [load.kg for place in places for load in owned(place.equipment, top.implement)]
                for places in (before, now)
            )
            return bool(had) and top.load.kg >= max(had) - 1e-6 and max(have, default=0.0) > max(had) + 1e-6
        if top.band is not None:
            old, new = ([BANDS.index(band) for place in places for band in bands_at(place)] for places in (before, now))
            return BANDS.index(top.band) >= max(old, default=0) and max(new, default=0) > max(old, default=0)
        return False

    def _places_with(self, exercise: Exercise, state: State) -> frozenset[str]:
        return frozenset(name for name in self.places if self._holds(name, exercise, state))

    def _holds(self, name: str, exercise: Exercise, state: State) -> bool:
        """Whether a place has what a state needs."""
        place = self.case.patient.place(name)
        if state.load is not None:
            return state.load in owned(place.equipment, state.implement)
        if state.band is not None:
            return state.band in bands_at(place)
        return setup_at(place, exercise) is not None

    def build(self, plan: TrackPlan) -> Ladder | None:
        """The ladder of a track, None when nothing of it may be used."""
        chain = self.chain(plan)
        if not chain or chain[-1][0].level < plan.least_level:
            return None
        horizon = min(self.case.weeks, plan.last_week)
        rungs: list[Rung] = []
        spans: list[tuple[int, int]] = []
        goal_rung: int | None = None
        calibrates, forecast = set(), set()
        previous: Exercise | None = None
        for position, (exercise, found, _) in enumerate(chain):
            states = found
            if previous is not None and rungs:
                states = self._carried(previous, exercise, found, rungs)
            begin = len(rungs)
            limit = self._length(plan, position, len(chain), exercise)
            if position + 1 < len(chain):
                limit = max(limit, self._until_proved(plan, exercise, states, chain[position + 1]))
            goal = plan.goal if plan.goal and plan.goal.exercise == exercise.id else None
            if goal is not None:
                states = _well_below(goal, states, found)
            for k, (state, where) in enumerate(states[:limit]):
                shaped = state
                if goal is not None and _lifts(goal, state):
                    goal_rung = len(rungs)
                    shaped = self._top_set(state, goal.repetitions or 1, states)
                heavier = k + 1 < len(states) and states[k + 1][0].raises_load_over(state)
                rung = self._rung(len(rungs), exercise, shaped, where, rises=heavier)
                if rung is None:
                    break
                rungs.append(rung)
                if goal_rung == len(rungs) - 1 or (goal is not None and _does(goal, state)):
                    break
            if len(rungs) > begin:
                spans.append((begin, len(rungs)))
                previous = exercise
                # what is only carried over from another lift is found in a first session too
                if exercise.loadable and any(s.load for s, _ in states) and exercise.id not in self.told:
                    forecast.add(exercise.id)
                    calibrates.add(exercise.id)
        if not rungs:
            return None
        rungs = self._joined(plan, rungs, spans)
        # one exercise belongs to one track, so that no session has it twice
        self.used |= {rung.exercise.id for rung in rungs}
        first = min((w for w in rungs[0].open_weeks if w >= plan.first_week), default=None)
        if first is None or first > horizon - 1 + (self.case.weeks == 1):
            return None
        return Ladder(
            plan=plan,
            rungs=tuple(rungs),
            first_week=first,
            last_week=horizon,
            steps=self.steps(),
            pace={},
            calibrates=frozenset(calibrates),
            forecast=frozenset(forecast),
            goal_rung=goal_rung,
        )

    def _carried(
        self,
        previous: Exercise,
        exercise: Exercise,
        states: list[tuple[State, frozenset[str]]],
        rungs: list[Rung],
    ) -> list[tuple[State, frozenset[str]]]:
        """Starts a harder exercise where the easier one's load says it may start."""
        carry = next((p.carry_over for p in previous.progresses_to if p.to == exercise.id), None)
        if carry is None or exercise.id in self.known or exercise.scheme is not Scheme.DOUBLE_PROGRESSION:
            return states
        best = max((r.state.one_rep_max_kg() for r in rungs if r.exercise.id == previous.id), default=0.0)
        own = [s for s, _ in states if s.load is not None]
        if best <= 0 or not own:
            return states
        allowed = [
            i for i, (s, _) in enumerate(states) if s.load is not None and s.one_rep_max_kg() <= best * carry + 1e-9
        ]
        # begin about three quarters up what carries over, so that a rung of the easier one leads here
        reach = [i for i in allowed if states[i][0].one_rep_max_kg() <= 0.85 * best * carry]
        at = reach[-1] if reach else 0
        while at > 0 and states[at][0].sets > states[0][0].sets and states[at - 1][0].load == states[at][0].load:
            at -= 1
        return states[at:]

    def _length(self, plan: TrackPlan, position: int, count: int, exercise: Exercise) -> int:
        if position == count - 1:
            return 2 * self.case.weeks + 8
        if plan.goal is not None or exercise.loadable:
            return 10
        return 5

    def _top_set(self, state: State, repetitions: int, states: list[tuple[State, frozenset[str]]]) -> State:
        """The goal lift: one top set after warm-up sets on loads that are owned."""
        assert state.load is not None
        loads = sorted({s.load for s, _ in states if s.load is not None}, key=lambda load: load.kg)
        own = self._all_loads(state.implement) or loads
        warm: list[tuple[Load, int]] = []
        for share, reps in ((0.35, 5), (0.67, 3), (0.84, 2)):
            fitting = [load for load in own if load.kg <= share * state.load.kg + 1e-9]
            if fitting and (not warm or fitting[-1].kg > warm[-1][0].kg):
                warm.append((fitting[-1], min(reps, repetitions)))
        return State(counts=(max(repetitions, 1),), load=state.load, implement=state.implement, warm_ups=tuple(warm))

    def _all_loads(self, implement: Implement) -> list[Load]:
        return sorted(
            {load for name in self.places for load in owned(self.case.patient.place(name).equipment, implement)},
            key=lambda load: load.kg,
        )

    def _joined(self, plan: TrackPlan, rungs: list[Rung], spans: list[tuple[int, int]]) -> list[Rung]:
        """Adds steps between rungs and the progress scale."""
        out: list[Rung] = []
        weights = [self._span_weight(rungs[b].exercise, e - b, i == len(spans) - 1) for i, (b, e) in enumerate(spans)]
        total = sum(weights)
        below = 0.0
        for i, (begin, end) in enumerate(spans):
            for k in range(begin, end):
                rung = rungs[k]
                nexts = [k + 1] if k + 1 < end else []
                if i + 1 < len(spans) and self._may_leave(plan, rungs[k], rungs[spans[i + 1][0]], k == end - 1):
                    nexts.append(spans[i + 1][0])
                inside = (k - begin) / max(1, end - begin)
                out.append(
                    replace(
                        rung,
                        nexts=tuple(nexts),
                        entry=k == begin and i > 0,
                        # two sessions at least with every exercise
                        needs=max(rung.needs, 2 if k == begin and len(spans) > 1 else 1),
                        progress=(below + weights[i] * inside) / total,
                    )
                )
            below += weights[i]
        return out

    @staticmethod
    def _span_weight(exercise: Exercise, rungs: int, last: bool) -> float:
        """How much of the whole climb one exercise is: about a rung a week, less for the easy ones."""
        return float(rungs) if last else min(3.0, rungs)

    def _until_proved(
        self,
        plan: TrackPlan,
        exercise: Exercise,
        states: list[tuple[State, frozenset[str]]],
        then: tuple[Exercise, list[tuple[State, frozenset[str]]], int],
    ) -> int:
        """How many states of an exercise lead to one that supports the first load of the next; 0 where none does."""
        harder, others, _ = then
        proved = (self._proved(plan, exercise.id, state, harder.id, others[0][0]) for state, _ in states)
        return next((n for n, found in enumerate(proved, start=1) if found), 0)

    def _proved(self, plan: TrackPlan, easier: str, here: State, harder: str, entry: State) -> bool:
        """Whether the first load of another exercise is hardly more than is supported, on a line that was too hard."""
        if plan.key not in self.too_hard or easier == harder:
            return True
        share, mine, theirs = carried_over(self.case, easier, harder), here.one_rep_max_kg(), entry.one_rep_max_kg()
        return share is None or mine <= 0 or theirs <= self.step.one_rep_max_ratio * share * mine + 1e-9

    def _may_leave(self, plan: TrackPlan, rung: Rung, entry: Rung, last: bool) -> bool:
        if not self._proved(plan, rung.exercise.id, rung.state, entry.exercise.id, entry.state):
            return False
        if last or entry.exercise.id in self.too_much:
            return last
        carry = next((p.carry_over for p in rung.exercise.progresses_to if p.to == entry.exercise.id), None)
        if carry is None or entry.exercise.id in self.known:
            return True
        mine, theirs = rung.state.one_rep_max_kg(), entry.state.one_rep_max_kg()
        cautious = self.start_kg(entry.exercise, max(entry.state.counts), 1)
        if cautious is not None and entry.state.load is not None and entry.state.load.kg <= cautious + 1e-9:
            # a first dose as light as for an unknown capacity needs little proof from the easier exercise
            return self.calm or mine <= 0 or theirs <= MOST_UNPROVED * carry * mine + 1e-9
        return mine <= 0 or theirs <= 0 or theirs <= carry * mine * 1.05 + 1e-9

    def steps(self) -> dict[int, int]:
        """Steps up the ladder week by week: one while it is irritable, two from build on."""
        return {
            week: 2 if irritability_in(self.case, phase) is Irritability.LOW else 1
            for week, phase in enumerate(forecast(self.case), start=1)
        }


def record_of(ladder: Ladder) -> LadderRecord:
    """A ladder as it is written down for later revisions."""
    return LadderRecord(
        key=ladder.plan.key,
        track=ladder.plan.track,
        first_week=ladder.first_week,
        last_week=ladder.last_week,
        rungs=tuple(
            RungRecord(
                exercise=rung.exercise.id,
                counts=rung.state.counts,
                hold_seconds=rung.state.hold_seconds,
                load=rung.state.load,
                band=rung.state.band,
                work_seconds=rung.state.work_seconds,
                rest_between_work=rung.state.rest_between_work,
                implement=rung.state.implement,
                warm_ups=rung.state.warm_ups,
                needs=rung.needs,
                nexts=rung.nexts,
                progress=round(rung.progress, 6),
                entry=rung.entry,
            )
            for rung in ladder.rungs
        ),
        pace={week: round(share, 6) for week, share in ladder.pace.items()},
        calibrates=tuple(sorted(ladder.calibrates)),
        forecast=tuple(sorted(ladder.forecast)),
        goal=None if ladder.plan.goal is None else ladder.plan.goal.exercise,
        goal_rung=ladder.goal_rung,
    )


def _every_step(edges: Mapping[str, list[tuple[str, int]]]) -> dict[str, list[tuple[str, int]]]:
    """Links up without those that pass over an exercise between: graded exposure takes every step that is open."""
    return {
        key: [(name, steps) for name, steps in found if not any((name, 1) in edges[other] for other, _ in found)]
        for key, found in edges.items()
    }


def _state_of(row: RungRecord) -> State:
    """The state of a rung as an earlier revision wrote it down."""
    return State(
        counts=row.counts,
        hold_seconds=row.hold_seconds,
        load=row.load,
        band=row.band,
        work_seconds=row.work_seconds,
        rest_between_work=row.rest_between_work,
        implement=row.implement,
        warm_ups=row.warm_ups,
    )


def _lifts(goal: Goal, state: State) -> bool:
    """Whether a state carries the load of a lift that is a goal."""
    if goal.kind is not GoalKind.LIFT or goal.load_kg is None or state.load is None:
        return False
    return state.load.kg >= goal.load_kg - 1e-6


def _does(goal: Goal, state: State) -> bool:
    """Whether a state is all that a task or an exercise with a load asks for: more of it is no use."""
    if goal.kind not in (GoalKind.TASK, GoalKind.EXERCISE) or goal.load_kg is None or state.load is None:
        return False
    return state.load.kg >= goal.load_kg - 1e-6 and max(state.counts) >= (goal.repetitions or 1)


def _well_below(
    goal: Goal, states: list[tuple[State, frozenset[str]]], every: list[tuple[State, frozenset[str]]]
) -> list[tuple[State, frozenset[str]]]:
    """States that begin a task well below its load, however much the easier exercise would allow."""
    if goal.kind is not GoalKind.TASK or goal.load_kg is None or not states:
        return states
    most = FIRST_OF_TASK * goal.load_kg + 1e-6
    light = [n for n, (state, _) in enumerate(every) if state.load is not None and state.load.kg <= most]
    if not light or states[0][0].load is None or states[0][0].load.kg <= most:
        return states
    load = every[light[-1]][0].load
    return every[next(n for n in light if every[n][0].load == load) :]


def told_one_rep_maxima(case: Case) -> dict[str, float]:
    """Estimated one-repetition maxima in kg of the lifts that the patient file itself names."""
    told: dict[str, float] = {}
    for capacity in case.patient.training.capacities:
        if capacity.load_kg is None or capacity.repetitions is None or capacity.exercise not in case.exercises:
            continue
        estimate = one_rep_max_at(capacity.load_kg, capacity.repetitions, capacity.effort)
        told[capacity.exercise] = max(told.get(capacity.exercise, 0.0), estimate)
    return told


def known_one_rep_maxima(case: Case) -> dict[str, float]:
    """Estimated one-repetition maxima in kg that the patient file supports, carried along the graph.

    A harder exercise's maximum also holds for its easier neighbour, as far as both weigh the same in all; a link up
    multiplies by its carry-over and needs one.
    """
    known = told_one_rep_maxima(case)
    below: dict[str, list[tuple[str, float | None]]] = {}
    for exercise in case.exercises.values():
        for link in exercise.progresses_to:
            below.setdefault(link.to, []).append((exercise.id, link.carry_over))
    frontier = list(known)
    while frontier:
        name = frontier.pop(0)
        exercise = case.exercises[name]
        for link in exercise.progresses_to:
            other = case.exercises.get(link.to)
            if other is None or link.carry_over is None or not _same_load(exercise, other):
                continue
            if link.to not in known:
                known[link.to] = known[name] * link.carry_over
                frontier.append(link.to)
        for easier, carry in below.get(name, ()):
            if easier not in known and carry is not None and _same_load(exercise, case.exercises[easier]):
                known[easier] = _carried_down(known[name], exercise, case.exercises[easier], carry)
                frontier.append(easier)
    return known


def _carried_down(known_kg: float, harder: Exercise, easier: Exercise, carry_over: float) -> float:
    """What a maximum says of an easier exercise, kg as printed: never more in all than was lifted.

    A carry-over is cautious upwards only: 1.8 from a dumbbell in each hand to a bar means nine tenths of the pair, and
    turned round it would make 111 % of the bar.
    """
    hands, easier_hands = _hands(harder), _hands(easier)
    in_all = known_kg * hands
    return in_all / max(1.0, carry_over * hands / easier_hands) / easier_hands


def _hands(exercise: Exercise) -> int:
    """How often the printed load is lifted: for a pair once in each hand, for one side after the other on each."""
    pair = bool(exercise.setups) and exercise.setups[0].implement is Implement.DUMBBELL_PAIR
    return 2 if pair or exercise.sided else 1


def _same_load(one: Exercise, other: Exercise) -> bool:
    return one.loadable and other.loadable


def seconds_of(exercise: Exercise, state: State, *, per_side: bool, closing: int = 0) -> int:
    """Seconds that a state takes in a session, with the change-over and a closing set."""
    dose: Dose = dose_of(exercise, state, effort=0, per_side=per_side)
    return dose.seconds_in_session() + closing


def deloaded(case: Case, exercise: Exercise, state: State, week: int) -> State:
    """The state as done in a deload week: loaded tracks are lightened, the rest stays."""
    if week not in deload_weeks(case) or not LOADED_TRACKS.intersection(exercise.tracks):
        return state
    return lighter(exercise, state, value(case, O5, "sets_kept"))
