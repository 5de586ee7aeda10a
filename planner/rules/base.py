"""What a rule is: its statement, source and mark, its bounded parameters, and its findings.

A rule's module may offer ``limits(case)``, which says what the solver must respect, and
``check(case, programme)``, which finds violations in a finished programme.  The two are written
separately: nothing in a check may use a limit.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from planner.domain.case import Case
from planner.domain.exercise import EvidenceMark
from planner.domain.patient import Override
from planner.domain.programme import Phase

_T = TypeVar("_T")

F = EvidenceMark.FOUND
K = EvidenceMark.KNOWLEDGE
D = EvidenceMark.DEFAULT


class Force(StrEnum):
    """How binding a rule is."""

    HARD = "hard"
    SOFT = "soft"
    GATE = "gate"
    INSTRUCTION = "instruction"
    REPORT = "report"


class Scope(StrEnum):
    """What a rule is about."""

    ITEM = "item"
    SESSION = "session"
    WEEK = "week"
    PHASE = "phase"
    PROGRAMME = "programme"


class OverrideBy(StrEnum):
    """Whether a clinician may override a rule for one patient."""

    NEVER = "never"
    SIGNED = "signed"


@dataclass(frozen=True)
class Parameter:
    """A number of a rule that a clinic may change between ``low`` and ``high``."""

    name: str
    default: float
    low: float
    high: float
    meaning: str
    mark: EvidenceMark = D


@dataclass(frozen=True)
class Rule:
    """One clinical rule."""

    id: str
    title: str
    statement: str
    force: Force
    scope: Scope
    source: str
    mark: EvidenceMark
    override: OverrideBy = OverrideBy.SIGNED
    phases: tuple[Phase, ...] = tuple(Phase)
    parameters: tuple[Parameter, ...] = field(default=())

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name.

        Raises
        ------
        KeyError
            When the rule has no such parameter.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise KeyError(f"{self.id} has no parameter {name}")


@dataclass(frozen=True, order=True)
class Violation:
    """One break of a rule by a programme; ``where`` names week, session and item."""

    rule: str
    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}: {self.problem}"


def once_a_case(found: Callable[[Case], _T]) -> Callable[[Case], _T]:
    """What depends on a case alone is worked out once for it: the answer is shared, and nobody may change it."""
    name = f"{found.__module__}.{found.__qualname__}"

    @functools.wraps(found)
    def known(case: Case) -> _T:
        if name not in case.known:
            case.known[name] = found(case)
        out: _T = case.known[name]
        return out

    return known


def signed_override(case: Case, rule: Rule) -> Override | None:
    """The clinician's signed override of a rule for this patient; never for ``never`` rules."""
    if rule.override is OverrideBy.NEVER:
        return None
    for override in case.patient.overrides:
        if override.rule == rule.id:
            return override
    return None


def is_off(case: Case, rule: Rule) -> bool:
    """Whether a signed override switches the rule off, or a clinic does without this soft rule."""
    override = signed_override(case, rule)
    if override is not None and not override.parameters:
        return True
    return rule.force is Force.SOFT and rule.id in case.clinic.off


def value(case: Case, rule: Rule, name: str) -> float:
    """A parameter's value in force: signed override, else the clinic's, else the default."""
    parameter = rule.parameter(name)
    override = signed_override(case, rule)
    if override is not None and name in override.parameters:
        return override.parameters[name]
    return case.clinic.parameters.get(rule.id, {}).get(name, parameter.default)


def values(case: Case, rule: Rule) -> Mapping[str, float]:
    """All parameters of a rule as they are in force."""
    return {parameter.name: value(case, rule, parameter.name) for parameter in rule.parameters}
