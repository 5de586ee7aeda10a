"""A protocol: a published or a clinic's own programme, written down once as data.

The language in one paragraph: *lines* are what is trained; each carries named values from session
to session (a load, a training max, a list of repetitions...).  A *rotation* of sessions says which
lines are done with which *scheme*.  A scheme has rows of sets, and rules that change values, stage
or exercise *after* a session, depending on how it went.  Whatever holds only now and then (a row, an
item, a rule, a session) says when: in which weeks, rounds of the rotation, days or turns.

The texts inside are those of ``planner.domain.notation``.  Names that point somewhere are checked
by ``planner.intake.protocol_file``, which knows their lines.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import (
    Field,
    PlainValidator,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    field_validator,
    model_serializer,
    model_validator,
)

from planner.domain import notation
from planner.domain.dose import (
    LEAST_SECONDS,
    MOST_HOLD,
    MOST_METRES,
    MOST_REPETITIONS,
    MOST_REST,
    MOST_ROUNDS,
    MOST_SECONDS,
    MOST_SETS,
    FarUnit,
)
from planner.domain.dose import Load as OwnedLoad
from planner.domain.exercise import EvidenceMark, ExerciseId, Track
from planner.domain.model import Model
from planner.domain.patient import Clock, Weekday

#: Pain that rules may limit: the worst of a session, and that of the morning after.
PainTold = Literal["pain", "morning"]
#: What rows use a value for: the load, how often (sets, repetitions, turns), or how long or far.
Use = Literal["load", "count", "length"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
#: A value of the line itself, or of another one.
Valued = Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]{0,47}\.)?[a-z][a-z0-9_]{0,47}$")]
#: Stages are named as their sources name them: 5x3, week 2, heavy.
StageName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._+-]{0,39}$")]

#: Longest programme, sessions.
MOST_SESSIONS: Final = 400

#: Kinds of stretches that are easy, whatever else is done in turn with them.
EASY_KINDS: Final = ("walk", "rest", "sit", "easy")

#: Words that are not names of lines or values.
RESERVED: Final = frozenset(
    {
        "today",
        "start",
        "stage",
        "phase",
        "exercise",
        "max",
        "find",
        "next",
        "previous",
        "end",
        "one",
        "met",
        "missed",
        "unknown",
        "any",
        "total",
    }
)


_LISTED: Final = "a list goes under 'state': give it a name there, and write that name here"
_TEMPO: Final = re.compile(r"\d{1,2}(-\d{1,2}){1,3}")


def _parser(parse: Callable[[Any], object], what: str, several: str) -> Callable[[Any], Any]:
    def validate(value: Any) -> Any:
        if isinstance(value, list):
            raise ValueError(f"must be {what}; {several}")
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError(f"must be {what}")
        parse(value)
        return value

    return validate


def _parses(parse: Callable[[Any], object], what: str, several: str = _LISTED) -> PlainValidator:
    """Accepts a text that parses, and keeps it as it was written; ``several`` says where a list goes."""
    return PlainValidator(_parser(parse, what, several))


def _each(parse: Callable[[Any], object], what: str) -> PlainValidator:
    """As ``_parses``, or a list of such texts, one for each set."""
    one = _parser(parse, what, _LISTED)

    def validate(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return one(value)
        if not 1 <= len(value) <= 20:
            raise ValueError("must have between 1 and 20 entries, one for each set")
        return tuple(map(one, value))

    return PlainValidator(validate)


def _tempo(value: Any) -> str:
    """Seconds with hyphens; the four characters that lifters write are told how."""
    text = str(value).strip().lower()
    if isinstance(value, str) and _TEMPO.fullmatch(text):
        return text
    if not isinstance(value, bool) and re.fullmatch(r"[0-9x]{3,4}|[0-9x]{1,2}(-[0-9x]{1,2}){1,3}", text):
        parts = "-".join(text.replace("-", "")) if "-" not in text else text
        fast = " (x, as fast as it goes, is a second)" if "x" in text else ""
        raise ValueError(f"must be seconds with hyphens: write {parts.replace('x', '1')}{fast}")
    raise ValueError("must be seconds down, held, up and held again, such as 3-1-1 or 4-0-2-0")


def _raise_all(problems: Iterable[str]) -> None:
    """Raises everything that is wrong at once, each on a line of its own."""
    if found := list(problems):
        raise ValueError("\n".join(found))


def _no_span(text: str) -> str:
    """What is wrong with a span of whole numbers, nothing where it is one."""
    try:
        notation.spans(text)
    except ValueError as error:
        return str(error)
    return ""


def _load(value: Any) -> object:
    return None if value == "find" else notation.amount(value)


def _expected(value: Any) -> object:
    for parse in (notation.repetitions, notation.time, notation.distance):
        try:
            found = parse(value)
        except ValueError:
            continue
        if found.of is None and not found.open and found.low == found.high:
            return found
    raise ValueError("must be one number of repetitions, such as 8, or one time or distance, such as 45 s or 40 m")


def _lengths(measure: notation.Measured) -> Callable[[Any], object]:
    """Ranges of seconds or metres, bare or with such a unit, or what named values come to."""

    def parse(value: Any) -> object:
        found = notation.compared(value, whole=False)
        numbers = [one.measure for one in found if isinstance(one, notation.Range) and one.measure is not None]
        if any(one != measure for one in [*numbers, *_numbers_beside(found)]):
            raise ValueError(f"must be {'seconds such as 60+' if measure == 'time' else 'metres such as 40+'}")
        return found

    return parse


def _counts(value: Any) -> object:
    """Ranges of repetitions, or what named values come to."""
    found = notation.compared(value, whole=True)
    if any(measure is not None for measure in _numbers_beside(found)):
        raise ValueError("must be repetitions, without a unit")
    return found


def _numbers_beside(found: Iterable[notation.Range | notation.Between]) -> Iterator[str | None]:
    """What the numbers are that are written beside names."""
    for one in found:
        for term in one.terms if isinstance(one, notation.Between) else ():
            if term.number:
                yield term.measure or term.unit


def _stated(value: Any) -> Any:
    """A value at the start: an amount, both units of one, or a list of amounts."""
    if isinstance(value, dict):
        if not value or not set(value) <= {"kg", "lb"}:
            raise ValueError("must name its units: {kg: 2.5, lb: 5}")
        for one in value.values():
            if isinstance(one, bool) or not isinstance(one, int | float):
                raise ValueError("must be numbers: {kg: 2.5, lb: 5}")
        return value
    if isinstance(value, list | tuple):
        if not 1 <= len(value) <= 20:
            raise ValueError("must have between 1 and 20 entries")
        return tuple(_stated(one) for one in value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("must be an amount such as 60 or 90% one_rm, {kg: 2.5, lb: 5}, or a list of amounts")
    notation.amount(value)
    return value


def _changes(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_changes(one) for one in value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("must be a change such as +2.5, -10% or 85% tm, or a list of them")
    found = notation.change(value)
    if found.relative and found.sign < 0 and (found.amount.number or 0) > 1:
        raise ValueError("takes away more than there is; -100% is all of it")
    return value


_TEXT: Final = WithJsonSchema({"type": ["string", "number"]})
_ANY: Final = WithJsonSchema({"type": ["string", "number", "array", "object"]})
_ONE_TEXT: Final = "several are one text: '1, 3'"
Spans = Annotated[int | str, _parses(notation.spans, "whole numbers such as 3, 1-4, '1-3, 6' or 10+", _ONE_TEXT), _TEXT]
Ranges = Annotated[
    int | float | str, _parses(notation.ranges, "numbers such as 12, 12+, 0-9.5, '3, 5' or 30 min+", _ONE_TEXT), _TEXT
]
Counts = Annotated[
    int | str,
    _parses(_counts, "whole numbers such as 3, 1-4 or 10+, or of a value: best+, 120% best+", _ONE_TEXT),
    _TEXT,
]
Days = Annotated[int | str, _parses(notation.days, "training days such as 1, 1-3 or last", _ONE_TEXT), _TEXT]
Tempo = Annotated[str, PlainValidator(_tempo), WithJsonSchema({"type": "string", "pattern": _TEMPO.pattern})]
_REPETITIONS: Final = (notation.repetitions, "repetitions such as 5, 8-12, 5+ or max, or the name of a value")
_TIME: Final = (notation.time, "a time such as 90 s, 2 min, 2-3 min, 30 s+ or max, or the name of a value")
_REST: Final = (notation.rest, "a time such as 90 s, 2 min or 2-3 min, none, or the name of a value")
_DISTANCE: Final = (notation.distance, "a distance such as 400 m, 5 km, 1 mile, 20 m+ or max, or the name of a value")
_LOAD: Final = (_load, "a load such as 60, 85% tm or 85% today.top, the name of a value, or find")
_EFFORT: Final = (notation.effort, "a number or a range from 0 to 10, such as 7-8")
_EACH: Final = WithJsonSchema({"type": ["string", "number", "array"]})
EachRepetitions = Annotated[Any, _each(*_REPETITIONS), _EACH]
EachTime = Annotated[Any, _each(*_TIME), _EACH]
EachRest = Annotated[Any, _each(*_REST), _EACH]
EachDistance = Annotated[Any, _each(*_DISTANCE), _EACH]
EachLoad = Annotated[Any, _each(*_LOAD), _EACH]
EachEffort = Annotated[Any, _each(*_EFFORT), _EACH]
Rest = Annotated[int | float | str, _parses(*_REST), _TEXT]
Load = Annotated[int | float | str, _parses(*_LOAD), _TEXT]
Effort = Annotated[int | float | str, _parses(*_EFFORT), _TEXT]
Expected = Annotated[int | str, _parses(_expected, "repetitions such as 8, a time such as 45 s, or a distance"), _TEXT]
Seconds = Annotated[
    int | float | str, _parses(_lengths("time"), "seconds such as 30-44 or 60+, or such as 2 min+", _ONE_TEXT), _TEXT
]
Metres = Annotated[
    int | float | str, _parses(_lengths("distance"), "metres such as 20-39 or 40+, or such as 1 km+", _ONE_TEXT), _TEXT
]
Count = Annotated[int | str, _parses(notation.amount, "a whole number or the name of a value"), _TEXT]
SetCount = Annotated[
    int | str,
    _parses(notation.sets, "a number of sets such as 3, a range such as 3-5, any, or the name of a value"),
    _TEXT,
]
Stated = Annotated[Any, PlainValidator(_stated), _ANY]
Changes = Annotated[Any, PlainValidator(_changes), _ANY]


class When(Model):
    """In which weeks and sessions something holds; everything that is named must fit.

    Weeks and rounds are counted from 1 and begin again after ``cycle`` of them.
    """

    weeks: Spans | None = Field(default=None, description="weeks of the programme, or of the cycle")
    rounds: Spans | None = Field(default=None, description="passes through the rotation")
    days: Days | None = Field(default=None, description="training days of the week: 1 is its first; last")
    turns: Spans | None = Field(default=None, description="times that the line has been done in this stage")
    phase: StageName | tuple[StageName, ...] | None = Field(default=None, description="phases of the protocol")


class Adjust(Model):
    """A change of today's load by the repetitions of an earlier set of the same session."""

    by: Name = Field(description="the name of the earlier set")
    bands: dict[str, Changes] = Field(min_length=1, description="repetitions, such as 3-4, to a change")

    @model_validator(mode="after")
    def _bands_are_spans(self) -> Adjust:
        _raise_all(f"bands: {band!r} {problem}" for band in self.bands if (problem := _no_span(band)))
        return self


