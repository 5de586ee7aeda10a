"""Rules that say how much pain is allowed: by the numbers of outcomes and of the log, instead of a traffic light."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.protocol.own_file import HEAD, build, faults, gradus, own_folder, sessions

__all__ = ["own_folder"]

# the pain-monitoring model: up to 5 during and after is allowed, and it has settled by the next morning
MONITORED = f"""{HEAD}days_a_week: 3
lines:
  squat: {{exercise: barbell_back_squat, scheme: p, state: {{load: 80}}}}
  press: {{exercise: barbell_overhead_press, scheme: q, state: {{load: 40}}}}
schemes:
  p:
    sets: [{{sets: 3, reps: 5, load: load}}]
    after:
      - {{morning: 3+, do: {{load: -10}}}}
      - {{pain: 6+, do: {{load: -5}}}}
      - {{met: yes, pain: 0-2, do: {{load: +5}}}}
      - {{met: yes, pain: 3-5, do: {{load: +2.5}}}}
  q:
    sets: [{{sets: 3, reps: 5, load: load}}]
    after: [{{red: yes, do: {{load: -10}}}}, {{met: yes, do: {{load: +2.5}}}}]
rotation:
  - {{name: A, do: [squat, press]}}
"""


def loads() -> tuple[float, ...]:
    return tuple(item["dose"]["sets"][0]["load"]["amount"] / 1000 for item in sessions()[1]["items"])


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ((), (85, 42.5)),  # without a word there was none
        # four more than before is red by the traffic light, and allowed by the file that names limits
        (("--pain", "0,4,2"), (82.5, 30)),
        (("--pain", "0,2,5"), (82.5, 40)),  # the worst of during and after; two more is amber
        (("--pain", "0,2,6"), (75, 30)),
        (("--pain", "0,1,1,3"), (70, 40)),  # not settled by the next morning
        (("--pain", "1,1", "--item", "squat: 3x5 pain 6"), (75, 42.5)),  # told of one line
        (("--pain", "0,1", "--item", "squat: 3x5 down the leg"), (80, 42.5)),  # travels: never a step up
        (("--flare",), (80, 30)),
        (("--answer", "symptoms=yes"), (80, 40)),  # told without a number
    ],
)
def test_the_numbers_of_the_log_decide(told: tuple[str, ...], wanted: tuple[float, float]) -> None:
    build(MONITORED)
    gradus("log", "out", "1", "--done", *told, "--today", "2027-01-05")
    gradus("replan", "out", "--today", "2027-01-05")
    assert loads() == wanted
    gradus("verify", "out")


@pytest.mark.parametrize(
    ("rules", "told", "load"),
    [
        # a file that limits pain leaves a bad morning to the traffic light
        ("{met: yes, pain: 0-5, do: {load: +5}}", ("--pain", "1,5,4,1"), 85),
        ("{met: yes, pain: 0-5, do: {load: +5}}", ("--pain", "1,2,2,6"), 80),
        ("{met: yes, pain: 0-5, do: {load: +5}}", ("--morning", "7"), 80),
        # and one that limits the morning leaves it the pain of the session
        ("{met: yes, morning: 0-3, do: {load: +5}}", ("--pain", "1,2,2,3"), 85),
        ("{met: yes, morning: 0-3, do: {load: +5}}", ("--pain", "1,4,2,1"), 80),
        ("{met: yes, morning: 0-3, do: {load: +5}}", ("--item", "squat: 3x5 pain 4", "--morning", "1"), 80),
    ],
)
def test_what_a_file_does_not_limit_is_left_to_the_traffic_light(
    rules: str, told: tuple[str, ...], load: float
) -> None:
    build(re.sub(r"after:\n(      - .*\n)+", f"after: [{rules}]\n", MONITORED, count=1))
    gradus("log", "out", "1", "--done", *told, "--today", "2027-01-05")
    gradus("replan", "out", "--today", "2027-01-05")
    assert loads()[0] == load
    gradus("verify", "out")


@pytest.mark.parametrize(("pain", "load"), [(7, 85), (8, 80)])
def test_no_limit_of_a_file_leads_up_above_what_is_red_in_any_case(pain: int, load: float) -> None:
    build(MONITORED.replace("pain: 6+, do: {load: -5}", "rpe: 10, do: {load: -5}").replace("pain: 0-2", "pain: 0-10"))
    gradus("log", "out", "1", "--done", "--pain", f"0,{pain},2", "--today", "2027-01-05")
    gradus("replan", "out", "--today", "2027-01-05")
    assert loads()[0] == load


@pytest.mark.parametrize(
    ("told", "wanted"),
    [("pain: 5", 82.5), ("pain: 6", 75), ("pain: 2, morning: 3", 70), ("symptoms: yes", 80), ("red: yes", 80)],
)
def test_outcomes_say_pain(told: str, wanted: float) -> None:
    Path("o.yaml").write_text(f"outcomes:\n  - {{session: 1, exercise: squat, {told}}}\n", encoding="utf-8")
    build(MONITORED, "--outcomes", "o.yaml")
    assert loads() == (wanted, 42.5)


def test_pain_of_a_line_without_limits_is_not_dropped_in_silence() -> None:
    Path("o.yaml").write_text("outcomes:\n  - {session: 1, exercise: press, pain: 5}\n", encoding="utf-8")
    told = build(MONITORED, "--outcomes", "o.yaml", code=2).stderr
    assert "no rule of press names pain; write symptoms: yes where it was too much" in " ".join(told.split())


def test_the_limits_are_told_in_words() -> None:
    build(MONITORED)
    gradus("log", "out", "1", "--done", "--pain", "0,4,2", "--today", "2027-01-05")
    gradus("replan", "out", "--today", "2027-01-05")
    decided = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["decisions"]
    assert {one["words"] for one in decided} == {
        "squat, session 1 (w01-s1): on target: pain 3-5 of 10: load +2.5",
        "press, session 1 (w01-s1): with symptoms: strong symptoms (red): load -10",
    }


def test_a_phase_may_wait_for_pain() -> None:
    text = MONITORED.replace(
        "lines:", "phases:\n  one: {after: [{pain: 0-2, done: 1+, do: {phase: next}}]}\n  two: {}\nlines:"
    )
    text = text.replace("- {sets: 3", "- {sets: 3").replace(
        "{name: A, do: [squat, press]}", "{name: A, phase: one, do: [squat]}\n  - {name: B, phase: two, do: [press]}"
    )
    build(text)
    assert [one["name"] for one in sessions()[:3]] == ["A", "B", "B"]
    gradus("log", "out", "1", "--done", "--pain", "0,4,2", "--today", "2027-01-05")
    gradus("replan", "out", "--today", "2027-01-05")
    assert [one["name"] for one in sessions()[:3]] == ["A", "A", "B"]


def test_pain_is_a_number_from_nought_to_ten() -> None:
    assert not faults(MONITORED)
    wrong = faults(MONITORED.replace("pain: 3-5", "pain: some"))
    assert any("pain: must be whole numbers such as 3, 1-4" in one for one in wrong)


TWO_PHASES = f"""{HEAD}days_a_week: 3
lines:
  squat: {{exercise: body_weight_squat, scheme: sq}}
  jump: {{exercise: small_jump, scheme: jump}}
