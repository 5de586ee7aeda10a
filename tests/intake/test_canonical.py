from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from planner.domain.exercise import Exercise
from planner.domain.patient import Patient
from planner.errors import InvalidInput
from planner.intake.canonical import canonical_bytes, from_canonical, sha256
from planner.intake.patient_file import read_patient

TODAY = dt.date(2026, 2, 27)


@pytest.fixture
def patient(sound: str, write: Callable[[str], Path], exercises: Mapping[str, Exercise]) -> Patient:
    return read_patient(write(sound), today=TODAY, exercises=exercises)[0]


def test_there_and_back(patient: Patient) -> None:
    data = canonical_bytes(patient)
    assert from_canonical(Patient, data) == patient
    assert data.endswith(b"\n")
    assert b'"from":"18:00"' in data


def test_the_order_of_keys_in_the_file_does_not_matter(
    patient: Patient, sound: str, write: Callable[[str], Path], exercises: Mapping[str, Exercise]
) -> None:
    moved = sound.replace("age: 42\n", "") + "age: 42\n"
    assert sha256(read_patient(write(moved), today=TODAY, exercises=exercises)[0]) == sha256(patient)


def test_a_change_of_meaning_changes_the_hash(patient: Patient) -> None:
    assert sha256(patient.model_copy(update={"age": 43})) != sha256(patient)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"patient": 1}'])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="is not a whole patient"):
        from_canonical(Patient, data, "copy.json")
