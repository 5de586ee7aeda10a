"""Sums of amounts, steps for each repetition over a target, and percentages that add up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.protocol.own_file import HEAD, build, gradus, own_folder, sessions, top

__all__ = ["own_folder"]

SUMS = f"""{HEAD}days_a_week: 2
lines:
  squat: {{exercise: barbell_back_squat, scheme: p, needs: [one_rm], state: {{add: 0, tm: 90% one_rm - 5 kg}}}}
  press: {{exercise: barbell_overhead_press, scheme: q, state: {{load: 50% squat.one_rm + 2.5}}}}
schemes:
  p:
    sets:
      - {{name: top, reps: 5, load: 70% one_rm + add}}
      - {{reps: 5, load: 60% tm + 2.5 kg}}
      - {{reps: 5, load: today.top - 10 kg}}
    after: [{{met: yes, do: {{add: +2.5}}}}]
  q: {{sets: [{{reps: 5, load: load}}]}}
rotation:
  - {{name: A, do: [squat, press]}}
"""


def loads(number: int, item: int = 0) -> list[float]:
    return [row["load"]["amount"] / 1000 for row in sessions()[number - 1]["items"][item]["dose"]["sets"]]


def test_amounts_are_added_up() -> None:
    build(SUMS, "--1rm", "squat=100")
    # tm is 85: 60 % are 51, and 2.5 more 53.5
    assert loads(1) == [70, 52.5, 60]
    assert loads(3) == [75, 52.5, 65]
    assert loads(1, 1) == [52.5]
    shown = " ".join(gradus("protocol", "show", "own.yaml").stdout.split())
    assert "70 % of 1RM + add" in shown
    gradus("verify", "out")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("70% one_rm + add", "70% one_rm + ad", "the line 'squat' has no value 'ad' in 'state' or 'needs'; did you"),
        ("60% tm + 2.5 kg", "60% tm + unknown", "nothing can be added to what is unknown"),
        ("60% tm + 2.5 kg", "60-80", "is a range, and an amount is one number: write 60"),
        ("{add: +2.5}", "{add: +2.5 + add}", "several are a list"),
    ],
)
def test_sums_that_cannot_be_meant_are_found(old: str, new: str, problem: str) -> None:
    Path("own.yaml").write_text(SUMS.replace(old, new), encoding="utf-8")
    assert problem in gradus("check", "own.yaml", code=2).stderr


def test_a_sum_in_one_unit_is_not_built_in_the_other() -> None:
    assert (
        "cannot be built in lb: press.load, scheme p, squat.tm"
        in build(SUMS, "--unit", "lb", "--1rm", "squat=200", code=2).stderr
    )


OVER = f"""{HEAD}days_a_week: 2
lines:
  squat: {{exercise: barbell_back_squat, scheme: p, state: {{load: 100, step: 2.5, heard: 0}}}}
schemes:
  p:
    sets: [{{reps: 5, load: load}}, {{name: top, reps: 5+, load: load}}, {{sets: 2, reps: 8-12, load: 60% load}}]
    after:
      - {{set: top, reps: 5+, do: {{load: +step per rep over}}}}
      - {{set: top, do: {{load: -1% per rep under}}}}
rotation:
  - {{name: A, do: [squat]}}
"""


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("5,9,12,12", 110),  # four over the target: four steps
        ("5,5,12,12", 100),
        ("5,2,12,12", 95),  # three under it: 97 kg, rounded down
    ],
)
def test_a_step_for_each_repetition_over_the_target(told: str, wanted: float) -> None:
    build(OVER)
    gradus("log", "out", "1", "--done", "--item", f"squat: {told}", "--today", "2027-01-04")
    words = " ".join(gradus("replan", "out", "--today", "2027-01-05").stdout.split())
    assert top(sessions()[1]) == wanted
    assert ("load +step for each repetition over the target" in words) == (wanted == 110)
    gradus("verify", "out")


def test_repetitions_over_the_target_with_less_load_earn_nothing() -> None:
    build(OVER)
    said = "squat: 5 @ 100 kg, 9 @ 80 kg, 12 @ 60 kg, 12 @ 60 kg"
    gradus("log", "out", "1", "--done", "--item", said, "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    assert top(sessions()[1]) == 100


PERCENT = f"""{HEAD}days_a_week: 2
lines:
  squat: {{exercise: barbell_back_squat, scheme: p, state: {{load: 60}}}}
schemes:
  p: {{sets: [{{reps: 5, load: load}}], after: [{{met: yes, do: {{load: CHANGE}}}}]}}
rotation:
  - {{name: A, do: [squat]}}
"""


def test_percentages_smaller_than_the_plates_add_up() -> None:
    build(PERCENT.replace("CHANGE", "+2.5%"))
    # 60, 61.5, 63.04, 64.61, 66.23, each rounded down to 2.5 kg only where it is lifted
    assert [top(one) for one in sessions()[:5]] == [60, 60, 62.5, 62.5, 65]
    assert gradus("check", "own.yaml").stderr == ""


def test_check_warns_of_a_percentage_that_is_rounded_away() -> None:
    Path("own.yaml").write_text(PERCENT.replace("CHANGE", "102.5% load"), encoding="utf-8")
    said = " ".join(gradus("check", "own.yaml").stderr.split())
    assert "own.yaml:10: schemes.p.after[0].do.load: is rounded down each time" in said
    assert "write +2.5%, so that small steps add up" in said
