"""YAML with line numbers: plain data, and for every key and entry the line on which it stands.

Stricter than YAML on purpose, because a file that means something else than its writer thinks is
dangerous here: one document, no key twice, no anchors, aliases or tags, only finite numbers.
Scalars follow the YAML 1.2 core schema, except that ``+1`` is text, so ``18:00``, ``no`` and
``2026-03-02`` stay text until a model says what they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from planner.errors import Fault, InvalidInput

#: The place of a value in a file: keys and 0-based indices from the top.
ValuePath = tuple[str | int, ...]

#: What stands alone where a comma has cut it off.
COMMA: Final = (
    "inside { } a comma ends a value: put several in [ ] (a number for each set: [9, 9, 8]) or quotes (weeks: '1, 3')"
)
#: Larger files are refused unread, bytes.
MAX_BYTES: Final = 1_000_000
#: Lists and mappings inside each other.
MAX_DEPTH: Final = 24

_NULL = re.compile(r"|~|null|Null|NULL")
# a number with a plus sign stays text: in a protocol +2.5 is a change, and 2.5 a value
_INT = re.compile(r"-?[0-9]+")
_FLOAT = re.compile(r"-?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(frozen=True)
class Document:
    """One parsed file: its data, where everything stands, and what is wrong with its YAML.

    ``faults`` are those that did not stop the reading (a key given twice, a number that is not
    finite), so that they are shown together with what validation finds.
    """

    file: str
    data: Any
    lines: Mapping[ValuePath, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def line(self, path: ValuePath) -> int:
        """1-based line of the value at ``path``, or of its closest parent that is in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, path: ValuePath, problem: str, got: str = "") -> Fault:
        """A fault at ``path``."""
        return Fault(self.file, self.line(path), path_text(path), problem, got)


def path_text(path: Iterable[str | int]) -> str:
    """``goals[0].weeks`` for ``("goals", 0, "weeks")``."""
    text = ""
    for part in path:
        name = f"[{part}]" if isinstance(part, int) else one_line(part)
        text += f".{name}" if text and isinstance(part, str) else name
    return text


def one_line(text: str, at_most: int = 60) -> str:
    """Text from a file, fit to be repeated in a message: printable, on one line, not endless."""
    shown = text if text.isprintable() else repr(text)[1:-1]
    return shown if len(shown) <= at_most else f"{shown[: at_most - 3]}..."


def read_bytes(path: Path, *, at_most: int = MAX_BYTES) -> bytes:
    """The bytes of a file.

    Raises
    ------
    InvalidInput
        When it is missing, a directory, unreadable, or larger than ``at_most`` bytes.
    """
    try:
        if path.is_dir():
            raise _refuse(path, "is a directory; name a file")
        size = path.stat().st_size
        if size > at_most:
            raise _refuse(path, f"is too large: at most {at_most // 1000} kB", f"{size // 1000} kB")
        return path.read_bytes()
    except FileNotFoundError:
        raise _refuse(path, "does not exist") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _refuse(path, f"cannot be read: {reason}") from None


