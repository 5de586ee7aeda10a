"""Clinic protocols: a standard planned for its archetype, or individualised for one patient.

The solver plans both, under the same rules.  For a patient the file wins wherever it speaks; the
standard gives what is missing and the exercises that are liked, so that the two differ only where a
rule, a line of the file or the solver's choice makes them, and each difference says which.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from planner.domain.case import Case
from planner.domain.exercise import Exercise
from planner.domain.patient import Answer, Patient, Screening, Site, Weekday
from planner.domain.programme import (
    Item,
    Programme,
    Provenance,
    SessionKind,
    StandardDifference,
    StandardRecord,
)
from planner.domain.red_flags import FLAG_IDS
from planner.domain.standard import ClinicProtocol, EquipmentLevel, Fits
from planner.errors import InvalidInput, NoProgramme
from planner.export.text import cut, work_text
from planner.intake.new import PRESETS
from planner.intake.validate import did_you_mean
from planner.plan import Plan, Progress, make_programme, screened
from planner.progression.loads import owned
from planner.rules import RULES

#: Weekdays of so many sessions a week, rest days between where the week allows it. [D]
_DAYS: Final[Mapping[int, tuple[Weekday, ...]]] = {
    1: (Weekday.MON,),
    2: (Weekday.MON, Weekday.THU),
    3: (Weekday.MON, Weekday.WED, Weekday.FRI),
    4: (Weekday.MON, Weekday.TUE, Weekday.THU, Weekday.SAT),
    5: (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.FRI, Weekday.SAT),
    6: (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI, Weekday.SAT),
    7: tuple(Weekday),
}
#: What a level has besides its preset: something to lift from the floor. [D]
_BOX: Final = {"box": {"low": 2, "high": 20, "step": 1}}
_LENGTH: Final = 300


@dataclass(frozen=True)
class Settings:
    """What a standard is planned with."""

    weeks: int
    days: int
    minutes: int
    level: EquipmentLevel

    @property
    def words(self) -> tuple[str, ...]:
        """One line each."""
        return (
            f"{self.weeks} weeks",
            f"{self.days} days a week",
            f"{self.minutes} minutes a session",
            f"equipment: {self.level}",
        )


def settings(
    standard: ClinicProtocol,
    *,
    weeks: int | None = None,
    days: int | None = None,
    minutes: int | None = None,
    level: str | None = None,
) -> Settings:
    """What was asked, and the standard's own where nothing was.

    Raises
    ------
    InvalidInput
        When something lies outside the bounds of the standard.
    """
    chosen: dict[str, int] = {}
    for name, value in (("weeks", weeks), ("days", days), ("minutes", minutes)):
        span = getattr(standard.parameters, name)
        if value is not None and not span.low <= value <= span.high:
            raise InvalidInput(f"{standard.protocol}: {name} must be between {span.low} and {span.high} (got {value})")
        chosen[name] = span.default if value is None else value
    levels = standard.parameters.equipment_level
    found = next((one for one in levels.levels if one == (level or levels.default)), None)
    if found is None:
        hint = did_you_mean(str(level), levels.levels) or f" (levels: {', '.join(levels.levels)})"
        raise InvalidInput(f"{standard.protocol}: there is no equipment level {level!r}{hint}")
    return Settings(chosen["weeks"], chosen["days"], chosen["minutes"], found)


def archetype_case(
    standard: ClinicProtocol,
    chosen: Settings,
    exercises: Mapping[str, Exercise],
    *,
    start: dt.date,
    timezone: str,
    days: Sequence[str] = (),
) -> Case:
    """The case of a standard's archetype: every safety question answered no, because nobody is behind it."""
    one = standard.archetype
    place = "gym" if chosen.level == "gym" else "home"
    # one quarter of an hour of slack, so that a session of that length fits its window
    ends = 18 * 60 + chosen.minutes + 15
    window = {"from": "18:00", "to": f"{ends // 60:02d}:{ends % 60:02d}", "place": place}
    equipment: dict[str, Any] = {"unit": "kg", **PRESETS[chosen.level]}
    if chosen.level in ("dumbbells", "gym"):
        equipment |= _BOX
    data = {
        "patient": f"STANDARD-{standard.protocol.replace('_', '-')}"[:40],
        "age": one.age,
        "body_mass_kg": one.body_mass_kg,
        "episode": {"start": start, "weeks": chosen.weeks, "timezone": timezone},
        "screening": Screening(on=start, flags=dict.fromkeys(FLAG_IDS, Answer.NO)),
        "findings": one.findings,
        "conditions": one.conditions,
        "restrictions": one.restrictions,
        "goals": one.goals,
        "training": one.training,
        "likes": one.likes,
        "places": [{"name": place, "equipment": equipment}],
        "availability": {
            "windows": [{"day": day, **window} for day in days or _DAYS[chosen.days]],
            "sessions_per_week": chosen.days,
            "session_minutes": chosen.minutes,
            "daily_slots": [{"at": "12:30", "minutes": 45}, {"at": "20:30", "minutes": 15}],
        },
    }
    return Case(Patient.model_validate(data), exercises)


