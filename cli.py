"""The command line: parse, call, print.

Results go to standard output, progress and diagnostics to standard error.  Every refusal is a
``PlannerError`` with its exit code; no traceback reaches a user (``GRADUS_DEBUG=1`` shows it).
Only click is imported up here, so that ``gradus --help`` is quick.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from rich.console import RenderableType

    from planner.domain.case import Case
    from planner.domain.exercise import Exercise
    from planner.domain.log import LogEntry
    from planner.domain.programme import Programme, Provenance, Session
    from planner.domain.protocol import Build, Protocol
    from planner.domain.standard import ClinicProtocol
    from planner.errors import NoProgramme
    from planner.explain.sources import Sources
    from planner.intake.log_file import Reading
    from planner.intake.new import Question
    from planner.plan import Plan
    from planner.revise.hand import Line, Refused
    from planner.revise.replan import Revision
    from planner.rules.stops import Stop
    from planner.store import ProtocolInputs

_INTERRUPTED = 130
_NO_PROGRAMME = "No programme can keep all hard rules."
#: A programme is not planned anew longer than this after its end: the year was mistyped. [D]
_LONG_AFTER = dt.timedelta(weeks=4)
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
@click.option("--protocol", "standard", metavar="NAME", help="A clinic protocol to follow where the file is silent.")
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
    standard: str | None,
    seconds: float,
    force: bool,
    as_json: bool,
    neutral_titles: bool,
    quiet: bool,
) -> None:
    """Plan a programme for PATIENT.yaml, verify it, and write it to OUT.

    OUT gets programme.json, calendar.ics, summary.md, solver.json and copies of the inputs. With --protocol
    the patient's file wins wherever it speaks; what differs from the standard is listed with its reason.
    """
    from planner import store
    from planner.errors import NoProgramme
    from planner.export.ical import calendar_bytes
    from planner.export.summary import summary

    store.refuse_target(out, force=force)
    follows = None if standard is None else _standard(standard)
    filled: list[str] = []
    case, warnings = _case_of(patient, clinic=clinic, start=start, follows=follows, filled=filled)
    for warning in warnings:
        click.echo(f"Warning: {warning}", err=True)
    try:
        if follows is None:
            found = _make(case, seconds, tuple(warnings), quiet=quiet)
        else:
            _refuse_contradictions(follows, case, patient)
            found, case = _individualised(follows, case, seconds, tuple(filled), tuple(warnings), quiet=quiet)
        made = store.sealed(found, case)
    except NoProgramme as refusal:
        _impossible(case, patient, clinic, refusal, as_json=as_json)
    programme = made.programme
    calendar = calendar_bytes(programme, neutral_titles=neutral_titles)
    store.write(out, made, case, calendar, summary(programme, case), force=force)
    if as_json:
        _json(_outcome(out, made))
    elif not quiet:
        from planner.export.tables import differences_lines, result

        _show(result(programme))
        if programme.standard is not None:
            _show(differences_lines(programme.standard, _sources(patient, clinic).located))
        click.echo(f"\nWritten to {out}: summary.md to read, calendar.ics to import, programme.json for machines.")
        click.echo(f"Next: gradus show {out} --week 1")


def _standard(name: str) -> ClinicProtocol:
    """The clinic protocol of that name."""
    from catalog.loader import load_protocol, load_standard
    from planner.errors import InvalidInput

    found = load_standard(name)
    if found is None:
        other = load_protocol(name).protocol
        raise InvalidInput(f"{other} is a published programme; use: gradus protocol build {other} --for PATIENT.yaml")
    return found


def _refuse_contradictions(follows: ClinicProtocol, case: Case, patient: Path) -> None:
    """Refuse a standard that the findings contradict, with the lines that do (exit code 2)."""
    from planner.errors import InvalidInput
    from planner.plan import screened
    from planner.standards import contradictions

    screened(case)
    sources = _sources(patient, None)
    reasons = [sources.located(reason) for reason in contradictions(follows, case.patient)]
    if reasons:
        lines = [f"{follows.protocol} is not for this patient:", *(f"  - {reason}" for reason in reasons)]
        raise InvalidInput("\n".join(lines))


def _individualised(
    follows: ClinicProtocol,
    case: Case,
    seconds: float,
    filled: tuple[str, ...],
    warnings: tuple[str, ...],
    *,
    quiet: bool,
) -> tuple[Plan, Case]:
    from planner.standards import individualise
    from planner.store import provenance
    from planner.terminal import ProgressLine, interruptible

    line = ProgressLine()
    with interruptible(line.hide), contextlib.nullcontext() if quiet else line.shown():
        return individualise(
            follows,
            case,
            provenance=provenance,
            filled=filled,
            seconds=seconds,
            warnings=warnings,
            progress=None if quiet else line,
        )


def _case_of(
    path: Path,
    *,
    clinic: Path | None = None,
    start: dt.date | None = None,
    follows: ClinicProtocol | None = None,
    filled: list[str] | None = None,
    revised: dt.date | None = None,
) -> tuple[Case, list[str]]:
    """The case of a patient file, with warnings; ``filled`` gets what the standard it follows has given.

    ``revised`` is the day of a later revision that it is for.
    """
    from catalog.loader import load_catalogue
    from planner.domain.case import Case
    from planner.domain.clinic import Clinic
    from planner.intake.clinic_file import read_clinic
    from planner.intake.patient_file import read_busy_of, read_patient
    from planner.settings import clinic_objections, patient_objections

    exercises = load_catalogue()
    settings = read_clinic(clinic, clinic_objections) if clinic else Clinic()
    fill = None
    if follows is not None:
        from planner.standards import filler

        fill = filler(follows, [] if filled is None else filled)
    found, warnings = read_patient(
        path,
        today=dt.date.today(),
        exercises=exercises,
        start=start,
        objections=patient_objections,
        fill=fill,
        revised=revised,
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
@click.option("--programme", type=_FOLDER, metavar="OUT", help="The programme that logs and outcomes are about.")
@click.option("--protocol", "standard", metavar="NAME", help="The clinic protocol that patient files follow.")
def check(files: tuple[Path, ...], programme: Path | None, standard: str | None) -> None:
    """Find every fault of any file that Gradus reads.

    What a file is shows in its content: a patient, a clinic's settings, a protocol, a list of exercises, a log with
    its entries (also as .csv), outcomes of a published programme, equipment; busy hours are .ics. Whether the sessions
    and exercises of logs and outcomes exist is checked with --programme; a patient file may leave out what a clinic
    protocol gives with --protocol, as for gradus plan.
    """
    from planner import store
    from planner.checking import check_files

    against = None if programme is None else _reading(programme, None)
    follows = None if standard is None else _standard(standard)
    built = None
    if against is not None and programme is not None and against.programme.protocol is not None:
        inputs = store.read_protocol_folder(programme)[1]
        built = (inputs.protocol, inputs.build)
    report = check_files(files, today=dt.date.today(), against=against, built=built, follows=follows)
    for line in report.sound:
        click.echo(line)
    for warning in report.warnings:
        click.echo(f"Warning: {warning}", err=True)
    report.raise_faults()


@main.command(short_help="Verify a programme without the solver.")
@click.argument("out", type=_FOLDER)
@click.option("--revision", type=click.IntRange(min=1), metavar="N", help="An older revision.")
def verify(out: Path, revision: int | None) -> None:
    """Verify the programme in OUT against every rule, without the solver.

    A programme that was made from a protocol is built again and compared; rules that it breaks as it is
    written are breaks here too.
    """
    from planner import store
    from planner.errors import InvalidInput
    from planner.verify import verify as violations_of

    if store.read_programme(out).protocol is not None:
        _verify_protocol(out, revision)
        return
    programme, case = store.read(out, revision)
    if revision is None and store.edited_by_hand(out, programme):
        click.echo(f"Warning: {out}/programme.json is not as it was written: somebody has edited it.", err=True)
    violations = violations_of(case, programme)
    if violations:
        for violation in violations:
            click.echo(str(violation))
        raise InvalidInput(f"{out}: {len(violations)} breaks of a rule; do not use this programme")
    sessions = len(programme.sessions)
    click.echo(f"{out}: keeps every rule ({len(programme.rules)} rules, {sessions} sessions).")


def _verify_protocol(out: Path, revision: int | None) -> None:
    from planner import store
    from planner.errors import InvalidInput
    from planner.verify import verify_protocol

    programme, inputs = store.read_protocol_folder(out, revision)
    if revision is None and store.edited_by_hand(out, programme):
        click.echo(f"Warning: {out}/programme.json is not as it was written: somebody has edited it.", err=True)
    before = store.read_programme(out, programme.revision - 1) if programme.revision > 1 else None
    problems = verify_protocol(programme, inputs, before)
    for problem in problems:
        click.echo(problem)
    title = inputs.protocol.title
    if problems:
        raise InvalidInput(f"{out}: {title}: {len(problems)} breaks of a rule or of the protocol; see above")
    whom = f" for {programme.patient}" if inputs.case else ", for nobody in particular"
    sessions = len(programme.live)
    click.echo(f"{out}: {title} as it is written{whom} ({sessions} sessions); breaks none of the rules O1 and O7.")


# -------------------------------------------------------------------- log
@main.command(short_help="Write down what was done, and how the patient responded.")
@click.argument("out", type=_FOLDER)
@click.argument("session", required=False)
@click.option("--done", is_flag=True, help="The session was done.")
@click.option("--partly", is_flag=True, help="Only what --item names was done.")
@click.option("--missed", is_flag=True, help="The session was missed.")
@click.option("--pain", metavar="BEFORE,DURING,AFTER[,MORNING]", help="Pain 0-10, such as 2,3,2.")
@click.option("--morning", type=int, metavar="N", help="Pain 0-10 on the morning after.")
@click.option("--usual-morning", "usual", type=int, metavar="N", help="Pain 0-10 on usual mornings.")
@click.option("--site", metavar="BEFORE,AFTER,LATER", help="How far symptoms reach, such as calf,thigh,thigh.")
@click.option("--side", metavar="SIDE", help="Side of the sites: left, right or both.")
@click.option(
    "--item",
    "items",
    multiple=True,
    metavar="TEXT",
    help='"goblet squat: 3x8 @ 12 kg rpe 7 pain 3", "top: 5 @ 60, 8 @ 80 kg".',
)
@click.option("--flare", is_flag=True, help="Pain is much worse than usual and stays so.")
@click.option("--check-in", metavar="N", help="What follows was found at this check-in.")
@click.option("--passed/--not-passed", default=None, help="Whether the gate of the check-in was passed.")
@click.option(
    "--cleared",
    multiple=True,
    metavar="NAME",
    help="A direction or exercise that is allowed again; programme after a hold.",
)
@click.option("--answer", "answers", multiple=True, metavar="NAME=TEXT", help="An answer, such as confidence=7.")
@click.option("--flag", "flags", multiple=True, metavar="NAME=yes|no", help="A safety question, such as bladder=no.")
@click.option("--motor", multiple=True, metavar="TEXT", help="Strength of a myotome, such as L5=4:left.")
@click.option("--both-legs", "bilateral", is_flag=True, help="New or worse signs in both legs.")
@click.option("--outcome", "outcomes", multiple=True, metavar="NAME=N", help="An outcome score, such as odi=34.")
@click.option("--words", default="", metavar="TEXT", help="Notes.")
@click.option("--by", default="", metavar="NAME", help="Who writes this.")
@click.option("--sure", is_flag=True, help="A load or a count is meant, though it surprises.")
@click.option(
    "--correct", metavar="ENTRY", help="Replace this entry, about the same; with --words alone, take it back."
)
@click.option("--import", "table", type=_FOLDER, metavar="FILE", help="Add the sessions of a .csv or log.yaml.")
@click.option("--list", "listed", is_flag=True, help="Show all entries and the trends of outcome scores.")
@click.option("--json", "as_json", is_flag=True, help="Print entries as JSON.")
@click.option("--today", callback=_date, metavar="DATE", help="Today, where the patient lives.")
def log(
    out: Path, session: str | None, table: Path | None, listed: bool, as_json: bool, today: dt.date | None, **given: Any
) -> None:
    """Add to the log of the programme in OUT what was done in a session, and how the patient responded.

    SESSION is a slot such as w03-s2, a number, or a date; without it, the latest training session of the last week
    that has no entry, or for --morning alone the latest that waits for its morning. Loads are as the programme prints
    them: of one of a pair of dumbbells. Nothing is ever changed in a log: a correction is a new entry.
    """
    from planner import store
    from planner.checking import counted
    from planner.export.log_text import entry_text, log_lines, urgent_lines
    from planner.intake.log_options import Said, read_options, read_with_answers

    became = [name for name in ("done", "partly", "missed") if given.pop(name)]
    if len(became) > 1:
        raise click.UsageError(f"--{became[0]} and --{became[1]}: a session was one of them")
    said = Said(session=session, attendance=became[0] if became else None, **given)
    beside = said.flags if table is not None else ()  # answers to what a file asks go with it
    if (table is not None) + listed + (said != Said(by=said.by, flags=beside)) != 1:
        raise click.UsageError("say what was done, or give --import FILE, or --list; one of them")
    against = _reading(out, today)
    programme = against.programme
    if torn := store.torn_log(out):
        click.echo(f"Warning: {torn}", err=True)
    _say_over(programme, against.today)
    if listed:
        if as_json:
            _json(against.log.model_dump(mode="json", exclude_defaults=True))
        else:
            _lines(log_lines(against.log, programme))
        return
    if table is not None:
        entries, warnings = read_with_answers(partial(_imported, table), said, against)
    else:
        entries, warnings = read_options(said, against)
    for warning in warnings:
        click.echo(f"Warning: {warning}", err=True)
    _refuse_unknown_values(out, programme, entries)
    added = store.append_log(out, entries)
    if as_json:
        _json([entry.model_dump(mode="json", exclude_defaults=True) for entry in added])
    else:
        if added:
            _lines(entry_text(entry, programme) for entry in added)
        if len(added) < len(entries):
            click.echo(f"{counted(len(entries) - len(added))} of {table} had been imported before.", err=True)
    for line in (line for entry in added for line in urgent_lines(entry)):
        click.echo(line, err=True)
    _say_what_stands(out, added)


def _say_what_stands(out: Path, added: Iterable[LogEntry]) -> None:
    """Say what stops a programme, where entries told of it, answered to it, cleared some of it or corrected any."""
    from planner.rules.stops import stops_text

    added = tuple(added)
    if not any(one.flags or one.cleared or one.motor or one.bilateral_signs or one.corrects for one in added):
        return
    if stops := _stops_in_log(out):
        flags = {stop.flag.id for stop in stops if stop.answered}
        alone = any(flags & entry.flags.keys() for entry in added)
        words = "An answer alone ends no stop: it stands" if alone else "Nothing of the plan is done"
        click.echo(f"STOP. {stops_text(stops)} {words} until {_allowed_again(out, stops)}.", err=True)
    elif any(one.cleared for one in added) and (stop := _stop_in_file(out)):
        where = "The patient file is what stops it: a clearance goes there, under screening.clearances with its day"
        click.echo(f"STOP. {stop} {where}; then `gradus replan {out} --patient PATIENT.yaml`.", err=True)


def _stop_in_file(out: Path) -> str:
    """What the patient file of a programme on hold stops it for; empty where it stops nothing."""
    from planner import store
    from planner.errors import NotPlanned
    from planner.plan import screened

    programme = store.read_programme(out)
    if programme.protocol is not None or not programme.frozen:
        return ""
    try:
        screened(store.read_whole(out)[1])
    except NotPlanned as refusal:
        return " ".join(refusal.reasons)
    return ""


def _say_over(programme: Programme, today: dt.date) -> None:
    """Say that a programme is over, where it is."""
    from planner.export.text import over_notice

    if notice := over_notice(programme, today):
        click.echo(notice, err=True)


def _refuse_unknown_values(out: Path, programme: Programme, entries: Iterable[LogEntry]) -> None:
    """Refuse values that a published programme does not know, before they are in its log."""
    from planner import store
    from planner.revise.published import refuse_unknown_values

    if programme.protocol is not None:
        refuse_unknown_values(store.read_protocol_folder(out)[1].protocol, entries)


def _reading(out: Path, today: dt.date | None) -> Reading:
    """What a log is read against: the programme in ``out``, its log, the catalogue, and the time now."""
    from zoneinfo import ZoneInfo

    from catalog.loader import load_catalogue
    from planner import store
    from planner.intake.log_file import Reading

    programme, told = store.read_programme(out), store.read_log(out)
    zone = ZoneInfo(programme.timezone)
    now = dt.datetime.now(zone)
    if today is not None:
        # a day that is named has no clock: what is told now comes after what was told on it before
        now = dt.datetime.combine(today, now.timetz())
        before = [here for one in told.entries if (here := one.written.astimezone(zone)).date() == today]
        now = max([now, *(one + dt.timedelta(microseconds=1) for one in before)])
    found = store.read_findings(out)
    return Reading(programme, load_catalogue(), now.astimezone(dt.UTC), today or now.date(), told, found)


def _imported(table: Path, against: Reading) -> tuple[tuple[LogEntry, ...], list[str]]:
    """Entries of a .csv or a log.yaml."""
    from planner.intake.log_csv import read_csv
    from planner.intake.log_file import read_entries
    from planner.intake.yamlfile import read_yaml

    return read_csv(table, against) if table.suffix.lower() == ".csv" else read_entries(read_yaml(table), against)


# -------------------------------------------------------------------- the living programme
@main.command(short_help="The next revision, from what was logged.")
@click.argument("out", type=_FOLDER)
@click.option("--log", "table", type=_FOLDER, metavar="FILE", help="Add a log.yaml or .csv to the log first.")
@click.option("--today", callback=_date, metavar="DATE", help="Plan from this day on, instead of today.")
@click.option("--patient", type=_FOLDER, metavar="PATIENT.yaml", help="The patient file, where it has changed.")
@click.option("--clinic", type=_FOLDER, metavar="clinic.yaml", help="Settings of the clinic, with --patient.")
@click.option("--away", multiple=True, metavar="FROM..TO", help="Days away, such as 2026-12-20..2026-12-27.")
@click.option("--busy", type=_FOLDER, metavar="FILE.ics", help="Busy hours, instead of those known.")
@click.option("--seconds", type=click.FloatRange(min=1), default=30.0, show_default=True, help="Time for the solver.")
@click.option("--neutral-titles", is_flag=True, help="Nothing about health in the calendar.")
@click.option("--json", "as_json", is_flag=True, help="What was decided and changed, as JSON.")
def replan(
    out: Path,
    table: Path | None,
    today: dt.date | None,
    patient: Path | None,
    clinic: Path | None,
    away: tuple[str, ...],
    busy: Path | None,
    seconds: float,
    neutral_titles: bool,
    as_json: bool,
) -> None:
    """Write the next revision of the programme in OUT, from its log.

    What has been lived stays. What lies ahead is planned from where the patient is now, with the smallest change: a
    week as planned changes nothing at all. A red flag in the log stops the programme (exit code 4) until an entry
    clears it.
    """
    from planner import store
    from planner.errors import PlannerError
    from planner.revise.origin import Origin, explained, held_though_cancelled, origin
    from planner.revise.replan import finished, news, stamp_of
    from planner.revise.replan import replan as planned_anew

    against = _reading(out, today)
    _refuse_earlier(against.programme, against.today)
    if table is not None:
        entries, warnings = _imported(table, against)
        for warning in warnings:
            click.echo(f"Warning: {warning}", err=True)
        _refuse_unknown_values(out, against.programme, entries)
        store.append_log(out, entries)
    if against.programme.protocol is not None:
        if patient or clinic or away or busy:
            raise click.UsageError("a published programme is shown as it is written; build it anew for other inputs")
        _replan_protocol(out, against.today, neutral_titles=neutral_titles, as_json=as_json)
        return
    old, before, _ = store.read_whole(out)
    case = _changed_case(old, before, against.today, patient, clinic, away, busy)
    log = store.read_log(out)
    if patient is not None:
        _refuse_to_end_stops(out, old, before, case, patient)
    earlier = [number for number in store.revisions(out) if number < old.revision]
    hashes = store.provenance(case)
    files = hashes.patient_sha256, hashes.clinic_sha256

    def read(number: int) -> Programme:
        return store.read_programme(out, number)

    latest = held_though_cancelled(old, earlier, read, log)
    begin = origin(latest, earlier, read, log, case, files, against.today)

    def revised(begin: Origin) -> tuple[Revision, Plan, Case]:
        made = planned_anew(
            begin.programme,
            case,
            log,
            against.today,
            provenance=hashes,
            before=case if begin.because and not old.frozen else before,
            seconds=seconds,
        )
        if begin.because:
            made = replace(made, plan=explained(made.plan, old, begin.because))
        return made, *finished(old, made.plan, made.case, stamp_of(against.today, old.revision + 1))

    try:
        made, plan, planned = revised(begin)
    except PlannerError:
        if begin == Origin(old) or old.frozen:
            raise
        made, plan, planned = revised(Origin(old))  # from an older one there is no way on: from the last
    if news(old, plan.programme):
        _write_revision(out, old, plan, planned, neutral_titles=neutral_titles)
    programme = plan.programme if news(old, plan.programme) else old
    _say_over(programme, against.today)
    _replanned(out, old, programme, as_json=as_json, so_far=made.state.words, asked=made.asked)


def _replanned(
    out: Path, old: Programme, programme: Programme, *, as_json: bool, so_far: str = "", asked: str = ""
) -> None:
    """Say what a revision decided and changed; exit code 4 while everything is stopped."""
    from planner.errors import NotPlanned
    from planner.export.changes import for_clinician, in_short
    from planner.export.text import contact_notice, stopped_notice

    fresh = [decision for decision in programme.decisions if decision not in old.decisions]
    if as_json:
        _json(
            {
                "revision": programme.revision,
                "new": programme is not old,
                "frozen": programme.frozen,
                "decisions": [decision.model_dump(mode="json") for decision in fresh],
                "changes": [change.model_dump(mode="json") for change in programme.changes if programme is not old],
            }
        )
    elif programme is old:
        click.echo(f"Nothing is new since revision {old.revision}; nothing was written.")
    else:
        if contact := contact_notice(programme):
            click.echo(contact)
        click.echo(in_short(programme))
        if so_far:
            click.echo(f"So far: {so_far}.")
        if asked:
            click.echo(f"Changed in the files: {asked}.")
        if stopped := stopped_notice(programme, str(out)):
            _lines([stopped])
        # the same may have been decided about several things on a day
        told = dict.fromkeys((one.on, one.words, one.rule) for one in fresh)
        _lines(f"  {on:%a %d %b}  {words} (rule {rule})" for on, words, rule in told)
        changes = for_clinician(programme)
        _lines(
            ["What changes:", *(f"  {line}" for line in changes)] if changes else ["Nothing that lies ahead changes."]
        )
        forecasts = [] if programme.frozen else [goal for goal in programme.goals if goal not in old.goals]
        _lines(f"{goal.goal.capitalize()}, {goal.words}: now {goal.forecast}" for goal in forecasts)
        for warning in programme.warnings:
            if warning not in old.warnings:
                click.echo(f"Warning: {warning}", err=True)
        click.echo(f"Revision {programme.revision} written to {out}. Next: gradus diff {out}")
    if programme.frozen:
        until = _allowed_again(out, _stops_in_log(out))
        click.echo(f"Stopped. {programme.frozen} Sessions ahead are cancelled until {until}.", err=True)
        sys.exit(NotPlanned.exit_code)


def _replan_protocol(out: Path, today: dt.date, *, neutral_titles: bool, as_json: bool) -> None:
    """The next revision of a published programme."""
    from planner import store
    from planner.export.text import date_text
    from planner.revise.published import revised
    from planner.revise.replan import news

    old, inputs = store.read_protocol_folder(out)
    made = revised(old, inputs, store.read_log(out), today)
    if made.untold:
        days = ", ".join(date_text(session.start.date()) for session in made.untold[:5])
        more = f" and {len(made.untold) - 5} more" if len(made.untold) > 5 else ""
        click.echo(f"Nobody told of {days}{more}: taken as done as planned until the log says otherwise.", err=True)
    programme = old
    if news(old, made.programme):
        programme = _write_protocol_revision(out, old, made.programme, made.inputs, neutral_titles=neutral_titles)
    _replanned(out, old, programme, as_json=as_json)


def _write_protocol_revision(
    out: Path, old: Programme, made: Programme, inputs: ProtocolInputs, *, neutral_titles: bool = False
) -> Programme:
    """Seal and write the next revision of a published programme; what it breaks as it is written is no fault of it."""
    from planner import store
    from planner.errors import PlannerError
    from planner.export.ical import calendar_bytes
    from planner.export.summary import protocol_summary
    from planner.verify import verify_protocol

    made = store.sealed_protocol(made, inputs)
    known = {one.text for one in made.protocol.breaks} if made.protocol else set()
    wrong = [problem for problem in verify_protocol(made, inputs, old) if problem not in known]
    if wrong:
        lines = "\n".join(f"  {problem}" for problem in wrong[:20])
        raise PlannerError(f"The revision was not written, because building it again found:\n{lines}")
    calendar = calendar_bytes(made, neutral_titles=neutral_titles)
    store.write_protocol_revision(out, made, inputs, calendar, protocol_summary(made), read=old)
    return made


def _changed_case(
    old: Programme,
    before: Case,
    today: dt.date,
    patient: Path | None,
    clinic: Path | None,
    away: tuple[str, ...],
    busy: Path | None,
) -> Case:
    """The case of a programme with what has changed since: the patient file, days away, busy hours."""
    from planner.domain.patient import Away
    from planner.errors import InvalidInput
    from planner.intake.busy import read_busy

    case = replace(before, course=None)
    if patient is not None:
        follows = None if old.standard is None else _standard(old.standard.id)
        case, _ = _case_of(patient, clinic=clinic, follows=follows, revised=today)
        if follows is not None:
            # what the standard likes is liked still
            now = case.patient
            usual = [name for name in before.patient.likes if name not in (*now.likes, *now.dislikes)]
            case = replace(case, patient=now.model_copy(update={"likes": (*now.likes, *usual)}))
        begins, began = case.patient.episode.start, before.patient.episode.start
        if case.patient.patient != before.patient.patient:
            raise InvalidInput(f"{patient} is another patient: {case.patient.patient}, not {before.patient.patient}")
        if begins != began:
            raise InvalidInput(
                f"{patient}: episode.start: the programme begins on {began}, and a revision keeps its first day (got "
                f"{begins}); put {began} back, or plan another programme: gradus plan {patient} -o OUT2"
            )
    elif clinic is not None:
        raise InvalidInput("--clinic goes with --patient")
    if away:
        availability = case.patient.availability
        asked = (Away(first=first, last=last) for first, last in map(_span, away))
        days = tuple(one for one in asked if one not in availability.away)
        availability = availability.model_copy(update={"away": (*availability.away, *days)})
        case = replace(case, patient=case.patient.model_copy(update={"availability": availability}))
    if busy is not None:
        episode = case.patient.episode
        found = read_busy(busy, zone=episode.zone, first=episode.start, days=7 * episode.weeks)
        case = replace(case, busy=found)
    return case


def _refuse_to_end_stops(out: Path, old: Programme, before: Case, case: Case, patient: Path) -> None:
    """Refuse a patient file with which a stop in the log would end though nobody has cleared it (rule T3)."""
    from planner import store
    from planner.errors import NotPlanned
    from planner.rules.stops import ended_by_findings, stops_text

    found = before.patient.findings.neurology.motor
    ended = ended_by_findings(store.read_log(out), found, case.patient.findings.neurology.motor)
    if not ended:
        return
    until = _allowed_again(out, _stops_in_log(out), patient)
    reasons = [f"{stops_text(ended)} {patient} does not end that: it is taken once {until}."]
    if not old.frozen:
        reasons.append(f"Until then `gradus replan {out}` cancels what lies ahead.")
    raise NotPlanned("hold", reasons)


def _span(text: str) -> tuple[dt.date, dt.date]:
    try:
        first, _, last = text.partition("..")
        days = dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a span such as 2026-12-20..2026-12-27") from None
    if days[1] < days[0]:
        raise click.BadParameter(f"{text!r} ends before it begins")
    return days


def _write_revision(out: Path, old: Programme, plan: Plan, case: Case, *, neutral_titles: bool = False) -> None:
    """Seal a revision and write it with its calendar and its summary."""
    from planner import store
    from planner.export.ical import calendar_bytes
    from planner.export.summary import summary

    plan = store.sealed(_with_provenance(plan, store.provenance(case)), case)
    programme = plan.programme
    calendar = calendar_bytes(programme, neutral_titles=neutral_titles)
    store.write_revision(out, plan, case, calendar, summary(programme, case), read=old)


def _with_provenance(plan: Plan, made: Provenance) -> Plan:
    return replace(plan, programme=plan.programme.model_copy(update={"provenance": made}))


def _by_hand(function: Any) -> Any:
    """The options of the commands that change a programme by hand."""
    for option in (
        click.option(
            "--why", default="", help="Sign, with this reason, that a rule is set aside where that is allowed."
        ),
        click.option("--today", callback=_date, metavar="DATE", help="The day of the change, instead of today."),
        click.option("--by", required=True, metavar="NAME", help="Who asks for it."),
    ):
        function = option(function)
    return function


@main.command(short_help="Keep a line as it is.")
@click.argument("out", type=_FOLDER)
@click.argument("line", nargs=-1, required=True)
@click.option("--by", required=True, metavar="NAME", help="Who asks for it.")
@click.option("--today", callback=_date, metavar="DATE", help="The day of the change, instead of today.")
def pin(out: Path, line: tuple[str, ...], by: str, today: dt.date | None) -> None:
    """Keep a LINE of the programme in OUT, such as "goblet squat week 5", as it is.

    Later revisions plan the rest around it, unless the response speaks against it.
    """
    from planner.revise import hand

    old, case, day = _open(out, today)
    made = hand.pin(old, _line_of(out, old, case, line), hand.Signature(by, day))
    _hand(out, old, case, made, day)


@main.command(short_help="Put an exercise in the place of another.")
@click.argument("out", type=_FOLDER)
@click.argument("old_name", metavar="OLD")
@click.argument("new_name", metavar="NEW")
@_by_hand
def swap(out: Path, old_name: str, new_name: str, by: str, today: dt.date | None, why: str) -> None:
    """Put the exercise NEW in the place of OLD in the programme in OUT, from the week in which that is due.

    The rest is planned around it with the smallest change. What is not safe is refused, with the rule in the way and
    what would do instead.
    """
    from planner import store
    from planner.revise import hand
    from planner.revise.replan import finished, stamp_of

    old, case, day = _open(out, today)
    one, other = (_line_of(out, old, case, (name,)).exercise for name in (old_name, new_name))
    asked = hand.Signature(by, day, why)
    try:
        made = hand.swap(old, case, store.read_log(out), one, other, asked, store.provenance(case))
    except hand.Refused as refused:
        _refused(refused)
    plan, case = finished(old, made.plan, made.case, stamp_of(day, old.revision + 1))
    _write_revision(out, old, plan, case)
    _told(out, plan.programme)


@main.command("set", short_help="Set a dose, a day or a time.")
@click.argument("out", type=_FOLDER)
@click.argument("line", nargs=-1, required=True)
@click.option("--sets", type=click.IntRange(1, 12), metavar="N", help="Working sets.")
@click.option("--reps", type=click.IntRange(1, 100), metavar="N", help="Repetitions.")
@click.option("--load", type=click.FloatRange(min=0), metavar="KG", help="Load in kg, one that is owned.")
@click.option("--hold", type=click.IntRange(1, 600), metavar="S", help="Seconds of a hold, or of work.")
@click.option("--metres", type=click.IntRange(1, 50_000), metavar="M", help="Metres.")
@click.option("--effort", type=click.FloatRange(0, 10), metavar="RPE", help="Effort, RPE or CR10.")
@click.option("--day", metavar="D", help="Another weekday, such as thu; LINE is then a session such as w05-s2.")
@click.option("--time", "clock", metavar="HH:MM", help="Another time; LINE is then a session.")
@_by_hand
def set_(
    out: Path,
    line: tuple[str, ...],
    sets: int | None,
    reps: int | None,
    load: float | None,
    hold: int | None,
    metres: int | None,
    effort: float | None,
    day: str | None,
    clock: str | None,
    by: str,
    today: dt.date | None,
    why: str,
) -> None:
    """Set the dose of a LINE such as "goblet squat week 5", or day and time of a session such as w05-s2.

    The verifier looks at the whole programme before anything is written.
    """
    from planner import store
    from planner.explain.questions import asked
    from planner.export.tables import find_session
    from planner.revise import hand

    old, case, date = _open(out, today)
    signature = hand.Signature(by, date, why)
    dose = hand.NewDose(sets, reps, load, hold, metres, effort)
    moved = day is not None or clock is not None
    if moved == (dose != hand.NewDose()):
        raise click.UsageError("give a dose (--sets, --reps, --load, ...) or a moment (--day, --time), one of them")
    try:
        if moved:
            weekday = None if day is None else asked("", {"day": day}, negative=False, exercises={}).day
            session = find_session(old, " ".join(line))
            _refuse_cancelled(out, old, session)
            made = hand.move(old, case, session.slot, signature, day=weekday, time=_clock(clock))
        else:
            made = hand.set_dose(old, case, _line_of(out, old, case, line), dose, signature, store.read_log(out))
    except hand.Refused as refused:
        _refused(refused)
    _hand(out, old, case, made, date)


@main.command(short_help="Sign a programme.")
@click.argument("out", type=_FOLDER)
@click.option("--by", required=True, metavar="NAME", help="Name and qualification.")
@click.option("--today", callback=_date, metavar="DATE", help="The day of the signature, instead of today.")
def approve(out: Path, by: str, today: dt.date | None) -> None:
    """Sign the programme in OUT: exports are no longer marked as a draft."""
    from planner import store
    from planner.revise import hand
    from planner.revise.carry import carried
    from planner.revise.replan import stamp_of

    if (programme := store.read_programme(out)).protocol is not None:
        _refuse_unheeded_stop(out, programme)
        signed, inputs = store.read_protocol_folder(out)
        day = today or _today(programme)
        _refuse_earlier(programme, day)
        made = carried(
            signed, hand.approve(signed, hand.Signature(by, day)), stamp=stamp_of(day, programme.revision + 1)
        )
        _told(out, _write_protocol_revision(out, programme, made, inputs))
        return
    old, case, day = _open(out, today)
    _hand(out, old, case, hand.approve(old, hand.Signature(by, day)), day)


def _refuse_earlier(programme: Programme, day: dt.date) -> None:
    """Refuse a day before the one on which the last revision was made, and one long after the end."""
    from planner.errors import InvalidInput

    end = programme.starts + dt.timedelta(days=7 * len(programme.weeks))
    if day > end + _LONG_AFTER:
        raise InvalidInput(f"--today: the programme ended on {end - dt.timedelta(days=1)}; is {day} the day you mean?")
    if programme.planned_from is not None and day < programme.planned_from:
        raise InvalidInput(f"--today: revision {programme.revision} was made for {programme.planned_from}, not before")


def _today(programme: Programme) -> dt.date:
    from zoneinfo import ZoneInfo

    return dt.datetime.now(ZoneInfo(programme.timezone)).date()


def _allowed_again(out: Path, stops: Sequence[Stop], patient: Path | None = None) -> str:
    """What ends the stops of a programme, in words; ``patient`` is a patient file that waits for it."""
    if not stops:
        return f"`gradus replan {out}`, with `--patient PATIENT.yaml` where the patient file is what stops it"
    asked = list(dict.fromkeys(stop.flag.id for stop in stops if not stop.known))
    told = list(dict.fromkeys(stop.flag.id for stop in stops if stop.known))
    if not asked and (len(told) == 1 or all(stop.answered for stop in stops)):
        told = ["programme"]
    after = "" if patient is None else f" --patient {patient}"
    options = [f"--flag {name}=no" for name in asked] + [f"--cleared {name}" for name in told]
    how = f"`gradus log {out} {' '.join(options)}{' --by NAME' if told else ''}`, then `gradus replan {out}{after}`"
    who = "a clinician allows it again" if told else "the answer is no"
    return f"{who}: {how}"


def _open(out: Path, today: dt.date | None) -> tuple[Programme, Case, dt.date]:
    """A programme with its case and the catalogue, and the day in the patient's zone."""
    from planner import store
    from planner.errors import InvalidInput

    programme, case, _ = store.read_whole(out)
    if today is not None:
        _refuse_earlier(programme, today)
    if programme.frozen:
        raise InvalidInput(
            f"everything is on hold ({programme.frozen.rstrip('.')}): it is changed or signed once "
            f"{_allowed_again(out, _stops_in_log(out))}"
        )
    _refuse_unheeded_stop(out, programme)
    return programme, case, today or _today(programme)


