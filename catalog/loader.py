"""Loading the catalogue: quickly from its compiled form, or from YAML with line numbers.

``compiled.json`` is made from ``exercises/*.yaml`` by ``compile_catalogue`` and is committed; it
carries the hash of its sources, and a test proves that the two agree.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from planner.domain.exercise import Exercise
from planner.domain.model import Model
from planner.errors import Fault, InvalidInput, PlannerError

if TYPE_CHECKING:
    from planner.domain.protocol import Protocol
    from planner.domain.standard import ClinicProtocol
    from planner.intake.yamlfile import Document

SOURCES: Final = Path(__file__).parent / "exercises"
PROTOCOLS: Final = Path(__file__).parent / "protocols"
STANDARDS: Final = PROTOCOLS / "clinic"
COMPILED: Final = Path(__file__).parent / "compiled.json"


class Compiled(Model):
    """What ``compiled.json`` holds."""

    sources_sha256: str
    exercises: tuple[Exercise, ...]


def load_catalogue(compiled: Path = COMPILED) -> dict[str, Exercise]:
    """Every exercise of the shipped catalogue by id, in the order of the files.

    Raises
    ------
    PlannerError
        When the compiled form is missing or broken: the installation is not whole.
    """
    try:
        made = Compiled.model_validate_json(compiled.read_bytes())
    except (OSError, ValueError) as error:
        raise PlannerError(f"the catalogue {compiled} cannot be read; install Gradus again ({error})") from None
    return {exercise.id: exercise for exercise in made.exercises}


def protocol_files(sources: Path = PROTOCOLS) -> dict[str, Path]:
    """The files of the shipped protocols by id, in alphabetical order."""
    return {path.stem: path for path in sorted(sources.glob("*.yaml"))}


def load_protocol(name: str) -> Protocol:
    """A shipped protocol by its id, or one of a person's own by the path of its file.

    Raises
    ------
    InvalidInput
        When there is none, or with every fault of the file.
    """
    from planner.intake.protocol_file import read_protocol
    from planner.intake.validate import did_you_mean

    shipped = protocol_files()
    known = [*shipped, *protocol_files(STANDARDS)]
    path = shipped.get(name.strip().lower().replace("-", "_"))
    if path is None and (name.endswith((".yaml", ".yml")) or "/" in name):
        path = Path(name)
    if path is None:
        hint = did_you_mean(name, known) or "; `gradus protocol list` shows those that there are"
        raise InvalidInput(f"there is no protocol {name!r}{hint}")
    return read_protocol(path, load_catalogue())


def load_standard(name: str) -> ClinicProtocol | None:
    """A clinic protocol by its id, or by the path of a file that says ``kind: clinic``; None for anything else.

    Raises
    ------
    InvalidInput
        With every fault of the file.
    """
    from planner.intake.standard_file import standard_of

    path = protocol_files(STANDARDS).get(name.strip().lower().replace("-", "_"))
    if path is None and (name.endswith((".yaml", ".yml")) or "/" in name):
        path = Path(name)
    if path is None:
        return None
    document = read_document(path)
    if not isinstance(document.data, dict) or document.data.get("kind") != "clinic":
        return None
    return standard_of(document, load_catalogue(), protocol_files())


def read_exercises(path: Path) -> tuple[list[Exercise], list[Fault]]:
    """Exercises of one YAML file, the shipped ones or a clinic's own, and every fault in it.

    An exercise with a fault is left out; the others are returned.
    """
    try:
        document = read_document(path)
    except InvalidInput as error:
        return [], list(error.faults)
    exercises, _, faults = exercises_of(document)
    return exercises, faults


def read_document(path: Path) -> Document:
    """The parsed YAML of a catalogue file.

    Raises
    ------
    InvalidInput
        When the file cannot be read or is not YAML.
    """
    # reading YAML is only needed by those who write exercises; planning never pays for it
    from planner.intake.yamlfile import read_yaml

    return read_yaml(path)


def exercises_of(document: Document) -> tuple[list[Exercise], list[int], list[Fault]]:
    """Sound exercises of a document, the index of each in it, and the faults of the others."""
    from planner.intake.validate import check

    faults = list(document.faults)
    if not isinstance(document.data, list):
        return [], [], [*faults, document.fault((), "must be a list of exercises, each beginning with '- id: ...'")]
    exercises, places = [], []
    for i in range(len(document.data)):
        exercise, found = check(Exercise, document, (i,))
        faults.extend(found)
        if exercise is not None:
            exercises.append(exercise)
            places.append(i)
    return exercises, places, sorted(faults)


def catalogue_sha256(exercises: Iterable[Exercise]) -> str:
    """Hexadecimal SHA-256 of exercises, whatever their order."""
    rows = sorted((exercise.model_dump(mode="json") for exercise in exercises), key=lambda row: str(row["id"]))
    return hashlib.sha256(json.dumps(rows, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def sources_sha256(sources: Path = SOURCES) -> str:
    """Hexadecimal SHA-256 of the catalogue's YAML files, names and contents."""
    digest = hashlib.sha256()
    for path in sorted(sources.glob("*.yaml")):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def compile_catalogue(sources: Path = SOURCES, compiled: Path = COMPILED) -> int:
    """Write the compiled form of the YAML files; returns the number of exercises.

    Raises
    ------
    InvalidInput
        With every fault of every file; nothing is written then.
    """
    exercises: list[Exercise] = []
    faults: list[Fault] = []
    for path in sorted(sources.glob("*.yaml")):
        found, wrong = read_exercises(path)
        exercises.extend(found)
        faults.extend(wrong)
    if faults:
        raise InvalidInput(faults)
    # one exercise a line: a change to one shows as one changed line
    rows = ",\n".join(exercise.model_dump_json(exclude_defaults=True) for exercise in exercises)
    text = f'{{"sources_sha256":"{sources_sha256(sources)}","exercises":[\n{rows}\n]}}\n'
    temporary = compiled.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(compiled)
    return len(exercises)
