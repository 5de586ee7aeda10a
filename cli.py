"""The command line: parse, call, print.

Results go to standard output, progress and diagnostics to standard error.  Every refusal is a
``PlannerError`` with its exit code; no traceback reaches a user (``GRADUS_DEBUG=1`` shows it).
Only click is imported up here, so that ``gradus --help`` is quick.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from rich.console import RenderableType

    from planner.domain.case import Case
    from planner.domain.exercise import Exercise
    from planner.domain.programme import Programme
    from planner.errors import NoProgramme
    from planner.explain.sources import Sources
    from planner.intake.new import Question
    from planner.plan import Plan

_INTERRUPTED = 130
_NO_PROGRAMME = "No programme can keep all hard rules."
_FOLDER = click.Path(path_type=Path)
_FILE = click.Path(path_type=Path, allow_dash=True)


class _Gradus(click.Group):
    """The group of all commands: turns whatever goes wrong into a message and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        from planner.errors import PlannerError

        for stream in (sys.stdout, sys.stderr):
            # a terminal without UTF-8 shows a question mark and does not stop the work
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        try:
            return super().invoke(ctx)
        except PlannerError as error:
            click.echo(_message(error), err=True)
            ctx.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            click.echo("\nStopped; nothing was written.", err=True)
            ctx.exit(_INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as error:
            _unexpected(ctx, error)


def _message(error: Exception) -> str:
    from planner.errors import NoProgramme, NotPlanned

    if isinstance(error, NotPlanned):
        head = "Referral: nothing is planned." if error.kind == "refer" else "Hold: nothing is planned yet."
    elif isinstance(error, NoProgramme):
        head = _NO_PROGRAMME
    else:
        return str(error)
    return "\n".join([head, *(f"  - {reason}" for reason in error.reasons)])


def _unexpected(ctx: click.Context, error: Exception) -> NoReturn:
    if os.environ.get("GRADUS_DEBUG") == "1":
        raise error
    said = " ".join(str(error).split())[:200]
    click.echo(
        f"Unexpected: {type(error).__name__}{': ' if said else ''}{said}\n"
        "This is a fault of Gradus. Please report the command that you gave, and what it prints with GRADUS_DEBUG=1 "
        "set, to whoever looks after your copy. Take names out first; patient files should hold none.",
        err=True,
    )
    ctx.exit(1)


@click.group(cls=_Gradus, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="gradus-planner", prog_name="gradus")
def main() -> None:
    """Gradus plans graded exposure and progressive overload for backs.

    It drafts programmes for a qualified exercise professional to review. It does not diagnose, and
    it is not for use without supervision.
    """


# -------------------------------------------------------------------- new, plan, check, verify
@main.command(short_help="Write a first patient file.")
@click.argument("template", required=False)
@click.option("-o", "out", type=_FILE, required=True, metavar="FILE", help="Patient file to write; - for output.")
@click.option("--force", is_flag=True, help="Replace FILE when it exists.")
def new(template: str | None, out: Path, force: bool) -> None:
    """Write a commented patient file from a TEMPLATE, or from a short interview.

    The safety screen stays empty in a template: somebody has to ask the questions. A name that is
    not a template shows those that are.
    """
    from planner.intake.new import new_from_template, new_interactive

    today = dt.date.today()
    if template is not None:
        text = new_from_template(template, today)
    else:
        from catalog.loader import load_catalogue

        text = new_interactive(_ask, today=today, exercises=load_catalogue(), timezone=_timezone())
    _write(out, text.encode(), force=force)
    if str(out) != "-":
        click.echo(f"Wrote {out}. Fill in what is missing, then: gradus check {out}", err=True)


def _ask(question: Question) -> str:
    if question.problem:
        click.echo(question.problem, err=True)
    choices = f" ({', '.join(question.choices)})" if question.choices else ""
    default = f" [{question.default}]" if question.default else ""
    answer: str = click.prompt(
        f"{question.text}{choices}{default}", default=question.default, show_default=False, err=True
    )
    return answer


def _timezone() -> str:
    """The zone of this machine as a proposal, else UTC."""
    named = os.environ.get("TZ", "").removeprefix(":")
    link = Path("/etc/localtime")
    if not named and link.is_symlink():
        named = str(link.resolve()).rpartition("zoneinfo/")[2]
    return named if "/" in named and not named.startswith("/") else "UTC"


def _date(ctx: click.Context, parameter: click.Parameter, text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a date such as 2026-03-02") from None


@main.command(short_help="Plan, verify and write a programme.")
@click.argument("patient", type=_FOLDER, metavar="PATIENT.yaml")
@click.option("-o", "out", type=_FOLDER, required=True, metavar="OUT", help="Folder to write the programme to.")
@click.option("--start", callback=_date, metavar="DATE", help="First day, such as 2026-03-02, instead of the file's.")
@click.option("--clinic", type=_FOLDER, metavar="clinic.yaml", help="Settings of the clinic.")
@click.option("--seconds", type=click.FloatRange(min=1), default=60.0, show_default=True, help="Time for the solver.")
@click.option("--force", is_flag=True, help="Replace the programme in OUT.")
@click.option("--json", "as_json", is_flag=True, help="Print what was planned as JSON.")
@click.option("--neutral-titles", is_flag=True, help="Nothing about health in the calendar.")
@click.option("--quiet", is_flag=True, help="No progress and no result; only what goes wrong.")
def plan(
    patient: Path,
    out: Path,
    start: dt.date | None,
    clinic: Path | None,
    seconds: float,
    force: bool,
    as_json: bool,
    neutral_titles: bool,
    quiet: bool,
) -> None:
    """Plan a programme for PATIENT.yaml, verify it, and write it to OUT.

    OUT gets programme.json, calendar.ics, summary.md, solver.json and copies of the inputs.
    """
    from planner import store
    from planner.errors import NoProgramme
    from planner.export.ical import calendar_bytes
    from planner.export.summary import summary

    store.refuse_target(out, force=force)
    case, warnings = _case_of(patient, clinic=clinic, start=start)
    for warning in warnings:
        click.echo(f"Warning: {warning}", err=True)
    try:
        made = store.sealed(_make(case, seconds, tuple(warnings), quiet=quiet), case)
    except NoProgramme as refusal:
        _impossible(case, patient, clinic, refusal, as_json=as_json)
    programme = made.programme
    calendar = calendar_bytes(programme, neutral_titles=neutral_titles)
    store.write(out, made, case, calendar, summary(programme, case), force=force)
    if as_json:
        _json(_outcome(out, made))
    elif not quiet:
        from planner.export.tables import result

        _show(result(programme))
        click.echo(f"\nWritten to {out}: summary.md to read, calendar.ics to import, programme.json for machines.")
        click.echo(f"Next: gradus show {out} --week 1")


def _case_of(path: Path, *, clinic: Path | None = None, start: dt.date | None = None) -> tuple[Case, list[str]]:
    """The case of a patient file, with warnings."""
    from catalog.loader import load_catalogue
    from planner.domain.case import Case
    from planner.domain.clinic import Clinic
    from planner.intake.clinic_file import read_clinic
    from planner.intake.patient_file import read_busy_of, read_patient
    from planner.settings import clinic_objections, patient_objections

    exercises = load_catalogue()
    settings = read_clinic(clinic, clinic_objections) if clinic else Clinic()
    found, warnings = read_patient(
        path, today=dt.date.today(), exercises=exercises, start=start, objections=patient_objections
    )
    return Case(found, exercises, settings, read_busy_of(found, path)), warnings


def _sources(patient: Path, clinic: Path | None) -> Sources:
    """Where the values of a patient file and a clinic file stand."""
    from planner.explain.sources import Sources
    from planner.intake.yamlfile import read_yaml

    found = Sources(str(patient), read_yaml(patient).lines)
    return found if clinic is None else replace(found, clinic=str(clinic), clinic_lines=read_yaml(clinic).lines)


@main.command(short_help="Why no programme is possible, and what would help.")
@click.argument("patient", type=_FOLDER, metavar="PATIENT.yaml")
@click.option("--clinic", type=_FOLDER, metavar="clinic.yaml", help="Settings of the clinic.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def explain(patient: Path, clinic: Path | None, as_json: bool) -> None:
    """Say which lines of PATIENT.yaml and which rules clash, and the smallest changes that would help.

    Every change named was planned and verified. Exits with 3 when something clashes, with 0 when all that is
    asked can be met. `gradus plan` says the same when it finds no programme.
    """
    from planner.errors import NoProgramme
    from planner.explain.impossible import data, impossible, text
    from planner.plan import screened

    case, _ = _case_of(patient, clinic=clinic)
    screened(case)
    found = impossible(case)
    if found is None:
        if as_json:
            _json({"possible": True})
        else:
            click.echo("Everything that is asked can be met.")
        return
    sources = _sources(patient, clinic)
    if as_json:
        _json(data(found, sources))
    else:
        _lines([_NO_PROGRAMME, *text(found, sources)])
    sys.exit(NoProgramme.exit_code)


def _impossible(case: Case, patient: Path, clinic: Path | None, refusal: NoProgramme, *, as_json: bool) -> NoReturn:
    """Say which requirements clash and what would help, and leave with exit code 3."""
    from planner.errors import NoProgramme
    from planner.explain.impossible import data, impossible, text

    if sys.stderr.isatty():
        click.echo("No programme can keep all hard rules; finding out why...", err=True)
    found = impossible(case)
    if found is None:
        raise refusal
    sources = _sources(patient, clinic)
    if as_json:
        _json(data(found, sources))
    else:
        _lines([_NO_PROGRAMME, *text(found, sources)], err=True)
    sys.exit(NoProgramme.exit_code)


def _make(case: Case, seconds: float, warnings: tuple[str, ...], *, quiet: bool) -> Plan:
    from planner.plan import make_programme
    from planner.store import provenance
    from planner.terminal import ProgressLine, interruptible

    line = ProgressLine()
    made = provenance(case)
    if quiet:
        with interruptible(line.hide):
            return make_programme(case, provenance=made, seconds=seconds, warnings=warnings)
    with interruptible(line.hide), line.shown():
        return make_programme(case, provenance=made, seconds=seconds, progress=line, warnings=warnings)


def _numbers(ctx: click.Context, parameter: click.Parameter, text: str | None) -> tuple[int, ...] | None:
    """A list such as 2,3,4."""
    if text is None:
        return None
    low, high = {"days": (1, 7), "minutes": (10, 180), "weeks": (1, 52)}[str(parameter.name)]
    try:
        found = tuple(dict.fromkeys(int(part) for part in text.split(",")))
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a list of whole numbers such as 2,3,4") from None
    for number in found:
        if not low <= number <= high:
            raise click.BadParameter(f"{number} is not between {low} and {high}")
    return found


@main.command(short_help="Compare days, minutes and weeks.")
@click.argument("patient", type=_FOLDER, metavar="PATIENT.yaml")
@click.option("--days", callback=_numbers, metavar="2,3,4", help="Sessions a week to compare.")
@click.option("--minutes", callback=_numbers, metavar="30,45", help="Minutes a session to compare.")
@click.option("--weeks", callback=_numbers, metavar="8,12", help="Lengths to compare.")
@click.option("--clinic", type=_FOLDER, metavar="clinic.yaml", help="Settings of the clinic.")
@click.option("--plot", type=_FOLDER, metavar="FILE", help="Draw it too: a .png, .svg or .pdf (extra 'plot').")
@click.option("--force", is_flag=True, help="Replace FILE when it exists.")
@click.option("--seconds", type=click.FloatRange(min=1), default=60.0, show_default=True, help="Time for each.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def whatif(
    patient: Path,
    days: tuple[int, ...] | None,
    minutes: tuple[int, ...] | None,
    weeks: tuple[int, ...] | None,
    clinic: Path | None,
    plot: Path | None,
    force: bool,
    seconds: float,
    as_json: bool,
) -> None:
    """Plan PATIENT.yaml for every combination, and show what each reaches by when.

    What is not asked about stays as the file says. Nothing is written.
    """
    from planner.errors import InvalidInput
    from planner.export import drawing
    from planner.export.tables import whatif_table
    from planner.store import provenance, write_file
    from planner.whatif import MOST_CHOICES, grid, usual

    case, _ = _case_of(patient, clinic=clinic)
    same = usual(case)
    asked = (days or same[:1], minutes or same[1:2], weeks or same[2:])
    count = len(asked[0]) * len(asked[1]) * len(asked[2])
    if count > MOST_CHOICES:
        raise InvalidInput(f"{count} combinations are too many, at most {MOST_CHOICES}")

    def tell(done: int, of: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done} of {of} planned", nl=done == of, err=True)

    if plot is not None:
        drawing.ready(plot, force=force)
    choices = grid(case, *asked, provenance=provenance(case), seconds=seconds, tell=tell)
    if plot is not None:
        write_file(plot, drawing.whatif_plot(choices, plot.suffix.lstrip(".").lower()), force=force)
        click.echo(f"Drawn to {plot}", err=True)
    if as_json:
        _json(
            [
                {
                    "days": c.days,
                    "minutes": c.minutes,
                    "weeks": c.weeks,
                    "reason": c.reason,
                    "sessions": c.sessions,
                    "training_minutes_last_week": c.minutes_a_week,
                    "hard_sets_last_week": c.hard_sets,
                    "goals": [] if c.programme is None else [g.model_dump(mode="json") for g in c.programme.goals],
                }
                for c in choices
            ]
        )
    else:
        _show(whatif_table(choices, same))


def _outcome(out: Path, made: Plan) -> dict[str, Any]:
    from planner.export.tables import status_text

    programme = made.programme
    return {
        "out": str(out),
        "id": programme.id,
        "revision": programme.revision,
        "status": status_text(programme),
        "stopped_by_clock": programme.stopped_by_clock,
        "tiers": [tier.model_dump(mode="json") for tier in programme.tiers],
        "goals": [goal.model_dump(mode="json") for goal in programme.goals],
        "sessions": len(programme.sessions),
        "check_ins": len(programme.check_ins),
        "warnings": list(programme.warnings),
        "provenance": programme.provenance.model_dump(mode="json"),
    }


@main.command(short_help="Find every fault of input files.")
@click.argument("files", type=_FOLDER, nargs=-1, required=True, metavar="FILE...")
def check(files: tuple[Path, ...]) -> None:
    """Find every fault of patient files, clinic files and catalogue files.

    What a file is shows in its content: a patient, a clinic's settings, or a list of exercises.
    """
    from planner.checking import check_files

    report = check_files(files, today=dt.date.today())
    for line in report.sound:
        click.echo(line)
    for warning in report.warnings:
        click.echo(f"Warning: {warning}", err=True)
    report.raise_faults()


@main.command(short_help="Verify a programme without the solver.")
@click.argument("out", type=_FOLDER)
def verify(out: Path) -> None:
    """Verify the programme in OUT against every rule, without the solver."""
    from planner import store
    from planner.errors import InvalidInput
    from planner.verify import verify as violations_of

    programme, case = store.read(out)
    if store.edited_by_hand(out, programme):
        click.echo(f"Warning: {out}/programme.json is not as it was written: somebody has edited it.", err=True)
    violations = violations_of(case, programme)
    if violations:
        for violation in violations:
            click.echo(str(violation))
        raise InvalidInput(f"{out}: {len(violations)} breaks of a rule; do not use this programme")
    sessions = len(programme.sessions)
    click.echo(f"{out}: keeps every rule ({len(programme.rules)} rules, {sessions} sessions).")


# -------------------------------------------------------------------- why
@main.command(short_help="Why a line is there, or why something else is not.")
@click.argument("out", type=_FOLDER)
@click.argument("question", nargs=-1)
@click.option("--exercise", metavar="NAME", help="The exercise that is asked about.")
@click.option("--week", type=click.IntRange(1, 52), metavar="N", help="The week.")
@click.option("--day", metavar="D", help="The weekday, such as wed.")
@click.option("--sets", type=click.IntRange(1, 12), metavar="N", help="Sets.")
@click.option("--reps", type=click.IntRange(1, 100), metavar="N", help="Repetitions, or more.")
@click.option("--load", type=click.FloatRange(min=0), metavar="KG", help="Load in kg, or more.")
@click.option("--minutes", type=click.IntRange(10, 180), metavar="N", help="Minutes of a session.")
@click.option("--sessions", type=click.IntRange(1, 7), metavar="N", help="Sessions a week.")
@click.option("--weeks", type=click.IntRange(1, 52), metavar="N", help="Length of the programme.")
@click.option("--not", "negative", is_flag=True, help="Why it is not so, instead of why it is.")
@click.option("--seconds", type=click.FloatRange(min=1), default=30.0, show_default=True, help="Time for the answer.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def why(out: Path, question: tuple[str, ...], negative: bool, seconds: float, as_json: bool, **flags: Any) -> None:
    """Say why something is in the programme in OUT, or why something is not.

    QUESTION is in plain words: "goblet squat week 5", "why not deadlift in week 3", "why not Wednesday",
    "why not 4 sets of suitcase carry week 7", "why not 45 minutes". The options say the same.
    """
    from planner import store
    from planner.explain import here, instead
    from planner.explain.questions import asked
    from planner.explain.sources import Sources

    programme, case, report = store.read_whole(out)
    names = frozenset(item.exercise for session in programme.sessions for item in session.items)
    found = asked(" ".join(question), flags, negative=negative, exercises=case.exercises, prefer=names)
    found = here.narrowed(programme, found)
    if found.others and not found.exact and not as_json:
        others = ", ".join(case.exercises[name].name for name in found.others[:3])
        click.echo(f"Taken as {case.exercises[found.exercise or ''].name}; it could be {others} too.", err=True)
    if found.negative or found.whole or found.exercise is None:
        answer = instead.why_not(programme, report, case, found, seconds=seconds)
        if as_json:
            _json(instead.data(answer, Sources()))
        else:
            _lines(instead.text(answer, Sources()))
    else:
        line = here.why_here(programme, case, found, seconds=seconds)
        if as_json:
            _json(here.data(line))
        else:
            _lines(here.text(line))


# -------------------------------------------------------------------- show, export
@main.command(short_help="Show a programme, a week or a session.")
@click.argument("out", type=_FOLDER)
@click.option("--week", type=click.IntRange(min=1), metavar="N", help="One week, a column for each training day.")
@click.option("--session", metavar="SLOT", help="One session by its slot or its number: all doses, cues, fallbacks.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(out: Path, week: int | None, session: str | None, as_json: bool) -> None:
    """Show the programme in OUT: an overview, one week, or one session."""
    from planner.export import tables
    from planner.store import read_programme

    if week is not None and session is not None:
        raise click.UsageError("give --week or --session, not both")
    programme = read_programme(out)
    if session is not None:
        found = tables.find_session(programme, session)
        if as_json:
            _json(found.model_dump(mode="json", exclude_none=True))
        else:
            _show(tables.session_table(programme, found))
    elif week is not None:
        table = tables.week_table(programme, week)
        if as_json:
            _json(_week(programme, week))
        else:
            _show(table)
    elif as_json:
        _json(programme.model_dump(mode="json", exclude_none=True))
    else:
        _show(tables.overview(programme))


def _week(programme: Programme, number: int) -> dict[str, Any]:
    return {
        "week": programme.week(number).model_dump(mode="json", exclude_none=True),
        "sessions": [s.model_dump(mode="json", exclude_none=True) for s in programme.sessions_of(number)],
        "check_ins": [c.model_dump(mode="json") for c in programme.check_ins if c.week == number],
    }


@main.command(short_help="Export a calendar.")
@click.argument("out", type=_FOLDER)
@click.option("--ics", type=_FILE, required=True, metavar="FILE", help="Calendar to write; - for output.")
@click.option("--neutral-titles", is_flag=True, help="Nothing about health in it.")
@click.option("--alarm", type=click.IntRange(0, 10_080), default=15, show_default=True, help="Minutes before.")
@click.option("--no-alarm", is_flag=True, help="No alarms.")
@click.option("--no-daily", is_flag=True, help="Leave the daily little-and-often work out.")
@click.option("--force", is_flag=True, help="Replace FILE when it exists.")
def export(out: Path, ics: Path, neutral_titles: bool, alarm: int, no_alarm: bool, no_daily: bool, force: bool) -> None:
    """Export the programme in OUT as a calendar (RFC 5545)."""
    from planner.export.ical import calendar_bytes
    from planner.store import read_programme

    calendar = calendar_bytes(
        read_programme(out),
        neutral_titles=neutral_titles,
        alarm_minutes=None if no_alarm else alarm,
        include_daily=not no_daily,
    )
    _write(ics, calendar, force=force)


# -------------------------------------------------------------------- schema, catalog
@main.command(short_help="Write the JSON Schemas.")
@click.option("-o", "out", type=_FOLDER, metavar="DIR", help="Folder to write one file for each schema to.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
def schema(out: Path | None, force: bool) -> None:
    """Write the JSON Schemas of patients, programmes, logs, exercises and clinics."""
    from planner.intake.schema import schemas
    from planner.store import make_folder, write_file

    if out is None:
        _json(schemas())
        return
    make_folder(out)
    for name, found in schemas().items():
        path = out / f"{name}.schema.json"
        write_file(path, _json_text(found).encode(), force=force)
        click.echo(str(path))


@main.group()
def catalog() -> None:
    """Look at the exercise catalogue, and check it."""


@catalog.command("list")
@click.option("--track", metavar="T", help="Only exercises of a track, such as hinge.")
@click.option("--pattern", metavar="P", help="Only exercises of a movement pattern, such as squat.")
@click.option("--equipment", multiple=True, metavar="E", help="Only what can be done with this (again for more).")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def catalog_list(track: str | None, pattern: str | None, equipment: tuple[str, ...], as_json: bool) -> None:
    """List exercises."""
    from catalog.loader import load_catalogue
    from planner.checking import pick_exercises

    found = pick_exercises(load_catalogue().values(), track=track, pattern=pattern, equipment=equipment)
    if as_json:
        _json([exercise.model_dump(mode="json", exclude_none=True) for exercise in found])
        return
    from planner.export.tables import catalogue_table

    _show(catalogue_table(found))
    click.echo(f"\n{len(found)} exercises")


@catalog.command("show")
@click.argument("name")
@click.option("--for", "patient", type=click.Path(path_type=Path), help="Say in which weeks a patient may do it.")
@click.option("--clinic", type=_FOLDER, metavar="clinic.yaml", help="Settings of the clinic, with --for.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def catalog_show(name: str, patient: Path | None, clinic: Path | None, as_json: bool) -> None:
    """Show one exercise by its id or its name; with --for, which rule closes it to a patient, and when."""
    from catalog.loader import load_catalogue
    from planner.export.tables import closure_table, exercise_table

    exercises = load_catalogue()
    exercise = _exercise(name, exercises.values())
    closed = None if patient is None else _closures(patient, clinic, exercise)
    if as_json:
        data = exercise.model_dump(mode="json", exclude_none=True)
        if closed is not None:
            data["for_patient"] = closed
        _json(data)
        return
    _show(exercise_table(exercise))
    if closed is not None:
        click.echo()
        _show(closure_table(closed))


def _closures(path: Path, clinic: Path | None, exercise: Exercise) -> list[dict[str, Any]]:
    """In which weeks a patient may do an exercise: plain rows, with the rule where it is closed."""
    from planner.plan import screened
    from planner.rules import RULES
    from planner.solver.closed import closures
    from planner.solver.prepare import open_gate
    from planner.solver.week import week_table

    case, _ = _case_of(path, clinic=clinic)
    screened(case)
    gate = open_gate(case)
    sources = _sources(path, clinic)
    rows = []
    for run in closures(case, gate, week_table(case, gate.quiet_until), exercise):
        rule = RULES.get(run.rule or "")
        rows.append(
            {
                "weeks": [run.first, run.last],
                "open": run.rule is None,
                "rule": run.rule,
                "because": run.because,
                "at": "" if run.rule is None else _line(sources, path, run.because),
                "title": "" if rule is None else rule.title,
                "statement": "" if rule is None else rule.statement,
                "source": "" if rule is None else rule.source,
                "mark": "" if rule is None else rule.mark,
            }
        )
    return rows


def _line(sources: Sources, path: Path, because: str) -> str:
    """``file:line`` of what closes an exercise, "" where it is no line of the patient file."""
    place = sources.place(because).partition(" ")[0]
    return place if place.startswith(f"{path}:") else ""


def _exercise(name: str, exercises: Iterable[Exercise]) -> Exercise:
    from planner.errors import InvalidInput
    from planner.intake.validate import did_you_mean

    words: list[str] = []
    asked = name.strip().lower()
    for exercise in exercises:
        title = exercise.name.lower()
        spelt = (title, title.partition(" (")[0], exercise.id, *(exercise.id.replace("_", sep) for sep in (" ", "-")))
        if asked in spelt:
            return exercise
        words += [exercise.id, exercise.name]
    raise InvalidInput(f"there is no exercise {name!r} in the catalogue{did_you_mean(name, words)}")


@catalog.command("lint")
def catalog_lint() -> None:
    """Check the shipped catalogue as a whole: tags, links, ladders, doses, words."""
    from catalog.lint import lint_files
    from catalog.loader import load_catalogue
    from planner.errors import InvalidInput

    faults = lint_files()
    if faults:
        raise InvalidInput(faults)
    click.echo(f"{len(load_catalogue())} exercises, no faults")


# -------------------------------------------------------------------- output
def _write(path: Path, data: bytes, *, force: bool) -> None:
    if str(path) == "-":
        click.echo(data, nl=False)
        return
    from planner.store import write_file

    write_file(path, data, force=force)


def _lines(lines: Iterable[str], *, err: bool = False) -> None:
    from planner.terminal import folded

    click.echo("\n".join(folded(lines)), err=err)


def _show(renderable: RenderableType) -> None:
    from rich.console import Console

    from planner.export.tables import WIDTH, plain

    console = Console(highlight=False)
    if console.is_terminal:
        console.print(renderable, width=min(console.width, WIDTH))
    else:
        click.echo(plain(renderable), nl=False)


def _json_text(data: Any) -> str:
    import json

    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _json(data: Any) -> None:
    click.echo(_json_text(data), nl=False)


if __name__ == "__main__":
    main()
