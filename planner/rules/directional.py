"""D2-D6: directional preference: what settles the back, how it tapers, how its opposite comes back."""

from __future__ import annotations

from collections.abc import Iterator

from planner.domain.case import Case
from planner.domain.directions import Direction, Side
from planner.domain.exercise import Exercise, Track
from planner.domain.patient import Site
from planner.domain.programme import Phase, Programme, SessionKind
from planner.rules.base import D, Force, K, Parameter, Rule, Scope, Violation, is_off, value
from planner.rules.gaps import weeks_absent
from planner.rules.limits import Apart, Forbid, Limit, Link
from planner.rules.phases import weeks_in
from planner.rules.reading import Variant, exercise_of, standing, variants
from planner.rules.trunk import TRUNK_TRACKS

D2 = Rule(
    id="D2",
    title="One direction settles",
    statement=(
        "The tested direction, 10 to 15 repetitions little and often, 6 times a day tapering to 3, 2, 1 and none. "
        "In settle no repeated movement of the opposite direction. It ends; it does not last."
    ),
    force=Force.HARD,
    scope=Scope.PHASE,
    source="McKenzie and May 2003 [K]; 3 x 10 trial, Garcia 2011 [F]; Long 2004 [F]",
    mark=K,
    phases=(Phase.SETTLE,),
    parameters=(
        Parameter("bouts_settle", 6, 2, 10, "bouts a day in settle"),
        Parameter("bouts_restore", 3, 1, 6, "bouts a day in restore"),
        Parameter("bouts_build", 2, 1, 4, "bouts a day early in build"),
        Parameter("repetitions", 10, 8, 15, "repetitions a bout"),
        Parameter("matched_motion", 2, 1, 3, "motion grade from which an item counts as a repeated movement"),
    ),
)
D3 = Rule(
    id="D3",
    title="The tested direction wins",
    statement=(
        "A side glide is done as tested, named by where the shoulders go, never derived from the painful side. "
        "Where lateral work comes first, extension is added once the most distal symptom is above the knee and "
        "retreating for 48 h and a supervised trial does not send it further down; where the response has closed "
        "extension the side glide goes on."
    ),
    force=Force.GATE,
    scope=Scope.PHASE,
    source="source page, point 3; practice [K]",
    mark=K,
    phases=(Phase.SETTLE, Phase.RESTORE, Phase.BUILD),
)
D4 = Rule(
    id="D4",
    title="The opposite direction returns last",
    statement=(
        "The opposite direction comes back in lying, then sitting, then standing, after the gains have held, and "
        "each time the session is closed with the preferred direction."
    ),
    force=Force.GATE,
    scope=Scope.SESSION,
    source="MDT, recovery of function [K]",
    mark=K,
    phases=(Phase.RESTORE, Phase.BUILD, Phase.PERFORM),
)
D5 = Rule(
    id="D5",
    title="Mixed findings",
    statement=(
        "Two opposite directions not tolerated: both are capped (rule D1), trunk work keeps to a neutral spine, "
        "bending and arching come back in different sessions, so that what hurts can be told apart, and reviews come "
        "more often (rule PH) and ask whether a direction has become preferred."
    ),
    force=Force.HARD,
    scope=Scope.PROGRAMME,
    source="source page, point 8",
    mark=D,
)
D6 = Rule(
    id="D6",
    title="Re-test the direction",
    statement="Re-test after 48 to 72 h; reclassify when 5 to 7 honest days change nothing.",
    force=Force.INSTRUCTION,
    scope=Scope.PROGRAMME,
    source="practice",
    mark=K,
)
RULES = (D2, D3, D4, D5, D6)


def preference(case: Case) -> Direction | None:
    """The tested directional preference, None when none was found or it is not known."""
    found = case.patient.findings.directional_preference
    return found if isinstance(found, Direction) else None


def lateral_first(case: Case) -> bool:
    """Whether a side glide is the tested direction."""
    return preference(case) in (Direction.SHIFT_LEFT, Direction.SHIFT_RIGHT)


#: What has to be so at the check-in before extension is added to a side glide (rule D3), and what is asked for it.
TRIAL_OF_EXTENSION = (
    "where extension is to be added (rule D3): symptoms above the knee and retreating for 48 hours, and a supervised "
    "trial of it that did not send them further down"
)
QUESTIONS_BEFORE_EXTENSION = (
    "Have symptoms stayed above the knee, and gone on retreating, for 48 hours? (rule D3)",
    "With your clinician: extension tried, and symptoms no further down for it? (rule D3)",
)


