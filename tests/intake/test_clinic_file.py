from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.domain.clinic import Clinic
from planner.errors import InvalidInput
from planner.intake.clinic_file import read_clinic
from planner.intake.yamlfile import ValuePath


def bounds(clinic: Clinic) -> Iterator[tuple[ValuePath, str]]:
    """Stands for the rules: items_low lies between 4 and 12."""
    for name, value in clinic.parameters.get("I1", {}).items():
        if not 4 <= value <= 12:
            yield ("parameters", "I1", name), "must be between 4 and 12"


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_clinic(tmp_path: Path) -> None:
    path = write(tmp_path / "clinic.yaml", "clinic: Back Street\nparameters:\n  I1: {items_low: 7}\noff: [O3]\n")
    clinic = read_clinic(path, bounds)
    assert clinic.parameters == {"I1": {"items_low": 7.0}}
    assert clinic.off == ("O3",)


def test_the_rules_own_the_bounds(tmp_path: Path) -> None:
    path = write(tmp_path / "clinic.yaml", "parameters:\n  I1:\n    items_low: 70\n")
    with pytest.raises(InvalidInput) as caught:
        read_clinic(path, bounds)
    assert str(caught.value) == f"{path}:3: parameters.I1.items_low: must be between 4 and 12"


def test_a_parameter_that_is_no_number(tmp_path: Path) -> None:
    path = write(tmp_path / "clinic.yaml", "parameters:\n  I1:\n    items_low: many\n")
    with pytest.raises(InvalidInput) as caught:
        read_clinic(path, bounds)
    assert str(caught.value) == f"{path}:3: parameters.I1.items_low: must be a number (got 'many')"
