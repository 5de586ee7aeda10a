"""A programme's folder: written whole or not at all, and read back with its inputs' hashes checked.

::

    OUT/programme.json              the programme; everything after planning reads this
        solver.json                 tiers, values, bounds, seconds
        calendar.ics                for a phone
        summary.md                  for reading
        inputs/patient.json         canonical copies of what it was made from,
               clinic.json          hashed in programme.json (provenance)
               exercises.json
               busy.json
        revisions/1/programme.json  every revision as it was written
                    inputs/...      and what it was made from, once there is a newer one
        log.jsonl                   what was done and how the patient responded (see ``journal``)
        log.torn                    what a crash left of entries that were being written

A programme made from a protocol has ``inputs/protocol.json`` and ``build.json`` instead of a solver's
report, and a patient's inputs only when it was made for one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any, Final, TypeVar

from catalog.loader import catalogue_sha256, load_catalogue
from planner import __version__, journal
from planner.domain.case import Busy, Case
from planner.domain.clinic import Clinic
from planner.domain.course import course_of
from planner.domain.exercise import Exercise
from planner.domain.log import Log, LogEntry
from planner.domain.model import Model
from planner.domain.patient import Findings, Patient
from planner.domain.programme import Programme, Provenance
from planner.domain.protocol import Build, Protocol
from planner.errors import Fault, InvalidInput
from planner.intake.canonical import canonical_bytes, from_canonical, sha256
from planner.intake.yamlfile import read_bytes
from planner.plan import Plan
from planner.rules.lifting import BLOCK_LIFTS, FLOOR_LIFTS

M = TypeVar("M", bound=Model)

PROGRAMME: Final = "programme.json"
#: The first level of a programme's folder.  A folder that holds anything else is never replaced.
ENTRIES: Final = (
    PROGRAMME,
    "solver.json",
    "calendar.ics",
    "summary.md",
    "inputs",
    "revisions",
    journal.LOG,
    journal.TORN,
)
#: Largest file that is read back, bytes.
MAX_BYTES: Final = 100_000_000


class _Exercises(Model):
    """What ``inputs/exercises.json`` holds."""

    exercises: tuple[Exercise, ...]


class _Stretch(Model):
    start: dt.datetime
    end: dt.datetime


class _BusyHours(Model):
    """What ``inputs/busy.json`` holds: local time, without offset."""

    busy: tuple[_Stretch, ...] = ()


def provenance(case: Case) -> Provenance:
    """Versions, and hashes of the case.

    ``patient_sha256`` is that of ``inputs/patient.json`` with ``inputs/busy.json`` after it.  Of the
    catalogue, a finished programme records only what it keeps a copy of (see ``sealed``).
    """
    return Provenance(
        gradus=__version__,
        ortools=metadata.version("ortools"),
        patient_sha256=_patient_sha256(canonical_bytes(case.patient), canonical_bytes(_busy(case))),
        clinic_sha256=sha256(case.clinic),
        exercises_sha256=catalogue_sha256(case.exercises.values()),
    )


def sealed(plan: Plan, case: Case) -> Plan:
    """The plan with the hash of exactly those exercises that its folder keeps."""
    digest = catalogue_sha256(kept_exercises(plan.programme, case).values())
    made = plan.programme.provenance.model_copy(update={"exercises_sha256": digest})
    return Plan(plan.programme.model_copy(update={"provenance": made}), plan.solver_report)


def kept_exercises(programme: Programme, case: Case) -> dict[str, Exercise]:
    """The exercises that the programme, the patient or a rule names, in the catalogue's order."""
    named = {*BLOCK_LIFTS, *FLOOR_LIFTS, *_named_by(case.patient)}
    items = (item for session in programme.sessions for item in (*session.items, *session.short))
    for item in (*items, *programme.flare_card):
        named.add(item.exercise)
        named.update(other.exercise for other in (item.easier, item.fallback) if other is not None)
    return {name: exercise for name, exercise in case.exercises.items() if name in named}


def _named_by(patient: Patient) -> Iterator[str]:
    yield from (goal.exercise for goal in patient.goals if goal.exercise)
    yield from (restriction.exercise for restriction in patient.restrictions if restriction.exercise)
    yield from (capacity.exercise for capacity in patient.training.capacities)
    yield from (pin.exercise for pin in patient.pins)
    yield from (*patient.likes, *patient.dislikes)


