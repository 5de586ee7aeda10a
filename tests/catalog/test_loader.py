from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from catalog.loader import (
    COMPILED,
    SOURCES,
    catalogue_sha256,
    compile_catalogue,
    load_catalogue,
    read_exercises,
    sources_sha256,
)
from planner.domain.exercise import Exercise
from planner.errors import InvalidInput, PlannerError

HOW = "run: python -c 'from catalog import compile_catalogue; compile_catalogue()'"


def test_the_compiled_form_is_in_step_with_its_sources(written: list[Exercise], shipped: dict[str, Exercise]) -> None:
    assert json.loads(COMPILED.read_text())["sources_sha256"] == sources_sha256(), HOW
    assert list(shipped.values()) == written, HOW


def test_compiling_again_gives_the_same_bytes(tmp_path: Path) -> None:
    target = tmp_path / "compiled.json"
    assert compile_catalogue(compiled=target) == len(load_catalogue())
    assert target.read_bytes() == COMPILED.read_bytes(), HOW


def test_loading_is_quick() -> None:
    best = 9.0
    for _ in range(5):
        begin = time.perf_counter()
        load_catalogue()
        best = min(best, time.perf_counter() - begin)
    assert best < 0.15


def test_a_broken_installation_is_said(tmp_path: Path) -> None:
    with pytest.raises(PlannerError, match="install Gradus again"):
        load_catalogue(tmp_path / "compiled.json")
    (tmp_path / "compiled.json").write_text("{}")
    with pytest.raises(PlannerError, match="install Gradus again"):
        load_catalogue(tmp_path / "compiled.json")


def test_the_hash_of_exercises_does_not_depend_on_their_order(written: list[Exercise]) -> None:
    assert catalogue_sha256(written) == catalogue_sha256(reversed(written))
    harder = [written[0].model_copy(update={"level": 10}), *written[1:]]
    assert catalogue_sha256(written) != catalogue_sha256(harder)


def test_a_clinics_own_file(tmp_path: Path) -> None:
    source = sorted(SOURCES.glob("*.yaml"))[0]
    text = source.read_text(encoding="utf-8")
    whole, _ = read_exercises(source)
    path = tmp_path / "own.yaml"
    path.write_text(text.replace("level: ", "level: 1", 1), encoding="utf-8")
    exercises, faults = read_exercises(path)
    line = next(i for i, row in enumerate(text.splitlines(), start=1) if row.lstrip().startswith("level: "))
    assert [str(fault) for fault in faults] == [
        f"{path}:{line}: [0].level: must be a whole number between 1 and 10 (got 1{whole[0].level})"
    ]
    assert [exercise.id for exercise in exercises] == [exercise.id for exercise in whole[1:]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", ":1: must be a list of exercises"),
        ("id: x\n", ":1: must be a list of exercises"),
        ("- 7\n", ":1: [0]: must be a mapping of keys to values, not a single value"),
        ("- id: x\n  id: y\n", ":2: [0].id: is given twice"),
        ("- {id: Dead Bug}\n", ":1: [0].id: must be an id of small letters, digits and underscores"),
        ("- [", "is not valid YAML"),
    ],
)
def test_a_bad_file_gives_faults(content: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(content)
    exercises, faults = read_exercises(path)
    assert exercises == []
    assert any(said in str(fault) for fault in faults), faults


def test_nothing_is_compiled_from_a_bad_source(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("- {id: dead_bug}\n")
    target = tmp_path / "compiled.json"
    with pytest.raises(InvalidInput, match="is missing"):
        compile_catalogue(tmp_path, target)
    assert not target.exists()
