"""A programme on a terminal: an overview, one week, one session, one exercise of the catalogue.

Functions from a programme to rich renderables, none wider than 100 columns; ``plain`` turns one
into text.  What every line means is said in the same words as in a calendar or on paper.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, TypeVar

from rich.box import SIMPLE, SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.domain.dose import Dose, SetRow
from planner.domain.exercise import Exercise, Implement, Track
from planner.domain.programme import (
    CheckIn,
    Item,
    Programme,
    RuleBreak,
    Session,
    SessionKind,
    Status,
    TierReport,
    Week,
)
from planner.errors import InvalidInput
from planner.export.changes import in_short
from planner.export.text import (
    INTENDED_USE,
    approval_text,
    became_text,
    before_gate_text,
    contact_notice,
    date_text,
    difference_text,
    dose_text,
    earlier_gates_text,
    easier_text,
    fallback_text,
    gate_text,
    hold_notice,
    item_text,
    one_line,
    spans_text,
    stages_text,
)
from planner.intake.log_words import session as session_of
from planner.progression.protocol_words import percent_words, progression_words

if TYPE_CHECKING:
    from planner.domain.programme import StandardRecord
    from planner.domain.protocol import Protocol
    from planner.domain.standard import ClinicProtocol
    from planner.whatif import Choice

Entry = TypeVar("Entry", Session, CheckIn)

WIDTH: Final = 100
#: Days beside each other in a table of a week.
DAYS_ACROSS: Final = 4
#: Breaks of one rule that are shown in full; a summary has them all.
_BREAKS: Final = 6
#: A value this close to its bound is called the best, as a share: the solver counts in whole numbers.
_EXACT: Final = 0.0005


def plain(renderable: RenderableType, *, width: int = WIDTH) -> str:
    """A renderable as text without colours, no line longer than ``width``."""
    console = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return "".join(f"{line.rstrip()}\n" for line in console.file.getvalue().splitlines())


# -------------------------------------------------------------------- whole programme
def overview(programme: Programme) -> RenderableType:
    """Header, goals, weeks, and the climb of every track."""
    parts: list[RenderableType] = [_header(programme)]
    if programme.goals:
        parts += [_title("Goals"), _goals(programme)]
    parts += [_title("Weeks"), _weeks(programme)]
    parts += [_title("Training, week by week"), _climbs(programme, SessionKind.TRAINING)]
    if any(session.kind is SessionKind.DAILY for session in programme.sessions):
        parts += [_title("Little and often, week by week"), _climbs(programme, SessionKind.DAILY)]
    if programme.check_ins:
        parts += [_title("Check-ins"), _check_ins(programme)]
    parts += _broken(programme)
    if programme.warnings:
        parts += [_title("Warnings"), *(_bullet(warning) for warning in programme.warnings)]
    return Group(*parts)


def result(programme: Programme) -> RenderableType:
    """What ``gradus plan`` says when it is done: header, goals, weeks."""
    parts: list[RenderableType] = [_header(programme)]
    if programme.goals:
        parts += [_title("Goals"), _goals(programme)]
    return Group(*parts, _title("Weeks"), _weeks(programme), *_broken(programme))


def _broken(programme: Programme) -> list[RenderableType]:
    """The rules that a published programme breaks as it is written."""
    if programme.protocol is None or not programme.protocol.breaks:
        return []
    return [_title("Rules that it breaks as it is written"), *breaks_lines(programme.protocol.breaks)]


def breaks_lines(breaks: Sequence[RuleBreak]) -> Iterator[RenderableType]:
    """The first breaks of each rule, and how many more there are."""
    for _, same in groupby(breaks, key=lambda one: one.rule):
        rows = list(same)
        yield from (_bullet(one.text) for one in rows[:_BREAKS])
        if len(rows) > _BREAKS:
            yield _bullet(f"{rows[0].rule}: and {len(rows) - _BREAKS} more of this kind")


def whatif_table(choices: Iterable[Choice], same: tuple[int, int, int]) -> RenderableType:
    """What each choice of days, minutes and weeks reaches; the file's own choice is marked."""
    rows = list(choices)
    goals = next((c.programme.goals for c in rows if c.programme is not None), ())
    table = _table("Days", "Min", "Weeks", "Sessions", "Last week", *(goal.goal for goal in goals))
    for c in rows:
        mark = " *" if (c.days, c.minutes, c.weeks) == same else ""
        head = (f"{c.days}{mark}", str(c.minutes), str(c.weeks))
        if c.programme is None:
            table.add_row(*_cells(*head, "", f"none: {c.reason}", *("" for _ in goals)))
            continue
        reached = [
            goal.forecast
            if n not in c.measured
            else f"week {goal.reached_week}"
            if goal.reached_week is not None
            else f"no: {goal.forecast}"
            for n, goal in enumerate(c.programme.goals)
        ]
        last = f"{c.hard_sets} hard sets, {c.minutes_a_week:.0f} min"
        table.add_row(*_cells(*head, str(c.sessions), last, *reached))
    words = [Text(f"{goal.goal}: {one_line(goal.words)}") for goal in goals]
    marked = any((c.days, c.minutes, c.weeks) == same for c in rows)
    return Group(table, *words, *([Text("* as the patient file says")] if marked else []))


