"""From the climb to the programme: sessions with times, items with doses, gates, easier rungs."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from planner.domain.case import Case
from planner.domain.directions import Side
from planner.domain.dose import Dose, DoseKind, SetRow
from planner.domain.exercise import LOADED_TRACKS, SECTION_OF, Exercise, Implement, Section, Track
from planner.domain.patient import GoalKind, Irritability
from planner.domain.programme import (
    Alternative,
    GoalOutcome,
    Item,
    Programme,
    Provenance,
    Session,
    SessionKind,
    Status,
    TierReport,
    Week,
)
from planner.progression.ladder import State, dose_of, rungs_of
from planner.progression.loads import BANDS, bands_at, owned, setup_at
from planner.rules import RULES, records
from planner.rules.base import value
from planner.rules.content import goal_name
from planner.rules.directional import preference
from planner.rules.dosing import LIGHTER, deload_weeks, sets_a_session
from planner.rules.gaps import absences
from planner.rules.irritability import compression_cap, effort_cap, item_cap
from planner.rules.limits import Growth, Link
from planner.rules.phases import forecast, irritability_in
from planner.rules.practical import E9, blocks, calibration_effort
from planner.rules.restrictions import closed_by_surgeon
from planner.solver.check_ins import Before, check_ins, gate_weeks
from planner.solver.closed import excluded
from planner.solver.columns import Column, grown
from planner.solver.daily import (
    DEFAULT_SLOT,
    DailyItem,
    assigned,
    directional_exercise,
    reduced,
    slots,
    uncovered,
    walking_slot,
)
from planner.solver.gate import Gate
from planner.solver.ladders import Ladder, Rung, deloaded, record_of
from planner.solver.terms import Solution
from planner.solver.week import Occasion, WeekTable

#: Namespace of programme ids.
NAMESPACE = uuid.UUID("6f0d2e0a-3a3e-5b0e-9d0a-0d3c2b1a4f58")


@dataclass(frozen=True)
class Parts:
    """Everything that the programme is put together from."""

    case: Case
    gate: Gate
    table: WeekTable
    ladders: Mapping[str, Ladder]
    solution: Solution
    daily: Mapping[int, tuple[DailyItem, ...]]
    warm_up_minutes: int
    past: Past | None = None


@dataclass(frozen=True)
class Past:
    """What a later revision takes over as it is.

    ``sessions`` have been lived; no training session begins before ``rest_until``.
    """

    sessions: tuple[Session, ...]
    check_ins: Before
    deloads: frozenset[int] = frozenset()
    rest_until: dt.datetime | None = None


def programme_id(case: Case) -> str:
    """Stable id of a patient's episode."""
    return str(uuid.uuid5(NAMESPACE, f"{case.patient.patient}/{case.patient.episode.start.isoformat()}"))


def assemble(parts: Parts, provenance: Provenance, notes: tuple[str, ...], warnings: tuple[str, ...]) -> Programme:
    """The programme of a solution."""
    return _Assembly(parts).programme(provenance, notes, warnings)


#: Effort below which an easier form asks for no less, CR10. [D]
LEAST_EFFORT = 4.0


