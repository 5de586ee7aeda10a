"""Why a line is where it is: what it serves, what binds it, and what a step up, down or earlier would break.

The breaks are the verifier's findings on the programme with that one line changed; the verifier knows
nothing of the solver.  Where nothing would break, the objective decided, and the answer says by how much.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from planner.domain.case import Case
from planner.domain.dose import Dose
from planner.domain.programme import NO_PROVENANCE, Item, Programme, Session, SessionKind
from planner.errors import InvalidInput, NoProgramme, StoppedByLimit
from planner.explain.questions import Question
from planner.explain.requirements import goal_words
from planner.plan import make_programme
from planner.progression.ladder import dose_of
from planner.rules import RULES
from planner.rules.base import Violation
from planner.rules.limits import Cap
from planner.solver.columns import BAND
from planner.solver.gate import Gate
from planner.solver.ladders import Ladder, Rung, deloaded
from planner.solver.prepare import Wish, prepare
from planner.solver.terms import PACE_AHEAD, PACE_SHORT, Terms
from planner.verify import verify


@dataclass(frozen=True)
class Step:
    """A change that was tried: what it is, the rules that it would break, and what else speaks against it."""

    what: str
    breaks: tuple[Violation, ...]
    reason: str = ""


@dataclass(frozen=True)
class Here:
    """Why one line is there."""

    session: Session
    item: Item
    serves: tuple[str, ...]
    bounds: tuple[str, ...]
    steps: tuple[Step, ...]


def why_here(programme: Programme, case: Case, question: Question, *, seconds: float = 20.0) -> Here:
    """Explains the first line that a question fits.

    ``case`` holds the whole catalogue, not only what the programme uses; ``seconds`` is the time for
    planning again with a rung that nothing forbids.

    Raises
    ------
    InvalidInput
        When the programme has no such line, saying where the exercise is.
    """
    session, index = find(programme, case, question)
    item = session.items[index]
    serves = tuple(_purpose(case, name) for name in item.serves)
    if session.kind is SessionKind.DAILY:
        return Here(session, item, serves, (), ())
    start = prepare(case)
    terms = start.terms()
    ladder, rung = _rung(terms, item, session.week)
    bounds = tuple(_bounds(programme, start.gate, session, item, rung))
    before = frozenset(verify(case, programme))
    steps = []
    if ladder is not None and rung is not None:
        for n in rung.nexts:
            steps.append(
                _rung_step(
                    programme,
                    case,
                    terms,
                    session,
                    index,
                    ladder,
                    ladder.rungs[n],
                    rung,
                    before,
                    up=True,
                    seconds=seconds,
                )
            )
        if rung.index > 0:
            below = ladder.rungs[rung.index - 1]
            steps.append(
                _rung_step(
                    programme, case, terms, session, index, ladder, below, rung, before, up=False, seconds=seconds
                )
            )
    steps.append(_earlier(programme, case, session, before))
    return Here(session, item, serves, bounds, tuple(steps))


def find(programme: Programme, case: Case, question: Question) -> tuple[Session, int]:
    """The first session with the exercise of a question, and where in it; training before daily work."""
    name = question.exercise
    if name is None:
        raise InvalidInput('name an exercise, as in "goblet squat week 5"; `gradus show OUT --week 5` lists a week')
    known = [
        (session, n)
        for session in sorted(programme.sessions, key=lambda s: (s.kind is SessionKind.DAILY, s.start))
        for n, item in enumerate(session.items)
        if item.exercise == name and not (item.serves == ("D4",) and session.kind is SessionKind.TRAINING)
    ]
    wanted = [
        (session, n)
        for session, n in known
        if (question.week is None or session.week == question.week)
        and (question.day is None or session.start.weekday() == question.day.number)
    ]
    if wanted:
        return wanted[0]
    title = case.exercises[name].name
    if not known:
        raise InvalidInput(f'{title} is not in this programme; ask "why not {title.lower()}" for the reason')
    weeks = ", ".join(str(week) for week in dict.fromkeys(sorted(session.week for session, _ in known)))
    raise InvalidInput(f"{title} is not there then; it is in week {weeks}")


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


def _bounds(programme: Programme, gate: Gate, session: Session, item: Item, rung: Rung | None) -> Iterator[str]:
    """Limits that hold the line exactly: nothing is left to them."""
    week = programme.week(session.week)
    exercise = gate.case.exercises[item.exercise]
    if rung is not None:
        for direction, stage in rung.stages.items():
            have = week.envelope.get(direction)
            if have is not None and stage == have > 0:
                yield (
                    f"D1: {direction.plain} is open to {have}/5 in week {week.number}, and this needs all of it "
                    f"[{gate.opens[direction].because}]"
                )
        seen = set()
        for limit in gate.limits:
            if not isinstance(limit, Cap) or week.number not in limit.weeks:
                continue
            if limit.exercises is not None and exercise.id not in limit.exercises:
                continue
            if limit.tracks is not None and not limit.tracks.intersection(exercise.tracks):
                continue
            amount = (
                item.dose.effort
                if limit.quantity.value == "effort"
                else gate.amount(limit.quantity, exercise, rung.state, week.number)
            )
            if amount > 0 and math.isclose(amount, limit.at_most) and (limit.rule, limit.quantity) not in seen:
                seen.add((limit.rule, limit.quantity))
                yield (
                    f"{limit.rule}: {limit.quantity.value.replace('_', ' ')} is at most {limit.at_most:g}, "
                    f"and this has {amount:g} [{limit.because}]"
                )
    training = [i for i in session.items if i.serves != ("D4",)]
    if len(training) >= week.item_cap:
        yield f"I1: the session has {len(training)} exercises, at most {week.item_cap} [findings.irritability]"
    if item.calibration:
        yield f"CAL: first contact with an unknown capacity, so effort {item.dose.effort:g} [training.capacities]"
    if item.gate:
        yield f"PH: only if {item.gate} was passed"


def _rung_step(
    programme: Programme,
    case: Case,
    terms: Terms,
    session: Session,
    index: int,
    ladder: Ladder,
    to: Rung,
    rung: Rung,
    before: frozenset[Violation],
    *,
    up: bool,
    seconds: float,
) -> Step:
    """The same line a rung higher or lower."""
    item = session.items[index]
    gate = terms.gate
    week = session.week
    state = deloaded(case, to.exercise, to.state, week)
    effort = min(gate.effort(to.exercise, state, week), item.dose.effort if item.calibration else 10)
    dose = dose_of(
        to.exercise,
        state,
        effort=effort,
        per_side=gate.side_of(to.exercise).value == "both",
        forecast=item.dose.load_is_forecast,
    )
    changed = item.model_copy(
        update={
            "exercise": to.exercise.id,
            "name": to.exercise.name,
            "side": gate.side_of(to.exercise),
            "dose": dose,
            "implement": to.state.implement,
        }
    )
    breaks = _broken(case, _with_item(programme, session, index, changed), before)
    closing = gate.closing(to.exercise, state, week)
    text = f"{to.exercise.name} {state.sets} x {max(state.counts)}"
    text += (
        f" at {state.load.text}" if state.load else f" with a {state.band.replace('_', ' ')} band" if state.band else ""
    )
    reason = f"closed by {closing.rule} because of {closing.because}" if closing is not None else ""
    if not breaks and not reason:
        reason = _pace(ladder, rung, to, week, up=up)
        if up and to.progress <= ladder.pace.get(week, 0.0) + BAND:
            reason += f"; {_forced(programme, case, to, week, seconds)}"
    return Step(f"One rung {'higher' if up else 'lower'}: {text}", breaks, reason)


def _forced(programme: Programme, case: Case, to: Rung, week: int, seconds: float) -> str:
    """What planning again says when a rung has to be there in a week."""
    state = to.state
    counted = max(state.counts) if not state.hold_seconds else None
    wish = Wish(to.exercise.id, week, None, state.sets, None if state.load is None else state.load.kg, counted)
    try:
        plan = make_programme(case, provenance=NO_PROVENANCE, seconds=seconds, wish=wish)
    except NoProgramme:
        return "planned again with it in this week, no climb leads there in time"
    except StoppedByLimit:
        return "planned again with it in this week, no programme was found in the time"
    more = plan.programme.tiers[0].value - (programme.tiers[0].value if programme.tiers else 0.0)
    if more <= 0:
        return "planned again with it in this week, the programme is as good"
    return f"planned again with it in this week, the programme is worse by {more:.0f} points"


def _pace(ladder: Ladder, rung: Rung, to: Rung, week: int, *, up: bool) -> str:
    """What the objective says of another rung in a week."""
    aim = ladder.pace.get(week, 0.0)
    weight = ladder.plan.weight

    def cost(at: Rung) -> float:
        return weight * (PACE_SHORT * max(0.0, aim - at.progress) + PACE_AHEAD * max(0.0, at.progress - aim))

    more = cost(to) - cost(rung)
    where = (
        f"the pace asks for {aim:.0%} of the way by week {week}; this is {rung.progress:.0%}, "
        f"that would be {to.progress:.0%}"
    )
    if up and to.progress > aim + BAND:
        return f"no rule forbids it; {where}, too far ahead to be looked at"
    if more > 0:
        return f"no rule forbids it; {where}, which costs {more:.0f} points more a week"
    return f"no rule of this week forbids it; {where}"


def _earlier(programme: Programme, case: Case, session: Session, before: frozenset[Violation]) -> Step:
    """The whole session a day earlier."""
    day = dt.timedelta(days=1)
    moved = session.model_copy(update={"start": session.start - day, "end": session.end - day})
    sessions = sorted(
        (moved if s.slot == session.slot else s for s in programme.sessions), key=lambda s: (s.start, s.slot)
    )
    breaks = _broken(case, programme.model_copy(update={"sessions": tuple(sessions)}), before)
    reason = "" if breaks else "no rule forbids it; the days of a week stay the same and apart from each other"
    return Step(f"One day earlier: {moved.start:%a %d %b}", breaks, reason)


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
    """Breaks that were not there before, one for each rule and problem; a short version would be made anew."""
    return tuple(v for v in verify(case, programme) if v not in before and v.rule != "E10")


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


def data(found: Here) -> dict[str, Any]:
    """The answer for machines."""
    return {
        "session": found.session.slot,
        "week": found.session.week,
        "exercise": found.item.exercise,
        "why": found.item.why,
        "serves": list(found.serves),
        "tight": list(found.bounds),
        "tried": [
            {
                "what": step.what,
                "breaks": [{"rule": v.rule, "where": v.where, "problem": v.problem} for v in step.breaks],
                "reason": step.reason,
            }
            for step in found.steps
        ],
    }