def read_yaml(path: Path) -> Document:
    """Read one YAML file.

    Raises
    ------
    InvalidInput
        When the file cannot be read (see ``read_bytes``), is not UTF-8, or is not YAML of the
        kind described at the top of this module.
    """
    raw = read_bytes(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InvalidInput([Fault(str(path), line, "", "is not UTF-8 text; save the file as UTF-8")]) from None
    return parse_yaml(text, str(path))


def parse_yaml(text: str, file: str) -> Document:
    """Parse YAML text; ``file`` is the name shown in faults.

    Raises
    ------
    InvalidInput
        When the text is not one document of plain YAML.
    """
    builder = _Builder(file)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise InvalidInput([Fault(file, line, "", "has a control character, which is not text")]) from None
    except MarkedYAMLError as error:
        unclosed = "quoted scalar" in (error.context or "")
        mark = error.context_mark if unclosed else error.problem_mark or error.context_mark
        problem = _plain_words(error.problem or error.context or "cannot be understood")
        raise InvalidInput([Fault(file, mark.line + 1 if mark else 0, "", problem)]) from None
    except (YAMLError, ValueError, IndexError) as error:
        raise InvalidInput([Fault(file, 0, "", f"is not valid YAML: {error}")]) from None
    return builder.document()


def _refuse(path: Path, problem: str, got: str = "") -> InvalidInput:
    return InvalidInput([Fault(str(path), 0, "", problem, got)])


def _plain_words(problem: str) -> str:
    """What a YAML error means to somebody who fills in a form."""
    if "'\\t'" in problem:
        return "a tab is used where YAML wants spaces; indent with spaces"
    if "mapping values are not allowed" in problem:
        return "is not valid YAML: check the indentation, and put text that holds a colon and a space in quotes"
    if "cannot start any token" in problem:
        return f"is not valid YAML: {problem}; put text that begins with such a character in quotes"
    if "document start" in problem or "<block end>" in problem:
        return "is not valid YAML: the indentation of this line does not fit the lines above it"
    if "unexpected end of stream" in problem or "<stream end>" in problem:
        return "is not valid YAML: a quote or bracket that was opened here or above is never closed"
    return f"is not valid YAML: {problem}"


@dataclass
class _Open:
    """A list or mapping that is being read; ``key`` is the key whose value comes next."""

    value: dict[str, Any] | list[Any]
    path: ValuePath
    key: str | None = None
    twice: bool = False

    def next_path(self) -> ValuePath:
        return (*self.path, len(self.value) if isinstance(self.value, list) else self.key or "")

    def put(self, value: Any) -> None:
        if isinstance(self.value, list):
            self.value.append(value)
        else:
            if not self.twice:
                self.value[self.key or ""] = value
            self.key, self.twice = None, False


class _Builder:
    """Builds plain data from parser events without recursion, so that depth is ours to limit."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.data: Any = None
        self.lines: dict[ValuePath, int] = {}
        self.faults: list[Fault] = []
        self.stack: list[_Open] = []
        self.documents = 0

    def document(self) -> Document:
        return Document(self.file, self.data, self.lines, tuple(self.faults))

    def take(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise self.stop(event, "has more than one YAML document; remove the line '---'")
        elif isinstance(event, NodeEvent):
            self.node(event)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self.stack.pop()

    def node(self, event: NodeEvent) -> None:
        if isinstance(event, AliasEvent) or event.anchor is not None:
            raise self.stop(
                event, "anchors (&) and aliases (*) are not used here; write the value out, or put the text in quotes"
            )
        if getattr(event, "tag", None) is not None:
            raise self.stop(event, "tags (!) are not used here; remove it, or put the text in quotes")
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self.key(event, top)
            return
        path = top.next_path() if top else ()
        self.lines.setdefault(path, _line(event))
        if isinstance(event, ScalarEvent):
            value = self.scalar(event, path)
        elif len(self.stack) == MAX_DEPTH:
            raise self.stop(event, f"is nested too deeply: at most {MAX_DEPTH} levels")
        else:
            value = {} if isinstance(event, MappingStartEvent) else []
        if top is None:
            self.data = value
        else:
            top.put(value)
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            self.stack.append(_Open(value, path))

    def key(self, event: NodeEvent, top: _Open) -> None:
        if not isinstance(event, ScalarEvent):
            raise self.stop(event, "a key must be a single word, not a list or a mapping")
        top.key = _text_of(event)
        path = (*top.path, top.key)
        if top.key in top.value:
            top.twice = True
            first = self.lines[path]
            keep = f"keep one; {COMMA}" if top.key[:1].isdigit() else "keep one"
            self.faults.append(
                Fault(self.file, _line(event), path_text(path), f"is given twice, first on line {first}; {keep}")
            )
        else:
            self.lines.setdefault(path, _line(event))

    def scalar(self, event: ScalarEvent, path: ValuePath) -> Any:
        text = _text_of(event)
        if event.style is not None:
            return text
        if _NULL.fullmatch(text):
            return None
        if text in _BOOL:
            return _BOOL[text]
        number: float | None = None
        if _NOT_FINITE.fullmatch(text):
            number = math.inf
        elif _INT.fullmatch(text) and len(text) <= 15:
            return int(text)
        elif _FLOAT.fullmatch(text):
            number = float(text)
        if number is None:
            return text
        if math.isfinite(number):
            return number
        self.faults.append(
            Fault(self.file, _line(event), path_text(path), "must be a finite number", text[:20]),
        )
        return None

    def stop(self, event: Event, problem: str) -> InvalidInput:
        return InvalidInput([*self.faults, Fault(self.file, _line(event), "", problem)])


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1


def _text_of(event: ScalarEvent) -> str:
    # a lone surrogate escape cannot be written to any file again
    return str(event.value).encode("utf-8", "replace").decode("utf-8")
