"""A case and a plan made by hand, for tests of folders and commands: no solver and no catalogue."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from planner.domain.case import Busy, Case
from planner.domain.clinic import Clinic
from planner.domain.directions import SpineVector
from planner.domain.dose import DoseKind
from planner.domain.exercise import (
    Cue,
    DoseBounds,
    Evidence,
    EvidenceMark,
    Exercise,
    Pattern,
    Scheme,
    Setup,
    Track,
)
from planner.domain.log import Attendance, LogEntry, Response
from planner.domain.patient import Patient
from planner.domain.programme import Programme, SessionKind
from planner.export.ical import calendar_bytes
from planner.export.summary import summary
from planner.plan import Plan
from planner.store import append_log, provenance, read_programme, sealed, write
from tests.export import builder

#: Exercises that the programme of ``builder`` names, one that only the patient names, and one that nobody does.
NAMED = (
    "heel_tap__lying",
    "brace_in_lying",
    "kettlebell_deadlift_from_blocks",
    "dowel_hip_hinge",
    "side_bridge__knees",
    "press_up__extension_in_lying",
    "walking",
    "liked_by_the_patient",
)
UNNAMED = "named_by_nobody"


def patient(**more: Any) -> Patient:
    return Patient.model_validate(
        {
            "patient": "P-0042",
            "age": 38,
            "body_mass_kg": 78.0,
            "episode": {"start": dt.date(2026, 3, 16), "weeks": 3, "timezone": "Europe/Berlin"},
            "screening": {"on": dt.date(2026, 3, 10), "flags": {}},
            "findings": {"presentation": "mechanical_disc", "irritability": "moderate"},
            "places": [{"name": "home"}],
            "availability": {"windows": [{"day": "mon", "from": "17:30", "to": "18:10", "place": "home"}]},
            "likes": ["liked_by_the_patient"],
            **more,
        }
    )


def exercise(id_: str) -> Exercise:
    return Exercise(
        id=id_,
        name=id_.replace("_", " ").capitalize(),
        pattern=Pattern.TRUNK,
        tracks=(Track.ANTI_EXTENSION,),
        level=2,
        sided=False,
        motion=SpineVector(flexion=0, extension=0, rotation=0, lateral_flexion=0),
        setups=(Setup(),),
        scheme=Scheme.REPETITIONS,
        bounds=DoseBounds(kind=DoseKind.REPETITIONS, repetitions=(4, 10)),
        cue=Cue(setup="Lie on your back.", movement="Move slowly.", feel="Steady work.", stop="Stop when tired."),
        evidence=Evidence(mark=EvidenceMark.DEFAULT, source="test"),
    )


def case(**more: Any) -> Case:
    busy = (Busy(dt.datetime(2026, 3, 17, 9), dt.datetime(2026, 3, 17, 10, 30)),)
    given: dict[str, Any] = {
        "patient": patient(),
        "exercises": {id_: exercise(id_) for id_ in (*NAMED, UNNAMED)},
        "clinic": Clinic(clinic="North Clinic", contact="the front desk"),
        "busy": busy,
        **more,
    }
    return Case(**given)


def plan(of: Case | None = None, programme: Programme | None = None) -> Plan:
    """A sealed plan: the hand-built programme with the hashes of the case."""
    of = of or case()
    made = (programme or builder.programme()).model_copy(update={"provenance": provenance(of)})
    return sealed(Plan(made, {"tiers": [], "stopped_by_clock": False}), of)


def write_folder(out: Path, *, force: bool = False, programme: Programme | None = None) -> Plan:
    """A programme's folder as ``gradus plan`` writes it."""
    of = case()
    made = plan(of, programme)
    write(out, made, of, calendar_bytes(made.programme), summary(made.programme, of), force=force)
    return made


def lived_as_planned(out: Path, until: str, *, last_check: str | None = None) -> None:
    """Logs every training session before a day as done, and every check-in up to one as passed."""
    made = read_programme(out)
    pain = Response(pain_before=2, pain_during=2, pain_after=2)
    entries = [
        LogEntry(id=one.slot, written=one.end, slot=one.slot, done=Attendance.DONE, response=pain)
        for one in made.sessions
        if one.kind is SessionKind.TRAINING and one.start.date().isoformat() < until
    ]
    entries += [
        LogEntry(id=one.id, written=one.end, check_in=one.id, passed=True)
        for one in made.check_ins
        if one.start.date().isoformat() < (last_check or until)
    ]
    append_log(out, entries)
