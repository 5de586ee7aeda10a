"""A patient file that has changed since a programme was planned: what is other, and what does not go with the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final

from pydantic import BaseModel

from planner.domain.case import Case
from planner.domain.directions import Side
from planner.domain.patient import Bar, Findings, Goal, Patient, Place, Stack, Window
from planner.export.text import date_text
from planner.rules import RULES
from planner.rules.base import Violation

#: Parts of a patient file, and how a reason names them.
_PARTS: Final = {
    "findings": "findings",
    "conditions": "conditions",
    "restrictions": "restrictions",
    "goals": "goals",
    "training": "training before",
    "places": "places or equipment",
    "likes": "likes",
    "dislikes": "dislikes",
    "overrides": "signed overrides",
    "pins": "pins",
}


def same_clinic(before: Case | None, case: Case) -> bool:
    """Whether the clinic's settings are those of the revision before."""
    return before is None or before.clinic == case.clinic


def other_work(was: Patient, now: Patient) -> bool:
    """Whether a patient file asks for other work than before: goals, findings, conditions or restrictions differ."""
    return any(getattr(was, name) != getattr(now, name) for name in ("goals", "findings", "conditions", "restrictions"))


def other_goals(was: Patient, now: Patient) -> frozenset[str]:
    """Exercises of goals that are new, or ask for more or less than before."""
    return frozenset(goal.exercise for goal in now.goals if goal.exercise is not None and goal not in was.goals)


def same_demands(was: Patient, now: Patient) -> bool:
    """Whether nothing differs but hours, likes and what no plan is made from: then it may all stay as it is."""
    quiet = ("availability", "likes", "confidence", "screening")
    return was.model_copy(update={name: getattr(now, name) for name in quiet}) == now


def what_changed(before: Case | None, case: Case) -> str:
    """What is no longer as it was in the files that a programme was planned from, in a few words."""
    if before is None:
        return ""
    was, now = before.patient, case.patient
    words = []
    if was.episode.weeks != now.episode.weeks:
        words.append(f"{now.episode.weeks} weeks instead of {was.episode.weeks}")
    if was.findings.irritability is not now.findings.irritability:
        words.append(f"{now.findings.irritability.value} irritability instead of {was.findings.irritability.value}")
    for away in now.availability.away:
        if away not in was.availability.away:
            last = "" if away.first == away.last else f" to {date_text(away.last)}"
            words.append(f"away {date_text(away.first)}{last}")
    if was.availability.model_copy(update={"away": ()}) != now.availability.model_copy(update={"away": ()}):
        windows = _came_and_went(
            map(_window_text, was.availability.windows), map(_window_text, now.availability.windows)
        )
        words.append(f"other hours for training{f' ({windows})' if windows else ''}")
    elif set(was.availability.away) - set(now.availability.away):
        words.append("days away that no longer are")
    for name, label in _ALONE.items():
        one, other = getattr(was, name), getattr(now, name)
        if one != other:
            words.append(f"{label} {_value(other)} instead of {_value(one)}")
    if was.episode.timezone != now.episode.timezone:
        words.append(f"the clock of {now.episode.timezone} instead of {was.episode.timezone}")
    if before.busy != case.busy:
        words.append("other busy hours")
    for name, plural in _PARTS.items():
        one, other = getattr(was, name), getattr(now, name)
        if name == "findings":
            one = was.findings.model_copy(update={"irritability": now.findings.irritability})  # said already
        if one != other:
            told = _NAMED.get(name, _lines_text)(one, other)
            words.append(f"other {plural}{f' ({told})' if told else ''}")
    if not same_clinic(before, case):
        words.append("other settings of the clinic")
    return "; ".join(words)


def _came_and_went(was: Iterable[str], now: Iterable[str]) -> str:
    """``with A, without B``: what is new in a list of texts, and what is gone; empty where that is much."""
    old, new = list(was), list(now)
    came = [text for text in new if text not in old]
    went = [text for text in old if text not in new]
    named = came[:_MOST_NAMED], went[: max(0, _MOST_NAMED - len(came))]
    parts = [f"{word} {', '.join(texts)}" for word, texts in zip(("with", "without"), named, strict=True) if texts]
    return ", ".join([*parts, *_more(len(came) + len(went))])


def _more(found: int) -> list[str]:
    """``and 2 more``, where so many are more than are named."""
    return [f"and {found - _MOST_NAMED} more"] if found > _MOST_NAMED else []