def _refuse_unheeded_stop(out: Path, programme: Programme) -> None:
    """Refuse to go on with a programme that its log stops, and that does not say so yet."""
    from planner.errors import NotPlanned
    from planner.rules.stops import stops_text

    stop = stops_text(_stops_in_log(out))
    if stop and not programme.frozen:
        told = f"the log stops this programme ({stop.rstrip('.')}): first `gradus replan {out}`, which cancels it"
        raise NotPlanned("hold", [f"{told}, in the calendar too."])


def _stops_in_log(out: Path) -> tuple[Stop, ...]:
    """What the log of a folder stops its programme for."""
    from planner import store
    from planner.rules.stops import standing_stops

    findings = store.read_findings(out)
    return standing_stops(store.read_log(out), () if findings is None else findings.neurology.motor)


def _warn_of_stop(out: Path, programme: Programme) -> None:
    """Says before anything is shown what the log stops a programme for, and the programme does not say yet."""
    from planner.rules.stops import stops_text

    stop = stops_text(_stops_in_log(out))
    if stop not in programme.frozen:
        click.echo(f"STOP: {stop} Do nothing of this; then `gradus replan {out}` cancels it.", err=True)


def _refuse_cancelled(out: Path, programme: Programme, session: Session) -> None:
    """Refuse to set or keep anything in a session that is cancelled, and say why it is."""
    from planner import store
    from planner.domain.programme import Status
    from planner.errors import InvalidInput

    if session.status is not Status.CANCELLED:
        return
    earlier = (store.read_programme(out, n) for n in reversed(store.revisions(out)) if n < programme.revision)
    told = (
        change.because
        for one in chain((programme,), earlier)
        for change in one.changes
        if change.slot == session.slot and change.kind == "cancelled" and change.because
    )
    why = next((f" ({because})" for because in told), "")
    raise InvalidInput(f"{session.slot}, {session.start:%a %d %b}, is cancelled{why}: nothing can be set or kept in it")


