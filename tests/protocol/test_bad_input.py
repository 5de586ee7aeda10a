"""What is wrong with a protocol file is said at once, with line, path and what was probably meant."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.loader import load_catalogue
from planner.errors import InvalidInput
from planner.intake.protocol_file import protocol_of
from planner.intake.yamlfile import Document, parse_yaml
from tests.protocol.own_file import faults

SOUND = """\
protocol: mine
title: Mine
source: My own programme for this test
mark: D
weeks: 4
days_a_week: 3
lines:
  squat: {exercise: barbell_back_squat, scheme: fives, needs: [load], state: {step: 2.5}}
schemes:
  fives:
    sets: [{name: top, sets: 3, reps: 5, load: load}]
    after: [{met: yes, do: {load: +step}}]
rotation:
  - {name: A, do: [squat]}
"""
ROWS = "    sets: [{name: top, sets: 3, reps: 5, load: load}]\n"
AFTER = "    after: [{met: yes, do: {load: +step}}]\n"


def test_it_is_sound() -> None:
    assert faults(SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "barbell_back_squat",
            "barbell_back_sqat",
            "p.yaml:8: lines.squat.exercise: there is no exercise in the catalogue or under 'exercises' "
            "'barbell_back_sqat'; did you mean 'barbell_back_squat'?",
        ),
        (
            "scheme: fives",
            "scheme: fivs",
            "p.yaml:8: lines.squat.scheme: there is no scheme 'fivs'; did you mean 'fives'?",
        ),
        (
            "load: load}",
            "load: 85% laod}",
            "p.yaml:11: schemes.fives.sets[0].load: the line 'squat' has no value 'laod' in 'state' or 'needs'; "
            "did you mean 'load'?",
        ),
        (
            "load: load}",
            "load: 85% today.tpo}",
            "p.yaml:11: schemes.fives.sets[0].load: no set of the session is named 'tpo'; did you mean 'top'?",
        ),
        (
            "load: load}",
            "load: heavy!}",
            "p.yaml:11: schemes.fives.sets[0].load: must be an amount such as 60, 60 kg, 85% tm or 85% today.top, "
            "or the name of a value (got 'heavy!')",
        ),
        (
            "reps: 5",
            "reps: 5x",
            "p.yaml:11: schemes.fives.sets[0].reps: must be repetitions such as 5, 8-12, 5+ or max, or the name of a "
            "value (got '5x')",
        ),
        (
            "reps: 5",
            "reps: 30-15-15-15",
            "p.yaml:11: schemes.fives.sets[0].reps: a number for each set is a list: write [30, 15, 15, 15] "
            "(got '30-15-15-15')",
        ),
        (
            "reps: 5",
            "reps: AMRAP",
            "p.yaml:11: schemes.fives.sets[0].reps: as many as possible are written max, or 5+ for at least five "
            "(got 'AMRAP')",
        ),
        (
            "load: load",
            "load: 70% 1rm + 5",
            "p.yaml:11: schemes.fives.sets[0].load: has 1rm, which is written one_rm, as its line 'needs' it "
            "(got '70% 1rm + 5')",
        ),
        (
            "load: load",
            "load: -10 kg",
            "p.yaml:11: schemes.fives.sets[0].load: cannot be negative; what takes weight off, such as a band, goes "
            "into 'note' (got '-10 kg')",
        ),
        (
            "reps: 5",
            "reps: 12-8",
            "p.yaml:11: schemes.fives.sets[0].reps: must be between 1 and 500, the smaller number first (got '12-8')",
        ),
        (
            "reps: 5",
            "reps: 5, time: 20 s",
            "p.yaml:11: schemes.fives.sets[0]: a set needs exactly one of reps, time and distance",
        ),
        (
            "reps: 5",
            "reps: 5, rest: soon!",
            "p.yaml:11: schemes.fives.sets[0].rest: must be a time such as 90 s, 2 min or 2-3 min, none, or the "
            "name of a value (got 'soon!')",
        ),
        (
            "reps: 5",
            "reps: 5, weeks: 7",
            "p.yaml:11: schemes.fives.sets[0].weeks: week 7 never comes: it has weeks 1 to 4",
        ),
        ("met: yes", "mett: yes", "p.yaml:12: schemes.fives.after[0].mett: is not a known key; did you mean 'met'?"),
        (
            "met: yes",
            "failures: 0",
            "p.yaml:12: schemes.fives.after[0].failures: must be a whole number between 1 and 100 (got 0)",
        ),
        (
            "load: +step",
            "load: minus",
            "p.yaml:12: schemes.fives.after[0].do.load: the line 'squat' has no value 'minus' in 'state' or 'needs'; "
            "it has load, step",
        ),
        (
            "load: +step",
            "load: 2.5 kilos",
            "p.yaml:12: schemes.fives.after[0].do.load: has the unit kilos; units are kg, lb, s, min, h, m, km, miles "
            "and yards (got '2.5 kilos')",
        ),
        (
            "load: +step",
            "load: ++2.5",
            "p.yaml:12: schemes.fives.after[0].do.load: must be an amount to set, such as 85% tm, or a change such as "
            "+2.5, -10%, +step, +step per rep over or +1 one; several are a list (got '++2.5')",
        ),
        ("load: +step", "stage: next", "p.yaml:12: schemes.fives.after[0].do.stage: this scheme has no stages"),
        (
            "load: +step",
            "exercise: next",
            "p.yaml:12: schemes.fives.after[0].do.exercise: the line 'squat' has only one exercise; write a list there",
        ),
        ("[squat]", "[sqat]", "p.yaml:14: rotation[0].do[0].line: there is no line 'sqat'; did you mean 'squat'?"),
        ("weeks: 4\n", "", "p.yaml:1: needs either weeks or sessions: how long it lasts, or usually lasts"),
        (
            "days_a_week: 3",
            "days_a_week: {1: 1, 3: 3, 7+: 2}",
            "p.yaml:6: days_a_week: says nothing of weeks 2, 4-6; name every week up to the last that is named",
        ),
        ("days_a_week: 3", "days_a_week: 9", "p.yaml:6: days_a_week: must be between 1 and 7 (got 9)"),
        (
            ", scheme: fives",
            "",
            "p.yaml:14: rotation[0].do[0]: has no scheme: give it one here, or to the line 'squat', or write sets",
        ),
        (
            "rotation:\n",
            "exercises:\n  push_up: {name: My push-up, track: push}\nrotation:\n",
            "p.yaml:14: exercises.push_up: is in the catalogue already; give it another id, or use the catalogue's",
        ),
        (
            "rotation:\n",
            "exercises:\n  my_raise: {name: My raise, track: calv}\nrotation:\n",
            "p.yaml:14: exercises.my_raise.track: is not known here; did you mean 'calf'? (got 'calv')",
        ),
    ],
)
def test_the_fault_is_named(old: str, new: str, said: str) -> None:
    assert old in SOUND
    assert said in faults(SOUND.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weeks: 4\n", "weeks: 4\nweeks: 8\n", "p.yaml:6: weeks: is given twice, first on line 5; keep one"),
        (
            "    after:",
            "    sets: [{reps: 3}]\n    after:",
            "p.yaml:12: schemes.fives.sets: is given twice, first on line 11; keep one",
        ),
    ],
)
def test_a_key_twice_is_a_fault_of_its_own(old: str, new: str, said: str) -> None:
    assert faults(SOUND.replace(old, new, 1)) == [said]


def test_all_faults_come_at_once() -> None:
    broken = SOUND.replace("barbell_back_squat", "bck_squat").replace("+step", "+stp").replace("[squat]", "[squat, x]")
    assert [fault.split(":")[1] for fault in faults(broken)] == ["8", "12", "14"]


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ("{do: {stage: heavy}}", "there is no stage 'heavy'; did you mean 'heavier'?"),
        ("{do: {stage: next}}", "no stage follows 'heavier'; write end, or the name of a stage"),
    ],
)
def test_stages_lead_somewhere(stages: str, said: str) -> None:
    text = SOUND.replace(ROWS, "").replace(
        AFTER,
        "    stages:\n"
        "      light: {sets: [{reps: 10, load: load}], after: [{do: {stage: next}}]}\n"
        f"      heavier: {{sets: [{{reps: 5, load: load}}], after: [{stages}]}}\n",
    )
    (fault,) = faults(text)
    assert fault == f"p.yaml:13: schemes.fives.stages.heavier.after[0].do.stage: {said}"


@pytest.mark.parametrize(
    ("written", "likely"),
    [
        ("back_squat", "barbell_back_squat"),
        ("bench_press", "barbell_bench_press"),
        ("deadlift", "conventional_deadlift"),
        ("overhead_press", "barbell_overhead_press"),
        ("goblet_squats", "goblet_squat"),
        ("barbell_back_sqat", "barbell_back_squat"),
    ],
)
def test_the_likely_exercise_is_named(written: str, likely: str) -> None:
    (fault,) = faults(SOUND.replace("barbell_back_squat", written))
    assert fault.endswith(f"; did you mean {likely!r}?")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("tempo: 4020", "tempo: must be seconds with hyphens: write 4-0-2-0 (got 4020)"),
        (
            "tempo: 31X1",
            "tempo: must be seconds with hyphens: write 3-1-1-1 (x, as fast as it goes, is a second) (got '31X1')",
        ),
        ("tempo: slow", "tempo: must be seconds down, held, up and held again, such as 3-1-1 or 4-0-2-0 (got 'slow')"),
        (
            "expect: [5, 6]",
            "expect: must be repetitions such as 8, a time such as 45 s, or a distance; a list goes under 'state': "
            "give it a name there, and write that name here",
        ),
        ("weeks: [1, 3]", "weeks: must be whole numbers such as 3, 1-4, '1-3, 6' or 10+; several are one text: '1, 3'"),
    ],
)
def test_how_it_is_written_is_said(key: str, said: str) -> None:
    assert faults(SOUND.replace("reps: 5,", f"reps: 5, {key},")) == [f"p.yaml:11: schemes.fives.sets[0].{said}"]


def test_a_plus_sign_makes_a_change() -> None:
    """Without it a number is set; YAML alone would take +1 for 1."""
    text = SOUND.replace("+step", "+2.5")
    protocol = protocol_of(parse_yaml(text, "p.yaml"), load_catalogue())
    assert protocol.schemes["fives"].after[0].do == {"load": "+2.5"}


def test_faults_of_every_kind_come_at_once() -> None:
    text = """\
