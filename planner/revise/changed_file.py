"""A patient file that has changed since a programme was planned: what is other, and what does not go with the rest."""

from __future__ import annotations

from typing import Final

from planner.domain.case import Case
from planner.domain.patient import Patient
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
        words.append("other hours for training")
    elif set(was.availability.away) - set(now.availability.away):
        words.append("days away that no longer are")
    if before.busy != case.busy:
        words.append("other busy hours")
    for name, plural in _PARTS.items():
        one, other = getattr(was, name), getattr(now, name)
        if name == "findings":
            one = was.findings.model_copy(update={"irritability": now.findings.irritability})  # said already
        if one != other:
            words.append(f"other {plural}")
    if not same_clinic(before, case):
        words.append("other settings of the clinic")
    return "; ".join(words)


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
