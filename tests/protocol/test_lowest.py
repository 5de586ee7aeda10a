"""Loads that are there: no step down leads to nothing, and what is written and cannot be lifted is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.protocol.own_file import HEAD, build, gradus, own_folder, sessions

__all__ = ["own_folder"]

FILE = (
    HEAD
    + """\
days_a_week: 3
lines: {sq: {exercise: barbell_back_squat, state: {load: 20, n: 3, t: 20 min}}}
schemes: {s: {sets: [{sets: n, reps: 5, load: load}], after: [{met: yes, do: {load: -10}}]}}
rotation: [{name: A, do: [{line: sq, scheme: s}]}]
"""
)
COUNTED = FILE.replace("load: -10", "n: -1")


def rows(session: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = session["items"][0]["dose"]["sets"]
    return found


@pytest.mark.parametrize(
    ("more", "loads", "said"),
    [((), [20, 10, 2.5, 2.5], "it stays at 2.5 kg"), (("--step", "4"), [20, 8, 4, 4], "it stays at 4 kg")],
)
def test_a_load_stays_at_the_lightest(more: tuple[str, ...], loads: list[float], said: str) -> None:
    result = build(FILE.replace("barbell_back_squat", "goblet_squat"), *more)
    assert [rows(one)[0]["load"]["amount"] / 1000 for one in sessions()[:4]] == loads
    assert f"sq: after session 2 load would fall to 0 kg, below the lightest load owned; {said}" in result.output
    assert len(sessions()) == 12


@pytest.mark.parametrize(("unit", "bar"), [("kg", 20), ("lb", 45)])
def test_what_is_less_than_the_bar_is_told_and_never_made_more(unit: str, bar: int) -> None:
    text = FILE.replace("state: {load: 20, ", "needs: [one_rm], state: {").replace("load: load", "load: 40% one_rm")
    text = text.replace("do: {load: -10}", "do: {}").replace("weeks: 4", f"weeks: 4\nunit: {unit}")
    result = build(text, "--1rm", f"sq={bar}", "--sure")
    assert rows(sessions()[0])[0]["load"]["amount"] <= 0.4 * bar * (1000 if unit == "kg" else 100)
    less = f"{bar * 0.4:g} {unit} is less than the bar, {bar} {unit}: it takes something lighter than a bar"
    assert result.output.count(f"Warning: sq: in session 1 {less}") == 1
    gradus("verify", "out")


def test_a_step_down_stays_at_the_bar() -> None:
    result = build(FILE.replace("load: 20", "load: 35"))
    assert [rows(one)[0]["load"]["amount"] / 1000 for one in sessions()[:4]] == [35, 25, 20, 20]
    assert "it stays at 20 kg" in result.output


def test_the_bar_is_the_lightest_load_that_is_written_owned_or_lifted() -> None:
    result = build(FILE.replace("load: -10", "load: +5").replace("load: 20", "load: 10"))
    assert [rows(one)[0]["load"]["amount"] / 1000 for one in sessions()[:2]] == [10, 15]
    assert "bar" not in result.output
    Path("gym.yaml").write_text("barbell: {bar: 15, plates: [1.25, 2.5, 5, 10]}\nthings: [rack]\n", encoding="utf-8")
    shares = FILE.replace("load: load", "load: 50% load").replace("load: -10", "load: +5")
    assert "less than the bar, 15 kg" in build(shares, "--equipment", "gym.yaml", "--force").output
    assert "less than the bar, 20 kg" in build(shares, "--force").output
    gradus("log", "out", "w01-s1", "--done", "--item", "sq: 3x5 @ 10 kg", "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    assert [rows(one)[0]["load"]["amount"] / 1000 for one in sessions()[1:3]] == [12.5, 15]


def test_sets_stay_at_one_and_the_programme_goes_on() -> None:
    result = build(COUNTED)
    assert "sq: after session 3 n would fall to 0, below one; it stays at 1" in result.output
    assert [len(rows(one)) for one in sessions()] == [3, 2, *[1] * 10]


def test_a_time_stays_as_it_was() -> None:
    text = FILE.replace("sets: n, reps: 5, load: load", "kind: walk, time: t").replace("load: -10", "t: -15 min")
    result = build(text.replace("barbell_back_squat", "brisk_walking"))
    assert "sq: after session 2 t would fall to 0, which is no length; it stays as it was" in result.output


def test_what_begins_lower_and_what_is_set_is_meant() -> None:
    for text in (FILE.replace("load: 20", "load: 0"), FILE.replace("load: -10", "load: 0")):
        assert "Warning" not in build(text, "--force").output


def test_a_programme_that_runs_out_says_so() -> None:
    result = build(COUNTED.replace("n: -1", "n: 0"))
    assert "nothing is left to do after session 1, in week 1 of 4" in result.output


def test_a_revision_says_it_too() -> None:
    build(FILE.replace("met: yes", "met: no").replace("load: 20", "load: 10"))
    gradus("log", "out", "w01-s1", "--done", "--item", "sq: 3x2 @ 10", "--today", "2027-01-04")
    result = gradus("replan", "out", "--today", "2027-01-05")
    assert "Warning: sq: after session 1 load would fall to 0 kg" in result.output


def test_a_row_may_give_way_to_another() -> None:
    """Sets of the light weight become sets of the heavy one, to the last."""
    both = "{sets: n, reps: 5, load: load}, {sets: m, reps: 5, load: 30}"
    text = COUNTED.replace("{sets: n, reps: 5, load: load}", both).replace("n: 3,", "n: 3, m: 0,")
    result = build(text.replace("n: -1", "n: -1, m: +1").replace("met: yes", "met: yes, state: {n: 1+}"))
    assert "Warning" not in result.output
    assert {row["load"]["amount"] for row in rows(sessions()[-1])} == {30_000}


SWING = FILE.replace("barbell_back_squat", "kettlebell_swing").replace("do: {load: -10}", "do: {}")


@pytest.mark.parametrize(
    ("text", "more", "kg", "said"),
    [
        (SWING.replace("load: 20", "load: 24"), (), 24, None),
        (SWING.replace("load: 20", "load: 14"), (), 14, None),
        (SWING.replace("load: load", "load: 30% load").replace("load: 20", "load: 64"), (), 16, None),
        (
            SWING.replace("load: 20", "load: 24"),
            ("--step", "2.5"),
            22.5,
            "24 kg is lifted as 22.5: loads go by 2.5 kg; give --step 2, or --equipment FILE",
        ),
        (
            SWING.replace("load: 20", "load: 25"),
            (),
            24,
            "25 kg is lifted as 24: the next lighter one that is owned; --equipment FILE names others",
        ),
        (
            FILE.replace("state: {load: 20, ", "needs: [load], state: {").replace("do: {load: -10}", "do: {}"),
            ("--load", "sq=12"),
            10,
            "12 kg is lifted as 10: loads go by 2.5 kg; give --step 2, or --equipment FILE",
        ),
        (
            SWING.replace("kettlebell_swing", "goblet_squat").replace("load: load", "load: 61"),
            (),
            60,
            "61 kg is lifted as 60: loads go by 2.5 kg; give --step 1, or --equipment FILE",
        ),
    ],
)
def test_what_is_lifted_instead_is_told(text: str, more: tuple[str, ...], kg: float, said: str | None) -> None:
    result = build(text, *more)
    assert rows(sessions()[0])[0]["load"]["amount"] == 1000 * kg
    assert result.output == ("" if said is None else f"Warning: sq: {said}\n")


def test_what_began_without_a_load_comes_back_to_it() -> None:
    """A decline squat that hurt with 5 kg stayed at the lightest load owned, and climbed from there."""
    build(FILE.replace("load: 20", "load: 0").replace("{met: yes, do: {load: -10}}", CLIMB))
    gradus("log", "out", "w01-s1", "--done", "--pain", "0,0,0", "--today", "2027-01-04")
    gradus("log", "out", "w01-s2", "--done", "--pain", "0,6,0", "--today", "2027-01-06")
    gradus("replan", "out", "--today", "2027-01-07")
    found = [rows(one)[0].get("load") for one in sessions() if one.get("status") != "cancelled"]
    assert [None if load is None else load["amount"] / 1000 for load in found[:4]] == [None, 5, None, 5]


CLIMB = "{pain: 6-10, do: {load: -5}}, {pain: 0, met: yes, do: {load: +5}}"


def test_who_enters_later_has_the_values_of_that_week_and_what_is_given_is_of_today() -> None:
    text = FILE.replace("load: -10", "load: +10")
    build(text, "--from-week", "3")
    assert rows(sessions()[0])[0]["load"]["amount"] == 80_000  # 20 kg, and six times 10 kg more
    build(text, "--from-week", "3", "--load", "sq=60", "--force")
    assert rows(sessions()[0])[0]["load"]["amount"] == 60_000
    assert "session 0" not in build(FILE, "--from-week", "3", "--force").output


def test_steps_that_the_loads_owned_swallow_are_told() -> None:
    own = FILE.replace("barbell_back_squat", "lift").replace("load: 20", "load: 2.5").replace("load: -10", "load: +0.5")
    own = own.replace("lines:", "exercises: {lift: {name: Lift, track: squat, cue: Stand tall.}}\nlines:")
    result = build(own)
    said = "sq: 3.5 kg is lifted as 2.5, 4 as 2.5, 4.5 as 2.5, 6.5 as 5: loads go by 2.5 kg; give --step 0.5"
    assert said in " ".join(result.output.split())
    assert not build(own, "--step", "0.5", "--force").output
