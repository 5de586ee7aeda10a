"""Why a line of a published programme changes: the missed session, the answer, or what was done."""

from __future__ import annotations

import json
from pathlib import Path

from tests.protocol.own_file import HEAD, build, gradus, own_folder

__all__ = ["own_folder"]

LIFTS = (
    HEAD
    + """\
days_a_week: 2
lines:
  squat: {exercise: barbell_back_squat, scheme: on, state: {load: 50, step: 5, rm10: 60}}
  press: {exercise: barbell_bench_press, scheme: two}
schemes:
  on:
    sets:
      - {sets: 3, reps: 3-5, load: load}
      - {reps: 10, load: 80% rm10}
    after: [{successes: 2, do: {load: +step}}]
  two: {sets: [{reps: 5, load: 50% squat.rm10}]}
rotation:
  - {name: A, do: [squat]}
  - {name: B, do: [squat, press]}
"""
)


def reasons(*, today: str) -> dict[tuple[str, str], str]:
    """Reasons of what becomes of doses, by slot and line of work."""
    gradus("replan", "out", "--today", today)
    found = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["changes"]
    return {(one["slot"], one["track"]): one.get("because", "") for one in found if one["kind"] == "dose"}


def test_what_moved_is_because_of_the_missed_session() -> None:
    """The second session was to raise the load, whatever the first was: it is a session later than it was."""
    build(LIFTS)
    gradus("log", "out", "w01-s1", "--done", "--item", "squat: 5,5,4,10", "--today", "2027-01-04")
    gradus("log", "out", "w01-s2", "--missed", "--today", "2027-01-07")
    found = reasons(today="2027-01-09")
    assert found["w02-s1", "squat"].startswith("Thu 7 Jan (w01-s2) was missed")
    # a session later it would have been heavier, had all sets of the first been on target
    assert found["w02-s2", "squat"].startswith("squat, session 1 (w01-s1): short of the target")


def test_an_answer_is_a_reason_also_for_a_line_that_goes_by_it() -> None:
    build(LIFTS)
    gradus("log", "out", "w01-s1", "--done", "--answer", "squat.rm10=80", "--today", "2027-01-04")
    found = reasons(today="2027-01-05")
    assert {because.partition(" (rule")[0] for because in found.values()} == {
        "squat, session 1 (w01-s1): 10RM is 80 now"
    }
    assert {track for _, track in found} == {"squat", "push"}
