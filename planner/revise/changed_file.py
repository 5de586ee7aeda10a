"""A patient file that has changed since a programme was planned: what is other, and what does not go with the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final

from planner.domain.case import Case
from planner.domain.patient import Bar, Goal, Patient, Place, Stack, Window
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
    if before.busy != case.busy:
        words.append("other busy hours")
    for name, plural in _PARTS.items():
        one, other = getattr(was, name), getattr(now, name)
        if name == "findings":
            one = was.findings.model_copy(update={"irritability": now.findings.irritability})  # said already
        if one != other:
            told = _NAMED[name](one, other) if name in _NAMED else ""
            words.append(f"other {plural}{f' ({told})' if told else ''}")
    if not same_clinic(before, case):
        words.append("other settings of the clinic")
    return "; ".join(words)


def _came_and_went(was: Iterable[str], now: Iterable[str]) -> str:
    """``with A, without B``: what is new in a list of texts, and what is gone; empty where that is much."""
    old, new = list(was), list(now)
    came = [text for text in new if text not in old]
    went = [text for text in old if text not in new]
    parts = [f"{word} {', '.join(texts)}" for word, texts in (("with", came), ("without", went)) if texts]
    return ", ".join(parts) if len(came) + len(went) <= _MOST_NAMED else ""


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


#: So many things that come or go are named one by one.
_MOST_NAMED: Final = 3
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
