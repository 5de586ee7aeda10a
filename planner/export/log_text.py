"""The log in words: what was understood of an entry, and how outcome scores went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from zoneinfo import ZoneInfo

from planner.domain.dose import FarUnit, Load
from planner.domain.exercise import Implement
from planner.domain.log import Log, LogEntry, LoggedItem, LoggedSet
from planner.domain.patient import Answer, MostDistal
from planner.domain.programme import Programme
from planner.domain.red_flags import RED_FLAGS
from planner.export.text import band_text, distance_text, duration_text, gate_text, load_text, one_line, whole_in
from planner.rules.outcomes import MEASURES, Measure, change, orebro, start_back

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PAINS = (
    ("pain_before", "before"),
    ("pain_during", "during"),
    ("pain_after", "after"),
    ("pain_next_morning", "next morning"),
    ("usual_morning", "on usual mornings"),
)
_SITES = (("site_before", "before"), ("site_after", "after"), ("site_after_30_minutes", "30 minutes later"))


def entry_text(entry: LogEntry, programme: Programme) -> str:
    """An entry on one line: ``e0003: w03-s2, Wed 16 Dec: partly; goblet squat 3×8 at 12 kg, RPE 7``."""
    said = [*_facts(entry, programme)]
    if entry.corrects is not None:
        said.insert(0, f"takes {entry.corrects} back" if entry.takes_back else f"instead of {entry.corrects}")
    return one_line(f"{entry.id}: {_about(entry, programme)}{'; '.join(said)}")


def log_lines(log: Log, programme: Programme) -> Iterator[str]:
    """Every entry in the order of writing, corrected ones marked, and the trends of outcome scores."""
    corrected = {entry.corrects: entry.id for entry in log.entries if entry.corrects is not None}
    if not log.entries:
        yield "No entries yet."
    for entry in log.entries:
        mark = f" [corrected by {corrected[entry.id]}]" if entry.id in corrected else ""
        yield f"{entry_text(entry, programme)}{mark}"
    trends = list(trend_lines(log, programme))
    if trends:
        yield from ("", "Outcome scores", *(f"  {line}" for line in trends))


def trend_lines(log: Log, programme: Programme) -> Iterator[str]:
    """One line for each outcome score: its values, and whether the change means something."""
    for measure in MEASURES.values():
        values = [
            (_day(entry, programme), float(value))
            for entry in log.standing()
            if (value := getattr(entry.outcomes, measure.id)) is not None
        ]
        values.sort(key=lambda pair: pair[0])
        if values:
            told = ", ".join(f"{value:g} ({_date(day)})" for day, value in values)
            yield f"{measure.name} {told}{_meaning(measure, values, log)}"


def urgent_lines(entry: LogEntry) -> Iterator[str]:
    """What a red flag or a loss of strength that an entry tells of asks for, at once (rules T1, T3)."""
    for flag in RED_FLAGS:
        if entry.flags.get(flag.id) is Answer.YES:
            yield f"{flag.id}: {flag.action}"
    for finding in entry.motor:
        if finding.course == "worsening":
            yield f"{finding.myotome.value} {finding.side.value} is getting weaker: same-day medical review."
    if entry.bilateral_signs:
        yield "New or worse signs in both legs: same-day medical review."


def _meaning(measure: Measure, values: list[tuple[dt.date, float]], log: Log) -> str:
    last = values[-1][1]
    source = f" [{measure.mark.value}: {measure.source}]"
    if measure.id == "start_back_total":
        psych = [e.outcomes.start_back_psych for e in log.standing() if e.outcomes.start_back_total is not None]
        risk = start_back(int(last), psych[-1])
        return f": {risk.value}{source}" if risk else ": medium or high risk, by the psych score"
    if measure.id == "orebro_short":
        return f": {orebro(int(last)).value}{source}"
    if measure.points is None or len(values) < 2:
        return ""
    return f": {change(measure, values[0][1], last).value}{source}"


def _day(entry: LogEntry, programme: Programme) -> dt.date:
    """The day an entry is about, where the patient lives."""
    starts = {one.slot: one.start for one in programme.sessions} | {one.id: one.start for one in programme.check_ins}
    start = starts.get(entry.slot or entry.check_in or "")
    if start is not None:
        return start.date()
    return entry.written.astimezone(ZoneInfo(programme.timezone)).date()


def _date(day: dt.date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


def _about(entry: LogEntry, programme: Programme) -> str:
    day = _day(entry, programme)
    words = f"{('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')[day.weekday()]} {_date(day)}"
    name = entry.slot or gate_text(entry.check_in or "")
    return f"{name}, {words}: " if name else f"{words}: "


def _facts(entry: LogEntry, programme: Programme) -> Iterator[str]:
    if entry.done is not None:
        yield entry.done.value
    for item in entry.items:
        yield _item(item, entry.slot, programme)
    response = entry.response
    pains = [f"{getattr(response, name)} {word}" for name, word in _PAINS if getattr(response, name) is not None]
    if pains:
        yield f"pain {', '.join(pains)}"
    sites = [f"{_site(getattr(response, name))} {word}" for name, word in _SITES if getattr(response, name) is not None]
    if sites:
        yield f"symptoms reach {', '.join(sites)}"
    if entry.flare:
        yield "a flare-up"
    if entry.passed is not None:
        yield "passed" if entry.passed else "not passed"
    if entry.cleared:
        yield f"allowed again: {', '.join(name.replace('_', ' ') for name in entry.cleared)}"
    yield from (f"{name.replace('_', ' ')}: {answer.value}" for name, answer in entry.flags.items())
    yield from (f"{name}: {answer}" for name, answer in entry.answers.items())
    for finding in entry.motor:
        course = "" if finding.course == "unknown" else f", {finding.course}"
        yield f"{finding.myotome.value} {finding.side.value} grade {finding.grade}{course}"
    if entry.bilateral_signs:
        yield "new or worse signs in both legs"
    for measure in MEASURES.values():
        value = getattr(entry.outcomes, measure.id)
        if value is not None:
            yield f"{measure.name} {value:g}"
    if entry.words:
        yield f'"{entry.words}"'
    if entry.by:
        yield f"by {entry.by}"


def _item(item: LoggedItem, slot: str | None, programme: Programme) -> str:
    name, implement, far_in = item.exercise.replace("_", " "), Implement.NONE, None
    for session in programme.sessions:
        for planned in session.items:
            if planned.exercise == item.exercise and (session.slot == slot or implement is Implement.NONE):
                name, implement = planned.name, planned.implement
                far_in = next((row.far_in for row in planned.dose.sets if row.far_in), None)
    name += f" ({item.part})" if item.part else ""
    parts = [f"{name} {_sets(item.sets, implement, far_in=far_in)}".rstrip() if item.done else f"{name} not done"]
    if item.pain_during is not None:
        parts.append(f"pain {item.pain_during}")
    if item.peripheralised:
        parts.append("went further down the leg")
    return ", ".join(parts)


def _sets(rows: tuple[LoggedSet, ...], implement: Implement, *, far_in: FarUnit | None = None) -> str:
    texts = []
    for (load, band, effort), grouped in groupby(rows, key=lambda row: (row.load, row.band, row.effort)):
        group = list(grouped)
        text = _counts(group, far_in=far_in)
        text += f" at {_load(load, implement)}" if load is not None else ""
        text += f" with a {band_text(band)}" if band else ""
        texts.append(text + (f", RPE {effort:g}" if effort is not None else ""))
    return ", then ".join(texts).strip()


def _counts(rows: list[LoggedSet], *, far_in: FarUnit | None) -> str:
    counts = [_count(row, far_in=far_in) for row in rows]
    if counts == [""] * len(counts):
        return f"{len(rows)} sets" if len(rows) > 1 else ""
    if len(set(counts)) > 1:
        return ", ".join(counts)
    return counts[0] if len(counts) == 1 else f"{len(counts)}×{counts[0]}"


def _count(row: LoggedSet, *, far_in: FarUnit | None) -> str:
    parts = []
    if row.repetitions is not None:
        parts.append(str(row.repetitions))
    if row.metres is not None:
        parts.append(distance_text(row.metres, far_in=far_in if far_in and whole_in(row.metres, far_in) else None))
    if row.seconds is not None:
        how = "in " if row.metres is not None else "of " if parts else ""
        parts.append(how + duration_text(row.seconds))
    return " ".join(parts)


def _load(load: Load, implement: Implement) -> str:
    return load_text(load, implement=implement)


def _site(site: MostDistal) -> str:
    return site.site.value + ("" if site.side.value == "none" else f" {site.side.value}")
