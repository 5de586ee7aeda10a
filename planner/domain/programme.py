"""The programme: what is written to ``programme.json`` and read by everything after the solver.

It is self-contained with the copies of its inputs beside it: the verifier, the calendar and the
summary need nothing else.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Final, Literal

from pydantic import Field

from planner.domain.directions import Direction, Side
from planner.domain.dose import DAY_SECONDS, Dose, Load
from planner.domain.exercise import EvidenceMark, Implement, Section, Track
from planner.domain.log import Account
from planner.domain.model import Model
from planner.domain.patient import Irritability, Window

SCHEMA_VERSION: Final = 1


class Phase(StrEnum):
    """The phases of a programme (rule PH), in order."""

    SETTLE = "settle"
    RESTORE = "restore"
    BUILD = "build"
    PERFORM = "perform"

    @property
    def rank(self) -> int:
        """0 settle to 3 perform."""
        return list(Phase).index(self)


class Status(StrEnum):
    """State of a session or check-in in the calendar."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"  # after a check-in that has not happened yet
    CANCELLED = "cancelled"
    DONE = "done"
    MISSED = "missed"

    @property
    def past(self) -> bool:
        """Whether it has been held or missed: no plan changes it any more."""
        return self in (Status.DONE, Status.MISSED)

    @property
    def in_calendar(self) -> Status:
        """The status that a calendar shows: what is past was confirmed."""
        return Status.CONFIRMED if self.past else self


class SessionKind(StrEnum):
    """A training session in a window, or the little-and-often work of one day."""

    TRAINING = "training"
    DAILY = "daily"


class Alternative(Model):
    """Another exercise at a dose that may stand in for an item; always inside the same envelope."""

    exercise: str
    name: str
    side: Side
    dose: Dose
    implement: Implement = Implement.NONE


class Item(Model):
    """One line of a session."""

    track: Track
    section: Section
    exercise: str
    name: str
    side: Side = Side.NONE
    dose: Dose
    implement: Implement = Field(default=Implement.NONE, description="what carries the load")
    cue: str
    days_note: str = Field(default="", max_length=900, description="how often, for daily work")
    serves: tuple[str, ...] = Field(min_length=1, description="goals (goal 1...) and rule ids it serves")
    shaped_by: tuple[str, ...] = Field(default=(), description="ids of the rules whose limits bind here")
    why: str = Field(default="", max_length=300, description="what it serves, and what holds the next step, in short")
    calibration: bool = Field(default=False, description="first contact with an unknown capacity (rule CAL)")
    deload: bool = False
    gate: str | None = Field(default=None, description="id of the check-in that must be passed first")
    fallback: Alternative | None = Field(default=None, description="instead, while the gate is shut")
    easier: Alternative | None = Field(default=None, description="for a bad day; inside this week's envelope")
    ladder: str = Field(default="", description="key of the ladder that it stands on; empty for daily work")
    rung: int | None = Field(default=None, ge=0, description="its rung there, from 0")
    pinned: str = Field(default="", max_length=80, description="who asked for this line to stay as it is")
    line: str = Field(default="", description="the line of a published programme that it is")
    part: str = Field(default="", description="its name where the session has the exercise more than once")
    judged_as: str | None = Field(
        default=None, description="the catalogue's exercise that a programme's own one is like; empty: not known"
    )

    @property
    def doses(self) -> tuple[object, ...]:
        """What a patient does, effort and wording left out: two items that agree here are the same work."""
        dose = self.dose
        rows = tuple(row.model_copy(update={"effort": None, "note": None}) for row in dose.sets)
        return self.exercise, self.side, self.implement, rows, dose.bouts_per_day