schemes:
  sq: {{sets: [{{sets: 3, reps: 10}}]}}
  jump: {{sets: [{{sets: 3, reps: 5}}]}}
phases:
  strength: {{after: [{{done: 2+, pain: 0-2, do: {{phase: next}}}}]}}
  jumping: {{after: [{{pain: 5+, do: {{phase: previous}}}}]}}
rotation:
  - {{name: S, do: [squat, {{line: jump, phase: jumping}}]}}
"""


@pytest.mark.parametrize(
    "told",
    [
        ("--pain", "0,6,6"),
        ("--pain", "0,8,8"),
        ("--pain", "0,6,6", "--flare"),
        ("--item", "jump: 3x5 pain 9"),
        ("--item", "squat: 3x10 pain 8", "--item", "jump: not done"),
    ],
)
def test_the_worst_pain_leads_a_phase_back_too(told: tuple[str, ...]) -> None:
    build(TWO_PHASES)
    for slot in ("w01-s1", "w01-s2"):
        gradus("log", "out", slot, "--done", "--pain", "0,0,0", "--today", "2027-01-08")
    gradus("log", "out", "w01-s3", "--done", *told, "--today", "2027-01-08")
    gradus("replan", "out", "--today", "2027-01-09")
    assert [len(one["items"]) for one in sessions()[:6]] == [1, 1, 2, 1, 1, 2]
    gradus("verify", "out")


#: Only the phases say how much pain is allowed.
IN_PHASES = f"""{HEAD}days_a_week: 2
lines: {{squat: {{exercise: barbell_back_squat, state: {{load: 60}}}}}}
schemes: {{t: {{sets: [{{sets: 3, reps: 5, load: load}}], after: [{{met: yes, do: {{load: +5}}}}]}}}}
rotation:
  - {{name: A, phase: one, do: [{{line: squat, scheme: t}}]}}
  - {{name: B, phase: two, do: [{{line: squat, scheme: t}}]}}
