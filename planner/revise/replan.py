"""The next revision: the past stays, the future is planned from where the patient is, with the smallest change.

When what was planned is still what the response allows, nothing is changed: a programme that keeps
every rule and differs in nothing is the smallest change there is.  Otherwise the solver chooses, and
every step that differs from the revision before outweighs all that it otherwise prefers.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from planner.domain.case import Case
from planner.domain.course import Course, course_of
from planner.domain.directions import Direction
from planner.domain.dose import Dose
from planner.domain.envelope import MAX_STAGE
from planner.domain.exercise import Track
from planner.domain.log import Log
from planner.domain.patient import Answer, Goal, Patient, Place
from planner.domain.programme import (
    Alternative,
    Change,
    CheckIn,
    Decision,
    Halt,
    Item,
    Phase,
    Programme,
    Provenance,
    Session,
    SessionKind,
    Status,
    Week,
)
from planner.domain.red_flags import RED_FLAGS, Tier
from planner.easier import state_shown, still_easier
from planner.errors import InvalidInput, NoProgramme, NotPlanned, PlannerError
from planner.export.text import date_text, gate_text
from planner.plan import Plan, screened
from planner.progression.loads import owned
from planner.revise.carry import carried
from planner.revise.changed_file import (
    clashes,
    other_goals,
    other_work,
    same_clinic,
    same_demands,
    what_changed,
    worse_findings,
)
from planner.revise.difference import changed_weeks
from planner.revise.so_far import back_to, course_after, gone_back, inside, newly_operated, shown_days, with_account
from planner.revise.state import State, state_of
from planner.revise.totals import recounted, resized
from planner.rules.base import Violation, value
from planner.rules.content import goal_name
from planner.rules.directional import preference
from planner.rules.gaps import R1, absences, weeks_back
from planner.rules.overload import O1, O6
from planner.rules.phases import first_phase, forecast
from planner.rules.practical import CAL, calibration_effort
from planner.rules.reading import rung_of
from planner.rules.stops import Stop, standing_stops
from planner.rules.trunk import A2

if TYPE_CHECKING:
    from planner.solver.gate import Gate
    from planner.solver.prepare import Wish
    from planner.solver.terms import Solution, Terms

#: Rules whose decisions move more than one line of work.
_WIDE: Final = ("PH", "D3", "N1", "R1", "P2", "C1", "T1", "T3")
#: What a decision is about that follows from a changed irritability in the patient file.
_IRRITABILITY: Final = "irritability"
#: The same of findings that a direction is compared with when it is tested again (rule D6).
_FINDINGS: Final = "findings"
#: The same of a surgery that is new in it.
_SURGERY: Final = "surgery"
_WISHED: Final = "it is wished for from now on, no longer demanded"
#: The reason of a change that nothing but other changes asked for.
_AROUND: Final = "planned around the other changes"
#: What decisions say that ask for a check-in soon.
_CALL: Final = "call within 48 hours"
#: How often lines that break a rule are asked for less of, before a revision is given up.
_ROUNDS_OF_LESS: Final = 6
#: What is left where no revision can be written.
_UNTIL_THEN: Final = (
    "The revision before knows nothing of what was logged since: until a clinician has looked, nothing more than was "
    "tolerated last. `gradus plan` with the findings of today makes a new programme."
)
#: Days of the flare card after a flare-up. [D]
FLARE_DAYS = 2


@dataclass(frozen=True)
class Revision:
    """The next revision before it is stamped, where the patient is, and whether the solver was asked.

    ``asked`` says what is no longer as it was in the files, empty when nothing is.
    """

    plan: Plan
    case: Case
    state: State
    solved: bool
    asked: str = ""


def replan(
    old: Programme,
    case: Case,
    log: Log,
    today: dt.date,
    *,
    provenance: Provenance,
    before: Case | None = None,
    wish: Wish | None = None,
    exchange: Mapping[str, tuple[str, str]] | None = None,
    by_hand: str = "",
    seconds: float = 30.0,
) -> Revision:
    """Plan the next revision of a programme from a day on.

    Parameters
    ----------
    case
        The patient as he or she is now: the patient file may have changed (away, windows, goals).
    before
        The case of ``old``, where it is another one.
    wish
        What a clinician asks to see in a week; the rest is planned around it.
    exchange
        By ladder, an exercise that goes and the one that takes its place.
    by_hand
        Who asked for that, and for what, in words: the reason of what changes.

    Raises
    ------
    NoProgramme
        The hard rules cannot all be kept with what is left.
    """
    begun = time.monotonic()
    notes, stops = _screened(case)
    case = replace(case, course=None)
    _refuse_shorter(old, case, today)
    found = _found_on(old, before, case, today)
    state = state_of(old, log, case, today, found)
    if stops:
        decision = Decision(on=today, rule="T1", about="programme", words=stops[:300])
        told = standing_stops(log, case.patient.findings.neurology.motor)
        frozen = _with_the_file(state.frozen, f"T1: {stops}", case.patient, told)
        state = replace(state, frozen=frozen, decisions=(*state.decisions, decision))
    course = course_after(old, state, case)
    state = _retested_while_settling(state, old, course)
    back = None if before is None else gone_back(before, case, course)
    state = replace(state, decisions=(*state.decisions, *_said_before(old)))
    if found == today:
        words = "findings are new in the file: the preferred direction is judged by what is told from now on"
        decision = Decision(on=today, rule="D6", about=_FINDINGS, words=words)
        state = replace(state, decisions=tuple(dict.fromkeys((*state.decisions, decision))))
    if course.week == 1:
        course = replace(course, phases=(first_phase(case),))  # nothing is lived: it starts as the findings say
    elif back is not None:
        course = back_to(back, old, case, course)
        decision = _gone_back(before, case, back, today)
        state = replace(state, decisions=(*state.decisions, decision))
    case = replace(case, course=inside(old, case, course))
    other = what_changed(before, case)
    made = _Revising(
        old,
        case,
        state,
        provenance,
        notes,
        seconds,
        wish,
        exchange or {},
        other,
        by_hand,
        other_work=before is not None and other_work(before.patient, case.patient),
        other_goals=frozenset() if before is None else other_goals(before.patient, case.patient),
        disliked=frozenset() if before is None else frozenset(case.patient.dislikes) - {*before.patient.dislikes},
        places=(before or case).patient.places,
        demanded=(before or case).patient.goals,
        warning=worse_findings(before, case),
    )
    if state.frozen:
        return Revision(Plan(made.frozen(), made.report(begun)), case, state, solved=False, asked=other)
    # other hours, days away or likes may leave it all as it is, unless time that was taken is free again
    same = before is None or (same_demands(before.patient, case.patient) and not _freed(before, case, today))
    asked = wish is not None or bool(exchange)
    kept = made.kept() if same and not asked and same_clinic(before, case) else None
    if kept is not None:
        return Revision(Plan(kept, made.report(begun)), case, state, solved=False, asked=other)
    programme, case = made.solved()
    return Revision(Plan(programme, made.report(begun)), case, made.state, solved=True, asked=other)


def _freed(before: Case, case: Case, today: dt.date) -> bool:
    """Whether a session, or a day of daily work, that found no time before finds some now."""
    from planner.solver.prepare import open_gate
    from planner.solver.week import week_table

    was, now = before.patient.availability, case.patient.availability
    if was == now and before.busy == case.busy:
        return False
    if any(away.last >= today for away in set(was.away) - set(now.away)):
        return True
    quiet = open_gate(case).quiet_until
    found, known = week_table(case, quiet).occasions, week_table(before, quiet).occasions
    return any(key not in known and there.start.date() >= today for key, there in found.items())


def _found_on(old: Programme, before: Case | None, case: Case, today: dt.date) -> dt.date | None:
    """The day on which a later file told pain, reach or preference that differ; None while they are of the first."""
    told = ("back_pain", "leg_pain", "most_distal", "directional_preference", "repeated_movements")
    if before is not None and preference(case) is not None:
        was, now = before.patient.findings, case.patient.findings
        if any(getattr(was, name) != getattr(now, name) for name in told):
            return today
    return max((one.on for one in old.decisions if one.about == _FINDINGS), default=None)


def _gone_back(before: Case | None, case: Case, phase: Phase, today: dt.date) -> Decision:
    """What is said of a back that goes back to an earlier phase (rule PH)."""
    told = "irritability is " + case.patient.findings.irritability.value
    about, surgery = _IRRITABILITY, case.patient.conditions.surgery
    if before is not None and surgery is not None and newly_operated(before, case, today):
        about, told = _SURGERY, f"{surgery.procedure} on {date_text(surgery.on)} is in the file"
    words = f"{told} now: back to {phase.value}, from there on"
    return Decision(on=today, rule="PH", about=about, words=words[:300])


def _retested_while_settling(state: State, old: Programme, course: Course) -> State:
    """The preferred direction is tested again only in a week that is one of settling (rule D6)."""
    week = (state.today - old.starts).days // 7 + 1
    if week <= len(course.phases) and course.phases[max(1, week) - 1] is Phase.SETTLE:
        return state
    return replace(state, decisions=tuple(one for one in state.decisions if one.rule != "D6"))


def _screened(case: Case) -> tuple[tuple[str, ...], str]:
    """Notes of the safety screen, and why nothing may go on; of a changed patient file too."""
    try:
        return screened(case), ""
    except NotPlanned as refusal:
        return (), " ".join(reason.removeprefix("T1: ") for reason in refusal.reasons)


def _with_the_file(log: str, file: str, patient: Patient, told: Sequence[Stop]) -> str:
    """What the log and the patient file stop, the more urgent of the two first."""
    tiers, flags = list(Tier), patient.screening.flags
    positive = (tiers.index(flag.tier) for flag in RED_FLAGS if flags.get(flag.id) is Answer.YES)
    of_file = min([tiers.index(Tier.HOLD), *positive])
    first = (log, file) if told and told[0].urgency <= (False, of_file) else (file, log)
    return " Also ".join(words for words in first if words)


def finished(old: Programme, plan: Plan, case: Case, stamp: dt.datetime) -> tuple[Plan, Case]:
    """The complete next revision, stamped and verified, with the case as it is from now on.

    Raises
    ------
    PlannerError
        When the verifier finds anything; nothing must be written then.
    """
    from planner.verify import verify

    programme = carried(old, plan.programme, stamp=stamp)
    case = replace(case, course=course_of(programme))
    broken = verify(case, programme)
    if broken and not programme.frozen:  # nothing keeps a stop from being written
        raise _refusal(broken)
    return Plan(programme, plan.solver_report), case


def _refusal(broken: Sequence[Violation]) -> PlannerError:
    """Why a revision is not written, and what can be done without it."""
    found = "\n".join(f"  {violation}" for violation in broken[:20])
    because = "The revision was not written, because the independent verifier found:"
    return PlannerError(f"{because}\n{found}\n{_UNTIL_THEN}")


def news(old: Programme, new: Programme) -> bool:
    """Whether a revision says anything that the one before did not."""
    same = ("sessions", "check_ins", "halts", "frozen", "approval", "exemptions", "weeks", "goals")
    files = ("patient_sha256", "clinic_sha256")  # another file is kept, though no line changes
    return (
        any(getattr(old, name) != getattr(new, name) for name in same)
        or any(getattr(old.provenance, name) != getattr(new.provenance, name) for name in files)
        or not set(new.decisions) <= set(old.decisions)
    )


def stamp_of(today: dt.date, revision: int) -> dt.datetime:
    """The stamp of a revision, UTC: from its day and its number, never from a clock."""
    return dt.datetime.combine(today, dt.time(0), tzinfo=dt.UTC) + dt.timedelta(minutes=min(revision, 1439))


def _refuse_shorter(old: Programme, case: Case, today: dt.date) -> None:
    """Refuse a length that ends before the day from which it is planned.

    Raises
    ------
    InvalidInput
        With the shortest length that is left.
    """
    begun = max(1, min(len(old.weeks), (today - old.starts).days // 7 + 1))
    if case.weeks < begun:
        raise InvalidInput(
            f"episode.weeks: {case.weeks} weeks are over: week {begun} of {len(old.weeks)} has begun, "
            f"so the programme is {begun} weeks long or longer"
        )


def _said_before(old: Programme) -> tuple[Decision, ...]:
    """Decisions about a changed patient file and about goals out of reach: no log repeats them."""
    return tuple(d for d in old.decisions if d.about in (_IRRITABILITY, _SURGERY, _FINDINGS) or d.rule == "E8")


# -------------------------------------------------------------------- the revision
class _Revising:
    def __init__(
        self,
        old: Programme,
        case: Case,
        state: State,
        provenance: Provenance,
        notes: tuple[str, ...],
        seconds: float,
        wish: Wish | None,
        exchange: Mapping[str, tuple[str, str]],
        asked: str = "",
        by_hand: str = "",
        *,
        other_work: bool = False,
        other_goals: frozenset[str] = frozenset(),
        disliked: frozenset[str] = frozenset(),
        demanded: tuple[Goal, ...] = (),
        places: tuple[Place, ...] = (),
        warning: str = "",
    ) -> None:
        self.warnings = (f"{date_text(state.today)}: {warning}",) if warning else ()
        self.other_work, self.other_goals, self.demanded, self.places = other_work, other_goals, demanded, places
        self.disliked = frozenset() if exchange else disliked  # an exchange by hand says itself what comes instead
        self.wish, self.exchange, self.asked, self.by_hand = wish, exchange, asked, by_hand
        self.old, self.case, self.state = old, case, state
        self.provenance, self.notes, self.seconds = provenance, notes, seconds
        self.steps: dict[str, Any] = {}
        self.against: dict[str, Violation] = {}  # by slot, what a line that was to be kept would have broken
        self.next_week = 0  # of the first session that a try has left standing, 0 before one
        self.gate: Gate
        assert case.course is not None
        self.course = case.course
        self.decided = (*state.decisions, *self._not_kept())
        self.state = replace(state, decisions=self.decided)

    def report(self, begun: float) -> dict[str, Any]:
        """What ``solver.json`` says of the revision."""
        return {
            "tiers": [],
            "stopped_by_clock": False,
            "seconds": {"solved": round(time.monotonic() - begun, 3)},
            "tracks": {},
            **self.steps,
        }

    def _past(self) -> tuple[tuple[Session, ...], tuple[CheckIn, ...]]:
        """Sessions and check-ins that have been lived, with what became of them."""
        today = self.state.today
        sessions = tuple(
            with_account(s, self.state)
            for s in self.old.sessions
            if s.slot in self.state.accounts or s.start.date() < today
        )
        checks = []
        for check in self.old.check_ins:
            passed = self.state.passed.get(check.id)
            if check.status is Status.CANCELLED and passed is None:
                continue
            if check.start.date() < today or passed is not None or check.status is Status.DONE:
                checks.append(check.model_copy(update={"status": Status.DONE, "passed": passed}))
        return sessions, tuple(checks)

    def _marked(self, programme: Programme) -> Programme:
        """The programme with what every later revision says of its past, and the reasons of its changes."""
        return programme.model_copy(
            update={
                "exemptions": self.old.exemptions,
                "changes": tuple(self._reasons(programme)),
                "revision": self.old.revision,
                "planned_from": self.state.today,
                "halts": self.course.halts,
                "released": self.case.course.released if self.case.course else (),
                "walks_behind": self.course.walks_behind,
                "decisions": self.state.decisions,
                "provenance": self.provenance,
                "warnings": tuple(dict.fromkeys((*programme.warnings, *self.warnings))),
            }
        )

    def _reasons(self, programme: Programme) -> Iterator[Change]:
        """Why lines and times are other ones: a word on the line's own work, else what moved the whole."""
        fresh = [d for d in self.state.decisions if d not in set(self.old.decisions)]
        said = self._said(fresh)
        whole = self._whole(fresh)
        shut = self._shut(fresh) or whole
        turned = self._turned(programme, fresh)
        asked = "" if self.by_hand else self.asked
        before = {s.slot: s for s in self.old.sessions}
        if whole:
            since = programme.model_copy(update={"planned_from": self.state.today})
            for numbers, change in changed_weeks(self.old, since):
                because = self._why_weeks(programme, numbers[0], fresh, shut)
                yield change.model_copy(update={"because": because[:300]})
            yield Change(kind="phase", because=shut[:300])
            slots = [s.slot for p in (self.old, programme) for s in p.sessions]
            slots += [c.slot for p in (self.old, programme) for c in p.check_ins]
            by_phase = {check.slot for p in (self.old, programme) for check in p.check_ins}
            for slot in dict.fromkeys(slots):
                # of its time, and with that of whatever else happens to it
                yield Change(slot=slot, kind="time", because=(shut if slot in by_phase else whole)[:300])
        elif words := self._why_called():
            known = {check.id for check in self.old.check_ins}
            for check in programme.check_ins:
                if check.id not in known:
                    yield Change(slot=check.slot, kind="time", because=words[:300])
        for session in programme.sessions:
            old = before.get(session.slot)
            back = old is None or old.status is Status.CANCELLED
            if back and not whole and session.account is None:
                names = [name for item in session.items for name in (item.ladder, item.exercise)]
                own = "; ".join(dict.fromkeys(said[name] for name in names if name in said))
                yield Change(slot=session.slot, kind="time", because=(own or _AROUND)[:300])
            if old is None or session.account is not None:
                continue
            was = {item.ladder or item.track.value: item for item in old.items}
            now = {item.ladder or item.track.value: item for item in session.items}
            found: set[str] = set()
            for key in {**was, **now}:
                one, item = was.get(key), now.get(key)
                some = item or one
                if some is None or (one is not None and item is not None and one.doses == item.doses):
                    continue
                names = [key, *(it.exercise for it in (item, one) if it is not None)]
                own = next((said[name] for name in names if name in said), "")
                if asked and one is not None and not _still_there(programme, self.case, one):
                    own = asked  # whatever else was said of the line
                elif asked and own and self.other_work:
                    own = f"{own}; {asked}"
                opened = self._opened(programme, session.week, one, item, fresh, shut)
                # little and often goes by the phase, other lines by where they stand
                moved = shut if not some.ladder and some.track is not Track.AEROBIC else whole
                moved = moved if turned else ""
                words = (own or opened or moved or _AROUND)[:300]
                found.add(words)
                kind = "dropped" if item is None else "added" if one is None else "dose"
                yield Change.model_validate({"slot": session.slot, "track": some.track, "kind": kind, "because": words})
            if not whole and len(found) == 1:
                # it ends at another time because of that line
                yield Change(slot=session.slot, kind="time", because=found.pop())

    def _said(self, fresh: list[Decision]) -> dict[str, str]:
        """The newest decision about each line of work and exercise; a session that was missed is about all it held."""
        held = {s.slot: [item.ladder for item in s.items if item.ladder] for s in self.old.sessions}
        out: dict[str, str] = {}
        gap = any(d.rule == "R1" and d.about == "programme" for d in fresh)
        for decision in fresh:
            if gap and decision.about in held:
                continue  # each session missed in a gap is a part of it
            # a direction to be tested again moves nothing by itself
            if decision.rule != "D6":
                missed = f"{decision.about} " if decision.about in held else ""
                for name in held.get(decision.about, [decision.about]):
                    out[name] = f"{missed}{decision.words} (rule {decision.rule})"
        for key in self.exchange:
            out[key] = self.by_hand
        return out

    def _whole(self, fresh: list[Decision]) -> str:
        """What moved the programme as a whole: a stop, the hand, a changed file, a gate, a gap, a closed direction."""
        if self.state.frozen:
            return self.state.frozen
        if self.by_hand:
            return f"follows: {self.by_hand}"
        moved = self._wide(fresh)
        told = f"{moved.words} (rule {moved.rule})" if moved else ""
        return "; ".join(words for words in (self.asked, told) if words)

    def _wide(self, fresh: list[Decision]) -> Decision | None:
        """The newest decision that is about more than a line of work; of a day, what is about most.

        A flare-up cancels days and a gate moves phases, whatever direction was closed or allowed again with them.
        """
        reach = {str(way): 0 for way in Direction} | {check.id: 1 for check in self.old.check_ins} | {"programme": 2}
        found = [d for d in reversed(fresh) if d.rule in _WIDE and d.about in reach]
        return max(found, key=lambda d: (d.on, reach[d.about]), default=None)

    def _why_called(self) -> str:
        """What a check-in more is for: what asked for a call that nobody has answered, or a flare-up."""
        asked = [d for d in self.state.decisions if d.on == self.state.contact and _CALL in d.words]
        if self._resting() is not None:
            asked += [d for d in self.state.decisions if d.on == self.state.flared and d.rule == "P2"]
        last = asked[-1] if asked else None
        return f"since {date_text(last.on)} nobody has answered: {last.words} (rule {last.rule})" if last else ""

    def _turned(self, programme: Programme, fresh: list[Decision]) -> bool:
        """Whether what moved the whole could move a line of work: a gate that was passed as planned does not."""
        moved = self._wide(fresh)
        if self.state.frozen or self.by_hand or self.asked or moved is None or not self.state.passed.get(moved.about):
            return True
        pairs = zip(self.old.weeks, programme.weeks, strict=False)
        return any((was.phase, was.envelope) != (now.phase, now.envelope) for was, now in pairs)

    def _shut(self, fresh: list[Decision]) -> str:
        """The gate that stayed shut, which is why phases and what is open are other ones; empty where none did."""
        if self.state.frozen or self.by_hand:
            return ""
        found = [d for d in fresh if self.state.passed.get(d.about) is False]
        return f"{gate_text(found[-1].about)}: {found[-1].words} (rule {found[-1].rule})" if found else ""

    def _why_weeks(self, programme: Programme, number: int, fresh: list[Decision], moved: str) -> str:
        """Why a week is of another phase, or has more or less open: each direction has a reason of its own."""
        if number > min(len(self.old.weeks), len(programme.weeks)):
            return moved
        was, now = self.old.week(number), programme.week(number)
        same = (was.phase, was.deload, was.closed) == (now.phase, now.deload, now.closed)
        words = [] if same else [moved]
        for way in {**was.envelope, **now.envelope}:
            if was.envelope.get(way) != now.envelope.get(way):
                words.append(self._why_open(way, was, now, fresh, moved))
        return "; ".join(dict.fromkeys(words))

    def _why_open(self, way: Direction, was: Week, now: Week, fresh: list[Decision], moved: str) -> str:
        """Why more or less of a direction is open in a week than was planned."""
        if self.state.frozen or self.by_hand:
            return moved
        own = next((d for d in reversed(fresh) if d.about == way), None)
        if own is not None:
            return f"{own.words} (rule {own.rule})"
        wide = self._wide(fresh)
        aside = wide is not None and (wide.about in {*Direction} or self.state.passed.get(wide.about) is True)
        if aside and not self.asked and not self._shut(fresh) and was.phase is now.phase:
            return f"{way.plain} opens with the sessions that show it (rule D1)"
        return moved

    def _opened(
        self,
        programme: Programme,
        number: int,
        was: Item | None,
        now: Item | None,
        fresh: list[Decision],
        moved: str,
    ) -> str:
        """What is open in a week that is less than a line asked for, or that it asks for now and was not open; why."""
        from planner.rules.reading import asks_of

        if number > min(len(self.old.weeks), len(programme.weeks)):
            return ""
        before, after = self.old.week(number), programme.week(number)
        words: dict[str, list[str]] = {}
        sides = (("less", was, before.envelope, after.envelope), ("more", now, after.envelope, before.envelope))
        for word, item, there, here in sides:
            burden = None if item is None else asks_of(self.case, item)
            for way, stage in here.items():
                if burden is None or burden.activity or stage >= there.get(way, MAX_STAGE):
                    continue
                asked = burden.stage(way)
                if asked is None or asked > stage:
                    why = self._why_open(way, before, after, fresh, moved)
                    words.setdefault(why, []).append(f"{word} of {way.plain} is open")
        return "; ".join(f"{', '.join(found)}: {why}" if why else ", ".join(found) for why, found in words.items())

    # ---------------------------------------------------------------- nothing may be done
    def frozen(self) -> Programme:
        """The programme stopped: everything ahead is cancelled until a clinician allows it again."""
        lived, checks = self._past()
        slots = {session.slot for session in lived}
        ahead = [
            session if session.status is Status.CANCELLED else session.model_copy(update={"status": Status.CANCELLED})
            for session in self.old.sessions
            if session.slot not in slots
        ]
        known = {check.id for check in checks}
        later = [check for check in self.old.check_ins if check.id not in known]
        sessions = tuple(sorted((*lived, *ahead), key=lambda s: (s.start, s.slot)))
        programme = self.old.model_copy(
            update={
                "sessions": sessions,
                "check_ins": (*checks, *later),
                "weeks": tuple(map(self._held_open, recounted(self.old.weeks, sessions))),
                "goals": tuple(
                    goal.model_copy(update={"reached_week": None, "forecast": "on hold.", "held_back_by": ""})
                    for goal in self.old.goals
                ),
                "frozen": self.state.frozen,
            }
        )
        return self._marked(programme)

    def _held_open(self, week: Week) -> Week:
        """A week with no more open than has been earned by now."""
        if week.number < self.course.week:
            return week.model_copy(update={"envelope": self.course.envelopes[week.number - 1]})
        earned = {way: min(stage, self.course.stages.get(way, stage)) for way, stage in week.envelope.items()}
        return week.model_copy(update={"envelope": earned})

    # ---------------------------------------------------------------- nothing has to change
    def kept(self) -> Programme | None:
        """The programme as it was planned, where the response and the rules allow all of it."""
        state, old = self.state, self.old
        if state.flared is not None and self._resting() is not None:
            return None
        if state.too_heavy or self._begins_too_soon() or self._not_kept():
            return None
        if old.frozen or self.course.halts != old.halts or state.walks_behind != old.walks_behind:
            return None
        lived, checks = self._past()
        passed = {check.id for check in checks}
        later = [check for check in old.check_ins if check.id not in passed]
        due = [n for n, check in enumerate(later) if check.status is not Status.CANCELLED]
        contact = self._contact()
        if contact is not None and not any(later[n].start <= contact for n in due):
            return None
        if forecast(self.case) != tuple(row.phase for row in old.weeks):
            return None
        if (
            any(row.envelope != found for row, found in zip(old.weeks, self.course.envelopes, strict=False))
            or not self._on_plan()
        ):
            return None
        slots = {session.slot for session in lived}
        if due:
            later[due[0]] = later[due[0]].model_copy(update={"status": Status.CONFIRMED})
        first = min((later[n].start for n in due), default=None)
        ahead = []
        for session in old.sessions:
            if session.slot in slots:
                continue
            items = tuple(
                item.model_copy(update={"gate": None, "fallback": None}) if item.gate in passed else item
                for item in session.items
            )
            status = session.status
            if status is not Status.CANCELLED:
                status = Status.TENTATIVE if first is not None and session.start > first else Status.CONFIRMED
            ahead.append(session.model_copy(update={"items": items, "status": status}))
        sessions = tuple(sorted((*lived, *ahead), key=lambda s: (s.start, s.slot)))
        weeks = tuple(
            row.model_copy(update={"gate": None}) if row.gate in passed else row
            for row in recounted(old.weeks, sessions)
        )
        programme = self._marked(
            old.model_copy(update={"sessions": sessions, "check_ins": (*checks, *later), "weeks": weeks})
        )
        if passed:
            # what stood in for a gate stands in for nothing once it is passed
            from planner.solver.prepare import open_gate

            programme = still_easier(self.case, programme, old, open_gate(self.case))
        return None if self._broken(programme) else programme

    def _ahead(self) -> list[Session]:
        """Sessions of the revision before that still stand, in order of time."""
        return sorted(
            (
                session
                for session in self.old.sessions
                if session.slot not in self.state.accounts
                and session.start.date() >= self.state.today
                and session.status is not Status.CANCELLED
            ),
            key=lambda session: session.start,
        )

    def _first_new(self) -> int:
        """The first week in which a line may begin: after symptoms travelled, or a flare-up, a session comes first.

        After an absence the first week back comes first (rule R1).
        """
        now = self.case.week_of(self.state.today)
        back = [week for week in weeks_back(self.case) if now <= week <= self.course.week + 1]
        after_absence = max(back, default=0) + 1
        return max(after_absence, self._first_settled())

    def _first_settled(self) -> int:
        """The first week in which a line may begin as far as symptoms and flare-ups go."""
        if not self.state.unsettled:
            return 1
        rest = self._resting()
        ahead = [
            session.week
            for session in self._ahead()
            if session.kind is SessionKind.TRAINING and (rest is None or session.start >= rest)
        ]
        next_week = max(self.next_week, ahead[0] if ahead else 0)
        return self.course.week + (next_week >= self.course.week)

    def _begins_too_soon(self) -> bool:
        """Whether a line that has not begun is planned before it may."""
        first = self._first_new()
        begun = {key for key, found in self.state.standings.items() if found.rung is not None}
        return any(
            item.ladder and item.ladder not in begun
            for session in self._ahead()
            if session.week < first
            for item in session.items
        )

    def _on_plan(self) -> bool:
        """Whether what every track was to do next is what it may do next."""
        records = {record.key: record for record in self.old.ladders}
        raised = self._raised()
        now = {key: (found.rung, found.stood) for key, found in self.state.standings.items()}
        for session in self._ahead():
            for item in session.items:
                if item.ladder not in records:
                    continue
                record = records[item.ladder]
                at = rung_of(record, item)
                here, stood = now.get(item.ladder, (None, 0))
                if at is None:
                    continue
                if (
                    here is not None
                    and at > here
                    and not (stood >= record.rungs[here].needs and at in record.rungs[here].nexts)
                ):
                    return False
                if here is None and at > 0:
                    return False
                if item.ladder in raised:
                    return False
                now[item.ladder] = (at, stood + 1 if at == here else 1)
        return all(not found.reds or self._stepped_down(key) for key, found in self.state.standings.items())

    def _raised(self) -> frozenset[str]:
        """Lines of work that a calibration has led up, and of which what is planned next does not know.

        What a revision has once been planned with is as it can be: a gate may keep it lower.
        """
        fresh = {d.about for d in self.state.decisions if d.rule == "CAL" and d not in self.old.decisions}
        out = set()
        for record in self.old.ladders:
            standing = self.state.standings[record.key]
            if not standing.shown or standing.rung is None or record.key not in fresh:
                continue
            ahead = (item for session in self._ahead() for item in session.items if item.ladder == record.key)
            planned = next((rung_of(record, item) for item in ahead if not item.pinned), None)
            if planned is not None and planned < standing.rung:
                out.add(record.key)
        return frozenset(out)

    def _stepped_down(self, key: str) -> bool:
        """Whether the next dose of a track that was red is as low as it stands now."""
        record = next(record for record in self.old.ladders if record.key == key)
        standing = self.state.standings[key]
        ahead = (item for session in self._ahead() for item in session.items if item.ladder == key)
        at = next((rung_of(record, item) for item in ahead), None)
        return at is None or standing.rung is None or at <= standing.rung

    # ---------------------------------------------------------------- the solver's smallest change
    def solved(self) -> tuple[Programme, Case]:
        """The future planned anew from where every track stands.

        Raises
        ------
        NoProgramme
            When nothing that is left keeps every rule.
        """
        tries: list[tuple[Case, bool]] = [(self.case, True), (self.case, False)]
        without = _released(self.case, self.demanded)
        if without is not None:
            tries += [(without, True), (without, False)]
        problems: list[Violation] = []
        for case, keep_days in tries:
            programme = self._settled(case, keep_days=keep_days)
            if programme is None:
                continue
            self._release(case)
            programme = still_easier(case, self._marked(programme), self.old, self.gate)
            programme = self._with_pins(programme, case)
            broken = self._broken(programme, case)
            if not broken:
                made = self._marked(self._as_far_as_it_may_stay(self._marked(programme), case))
                return self._say_what_is_not_kept(made, case), case
            problems = broken
            if (less := self._with_less(programme, case, broken)) is not None:
                return self._say_what_is_not_kept(self._marked(less), case), case
        if self.asked:
            raise NoProgramme(clashes(self.asked, problems))
        if problems:
            raise _refusal(problems)
        raise NoProgramme(["With what is left of the programme the hard rules cannot all be kept together."])

    def _as_far_as_it_may_stay(self, programme: Programme, case: Case) -> Programme:
        """Lines of work that only gave way to others stay as they were, each where every rule agrees.

        The solver counts the time of a block in whole steps, and may have less room than there is.
        """
        changed = [one for one in programme.changes if one.kind in ("dose", "added", "dropped")]
        asked = {one.track for one in changed if one.because != _AROUND or one.kind != "dose"}
        before = {session.slot: session for session in self.old.sessions}
        for track in dict.fromkeys(one.track for one in changed if one.track not in asked):
            slots = {one.slot for one in changed if one.track is track}
            sessions = []
            for session in programme.sessions:
                if session.slot in slots:
                    was = {item.ladder: item for item in before[session.slot].items if item.track is track}
                    items = tuple(was.get(item.ladder, item) if item.track is track else item for item in session.items)
                    sessions.append(resized(session.model_copy(update={"items": items})))
                else:
                    sessions.append(session)
            update = {"sessions": tuple(sessions), "weeks": recounted(programme.weeks, sessions)}
            kept = still_easier(case, programme.model_copy(update=update), self.old, self.gate)
            if not self._broken(kept, case):
                programme = kept
        return programme

    def _with_less(self, programme: Programme, case: Case, broken: list[Violation]) -> Programme | None:
        """A programme that breaks a rule without the lines that do: each as it was before, or left out.

        Nobody is left without a plan because one line of it was too much.
        """
        lived = {session.slot for session in self._past()[0]}
        told: dict[tuple[str, str], Decision] = {}
        for _ in range(_ROUNDS_OF_LESS):
            lines = [(_line_of(one, programme), one) for one in broken]
            found = {line: one for line, one in lines if line is not None and line[0] not in lived}
            if not all(line in found for line, _ in lines):
                return None
            sessions = []
            before: dict[str, Item] = {}  # by line of work, what is asked for last
            for session in sorted(programme.sessions, key=lambda s: (s.start, s.slot)):
                items = []
                for item in session.items:
                    kept: Item | None = item
                    if (one := found.get((session.slot, item.exercise))) is not None:
                        kept = self._less(item, before.get(item.ladder), one)
                        about = item.ladder or item.exercise
                        became = "is left out" if kept is None else f"stays {kept.name} as before"
                        if kept is not None and one.rule == O6.id:
                            became = "is a set less"
                        if kept is not None and one.rule == CAL.id:
                            became = "is a first contact" if kept.calibration else "is no first contact"
                        words = f"{item.name} {became} in {session.slot}: {one.problem}"[:300]
                        said = Decision(on=self.state.today, rule=one.rule, about=about, words=words)
                        told.setdefault((about, one.rule), said)
                    if kept is not None:
                        items.append(kept)
                        before[item.ladder] = kept
                same = tuple(items) == session.items
                sessions.append(session if same else resized(session.model_copy(update={"items": tuple(items)})))
            programme = programme.model_copy(
                update={"sessions": tuple(sessions), "weeks": recounted(programme.weeks, sessions)}
            )
            programme = still_easier(case, programme, self.old, self.gate)
            broken = self._broken(programme, case)
            if not broken:
                self.state = replace(self.state, decisions=(*self.state.decisions, *told.values()))
                return programme
        return None

    def _less(self, item: Item, last: Item | None, broken: Violation) -> Item | None:
        """What an item that breaks a rule is asked for instead; None where it is left out."""
        if broken.rule == CAL.id:
            return _first_contact(self.case, item, first=not item.calibration or "again" not in broken.problem)
        if broken.rule == O6.id and len(item.dose.working_sets) > self.case.exercises[item.exercise].bounds.sets[0]:
            return item.model_copy(update={"dose": item.dose.model_copy(update={"sets": item.dose.sets[:-1]})})
        return None if broken.rule == O6.id else _as_before(item, last)

    def _release(self, case: Case) -> None:
        """Plans on with a case; must goals that it no longer demands are said."""
        assert case.course is not None
        fresh = [name for name in case.course.released if name not in self.course.released]
        said = tuple(
            Decision(on=self.state.today, rule="E8", about=name, words=f"{name} is out of reach now: {_WISHED}")
            for name in fresh
        )
        self.case, self.state = case, replace(self.state, decisions=(*self.decided, *said))

    def _with_pins(self, programme: Programme, case: Case) -> Programme:
        """The programme with lines and times that somebody asked to keep, as far as the rules allow."""
        asked = self._asked_to_keep()
        self.against = {}
        moments = {s.slot: s for s in self.old.sessions if s.fixed}
        if not asked and not moments:
            return programme
        lived = {session.slot for session in self._past()[0]}

        def pinned(session: Session, leave: frozenset[str]) -> Session:
            if session.slot in lived or session.slot in leave:
                return session
            items = tuple(
                old.model_copy(update={"gate": item.gate, "fallback": item.fallback})
                if (old := asked.get((session.slot, item.ladder or item.exercise))) is not None
                else item
                for item in session.items
            )
            made = session if items == session.items else resized(session.model_copy(update={"items": items}))
            there = moments.get(session.slot)
            if there is not None:
                length = made.end - made.start
                made = made.model_copy(update={"start": there.start, "end": there.start + length, "fixed": there.fixed})
            return made

        leave: frozenset[str] = frozenset()
        for _ in range(3):
            sessions = tuple(sorted((pinned(s, leave) for s in programme.sessions), key=lambda s: (s.start, s.slot)))
            made = programme.model_copy(update={"sessions": sessions, "weeks": recounted(programme.weeks, sessions)})
            made = still_easier(case, made, self.old, self.gate)
            broken = {v.where.split(", ")[1]: v for v in reversed(self._broken(made, case)) if ", " in v.where}
            if not broken:
                return made
            self.against |= broken
            leave |= broken.keys()
        return programme

    def _asked_to_keep(self) -> dict[tuple[str, str], Item]:
        """Lines that somebody asked to keep and the response does not speak against, by slot and line of work."""
        return {
            (s.slot, item.ladder or item.exercise): item
            for s in self.old.sessions
            for item in s.items
            if item.pinned and not self._unsafe(item)
        }

    def _say_what_is_not_kept(self, programme: Programme, case: Case) -> Programme:
        """The programme with a word on every line that was to be kept and is another one, or gone, and why."""
        lived = {session.slot for session in self._past()[0]}
        now = {(s.slot, item.ladder or item.exercise): item for s in programme.live for item in s.items}
        said: dict[tuple[str, Track], Decision] = {}
        for (slot, key), item in self._asked_to_keep().items():
            there = now.get((slot, key))
            if slot in lived or (there is not None and there.doses == item.doses):
                continue
            rule, why = self._why_not_kept(slot, item, case)
            words = f"{item.name} in {slot}, kept by {item.pinned}, is not kept: {why}"
            said[slot, item.track] = Decision(on=self.state.today, rule=rule, about=key, words=words[:300])
        self.state = replace(self.state, decisions=(*self.state.decisions, *said.values()))
        changes = tuple(
            change.model_copy(update={"because": f"{one.words} (rule {one.rule})"[:300]})
            if change.track is not None and (one := said.get((change.slot, change.track))) is not None
            else change
            for change in programme.changes
        )
        return programme.model_copy(update={"decisions": self.state.decisions, "changes": changes})

    def _why_not_kept(self, slot: str, item: Item, case: Case) -> tuple[str, str]:
        """The rule against a line that was to be kept, and what is in the way."""
        exercise = case.exercises[item.exercise]
        week = next(session.week for session in self.old.sessions if session.slot == slot)
        if exercise.complete and week <= case.weeks:
            state = state_shown(exercise, item.dose, item.implement)
            if (limit := self.gate.closing(exercise, state, week)) is not None:
                return limit.rule, f"closed by {limit.because}"
        if (broken := self.against.get(slot)) is not None:
            return broken.rule, broken.problem
        return O1.id, "what has been done until then does not lead up to it"

    def _not_kept(self) -> tuple[Decision, ...]:
        """What somebody asked to keep, and the response speaks against."""
        lived = self.state.accounts
        ahead = (s for s in self.old.sessions if s.slot not in lived and s.start.date() >= self.state.today)
        found = {item.ladder or item.exercise: item for s in ahead for item in s.items if item.pinned}
        return tuple(
            Decision(
                on=self.state.today,
                rule="P1",
                about="programme",
                words=f"{item.name}, kept by {item.pinned}, is not kept: the response speaks against it"[:300],
            )
            for item in found.values()
            if self._unsafe(item)
        )

    def _unsafe(self, item: Item) -> bool:
        """Whether the response speaks against keeping a line as it is."""
        found = self.state.standings.get(item.ladder)
        return bool(found is not None and found.reds) or any(
            halt.exercise == item.exercise and halt.until is None for halt in self.course.halts
        )

    def _broken(self, programme: Programme, case: Case | None = None) -> list[Violation]:
        from planner.verify import verify

        found = case or self.case
        if found.course is not None and programme.planned_from is None:
            programme = replace_marks(self._marked(programme), found)
        return verify(found, programme)

    def _settled(self, case: Case, *, keep_days: bool) -> Programme | None:
        """A try in which no line begins before symptoms have settled, whichever sessions it leaves standing (rule C1).

        Of a session before that may hold nothing but what is stopped now, or would have begun in it, nothing is left.
        """
        programme, first_new = self._try(case, keep_days=keep_days), self._first_new()
        if programme is None or not self.state.unsettled:
            return programme
        ahead = (s for s in programme.live if s.kind is SessionKind.TRAINING and s.account is None)
        self.next_week = min((s.week for s in ahead), default=0)
        return programme if self._first_new() == first_new else self._try(case, keep_days=keep_days)

    def _try(self, case: Case, *, keep_days: bool) -> Programme | None:
        from planner.solver.assemble import Parts, Past, assemble
        from planner.solver.check_ins import Before
        from planner.solver.daily import daily_items
        from planner.solver.resume import resumed
        from planner.solver.terms import Infeasible, OutOfTime, Solution

        ready = resumed(_planned_patient(case), self.old, self._lived(), keep_days=keep_days, exchange=self.exchange)
        prepared = replace(ready.prepared, wish=self.wish)
        try:
            terms = prepared.terms()
            if terms.ladders:
                solution = self._solution(terms, regular_week=not keep_days)
            else:
                stages = {way: (limit.first,) * case.weeks for way, limit in prepared.gate.opens.items()}
                solution = Solution({}, {}, {}, stages)
        except (Infeasible, OutOfTime):
            return None
        self.steps = {
            "tiers": [
                {"name": t.name, "value": t.value, "bound": t.bound, "proved": t.proved, "seconds": round(t.seconds, 3)}
                for t in solution.tiers
            ],
            "stopped_by_clock": solution.stopped_by_clock,
            "size": solution.size,
        }
        solution = ready.joined(solution, terms)
        training = frozenset(slot.window.day.number for slot in prepared.table.slots)
        daily = daily_items(prepared.case, prepared.gate, training, solution.stages)
        lived, checks = self._past()
        held = {check.id for check in checks}
        past = Past(
            sessions=lived,
            check_ins=Before(
                held=checks,
                ahead=tuple(check for check in self.old.check_ins if check.id not in held),
                contact=self._contact(),
            ),
            deloads=frozenset(row.number for row in self.old.weeks if row.deload),
            rest_until=self._resting(),
        )
        parts = Parts(
            case, prepared.gate, prepared.table, solution.ladders, solution, daily, prepared.warm_up_minutes, past
        )
        self.gate = prepared.gate
        programme = assemble(parts, self.provenance, self.notes, self.old.warnings)
        known = sorted((*programme.ladders, *ready.closed), key=lambda record: record.key)
        return programme.model_copy(update={"ladders": tuple(known)})

    def _solution(self, terms: Terms, *, regular_week: bool) -> Solution:
        """The best climbs; where the response has left too little, without resisting a direction, or any (rule A2).

        Raises
        ------
        Infeasible, OutOfTime
            As ``solve`` does.
        """
        from planner.solver.search import solve
        from planner.solver.terms import Infeasible

        quotas = [cover for cover in terms.covers if cover.rule == A2.id]
        answered = any(halt.until is None for halt in self.course.halts)
        answered = answered or any(found.reds for found in self.state.standings.values())
        *tries, last = [[], *([cover] for cover in quotas), quotas] if answered else [[]]
        for left_out in tries:
            with suppress(Infeasible):
                return solve(terms.without(left_out), self.seconds, None, best=True, regular_week=regular_week)
        return solve(terms.without(last), self.seconds, None, best=True, regular_week=regular_week)

    def _contact(self) -> dt.datetime | None:
        """Noon of the day after, where somebody has to be called within 48 hours, until a check-in has answered."""
        fresh = self.state.contact is not None or self._resting() is not None
        if fresh:
            return dt.datetime.combine(self.state.today + dt.timedelta(days=1), dt.time(12))
        return self._before_the_return()

    def _before_the_return(self) -> dt.datetime | None:
        """Today, before any session: after an absence that ends within a week there is a check-in first (rule R1).

        One that ends with a week has its check-in as that week begins.
        """
        today, old = self.state.today, self.old
        now = self.case.week_of(today)
        if self.state.gap_days < value(self.case, R1, "days_lower") or self.course.week == now:
            return None
        here = [c.start for c in old.check_ins if c.week == now and c.status is not Status.CANCELLED]
        if any(start.date() < today for start in here):
            return None
        back = next((one.back for one in absences(self.case) if one.back >= today), today)
        if agreed := [start for start in here if start.date() <= back]:
            return min(agreed)
        first = min(window.start for window in self.case.patient.availability.windows)
        quarter = dt.timedelta(minutes=15)
        return min(dt.datetime.combine(today, first) - quarter, dt.datetime.combine(today, dt.time(12)))

    def _resting(self) -> dt.datetime | None:
        """End of the flare card's days, None when there is no fresh flare-up."""
        if self.state.flared is None:
            return None
        until = dt.datetime.combine(self.state.flared + dt.timedelta(days=FLARE_DAYS + 1), dt.time(0))
        return until if until.date() > self.state.today else None

    def _lived(self) -> Any:
        from planner.solver.resume import Lived, Start

        state, raised = self.state, self._raised()
        return Lived(
            starts={
                key: Start(found.rung, found.stood, dict(found.sets), found.trail, found.shown if key in raised else 0)
                for key, found in state.standings.items()
                if found.rung is not None
            },
            slots=frozenset(state.accounts) | {s.slot for s in self.old.sessions if s.start.date() < state.today},
            shown=state.shown,
            days={key: len(shown_days(state, *key, dt.date.max)) for key in state.days},
            done=state.done,
            deloads=frozenset(row.number for row in self.old.weeks if row.deload),
            rest_until=self._resting(),
            too_heavy=self.state.too_heavy,
            too_hard=self.state.too_hard,
            lifted=self._lifted(),
            asked=self.other_work,
            goals=self.other_goals,
            disliked=self.disliked,
            first_new=self._first_new(),
            places=self.places,
        )

    def _lifted(self) -> tuple[Halt, ...]:
        """Halts that a clinician has ended since the revision before."""
        open_before = {(halt.since, halt.exercise, halt.direction) for halt in self.old.halts if halt.until is None}
        return tuple(
            halt
            for halt in self.course.halts
            if halt.until is not None and (halt.since, halt.exercise, halt.direction) in open_before
        )


