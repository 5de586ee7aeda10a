"""Red flags in people's own words."""

from __future__ import annotations

import pytest

from planner.domain.red_flags import flags_named_in


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        ("Numb between the legs since Monday", "cauda_equina"),
        ("felt tingling around my bottom", "cauda_equina"),
        ("I can’t pee properly", "cauda_equina"),
        ("trouble with my bladder", "cauda_equina"),
        ("numb down there", "cauda_equina"),
        ("can't feel it when I wipe", "cauda_equina"),
        ("no feeling when I go to the toilet", "cauda_equina"),
        ("erection trouble since Monday", "cauda_equina"),
        ("have to strain to pee", "cauda_equina"),
        ("I can’t lift my toes any more", "progressive_weakness"),
        ("can't lift my foot", "progressive_weakness"),
        ("slipped on the ice yesterday and landed hard on my back", "fracture"),
        ("knocked off my bike", "fracture"),
        ("taken to the ER last night", "chest_pain_or_unstable_heart"),
        ("both legs felt weak on the stairs", "severe_deficit_both_legs"),
        ("my left foot drags, foot drop?", "progressive_weakness"),
        ("the leg feels weaker", "progressive_weakness"),
        ("pins and needles in both feet", "new_bilateral_leg_symptoms"),
        ("a bit unsteady on my feet", "cord_signs"),
        ("swollen calf after the flight", "vascular"),
        ("had a fever last night", "infection"),
        ("chest tightness on the hill", "chest_pain_or_unstable_heart"),
        ("Fell off the ladder", "fracture"),
        ("lost weight without trying", "malignancy"),
    ],
)
def test_what_a_patient_writes_of_a_red_flag_is_heard(words: str, flag: str) -> None:
    assert flag in [found.id for found, _ in flags_named_in(words)]


@pytest.mark.parametrize(
    "words",
    [
        "at the airport",
        "both legs tired after squats",
        "calf a bit tight",
        "felt good, fell asleep early",
        "numb toes as usual",
        "slept badly, pain in the back in the morning",
        "no time",
        "could not lift the 16 kg bell today",
        "wiped out after the walk",
        "bottomed out on the goblet squat",
    ],
)
def test_everyday_words_are_left_alone(words: str) -> None:
    assert not flags_named_in(words)
