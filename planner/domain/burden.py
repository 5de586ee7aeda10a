"""What an exercise asks of the spine at one dose, on one side: the numbers that rules compare.

Grades grow with load: above half body mass ``resists`` and ``compression`` count one more, to 3
[D].  The load of a pair of dumbbells is both of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.domain.directions import Direction, Side
from planner.domain.dose import Dose
from planner.domain.envelope import load_raises_grade, lowest_stage
from planner.domain.exercise import Exercise, Implement

#: The two shift directions are graded through ``lateral_shift``.
_SHIFT = {Side.LEFT: Direction.SHIFT_LEFT, Side.RIGHT: Direction.SHIFT_RIGHT}


@dataclass(frozen=True)
class Burden:
    """Grades 0-3 per direction, compression 0-3, total external load in kg, effort CR10 0-10."""

    motion: dict[Direction, int]
    resists: dict[Direction, int]
    compression: int
    load_kg: float
    effort: float
    activity: bool

    @property
    def loaded(self) -> bool:
        """Whether an external load in mass is held."""
        return self.load_kg > 0

    @property
    def loads_spine(self) -> bool:
        """Whether effort caps apply: the trunk holds a moment, or compression is above 2 kN. [D]"""
        if self.activity:
            return False
        return self.compression >= 2 or (self.compression >= 1 and max(self.resists.values()) >= 1)

    def stage(self, direction: Direction) -> int | None:
        """Lowest envelope stage of ``direction`` that admits this, None when none does."""
        return lowest_stage(self.motion[direction], self.resists[direction], loaded=self.loaded)


def total_load_kg(exercise: Exercise, dose: Dose) -> float:
    """The heaviest external load of the dose in kg, both hands of a pair counted."""
    top = dose.top_load
    if top is None:
        return 0.0
    pair = exercise.setups[0].implement is Implement.DUMBBELL_PAIR
    return top.kg * (2 if pair else 1)


def burden(exercise: Exercise, side: Side, dose: Dose, body_mass_kg: float) -> Burden:
    """The burden of ``exercise`` done on ``side`` at ``dose``.

    Raises
    ------
    ValueError
        When the exercise's tags are incomplete: such an exercise is never prescribed.
    """
    if exercise.motion is None or exercise.resists is None or exercise.compression is None:
        raise ValueError(f"{exercise.id}: tags incomplete")
    load = total_load_kg(exercise, dose)
    motion = exercise.motion.on_side(side)
    resists = {
        direction: load_raises_grade(grade, load, body_mass_kg)
        for direction, grade in exercise.resists.on_side(side).items()
    }
    shift = exercise.lateral_shift or 0
    for named, direction in _SHIFT.items():
        motion[direction] = shift if side in (named, Side.BOTH) else 0
        resists[direction] = 0
    return Burden(
        motion=motion,
        resists=resists,
        compression=load_raises_grade(exercise.compression, load, body_mass_kg),
        load_kg=load,
        effort=dose.effort,
        activity=exercise.activity,
    )
