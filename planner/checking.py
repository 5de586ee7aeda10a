"""``gradus check``: what kind of file each one is, and every fault of them all at once.

A file tells its kind by its content: a list is exercises, a mapping with a patient's keys is a
patient, one with a clinic's keys a clinic, one with entries a log, and so on; .csv is a log, .ics busy
hours.  A log and outcomes are checked against their programme where that is given, else only for their form.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from catalog.lint import lint
from catalog.loader import exercises_of, load_catalogue, protocol_files
from planner.domain.clinic import Clinic
from planner.domain.exercise import Apparatus, Exercise, Implement, Pattern, Track
from planner.domain.patient import Equipment, Patient
from planner.domain.protocol import Build, Protocol
from planner.domain.standard import ClinicProtocol
from planner.errors import Fault, InvalidInput
from planner.intake.busy import read_busy
from planner.intake.clinic_file import read_clinic
from planner.intake.log_csv import read_csv
from planner.intake.log_file import LogFile, Reading, check_form, read_entries
from planner.intake.patient_file import read_patient
from planner.intake.protocol_file import OutcomeFile, doubts, protocol_of
from planner.intake.standard_file import standard_of
from planner.intake.validate import did_you_mean, validate
from planner.intake.yamlfile import Document, ValuePath, read_yaml
from planner.progression.loads import ALWAYS_THERE
from planner.protocols import outcome_objections
from planner.settings import clinic_objections, patient_objections
from planner.standards import filler

E = TypeVar("E", bound=StrEnum)


class Kind(StrEnum):
    """What a file holds."""

    PATIENT = "patient file"
    CLINIC = "clinic file"
    EXERCISES = "catalogue file"
    PROTOCOL = "protocol file"
    STANDARD = "clinic protocol file"
    LOG = "log"
    OUTCOMES = "outcomes of a published programme"
    EQUIPMENT = "equipment file"
    BUSY = "busy hours"


@dataclass
class Report:
    """A line for each sound file, warnings, and the faults of all."""

    sound: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def raise_faults(self) -> None:
        """Raise what was found.

        Raises
        ------
        InvalidInput
            With every fault of every file.
        """
        if self.faults:
            raise InvalidInput(self.faults)


def check_files(
    files: Iterable[Path],
    *,
    today: dt.date,
    against: Reading | None = None,
    built: tuple[Protocol, Build] | None = None,
    follows: ClinicProtocol | None = None,
) -> Report:
    """Check files of any kind.  Catalogue files are judged together with the shipped catalogue.

    ``against`` is what logs are read against; tables of sessions (.csv) need it.  ``built`` is the protocol and
    the build of a published programme that outcomes are read against.  ``follows`` is the clinic protocol that
    gives what patient files leave out.  A patient file is then one for a revision of the programme.
    """
    fill = None if follows is None else filler(follows, [])
    report = Report()
    shipped = load_catalogue()
    catalogue: list[Document] = []
    for path in dict.fromkeys(files):
        try:
            if path.suffix.lower() == ".csv":
                _check_table(path, against, report)
                continue
            if path.suffix.lower() == ".ics":
                found = read_busy(path, zone=ZoneInfo("UTC"), first=today, days=366)
                report.sound.append(f"{path}: {Kind.BUSY.value}, no faults; {len(found)} stretches in the year ahead")
                continue
            document = read_yaml(path)
            kind = kind_of(document)
            if kind is Kind.EXERCISES:
                catalogue.append(document)
            elif kind is Kind.CLINIC:
                read_clinic(path, clinic_objections)
                report.sound.append(f"{path}: {kind.value}, no faults")
            elif kind is Kind.PROTOCOL:
                protocol = protocol_of(document, shipped)
                report.warnings += [str(document.fault(*one)) for one in doubts(protocol, shipped)]
                report.sound.append(f"{path}: {kind.value}, no faults")
            elif kind is Kind.STANDARD:
                standard_of(document, shipped, protocol_files())
                report.sound.append(f"{path}: {kind.value}, no faults")
            elif kind is Kind.LOG:
                _check_log(document, against, report)
            elif kind is Kind.OUTCOMES:
                _check_outcomes(document, built, report)
            elif kind is Kind.EQUIPMENT:
                validate(Equipment, document)
                report.sound.append(f"{path}: {kind.value}, no faults")
            else:
                _, warnings = read_patient(
                    path,
                    today=today,
                    exercises=shipped,
                    objections=patient_objections,
                    fill=fill,
                    revised=None if against is None else against.today,
                )
                report.warnings += warnings
                report.sound.append(f"{path}: {kind.value}, no faults")
        except InvalidInput as error:
            report.faults += error.faults
    _check_catalogue(catalogue, shipped, report)
    return report


def kind_of(document: Document) -> Kind:
    """What a document holds.

    Raises
    ------
    InvalidInput
        When it is none of the kinds.
    """
    data = document.data
    if isinstance(data, list):
        if data and all(isinstance(one, dict) and {"session", "exercise"} <= set(one) for one in data):
            problem = "is a list of outcomes: write them under the key outcomes"
            raise InvalidInput([*document.faults, Fault(document.file, 1, "", problem)])
        return Kind.EXERCISES
    if isinstance(data, dict):
        # the kind with more of its keys; keys may be misspelt, or missing, which is for its check to say
        scores = {kind: _likeness(data, model) for kind, model in _MODELS.items()}
        best = max(scores, key=lambda kind: scores[kind])
        if scores[best] > 0:
            return best
    problem = (
        "is no patient file (patient, age, ...), clinic file (clinic, parameters, ...), protocol (protocol, lines, "
        "rotation, ...), log (entries), outcomes, equipment (dumbbells, barbell, ...) or list of exercises"
    )
    raise InvalidInput([*document.faults, Fault(document.file, 1, "", problem)])


_MODELS: Final[dict[Kind, type[BaseModel]]] = {
    Kind.PATIENT: Patient,
    Kind.CLINIC: Clinic,
    Kind.PROTOCOL: Protocol,
    Kind.STANDARD: ClinicProtocol,
    Kind.LOG: LogFile,
    Kind.OUTCOMES: OutcomeFile,
    Kind.EQUIPMENT: Equipment,
}


def _likeness(data: Mapping[str, Any], model: type[BaseModel]) -> int:
    names = list(model.model_fields)
    return sum(bool(get_close_matches(str(key), names, n=1, cutoff=0.8)) for key in data)


def _check_log(document: Document, against: Reading | None, report: Report) -> None:
    if against is None:
        found = len(check_form(document).entries)
        report.sound.append(
            f"{document.file}: {Kind.LOG.value}, no faults of form in {counted(found)}; --programme OUT checks the rest"
        )
        return
    entries, warnings = read_entries(document, against)
    report.warnings += warnings
    report.sound.append(f"{document.file}: {Kind.LOG.value}, no faults in {counted(len(entries))}")


def _check_outcomes(document: Document, built: tuple[Protocol, Build] | None, report: Report) -> None:
    outcomes = validate(OutcomeFile, document).outcomes
    rest = "" if built else "; --programme OUT checks their sessions and lines"
    if built is not None:
        found = [document.fault(("outcomes", n), problem) for n, problem in outcome_objections(*built, outcomes)]
        if found:
            raise InvalidInput(sorted(found))
    report.sound.append(f"{document.file}: {Kind.OUTCOMES.value}, no faults in {len(outcomes)}{rest}")


def _check_table(path: Path, against: Reading | None, report: Report) -> None:
    if against is None:
        raise InvalidInput([Fault(str(path), 0, "", "is a table of sessions; name its programme: --programme OUT")])
    entries, warnings = read_csv(path, against)
    report.warnings += warnings
    report.sound.append(f"{path}: {Kind.LOG.value}, no faults in {counted(len(entries))}")


def counted(entries: int) -> str:
    """``1 entry`` or ``12 entries``."""
    return f"{entries} {'entry' if entries == 1 else 'entries'}"


def _check_catalogue(documents: Sequence[Document], shipped: Mapping[str, Exercise], report: Report) -> None:
    """Faults of catalogue files: first each by itself, then, when all are whole, as one catalogue."""
    own: list[Exercise] = []
    places: list[tuple[Document, int]] = []
    before = len(report.faults)
    for document in documents:
        exercises, numbers, faults = exercises_of(document)
        report.faults += faults
        own += exercises
        places += [(document, number) for number in numbers]
    if len(report.faults) > before:
        return
    names = {exercise.id for exercise in own}
    others = [exercise for exercise in shipped.values() if exercise.id not in names]

    def origin(number: int, path: ValuePath) -> tuple[str, int]:
        if number >= len(own):
            return "", 0
        document, index = places[number]
        return document.file, document.line((index, *path))

    files = {document.file for document in documents}
    found = [fault for fault in lint([*own, *others], origin) if fault.file in files]
    report.faults += found
    bad = {fault.file for fault in found}
    report.sound += [f"{d.file}: {Kind.EXERCISES.value}, no faults" for d in documents if d.file not in bad]


# -------------------------------------------------------------------- picking from the catalogue
def pick_exercises(
    exercises: Iterable[Exercise], *, track: str | None, pattern: str | None, equipment: Sequence[str]
) -> list[Exercise]:
    """Exercises of a track and a pattern that can be done with some equipment, by pattern and level.

    ``equipment`` names implements and things; empty means whatever it takes, ``none`` nothing but
    what every place has.

    Raises
    ------
    InvalidInput
        When a name is not known.
    """
    found = list(exercises)
    if track is not None:
        wanted = _named(Track, track, "track")
        found = [exercise for exercise in found if wanted in exercise.tracks]
    if pattern is not None:
        kind = _named(Pattern, pattern, "pattern")
        found = [exercise for exercise in found if exercise.pattern is kind]
    if equipment:
        owned = _equipment(equipment)
        found = [exercise for exercise in found if any(_fits(exercise, i, owned) for i in range(len(exercise.setups)))]
    return sorted(found, key=lambda exercise: (list(Pattern).index(exercise.pattern), exercise.level, exercise.id))


def _named(kind: type[E], name: str, what: str) -> E:
    known = [value.value for value in kind]
    word = name.strip().lower().replace(" ", "_").replace("-", "_")
    if word not in known:
        hint = did_you_mean(word, known) or f" ({what}s: {', '.join(known)})"
        raise InvalidInput(f"there is no {what} {name!r}{hint}")
    return kind(word)


def _equipment(names: Sequence[str]) -> frozenset[str]:
    known = sorted({*(i.value for i in Implement), *(a.value for a in Apparatus)})
    words = [name.strip().lower().replace(" ", "_").replace("-", "_") for name in names]
    for word in words:
        if word not in known:
            hint = did_you_mean(word, known) or f" (equipment: {', '.join(known)})"
            raise InvalidInput(f"there is no equipment {word!r}{hint}")
    return frozenset({*words, Implement.NONE.value, *(thing.value for thing in ALWAYS_THERE)})


def _fits(exercise: Exercise, index: int, owned: frozenset[str]) -> bool:
    setup = exercise.setups[index]
    return setup.implement.value in owned and all(thing.value in owned for thing in setup.needs)
