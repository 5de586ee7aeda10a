"""Rules that compare what was done with values: records, and totals a share above the best so far."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.domain import notation
from tests.protocol.own_file import HEAD, build, faults, gradus, own_folder, sessions

__all__ = ["own_folder"]

DENSITY = f"""{HEAD}days_a_week: 2
lines:
  squat: {{exercise: goblet_squat, scheme: zone, state: {{load: 20, best: 0}}}}
  row: {{exercise: one_arm_dumbbell_row, scheme: sets, state: {{load: 10, best: unknown, goal: 8}}}}
  plank: {{exercise: front_plank, scheme: longer, state: {{longest: 30 s}}}}
schemes:
  zone:
    sets: [{{until: 15 min, of: [{{reps: 5, load: load}}]}}]
    after:
      - {{state: {{best: 0}}, do: {{best: today.total}}}}
      - {{total: 120% best+, do: {{load: +2.5, best: 0}}}}
      - {{total: best + 1+, do: {{best: today.total}}}}
      - {{total: 0-50% best, do: {{load: -2.5}}}}
  sets:
    sets: [{{sets: 2, reps: 8, load: load}}, {{name: top, reps: goal+, load: load}}]
    after: [{{set: top, reps: goal + 2+, do: {{goal: +1}}}}, {{total: best+, do: {{load: +1}}}}]
  longer:
    sets: [{{name: hold, time: max, expect: 40 s}}]
    after: [{{seconds: longest+, do: {{longest: today.hold}}}}]
rotation:
  - {{name: A, do: [squat, row, plank]}}
