"""The grid of choices: every cell planned, the impossible ones with their reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from planner.errors import NotPlanned
from planner.verify import verify
from planner.whatif import grid, usual
from tests.plans import NO_PROVENANCE, case_of, programme_of

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_the_files_own_choice_gives_the_files_own_programme() -> None:
    case, programme = programme_of("f_healthy_novice")
    days, minutes, weeks = usual(case)
    (choice,) = grid(case, [days], [minutes], [weeks], provenance=NO_PROVENANCE)
    assert choice.programme is not None
    assert choice.programme.sessions == programme.sessions


def test_cells_are_planned_or_say_why_not() -> None:
    case = case_of("f_healthy_novice")
    heard: list[tuple[int, int]] = []
    choices = grid(
        case, [2, 5], [30, 300], [4], provenance=NO_PROVENANCE, tell=lambda done, of: heard.append((done, of))
    )
    assert [(c.days, c.minutes) for c in choices] == [(2, 30), (2, 300), (5, 30), (5, 300)]
    first = choices[0]
    assert first.programme is not None
    assert first.sessions == 8
    assert all(s.estimated_minutes <= 30 for s in first.programme.sessions if s.slot[4] == "s")
    assert "windows are on 3 days" in choices[2].reason
    assert "longest window" in choices[1].reason
    assert heard[0] == (0, 4)
    assert heard[-1] == (4, 4)


def test_each_cell_passes_the_verifier_for_its_own_choice() -> None:
    from dataclasses import replace

    case = case_of("g_time_poor")
    (choice,) = grid(case, [3], [20], [6], provenance=NO_PROVENANCE)
    patient = case.patient
    changed = patient.model_copy(
        update={
            "availability": patient.availability.model_copy(update={"sessions_per_week": 3, "session_minutes": 20}),
            "episode": patient.episode.model_copy(update={"weeks": 6}),
        }
    )
    assert choice.programme is not None
    assert verify(replace(case, patient=changed), choice.programme) == []


def test_a_refusal_is_not_bargained_with() -> None:
    with pytest.raises(NotPlanned):
        grid(case_of("j_hold"), [2], [30], [4], provenance=NO_PROVENANCE)


def test_the_command_shows_a_table_and_json() -> None:
    patient = str(EXAMPLES / "f_healthy_novice.yaml")
    shown = CliRunner().invoke(cli.main, ["whatif", patient, "--days", "2,4", "--weeks", "4"])
    assert shown.exit_code == 0, shown.stderr
    # to get stronger all round is reached in no particular week
    assert "week 4" not in shown.stdout
    assert "2 sessions a week; working sets" in " ".join(shown.stdout.split())
    assert "none: availability.windows are on 3 days" in " ".join(shown.stdout.split())
    data = CliRunner().invoke(cli.main, ["whatif", patient, "--weeks", "4", "--json"])
    (row,) = json.loads(data.stdout)
    assert row["sessions"] == 12


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--days", "two"], "not a list of whole numbers"),
        (["--days", "0"], "not between 1 and 7"),
        (["--weeks", "99"], "not between 1 and 52"),
        (["--days", "1,2,3,4", "--minutes", "20,30,40,50", "--weeks", "4,8,12,16"], "too many"),
    ],
)
def test_wrong_lists_are_refused(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(cli.main, ["whatif", str(EXAMPLES / "f_healthy_novice.yaml"), *arguments])
    assert result.exit_code == 2
    assert said in result.stderr
