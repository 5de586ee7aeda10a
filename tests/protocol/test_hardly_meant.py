"""What a protocol file says and cannot mean is a fault; what it can mean, and hardly does, is a warning."""

from __future__ import annotations

import pytest

from tests.protocol.own_file import HEAD
from tests.protocol.test_doubts import told

FILE = (
    HEAD
    + """\
days_a_week: {1-2: 2, 3-4: 3}
lines:
  sq: {exercise: barbell_back_squat, scheme: s, needs: [one_rm], state: {load: 70% one_rm, step: 2.5}}
schemes:
  s:
    rpe: 8
    sets:
      - {name: top, sets: 3, reps: 5, load: load}
      - {name: back, sets: 0-2, reps: 8, load: 60% one_rm}
    after: [{met: yes, do: {load: +step}}]
rotation: [{name: A, do: [sq]}]
"""
)


def test_it_is_sound() -> None:
    assert told(FILE) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("3-4: 3", "2-4: 3", "p.yaml:6: days_a_week: says twice how many training days week 2 has"),
        ("sets: 3,", "sets: 0,", "sets[0].sets: 0 is none at all; sets that may be left out are 0-2"),
        ("rpe: 8", "{rpe: 8, rir: 2}", "p.yaml:12: schemes.s.rir: give rir or rpe, not both"),
        ("70% one_rm", "70% load", "p.yaml:8: lines.sq.state.load: is worked out from itself"),
        ("step: 2.5", "step: 5% a, a: 2 + step", "lines.sq.state.a: is worked out from itself"),
        ("+step", "-200%", "p.yaml:15: schemes.s.after[0].do.load: takes away more than there is; -100% is all of it"),
        ("+step", "[-5%, -101%]", "takes away more than there is"),
        ("load: load}", "load: 60 lbs}", "p.yaml:13: schemes.s.sets[0].load: is in lb, and other loads are in kg"),
        (
            "reps: 8,",
            "reps: [8, 6],",
            "sets[1].sets: is a range, which has no list; write a row for each set, with sets: 0-1",
        ),
    ],
)
def test_what_cannot_be_meant_is_a_fault(old: str, new: str, said: str) -> None:
    if new.startswith("{"):
        new = "rpe: 8\n    rir: 2"
    found = told(FILE.replace(old, new))
    assert any(said in one for one in found), found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "needs: [one_rm]",
            "needs: [one_rm, tm]",
            "p.yaml:8: lines.sq.needs[1]: tm is asked for, and nothing goes by it",
        ),
        ("days_a_week", "deload_weeks: 4, 9\ndays_a_week", "deload_weeks: week 9 never comes: it has weeks 1 to 4"),
        ("days_a_week", "cycle: 2\ndeload_weeks: 3\ndays_a_week", "week 3 never comes: the cycle has weeks 1 to 2"),
        ("60% one_rm", "900% one_rm", "sets[1].load: is 900 % of one_rm; was less meant?"),
        ("70% one_rm", "160% one_rm", "lines.sq.state.load: is 160 % of one_rm; was less meant?"),
        ("name: back", "name: top", "sets[1].name: is the name of an earlier set too (schemes.s.sets[0])"),
        (
            "barbell_back_squat",
            "cycle_intervals",
            "load: is in kg or lb, and cycle_intervals is done without; watts and",
        ),
    ],
)
def test_what_is_hardly_meant_is_a_warning(old: str, new: str, said: str) -> None:
    found = told(FILE.replace(old, new))
    assert found, new
    assert all(said in one for one in found if "load: is in" not in one), found
    assert any(said in one for one in found), found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: back", "weeks: 2-4, name: top"),  # in other weeks
        ("60% one_rm", "150% one_rm"),
        ("barbell_back_squat", "hill_walking"),  # with a rucksack
        ("load: +step", "load: -100%"),
        ("days_a_week", "open_ended: true\ndeload_weeks: 9\ndays_a_week"),
        ("load: 70% one_rm, step: 2.5", "load: {kg: 70, lb: 155}, step: {kg: 2.5, lb: 5}"),
    ],
)
def test_what_may_be_meant_is_neither(old: str, new: str) -> None:
    text = FILE.replace("{name: top, sets", "{weeks: 1, name: top, sets") if "weeks: 2-4" in new else FILE
    assert told(text.replace(old, new)) == []


ADJUSTED = FILE.replace(
    "      - {name: back, sets: 0-2, reps: 8, load: 60% one_rm}",
    "      - {reps: max, load: load, adjust: {by: top, bands: {0-4: -5, 5-7: 0}}}",
)