@dataclass(frozen=True)
class ProtocolInputs:
    """What a protocol's programme was made from; ``case`` is the patient that it was made for."""

    protocol: Protocol
    build: Build
    exercises: Mapping[str, Exercise]
    case: Case | None = None


# -------------------------------------------------------------------- writing
def sealed_protocol(programme: Programme, inputs: ProtocolInputs) -> Programme:
    """The programme with the hashes of what its folder keeps."""
    made = programme.provenance.model_copy(update={"exercises_sha256": catalogue_sha256(inputs.exercises.values())})
    if inputs.case is not None:
        whole = provenance(inputs.case)
        made = made.model_copy(update={n: getattr(whole, n) for n in ("patient_sha256", "clinic_sha256")})
    return programme.model_copy(update={"provenance": made})


def write_protocol(
    out: Path, programme: Programme, inputs: ProtocolInputs, calendar: bytes, summary: str, *, force: bool
) -> None:
    """Write the folder of a sealed programme that was made from a protocol, whole or not at all.

    Raises
    ------
    InvalidInput
        When ``out`` cannot or must not be written; see ``refuse_target``.
    """
    refuse_target(out, force=force)
    _write_first(out, programme.id, _protocol_files(programme, inputs, calendar, summary))


def write_protocol_revision(
    out: Path, programme: Programme, inputs: ProtocolInputs, calendar: bytes, summary: str, *, read: Programme
) -> None:
    """Write the next revision of a programme that was made from a protocol; see ``write_revision``."""
    _write_next(out, programme, _protocol_files(programme, inputs, calendar, summary), read=read)


def _protocol_files(programme: Programme, inputs: ProtocolInputs, calendar: bytes, summary: str) -> dict[str, bytes]:
    data = _json(programme.model_dump(mode="json", exclude_none=True))
    Programme.model_validate_json(data)  # nothing is written that cannot be read
    files = {
        PROGRAMME: data,
        "calendar.ics": calendar,
        "summary.md": summary.encode(),
        "inputs/protocol.json": canonical_bytes(inputs.protocol, sort_keys=False),
        "inputs/build.json": canonical_bytes(inputs.build),
        "inputs/exercises.json": canonical_bytes(_Exercises(exercises=tuple(inputs.exercises.values()))),
        f"revisions/{programme.revision}/{PROGRAMME}": data,
    }
    if inputs.case is not None:
        files |= {
            "inputs/patient.json": canonical_bytes(inputs.case.patient),
            "inputs/clinic.json": canonical_bytes(inputs.case.clinic),
            "inputs/busy.json": canonical_bytes(_busy(inputs.case)),
        }
    return files


def read_protocol_folder(out: Path, revision: int | None = None) -> tuple[Programme, ProtocolInputs]:
    """A programme that was made from a protocol, and what it was made from; ``revision`` chooses an older one.

    Raises
    ------
    InvalidInput
        With every file that is missing, broken, or not as it was when the programme was made.
    """
    programme = read_programme(out, revision)
    old = out / "revisions" / str(programme.revision)
    reader = _Reader(old if (old / "inputs").is_dir() else out)
    protocol = reader.model(Protocol, "protocol.json")
    build = reader.model(Build, "build.json")
    exercises = reader.model(_Exercises, "exercises.json")
    record = programme.protocol
    if record is None:
        raise _refuse(out, "was planned for a patient, not made from a protocol")
    if protocol:
        reader.compare(
            "protocol.json", hashlib.sha256(reader.bytes["protocol.json"]).hexdigest(), record.protocol_sha256
        )
    if build:
        reader.compare("build.json", hashlib.sha256(reader.bytes["build.json"]).hexdigest(), record.build_sha256)
    if exercises:
        reader.compare("exercises.json", catalogue_sha256(exercises.exercises), programme.provenance.exercises_sha256)
    case = None
    found = {exercise.id: exercise for exercise in exercises.exercises} if exercises else {}
    if programme.provenance.patient_sha256:
        patient = reader.model(Patient, "patient.json")
        clinic = reader.model(Clinic, "clinic.json")
        busy = reader.model(_BusyHours, "busy.json")
        if patient and clinic and busy:
            digest = _patient_sha256(reader.bytes["patient.json"], reader.bytes["busy.json"])
            reader.compare("patient.json or inputs/busy.json", digest, programme.provenance.patient_sha256)
            case = Case(patient, found, clinic, tuple(Busy(one.start, one.end) for one in busy.busy))
    if reader.faults or not (protocol and build and exercises):
        raise InvalidInput(reader.faults)
    return programme, ProtocolInputs(protocol, build, found, case)


