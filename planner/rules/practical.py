"""E1-E7, CAL, X1, Q1: what makes a programme doable: equipment, time, order, constancy, calibration."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

from planner.domain.case import Case
from planner.domain.directions import Side
from planner.domain.dose import CHANGE_OVER_SECONDS, Dose, DoseKind, Load
from planner.domain.exercise import Apparatus, Exercise, Implement, Scheme, Section, Track
from planner.domain.patient import Bar, Equipment, GoalKind, Irritability, Place, Stack
from planner.domain.programme import Item, Phase, Programme, Session, SessionKind
from planner.rules.base import D, Force, OverrideBy, Parameter, Rule, Scope, Violation, is_off, value
from planner.rules.limits import Forbid, Limit, Order
from planner.rules.phases import forecast
from planner.rules.reading import Line, amount, band_strength, exercise_of, heavier, lines, load_kg, standing, variants

E1 = Rule(
    id="E1",
    title="Loads that are owned",
    statement="Every exercise has its equipment, and every load is one owned, at the place of its session.",
    force=Force.HARD,
    scope=Scope.ITEM,
    source="product promise",
    mark=D,
    override=OverrideBy.NEVER,
)
E2 = Rule(
    id="E2",
    title="Inside the week",
    statement=(
        "Sessions lie inside the patient's windows and daily slots, outside busy events and days away, at most one "
        "training session a day, and the estimated minutes (warm-up, work, rest, change-over) fit."
    ),
    force=Force.HARD,
    scope=Scope.SESSION,
    source="product promise",
    mark=D,
    override=OverrideBy.NEVER,
    parameters=(Parameter("warm_up_minutes", 4, 3, 10, "warm-up of a training session, minutes"),),
)
E3 = Rule(
    id="E3",
    title="Order of a session",
    statement="Symptom control, preparation, trunk, main patterns, accessories, aerobic.",
    force=Force.HARD,
    scope=Scope.SESSION,
    source="practice",
    mark=D,
)
E4 = Rule(
    id="E4",
    title="Exercises stay",
    statement=(
        "A strength exercise stays at least three weeks unless it steps up its ladder, and none appears only once."
    ),
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="practice",
    mark=D,
    parameters=(Parameter("weeks", 3, 2, 6, "weeks that a strength exercise stays"),),
)
E5 = Rule(
    id="E5",
    title="The week keeps its shape",
    statement="The weekdays of a track stay the same for a block of about four weeks.",
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="practice",
    mark=D,
    parameters=(Parameter("block_weeks", 4, 2, 6, "longest block, weeks"),),
)
E6 = Rule(
    id="E6",
    title="Complete tags",
    statement="An exercise whose tags are incomplete is never prescribed, nor a dose outside the exercise's bounds.",
    force=Force.HARD,
    scope=Scope.ITEM,
    source="product promise",
    mark=D,
    override=OverrideBy.NEVER,
)
E7 = Rule(
    id="E7",
    title="Symptom work ends",
    statement="Directional and neural work tapers and ends before the programme does.",
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="practice",
    mark=D,
)
E8 = Rule(
    id="E8",
    title="Nothing without a purpose",
    statement="Every item names the goal or the rule that it serves; every must goal is reached.",
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="product promise",
    mark=D,
    override=OverrideBy.NEVER,
)
E9 = Rule(
    id="E9",
    title="A way down",
    statement=(
        "Every item has an easier form inside this week's envelope that is felt to be easier: an easier exercise with "
        "no more to do and no stronger band, or of the same less load, fewer sets or clearly less in all. Every item "
        "behind a gate has a fallback that is valid before it."
    ),
    force=Force.HARD,
    scope=Scope.ITEM,
    source="product promise; shares are design defaults",
    mark=D,
    override=OverrideBy.NEVER,
    parameters=(
        Parameter("less_load", 0.9, 0.7, 0.95, "share of the load from which a lighter one is felt to be easier"),
        Parameter("less_work", 0.8, 0.5, 0.9, "share of the repetitions, metres or minutes from which less is"),
    ),
)
CAL = Rule(
    id="CAL",
    title="Calibration",
    statement=(
        "Unknown capacity: the first session calibrates at 4 or more repetitions in reserve when irritable, 2 or 3 "
        "otherwise, never above the phase's effort cap; later loads are a forecast from it until logged."
    ),
    force=Force.HARD,
    scope=Scope.ITEM,
    source="design default",
    mark=D,
    parameters=(
        Parameter("reserve_irritable", 4, 3, 6, "repetitions in reserve when irritable"),
        Parameter("reserve", 3, 2, 4, "repetitions in reserve otherwise"),
    ),
)
X1 = Rule(
    id="X1",
    title="Passive items are adjuncts",
    statement="Each passive item has at least one active item beside it.",
    force=Force.HARD,
    scope=Scope.SESSION,
    source="WHO 2023; NICE NG59",
    mark=D,
)
Q1 = Rule(
    id="Q1",
    title="Confidence",
    statement="Confidence below 7 of 10: the programme shrinks first, one exercise fewer a session.",
    force=Force.SOFT,
    scope=Scope.SESSION,
    source="practice",
    mark=D,
    parameters=(Parameter("confidence", 7, 5, 9, "below this the programme shrinks"),),
)
RULES = (E1, E2, E3, E4, E5, E6, E7, E8, E9, CAL, X1, Q1)


def blocks(case: Case) -> tuple[tuple[int, ...], ...]:
    """The weeks, 1-based, of every block: a phase, cut evenly where it is longer than a block.

    A later revision keeps the blocks that there are, and begins a new one where it or a phase begins.
    """
    weeks = list(enumerate(forecast(case), start=1))
    if case.course is not None and case.course.blocks:
        block_of = {week: n for n, block in enumerate(case.course.blocks) for week in block}
        groups = itertools.groupby(weeks, key=lambda p: (p[1], block_of.get(p[0]), p[0] >= case.from_week))
        return tuple(tuple(week for week, _ in group) for _, group in groups)
    longest = int(value(case, E5, "block_weeks"))
    out: list[tuple[int, ...]] = []
    for _, group in itertools.groupby(weeks, key=lambda pair: pair[1]):
        run = [week for week, _ in group]
        parts = -(-len(run) // longest)
        size, extra = divmod(len(run), parts)
        begin = 0
        for part in range(parts):
            end = begin + size + (part < extra)
            out.append(tuple(run[begin:end]))
            begin = end
    return tuple(out)


def calibration_effort(case: Case) -> float:
    """Effort of a first contact with an unknown capacity, RPE."""
    irritable = not case.patient.healthy and case.patient.findings.irritability is not Irritability.LOW
    return 10 - value(case, CAL, "reserve_irritable" if irritable else "reserve")


def unsure(case: Case) -> bool:
    """Whether the patient's confidence asks for a smaller programme (rule Q1)."""
    confidence = case.patient.confidence
    return confidence is not None and confidence < value(case, Q1, "confidence") and not is_off(case, Q1)


