"""Directions in which a spine moves, and the two vectors every exercise carries.

``motion`` says how far the spine *moves* that way (load ignored): 0 coached neutral, 1 up to
mid-range, 2 most of the range, 3 end range.  ``resists`` says how large a moment *that way* the
trunk must *hold against* at the usual load, 0-3 ("resists extension" is anti-extension work).
Source: the tagging convention of the catalogue, one reviewer's judgement [D].
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from planner.domain.model import Model

Grade = Annotated[int, Field(ge=0, le=3)]


class Side(StrEnum):
    """The side on which an item is done.  ``both`` means one side after the other."""

    NONE = "none"
    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"

    @property
    def mirrored(self) -> Side:
        """The other side; ``none`` and ``both`` are their own mirror image."""
        return {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}.get(self, self)


class Direction(StrEnum):
    """A spinal direction.  A lateral shift is named by where the *shoulders* go."""

    FLEXION = "flexion"
    EXTENSION = "extension"
    ROTATION_LEFT = "rotation_left"
    ROTATION_RIGHT = "rotation_right"
    LATERAL_FLEXION_LEFT = "lateral_flexion_left"
    LATERAL_FLEXION_RIGHT = "lateral_flexion_right"
    SHIFT_LEFT = "shift_left"
    SHIFT_RIGHT = "shift_right"

    @property
    def opposite(self) -> Direction:
        """The direction that undoes this one."""
        return _OPPOSITE[self]

    @property
    def plain(self) -> str:
        """Words a patient reads without alarm."""
        return _PLAIN[self]


_OPPOSITE = {
    Direction.FLEXION: Direction.EXTENSION,
    Direction.EXTENSION: Direction.FLEXION,
    Direction.ROTATION_LEFT: Direction.ROTATION_RIGHT,
    Direction.ROTATION_RIGHT: Direction.ROTATION_LEFT,
    Direction.LATERAL_FLEXION_LEFT: Direction.LATERAL_FLEXION_RIGHT,
    Direction.LATERAL_FLEXION_RIGHT: Direction.LATERAL_FLEXION_LEFT,
    Direction.SHIFT_LEFT: Direction.SHIFT_RIGHT,
    Direction.SHIFT_RIGHT: Direction.SHIFT_LEFT,
}

_PLAIN = {
    Direction.FLEXION: "bending forward",
    Direction.EXTENSION: "arching back",
    Direction.ROTATION_LEFT: "turning left",
    Direction.ROTATION_RIGHT: "turning right",
    Direction.LATERAL_FLEXION_LEFT: "side-bending left",
    Direction.LATERAL_FLEXION_RIGHT: "side-bending right",
    Direction.SHIFT_LEFT: "shifting the shoulders left",
    Direction.SHIFT_RIGHT: "shifting the shoulders right",
}


class SpineVector(Model):
    """Grades 0-3 on the four axes as *stored*: rotation and lateral flexion for one side.

    For a sided exercise done on ``left`` or ``right`` the stored rotation and lateral flexion
    are *toward the named side*; for ``none`` and ``both`` they hold for both sides.
    """

    flexion: Grade
    extension: Grade
    rotation: Grade
    lateral_flexion: Grade

    def on_side(self, side: Side) -> dict[Direction, int]:
        """Grades per direction when done on ``side``; shift directions are not included."""
        left = side is not Side.RIGHT
        right = side is not Side.LEFT
        return {
            Direction.FLEXION: self.flexion,
            Direction.EXTENSION: self.extension,
            Direction.ROTATION_LEFT: self.rotation if left else 0,
            Direction.ROTATION_RIGHT: self.rotation if right else 0,
            Direction.LATERAL_FLEXION_LEFT: self.lateral_flexion if left else 0,
            Direction.LATERAL_FLEXION_RIGHT: self.lateral_flexion if right else 0,
        }
