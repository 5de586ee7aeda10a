"""``clinic.yaml``: a clinic's own values for rule parameters, inside their bounds."""

from __future__ import annotations

from pydantic import Field

from planner.domain.model import Model


class Clinic(Model):
    """Settings of a clinic.  ``parameters`` maps rule id to parameter name to value."""

    clinic: str = Field(default="", max_length=120, description="name printed on programmes")
    contact: str = Field(default="", max_length=200, description="whom a patient calls")
    prescriber: str = Field(default="", max_length=120, description="name and qualification")
    parameters: dict[str, dict[str, float]] = Field(default_factory=dict)
    off: tuple[str, ...] = Field(default=(), description="ids of soft rules the clinic does not use")
