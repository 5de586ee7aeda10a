"""Why a line of a published programme is there: because its protocol says so, with the rule of the next step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from planner.domain.programme import Item, Programme, Session, Status
from planner.errors import InvalidInput
from planner.export.text import date_text, one_line, work_text
from planner.progression.protocol import PlannedItem
from planner.progression.protocol_words import rule_words
from planner.protocols import forecast, items_of, place
from planner.store import ProtocolInputs

_NEGATIVE = re.compile(r"\b(not|no|isn't|doesn't|don't|without|instead)\b")


@dataclass(frozen=True)
class Said:
    """What a protocol says of a line; without a line only where the programme comes from."""

    title: str
    source: str
    mark: str
    line: str = ""
    where: str = ""
    work: str = ""
    scheme: str = ""
    rules: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()


def why(programme: Programme, inputs: ProtocolInputs, text: str, flags: Mapping[str, Any], *, negative: bool) -> Said:
    """What the protocol says of the line that is asked about.

    Raises
    ------
    InvalidInput
        When nothing is asked, or the programme has no such line then.
    """
    words = text.lower().replace("’", "'")
    if not words.strip() and not any(value is not None for value in flags.values()):
        raise InvalidInput('ask something, such as "squat week 3"')
    record = programme.protocol
    assert record is not None
    origin = Said(record.title, record.source, record.mark.value)
    if negative or _NEGATIVE.search(words):
        return origin
    match = re.search(r"\bweek\s+(\d+)", words)
    week = flags.get("week") or (int(match[1]) if match else None)
    named = f" {str(flags.get('exercise') or words).lower().replace('_', ' ')} "
    protocol, build = inputs.protocol, inputs.build
    placed = {one.slot: one for one in place(protocol, build, forecast(protocol, build).sessions)}
    known = False
    for session in programme.sessions:
        one = placed.get(session.slot)
        if one is None or session.status in (Status.CANCELLED, Status.MISSED):
            continue
        for planned in one.session.items:
            for item in items_of(protocol, planned, inputs.exercises):
                if not _names(named, planned, item):
                    continue
                known = True
                if week in (None, session.week):
                    return _line(origin, programme, inputs, session, planned, item)
    if known:
        raise InvalidInput(f"that line is not in week {week}; `gradus show OUT --week {week}` lists it")
    return origin


def _names(asked: str, planned: PlannedItem, item: Item) -> bool:
    """Whether some words name a line: as the protocol does, by the exercise, or by any word of its name."""
    names = [planned.line.replace("_", " "), planned.exercise.replace("_", " "), item.name.lower()]
    words = set(re.findall(r"[a-z0-9-]{4,}", item.name.lower()))
    return any(f" {name} " in asked for name in names) or any(f" {word} " in asked for word in words)


def _line(
    origin: Said, programme: Programme, inputs: ProtocolInputs, session: Session, planned: PlannedItem, item: Item
) -> Said:
    scheme = inputs.protocol.schemes.get(planned.scheme)
    stage = scheme.stages.get(planned.stage) if scheme is not None else None
    rules = (*(stage.after if stage is not None else ()), *(scheme.after if scheme is not None else ()))
    shown = [work_text(one) for one in session.items if one.exercise == item.exercise]
    return Said(
        origin.title,
        origin.source,
        origin.mark,
        line=planned.line.replace("_", " "),
        where=f"week {session.week}, {date_text(session.start.date())} ({session.slot})",
        work="; ".join(shown),
        scheme=", ".join(filter(None, (planned.scheme.replace("_", " "), planned.stage))),
        rules=tuple(map(rule_words, rules)),
        decided=tuple(one.words for one in programme.decisions if one.about == planned.exercise)[-3:],
    )


def text(said: Said) -> Iterator[str]:
    """The answer in words."""
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