def status_text(programme: Programme) -> str:
    """``Proved best.``, or how far from the best possible it may be, tier by tier."""
    words = [(tier.name, tier_text(tier)) for tier in programme.tiers]
    if programme.protocol is not None:
        return "As the protocol is written; nothing was planned or optimised."
    if not words:
        return "Nothing was optimised." if programme.revision == 1 else "What lies ahead stays as it was planned."
    clock = " Stopped by the time limit: with more --seconds it may get better." if programme.stopped_by_clock else ""
    if all(said == "proved best" for _, said in words):
        if programme.revision > 1:
            return f"Proved: no smaller change keeps to the rules and the response.{clock}"
        return f"Proved best.{clock}"
    text = "; ".join(f"{name}: {said}" for name, said in words)
    return f"{text[0].upper()}{text[1:]}.{clock}"


def tier_text(tier: TierReport) -> str:
    """``proved best`` or ``within 3 % of the best possible``, from value and bound."""
    gap = abs(tier.value - tier.bound)
    if gap <= _EXACT * max(1.0, abs(tier.bound)):
        return "proved best"
    if tier.bound <= 0 or gap >= tier.bound:
        # too weak a bound for a share to mean anything
        known = f"none is below {tier.bound:.0f}" if tier.bound > 0 else "how low it can be is not known"
        return f"not proved best (shortfall {tier.value:.0f}, {known})"
    share = 100 * gap / tier.bound
    # rounded up, so that the promise holds
    shown = -(-share * 10 // 1) / 10 if share < 10 else -(-share // 1)
    return f"within {shown:g} % of the best possible"


def _header(programme: Programme) -> RenderableType:
    last = programme.starts + dt.timedelta(days=7 * programme.weeks_planned - 1)
    title = (
        f"{programme.patient}, revision {programme.revision}: {programme.weeks_planned} weeks, "
        f"{date_text(programme.starts)} {programme.starts.year} to {date_text(last)} {last.year} ({programme.timezone})"
    )
    lines = [Text(one_line(title), style="bold"), *_notices(programme)]
    lines += [Text(in_short(programme))] if programme.revision > 1 else []
    return Group(*lines, Text(INTENDED_USE), Text(status_text(programme), style="green"))


def _notices(programme: Programme) -> list[Text]:
    """Who signed, and whether the plan is on hold."""
    hold = f"{hold_notice(programme)} {one_line(programme.frozen)}" if programme.frozen else ""
    words_of = (contact_notice(programme), approval_text(programme), hold)
    return [Text(words, style="yellow") for words in words_of if words]


def _goals(programme: Programme) -> RenderableType:
    held = any(goal.held_back_by for goal in programme.goals)
    table = _table("Goal", "Wanted", "Forecast", *(["Held back by"] if held else []))
    for goal in programme.goals:
        table.add_row(*_cells(goal.goal, goal.words, goal.forecast, *([goal.held_back_by] if held else [])))
    return table


def _weeks(programme: Programme) -> RenderableType:
    table = _table("Week", "From", "Phase", "Sessions", "Minutes", "Open", "Hard sets", "Only after")
    for name in ("Sessions", "Minutes", "Hard sets"):
        next(column for column in table.columns if column.header == name).justify = "right"
    for week in programme.weeks:
        training = standing(programme.sessions_of(week.number, SessionKind.TRAINING))
        table.add_row(
            *_cells(
                str(week.number),
                date_text(week.starts),
                phase_text(programme, week),
                str(len(training)),
                str(week.training_minutes),
                envelope_text(week),
                str(sum(week.hard_sets.values())),
                gate_text(week.gate) if week.gate else "",
            )
        )
    return table


def phase_text(programme: Programme, week: Week) -> str:
    """``build, lighter``; a protocol has no phases."""
    words = [] if programme.protocol is not None else [week.phase.value]
    return ", ".join([*words, *(["lighter"] if week.deload else [])])


def envelope_text(week: Week) -> str:
    """``bending forward 2/5``: the stage that is open, per direction; ``all`` without limits.

    What a surgeon has closed is not open, whatever its stage: ``no bending forward (surgeon)``.
    """
    return ", ".join(stages_text(week, "/")) or "all"


def _check_ins(programme: Programme) -> RenderableType:
    table = _table("Check-in", "When", "Opens", "Decides")
    for check in standing(programme.check_ins):
        when = f"week {check.week}, {moment_text(check.start)}"
        table.add_row(*_cells(gate_text(check.id).removeprefix("check-in "), when, check.gate, check.decides))
    return table


# -------------------------------------------------------------------- the climb
@dataclass(frozen=True)
class Climb:
    """One exercise of one track: the weeks in which it is done, and its dose whenever that changes."""

    track: Track
    exercise: str
    name: str
    weeks: tuple[int, ...]
    steps: tuple[tuple[int, str], ...]

    @property
    def weeks_text(self) -> str:
        """``1-4, 6``."""
        return spans_text(self.weeks)


def climbs(programme: Programme, kind: SessionKind) -> list[Climb]:
    """The climb of every track, in the order in which a session runs the tracks.

    A week's dose is that of the last session in which the exercise is done.
    """
    found: dict[tuple[Track, str, str], dict[int, Item]] = {}
    for session in programme.sessions:
        if session.kind is kind and session.status is not Status.CANCELLED:
            for item in session.items:
                found.setdefault((item.track, item.exercise, item.part), {})[session.week] = item
    out = []
    for (track, exercise, _), weeks in sorted(found.items(), key=lambda pair: _order(pair[0][0], min(pair[1]))):
        doses = [(week, short_dose(item.dose, item.implement, exercise)) for week, item in sorted(weeks.items())]
        steps = [next(same) for _, same in groupby(doses, key=lambda pair: pair[1])]
        name = named(next(iter(weeks.values())))
        out.append(Climb(track, exercise, name, tuple(sorted(weeks)), tuple(steps)))
    return out


def short_dose(dose: Dose, implement: Implement = Implement.NONE, exercise: str = "") -> str:
    """A dose at a glance: working sets and load, without rest, tempo and effort."""
    rows = tuple(
        row.model_copy(update={"effort": None, "effort_from": None, "rest_after": None, "note": None})
        for row in dose.working_sets or dose.sets
    )
    return _short(dose, rows, implement, exercise)


def _short(dose: Dose, rows: tuple[SetRow, ...], implement: Implement, exercise: str) -> str:
    """A dose at a glance, of these sets."""
    bare = dose.model_copy(
        update={
            "sets": rows,
            "rest_seconds": 0,
            "seconds_per_repetition": 1,
            "tempo": None,
            "load_is_forecast": False,
        }
    )
    text = dose_text(bare, implement=implement, exercise=exercise, brief=True)
    for long, short in (
        (" × ", "×"),
        (" (bar included)", ""),
        (" in each hand", " each"),
        (" repetitions", " reps"),
        ("as many as possible", "max"),
        (", in as many sets as it takes", ""),
    ):
        text = text.replace(long, short)
    return text


def named(item: Item) -> str:
    """The name of an item with the side on which it is done, in the words of every export."""
    line = item_text(item)
    return line[: line.index(": ", len(one_line(item.name)))]


def track_text(track: Track) -> str:
    """``anti extension``."""
    return track.value.replace("_", " ")


def _order(track: Track, first_week: int) -> tuple[int, int]:
    return list(Track).index(track), first_week


def _climbs(programme: Programme, kind: SessionKind) -> RenderableType:
    table = _table("Track", "Exercise", "Weeks", "Dose, from the week named")
    before = None
    for climb in climbs(programme, kind):
        steps = ", ".join(f"w{week} {dose}" for week, dose in climb.steps)
        track = track_text(climb.track) if climb.track is not before else ""
        before = climb.track
        table.add_row(*_cells(track, climb.name, climb.weeks_text, steps))
    return table


# -------------------------------------------------------------------- a week
def week_table(programme: Programme, number: int) -> RenderableType:
    """One week: a column per training day, the daily work, and the gates.

    Raises
    ------
    InvalidInput
        When there is no such week.
    """
    if not 1 <= number <= len(programme.weeks):
        raise InvalidInput(f"there is no week {number}: the programme has weeks 1 to {len(programme.weeks)}")
    week = programme.week(number)
    last = week.starts + dt.timedelta(days=6)
    phase = phase_text(programme, week)
    title = f"{programme.patient}, week {number} of {len(programme.weeks)}{f': {phase}' if phase else ''}"
    title += " on purpose" if week.deload else ""
    effort = f", effort {week.effort_cap:g} of 10 on work that loads the spine" if week.effort_cap < 10 else ""
    caps = f"{date_text(week.starts)} to {date_text(last)} {last.year}."
    if programme.protocol is None:
        caps += f" Open: {envelope_text(week)}. At most {week.item_cap} exercises a session{effort}."
    parts: list[RenderableType] = [Text(one_line(title), style="bold"), *_notices(programme)]
    parts.append(Text(caps))
    if week.gate:
        parts.append(Text(f"Only if {gate_text(week.gate)} was passed; what to do until then is said below."))
    training = programme.sessions_of(number, SessionKind.TRAINING)
    for i in range(0, len(training), DAYS_ACROSS):
        parts += [_days(training[i : i + DAYS_ACROSS], programme)]
    if not training:
        parts.append(Text("No training session this week."))
    daily = daily_lines(standing(programme.sessions_of(number, SessionKind.DAILY)))
    if daily:
        parts += [_title("Little and often"), *(_bullet(line) for line, _ in daily)]
    for gate, lines in _fallbacks(programme.sessions_of(number)).items():
        parts += [_title(f"Until {gate_text(gate)} is passed"), *(_bullet(line) for line in lines)]
        if earlier := earlier_gates_text(programme, gate):
            parts.append(_bullet(earlier))
    checks = [check for check in standing(programme.check_ins) if check.week == number]
    if checks:
        parts.append(_title("Check-ins"))
        parts += [part for check in checks for part in _check_in_lines(check)]
    return Group(*parts)


def _days(sessions: Sequence[Session], programme: Programme) -> RenderableType:
    numbers = training_numbers(programme)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1))
    table.add_column("", max_width=14)
    for session in sessions:
        head = Text(f"{moment_text(session.start)}\n", style="bold")
        head.append(one_line(f"{session.slot}, {session.place}"), style="not bold")
        cancelled = session.status is Status.CANCELLED
        length = "" if cancelled else f", {session.estimated_minutes:.0f} min"
        head.append(f"\nsession {numbers[session.slot]}{length}", style="not bold")
        if session.optional:
            head.append("\noptional", style="not bold")
        if session.status is not Status.CONFIRMED:
            head.append(f"\n{became_text(session)}", style="not bold")
        table.add_column(head, ratio=1)
    if any(session.warm_up_minutes for session in sessions):
        cells = [f"{s.warm_up_minutes} min" if s.warm_up_minutes else "" for s in sessions]
        table.add_row(*_cells("warm-up", *cells))
    # the same line of work beside itself, in the order of the sessions
    places: dict[tuple[Track, int], list[float]] = {}
    for session in sessions:
        for n, key in enumerate(rows := _rows_of(session)):
            places.setdefault(key, []).append(n / len(rows))
    keys = sorted(places, key=lambda key: (sum(places[key]) / len(places[key]), list(Track).index(key[0]), key[1]))
    before = None
    for key in keys:
        items = [_item_cell(_rows_of(session).get(key)) for session in sessions]
        label = track_text(key[0]) if key[0] is not before else ""
        before = key[0]
        table.add_row(Text(label), *items)
    return table


