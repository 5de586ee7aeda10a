"""Templates and the interview give files that lack nothing but the clinician's answers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.loader import load_catalogue
from planner.domain.exercise import Exercise
from planner.domain.patient import Patient
from planner.domain.red_flags import FLAG_IDS
from planner.errors import InvalidInput
from planner.intake.form import COMMENTS, write_form
from planner.intake.new import (
    PRESETS,
    Question,
    new_from_template,
    new_interactive,
    template_names,
    template_title,
)
from planner.intake.patient_file import read_patient
from planner.intake.schema import schemas
from planner.intake.yamlfile import parse_yaml

TODAY = dt.date(2026, 3, 5)  # a Thursday
Write = Callable[[str], Path]


@pytest.fixture(scope="module")
def catalogue() -> dict[str, Exercise]:
    return load_catalogue()


def answered(text: str) -> str:
    """Every open flag answered no."""
    for flag in FLAG_IDS:
        text = text.replace(f"    {flag}:\n", f"    {flag}: no\n")
    return text


def test_the_templates() -> None:
    assert template_names() == (
        "blank",
        "flexion_intolerant",
        "healthy_novice",
        "low_irritability_lifter",
        "mixed",
        "nerve_root_leg_pain",
        "osteoporosis",
        "returning_lifter",
        "stenosis",
        "time_poor",
    )
    assert all(template_title(name) for name in template_names())


@pytest.mark.parametrize("name", template_names())
def test_a_template_is_valid_once_the_flags_are_answered(
    name: str, write: Write, catalogue: dict[str, Exercise]
) -> None:
    text = answered(new_from_template(name, TODAY))
    patient, warnings = read_patient(write(text), today=TODAY, exercises=catalogue)
    assert warnings == []
    assert patient.episode.start == dt.date(2026, 3, 9)
    assert patient.screening.on == TODAY


@pytest.mark.parametrize("name", template_names())
def test_an_unedited_template_is_refused_flag_by_flag(name: str, write: Write, catalogue: dict[str, Exercise]) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_patient(write(new_from_template(name, TODAY)), today=TODAY, exercises=catalogue)
    assert [fault.path for fault in caught.value.faults] == [f"screening.flags.{flag}" for flag in FLAG_IDS]


@pytest.mark.parametrize("name", template_names())
def test_a_template_reads_like_a_form(name: str) -> None:
    text = new_from_template(name, TODAY)
    assert text.startswith(f"# {template_title(name)}")
    assert "body_mass_kg: " in text and "# kg" in text
    assert text.count("# emergency: ") == 2
    assert "or unknown" in text
    assert max(map(len, text.splitlines())) <= 160


def test_an_unknown_template_names_the_near_one() -> None:
    with pytest.raises(InvalidInput, match=r"there is no template 'stenosys'; did you mean 'stenosis'\?"):
        new_from_template("stenosys", TODAY)


def test_every_comment_belongs_to_a_key_of_the_patient_file() -> None:
    schema = schemas()["patient"]
    for path in COMMENTS:
        nodes = [schema]
        for part in path.replace("[]", ".[]").split("."):
            found = []
            for node in nodes:
                options = [node, *node.get("anyOf", ())]
                options = [schema["$defs"][o["$ref"].split("/")[-1]] if "$ref" in o else o for o in options]
                found += [o["items"] if part == "[]" else o["properties"][part] for o in options
                          if (part == "[]" and "items" in o) or part in o.get("properties", ())]  # fmt: skip
            nodes = [schema["$defs"][n["$ref"].split("/")[-1]] if "$ref" in n else n for n in found]
        assert nodes, path


TEXTS = st.text(alphabet="ab :#'\"{}[],&*!|>%@`-?\\~\n\té01", max_size=12)
SCALARS = st.one_of(
    st.none(), st.integers(-9999, 9999), TEXTS, st.sampled_from(["no", "null", "1e5", "1.50", "18:00", "true"])
)


@given(
    st.dictionaries(
        st.sampled_from(["goals", "training", "likes", "x", "y"]),
        st.one_of(
            SCALARS,
            st.lists(SCALARS.filter(lambda v: v is not None), max_size=4),
            st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), SCALARS, max_size=4),
            st.lists(st.dictionaries(st.sampled_from(["a", "b", "c"]), SCALARS, min_size=1), min_size=1, max_size=3),
        ),
        max_size=5,
    )
)
def test_a_form_says_what_its_data_say(data: dict[str, object]) -> None:
    assert (parse_yaml(write_form(data, "A title\nof two lines"), "form").data or {}) == data


class Clerk:
    """Answers an interview from a table, the rest with the default or the first choice."""

    def __init__(self, **answers: str | list[str]) -> None:
        self.answers = {key: list(value) if isinstance(value, list) else [value] for key, value in answers.items()}
        self.asked: list[Question] = []

    def __call__(self, question: Question) -> str:
        self.asked.append(question)
        if self.answers.get(question.key):
            waiting = self.answers[question.key]
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return question.default or (question.choices[0] if question.choices else "40")


def interview(catalogue: dict[str, Exercise], clerk: Clerk) -> str:
    return new_interactive(clerk, today=TODAY, exercises=catalogue, timezone="Australia/Sydney")


def test_an_interview_of_a_sore_back(write: Write, catalogue: dict[str, Exercise]) -> None:
    clerk = Clerk(
        patient="P-7",
        age="42",
        body_mass_kg="78.5",
        presentation="mechanical_disc",
        irritability="moderate",
        back_pain="5",
        site="calf",
        side="left",
        directional_preference="extension",
        intolerances="flexion, rotation_left",
        nerve="sciatic",
        goal="walk",
        days="tue, thu",
        session_minutes="30",
        equipment="dumbbells",
        **{"from": "07:15"},
    )
    text = interview(catalogue, clerk)
    patient, warnings = read_patient(write(text), today=TODAY, exercises=catalogue)
    assert warnings == []
    assert len(clerk.asked) <= 31
    assert (patient.patient, patient.age, patient.body_mass_kg) == ("P-7", 42, 78.5)
    assert [row.direction for row in patient.findings.intolerances] == ["flexion", "rotation_left"]
    assert (patient.findings.neurology.nerve, patient.findings.neurology.side) == ("sciatic", "left")
    assert patient.findings.leg_pain is None
    assert [f"{w.day} {w.start:%H:%M}-{w.end:%H:%M} {w.place}" for w in patient.availability.windows] == [
        "tue 07:15-07:45 home",
        "thu 07:15-07:45 home",
    ]
    assert patient.episode.start == dt.date(2026, 3, 9)
    assert "# kg" in text


def test_an_interview_of_a_healthy_lifter_skips_the_back(write: Write, catalogue: dict[str, Exercise]) -> None:
    lift = next(id_ for id_, exercise in catalogue.items() if exercise.loadable)
    clerk = Clerk(presentation="none", goal="lift", goal_exercise=["dead bugg", lift], goal_load="60", equipment="gym")
    patient, _ = read_patient(write(interview(catalogue, clerk)), today=TODAY, exercises=catalogue)
    assert patient.healthy
    assert patient.goals[0].exercise == lift
    assert "irritability" not in [question.key for question in clerk.asked]
    assert len(clerk.asked) <= 25


def test_one_question_a_tier_until_something_is_found(write: Write, catalogue: dict[str, Exercise]) -> None:
    clerk = Clerk(presentation="none", flags_urgent="yes", vascular="yes", infection="unknown", flags_note="unknown")
    patient, _ = read_patient(write(interview(catalogue, clerk)), today=TODAY, exercises=catalogue)
    flags = patient.screening.flags
    assert {flag for flag, answer in flags.items() if answer == "yes"} == {"vascular"}
    assert {flag for flag, answer in flags.items() if answer == "unknown"} == {
        "infection",
        "cancer_long_ago",
        "steroids_or_low_immunity",
    }
    assert sum(question.key.startswith("flags_") for question in clerk.asked) == 4


@pytest.mark.parametrize(
    ("key", "bad", "said"),
    [
        ("patient", "Jane Example", "must be letters, digits, dots and hyphens"),
        ("age", "forty", "'forty' is not a whole number"),
        ("age", "12", "must be between 18 and 110"),
        ("body_mass_kg", "78 kg", "'78 kg' is not a number"),
        ("body_mass_kg", "nan", "must be between 25 and 350"),
        ("presentation", "nerveroot", "did you mean 'nerve_root'?"),
        ("intolerances", "flexion, bending", "'bending' must be one of"),
        ("days", "monday", "did you mean 'mon'?"),
        ("from", "7", "'7' is not a time of day such as 18:00"),
        ("from", "23:50", "must leave time for the session before midnight"),
        ("start", "2026-02-30", "'2026-02-30' is not a date such as 2026-03-02"),
        ("timezone", "Sydney", "'Sydney' is not a time zone such as Australia/Sydney"),
        ("timezone", "../etc", "is not a time zone"),
        ("longest_walk", "far", "'far' is not a whole number or unknown"),
    ],
)
def test_an_unusable_answer_is_asked_again(key: str, bad: str, said: str, catalogue: dict[str, Exercise]) -> None:
    good = {"presentation": "nerve_root", "age": "40", "body_mass_kg": "70"}
    first = Clerk(**good)
    interview(catalogue, first)
    usable = next(q.default or (q.choices or ("40",))[0] for q in first.asked if q.key == key)
    clerk = Clerk(**{**good, key: [bad, good.get(key, usable)]})
    interview(catalogue, clerk)
    asked = [question for question in clerk.asked if question.key == key]
    assert len(asked) == 2
    assert not asked[0].problem
    assert said in asked[1].problem


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_legal_equipment(preset: str, write: Write, catalogue: dict[str, Exercise]) -> None:
    clerk = Clerk(presentation="none", equipment=preset)
    patient, _ = read_patient(write(interview(catalogue, clerk)), today=TODAY, exercises=catalogue)
    assert isinstance(patient, Patient)


def test_no_template_holds_a_name() -> None:
    assert all(
        re.search(r"^patient: [a-z-]+-1\b", new_from_template(name, TODAY), re.MULTILINE) for name in template_names()
    )
