"""What a programme is made of: which tracks, how often, from when, and the goal or rule each serves.

Composition follows the reference programmes (clinical practice and judgement, [D]): trunk work
that resists movement, the main patterns, graded exposure of what is not tolerated, tasks that the
patient named, and for a healthy person strength without any of the back rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from planner.domain.case import Case
from planner.domain.directions import Direction
from planner.domain.exercise import Track
from planner.domain.patient import Aim, Goal, GoalKind, Irritability, Myotome, Presentation, TrainingStatus
from planner.domain.programme import Phase
from planner.rules.base import is_off
from planner.rules.bone import fragile, impact_allowed, needs_balance
from planner.rules.directional import exposes
from planner.rules.phases import first_week_in, forecast
from planner.rules.trunk import A2


@dataclass(frozen=True)
class TrackPlan:
    """One track of a programme.

    ``frequency`` is (least, preferred, most) sessions a week once it has started; ``weight`` its
    share in the objective; ``exercises`` narrows the catalogue (None: every exercise of the track);
    ``least_level`` is the catalogue level that its ladder must reach to be worth having; ``through`` an
    exercise that somebody asks to see in it, ``direct`` without easier ones before it.
    """

    key: str
    track: Track
    serves: tuple[str, ...]
    weight: int
    frequency: tuple[int, int, int]
    first_week: int = 1
    last_week: int = 52
    exercises: frozenset[str] | None = None
    goal: Goal | None = None
    least_level: int = 0
    direction: Direction | None = None
    through: str | None = None
    direct: bool = False


#: Exposure: the motion axis that each direction trains.
_AXIS = {
    Direction.FLEXION: "flexion",
    Direction.EXTENSION: "extension",
    Direction.ROTATION_LEFT: "rotation",
    Direction.ROTATION_RIGHT: "rotation",
    Direction.LATERAL_FLEXION_LEFT: "lateral_flexion",
    Direction.LATERAL_FLEXION_RIGHT: "lateral_flexion",
}


#: Lifts that a calm back or a healthy person trains for months: where a ladder without a goal should end. [D]
STAPLES = frozenset(
    {
        "barbell_back_squat",
        "goblet_squat",
        "leg_press",
        "conventional_deadlift",
        "trap_bar_deadlift",
        "romanian_deadlift_barbell",
        "romanian_deadlift_dumbbell",
        "kettlebell_deadlift_from_floor",
        "barbell_bench_press",
        "dumbbell_bench_press",
        "machine_chest_press",
        "bent_over_row",
        "seated_cable_row",
        "one_arm_dumbbell_row",
        "barbell_overhead_press",
        "standing_overhead_press",
        "lat_pulldown",
        "split_squat",
        "suitcase_carry",
        "farmer_carry",
        "machine_leg_curl",
        "loaded_heel_raise",
    }
)

#: Catalogue level from which an exercise is a speciality: given only where it is a goal, known or liked. [D]
SPECIALITY = 8


def goal_name(index: int) -> str:
    """The name under which a goal is referred to: ``goal 1`` for the first."""
    return f"goal {index + 1}"


def strong(case: Case) -> bool:
    """Whether the patient has trained with weights for years."""
    return case.patient.training.status in (TrainingStatus.INTERMEDIATE, TrainingStatus.ADVANCED)


def tracks(case: Case) -> tuple[TrackPlan, ...]:
    """The session tracks of a programme, most important first."""
    plans = _healthy(case) if case.patient.healthy else _back(case)
    plans = [_with_goals(case, plan) for plan in plans]
    plans.extend(_goal_tracks(case, {plan.track for plan in plans}))
    return tuple(sorted(plans, key=lambda plan: (-plan.weight, list(Track).index(plan.track), plan.key)))


def _healthy(case: Case) -> list[TrackPlan]:
    serves = _general_goals(case) or ("O2",)
    two = (1, 2, 2)
    plans = [
        TrackPlan("squat", Track.SQUAT, serves, 5, two),
        TrackPlan("hinge", Track.HINGE, serves, 5, two),
        TrackPlan("push", Track.PUSH, serves, 5, two),
        TrackPlan("row", Track.ROW, serves, 5, two),
        TrackPlan("press", Track.PRESS, serves, 3, two if strong(case) else (1, 1, 2)),
        TrackPlan("pulldown", Track.PULLDOWN, serves, 3, two if strong(case) else (1, 1, 2)),
        TrackPlan("lunge", Track.LUNGE, serves, 3, (1, 1, 2)),
        TrackPlan("trunk", Track.ANTI_EXTENSION, serves, 2, (1, 1, 2)),
        TrackPlan("carry", Track.CARRY, serves, 2, (1, 1, 2)),
    ]
    if strong(case):
        plans.append(TrackPlan("hamstring", Track.HAMSTRING, serves, 2, (1, 1, 2)))
        plans.append(TrackPlan("calf", Track.CALF, serves, 1, (1, 1, 2)))
    plans.extend(_bones(case))
    return plans


def _back(case: Case) -> list[TrackPlan]:
    high = case.patient.findings.irritability is Irritability.HIGH
    phases = forecast(case)
    build = first_week_in(case, Phase.BUILD)
    restore = first_week_in(case, Phase.RESTORE, Phase.BUILD, Phase.PERFORM)
    after_week_one = 2 if high else 1
    quota = () if is_off(case, A2) else ("A2",)
    general = _general_goals(case)
    strength = (*general, "O2")
    two = (1, 2, 2)
    trunk = (1, 2, 2) if phases[0] is not Phase.BUILD else (1, 1, 2)
    plans = [
        TrackPlan("hinge", Track.HINGE, strength, 5, two, first_week=restore if high else 1),
        TrackPlan("squat", Track.SQUAT, strength, 4, two, first_week=restore if high else 1),
        TrackPlan("row", Track.ROW, strength, 3, two),
        TrackPlan("push", Track.PUSH, strength, 3, two),
        TrackPlan("anti_extension", Track.ANTI_EXTENSION, quota or strength, 4, trunk, first_week=after_week_one),
        TrackPlan("anti_rotation", Track.ANTI_ROTATION, quota or strength, 3, (1, 1, 2), first_week=after_week_one),
        TrackPlan(
            "anti_lateral_flexion",
            Track.ANTI_LATERAL_FLEXION,
            quota or strength,
            3,
            (1, 1, 2),
            first_week=restore if high else 1,
        ),
        # once hinges are loaded they resist bending themselves
        TrackPlan(
            "anti_flexion",
            Track.ANTI_FLEXION,
            quota or strength,
            2,
            (1, 1, 2),
            first_week=restore,
            last_week=max(restore, build - 1),
        ),
        # a week after the phase has opened, so that not everything is new at once
        TrackPlan("lunge", Track.LUNGE, strength, 2, (1, 1, 2), first_week=build if build == 1 else build + 1),
    ]
    if case.patient.findings.irritability is Irritability.LOW:
        # the lifts resist bending already
        plans = [plan for plan in plans if plan.track is not Track.ANTI_FLEXION]
    if strong(case) and case.patient.findings.irritability is Irritability.LOW:
        # who has trained for years trains the whole body again
        plans += [
            TrackPlan("pulldown", Track.PULLDOWN, strength, 2, (1, 1, 2), least_level=3),
            TrackPlan("press", Track.PRESS, strength, 2, (1, 1, 2), least_level=3),
            TrackPlan("hamstring", Track.HAMSTRING, strength, 2, (1, 1, 2), least_level=3),
            TrackPlan("carry", Track.CARRY, strength, 1, (1, 1, 2), least_level=3),
            TrackPlan("calf", Track.CALF, strength, 1, (1, 1, 2), least_level=3),
        ]
    plans.extend(_exposure(case, restore))
    plans.extend(plan for plan in _bones(case) if plan.track not in {p.track for p in plans})
    plans.extend(plan for plan in _liked(case, strength) if plan.track not in {p.track for p in plans})
    weak = _weak_myotomes(case)
    return [plan for plan in plans if plan.track not in {w.track for w in weak}] + weak


def _exposure(case: Case, first_week: int) -> list[TrackPlan]:
    """Graded exposure of each direction that is to come back; a sided pair shares one track."""
    plans: dict[str, TrackPlan] = {}
    for intolerance in case.patient.findings.intolerances:
        axis = _AXIS.get(intolerance.direction)
        if intolerance.aim is not Aim.RE_EXPOSE or axis is None or axis in plans:
            continue
        if axis == "extension" and case.patient.findings.presentation is Presentation.STENOSIS_CLAUDICATION:
            # a narrow canal is not taught to arch by repetition; walking and strength upright are its exposure
            continue
        along = frozenset(e.id for e in case.exercises.values() if exposes(e, axis))
        plans[axis] = TrackPlan(
            f"exposure_{axis}",
            Track.EXPOSURE,
            ("D1",),
            5,
            (1, 2, 3),
            first_week=first_week,
            exercises=along,
            direction=intolerance.direction,
        )
    return list(plans.values())


def _bones(case: Case) -> list[TrackPlan]:
    """Back extensors, hips, calves and impact where bones or balance ask for them."""
    if not needs_balance(case) and not fragile(case):
        return []
    perform = first_week_in(case, Phase.PERFORM)
    plans = [
        TrackPlan("thoracic", Track.THORACIC, ("B1",), 2, (1, 2, 2)),
        TrackPlan("hip", Track.HIP, ("B1",), 2, (1, 1, 2)),
        TrackPlan("calf", Track.CALF, ("B1",), 2, (1, 2, 2)),
    ]
    if impact_allowed(case) and case.patient.conditions.osteoporosis is True:
        plans.append(TrackPlan("impact", Track.IMPACT, ("B1",), 2, (1, 2, 3), first_week=perform))
    return plans


def _liked(case: Case, serves: tuple[str, ...]) -> list[TrackPlan]:
    """Calves and hips where somebody likes an exercise for them: a runner, for one."""
    found = (case.exercises.get(name) for name in case.patient.likes)
    liked = {track for exercise in found if exercise is not None for track in exercise.tracks}
    return [TrackPlan(t.value, t, serves, 2, (1, 2, 2)) for t in (Track.CALF, Track.HIP) if t in liked]


def _weak_myotomes(case: Case) -> list[TrackPlan]:
    """Strengthening of a stable weakness below the knee; the knee's own muscles are in squat and lunge."""
    weak = {m.myotome for m in case.patient.findings.neurology.motor if m.grade < 5}
    if weak & {Myotome.L4, Myotome.L5, Myotome.S1}:
        return [TrackPlan("calf", Track.CALF, ("T3",), 4, (2, 2, 3))]
    return []


