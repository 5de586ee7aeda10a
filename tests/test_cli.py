from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import icalendar
import pytest
from click.testing import CliRunner, Result

import cli
import planner.plan
from planner import store
from planner.domain.case import Case
from planner.domain.programme import Change, Provenance
from planner.errors import NoProgramme, NotPlanned, PlannerError, StoppedByLimit
from planner.export.ical import calendar_bytes
from planner.export.summary import summary
from planner.plan import Plan, Progress
from planner.revise.carry import carried
from planner.rules.base import Violation
from tests import folders
from tests.export import builder
from tests.revise import replans

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
PATIENT = str(EXAMPLES / "a_flexion_intolerant.yaml")

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRADUS_DEBUG", raising=False)

    def call(*arguments: str, answers: str | None = None) -> Result:
        result = CliRunner().invoke(cli.main, list(arguments), input=answers)
        assert "Traceback" not in result.output
        return result

    return call


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A programme's folder, made by hand."""
    folders.write_folder(tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Puts a hand-made programme in the solver's place; says what it was called with."""
    called: dict[str, Any] = {}

    def make(case: Case, *, provenance: Provenance, **more: Any) -> Plan:
        called.update(more, case=case)
        if progress := more.get("progress"):
            progress(Progress("climb", 110.0, 100.0, 1.0, "climb: value 110"))
        programme = builder.programme().model_copy(update={"provenance": provenance, "warnings": more["warnings"]})
        return Plan(programme, {"tiers": []})

    monkeypatch.setattr("planner.plan.make_programme", make)
    return called


def solver_raises(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def make(*_: Any, **__: Any) -> Plan:
        raise error

    monkeypatch.setattr("planner.plan.make_programme", make)


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


# -------------------------------------------------------------------- start-up
def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys, cli\n"
        "cli.main(['--help'], standalone_mode=False)\n"
        "heavy = {'ortools', 'pydantic', 'icalendar', 'rich', 'ruamel', 'numpy', 'recurring_ical_events'}\n"
        "print('HEAVY', sorted(heavy & {name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("HEAVY []\n")


@pytest.mark.parametrize("path", [path for path, _ in commands(cli.main)], ids=" ".join)
def test_every_command_and_option_has_help(run: Run, path: tuple[str, ...]) -> None:
    result = run(*path, "--help")
    assert result.exit_code == 0
    command = dict(commands(cli.main))[path]
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_the_safety_statement_is_in_the_help(run: Run) -> None:
    said = " ".join(run("--help").output.split())
    assert "does not diagnose" in said
    assert "not for use without supervision" in said


def test_version(run: Run) -> None:
    assert run("--version").output == "gradus, version 0.1.0\n"


def test_it_runs_as_a_script_too() -> None:
    done = subprocess.run([sys.executable, "cli.py", "--version"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("version 0.1.0\n")


# -------------------------------------------------------------------- plan
def test_plan_writes_a_folder_and_says_what_it_did(run: Run, quick: dict[str, Any]) -> None:
    result = run("plan", PATIENT, "-o", "out")
    assert result.exit_code == 0
    assert sorted(path.name for path in Path("out").iterdir()) == [
        "calendar.ics",
        "inputs",
        "programme.json",
        "revisions",
        "solver.json",
        "summary.md",
    ]
    assert "Proved best." in result.stdout
    assert "Written to out" in result.stdout
    assert quick["seconds"] == 60
    assert "# Exercise programme" in Path("out/summary.md").read_text(encoding="utf-8")


def test_quiet_says_nothing(run: Run, quick: dict[str, Any]) -> None:
    result = run("plan", PATIENT, "-o", "out", "--quiet", "--start", "2030-03-04")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "Planning" not in result.stderr
    assert quick.get("progress") is None


def test_plan_as_json(run: Run, quick: dict[str, Any]) -> None:
    result = run("plan", PATIENT, "-o", "out", "--json")
    said = json.loads(result.stdout)
    assert said["status"] == "Proved best."
    assert said["out"] == "out"
    assert said["provenance"] == json.loads(Path("out/programme.json").read_text())["provenance"]


def test_start_seconds_and_clinic_are_passed_on(run: Run, quick: dict[str, Any]) -> None:
    Path("clinic.yaml").write_text("clinic: North\nparameters:\n  I1: {items_low: 6}\n")
    result = run("plan", PATIENT, "-o", "out", "--start", "2030-03-04", "--seconds", "7", "--clinic", "clinic.yaml")
    assert result.exit_code == 0
    assert quick["seconds"] == 7
    assert quick["case"].patient.episode.start.isoformat() == "2030-03-04"
    assert quick["case"].clinic.parameters == {"I1": {"items_low": 6}}


def test_warnings_are_shown_and_kept(run: Run, quick: dict[str, Any]) -> None:
    result = run("plan", PATIENT, "-o", "out", "--start", "2026-11-21")
    assert "is in the past" in result.stderr or not quick["warnings"]
    assert json.loads(Path("out/programme.json").read_text())["warnings"] == list(quick["warnings"])


def test_neutral_titles_go_into_the_calendar(run: Run, quick: dict[str, Any]) -> None:
    run("plan", PATIENT, "-o", "out", "--neutral-titles")
    assert b"Kettlebell" not in Path("out/calendar.ics").read_bytes()


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (NotPlanned("refer", ["T1: cauda equina: emergency department now."]), 4, "Referral: nothing is planned."),
        (NotPlanned("hold", ["T1: fracture: no clearance."]), 4, "Hold: nothing is planned yet."),
        (NoProgramme(["E2: no window is long enough."]), 3, "No programme can keep all hard rules."),
        (StoppedByLimit("No programme was found within 1 s."), 5, "within 1 s"),
        (PlannerError("The independent verifier found a break."), 1, "independent verifier"),
        (ZeroDivisionError("by zero"), 1, "Unexpected: ZeroDivisionError: by zero"),
        (KeyboardInterrupt(), 130, "Stopped; nothing was written."),
    ],
)
def test_every_refusal_has_its_exit_code_and_writes_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, words: str
) -> None:
    solver_raises(monkeypatch, error)
    result = run("plan", PATIENT, "-o", "out")
    assert result.exit_code == code
    assert words in result.stderr
    assert result.stdout == ""
    for reason in getattr(error, "reasons", ()):
        assert f"  - {reason}" in result.stderr
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("i_red_flag", 4, "T1: screening.flags.progressive_weakness is positive"),
        ("j_hold", 4, "no clearance is recorded"),
        ("k_impossible", 3, "No session fits"),
    ],
)
def test_examples_that_are_not_planned(run: Run, name: str, code: int, words: str) -> None:
    result = run("plan", str(EXAMPLES / f"{name}.yaml"), "-o", "out")
    assert result.exit_code == code
    assert words in result.stderr
    assert not Path("out").exists()


