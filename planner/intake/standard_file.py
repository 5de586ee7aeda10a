"""A clinic protocol file, read whole: its model, and every name in it that must lead somewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from planner.domain.exercise import Exercise
from planner.domain.standard import ClinicProtocol
from planner.errors import InvalidInput
from planner.intake.validate import did_you_mean, validate
from planner.intake.yamlfile import Document, ValuePath, one_line, read_yaml


def read_standard(path: Path, exercises: Mapping[str, Exercise], published: Collection[str]) -> ClinicProtocol:
    """Read and check one clinic protocol file; ``published`` are the ids that ``then`` may name.

    Raises
    ------
    InvalidInput
        With every fault of the file.
    """
    return standard_of(read_yaml(path), exercises, published)


def standard_of(document: Document, exercises: Mapping[str, Exercise], published: Collection[str]) -> ClinicProtocol:
    """The clinic protocol of a parsed file.

    Raises
    ------
    InvalidInput
        With every fault of the file.
    """
    found = validate(ClinicProtocol, document)
    faults = [document.fault(where, problem) for where, problem in _objections(found, exercises, published)]
    if faults:
        raise InvalidInput(sorted(faults))
    return found


def _objections(
    found: ClinicProtocol, exercises: Mapping[str, Exercise], published: Collection[str]
) -> Iterator[tuple[ValuePath, str]]:
    one = found.archetype
    named: list[tuple[ValuePath, str | None]] = [
        *((("archetype", "goals", i, "exercise"), goal.exercise) for i, goal in enumerate(one.goals)),
        *((("archetype", "restrictions", i, "exercise"), row.exercise) for i, row in enumerate(one.restrictions)),
        *(
            (("archetype", "training", "capacities", i, "exercise"), row.exercise)
            for i, row in enumerate(one.training.capacities)
        ),
        *((("archetype", "likes", i), name) for i, name in enumerate(one.likes)),
    ]
    for where, name in named:
        if name is not None and name not in exercises:
            yield where, f"there is no exercise {one_line(repr(name))} in the catalogue{did_you_mean(name, exercises)}"
    for i, name in enumerate(found.then):
        if name not in published:
            yield ("then", i), f"there is no published protocol {one_line(repr(name))}{did_you_mean(name, published)}"
    for i, goal in enumerate(one.goals):
        if goal.by_week is not None and goal.by_week > found.parameters.weeks.low:
            yield ("archetype", "goals", i, "by_week"), "must be within the shortest length that may be chosen"
    intolerant = {row.direction for row in one.findings.intolerances}
    for i, direction in enumerate(found.fits.intolerances):
        if direction not in intolerant:
            yield ("fits", "intolerances", i), "is not an intolerance of the archetype"
    if one.findings.irritability not in found.fits.irritability:
        yield ("fits", "irritability"), f"leaves out the archetype's own, {one.findings.irritability.value}"