def record(standard: ClinicProtocol, chosen: Settings) -> StandardRecord:
    """What a programme says of the standard that it follows."""
    return StandardRecord(
        id=standard.protocol,
        version=standard.version,
        title=standard.title,
        reviewed=standard.reviewed,
        source=standard.source,
        mark=standard.mark,
        settings=chosen.words,
        limits=standard.limits,
        then=standard.then,
    )


def build(
    standard: ClinicProtocol, chosen: Settings, case: Case, *, provenance: Provenance, seconds: float = 60.0
) -> Plan:
    """The standard as a verified programme for its archetype; raises what ``make_programme`` raises."""
    warning = "This is a standard for an archetype: nobody was examined or screened. Plan each patient on their own."
    made = make_programme(case, provenance=provenance, seconds=seconds, warnings=(warning,))
    return _with(made, record(standard, chosen))


def _with(plan: Plan, said: StandardRecord) -> Plan:
    return Plan(plan.programme.model_copy(update={"standard": said}), plan.solver_report)


# -------------------------------------------------------------------- for one patient
def filler(standard: ClinicProtocol, filled: list[str]) -> Callable[[Any], None]:
    """Completes a patient file's data with what the standard gives; ``filled`` gets a line for each."""
    spans = standard.parameters

    def fill(data: dict[str, Any]) -> None:
        episode = data.get("episode")
        if isinstance(episode, dict) and "weeks" not in episode:
            episode["weeks"] = spans.weeks.default
            filled.append(f"episode.weeks: {spans.weeks.default}")
        if not data.get("goals"):
            data["goals"] = [goal.model_dump(mode="json", exclude_none=True) for goal in standard.archetype.goals]
            filled.append("goals: " + "; ".join(goal.words or goal.kind.value for goal in standard.archetype.goals))
        conditions = data.setdefault("conditions", {})
        if isinstance(conditions, dict):
            for name in _asked(standard.fits):
                conditions.setdefault(name, "unknown")
        week = data.get("availability")
        windows = week.get("windows") if isinstance(week, dict) else None
        if not isinstance(week, dict) or not isinstance(windows, list):
            return
        days = min(spans.days.default, len(windows))
        for name, value in (("sessions_per_week", days), ("session_minutes", spans.minutes.default)):
            if name not in week and value:
                week[name] = value
                filled.append(f"availability.{name}: {value}")

    return fill


