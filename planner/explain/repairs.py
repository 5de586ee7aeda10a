"""The smallest changes that make a case possible, each proved by planning it.

A correction names requirements to give up; a change says how far: the fewest minutes, weeks or
kilograms.  Rules that are never set aside are not offered, others only as an override that a clinician
would have to sign.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from planner.domain.case import Case
from planner.domain.exercise import Apparatus, Exercise, Implement
from planner.domain.patient import Bar, Equipment, GoalKind, Stack, Window
from planner.domain.programme import NO_PROVENANCE, Programme, SessionKind
from planner.errors import PlannerError
from planner.explain.conflicts import Clash, Possible
from planner.explain.requirements import (
    Requirement,
    changed,
    full_kit,
    goal_words,
    lengthened,
    longest_horizon,
    more_days,
    requirements,
    signed_off,
    with_availability,
    with_daily_slot,
    with_goal,
    with_place,
    with_weeks,
    world,
)
from planner.plan import make_programme
from planner.progression.loads import ALWAYS_THERE, BANDS, owned
from planner.rules import RULES
from planner.rules.base import value
from planner.rules.content import goal_name
from planner.rules.dosing import sessions_a_week
from planner.solver.prepare import prepare
from planner.solver.reasons import obstacles

#: What a change asks of people, so that small ones come first: a step of each kind. [D]
FIVE_MINUTES = 1.0
A_WEEK = 1.0
A_SESSION = 4.0
A_THING = 3.0
A_WISH = 2.0
A_TENTH_LESS = 1.0
NO_LONGER_A_MUST = 6.0
A_SIGNATURE = 15.0
A_RULE_LESS = 20.0

#: Repairs that are proved at most.
MOST_REPAIRS = 10


@dataclass(frozen=True)
class Change:
    """One change of the patient file: its place, in words, and how much it asks of people."""

    path: str
    words: str
    size: float
    apply: Callable[[Case], Case] = field(compare=False, repr=False)
    signed: bool = False


@dataclass(frozen=True)
class Repair:
    """Changes that together make the case possible, and what the programme then shows."""

    changes: tuple[Change, ...]
    outcome: str

    @property
    def size(self) -> float:
        """How much it asks of people in all."""
        return sum(change.size for change in self.changes)

    @property
    def signed(self) -> bool:
        """Whether a clinician would have to sign an override."""
        return any(change.signed for change in self.changes)


def repairs(case: Case, clash: Clash, *, seconds: float, most: int = MOST_REPAIRS) -> list[Repair]:
    """Smallest changes for every correction of a clash, those that ask least first."""
    until = time.monotonic() + seconds
    out: list[Repair] = []
    seen: set[tuple[str, ...]] = set()
    # what needs no search first, so that there is an answer however little time is left: goals no longer musts
    goals = [found for found in clash.corrections if all(r.key.startswith("goal:") for r in found)]
    if goals:
        changes = tuple(_no_must(case, int(r.key.partition(":")[2])) for r in min(goals, key=len))
        seen.add(tuple(change.words for change in changes))
        programme = _proved(case, changes, until)
        if programme is not None:
            out.append(Repair(changes, _outcome(case, programme)))
    # a way without a signature first, then the fewest changes
    for correction in sorted(clash.corrections, key=lambda found: (any(r.is_rule for r in found), len(found))):
        if any(requirement.never for requirement in correction):
            continue
        for way in _ways(case, correction, until):
            changes = way
            names = tuple(change.words for change in changes)
            if names in seen or len(out) >= most or time.monotonic() > until:
                continue
            seen.add(names)
            programme = _proved(case, changes, until)
            if programme is None and len(changes) == 1:
                # arithmetic saw nothing against it, but the solver did: a larger one of the same kind, then
                changes, programme = _larger(case, correction[0], changes[0], until)
            if programme is not None:
                out.append(Repair(changes, _outcome(case, programme)))
    return sorted(out, key=lambda repair: (repair.signed, repair.size))


def _ways(case: Case, correction: Sequence[Requirement], until: float) -> Iterator[tuple[Change, ...]]:
    """Ways to make one correction: every kind of change of each requirement beside the least of the others."""
    least: list[list[Change]] = []
    for n, requirement in enumerate(correction):
        others = [other for k, other in enumerate(correction) if k != n]
        rest, without = world(case, others)
        if without:
            # the groups of a rule go with it only in thought; as a change it has to be signed
            for other in others:
                if other.group is not None:
                    rest = signed_off(rest, other.rule)
        found = []
        for kind in kinds(case, requirement):
            smallest = first_enough(rest, kind, without_obstacle, until)
            if smallest is not None and len(correction) > 1 and not can(smallest.apply(rest)):
                smallest = first_enough(rest, kind[kind.index(smallest) + 1 :], can, until)
            if smallest is not None:
                found.append(smallest)
        if not found:
            return
        least.append(sorted(found, key=lambda change: change.size))
    for n, choices in enumerate(least):
        for change in choices:
            yield tuple(change if k == n else other[0] for k, other in enumerate(least))


def _larger(
    case: Case, requirement: Requirement, change: Change, until: float
) -> tuple[tuple[Change, ...], Programme | None]:
    """The smallest change of the same kind that the solver agrees to, above one that it does not."""
    kind = next((kind for kind in kinds(case, requirement) if change in kind), [])
    found = first_enough(case, kind[kind.index(change) + 1 :], can, until) if kind else None
    if found is None:
        return (), None
    return (found,), _proved(case, (found,), until)


def first_enough(case: Case, kind: Sequence[Change], enough: Callable[[Case], bool], until: float) -> Change | None:
    """The smallest change of a kind after which a case is enough; after the one before it, it is not.

    None where none is enough, or where the time did not suffice to find the smallest.
    """
    high = len(kind) - 1
    if high < 0 or time.monotonic() > until or not enough(kind[high].apply(case)):
        return None
    low = -1  # too little
    while high - low > 1:
        if time.monotonic() > until:
            # what is enough is known, but not that less is too little
            return None
        middle = (low + high) // 2
        if enough(kind[middle].apply(case)):
            high = middle
        else:
            low = middle
    return kind[high]


def without_obstacle(case: Case) -> bool:
    """Whether arithmetic alone has nothing to say against a case."""
    return next(iter(obstacles(prepare(case, musts=True))), None) is None


def can(case: Case) -> bool:
    """Whether everything that a case asks can be met."""
    possible = Possible(case, requirements(case))
    return possible(frozenset(possible.requirements))


def _proved(case: Case, changes: Sequence[Change], until: float) -> Programme | None:
    """A verified programme of the changed case, None when there is none."""
    for change in changes:
        case = change.apply(case)
    seconds = max(2.0, until - time.monotonic())
    try:
        return make_programme(case, provenance=NO_PROVENANCE, seconds=seconds, best=False).programme
    except PlannerError:
        return None


def _outcome(case: Case, programme: Programme) -> str:
    """What a programme shows: sessions, and the goals that must be reached."""
    weeks = programme.weeks_planned
    sessions = sum(s.kind is SessionKind.TRAINING for s in programme.sessions)
    parts = [f"{sessions} sessions in {weeks} weeks"]
    for goal, outcome in zip(case.patient.goals, programme.goals, strict=True):
        if goal.priority == "must" and outcome.reached_week is not None:
            parts.append(f"{outcome.goal} in week {outcome.reached_week}")
    return "; ".join(parts)


# -------------------------------------------------------------------- kinds of change
def kinds(case: Case, requirement: Requirement) -> list[list[Change]]:
    """Kinds of change of one requirement, each from the smallest up; empty when nobody may change it."""
    name, _, number = requirement.key.partition(":")
    if requirement.is_rule:
        return [] if requirement.never else _signed(case, requirement)
    make: dict[str, Callable[[], list[list[Change]]]] = {
        "goal": lambda: _goal(case, int(number)),
        "by": lambda: [_later(case, int(number))],
        "weeks": lambda: [_more_weeks(case)],
        "windows": lambda: _longer_windows(case),
        "session_minutes": lambda: [_longer_sessions(case)],
        "sessions": lambda: [_more_sessions(case)],
        "away": lambda: _not_away(case),
        "busy": lambda: [[Change("availability.busy", "keep the windows free of busy events", 2 * A_WISH, _not_busy)]],
        "daily": lambda: [_longer_daily(case)],
        "place": lambda: _equipped(case, int(number)),
        "dislike": lambda: [[_liked(case, int(number))]],
    }
    return [kind for kind in make[name]() if kind]


def _goal(case: Case, i: int) -> list[list[Change]]:
    return [_less(case, i), [_no_must(case, i)]]


def _no_must(case: Case, i: int) -> Change:
    return Change(
        f"goals[{i}].priority",
        f"make {goal_name(i)} ({goal_words(case, i)}) a want",
        NO_LONGER_A_MUST,
        lambda c: with_goal(c, i, priority="want"),
    )


def _less(case: Case, i: int) -> list[Change]:
    """The same goal at less load, or in fewer minutes or repetitions."""
    goal = case.patient.goals[i]
    path = f"goals[{i}]"
    out: list[Change] = []

    def change(name: str, was: float, to: float, unit: str) -> Change:
        return Change(
            f"{path}.{name}",
            f"{goal_name(i)}: {to:g} {unit} instead of {was:g}",
            10 * A_TENTH_LESS * (was - to) / was,
            lambda c: with_goal(c, i, **{name: to if name == "load_kg" else int(to)}),
        )

    if goal.kind is GoalKind.WALK and goal.minutes is not None:
        below = range((goal.minutes - 1) // 5 * 5, 4, -5)
        out = [change("minutes", goal.minutes, minutes, "minutes") for minutes in below]
    elif goal.load_kg is not None:
        out = [
            change("load_kg", goal.load_kg, kg, "kg") for kg in _loads_below(case, goal.exercise or "", goal.load_kg)
        ]
    elif goal.repetitions is not None and goal.exercise is not None:
        counts = range(goal.repetitions - 1, 0, -1)
        out = [change("repetitions", goal.repetitions, count, "repetitions") for count in counts]
    return out


def _loads_below(case: Case, name: str, load_kg: float) -> list[float]:
    exercise = case.exercises.get(name)
    if exercise is None:
        return []
    loads = {
        round(load.kg, 2)
        for place in case.patient.places
        for setup in exercise.setups
        for load in owned(place.equipment, setup.implement)
        if load.kg < load_kg - 1e-6
    }
    return sorted(loads, reverse=True)


def _later(case: Case, i: int) -> list[Change]:
    by = case.patient.goals[i].by_week or case.weeks
    return [
        Change(
            f"goals[{i}].by_week",
            f"{goal_name(i)} by week {week} instead of {by}",
            A_WEEK * (week - by),
            lambda c, week=week: with_goal(c, i, by_week=week),  # type: ignore[misc]
        )
        for week in range(by + 1, case.weeks + 1)
    ]


def _more_weeks(case: Case) -> list[Change]:
    return [
        Change(
            "episode.weeks",
            f"{weeks} weeks instead of {case.weeks}",
            A_WEEK * (weeks - case.weeks),
            lambda c, weeks=weeks: with_weeks(c, weeks),  # type: ignore[misc]
        )
        for weeks in range(case.weeks + 1, longest_horizon(case) + 1)
    ]


def _steps(have: int, most: int) -> list[int]:
    """Minutes above ``have``, on the five, up to ``most``."""
    return list(range((have // 5 + 1) * 5, most + 1, 5))


def _longer_windows(case: Case) -> list[list[Change]]:
    windows = case.patient.availability.windows
    out: list[list[Change]] = []
    for n, window in enumerate(windows):
        if n < 4:
            out.append(
                [
                    Change(
                        f"availability.windows[{n}]",
                        f"{minutes - window.minutes} minutes more on {window.day.value.title()} ({minutes} in all)",
                        FIVE_MINUTES * (minutes - window.minutes) / 5,
                        lambda c, n=n, minutes=minutes: _longer_window(c, {n: minutes}),  # type: ignore[misc]
                    )
                    for minutes in _steps(window.minutes, window.minutes + 60)
                ]
            )
    if len(windows) > 1:
        shortest = min(window.minutes for window in windows)
        out.append(
            [
                Change(
                    "availability.windows",
                    f"every window at least {minutes} minutes long",
                    FIVE_MINUTES * sum(max(0, minutes - window.minutes) for window in windows) / 5,
                    lambda c, minutes=minutes: _longer_window(  # type: ignore[misc]
                        c, {n: minutes for n, w in enumerate(c.patient.availability.windows) if w.minutes < minutes}
                    ),
                )
                for minutes in _steps(shortest, shortest + 60)
            ]
        )
    return out


def _longer_window(case: Case, to: dict[int, int]) -> Case:
    """The case with some windows longer, those of the same day pushed out of their way."""
    longer = [lengthened(w, to[n]) if n in to else w for n, w in enumerate(case.patient.availability.windows)]

    def clear(n: int, window: Window) -> bool:
        return n in to or not any(
            other.day is window.day and other.start < window.end and window.start < other.end
            for k, other in enumerate(longer)
            if k in to
        )

    return with_availability(case, windows=tuple(w for n, w in enumerate(longer) if clear(n, w)))


def _longer_sessions(case: Case) -> list[Change]:
    availability = case.patient.availability
    have = availability.session_minutes or 0
    longest = max(window.minutes for window in availability.windows)
    return [
        Change(
            "availability.session_minutes",
            f"sessions of {minutes} minutes instead of {have}",
            FIVE_MINUTES * sessions_a_week(case) * (minutes - have) / 5,
            lambda c, minutes=minutes: with_availability(c, session_minutes=minutes),  # type: ignore[misc]
        )
        for minutes in [*_steps(have, longest - 1), longest]
        if minutes > have
    ]


def _more_sessions(case: Case) -> list[Change]:
    have = sessions_a_week(case)
    return [
        Change(
            "availability.sessions_per_week" if count <= _days(case) else "availability.windows",
            f"{count} sessions a week instead of {have}"
            + ("" if count <= _days(case) else ", with windows on more days"),
            A_SESSION * (count - have),
            lambda c, count=count: more_days(c, count),  # type: ignore[misc]
        )
        for count in range(have + 1, 6)
    ]


def _days(case: Case) -> int:
    return len({window.day for window in case.patient.availability.windows})


def _not_away(case: Case) -> list[list[Change]]:
    away = case.patient.availability.away
    singles = [
        [
            Change(
                f"availability.away[{n}]",
                f"train between {one.first:%d %b} and {one.last:%d %b}",
                2 * A_WISH,
                lambda c, one=one: with_availability(  # type: ignore[misc]
                    c, away=tuple(a for a in c.patient.availability.away if a != one)
                ),
            )
        ]
        for n, one in enumerate(away[:4])
    ]
    every = Change(
        "availability.away", "train on the days away", 2 * A_WISH * len(away), lambda c: with_availability(c, away=())
    )
    return singles if len(away) == 1 else [*singles, [every]]


def _not_busy(case: Case) -> Case:
    from dataclasses import replace

    return replace(case, busy=())


def _longer_daily(case: Case) -> list[Change]:
    have = max((slot.minutes for slot in case.patient.availability.daily_slots), default=0)
    words = "a daily slot of {} minutes" if not have else "a daily slot of {} minutes instead of " + str(have)
    return [
        Change(
            "availability.daily_slots",
            words.format(minutes),
            FIVE_MINUTES * (minutes - have) / 5,
            lambda c, minutes=minutes: with_daily_slot(c, minutes),  # type: ignore[misc]
        )
        for minutes in _steps(have, 120)
    ]


def _liked(case: Case, n: int) -> Change:
    name = case.patient.dislikes[n]
    exercise = case.exercises.get(name)
    return Change(
        f"dislikes[{n}]",
        f"agree to {exercise.name if exercise else name}",
        A_WISH,
        lambda c: changed(c, dislikes=tuple(d for d in c.patient.dislikes if d != name)),
    )


# -------------------------------------------------------------------- equipment
def _equipped(case: Case, n: int) -> list[list[Change]]:
    """One thing more at a place, as the goals' exercises need it; all of them as the last resort."""
    place = case.patient.places[n]
    path = f"places[{n}].equipment"
    out: list[list[Change]] = []
    for goal in case.patient.goals:
        exercise = case.exercises.get(goal.exercise or "")
        if goal.priority != "must" or exercise is None:
            continue
        for words, kit in _additions(exercise, place.equipment, goal.load_kg or 0.0):
            out.append(
                [Change(path, f"{words} at {place.name}", A_THING, lambda c, kit=kit: with_place(c, n, kit))]  # type: ignore[misc]
            )
    everything = full_kit(place.equipment)
    out.append([Change(path, f"a fully equipped {place.name}", 5 * A_THING, lambda c: with_place(c, n, everything))])
    return out


