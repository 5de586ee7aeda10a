"""The interpreter of protocols: a state machine run on session ordinals.

``run`` is a pure function of a protocol, the values at the start, the loads owned and what was done
in earlier sessions.  A session without an outcome is taken to have met its targets exactly (the top
of a range, the minimum of an open set), so that what comes after is a forecast.  What depends on
today's sets stays a formula in words, with a forecast number where the values allow one, until the
outcome of that session resolves it.  An outcome never changes an earlier session.
"""

from __future__ import annotations

import copy
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Final, Literal

from planner.domain import notation
from planner.domain.dose import (
    GRAMS_PER_POUND,
    LEAST_SECONDS,
    METRES_IN,
    MOST_LOAD,
    MOST_ROUNDS,
    MOST_SETS,
    FarUnit,
    Load,
    LoadUnit,
)
from planner.domain.protocol import (
    BOUNDS,
    MOST_SESSIONS,
    Adjust,
    Outcome,
    PainTold,
    Protocol,
    Row,
    Rule,
    Scheme,
    SessionItem,
    SessionPlan,
    Stage,
    When,
    limit,
    until_value,
)
from planner.progression.protocol_words import change_words, effort_words, named_set, percent_words

#: A set as its row, with its number among the sets of the row, and the round of those that go in a time.
_OneSet = tuple[Row, int, int]
#: A value: a number, one for each set, or not known yet.
Value = Fraction | tuple[Fraction, ...] | None
#: Values at the start, by line and name, as somebody states them.
Start = Mapping[str, Mapping[str, float | tuple[float, ...]]]

