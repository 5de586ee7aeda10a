"""The patient file as a form: plain data written as YAML, with a comment on what each line means.

One table of comments serves every template and the guided interview, so that units and choices
are explained in one place.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

from planner.domain.directions import Direction
from planner.domain.patient import Irritability, Presentation, Site, TrainingStatus, Weekday
from planner.domain.red_flags import RED_FLAGS

#: Longest line that a list or a comment shares with its key.
WIDTH: Final = 100

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _./+-]*(:[0-9]+)*")
_TAKEN = re.compile(r"true|false|null|[-+]?[0-9][0-9.]*(e[-+]?[0-9]+)?", re.IGNORECASE)


def _words(values: type[Any]) -> str:
    return ", ".join(value.value for value in values)


#: Comments by path; ``[]`` stands for any entry of a list.  A comment on a top-level key stands
#: above it.
COMMENTS: Final[Mapping[str, str]] = {
    "patient": "A pseudonym: letters, digits, dots and hyphens. Never a name or a date of birth.",
    "age": "years",
    "body_mass_kg": "kg",
    "episode": "When the programme runs.",
    "episode.start": "first day, YYYY-MM-DD",
    "episode.weeks": "1 to 52",
    "episode.timezone": "where the patient lives, such as Australia/Sydney",
    "screening": "The safety screen. Ask every question; answer each with yes, no or unknown.",
    "screening.on": "when it was asked",
    "screening.clearances": "for each hold that was looked into: {flag, by, on, finding}",
    "findings": "What the examination showed. Write unknown where you do not know.",
    "findings.presentation": _words(Presentation),
    "findings.irritability": f"{_words(Irritability)}: how easily it flares and how slowly it settles",
    "findings.back_pain": "0 to 10 at worst in the last 24 hours, or unknown",
    "findings.leg_pain": "0 to 10, or unknown",
    "findings.most_distal": f"how far down symptoms reach: {_words(Site)}; side left, right, both or none",
    "findings.directional_preference": "as tested: flexion, extension, shift_left or shift_right "
    "(where the shoulders go), none, or unknown",
    "findings.repeated_movements": "{direction, repetitions, during, after}",
    "findings.intolerances": "directions that bring symptoms on now: " + _words(Direction),
    "findings.intolerances[].current_stage": "highest stage tested and tolerated, 0 to 5, or unknown",
    "findings.intolerances[].aim": "re_expose, or avoid",
    "findings.neurology": "legs",
    "findings.neurology.examined": "yes or no",
    "findings.neurology.nerve": "nerve whose tension test is positive: sciatic or femoral; leave out when none",
    "findings.neurology.side": "left, right or both",
    "findings.neurology.motor": "{myotome: L2-S1, side, grade: 0-5, course: stable, improving or worsening}",
    "findings.neurology.bilateral_signs": "none, long_standing_claudication or new_or_worsening",
    "findings.neurology.vascular_cause_considered": "yes or no",
    "findings.fear_dominant": "yes: progress by quota instead of by pain",
    "conditions": "Health conditions that cap or close work.",
    "conditions.osteoporosis": "yes, no or unknown",
    "conditions.vertebral_fracture": "excluded, present or unknown",
    "conditions.spondylolisthesis": "yes or no",
    "conditions.blood_pressure": "at rest, mmHg: {systolic: 128, diastolic: 82}, or unknown",
    "conditions.falls_last_year": "number, or unknown",
    "conditions.floor_transfer": "gets down to the floor and up again unaided: yes, no or unknown",
    "restrictions": "What must not be used: {position, joint, pattern, exercise or floor_transfer, reason}.",
    "goals": "What it is for. A must is kept at any price, a want is weighed. "
    "Kinds: lift, task, exercise, walk, run, strength, health.",
    "goals[].load_kg": "kg",
    "goals[].minutes": "in one go",
    "goals[].by_week": "latest week; leave out when any will do",
    "training": "Training history.",
    "training.status": _words(TrainingStatus),
    "training.longest_walk_minutes": "longest walk of the last 30 days, or unknown",
    "training.longest_run_minutes": "longest run of the last 30 days, or unknown",
    "training.capacities": "what was done lately: {exercise, load_kg, repetitions, effort: 0-10}; "
    "what is not known is calibrated",
    "training.other_activity": "work and sport",
    "places": "Where sessions happen, with the loads that are really there.",
    "places[].equipment.unit": "kg or lb",
    "places[].equipment.dumbbells": "mass of one dumbbell",
    "places[].equipment.dumbbell_pairs": "two of each: yes or no",
    "places[].equipment.bands": "very_light, light, medium, heavy, very_heavy",
    "places[].equipment.barbell": "the bar, and each pair of plates once",
    "places[].equipment.cable": "lowest, highest, step",
    "places[].equipment.machine": "lowest, highest, step",
    "places[].equipment.box": "a crate that can be filled: lowest, highest, step",
    "places[].equipment.things": "bench, step, rack, bike...; mat, chair, wall, counter, dowel, towel need no mention",
    "places[].supervised": "a professional is there: yes or no",
    "availability": "The patient's week, local time.",
    "availability.windows": f"each may hold one session; days {_words(Weekday)}",
    "availability.sessions_per_week": "1 to 7",
    "availability.session_minutes": "longest session",
    "availability.daily_slots": "short moments for little-and-often work and walks",
    "availability.waking": "usual waking time",
    "availability.away": "days without sessions: {from: 2026-04-03, to: 2026-04-06}",
    "availability.busy": "a calendar (.ics) beside this file",
    "likes": "Exercise ids; `gradus catalog list` shows them.",
    "dislikes": "Exercise ids.",
    "confidence": "0 to 10 that they will do it, or unknown.",
}


def write_form(data: Mapping[str, Any], title: str) -> str:
    """YAML of a patient file with comments; ``title`` is the comment at its head.

    ``None`` is written as an empty place to be filled in.
    """
    lines = [f"# {line}".rstrip() for line in title.splitlines()]
    for key, value in data.items():
        lines.append("")
        lines.extend(_entry(key, value, path=key, indent=0))
    return "\n".join(lines) + "\n"


def _entry(key: str, value: Any, *, path: str, indent: int) -> Iterator[str]:
    """The lines of ``key: value``."""
    pad = " " * indent
    comment = COMMENTS.get(path, "")
    section = indent == 0 and isinstance(value, Mapping | list)
    inline = None if section and value and isinstance(value, Mapping) else _inline(value)
    head = f"{pad}{key}:" if inline is None else f"{pad}{key}: {inline}".rstrip()
    if comment and (section or len(head) + len(comment) + 4 > WIDTH):
        yield from _above(comment, pad)
        comment = ""
    yield f"{head}  # {comment}" if comment else head
    if inline is not None:
        return
    if isinstance(value, Mapping):
        yield from _mapping(value, path=path, indent=indent + 2)
    else:
        for entry in value:
            lines = list(_mapping(entry, path=f"{path}[]", indent=indent + 4))
            flow = _inline(entry, any_mapping=True)
            if flow is not None and len(flow) + indent + 4 <= WIDTH and not any("#" in line for line in lines):
                yield f"{pad}  - {flow}"
            else:
                first = next(i for i, line in enumerate(lines) if not line.lstrip().startswith("#"))
                yield from lines[:first]
                yield f"{pad}  - {lines[first].lstrip()}"
                yield from lines[first + 1 :]


def _above(comment: str, pad: str) -> Iterator[str]:
    for line in textwrap.wrap(comment, WIDTH - len(pad) - 2):
        yield f"{pad}# {line}"


def _mapping(value: Mapping[str, Any], *, path: str, indent: int) -> Iterator[str]:
    if path == "screening.flags":
        for flag in RED_FLAGS:
            if flag.id in value:
                yield from _above(f"{flag.tier.value}: {flag.question}", " " * indent)
                yield f"{' ' * indent}{flag.id}: {_inline(value[flag.id])}".rstrip()
        return
    for key, inner in value.items():
        yield from _entry(key, inner, path=f"{path}.{key}", indent=indent)


def _inline(value: Any, *, any_mapping: bool = False) -> str | None:
    """A value on the line of its key; None when it needs lines of its own."""
    if isinstance(value, Mapping):
        if not value:
            return "{}"
        parts = [(key, _inline(inner, any_mapping=True)) for key, inner in value.items()]
        small = len(value) <= 3 and not any(isinstance(inner, Mapping | list) for inner in value.values())
        whole = all(part for _, part in parts)
        return (
            "{" + ", ".join(f"{key}: {part}" for key, part in parts) + "}" if whole and (small or any_mapping) else None
        )
    if isinstance(value, list | tuple):
        if any(isinstance(inner, Mapping | list) for inner in value):
            return None
        return "[" + ", ".join(str(_inline(inner)) for inner in value) + "]"
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}"
    text = str(value)
    plain = _PLAIN.fullmatch(text) and text == text.strip() and not _TAKEN.fullmatch(text)
    return text if plain else json.dumps(text, ensure_ascii=False)