def _line_of(violation: Violation, programme: Programme) -> tuple[str, str] | None:
    """Slot and exercise of the line that breaks a rule; None where it is about more than a line.

    Where a line of work has too many sets in a week (rule O6), that of them which has most, the last of several.
    """
    parts = violation.where.partition(" (")[0].split(", ")
    if violation.rule == O6.id and len(parts) == 2:
        ahead = sorted((s for s in programme.live if f"week {s.week}" == parts[0]), key=lambda s: s.start)
        here = [(s.slot, item) for s in ahead for item in s.items if item.track.value == parts[1]]
        if not here:
            return None
        most = max(len(item.dose.working_sets) for _, item in here)
        return [(slot, item.exercise) for slot, item in here if len(item.dose.working_sets) == most][-1]
    return (parts[1], parts[2]) if len(parts) == 3 else None


def _first_contact(case: Case, item: Item, *, first: bool) -> Item:
    """An item as a first contact with an unknown capacity, or no longer as one (rule CAL)."""
    most = calibration_effort(case)

    def calm(dose: Dose) -> Dose:
        rows = (
            row if row.effort is None else row.model_copy(update={"effort": min(row.effort, most)}) for row in dose.sets
        )
        return dose.model_copy(update={"sets": tuple(rows), "load_is_forecast": dose.top_load is not None})

    made = item.model_copy(update={"calibration": first, "dose": calm(item.dose)})
    for name in ("easier", "fallback"):
        other: Alternative | None = getattr(item, name)
        if other is not None and other.exercise == item.exercise:
            made = made.model_copy(update={name: other.model_copy(update={"dose": calm(other.dose)})})
    return made


