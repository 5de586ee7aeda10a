"""Whatever is done to a patient file, reading it gives a patient or faults, never anything else."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.domain.exercise import Exercise
from planner.domain.patient import Patient
from planner.errors import InvalidInput
from planner.intake.canonical import canonical_bytes, from_canonical
from planner.intake.patient_file import read_patient
from planner.intake.yamlfile import parse_yaml

TODAY = dt.date(2026, 2, 27)

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["unknown", "yes", "no", "12 lb", "2026-02-30", "9999-12-31", "0001-01-01", "24:00", "UTC", "\ud800", "\x00"]
    ),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
    st.builds(lambda: [[[[{}]]]]),
)


def places(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of everything inside plain data."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path for key, value in inside for path in ((*at, key), *places(value, (*at, key)))]


@st.composite
def mutations(draw: st.DrawFn, whole: dict[str, Any]) -> Any:
    data = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, 4))):
        paths = places(data)
        if not paths:
            break
        *up, last = draw(st.sampled_from(paths))
        parent = data
        for part in up:
            parent = parent[part]
        action = draw(st.sampled_from(["delete", "replace", "add"]))
        if action == "delete":
            del parent[last]
        elif action == "replace":
            parent[last] = draw(JUNK)
        elif isinstance(parent, dict):
            parent[draw(st.text(max_size=8))] = draw(JUNK)
        else:
            parent.append(copy.deepcopy(parent[last]))
    return data


SOUND = parse_yaml((Path(__file__).parents[1] / "data" / "intake" / "sound_patient.yaml").read_text(), "sound").data


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=mutations(SOUND))
def test_a_mutated_patient_gives_a_patient_or_faults(
    data: Any, tmp_path: Path, exercises: Mapping[str, Exercise]
) -> None:
    path = tmp_path / "patient.yaml"
    # JSON is YAML, apart from numbers that are not finite
    path.write_text(json.dumps(data).replace("NaN", ".nan").replace("Infinity", ".inf"), encoding="utf-8")
    try:
        patient, warnings = read_patient(path, today=TODAY, exercises=exercises)
    except InvalidInput as error:
        assert error.faults
        assert all(fault.file == str(path) and fault.line >= 1 and fault.problem for fault in error.faults)
        assert "\n" not in "".join(str(fault) for fault in error.faults)
    else:
        assert all(isinstance(warning, str) for warning in warnings)
        again = from_canonical(Patient, canonical_bytes(patient))
        assert again == patient
        assert canonical_bytes(again) == canonical_bytes(patient)
