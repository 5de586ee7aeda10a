"""Numbers beyond what there can be: stated ones are faults of the file, those that rules reach stop with a word."""

from __future__ import annotations

from typing import Any

import pytest

from tests.protocol.own_file import HEAD, build, faults, gradus, own_folder, sessions

__all__ = ["own_folder"]

FILE = (
    HEAD
    + """\
days_a_week: 3
lines: {a: {exercise: push_up, state: {n: START}}}
schemes: {s: {sets: [ROW], after: [{met: yes, do: {n: CHANGE}}]}}
rotation: [{name: A, do: [{line: a, scheme: s}]}]
"""
)


def text(start: str, row: str, change: str = "+1") -> str:
    return FILE.replace("START", start).replace("ROW", row).replace("CHANGE", change)


def last() -> dict[str, Any]:
    found: dict[str, Any] = sessions()[-1]["items"][0]["dose"]
    return found


@pytest.mark.parametrize(
    ("start", "row", "change", "key", "most", "said"),
    [
        ("480", "{reps: n}", "+10", "repetitions", 500, "a: in session 4 n comes to 510, and 500 is the most of a set"),
        ("450", "{reps: 110% n}", "+2", "repetitions", 500, "a: in session 4 reps comes to 501, and 500 is the most"),
        ("8 s", "{time: n}", "-1 s", "seconds", 5, "a: in session 5 n comes to 4 s, and 5 s is the least of a set"),
        ("5 h", "{time: n}", "+1 h", "seconds", 28_800, "a: in session 5 n comes to 9 h, and 8 h is the most of a set"),
        ("9 min", "{reps: 1, hold: n}", "+1 min", "hold_seconds", 600, "n comes to 11 min, and 10 min is the most"),
        ("199 km", "{distance: n}", "+1 km", "metres", 200_000, "n comes to 201 km, and 200 km is the most of a set"),
    ],
)
def test_what_a_rule_reaches_stops_at_the_bound(
    start: str, row: str, change: str, key: str, most: int, said: str
) -> None:
    result = build(text(start, row, change))
    assert said in " ".join(result.output.split())
    assert len(sessions()) == 12
    assert last()["sets"][0][key] == most
    gradus("verify", "out")


def test_a_value_at_the_bound_comes_down_from_there() -> None:
    rules = "{weeks: 1-3, do: {n: +1 h}}, {do: {n: -1 h}}"
    build(text("6 h", "{time: n}").replace("{met: yes, do: {n: +1}}", rules))
    assert [one["items"][0]["dose"]["sets"][0]["seconds"] // 3600 for one in sessions()[-4:]] == [8, 8, 7, 6]


def test_a_walk_may_be_as_long_as_a_day() -> None:
    build(text("7 h", "{kind: walk, time: n}", "+1 h"))
    assert last()["sets"][0]["work_seconds"] == 28_800
    gradus("verify", "out")


@pytest.mark.parametrize(
    ("start", "row", "change", "sets"),
    [
        ("98", "{sets: n, reps: 2}", "+1", 100),
        ("48", "{repeat: n, of: [{reps: 5, rest: 30 s}, {reps: 3, rest: 1 min}]}", "+1", 100),
        ("60", "{sets: n, reps: 2}, {sets: 40, reps: 3}", "+1", 100),
    ],
)
def test_more_sets_than_there_can_be_are_told(start: str, row: str, change: str, sets: int) -> None:
    result = build(text(start, row, change))
    assert len(last()["sets"]) == sets
    assert "the most of an exercise" in " ".join(result.output.split())
    gradus("verify", "out")


def test_a_load_has_an_end() -> None:
    result = build(text("100", "{reps: 5, load: n}", "+100%"))
    assert "a: in session 5 load comes to 1600 kg, and 1000 kg is the most that is believed" in " ".join(
        result.output.split()
    )


@pytest.mark.parametrize(
    ("start", "row", "said"),
    [
        ("4000", "{reps: n}", "lines.a.state.n: comes to 4000, and 500 is the most of a set (what is counted beyond"),
        (
            "1",
            "{reps: 600}",
            "sets[0].reps: must be between 1 and 500, the smaller number first; what is counted beyond",
        ),
        ("4 s", "{time: n}", "lines.a.state.n: comes to 4 s, and 5 s is the least of a set"),
        ("9 h", "{kind: walk, time: n}", "lines.a.state.n: comes to 9 h, and 8 h is the most of a set"),
        ("1", "{kind: walk, time: 9 h}", "sets[0].time: comes to 9 h, and 8 h is the most of a set"),
        ("1", "{reps: 5, hold: 11 min}", "sets[0].hold: comes to 11 min, and 10 min is the most of a hold"),
        ("1", "{distance: 250 km}", "sets[0].distance: comes to 250 km, and 200 km is the most of a set"),
        ("120", "{sets: n, reps: 2}", "lines.a.state.n: comes to 120, and 100 is the most of an exercise's sets"),
        ("1", "{sets: 120, reps: 2}", "sets[0].sets: comes to 120, and 100 is the most of an exercise's sets"),
        ("1", "{until: 9 h, of: [{reps: 5}]}", "sets[0].until: comes to 9 h, and 8 h is the most of what is done in"),
        ("1", "{reps: 5, every: none}", "every: must be a time, such as 1 min"),
    ],
)
def test_what_is_stated_beyond_is_a_fault_with_its_line(start: str, row: str, said: str) -> None:
    change = {"s": "+1 s", "h": "+1 h"}.get(start[-1], "+1")
    assert said in "\n".join(faults(text(start, row, change)))


def test_what_is_left_of_a_time_and_too_short_is_dropped() -> None:
    build(text("1", "{until: 62 s, of: [{time: 30 s, rest: none}]}"))
    assert [row["seconds"] for row in last()["sets"]] == [30, 30]
