"""The clinician's hand: keep a line, exchange an exercise, set a dose or a time, sign.

Each makes the next revision.  What is asked is put in as it is and the verifier says whether all else
still holds; where it does not, the rest is planned around it, and where that is impossible, it is
refused with the rules in the way.  A rule may be set aside for one line, signed, and never one that
is marked so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from planner.domain.case import Case
from planner.domain.course import course_of
from planner.domain.dose import Dose, DoseKind, Load, SetRow
from planner.domain.exercise import Exercise, Implement, Track
from planner.domain.log import Log
from planner.domain.patient import Weekday
from planner.domain.programme import (
    Alternative,
    Approval,
    Change,
    Exemption,
    Item,
    Programme,
    Provenance,
    RungRecord,
    Session,
    SessionKind,
    Status,
)
from planner.errors import InvalidInput, NoProgramme
from planner.export.text import work_text
from planner.plan import Plan
from planner.progression.loads import owned
from planner.revise.replan import Revision, replan
from planner.revise.state import state_of
from planner.revise.totals import recounted, resized
from planner.rules import RULES
from planner.rules.base import OverrideBy, Violation, value
from planner.rules.lifting import lifted_kg
from planner.rules.overload import O1
from planner.rules.practical import no_way_down
from planner.rules.response import Light, light
from planner.verify import verify


@dataclass(frozen=True)
class Signature:
    """Who asks for a change, on which day, and why a rule may be set aside for it (empty: none may)."""

    who: str
    on: dt.date
    why: str = ""

    def __post_init__(self) -> None:
        if not self.who.strip():
            raise InvalidInput("--by: whoever signs has a name")


@dataclass(frozen=True)
class Line:
    """Which lines are meant: an exercise, in a week or in all that are left, on a weekday or on all."""

    exercise: str
    week: int | None = None
    day: Weekday | None = None


class Refused(Exception):
    """What was asked breaks rules that nobody has signed to set aside, or cannot be planned for what is ``said``.

    ``instead`` are choices that would do.
    """

    def __init__(
        self, broken: tuple[Violation, ...], instead: tuple[str, ...] = (), said: tuple[str, ...] = ()
    ) -> None:
        self.broken = broken
        self.instead = instead
        self.said = said
        super().__init__("; ".join(self.reasons()))

    def reasons(self) -> list[str]:
        """The rules in the way, with source and mark, and what could be done instead."""
        out = []
        for violation in self.broken[:8]:
            rule = RULES.get(violation.rule)
            source = "" if rule is None else f" [{rule.mark.value}: {rule.source}]"
            never = " This rule is never set aside." if rule is not None and rule.override is OverrideBy.NEVER else ""
            out.append(f"{violation}{source}{never}")
        return [*out, *self.said, *(f"instead: {words}" for words in self.instead)]


# -------------------------------------------------------------------- sign and keep
def approve(programme: Programme, signature: Signature) -> Programme:
    """The programme, signed.

    Raises
    ------
    InvalidInput
        While everything is on hold.
    """
    if programme.frozen:
        raise InvalidInput(f"everything is on hold and cannot be signed ({programme.frozen.rstrip('.')})")
    approval = Approval(by=signature.who, on=signature.on)
    return _from(programme, signature.on).model_copy(update={"approval": approval, "changes": ()})


def pin(programme: Programme, line: Line, signature: Signature) -> Programme:
    """The programme with some lines to be kept as they are, unless the response speaks against them.

    Raises
    ------
    InvalidInput
        When no line ahead is meant.
    """
    return _edited(programme, line, signature, lambda session, item: item.model_copy(update={"pinned": signature.who}))


# -------------------------------------------------------------------- doses and times
@dataclass(frozen=True)
class NewDose:
    """What a dose is to become; None leaves it as it is.  ``load_kg`` must be owned where the session is."""

    sets: int | None = None
    repetitions: int | None = None
    load_kg: float | None = None
    seconds: int | None = None
    metres: int | None = None
    effort: float | None = None


def set_dose(
    programme: Programme, case: Case, line: Line, dose: NewDose, signature: Signature, log: Log | None = None
) -> Programme:
    """The programme with another dose in some lines.

    Parameters
    ----------
    log
        What was written since the programme was planned: after a red response no line asks more than it allows.

    Raises
    ------
    InvalidInput
        When no line ahead is meant, the line has nothing of what is set, or the load is not owned there.
    Refused
        When that breaks a rule.
    """
    over: list[Violation] = []
    ceilings = {} if log is None else _ceilings(programme, case, log, signature.on)

    def changed(session: Session, item: Item) -> Item:
        _refuse_missing(item, dose)
        made = _dosed(item.dose, dose, _load(case, session, item, dose.load_kg))
        over.extend(_over(session, item, made, ceilings.get(item.ladder)))
        over.extend(_far_above(session, item, made, value(case, O1, "exempt_below_kg")))
        kept = item.model_copy(update={"dose": made, "pinned": signature.who, "deload": False})
        if not no_way_down(case, kept):
            return kept
        names = ("exercise", "name", "side", "implement")
        less = Alternative(dose=_less(made), **{name: getattr(item, name) for name in names})
        return kept.model_copy(update={"easier": less})

    made = _edited(programme, line, signature, changed)
    if over and not (signature.why and all(map(_may_be_signed, over))):
        raise Refused(tuple(over))
    signed = tuple(
        Exemption(
            rule=one.rule,
            slot=session.slot,
            exercise=line.exercise,
            who=signature.who,
            why=signature.why,
            on=signature.on,
        )
        for one in over
        for session in made.sessions
        if session.slot in one.where.split(", ")
    )
    made = made.model_copy(update={"exemptions": (*made.exemptions, *signed)})
    return _allowed(made, case, signature, _named(made, line, signature.on))


@dataclass(frozen=True)
class _Ceiling:
    """What the response leaves open on a ladder that was red: the rung it went to, and where the red was."""

    rung: RungRecord
    slot: str
    replanned: bool


def _ceilings(programme: Programme, case: Case, log: Log, today: dt.date) -> dict[str, _Ceiling]:
    """By ladder, what is left open after a red that has not been earned back (rule P1)."""
    state = state_of(programme, log, replace(case, course=course_of(programme)), today)
    records = {record.key: record for record in programme.ladders}
    out: dict[str, _Ceiling] = {}
    for key, now in state.standings.items():
        if not now.reds or now.rung is None:
            continue
        last = max(
            (
                session
                for session in programme.sessions
                if (account := state.accounts.get(session.slot)) is not None
                and any(item.ladder == key and account.did(item.exercise) for item in session.items)
            ),
            key=lambda session: session.start,
        )
        out[key] = _Ceiling(records[key].rungs[now.rung], last.slot, last.account is not None)
    return out


def _over(session: Session, item: Item, made: Dose, ceiling: _Ceiling | None) -> list[Violation]:
    """Rule P1, where a dose asks more than the rung after a red, and more than is planned for when it is earned."""
    if ceiling is None:
        return []
    rung = ceiling.rung
    same = rung.exercise == item.exercise
    if same and not _asks_more(
        made, sets=len(rung.counts), count=max(rung.counts), load=rung.load, seconds=rung.hold_seconds
    ):
        return []
    rows = item.dose.working_sets
    planned = max(map(_count, rows))
    held = max((row.hold_seconds or 0 for row in rows), default=0)
    if ceiling.replanned and not _asks_more(
        made, sets=len(rows), count=planned, load=item.dose.top_load, seconds=held, effort=item.dose.effort
    ):
        return []
    where = f"week {session.week}, {session.slot}, {item.exercise}"
    words = f"more than is open after {ceiling.slot}, which was red"
    return [Violation("P1", where, f"{words}: the step after it is the most until it is earned again")]


#: A load, a count or what is lifted in all of more than so many times the planned one has to be meant. [D]
FAR_ABOVE = 2


def _far_above(session: Session, item: Item, made: Dose, light_kg: float) -> list[Violation]:
    """Rules O1 and O6, where a dose is far above the planned one; both rules let small or new loads by.

    Twice the load is far above too, but for loads so light that they are exempt from O1.
    """
    rows, new = item.dose.working_sets, made.working_sets
    found = []
    old, load = item.dose.top_load, made.top_load
    if old is not None and load is not None:
        more = load.kg > FAR_ABOVE * old.kg + 1e-6
        if more or (load.kg > light_kg and load.kg >= FAR_ABOVE * old.kg - 1e-6):
            found.append(("O1", f"{load.text}, {'more than ' if more else ''}twice the {old.text}"))
    counts = [("sets", len(rows), len(new))]
    for name, words in _COUNTED.items():
        most = [max((getattr(row, name) or 0 for row in each), default=0) for each in (rows, new)]
        counts.append((words, most[0], most[1]))
    found += [
        ("O6", f"{count} {words}, more than twice the {planned}")
        for words, planned, count in counts
        if 0 < FAR_ABOVE * planned < count
    ]
    total, all_in = (
        sum((r.repetitions or 0) * lifted_kg(r.load, item.implement) for r in each) for each in (rows, new)
    )
    if not found and 0 < FAR_ABOVE * total < all_in:
        found.append(("O6", f"{all_in:g} kg lifted in all, more than twice the {total:g} kg"))
    where = f"week {session.week}, {session.slot}, {item.exercise}"
    ask = "if it is meant, sign for it with --why REASON"
    return [Violation(rule, where, f"{asked} planned; {ask}") for rule, asked in found]


#: What a set counts, in words.
_COUNTED = {"repetitions": "repetitions", "seconds": "seconds", "hold_seconds": "seconds of hold", "metres": "metres"}


def _count(row: SetRow) -> int:
    return row.repetitions or row.seconds or row.metres or row.rounds or 0


def _asks_more(dose: Dose, *, sets: int, count: int, load: Load | None, seconds: int, effort: float = 10) -> bool:
    """Whether a dose has more sets, repetitions, time, load or effort than some others."""
    rows = dose.working_sets
    top = dose.top_load
    return (
        len(rows) > sets
        or max(map(_count, rows)) > count
        or (top is not None and top.kg > (0.0 if load is None else load.kg) + 1e-6)
        or (seconds > 0 and max(row.hold_seconds or 0 for row in rows) > seconds)
        or dose.effort > effort + 1e-9
    )


#: What a dose of each kind can be given, by option.
_HAS: dict[DoseKind, tuple[str, ...]] = {
    DoseKind.REPETITIONS: ("--sets", "--reps", "--effort"),
    DoseKind.HOLD: ("--sets", "--reps", "--hold", "--effort"),
    DoseKind.TIME: ("--sets", "--hold", "--effort"),
    DoseKind.DISTANCE: ("--sets", "--metres", "--effort"),
    DoseKind.INTERVALS: ("--sets", "--effort"),
}


def _refuse_missing(item: Item, dose: NewDose) -> None:
    """Refuse what a line has nothing of: a load of a hold without one, metres of a lift."""
    has = [*_HAS[item.dose.kind]]
    if item.implement not in (Implement.NONE, Implement.BAND):
        has.insert(1, "--load")
    asked = {
        "--reps": dose.repetitions,
        "--load": dose.load_kg,
        "--hold": dose.seconds,
        "--metres": dose.metres,
    }
    wrong = [option for option, value in asked.items() if value is not None and option not in has]
    if wrong:
        raise InvalidInput(
            f"{wrong[0]}: {item.name} has none ({work_text(item).partition(': ')[2]}); it takes {', '.join(has)}"
        )


def move(
    programme: Programme, case: Case, slot: str, signature: Signature, *, day: Weekday | None, time: dt.time | None
) -> Programme:
    """The programme with a session on another day of its week, or at another time.

    Raises
    ------
    InvalidInput
        When there is no such session ahead.
    Refused
        When that breaks a rule.
    """
    session = next((s for s in programme.sessions if s.slot == slot), None)
    over = session is None or session.status.past or session.status is Status.CANCELLED
    if session is None or over or session.start.date() < signature.on:
        raise InvalidInput(f"{slot} is no session ahead; `gradus show OUT` lists them")
    date = session.start.date()
    if day is not None:
        first = case.week_start(session.week)
        date = first + dt.timedelta(days=(day.number - first.weekday()) % 7)
    if date < signature.on:
        raise InvalidInput(f"{date:%A} of that week is past")
    start = dt.datetime.combine(date, time or session.start.time())
    moved = session.model_copy(
        update={"start": start, "end": start + (session.end - session.start), "fixed": signature.who}
    )
    if day is not None:
        place = next(
            (w.place for w in case.patient.availability.windows if w.day is day and w.start <= start.time() < w.end),
            session.place,
        )
        moved = moved.model_copy(update={"place": place})
    sessions = tuple(
        sorted((moved if s.slot == slot else s for s in programme.sessions), key=lambda s: (s.start, s.slot))
    )
    reason = Change(slot=slot, kind="time", because=f"set by hand by {signature.who}")
    made = _from(programme, signature.on).model_copy(update={"sessions": sessions, "changes": (reason,)})
    return _allowed(made, case, signature, {(slot, "")})


# -------------------------------------------------------------------- exchange
def swap(
    programme: Programme,
    case: Case,
    log: Log,
    old: str,
    new: str,
    signature: Signature,
    provenance: Provenance,
) -> Revision:
    """The next revision with one exercise in the place of another, from where that is due, and the rest around it.

    Raises
    ------
    InvalidInput
        When the old one is not ahead, or the new one does not serve the same line of work.
    Refused
        When no rule-keeping programme holds the new one, with the rules that close it and what would do instead.
    """
    one, other = case.exercises[old], case.exercises[new]
    if old == new:
        raise InvalidInput(f"{one.name} is there already; name another exercise to put in its place")
    keys = sorted(
        {i.ladder for s in _ahead(programme, signature.on) for i in s.items if i.exercise == old and i.ladder}
    )
    if not keys:
        raise InvalidInput(f"{one.name} is in no session ahead")
    key = keys[0]
    track = next(record.track for record in programme.ladders if record.key == key)
    if track not in other.tracks:
        names = ", ".join(e.name for e in _ranked(case, programme, track, old, signature.on)[:4])
        raise InvalidInput(
            f"{other.name} does not serve {track.value.replace('_', ' ')}; {f'try {names}' if names else 'keep it'}"
        )

    def instead() -> tuple[str, ...]:
        return _names(e for e in _ranked(case, programme, track, old, signature.on) if e.id != new)

    # whoever asks for it by hand sets an older dislike aside: that of an exchange which is taken back, for one
    before = _without(case, new)
    closed = _closed(before, programme, other, signature.on)
    if closed is not None:
        raise Refused((closed,), instead())
    if (red := _was_red(case, programme, new)) is not None:
        raise Refused((red,))
    dislikes = tuple(dict.fromkeys((*before.patient.dislikes, old)))
    likes = tuple(name for name in case.patient.likes if name != old)
    patient = case.patient.model_copy(update={"dislikes": dislikes, "likes": likes})
    asked = replace(case, patient=patient)
    try:
        made = replan(
            programme,
            asked,
            log,
            signature.on,
            provenance=provenance,
            before=before,
            exchange={key: (old, new)},
            by_hand=f"{other.name} in the place of {one.name}, by hand: {signature.who}",
        )
    except NoProgramme as error:
        said = tuple(reason for reason in error.reasons if reason.startswith("rule "))
        none = (f"no programme that keeps every rule holds {other.name} in what is left",)
        raise Refused((), instead(), said or none) from None
    if not any(i.exercise == new for s in _ahead(made.plan.programme, signature.on) for i in s.items):
        raise Refused((), instead(), (f"{other.name} would not be reached before the programme ends",))
    return made


def _without(case: Case, exercise: str) -> Case:
    """The case in which an exercise is not disliked."""
    dislikes = tuple(name for name in case.patient.dislikes if name != exercise)
    return replace(case, patient=case.patient.model_copy(update={"dislikes": dislikes}))


def _was_red(case: Case, programme: Programme, name: str) -> Violation | None:
    """Rule P1, where an exercise was red when it was done last."""
    done = [
        (session, item)
        for session in sorted(programme.sessions, key=lambda s: s.start)
        for item in session.items
        if item.exercise == name and session.account is not None and session.account.did(name)
    ]
    if not done or light(case, *done[-1]) is not Light.RED:
        return None
    session = done[-1][0]
    return Violation("P1", f"week {session.week}, {session.slot}, {name}", "was red when it was done last")


def _closed(case: Case, programme: Programme, exercise: Exercise, today: dt.date) -> Violation | None:
    """The rule that closes an exercise in every week that is left."""
    from planner.solver.closed import closures
    from planner.solver.prepare import open_gate
    from planner.solver.week import week_table

    here = replace(case, course=course_of(_from(programme, today)))
    gate = open_gate(here)
    runs = closures(here, gate, week_table(here, gate.quiet_until), exercise)
    left = [run for run in runs if run.last >= here.from_week]
    if not left or any(run.rule is None for run in left):
        return None
    return Violation(left[-1].rule or "E1", exercise.name, left[-1].because or "no place has the equipment")


def _ranked(case: Case, programme: Programme, track: Track, old: str, today: dt.date) -> list[Exercise]:
    """Exercises of the same line of work that are open, the nearest in level first; liked ones before others."""
    there = {item.exercise for session in _ahead(programme, today) for item in session.items}
    one = case.exercises[old]
    fit = [
        exercise
        for exercise in case.exercises.values()
        if track in exercise.tracks
        and exercise.complete
        and exercise.id not in there
        and exercise.id not in case.patient.dislikes
        and _closed(case, programme, exercise, today) is None
    ]
    return sorted(fit, key=lambda e: (e.id not in case.patient.likes, abs(e.level - one.level), e.id))


def _names(exercises: Iterable[Exercise]) -> tuple[str, ...]:
    return tuple(exercise.name for exercise in exercises)[:5]


# -------------------------------------------------------------------- helpers
def _from(programme: Programme, today: dt.date) -> Programme:
    """The programme as planned from a day on, where it has begun by then."""
    if today <= programme.starts:
        return programme
    return programme.model_copy(update={"planned_from": max(today, programme.planned_from or today)})


def _ahead(programme: Programme, today: dt.date) -> tuple[Session, ...]:
    return tuple(
        s
        for s in programme.live
        if not s.status.past and s.account is None and s.start.date() >= today and s.kind is SessionKind.TRAINING
    )


def _meant(programme: Programme, line: Line, today: dt.date) -> set[str]:
    """Slots of the sessions that hold the lines that are meant."""
    slots = {
        s.slot
        for s in _ahead(programme, today)
        if (line.week is None or s.week == line.week)
        and (line.day is None or s.start.weekday() == line.day.number)
        and any(item.exercise == line.exercise for item in s.items)
    }
    if not slots:
        when = "" if line.week is None else f" in week {line.week}"
        raise InvalidInput(f"{line.exercise.replace('_', ' ')} is in no session ahead{when}")
    return slots


def _named(programme: Programme, line: Line, today: dt.date) -> set[tuple[str, str]]:
    return {(slot, line.exercise) for slot in _meant(programme, line, today)}


def _edited(
    programme: Programme, line: Line, signature: Signature, change: Callable[[Session, Item], Item]
) -> Programme:
    slots = _meant(programme, line, signature.on)
    here = [item for s in programme.sessions if s.slot in slots for item in s.items if item.exercise == line.exercise]
    if not any(item.ladder for item in here):
        when = "" if line.week is None else f" in week {line.week}"
        raise InvalidInput(
            f"{here[0].name}{when} goes by its phase, as every revision plans it: it is not kept or set by hand"
        )
    sessions = []
    for session in programme.sessions:
        if session.slot in slots:
            items = tuple(
                change(session, item) if item.exercise == line.exercise and item.ladder else item
                for item in session.items
            )
            sessions.append(session if items == session.items else resized(session.model_copy(update={"items": items})))
        else:
            sessions.append(session)
    made = _from(programme, signature.on)
    because = f"set by hand by {signature.who}"
    tracks = {item.track for s in programme.sessions for item in s.items if item.exercise == line.exercise}
    reasons = [
        *(Change(slot=slot, track=track, kind="dose", because=because) for slot in sorted(slots) for track in tracks),
        *(Change(slot=slot, kind="time", because=because) for slot in sorted(slots)),
    ]
    return made.model_copy(
        update={"sessions": tuple(sessions), "weeks": recounted(made.weeks, sessions), "changes": tuple(reasons)}
    )


def _allowed(programme: Programme, case: Case, signature: Signature, lines: set[tuple[str, str]]) -> Programme:
    """The programme if it keeps every rule; with a reason signed, rules that allow it are set aside for these lines.

    Raises
    ------
    Refused
        With the rules that are in the way.
    """
    from planner.easier import still_easier
    from planner.solver.prepare import open_gate

    here = replace(case, course=course_of(programme))
    programme = still_easier(here, programme, programme, open_gate(here))
    broken = verify(here, programme)
    if broken and signature.why:
        slots = {slot for slot, _ in lines}
        signed = tuple(
            Exemption(rule=v.rule, slot=slot, who=signature.who, why=signature.why, on=signature.on)
            for v in broken
            for slot in slots
            if slot in v.where.split(", ") and _may_be_signed(v)
        )
        programme = programme.model_copy(update={"exemptions": tuple(dict.fromkeys((*programme.exemptions, *signed)))})
        broken = verify(here, programme)
    if broken:
        raise Refused(tuple(broken))
    return programme


def _may_be_signed(violation: Violation) -> bool:
    rule = RULES.get(violation.rule)
    return rule is not None and rule.override is OverrideBy.SIGNED


def _load(case: Case, session: Session, item: Item, load_kg: float | None) -> Load | None:
    """The load that is owned where the session is, to within 50 g."""
    if load_kg is None:
        return None
    if item.implement is Implement.NONE or item.implement is Implement.BAND:
        raise InvalidInput(f"{item.name} carries no load in kg")
    loads = owned(case.patient.place(session.place).equipment, item.implement)
    found = next((load for load in loads if abs(load.kg - load_kg) < 0.05), None)
    if found is None:
        near = sorted(loads, key=lambda load: abs(load.kg - load_kg))[:3]
        names = ", ".join(load.text for load in sorted(near, key=lambda load: load.kg))
        raise InvalidInput(f"{load_kg:g} kg is not owned at {session.place}; the nearest are {names}")
    return found


def _dosed(dose: Dose, new: NewDose, load: Load | None) -> Dose:
    rows = list(dose.working_sets)
    if new.sets is not None:
        rows = [rows[min(n, len(rows) - 1)] for n in range(new.sets)]
    update: dict[str, object] = {}
    if new.repetitions is not None and dose.kind in (DoseKind.REPETITIONS, DoseKind.HOLD):
        update["repetitions"] = new.repetitions
    if new.seconds is not None:
        update["hold_seconds" if dose.kind is DoseKind.HOLD else "seconds"] = new.seconds
    if new.metres is not None and dose.kind is DoseKind.DISTANCE:
        update["metres"] = new.metres
    if load is not None:
        update["load"] = load
    if new.effort is not None:
        update["effort"] = new.effort
    made = [SetRow.model_validate({**row.model_dump(), **update}) for row in rows]
    warm = [row for row in dose.sets if row.warm_up]
    return dose.model_copy(update={"sets": (*warm, *made)})


def _less(dose: Dose) -> Dose:
    """A set less, or half of the only one."""
    if len(dose.working_sets) > 1:
        return dose.model_copy(update={"sets": dose.sets[:-1]})
    *warm_ups, row = dose.sets
    for name in ("repetitions", "seconds", "metres", "rounds"):
        count = getattr(row, name)
        if count is not None:
            least = 5 if name == "seconds" else 1
            half = row.model_copy(update={name: max(least, count // 2)})
            return dose.model_copy(update={"sets": (*warm_ups, half)})
    return dose


def unchanged_plan(programme: Programme) -> Plan:
    """A plan for what the hand has made: nothing was solved."""
    return Plan(programme, {"tiers": [], "stopped_by_clock": False, "seconds": {}, "tracks": {}})
