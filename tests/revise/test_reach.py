"""How far symptoms reach from session to session: like is compared with like (rule C1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from planner.domain.directions import Side
from planner.domain.log import Attendance, Log, LogEntry, LoggedItem, Response
from planner.domain.patient import MostDistal, Site
from planner.domain.programme import Programme, Session, SessionKind
from planner.intake.log_words import site
from planner.revise.state import state_of
from planner.verify import verify
from tests.plans import programme_of

NERVE_ROOT = "b_nerve_root"  # the file says calf
BACK = "a_flexion_intolerant"  # the file says buttock


def reach(text: str, side: str) -> MostDistal | None:
    return None if text == "-" else site(f"{text} {side}")


def told(name: str, *sessions: str) -> list[str]:
    """What is said of reach where the first sessions were told, each as before, after and 30 minutes later."""
    case, programme = programme_of(name)
    held = [one for one in programme.sessions if one.kind is SessionKind.TRAINING][: len(sessions)]
    entries = []
    for session, text in zip(held, sessions, strict=True):
        side = case.patient.findings.most_distal.side
        before, after, later = (reach(one, side) for one in text.split(","))
        response = Response(site_before=before, site_after=after, site_after_30_minutes=later, pain_before=3)
        written = session.end.replace(tzinfo=dt.UTC)
        entries.append(
            LogEntry(id=session.slot, written=written, slot=session.slot, done=Attendance.DONE, response=response)
        )
    log = Log(programme=programme.id, entries=tuple(entries))
    state = state_of(programme, log, case, held[-1].start.date() + dt.timedelta(days=1))
    said = [one.words.partition(":")[0] for one in state.decisions if one.words.startswith("symptoms reach the")]
    ambers = [one for one in state.decisions if "amber (symptoms reach further down)" in one.words]
    assert bool(said) == (state.contact is not None) and (said or not ambers)
    return [words.removeprefix("symptoms reach the ") for words in said]


@pytest.mark.parametrize(
    ("name", "sessions"),
    [
        # each session centralises, and in between it comes down again
        (NERVE_ROOT, ("calf,thigh,thigh",) * 3),
        (NERVE_ROOT, ("calf,thigh,-",) * 3),
        (NERVE_ROOT, ("calf,back,back", "calf,buttock,buttock", "calf,thigh,thigh")),
        (NERVE_ROOT, ("calf,back,back", "thigh,thigh,thigh", "thigh,back,back")),
        (NERVE_ROOT, ("calf,thigh,thigh", "calf,-,-")),
        (NERVE_ROOT, ("-,thigh,thigh", "calf,thigh,thigh", "-,thigh,thigh")),
        (BACK, ("buttock,back,back",) * 3),
    ],
)
def test_a_back_that_centralises_with_the_exercise_is_no_reason_for_a_call(
    name: str, sessions: tuple[str, ...]
) -> None:
    assert told(name, *sessions) == []


@pytest.mark.parametrize(
    ("sessions", "said"),
    [
        (
            ("thigh,thigh,thigh", "calf,thigh,thigh", "foot,thigh,thigh"),
            ["calf before a session, the thigh at the last one", "foot before a session, the thigh on 30 Nov"],
        ),
        (("thigh,-,-", "calf,-,-"), ["calf before a session, the thigh at the last one"]),
        (("-,back,back", "-,thigh,thigh"), ["thigh after a session, the back at the last one"]),
        (("-,thigh,-", "calf,calf,calf"), ["calf after a session, the thigh at the last one"]),
        (("thigh,back,back", "-,calf,calf"), ["calf after a session, the back at the last one"]),
        (("foot,thigh,thigh",), ["foot before a session, the calf in the patient file"]),
        (("-,foot,-",), ["foot after a session, the calf in the patient file"]),
    ],
)
def test_a_march_down_from_session_to_session_asks_for_a_call(sessions: tuple[str, ...], said: list[str]) -> None:
    assert told(NERVE_ROOT, *sessions) == said


@pytest.mark.parametrize(
    ("pains", "words"),
    [
        # the file says 5
        ((0, 0, 0), ""),
        ((3, 3, 3), ""),
        ((0, 0, 1), ""),
        ((6, 5, 5), ""),
        ((5, 5, 5), "pain is as it was"),
        ((6, 6, 6), "pain went from 5 to 6"),
        # worse by as much as means something, though better than in the file
        ((1, 1, 4), "pain went from 1 to 4"),
    ],
)
def test_a_direction_is_tested_again_where_pain_is_no_less_than_was_found(pains: tuple[int, ...], words: str) -> None:
    """Rule D6: what has changed since the direction was found is no reason to reclassify."""
    case, programme = programme_of(BACK)
    held = [one for one in programme.sessions if one.kind is SessionKind.TRAINING][: len(pains)]
    entries = (
        LogEntry(
            id=session.slot,
            written=session.end.replace(tzinfo=dt.UTC),
            slot=session.slot,
            done=Attendance.DONE,
            response=Response(pain_before=pain),
        )
        for session, pain in zip(held, pains, strict=True)
    )
    log = Log(programme=programme.id, entries=tuple(entries))
    state = state_of(programme, log, case, programme.starts + dt.timedelta(days=7))
    said = [one.words.partition(":")[0] for one in state.decisions if one.rule == "D6"]
    assert said == ([words] if words else [])


def spread(kinds: tuple[SessionKind, ...], *, calm: int | None = None) -> list[str]:
    """What C1 says of the whole where symptoms travel in the first session of each kind, but for one that went well."""
    case, programme = programme_of(BACK)
    entries, day = [], programme.starts
    for n, kind in enumerate(kinds):
        session = next(one for one in programme.sessions if one.kind is kind and one.start.date() >= day)
        day = session.start.date() + dt.timedelta(days=1)
        before, later = reach("buttock", "left"), reach("buttock" if n == calm else "calf", "left")
        response = Response(site_before=before, site_after=later, site_after_30_minutes=later)
        written = session.end.replace(tzinfo=dt.UTC)
        entries.append(
            LogEntry(id=session.slot, written=written, slot=session.slot, done=Attendance.DONE, response=response)
        )
    state = state_of(programme, Log(programme=programme.id, entries=tuple(entries)), case, day)
    return [one.words for one in state.decisions if "twice in a row" in one.words and one.about == "programme"]


@pytest.mark.parametrize("first", [SessionKind.TRAINING, SessionKind.DAILY])
@pytest.mark.parametrize("second", [SessionKind.TRAINING, SessionKind.DAILY])
def test_symptoms_that_travel_twice_in_a_row_ask_for_a_call_in_whatever_work(
    first: SessionKind, second: SessionKind
) -> None:
    """Rule C1: where the first was daily work nobody was called."""
    assert len(spread((first, second))) == 1
    both = first is second is SessionKind.TRAINING
    assert bool(spread((first, SessionKind.DAILY, second), calm=1)) == both


def test_pain_that_moves_to_the_other_leg_stops_what_has_a_side_until_somebody_has_looked() -> None:
    """Rules N1, D3: the sliders went on, on the leg that hurt now, and the sessions counted as green."""
    case, programme = programme_of(NERVE_ROOT)
    held = [one for one in programme.sessions if one.kind is SessionKind.TRAINING][:3]
    entries = []
    for session, side in zip(held, ("right", "left", "left"), strict=True):
        response = Response(site_before=reach("calf", side), site_after_30_minutes=reach("calf", side), pain_before=3)
        written = session.end.replace(tzinfo=dt.UTC)
        entries.append(
            LogEntry(id=session.slot, written=written, slot=session.slot, done=Attendance.DONE, response=response)
        )
    today = held[-1].start.date() + dt.timedelta(days=1)
    log = Log(programme=programme.id, entries=tuple(entries))
    state = state_of(programme, log, case, today)
    assert (state.green_streak, state.contact) == (0, held[1].start.date())
    assert [one.on for one in state.decisions if one.words.startswith("symptoms have moved")] == [state.contact]
    used = {item.exercise for one in programme.sessions for item in one.items}
    of_one_side = {name for name in used if case.exercises[name].neural or case.exercises[name].lateral_shift}
    assert of_one_side and of_one_side <= {halt.exercise for halt in state.halts if halt.until is None}
    # the verifier sees it by itself
    lived = [one.model_copy(update={"account": state.accounts.get(one.slot)}) for one in programme.sessions]
    update = {"sessions": tuple(lived), "planned_from": today}
    broken = {v.rule for v in verify(case, programme.model_copy(update={**update, "halts": ()})) if v.rule == "N1"}
    halted = (v for v in verify(case, programme.model_copy(update={**update, "halts": state.halts})) if v.rule == "N1")
    assert broken and all("goes on" not in v.problem for v in halted)
    looked = LogEntry(id="looked", written=entries[-1].written, cleared=(min(of_one_side),), by="R")
    seen = state_of(programme, Log(programme=programme.id, entries=(*entries, looked)), case, today)
    assert seen.contact is None and all(halt.until is not None for halt in seen.halts)


def decided(name: str, *entries: dict[str, Any]) -> list[str]:
    """What is decided on the day after some entries, one a day."""
    case, programme = programme_of(name)
    begin = dt.datetime.combine(programme.starts, dt.time(20), dt.UTC)
    made = tuple(LogEntry(id=f"e{n}", written=begin + dt.timedelta(days=n), **entry) for n, entry in enumerate(entries))
    log = Log(programme=programme.id, entries=made)
    state = state_of(programme, log, case, (begin + dt.timedelta(days=len(made))).date())
    return [one.words for one in state.decisions]


BAD = Response(pain_before=2, pain_during=9, pain_after=8, pain_next_morning=8)


@pytest.mark.parametrize(
    "told",
    [
        {"slot": "w01-s1", "done": Attendance.PARTLY, "items": (LoggedItem(exercise="seated_heel_raise"),)},
        {"slot": "w01-d1-1", "done": Attendance.PARTLY},
    ],
)
def test_what_was_bad_is_red_though_nothing_that_was_named_loads_the_spine(told: dict[str, Any]) -> None:
    """Rules P1, P2: nobody answered for the pain of the session, so it counted as green."""
    found = decided(NERVE_ROOT, {**told, "response": BAD})
    assert any(f"{told['slot']} was red (" in words and "call within 48 hours" in words for words in found)


def other_leg(*sides: str, seen_after: int | None = None, **findings: Any) -> list[str]:
    """What N1 says where symptoms reach the calf of these sides, one session after the other."""
    case, programme = programme_of(NERVE_ROOT)
    patient = case.patient
    patient = patient.model_copy(update={"findings": patient.findings.model_copy(update=findings)})
    entries: list[dict[str, Any]] = []
    for n, (side, session) in enumerate(zip(sides, training(programme), strict=False)):
        site_told = reach("calf", side)
        response = Response(site_before=site_told, site_after=site_told, site_after_30_minutes=site_told)
        written = session.end.replace(tzinfo=dt.UTC)
        entries.append({"id": f"e{n}", "written": written, "slot": session.slot, "done": "done", "response": response})
        if n == seen_after:
            seen = {"id": "seen", "written": written + dt.timedelta(hours=2), "by": "Dr Roe"}
            entries.append({**seen, "cleared": ("contralateral_slider",)})
    log = Log(programme=programme.id, entries=tuple(LogEntry(**entry) for entry in entries))
    state = state_of(programme, log, replace(case, patient=patient), programme.starts + dt.timedelta(days=28))
    return [one.words.partition(":")[0] for one in state.decisions if one.rule == "N1" and one.about == "programme"]


def training(programme: Programme) -> list[Session]:
    return [one for one in programme.sessions if one.kind is SessionKind.TRAINING]


def test_the_other_leg_is_told_each_time_that_it_is_news() -> None:
    """Rule N1: again after it had been looked at and was of the examined leg; of both legs as what it is."""
    moved = "symptoms have moved to the other leg"
    assert other_leg("left", "left") == [moved]
    assert other_leg("left", "right", "left", seen_after=0) == [moved, moved]
    assert other_leg("both") == ["symptoms are in both legs"]
    both = MostDistal(site=Site.CALF, side=Side.BOTH)
    assert other_leg("left", most_distal=both) == []
