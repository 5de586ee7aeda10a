"""Times, holds and distances that are open: as long or as far as possible, told in seconds and metres."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.protocol.own_file import HEAD, build, faults, gradus, own_folder, sessions

__all__ = ["own_folder"]

OPEN = f"""{HEAD}days_a_week: 2
lines:
  plank: {{exercise: front_plank, scheme: plank, state: {{best: 30 s}}}}
  bridge: {{exercise: side_bridge_knees, scheme: bridge, state: {{least: 20 s}}}}
  carry: {{exercise: suitcase_carry, scheme: carry, state: {{load: 20}}}}
  hang: {{exercise: wall_sit, scheme: hang}}
schemes:
  plank:
    rest: 60 s
    sets: [{{sets: 2, time: 30 s}}, {{name: last, time: 30 s+, expect: 40 s}}]
    after: [{{set: last, seconds: 60+, do: {{best: 60 s}}}}]
  bridge: {{sets: [{{reps: 2, hold: least+, side: each}}], after: [{{seconds: 30-45, do: {{least: +5 s}}}}]}}
  carry: {{sets: [{{distance: 20 m+, load: load}}], after: [{{metres: 40+, do: {{load: +5}}}}]}}
  hang: {{sets: [{{kind: test, time: max}}]}}
rotation:
  - {{name: A, do: [plank, bridge, carry, hang]}}
"""


def decided() -> dict[str, str]:
    found = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["decisions"]
    return {one["words"].partition(",")[0]: one["words"].partition(": ")[2] for one in found}


def test_they_are_shown_as_written_and_take_the_time_of_a_forecast() -> None:
    build(OPEN)
    shown = " ".join(gradus("show", "out", "--session", "1").stdout.split())
    for text in (" ".join(Path("out/summary.md").read_text(encoding="utf-8").split()), shown):
        assert "30 s, 30 s, 30 s or longer" in text
        assert "2 holds of 20 s or longer each side" in text
        assert "20 m or further at 20 kg" in text
        assert "as long as possible" in text
    assert sessions()[0]["place"] == "gym"
    # 3 x 30 s with 60 s between; twice two holds of 20 s with 2 s; 20 m; a minute for the test; four changes
    seconds = (3 * 30 + 2 * 60) + 2 * 2 * 22 + 20 + 60 + 4 * 45
    assert sessions()[0]["estimated_minutes"] == pytest.approx(seconds / 60, abs=0.1)


@pytest.mark.parametrize(
    ("items", "wanted"),
    [
        ((), {}),
        (("plank: 30/30/60 s",), {"plank": "on target: 60+ s in set last: best 60 s"}),
        (("plank: 30/30/59 s",), {"plank": "on target: no rule of the protocol changes it"}),
        (("plank: 30/30/40 s",), {}),  # as the forecast takes it
        (("plank: 30/30/29 s",), {"plank": "below target: no rule of the protocol changes it"}),
        (("bridge: 2 holds of 31 s",), {"bridge": "on target: 30-45 s in the last open set: least +5 s"}),
        (("bridge: 2 holds of 46 s",), {"bridge": "on target: no rule of the protocol changes it"}),
        (("carry: 40 m @ 20 kg",), {"carry": "on target: 40+ m in the last open set: load +5"}),
        (("carry: 40 m @ 16 kg",), {"carry": "short of the target: no rule of the protocol changes it"}),
        (("carry: 19 m @ 20 kg",), {"carry": "below target: no rule of the protocol changes it"}),
    ],
)
def test_what_was_told_is_judged_by_the_minimum_and_by_rules(items: tuple[str, ...], wanted: dict[str, str]) -> None:
    build(OPEN)
    gradus("log", "out", "1", "--done", *(part for one in items for part in ("--item", one)), "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    assert decided() == wanted
    gradus("verify", "out")


def test_outcomes_say_seconds_and_metres() -> None:
    Path("o.yaml").write_text(
        "outcomes:\n  - {session: 1, exercise: bridge, seconds: [35]}\n"
        "  - {session: 1, exercise: carry, metres: [45]}\n",
        encoding="utf-8",
    )
    build(OPEN, "--outcomes", "o.yaml")
    rows = [item["dose"]["sets"][-1] for item in sessions()[1]["items"]]
    assert rows[1]["hold_seconds"] == 25
    assert rows[2]["load"]["amount"] == 25000


def test_a_forecast_takes_what_is_expected() -> None:
    build(
        OPEN.replace("expect: 40 s", "expect: 60 s").replace("do: {best: 60 s}", "do: {best: 60 s, stage: end}"), code=2
    )
    text = OPEN.replace("[{set: last, seconds: 60+, do: {best: 60 s}}]", "[{seconds: 1 min+, do: {best: 70 s}}]")
    text = text.replace("{sets: 2, time: 30 s}", "{sets: 2, time: best}")
    build(text)
    assert sessions()[1]["items"][0]["dose"]["sets"][0]["seconds"] == 30
    build(text.replace("expect: 40 s", "expect: 60 s"), "--force")
    assert sessions()[1]["items"][0]["dose"]["sets"][0]["seconds"] == 70


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("time: 30 s+, expect: 40 s", "time: 30 s+, expect: 40", "expect: must be a time such as 45 s"),
        ("distance: 20 m+", "distance: 20 m+, expect: 40 s", "expect: must be a distance such as 40 m"),
        ("time: 30 s+, expect", "time: 30-40 s+, expect", "is a range and open at once"),
        ("rest: 60 s", "rest: 60 s+", "rest: must have an end: write a time such as 3 min"),
        ("reps: 2, hold: least+", "reps: 2+, hold: least+", "hold: is open, and reps too"),
        ("seconds: 60+", "seconds: 60 m+", "must be seconds such as 60+"),
        ("time: 30 s+", "time: 30+", "needs its unit: write 30 min or 30 s"),
    ],
)
def test_what_cannot_be_meant_is_refused(old: str, new: str, problem: str) -> None:
    assert not faults(OPEN)
    assert any(problem in one for one in faults(OPEN.replace(old, new))), faults(OPEN.replace(old, new))


@pytest.mark.parametrize(
    ("told", "seconds"),
    [(("--item", "plank: 30/30/60 s"), 30), (("--item", "plank: 30/60 s"), 10), ((), 30)],
)
def test_a_timed_set_that_is_not_told_of_one_begun_was_not_done(told: tuple[str, ...], seconds: int) -> None:
    # as with repetitions: two of three sets are told, and the third is below its target
    text = OPEN.replace("[{set: last, seconds: 60+, do: {best: 60 s}}]", "[{met: no, do: {best: 10 s}}]")
    build(text.replace("{sets: 2, time: 30 s}", "{sets: 2, time: best}"))
    gradus("log", "out", "1", "--done", *told, "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    assert sessions()[1]["items"][0]["dose"]["sets"][0]["seconds"] == seconds


def test_a_run_may_be_open_too() -> None:
    run = OPEN.partition("lines:")[0] + (
        "lines:\n  run: {exercise: continuous_run, scheme: r}\nschemes:\n"
        "  r: {sets: [{kind: walk, time: 5 min}, {kind: run, time: 20 min+}, {kind: walk, time: 5 min}]}\n"
        "rotation:\n  - {name: A, do: [run]}\n"
    )
    build(run)
    assert sessions()[0]["items"][0]["dose"]["sets"][0]["formula"] == "walk 5 min, run 20 min or longer, walk 5 min"
    assert sessions()[0]["place"] == "outdoors"


TESTED = f"""{HEAD}days_a_week: 2
lines:
  bridge: {{exercise: side_bridge_feet, state: {{hold: 8 s}}}}
  push: {{exercise: push_up, state: {{n: 5}}}}
