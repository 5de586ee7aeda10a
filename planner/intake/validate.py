"""From a parsed file to a model: every fault at once, with its line, in words that name the fix.

Validation is strict (``true`` is not a number, ``"45"`` is not an age) except that ``yes`` and
``no`` are taken where a model wants true or false, because that is how people fill in forms.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from planner.errors import Fault, InvalidInput
from planner.intake.yamlfile import COMMA, Document, ValuePath, one_line

M = TypeVar("M", bound=BaseModel)

_YES_NO: Final = {"yes": True, "on": True, "no": False, "off": False}
_MISSING: Final = object()
#: Alike enough, as difflib measures it, that nobody needs to see all that there is beside it. [D]
_SURE: Final = 0.7
#: Units by the last word of a key; see ``_unit``.
_UNITS: Final = {
    "kg": "kg",
    "minutes": "minutes",
    "seconds": "seconds",
    "weeks": "weeks",
    "metres": "metres",
    "age": "years",
    "systolic": "mmHg",
    "diastolic": "mmHg",
}
_MEASURES: Final = ("kg", "lb", "mmHg")
_EQUIPMENT_LOADS: Final = ("dumbbells", "kettlebells", "plates", "bar", "low", "high", "step")
_AMOUNT: Final = re.compile(r"\s*([-+]?[0-9]+(?:[.,][0-9]+)?)\s*([A-Za-z]+)\.?\s*")
_POUND_KG: Final = 0.45359237
#: Keys that stand elsewhere for what another is called here: a rule looks at the seconds of a row's time.
_MEANT: Final = {
    "time": "seconds",
    "hold": "seconds",
    "distance": "metres",
    "repetitions": "reps",
    "reps": "repetitions",
}
#: Keys that do not go where ``turns`` do, and what does.
_NOT_A_WHEN: Final = {
    "state": "what is done goes by weeks, rounds, days, turns or phase; what goes by a value is a stage of the scheme, "
    "to which a rule with that state leads"
}
_INNER_PATH: Final = re.compile(r"([a-z_]+(?:\[\d+\])?(?:\.[a-z_]+(?:\[\d+\])?)*)(?:: | (?=overlaps))(.+)", re.DOTALL)

#: What a text must look like, for each pattern that the models use.
_PATTERNS: Final = {
    "^[a-z][a-z0-9_]{2,48}$": "must be an id of small letters, digits and underscores, at least 3 of them, such as "
    "dead_bug",
    "^[a-z][a-z0-9_]{0,47}$": "must be a name of small letters, digits and underscores, with a letter first",
    "^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$": "must be a pseudonym of at most 40 letters, digits, dots and hyphens",
    "^[A-Za-z0-9][A-Za-z0-9 ._+-]{0,39}$": "must be a name of letters, digits, blanks and . _ + - (at most 40)",
    "^[A-Za-z][A-Za-z0-9 _-]{0,30}$": "must be a short name of letters, digits, spaces and hyphens, such as home",
}


def validate(model: type[M], document: Document, extra: Iterable[Fault] = ()) -> M:
    """Make ``model`` from a document.

    ``extra`` are faults found by other checks; where one has the path of a validation fault, it
    is shown instead of it.

    Raises
    ------
    InvalidInput
        With every fault of the file, in the order of its lines.
    """
    made, faults = check(model, document)
    first = [*document.faults, *extra]
    taken = {fault.path for fault in first}
    faults = sorted({*first, *(fault for fault in faults if fault.path not in taken)})
    if made is None or faults:
        raise InvalidInput(faults)
    return made


def check(model: type[M], document: Document, at: ValuePath = ()) -> tuple[M | None, list[Fault]]:
    """Make ``model`` from the part of a document at ``at``, or say what is wrong with it.

    The document's own faults are not repeated.
    """
    data = dig(document.data, at)
    if not isinstance(data, dict):
        return None, [document.fault(at, _not_a_mapping(data, at), _shown(data) if at else "")]
    try:
        return _strict(model, data), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
    repaired = _with_booleans(data, errors)
    if repaired is not None:
        data = repaired
        try:
            return _strict(model, data), []
        except ValidationError as error:
            errors = error.errors(include_url=False)
    return None, list(_faults(model, document, at, data, errors))


def dig(data: Any, path: ValuePath, default: Any = None) -> Any:
    """The value at ``path`` inside plain data, or ``default`` where there is none."""
    for part in path:
        there = part in data if isinstance(data, dict) else isinstance(data, list) and part in range(len(data))
        if not there:
            return default
        data = data[part]
    return data


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """``; did you mean 'dead_bug'?`` when one of the options is close, else nothing."""
    known = {_folded(option): str(option) for option in options}
    near = get_close_matches(_folded(word)[:80], known, n=1, cutoff=0.6)
    return f"; did you mean {known[near[0]]!r}?" if near else ""


def _folded(word: str) -> str:
    return re.sub(r"[\s-]+", "_", word.strip().lower())


def _strict(model: type[M], data: Any) -> M:
    return model.model_validate_json(json.dumps(data), strict=True)


def _not_a_mapping(data: Any, at: ValuePath) -> str:
    if data is None and not at:
        return "the file is empty"
    return f"must be a mapping of keys to values, not {_kind(data)}"


def _with_booleans(data: Any, errors: list[ErrorDetails]) -> Any:
    """A copy in which ``yes`` and ``no`` are booleans where booleans are wanted; None without any."""
    wanted = [
        (path, _YES_NO[error["input"].lower()])
        for error in errors
        if error["type"] in ("bool_type", "bool_parsing", "literal_error")
        and isinstance(error["input"], str)
        and error["input"].lower() in _YES_NO
        and (error["type"] != "literal_error" or error["ctx"]["expected"] in ("True", "False"))
        and (path := _located(error, data))
    ]
    if not wanted:
        return None
    data = copy.deepcopy(data)
    for path, value in wanted:
        dig(data, path[:-1])[path[-1]] = value
    return data


def _located(error: ErrorDetails, data: Any) -> ValuePath:
    """Where an error is in the data: its location without pydantic's names of union members."""
    path: list[str | int] = []
    for place, part in enumerate(error["loc"]):
        below = dig(data, (part,), _MISSING)
        last = place == len(error["loc"]) - 1
        if below is not _MISSING:
            path.append(part)
            data = below
        elif last and (error["type"] == "missing" or (isinstance(data, list) and isinstance(part, int))):
            path.append(part)
    return tuple(path)


