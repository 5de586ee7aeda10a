"""Rules on one set of a session: whether it met its target, its streaks, and its repetitions in all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.protocol.own_file import HEAD, build, faults, gradus, own_folder, sessions, top

__all__ = ["own_folder"]

TOP = f"""{HEAD}days_a_week: 1
lines: {{dl: {{exercise: conventional_deadlift, scheme: s, state: {{load: 100}}}}}}
schemes:
  s:
    sets: [{{name: top, reps: 5, load: load}}, {{name: back, sets: 2, reps: 5, load: 50}}]
    after: [RULES]
rotation: [{{name: D, do: [dl]}}]
"""
MET = "{set: top, met: yes, do: {load: +5}}, {set: top, met: no, do: {load: -10}}"
STREAKS = "{set: top, successes: 2, do: {load: +5}}, {set: top, failures: 2, do: {load: -10}}"


def loads(rules: str, *told: str, text: str = TOP) -> list[float]:
    """Of the heaviest set, session by session, after repetitions or more that were told of the first ones."""
    said = [f"  - {{session: {n}, exercise: dl, {one}}}" for n, one in enumerate(told, 1) if one]
    Path("o.yaml").write_text("outcomes:\n" + "\n".join(said) + "\n", encoding="utf-8")
    build(text.replace("RULES", rules), "--outcomes", "o.yaml", "--force")
    return [top(one) for one in sessions()]


@pytest.mark.parametrize(
    ("told", "second"),
    [
        ("repetitions: [5, 5, 3]", 105),  # the set that the rule names is on target
        ("repetitions: [4, 5, 5]", 90),
        ("repetitions: [5, 5, 5], symptoms: yes", 100),
        ("done: no", 100),
    ],
)
def test_whether_that_set_met_its_target(told: str, second: float) -> None:
    assert loads(MET, told)[1] == second


def test_streaks_are_of_that_set() -> None:
    short = "repetitions: [5, 5, 3]"
    assert loads(STREAKS, short, short, short) == [100, 100, 105, 105]
    missed = "repetitions: [4, 5, 5]"
    assert loads(STREAKS, missed, missed)[:3] == [100, 100, 90]
    # beside them what is of the whole session goes on as it was
    both = "{set: top, successes: 3, do: {load: +20}}, {failures: 1, do: {load: -10}}"
    assert loads(both, short, "")[:3] == [100, 90, 90]


def test_a_set_that_is_not_done_keeps_its_streaks() -> None:
    text = TOP.replace("{name: top,", '{weeks: "1, 3-4", name: top,').replace("load: 50}", "load: load}")
    assert loads("{set: top, successes: 2, do: {load: +5}}", "repetitions: [5, 5, 5]", text=text) == [
        100,
        100,
        100,
        105,
    ]


TOTAL = TOP.replace(
    "[{name: top, reps: 5, load: load}, {name: back, sets: 2, reps: 5, load: 50}]",
    "[{name: warm, reps: 10, load: 50}, {name: rp, sets: 3, reps: max, load: load, expect: 4}]",
)


@pytest.mark.parametrize(("told", "second"), [("10, 6, 3, 2", 100), ("10, 6, 5, 4", 105), ("10, 4, 3, 2", 95)])
def test_the_repetitions_of_that_set_in_all(told: str, second: float) -> None:
    rules = "{set: rp, total: 15+, do: {load: +5}}, {set: rp, total: 0-9, do: {load: -5}}"
    assert loads(rules, f"repetitions: [{told}]", text=TOTAL)[1] == second


def test_a_set_that_may_be_left_out_counts_where_it_was_done() -> None:
    text = TOP.replace("name: back, sets: 2", "name: back, sets: 0-1")
    rules = "{set: back, met: yes, do: {load: +5}}, {set: back, met: no, do: {load: -10}}"
    assert [loads(rules, f"repetitions: [{told}]", text=text)[1] for told in ("5", "5, 5", "5, 3")] == [100, 105, 90]


def test_repetitions_of_a_set_go_beside_what_is_of_all_sets() -> None:
    rules = "{set: top, reps: 5+, met: yes, do: {load: +5}}"
    assert loads(rules, "repetitions: [5, 5, 3]")[1] == 100


def test_it_is_said_which_set_was_meant() -> None:
    build(TOP.replace("RULES", f"{MET}, {STREAKS}, {{set: back, total: 8-9, do: {{load: +1}}}}"))
    shown = " ".join(gradus("protocol", "show", "own.yaml").stdout.split())
    for words in (
        "top set on target: load +5",
        "top set below target: load -10",
        "2 sessions with top set on target in a row: load +5",
        "8-9 repetitions in set back in all: load +1",
    ):
        assert words in shown
    gradus("log", "out", "1", "--done", "--item", "dl: 5,5,3", "--today", "2027-01-05")
    told = " ".join(gradus("replan", "out", "--today", "2027-01-05").stdout.split())
    assert "below target: top set on target: load +5" in told


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("rpe: 0-7", "of that set; rpe is told of all sets together"),
        ("rir: 3+", "of that set; rir is told of all sets together"),
        ("pain: 0-3, morning: 0-2", "of that set; pain and morning are told of all sets together"),
        ("symptoms: no", "of that set; symptoms"),
        ("done: 3", "set: goes with met, successes, failures, total, reps, seconds or metres of that set"),
    ],
)
def test_a_set_of_which_nothing_is_asked_is_a_fault(asked: str, said: str) -> None:
    found = faults(TOP.replace("RULES", f"{{set: top, {asked}, do: {{load: +5}}}}"))
    assert len(found) == 1
    assert said in found[0]


def test_a_rule_on_one_set_hides_none_on_another() -> None:
    Path("own.yaml").write_text(
        TOP.replace("RULES", "{met: yes, do: {load: +5}}, {set: top, met: yes, do: {load: +2}}"), encoding="utf-8"
    )
    assert "never reached" not in gradus("check", "own.yaml").output