def _line_of(out: Path, programme: Programme, case: Case, words: tuple[str, ...]) -> Line:
    """The line that some words mean, as ``gradus why`` reads them."""
    from planner.errors import InvalidInput
    from planner.explain.questions import asked, with_session_as_day
    from planner.intake.log_words import session_in
    from planner.revise.hand import Line

    with contextlib.suppress(ValueError):
        named, _ = session_in(programme, " ".join(words))
        if named is not None:
            _refuse_cancelled(out, programme, named)
    names = frozenset(item.exercise for session in programme.sessions for item in session.items)
    text = with_session_as_day(programme, " ".join(words))
    found = asked(text, {}, negative=False, exercises=case.exercises, prefer=names)
    if found.exercise is None:
        raise InvalidInput(f"{' '.join(words)!r} names no exercise")
    return Line(found.exercise, found.week, found.day)


def _clock(text: str | None) -> dt.time | None:
    if text is None:
        return None
    try:
        return dt.time.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a time such as 18:30") from None


def _hand(out: Path, old: Programme, case: Case, made: Programme, day: dt.date) -> None:
    """Write what the clinician's hand has made."""
    from planner.revise.hand import unchanged_plan
    from planner.revise.replan import finished, news, stamp_of

    plan, case = finished(old, unchanged_plan(made), case, stamp_of(day, old.revision + 1))
    if not news(old, plan.programme):
        click.echo(f"It is so already; nothing was written, and revision {old.revision} stands.")
        return
    _write_revision(out, old, plan, case)
    _told(out, plan.programme)


