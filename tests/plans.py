"""Planned examples, each planned once per test run and shared by the workers of pytest-xdist."""

from __future__ import annotations

import datetime as dt
import functools
import os
import pickle
import tempfile
import time
from pathlib import Path

from catalog.loader import load_catalogue
from planner.domain.case import Case
from planner.domain.programme import NO_PROVENANCE, Programme
from planner.intake.patient_file import read_patient
from planner.plan import Plan, make_programme

EXAMPLES = Path(__file__).parents[1] / "examples"
TODAY = dt.date(2026, 11, 23)
FEASIBLE = (
    "a_flexion_intolerant",
    "b_nerve_root",
    "c_stenosis_osteoporosis",
    "d_mixed",
    "e_deadlift_jefferson",
    "f_healthy_novice",
    "g_time_poor",
    "h_returning_lifter",
    "l_clinic_and_home",
)


@functools.cache
def case_of(name: str) -> Case:
    """The case of an example."""
    exercises = load_catalogue()
    patient, _ = read_patient(EXAMPLES / f"{name}.yaml", today=TODAY, exercises=exercises)
    return Case(patient, exercises)


@functools.cache
def planned(name: str) -> tuple[Case, Plan]:
    """The case and plan of an example."""
    case = case_of(name)
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:
        return case, make_programme(case, provenance=NO_PROVENANCE)
    folder = Path(tempfile.gettempdir()) / f"gradus-tests-{run}"
    folder.mkdir(exist_ok=True)
    kept, lock = folder / f"{name}.pickle", folder / f"{name}.lock"
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        waited = time.monotonic()
        while not kept.exists() and time.monotonic() - waited < 240:
            time.sleep(0.2)
        if kept.exists():
            return case, _sound(pickle.loads(kept.read_bytes()))
    try:
        plan: Plan | Exception = make_programme(case, provenance=NO_PROVENANCE)
    except Exception as error:
        plan = error
    part = kept.with_suffix(".part")
    part.write_bytes(pickle.dumps(plan))
    part.rename(kept)
    return case, _sound(plan)


def _sound(plan: Plan | Exception) -> Plan:
    if isinstance(plan, Exception):
        raise plan
    return plan


def programme_of(name: str) -> tuple[Case, Programme]:
    """The case and programme of an example."""
    case, plan = planned(name)
    return case, plan.programme
