"""What the rules object to in ``clinic.yaml`` and in a patient's signed overrides.

Readers of files know nothing of rules, and rules nothing of files: the objections found here are
handed to ``intake.patient_file.read_patient`` and ``intake.clinic_file.read_clinic``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planner.domain.clinic import Clinic
from planner.domain.patient import Patient
from planner.intake.validate import did_you_mean
from planner.intake.yamlfile import ValuePath, one_line
from planner.rules import RULES
from planner.rules.base import Force, OverrideBy, Rule

Objection = tuple[ValuePath, str]


def clinic_objections(clinic: Clinic) -> Iterator[Objection]:
    """Unknown rules and parameters, values outside their bounds, and hard rules that are off."""
    for name, parameters in clinic.parameters.items():
        rule = RULES.get(name)
        if rule is None:
            yield ("parameters", name), _no_rule(name)
        else:
            yield from _parameters(rule, parameters, ("parameters", name))
    for i, name in enumerate(clinic.off):
        rule = RULES.get(name)
        if rule is None:
            yield ("off", i), _no_rule(name)
        elif rule.force is not Force.SOFT:
            yield ("off", i), f"{name} is {rule.force.value}: only a soft rule can be off for a whole clinic"


def patient_objections(patient: Patient) -> Iterator[Objection]:
    """Overrides of unknown rules, of rules that are never overridden, and outside their bounds."""
    seen: set[str] = set()
    for i, override in enumerate(patient.overrides):
        where: ValuePath = ("overrides", i)
        rule = RULES.get(override.rule)
        if rule is None:
            yield (*where, "rule"), _no_rule(override.rule)
            continue
        if rule.id in seen:
            yield (*where, "rule"), f"{rule.id} is overridden twice: put its parameters into one override"
        seen.add(rule.id)
        if rule.override is OverrideBy.NEVER:
            yield (*where, "rule"), f"{rule.id} ({rule.title.lower()}) is never overridden; take this entry out"
        else:
            yield from _parameters(rule, override.parameters, (*where, "parameters"))


def _no_rule(name: str) -> str:
    return f"there is no rule {one_line(name)!r}{did_you_mean(name, RULES)}"


def _parameters(rule: Rule, given: Mapping[str, float], where: ValuePath) -> Iterator[Objection]:
    known = {parameter.name: parameter for parameter in rule.parameters}
    for name, value in given.items():
        parameter = known.get(name)
        if parameter is None:
            names = f"; it has {', '.join(known)}" if known else "; it has none"
            hint = did_you_mean(name, known) or names
            yield (*where, name), f"{rule.id} has no parameter {one_line(name)!r}{hint}"
        elif not parameter.low <= value <= parameter.high:
            yield (
                (*where, name),
                f"must be between {parameter.low:g} and {parameter.high:g} ({parameter.meaning}; got {value:g})",
            )
