"""What a row asks for is told whole and in a patient's words: stretches in turn, efforts, times, rests and sides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog.loader import load_catalogue
from planner.export.text import SIDE_GLIDES
from planner.progression.protocol_words import sequence_words
from tests.protocol.own_file import HEAD, build, gradus, own_folder, sessions

__all__ = ["own_folder"]


def protocol(exercise: str, *rows: str, more: str = "") -> str:
    """One line of one exercise, with these rows."""
    listed = "".join(f"      - {row}\n" for row in rows)
    return (
        f"{HEAD}days_a_week: 1\n{more}lines: {{a: {{exercise: {exercise}, scheme: s}}}}\n"
        f"schemes:\n  s:\n    sets:\n{listed}rotation: [{{name: A, do: [a]}}]\n"
    )


def told() -> dict[str, str]:
    """The first session in every export, each on one line."""
    calendar = Path("out/calendar.ics").read_text(encoding="utf-8").replace("\n ", "").replace("\\", "")
    return {
        "show": " ".join(gradus("show", "out", "--session", "1").stdout.split()),
        "summary": " ".join(Path("out/summary.md").read_text(encoding="utf-8").replace("\\", "").split()),
        "calendar": calendar,
    }


def dose(item: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = sessions()[0]["items"][item]["dose"]
    return found


def test_blocks_of_stretches_are_said_once_each() -> None:
    paces = (("30 s", "slow"), ("20 s", "brisk"), ("10 s", "fast"))
    turn = ", ".join(f"{{kind: run, time: {time}, note: {pace}}}" for time, pace in paces)
    block, walk = f"{{repeat: 5, of: [{turn}]}}", "{kind: walk, time: 2 min}"
    build(protocol("continuous_run", "{kind: run, distance: 1.2 km, note: easy}", block, walk, block, walk, block))
    words = "5 times (run 30 s (slow), run 20 s (brisk), run 10 s (fast))"
    for text in told().values():
        assert f"run 1.2 km (easy), 2 times ({words}, walk 2 min), {words}" in text


def test_what_cannot_be_said_in_short_is_said_in_full() -> None:
    rows = [f"{{kind: {'walk' if n % 2 else 'run'}, time: {n} s, note: stretch number {n}}}" for n in range(61, 91)]
    build(protocol("walk_run_intervals", *rows))
    for text in told().values():
        assert "stretch number 61), " in text
        assert "run 90 s (stretch number 90)" in text
    note = "x" * 110
    twice = protocol("front_plank", f"{{time: 30 s, note: {note}}}")
    build(twice.replace("do: [a]", f"do: [{{line: a, note: y{note}}}]"), "--force")
    assert f"y{note}; {note}" in sessions()[0]["items"][0]["days_note"]


def test_more_sets_than_a_programme_holds_are_told_of_and_stretches_are_not_cut_off() -> None:
    text = protocol("push_up", "{repeat: n, of: [{reps: 5, rest: 30 s}, {reps: 3, rest: 1 min}]}")
    result = build(text.replace("scheme: s}", "scheme: s, state: {n: 60}}"))
    assert "a: in session 1 it comes to more than 100 sets, the most of an exercise" in result.output
    # stretches are said in turn: for the time it is enough how many of each there are
    turn = "{kind: run, time: 30 s}, {kind: run, time: 20 s}, {kind: run, time: 10 s}"
    build(protocol("continuous_run", f"{{repeat: 40, of: [{turn}]}}"), "--force")
    assert sessions()[0]["estimated_minutes"] == pytest.approx(40.8)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ("a b a b a", "2 times (a 1, b 1), a 1"),
        ("c a b a b a b c", "c 1, 3 times (a 1, b 1), c 1"),
        ("a b a b c a b a b c", "2 times (2 times (a 1, b 1), c 1)"),
        ("a a a", "3 times a 1"),
        ("a b c", "a 1, b 1, c 1"),
    ],
)
def test_what_is_done_in_turn_is_said_once(steps: str, words: str) -> None:
    assert sequence_words([(one, "1") for one in steps.split()]) == words


def test_each_stretch_keeps_its_own_effort() -> None:
    build(
        protocol(
            "continuous_run",
            "{kind: walk, time: 10 min, rpe: 3}",
            "{sets: 4, kind: run, time: 4 min, rpe: 8-9, rest: 3 min, note: uphill}",
            "{kind: walk, time: 5 min, rpe: 2}",
        )
    )
    rows = [(row["rounds"], row["work_seconds"], row["rest_seconds"], row["effort"]) for row in dose()["sets"]]
    assert rows == [(1, 600, 0, 3), (4, 240, 180, 9), (1, 300, 0, 2)]
    assert [row.get("effort_from") for row in dose()["sets"]] == [None, 8, None]
    words = "walk 10 min (effort 3/10), 4 times (run 4 min (RPE 8-9; uphill), rest 3 min), walk 5 min (effort 2/10)"
    for text in told().values():
        assert words in text
        assert f"{words}, " not in text


def test_an_effort_of_some_stretches_is_not_put_on_the_others() -> None:
    build(
        protocol(
            "continuous_run", "{sets: 2, kind: run, time: 4 min, rpe: 9, rest: 3 min}", "{kind: walk, time: 5 min}"
        )
    )
    assert {row["effort"] for row in dose()["sets"]} == {9}
    shown = told()["show"]
    assert "2 times (run 4 min (RPE 9), rest 3 min), walk 5 min Walk" in shown
    # one effort for all of it is said once
    build(protocol("continuous_run", "{sets: 2, kind: run, time: 4 min, rpe: 9, rest: 3 min}"), "--force")
    assert "run 4 min, rest 3 min, run 4 min, RPE 9" in told()["show"]


def test_times_are_in_minutes_and_seconds_everywhere() -> None:
    text = protocol("brisk_walking", "{kind: walk, time: minutes}", "{kind: run, time: 26 min}")
    build(text.replace("scheme: s}", "scheme: s, state: {minutes: 26:37}}"))
    for text in told().values():
        assert "walk 26 min 37 s, run 26 min" in text


@pytest.mark.parametrize(
    ("name", "asked", "words"),
    [
        ("top", "rpe: 8", "1 × 5 at a load at which 5 repetitions are RPE 8 (forecast 80 kg)"),
        ("top", "rir: 1-2", "1 × 5 at a load at which 5 repetitions are RPE 8-9 (forecast 80 kg)"),
        ("top", "rir: 0", "1 × 5 at the heaviest for 5 repetitions today (forecast 80 kg) (RPE 10)"),
        ("a", "rpe: 8", "1 × 5 at a load at which 5 repetitions are RPE 8 (forecast 80 kg)"),
    ],
)
def test_a_load_that_is_found_by_effort_is_no_maximum(name: str, asked: str, words: str) -> None:
    rows = (
        f"{{name: {name}, reps: 5, load: find, guess: 80, {asked}}}",
        f"{{sets: 3, reps: 5, load: 90% today.{name}}}",
    )
    build(protocol("barbell_bench_press", *rows))
    of = (
        "today's 5RM"
        if asked == "rir: 0"
        else "the load of the top set"
        if name == "top"
        else "the load of today's first set"
    )
    for text in told().values():
        assert f"{words}, then 3 × 5 at 90 % of {of} (forecast 70 kg)" in text


@pytest.mark.parametrize(
    ("name", "of"),
    [("back_off", "the back off set"), ("a", "today's second working set"), ("w1", "today's second working set")],
)
def test_a_set_is_named_as_a_patient_knows_it(name: str, of: str) -> None:
    rows = [
        "{kind: warmup, reps: 5, load: 40}",
        "{reps: 5, load: 60}",
        f"{{reps: 5, load: 80, name: {name}}}",
        f"{{reps: 8, load: 80% today.{name} - 2.5 kg}}",
        f"{{reps: 8, load: 60, adjust: {{by: {name}, bands: {{0-4: -5}}}}}}",
    ]
    build(protocol("barbell_bench_press", *rows))
    shown = told()["show"]
    assert f"at 80 % of the load of {of} - 2.5 (forecast" in shown
    assert f"adjusted by {of}: 0-4 repetitions -5 kg" in shown


def test_what_one_side_does_in_turn_is_said_as_one() -> None:
    turn = "[{time: 10 s, note: stretch}, {time: 6 s, note: push}, {time: 30 s, note: further, rest: 20 s}]"
    text = protocol("strap_hamstring_stretch", f"{{repeat: 3, of: {turn}}}")
    build(text.replace("    sets:", "    side: each\n    sets:"))
    for text in told().values():
        assert ": 3 times (10 s (stretch), then 6 s (push), then 30 s (further), rest 20 s) each side" in text
        assert "as needed" not in text


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            ("{kind: warmup, time: 10 min}", "{sets: 8, time: 20 s, rest: 10 s}"),
            "warm-up 10 min, then 8 × 20 s, rest 10 s",
        ),
        (
            ("{kind: warmup, time: 10 min, rpe: 3}", "{time: 20 min, rpe: 6}"),
            "warm-up 10 min (effort 3/10), then 20 min, RPE 6",
        ),
        (
            ("{kind: warmup, time: 10 min, rest: 2 min}", "{sets: 2, time: 20 s}"),
            "2 × 20 s, rest 2 min after warm-up set 1",
        ),
        (("{time: 30 min, rest: 2 min}", "{sets: 3, time: 20 s}"), "30 min, 20 s, 20 s, 20 s, rest 2 min after set 1"),
        (
            ("{repeat: 2, of: [{time: 20 s, rest: none}, {time: 40 s, rest: 1 min}]}", "{time: 5 min}"),
            "2 times (20 s, no rest, then 40 s, rest 60 s), then 5 min",
        ),
        (("{repeat: 3, of: [{time: 20 s, rest: none}, {time: 40 s}]}",), "3 times (20 s, no rest, then 40 s)"),
        (
            ("{repeat: 3, of: [{time: 20 s, rest: 5 s}, {time: 40 s, rest: 5 s}]}",),
            "3 times (20 s, 40 s), rest 5 s",
        ),
    ],
)
def test_rests_say_after_what_they_come(rows: tuple[str, ...], words: str) -> None:
    build(protocol("stationary_cycle", *rows))
    assert f"{words} Set the saddle" in told()["show"]


def test_the_warm_up_of_a_run_is_named_so() -> None:
    build(protocol("continuous_run", "{kind: warmup, time: 10 min}", "{kind: run, time: 20 min}"))
    for text in told().values():
        assert "Continuous run: warm-up 10 min" in text
        assert "Continuous run: run 20 min" in text


def test_the_side_of_an_exercise_is_told_by_what_it_is() -> None:
    own = """exercises:
  glider: {name: Slide backwards, track: hamstring}
  shifted: {name: Weight shift, track: directional}
  leaning: {name: Leaning to the wall, track: directional, like: side_glide_wall}
  median_glide: {name: Arm nerve, track: neural}
  leg_nerve: {name: Leg nerve, track: neural, like: supine_sciatic_slider}
