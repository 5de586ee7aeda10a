"""The log: what was done and how the patient responded.  Append-only; a correction is a new entry."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from planner.domain.dose import Load
from planner.domain.model import Model
from planner.domain.patient import Answer, MostDistal, MotorFinding

Pain = Annotated[int, Field(ge=0, le=10, description="NPRS 0-10")]


class LoggedSet(Model):
    """One set as it was done."""

    repetitions: int | None = Field(default=None, ge=0, le=500)
    seconds: int | None = Field(default=None, ge=0, le=14_400)
    metres: int | None = Field(default=None, ge=0, le=50_000)
    load: Load | None = None
    effort: float | None = Field(default=None, ge=0, le=10)


class LoggedItem(Model):
    """One item as it was done."""

    exercise: str
    sets: tuple[LoggedSet, ...] = ()
    pain_during: Pain | None = None


class Response(Model):
    """Pain and the most distal symptom around a session."""

    pain_before: Pain | None = None
    pain_during: Pain | None = None
    pain_after: Pain | None = None
    pain_next_morning: Pain | None = None
    site_before: MostDistal | None = None
    site_after: MostDistal | None = None
    site_after_30_minutes: MostDistal | None = None


class Outcomes(Model):
    """Outcome scores with their ranges (clinical measures, section 4 of the clinical notes)."""

    nprs: Pain | None = None
    odi_percent: float | None = Field(default=None, ge=0, le=100)
    rmdq: int | None = Field(default=None, ge=0, le=24)
    psfs: float | None = Field(default=None, ge=0, le=10)
    start_back_total: int | None = Field(default=None, ge=0, le=9)
    start_back_psych: int | None = Field(default=None, ge=0, le=5)
    orebro_short: int | None = Field(default=None, ge=0, le=100)


class LogEntry(Model):
    """One entry.  ``corrects`` names an earlier entry that this one replaces."""

    id: str = Field(min_length=1, max_length=60)
    written: dt.datetime
    slot: str | None = None
    check_in: str | None = None
    done: Literal["done", "partly", "missed"] | None = None
    items: tuple[LoggedItem, ...] = ()
    response: Response = Response()
    answers: dict[str, str] = Field(default_factory=dict)
    flags: dict[str, Answer] = Field(default_factory=dict)
    motor: tuple[MotorFinding, ...] = ()
    outcomes: Outcomes = Outcomes()
    corrects: str | None = None
    words: str = Field(default="", max_length=500)


class Log(Model):
    """All entries of one programme, in the order of writing."""

    programme: str
    entries: tuple[LogEntry, ...] = ()
