"""A time and a distance need their unit wherever they are written: 30 alone is neither minutes nor seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.protocol.own_file import HEAD, build, faults, gradus, own_folder, sessions

__all__ = ["own_folder"]

WALK = (
    HEAD
    + """\
days_a_week: 1
lines:
  walk: {exercise: brisk_walking, scheme: on, state: {minutes: 20 min}}
schemes:
  on: {sets: [{kind: walk, time: minutes}]}
rotation: [{name: A, do: [walk]}]
"""
)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "minutes: 20 min}",
            "minutes: 20}",
            "p.yaml:8: lines.walk.state.minutes: minutes is a time and needs its unit: write 20 min or 20 s",
        ),
        (
            "minutes: 20 min}",
            "minutes: base, base: 20}",
            "p.yaml:8: lines.walk.state.base: base is a time and needs its unit: write 20 min or 20 s",
        ),
        (
            "minutes: 20 min}",
            "minutes: 20 km}",
            "p.yaml:8: lines.walk.state.minutes: minutes is a time and needs its unit: write 30 min, 9:30 or 90 s",
        ),
        (
            "minutes: 20 min}",
            "minutes: unknown}",
            "p.yaml:8: lines.walk.state.minutes: minutes is a time, which no session finds; write it, or ask for it "
            "under 'needs'",
        ),
        (
            "time: minutes",
            "time: 10",
            "p.yaml:10: schemes.on.sets[0].time: needs its unit: write 10 min or 10 s (got 10)",
        ),
        (
            "time: minutes",
            "distance: 3",
            "p.yaml:10: schemes.on.sets[0].distance: needs its unit: write 3 km or 3 m (got 3)",
        ),
        (
            "time: minutes",
            "time: minutes, rest: 3",
            "p.yaml:10: schemes.on.sets[0].rest: needs its unit: write 3 min or 3 s (got 3)",
        ),
        (
            "time: minutes}]",
            "time: minutes}], after: [{do: {minutes: 25}}]",
            "p.yaml:10: schemes.on.after[0].do.minutes: minutes is a time; write its unit, such as +5 min or +30 s",
        ),
    ],
)
def test_a_number_alone_is_no_time(old: str, new: str, said: str) -> None:
    assert said in faults(WALK.replace(old, new))


@pytest.mark.parametrize("written", ["20 mins", "3 minutes", "3m", "9:30", "90 secs", "1 hour"])
def test_units_as_people_write_them(written: str) -> None:
    assert faults(WALK.replace("time: minutes", f"time: {written}, rest: {written}")) == []
    assert faults(WALK.replace("time: minutes", "distance: 5 mi")) == []


@pytest.mark.parametrize(("said", "seconds"), [("30 min", 1800), ("9:30", 570), ("90 s", 90)])
def test_a_start_takes_its_unit(said: str, seconds: int) -> None:
    build(WALK, "--set", f"walk.minutes={said}")
    assert sessions()[0]["items"][0]["dose"]["sets"][0]["work_seconds"] == seconds


def test_a_start_needs_its_unit() -> None:
    result = build(WALK, "--set", "walk.minutes=30", code=2)
    assert "walk.minutes: is a time and needs its unit: write 30 min or 30 s" in result.output
    assert not Path("out").exists()


def test_an_answer_needs_its_unit() -> None:
    build(WALK)
    tell = ("log", "out", "w01-s1", "--done", "--today", "2027-01-04", "--answer")
    result = gradus(*tell, "walk.minutes=25", code=2)
    assert "walk.minutes is a time and needs its unit: write 25 min or 25 s" in result.output
    gradus(*tell, "walk.minutes=25 min")
    gradus("replan", "out", "--today", "2027-01-05")
    assert sessions()[1]["items"][0]["dose"]["sets"][0]["work_seconds"] == 1500
    gradus("verify", "out")


def test_an_outcome_needs_its_unit() -> None:
    outcomes = "outcomes: [{session: 1, exercise: walk, values: {minutes: 25}}]\n"
    Path("done.yaml").write_text(outcomes, encoding="utf-8")
    result = build(WALK, "--outcomes", "done.yaml", code=2)
    assert "walk.minutes is a time and needs its unit: write 25 min or 25 s" in result.output
    Path("done.yaml").write_text(outcomes.replace("25", "25 min"), encoding="utf-8")
    build(WALK, "--outcomes", "done.yaml")
    assert sessions()[1]["items"][0]["dose"]["sets"][0]["work_seconds"] == 1500


def test_a_load_may_have_its_unit() -> None:
    lifts = WALK.replace("brisk_walking", "barbell_back_squat").replace("state: {minutes: 20 min}", "needs: [load]")
    lifts = lifts.replace("kind: walk, time: minutes", "reps: 5, load: load")
    build(lifts, "--load", "walk=70kg")
    assert sessions()[0]["items"][0]["dose"]["sets"][0]["load"]["amount"] == 70_000
    result = build(lifts, "--load", "walk=150 lb", "--force", code=2)
    assert "loads are in kg, not 150 lb" in result.output


def test_a_time_that_is_asked_for_is_shown_by_an_example() -> None:
    for rows in ("kind: walk, time: minutes", "time: minutes"):
        text = WALK.replace("state: {minutes: 20 min}", "needs: [minutes]").replace("kind: walk, time: minutes", rows)
        Path("own.yaml").write_text(text, encoding="utf-8")
        shown = gradus("protocol", "show", "own.yaml").output
        assert "Brisk walking: " in shown and "Shown with 20 min for a time that it asks for" in shown
        assert "give --set walk.minutes='30 min'" in build(text, code=2).output
