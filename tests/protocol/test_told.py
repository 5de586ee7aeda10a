"""What is told of a session in the words of the language: miles, times on a clock, loads without a unit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.protocol.own_file import HEAD, build, gradus, own_folder, sessions, top

__all__ = ["own_folder"]

MILES = f"""{HEAD}unit: lb
days_a_week: 3
exercises:
  timed_run: {{name: Timed run, track: aerobic}}
lines:
  run: {{exercise: timed_run, scheme: far, state: {{level: 1}}}}
  deadlift: {{exercise: conventional_deadlift, scheme: lift, state: {{load: 150}}}}
schemes:
  far: {{sets: [{{kind: run, distance: 2-3 miles}}]}}
  lift: {{sets: [{{reps: 4, load: load}}], after: [{{met: yes, do: {{load: +10}}}}]}}
rotation:
  - {{name: A, do: [run, deadlift]}}
"""


def heard() -> list[str]:
    decided = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["decisions"]
    return [one["words"].split(": ")[1] for one in decided]


@pytest.mark.parametrize(
    ("item", "said", "decided"),
    [
        ("run: 1 mile in 9:30", "Timed run 1 mile in 9.5 min", ["below target"]),
        ("run 2.5 miles", "Timed run 2.5 miles", ["short of the target"]),
        ("run: 3 miles in 30 min", "Timed run 3 miles in 30 min", []),
        ("deadlift: 4 @ 150", "Conventional deadlift 4 at 150 lb", ["on target"]),
        ("deadlift: 3 @ 150", "Conventional deadlift 3 at 150 lb", ["below target"]),
    ],
)
def test_miles_clocks_and_bare_loads_are_understood(item: str, said: str, decided: list[str]) -> None:
    build(MILES, "--step", "5")
    told = gradus("log", "out", "1", "--done", "--item", item, "--today", "2027-01-04").stdout
    assert said in " ".join(told.split())
    gradus("replan", "out", "--today", "2027-01-05")
    assert heard() == decided
    lifted = sessions()[1]["items"][1]["dose"]["sets"][0]["load"]["amount"]
    assert lifted == (15000 if "3 @" in item else 16000)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--tm", "press=0"), "press: training max 0 kg: must be above 0"),
        (("--nrm", "press=5:0"), "press: 5RM 0 kg: must be above 0"),
        (("--tm", "press=1000"), "press: training max 1000 kg: nobody has lifted that; correct it"),
        (("--tm", "press=1600", "--sure"), "nobody has lifted that"),
        (("--tm", "press=320"), "press: training max 320 kg: correct it, or say that it is meant: --sure"),
        (("--tm", "press=-5"), "'press=-5' is not a value such as squat=100"),
        (("--tm", "press=320", "--sure"), None),
        (("--unit", "lb", "--tm", "press=500"), None),
        (("--load", "press=0"), None),  # nothing but the body to begin with
    ],
)
def test_a_start_that_cannot_be_is_refused_and_one_that_surprises_is_asked_about(
    options: tuple[str, ...], said: str | None
) -> None:
    asks = f"""{HEAD}days_a_week: 3
lines:
  press: {{exercise: barbell_overhead_press, scheme: p, state: {{tm: 60, rm5: 90% tm, load: 80% tm}}}}
schemes:
  p: {{sets: [{{reps: 5, load: 70% tm}}]}}
rotation:
  - {{name: A, do: [press]}}
"""
    told = build(asks.replace("tm: 60", "tm: {kg: 60, lb: 130}"), *options, code=2 if said else 0)
    assert (said or "") in told.stderr


def test_a_table_has_miles_and_kilometres() -> None:
    build(MILES, "--step", "5")
    Path("log.csv").write_text("session,exercise,miles,km\n1,run,1,\n2,run,,5\n", encoding="utf-8")
    gradus("log", "out", "--import", "log.csv", "--today", "2027-01-06")
    rows = [json.loads(line) for line in Path("out/log.jsonl").read_text(encoding="utf-8").splitlines()]
    metres = [item["sets"][0]["metres"] for row in rows for item in row.get("items", ())]
    assert metres == [1609, 5000]


def test_a_number_alone_is_repetitions_where_nothing_else_is_planned() -> None:
    text = HEAD + (
        "days_a_week: 1\nlines:\n  push: {exercise: push_up, scheme: up}\n"
        "  bench: {exercise: barbell_bench_press, scheme: lift, state: {load: 60}}\n"
        "schemes:\n  up: {sets: [{reps: 12}]}\n  lift: {sets: [{reps: 5, load: load}]}\n"
        "rotation: [{name: A, do: [push, bench]}]\n"
    )
    build(text)
    tell = ("log", "out", "w01-s1", "--done", "--today", "2027-01-04", "--item")
    assert "Push-up 15" in gradus(*tell, "push: 15").output
    assert "say what it counts" in gradus(*tell, "bench: 60", "--correct", "e0001", code=2).output


TOP_AND_BACK = f"""{HEAD}days_a_week: 2
lines: {{sq: {{exercise: barbell_back_squat, scheme: s, state: {{load: 100}}}}}}
schemes:
  s:
    sets:
      - {{name: top, reps: 5, load: load}}
      - {{name: back, sets: 2, reps: 8, load: 80% load}}
    after:
      - {{met: yes, do: {{load: +2.5}}}}
      - {{failures: 2, do: {{load: -10%}}}}
