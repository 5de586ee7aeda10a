"""From a protocol to a programme: dates, doses, and the rules that it breaks.

Nothing is planned here.  ``planner.progression.protocol`` says what each session holds; this module
puts the sessions on days, says their doses in the words of every other programme, and has the rules
look at them.  For a patient it refuses what the findings do not allow.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import uuid
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, groupby, takewhile
from typing import Any, Final, Literal

from planner import __version__
from planner.domain import notation
from planner.domain.case import Case
from planner.domain.directions import Direction, Side
from planner.domain.dose import (
    DAY_SECONDS,
    LEAST_SECONDS,
    MOST_REST,
    MOST_ROUNDS,
    MOST_SETS,
    USUAL_OF_A_TOTAL,
    Dose,
    DoseKind,
    FarUnit,
    Load,
    LoadUnit,
    SetRow,
    middle,
)
from planner.domain.exercise import SECTION_OF, Exercise, Implement, Section, Track
from planner.domain.patient import Conditions, Equipment, Irritability, Weekday
from planner.domain.programme import (
    Item,
    Phase,
    Programme,
    ProtocolRecord,
    Provenance,
    RuleBreak,
    RuleRecord,
    Session,
    SessionKind,
    Status,
    Week,
)
from planner.domain.protocol import EASY_KINDS, Build, Outcome, PainTold, Protocol, Row, Rule
from planner.errors import InvalidInput, NoProgramme
from planner.export.text import distance_text, duration_text, effort_text, span_text
from planner.intake.canonical import sha256
from planner.intake.validate import did_you_mean
from planner.progression.ladder import State
from planner.progression.loads import available, owned, setup_at
from planner.progression.protocol import (
    Forecast,
    OwnedLoads,
    PlannedItem,
    PlannedSession,
    PlannedSet,
    run,
)
from planner.progression.protocol_words import percent_words, progression_words, sequence_words
from planner.rules import RULES, endurance, overload, records
from planner.rules.base import Violation, is_off, values
from planner.rules.limits import CountCap, Per

#: Protocol programmes get their ids in this name space; it must never change.
NAMESPACE: Final = uuid.UUID("0e7f8f55-3f0b-5c7e-8f44-b2f1a6f0a9d3")
#: Days of the week when nobody says, by how many there are.
USUAL_DAYS: Final = {
    1: (Weekday.MON,),
    2: (Weekday.MON, Weekday.THU),
    3: (Weekday.MON, Weekday.WED, Weekday.FRI),
    4: (Weekday.MON, Weekday.TUE, Weekday.THU, Weekday.FRI),
    5: (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI),
    6: (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI, Weekday.SAT),
    7: tuple(Weekday),
}
#: Smallest step of a load where nobody says what is owned.
USUAL_STEP: Final = {"kg": 2.5, "lb": 5.0}
#: Steps that are offered where the usual one makes other loads than are written, kg or lb.
_STEPS: Final = tuple(map(Fraction, ("2.5", "2", "1.25", "1", "0.5", "0.25")))
#: What a bar weighs where nobody says which one is owned, nor writes a lighter load, kg or lb. [D]
USUAL_BAR: Final = {"kg": 20, "lb": 45}
#: Kettlebells that are taken to be there where nobody says what is owned, kg; those of 2 kg between where named. [D]
KETTLEBELLS: Final = range(4, 93, 4)
#: Speed in m/s by which a distance becomes minutes: 8 km/h running, 5.4 km/h walking, 500 m in 2:20 rowing or on a
#: ski ergometer, 100 m in 2:15 swimming, 20 km/h cycling. [D]
RUNNING: Final = 8 / 3.6
WALKING: Final = 1.5
ROWING: Final = 500 / 140
SWIMMING: Final = 100 / 135
CYCLING: Final = 20 / 3.6
#: The same by the words of kinds, and of exercises.
SPEEDS: Final[Mapping[str, float]] = {
    **dict.fromkeys(("run", "running", "jog", "jogging", "sprint"), RUNNING),
    **dict.fromkeys(("walk", "walking", "hike", "hiking"), WALKING),
    **dict.fromkeys(("row", "rowing", "ski", "skierg", "skiing"), ROWING),
    **dict.fromkeys(("swim", "swimming"), SWIMMING),
    **dict.fromkeys(("cycle", "cycling", "bike", "biking", "ride"), CYCLING),
}

#: Seconds allowed for a rest that is not stated, with and without a load. [D]
REST_LOADED: Final = 120
REST_UNLOADED: Final = 45

#: Repetitions for which time is allowed in a set of as many as possible, when nobody says. [D]
AS_MANY: Final = 10

#: Seconds and metres for which time is allowed where they are as many as possible, when nobody says. [D]
AS_LONG: Final = 60
AS_FAR: Final = 100

#: A maximum or load at the start above so many kg is asked about, and above the heaviest ever lifted refused. [D]
ASKED_START: Final = 300
MOST_START: Final = 700

#: Without a word on the pain before, and without limits of the file: above so much during it (0-10) the work is
#: repeated, from so much on it counts as symptoms, and so does more than that the next morning. [D]
UNCOMPARED, UNCOMPARED_SYMPTOMS = 2, 5

#: A load that is rounded down by more than such a share of it is told, wherever it comes from. [D]
_FAR_LESS: Final = Fraction(1, 5)
_BARS: Final = (Implement.BARBELL, Implement.TRAP_BAR)
_UNITS: Final = {"kg": LoadUnit.GRAM, "lb": LoadUnit.CENTIPOUND}
#: Kinds of an interval in which nobody gets any further.
_STILL: Final = ("rest", "sit")
#: Words of an exercise's id that say it is done on foot.
_ON_FOOT: Final = ("run", "running", "jog", "jogging", "walk", "walking", "hike", "hiking")
_SHOWN: Final = "As your clinician has shown you."


@dataclass(frozen=True)
class Placed:
    """A session with its date, and the training day that it falls on: week of the programme and day of that week."""

    on: dt.date
    session: PlannedSession
    week: int
    day: int

    @property
    def slot(self) -> str:
        """The slot of the training day; it stays, whatever is done on it."""
        return _slot(self.week, self.day)


def forecast(protocol: Protocol, build: Build) -> Forecast:
    """Every session of a protocol as it is built.

    Raises
    ------
    InvalidInput
        When lines, values or days do not fit the protocol, a value is missing, or loads are written in one unit only.
    """
    problems = [*_bad_names(protocol, build), *_bad_days(protocol, build), *_bad_units(protocol, build.unit)]
    found = _run(protocol, build, len(build.days) if isinstance(protocol.days_a_week, int) else None)
    measures = protocol.measures()
    problems += [_missing(line, name, measures.get((line, name))) for line, name in found.missing]
    if problems:
        raise InvalidInput("\n".join(problems))
    if not found.sessions:
        raise InvalidInput(f"{protocol.protocol}: no session is left")
    return found


def _run(protocol: Protocol, build: Build, days_a_week: int | None) -> Forecast:
    """A protocol as it is built, on so many days a week; on its own without a number."""
    return run(
        protocol,
        build.start,
        owned_loads(build),
        build.model_copy(update={"outcomes": tuple(_felt(protocol, one) for one in build.outcomes)}).known,
        weeks=build.weeks,
        sessions=build.sessions,
        days_a_week=days_a_week,
        first_week=build.first_week,
    )


def _felt(protocol: Protocol, outcome: Outcome) -> Outcome:
    """An outcome as somebody told it, with what the pain comes to that phases alone limit: the line goes by no limit.

    Nobody said what it was before.
    """
    named = protocol.phases_limit_pain - _limits_pain(protocol, outcome.exercise)
    told: dict[PainTold, int | None] = {"pain": outcome.pain, "morning": outcome.morning}
    hurt = tuple(name for name, pain in told.items() if name in named and (pain or 0) > UNCOMPARED)
    if not hurt or outcome.sore or outcome.doubtful:
        return outcome
    symptoms = max(told[name] or 0 for name in hurt) >= UNCOMPARED_SYMPTOMS
    return outcome.model_copy(update={"symptoms": symptoms, "doubtful": not symptoms, "symptoms_from": hurt})


def _cut(protocol: Protocol, build: Build, found: Forecast) -> Iterator[str]:
    """The last sessions, where fewer training days than the protocol's leave no room for them."""
    if not isinstance(protocol.days_a_week, int) or len(build.days) >= protocol.days_a_week:
        return
    whole, kept = _run(protocol, build, None).sessions, len(found.sessions)
    if len(whole) > kept:
        lost = whole[kept:]
        which = f"sessions {kept + 1} ({lost[0].name}) to {len(whole)} ({lost[-1].name})"
        yield (
            f"written for {protocol.days_a_week} days a week, not {len(build.days)}: "
            f"{which if len(lost) > 1 else f'session {len(whole)} ({lost[0].name})'} of {len(whole)} are cut off; "
            f"--sessions {len(whole)} keeps them"
        )


