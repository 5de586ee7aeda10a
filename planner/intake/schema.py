"""JSON Schemas of every file that people and machines exchange with Gradus."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from planner.domain.clinic import Clinic
from planner.domain.exercise import Exercise
from planner.domain.patient import Equipment, Patient
from planner.domain.programme import Programme
from planner.domain.protocol import Protocol
from planner.domain.standard import ClinicProtocol
from planner.intake.log_file import LogFile
from planner.intake.protocol_file import OutcomeFile

#: The schemas by name.
MODELS: Final[dict[str, type[BaseModel]]] = {
    "patient": Patient,
    "programme": Programme,
    "log": LogFile,
    "exercise": Exercise,
    "clinic": Clinic,
    "protocol": Protocol,
    "clinic_protocol": ClinicProtocol,
    "outcomes": OutcomeFile,
    "equipment": Equipment,
}


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema (draft 2020-12) of every kind of file, by name.

    A catalogue file is a list of exercises.
    """
    return {
        name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:gradus:{name}",
            **model.model_json_schema(by_alias=True),
        }
        for name, model in MODELS.items()
    }
