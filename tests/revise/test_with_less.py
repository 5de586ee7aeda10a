"""Whatever a planner makes of it, a revision that breaks a rule is asked for less, and nobody is left without one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import planner.revise.origin
from planner.domain.case import Case
from planner.domain.log import LogEntry
from planner.domain.programme import Item, Programme, Session, SessionKind
from planner.errors import PlannerError
from planner.plan import Plan
from planner.revise.origin import Origin
from planner.revise.replan import _Revising
from planner.revise.totals import recounted, resized
from planner.store import read_programme
from planner.verify import verify
from tests.commands import gradus
from tests.living.course import revised
from tests.living.test_living import entry, pain, trainings, with_answer
from tests.plans import case_of, planned_folder, programme_of

NAME = "a_flexion_intolerant"
Edit = Callable[[Session, Item], Item]


def replanned(monkeypatch: pytest.MonkeyPatch, edit: Edit) -> tuple[list[str], Programme]:
    """Words of what was decided, and the revision from week 4 on where a planner had made something else of it."""
    case, programme = case_of(NAME), programme_of(NAME)[1]
    amber: LogEntry = entry(trainings(programme, 3)[-1], response=pain(2, 4, 2))
    log = with_answer(programme, 3, str(amber.slot), amber)
    planned = _Revising._try

    def otherwise(self: _Revising, found: Case, *, keep_days: bool) -> Programme | None:
        made = planned(self, found, keep_days=keep_days)
        assert made is not None
        sessions = tuple(
            s
            if s.week < 4 or s.kind is not SessionKind.TRAINING
            else resized(s.model_copy(update={"items": tuple(edit(s, item) for item in s.items)}))
            for s in made.sessions
        )
        return made.model_copy(update={"sessions": sessions, "weeks": recounted(made.weeks, sessions)})

    monkeypatch.setattr(_Revising, "_try", otherwise)
    made, after = revised(programme, case, log, case.week_start(4))
    assert verify(made.case, after) == []
    return [decision.words for decision in made.state.decisions], after


def test_a_week_with_too_many_sets_of_a_line_has_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule O6 names a week and a line of work, not a session and an exercise."""

    def more(session: Session, item: Item) -> Item:
        if (session.week, item.ladder) != (7, "lunge"):
            return item
        rows = (*item.dose.sets, *item.dose.sets[:1])
        return item.model_copy(update={"dose": item.dose.model_copy(update={"sets": rows})})

    words, _ = replanned(monkeypatch, more)
    assert any("sets after at most" in one for one in words), words


def test_an_exercise_without_its_first_contact_gets_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def known(session: Session, item: Item) -> Item:
        return item.model_copy(update={"calibration": False})

    words, after = replanned(monkeypatch, known)
    assert any("is a first contact in" in one for one in words)
    assert any(item.calibration for session in after.sessions if session.week > 3 for item in session.items)


def test_where_no_way_leads_on_from_an_older_revision_it_goes_on_from_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    shutil.copytree(planned_folder(NAME), out)
    first = read_programme(out)

    def no_way(*_: object) -> Plan:
        raise PlannerError("the past is another one")

    gradus("log", str(out), "w01-s1", "--done", "--pain", "2,5,2", "--today", "2026-11-30")
    monkeypatch.setattr(planner.revise.origin, "origin", lambda *_: Origin(first, "as somebody thought"))
    monkeypatch.setattr(planner.revise.origin, "explained", no_way)
    assert "Revision 2 written" in gradus("replan", str(out), "--today", "2026-12-01").output
    gradus("verify", str(out))
