from __future__ import annotations

import datetime as dt
import re

import builder
import pytest

from planner.domain.case import Case
from planner.domain.clinic import Clinic
from planner.domain.exercise import EvidenceMark
from planner.domain.patient import Patient
from planner.domain.programme import GoalOutcome, RuleRecord, Session, SessionKind
from planner.export.summary import summary
from planner.export.text import hold_notice
from planner.revise.carry import carried
from tests.revise.replans import STAMPS, lifted, replanned, revised, without


@pytest.fixture(scope="module")
def patient() -> Patient:
    return Patient.model_validate(
        {
            "patient": "P-0042",
            "age": 38,
            "body_mass_kg": 78.0,
            "episode": {"start": dt.date(2026, 3, 16), "weeks": 3, "timezone": "Europe/Berlin"},
            "screening": {
                "on": dt.date(2026, 3, 10),
                "flags": {},
                "clearances": [
                    {"flag": "fracture", "by": "Dr A", "on": dt.date(2026, 3, 9), "finding": "X-ray without findings"}
                ],
            },
            "findings": {
                "presentation": "mechanical_disc",
                "irritability": "moderate",
                "back_pain": 5,
                "directional_preference": "extension",
                "intolerances": [{"direction": "flexion", "aim": "re_expose"}],
            },
            "conditions": {"osteoporosis": "unknown"},
            "restrictions": [{"position": "kneeling", "reason": "sore | knee"}],
            "places": [{"name": "home"}],
            "availability": {"windows": [{"day": "mon", "from": "17:30", "to": "18:10", "place": "home"}]},
        }
    )


@pytest.fixture(scope="module")
def text(patient: Patient) -> str:
    return summary(builder.programme(), Case(patient, {}))


def test_it_has_every_section_in_order(text: str) -> None:
    titles = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert titles == [
        "What it is built on",
        "Goals and what is forecast",
        "Phases",
        "Weeks at a glance",
        "When it hurts",
        "When to stop and get help",
        "Sessions",
        "How to do each exercise",
        "Check-ins",
        "Where it starts and how it steps up",
        "Assumptions",
        "Overrides and settings of the clinic",
        "Rules in force",
        "Made from",
    ]


def test_it_says_draft_purpose_and_what_was_entered(text: str) -> None:
    for words in (
        "# Exercise programme for P-0042",
        "**Draft, not yet signed by a clinician.",
        "qualified exercise professional",
        "Safety screen of 2026-03-10",
        "fracture: cleared by Dr A on 2026-03-09: X-ray without findings",
        "back pain 5 of 10, leg pain not known",
        "Not yet bending forward (not tested): re-exposed step by step",
        "osteoporosis not known",
        "Not used: kneeling, because sore \\| knee",
    ):
        assert words in text


def test_every_session_and_check_in_is_there(text: str) -> None:
    assert len(re.findall(r"^\*\*Session \d+\*\*", text, re.MULTILINE)) == 9
    assert len(re.findall(r"^\*\*Check-in \d+\*\*", text, re.MULTILINE)) == 2
    assert text.count("What it decides:") == 2
    assert "Kettlebell deadlift from blocks: 3 × 8 at 16 kg, RPE 5 (about 5 in reserve), rest 90 s" in text
    assert "  - Before check-in 1 is passed: Dowel hip hinge: 2 × 8, effort 4/10, rest 60 s" in text
    assert "  - Easier: Brace in lying: 5 holds of 5 s" in text


def test_daily_work_says_what_stands_in_for_it_before_its_gate_is_passed(patient: Patient) -> None:
    gated = {
        "gate": "check-in-1",
        "fallback": builder.alternative("Side glide", builder.repetitions(10, effort=None, bouts_per_day=6)),
    }

    def behind_the_gate(session: Session) -> Session:
        if session.kind is not SessionKind.DAILY or session.week == 1:
            return session
        glide, walk = session.items
        return session.model_copy(update={"items": (glide.model_copy(update=gated), walk)})

    plan = builder.programme()
    plan = plan.model_copy(update={"sessions": tuple(map(behind_the_gate, plan.sessions))})
    first, second = (
        part.split("Little and often:")[1].split("###")[0]
        for part in summary(plan, Case(patient, {})).split("### Week ")[1:3]
    )
    assert "Before" not in first
    assert (
        "Press-up (extension in lying): 10 repetitions; 6 times today, spread out\n"
        "  - Before check-in 1 is passed: Side glide: 10 repetitions, 6 times a day\n- Every day"
    ) in second
    assert second.count("Before") == 1