def contradictions(standard: ClinicProtocol, patient: Patient) -> Iterator[str]:
    """Why a standard is not for a patient: path of the line, and what speaks against it."""
    findings, fits, name = patient.findings, standard.fits, standard.title
    own = standard.archetype.findings
    prefers = findings.directional_preference
    where = "findings.directional_preference"
    avoided = {row.direction for row in own.intolerances}
    if prefers in avoided:
        yield f"{where}: {prefers} is preferred; {name} is for backs that do not tolerate it yet"
    for i, row in enumerate(findings.intolerances):
        if row.direction == own.directional_preference:
            yield f"findings.intolerances[{i}]: {row.direction.plain} is not tolerated; {name} begins with it"
    for direction in fits.intolerances:
        if patient.intolerance(direction) is None and prefers != direction:
            yield f"findings.intolerances: {direction.plain} is tolerated; {name} is for backs that do not yet"
    if findings.irritability not in fits.irritability:
        allowed = " or ".join(one.value for one in fits.irritability)
        yield f"findings.irritability: is {findings.irritability.value}; {name} needs {allowed}"
    if fits.presentations and findings.presentation not in fits.presentations:
        allowed = ", ".join(one.value for one in fits.presentations)
        yield f"findings.presentation: is {findings.presentation.value}; {name} is for {allowed}"
    distal = findings.most_distal
    if fits.leg_symptoms and (distal.site.rank <= Site.BUTTOCK.rank or distal.side.value not in ("left", "right")):
        yield f"findings.most_distal: reaches the {distal.site.value}; {name} is for symptoms down one leg"
    if not fits.vertebral_fracture and patient.conditions.vertebral_fracture != "excluded":
        found = patient.conditions.vertebral_fracture
        yield f"conditions.vertebral_fracture: is {found}; {name} needs a fracture excluded"
    falls = patient.conditions.falls_last_year
    if not fits.falls and falls != 0:
        told = "unknown" if falls is None else falls
        yield f"conditions.falls_last_year: is {told}; {name} needs a year without falls"
    floor = patient.conditions.floor_transfer
    if fits.floor_transfer and floor is not True:
        tested = "unknown" if floor is None else "no"
        yield f"conditions.floor_transfer: is {tested}; {name} needs it tested and unaided"


def _asked(fits: Fits) -> Iterator[str]:
    """The conditions that a standard wants to have been asked about: where a file is silent, they are not known."""
    if not fits.vertebral_fracture:
        yield "vertebral_fracture"
    if not fits.falls:
        yield "falls_last_year"
    if fits.floor_transfer:
        yield "floor_transfer"


def nearest(standard: ClinicProtocol, patient: Patient) -> Settings:
    """The standard's settings nearest to a patient's own; its own equipment."""
    week, spans = patient.availability, standard.parameters
    days = week.sessions_per_week or min(spans.days.default, len(week.windows))
    minutes = week.session_minutes or max(window.minutes for window in week.windows)
    return settings(
        standard,
        weeks=min(max(patient.episode.weeks, spans.weeks.low), spans.weeks.high),
        days=min(max(days, spans.days.low), spans.days.high),
        minutes=min(max(minutes, spans.minutes.low), spans.minutes.high),
    )


def individualise(
    standard: ClinicProtocol,
    case: Case,
    *,
    provenance: Callable[[Case], Provenance],
    filled: tuple[str, ...] = (),
    seconds: float = 60.0,
    warnings: tuple[str, ...] = (),
    progress: Callable[[Progress], None] | None = None,
) -> tuple[Plan, Case]:
    """A patient's own programme after a standard, and the case that it was planned for.

    Raises
    ------
    NoProgramme
        When the standard contradicts the findings; or as ``make_programme``.
    """
    screened(case)
    against = list(contradictions(standard, case.patient))
    if against:
        raise NoProgramme(against)
    patient = case.patient
    chosen = nearest(standard, patient)
    pattern = archetype_case(
        standard, chosen, case.exercises, start=patient.episode.start, timezone=patient.episode.timezone
    )
    usual = make_programme(pattern, provenance=provenance(pattern), seconds=seconds, progress=progress).programme
    names = [name for name in _lines(usual) if name not in patient.dislikes and name not in patient.likes]
    own = Case(
        patient.model_copy(update={"likes": (*patient.likes, *names)}),
        case.exercises,
        case.clinic,
        case.busy,
        case.course,
    )
    made = make_programme(own, provenance=provenance(own), seconds=seconds, warnings=warnings, progress=progress)
    told = (*filled, *([f"likes: the {len(names)} exercises of the standard"] if names else []))
    said = record(standard, chosen).model_copy(
        update={
            "filled": told,
            "differences": tuple(_differences(standard, pattern, usual, case, made.programme)),
        }
    )
    return _with(made, said), own


