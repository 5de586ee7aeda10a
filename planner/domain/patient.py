"""The patient file: findings, goals, places and time, as a clinician enters them.

``unknown`` is legal wherever a clinician may not know; it is stored as None and never guessed.
Units are in the names: ``_kg`` kilograms, ``_minutes``, ``_seconds``; loads of equipment are in
the equipment's own ``unit``.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, PlainSerializer, field_validator, model_validator
from pydantic_core import CoreSchema

from planner.domain.directions import Direction, Side
from planner.domain.dose import Load, LoadUnit
from planner.domain.exercise import Apparatus, ExerciseId, Joint, Nerve, Pattern, Position
from planner.domain.model import Model

T = TypeVar("T")


def _unknown_is_none(value: Any) -> Any:
    return None if value == "unknown" else value


class _OrUnknown:
    """Adds the word ``unknown`` to the JSON Schema of a value."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(schema), {"const": "unknown", "type": "string"}]}


#: A value that a clinician may not know; ``unknown`` in a file, None in memory.
Unknown = Annotated[T | None, BeforeValidator(_unknown_is_none), _OrUnknown()]


def _clock(value: Any) -> Any:
    """``HH:MM`` strictly; a bare number would be a trap (18 -> 00:00:18)."""
    if isinstance(value, str):
        try:
            return dt.datetime.strptime(value.strip(), "%H:%M").time()
        except ValueError:
            raise ValueError("must be a time of day such as 18:00") from None
    if isinstance(value, dt.time):
        return value.replace(second=0, microsecond=0)
    raise ValueError("must be a time of day such as 18:00")


Clock = Annotated[
    dt.time,
    BeforeValidator(_clock),
    PlainSerializer(lambda value: value.strftime("%H:%M")),
]


class Weekday(StrEnum):
    """Days of the week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @property
    def number(self) -> int:
        """0 for Monday to 6 for Sunday, as ``date.weekday``."""
        return list(Weekday).index(self)


class Presentation(StrEnum):
    """Working class of the back pain (rule T2).  The label never drives the plan."""

    SERIOUS = "serious"
    NERVE_ROOT = "nerve_root"
    MECHANICAL_DISC = "mechanical_disc"
    MECHANICAL_JOINT = "mechanical_joint"
    STENOSIS_CLAUDICATION = "stenosis_claudication"
    MIXED = "mixed"
    NON_SPECIFIC = "non_specific"
    NONE = "none"


class Irritability(StrEnum):
    """How easily symptoms flare and how slowly they settle; entered by the clinician."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 low, 1 moderate, 2 high."""
        return list(Irritability).index(self)


class Site(StrEnum):
    """Most distal symptom; ``rank`` 0-5."""

    NONE = "none"
    BACK = "back"
    BUTTOCK = "buttock"
    THIGH = "thigh"
    CALF = "calf"
    FOOT = "foot"

    @property
    def rank(self) -> int:
        """0 none, 1 back, 2 buttock, 3 thigh, 4 calf, 5 foot."""
        return list(Site).index(self)


