"""The rules.  Each clinical rule lives in exactly one module of this package.

``RULES`` maps ids to rules; ``limits`` gathers what they ask of the solver, ``check`` what a
finished programme breaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from planner.domain.case import Case
from planner.domain.programme import Programme, RuleRecord
from planner.rules import (
    bone,
    directional,
    dosing,
    easier,
    endurance,
    envelope,
    gaps,
    irritability,
    lifting,
    morning,
    neural,
    overload,
    phases,
    practical,
    recovery,
    red_flags,
    response,
    restrictions,
    trunk,
)
from planner.rules.base import Rule, Violation, is_off, signed_override, values
from planner.rules.limits import Limit

MODULES: tuple[ModuleType, ...] = (
    red_flags,
    phases,
    envelope,
    directional,
    response,
    gaps,
    irritability,
    neural,
    trunk,
    overload,
    dosing,
    recovery,
    endurance,
    lifting,
    morning,
    bone,
    restrictions,
    practical,
    easier,
)

RULES: dict[str, Rule] = {rule.id: rule for module in MODULES for rule in module.RULES}


def limits(case: Case) -> Iterator[Limit]:
    """Everything that the rules ask of the solver for this case."""
    for module in MODULES:
        if hasattr(module, "limits"):
            yield from module.limits(case)


def check(case: Case, programme: Programme) -> list[Violation]:
    """Every break of a rule by a programme, sorted; empty when it keeps them all."""
    found: set[Violation] = set()
    for module in MODULES:
        if hasattr(module, "check"):
            found.update(module.check(case, programme))
    return sorted(found)


def records(case: Case) -> tuple[RuleRecord, ...]:
    """The rules in force, as they are printed with the programme."""
    out = []
    for rule in RULES.values():
        override = signed_override(case, rule)
        if override is None and is_off(case, rule):
            continue
        out.append(
            RuleRecord(
                id=rule.id,
                statement=rule.statement,
                force=rule.force.value,
                source=rule.source,
                mark=rule.mark,
                override=rule.override.value,
                parameters=dict(values(case, rule)),
                changed_by_clinic=tuple(sorted(case.clinic.parameters.get(rule.id, {}))),
                overridden="" if override is None else f"{override.who}, {override.on}: {override.why}",
            )
        )
    return tuple(out)
