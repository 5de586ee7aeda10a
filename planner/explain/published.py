"""Why a line of a published programme is there: because its protocol says so, with the rule of the next step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from planner.domain.programme import Item, Programme, Session, Status
from planner.errors import InvalidInput
from planner.explain.questions import weekday_in
from planner.export.text import date_text, one_line, work_text
from planner.intake.log_words import session_in
from planner.intake.validate import did_you_mean
from planner.progression.protocol import PlannedItem
from planner.progression.protocol_words import rule_words
from planner.protocols import forecast, place
from planner.store import ProtocolInputs

_WEEK: Final = re.compile(r"\b(?:week\s+|w)(\d{1,2})\b")
_FILLER: Final = frozenset(
    ("why", "is", "are", "the", "in", "of", "on", "at", "a", "an", "it", "there", "this", "week", "do", "i")
)
#: A session, a line of it as the protocol plans it, and as the programme shows it.
_Place = tuple[Session, PlannedItem, Item]
_NEGATIVE: Final = re.compile(r"\b(not|no|isn't|doesn't|don't|without|instead)\b")


@dataclass(frozen=True)
class Said:
    """What a protocol says of a line, and of ``others`` that are asked about; without a line where it comes from."""

    title: str
    source: str
    mark: str
    line: str = ""
    where: str = ""
    work: str = ""
    scheme: str = ""
    rules: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()
    others: tuple[Said, ...] = ()


def why(programme: Programme, inputs: ProtocolInputs, text: str, flags: Mapping[str, Any], *, negative: bool) -> Said:
    """What the protocol says of the line that is asked about.

    Raises
    ------
    InvalidInput
        When nothing is asked, or the programme has no such line or session.
    """
    words = text.lower().replace("’", "'")
    if not words.strip() and not any(value is not None for value in flags.values()):
        raise InvalidInput('ask something, such as "squat week 3"')
    record = programme.protocol
    assert record is not None
    origin = Said(record.title, record.source, record.mark.value)
    if negative or _NEGATIVE.search(words):
        return origin
    try:
        session, words = session_in(programme, words)
    except ValueError as error:
        raise InvalidInput(str(error)) from None
    match = _WEEK.search(words)
    week = flags.get("week") or (int(match[1]) if match else None)
    spoken = re.findall(r"[a-z]+", f"{words} {flags.get('day') or ''}".lower())
    day = next((weekday for word in spoken if (weekday := weekday_in(word)) is not None), None)
    named = str(flags.get("exercise") or _WEEK.sub(" ", words)).lower().replace("_", " ")
    lines = list(_lines(programme, inputs))
    known = _asked(named, lines)
    if not known:
        names = list(dict.fromkeys(item.part or item.line.replace("_", " ") for _, _, item in lines))
        hint = did_you_mean(named.strip(), [*names, *(item.name for _, _, item in lines)])
        known_names = f"; there are {', '.join(names)}"
        raise InvalidInput(f"there is no line {one_line(named)!r}{hint or known_names}")
    there = [one for one in known if session in (None, one[0]) and week in (None, one[0].week)]
    if not there:
        raise InvalidInput(_not_there(session, week, known, programme))
    if day is not None:
        days = dict.fromkeys(f"{one[0].start:%A}" for one in there)
        there = [one for one in there if one[0].start.weekday() == day.number]
        if not there:
            raise InvalidInput(f"that line is on another day: {', '.join(days)}")
    first = {(one[1].line, one[2].part): one for one in reversed(there)}
    found = [_line(origin, programme, inputs, *one) for one in there if one in first.values()]
    return replace(found[0], others=tuple(found[1:]))


def _lines(programme: Programme, inputs: ProtocolInputs) -> Iterator[_Place]:
    """Every line of every session that stands, with what the protocol plans there."""
    protocol, build = inputs.protocol, inputs.build
    placed = {one.slot: one for one in place(protocol, build, forecast(protocol, build).sessions)}
    for session in programme.sessions:
        one = placed.get(session.slot)
        if one is None or session.status in (Status.CANCELLED, Status.MISSED):
            continue
        for planned in one.session.items:
            item = next((item for item in session.items if item.line == planned.line and _same(item, planned)), None)
            if item is not None:
                yield session, planned, item


def _same(item: Item, planned: PlannedItem) -> bool:
    return item.exercise == planned.exercise and item.part in ("", planned.part)


def _asked(named: str, lines: Sequence[_Place]) -> list[_Place]:
    """The lines that some words name: as the protocol does, else by the exercise or any word of its name."""
    if all(word in _FILLER or weekday_in(word) is not None for word in re.findall(r"\w+", named)):
        return list(lines)
    asked = f" {' '.join(re.findall(r'[^ ,;:?!()]+', named))} "
    for names in (_part_names, _line_names, _exercise_names):
        if found := [one for one in lines if any(f" {name} " in asked for name in names(one))]:
            return found
    return []


def _part_names(one: _Place) -> Iterator[str]:
    yield from filter(None, [one[2].part])


def _line_names(one: _Place) -> Iterator[str]:
    yield one[1].line.replace("_", " ")


def _exercise_names(one: _Place) -> Iterator[str]:
    yield from (one[1].exercise.replace("_", " "), one[2].name.lower())
    yield from re.findall(r"[a-z0-9-]{4,}", one[2].name.lower())


def _not_there(session: Session | None, week: int | None, known: Sequence[_Place], programme: Programme) -> str:
    """That a line is not in the session or week that is asked about, and where it is."""
    if session is not None and session.status in (Status.CANCELLED, Status.MISSED):
        return f"{session.slot} was {session.status.value}; `gradus diff OUT` says what came instead"
    if session is not None:
        near = min((one[0] for one in known), key=lambda one: abs(one.start - session.start))
        return f"that line is not in {session.slot}; the nearest session with it is {near.slot}"
    if week is not None and week > programme.weeks_planned:
        return f"that line is not in week {week}: the programme has weeks 1 to {programme.weeks_planned}"
    return f"that line is not in week {week}; `gradus show OUT --week {week}` lists it"


def _line(
    origin: Said, programme: Programme, inputs: ProtocolInputs, session: Session, planned: PlannedItem, item: Item
) -> Said:
    scheme = inputs.protocol.schemes.get(planned.scheme)
    stage = scheme.stages.get(planned.stage) if scheme is not None else None
    rules = (*(stage.after if stage is not None else ()), *(scheme.after if scheme is not None else ()))
    shown = [work_text(one) for one in session.items if one.line == planned.line and _same(one, planned)]
    about = [one.words for one in programme.decisions if one.about == planned.exercise]
    return Said(
        origin.title,
        origin.source,
        origin.mark,
        line=planned.line.replace("_", " "),
        where=f"week {session.week}, {date_text(session.start.date())} ({session.slot})",
        work="; ".join(shown),
        scheme=", ".join(filter(None, (planned.scheme.replace("_", " "), planned.stage))),
        rules=tuple(map(rule_words, rules)),
        decided=tuple(words for words in about if words.startswith(f"{planned.part}, "))[-3:],
    )


def text(said: Said) -> Iterator[str]:
    """The answer in words."""
    for one in said.others and (replace(said, others=()), *said.others):
        yield from text(one)
    if said.others:
        return
    if said.line:
        yield f"{said.work}: {said.where}"
        yield f"  It is the line {one_line(said.line)} of {one_line(said.title)}, scheme {one_line(said.scheme)}."
        yield from (f"  After a session, {rule}" for rule in said.rules or ("nothing changes",))
        yield from (f"  The log decided: {words}" for words in said.decided)
        yield f"  Source: {one_line(said.source)} [{said.mark}]"
        return
    yield f"{one_line(said.title)} is a published programme, and is shown as it was written; nothing in it was planned."
    yield f"  Source: {one_line(said.source)} [{said.mark}]"
    yield "  What is not in it was not weighed against it: ask about a line that `gradus show` lists."


def data(said: Said) -> dict[str, Any]:
    """The answer as plain data."""
    return asdict(said)