def write(out: Path, plan: Plan, case: Case, calendar: bytes, summary: str, *, force: bool) -> None:
    """Write a programme's folder, whole or not at all.

    ``plan`` is a sealed one.  With ``force`` an older programme in ``out`` is replaced; the log of
    the same programme is kept.

    Raises
    ------
    InvalidInput
        When ``out`` cannot or must not be written; see ``refuse_target``; or holds the log of another
        programme.
    """
    refuse_target(out, force=force)
    _write_first(out, plan.programme.id, _files(plan, case, calendar, summary))


def _write_first(out: Path, programme: str, files: Mapping[str, bytes]) -> None:
    """Write a folder with the files of a first revision; the log of the same programme stays."""
    with _plain_errors(out), journal.locked(out) if out.exists() else contextlib.nullcontext():
        logs = [out / name for name in (journal.LOG, journal.TORN) if (out / name).exists()]
        if logs:
            journal.read_log(out, programme)
        out.resolve().parent.mkdir(parents=True, exist_ok=True)
        _swap_in(out.resolve(), {**files, **{path.name: path.read_bytes() for path in logs}})


def _files(plan: Plan, case: Case, calendar: bytes, summary: str) -> dict[str, bytes]:
    """What a revision is written as."""
    programme = _json(plan.programme.model_dump(mode="json", exclude_none=True))
    kept = _Exercises(exercises=tuple(kept_exercises(plan.programme, case).values()))
    return {
        PROGRAMME: programme,
        "solver.json": _json(plan.solver_report),
        "calendar.ics": calendar,
        "summary.md": summary.encode(),
        "inputs/patient.json": canonical_bytes(case.patient),
        "inputs/clinic.json": canonical_bytes(case.clinic),
        "inputs/exercises.json": canonical_bytes(kept),
        "inputs/busy.json": canonical_bytes(_busy(case)),
        f"revisions/{plan.programme.revision}/{PROGRAMME}": programme,
    }


def write_revision(out: Path, plan: Plan, case: Case, calendar: bytes, summary: str, *, read: Programme) -> None:
    """Write the next revision into a programme's folder, whole or not at all.

    Older revisions with their inputs, the log and every other file in the folder stay.

    Parameters
    ----------
    plan, case, calendar, summary
        The new revision, sealed, and what it was made from.
    read
        The revision that it follows, as it was read from ``out``.

    Raises
    ------
    InvalidInput
        When ``out`` cannot be written, or is not as it was read: it holds another revision by now, or
        somebody wrote to it meanwhile.
    """
    _write_next(out, plan.programme, _files(plan, case, calendar, summary), read=read)


def _write_next(out: Path, made: Programme, files: Mapping[str, bytes], *, read: Programme) -> None:
    if made.revision != read.revision + 1:
        raise ValueError(f"revision {made.revision} does not follow revision {read.revision}")
    target = out.resolve()
    with _plain_errors(out), journal.locked(out):
        _refuse_surroundings(out, target)
        if read_programme(out) != read:
            raise _changed_meanwhile(out)
        before = _tree(target)
        kept = {
            f"revisions/{read.revision}/{name}" if name.startswith("inputs/") else name: data
            for name, data in before.items()
        }
        _swap_in(target, {**kept, **files}, expected=before)


def refuse_target(out: Path, *, force: bool) -> None:
    """Refuse a folder that a programme cannot be written to, or must not.

    Raises
    ------
    InvalidInput
        When it is a file, the folder that it goes into is none or not writable, or it is not empty: without
        ``force``, or when it holds anything that Gradus did not write.
    """
    with _plain_errors(out):
        target = out.resolve()
        _refuse_surroundings(out, target)
        if target.exists() and not target.is_dir():
            raise _refuse(out, "is a file; name a folder")
        there = next(folder for folder in target.parents if folder.exists())
        if not there.is_dir():
            raise _refuse(out, f"cannot be written: {there} is no folder")
        if not os.access(there, os.W_OK | os.X_OK):
            raise _refuse(out, f"cannot be written: no permission to write in {there}")
        held = sorted(path.name for path in target.iterdir()) if target.is_dir() else []
        strange = [name for name in held if name not in ENTRIES]
        if strange:
            more = f" and {len(strange) - 3} more" if len(strange) > 3 else ""
            names = ", ".join(strange[:3]) + more
            raise _refuse(out, f"holds files that Gradus did not write ({names}); name a new folder")
        if held and not force:
            raise _refuse(out, "is not empty; name a new folder, or give --force to replace the programme in it")


