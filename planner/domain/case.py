"""The case: everything a rule may look at, read once, without files or clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from planner.domain.clinic import Clinic
from planner.domain.course import Course
from planner.domain.exercise import Exercise
from planner.domain.patient import Patient


@dataclass(frozen=True, order=True)
class Busy:
    """A stretch of local time in which no session may be."""

    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class Case:
    """A patient, the catalogue, the clinic's settings and the busy hours; in a later revision also the past."""

    patient: Patient
    exercises: Mapping[str, Exercise]
    clinic: Clinic = field(default_factory=Clinic)
    busy: tuple[Busy, ...] = ()
    course: Course | None = None
    #: what rules have worked out of it, by name
    known: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def from_week(self) -> int:
        """The first week that is planned as a whole: 1 in a first revision."""
        return 1 if self.course is None else self.course.week

    @property
    def weeks(self) -> int:
        """Number of weeks."""
        return self.patient.episode.weeks

    def week_start(self, week: int) -> dt.date:
        """First day of a week, 1-based.  Weeks run seven days from the start date."""
        return self.patient.episode.start + dt.timedelta(days=7 * (week - 1))

    def week_of(self, day: dt.date) -> int:
        """The week in which a day lies, 1-based; 0 or less before the first."""
        return (day - self.week_start(1)).days // 7 + 1

    def date_in_week(self, week: int, weekday: int) -> dt.date:
        """The date of a weekday (0 Monday) within a week."""
        first = self.week_start(week)
        return first + dt.timedelta(days=(weekday - first.weekday()) % 7)
