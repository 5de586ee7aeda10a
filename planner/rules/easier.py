"""E10: what is left of a session on a day with five minutes, and what to do in a flare-up."""

from __future__ import annotations

from collections.abc import Iterator

from planner.domain.case import Case
from planner.domain.dose import Dose, aerobic_minutes
from planner.domain.exercise import Track
from planner.domain.patient import Irritability
from planner.domain.programme import Item, Programme, Session, SessionKind, Status
from planner.rules import bone, directional, envelope, morning, restrictions
from planner.rules.base import D, Force, OverrideBy, Parameter, Rule, Scope, Violation, value
from planner.rules.endurance import W1
from planner.rules.reading import CARD, asks_of, band_strength, exercise_of

E10 = Rule(
    id="E10",
    title="Easier today",
    statement=(
        "Every training session to come has a five-minute version: a minute of easy movement, then what matters most "
        "of that session and that day's settling work, one set or its easier form, valid whether or not a gate was "
        "passed. It is no harder than what was planned, and heavy loads come down, because warm-up sets do not fit. "
        "A card says what to do in the first 48 hours of a flare-up: the direction that helped in week 1, a position "
        "of ease, short walks no longer than the first week's. Nothing on it is loaded or closed in any week."
    ),
    force=Force.HARD,
    scope=Scope.SESSION,
    source="clinical practice; numbers are design defaults",
    mark=D,
    override=OverrideBy.NEVER,
    parameters=(
        Parameter("minutes", 5, 4, 8, "longest short version, minutes, the easy movement included"),
        Parameter("movement_seconds", 60, 30, 120, "easy movement before it, seconds"),
        Parameter("items", 2, 1, 3, "most things in a short version"),
        Parameter("effort", 6, 4, 7, "most effort in a short version, CR10/RPE"),
        Parameter("heavy", 0.2, 0.05, 0.5, "a load above this share of body mass counts as heavy"),
        Parameter("lightened", 0.5, 0.3, 0.8, "a heavy load comes down to this share of what was planned, or else"),
        Parameter("half_up_to", 0.5, 0.2, 0.6, "up to this share of body mass half the repetitions will do instead"),
        Parameter("walks", 4, 2, 8, "short walks a day on the flare card"),
        Parameter("walk_minutes", 8, 3, 15, "longest walk on the flare card, minutes"),
        Parameter("card_effort", 3, 1, 4, "most effort on the flare card, CR10"),
    ),
)
RULES = (E10,)

#: What a flare card may hold. [D]
CARD_TRACKS = frozenset({Track.RELIEF, Track.DIRECTIONAL, Track.NEURAL, Track.MOBILITY, Track.AEROBIC})


def short_seconds(case: Case, items: tuple[Item, ...]) -> float:
    """Seconds of a short version: the easy movement, then each item with its change-over."""
    return value(case, E10, "movement_seconds") + sum(item.dose.seconds_in_session() for item in items)


def first_walk(case: Case, programme: Programme) -> float:
    """Minutes of the longest walk in week 1; where none is planned, the first walk of rule W1."""
    walks = [
        aerobic_minutes(item.dose)
        for session in programme.sessions_of(1)
        for item in session.items
        if item.track is Track.AEROBIC
    ]
    high = case.patient.findings.irritability is Irritability.HIGH and not case.patient.healthy
    return max(walks, default=value(case, W1, "start_minutes_high" if high else "start_minutes"))


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """Short versions and the flare card are there and as small as they say; other rules look at what is in them."""
    for session in programme.sessions:
        if session.kind is SessionKind.TRAINING and session.status in (Status.CONFIRMED, Status.TENTATIVE):
            yield from _short(case, programme, session)
    yield from _card(case, programme)