phases:
  one: {{after: [{{pain: 0-2, do: {{phase: next}}}}]}}
  two: {{after: [{{red: yes, do: {{phase: previous}}}}]}}
"""


def in_phases() -> list[tuple[str, float]]:
    return [(one["name"], one["items"][0]["dose"]["sets"][0]["load"]["amount"] / 1000) for one in sessions()[:3]]


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ((), [("A", 60), ("B", 65), ("B", 70)]),
        (("--pain", "1,7,7"), [("A", 60), ("A", 60), ("B", 65)]),
        (("--item", "squat: 3x5 pain 7"), [("A", 60), ("A", 60), ("B", 65)]),
        (("--pain", "1,4,1"), [("A", 60), ("A", 60), ("B", 65)]),
    ],
)
def test_a_limit_of_a_phase_is_no_traffic_light_of_its_lines(
    told: tuple[str, ...], wanted: list[tuple[str, float]]
) -> None:
    build(IN_PHASES)
    gradus("log", "out", "1", "--done", *told, "--today", "2027-01-05")
    gradus("replan", "out", "--today", "2027-01-05")
    assert in_phases() == wanted
    gradus("verify", "out")


def test_red_leads_back_from_a_phase_that_has_no_limits_itself() -> None:
    build(IN_PHASES)
    gradus("log", "out", "w01-s1", "--done", "--pain", "0,0,0", "--today", "2027-01-08")
    gradus("log", "out", "w01-s2", "--done", "--pain", "1,7,7", "--today", "2027-01-08")
    gradus("replan", "out", "--today", "2027-01-08")
    assert in_phases() == [("A", 60), ("B", 65), ("A", 65)]


def test_a_phase_goes_by_its_own_limits_where_the_line_is_held_by_the_light() -> None:
    build(IN_PHASES.replace("{pain: 0-2, do", "{met: yes, pain: 0-5, do"))
    gradus("log", "out", "1", "--done", "--pain", "0,4,2", "--today", "2027-01-05")
    gradus("replan", "out", "--today", "2027-01-05")
    assert in_phases() == [("A", 60), ("B", 60), ("B", 65)]


@pytest.mark.parametrize(("pain", "wanted"), [(2, ("A", "B", 65)), (3, ("A", "A", 60)), (7, ("A", "A", 60))])
def test_pain_of_outcomes_that_only_a_phase_limits_never_leads_a_line_up(
    pain: int, wanted: tuple[str, str, float]
) -> None:
    Path("o.yaml").write_text(f"outcomes:\n  - {{session: 1, exercise: squat, pain: {pain}}}\n", encoding="utf-8")
    build(IN_PHASES, "--outcomes", "o.yaml")
    (first, _), (second, load), _ = in_phases()
    assert (first, second, load) == wanted


LINEAR = f"""{HEAD}days_a_week: 3
lines:
  squat: {{exercise: barbell_back_squat, scheme: s, state: {{load: 60 kg}}}}
schemes:
  s:
    sets: [{{sets: 3, reps: 5, load: load}}]
    after: [{{met: yes, do: {{load: +5}}}}, {{symptoms: yes, do: {{load: -10%}}}}]