def _told(out: Path, programme: Programme) -> None:
    from planner.export.changes import for_clinician

    _lines(for_clinician(programme) or ["Noted; no line changes."])
    if programme.exemptions:
        click.echo(f"{len(programme.exemptions)} signed exemption(s) from rules in this programme.")
    click.echo(f"Revision {programme.revision} written to {out}. Next: gradus diff {out}")


def _refused(refused: Refused) -> NoReturn:
    from planner.errors import NoProgramme

    click.echo("Not done; nothing was written.", err=True)
    for reason in refused.reasons() or ["No programme that keeps the rules holds it."]:
        click.echo(f"  - {reason}", err=True)
    sys.exit(NoProgramme.exit_code)


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
    from planner.explain.questions import asked, with_session_as_day
    from planner.explain.sources import Sources

    if store.read_programme(out).protocol is not None:
        _why_protocol(out, question, flags, negative=negative, as_json=as_json)
        return
    programme, case, report = store.read_whole(out)
    names = frozenset(item.exercise for session in programme.sessions for item in session.items)
    words = with_session_as_day(programme, " ".join(question))
    found = asked(words, flags, negative=negative, exercises=case.exercises, prefer=names)
    found = here.narrowed(programme, found)
    if found.others and not found.exact and not as_json:
        others = ", ".join(case.exercises[name].name for name in found.others[:3])
        click.echo(f"Taken as {case.exercises[found.exercise or ''].name}; it could be {others} too.", err=True)
    if found.negative or found.whole or found.exercise is None:
        log = store.read_log(out) if case.course is not None else None
        answer = instead.why_not(programme, report, case, found, seconds=seconds, log=log)
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