protocol: own
title: Own
mark: D
weeks: 4
days_a_week: {1-2: 9, x: 3}
lines:
  squat: {exercise: bck_squat, scheme: p, state: {load: 8o kilos}}
  press: {exercise: barbell_overhead_press, scheme: q, state: {load: 40}}
  row: {scheme: p}
schemes:
  p:
    sets:
      - {sets: 3, reps: 5, load: lod, rir: 1, rpe: 9}
      - {name: top, reps: 5, time: 3 min, rir: 1, rpe: 9}
      - {reps: 5, load: 90% today.tpo}
    after:
      - {met: yes, do: {load: +2.5 kilos, stage: 3}}
      - {met: maybe, do: {load: +2.5}}
      - {set: tpo, reps: 3+, do: {laod: +1}}
  q: {sets: [{reps: 5, load: load}], rest: soon}
rotation:
  - {name: A, do: [squat, {line: press, weks: 1}, {scheme: p}, {line: prss}]}
"""
    found = [fault.partition(": ")[0].removeprefix("p.yaml:") for fault in faults(text)]
    assert found == [
        "1",
        "5",
        "5",
        "7",
        "7",
        "9",
        "13",
        "14",
        "14",
        "15",
        "17",
        "17",
        "18",
        "19",
        "19",
        "20",
        "22",
        "22",
        "22",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("protocol: mine", "protocol: My own"),
        ("title: Mine", "titel: Mine"),
        ("weeks: 4", "weeks: four"),
        ("weeks: 4", "weeks: 4\nsessions: 12"),
        ("weeks: 4", "weeks: 4\ndeload_weeks: never"),
        ("days_a_week: 3", "days_a_week: three"),
        ("scheme: fives", "scheme: fives, state_: {}"),
        ("step: 2.5", "step: sixty kilos"),
        ("reps: 5", "reps: five to six"),
        ("met: yes", "met: perhaps"),
        ("load: +step", "load: +step stairs"),
        ("name: A", "name: 5"),
        ("rotation:\n", "exercises:\n  my_raise: {name: My raise, track: calv}\nrotation:\n"),
    ],
)
def test_one_fault_leads_to_no_others(old: str, new: str) -> None:
    assert old in SOUND
    found = faults(SOUND.replace(old, new, 1))
    assert len(found) == (2 if "titel" in new else 1)


@given(st.data())
def test_no_damage_breaks_the_check(data: st.DataObject) -> None:
    """Whatever stands in one or two places of a file, its faults are told."""
    tree = parse_yaml(SOUND, "p.yaml").data
    for _ in range(data.draw(st.integers(1, 2))):
        holder: Any = tree
        while True:
            key = data.draw(st.sampled_from(list(holder) if isinstance(holder, dict) else range(len(holder))))
            if not isinstance(holder[key], dict | list) or not holder[key] or data.draw(st.booleans()):
                break
            holder = holder[key]
        holder[key] = data.draw(st.sampled_from([None, 3, -1, "word", "two words", [], {}, ["x"], {"x": 1}, True]))
    with contextlib.suppress(InvalidInput):
        protocol_of(Document("p.yaml", tree, parse_yaml(SOUND, "p.yaml").lines), load_catalogue())


def test_a_comma_that_ends_a_text_is_explained() -> None:
    declared = "exercises:\n  jumps: {name: Vertical, lateral and box jumps, track: squat}\nlines:"
    found = faults(SOUND.replace("lines:", declared, 1))
    assert any("put them in quotes: inside { } a comma ends a text" in one for one in found), found


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "pain: 0-12",
            "p.yaml:12: schemes.fives.after[0].pain: must be between 0 and 10, as pain is told (got '0-12')",
        ),
        ("time: 60+", "p.yaml:12: schemes.fives.after[0].time: is not a known key; write seconds"),
        ("distance: 60+", "p.yaml:12: schemes.fives.after[0].distance: is not a known key; write metres"),
    ],
)
def test_what_a_rule_looks_at_is_named(rule: str, said: str) -> None:
    assert faults(SOUND.replace("met: yes", rule)) == [said]


def test_a_dash_from_a_page_is_a_hyphen() -> None:
    assert not faults(SOUND.replace("reps: 5", "reps: 5\u20138, rpe: 7\u20138").replace("met: yes", "reps: 5\u20137"))
