"""Easier today: the five-minute version of every session, and the card for the 48 hours of a flare-up (rule E10).

Both are made from a finished programme, for nothing here competes with it: a short version is the
little that matters most of its session and day, a flare card is week 1 once more.  What they hold
has to be open before the gate that may still be shut as well as after it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.domain.case import Case
from planner.domain.directions import Direction, Side
from planner.domain.dose import CHANGE_OVER_SECONDS, Dose, DoseKind, Load, SetRow
from planner.domain.exercise import SECTION_OF, Exercise, Implement, Position, Section, Track
from planner.domain.programme import Alternative, Item, Phase, Programme, Session, SessionKind, Status
from planner.progression.ladder import State, rungs_of
from planner.progression.loads import ALWAYS_THERE, owned
from planner.rules.base import value
from planner.rules.bone import fragile, needs_balance
from planner.rules.directional import D2, lateral_first, moves, opposed, preference
from planner.rules.easier import E10, first_walk, short_seconds
from planner.rules.endurance import walks_in_intervals
from planner.rules.limits import Link
from planner.rules.practical import calibration_effort
from planner.rules.reading import week_before_gate, weeks_to_come
from planner.solver.gate import Gate

_SHIFTS = (Direction.SHIFT_LEFT, Direction.SHIFT_RIGHT)

#: Seconds of settling work in a short version, so that something else finds room. [D]
_SETTLING_SECONDS = 65

#: Effort of a heavy lift that has come down, CR10. [D]
_EASY = 4.0

#: Bending and the legs: one of them is enough in five minutes.
_LOWER = frozenset(
    {Track.EXPOSURE, Track.HINGE, Track.SQUAT, Track.TASK, Track.LUNGE, Track.HAMSTRING, Track.HIP, Track.CALF}
)
_UPPER = frozenset({Track.PUSH, Track.ROW, Track.PRESS, Track.PULLDOWN})


def with_easier(case: Case, programme: Programme, gate: Gate) -> Programme:
    """The programme with a short version of every session to come, and its flare card."""
    made = _Shortening(case, programme, gate)
    sessions = tuple(
        session.model_copy(update={"short": made.short(session)})
        if session.kind is SessionKind.TRAINING and session.status in (Status.CONFIRMED, Status.TENTATIVE)
        else session
        for session in programme.sessions
    )
    return programme.model_copy(update={"sessions": sessions, "flare_card": _Card(case, programme, gate).items()})


def still_easier(case: Case, programme: Programme, old: Programme, gate: Gate) -> Programme:
    """A later revision with short versions, and with the flare card as it was, less what may not be done any more.

    Where the files are other ones, all of it is made anew.
    """
    closed = {halt.exercise for halt in programme.halts if halt.until is None}
    stages = {h.direction: h.stage for h in programme.halts if h.until is None and h.direction is not None}

    def stands(item: Item) -> bool:
        exercise = case.exercises[item.exercise]
        asked = gate.stages(exercise, state_shown(exercise, item.dose, item.implement))
        return item.exercise not in closed and all(
            (stage := asked.get(way)) is not None and most is not None and stage <= most for way, most in stages.items()
        )

    made = with_easier(case, programme, gate)
    as_now = _Card(case, programme, gate)
    same_files = all(
        getattr(programme.provenance, name) == getattr(old.provenance, name)
        for name in ("patient_sha256", "clinic_sha256")
    )
    card = tuple(item for item in old.flare_card if same_files and stands(item) and as_now.allows(item))
    tracks = {item.track for item in card}
    # what was closed and is open again comes back
    again = tuple(item for item in made.flare_card if item.track not in tracks and stands(item))
    return made.model_copy(update={"flare_card": (*card, *again)})


def state_shown(exercise: Exercise, dose: Dose, implement: Implement) -> State:
    """The state of a scheme that a dose shows."""
    rows = dose.working_sets
    counts = {
        DoseKind.TIME: tuple(row.seconds or 0 for row in rows),
        DoseKind.DISTANCE: tuple(row.metres or 0 for row in rows),
        DoseKind.INTERVALS: tuple(row.rounds or 0 for row in rows),
    }.get(exercise.bounds.kind, tuple(row.repetitions or 0 for row in rows))
    return State(
        counts=counts,
        hold_seconds=max(row.hold_seconds or 0 for row in rows),
        load=dose.top_load,
        band=rows[0].band,
        implement=implement,
    )


# -------------------------------------------------------------------- five minutes
@dataclass(frozen=True)
class _Form:
    """One way to do an item: itself, its easier form or its fallback."""

    item: Item
    exercise: Exercise
    side: Side
    dose: Dose
    implement: Implement


class _Shortening:
    def __init__(self, case: Case, programme: Programme, gate: Gate) -> None:
        self.case, self.programme, self.gate = case, programme, gate
        self.daily: dict[dt.date, list[Item]] = {}
        for session in programme.sessions:
            if session.kind is SessionKind.DAILY:
                self.daily.setdefault(session.start.date(), []).extend(session.items)
        self.linked = [limit for limit in gate.limits if isinstance(limit, Link)]

    def short(self, session: Session) -> tuple[Item, ...]:
        """What matters most of a session and its day, inside five minutes."""
        settling = self._settling(session)
        rest = self._rest(session, settling)
        most = int(value(self.case, E10, "items"))
        chosen: list[Item] = [] if settling is None else [settling]
        for item in self._ranked(session, rest):
            if len(chosen) >= most:
                break
            if chosen and _region(item) in {_region(other) for other in chosen}:
                continue
            found = self._fitting(session, item, chosen)
            if found is not None:
                chosen.append(found)
        if not chosen:
            return self._movement()
        return self._in_order(session, chosen)

    def _rest(self, session: Session, settling: Item | None) -> list[Item]:
        """Items of the session beside its settling work; the opposite direction only where it can be closed."""
        linked = {e for limit in self.linked if session.week in limit.weeks for e in limit.exercises}
        return [
            item
            for item in session.items
            if item.track is not Track.DIRECTIONAL and (settling is not None or item.exercise not in linked)
        ]

    def _settling(self, session: Session) -> Item | None:
        """One bout of the preferred direction, of the session or of that day."""
        there = [*session.items, *self.daily.get(session.start.date(), ())]
        for item in there:
            if item.track is not Track.DIRECTIONAL:
                continue
            for form in self._forms(item, session):
                row = form.dose.sets[0]
                per = form.dose.seconds_per_repetition * (2 if form.dose.per_side else 1)
                count = min(row.repetitions or 1, max(1, _SETTLING_SECONDS // per))
                dose = form.dose.model_copy(
                    update={"sets": (row.model_copy(update={"repetitions": count}),), "bouts_per_day": 1}
                )
                if self._open(form, dose, session):
                    return self._item(form, dose)
        return None

    def _ranked(self, session: Session, items: Sequence[Item]) -> list[Item]:
        """What matters most first: in settle the trunk; later what keeps the goal alive, then the trunk.

        A healthy person's legs come before the trunk, and so do those of somebody who must not fall.
        """
        healthy = self.case.patient.healthy
        settle = self.programme.week(session.week).phase is Phase.SETTLE and not healthy
        legs = (Track.SQUAT, Track.HINGE) if healthy or needs_balance(self.case) else ()

        def rank(item: Item) -> tuple[bool, int, int]:
            named = self._goals_named(item)
            if named and not settle:
                kind = 0
                # lifting what the goal lifts comes before bending for its own sake
                named += item.track is Track.EXPOSURE and named > 2
            elif item.track in legs:
                kind = 1 + legs.index(item.track)
            elif item.section is Section.TRUNK and not healthy:
                kind = 3
            elif "T3" in item.serves or named:
                kind = 4
            else:
                kind = 5 if item.section is Section.MAIN else 6
            return item.calibration, kind, named

        return sorted(items, key=rank)

    def _goals_named(self, item: Item) -> int:
        """1: the exercise of a must goal, 2: of another goal, 3: serves a goal that has one; 0: none of these."""
        found = 0
        for i, goal in enumerate(self.case.patient.goals):
            if goal.exercise is None:
                continue
            if goal.exercise == item.exercise:
                found = min(found or 9, 1 if goal.priority == "must" else 2)
            elif f"goal {i + 1}" in item.serves:
                found = min(found or 9, 3)
        return found

    def _forms(self, item: Item, session: Session) -> Iterator[_Form]:
        """Ways to do an item, the one that counts most first; before a gate what was done there comes first."""
        shut = week_before_gate(self.programme, session.week) is not None
        if not shut:
            yield from self._form(item, item)
        elif item.fallback is not None:
            yield from self._form(item, item.fallback)
        if item.easier is not None and (not shut or item.fallback is not None):
            yield from self._form(item, item.easier)

    def _form(self, item: Item, way: Item | Alternative) -> Iterator[_Form]:
        exercise = self.case.exercises.get(way.exercise)
        if exercise is not None and exercise.complete:
            yield _Form(item, exercise, way.side, way.dose, way.implement)

    def _fitting(self, session: Session, item: Item, chosen: Sequence[Item]) -> Item | None:
        """One set of an item that is open, light enough and fits beside what is chosen."""
        room = value(self.case, E10, "minutes") * 60 - short_seconds(self.case, tuple(chosen)) - CHANGE_OVER_SECONDS
        for form in self._forms(item, session):
            dose = self._one_set(form, session)
            fitted = None if dose is None else _cut_to(dose, room)
            if fitted is not None and self._open(form, fitted, session):
                return self._item(form, fitted)
        return None

    def _one_set(self, form: _Form, session: Session) -> Dose | None:
        """One set without much effort; a heavy load comes down to one that is owned."""
        row = form.dose.working_sets[0]
        effort = row.effort
        if effort is not None:
            effort = min(effort, value(self.case, E10, "effort"))
            if form.item.calibration:
                effort = min(effort, calibration_effort(self.case))
            state = state_shown(form.exercise, form.dose, form.implement)
            effort = min(effort, *(self.gate.effort(form.exercise, state, week) for week in self._weeks(session)))
        row = row.model_copy(update={"effort": effort})
        mass = self.case.patient.body_mass_kg
        if row.load is not None and row.load.kg > value(self.case, E10, "heavy") * mass:
            lighter = self._lighter(row.load, form, session)
            half: dict[str, object] = {
                name: max(1, count // 2) for name in ("repetitions", "metres") if (count := getattr(row, name))
            }
            if lighter is None and row.load.kg > value(self.case, E10, "half_up_to") * mass:
                return None
            row = row.model_copy(update=half if lighter is None else {"load": lighter})
            row = row.model_copy(update={"effort": None if effort is None else min(effort, _EASY)})
        return form.dose.model_copy(update={"sets": (row,), "rest_seconds": 0, "bouts_per_day": 1})

    def _lighter(self, load: Load, form: _Form, session: Session) -> Load | None:
        """The heaviest load owned at the place that is light enough for a set without warm-up sets."""
        place = self.case.patient.place(session.place)
        most = max(
            value(self.case, E10, "heavy") * self.case.patient.body_mass_kg,
            value(self.case, E10, "lightened") * load.kg,
        )
        return max(
            (other for other in owned(place.equipment, form.implement) if other.kg <= most),
            key=lambda other: other.kg,
            default=None,
        )

    def _weeks(self, session: Session) -> tuple[int, ...]:
        earlier = week_before_gate(self.programme, session.week)
        return (session.week,) if earlier is None else (session.week, earlier)

    def _open(self, form: _Form, dose: Dose, session: Session) -> bool:
        """Whether every week that counts has it open, at the hour of the session."""
        state = state_shown(form.exercise, dose, form.implement)
        earliest = self.gate.not_before(form.exercise)
        if earliest is not None and session.start.time() < earliest:
            return False
        return all(_inside(self.gate, self.programme, form.exercise, state, week) for week in self._weeks(session))

    def _item(self, form: _Form, dose: Dose) -> Item:
        return Item(
            track=form.item.track,
            section=form.item.section,
            exercise=form.exercise.id,
            name=form.exercise.name,
            side=form.side,
            dose=dose,
            implement=form.implement,
            cue=form.exercise.cue.text,
            calibration=form.item.calibration and form.exercise.id == form.item.exercise,
            serves=form.item.serves,
            shaped_by=("E10",),
        )

    def _in_order(self, session: Session, chosen: list[Item]) -> tuple[Item, ...]:
        """Settling work first, or after the opposite direction that it closes (rule D4)."""
        linked = {e for limit in self.linked if session.week in limit.weeks for e in limit.exercises}
        opposite = [item for item in chosen if item.exercise in linked and item.track is not Track.DIRECTIONAL]
        closing = opposite[-1].section if opposite else Section.SYMPTOM_CONTROL
        placed = [
            item.model_copy(update={"section": closing}) if item.track is Track.DIRECTIONAL else item for item in chosen
        ]
        order = list(Section)
        placed.sort(key=lambda item: (order.index(item.section), item.track is Track.DIRECTIONAL))
        return tuple(placed)

    def _movement(self) -> tuple[Item, ...]:
        """Where nothing of the session may be done before its gate: the rest of the time on the feet."""
        left = value(self.case, E10, "minutes") * 60 - short_seconds(self.case, ()) - CHANGE_OVER_SECONDS
        most = min(left, first_walk(self.case, self.programme) * 60)
        return _on_foot(self.case, self.gate, int(most // 30) * 30, 1)


def _region(item: Item) -> str:
    """What a thing trains, so that two of a short version differ."""
    if item.track in _LOWER:
        return "lower"
    if item.track in _UPPER:
        return "upper"
    return item.section.value


def _cut_to(dose: Dose, room: float) -> Dose | None:
    """A single set cut to so many seconds, not below half of it; None when that is not enough."""
    if dose.seconds_once() <= room:
        return dose
    row = dose.sets[0]
    for name in ("rounds", "seconds", "metres", "repetitions"):
        count = getattr(row, name)
        if count is None:
            continue
        for fewer in range(count - 1, math.ceil(count / 2) - 1, -1):
            cut = dose.model_copy(update={"sets": (row.model_copy(update={name: fewer}),)})
            if cut.seconds_once() <= room:
                return cut
        return None
    return None


# -------------------------------------------------------------------- 48 hours
class _Card:
    def __init__(self, case: Case, programme: Programme, gate: Gate) -> None:
        self.case, self.programme, self.gate = case, programme, gate
        self.first = {
            item.track: item for session in programme.sessions_of(1, SessionKind.DAILY) for item in session.items
        }

    def items(self) -> tuple[Item, ...]:
        """The card: ease, the direction that helps, the nerve where it was moved in settle, short walks."""
        direction = self._direction()
        found = [self._relief(), direction, self._nerve()]
        if direction is None and not self.case.patient.findings.intolerances:
            found.append(self._mobility())
        return (*(item for item in found if item is not None), *self._walks())

    def allows(self, item: Item) -> bool:
        """Whether an item may stand on a card now, on its side; of a direction, whether it is the tested one."""
        exercise = self.case.exercises[item.exercise]
        as_tested = item.track is not Track.DIRECTIONAL or self._works_as_tested(exercise)
        return as_tested and item.side is self.gate.side_of(exercise) and self._may(exercise)

    def _may(self, exercise: Exercise) -> bool:
        """Whether nothing closes it, in any week to come, at any hour, and it needs nothing but what is everywhere."""
        if not exercise.complete or exercise.id in self.case.patient.dislikes:
            return False
        if not any(s.implement is Implement.NONE and set(s.needs) <= ALWAYS_THERE for s in exercise.setups):
            return False
        if self.gate.not_before(exercise) is not None:
            return False
        strong = int(value(self.case, D2, "matched_motion"))
        against = any(moves(exercise, way) >= strong for way in opposed(self.case))
        if against and not exercise.activity and not self._works_as_tested(exercise):
            return False
        states = rungs_of(exercise)
        return bool(states) and all(
            _inside(self.gate, self.programme, exercise, states[0], week) for week in weeks_to_come(self.programme)
        )

    def _direction(self) -> Item | None:
        """The preferred direction as in week 1; where that has none that is right now, once more little and often."""
        # bones that are fragile, and backs that like bending, keep to a small dose
        little = fragile(self.case) or preference(self.case) is Direction.FLEXION
        often = 2 if little else int(value(self.case, D2, "bouts_restore"))
        item = self.first.get(Track.DIRECTIONAL)
        # where week 1 has gone on from the side glide, a flare-up goes back to it (rule D3)
        if item is not None and self.allows(item):
            bouts = max(often, item.dose.bouts_per_day)
            dose = item.dose.model_copy(update={"bouts_per_day": bouts})
            note = f"{bouts} times today, spread out"
            return self._of(self.case.exercises[item.exercise], item.track, item.side, dose, note)
        found = [
            exercise
            for exercise in self.case.exercises.values()
            if Track.DIRECTIONAL in exercise.tracks
            and exercise.daily
            and exercise.bounds.kind is DoseKind.REPETITIONS
            and self._works_as_tested(exercise)
            and self._may(exercise)
        ]
        if not found:
            return None
        exercise = max(found, key=lambda e: (_reach(e), -e.level, e.id))
        side = self.gate.side_of(exercise)
        low, high = exercise.bounds.repetitions or (10, 10)
        dose = Dose(
            kind=DoseKind.REPETITIONS,
            sets=(SetRow(repetitions=int(min(high, max(low, value(self.case, D2, "repetitions"))))),),
            seconds_per_repetition=exercise.bounds.seconds_per_repetition,
            rest_seconds=0,
            bouts_per_day=often,
        )
        return self._of(exercise, Track.DIRECTIONAL, side, dose, f"{often} times today, spread out")

    def _works_as_tested(self, exercise: Exercise) -> bool:
        liked = preference(self.case)
        if lateral_first(self.case):
            return exercise.preference in _SHIFTS
        return liked is not None and exercise.preference is liked

    def _relief(self) -> Item | None:
        """The position of ease that the findings speak for."""
        if self.case.patient.healthy:
            return None
        bad = {row.direction for row in self.case.patient.findings.intolerances}
        liked = preference(self.case)

        def ease(exercise: Exercise) -> tuple[int, int, str]:
            positions, motion = exercise.positions or (), exercise.motion
            bends = motion is not None and motion.flexion > 0
            score = 0
            if liked is Direction.EXTENSION:
                score = 2 * (Position.PRONE in positions) - bends
            elif liked is Direction.FLEXION or (Direction.EXTENSION in bad and Direction.FLEXION not in bad):
                score = bends + (Position.SITTING in positions and walks_in_intervals(self.case))
            elif bad:
                score = 2 * (Position.SIDE_LYING in positions) - bends
            else:
                score = bends
            return score, -exercise.level, exercise.id

        found = [
            exercise
            for exercise in self.case.exercises.values()
            if Track.RELIEF in exercise.tracks and exercise.bounds.kind is DoseKind.TIME and self._may(exercise)
        ]
        if not found:
            return None
        exercise = max(found, key=ease)
        low, high = exercise.bounds.seconds or (300, 300)
        dose = Dose(
            kind=DoseKind.TIME, sets=(SetRow(seconds=max(low, min(high, 300))),), rest_seconds=0, bouts_per_day=3
        )
        return self._of(
            exercise, Track.RELIEF, self.gate.side_of(exercise), dose, "up to 3 times today, when you need it"
        )

    def _nerve(self) -> Item | None:
        """The slider of week 1, when the programme began with settling."""
        item = self.first.get(Track.NEURAL)
        if item is None or self.programme.weeks[0].phase is not Phase.SETTLE:
            return None
        exercise = self.case.exercises[item.exercise]
        return self._of(exercise, item.track, item.side, item.dose, item.days_note) if self.allows(item) else None

    def _mobility(self) -> Item | None:
        """Easy movement of a spine that dislikes no direction."""
        found = [
            exercise
            for exercise in self.case.exercises.values()
            if Track.MOBILITY in exercise.tracks
            and not exercise.activity
            and exercise.level <= 3
            and self._may(exercise)
        ]
        if not found:
            return None
        exercise = max(found, key=lambda e: (e.level, e.id))
        count = (exercise.bounds.repetitions or (8, 8))[0]
        dose = Dose(
            kind=DoseKind.REPETITIONS,
            sets=(SetRow(repetitions=count),),
            seconds_per_repetition=exercise.bounds.seconds_per_repetition,
            rest_seconds=0,
            bouts_per_day=3,
        )
        return self._of(exercise, Track.MOBILITY, Side.NONE, dose, "3 times today, spread out")

    def _walks(self) -> tuple[Item, ...]:
        """Short walks often: half of the first week's walk, so that there is room to spare."""
        most = min(first_walk(self.case, self.programme), value(self.case, E10, "walk_minutes"))
        minutes = max(min(3.0, most), min(most, round(first_walk(self.case, self.programme) / 2)))
        return _on_foot(self.case, self.gate, int(minutes * 60), int(value(self.case, E10, "walks")))

    @staticmethod
    def _of(exercise: Exercise, track: Track, side: Side, dose: Dose, note: str) -> Item:
        return Item(
            track=track,
            section=SECTION_OF[track],
            exercise=exercise.id,
            name=exercise.name,
            side=side,
            dose=dose,
            cue=exercise.cue.text,
            days_note=note,
            serves=("E10",),
            shaped_by=("E10",),
        )


