"""What stood in for an item whose gate stayed shut is what was done, for the planner and for the verifier alike."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from planner.domain.dose import Dose
from planner.domain.exercise import Track
from planner.domain.log import Account, Attendance, LoggedItem, LoggedSet, Response
from planner.domain.programme import Session
from planner.rules import response
from planner.rules.reading import as_done
from tests.commands import gradus, programme
from tests.export import builder
from tests.plans import EXAMPLES, planned_folder, programme_of

A = "a_flexion_intolerant"
START = dt.datetime(2026, 3, 24, 18)
ITSELF, STAND_IN = "kettlebell_deadlift_from_blocks", "dowel_hip_hinge"


def session(*told: LoggedItem, done: Attendance = Attendance.DONE, **more: object) -> Session:
    """A hinge behind a gate with what stands in for it, and a roll-down behind it without, as logged."""
    hinge = next(item for item in builder.training_items(2) if item.track is Track.HINGE)
    items = (hinge, hinge.model_copy(update={"exercise": "roll_down", "fallback": None}))
    account = Account(slot="w02-s1", done=done, items=told, response=Response(**more))
    return builder.session("w02-s1", START, 30, items, account=account)


def names(found: Session) -> list[str]:
    return [item.exercise for item in found.items]


def test_behind_a_gate_that_opened_all_was_done_as_planned() -> None:
    assert as_done(session(), ()) == session()


def test_behind_a_shut_gate_what_stood_in_was_done_and_the_rest_left_out() -> None:
    found = as_done(session(), {"check-in-1"})
    assert names(found) == [STAND_IN]
    assert found.items[0].rung is None and found.items[0].dose == builder.repetitions(8, 8, effort=4)


@pytest.mark.parametrize(
    "more",
    [{"sets": (LoggedSet(repetitions=8),)}, {"pain_during": 6}, {"peripheralised": True}],
    ids=["sets", "pain", "travelled"],
)
def test_what_is_told_of_the_exercise_itself_was_done_although_its_gate_was_shut(more: dict[str, object]) -> None:
    found = as_done(session(LoggedItem(exercise=ITSELF, **more)), {"check-in-1"})
    assert names(found) == [ITSELF]


def test_what_nothing_stood_in_for_was_done_where_somebody_says_so() -> None:
    found = as_done(session(LoggedItem(exercise="roll_down")), {"check-in-1"})
    assert names(found) == [STAND_IN, "roll_down"]


@pytest.mark.parametrize("name", [ITSELF, STAND_IN])
def test_in_a_session_partly_done_either_name_is_that_of_what_stood_in(name: str) -> None:
    found = as_done(session(LoggedItem(exercise=name), done=Attendance.PARTLY), {"check-in-1"})
    assert names(found) == [STAND_IN]
    assert found.account is not None and found.account.did(STAND_IN)


def test_in_a_session_partly_done_what_nobody_names_was_not_done() -> None:
    found = as_done(session(LoggedItem(exercise="row"), done=Attendance.PARTLY), {"check-in-1"})
    assert names(found) == [ITSELF] and found.account is not None and not found.account.did(STAND_IN)


def test_a_line_named_by_what_stood_in_for_it_was_not_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(EXAMPLES / f"{A}.yaml", tmp_path / f"{A}.yaml")
    shutil.copytree(planned_folder(A), tmp_path / A)
    monkeypatch.chdir(tmp_path)
    training = [one for one in programme(A)["sessions"] if one["kind"] == "training"]
    for one in training[:6]:
        after = dt.date.fromisoformat(one["start"][:10]) + dt.timedelta(days=1)
        gradus("log", A, one["slot"], "--done", "--pain", "3,3,3,3", "--today", str(after))
    gradus("log", A, "--check-in", "2", "--not-passed", "--today", "2026-12-14")
    hinge = next(item for item in training[6]["items"] if item["track"] == "hinge")
    named = "--item", hinge["fallback"]["exercise"]
    gradus("log", A, "w03-s1", "--partly", *named, "--pain", "3,6,3,3", "--today", "2026-12-15")
    gradus("replan", A, "--today", "2026-12-15")
    decided = {one["about"]: one["words"] for one in programme(A)["decisions"] if one["on"] == "2026-12-14"}
    assert "red" in decided["hinge"]
    assert "left out" in decided["squat"]
    assert "exposure_flexion" not in decided  # behind the gate, with nothing to do instead
    gradus("verify", A)


@pytest.mark.parametrize(("shut", "said"), [(False, ["which was red"]), (True, [])])
def test_the_verifier_judges_what_stood_in(shut: bool, said: list[str]) -> None:
    """A heel raise does not answer for the pain of a session; the hinge that it stood in for does (rule P1)."""
    case, plan = programme_of(A)
    held = next(s for s in plan.sessions if s.slot == "w03-s1")
    hinge = next(item for item in held.items if item.ladder == "hinge")
    heels = builder.alternative("Heel raise", builder.repetitions(8, 8, effort=None))
    gated = hinge.model_copy(update={"fallback": heels})
    account = Account(slot=held.slot, done=Attendance.DONE, response=Response(pain_before=2, pain_during=6))
    lived = held.model_copy(update={"items": (gated,), "account": account})

    def again(session: Session) -> Session:
        """What comes next is as much again."""
        items = tuple(hinge if item.ladder == "hinge" else item for item in session.items)
        return session.model_copy(update={"items": items})

    sessions = tuple(lived if s.slot == held.slot else again(s) for s in plan.sessions if s.start >= held.start)
    checks = tuple(c.model_copy(update={"passed": not shut}) if c.id == gated.gate else c for c in plan.check_ins)
    update = {"sessions": sessions, "check_ins": checks, "planned_from": held.start.date() + dt.timedelta(days=1)}
    found = [v.problem for v in response.check(case, plan.model_copy(update=update)) if hinge.exercise in v.where]
    assert len(found) == len(said) and all(words in problem for words, problem in zip(said, found, strict=True))


@pytest.mark.parametrize(("rung", "said"), [(0, []), (1, ["more than"])])
def test_less_than_the_lowest_step_is_followed_by_the_lowest(rung: int, said: list[str]) -> None:
    """One set stood in for two, amber: the lowest step of the ladder is all that there is, and no more than that."""
    case, plan = programme_of(A)
    held = next(s for s in plan.sessions if s.slot == "w03-s1")
    hinge = next(item for item in held.items if item.ladder == "hinge")
    steps = next(record for record in plan.ladders if record.key == "hinge").rungs
    assert steps[0].exercise == steps[1].exercise

    def dosed(*counts: int) -> Dose:
        return builder.repetitions(*counts, effort=None)

    other = builder.alternative("Stand-in", dosed(6)).model_copy(update={"exercise": steps[0].exercise})
    gated = hinge.model_copy(update={"fallback": other})
    account = Account(slot=held.slot, done=Attendance.DONE, response=Response(pain_before=2, pain_during=4))
    lived = held.model_copy(update={"items": (gated,), "account": account})
    named = {"exercise": steps[rung].exercise, "rung": rung, "dose": dosed(*steps[rung].counts)}

    def follows(session: Session) -> Session:
        items = tuple(item.model_copy(update=named) if item.ladder == "hinge" else item for item in session.items)
        return session.model_copy(update={"items": items})

    sessions = tuple(lived if s.slot == held.slot else follows(s) for s in plan.sessions if s.start >= held.start)
    checks = tuple(c.model_copy(update={"passed": False}) if c.id == gated.gate else c for c in plan.check_ins)
    update = {"sessions": sessions, "check_ins": checks, "planned_from": held.start.date() + dt.timedelta(days=1)}
    found = [v.problem for v in response.check(case, plan.model_copy(update=update)) if named["exercise"] in v.where]
    assert len(found) == len(said) and all(words in problem for words, problem in zip(said, found, strict=True))