def _short(case: Case, programme: Programme, session: Session) -> Iterator[Violation]:
    where = f"week {session.week}, {session.slot} (short)"
    if not session.short:
        yield Violation("E10", where, "no five-minute version")
        return
    minutes = short_seconds(case, session.short) / 60
    if minutes > value(case, E10, "minutes") + 1e-9:
        yield Violation("E10", where, f"takes {minutes:.1f} minutes")
    if len(session.short) > value(case, E10, "items"):
        yield Violation("E10", where, f"{len(session.short)} things")
    planned = _planned(programme, session)
    for item in session.short:
        exercise = exercise_of(case, item.exercise)
        if exercise is None or exercise.activity:
            continue
        if item.exercise not in planned:
            yield Violation("E10", where, f"{item.exercise} is not of this session or day")
            continue
        forms = planned[item.exercise]
        if len(item.dose.sets) > max(len(dose.sets) for dose in forms):
            yield Violation("E10", where, f"{item.exercise} has more sets than planned")
        if item.dose.effort > value(case, E10, "effort") + 1e-9:
            yield Violation("E10", where, f"{item.exercise} at effort {item.dose.effort:g}")
        if not any(_light(case, item.dose, dose) for dose in forms):
            yield Violation("E10", where, f"{item.exercise} is too heavy without warm-up sets")
        if band_strength(item.dose) > max(band_strength(dose) for dose in forms):
            yield Violation("E10", where, f"{item.exercise} has a stronger band than planned")


def _light(case: Case, short: Dose, planned: Dose) -> bool:
    """Whether a dose is light enough beside what was planned: heavy loads come down, or half the repetitions do."""
    mass = case.patient.body_mass_kg
    mine, load = (0.0 if dose.top_load is None else dose.top_load.kg for dose in (short, planned))
    if mine <= value(case, E10, "heavy") * mass + 1e-9:
        return mine <= load + 1e-9
    if mine <= value(case, E10, "lightened") * load + 1e-9:
        return True
    half = 2 * _count(short) <= _count(planned) + 1
    return half and mine <= min(load, value(case, E10, "half_up_to") * mass) + 1e-9


def _count(dose: Dose) -> int:
    """Most repetitions or metres of a set."""
    return max(row.repetitions or row.metres or 0 for row in dose.sets)


def _planned(programme: Programme, session: Session) -> dict[str, list[Dose]]:
    """The doses of what may be in a short version, by exercise."""
    day = session.start.date()
    settling = (Track.DIRECTIONAL, Track.RELIEF, Track.NEURAL)
    found: dict[str, list[Dose]] = {}
    for other in programme.sessions_of(session.week):
        if other is not session and not (other.kind is SessionKind.DAILY and other.start.date() == day):
            continue
        for item in other.items:
            if other is not session and item.track not in settling:
                continue
            for form in (item, item.easier, item.fallback):
                if form is not None:
                    found.setdefault(form.exercise, []).append(form.dose)
    return found


def _card(case: Case, programme: Programme) -> Iterator[Violation]:
    where = CARD
    if not programme.flare_card:
        yield Violation("E10", where, "there is none")
    for item in programme.flare_card:
        dose = item.dose
        if item.track not in CARD_TRACKS:
            yield Violation("E10", where, f"{item.exercise} is training, not easing")
        if dose.top_load is not None or any(row.band for row in dose.sets):
            yield Violation("E10", where, f"{item.exercise} is loaded")
        if dose.effort > value(case, E10, "card_effort") + 1e-9:
            yield Violation("E10", where, f"{item.exercise} at effort {dose.effort:g}")
        if item.track is Track.AEROBIC:
            most = min(first_walk(case, programme), value(case, E10, "walk_minutes"))
            if aerobic_minutes(dose) > most + 1e-6:
                yield Violation("E10", where, f"walks of {aerobic_minutes(dose):g} minutes, at most {most:g}")
    if any(item.track is Track.DIRECTIONAL for item in programme.flare_card):
        return
    stands = any(
        item.track is Track.DIRECTIONAL and not _halted(case, programme, item) and _allowed(case, programme, item)
        for session in programme.sessions_of(1, SessionKind.DAILY)
        for item in session.items
    )
    if stands:
        yield Violation("E10", where, "without the direction that helps")


def _allowed(case: Case, programme: Programme, item: Item) -> bool:
    """Whether the files of now still allow on a card what week 1 had, however long ago that was planned."""
    alone = programme.model_copy(update={"sessions": (), "flare_card": (item,)})
    checks = (restrictions.check, bone.check, directional.check, envelope.check, morning.check)
    return not any(broken.where.startswith(CARD) for check in checks for broken in check(case, alone))


def _halted(case: Case, programme: Programme, item: Item) -> bool:
    """Whether the response has closed an item, or a direction as far as it needs it."""
    asked = asks_of(case, item)
    for halt in programme.halts:
        if halt.until is None and halt.exercise == item.exercise:
            return True
        if halt.until is None and halt.direction is not None and halt.stage is not None:
            stage = None if asked is None else asked.stage(halt.direction)
            if stage is None or stage > halt.stage:
                return True
    return False