def _lifted_as(protocol: Protocol, build: Build, found: Forecast) -> Iterator[str]:
    """Loads that somebody has written or given, where the loads owned make another; and what they make far less of."""
    owned_by = owned_loads(build)
    asked = _written_loads(protocol, build)
    for item in (item for session in found.sessions for item in session.items):
        for each in item.sets:
            if (
                each.exact is not None
                and each.load is not None
                and item.exercise in protocol.lines[item.line].ladder[:1]
            ):
                if owned_by.value(each.load) < (1 - _FAR_LESS) * each.exact < owned_by.heaviest:
                    asked.setdefault(item.line, []).append(each.exact)
    for line, written in asked.items():
        numbers = list(dict.fromkeys(written))
        exercise = protocol.lines[line].ladder[0]
        lifted = {n: owned_by.value(load) for n in numbers if (load := owned_by.floor(exercise, n)) is not None}
        other = sorted(n for n in lifted if lifted[n] != n)
        if not other:
            continue
        said = f"{float(other[0]):g} {build.unit} is lifted as {float(lifted[other[0]]):g}"
        said += "".join(f", {float(n):g} as {float(lifted[n]):g}" for n in other[1:4])
        fitting = next((step for step in _STEPS if all(n % step == 0 for n in numbers)), None)
        if exercise in build.loads:
            why = "the next lighter one that is owned; --equipment FILE names others"
        elif fitting is None:
            why = f"loads go by {build.step:g} {build.unit}; --step or --equipment FILE says what is owned"
        else:
            why = f"loads go by {build.step:g} {build.unit}; give --step {float(fitting):g}, or --equipment FILE"
        yield f"{line.replace('_', ' ')}: {said}: {why}"


def _written_loads(protocol: Protocol, build: Build) -> dict[str, list[Fraction]]:
    """Numbers that rows, or the values that they name, say are lifted, by line; shares and sums are worked out."""
    found: dict[str, list[Fraction]] = {}
    for line, load in protocol.loads():
        if load.more or load.share != 1 or load.line not in (None, "start"):
            continue
        stated: Any = protocol.lines[line].state.get(load.name or "")
        given = build.start.get(line, {}).get(load.name or "")
        if load.name is None:
            amounts = [load]
        elif given is not None:
            amounts = [notation.amount(one) for one in (given if isinstance(given, tuple) else (given,))]
        else:
            each = stated if isinstance(stated, tuple) else (stated,)
            plain = [one.get(build.unit) if isinstance(one, dict) else one for one in each]
            amounts = [notation.amount(one) for one in plain if one is not None]
        found.setdefault(line, []).extend(one.number for one in amounts if one.number is not None and not one.more)
    return found


def _kettlebells(protocol: Protocol, exercises: Mapping[str, Exercise], build: Build) -> dict[str, tuple[Load, ...]]:
    """Loads of what is done with a kettlebell where nobody says what is owned: the usual ones, and those named."""
    if build.unit != "kg":
        return {}
    found: dict[str, tuple[Load, ...]] = {}
    named = {int(n) for numbers in _written_loads(protocol, build).values() for n in numbers if n and n % 2 == 0}
    loads = tuple(Load(amount=1000 * size, unit=LoadUnit.GRAM) for size in sorted({*KETTLEBELLS, *named}))
    for name in {one for line in protocol.lines.values() for one in line.ladder}:
        judged = judged_as(protocol, name, exercises)
        if judged is not None and judged.setups[0].implement is Implement.KETTLEBELL:
            found[name] = loads
    return found


def _bars(protocol: Protocol, exercises: Mapping[str, Exercise], build: Build) -> dict[str, float]:
    """What the bar alone weighs, of what is done with one, where nobody says what is owned.

    It is the usual one; where a lighter load is written or given, there is a lighter one, and none where it is 0.
    """
    found: dict[str, float] = {}
    written, owned_by = _written_loads(protocol, build), owned_loads(build)
    for name in sorted({one for line in protocol.lines.values() for one in line.ladder}):
        judged = judged_as(protocol, name, exercises)
        if judged is not None and judged.setups[0].implement in _BARS:
            numbers = [n for key, line in protocol.lines.items() if name in line.ladder for n in written.get(key, ())]
            lightest = min([Fraction(USUAL_BAR[build.unit]), *numbers])
            made = owned_by.floor(name, lightest)
            found[name] = float(lightest if made is None else owned_by.value(made))
    return {name: bar for name, bar in found.items() if bar}


def owned_loads(build: Build) -> OwnedLoads:
    """The loads of a build."""
    bars = {name: notation.exact(bar) for name, bar in build.bars.items()}
    return OwnedLoads(_UNITS[build.unit], notation.exact(build.step), build.loads, bars)


def named_exercises(protocol: Protocol) -> frozenset[str]:
    """Ids of the catalogue's exercises that a protocol names."""
    found = {name for line in protocol.lines.values() for name in line.ladder}
    found |= {item.exercise for entry in protocol.rotation for item in entry.do if item.exercise}
    found |= {declared.like for declared in protocol.exercises.values() if declared.like}
    return frozenset(found - set(protocol.exercises))


def differences(programme: Programme, again: Programme, before: Programme | None = None) -> list[str]:
    """Where a programme is not what its protocol gives when it is built again.

    What lies behind a later revision is compared with the revision ``before`` it instead: the past
    stays as it was shown, except for loads that the day itself decided.
    """
    found = []
    since = programme.planned_from if before is not None else None
    ahead = [ahead_of(one.sessions, since, frozen=programme.frozen) for one in (programme, again)]
    for mine, theirs in (ahead, ahead[::-1]):
        other = {session.slot: bare(session) for session in theirs}
        past = {session.slot for session in programme.sessions if session.status.past and since is not None}
        for session in mine:
            if session.slot not in past and other.get(session.slot) != bare(session):
                found.append(f"week {session.week}, {session.slot}: is not what the protocol says")
    if before is not None and since is not None:
        known = {session.slot: session for session in before.sessions}
        for session in programme.sessions:
            was = known.get(session.slot)
            behind = session.start.date() < since or session.status.past
            if behind and (was is None or not same_past(was, session)):
                found.append(f"week {session.week}, {session.slot}: is past, and not what it was before")
    left = {"sessions", "provenance", "approval", "stamp", "revision", *_OF_A_REVISION}
    if programme.model_dump(exclude=left) != again.model_dump(exclude=left):
        found.append("programme: its head, weeks or totals are not what the protocol says")
    return list(dict.fromkeys(found))


#: What a revision says of itself and of its log.
_OF_A_REVISION: Final = ("created", "planned_from", "frozen", "decisions", "changes")


def ahead_of(sessions: Iterable[Session], since: dt.date | None, *, frozen: str = "") -> list[Session]:
    """Sessions that still stand, from a day on; none while everything is on hold."""
    if frozen:
        return []
    return [
        session
        for session in sessions
        if session.status not in (Status.CANCELLED, Status.MISSED) and (since is None or session.start.date() >= since)
    ]


def bare(session: Session) -> Session:
    """A session without what only its calendar and its log say."""
    return session.model_copy(update={"status": Status.CONFIRMED, "sequence": 0, "account": None, "modified": None})


def same_past(was: Session, now: Session) -> bool:
    """Whether a session that is past is as it was shown, except for loads that were decided on the day."""
    if now.status is Status.CANCELLED:
        return was.status is Status.CANCELLED
    if len(was.items) != len(now.items):
        return False
    return bare(now).model_copy(update={"items": ()}) == bare(was).model_copy(update={"items": ()}) and all(
        resolved(one, other) == other for one, other in zip(was.items, now.items, strict=True)
    )


def resolved(was: Item, now: Item) -> Item:
    """An item as it was shown, with the loads that its own day has decided since."""
    if (was.exercise, was.dose.kind, len(was.dose.sets)) != (now.exercise, now.dose.kind, len(now.dose.sets)):
        return was
    rows = tuple(
        row.model_copy(update={"load": new.load, "formula": new.formula}) if row.formula else row
        for row, new in zip(was.dose.sets, now.dose.sets, strict=True)
    )
    return was.model_copy(update={"dose": was.dose.model_copy(update={"sets": rows})})