def _as_before(item: Item, last: Item | None) -> Item | None:
    """What a line asked for last in the place of an item; None where that is the same, or there is nothing before."""
    if not item.ladder or last is None or last.doses == item.doses:
        return None
    return last.model_copy(update={"gate": item.gate, "fallback": item.fallback, "pinned": ""})


def _still_there(programme: Programme, case: Case, item: Item) -> bool:
    """Whether a programme may still ask for the exercise and load of a line, or it is none of a ladder."""
    if not item.ladder:
        return True
    top = item.dose.top_load
    rungs = [rung for record in programme.ladders for rung in record.rungs if rung.exercise == item.exercise]
    places = case.patient.places
    return bool(rungs) and (top is None or any(top in owned(one.equipment, item.implement) for one in places))


def replace_marks(programme: Programme, case: Case) -> Programme:
    """The programme with the must goals that a case has released."""
    assert case.course is not None
    return programme.model_copy(update={"released": case.course.released})


def _released(case: Case, demanded: tuple[Goal, ...]) -> Case | None:
    """The case without must goals that were demanded before: the response may have put them out of reach."""
    assert case.course is not None
    goals = enumerate(case.patient.goals)
    names = tuple(goal_name(i) for i, goal in goals if goal.priority == "must" and goal in demanded)
    if not names:
        return None
    return replace(case, course=replace(case.course, released=names))


def _planned_patient(case: Case) -> Case:
    """The case as the solver sees it: goals that are released are wanted, not demanded."""
    assert case.course is not None
    released = set(case.course.released)
    if not released:
        return case
    goals = tuple(
        goal.model_copy(update={"priority": "want"}) if goal_name(i) in released else goal
        for i, goal in enumerate(case.patient.goals)
    )
    patient: Patient = case.patient.model_copy(update={"goals": goals})
    return replace(case, patient=patient)