def _lines_text(was: object, now: object) -> str:
    """The lines of a part of a patient file that are other ones: ``back pain 9 instead of 5``; at most some of them."""
    found = list(_lines(_plain_data(was), _plain_data(now), ""))
    return ", ".join([*found[:_MOST_NAMED], *_more(len(found))])


def _plain_data(part: object) -> Any:
    if isinstance(part, BaseModel):
        return part.model_dump(mode="json", by_alias=True)
    return [_plain_data(one) for one in part] if isinstance(part, tuple) else part


def _lines(was: Any, now: Any, name: str) -> Iterator[str]:
    """What is other in two values of one key, line by line; rows of a list are known by what they are about."""
    if was == now:
        return
    if isinstance(was, list) and isinstance(now, list):
        old, new = ({_about(row): row for row in rows} for rows in (was, now))
        if len(old) < len(was) or len(new) < len(now):
            old, new = ({_value(row): row for row in rows} for rows in (was, now))
        for about in dict.fromkeys((*old, *new)):
            label = f"{name} {about}".strip()
            if about not in old:
                told = "" if _value(new[about]) == about else f" ({_value(new[about])})"
                yield f"new: {label}{told}"
            elif about not in new:
                yield f"gone: {label}"
            else:
                yield from _lines(old[about], new[about], label)
    elif isinstance(was, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*was, *now)):
            words = key.replace("_", " ")
            yield from _lines(was.get(key), now.get(key), f"{name} {words}".strip())
    elif was is None and isinstance(now, dict):
        yield f"new: {name} ({_value(now)})"
    elif now is None and isinstance(was, dict):
        yield f"gone: {name}"
    else:
        yield f"{name} {_value(now)} instead of {_value(was)}"


def _about(row: Any) -> str:
    """What a row of a list is about: a direction, a myotome and its side; all of it where nothing says so."""
    keys = [key for key in _ROW_KEYS if isinstance(row, dict) and key in row and row[key] is not None]
    if "myotome" in keys:
        return f"{row['myotome']} {row['side']}"
    return str(row[keys[0]]).replace("_", " ") if keys else _value(row)


