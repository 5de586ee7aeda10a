"""What a row says of rest: a time, none, or nothing, which is not the same as none; and what totals count."""

from __future__ import annotations

import json
from pathlib import Path

from planner.domain.dose import Dose
from planner.export.text import dose_text
from tests.protocol.own_file import HEAD, build, gradus, own_folder, sessions

__all__ = ["own_folder"]

LIFT = (
    HEAD
    + """\
days_a_week: 1
lines:
  squat: {exercise: barbell_back_squat, scheme: on, state: {load: 100}}
schemes:
  on:
    sets:
      - {reps: 8, load: load}
      - {reps: 6, load: load, rest: 3 min}
      - {reps: 4, load: load}
rotation: [{name: A, do: [squat]}]
"""
)


def shown() -> str:
    return dose_text(Dose.model_validate(sessions()[0]["items"][0]["dose"], strict=False))


def test_a_row_without_a_rest_does_not_mean_none() -> None:
    build(LIFT)
    assert shown().endswith("rest as needed, then 3 min")
    minutes = sessions()[0]["estimated_minutes"]
    build(LIFT.replace("- {reps: 8, load: load}", "- {reps: 8, load: load, rest: 2 min}"), "--force")
    # time is allowed for the usual two minutes
    assert sessions()[0]["estimated_minutes"] == minutes
    assert shown().endswith("rest 2 min, then 3 min")


def test_no_rest_is_said() -> None:
    drops = LIFT.replace("reps: 8, load: load", "reps: 8, load: load, rest: none").replace("3 min", "0 s")
    build(drops)
    assert shown().endswith(", no rest")
    loads = sessions()[0]["estimated_minutes"]
    build(LIFT.replace(", rest: 3 min", ""), "--force")
    assert "rest" not in shown()
    assert sessions()[0]["estimated_minutes"] - loads > 3.9  # two rests of two minutes
    build(LIFT.replace("reps: 8, load: load", "reps: 8, load: load, rest: none"), "--force")
    assert shown().endswith("rest none, then 3 min")


def test_a_week_at_a_glance_says_the_effort_of_each_row() -> None:
    text = LIFT.replace("load: load}", "load: load, rpe: 6}", 1).replace("rest: 3 min", "rpe: 7, rest: 3 min")
    build(text.replace("- {reps: 4, load: load}", "- {reps: 4, load: load, rpe: 8}"))
    table = " ".join(gradus("show", "out", "--week", "1").output.split())
    for effort in ("RPE 6", "RPE 7", "RPE 8"):
        assert effort in table
    assert "effort 8" not in table


def test_totals_count_every_bout_of_the_day() -> None:
    build(LIFT)
    once = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["weeks"][0]
    build(LIFT.replace("sets:", "bouts_a_day: 2\n    sets:"), "--force")
    twice = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["weeks"][0]
    assert (once["hard_sets"], twice["hard_sets"]) == ({"squat": 3}, {"squat": 6})
    assert twice["training_minutes"] > 1.5 * once["training_minutes"]
    gradus("verify", "out")