def test_a_cue_is_given_once(text: str) -> None:
    assert text.count("- **Heel tap, lying**") == 1


def test_a_signed_programme_is_no_draft(patient: Patient) -> None:
    text = summary(builder.signed(builder.programme()), Case(patient, {}))
    assert "Draft" not in text
    assert "Signed by A. Clinician, AEP 1234" in text


def test_the_clinic_its_changes_and_overrides_are_printed_and_counted(patient: Patient) -> None:
    rule = RuleRecord(
        id="I1",
        statement="Irritability caps a session.",
        force="hard",
        source="Kelley 2013",
        mark=EvidenceMark.DEFAULT,
        override="signed",
        parameters={"items_low": 6},
        changed_by_clinic=("items_low",),
        overridden="Dr B, 2026-03-01: tolerates more",
    )
    clinic = Clinic(clinic="North Clinic", prescriber="A. Clinician, AEP 1234", contact="the front desk")
    plan = builder.programme(rules=(*builder.rules(), rule))
    text = summary(plan, Case(patient, {}, clinic))
    for words in (
        "- Clinic: North Clinic",
        "- Prescriber: A. Clinician, AEP 1234",
        "Whom to call: the front desk",
        "Rules overridden: 1. Rules with parameters changed by the clinic: 1.",
        "I1 overridden by Dr B, 2026-03-01: tolerates more",
        "I1 changed by the clinic: items low 6",
        "| I1 | hard, signed override | Irritability caps a session. | items low 6 | Kelley 2013 | D |",
    ):
        assert words in text


def test_what_a_file_says_cannot_break_the_document(patient: Patient) -> None:
    goal = GoalOutcome(goal="goal 1", words="# lift\n| <b>x</b> | *now*", forecast="`yes`")
    text = summary(builder.programme(goals=(goal,)), Case(patient, {}))
    assert r"- Goal 1, \# lift \| \<b>x\</b> \| \*now\*: \`yes\`" in text


def test_every_row_of_a_table_has_as_many_cells_as_its_head(text: str) -> None:
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(tables) == 2
    for table in tables:
        counts = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
        assert len(counts) == 1


def test_the_same_programme_gives_the_same_text(patient: Patient, text: str) -> None:
    assert summary(builder.programme(), Case(patient, {})) == text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_what_changed_stands_at_the_top_of_a_revision(patient: Patient, text: str) -> None:
    title = "## What changed since the last revision"
    assert title not in text
    old, new = revised(lambda s: lifted(s, 8, 8, 8, load=12) if s.slot == "w02-s1" else s)
    found = summary(new, Case(patient, {}))
    sections = re.findall("^## .*", found, re.MULTILINE)
    assert sections[0] == title
    assert "- Mon 23 Mar: Kettlebell deadlift from blocks stays at 3 × 8 at 12 kg for one more session." in found
    same = summary(carried(old, replanned(old), stamp=STAMPS[0]), Case(patient, {}))
    assert "- Nothing: everything stays as it was." in same


def test_cancelled_sessions_stand_there_and_count_for_nothing(patient: Patient) -> None:
    _, new = revised(without("w02-s1", "w02-d1-1"))
    found = summary(new, Case(patient, {}))
    assert "**Session 4**, Mon 23 Mar 17:30 to 18:10, home, cancelled\n\n**Session 5**" in found
    assert "| 2 | Mon 23 Mar | restore | 2 |" in found
    daily = found.split("### Week 2")[1].split("Little and often:")[1].split("###")[0]
    assert "Tue, Wed, Thu, Fri, Sat, Sun 12:30" in daily
    assert "Mon" not in daily


def test_a_hold_is_said_first(patient: Patient) -> None:
    plan = builder.programme(frozen="Something new was noticed.")
    head = summary(plan, Case(patient, {})).split("## ")[0]
    assert f"**{hold_notice(plan)}** Something new was noticed." in head
