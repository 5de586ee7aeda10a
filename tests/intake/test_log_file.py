"""log.yaml: what is understood, and every fault with its line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.dose import Load, LoadUnit
from planner.domain.log import Attendance, Log, LogEntry, LoggedSet
from planner.domain.patient import MostDistal
from planner.errors import InvalidInput
from planner.intake import log_words
from planner.intake.log_file import check_form, read_log
from planner.intake.yamlfile import read_yaml
from tests.intake.logs import NOW, reading

Read = Callable[..., tuple[Log, list[str]]]
Faults = Callable[..., list[str]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def call(text: str, **more: Any) -> tuple[Log, list[str]]:
        path = tmp_path / "log.yaml"
        path.write_text(text, encoding="utf-8")
        return read_log(path, reading(**more))

    return call


@pytest.fixture
def faults(read: Read, tmp_path: Path) -> Faults:
    def call(text: str, **more: Any) -> list[str]:
        with pytest.raises(InvalidInput) as caught:
            read(text, **more)
        return str(caught.value).replace(f"{tmp_path}/", "").splitlines()

    return call


def one(item: str) -> str:
    return f"entries: [{{session: w01-s1, done: yes, items: [{item}]}}]"


# -------------------------------------------------------------------- what is understood
def test_a_session(read: Read) -> None:
    log, warnings = read(
        """
entries:
  - session: w01-s1
    done: partly
    pain_before: 2
    pain_during: 3
    site_before: {site: foot, side: left}
    site_after: calf left
    site_after_30_minutes: back
    flare: no
    by: the patient
    words: went well
    items:
      - {exercise: Kettlebell deadlift, sets: 3, reps: 8, load_kg: 12.5, rpe: 7, pain: 3}
      - {exercise: heel tap, reps: [6, 6, 5], rir: 2, peripheralised: yes}
"""
    )
    (entry,) = log.entries
    assert warnings == []
    assert (entry.slot, entry.done, entry.written, entry.by) == ("w01-s1", Attendance.PARTLY, NOW, "the patient")
    assert entry.response.pain_before == 2
    assert entry.response.site_after == MostDistal(site="calf", side="left")
    assert entry.response.site_after_30_minutes == MostDistal(site="back")
    lift, tap = entry.items
    assert lift.exercise == "kettlebell_deadlift_from_blocks"
    assert lift.sets == (LoggedSet(repetitions=8, load=Load(amount=12_500), effort=7),) * 3
    assert lift.pain_during == 3
    assert [(row.repetitions, row.effort) for row in tap.sets] == [(6, 8), (6, 8), (5, 8)]
    assert tap.peripheralised is True


def test_pounds_stay_pounds(read: Read) -> None:
    log, _ = read(one("{exercise: heel tap, sets: [{reps: 8, load_lb: 25}, {reps: 6, load_lb: 27.5}]}"))
    loads = [row.load for row in log.entries[0].items[0].sets]
    assert loads == [Load(amount=2500, unit=LoadUnit.CENTIPOUND), Load(amount=2750, unit=LoadUnit.CENTIPOUND)]


@pytest.mark.parametrize(
    ("item", "sets"),
    [
        ("reps: 8", [(8, None, None)]),
        ("sets: 2", [(None, None, None)] * 2),
        ("sets: 2, reps: 4, seconds: 8", [(4, 8, None)] * 2),
        ("metres: [20, 30]", [(None, None, 20), (None, None, 30)]),
        ("reps: [8, 6], load_kg: [10, 12]", [(8, None, None), (6, None, None)]),
    ],
)
def test_shorthand_for_sets(read: Read, item: str, sets: list[tuple[int | None, ...]]) -> None:
    log, _ = read(one(f"{{exercise: heel tap, {item}}}"))
    assert [(row.repetitions, row.seconds, row.metres) for row in log.entries[0].items[0].sets] == sets


@pytest.mark.parametrize("name", ["w01-s2", "W1-S2", "2", "2026-03-18", "18.3.2026"])
def test_a_session_by_slot_number_or_day(read: Read, name: str) -> None:
    log, _ = read(f"entries: [{{session: {name}, done: true}}]")
    assert log.entries[0].slot == "w01-s2"


def test_a_day_with_daily_work_alone_is_that(read: Read) -> None:
    assert read("entries: [{session: 2026-03-17, done: yes}]")[0].entries[0].slot == "w01-d2-1"


def test_a_check_in(read: Read) -> None:
    log, _ = read(
        """
