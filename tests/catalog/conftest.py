from __future__ import annotations

import pytest

from catalog.loader import SOURCES, load_catalogue, read_exercises
from planner.domain.exercise import Exercise


@pytest.fixture(scope="session")
def written() -> list[Exercise]:
    """Every exercise as its author wrote it, read from the YAML files."""
    exercises: list[Exercise] = []
    for path in sorted(SOURCES.glob("*.yaml")):
        found, faults = read_exercises(path)
        assert faults == []
        exercises.extend(found)
    return exercises


@pytest.fixture(scope="session")
def shipped() -> dict[str, Exercise]:
    """The catalogue as it is shipped."""
    return load_catalogue()
