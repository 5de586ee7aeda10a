"""Which dose of which exercise may be used in which week and slot: item-level limits, applied once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property

from planner.domain.burden import Burden, burden
from planner.domain.case import Case
from planner.domain.directions import Direction, Side
from planner.domain.dose import DoseKind
from planner.domain.exercise import LOADED_TRACKS, Exercise, Implement, Pattern
from planner.progression.ladder import State, dose_of
from planner.rules.dosing import planned_effort
from planner.rules.limits import Cap, CountCap, Forbid, Limit, Open, Per, Quantity
from planner.rules.neural import nerve_found
from planner.solver.week import WeekTable


class Gate:
    """Item-level limits of a case, ready to be asked about one rung in one week.

    Raises
    ------
    ValueError
        When asked about an exercise whose tags are incomplete.
    """

    def __init__(self, case: Case, limits: Iterable[Limit]) -> None:
        self.case = case
        self.limits = tuple(limits)
        self.opens = {limit.direction: limit for limit in self.limits if isinstance(limit, Open)}
        self._forbidden: dict[str, list[Forbid]] = {}
        for limit in self.limits:
            if isinstance(limit, Forbid):
                for exercise in limit.exercises:
                    self._forbidden.setdefault(exercise, []).append(limit)
        self._caps: dict[int, list[Cap]] = {w: [] for w in range(1, case.weeks + 1)}
        for limit in self.limits:
            if isinstance(limit, Cap):
                for week in limit.weeks:
                    if week in self._caps:
                        self._caps[week].append(limit)
        self._planned = {w: planned_effort(case, w) for w in self._caps}
        self._burdens: dict[tuple[str, Side, float, Implement], Burden] = {}

    def side_of(self, exercise: Exercise) -> Side:
        """The side on which the patient does it: none, both, or the one that the findings name."""
        if not exercise.sided:
            return Side.NONE
        if not exercise.one_side_only:
            return Side.BOTH
        findings = self.case.patient.findings
        if exercise.neural is not None:
            side = findings.neurology.side or findings.most_distal.side
            side = Side(side)
            if side in (Side.BOTH, Side.NONE):
                return Side.BOTH
            return side.mirrored if exercise.neural.contralateral else side
        if findings.directional_preference is Direction.SHIFT_LEFT:
            return Side.LEFT
        if findings.directional_preference is Direction.SHIFT_RIGHT:
            return Side.RIGHT
        return Side.BOTH

    def burden(self, exercise: Exercise, state: State) -> Burden:
        """What a state asks of the spine, effort left out."""
        key = (exercise.id, self.side_of(exercise), state.load.kg if state.load else 0.0, state.implement)
        found = self._burdens.get(key)
        if found is None:
            dose = dose_of(exercise, state, effort=0, per_side=False)
            found = burden(exercise, key[1], dose, self.case.patient.body_mass_kg)
            self._burdens[key] = found
        return found

    def effort(self, exercise: Exercise, state: State, week: int) -> float:
        """Planned effort in a week: as rule O2 plans it, below every cap; trunk work stays submaximal."""
        effort = self._planned[week]
        unloaded = state.load is None and not LOADED_TRACKS.intersection(exercise.tracks)
        if unloaded or exercise.bounds.kind in (DoseKind.HOLD, DoseKind.TIME, DoseKind.INTERVALS):
            effort = min(effort, 6.0)
        if exercise.pattern in (Pattern.EXPOSURE, Pattern.DIRECTIONAL, Pattern.TASK):
            # range and skill come first here, not strain
            effort = min(effort, 6.0)
        asks = self.burden(exercise, state)
        for cap in self._caps[week]:
            if cap.quantity is Quantity.EFFORT and asks.loads_spine:
                effort = min(effort, cap.at_most)
        return effort

    def stages(self, exercise: Exercise, state: State) -> dict[Direction, int | None]:
        """The envelope stage needed in each direction that is not tolerated."""
        if exercise.activity:
            return dict.fromkeys(self.opens, 0)
        asks = self.burden(exercise, state)
        return {direction: asks.stage(direction) for direction in self.opens}

    def closed_by(self, exercise: Exercise, state: State, week: int) -> str | None:
        """The id of a rule that closes this dose in a week, None when it is open."""
        if not exercise.complete:
            return "E6"
        limit = self.closing(exercise, state, week)
        return None if limit is None else limit.rule

    def closing(self, exercise: Exercise, state: State, week: int) -> Limit | None:
        """The limit that closes a dose of a tagged exercise in a week, None when it is open."""
        for forbid in self._forbidden.get(exercise.id, ()):
            if forbid.within_minutes_of_waking is None and (forbid.weeks is None or week in forbid.weeks):
                return forbid
        asks = self.burden(exercise, state)
        if not asks.activity:
            for cap in self._caps[week]:
                if cap.exercises is not None and exercise.id not in cap.exercises:
                    continue
                if cap.tracks is not None and not cap.tracks.intersection(exercise.tracks):
                    continue
                if self._amount(cap.quantity, exercise, state, asks, week) > cap.at_most + 1e-9:
                    return cap
        for direction, stage in self.stages(exercise, state).items():
            if stage is None or stage > self.opens[direction].highest[week - 1]:
                return self.opens[direction]
        return None

    def open_weeks(self, exercise: Exercise, state: State) -> frozenset[int]:
        """Weeks in which this dose may be used, envelope at its highest."""
        return frozenset(w for w in range(1, self.case.weeks + 1) if self.closed_by(exercise, state, w) is None)

    def not_before(self, exercise: Exercise) -> dt.time | None:
        """Earliest clock time at which the exercise may be done (rule M1), None for any time."""
        minutes = [
            f.within_minutes_of_waking
            for f in self._forbidden.get(exercise.id, ())
            if f.within_minutes_of_waking is not None
        ]
        return self.after_waking(max(minutes)) if minutes else None

    def after_waking(self, minutes: int) -> dt.time:
        """Clock time so many minutes after waking; the end of the day at the latest."""
        waking = dt.datetime.combine(dt.date(2000, 1, 1), self.case.patient.availability.waking)
        later = waking + dt.timedelta(minutes=minutes)
        return later.time() if later.date() == waking.date() else dt.time(23, 59)

    @cached_property
    def quiet_until(self) -> dt.time | None:
        """End of the hours in which some exercise is closed after waking."""
        minutes = [
            limit.within_minutes_of_waking
            for limit in self.limits
            if isinstance(limit, Forbid) and limit.within_minutes_of_waking is not None
        ]
        return self.after_waking(max(minutes)) if minutes else None

    def items_a_session(self, week: int) -> int:
        """Most exercises a session may have in a week."""
        return min(
            (
                limit.at_most
                for limit in self.limits
                if isinstance(limit, CountCap) and limit.per is Per.ITEMS_A_SESSION and week in limit.weeks
            ),
            default=12,
        )

    def slots_for(self, exercise: Exercise, places: frozenset[str], table: WeekTable) -> frozenset[int]:
        """Indices of the slots in which it may be done: equipment there, and late enough after waking."""
        earliest = self.not_before(exercise)
        found = set()
        for slot in table.slots:
            if slot.place not in places:
                continue
            start = table.earliest.get(slot.index)
            if earliest is None or start is None or start >= earliest:
                found.add(slot.index)
        return frozenset(found)

    def neural_side_known(self) -> bool:
        """Whether neural work has a nerve to work on."""
        return nerve_found(self.case) is not None

    def amount(self, quantity: Quantity, exercise: Exercise, state: State, week: int) -> float:
        """What a dose has of a quantity that caps bound; nothing for activities of daily life."""
        asks = self.burden(exercise, state)
        return 0.0 if asks.activity else self._amount(quantity, exercise, state, asks, week)

    def _amount(self, quantity: Quantity, exercise: Exercise, state: State, asks: Burden, week: int) -> float:
        if quantity is Quantity.COMPRESSION:
            return asks.compression
        if quantity is Quantity.RESISTS:
            return max(asks.resists.values())
        if quantity is Quantity.LOAD_SHARE:
            return asks.load_kg / self.case.patient.body_mass_kg if asks.loads_spine else 0.0
        if quantity is Quantity.LOAD_KG:
            return asks.load_kg
        if quantity is Quantity.HOLD_SECONDS:
            return state.hold_seconds
        if quantity is Quantity.FLEXION_MOTION:
            return asks.motion[Direction.FLEXION]
        if quantity is Quantity.EXTENSION_MOTION:
            return asks.motion[Direction.EXTENSION]
        if quantity is Quantity.ROTATION_MOTION:
            return max(asks.motion[Direction.ROTATION_LEFT], asks.motion[Direction.ROTATION_RIGHT])
        if quantity is Quantity.THORACIC_FLEXION:
            return 3 if exercise.thoracic_flexion is None else exercise.thoracic_flexion
        if quantity is Quantity.IMPACT:
            return 3 if exercise.impact is None else exercise.impact
        if quantity is Quantity.SHARE_OF_ONE_REP_MAX:
            if state.load is None or exercise.bounds.kind is not DoseKind.REPETITIONS:
                return 0.0
            reserve = 10 - self.effort(exercise, state, week)
            return 1 / (1 + (max(state.counts) + reserve) / 30)
        # effort is planned below its caps, so it never closes a dose
        return 0.0
