"""Two weeks or more without a session: the first week back is no more than the last before (rule R1)."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.commands import gradus, programme
from tests.plans import EXAMPLES, folder_of, planned_folder

A = "a_flexion_intolerant"
AWAY = "2026-12-28..2027-01-17"
BACK = "2027-01-18"


def four_weeks(out: Path) -> None:
    """Example a, its first four weeks held and its gates passed."""
    shutil.copytree(planned_folder(A), out)
    for one in json.loads((out / "programme.json").read_text(encoding="utf-8"))["sessions"]:
        if one["kind"] == "training" and one["week"] <= 4:
            after = dt.date.fromisoformat(one["start"][:10]) + dt.timedelta(days=1)
            gradus("log", str(out), one["slot"], "--done", "--pain", "2,2,2,2", "--today", str(after))
    for check, day in ((2, "2026-12-14"), (3, "2026-12-28")):
        gradus("log", str(out), "--check-in", str(check), "--passed", "--today", day)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those four weeks in a folder of their own."""
    shutil.copy(EXAMPLES / f"{A}.yaml", tmp_path / f"{A}.yaml")
    shutil.copytree(folder_of("four-weeks-held", four_weeks), tmp_path / A)
    monkeypatch.chdir(tmp_path)


def week(number: int, kind: str = "training") -> list[dict[str, Any]]:
    """The sessions of a week that were held or stand."""
    return [
        one
        for one in programme(A)["sessions"]
        if one["week"] == number and one["kind"] == kind and one.get("status") not in ("cancelled", "missed")
    ]


def lines(sessions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Items of lines of work."""
    return [item for one in sessions for item in one["items"] if item.get("ladder")]


def efforts(sessions: list[dict[str, Any]]) -> set[float]:
    """Efforts that are planned of lines of work."""
    return {row.get("effort", 0) for item in lines(sessions) for row in item["dose"]["sets"]}


def walk(number: int) -> int:
    """Minutes of a walk in a week."""
    items = [item for one in week(number, "daily") for item in one["items"] if item["track"] == "aerobic"]
    return max(item["dose"]["sets"][0]["seconds"] for item in items) // 60


def begun(until: int) -> set[str]:
    """Lines of work that were held up to a week."""
    return {item["ladder"] for n in range(1, until + 1) for item in lines(week(n))}


def week_eight_is_no_more_than_week_four() -> None:
    """The first week back, after a check-in, against the last before: stages, efforts, lines of work and walks."""
    weeks = {row["number"]: row for row in programme(A)["weeks"]}
    assert weeks[8]["envelope"] == weeks[4]["envelope"]
    assert max(efforts(week(8))) <= max(efforts(week(4)))
    assert {item["ladder"] for item in lines(week(8))} <= begun(4)
    assert walk(8) <= walk(4)
    assert any(one["start"].startswith(BACK) and one.get("status") != "done" for one in programme(A)["check_ins"])
    gradus("verify", A)


def test_after_three_weeks_away_the_first_week_is_no_more_than_the_last_before() -> None:
    planned = week(8)
    gradus("replan", A, "--away", AWAY, "--today", BACK)
    assert [row["phase"] for row in programme(A)["weeks"] if row["number"] in (4, 8)] == ["restore"] * 2
    week_eight_is_no_more_than_week_four()
    assert "Nothing is new" in gradus("replan", A, "--today", BACK).output
    # put back as it was, the verifier sees it
    written = programme(A)
    for one in written["sessions"]:
        if (was := next((old for old in planned if old["slot"] == one["slot"]), None)) is not None:
            one["items"] = was["items"]
    Path(A, "programme.json").write_text(json.dumps(written), encoding="utf-8")
    told = gradus("verify", A, code=2).output
    assert "begins in the first week back" in told
    assert "effort 7 after an absence" in told


def test_days_away_told_beforehand_are_planned_as_the_gap_that_they_will_be() -> None:
    told = gradus("replan", A, "--away", AWAY, "--today", "2026-12-28").output
    assert "24 days without a session until Mon 18 Jan: one step lower then (rule R1)" in " ".join(told.split())
    assert "Nothing is new" in gradus("replan", A, "--today", "2026-12-28").output
    hinge = {n: [item["dose"] for item in lines(week(n)) if item["ladder"] == "hinge"] for n in (4, 8)}
    assert len(hinge[8][0]["sets"]) < len(hinge[4][-1]["sets"])
    assert max(efforts(week(8))) <= max(efforts(week(4)))
    assert walk(8) <= walk(4)
    gradus("verify", A)
    assert "Nothing that lies ahead changes" in gradus("replan", A, "--today", BACK).output


def test_after_a_hold_no_more_is_open_than_when_it_began() -> None:
    gradus("log", A, "--flag", "bladder=yes", "--today", "2026-12-28")
    gradus("replan", A, "--today", "2026-12-28", code=4)
    gradus("log", A, "--cleared", "programme", "--by", "Dr A", "--today", BACK)
    gradus("replan", A, "--today", BACK)
    week_eight_is_no_more_than_week_four()


def test_a_goal_is_not_reached_in_a_week_in_which_nobody_was_there() -> None:
    reached = {one["goal"]: one.get("reached_week") for one in programme(A)["goals"]}
    assert reached["goal 2"] == 10
    gradus("replan", A, "--away", "2026-12-28..2027-02-07", "--today", "2027-02-08")
    reached = {one["goal"]: one.get("reached_week") for one in programme(A)["goals"]}
    assert reached["goal 2"] is None
    # and what stands in for a gate is what was walked before the absence
    instead = [
        item["fallback"]["dose"]["sets"][0]["seconds"] // 60
        for n in (11, 12)
        for one in week(n, "daily")
        for item in one["items"]
        if item["track"] == "aerobic" and item.get("fallback")
    ]
    assert instead and max(instead) <= walk(4)


@pytest.mark.slow
def test_a_back_that_settles_again_is_tested_again_once() -> None:
    """Rule D6: the week was no longer one of settling in the revision before, and is one after the absence."""
    b = "b_nerve_root"
    shutil.copytree(planned_folder(b), b)
    for one in [one for one in programme(b)["sessions"] if one["kind"] == "training"][:3]:
        after = dt.date.fromisoformat(one["start"][:10]) + dt.timedelta(days=1)
        gradus("log", b, one["slot"], "--done", "--pain", "3,3,3,3", "--today", str(after))
    gradus("replan", b, "--today", "2027-01-20")
    assert "D6" in {one["rule"] for one in programme(b)["decisions"]}
    assert "Nothing is new" in gradus("replan", b, "--today", "2027-01-20").output