class Answer(StrEnum):
    """The answer to a screening question."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


class Clearance(Model):
    """Who looked into a positive flag, when, and what was found."""

    flag: str
    by: str = Field(min_length=2, max_length=80)
    on: dt.date
    finding: str = Field(min_length=3, max_length=300)


class Screening(Model):
    """The safety screen: every flag answered; clearances for those that were not ``no``.

    The flags themselves, with their tiers and questions, are in rule T1.
    """

    on: dt.date
    flags: dict[str, Answer]
    clearances: tuple[Clearance, ...] = ()

    @field_validator("flags", mode="before")
    @classmethod
    def _yes_and_no(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {k: {True: "yes", False: "no"}.get(v, v) if isinstance(v, bool) else v for k, v in value.items()}
        return value


class Aim(StrEnum):
    """What to do about a direction that the back does not tolerate."""

    RE_EXPOSE = "re_expose"
    AVOID = "avoid"


class Intolerance(Model):
    """A direction that provokes symptoms now, and what is to become of it.

    ``current_stage`` is the highest envelope stage (0-5) that was tested and tolerated.
    """

    direction: Direction
    current_stage: Unknown[Annotated[int, Field(ge=0, le=5)]] = None
    aim: Aim = Aim.RE_EXPOSE


class RepeatedMovement(Model):
    """One row of a repeated-movement test."""

    direction: Direction
    repetitions: int = Field(ge=1, le=60)
    during: Literal["better", "worse", "no_effect", "centralises", "peripheralises"]
    after: Literal["better", "worse", "no_effect", "centralised", "peripheralised"]


class Myotome(StrEnum):
    """Lumbar and sacral myotomes."""

    L2 = "L2"
    L3 = "L3"
    L4 = "L4"
    L5 = "L5"
    S1 = "S1"


class MotorFinding(Model):
    """Strength of a myotome on the MRC scale 0-5, and whether it is changing."""

    myotome: Myotome
    side: Literal[Side.LEFT, Side.RIGHT]
    grade: int = Field(ge=0, le=5, description="MRC 0-5")
    course: Literal["stable", "improving", "worsening", "unknown"] = "unknown"


class Neurology(Model):
    """Neurological examination of the legs."""

    examined: bool
    nerve: Nerve | None = Field(default=None, description="nerve whose tension test is positive")
    side: Literal[Side.LEFT, Side.RIGHT, Side.BOTH] | None = None
    motor: tuple[MotorFinding, ...] = ()
    bilateral_signs: Literal["none", "long_standing_claudication", "new_or_worsening"] = "none"
    vascular_cause_considered: bool = False


class MostDistal(Model):
    """Where the symptoms reach, at worst, now."""

    site: Site
    side: Side = Side.NONE


class Findings(Model):
    """What the examination showed."""

    presentation: Presentation
    irritability: Irritability
    back_pain: Unknown[Annotated[int, Field(ge=0, le=10)]] = Field(default=None, description="NPRS 0-10")
    leg_pain: Unknown[Annotated[int, Field(ge=0, le=10)]] = Field(default=None, description="NPRS 0-10")
    most_distal: MostDistal = MostDistal(site=Site.NONE)
    directional_preference: Unknown[Direction | Literal["none"]] = Field(
        default=None, description="as tested; a side glide is shift_left or shift_right (shoulders toward)"
    )
    repeated_movements: tuple[RepeatedMovement, ...] = ()
    intolerances: tuple[Intolerance, ...] = ()
    neurology: Neurology = Neurology(examined=False)
    fear_dominant: bool = Field(default=False, description="progress by quota, not gated by pain")

    @model_validator(mode="after")
    def _consistent(self) -> Findings:
        seen = [row.direction for row in self.intolerances]
        doubled = sorted({d.value for d in seen if seen.count(d) > 1})
        if doubled:
            raise ValueError(f"intolerances: {', '.join(doubled)} is given twice")
        if self.directional_preference in seen:
            raise ValueError(
                f"directional_preference: {self.directional_preference} cannot be the preference "
                "and an intolerance at once"
            )
        return self

    @property
    def mixed(self) -> bool:
        """Whether two opposite directions are not tolerated."""
        bad = {row.direction for row in self.intolerances}
        return any(direction.opposite in bad for direction in bad)


class BloodPressure(Model):
    """Resting blood pressure in mmHg."""

    systolic: int = Field(ge=60, le=260)
    diastolic: int = Field(ge=30, le=160)


class Surgery(Model):
    """Spinal surgery with the surgeon's own limits; nothing is assumed in their place."""

    on: dt.date
    procedure: str = Field(min_length=3, max_length=120)
    limits_by: str = Field(min_length=2, max_length=80)
    max_load_kg: float = Field(ge=0, le=300)
    closed_directions: tuple[Direction, ...]
    until: dt.date