def _value(value: Any) -> str:
    """A value as somebody says it: ``yes``, ``not told``, ``5``; of a mapping all that is told in it."""
    if value is None:
        return "not told"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        told = (f"{key} {_value(one)}" for key, one in value.items() if one not in (None, [], "") and one is not False)
        return ", ".join(told).replace("_", " ")
    if isinstance(value, list):
        return ", ".join(map(_value, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")


def worse_findings(before: Case | None, case: Case) -> str:
    """Why findings that are worse ask for a word on irritability; empty where they are not, or it is said."""
    if before is None or case.patient.healthy:
        return ""
    was, now = before.patient.findings, case.patient.findings
    worse = [] if before.patient.healthy or now.irritability.rank > was.irritability.rank else list(_worse(was, now))
    if not worse:
        return ""
    return (
        f"the file says that findings are worse ({', '.join(worse)}), and irritability is {now.irritability.value} as "
        "before, so nothing goes back for it: write irritability as it is now in the patient file, or log what "
        "happened (gradus log), which steps back or stops what it speaks against"
    )


def _worse(was: Findings, now: Findings) -> Iterator[str]:
    """What is worse in findings than it was: pain, how far symptoms reach, strength, what is tolerated."""
    for name in ("back_pain", "leg_pain"):
        one, other = getattr(was, name), getattr(now, name)
        if one is not None and other is not None and other - one >= _MORE_PAIN:
            yield f"{name.replace('_', ' ')} {other} instead of {one}"
    here, there = now.most_distal, was.most_distal
    if here.site.rank > there.site.rank:
        yield f"symptoms down to the {here.site.value} instead of {there.site.value}"
    if here.side is Side.BOTH and there.side in (Side.LEFT, Side.RIGHT):
        yield f"symptoms on both sides instead of the {there.side.value}"
    grades = {(row.myotome, row.side): row.grade for row in was.neurology.motor}
    for row in now.neurology.motor:
        known = grades.get((row.myotome, row.side), _FULL_STRENGTH)
        if row.grade < known:
            yield f"strength of {row.myotome.value} {row.side.value} {row.grade} of 5 instead of {known}"
    stages = {row.direction: row.current_stage for row in was.intolerances}
    for intolerance in now.intolerances:
        stage, known_stage = intolerance.current_stage, stages.get(intolerance.direction)
        if stage is not None and known_stage is not None and stage < known_stage:
            yield f"{intolerance.direction.plain} tolerated to stage {stage} instead of {known_stage}"
        elif intolerance.direction not in stages:
            yield f"{intolerance.direction.plain} is not tolerated any more"


def _window_text(window: Window) -> str:
    return f"{window.day.value.capitalize()} {window.start:%H:%M}-{window.end:%H:%M}"


def _goals_text(was: Sequence[Goal], now: Sequence[Goal]) -> str:
    """Each goal that is another one, by its number: ``goal 1: 20 kg instead of 12 kg``."""
    words = []
    for number, (one, other) in enumerate(zip_longest(was, now), start=1):
        if one == other:
            continue
        if one is None or other is None:
            words.append(f"goal {number} {'is new' if one is None else 'is gone'}")
            continue
        told = [
            f"{_plain(getattr(other, name), unit)} instead of {_plain(getattr(one, name), unit)}"
            for name, unit in _GOAL_VALUES
            if getattr(one, name) != getattr(other, name)
        ]
        words.append(f"goal {number}{': ' if told else ''}{', '.join(told)}")
    return "; ".join(words)


def _plain(value: object, unit: str) -> str:
    if value is None:
        return "none"
    return f"{f'{value:g}' if isinstance(value, float) else str(value).replace('_', ' ')}{unit}"


def _places_text(was: Sequence[Place], now: Sequence[Place]) -> str:
    return _came_and_went(_things(was), _things(now))


def _things(places: Sequence[Place]) -> Iterator[str]:
    """Everything that the places have, one by one."""
    for place in places:
        owned, unit = place.equipment, place.equipment.unit
        for name in ("dumbbells", "kettlebells", "plates"):
            yield from (f"{name.removesuffix('s')} {load:g} {unit}" for load in getattr(owned, name))
        yield from (f"{band.replace('_', ' ')} band" for band in owned.bands)
        yield from (
            f"{name} {value}"
            for name in ("barbell", "trap_bar", "cable", "machine", "box")
            if (value := _measures(getattr(owned, name)))
        )
        yield from (thing.value.replace("_", " ") for thing in owned.things)


def _measures(one: Bar | Stack | None) -> str:
    if one is None:
        return ""
    return f"of {one.bar:g}" if isinstance(one, Bar) else f"{one.low:g} to {one.high:g}"


def _ids_text(was: Sequence[str], now: Sequence[str]) -> str:
    return _came_and_went((name.replace("_", " ") for name in was), (name.replace("_", " ") for name in now))


#: So many things that come, go or are other ones are named one by one.
_MOST_NAMED: Final = 4
#: Pain that is higher by so many of 10 is worse; less may be how the day is (NPRS, see rules/outcomes). [D]
_MORE_PAIN: Final = 2
#: Strength of a myotome of which nothing was found, MRC.
_FULL_STRENGTH: Final = 5
#: What a row of a list is about, the first that it has.
_ROW_KEYS: Final = ("direction", "myotome", "exercise", "rule")
#: Single lines of a patient file, and how a reason names them.
_ALONE: Final = {"age": "age", "body_mass_kg": "body mass in kg"}
#: What a goal may be changed in, with the unit behind it.
_GOAL_VALUES: Final = (
    ("exercise", ""),
    ("load_kg", " kg"),
    ("repetitions", " repetitions"),
    ("minutes", " minutes"),
    ("by_week", " as its last week"),
    ("priority", ""),
)
#: How parts of a patient file tell what is other in them.
_NAMED: Final[Mapping[str, Callable[[Any, Any], str]]] = {
    "goals": _goals_text,
    "places": _places_text,
    "likes": _ids_text,
    "dislikes": _ids_text,
}


def clashes(asked: str, problems: list[Violation]) -> list[str]:
    """Why a changed file leaves no programme: what changed, the rules in the way, and what to do."""
    found: dict[str, str] = {}
    for one in problems:
        rule = RULES.get(one.rule)
        title = f", {rule.title.lower()}" if rule is not None else ""
        found.setdefault(one.rule, f"rule {one.rule}{title}: {one.where}: {one.problem}")
    return [
        f"What changed in the files ({asked}) does not go with what is left of the programme.",
        *list(found.values())[:3],
        "instead: take back part of the change; `gradus explain PATIENT.yaml` says what would clash in a programme "
        "planned anew from that file, and what would help",
    ]