@pytest.mark.parametrize(
    ("load", "change", "said"),
    [
        ("70% one_rm", "0", "sets the load to 0; to change nothing write 5-7: +0"),
        ("70% one_rm", "2.5", "sets the load to 2.5, whatever it is before; to add it write 5-7: +2.5"),
        ("60", "2.5", "sets the load to 2.5, far below the 60 before; to add it write 5-7: +2.5"),
        ("60", "step", "sets the load to step itself; to add it write 5-7: +step"),
    ],
)
def test_an_adjustment_that_sets_what_it_probably_adds_is_asked_about(load: str, change: str, said: str) -> None:
    text = ADJUSTED.replace("load: 70% one_rm", f"load: {load}").replace("5-7: 0", f"5-7: {change}")
    text = text if "one_rm" in load else text.replace("needs: [one_rm], ", "")
    assert any(f"adjust.bands.5-7: {said}" in one for one in told(text)), told(text)


@pytest.mark.parametrize("change", ["+0", "+2.5", "-5%", "70", "95% load"])
def test_an_adjustment_that_changes_a_load_or_sets_another_is_not(change: str) -> None:
    text = ADJUSTED.replace("needs: [one_rm], ", "").replace("70% one_rm", "60").replace("5-7: 0", f"5-7: {change}")
    assert told(text) == []


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("{met: yes, do: {load: +step}}, {successes: 3, do: {load: +5}}", "after[1]: is never reached: after[0]"),
        ("{met: no, do: {load: -step}}, {failures: 3, do: {load: -5}}", "after[1]: is never reached: after[0]"),
        ("{failures: 2, do: {load: -step}}, {failures: 3, do: {load: -5}}", "after[1]: is never reached: after[0]"),
        ("{done: 200, do: {load: +step}}", "after[0].done: time 200 never comes: its length has 10 sessions at most"),
        (
            "{rounds: 30, do: {load: +step}}",
            "after[0].rounds: round 30 never comes: its length has 10 sessions at most",
        ),
        ("{seconds: 30+, do: {load: +step}}", "after[0].seconds: never holds: no set of 'sq' has a time or a hold"),
        ("{metres: 30+, do: {load: +step}}", "after[0].metres: never holds: no set of 'sq' has a distance"),
    ],
)
def test_a_rule_that_never_holds_is_told(rules: str, said: str) -> None:
    found = told(FILE.replace("{met: yes, do: {load: +step}}", rules))
    assert any(said in one for one in found), found


@pytest.mark.parametrize(
    "rules",
    [
        "{met: no, do: {load: -step}}, {successes: 3, do: {load: +step}}",
        "{successes: 3, do: {load: +5}}, {met: yes, do: {load: +step}}",
        "{failures: 3, do: {load: -5}}, {failures: 2, do: {load: -step}}",
        "{set: back, met: yes, do: {load: +step}}, {successes: 3, do: {load: +5}}",
        "{done: 10, do: {load: +step}}",
    ],
)
def test_a_rule_that_may_hold_is_not(rules: str) -> None:
    assert told(FILE.replace("{met: yes, do: {load: +step}}", rules)) == []


STAGED = f"""{HEAD}days_a_week: 2
lines: {{sq: {{exercise: barbell_back_squat, scheme: s, state: {{load: 60}}}}}}
schemes:
  s:
    stages:
      one: {{sets: [{{reps: 5, load: load}}], after: [{{done: 2, do: {{stage: three}}}}]}}
      two: {{sets: [{{reps: 6, load: load}}], after: [{{done: 2, do: {{stage: next}}}}]}}
      three: {{sets: [{{reps: 7, load: load}}]}}
phases:
  first: {{after: [{{done: 4, do: {{phase: next}}}}]}}
  second: {{after: [{{red: yes, do: {{phase: previous}}}}]}}
  third: {{}}
rotation:
  - {{name: A, phase: [first, second], do: [sq]}}
  - {{name: B, phase: third, do: [sq]}}
"""


def test_a_stage_and_a_phase_to_which_no_rule_leads_are_told() -> None:
    found = told(STAGED)
    assert [one.partition(": ")[2] for one in found] == [
        "phases.third: no rule leads to this phase",
        "schemes.s.stages.two: no rule leads to this stage; a line may be asked where it begins, needs: [stage]",
    ]
    led = STAGED.replace("{stage: three}", "{stage: next}").replace("{phase: previous}", "{phase: third}")
    assert told(led) == []
    begun = led.replace("{stage: next}", "{stage: three}", 1).replace("state: {load", "needs: [stage], state: {load")
    assert told(begun) == []
