"""Easier today: what the five-minute versions and flare cards of the examples say, read as a clinician would."""

from __future__ import annotations

import pytest

from planner.domain.case import Case
from planner.domain.directions import Side
from planner.domain.exercise import Track
from planner.domain.programme import Item, Phase, Programme, SessionKind
from planner.export.ical import calendar_bytes
from planner.export.summary import summary
from planner.export.tables import plain, session_table
from planner.export.text import flare_text, short_text
from planner.rules.easier import short_seconds
from planner.store import kept_exercises
from planner.verify import verify
from tests.plans import FEASIBLE, programme_of

A, B, C, D, E, F = (
    "a_flexion_intolerant",
    "b_nerve_root",
    "c_stenosis_osteoporosis",
    "d_mixed",
    "e_deadlift_jefferson",
    "f_healthy_novice",
)


def shorts(programme: Programme, *phases: Phase) -> list[tuple[Item, ...]]:
    return [
        session.short
        for session in programme.sessions
        if session.kind is SessionKind.TRAINING and (not phases or programme.week(session.week).phase in phases)
    ]


def card(name: str) -> dict[Track, Item]:
    return {item.track: item for item in programme_of(name)[1].flare_card}


@pytest.mark.parametrize("name", FEASIBLE)
def test_every_session_has_five_minutes_of_it(name: str) -> None:
    case, programme = programme_of(name)
    for short in shorts(programme):
        assert 1 <= len(short) <= 2
        assert short_seconds(case, short) <= 300
        assert all(len(item.dose.sets) == 1 for item in short)
    assert not any(session.short for session in programme.sessions if session.kind is SessionKind.DAILY)


@pytest.mark.parametrize("name", FEASIBLE)
def test_the_examples_have_more_than_walking_to_offer(name: str) -> None:
    _, programme = programme_of(name)
    assert not any(item.track is Track.AEROBIC for short in shorts(programme) for item in short)


@pytest.mark.parametrize("name", FEASIBLE)
def test_a_folder_holds_what_is_needed_to_verify_it(name: str) -> None:
    case, programme = programme_of(name)
    assert verify(Case(case.patient, kept_exercises(programme, case)), programme) == []


def test_settling_comes_first_and_something_for_the_trunk_beside_it() -> None:
    _, programme = programme_of(A)
    phases = {week.number: week.phase for week in programme.weeks}
    settling = [s for s in programme.live if s.kind is SessionKind.TRAINING and phases[s.week] is Phase.SETTLE]
    assert settling
    for session in settling:
        first, second = session.short
        assert first.exercise == "press_up"
        trunk = any(item.track.value.startswith("anti") for item in session.items)
        assert second.track.value.startswith("anti") == trunk


def test_the_goal_is_kept_alive() -> None:
    _, programme = programme_of(E)
    lifts = [i for s in shorts(programme, Phase.PERFORM) for i in s if i.exercise == "conventional_deadlift"]
    assert lifts
    planned = max(
        row.load.kg
        for session in programme.sessions
        for item in session.items
        if item.exercise == "conventional_deadlift"
        for row in item.dose.sets
        if row.load
    )
    # there is no time for warm-up sets
    assert all(i.dose.top_load is not None and i.dose.top_load.kg <= 0.5 * planned for i in lifts)


def test_the_legs_of_somebody_who_must_not_fall_come_first() -> None:
    _, programme = programme_of(C)
    found = [i.track for s in shorts(programme) for i in s]
    assert found.count(Track.SQUAT) >= len(shorts(programme)) / 2


def test_the_card_of_a_disc_like_back() -> None:
    found = card(A)
    assert found[Track.DIRECTIONAL].exercise == "press_up"
    assert found[Track.DIRECTIONAL].dose.bouts_per_day == 6
    assert found[Track.RELIEF].exercise == "prone_rest"
    assert Track.NEURAL not in found


def test_the_card_of_a_nerve_root() -> None:
    """The side glide as tested, no extension yet, the other leg's slider, very short walks."""
    found = card(B)
    glide = found[Track.DIRECTIONAL]
    assert "glide" in glide.exercise
    assert glide.side is Side.LEFT
    assert found[Track.NEURAL].exercise == "contralateral_slider"
    assert (found[Track.AEROBIC].dose.sets[0].seconds or 0) <= 300
    assert found[Track.AEROBIC].dose.bouts_per_day >= 3


def test_the_card_of_a_narrow_canal() -> None:
    """Sits, bends a little, never arches; walks with sits."""
    found = card(C)
    assert found[Track.RELIEF].exercise == "seated_lean_rest"
    assert found[Track.AEROBIC].exercise == "interval_walk_with_sits"
    case, _ = programme_of(C)
    assert all((m := case.exercises[i.exercise].motion) is not None and m.extension == 0 for i in found.values())


def test_the_card_of_mixed_findings_moves_no_direction() -> None:
    case, programme = programme_of(D)
    for item in programme.flare_card:
        motion = case.exercises[item.exercise].motion
        assert motion is not None
        assert (motion.flexion, motion.extension) == (0, 0)


def test_the_card_of_a_healthy_person_is_easy_movement() -> None:
    assert set(card(F)) == {Track.MOBILITY, Track.AEROBIC}


def test_it_is_shown_with_the_session() -> None:
    _, programme = programme_of(A)
    session = next(s for s in programme.sessions if s.kind is SessionKind.TRAINING)
    text = plain(session_table(programme, session))
    assert "Only five minutes?" in text
    assert text.index("Press-up") < text.index("The whole session")


def test_the_calendar_says_it_in_a_line() -> None:
    _, programme = programme_of(A)
    unfolded = calendar_bytes(programme).decode().replace("\r\n ", "")
    # nearly always: a full session with its cues has the first call on the room
    assert unfolded.count("Only 5 min: a minute of easy movement") >= 0.9 * len(shorts(programme))
    assert b"Only 5 min" not in calendar_bytes(programme, neutral_titles=True)


@pytest.mark.parametrize(("name", "title"), [(A, "## If it flares up"), (F, "## On a very sore day")])
def test_the_summary_has_the_card_and_the_short_versions(name: str, title: str) -> None:
    case, programme = programme_of(name)
    text = summary(programme, case)
    assert title in text
    assert text.count("Only five minutes:") == len(shorts(programme))
    section = text[text.index(title) :].partition("\n## ")[0]
    assert all(item.name in section for item in programme.flare_card)
    for words in ("48 hours", "one step lower", "emergency"):
        assert words in section


@pytest.mark.parametrize("name", FEASIBLE)
def test_the_words_are_unthreatening(name: str) -> None:
    case, programme = programme_of(name)
    before, after = flare_text(programme, healthy=case.patient.healthy)
    read = " ".join((*before, *after[:3], *(short_text(session) for session in programme.sessions))).lower()
    for word in ("intoleran", "provocative", "forbidden", "damage", "centralis", "irritab", "careful with your back"):
        assert word not in read