def make(protocol: Protocol, build: Build, exercises: Mapping[str, Exercise], case: Case | None = None) -> Programme:
    """The programme of a protocol, with the rules that it breaks by name.

    Parameters
    ----------
    exercises
        The catalogue by id.
    case
        The patient that it is for; without, nobody's findings are looked at.

    Raises
    ------
    InvalidInput
        See ``forecast``; and where a session has more sets of an exercise than a programme holds.
    NoProgramme
        When the patient's findings do not allow it.
    """
    found = forecast(protocol, build)
    placed = place(protocol, build, found.sessions)
    if bad := [*_strange(build, found.sessions), *_too_many(found.sessions)]:
        raise InvalidInput("\n".join(bad))
    broken = list(breaks(placed, case))
    if case is not None:
        refusals = list(refused(protocol, placed, exercises, case, broken, at=build.at))
        if refusals:
            raise NoProgramme(refusals)
    weeks = placed[-1].week if placed else 1
    sessions = tuple(_session(protocol, build, one, exercises) for one in placed)
    warnings = (
        *found.notes,
        *_cut(protocol, build, found),
        *_lifted_as(protocol, build, found),
        *_longer_than_a_day(sessions),
    )
    return Programme(
        id=str(uuid.uuid5(NAMESPACE, f"{protocol.protocol}/{_whom(protocol, case)}/{build.starts}")),
        revision=1,
        stamp=dt.datetime.combine(build.starts, dt.time(0, 0), tzinfo=dt.UTC),
        patient=_whom(protocol, case),
        clinic=case.clinic.clinic if case else "",
        contact=case.clinic.contact if case else "",
        prescriber=case.clinic.prescriber if case else "",
        timezone=build.timezone,
        starts=build.starts,
        weeks_planned=weeks,
        provenance=Provenance(gradus=__version__, ortools="", patient_sha256="", clinic_sha256="", exercises_sha256=""),
        weeks=tuple(_week(protocol, build, number, sessions, placed) for number in range(1, weeks + 1)),
        sessions=sessions,
        check_ins=(),
        goals=(),
        rules=tuple(_records(case)),
        warnings=warnings,
        protocol=ProtocolRecord(
            id=protocol.protocol,
            version=protocol.version,
            title=protocol.title,
            source=protocol.source,
            mark=protocol.mark,
            about=protocol.about,
            conventions=protocol.conventions,
            progression=tuple(progression_words(protocol)),
            start=tuple(_start_words(protocol, build)),
            breaks=tuple(_recorded(broken)),
            protocol_sha256=sha256(protocol, sort_keys=False),  # stages and changes have an order
            build_sha256=sha256(build),
        ),
    )


def usual_build(protocol: Protocol, starts: dt.date, unit: Literal["kg", "lb"] = "kg") -> Build:
    """A build on the usual days without values: what ``show`` looks at."""
    days = USUAL_DAYS[max(protocol.days_in(week) for week in range(1, (protocol.weeks or 12) + 1))]
    return Build(starts=starts, days=days, unit=unit, step=USUAL_STEP[unit])


def build_for(
    protocol: Protocol,
    exercises: Mapping[str, Exercise],
    case: Case | None,
    *,
    starts: dt.date,
    unit: Literal["kg", "lb"] | None = None,
    step: float | None = None,
    equipment: Equipment | None = None,
    days: Sequence[str] | None = None,
    at: dt.time | None = None,
    timezone: str = "",
    weeks: int | None = None,
    sessions: int | None = None,
    first_week: int = 1,
    start: Mapping[str, Mapping[str, float | tuple[float | str, ...]]] | None = None,
) -> Build:
    """A build from what somebody says; what they do not say is the patient's, and then the usual.

    A patient's days, hour, time zone and equipment are those of the first place in the patient file.
    Values at the start may be texts with their units, such as ``30 min``.

    Raises
    ------
    InvalidInput
        When units do not fit: of equipment, of loads, or of a value that is a time or a distance.
    """
    at_place = case.patient.places[0] if case else None
    owned_by = equipment or (at_place.equipment if at_place else None)
    if owned_by is not None and unit is None:
        unit = owned_by.unit
    unit = unit or protocol.unit
    if owned_by is not None and owned_by.unit != unit:
        raise InvalidInput(f"the equipment is in {owned_by.unit}, not in {unit}")
    asked = max(protocol.days_in(week) for week in range(1, (weeks or protocol.weeks or 12) + 1))
    chosen: tuple[Weekday, ...] = tuple(Weekday(day) for day in days) if days else USUAL_DAYS[asked]
    if case is not None and not days:
        open_days = sorted({window.day for window in case.patient.availability.windows}, key=lambda day: day.number)
        chosen = next(
            (found for found in combinations(open_days, asked) if _rests([day.number for day in found], protocol)),
            tuple(open_days[:asked]) if len(open_days) >= asked else chosen,
        )
    if case is not None and at is None:
        windows = [window.start for window in case.patient.availability.windows if window.day in chosen]
        at = max(windows, default=None)
    lists: dict[str, tuple[Load, ...]] = {}
    bars: dict[str, float] = {}
    for name in {one for line in protocol.lines.values() for one in line.ladder}:
        judged = judged_as(protocol, name, exercises)
        if owned_by is not None and judged is not None and judged.setups[0].implement is not Implement.NONE:
            options = [setup.implement for setup in judged.setups if available(owned_by, setup)]
            lists[name] = owned(owned_by, options[0]) if options else ()
            if options and options[0] in _BARS:
                bars[name] = lists[name][0].amount / notation.NATIVE[lists[name][0].unit]
    build = Build(
        starts=case.patient.episode.start if case else starts,
        days=chosen,
        at=at or dt.time(18, 0),
        timezone=timezone or (case.patient.episode.timezone if case else "UTC"),
        place=at_place.name if at_place else "",
        unit=unit,
        step=step or USUAL_STEP[unit],
        loads=lists,
        bars=bars,
        weeks=weeks,
        sessions=sessions,
        first_week=first_week,
        start=_begun(protocol, start or {}, unit),
    )
    if owned_by is None and step is None:
        build = build.model_copy(update={"loads": _kettlebells(protocol, exercises, build)})
    if owned_by is None:
        build = build.model_copy(update={"bars": _bars(protocol, exercises, build)})
    return build


def _begun(
    protocol: Protocol, start: Mapping[str, Mapping[str, float | tuple[float | str, ...]]], unit: Literal["kg", "lb"]
) -> dict[str, dict[str, float | tuple[float, ...]]]:
    """Values at the start as numbers: loads in the unit of the build, times in seconds, distances in metres."""
    measures = protocol.measures()
    problems: list[str] = []

    def number(line: str, name: str, said: float | str) -> float:
        if not isinstance(said, str):
            return said
        found = notation.stated(said)
        problem = notation.unit_objection(found, measures.get((line, name)), said)
        if not problem and found.unit not in (None, _UNITS[unit]):
            problem = f"loads are in {unit}, not {said}; --unit changes that"
        if problem and name in _value_names(protocol, line):
            problems.append(f"{line}.{name}: {problem}")
        return float(found.number or 0)

    out: dict[str, dict[str, float | tuple[float, ...]]] = {}
    for line, named in start.items():
        for name, told in named.items():
            numbers = tuple(number(line, name, one) for one in (told if isinstance(told, tuple) else (told,)))
            out.setdefault(line, {})[name] = numbers if len(numbers) > 1 else numbers[0]
    if problems:
        raise InvalidInput("\n".join(problems))
    return out


def _value_names(protocol: Protocol, line: str) -> list[str]:
    known = protocol.lines.get(line)
    return [] if known is None else [*known.needs, *known.state]


#: What a value that is asked for is taken for where a protocol is only looked at, kg or lb.
_EXAMPLE: Final = 100.0
_EXAMPLES: Final = {"time": 1200.0, "distance": 1000.0}


def outline(protocol: Protocol, exercises: Mapping[str, Exercise]) -> tuple[list[Session], list[RuleBreak]]:
    """The sessions of a protocol as it is written, loads as formulas; and the rules that it breaks.

    Breaks are found with 100 (kg or lb) for every value that is asked for; a time is 20 min, a distance 1 km.

    Raises
    ------
    InvalidInput
        Where a session has more sets of an exercise than a programme holds.
    """
    build = usual_build(protocol, dt.date(2001, 1, 1), protocol.unit)
    build = build.model_copy(update={"loads": _kettlebells(protocol, exercises, build)})
    measures = protocol.measures()
    measured = {
        name: {key: _EXAMPLES[measures[name, key]] for key in line.needs if (name, key) in measures}
        for name, line in protocol.lines.items()
    }
    written = run(protocol, measured, owned_loads(build))
    if bad := list(_too_many(written.sessions)):
        raise InvalidInput("\n".join(bad))
    sessions = [_session(protocol, build, one, exercises) for one in place(protocol, build, written.sessions)]
    example = {name: {**dict.fromkeys(line.needs, _EXAMPLE), **measured[name]} for name, line in protocol.lines.items()}
    loaded = run(protocol, example, owned_loads(build))
    return sessions, _recorded(breaks(place(protocol, build, loaded.sessions)))


def _recorded(broken: Iterable[Violation]) -> list[RuleBreak]:
    return [RuleBreak(rule=one.rule, where=one.where, problem=one.problem) for one in broken]


def _whom(protocol: Protocol, case: Case | None) -> str:
    return protocol.title if case is None else case.patient.patient


def _records(case: Case | None) -> Iterator[RuleRecord]:
    """The rules that are looked at: all of a patient's, or those of a published programme."""
    if case is not None:
        yield from records(case)
        return
    for name in ("O1", "O7"):
        rule = RULES[name]
        yield RuleRecord(
            id=rule.id,
            statement=rule.statement,
            force=rule.force.value,
            source=rule.source,
            mark=rule.mark,
            override=rule.override.value,
            parameters={parameter.name: parameter.default for parameter in rule.parameters},
        )


