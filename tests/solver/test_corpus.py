"""A corpus of solved cases: value and proof of each must stay what they were.

``python -m tests.solver.test_corpus`` writes it anew after a rule, the catalogue or the objective
has changed; a change that should not matter must not need that.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog.loader import load_catalogue
from planner.domain.case import Case
from planner.domain.patient import Patient
from planner.errors import NoProgramme, NotPlanned
from planner.plan import make_programme
from tests.plans import NO_PROVENANCE
from tests.random_patients import random_patient

STORED = Path(__file__).parents[1] / "data" / "corpus.json"
SEEDS = range(500, 540)


def outcome(seed: int) -> dict[str, float | bool | str]:
    """What the planner says of one stored patient."""
    case = Case(Patient.model_validate(random_patient(seed, (4, 6))), load_catalogue())
    try:
        plan = make_programme(case, provenance=NO_PROVENANCE)
    except NotPlanned:
        return {"refused": "not planned"}
    except NoProgramme:
        return {"refused": "no programme"}
    return {"value": plan.programme.tiers[0].value, "proved": plan.programme.tiers[0].proved}


@pytest.mark.parametrize("seed", SEEDS)
def test_an_old_case_has_its_old_answer(seed: int) -> None:
    assert outcome(seed) == json.loads(STORED.read_text(encoding="utf-8"))[str(seed)]


if __name__ == "__main__":
    found = {str(seed): outcome(seed) for seed in SEEDS}
    STORED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
