"""T1 and T3 in the log: what stops a programme, what ends a stop, and which of several is the most urgent.

A "yes" to a safety question, lost strength and new signs in both legs stand until a clinician clears them.  Where one
thing stops a programme, ``programme`` clears it; where several do, each has to be named by its safety question, or to
have been answered "no" since: a fracture that was looked for says nothing of a bladder.  A question that was not
answered stands until it is.

Nor does a later patient file end one: lost strength that it takes as found stands until it is cleared by name.

A correction that is silent on a stop ends none: what it replaces goes on telling of it, until the correction says of
the question by name that it was told wrongly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from planner.domain.directions import Side
from planner.domain.log import Log, LogEntry
from planner.domain.patient import Answer, MotorFinding, Myotome
from planner.domain.red_flags import BOTH_LEGS, RED_FLAGS, WEAKNESS, RedFlag, Tier

#: What a clearance names where one thing alone stops the programme.
PROGRAMME: Final = "programme"
_FLAGS: Final = {flag.id: flag for flag in RED_FLAGS}


@dataclass(frozen=True)
class Stop:
    """One reason for which nothing may be done: ``flag`` is the safety question that it belongs to.

    ``known`` is False where the question was not answered, ``answered`` True where a later answer was "no".
    """

    flag: RedFlag
    rule: str
    words: str
    entry: LogEntry
    known: bool = True
    answered: bool = False

    @property
    def urgency(self) -> tuple[bool, int]:
        """What was told before what was not answered, then by tier: the least is the most urgent."""
        return not self.known, list(Tier).index(self.flag.tier)


def told_stops(log: Log, motor: Iterable[MotorFinding]) -> Iterator[Stop]:
    """Every stop that a log tells of, by the time of telling; ``motor`` is strength as the findings have it."""
    grades = _grades(motor)
    for entry in _in_order(log):
        yield from _told_in(entry, grades)


def told_wrongly(log: Log, motor: Iterable[MotorFinding]) -> Iterator[tuple[Stop, LogEntry]]:
    """Every stop of which a correction says by name that it was told wrongly, with that correction."""
    grades = _grades(motor)
    for entry in log.standing():
        for held in log.replaced_by(entry):
            yield from ((stop, entry) for stop in _told_in(held, grades) if entry.denies(stop.flag.id))


def standing_stops(log: Log, motor: Iterable[MotorFinding]) -> tuple[Stop, ...]:
    """The stops that nothing has ended, the most urgent first."""
    *_, (_, left) = (None, ()), *stops_over_time(log, motor)
    return tuple(sorted(left, key=lambda stop: stop.urgency))


def ended_by_findings(log: Log, before: Iterable[MotorFinding], after: Iterable[MotorFinding]) -> tuple[Stop, ...]:
    """The stops that stand, and would not if a patient file had found strength like ``after``: a file ends none."""
    left = {(stop.flag.id, stop.entry.id) for stop in standing_stops(log, after)}
    return tuple(stop for stop in standing_stops(log, before) if (stop.flag.id, stop.entry.id) not in left)


def stops_over_time(log: Log, motor: Iterable[MotorFinding]) -> Iterator[tuple[LogEntry, tuple[Stop, ...]]]:
    """Every entry of a log by the time of telling, with the stops that stand once it is told."""
    motor = tuple(motor)
    grades = _grades(motor)
    wrong = {(stop.entry.id, stop.flag.id) for stop, _ in told_wrongly(log, motor)}
    valid = {entry.id for entry in log.standing()}
    cleared = {key: {name for name, _ in names} for key, names in log.clearings().items()}
    stops: list[Stop] = []
    for entry in _in_order(log):
        denied = {name for name, answer in entry.flags.items() if answer is Answer.NO and entry.id in valid}
        stops = [stop for stop in stops if stop.known or stop.flag.id not in denied]
        stops = [replace(stop, answered=True) if stop.flag.id in denied else stop for stop in stops]
        replaced = {held.id for held in log.replaced_by(entry)}
        for stop in _told_in(entry, grades):
            if (entry.id, stop.flag.id) in wrong:
                continue
            again = [one for one in stops if one.flag is stop.flag and one.entry.id in replaced]
            stops = [one for one in stops if one not in again or one.known > stop.known]
            mine = [one for one in stops if one.flag is stop.flag]
            if not stop.known and any(one.known and not one.answered for one in mine):
                continue
            stops = [one for one in stops if one not in mine or (one.known and one.words != stop.words)]
            stops.append(stop)
        stops = list(_left(stops, cleared.get(entry.id, ())))
        yield entry, tuple(stops)


def how_it_ended(log: Log, motor: Iterable[MotorFinding]) -> str:
    """What has ended the last stop of a log; empty where it never told of one."""
    motor = tuple(motor)
    ends: list[tuple[LogEntry, str]] = []
    before: tuple[Stop, ...] = ()
    for entry, stops in stops_over_time(log, motor):
        if before and not stops:
            named = ", ".join(dict.fromkeys(_name(stop) for stop in before))
            ends.append((entry, "it is allowed again" if entry.cleared else f"{named} was answered no"))
        before = stops
    ends += [(entry, wrongly_text(stop, entry)) for stop, entry in told_wrongly(log, motor)]
    return max(ends, key=lambda end: (end[0].written, end[0].id), default=(None, ""))[1]


def wrongly_text(stop: Stop, entry: LogEntry) -> str:
    """Who said of a stop that it was told wrongly."""
    return f"{_name(stop)} was told wrongly, corrected by {entry.by.strip()}"


def stops_text(stops: Iterable[Stop]) -> str:
    """Stops in one line, with their rules; empty where there are none."""
    return " Also ".join(dict.fromkeys(f"{stop.rule}: {stop.words}" for stop in stops))


def _name(stop: Stop) -> str:
    return stop.flag.id.replace("_", " ")


def _in_order(log: Log) -> list[LogEntry]:
    """All entries by the time of telling; a correction comes after what it corrects, whatever its clock says."""

    def told(entry: LogEntry) -> tuple[dt.datetime, int, str]:
        held = log.replaced_by(entry)
        return max(one.written for one in (entry, *held)), len(held), entry.id

    return sorted(log.entries, key=told)


def _grades(motor: Iterable[MotorFinding]) -> dict[tuple[Myotome, Side], int]:
    return {(one.myotome, one.side): one.grade for one in motor}


def _told_in(entry: LogEntry, grades: Mapping[tuple[Myotome, Side], int]) -> Iterator[Stop]:
    for name, answer in sorted(entry.flags.items()):
        flag = _FLAGS.get(name)
        if flag is None or answer is Answer.NO or flag.tier is Tier.NOTE:
            continue
        known = answer is Answer.YES
        yield Stop(flag, "T1", flag.action if known else flag.ask, entry, known=known)
    for one in entry.motor:
        before = grades.get((one.myotome, one.side), 5)
        words = f"{one.myotome.value} {one.side.value}"
        if one.grade < before:
            words = f"{words} fell from grade {before} to {one.grade}"
            yield Stop(WEAKNESS, "T3", f"Same-day medical review: {words}.", entry)
        elif one.course == "worsening":
            yield Stop(WEAKNESS, "T3", f"Same-day medical review: {words} is getting weaker.", entry)
    if entry.bilateral_signs:
        yield Stop(BOTH_LEGS, "T3", "Same-day medical review: new or worse signs in both legs.", entry)


def _left(stops: list[Stop], cleared: Collection[str]) -> Iterable[Stop]:
    """What is left standing of the stops that were told up to a clearance."""
    unnamed = [stop for stop in stops if stop.flag.id not in cleared]
    alone = len({stop.flag.id for stop in stops}) == 1
    if PROGRAMME not in cleared:
        return unnamed
    return [stop for stop in unnamed if not alone and not stop.answered]
