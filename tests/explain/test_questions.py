"""The little grammar of questions: order, capitals and spelling are forgiven, options say the same as words."""

from __future__ import annotations

import pytest

from catalog.loader import load_catalogue
from planner.domain.patient import Weekday
from planner.errors import InvalidInput
from planner.explain.questions import Question, asked, understood

EXERCISES = load_catalogue()
NO_FLAGS = dict.fromkeys(("exercise", "week", "day", "sets", "reps", "load", "minutes", "sessions", "weeks"))


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("goblet squat week 5", Question(exercise="goblet_squat", week=5)),
        ("Why GOBLET SQUATS in w5?", Question(exercise="goblet_squat", week=5)),
        ("week 5 goblet sqaut", Question(exercise="goblet_squat", week=5)),
        ("why not a goblet squat in week 3", Question(negative=True, exercise="goblet_squat", week=3)),
        ("why isn’t there a sit-up", Question(negative=True, exercise="sit_up")),
        ("why not birddog", Question(negative=True, exercise="bird_dog")),
        ("why not Wednesday", Question(negative=True, day=Weekday.WED)),
        ("why not on tuesdays?", Question(negative=True, day=Weekday.TUE)),
        ("not 4 sets of suitcase carry wk 7", Question(negative=True, exercise="suitcase_carry", sets=4, week=7)),
        ("why not 3 x 12 goblet squat", Question(negative=True, exercise="goblet_squat", sets=3, repetitions=12)),
        ("why not 20kg goblet squat", Question(negative=True, exercise="goblet_squat", load_kg=20)),
        ("why not 45 lb goblet squat", Question(negative=True, exercise="goblet_squat", load_kg=20.41)),
        ("why not 45 minutes", Question(negative=True, minutes=45)),
        ("why not twice a week", Question(negative=True, sessions=2)),
        ("why not four sessions per week", Question(negative=True, sessions=4)),
        ("why not 16 weeks", Question(negative=True, weeks=16)),
    ],
)
def test_words(words: str, question: Question) -> None:
    found = understood(words, EXERCISES)
    assert found == Question(**{**question.__dict__, "others": found.others})


def test_exercises_of_the_programme_win_and_others_are_named() -> None:
    found = understood("why not deadlift", EXERCISES, prefer={"kettlebell_deadlift_from_block"})
    assert found.exercise == "kettlebell_deadlift_from_block"
    assert found.others


@pytest.mark.parametrize(
    ("words", "flags", "negative"),
    [
        ("goblet squat week 5", {"exercise": "goblet squat", "week": 5}, False),
        ("why not 4 sets suitcase carry week 7", {"exercise": "suitcase carry", "sets": 4, "week": 7}, True),
        ("why not wednesday", {"day": "Wed"}, True),
        ("why not 45 minutes", {"minutes": 45}, True),
        ("why not 20 kg 8 reps goblet squat", {"exercise": "Goblet squat", "load": 20.0, "reps": 8}, True),
    ],
)
def test_options_say_the_same(words: str, flags: dict[str, object], negative: bool) -> None:
    by_words = asked(words, NO_FLAGS, negative=False, exercises=EXERCISES)
    by_flags = asked("", {**NO_FLAGS, **flags}, negative=negative, exercises=EXERCISES)
    assert by_words == by_flags


@pytest.mark.parametrize("words", ["", "why", "why not", "xyzzy plugh", "goblet squat on someday"])
def test_what_is_not_understood_says_so(words: str) -> None:
    with pytest.raises(InvalidInput):
        asked(words, NO_FLAGS, negative=False, exercises=EXERCISES)
