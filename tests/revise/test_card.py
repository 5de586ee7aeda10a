"""The flare card of a later revision: what the files of now allow, and a verifier that looks at it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from planner.domain.programme import Programme
from planner.store import read_whole
from planner.verify import verify
from tests import folders
from tests.commands import gradus, programme
from tests.plans import EXAMPLES, folder_of, planned_folder

#: The first day of week 3, with two weeks done as planned.
TODAY = "2026-12-14"
A = "a_flexion_intolerant"
#: Added to the patient file.
PRONE = "restrictions:\n  - {position: prone, reason: stoma bag}\n  - {joint: wrist, reason: fracture}\n"
PREGNANT = "conditions: {pregnancy_weeks: 30, pregnancy_cleared_by: Dr Example}\n"
OTHER_WAY = (
    ("directional_preference: extension", "directional_preference: flexion"),
    (
        "  - {direction: flexion, current_stage: unknown, aim: re_expose}",
        "  - {direction: extension, current_stage: 1, aim: avoid}",
    ),
    ("{direction: flexion, repetitions: 10, during: worse, after: worse}", "MOVED"),
    ("{direction: extension, repetitions: 10, during: better", "{direction: flexion, repetitions: 10, during: better"),
    ("MOVED", "{direction: extension, repetitions: 10, during: worse, after: worse}"),
)


@pytest.fixture
def lived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def two_weeks(out: Path) -> None:
        shutil.copytree(planned_folder(A), out)
        folders.lived_as_planned(out, TODAY)
        gradus("replan", str(out), "--today", TODAY)

    shutil.copytree(folder_of("two-weeks", two_weeks), tmp_path / "out")
    shutil.copy(EXAMPLES / f"{A}.yaml", tmp_path / "p.yaml")
    monkeypatch.chdir(tmp_path)


def change(more: str, *changes: tuple[str, str]) -> None:
    text = Path("p.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    Path("p.yaml").write_text(f"{text}\n{more}", encoding="utf-8")


def card(made: dict[str, Any]) -> dict[str, str]:
    return {item["track"]: item["exercise"] for item in made["flare_card"]}


@pytest.mark.parametrize(
    ("more", "changes", "expected"),
    [
        (PRONE, (), {"relief": "side_lying_rest", "directional": "extension_in_standing"}),
        (PREGNANT, (), {"relief": "side_lying_rest", "directional": "extension_in_standing"}),
        ("", OTHER_WAY, {"relief": "ninety_ninety_rest", "directional": "flexion_in_lying"}),
    ],
    ids=["restrictions", "pregnancy", "another direction"],
)
def test_the_card_is_what_the_files_of_now_allow(
    lived: None, more: str, changes: tuple[tuple[str, str], ...], expected: dict[str, str]
) -> None:
    before = programme()["flare_card"]
    change(more, *changes)
    gradus("replan", "out", "--patient", "p.yaml", "--today", TODAY)
    assert card(programme()) == {**expected, "aerobic": "walking"}
    assert programme()["planned_from"] == TODAY
    # the verifier names a card that is as it was before, whatever weeks are over
    made, case, _ = read_whole(Path("out"))
    stale = made.model_dump(mode="json") | {"flare_card": before}
    broken = [one for one in verify(case, Programme.model_validate(stale)) if one.where.startswith("flare card, ")]
    assert "press_up" in {one.where.partition(", ")[2] for one in broken}
    gradus("verify", "out")


def test_a_card_stays_while_the_files_do(lived: None) -> None:
    before = programme()["flare_card"]
    gradus("log", "out", "w03-s1", "--missed", "--today", TODAY)
    gradus("replan", "out", "--today", "2026-12-15")
    assert programme()["flare_card"] == before