entries:
  - check_in: 1
    passed: yes
    cleared: [bending forward, heel tap]
    by: A. Clinician
    answers: {1: no, confidence: 7}
    flags: {bladder: no, fever: unknown}
    motor: [L5 left 4 stable, {myotome: S1, side: right, grade: 5}]
    outcomes: {odi: 34, nprs: 3, start back: 5, psych: 2}
    written: 2026-03-23T09:00+01:00
""",
        today=dt.date(2026, 3, 23),
        now=NOW + dt.timedelta(days=5),
    )
    (entry,) = log.entries
    assert (entry.check_in, entry.passed) == ("check-in-1", True)
    assert entry.written == dt.datetime(2026, 3, 23, 8, tzinfo=dt.UTC)
    assert entry.cleared == ("flexion", "heel_tap__lying")
    assert entry.answers == {"1": "no", "confidence": "7"}
    assert entry.flags == {"cauda_equina": "no", "infection": "unknown"}
    assert [(m.myotome, m.side, m.grade, m.course) for m in entry.motor] == [
        ("L5", "left", 4, "stable"),
        ("S1", "right", 5, "unknown"),
    ]
    assert entry.outcomes.odi_percent == 34
    assert (entry.outcomes.start_back_total, entry.outcomes.start_back_psych) == (5, 2)


def test_the_same_words_get_the_same_id(read: Read) -> None:
    text = "entries: [{session: 1, done: yes}, {session: w01-s2, done: yes}]"
    first, _ = read(text)
    later, _ = read(text.replace("session: 1", "session: w01-s1"), now=NOW + dt.timedelta(days=1))
    assert [entry.id for entry in first.entries] == [entry.id for entry in later.entries]
    assert first.entries[0].id.startswith("w01-s1-")
    assert [entry.written for entry in first.entries] == [NOW, NOW + dt.timedelta(microseconds=1)]


def test_what_is_legal_but_odd_is_a_warning(read: Read) -> None:
    _, warnings = read(
        "entries:\n"
        "  - {session: 1, done: yes, items: [{exercise: dead bug}, {exercise: brace in lying}]}\n"
        "  - {session: 1, done: yes, items: [{exercise: dead bug}, {exercise: brace in lying}]}\n"
    )
    assert [warning.partition("log.yaml:")[2] for warning in warnings] == [
        "2: entries[0].items[0].exercise: dead_bug is not in w01-s1; taken as done besides",
        "3: entries[1]: says the same as an entry before it; kept once",
        "3: entries[1].items[0].exercise: dead_bug is not in w01-s1; taken as done besides",
    ]


def test_an_entry_that_is_in_the_log_may_be_corrected(read: Read) -> None:
    held = Log(programme=reading().programme.id, entries=(LogEntry(id="e0001", written=NOW, slot="w01-s1"),))
    log, _ = read("entries: [{corrects: e0001, words: wrong patient}]", log=held)
    assert log.entries[0].corrects == "e0001"


# -------------------------------------------------------------------- faults
def test_all_faults_at_once(faults: Faults) -> None:
    text = """programme: abc
entries:
  - session: w09-s1
    done: dne
    paine_before: 3
  - session: 2026-03-18
    done: partly
    pain_before: 11
    site_after: nune
    items:
      - {exercise: walkin}
      - {exercise: heel tap, reps: 600, rir: [1, 12]}
      - {exercise: heel tap}
  - check_in: 9
    flags: {blader: no}
    outcomes: {odi: 340}
    corrects: e0001
  - session: 3
    done: done
  - session: w01-s1
    written: 2099-01-01T12:00
    pain_next_morning: 1
