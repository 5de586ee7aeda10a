"""Patients in thought, who write logs: a test device, not a claim about any real patient.

Each kind answers a week of its programme with entries as a patient or a clinician would write them.
All chance comes from the seed, so the same patient writes the same log.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from enum import StrEnum

from planner.domain.dose import Load
from planner.domain.log import Attendance, LogEntry, LoggedItem, LoggedSet, Response
from planner.domain.patient import MostDistal, Site
from planner.domain.programme import CheckIn, Item, Programme, Session, SessionKind, Status


class Kind(StrEnum):
    """How a simulated patient takes to a programme."""

    RESPONDER = "responder"  # everything is done as planned, and green
    SLOW = "slow"  # every fourth session or so is amber
    FLARING = "flaring"  # reds, a flare-up now and then, symptoms that travel
    NON_ADHERENT = "non-adherent"  # misses a third, and once a fortnight or more
    STOIC = "stoic"  # does more than planned, and pays for it


def entries(kind: Kind, programme: Programme, week: int, seed: int) -> list[LogEntry]:
    """What is written of one week of a programme, in order of time."""
    rng = random.Random(f"{seed}/{programme.id}/{week}/{kind.value}")
    out: list[LogEntry] = []
    for session in programme.sessions:
        if session.week == week and session.kind is SessionKind.TRAINING and session.status is not Status.CANCELLED:
            out.extend(_session(kind, session, rng, f"{seed}-{week}", _gone(kind, week, seed)))
    for check in programme.check_ins:
        if check.week == week and check.status is not Status.DONE:
            out.append(_check_in(kind, check, rng, f"{seed}-{week}"))
    return sorted(out, key=lambda entry: (entry.written, entry.id))


def _gone(kind: Kind, week: int, seed: int) -> bool:
    """Whether a non-adherent patient is away from everything this week: one long gap a programme."""
    if kind is not Kind.NON_ADHERENT:
        return False
    rng = random.Random(f"gap/{seed}")
    begin, length = rng.randint(3, 8), rng.choice((1, 2, 2, 4))
    return begin <= week < begin + length


def _session(kind: Kind, session: Session, rng: random.Random, name: str, gone: bool) -> Iterator[LogEntry]:
    evening = session.end.replace(tzinfo=dt.UTC) + dt.timedelta(minutes=20)
    if gone or (kind is Kind.NON_ADHERENT and rng.random() < 0.3):
        yield LogEntry(id=f"{name}-{session.slot}", written=evening, slot=session.slot, done=Attendance.MISSED)
        return
    before = rng.choice((1, 2, 2, 3))
    during, after, morning = before, before, before
    site = MostDistal(site=Site.BACK)
    later = site
    items: tuple[LoggedItem, ...] = ()
    done, flare = Attendance.DONE, False
    chance = rng.random()
    if kind is Kind.SLOW and chance < 0.25:
        during = before + 2
    elif kind is Kind.NON_ADHERENT and chance < 0.2 and len(session.items) > 2:
        done = Attendance.PARTLY
        items = tuple(LoggedItem(exercise=item.exercise) for item in session.items[: len(session.items) // 2])
    elif kind is Kind.FLARING:
        if chance < 0.08:
            during, after, morning, flare = min(10, before + 4), 6, before + 3, True
        elif chance < 0.2:
            during = min(10, before + 3)
        elif chance < 0.26:
            later = MostDistal(site=Site.CALF, side="left")
        elif chance < 0.4:
            morning = before + 1
    elif kind is Kind.STOIC:
        items = tuple(_overdone(item) for item in session.items if item.dose.top_load is not None)
        if chance < 0.3:
            during, morning = min(10, before + 3), before + 2
    if kind is Kind.RESPONDER:
        items = tuple(_as_planned(item) for item in session.items if item.ladder)
    response = Response(
        pain_before=before,
        pain_during=during,
        pain_after=after,
        usual_morning=before,
        site_before=site,
        site_after=site,
        site_after_30_minutes=later,
    )
    yield LogEntry(
        id=f"{name}-{session.slot}",
        written=evening,
        slot=session.slot,
        done=done,
        items=items,
        response=response,
        flare=flare,
    )
    yield LogEntry(
        id=f"{name}-{session.slot}-morning",
        written=evening + dt.timedelta(hours=11),
        slot=session.slot,
        response=Response(pain_next_morning=morning),
    )


def _as_planned(item: Item) -> LoggedItem:
    return LoggedItem(
        exercise=item.exercise,
        sets=tuple(
            LoggedSet(
                repetitions=row.repetitions, seconds=row.seconds, metres=row.metres, load=row.load, effort=row.effort
            )
            for row in item.dose.working_sets
        ),
        pain_during=None,
    )


def _overdone(item: Item) -> LoggedItem:
    rows = []
    for row in item.dose.working_sets:
        load = None if row.load is None else Load(amount=round(row.load.amount * 1.25), unit=row.load.unit)
        rows.append(LoggedSet(repetitions=(row.repetitions or 8) + 2, load=load, effort=9))
    return LoggedItem(exercise=item.exercise, sets=tuple(rows))


def _check_in(kind: Kind, check: CheckIn, rng: random.Random, name: str) -> LogEntry:
    passed: bool | None = None
    if check.gate:
        passed = True if kind in (Kind.RESPONDER, Kind.STOIC) else None if rng.random() < 0.7 else rng.random() < 0.6
    cleared: tuple[str, ...] = ()
    if kind is Kind.FLARING:
        cleared = ("flexion", "extension") if rng.random() < 0.5 else ()
    return LogEntry(
        id=f"{name}-{check.id}",
        written=check.end.replace(tzinfo=dt.UTC),
        check_in=check.id,
        passed=passed,
        cleared=cleared,
        by="simulated clinician",
    )