def _rows_of(session: Session) -> dict[tuple[Track, int], Item]:
    """Items by track, and which of the track's items it is."""
    rows: dict[tuple[Track, int], Item] = {}
    for item in session.items:
        rows[item.track, sum(track is item.track for track, _ in rows)] = item
    return rows


def _item_cell(item: Item | None) -> Text:
    if item is None:
        return Text("")
    cell = Text(named(item))
    dose, working = item.dose, item.dose.working_sets or item.dose.sets
    hardest = max(item.dose.sets, key=lambda row: row.effort or 0)
    if len({(row.effort, row.effort_from) for row in working}) > 1:
        # sets that differ in effort say it themselves, as everywhere else
        bare = tuple(row.model_copy(update={"rest_after": None, "note": None}) for row in working)
        cell.append(f"\n{_short(dose, bare, item.implement, item.exercise)}", style="cyan")
        notes = []
    else:
        cell.append(f"\n{short_dose(dose, item.implement, item.exercise)}", style="cyan")
        lowest = "" if hardest.effort_from is None else f"{hardest.effort_from:g}-"
        notes = [f"effort {lowest}{hardest.effort:g}"] if hardest.effort else []
    notes += ["first time"] if item.calibration else []
    notes += ["lighter"] if item.deload else []
    if notes:
        cell.append(", " + ", ".join(notes))
    return cell


