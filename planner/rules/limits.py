"""Limits: what rules ask of the solver, in a handful of kinds, without any solver in them.

Every limit carries the id of its rule and ``because``: the line of the patient file (or the
clinic's setting) from which it follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from planner.domain.directions import Direction
from planner.domain.exercise import Section, Track


class Quantity(StrEnum):
    """Numbers of one item that a cap may bound."""

    EFFORT = "effort"  # CR10/RPE, on items that load the spine
    COMPRESSION = "compression"  # grade 0-3
    RESISTS = "resists"  # highest grade 0-3 over all directions
    LOAD_SHARE = "load_share"  # load / body mass, on items that load the spine
    LOAD_KG = "load_kg"
    HOLD_SECONDS = "hold_seconds"
    FLEXION_MOTION = "flexion_motion"
    EXTENSION_MOTION = "extension_motion"
    ROTATION_MOTION = "rotation_motion"
    THORACIC_FLEXION = "thoracic_flexion"
    IMPACT = "impact"
    SHARE_OF_ONE_REP_MAX = "share_of_one_rep_max"


class Per(StrEnum):
    """Over what a session or week cap counts."""

    ITEMS_A_SESSION = "items_a_session"
    SESSIONS_A_WEEK = "sessions_a_week"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Base of all limits."""

    rule: str
    because: str


@dataclass(frozen=True, kw_only=True)
class Forbid(Limit):
    """These exercises are not used in these weeks (None: all weeks).

    ``within_minutes_of_waking`` narrows it to sessions that start so soon after waking.
    """

    exercises: frozenset[str]
    weeks: frozenset[int] | None = None
    within_minutes_of_waking: int | None = None


@dataclass(frozen=True, kw_only=True)
class Cap(Limit):
    """In these weeks the quantity of every item (or of these exercises) is at most this."""

    quantity: Quantity
    at_most: float
    weeks: frozenset[int]
    exercises: frozenset[str] | None = None
    tracks: frozenset[Track] | None = None


@dataclass(frozen=True, kw_only=True)
class CountCap(Limit):
    """In these weeks there are at most so many."""

    per: Per
    at_most: int
    weeks: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Open(Limit):
    """The envelope of one direction: stages open one after the other, earned by exposure.

    ``highest`` gives, week by week, the highest stage that may be open at all.  A stage opens
    after ``sessions`` sessions at the one before, in earlier weeks, at most ``a_week`` a week.
    """

    direction: Direction
    first: int
    highest: tuple[int, ...]
    sessions: int
    a_week: int


@dataclass(frozen=True, kw_only=True)
class Growth(Limit):
    """From step to step (or week to week) a quantity grows at most this much.

    ``what`` is ``load`` (a step of a ladder), ``hard_sets`` (a week of a track), ``run_minutes``
    or ``walk_minutes`` (longest bout).  The larger of ``ratio`` and ``absolute`` counts, above the highest of
    the last ``weeks``.
    """

    what: str
    ratio: float
    absolute: float = 0.0
    weeks: int = 0


@dataclass(frozen=True, kw_only=True)
class Gap(Limit):
    """Free calendar days between sets at this effort or more for the same primary muscle."""

    days: int
    effort: float


@dataclass(frozen=True, kw_only=True)
class Cover(Limit):
    """Each of these weeks trains this at least so often.

    ``resisting`` counts every item that resists the direction; otherwise ``track`` counts.
    """

    at_least: int
    weeks: frozenset[int]
    track: Track | None = None
    resisting: tuple[Direction, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Precede(Limit):
    """``before`` has been done in so many sessions of earlier weeks before ``after`` appears.

    A session counts with so many working ``repetitions`` of it at ``least_kg`` in all, or at the first load of
    ``after`` where that is less.
    """

    before: frozenset[str]
    after: frozenset[str]
    sessions: int
    repetitions: int = 1
    least_kg: float = 0.0

    def counts(self, exercise: str, repetitions: int, kg: float, first_kg: float) -> bool:
        """Whether work on an exercise counts towards one that begins with ``first_kg``."""
        least = min(self.least_kg, first_kg)
        return exercise in self.before and repetitions >= self.repetitions and kg >= least - 1e-6


@dataclass(frozen=True, kw_only=True)
class NewInWeek(Limit):
    """At most so many of ``exercises`` are done for the first time in one week."""

    exercises: frozenset[str]
    at_most: int


@dataclass(frozen=True, kw_only=True)
class Apart(Limit):
    """No session holds exercises of both, where a week has more sessions than one."""

    one: frozenset[str]
    other: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Order(Limit):
    """The parts of a session run in this order."""

    sections: tuple[Section, ...]


@dataclass(frozen=True, kw_only=True)
class Link(Limit):
    """A session with one of ``exercises`` in these weeks closes it with this direction."""

    exercises: frozenset[str]
    weeks: frozenset[int]
    followed_by: Direction