schemes:
  test: {{sets: [{{name: test, time: max, expect: 40 s}}], after: [{{do: {{hold: 50% today.test}}}}]}}
  pyramid: {{sets: [{{reps: [6, 4, 2], hold: hold}}]}}
  most: {{sets: [{{name: most, reps: max, expect: 10}}], after: [{{do: {{n: 60% today.most}}}}]}}
  some: {{sets: [{{sets: 3, reps: n}}]}}
rotation:
  - {{name: Test, weeks: 1, days: 1, do: [{{line: bridge, scheme: test}}, {{line: push, scheme: most}}]}}
  - {{name: Train, do: [{{line: bridge, scheme: pyramid}}, {{line: push, scheme: some}}]}}
"""


def test_what_was_done_in_a_test_says_what_comes_next() -> None:
    def next_time() -> tuple[int, int]:
        bridge, push = sessions()[1]["items"]
        return bridge["dose"]["sets"][0]["hold_seconds"], push["dose"]["sets"][0]["repetitions"]

    build(TESTED)
    assert next_time() == (20, 6)  # half of 40 s, 60 % of ten
    told = ("--item", "bridge: 70 s", "--item", "push: 16 reps")
    gradus("log", "out", "1", "--done", *told, "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    assert next_time() == (35, 9)  # 9.6, and no repetition is done in part
    gradus("verify", "out")


def test_a_time_does_not_become_a_number() -> None:
    assert not faults(TESTED)
    found = faults(
        TESTED.replace("do: {n: 60% today.most}", "do: {n: 60% today.test}").replace("name: most", "name: test")
    )
    assert not found  # the line's own set of that name
    found = faults(TESTED.replace("time: max, expect: 40 s", "reps: max"))
    assert any("hold is a time, and what is done of set 'test' is a number" in one for one in found), found
