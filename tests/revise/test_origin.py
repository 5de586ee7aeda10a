"""A session that was logged too late, and a hold that is over: neither leaves the plan torn."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from planner.domain.programme import SessionKind, Status
from planner.revise.difference import difference
from planner.store import read_programme
from tests.commands import gradus
from tests.plans import folder_of, planned_folder

THURSDAY = "2026-12-03"


def too_early(out: Path) -> None:
    """Revision 2 takes Wednesday's session as missed, because nobody has logged it yet."""
    shutil.copytree(planned_folder("a_flexion_intolerant"), out)
    gradus("log", str(out), "w01-s1", "--done", "--pain", "2,2,2", "--today", "2026-11-30")
    gradus("replan", str(out), "--today", THURSDAY)
    assert read_programme(out).changes


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder_of("too-early", too_early), tmp_path / "out"))


def test_the_plan_goes_on_as_if_it_had_been_known(out: Path) -> None:
    gradus("log", str(out), "w01-s2", "--done", "--pain", "2,2,2", "--today", THURSDAY)
    told = " ".join(gradus("replan", str(out), "--today", THURSDAY).output.split())
    assert "w01-s2: done after all, as was told later" in told
    first, latest = read_programme(out, 1), read_programme(out)
    ahead = [one for one in difference(first, latest) if one.kind in ("dose", "exercise", "added", "dropped", "time")]
    assert not ahead
    assert all(one.because for one in latest.changes if one.kind in ("dose", "exercise"))
    assert "Nothing is new" in gradus("replan", str(out), "--today", THURSDAY).output
    gradus("verify", str(out))


def test_what_nobody_trained_since_does_not_stand_in_the_way(out: Path) -> None:
    """Friday went by without a word: it was missed by either revision, and stays as it was planned last."""
    before = read_programme(out)
    gradus("log", str(out), "w01-s2", "--done", "--pain", "2,2,2", "--today", "2026-12-05")
    told = " ".join(gradus("replan", str(out), "--today", "2026-12-05").output.split())
    assert "w01-s2: done after all, as was told later" in told
    friday, was = (next(s for s in made.sessions if s.slot == "w01-s3") for made in (read_programme(out), before))
    assert friday.status is Status.MISSED
    assert friday.items == was.items
    assert "w01-s2 missed" not in gradus("diff", str(out), "1", "3").output
    gradus("verify", str(out))


def test_what_was_trained_by_the_later_revision_stays_what_it_was(out: Path) -> None:
    """Friday's session was done as revision 2 had it: nothing before it is told anew."""
    before = read_programme(out)
    gradus("log", str(out), "w01-s3", "--done", "--pain", "2,2,2", "--today", "2026-12-04")
    gradus("log", str(out), "w01-s2", "--done", "--pain", "2,2,2", "--today", "2026-12-05")
    gradus("replan", str(out), "--today", "2026-12-05")
    friday, was = (next(s for s in made.sessions if s.slot == "w01-s3") for made in (read_programme(out), before))
    assert [(i.exercise, i.dose) for i in friday.items] == [(i.exercise, i.dose) for i in was.items]
    gradus("verify", str(out))


def test_a_hand_between_the_two_is_not_undone(out: Path) -> None:
    gradus("set", str(out), "goblet squat week 9", "--sets", "2", "--by", "A B", "--today", THURSDAY)
    gradus("log", str(out), "w01-s2", "--done", "--pain", "2,2,2", "--today", THURSDAY)
    assert "done after all" not in gradus("replan", str(out), "--today", THURSDAY).output
    pinned = [item for session in read_programme(out).sessions for item in session.items if item.pinned]
    assert pinned
    gradus("verify", str(out))


@pytest.mark.slow
def test_a_hold_that_is_over_goes_on_with_what_was_planned(out: Path) -> None:
    planned = read_programme(out)
    gradus("log", str(out), "--flag", "bladder=yes", "--today", THURSDAY)
    gradus("replan", str(out), "--today", THURSDAY, code=4)
    assert [goal.forecast for goal in read_programme(out).goals] == ["on hold."] * 2
    gradus("log", str(out), "--cleared", "programme", "--by", "Dr A", "--today", "2026-12-09")
    told = " ".join(gradus("replan", str(out), "--today", "2026-12-10").output.split())
    assert "it is allowed again, and the plan goes on from where it was" in told
    # Monday was held and Wednesday missed; Friday, Monday and Wednesday were cancelled, which nobody misses
    assert "1 of 2 sessions held" in told
    assert "missed: what it held" not in told
    made = read_programme(out)
    # as many lines of work in the last weeks as before, and the goals in sight
    for week in (9, 10, 11, 12):
        then, now = (sum(len(s.items) for s in one.sessions_of(week)) for one in (planned, made))
        assert now >= then - 3
    assert made.goals[0].reached_week is not None
    # what the hold had cancelled of the past stays cancelled; after a gap nothing is more than before it (rule R1)
    friday = next(session for session in made.sessions if session.slot == "w01-s3")
    assert friday.status is Status.CANCELLED
    assert "Nothing is new" in gradus("replan", str(out), "--today", "2026-12-10").output
    gradus("verify", str(out))


@pytest.mark.slow
def test_a_gate_that_stayed_shut_whatever_was_said_was_not_passed_after_all(tmp_path: Path) -> None:
    """Rule D3: symptoms reached the calf.  The plan went back to the one before, and its past with it."""
    out = tmp_path / "out"
    shutil.copytree(planned_folder("b_nerve_root"), out)
    for session in [one for one in read_programme(out).sessions if one.week <= 3 and one.kind is SessionKind.TRAINING]:
        sites = ("--site", "calf,calf,calf", "--side", "right")
        gradus("log", str(out), session.slot, "--done", "--pain", "3,3,3,3", *sites, "--today", "2026-12-20")
    gradus("log", str(out), "--check-in", "5", "--passed", "--by", "R", "--today", "2026-12-21")
    gradus("replan", str(out), "--today", "2026-12-21")
    shut = read_programme(out)
    assert any(change.because and "whatever was passed" in change.because for change in shut.changes)
    told = " ".join(gradus("replan", str(out), "--today", "2026-12-22").output.split())
    assert "passed after all" not in told
    gradus("verify", str(out))