rotation: [{{name: S, do: [squat]}}]
"""


@pytest.mark.parametrize(
    ("told", "load"),
    [
        (("--item", "squat: 3x5 pain 2"), 65),
        (("--item", "squat: 3x5 pain 3"), 60),
        (("--item", "squat: 3x5 pain 4"), 60),
        (("--item", "squat: 3x5 pain 5"), 52.5),
        (("--item", "squat: 3x5 @ 60 kg pain 7"), 52.5),
        (("--pain=-,2,-",), 65),
        (("--pain=-,3,-",), 60),
        (("--pain=-,7,-",), 52.5),
        (("--morning=5",), 65),
        (("--morning=7",), 52.5),
        (("--morning=7", "--usual-morning=7"), 65),
        (("--pain=4,4,4",), 65),  # compared with what it was before
    ],
)
def test_pain_without_a_value_before_it_never_leads_up(told: tuple[str, ...], load: float) -> None:
    build(LINEAR)
    gradus("log", "out", "1", "--done", *told, "--today", "2027-01-05")
    gradus("replan", "out", "--today", "2027-01-05")
    assert sessions()[1]["items"][0]["dose"]["sets"][0]["load"]["amount"] / 1000 == load
    gradus("verify", "out")


def test_pain_without_a_value_before_it_is_told_in_words_and_breaks_a_streak() -> None:
    build(LINEAR.replace("{met: yes, do", "{successes: 2, do").replace("symptoms: yes", "symptoms: no, done: 2"))
    gradus("log", "out", "1", "--done", "--today", "2027-01-05")
    gradus("log", "out", "2", "--done", "--item", "squat: 3x5 pain 3", "--today", "2027-01-07")
    gradus("replan", "out", "--today", "2027-01-07")
    loads = [one["items"][0]["dose"]["sets"][0]["load"]["amount"] / 1000 for one in sessions()[:5]]
    assert loads == [60, 60, 52.5, 52.5, 57.5]
    decided = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["decisions"]
    assert "with pain, and nobody said how much there was before: " in decided[-1]["words"]


def test_a_reason_names_all_that_led_to_it_and_not_the_latest_alone() -> None:
    build(LINEAR)
    gradus("log", "out", "1", "--done", "--pain", "0,7,7", "--today", "2027-01-05")
    gradus("log", "out", "2", "--done", "--item", "squat: 5,5,4", "--today", "2027-01-07")
    told = " ".join(gradus("replan", "out", "--today", "2027-01-07").stdout.split())
    why = told.partition("What changes:")[2]
    assert "with symptoms: load -10%" in why
    assert "session 2 (w01-s2): below target" in why


STREAK = f"""{HEAD}days_a_week: 3
lines: {{squat: {{exercise: barbell_back_squat, scheme: p, state: {{load: 60}}}}}}
schemes:
  p:
    sets: [{{sets: 3, reps: 5, load: load}}]
    after: [{{pain: 0-3, successes: 2, do: {{load: +5}}}}]
rotation: [{{name: A, do: [squat]}}]
"""


@pytest.mark.parametrize(
    ("pains", "load"),
    [
        ((0, 1), 65),
        ((5, 1), 60),  # what hurt too much is no part of the streak
        ((5, 1, 0), 65),
        ((1, 5, 1), 60),  # it breaks the streak
    ],
)
def test_a_streak_has_only_sessions_within_the_pain_that_its_rule_allows(pains: tuple[int, ...], load: float) -> None:
    told = "".join(f"  - {{session: {n}, exercise: squat, pain: {pain}}}\n" for n, pain in enumerate(pains, 1))
    Path("o.yaml").write_text(f"outcomes:\n{told}", encoding="utf-8")
    build(STREAK, "--outcomes", "o.yaml")
    assert sessions()[len(pains)]["items"][0]["dose"]["sets"][0]["load"]["amount"] / 1000 == load


def test_a_rule_without_pain_counts_every_session_on_target() -> None:
    Path("o.yaml").write_text("outcomes:\n  - {session: 1, exercise: squat, pain: 5}\n", encoding="utf-8")
    build(
        STREAK.replace("do: {load: +5}}]", "do: {load: +5}}, {successes: 2, do: {load: +2.5}}]"), "--outcomes", "o.yaml"
    )
    assert sessions()[2]["items"][0]["dose"]["sets"][0]["load"]["amount"] / 1000 == 62.5
