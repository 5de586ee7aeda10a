"""Why a line is where it is: what it serves, what binds it, and what a step up, down or earlier would break.

The breaks are the verifier's findings on the programme with that one line changed; the verifier knows
nothing of the solver.  Where nothing would break, the objective decided, and the answer says by how much.
"""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planner.domain import notation
from planner.domain.case import Case
from planner.domain.dose import Dose
from planner.domain.programme import NO_PROVENANCE, Item, Programme, Session, SessionKind
from planner.errors import InvalidInput, NoProgramme, NotVerified, StoppedByLimit
from planner.explain.questions import Question
from planner.explain.requirements import goal_words
from planner.plan import make_programme
from planner.progression.ladder import dose_of
from planner.rules import RULES
from planner.rules.base import Violation
from planner.rules.limits import Cap, Quantity
from planner.solver.columns import BAND
from planner.solver.gate import Gate
from planner.solver.ladders import Ladder, Rung, deloaded
from planner.solver.prepare import Wish, prepare
from planner.solver.reasons import wish_obstacle
from planner.solver.terms import PACE_AHEAD, PACE_SHORT, Terms
from planner.verify import verify

#: Quantities that are grades from 0 to ``MAX_GRADE``; a cap at the end of the scale bounds nothing.
MAX_GRADE = 3
GRADES = frozenset(
    {
        Quantity.COMPRESSION,
        Quantity.RESISTS,
        Quantity.FLEXION_MOTION,
        Quantity.EXTENSION_MOTION,
        Quantity.ROTATION_MOTION,
        Quantity.THORACIC_FLEXION,
        Quantity.IMPACT,
    }
)

#: Minutes of a session below which no line has room to grow, and seconds without which planning again is no use.
FULL_MINUTES = 2.0
LEAST_SECONDS = 2.0


