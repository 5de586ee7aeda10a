"""The course of a programme: what has been lived of it, as far as rules and solver must know.

A later revision plans from a day on.  What lies before is evidence, not prescription: it decides
where every track stands, which stages are open and which phase the patient is in.  All of it is
written in the programme itself (``course_of``), so that the verifier needs nothing else.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field
from typing import TypedDict

from planner.domain.directions import Direction
from planner.domain.dose import aerobic_minutes
from planner.domain.exercise import Track
from planner.domain.patient import Window
from planner.domain.programme import Halt, Phase, Programme, SessionKind


@dataclass(frozen=True)
class Course:
    """How far a programme has come.

    ``week`` is the first week that is planned anew as a whole; ``phases`` are those of the weeks up to it,
    ``stages`` the envelope of the week before it, ``envelopes`` those of all weeks before; ``halts`` what the
    response has closed, ``idle`` the weeks in which no session was held, ``blocks`` those in which weekdays
    stay, ``windows`` those of each slot by its number, ``released`` the must goals that the response has put
    out of reach, ``walks_behind`` the weeks by which walking is behind its plan, ``walked`` the longest walk of
    the last week before that had one, in minutes (0 when there was none), and ``walk_bouts`` how often a day;
    ``walks`` are the minutes of a walk, and how often a day, in each week as planned before.
    """

    planned_from: dt.date
    week: int
    phases: tuple[Phase, ...]
    stages: dict[Direction, int]
    envelopes: tuple[dict[Direction, int], ...] = ()
    halts: tuple[Halt, ...] = ()
    idle: frozenset[int] = frozenset()
    blocks: tuple[tuple[int, ...], ...] = ()
    windows: dict[int, Window] = field(default_factory=dict)
    released: tuple[str, ...] = ()
    walks_behind: int = 0
    walked: dict[int, tuple[float, int]] = field(default_factory=dict)
    walks: dict[int, tuple[float, int]] = field(default_factory=dict)
    trained: frozenset[dt.date] = frozenset()
    efforts: dict[int, float] = field(default_factory=dict)


def first_whole_week(programme: Programme, planned_from: dt.date) -> int:
    """The first week, 1-based, of which nothing has been lived on a day; beyond the last when there is none."""
    day = (planned_from - programme.starts).days
    if day < 0:
        return 1
    week, rest = divmod(day, 7)
    begun = any(s.week == week + 1 and s.account is not None for s in programme.sessions)
    return min(week + 2 if rest or begun else week + 1, len(programme.weeks) + 1)


def course_of(programme: Programme) -> Course | None:
    """What a later revision says of its own past; None for a first revision."""
    if programme.planned_from is None:
        return None
    week = first_whole_week(programme, programme.planned_from)
    before = programme.weeks[week - 2].envelope if week > 1 else programme.weeks[0].envelope
    return Course(
        planned_from=programme.planned_from,
        week=week,
        phases=tuple(row.phase for row in programme.weeks[:week]),
        stages=dict(before),
        envelopes=tuple(dict(row.envelope) for row in programme.weeks[: week - 1]),
        halts=programme.halts,
        idle=idle_weeks(programme, week),
        blocks=blocks_of(programme),
        windows=dict(programme.windows),
        released=programme.released,
        walks_behind=programme.walks_behind,
        trained=days_trained(programme),
        efforts=efforts_lived(programme),
        **walked_before(programme, week),
    )


def idle_weeks(programme: Programme, before: int) -> frozenset[int]:
    """Weeks before a week in which training was planned and none was held."""
    return frozenset(
        row.number
        for row in programme.weeks[: before - 1]
        if any(s.kind is SessionKind.TRAINING for s in programme.sessions_of(row.number))
        and not any(s.kind is SessionKind.TRAINING and s.held for s in programme.sessions_of(row.number))
    )


def days_trained(programme: Programme) -> frozenset[dt.date]:
    """The days on which a training session was held."""
    return frozenset(s.start.date() for s in programme.sessions if s.kind is SessionKind.TRAINING and s.held)


def efforts_lived(programme: Programme) -> dict[int, float]:
    """The highest effort that was planned of what was done of lines of work, by week."""
    out: dict[int, float] = {}
    for session in programme.sessions:
        if session.kind is SessionKind.TRAINING and session.held:
            done = (item for item in session.items if session.account is None or session.account.did(item.exercise))
            efforts = [item.dose.effort for item in done if item.ladder]
            out[session.week] = max([out.get(session.week, 0.0), *efforts])
    return {week: effort for week, effort in out.items() if effort}


class Walked(TypedDict):
    """How far and how often a day somebody walked, and was to walk in each week."""

    walked: dict[int, tuple[float, int]]
    walks: dict[int, tuple[float, int]]


def walked_before(programme: Programme, week: int) -> Walked:
    """The walk of each week before another in which one was done or still stands; and the plan."""
    walks: dict[int, tuple[float, int]] = {}
    done: dict[int, tuple[float, int]] = {}
    for session in programme.live:
        for item in session.items if session.kind is SessionKind.DAILY else ():
            if item.track is not Track.AEROBIC:
                continue
            asked = (aerobic_minutes(item.dose), item.dose.bouts_per_day)
            walks[session.week] = max(walks.get(session.week, asked), asked)
            if session.week < week and (session.account is None or session.account.did(item.exercise)):
                done[session.week] = max(done.get(session.week, asked), asked)
    return Walked(walked=done, walks=walks)


def blocks_of(programme: Programme) -> tuple[tuple[int, ...], ...]:
    """The weeks of each block in which a track keeps its weekdays, as written."""
    groups = itertools.groupby(programme.weeks, key=lambda row: row.block)
    return tuple(tuple(row.number for row in rows) for _, rows in groups)