def _faults(
    model: type[BaseModel], document: Document, at: ValuePath, data: Any, errors: list[ErrorDetails]
) -> Iterator[Fault]:
    """One fault per path; the members of a union speak with one voice."""
    grouped: dict[ValuePath, list[ErrorDetails]] = {}
    for error in errors:
        grouped.setdefault(_located(error, data), []).append(error)
    for path, group in grouped.items():
        if group[0]["type"] == "too_short" and any(other[: len(path)] == path for other in grouped if other != path):
            # only an echo of a fault further in: the bad entries were not counted
            continue
        shape = _Shape(_schema(model)).at(path)
        for inner, problem in _problems(group, shape, path, data):
            value = dig(data, inner, _MISSING)
            got = "" if value is _MISSING or (isinstance(value, dict | list) and value) else _shown(value)
            if (got[:1] == "'" and got in problem) or "got " in problem or _of_a_key(group[0]):
                got = ""
            yield document.fault((*at, *inner), problem, got)


def _of_a_key(error: ErrorDetails) -> bool:
    """Whether a key is wrong, whatever its value."""
    return error["type"] == "extra_forbidden" or error["loc"][-1:] == ("[key]",)


def _problems(group: list[ErrorDetails], shape: _Shape, path: ValuePath, data: Any) -> Iterator[tuple[ValuePath, str]]:
    error = group[0]
    kind = error["type"]
    value = error["input"]
    if kind == "missing":
        words = shape.description
        yield path, f"is missing ({words})" if words else "is missing"
    elif kind == "extra_forbidden":
        keys = _Shape(shape.root).at(path[:-1]).keys
        meant = _MEANT.get(str(path[-1]))
        hint = (
            f"; write {meant}"
            if meant in keys
            else did_you_mean(str(path[-1]), keys) or f"; known keys here: {', '.join(keys)}"
        )
        if str(path[-1]) in _NOT_A_WHEN and "turns" in keys:
            hint = f"; {_NOT_A_WHEN[str(path[-1])]}"
        elif value is None and ":" in str(path[-1]):
            key, _, said = str(path[-1]).partition(":")
            hint = f"; a space is missing behind the colon: write {key}: {said}"
        elif value is None and str(path[-1])[:1].isdigit():
            hint = f"; {COMMA}{_decimal(path, data)}"
        elif value is None and " " in str(path[-1]):
            hint = "; if it belongs to the words before it, put them in quotes: inside { } a comma ends a text"
        yield path, f"is not a known key{hint}"
    elif kind == "value_error":
        for one in group:
            # a model that finds several faults tells each on a line of its own
            yield from (_inner(path, said, data) for said in str(one["ctx"]["error"]).splitlines())
    elif error["loc"][-1:] == ("[key]",) and dig(data, path) is None and str(path[-1])[:1].isdigit():
        yield path, f"has no value: {COMMA}{_decimal(path, data)}"
    elif len(group) > 1 or kind in ("enum", "literal_error"):
        yield path, _one_of(group, shape, value)
    else:
        yield path, _words(error, shape, path, data)


