"""Programmes built by hand for tests of exports: small ones over a clock change, and a very large one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from planner.domain.directions import Direction, Side
from planner.domain.dose import Dose, DoseKind, Load, SetRow
from planner.domain.exercise import SECTION_OF, EvidenceMark, Implement, Track
from planner.domain.patient import Irritability
from planner.domain.programme import (
    Alternative,
    Approval,
    CheckIn,
    GoalOutcome,
    Item,
    Phase,
    Programme,
    Provenance,
    RuleRecord,
    Session,
    SessionKind,
    Status,
    TierReport,
    Week,
)

#: A start two weeks before the clocks change there, all in 2026.
BEFORE_CHANGE = {
    "Europe/Berlin": dt.date(2026, 3, 16),  # forward on 29 March
    "Australia/Sydney": dt.date(2026, 3, 23),  # back on 5 April
    "America/New_York": dt.date(2026, 2, 23),  # forward on 8 March
}

CUE = (
    "Stand tall with your feet hip-width apart and soft knees. Move slowly and breathe out on the effort. "
    "You should feel the muscles work, and your back stay calm. Ease off if symptoms move down your leg."
)


def kg(value: float) -> Load:
    return Load(amount=round(value * 1000))


def repetitions(*counts: int, load: float | None = None, effort: float | None = 6, **more: Any) -> Dose:
    rows = tuple(SetRow(repetitions=n, load=None if load is None else kg(load), effort=effort) for n in counts)
    return Dose(kind=DoseKind.REPETITIONS, sets=rows, **more)


def holds(*counts: int, seconds: int = 8, effort: float | None = None, **more: Any) -> Dose:
    rows = tuple(SetRow(repetitions=n, hold_seconds=seconds, effort=effort) for n in counts)
    return Dose(kind=DoseKind.HOLD, sets=rows, **more)


def minutes(count: float, effort: float | None = 4, **more: Any) -> Dose:
    return Dose(kind=DoseKind.TIME, sets=(SetRow(seconds=round(count * 60), effort=effort),), **more)


def alternative(name: str, dose: Dose, **more: Any) -> Alternative:
    return Alternative(**{"exercise": _id(name), "name": name, "side": Side.NONE, "dose": dose, **more})


def item(name: str, track: Track, dose: Dose, **more: Any) -> Item:
    given = {
        "track": track,
        "section": SECTION_OF[track],
        "exercise": _id(name),
        "name": name,
        "dose": dose,
        "cue": CUE,
        "serves": ("goal 1",),
        **more,
    }
    return Item(**given)


def session(slot: str, start: dt.datetime, length: int, items: tuple[Item, ...], **more: Any) -> Session:
    given = {
        "slot": slot,
        "week": 1,
        "kind": SessionKind.TRAINING,
        "start": start,
        "end": start + dt.timedelta(minutes=length),
        "place": "home",
        "estimated_minutes": length,
        "items": items,
        **more,
    }
    return Session(**given)


def training_items(week: int) -> tuple[Item, ...]:
    """Three items: unloaded, loaded with a gate from week 2, held on both sides."""
    gated: dict[str, Any] = {}
    if week > 1:
        gated = {
            "gate": "check-in-1",
            "fallback": alternative("Dowel hip hinge", repetitions(8, 8, effort=4)),
        }
    return (
        item(
            "Heel tap, lying",
            Track.ANTI_EXTENSION,
            repetitions(*(6,) * (week + 1), effort=4),
            easier=alternative("Brace in lying", holds(5, seconds=5)),
        ),
        item(
            "Kettlebell deadlift from blocks",
            Track.HINGE,
            repetitions(8, 8, 8, load=8 + 4 * week, effort=5, rest_seconds=90),
            implement=Implement.KETTLEBELL,
            calibration=week == 1,
            easier=alternative("Dowel hip hinge", repetitions(8, 8, effort=4)),
            **gated,
        ),
        item(
            "Side bridge (knees)",
            Track.ANTI_LATERAL_FLEXION,
            holds(4, 4, effort=4, per_side=True),
            side=Side.BOTH,
        ),
    )


def daily_items() -> tuple[Item, ...]:
    return (
        item(
            "Press-up (extension in lying)",
            Track.DIRECTIONAL,
            repetitions(10, effort=None, bouts_per_day=6),
            days_note="6 times today, spread out",
        ),
        item("Walking", Track.AEROBIC, minutes(15), days_note="easy pace, arms free"),
    )


def programme(timezone: str = "Europe/Berlin", *, weeks: int = 3, **more: Any) -> Programme:
    """Three weeks over the clock change: three sessions a week, daily work, two check-ins."""
    starts = BEFORE_CHANGE.get(timezone, BEFORE_CHANGE["Europe/Berlin"])
    sessions: list[Session] = []
    for week in range(1, weeks + 1):
        first = starts + dt.timedelta(days=7 * (week - 1))
        status = Status.CONFIRMED if week == 1 else Status.TENTATIVE
        for number, offset in enumerate((0, 2, 6), start=1):
            sessions.append(
                session(
                    f"w{week:02d}-s{number}",
                    dt.datetime.combine(first + dt.timedelta(days=offset), dt.time(17, 30)),
                    40,
                    training_items(week),
                    week=week,
                    status=status,
                    warm_up_minutes=5,
                    warm_up="5 minutes of easy walking, arms swinging.",
                )
            )
        for day in range(7):
            sessions.append(
                session(
                    f"w{week:02d}-d{day + 1}-1",
                    dt.datetime.combine(first + dt.timedelta(days=day), dt.time(12, 30)),
                    20,
                    daily_items(),
                    week=week,
                    kind=SessionKind.DAILY,
                    status=status,
                    place="anywhere",
                )
            )
    sessions.sort(key=lambda s: (s.start, s.slot))
    checks = tuple(
        CheckIn(
            id=f"check-in-{number}",
            slot=f"c{number:02d}",
            week=week,
            start=dt.datetime.combine(starts + dt.timedelta(days=7 * (week - 1)), dt.time(8, 15)),
            end=dt.datetime.combine(starts + dt.timedelta(days=7 * (week - 1)), dt.time(8, 30)),
            gate="settle -> restore" if number == 1 else "",
            questions=(
                "Any new numbness between the legs, bladder or bowel change, or growing weakness?",
                "Sessions done, partly done or missed since last time?",
            ),
            decides="Opens restore: 3 to 5 stable days. Not yet: keep to the fallbacks and review.",
            status=Status.CONFIRMED if number == 1 else Status.TENTATIVE,
        )
        for number, week in ((1, 2), (2, 3))
        if week <= weeks
    )
    given: dict[str, Any] = {
        "id": "0d3bb9a0-93a5-5d0c-8a55-9c1b7f3c2f11",
        "stamp": dt.datetime(2026, 2, 20, tzinfo=dt.UTC),
        "patient": "P-0042",
        "timezone": timezone,
        "starts": starts,
        "weeks_planned": weeks,
        "provenance": provenance(),
        "weeks": tuple(week_of(n, starts) for n in range(1, weeks + 1)),
        "sessions": tuple(sessions),
        "check_ins": checks,
        "goals": (
            GoalOutcome(
                goal="goal 1",
                words="lift a 20 kg crate from the floor",
                reached_week=weeks,
                forecast="Kettlebell deadlift from blocks: 20 kg x 8 in week 3.",
            ),
        ),
        "rules": rules(),
        "assumptions": ("No daily slot was given: 12:30 was taken.",),
        "tiers": (TierReport(name="progress", value=0.8, bound=0.8, proved=True),),
        **more,
    }
    return Programme(**given)


def entries(plan: Programme) -> list[Session | CheckIn]:
    """Everything that becomes an event."""
    return [*plan.sessions, *plan.check_ins]


def signed(plan: Programme) -> Programme:
    """The same programme with a signature."""
    return plan.model_copy(update={"approval": Approval(by="A. Clinician, AEP 1234", on=dt.date(2026, 2, 21))})


def large_programme(*, weeks: int = 52, per_week: int = 6, items: int = 8) -> Programme:
    """The largest that is planned: every item gated, with a fallback and an easier choice."""
    starts = dt.date(2026, 1, 5)
    tracks = [track for track in Track if track is not Track.DIRECTIONAL]
    sessions: list[Session] = []
    for week in range(1, weeks + 1):
        first = starts + dt.timedelta(days=7 * (week - 1))
        for number in range(per_week):
            rows = tuple(
                item(
                    f"Long exercise name for the {track.value.replace('_', ' ')} {1 + week // 4}",
                    track,
                    repetitions(8, 8, 8, load=10 + week / 2, rest_seconds=90, load_is_forecast=week % 4 == 0),
                    gate="check-in-3" if week > 4 else None,
                    fallback=alternative(f"Fallback {track.value}", repetitions(8, 8, load=10)) if week > 4 else None,
                    easier=alternative(f"Easier {track.value}", repetitions(8, 8, load=8)),
                )
                for track in (tracks[(number + k) % len(tracks)] for k in range(items))
            )
            start = dt.datetime.combine(first + dt.timedelta(days=number), dt.time(17, 30))
            status = Status.CONFIRMED if week < 5 else Status.TENTATIVE
            sessions.append(session(f"w{week:02d}-s{number + 1}", start, 60, rows, week=week, status=status))
        for day in range(7):
            start = dt.datetime.combine(first + dt.timedelta(days=day), dt.time(12, 30))
            sessions.append(
                session(f"w{week:02d}-d{day + 1}-1", start, 15, daily_items(), week=week, kind=SessionKind.DAILY)
            )
    sessions.sort(key=lambda s: (s.start, s.slot))
    return programme("Australia/Sydney").model_copy(
        update={
            "starts": starts,
            "weeks_planned": weeks,
            "weeks": tuple(week_of(n, starts) for n in range(1, weeks + 1)),
            "sessions": tuple(sessions),
        }
    )


def week_of(number: int, starts: dt.date) -> Week:
    return Week(
        number=number,
        starts=starts + dt.timedelta(days=7 * (number - 1)),
        phase=Phase.SETTLE if number == 1 else Phase.RESTORE,
        irritability=Irritability.MODERATE,
        deload=number % 4 == 0,
        gate=None if number == 1 else "check-in-1",
        envelope={Direction.FLEXION: 0 if number == 1 else 1},
        compression_cap=2,
        effort_cap=5,
        item_cap=8,
        hard_sets={Track.HINGE: 9},
        training_minutes=120,
        aerobic_minutes=105,
    )


def provenance() -> Provenance:
    return Provenance(
        gradus="0.1.0", ortools="9.15", patient_sha256="0" * 64, clinic_sha256="0" * 64, exercises_sha256="0" * 64
    )


def rules(**parameters: dict[str, float]) -> tuple[RuleRecord, ...]:
    """The records of P1, P2 and C1; ``rules(P1={"green": 0})`` changes what a clinic changed."""
    defaults: dict[str, dict[str, float]] = {
        "C1": {"minutes": 30},
        "P1": {"green": 1, "amber": 2, "ceiling": 7},
        "P2": {"after": 5},
    }
    return tuple(
        RuleRecord(
            id=rule,
            statement=f"Statement of {rule}.",
            force="instruction",
            source="a source",
            mark=EvidenceMark.DEFAULT,
            override="signed",
            parameters={**values, **parameters.get(rule, {})},
        )
        for rule, values in defaults.items()
    )


def _id(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name.lower()).strip("_") or "exercise"