class Conditions(Model):
    """Health conditions that cap or close work."""

    osteoporosis: Unknown[bool] = False
    vertebral_fracture: Literal["excluded", "present", "unknown"] = "excluded"
    spondylolisthesis: bool = False
    hip_replacement: bool = False
    pregnancy_weeks: int | None = Field(default=None, ge=1, le=42)
    pregnancy_cleared_by: str | None = Field(default=None, max_length=80)
    blood_pressure: Unknown[BloodPressure] = None
    surgery: Surgery | None = None
    falls_last_year: Unknown[Annotated[int, Field(ge=0, le=100)]] = None
    floor_transfer: Unknown[bool] = Field(default=True, description="gets down to the floor and up again unaided")


class Restriction(Model):
    """Something that must not be used, and why."""

    position: Position | None = None
    joint: Joint | None = None
    pattern: Pattern | None = None
    exercise: ExerciseId | None = None
    floor_transfer: Literal[True] | None = None
    reason: str = Field(min_length=3, max_length=200)

    @model_validator(mode="after")
    def _exactly_one(self) -> Restriction:
        named = [self.position, self.joint, self.pattern, self.exercise, self.floor_transfer]
        if sum(value is not None for value in named) != 1:
            raise ValueError("name exactly one of position, joint, pattern, exercise, floor_transfer")
        return self


class GoalKind(StrEnum):
    """What a goal is about."""

    LIFT = "lift"  # an exercise at a load for repetitions
    TASK = "task"  # an exercise of the task track, loaded or not
    EXERCISE = "exercise"  # to be able to do this exercise
    WALK = "walk"  # minutes in one go
    RUN = "run"  # minutes in one go
    STRENGTH = "strength"  # get stronger all round
    HEALTH = "health"  # be active, move well


class Goal(Model):
    """A goal.  ``must`` goals are hard, ``want`` goals are weighed."""

    kind: GoalKind
    priority: Literal["must", "want"] = "want"
    exercise: ExerciseId | None = None
    load_kg: float | None = Field(default=None, gt=0, le=500)
    repetitions: int | None = Field(default=None, ge=1, le=50)
    minutes: int | None = Field(default=None, ge=1, le=300)
    by_week: int | None = Field(default=None, ge=1, le=52)
    words: str = Field(default="", max_length=120, description="the patient's own words")

    @model_validator(mode="after")
    def _says_what(self) -> Goal:
        if self.kind in (GoalKind.LIFT, GoalKind.TASK, GoalKind.EXERCISE) and self.exercise is None:
            raise ValueError(f"a goal of kind {self.kind.value} needs exercise")
        if self.kind is GoalKind.LIFT and (self.load_kg is None or self.repetitions is None):
            raise ValueError("a lift needs load_kg and repetitions")
        if self.kind in (GoalKind.WALK, GoalKind.RUN) and self.minutes is None:
            raise ValueError(f"a goal of kind {self.kind.value} needs minutes")
        return self


class TrainingStatus(StrEnum):
    """Experience with resistance training."""

    UNTRAINED = "untrained"
    NOVICE = "novice"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Capacity(Model):
    """What was done, and how hard it was.

    Loaded work: ``load_kg`` (each hand for a pair of dumbbells), ``repetitions`` and ``effort``
    (RPE/CR10).  Holds: ``hold_seconds``.
    """

    exercise: ExerciseId
    load_kg: float | None = Field(default=None, gt=0, le=500)
    repetitions: int | None = Field(default=None, ge=1, le=100)
    effort: float = Field(default=10, ge=0, le=10)
    hold_seconds: int | None = Field(default=None, ge=1, le=900)
    on: dt.date | None = None

    @model_validator(mode="after")
    def _something_was_done(self) -> Capacity:
        if self.repetitions is None and self.hold_seconds is None:
            raise ValueError("say what was done: repetitions or hold_seconds")
        return self