class Row(When):
    """Sets that are alike, or (``of``) rows that are repeated in turn: their ``rest`` comes after each turn."""

    name: Name | None = Field(default=None, description="so that other rows and rules can speak of this set")
    kind: Name = Field(default="work", description="work, warmup, test, run, walk, row, swim, bike, or another word")
    sets: SetCount | None = Field(
        default=None,
        description="how many, or a range such as 3-5; any: the repetitions are a total, in as many as it takes; "
        "without it 1, or one for each entry of a list that it names",
    )
    reps: EachRepetitions | None = None
    hold: EachTime | None = Field(default=None, description="each repetition is held so long")
    time: EachTime | None = Field(default=None, description="continuous work")
    distance: EachDistance | None = None
    load: EachLoad | None = None
    guess: Load | None = Field(default=None, description="with find: what a forecast takes for it")
    adjust: Adjust | None = None
    expect: Expected | None = Field(default=None, description="what a forecast takes for an open set: 8, 45 s or 40 m")
    rir: EachEffort | None = Field(default=None, description="repetitions in reserve")
    rpe: EachEffort | None = Field(default=None, description="effort 0-10")
    rest: EachRest | None = Field(
        default=None, description="after each of these sets, or after each turn; none is no rest at all"
    )
    every: Rest | None = Field(default=None, description="a set begins so often; what is left of it is rest")
    tempo: Tempo | None = Field(default=None, description="seconds, such as 3-0-3")
    side: Literal["left", "right", "each"] | None = None
    note: str | None = Field(default=None, max_length=120)
    repeat: Count | None = Field(default=None, description="so many times in turn")
    until: str | int | float | None = Field(default=None, description="in turn until this time or distance is done")
    of: tuple[Row, ...] = Field(default=(), description="the rows that are done in turn")

    @property
    def in_all(self) -> bool:
        """Whether its repetitions are a total, in as many sets as it takes."""
        return self.sets is not None and notation.sets(self.sets).in_all

    @property
    def _lists(self) -> dict[str, tuple[Any, ...]]:
        return {name: value for name in _LISTS if isinstance(value := getattr(self, name), tuple)}

    def _counted(self, lists: dict[str, tuple[Any, ...]]) -> int:
        """How many sets its lists are for: rests may be those between the sets."""
        lengths = [len(value) for name, value in lists.items() if name != "rest"]
        stated = str(self.sets)
        return lengths[0] if lengths else int(stated) if stated.isdigit() else len(lists["rest"])

    def spelled(self) -> tuple[Row, ...]:
        """The row itself; one that has lists as a row for each of their entries."""
        lists = self._lists
        if not lists:
            return (self,)
        return tuple(
            self.model_copy(
                update={"sets": None, **{name: each[min(n, len(each) - 1)] for name, each in lists.items()}}
            )
            for n in range(self._counted(lists))
        )

    @model_validator(mode="after")
    def _either_sets_or_turns(self) -> Row:
        _raise_all(self._wrong_in_turn() if self.of else self._wrong_in_sets())
        return self

    def _wrong_in_turn(self) -> Iterator[str]:
        for name in _OF_SETS:
            if getattr(self, name) not in (None, "work"):
                yield f"{name}: belongs inside 'of', to the rows that are done in turn"
        if isinstance(self.rest, tuple):
            yield "rest: is one rest after each turn; those between sets belong inside 'of'"
        if (self.repeat is None) == (self.until is None):
            yield "rows in turn ('of') need either repeat or until"
        elif self.until is not None:
            try:
                limit(self.until)
            except ValueError as error:
                if until_value(self.until) is None:
                    yield str(error)
        for i, row in enumerate(self.of):
            if row.of:
                words = "rows in turn cannot hold rows in turn; write the inner ones out, one row behind the other"
                yield f"of[{i}]: {words}"
            if row.in_all:
                yield f"of[{i}]: sets: any is a total of the session, not of a turn; write it as a row of its own"

    def _wrong_in_sets(self) -> Iterator[str]:
        if self.repeat is not None or self.until is not None:
            yield "repeat and until go with 'of': the rows that are done in turn"
            return
        if self.in_all and (wrong := list(self._wrong_in_all())):
            yield from wrong
            return
        if lists := self._lists:
            yield from self._wrong_in_lists(lists)
            yield from dict.fromkeys(problem for row in self.spelled() for problem in row._wrong_in_sets())
            return
        if sum(one is not None for one in (self.reps, self.time, self.distance)) != 1:
            yield "a set needs exactly one of reps, time and distance"
        if self.every is not None and notation.rest(self.every).of is None and not notation.rest(self.every).high:
            yield "every: must be a time, such as 1 min; rest: none is no rest"
        if self.every is not None and (self.rest is not None or self.kind in ("run", "walk")):
            yield "every: says how often a set begins; give rest instead, for stretches of running and walking too"
        if self.hold is not None and self.reps is None:
            yield "hold: goes with reps; for one long hold write time"
        yield from self._wrong_in_open()
        if str(self.sets) == "0":
            yield "sets: 0 is none at all; sets that may be left out are 0-2"
        if self.rir is not None and self.rpe is not None:
            yield "give rir or rpe, not both"
        if self.sets is not None and notation.sets(self.sets).most and self.kind not in ("work", "test"):
            yield f"sets: a range is for working sets, not for {self.kind}"
        if self.guess is not None and self.load != "find":
            yield "guess: goes with load: find"
        if self.adjust is not None and (self.load is None or self.load == "find"):
            yield "adjust: needs a load to change"

    def _wrong_in_all(self) -> Iterator[str]:
        """What a total in as many sets as it takes cannot have."""
        if any(one is not None for one in (self.hold, self.time, self.distance)) or self.reps is None:
            yield "sets: any is for a total of repetitions: write reps (100), and no hold, time or distance"
        for name in self._lists:
            yield f"{name}: is a list, an entry for each set; with sets: any nobody knows how many sets there are"
        if isinstance(self.reps, int | str) and notation.repetitions(self.reps).most:
            yield "reps: must be the total with sets: any, such as 100 or 50-100; reps: max is a set of its own"
        if self.every is not None:
            yield "every: goes with a number of sets; with sets: any give rest"
        if self.load == "find":
            yield "load: find is the heaviest for one set; with sets: any give a load"
        if self.kind not in ("work", "test"):
            yield f"sets: any is for working sets, not for {self.kind}"

    def _wrong_in_lists(self, lists: dict[str, tuple[Any, ...]]) -> Iterator[str]:
        count = self._counted(lists)
        if self.sets is not None and notation.sets(self.sets).most:
            yield "sets: is a range, which has no list; write a row for each set, with sets: 0-1 if it may be left out"
            return
        if self.sets is not None and str(self.sets) != str(count):
            yield f"sets: {next(iter(lists))} has {count} entries, one for each set; leave sets away"
        for name, each in lists.items():
            if len(each) != count and not (name == "rest" and len(each) == count - 1):
                yield f"{name}: has {len(each)} entries for {count} sets; write one for each set"

    def _wrong_in_open(self) -> Iterator[str]:
        held = None if self.hold is None else notation.time(self.hold)
        if held is not None and held.open and self.reps is not None and notation.repetitions(self.reps).open:
            yield "hold: is open, and reps too; say how many holds, or how long each is held"
        if self.expect is None:
            return
        parse: Callable[[Any], object] = notation.repetitions
        wanted = "repetitions such as 8"
        if self.time is not None or (held is not None and held.open):
            parse, wanted = notation.time, "a time such as 45 s"
        elif self.distance is not None:
            parse, wanted = notation.distance, "a distance such as 40 m"
        try:
            parse(self.expect)
        except ValueError:
            yield f"expect: must be {wanted}, as what is open is"


