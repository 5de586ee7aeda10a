"""Ranges of effort and of repetitions in reserve: shown as ranges, and looked at by rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.protocol.own_file import HEAD, build, faults, gradus, own_folder, sessions

__all__ = ["own_folder"]

EFFORTS = f"""{HEAD}days_a_week: 3
lines:
  squat: {{exercise: barbell_back_squat, scheme: p, state: {{load: 80}}}}
  press: {{exercise: barbell_overhead_press, scheme: q, state: {{load: 40}}}}
  row: {{exercise: bent_over_row, scheme: r, state: {{load: 50}}}}
schemes:
  p:
    rpe: 7-8
    sets: [{{sets: 3, reps: 5, load: load}}]
    after: [{{rpe: 0-7.5, do: {{load: +5}}}}, {{rpe: 8-8.5, do: {{load: +2.5}}}}]
  q:
    sets: [{{sets: 3, reps: 5, load: load, rir: 1-3}}]
    after: [{{rir: 3+, do: {{load: +5}}}}, {{rir: 1-2, do: {{load: +2.5}}}}]
  r:
    sets: [{{reps: 5, load: load, rpe: 6-7}}, {{reps: 5, load: load, rpe: 8}}]
rotation:
  - {{name: A, do: [squat, press, row]}}
"""


def test_ranges_are_shown_as_ranges() -> None:
    build(EFFORTS)
    shown = " ".join(gradus("show", "out", "--session", "1").stdout.split())
    for text in (shown, " ".join(Path("out/summary.md").read_text(encoding="utf-8").split())):
        assert "RPE 7-8 (2-3 in reserve)" in text
        assert "RPE 7-9 (1-3 in reserve)" in text
        assert "(RPE 6-7)" in text
    assert "effort 7-8" in " ".join(gradus("show", "out", "--week", "1").stdout.split())
    # what is not told is taken as the top of the range: RPE 8, one in reserve
    assert [item["dose"]["sets"][0]["load"]["amount"] for item in sessions()[1]["items"][:2]] == [82500, 42500]


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("squat, rpe: 7.5", 85000),
        ("squat, rpe: 8.5", 82500),
        ("squat, rpe: 9", 80000),
        ("squat, rir: 1.5", 82500),
        ("press, rir: 3", 45000),
        ("press, rir: 2.5", 42500),  # between two and three is two: nothing here has halves
        ("press, rir: 0.5", 40000),
        ("press, rpe: 7", 45000),
    ],
)
def test_rules_look_at_either(told: str, wanted: int) -> None:
    line, _, rest = told.partition(", ")
    Path("o.yaml").write_text(f"outcomes:\n  - {{session: 1, exercise: {line}, {rest}}}\n", encoding="utf-8")
    build(EFFORTS, "--outcomes", "o.yaml")
    item = sessions()[1]["items"][0 if line == "squat" else 1]
    assert item["dose"]["sets"][0]["load"]["amount"] == wanted


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("rpe: 7-8", "rpe: 8-7", "rpe: the range runs backwards: write 7-8"),
        ("rpe: 7-8", "rpe: 7-11", "rpe: must be between 0 and 10"),
        ("rpe: 7-8", "rpe: hard", "rpe: must be a number or a range from 0 to 10, such as"),
    ],
)
def test_what_is_no_effort_is_refused(old: str, new: str, problem: str) -> None:
    assert not faults(EFFORTS)
    assert any(problem in one for one in faults(EFFORTS.replace(old, new))), faults(EFFORTS.replace(old, new))