def limits(case: Case) -> Iterator[Limit]:
    """Incomplete exercises are out; sections have an order."""
    untagged = frozenset(e.id for e in case.exercises.values() if not e.complete)
    if untagged:
        yield Forbid(rule="E6", because="catalogue", exercises=untagged)
    yield Order(rule="E3", because="rule default", sections=tuple(Section))


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Equipment, time, order, constancy, tags, endings, purpose, ways down and calibration."""
    yield from _equipment(case, programme)
    yield from _time(case, programme)
    yield from _order(case, programme)
    yield from _stays(case, programme)
    yield from _shape(case, programme)
    yield from _tags(case, programme)
    yield from _ends(case, programme)
    yield from _purpose(case, programme)
    yield from _way_down(case, programme)
    yield from _calibrated(case, programme)
    for session in programme.live:
        for items in (session.items, session.short):
            found = [exercise_of(case, item.exercise) for item in items]
            passive = sum(e is not None and e.passive for e in found)
            if passive > len(found) - passive and not is_off(case, X1):
                yield Violation("X1", f"week {session.week}, {session.slot}", "more passive than active items")


_ALWAYS = {Apparatus.MAT, Apparatus.CHAIR, Apparatus.WALL, Apparatus.COUNTER, Apparatus.DOWEL, Apparatus.TOWEL}


def _equipment(case: Case, programme: Programme) -> Iterator[Violation]:
    places = {place.name: place for place in case.patient.places}
    for variant in variants(programme):
        exercise = exercise_of(case, variant.exercise)
        session = variant.line.session
        if exercise is None:
            continue
        if session.kind is SessionKind.DAILY:
            if not any(s.implement is Implement.NONE and set(s.needs) <= _ALWAYS for s in exercise.setups):
                yield Violation("E1", variant.where, "daily work needs equipment")
            continue
        place = places.get(session.place)
        if place is None:
            yield Violation("E1", variant.where, f"there is no place {session.place}")
            continue
        things = _ALWAYS | set(place.equipment.things)
        setups = [s for s in exercise.setups if set(s.needs) <= things]
        rows = variant.dose.sets
        bands = {row.band for row in rows if row.band}
        loads = [row.load for row in rows if row.load is not None]
        if bands:
            if not bands <= set(place.equipment.bands):
                yield Violation("E1", variant.where, f"no {', '.join(sorted(bands))} band at {place.name}")
        elif loads:
            usable = [s.implement for s in setups if all(_owns(place, s.implement, load) for load in loads)]
            if not usable:
                yield Violation("E1", variant.where, f"{loads[-1].text} is not owned at {place.name}")
        elif not any(s.implement in (Implement.NONE, Implement.BAND) for s in setups):
            yield Violation("E1", variant.where, f"the equipment is not at {place.name}")


def _owns(place: Place, implement: Implement, load: Load) -> bool:
    """Whether a load can be put together at a place, to the gram."""
    kit = place.equipment
    if load.unit is not kit.load_unit:
        return False
    bar, loose, stack = parts_of(kit, implement)
    if bar is not None:
        rest = load.amount - kit.native(bar.bar).amount
        return _pairs(rest, [2 * kit.native(plate).amount for plate in bar.plates])
    if stack is not None:
        low, high, step = (kit.native(v).amount for v in (stack.low, stack.high, stack.step))
        return low <= load.amount <= high and (load.amount - low) % step == 0
    single = [kit.native(value).amount for value in loose]
    two = implement is Implement.PLATE and _pairs(load.amount, single)
    return load.amount in single or two


def parts_of(kit: Equipment, implement: Implement) -> tuple[Bar | None, tuple[float, ...], Stack | None]:
    """What an implement is there as: a bar with its plates, loose loads, or a stack."""
    loose: dict[Implement, tuple[float, ...]] = {
        Implement.DUMBBELL: kit.dumbbells,
        Implement.DUMBBELL_PAIR: kit.dumbbells if kit.dumbbell_pairs else (),
        Implement.KETTLEBELL: kit.kettlebells,
        Implement.PLATE: kit.plates,
    }
    bar = {Implement.BARBELL: kit.barbell, Implement.TRAP_BAR: kit.trap_bar}.get(implement)
    stack = {Implement.CABLE: kit.cable, Implement.MACHINE: kit.machine, Implement.BOX: kit.box}.get(implement)
    return bar, loose.get(implement, ()), stack


def _pairs(rest: int, pairs: list[int]) -> bool:
    if rest == 0:
        return True
    if rest < 0 or not pairs:
        return False
    return _pairs(rest - pairs[0], pairs[1:]) or _pairs(rest, pairs[1:])


def _time(case: Case, programme: Programme) -> Iterator[Violation]:
    availability = case.patient.availability
    last = case.week_start(case.weeks + 1)
    seen: dict[dt.date, str] = {}
    slots: set[str] = set()
    for session in programme.live:
        where = f"week {session.week}, {session.slot}"
        date = session.start.date()
        if session.slot in slots:
            yield Violation("E2", where, "the slot id is used twice")
        slots.add(session.slot)
        if not case.week_start(1) <= date < last or case.week_of(date) != session.week:
            yield Violation("E2", where, f"{date} is not in week {session.week}")
        if session.end <= session.start:
            yield Violation("E2", where, "ends before it starts")
        length = (session.end - session.start).total_seconds() / 60
        work = sum(item.dose.seconds_in_session() for item in session.items)
        if session.kind is SessionKind.DAILY:
            work -= CHANGE_OVER_SECONDS
            if not _in_daily_slot(case, session):
                yield Violation("E2", where, "daily work outside the daily slots")
            if work / 60 > length + 1e-6:
                yield Violation("E2", where, f"one round takes {work / 60:.1f} of {length:g} minutes")
            continue
        minutes = work / 60 + session.warm_up_minutes
        if session.warm_up_minutes < value(case, E2, "warm_up_minutes"):
            yield Violation("E2", where, f"a warm-up of {session.warm_up_minutes} minutes")
        if abs(minutes - session.estimated_minutes) > 0.2:
            yield Violation("E2", where, f"estimated {session.estimated_minutes:g} minutes, counted {minutes:.1f}")
        if minutes > length + 1e-6:
            yield Violation("E2", where, f"{minutes:.1f} minutes of work in {length:g}")
        if availability.session_minutes is not None and length > availability.session_minutes:
            yield Violation("E2", where, f"{length:g} minutes, at most {availability.session_minutes}")
        if date in seen:
            yield Violation("E2", where, f"a second training session on {date}")
        seen[date] = session.slot
        inside = any(
            w.day.number == date.weekday()
            and w.place == session.place
            and w.start <= session.start.time()
            and session.end <= dt.datetime.combine(date, w.end)
            for w in availability.windows
        )
        if not inside:
            yield Violation("E2", where, f"{session.start:%a %H:%M} at {session.place} is not inside a window")
        if any(busy.start < session.end and session.start < busy.end for busy in case.busy):
            yield Violation("E2", where, "runs into a busy event")
        if availability.is_away(date):
            yield Violation("E2", where, f"the patient is away on {date}")


def _in_daily_slot(case: Case, session: Session) -> bool:
    given = case.patient.availability.daily_slots
    length = (session.end - session.start).total_seconds() / 60
    if not given:
        return length <= 10
    return any(
        slot.at == session.start.time()
        and length <= slot.minutes
        and session.start.weekday() in {day.number for day in slot.days}
        for slot in given
    )


def _order(case: Case, programme: Programme) -> Iterator[Violation]:
    if is_off(case, E3):
        return
    order = list(Section)
    for session in programme.live:
        for items in (session.items, session.short):
            ranks = [order.index(item.section) for item in items]
            if ranks != sorted(ranks):
                yield Violation("E3", f"week {session.week}, {session.slot}", "the parts are out of order")


def _stays(case: Case, programme: Programme) -> Iterator[Violation]:
    if is_off(case, E4):
        return
    weeks: dict[tuple[Track, str], list[Line]] = {}
    for line in lines(programme, SessionKind.TRAINING):
        if line.item.track is not Track.DIRECTIONAL:
            weeks.setdefault((line.item.track, line.item.exercise), []).append(line)
    for (track, name), found in weeks.items():
        if len(found) == 1 and case.weeks > 2:
            yield Violation("E4", found[0].where, "appears only once")
        exercise = exercise_of(case, name)
        if exercise is None or found[-1].item.section is not Section.MAIN or track is Track.EXPOSURE:
            continue
        stay = found[-1].week - found[0].week + 1
        if stay >= value(case, E4, "weeks") or found[-1].week >= case.weeks:
            continue
        later = [
            exercise_of(case, line.item.exercise)
            for line in lines(programme, SessionKind.TRAINING)
            if line.item.track is found[0].item.track and line.week > found[-1].week
        ]
        if later and later[0] is not None and later[0].level <= exercise.level:
            yield Violation("E4", found[0].where, f"leaves after {stay} weeks without stepping up")


def _shape(case: Case, programme: Programme) -> Iterator[Violation]:
    """Inside a block the weekdays of a track stay, but for weeks with moved or lost sessions."""
    if is_off(case, E5):
        return
    usual = max((len(programme.sessions_of(w.number, SessionKind.TRAINING)) for w in programme.weeks), default=0)
    for weeks in blocks(case):
        seen: dict[str, tuple[int, frozenset[int]]] = {}
        days_of_week: dict[int, frozenset[int]] = {}
        for number in weeks:
            sessions = standing(programme, number)
            days_of_week[number] = frozenset(s.start.weekday() for s in sessions)
        whole = [n for n in weeks if len(days_of_week[n]) == usual and days_of_week[n] == days_of_week[weeks[0]]]
        for number in whole:
            tracks: dict[str, set[int]] = {}
            for session in standing(programme, number):
                for item in session.items:
                    if item.track is not Track.DIRECTIONAL:
                        key = item.ladder or item.track.value
                        tracks.setdefault(key, set()).add(session.start.weekday())
            for key, days in tracks.items():
                before = seen.get(key)
                if before is not None and before[1] != frozenset(days):
                    yield Violation("E5", f"week {number}, {key}", f"other weekdays than in week {before[0]}")
                seen[key] = (number, frozenset(days))


def _tags(case: Case, programme: Programme) -> Iterator[Violation]:
    for variant in variants(programme):
        exercise = case.exercises.get(variant.exercise)
        if exercise is None or not exercise.complete:
            yield Violation("E6", variant.where, "not in the catalogue, or its tags are incomplete")
            continue
        bounds, dose = exercise.bounds, variant.dose
        if dose.kind is not bounds.kind:
            yield Violation("E6", variant.where, f"a dose of {dose.kind.value} for {bounds.kind.value}")
            continue
        if len(dose.working_sets) > bounds.sets[1]:
            yield Violation("E6", variant.where, f"{len(dose.working_sets)} sets, at most {bounds.sets[1]}")
        for row in dose.working_sets:
            if bounds.repetitions is not None and row.repetitions is not None:
                top = 20 if exercise.scheme is Scheme.DOUBLE_PROGRESSION else bounds.repetitions[1]
                if row.repetitions > top:
                    yield Violation("E6", variant.where, f"{row.repetitions} repetitions, at most {top}")
            if bounds.hold_seconds is not None and (row.hold_seconds or 0) > bounds.hold_seconds[1]:
                yield Violation("E6", variant.where, f"holds of {row.hold_seconds} s")
            if bounds.metres is not None and (row.metres or 0) > bounds.metres[1]:
                yield Violation("E6", variant.where, f"{row.metres} m")
            if bounds.seconds is not None and (row.seconds or 0) > bounds.seconds[1]:
                yield Violation("E6", variant.where, f"{row.seconds} s")
        if exercise.sided == (variant.side is Side.NONE):
            yield Violation("E6", variant.where, "the side does not fit the exercise")


def _ends(case: Case, programme: Programme) -> Iterator[Violation]:
    if is_off(case, E7) or case.weeks < 4:
        return
    for line in lines(programme):
        if line.item.track in (Track.DIRECTIONAL, Track.NEURAL) and line.week == case.weeks:
            if line.session.kind is SessionKind.DAILY:
                yield Violation("E7", line.where, "symptom work in the last week")
        if (
            line.item.track in (Track.DIRECTIONAL, Track.NEURAL, Track.RELIEF)
            and line.session.kind is SessionKind.DAILY
        ):
            if programme.week(line.week).phase is Phase.PERFORM:
                yield Violation("E7", line.where, "symptom work in perform")


def _purpose(case: Case, programme: Programme) -> Iterator[Violation]:
    known = {record.id for record in programme.rules}
    names = {f"goal {i + 1}" for i in range(len(case.patient.goals))} | known
    for variant in variants(programme):
        if variant.role in ("item", "short", "flare") and not set(variant.line.item.serves) <= names:
            yield Violation("E8", variant.where, "serves no goal and no rule")
    for i, goal in enumerate(case.patient.goals):
        if goal.priority != "must" or f"goal {i + 1}" in programme.released:
            continue
        by = goal.by_week or case.weeks
        if not any(_meets(line.item, goal.kind, i, case) for line in lines(programme) if line.week <= by):
            yield Violation("E8", f"goal {i + 1}", f"a must goal that is not reached by week {by}")


def _meets(item: Item, kind: GoalKind, index: int, case: Case) -> bool:
    goal = case.patient.goals[index]
    if kind in (GoalKind.STRENGTH, GoalKind.HEALTH):
        return True
    for row in item.dose.working_sets:
        if kind in (GoalKind.WALK, GoalKind.RUN):
            minutes = (row.seconds or (row.rounds or 0) * (row.work_seconds or 0)) / 60
            found = case.exercises.get(item.exercise)
            runs = found is not None and (found.impact or 0) >= 2
            if item.track is Track.AEROBIC and minutes >= (goal.minutes or 0) - 0.5 and runs >= (kind is GoalKind.RUN):
                return True
        elif item.exercise == goal.exercise:
            load = row.load.kg if row.load is not None else 0.0
            count = row.repetitions or row.metres or row.hold_seconds or 0
            if load >= (goal.load_kg or 0) - 1e-6 and count >= (goal.repetitions or 1):
                return True
    return False


def _way_down(case: Case, programme: Programme) -> Iterator[Violation]:
    for line in lines(programme):
        if problem := no_way_down(case, line.item):
            yield Violation("E9", line.where, problem)


def no_way_down(case: Case, item: Item) -> str:
    """Why the easier form of an item is none (rule E9), empty where it is one."""
    easier = item.easier
    if easier is None:
        return "no easier form"
    mine, theirs = exercise_of(case, item.exercise), exercise_of(case, easier.exercise)
    if mine is None or theirs is None:
        return ""
    if theirs.id == mine.id:
        if heavier(easier.dose, item.dose):
            return "the easier form asks for more"
        return "" if _felt_easier(case, easier.dose, item.dose) else "the easier form is hardly easier"
    if theirs.level >= mine.level:
        return f"{easier.exercise} is not easier"
    if easier.implement is item.implement and load_kg(easier.dose) > load_kg(item.dose) > 0:
        return f"{easier.exercise} is heavier"
    if band_strength(easier.dose) > band_strength(item.dose) >= 0:
        return f"{easier.exercise} has a stronger band"
    return f"{easier.exercise} is more to do" if _more_to_do(theirs, easier.dose, item.dose) else ""


def _more_to_do(exercise: Exercise, easier: Dose, planned: Dose) -> bool:
    """Whether an easier exercise asks for more in all, and for more than the least of it."""
    if easier.kind is not planned.kind or easier.kind not in (DoseKind.REPETITIONS, DoseKind.HOLD, DoseKind.DISTANCE):
        return False
    rows = easier.working_sets
    least = len(rows) == 1 and exercise.bounds.repetitions is not None
    if least and (rows[0].repetitions or 0) <= (exercise.bounds.repetitions or (0, 0))[0]:
        return False
    return amount(easier) > amount(planned)


def _felt_easier(case: Case, easier: Dose, planned: Dose) -> bool:
    """Whether a dose of the same exercise is clearly less (rule E9), or there is nothing less of it."""
    one, other = load_kg(easier), load_kg(planned)
    bands = [{row.band for row in dose.working_sets} for dose in (easier, planned)]
    if one <= value(case, E9, "less_load") * other < other or bands[0] != bands[1]:
        return True
    if len(easier.working_sets) < len(planned.working_sets) or easier.bouts_per_day < planned.bouts_per_day:
        return True
    if amount(easier) <= value(case, E9, "less_work") * amount(planned) + 1e-9:
        return True
    (row, *more), once = planned.working_sets, planned.bouts_per_day == 1
    # nothing is less than one repetition, one round or a minute
    return once and not more and ((row.repetitions or row.rounds) == 1 or (row.seconds or 61) <= 60)


def _calibrated(case: Case, programme: Programme) -> Iterator[Violation]:
    if is_off(case, CAL):
        return
    known = {c.exercise for c in case.patient.training.capacities if c.load_kg is not None}
    first: set[str] = set()
    for line in lines(programme, SessionKind.TRAINING):
        item = line.item
        if item.dose.top_load is None or item.exercise in known:
            continue
        if item.exercise not in first:
            first.add(item.exercise)
            if not known and not item.calibration:
                yield Violation("CAL", line.where, "the first contact with an unknown capacity does not calibrate")
        elif item.calibration:
            yield Violation("CAL", line.where, "calibrates again")
    for variant in variants(programme):
        dose = variant.dose
        if dose.top_load is None or variant.exercise in known:
            continue
        if not known and not dose.load_is_forecast:
            yield Violation("CAL", variant.where, "a load that is not marked as a forecast")
        first_time = variant.line.item.calibration and variant.line.item.exercise == variant.exercise
        if first_time and dose.effort > calibration_effort(case) + 1e-9:
            yield Violation("CAL", variant.where, f"calibrates at effort {dose.effort:g}")