def daily_lines(sessions: Sequence[Session]) -> list[tuple[str, str]]:
    """Daily work, equal lines said once with their days, each with what stands in for it while its gate is shut.

    ``Every day 12:30: Walking: 15 min``, ``Before check-in 2 is passed: Walking: 12 min``.
    """
    days: dict[tuple[str, str], list[dt.datetime]] = {}
    for session in sessions:
        for item in session.items:
            days.setdefault((item_text(item, brief=True), before_gate_text(item)), []).append(session.start)
    return [(f"{_when(moments)}: {line}", before) for (line, before), moments in days.items()]


def _when(moments: Sequence[dt.datetime]) -> str:
    dates = sorted({moment.date() for moment in moments})
    clock = " and ".join(sorted({f"{moment:%H:%M}" for moment in moments}))
    days = "Every day" if len(dates) == 7 else ", ".join(date_text(date).split()[0] for date in dates)
    return f"{days} {clock}"


def _fallbacks(sessions: Sequence[Session]) -> dict[str, list[str]]:
    """What to do while a gate is shut, by gate; lines that are equal in several sessions once."""
    found: dict[str, dict[str, None]] = {}
    for session in sessions:
        for item in session.items:
            instead = fallback_text(item, brief=True)
            if instead and item.gate:
                words = f"{named(item)}: "
                words += instead if item.fallback is None else f"instead {instead}"
                found.setdefault(item.gate, {})[words] = None
    return {gate: list(lines) for gate, lines in found.items()}


