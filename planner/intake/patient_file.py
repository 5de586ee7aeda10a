"""The patient file, read whole: its model, and everything that a model alone cannot know.

Names of exercises and red flags, dates against each other and against today, and the calendar
of busy hours beside the file.  All faults come at once; what is legal but odd is a warning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from planner.domain.case import Busy
from planner.domain.exercise import Exercise
from planner.domain.patient import Answer, Patient
from planner.domain.red_flags import FLAG_IDS
from planner.errors import Fault, InvalidInput
from planner.intake.busy import read_busy
from planner.intake.validate import did_you_mean, dig, validate
from planner.intake.yamlfile import Document, ValuePath, one_line, read_yaml

#: Says what the rules object to, for instance in ``overrides``: (path inside the file, problem).
PatientObjections = Callable[[Patient], Iterable[tuple[ValuePath, str]]]

#: Years in which a programme may start.
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
#: A safety screen older than this at the start is worth asking again, days. [D]
OLD_SCREEN_DAYS: Final = 28
#: Pregnancy above this age is taken for a slip of the pen, years. [D]
OLDEST_PREGNANCY: Final = 60
#: Answers of a repeated-movement test that speak against a direction.
_WORSE: Final = ("worse", "peripheralises", "peripheralised")
#: Answers after it that speak for one, though it was worse at first: it centralised, for instance.
_BETTER_AFTER: Final = ("better", "centralised")


def no_objections(_: Patient) -> Iterator[tuple[ValuePath, str]]:
    """Object to nothing."""
    return iter(())


def read_patient(
    path: Path,
    *,
    today: dt.date,
    exercises: Mapping[str, Exercise],
    start: dt.date | None = None,
    objections: PatientObjections = no_objections,
    fill: Callable[[Any], None] | None = None,
    revised: dt.date | None = None,
) -> tuple[Patient, list[str]]:
    """Read and check one patient file.

    Parameters
    ----------
    path
        The YAML file.
    today
        The date of reading; only used to warn of a start or a screening that does not fit it.
    exercises
        The catalogue by id; names in the file must be in it.
    start
        Replaces ``episode.start``.
    objections
        What the rules object to in a patient that is otherwise sound.
    fill
        Completes the parsed data where the file is silent, before anything is checked.
    revised
        The day of a later revision that the file is for: somebody may have asked, or looked, until then.

    Returns
    -------
    tuple[Patient, list[str]]
        The patient, and warnings as sentences.

    Raises
    ------
    InvalidInput
        With every fault of the file.
    """
    document = read_yaml(path)
    if start is not None and isinstance(dig(document.data, ("episode",)), dict):
        document.data["episode"]["start"] = start.isoformat()
    if fill is not None and isinstance(document.data, dict):
        fill(document.data)
    patient = validate(Patient, document, _cross_references(document, exercises))
    if not FIRST_YEAR <= patient.episode.start.year <= LAST_YEAR:
        raise InvalidInput([document.fault(("episode", "start"), f"must lie between {FIRST_YEAR} and {LAST_YEAR}")])
    faults = [
        *_screened_in_time(document, patient, revised),
        *_dates(document, patient),
        *_contradictions(document, patient),
        *_busy_file(document, patient, path),
        *(document.fault(where, problem) for where, problem in objections(patient)),
    ]
    if faults:
        raise InvalidInput(sorted(set(faults)))
    return patient, [str(fault) for fault in sorted(_oddities(document, patient, today))]


def read_busy_of(patient: Patient, path: Path) -> tuple[Busy, ...]:
    """Busy hours of a patient whose file is at ``path``; empty when the file names no calendar.

    Raises
    ------
    InvalidInput
        When the calendar cannot be read.
    """
    name = patient.availability.busy
    if name is None:
        return ()
    episode = patient.episode
    return read_busy(path.parent / name, zone=episode.zone, first=episode.start, days=7 * episode.weeks)


def _cross_references(document: Document, exercises: Mapping[str, Exercise]) -> Iterator[Fault]:
    """Names that are not known, found in the raw data, so that they show beside other faults."""
    for path, name in _exercise_names(document.data):
        if name not in exercises:
            words = [*exercises, *(exercise.name for exercise in exercises.values())]
            yield document.fault(
                path, f"no such exercise in the catalogue{_id_near(name, words, exercises)}", one_line(repr(name))
            )
    flags = dig(document.data, ("screening", "flags"))
    if isinstance(flags, dict):
        for flag in FLAG_IDS:
            if flag not in flags:
                yield document.fault(("screening", "flags", flag), "is not answered: add it with yes, no or unknown")
        for flag in flags:
            if flag not in FLAG_IDS:
                yield document.fault(("screening", "flags", flag), f"is not a red flag{did_you_mean(flag, FLAG_IDS)}")
    for path, row in _rows(document.data, ("screening", "clearances")):
        named = row.get("flag")
        if isinstance(named, str) and named not in FLAG_IDS:
            yield document.fault(
                (*path, "flag"), f"is not a red flag{did_you_mean(named, FLAG_IDS)}", one_line(repr(named))
            )


def _id_near(name: str, words: list[str], exercises: Mapping[str, Exercise]) -> str:
    hint = did_you_mean(name, words)
    for exercise in exercises.values():
        hint = hint.replace(repr(exercise.name), repr(exercise.id))
    return hint


def _rows(data: Any, path: ValuePath) -> Iterator[tuple[ValuePath, dict[str, Any]]]:
    rows = dig(data, path)
    for i, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield (*path, i), row


def _exercise_names(data: Any) -> Iterator[tuple[ValuePath, str]]:
    for place in (("goals",), ("training", "capacities"), ("restrictions",), ("pins",)):
        for path, row in _rows(data, place):
            if isinstance(row.get("exercise"), str):
                yield (*path, "exercise"), row["exercise"]
    for key in ("likes", "dislikes"):
        names = dig(data, (key,))
        for i, name in enumerate(names if isinstance(names, list) else ()):
            if isinstance(name, str):
                yield (key, i), name


def _screened_in_time(document: Document, patient: Patient, revised: dt.date | None) -> Iterator[Fault]:
    """A screen or a clearance that is dated after it is used: after the start, or after the day of a revision."""
    last, words = patient.episode.start, "is after the start of the programme"
    if revised is not None and revised > last:
        last, words = revised, "is after the day from which it is planned anew"
    dated: list[tuple[ValuePath, dt.date]] = [(("screening", "on"), patient.screening.on)]
    for i, clearance in enumerate(patient.screening.clearances):
        dated.append((("screening", "clearances", i, "on"), clearance.on))
    for where, on in dated:
        if on > last:
            yield document.fault(where, f"{words}, {last}")


def _dates(document: Document, patient: Patient) -> Iterator[Fault]:
    start = patient.episode.start
    for i, capacity in enumerate(patient.training.capacities):
        if capacity.on is not None and capacity.on > start:
            yield document.fault(
                ("training", "capacities", i, "on"), f"was done after the start of the programme, {start}?"
            )
    for i, pin in enumerate(patient.pins):
        if pin.week > patient.episode.weeks:
            yield document.fault(("pins", i, "week"), f"is after the last week, {patient.episode.weeks}", str(pin.week))
    surgery = patient.conditions.surgery
    if surgery is not None and surgery.until < surgery.on:
        yield document.fault(("conditions", "surgery", "until"), f"is before the surgery, {surgery.on}")
    weeks = patient.conditions.pregnancy_weeks
    if weeks is not None and patient.age > OLDEST_PREGNANCY:
        yield document.fault(
            ("conditions", "pregnancy_weeks"), f"does not fit age {patient.age}: correct one of them", str(weeks)
        )


def _contradictions(document: Document, patient: Patient) -> Iterator[Fault]:
    """A direction that is to settle the back, though its own test made symptoms worse."""
    findings = patient.findings
    for i, row in enumerate(findings.repeated_movements):
        worse = row.during in _WORSE or row.after in _WORSE
        if row.direction is not findings.directional_preference or not worse or row.after in _BETTER_AFTER:
            continue
        told = row.after if row.after in _WORSE else row.during
        yield document.fault(
            ("findings", "repeated_movements", i),
            f"{row.direction.value} is the directional_preference, but its own test says {told}: a direction that "
            "makes symptoms worse is no preference; correct the test, or write the direction found instead, or none",
        )


def _busy_file(document: Document, patient: Patient, path: Path) -> Iterator[Fault]:
    where = ("availability", "busy")
    try:
        read_busy_of(patient, path)
    except InvalidInput as error:
        for fault in error.faults:
            line = f" line {fault.line}:" if fault.line else ""
            yield document.fault(where, f"{patient.availability.busy}:{line} {fault.problem}", fault.got)


def _oddities(document: Document, patient: Patient, today: dt.date) -> Iterator[Fault]:
    """What is legal but odd, in the form of faults."""
    start = patient.episode.start
    screened = patient.screening.on
    if start < today:
        yield document.fault(("episode", "start"), f"{start} is in the past; give --start DATE to begin on another day")
    if screened > today:
        yield document.fault(("screening", "on"), f"{screened} has not come yet")
    if (start - screened).days > OLD_SCREEN_DAYS:
        yield document.fault(
            ("screening", "on"), f"was {(start - screened).days} days before the start; ask the questions again"
        )
    for i, clearance in enumerate(patient.screening.clearances):
        if patient.screening.flags.get(clearance.flag) is Answer.NO:
            yield document.fault(
                ("screening", "clearances", i, "flag"), f"{clearance.flag} is answered no, so it needs no clearance"
            )
    if patient.conditions.osteoporosis is not False:
        for name, taken in (("vertebral_fracture", "excluded"), ("floor_transfer", "yes")):
            if dig(document.data, ("conditions", name)) is None:
                yield document.fault(("conditions", name), f"is not answered, so it is taken as {taken}: ask")
    waking = patient.availability.waking
    for i, window in enumerate(patient.availability.windows):
        if window.start < waking:
            yield document.fault(("availability", "windows", i, "from"), f"is before waking time, {waking:%H:%M}")
    for i, slot in enumerate(patient.availability.daily_slots):
        if slot.at < waking:
            yield document.fault(("availability", "daily_slots", i, "at"), f"is before waking time, {waking:%H:%M}")
    last = start + dt.timedelta(days=7 * patient.episode.weeks - 1)
    for i, away in enumerate(patient.availability.away):
        if away.last < start or away.first > last:
            yield document.fault(("availability", "away", i), f"lies outside the programme, {start} to {last}")
    days = {window.day for window in patient.availability.windows}
    for i, pin in enumerate(patient.pins):
        if pin.day is not None and pin.day not in days:
            yield document.fault(("pins", i, "day"), f"no window is on {pin.day.value}")
