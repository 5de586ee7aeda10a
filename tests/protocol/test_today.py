"""What is found or fitted in on the day: the heaviest load, as many rounds as go in a time, rests between holds."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from catalog.loader import load_catalogue
from planner.domain.dose import LoadUnit
from planner.domain.protocol import Outcome
from planner.intake.protocol_file import protocol_of
from planner.intake.yamlfile import parse_yaml
from planner.progression.protocol import OwnedLoads, run
from tests.protocol.own_file import HEAD, build, faults, gradus, own_folder, sessions

__all__ = ["own_folder"]

DAILY = f"""{HEAD}days_a_week: 2
lines: {{sq: {{exercise: barbell_back_squat, state: {{last: 150}}}}}}
schemes:
  s:
    sets:
      - {{name: top, reps: 1, load: find, guess: last}}
      - {{sets: 2, reps: 3, load: 90% today.top}}
    after: [{{do: {{last: today.top}}}}]
rotation: [{{name: A, do: [{{line: sq, scheme: s}}]}}]
"""


def shown(number: int) -> str:
    return " ".join(gradus("show", "out", "--session", str(number)).stdout.split())


@pytest.mark.parametrize(
    ("told", "forecast"),
    [
        ("sq: 1 @ 160", "160"),
        ("sq: 1 @ 140, 1 @ 150, 1 @ 157.5, 2x3 @ 140", "157.5"),  # attempts, and the sets behind them
        ("sq: 1 @ 160, 0 @ 170, 2x3 @ 142.5", "160"),  # the last attempt was one too many
        ("sq: 0 @ 180", "150"),  # nothing was lifted: what was expected stays
    ],
)
def test_the_heaviest_that_was_lifted_is_what_was_found(told: str, forecast: str) -> None:
    build(DAILY)
    gradus("log", "out", "1", "--done", "--item", told, "--today", "2027-01-05")
    gradus("replan", "out", "--today", "2027-01-05")
    assert f"today (forecast {forecast} kg)" in shown(2)
    gradus("verify", "out")


def test_past_sets_show_the_attempt_that_counted() -> None:
    build(DAILY)
    gradus("log", "out", "1", "--done", "--item", "sq: 1 @ 140, 1 @ 150, 1 @ 160, 2x3 @ 142.5", "--today", "2027-01-05")
    gradus("replan", "out", "--today", "2027-01-05")
    # 90 % of 160 is 144, and 142.5 is what the plates make of it
    assert "1 × 1 at 160 kg, then 2 × 3 at 142.5 kg" in shown(1)


TIMED = f"""{HEAD}days_a_week: 2
lines:
  bench: {{exercise: barbell_bench_press, scheme: p, state: {{load: 60, record: 30}}}}
schemes:
  p:
    sets:
      - until: 10 min
        of:
          - {{reps: 5, load: load, rest: 30 s}}
    after: [{{total: 60+, do: {{load: +5%}}}}]
