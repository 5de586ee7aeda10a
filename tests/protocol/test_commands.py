"""``gradus protocol``, and what the other commands make of its folders."""

from __future__ import annotations

import json
from pathlib import Path

import icalendar
import pytest
from click.testing import CliRunner, Result

import cli

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def gradus(*arguments: str) -> Result:
    result = CliRunner().invoke(cli.main, list(arguments))
    assert "Traceback" not in result.output
    assert result.exit_code != 1, result.output
    return result


def build(name: str, *more: str) -> Result:
    return gradus("protocol", "build", name, "--start", "2027-01-04", "-o", "out", *more)


def test_list_names_every_protocol() -> None:
    listed = json.loads(gradus("protocol", "list", "--json").stdout)
    assert [one["kind"] for one in listed].count("published") == 20
    assert [one["kind"] for one in listed].count("clinic") == 7
    assert "StrongLifts" in gradus("protocol", "list").stdout


@pytest.mark.parametrize("name", ["nhs_couch_to_5k", "jacked_and_tan_2", "dapre", "silbernagel", "mckenzie_extension"])
def test_show_says_source_sessions_and_steps(name: str) -> None:
    shown = gradus("protocol", "show", name)
    assert shown.exit_code == 0
    assert "Session" in shown.stdout
    whole = json.loads(gradus("protocol", "show", name, "--json").stdout)
    assert whole["protocol"]["protocol"] == name
    assert whole["sessions"]


def test_formulas_stay_words_until_the_log_resolves_them() -> None:
    maxima = [part for lift in ("squat", "bench", "press", "deadlift") for part in ("--1rm", f"{lift}=100")]
    assert build("jacked_and_tan_2", *maxima).exit_code == 0
    before = json.loads(gradus("show", "out", "--session", "25", "--json").stdout)
    rows = before["items"][0]["dose"]["sets"]
    assert rows[0]["formula"] == "the heaviest for 6 repetitions today"
    assert rows[1]["formula"] == "85 % of today's 6RM"
    assert rows[1]["load"] == {"amount": 70_000, "unit": "g"}  # 85 % of the forecast, 83 kg
    Path("log.yaml").write_text(
        "outcomes:\n  - {session: 25, exercise: squat, repetitions: [6, 3, 3, 3, 3, 3], load: 90}\n", encoding="utf-8"
    )
    assert build("jacked_and_tan_2", *maxima, "--outcomes", "log.yaml", "--force").exit_code == 0
    rows = json.loads(gradus("show", "out", "--session", "25", "--json").stdout)["items"][0]["dose"]["sets"]
    assert "formula" not in rows[1]
    assert [row["load"]["amount"] for row in rows] == [90_000, *[75_000] * 5]  # 76.5 kg, rounded down


def test_a_folder_is_shown_exported_and_verified() -> None:
    assert build("mckenzie_extension").exit_code == 0
    assert sorted(path.name for path in Path("out/inputs").iterdir()) == [
        "build.json",
        "exercises.json",
        "protocol.json",
    ]
    assert "6 times a day" in gradus("show", "out", "--week", "1").stdout + Path("out/summary.md").read_text()
    assert gradus("export", "out", "--ics", "x.ics").exit_code == 0
    events = icalendar.Calendar.from_ical(Path("x.ics").read_bytes()).walk("VEVENT")
    assert len(events) == 21
    verified = gradus("verify", "out")
    assert verified.exit_code == 0
    assert "as it is written" in verified.stdout


def test_verify_names_the_rules_that_a_published_programme_breaks() -> None:
    assert build("nhs_couch_to_5k").exit_code == 0
    assert "O7: week 5, session 15 (run): 20 min of running after at most 16 (+25%); 20 min at a stretch after at " in (
        Path("out/summary.md").read_text() + gradus("verify", "out").stdout.replace("\n", " ")
    )
    assert gradus("verify", "out").exit_code == 2


def test_verify_finds_a_changed_repetition() -> None:
    build("hepburn", *[part for lift in ("squat", "bench", "press", "deadlift") for part in ("--1rm", f"{lift}=100")])
    assert gradus("verify", "out").exit_code == 0
    path = Path("out/programme.json")
    path.write_text(path.read_text().replace('"repetitions": 3', '"repetitions": 4', 1))
    verified = gradus("verify", "out")
    assert verified.exit_code == 2
    assert "is not what the protocol says" in verified.stdout
    assert "somebody has edited it" in verified.stderr


def test_the_same_again_gives_the_same_bytes() -> None:
    build("stronglifts_5x5", "--weeks", "4")
    first = Path("out/programme.json").read_bytes()
    build("stronglifts_5x5", "--weeks", "4", "--force")
    assert Path("out/programme.json").read_bytes() == first


def test_days_that_do_not_fit_are_refused() -> None:
    assert (
        "needs a free day between sessions, not mon and tue" in build("stronglifts_5x5", "--days", "mon,tue,fri").stderr
    )
    refused = build("nhs_couch_to_5k", "--days", "mon,fri")
    assert refused.exit_code == 2
    assert "is written for 3 days a week" in refused.stderr


def test_what_is_missing_is_asked_for_with_its_option() -> None:
    refused = build("dapre")
    assert refused.exit_code == 2
    assert refused.stderr.strip() == "knee_extension: needs its 6RM: give --nrm knee_extension=6:LOAD"
    assert "did you mean 'squat'?" in build("stronglifts_5x5", "--load", "sqat=60").stderr