# -------------------------------------------------------------------- what differs, and why
def _lines(programme: Programme) -> dict[str, list[tuple[int, Item]]]:
    """Every exercise of the training sessions, with its weeks and lines in order."""
    found: dict[str, list[tuple[int, Item]]] = {}
    for session in programme.live:
        if session.kind is SessionKind.TRAINING:
            for item in session.items:
                found.setdefault(item.exercise, []).append((session.week, item))
    return found


def _differences(
    standard: ClinicProtocol, pattern: Case, usual: Programme, case: Case, made: Programme
) -> Iterator[StandardDifference]:
    yield from _settings(standard, case.patient)
    yield from _phases(usual, made, case.patient)
    before, after = _lines(usual), _lines(made)
    why_not, why_usually_not = _Closed(case), _Closed(pattern)
    for name, rows in before.items():
        if name not in after:
            rule, because = why_not.of(name) or _instead(rows, after, before, case.patient)
            yield _line("left out", rows, [], rule, because)
    for name, rows in after.items():
        if name not in before:
            rule, because = _wanted(name, case.patient) or why_usually_not.of(name, usually=True) or ("", "")
            if not because:
                rule, because = _instead(rows, before, after, case.patient, added=True)
            yield _line("added", [], rows, rule, because)
    for name, rows in after.items():
        if name in before and before[name][-1][1].doses != rows[-1][1].doses:
            yield _line("dose", before[name], rows, *_held(before[name], rows, case.patient))


def _line(kind: str, before: list[tuple[int, Item]], after: list[tuple[int, Item]], rule: str, why: str) -> Any:
    name = (after or before)[0][1].name
    return StandardDifference.model_validate(
        {
            "kind": kind,
            "what": name,
            "standard": _span(before),
            "here": _span(after),
            "rule": rule,
            "because": cut(why, _LENGTH),
        }
    )


def _span(rows: list[tuple[int, Item]]) -> str:
    """``weeks 3-12, at last 3 × 8 at 12 kg``."""
    if not rows:
        return ""
    first, last = rows[0][0], rows[-1][0]
    weeks = f"week {first}" if first == last else f"weeks {first}-{last}"
    return f"{weeks}, at last {work_text(rows[-1][1]).partition(': ')[2]}"


def _settings(standard: ClinicProtocol, patient: Patient) -> Iterator[StandardDifference]:
    spans, week = standard.parameters, patient.availability
    days = week.sessions_per_week or len(week.windows)
    minutes = week.session_minutes or max(window.minutes for window in week.windows)
    shown = "availability.sessions_per_week" if week.sessions_per_week else "availability.windows"
    limit = "availability.session_minutes" if week.session_minutes else "availability.windows"
    for what, usual, here, path in (
        ("weeks", spans.weeks.default, patient.episode.weeks, "episode.weeks"),
        ("days a week", spans.days.default, days, shown),
        ("minutes a session", spans.minutes.default, minutes, limit),
    ):
        if usual != here:
            because = f"{path}: {here} {what}"
            yield StandardDifference(kind="setting", what=what, standard=str(usual), here=str(here), because=because)


def _phases(usual: Programme, made: Programme, patient: Patient) -> Iterator[StandardDifference]:
    rows = []
    for number in range(1, max(usual.weeks_planned, made.weeks_planned) + 1):
        was = usual.week(number).phase.value if number <= usual.weeks_planned else ""
        now = made.week(number).phase.value if number <= made.weeks_planned else ""
        rows.append((number, was, now))
    for (was, now), run in groupby(rows, key=lambda row: row[1:]):
        numbers = [number for number, *_ in run]
        if was != now:
            span = f"weeks {numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else f"week {numbers[0]}"
            short = not was or not now
            because = (
                f"episode.weeks: {patient.episode.weeks}"
                if short
                else f"findings.irritability: {patient.findings.irritability.value}; phases begin and last by it"
            )
            yield StandardDifference(
                kind="phase",
                what=span,
                standard=was or "none",
                here=now or "none",
                rule="" if short else "PH",
                because=because,
            )