def test_an_unexpected_fault_tells_how_to_report_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    solver_raises(monkeypatch, RuntimeError("x"))
    assert "Please report" in run("plan", PATIENT, "-o", "out").stderr
    monkeypatch.setenv("GRADUS_DEBUG", "1")
    result = run("plan", PATIENT, "-o", "out")
    assert isinstance(result.exception, RuntimeError)


def test_out_is_refused_before_the_solver_runs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    solver_raises(monkeypatch, AssertionError("must not be reached"))
    Path("file").write_text("x")
    Path("full").mkdir()
    Path("full/notes.txt").write_text("mine")
    for target, words in (
        ("file", "file: is a file; name a folder"),
        ("file/out", "file is no folder"),
        ("full", "notes.txt"),
        (".", "the folder you are in"),
    ):
        result = run("plan", PATIENT, "-o", target, "--force")
        assert result.exit_code == 2
        assert words in result.stderr


def test_force_replaces_a_programme(run: Run, quick: dict[str, Any]) -> None:
    assert run("plan", PATIENT, "-o", "out").exit_code == 0
    again = run("plan", PATIENT, "-o", "out")
    assert again.exit_code == 2
    assert "--force" in again.stderr
    assert run("plan", PATIENT, "-o", "out", "--force").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan",),
        ("plan", PATIENT),
        ("plan", PATIENT, "-o", "out", "--start", "soon"),
        ("plan", PATIENT, "-o", "out", "--seconds", "0"),
        ("plan", PATIENT, "-o", "out", "--seconds", "many"),
        ("plan", "no.yaml", "-o", "out"),
        ("plan", PATIENT, "-o", "out", "--clinic", "no.yaml"),
        ("check",),
        ("check", "no.yaml"),
        ("verify", "no"),
        ("show", "no"),
        ("export", "no", "--ics", "-"),
        ("export", "no"),
        ("new", "no_such_template", "-o", "new.yaml"),
        ("new", "mixed"),
        ("catalog", "show", "no_such_exercise"),
        ("catalog", "list", "--track", "nonsense"),
        ("no_such_command",),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr
    assert list(Path().iterdir()) == []