def check_in_questions(case: Case) -> Iterator[str]:
    """What every check-in asks where two opposite directions are not tolerated and no direction is preferred."""
    if case.patient.findings.mixed and preference(case) is None and not is_off(case, D5):
        yield "Movements tested again: has one direction become the preferred one? (rule D5)"


def side_of_shift(direction: Direction) -> Side:
    """The named side of a side glide: where the shoulders go."""
    return {Direction.SHIFT_LEFT: Side.LEFT, Direction.SHIFT_RIGHT: Side.RIGHT}.get(direction, Side.NONE)


def opposed(case: Case) -> frozenset[Direction]:
    """Directions whose repeated movement is kept out of settle.

    The opposite of the preference; for a side glide also bending, which the same backs dislike
    (source page, point 3).
    """
    direction = preference(case)
    if direction is None:
        return frozenset()
    if lateral_first(case):
        return frozenset({direction.opposite, Direction.FLEXION})
    return frozenset({direction.opposite})


def moves(exercise: Exercise, direction: Direction) -> int:
    """Motion grade of an exercise in a direction on whichever side is worse."""
    if exercise.motion is None:
        return 3
    if direction in (Direction.SHIFT_LEFT, Direction.SHIFT_RIGHT):
        return exercise.lateral_shift or 0
    return exercise.motion.on_side(Side.BOTH)[direction]


def below_knee(case: Case) -> bool:
    """Whether symptoms reach below the knee."""
    return case.patient.findings.most_distal.site.rank >= Site.CALF.rank


def exposes(exercise: Exercise, axis: str) -> bool:
    """Whether an exercise of the exposure track mainly moves along ``axis``."""
    if Track.EXPOSURE not in exercise.tracks or exercise.motion is None:
        return False
    grades: dict[str, int] = exercise.motion.model_dump()
    return grades[axis] > 0 and grades[axis] == max(grades.values())


def _exposures(case: Case) -> tuple[frozenset[str], frozenset[str]]:
    """Exercises by which bending comes back, and those by which arching does; none that does both."""
    bend, arch = (
        frozenset(exercise.id for exercise in case.exercises.values() if exposes(exercise, axis))
        for axis in ("flexion", "extension")
    )
    return bend - arch, arch - bend


def _bends_or_arches(exercise: Exercise) -> bool:
    """Whether trunk work leaves the neutral position forwards or backwards."""
    trunk = bool(TRUNK_TRACKS.intersection(exercise.tracks))
    return trunk and any(moves(exercise, way) >= 1 for way in (Direction.FLEXION, Direction.EXTENSION))


def limits(case: Case) -> Iterator[Limit]:
    """No opposite repeated movement in settle; the opposite direction is closed with the preferred one."""
    if case.patient.findings.mixed and not is_off(case, D5):
        yield Forbid(
            rule="D5",
            because="findings.intolerances",
            exercises=frozenset(exercise.id for exercise in case.exercises.values() if _bends_or_arches(exercise)),
            weeks=frozenset(range(1, case.weeks + 1)),
        )
        bend, arch = _exposures(case)
        yield Apart(rule="D5", because="findings.intolerances", one=bend, other=arch)
    against = opposed(case)
    direction = preference(case)
    if direction is None or not against:
        return
    because = "findings.directional_preference"
    strong = int(value(case, D2, "matched_motion"))
    repeated = frozenset(
        exercise.id
        for exercise in case.exercises.values()
        if not exercise.activity
        and any(moves(exercise, way) >= strong for way in against)
        and not (exercise.preference is not None and _same_line(exercise.preference, direction))
    )
    if not is_off(case, D2):
        yield Forbid(rule="D2", because=because, exercises=repeated, weeks=weeks_in(case, Phase.SETTLE))
    if lateral_first(case) and not is_off(case, D3):
        extension = frozenset(e.id for e in case.exercises.values() if e.preference is Direction.EXTENSION)
        yield Forbid(rule="D3", because=because, exercises=extension, weeks=weeks_in(case, Phase.SETTLE))
    if not is_off(case, D4):
        yield Link(
            rule="D4",
            because=because,
            exercises=repeated,
            weeks=weeks_in(case, Phase.RESTORE, Phase.BUILD, Phase.PERFORM),
            followed_by=Direction.EXTENSION if lateral_first(case) else direction,
        )


def _same_line(one: Direction, other: Direction) -> bool:
    shifts = (Direction.SHIFT_LEFT, Direction.SHIFT_RIGHT)
    return one is other or (one in shifts and other in shifts)