"""
    assert faults(text) == [
        "log.yaml:1: programme: is another programme: this one is 0d3bb9a0-93a5-5d0c-8a55-9c1b7f3c2f11 (P-0042) "
        "(got 'abc')",
        "log.yaml:3: entries[0].session: is no session of this programme; the nearest is w03-s1 (got 'w09-s1')",
        "log.yaml:4: entries[0].done: must be done, partly or missed; did you mean 'done'? (got 'dne')",
        "log.yaml:5: entries[0].paine_before: is not a known key; did you mean 'pain_before'?",
        "log.yaml:8: entries[1].pain_before: must be a whole number between 0 and 10 (got 11)",
        "log.yaml:9: entries[1].site_after: must be a site, with its side, such as calf left; sites are none, back, "
        "buttock, thigh, calf, foot; did you mean 'none'? (got 'nune')",
        "log.yaml:11: entries[1].items[0].exercise: no such exercise; did you mean 'walking'? (got 'walkin')",
        "log.yaml:12: entries[1].items[1].reps: must be a whole number between 0 and 500 (got 600)",
        "log.yaml:12: entries[1].items[1].rir[1]: must be a number between 0 and 10 (got 12)",
        "log.yaml:13: entries[1].items[2].exercise: heel_tap__lying is named twice in this entry; put its sets "
        "together",
        "log.yaml:14: entries[2].check_in: is no check-in of this programme; did you mean 'check-in-2'? (got 9)",
        "log.yaml:15: entries[2].flags.blader: is not a safety question; they are cauda_equina, "
        "severe_deficit_both_legs, progressive_weakness, new_bilateral_leg_symptoms, cord_signs, vascular, infection, "
        "chest_pain_or_unstable_heart, fracture, malignancy, inflammatory, medical_stop, cancer_long_ago, "
        "steroids_or_low_immunity",
        "log.yaml:16: entries[2].outcomes.odi_percent: must be a number between 0 and 100 (got 340)",
        "log.yaml:17: entries[2].corrects: there is no entry of that id (got 'e0001')",
        "log.yaml:18: entries[3].session: w01-s3 has not come yet: it is on Sun 22 Mar 2026, and today is "
        "Thu 19 Mar 2026",
        "log.yaml:21: entries[4].written: is later than now, 2026-03-19T08:00 UTC (got '2099-01-01T12:00')",
    ]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{session: 1}", "entries[0]: says nothing: add done, pain, items, outcomes or words"),
        ("{done: yes}", "entries[0].done: needs its session: add session with a slot, a number or a date (got 'yes')"),
        ("{site_after: back}", "entries[0].site_after: needs its session: add session with a slot, a number or a date"),
        ("{passed: yes}", "entries[0].passed: needs its check-in: add check_in with its number"),
        (
            "{session: 1, items: [{exercise: heel tap}]}",
            "entries[0].items: need done beside them: done or partly (partly: only what is named was done)",
        ),
        (
            "{session: 1, done: missed, items: [{exercise: heel tap}]}",
            "entries[0].items: a session that was missed has none",
        ),
        (
            "{session: 99, done: yes}",
            "entries[0].session: there is no such session: training sessions are numbered 1 to 9 (got 99)",
        ),
        (
            "{session: 3/4/2026, done: yes}",
            "entries[0].session: could be day or month first: write dates like 2026-03-02 (got '3/4/2026')",
        ),
        ("{session: 13/14/2026, done: yes}", "entries[0].session: is not a day of the calendar (got '13/14/2026')"),
        ("{session: 2026-02-30, done: yes}", "entries[0].session: is not a day of the calendar (got '2026-02-30')"),
        (
            "{session: 2026-07-01, done: yes}",
            "entries[0].session: no session is on Wed 1 Jul 2026; the nearest are on Sat 4 Apr 2026 and Sun 5 Apr 2026 "
            "(got '2026-07-01')",
        ),
        (
            "{motor: [L9 left 4]}",
            "entries[0].motor[0]: 'L9' is not understood; write it like L5 left 4 (got 'L9 left 4')",
        ),
        (
            "{cleared: [flexon], by: A. Clinician}",
            "entries[0].cleared[0]: is neither a direction, an exercise, a safety question nor programme; "
            "did you mean 'flexion'?",
        ),
        (
            "{cleared: [programme]}",
            "entries[0].cleared: who allows it has to be said: add by with a name",
        ),
        (
            "{flags: {bladder: no, numbness: unknown}}",
            "entries[0].flags.numbness: cauda_equina is answered twice, no and unknown: say which it is",
        ),
        ("{flags: {weakness: no}}", "fits several safety questions: severe_deficit_both_legs, progressive_weakness"),
        ("{outcomes: {start_back: 2, psych: 3}}", "entries[0].outcomes.start_back_psych: 3 is more than the total, 2"),
    ],
)
def test_what_does_not_hang_together(faults: Faults, entry: str, said: str) -> None:
    (fault,) = faults(f"entries: [{entry}]")
    assert fault.startswith("log.yaml:1: entries[0]")
    assert said in fault


def test_answers_of_one_safety_question_that_agree_are_one(read: Read) -> None:
    """Several words name the same question; unknown and yes both stop, and yes says what to do."""
    log, _ = read(
        "entries: [{flags: {bladder: yes, saddle: yes}}, {words: so, flags: {saddle: yes, bladder: unknown}}]"
    )
    assert [entry.flags for entry in log.entries] == [{"cauda_equina": "yes"}] * 2


def test_a_red_flag_is_told_where_the_file_is_refused_too(faults: Faults) -> None:
    found = faults("entries: [{flags: {bladder: yes, saddle: no}}, {session: 99, done: yes}]")
    assert found[0] == (
        "log.yaml:1: entries[0].flags.bladder: nothing was written, and it cannot wait. Emergency department now: "
        "possible cauda equina syndrome."
    )
    assert "answered twice, yes and no" in found[1]
    assert len(found) == 3


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("rpe: 7, rir: 3", "rir: give rpe or rir, not both"),
        ("load_kg: 7, load_lb: 3", "load_lb: give load_kg or load_lb, not both"),
        ("reps: [8, 8], rpe: [7, 7, 8]", "rpe: has 3 values for 2 sets"),
        ("sets: 3, reps: [8, 8]", "reps: has 2 values for 3 sets"),
        ("sets: [{reps: 8}], rpe: 7", "rpe: is said beside the list of sets; say it there"),
        ("done: no, reps: 8", "done: no, but it says what was done"),
        ("sets: [{reps: x}]", "sets[0].reps: must be a whole number between 0 and 500 (got 'x')"),
        ("sets: 120", "sets: must be a whole number between 1 and 100 (got 120)"),
        ("load_kg: 12 lb", "load_kg: must be a number in kg between 0 and 1000: write 5.4 (got '12 lb')"),
        ("pain: 11", "pain: must be a whole number between 0 and 10 (got 11)"),
        ("weight: 12", "weight: is not a known key; known keys here: load_kg"),
    ],
)
def test_faults_of_an_item(faults: Faults, item: str, said: str) -> None:
    (fault,) = faults(one(f"{{exercise: heel tap, {item}}}"))
    assert "log.yaml:1: entries[0].items[0]" in fault
    assert said in fault


def test_the_morning_after_has_to_come(faults: Faults) -> None:
    text = "entries: [{session: w01-s2, pain_next_morning: 2}]"
    assert faults(text, today=dt.date(2026, 3, 18)) == [
        "log.yaml:1: entries[0].pain_next_morning: the morning after w01-s2 has not come yet"
    ]


def test_corrections_do_not_go_round(faults: Faults) -> None:
    text = "entries: [{id: a, corrects: b, words: x}, {id: b, corrects: a, words: y}]"
    assert faults(text) == ["log.yaml:1: entries: the corrections of 'a' go round in a circle"]


def test_an_id_is_used_once(faults: Faults) -> None:
    text = "entries:\n - {id: a, words: x}\n - {id: a, words: y}"
    assert faults(text) == ["log.yaml:3: entries[1].id: the id 'a' is used twice"]


def test_items_need_done_only_until_it_is_known(read: Read) -> None:
    later = "{session: 1, items: [{exercise: heel tap, peripheralised: yes}]}"
    assert len(read(f"entries: [{{session: 1, done: partly}}, {later}]")[0].entries) == 2
    held = Log(
        programme=reading().programme.id,
        entries=(LogEntry(id="e0001", written=NOW, slot="w01-s1", done="done"),),
    )
    assert len(read(f"entries: [{later}]", log=held)[0].entries) == 1


@pytest.mark.parametrize(
    "text", ["", "entries:", "entries: []", "[]", "entries: [3]", "entries: {a: 1}", "entries: [{"]
)
def test_no_log_at_all(faults: Faults, text: str) -> None:
    assert all(fault.startswith("log.yaml") for fault in faults(text))


def test_the_form_alone(tmp_path: Path) -> None:
    path = tmp_path / "log.yaml"
    path.write_text("entries: [{session: w99-s9, done: yes, items: [{exercise: anything}]}]")
    assert len(check_form(read_yaml(path)).entries) == 1
    path.write_text("entries: [{session: w99-s9, done: yes, pain_after: 12}]")
    with pytest.raises(InvalidInput, match="pain_after: must be a whole number between 0 and 10"):
        check_form(read_yaml(path))


def test_the_log_in_the_readme_is_sound(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(# log\.yaml\n.*?)```", text, re.DOTALL)
    assert block is not None
    (tmp_path / "log.yaml").write_text(block[1], encoding="utf-8")
    assert len(check_form(read_yaml(tmp_path / "log.yaml")).entries) == 2


# -------------------------------------------------------------------- words
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("goblet squat: 3x8 @ 12 kg rpe 7 pain 3", {"sets": 3, "reps": 8, "load_kg": 12, "rpe": 7, "pain": 3}),
        ("Goblet squat 3 x 8 at 12,5kg, 2 in reserve", {"sets": 3, "reps": 8, "load_kg": 12.5, "rir": 2}),
        ("goblet squat: 8/8/6 25 lb each", {"reps": [8, 8, 6], "load_lb": 25}),
        ("goblet squat 20 min", {"seconds": 1200}),
        ("goblet squat: 2x4 holds of 8 s each side", {"sets": 2, "reps": 4, "seconds": 8}),
        ("goblet squat: 3x20 m, further down the leg", {"sets": 3, "metres": 20, "peripheralised": True}),
        ("goblet squat: 2 sets of 8 with a very light band", {"sets": 2, "reps": 8, "band": "very_light"}),
        ("goblet squat: not done", {"done": False}),
        ("goblet squat", {}),
        ("goblet squat: 5/5/8 @ 60/70/80 kg", {"reps": [5, 5, 8], "load_kg": [60, 70, 80]}),
        ("goblet squat: 5,5,8 @ 60,70,80 kg", {"reps": [5, 5, 8], "load_kg": [60, 70, 80]}),
        (
            "goblet squat: 5 @ 60, 5 @ 62,5, 8 @ 80 kg rpe 9, pain 2",
            {
                "sets": [
                    {"reps": 5, "load_kg": 60},
                    {"reps": 5, "load_kg": 62.5},
                    {"reps": 8, "load_kg": 80, "rpe": 9},
                ],
                "pain": 2,
            },
        ),
        ("goblet squat: 1 mile in 9:30", {"metres": 1609, "seconds": 570}),
        ("goblet squat 3.5 miles in 1:02:05", {"metres": 5633, "seconds": 3725}),
        ("goblet squat in 9:30", {"seconds": 570}),
        ("goblet squat: 2 x 1 mi", {"sets": 2, "metres": 1609}),
        (
            "goblet squat: 60 kg x 5, then 2x8 @ 135 lb",
            {"sets": [{"load_kg": 60, "reps": 5}, {"reps": 8, "load_lb": 135}, {"reps": 8, "load_lb": 135}]},
        ),
    ],
)
def test_an_item_in_words(text: str, said: dict[str, Any]) -> None:
    found = log_words.item(text)
    assert found.pop("exercise").lower() == "goblet squat"
    assert found == said


def test_a_load_without_a_unit_is_in_that_of_the_programme() -> None:
    assert log_words.item("deadlift: 4 @ 150", "lb") == {"exercise": "deadlift", "reps": 4, "load_lb": 150}
    assert log_words.item("deadlift: 4 @ 150, 3 @ 160 kg", "lb")["sets"][0] == {"reps": 4, "load_kg": 150}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (": 3x8", "names no exercise: write it like goblet squat: 3x8 @ 12 kg rpe 7 pain 3"),
        (
            "squat: 3x8 @ 12",
            "'12' is not understood; say what it counts: reps, s, min, m, kg or lb; write it like "
            "goblet squat: 3x8 @ 12 kg rpe 7 pain 3",
        ),
        (
            "squat: 3x8 quickly",
            "'quickly' is not understood; write it like goblet squat: 3x8 @ 12 kg rpe 7 pain 3",
        ),
        ("squat: 5,5 @ 60,70 kg", "'@ 60,70 kg' could be one load or two: write 60.70 kg or 60/70 kg"),
        (
            "squat: 5 @ 60 kg, 70 kg",
            "load kg 70: says no repetitions; write each set whole, such as 5 @ 60 kg, 8 @ 80 kg",
        ),
        ("squat: 5/5/8 @ 60/70 kg", "load_kg has 2 values for 3 sets"),
        ("squat: 2x5 @ 60/70/80 kg, 8 @ 80 kg", "load_kg has 3 values for 2 sets"),
        (
            "squat: 8 reps 9 reps",
            "says reps twice, the second time in '9 reps': write sets like 3x5 @ 62.5 kg (a load has a point and a "
            "unit), holds like 2x3 holds of 8 s",
        ),
    ],
)
def test_an_item_that_is_not_understood(text: str, said: str) -> None:
    with pytest.raises(ValueError) as caught:
        log_words.item(text)
    assert str(caught.value) == said


@given(st.text(max_size=60))
def test_words_never_break_anything(text: str) -> None:
    for read in (log_words.item, log_words.site, log_words.motor, log_words.flag, log_words.date, log_words.counts):
        try:
            read(text)
        except ValueError as error:
            assert str(error).isprintable()


@pytest.mark.parametrize(
    ("text", "site", "side"),
    [
        ("calf left", "calf", "left"),
        ("R foot", "foot", "right"),
        ("lower back", "back", "none"),
        ("buttock and calf, left and right", "calf", "both"),
        ("none", "none", "none"),
    ],
)
def test_sites_in_words(text: str, site: str, side: str) -> None:
    found = log_words.site(text)
    assert (found.site, found.side) == (site, side)
