"""Random valid patients: every programme passes the verifier, every refusal has its code and its reason.

The ordinary suite plans a dozen short ones; ``pytest -m slow`` plans two hundred of up to twelve weeks.
"""

from __future__ import annotations

import pytest

from catalog.loader import load_catalogue
from planner.domain.case import Case
from planner.domain.patient import Patient
from planner.errors import NoProgramme, NotPlanned
from planner.export.ical import calendar_bytes
from planner.plan import make_programme
from planner.verify import verify
from tests.plans import NO_PROVENANCE
from tests.random_patients import random_patient


def check(seed: int, weeks: tuple[int, ...]) -> str:
    """Plans one patient; what came of it."""
    case = Case(Patient.model_validate(random_patient(seed, weeks)), load_catalogue())
    try:
        plan = make_programme(case, provenance=NO_PROVENANCE)
    except NotPlanned as refusal:
        assert refusal.exit_code == 4
        assert refusal.reasons
        assert all(reason.strip() for reason in refusal.reasons)
        return "not planned"
    except NoProgramme as refusal:
        assert refusal.exit_code == 3
        assert refusal.reasons
        assert all(reason.strip() for reason in refusal.reasons)
        return "no programme"
    assert verify(case, plan.programme) == []
    assert not plan.programme.stopped_by_clock
    assert plan.programme.tiers[0].bound <= plan.programme.tiers[0].value
    assert calendar_bytes(plan.programme).startswith(b"BEGIN:VCALENDAR")
    return "planned"


@pytest.mark.parametrize("seed", range(12))
def test_a_short_programme_is_verified_or_refused(seed: int) -> None:
    check(seed, (4,))


@pytest.mark.slow
def test_most_are_planned() -> None:
    outcomes = [check(seed, (4,)) for seed in range(12, 24)]
    assert outcomes.count("planned") >= 7


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200))
def test_two_hundred_are_verified_or_refused(seed: int) -> None:
    check(seed, (4, 8, 12))
