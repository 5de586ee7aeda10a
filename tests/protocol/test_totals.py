"""Totals in as many sets as it takes: shown, timed, told in any number of sets, and judged by their sum."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.protocol.own_file import HEAD, build, faults, gradus, own_folder, sessions

__all__ = ["own_folder"]

TOTALS = f"""{HEAD}days_a_week: 2
exercises:
  chin_up: {{name: Chin-up, track: pulldown}}
lines:
  chins: {{exercise: chin_up, scheme: hundred}}
  rows: {{exercise: one_arm_dumbbell_row, scheme: weighted, state: {{load: 20, reps: 60}}}}
  squat: {{exercise: barbell_back_squat, scheme: after_top, state: {{load: 60}}}}
schemes:
  hundred:
    rest: 60 s
    sets: [{{name: all, sets: any, reps: 100}}]
    after: [{{met: no, do: {{}}}}]
  weighted:
    sets: [{{sets: any, reps: 50-100, load: load, rest: 90 s, rpe: 8}}]
    after: [{{total: 120+, do: {{load: +10}}}}, {{met: yes, do: {{load: +5}}}}, {{met: no, do: {{load: -5}}}}]
  after_top:
    sets: [{{kind: warmup, reps: 5, load: 50% load}}, {{name: top, reps: 5+, load: load}}, {{sets: any, reps: 50}}]
    after: [{{set: top, reps: 8+, do: {{load: +10}}}}]
rotation:
  - {{name: A, do: [chins, rows, squat]}}
