"""What a clinician allows again: a valid revision comes, and a line begins at or below what was done of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from planner.domain.programme import Item, Programme, Status
from planner.store import read_programme
from tests.commands import gradus
from tests.plans import folder_of, planned_folder

MONDAY = "2026-12-07"


def halted(out: Path) -> None:
    """The hinge of the first session sent symptoms down: bending is closed, and everything that asks for it."""
    shutil.copytree(planned_folder("a_flexion_intolerant"), out)
    gradus("log", str(out), "w01-s1", "--done", "--item", "dowel hinge: 2x8 down the leg", "--today", "2026-11-30")
    gradus("replan", str(out), "--today", "2026-12-01")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder_of("halted", halted), tmp_path / "out"))


def of_line(programme: Programme, ladder: str) -> list[Item]:
    """Items of a line of work that stand from the second week on."""
    live = (s for s in programme.sessions if s.status is not Status.CANCELLED and s.week > 1)
    return [item for session in live for item in session.items if item.ladder == ladder]


def test_what_is_closed_keeps_its_ladder(out: Path) -> None:
    before = {record.key: record.rungs for record in read_programme(out, 1).ladders}
    closed = read_programme(out)
    for line in ("hinge", "squat"):
        assert not of_line(closed, line)
        assert next(record.rungs for record in closed.ladders if record.key == line) == before[line]


def test_what_is_allowed_again_begins_where_it_was(out: Path) -> None:
    """Rule D1 too: other bending in the session that closed it counts for nothing afterwards."""
    clear = ("--cleared", "flexion", "--cleared", "dowel_hinge", "--by", "R")
    gradus("log", str(out), *clear, "--today", MONDAY)
    gradus("replan", str(out), "--today", MONDAY)
    made = read_programme(out)
    for line, exercise in (("hinge", "dowel_hinge"), ("squat", "sit_to_stand_high_chair")):
        first = of_line(made, line)[0]
        assert (first.exercise, first.rung) == (exercise, 0)
    gradus("verify", str(out))