"""
    names = ("glider", "shifted", "leaning", "median_glide", "leg_nerve", "side_glide_wall", "supine_sciatic_slider")
    text = protocol("glider", "{reps: 4, side: left}", more=own)
    lines = ", ".join(f"{name}: {{exercise: {name}, scheme: s}}" for name in names)
    build(text.replace("a: {exercise: glider, scheme: s}", lines).replace("do: [a]", f"do: [{', '.join(names)}]"))
    for text in told().values():
        for words in (
            "Slide backwards (left)",
            "Weight shift (left)",
            "Leaning to the wall (shoulders to the left, right shoulder at the wall)",
            "Arm nerve (left)",
            "Leg nerve (left leg)",
            "(shoulders to the left, right shoulder at the wall)",
            "slider (left leg)",
        ):
            assert f"{words}: 4 repetitions" in text


def test_the_side_glides_are_those_of_the_catalogue() -> None:
    assert {one.id for one in load_catalogue().values() if one.lateral_shift} == SIDE_GLIDES


def test_a_test_over_a_time_finds_its_load_for_that_time() -> None:
    row = "{kind: test, time: 20 min, load: find}"
    build(
        f"{HEAD}days_a_week: 2\nlines: {{a: {{exercise: rowing_machine}}}}\nschemes: {{s: {{sets: [{row}]}}}}\n"
        "rotation: [{name: A, do: [{line: a, scheme: s}]}]\n"
    )
    shown = " ".join(gradus("show", "out", "--session", "1").stdout.split())
    assert "20 min at the heaviest for that time today" in shown


def test_a_jump_of_load_is_told_in_the_unit_of_the_programme() -> None:
    sets = "{sets: [{turns: 1, reps: 10, load: 95}, {turns: 2+, reps: 10, load: 185}]}"
    build(
        f"{HEAD}unit: lb\ndays_a_week: 2\nlines: {{a: {{exercise: barbell_back_squat}}}}\nschemes: {{s: {sets}}}\n"
        "rotation: [{name: A, do: [{line: a, scheme: s}]}]\n"
    )
    assert "load jumps from 95 lb to 185 lb (+95%)" in " ".join(gradus("show", "out").stdout.split())


BORNE = f"""{HEAD}days_a_week: 2
lines: {{a: {{exercise: [glute_bridge, single_leg_bridge], scheme: s, state: {{r: 10}}}}}}
schemes:
  s: {{sets: [{{reps: r}}], after: [{{met: yes, pain: 0-5, do: {{r: +1}}}}, {{pain: 6+, do: {{exercise: previous}}}}]}}
rotation: [{{name: A, do: [a]}}]
"""


def test_what_is_borne_and_leads_nowhere_is_told_with_its_pain() -> None:
    build(BORNE)
    gradus("log", "out", "1", "--partly", "--item", "a: 10 reps, pain 6", "--pain", "2", "--today", "2027-01-04")
    gradus("replan", "out", "--today", "2027-01-05")
    words = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["decisions"][0]["words"]
    assert "with pain 6 of 10" in words
    assert ", partly done" in Path("out/summary.md").read_text(encoding="utf-8")
