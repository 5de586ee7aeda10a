"""What must hold of a catalogue before anything is planned from it.

Each check is one function from exercises to findings.  Together they prove that every exercise
can be judged (tags), reached (links, levels), dosed within reason (bounds), understood without
alarm (cues), and that whoever a rule demands a track for finds a first exercise in it (entries).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from catalog.loader import SOURCES, exercises_of, read_document
from planner.domain.directions import Direction, Side
from planner.domain.dose import DoseKind
from planner.domain.envelope import admits
from planner.domain.exercise import (
    Apparatus,
    DoseBounds,
    Exercise,
    Nerve,
    NeuralKind,
    Scheme,
    Track,
)
from planner.domain.patient import Bar, Equipment, Irritability, Place, Stack
from planner.errors import Fault, InvalidInput
from planner.progression.loads import setup_at

if TYPE_CHECKING:
    from planner.intake.yamlfile import Document

ValuePath = tuple[str | int, ...]
#: Where the value at a path inside the n-th exercise stands: (file, line), line 0 when unknown.
Origin = Callable[[int, ValuePath], tuple[str, int]]
#: One finding: number of the exercise (None: the whole catalogue), path inside it, problem.
Finding = tuple[int | None, ValuePath, str]

#: The moment that each trunk track trains.
TRUNK_AXES: Final = {
    Track.ANTI_EXTENSION: "extension",
    Track.ANTI_FLEXION: "flexion",
    Track.ANTI_ROTATION: "rotation",
    Track.ANTI_LATERAL_FLEXION: "lateral_flexion",
}

#: The moment that must not fall along a ladder: that of a trunk track, and bending in a hinge.
LADDER_AXES: Final = {**TRUNK_AXES, Track.HINGE: "flexion"}

#: Sane ends of doses: the highest value that any exercise may allow. [D]
MOST: Final = {
    "sets": 5,
    "repetitions": 60,  # heel drops build to 50
    "hold_seconds": 60,
    "metres": 400,
    "work_seconds": 1_800,
    "interval_rest_seconds": 600,
    "rounds": 20,
}
#: Longest continuous bout in seconds: activities (walking, cycling), and everything else. [D]
MOST_SECONDS_ACTIVITY: Final = 7_200
MOST_SECONDS: Final = 900
#: Longest planned trunk hold, seconds (rule A1).
TRUNK_HOLD_SECONDS: Final = 10

KIND_OF_SCHEME: Final = {
    Scheme.REPETITIONS: DoseKind.REPETITIONS,
    Scheme.HOLDS: DoseKind.HOLD,
    Scheme.DOUBLE_PROGRESSION: DoseKind.REPETITIONS,
    Scheme.BAND: DoseKind.REPETITIONS,
    Scheme.DISTANCE: DoseKind.DISTANCE,
    Scheme.MINUTES: DoseKind.TIME,
    Scheme.INTERVALS: DoseKind.INTERVALS,
}

#: Stems of words that no patient reads in a cue.
ALARMING: Final = ("intoleran", "provocat", "provok", "damag", "forbid", "danger", "harm", "injur")
_ALARM = re.compile(rf"\b({'|'.join(ALARMING)})\w*", re.IGNORECASE)

#: Tracks that are done once they are reached: a movement or a task regained, symptoms settled.
FINITE_TRACKS: Final = frozenset(
    {
        Track.RELIEF,
        Track.DIRECTIONAL,
        Track.NEURAL,
        Track.MOBILITY,
        Track.THORACIC,
        Track.EXPOSURE,
        Track.TASK,
    }
)

#: From this level on an exercise may be the top of its ladder.
TOP_LEVEL: Final = 6


def lint(exercises: Sequence[Exercise], origin: Origin | None = None) -> list[Fault]:
    """Everything that is wrong with a whole catalogue, in the order of its files; empty when sound.

    ``origin`` says in which file and line a value stands.
    """
    faults = []
    for check in CHECKS:
        for number, path, problem in check(exercises):
            file, line = origin(number, path) if origin and number is not None else ("catalogue", 0)
            where = "" if number is None else exercises[number].id
            for part in path:
                where += f"[{part}]" if isinstance(part, int) else f".{part}"
            faults.append(Fault(file, line, where, problem))
    return sorted(faults)


def lint_files(paths: Iterable[Path] | None = None) -> list[Fault]:
    """Read and lint catalogue files (the shipped ones by default) as one catalogue.

    When a file cannot be read or an exercise is malformed, only that is reported: links and
    entries cannot be judged on half a catalogue.
    """
    exercises: list[Exercise] = []
    places: list[tuple[int, int]] = []
    documents: list[Document] = []
    faults: list[Fault] = []
    for path in sorted(SOURCES.glob("*.yaml")) if paths is None else paths:
        try:
            document = read_document(path)
        except InvalidInput as error:
            faults.extend(error.faults)
            continue
        found, numbers, wrong = exercises_of(document)
        exercises.extend(found)
        faults.extend(wrong)
        places.extend((len(documents), number) for number in numbers)
        documents.append(document)
    if faults:
        return faults

    def origin(number: int, path: ValuePath) -> tuple[str, int]:
        file, index = places[number]
        return documents[file].file, documents[file].line((index, *path))

    return lint(exercises, origin)


def tags(exercises: Sequence[Exercise]) -> Iterator[Finding]:
    """Every safety tag is known; an exercise without one is never prescribed."""
    for i, exercise in enumerate(exercises):
        for name in exercise.missing_tags:
            yield i, (), f"{name} is missing: without it the exercise is never prescribed"


def identity(exercises: Sequence[Exercise]) -> Iterator[Finding]:
    """Ids and names are unique."""
    for field in ("id", "name"):
        seen: set[str] = set()
        for i, exercise in enumerate(exercises):
            value = getattr(exercise, field)
            if value in seen:
                yield i, (field,), f"{field} {value!r} is given twice"
            seen.add(value)


def links(exercises: Sequence[Exercise]) -> Iterator[Finding]:
    """Every link leads to an exercise that links back, to a higher level, never to itself twice."""
    known = {exercise.id: exercise for exercise in exercises}
    for i, exercise in enumerate(exercises):
        ups = [link.to for link in exercise.progresses_to]
        for field, names in (("progresses_to", ups), ("regresses_to", list(exercise.regresses_to))):
            for k, name in enumerate(names):
                if name not in known:
                    yield i, (field, k), f"there is no exercise {name!r}"
                elif names.index(name) < k:
                    yield i, (field, k), f"{name} is given twice"
        for k, name in enumerate(ups):
            harder = known.get(name)
            if harder is None:
                continue
            if exercise.id not in harder.regresses_to:
                yield i, ("progresses_to", k), f"{name} does not name {exercise.id} in regresses_to"
            if harder.level <= exercise.level:
                yield i, ("progresses_to", k), f"level must rise: {exercise.level} here, {harder.level} in {name}"
        for k, name in enumerate(exercise.regresses_to):
            if name in known and exercise.id not in [link.to for link in known[name].progresses_to]:
                yield i, ("regresses_to", k), f"{name} does not name {exercise.id} in progresses_to"


def cycles(exercises: Sequence[Exercise]) -> Iterator[Finding]:
    """Climbing never leads back to where it began."""
    up = {exercise.id: [link.to for link in exercise.progresses_to] for exercise in exercises}
    for i, exercise in enumerate(exercises):
        reached: set[str] = set()
        ahead = list(up[exercise.id])
        while ahead:
            name = ahead.pop()
            if name not in reached:
                reached.add(name)
                ahead.extend(up.get(name, ()))
        if exercise.id in reached:
            yield i, ("progresses_to",), "progressing from here leads back here"


def axes(exercises: Sequence[Exercise]) -> Iterator[Finding]:
    """Inside a track the moment that is trained does not fall on the way up."""
    known = {exercise.id: exercise for exercise in exercises}
    for i, exercise in enumerate(exercises):
        for k, link in enumerate(exercise.progresses_to):
            harder = known.get(link.to)
            if harder is None or exercise.resists is None or harder.resists is None:
                continue
            for track, axis in LADDER_AXES.items():
                here, there = getattr(exercise.resists, axis), getattr(harder.resists, axis)
                if track in exercise.tracks and track in harder.tracks and there < here:
                    problem = f"in {track.value} resists.{axis} falls from {here} to {there} in {link.to}"
                    yield i, ("progresses_to", k), problem


def trunk_tracks(exercises: Sequence[Exercise]) -> Iterator[Finding]:
    """An exercise of a trunk track resists what the track trains; bracing alone (level 1) leads up to it."""
    for i, exercise in enumerate(exercises):
        for track, axis in TRUNK_AXES.items():
            if exercise.level == 1 or track not in exercise.tracks or exercise.resists is None:
                continue
            if not getattr(exercise.resists, axis):
                yield i, ("resists", axis), f"is 0, but the exercise serves {track.value}"


def doses(exercises: Sequence[Exercise]) -> Iterator[Finding]:
    """Doses lie within reason and are of the kind that the scheme steps."""
    for i, exercise in enumerate(exercises):
        bounds = exercise.bounds
        kind = KIND_OF_SCHEME.get(exercise.scheme, bounds.kind)
        if bounds.kind is not kind:
            yield i, ("bounds", "kind"), f"a scheme of {exercise.scheme.value} steps doses of {kind.value}"
        for name, most in MOST.items():
            pair = getattr(bounds, name)
            if pair is not None and pair[1] > most:
                yield i, ("bounds", name), f"must be at most {most} (got {pair[1]})"
        for name in ("sets", "repetitions", "rounds"):
            pair = getattr(bounds, name)
            if pair is not None and pair[0] < 1:
                yield i, ("bounds", name), "must begin at 1 or more"
        longest = MOST_SECONDS_ACTIVITY if Track.AEROBIC in exercise.tracks or exercise.activity else MOST_SECONDS
        if bounds.seconds is not None and bounds.seconds[1] > longest:
            yield i, ("bounds", "seconds"), f"must be at most {longest} (got {bounds.seconds[1]})"
        if TRUNK_AXES.keys() & set(exercise.tracks) and _longest_hold(bounds) > TRUNK_HOLD_SECONDS:
            yield i, ("bounds",), f"a trunk hold lasts at most {TRUNK_HOLD_SECONDS} s (rule A1)"


def _longest_hold(bounds: DoseBounds) -> int:
    """Longest static effort of a set in seconds; a carry in metres or repetitions is none."""
    if bounds.kind is DoseKind.HOLD and bounds.hold_seconds is not None:
        return bounds.hold_seconds[1]
    if bounds.kind is DoseKind.TIME and bounds.seconds is not None:
        return bounds.seconds[1]
    return 0


def loads(exercises: Sequence[Exercise]) -> Iterator[Finding]:
    """A loaded exercise says where a calibration begins and what carries over to the next."""
    known = {exercise.id: exercise for exercise in exercises}
    for i, exercise in enumerate(exercises):
        if exercise.loadable and exercise.start_load_share is None:
            yield i, (), "start_load_share is missing: where does a calibration begin?"
        if not exercise.loadable and exercise.start_load_share is not None:
            yield i, ("start_load_share",), "has no use: no load in mass can be chosen"
        for k, link in enumerate(exercise.progresses_to):
            harder = known.get(link.to)
            if harder and exercise.loadable and harder.loadable and link.carry_over is None:
                yield i, ("progresses_to", k), f"carry_over is missing: both this and {link.to} are loaded"


def cues(exercises: Sequence[Exercise]) -> Iterator[Finding]:
    """Cues are a few whole sentences without words that alarm."""
    for i, exercise in enumerate(exercises):
        for field in ("setup", "movement", "feel", "stop"):
            text = getattr(exercise.cue, field)
            found = _ALARM.search(text)
            if found:
                yield i, ("cue", field), f"has the word {found[0]!r}, which alarms; say it in plain words"
            if text[-1] not in ".!?":
                yield i, ("cue", field), "must end with a full stop"
            if len(re.findall(r"[.!?](?:\s|$)", text)) > 2:
                yield i, ("cue", field), "must be one or two sentences"


def ends(exercises: Sequence[Exercise]) -> Iterator[Finding]:
    """No ladder of strength or endurance ends by accident."""
    for i, exercise in enumerate(exercises):
        climbs = not FINITE_TRACKS.issuperset(exercise.tracks)
        grows = exercise.loadable or exercise.scheme in (Scheme.BAND, Scheme.MINUTES, Scheme.INTERVALS)
        top = exercise.level >= TOP_LEVEL or exercise.daily or exercise.scheme is Scheme.FIXED
        if climbs and not exercise.progresses_to and not grows and not top:
            yield i, (), f"is a dead end: name a harder exercise in progresses_to, or make it level {TOP_LEVEL} or more"


def roles(exercises: Sequence[Exercise]) -> Iterator[Finding]:
    """Special roles and tracks agree."""
    for i, exercise in enumerate(exercises):
        if (exercise.neural is not None) != (Track.NEURAL in exercise.tracks):
            yield i, ("neural",), "an exercise of the neural track, and no other, says what it does to which nerve"
        if Track.DIRECTIONAL in exercise.tracks and exercise.preference is None:
            yield i, ("tracks",), "an exercise of the directional track names its preference"
        if exercise.one_side_only and not exercise.sided:
            yield i, ("one_side_only",), "needs sided: true"


#: Archetypes of places, from the poorest to the richest.
PLACES: Final = (
    Place(name="no equipment"),
    Place(name="bands", equipment=Equipment(bands=("light", "medium"))),
    Place(name="dumbbells", equipment=Equipment(dumbbells=(2, 4, 6, 8, 10, 12.5, 15, 20))),
    Place(
        name="full gym",
        equipment=Equipment(
            dumbbells=tuple(range(2, 32, 2)),
            kettlebells=(8, 12, 16, 20, 24),
            plates=(2.5, 5, 10),
            bands=("light", "medium", "heavy"),
            barbell=Bar(bar=20, plates=(1.25, 2.5, 5, 10, 20)),
            trap_bar=Bar(bar=25, plates=(1.25, 2.5, 5, 10, 20)),
            cable=Stack(low=2.5, high=80, step=2.5),
            machine=Stack(low=5, high=150, step=5),
            box=Stack(low=2, high=30, step=1),
            things=tuple(Apparatus),
        ),
    ),
)

#: Highest compression and trunk moment of an item at each irritability (rule I1).
_COMPRESSION = {Irritability.HIGH: 1, Irritability.MODERATE: 2, Irritability.LOW: 3}
_RESISTS = {Irritability.HIGH: 1, Irritability.MODERATE: 3, Irritability.LOW: 3}


@dataclass(frozen=True)
class Demand:
    """Somebody for whom a rule demands a track: the exercises that would do for them."""

    words: str
    does: Callable[[Exercise, Irritability], bool]


def entries(exercises: Sequence[Exercise]) -> Iterator[Finding]:
    """Whoever a rule demands a track for finds a first exercise, wherever they train."""
    planned = [exercise for exercise in exercises if exercise.tracks and exercise.complete]
    for demand in demands():
        for level in Irritability:
            able = [exercise for exercise in planned if demand.does(exercise, level)]
            without = [place.name for place in PLACES if not any(setup_at(place, exercise) for exercise in able)]
            if without:
                yield (
                    None,
                    (),
                    f"no first exercise for {demand.words}, irritability {level.value}: {', '.join(without)}",
                )


def demands() -> Iterator[Demand]:
    """Every demand of a rule: A2 (trunk), W1 (walking), B1 (balance), D2 (preference), N1 (nerves)."""
    for track in TRUNK_AXES:
        for direction in _BENDING:
            for stage in (0, 1):
                words = f"{track.value} with {direction.value} at stage S{stage}"
                yield Demand(words, partial(_trunk, track, direction, stage))
    yield Demand("aerobic", _aerobic)
    yield Demand("balance at 65 without floor transfer", _balance)
    for preference in (Direction.EXTENSION, Direction.FLEXION, Direction.SHIFT_LEFT):
        yield Demand(f"directional work, preference {preference.value}", partial(_prefers, preference))
    for nerve in Nerve:
        yield Demand(f"a {nerve.value} slider", partial(_slides, nerve))


_BENDING: Final = tuple(d for d in Direction if d not in (Direction.SHIFT_LEFT, Direction.SHIFT_RIGHT))


def _bearable(exercise: Exercise, level: Irritability) -> bool:
    """Whether the caps of an irritability admit the unloaded exercise; activities are not capped."""
    if exercise.activity:
        return True
    moments = _grades(exercise, "resists", Side.BOTH)
    return (exercise.compression or 0) <= _COMPRESSION[level] and max(moments.values()) <= _RESISTS[level]


def _inside(exercise: Exercise, direction: Direction, stage: int) -> bool:
    """Whether the exercise, on one of its sides, lies inside the envelope of a direction."""
    return any(
        admits(
            stage,
            _grades(exercise, "motion", side)[direction],
            _grades(exercise, "resists", side)[direction],
            loaded=False,
        )
        for side in ((Side.LEFT, Side.RIGHT) if exercise.sided else (Side.NONE,))
    )


def _grades(exercise: Exercise, vector: str, side: Side) -> dict[Direction, int]:
    grades: dict[Direction, int] = getattr(exercise, vector).on_side(side)
    return grades


def _trunk(track: Track, direction: Direction, stage: int, exercise: Exercise, level: Irritability) -> bool:
    """The week's quota of the track can be met (rule A2) inside the envelope (rule D1)."""
    trains = track in exercise.tracks and getattr(exercise.resists, TRUNK_AXES[track]) > 0
    return trains and _bearable(exercise, level) and _inside(exercise, direction, stage)