#: Keys of sets, which rows that are done in turn say themselves.
_OF_SETS: Final = (
    *("name", "kind", "sets", "reps", "hold", "time", "distance", "load", "guess", "adjust"),
    *("expect", "rir", "rpe", "every", "tempo", "side"),
)
#: Keys of a row that may be lists, an entry for each set.
_LISTS: Final = ("reps", "hold", "time", "distance", "load", "rir", "rpe", "rest")


def limit(value: str | int | float) -> tuple[Literal["time", "distance"], notation.Measure]:
    """What ``until`` says: a time or a distance.

    Raises
    ------
    ValueError
        When it is neither, or a name.
    """
    for kind, parse in (("time", notation.time), ("distance", notation.distance)):
        try:
            found = parse(value)
        except ValueError:
            continue
        if found.of is None and found.low == found.high and not found.open:
            return kind, found  # type: ignore[return-value]
    raise ValueError("until: must be one time or distance, such as 20 min or 1 mile, or the name of a value")


def until_value(stated: str | int | float) -> notation.Amount | None:
    """The amount of a named value until which rows are done in turn; None where it is a time or a distance."""
    try:
        found = notation.time(stated)
    except ValueError:
        return None
    return None if found.open else found.of


@dataclass(frozen=True)
class Bound:
    """The least and the most that a number of a row comes to; ``measure`` says whether it is a time or a distance."""

    least: int
    most: int
    what: str
    measure: notation.Measured | None = None

    def kept(self, number: int) -> int:
        """The number, or the bound that it goes beyond."""
        return min(max(number, self.least), self.most)

    def objection(self, number: Fraction) -> str:
        """What is wrong with a number beyond the bounds; nothing within."""
        if self.least <= number <= self.most:
            return ""
        end, which = (self.least, "least") if number < self.least else (self.most, "most")
        return f"comes to {self.text(number)}, and {self.text(end)} is the {which} of {self.what}"

    def text(self, number: Fraction | int) -> str:
        """``4 s``, ``30 min``, ``9 h``, ``60 km`` or ``510``."""
        units = {
            "time": ((7200, 3600, "h"), (120, 60, "min"), (0, 1, "s")),
            "distance": ((1000, 1000, "km"), (0, 1, "m")),
        }
        for least, one, unit in units.get(self.measure or "", ()):
            if number >= least:
                return f"{float(Fraction(number) / one):.4g} {unit}"
        return f"{float(number):g}"


