"""Planted conflicts: an example with some lines changed, and the requirements that then clash."""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.loader import load_catalogue
from planner.domain.case import Busy, Case
from planner.domain.clinic import Clinic
from planner.domain.patient import Patient
from planner.intake.yamlfile import read_yaml
from tests.plans import EXAMPLES

PLANTED = Path(__file__).parents[1] / "data" / "conflicts.yaml"


@dataclass(frozen=True)
class Planted:
    """One planted conflict.

    ``conflicts`` are the sets of requirement keys that clash; ``repairs`` pieces of words that one repair
    each must have; ``never`` rules that alone stand in the way.
    """

    name: str
    case: Case
    conflicts: tuple[frozenset[str], ...]
    repairs: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


def _merged(data: Any, change: Any) -> Any:
    """``change`` laid over ``data``: mappings key by key, everything else replaced; null takes a key away."""
    if not isinstance(data, dict) or not isinstance(change, dict):
        return copy.deepcopy(change)
    out = dict(data)
    for key, value in change.items():
        if value is None:
            out.pop(key, None)
        else:
            out[key] = _merged(data.get(key), value)
    return out


def _busy(days: dict[str, Any]) -> Busy:
    """Whole days that are taken, both ends included."""
    first, last = (dt.date.fromisoformat(str(days[end])) for end in ("first", "last"))
    return Busy(dt.datetime.combine(first, dt.time()), dt.datetime.combine(last + dt.timedelta(days=1), dt.time()))


def planted() -> list[Planted]:
    """Every planted conflict of the data file."""
    exercises = load_catalogue()
    out = []
    for row in read_yaml(PLANTED).data:
        base = read_yaml(EXAMPLES / f"{row['base']}.yaml").data
        patient = Patient.model_validate(_merged(base, row.get("patient", {})))
        clinic = Clinic.model_validate(row.get("clinic", {}))
        out.append(
            Planted(
                row["name"],
                Case(patient, exercises, clinic, tuple(_busy(days) for days in row.get("busy", ()))),
                tuple(frozenset(keys) for keys in row["conflicts"]),
                tuple(row.get("repairs", ())),
                tuple(row.get("never", ())),
            )
        )
    return out