_END: Final = "end"
_PARSE: Final[Mapping[str, Callable[[Any], notation.Measure]]] = {
    **dict.fromkeys(("hold", "time"), notation.time),
    **dict.fromkeys(("rest", "every"), notation.rest),
    "distance": notation.distance,
}
#: Sets of these kinds are rested after; between others a rest is a stretch of its own.
_AT_REST: Final = ("work", "test", "warmup")
_MAY_BE_LEFT_OUT: Final = "0-1"
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass(frozen=True)
class OwnedLoads:
    """Loads that can be made: steps of ``step`` (in ``unit``), or a list for some exercises; of a bar none below it."""

    unit: LoadUnit
    step: Fraction
    lists: Mapping[str, tuple[Load, ...]] = field(default_factory=dict)
    #: what the bar alone weighs of what is done with one
    bars: Mapping[str, Fraction] = field(default_factory=dict)

    def floor(self, exercise: str, amount: Fraction) -> Load | None:
        """The heaviest load owned that is not above ``amount``; None when there is none."""
        amount = min(amount, self.heaviest)
        native = amount * notation.NATIVE[self.unit]
        if exercise in self.lists:
            fitting = [load for load in self.lists[exercise] if load.amount <= native]
            return max(fitting, key=lambda load: load.amount, default=None)
        whole = int(amount // self.step) * self.step * notation.NATIVE[self.unit]
        return Load(amount=int(whole), unit=self.unit) if whole > 0 else None

    def lightest(self, exercise: str) -> Fraction:
        """The lightest load owned, in kilograms or pounds."""
        found = self.lists.get(exercise)
        return min(map(self.value, found)) if found else self.step

    @property
    def heaviest(self) -> Fraction:
        """The heaviest load that is believed, in kilograms or pounds."""
        return Fraction(MOST_LOAD) if self.unit is LoadUnit.GRAM else Fraction(int(MOST_LOAD * 1000 / GRAMS_PER_POUND))

    def value(self, load: Load) -> Fraction:
        """A load as a number of kilograms or pounds."""
        return Fraction(load.amount, notation.NATIVE[self.unit])


@dataclass(frozen=True)
class PlannedSet:
    """One set as the protocol asks for it.

    Repetitions, ``hold`` and ``seconds`` (s), ``distance`` (m) and rest are ranges, from the least to the most.
    ``lasting``: its time, hold or distance is open, of which a forecast takes ``expect_length`` seconds or metres.
    ``exact`` is the load before rounding in kg or lb; ``percent`` what it is a share of, such as
    ``65% tm``; ``words`` are set when today's sets decide the load.  ``most``: as many (as long, as far)
    as possible, whatever it comes to; of repetitions a forecast takes ``expect``.  ``too_light`` says that no load
    owned is so light.
    A set begins ``every`` so many seconds, where that is said instead of a rest.
    ``found``: its load is found on the day.
    ``far_in``: the file says its distance, or that until which it is done in turn, in miles or yards.
    Of a range of efforts ``effort`` is the highest, ``effort_from`` the lowest.
    An ``optional`` set is one of a range of sets behind the least; ``of_row`` is its number in its row, from 0.
    The repetitions of one ``in_all`` are a total, in as many sets as it takes.
    Of rows that are done in turn as often as they go in ``until_seconds``, ``round`` counts from 1.
    """

    number: int
    kind: str
    name: str | None = None
    repetitions: tuple[int, int] | None = None
    open: bool = False
    most: bool = False
    expect: int = 0
    lasting: bool = False
    expect_length: int | None = None
    hold: tuple[int, int] | None = None
    seconds: tuple[int, int] | None = None
    distance: tuple[int, int] | None = None
    until_metres: int | None = None
    until_seconds: int | None = None
    round: int = 0
    far_in: FarUnit | None = None
    load: Load | None = None
    exact: Fraction | None = None
    percent: str = ""
    words: str = ""
    too_light: str = ""
    found: bool = False
    optional: bool = False
    in_all: bool = False
    of_row: int = 0
    effort: float | None = None
    effort_from: float | None = None
    rest_seconds: tuple[int, int] | None = None
    every: tuple[int, int] | None = None
    tempo: str | None = None
    side: str | None = None
    note: str = ""

    @property
    def working(self) -> bool:
        """Whether it is no warm-up set."""
        return self.kind != "warmup"

    @property
    def hold_seconds(self) -> int | None:
        """The least seconds that each repetition is held."""
        return None if self.hold is None else self.hold[0]

    @property
    def metres(self) -> int | None:
        """The least metres."""
        return None if self.distance is None else self.distance[0]

    @property
    def stretch(self) -> bool:
        """Whether it is a stretch of running, walking and the like; so is a test over a distance, such as a race."""
        if self.until_metres is not None:
            return True
        if self.kind == "test":
            return self.metres is not None and self.load is None
        return self.repetitions is None and self.kind not in ("work", "warmup")

    @property
    def timed(self) -> tuple[int, int] | None:
        """Seconds that can be told of it: of the set, or of each hold."""
        return self.seconds or self.hold

    def forecast(self, span: tuple[int, int]) -> int:
        """Seconds or metres that a forecast takes of a span of them."""
        if self.lasting and self.expect_length is not None:
            return self.expect_length
        return span[0] if self.lasting else span[1]


@dataclass(frozen=True)
class PlannedItem:
    """One line in one session; ``part`` tells it from others of the session: the line, with its scheme if need be.

    ``turn``: how often its stage was done, with this time.
    """

    line: str
    exercise: str
    scheme: str
    stage: str
    sets: tuple[PlannedSet, ...]
    bouts_a_day: int = 1
    group: str = ""
    note: str = ""
    part: str = ""
    once: bool = False
    turn: int = 1


@dataclass(frozen=True)
class PlannedSession:
    """One session: its ordinal, week, day of the week's training days, and pass through the rotation.

    ``late``: weeks by which the protocol's week lies behind the one in which the session is held.
    """

    ordinal: int
    week: int
    day: int
    round: int
    name: str
    items: tuple[PlannedItem, ...]
    resolved: bool = False
    optional: bool = False
    late: int = 0


@dataclass(frozen=True)
class Step:
    """What became of a line after a session that was told of, and by which rules.

    ``as_expected``: every set was done as a forecast takes it.  ``waits``: a rule would have stepped
    it up, but not after symptoms.  ``part``: the line as its session names it.  ``again``: whether its own week
    is done again the next time that it comes, or that of the whole programme.
    """

    ordinal: int
    line: str
    exercise: str
    rules: tuple[Rule, ...]
    met: bool
    below: bool
    as_expected: bool
    outcome: Outcome
    waits: bool = False
    part: str = ""
    again: Literal["", "line", "programme"] = ""


@dataclass(frozen=True)
class Forecast:
    """What a protocol comes to.

    ``missing`` are values that somebody has to give, ``values`` those after the last session, ``steps``
    what was made of each line that an outcome tells of; ``phases`` the phase behind each session, by its ordinal.
    """

    sessions: tuple[PlannedSession, ...]
    missing: tuple[tuple[str, str], ...]
    values: Mapping[str, Mapping[str, Value]]
    notes: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    phases: Mapping[int, str] = field(default_factory=dict)


def run(
    protocol: Protocol,
    start: Start,
    owned: OwnedLoads,
    outcomes: Iterable[Outcome] = (),
    *,
    weeks: int | None = None,
    sessions: int | None = None,
    days_a_week: int | None = None,
    first_week: int = 1,
) -> Forecast:
    """Every session of a protocol, from the first to the last.

    Parameters
    ----------
    start
        Values by line and name; they replace those in the file.  Numbers are in the unit of ``owned``.
    owned
        The loads to round down to.
    outcomes
        What was done, in any order.
    weeks, sessions
        A length instead of the protocol's own.
    days_a_week
        Training days instead of the protocol's own.
    first_week
        The protocol's week in which the first session lies, for somebody who enters later: values are those of that
        week as long as every target is met, except for those given, which are of the day of entry.
    """
    told = tuple(outcomes)
    machine = _Machine(protocol, start, owned)
    done: dict[int, dict[str, list[Outcome]]] = {}
    for outcome in told:
        done.setdefault(outcome.session, {}).setdefault(outcome.exercise, []).append(outcome)
    until_its_end = weeks is None and sessions is None and protocol.ends_itself
    if weeks is None and sessions is None and not until_its_end:
        weeks, sessions = protocol.weeks, protocol.sessions
    elif sessions is None and not protocol.open_ended:
        sessions = protocol.sessions
    last = 52 if weeks is None else weeks
    found: list[PlannedSession] = []
    whole, entered = False, True
    for slot in _calendar(protocol, days_a_week, machine):
        if slot.week > last:
            break
        if slot.week + slot.late < first_week:
            machine.session(slot, 0, {})
            entered = False
            continue
        if not entered:
            machine.enter()
            entered = True
        if len(found) >= min(sessions or MOST_SESSIONS, MOST_SESSIONS) or machine.finished(found):
            whole = True
            break
        session = machine.session(slot, len(found) + 1, done.get(len(found) + 1, {}))
        if session is not None:
            found.append(session)
    if until_its_end and not machine.finished(found):
        # an end that does not come while all goes well, such as one after symptoms
        usual = {"weeks": protocol.weeks, "sessions": protocol.sessions}
        return run(protocol, start, owned, told, days_a_week=days_a_week, first_week=first_week, **usual)
    if found and not whole and not machine.finished(found) and found[-1].week < last:
        machine.notes.append(f"nothing is left to do after session {len(found)}, in week {found[-1].week} of {last}")
    return Forecast(
        sessions=tuple(found),
        missing=tuple(sorted(machine.missing)),
        values={name: dict(line.values) for name, line in machine.lines.items()},
        notes=tuple(dict.fromkeys(machine.notes)),
        steps=tuple(machine.steps),
        phases=machine.phases,
    )


# -------------------------------------------------------------------- when
@dataclass(frozen=True)
class _Slot:
    """A training day: week, number of the day in it, entry and pass of the rotation, weeks behind the calendar."""

    week: int
    day: int
    last: bool
    round: int
    entry: int
    late: int


def _calendar(protocol: Protocol, days_a_week: int | None, machine: _Machine) -> Iterator[_Slot]:
    """Training days, up to a year.  Entries that hold at the same time form a rotation of their own.

    When the machine falls a week behind, the week's days and the rotation's pass before come again from there.
    """
    passed: dict[tuple[int | None, ...], int] = {}
    back: dict[tuple[int | None, ...], int] = {}
    for number in range(1, 53):
        days = days_a_week or protocol.days_in(max(1, number - machine.late))
        for day in range(1, days + 1):
            week = max(1, number - machine.late)
            now = _Now(_counted(protocol, week), None, day, day == days, machine.phase.stage)
            here = [i for i, entry in enumerate(protocol.rotation) if now.holds(entry)]
            fixed = next((i for i in here if protocol.rotation[i].days is not None), None)
            if fixed is not None:
                # a session that belongs to a day of the week follows the week
                yield _Slot(week, day, now.last, week, fixed, number - week)
            elif here:
                turns = _turns(protocol, here, now, days)
                count = passed.get(turns, 0)
                passed[turns] = count + 1
                entry = turns[count % len(turns)]
                if entry is not None:
                    late = machine.late
                    yield _Slot(week, day, now.last, count // len(turns) + 1, entry, number - week)
                    back[turns] = back.get(turns, 0) + machine.late - late
                if back.get(turns) and passed[turns] >= len(turns):
                    passed[turns] -= len(turns)
                    back[turns] -= 1


def _turns(protocol: Protocol, here: Sequence[int], now: _Now, days: int) -> tuple[int | None, ...]:
    """The entries that take turns; None is a free day, which an entry leaves whose work does not hold.

    There are no more free days than the week has days left: the later ones go to the others.
    """
    turns: list[int | None] = []
    for i in here:
        entry = protocol.rotation[i]
        turns.append(i if not entry.do or any(map(now.holds_in_week, entry.do)) else None)
    working = sum(i is not None for i in turns)
    surplus = len(turns) - max(working, min(len(turns), days))
    free = [n for n, i in enumerate(turns) if i is None]
    dropped = free[len(free) - surplus :]
    return tuple(i for n, i in enumerate(turns) if n not in dropped)


def _counted(protocol: Protocol, number: int) -> int:
    """A week or round in its cycle."""
    return (number - 1) % protocol.cycle + 1 if protocol.cycle else number


def _in(spans: Any, number: int | None) -> bool:
    return spans is None or number is None or any(number in span for span in notation.spans(spans))


def _on(stated: Any, day: int, last: bool) -> bool:
    if stated is None:
        return True
    found = notation.days(stated)
    return last if found is None else any(day in span for span in found)


@dataclass(frozen=True)
class _Now:
    """When something happens: week and round in their cycle, day of the week's training days, phase."""

    week: int
    round: int | None
    day: int
    last: bool
    phase: str

    def holds(self, when: When, turn: int | None = None) -> bool:
        """Whether something that holds only now and then does."""
        return (
            self.holds_in_week(when)
            and _in(when.rounds, self.round)
            and _on(when.days, self.day, self.last)
            and _in(when.turns, turn)
        )

    def holds_in_week(self, when: When) -> bool:
        """Whether it does in this week and phase, on some day of it."""
        phases = (when.phase,) if isinstance(when.phase, str) else when.phase
        return _in(when.weeks, self.week) and (phases is None or self.phase in phases)


# -------------------------------------------------------------------- state
@dataclass
class _Tally:
    """How sessions went, the last one and in a row: of all sets that were asked for, or of those of one name."""

    met: bool = False
    #: whether it was on target, whatever hurt
    reached: bool = False
    below: bool = False
    successes: int = 0
    failures: int = 0
    #: sessions in a row that were on target within limits of pain, by those of the rules
    within: dict[tuple[Any, Any], int] = field(default_factory=dict)

    def count(self, today: Sequence[_Today], sets: Sequence[_Set], limited: Sequence[Rule]) -> None:
        """Counts one session; what was beyond its limits of pain does not count for a rule that is ``limited``."""
        self.reached = all(each.reached for each in sets) and not _left_out(today)
        self.met = self.reached and not _sore(today)
        self.below = any(each.short for each in sets)
        self.successes = self.successes + 1 if self.met else 0
        outcomes = [one.outcome for one in today if one.outcome is not None]
        for (pain, morning), limits in {(rule.pain, rule.morning): rule.limits_pain for rule in limited}.items():
            fits = _pain_fits(pain, outcomes, "pain") and _pain_fits(morning, outcomes, "morning")
            fits = fits and self.reached and not _sore(_apart_from(today, limits))
            self.within[pain, morning] = self.within.get((pain, morning), 0) + 1 if fits else 0
        self.failures = self.failures + 1 if self.below else 0

    def streak(self, rule: Rule) -> int:
        """Sessions in a row that were on target, of those within the pain that a rule allows, if it names any."""
        return self.within.get((rule.pain, rule.morning), 0) if rule.limits_pain else self.successes

    def succeed_anew(self) -> None:
        """Successes count from here."""
        self.successes = 0
        self.within = {}


@dataclass
class _Progress:
    """Where a line stands in one scheme, or the protocol in its phases."""

    stage: str
    done: int = 0
    #: rules for this count of sessions that symptoms held up: they are still to come
    waiting: list[Rule] = field(default_factory=list)
    #: of the whole session under no name, of the sets of a name where a rule looks at these alone
    tallies: defaultdict[str | None, _Tally] = field(default_factory=lambda: defaultdict(_Tally))

    @property
    def whole(self) -> _Tally:
        """How whole sessions went."""
        return self.tallies[None]

    def count(self, today: Sequence[_Today], working: Sequence[_Set], rules: Sequence[Rule]) -> None:
        """Counts one session; a set that is not done today keeps its streaks."""
        everything = [each for one in today for each in one.sets]
        for name in dict.fromkeys([None, *(rule.of_set for rule in rules)]):
            tally = self.tallies[name]
            sets = [each for each in working if not each.plan.optional] if name is None else _named(name, everything)
            if name is not None and not sets:
                tally.met = tally.reached = tally.below = False
                continue
            tally.count(today, sets, [rule for rule in rules if rule.of_set == name and rule.limits_pain])
        self.done += 1

    def leave_out(self) -> None:
        """A session that was not done went neither well nor badly."""
        for tally in self.tallies.values():
            tally.met = tally.reached = tally.below = False

    def succeed_anew(self) -> None:
        """Successes count from here, of whatever set."""
        for tally in self.tallies.values():
            tally.succeed_anew()

    def used(self, rule: Rule) -> None:
        """A rule that counts a streak starts it anew."""
        self.waiting = [one for one in self.waiting if one != rule]
        if rule.successes is not None:
            self.tallies[rule.of_set].succeed_anew()
        if rule.failures is not None:
            self.tallies[rule.of_set].failures = 0

    def move(self, stage: str, names: Sequence[str]) -> None:
        """On to a stage by its name, or to the next or previous one."""
        if stage in ("next", "previous"):
            at = names.index(self.stage) + (1 if stage == "next" else -1)
            stage = names[at] if 0 <= at < len(names) else _END if at > 0 else self.stage
        self.stage = stage
        self.done = 0
        self.waiting = []
        self.succeed_anew()
        for tally in self.tallies.values():
            tally.failures = 0

    def holds_up(self, rule: Rule) -> None:
        """A rule that would be applied, but for symptoms: one for this count of sessions alone comes later."""
        if rule.done is not None and rule not in self.waiting:
            self.waiting.append(rule)


@dataclass
class _LineState:
    """The values of a line, its exercise, and where it stands in each of its schemes."""

    values: dict[str, Value]
    start: dict[str, Value]
    rung: int = 0
    progress: dict[str, _Progress] = field(default_factory=dict)


@dataclass
class _Set:
    """A set of today: as planned, and as done or expected."""

    plan: PlannedSet
    row: Row
    element: int
    reps: int | None = None
    seconds: Fraction | None = None
    metres: Fraction | None = None
    used: Fraction | None = None
    told: bool = False
    counted: bool = False
    lighter: bool = False

    @property
    def expected(self) -> int | None:
        """Repetitions that a forecast takes for it; none for one behind the least sets."""
        return self.plan.expect if self.plan.repetitions is not None and not self.plan.optional else None

    @property
    def lifted(self) -> Fraction | None:
        """The load that was used, or is expected; none of a test that nobody has lifted as often as it asks."""
        short = self.plan.repetitions is not None and (self.reps or 0) < self.plan.repetitions[0]
        return None if self.plan.found and self.told and short else self.used

    @property
    def counts(self) -> bool:
        """Whether it is a working set that was asked for, or done beyond that."""
        done = (self.reps, self.seconds, self.metres)
        return self.plan.working and (not self.plan.optional or any(each is not None for each in done))

    @property
    def _measured(self) -> list[tuple[Fraction, tuple[int, int]]]:
        """Seconds and metres that were told, each with its target; what is not told was on target."""
        pairs = ((self.seconds, self.plan.timed), (self.metres, self.plan.distance))
        return [(done, target) for done, target in pairs if done is not None and target is not None]

    @property
    def met(self) -> bool:
        """Whether the target was reached, as far as it was asked for."""
        return self.plan.optional or self.reached

    @property
    def reached(self) -> bool:
        """Whether the target was reached: the top of a range, the minimum of an open set."""
        plan = self.plan
        if self.lighter:
            return False
        if plan.repetitions is not None and (self.reps or 0) < plan.repetitions[0 if plan.open else 1]:
            return False
        return all(done >= (least if plan.lasting else most) for done, (least, most) in self._measured)

    def length(self, measure: notation.Measured) -> Fraction | None:
        """Seconds or metres that were told, else those that a forecast takes; None where it has none."""
        told, span = (self.seconds, self.plan.timed) if measure == "time" else (self.metres, self.plan.distance)
        if told is not None or span is None or self.plan.optional:
            return told
        return Fraction(self.plan.forecast(span))

    @property
    def amount(self) -> Fraction | None:
        """What was done of a set without a load, or is expected: its time, distance or repetitions."""
        length = self.length("time") if self.plan.seconds or self.plan.lasting else None
        length = length if length is not None else self.length("distance")
        return length if length is not None or self.reps is None else Fraction(self.reps)

    @property
    def as_expected(self) -> bool:
        """Whether it went as a forecast takes it."""
        lengths = [done == self.plan.forecast(span) for done, span in self._measured if self.plan.lasting]
        return self.reps == self.expected and not self.told and all(lengths)

    def beyond(self, end: Literal["over", "under"]) -> int:
        """Repetitions over the target (the top of a range, the minimum of an open set) or under its lower end.

        Repetitions with less load than was asked for are not over it.
        """
        least, most = self.plan.repetitions or (0, 0)
        if self.reps is None or (end == "over" and self.lighter):
            return 0
        return max(0, self.reps - (least if self.plan.open else most) if end == "over" else least - self.reps)

    @property
    def below(self) -> bool:
        """Whether it was asked for, and fell short of the target's lower end."""
        return not self.plan.optional and self.short

    @property
    def short(self) -> bool:
        """Whether it fell short of the target's lower end."""
        plan = self.plan
        if plan.repetitions is not None and (self.reps or 0) < plan.repetitions[0]:
            return True
        return any(done < least for done, (least, _) in self._measured)


@dataclass
class _Today:
    """One item of a session while the session is worked out."""

    item: SessionItem
    line: str
    scheme: str
    stage: Stage
    progress: _Progress
    exercise: str
    rules: tuple[Rule, ...]
    due: list[_Now]
    sets: list[_Set] = field(default_factory=list)
    outcome: Outcome | None = None
    part: str = ""
    again: bool = False
    once: bool = False
    now: _Now = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.due[0]


class _Machine:
    """The state of every line, and how a session is made from it."""

    def __init__(self, protocol: Protocol, start: Start, owned: OwnedLoads) -> None:
        self.protocol = protocol
        self.owned = owned
        self.missing: set[tuple[str, str]] = set()
        self.notes: list[str] = []
        self._measures = protocol.measures()
        self._uses = protocol.uses()
        self._recoveries = protocol.recoveries()
        self._ordinal = 0
        #: the lightest that was lifted with a bar, or its usual weight
        self._bars = dict(owned.bars)
        #: values that a step down has led as low as they go
        self._lowest: set[tuple[str, str]] = set()
        #: what was told to come to more, or less, than there can be
        self._beyond: set[tuple[str, str]] = set()
        #: weeks that the programme is behind the calendar
        self.late = 0
        #: the week of the calendar in which it last fell behind
        self._late_since = 0
        self.steps: list[Step] = []
        #: the phase behind each session
        self.phases: dict[int, str] = {}
        self.phase = _Progress(next(iter(protocol.phases), ""))
        self.lines: dict[str, _LineState] = {}
        #: when each item of a session was to be done; what hurt waits here, where weeks alone say what is done
        self._due: dict[tuple[int, int], list[_Now]] = {}
        self._given = start
        self._working: set[tuple[str, str]] = set()
        for name in protocol.lines:
            self.lines[name] = _LineState({}, {})
        for name, line in protocol.lines.items():
            for value in dict.fromkeys([*line.needs, *line.state, *start.get(name, {})]):
                self._begin(name, value)
        for state in self.lines.values():
            state.start = dict(state.values)

    def enter(self) -> None:
        """Enters behind weeks that nobody has told of: what is given is of today, and nothing is said of before."""
        for line, names in self._given.items():
            for name in names:
                self.lines[line].values[name] = self.lines[line].start[name]
        self.notes.clear()
        self.steps.clear()
        self._lowest.clear()
        self._beyond.clear()

    # ---------------------------------------------------------------- values
    def _begin(self, line: str, name: str) -> Value:
        """The value at the start, as given or as the file says; worked out once."""
        state = self.lines[line]
        if name in state.values:
            return state.values[name]
        if (line, name) in self._working:  # values that refer to one another in a circle
            return None
        self._working.add((line, name))
        given = self._given.get(line, {}).get(name)
        stated = self.protocol.lines[line].state.get(name)
        value: Value = None
        if given is not None:
            value = tuple(map(notation.exact, given)) if isinstance(given, tuple) else notation.exact(given)
        elif isinstance(stated, tuple):
            value = tuple(found for one in stated if isinstance(found := self._stated(line, name, one), Fraction))
        elif stated is not None:
            value = self._stated(line, name, stated)
        self._working.discard((line, name))
        state.values[name] = self._rounded(line, name, value)
        return state.values[name]

    def _stated(self, line: str, name: str, stated: Any) -> Value:
        if isinstance(stated, dict):
            unit = self._unit
            return notation.exact(stated[unit]) if unit in stated else None
        amount = notation.amount(stated)
        for term in amount.terms:
            if term.name not in (None, "unknown") and term.line not in ("today", "start"):
                self._begin(term.line or line, str(term.name))
        return self._load_of(line, amount) if self._uses.get((line, name)) == "load" else self._amount(line, amount, ())

    def _rounded(self, line: str, name: str, value: Value) -> Value:
        if name not in self.protocol.rounded or value is None:
            return value
        if isinstance(value, tuple):
            return tuple(self._down(line, one) for one in value)
        return self._down(line, value)

    def _down(self, line: str, value: Fraction) -> Fraction:
        load = self.owned.floor(self._exercise(line), value)
        return value if load is None else self.owned.value(load)

    def _exercise(self, line: str) -> str:
        return self.protocol.lines[line].ladder[self.lines[line].rung]

    def _amount(self, line: str, amount: notation.Amount, today: Sequence[_Set], *, reps: bool = False) -> Value:
        """What an amount comes to now, not below 0; None when something in it is not known.

        ``reps``: of a set of today its repetitions are meant, whatever was lifted.
        """
        value = self._term(line, amount, today, reps=reps)
        for sign, term in amount.more:
            value = _sum(value, sign, self._term(line, term, today, reps=reps))
        return value

    def _load_of(self, line: str, amount: notation.Amount, today: Sequence[_Set] = (), *, told: bool = True) -> Value:
        """The load that an amount comes to: where more is taken away than there is, the lightest that is owned."""
        value = self._amount(line, amount, today)
        if value is None or all(sign > 0 for sign, _ in amount.more):
            return value
        first = self._term(line, amount, today)

        def held(one: Fraction, at: int) -> Fraction:
            return self._no_less(line, _element(first, at) or Fraction(0), one, told=told)

        return tuple(map(held, value, range(len(value)))) if isinstance(value, tuple) else held(value, 0)

    def _no_less(self, line: str, was: Fraction, to: Fraction, *, told: bool = True) -> Fraction:
        """A load from which something was taken away: not nothing, where there was something before."""
        if to > 0 or was <= 0:
            return to
        least = min(was, self._lightest(line))
        if told:
            what = "load would come to nothing, as more is taken away than there is"
            self._note_beyond(line, "nothing", f"{what}; it stays at {float(least):g} {self._unit}")
        return least

    def _term(self, line: str, amount: notation.Amount, today: Sequence[_Set], *, reps: bool = False) -> Value:
        """What one amount of a sum comes to."""
        if amount.name is None or amount.name == "unknown":
            return amount.number
        if amount.line == "today" and amount.name == "total":
            total = _total([each for each in today if each.counts])
            return None if total is None else amount.share * total
        if amount.line == "today":
            found = next((one for one in today if one.plan.name == amount.name), None)
            done = None if found is None else found.lifted if found.row.load is not None else found.amount
            if found is not None and reps:
                count = found.expected if found.reps is None else found.reps
                done = None if count is None else Fraction(count)
            return None if done is None else amount.share * done
        if amount.line == "start":
            return _share(amount, self.lines[line].start.get(amount.name))
        owner = amount.line or line
        value = self.lines[owner].values.get(amount.name)
        if value is None and amount.name in self.protocol.lines[owner].needs:
            self.missing.add((owner, amount.name))
        return _share(amount, value)

    def _number(self, line: str, stated: Any, default: int = 1) -> int:
        value = self._amount(line, notation.amount(stated), ())
        if isinstance(value, tuple):
            value = Fraction(len(value))
        return default if value is None else max(0, int(value))

    def _sets_of(self, line: str, stated: Any) -> tuple[int, int]:
        """The least and the most sets of a row."""
        found = notation.sets(stated)
        if found.amount is None:
            return found.least, found.most
        number = self._kept(line, "sets", found.amount, self._number(line, stated))
        return number, number

    def times(self, line: str, repeat: Any) -> int:
        """How often rows are repeated in turn."""
        return self._kept(line, "repeat", notation.amount(repeat), self._number(line, repeat))

    def _kept(self, line: str, key: str, of: notation.Amount | None, number: int, element: int = 0) -> int:
        """A number of a row within its bounds; a value that alone has led beyond them stays there."""
        bound = BOUNDS[key]
        kept = bound.kept(number)
        if of is None or number == kept:
            return kept
        plain = of.name is not None and of.line is None and of.share == 1 and not of.more
        if number > bound.most or bound.least > 1:
            what = str(of.name) if plain else key
            self._note_beyond(line, what, f"{what} {bound.objection(Fraction(number))}; it stays there")
        values = self.lines[line].values
        value = values.get(of.name or "")
        if plain and isinstance(value, Fraction):
            values[str(of.name)] = Fraction(kept)
        elif plain and isinstance(value, tuple) and key not in ("sets", "repeat"):
            values[str(of.name)] = tuple(Fraction(kept) if i == element else one for i, one in enumerate(value))
        return kept

    def _note_beyond(self, line: str, what: str, problem: str) -> None:
        """Notes once that something comes to more, or less, than there can be."""
        if (line, what) not in self._beyond:
            self._beyond.add((line, what))
            when = f"in session {self._ordinal}" if self._ordinal else "at the start"
            self.notes.append(f"{line.replace('_', ' ')}: {when} {problem}")

    # ---------------------------------------------------------------- a session
    def finished(self, found: Sequence[PlannedSession]) -> bool:
        """Whether every line that was begun has come to its end."""
        if self.phase.stage == _END:
            return True
        progress = [one for line in self.lines.values() for one in line.progress.values()]
        begun = {key for line in self.lines.values() for key in line.progress}
        return bool(found and progress) and len(begun) >= self._keys and all(one.stage == _END for one in progress)

    @property
    def _keys(self) -> int:
        return len({self._key(entry, i, item) for entry in self.protocol.rotation for i, item in enumerate(entry.do)})

    def _key(self, entry: SessionPlan, number: int, item: SessionItem) -> str:
        """Under what a line's progress is kept: its scheme, or the item that has its own rows."""
        if item.sets:
            return f"{entry.name}.{number + 1}"
        return item.scheme or self.protocol.lines[item.line].scheme or ""

    def session(self, slot: _Slot, ordinal: int, outcomes: Mapping[str, list[Outcome]]) -> PlannedSession | None:
        """The next session, its targets and what they become; None on a day off."""
        entry = self.protocol.rotation[slot.entry]
        self._ordinal = ordinal
        now, then = (
            _Now(
                _counted(self.protocol, slot.week + n),
                _counted(self.protocol, slot.round + n),
                slot.day,
                slot.last,
                self.phase.stage,
            )
            for n in (0, 1)
        )
        today = list(self._items(slot.entry, now, then)) if now.holds(entry) else []
        _name_parts(today)
        for line in dict.fromkeys(one.line for one in today):
            mine = [one for one in today if one.line == line]
            self._sets(line, mine, outcomes.get(line, []))
        late = self.late
        self._again(today, slot)
        today = [one for one in today if one.sets]
        if not today:
            return None
        session = PlannedSession(
            ordinal=ordinal,
            week=slot.week,
            day=slot.day,
            round=slot.round,
            name=entry.name,
            items=tuple(self._planned(one) for one in today),
            resolved=bool(outcomes),
            optional=entry.optional,
            late=slot.late,
        )
        # nobody has to do it: without a word it was left out
        skipped = entry.optional and not outcomes
        for one in today:
            self._after(one, ordinal, skipped=skipped, week_again=self.late > late)
        self._after_all(today, now, skipped=skipped)
        self.phases[ordinal] = self.phase.stage
        return session

    def _items(self, at: int, now: _Now, then: _Now) -> Iterator[_Today]:
        """The items of an entry ``now``; ``then`` is the next time that it may come."""
        entry = self.protocol.rotation[at]
        for number, item in enumerate(entry.do):
            line = self.lines[item.line]
            key = self._key(entry, number, item)
            scheme = Scheme(sets=item.sets) if item.sets else self.protocol.schemes[key]
            first = next(iter(scheme.stages), "")
            progress = line.progress.get(key)
            if progress is None:
                begins = line.start.get("stage")
                names = list(scheme.stages)
                if isinstance(begins, Fraction) and names:
                    first = names[min(max(int(begins), 1), len(names)) - 1]
                progress = line.progress[key] = _Progress(first)
            if progress.stage == _END or not now.holds(item, progress.done + 1):
                self._due.pop((at, number), None)
                continue
            due = self._due.setdefault((at, number), [])
            due.append(now)
            stage = scheme.stages.get(progress.stage, scheme)
            rules = stage.after if stage is scheme else (*stage.after, *scheme.after)
            exercise = item.exercise or self._exercise(item.line)
            once = not (then.holds(entry) and then.holds_in_week(item))
            yield _Today(item, item.line, key, _merged(stage, scheme), progress, exercise, rules, due, once=once)

    def _planned(self, one: _Today) -> PlannedItem:
        return PlannedItem(
            line=one.line,
            exercise=one.exercise,
            scheme=one.scheme,
            stage=one.progress.stage,
            sets=tuple(each.plan for each in one.sets),
            bouts_a_day=one.item.bouts_a_day or one.stage.bouts_a_day or 1,
            group=one.item.group or "",
            part=one.part,
            once=one.once,
            turn=one.progress.done + 1,
            note="; ".join(filter(None, (one.item.note, one.stage.note))),
        )

    # ---------------------------------------------------------------- sets
    def _sets(self, line: str, items: Sequence[_Today], outcomes: Sequence[Outcome]) -> None:
        """The sets of all items of one line today, in order, with what was done of them."""
        for one in items:
            rows = _unrolled(self, line, one.stage, one.stage.sets, one.now, one.progress.done + 1)
            counted = 0
            for row, element, turn in _with_rests(rows):
                earlier = [each for other in items for each in other.sets]
                plan = replace(self._bare(line, one.stage, row, element, earlier), round=turn)
                counted += turn <= 1 and not plan.stretch
                if counted > MOST_SETS:
                    self._note_beyond(line, "", f"it comes to more than {MOST_SETS} sets, the most of an exercise")
                    break
                one.sets.append(_Set(plan, row, element))
        everything = [(one, each) for one in items for each in one.sets]
        _told(everything, [outcome for outcome in outcomes if not outcome.part])
        for one in items:
            if own := [outcome for outcome in outcomes if outcome.part == one.part]:
                _told([(one, each) for each in one.sets], own)
        before: list[_Set] = []
        for one, each in everything:
            self._count(line, one, each, before)
            self._weigh(line, one, each, before)
            before.append(each)

    def _repetitions(
        self, line: str, row: Row, element: int, before: Sequence[_Set]
    ) -> tuple[tuple[int, int] | None, int]:
        """The repetitions of a set, from the least to the most, and those that a forecast takes."""
        if row.reps is None:
            return None, 0
        stated = notation.repetitions(row.reps)
        reps = (stated.low, stated.high)
        if stated.of is not None:
            value = _element(self._amount(line, stated.of, before, reps=True), element)
            count = 1 if value is None else self._kept(line, "reps", stated.of, int(value), element)
            reps = (count, count)
        said = None if row.expect is None or _open_length(row) else int(row.expect)
        return reps, said if said is not None else reps[0] if stated.open else reps[1]

    def _count(self, line: str, one: _Today, each: _Set, before: Sequence[_Set]) -> None:
        """The repetitions of a set that go by those of an earlier one, now that these are known."""
        of = None if each.row.reps is None else notation.repetitions(each.row.reps).of
        if of is None or all(term.line != "today" for term in of.terms):
            return
        was = each.expected
        reps, expect = self._repetitions(line, each.row, each.element, before)
        said = "" if one.outcome is not None else _today_words(of, before, "repetitions")
        note = "; ".join(filter(None, (said, each.plan.note)))
        each.plan = replace(each.plan, repetitions=reps, expect=expect, note=note)
        if not each.counted and each.reps == was:
            each.reps = each.expected

    def _bare(self, line: str, stage: Stage, row: Row, element: int, before: Sequence[_Set]) -> PlannedSet:
        """A set without its load."""
        stated = None if row.reps is None else notation.repetitions(row.reps)
        reps, expect = self._repetitions(line, row, element, before)
        lasting = _open_length(row)
        rest = None if row.every is not None else row.rest if row.rest is not None else stage.rest
        easiest, effort = _effort_of(row) or _effort_of(stage) or (None, None)
        return PlannedSet(
            number=len(before) + 1,
            of_row=element,
            in_all=row.in_all,
            optional=row.sets is not None and element >= self._sets_of(line, row.sets)[0],
            kind=row.kind,
            found=row.load == "find",
            name=row.name,
            repetitions=reps,
            open=stated is not None and stated.open,
            most=(stated is not None and stated.most) or (lasting is not None and lasting.most),
            expect=expect,
            lasting=lasting is not None,
            expect_length=None if row.expect is None or lasting is None else _expected_length(row),
            hold=self._measure(line, row.hold, "hold", element),
            seconds=self._measure(line, row.time, "time", element),
            distance=self._measure(line, row.distance, "distance", element),
            until_metres=_until(row, "distance"),
            until_seconds=_until(row, "time"),
            far_in=self._far_in(line, row),
            effort=effort,
            effort_from=easiest if easiest != effort else None,
            rest_seconds=self._measure(line, rest, "rest", element),
            every=self._measure(line, row.every, "every", element),
            tempo=row.tempo or stage.tempo,
            side=row.side or stage.side,
            note=row.note or "",
        )

    def _far_in(self, line: str, row: Row) -> FarUnit | None:
        if row.distance is None:
            return None if row.until is None else limit(row.until)[1].far_in
        found = notation.distance(row.distance)
        return found.far_in if found.of is None else self._far_of(line, found.of)

    def lasts(self, line: str, stage: Stage, row: Row, element: int) -> tuple[Fraction, Fraction]:
        """Seconds of one set of a row that has a time, or begins every so often, and of its rest."""

        def middle(stated: Any, key: str) -> Fraction:
            return Fraction(sum(self._measure(line, stated, key, element) or (0, 0)), 2)

        if row.every is not None:
            return middle(row.every, "every"), Fraction(0)
        return middle(row.time, "time"), middle(row.rest if row.rest is not None else stage.rest, "rest")

    def listed(self, line: str, row: Row) -> Iterator[tuple[Fraction, ...]]:
        """The lists of values that a row names: each of its sets has its own entry."""
        found: list[notation.Amount | None] = []
        if row.reps is not None:
            found.append(notation.repetitions(row.reps).of)
        stated = ((row.time, notation.time), (row.hold, notation.time), (row.distance, notation.distance))
        found += [parse(text).of for text, parse in stated if text is not None]
        if row.load is not None and row.load != "find":
            found.append(notation.amount(row.load))
        for of in found:
            for term in () if of is None or of.line == "today" else of.terms:
                value = None if term.name in (None, "unknown") else self._term(line, term, ())
                if isinstance(value, tuple):
                    yield value

    def _far_of(self, line: str, of: notation.Amount) -> FarUnit | None:
        return self.protocol.far_in(of.owner(line), str(of.name))

    def until(self, line: str, row: Row) -> tuple[notation.Measured, notation.Measure]:
        """Until which time or distance rows are done in turn."""
        stated = row.until or ""
        of = until_value(stated)
        if of is None:
            return limit(stated)
        value = self._amount(line, of, ())
        number = value if isinstance(value, Fraction) else Fraction(0)
        kind = self._measures.get((of.owner(line), str(of.name)), "time")
        if kind == "time" and number > 0:
            number = Fraction(self._kept(line, "until", of, int(number)))
        return kind, notation.Measure(number, number, far_in=self._far_of(line, of) if kind == "distance" else None)

    def _measure(self, line: str, stated: Any, key: str, element: int) -> tuple[int, int] | None:
        """Seconds or metres of what a row says under a key, from the least to the most."""
        if stated is None:
            return None
        found = _PARSE[key](stated)
        if found.of is None:
            return round(found.low), round(found.high)
        value = _element(self._amount(line, found.of, ()), element)
        if value is None:
            return None
        number = round(value) if key == "distance" else int(value)
        length = self._kept(line, key, found.of, number, element)
        return length, length

    def _weigh(self, line: str, one: _Today, each: _Set, before: Sequence[_Set]) -> None:
        """The load of a set, now that the sets before it are known, and what was used."""
        row, plan = each.row, each.plan
        if row.load is None:
            return
        exact: Fraction | None = None
        words = ""
        if row.load == "find":
            words = _find_words(plan)
            if row.guess is not None:
                exact = _element(self._load_of(line, notation.amount(row.guess), before), each.element)
            percent = "find" if row.guess is None else _percent(row.guess)
        else:
            amount = notation.amount(row.load)
            exact = _element(self._load_of(line, amount, before), each.element)
            percent = _percent(row.load)
            if any(term.line == "today" for term in amount.terms):
                words = _today_words(amount, before)
            if row.adjust is not None:
                start = percent_words(percent) or f"{float(exact or 0):g} {self._unit}"
                exact, said = self._adjusted(line, row.adjust, exact, before)
                words = f"{words or start}, {said}"
        if exact is not None and exact > self.owned.heaviest:
            most = f"{float(self.owned.heaviest):g} {self._unit}"
            words = f"load comes to {float(exact):g} {self._unit}, and {most} is the most that is believed"
            self._note_beyond(line, "load", words)
            exact = self.owned.heaviest
        bar = self._bar(one.exercise, each)
        if exact is not None and 0 < exact < bar:
            # nobody is given more than is written
            less = f"{float(exact):g} {self._unit} is less than the bar, {float(bar):g} {self._unit}"
            self._note_beyond(line, f"bar {one.exercise}", f"{less}: it takes something lighter than a bar")
        load = None if exact is None else self.owned.floor(one.exercise, exact)
        too_light = ""
        if exact is not None and exact > 0 and load is None:
            too_light = f"{float(exact):g} {self._unit}, lighter than any load owned"
            self.notes.append(f"{line.replace('_', ' ')}: {too_light}")
        if one.outcome is not None and (row.load != "find" or each.lifted is not None):
            words = ""  # today is over
        each.plan = replace(plan, load=load, exact=exact, percent=percent, words=words, too_light=too_light)
        planned = None if load is None else self.owned.value(load)
        if each.used is None:
            each.used = planned
        elif planned is not None and row.load != "find" and each.used < planned:
            each.lighter = True
        lifted = each.lifted
        if each.told and lifted is not None and (row.load == "find" or exact is None):
            # what was found today is what the rest of the session goes by
            each.plan = replace(each.plan, load=self.owned.floor(one.exercise, lifted), exact=lifted, words="")

    def _bar(self, exercise: str, each: _Set) -> Fraction:
        """What the bar of an exercise weighs, 0 without one; where less was lifted, there is a lighter one."""
        bar = self._bars.get(exercise, Fraction(0))
        lifted = each.lifted if each.told else None
        if lifted is not None and 0 < lifted < bar:
            self._bars[exercise] = bar = lifted
        return bar

    def _lightest(self, line: str) -> Fraction:
        """The lightest load of what a line does now, no less than the bar that it is done with."""
        exercise = self._exercise(line)
        return max(self.owned.lightest(exercise), self._bars.get(exercise, Fraction(0)))

    def _adjusted(
        self, line: str, adjust: Adjust, exact: Fraction | None, before: Sequence[_Set]
    ) -> tuple[Fraction | None, str]:
        by = next((one for one in before if one.plan.name == adjust.by), None)
        words = self._adjust_words(line, adjust, before)
        if by is None or by.reps is None:
            return exact, words
        for band, change in adjust.bands.items():
            if _in(band, by.reps):
                value = self._changed(line, exact, change, before, [], spoken=by)
                if exact is None or not isinstance(value, Fraction):
                    return (value if isinstance(value, Fraction) else exact), words
                taken = all(notation.change(each).sign < 0 for each in _each_change(change))
                return (self._no_less(line, exact, value) if taken else value), words
        return exact, words

    @property
    def _unit(self) -> str:
        return "kg" if self.owned.unit is LoadUnit.GRAM else "lb"

    def _adjust_words(self, line: str, adjust: Adjust, before: Sequence[_Set]) -> str:
        """``adjusted by the third set: 0-2 repetitions -5 kg, 3-4 -2.5 kg``: what has to be known under the bar."""
        bands: list[str] = []
        for band, change in adjust.bands.items():
            one = change if isinstance(change, str | int | float) else None
            said = None if one is None else notation.change(one)
            amount = None if said is None or said.relative or not said.sign else self._amount(line, said.amount, ())
            if said is not None and isinstance(amount, Fraction):
                text = f"{'+' if said.sign > 0 else '-'}{float(amount):g} {self._unit}"
            else:
                text = change_words(change)
            bands.append(f"{band}{'' if bands else ' repetitions'} {text}")
        return f"adjusted by {_set_words(adjust.by, before)}: {', '.join(bands)}"

    # ---------------------------------------------------------------- after a session
    def _again(self, today: Sequence[_Today], slot: _Slot) -> None:
        """What hurt has its week again the next time, where weeks alone say what is done; all else goes on.

        Where all of it hurt, or what hurt does not come another time by itself, whoever keeps the calendar lets the
        whole session come again; where what is missed is skipped, and days are kept, the last week does, once for
        all of a week that hurt, and each time that it was red.
        """
        hurt = [one for one in today if _sore([one]) and not _left_out([one])]
        whole = all(_sore([one]) for one in today) or any(one.once for one in hurt)
        week = slot.week + slot.late
        red = any(one.outcome is not None and one.outcome.red for one in hurt)
        if hurt and whole and self.protocol.goes_by_weeks and self.protocol.missed == "skipped":
            self.late += red or week != self._late_since
            self._late_since = week
        for one in today:
            one.again = self.protocol.goes_by_weeks and not whole and _sore([one]) and not _left_out([one])
            if not one.again:
                del one.due[0]

    def _after(self, one: _Today, ordinal: int, *, skipped: bool, week_again: bool) -> None:
        """Counts a session of one line, and applies the rules of its scheme.

        A line that was left out stays as it was, except for what the calendar alone decides.  Where what is
        missed is skipped, or was passed over, its turn is over, and whatever asks for no success or failure happens
        all the same.
        """
        progress, now = one.progress, one.now
        left_out = skipped or (one.outcome is not None and not one.outcome.done)
        for_good = one.outcome is not None and one.outcome.passed
        passed_over = left_out and not skipped and (for_good or self.protocol.missed == "skipped")
        working = [each for each in one.sets if each.counts]
        if left_out:
            progress.leave_out()
            progress.done += passed_over
        else:
            self._learn(one, working)
            progress.count([one], working, one.rules)
            progress.done -= one.again or week_again
        applied: list[Rule] = []
        waits = False
        for rule in one.rules:
            if not now.holds(rule, progress.done) or not self._applies(rule, progress, [one], working):
                continue
            if not self._can(rule, one) or (left_out and not _by_calendar(rule, whatever=passed_over)):
                continue
            unasked = (rule.symptoms is None and rule.red is None) or _doubtful([one])
            if _sore([one]) and unasked and self._raises(rule, one, working):
                waits = True
                progress.holds_up(rule)
                continue
            progress.used(rule)
            if _for_no_success(rule) and self._lowers(rule, one, working):
                progress.succeed_anew()
            applied.append(rule)
            self._apply(rule, one, working)
            if not rule.more:
                break
        if one.outcome is not None and one.outcome.red and not applied and not left_out:
            applied += self._step_back(one, now, working)
        if one.outcome is not None:
            met, below = progress.whole.met, progress.whole.below
            painless = not one.outcome.pain and not one.outcome.morning
            expected = met and painless and not left_out and all(each.as_expected for each in one.sets)
            step = Step(ordinal, one.line, one.exercise, tuple(applied), met, below, expected, one.outcome, waits)
            again: Literal["", "line", "programme"] = "line" if one.again else "programme" if week_again else ""
            self.steps.append(replace(step, part=one.part, again=again))

    def _apply(self, rule: Rule, one: _Today, working: Sequence[_Set]) -> None:
        state = self.lines[one.line]
        for name, change in rule.do.items():
            if name == "stage":
                one.progress.move(str(change), list(self.protocol.schemes[one.scheme].stages))
            elif name == "exercise":
                state.rung = _rung(self.protocol.lines[one.line].ladder, state.rung, str(change))
            else:
                spoken = _spoken(rule, one.sets, working)
                was = state.values.get(name)
                state.values[name] = self._changed(one.line, was, change, one.sets, working, name, spoken, told=True)

    def _step_back(self, one: _Today, now: _Now, working: Sequence[_Set]) -> list[Rule]:
        """After strong symptoms the first rule for a session that went badly, whatever it waits for; often none."""
        for rule in one.rules:
            if not now.holds(rule, one.progress.done) or not self._can(rule, one) or not _for_bad_days(rule):
                continue
            if self._lowers(rule, one, working):
                one.progress.used(rule)
                self._apply(rule, one, working)
                return [rule]
        return []

    def _raises(self, rule: Rule, one: _Today, working: Sequence[_Set]) -> bool:
        """Whether a rule asks for more than before, and for less of nothing."""
        ups, downs = self._moves(rule, one, working)
        return ups > 0 and downs == 0

    def _lowers(self, rule: Rule, one: _Today, working: Sequence[_Set]) -> bool:
        """Whether a rule asks for less than before, and for more of nothing."""
        ups, downs = self._moves(rule, one, working)
        return downs > 0 and ups == 0

    def _moves(self, rule: Rule, one: _Today, working: Sequence[_Set]) -> tuple[int, int]:
        """Of how many values, stages and exercises a rule asks for more than before, and of how many for less.

        Longer rests, and longer walks between runs, are neither.
        """
        state = self.lines[one.line]
        ups = downs = 0
        for name, change in rule.do.items():
            if name in ("stage", "exercise"):
                ladder = self.protocol.lines[one.line].ladder
                stages = list(self.protocol.schemes[one.scheme].stages) if name == "stage" else []
                at, names = (
                    (stages.index(one.progress.stage), stages) if name == "stage" else (state.rung, list(ladder))
                )
                to = names.index(change) if change in names else at + {"next": 1, "end": 1}.get(str(change), -1)
                ups, downs = ups + (to > at), downs + (to < at)
                continue
            if (one.line, name) in self._recoveries:
                continue
            was = state.values.get(name)
            now = self._changed(one.line, was, change, one.sets, working, name, _spoken(rule, one.sets, working))
            pairs = zip(*(value if isinstance(value, tuple) else (value,) for value in (was, now)), strict=False)
            moves = [(after > before) - (after < before) for before, after in pairs if None not in (before, after)]
            ups, downs = ups + (1 in moves), downs + (-1 in moves)
        return ups, downs

    def _after_all(self, today: Sequence[_Today], now: _Now, *, skipped: bool) -> None:
        """Counts a whole session, and applies the rules of the phase."""
        names = list(self.protocol.phases)
        if not names:
            return
        progress = self.phase
        rules = self.protocol.phases[progress.stage].after
        working = [each for one in today for each in one.sets if each.counts]
        if not skipped:
            progress.count(today, working, rules)
        for rule in rules:
            seen = _apart_from(today, rule.limits_pain)
            if now.holds(rule, progress.done) and self._applies(rule, progress, seen, working):
                if not _by_calendar(rule) and self._phase_waits(rule, seen, skipped=skipped):
                    progress.holds_up(rule)
                    continue
                progress.used(rule)
                if "phase" in rule.do:
                    progress.move(str(rule.do["phase"]), names)
                return

    def _phase_waits(self, rule: Rule, today: Sequence[_Today], *, skipped: bool) -> bool:
        """Whether a rule of the phase has to wait: what leads up after symptoms, and whatever a session left out.

        What leads back because of pain waits for nothing: the worse the pain, the more it has to hold.
        """
        names = list(self.protocol.phases)
        to, at = str(rule.do.get("phase", "")), names.index(self.phase.stage)
        back = to == "previous" or (to in names and names.index(to) < at)
        if back and rule.limits_pain and not skipped:
            return False
        if (rule.symptoms is not None or rule.red is not None) and (back or not _doubtful(today)):
            return False
        return skipped or _left_out(today) or (_sore(today) and not back)

    def _learn(self, one: _Today, working: Sequence[_Set]) -> None:
        """A load that was not known becomes the one that was used."""
        if one.outcome is not None:
            for name, found in one.outcome.values.items():
                rounded = self._rounded(one.line, name, notation.stated(found).number)
                self.lines[one.line].values[name] = rounded
        for each in working:
            if not each.told or each.row.load is None or each.row.load == "find" or each.used is None:
                continue
            amount = notation.amount(each.row.load)
            values = self.lines[one.line].values
            if amount.name is None or amount.line is not None or amount.share != 1 or amount.more:
                continue
            if values.get(amount.name) is None and amount.name in self.protocol.lines[one.line].state:
                values[amount.name] = self._rounded(one.line, amount.name, each.used)

    def _applies(self, rule: Rule, progress: _Progress, today: Sequence[_Today], working: Sequence[_Set]) -> bool:
        everything = [each for one in today for each in one.sets]
        named = None if rule.set is None else _named(rule.set, everything)
        if named == []:
            return False  # that set is not done today
        tally = progress.tallies[rule.of_set]
        if rule.successes is not None and tally.streak(rule) < rule.successes:
            return False
        if rule.failures is not None and tally.failures < rule.failures:
            return False
        if rule.done is not None and not _in(rule.done, progress.done) and rule not in progress.waiting:
            return False
        if rule.met is not None and not (tally.reached and not _sore(today) if rule.met else tally.below):
            return False
        outcomes = [one.outcome for one in today if one.outcome is not None]
        if rule.symptoms is not None and rule.symptoms != any(outcome.sore for outcome in outcomes):
            return False
        if rule.red is not None and rule.red != any(outcome.red for outcome in outcomes):
            return False
        if not _pain_fits(rule.pain, outcomes, "pain") or not _pain_fits(rule.morning, outcomes, "morning"):
            return False
        told = [outcome.effort for outcome in outcomes if outcome.effort is not None]
        reported = max(told) if told else _target_effort(working)
        if rule.rpe is not None:
            if reported is None or not _effort_fits(rule.rpe, reported, [one.rpe for one in today[0].rules]):
                return False
        if rule.rir is not None:
            # fewer in reserve is harder: what is between two whole numbers counts as the lower
            least = None if reported is None else -(10 - reported)
            if least is None or not _effort_fits(rule.rir, least, [one.rir for one in today[0].rules]):
                return False
        if rule.reps is not None:
            counted = _spoken(rule, everything, working)
            if counted is None or counted.reps is None:
                return False
            if not self._fits(today[0].line, notation.compared(rule.reps, whole=True), counted.reps, counted.element):
                return False
            if counted.lighter and not counted.below:
                return False  # repetitions with less than was asked for earn nothing
        lengths: tuple[tuple[Any, notation.Measured], ...] = ((rule.seconds, "time"), (rule.metres, "distance"))
        for wanted, measure in lengths:
            if wanted is not None:
                counted = _spoken(rule, everything, working)
                length = None if counted is None or counted.lighter else counted.length(measure)
                element = 0 if counted is None else counted.element
                asked = notation.compared(wanted, whole=False)
                if length is None or not self._fits(today[0].line, asked, length, element):
                    return False
        if rule.total is not None:
            summed = [each for each in everything if each.plan.name == rule.of_set] if rule.of_set else working
            if not self._total_fits(today[0].line, rule.total, summed):
                return False
        for said, wanted in rule.state.items():
            line, _, name = said.rpartition(".")
            value = self.lines[line or today[0].line].values.get(name)
            if value is None:
                return False
            for single in value if isinstance(value, tuple) else (value,):
                if not any(single in one for one in notation.ranges(wanted)):
                    return False
        return True

    def _fits(
        self, line: str, wanted: Iterable[notation.Range | notation.Between], number: Fraction | int, element: int = 0
    ) -> bool:
        """Whether a number is in one of some ranges, or between what values come to; of lists the entry of its set."""
        for one in wanted:
            if isinstance(one, notation.Range):
                if number in one:
                    return True
                continue
            low = _element(self._amount(line, one.low, ()), element)
            high = None if one.high is None else _element(self._amount(line, one.high, ()), element)
            if low is None or low > number or (one.high is not None and (high is None or number > high)):
                continue
            return True
        return False

    def _total_fits(self, line: str, stated: Any, working: Sequence[_Set]) -> bool:
        """Whether the repetitions of all working sets are what a rule asks for.

        What a value comes to is reached by no less load than was asked for, and by no number of rounds that nobody
        has told.
        """
        wanted = notation.compared(stated, whole=True)
        if any(isinstance(one, notation.Between) for one in wanted):
            if _total(working) is None or any(each.lighter and not each.below for each in working):
                return False
        return self._fits(line, wanted, sum(each.reps or 0 for each in working))

    def _can(self, rule: Rule, one: _Today) -> bool:
        """Whether the exercise can change as the rule asks; at the end of a ladder it cannot."""
        change = rule.do.get("exercise")
        if change is None:
            return True
        ladder, rung = self.protocol.lines[one.line].ladder, self.lines[one.line].rung
        return _rung(ladder, rung, str(change)) != rung

    def _changed(
        self,
        line: str,
        value: Value,
        change: Any,
        today: Sequence[_Set],
        working: Sequence[_Set],
        name: str = "",
        spoken: _Set | None = None,
        *,
        told: bool = False,
    ) -> Value:
        """A value after a change or a list of changes; ``spoken`` is the set whose repetitions they may count.

        A value that is a load is rounded down to one owned where it is set, or cut by a share; steps and
        raises by a share add up, so that one smaller than the plates allow is not lost.  No step down leads
        to nothing (``_at_least``); with ``told`` it is noted where one would have.
        """
        if isinstance(change, tuple | list):
            if len(change) > 1 and all(notation.change(each).sign == 0 for each in change):
                return self._listed(line, value, change, today, name, told=told)
            for each in change:
                value = self._changed(line, value, each, today, working, name, spoken, told=told)
            return value
        said = notation.change(change)
        amount = said.amount.number if said.relative else self._amount(line, said.amount, today)
        if said.sign == 0:
            if self._uses.get((line, name)) == "load":
                amount = self._load_of(line, said.amount, today, told=told)
            if amount is None and any(term.line == "today" for term in said.amount.terms):
                return value  # it was tried, and not done
            if isinstance(value, tuple) and isinstance(amount, Fraction):
                amount = (amount,) * len(value)
            return self._rounded(line, name, amount)
        if value is None or amount is None or isinstance(amount, tuple):
            return value
        step = amount * (spoken.beyond(said.per) if said.per and spoken else 0 if said.per else 1)

        def moved(one: Fraction) -> Fraction:
            to = stepped(one)
            return to if to >= one else self._at_least(line, name, one, to, told=told)

        def stepped(one: Fraction) -> Fraction:
            if not said.relative or said.sign > 0:
                return max(Fraction(0), one + said.sign * step * (one if said.relative else 1))
            base = self._rounded(line, name, one)
            rounded = self._rounded(line, name, base * (1 + said.sign * step) if isinstance(base, Fraction) else one)
            return rounded if isinstance(rounded, Fraction) else one

        if isinstance(value, Fraction):
            return moved(value)
        chosen = _chosen(value, said, working)
        return tuple(moved(one) if i in chosen else one for i, one in enumerate(value))

    def _listed(
        self, line: str, value: Value, settings: Sequence[Any], today: Sequence[_Set], name: str, *, told: bool
    ) -> Value:
        """A list that is set entry by entry; an entry that is not known stays as it was."""
        found: list[Fraction] = []
        for at, each in enumerate(settings):
            to = self._changed(line, _element(value, at), each, today, [], name, told=told)
            number = _element(to, at)
            if number is None:
                return value
            found.append(number)
        return tuple(found)

    def _at_least(self, line: str, name: str, was: Fraction, to: Fraction, *, told: bool) -> Fraction:
        """Where a step down leads: a load no lower than the lightest owned, a count not below 1.

        A time or a distance that would come to nothing stays as it was; so does what began lower.
        """
        match self._uses.get((line, name)):
            case "load":
                # what began without a load may come back to it
                bare = self.lines[line].start.get(name) == 0
                least = Fraction(0) if bare else min(was, self._lightest(line))
                unit = f" {self._unit}"
                words = f"below the lightest load owned; it stays at {float(least):g}{unit}"
            case "count":
                least, unit = min(was, Fraction(1)), ""
                words = f"below one; it stays at {float(least):g}"
            case "length":
                least, unit, words = was if to <= 0 else to, "", "which is no length; it stays as it was"
            case _:
                return to
        if to >= least:
            return to
        if told and (line, name) not in self._lowest:
            self._lowest.add((line, name))
            fell = f"after session {self._ordinal} {name} would fall to {float(to):g}{unit}"
            self.notes.append(f"{line.replace('_', ' ')}: {fell}, {words}")
        return least


# -------------------------------------------------------------------- helpers
def _sore(today: Iterable[_Today]) -> bool:
    """Whether symptoms were reported, or pain that may be more than before."""
    return any(one.outcome is not None and (one.outcome.sore or one.outcome.doubtful) for one in today)


def _doubtful(today: Iterable[_Today]) -> bool:
    """Whether pain was reported that nobody can compare with the pain before."""
    return any(one.outcome is not None and one.outcome.doubtful for one in today)


def _apart_from(today: Sequence[_Today], limits: Collection[PainTold]) -> list[_Today]:
    """A session as a rule sees it that limits pain itself: without the symptoms that came from such pain alone."""
    found: list[_Today] = []
    for one in today:
        told = one.outcome
        if told is not None and told.symptoms_from and all(pain in limits for pain in told.symptoms_from):
            found.append(copy.copy(one))
            found[-1].outcome = told.model_copy(update={"symptoms": False, "red": False, "doubtful": False})
        else:
            found.append(one)
    return found


def _pain_fits(wanted: Any, outcomes: Sequence[Outcome], which: PainTold) -> bool:
    """Whether pain is within what a rule asks for; without a word on it there was none, unless there were symptoms."""
    told = [found for outcome in outcomes if (found := getattr(outcome, which)) is not None]
    if wanted is None:
        return True
    if not told and any(outcome.sore for outcome in outcomes):
        return False
    return _in(wanted, max(told, default=0))


def _effort_fits(wanted: Any, reported: float, every: Iterable[Any]) -> bool:
    """Whether an effort, or repetitions in reserve with a minus, is in a range.

    Where no range of the rules has a fraction, one between two whole numbers counts as the harder.
    """
    whole = not any(
        end is not None and end.denominator > 1
        for stated in every
        if stated is not None
        for one in notation.ranges(stated)
        for end in (one.low, one.high)
    )
    number = abs(Fraction(math.ceil(reported)) if whole else notation.exact(reported))
    return any(number in one for one in notation.ranges(wanted))


def _effort_of(one: Row | Stage) -> tuple[float, float] | None:
    """The lowest and the highest effort that a row or a stage asks for; None where it says nothing."""
    stated = one.rpe if one.rpe is not None else one.rir
    if stated is None:
        return None
    found = notation.effort(stated)
    low, high = float(found.low), float(found.high or 0)
    return (low, high) if one.rpe is not None else (10 - high, 10 - low)


def _for_bad_days(rule: Rule) -> bool:
    """Whether a rule waits for failure or symptoms, and for no number of repetitions and no effort: those were seen."""
    measured = (rule.reps, rule.seconds, rule.metres, rule.total, rule.rpe, rule.rir, rule.successes)
    bad = rule.met is False or rule.failures is not None or rule.symptoms is True or rule.red is True
    return (
        bad
        and not rule.limits_pain
        and not rule.met
        and rule.symptoms is not False
        and all(ask is None for ask in measured)
    )


def _for_no_success(rule: Rule) -> bool:
    """Whether a rule looks at how a session went, and asks for no success: a step down by it ends what went well."""
    return rule.looks and not rule.met and rule.successes is None


def _left_out(today: Iterable[_Today]) -> bool:
    """Whether a line of the session was not done at all."""
    return any(one.outcome is not None and not one.outcome.done for one in today)


def _by_calendar(rule: Rule, *, whatever: bool = False) -> bool:
    """Whether a rule holds whatever was done: because of the week or the round, or (``whatever``) of any turn."""
    dated = rule.weeks is not None or rule.rounds is not None
    return (dated or whatever) and not rule.looks


def _name_parts(today: Sequence[_Today]) -> None:
    """Names the items of a session: by the line; where it has several, by their schemes too, or by number."""
    several = {one.line for one in today if sum(other.line == one.line for other in today) > 1}
    taken: set[str] = set()
    for one in today:
        words = one.line.replace("_", " ")
        if one.line in several and not one.item.sets:
            words = f"{words} {one.scheme.replace('_', ' ')}"
        one.part = next(
            name for n in range(1, len(today) + 2) if (name := words if n == 1 else f"{words} {n}") not in taken
        )
        taken.add(one.part)


def _spoken(rule: Rule, sets: Sequence[_Set], working: Sequence[_Set]) -> _Set | None:
    """The set whose repetitions a rule speaks of: the one it names, else the last open one, else the last."""
    named = [] if rule.set is None else _named(rule.set, sets)
    if rule.set and not named:
        return None  # that set is not done today
    counted = named or [each for each in working if each.plan.open or each.plan.lasting] or working
    return counted[-1] if counted else None


def _named(name: str, sets: Sequence[_Set]) -> list[_Set]:
    """The sets of a name that were asked for; where none had to be, those that were done."""
    named = [each for each in sets if each.plan.name == name]
    return [each for each in named if not each.plan.optional] or [each for each in named if each.counts]


def _total(working: Sequence[_Set]) -> int | None:
    """The repetitions of all working sets; None where as many rounds go in a time as nobody has told."""
    if any(each.plan.round for each in working) and not any(each.counted for each in working):
        return None
    return sum(each.reps or 0 for each in working)


def _sum(value: Value, sign: int, other: Value) -> Value:
    """One value and another, of lists entry by entry."""
    if value is None or other is None:
        return None
    if isinstance(value, Fraction) and isinstance(other, Fraction):
        return max(Fraction(0), value + sign * other)
    length = max(len(each) for each in (value, other) if isinstance(each, tuple))
    pairs = [(_element(value, at), _element(other, at)) for at in range(length)]
    return tuple(max(Fraction(0), one + sign * two) for one, two in pairs if one is not None and two is not None)


def _each_change(change: Any) -> tuple[Any, ...]:
    """The changes of a list of them; one alone."""
    return tuple(change) if isinstance(change, tuple | list) else (change,)


def _share(amount: notation.Amount, value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(amount.share * one for one in value)
    return None if value is None else amount.share * value


def _element(value: Value, at: int) -> Fraction | None:
    if isinstance(value, tuple):
        return value[min(at, len(value) - 1)] if value else None
    return value


def _chosen(value: tuple[Fraction, ...], said: notation.Change, working: Sequence[_Set]) -> set[int]:
    """Which of a list of values a change is for."""
    if said.which == "one":
        return {value.index(min(value))} if said.sign > 0 else {len(value) - 1 - value[::-1].index(max(value))}
    if said.which in ("met", "missed"):
        wanted = said.which == "met"
        return {each.element for each in working if (each.met if wanted else each.below)}
    return set(range(len(value)))


def _rung(ladder: Sequence[str], rung: int, change: str) -> int:
    if change == "next":
        return min(rung + 1, len(ladder) - 1)
    if change == "previous":
        return max(rung - 1, 0)
    return ladder.index(change)


def _merged(stage: Stage, scheme: Scheme) -> Stage:
    """A stage with what the scheme says of every stage."""
    if stage is scheme:
        return scheme
    effort = stage.rir is not None or stage.rpe is not None
    names = ["rest", "tempo", "side", "bouts_a_day", "note", *([] if effort else ["rir", "rpe"])]
    return stage.model_copy(update={n: getattr(scheme, n) for n in names if getattr(stage, n) is None})


def told_sets(sets: Sequence[PlannedSet], count: int) -> list[PlannedSet]:
    """The sets of a session that so many told ones are: warm-ups and what is behind the least may be left out.

    A total is all the sets that are told beyond the others; warm-ups are none of them.
    """
    working = [one for one in sets if one.working]
    if any(one.in_all for one in working):
        asked = [one for one in working if not one.optional]
        first = next(one for one in working if one.in_all)
        spare = max(0, count - len(asked))
        return [one for each in asked for one in [each] * (1 + spare * (each is first))]
    whole = count > len(working) and count >= sum(not one.optional for one in sets)
    pool = sets if whole else working
    more = count - sum(not one.optional for one in pool)
    optional = {id(one) for one in [one for one in pool if one.optional][: max(0, more)]}
    return [one for one in pool if not one.optional or id(one) in optional]


def _with_rests(rows: Iterable[_OneSet]) -> Iterator[_OneSet]:
    """Sets with what is written as a row of rest behind them as their rest; among running and walking it stays."""
    before: _OneSet | None = None
    for one in rows:
        row = one[0]
        if before is not None and row.kind == "rest" and row.time is not None and before[0].kind in _AT_REST:
            before = before[0].model_copy(update={"rest": row.time}), *before[1:]
            continue
        if before is not None:
            yield before
        before = one
    if before is not None:
        yield before


def _unrolled(
    machine: _Machine, line: str, stage: Stage, rows: Sequence[Row], now: _Now, turn: int
) -> Iterator[_OneSet]:
    """Each set as its row, with its number among the sets of the row."""
    for row in rows:
        if not now.holds(row, turn):
            continue
        if row.of:
            yield from _in_turn(machine, line, stage, row, now, turn)
            continue
        spelled = row.spelled()
        if spelled != (row,):
            yield from ((each, element, 0) for element, each in enumerate(spelled))
            continue
        if row.sets is not None:
            count = machine._sets_of(line, row.sets)[1]
        else:
            count = max([len(value) for value in machine.listed(line, row)], default=1)
        for element in range(count):
            yield row, element, 0


def _in_turn(machine: _Machine, line: str, stage: Stage, row: Row, now: _Now, turn: int) -> Iterator[_OneSet]:
    once = list(_one_turn(row, _with_rests(_unrolled(machine, line, stage, row.of, now, turn))))
    if row.repeat is not None:
        for _ in range(machine.times(line, row.repeat)):
            yield from once
        return
    kind, end = machine.until(line, row)
    if kind == "distance":
        # how often depends on speed: once in turn, until the distance is done
        far = end.high / METRES_IN[end.far_in] if end.far_in else end.high
        whole = row.until if until_value(row.until or "") is None else f"{float(far):g} {end.far_in or 'm'}"
        yield from ((each.model_copy(update={"until": whole}), element, 0) for each, element, _ in once)
        return
    if end.high <= 0:
        return
    if not all(each.time is not None or each.every is not None for each, *_ in once):
        yield from _rounds(once, f"{float(end.high):g} s")
        return
    left = end.high
    least = LEAST_SECONDS if all(each.time is not None for each, *_ in once) else 1
    for _ in range(MOST_ROUNDS):
        if left < least or not once:
            return
        for each, element, _ in once:
            if left < least:
                break
            work, rest = machine.lasts(line, stage, each, element)
            if work + rest <= 0:
                return
            cut = {"time": f"{float(left):g} s"} if each.time is not None and left < work else {}
            yield each.model_copy(update=cut), element, 0
            left -= work + rest


def _one_turn(row: Row, sets: Iterable[_OneSet]) -> Iterator[_OneSet]:
    """The sets of one turn with the note of the row that repeats them, the last with its rest."""
    found = list(sets)
    for n, (each, element, number) in enumerate(found):
        rests = {"rest": row.rest} if row.rest is not None and n + 1 == len(found) else {}
        note = "; ".join(filter(None, (each.note, row.note))) or None
        yield each.model_copy(update={"note": note, **rests}), element, number


def _rounds(once: Sequence[_OneSet], until: str) -> Iterator[_OneSet]:
    """Rounds of which nobody knows how many go in a time: one is asked for, the others may be done and are counted."""
    for number in range(1, max(2, MOST_SETS // max(1, len(once))) + 1):
        spare = {} if number == 1 else {"sets": _MAY_BE_LEFT_OUT}
        yield from ((each.model_copy(update={"until": until, **spare}), element, number) for each, element, _ in once)


def _open_length(row: Row) -> notation.Measure | None:
    """The time, hold or distance of a row that is open."""
    stated = ((row.time, notation.time), (row.hold, notation.time), (row.distance, notation.distance))
    found = [parse(text) for text, parse in stated if text is not None]
    return next((one for one in found if one.open), None)


def _expected_length(row: Row) -> int:
    """Seconds or metres that a row says a forecast takes."""
    parse = notation.distance if row.distance is not None else notation.time
    return round(parse(row.expect or "").low)


def _until(row: Row, kind: notation.Measured) -> int | None:
    """Seconds or metres until which a set is done in turn with others; None where the row says no such limit."""
    found = None if row.until is None else limit(row.until)
    return None if found is None or found[0] != kind else round(found[1].high)


def _told(everything: Sequence[tuple[_Today, _Set]], outcomes: Sequence[Outcome]) -> None:
    """What was done of each set; targets where nothing is said."""
    reps = [count for outcome in outcomes for count in outcome.repetitions]
    seconds = [length for outcome in outcomes for length in outcome.seconds]
    metres = [length for outcome in outcomes for length in outcome.metres]
    counted = [each for _, each in everything if each.plan.repetitions is not None]
    if reps:
        counted = _these(counted, len(reps))
    timed = _these([each for _, each in everything if each.plan.timed is not None and each.plan.working], len(seconds))
    far = _these([each for _, each in everything if each.plan.distance is not None and each.plan.working], len(metres))
    for one, each in everything:
        each.reps = each.expected
        one.outcome = _together(outcomes)
    covered: set[int] = set()
    for each, count in zip(counted, reps, strict=False):
        # of a total each set adds to those before it
        each.reps = count + (each.reps or 0 if id(each) in covered else 0)
        each.counted = True
        covered.add(id(each))
    for each, length in zip(timed, seconds, strict=False):
        each.seconds = notation.exact(length)
    for each, length in zip(far, metres, strict=False):
        each.metres = notation.exact(length)
    loads = [load for outcome in outcomes for load in outcome.loads]
    for each, used in zip(counted or timed or far, loads, strict=False):
        if used is not None:
            # a total was done with the lightest of its loads
            before = [each.used] if each.plan.in_all and each.told and each.used is not None else []
            each.used, each.told = min([notation.exact(used), *before]), True
    for one in {id(one): one for one, _ in everything}.values():
        own = [each for each in one.sets if each in counted]
        own = [each for each in own if not each.plan.optional or id(each) in covered]
        if any(id(each) in covered for each in own):
            # an item that was begun: what is not told of it was not done
            for each in own:
                each.reps = each.reps if id(each) in covered else 0
        _not_reached([each for each in one.sets if each.plan.working and not each.plan.optional])
    load = one_load(outcomes)
    if load is None:
        return
    unknown = [each for _, each in everything if each.row.load == "find"]
    for each in unknown or [each for _, each in everything if each.row.load is not None and each.plan.working]:
        each.used, each.told = load, True


def _not_reached(sets: Sequence[_Set]) -> None:
    """Timed sets and distances of an item that was begun: what is not told was not done, as of repetitions."""
    if any(each.seconds is not None for each in sets):
        for each in sets:
            if each.plan.timed is not None and each.seconds is None:
                each.seconds = Fraction(0)
    if any(each.metres is not None for each in sets):
        for each in sets:
            if each.plan.distance is not None and each.metres is None:
                each.metres = Fraction(0)


def _these(sets: Sequence[_Set], count: int) -> list[_Set]:
    """The sets that so many told ones are."""
    by_plan = {id(each.plan): each for each in sets}
    return [by_plan[id(one)] for one in told_sets([each.plan for each in sets], count)]


def one_load(outcomes: Sequence[Outcome]) -> Fraction | None:
    """The load that was told, None when none was."""
    return next((notation.exact(outcome.load) for outcome in outcomes if outcome.load is not None), None)


def _together(outcomes: Sequence[Outcome]) -> Outcome | None:
    """One outcome of several for the same line and session: the worst of each."""
    if not outcomes:
        return None
    efforts = [outcome.effort for outcome in outcomes if outcome.effort is not None]
    load = one_load(outcomes)
    return outcomes[0].model_copy(
        update={
            "rpe": max(efforts, default=None),
            "symptoms": any(outcome.sore for outcome in outcomes),
            "symptoms_from": _from_pain(outcomes),
            "red": any(outcome.red for outcome in outcomes),
            "doubtful": any(outcome.doubtful for outcome in outcomes),
            "pain": max((one.pain for one in outcomes if one.pain is not None), default=None),
            "morning": max((one.morning for one in outcomes if one.morning is not None), default=None),
            "load": None if load is None else float(load),
        }
    )


def _from_pain(outcomes: Sequence[Outcome]) -> tuple[PainTold, ...]:
    """The pain that alone made the symptoms of several outcomes; nothing where one had others too."""
    hurt = [one.symptoms_from for one in outcomes if one.sore or one.doubtful]
    return tuple(sorted({pain for one in hurt for pain in one})) if all(hurt) else ()


def _target_effort(working: Sequence[_Set]) -> float | None:
    return max((each.plan.effort for each in working if each.plan.effort is not None), default=None)


def _reps_text(plan: PlannedSet) -> str:
    low, high = plan.repetitions or (1, 1)
    noun = "repetition" if (low, high) == (1, 1) else "repetitions"
    return f"{low} {noun}" if low == high else f"{low} to {high} {noun}"


def _work_text(plan: PlannedSet) -> str:
    """What is done of a set, beside which its length stands already."""
    if plan.repetitions is None and plan.timed is not None:
        return "that time"
    return "that distance" if plan.repetitions is None and plan.distance is not None else _reps_text(plan)


def _percent(stated: Any) -> str:
    """``65% tm`` or ``65% tm + 2.5`` as it was written, in one form; empty for a number."""
    amount = notation.amount(stated)
    if all(term.name is None for term in amount.terms):
        return ""
    signs = ["", *(" + " if sign > 0 else " - " for sign, _ in amount.more)]
    return "".join(f"{sign}{_term_text(term)}" for sign, term in zip(signs, amount.terms, strict=True))


def _term_text(amount: notation.Amount) -> str:
    if amount.name is None:
        return f"{float(amount.number or 0):g}"
    name = f"{amount.line}.{amount.name}" if amount.line else amount.name
    return name if amount.share == 1 else f"{float(amount.share * 100):g}% {name}"


def _find_words(plan: PlannedSet) -> str:
    """How the load of a set is found today: the heaviest, or where less than that is asked for, by its effort."""
    if plan.effort is None or _maximal(plan):
        return f"the heaviest for {_work_text(plan)} today"
    verb = "is" if plan.repetitions in (None, (1, 1)) else "are"
    return f"a load at which {_work_text(plan)} {verb} {effort_words(plan.effort_from, plan.effort)}"


def _maximal(plan: PlannedSet) -> bool:
    """Whether nothing is left in reserve, as of the heaviest load for so many repetitions."""
    return plan.effort is None or (plan.effort >= 10 and plan.effort_from is None)


def _today_words(amount: notation.Amount, before: Sequence[_Set], what: Literal["load", "repetitions"] = "load") -> str:
    """``85 % of today's 6RM`` or ``the load of the top set``, and what is added to it."""
    if amount.more:
        signs = ["", *(" + " if sign > 0 else " - " for sign, _ in amount.more)]
        terms = [replace(amount, more=()), *(term for _, term in amount.more)]
        said = [_today_words(t, before, what) if t.line == "today" else percent_words(_term_text(t)) for t in terms]
        return "".join(map("".join, zip(signs, said, strict=True)))
    share = f"{float(amount.share * 100):g} % of " if amount.share != 1 else ""
    found = next((one.plan for one in before if one.plan.name == amount.name), None)
    if what == "load" and found is not None and found.found and found.repetitions is not None and _maximal(found):
        return f"{share or 'the load of '}today's {found.repetitions[0]}RM"
    return f"{share}the {what} of {_set_words(str(amount.name), before)}"


def _set_words(name: str, before: Sequence[_Set]) -> str:
    """``the top set``; ``today's first set`` where its name is no word: by its number among those of its kind."""
    if named := named_set(name):
        return f"the {named}"
    plan = next((one.plan for one in before if one.plan.name == name), None)
    if plan is None:
        return f"set {name}"
    alike = [one.plan for one in before if one.plan.working == plan.working]
    number = alike.index(plan) + 1
    kind = "" if len(alike) == len(before) else "working " if plan.working else "warm-up "
    return f"today's {_ORDINALS[number - 1]} {kind}set" if number <= len(_ORDINALS) else f"today's {kind}set {number}"
