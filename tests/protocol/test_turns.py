"""Turns of a scheme when a session was missed: what was held counts its own turn, and none is done twice."""

from __future__ import annotations

import pytest

from tests.protocol.own_file import HEAD, build, gradus, own_folder, sessions

__all__ = ["own_folder"]

TURNS = f"""{HEAD}days_a_week: 3
lines:
  squat: {{exercise: barbell_back_squat, scheme: s, state: {{add: 0}}}}
  bench: {{exercise: barbell_bench_press, scheme: t, state: {{load: 60}}}}
schemes:
  s:
    sets:
      - {{turns: "1, 4, 7", sets: 1, reps: 1, load: 100 + add}}
      - {{turns: "2, 5, 8", sets: 2, reps: 2, load: 105 + add}}
      - {{turns: "3, 6, 9", sets: 3, reps: 3, load: 110 + add}}
    after: [{{turns: "3, 6, 9", do: {{add: +5}}}}]
  t: {{sets: [{{turns: 1-2, reps: 1, load: load}}, {{turns: 3+, reps: 3, load: load}}]}}
rotation:
  - {{name: A, do: [squat]}}
  - {{weeks: 4, days: 3, name: B, do: [bench]}}
"""
DAYS = ("2027-01-04", "2027-01-06", "2027-01-08", "2027-01-11", "2027-01-13", "2027-01-15")


def tell(number: int, *said: str) -> None:
    gradus("log", "out", str(number), *(said or ("--done",)), "--today", DAYS[number - 1])


def replan(number: int) -> None:
    """The next revision, in the evening before a session."""
    gradus("replan", "out", "--today", DAYS[number - 2])


def ahead(number: int) -> str:
    """Sets and repetitions of a session, and its load."""
    rows = sessions()[number - 1]["items"][0]["dose"]["sets"]
    return f"{len(rows)}x{rows[0]['repetitions']} @ {rows[0]['load']['amount'] / 1000:g}"


@pytest.mark.parametrize(
    ("missed", "following"),
    [
        ((2,), ["2x2 @ 110", "3x3 @ 115"]),
        ((3,), ["2x2 @ 110", "3x3 @ 115"]),  # what its turn changes happens all the same
        ((2, 3), ["2x2 @ 110", "3x3 @ 115"]),
    ],
)
def test_a_turn_that_was_passed_over_is_over(missed: tuple[int, ...], following: list[str]) -> None:
    build(TURNS)
    for number in range(1, 5):
        tell(number, "--missed" if number in missed else "--done")
    replan(5)
    assert [ahead(5), ahead(6)] == following
    tell(5)
    replan(6)
    assert ahead(6) == following[1]
    gradus("verify", "out")


def test_a_turn_that_came_again_is_counted_once() -> None:
    build(TURNS)
    tell(1)
    tell(2, "--missed")
    replan(3)
    assert ahead(3) == "2x2 @ 105"
    for number in (3, 4):
        tell(number)
    replan(5)
    assert [ahead(5), ahead(6)] == ["1x1 @ 105", "2x2 @ 110"]


def test_a_line_that_no_later_session_had_has_its_turn_next() -> None:
    build(TURNS.replace("weeks: 4, days: 3, ", ""))
    tell(1)
    tell(2)
    tell(3, "--missed")  # the squat's second turn
    tell(4)
    replan(5)
    assert [ahead(5), ahead(6)] == ["2x2 @ 105", "1x3 @ 60"]
    for number in (5, 6):
        tell(number)
    gradus("replan", "out", "--today", "2027-01-16")
    assert ahead(7) == "3x3 @ 110"


def test_a_line_left_out_of_a_session_is_passed_over_in_the_same_way() -> None:
    build(TURNS.replace("do: [squat]", "do: [squat, bench]"))
    tell(1)
    tell(2, "--partly", "--item", "bench")
    tell(3)
    replan(4)
    assert ahead(4) == "1x1 @ 105"