def _refuse_surroundings(out: Path, target: Path) -> None:
    if target == Path.cwd() or target in Path.cwd().parents:
        raise _refuse(out, "is the folder you are in, or above it; name another, or go to another folder first")


def write_file(path: Path, data: bytes, *, force: bool) -> None:
    """Write one file, whole or not at all; folders that it goes into are made.

    Raises
    ------
    InvalidInput
        When it exists and ``force`` is not given, or it cannot be written.
    """
    with _plain_errors(path):
        target = path.resolve()
        if target.exists() and not target.is_file():
            raise _refuse(path, "is not a file; name a file")
        if target.exists() and not force:
            raise _refuse(path, "exists; name another file, or give --force to replace it")
        target.parent.mkdir(parents=True, exist_ok=True)
        holder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            _put(holder / target.name, data)
            (holder / target.name).replace(target)
            journal.sync_folder(target.parent)
        finally:
            shutil.rmtree(holder, ignore_errors=True)


def make_folder(path: Path) -> None:
    """Make a folder, and those that it is in, unless it is there.

    Raises
    ------
    InvalidInput
        When it cannot be made.
    """
    with _plain_errors(path):
        if path.exists() and not path.is_dir():
            raise _refuse(path, "is a file; name a folder")
        path.mkdir(parents=True, exist_ok=True)


def _tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path in it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _swap_in(target: Path, files: Mapping[str, bytes], *, expected: Mapping[str, bytes] | None = None) -> None:
    """Build the folder out of sight, then put it in place with two renames.

    With ``expected``, the old folder is put back unless it holds just that at the moment of the exchange.
    """
    holder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    new, old = holder / "new", holder / "old"
    try:
        new.mkdir()
        for name, data in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            _put(path, data)
        for folder in sorted({(new / name).parent for name in files}):
            journal.sync_folder(folder)
        try:
            if target.exists():
                target.rename(old)
            if expected is not None and _tree(old) != expected:
                raise _changed_meanwhile(target)
            new.rename(target)
        except BaseException:
            if old.exists() and not target.exists():
                old.rename(target)
            raise
        journal.sync_folder(target.parent)
    finally:
        shutil.rmtree(holder, ignore_errors=True)