@dataclass(frozen=True)
class Step:
    """A change that was tried: what it is, the rules that it would break, and what else speaks against it."""

    what: str
    breaks: tuple[Violation, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Here:
    """Why one line is there; ``points`` is the value of the whole programme, lower is better."""

    session: Session
    item: Item
    serves: tuple[str, ...]
    bounds: tuple[str, ...]
    steps: tuple[Step, ...]
    points: float


@dataclass(frozen=True)
class _Line:
    """A line of a programme with its rung, as it is tried in other ways."""

    programme: Programme
    case: Case
    session: Session
    index: int
    terms: Terms
    ladder: Ladder
    rung: Rung
    before: frozenset[Violation]
    until: float

    @property
    def item(self) -> Item:
        return self.session.items[self.index]

    @property
    def week(self) -> int:
        return self.session.week


def why_here(programme: Programme, case: Case, question: Question, *, seconds: float = 20.0) -> Here:
    """Explains the first line that a question fits.

    ``case`` holds the whole catalogue, not only what the programme uses; ``seconds`` is the time for
    planning again with a rung that nothing forbids.

    Raises
    ------
    InvalidInput
        When the programme has no such line, saying where the exercise is.
    """
    until = time.monotonic() + seconds
    session, index = find(programme, case, question)
    item = session.items[index]
    serves = tuple(_purpose(case, name) for name in item.serves)
    before = frozenset(verify(case, programme))
    start = prepare(case)
    bounds: tuple[str, ...]
    if session.kind is SessionKind.DAILY:
        bounds, steps = tuple(_daily_bounds(case, session, item)), tuple(_daily_steps(programme, case, session, item))
    else:
        terms = start.terms()
        ladder, rung = _rung(terms, item, session.week)
        bounds = tuple(_bounds(programme, start.gate, session, item, rung))
        steps = ()
        if ladder is not None and rung is not None:
            steps = tuple(_climb(_Line(programme, case, session, index, terms, ladder, rung, before, until)))
        steps = (*steps, _earlier(programme, case, session, before))
    # the value of a later revision counts its changes, which no reader compares
    points = programme.tiers[0].value if programme.tiers and programme.revision == 1 else 0.0
    return Here(session, item, serves, bounds, steps, points)


def _lines(programme: Programme) -> Iterator[tuple[Session, int, Item]]:
    """Every line that may be asked about, training before daily work; not the closing set of rule D4."""
    for session in sorted(programme.sessions, key=lambda s: (s.kind is SessionKind.DAILY, s.start)):
        for n, item in enumerate(session.items):
            if not (item.serves == ("D4",) and session.kind is SessionKind.TRAINING):
                yield session, n, item


def _then(session: Session, question: Question) -> bool:
    """Whether a session is in the week and on the day of a question."""
    return (question.week is None or session.week == question.week) and (
        question.day is None or session.start.weekday() == question.day.number
    )


def narrowed(programme: Programme, question: Question) -> Question:
    """The question, about the exercise that the programme has then among those that its words fit.

    Words that name a line of work, such as "squat", also mean whatever stands on it then.
    """
    there = [item for session, _, item in _lines(programme) if _then(session, question)]
    names = {item.exercise for item in there}
    if question.negative or question.exercise is None or question.exercise in names:
        return question
    for other in question.others:
        if other in names:
            rest = tuple(name for name in (question.exercise, *question.others) if name != other)
            return replace(question, exercise=other, others=rest, exact=False)
    line = next((item for item in there if item.track.value.replace("_", " ") == question.words), None)
    return question if line is None else replace(question, exercise=line.exercise, others=(), exact=False)


def find(programme: Programme, case: Case, question: Question) -> tuple[Session, int]:
    """The first session with the exercise of a question, and where in it; training before daily work."""
    name = question.exercise
    if name is None:
        raise InvalidInput('name an exercise, as in "goblet squat week 5"; `gradus show OUT --week 5` lists a week')
    known = [(session, n) for session, n, item in _lines(programme) if item.exercise == name]
    wanted = [(session, n) for session, n in known if _then(session, question)]
    if wanted:
        return wanted[0]
    title = case.exercises[name].name
    if not known:
        raise InvalidInput(f'{title} is not in this programme; ask "why not {title.lower()}" for the reason')
    weeks = _runs(sorted({session.week for session, _ in known}))
    days = ", ".join(dict.fromkeys(f"{session.start:%a}" for session, _ in known))
    when = f"week {question.week}" if question.week is not None else f"on {question.day.value.title()}"  # type: ignore[union-attr]
    raise InvalidInput(
        f"{title} is not there {'in ' if question.week is not None else ''}{when}; it is in {weeks} ({days}). "
        f'Ask "why not {title.lower()} {when}" for the reason'
    )


def _runs(weeks: Sequence[int]) -> str:
    """Weeks in words: ``weeks 3 to 6 and 9``."""
    parts = [f"{run[0]} to {run[-1]}" if len(run) > 2 else " and ".join(map(str, run)) for run in notation.runs(weeks)]
    return f"week{'s' if len(weeks) > 1 else ''} " + ", ".join(parts)


def _purpose(case: Case, name: str) -> str:
    """A goal or a rule that a line serves, with its source and mark."""
    if name in RULES:
        rule = RULES[name]
        return f"{name}, {rule.title.lower()}: {rule.statement} [{rule.mark.value}: {rule.source}]"
    return f"{name}: {goal_words(case, int(name.removeprefix('goal ')) - 1)}"


def _rung(terms: Terms, item: Item, week: int) -> tuple[Ladder | None, Rung | None]:
    """The rung of a line on the ladder that holds its exercise."""

    def shape(dose: Dose) -> list[tuple[object, ...]]:
        return [
            (r.repetitions, r.hold_seconds, r.metres, r.seconds, r.load, r.band, r.rounds) for r in dose.working_sets
        ]

    for ladder in terms.ladders.values():
        for rung in ladder.rungs:
            if rung.exercise.id != item.exercise:
                continue
            state = deloaded(terms.case, rung.exercise, rung.state, week)
            if shape(dose_of(rung.exercise, state, effort=0, per_side=False)) == shape(item.dose):
                return ladder, rung
    return None, None


def _tight(rule: str, said: str, because: str = "") -> str:
    """A bound that is reached: the rule, what it says here, the line it follows from, source and mark."""
    found = RULES[rule]
    line = f" [{because}]" if because and because != "rule default" else ""
    return f"{rule}, {found.title.lower()}: {said}{line} [{found.mark.value}: {found.source}]"


def _bounds(programme: Programme, gate: Gate, session: Session, item: Item, rung: Rung | None) -> Iterator[str]:
    """Limits that hold the line exactly: nothing is left to them."""
    week = programme.week(session.week)
    exercise = gate.case.exercises[item.exercise]
    if rung is not None:
        for direction, stage in rung.stages.items():
            have = week.envelope.get(direction)
            if have is not None and stage == have > 0:
                yield _tight(
                    "D1",
                    f"{direction.plain} is open to {have}/5 in week {week.number}, and this needs all of it",
                    gate.opens[direction].because,
                )
        seen = set()
        for limit in gate.limits:
            if not isinstance(limit, Cap) or week.number not in limit.weeks:
                continue
            if limit.exercises is not None and exercise.id not in limit.exercises:
                continue
            if limit.tracks is not None and not limit.tracks.intersection(exercise.tracks):
                continue
            if limit.quantity in GRADES and limit.at_most >= MAX_GRADE:
                # the end of the scale bounds nothing
                continue
            amount = (
                item.dose.effort
                if limit.quantity.value == "effort"
                else gate.amount(limit.quantity, exercise, rung.state, week.number)
            )
            if amount > 0 and math.isclose(amount, limit.at_most) and (limit.rule, limit.quantity) not in seen:
                seen.add((limit.rule, limit.quantity))
                name = limit.quantity.value.replace("_", " ")
                yield _tight(limit.rule, f"{name} is at most {limit.at_most:g}, and this has {amount:g}", limit.because)
    if item.deload and rung is not None:
        kept, usual = len(item.dose.working_sets), rung.state.sets
        fewer = f"{kept} sets instead of {usual}" if kept < usual else f"effort {item.dose.effort:g}"
        yield _tight("O5", f"week {week.number} is lighter on purpose, {fewer}", "training.status")
    elif len(item.dose.working_sets) == exercise.bounds.sets[1] > 1:
        yield _tight("E6", f"the catalogue gives it at most {exercise.bounds.sets[1]} sets")
    training = [i for i in session.items if i.serves != ("D4",)]
    if len(training) >= week.item_cap:
        yield _tight("I1", f"the session has {len(training)} exercises, the most it may have", "findings.irritability")
    window = next((w for w in gate.case.patient.availability.windows if w.day.number == session.start.weekday()), None)
    most = min((m for m in (window and window.minutes, gate.case.patient.availability.session_minutes) if m), default=0)
    if 0 < most - session.estimated_minutes < FULL_MINUTES:
        yield _tight(
            "E2", f"the session takes {session.estimated_minutes:.0f} of {most} minutes", "availability.windows"
        )
    if item.calibration:
        yield _tight(
            "CAL", f"first contact with an unknown capacity, so effort {item.dose.effort:g}", "training.capacities"
        )
    if item.gate:
        yield _tight("PH", f"only if {item.gate.replace('check-in-', 'check-in ')} was passed")


def _climb(line: _Line) -> Iterator[Step]:
    """The same line on the rungs above it and on the one below."""
    ladder, rung = line.ladder, line.rung
    for n in rung.nexts:
        yield _rung_step(line, ladder.rungs[n], up=True)
    if not rung.nexts:
        top = "its goal is reached here" if ladder.goal_rung == rung.index else "this is the top of its ladder"
        yield Step("One rung higher: none", reason=f"{top}; nothing heavier, longer or harder is planned on this line")
    below = _below(line)
    if below is None:
        yield Step(
            "One rung lower: none", reason="this is the foot of its ladder, the first dose that a new line starts with"
        )
    else:
        yield _rung_step(line, below, up=False)


def _below(line: _Line) -> Rung | None:
    """The rung that leads here: the one that this programme came from, else the nearest."""
    rung = line.rung
    found = [other for other in line.ladder.rungs if rung.index in other.nexts]
    same = [other for other in found if other.exercise.id == rung.exercise.id]
    if same or not found:
        return same[-1] if same else None
    for session in reversed(line.programme.sessions):
        for item in session.items:
            if session.start < line.session.start and item.exercise == found[0].exercise.id:
                stood = _rung(line.terms, item, session.week)[1]
                if stood in found:
                    return stood
    return found[0]


def _rung_step(line: _Line, to: Rung, *, up: bool) -> Step:
    """The same line a rung higher or lower."""
    from planner.export.text import work_text

    item, week, gate = line.item, line.week, line.terms.gate
    state = deloaded(line.case, to.exercise, to.state, week)
    effort = min(gate.effort(to.exercise, state, week), item.dose.effort if item.calibration else 10)
    dose = dose_of(
        to.exercise,
        state,
        effort=effort,
        per_side=gate.side_of(to.exercise).value == "both",
        forecast=item.dose.load_is_forecast,
    )
    other = item.model_copy(
        update={
            "exercise": to.exercise.id,
            "name": to.exercise.name,
            "side": gate.side_of(to.exercise),
            "dose": dose,
            "implement": to.state.implement,
        }
    )
    what = f"One rung {'higher' if up else 'lower'}: {work_text(other)}"
    changed = _with_item(line.programme, line.session, line.index, other)
    # the first contact is set anew with every line
    breaks = tuple(v for v in _broken(line.case, changed, line.before) if v.rule != "CAL")
    closing = gate.closing(to.exercise, state, week)
    if closing is not None:
        rule = RULES[closing.rule]
        return Step(what, breaks, f"closed by {closing.rule} ({rule.title.lower()}) because of {closing.because}")
    if breaks:
        return Step(what, breaks)
    if not up:
        return Step(what, (), _pace(line, to, up=False))
    later = _planned(line, to)
    if later is not None and later.week == week:
        return Step(
            what,
            (),
            f"it comes later this week, on {later.start:%a %d %b}; every rung is stood on for at least a session",
        )
    return Step(what, (), f"{_pace(line, to, up=True)}; {_forced(line, to)}")


def _planned(line: _Line, to: Rung) -> Session | None:
    """The first session after this one that has a rung."""
    for session in line.programme.sessions:
        if session.kind is SessionKind.TRAINING and session.start > line.session.start:
            for item in session.items:
                if item.exercise == to.exercise.id and _rung(line.terms, item, session.week)[1] == to:
                    return session
    return None


def _forced(line: _Line, to: Rung) -> str:
    """What planning again says when a rung has to be there in a week."""
    if line.case.course is not None:
        return "a later revision keeps to what was planned before; `gradus set` asks for more"
    state = to.state
    counted = max(state.counts) if not state.hold_seconds else None
    wish = Wish(to.exercise.id, line.week, None, state.sets, None if state.load is None else state.load.kg, counted)
    start = prepare(line.case, wish=wish)
    obstacle = wish_obstacle(start)
    if obstacle is not None:
        return f"yet it cannot be there by week {line.week}: {obstacle.rules}: {obstacle.words.rstrip('.')}"
    left = line.until - time.monotonic()
    if left < LEAST_SECONDS:
        return "there was no time left to plan again with it"
    try:
        plan = make_programme(line.case, provenance=NO_PROVENANCE, seconds=left, wish=wish)
    except NotVerified as refusal:
        rules = ", ".join(dict.fromkeys(rule for rule, _ in refusal.breaks))
        return f"planned again with it in week {line.week}, the programme breaks {rules}"
    except NoProgramme:
        return f"planned again with it in week {line.week}, no programme keeps all rules: the climb cannot be so quick"
    except StoppedByLimit:
        return "planned again with it in this week, no programme was found in the time"
    mine, theirs = line.programme.tiers, plan.programme.tiers[0]
    again = "planned again with it in this week"
    if start.wished is not None and not _same_climb(start.wished, line.ladder):
        again += ", on a line that leads straight to it,"
    more = theirs.value - (mine[0].value if mine else 0.0)
    if more <= 0:
        return f"{again} the programme is as good"
    about = "" if theirs.proved else "at most "
    return f"{again} the whole programme is worse by {about}{more:.0f} points"


def _same_climb(one: Ladder, other: Ladder) -> bool:
    """Whether two ladders have the same exercises and doses, whatever they count as progress."""
    climbs = ([(rung.exercise.id, rung.state) for rung in ladder.rungs] for ladder in (one, other))
    return next(climbs) == next(climbs)


def _pace(line: _Line, to: Rung, *, up: bool) -> str:
    """What the objective says of another rung in a week."""
    ladder, rung, week = line.ladder, line.rung, line.week
    aim = ladder.pace.get(week, 0.0)

    def cost(at: Rung) -> float:
        short, ahead = max(0.0, aim - at.progress), max(0.0, at.progress - aim)
        return ladder.plan.weight * (PACE_SHORT * short + PACE_AHEAD * ahead)

    more = cost(to) - cost(rung)
    where = (
        f"no rule forbids it in this session; the pace asks for {aim:.0%} of the way by week {week}, this is "
        f"{rung.progress:.0%} and that {to.progress:.0%}"
    )
    if up:
        return f"{where}, further ahead than the plan looks" if to.progress > aim + BAND else where
    if more > 0:
        return f"{where}, which costs {more:.0f} points more for this week alone"
    return f"{where}; this week alone would be no worse, but later weeks ask for more and rungs come one at a time"


def _earlier(programme: Programme, case: Case, session: Session, before: frozenset[Violation]) -> Step:
    """The whole session a day earlier."""
    day = dt.timedelta(days=1)
    moved = session.model_copy(update={"start": session.start - day, "end": session.end - day})
    what = f"One day earlier: {moved.start:%a %d %b}"
    sessions = sorted(
        (moved if s.slot == session.slot else s for s in programme.sessions), key=lambda s: (s.start, s.slot)
    )
    breaks = _broken(case, programme.model_copy(update={"sessions": tuple(sessions)}), before)
    reason = ""
    if moved.start.date() < programme.week(session.week).starts:
        # that it is another week says nothing of the day
        breaks = tuple(v for v in breaks if not v.problem.endswith(f"is not in week {session.week}"))
        reason = (
            "the programme begins the day after"
            if session.week == 1
            else f"that day belongs to week {session.week - 1}, which has sessions of its own"
        )
    elif not breaks:
        reason = "no rule forbids it; the days of a week stay the same and apart from each other"
    return Step(what, breaks, reason)


# -------------------------------------------------------------------- daily work
def _daily_bounds(case: Case, session: Session, item: Item) -> Iterator[str]:
    """What holds a line of daily work."""
    bounds = case.exercises[item.exercise].bounds
    longest = max((slot.minutes for slot in case.patient.availability.daily_slots), default=0)
    minutes = item.dose.seconds_in_session() / 60
    if longest and longest - minutes < 1:
        yield _tight("E2", f"it takes all of the {longest} minutes of the daily slot", "availability.daily_slots")
    counts = [row.repetitions for row in item.dose.working_sets if row.repetitions is not None]
    if bounds.repetitions is not None and counts and max(counts) == bounds.repetitions[1]:
        yield _tight("E6", f"the catalogue gives it at most {bounds.repetitions[1]} repetitions")
    if item.gate:
        yield _tight("PH", f"only if {item.gate.replace('check-in-', 'check-in ')} was passed")


def _daily_steps(programme: Programme, case: Case, session: Session, item: Item) -> Iterator[Step]:
    """This week's daily work as the weeks around have it, and the same a day earlier."""
    from planner.export.text import work_text

    before = frozenset(verify(case, programme))
    same = [
        (s.week, i)
        for s in programme.sessions
        if s.kind is SessionKind.DAILY
        for i in s.items
        if i.track is item.track and (i.exercise, i.dose) != (item.exercise, item.dose)
    ]
    rule = item.serves[-1]
    later = next(((week, i) for week, i in same if week > session.week), None)
    sooner = next(((week, i) for week, i in reversed(same) if week < session.week), None)
    for name, found in (("after", later), ("before", sooner)):
        if found is None:
            yield Step(f"The step {name}: none", reason=f"no other dose of it is planned {name} this week ({rule})")
            continue
        week, other = found
        what = f"The step {name}, planned for week {week}: {work_text(other)}"
        breaks = _broken(case, with_daily(programme, session.week, item, other), before)
        follows = f"no rule forbids it; daily doses follow week and phase alone, as {rule} gives them"
        yield Step(what, breaks, "" if breaks else follows)
    day = session.start.date() - dt.timedelta(days=1)
    what = f"One day earlier: {day:%a %d %b}"
    there = [s for s in programme.sessions if s.start.date() == day]
    if any(i.exercise == item.exercise for s in there for i in s.items):
        yield Step(what, reason="it is there on that day too")
    elif day < programme.starts:
        yield Step(what, reason="the programme begins the day after")
    else:
        trained = any(s.kind is SessionKind.TRAINING for s in there)
        yield Step(
            what,
            reason="that is a training day, which has enough in it"
            if trained
            else f"{rule} asks for fewer days than there are, or the daily slot of that day is full",
        )


def with_daily(programme: Programme, week: int, item: Item, other: Item) -> Programme:
    """The programme with one line of daily work changed on every day of a week that has it."""

    def changed(session: Session) -> Session:
        if session.kind is not SessionKind.DAILY or session.week != week:
            return session
        update = {"exercise": other.exercise, "name": other.name, "side": other.side, "dose": other.dose}
        items = tuple(i.model_copy(update=update) if i.exercise == item.exercise else i for i in session.items)
        minutes = sum(i.dose.seconds_in_session() for i in items) / 60
        end = max(session.end, session.start + dt.timedelta(minutes=math.ceil(minutes)))
        return session.model_copy(update={"items": items, "estimated_minutes": round(minutes, 1), "end": end})

    return programme.model_copy(update={"sessions": tuple(changed(s) for s in programme.sessions)})


def _with_item(programme: Programme, session: Session, index: int, item: Item) -> Programme:
    """The programme with one line changed, its times and totals counted again."""
    items = (*session.items[:index], item, *session.items[index + 1 :])
    minutes = session.warm_up_minutes + sum(i.dose.seconds_in_session() for i in items) / 60
    end = max(session.end, session.start + dt.timedelta(minutes=math.ceil(minutes)))
    changed = session.model_copy(update={"items": items, "estimated_minutes": round(minutes, 1), "end": end})
    more = len(item.dose.working_sets) - len(session.items[index].dose.working_sets)
    weeks = list(programme.weeks)
    week = weeks[session.week - 1]
    if item.track in week.hard_sets:
        sets = {**week.hard_sets, item.track: week.hard_sets[item.track] + more}
        weeks[session.week - 1] = week.model_copy(update={"hard_sets": sets})
    sessions = tuple(changed if s.slot == session.slot else s for s in programme.sessions)
    return programme.model_copy(update={"sessions": sessions, "weeks": tuple(weeks)})


def _broken(case: Case, programme: Programme, before: frozenset[Violation]) -> tuple[Violation, ...]:
    """Breaks that were not there before; what is made anew with every line, its easier and its short form, is none."""
    return tuple(v for v in verify(case, programme) if v not in before and v.rule not in ("E9", "E10"))


# -------------------------------------------------------------------- in words
def text(found: Here) -> Iterator[str]:
    """The answer, line by line."""
    from planner.export.text import item_text, one_line

    session = found.session
    yield f"Week {session.week}, {session.start:%a %d %b %H:%M} ({session.slot}): {item_text(found.item)}"
    yield f"  {one_line(found.item.why)}"
    yield "Serves"
    yield from (f"  {line}" for line in found.serves)
    if found.bounds:
        yield "Tight here"
        yield from (f"  {line}" for line in found.bounds)
    for step in found.steps:
        yield step.what
        for violation in step.breaks[:6]:
            rule = RULES.get(violation.rule)
            said = f" [{rule.mark.value}: {rule.source}]" if rule else ""
            yield f"  breaks {violation.rule} ({rule.title.lower() if rule else ''}): {violation.problem}{said}"
        if len(step.breaks) > 6:
            yield f"  and {len(step.breaks) - 6} more"
        if step.reason:
            yield f"  {step.reason[0].upper()}{step.reason[1:]}."
    if found.points and any("points" in step.reason for step in found.steps):
        yield (
            f"Points compare programmes: this one has {found.points:.0f}, and none would be every line of work on its "
            "pace in every week."
        )


def data(found: Here) -> dict[str, Any]:
    """The answer for machines."""
    return {
        "session": found.session.slot,
        "week": found.session.week,
        "exercise": found.item.exercise,
        "why": found.item.why,
        "serves": list(found.serves),
        "tight": list(found.bounds),
        "points": found.points,
        "tried": [
            {
                "what": step.what,
                "breaks": [{"rule": v.rule, "where": v.where, "problem": v.problem} for v in step.breaks],
                "reason": step.reason,
            }
            for step in found.steps
        ],
    }
