"""Why a case has no programme, and what would make it possible."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from planner.domain.case import Case
from planner.explain.conflicts import Clash, Conflict, Possible, clash
from planner.explain.repairs import Repair, repairs
from planner.explain.requirements import Requirement, requirements
from planner.explain.sources import Sources
from planner.rules import RULES

#: Seconds for an answer; what is being proved when they are over takes a few more, and 30 are promised.
ANSWER_SECONDS = 25.0

#: Share of the time that conflicts may take; the rest proves repairs.
CONFLICT_SHARE = 0.5


@dataclass(frozen=True)
class Impossible:
    """Every conflict that was found, and the changes that were proved to help.

    ``complete`` when no conflict was cut short by the time, ``in_time`` when no repair was.
    """

    conflicts: tuple[Conflict, ...]
    repairs: tuple[Repair, ...]
    complete: bool
    in_time: bool = True

    @property
    def only_never(self) -> tuple[str, ...]:
        """Rules that are never set aside, where besides the goals nothing else stands in the way."""
        rules: list[str] = []
        for conflict in self.conflicts:
            never = [r.rule for r in conflict.requirements if r.never]
            others = [r for r in conflict.requirements if not r.never and not r.key.startswith("goal:")]
            if others or not never:
                return ()
            rules += never
        return tuple(dict.fromkeys(rules))


def impossible(case: Case, *, seconds: float = ANSWER_SECONDS) -> Impossible | None:
    """Conflicts and repairs of a case, None when everything that it asks can be met."""
    begun = time.monotonic()
    possible = Possible(case, requirements(case), until=begun + CONFLICT_SHARE * seconds)
    every = frozenset(possible.requirements)
    if possible(every) and not possible.unsure:
        return None
    possible.rule_out(every)
    found: Clash = clash(possible)
    helping = repairs(case, found, seconds=seconds - (time.monotonic() - begun))
    in_time = time.monotonic() - begun < seconds
    return Impossible(tuple(found.conflicts), tuple(helping), found.complete, in_time)


# -------------------------------------------------------------------- in words
def text(found: Impossible, sources: Sources) -> Iterator[str]:
    """The explanation, line by line."""
    many = len(found.conflicts) > 1
    for n, conflict in enumerate(found.conflicts, start=1):
        yield from conflict_text(conflict, sources, number=n if many else 0)
    if not found.complete:
        yield "There may be more conflicts; the search was cut short."
    yield ""
    if found.only_never:
        names = ", ".join(f"{rule} ({RULES[rule].title.lower()})" for rule in found.only_never)
        yield f"Only rules that are never set aside stand in the way: {names}. What can change is the goal."
    plain = [repair for repair in found.repairs if not repair.signed]
    signed = [repair for repair in found.repairs if repair.signed]
    if not found.repairs and found.in_time:
        yield "No change was found that makes it possible."
    elif not found.in_time:
        yield "The time did not suffice to prove every change that may help; a quieter machine finds more."
    if plain:
        yield "What would make it possible, the least first; each was planned and verified:"
        yield from _listed(plain, sources)
    if signed:
        yield "Only with an override that a clinician would have to sign:"
        yield from _listed(signed, sources)


def conflict_text(conflict: Conflict, sources: Sources, *, number: int = 0, with_wish: bool = False) -> Iterator[str]:
    """One conflict, line by line; ``with_wish`` where something asked for besides is part of it."""
    if with_wish:
        what = "It clashes with:"
    elif len(conflict.requirements) == 1:
        what = "This cannot be met, whatever else is given up:"
    else:
        what = "These cannot all be met:"
    yield f"{number}. {what}" if number else what
    for requirement in conflict.requirements:
        place = sources.place(requirement.path, requirement.rule) or "rule default"
        yield f"   {place}: {_words(requirement)}"
    if conflict.arithmetic:
        yield f"   {conflict.arithmetic[0].upper()}{conflict.arithmetic[1:]}"
    if not conflict.minimal:
        yield "   Fewer of them may clash already; the time did not suffice to find out."


def _listed(found: list[Repair], sources: Sources) -> Iterator[str]:
    for repair in found:
        first, *more = repair.changes
        yield f"  - {first.words} [{sources.place(first.path)}]"
        for change in more:
            yield f"    and {change.words} [{sources.place(change.path)}]"
        yield f"    then {repair.outcome}"


def _words(requirement: Requirement) -> str:
    if not requirement.is_rule:
        return requirement.words
    rule = RULES[requirement.rule]
    override = "never set aside" if requirement.never else "set aside only by a signed override"
    return f"rule {rule.id}, {rule.title.lower()} ({override}; [{rule.mark.value}] {rule.source})"


def data(found: Impossible, sources: Sources) -> dict[str, Any]:
    """The explanation for machines."""
    return {
        "possible": False,
        "conflicts": [conflict_data(conflict, sources) for conflict in found.conflicts],
        "only_never": list(found.only_never),
        "complete": found.complete,
        "in_time": found.in_time,
        "repairs": [
            {
                "changes": [
                    {"path": c.path, "at": sources.place(c.path), "words": c.words, "needs_signature": c.signed}
                    for c in repair.changes
                ],
                "size": round(repair.size, 2),
                "proved": True,
                "then": repair.outcome,
            }
            for repair in found.repairs
        ],
    }


def conflict_data(conflict: Conflict, sources: Sources) -> dict[str, Any]:
    """One conflict for machines."""
    return {
        "requirements": [_requirement(r, sources) for r in conflict.requirements],
        "arithmetic": conflict.arithmetic,
        "minimal": conflict.minimal,
    }


def _requirement(requirement: Requirement, sources: Sources) -> dict[str, Any]:
    rule = RULES.get(requirement.rule)
    return {
        "name": requirement.key,
        "path": requirement.path,
        "at": sources.place(requirement.path, requirement.rule),
        "words": requirement.words,
        "rule": requirement.rule or None,
        "statement": "" if rule is None else rule.statement,
        "source": "" if rule is None else rule.source,
        "mark": "" if rule is None else rule.mark.value,
        "override": "" if rule is None or not requirement.is_rule else rule.override.value,
    }
