"""Every lint rule sees a fault that is planted in a copy of the real catalogue."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog.lint import FINITE_TRACKS, TRUNK_AXES, lint, lint_files
from catalog.loader import SOURCES
from planner.domain.directions import Direction, SpineVector
from planner.domain.dose import DoseKind
from planner.domain.exercise import SAFETY_TAGS, Cue, Exercise, Nerve, NeuralKind, Progression, Scheme, Track

SEED = Path(__file__).parents[1] / "data" / "seed_exercises.csv"
Plant = Callable[[list[Exercise]], list[Exercise]]


def test_the_real_catalogue_is_sound() -> None:
    assert [str(fault) for fault in lint_files()] == []


def test_the_catalogue_is_large_enough(written: list[Exercise]) -> None:
    assert len(written) >= 130


def test_every_exercise_of_the_seed_list_is_there(written: list[Exercise]) -> None:
    with SEED.open(encoding="utf-8", newline="") as file:
        names = {row["name"] for row in csv.DictReader(file)}
    # "csv: NAME", or "csv: NAME; what else there is to say"
    noted = {name for name in names if any(re.match(rf"csv: {re.escape(name)}([.;]|$)", e.note) for e in written)}
    assert names - noted == set()


def change(match: Callable[[Exercise], bool], **update: Any) -> Plant:
    """Changes the first exercise that matches."""

    def plant(exercises: list[Exercise]) -> list[Exercise]:
        i = next(i for i, exercise in enumerate(exercises) if match(exercise))
        return [*exercises[:i], exercises[i].model_copy(update=update), *exercises[i + 1 :]]

    return plant


def bounds(match: Callable[[Exercise], bool], **update: Any) -> Plant:
    """Changes the bounds of the first exercise that matches."""

    def plant(exercises: list[Exercise]) -> list[Exercise]:
        exercise = next(exercise for exercise in exercises if match(exercise))
        return change(lambda e: e is exercise, bounds=exercise.bounds.model_copy(update=update))(exercises)

    return plant


def cue(**update: str) -> Plant:
    def plant(exercises: list[Exercise]) -> list[Exercise]:
        return change(lambda e: True, cue=exercises[0].cue.model_copy(update=update))(exercises)

    return plant


def without(match: Callable[[Exercise], bool]) -> Plant:
    """Takes exercises away, and every link to them."""

    def plant(exercises: list[Exercise]) -> list[Exercise]:
        gone = {exercise.id for exercise in exercises if match(exercise)}
        assert gone
        return [
            exercise.model_copy(
                update={
                    "regresses_to": tuple(name for name in exercise.regresses_to if name not in gone),
                    "progresses_to": tuple(link for link in exercise.progresses_to if link.to not in gone),
                }
            )
            for exercise in exercises
            if exercise.id not in gone
        ]

    return plant


def twice(exercises: list[Exercise]) -> list[Exercise]:
    return [*exercises, exercises[0]]


def circle(exercises: list[Exercise]) -> list[Exercise]:
    """The top of a link progresses back to its foot."""
    foot = next(exercise for exercise in exercises if exercise.progresses_to)
    top = foot.progresses_to[0].to
    return change(lambda e: e.id == top, progresses_to=(Progression(to=foot.id),))(exercises)


def weaker_above(exercises: list[Exercise]) -> list[Exercise]:
    """A trunk exercise leads to one that resists less."""
    known = {exercise.id: exercise for exercise in exercises}
    for exercise in exercises:
        for track, axis in TRUNK_AXES.items():
            for link in exercise.progresses_to:
                harder = known[link.to]
                if track in exercise.tracks and track in harder.tracks and exercise.resists is not None:
                    grades = exercise.resists.model_dump() | {axis: 0}
                    return change(lambda e, id_=harder.id: e.id == id_, resists=SpineVector(**grades))(exercises)
    raise AssertionError("no link inside a trunk track")


def with_link(exercise: Exercise) -> bool:
    return bool(exercise.progresses_to)


def loaded_link(exercises: list[Exercise]) -> list[Exercise]:
    known = {exercise.id: exercise for exercise in exercises}
    foot = next(e for e in exercises if e.loadable and e.progresses_to and known[e.progresses_to[0].to].loadable)
    bare = (Progression(to=foot.progresses_to[0].to), *foot.progresses_to[1:])
    return change(lambda e: e is foot, progresses_to=bare)(exercises)


def shaped_like_a_dead_end(exercise: Exercise) -> bool:
    return bool(
        exercise.tracks
        and not FINITE_TRACKS.issuperset(exercise.tracks)
        and exercise.level < 6
        and exercise.progresses_to
        and not (exercise.loadable or exercise.daily)
        and exercise.scheme in (Scheme.REPETITIONS, Scheme.HOLDS)
    )


def trunk_hold(exercise: Exercise) -> bool:
    return exercise.bounds.kind is DoseKind.HOLD and Track.ANTI_EXTENSION in exercise.tracks


PLANTS: dict[str, tuple[Plant, str]] = {
    **{f"no_{tag}": (change(lambda e: True, **{tag: None}), f"{tag} is missing") for tag in SAFETY_TAGS},
    "same_exercise_twice": (twice, "is given twice"),
    "link_to_nowhere": (
        change(with_link, progresses_to=(Progression(to="flying_carpet"),)),
        "there is no exercise 'flying_carpet'",
    ),
    "easier_from_nowhere": (change(with_link, regresses_to=("flying_carpet",)), "there is no exercise 'flying_carpet'"),
    "one_way_up": (change(with_link, progresses_to=()), "in progresses_to"),
    "one_way_down": (change(lambda e: bool(e.regresses_to), regresses_to=()), "in regresses_to"),
    "circle": (circle, "progressing from here leads back here"),
    "level_falls": (change(with_link, level=10), "level must rise: 10 here"),
    "axis_falls": (weaker_above, "falls from"),
    "trunk_track_without_its_moment": (
        change(
            lambda e: Track.ANTI_ROTATION in e.tracks and e.level > 1,
            resists=SpineVector(flexion=0, extension=0, rotation=0, lateral_flexion=0),
        ),
        "is 0, but the exercise serves anti_rotation",
    ),
    "six_sets": (bounds(lambda e: True, sets=(1, 6)), "bounds.sets: must be at most 5 (got 6)"),
    "no_sets": (bounds(lambda e: True, sets=(0, 3)), "bounds.sets: must begin at 1 or more"),
    "long_trunk_hold": (bounds(trunk_hold, hold_seconds=(5, 30)), "a trunk hold lasts at most 10 s (rule A1)"),
    "endless_repetitions": (
        bounds(lambda e: e.bounds.kind is DoseKind.REPETITIONS, repetitions=(5, 100)),
        "bounds.repetitions: must be at most 60 (got 100)",
    ),
    "endless_minutes": (
        bounds(lambda e: e.bounds.kind is DoseKind.TIME and Track.AEROBIC not in e.tracks, seconds=(30, 3600)),
        "bounds.seconds: must be at most 900 (got 3600)",
    ),
    "scheme_of_another_kind": (
        change(lambda e: e.scheme is Scheme.REPETITIONS, scheme=Scheme.MINUTES),
        "a scheme of minutes steps doses of time",
    ),
    "no_start_load": (change(lambda e: e.loadable, start_load_share=None), "start_load_share is missing"),
    "useless_start_load": (change(lambda e: not e.loadable, start_load_share=0.1), "has no use"),
    "no_carry_over": (loaded_link, "carry_over is missing"),
    "alarming_cue": (cue(feel="You may damage nothing here."), "cue.feel: has the word 'damage', which alarms"),
    "jargon_in_cue": (cue(stop="Stop when it is provocative."), "has the word 'provocative', which alarms"),
    "cue_without_an_end": (cue(feel="A gentle stretch in front"), "must end with a full stop"),
    "cue_too_long": (cue(setup="Lie down. Bend up. Breathe in."), "must be one or two sentences"),
    "dead_end": (change(shaped_like_a_dead_end, progresses_to=()), "is a dead end"),
    "neural_track_without_nerve": (change(lambda e: e.neural is not None, neural=None), "of the neural track"),
    "directional_without_preference": (
        change(lambda e: Track.DIRECTIONAL in e.tracks, preference=None),
        "names its preference",
    ),
    "one_side_only_of_none": (change(lambda e: not e.sided, one_side_only=True), "needs sided: true"),
    **{
        f"no_{track.value}": (
            without(lambda e, t=track: t in e.tracks),
            f"no first exercise for {track.value} with flexion",
        )
        for track in TRUNK_AXES
    },
    "no_walking": (without(lambda e: Track.AEROBIC in e.tracks), "no first exercise for aerobic"),
    "no_balance_off_the_floor": (
        without(lambda e: Track.BALANCE in e.tracks and e.floor_transfer is False),
        "no first exercise for balance at 65 without floor transfer",
    ),
    **{
        f"no_{way.value}": (
            without(lambda e, w=way: e.preference is w),
            f"no first exercise for directional work, preference {way.value}",
        )
        for way in (Direction.EXTENSION, Direction.FLEXION, Direction.SHIFT_LEFT)
    },
    **{
        f"no_{nerve.value}_slider": (
            without(
                lambda e, n=nerve: e.neural is not None and e.neural.nerve is n and e.neural.kind is NeuralKind.SLIDER
            ),
            f"no first exercise for a {nerve.value} slider",
        )
        for nerve in Nerve
    },
    "gentle_anti_flexion_gone": (
        without(lambda e: Track.ANTI_FLEXION in e.tracks and e.resists is not None and e.resists.flexion <= 1),
        "no first exercise for anti_flexion with flexion at stage S0, irritability high",
    ),
}


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_is_seen(name: str, written: list[Exercise]) -> None:
    plant, said = PLANTS[name]
    found = [str(fault) for fault in lint(plant(written))]
    assert any(said in fault for fault in found), found[:5]


def test_a_fault_is_shown_with_file_and_line(tmp_path: Path) -> None:
    files = []
    for source in sorted(SOURCES.glob("*.yaml")):
        path = tmp_path / source.name
        path.write_bytes(source.read_bytes())
        files.append(path)
    text = files[0].read_text(encoding="utf-8")
    line = next(i for i, row in enumerate(text.splitlines(), start=1) if "setup:" in row and row.rstrip().endswith("."))
    row = text.splitlines()[line - 1]
    files[0].write_text(text.replace(row, row.rstrip()[:-1] + " without harm."), encoding="utf-8")
    found = [str(fault) for fault in lint_files(files)]
    assert len(found) == 1
    assert found[0].startswith(f"{files[0]}:{line}: ")
    assert found[0].endswith("cue.setup: has the word 'harm', which alarms; say it in plain words")


def test_a_malformed_file_is_reported_alone(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("- [")
    (tmp_path / "b.yaml").write_text("- {id: dead_bug}\n")
    found = lint_files([tmp_path / "a.yaml", tmp_path / "b.yaml"])
    assert {Path(fault.file).name for fault in found} == {"a.yaml", "b.yaml"}
    assert all("no first exercise" not in fault.problem for fault in found)


@pytest.mark.parametrize("word", ["intolerance", "Provoking", "damaged", "forbidden", "dangerous", "harmful"])
def test_words_that_alarm(word: str, written: list[Exercise]) -> None:
    text = f"This is {word} to read."
    changed = written[0].model_copy(update={"cue": Cue(setup=text, movement=text, feel=text, stop=text)})
    assert sum("alarms" in fault.problem for fault in lint([changed, *written[1:]])) == 4