def _decimal(path: ValuePath, data: Any) -> str:
    """How a number is written that a comma has cut in two: ``step: 2,5``; nothing where there are more commas."""
    holder = dig(data, path[:-1])
    cut = [key for key, value in holder.items() if value is None and str(key).isdigit()]
    before = list(holder.values())[list(holder).index(path[-1]) - 1]
    alone = cut == [path[-1]] and isinstance(before, int) and not isinstance(before, bool)
    return f"; a decimal has a point: {before}.{path[-1]}" if alone else ""


def _inner(path: ValuePath, message: str, data: Any) -> tuple[ValuePath, str]:
    """Moves a key path at the head of a model's message into the path of the fault."""
    found = _INNER_PATH.fullmatch(message)
    if found is None:
        return path, message
    parts = tuple(int(part) if part.isdigit() else part for part in re.findall(r"[a-z_]+|\d+", found[1]))
    whole = (*path, *parts)
    return (whole, found[2]) if dig(data, whole, _MISSING) is not _MISSING else (path, message)


def _one_of(group: list[ErrorDetails], shape: _Shape, value: Any) -> str:
    options = shape.values
    if not options:
        pattern = next((one for one in group if one["type"] == "string_pattern_mismatch"), None)
        words = str(group[0]["msg"]) if pattern is None else _pattern_words(pattern)
        several = isinstance(value, str) and "," in value and any(one["type"] == "tuple_type" for one in group)
        return f"{words}; several are a list: [{value}]" if several else words
    hint = did_you_mean(value, options) if isinstance(value, str) else ""
    if options == ["no", "yes", "unknown"] and value is None:
        return "is not answered: write yes, no or unknown"
    if hint and len(options) > 9:
        sure = get_close_matches(_folded(value), options, n=1, cutoff=_SURE)
        return f"is not known here{hint}" + ("" if sure else f" They are {', '.join(options)}")
    return f"must be one of {', '.join(options)}{hint}"


def _pattern_words(error: ErrorDetails) -> str:
    pattern, said = error["ctx"]["pattern"], error["input"]
    words = _PATTERNS.get(pattern, "has characters that are not allowed here")
    plain = re.sub(r"[^a-z0-9]+", "_", said.lower()).strip("_") if isinstance(said, str) else ""
    return f"{words}: write {plain}" if words.startswith("must be a name of small") and plain[:1].isalpha() else words


def _words(error: ErrorDetails, shape: _Shape, path: ValuePath, data: Any) -> str:
    kind = error["type"]
    value = error["input"]
    if kind.startswith(("int_", "float_", "greater_than", "less_than", "finite_")):
        return _number(shape, path, data, value, whole=kind.startswith("int_"))
    if kind in ("tuple_type", "list_type", "set_type"):
        return _list(path, value)
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        keys = shape.keys
        return f"must be a mapping with the keys {', '.join(keys)}" if keys else "must be a mapping of keys to values"
    if kind.startswith("bool_"):
        return "must be yes or no" + (" or unknown" if "unknown" in shape.values else "")
    if kind == "string_type":
        return "must be text; put it in quotes" if isinstance(value, int | float) else "must be text"
    if kind == "string_pattern_mismatch":
        return _pattern_words(error)
    if kind.startswith(("date_", "datetime_", "time_")):
        return _date(kind, value)
    if kind in ("string_too_short", "string_too_long", "too_short", "too_long"):
        return _length(error)
    return str(error["msg"])


def _number(shape: _Shape, path: ValuePath, data: Any, value: Any, *, whole: bool) -> str:
    low, high, above = shape.bounds
    unit = _unit(path, data)
    text = "must be a whole number" if whole or shape.whole else "must be a number"
    text += f" {'in' if unit in _MEASURES else 'of'} {unit}" if unit else ""
    if low is not None and high is not None:
        text += f" above {low:g}, at most {high:g}" if above else f" between {low:g} and {high:g}"
    elif low is not None:
        text += f" above {low:g}" if above else f" of at least {low:g}"
    elif high is not None:
        text += f" of at most {high:g}"
    if "unknown" in shape.values:
        text += ", or unknown"
    return text + _unit_hint(value, unit)


def _unit(path: ValuePath, data: Any) -> str:
    """The unit of a number, from its key; a load of equipment is in the equipment's own unit."""
    words = [part for part in path if isinstance(part, str)]
    if not words:
        return ""
    if "equipment" in words and words[-1] in _EQUIPMENT_LOADS:
        place = dig(data, path[: path.index("equipment") + 1])
        unit = place.get("unit", "kg") if isinstance(place, Mapping) else "kg"
        return unit if unit in ("kg", "lb") else "kg"
    return _UNITS.get(words[-1].rsplit("_", 1)[-1], "")