def _why_protocol(
    out: Path, question: tuple[str, ...], flags: dict[str, Any], *, negative: bool, as_json: bool
) -> None:
    """What a published programme says of a line: as it is written, and by which of its rules it goes on."""
    from planner import store
    from planner.explain.published import data, text
    from planner.explain.published import why as said_of

    programme, inputs = store.read_protocol_folder(out)
    answer = said_of(programme, inputs, " ".join(question), flags, negative=negative)
    if as_json:
        _json(data(answer))
    else:
        _lines(text(answer))


# -------------------------------------------------------------------- show, diff, export
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
    _warn_of_stop(out, programme)
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


@main.command(short_help="What changed between two revisions, and why.")
@click.argument("out", type=_FOLDER)
@click.argument("others", nargs=-1, metavar="[OLD [NEW] | FOLDER]")
@click.option(
    "--for", "reader", type=click.Choice(["clinician", "patient"]), default="clinician", help="In whose words."
)
@click.option("--json", "as_json", is_flag=True, help="Every changed line as JSON.")
def diff(out: Path, others: tuple[str, ...], reader: str, as_json: bool) -> None:
    """Say what changed between two revisions of the programme in OUT, and why.

    \b
    gradus diff OUT             the last two revisions
    gradus diff OUT 2           revision 2 and the newest
    gradus diff OUT 1 3         revisions 1 and 3
    gradus diff OUT FOLDER      the newest in OUT and the newest in another folder
    """
    from planner.export.changes import for_clinician, for_patient
    from planner.export.text import contact_notice, stopped_notice
    from planner.revise.difference import difference

    old, *between, new = _revisions(out, others)
    changes = difference(old, new, between=[one.changes for one in between])
    if as_json:
        rows = [change.model_dump(mode="json", exclude_none=True) for change in changes]
        _json({"old": old.revision, "new": new.revision, "changes": rows})
        return
    words = for_patient if reader == "patient" else for_clinician
    click.echo(f"{new.patient}, revision {old.revision} to {new.revision}")
    if contact := contact_notice(new):
        click.echo(contact)
    if reader == "clinician" and (stopped := stopped_notice(new, str(out))):
        _lines([stopped])
    _lines(f"- {line}" for line in words(new, changes, old) or ["Nothing changed."])


