"""A patient file that comes while something stops a programme, by its log or by a file before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import gradus, programme

START = "2026-11-30"
LATER = "2026-12-02"


def file_with(after: str, line: str) -> None:
    """The patient file with a line more after another."""
    source = Path("p.yaml").read_text(encoding="utf-8")
    assert source.count(after) == 1
    Path("p.yaml").write_text(source.replace(after, f"{after}\n{line}"), encoding="utf-8")


@pytest.mark.parametrize("first", [True, False], ids=["stopped first", "file first"])
def test_a_file_ends_no_stop_of_lost_strength(out: Path, first: bool) -> None:
    """Rule T3: that the loss is in the file now says nothing of who looked at it."""
    gradus("log", "out", "w01-s1", "--done", "--motor", "L5 left 4", "--today", START)
    file_with(
        "  irritability: moderate",
        "  neurology: {examined: true, motor: [{myotome: L5, side: left, grade: 4, course: stable}]}",
    )
    if first:
        gradus("replan", "out", "--today", START, code=4)
    before = programme()
    with_file = ("replan", "out", "--patient", "p.yaml", "--today", LATER)
    refused = gradus(*with_file, code=4).stderr
    assert "L5 left fell from grade 5 to 4. p.yaml does not end that" in refused
    assert "`gradus log out --cleared programme --by NAME`, then `gradus replan out --patient p.yaml`" in refused
    assert ("`gradus replan out` cancels" in refused) is not first
    assert programme() == before
    gradus("log", "out", "--cleared", "programme", "--by", "Dr Roe", "--today", LATER)
    gradus(*with_file)
    assert not programme()["frozen"]
    gradus("verify", "out")


def test_a_file_that_says_nothing_else_of_strength_is_taken_while_a_stop_stands(out: Path) -> None:
    gradus("log", "out", "w01-s1", "--done", "--motor", "L5 left 4", "--today", START)
    file_with("  irritability: moderate", "  neurology: {examined: true}")
    gradus("replan", "out", "--patient", "p.yaml", "--today", LATER, code=4)
    assert programme()["frozen"].startswith("T3")


def test_a_clearance_in_a_later_file_has_its_own_day(out: Path) -> None:
    """Rule T1: what the file stops is cleared there, by name, on the day on which somebody looked."""
    source = Path("p.yaml").read_text(encoding="utf-8").replace("fracture: no", "fracture: yes")
    Path("p.yaml").write_text(source, encoding="utf-8")
    gradus("replan", "out", "--patient", "p.yaml", "--today", START, code=4)
    told = gradus("log", "out", "--cleared", "fracture", "--by", "Dr Roe", "--today", LATER).stderr
    assert "The patient file is what stops it: a clearance goes there" in told
    source = source.replace("on: 2026-11-20", f"on: {LATER}")
    cleared = f"  clearances: [{{flag: fracture, by: Dr Roe, on: {LATER}, finding: none on film}}]\nfindings:"
    Path("p.yaml").write_text(source.replace("findings:", cleared, 1), encoding="utf-8")
    again = ("replan", "out", "--patient", "p.yaml", "--today")
    early = gradus(*again, "2026-12-01", code=2).stderr
    assert "screening.on: is after the day from which it is planned anew, 2026-12-01" in early
    assert "screening.clearances[0].on: is after the day" in early
    assert "is after the start of the programme" in gradus("plan", "p.yaml", "-o", "new", code=2).stderr
    gradus(*again, LATER)
    assert not programme()["frozen"]
    gradus("verify", "out")
    assert f"cleared by Dr Roe on {LATER}" in Path("out/summary.md").read_text(encoding="utf-8")