def _aerobic(exercise: Exercise, level: Irritability) -> bool:
    return Track.AEROBIC in exercise.tracks and _bearable(exercise, level)


def _prefers(preference: Direction, exercise: Exercise, level: Irritability) -> bool:
    """No movement at all against the preference; a side glide also without bending (rule D2)."""
    against = Direction.EXTENSION if preference is Direction.FLEXION else Direction.FLEXION
    return (
        Track.DIRECTIONAL in exercise.tracks
        and exercise.daily
        and exercise.preference is preference
        and _bearable(exercise, level)
        and _grades(exercise, "motion", Side.BOTH)[against] == 0
    )


def _balance(exercise: Exercise, level: Irritability) -> bool:
    motion = _grades(exercise, "motion", Side.BOTH)
    spared = max(motion[Direction.FLEXION], motion[Direction.ROTATION_LEFT], exercise.thoracic_flexion or 0) <= 1
    return (
        Track.BALANCE in exercise.tracks
        and exercise.daily
        and exercise.floor_transfer is False
        and not exercise.impact
        and spared
        and _bearable(exercise, level)
    )


def _slides(nerve: Nerve, exercise: Exercise, level: Irritability) -> bool:
    """At high irritability the other leg, or preparation only (rule N1)."""
    role = exercise.neural
    if role is None or role.nerve is not nerve or not _bearable(exercise, level):
        return False
    if level is Irritability.HIGH:
        return role.kind is NeuralKind.PREPARATION or (role.kind is NeuralKind.SLIDER and role.contralateral)
    return role.kind is NeuralKind.SLIDER


CHECKS: Final[tuple[Callable[[Sequence[Exercise]], Iterator[Finding]], ...]] = (
    tags,
    identity,
    links,
    cycles,
    axes,
    trunk_tracks,
    doses,
    loads,
    cues,
    ends,
    roles,
    entries,
)