#: What the numbers of a row may come to, by its keys.
BOUNDS: Final[Mapping[str, Bound]] = {
    "sets": Bound(0, MOST_SETS, "an exercise's sets in a session"),
    "repeat": Bound(0, MOST_ROUNDS, "rounds"),
    "reps": Bound(1, MOST_REPETITIONS, "a set (what is counted beyond, such as steps, is a time or a distance)"),
    "hold": Bound(1, MOST_HOLD, "a hold", "time"),
    "time": Bound(LEAST_SECONDS, MOST_SECONDS, "a set", "time"),
    "distance": Bound(1, MOST_METRES, "a set", "distance"),
    "rest": Bound(0, MOST_REST, "a rest", "time"),
    "every": Bound(1, MOST_REST, "what a set begins by", "time"),
    "until": Bound(LEAST_SECONDS, MOST_SECONDS, "what is done in turn", "time"),
}


#: Metres in a second of walking and running in turn, for a guess at how often. [D]
USUAL_SPEED: Final = 2


class Rule(When):
    """What changes after a session in which everything that is named holds.

    Rules are tried in order, and the first that holds is applied; with ``more`` those below it are
    tried too.  A rule that counts a streak starts that streak anew.
    """

    successes: int | None = Field(default=None, ge=1, le=100, description="sessions in a row with every target met")
    failures: int | None = Field(default=None, ge=1, le=100, description="sessions in a row below a target")
    done: Spans | None = Field(default=None, description="sessions in this stage: 3 is the third, 3+ any from it on")
    met: bool | None = Field(default=None, description="this session: yes on every target, no below one")
    set: Name | None = Field(
        default=None,
        description="the set that reps, seconds, metres speak of, else the last open one; without these the set that "
        "met, successes, failures, total are of, else all",
    )
    reps: Counts | None = Field(default=None, description="repetitions of that set")
    seconds: Seconds | None = Field(default=None, description="how long that set, or each of its holds, was done")
    metres: Metres | None = Field(default=None, description="how far that set was done")
    total: Counts | None = Field(default=None, description="repetitions of all working sets together")
    rpe: Ranges | None = Field(default=None, description="the effort that was reported")
    rir: Ranges | None = Field(default=None, description="the repetitions in reserve that were reported")
    symptoms: bool | None = Field(default=None, description="whether symptoms were reported")
    red: bool | None = Field(default=None, description="whether they were so strong that the light was red")
    pain: Spans | None = Field(default=None, description="the worst pain during and after it, 0-10")
    morning: Spans | None = Field(default=None, description="pain the next morning, 0-10")
    state: dict[Valued, Ranges] = Field(
        default_factory=dict, description="values of the line, or of another one (squat.tm); of a list, all of them"
    )
    do: dict[Name, Any] = Field(description="values to change; stage, exercise or phase; {}: nothing")
    more: bool = Field(default=False, description="try the rules below as well")

    @property
    def looks(self) -> bool:
        """Whether it looks at how a session went, and not at the calendar alone."""
        counted = (self.successes, self.failures, self.met, self.reps, self.seconds, self.metres, self.total)
        return any(ask is not None for ask in (*counted, self.rpe, self.rir, self.symptoms, self.red)) or bool(
            self.limits_pain
        )

    @property
    def of_set(self) -> str | None:
        """The set that met, successes, failures and total are of alone; None where they are of the whole session."""
        return self.set if all(one is None for one in (self.reps, self.seconds, self.metres)) else None

    @property
    def limits_pain(self) -> frozenset[PainTold]:
        """Of which pain it says how much is allowed: the worst of a session, that of the next morning."""
        named: dict[PainTold, str | int | None] = {"pain": self.pain, "morning": self.morning}
        return frozenset(name for name, stated in named.items() if stated is not None)

    @field_validator("pain", "morning")
    @classmethod
    def _pain_is_out_of_ten(cls, stated: Any) -> Any:
        if stated is not None and any((one.high or one.low) > 10 for one in notation.spans(stated)):
            raise ValueError("must be between 0 and 10, as pain is told")
        return stated

    @field_validator("do")
    @classmethod
    def _changes_parse(cls, do: dict[str, Any]) -> dict[str, Any]:
        out, wrong = {}, []
        for name, change in do.items():
            if name in ("stage", "exercise", "phase"):
                if not isinstance(change, str):
                    wrong.append(f"{name}: must be next, previous, end or a name; put it in quotes")
                out[name] = change
                continue
            try:
                out[name] = _changes(change)
            except ValueError as error:
                wrong.append(f"{name}: {error}")
        _raise_all(wrong)
        return out


