"""Where a value stands: the file and line of a path such as ``findings.intolerances[0]``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

#: A path at the start of a text, such as ``findings.intolerances[0]: bending``.
_PATH = re.compile(r"[a-z_]+(?:\.[a-z_]+|\[\d+\])*")
_STEP = re.compile(r"([a-z_]+)|\[(\d+)\]")

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Sources:
    """Lines of the patient file, and of the clinic's where it sets a rule's values; both may be missing.

    ``patient`` and ``clinic`` are file names, the others map the places of their values to lines.
    """

    patient: str = ""
    lines: Mapping[Place, int] = field(default_factory=dict)
    clinic: str = ""
    clinic_lines: Mapping[Place, int] = field(default_factory=dict)

    def place(self, path: str, rule: str = "") -> str:
        """``file:line path`` of a path in the patient file, and of the clinic's line for a rule; "" for none."""
        found = []
        match = _PATH.match(path)
        if match is not None:
            line = self._line(steps(match.group()))
            where = f"{self.patient}:{line} " if self.patient and line else ""
            found.append(f"{where}{match.group()}")
        own = self.clinic_lines.get(("parameters", rule), 0) if rule else 0
        if own:
            found.append(f"{self.clinic}:{own} parameters.{rule}")
        return ", ".join(found)

    def located(self, reason: str) -> str:
        """A reason that begins with ``path: ``, with file and line before the path where it is in the patient file."""
        path, colon, _ = reason.partition(": ")
        line = self._line(steps(path)) if colon and _PATH.fullmatch(path) else 0
        return f"{self.patient}:{line} {reason}" if self.patient and line else reason

    def _line(self, place: Place) -> int:
        """The line of a place, or of what holds it where it is not written itself; 0 for none."""
        while place:
            if place in self.lines:
                return self.lines[place]
            place = place[:-1]
        return 0


def steps(path: str) -> Place:
    """Keys and indices of a path: ``goals[0].by_week`` is ``("goals", 0, "by_week")``."""
    return tuple(int(number) if number else name for name, number in _STEP.findall(path))