# -------------------------------------------------------------------- what does not fit
def _bad_names(protocol: Protocol, build: Build) -> Iterator[str]:
    given = {(line, name) for line, values_ in build.start.items() for name in values_}
    for line, name in sorted(given):
        known = protocol.lines.get(line)
        if known is None:
            yield f"{protocol.protocol}: there is no line {line!r}{_near(line, protocol.lines)}"
        elif name not in {*known.state, *known.needs, "stage"}:
            names = [*known.needs, *known.state]
            yield f"{protocol.protocol}: the line {line!r} has no value {name!r}{_near(name, names)}"
    for outcome in build.known:
        for problem in _unknown_in(protocol, outcome):
            yield f"outcomes: session {outcome.session}: {problem}"


def _unknown_in(protocol: Protocol, outcome: Outcome) -> Iterator[str]:
    """A line or values of an outcome that a protocol does not have."""
    line = protocol.lines.get(outcome.exercise)
    if line is None:
        yield f"there is no line {outcome.exercise!r}{_near(outcome.exercise, protocol.lines)}"
        return
    names = [*line.needs, *line.state]
    limited = _limits_pain(protocol, outcome.exercise) | protocol.phases_limit_pain
    for told, number in (("pain", outcome.pain), ("morning", outcome.morning)):
        if number is not None and told not in limited:
            instead = "write symptoms: yes where it was too much, red: yes if far so"
            yield f"no rule of {outcome.exercise} names {told}; {instead}"
    measures = protocol.measures() if outcome.values else {}
    for name, said in outcome.values.items():
        if name not in names:
            yield f"{outcome.exercise} has no value {name!r}{_near(name, names)}"
            continue
        problem = notation.unit_objection(notation.stated(said), measures.get((outcome.exercise, name)), said)
        if problem:
            yield f"{outcome.exercise}.{name} {problem}"


def _limits_pain(protocol: Protocol, line: str) -> frozenset[PainTold]:
    items = [item for entry in protocol.rotation for item in entry.do if item.line == line]
    names = [item.scheme or protocol.lines[line].scheme or "" for item in items]
    return frozenset(one for name in names for one in protocol.limits_pain(name))


def outcome_objections(protocol: Protocol, build: Build, outcomes: Sequence[Outcome]) -> Iterator[tuple[int, str]]:
    """What of a list of outcomes a programme does not have, each with the index of its outcome.

    ``build`` is what the programme was built with; outcomes of its own do not count.
    """
    bare = build.model_copy(update={"outcomes": (), "logged": ()})
    unknown = [(n, problem) for n, outcome in enumerate(outcomes) for problem in _unknown_in(protocol, outcome)]
    yield from unknown
    fitting = [n for n in range(len(outcomes)) if n not in {bad for bad, _ in unknown}]
    told = bare.model_copy(update={"outcomes": tuple(outcomes[n] for n in fitting)})
    sessions = forecast(protocol, told).sessions
    for n in fitting:
        for problem in _strange(bare.model_copy(update={"outcomes": (outcomes[n],)}), sessions):
            yield n, problem.removeprefix("outcomes: ")


def _strange(build: Build, sessions: Sequence[PlannedSession]) -> Iterator[str]:
    """Outcomes of sessions and lines that are not there."""
    lines = {session.ordinal: {item.line for item in session.items} for session in sessions}
    parts = {(session.ordinal, item.line, item.part) for session in sessions for item in session.items}
    for outcome in build.outcomes:
        held = lines.get(outcome.session)
        if held is None:
            yield f"outcomes: there is no session {outcome.session}; the last is {max(lines, default=0)}"
        elif outcome.exercise not in held:
            yield f"outcomes: session {outcome.session} has no {outcome.exercise}; it has {', '.join(sorted(held))}"
        elif outcome.part and (outcome.session, outcome.exercise, outcome.part) not in parts:
            names = sorted(
                part for number, line, part in parts if (number, line) == (outcome.session, outcome.exercise)
            )
            near = _near(outcome.part, names)
            yield f"outcomes: session {outcome.session}: {outcome.exercise} has no part {outcome.part!r}{near}"


def _too_many(sessions: Iterable[PlannedSession]) -> Iterator[str]:
    """Lines that have more sets in a session than a dose holds; they are not cut off."""
    for session in sessions:
        for item in session.items:
            if len(item.sets) <= MOST_SETS:
                continue
            for (kind, *_), sets in groupby(item.sets, key=_alike):
                if (count := len(_set_rows(kind, list(sets)))) > MOST_SETS:
                    where = f"session {session.ordinal} ({session.name}), {item.line.replace('_', ' ')}"
                    yield f"{where}: comes to {count} sets, and {MOST_SETS} are the most"


def _near(name: str, names: Any) -> str:
    return did_you_mean(name, names) or f"; there are {', '.join(names)}"


def _bad_days(protocol: Protocol, build: Build) -> Iterator[str]:
    weeks = build.weeks or protocol.weeks
    if not protocol.open_ended:
        for name, asked, most in (
            ("weeks", build.weeks, protocol.weeks),
            ("sessions", build.sessions, protocol.sessions),
        ):
            if asked is not None and most is not None and asked > most:
                yield f"{protocol.protocol}: has {most} {name}, and no more (got {asked})"
    most_days = max(protocol.days_in(week) for week in range(1, (weeks or 12) + 1))
    if isinstance(protocol.days_a_week, dict):
        if len(build.days) < most_days:
            yield f"{protocol.protocol}: needs {most_days} days a week (got {len(build.days)})"
    elif len(build.days) != protocol.days_a_week and _counts_weeks(protocol):
        yield (
            f"{protocol.protocol}: is written for {protocol.days_a_week} days a week, and its weeks count them "
            f"(got {len(build.days)})"
        )
    if protocol.rest_days:
        numbers = sorted(day.number for day in build.days)
        if isinstance(protocol.days_a_week, dict) and most_days < len(numbers):
            numbers = sorted(_spread(numbers, most_days))  # more are named than any week needs
        for before, after in zip(numbers, [*numbers[1:], numbers[0] + 7], strict=True):
            if after - before <= protocol.rest_days:
                free = "a free day" if protocol.rest_days == 1 else f"{protocol.rest_days} free days"
                yield (
                    f"{protocol.protocol}: needs {free} between sessions, not {list(Weekday)[before].value} and "
                    f"{list(Weekday)[after % 7].value}"
                )


def _rests(numbers: Sequence[int], protocol: Protocol) -> bool:
    """Whether weekdays, in order, leave the free days that a protocol wants between sessions."""
    following = [*numbers[1:], numbers[0] + 7] if numbers else []
    return all(after - before > protocol.rest_days for before, after in zip(numbers, following, strict=True))


def _counts_weeks(protocol: Protocol) -> bool:
    """Whether anything in it says in which week or on which day it holds."""
    whens: list[Any] = [*protocol.rotation, *(item for entry in protocol.rotation for item in entry.do)]
    for stage in protocol.stages():
        whens += [*stage[1].sets, *(row for one in stage[1].sets for row in one.of), *stage[1].after]
    return any(when.weeks is not None or when.days is not None for when in whens)


def _bad_units(protocol: Protocol, unit: str) -> Iterator[str]:
    """Loads that are written in one unit when another is wanted: they are not converted, since plates differ."""
    bad = sorted(_one_unit_only(protocol, unit))
    if bad:
        both = "write both, such as {kg: 2.5, lb: 5}, under 'state', and name that value"
        yield f"{protocol.protocol}: cannot be built in {unit}: {', '.join(bad)}: {both}"


def _one_unit_only(protocol: Protocol, unit: str) -> set[str]:
    found: set[str] = set()
    loads: set[str] = set(protocol.rounded)

    def look(amount: notation.Amount, where: str) -> None:
        for term in amount.terms:
            if term.number and (term.unit or _UNITS[protocol.unit]) is not _UNITS[unit]:
                found.add(where)
            if term.name and term.line != "today":
                loads.add(term.name)

    rows: list[tuple[str, Row]] = []
    rules: list[tuple[str, Rule]] = []
    for name, stage in protocol.stages():
        rows += [(name, each) for one in stage.sets for row in (one, *one.of) for each in row.spelled()]
        rules += [(name, rule) for rule in stage.after]
    for name, row in rows:
        for stated in (row.load, row.guess):
            if stated is not None and stated != "find":
                look(notation.amount(stated), f"scheme {name}")
        for change in row.adjust.bands.values() if row.adjust else ():
            for each in change if isinstance(change, tuple) else (change,):
                said = notation.change(each)
                if not said.relative:
                    look(said.amount, f"scheme {name}")
    before: set[str] = set()
    while before != loads:  # what a load is made of is a load too
        before = set(loads)
        for line_name, line in protocol.lines.items():
            for key, stated in line.state.items():
                if key in loads:
                    for each in stated if isinstance(stated, tuple) else (stated,):
                        if not isinstance(each, dict):
                            look(notation.amount(each), f"{line_name}.{key}")
        for name, rule in rules:
            for key, change in rule.do.items():
                if key in loads:
                    for each in change if isinstance(change, tuple) else (change,):
                        said = notation.change(each)
                        if not said.relative:
                            look(said.amount, f"scheme {name}")
    return found