class Stage(Model):
    """Rows of sets, and what happens after them.  Rest, tempo and so on hold for rows that say nothing."""

    sets: tuple[Row, ...] = Field(default=(), max_length=200)
    after: tuple[Rule, ...] = ()
    rest: Rest | None = None
    tempo: Tempo | None = None
    rir: Effort | None = None
    rpe: Effort | None = None
    side: Literal["left", "right", "each"] | None = None
    bouts_a_day: int | None = Field(default=None, ge=1, le=12)
    note: str | None = Field(default=None, max_length=120)


class Scheme(Stage):
    """One stage, or several that follow one another by the rules; ``after`` here holds in every stage."""

    stages: dict[StageName, Stage] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sets_or_stages(self) -> Scheme:
        if bool(self.sets) == bool(self.stages):
            raise ValueError("a scheme needs either sets or stages")
        _raise_all(f"stages.{name}: a stage needs sets" for name, stage in self.stages.items() if not stage.sets)
        return self

    @property
    def ends(self) -> bool:
        """Whether a rule leads to its end."""
        rules = [rule for stage in (self, *self.stages.values()) for rule in stage.after]
        return any(rule.do.get("stage") == "end" for rule in rules)


class ProgrammePhase(Model):
    """A phase of the whole protocol: rules that look at whole sessions, and change the phase."""

    after: tuple[Rule, ...] = ()


class DeclaredExercise(Model):
    """An exercise that the catalogue does not have, or that a protocol words in its own way."""

    name: str = Field(min_length=3, max_length=60)
    track: Track = Field(description="the line of work that it belongs to, such as calf or aerobic")
    like: ExerciseId | None = Field(
        default=None, description="the catalogue's exercise whose tags the rules judge it by; without, tags are unknown"
    )
    cue: str = Field(default="", max_length=400)


class Line(Model):
    """What is trained, with the values that it carries from session to session."""

    exercise: ExerciseId | tuple[ExerciseId, ...] = Field(
        description="of the catalogue or of 'exercises'; a list is a ladder, the first one at the start"
    )
    scheme: Name | None = Field(default=None, description="unless a session says otherwise")
    state: dict[Name, Stated] = Field(default_factory=dict, description="values and what they are at the start")
    needs: tuple[Name, ...] = Field(default=(), description="values that whoever builds it has to give")

    @property
    def ladder(self) -> tuple[str, ...]:
        """Exercises from the first on."""
        return (self.exercise,) if isinstance(self.exercise, str) else self.exercise


class SessionItem(When):
    """One line of work in a session; in a file the line's name alone will do."""

    line: Name
    scheme: Name | None = None
    exercise: ExerciseId | None = Field(default=None, description="another exercise that uses the line's values")
    sets: tuple[Row, ...] = Field(default=(), description="rows, instead of a scheme")
    bouts_a_day: int | None = Field(default=None, ge=1, le=12)
    group: str | None = Field(default=None, max_length=20, description="done in turn with the others of the group")
    note: str | None = Field(default=None, max_length=120)


class SessionPlan(When):
    """One session of the rotation; one without work is a day off."""

    name: str = Field(min_length=1, max_length=40)
    optional: bool = Field(default=False, description="may be left out: it counts only where it was done")
    do: tuple[SessionItem, ...] = ()


class WarmUp(Model):
    """What every session begins with."""

    minutes: int = Field(ge=1, le=30)
    words: str = Field(min_length=3, max_length=120)


