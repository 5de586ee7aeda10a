"""Where the patient is: a pure function of a programme and its log.

Every session that has passed is judged by the rules (PH, P1-P3, C1-C2, O1, R1, CAL, T1, T3) and moves
its tracks: green and met counts, amber repeats, red goes one rung down, what was missed counts for
nothing.  Each decision is listed with its rule.  The order in which entries arrived does not matter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from planner.domain.case import Case
from planner.domain.directions import Direction, Side
from planner.domain.dose import DoseKind, epley_one_rep_max, one_rep_max_at
from planner.domain.envelope import MAX_STAGE
from planner.domain.exercise import Track
from planner.domain.log import Account, Attendance, Log, LogEntry, LoggedItem, Response
from planner.domain.patient import MotorFinding, Site
from planner.domain.programme import (
    CheckIn,
    Decision,
    Halt,
    Item,
    LadderRecord,
    Phase,
    Programme,
    Session,
    SessionKind,
    Status,
)
from planner.export.text import gate_text
from planner.rules.base import value
from planner.rules.directional import lateral_first, preference
from planner.rules.envelope import fell_below
from planner.rules.gaps import R1, Absence, absences, light_enough, steps_lower, weeks_absent, weeks_back
from planner.rules.lifting import lifted_kg
from planner.rules.neural import examined_leg, legs_reached, of_one_side, other_leg
from planner.rules.outcomes import MEASURES, Trend, change
from planner.rules.overload import O1, lighter, met, too_easy, too_hard
from planner.rules.reading import as_done, rung_of
from planner.rules.response import (
    P1,
    P2,
    Light,
    answers_for,
    light,
    pain_light,
    pain_limits,
    pain_of,
    peripheralised,
    retreated,
    settled,
    whole_light,
)
from planner.rules.stops import (
    standing_stops,
    stops_over_time,
    stops_text,
    told_stops,
    told_wrongly,
    wrongly_text,
)

#: An effort this far below the plan says that a calibration was too light. [D]
EASY = 2.0
#: Days of settling after which work in the preferred direction that changes nothing is re-tested (rule D6). [K]
DAYS_BEFORE_RETEST = 5
#: A calibration never leads to more than this share of what was lifted in it. [D]
MOST_FROM_CALIBRATION = 1.2


#: Sessions in a row that were clearly harder, or easier, than meant from which on that is said. [D]
SAID_OF_STRAIN = 3


#: Sessions more that a step is stood on where a gate stayed shut, or after a red besides the plan. [D]
HELD = -1


#: What follows a gap, by the steps that it costs (rule R1).
_STEPS = ("the last dose is repeated", "one step lower", "two steps lower")


#: A load that was red and has nothing below it on its ladder begins again at this share of the estimated maximum. [D]
SHARE_AFTER_RED = 0.9

#: What becomes of a line that cannot go down.
_BOTTOM = "stays at the bottom of its ladder"


@dataclass(frozen=True)
class Standing:
    """Where a track stands on its ladder: ``rung`` None before it has begun, ``stood`` sessions that count there.

    ``hard`` counts sessions in a row that were clearly harder than meant.
    ``shown`` are working sets, where a calibration has led up to the rung and it has not been done yet: with so many it
    goes on there, for what was planned without knowing of it says nothing against it.
    ``lowered`` while nothing has been done since a red response stepped it down.
    """

    rung: int | None = None
    stood: int = 0
    ambers: int = 0
    reds: int = 0
    trail: tuple[int, ...] = ()  # rungs it came from, lowest first
    sets: Mapping[int, int] = field(default_factory=dict)  # working sets done, by week
    shown: int = 0
    hard: int = 0
    lowered: bool = False

    def at(self, rung: int) -> Standing:
        """The same track seen on a rung: sessions there go on counting, another rung begins anew."""
        if rung == self.rung:
            return self
        came = self.trail if self.rung is None else (*self.trail, self.rung)
        return replace(self, rung=rung, stood=0, trail=tuple(n for n in came if n < rung))

    def down(self, record: LadderRecord) -> Standing:
        """One step down: to where it came from, else to less of the same, else to how the easier exercise begins.

        At the bottom it stays.
        """
        assert self.rung is not None
        if self.trail:
            return replace(self, rung=self.trail[-1], trail=self.trail[:-1], stood=0, ambers=0, shown=0)
        under = self.rung - 1
        if under >= 0 and record.rungs[under].exercise != record.rungs[self.rung].exercise:
            under = next(n for n, rung in enumerate(record.rungs) if rung.exercise == record.rungs[under].exercise)
        return replace(self, rung=max(0, under), stood=0, ambers=0, shown=0)


@dataclass(frozen=True)
class _Reach:
    """How far symptoms reached: before or after the session of a day, or, without one, found in the patient file."""

    site: Site
    day: dt.date | None = None


@dataclass(frozen=True)
class State:
    """Where the patient is on a day.

    ``frozen`` says why nothing may be done; ``forbidden`` are sessions that were not done while a stop held;
    ``contact`` since when somebody must be called within two days, None once a check-in or a clinician has answered;
    ``unsettled`` when symptoms travelled in the last session held, or a flare-up came after it;
    ``gap_days`` counts days since the last session that was held, where others were missed since or it is long ago;
    ``too_heavy`` are ladders whose first load was too much, with the exercise and the one-repetition maximum in kg to
    begin again from; ``too_hard`` are ladders of which anything was clearly harder than meant; ``shown`` counts
    sessions without red by ladder and (direction, stage), ``days`` the days on which any item showed them; ``done``
    green sessions by exercise, each with working repetitions and load in kg;
    ``one_rep_maxima`` estimates in kg (Epley); ``strain`` the last sessions in a row of which most was clearly harder
    than meant, negative where it was easier.
    """

    today: dt.date
    accounts: Mapping[str, Account]
    standings: Mapping[str, Standing]
    passed: Mapping[str, bool]
    halts: tuple[Halt, ...]
    decisions: tuple[Decision, ...]
    shown: Mapping[str, Mapping[tuple[Direction, int], int]]
    days: Mapping[tuple[Direction, int], frozenset[dt.date]]
    done: Mapping[str, tuple[tuple[int, float], ...]]
    one_rep_maxima: Mapping[str, float]
    frozen: str = ""
    forbidden: frozenset[str] = frozenset()
    contact: dt.date | None = None
    too_heavy: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    too_hard: frozenset[str] = frozenset()
    flared: dt.date | None = None
    unsettled: bool = False
    gap_days: int = 0
    walks_behind: int = 0
    held: int = 0
    missed: int = 0
    green_streak: int = 0
    strain: int = 0
    pain_trend: float | None = None

    @property
    def words(self) -> str:
        """How it goes, in one line."""
        parts = [f"{self.held} of {self.held + self.missed} sessions held"]
        if self.green_streak > 1:
            parts.append(f"{self.green_streak} green in a row")
        if abs(self.strain) >= SAID_OF_STRAIN:
            how = "harder" if self.strain > 0 else "easier"
            parts.append(f"the last {abs(self.strain)} clearly {how} than meant, so have a look at the loads")
        if self.pain_trend is not None:
            trend = "falls" if self.pain_trend < -0.1 else "rises" if self.pain_trend > 0.1 else "is steady"
            parts.append(f"pain before sessions {trend}")
        if closed := len({halt.exercise or halt.direction for halt in self.halts if halt.until is None}):
            parts.append(
                f"{closed} {'exercise or direction is' if closed == 1 else 'exercises or directions are'} stopped"
            )
        return ", ".join(parts)

    @property
    def adherence(self) -> float | None:
        """Share of past training sessions that were held, 0 to 1; None before the first."""
        every = self.held + self.missed
        return self.held / every if every else None


def lived(programme: Programme, log: Log, today: dt.date) -> dict[str, Account]:
    """What is known of each session that has passed: logged, or before today and so missed as far as anyone knows.

    One that was cancelled stays so unless it was done all the same: there was nothing to miss.
    """
    known = log.accounts()
    out: dict[str, Account] = {}
    for session in programme.sessions:
        account = known.get(session.slot)
        if session.status is Status.CANCELLED and (account is None or account.done is Attendance.MISSED):
            continue
        if account is not None:
            out[session.slot] = account if account.done is not None else _told(account)
        elif session.start.date() < today:
            # little-and-often work is not kept book of; of a training session silence means that it was not done
            done = Attendance.MISSED if session.kind is SessionKind.TRAINING else Attendance.DONE
            out[session.slot] = Account(slot=session.slot, done=done)
    return out


def _told(account: Account) -> Account:
    """An account that says how it went without saying that it took place."""
    done = Attendance.PARTLY if account.items else Attendance.DONE
    return account.model_copy(update={"done": done})


def state_of(programme: Programme, log: Log, case: Case, today: dt.date, found: dt.date | None = None) -> State:
    """Where the patient is on a day (``today``'s own sessions count once they are logged).

    ``found`` is the day on which the findings of the case were told, where that is later than the first day.
    """
    return _Reader(programme, log, case, today, found).state()


def day_of(entry: LogEntry, timezone: str) -> dt.date:
    """The day of an entry where the patient lives."""
    return entry.written.astimezone(ZoneInfo(timezone)).date()


def stopped(log: Log, motor: Iterable[MotorFinding], timezone: str) -> tuple[str, list[Decision]]:
    """Why everything stops, empty when nothing does, and the decisions about it.

    The reason is every stop that stands, the most urgent first (rules T1, T3).
    """
    motor = tuple(motor)
    decisions = [
        Decision(on=day_of(stop.entry, timezone), rule=stop.rule, about="programme", words=stop.words[:300])
        for stop in told_stops(log, motor)
    ]
    decisions += [
        Decision(on=day_of(entry, timezone), rule=stop.rule, about="programme", words=wrongly_text(stop, entry)[:300])
        for stop, entry in told_wrongly(log, motor)
    ]
    return stops_text(standing_stops(log, motor)), decisions


def on_hold(
    log: Log, motor: Iterable[MotorFinding], timezone: str, today: dt.date
) -> Iterator[tuple[dt.date, dt.date]]:
    """First and last days of every time at which something stopped a programme, up to today."""
    since: dt.date | None = None
    for entry, stops in stops_over_time(log, motor):
        day = day_of(entry, timezone)
        if since is None and stops:
            since = day
        elif since is not None and not stops:
            yield since, max(since, day)
            since = None
    if since is not None:
        yield since, max(since, today)


class _Reader:
    def __init__(
        self, programme: Programme, log: Log, case: Case, today: dt.date, found: dt.date | None = None
    ) -> None:
        self.programme = programme
        self.found = found or programme.starts
        self.log = log
        self.case = case
        self.today = today
        self.over = today >= case.week_start(case.weeks + 1)  # nothing comes any more, so nothing comes again
        self.motor = case.patient.findings.neurology.motor
        self.accounts = lived(programme, log, today)
        self.forbidden = self._forbidden()
        for slot in self.forbidden:
            self.accounts.pop(slot, None)
        self.records = {record.key: record for record in programme.ladders}
        self.standings: dict[str, Standing] = {key: Standing() for key in self.records}
        self.decisions: list[Decision] = []
        self.halts: list[Halt] = []
        self.halted: list[dt.datetime] = []  # when each halt was told
        self.shown: dict[str, dict[tuple[Direction, int], int]] = {}
        self.days: dict[tuple[Direction, int], set[dt.date]] = {}
        self.done: dict[str, tuple[tuple[int, float], ...]] = {}
        self.maxima: dict[str, float] = {}
        self.planned: dict[tuple[str, int], int] = {}
        self.travelled: list[tuple[str, tuple[Direction, ...]]] = []  # by slot
        self.flared: dt.date | None = None
        self.contact: Session | None = None  # the last that asks for a call
        self.too_heavy: dict[str, tuple[str, float]] = {}
        self.too_hard: set[str] = set()
        self.reach: tuple[_Reach | None, _Reach | None] = None, None  # before and after the last that told of it
        self.best = _Reach(self._found())  # before a session
        self.further_since: Session | None = None
        self.other_leg_since: Session | None = None
        self.passed: dict[str, bool] = {}
        self.red_walks: set[dt.date] = set()
        self.unsettled = False
        self.last: dict[str, tuple[dt.date, Item]] = {}  # by line of work, what was done of it last

    def state(self) -> State:
        """Every session in order of time, then what the whole says."""
        past = sorted((s for s in self.programme.sessions if s.slot in self.accounts), key=lambda s: (s.start, s.slot))
        past = [session.model_copy(update={"account": self.accounts[session.slot]}) for session in past]
        training = [s for s in past if s.kind is SessionKind.TRAINING]
        held, missed, streak, strain = 0, 0, 0, 0
        self._planned_sets(training)
        self.passed = self._gates(training)
        past = [as_done(session, _shut(self.passed)) for session in past]
        training = [s for s in past if s.kind is SessionKind.TRAINING]
        told = self.log.accounts()
        # flare-ups that belong to no session that was lived
        loose = sorted(
            day_of(entry, self.programme.timezone)
            for entry in self.log.standing()
            if entry.flare and entry.slot not in self.accounts
        )
        for session in past:
            while loose and loose[0] < session.start.date():
                self._flare(loose.pop(0))
            account = session.account
            assert account is not None
            if session.kind is not SessionKind.TRAINING:
                if session.slot in told:
                    self._daily(session, account)
                continue
            if account.done is Attendance.MISSED:
                missed += 1
                if not self.over:
                    self._say(session, "R1", session.slot, "missed: what it held comes next time")
                if account.flare:
                    self._flare(session.start.date())
                continue
            held += 1
            worst = self._session(session)
            streak = streak + 1 if worst is Light.GREEN and not account.flare else 0
            way = self._strain(session, account)
            strain = strain + way if way and strain * way >= 0 else way
        for day in loose:
            if day <= self.today:
                self._flare(day)
        frozen, stops = stopped(self.log, self.motor, self.programme.timezone)
        self.decisions += stops
        self._retest(training)
        self._cleared()
        self._held_back()
        gap = self._gap(training)
        held_on = [s.start.date() for s in training if self.accounts[s.slot].done is not Attendance.MISSED]
        away = absences(self.case, held_on, self.today)
        self._foreseen(away)
        return State(
            today=self.today,
            accounts=self.accounts,
            standings=self.standings,
            passed=self.passed,
            halts=tuple(self.halts),
            # one direction may be closed, and allowed again, more than once on a day
            decisions=tuple(
                sorted(dict.fromkeys(self.decisions), key=lambda d: (d.on, d.about, d.rule, d.words)),
            ),
            shown=self.shown,
            days={key: frozenset(found) for key, found in self.days.items()},
            done=self.done,
            one_rep_maxima=self.maxima,
            frozen=frozen,
            forbidden=self.forbidden,
            contact=self._unanswered(),
            too_heavy=self.too_heavy,
            too_hard=frozenset(self.too_hard),
            flared=self.flared,
            unsettled=self.unsettled,
            gap_days=gap,
            walks_behind=self._walks(past, away),
            held=held,
            missed=missed,
            green_streak=0 if frozen else streak,
            strain=strain,
            pain_trend=_trend([s.account.response.pain_before for s in training if s.account is not None]),
        )

    def _forbidden(self) -> frozenset[str]:
        """Slots of what was not done, or not told of, on days on which a stop held: nobody missed that."""
        told = self.log.accounts()
        stops = list(on_hold(self.log, self.motor, self.programme.timezone, self.today))
        return frozenset(
            session.slot
            for session in self.programme.sessions
            if (account := self.accounts.get(session.slot)) is not None
            and (account.done is Attendance.MISSED or session.slot not in told)
            and any(first <= session.start.date() <= last for first, last in stops)
        )

    def _planned_sets(self, training: list[Session]) -> None:
        """Working sets of each ladder and week as planned: a week of which something was done counts so (rule O6)."""
        for session in training:
            for item in session.items:
                place = item.ladder, session.week
                self.planned[place] = self.planned.get(place, 0) + len(item.dose.working_sets)

    def _strain(self, session: Session, account: Account) -> int:
        """Whether most of a session was clearly harder (1) or easier (-1) than meant, else 0."""
        told = [(item, found) for item in session.items if (found := account.item(item.exercise)) and found.sets]
        hard = sum(too_hard(self.case, found, item) for item, found in told)
        easy = sum(too_easy(self.case, found, item) for item, found in told)
        return (2 * hard > len(told)) - (2 * easy > len(told))

    def _say(self, session: Session, rule: str, about: str, words: str) -> None:
        self.decisions.append(Decision(on=session.start.date(), rule=rule, about=about, words=words[:300]))

    # ---------------------------------------------------------------- one session
    def _session(self, session: Session) -> Light:
        account = session.account
        assert account is not None
        worst = Light.GREEN
        travelled = self._travelled(session, account)
        further = self._further_than_before(session, account)
        moved = self._moved_over(session, account)
        for item in session.items:
            if not account.did(item.exercise):
                if item.ladder:
                    self._say(session, "R1", item.ladder, f"{item.name}: left out, so it comes again")
                continue
            found = Light.RED if item.exercise in travelled else light(self.case, session, item)
            found = Light.GREEN if found is None else found
            why = "symptoms went further down" if item.exercise in travelled else _pain_words(self.case, account, item)
            held = further or bool(travelled) or moved
            if held and found is Light.GREEN:  # nothing goes on from such a session
                found = Light.AMBER
                why = "symptoms reach further down" if further or travelled else "symptoms are of the other leg"
            worst = max(worst, found)
            if found is Light.GREEN:
                counted = sum(row.repetitions or 0 for row in item.dose.working_sets)
                kg = lifted_kg(item.dose.top_load, item.implement)
                self.done[item.exercise] = (*self.done.get(item.exercise, ()), (counted, kg))
            self._estimate(account, item)
            if found is not Light.RED:
                self._show(session, item)
            if item.ladder in self.records:
                self._climb(session, account, item, found, why, held=held)
        answered = bool(travelled) or _answered(self.case, session, account)
        whole = Light.GREEN if answered else self._as_a_whole(session, account)
        worst = max(worst, whole, self._besides(session, account))
        self.unsettled = bool(travelled or further or peripheralised(account.response))
        if self.unsettled or whole is Light.RED:
            for key in self.standings:
                self._earned_anew(key)
        if account.flare:
            self._flare(session.start.date())
        return worst

    def _as_a_whole(self, session: Session, account: Account, then: str = "everything repeats") -> Light:
        """The light of a session no line of which answers for it; after a red one somebody is called."""
        found = whole_light(self.case, account.response)
        if found is Light.RED:
            rule = "C1" if peripheralised(account.response) else "P1"
            silent = "" if account.items else ", and nobody said what was done in it"
            words = f"{session.slot} was red ({_pain_words(self.case, account)}){silent}"
            self._say(session, rule, "programme", f"{words}: {then}, and call within 48 hours")
            self.contact = session
        return found

    def _held_back(self) -> None:
        """Behind a gate that has just stayed shut nothing goes on: the week before it is done again (rule PH)."""
        week = dt.timedelta(days=7)
        shut = [c for c in self.programme.check_ins if self.passed.get(c.id) is False]
        if not any(check.start.date() <= self.today < check.start.date() + week for check in shut):
            return
        for key, now in self.standings.items():
            if now.rung is not None:
                self.standings[key] = replace(now, stood=HELD, ambers=0)

    def _besides(self, session: Session, account: Account) -> Light:
        """The light of what was done besides the plan; where red, a line of work that stands on it goes down too."""
        planned = {item.exercise for item in session.items}
        worst = Light.GREEN
        for found in account.items:
            if found.exercise in planned or not found.done:
                continue
            here = pain_light(pain_limits(self.case), found.pain_during, account.response.pain_before)
            worst = max(worst, here)
            for key, record in self.records.items():
                now = self.standings[key]
                known = any(rung.exercise == found.exercise for rung in record.rungs)
                if here is not Light.RED or now.rung is None or not known:
                    continue
                # a harder one than where the line stands: it stays there for longer
                lower = now.down(record) if record.rungs[now.rung].exercise == found.exercise else now
                assert lower.rung is not None
                step = rung_text(self.case, record, lower.rung)
                name = key.replace("_", " ")
                words = f"{name} {'goes to' if lower is not now else 'stays at'} {step}"
                self._say(session, "P1", key, f"{words}: red besides the plan (pain {found.pain_during})")
                self.standings[key] = replace(lower, stood=HELD, reds=now.reds + 1)
        return worst

    def _found(self) -> Site:
        """How far symptoms reach in the patient file; a back that hurts is no leg, whether it was named or not."""
        found = self.case.patient.findings.most_distal.site
        return max(found, Site.BACK, key=_rank)

    def _further_than_before(self, session: Session, account: Account) -> bool:
        """Whether symptoms reach further down than at the last session, or than they did at best: nothing goes on.

        Like is compared with like, before with before: what a session brings up comes down again between sessions of a
        back that centralises.  The best is what was found or told before a session, until a clinician has looked at
        what was worse: what was known then is what later sessions are compared with.  Each time asks for a call.
        """
        response, day = account.response, session.start.date()
        sites = response.site_before, response.site_after_30_minutes or response.site_after
        now, later = (None if one is None else _Reach(one.site, day) for one in sites)
        told = now or later
        if told is None:
            return False
        last, self.reach = self.reach, (now, later)
        before, after = last
        if self.further_since is not None and self._looked_at(self.further_since, day):
            self.best = max((one for one in last if one is not None), key=_reached, default=self.best)
            self.further_since = before = after = None
        compared = [(told, [before if told is now else after, self.best])]
        if before is None and told is now and later is not None and not retreated(response):
            compared.append((later, [after]))
        if now is not None and _reached(now) < _reached(self.best):
            self.best = now
        for here, known in compared:
            least = min((one for one in known if one is not None), key=_reached, default=here)
            if _reached(here) <= _reached(least):
                continue
            when = "before" if here is now else "after"
            then = "in the patient file" if least.day is None else f"on {least.day:%d %b}"
            then = "at the last one" if any(least is one for one in last) else then
            words = f"symptoms reach the {here.site.value} {when} a session, the {least.site.value} {then}"
            self._say(session, "C1", "programme", f"{words}: everything repeats, and call within 48 hours")
            self.contact, self.further_since = session, self.further_since or session
            return True
        return False

    def _moved_over(self, session: Session, account: Account) -> bool:
        """Whether symptoms are of the other leg than was examined, until a clinician has looked.

        The side of neural work and of a side glide is that of the findings: neither goes on before (rules N1, D3).
        """
        examined, sides = examined_leg(self.case), legs_reached(account.response)
        if examined is None:
            return False
        since, day = self.other_leg_since, session.start.date()
        if not other_leg(self.case, account.response):
            if since is not None and examined in sides and self._looked_at(since, day):
                self.other_leg_since = None  # it is of the leg that was examined again
            return False
        if since is not None:
            return not self._looked_at(since, day)
        self.other_leg_since = self.contact = session
        stopped = self._of_one_side()
        for name in stopped:
            shown = self.case.exercises[name].name
            because = f"{shown} on {session.start:%d %b}: symptoms of the other leg than was examined"
            self._halt(session, exercise=name, because=because, rule="N1")
        until = " before the neural work and the side glide go on" if stopped else ""
        now = "are in both legs" if Side.BOTH in sides or examined in sides else "have moved to the other leg"
        words = f"symptoms {now}: re-examine{until}, and call within 48 hours"
        self._say(session, "N1", "programme", words)
        return True

    def _of_one_side(self) -> list[str]:
        """Exercises whose side is that of the findings: for the nerve found, and side glides where any is planned."""
        planned = {item.exercise for session in self.programme.sessions for item in session.items}
        sided = [one for one in self.case.exercises.values() if of_one_side(self.case, one)]
        glides = any(one.lateral_shift for one in sided if one.id in planned)
        return sorted(one.id for one in sided if glides or not one.lateral_shift)

    def _looked_at(self, since: Session, until: dt.date) -> bool:
        """Whether a clinician wrote at a check-in, or cleared something, after a session was told and up to a day."""
        zone = ZoneInfo(self.programme.timezone)
        return any(self._answers(seen, since) and seen.astimezone(zone).date() <= until for seen in self._seen())

    def _answers(self, seen: dt.datetime, since: Session) -> bool:
        """Whether what a clinician wrote comes after a session and after it was told: noon knows of no evening."""
        zone = ZoneInfo(self.programme.timezone)
        return seen >= self._told_at(since) and seen.astimezone(zone).date() >= since.start.date()

    def _seen(self) -> Iterator[dt.datetime]:
        """When something was written at a check-in or cleared; a check-in written down later was at its own time."""
        zone = ZoneInfo(self.programme.timezone)
        starts = {check.id: check.start.replace(tzinfo=zone) for check in self.programme.check_ins}
        for entry in self.log.standing():
            if entry.check_in is not None or entry.cleared:
                start = starts.get(entry.check_in or "")
                late = start is not None and day_of(entry, self.programme.timezone) > start.date()
                yield start if late and start is not None else entry.written

    def _told_at(self, session: Session) -> dt.datetime:
        """When all that is known of how a session went was told, but for the morning after."""
        entries = [entry for entry in self.log.standing() if entry.slot == session.slot]
        known = _how_it_went(self.accounts[session.slot])
        for n, entry in enumerate(entries, 1):
            told = Log(programme=self.log.programme, entries=tuple(entries[:n])).accounts()[session.slot]
            if _how_it_went(told) == known:
                return entry.written
        return entries[-1].written

    def _daily(self, session: Session, account: Account) -> None:
        """What was told of work little and often: symptoms that travel stop it, red asks for a call."""
        travelled = self._travelled(session, account)
        self._moved_over(session, account)
        if not travelled and not _answered(self.case, session, account):
            whole = self._as_a_whole(session, account, "less of it")
            if whole is Light.RED and any(item.track is Track.AEROBIC for item in session.items):
                self.red_walks.add(session.start.date())
        for item in session.items:
            if item.exercise not in travelled and light(self.case, session, item) is Light.RED:
                if item.track is Track.AEROBIC:
                    self.red_walks.add(session.start.date())
                words = (
                    f"{item.name}: red ({_pain_words(self.case, account, item)}): less of it, and call within 48 hours"
                )
                self._say(session, "P1", item.exercise, words)
                self.contact = session
        if account.flare:
            self._flare(session.start.date())

    def _climb(self, session: Session, account: Account, item: Item, found: Light, why: str, *, held: bool) -> None:
        record = self.records[item.ladder]
        at = rung_of(record, item)
        if at is None:
            return
        before = self.standings[item.ladder]
        self.last[item.ladder] = session.start.date(), item
        name = item.ladder.replace("_", " ")
        sets = {**before.sets, session.week: self.planned.get((item.ladder, session.week), 0)}
        logged = account.item(item.exercise)
        silent = found is Light.GREEN and (logged is None or not logged.sets)
        if silent and before.hard and before.rung is not None and (at > before.rung or item.ladder in self.too_heavy):
            # planned before it was known to be too hard: without a word that takes nothing back
            self.standings[item.ladder] = replace(before, sets=sets)
            return
        if silent and before.lowered and before.rung is not None and at > before.rung:
            # planned before the response stepped it down: without a word on its sets it is no reason to go back up
            step = rung_text(self.case, record, before.rung)
            self._say(session, "P1", item.ladder, f"{name} stays at {step}: nobody told of the sets after it was red")
            self.standings[item.ladder] = replace(before, sets=sets, reds=0)
            return
        hard = too_hard(self.case, logged, item)
        now = replace(before.at(at), sets=sets, shown=0, hard=before.hard + 1 if hard else 0, lowered=False)
        self.too_heavy.pop(item.ladder, None)
        if hard:
            self.too_hard.add(item.ladder)
        if found is Light.RED:
            again = " again" if now.reds else ""
            lower = now.down(record).down(record) if now.reds else now.down(record)
            assert lower.rung is not None
            where = _BOTTOM
            if lower.rung != at:
                where = f"goes to {rung_text(self.case, record, lower.rung)}"
            elif self._heavy_from_the_start(record, item, at):
                where = "begins again with less load than its ladder began with"
            elif now.reds:
                where += ", so call within 48 hours"
                self.contact = session
            self._say(session, "P1", item.ladder, f"{name} {where}: red{again} ({why})")
            self.standings[item.ladder] = replace(lower, reds=now.reds + 1, lowered=lower.rung != at)
            return
        if item.calibration and (moved := self._calibrated(record, account, item, at)) is not None:
            sets_there = min(len(record.rungs[moved].counts), len(item.dose.working_sets))
            words = rung_text(self.case, record, moved, sets_there)
            self._say(
                session, "CAL", item.ladder, f"{name}: the first session shows that {words} is the load to go on with"
            )
            self.standings[item.ladder] = replace(now.at(moved), ambers=0, reds=0, shown=sets_there)
            return
        less = self._lighter(record, account, item, at)
        if less is not None:
            self._say(
                session,
                "O1",
                item.ladder,
                f"{name} begins again from less than its ladder began with, as was lifted"
                if item.ladder in self.too_heavy
                else f"{name} goes on from {rung_text(self.case, record, less)}, as was lifted",
            )
            self.standings[item.ladder] = replace(now.at(less), ambers=0, reds=0)
        elif now.hard >= value(self.case, O1, "too_hard_in_a_row") or (hard and item.calibration):
            self._go_down(session, account, item, now)
        elif found is Light.AMBER:
            ambers = now.ambers + (not held)  # symptoms that reach further down open nothing, however often
            if ambers >= 2 and not held and not hard and settled(self.case, account.response):
                self._say(session, "P1", item.ladder, f"{name}: a second amber with a usual morning, one step is open")
                self.standings[item.ladder] = replace(now, stood=99, ambers=0, reds=0)
            else:
                self._say(session, "P1", item.ladder, f"{name} repeats: amber ({why})")
                self.standings[item.ladder] = replace(now, stood=0, ambers=ambers, reds=0)
        elif not met(self.case, session, item):
            why = _too_hard_words(logged, item)
            self._say(session, "O1", item.ladder, f"{name} repeats: the target was not met{why}")
            self.standings[item.ladder] = replace(now, stood=0, ambers=0, reds=0)
        elif before.shown and before.rung is not None and at < before.rung:
            # planned before anybody knew what the first session shows
            self.standings[item.ladder] = replace(before, sets=sets, ambers=0, reds=0)
        else:
            self.standings[item.ladder] = replace(now, stood=now.stood + 1, ambers=0, reds=0)

    def _go_down(self, session: Session, account: Account, item: Item, now: Standing) -> None:
        """What was clearly too hard: to less of the same that the log supports, else back to the easier exercise.

        Where the ladder has neither, it begins again from what was shown (``too_heavy``).
        """
        assert now.rung is not None
        record, found = self.records[item.ladder], account.item(item.exercise)
        when = "the first session was harder than meant" if item.calibration else "too hard again"
        why, name = _too_hard_words(found, item), item.ladder.replace("_", " ")
        best = _least_maximum(found, item)
        first = next(n for n, rung in enumerate(record.rungs) if rung.exercise == record.rungs[now.rung].exercise)
        if best is None or item.dose.kind is not DoseKind.REPETITIONS:
            lower, bottom = now.down(record), now.rung == 0
        elif (supported := self._supported(record, item, now.rung, best)) is not None:
            lower, bottom = now.at(supported), False
        else:
            lower, bottom = now.at(first).down(record), first == 0
        where = _BOTTOM if bottom and best is None else "steps down"
        if bottom and best is not None:
            self.too_heavy[item.ladder] = (item.exercise, best)
        self._say(session, "CAL" if item.calibration else "O1", item.ladder, f"{name} {where}: {when}{why}")
        self.standings[item.ladder] = replace(lower, stood=0, ambers=0, reds=0)

    def _supported(self, record: LadderRecord, item: Item, at: int, best: float) -> int | None:
        """The highest rung of an exercise that a one-repetition maximum in kg supports, up to one; None without."""
        # a calibration finds the load that was meant; later a dose is enough of which the target will be met
        over = 0.0 if item.calibration else value(self.case, O1, "effort_over") / 2
        reserve = max(0.0, 10 - item.dose.effort - over)
        return max(
            (
                n
                for n, rung in enumerate(record.rungs[: at + 1])
                if rung.exercise == item.exercise
                and rung.load is not None
                and epley_one_rep_max(rung.load.kg, max(rung.counts), reserve) <= best + 1e-6
            ),
            default=None,
        )

    def _lighter(self, record: LadderRecord, account: Account, item: Item, at: int) -> int | None:
        """The rung of what was lifted, where that was less than planned."""
        logged = account.item(item.exercise)
        load, planned = None if logged is None else logged.load_kg, item.dose.top_load
        if logged is None or load is None or planned is None or not lighter(load, planned.kg):
            return None
        fitting = [
            n
            for n, rung in enumerate(record.rungs[: at + 1])
            if rung.exercise == item.exercise and rung.load is not None and rung.load.kg <= load + 1e-6
        ]
        if not fitting:
            # less than the ladder began with: it begins again from what was lifted
            rows = [r for r in logged.sets if r.load is not None and r.repetitions]
            # without a word on effort as hard as it was meant to be
            estimates = [
                one_rep_max_at(r.load.kg, r.repetitions or 1, item.dose.effort if r.effort is None else r.effort)
                for r in rows
                if r.load
            ]
            self.too_heavy[item.ladder] = (item.exercise, min(estimates, default=load))
            return at
        return fitting[-1]

    def _heavy_from_the_start(self, record: LadderRecord, item: Item, at: int) -> bool:
        """Whether a red load has nothing below it on its ladder, which then begins again a tenth lower."""
        load, top = record.rungs[at].load, item.dose.top_load
        if load is None or top is None or load.kg < top.kg - 1e-6:
            return False
        reps = max(row.repetitions or 1 for row in item.dose.working_sets)
        estimate = one_rep_max_at(top.kg, reps, item.dose.effort)
        self.too_heavy[item.ladder] = (item.exercise, SHARE_AFTER_RED * estimate)
        return True

    def _calibrated(self, record: LadderRecord, account: Account, item: Item, at: int) -> int | None:
        """The rung that a calibration supports, where it was clearly easier than meant (rule CAL).

        It decides the load.  Sets grow later (rule O6): a load whose rungs all have more sets than were done begins at
        the first of them.
        """
        logged = account.item(item.exercise)
        rows = [] if logged is None else [r for r in logged.sets if r.load and r.repetitions and r.effort is not None]
        if not rows:
            return None
        effort = max(row.effort or 0.0 for row in rows)
        row = max(rows, key=lambda r: (r.load.kg if r.load else 0.0, r.repetitions or 0))
        assert row.load is not None and row.repetitions is not None
        planned = item.dose.top_load
        more = planned is not None and lighter(planned.kg, row.load.kg) and effort < item.dose.effort + EASY
        # more than was planned at the effort that was asked for is as telling as the same with ease
        if not more and effort > item.dose.effort - EASY:
            return None
        best = one_rep_max_at(row.load.kg, row.repetitions, effort)
        aim = max(0.0, 10 - item.dose.effort)
        most, here = len(item.dose.working_sets), record.rungs[at].load
        same = [
            n
            for n, rung in enumerate(record.rungs)
            if rung.exercise == item.exercise
            and rung.load is not None
            and rung.load.kg <= MOST_FROM_CALIBRATION * row.load.kg + 1e-6
            and epley_one_rep_max(rung.load.kg, max(rung.counts), aim) <= best + 1e-6
            and (n <= at or len(rung.counts) <= most or here is None or rung.load.kg > here.kg + 1e-6)
        ]
        found = max(same, default=at)
        if found <= at:
            return None
        if len(record.rungs[found].counts) > most:
            found = min(n for n in same if n > at and record.rungs[n].load == record.rungs[found].load)
        return found

    def _estimate(self, account: Account, item: Item) -> None:
        logged = account.item(item.exercise)
        for row in () if logged is None else logged.sets:
            if row.load is not None and row.repetitions and row.effort is not None:
                self.maxima[item.exercise] = one_rep_max_at(row.load.kg, row.repetitions, row.effort)

    def _show(self, session: Session, item: Item) -> None:
        """Counts a session without red towards the stages that it shows (rule D1)."""
        from planner.rules.reading import asks_of

        burden = asks_of(self.case, item)
        if burden is None or burden.activity:
            return
        directions = set(self.programme.week(session.week).envelope) | {h.direction for h in self.halts if h.direction}
        mine, day = self.shown.setdefault(item.ladder, {}), session.start.date()
        for direction in directions:
            needed = burden.stage(direction)
            for stage in range((MAX_STAGE if needed is None else needed) + 1):
                if needed is None:
                    break
                if fell_below(self.halts, direction, stage, day + dt.timedelta(days=1)) == day:
                    break  # a session that closed it shows nothing of it
                mine[direction, stage] = mine.get((direction, stage), 0) + 1
                self.days.setdefault((direction, stage), set()).add(day)

    # ---------------------------------------------------------------- flare-ups and symptoms that travel
    def _flare(self, day: dt.date) -> None:
        """Everything that loads the spine goes one rung down from where it is, and every line climbs again."""
        from planner.rules.reading import asks_of

        self.flared, self.unsettled = day, True
        words = "a flare-up: 48 hours of the flare card, then from the last tolerated step"
        self.decisions.append(Decision(on=day, rule="P2", about="programme", words=words))
        loading = {
            item.ladder
            for other in self.programme.sessions
            if other.start.date() <= day and other.slot in self.accounts
            for item in other.items
            if item.ladder and ((b := asks_of(self.case, item)) is None or b.loads_spine or max(b.motion.values()) > 0)
        }
        for key, now in self.standings.items():
            if key in loading and now.rung is not None:
                self.standings[key] = now.down(self.records[key])
            else:
                self._earned_anew(key)

    def _earned_anew(self, key: str) -> None:
        """What was last done comes again: a step up, or a load that a calibration has shown, waits (rule C1)."""
        now = self.standings[key]
        if now.rung is None:
            return
        if now.shown:
            now = now.down(self.records[key])
        self.standings[key] = replace(now, stood=min(now.stood, 0), ambers=0)

    def _travelled(self, session: Session, account: Account) -> frozenset[str]:
        """Exercises after which symptoms stayed further down, with what follows (rule C1)."""
        from planner.rules.reading import asks_of

        named = {
            found.exercise
            for found in account.items
            if peripheralised(account.response, found) and found.peripheralised
        }
        done = [item for item in session.items if account.did(item.exercise)]
        if not named and peripheralised(account.response) and done:
            # nobody said after which: the one that asks most of what is not tolerated
            named = {max(done, key=self._suspicion).exercise}
        for name in sorted(named - {item.exercise for item in done}):
            # done besides what was planned
            shown = self.case.exercises[name].name if name in self.case.exercises else name.replace("_", " ")
            because = f"{shown} on {session.start:%d %b}: symptoms further down, still so half an hour later"
            self._halt(session, exercise=name, because=because)
            self._say(session, "C1", name, f"{shown} stops: symptoms went further down and stayed there")
        ways: set[Direction] = set()
        for item in done:
            if item.exercise not in named:
                continue
            burden = asks_of(self.case, item)
            way = self._direction(item)
            stage = None if burden is None or way is None else burden.stage(way)
            because = f"{item.name} on {session.start:%d %b}: symptoms further down, still so half an hour later"
            self._halt(session, exercise=item.exercise, because=because)
            self._say(session, "C1", item.exercise, f"{item.name} stops: symptoms went further down and stayed there")
            if way is not None:
                ways.add(way)
                least = max(0, (MAX_STAGE if stage is None else stage) - 1)
                self._close(session, way, least, contact=False)
        if named or peripheralised(account.response):
            before = self.travelled[-1][1] if self.travelled else ()
            twice = self._consecutive(session)
            self.travelled.append((session.slot, tuple(sorted(ways))))
            if twice:
                self.contact = session
                for way in sorted(ways | set(before)):
                    self._close(session, way, 0 if self._irritable() else 1, contact=True)
                self._say(
                    session,
                    "C1",
                    "programme",
                    "twice in a row: call within 48 hours; walking that is tolerated goes on",
                )
        return frozenset(named)

    def _irritable(self) -> bool:
        return self.case.patient.findings.irritability.rank == 2 and not self.case.patient.healthy

    def _consecutive(self, session: Session) -> bool:
        """Whether symptoms travelled too when they were last told of before, in a session or in daily work.

        From one training session to the next daily work that went well in between takes nothing back.
        """
        before = [
            s
            for s in sorted(self.programme.sessions, key=lambda s: (s.start, s.slot))
            if (s.start, s.slot) < (session.start, session.slot)
            and s.slot in self.accounts
            and self.accounts[s.slot].done is not Attendance.MISSED
        ]
        told = [s.slot for s in before if _tells_of_symptoms(self.accounts[s.slot])]
        held = [s.slot for s in before if s.kind is session.kind is SessionKind.TRAINING]
        return any(slot in {name for name, _ in self.travelled} for slot in (*told[-1:], *held[-1:]))

    def _halt(self, session: Session, **halt: Any) -> None:
        self.halts.append(Halt(since=session.start.date(), **halt))
        self.halted.append(self._told_at(session))

    def _close(self, session: Session, way: Direction, stage: int, *, contact: bool) -> None:
        words = "symptoms went further down after it" if not contact else "symptoms went further down twice in a row"
        because = f"{way.plain} on {session.start:%d %b}: {words}"
        self._halt(session, direction=way, stage=stage, because=because, contact=contact)
        self._say(session, "C1", way.value, f"{way.plain} steps back to {stage}/5 for now")
        # what lies above has to be earned again (rule D1); days are told apart by their dates
        for found in self.shown.values():
            for above in [key for key in found if key[0] is way and key[1] > stage]:
                del found[above]

    def _direction(self, item: Item) -> Direction | None:
        """The direction in which an item asks most; one that is not tolerated first."""
        from planner.rules.reading import asks_of

        burden = asks_of(self.case, item)
        if burden is None or burden.activity:
            return None
        known = {row.direction for row in self.case.patient.findings.intolerances}
        shifts = (Direction.SHIFT_LEFT, Direction.SHIFT_RIGHT)
        ranked = sorted(
            (way for way in Direction if way not in shifts),
            key=lambda way: (-(burden.motion[way] + burden.resists[way]), way not in known, list(Direction).index(way)),
        )
        best = ranked[0]
        return best if burden.motion[best] + burden.resists[best] > 0 else None

    def _suspicion(self, item: Item) -> tuple[int, int, int]:
        from planner.rules.reading import asks_of, exercise_of

        burden, exercise = asks_of(self.case, item), exercise_of(self.case, item.exercise)
        if burden is None or exercise is None or burden.activity:
            return (0, 0, 0)
        tension = exercise.neural_tension
        nerve = 0 if tension is None else max(tension.sciatic, tension.femoral)
        known = [row.direction for row in self.case.patient.findings.intolerances]
        against = max((burden.motion[way] + burden.resists[way] for way in known), default=0)
        return against, nerve, burden.compression + max(burden.motion.values())

    # ---------------------------------------------------------------- the whole
    def _retest(self, training: list[Session]) -> None:
        """Preferred-direction work that has changed nothing after five days or more is re-tested (rule D6).

        Pain is compared with what was found when the direction was, in the patient file, and with the first that was
        told since; where there is none left, there is nothing to settle.

        Whether the back is settling is said by the course, which knows what a gate or an absence has left behind.
        """
        if preference(self.case) is None:
            return
        told = [
            s.account.response
            for s in training
            if s.account is not None and s.account.response.pain_before is not None and s.start.date() >= self.found
        ]
        days = (self.today - self.found).days
        if len(told) < 3 or days < DAYS_BEFORE_RETEST:
            return
        first, last = told[0], told[-1]
        assert first.pain_before is not None and last.pain_before is not None
        findings = self.case.patient.findings
        # where the file has pain of a leg too, the one that is told may be either; legs are judged by spread (rule P3)
        known = findings.back_pain if not findings.leg_pain else None
        pain = last.pain_before
        worse = change(MEASURES["nprs"], first.pain_before, pain) is Trend.WORSE
        was = first.pain_before if known is None or worse else known
        site, now = first.site_before, last.site_before
        found = self._found()
        least = found if site is None else max(Site.BACK, min(site.site, found, key=_rank), key=_rank)
        further = now is not None and now.site.rank > least.rank
        retreats = site is not None and now is not None and now.site.rank < site.site.rank
        none_left = pain == 0 and (now is None or now.site.rank <= Site.BACK.rank)
        if not further and (none_left or pain < max(was, first.pain_before) or retreats):
            return
        words = "pain is as it was" if pain == was else f"pain went from {was} to {pain}"
        if now is not None and now.site.rank >= Site.BACK.rank:
            reach = f"went from the {least.value} to" if further else "still reach"
            words += f", symptoms {reach} the {now.site.value}"
        words += ": re-test the preferred direction, and reclassify"
        self.decisions.append(Decision(on=self.today, rule="D6", about="directional", words=words))

    def _cleared(self) -> None:
        """What a clinician allowed again, of what had been told by then."""
        clearings = self.log.clearings()
        for first in sorted(self.log.entries, key=lambda entry: (entry.written, entry.id)):
            date = day_of(first, self.programme.timezone)
            of_one_side = {halt.exercise for halt in self.halts if halt.rule == "N1"}
            for name, entry in clearings.get(first.id, ()):
                for n, halt in enumerate(self.halts):
                    known = halt.since <= date and self.halted[n] <= first.written
                    # whoever has examined the other leg has seen to all that waits for it
                    examined = halt.rule == "N1" and name in of_one_side
                    if halt.until is None and known and (examined or name in (halt.exercise, halt.direction)):
                        self.halts[n] = halt.model_copy(update={"until": date})
                        self._from_below(halt, date)
                        words = f"{name.replace('_', ' ')} is allowed again by {entry.by or 'the clinician'}"
                        self.decisions.append(Decision(on=date, rule=halt.rule, about=name, words=words[:300]))

    def _from_below(self, halt: Halt, allowed: dt.date) -> None:
        """A line that a halt had closed where it was left begins again from its lowest step."""
        from planner.rules.reading import asks_of

        for key, (day, item) in self.last.items():
            burden = asks_of(self.case, item)
            stage = None if halt.direction is None or burden is None else burden.stage(halt.direction)
            closed = item.exercise == halt.exercise or (stage is not None and stage > (halt.stage or 0))
            if closed and day <= allowed:
                lowest = replace(self.standings[key], rung=0, trail=(), stood=0, ambers=0, shown=0)
                self.standings[key] = lowest

    def _unanswered(self) -> dt.date | None:
        """Since when somebody must be called, where nothing has been written at a check-in or cleared since."""
        since = self.contact
        if since is None or any(self._answers(seen, since) for seen in self._seen()):
            return None
        return since.start.date()

    def _gates(self, training: list[Session]) -> dict[str, bool]:
        """Gates whose check-in is due, and whether they were passed (rule PH)."""
        out: dict[str, bool] = {}
        late: dict[str, str] = {}  # gates that were taken as shut, and of which it is told now that they were passed
        for check in self.programme.check_ins:
            if not check.gate or check.status is Status.CANCELLED:
                continue
            entries = self.log.at_check_in(check.id)
            if check.start.date() >= self.today and not entries:
                continue
            said = [entry.passed for entry in entries if entry.passed is not None]
            if said:
                out[check.id] = said[-1]
                words = "passed" if said[-1] else "not yet: the phase goes on for a week"
            elif entries:
                out[check.id], words = self._criteria(check, training, _shut(out))
            elif check.gate in late:
                out[check.id], words = True, f"passed at {late[check.gate]} already, as was told later"
            else:
                out[check.id], words = False, "nothing was written of it, so its gate stays shut for a week"
            rule = "PH"
            if out[check.id] and (reach := self._still_low(check, training)):
                out[check.id], rule = False, "D3"
                words = f"symptoms still reach the {reach}, so the side glide goes on for a week, whatever was passed"
            if out[check.id] and check.passed is False:
                late[check.gate] = gate_text(check.id)
            self.decisions.append(Decision(on=check.start.date(), rule=rule, about=check.id, words=words))
        return out

    def _still_low(self, check: CheckIn, training: list[Session]) -> str:
        """Where symptoms are below the knee before a gate that would add extension to a side glide (rule D3)."""
        if not lateral_first(self.case) or not check.gate.endswith(Phase.RESTORE.value):
            return ""
        told = [s.account.response for s in training if s.account is not None and s.start < check.start]
        sites = [site for one in told if (site := one.site_after_30_minutes or one.site_after or one.site_before)]
        # as found, until told otherwise
        reach = sites[-1].site if sites else self.case.patient.findings.most_distal.site
        return reach.value if reach.rank >= Site.CALF.rank else ""

    def _criteria(self, check: CheckIn, training: list[Session], shut: Collection[str]) -> tuple[bool, str]:
        """The gate as the log speaks for it, where the clinician left the decision to it; ``shut`` are those before."""
        if lateral_first(self.case) and check.gate.endswith(Phase.RESTORE.value):
            return False, "nobody said that the trial of extension went well, so the side glide goes on for a week"
        days = {"restore": 7, "build": 14, "perform": 7}.get(check.gate.rpartition(" ")[2], 7)
        begin = check.start - dt.timedelta(days=days)
        recent = [s for s in training if begin <= s.start < check.start]
        held = [s for s in recent if s.account is not None and s.account.done is not Attendance.MISSED]
        if not held:
            return False, "no session was held before it, so its gate stays shut for a week"
        for session in (as_done(one, shut) for one in held):
            assert session.account is not None
            lights = [light(self.case, session, item) for item in session.items]
            if not _answered(self.case, session, session.account):
                lights.append(whole_light(self.case, session.account.response))
            if Light.RED in lights:
                return False, f"{session.slot} was red, so its gate stays shut for a week"
            if peripheralised(session.account.response):
                return False, f"symptoms travelled down in {session.slot}, so its gate stays shut for a week"
            if not settled(self.case, session.account.response):
                return False, f"the morning after {session.slot} was worse, so its gate stays shut for a week"
        return True, "passed on the log: no red, usual mornings"

    def _gap(self, training: list[Session]) -> int:
        """Days since the last session held, where some were missed since or it is long ago; what follows (rule R1)."""
        held = [s for s in training if s.account is not None and s.account.done is not Attendance.MISSED]
        if not held or self.over:
            return 0
        days = (self.today - held[-1].start.date()).days
        # what was cancelled was not trained either
        since = (s for s in self.programme.sessions if s.kind is SessionKind.TRAINING and s.start > held[-1].start)
        missed = any(s.slot in self.accounts or s.start.date() < self.today for s in since)
        # what a plan leaves free it repeats afterwards by itself; from two weeks on that is too much
        if days < value(self.case, R1, "days_repeat" if missed else "days_lower"):
            return 0
        steps = steps_lower(self.case, days)
        self.decisions.append(
            Decision(
                on=self.today, rule="R1", about="programme", words=f"{days} days without a session: {_STEPS[steps]}"
            )
        )
        share = value(self.case, R1, "share_restart")
        for key, now in self.standings.items():
            if now.rung is None:
                continue
            record = self.records[key]
            lower = replace(now, stood=0, ambers=0)
            for _ in range(steps):
                lower = lower.down(record)
            assert lower.rung is not None
            if steps == 2:
                rows = [(rung.exercise, None if rung.load is None else rung.load.kg) for rung in record.rungs]
                lower = lower.at(light_enough(rows, now.rung, lower.rung, share))
            self.standings[key] = lower
        return days

    def _foreseen(self, found: Sequence[Absence]) -> None:
        """Days away that will be a gap of two weeks or more, and are planned as the one that they will be (rule R1)."""
        for one in found:
            steps, ahead = steps_lower(self.case, one.days), range(max(0, (one.back - self.today).days))
            away = any(self.case.patient.availability.is_away(self.today + dt.timedelta(days=n)) for n in ahead)
            if self.over or not steps or not away:
                continue
            words = f"{one.days} days without a session until {one.back:%a %d %b}: {_STEPS[steps]} then"
            first = one.last + dt.timedelta(days=1)
            self.decisions.append(Decision(on=first, rule="R1", about="programme", words=words))

    def _walks(self, past: list[Session], found: Sequence[Absence]) -> int:
        """Weeks by which walking is behind: not done, or held by a gate; each red one costs one."""
        weeks: dict[int, list[bool]] = {}
        logged = self.log.accounts()
        for session in past:
            if session.kind is SessionKind.DAILY and session.slot in logged:
                for item in session.items:
                    if item.track is Track.AEROBIC:
                        account = self.accounts[session.slot] if session.account is None else session.account
                        weeks.setdefault(session.week, []).append(account.did(item.exercise))
        behind = {week for week, walked in weeks.items() if not any(walked)}
        behind |= {check.week for check in self.programme.check_ins if self.passed.get(check.id) is False}
        # weeks of absence, and the first back, add nothing anyway (rule R1)
        behind -= weeks_absent(self.case, found) | weeks_back(self.case, found).keys()
        return len(behind) + len(self.red_walks)


def _shut(passed: Mapping[str, bool]) -> frozenset[str]:
    """Ids of the check-ins whose gate stayed shut."""
    return frozenset(name for name, through in passed.items() if not through)


def _answered(case: Case, session: Session, account: Account) -> bool:
    """Whether anything that was done of a session answers for how it went."""
    done = (item for item in session.items if account.did(item.exercise, item.part))
    return any(answers_for(case, account, item) for item in done)


# -------------------------------------------------------------------- ladders
def rung_text(case: Case, record: LadderRecord, rung: int, sets: int = 0) -> str:
    """A rung in words: ``Goblet squat 3x8 at 10 kg``; ``sets`` are another number than its own, 0 for its own."""
    row = record.rungs[rung]
    exercise = case.exercises.get(row.exercise)
    name = row.exercise.replace("_", " ") if exercise is None else exercise.name
    text = f"{name} {sets or len(row.counts)}×{max(row.counts)}"
    if row.load is not None:
        return f"{text} at {row.load.text}"
    return f"{text} with a {row.band.replace('_', ' ')} band" if row.band else text


@dataclass(frozen=True)
class Away:
    """What absences mean for phases (rule R1).

    ``absent`` are their weeks and ``still`` these and the first weeks back of which nothing was lived: none begins a
    phase.  ``stays`` are the weeks that a phase lasts at least; those of absence are none of them.
    """

    absent: frozenset[int]
    still: frozenset[int]
    stays: Mapping[Phase, int]

    def may_go_on(self, phases: list[Phase]) -> bool:
        """Whether the week after these may begin another phase."""
        week = len(phases) + 1
        run = {week - n for n, _ in enumerate(takewhile(lambda one: one is phases[-1], reversed(phases)), start=1)}
        enough = not run & self.absent or len(run - self.absent) >= self.stays.get(phases[-1], 0)
        return enough and week not in self.still


def phase_after(programme: Programme, state: State, week: int, away: Away) -> list[Phase]:
    """Phases of the weeks up to one: as lived, a gate that was not passed leaving the phase before it."""
    shut = {check.week for check in programme.check_ins if state.passed.get(check.id) is False}
    order = list(Phase)
    out: list[Phase] = []
    for row in programme.weeks[:week]:
        if not out:
            out.append(row.phase)
            continue
        now = out[-1]
        begins = row.number - 1 in away.still or row.phase.rank > programme.weeks[row.number - 2].phase.rank
        if row.phase.rank < now.rank:
            out.append(row.phase)  # gone back to, when the back became more irritable
            continue
        # behind a gate that stayed shut only the week that is planned anew tries again
        may = row.number not in shut and (begins or row.number == week) and away.may_go_on(out)
        out.append(order[now.rank + 1] if row.phase.rank > now.rank and may else now)
    return out


def _rank(site: Site) -> int:
    return site.rank


def _how_it_went(account: Account) -> object:
    """What is known of a session but for the morning after, which may be told when somebody has looked already."""
    items = tuple((one.exercise, one.part, one.done, one.pain_during, one.peripheralised) for one in account.items)
    response = account.response.model_copy(update={"pain_next_morning": None, "usual_morning": None})
    return items, response, account.flare


def _tells_of_symptoms(account: Account) -> bool:
    """Whether anything was said of pain or of how far symptoms reached."""
    said = account.response != Response() or account.flare
    return said or any(one.pain_during is not None or one.peripheralised is not None for one in account.items)


def _reached(one: _Reach) -> int:
    return one.site.rank


def _pain_words(case: Case, account: Account, item: Item | None = None) -> str:
    """How an item, or a session, went; a level that is too much whatever it was before is named (rules P1, P2)."""
    response = account.response
    during = response.pain_during if item is None else pain_of(account, item.exercise, item.part)[0]
    words = []
    if during is not None and during > value(case, P1, "ceiling"):
        words.append(f"pain {during} of 10 during")
    elif during is not None and response.pain_before is not None:
        words.append(f"pain {during - response.pain_before:+d} during")
    elif during is not None:
        words.append(f"pain {during} during")
    if response.pain_after is not None and response.pain_after > value(case, P2, "after"):
        words.append(f"pain {response.pain_after} of 10 afterwards")
    if response.pain_next_morning is not None:
        usual = response.usual_morning if response.usual_morning is not None else response.pain_before
        calm = usual is None or response.pain_next_morning <= usual
        words.append("settled by morning" if calm else f"{response.pain_next_morning} the next morning")
    before, after = response.site_before, response.site_after_30_minutes or response.site_after
    if before is not None and after is not None and after.site.rank > before.site.rank:
        words.append("symptoms went further down")
    return ", ".join(words) or "as written down"


def _least_maximum(found: LoggedItem | None, item: Item) -> float | None:
    """The one-repetition maximum in kg that the hardest set of an item says, None without a load.

    A set that fell short was all that went, and without a word on effort it was as hard as meant.  What is no
    lift of so many repetitions, such as a carry, says that less than was planned will do.
    """
    estimates = []
    for row, one in zip(() if found is None else found.sets, item.dose.working_sets, strict=False):
        load = row.load or one.load
        if load is not None and one.repetitions is None:
            planned = load if one.load is None else one.load
            estimates.append(SHARE_AFTER_RED * min(load.kg, planned.kg))
        elif load is not None:
            short = (row.repetitions or 0) < (one.repetitions or 0)
            effort = row.effort if row.effort is not None else 10 if short else item.dose.effort
            estimates.append(one_rep_max_at(load.kg, row.repetitions or 1, effort))
    return min(estimates, default=None)


def _too_hard_words(found: LoggedItem | None, item: Item) -> str:
    """How much harder than planned, how far short of it or beyond: `` (effort 9, 6 planned)``; empty without a word."""
    done, planned = () if found is None else found.sets, item.dose.working_sets
    rows = list(zip(done, planned, strict=False))
    short = [
        f"{row.repetitions} of {one.repetitions} repetitions"
        for row, one in rows
        if row.repetitions is not None and one.repetitions is not None and row.repetitions < one.repetitions
    ]
    over = [(row.effort, one.effort) for row, one in rows if row.effort and one.effort and row.effort > one.effort]
    words = [*short[-1:], *(f"effort {effort:g}, {meant:g} planned" for effort, meant in sorted(over)[-1:])]
    if len(done) > len(planned):
        words.append(f"more was done than planned: {len(done)} sets, {len(planned)} planned")
    elif any(
        one.repetitions is not None and (row.repetitions or 0) > (one.up_to or one.repetitions) for row, one in rows
    ):
        words.append("more repetitions than planned")
    elif not words and 0 < len(done) < len(planned):
        words.append(f"{len(done)} of {len(planned)} sets")
    return f" ({', '.join(words)})" if words else ""


def _trend(values: Iterator[int | None] | list[int | None]) -> float | None:
    """Points of pain a session over the last six sessions that name it, by least squares."""
    known = [float(v) for v in values if v is not None][-6:]
    if len(known) < 3:
        return None
    middle = (len(known) - 1) / 2
    mean = sum(known) / len(known)
    over = sum((n - middle) * (v - mean) for n, v in enumerate(known))
    return over / sum((n - middle) ** 2 for n in range(len(known)))