class Training(Model):
    """Training history and the rest of the week."""

    status: TrainingStatus = TrainingStatus.UNTRAINED
    longest_walk_minutes: Unknown[Annotated[int, Field(ge=0, le=600)]] = Field(
        default=None, description="longest walk of the last 30 days, minutes"
    )
    longest_run_minutes: Unknown[Annotated[int, Field(ge=0, le=600)]] = Field(
        default=None, description="longest run of the last 30 days, minutes"
    )
    capacities: tuple[Capacity, ...] = ()
    other_activity: str = Field(default="", max_length=300)


class Bar(Model):
    """A bar and the plates that go on it; ``plates`` lists pairs, one entry per pair."""

    bar: float = Field(gt=0, le=60)
    plates: tuple[Annotated[float, Field(gt=0, le=60)], ...] = Field(min_length=1, max_length=40)


class Stack(Model):
    """Loads in even steps: a cable, a machine, a crate that can be filled."""

    low: float = Field(ge=0, le=400)
    high: float = Field(gt=0, le=400)
    step: float = Field(ge=0.1, le=50)

    @model_validator(mode="after")
    def _rises(self) -> Stack:
        if self.high < self.low:
            raise ValueError("high must not be below low")
        return self


class Equipment(Model):
    """What a place has, with the actual loads in ``unit``."""

    unit: Literal["kg", "lb"] = "kg"
    dumbbells: tuple[Annotated[float, Field(gt=0, le=120)], ...] = Field(default=(), description="mass of one dumbbell")
    dumbbell_pairs: bool = Field(default=True, description="two of each dumbbell are there")
    kettlebells: tuple[Annotated[float, Field(gt=0, le=120)], ...] = ()
    plates: tuple[Annotated[float, Field(gt=0, le=60)], ...] = Field(default=(), description="loose plates to hold")
    bands: tuple[Literal["very_light", "light", "medium", "heavy", "very_heavy"], ...] = ()
    barbell: Bar | None = None
    trap_bar: Bar | None = None
    cable: Stack | None = None
    machine: Stack | None = None
    box: Stack | None = Field(default=None, description="a crate or box that can be filled")
    things: tuple[Apparatus, ...] = Field(
        default=(), description="besides mat, chair, wall, counter, dowel and towel, which every place has"
    )

    @model_validator(mode="after")
    def _loads_are_there(self) -> Equipment:
        for name in ("dumbbells", "kettlebells", "plates", "bands"):
            values = getattr(self, name)
            if len(set(values)) != len(values):
                raise ValueError(f"{name}: the same load is listed twice")
        return self

    @property
    def load_unit(self) -> LoadUnit:
        """The native unit of the loads."""
        return LoadUnit.GRAM if self.unit == "kg" else LoadUnit.CENTIPOUND

    def native(self, value: float) -> Load:
        """A load of ``value`` in this equipment's unit."""
        factor = 1000 if self.unit == "kg" else 100
        return Load(amount=round(value * factor), unit=self.load_unit)


class Place(Model):
    """Where sessions happen."""

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9 _-]{0,30}$")
    equipment: Equipment = Equipment()
    supervised: bool = False


class Window(Model):
    """A weekly window in which one session may be placed, local time."""

    day: Weekday
    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")
    place: str

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Window:
        if self.end <= self.start:
            raise ValueError(f"to: must be later than from ({self.start:%H:%M}), got {self.end:%H:%M}")
        return self

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return (self.end.hour - self.start.hour) * 60 + self.end.minute - self.start.minute


class DailySlot(Model):
    """A short daily moment for little-and-often work, walks and balance, local time."""

    at: Clock
    minutes: int = Field(ge=3, le=120)
    days: tuple[Weekday, ...] = tuple(Weekday)


class Away(Model):
    """Days without sessions, both ends included."""

    first: dt.date = Field(alias="from")
    last: dt.date = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Away:
        if self.last < self.first:
            raise ValueError("to: must not be before from")
        return self