def _reach(exercise: Exercise) -> int:
    """How far an exercise moves along its own direction, 0-3."""
    return 0 if exercise.preference is None else moves(exercise, exercise.preference)


def _inside(gate: Gate, programme: Programme, exercise: Exercise, state: State, week: int) -> bool:
    """Whether a dose is open in a week, with the envelope as it was planned."""
    if gate.closed_by(exercise, state, week) is not None:
        return False
    envelope = programme.week(week).envelope
    return all(
        stage is not None and stage <= envelope[direction] for direction, stage in gate.stages(exercise, state).items()
    )


def _on_foot(case: Case, gate: Gate, seconds: int, times: int) -> tuple[Item, ...]:
    """Easy walking for so many seconds; legs that ask for sits get them."""
    sits = walks_in_intervals(case) and not case.patient.healthy
    for name in ("interval_walk_with_sits" if sits else "walking", "march_on_the_spot"):
        exercise = case.exercises.get(name)
        if exercise is None or not exercise.complete:
            continue
        states = rungs_of(exercise)
        if not states or any(gate.closed_by(exercise, states[0], week) for week in range(1, case.weeks + 1)):
            continue
        effort = value(case, E10, "card_effort")
        if exercise.bounds.kind is DoseKind.INTERVALS:
            row = SetRow(
                rounds=2, work_seconds=max(30, seconds // 2), rest_seconds=60 if times > 1 else 0, effort=effort
            )
            note = "sit as soon as the legs ask for it"
        else:
            row = SetRow(seconds=seconds, effort=effort)
            note = "easy pace"
        dose = Dose(kind=exercise.bounds.kind, sets=(row,), rest_seconds=0, bouts_per_day=times)
        item = Item(
            track=Track.AEROBIC,
            section=Section.AEROBIC,
            exercise=exercise.id,
            name=exercise.name,
            dose=dose,
            cue=exercise.cue.text,
            days_note=f"{times} times today, {note}" if times > 1 else note,
            serves=("E10",),
            shaped_by=("E10",),
        )
        return (item,)
    return ()