"""


def _logged(session: int, day: int, *items: str) -> dict[str, str]:
    """What was decided of a session that is told in these words, by line."""
    told = [part for one in items for part in ("--item", one)]
    gradus("log", "out", str(session), "--done", *told, "--today", f"2027-01-{day:02d}")
    gradus("replan", "out", "--today", f"2027-01-{day + 1:02d}")
    found = json.loads(Path("out/programme.json").read_text(encoding="utf-8"))["decisions"]
    of = [one["words"] for one in found if f"session {session} " in one["words"]]
    return {words.partition(",")[0]: words.partition(": ")[2] for words in of}


def _load(session: int) -> float:
    return float(sessions()[session]["items"][0]["dose"]["sets"][0]["load"]["amount"]) / 1000


def test_what_values_come_to_is_read_as_it_is_written() -> None:
    (least,) = notation.compared("120% best+", whole=True)
    assert isinstance(least, notation.Between)
    assert (least.low.name, float(least.low.share), least.high) == ("best", 1.2, None)
    (span,) = notation.compared("0-80% squat.best", whole=True)
    assert isinstance(span, notation.Between)
    assert (span.low.number, span.high and span.high.line) == (0, "squat")
    assert notation.compared("3, 5+", whole=True) == notation.spans("3, 5+")
    for wrong in ("best-worst+", "best-", "120%+", "today.top+", "1.5", "unknown+"):
        with pytest.raises(ValueError):
            notation.compared(wrong, whole=True)


def test_nobody_does_better_than_the_best_without_telling() -> None:
    build(DENSITY)
    assert {_load(n) for n in range(8)} == {20}


@pytest.mark.parametrize(
    ("second", "said", "load"),
    [
        ("12x5", "on target: repetitions in all at least 120 % of best: load +2.5, best 0", 22.5),
        ("11x5", "on target: repetitions in all at least best + 1: best today's total", 20),
        ("10x5", "on target: no rule of the protocol changes it", 20),
        ("5x5", "on target: repetitions in all from 0 to 50 % of best: load -2.5", 17.5),
    ],
)
def test_a_total_is_compared_with_the_best_so_far(second: str, said: str, load: float) -> None:
    build(DENSITY)
    first = _logged(1, 4, "goblet squat: 10x5 @ 20 kg")
    assert first["squat"] == "on target: best 0: best today's total"
    assert _logged(2, 7, f"goblet squat: {second} @ 20 kg").get("squat", said) == said
    assert _load(2) == load


def test_a_record_with_less_load_than_was_asked_for_is_none() -> None:
    build(DENSITY)
    _logged(1, 4, "goblet squat: 10x5 @ 20 kg")
    _logged(2, 7, "goblet squat: 12x5 @ 15 kg")
    assert _load(2) == 20


def test_a_set_and_a_time_are_compared_with_values_and_nothing_with_an_unknown_one() -> None:
    build(DENSITY)
    found = _logged(1, 4, "row: 8/8/10 @ 10 kg", "plank: 45 s")
    assert found["row"] == "on target: repetitions in set top at least goal + 2: goal +1"
    assert found["plank"] == "on target: seconds in the last open set at least longest: longest today.hold"
    assert sessions()[1]["items"][1]["dose"]["sets"][2]["repetitions"] == 9
    found = _logged(2, 7, "row: 8/8/10 @ 10 kg", "plank: 44 s")
    assert found["row"] == found["plank"] == "on target: no rule of the protocol changes it"


def test_a_phase_compares_whole_sessions() -> None:
    own = DENSITY.replace(
        "rotation:", "phases: {a: {after: [{total: 120% squat.best+, do: {phase: next}}]}, b: {}}\nrotation:"
    )
    assert not faults(own)
    assert "of which line?" in faults(own.replace("squat.best", "best"))[0]


def test_a_step_in_either_unit_is_a_load_and_no_repetitions() -> None:
    own = DENSITY.replace("state: {load: 20, best: 0}", "state: {load: 20, best: 0, step: {kg: 2.5, lb: 5}}")
    assert not faults(own)
    found = faults(own.replace("total: 120% best+", "total: step+"))
    assert len(found) == 1
    assert "total: step is a load, and repetitions are a number" in found[0]


@pytest.mark.parametrize(
    ("written", "instead", "problem"),
    [
        ("total: 120% best+", "total: 120% bset+", "has no value 'bset' in 'state' or 'needs'; did you mean 'best'?"),
        ("total: 120% best+", "total: 120% sqat.best+", "there is no line 'sqat'; did you mean 'squat'?"),
        ("total: 120% best+", "total: load+", "load is a load, and repetitions are a number"),
        ("total: 120% best+", "total: plank.longest+", "longest is a time, and repetitions are a number"),
        ("total: 120% best+", "total: best + 5 kg+", "must be repetitions, without a unit"),
        ("total: 120% best+", "total: today.total+", "cannot be what is done today"),
        ("total: 120% best+", "total: more", "has no value 'more'"),
        ("seconds: longest+", "seconds: squat.best+", "best is a number, and seconds are a time; write its unit"),
        ("seconds: longest+", "seconds: longest + 5+", "must be seconds such as 60+"),
        (
            "longest: today.hold",
            "longest: today.total",
            "longest is a time, and today.total is a number of repetitions",
        ),
        ("reps: 5, load: load", "reps: 5, load: today.total", "today.total is known only after the session"),
        ("best: unknown", "best: [8, 8]", "best is a list, an entry for each set, and a total is one number"),
        ("best: 0, ", "total: 0, ", "is a word of the language; give the value another name"),
    ],
)
def test_what_cannot_be_compared_is_refused_at_its_line(written: str, instead: str, problem: str) -> None:
    own = DENSITY.replace("state: {load: 20, best: 0}", "state: {best: 0, load: 20}")
    assert written in own
    found = faults(own.replace(written, instead, 1))
    assert problem in found[0]


def test_a_total_of_what_has_no_repetitions_is_refused() -> None:
    rows = "{sets: [{time: 30 s}], after: [{do: {best: today.total}}]}"
    (found,) = faults(
        f"{HEAD}days_a_week: 1\nlines: {{plank: {{exercise: front_plank, scheme: p, state: {{best: 0}}}}}}\n"
        f"schemes: {{p: {rows}}}\nrotation:\n  - {{name: A, do: [plank]}}\n"
    )
    assert "today.total is a number of repetitions, and no set here has any" in found