def _additions(exercise: Exercise, kit: Equipment, load_kg: float) -> Iterator[tuple[str, Equipment]]:
    """What each set-up of an exercise needs that is not there, in words and as equipment."""
    for setup in exercise.setups:
        things: list[Apparatus] = [thing for thing in setup.needs if thing not in ALWAYS_THERE | set(kit.things)]
        update: dict[str, object] = {"things": (*kit.things, *things)} if things else {}
        words = [f"a {thing.value.replace('_', ' ')}" for thing in things]
        more = _loads(setup.implement, kit, load_kg)
        if more is not None:
            words.append(more[0])
            update[more[1]] = more[2]
        if update:
            yield " and ".join(words), kit.model_copy(update=update)


def _loads(implement: Implement, kit: Equipment, load_kg: float) -> tuple[str, str, object] | None:
    """(words, field, value) of the loads of an implement that are missing for a goal."""
    if implement is Implement.NONE:
        return None
    if implement is Implement.BAND:
        missing = [band for band in BANDS[1:4] if band not in kit.bands]
        return (
            ("elastic bands", "bands", tuple(b for b in BANDS if b in kit.bands or b in missing)) if missing else None
        )
    factor = 1.0 if kit.unit == "kg" else 2.2046
    have = max((load.kg for load in owned(kit, implement)), default=0.0)
    if have and not load_kg:
        return None
    top = load_kg or 10.0
    if have >= top:
        return None
    most = max(10.0, top) * factor

    def steps(step: float) -> tuple[float, ...]:
        return tuple(step * k for k in range(1, int(most / step + 0.999) + 1))

    if implement in (Implement.DUMBBELL, Implement.DUMBBELL_PAIR):
        loads = tuple(sorted({*kit.dumbbells, *steps(2.0 if kit.unit == "kg" else 5.0)}))
        return f"dumbbells up to {loads[-1]:g} {kit.unit}", "dumbbells", loads
    if implement is Implement.KETTLEBELL:
        loads = tuple(sorted({*kit.kettlebells, *steps(4.0 if kit.unit == "kg" else 10.0)}))
        return f"kettlebells up to {loads[-1]:g} {kit.unit}", "kettlebells", loads
    if implement is Implement.PLATE:
        loads = tuple(sorted({*kit.plates, *steps(5.0)}))
        return f"plates up to {loads[-1]:g} {kit.unit}", "plates", loads
    if implement in (Implement.BARBELL, Implement.TRAP_BAR):
        bar = Bar(bar=20 if kit.unit == "kg" else 45, plates=_pairs(most, kit.unit == "kg"))
        name = "barbell" if implement is Implement.BARBELL else "trap_bar"
        return f"a {name.replace('_', ' ')} with plates for {most:g} {kit.unit}", name, bar
    step = 5.0 if implement is not Implement.BOX else 1.0
    stack = Stack(low=step, high=step * int(most / step + 0.999), step=step)
    return f"a {implement.value} up to {stack.high:g} {kit.unit}", implement.value, stack


