"""Rows that take shares of values: of the most repetitions, of the longest hold, until the minutes of a ladder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.protocol.own_file import HEAD, build, faults, gradus, own_folder, sessions

__all__ = ["own_folder"]

SHARES = f"""{HEAD}days_a_week: 2
lines:
  pull: {{exercise: lat_pulldown, scheme: p, needs: [best]}}
  plank: {{exercise: front_plank, scheme: q, state: {{longest: 50 s}}}}
  run: {{exercise: walk_run_intervals, scheme: r, state: {{minutes: 10 min, bit: 60 s}}}}
schemes:
  p:
    sets:
      - {{weeks: 1, sets: 4, reps: 60% best, rest: 50% plank.longest}}
      - {{weeks: 2, reps: [50% best, best - 2, 40% best+]}}
      - {{weeks: 3-4, name: test, kind: test, reps: best+}}
    after: [{{weeks: 3, do: {{best: 100% today.test}}}}]
  q: {{sets: [{{sets: 2, time: 50% longest}}, {{time: longest + 5 s}}]}}
  r:
    sets: [{{until: minutes, of: [{{kind: run, time: bit}}, {{kind: walk, time: 150% bit}}]}}]
    after: [{{met: yes, do: {{minutes: +2.5 min}}}}]
rotation:
  - {{name: A, do: [pull, plank, run]}}
"""


def doses(line: int, key: str) -> list[list[int]]:
    return [[row[key] for row in one["items"][line]["dose"]["sets"]] for one in sessions()]


def test_each_share_comes_to_a_number() -> None:
    build(SHARES, "--set", "pull.best=11")
    pulls = doses(0, "repetitions")
    # 6.6, 5.5 and 4.4, and nobody does part of a repetition
    assert pulls[0] == [6, 6, 6, 6]
    assert pulls[2] == [5, 9, 4]
    assert pulls[4] == [11]
    assert sessions()[0]["items"][0]["dose"]["rest_seconds"] == 25
    assert doses(1, "seconds")[0] == [25, 25, 55]
    # 60 s run and 90 s walked, four times in 10 minutes; and five times in 12 min 30 s
    assert doses(2, "rounds")[:2] == [[4], [5]]
    assert (doses(2, "work_seconds")[0], doses(2, "rest_seconds")[0]) == ([60], [90])
    gradus("verify", "out")


def test_a_test_changes_what_comes_of_it() -> None:
    text = SHARES.replace("weeks: 3-4, name", "weeks: 3, name").replace("weeks: 1, sets", 'weeks: "1, 4", sets')
    told = "outcomes:\n  - {session: 5, exercise: pull, repetitions: [15]}\n"
    Path("o.yaml").write_text(told, encoding="utf-8")
    build(text, "--set", "pull.best=11", "--outcomes", "o.yaml")
    assert doses(0, "repetitions")[6] == [9, 9, 9, 9]


def test_a_list_of_the_best_gives_each_set_its_own() -> None:
    text = SHARES.replace("needs: [best]", "state: {best: [20, 16, 10]}").replace("weeks: 1, sets: 4, ", "weeks: 1, ")
    text = text.replace("best - 2, ", "9, ").replace("name: test, kind: test, reps: best+", "reps: 3")
    text = text.split("    after: [{weeks: 3")[0] + "  q: " + text.split("  q: ")[1]
    build(text)
    assert doses(0, "repetitions")[0] == [12, 9, 6]


def test_until_a_distance_of_a_value() -> None:
    text = SHARES.replace("minutes: 10 min, bit", "far: 2 miles, bit").replace("until: minutes", "until: far")
    build(text.replace("{minutes: +2.5 min}", "{far: +1 mile}"), "--set", "pull.best=11")
    shown = " ".join(gradus("show", "out", "--session", "1").stdout.split())
    assert "2 miles" in shown
    assert "3 miles" in " ".join(gradus("show", "out", "--session", "2").stdout.split())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("60% best", "60% bets", "'bets' in 'state' or 'needs'; did you mean 'best'?"),
        ("60% best", "60% of best", None),
        ("60% best", "60%", "must be repetitions such as 5, 8-12, 5+ or max, or the name of a value"),
        ("60% best", "50% today.test", "no set before it in session"),
        ("50% longest}", "50% today.test}", "cannot be what is done today; keep it for the next time"),
        ("sets: 4", "sets: today.test", "cannot be what is done today: how many sets there are is known before"),
        ("50% longest}", "50% longst}", "did you mean 'longest'?"),
        ("until: minutes", "until: minuts", "did you mean 'minutes'?"),
        ("until: minutes", "until: 20", "until"),
        ("150% bit", "150% plonk.bit", "plonk"),
    ],
)
def test_what_is_no_share_is_said(old: str, new: str, said: str | None) -> None:
    found = faults(SHARES.replace(old, new))
    assert found == [] if said is None else any(said in one for one in found), found