class _Closed:
    """Why an exercise is closed to a case."""

    def __init__(self, case: Case) -> None:
        from planner.solver.prepare import prepare

        self._case = case
        self._start = prepare(case)

    def of(self, name: str, *, usually: bool = False) -> tuple[str, str] | None:
        """Rule and reason of an exercise that is closed in all weeks, or in the most of them."""
        from planner.solver.closed import closures

        runs = closures(self._case, self._start.gate, self._start.table, self._case.exercises[name])
        shut = [run for run in runs if run.rule is not None]
        if not shut:
            return None
        run = max(shut, key=lambda one: one.last - one.first)
        all_weeks = sum(one.last - one.first + 1 for one in shut) == self._case.weeks
        when = "" if all_weeks else f", in weeks {run.first}-{run.last}"
        if usually:
            # the path is one of the archetype's, not of the patient's file
            return run.rule or "", f"closed to the standard{when}: {run.because}"
        return run.rule or "", f"{run.because}{when}"


def _wanted(name: str, patient: Patient) -> tuple[str, str] | None:
    """The line of the patient file that asks for an exercise."""
    for i, goal in enumerate(patient.goals):
        if goal.exercise == name:
            return "O2", f"goals[{i}]: the goal names it"
    if name in patient.likes:
        return "", f"likes[{patient.likes.index(name)}]: it is liked"
    for i, row in enumerate(patient.training.capacities):
        if row.exercise == name:
            return "", f"training.capacities[{i}]: it is known"
    return None


def _instead(
    rows: list[tuple[int, Item]],
    there: Mapping[str, list[tuple[int, Item]]],
    here: Mapping[str, list[tuple[int, Item]]],
    patient: Patient,
    *,
    added: bool = False,
) -> tuple[str, str]:
    """No rule closes it: what the line of work has in its place."""
    track = rows[0][1].track
    others = [lines[0][1].name for name, lines in there.items() if lines[0][1].track is track and name not in here]
    kept = others or [lines[0][1].name for lines in there.values() if lines[0][1].track is track]
    words = track.value.replace("_", " ")
    if added:
        what = f"in the place of {', '.join(others[:2])}" if others else "the line goes on with it"
        rule = rows[0][1].serves[0] if rows[0][1].serves and not rows[0][1].serves[0].startswith("goal") else ""
        return rule, f"{words}: {what}"
    if kept:
        return "", f"no rule closes it; {words} has {', '.join(dict.fromkeys(kept))} here, which serves goals and loads"
    level = patient.findings.irritability.value
    return "I1", f"findings.irritability: {level}; sessions of this length and number of exercises have no {words}"


def _held(before: list[tuple[int, Item]], after: list[tuple[int, Item]], patient: Patient) -> tuple[str, str]:
    """Why the last dose is another one: the rules that shaped it, or the loads owned."""
    was, now = before[-1][1], after[-1][1]
    if was.implement is not now.implement:
        return (
            "E1",
            f"places: {now.implement.value.replace('_', ' ')} instead of {was.implement.value.replace('_', ' ')}",
        )
    there, here = was.dose.top_load, now.dose.top_load
    if there is not None and here is not None and there.kg > here.kg:
        owned_here = {load.kg for place in patient.places for load in owned(place.equipment, now.implement)}
        if all(abs(there.kg - kg) > 0.01 for kg in owned_here):
            return "E1", f"places: no {now.implement.value.replace('_', ' ')} of {there.kg:g} kg"
    if now.shaped_by:
        rule = RULES[now.shaped_by[0]]
        return rule.id, f"{rule.title[:1].lower()}{rule.title[1:]}; {now.why}"
    if after[0][0] != before[0][0]:
        return "O1", f"begins in week {after[0][0]}, in the standard in week {before[0][0]}, and climbs from there"
    if patient.training.capacities:
        return "CAL", "training.capacities: what was done before"
    return "", now.why or "the solver's choice: goals, minutes and loads of this patient"