def test_a_protocol_written_in_kilograms_is_not_converted() -> None:
    own = ROOT / "tests/data/own_protocols/double_progression_per_set.yaml"
    refused = build(str(own), "--unit", "lb")
    assert refused.exit_code == 2
    assert "row.loads, row.step: write both, such as {kg: 2.5, lb: 5}" in refused.stderr
    assert build("stronglifts_5x5", "--unit", "lb", "--weeks", "2").exit_code == 0
    assert "45 lb" in Path("out/summary.md").read_text()


def test_owned_loads_come_from_a_file() -> None:
    Path("gym.yaml").write_text(
        "barbell: {bar: 20, plates: [20, 20, 10, 5]}\nthings: [rack, bench]\n", encoding="utf-8"
    )
    assert build("stronglifts_5x5", "--equipment", "gym.yaml", "--weeks", "3", "--load", "squat=67.5").exit_code == 0
    text = Path("out/summary.md").read_text()
    assert "5 × 5 at 60 kg" in text
    assert "at 67.5 kg" not in text


def test_for_a_patient_the_findings_decide() -> None:
    patient = str(EXAMPLES / "a_flexion_intolerant.yaml")
    refused = build("stronglifts_5x5", "--for", patient)
    assert refused.exit_code == 3
    assert f"{patient}:37 findings.intolerances[0]: D1 closes Conventional deadlift" in refused.stderr
    assert f"{patient}:28 findings.irritability: I1 closes Barbell back squat" in refused.stderr
    assert not Path("out").exists()
    assert build("mckenzie_extension", "--for", patient).exit_code == 0
    assert gradus("verify", "out").exit_code == 0


def test_the_other_direction_is_refused_for_a_patient() -> None:
    refused = build("side_glide", "--for", str(EXAMPLES / "a_flexion_intolerant.yaml"))
    assert refused.exit_code == 3
    assert "D2 closes Side glide" in refused.stderr


def test_bending_lifts_soon_after_waking_are_refused() -> None:
    loads = [part for line in ("squat", "bench", "press", "deadlift") for part in ("--load", f"{line}=40")]
    patient = str(EXAMPLES / "e_deadlift_jefferson.yaml")
    early = build("starting_strength", "--for", patient, "--at", "07:00", *loads)
    assert early.exit_code == 3
    assert f"{patient}:56 availability.waking: M1: Conventional deadlift: not before 08:30" in early.stderr
    assert "M1" not in build("starting_strength", "--for", patient, *loads).stderr


def test_an_exercise_without_tags_is_not_for_a_patient_with_a_back() -> None:
    refused = build("dapre", "--nrm", "knee_extension=6:30", "--for", str(EXAMPLES / "b_nerve_root.yaml"))
    assert refused.exit_code == 3
    assert "findings.presentation: E6 closes Knee extension" in refused.stderr


def test_couch_to_5k_is_refused_for_a_patient_because_of_o7() -> None:
    refused = build("nhs_couch_to_5k", "--for", str(EXAMPLES / "f_healthy_novice.yaml"))
    assert refused.exit_code == 3
    assert "training.longest_run_minutes: O7: week 5, session 15 (run)" in refused.stderr


@pytest.mark.parametrize("name", ["i_red_flag", "j_hold"])
def test_a_referral_or_a_hold_comes_first(name: str) -> None:
    assert build("mckenzie_extension", "--for", str(EXAMPLES / f"{name}.yaml")).exit_code == 4


def test_entering_in_a_later_week() -> None:
    assert build("nhs_couch_to_5k", "--from-week", "5").exit_code == 0
    programme = json.loads(Path("out/programme.json").read_text())
    assert programme["weeks_planned"] == 5
    assert programme["sessions"][0]["items"][0]["dose"]["sets"][0]["work_seconds"] == 300


def test_the_readme_shows_the_example_and_it_runs() -> None:
    example = ROOT / "examples" / "protocols" / "heavy_and_light.yaml"
    assert f"```yaml\n{example.read_text(encoding='utf-8')}```" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert gradus("check", str(example)).stdout.strip() == f"{example}: protocol file, no faults"
    assert build(str(example), "--1rm", "squat=100").exit_code == 0
    programme = json.loads(Path("out/programme.json").read_text())
    squat, row = programme["sessions"][0]["items"]
    # TM 90: 45 to warm up, 76.5 and then 90 % of 75, rounded down
    assert [one["load"]["amount"] for one in squat["dose"]["sets"]] == [45_000, 75_000, 67_500, 67_500]
    assert [one["repetitions"] for one in row["dose"]["sets"]] == [8, 8, 8]


def test_the_readme_names_every_key_of_the_language() -> None:
    from planner.domain import protocol

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    reference = text[text.index("### Write a protocol") : text.index("## Commands")]
    models = (
        protocol.Protocol,
        protocol.DeclaredExercise,
        protocol.Line,
        protocol.SessionPlan,
        protocol.SessionItem,
        protocol.Scheme,
        protocol.Row,
        protocol.Adjust,
        protocol.Rule,
        protocol.WarmUp,
    )
    missing = {name for model in models for name in model.model_fields if name not in reference}
    assert missing == set()
