"""The reason that is named is the reason: a flare-up, a gate and a closed direction are told apart."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from planner.domain.programme import Change, SessionKind
from planner.store import read_programme
from tests.commands import gradus
from tests.plans import planned_folder


@pytest.fixture
def out(tmp_path: Path) -> str:
    return str(shutil.copytree(planned_folder("a_flexion_intolerant"), tmp_path / "out"))


def train(out: str, weeks: int, *, first_only: bool = False) -> None:
    """Logs the sessions of the first weeks, each on its day; of each, perhaps, the first exercise alone."""
    for one in read_programme(Path(out)).sessions:
        if one.week <= weeks and one.kind is SessionKind.TRAINING:
            left = [("--item", f"{item.name}: not done") for item in one.items[1:] if first_only]
            said = ("--partly" if first_only else "--done", *(word for pair in left for word in pair))
            gradus("log", out, one.slot, *said, "--pain", "2,2,2", "--today", str(one.start.date()))


def changes(out: str, kind: str) -> list[Change]:
    return [change for change in read_programme(Path(out)).changes if change.kind == kind]


def test_days_of_a_flare_up_are_cancelled_for_it_and_not_for_a_direction_that_was_closed_with_it(out: str) -> None:
    said = ("--done", "--flare", "--item", "dowel hinge: 2x8 down the leg")
    gradus("log", out, "w01-s1", *said, "--today", "2026-11-30")
    gradus("replan", out, "--today", "2026-12-01")
    found = [*changes(out, "cancelled"), *(one for one in changes(out, "added") if one.slot.startswith("c"))]
    assert found and all("a flare-up" in change.because for change in found)
    later = [one for one in changes(out, "phase") if "bending forward" in one.after]
    assert later and all("bending forward steps back" in change.because for change in later)


def test_a_closed_direction_is_not_told_as_the_gate_that_stayed_shut_beside_it(out: str) -> None:
    train(out, 2)
    work = next(s for s in read_programme(Path(out)).sessions if s.slot == "w03-s1")
    hinge = next(item.name for item in work.items if item.ladder == "hinge")
    day = str(work.start.date())
    gradus("log", out, "w03-s1", "--done", "--item", f"{hinge}: 2x8 down the leg", "--today", day)
    gradus("replan", out, "--today", str(work.start.date() + dt.timedelta(days=1)))
    for change in changes(out, "phase"):
        same = change.before.partition(",")[0] == change.after.partition(",")[0]
        assert "bending forward steps back" in change.because
        assert ("stays shut" in change.because) is not same


def test_a_gate_that_was_passed_is_no_reason_for_less(out: str) -> None:
    train(out, 2, first_only=True)
    gradus("log", out, "--check-in", "2", "--passed", "--by", "C", "--today", "2026-12-14")
    gradus("replan", out, "--today", "2026-12-14")
    found = changes(out, "phase")
    assert found
    assert {change.because for change in found} == {"bending forward opens with the sessions that show it (rule D1)"}


def test_what_was_done_though_cancelled_is_no_new_session(out: str) -> None:
    train(out, 1)
    gradus("log", out, "w02-s1", "--done", "--flare", "--today", "2026-12-07")
    gradus("replan", out, "--today", "2026-12-08")
    assert "w02-s2" in {change.slot for change in changes(out, "cancelled")}
    gradus("log", out, "w02-s2", "--done", "--pain", "2,2,2", "--today", "2026-12-09")
    told = " ".join(gradus("replan", out, "--today", "2026-12-10").stdout.split())
    assert "Since revision 2: 1 session done after all, " in told
    assert "Wed 9 Dec: no longer cancelled. Why: it was done after all." in told
    assert not [change for change in changes(out, "added") if change.track is None]


@pytest.mark.slow
def test_a_check_in_more_says_which_call_nobody_has_answered(tmp_path: Path) -> None:
    out = str(shutil.copytree(planned_folder("b_nerve_root"), tmp_path / "out"))
    for slot, sites, day in (("w01-s1", "calf,calf,calf", 1), ("w01-s2", "thigh,calf,calf", 3)):
        said = ("--done", "--pain", "4,4,4,4", "--site", sites, "--side", "right")
        gradus("log", out, slot, *said, "--today", f"2026-12-0{day}")
    said = ("--done", "--pain", "4,4,4,4", "--site", "thigh,calf,foot", "--side", "right")
    gradus("log", out, "w01-s3", *said, "--today", "2026-12-05")
    gradus("replan", out, "--today", "2026-12-05")
    told = " ".join(gradus("replan", out, "--today", "2026-12-08").stdout.split())
    new = next(change for change in changes(out, "added") if change.slot.startswith("c"))
    assert new.because.startswith("since Fri 4 Dec nobody has answered: twice in a row: call within 48 hours")
    # the two times of daily work on a day are one day of it
    assert "Day of daily work, Tue 8 Dec and Wed 9 Dec: confirmed." in told
