"""The exposure envelope: which (motion, resists) cells are open, per direction and week.

A stage is a staircase: for each motion 0-3 the highest ``resists`` allowed, -1 where that motion
is closed, non-increasing.  Stages S0-S5 open one after the other as exposure is earned.
Source: clinical judgement [D], after the graded-exposure practice of the source page.
"""

from __future__ import annotations

from typing import Final

MAX_STAGE: Final = 5

#: STAIRCASE[stage][motion] is the highest ``resists`` open at that stage, -1 closed. [D]
STAIRCASE: Final[tuple[tuple[int, int, int, int], ...]] = (
    (1, -1, -1, -1),  # S0: brace, dowel hinge
    (2, 1, -1, -1),  # S1: bird dog, pull-through
    (2, 2, 0, 0),  # S2: flexion in lying, high-block deadlift
    (2, 2, 1, 1),  # S3: flexion in sitting, tying a shoe on a stool
    (3, 3, 2, 2),  # S4: roll-down (body weight), crate from the floor, Romanian deadlift
    (3, 3, 3, 2),  # S5: deadlift from the floor, Jefferson curl
)

#: Where end range may carry external load: only from this stage on. [D]
LOADED_END_RANGE_STAGE: Final = 5


def admits(stage: int, motion: int, resists: int, *, loaded: bool) -> bool:
    """Whether the cell (``motion``, ``resists``), each 0-3, is open at ``stage`` 0-5.

    ``loaded`` is True when an external load is held.  At S4 the cell (3, 2) is open for body
    weight only.
    """
    if resists > STAIRCASE[stage][motion]:
        return False
    return not (motion == 3 and resists >= 2 and loaded and stage < LOADED_END_RANGE_STAGE)


def lowest_stage(motion: int, resists: int, *, loaded: bool) -> int | None:
    """The first stage at which the cell is open, or None when no stage opens it."""
    for stage in range(MAX_STAGE + 1):
        if admits(stage, motion, resists, loaded=loaded):
            return stage
    return None


def load_raises_grade(grade: int, load_kg: float, body_mass_kg: float) -> int:
    """A resists or compression grade at ``load_kg``: +1 (to 3) above half body mass. [D]"""
    if grade > 0 and load_kg > 0.5 * body_mass_kg:
        return min(3, grade + 1)
    return grade
