"""Exercises: what the catalogue stores and the planner may prescribe.

An exercise whose tags are incomplete is never prescribed (``Exercise.complete``): every tag is
optional in the file, and a missing one means unknown, not zero.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from planner.domain.directions import Direction, Grade, SpineVector
from planner.domain.dose import DoseKind
from planner.domain.model import Model

ExerciseId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,48}$")]


class Track(StrEnum):
    """A line of work in a programme, in the order in which a session runs it."""

    RELIEF = "relief"
    DIRECTIONAL = "directional"
    NEURAL = "neural"
    MOBILITY = "mobility"
    THORACIC = "thoracic"
    ANTI_EXTENSION = "anti_extension"
    ANTI_ROTATION = "anti_rotation"
    ANTI_LATERAL_FLEXION = "anti_lateral_flexion"
    ANTI_FLEXION = "anti_flexion"
    EXPOSURE = "exposure"
    HINGE = "hinge"
    SQUAT = "squat"
    TASK = "task"
    PUSH = "push"
    ROW = "row"
    PRESS = "press"
    PULLDOWN = "pulldown"
    LUNGE = "lunge"
    CARRY = "carry"
    HAMSTRING = "hamstring"
    HIP = "hip"
    CALF = "calf"
    BALANCE = "balance"
    IMPACT = "impact"
    AEROBIC = "aerobic"


class Section(StrEnum):
    """The parts of a session, in order."""

    SYMPTOM_CONTROL = "symptom_control"
    PREPARATION = "preparation"
    TRUNK = "trunk"
    MAIN = "main"
    ACCESSORY = "accessory"
    AEROBIC = "aerobic"


SECTION_OF: dict[Track, Section] = {
    Track.RELIEF: Section.SYMPTOM_CONTROL,
    Track.DIRECTIONAL: Section.SYMPTOM_CONTROL,
    Track.NEURAL: Section.SYMPTOM_CONTROL,
    Track.MOBILITY: Section.PREPARATION,
    Track.THORACIC: Section.PREPARATION,
    Track.ANTI_EXTENSION: Section.TRUNK,
    Track.ANTI_ROTATION: Section.TRUNK,
    Track.ANTI_LATERAL_FLEXION: Section.TRUNK,
    Track.ANTI_FLEXION: Section.TRUNK,
    Track.EXPOSURE: Section.MAIN,
    Track.HINGE: Section.MAIN,
    Track.SQUAT: Section.MAIN,
    Track.TASK: Section.MAIN,
    Track.PUSH: Section.MAIN,
    Track.ROW: Section.MAIN,
    Track.PRESS: Section.ACCESSORY,
    Track.PULLDOWN: Section.ACCESSORY,
    Track.LUNGE: Section.ACCESSORY,
    Track.CARRY: Section.ACCESSORY,
    Track.HAMSTRING: Section.ACCESSORY,
    Track.HIP: Section.ACCESSORY,
    Track.CALF: Section.ACCESSORY,
    Track.BALANCE: Section.ACCESSORY,
    Track.IMPACT: Section.ACCESSORY,
    Track.AEROBIC: Section.AEROBIC,
}

#: Tracks whose working sets count as hard sets of a week.
LOADED_TRACKS = frozenset(
    {
        Track.HINGE,
        Track.SQUAT,
        Track.PUSH,
        Track.ROW,
        Track.PRESS,
        Track.PULLDOWN,
        Track.LUNGE,
        Track.CARRY,
        Track.HAMSTRING,
        Track.HIP,
        Track.CALF,
        Track.TASK,
    }
)


class Pattern(StrEnum):
    """The movement pattern: the file of the catalogue in which an exercise lives."""

    DIRECTIONAL = "directional"
    NEURAL = "neural"
    RELIEF = "relief"
    MOBILITY = "mobility"
    STRETCH = "stretch"
    TRUNK = "trunk"
    ROTATION = "rotation"
    EXPOSURE = "exposure"
    HINGE = "hinge"
    SQUAT = "squat"
    LUNGE = "lunge"
    PUSH = "push"
    PULL = "pull"
    CARRY = "carry"
    TASK = "task"
    HIP = "hip"
    HAMSTRING = "hamstring"
    CALF = "calf"
    THORACIC = "thoracic"
    BALANCE = "balance"
    IMPACT = "impact"
    AEROBIC = "aerobic"


class Muscle(StrEnum):
    """Muscle groups, at the grain at which recovery between hard sets is judged."""

    QUADRICEPS = "quadriceps"
    HAMSTRINGS = "hamstrings"
    GLUTES = "glutes"
    ADDUCTORS = "adductors"
    ABDUCTORS = "abductors"
    CALVES = "calves"
    HIP_FLEXORS = "hip_flexors"
    SPINAL_ERECTORS = "spinal_erectors"
    ABDOMINALS = "abdominals"
    OBLIQUES = "obliques"
    CHEST = "chest"
    LATS = "lats"
    UPPER_BACK = "upper_back"
    SHOULDERS = "shoulders"
    TRICEPS = "triceps"
    BICEPS = "biceps"
    FOREARMS = "forearms"


class Position(StrEnum):
    """Body positions that a restriction may name."""

    PRONE = "prone"
    SUPINE = "supine"
    SIDE_LYING = "side_lying"
    QUADRUPED = "quadruped"
    KNEELING = "kneeling"
    SITTING = "sitting"
    STANDING = "standing"
    WRISTS_LOADED = "wrists_loaded"
    OVERHEAD = "overhead"
    HANGING = "hanging"


class Joint(StrEnum):
    """Joints that a restriction may name; an exercise lists those that it loads near their limit."""

    NECK = "neck"
    SHOULDER = "shoulder"
    ELBOW = "elbow"
    WRIST = "wrist"
    HIP = "hip"
    KNEE = "knee"
    ANKLE = "ankle"


class Contraindication(StrEnum):
    """Findings in which an exercise is never prescribed, beyond what its tags already exclude."""

    OSTEOPOROSIS = "osteoporosis"
    VERTEBRAL_FRACTURE = "vertebral_fracture"
    SPONDYLOLISTHESIS = "spondylolisthesis"
    PREGNANCY = "pregnancy"
    HYPERTENSION = "hypertension"
    RECENT_SURGERY = "recent_surgery"
    JOINT_REPLACEMENT_HIP = "joint_replacement_hip"


class Nerve(StrEnum):
    """Nerves that neural items load."""

    SCIATIC = "sciatic"
    FEMORAL = "femoral"


class NeuralKind(StrEnum):
    """Sliders move the nerve, tensioners lengthen it; preparation only pumps next to it."""

    PREPARATION = "preparation"
    SLIDER = "slider"
    TENSIONER = "tensioner"


class NeuralRole(Model):
    """What a neural item does; ``contralateral`` is done on the leg that does not hurt."""

    nerve: Nerve
    kind: NeuralKind
    contralateral: bool = False


class NeuralTension(Model):
    """Tension 0-3 that an exercise puts on each nerve of the side on which it is done."""

    sciatic: Grade
    femoral: Grade


class Implement(StrEnum):
    """What carries the external load; each maps to the equipment of a place."""

    NONE = "none"
    BAND = "band"
    DUMBBELL = "dumbbell"
    DUMBBELL_PAIR = "dumbbell_pair"
    KETTLEBELL = "kettlebell"
    BARBELL = "barbell"
    TRAP_BAR = "trap_bar"
    PLATE = "plate"
    CABLE = "cable"
    MACHINE = "machine"
    BOX = "box"  # crate or box that can be filled
    BODY_WEIGHT_VEST = "vest"


class Apparatus(StrEnum):
    """Things without a load that an exercise needs."""

    MAT = "mat"
    CHAIR = "chair"
    WALL = "wall"
    COUNTER = "counter"
    STEP = "step"
    BENCH = "bench"
    RACK = "rack"
    BLOCKS = "blocks"
    DOWEL = "dowel"
    STRAP = "strap"
    TOWEL = "towel"
    BALL = "ball"
    AB_WHEEL = "ab_wheel"
    SLIDERS = "sliders"
    PULL_UP_BAR = "pull_up_bar"
    ROMAN_CHAIR = "roman_chair"
    BIKE = "bike"
    LEG_PRESS = "leg_press"
    LUMBAR_MACHINE = "lumbar_machine"
    LAT_PULLDOWN = "lat_pulldown"
    ROW_MACHINE = "row_machine"
    CHEST_PRESS = "chest_press"
    LEG_CURL = "leg_curl"
    LANDMINE = "landmine"
    STAIRS = "stairs"
    TREADMILL = "treadmill"
    ROWER = "rower"


class Setup(Model):
    """One way to equip an exercise: an implement for the load, and the things around it."""

    implement: Implement = Implement.NONE
    needs: tuple[Apparatus, ...] = ()


class Scheme(StrEnum):
    """How doses of the exercise progress; each is a small state machine in ``progression``."""

    REPETITIONS = "repetitions"  # repetitions, then a set
    HOLDS = "holds"  # holds of at most 10 s: repetitions, then a set
    DOUBLE_PROGRESSION = "double_progression"  # repetitions to the top, then load
    BAND = "band"  # repetitions to the top, then the next band
    DISTANCE = "distance"  # metres, then load
    MINUTES = "minutes"  # continuous minutes
    INTERVALS = "intervals"  # work grows, rest shrinks
    FIXED = "fixed"  # one dose; what changes is how often


class DoseBounds(Model):
    """The doses that an exercise allows.  Ranges are inclusive (low, high)."""

    kind: DoseKind
    sets: tuple[int, int] = (1, 3)
    repetitions: tuple[int, int] | None = Field(default=None, description="per set, or holds per set")
    hold_seconds: tuple[int, int] | None = None
    seconds: tuple[int, int] | None = Field(default=None, description="continuous work per set")
    metres: tuple[int, int] | None = None
    work_seconds: tuple[int, int] | None = None
    interval_rest_seconds: tuple[int, int] | None = None
    rounds: tuple[int, int] | None = None
    seconds_per_repetition: int = Field(default=4, ge=1, le=60)
    rest_seconds: int = Field(default=60, ge=0, le=600)

    @model_validator(mode="after")
    def _complete_and_ordered(self) -> DoseBounds:
        need = {
            DoseKind.REPETITIONS: ("repetitions",),
            DoseKind.HOLD: ("repetitions", "hold_seconds"),
            DoseKind.TIME: ("seconds",),
            DoseKind.DISTANCE: ("metres",),
            DoseKind.INTERVALS: ("work_seconds", "interval_rest_seconds", "rounds"),
        }[self.kind]
        for name in need:
            if getattr(self, name) is None:
                raise ValueError(f"bounds of a dose of {self.kind.value} need {name}")
        for name in (
            "sets",
            "repetitions",
            "hold_seconds",
            "seconds",
            "metres",
            "work_seconds",
            "interval_rest_seconds",
            "rounds",
        ):
            pair = getattr(self, name)
            if pair is not None and not 0 <= pair[0] <= pair[1]:
                raise ValueError(f"{name}: the low end {pair[0]} must not exceed the high end {pair[1]}")
        return self


class Cue(Model):
    """Two to four plain, unthreatening sentences for a patient."""

    setup: str = Field(min_length=8, max_length=220)
    movement: str = Field(min_length=8, max_length=260)
    feel: str = Field(min_length=8, max_length=200)
    stop: str = Field(min_length=8, max_length=200)

    @property
    def text(self) -> str:
        """The cue as one paragraph."""
        return " ".join((self.setup, self.movement, self.feel, self.stop))


class Progression(Model):
    """A link up the exercise graph.

    ``carry_over`` is the share (0-2) of this exercise's estimated 1RM that may be assumed for a
    first dose of the harder one, None when nothing carries over.
    """

    to: ExerciseId
    carry_over: float | None = Field(default=None, gt=0, le=2)


class EvidenceMark(StrEnum):
    """F: seen in a stored copy of the source.  K: knowledge, not re-checked.  D: our default."""

    FOUND = "F"
    KNOWLEDGE = "K"
    DEFAULT = "D"


class Evidence(Model):
    """Where the tags come from."""

    mark: EvidenceMark
    source: str = Field(min_length=3, max_length=240)


class Exercise(Model):
    """One exercise.  Sided ones are stored once and mirrored (see ``SpineVector``)."""

    id: ExerciseId
    name: str = Field(min_length=3, max_length=60)
    pattern: Pattern
    tracks: tuple[Track, ...] = Field(description="tracks in which it may serve; empty: never planned")
    level: int = Field(ge=1, le=10, description="rough difficulty within its tracks, for ordering")
    sided: bool = Field(description="done on one named side at a time")
    one_side_only: bool = Field(default=False, description="sided, and done only on the side that the findings name")

    motion: SpineVector | None = None
    resists: SpineVector | None = None
    compression: Grade | None = Field(default=None, description="0 lying, 1 <2 kN, 2 to 3.4 kN, 3 above")
    lateral_shift: Grade | None = Field(default=None, description="shift of the shoulders to the named side")
    neural_tension: NeuralTension | None = None
    thoracic_flexion: Grade | None = None
    floor_transfer: bool | None = Field(default=None, description="needs getting down to the floor and up")
    positions: tuple[Position, ...] | None = None
    joints: tuple[Joint, ...] | None = Field(default=None, description="joints loaded near their limit")
    impact: Grade | None = None
    balance_demand: Grade | None = None
    breath_holding: bool | None = Field(default=None, description="usually done with a held breath when hard")
    sustained_upright: bool | None = Field(default=None, description="upright without a break for minutes")

    activity: bool = Field(default=False, description="walking and daily activities: never capped by tags")
    daily: bool = Field(default=False, description="little and often: short enough for a daily slot")
    passive: bool = False
    preference: Direction | None = Field(
        default=None,
        description="the repeated-movement direction it works; shift_left stands for the named side",
    )
    neural: NeuralRole | None = None

    primary_muscles: tuple[Muscle, ...] = ()
    secondary_muscles: tuple[Muscle, ...] = ()
    setups: tuple[Setup, ...] = Field(min_length=1, description="alternatives, best first")
    start_load_share: float | None = Field(
        default=None,
        gt=0,
        le=1.5,
        description="share of body mass to begin a calibration from when capacity is unknown [D]",
    )
    scheme: Scheme
    bounds: DoseBounds
    regresses_to: tuple[ExerciseId, ...] = ()
    progresses_to: tuple[Progression, ...] = ()
    contraindications: tuple[Contraindication, ...] = ()
    cue: Cue
    evidence: Evidence
    note: str = ""

    @property
    def missing_tags(self) -> tuple[str, ...]:
        """Names of the safety tags that are unknown."""
        return tuple(name for name in SAFETY_TAGS if getattr(self, name) is None)

    @property
    def complete(self) -> bool:
        """Whether every safety tag is known.  Only then may it be prescribed."""
        return not self.missing_tags

    @property
    def loadable(self) -> bool:
        """Whether an external load in mass can be chosen."""
        return self.scheme in (Scheme.DOUBLE_PROGRESSION, Scheme.DISTANCE) and any(
            setup.implement not in (Implement.NONE, Implement.BAND) for setup in self.setups
        )


SAFETY_TAGS = (
    "motion",
    "resists",
    "compression",
    "lateral_shift",
    "neural_tension",
    "thoracic_flexion",
    "floor_transfer",
    "positions",
    "joints",
    "impact",
    "balance_demand",
    "breath_holding",
    "sustained_upright",
)
