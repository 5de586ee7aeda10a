"""A programme as one document for reading: Markdown that is plain enough to read as text.

What a printed programme must show (CERT, TIDieR): what, how much, when and where, how it steps up,
what to do when it hurts, who decides, and the rule and source behind every number.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from planner.domain.case import Case
from planner.domain.patient import Aim, Site
from planner.domain.programme import CheckIn, Item, Phase, Programme, RuleRecord, Session, SessionKind, Status, Week
from planner.export.changes import for_patient
from planner.export.tables import (
    daily_lines,
    envelope_text,
    moment_text,
    phase_text,
    standing,
    status_text,
    training_numbers,
)
from planner.export.text import (
    INTENDED_USE,
    alternative_text,
    approval_text,
    became_text,
    before_gate_text,
    contact_notice,
    date_text,
    difference_text,
    earlier_gates_text,
    flare_text,
    gate_text,
    hold_notice,
    item_text,
    one_line,
    short_text,
    spans_text,
    stop_list,
    stopped_notice,
    traffic_light,
    when_text,
)
from planner.rules.bone import fragile

MARKS: Final = "Marks: F seen in a stored copy of the source; K general knowledge, not re-checked; D our own default."
#: Rules that say how a programme begins and steps up, quoted where a reader looks for it.
_PROGRESSION: Final = ("CAL", "O1", "D1", "PH", "P1", "P2")
#: Lines of what changed; the rest is counted.
_NEWS: Final = 8
#: What Markdown takes for itself; an underscore only at the edge of a word.
_SPECIAL: Final = re.compile(r"[\\`*\[\]<|#]|(?<!\w)_|_(?!\w)")


def summary(programme: Programme, case: Case) -> str:
    """The document, ending with a newline."""
    lines: list[str] = []
    for section in (
        _head(programme, case),
        _news(programme),
        _standard(programme),
        _basis(case),
        _goals(programme),
        _phases(programme),
        _weeks(programme),
        _signals(programme, case.clinic.contact),
        _flare_card(programme, case.patient.healthy),
        _sessions(programme),
        _cues(programme),
        _check_ins(programme),
        _progression(programme),
        _excluded(programme, case),
        _notes("Assumptions", programme.assumptions),
        _notes("Warnings", programme.warnings),
        _decided(programme),
        _changes(programme),
        _rules(programme),
        _made_from(programme),
    ):
        found = list(section)
        if found:
            lines += [*found, ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def protocol_summary(programme: Programme) -> str:
    """The document of a programme that was made from a protocol, ending with a newline."""
    lines: list[str] = []
    for section in (
        _protocol_head(programme),
        _protocol_breaks(programme),
        _weeks(programme),
        _signals(programme, programme.contact),
        _sessions(programme),
        _cues(programme),
        _protocol_progression(programme),
        _notes("Warnings", programme.warnings),
        _rules(programme),
        _made_from(programme),
    ):
        found = list(section)
        if found:
            lines += [*found, ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _protocol_head(programme: Programme) -> Iterator[str]:
    made = programme.protocol
    assert made is not None
    last = programme.starts + dt.timedelta(days=7 * programme.weeks_planned - 1)
    whom = f" for {_md(programme.patient)}" if programme.patient != made.title else ""
    yield f"# {_md(made.title)}{whom}"
    yield ""
    yield f"**{_md(approval_text(programme))}**"
    yield ""
    yield f"{INTENDED_USE} {_md(status_text(programme))}"
    yield ""
    yield f"- Protocol: {_md(made.id)}, version {made.version}. {_md(made.about)}"
    yield f"- Source: {_md(made.source)} [{made.mark.value}]"
    yield (
        f"- When: {programme.weeks_planned} weeks, {date_text(programme.starts)} {programme.starts.year} to "
        f"{date_text(last)} {last.year}, times of {_md(programme.timezone)}"
    )
    yield from (f"- Start: {_md(line)}" for line in made.start)
    yield from (f"- Chosen where the source is silent: {_md(line)}" for line in made.conventions)


def _protocol_breaks(programme: Programme) -> Iterator[str]:
    made = programme.protocol
    if made is None or not made.breaks:
        return
    statements = {rule.id: rule for rule in programme.rules}
    yield "## Rules that it breaks as it is written"
    yield ""
    for rule, rows in groupby(sorted(made.breaks, key=lambda one: one.rule), key=lambda one: one.rule):
        said = statements.get(rule)
        yield f"- **{rule}**: {_md(said.statement)} {_md(said.source)} [{said.mark.value}]" if said else f"- **{rule}**"
        yield from (f"  - {_md(one.where)}: {_md(one.problem)}" for one in rows)


def _protocol_progression(programme: Programme) -> Iterator[str]:
    if programme.protocol is not None:
        yield from _notes("How it steps up", programme.protocol.progression)


# -------------------------------------------------------------------- who, what, when
def _head(programme: Programme, case: Case) -> Iterator[str]:
    last = programme.starts + dt.timedelta(days=7 * programme.weeks_planned - 1)
    clinic = case.clinic
    yield f"# Exercise programme for {_md(programme.patient)}"
    yield ""
    yield f"**{_md(approval_text(programme))}**"
    yield ""
    if contact := contact_notice(programme):
        yield f"**{_md(contact)}**"
        yield ""
    if stopped := stopped_notice(programme):
        yield _md(stopped).replace("\\`", "`")  # the command is code
        yield ""
    if programme.frozen:
        yield f"**{hold_notice(programme)}** {_md(programme.frozen)}"
        yield ""
    yield INTENDED_USE
    yield ""
    yield (
        f"- When: {programme.weeks_planned} weeks, {date_text(programme.starts)} {programme.starts.year} to "
        f"{date_text(last)} {last.year}, times of {_md(programme.timezone)}"
    )
    yield f"- Revision: {programme.revision}"
    for label, value in (("Clinic", clinic.clinic), ("Prescriber", clinic.prescriber), ("Contact", clinic.contact)):
        if value:
            yield f"- {label}: {_md(value)}"
    places = dict.fromkeys((s.place, s.supervised) for s in programme.sessions if s.kind is SessionKind.TRAINING)
    for place, supervised in places:
        yield f"- Place: {_md(place)}, {'supervised' if supervised else 'on your own'}, individual"
    yield f"- How good the plan is: {_md(status_text(programme))}"


def _news(programme: Programme) -> Iterator[str]:
    """What a patient has to know of this revision, in short."""
    if programme.revision == 1:
        return
    yield "## What changed since the last revision"
    yield ""
    lines = for_patient(programme, at_most=_NEWS) or ["Nothing: everything stays as it was."]
    yield from (f"- {_md(line)}" for line in lines)


def _standard(programme: Programme) -> Iterator[str]:
    """The clinic protocol that it follows, and what differs from it."""
    made = programme.standard
    if made is None:
        return
    yield "## The standard that it follows"
    yield ""
    yield f"- {_md(made.title)} ({_md(made.id)}, version {made.version}): {_md(', '.join(made.settings))}"
    yield f"- Reviewed: {_md(made.reviewed)}"
    yield f"- Source: {_md(made.source)} [{made.mark.value}]"
    yield from (f"- {_md(line)}" for line in made.limits)
    if made.then:
        yield f"- May follow, built as it was published: {_md(', '.join(made.then))}"
    yield from (f"- From the standard, where the patient file is silent: {_md(line)}" for line in made.filled)
    yield from (f"- {_md(difference_text(one, one.because))}" for one in made.differences)


def _known(answer: str | bool | int | None) -> str:
    """An answer on a condition in words."""
    if answer is None or answer == "unknown":
        return "not known"
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return str(answer) if answer else "none"


def _basis(case: Case) -> Iterator[str]:
    """What the clinician entered."""
    patient = case.patient
    findings, conditions = patient.findings, patient.conditions
    yield "## What it is built on"
    yield ""
    yield "Entered by the clinician; Gradus does not examine."
    yield ""
    yield f"- Age {patient.age}, {patient.body_mass_kg:g} kg; training status {patient.training.status.value}"
    yield f"- Safety screen of {patient.screening.on}: every question answered"
    for clearance in patient.screening.clearances:
        found = f"cleared by {_md(clearance.by)} on {clearance.on}: {_md(clearance.finding)}"
        yield f"- {_words(clearance.flag)}: {found}"
    if patient.healthy:
        yield "- No back complaint is being treated"
    else:
        pain = ", ".join(
            f"{name} pain {'not known' if score is None else f'{score} of 10'}"
            for name, score in (("back", findings.back_pain), ("leg", findings.leg_pain))
        )
        yield f"- Working class {_words(findings.presentation)}; irritability {findings.irritability.value}; {pain}"
        if findings.most_distal.site is not Site.NONE:
            side = findings.most_distal.side.value
            yield f"- Symptoms reach the {findings.most_distal.site.value}" + (f", {side}" if side != "none" else "")
        yield f"- Directional preference: {_words(findings.directional_preference or 'unknown')}"
    for row in findings.intolerances:
        aim = "re-exposed step by step" if row.aim is Aim.RE_EXPOSE else "left out for now"
        stage = "not tested" if row.current_stage is None else f"stage {row.current_stage} tolerated"
        yield f"- Not yet {row.direction.plain} ({stage}): {aim}"
    known = {
        "osteoporosis": conditions.osteoporosis,
        "spondylolisthesis": conditions.spondylolisthesis,
        "hip replacement": conditions.hip_replacement,
        "pregnancy": conditions.pregnancy_weeks is not None,
    }
    named = [f"{name} not known" if there is None else name for name, there in known.items() if there or there is None]
    if named:
        yield f"- Conditions: {', '.join(named)}"
    careful = fragile(case)
    if careful:
        yield f"- Vertebral fracture: {_known(conditions.vertebral_fracture)}"
    if careful or conditions.falls_last_year:
        yield f"- Falls in the last year: {_known(conditions.falls_last_year)}"
    if careful or conditions.floor_transfer is not True:
        yield f"- Gets down to the floor and up again unaided: {_known(conditions.floor_transfer)}"
    if conditions.surgery is not None:
        surgery = conditions.surgery
        yield (
            f"- Surgery {surgery.on}: {_md(surgery.procedure)}; until {surgery.until} at most "
            f"{surgery.max_load_kg:g} kg, after {_md(surgery.limits_by)}"
        )
    for restriction in patient.restrictions:
        what = next(
            value
            for name in ("position", "joint", "pattern", "exercise", "floor_transfer")
            if (value := getattr(restriction, name)) is not None
        )
        label = "getting down to the floor" if what is True else _words(what)
        yield f"- Not used: {label}, because {_md(restriction.reason)}"


def _goals(programme: Programme) -> Iterator[str]:
    if not programme.goals:
        return
    yield "## Goals and what is forecast"
    yield ""
    for goal in programme.goals:
        held = f" Held back by: {_md(goal.held_back_by)}." if goal.held_back_by else ""
        yield f"- {goal.goal.capitalize()}, {_md(goal.words)}: {_md(goal.forecast)}{held}"


def _phases(programme: Programme) -> Iterator[str]:
    opened = {check.gate.split("->")[-1].strip(): check for check in standing(programme.check_ins) if check.gate}
    yield "## Phases"
    yield ""
    yield "A forecast: each phase waits for its check-in."
    yield ""
    for phase, weeks in _by_phase(programme.weeks):
        check = opened.get(phase.value)
        opens = f", opened by {gate_text(check.id)}" if check else ""
        numbers = spans_text([week.number for week in weeks])
        yield f"- {phase.value.capitalize()}: {'weeks' if len(weeks) > 1 else 'week'} {numbers}{opens}"


def _by_phase(weeks: Iterable[Week]) -> Iterator[tuple[Phase, list[Week]]]:
    for phase, found in groupby(weeks, key=lambda week: week.phase):
        yield phase, list(found)


def _weeks(programme: Programme) -> Iterator[str]:
    yield "## Weeks at a glance"
    yield ""
    yield from _table(
        ("Week", "From", "Phase", "Sessions", "Training min", "Aerobic min", "Hard sets", "Open", "Condition"),
        (
            (
                str(week.number),
                date_text(week.starts),
                phase_text(programme, week),
                str(len(standing(programme.sessions_of(week.number, SessionKind.TRAINING)))),
                str(week.training_minutes),
                str(week.aerobic_minutes),
                str(sum(week.hard_sets.values())),
                envelope_text(week),
                f"if {gate_text(week.gate)} was passed" if week.gate else "",
            )
            for week in programme.weeks
        ),
    )


def _signals(programme: Programme, contact: str) -> Iterator[str]:
    yield "## When it hurts"
    yield ""
    yield from _lines(traffic_light(programme))
    yield ""
    yield "## When to stop and get help"
    yield ""
    yield from _lines(stop_list())
    if contact:
        yield ""
        yield f"Whom to call: {_md(contact)}"


def _flare_card(programme: Programme, healthy: bool) -> Iterator[str]:
    """What to do in a flare-up, for the patient to tear off."""
    if not programme.flare_card or programme.frozen:
        return
    before, after = flare_text(programme, healthy=healthy)
    yield "## On a very sore day: the first 48 hours" if healthy else "## If it flares up: the first 48 hours"
    yield ""
    for line in before:
        yield _md(line)
        yield ""
    for item in programme.flare_card:
        yield f"- {_md(item_text(item))}"
        yield f"  - {_md(item.cue)}"
    yield ""
    yield from (f"- {_md(line)}" for line in after)


# -------------------------------------------------------------------- sessions
def _sessions(programme: Programme) -> Iterator[str]:
    numbers = training_numbers(programme)
    yield "## Sessions"
    for week in programme.weeks:
        yield ""
        condition = f" (only if {gate_text(week.gate)} was passed)" if week.gate else ""
        phase = phase_text(programme, week) + (" on purpose" if week.deload else "")
        yield f"### Week {week.number}{f', {phase}' if phase else ''}{condition}"
        for session in programme.sessions_of(week.number, SessionKind.TRAINING):
            yield ""
            yield from _session(session, numbers[session.slot])
        daily = daily_lines(standing(programme.sessions_of(week.number, SessionKind.DAILY)))
        if daily:
            yield ""
            yield "Little and often:"
            yield ""
            for line, before in daily:
                yield f"- {_md(line)}"
                if before:
                    yield f"  - {_md(before)}"


def _session(session: Session, number: int) -> Iterator[str]:
    about = f"about {session.estimated_minutes:.0f} min"
    if session.status is Status.CANCELLED:
        about = "cancelled"
    elif session.status.past:
        about += f", {became_text(session)}"
    yield f"**Session {number}**, {when_text(session.start, session.end)}, {_md(session.place)}, {about}"
    if not session.items:
        return
    yield ""
    if session.warm_up:
        yield f"- Warm-up: {_md(session.warm_up)}"
    if session.short:
        yield f"- Only five minutes: {_md(short_text(session))}"
    for item in session.items:
        yield f"- {_md(item_text(item))}"
        yield from (f"  - {_md(line)}" for line in _beside(item))


def _beside(item: Item) -> Iterator[str]:
    if item.easier is not None:
        yield f"Easier: {alternative_text(item.easier, brief=True)}"
    if before := before_gate_text(item):
        yield before


def _cues(programme: Programme) -> Iterator[str]:
    cues: dict[str, str] = {}
    for session in programme.sessions:
        for item in (*session.items, *session.short):
            cues.setdefault(item.name, item.cue)
    yield "## How to do each exercise"
    yield ""
    for name, cue in sorted(cues.items()):
        yield f"- **{_md(name)}**: {_md(cue)}"


def _check_ins(programme: Programme) -> Iterator[str]:
    if not programme.check_ins:
        return
    yield "## Check-ins"
    for check in standing(programme.check_ins):
        yield ""
        yield from _check_in(programme, check)


def _check_in(programme: Programme, check: CheckIn) -> Iterator[str]:
    opens = f" ({_md(check.gate)})" if check.gate else ""
    yield f"**{gate_text(check.id).capitalize()}**, week {check.week}, {moment_text(check.start)}{opens}"
    yield ""
    yield from (f"- {_md(question)}" for question in check.questions)
    yield f"- What it decides: {_md(check.decides)}"
    if check.gate and (earlier := earlier_gates_text(programme, check.id)):
        yield f"- {_md(earlier)}"


# -------------------------------------------------------------------- why
def _progression(programme: Programme) -> Iterator[str]:
    rules = {rule.id: rule for rule in programme.rules}
    found = [rules[name] for name in _PROGRESSION if name in rules]
    if found:
        yield "## Where it starts and how it steps up"
        yield ""
        yield from (f"- {rule.id}: {_md(rule.statement)}" for rule in found)


def _excluded(programme: Programme, case: Case) -> Iterator[str]:
    """What the patient may not do, in which weeks, by which rule, because of which line."""
    if not programme.excluded:
        return
    statements = {rule.id: rule for rule in programme.rules}
    yield "## Exercises that are closed"
    yield ""
    yield (
        "At their gentlest dose, and with every direction as far open as it gets. "
        "`gradus catalog show NAME --for PATIENT.yaml` says it of one exercise."
    )
    for rule, grouped in groupby(programme.excluded, key=lambda row: row.rule):
        said = statements.get(rule)
        rows = list(grouped)
        lines = dict.fromkeys(row.because for row in rows)
        # one line of the file stands above, several stand with what each of them closes
        one = f" Because of {_md(rows[0].because)}." if said and len(lines) == 1 else ""
        yield ""
        yield f"**{_md(rule)}**: {_md(said.statement if said else rows[0].because)}{one}" + (
            f" {said.source} ({said.mark.value})." if said else ""
        )
        yield ""
        for row in rows:
            always = row.first_week == 1 and row.last_week == programme.weeks_planned
            span = str(row.first_week) if row.first_week == row.last_week else f"{row.first_week} to {row.last_week}"
            weeks = "All weeks" if always else f"Week{'s' * (row.first_week != row.last_week)} {span}"
            names = (case.exercises[name].name if name in case.exercises else name for name in row.exercises)
            because = f", because of {row.because}" if len(lines) > 1 else ""
            yield f"- {weeks}{_md(because)}: {_md(', '.join(names))}"


def _notes(title: str, notes: Iterable[str]) -> Iterator[str]:
    found = [f"- {_md(note)}" for note in notes]
    if found:
        yield from (f"## {title}", "", *found)


def _changes(programme: Programme) -> Iterator[str]:
    """Overrides and what the clinic changed: printed and counted."""
    overridden = [rule for rule in programme.rules if rule.overridden]
    changed = [rule for rule in programme.rules if rule.changed_by_clinic]
    yield "## Overrides and settings of the clinic"
    yield ""
    yield f"- Rules overridden: {len(overridden)}. Rules with parameters changed by the clinic: {len(changed)}."
    for rule in overridden:
        yield f"- {rule.id} overridden by {_md(rule.overridden)}"
    for rule in changed:
        values = ", ".join(f"{_words(name)} {rule.parameters[name]:g}" for name in rule.changed_by_clinic)
        yield f"- {rule.id} changed by the clinic: {_md(values)}"
    if programme.exemptions:
        yield f"- Signed for single lines: {len(programme.exemptions)}."
    for one in programme.exemptions:
        what = f"{one.slot} {one.exercise.replace('_', ' ')}".strip()
        yield f"- {one.rule} set aside in {_md(what)} by {_md(one.who)}, {one.on}: {_md(one.why)}"
    pinned = sorted({(i.name, s.slot, i.pinned) for s in programme.sessions for i in s.items if i.pinned})
    for name, slot, who in pinned:
        yield f"- {_md(name)} in {slot} is kept for {_md(who)}"


def _decided(programme: Programme) -> Iterator[str]:
    """What the log decided, with the rule of each decision."""
    if not programme.decisions:
        return
    yield "## What the log decided"
    yield ""
    told = dict.fromkeys((one.on, one.words, one.rule) for one in programme.decisions)
    for on, words, rule in list(told)[-40:]:
        yield f"- {date_text(on)}: {_md(words)} (rule {rule})"


def _rules(programme: Programme) -> Iterator[str]:
    shaping = {rule for session in programme.sessions for item in session.items for rule in item.shaped_by}
    yield "## Rules in force"
    yield ""
    yield f"{MARKS} A star stands at rules that bind somewhere in this programme."
    yield ""
    yield from _table(
        ("Rule", "Force", "What it says", "Values", "Source", "Mark"),
        (_rule_row(rule, starred=rule.id in shaping) for rule in programme.rules),
    )


def _rule_row(rule: RuleRecord, *, starred: bool) -> tuple[str, ...]:
    values = ", ".join(f"{_words(name)} {value:g}" for name, value in rule.parameters.items())
    force = f"{rule.force}, {'never overridden' if rule.override == 'never' else 'signed override'}"
    return (rule.id + ("*" if starred else ""), force, rule.statement, values, rule.source, rule.mark.value)


def _made_from(programme: Programme) -> Iterator[str]:
    made = programme.provenance
    yield "## Made from"
    yield ""
    yield f"- Programme {programme.id}, revision {programme.revision}"
    yield f"- Gradus {made.gradus}" + (f", OR-Tools {made.ortools}" if made.ortools else "")
    for name in ("patient", "clinic", "exercises"):
        digest = getattr(made, f"{name}_sha256")
        if digest:
            yield f"- SHA-256 of {name}: {digest}"
    if programme.protocol is not None:
        yield f"- SHA-256 of protocol: {programme.protocol.protocol_sha256}"
        yield f"- SHA-256 of build: {programme.protocol.build_sha256}"


# -------------------------------------------------------------------- helpers
def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_md(cell) for cell in row)} |"


def _lines(text: str) -> Iterator[str]:
    """Lines of plain text as a list."""
    return (f"- {_md(line)}" for line in text.splitlines())


def _words(name: str) -> str:
    return name.replace("_", " ")


def _md(text: str) -> str:
    """Text on one line, with what Markdown would take for itself escaped."""
    return _SPECIAL.sub(r"\\\g<0>", one_line(text).replace(" -> ", " → "))