rotation: [{{name: A, do: [sq]}}]
"""


@pytest.mark.parametrize(
    ("first", "second", "then"),
    [
        ("5 @ 100", "5 @ 102.5", 105.0),  # the back-off is not told of: as planned
        ("5 @ 105", "5 @ 107.5", 105.0),  # more than was asked for
        ("5 @ 95", "5 @ 95", 100.0),  # less earns nothing, and is no failure
        ("4 @ 100", "4 @ 100", 90.0),
        ("5 @ 100, 8 @ 80", "5 @ 102.5, 8 @ 80", 90.0),  # one of two with the same load: the other was not done
        ("8,8 @ 80", "8,8 @ 82.5", 105.0),
        ("5 reps", "5 reps", 90.0),
    ],
)
def test_sets_that_are_not_told_are_known_by_the_loads_of_the_others(first: str, second: str, then: float) -> None:
    build(TOP_AND_BACK)
    gradus("log", "out", "1", "--done", "--item", f"sq: {first}", "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    gradus("log", "out", "2", "--done", "--item", f"sq: {second}", "--today", "2027-01-07")
    gradus("replan", "out", "--today", "2027-01-08")
    assert top(sessions()[2]) == then


def test_of_a_session_partly_done_the_sets_behind_the_told_ones_were_not_done() -> None:
    build(TOP_AND_BACK)
    gradus("log", "out", "1", "--partly", "--item", "sq: 5 @ 100", "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    assert heard() == ["below target"]


def test_a_set_found_on_the_day_may_be_told_alone() -> None:
    build(TOP_AND_BACK.replace("5, load: load", "5, load: find, guess: load").replace("80% load", "80% today.top"))
    gradus("log", "out", "1", "--done", "--item", "sq: 5 @ 120", "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    assert heard() == ["on target"]
    assert [row["load"]["amount"] / 1000 for row in sessions()[0]["items"][0]["dose"]["sets"]] == [120, 95, 95]


MIXED = f"""{HEAD}days_a_week: 2
lines: {{r: {{exercise: continuous_run, scheme: s, state: {{t: 4 min}}}}}}
schemes:
  s:
    sets:
      - {{kind: run, distance: 2 miles}}
      - {{kind: run, sets: 2, time: t}}
      - {{kind: run, distance: 1 mile}}
    after: [{{met: yes, do: {{t: +1 min}}}}]
rotation: [{{name: A, do: [r]}}]
"""


@pytest.mark.parametrize(
    ("item", "said", "decided"),
    [
        ("2 miles, 2x4 min, 1 mile", "2 miles, 4 min, 4 min, 1 mile", []),
        ("2 miles in 18:00, 2x4 min, 1 mile in 9:00", "2 miles in 18 min, 4 min, 4 min, 1 mile in 9 min", []),
        ("2 miles, 4 min, 3 min, 1 mile", "2 miles, 4 min, 3 min, 1 mile", ["below target"]),
        ("2 miles, 2x4 min, 0.5 mile", "2 miles, 4 min, 4 min, 0.5 miles", ["below target"]),
    ],
)
def test_sets_of_a_distance_and_of_a_time_stay_apart_where_both_were_planned(
    item: str, said: str, decided: list[str]
) -> None:
    build(MIXED)
    told = gradus("log", "out", "1", "--done", "--item", f"r: {item}", "--today", "2027-01-04").stdout
    assert f"Continuous run {said}" in " ".join(told.split())
    gradus("replan", "out", "--today", "2027-01-05")
    assert heard() == decided


def test_a_distance_and_its_time_are_one_set_where_only_a_distance_was_planned() -> None:
    build(MILES, "--step", "5")
    told = gradus("log", "out", "1", "--done", "--item", "run: 2 miles, 20 min", "--today", "2027-01-04").stdout
    assert "Timed run 2 miles in 20 min" in told


@pytest.mark.parametrize(("item", "speed"), [("1 mile in 20 s", "1609 m in 20 s"), ("500 m in 10 s", "500 m in 10 s")])
def test_a_speed_that_nobody_has_has_to_be_meant(item: str, speed: str) -> None:
    build(MILES, "--step", "5")
    tell = ("log", "out", "1", "--done", "--item", f"run: {item}", "--today", "2027-01-04")
    assert f"{speed} is faster than anybody" in gradus(*tell, code=2).stderr
    gradus(*tell, "--sure")


def test_yards_stay_yards() -> None:
    build(
        MIXED.replace("kind: run, distance: 2 miles", "kind: swim, distance: 100-200 yd").replace("1 mile", "50 yards")
    )
    shown = " ".join(gradus("show", "out", "--session", "1").stdout.split())
    assert "swim 100-200 yd" in shown
    assert "run 50 yd" in shown
    tell = ("log", "out", "1", "--done", "--item", "r: 150 yd in 3 min, 2x4 min, 50 yards", "--today", "2027-01-04")
    assert "150 yd in 3 min, 4 min, 4 min, 50 yd" in " ".join(gradus(*tell).stdout.split())
    build(MIXED.replace("t: 4 min", "t: 4 min, far: 75 yd").replace("distance: 1 mile", "distance: far"), "--force")
    assert "run 75 yd" in " ".join(gradus("show", "out", "--session", "1").stdout.split())
    Path("log.csv").write_text("session,exercise,yards\n1,r,100\n", encoding="utf-8")
    gradus("log", "out", "--import", "log.csv", "--today", "2027-01-06")
    assert '"metres":91' in Path("out/log.jsonl").read_text(encoding="utf-8").replace(" ", "")