rotation: [{{name: A, do: [bench]}}]
"""


def bench(number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = sessions()[number]["items"][0]["dose"]
    return found


def test_sets_that_go_in_a_time_are_allowed_that_time_and_counted() -> None:
    build(TIMED)
    assert "as many sets of 5 at 60 kg as go in 10 min (bar included), rest 30 s" in shown(1)
    assert sessions()[0]["estimated_minutes"] == pytest.approx(10, abs=1)
    gradus("log", "out", "1", "--done", "--item", "bench: 12x5 @ 60 kg", "--today", "2027-01-05")
    gradus("replan", "out", "--today", "2027-01-05")
    assert bench(1)["sets"][0]["load"]["amount"] == 62500
    decided = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["decisions"]
    assert "on target" in decided[-1]["words"]
    gradus("verify", "out")


def test_any_number_of_sets_that_go_in_a_time_is_counted() -> None:
    build(TIMED.replace("total: 60+", "total: 200+"))
    gradus("log", "out", "1", "--done", "--item", "bench: 40x5 @ 60 kg", "--today", "2027-01-05")
    gradus("replan", "out", "--today", "2027-01-05")
    assert bench(1)["sets"][0]["load"]["amount"] == 62500
    gradus("verify", "out")


def test_several_rows_that_go_in_a_time_are_rounds() -> None:
    rows = "{reps: 5, load: load, rest: 30 s}\n          - {reps: 3, load: 110% load, rest: 2 min}"
    text = TIMED.replace("{reps: 5, load: load, rest: 30 s}", rows).replace("total: 60+", "total: 40+")
    build(text)
    assert "as many rounds as go in 10 min: 1 × 5 at 60 kg, then 1 × 3 at 65 kg" in shown(1)
    assert "rest 30 s, then 2 min" in shown(1)
    assert sessions()[0]["estimated_minutes"] == pytest.approx(10, abs=1)
    told = ", ".join(["5 @ 60 kg, 3 @ 65 kg"] * 5)
    gradus("log", "out", "1", "--done", "--item", f"bench: {told}", "--today", "2027-01-05")
    gradus("replan", "out", "--today", "2027-01-05")
    assert bench(1)["sets"][0]["load"]["amount"] == 62500
    gradus("verify", "out")


def test_repetitions_and_runs_that_go_in_a_time_are_in_turn() -> None:
    row = "{reps: 5, load: load, rest: 30 s}"
    build(TIMED.replace(row, f"{row}\n          - {{kind: run, distance: 400 m, rest: 1 min}}"))
    assert (
        "as many sets of 5 at 60 kg as go in 10 min (bar included), rest 30 s; in turn, all in the same time"
        in shown(1)
    )
    assert "as many rounds as go in 10 min: run 400 m, rest 1 min; in turn, all in the same time" in shown(1)
    assert sessions()[0]["estimated_minutes"] == pytest.approx(10, abs=1)
    broken = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["protocol"]["breaks"]
    assert not [one for one in broken if one["rule"] == "O7"]  # ten minutes of running at most, which are free


GROUP = f"""{HEAD}days_a_week: 2
lines:
  a: {{exercise: pull_up}}
  b: {{exercise: push_up}}
schemes:
  five: {{sets: [{{until: 20 min, of: [{{reps: 5, rest: none}}]}}]}}
  ten: {{sets: [{{until: 20 min, of: [{{reps: 10, rest: none}}]}}]}}
