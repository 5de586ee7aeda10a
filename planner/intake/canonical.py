"""Canonical bytes of a model: what is hashed, copied beside a programme, and read back.

The same model gives the same bytes on every machine: keys sorted, UTF-8, no spaces that mean
nothing, a newline at the end.  ``unknown`` values are null.
"""

from __future__ import annotations

import hashlib
import json
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from planner.errors import Fault, InvalidInput

M = TypeVar("M", bound=BaseModel)


def canonical_bytes(model: BaseModel, *, sort_keys: bool = True) -> bytes:
    """The canonical JSON of a model; keys stay in their order where the order means something."""
    data = model.model_dump(mode="json", by_alias=True)
    return (json.dumps(data, sort_keys=sort_keys, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def from_canonical(model: type[M], data: bytes, file: str = "") -> M:
    """The model of canonical bytes; ``file`` is the name shown in faults.

    Raises
    ------
    InvalidInput
        When the bytes do not hold such a model.
    """
    try:
        return model.model_validate_json(data, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        raise InvalidInput([Fault(file, 0, path, f"is not a whole {model.__name__.lower()}: {first['msg']}")]) from None


def sha256(model: BaseModel, *, sort_keys: bool = True) -> str:
    """Hexadecimal SHA-256 of the canonical bytes."""
    return hashlib.sha256(canonical_bytes(model, sort_keys=sort_keys)).hexdigest()
