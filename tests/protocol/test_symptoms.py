"""What symptoms do to a published programme: what hurt is held, and a red session steps back where the file can."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.protocol.own_file import HEAD, build, gradus, own_folder, sessions

__all__ = ["own_folder"]

TWO = f"""{HEAD}days_a_week: 3
lines:
  squat: {{exercise: barbell_back_squat, scheme: p, state: {{load: 80}}}}
  press: {{exercise: barbell_overhead_press, scheme: p, state: {{load: 40}}}}
schemes:
  p:
    sets: [{{sets: 3, reps: 5, load: load}}]
    after: [{{met: yes, do: {{load: +2.5}}}}BACK]
rotation:
  - {{name: A, do: [squat, press]}}
"""
NO_BACK, FAILURES, SYMPTOMS = "", ", {failures: 2, do: {load: -10%}}", ", {symptoms: yes, do: {load: -5}}"


@pytest.mark.parametrize(
    ("back", "told", "wanted"),
    [
        # amber holds, red steps back where the file has a step back, without waiting for a second failure
        (NO_BACK, ("--pain", "1,3,1"), (80, 40)),
        (FAILURES, ("--pain", "1,3,1"), (80, 40)),
        (NO_BACK, ("--pain", "1,6,1"), (80, 40)),
        (FAILURES, ("--pain", "1,6,1"), (70, 35)),
        # what goes by a number of repetitions was seen, and is no step back for pain
        (", {reps: 0-2, do: {load: -10}}", ("--pain", "1,6,1"), (80, 40)),
        # what the file says of symptoms is all that happens
        (SYMPTOMS, ("--pain", "1,3,1"), (75, 35)),
        (SYMPTOMS, ("--pain", "1,6,1"), (75, 35)),
        # one line hurt
        (FAILURES, ("--pain", "1", "--item", "squat: 3x5 pain 6"), (70, 42.5)),
        (FAILURES, ("--pain", "1,6", "--item", "squat: 3x5 pain 6"), (70, 42.5)),
        (FAILURES, ("--pain", "1,6", "--item", "squat: 3x5 pain 3"), (80, 35)),  # that does not explain six
        (FAILURES, ("--pain", "1", "--item", "squat: 3x5 down the leg"), (70, 42.5)),
        # told of all of it: pain afterwards, a flare-up, an answer
        (FAILURES, ("--pain", "1,6,6", "--item", "squat: 3x5 pain 6"), (70, 40)),
        (FAILURES, ("--flare",), (70, 35)),
        (FAILURES, ("--answer", "symptoms=yes"), (80, 40)),
        (FAILURES, ("--pain", "1,1,1"), (82.5, 42.5)),
    ],
)
def test_symptoms_hold_what_they_are_told_of(back: str, told: tuple[str, ...], wanted: tuple[float, float]) -> None:
    build(TWO.replace("BACK", back))
    gradus("log", "out", "1", "--done", *told, "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    loads = [item["dose"]["sets"][0]["load"]["amount"] / 1000 for item in sessions()[1]["items"]]
    assert tuple(loads) == wanted
    gradus("verify", "out")


def test_a_step_back_is_told_with_its_rule() -> None:
    build(TWO.replace("BACK", FAILURES))
    gradus("log", "out", "1", "--done", "--pain", "1", "--item", "squat: 3x5 pain 6", "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    decided = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["decisions"]
    assert [one["words"] for one in decided] == [
        "squat, session 1 (w01-s1): with symptoms: a step back, as 2 sessions below target in a row: load -10%"
    ]


def test_outcomes_say_red_too() -> None:
    Path("o.yaml").write_text("outcomes:\n  - {session: 1, exercise: squat, red: yes}\n", encoding="utf-8")
    build(TWO.replace("BACK", FAILURES), "--outcomes", "o.yaml")
    assert [item["dose"]["sets"][0]["load"]["amount"] for item in sessions()[1]["items"]] == [70000, 42500]


BY_WEEKS = f"""{HEAD}days_a_week: 2
lines:
  squat: {{exercise: barbell_back_squat, scheme: p, state: {{tm: 100}}}}
  press: {{exercise: barbell_overhead_press, scheme: p, state: {{tm: 50}}}}
schemes:
  p:
    sets:
      - {{weeks: 1, reps: 5, load: 70% tm}}
      - {{weeks: 2, reps: 4, load: 75% tm}}
      - {{weeks: 3, reps: 3, load: 80% tm}}
      - {{weeks: 4, reps: 2, load: 85% tm}}
rotation:
  - {{name: A, do: [squat, press]}}
  - {{name: B, do: [press]}}
"""


def weekly(line: str, name: str) -> list[int]:
    """Repetitions of a line in every session of a name."""
    return [
        item["dose"]["sets"][0]["repetitions"]
        for session in sessions()
        for item in session["items"]
        if session["name"] == name and item["line"] == line
    ]


def test_where_weeks_say_what_is_done_only_what_hurt_is_done_again() -> None:
    build(BY_WEEKS)
    assert weekly("squat", "A") == weekly("press", "A") == weekly("press", "B") == [5, 4, 3, 2]
    told = ("--pain", "1", "--item", "squat: 5 @ 70 kg pain 5", "--item", "press: 5 reps")
    gradus("log", "out", "1", "--done", *told, "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    assert weekly("squat", "A") == [5, 5, 4, 3]
    assert weekly("press", "A") == weekly("press", "B") == [5, 4, 3, 2]
    assert len(sessions()) == 8
    decided = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["decisions"]
    assert [one["words"] for one in decided] == [
        "squat, session 1 (w01-s1): with symptoms: it comes again next time, all else goes on"
    ]
    gradus("verify", "out")


def test_where_all_of_it_hurt_the_session_comes_again() -> None:
    build(BY_WEEKS)
    gradus("log", "out", "1", "--done", "--pain", "1,5,6", "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    assert weekly("squat", "A") == weekly("press", "A") == [5, 5, 4, 3, 2]
    assert len(sessions()) == 9


def test_outcomes_hold_a_line_in_its_week_too() -> None:
    Path("o.yaml").write_text("outcomes:\n  - {session: 3, exercise: press, symptoms: yes}\n", encoding="utf-8")
    build(BY_WEEKS, "--outcomes", "o.yaml")
    assert weekly("press", "A") == [5, 4, 4, 3]
    assert weekly("squat", "A") == weekly("press", "B") == [5, 4, 3, 2]