def _pairs(most: float, metric: bool) -> tuple[float, ...]:
    """Pairs of plates that make every small step up to a total."""
    small, bar = ((1.25, 2.5, 5.0, 10.0), 20.0) if metric else ((2.5, 5.0, 10.0, 25.0), 45.0)
    big = 20.0 if metric else 45.0
    have = sum(small)
    need = max(0.0, (most - bar) / 2 - have)
    return (*small, *([big] * int(need / big + 0.999)))


# -------------------------------------------------------------------- overrides
def _signed(case: Case, requirement: Requirement) -> list[list[Change]]:
    """Overrides that a clinician would have to sign: a parameter at the end of its range, or the rule off."""
    rule = RULES[requirement.rule]
    out: list[list[Change]] = []
    for parameter, end in itertools.product(rule.parameters[:8], ("low", "high")):
        to = getattr(parameter, end)
        if to == value(case, rule, parameter.name):
            continue
        out.append(
            [
                Change(
                    "overrides",
                    f"sign an override of {rule.id} ({rule.title.lower()}): {parameter.name} {to:g} "
                    f"instead of {value(case, rule, parameter.name):g}",
                    A_SIGNATURE,
                    lambda c, name=parameter.name, to=to: signed_off(c, rule.id, {name: to}),  # type: ignore[misc]
                    signed=True,
                )
            ]
        )
    off = Change(
        "overrides",
        f"sign an override of {rule.id} ({rule.title.lower()}): off for this patient",
        A_RULE_LESS,
        lambda c: signed_off(c, rule.id),
        signed=True,
    )
    return [*out, [off]]