class Protocol(Model):
    """A whole protocol file."""

    protocol: Name = Field(description="its id")
    title: str = Field(min_length=3, max_length=80)
    source: str = Field(min_length=10, max_length=400, description="citation")
    mark: EvidenceMark = Field(description="F seen in the source, K knowledge, D our own")
    version: int = Field(default=1, ge=1)
    about: str = Field(default="", max_length=600)
    conventions: tuple[str, ...] = Field(default=(), description="what was chosen where the source is silent")
    unit: Literal["kg", "lb"] = Field(default="kg", description="of loads without a unit")
    weeks: int | None = Field(default=None, ge=1, le=52)
    sessions: int | None = Field(default=None, ge=1, le=400)
    open_ended: bool = Field(default=False, description="weeks or sessions are only the usual length")
    missed: Literal["moved", "skipped"] = Field(
        default="moved", description="a missed session comes next time and all behind it moves, or it is left out"
    )
    days_a_week: int | dict[str, int] = Field(description="training days: 3, or by weeks {1-4: 2, 5-8: 3}")
    rest_days: int = Field(default=0, ge=0, le=6, description="free days between two sessions, at least")
    cycle: int | None = Field(default=None, ge=1, le=52, description="weeks (and rounds) after which they count anew")
    deload_weeks: Spans | None = None
    warm_up: WarmUp | None = None
    rounded: tuple[Name, ...] = Field(
        default=("load",),
        description="values that are loads: rounded down to one owned where set or cut by a share",
    )
    exercises: dict[ExerciseId, DeclaredExercise] = Field(default_factory=dict)
    phases: dict[StageName, ProgrammePhase] = Field(
        default_factory=dict, description="in order; the first at the start"
    )
    lines: dict[Name, Line] = Field(min_length=1)
    schemes: dict[Name, Scheme] = Field(default_factory=dict)
    rotation: tuple[SessionPlan, ...] = Field(min_length=1, max_length=60)

    @field_validator("days_a_week", mode="before")
    @classmethod
    def _days_are_a_number(cls, stated: Any) -> Any:
        if not isinstance(stated, int | dict):
            raise ValueError("must be a whole number such as 3, or one for spans of weeks: {1-4: 2, 5-8: 3}")
        return stated

    @model_serializer(mode="wrap")
    def _plain(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _without(handler(self), {"missed": "moved"})

    @model_validator(mode="after")
    def _whole(self) -> Protocol:
        _raise_all(self._wrong())
        return self

    def _wrong(self) -> Iterator[str]:
        if (self.weeks is None) == (self.sessions is None):
            yield "needs either weeks or sessions: how long it lasts, or usually lasts"
        spans = self.days_a_week if isinstance(self.days_a_week, dict) else {"1+": self.days_a_week}
        if not spans:
            yield "days_a_week: must say how many: 3, or by weeks {1-4: 2, 5-8: 3}"
        for span, days in spans.items():
            if problem := _no_span(span):
                yield f"days_a_week: {span!r} {problem}"
            if not 1 <= days <= 7:
                yield f"days_a_week: must be between 1 and 7 (got {days})"

    def stages(self) -> Iterator[tuple[str, Stage]]:
        """Every stage of every scheme with its name, and the rows that sessions have of their own."""
        for name, scheme in self.schemes.items():
            yield name, scheme
            yield from ((f"{name}, {label}", stage) for label, stage in scheme.stages.items())
        for entry in self.rotation:
            yield from ((entry.name, Scheme(sets=item.sets)) for item in entry.do if item.sets)

    def measures(self) -> dict[tuple[str, str], notation.Measured]:
        """Which values of lines are times and distances: by their use in rows, by their unit, and by one another."""
        found: dict[tuple[str, str], notation.Measured] = {}
        counted = {key for key, use in self.uses().items() if use != "length"}
        for at, stages, rows in self._rows():
            for name, measure in _measured(stages, [each for row in rows for each in (row, *row.of)]):
                owner, _, own = name.rpartition(".")
                if (owner or at, own) not in counted:
                    found.setdefault((owner or at, own), measure)
        before = -1
        while before != len(found):
            before = len(found)
            for key, line in self.lines.items():
                for name, stated in line.state.items():
                    terms = [term for each in _entries(stated) for term in notation.amount(each).terms]
                    for measure in (term.measure for term in terms if term.measure is not None):
                        found.setdefault((key, name), measure)
                    kind = found.get((key, name))
                    for term in terms if kind is not None else ():
                        if term.name not in (None, "unknown") and kind is not None:
                            found.setdefault((term.line or key, str(term.name)), kind)
        return {**{key: "time" for key in self._until_values() if key not in counted}, **found}

    def uses(self) -> dict[tuple[str, str], Use]:
        """What rows use the values of lines for; of a sum only the value that it begins with.

        A number of sets or turns is left out where its row may go: where other rows are done beside it.
        """
        found: dict[tuple[str, str], Use] = {}
        for at, stages, rows in self._rows():
            for group in [stage.sets for stage in stages] or [tuple(rows)]:
                alone = len({str(row.repeat or row.sets) for row in group if row.kind != "warmup"}) == 1
                for row in (each for one in group for outer in (one, *one.of) for each in outer.spelled()):
                    for use, of in amounts_used(row, alone=alone):
                        if of is not None and of.name not in (None, "unknown") and of.line != "today":
                            found.setdefault((of.owner(at), str(of.name)), use)
        return found

    def recoveries(self) -> set[tuple[str, str]]:
        """Values that rows use for rest alone, or for what is easy between harder stretches: more is not more work."""
        rests: set[tuple[str, str]] = set()
        work: set[tuple[str, str]] = set()
        for at, stages, rows in self._rows():
            resting = [stage.rest for stage in stages if stage.rest is not None]
            for row, others in ((each, one.of) for one in rows for each in (one, *one.of)):
                easy = row.kind in EASY_KINDS and any(other.kind not in EASY_KINDS for other in others)
                for each in row.spelled():
                    resting += [stated for stated in (each.rest, each.every) if stated is not None]
                    found = {
                        (of.owner(at), str(of.name)) for _, of in amounts_used(each, alone=False) if of is not None
                    }
                    (rests if easy else work).update(found)
            for of in filter(None, (notation.rest(stated).of for stated in resting)):
                rests.add((of.owner(at), str(of.name)))
        return rests - work

    def loads(self) -> Iterator[tuple[str, notation.Amount]]:
        """The loads of rows as they are written, each with the line that is done with it."""
        for at, _, rows in self._rows():
            for row in (each for one in rows for outer in (one, *one.of) for each in outer.spelled()):
                if row.load not in (None, "find"):
                    yield at, notation.amount(row.load)

    def _until_values(self) -> Iterator[tuple[str, str]]:
        """Line and name of the values until which something is done in turn: times, where they are not distances."""
        for at, _, rows in self._rows():
            for row in rows:
                of = None if row.until is None else until_value(row.until)
                if of is not None:
                    yield of.owner(at), str(of.name)

    def _rows(self) -> Iterator[tuple[str, list[Stage], list[Row]]]:
        """Lines as they are done in sessions, each with the stages of its scheme and all rows."""
        for entry in self.rotation:
            for item in entry.do:
                line = self.lines.get(item.line)
                scheme = self.schemes.get(item.scheme or (line.scheme if line else None) or "")
                stages: list[Stage] = [] if scheme is None or item.sets else [scheme, *scheme.stages.values()]
                yield item.line, stages, [*item.sets, *(row for stage in stages for row in stage.sets)]

    def far_in(self, line: str, name: str) -> FarUnit | None:
        """The unit in which a value is written, miles or yards; None elsewhere."""
        stated = self.lines[line].state.get(name)
        found = (term.far_in for each in _entries(stated) for term in notation.amount(each).terms)
        return next(filter(None, found), None)

    @property
    def ends_itself(self) -> bool:
        """Whether its rules end it, and its length is only what is usual: a phase, or each of its lines, has an end."""
        if not self.open_ended:
            return False
        if any(rule.do.get("phase") == "end" for phase in self.phases.values() for rule in phase.after):
            return True
        items = [item for entry in self.rotation for item in entry.do]
        schemes = [self.schemes.get(item.scheme or self.lines[item.line].scheme or "") for item in items]
        return all(
            scheme is not None and scheme.ends and not item.sets for item, scheme in zip(items, schemes, strict=True)
        )

    def limits_pain(self, scheme: str) -> frozenset[PainTold]:
        """Of which pain the rules of a scheme say how much is allowed: they decide on it, no light."""
        found = self.schemes.get(scheme)
        stages = [] if found is None else [found, *found.stages.values()]
        return frozenset(one for stage in stages for rule in stage.after for one in rule.limits_pain)

    @property
    def phases_limit_pain(self) -> frozenset[PainTold]:
        """Of which pain the rules of phases say how much is allowed: for these rules alone, and not for any line."""
        return frozenset(one for phase in self.phases.values() for rule in phase.after for one in rule.limits_pain)

    @property
    def goes_by_weeks(self) -> bool:
        """Whether the work follows the week or the round whatever was felt: no rule of it asks about symptoms."""
        stages = [stage for _, stage in self.stages()]
        rules = [rule for stage in stages for rule in stage.after]
        rules += [rule for phase in self.phases.values() for rule in phase.after]
        if any(rule.symptoms is not None or rule.red is not None or rule.limits_pain for rule in rules):
            return False
        items = [item for entry in self.rotation for item in entry.do]
        rows = [row for stage in stages for one in stage.sets for row in (one, *one.of)]
        return any(when.weeks is not None or when.rounds is not None for when in (*self.rotation, *items, *rows))

    def days_in(self, week: int) -> int:
        """Training days of a week, 1-based; after the last week named as in that week."""
        if isinstance(self.days_a_week, int):
            return self.days_a_week
        for span, days in self.days_a_week.items():
            if any(week in part for part in notation.spans(span)):
                return days
        return max(self.days_a_week.items(), key=lambda one: _last_week(one[0]))[1]

    def weeks_named_twice(self) -> list[int]:
        """Weeks for which two spans say how many training days they have."""
        if isinstance(self.days_a_week, int):
            return []
        spans = [notation.spans(span) for span in self.days_a_week]
        return [week for week in range(1, 53) if sum(any(week in part for part in span) for span in spans) > 1]

    def weeks_left_out(self) -> list[int]:
        """Weeks before the last named one for which nobody says how many training days they have."""
        if isinstance(self.days_a_week, int):
            return []
        named = [part for span in self.days_a_week for part in notation.spans(span)]
        last = max(_last_week(span) for span in self.days_a_week)
        return [week for week in range(1, last) if not any(week in part for part in named)]


def _last_week(span: str) -> int:
    """The last week that a span names; of an open one its first."""
    return max(int(part.low if part.high is None else part.high) for part in notation.spans(span))


def _entries(stated: Any) -> Iterator[Any]:
    """The amounts of a value at the start; none where it has one for each unit of load."""
    for each in stated if isinstance(stated, tuple) else (stated,):
        if each is not None and not isinstance(each, dict):
            yield each


def amounts_used(row: Row, *, alone: bool) -> Iterator[tuple[Use, notation.Amount | None]]:
    """The amounts that a row is made of, each with what it is used for; rests are left out.

    ``alone``: no row is done beside it.
    """
    if row.load not in (None, "find"):
        yield "load", notation.amount(row.load)
    if row.sets is not None and alone:
        yield "count", notation.sets(row.sets).amount
    if row.reps is not None:
        yield "count", notation.repetitions(row.reps).of
    if row.repeat is not None and alone:
        yield "count", notation.amount(row.repeat)
    for stated in (row.time, row.hold):
        if stated is not None:
            yield "length", notation.time(stated).of
    if row.distance is not None:
        yield "length", notation.distance(row.distance).of
    if row.until is not None:
        yield "length", until_value(row.until)


def _measured(stages: Iterable[Stage], rows: Iterable[Row]) -> Iterator[tuple[str, notation.Measured]]:
    """Names that stand for times and distances."""
    for stage in stages:
        if stage.rest is not None:
            yield from ((name, "time") for name in _names_in(notation.rest(stage.rest)))
    for row in (each for one in rows for each in one.spelled()):
        for stated in (row.time, row.hold):
            if stated is not None:
                yield from ((name, "time") for name in _names_in(notation.time(stated)))
        for stated in (row.rest, row.every):
            if stated is not None:
                yield from ((name, "time") for name in _names_in(notation.rest(stated)))
        if row.distance is not None:
            yield from ((name, "distance") for name in _names_in(notation.distance(row.distance)))


def _names_in(found: notation.Measure) -> Iterator[str]:
    """The values that a measure is made of, each with its line where it is another one's."""
    for term in () if found.of is None else found.of.terms:
        if term.name is not None:
            yield term.name if term.line in (None, "start") else f"{term.line}.{term.name}"


#: What an outcome says where nobody said anything.
_UNSAID: Final = {
    "rir": None,
    "red": False,
    "doubtful": False,
    "symptoms_from": (),
    "pain": None,
    "morning": None,
    "done": True,
    "passed": False,
}


class Outcome(Model):
    """What was done of one line in one session; what is not said is taken as the target."""

    session: int = Field(ge=1, le=MOST_SESSIONS, description="ordinal, 1 for the first session")
    exercise: str = Field(description="the line, as the protocol names it")
    part: str = Field(
        default="", max_length=100, description="which one, where a session has the line more than once: squat main"
    )
    repetitions: tuple[int, ...] = Field(default=(), description="of each set, in order; warm-ups may be left out")
    seconds: tuple[float, ...] = Field(default=(), description="of each timed set, or of its holds, in order")
    metres: tuple[float, ...] = Field(default=(), description="of each set over a distance, in order")
    load: float | None = Field(default=None, ge=0, description="used in sets whose load was open, else in all")
    rpe: float | None = Field(default=None, ge=0, le=10)
    rir: float | None = Field(default=None, ge=0, le=10, description="repetitions in reserve, instead of rpe")
    loads: tuple[float | None, ...] = Field(
        default=(), description="used in each set, in order, instead of one for all"
    )
    symptoms: bool = Field(default=False, description="pain, swelling or stiffness that the protocol asks about")
    red: bool = Field(default=False, description="symptoms so strong that the work goes a step back, if there is one")
    doubtful: bool = Field(
        default=False, description="pain, with no value before it to compare with: it is repeated, without symptoms"
    )
    symptoms_from: tuple[PainTold, ...] = Field(
        default=(), description="the pain that alone made symptoms, or doubts, of it: a phase may allow as much"
    )
    pain: int | None = Field(default=None, ge=0, le=10, description="the worst during and after it, for rules on pain")
    morning: int | None = Field(default=None, ge=0, le=10, description="pain the next morning, for rules on it")
    done: bool = Field(default=True, description="no: it was left out, and comes next time as it was")
    passed: bool = Field(default=False, description="left out for good: its turn is over, and the next one comes")
    values: dict[Name, float | str] = Field(
        default_factory=dict,
        description="values of the line that a test has found, times and distances with their unit; "
        "they hold from the next session on",
    )

    @field_validator("values")
    @classmethod
    def _values_are_numbers(cls, values: dict[str, float | str]) -> dict[str, float | str]:
        wrong = []
        for name, said in values.items():
            try:
                notation.stated(said)
            except ValueError as error:
                wrong.append(f"{name}: {error}")
        _raise_all(wrong)
        return values

    @property
    def effort(self) -> float | None:
        """The effort that was reported, 0-10."""
        return 10 - self.rir if self.rpe is None and self.rir is not None else self.rpe

    @property
    def sore(self) -> bool:
        """Whether there were symptoms, strong or not."""
        return self.symptoms or self.red

    @model_serializer(mode="wrap")
    def _plain(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _without(handler(self), {"part": "", "metres": (), "loads": (), **_UNSAID})


class Build(Model):
    """What a protocol is built with: the start, the loads owned, the days, and what was done so far."""

    starts: dt.date
    days: tuple[Weekday, ...] = Field(min_length=1, max_length=7, description="in the order of the week")
    at: Clock = dt.time(18, 0)
    timezone: str = "UTC"
    place: str = Field(default="", description="empty: runs and walks are outdoors, all else at a gym")
    unit: Literal["kg", "lb"] = "kg"
    step: float = Field(gt=0, le=50, description="smallest step of a load, where no loads are listed")
    loads: dict[str, tuple[OwnedLoad, ...]] = Field(default_factory=dict, description="loads owned, by exercise")
    bars: dict[str, float] = Field(default_factory=dict, description="what the bar alone weighs, by exercise")
    weeks: int | None = Field(default=None, ge=1, le=52)
    sessions: int | None = Field(default=None, ge=1, le=MOST_SESSIONS)
    start: dict[str, dict[str, float | tuple[float, ...]]] = Field(default_factory=dict)
    first_week: int = Field(default=1, ge=1, le=52, description="the protocol's week in which the first session lies")
    outcomes: tuple[Outcome, ...] = Field(default=(), description="what was done before it was built")
    logged: tuple[Outcome, ...] = Field(default=(), description="what the log tells, instead of outcomes")
    missed: tuple[str, ...] = Field(default=(), description="slots whose session came next time instead")

    @model_serializer(mode="wrap")
    def _plain(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _without(handler(self), {"logged": (), "missed": (), "bars": {}})

    @property
    def known(self) -> tuple[Outcome, ...]:
        """What was done so far; of a session that the log tells of, only what it tells."""
        told = {outcome.session for outcome in self.logged}
        return (*(one for one in self.outcomes if one.session not in told), *self.logged)


def _without(data: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    """Plain data without the values that came later and are as usual: older builds keep their bytes."""
    return {
        key: value
        for key, value in data.items()
        if key not in usual or (tuple(value) if isinstance(value, list) else value) != usual[key]
    }
