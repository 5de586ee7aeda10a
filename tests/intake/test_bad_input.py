"""The bad-input table: every way a patient file goes wrong, with the line and the words shown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from planner.domain.exercise import Exercise
from planner.domain.red_flags import FLAG_IDS
from planner.errors import InvalidInput
from planner.intake.patient_file import read_patient

TODAY = dt.date(2026, 2, 27)
Write = Callable[[str | bytes], Path]
Catalogue = Mapping[str, Exercise]

#: name: (line that is replaced, its replacement, the line at fault, what is said)
#: The line at fault is found by its text in the changed file.
ONE_LINE: dict[str, tuple[str, str, str, str]] = {
    "unknown_key": (
        "  irritability: moderate",
        "  irritability: moderate\n  iritability: low",
        "  iritability",
        "findings.iritability: is not a known key; did you mean 'irritability'?",
    ),
    "unknown_key_far_from_any": ("age: 42", "age: 42\nxyzzy: 1", "xyzzy", "xyzzy: is not a known key; known keys here"),
    "unknown_key_in_place": (
        "      dumbbells: [4, 6, 8]",
        "      dumbels: [4, 6, 8]",
        "dumbels",
        "places[0].equipment.dumbels: is not a known key; did you mean 'dumbbells'?",
    ),
    "missing_key": ("age: 42\n", "", "patient: ", "age: is missing (years)"),
    "missing_nested_key": ("  weeks: 12", "", "episode:", "episode.weeks: is missing"),
    "empty_value": ("age: 42", "age:", "age:", "age: must be a whole number of years between 0 and 120 (got nothing)"),
    "name_instead_of_pseudonym": (
        "patient: sound-1",
        "patient: Jane Example",
        "patient:",
        "must be a pseudonym of at most 40 letters, digits, dots and hyphens (got 'Jane Example')",
    ),
    "number_as_pseudonym": (
        "patient: sound-1",
        "patient: 4711",
        "patient:",
        "must be text; put it in quotes (got 4711)",
    ),
    "word_as_age": (
        "age: 42",
        "age: forty",
        "age:",
        "age: must be a whole number of years between 0 and 120 (got 'forty')",
    ),
    "quoted_age": ("age: 42", "age: '42'", "age:", "must be a whole number of years"),
    "fractional_age": ("age: 42", "age: 42.5", "age:", "must be a whole number of years between 0 and 120 (got 42.5)"),
    "boolean_age": ("age: 42", "age: true", "age:", "must be a whole number of years between 0 and 120 (got true)"),
    "negative_age": ("age: 42", "age: -1", "age:", "between 0 and 120 (got -1)"),
    "huge_age": (
        "age: 42",
        "age: 999999999999999999999999",
        "age:",
        "must be a whole number of years between 0 and 120",
    ),
    "endless_age": ("age: 42", "age: " + "9" * 5000, "age:", "age: must be a finite number (got 9999"),
    "date_as_age": ("age: 42", "age: 1984-02-01", "age:", "must be a whole number of years"),
    "unit_in_body_mass": (
        "body_mass_kg: 78",
        "body_mass_kg: 78 kg",
        "body_mass_kg",
        "body_mass_kg: must be a number in kg between 25 and 350: write 78 (got '78 kg')",
    ),
    "pounds_in_body_mass": (
        "body_mass_kg: 78",
        "body_mass_kg: 172 lb",
        "body_mass_kg",
        "must be a number in kg between 25 and 350: write 78.0 (got '172 lb')",
    ),
    "decimal_comma": ("body_mass_kg: 78", "body_mass_kg: 78,5", "body_mass_kg", "must be a number in kg"),
    "not_a_number": ("body_mass_kg: 78", "body_mass_kg: .nan", "body_mass_kg", "must be a finite number (got .nan)"),
    "infinite_number": ("body_mass_kg: 78", "body_mass_kg: .inf", "body_mass_kg", "must be a finite number (got .inf)"),
    "overflowing_number": ("body_mass_kg: 78", "body_mass_kg: 1e999", "body_mass_kg", "must be a finite number"),
    "impossible_date": (
        "  start: 2026-03-02",
        "  start: 2026-02-30",
        "  start",
        "episode.start: is not a day of the calendar (got '2026-02-30')",
    ),
    "date_the_other_way_round": (
        "  start: 2026-03-02",
        "  start: 02.03.2026",
        "  start",
        "must be a date such as 2026-03-02",
    ),
    "number_as_date": ("  start: 2026-03-02", "  start: 20260302", "  start", "must be a date such as 2026-03-02"),
    "too_many_weeks": (
        "  weeks: 12",
        "  weeks: 90",
        "  weeks",
        "episode.weeks: must be a whole number of weeks between 1 and 52 (got 90)",
    ),
    "unknown_time_zone": (
        "  timezone: Australia/Sydney",
        "  timezone: Australia/Sidney",
        "  timezone",
        "is not a time zone of the tz database, such as Australia/Sydney (got 'Australia/Sidney')",
    ),
    "time_zone_out_of_the_database": (
        "  timezone: Australia/Sydney",
        "  timezone: ../../etc/passwd",
        "  timezone",
        "is not a",
    ),
    "unanswered_flag": (
        "    cord_signs: no",
        "    cord_signs:",
        "    cord_signs",
        "screening.flags.cord_signs: is not answered: write yes, no or unknown",
    ),
    "absent_flag": ("    cord_signs: no", "", "  flags:", "screening.flags.cord_signs: is not answered: add it"),
    "unknown_flag": (
        "    cord_signs: no",
        "    cord_signs: no\n    cord_sign: no",
        "    cord_sign:",
        "screening.flags.cord_sign: is not a red flag; did you mean 'cord_signs'?",
    ),
    "maybe_flag": (
        "    cord_signs: no",
        "    cord_signs: maybe",
        "    cord_signs",
        "must be one of no, yes, unknown (got 'maybe')",
    ),
    "clearance_of_unknown_flag": (
        "    - {flag: fracture, by: Dr Example, on: 2026-02-20, finding: no fracture on film}",
        "    - {flag: fractur, by: Dr Example, on: 2026-02-20, finding: none seen}",
        "{flag: fractur,",
        "screening.clearances[0].flag: is not a red flag; did you mean 'fracture'? (got 'fractur')",
    ),
    "clearance_after_start": (
        "    - {flag: fracture, by: Dr Example, on: 2026-02-20, finding: no fracture on film}",
        "    - {flag: fracture, by: Dr Example, on: 2026-03-20, finding: none seen}",
        "{flag: fracture,",
        "screening.clearances[0].on: is after the start of the programme, 2026-03-02",
    ),
    "screening_after_start": ("  on: 2026-02-27", "  on: 2026-03-20", "  on:", "screening.on: is after the start"),
    "misspelt_presentation": (
        "  presentation: mechanical_disc",
        "  presentation: mechanical disk",
        "  presentation",
        "did you mean 'mechanical_disc'? (got 'mechanical disk')",
    ),
    "misspelt_direction": (
        "    - direction: flexion",
        "    - direction: flexoin",
        "    - direction",
        "findings.intolerances[0].direction: must be one of flexion, extension",
    ),
    "preference_also_not_tolerated": (
        "  directional_preference: extension",
        "  directional_preference: flexion",
        "  directional_preference",
        "findings.directional_preference: flexion cannot be the preference and an intolerance at once",
    ),
    "preference_whose_own_test_made_it_worse": (
        "  directional_preference: extension",
        "  directional_preference: extension\n  repeated_movements:\n"
        "    - {direction: flexion, repetitions: 10, during: worse, after: worse}\n"
        "    - {direction: extension, repetitions: 10, during: peripheralises, after: no_effect}",
        "    - {direction: extension",
        "findings.repeated_movements[1]: extension is the directional_preference, but its own test says peripheralises",
    ),
    "pain_above_ten": (
        "  back_pain: 5",
        "  back_pain: 11",
        "  back_pain",
        "whole number between 0 and 10, or unknown (got 11)",
    ),
    "stage_above_five": (
        "      current_stage: unknown",
        "      current_stage: 9",
        "current_stage",
        "between 0 and 5, or unknown (got 9)",
    ),
    "maybe_boolean": (
        "  osteoporosis: no",
        "  osteoporosis: perhaps",
        "  osteoporosis",
        "must be yes or no or unknown",
    ),
    "half_a_blood_pressure": (
        "  blood_pressure: {systolic: 128, diastolic: 82}",
        "  blood_pressure: {systolic: 128}",
        "  blood_pressure",
        "conditions.blood_pressure.diastolic: is missing",
    ),
    "pressure_as_text": (
        "  blood_pressure: {systolic: 128, diastolic: 82}",
        "  blood_pressure: 128/82",
        "  blood_pressure",
        "must be a mapping with the keys systolic, diastolic (got '128/82')",
    ),
    "pregnant_at_71": (
        "age: 42\n",
        "age: 71\n",
        "  pregnancy_weeks",
        "conditions.pregnancy_weeks: does not fit age 71: correct one of them (got 20)",
    ),
    "restriction_of_two_things": (
        "  - {joint: wrist, reason: old fracture}",
        "  - {joint: wrist, position: prone, reason: old fracture}",
        "  - {joint: wrist",
        "restrictions[0]: name exactly one of position, joint, pattern, exercise, floor_transfer",
    ),
    "unknown_exercise_in_goal": (
        "  - {kind: lift, priority: must, exercise: romanian_deadlift, load_kg: 40, repetitions: 8}",
        "  - {kind: lift, priority: must, exercise: rumanian_deadlift, load_kg: 40, repetitions: 8}",
        "  - {kind: lift",
        "goals[0].exercise: no such exercise in the catalogue; did you mean 'romanian_deadlift'?",
    ),
    "exercise_by_its_name": (
        "likes: [dead_bug]",
        "likes: [Dead bug]",
        "likes",
        "likes[0]: no such exercise in the catalogue; did you mean 'dead_bug'? (got 'Dead bug')",
    ),
    "unknown_exercise_in_pin": (
        "  - {week: 2, exercise: dead_bug, day: mon}",
        "  - {week: 2, exercise: burpee, day: mon}",
        "  - {week: 2",
        "pins[0].exercise: no such exercise in the catalogue (got 'burpee')",
    ),
    "unknown_exercise_in_capacity": (
        "    - {exercise: dead_bug, repetitions: 6, effort: 5, on: 2026-02-20}",
        "    - {exercise: dead_bag, repetitions: 6}",
        "    - {exercise: dead_bag",
        "training.capacities[0].exercise: no such exercise in the catalogue; did you mean 'dead_bug'?",
    ),
    "capacity_of_the_future": (
        "    - {exercise: dead_bug, repetitions: 6, effort: 5, on: 2026-02-20}",
        "    - {exercise: dead_bug, repetitions: 6, effort: 5, on: 2027-02-20}",
        "    - {exercise: dead_bug",
        "training.capacities[0].on: was done after the start of the programme, 2026-03-02?",
    ),
    "lift_without_a_load": (
        "  - {kind: lift, priority: must, exercise: romanian_deadlift, load_kg: 40, repetitions: 8}",
        "  - {kind: lift, priority: must, exercise: romanian_deadlift}",
        "  - {kind: lift",
        "goals[0]: a lift needs load_kg and repetitions",
    ),
    "goal_after_the_end": (
        "  - {kind: walk, minutes: 30, by_week: 12}",
        "  - {kind: walk, minutes: 30, by_week: 20}",
        "  - {kind: walk",
        "goals[1].by_week: is after the last week, 12 (got 20)",
    ),
    "pin_after_the_end": (
        "  - {week: 2, exercise: dead_bug, day: mon}",
        "  - {week: 20, exercise: dead_bug}",
        "  - {week: 20",
        "pins[0].week: is after the last week, 12 (got 20)",
    ),
    "goals_as_a_word": ("likes: [dead_bug]", "likes: dead_bug", "likes", "likes: must be a list: write [dead_bug]"),
    "nothing_as_none": ("likes: [dead_bug]", "likes: none", "likes", "likes: must be a list: write []"),
    "equipment_without_loads": (
        "      dumbbells: [4, 6, 8]",
        "      dumbbells: yes",
        "dumbbells",
        "places[0].equipment.dumbbells: must be a list: list the loads, for example [2, 4, 6] (got 'yes')",
    ),
    "bands_without_names": (
        "      bands: [light, medium]",
        "      bands: yes",
        "bands",
        "list the bands, for example [light, medium]",
    ),
    "barbell_without_plates": (
        "      barbell: {bar: 20, plates: [2.5, 5]}",
        "      barbell: yes",
        "barbell",
        "must be a mapping with the keys bar, plates (got 'yes')",
    ),
    "negative_load": (
        "      dumbbells: [4, 6, 8]",
        "      dumbbells: [4, -6, 8]",
        "dumbbells",
        "equipment.dumbbells[1]: must be a number in kg above 0, at most 120 (got -6)",
    ),
    "pounds_among_kilograms": (
        "      dumbbells: [4, 6, 8]",
        "      dumbbells: [4, 12 lb]",
        "dumbbells",
        "equipment.dumbbells[1]: must be a number in kg above 0, at most 120: write 5.4 (got '12 lb')",
    ),
    "same_load_twice": (
        "      dumbbells: [4, 6, 8]",
        "      dumbbells: [4, 4]",
        "dumbbells",
        "equipment.dumbbells: the same load is listed twice",
    ),
    "stack_upside_down": (
        "      cable: {low: 5, high: 50, step: 5}",
        "      cable: {low: 50, high: 5, step: 5}",
        "cable",
        "equipment.cable: high must not be below low",
    ),
    "unknown_thing": (
        "      things: [bench]",
        "      things: [bnech]",
        "things",
        "equipment.things[0]: is not known here; did you mean 'bench'?",
    ),
    "window_ends_before_it_starts": (
        "    - {day: mon, from: 18:00, to: 19:00, place: home}",
        "    - {day: mon, from: 18:00, to: 17:00, place: home}",
        "    - {day: mon",
        "availability.windows[0].to: must be later than from (18:00), got 17:00",
    ),
    "bare_hour": (
        "    - {day: mon, from: 18:00, to: 19:00, place: home}",
        "    - {day: mon, from: 18, to: 19:00, place: home}",
        "    - {day: mon",
        "availability.windows[0].from: must be a time of day such as 18:00 (got 18)",
    ),
    "hour_twenty_five": (
        "    - {day: mon, from: 18:00, to: 19:00, place: home}",
        "    - {day: mon, from: 18:00, to: 25:00, place: home}",
        "    - {day: mon",
        "must be a time of day such as 18:00 (got '25:00')",
    ),
    "windows_overlap": (
        "    - {day: thu, from: 18:00, to: 19:00, place: home}",
        "    - {day: mon, from: 18:30, to: 19:30, place: home}",
        "    - {day: mon, from: 18:30",
        "availability.windows[1]: overlaps windows[0] on mon",
    ),
    "window_at_unknown_place": (
        "    - {day: thu, from: 18:00, to: 19:00, place: home}",
        "    - {day: thu, from: 18:00, to: 19:00, place: gym}",
        "    - {day: thu",
        "availability.windows[1].place: 'gym' is not one of the places (home)",
    ),
    "long_weekday": (
        "    - {day: thu, from: 18:00, to: 19:00, place: home}",
        "    - {day: Thursday, from: 18:00, to: 19:00, place: home}",
        "    - {day: Thursday",
        "availability.windows[1].day: must be one of mon, tue, wed, thu, fri, sat, sun",
    ),
    "away_backwards": (
        "    - {from: 2026-04-03, to: 2026-04-06}",
        "    - {from: 2026-04-06, to: 2026-04-03}",
        "    - {from: 2026-04-06",
        "availability.away[0].to: must not be before from",
    ),
    "session_too_short": (
        "  session_minutes: 45",
        "  session_minutes: 5",
        "  session_minutes",
        "must be a whole number of minutes between 10 and 180 (got 5)",
    ),
    "busy_file_missing": (
        "  waking: 06:30",
        "  waking: 06:30\n  busy: nowhere.ics",
        "  busy",
        "availability.busy: nowhere.ics: does not exist",
    ),
    "busy_not_a_calendar": (
        "  waking: 06:30",
        "  waking: 06:30\n  busy: notes.ics",
        "  busy",
        "availability.busy: notes.ics: line 1: is not a calendar",
    ),
    "duplicate_key": ("age: 42", "age: 42\nage: 43", "age: 43", "age: is given twice, first on line 3; keep one"),
    "tab_as_indentation": (
        "  weeks: 12",
        "\tweeks: 12",
        "\tweeks",
        "a tab is used where YAML wants spaces; indent with spaces",
    ),
    "colon_in_text": (
        "age: 42",
        "age: 42: years",
        "age: 42: years",
        "put text that holds a colon and a space in quotes",
    ),
    "unclosed_quote": (
        "patient: sound-1",
        'patient: "sound-1',
        "patient:",
        "a quote or bracket that was opened here or above is never closed",
    ),
    "anchor": (
        "likes: [dead_bug]",
        "likes: &likes [dead_bug]",
        "likes",
        "anchors (&) and aliases (*) are not used here",
    ),
    "alias": ("dislikes: [bird_dog]", "dislikes: *likes", "dislikes", "anchors (&) and aliases (*) are not used here"),
    "python_tag": ("age: 42", "age: !!python/object:os.system 42", "age", "tags (!) are not used here"),
    "two_documents": ("likes: [dead_bug]", "---\nlikes: [dead_bug]", "---", "has more than one YAML document"),
    "control_character": (
        "patient: sound-1",
        "patient: sound\x07",
        "patient: ",
        "has a control character, which is not text",
    ),
    "list_as_key": ("likes: [dead_bug]", "? [likes]\n: 1", "? [likes]", "a key must be a single word"),
    "bad_indentation": ("  weeks: 12", "    weeks: 12", "  weeks", "is not valid YAML"),
}


def line_of(text: str, marker: str) -> int:
    return next(i for i, line in enumerate(text.splitlines(), start=1) if marker in line)


def refusal(path: Path, exercises: Catalogue) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read_patient(path, today=TODAY, exercises=exercises)
    return caught.value


def test_the_sound_file_is_sound(sound: str, write: Write, exercises: Catalogue) -> None:
    patient, warnings = read_patient(write(sound), today=TODAY, exercises=exercises)
    assert patient.patient == "sound-1"
    assert [w.split(": ", 1)[1] for w in warnings] == [
        "screening.clearances[0].flag: fracture is answered no, so it needs no clearance"
    ]


@pytest.mark.parametrize("name", ONE_LINE)
def test_one_bad_line(name: str, sound: str, write: Write, exercises: Catalogue) -> None:
    old, new, marker, said = ONE_LINE[name]
    text = sound.replace("conditions:\n", "conditions:\n  pregnancy_weeks: 20\n") if name == "pregnant_at_71" else sound
    assert text.count(old) == 1
    text = text.replace(old, new)
    path = write(text)
    (path.parent / "notes.ics").write_text("milk, eggs\n")
    error = refusal(path, exercises)
    assert f"{path}:{line_of(text, marker)}:" in str(error)
    assert said in str(error)
    assert len(error.faults) == 1, str(error)


def billion_laughs() -> str:
    rows = ["a0: &a0 [ha, ha]"]
    rows += [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]" for i in range(1, 30)]
    return "\n".join(rows)


#: name: (bytes of the file, line, what is said)
WHOLE_FILE: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 1, "the file is empty"),
    "only_a_comment": (b"# later\n", 1, "the file is empty"),
    "list_instead_of_mapping": (b"- patient: x\n- age: 3\n", 1, "must be a mapping of keys to values, not a list"),
    "single_word": (b"patient\n", 1, "must be a mapping of keys to values, not a single value"),
    "not_utf8": (b"# ok\npatient: Andr\xe9\n", 2, "is not UTF-8 text; save the file as UTF-8"),
    "utf16": ("patient: x".encode("utf-16"), 1, "is not UTF-8 text"),
    "billion_laughs": (billion_laughs().encode(), 1, "anchors (&) and aliases (*) are not used here"),
    "deep_nesting": (b"a: " + b"[" * 100_000, 1, "is nested too deeply"),
    "deep_blocks": ("".join(f"{' ' * i}- \n" for i in range(40)).encode(), 25, "is nested too deeply"),
    "unclosed_bracket": (
        b"patient: x\nplaces: [a,\n",
        3,
        "a quote or bracket that was opened here or above is never closed",
    ),
    "null_bytes": (b"patient: \x00\x00\n", 1, "has a control character"),
    "binary": (bytes(range(128, 256)), 1, "is not UTF-8 text"),
}


@pytest.mark.parametrize("name", WHOLE_FILE)
def test_bad_file(name: str, write: Write, exercises: Catalogue) -> None:
    content, line, said = WHOLE_FILE[name]
    path = write(content)
    error = refusal(path, exercises)
    assert str(error).startswith(f"{path}:{line}:")
    assert said in str(error)


def test_over_large_file(write: Write, exercises: Catalogue) -> None:
    path = write(b"#" * 1_000_001)
    assert str(refusal(path, exercises)) == f"{path}: is too large: at most 1000 kB (got 1000 kB)"


def test_directory(tmp_path: Path, exercises: Catalogue) -> None:
    assert str(refusal(tmp_path, exercises)) == f"{tmp_path}: is a directory; name a file"


def test_missing_file(tmp_path: Path, exercises: Catalogue) -> None:
    path = tmp_path / "nobody.yaml"
    assert str(refusal(path, exercises)) == f"{path}: does not exist"


def test_file_below_a_file(write: Write, sound: str, exercises: Catalogue) -> None:
    path = write(sound) / "patient.yaml"
    assert str(refusal(path, exercises)) == f"{path}: cannot be read: Not a directory"


def test_name_that_no_file_can_have(exercises: Catalogue) -> None:
    assert "cannot be read" in str(refusal(Path("a\0b"), exercises))


def test_faults_come_all_at_once_in_the_order_of_their_lines(sound: str, write: Write, exercises: Catalogue) -> None:
    text = (
        sound.replace("age: 42", "age: old\nage: 43")
        .replace("  weeks: 12", "  weeks: 90")
        .replace("    cord_signs: no", "    cord_signs:")
        .replace("    vascular: no\n", "")
        .replace("exercise: romanian_deadlift", "exercise: rumanian_deadlift")
        .replace("dumbbells: [4, 6, 8]", "dumbbells: yes")
        .replace("likes: [dead_bug]", "likes: [squat]")
    )
    faults = refusal(write(text), exercises).faults
    assert [fault.path for fault in faults] == [
        "age",  # given twice: line 4
        "episode.weeks",
        "screening.flags.vascular",  # absent: the line of flags
        "screening.flags.cord_signs",
        "goals[0].exercise",
        "places[0].equipment.dumbbells",
        "likes[0]",
    ]
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)


def test_every_open_flag_is_named(write: Write, exercises: Catalogue, sound: str) -> None:
    head, flags, rest = re.split(r"(?<=  flags:\n)|(?=  clearances:)", sound)
    flags = re.sub(r": \w+", ":", flags)
    faults = refusal(write(head + flags + rest), exercises).faults
    assert [fault.path for fault in faults] == [f"screening.flags.{flag}" for flag in FLAG_IDS]
    assert all("is not answered: write yes, no or unknown" in fault.problem for fault in faults)