class Availability(Model):
    """The patient's week.

    ``sessions_per_week`` defaults to what fits the training status; ``session_minutes`` caps every
    session below its window.  ``busy`` names an .ics file beside the patient file.
    """

    windows: tuple[Window, ...] = Field(min_length=1, max_length=21)
    sessions_per_week: int | None = Field(default=None, ge=1, le=7)
    session_minutes: int | None = Field(default=None, ge=10, le=180)
    daily_slots: tuple[DailySlot, ...] = ()
    waking: Clock = dt.time(7, 0)
    away: tuple[Away, ...] = ()
    busy: str | None = None

    @model_validator(mode="after")
    def _windows_do_not_overlap(self) -> Availability:
        for i, one in enumerate(self.windows):
            for k, other in enumerate(self.windows[:i]):
                if one.day == other.day and one.start < other.end and other.start < one.end:
                    raise ValueError(f"windows[{i}] overlaps windows[{k}] on {one.day.value}")
        return self

    def is_away(self, date: dt.date) -> bool:
        """Whether the patient is away on a date."""
        return any(away.first <= date <= away.last for away in self.away)


class Episode(Model):
    """When the programme starts, how long it lasts, and the clock it lives by."""

    start: dt.date
    weeks: int = Field(ge=1, le=52, description="weeks of seven days from the start date")
    timezone: str

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except Exception:
            raise ValueError("is not a time zone of the tz database, such as Australia/Sydney") from None
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.timezone)


class Override(Model):
    """A signed override of a rule that allows one."""

    rule: str
    who: str = Field(min_length=2, max_length=80)
    why: str = Field(min_length=5, max_length=300)
    on: dt.date
    parameters: dict[str, float] = Field(
        default_factory=dict, description="new values of the rule's parameters; empty: the rule is off"
    )


class Pin(Model):
    """A line that the clinician has fixed."""

    week: int = Field(ge=1, le=52)
    exercise: ExerciseId
    day: Weekday | None = None


class Patient(Model):
    """One patient, one episode."""

    patient: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$", description="a pseudonym, never a name")
    age: int = Field(ge=0, le=120, description="years")
    body_mass_kg: float = Field(ge=25, le=350)
    episode: Episode
    screening: Screening
    findings: Findings
    conditions: Conditions = Conditions()
    restrictions: tuple[Restriction, ...] = ()
    goals: tuple[Goal, ...] = Field(default=(), max_length=12)
    training: Training = Training()
    places: tuple[Place, ...] = Field(min_length=1, max_length=6)
    availability: Availability
    likes: tuple[ExerciseId, ...] = ()
    dislikes: tuple[ExerciseId, ...] = ()
    confidence: Unknown[Annotated[int, Field(ge=0, le=10)]] = Field(
        default=None, description="0-10 that they will do it"
    )
    pins: tuple[Pin, ...] = ()
    overrides: tuple[Override, ...] = ()

    @model_validator(mode="after")
    def _places_exist(self) -> Patient:
        names = [place.name for place in self.places]
        if len(set(names)) != len(names):
            raise ValueError("places: two places have the same name")
        for i, window in enumerate(self.availability.windows):
            if window.place not in names:
                raise ValueError(
                    f"availability.windows[{i}].place: {window.place!r} is not one of the places ({', '.join(names)})"
                )
        for i, goal in enumerate(self.goals):
            if goal.by_week is not None and goal.by_week > self.episode.weeks:
                raise ValueError(f"goals[{i}].by_week: is after the last week, {self.episode.weeks}")
        return self

    def place(self, name: str) -> Place:
        """The place of that name.

        Raises
        ------
        KeyError
            When there is none.
        """
        for place in self.places:
            if place.name == name:
                return place
        raise KeyError(name)

    @property
    def healthy(self) -> bool:
        """Whether no back complaint is being treated."""
        return self.findings.presentation is Presentation.NONE

    def intolerance(self, direction: Direction) -> Intolerance | None:
        """The intolerance of a direction, if there is one."""
        for row in self.findings.intolerances:
            if row.direction is direction:
                return row
        return None
