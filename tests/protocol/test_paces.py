"""How long a distance takes: by how one gets on, as its kind says, or its exercise."""

from __future__ import annotations

import pytest

from tests.protocol.own_file import HEAD, build, gradus, own_folder, sessions

__all__ = ["own_folder"]

FILE = f"""{HEAD}days_a_week: 1
exercises:
  swim: {{name: Freestyle, track: aerobic, cue: Swim.}}
  sled: {{name: Sled, track: carry, cue: Push.}}
lines: {{a: {{exercise: EXERCISE, scheme: s}}}}
schemes: {{s: {{sets: [ROW]}}}}
rotation: [{{name: A, do: [a]}}]
"""


@pytest.mark.parametrize(
    ("exercise", "row", "minutes"),
    [
        ("rowing_machine", "{distance: 8-10 km}", 42),
        ("rowing_machine", "{kind: row, distance: 5 km}", 23.3),
        ("rowing_machine", "{kind: ski, distance: 5 km}", 23.3),
        ("swim", "{distance: 1 km}", 22.5),
        ("swim", "{kind: swim_easy, distance: 1 km}", 22.5),
        ("stationary_cycle", "{kind: bike, distance: 20 km}", 60),
        ("stationary_cycle", "{kind: cycle, distance: 20 km}", 60),
        ("continuous_run", "{kind: run, distance: 1 km}", 7.5),
        ("continuous_run", "{kind: walk, distance: 5.4 km}", 60),
        ("sled", "{distance: 600 m, load: 40}", 10),
    ],
)
def test_a_distance_is_timed_by_how_one_gets_on(exercise: str, row: str, minutes: float) -> None:
    build(FILE.replace("EXERCISE", exercise).replace("ROW", row))
    assert sessions()[0]["estimated_minutes"] == pytest.approx(minutes + 0.75, abs=0.5)  # and the change-over
    gradus("verify", "out")
