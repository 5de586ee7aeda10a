"""Why not: what is asked for is forced, and the rules and the solver say what that breaks or costs.

A wish that cannot be granted gets its minimal conflicts: the hard rules and lines of the patient file
that rule it out.  One that can be granted is planned, verified and compared with the programme.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from planner.domain.case import Case
from planner.domain.exercise import Exercise, Track
from planner.domain.log import Log
from planner.domain.patient import Weekday
from planner.domain.programme import NO_PROVENANCE, Item, Programme, Session, SessionKind
from planner.errors import InvalidInput, NoProgramme, NotVerified, StoppedByLimit
from planner.explain.conflicts import Conflict, Possible, clash
from planner.explain.here import with_daily
from planner.explain.impossible import conflict_data, conflict_text
from planner.explain.later import forced
from planner.explain.questions import Question
from planner.explain.requirements import lengthened, more_days, requirements, with_availability, with_weeks
from planner.explain.sources import Sources
from planner.export.text import item_text
from planner.plan import Plan, make_programme
from planner.rules import RULES
from planner.rules.dosing import deload_weeks, sessions_a_week
from planner.solver.closed import closures
from planner.solver.prepare import Wish, open_gate, prepare
from planner.solver.reasons import wish_obstacle
from planner.solver.week import week_table
from planner.verify import verify

#: Conflicts that are named at most for one wish.
MOST_CONFLICTS = 3

#: Lines of work that are done from day to day and never in a session.
DAILY_TRACKS = frozenset({Track.RELIEF, Track.NEURAL, Track.AEROBIC})

#: Lines of work whose other end is told.
MOST_ENDS = 5


@dataclass(frozen=True)
class Difference:
    """What changes when a wish is granted.

    ``value`` and ``instead`` are values of the first tier, lower is better; ``tracks`` how much each adds,
    before and then; ``ends`` the last dose of each line of work where it changes, in words, before and then;
    ``goals`` what is forecast of each goal that changes.
    """

    value: float
    instead: float
    tracks: tuple[tuple[str, int, int], ...]
    ends: tuple[tuple[str, str, str], ...]
    goals: tuple[tuple[str, str, str], ...]
    comes: tuple[str, ...]
    goes: tuple[str, ...]
    proved: bool


@dataclass(frozen=True)
class Instead:
    """The answer to a why-not: it is there already, it clashes, or what it costs."""

    asked: str
    already: str = ""
    ruled_out: bool = False
    conflicts: tuple[Conflict, ...] = ()
    detail: str = ""
    difference: Difference | None = field(default=None)
    changed: str = ""


def why_not(
    programme: Programme,
    report: Mapping[str, Any],
    case: Case,
    question: Question,
    *,
    seconds: float,
    log: Log | None = None,
) -> Instead:
    """Forces what is asked, and says what it breaks or costs.

    ``report`` is the solver's report of the programme, ``case`` holds the whole catalogue; a later revision is
    planned again from its ``log``.
    """
    if case.course is not None and (question.whole or question.exercise is None):
        raise InvalidInput(
            "of a later revision an exercise can be asked about; for other days, minutes or weeks change the patient "
            "file and use gradus replan OUT --patient, or gradus whatif"
        )
    if question.exercise is not None:
        return _exercise(programme, report, case, question, seconds, log)
    if question.whole:
        return _whole(programme, report, case, question, seconds)
    if question.day is not None:
        return _day(programme, report, case, question.day, seconds)
    if question.sets is not None and question.repetitions is None and question.load_kg is None:
        return _sets(programme, case, question)
    if question.dose:
        raise InvalidInput('repetitions and loads belong to an exercise: "why not 20 kg goblet squat week 5"')
    raise InvalidInput(
        f'name an exercise too, as in "goblet squat week {question.week}"; '
        f"`gradus show OUT --week {question.week}` lists that week"
    )


# -------------------------------------------------------------------- an exercise
def _exercise(
    programme: Programme,
    report: Mapping[str, Any],
    case: Case,
    question: Question,
    seconds: float,
    log: Log | None,
) -> Instead:
    assert question.exercise is not None
    exercise = case.exercises[question.exercise]
    week = question.week or max((w for w in range(1, case.weeks + 1) if w not in deload_weeks(case)), default=1)
    if week > case.weeks:
        raise InvalidInput(f"the programme has {case.weeks} weeks")
    wish = Wish(
        exercise.id,
        week,
        None if question.day is None else question.day.number,
        question.sets,
        question.load_kg,
        question.repetitions,
    )
    asked = _asked(exercise.name, wish, question)
    daily = _daily(programme, case, exercise, question)
    if daily is not None:
        return daily
    if question.whole:
        raise InvalidInput(
            "minutes are asked of a walk or of a whole session, sessions and weeks of a whole programme; leave the "
            "exercise out"
        )
    here = _granted(programme, wish)
    if here:
        return Instead(asked, already=here)
    never = _never(exercise, wish)
    if never:
        return Instead(asked, detail=never, ruled_out=True)
    if case.course is not None:
        can, words = forced(programme, case, log or Log(programme=programme.id), wish, seconds)
        return Instead(asked, detail=words, ruled_out=not can)
    begun = time.monotonic()
    possible = Possible(case, requirements(case, exercise.id), wish, begun + 0.6 * seconds)
    every = frozenset(possible.requirements)
    if not possible(every):
        found = [conflict for conflict in clash(possible, most=MOST_CONFLICTS).conflicts if conflict.requirements]
        said = {conflict.arithmetic for conflict in found}
        obstacle = wish_obstacle(prepare(case, wish=wish))
        detail = f"{obstacle.rules}: {obstacle.words}" if obstacle is not None and obstacle.words not in said else ""
        return Instead(asked, conflicts=tuple(found), detail=detail, ruled_out=True)
    left = max(0.4 * seconds, seconds - (time.monotonic() - begun))
    try:
        plan = make_programme(case, provenance=NO_PROVENANCE, seconds=left, wish=wish)
    except NotVerified as refusal:
        return Instead(asked, ruled_out=True, detail=_broken(refusal.breaks))
    except (NoProgramme, StoppedByLimit):
        return Instead(asked, detail="No programme that shows it was found, and none was ruled out, in the time.")
    return Instead(asked, difference=_difference(programme, report, plan, case))


def _asked(name: str, wish: Wish, question: Question) -> str:
    parts = [name]
    if wish.sets is not None:
        parts.append(f"{wish.sets} sets")
    if wish.repetitions is not None:
        parts.append(f"{wish.repetitions} repetitions or more")
    if wish.load_kg is not None:
        parts.append(f"{wish.load_kg:g} kg or more")
    parts.append(f"in week {wish.week}" + ("" if question.week else " (no week was named, so the last full one)"))
    if question.day is not None:
        parts.append(f"on {question.day.value.title()}")
    return ", ".join(parts[:-1]) + " " + parts[-1] if len(parts) > 1 else parts[0]


def _never(exercise: Exercise, wish: Wish) -> str:
    """What the catalogue itself forbids for everybody; "" for nothing."""
    if not exercise.complete:
        return "Rule E6 (never set aside): its tags are incomplete."
    if not exercise.tracks:
        return "Rule E8 (never set aside): no line of work uses it, so it is planned for nobody."
    low, high = exercise.bounds.sets
    if wish.sets is not None and not low <= wish.sets <= high:
        return f"Rule E6 (never set aside): the catalogue gives it {low} to {high} sets."
    most = exercise.bounds.repetitions
    if wish.repetitions is not None and most is not None and wish.repetitions > max(20, most[1]):
        return f"Rule E6 (never set aside): the catalogue gives it {most[0]} to {most[1]} repetitions."
    return ""


def _granted(programme: Programme, wish: Wish) -> str:
    """Where the programme shows what is asked already; "" where it does not."""
    for session in programme.sessions_of(wish.week, SessionKind.TRAINING):
        if wish.weekday is not None and session.start.weekday() != wish.weekday:
            continue
        for item in session.items:
            rows = item.dose.working_sets
            if item.exercise != wish.exercise or (wish.sets is not None and len(rows) != wish.sets):
                continue
            heaviest = max((row.load.kg for row in rows if row.load is not None), default=0.0)
            counts = max((row.repetitions or row.metres or row.seconds or 0 for row in rows), default=0)
            if heaviest >= (wish.load_kg or 0) - 1e-6 and counts >= (wish.repetitions or 0):
                return f"It is there: {session.start:%a %d %b}, session {session.slot}."
    return ""


def _broken(breaks: Iterable[tuple[str, str]]) -> str:
    """What the verifier found: the first break of each rule, with source and mark."""
    first: dict[str, str] = {}
    for name, what in breaks:
        first.setdefault(name, what)
    said = []
    for name, what in first.items():
        rule = RULES.get(name)
        source = f" [{rule.mark.value}: {rule.source}]" if rule is not None else ""
        said.append(f"breaks {name} ({rule.title.lower() if rule is not None else ''}): {what}{source}")
    return "; ".join(said)


def _daily(programme: Programme, case: Case, exercise: Exercise, question: Question) -> Instead | None:
    """The answer where daily work is asked about, which rules and not the solver give; None where it is not."""
    sessions = [s for s in programme.sessions if question.week is None or s.week == question.week]
    lines = [(s, i) for s in sessions for i in s.items if i.exercise == exercise.id and s.kind is SessionKind.DAILY]
    trained = any(i.exercise == exercise.id for s in sessions for i in s.items if s.kind is SessionKind.TRAINING)
    if lines and not trained:
        return _daily_dose(programme, case, question, *lines[-1])
    every = (s for s in programme.sessions if s.kind is SessionKind.DAILY)
    elsewhere = any(item.exercise == exercise.id for session in every for item in session.items)
    only = bool(exercise.tracks) and set(exercise.tracks) <= DAILY_TRACKS
    if trained or not (elsewhere or only):
        return None
    weeks = f"in week {question.week}" if question.week else "in this programme"
    gate = open_gate(case)
    for run in closures(case, gate, week_table(case, gate.quiet_until), exercise):
        if run.rule is not None and run.first <= (question.week or case.weeks) <= run.last:
            detail = f"It is closed in weeks {run.first} to {run.last} by rule {run.rule}, because of {run.because}."
            return Instead(f"{exercise.name} {weeks}", ruled_out=True, detail=detail)
    others = dict.fromkeys(
        i.name for s in sessions for i in s.items if s.kind is SessionKind.DAILY and i.track in exercise.tracks
    )
    there = f"; there {'is' if len(others) == 1 else 'are'} {', '.join(others)}" if others else ""
    return Instead(
        f"{exercise.name} {weeks}",
        detail=f"No rule closes it. Daily work follows from the rules, one exercise of a kind at a time{there}.",
    )


def _daily_dose(programme: Programme, case: Case, question: Question, session: Session, item: Item) -> Instead:
    """Another dose of a line of daily work: what the verifier says of it."""
    parts = [f"{question.minutes} minutes"] if question.minutes else []
    parts += [f"{question.sets} sets"] if question.sets else []
    parts += [f"{question.repetitions} repetitions"] if question.repetitions else []
    asked = " ".join([item.name, *parts, f"in week {session.week}"])
    rows = item.dose.working_sets
    other = rows[0].model_copy(
        update=({"seconds": 60 * question.minutes} if question.minutes and rows[0].seconds else {})
        | ({"repetitions": question.repetitions} if question.repetitions and rows[0].repetitions else {})
    )
    wanted = (other,) * (question.sets or len(rows))
    if not parts or wanted == rows:
        return Instead(asked, already=f"It is there: {session.start:%a %d %b}, {item_text(item)}.")
    if wanted == (rows[0],) * len(rows):
        raise InvalidInput(f"{item.name} has no such dose; in week {session.week} it is {item_text(item)}")
    dose = item.dose.model_copy(update={"sets": wanted})
    before = frozenset(verify(case, programme))
    changed = with_daily(programme, session.week, item, item.model_copy(update={"dose": dose}))
    breaks = [(v.rule, f"{v.where}: {v.problem}") for v in verify(case, changed) if v not in before]
    longest = max((slot.minutes for slot in case.patient.availability.daily_slots), default=0)
    if dose.seconds_in_session() > 60 * longest > 0:
        breaks.insert(0, ("E2", f"availability.daily_slots: the longest has {longest} minutes"))
    if breaks:
        return Instead(asked, ruled_out=True, detail=_broken(breaks))
    return Instead(
        asked,
        detail=f"No rule forbids it. Daily doses follow week and phase alone, as {item.serves[-1]} gives them; it is "
        f"{item_text(item)}.",
    )


def _sets(programme: Programme, case: Case, question: Question) -> Instead:
    """So many sets of no exercise in particular: which exercises of the programme may have them at all."""
    sets = question.sets or 0
    weeks = [question.week] if question.week is not None else range(1, programme.weeks_planned + 1)
    sessions = [s for week in weeks for s in programme.sessions_of(week, SessionKind.TRAINING)]
    names = dict.fromkeys(i.exercise for s in sessions for i in s.items if i.serves != ("D4",))
    asked = f"{sets} sets" + (f" in week {question.week}" if question.week is not None else "")
    there = [(s, i) for s in sessions for i in s.items if len(i.dose.working_sets) == sets and i.serves != ("D4",)]
    if there:
        session, item = there[0]
        return Instead(asked, already=f"{item.name} has them on {session.start:%a %d %b}, session {session.slot}.")
    fit = [
        case.exercises[n] for n in names if case.exercises[n].bounds.sets[0] <= sets <= case.exercises[n].bounds.sets[1]
    ]
    if not fit:
        most = max((case.exercises[n].bounds.sets[1] for n in names), default=0)
        return Instead(
            asked,
            ruled_out=True,
            detail=f"Rule E6 (never set aside): the catalogue gives no exercise of these weeks {sets} sets; the most "
            f"is {most}.",
        )
    some = ", ".join(exercise.name for exercise in fit[:6])
    return Instead(
        asked,
        detail=f"Rule E6 (never set aside) allows {sets} sets of {some} only; the others have fewer. Ask about one of "
        f'them: "why not {sets} sets of {fit[0].name.lower()} week {question.week or programme.weeks_planned}".',
    )


# -------------------------------------------------------------------- the week, the length
def _whole(programme: Programme, report: Mapping[str, Any], case: Case, question: Question, seconds: float) -> Instead:
    asked, changes, other = [], [], case
    if question.minutes is not None:
        minutes = question.minutes
        asked.append(f"sessions of {minutes} minutes")
        if minutes > max(window.minutes for window in case.patient.availability.windows):
            changes.append("windows are longer than the file says")
        windows = [lengthened(w, minutes) if w.minutes < minutes else w for w in other.patient.availability.windows]
        other = with_availability(other, windows=tuple(windows), session_minutes=max(10, minutes))
    if question.sessions is not None:
        asked.append(f"{question.sessions} sessions a week")
        days = len({window.day for window in case.patient.availability.windows})
        if question.sessions > days:
            changes.append(f"availability.windows are on {days} days only, so others like them were added")
            other = more_days(other, question.sessions)
        else:
            other = with_availability(other, sessions_per_week=question.sessions)
    if question.weeks is not None:
        if not 1 <= question.weeks <= 52:
            raise InvalidInput("a programme has 1 to 52 weeks")
        asked.append(f"{question.weeks} weeks")
        other = with_weeks(other, question.weeks)
    answer = _planned(programme, report, other, " and ".join(asked), seconds)
    return replace(answer, changed="; ".join(changes))


def _planned(programme: Programme, report: Mapping[str, Any], case: Case, asked: str, seconds: float) -> Instead:
    """A changed case planned and compared, or its conflicts."""
    try:
        plan = make_programme(case, provenance=NO_PROVENANCE, seconds=seconds)
    except NoProgramme as refusal:
        possible = Possible(case, requirements(case), until=time.monotonic() + seconds)
        possible.rule_out(frozenset(possible.requirements))
        return Instead(
            asked, conflicts=tuple(clash(possible, most=MOST_CONFLICTS).conflicts), detail=refusal.reasons[0]
        )
    except NotVerified as refusal:
        return Instead(asked, ruled_out=True, detail=_broken(refusal.breaks))
    except StoppedByLimit as refusal:
        return Instead(asked, detail=str(refusal))
    return Instead(asked, difference=_difference(programme, report, plan, case))


def _day(programme: Programme, report: Mapping[str, Any], case: Case, day: Weekday, seconds: float) -> Instead:
    asked = f"sessions on {day.value.title()}"
    training = [s for s in programme.sessions if s.kind is SessionKind.TRAINING]
    used = {s.start.weekday() for s in training}
    if day.number in used:
        first = next(s for s in training if s.start.weekday() == day.number)
        return Instead(asked, already=f"There are: {first.start:%a %d %b}, session {first.slot}.")
    windows = case.patient.availability.windows
    if not any(window.day is day for window in windows):
        days = ", ".join(dict.fromkeys(window.day.value.title() for window in windows))
        return Instead(
            asked,
            ruled_out=True,
            detail=f"Rule E2 (inside the week): availability.windows has {days} and none on {day.value.title()}. "
            f"A window there is a line of the patient file; `gradus whatif` compares more days.",
        )
    best: Instead | None = None
    for out in sorted(used):
        kept = tuple(w for w in windows if w.day.number != out)
        other = with_availability(case, windows=kept, sessions_per_week=sessions_a_week(case))
        if day.number not in {slot.window.day.number for slot in prepare(other, musts=True).table.slots}:
            continue
        answer = replace(
            _planned(programme, report, other, asked, seconds / 3),
            changed=f"instead of {list(Weekday)[out].value.title()}",
        )
        if best is None or _instead_value(answer) < _instead_value(best):
            best = answer
    if best is None:
        return Instead(
            asked,
            detail="The sessions a week fill better days: longer windows, a supervised place, or days farther apart "
            "(availability.windows, availability.sessions_per_week).",
        )
    return best


def _instead_value(answer: Instead) -> float:
    return float("inf") if answer.difference is None else answer.difference.instead


# -------------------------------------------------------------------- comparing
def _difference(programme: Programme, report: Mapping[str, Any], plan: Plan, case: Case) -> Difference:
    other = plan.programme
    old = report.get("tracks", {})
    before: dict[str, int] = dict(old) if isinstance(old, dict) else {}
    then: dict[str, int] = dict(plan.solver_report["tracks"])
    keys = [*then, *(key for key in before if key not in then)]
    tracks = sorted(
        ((key, before.get(key, 0), then.get(key, 0)) for key in keys if before.get(key, 0) != then.get(key, 0)),
        key=lambda row: row[1] - row[2],
    )
    goals = tuple(
        (one.goal, one.forecast, two.forecast)
        for one, two in zip(programme.goals, other.goals, strict=False)
        if one.forecast != two.forecast
    )
    mine, theirs = _names(programme), _names(other)
    value = programme.tiers[0].value if programme.tiers else 0.0
    return Difference(
        value,
        other.tiers[0].value,
        tuple(tracks) if before else (),
        _ends(programme, other),
        goals,
        tuple(name for name in theirs if name not in mine),
        tuple(name for name in mine if name not in theirs),
        other.tiers[0].proved and bool(programme.tiers) and programme.tiers[0].proved,
    )


def _ends(programme: Programme, other: Programme) -> tuple[tuple[str, str, str], ...]:
    """Where each line of work ends, in words, before and then, for those where it changes."""
    mine, theirs = _last(programme), _last(other)
    keys = dict.fromkeys((*mine, *theirs))
    return tuple(
        (key, mine.get(key, "nothing"), theirs.get(key, "nothing")) for key in keys if mine.get(key) != theirs.get(key)
    )


def _last(programme: Programme) -> dict[str, str]:
    """The last line of each track in words; the closing set of rule D4 is none."""
    from planner.export.text import work_text

    return {
        item.track.value.replace("_", " "): work_text(item)
        for session in programme.sessions
        if session.kind is SessionKind.TRAINING
        for item in session.items
        if item.serves != ("D4",)
    }


def _names(programme: Programme) -> tuple[str, ...]:
    items = (i.name for s in programme.sessions if s.kind is SessionKind.TRAINING for i in s.items)
    return tuple(dict.fromkeys(items))


# -------------------------------------------------------------------- in words
def text(found: Instead, sources: Sources) -> Iterator[str]:
    """The answer, line by line."""
    yield f"{found.asked[0].upper()}{found.asked[1:]}: " + _verdict(found)
    if found.already:
        yield f"  {found.already}"
    if found.changed:
        yield (
            f"  Compared with {found.changed}." if found.changed.startswith("instead") else f"  Note: {found.changed}."
        )
    for n, conflict in enumerate(found.conflicts, start=1):
        yield from conflict_text(conflict, sources, number=n if len(found.conflicts) > 1 else 0, with_wish=True)
    if found.detail:
        yield f"  {found.detail[0].upper()}{found.detail[1:]}"
    if found.difference is not None:
        yield from _difference_text(found.difference)


def _verdict(found: Instead) -> str:
    if found.already:
        return "nothing to change."
    if found.conflicts or found.ruled_out:
        return "impossible."
    if found.difference is None:
        return "not planned."
    one = found.difference
    more = one.instead - one.value
    if more > 0:
        return f"possible, at a cost of {more:.0f} points ({one.value:.0f} to {one.instead:.0f}; lower is better)."
    if more == 0:
        return "possible, and as good."
    return f"possible, and better by {-more:.0f} points ({one.value:.0f} to {one.instead:.0f}; lower is better)."


def _difference_text(found: Difference) -> Iterator[str]:
    for name, before, then in found.goals:
        yield f"  {name}: {then} Instead of: {before}"
    if not found.goals:
        yield "  Every goal is reached as before."
    for name, before, then in found.ends[:MOST_ENDS]:
        yield f"  {name} ends with {then}, instead of {before}."
    if len(found.ends) > MOST_ENDS:
        yield f"  {len(found.ends) - MOST_ENDS} more lines of work end differently; --json has them all."
    slower = [f"{key.replace('_', ' ')} ({then - before:+d})" for key, before, then in found.tracks if then > before]
    quicker = [f"{key.replace('_', ' ')} ({then - before:+d})" for key, before, then in found.tracks if then < before]
    if slower:
        yield f"  Farther from their pace, in points: {', '.join(slower)}."
    if quicker:
        yield f"  Nearer to their pace: {', '.join(quicker)}."
    if found.comes:
        yield f"  In: {', '.join(found.comes)}."
    if found.goes:
        yield f"  Out: {', '.join(found.goes)}."
    if not found.proved:
        yield "  One of the two plans is not proved best, so the cost is an estimate."


def data(found: Instead, sources: Sources) -> dict[str, Any]:
    """The answer for machines."""
    out: dict[str, Any] = {
        "asked": found.asked,
        "already": found.already,
        "possible": found.difference is not None or bool(found.already),
        "conflicts": [conflict_data(conflict, sources) for conflict in found.conflicts],
        "detail": found.detail,
        "changed": found.changed,
    }
    if found.difference is not None:
        one = found.difference
        out["cost"] = {
            "before": one.value,
            "then": one.instead,
            "proved": one.proved,
            "ends": [{"track": name, "before": before, "then": then} for name, before, then in one.ends],
            "tracks": {key: {"before": before, "then": then} for key, before, then in one.tracks},
            "goals": [{"goal": goal, "before": before, "then": then} for goal, before, then in one.goals],
            "in": list(one.comes),
            "out": list(one.goes),
        }
    return out