def _revisions(out: Path, others: tuple[str, ...]) -> list[Programme]:
    """The two revisions that are asked for, with those in between."""
    from planner import store
    from planner.errors import InvalidInput

    if len(others) == 1 and not others[0].isdecimal():
        pair = [store.read_programme(out), store.read_programme(Path(others[0]))]
        if pair[0].id != pair[1].id:
            raise InvalidInput(f"{out} and {others[0]} hold different programmes, not revisions of one")
        return pair
    if len(others) > 2 or not all(text.isdecimal() for text in others):
        raise click.UsageError("give OUT alone, one or two numbers of revisions, or one other folder")
    newest = store.read_programme(out).revision
    numbers = [int(text) for text in others]
    old = numbers[0] if numbers else newest - 1
    new = numbers[1] if len(numbers) == 2 else newest
    if newest == 1:
        raise InvalidInput(f"{out} has one revision only; there is nothing to compare it with")
    if old >= new:
        raise click.UsageError(f"revision {old} is not older than revision {new}")
    ends = {number: store.read_programme(out, number) for number in (old, new)}
    between = [store.read_programme(out, number) for number in store.revisions(out) if old < number < new]
    return [ends[old], *between, ends[new]]


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
    """Export the programme in OUT as a calendar (RFC 5545).

    A programme that its log stops is planned anew first (gradus replan): then its calendar cancels what lies ahead.
    """
    from planner.export.ical import calendar_bytes
    from planner.store import read_programme

    programme = read_programme(out)
    _refuse_unheeded_stop(out, programme)
    _warn_of_stop(out, programme)
    calendar = calendar_bytes(
        programme,
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
    """Write the JSON Schemas of patients, programmes, logs, exercises, clinics and protocols."""
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


# -------------------------------------------------------------------- protocols
@main.group()
def protocol() -> None:
    """Published programmes, clinic protocols, and your own, written down as protocols."""


@protocol.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def protocol_list(as_json: bool) -> None:
    """List the protocols that come with Gradus."""
    from catalog.loader import STANDARDS, load_protocol, protocol_files
    from planner.export.tables import protocols_table

    found = [load_protocol(name) for name in protocol_files()]
    standards = [_standard(name) for name in protocol_files(STANDARDS)]
    if as_json:
        published = [{"kind": "published", **one.model_dump(mode="json", include=_LISTED)} for one in found]
        _json([*published, *(one.model_dump(mode="json", include=_LISTED_CLINIC) for one in standards)])
        return
    _show(protocols_table(found, standards))
    click.echo(f"\n{len(found)} published, {len(standards)} clinic protocols. Next: gradus protocol show NAME")


_LISTED_CLINIC = {"protocol", "kind", "title", "source", "mark", "version", "reviewed", "about", "parameters"}
_LISTED = {"protocol", "title", "source", "mark", "version", "about", "unit", "weeks", "sessions", "days_a_week"}


@protocol.command("show")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def protocol_show(name: str, as_json: bool) -> None:
    """Show a protocol as it is written, and the rules that it breaks. NAME is an id, or the path of your own file."""
    from catalog.loader import load_catalogue, load_protocol, load_standard
    from planner.export.tables import protocol_table, standard_table
    from planner.protocols import outline

    standard = load_standard(name)
    if standard is not None:
        if as_json:
            _json({"protocol": standard.model_dump(mode="json", exclude_none=True)})
        else:
            _show(standard_table(standard))
        return
    found = load_protocol(name)
    written, broken = outline(found, load_catalogue())
    if as_json:
        sessions = [session.model_dump(mode="json", exclude_none=True) for session in written]
        breaks = [{"rule": one.rule, "where": one.where, "problem": one.problem} for one in broken]
        _json({"protocol": found.model_dump(mode="json", exclude_none=True), "breaks": breaks, "sessions": sessions})
        return
    _show(protocol_table(found, written, broken))


def _given(ctx: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Values at the start as texts: ``squat=100``, ``squat=6:80`` for --nrm, ``walk.minutes=30 min`` for --set."""
    from planner.domain import notation

    usual = {"one_rm": "one_rm", "tm": "tm", "load": "load"}.get(str(parameter.name))
    example = {"nrm": "squat=6:80", "set": "squat.reps=5 or 'walk.minutes=30 min'"}.get(
        str(parameter.name).rstrip("_"), "squat=100"
    )
    out: dict[str, dict[str, Any]] = {}
    for text in texts:
        line, _, number = text.partition("=")
        key = usual
        if key is None and parameter.name == "nrm":
            many, _, number = number.partition(":")
            key = f"rm{many}" if many.isdigit() else ""
        elif key is None:
            line, _, key = line.partition(".")
        said = tuple(one.strip() for one in number.split(","))
        try:
            found = [notation.stated(one) for one in said]
        except ValueError:
            found = []
        most = {None: 10_000, "time": 100_000, "distance": 1_000_000}
        if not line or not key or not found or any((one.number or 0) > most[one.measure] for one in found):
            raise click.BadParameter(f"{text!r} is not a value such as {example}")
        out.setdefault(line, {})[key] = said
    return out


def _weekdays(ctx: click.Context, parameter: click.Parameter, text: str | None) -> tuple[str, ...] | None:
    from planner.domain.patient import Weekday

    if text is None:
        return None
    known = [day.value for day in Weekday]
    named = [part.strip().lower()[:3] for part in text.split(",")]
    if len(set(named)) != len(named) or any(part not in known for part in named):
        raise click.BadParameter(f"{text!r} is not a list of weekdays such as mon,wed,fri")
    return tuple(sorted(named, key=known.index))


def _hour(ctx: click.Context, parameter: click.Parameter, text: str | None) -> dt.time | None:
    if text is None:
        return None
    try:
        return dt.datetime.strptime(text, "%H:%M").time()
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a time of day such as 18:00") from None


@protocol.command("build")
@click.argument("name")
@click.option("-o", "out", type=_FOLDER, required=True, metavar="OUT", help="Folder to write the programme to.")
@click.option("--start", callback=_date, metavar="DATE", help="First day; the next Monday by default.")
@click.option("--1rm", "one_rm", multiple=True, callback=_given, metavar="LINE=LOAD", help="One-repetition maximum.")
@click.option("--tm", multiple=True, callback=_given, metavar="LINE=LOAD", help="Training max.")
@click.option("--load", multiple=True, callback=_given, metavar="LINE=LOAD", help="First working load.")
@click.option("--nrm", multiple=True, callback=_given, metavar="LINE=N:LOAD", help="N-repetition maximum.")
@click.option("--set", "set_", multiple=True, callback=_given, metavar="LINE.VALUE=N", help="Any other; '30 min'.")
@click.option("--days", callback=_weekdays, metavar="mon,wed,fri", help="Training days.")
@click.option("--days-a-week", type=click.IntRange(1, 7), metavar="N", help="Of a clinic protocol: training days.")
@click.option("--minutes", type=click.IntRange(10, 180), metavar="N", help="Of a clinic protocol: minutes a session.")
@click.option("--equipment-level", metavar="LEVEL", help="Of a clinic protocol: none, bands, dumbbells or gym.")
@click.option("--seconds", type=click.FloatRange(min=1), metavar="N", help="Of a clinic protocol: for the solver.")
@click.option("--at", callback=_hour, metavar="HH:MM", help="Time of day; 18:00 by default.")
@click.option("--weeks", type=click.IntRange(1, 52), metavar="N", help="Length in weeks.")
@click.option("--sessions", type=click.IntRange(1, 400), metavar="N", help="Length in sessions.")
@click.option("--from-week", "first_week", type=click.IntRange(1, 52), default=1, metavar="N", help="Enter in week N.")
@click.option("--unit", type=click.Choice(["kg", "lb"]), help="Unit of loads; the protocol's by default.")
@click.option("--step", type=click.FloatRange(min=0.1, max=50), metavar="N", help="Smallest step: 2.5 kg or 5 lb.")
@click.option("--equipment", type=_FOLDER, metavar="FILE", help="Loads owned, as a place in a patient file has them.")
@click.option("--outcomes", type=_FOLDER, metavar="FILE", help="What was done so far.")
@click.option("--timezone", "zone", metavar="ZONE", help="Time zone, such as Europe/Berlin.")
@click.option("--for", "patient", type=_FOLDER, metavar="PATIENT.yaml", help="Refuse what the findings do not allow.")
@click.option("--clinic", type=_FOLDER, metavar="clinic.yaml", help="Settings of the clinic, with --for.")
@click.option("--sure", is_flag=True, help="A maximum or load that surprises is meant.")
@click.option("--neutral-titles", is_flag=True, help="Nothing about health in the calendar.")
@click.option("--force", is_flag=True, help="Replace the programme in OUT.")
@click.option("--json", "as_json", is_flag=True, help="Print what was built as JSON.")
@click.option("--quiet", is_flag=True, help="No result; only what goes wrong.")
def protocol_build(
    name: str,
    out: Path,
    outcomes: Path | None,
    patient: Path | None,
    clinic: Path | None,
    sure: bool,
    neutral_titles: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Write the programme of a protocol to OUT: sessions with dates, doses and loads.

    NAME is an id, or the path of your own file. Loads are rounded down to what is owned. OUT gets
    programme.json, calendar.ics, summary.md and copies of the inputs.
    """
    from catalog.loader import load_catalogue, load_protocol, load_standard
    from planner import store
    from planner.errors import InvalidInput, NoProgramme
    from planner.export.ical import calendar_bytes
    from planner.export.summary import protocol_summary
    from planner.intake.protocol_file import read_outcomes
    from planner.plan import screened
    from planner.protocols import make, named_exercises, start_objections

    store.refuse_target(out, force=force)
    standard = load_standard(name)
    if standard is not None:
        asked = {**given, "outcomes": outcomes, "for": patient, "clinic": clinic, "sure": sure}
        _build_standard(standard, out, asked, neutral=neutral_titles, force=force, as_json=as_json, quiet=quiet)
        return
    only = [name for name in ("days_a_week", "minutes", "equipment_level", "seconds") if given[name] is not None]
    if only:
        raise click.UsageError(f"--{only[0].replace('_', '-')} is for clinic protocols; {name} is published")
    found = load_protocol(name)
    case = None
    if patient is not None:
        case, warnings = _case_of(patient, clinic=clinic, start=given["start"])
        for warning in warnings:
            click.echo(f"Warning: {warning}", err=True)
        screened(case)
    elif clinic is not None:
        raise click.UsageError("--clinic goes with --for")
    exercises = load_catalogue()
    build = _build(found, exercises, case, given)
    if objections := list(start_objections(found, build, sure=sure)):
        raise InvalidInput("\n".join(objections))
    if outcomes is not None:
        build = build.model_copy(update={"outcomes": read_outcomes(outcomes)})
    try:
        programme = make(found, build, exercises, case)
    except NoProgramme as refusal:
        sources = _sources(patient, clinic) if patient is not None else None
        raise NoProgramme(sources.located(reason) if sources else reason for reason in refusal.reasons) from None
    names = named_exercises(found)
    kept = {key: exercise for key, exercise in exercises.items() if key in names}
    if case is not None:
        kept = {**kept, **store.kept_exercises(programme, case)}
    inputs = store.ProtocolInputs(found, build, kept, case)
    programme = store.sealed_protocol(programme, inputs)
    calendar = calendar_bytes(programme, neutral_titles=neutral_titles)
    store.write_protocol(out, programme, inputs, calendar, protocol_summary(programme), force=force)
    for warning in programme.warnings:
        click.echo(f"Warning: {warning}", err=True)
    if as_json:
        _json(programme.model_dump(mode="json", exclude_none=True))
    elif not quiet:
        from planner.export.tables import result

        _show(result(programme))
        click.echo(f"\nWritten to {out}: summary.md to read, calendar.ics to import, programme.json for machines.")
        click.echo(f"Next: gradus show {out} --week 1")


#: Options of ``protocol build`` that a clinic protocol takes.
_OF_STANDARDS = ("start", "weeks", "days_a_week", "days", "minutes", "equipment_level", "seconds", "zone", "first_week")


def _build_standard(
    standard: ClinicProtocol,
    out: Path,
    asked: dict[str, Any],
    *,
    neutral: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Plan a clinic protocol for its archetype, and write it like any plan."""
    from catalog.loader import load_catalogue
    from planner import store
    from planner.export.ical import calendar_bytes
    from planner.export.summary import summary
    from planner.standards import archetype_case, build, settings
    from planner.terminal import ProgressLine, interruptible

    if asked["for"] is not None:
        raise click.UsageError(f"for one patient: gradus plan PATIENT.yaml --protocol {standard.protocol} -o OUT")
    other = [name for name, value in asked.items() if value and name not in _OF_STANDARDS]
    if other or asked["first_week"] != 1:
        named = (other or ["from_week"])[0].rstrip("_").replace("_", "-").replace("one-rm", "1rm")
        raise click.UsageError(f"--{named} is for published programmes; {standard.protocol} is a clinic protocol")
    if asked["days"] and asked["days_a_week"]:
        raise click.UsageError("give --days or --days-a-week, not both")
    days = asked["days"] or ()
    chosen = settings(
        standard,
        weeks=asked["weeks"],
        days=len(days) or asked["days_a_week"],
        minutes=asked["minutes"],
        level=asked["equipment_level"],
    )
    today = dt.date.today()
    starts = asked["start"] or today + dt.timedelta(days=-today.weekday() % 7)
    case = archetype_case(
        standard, chosen, load_catalogue(), start=starts, timezone=asked["zone"] or _timezone(), days=days
    )
    with interruptible(ProgressLine().hide):
        planned = build(standard, chosen, case, provenance=store.provenance(case), seconds=asked["seconds"] or 60.0)
    made = store.sealed(planned, case)
    calendar = calendar_bytes(made.programme, neutral_titles=neutral)
    store.write(out, made, case, calendar, summary(made.programme, case), force=force)
    if as_json:
        _json(_outcome(out, made))
    elif not quiet:
        from planner.export.tables import result

        _show(result(made.programme))
        _lines([f"Limit: {line}" for line in standard.limits])
        click.echo(f"\nWritten to {out}: summary.md to read, calendar.ics to import, programme.json for machines.")
        for name in standard.then:
            click.echo(f"May follow: gradus protocol build {name} -o {out}-{name.replace('_', '-')}")
        click.echo(f"Next: gradus plan PATIENT.yaml --protocol {standard.protocol} -o OUT")


def _build(protocol: Protocol, exercises: Mapping[str, Exercise], case: Case | None, given: dict[str, Any]) -> Build:
    """What a protocol is built with, from the options, the patient and the usual."""
    from planner.intake.protocol_file import read_equipment
    from planner.protocols import build_for

    values: dict[str, dict[str, Any]] = {}
    for key in ("one_rm", "tm", "load", "nrm", "set_"):
        for line, named in given[key].items():
            values.setdefault(line, {}).update(named)
    equipment = given["equipment"] and read_equipment(given["equipment"])
    today = dt.date.today()
    return build_for(
        protocol,
        exercises,
        case,
        starts=given["start"] or today + dt.timedelta(days=-today.weekday() % 7),
        unit=given["unit"],
        step=given["step"],
        equipment=equipment or None,
        days=given["days"],
        at=given["at"],
        timezone=given["zone"] or ("" if case else _timezone()),
        weeks=given["weeks"],
        sessions=given["sessions"],
        first_week=given["first_week"],
        start=values,
    )


# -------------------------------------------------------------------- output
def _write(path: Path, data: bytes, *, force: bool) -> None:
    if str(path) == "-":
        click.echo(data, nl=False)
        return
    from planner.store import write_file

    write_file(path, data, force=force)


def _lines(lines: Iterable[str], *, err: bool = False) -> None:
    from planner.terminal import folded

    if told := "\n".join(folded(lines)):
        click.echo(told, err=err)


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