class _Assembly:
    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.case = parts.case
        self.phases = forecast(self.case)
        self.deloads = deload_weeks(self.case)
        self.block_of = {week: n for n, weeks in enumerate(blocks(self.case)) for week in weeks}
        self.gate_weeks = gate_weeks(self.case)
        self.absences = absences(self.case)
        self.past = parts.past
        before = None if self.past is None else self.past.check_ins
        self.check_ins = check_ins(self.case, parts.table, before, self._first_daily())
        self.calibrated: set[str] = set()
        if self.past is not None:
            self.calibrated = {
                item.exercise
                for session in self.past.sessions
                for item in session.items
                if session.account is not None and session.account.did(item.exercise)
            }

    # ---------------------------------------------------------------- whole
    def programme(self, provenance: Provenance, notes: tuple[str, ...], warnings: tuple[str, ...]) -> Programme:
        case = self.case
        sessions: list[Session] = []
        for week in range(max(1, case.from_week - 1), case.weeks + 1):
            sessions.extend(self._training(week))
            sessions.extend(self._daily(week))
        sessions = self._after_the_past(sessions)
        sessions.sort(key=lambda s: (s.start, s.slot))
        first_check = min((check.start for check in self.check_ins if check.status is not Status.DONE), default=None)
        sessions = [
            s.model_copy(update={"status": Status.TENTATIVE})
            if first_check and s.start > first_check and s.status is Status.CONFIRMED
            else s
            for s in sessions
        ]
        every = (*(() if self.past is None else self.past.sessions), *sessions)
        everything = sorted(every, key=lambda s: (s.start, s.slot))
        standing = [s for s in everything if s.status not in (Status.MISSED, Status.CANCELLED)]
        present = [s for s in standing if not self._absent(s)]
        weeks = self._lightened([self._week(week, standing) for week in range(1, case.weeks + 1)], standing)
        solution = self.parts.solution
        return Programme(
            id=programme_id(case),
            stamp=dt.datetime.combine(case.patient.screening.on, dt.time(0, 0), tzinfo=dt.UTC),
            patient=case.patient.patient,
            clinic=case.clinic.clinic,
            contact=case.clinic.contact,
            prescriber=case.clinic.prescriber,
            timezone=case.patient.episode.timezone,
            starts=case.patient.episode.start,
            weeks_planned=case.weeks,
            provenance=provenance,
            weeks=weeks,
            sessions=tuple(everything),
            check_ins=self.check_ins,
            goals=tuple(self._goal(i, present) for i in range(len(case.patient.goals))),
            rules=records(case),
            excluded=excluded(case, self.parts.gate, self.parts.table),
            assumptions=(*self._assumptions(), *self._held_back(standing)),
            warnings=(*notes, *warnings),
            tiers=tuple(TierReport(name=t.name, value=t.value, bound=t.bound, proved=t.proved) for t in solution.tiers),
            stopped_by_clock=solution.stopped_by_clock,
            ladders=tuple(record_of(ladder) for _, ladder in sorted(self.parts.ladders.items())),
            windows={slot.number: slot.window for slot in self.parts.table.slots},
        )

    def _lived(self, slot: str, start: dt.datetime) -> bool:
        """Whether a session lies in the part of a later revision that is no longer planned."""
        course = self.case.course
        if self.past is None or course is None:
            return False
        return start.date() < course.planned_from or any(session.slot == slot for session in self.past.sessions)

    def _after_the_past(self, sessions: list[Session]) -> list[Session]:
        """Sessions that a later revision may still plan; in a flare-up the first days are for the flare card."""
        past = self.past
        if past is None:
            return sessions
        out = []
        for session in sessions:
            if self._lived(session.slot, session.start):
                continue
            if past.rest_until is None or session.start >= past.rest_until:
                out.append(session)
            # balance work goes on (rule B1); the card has the rest of what is done little and often
            elif balance := tuple(item for item in session.items if item.track is Track.BALANCE):
                minutes = session.warm_up_minutes + sum(item.dose.seconds_in_session() for item in balance) / 60
                out.append(session.model_copy(update={"items": balance, "estimated_minutes": round(minutes, 1)}))
            else:
                out.append(session.model_copy(update={"status": Status.CANCELLED}))
        return out

    def _week(self, week: int, sessions: list[Session]) -> Week:
        case = self.case
        phase = self.phases[week - 1]
        level = irritability_in(case, phase)
        mine = [s for s in sessions if s.week == week]
        hard: dict[Track, int] = {}
        aerobic = 0.0
        for session in mine:
            for item in session.items:
                if item.track in LOADED_TRACKS and session.kind is SessionKind.TRAINING:
                    hard[item.track] = hard.get(item.track, 0) + len(item.dose.working_sets)
                if item.track is Track.AEROBIC:
                    aerobic += item.dose.seconds_once() * item.dose.bouts_per_day / 60
        return Week(
            number=week,
            starts=case.week_start(week),
            phase=phase,
            irritability=level,
            gate=self._gate(week),
            block=self.block_of[week],
            envelope={d: stages[week - 1] for d, stages in sorted(self.parts.solution.stages.items())},
            closed=closed_by_surgeon(case, week),
            compression_cap=compression_cap(case, level),
            effort_cap=effort_cap(case, level),
            item_cap=item_cap(case, level),
            hard_sets={track: hard[track] for track in Track if track in hard},
            training_minutes=round(sum(s.estimated_minutes for s in mine if s.kind is SessionKind.TRAINING)),
            aerobic_minutes=round(aerobic),
        )

    def _lightened(self, weeks: list[Week], sessions: list[Session]) -> tuple[Week, ...]:
        """Names the deloads: weeks planned as such whose sessions really are lighter (rule O5)."""
        out = weeks[:1]
        for before, week in itertools.pairwise(weeks):
            there, here = sets_a_session(before, sessions), sets_a_session(week, sessions)
            named = week.number in self.deloads and 0 < here <= LIGHTER * there + 1e-9
            if self.past is not None and week.number < self.case.from_week:
                named = week.number in self.past.deloads
            out.append(week.model_copy(update={"deload": True}) if named else week)
        return tuple(out)

    # ---------------------------------------------------------------- gates
    def _gate(self, week: int) -> str | None:
        """The latest gate that must be passed for a week."""
        found = None
        for check in self.check_ins:
            if check.gate and check.week <= week and check.status is not Status.DONE:
                found = check.id
        return found

    def _week_before_gate(self, week: int) -> int | None:
        weeks = [w for w in self.gate_weeks if w <= week]
        return max(weeks) - 1 if weeks else None

    # ---------------------------------------------------------------- training sessions
    def _training(self, week: int) -> list[Session]:
        case, table = self.case, self.parts.table
        out = []
        order = 0
        here = sorted(
            (
                (table.occasions[week, slot.index], slot)
                for slot in table.slots
                if (week, slot.index) in table.occasions
            ),
            key=lambda pair: pair[0].start,
        )
        for occasion, slot in here:
            if self._lived(f"w{week:02d}-s{slot.number}", occasion.start):
                continue
            items = self._items(week, slot.index, slot.place)
            if not items:
                continue
            order += 1
            seconds = self.parts.warm_up_minutes * 60 + sum(i.dose.seconds_in_session() for i in items)
            minutes = seconds / 60
            out.append(
                Session(
                    slot=f"w{week:02d}-s{slot.number}",
                    week=week,
                    kind=SessionKind.TRAINING,
                    start=occasion.start,
                    end=self._end(occasion, minutes),
                    place=slot.place,
                    supervised=case.patient.place(slot.place).supervised,
                    warm_up_minutes=self.parts.warm_up_minutes,
                    warm_up=self._warm_up(items),
                    estimated_minutes=round(minutes, 1),
                    items=tuple(items),
                )
            )
        return out

    @staticmethod
    def _end(occasion: Occasion, minutes: float) -> dt.datetime:
        """End on the next five minutes, never beyond what is free."""
        whole = min(occasion.minutes, math.ceil(minutes / 5) * 5)
        return occasion.start + dt.timedelta(minutes=max(whole, math.ceil(minutes)))

    def _warm_up(self, items: list[Item]) -> str:
        loaded = next((i for i in items if i.dose.top_load is not None and i.section is Section.MAIN), None)
        text = f"{self.parts.warm_up_minutes} minutes of easy walking or marching on the spot, arms swinging."
        if loaded is not None and len(loaded.dose.working_sets) == len(loaded.dose.sets):
            text += f" Then one easy set of {loaded.name[0].lower() + loaded.name[1:]} with little or no load."
        return text

    def _session_rungs(self, week: int, slot: int) -> list[tuple[Ladder, Column, int]]:
        """(ladder, column, rung index) of every track that runs in this slot this week."""
        found = []
        for key, ladder in self.parts.ladders.items():
            column = self.parts.solution.columns.get(key, {}).get(week)
            block = self.parts.solution.contracts.get(key, {}).get(self.block_of[week])
            if column is None or block is None or slot not in block.slots:
                continue
            ordered = self.parts.table.in_order(self.case.week_start(week), week, block.slots)
            position = min(ordered.index(slot), column.frequency - 1)
            found.append((ladder, column, column.rungs[position]))
        return found

    def _items(self, week: int, slot: int, place: str) -> list[Item]:
        items: list[Item] = []
        for ladder, _, index in self._session_rungs(week, slot):
            items.append(self._item(ladder, ladder.rungs[index], week, slot, place))
        items.sort(key=_place_in_session)
        return self._closed_with_preference(items, week, place)

    def _closed_with_preference(self, items: list[Item], week: int, place: str) -> list[Item]:
        """Rule D4: after the opposite direction, one set of the preferred one."""
        linked: set[str] = set()
        for limit in self.parts.gate.limits:
            if isinstance(limit, Link) and week in limit.weeks:
                linked |= limit.exercises
        at = [n for n, item in enumerate(items) if item.exercise in linked]
        if not at:
            return items
        found = directional_exercise(self.case, self.parts.gate, self.parts.solution.stages, week)
        if found is None:
            return items
        exercise, side = found
        bounds = exercise.bounds
        low, high = bounds.repetitions or (10, 10)
        dose = Dose(
            kind=DoseKind.REPETITIONS,
            sets=(SetRow(repetitions=max(low, min(high, 10))),),
            seconds_per_repetition=bounds.seconds_per_repetition,
            rest_seconds=0,
        )
        last = items[at[-1]]
        easier_dose = dose.model_copy(
            update={
                "sets": (dose.sets[0].model_copy(update={"repetitions": max(1, (dose.sets[0].repetitions or 2) // 2)}),)
            }
        )
        closing = Item(
            track=Track.DIRECTIONAL,
            section=last.section,
            exercise=exercise.id,
            name=exercise.name,
            side=side,
            dose=dose,
            cue=exercise.cue.text,
            days_note=(
                "right afterwards: the direction your back likes"
                if exercise.preference is preference(self.case)
                else "right afterwards, to settle it"
            ),
            serves=("D4",),
            shaped_by=("D4",),
            why=f"D4: {RULES['D4'].title.lower()}.",
            gate=self._gate(week),
            fallback=self._closing_before_gate(week, dose),
            easier=self._alternative(exercise, side, easier_dose),
        )
        return [*items[: at[-1] + 1], closing, *items[at[-1] + 1 :]]

    def _closing_before_gate(self, week: int, dose: Dose) -> Alternative | None:
        """The preferred direction as it was worked before the gate: a side glide where extension has yet to come."""
        before = self._week_before_gate(week)
        if not self._gate(week) or before is None:
            return None
        found = directional_exercise(self.case, self.parts.gate, self.parts.solution.stages, before)
        return None if found is None else self._alternative(*found, dose)

    @staticmethod
    def _alternative(exercise: Exercise, side: Side, dose: Dose, implement: Implement = Implement.NONE) -> Alternative:
        return Alternative(exercise=exercise.id, name=exercise.name, side=side, dose=dose, implement=implement)

    def _item(self, ladder: Ladder, rung: Rung, week: int, slot: int, place: str) -> Item:
        exercise = rung.exercise
        gate = self.parts.gate
        state = deloaded(self.case, exercise, rung.state, week)
        effort = gate.effort(exercise, state, week)
        shaped = {r for r in (gate_rule(gate, exercise, week),) if r}
        calibration = exercise.id in ladder.calibrates and exercise.id not in self.calibrated
        if calibration:
            self.calibrated.add(exercise.id)
            effort = min(effort, calibration_effort(self.case))
            shaped.add("CAL")
        if rung.index == ladder.goal_rung and not calibration:
            from planner.rules.dosing import O2

            effort = value(self.case, O2, "effort_test")
        if rung.state.load is not None:
            shaped.add("O1")
        for direction, stage in rung.stages.items():
            if stage == self.parts.solution.stages[direction][week - 1]:
                shaped.add("D1")
        side = gate.side_of(exercise)
        dose = dose_of(
            exercise,
            state,
            effort=effort,
            per_side=side is Side.BOTH,
            forecast=exercise.id in ladder.forecast,
        )
        needed = self._gate(week)
        return Item(
            track=ladder.plan.track,
            section=SECTION_OF[ladder.plan.track],
            exercise=exercise.id,
            name=exercise.name,
            side=side,
            dose=dose,
            implement=rung.state.implement,
            cue=exercise.cue.text,
            serves=ladder.plan.serves,
            shaped_by=tuple(rule for rule in RULES if rule in shaped),
            why=self._why(ladder, rung, week),
            calibration=calibration,
            deload=week in self.deloads and state != rung.state,
            gate=needed,
            fallback=self._fallback(ladder, rung, week, slot, place) if needed else None,
            easier=self._easier(ladder, rung, week, slot, place),
            ladder=ladder.plan.key,
            rung=rung.index,
        )

    # ---------------------------------------------------------------- why
    def _why(self, ladder: Ladder, rung: Rung, week: int) -> str:
        """What a line serves, and what holds its next step, in one sentence."""
        purpose = ", ".join(s if s not in RULES else f"{s} ({RULES[s].title.lower()})" for s in ladder.plan.serves[:2])
        if not rung.nexts:
            return f"Serves {purpose}; the top of its ladder."
        nexts = [ladder.rungs[index] for index in rung.nexts]
        later = [nxt for nxt in nexts if self._planned(ladder, nxt, week) is not None] or nexts[:1]
        # a harder exercise that a rule keeps shut is worth knowing
        shut = [
            n for n in nexts if n not in later and re.match(r"closed|held by D1", self._held(ladder, rung, n, week))
        ]
        steps = "; then ".join(self._next(ladder, rung, nxt, week) for nxt in (*later, *shut))
        return f"Serves {purpose}; next {steps}."

    def _planned(self, ladder: Ladder, rung: Rung, week: int) -> int | None:
        """The first week from this one on in which a rung is stood on."""
        columns = self.parts.solution.columns[ladder.plan.key]
        return next((w for w, column in sorted(columns.items()) if w >= week and rung.index in column.rungs), None)

    def _next(self, ladder: Ladder, rung: Rung, nxt: Rung, week: int) -> str:
        """A step, when it is planned, and what holds it until then."""
        when = self._planned(ladder, nxt, week)
        if when == week:
            return f"{self._rung_text(nxt)} later this week"
        planned = "" if when is None else f" in week {when}"
        return f"{self._rung_text(nxt)}{planned} ({self._held(ladder, rung, nxt, week)})"

    @staticmethod
    def _rung_text(rung: Rung) -> str:
        state = rung.state
        parts = [rung.exercise.name, f"{state.sets}×{max(state.counts)}"]
        if state.load is not None:
            parts.append(f"at {state.load.text}")
        elif state.band is not None:
            parts.append(f"with a {state.band.replace('_', ' ')} band")
        return " ".join(parts)

    def _held(self, ladder: Ladder, rung: Rung, nxt: Rung, week: int) -> str:
        """What keeps the next rung for later: a rule, or the pace."""
        solution, table = self.parts.solution, self.parts.table
        limit = self.parts.gate.closing(nxt.exercise, nxt.state, week)
        if limit is not None:
            return f"closed by {limit.rule}: {RULES[limit.rule].title.lower()}"
        for direction, stage in nxt.stages.items():
            have = solution.stages[direction][week - 1]
            if stage > have:
                return f"held by D1: {direction.plain} {have}/5 open, {stage} needed"
        if week in self.deloads:
            return "held by O5: a deload"
        if table.lost(week):
            return "held because a session of the week is lost"
        stood = self._stood(ladder, rung, week)
        if stood < rung.needs:
            rule = "O1" if nxt.exercise.id == rung.exercise.id and nxt.state.raises_load_over(rung.state) else "E4"
            return f"held by {rule}: {stood} of {rung.needs} sessions"
        columns = solution.columns[ladder.plan.key]
        earlier = [self._sets(ladder, c) for w, c in columns.items() if w < week and w not in self.deloads]
        growth = next((g for g in self.parts.gate.limits if isinstance(g, Growth) and g.what == "hard_sets"), None)
        if growth is not None and earlier and nxt.sets > rung.sets:
            here = self._sets(ladder, columns[week]) + nxt.sets - rung.sets
            if here > grown(max(earlier[-4:]), growth.ratio, growth.absolute):
                return "held by O6: volume rises in small steps"
        return "the pace of the plan"

    @staticmethod
    def _sets(ladder: Ladder, column: Column) -> int:
        return sum(ladder.rungs[r].sets for r in column.rungs)

    def _stood(self, ladder: Ladder, rung: Rung, week: int) -> int:
        """Sessions in a row on a rung by the end of a week."""
        rungs = [
            index
            for w, column in sorted(self.parts.solution.columns[ladder.plan.key].items())
            if w <= week and not self.parts.table.lost(w)
            for index in column.rungs
        ]
        return len(list(itertools.takewhile(lambda index: index == rung.index, reversed(rungs))))

    def _inside(self, exercise: Exercise, state: State, week: int) -> bool:
        """Whether a dose is open in a week with the envelope as it was solved."""
        gate = self.parts.gate
        if gate.closed_by(exercise, state, week) is not None:
            return False
        return all(
            stage is not None and stage <= self.parts.solution.stages[direction][week - 1]
            for direction, stage in gate.stages(exercise, state).items()
        )

    def _at_place(self, exercise: Exercise, state: State, place: str) -> bool:
        there = self.case.patient.place(place)
        if state.load is not None:
            return state.load in owned(there.equipment, state.implement)
        if state.band is not None:
            return state.band in bands_at(there)
        return setup_at(there, exercise) is not None

    def _as_alternative(
        self, ladder: Ladder, exercise: Exercise, state: State, week: int, *, less: bool = False
    ) -> Alternative:
        gate = self.parts.gate
        side = gate.side_of(exercise)
        effort = gate.effort(exercise, state, week)
        if less:  # with a point less of effort, where there is one to give
            effort = max(min(effort, LEAST_EFFORT), effort - 1)
        if exercise.id in ladder.calibrates:
            effort = min(effort, calibration_effort(self.case))
        dose = dose_of(
            exercise, state, effort=effort, per_side=side is Side.BOTH, forecast=exercise.id in ladder.forecast
        )
        return self._alternative(exercise, side, dose, state.implement)

    def _fallback(self, ladder: Ladder, planned: Rung, week: int, slot: int, place: str) -> Alternative | None:
        """What the track did before the gate, no higher than what is planned; None when it was not there yet."""
        before = self._week_before_gate(week)
        if before is None:
            return None
        columns = self.parts.solution.columns.get(ladder.plan.key, {})
        weeks = [number for number, column in columns.items() if number <= before and column.rungs]
        if not weeks:
            return None
        # the week before may have lost the session that held it
        top = min(columns[max(weeks)].rungs[-1], planned.index)
        for index in range(top, -1, -1):
            rung = ladder.rungs[index]
            state = deloaded(self.case, rung.exercise, rung.state, before)
            if (
                slot in rung.slots
                and self._inside(rung.exercise, state, before)
                and self._inside(rung.exercise, state, week)
                and self._at_place(rung.exercise, state, place)
            ):
                return self._as_alternative(ladder, rung.exercise, state, before)
        return None

    def _easier(self, ladder: Ladder, rung: Rung, week: int, slot: int, place: str) -> Alternative | None:
        """A step down that this week's envelope and this place allow."""
        done = deloaded(self.case, rung.exercise, rung.state, week)
        for index in range(rung.index - 1, -1, -1):
            below = ladder.rungs[index]
            state = deloaded(self.case, below.exercise, below.state, week)
            if below.exercise.id == rung.exercise.id:
                if not self._clearly_less(state, done):
                    continue
            elif below.exercise.level >= rung.exercise.level:
                continue  # another took its place here, and it is no easier
            else:
                state = _no_more_work(state, done, below.exercise)
                same = state.load is not None and state.implement is rung.state.implement
                if (same and _kg(state) > _kg(done)) or _stronger_band(state, done):
                    continue  # with the same thing in the hands, easier is not heavier
            if (
                slot in below.slots
                and self._inside(below.exercise, state, week)
                and self._at_place(below.exercise, state, place)
            ):
                return self._as_alternative(ladder, below.exercise, state, week, less=True)
        for name in rung.exercise.regresses_to:
            exercise = self.case.exercises.get(name)
            if exercise is None or not exercise.complete or exercise.loadable or name in self.case.patient.dislikes:
                continue
            states = rungs_of(exercise, bands=bands_at(self.case.patient.place(place)))
            if (
                states
                and exercise.neural is None
                and self._inside(exercise, states[0], week)
                and self._at_place(exercise, states[0], place)
                and self.parts.gate.not_before(exercise) is None
            ):
                less = _no_more_work(states[0], done, exercise)
                return self._as_alternative(ladder, exercise, less, week, less=True)
        counts = done.counts[:-1] if done.sets > 1 else (max(1, done.counts[0] // 2),)
        fewer = replace(done, counts=counts)
        return self._as_alternative(ladder, rung.exercise, fewer, week, less=True)

    def _clearly_less(self, one: State, other: State) -> bool:
        """Whether a state of the same exercise is felt to be less (rule E9): in load, in sets or in all."""
        if _kg(one) > _kg(other) + 1e-9 or one.sets > other.sets or _stronger_band(one, other):
            return False
        mine, theirs = (sum(s.counts) * max(1, s.hold_seconds) * max(1, s.work_seconds) for s in (one, other))
        weaker = one.band != other.band or _kg(one) <= value(self.case, E9, "less_load") * _kg(other) < _kg(other)
        return mine <= theirs and (
            weaker or one.sets < other.sets or mine <= value(self.case, E9, "less_work") * theirs
        )

    # ---------------------------------------------------------------- daily work
    def _first_daily(self) -> dict[int, dt.datetime]:
        """When the first daily work of each week begins."""
        out: dict[int, dt.datetime] = {}
        for week, items in self.parts.daily.items():
            for day in range(7):
                date = self.case.week_start(week) + dt.timedelta(days=day)
                there = (
                    [] if self.case.patient.availability.is_away(date) else assigned(self.case, items, date.weekday())
                )
                if there:
                    out[week] = dt.datetime.combine(date, min(slot.at for slot, _ in there))
                    break
        return out

    def _daily(self, week: int) -> list[Session]:
        case = self.case
        out = []
        for day in range(7):
            date = case.week_start(week) + dt.timedelta(days=day)
            for n, (slot, items) in enumerate(assigned(case, self.parts.daily[week], date.weekday()), start=1):
                start = dt.datetime.combine(date, slot.at)
                rows = [self._daily_item(item, week) for item in items]
                minutes = sum(item.minutes for item in items) - 0.75
                out.append(
                    Session(
                        slot=f"w{week:02d}-d{day + 1}-{n}",
                        week=week,
                        kind=SessionKind.DAILY,
                        start=start,
                        end=start + dt.timedelta(minutes=min(slot.minutes, max(5, math.ceil(minutes / 5) * 5))),
                        place="anywhere",
                        estimated_minutes=round(max(0.5, minutes), 1),
                        items=tuple(rows),
                    )
                )
        return out

    def _daily_item(self, item: DailyItem, week: int) -> Item:
        gate = self._gate(week)
        before = self._week_before_gate(week)
        fallback = None
        if gate and before is not None:
            earlier = next((d for d in self.parts.daily[before] if d.track is item.track), None)
            lived = self._lived_daily(item.track, before)
            if lived is not None:
                fallback = lived
            elif earlier is not None:
                fallback = self._alternative(earlier.exercise, earlier.side, earlier.dose)
        return Item(
            track=item.track,
            section=SECTION_OF[item.track],
            exercise=item.exercise.id,
            name=item.exercise.name,
            side=item.side,
            dose=item.dose,
            cue=item.exercise.cue.text,
            days_note=item.note,
            serves=item.serves,
            shaped_by=tuple(s for s in item.serves if s in RULES),
            why="; ".join(f"{s}: {RULES[s].title.lower()}" if s in RULES else s for s in item.serves) + ".",
            gate=gate,
            fallback=fallback,
            easier=self._alternative(item.exercise, item.side, reduced(item)),
        )

    def _absent(self, session: Session) -> bool:
        """Whether a session lies in an absence: nobody was there, whatever is not known of it (rule R1)."""
        return any(one.holds(session.start.date()) for one in self.absences)

    def _lived_daily(self, track: Track, week: int) -> Alternative | None:
        """The work of a daily track as it was last done before a gate by a week that has been lived; None without any.

        What lay behind a gate that stayed shut was left for what stood in for it.
        """
        if self.past is None or week >= self.case.from_week:
            return None
        shut = {check.id for check in self.past.check_ins.held if check.passed is False}
        found: list[Item | Alternative] = []
        for session in sorted(self.past.sessions, key=lambda s: s.start):
            if session.week > week or session.kind is not SessionKind.DAILY or session.status is Status.CANCELLED:
                continue
            if self._absent(session):
                continue
            for item in session.items:
                if session.account is not None and not session.account.did(item.exercise):
                    continue
                done = item.fallback if item.gate in shut else item
                if item.track is track and done is not None and self._open_daily(done, week):
                    found.append(done)
        if not found:
            return None
        last = found[-1]
        return Alternative(exercise=last.exercise, name=last.name, side=last.side, dose=last.dose)

    def _open_daily(self, done: Item | Alternative, week: int) -> bool:
        """Whether daily work is open in a week, inside the envelope that the week has now."""
        exercise = self.case.exercises[done.exercise]
        states = rungs_of(exercise)
        return bool(states) and self._inside(exercise, states[0], week)

    # ---------------------------------------------------------------- words
    def _goal(self, index: int, sessions: list[Session]) -> GoalOutcome:
        goal = self.case.patient.goals[index]
        words = goal.words or describe(
            goal.kind, self.case, goal.exercise, goal.load_kg, goal.repetitions, goal.minutes
        )
        name = goal_name(index)
        if goal.kind in (GoalKind.LIFT, GoalKind.TASK, GoalKind.EXERCISE):
            return self._exercise_goal(name, words, index, sessions)
        if goal.kind is GoalKind.WALK:
            return self._walk_goal(name, words, sessions)
        if goal.kind is GoalKind.RUN:
            return GoalOutcome(
                goal=name, words=words, forecast="not planned.", held_back_by="E8: running is not planned yet"
            )
        first = [s for s in sessions if s.week == 1 and s.kind is SessionKind.TRAINING]
        last = [s for s in sessions if s.week == self.case.weeks and s.kind is SessionKind.TRAINING]
        hard = [sum(len(i.dose.working_sets) for s in group for i in s.items) for group in (first, last)]
        return GoalOutcome(
            goal=name,
            words=words,
            reached_week=self.case.weeks,
            forecast=f"{len(last)} sessions a week; working sets a week from {hard[0]} to {hard[1]}.",
        )

    def _exercise_goal(self, name: str, words: str, index: int, sessions: list[Session]) -> GoalOutcome:
        goal = self.case.patient.goals[index]
        best: tuple[float, int, int, str] | None = None
        for session in sessions:
            for item in session.items:
                if item.exercise != goal.exercise:
                    continue
                for row in item.dose.working_sets:
                    load = row.load.kg if row.load else 0.0
                    count = row.repetitions or row.metres or 0
                    if load >= (goal.load_kg or 0) - 1e-6 and count >= (goal.repetitions or 1):
                        text = f"{row.load.text} x {count}" if row.load else f"{count} repetitions"
                        return GoalOutcome(
                            goal=name,
                            words=words,
                            reached_week=session.week,
                            forecast=f"{item.name}: {text} in week {session.week}, {session.start:%a %d %b}.",
                        )
                    if best is None or (load, count) > best[:2]:
                        text = f"{row.load.text} x {count}" if row.load else f"{count} repetitions"
                        best = (load, count, session.week, f"{item.name}: {text} in week {session.week}")
        if best is not None:
            return GoalOutcome(goal=name, words=words, forecast=best[3] + ".", held_back_by=self._why_short(index))
        return GoalOutcome(
            goal=name, words=words, forecast="not reached in this programme.", held_back_by=self._why_short(index)
        )

    def _why_short(self, index: int) -> str:
        """The rule or resource that keeps a goal out of reach."""
        goal = self.case.patient.goals[index]
        exercise = self.case.exercises.get(goal.exercise or "")
        if exercise is None or not exercise.complete:
            return "E6: the exercise is not in the catalogue or its tags are incomplete"
        ladder = next(
            (lad for lad in self.parts.ladders.values() if any(r.exercise.id == exercise.id for r in lad.rungs)),
            None,
        )
        found = self._equipment_for(exercise, goal.load_kg)
        if found is not None:
            return found
        state = next(iter(rungs_of(exercise, loads=(), start_kg=None)), None)
        probe = ladder.rungs[-1].state if ladder else state
        if probe is not None:
            for week in range(self.case.weeks, 0, -1):
                rule = self.parts.gate.closed_by(exercise, probe, week)
                if rule is not None:
                    return f"{rule}: {RULES[rule].title.lower()} (closed in week {week})"
        named = "O1, D1" if ladder is not None and any(rung.stages for rung in ladder.rungs) else "O1"
        return f"{named}: the steps that {self.case.weeks} weeks leave room for"

    def _equipment_for(self, exercise: Exercise, load_kg: float | None) -> str | None:
        places = [self.case.patient.place(slot.place) for slot in self.parts.table.slots]
        usable = [place for place in places if setup_at(place, exercise) is not None]
        if not usable:
            return "E1: no place has the equipment"
        if load_kg is not None:
            heaviest = max(
                (
                    load.kg
                    for place in usable
                    for setup in exercise.setups
                    for load in owned(place.equipment, setup.implement)
                ),
                default=0.0,
            )
            if heaviest < load_kg - 1e-6:
                return f"E1: the heaviest load owned is {heaviest:g} kg"
        return None

    def _walk_goal(self, name: str, words: str, sessions: list[Session]) -> GoalOutcome:
        goal = self.case.patient.goals[int(name.split()[1]) - 1]
        wanted = goal.minutes or 0
        best, week_of_best, bouts = 0, 0, ""
        for session in sessions:
            for item in session.items:
                if item.track is not Track.AEROBIC:
                    continue
                row = item.dose.sets[0]
                minutes = round((row.seconds or (row.rounds or 0) * (row.work_seconds or 0)) / 60)
                if minutes > best:
                    best, week_of_best = minutes, session.week
                    rounds = row.rounds or 1
                    bouts = f" in {rounds} bouts with a rest between" if rounds > 1 else ""
        if best >= wanted:
            forecast = f"{best} min{bouts} in week {week_of_best}."
            return GoalOutcome(goal=name, words=words, reached_week=week_of_best, forecast=forecast)
        slot = walking_slot(self.case)
        why = "W1: ten to twenty per cent a week"
        if slot is not None and slot.minutes < wanted:
            why = f"availability.daily_slots: the longest slot has {slot.minutes} min"
        return GoalOutcome(
            goal=name,
            words=words,
            forecast=f"{best} min{bouts} in week {week_of_best}." if best else "not planned.",
            held_back_by=why,
        )

    def _assumptions(self) -> list[str]:
        case = self.case
        patient = case.patient
        out = [
            "Weeks run seven days from the start date; this is a forecast: every step waits for the one before.",
            "One-repetition maxima are estimated after Epley (rule O8).",
        ]
        if not patient.availability.daily_slots:
            slot = slots(case)[0]
            if any(self.parts.daily.values()):
                out.append(
                    f"No daily slot was given: little-and-often work is put at {slot.at:%H:%M} for "
                    f"{slot.minutes} minutes."
                )
            if walking_slot(case) is None:
                out.append("No daily slot was given, so no walks are planned (rule W1); one of 15 minutes would do.")
        days = uncovered(case)
        if days:
            out.append(
                f"The daily slots leave balance work too few days, so {DEFAULT_SLOT.minutes} minutes at "
                f"{DEFAULT_SLOT.at:%H:%M} are used on {', '.join(day.value.title() for day in days)} (rule B1)."
            )
        if self.calibrated:
            names = ", ".join(sorted(case.exercises[e].name for e in self.calibrated))
            out.append(f"Capacity unknown, so the first session calibrates and later loads are a forecast: {names}.")
        if patient.training.longest_walk_minutes is None and walking_slot(case) is not None:
            out.append("The longest recent walk is not known; walking starts short (rule W1).")
        if patient.conditions.osteoporosis is None or patient.conditions.vertebral_fracture == "unknown":
            out.append("Bone or fracture status is not known, so the osteoporosis caps hold (rule OP).")
        if not patient.healthy and patient.findings.directional_preference is None:
            out.append("No directional preference is recorded; none is assumed.")
        rest = self.past.rest_until if self.past is not None else None
        lost = [
            (week, slot)
            for week in range(case.from_week, case.weeks + 1)
            for slot in self.parts.table.slots
            if (week, slot.index) not in self.parts.table.occasions
            and (rest is None or self.parts.table.when(self.case.week_start(week), week, slot.index) >= rest)
        ]
        if lost:
            words = ", ".join(f"week {w} {s.window.day.value}" for w, s in lost)
            out.append(f"Sessions that find no free time and are left out: {words}.")
        moved = [
            f"week {w} to {o.start:%a %H:%M}"
            for (w, _), o in sorted(self.parts.table.occasions.items())
            if o.moved and w >= case.from_week
        ]
        if moved:
            out.append(f"Sessions moved around busy hours: {', '.join(moved)}.")
        if case.patient.conditions.osteoporosis is True and not any(
            owned(case.patient.place(s.place).equipment, i)
            for s in self.parts.table.slots
            for i in (Implement.BARBELL, Implement.DUMBBELL, Implement.KETTLEBELL)
        ):
            out.append(
                "Bands seldom load bone enough to strengthen it; supervised training with weights is recommended "
                "alongside (rule B1)."
            )
        return out

    def _held_back(self, sessions: list[Session]) -> list[str]:
        """For each loaded track that does not end harder than it began: which rule held it."""
        out = []
        for key, ladder in self.parts.ladders.items():
            columns = self.parts.solution.columns.get(key, {})
            if not columns or ladder.plan.track not in LOADED_TRACKS:
                continue
            first, last = min(columns), max(columns)
            if columns[last].rungs[-1] > columns[first].rungs[0] or last == first:
                continue
            nxt = ladder.rungs[columns[last].rungs[-1]].nexts
            if not nxt:
                why = "E1: the catalogue and the equipment hold nothing harder"
            else:
                rule = self.parts.gate.closed_by(ladder.rungs[nxt[0]].exercise, ladder.rungs[nxt[0]].state, last)
                why = f"{rule}: {RULES[rule].title.lower()}" if rule else "D1, E2: exposure and minutes"
            out.append(f"{key.replace('_', ' ')} does not get harder ({why}).")
        return out


def _place_in_session(item: Item) -> tuple[int, bool, int]:
    """Sections in their order; bending against a load after the heavy lifts, never before them."""
    bends = item.track is Track.EXPOSURE and item.dose.top_load is not None
    return list(Section).index(item.section), bends, list(Track).index(item.track)


def _kg(state: State) -> float:
    return 0.0 if state.load is None else state.load.kg


def _stronger_band(one: State, other: State) -> bool:
    """Whether both pull a band and the first pulls the stronger one."""
    return one.band is not None and other.band is not None and BANDS.index(one.band) > BANDS.index(other.band)


def _no_more_work(state: State, other: State, exercise: Exercise) -> State:
    """A state of an easier exercise with no more to do than what it stands in for, as far as its bounds allow."""
    kind = exercise.bounds.kind
    least = exercise.bounds.metres if kind is DoseKind.DISTANCE else exercise.bounds.repetitions
    low = least[0] if least else 1
    counted = kind in (DoseKind.REPETITIONS, DoseKind.HOLD, DoseKind.DISTANCE)
    if not counted or bool(state.hold_seconds) != bool(other.hold_seconds):
        return state
    counts = tuple(min(count, max(low, *other.counts)) for count in state.counts[: other.sets])
    most = sum(other.counts) * max(1, other.hold_seconds)
    while len(counts) > 1 and sum(counts) * max(1, state.hold_seconds) > most:
        counts = counts[:-1]
    return replace(state, counts=counts)


def gate_rule(gate: Gate, exercise: Exercise, week: int) -> str | None:
    """I1 where irritability caps this week's work, None otherwise."""
    level = irritability_in(gate.case, forecast(gate.case)[week - 1])
    return "I1" if level is not Irritability.LOW and not gate.case.patient.healthy else None


def describe(
    kind: GoalKind, case: Case, exercise: str | None, load: float | None, repetitions: int | None, minutes: int | None
) -> str:
    """A goal in plain words when the patient's own are not there."""
    if kind in (GoalKind.LIFT, GoalKind.TASK, GoalKind.EXERCISE):
        name = case.exercises[exercise].name if exercise is not None and exercise in case.exercises else str(exercise)
        text = name
        if load is not None:
            text += f" {load:g} kg"
        if repetitions is not None:
            text += f" x {repetitions}"
        return text
    if kind is GoalKind.WALK:
        return f"walk {minutes} minutes"
    if kind is GoalKind.RUN:
        return f"run {minutes} minutes"
    return "get stronger" if kind is GoalKind.STRENGTH else "be active and move well"
