"""What takes long to plan: done once per test run, and shared by the workers of pytest-xdist."""

from __future__ import annotations

import atexit
import datetime as dt
import functools
import os
import pickle
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from click.testing import CliRunner

import cli
from catalog.loader import load_catalogue
from planner.domain.case import Case
from planner.domain.programme import NO_PROVENANCE, Programme
from planner.intake.patient_file import read_patient
from planner.plan import Plan, make_programme

T = TypeVar("T")

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
    return case, once(name, lambda: make_programme(case, provenance=NO_PROVENANCE))


def planned_folder(name: str) -> Path:
    """A folder that ``gradus plan`` has written for an example; to be copied, not changed."""

    def plan(folder: Path) -> None:
        result = CliRunner().invoke(cli.main, ["plan", str(EXAMPLES / f"{name}.yaml"), "-o", str(folder), "--quiet"])
        assert result.exit_code == 0, result.output

    return folder_of(name, plan)


def folder_of(name: str, make: Callable[[Path], None]) -> Path:
    """A folder as ``make`` leaves it, made by whichever worker asks first; to be copied, not changed."""

    def made() -> Path:
        folder = Path(tempfile.mkdtemp(dir=shared())) / "out"
        make(folder)
        return folder

    return once(f"folder-{name}", made)


def once(name: str, make: Callable[[], T]) -> T:
    """What ``make`` comes to; made once in a test run, whichever worker asks first."""
    kept, lock = shared() / f"{name}.pickle", shared() / f"{name}.lock"
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        waited = time.monotonic()
        while not kept.exists() and time.monotonic() - waited < 240:
            time.sleep(0.2)
        if kept.exists():
            return _sound(pickle.loads(kept.read_bytes()))
    try:
        found: T | Exception = make()
    except Exception as error:
        found = error
    part = kept.with_suffix(f".{os.getpid()}")
    part.write_bytes(pickle.dumps(found))
    part.rename(kept)
    return _sound(found)


@functools.cache
def shared() -> Path:
    """The folder that all workers of a test run share."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:
        folder = Path(tempfile.mkdtemp(prefix="gradus-tests-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return folder
    folder = Path(tempfile.gettempdir()) / f"gradus-tests-{run}"
    folder.mkdir(exist_ok=True)
    return folder


def _sound(found: T | Exception) -> T:
    if isinstance(found, Exception):
        raise found
    return found


def programme_of(name: str) -> tuple[Case, Programme]:
    """The case and programme of an example."""
    case, plan = planned(name)
    return case, plan.programme
