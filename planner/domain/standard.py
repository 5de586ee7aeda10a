"""A clinic protocol: a standard programme for one presentation, planned by the solver for an archetype.

Unlike a published programme it has no table of sets: it says who it is for, what that person wants,
and within which bounds weeks, days, minutes and equipment may be chosen.  Everything else comes from
the same rules as any patient's programme.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.domain.directions import Direction
from planner.domain.exercise import EvidenceMark, ExerciseId
from planner.domain.model import Model
from planner.domain.patient import Conditions, Findings, Goal, Irritability, Presentation, Restriction, Training

EquipmentLevel = Literal["none", "bands", "dumbbells", "gym"]


class Archetype(Model):
    """Whom a standard is for: the part of a patient file that the presentation makes."""

    age: int = Field(ge=18, le=110, description="years")
    body_mass_kg: float = Field(ge=25, le=350)
    findings: Findings
    conditions: Conditions = Conditions()
    restrictions: tuple[Restriction, ...] = ()
    goals: tuple[Goal, ...] = Field(min_length=1, max_length=12)
    training: Training
    likes: tuple[ExerciseId, ...] = ()


class Span(Model):
    """A whole number that may be chosen between two bounds."""

    default: int
    low: int
    high: int

    @model_validator(mode="after")
    def _in_order(self) -> Span:
        if not self.low <= self.default <= self.high:
            raise ValueError(f"default: must be between low and high ({self.low} and {self.high}, got {self.default})")
        return self


class WeeksSpan(Span):
    """Weeks of a standard."""

    low: int = Field(ge=1, le=52)
    high: int = Field(ge=1, le=52)


class DaysSpan(Span):
    """Training days a week of a standard."""

    low: int = Field(ge=1, le=7)
    high: int = Field(ge=1, le=7)


class MinutesSpan(Span):
    """Minutes a session of a standard."""

    low: int = Field(ge=10, le=180)
    high: int = Field(ge=10, le=180)


class Levels(Model):
    """The equipment that a standard can be planned with."""

    default: EquipmentLevel
    levels: tuple[EquipmentLevel, ...] = Field(min_length=1, max_length=4)

    @model_validator(mode="after")
    def _default_is_one(self) -> Levels:
        if self.default not in self.levels:
            raise ValueError(f"default: {self.default} is not one of the levels ({', '.join(self.levels)})")
        return self


class Parameters(Model):
    """What may be chosen when a standard is built."""

    weeks: WeeksSpan
    days: DaysSpan
    minutes: MinutesSpan
    equipment_level: Levels


class Fits(Model):
    """Whose findings a standard does not contradict, besides the directions of its archetype."""

    irritability: tuple[Irritability, ...] = Field(default=tuple(Irritability), min_length=1)
    presentations: tuple[Presentation, ...] = Field(default=(), description="empty: any")
    leg_symptoms: bool = Field(default=False, description="only where symptoms reach the leg on one side")
    intolerances: tuple[Direction, ...] = Field(default=(), description="directions that must be intolerant")
    vertebral_fracture: bool = Field(default=True, description="no: not with a vertebral fracture present or unknown")
    falls: bool = Field(default=True, description="no: not with a fall in the last year, nor with falls unknown")
    floor_transfer: bool = Field(default=False, description="only who gets down to the floor and up again unaided")


class ClinicProtocol(Model):
    """One standard programme, as its file holds it."""

    protocol: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,48}$")] = Field(description="its id")
    kind: Literal["clinic"]
    title: str = Field(min_length=3, max_length=80)
    version: int = Field(ge=1)
    reviewed: str = Field(min_length=3, max_length=120, description="who and when, or: not yet reviewed by a clinician")
    source: str = Field(min_length=3, max_length=300)
    mark: EvidenceMark
    about: str = Field(min_length=3, max_length=400)
    limits: tuple[Annotated[str, Field(min_length=3, max_length=300)], ...] = Field(
        default=(), description="what it does not do, printed with it"
    )
    then: tuple[str, ...] = Field(default=(), description="ids of published protocols that may follow it")
    fits: Fits = Fits()
    archetype: Archetype
    parameters: Parameters
