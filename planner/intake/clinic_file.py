"""``clinic.yaml``: a clinic's settings.  What a parameter may be is for the rules to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from planner.domain.clinic import Clinic
from planner.errors import InvalidInput
from planner.intake.validate import validate
from planner.intake.yamlfile import ValuePath, read_yaml

#: Says what the rules object to: (path inside the file, problem).
ClinicObjections = Callable[[Clinic], Iterable[tuple[ValuePath, str]]]


def read_clinic(path: Path, objections: ClinicObjections) -> Clinic:
    """Read a clinic's settings.

    ``objections`` finds unknown rules and parameters outside their bounds, for example
    ``(("parameters", "I1", "items_low"), "must be between 4 and 12")``.

    Raises
    ------
    InvalidInput
        With every fault of the file.
    """
    document = read_yaml(path)
    clinic = validate(Clinic, document)
    faults = sorted(document.fault(where, problem) for where, problem in objections(clinic))
    if faults:
        raise InvalidInput(faults)
    return clinic