"""


def _decided() -> dict[str, str]:
    found = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["decisions"]
    return {one["words"].partition(",")[0]: one["words"].partition(": ")[2] for one in found}


def _logged(*items: str, more: tuple[str, ...] = ()) -> None:
    told = [part for one in items for part in ("--item", one)]
    gradus("log", "out", "1", "--done", *told, *more, "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")


def test_a_total_is_shown_as_such_and_takes_the_time_of_sets_of_ten() -> None:
    build(TOTALS)
    chins = "100 repetitions in all, in as many sets as it takes, rest 60 s"
    rows = "50-100 repetitions in all at 20 kg, in as many sets as it takes, RPE 8"
    shown = " ".join(gradus("show", "out", "--session", "1").stdout.split())
    calendar = Path("out/calendar.ics").read_bytes().decode().replace("\r\n ", "").replace("\\,", ",")
    for text in (" ".join(Path("out/summary.md").read_text(encoding="utf-8").split()), shown, calendar):
        assert chins in text
        assert rows in text
        assert "then 1 × 5+ at 60 kg, then 50 repetitions in all, in as many sets as it takes" in text
    once = [row.get("in_all") for row in sessions()[0]["items"][0]["dose"]["sets"]]
    assert once == [True]
    # 100 and 75 repetitions of 4 s, nine rests of 60 s and seven of 90 s; 60 of 4 s with six of 2 min; three changes
    seconds = (100 * 4 + 9 * 60) + (75 * 4 + 7 * 90) + (60 * 4 + 6 * 120) + 3 * 45
    assert sessions()[0]["estimated_minutes"] == pytest.approx(seconds / 60, abs=0.1)


def test_a_rest_of_the_sets_of_a_total_is_not_counted_by_number() -> None:
    own = TOTALS.replace("{sets: any, reps: 50}", "{sets: any, reps: 50, rest: 30 s}")
    build(own)
    assert "rest 30 s between the sets of the total" in Path("out/summary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        ("chins: 30/30/20/20", {}),  # as the forecast takes it
        ("chins: 100 reps", {}),
        ("chins: 12x 9", {"chins": "on target: no rule of the protocol changes it"}),
        ("chins: 30/30/20/19", {"chins": "below target: nothing changes"}),
        ("rows: 40/30/20/10 @ 20 kg", {"rows": "on target: load +5"}),
        ("rows: 40/30/20/9 @ 20 kg", {"rows": "short of the target: no rule of the protocol changes it"}),
        ("rows: 25/24 @ 20 kg", {"rows": "below target: load -5"}),
        ("rows: 60/60 @ 20 kg", {"rows": "on target: 120+ repetitions in all: load +10"}),
        ("rows: 60 @ 20, 40 @ 16 kg", {"rows": "short of the target: no rule of the protocol changes it"}),
        ("rows: 60 @ 16, 40 @ 20 kg", {"rows": "short of the target: no rule of the protocol changes it"}),
        ("squat: 8/20/20/10", {"squat": "on target: 8+ repetitions in set top: load +10"}),
        ("squat: 5/20/20/9", {"squat": "below target: no rule of the protocol changes it"}),
        ("squat: 1x8", {"squat": "below target: 8+ repetitions in set top: load +10"}),
    ],
)
def test_the_sum_of_however_many_sets_is_what_counts(item: str, wanted: dict[str, str]) -> None:
    build(TOTALS)
    _logged(item)
    assert _decided() == wanted


def test_outcomes_tell_of_it_in_any_number_of_sets() -> None:
    Path("o.yaml").write_text(
        "outcomes:\n  - {session: 1, exercise: rows, repetitions: [40, 30, 30]}\n", encoding="utf-8"
    )
    build(TOTALS, "--outcomes", "o.yaml")
    assert sessions()[1]["items"][1]["dose"]["sets"][0]["load"]["amount"] == 25000


def test_far_more_in_all_is_asked_about_and_all_of_it_in_one_set_is_not() -> None:
    build(TOTALS)
    gradus("log", "out", "1", "--done", "--item", "chins: 100 reps", "--today", "2027-01-04")
    said = ("log", "out", "2", "--done", "--item", "chins: 200/150", "--today", "2027-01-07")
    assert "350 repetitions where 100 were planned" in gradus(*said, code=2).stderr
    gradus(*said, "--sure")


@pytest.mark.parametrize("rule", ["{reps: 100+, do: {goal: +1 per rep over}}", "{do: {goal: today.all}}"])
def test_what_is_over_a_total_is_counted_together_and_so_is_what_was_done(rule: str) -> None:
    own = TOTALS.replace("after: [{met: no, do: {}}]", f"after: [{rule}]").replace(
        "sets: any, reps: 100", "sets: any, reps: goal"
    )
    build(own.replace("{exercise: chin_up,", "{exercise: chin_up, state: {goal: 100},"))
    _logged("chins: 60/40/15")
    assert sessions()[1]["items"][0]["dose"]["sets"][0]["repetitions"] == 115


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{sets: any, time: 30 s}", "write reps (100), and no hold, time or distance"),
        ("{sets: any, reps: 50, hold: 5 s}", "write reps (100), and no hold, time or distance"),
        ("{sets: any, reps: max}", "must be the total with sets: any, such as 100 or 50-100"),
        ("{sets: any, reps: [10, 20]}", "is a list, an entry for each set; with sets: any nobody knows how many"),
        ("{sets: any, reps: each}", "each is a list, an entry for each set; with sets: any the total is one number"),
        ("{sets: any, reps: 50, load: find}", "is the heaviest for one set; with sets: any give a load"),
        ("{sets: any, reps: 50, every: 1 min}", "goes with a number of sets; with sets: any give rest"),
        ("{kind: warmup, sets: any, reps: 50}", "is for working sets, not for warmup"),
        ("{until: 10 min, of: [{sets: any, reps: 50}]}", "is a total of the session, not of a turn"),
        ("{sets: any, reps: 50}, {sets: any, reps: 20}", "is the second total of 'squat' in session 'A'"),
        (
            "{sets: any, reps: 50}, {reps: 8}, {sets: 0-1, reps: 8}",
            "leaves open how many sets are done beside the total",
        ),
        ("{sets: 1-3, reps: 8}, {sets: any, reps: 50}", "sets[0].sets: leaves open how many sets are done beside"),
        ("{repeat: 2, of: [{sets: 1-3, reps: 8}]}, {sets: any, reps: 50}", "of[0].sets: leaves open how many sets"),
        ("{until: 10 min, of: [{reps: 8}]}, {sets: any, reps: 50}", "sets[0].until: leaves open how many sets"),
        ("{sets: any, reps: 50, name: total}", "is a word of the language: today.total"),
    ],
)
def test_what_cannot_be_a_total_is_refused_with_the_reason(row: str, problem: str) -> None:
    found = faults(
        f"{HEAD}days_a_week: 1\nlines:\n  squat: {{exercise: barbell_back_squat, state: {{each: [8, 8]}}}}\n"
        f"rotation:\n  - {{name: A, do: [{{line: squat, sets: [{row}]}}]}}\n"
    )
    assert len(found) == 1
    assert problem in found[0]


@pytest.mark.parametrize(
    "rows",
    [
        "{weeks: 1, sets: any, reps: 50}, {weeks: 2-4, sets: any, reps: 20}",
        "{weeks: 1, sets: any, reps: 50}, {weeks: 2-4, sets: 1-3, reps: 20}",
        "{sets: 3, reps: 8}, {until: 4 min, of: [{reps: 8, every: 1 min}]}, {sets: any, reps: 50}",
    ],
)
def test_totals_of_different_weeks_or_beside_sets_that_are_known_are_sound(rows: str) -> None:
    assert not faults(
        f"{HEAD}days_a_week: 1\nlines:\n  squat: {{exercise: barbell_back_squat}}\n"
        f"rotation:\n  - {{name: A, do: [{{line: squat, sets: [{rows}]}}]}}\n"
    )


def test_sets_of_a_total_that_are_told_without_numbers_are_all_of_it_once() -> None:
    build(TOTALS)
    Path("log.yaml").write_text(
        "entries:\n  - session: 1\n    done: yes\n    items:\n      - exercise: rows\n"
        "        sets: [{load_kg: 20}, {load_kg: 20}]\n",
        encoding="utf-8",
    )
    gradus("log", "out", "--import", "log.yaml", "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    logged = json.loads(Path("out/inputs/build.json").read_text(encoding="utf-8"))["logged"]
    assert [one["repetitions"] for one in logged if one["exercise"] == "rows"] == [[100, 0]]


def test_a_table_at_a_glance_says_the_total_alone() -> None:
    build(TOTALS)
    shown = " ".join(gradus("show", "out", "--week", "1").stdout.split())
    assert "100 reps in all" in shown
    assert "as many sets" not in shown


def test_a_hundred_light_repetitions_are_no_reason_to_jump_to_a_heavy_set() -> None:
    rows = "{weeks: 1, sets: any, reps: 100, load: 20}, {weeks: 2-4, sets: 3, reps: 8, load: 30}"
    build(
        f"{HEAD}days_a_week: 1\nlines:\n  squat: {{exercise: barbell_back_squat}}\n"
        f"rotation:\n  - {{name: A, do: [{{line: squat, sets: [{rows}]}}]}}\n"
    )
    assert "load jumps from 20 kg to 30 kg" in gradus("verify", "out", code=2).stdout