rotation: [{{name: A, do: [{{line: a, scheme: five, group: g}}, {{line: b, scheme: ten, group: g}}]}}]
"""


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        (GROUP, 20.8),  # both in the same 20 minutes
        (GROUP.replace(", group: g", ""), 41.5),  # one after the other
        (GROUP.replace("20 min, of: [{reps: 10", "10 min, of: [{reps: 10"), 31.5),  # other times are other stretches
    ],
)
def test_a_group_with_one_time_shares_it(text: str, minutes: float) -> None:
    build(text)
    assert sessions()[0]["estimated_minutes"] == pytest.approx(minutes, abs=0.1)
    assert ("all in the same time" in shown(1)) == (text == GROUP)
    gradus("log", "out", "1", "--done", "--item", "a: 12x5", "--item", "b: 11x10", "--today", "2027-01-05")
    gradus("replan", "out", "--today", "2027-01-05")
    gradus("verify", "out")


def test_a_set_each_minute_fills_the_time() -> None:
    build(TIMED.replace("rest: 30 s", "every: 1 min"))
    assert "10 × 5 at 60 kg" in shown(1)


@pytest.mark.parametrize(
    ("row", "rounds"),
    [
        ("{kind: run, time: 1 min, rest: 1 min}", 5),
        ("{kind: run, time: 1 min}, {kind: walk, time: 1 min}", 5),
        ("{kind: run, time: 90 s, rest: 30 s}", 5),
    ],
)
def test_rest_is_time_too(row: str, rounds: int) -> None:
    text = TIMED.replace("{reps: 5, load: load, rest: 30 s}", row.replace("}, {", "}\n          - {"))
    text = text.replace("barbell_bench_press", "walk_run_intervals").replace(
        "total: 60+, do: {load: +5%}", "met: yes, do: {}"
    )
    build(text)
    # a rest behind the last of them is nobody's: 4 times, and once more
    assert sum(each.get("rounds", 1) for each in bench()["sets"]) == rounds
    assert sessions()[0]["estimated_minutes"] == pytest.approx(10, abs=1)


def test_a_row_of_rest_between_holds_is_their_rest() -> None:
    build(
        TIMED.replace("until: 10 min", "repeat: 3")
        .replace("{reps: 5, load: load, rest: 30 s}", "{time: 30 s}\n          - {kind: rest, time: 3 min}")
        .replace("after: [{total: 60+, do: {load: +5%}}]", "")
        .replace("barbell_bench_press", "front_plank")
    )
    (item,) = sessions()[0]["items"]
    assert [row["seconds"] for row in item["dose"]["sets"]] == [30, 30, 30]
    assert item["dose"]["rest_seconds"] == 180


HALF = f"""{HEAD}days_a_week: 1
lines: {{sq: {{exercise: barbell_back_squat, state: {{load: 90, half: 2}}}}}}
schemes:
  s:
    sets:
      - {{name: top, reps: 3-6, load: load}}
      - {{sets: 2, reps: 50% today.top, load: load}}
    after: [{{set: top, reps: 6+, do: {{load: +2.5}}}}]
rotation: [{{name: A, do: [{{line: sq, scheme: s}}]}}]
"""


def counts(number: int) -> list[int]:
    return [row["repetitions"] for row in sessions()[number]["items"][0]["dose"]["sets"]]


def test_repetitions_go_by_those_of_an_earlier_set() -> None:
    build(HALF)
    assert counts(0) == [3, 3, 3]  # of the top of 3 to 6
    assert "50 % of the repetitions of the top set" in shown(1)
    protocol = protocol_of(parse_yaml(HALF, "own.yaml"), load_catalogue())
    told = Outcome(session=1, exercise="sq", repetitions=(5, 2, 2))
    found = run(protocol, {}, OwnedLoads(LoadUnit.GRAM, Fraction(1)), [told])
    sets = found.sessions[0].items[0].sets
    assert [each.repetitions for each in sets] == [(3, 6), (2, 2), (2, 2)]  # 2.5, and none is done in part
    assert not found.steps[0].below
    assert not any(each.note for each in sets)


def test_what_is_told_of_such_a_set_is_taken() -> None:
    rule = "after: [{set: back, reps: 3+, do: {load: +5}}, "
    build(HALF.replace("{sets: 2,", "{name: back, sets: 2,").replace("after: [", rule))
    gradus("log", "out", "1", "--done", "--item", "sq: 4 @ 90, 2x3 @ 90", "--today", "2027-01-05")
    gradus("replan", "out", "--today", "2027-01-05")
    assert top_load(1) == 95
    gradus("verify", "out")


def top_load(number: int) -> float:
    return float(sessions()[number]["items"][0]["dose"]["sets"][0]["load"]["amount"] / 1000)


def test_half_of_a_load_is_no_number_of_repetitions() -> None:
    kept = HALF.replace("50% today.top", "half").replace("{load: +2.5}", "{load: +2.5, half: 50% today.top}")
    said = "today.top is the load of that set; for its repetitions a row says reps: today.top"
    assert any(said in one for one in faults(kept)), faults(kept)
    timed = HALF.replace("{name: top, reps: 3-6, load: load}", "{name: top, time: 30 s}").split("    after")[0]
    timed += "rotation: [{name: A, do: [{line: sq, scheme: s}]}]"
    assert any("today.top is the number of repetitions of that set" in one for one in faults(timed)), faults(timed)
