"""What a patient file may say that its model alone cannot judge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from planner.domain.case import Busy
from planner.domain.exercise import Exercise
from planner.domain.patient import Patient
from planner.errors import InvalidInput
from planner.intake.patient_file import read_busy_of, read_patient
from planner.intake.yamlfile import ValuePath

TODAY = dt.date(2026, 2, 27)
Read = Callable[..., tuple[Patient, list[str]]]


@pytest.fixture
def read(write: Callable[[str], Path], exercises: Mapping[str, Exercise]) -> Read:
    def call(text: str, **kwargs: object) -> tuple[Patient, list[str]]:
        return read_patient(write(text), **{"today": TODAY, "exercises": exercises, **kwargs})  # type: ignore[arg-type]

    return call


def test_yes_and_no_are_booleans_where_booleans_are_wanted(read: Read, sound: str) -> None:
    patient, _ = read(sound)
    assert patient.findings.neurology.examined is True
    assert patient.conditions.osteoporosis is False
    assert patient.places[0].supervised is False
    assert patient.screening.flags["cord_signs"] == "no"


def test_yes_in_a_restriction_on_the_floor(read: Read, sound: str) -> None:
    patient, _ = read(sound.replace("{joint: wrist, reason: old fracture}", "{floor_transfer: yes, reason: new knee}"))
    assert patient.restrictions[0].floor_transfer is True


def test_unknown_is_legal_and_stays_unknown(read: Read, sound: str) -> None:
    patient, _ = read(
        sound.replace("osteoporosis: no", "osteoporosis: unknown").replace("confidence: 7", "confidence: unknown")
    )
    assert patient.findings.leg_pain is None
    assert patient.conditions.osteoporosis is None
    assert patient.confidence is None


def test_another_start(read: Read, sound: str) -> None:
    patient, _ = read(sound, start=dt.date(2026, 5, 4))
    assert patient.episode.start == dt.date(2026, 5, 4)


@pytest.mark.parametrize(
    ("old", "new", "today", "said"),
    [
        (
            "",
            "",
            "2026-04-01",
            "6: episode.start: 2026-03-02 is in the past; give --start DATE to begin on another day",
        ),
        ("", "", "2026-02-01", "10: screening.on: 2026-02-27 has not come yet"),
        ("  on: 2026-02-27", "  on: 2026-01-01", "2026-02-27", "10: screening.on: was 60 days before the start"),
        ("  waking: 06:30", "  waking: 18:30", "2026-02-27", "66: availability.windows[0].from: is before waking time"),
        (
            "  waking: 06:30",
            "  waking: 13:30",
            "2026-02-27",
            "71: availability.daily_slots[0].at: is before waking time",
        ),
        (
            "2026-04-03, to: 2026-04-06",
            "2027-04-03, to: 2027-04-06",
            "2026-02-27",
            "74: availability.away[0]: lies outside",
        ),
        ("dead_bug, day: mon", "dead_bug, day: sun", "2026-02-27", "79: pins[0].day: no window is on sun"),
    ],
)
def test_what_is_legal_but_odd_is_a_warning(read: Read, sound: str, old: str, new: str, today: str, said: str) -> None:
    _, warnings = read(sound.replace(old, new), today=dt.date.fromisoformat(today))
    assert any(f"patient.yaml:{said}" in warning for warning in warnings), warnings


@pytest.mark.parametrize(("osteoporosis", "warned"), [("yes", True), ("unknown", True), ("no", False)])
def test_silence_on_fragile_bones_is_a_warning(read: Read, sound: str, osteoporosis: str, warned: bool) -> None:
    """Silence stands for good news, which is not to be printed as if it had been asked."""
    silent = sound.replace("osteoporosis: no", f"osteoporosis: {osteoporosis}").replace("  floor_transfer: yes\n", "")
    _, warnings = read(silent, today=dt.date(2026, 2, 27))
    for name, taken in (("vertebral_fracture", "excluded"), ("floor_transfer", "yes")):
        said = f"conditions.{name}: is not answered, so it is taken as {taken}: ask"
        assert any(said in warning for warning in warnings) == warned


def test_the_rules_may_object(read: Read, sound: str) -> None:
    def objections(patient: Patient) -> Iterator[tuple[ValuePath, str]]:
        yield ("overrides", 0, "rule"), f"there is no rule {patient.overrides[0].rule}"

    text = sound + "overrides:\n  - {rule: Z9, who: A. Clinician, why: because of this, on: 2026-02-27}\n"
    with pytest.raises(InvalidInput, match=r"patient.yaml:81: overrides\[0\].rule: there is no rule Z9"):
        read(text, objections=objections)


BUSY = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
DTSTART:20260303T070000Z
DTEND:20260303T080000Z
END:VEVENT
END:VCALENDAR
"""


def test_the_calendar_lies_beside_the_patient_file(write: Callable[[str], Path], read: Read, sound: str) -> None:
    text = sound.replace("  waking: 06:30", "  waking: 06:30\n  busy: work.ics")
    path = write(text)
    (path.parent / "work.ics").write_text(BUSY)
    patient, _ = read(text)
    # Sydney is eleven hours ahead in March
    assert read_busy_of(patient, path) == (Busy(dt.datetime(2026, 3, 3, 18), dt.datetime(2026, 3, 3, 19)),)


def test_no_calendar_is_no_busy_hours(read: Read, write: Callable[[str], Path], sound: str) -> None:
    patient, _ = read(sound)
    assert read_busy_of(patient, write(sound)) == ()


def test_a_preference_may_be_sore_at_first(read: Read, sound: str) -> None:
    """Pain that rises while it centralises speaks for a direction; what settles it counts."""
    tested = "  repeated_movements:\n    - {direction: extension, repetitions: 10, during: worse, after: centralised}\n"
    assert "  directional_preference: extension\n" in sound
    text = sound.replace("  directional_preference: extension\n", f"  directional_preference: extension\n{tested}")
    patient, _ = read(text)
    assert patient.findings.repeated_movements[0].after == "centralised"