def _check_in_lines(check: CheckIn) -> Iterator[RenderableType]:
    opens = f" ({check.gate})" if check.gate else ""
    yield _bullet(f"{gate_text(check.id).capitalize()}, {moment_text(check.start)}{opens}. {check.decides}")
    for question in check.questions:
        yield Padding(_bullet(question), (0, 0, 0, 2))


# -------------------------------------------------------------------- a session
def training_numbers(programme: Programme) -> dict[str, int]:
    """The number of every training session, as a calendar counts them, by slot."""
    training = [session for session in programme.sessions if session.kind is SessionKind.TRAINING]
    return {session.slot: number for number, session in enumerate(training, start=1)}


def standing(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Sessions or check-ins without those that were cancelled."""
    return tuple(entry for entry in entries if entry.status is not Status.CANCELLED)


def find_session(programme: Programme, key: str) -> Session:
    """A session by its slot, its day or, for training, by its number.

    Raises
    ------
    InvalidInput
        When there is none.
    """
    try:
        return session_of(programme, key)
    except ValueError as error:
        raise InvalidInput(f"{one_line(key)}: {error}; `gradus show OUT --week N` lists a week") from None


def session_table(programme: Programme, session: Session) -> RenderableType:
    """Everything about one session: doses, cues, easier choices, fallbacks, and why."""
    number = training_numbers(programme).get(session.slot)
    name = f"session {number}" if number else "daily work"
    name += f", {session.name}" if session.name else ""
    title = (
        f"{programme.patient}, {name} ({session.slot}), week {session.week}: {moment_text(session.start)} to "
        f"{session.end:%H:%M}, {session.place}{', supervised' if session.supervised else ''}"
    )
    parts: list[RenderableType] = [Text(one_line(title), style="bold"), *_notices(programme)]
    parts.append(Text(f"About {session.estimated_minutes:g} min; {became_text(session)}."))
    if session.warm_up:
        parts.append(Text(f"Warm-up: {one_line(session.warm_up)}"))
    if session.short:
        parts += [_title("Only five minutes?"), Text("A minute of easy movement, then:")]
        parts += [_bullet(item_text(item)) for item in session.short]
        parts.append(_title("The whole session"))
    statements = {rule.id: rule.statement for rule in programme.rules}
    for position, item in enumerate(session.items, start=1):
        parts += [Text(""), Text(f"{position}. {item_text(item)}", style="bold")]
        parts += [Padding(line, (0, 0, 0, 3)) for line in _item_lines(item)]
    gates = dict.fromkeys(item.gate for item in session.items if item.gate is not None)
    parts += [Text(f"\n{told}") for gate in gates if (told := earlier_gates_text(programme, gate))]
    shaping = sorted({rule for item in session.items for rule in item.shaped_by if rule in statements})
    if shaping:
        parts += [_title("Rules that shape it"), *(_bullet(f"{rule}: {statements[rule]}") for rule in shaping)]
    return Group(*parts)


def _item_lines(item: Item) -> Iterator[Text]:
    yield Text(one_line(item.cue))
    named = [f"set {n} is {row.name.replace('_', ' ')}" for n, row in enumerate(item.dose.sets, 1) if row.name]
    if named:
        yield Text(one_line(f"By name: {', '.join(named)}."))
    if item.easier is not None:
        yield Text(f"Easier, on a bad day: {easier_text(item)}")
    if item.gate:
        instead = fallback_text(item) or "the same"
        yield Text(f"Only if {gate_text(item.gate)} was passed; otherwise: {instead}")
    shaped = f" Shaped by {', '.join(item.shaped_by)}." if item.shaped_by else ""
    why = one_line(item.why) or f"Serves {', '.join(item.serves)}."
    yield Text(f"{track_text(item.track).capitalize()}. {why}{shaped}", style="dim")


# -------------------------------------------------------------------- the catalogue
def catalogue_table(exercises: Iterable[Exercise]) -> RenderableType:
    """A list of exercises."""
    table = _table("Id", "Name", "Level", "Tracks", "Equipment")
    table.columns[0].no_wrap = True
    for exercise in exercises:
        tracks = ", ".join(track_text(track) for track in exercise.tracks)
        setups = " or ".join(dict.fromkeys(_setup_text(exercise, i) for i in range(len(exercise.setups))))
        table.add_row(*_cells(exercise.id, exercise.name, str(exercise.level), tracks, setups))
    return table


def exercise_table(exercise: Exercise) -> RenderableType:
    """Everything the catalogue knows of one exercise."""
    table = Table(box=SIMPLE, show_header=False, show_edge=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(ratio=1)
    for name, value in _facts(exercise):
        table.add_row(*_cells(name, value))
    return Group(Text(f"{exercise.name} ({exercise.id})", style="bold"), table)


def closure_table(rows: Iterable[Mapping[str, Any]]) -> RenderableType:
    """In which weeks a patient may do an exercise, and which rule closes it in the others."""
    table = _table("Weeks", "For this patient", "Because of", "Rule")
    table.columns[0].no_wrap = True
    for row in rows:
        first, last = row["weeks"]
        weeks = str(first) if first == last else f"{first}-{last}"
        if row["open"]:
            table.add_row(*_cells(weeks, "open", "", ""))
            continue
        rule = f"{row['statement']} [{row['mark']}] {row['source']}" if row["statement"] else ""
        table.add_row(
            *_cells(
                weeks,
                f"closed by {row['rule']}" + (f": {row['title'].lower()}" if row["title"] else ""),
                " ".join(part for part in (row["at"].rpartition("/")[2], row["because"]) if part),
                rule,
            )
        )
    return table


# -------------------------------------------------------------------- protocols
def protocols_table(protocols: Iterable[Protocol], standards: Iterable[ClinicProtocol]) -> RenderableType:
    """A list of published and clinic protocols."""
    table = _table("Name", "Title", "Length", "Days a week", "Asks for", "Kind", "Mark")
    table.columns[0].no_wrap = True
    for one in protocols:
        needs = sorted({name for line in one.lines.values() for name in line.needs})
        days = one.days_a_week
        table.add_row(
            *_cells(
                one.protocol,
                one.title,
                _length_text(one),
                str(days) if isinstance(days, int) else ", ".join(f"{n} (weeks {w})" for w, n in days.items()),
                ", ".join(percent_words(name) for name in needs) or "nothing",
                "published",
                one.mark.value,
            )
        )
    for each in standards:
        spans = each.parameters
        length = f"{spans.weeks.default} weeks ({spans.weeks.low}-{spans.weeks.high})"
        table.add_row(
            *_cells(each.protocol, each.title, length, str(spans.days.default), "nothing", each.kind, each.mark.value)
        )
    return table


def standard_table(standard: ClinicProtocol) -> RenderableType:
    """A clinic protocol: whom it is for, what may be chosen, what it does not do."""
    one, spans = standard.archetype, standard.parameters
    findings = one.findings
    preference = findings.directional_preference or "unknown"
    closed = ", ".join(row.direction.plain for row in findings.intolerances) or "none"
    parts: list[RenderableType] = [
        Text(one_line(f"{standard.title} ({standard.protocol}, version {standard.version})"), style="bold"),
        Text(one_line(f"{standard.source} [{standard.mark.value}]")),
        Text(one_line(f"Reviewed: {standard.reviewed}")),
        Text(one_line(standard.about)),
        _title("The archetype"),
        _bullet(f"age {one.age}, {one.body_mass_kg:g} kg, {one.training.status.value}"),
        _bullet(f"{findings.presentation.value.replace('_', ' ')}, irritability {findings.irritability.value}"),
        _bullet(f"directional preference {preference.replace('_', ' ')}; not yet: {closed}"),
        *(_bullet(f"goal: {one_line(goal.words or goal.kind.value)}") for goal in one.goals),
        _title("What may be chosen"),
        *(
            _bullet(f"{name}: {span.default} ({span.low} to {span.high})")
            for name, span in (
                ("weeks", spans.weeks),
                ("days a week", spans.days),
                ("minutes a session", spans.minutes),
            )
        ),
        _bullet(f"equipment: {spans.equipment_level.default} ({', '.join(spans.equipment_level.levels)})"),
    ]
    if standard.limits:
        parts += [_title("Its limits"), *(_bullet(one_line(line)) for line in standard.limits)]
    if standard.then:
        parts += [_title("What may follow"), *(_bullet(name) for name in standard.then)]
    return Group(*parts)


def differences_lines(record: StandardRecord, located: Callable[[str], str]) -> RenderableType:
    """What a programme does otherwise than its standard; ``located`` gives a reason its file and line."""
    parts: list[RenderableType] = [_title(f"Compared with the standard: {one_line(record.title)}")]
    parts += [_bullet(f"from the standard: {one_line(line)}") for line in record.filled]
    parts += [_bullet(difference_text(one, located(one.because))) for one in record.differences]
    if not record.differences:
        parts.append(Text("Nothing differs."))
    return Group(*parts)


def _length_text(protocol: Protocol) -> str:
    length = f"{protocol.weeks} weeks" if protocol.weeks is not None else f"{protocol.sessions} sessions"
    return f"{length} or more" if protocol.open_ended else length


def protocol_table(protocol: Protocol, sessions: Sequence[Session], broken: Sequence[RuleBreak]) -> RenderableType:
    """A protocol as it is written: source, start values, sessions, how it steps up, and the rules it breaks."""
    parts: list[RenderableType] = [
        Text(one_line(f"{protocol.title} ({protocol.protocol}, version {protocol.version})"), style="bold"),
        Text(one_line(f"{protocol.source} [{protocol.mark.value}]")),
    ]
    parts += [Text(one_line(protocol.about))] if protocol.about else []
    days = protocol.days_a_week
    often = f"{days} days a week" if isinstance(days, int) else f"{max(days.values())} days a week or fewer"
    parts.append(Text(f"{_length_text(protocol)}, {often}. Loads in {protocol.unit} unless both are given."))
    asked = {name: [percent_words(value) for value in line.needs] for name, line in protocol.lines.items()}
    needed = [f"{name.replace('_', ' ')}: {', '.join(values)}" for name, values in asked.items() if values]
    if needed:
        parts += [_title("It asks for"), *(_bullet(line) for line in needed)]
        measures = protocol.measures()
        if any((name, value) in measures for name, line in protocol.lines.items() for value in line.needs):
            parts.append(Text("Shown with 20 min for a time that it asks for, and 1 km for a distance."))
    if protocol.conventions:
        parts += [_title("Chosen where the source is silent"), *(_bullet(line) for line in protocol.conventions)]
    parts.append(_title("Sessions, as long as every target is met"))
    if protocol.warm_up is not None:
        parts.append(Text(f"Each after {protocol.warm_up.minutes} min of {one_line(protocol.warm_up.words)}."))
    numbered = [(n, session.week, tuple(map(item_text, session.items))) for n, session in enumerate(sessions, 1)]
    for lines, same in groupby(numbered, key=lambda row: row[2]):
        rows = list(same)
        first, last = rows[0], rows[-1]
        which = f"Session {first[0]}" if len(rows) == 1 else f"Sessions {first[0]} to {last[0]}"
        weeks = f"week {first[1]}" if first[1] == last[1] else f"weeks {first[1]} to {last[1]}"
        parts.append(Text(f"{which}, {weeks}:"))
        parts += [Padding(_bullet(line), (0, 0, 0, 2)) for line in lines]
    rules = list(progression_words(protocol))
    if rules:
        parts += [_title("How it steps up"), *(_bullet(line) for line in rules)]
    if broken:
        parts += [_title("Rules that it breaks as it is written"), *breaks_lines(broken)]
        if needed:
            parts.append(Text(f"With 100 {protocol.unit} for every value that it asks for."))
    return Group(*parts)


def _facts(exercise: Exercise) -> Iterator[tuple[str, str]]:
    yield "pattern", exercise.pattern.value
    yield "tracks", ", ".join(track.value for track in exercise.tracks) or "none: never planned"
    yield "level", str(exercise.level)
    sides = "one named side at a time" if exercise.sided else "both at once, or no sides"
    yield "sides", f"{sides}; only the side the findings name" if exercise.one_side_only else sides
    for name in ("motion", "resists"):
        vector = getattr(exercise, name)
        grades = vector and ", ".join(f"{axis.replace('_', ' ')} {grade}" for axis, grade in vector)
        yield f"{name} (0-3)", grades or "not tagged"
    for name in ("compression", "lateral_shift", "thoracic_flexion", "impact", "balance_demand"):
        grade = getattr(exercise, name)
        yield f"{name.replace('_', ' ')} (0-3)", "not tagged" if grade is None else str(grade)
    for name in ("positions", "joints", "primary_muscles", "secondary_muscles", "contraindications"):
        values = getattr(exercise, name)
        if values:
            yield name.replace("_", " "), ", ".join(value.value.replace("_", " ") for value in values)
    for name in ("floor_transfer", "breath_holding", "sustained_upright", "daily", "activity", "passive"):
        if getattr(exercise, name):
            yield name.replace("_", " "), "yes"
    yield "equipment", " or ".join(_setup_text(exercise, i) for i in range(len(exercise.setups)))
    bounds = exercise.bounds.model_dump(mode="json", exclude_none=True)
    ranges = [f"{k.replace('_', ' ')} {_range(v)}" for k, v in bounds.items() if k != "kind"]
    yield "dose", f"{exercise.scheme.value.replace('_', ' ')}: {', '.join(ranges)}"
    yield "easier", ", ".join(exercise.regresses_to) or "none"
    yield "harder", ", ".join(link.to for link in exercise.progresses_to) or "none"
    yield "cue", exercise.cue.text
    yield "source", f"{exercise.evidence.source} [{exercise.evidence.mark.value}]"
    if exercise.note:
        yield "note", exercise.note


def _range(value: object) -> str:
    if isinstance(value, list):
        return f"{value[0]}-{value[1]}" if value[0] != value[1] else str(value[0])
    return str(value)


def _setup_text(exercise: Exercise, index: int) -> str:
    setup = exercise.setups[index]
    names = [] if setup.implement is Implement.NONE else [setup.implement.value]
    names += [thing.value for thing in setup.needs]
    return " + ".join(name.replace("_", " ") for name in names) or "none"


# -------------------------------------------------------------------- helpers
def moment_text(moment: dt.datetime) -> str:
    """``Mon 30 Nov 18:00``."""
    return f"{date_text(moment.date())} {moment:%H:%M}"


def _table(*headers: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


def _cells(*texts: str) -> list[Text]:
    """Cells of text that is shown as it is: what a file says is never read as markup."""
    return [Text(one_line(text)) for text in texts]


def _title(words: str) -> Text:
    return Text(f"\n{words}", style="bold underline")


def _bullet(words: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column()
    grid.add_row(Text("-"), Text(one_line(words)))
    return grid
