"""``gradus new``: a first patient file, from a template or from a short interview.

Templates hold everything but the safety screen, which stays empty on purpose: nobody is planned
for on answers that nobody gave.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from planner.domain.directions import Direction
from planner.domain.exercise import Exercise
from planner.domain.patient import Irritability, Presentation, Site, TrainingStatus, Weekday
from planner.domain.red_flags import RED_FLAGS, RedFlag, Tier
from planner.errors import InvalidInput
from planner.intake.form import write_form
from planner.intake.validate import did_you_mean
from planner.intake.yamlfile import parse_yaml

T = TypeVar("T")

#: Minutes of a day.
_DAY: Final = 24 * 60
_FOLDER: Final = Path(__file__).parent / "templates"

#: Equipment by a name that fits into a question; the loads are to be corrected by hand.
PRESETS: Final[Mapping[str, Mapping[str, Any]]] = {
    "none": {},
    "bands": {"bands": ["light", "medium", "heavy"]},
    "dumbbells": {"dumbbells": [2, 4, 6, 8, 10, 12.5, 15, 20], "bands": ["light", "medium"], "things": ["bench"]},
    "home_barbell": {
        "dumbbells": [5, 10, 15],
        "barbell": {"bar": 20, "plates": [1.25, 2.5, 5, 10, 15, 20]},
        "things": ["bench", "rack", "blocks"],
    },
    "gym": {
        "dumbbells": [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30],
        "kettlebells": [8, 12, 16, 20, 24],
        "bands": ["light", "medium", "heavy"],
        "barbell": {"bar": 20, "plates": [1.25, 2.5, 5, 10, 15, 20, 20]},
        "cable": {"low": 2.5, "high": 80, "step": 2.5},
        "machine": {"low": 5, "high": 150, "step": 5},
        "things": ["bench", "rack", "blocks", "step", "bike", "treadmill", "lat_pulldown", "leg_press", "row_machine"],
    },
}


@dataclass(frozen=True)
class Question:
    """One question of the interview.

    ``choices`` are the legal answers (several of them, with commas, when ``many``); without
    choices any text may be answered.  ``default`` is what an empty answer means; ``problem`` says
    why the question is asked again.
    """

    key: str
    text: str
    choices: tuple[str, ...] = ()
    default: str = ""
    many: bool = False
    problem: str = ""


#: Puts one question to the user and returns the answer as typed.
Ask = Callable[[Question], str]


def template_names() -> tuple[str, ...]:
    """Names of the templates, in alphabetical order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def template_title(name: str) -> str:
    """What a template is for: the comment at its head."""
    text = (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    head = [line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("#")]
    return "\n".join(head)


def new_from_template(name: str, today: dt.date) -> str:
    """A commented patient file from a template; it starts on the Monday after ``today``.

    Raises
    ------
    InvalidInput
        When there is no such template.
    """
    if name not in template_names():
        known = ", ".join(template_names())
        raise InvalidInput(f"there is no template {name!r}{did_you_mean(name, template_names())} (templates: {known})")
    path = _FOLDER / f"{name}.yaml"
    data = parse_yaml(path.read_text(encoding="utf-8"), str(path)).data
    unanswered: dict[str, None] = {flag.id: None for flag in RED_FLAGS}
    whole = {
        "patient": data.pop("patient"),
        "age": data.pop("age"),
        "body_mass_kg": data.pop("body_mass_kg"),
        "episode": {"start": _next_monday(today).isoformat(), **data.pop("episode")},
        "screening": {"on": today.isoformat(), "flags": unanswered, "clearances": []},
        **data,
    }
    return write_form(whole, _title(template_title(name)))


def new_interactive(ask: Ask, *, today: dt.date, exercises: Mapping[str, Exercise], timezone: str) -> str:
    """A commented patient file from an interview of about 25 questions.

    Every answer is checked and asked again until it is usable, so ``ask`` should raise to leave.

    Parameters
    ----------
    ask
        Puts a question and returns the answer.
    today
        Date of the safety screen, and from which the start is proposed.
    exercises
        The catalogue by id; goals name exercises of it.
    timezone
        The time zone that is proposed.
    """
    interview = _Interview(ask)
    data: dict[str, Any] = {
        "patient": interview.text("patient", "Pseudonym (never a name)", default="patient-1"),
        "age": interview.number("age", "Age in years", int, 18, 110),
        "body_mass_kg": interview.number("body_mass_kg", "Body mass in kg", float, 25, 350),
        "episode": {},
        "screening": {"on": today.isoformat(), "flags": _flags(interview), "clearances": []},
        "findings": _findings(interview),
        "conditions": _conditions(interview),
        "restrictions": [],
        "goals": [_goal(interview, exercises)],
        "training": {
            "status": interview.choice("status", "Experience with resistance training", TrainingStatus, "novice"),
            "longest_walk_minutes": interview.number(
                "longest_walk", "Longest walk of the last 30 days, minutes", int, 0, 600, unknown=True
            ),
            "capacities": [],
        },
        **_week(interview),
        "likes": [],
        "dislikes": [],
        "confidence": "unknown",
    }
    data["episode"] = {
        "start": interview.date("start", "First day", default=_next_monday(today)),
        "weeks": interview.number("weeks", "Weeks", int, 1, 52, default="12"),
        "timezone": interview.checked(
            Question("timezone", "Time zone", default=timezone), _zone, "is not a time zone such as Australia/Sydney"
        ),
    }
    return write_form(data, _title("From an interview: check every line, and correct the loads of the equipment."))


def _title(purpose: str) -> str:
    return (
        f"{purpose}\n\n"
        "A clinician fills this in and signs what comes of it. It holds no name and no diagnosis by Gradus.\n"
        "`gradus check FILE` names whatever is still wrong or missing."
    )


def _next_monday(today: dt.date) -> dt.date:
    return today + dt.timedelta(days=7 - today.weekday())


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _zone(name: str) -> str:
    return ZoneInfo(name).key


class _Interview:
    """Questions with checks: an answer that cannot be used is asked for again."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def checked(self, question: Question, parse: Callable[[str], T], problem: str) -> T:
        while True:
            answer = self._ask(question).strip() or question.default
            try:
                return parse(answer)
            except (ValueError, LookupError, OSError) as error:
                said = f"{answer!r} {problem}"
                question = replace(question, problem=str(error) if isinstance(error, _Said) else said)

    def text(self, key: str, words: str, default: str) -> str:
        def parse(answer: str) -> str:
            if not (answer.isascii() and answer.replace("-", "").replace(".", "").replace("_", "").isalnum()):
                raise _Said("must be letters, digits, dots and hyphens, without spaces")
            return answer[:40].lstrip("-._")

        return self.checked(Question(key, words, default=default), parse, "cannot be used")

    def choice(self, key: str, words: str, options: Iterable[str], default: str) -> str:
        choices = tuple(str(option) for option in options)

        def parse(answer: str) -> str:
            if answer not in choices:
                raise _Said(f"must be one of {', '.join(choices)}{did_you_mean(answer, choices)}")
            return answer

        return self.checked(Question(key, words, choices, default), parse, "is not a choice")

    def several(self, key: str, words: str, options: Iterable[str], default: str) -> list[str]:
        choices = tuple(str(option) for option in options)

        def parse(answer: str) -> list[str]:
            picked = [] if answer == "none" else [part.strip() for part in answer.split(",") if part.strip()]
            for one in picked:
                if one not in choices:
                    raise _Said(f"{one!r} must be one of {', '.join(choices)}{did_you_mean(one, choices)}")
            return list(dict.fromkeys(picked))

        return self.checked(Question(key, words, choices, default, many=True), parse, "is not a choice")

    def number(
        self,
        key: str,
        words: str,
        kind: type[int] | type[float],
        low: float,
        high: float,
        *,
        default: str = "",
        unknown: bool = False,
    ) -> float | str:
        def parse(answer: str) -> float | str:
            if unknown and answer == "unknown":
                return answer
            number = kind(answer)
            if not low <= number <= high:
                raise _Said(f"must be between {low:g} and {high:g}")
            return number

        whole = "a whole number" if kind is int else "a number"
        question = Question(key, words, default="unknown" if unknown and not default else default)
        return self.checked(question, parse, f"is not {whole}" + (" or unknown" if unknown else ""))

    def date(self, key: str, words: str, default: dt.date) -> str:
        question = Question(key, words, default=default.isoformat())
        return self.checked(question, dt.date.fromisoformat, "is not a date such as 2026-03-02").isoformat()

    def clock(self, key: str, words: str, default: str, room: int) -> int:
        """Minutes since midnight of a time with ``room`` minutes left in its day."""

        def parse(answer: str) -> int:
            time = dt.datetime.strptime(answer, "%H:%M").time()
            minutes = time.hour * 60 + time.minute
            if minutes + room >= _DAY:
                raise _Said("must leave time for the session before midnight")
            return minutes

        return self.checked(Question(key, words, default=default), parse, "is not a time of day such as 18:00")


class _Said(ValueError):
    """A problem in words for the user."""


_TIER_WORDS: Final = {
    Tier.EMERGENCY: "Emergency signs",
    Tier.URGENT: "Urgent signs",
    Tier.HOLD: "Signs that need a clearance first",
    Tier.NOTE: "Things to note",
}


def _flags(interview: _Interview) -> dict[str, str]:
    """One question a tier; only when it is not a plain no is each flag asked."""
    answers: dict[str, str] = {}
    for tier in Tier:
        flags = [flag for flag in RED_FLAGS if flag.tier is tier]
        answers.update(_tier(interview, tier, flags))
    return {flag.id: answers[flag.id] for flag in RED_FLAGS}


def _tier(interview: _Interview, tier: Tier, flags: list[RedFlag]) -> dict[str, str]:
    choices = ("no", "yes", "unknown")
    listing = "\n".join(f"  - {flag.question}" for flag in flags)
    any_of = interview.choice(f"flags_{tier.value}", f"{_TIER_WORDS[tier]}: any of these?\n{listing}\n", choices, "")
    if any_of != "yes":
        return {flag.id: any_of for flag in flags}
    return {flag.id: interview.choice(flag.id, flag.question, choices, "") for flag in flags}


def _findings(interview: _Interview) -> dict[str, Any]:
    presentation = interview.choice("presentation", "Working class", Presentation, "")
    if presentation == Presentation.NONE:
        return {"presentation": presentation, "irritability": Irritability.LOW.value}
    findings: dict[str, Any] = {
        "presentation": presentation,
        "irritability": interview.choice("irritability", "Irritability", Irritability, ""),
        "back_pain": interview.number("back_pain", "Back pain, 0 to 10", int, 0, 10, unknown=True),
        "leg_pain": interview.number("leg_pain", "Leg pain, 0 to 10", int, 0, 10, unknown=True),
    }
    site = interview.choice("site", "How far down do symptoms reach?", Site, "back")
    side = "none"
    if site not in (Site.NONE, Site.BACK):
        side = interview.choice("side", "On which side?", ("left", "right", "both"), "")
    findings["most_distal"] = {"site": site, "side": side}
    preferences = ("extension", "flexion", "shift_left", "shift_right", "none", "unknown")
    preference = interview.choice(
        "directional_preference", "Directional preference as tested (shift: where the shoulders go)", preferences, ""
    )
    findings["directional_preference"] = preference
    others = [direction.value for direction in Direction if direction.value != preference]
    provoking = interview.several(
        "intolerances", "Directions that bring symptoms on now (commas, or none)", others, "none"
    )
    findings["intolerances"] = [
        {"direction": direction, "current_stage": "unknown", "aim": "re_expose"} for direction in provoking
    ]
    if side != "none":
        nerves = ("sciatic", "femoral", "none", "not_examined")
        nerve = interview.choice("nerve", "Nerve whose tension test is positive", nerves, "")
        findings["neurology"] = {"examined": nerve != "not_examined"}
        if nerve in ("sciatic", "femoral"):
            findings["neurology"] |= {"nerve": nerve, "side": side}
    return findings


def _conditions(interview: _Interview) -> dict[str, Any]:
    bones = interview.choice("osteoporosis", "Osteoporosis", ("no", "yes", "unknown"), "")
    fracture = "excluded"
    if bones != "no":
        fracture = interview.choice("vertebral_fracture", "Vertebral fracture", ("excluded", "present", "unknown"), "")
    floor = interview.choice("floor_transfer", "Gets down to the floor and up unaided", ("yes", "no", "unknown"), "yes")
    return {
        "osteoporosis": bones,
        "vertebral_fracture": fracture,
        "blood_pressure": "unknown",
        "floor_transfer": floor,
    }


def _goal(interview: _Interview, exercises: Mapping[str, Exercise]) -> dict[str, Any]:
    kinds = ("strength", "lift", "task", "walk", "run", "health")
    kind = interview.choice("goal", "Main goal", kinds, "strength")
    goal: dict[str, Any] = {"kind": kind, "priority": "want"}
    if kind in ("lift", "task"):
        goal["exercise"] = interview.checked(
            Question("goal_exercise", "Which exercise (id of the catalogue)?"), _known(exercises), "is not an exercise"
        )
    if kind == "lift":
        goal["load_kg"] = interview.number("goal_load", "Load in kg", float, 1, 500)
        goal["repetitions"] = interview.number("goal_repetitions", "Repetitions", int, 1, 50, default="5")
    if kind in ("walk", "run"):
        goal["minutes"] = interview.number("goal_minutes", "Minutes in one go", int, 1, 300, default="30")
    return goal


def _known(exercises: Mapping[str, Exercise]) -> Callable[[str], str]:
    def parse(answer: str) -> str:
        if answer not in exercises:
            raise _Said(f"{answer!r} is not an exercise of the catalogue{did_you_mean(answer, exercises)}")
        return answer

    return parse


def _week(interview: _Interview) -> dict[str, Any]:
    days = interview.several("days", "Training days (commas)", Weekday, "mon, wed, fri") or ["mon", "wed", "fri"]
    minutes = int(interview.number("session_minutes", "Minutes a session", int, 10, 180, default="45"))
    begins = interview.clock("from", "Sessions begin at", "18:00", room=minutes)
    preset = interview.choice("equipment", "Equipment", PRESETS, "none")
    place = "gym" if preset == "gym" else "home"
    last = begins + minutes
    window = {"from": _clock(begins), "to": _clock(last), "place": place}
    equipment = {"equipment": {"unit": "kg", **PRESETS[preset]}} if PRESETS[preset] else {}
    return {
        "places": [{"name": place, **equipment, "supervised": "no"}],
        "availability": {
            "windows": [{"day": day, **window} for day in days],
            "sessions_per_week": len(days),
            "session_minutes": minutes,
            "daily_slots": [{"at": "12:30", "minutes": 15}],
            "waking": "07:00",
        },
    }