class Session(Model):
    """A training session or a day's little-and-often work, in local time.

    ``slot`` is given once and never reused; it is what a calendar UID is made from.
    """

    slot: str = Field(pattern=r"^[a-z0-9-]{3,40}$")
    week: int = Field(ge=1, le=52)
    kind: SessionKind
    start: dt.datetime = Field(description="local wall-clock time, without offset; see Programme.timezone")
    end: dt.datetime
    place: str
    supervised: bool = False
    status: Status = Status.CONFIRMED
    sequence: int = Field(default=0, ge=0)
    warm_up_minutes: int = Field(default=0, ge=0, le=30)
    warm_up: str = ""
    estimated_minutes: float = Field(ge=0, le=DAY_SECONDS / 60)
    items: tuple[Item, ...]
    short: tuple[Item, ...] = Field(default=(), description="what to do on a day with five minutes")
    fixed: str = Field(default="", max_length=80, description="who asked for this day and time")
    name: str | None = Field(default=None, description="as a published programme calls it")
    optional: bool = Field(default=False, description="may be left out; of a published programme")
    account: Account | None = Field(default=None, description="what was logged of it, once it has passed")
    modified: dt.datetime | None = Field(default=None, description="stamp of the revision that last changed it")

    @property
    def held(self) -> bool:
        """Whether it took place, in whole or in part."""
        return self.status is Status.DONE


class CheckIn(Model):
    """A contact at which the response decides what comes next."""

    id: str = Field(pattern=r"^check-in-[0-9]{1,2}[a-z]{0,2}$", description="check-in-2b came in after check-in-2")
    slot: str
    week: int
    start: dt.datetime
    end: dt.datetime
    gate: str = Field(default="", description="what passing it opens, for instance settle -> restore")
    questions: tuple[str, ...] = Field(min_length=1)
    decides: str
    sequence: int = Field(default=0, ge=0)
    status: Status = Status.CONFIRMED
    passed: bool | None = Field(default=None, description="whether its gate was passed, once it has been held")
    modified: dt.datetime | None = Field(default=None, description="stamp of the revision that last changed it")


class Week(Model):
    """One week: phase, what is open, and totals."""

    number: int = Field(ge=1, le=52)
    starts: dt.date = Field(description="its first day")
    phase: Phase
    irritability: Irritability = Field(description="forecast; follows the phase (rule I1)")
    deload: bool = False
    gate: str | None = Field(default=None, description="id of the check-in before which the week is conditional")
    block: int = Field(default=0, ge=0, description="number of the block in which a track keeps its weekdays")
    envelope: dict[Direction, int] = Field(
        default_factory=dict, description="stage 0-5 open this week, for each direction not tolerated at intake"
    )
    closed: tuple[Direction, ...] = Field(
        default=(), description="directions that a surgeon has closed this week, whatever stage is open (rule SURG)"
    )
    compression_cap: int = Field(ge=0, le=3)
    effort_cap: float = Field(ge=0, le=10, description="CR10/RPE on items that load the spine")
    item_cap: int = Field(ge=1, le=30, description="exercises a session")
    hard_sets: dict[Track, int] = Field(default_factory=dict, description="working sets of the week per loaded track")
    training_minutes: int = Field(default=0, ge=0)
    aerobic_minutes: int = Field(default=0, ge=0)


class GoalOutcome(Model):
    """What the programme forecasts for one goal."""

    goal: str = Field(description="goal 1, goal 2... in the order of the patient file")
    words: str
    reached_week: int | None = None
    forecast: str = Field(description="what is reached and when, in plain words")
    held_back_by: str = Field(default="", description="rule or resource that stopped it short")


class RuleRecord(Model):
    """A rule in force, as printed with the programme."""

    id: str
    statement: str
    force: str
    source: str
    mark: EvidenceMark
    override: Literal["never", "signed"]
    parameters: dict[str, float] = Field(default_factory=dict)
    changed_by_clinic: tuple[str, ...] = Field(default=(), description="names of parameters that clinic.yaml changed")
    overridden: str = Field(default="", description="who, when and why, when a clinician signed an override")


class Exclusion(Model):
    """Exercises that one rule closes in the same weeks because of the same line."""

    rule: str
    because: str
    first_week: int
    last_week: int
    exercises: tuple[str, ...] = Field(description="ids, in the catalogue's order")


