from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

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

DATA = Path(__file__).parents[1] / "data" / "intake"


def exercise(id_: str) -> Exercise:
    """An exercise of which only the name matters here."""
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


@pytest.fixture(scope="session")
def exercises() -> dict[str, Exercise]:
    ids = ("dead_bug", "bird_dog", "romanian_deadlift", "foot_on_stool_tie", "pallof_press")
    return {id_: exercise(id_) for id_ in ids}


@pytest.fixture(scope="session")
def sound() -> str:
    return (DATA / "sound_patient.yaml").read_text(encoding="utf-8")


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Writes ``patient.yaml`` and returns its path."""

    def put(content: str | bytes) -> Path:
        path = tmp_path / "patient.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return put