def test_progress_goes_to_standard_error(run: Run, quick: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.terminal.EVERY_SECONDS", 0.01)
    at_once = planner.plan.make_programme

    def slow(*arguments: Any, **more: Any) -> Plan:
        made = at_once(*arguments, **more)
        time.sleep(0.2)
        return made

    monkeypatch.setattr("planner.plan.make_programme", slow)
    result = run("plan", PATIENT, "-o", "out")
    assert "Planning, 0 s: climb, shortfall 110, at best 100" in result.stderr
    assert "Planning" not in result.stdout


@pytest.mark.skipif(not hasattr(signal, "sigwait"), reason="needs POSIX signals")
def test_ctrl_c_ends_a_solve_at_once(tmp_path: Path) -> None:
    script = (
        "import time\n"
        "from planner.terminal import ProgressLine, interruptible\n"
        "line = ProgressLine()\n"
        "with interruptible(line.hide), line.shown():\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "nothing was written" in said


def test_after_a_solve_ctrl_c_works_as_before() -> None:
    from planner.terminal import interruptible

    if not hasattr(signal, "pthread_sigmask"):
        pytest.skip("needs POSIX signals")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    with interruptible(lambda: None):
        assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
    with contextlib.suppress(ZeroDivisionError), interruptible(lambda: None):
        _ = 1 / 0
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before


# -------------------------------------------------------------------- show
def test_show_an_overview(run: Run, out: Path) -> None:
    result = run("show", str(out))
    assert result.exit_code == 0
    for words in ("Draft, not yet signed", "Proved best.", "Weeks", "w2 3×8 at 16 kg", "Check-ins"):
        assert words in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 100


def test_show_a_week_and_a_session(run: Run, out: Path) -> None:
    assert "Mon 23 Mar 17:30" in run("show", str(out), "--week", "2").stdout
    by_slot = run("show", str(out), "--session", "w02-s1").stdout
    assert "Easier, on a bad day" in by_slot
    assert run("show", str(out), "--session", "4").stdout == by_slot


def test_show_as_json(run: Run, out: Path) -> None:
    whole = json.loads(run("show", str(out), "--json").stdout)
    assert whole == json.loads((out / "programme.json").read_text())
    week = json.loads(run("show", str(out), "--json", "--week", "2").stdout)
    assert week["week"]["number"] == 2
    assert len(week["sessions"]) == 10
    session = json.loads(run("show", str(out), "--json", "--session", "4").stdout)
    assert session["slot"] == "w02-s1"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--week", "9"), "weeks 1 to 3"),
        (("--week", "0"), "--week"),
        (("--session", "99"), "numbered 1 to 9"),
        (("--week", "1", "--session", "1"), "not both"),
    ],
)
def test_show_what_is_not_there(run: Run, out: Path, options: tuple[str, ...], words: str) -> None:
    result = run("show", str(out), *options)
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_terminal_without_utf8_is_no_reason_to_stop(out: Path) -> None:
    done = subprocess.run(
        [sys.executable, "cli.py", "show", str(out)],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        check=False,
    )
    assert done.returncode == 0
    assert b"8 at 16 kg" in done.stdout


