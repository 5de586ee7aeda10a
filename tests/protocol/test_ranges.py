"""Ranges of times, holds and distances: shown as written, met at the top, missed below the lower end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.protocol.own_file import HEAD, build, gradus, own_folder, sessions

__all__ = ["own_folder"]

RANGES = f"""{HEAD}days_a_week: 2
exercises:
  tempo_run: {{name: Tempo run, track: aerobic}}
lines:
  ride: {{exercise: stationary_cycle, state: {{level: 1}}, scheme: ride}}
  plank: {{exercise: front_plank, state: {{level: 1}}, scheme: plank}}
  carry: {{exercise: suitcase_carry, state: {{level: 1}}, scheme: carry}}
  run: {{exercise: tempo_run, state: {{level: 1}}, scheme: run}}
schemes:
  ride: {{sets: [{{time: 20-30 min}}]}}
  plank: {{rest: 30-60 s, sets: [{{sets: 2, reps: 3, hold: 8-12 s}}]}}
  carry: {{sets: [{{distance: 20-40 m}}]}}
  run:
    sets:
      - {{kind: run, time: 5-7 min}}
      - {{repeat: 2, of: [{{kind: run, distance: 1-2 km, rest: 2-3 min}}]}}
rotation:
  - {{name: A, do: [ride, plank, carry, run]}}
"""


def test_ranges_of_times_and_distances_are_shown_as_written_and_take_the_middle() -> None:
    build(RANGES)
    shown = " ".join(gradus("show", "out", "--session", "1").stdout.split())
    for text in (Path("out/summary.md").read_text(encoding="utf-8"), shown):
        assert "20-30 min" in text
        assert "2 × 3 holds of 8-12 s" in text
        assert "20-40 m" in text
        assert "run 5-7 min, run 1-2 km, rest 2-3 min, run 1-2 km" in text
    calendar = Path("out/calendar.ics").read_text(encoding="utf-8").replace("\r\n ", "").replace("\\,", ",")
    assert "20-30 min" in calendar
    assert "holds of 8-12 s" in calendar
    # 25 min; 2 x 3 x (10 + 2) s with 45 s between; 30 m; 6 min, twice 1.5 km at 8 km/h with 150 s between; four changes
    seconds = 25 * 60 + (2 * 3 * 12 + 45) + 30 + (6 * 60 + 2 * 675 + 150) + 4 * 45
    assert sessions()[0]["estimated_minutes"] == pytest.approx(seconds / 60, abs=0.1)


@pytest.mark.parametrize(
    ("item", "heard"),
    [
        ("ride: 30 min", None),  # as a forecast takes it
        ("ride: 25 min", "short of the target"),
        ("ride: 19 min", "below target"),
        ("plank: 2x 3 holds of 12 s", None),  # as a forecast takes it
        ("plank: 2x 3 holds of 9 s", "short of the target"),
        ("plank: 2x 3 holds of 7 s", "below target"),
        ("carry: 40 m", None),  # as a forecast takes it
        ("carry: 30 m", "short of the target"),
        ("carry: 15 m", "below target"),
    ],
)
def test_a_range_is_met_at_its_top_and_missed_below_its_lower_end(item: str, heard: str | None) -> None:
    build(RANGES)
    gradus("log", "out", "1", "--done", "--item", item, "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    decided = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["decisions"]
    name = item.partition(":")[0]
    said = [one["words"].split(": ")[1] for one in decided if one["words"].startswith(name)]
    assert said == ([heard] if heard else [])


def test_a_range_has_no_end_to_go_until() -> None:
    Path("own.yaml").write_text(RANGES.replace("repeat: 2", "until: 20-30 min"), encoding="utf-8")
    assert "until: must be one time or distance" in gradus("check", "own.yaml", code=2).stderr


def test_nobody_gets_further_while_resting() -> None:
    rows = "{until: 1 mile, of: [{kind: run, time: 5 min, rest: 2 min}]}"
    before, _, after = RANGES.partition("      - {kind: run, time: 5-7 min}\n")
    build(f"{before}      - {rows}\nrotation:{after.partition('rotation:')[2]}")
    run = sessions()[0]["items"][-1]["dose"]["sets"]
    assert run[0]["formula"] == "run 5 min, rest 2 min in turn, until 1 mile is done"
    # 667 m in 5 min at 8 km/h
    assert [(row["rounds"], row["work_seconds"], row["rest_seconds"]) for row in run] == [(3, 300, 120)]