def start_objections(protocol: Protocol, build: Build, *, sure: bool) -> Iterator[str]:
    """Maxima and loads at the start that cannot be, and those that nobody has said are meant."""
    for line, named in sorted(build.start.items()):
        for name, stated in sorted(named.items()):
            maximum = name in ("one_rm", "tm") or _REPETITION_MAXIMUM.fullmatch(name) is not None
            for number in stated if isinstance(stated, tuple) else (stated,):
                kg = Load(amount=round(number * notation.NATIVE[_UNITS[build.unit]]), unit=_UNITS[build.unit]).kg
                said = f"{line}: {percent_words(name).removeprefix('the ')} {number:g} {build.unit}"
                if maximum and number <= 0:
                    yield f"{said}: must be above 0"
                elif (maximum or name in protocol.rounded) and kg > MOST_START:
                    yield f"{said}: nobody has lifted that; correct it"
                elif (maximum or name in protocol.rounded) and kg > ASKED_START and not sure:
                    yield f"{said}: correct it, or say that it is meant: --sure"


_REPETITION_MAXIMUM: Final = re.compile(r"rm[0-9]+")
_OPTIONS: Final = {"one_rm": "--1rm", "tm": "--tm", "load": "--load"}


def _missing(line: str, name: str, measure: notation.Measured | None = None) -> str:
    """``squat: needs its 1RM: give --1rm squat=LOAD``."""
    words = percent_words(name).removeprefix("the ")
    if name.startswith("rm") and name[2:].isdigit():
        return f"{line}: needs its {words}: give --nrm {line}={name[2:]}:LOAD"
    option = _OPTIONS.get(name)
    said = {"time": "'30 min'", "distance": "'5 km'"}.get(measure or "", "NUMBER")
    given = f"{option} {line}=LOAD" if option else f"--set {line}.{name}={said}"
    return f"{line}: needs its {words}: give {given}"


# -------------------------------------------------------------------- dates
def place(protocol: Protocol, build: Build, sessions: Sequence[PlannedSession]) -> tuple[Placed, ...]:
    """Sessions on their dates: weeks begin on the first day that is one of the training days.

    A session whose day was missed comes on the day of the next one, and everything behind it moves along, with its
    days off; a day of the week that is off nearly always stays off.  What would come after a year is left out.
    """
    late: dict[int, int] = {}
    for session in sessions:
        late.setdefault(session.week + session.late, session.late)
    days = list(_training_days(protocol, build, late))
    index = {(week, day): n for n, (week, day, _) in enumerate(days)}
    held = [index[one.week + one.late - build.first_week + 1, one.day] for one in sessions]
    off = _off_weekly([day for _, day, _ in days[: max(held, default=-1) + 1]], held)
    open_days = [n for n, (_, day, _) in enumerate(days) if n in held or day not in off]
    planned = [open_days.index(n) for n in held]
    out: list[Placed] = []
    moved = 0
    while len(out) < len(sessions):
        n = len(out)
        if planned[n] + moved >= len(open_days):
            break
        week, day, on = days[open_days[planned[n] + moved]]
        if _slot(week, day) not in build.missed:
            out.append(Placed(on, sessions[n], week, day))
        else:
            before, after = (n, n + 1) if n + 1 < len(planned) else (n - 1, n)
            moved += planned[after] - planned[before] if before >= 0 else 1
    return tuple(out)


def _off_weekly(days: Sequence[int], held: Container[int]) -> set[int]:
    """Training days of the week on which nothing is done in three of four weeks or more, by their number in it."""
    counts = Counter(days)
    free = Counter(day for n, day in enumerate(days) if n not in held)
    return {day for day, times in free.items() if 4 * times >= 3 * counts[day]}


def _slot(week: int, day: int) -> str:
    return f"w{week:02d}-s{day}"


def _training_days(protocol: Protocol, build: Build, late: Mapping[int, int]) -> Iterator[tuple[int, int, dt.date]]:
    """Week of the programme, number in it, and date of every training day of a year.

    ``late``: how far the protocol's week lies behind a week of the calendar at its beginning, by the latter.
    """
    numbers = sorted({day.number for day in build.days})
    first = next(
        build.starts + dt.timedelta(days=n)
        for n in range(7)
        if (build.starts + dt.timedelta(days=n)).weekday() in numbers
    )
    for week in range(1, 53):
        monday = first + dt.timedelta(days=7 * (week - 1))
        days = [monday + dt.timedelta(days=n) for n in range(7) if (monday + dt.timedelta(days=n)).weekday() in numbers]
        counted = week + build.first_week - 1
        counted -= late.get(counted, max(late.values(), default=0))
        asked = protocol.days_in(counted) if isinstance(protocol.days_a_week, dict) else len(days)
        if asked < len(days):
            chosen = _spread([day.weekday() for day in days], asked)
            days = [day for day in days if day.weekday() in chosen]
        yield from ((week, day, on) for day, on in enumerate(days, start=1))


def _spread(numbers: Sequence[int], count: int) -> tuple[int, ...]:
    """So many of some weekdays, as evenly apart as they can be, and else the earliest in the week."""

    def gaps(chosen: tuple[int, ...]) -> list[int]:
        days = sorted(chosen)
        return sorted(after - before for before, after in zip(days, [*days[1:], days[0] + 7], strict=True))

    return max(combinations(numbers, count), key=gaps)


def _week(protocol: Protocol, build: Build, number: int, sessions: Sequence[Session], placed: Sequence[Placed]) -> Week:
    mine = [session for session in sessions if session.week == number]
    sets: dict[Track, int] = {}
    for session in mine:
        for item in session.items:
            bouts = item.dose.bouts_per_day
            counted = sum(row.usual_sets for row in item.dose.working_sets)
            sets[item.track] = sets.get(item.track, 0) + counted * bouts
    aerobic = [
        item.dose.seconds_once() * item.dose.bouts_per_day
        for session in mine
        for item in session.items
        if item.track is Track.AEROBIC
    ]
    further = sum(
        (item.dose.bouts_per_day - 1) * (item.dose.seconds_once() + _unstated_rest(item.dose))
        for session in mine
        for item in session.items
    )
    # a week into which sessions of other weeks have moved is not lighter as a whole
    held = [one.session.week for one in placed if one.week == number]
    light = bool(held) and all(_lighter(protocol, week) for week in held)
    return Week(
        number=number,
        starts=build.starts + dt.timedelta(days=7 * (number - 1)),
        phase=Phase.BUILD,
        irritability=Irritability.LOW,
        deload=light,
        compression_cap=3,
        effort_cap=10,
        item_cap=30,
        hard_sets={track: sets[track] for track in Track if track in sets and track is not Track.AEROBIC},
        training_minutes=round(sum(session.estimated_minutes for session in mine) + further / 60),
        aerobic_minutes=round(sum(aerobic) / 60),
    )


def _longer_than_a_day(sessions: Sequence[Session]) -> Iterator[str]:
    """Sessions that take a day or more, of which no more is counted."""
    long = [one for one in sessions if one.estimated_minutes >= DAY_SECONDS / 60]
    for name, session in {one.name: one for one in reversed(long)}.items():
        yield f"week {session.week} ({name}): takes a day or longer at the usual pace; 24 hours are counted"


def _lighter(protocol: Protocol, week: int) -> bool:
    """Whether a week of the protocol is one of its lighter weeks."""
    counted = (week - 1) % protocol.cycle + 1 if protocol.cycle else week
    return protocol.deload_weeks is not None and any(counted in span for span in notation.spans(protocol.deload_weeks))


# -------------------------------------------------------------------- doses
def _session(protocol: Protocol, build: Build, placed: Placed, exercises: Mapping[str, Exercise]) -> Session:
    session = placed.session
    items = tuple(_parted(_items(protocol, session.items, exercises)))
    if session.optional:
        notes = [f"{item.days_note}; optional".removeprefix("; ") for item in items]
        items = tuple(item.model_copy(update={"days_note": note}) for item, note in zip(items, notes, strict=True))
    warm_up = protocol.warm_up
    seconds = sum(item.dose.seconds_in_session() + _unstated_rest(item.dose) for item in items)
    minutes = min(DAY_SECONDS / 60, seconds / 60 + (warm_up.minutes if warm_up else 0))
    start = dt.datetime.combine(placed.on, build.at)
    length = max(5, 5 * math.ceil(minutes / 5))
    return Session(
        slot=placed.slot,
        week=placed.week,
        kind=SessionKind.TRAINING,
        start=start,
        end=start + dt.timedelta(minutes=length),
        place=build.place or ("outdoors" if all(map(_outdoors, session.items)) else "gym"),
        warm_up_minutes=warm_up.minutes if warm_up else 0,
        warm_up=f"{warm_up.minutes} min of {warm_up.words}" if warm_up else "",
        estimated_minutes=round(minutes, 1),
        items=items,
        name=session.name,
        optional=session.optional,
    )


