"""The staircase of the envelope, cell by cell against the clinical table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.directions import Direction, Side, SpineVector
from planner.domain.envelope import MAX_STAGE, STAIRCASE, admits, load_raises_grade, lowest_stage

# the table of the clinical notes, section 1a: cell -> stage that opens it (body weight)
OPENED_AT = {
    (0, 1): 0,
    (0, 2): 1,
    (1, 1): 1,
    (3, 0): 2,
    (1, 2): 2,
    (3, 1): 3,
    (2, 1): 3,
    (3, 2): 4,
    (2, 2): 4,
    (1, 3): 4,
    (2, 3): 5,
}


@pytest.mark.parametrize(("cell", "stage"), OPENED_AT.items())
def test_each_cell_of_the_table_opens_at_its_stage(cell, stage):
    assert lowest_stage(*cell, loaded=False) == stage


def test_loaded_end_range_waits_for_the_last_stage():
    assert lowest_stage(3, 2, loaded=True) == 5
    assert not admits(4, 3, 2, loaded=True)


def test_loaded_end_range_against_the_heaviest_moment_never_opens():
    assert lowest_stage(3, 3, loaded=True) is None


@given(st.integers(0, MAX_STAGE), st.integers(0, 3), st.integers(0, 3), st.booleans())
def test_what_is_open_stays_open(stage, motion, resists, loaded):
    if admits(stage, motion, resists, loaded=loaded):
        assert all(admits(later, motion, resists, loaded=loaded) for later in range(stage, MAX_STAGE + 1))


@given(st.integers(0, MAX_STAGE), st.integers(0, 3), st.integers(0, 3), st.booleans())
def test_less_motion_or_less_moment_is_never_closed(stage, motion, resists, loaded):
    if admits(stage, motion, resists, loaded=loaded):
        for m in range(motion + 1):
            for r in range(resists + 1):
                assert admits(stage, m, r, loaded=loaded)


def test_every_staircase_falls():
    assert all(list(row) == sorted(row, reverse=True) for row in STAIRCASE)


def test_a_grade_rises_above_half_body_mass_only():
    assert load_raises_grade(2, 40, 80) == 2
    assert load_raises_grade(2, 40.5, 80) == 3
    assert load_raises_grade(3, 200, 80) == 3
    assert load_raises_grade(0, 200, 80) == 0


def test_a_sided_exercise_is_mirrored():
    vector = SpineVector(flexion=1, extension=0, rotation=2, lateral_flexion=3)
    left, right = vector.on_side(Side.LEFT), vector.on_side(Side.RIGHT)
    assert left[Direction.ROTATION_LEFT] == right[Direction.ROTATION_RIGHT] == 2
    assert left[Direction.ROTATION_RIGHT] == right[Direction.ROTATION_LEFT] == 0
    assert vector.on_side(Side.BOTH)[Direction.LATERAL_FLEXION_LEFT] == 3
