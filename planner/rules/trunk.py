"""A1, A2: the trunk learns to resist movement."""

from __future__ import annotations

from collections.abc import Iterator

from planner.domain.case import Case
from planner.domain.directions import Direction
from planner.domain.exercise import Track
from planner.domain.programme import Phase, Programme, SessionKind
from planner.rules.base import D, F, Force, Parameter, Rule, Scope, Violation, is_off, value
from planner.rules.dosing import sessions_a_week
from planner.rules.irritability import item_cap
from planner.rules.limits import Cap, Cover, Limit, Quantity
from planner.rules.phases import forecast, irritability_in, weeks_in
from planner.rules.practical import E2, unsure
from planner.rules.reading import asks, exercise_of, lived_lines, standing, variants
from planner.rules.response import Light, light

A1 = Rule(
    id="A1",
    title="Short holds",
    statement=(
        "Planned trunk holds last at most 10 s; repetitions grow first, then the variant. "
        "Tests and published protocols are exempt."
    ),
    force=Force.HARD,
    scope=Scope.ITEM,
    source="McGill 2010, 10.1519/SSC.0b013e3181df4521",
    mark=F,
    parameters=(Parameter("seconds", 10, 5, 20, "longest hold, seconds"),),
)
A2 = Rule(
    id="A2",
    title="Every direction is resisted",
    statement=(
        "From restore on, each week trains anti-flexion, anti-extension, anti-rotation and anti-lateral flexion at "
        "least once where an eligible exercise exists and no session is lost; fewer of them where the week holds fewer "
        "than eight exercises; compound lifts count by what they resist. A red or halting response may leave one out."
    ),
    force=Force.HARD,
    scope=Scope.WEEK,
    source="source page, point 9; weekly quota is a default",
    mark=D,
    phases=(Phase.RESTORE, Phase.BUILD, Phase.PERFORM),
    parameters=(Parameter("times_a_week", 1, 1, 3, "times a week each direction is resisted"),),
)
RULES = (A1, A2)

TRUNK_TRACKS = frozenset({Track.ANTI_EXTENSION, Track.ANTI_ROTATION, Track.ANTI_LATERAL_FLEXION, Track.ANTI_FLEXION})

#: The four quotas; rotation and lateral flexion count on either side.
QUOTAS: tuple[tuple[Direction, ...], ...] = (
    (Direction.FLEXION,),
    (Direction.EXTENSION,),
    (Direction.ROTATION_LEFT, Direction.ROTATION_RIGHT),
    (Direction.LATERAL_FLEXION_LEFT, Direction.LATERAL_FLEXION_RIGHT),
)


#: Minutes that an exercise takes, when it is judged how many a short week can hold. [D]
MINUTES_AN_EXERCISE = 4


def quotas(case: Case, week: int) -> tuple[tuple[Direction, ...], ...]:
    """The directions to resist in a week: all four, or as many as half of a small week's exercises."""
    availability = case.patient.availability
    sessions = sessions_a_week(case)
    cap = item_cap(case, irritability_in(case, forecast(case)[week - 1])) - (1 if unsure(case) else 0)
    longest = sorted((w.minutes for w in availability.windows), reverse=True)[:sessions]
    warm_up = value(case, E2, "warm_up_minutes")
    room = [min(w, availability.session_minutes or w) - warm_up for w in longest]
    exercises = sum(min(cap, max(0, int(minutes // MINUTES_AN_EXERCISE))) for minutes in room)
    return QUOTAS[: exercises // 2]


def limits(case: Case) -> Iterator[Limit]:
    """Hold lengths, and the weekly quota of each direction."""
    everywhere = frozenset(range(1, case.weeks + 1))
    if not is_off(case, A1):
        yield Cap(
            rule="A1",
            because="rule default",
            quantity=Quantity.HOLD_SECONDS,
            at_most=value(case, A1, "seconds"),
            weeks=everywhere,
            tracks=TRUNK_TRACKS,
        )
    if is_off(case, A2) or case.patient.healthy:
        return
    later = weeks_in(case, Phase.RESTORE, Phase.BUILD, Phase.PERFORM)
    for quota in QUOTAS:
        weeks = frozenset(week for week in later if quota in quotas(case, week))
        if weeks:
            yield Cover(
                rule="A2",
                because="findings.presentation",
                at_least=int(value(case, A2, "times_a_week")),
                weeks=weeks,
                resisting=quota,
            )


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Hold lengths, and the weekly quota of every direction resisted."""
    if not is_off(case, A1):
        most = value(case, A1, "seconds")
        for variant in variants(programme):
            exercise = exercise_of(case, variant.exercise)
            if exercise is None or not TRUNK_TRACKS.intersection(exercise.tracks):
                continue
            longest = max((row.hold_seconds or 0 for row in variant.dose.sets), default=0)
            if longest > most:
                yield Violation("A1", variant.where, f"a hold of {longest} s, at most {most:g} s")
    if is_off(case, A2) or case.patient.healthy:
        return
    held = [
        (variant.line.week, found.resists)
        for variant in variants(programme, SessionKind.TRAINING)
        if variant.role == "item"
        and (found := asks(case, variant)) is not None
        # what was red was not tolerated
        and light(case, variant.line.session, variant.line.item) is not Light.RED
    ]
    answered = _answered(case, programme)
    usual = max((len(programme.sessions_of(w.number, SessionKind.TRAINING)) for w in programme.weeks), default=0)
    for week in programme.weeks:
        if week.phase is Phase.SETTLE:
            continue
        if len(standing(programme, week.number)) < usual:
            continue  # holidays or the patient took what was planned
        for quota in quotas(case, week.number):
            trained = [number for number, resists in held if any(resists[way] >= 1 for way in quota)]
            # an exercise for it exists where this week or an earlier one shows it
            if trained.count(week.number) >= value(case, A2, "times_a_week") or min(trained, default=99) > week.number:
                continue
            if case.course is not None and (answered or week.number - 1 not in trained):
                continue  # the response has closed it or stepped it down, and it climbs again from there
            yield Violation("A2", f"week {week.number}", f"nothing resists {quota[0].plain}")


def _answered(case: Case, programme: Programme) -> bool:
    """Whether the response has halted something, or was red: what resists a direction may have gone with it."""
    if any(halt.until is None for halt in programme.halts):
        return True
    return any(light(case, line.session, line.item) is Light.RED for line in lived_lines(programme))