def _items(protocol: Protocol, planned: Sequence[PlannedItem], exercises: Mapping[str, Exercise]) -> Iterator[Item]:
    """The items of a session; lines of a group that all last until the same time share that time."""
    times: dict[str, set[tuple[int, ...]]] = {}
    for one in planned:
        times.setdefault(one.group, set()).add(tuple(each.until_seconds or 0 for each in _heads(one.sets)))
    shared = {group for group, found in times.items() if group and len(found) == 1 and any(*found)}
    begun: set[str] = set()
    for one in planned:
        joined = one.group in shared
        others = [_asked(other) for other in planned if other.group == one.group and other is not one]
        alone = max(0, _asked(one) - max(others)) if one.group and others and not joined else 0
        for item in items_of(protocol, one, exercises, joined=joined, alone=alone):
            within = joined and one.group in begun and item.dose.until_seconds is not None
            dose = item.dose.model_copy(update={"until_shared": True}) if within else item.dose
            yield item.model_copy(update={"dose": dose})
        begun.add(one.group)


def _asked(item: PlannedItem) -> int:
    """How many working sets are asked for."""
    return sum(each.working and not each.optional for each in item.sets)


def _heads(sets: Sequence[PlannedSet]) -> list[PlannedSet]:
    """The first set of each stretch that is done until a time is over."""
    return [
        each
        for before, each in zip((None, *sets), sets, strict=False)
        if each.round == 1 and (before is None or before.round != 1)
    ]


def _outdoors(item: PlannedItem) -> bool:
    """Whether it is running or walking and no load is carried."""
    if any(each.load is not None or each.exact is not None or each.percent for each in item.sets):
        return False
    on_foot = any(word in _ON_FOOT for word in item.exercise.split("_"))
    return on_foot or any(each.kind in ("run", "walk", "jog", "sprint") for each in item.sets)


def _parted(items: Iterable[Item]) -> Iterator[Item]:
    """Items that say which part they are only where the session has their exercise in several."""
    found = list(items)
    for item in found:
        alone = len({other.part for other in found if other.exercise == item.exercise}) == 1
        yield item.model_copy(update={"part": ""}) if alone else item


def _unstated_rest(dose: Dose) -> int:
    """Seconds to allow for rests that the protocol does not state; they are not prescribed."""
    if dose.until_seconds is not None:
        return 0
    if dose.rest_seconds or dose.kind is DoseKind.INTERVALS or any(row.rest_after for row in dose.sets):
        return 0
    loaded = any(row.load is not None or row.formula for row in dose.sets)
    return (dose.most_sets - 1) * (REST_LOADED if loaded else REST_UNLOADED)


def items_of(
    protocol: Protocol, one: PlannedItem, exercises: Mapping[str, Exercise], *, joined: bool = False, alone: int = 0
) -> Iterator[Item]:
    """The items of one line in a session: one for each run of sets that are counted alike.

    ``joined``: its group has one time for all of them; ``alone``: how many sets it has more than the others of it.
    """
    judged = judged_as(protocol, one.exercise, exercises)
    declared = protocol.exercises.get(one.exercise)
    track = declared.track if declared else judged.tracks[0] if judged and judged.tracks else Track.TASK
    name = declared.name if declared else judged.name if judged else one.exercise
    cue = (declared.cue if declared else "") or (judged.cue.text if judged else _SHOWN)
    paced = track is Track.AEROBIC and all(each.load is None and not each.percent for each in one.sets)
    last = f", the last {f'{alone} sets' if alone > 1 else 'set'} alone" if alone else ""
    together = f"in turn with the others of group {one.group}{', all in the same time' if joined else last}"
    notes = [together] if one.group else []
    notes += [one.note] if one.note else []
    heads = [each.number for each in _heads(one.sets)]
    done_once = [each for each in one.sets if each.round <= 1]  # of rounds that go in a time the first stands for all
    runs = [list(sets) for _, sets in groupby(done_once, key=lambda each: (*_alike(each), _stretch_of(each, heads)))]
    stretches = Counter(_stretch_of(chosen[0], heads) for chosen in runs)
    for chosen in runs:
        kind, stretch = _kind(chosen[0]), _stretch_of(chosen[0], heads)
        in_turn = ["in turn, all in the same time"] if stretch and stretches[stretch] > 1 else []
        said = [] if _own_notes(chosen) else [each.note for each in chosen if each.note]
        side = Side.BOTH if chosen[0].side == "each" else Side(chosen[0].side) if chosen[0].side else Side.NONE
        yield Item(
            track=track,
            section=SECTION_OF.get(track, Section.MAIN),
            exercise=one.exercise,
            name=name,
            side=side,
            dose=_dose(kind, chosen, one.bouts_a_day).model_copy(
                update={
                    "metres_per_second": _speed_of(one.exercise) if paced and kind is DoseKind.DISTANCE else None,
                    "until_seconds": chosen[0].until_seconds,
                    "until_shared": True if chosen[0].round and chosen[0].number not in heads else None,
                }
            ),
            implement=judged.setups[0].implement if judged else Implement.NONE,
            cue=cue,
            days_note="; ".join(dict.fromkeys([*notes, *in_turn, *said])),
            serves=(protocol.protocol,),
            line=one.line,
            part=one.part,
            judged_as=None if declared is None else declared.like or "",
            why=f"{protocol.title}: {one.line.replace('_', ' ')}{f', {one.stage}' if one.stage else ''}.",
        )


def _stretch_of(each: PlannedSet, heads: Sequence[int]) -> int:
    """The number of the set with which a stretch begins that is done until a time is over; 0 of other sets."""
    return max(head for head in heads if head <= each.number) if each.round else 0


def _own_notes(sets: Sequence[PlannedSet]) -> bool:
    """Whether each set says its own note, since not all have the same."""
    return len({each.note for each in sets}) > 1


def judged_as(protocol: Protocol, name: str, exercises: Mapping[str, Exercise]) -> Exercise | None:
    """The catalogue's exercise by which the rules judge one of a protocol; None when its tags are unknown."""
    declared = protocol.exercises.get(name)
    if declared is None:
        return exercises.get(name)
    return None if declared.like is None else exercises.get(declared.like)


def _alike(each: PlannedSet) -> tuple[DoseKind, str | None, str | None]:
    """What all sets of one item have in common: what they count, tempo and side."""
    kind = _kind(each)
    return kind, each.tempo if kind is DoseKind.REPETITIONS else None, each.side


def _kind(each: PlannedSet) -> DoseKind:
    if each.stretch:
        return DoseKind.INTERVALS
    if each.hold_seconds is not None:
        return DoseKind.HOLD
    if each.repetitions is not None:
        return DoseKind.REPETITIONS
    return DoseKind.TIME if each.seconds is not None else DoseKind.DISTANCE


def _dose(kind: DoseKind, sets: Sequence[PlannedSet], bouts: int) -> Dose:
    stated = [_rest(each) for each in sets if each.rest_seconds is not None and kind is not DoseKind.INTERVALS]
    rest, longest = max(stated, default=(0, 0))
    tempo = next((each.tempo for each in sets if each.tempo), None)
    dose = Dose(
        kind=kind,
        sets=_set_rows(kind, sets),
        seconds_per_repetition=4 if tempo is None else max(1, min(60, sum(map(int, tempo.split("-"))))),
        tempo=tempo,
        rest_seconds=rest,
        rest_up_to=longest if longest > rest else None,
        per_side=sets[0].side == "each",
        bouts_per_day=bouts,
        load_is_forecast=False,
    )
    return dose.model_copy(update={"sets": tuple(_on_the_clock(dose, row) for row in dose.sets)})


def _set_rows(kind: DoseKind, sets: Sequence[PlannedSet]) -> tuple[SetRow, ...]:
    """The rows of sets that are counted alike."""
    return tuple(_intervals(sets) if kind is DoseKind.INTERVALS else _rows(kind, sets))


def _on_the_clock(dose: Dose, row: SetRow) -> SetRow:
    """A set that begins every so often rests for what is left of that."""
    if row.every_seconds is None:
        return row
    left = max(0, row.every_seconds - round(dose.seconds_of(row)))
    return row.model_copy(update={"rest_after": (left, left), "rest_open": True})


def _rows(kind: DoseKind, sets: Sequence[PlannedSet]) -> Iterator[SetRow]:
    """The least sets, each with how many more may follow it."""
    for n, each in enumerate(sets):
        # of a row that may be left out altogether, the first set stands for all
        alone = each.optional and each.of_row == 0
        if not each.optional or alone:
            more = len(list(takewhile(lambda one: one.optional and one.of_row, sets[n + 1 :])))
            note = (each.note or None) if _own_notes(sets) else None
            # without sets that lead up to it, time is allowed for them
            led_up = any(one.kind == "warmup" or one.found for one in sets[:n])
            worked = True if each.found and not led_up else None
            row = _row(kind, each).model_copy(update={"more": more or None, "note": note, "work_up": worked})
            row = row.model_copy(update={"may_be_left_out": True if alone else None})
            alike = len({one.rest_seconds for one in sets}) == 1
            if not (alike and (len(sets) > 1 or not each.rest_seconds)) or each.rest_seconds == (0, 0):
                row = row.model_copy(
                    update={"rest_after": _rest(each), "rest_open": None if each.rest_seconds else True}
                )
            yield row


