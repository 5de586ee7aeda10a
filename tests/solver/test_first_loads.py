"""What a lift that is known says of the first load of another one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.domain.case import Case
from planner.domain.patient import Capacity
from planner.solver.ladders import known_one_rep_maxima
from tests.plans import case_of, programme_of


def knowing(exercise: str, load_kg: float, repetitions: int) -> Case:
    """The returning lifter, of whom one lift is known, done at RPE 10."""
    case = case_of("h_returning_lifter")
    known = Capacity(exercise=exercise, load_kg=load_kg, repetitions=repetitions, effort=10)
    training = case.patient.training.model_copy(update={"capacities": (known,)})
    return replace(case, patient=case.patient.model_copy(update={"training": training}))


@pytest.mark.parametrize(
    ("known", "easier", "kg"),
    [
        # 90 kg on a bar: nine tenths of the pair would be 50 kg in each hand, 100 kg in all; half the bar is 45 kg
        ("barbell_bench_press", "dumbbell_bench_press", 45),
        # and 45 kg in each hand is not more lying on the floor, where carry-over is 0.9
        ("barbell_bench_press", "floor_press", 45),
        ("romanian_deadlift_barbell", "romanian_deadlift_dumbbell", 45),
        # one arm after the other: each lifts half of what both did
        ("bent_over_row", "one_arm_dumbbell_row", 45),
        # carry-over 1.4 with both hands on one weight: 90 / 1.4
        ("barbell_back_squat", "goblet_squat", 64.3),
        # carry-over 0.85 is no reason to add anything
        ("conventional_deadlift", "trap_bar_deadlift", 90),
        # each side by itself on both: 90 / 0.8 would be more, too
        ("rear_foot_elevated_split_squat", "split_squat", 90),
    ],
)
def test_an_easier_exercise_never_gets_more_in_all_than_was_lifted(known: str, easier: str, kg: float) -> None:
    """75 kg for 6 at RPE 10 is 90 kg after Epley: 75 x (1 + 6 / 30)."""
    assert known_one_rep_maxima(knowing(known, 75, 6))[easier] == pytest.approx(kg, abs=0.05)


def test_a_harder_exercise_gets_its_share_as_printed() -> None:
    """From 30 kg in each hand (25 x (1 + 6 / 30)) a bar of 54 kg, at a carry-over of 1.8."""
    found = known_one_rep_maxima(knowing("dumbbell_bench_press", 25, 6))
    assert found["barbell_bench_press"] == pytest.approx(54)


def test_a_lift_that_is_only_carried_over_is_found_in_its_first_session() -> None:
    """Of e only the deadlift is known; the pull from blocks begins with what that says, and calibrates."""
    case, programme = programme_of("e_deadlift_jefferson")
    told = {one.exercise for one in case.patient.training.capacities}
    assert told == {"conventional_deadlift"}
    lines = [item for session in programme.sessions for item in session.items if item.dose.top_load is not None]
    first = {name: next(item for item in lines if item.exercise == name) for name in ("block_pull", *told)}
    assert {name: item.calibration for name, item in first.items()} == {
        "block_pull": True,
        "conventional_deadlift": False,
    }
    # 30 kg for 8 at RPE 6, which is what is planned
    assert {item.dose.top_load.kg for item in first.values() if item.dose.top_load} == {30}