class RungRecord(Model):
    """One rung of a ladder as it was built."""

    exercise: str
    counts: tuple[int, ...] = Field(description="repetitions, holds, seconds, metres or rounds, set by set")
    hold_seconds: int = 0
    load: Load | None = None
    band: str | None = None
    work_seconds: int = 0
    rest_between_work: int = 0
    implement: Implement = Implement.NONE
    warm_ups: tuple[tuple[Load, int], ...] = ()
    needs: int = Field(ge=1, description="sessions at it before a step up")
    nexts: tuple[int, ...] = Field(default=(), description="rungs that a step may lead to")
    progress: float = 0.0
    entry: bool = False


class LadderRecord(Model):
    """A ladder as it was built: what later revisions climb, so that they do not wander."""

    key: str
    track: Track
    first_week: int
    last_week: int
    rungs: tuple[RungRecord, ...]
    pace: dict[int, float] = Field(default_factory=dict, description="share of the way by the end of each week")
    calibrates: tuple[str, ...] = ()
    forecast: tuple[str, ...] = ()
    goal: str | None = Field(default=None, description="exercise of the goal that it was built for")
    goal_rung: int | None = None


class Halt(Model):
    """Something that the response closed (rule C1): an exercise, or a direction down to a stage."""

    since: dt.date
    exercise: str | None = None
    direction: Direction | None = None
    stage: int | None = Field(default=None, ge=0, le=5, description="highest stage of the direction that stays open")
    rule: str = "C1"
    because: str = Field(max_length=300)
    contact: bool = Field(default=False, description="contact within 48 hours is required")
    until: dt.date | None = Field(default=None, description="the check-in at which a clinician allowed it again")


class Exemption(Model):
    """One line or session for which a clinician has signed to set a rule aside."""

    rule: str
    slot: str
    exercise: str = Field(default="", description="empty: the session as a whole")
    who: str = Field(min_length=2, max_length=80)
    why: str = Field(min_length=5, max_length=300)
    on: dt.date


class Decision(Model):
    """What the response to a session decided, and by which rule."""

    on: dt.date
    rule: str
    about: str = Field(description="a track, an exercise, a direction, a check-in or the programme")
    words: str = Field(max_length=300, description="for instance: hinge repeats: pain +2 during, settled by morning")


class Change(Model):
    """One change of a revision against the one before."""

    slot: str = Field(default="", description="slot of the session or check-in; empty: the whole programme")
    track: Track | None = None
    kind: Literal["dose", "exercise", "added", "dropped", "time", "cancelled", "status", "phase", "signed"]
    before: str = ""
    after: str = ""
    because: str = Field(default="", max_length=300, description="the rule or the person behind it")


class Approval(Model):
    """The signature of a professional."""

    by: str
    on: dt.date


class Provenance(Model):
    """What the programme was made from, to the byte."""

    gradus: str
    ortools: str
    patient_sha256: str
    clinic_sha256: str
    exercises_sha256: str


#: Of programmes that are planned in thought and never written.
NO_PROVENANCE: Final = Provenance(gradus="", ortools="", patient_sha256="", clinic_sha256="", exercises_sha256="")


class RuleBreak(Model):
    """A rule that a published programme breaks as it is written."""

    rule: str
    where: str
    problem: str

    @property
    def text(self) -> str:
        """``O7: week 5, session 3 (run): ...``."""
        return f"{self.rule}: {self.where}: {self.problem}"


class ProtocolRecord(Model):
    """The protocol that a programme was made from, instead of being planned."""

    id: str
    version: int
    title: str
    source: str
    mark: EvidenceMark
    about: str = ""
    conventions: tuple[str, ...] = ()
    progression: tuple[str, ...] = Field(default=(), description="how it steps up, in words")
    start: tuple[str, ...] = Field(default=(), description="the values that it began with")
    breaks: tuple[RuleBreak, ...] = ()
    protocol_sha256: str
    build_sha256: str