def _rest(each: PlannedSet) -> tuple[int, int]:
    """Seconds of rest after a set, the least and the most; where nothing is said, what time is allowed for."""
    usual = REST_UNLOADED if each.load is None and each.exact is None and not each.percent else REST_LOADED
    least, most = each.rest_seconds or (usual, usual)
    return min(MOST_REST, least), min(MOST_REST, most)


def _row(kind: DoseKind, each: PlannedSet) -> SetRow:
    counted = each.repetitions or _allowed(each, each.seconds) or _allowed(each, each.distance) or (None, None)
    held = _allowed(each, each.hold) or (None, None)
    formula = each.words or (percent_words(each.percent) if each.percent and each.load is None else "")
    if each.percent == "load" and each.load is None:
        formula = "a load that leaves the effort named" if each.effort else "a load found today"
    if each.load is None and each.exact is not None and not each.words:
        formula = each.too_light  # known: nothing owned is so light, or nothing is held at all
    return SetRow(
        repetitions=max(counted[0] or 1, each.expect if each.expect > 1 else AS_MANY)
        if each.most and not each.lasting
        else each.repetitions and each.repetitions[0],
        up_to=_top(counted),
        as_many=True if each.open or (each.lasting and kind is not DoseKind.HOLD) else None,
        hold_open=True if each.lasting and kind is DoseKind.HOLD else None,
        no_minimum=True if each.most else None,
        hold_seconds=held[0],
        hold_up_to=_top(held),
        seconds=counted[0] if each.seconds and kind is DoseKind.TIME else None,
        metres=counted[0] if each.distance else None,
        miles=True if each.far_in == "mile" else None,
        yards=True if each.far_in == "yard" else None,
        name=each.name,
        load=each.load,
        formula=formula or None,
        effort=each.effort,
        effort_from=each.effort_from,
        warm_up=each.kind == "warmup",
        every_seconds=None if each.every is None else each.every[1],
        in_all=True if each.in_all else None,
    )


def _allowed(each: PlannedSet, span: tuple[int, int] | None) -> tuple[int, int] | None:
    """Seconds or metres for which time is allowed: of as many as possible those of a forecast, or the usual."""
    if span is None or not each.most or not each.lasting:
        return span
    length = each.expect_length or (AS_FAR if each.distance else AS_LONG)
    return length, length


def _top(span: tuple[int | None, int | None]) -> int | None:
    """The top of a range; None where it is one number."""
    return span[1] if span[0] != span[1] else None


#: Seconds of work, seconds of what is easy behind it, and the effort of the work: highest and lowest.
_Round = tuple[int, int, float | None, float | None]


def _with_rests(sets: Sequence[PlannedSet]) -> Iterator[PlannedSet]:
    """Stretches with what is said of the rest between them."""
    for n, each in enumerate(sets):
        yield each
        if (
            each.rest_seconds
            and each.rest_seconds[1]
            and (n + 1 < len(sets) or each.until_metres is not None or each.round)
        ):
            yield PlannedSet(each.number, "rest", seconds=each.rest_seconds)


def _intervals(sets: Sequence[PlannedSet]) -> Iterator[SetRow]:
    """Rounds of work and rest for arithmetic, with the whole sequence in words on the first row."""
    stretches = list(_with_rests(sets))
    moving = [each for each in sets if each.kind not in _STILL]
    apart = len({(each.effort, each.effort_from) for each in moving}) > 1
    words = sequence_words(
        [(each.kind, _length(each) + _remarks(each, effort=apart, note=_own_notes(sets))) for each in stretches]
    )
    rounds = 1
    if sets[0].until_metres is not None:
        metres = sum(_stretch(each) * _speed(each.kind) for each in stretches if each.kind not in _STILL)
        rounds = math.ceil(sets[0].until_metres / max(1.0, metres))
        far = _metres(sets[0].until_metres, far_in=sets[0].far_in)
        words = f"{words} in turn, until {far} {'is' if far == '1 mile' else 'are'} done"
    alike = [(key, len(list(same))) for key, same in groupby(_rounds(stretches, apart=apart))]
    if len(alike) > MOST_SETS:
        # the words say in which order; for the time it is enough how many of each there are
        counts: dict[_Round, int] = {}
        for key, count in alike:
            counts[key] = counts.get(key, 0) + count
        alike = list(counts.items())
    for i, ((work, rest, effort, effort_from), count) in enumerate(alike):
        yield SetRow(
            rounds=min(MOST_ROUNDS, count * rounds),
            work_seconds=work,
            rest_seconds=rest,
            effort=effort,
            effort_from=effort_from,
            miles=True if any(each.far_in == "mile" for each in sets) else None,
            yards=True if any(each.far_in == "yard" for each in sets) else None,
            formula=words if i == 0 else None,
        )


def _rounds(stretches: Sequence[PlannedSet], *, apart: bool) -> list[_Round]:
    """Stretches of work, each with the easy ones behind it; where efforts are unlike, also what states its own."""
    easy = EASY_KINDS if any(each.kind not in EASY_KINDS for each in stretches) else _STILL
    rounds: list[_Round] = []
    before = 0
    for each in stretches:
        seconds = _stretch(each)
        if each.kind not in easy or (apart and each.effort is not None and each.kind not in _STILL):
            rounds.append((seconds, before, each.effort, each.effort_from))
            before = 0
        elif rounds and rounds[-1][1] == 0:
            rounds[-1] = _rested(rounds[-1], seconds)
        else:
            before += seconds
    if not rounds:
        return [(_stretch(each), 0, None, None) for each in stretches]
    return [*rounds[:-1], _rested(rounds[-1], before)]


def _rested(one: _Round, seconds: int) -> _Round:
    """A round with so much more rest behind it."""
    work, rest, effort, effort_from = one
    return work, rest + seconds, effort, effort_from


def _remarks(each: PlannedSet, *, effort: bool, note: bool) -> str:
    """`` (RPE 9; uphill)``: what is said of one stretch, as far as others differ in it; empty where they do not."""
    said = ""
    if effort and each.kind not in _STILL:
        said = effort_text(SetRow(effort=each.effort, effort_from=each.effort_from), reserve=False)
    found = [text for text in (said, each.note if note else "") if text]
    return f" ({'; '.join(found)})" if found else ""


def _stretch(each: PlannedSet) -> int:
    """Seconds of a stretch, of a range the middle; a distance at the usual speed."""
    if each.seconds:
        length = middle(*(_allowed(each, each.seconds) or each.seconds))
    else:
        length = middle(*(_allowed(each, each.distance) or (0, 0))) / _speed(each.kind)
    return min(DAY_SECONDS, max(LEAST_SECONDS, round(length)))


def _length(each: PlannedSet) -> str:
    """``90 s``, ``5 min``, ``20-30 min`` or ``400 m``."""
    if each.most:
        return "as far as possible" if each.seconds is None else "as long as possible"
    if each.seconds is None:
        least, most = each.distance or (0, 0)
        if each.lasting:
            return f"{_metres(least, far_in=each.far_in)} or further"
        return _metres(least, far_in=each.far_in) if least == most else distance_text(least, most, far_in=each.far_in)
    seconds, most = each.seconds
    if most > seconds:
        return span_text(seconds, most)
    return f"{duration_text(seconds)} or longer" if each.lasting else duration_text(seconds)


def _speed(kind: str) -> float:
    """The speed of a kind that is named after how one gets on; of others that of running, or walking if easy."""
    return _speed_of(kind) or (WALKING if kind in EASY_KINDS else RUNNING)


def _speed_of(name: str) -> float | None:
    """The speed that a word of a name stands for."""
    return next((SPEEDS[word] for word in name.split("_") if word in SPEEDS), None)


def _metres(metres: int, *, far_in: FarUnit | None = None) -> str:
    if far_in:
        return distance_text(metres, far_in=far_in)
    return f"{metres / 1000:.3g} km" if metres >= 1000 else f"{metres} m"


# -------------------------------------------------------------------- rules
def breaks(placed: Sequence[Placed], case: Case | None = None) -> Iterator[Violation]:
    """Safety bounds that the programme breaks as it is written: O7 for running, O1 for jumps of load."""
    o1 = values(case, overload.O1) if case else {p.name: p.default for p in overload.O1.parameters}
    o7 = values(case, endurance.O7) if case else {p.name: p.default for p in endurance.O7.parameters}
    recent = float(case.patient.training.longest_run_minutes or 0) if case else 0.0
    yield from endurance.runs_too_long(
        list(_runs(placed)), percent=o7["percent"], exempt=o7["minutes"], recent_minutes=recent
    )
    lines = dict.fromkeys((item.line, item.exercise) for one in placed for item in one.session.items)
    for line, exercise in lines:
        yield from overload.load_jumps(
            list(_tops(placed, line, exercise)),
            percent=o1["percent"],
            one_rep_max_percent=o1["one_rep_max_percent"],
            exempt_below_kg=o1["exempt_below_kg"],
        )