# -------------------------------------------------------------------- verify
def test_verify_names_every_break(run: Run, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [Violation("I1", "week 1, w01-s1", "5 exercises, at most 4")]
    monkeypatch.setattr("planner.verify.verify", lambda case, programme: broken)
    result = run("verify", str(out))
    assert result.exit_code == 2
    assert result.stdout == "I1: week 1, w01-s1: 5 exercises, at most 4\n"
    assert "do not use this programme" in result.stderr


def test_verify_a_programme_that_keeps_every_rule(run: Run, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.verify.verify", lambda case, programme: [])
    result = run("verify", str(out))
    assert result.exit_code == 0
    assert "keeps every rule" in result.stdout
    assert result.stderr == ""


def test_verify_sees_that_somebody_edited(run: Run, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.verify.verify", lambda case, programme: [])
    path = out / "programme.json"
    path.write_text(path.read_text().replace("Heel tap", "Heel tip"))
    assert "somebody has edited it" in run("verify", str(out)).stderr


def test_verify_refuses_changed_inputs(run: Run, out: Path) -> None:
    path = out / "inputs" / "clinic.json"
    path.write_text(path.read_text().replace("North", "South"))
    result = run("verify", str(out))
    assert result.exit_code == 2
    assert "inputs/clinic.json: was changed after the programme was made" in result.stderr


# -------------------------------------------------------------------- export
def test_export_to_standard_output_and_to_a_file(run: Run, out: Path) -> None:
    result = run("export", str(out), "--ics", "-")
    assert result.stdout_bytes == calendar_bytes(builder.programme())
    assert run("export", str(out), "--ics", "my.ics").exit_code == 0
    assert Path("my.ics").read_bytes() == result.stdout_bytes
    again = run("export", str(out), "--ics", "my.ics")
    assert again.exit_code == 2
    assert "--force" in again.stderr
    assert run("export", str(out), "--ics", "my.ics", "--force").exit_code == 0


def test_export_options(run: Run, out: Path) -> None:
    def events(*options: str) -> list[Any]:
        return icalendar.Calendar.from_ical(run("export", str(out), "--ics", "-", *options).stdout_bytes).walk("VEVENT")

    assert len(events("--no-daily")) == 9 + 2
    assert all(not event.walk("VALARM") for event in events("--no-alarm"))
    assert {str(event.walk("VALARM")[0].get("TRIGGER").to_ical()) for event in events("--alarm", "30")} == {"b'-PT30M'"}
    assert all("Kettlebell" not in str(event["DESCRIPTION"]) for event in events("--neutral-titles"))
    assert run("export", str(out), "--ics", "-", "--alarm", "99999").exit_code == 2


# -------------------------------------------------------------------- new, check
def test_a_template_makes_a_file_that_asks_for_the_screen(run: Run) -> None:
    result = run("new", "mixed", "-o", "p.yaml")
    assert result.exit_code == 0
    assert "gradus check p.yaml" in result.stderr
    checked = run("check", "p.yaml")
    assert checked.exit_code == 2
    assert "screening.flags" in checked.stderr
    assert run("new", "mixed", "-o", "p.yaml").exit_code == 2
    assert run("new", "mixed", "-o", "p.yaml", "--force").exit_code == 0
    assert run("new", "mixed", "-o", "-").stdout_bytes == Path("p.yaml").read_bytes()


def test_an_interview_that_is_left_writes_nothing(run: Run) -> None:
    result = run("new", "-o", "p.yaml", answers="patient-7\n40\n")
    assert result.exit_code == 130
    assert not Path("p.yaml").exists()
    assert result.stdout == ""


def test_an_unknown_template_shows_the_others(run: Run) -> None:
    result = run("new", "nerve_rot_leg_pain", "-o", "p.yaml")
    assert "did you mean 'nerve_root_leg_pain'" in result.stderr


def test_check_tells_kinds_by_content(run: Run) -> None:
    Path("clinic.yaml").write_text("clinic: North\n")
    shipped = sorted((ROOT / "catalog" / "exercises").glob("*.yaml"))
    result = run("check", PATIENT, "clinic.yaml", *map(str, shipped))
    assert result.exit_code == 0
    assert f"{PATIENT}: patient file, no faults" in result.stdout
    assert "clinic.yaml: clinic file, no faults" in result.stdout
    assert result.stdout.count("catalogue file, no faults") == len(shipped)


def test_check_shows_every_fault_of_every_file(run: Run) -> None:
    text = Path(PATIENT).read_text(encoding="utf-8")
    Path("p.yaml").write_text(text.replace("age: 38 ", "age: 380 ").replace("cord_signs: no", "cord_sings: no"))
    Path("c.yaml").write_text(
        "clinic: North\nparameters:\n  I1: {items_lo: 6, items_high: 60}\n  I9: {a: 1}\noff: [I1]\n"
    )
    Path("e.yaml").write_text("- id: my_exercise\n  name: Mine\n")
    Path("x.yaml").write_text("some: thing\n")
    result = run("check", "p.yaml", "c.yaml", "e.yaml", "x.yaml", "missing.yaml")
    assert result.exit_code == 2
    for words in (
        "p.yaml:3: age: ",
        "cord_sings",
        "did you mean 'cord_signs'",
        "c.yaml:3: parameters.I1.items_lo: I1 has no parameter 'items_lo'; did you mean 'items_low'?",
        "parameters.I1.items_high: must be between 2 and 6",
        "c.yaml:4: parameters.I9: there is no rule 'I9'",
        "only a soft rule can be off",
        "e.yaml:1: [0].",
        "x.yaml:1: is no patient file",
        "missing.yaml: does not exist",
    ):
        assert words in result.stderr, words


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("{rule: E1, who: Dr A, why: because it is so, on: 2026-11-20}", "is never overridden"),
        ("{rule: ZZ, who: Dr A, why: because it is so, on: 2026-11-20}", "there is no rule 'ZZ'"),
        (
            "{rule: A1, who: Dr A, why: because it is so, on: 2026-11-20, parameters: {seconds: 600}}",
            "must be between 5 and 20",
        ),
    ],
)
def test_overrides_that_rules_do_not_allow(run: Run, override: str, words: str) -> None:
    text = Path(PATIENT).read_text(encoding="utf-8")
    Path("p.yaml").write_text(f"{text}\noverrides:\n  - {override}\n", encoding="utf-8")
    result = run("check", "p.yaml")
    assert result.exit_code == 2
    assert words in result.stderr


# -------------------------------------------------------------------- schema, catalog
def test_schemas(run: Run) -> None:
    whole = json.loads(run("schema").stdout)
    names = [
        "clinic",
        "clinic_protocol",
        "equipment",
        "exercise",
        "log",
        "outcomes",
        "patient",
        "programme",
        "protocol",
    ]
    assert sorted(whole) == names
    assert run("schema", "-o", "schemas").exit_code == 0
    assert json.loads(Path("schemas/patient.schema.json").read_text()) == whole["patient"]
    assert run("schema", "-o", "schemas").exit_code == 2
    assert run("schema", "-o", "schemas", "--force").exit_code == 0


def test_catalogue_lists_by_track_pattern_and_equipment(run: Run) -> None:
    every = json.loads(run("catalog", "list", "--json").stdout)
    hinges = json.loads(run("catalog", "list", "--track", "hinge", "--json").stdout)
    assert 0 < len(hinges) < len(every)
    assert all("hinge" in row["tracks"] for row in hinges)
    squats = json.loads(run("catalog", "list", "--pattern", "squat", "--json").stdout)
    assert squats
    assert all(row["pattern"] == "squat" for row in squats)
    bare = json.loads(run("catalog", "list", "--equipment", "none", "--json").stdout)
    banded = json.loads(run("catalog", "list", "--equipment", "band", "--equipment", "step", "--json").stdout)
    assert {row["id"] for row in bare} < {row["id"] for row in banded}
    shown = run("catalog", "list", "--track", "hinge").stdout
    assert f"{len(hinges)} exercises" in shown
    assert max(len(line) for line in shown.splitlines()) <= 100


def test_catalogue_names_that_are_nearly_right(run: Run) -> None:
    assert "did you mean 'squat'" in run("catalog", "list", "--pattern", "sqat").stderr
    assert "did you mean 'kettlebell'" in run("catalog", "list", "--equipment", "ketlebell").stderr


def test_catalogue_shows_one_exercise(run: Run) -> None:
    first = json.loads(run("catalog", "list", "--json").stdout)[0]
    shown = run("catalog", "show", first["id"]).stdout
    assert first["name"] in shown
    assert "resists (0-3)" in shown
    assert run("catalog", "show", first["name"]).stdout == shown
    assert json.loads(run("catalog", "show", first["id"], "--json").stdout)["id"] == first["id"]
    near = run("catalog", "show", f"{first['id']}x")
    assert f"did you mean {first['id']!r}" in near.stderr


def test_the_shipped_catalogue_has_no_faults(run: Run) -> None:
    result = run("catalog", "lint")
    assert result.exit_code == 0
    assert "no faults" in result.stdout


def test_an_exercise_says_when_it_is_closed_to_a_patient() -> None:
    patient = str(ROOT / "examples" / "a_flexion_intolerant.yaml")
    shown = CliRunner().invoke(cli.main, ["catalog", "show", "roll_down", "--for", patient])
    assert shown.exit_code == 0, shown.stderr
    assert "closed by D1" in shown.stdout
    assert "open" in shown.stdout
    data = json.loads(CliRunner().invoke(cli.main, ["catalog", "show", "roll_down", "--for", patient, "--json"]).stdout)
    assert data["for_patient"][0]["weeks"][0] == 1
    assert data["for_patient"][-1]["open"] is True
    refused = CliRunner().invoke(
        cli.main, ["catalog", "show", "roll_down", "--for", str(ROOT / "examples" / "i_red_flag.yaml")]
    )
    assert refused.exit_code == 4


# -------------------------------------------------------------------- revisions
@pytest.fixture
def revised_out(out: Path) -> Path:
    """A folder of three revisions: a session goes, then another moves."""

    def write(number: int, edit: replans.Edit, reason: Change) -> None:
        read, case = store.read(out)
        plan = replans.replanned(read, edit, changes=(reason,))
        made = store.sealed(Plan(carried(read, plan, stamp=replans.STAMPS[number]), {}), case)
        text = summary(made.programme, case)
        store.write_revision(out, made, case, calendar_bytes(made.programme), text, read=read)

    write(1, replans.without("w02-s1"), Change(slot="w02-s1", kind="cancelled", because="a holiday"))
    later = Change(slot="w03-s1", kind="time", because="the gym closes early")
    write(2, lambda s: replans.moved(s, -60) if s.slot == "w03-s1" else s, later)
    return out


def test_diff_tells_the_last_two_revisions(run: Run, revised_out: Path) -> None:
    result = run("diff", "out")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "P-0042, revision 2 to 3"
    moved = "- Mon 30 Mar 16:30 to 17:10, home instead of Mon 30 Mar 17:30 to 18:10, home. Why: the gym closes early."
    assert moved in " ".join(result.stdout.split())
    assert "holiday" not in result.stdout


@pytest.mark.parametrize("words", [("1",), ("1", "3")])
def test_diff_of_older_revisions_has_the_reasons_of_all(run: Run, revised_out: Path, words: tuple[str, ...]) -> None:
    result = run("diff", "out", *words, "--for", "patient")
    said = " ".join(result.stdout.split())
    assert "- Mon 23 Mar: taken out of the plan. Why: a holiday." in said
    assert "Why: the gym closes early." in said


def test_diff_for_machines(run: Run, revised_out: Path) -> None:
    data = json.loads(run("diff", "out", "1", "2", "--json").stdout)
    assert (data["old"], data["new"]) == (1, 2)
    assert [(c["slot"], c["kind"], c["because"]) for c in data["changes"]] == [("w02-s1", "cancelled", "a holiday")]


def test_diff_of_two_folders(run: Run, revised_out: Path, tmp_path: Path) -> None:
    folders.write_folder(tmp_path / "again")
    assert "Nothing changed" in run("diff", "again", "again").stdout
    assert "taken out" in run("diff", "again", "out", "--for", "patient").stdout
    folders.write_folder(tmp_path / "other", programme=builder.programme(id="another"))
    result = run("diff", "out", "other")
    assert result.exit_code == 2
    assert "different programmes" in result.stderr


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("out", "7"), "revision 7 is not older than revision 3"),
        (("out", "2", "2"), "revision 2 is not older"),
        (("out", "1", "9"), "has no revision 9; it has 1, 2, 3"),
        (("out", "1", "2", "3"), "one or two numbers"),
        (("out", "nowhere"), "nowhere: does not exist"),
        (("out", "0"), "has no revision 0"),
    ],
)
def test_diff_refuses_what_is_not_there(run: Run, revised_out: Path, words: tuple[str, ...], problem: str) -> None:
    result = run("diff", *words)
    assert result.exit_code == 2
    assert problem in result.stderr


def test_one_revision_differs_from_nothing(run: Run, out: Path) -> None:
    result = run("diff", "out")
    assert result.exit_code == 2
    assert "has one revision only" in result.stderr


def test_show_and_summary_say_what_changed(run: Run, revised_out: Path) -> None:
    assert "Since revision 2: 1 time." in run("show", "out").stdout
    assert "What changed since the last revision" in (revised_out / "summary.md").read_text()


def test_an_older_revision_is_verified_by_its_own_inputs(run: Run, revised_out: Path) -> None:
    (revised_out / "revisions/1/inputs/clinic.json").write_text("{}")
    assert "revisions/1/inputs/clinic.json: was changed" in run("verify", "out", "--revision", "1").stderr
    assert "inputs" not in run("verify", "out", "--revision", "2").stderr
