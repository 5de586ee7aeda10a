"""What is shown of a programme: the rest of a single set, names of sets and sessions, and no word too many."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.protocol.own_file import HEAD, build, gradus, own_folder

__all__ = ["own_folder"]

NAMED = f"""{HEAD}days_a_week: 2
lines:
  squat: {{exercise: barbell_back_squat, scheme: p, state: {{load: 80}}}}
  press: {{exercise: barbell_overhead_press, scheme: q, state: {{load: 40}}}}
  walk: {{exercise: brisk_walking, scheme: w}}
schemes:
  p:
    rest: 3 min
    sets: [{{reps: 5, load: load}}, {{name: top_set, reps: 3+, load: load}}, {{reps: 5, load: 90% today.top_set}}]
    after: [{{met: no, do: {{load: -10%}}}}, {{met: yes, set: top_set, reps: 5+, do: {{load: +2.5}}}}]
  q: {{sets: [{{reps: 5, load: load, rest: 2-3 min}}]}}
  w: {{sets: [{{time: 20 min}}]}}
rotation:
  - {{name: Heavy day, do: [squat, press, walk]}}
"""


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_single_set_keeps_its_rest() -> None:
    build(NAMED)
    shown = words(gradus("show", "out", "--session", "1").stdout)
    assert "Barbell overhead press: 5 repetitions at 40 kg" not in shown
    assert "Barbell overhead press: 1 × 5 at 40 kg (bar included), rest 2-3 min" in shown
    assert "Brisk walking: 20 min" in shown
    assert "rest" not in shown.partition("Brisk walking: 20 min")[2].partition("Walk")[0]
    assert "1 × 5 at 40 kg (bar included), rest 2-3 min" in words(Path("out/summary.md").read_text(encoding="utf-8"))


def test_sessions_and_sets_are_called_by_their_names() -> None:
    build(NAMED)
    shown = words(gradus("show", "out", "--session", "1").stdout)
    assert "session 1, Heavy day (w01-s1)" in shown
    assert "By name: set 2 is top set." in shown


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("5,2,5", "squat, session 1 (w01-s1): below target: load -10%"),
        ("5,6,5", "squat, session 1 (w01-s1): on target: 5+ repetitions in set top_set: load +2.5"),
    ],
)
def test_a_reason_is_said_once(told: str, said: str) -> None:
    build(NAMED)
    gradus("log", "out", "1", "--done", "--item", f"squat: {told}", "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    decided = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["decisions"]
    assert decided[0]["words"] == said


def test_a_week_more_is_just_a_week() -> None:
    build(NAMED)
    gradus("log", "out", "1", "--missed", "--today", "2027-01-04")
    told = words(gradus("replan", "out", "--today", "2027-01-05").stdout)
    assert "New: week 5. Why" in told
    assert "build" not in told
    assert "1 change of weeks" in told


def test_what_a_set_decides_of_the_next_is_told_band_by_band() -> None:
    text = f"""{HEAD}days_a_week: 3
lines:
  squat: {{exercise: barbell_back_squat, scheme: p, state: {{rm6: 80, step: 2.5}}}}
schemes:
  p:
    sets:
      - {{name: third, reps: max, expect: 6, load: rm6}}
      - {{reps: max, load: rm6, adjust: {{by: third, bands: {{0-2: -200% step, 3-4: -5%, 7+: +step}}}}}}
rotation:
  - {{name: A, do: [squat]}}
"""
    build(text)
    said = "at 6RM, adjusted by the third set: 0-2 repetitions -5 kg, 3-4 -5%, 7+ +2.5 kg (forecast 80 kg)"
    calendar = Path("out/calendar.ics").read_text(encoding="utf-8").replace("\n ", "").replace("\\,", ",")
    summary = Path("out/summary.md").read_text(encoding="utf-8")
    for shown in (gradus("show", "out", "--session", "1").stdout, summary, calendar):
        assert said in words(shown)


def test_a_stretch_says_its_own_note() -> None:
    text = f"""{HEAD}days_a_week: 2
lines:
  run: {{exercise: continuous_run, scheme: p}}
schemes:
  p: {{sets: [{{kind: run, sets: 2, distance: 40 m, note: four fifths of top speed}}, {{kind: run, distance: 1 km}}]}}
rotation:
  - {{name: A, do: [run]}}
"""
    build(text)
    shown = words(gradus("show", "out", "--session", "1").stdout)
    assert "2 times run 40 m (four fifths of top speed), run 1 km" in shown
    assert shown.count("four fifths") == 1
    build(text.replace("distance: 1 km", "distance: 1 km, note: four fifths of top speed"), "--force")
    assert "2 times run 40 m, run 1 km; four fifths of top speed" in words(
        gradus("show", "out", "--session", "1").stdout
    )


def test_a_line_called_after_its_side_says_it_once() -> None:
    text = f"""{HEAD}days_a_week: 2
lines:
  left: {{exercise: side_bridge_feet, state: {{hold: 8 s}}}}
  right: {{exercise: side_bridge_feet, state: {{hold: 8 s}}}}
rotation:
  - name: A
    do:
      - {{line: left, sets: [{{reps: 3, hold: hold, side: left}}]}}
      - {{line: right, sets: [{{reps: 3, hold: hold, side: right}}]}}
"""
    build(text)
    assert "Side bridge (feet) (left): 3 holds of 8 s" in words(gradus("show", "out", "--session", "1").stdout)