class StandardDifference(Model):
    """One thing in which a patient's programme differs from the clinic protocol that it follows."""

    kind: Literal["setting", "phase", "left out", "added", "dose"]
    what: str = Field(description="an exercise, a span of weeks, or a setting such as minutes a session")
    standard: str = ""
    here: str = ""
    rule: str = Field(default="", description="the rule behind it, where one is")
    because: str = Field(max_length=300, description="begins with the path of a line of the patient file, where one is")


class StandardRecord(Model):
    """The clinic protocol that a programme was planned after."""

    id: str
    version: int
    title: str
    reviewed: str
    source: str
    mark: EvidenceMark
    settings: tuple[str, ...] = Field(description="weeks, days, minutes and equipment that it was planned with")
    limits: tuple[str, ...] = ()
    then: tuple[str, ...] = Field(default=(), description="published protocols that may follow")
    filled: tuple[str, ...] = Field(default=(), description="what it gave where the patient file is silent")
    differences: tuple[StandardDifference, ...] = ()


class TierReport(Model):
    """One tier of the objective: value, bound and whether the value is proved best."""

    name: str
    value: float
    bound: float
    proved: bool


class Programme(Model):
    """A whole programme, one revision."""

    schema_version: Literal[1] = SCHEMA_VERSION
    id: str = Field(description="uuid5 of patient and episode")
    revision: int = Field(default=1, ge=1)
    stamp: dt.datetime = Field(description="UTC; from the inputs and the revision, never from a clock")
    patient: str
    clinic: str = ""
    contact: str = Field(default="", description="whom the patient calls")
    prescriber: str = Field(default="", description="name and qualification")
    timezone: str
    starts: dt.date
    weeks_planned: int
    approval: Approval | None = None
    provenance: Provenance
    weeks: tuple[Week, ...]
    sessions: tuple[Session, ...] = Field(description="in order of start")
    check_ins: tuple[CheckIn, ...]
    goals: tuple[GoalOutcome, ...]
    rules: tuple[RuleRecord, ...]
    excluded: tuple[Exclusion, ...] = Field(default=(), description="what the patient may not do, when and why")
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    tiers: tuple[TierReport, ...] = ()
    stopped_by_clock: bool = False
    protocol: ProtocolRecord | None = Field(default=None, description="what it is written after, instead of planned")
    standard: StandardRecord | None = Field(default=None, description="the clinic protocol that it follows")
    created: dt.datetime | None = Field(default=None, description="stamp of the first revision; None in that one")
    planned_from: dt.date | None = Field(default=None, description="first day that this revision planned anew")
    frozen: str = Field(
        default="", max_length=4_000, description="why nothing may be done for now, the most urgent first; see rule T1"
    )
    halts: tuple[Halt, ...] = ()
    exemptions: tuple[Exemption, ...] = Field(default=(), description="rules that a clinician signed to set aside")
    released: tuple[str, ...] = Field(default=(), description="must goals that the response has put out of reach")
    walks_behind: int = Field(default=0, ge=0, description="weeks by which walking is behind its plan")
    decisions: tuple[Decision, ...] = Field(default=(), description="what the log decided, newest last")
    changes: tuple[Change, ...] = Field(default=(), description="against the revision before")
    ladders: tuple[LadderRecord, ...] = ()
    windows: dict[int, Window] = Field(default_factory=dict, description="the window of each weekly slot, by number")
    flare_card: tuple[Item, ...] = Field(default=(), description="what to do in the 48 hours of a flare-up")

    @property
    def live(self) -> tuple[Session, ...]:
        """Sessions that were held or still stand: neither missed nor cancelled."""
        return tuple(s for s in self.sessions if s.status not in (Status.MISSED, Status.CANCELLED))

    def week(self, number: int) -> Week:
        """The week of that number, 1-based; the last one for what was cancelled when the programme became shorter."""
        return self.weeks[min(number, len(self.weeks)) - 1]

    def sessions_of(self, week: int, kind: SessionKind | None = None) -> tuple[Session, ...]:
        """Sessions of a week, in order of start."""
        return tuple(s for s in self.sessions if s.week == week and (kind is None or s.kind is kind))