def check(case: Case, programme: Programme) -> Iterator[Violation]:
    """One direction, as tested, tapering; its opposite only after settle and closed with the preferred one."""
    yield from _apart(case, programme)
    direction = preference(case)
    bouts: dict[int, int] = {}
    absent = weeks_absent(case)  # little and often was left off in them, or nobody knows of it
    for variant in variants(programme):
        yield from _too_early(case, programme, variant)
        found = exercise_of(case, variant.exercise)
        if case.patient.findings.mixed and not is_off(case, D5) and found is not None and _bends_or_arches(found):
            yield Violation("D5", variant.where, "trunk work that bends or arches, with both directions not tolerated")
        if variant.line.item.track is not Track.DIRECTIONAL:
            continue
        yield from _as_tested(case, variant)
        daily = variant.line.session.kind is SessionKind.DAILY and variant.line.week not in absent
        if variant.role == "item" and direction is not None and daily:
            bouts[variant.line.week] = max(bouts.get(variant.line.week, 0), variant.dose.bouts_per_day)
    for week in sorted(bouts)[1:]:
        back = programme.week(week).phase.rank < programme.week(max(1, week - 1)).phase.rank
        if bouts[week] > bouts.get(week - 1, 99) and not back:
            yield Violation("D2", f"week {week}", f"bouts rise from {bouts[week - 1]} to {bouts[week]} a day")
    if direction is None:
        return
    if bouts and max(bouts.values()) > value(case, D2, "bouts_settle"):
        yield Violation("D2", "programme", f"{max(bouts.values())} bouts a day")
    yield from _opposite(case, programme)


def _apart(case: Case, programme: Programme) -> Iterator[Violation]:
    """With mixed findings no session still to come holds both bending and arching, unless it is the week's only one."""
    if not case.patient.findings.mixed or is_off(case, D5):
        return
    bend, arch = _exposures(case)
    for session in programme.live:
        alone = len(standing(programme, session.week)) < 2
        if session.kind is not SessionKind.TRAINING or session.account is not None or alone:
            continue
        held = {item.exercise for item in session.items if item.track is Track.EXPOSURE}
        if held & bend and held & arch:
            where = f"week {session.week}, {session.slot}"
            yield Violation("D5", where, "bending and arching in one session, with neither tolerated")


def _settling(programme: Programme, variant: Variant) -> bool:
    """Whether it is settling work; a flare-up is settled as the first weeks settle, whatever the phase."""
    return variant.role == "flare" or any(programme.week(n).phase is Phase.SETTLE for n in variant.weeks)


def _too_early(case: Case, programme: Programme, variant: Variant) -> Iterator[Violation]:
    """Where a side glide was tested, extension waits until settling is over, also before a gate and in a flare-up."""
    exercise = exercise_of(case, variant.exercise)
    extension = exercise is not None and exercise.preference is Direction.EXTENSION
    if not extension or not lateral_first(case) or is_off(case, D3):
        return
    if _settling(programme, variant):
        yield Violation("D3", variant.where, "extension before the lateral work has settled the leg")


def _as_tested(case: Case, variant: Variant) -> Iterator[Violation]:
    """Directional work goes the way that was tested."""
    direction = preference(case)
    exercise = exercise_of(case, variant.exercise)
    if direction is None:
        yield Violation("D2", variant.where, "directional work without a tested preference")
        return
    if exercise is None or exercise.preference is None:
        yield Violation("D2", variant.where, "not an exercise of a preferred direction")
        return
    shifts = (Direction.SHIFT_LEFT, Direction.SHIFT_RIGHT)
    if exercise.preference in shifts:
        right_way = direction in shifts and variant.side is side_of_shift(direction)
    else:
        right_way = exercise.preference is direction
    if direction in shifts and exercise.preference is Direction.EXTENSION:
        right_way = True  # when is rule D3
    if not right_way:
        yield Violation(
            "D2",
            variant.where,
            f"works {exercise.preference.value} on {variant.side.value}, tested: {direction.value}",
        )


def _opposite(case: Case, programme: Programme) -> Iterator[Violation]:
    ways = opposed(case)
    strong = int(value(case, D2, "matched_motion"))
    for variant in variants(programme):
        exercise = exercise_of(case, variant.exercise)
        item, session = variant.line.item, variant.line.session
        if exercise is None or exercise.activity or item.track is Track.DIRECTIONAL:
            continue
        if not any(moves(exercise, way) >= strong for way in ways):
            continue
        if _settling(programme, variant) and not is_off(case, D2):
            yield Violation("D2", variant.where, "repeated movement against the preference in settle")
        beside = session.short if variant.role == "short" else session.items
        after = next(n for n, other in enumerate(beside, start=1) if other is item)
        closed = any(later.track is Track.DIRECTIONAL for later in beside[after:])
        if programme.week(session.week).phase is not Phase.SETTLE and not closed and not is_off(case, D4):
            yield Violation("D4", variant.where, "not closed with the preferred direction")
