"""Doses: time, loads and the Epley estimate, by hand."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from planner.domain.dose import Dose, DoseKind, Load, LoadUnit, SetRow, epley_one_rep_max
from planner.domain.programme import RungRecord
from planner.rules.reading import asked_by_rung, asks_more


def reps(n, **more):
    return SetRow(repetitions=n, **more)


def test_seconds_of_three_sets_of_eight():
    # 3 x 8 x 4 s of work, two rests of 60 s
    dose = Dose(kind=DoseKind.REPETITIONS, sets=(reps(8),) * 3, seconds_per_repetition=4, rest_seconds=60)
    assert dose.seconds_once() == 96 + 120
    assert dose.seconds_in_session() == 96 + 120 + 45


def test_each_side_doubles_the_work_and_not_the_rest():
    dose = Dose(
        kind=DoseKind.REPETITIONS, sets=(reps(8),) * 2, seconds_per_repetition=4, rest_seconds=60, per_side=True
    )
    assert dose.seconds_once() == 128 + 60


def test_holds_count_two_seconds_between():
    row = SetRow(repetitions=5, hold_seconds=8)
    assert Dose(kind=DoseKind.HOLD, sets=(row,), rest_seconds=0).seconds_once() == 50


def test_intervals_count_work_and_rest():
    row = SetRow(rounds=4, work_seconds=180, rest_seconds=60)
    assert Dose(kind=DoseKind.INTERVALS, sets=(row,)).seconds_once() == 960


def test_a_set_without_its_count_is_refused():
    with pytest.raises(ValidationError, match="needs hold_seconds"):
        Dose(kind=DoseKind.HOLD, sets=(reps(5),))


def test_epley_by_hand():
    # 60 kg x 5 -> 60 * (1 + 5/30) = 70; with two in reserve 60 * (1 + 7/30) = 74
    assert epley_one_rep_max(60, 5) == pytest.approx(70)
    assert epley_one_rep_max(60, 5, 2) == pytest.approx(74)
    assert epley_one_rep_max(60, 1) == 60


def test_pounds_are_exact_in_their_own_unit():
    load = Load(amount=2250, unit=LoadUnit.CENTIPOUND)
    assert load.text == "22.5 lb"
    assert load.kg == pytest.approx(10.2058, abs=1e-4)


def test_warm_up_sets_are_not_working_sets():
    rows = (
        reps(5, load=Load(amount=20_000), warm_up=True),
        reps(5, load=Load(amount=60_000), effort=9),
    )
    dose = Dose(kind=DoseKind.REPETITIONS, sets=rows)
    assert dose.working_sets == rows[1:]
    assert dose.top_load == Load(amount=60_000)
    assert dose.effort == 9
    assert rows[1].reps_in_reserve == 1


def test_a_stronger_band_asks_more_though_it_is_no_load() -> None:
    """A ladder that is built again is entered where no rung asks more than what was done."""
    light = RungRecord(exercise="pallof_press", counts=(8, 8), band="light", needs=1, nexts=())
    stronger = light.model_copy(update={"band": "medium"})
    more = light.model_copy(update={"counts": (8, 8, 8)})
    longer = light.model_copy(update={"hold_seconds": 8})
    for other in (stronger, more, longer):
        assert asks_more(asked_by_rung(other), asked_by_rung(light))
        assert not asks_more(asked_by_rung(light), asked_by_rung(other))
    assert not asks_more(asked_by_rung(light), asked_by_rung(light))