def _where(session: PlannedSession, line: str) -> str:
    return f"week {session.week}, session {session.ordinal} ({line.replace('_', ' ')})"


def _runs(placed: Sequence[Placed]) -> Iterator[endurance.Run]:
    for one in placed:
        for item in one.session.items:
            heads = [each.number for each in _heads(item.sets)]
            runs = [each for each in item.sets if each.kind == "run"]
            if not runs:
                continue
            length = longest = 0.0
            for head, sets in groupby(runs, key=lambda each, heads=heads: _stretch_of(each, heads)):  # type: ignore[misc]
                several = list(sets)
                # of as many as go in a time nobody runs longer than that
                most = float(several[0].until_seconds or 0) if head else math.inf
                length += min(most, sum(_running(each, item.sets) for each in several))
                longest = max([longest, *(min(most, _at_once(each, item.sets)) for each in several)])
            yield endurance.Run(one.on, _where(one.session, item.line), length / 60, longest / 60)


def _at_once(each: PlannedSet, sets: Sequence[PlannedSet]) -> float:
    """Seconds of running in one go."""
    return each.seconds[1] if each.seconds else _running(each, sets)


def _running(each: PlannedSet, sets: Sequence[PlannedSet]) -> float:
    """Seconds of running in a set, of a range the most; distances at the usual speeds."""
    if each.until_metres is not None and each.seconds is not None:
        turn = sum(one.seconds[1] * _speed(one.kind) for one in sets if one.seconds and one.kind not in _STILL)
        return each.seconds[1] * each.until_metres / turn
    if each.seconds is not None:
        return float(each.seconds[1])
    return (each.distance[1] if each.distance else 0) / RUNNING


def _tops(placed: Sequence[Placed], line: str, exercise: str) -> Iterator[tuple[str, Load, int]]:
    for one in placed:
        for item in one.session.items:
            loaded = [each for each in item.sets if each.load is not None and each.working and each.repetitions]
            if (item.line, item.exercise) == (line, exercise) and loaded:
                top = max(loaded, key=lambda each: each.load.kg if each.load else 0.0)
                if top.load is not None and top.repetitions is not None:
                    yield _where(one.session, line), top.load, max(_counts(top))


def _counts(each: PlannedSet) -> tuple[int, ...]:
    """The most repetitions of a set; of a total those of the usual sets that it takes."""
    most = max(1, (each.repetitions or (1, 1))[1])
    if not each.in_all:
        return (most,)
    return tuple(min(USUAL_OF_A_TOTAL, most - before) for before in range(0, most, USUAL_OF_A_TOTAL))


def refused(
    protocol: Protocol,
    placed: Sequence[Placed],
    exercises: Mapping[str, Exercise],
    case: Case,
    broken: Sequence[Violation] = (),
    *,
    at: dt.time,
) -> Iterator[str]:
    """Why a patient may not do a protocol: one reason for each rule, exercise and line of the patient file.

    A protocol has no check-ins that would open more, so that it is judged by what is open at the
    start.  Reasons begin with ``path: ``, the place in the patient file, where there is one.
    """
    from planner.solver.prepare import open_gate

    weeks = placed[-1].session.week
    episode = case.patient.episode.model_copy(update={"weeks": min(52, max(weeks, 1))})
    own = replace(case, patient=case.patient.model_copy(update={"episode": episode}))
    gate = open_gate(own)
    seen: set[tuple[str, str, str]] = set()
    for name in dict.fromkeys(item.exercise for one in placed for item in one.session.items):
        judged = judged_as(protocol, name, exercises)
        if judged is not None and all(setup_at(place, judged) is None for place in case.patient.places):
            yield f"places: E1: none has what {_name(protocol, name, judged)} needs"
        earliest = None if judged is None else gate.not_before(judged)
        if earliest is not None and at < earliest:
            said = f"not before {earliest:%H:%M}, and sessions begin at {at:%H:%M}; --at chooses another time"
            yield f"availability.waking: M1: {_name(protocol, name, judged)}: {said}"
    for one in placed:
        for item in one.session.items:
            judged = judged_as(protocol, item.exercise, exercises)
            for rule, because, said in _closed(own, gate, item, judged, one.session.week):
                key = (rule, because, item.exercise)
                if key not in seen:
                    seen.add(key)
                    name = _name(protocol, item.exercise, judged)
                    yield f"{because}: {rule} closes {name} (first in week {one.session.week}): {said}"
        caps = [cap for cap in gate.limits if isinstance(cap, CountCap) and cap.per is Per.ITEMS_A_SESSION]
        for cap in caps:
            count = len({item.exercise for item in one.session.items})
            key = (cap.rule, cap.because, "")
            if one.session.week in cap.weeks and count > cap.at_most and key not in seen:
                seen.add(key)
                yield f"{cap.because}: {cap.rule}: {count} exercises in a session, at most {cap.at_most} are allowed"
    for violation in broken:
        if violation.rule == "O7" and not is_off(case, RULES["O7"]):
            yield f"training.longest_run_minutes: {violation} (a signed override of O7 would set it aside)"


def _name(protocol: Protocol, exercise: str, judged: Exercise | None) -> str:
    declared = protocol.exercises.get(exercise)
    return declared.name if declared else judged.name if judged else exercise


def _closed(
    case: Case, gate: Any, item: PlannedItem, judged: Exercise | None, week: int
) -> Iterator[tuple[str, str, str]]:
    """(rule, place in the patient file, why) for everything that closes an item."""
    patient = case.patient
    if judged is None or not judged.complete:
        if not patient.healthy or patient.conditions != Conditions() or patient.restrictions:
            yield (
                "E6",
                "findings.presentation" if not patient.healthy else "conditions",
                "what it asks of the back is not known; name a catalogue exercise that is alike (like: ...)",
            )
        return
    week = min(week, case.weeks)
    loads = [each.load for each in item.sets if each.load is not None]
    counts = tuple(count for each in item.sets if each.working for count in _counts(each))
    state = State(
        counts=counts or (1,),
        hold_seconds=1,  # published protocols are exempt from the seconds of rule A1
        load=max(loads, key=lambda load: load.kg, default=None),
        work_seconds=max((each.seconds[1] for each in item.sets if each.seconds), default=0),
        implement=judged.setups[0].implement,
    )
    limit = gate.closing(judged, state, week)
    if limit is not None:
        yield limit.rule, limit.because, RULES[limit.rule].title.lower()
        return
    for intolerance, (direction, opened) in _stages_open(gate):
        stage = gate.stages(judged, state)[direction]
        if stage is None or stage > opened:
            need = "a stage that never opens" if stage is None else f"stage {stage}"
            yield "D1", intolerance, f"{direction.plain} needs {need}; stage {opened} is open at the start"
    preferred = patient.findings.directional_preference
    if isinstance(preferred, Direction) and judged.preference is not None and not _same(judged.preference, preferred):
        yield "D2", "findings.directional_preference", f"{preferred.plain} was tested as the direction that helps"
    cap = min(
        (one.at_most for one in gate.limits if getattr(one, "quantity", None) == "effort" and week in one.weeks),
        default=10.0,
    )
    effort = max((_effort(each) for each in item.sets if each.working), default=0.0)
    if effort > cap and gate.burden(judged, state).loads_spine:
        yield "I1", "findings.irritability", f"effort {effort:g} of 10 on work that loads the spine, at most {cap:g}"


def _stages_open(gate: Any) -> Iterator[tuple[str, tuple[Direction, int]]]:
    for direction, limit in gate.opens.items():
        yield limit.because, (direction, limit.first)


def _same(preference: Direction, tested: Direction) -> bool:
    """Whether an exercise works the tested direction; a side glide is mirrored to the side that was tested."""
    shifts = (Direction.SHIFT_LEFT, Direction.SHIFT_RIGHT)
    return preference is tested or (preference in shifts and tested in shifts)


def _effort(each: PlannedSet) -> float:
    """The effort that a set asks for: as stated; to the limit when it is open or a repetition maximum."""
    if each.effort is not None:
        return each.effort
    return 10.0 if each.open or each.lasting or each.percent == "find" else 0.0


# -------------------------------------------------------------------- words
def _start_words(protocol: Protocol, build: Build) -> Iterator[str]:
    measures = protocol.measures()
    for line, named in sorted(build.start.items()):
        for name, stated in sorted(named.items()):
            measure = measures.get((line, name))
            numbers = stated if isinstance(stated, tuple) else (stated,)
            shown = ", ".join(_value_text(protocol, line, name, one, measure) for one in numbers)
            yield f"{line.replace('_', ' ')}: {percent_words(name)} {shown}"


def _value_text(protocol: Protocol, line: str, name: str, number: float, measure: notation.Measured | None) -> str:
    """A value as it is read: times and distances with their unit."""
    if measure == "time":
        return span_text(round(number), None)
    if measure == "distance":
        return distance_text(round(number), far_in=protocol.far_in(line, name))
    return f"{number:g}"