def _general_goals(case: Case) -> tuple[str, ...]:
    return tuple(
        goal_name(i) for i, goal in enumerate(case.patient.goals) if goal.kind in (GoalKind.STRENGTH, GoalKind.HEALTH)
    )


def _must_first(case: Case) -> list[tuple[int, Goal]]:
    """Goals with their numbers: those that must be reached before those that are wanted."""
    return sorted(enumerate(case.patient.goals), key=lambda pair: pair[1].priority != "must")


def _with_goals(case: Case, plan: TrackPlan) -> TrackPlan:
    """A track that a goal names: it serves the goal and weighs more."""
    for i, goal in _must_first(case):
        exercise = case.exercises.get(goal.exercise or "")
        if exercise is None or plan.track not in exercise.tracks[:1]:
            continue
        if plan.exercises is not None and exercise.id not in plan.exercises:
            continue
        least, wanted, most = plan.frequency
        return replace(
            plan,
            serves=(goal_name(i), *(s for s in plan.serves if s != goal_name(i))),
            weight=plan.weight + 3,
            frequency=(least, max(2, wanted), max(2, most)),
            goal=goal,
        )
    tasks = tuple(
        goal_name(i) for i, goal in enumerate(case.patient.goals) if goal.kind in (GoalKind.TASK, GoalKind.EXERCISE)
    )
    if tasks and plan.track in (Track.HINGE, Track.EXPOSURE):
        return replace(plan, serves=(*tasks, *(s for s in plan.serves if s not in tasks)), weight=plan.weight + 1)
    return plan


def _goal_tracks(case: Case, there: set[Track]) -> list[TrackPlan]:
    """Tracks that only a goal asks for: tasks, or an exercise of a track that is not there yet."""
    build = first_week_in(case, Phase.BUILD, Phase.PERFORM)
    plans: dict[Track, TrackPlan] = {}
    for i, goal in _must_first(case):
        exercise = case.exercises.get(goal.exercise or "")
        if exercise is None or not exercise.tracks:
            continue
        track = exercise.tracks[0]
        # settling work follows the findings, never a wish
        if track in there or track in plans or track in (Track.DIRECTIONAL, Track.NEURAL, Track.RELIEF):
            continue
        first = build if track is Track.TASK and not case.patient.healthy else 1
        axis = next((a for a in ("flexion", "extension", "rotation", "lateral_flexion") if exposes(exercise, a)), None)
        along = None
        if track is Track.EXPOSURE and axis is not None:
            along = frozenset(e.id for e in case.exercises.values() if exposes(e, axis))
        plans[track] = TrackPlan(
            track.value, track, (goal_name(i),), 6, (1, 2, 2), first_week=first, goal=goal, exercises=along
        )
    return list(plans.values())
