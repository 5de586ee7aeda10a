"""Doses: what is done, set by set.

A load is an integer in its native unit (grams, or hundredths of a pound), so that no rounding
error ever reaches a plate.  A dose is a list of set rows plus what holds for all of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from itertools import chain, repeat
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from planner.domain.model import Model

GRAMS_PER_POUND: Final = 453.59237

#: Seconds of lighter sets, and rests between them, on the way to the heaviest load of a day. [D]
WORK_UP_SECONDS: Final = 600

#: Most sets of one exercise in a session: half an hour of one every twenty seconds and more. [D]
MOST_SETS: Final = 100

#: Repetitions of a set for which time is allowed where they are a total, in as many sets as it takes. [D]
USUAL_OF_A_TOTAL: Final = 10

#: Most rounds of work and rest in a row of intervals: an hour and more of 15 s and 15 s. [D]
MOST_ROUNDS: Final = 1000
#: Most repetitions of a set: what is counted beyond, such as steps, is a time or a distance. [D]
MOST_REPETITIONS: Final = 500
#: Shortest and longest time of continuous work, seconds: from a sprint to a day's walk of eight hours. [D]
LEAST_SECONDS: Final = 5
MOST_SECONDS: Final = 28_800
#: What a session holds at most: a day.
DAY_SECONDS: Final = 86_400
#: Longest hold of a repetition, seconds; what is longer is continuous work. [D]
MOST_HOLD: Final = 600
#: Farthest that a set goes, metres: a long ride. [D]
MOST_METRES: Final = 200_000
#: Heaviest load that is believed, kg: more than a sled or a leg press takes. [D]
MOST_LOAD: Final = 1_000
#: Longest rest, seconds: between rounds of a race or a test. [D]
MOST_REST: Final = 3600

#: Seconds to set up the next exercise: read it, fetch the load, get into position. [D]
CHANGE_OVER_SECONDS: Final = 45


#: Units of a distance that are kept as they are written, beside metres and kilometres; metres of each.
FarUnit = Literal["mile", "yard"]
METRES_IN: Final[Mapping[FarUnit, Fraction]] = {"mile": Fraction("1609.344"), "yard": Fraction("0.9144")}


class LoadUnit(StrEnum):
    """The native unit of a load: grams, or hundredths of a pound."""

    GRAM = "g"
    CENTIPOUND = "lb100"


class Load(Model):
    """An external load as the person owns it: total mass held or pulled.

    ``amount`` counts native units (2.5 kg is 2500 ``g``; 5 lb is 500 ``lb100``).
    """

    amount: int = Field(ge=0, le=100_000_000)
    unit: LoadUnit = LoadUnit.GRAM

    @property
    def kg(self) -> float:
        """Kilograms."""
        if self.unit is LoadUnit.GRAM:
            return self.amount / 1000
        return self.amount / 100 * GRAMS_PER_POUND / 1000

    @property
    def text(self) -> str:
        """``12.5 kg`` or ``25 lb``."""
        if self.unit is LoadUnit.GRAM:
            return f"{self.amount / 1000:g} kg"
        return f"{self.amount / 100:g} lb"


class DoseKind(StrEnum):
    """What one set counts."""

    REPETITIONS = "repetitions"
    HOLD = "hold"  # repetitions of a hold in seconds
    TIME = "time"  # seconds of continuous work
    DISTANCE = "distance"  # metres
    INTERVALS = "intervals"  # rounds of work and rest in seconds


class SetRow(Model):
    """One set.  Only the fields that its kind needs are filled.

    ``effort`` is the target on the CR10/RPE scale, 0-10; from 5 up it is RPE, and repetitions in
    reserve are ``10 - effort``.
    """

    repetitions: int | None = Field(default=None, ge=1, le=MOST_REPETITIONS)
    hold_seconds: int | None = Field(default=None, ge=1, le=MOST_HOLD)
    seconds: int | None = Field(default=None, ge=LEAST_SECONDS, le=MOST_SECONDS)
    metres: int | None = Field(default=None, ge=1, le=MOST_METRES)
    rounds: int | None = Field(default=None, ge=1, le=MOST_ROUNDS)
    work_seconds: int | None = Field(default=None, ge=LEAST_SECONDS, le=DAY_SECONDS)
    rest_seconds: int | None = Field(default=None, ge=0, le=MOST_SECONDS)
    load: Load | None = None
    band: str | None = Field(default=None, description="colour or strength of an elastic band")
    effort: Annotated[float, Field(ge=0, le=10)] | None = None
    effort_from: Annotated[float, Field(ge=0, le=10)] | None = Field(
        default=None, description="the lower end of a range of efforts, of which effort is the top"
    )
    warm_up: bool = False
    up_to: int | None = Field(
        default=None, ge=1, le=MOST_METRES, description="top of a range of repetitions, seconds or metres"
    )
    hold_up_to: int | None = Field(default=None, ge=1, le=MOST_HOLD, description="top of a range of seconds held")
    hold_open: Literal[True] | None = Field(default=None, description="held as long as possible, at least so long")
    as_many: Literal[True] | None = Field(default=None, description="as many (long, far) as possible, at least so")
    no_minimum: Literal[True] | None = Field(
        default=None, description="as many as possible, whatever their number; the number is what time is allowed for"
    )
    miles: Literal[True] | None = Field(default=None, description="the distance is written in miles")
    yards: Literal[True] | None = Field(default=None, description="the distance is written in yards")
    note: str | None = Field(default=None, max_length=400, description="of this set, where not all have it")
    name: str | None = Field(default=None, description="as a published programme calls it")
    rest_after: tuple[int, int] | None = Field(
        default=None,
        description="seconds of rest after it, least and most, where not all sets rest alike, or it is the only one",
    )
    rest_open: Literal[True] | None = Field(
        default=None, description="nothing is said of the rest behind it; rest_after is the usual one, for the time"
    )
    may_be_left_out: Literal[True] | None = Field(default=None, description="no set of it has to be done")
    work_up: Literal[True] | None = Field(
        default=None, description="its load is found on the day, by lighter sets before it that are not listed"
    )
    every_seconds: int | None = Field(
        default=None, ge=1, le=MOST_REST, description="a set begins so often; rest_after is what is left of it"
    )
    more: int | None = Field(default=None, ge=1, le=19, description="up to so many more sets like it may follow")
    in_all: Literal[True] | None = Field(
        default=None, description="the repetitions are a total, in as many sets as it takes"
    )
    formula: str | None = Field(
        default=None, description="in words, what today's sets decide; a load is a forecast then"
    )

    @property
    def far_in(self) -> FarUnit | None:
        """The unit in which its distance is written, where that is not metres or kilometres."""
        return "mile" if self.miles else "yard" if self.yards else None

    @property
    def usual_sets(self) -> int:
        """Sets that it stands for: of a total, those of the usual size that it takes."""
        return math.ceil(middle(self.repetitions or 1, self.up_to) / USUAL_OF_A_TOTAL) if self.in_all else 1

    @property
    def most_sets(self) -> int:
        """Sets that it stands for, with all that may follow."""
        return self.usual_sets + (self.more or 0)

    @property
    def reps_in_reserve(self) -> float | None:
        """Repetitions in reserve; None below RPE 5, where the scale is CR10."""
        if self.effort is None or self.effort < 5:
            return None
        return 10 - self.effort


class Dose(Model):
    """Sets, rest and tempo of one item, once; ``bouts_per_day`` repeats it through the day."""

    kind: DoseKind
    sets: tuple[SetRow, ...] = Field(min_length=1, max_length=MOST_SETS)
    seconds_per_repetition: int = Field(default=4, ge=1, le=60, description="tempo, up and down")
    tempo: str | None = Field(
        default=None,
        max_length=12,
        description="seconds down, held, up and held again, as in 3-0-3; 3-3 is down and up",
    )
    rest_seconds: int = Field(default=60, ge=0, le=MOST_REST, description="between sets")
    rest_up_to: int | None = Field(default=None, ge=0, le=MOST_REST, description="the longer end of a range of rests")
    per_side: bool = Field(default=False, description="the counts are for each side")
    bouts_per_day: int = Field(default=1, ge=1, le=12)
    until_seconds: int | None = Field(
        default=None,
        ge=LEAST_SECONDS,
        le=MOST_SECONDS,
        description="as many rounds of the sets as go in so many seconds",
    )
    until_shared: Literal[True] | None = Field(
        default=None, description="that time is the one of an item before it, with which it is done in turn"
    )
    metres_per_second: Annotated[float, Field(gt=0, le=20)] | None = Field(
        default=None, description="speed by which a distance is timed; without, that of carrying a load, about 1 m/s"
    )
    load_is_forecast: bool = Field(
        default=False,
        description="the load follows from a calibration that has not been done yet",
    )

    @model_validator(mode="after")
    def _rows_fit_the_kind(self) -> Dose:
        need = {
            DoseKind.REPETITIONS: ("repetitions",),
            DoseKind.HOLD: ("repetitions", "hold_seconds"),
            DoseKind.TIME: ("seconds",),
            DoseKind.DISTANCE: ("metres",),
            DoseKind.INTERVALS: ("rounds", "work_seconds", "rest_seconds"),
        }[self.kind]
        for row in self.sets:
            for name in need:
                if getattr(row, name) is None:
                    raise ValueError(f"a set of {self.kind.value} needs {name}")
        return self

    @property
    def working_sets(self) -> tuple[SetRow, ...]:
        """The sets that are not warm-up sets."""
        return tuple(row for row in self.sets if not row.warm_up)

    @property
    def top_load(self) -> Load | None:
        """The heaviest load of any set, None for body weight."""
        loads = [row.load for row in self.sets if row.load is not None]
        return max(loads, key=lambda load: load.kg) if loads else None

    @property
    def effort(self) -> float:
        """The highest target effort of any set, CR10/RPE 0-10 (0 when none is stated)."""
        return max((row.effort or 0.0) for row in self.sets)

    @property
    def most_sets(self) -> int:
        """Sets with all that may follow."""
        return sum(row.most_sets for row in self.sets)

    @property
    def _in_rounds(self) -> bool:
        """Whether several sets are done in turn, as often as they go in a time."""
        return self.until_seconds is not None and len(self.sets) > 1

    @property
    def rests(self) -> tuple[tuple[int, int], ...]:
        """The least and the most seconds of rest behind every set but the last; in rounds behind the last too."""
        usual = (self.rest_seconds, self.rest_up_to or self.rest_seconds)
        found = tuple(row.rest_after or usual for row in self.sets for _ in range(row.most_sets))
        return found if self._in_rounds else found[:-1]

    @property
    def rests_said(self) -> tuple[tuple[int, int] | None, ...]:
        """The rests between sets, None where nothing is said; of a single set the one that is said of it."""
        if not self.rest_seconds and all(row.rest_after != (0, 0) for row in self.sets):
            return ()
        only = self.sets[0]
        if len(self.rests) == 0:
            return (only.rest_after,) if only.rest_after and not only.rest_open else ()
        said = [row.rest_open for row in self.sets for _ in range(row.most_sets)]
        return tuple(None if open_ else rest for open_, rest in zip(said, self.rests, strict=False))

    def seconds_once(self) -> int:
        """Seconds of one bout: work, rest between sets, both sides; no change-over.

        Of a range of sets all, of any other range the middle; a load that is found on the day is worked up to.
        What is done until a time is over takes that time, once.
        """
        if self.until_seconds is not None:
            return 0 if self.until_shared else self.until_seconds
        work = 0.0
        for row in chain.from_iterable(repeat(one, 1 + (one.more or 0)) for one in self.sets):
            work += self.seconds_of(row)
        work += WORK_UP_SECONDS * sum(row.work_up is not None for row in self.sets)
        return int(work) + sum(int(middle(*rest)) for rest in self.rests)

    def seconds_of(self, row: SetRow) -> float:
        """Seconds of work in one set, both sides."""
        sides = 2 if self.per_side else 1
        count = middle(row.repetitions or row.seconds or row.metres or 0, row.up_to)
        if self.kind is DoseKind.REPETITIONS:
            return count * self.seconds_per_repetition * sides
        if self.kind is DoseKind.HOLD:
            # two seconds to let go and set again between holds
            return count * (middle(row.hold_seconds or 0, row.hold_up_to) + 2) * sides
        if self.kind is DoseKind.INTERVALS:
            return float((row.rounds or 0) * ((row.work_seconds or 0) + (row.rest_seconds or 0)))
        # seconds; or loaded walking at about one metre a second, where no speed is said
        return count * sides / (self.metres_per_second or 1)

    def seconds_in_session(self) -> int:
        """Seconds that the item takes of a session: one bout and the change-over; none in the time of another."""
        return 0 if self.until_shared else self.seconds_once() + CHANGE_OVER_SECONDS


def middle(least: int, most: int | None) -> float:
    """The middle of a range, for which time is allowed; what has no top is no range."""
    return (least + (most or least)) / 2


def one_rep_max_at(load_kg: float, repetitions: int, effort: float) -> float:
    """Estimated one-repetition maximum in kg of a set at an effort, CR10/RPE 0-10; below 5 it says 5 in reserve."""
    return epley_one_rep_max(load_kg, repetitions, 10 - effort if effort >= 5 else 5.0)


def aerobic_minutes(dose: Dose) -> float:
    """Minutes of one bout of walking or running, rests left out."""
    row = dose.sets[0]
    return (row.seconds or (row.rounds or 0) * (row.work_seconds or 0)) / 60


def epley_one_rep_max(load_kg: float, repetitions: int, reps_in_reserve: float = 0.0) -> float:
    """Estimated one-repetition maximum in kg after Epley 1985: ``load * (1 + reps / 30)``.

    Repetitions in reserve are added to the repetitions done.  One repetition to failure is the
    load itself.
    """
    total = repetitions + reps_in_reserve
    return load_kg if total <= 1 else load_kg * (1 + total / 30)
