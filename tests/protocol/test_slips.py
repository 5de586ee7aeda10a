"""Slips of a protocol file: each fault says what to write instead, and what never comes is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.domain import notation
from planner.errors import InvalidInput
from planner.intake.protocol_file import read_outcomes
from tests.protocol.own_file import HEAD, build, faults, gradus, own_folder, sessions

__all__ = ["own_folder"]

FILE = (
    HEAD
    + """\
days_a_week: 3
lines: {a: {exercise: push_up, state: {n: 5}}}
schemes: {s: {sets: [{reps: n}, ROW], after: [{met: yes, do: {n: +1}}]}}
rotation: [{name: A, do: [{line: a, scheme: s}]}]
"""
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sets: [{reps: n}, ROW]", "sets: {five: {reps: n}}"),
        ("sets: [{reps: n}, ROW]", "stages: {x: {sets: {reps: 5}}}"),
    ],
)
def test_a_mapping_of_sets_is_one_fault(old: str, new: str) -> None:
    (fault,) = faults(FILE.replace(old, new))
    assert "sets: must be a list: begin each entry with a hyphen" in fault


def test_a_key_of_rules_among_outcomes_is_named_as_it_is_there(tmp_path: Path) -> None:
    (tmp_path / "told.yaml").write_text("outcomes: [{session: 1, exercise: a, reps: [5]}]\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="reps: is not a known key; write repetitions"):
        read_outcomes(tmp_path / "told.yaml")


def test_a_track_that_is_hardly_near_another_is_told_all() -> None:
    (fault,) = faults(FILE.replace("ROW", "{reps: 5}") + "exercises: {my_pull: {name: My pull, track: pull}}\n")
    assert "did you mean 'pulldown'? They are relief, " in fault
    assert ", row, press, pulldown, " in fault


@pytest.mark.parametrize("track", ["calv", "pul_down"])
def test_a_track_that_is_near_another_is_told_that_one(track: str) -> None:
    (fault,) = faults(FILE.replace("ROW", "{reps: 5}") + f"exercises: {{mine: {{name: Mine, track: {track}}}}}\n")
    assert "They are" not in fault


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ROW", "{reps: 9, 9, 9}", "put several in [ ]"),
        ("ROW", "{weeks: 1,2,3, reps: 5}", "or quotes (weeks: '1, 3')"),
        ("ROW", "{turns: 4,8, reps: 5}", "or quotes (weeks: '1, 3')"),
        ("ROW", '{phase: "two, three", reps: 5}', "several are a list: [two, three]"),
        ("ROW", "{days: 5, reps: 5}", "sets[1].days: day 5 never comes: a week has days 1 to 3"),
        ("days_a_week: 3", "days_a_week: 4 days", "must be a whole number such as 3, or one for spans of weeks"),
        ("n: +1", "n: +10 pounds", "has the unit pounds; units are kg, lb"),
        ("n: +1", "n: 5%", "5 % of what? Write +5% or -5% of itself, or 5% one_rm or another value"),
        ("ROW", "{reps: 5, load: 80%}", "80 % of what? Write 80% one_rm, or another value"),
        ("ROW", "{reps: 5, load: 0.8 one_rm}", "a share of it is written 80% one_rm"),
        ("ROW", "{reps: 5, load: 70 squat.tm}", "a share of it is written 70% squat.tm"),
        ("ROW", "{reps: 5, load: 2,5}", "a decimal has a point: 2.5"),
        ("n: 5}", "n: 2,5}", "lines.a.state.5: has no value: inside { } a comma ends a value"),
        ("n: 5}", "n: 2,5}", "a decimal has a point: 2.5"),
        ("n: 5}", "my-n: 5}", "with a letter first: write my_n"),
        (
            "protocol: own",
            "protocol: My Own",
            "small letters, digits and underscores, with a letter first: write my_own",
        ),
        (
            "ROW",
            "{state: {n: 5}, reps: 5}",
            "goes by weeks, rounds, days, turns or phase; what goes by a value is a stage",
        ),
        ("ROW", "{distance: 100-200 feet}", "has the unit feet; write metres: 30-61 m"),
        ("ROW", "{reps: 5, rpe: 11-13}", "must be between 0 and 10; Borg's scale from 6 to 20 goes into 'note'"),
        (
            "ROW",
            "{repeat: 2, of: [{repeat: 3, of: [{kind: run, time: 1 min}]}]}",
            "rows in turn cannot hold rows in turn; write the inner ones out, one row behind the other",
        ),
        ("ROW", "{reps: 5, rest: 60}", "needs its unit: write 60 s or 60 min"),
        ("ROW", "{reps: 5, rest: 3}", "needs its unit: write 3 min or 3 s"),
        ("ROW", "{distance: 400}", "needs its unit: write 400 m or 400 km"),
        ("ROW", "{time: 90}", "needs its unit: write 90 s or 90 min"),
        (
            "ROW",
            "{reps: 5, load:20}",
            "a space is missing behind the colon: write load: 20",
        ),
        ("push_up", "pu", "must be an id of small letters, digits and underscores, at least 3 of them"),
        ("n: +1", "exercise: plank", "the line 'a' has no exercise 'plank'; it has push_up"),
    ],
)
def test_a_slip_is_told_what_to_write(old: str, new: str, said: str) -> None:
    found = faults(FILE.replace(old, new).replace("ROW", "{reps: 5}"))
    assert said in "\n".join(found)
    assert all("pattern" not in one and "Input should" not in one and "known keys" not in one for one in found)


def test_days_are_not_looked_at_where_nobody_knows_how_many_there_are() -> None:
    found = faults(FILE.replace("days_a_week: 3", "days_a_week: 4 days").replace("ROW", "{days: 4, reps: 5}"))
    assert len(found) == 1


def test_a_turn_that_never_comes_is_a_warning() -> None:
    Path("own.yaml").write_text(FILE.replace("ROW", "{turns: 13, reps: 5}"), encoding="utf-8")
    assert "turns: turn 13 never comes: its length has 12 at most" in gradus("check", "own.yaml").output
    Path("own.yaml").write_text(FILE.replace("ROW", "{turns: 12, reps: 5}"), encoding="utf-8")
    assert "never comes" not in gradus("check", "own.yaml").output


def test_pounds_and_kilograms_may_be_many() -> None:
    loaded = FILE.replace("n: 5}", "n: 5, w: 60 kgs}").replace("ROW", "{reps: 5, load: w}")
    assert not faults(loaded.replace("n: +1", "w: +5 kgs"))
    assert not faults(loaded.replace("n: +1", "w: +10 lbs").replace("60 kgs", "135 lbs"))
    mixed = faults(loaded.replace("n: +1", "w: +10 lbs"))
    assert len(mixed) == 1
    assert "do.w: is in lb, and other loads are in kg" in mixed[0]


LOADED = FILE.replace("{reps: n}, ROW", "{reps: n, load: 60}").replace("push_up", "barbell_back_squat")


@pytest.mark.parametrize("said", ["a: 4", "a: 4, pain 3", "a: 4 pain 3"])
def test_a_number_alone_is_a_set_of_repetitions(said: str) -> None:
    build(FILE.replace(", ROW", ""))
    told = gradus("log", "out", "1", "--done", "--item", said, "--today", "2027-01-05").output
    assert "done; Push-up 4" in told


@pytest.mark.parametrize("said", ["a: 4", "a: 4, pain 3"])
def test_a_number_below_all_its_loads_is_a_set_of_repetitions(said: str) -> None:
    build(LOADED)
    told = gradus("log", "out", "1", "--done", "--item", said, "--today", "2027-01-05").output
    assert "Barbell back squat 4" in told


def test_a_number_that_may_be_a_load_is_asked_about() -> None:
    build(LOADED)
    told = gradus("log", "out", "1", "--done", "--item", "a: 60, pain 3", "--today", "2027-01-05", code=2).stderr
    assert "'60' is not understood; write 1x60 for one set of 60 repetitions, or say what it counts" in told
    gradus("log", "out", "1", "--done", "--item", "a: 1x4, pain 3", "--today", "2027-01-05")
    assert len(sessions()) == 12


def test_a_time_may_be_written_as_it_is_printed() -> None:
    build(
        FILE.replace("ROW", "{time: 1 min 30 s, rest: 3 min 15 s}").replace("{reps: n}, ", "").replace("n: +1", "n: +2")
    )
    dose = sessions()[0]["items"][0]["dose"]
    assert dose["sets"][0]["seconds"] == 90
    assert notation.rest("3 min 15 s").low == 195
    assert notation.time("1 h 5 min+").low == 3900
    assert notation.change("+1 min 30 s").amount.number == 90
    with pytest.raises(ValueError, match="must be a time"):
        notation.time("3 min 30")