def _unit_hint(value: Any, unit: str) -> str:
    """What to write instead of ``78 kg`` or ``12 lb``."""
    found = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return ""
    amount, given = found[1].replace(",", "."), found[2].lower().rstrip("s")
    if unit == "kg" and given in ("lb", "pound"):
        return f": write {float(amount) * _POUND_KG:.1f}"
    if unit == "lb" and given in ("kg", "kilo", "kilogram"):
        return f": write {float(amount) / _POUND_KG:.1f}"
    if unit and unit.startswith(given[:1]):
        return f": write {amount}"
    return ""


def _list(path: ValuePath, value: Any) -> str:
    key = str(path[-1]) if path else ""
    if key in _EQUIPMENT_LOADS:
        return "must be a list: list the loads, for example [2, 4, 6]"
    if key == "bands":
        return "must be a list: list the bands, for example [light, medium]"
    if isinstance(value, str) and len(value) <= 40:
        return f"must be a list: write [{'' if value.strip() in ('', 'none', 'no') else one_line(value)}]"
    if isinstance(value, dict):
        return "must be a list: begin each entry with a hyphen"
    return "must be a list"


def _date(kind: str, value: Any) -> str:
    example = (
        "a date and time such as 2026-03-02T18:00:00" if kind.startswith("datetime") else "a date such as 2026-03-02"
    )
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return "is not a day of the calendar"
    return f"must be {example}"


def _length(error: ErrorDetails) -> str:
    limits = error["ctx"]
    least, most = limits.get("min_length"), limits.get("max_length")
    if error["type"].startswith("string"):
        return f"must have at least {least} characters" if least is not None else f"must have at most {most} characters"
    if least is not None:
        return f"must have at least {least} {'entry' if least == 1 else 'entries'}"
    return f"must have at most {most} {'entry' if most == 1 else 'entries'}"


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else "a single value"


def _shown(value: Any) -> str:
    """A value as it is repeated in a fault: short, on one line."""
    if value is None or isinstance(value, dict | list):
        return _kind(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return one_line(repr(value))


@dataclass(frozen=True)
class _Shape:
    """The places of a JSON Schema that a path leads to; several where the schema says anyOf."""

    root: Mapping[str, Any]
    nodes: tuple[Mapping[str, Any], ...] = ()

    def at(self, path: ValuePath) -> _Shape:
        """The shape at ``path`` from the root."""
        nodes = tuple(self._spread(self.root))
        for part in path:
            nodes = tuple(leaf for node in nodes for leaf in self._spread(_child(node, part)))
        return _Shape(self.root, nodes)

    def _spread(self, node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        if "$ref" in node:
            target = self.root["$defs"][node["$ref"].rsplit("/", 1)[-1]]
            yield from self._spread({**target, **{k: v for k, v in node.items() if k != "$ref"}})
        elif "anyOf" in node or "oneOf" in node:
            rest = {k: v for k, v in node.items() if k in ("description",)}
            for one in node.get("anyOf") or node["oneOf"]:
                yield from self._spread({**one, **rest})
        else:
            yield node

    @property
    def keys(self) -> list[str]:
        return [key for node in self.nodes for key in node.get("properties", ())]

    @property
    def values(self) -> list[str]:
        found = (node.get("enum", [node["const"]] if "const" in node else []) for node in self.nodes)
        return [str(value) for values in found for value in values]

    @property
    def description(self) -> str:
        # the description of a class tells programmers what it is; that of a field tells its unit
        return next(
            (
                node["description"]
                for node in self.nodes
                if "description" in node and "type" in node and node["type"] != "object" and "enum" not in node
            ),
            "",
        )

    @property
    def whole(self) -> bool:
        return any(node.get("type") == "integer" for node in self.nodes)

    @property
    def bounds(self) -> tuple[float | None, float | None, bool]:
        """Lowest value, highest value, and whether the lowest is itself excluded."""
        for node in self.nodes:
            if node.get("type") in ("integer", "number"):
                above = "exclusiveMinimum" in node
                return node.get("exclusiveMinimum", node.get("minimum")), node.get("maximum"), above
        return None, None, False


def _child(node: Mapping[str, Any], part: str | int) -> Mapping[str, Any]:
    if isinstance(part, int):
        fixed = node.get("prefixItems", ())
        found = fixed[part] if part < len(fixed) else node.get("items", {})
    else:
        patterned = next(iter(node.get("patternProperties", {}).values()), node.get("additionalProperties", {}))
        found = node.get("properties", {}).get(part, patterned)
    return found if isinstance(found, Mapping) else {}


@cache
def _schema(model: type[BaseModel]) -> Mapping[str, Any]:
    return model.model_json_schema(by_alias=True)
