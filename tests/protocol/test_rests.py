"""What a row says is shown with that row: its rest (nothing is not none), effort, note and unit; what totals count."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.domain.dose import Dose
from planner.domain.programme import Item
from planner.export.text import dose_text, item_text
from tests.protocol.own_file import HEAD, build, faults, gradus, own_folder, sessions

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
    assert shown().endswith("rest 3 min after set 2")
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


RUNS = """\
lines:
  easy: {exercise: continuous_run, scheme: on, state: {far: 3 miles}}
schemes:
  on: {sets: [{kind: run, distance: far}]}
rotation: [{name: A, do: [easy]}]
"""


def line() -> str:
    return item_text(Item.model_validate(sessions()[0]["items"][0], strict=False))


def test_miles_stay_miles() -> None:
    runs = f"{HEAD}days_a_week: 1\n{RUNS}"
    build(runs)
    assert "run 3 miles" in line()
    echo = gradus(
        "log", "out", "w01-s1", "--done", "--item", "easy: 3.1 miles in 30 min", "--today", "2027-01-04"
    ).output
    assert "3.1 miles in 30 min" in echo
    build(runs.replace("kind: run, distance: far", "kind: run, distance: 1-2 miles"), "--force")
    assert "run 1-2 miles" in line()
    build(runs.replace("kind: run, distance: far", "distance: 13.1 mi"), "--force")
    assert "13.1 miles" in line()
    build(runs.replace("3 miles", "5 km"), "--force")
    assert "run 5 km" in line()


def test_a_note_stands_with_its_row() -> None:
    build(LIFT.replace("reps: 8, load: load", "reps: 8, load: load, note: pause below"))
    assert "1 × 8 at 100 kg (pause below), then 6-4 repetitions at 100 kg (bar included)" in line()
    assert line().count("pause below") == 1
    build(LIFT.replace("load: load", "load: load, note: pause below"), "--force")
    assert line().endswith("; pause below")
    assert line().count("pause below") == 1


def test_a_long_rest_is_kept_and_takes_its_time() -> None:
    text = f"{HEAD}days_a_week: 1\nlines:\n  row: {{exercise: rowing_machine, scheme: p}}\nschemes:\n"
    text += "  p: {sets: [{sets: 3, time: 2 min, rest: 20 min}]}\nrotation:\n  - {name: A, do: [row]}\n"
    build(text)
    assert "3 × 2 min, rest 20 min" in " ".join(gradus("show", "out", "--session", "1").stdout.split())
    assert sessions()[0]["estimated_minutes"] == 46.8  # 3 x 2 min, 2 x 20 min, 45 s to set up
    assert any("rest: must be at most an hour" in one for one in faults(text.replace("20 min", "2 h")))


def test_time_is_allowed_for_working_up_to_a_load_that_is_found() -> None:
    find = LIFT.partition("schemes:")[0] + (
        "schemes:\n  on: {rest: 2 min, sets: [WARM{reps: 5, load: find}, {reps: 3, load: find}]}\n"
        "rotation:\n  - {name: A, do: [{line: squat, scheme: on}]}\n"
    )
    build(find.replace("WARM", ""))
    # ten minutes of lighter sets, once; 8 repetitions of 4 s with 2 min between the sets; 45 s to set up
    assert sessions()[0]["estimated_minutes"] == pytest.approx((600 + 8 * 4 + 120 + 45) / 60, abs=0.1)
    build(find.replace("WARM", "{kind: warmup, reps: 5, load: 60}, "), "--force")
    # the file says its own way up
    assert sessions()[0]["estimated_minutes"] == pytest.approx((13 * 4 + 2 * 120 + 45) / 60, abs=0.1)


def test_a_set_may_begin_every_minute() -> None:
    text = LIFT.partition("schemes:")[0] + (
        "schemes:\n  on: {rest: 3 min, sets: [{sets: 25, reps: 5, load: 60, every: 1 min}]}\n"
        "rotation:\n  - {name: A, do: [{line: squat, scheme: on}]}\n"
    )
    build(text)
    shown = " ".join(gradus("show", "out", "--session", "1").stdout.split())
    assert "25 × 5 at 60 kg (bar included), a set begins every 1 min" in shown
    # 24 whole minutes, and five repetitions of 4 s in the last; 45 s to set up
    assert sessions()[0]["estimated_minutes"] == pytest.approx((24 * 60 + 20 + 45) / 60, abs=0.1)
    assert any(
        "every: says how often a set begins" in one for one in faults(text.replace("every:", "rest: 1 min, every:"))
    )


def in_turn(row: str) -> str:
    return LIFT.replace(LIFT[LIFT.index("      - {reps: 8") : LIFT.index("rotation")], f"      - {row}\n")


@pytest.mark.parametrize(
    ("row", "rests"),
    [
        ("{repeat: 2, rest: 3 min, of: [{sets: 2, reps: 2, load: load, rest: 20 s}]}", [20, 180, 20, 180]),
        ("{repeat: 2, rest: 3 min, of: [{reps: 2, load: load, rest: 20 s}, {reps: 4, load: load}]}", [20, 180] * 2),
        ("{repeat: 2, of: [{sets: 2, reps: 2, load: load, rest: 20 s}, {kind: rest, time: 1 min}]}", [20, 60, 20, 60]),
        ("{until: 3 min, rest: 40 s, of: [{time: 20 s, rest: none}, {time: 20 s, rest: none}]}", [0, 40] * 2 + [0]),
    ],
)
def test_rows_in_turn_have_their_rests_and_another_after_each_turn(row: str, rests: list[int]) -> None:
    build(in_turn(row))
    assert [one["rest_after"][0] for one in sessions()[0]["items"][0]["dose"]["sets"]][: len(rests)] == rests


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{until: 10 min, rest: 1 min, of: [{reps: 8, every: 60 s}]}", "the clock of of[0] (every: 60 s)"),
        ("{repeat: 2, rest: none, of: [{reps: 8}, {sets: 3, reps: 4, every: 1 min}]}", "the clock of of[1]"),
        ("{repeat: 3, rest: 2 min, of: [{reps: 8, rest: 30 s}]}", "of[0], the last in turn, has a rest of its own"),
        ("{repeat: 3, rest: 2 min, of: [{sets: 1, reps: 8, load: load, rest: 30 s}]}", "of[0], the last in turn"),
        ("{repeat: 3, rest: 2 min, of: [{reps: [8, 6], rest: [30 s, 1 min]}]}", "of[0], the last in turn"),
        ("{repeat: 3, rest: 2 min, of: [{reps: 8}, {kind: rest, time: 1 min}]}", "of[1], the last in turn"),
        ("{repeat: 3, rest: 2 min, of: [{reps: 8, rest: 30 s}, {weeks: 2, reps: 6}]}", "of[0], the last in turn"),
    ],
)
def test_one_pause_has_one_rest_or_one_clock(row: str, said: str) -> None:
    found = faults(in_turn(row))
    assert len(found) == 1
    assert f"sets[0].rest: {said}" in found[0]


@pytest.mark.parametrize(
    "row",
    [
        "{repeat: 4, rest: 3 min, of: [{sets: 3, reps: 2, rest: 20 s}]}",
        "{repeat: 4, rest: 3 min, of: [{reps: [6, 4, 2], rest: 20 s}]}",
        "{repeat: 4, rest: 3 min, of: [{reps: [6, 4, 2], rest: [20 s, 30 s]}]}",
        "{repeat: 4, rest: 3 min, of: [{reps: each, rest: 20 s}]}",
        "{repeat: 4, rest: 3 min, of: [{reps: 6, every: 1 min}, {reps: 4}]}",
        "{repeat: 4, rest: 3 min, of: [{weeks: 1, reps: 6, rest: 20 s}, {weeks: 1-2, reps: 4}]}",
    ],
)
def test_rests_inside_a_turn_stand_beside_the_one_after_it(row: str) -> None:
    assert not faults(in_turn(row).replace("state: {", "state: {each: [6, 4, 2], "))


def test_rows_in_turn_say_the_note_of_all() -> None:
    build(in_turn("{repeat: 2, note: stay tight, of: [{reps: 2, load: load, note: fast}, {reps: 4, load: load}]}"))
    assert "fast; stay tight" in gradus("show", "out", "--session", "1").stdout
    build(in_turn("{repeat: 2, note: stay tight, of: [{reps: 2, load: load}]}"), "--force")
    assert "stay tight" in gradus("show", "out", "--session", "1").stdout


def test_what_belongs_to_rows_in_turn_is_said_by_them() -> None:
    found = faults(in_turn("{repeat: 2, rest: [1 min, 2 min], rpe: 8, side: each, of: [{reps: 2, load: load}]}"))
    assert [one.split("sets[0].")[1][:30] for one in found] == [
        "rest: is one rest after each t",
        "rpe: belongs inside 'of', to t",
        "side: belongs inside 'of', to ",
    ]


GROUP = f"""{HEAD}days_a_week: 1
lines: {{a: {{exercise: push_up, scheme: s}}, b: {{exercise: body_weight_squat, scheme: t}}}}
schemes: {{s: {{sets: [{{sets: 5, reps: 5}}]}}, t: {{sets: [{{sets: 3, reps: 5}}]}}}}
rotation: [{{name: A, do: [{{line: a, group: X}}, {{line: b, group: X}}]}}]
"""


@pytest.mark.parametrize(("sets", "said"), [(3, "X, the last 2 sets alone"), (4, "X, the last set alone"), (5, "X")])
def test_sets_that_a_group_has_no_company_for_are_done_alone(sets: int, said: str) -> None:
    build(GROUP.replace("sets: 3", f"sets: {sets}"))
    notes = [item["days_note"] for item in sessions()[0]["items"]]
    assert notes == [f"in turn with the others of group {said}", "in turn with the others of group X"]
