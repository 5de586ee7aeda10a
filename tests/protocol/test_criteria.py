"""Sets that may be left out, and criteria: rules that look at other lines, at named sets, and at whole sessions."""

from __future__ import annotations

import pytest

from tests.protocol.own_file import HEAD, build, faults, gradus, own_folder, sessions, top

__all__ = ["own_folder"]

JOKERS = f"""{HEAD}days_a_week: 3
lines:
  squat: {{exercise: barbell_back_squat, scheme: p, state: {{load: 80}}}}
schemes:
  p:
    rest: 2 min
    sets:
      - {{name: top, reps: 5+, load: load}}
      - {{name: joker, sets: 0-2, reps: 3, load: 105% today.top}}
      - {{reps: 5, load: 80% load}}
    after: [{{set: joker, reps: 3+, do: {{load: +5}}}}, {{met: yes, do: {{load: +2.5}}}}]
rotation:
  - {{name: A, do: [squat]}}
"""


def test_sets_may_be_left_out() -> None:
    build(JOKERS)
    shown = " ".join(gradus("show", "out", "--session", "1").stdout.split())
    assert "then 0-2 × 3 at 105 % of the load of the top set (forecast 82.5 kg), then 1 × 5 at 62.5 kg" in shown
    # time for all of them: 5 + 3 + 3 + 5 repetitions of 4 s, 3 rests of 2 min, 45 s to set up
    assert sessions()[0]["estimated_minutes"] == pytest.approx((16 * 4 + 3 * 120 + 45) / 60, abs=0.1)


@pytest.mark.parametrize(("told", "load"), [("5,5", 82.5), ("5,3,5", 85), ("5,3,3,5", 85), ("5,2,5", 82.5)])
def test_what_is_done_of_them_is_looked_at(told: str, load: float) -> None:
    build(JOKERS)
    gradus("log", "out", "1", "--done", "--item", f"squat: {told}", "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    assert sessions()[1]["items"][0]["dose"]["sets"][0]["load"]["amount"] / 1000 == load


def test_a_rule_on_a_set_that_is_not_done_today_does_not_hold() -> None:
    text = JOKERS.replace("{set: joker, reps: 3+", "{set: top, reps: 5+").replace(", {met: yes, do: {load: +2.5}}", "")
    text = text.replace("- {name: top, reps: 5+,", "- {weeks: 1, name: top, reps: 5+,").replace(
        "105% today.top", "load"
    )
    build(text)
    # three sessions of week 1 step up; from then on five repetitions of another set say nothing
    assert [top(one) for one in sessions()[2:6]] == [90, 95, 95, 95]


CRITERIA = f"""{HEAD}days_a_week: 3
phases:
  early: {{after: [{{set: held, seconds: 45+, state: {{press.load: 60+}}, do: {{phase: next}}}}]}}
  late: {{}}
lines:
  press: {{exercise: leg_press, scheme: p, state: {{load: 55}}}}
  hold: {{exercise: wall_sit, scheme: q}}
  squat: {{exercise: barbell_back_squat, scheme: r, state: {{load: 50}}}}
schemes:
  p: {{sets: [{{reps: 8, load: load}}], after: [{{met: yes, do: {{load: +5}}}}]}}
  q: {{sets: [{{name: held, time: max, expect: 50 s}}]}}
  r: {{sets: [{{reps: 5, load: load}}], after: [{{state: {{press.load: 75+}}, do: {{load: +10}}}}]}}
rotation:
  - {{name: A, phase: early, do: [press, hold]}}
  - {{name: B, phase: late, do: [press, squat]}}
"""


def test_a_phase_waits_for_all_of_its_criteria() -> None:
    build(CRITERIA)
    # the press is at 60 after the first session, and the hold is long enough
    assert [one["name"] for one in sessions()[:3]] == ["A", "B", "B"]
    gradus("log", "out", "1", "--done", "--item", "hold: 44 s", "--today", "2027-01-04")
    waits = " ".join(gradus("replan", "out", "--today", "2027-01-05").stdout.split())
    assert "session 1 (w01-s1): the phase late does not begin yet" in waits
    assert [one["name"] for one in sessions()[:3]] == ["A", "A", "B"]
    gradus("log", "out", "2", "--done", "--item", "hold: 50 s", "--today", "2027-01-06")
    begins = " ".join(gradus("replan", "out", "--today", "2027-01-07").stdout.split())
    assert "session 2 (w01-s2): the phase late begins behind it" in begins


def test_a_rule_looks_at_another_line() -> None:
    build(CRITERIA)
    # the press is at 75 after the fourth session; the squat comes behind it and sees that
    assert [one["items"][1]["dose"]["sets"][0]["load"]["amount"] for one in sessions()[1:6]] == [
        50000,
        50000,
        50000,
        60000,
        70000,
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "state: {press.load: 60+}",
            "state: {load: 60+}",
            "of which line? A phase looks at whole sessions: write press.load",
        ),
        ("state: {press.load: 60+}", "state: {pres.load: 60+}", "there is no line 'pres'; did you mean 'press'?"),
        ("state: {press.load: 75+}", "state: {press.lod: 75+}", "the line 'press' has no value 'lod'"),
        ("set: held", "set: hled", "no set of the session is named 'hled'; did you mean 'held'?"),
    ],
)
def test_criteria_that_lead_nowhere_are_named(old: str, new: str, problem: str) -> None:
    assert not faults(CRITERIA)
    found = faults(CRITERIA.replace(old, new))
    assert any(problem in one for one in found), found


def test_rests_in_turn_are_said_once() -> None:
    text = JOKERS.partition("    rest")[0] + (
        "    sets: [{repeat: 3, of: [{reps: 1, load: load, rest: 20 s}, {reps: 1, load: load, rest: 3 min}]}]\n"
        "rotation:\n  - {name: A, do: [squat]}\n"
    )
    build(text)
    assert "6 × 1 at 80 kg (bar included), rest 20 s, 3 min in turn" in " ".join(
        gradus("show", "out", "--session", "1").stdout.split()
    )


def test_a_rule_may_change_nothing_and_end_the_search() -> None:
    text = JOKERS.replace("{set: joker, reps: 3+, do: {load: +5}}", "{set: top, reps: 6-7, do: {}}")
    build(text)
    gradus("log", "out", "1", "--done", "--item", "squat: 6,5", "--today", "2027-01-04")
    told = " ".join(gradus("replan", "out", "--today", "2027-01-05").stdout.split())
    assert "on target: 6-7 repetitions in set top: nothing changes" in told
    assert sessions()[1]["items"][0]["dose"]["sets"][0]["load"]["amount"] == 80000