def _put(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _json(data: Any) -> bytes:
    """JSON in the order of the models, one value a line, a newline at the end."""
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()


# -------------------------------------------------------------------- reading
def read(out: Path, revision: int | None = None) -> tuple[Programme, Case]:
    """A programme, and the case that it was made from with the exercises that it names.

    ``revision`` chooses an older one.

    Raises
    ------
    InvalidInput
        With every file that is missing, broken, or not as it was when the programme was made.
    """
    programme = read_programme(out, revision)
    if programme.protocol is not None:
        record = programme.protocol
        problem = f"was made from a protocol and is shown as it was written ({record.title}; {record.source}): "
        raise _refuse(
            out, problem + "no line is changed by hand; what is logged changes it (gradus log, gradus replan)"
        )
    old = out / "revisions" / str(programme.revision)
    reader = _Reader(old if (old / "inputs").is_dir() else out)
    patient = reader.model(Patient, "patient.json")
    clinic = reader.model(Clinic, "clinic.json")
    exercises = reader.model(_Exercises, "exercises.json")
    busy = reader.model(_BusyHours, "busy.json")
    made = programme.provenance
    if patient and busy:
        # one hash covers both
        found = _patient_sha256(reader.bytes["patient.json"], reader.bytes["busy.json"])
        reader.compare("patient.json or inputs/busy.json", found, made.patient_sha256)
    if clinic:
        reader.compare("clinic.json", hashlib.sha256(reader.bytes["clinic.json"]).hexdigest(), made.clinic_sha256)
    if exercises:
        reader.compare("exercises.json", catalogue_sha256(exercises.exercises), made.exercises_sha256)
    if reader.faults or not (patient and clinic and exercises and busy):
        raise InvalidInput(reader.faults)
    return programme, Case(
        patient=patient,
        exercises={exercise.id: exercise for exercise in exercises.exercises},
        clinic=clinic,
        busy=tuple(Busy(one.start, one.end) for one in busy.busy),
        course=course_of(programme),
    )


def read_whole(out: Path) -> tuple[Programme, Case, dict[str, Any]]:
    """A programme, its case with the whole catalogue beside the copies in the folder, and the solver's report.

    Raises
    ------
    InvalidInput
        With every file that is missing, broken, or not as it was when the programme was made.
    """
    programme, case = read(out)
    with _plain_errors(out):
        report = json.loads((out / "solver.json").read_bytes())
    return programme, replace(case, exercises={**load_catalogue(), **case.exercises}), report


def read_programme(out: Path, revision: int | None = None) -> Programme:
    """The programme alone, without its inputs; ``revision`` chooses an older one.

    Raises
    ------
    InvalidInput
        When the folder, its ``programme.json`` or the revision is missing or broken.
    """
    if not out.exists():
        raise _refuse(out, "does not exist; `gradus plan PATIENT.yaml -o OUT` makes a programme's folder")
    if not out.is_dir():
        raise _refuse(out, "is a file; name the folder that `gradus plan` wrote")
    path = out / PROGRAMME
    if not path.exists():
        raise _refuse(out, f"is not a programme's folder: it has no {PROGRAMME}")
    if revision is not None:
        path = out / "revisions" / str(revision) / PROGRAMME
        if not path.exists():
            known = ", ".join(map(str, revisions(out))) or "none"
            raise _refuse(out, f"has no revision {revision}; it has {known}")
    return from_canonical(Programme, read_bytes(path, at_most=MAX_BYTES), str(path))


def read_findings(out: Path) -> Findings | None:
    """What the patient file of a folder found; None where it holds none that can be read.

    What is logged must not wait for a folder that is whole: planning refuses one that is not.
    """
    patient = _Reader(out).model(Patient, "patient.json")
    return None if patient is None else patient.findings


def revisions(out: Path) -> tuple[int, ...]:
    """The numbers of all revisions that a folder holds, the oldest first."""
    found = (out / "revisions").glob(f"*/{PROGRAMME}")
    return tuple(sorted(int(path.parent.name) for path in found if path.parent.name.isdecimal()))


def read_log(out: Path) -> Log:
    """The log of the programme in a folder; empty when nothing was written yet.

    Raises
    ------
    InvalidInput
        When there is no programme, or the log is damaged before its last line.
    """
    return journal.read_log(out, read_programme(out).id)


def torn_log(out: Path) -> str:
    """What to tell of a last entry that a crash tore; empty when there is none."""
    return journal.torn(out, read_programme(out).id)


def append_log(out: Path, entries: Iterable[LogEntry]) -> tuple[LogEntry, ...]:
    """Add entries to the log of the programme in a folder; those that were new, with their ids.

    Raises
    ------
    InvalidInput
        When they do not fit the log, or it cannot be read or written.
    """
    return journal.append_log(out, read_programme(out).id, entries)


def edited_by_hand(out: Path, programme: Programme) -> bool:
    """Whether ``programme.json`` is no longer what was written as this revision."""
    path = out / "revisions" / str(programme.revision) / PROGRAMME
    return not path.is_file() or path.read_bytes() != (out / PROGRAMME).read_bytes()


class _Reader:
    """Reads ``inputs/`` and gathers what is wrong with it."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.faults: list[Fault] = []
        self.bytes: dict[str, bytes] = {}

    def model(self, model: type[M], name: str) -> M | None:
        path = self.out / "inputs" / name
        try:
            self.bytes[name] = read_bytes(path, at_most=MAX_BYTES)
            return from_canonical(model, self.bytes[name], str(path))
        except InvalidInput as error:
            self.faults.extend(error.faults)
            return None

    def compare(self, name: str, found: str, recorded: str) -> None:
        if found != recorded:
            file = str(self.out / "inputs" / name)
            problem = "was changed after the programme was made: its SHA-256 is not the one in programme.json"
            self.faults.append(Fault(file, 0, "", problem))


# -------------------------------------------------------------------- helpers
def _busy(case: Case) -> _BusyHours:
    return _BusyHours(busy=tuple(_Stretch(start=one.start, end=one.end) for one in case.busy))


def _patient_sha256(patient: bytes, busy: bytes) -> str:
    return hashlib.sha256(patient + busy).hexdigest()


def _refuse(path: Path, problem: str) -> InvalidInput:
    return InvalidInput([Fault(str(path), 0, "", problem)])


def _changed_meanwhile(out: Path) -> InvalidInput:
    return _refuse(out, "was changed while the next revision was made; nothing was written; run the command again")


@contextlib.contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    """What the operating system refuses, as an error with a plain message."""
    try:
        yield
    except OSError as error:
        raise _refuse(path, f"cannot be written: {error.strerror or error}") from None
