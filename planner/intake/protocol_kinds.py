"""What kind of number each value of a protocol is: none is a load in one place and a count in another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

from planner.domain import notation
from planner.domain.protocol import Protocol, Row, Rule, until_value
from planner.intake.yamlfile import ValuePath, path_text

Kind = Literal["load", "count", "time", "distance"]
#: A value, by its line and its name.
_Key = tuple[str, str]
#: An amount of a line, where it is written, and what it is used as; a time or a distance where that is None.
_Used = tuple[str, ValuePath, notation.Amount, Kind | None]

WORDS: Final[Mapping[Kind, str]] = {
    "load": "a load",
    "count": "a number of sets or repetitions",
    "time": "a time",
    "distance": "a distance",
}
#: What a rule changes that is no value.
MOVES: Final = ("stage", "exercise", "phase")
#: Values that are counts by their names.
_COUNTS: Final = ("reps", "repetitions", "sets", "rounds")
#: Values that are the most that is lifted, once or so many times, by their names.
_MAXIMUM: Final = re.compile(r"one_rm|rm[0-9]+")


class Kinds:
    """The kinds of the values of lines, by their units, their names, their use in rows, and by one another.

    ``rows`` and ``rests`` are those that each line does, with their places.
    """

    def __init__(
        self,
        protocol: Protocol,
        rows: Iterable[tuple[str, ValuePath, Row]],
        rests: Iterable[tuple[str, ValuePath, Any]] = (),
    ) -> None:
        asked: list[tuple[str, ValuePath, notation.Amount | None, Kind | None]] = [
            (line, at, notation.rest(stated).of, "time") for line, at, stated in rests
        ]
        asked += [(line, *one) for line, at, row in rows for one in _in_row(at, row)]
        self.used: list[_Used] = [(line, at, of, kind) for line, at, of, kind in asked if of is not None]
        self.stated = [
            (key, name, amount)
            for key, line in protocol.lines.items()
            for name, said in line.state.items()
            for amount in _amounts(said)
        ]
        self._found: dict[_Key, tuple[Kind, ValuePath]] = {}
        for line, name, amount in self.stated:
            for term in amount.terms:
                if (kind := _unit_kind(term)) is not None:
                    self._found.setdefault((line, name), (kind, ("lines", line, "state", name)))
        for key, one in protocol.lines.items():
            for name in (*one.state, *one.needs):
                at: ValuePath = ("lines", key, "state" if name in one.state else "needs", name)
                if name in _COUNTS or name in protocol.rounded or _MAXIMUM.fullmatch(name):
                    self._found.setdefault((key, name), ("count" if name in _COUNTS else "load", at))
        for line, at, amount, used_as in self.used:
            if used_as is not None:
                for value in named_values(line, amount):
                    self._found.setdefault(value, (used_as, at))
        self._by_one_another()

    def _by_one_another(self) -> None:
        """What is a share or a sum of another value is of its kind."""
        before = -1
        while before != len(self._found):
            before = len(self._found)
            for line, name, amount in self.stated:
                at = ("lines", line, "state", name)
                for key in named_values(line, amount):
                    for one, other in (((line, name), key), (key, (line, name))):
                        if one in self._found:
                            self._found.setdefault(other, (self._found[one][0], at))

    def of(self, line: str, name: str) -> Kind | None:
        """What kind of number a value is; None where nothing says it."""
        found = self._found.get((line, name))
        return None if found is None else found[0]

    def mixed(self, rules: Iterable[tuple[str, ValuePath, Rule]]) -> Iterator[tuple[ValuePath, str]]:
        """Values that are of two kinds, and changes and conditions that do not fit the kind of their value."""
        for line, name, amount in self.stated:
            if (kind := self.of(line, name)) is not None:
                yield from self._unfit(line, ("lines", line, "state", name), amount, kind)
        for line, at, amount, used_as in self.used:
            yield from self._unfit(line, at, amount, used_as)
        for line, at, rule in rules:
            for said, wanted in rule.state.items():
                owner, _, name = said.rpartition(".")
                kind = self.of(owner or line, name)
                for unit in (_unit_kind(one) for one in notation.ranges(wanted)):
                    if kind in ("load", "count") and unit not in (None, kind):
                        yield (*at, "state", said), f"{said} is {WORDS[kind]}, not {WORDS[unit]}"
            for name, change in rule.do.items():
                if name not in MOVES and (kind := self.of(line, name)) is not None:
                    yield from self._changes((*at, "do", name), line, name, change, kind)

    def units(
        self, protocol: Protocol, rules: Iterable[tuple[str, ValuePath, Rule]]
    ) -> Iterator[tuple[ValuePath, str]]:
        """Loads in kilograms beside loads in pounds, where each is written in one of them only."""
        loads = [(at, amount) for _, at, amount, used_as in self.used if used_as == "load"]
        steps: set[_Key] = set()
        for key, at, rule in rules:
            for name, change in rule.do.items():
                if name not in MOVES and self.of(key, name) == "load":
                    said = [one.amount for one in map(notation.change, entries(change)) if not one.relative]
                    loads += [((*at, "do", name), one) for one in said]
                    steps |= {step for one in said for step in named_values(key, one)}
        for key, line in protocol.lines.items():
            for name, stated in line.state.items():
                if self.of(key, name) == "load" or (key, name) in steps:
                    plain = tuple(one for one in entries(stated) if not isinstance(one, dict))
                    loads += [(("lines", key, "state", name), one) for one in _amounts(plain)]
        own = notation.LOADS[protocol.unit]
        found = [(at, (term.unit or own) is own) for at, amount in loads for term in amount.terms if term.number]
        if len({mine for _, mine in found}) == 2:
            other = "kg" if protocol.unit == "lb" else "lb"
            problem = f"is in {other}, and other loads are in {protocol.unit}: it could be built in neither"
            yield from ((at, f"{problem}; write {{kg: 2.5, lb: 5}} under 'state'") for at, mine in found if not mine)

    def _changes(self, at: ValuePath, line: str, name: str, change: Any, kind: Kind) -> Iterator[tuple[ValuePath, str]]:
        for each in entries(change):
            said = notation.change(each)
            for term in () if said.relative else said.amount.terms:
                unit = _unit_kind(term) if kind in ("load", "count") else None  # others are told how to write theirs
                other = unit or next((self.of(*key) for key in named_values(line, term)), None)
                if other not in (None, kind):
                    what = each if unit is not None else term.name
                    yield at, f"{name} is {WORDS[kind]}, and {what} is {WORDS[other]}"

    def _unfit(
        self, line: str, at: ValuePath, amount: notation.Amount, wanted: Kind | None
    ) -> Iterator[tuple[ValuePath, str]]:
        """What is wrong with an amount where a kind is wanted."""
        fitting = ("time", "distance") if wanted is None else (wanted,)
        here = "a time or a distance" if wanted is None else WORDS[wanted]
        for term in amount.terms:
            unit = _unit_kind(term)
            if unit is not None and unit not in fitting:
                yield at, f"is {here} here, and has the unit of {WORDS[unit]}"
            for key in named_values(line, term):
                kind, where = self._found.get(key, (None, ()))
                if kind is not None and kind not in fitting:
                    yield at, f"{key[1]} is {WORDS[kind]} ({path_text(where)}), and here it would be {here}"


def entries(said: Any) -> tuple[Any, ...]:
    """The entries of a list; anything else alone."""
    return said if isinstance(said, tuple) else (said,)


def _unit_kind(one: notation.Amount | notation.Range) -> Kind | None:
    """The kind that a unit says."""
    return one.measure or ("load" if one.unit is not None else None)


def named_values(line: str, amount: notation.Amount) -> Iterator[_Key]:
    """The values that an amount is made of."""
    for term in amount.terms:
        if term.name not in (None, "unknown") and term.line != "today":
            yield term.owner(line), str(term.name)


def _amounts(stated: Any) -> Iterator[notation.Amount]:
    """The amounts of a value at the start; of one for each unit of load, that it is one."""
    for each in entries(stated):
        if isinstance(each, dict):
            yield from (notation.amount(f"{number} {unit}") for unit, number in each.items())
        elif each is not None:
            yield notation.amount(each)


def _in_row(at: ValuePath, row: Row) -> Iterator[tuple[ValuePath, notation.Amount | None, Kind | None]]:
    """The amounts of a row, with their places and what they are used as."""
    for key in ("load", "guess"):
        if (stated := getattr(row, key)) not in (None, "find"):
            yield (*at, key), notation.amount(stated), "load"
    if row.sets is not None:
        yield (*at, "sets"), notation.sets(row.sets).amount, "count"
    if row.repeat is not None:
        yield (*at, "repeat"), notation.amount(row.repeat), "count"
    if row.reps is not None:
        yield (*at, "reps"), notation.repetitions(row.reps).of, "count"
    for key, parse in (
        ("hold", notation.time),
        ("time", notation.time),
        ("rest", notation.rest),
        ("every", notation.rest),
    ):
        if (stated := getattr(row, key)) is not None:
            yield (*at, key), parse(stated).of, "time"
    if row.distance is not None:
        yield (*at, "distance"), notation.distance(row.distance).of, "distance"
    if row.until is not None:
        yield (*at, "until"), until_value(row.until), None
    if row.adjust is not None:
        for band, change in row.adjust.bands.items():
            for each in entries(change):
                said = notation.change(each)
                if not said.relative:
                    yield (*at, "adjust", "bands", band), said.amount, "load"
