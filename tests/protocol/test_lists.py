"""Lists that are written in a row itself, an entry for each set."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.protocol.own_file import HEAD, build, faults, gradus, own_folder, sessions

__all__ = ["own_folder"]

PYRAMID = f"""{HEAD}days_a_week: 2
lines:
  squat: {{exercise: barbell_back_squat, scheme: p, state: {{tm: 100, three: [5, 4, 3]}}}}
  plank: {{exercise: front_plank, scheme: q}}
schemes:
  p:
    sets:
      - {{kind: warmup, reps: [5, 3], load: [40% tm, 50% tm]}}
      - {{name: main, reps: [12, 10, 8-9, 6+], load: [50% tm, 60% tm, 70% tm, 80% tm],
         rest: [1 min, 1 min, 2 min]}}
      - {{reps: three, load: [60% tm, 60% tm, 90% today.main]}}
    after: [{{set: main, reps: 8+, do: {{tm: +5}}}}]
  q: {{sets: [{{time: [30 s, 20 s, 10 s+], rpe: [6, 7, 8-9]}}]}}
rotation:
  - {{name: A, do: [squat, plank]}}
"""


def test_each_entry_is_a_set() -> None:
    build(PYRAMID)
    squat, plank = sessions()[0]["items"]
    rows = [(row["repetitions"], row.get("up_to"), row["load"]["amount"] / 1000) for row in squat["dose"]["sets"]]
    # the warm-ups, the pyramid, and a value's list beside one of loads: 90 % of the first set named main
    assert rows == [
        (5, None, 40), (3, None, 50),
        (12, None, 50), (10, None, 60), (8, 9, 70), (6, None, 80),
        (5, None, 60), (4, None, 60), (3, None, 45),
    ]  # fmt: skip
    assert [row.get("rest_after") for row in squat["dose"]["sets"]][2:6] == [[60, 60], [60, 60], [120, 120], [120, 120]]
    assert [row["seconds"] for row in plank["dose"]["sets"]] == [30, 20, 10]
    shown = " ".join(gradus("show", "out", "--session", "1").stdout.split())
    assert "30 s (RPE 6), then 20 s (RPE 7), then 10 s or longer (RPE 8-9)" in shown
    gradus("verify", "out")


def test_a_rule_speaks_of_the_last_of_them() -> None:
    Path("o.yaml").write_text(
        "outcomes:\n  - {session: 1, exercise: squat, repetitions: [12, 10, 9, 8, 5, 4, 3]}\n", encoding="utf-8"
    )
    build(PYRAMID, "--outcomes", "o.yaml")
    assert sessions()[1]["items"][0]["dose"]["sets"][5]["load"]["amount"] == 82500  # 80 % of 105, rounded down


def test_rests_may_be_those_between_the_sets() -> None:
    assert not faults(PYRAMID.replace("reps: three, load", "sets: 3, rest: [1 min, 2 min], reps: 5, load"))
    found = faults(PYRAMID.replace("reps: three, load", "rest: [1 min], reps: 5, load"))
    assert any("rest: has 1 entries for 3 sets; write one for each set" in one for one in found), found


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "reps: [5, 3], load",
            "reps: [5, 3, 2], load",
            "p.yaml:13: schemes.p.sets[0].load: has 2 entries for 3 sets",
        ),
        ("reps: [5, 3]", "sets: 3, reps: [5, 3]", "sets: reps has 2 entries, one for each set; leave sets away"),
        ("[12, 10, 8-9, 6+]", "[12, 10, 8-9, lots!]", "p.yaml:14: schemes.p.sets[1].reps: must be repetitions"),
        ("90% today.main", "90% today.mian", "p.yaml:16: schemes.p.sets[2].load: no set of the session is"),
        ("60% tm, 60% tm, 90", "60% tm, 60% mt, 90", "schemes.p.sets[2].load: the line 'squat' has no value 'mt'"),
    ],
)
def test_lists_are_checked_entry_by_entry(old: str, new: str, problem: str) -> None:
    assert not faults(PYRAMID)
    found = faults(PYRAMID.replace(old, new, 1))
    assert any(problem in one for one in found), found


SET = f"""{HEAD}days_a_week: 2
lines:
  squat: {{exercise: barbell_back_squat, scheme: p, state: {{reps: [3, 3, 3], load: 60}}}}
schemes:
  p:
    sets: [{{reps: reps, load: load}}]
    after: [{{met: yes, do: {{reps: [5, 4, 3]}}}}]
rotation: [{{name: A, do: [squat]}}]
"""


def test_a_list_without_signs_sets_a_list_entry_by_entry() -> None:
    told = build(SET).output + gradus("show", "out").stdout
    first, second = ([row["repetitions"] for row in one["items"][0]["dose"]["sets"]] for one in sessions()[:2])
    assert (first, second) == ([3, 3, 3], [5, 4, 3])
    assert "5, then 4" not in told
    gradus("verify", "out")


def test_a_list_may_be_set_to_a_longer_one() -> None:
    build(SET.replace("[5, 4, 3]}", "[1, 2, 3, 4, 5]}"))
    assert [row["repetitions"] for row in sessions()[1]["items"][0]["dose"]["sets"]] == [1, 2, 3, 4, 5]


def test_signed_changes_of_a_list_come_one_after_another() -> None:
    assert not faults(SET.replace("[5, 4, 3]}", "[4, +1 one]}"))
    build(SET.replace("[5, 4, 3]}", "[4, +1 one]}"))
    assert [row["repetitions"] for row in sessions()[1]["items"][0]["dose"]["sets"]] == [5, 4, 4]


@pytest.mark.parametrize(
    ("do", "problem"),
    [
        ("reps: [5, 4, +1]", "sets 2 amounts one after another; write the whole list without signs"),
        ("load: [60, 70]", "sets 2 amounts one after another; load is no list under 'state': write one amount"),
    ],
)
def test_several_settings_are_no_changes_one_after_another(do: str, problem: str) -> None:
    (fault,) = faults(SET.replace("reps: [5, 4, 3]}", f"{do}}}"))
    assert problem in fault


def test_several_settings_of_an_adjustment_are_refused() -> None:
    adjusted = "sets: [{name: a, reps: 5, load: load}, {reps: 5, load: load, adjust: {by: a, bands: {5-7: [60, 70]}}}]"
    (fault,) = faults(SET.replace("sets: [{reps: reps, load: load}]", adjusted))
    assert "sets 2 amounts one after another; the load is no list" in fault
