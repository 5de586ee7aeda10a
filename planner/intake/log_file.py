"""``log.yaml``: sessions as people write them down, read into the log of a programme.

::

    entries:
      - session: w03-s2               # or its number, or its day: 2027-01-11
        done: partly                  # done, partly or missed
        pain_before: 2
        pain_after: 3
        site_after: calf left
        items:
          - {exercise: goblet squat, sets: 3, reps: 8, load_kg: 12.5, rpe: 7, pain: 3}
          - {exercise: dead bug, reps: [8, 8, 6], rir: 2}
      - check_in: 2
        passed: yes
        outcomes: {odi: 34}

The models here are the file's own form, and the JSON Schema of a log; what they become is
``planner.domain.log``.  CSV files and the command line come through here too (``read_entries``), so
that every fault is found in one place.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

from pydantic import BeforeValidator, Discriminator, Field, GetJsonSchemaHandler, Tag, ValidationError, model_validator
from pydantic_core import CoreSchema

from planner.domain.directions import Side
from planner.domain.dose import MOST_LOAD, MOST_METRES, MOST_REPETITIONS, MOST_SECONDS, MOST_SETS, Load, LoadUnit
from planner.domain.exercise import Exercise, Implement
from planner.domain.flag_words import flags_named_in
from planner.domain.log import (
    NEXT_ID,
    Account,
    Attendance,
    Log,
    LogEntry,
    LoggedItem,
    LoggedSet,
    Outcomes,
    Pain,
    Response,
)
from planner.domain.model import Model
from planner.domain.patient import Answer, Findings, MostDistal, MotorFinding, Site
from planner.domain.programme import Item, Programme, Session, Status
from planner.domain.red_flags import BOTH_LEGS, FLAG_IDS, RED_FLAGS, RedFlag, Tier
from planner.errors import Fault, InvalidInput
from planner.intake import log_words as spoken
from planner.intake.validate import check, did_you_mean, dig
from planner.intake.yamlfile import Document, ValuePath, read_yaml
from planner.rules.stops import PROGRAMME, Stop, standing_stops

T = TypeVar("T")

#: A load of more than so many times the planned one is asked about, and one of so many kg more, whichever is more. [D]
ASKED_LOAD: Final = (2.0, 5.0)
#: So is a load of more kg than this where none was planned. [D]
ASKED_UNPLANNED: Final = 20.0
#: So is a distance in less time than anybody needs for it, m/s, on wheels or otherwise. [D]
FASTEST: Final = (25.0, 12.5)
_WHEELS: Final = frozenset({"cycle", "cycling", "bike", "biking", "bicycle", "ride", "riding"})
#: So are repetitions of more than so many times the planned ones, and so many more. [D]
ASKED_REPETITIONS: Final = (3.0, 10)


def _spoken(read: Callable[[str], Any]) -> BeforeValidator:
    """Takes text for a value, where the model wants the value."""
    return BeforeValidator(lambda value: read(value) if isinstance(value, str) else value)


class _Also:
    """Adds to the JSON Schema what a validator before it takes as well."""

    def __init__(self, *types: str) -> None:
        self.types = types

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(schema), *({"type": name} for name in self.types)]}


def _attendance(value: Any) -> Any:
    if isinstance(value, bool):
        return Attendance.DONE if value else Attendance.MISSED
    return spoken.attendance(value) if isinstance(value, str) else value


def _one_or_each(value: Any) -> str:
    return "each" if isinstance(value, list | tuple) else "one"


def _texts(value: Any) -> Any:
    """Answers may be numbers, or true and false."""
    if not isinstance(value, dict):
        return value
    plain = {True: "yes", False: "no"}
    return {
        key: plain[one] if isinstance(one, bool) else str(one) if isinstance(one, int | float) else one
        for key, one in value.items()
    }


def _tidy(document: Document) -> Document:
    """The document with outcome scores under their own names; a name that is not known stays as it is."""
    data, lines = copy.deepcopy(document.data), dict(document.lines)
    rows = dig(data, ("entries",))
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        scores = row.get("outcomes") if isinstance(row, dict) else None
        if not isinstance(scores, dict):
            continue
        for key in list(scores):
            try:
                name = spoken.outcome(key)
            except ValueError:
                continue
            if name not in scores:
                scores[name] = scores.pop(key)
                at = ("entries", number, "outcomes")
                lines[(*at, name)] = document.line((*at, key))
    return replace(document, data=data, lines=lines)


#: One value for all sets, or a list with one for each.
_Repetitions = Annotated[int, Field(ge=0, le=MOST_REPETITIONS)]
_Seconds = Annotated[int, Field(ge=0, le=MOST_SECONDS)]
_Metres = Annotated[int, Field(ge=0, le=MOST_METRES)]
_Mass = Annotated[float, Field(ge=0, le=MOST_LOAD)]
_Effort = Annotated[float, Field(ge=0, le=10)]
OneOrEach = Annotated[
    Annotated[T, Tag("one")] | Annotated[tuple[T, ...], Field(min_length=1, max_length=MOST_SETS), Tag("each")],
    Discriminator(_one_or_each),
]
SiteWords = Annotated[MostDistal, _spoken(spoken.site), _Also("string")]


class _Work(Model):
    """What a set, or all sets of an item, may say."""

    load_kg: Any = None
    load_lb: Any = None
    rpe: Any = None
    rir: Any = None

    @model_validator(mode="after")
    def _said_once(self) -> _Work:
        if self.load_kg is not None and self.load_lb is not None:
            raise ValueError("load_lb: give load_kg or load_lb, not both")
        if self.rpe is not None and self.rir is not None:
            raise ValueError("rir: give rpe or rir, not both")
        return self


class SetLine(_Work):
    """One set; loads as the programme prints them (one of a pair of dumbbells)."""

    reps: _Repetitions | None = None
    seconds: _Seconds | None = Field(default=None, description="seconds of work, or of each hold")
    metres: _Metres | None = None
    load_kg: _Mass | None = None
    load_lb: _Mass | None = None
    band: str | None = Field(default=None, max_length=30)
    rpe: _Effort | None = Field(default=None, description="RPE/CR10, 0-10")
    rir: _Effort | None = Field(default=None, description="repetitions in reserve, 0-10")


class ItemLine(_Work):
    """One item; without sets it was done as planned.

    ``sets`` is a list of sets, or their number; then, or without it, ``reps: 8`` holds for all sets
    and ``reps: [8, 8, 6]`` says one for each.
    """

    exercise: str = Field(min_length=1, max_length=100, description="its name or id, or its line")
    done: bool = True
    sets: (
        Annotated[
            Annotated[int, Field(ge=1, le=MOST_SETS), Tag("one")]
            | Annotated[tuple[SetLine, ...], Field(min_length=1, max_length=MOST_SETS), Tag("each")],
            Discriminator(_one_or_each),
        ]
        | None
    ) = None
    reps: OneOrEach[_Repetitions] | None = None
    seconds: OneOrEach[_Seconds] | None = None
    metres: OneOrEach[_Metres] | None = None
    load_kg: OneOrEach[_Mass] | None = None
    load_lb: OneOrEach[_Mass] | None = None
    band: str | None = Field(default=None, max_length=30)
    rpe: OneOrEach[_Effort] | None = Field(default=None, description="RPE/CR10, 0-10")
    rir: OneOrEach[_Effort] | None = Field(default=None, description="repetitions in reserve, 0-10")
    pain: Pain | None = Field(default=None, description="pain during it, NPRS 0-10")
    peripheralised: bool | None = Field(
        default=None, description="symptoms went further down the leg, and still so half an hour later"
    )

    @model_validator(mode="after")
    def _sets_agree(self) -> ItemLine:
        given = {name: value for name in _COUNTED if (value := getattr(self, name)) is not None}
        if isinstance(self.sets, tuple):
            if given:
                raise ValueError(f"{next(iter(given))}: is said beside the list of sets; say it there")
            return self
        lengths = {name: len(value) for name, value in given.items() if isinstance(value, tuple)}
        wanted = self.sets if self.sets is not None else next(iter(lengths.values()), None)
        for name, length in lengths.items():
            if length != wanted:
                raise ValueError(f"{name}: has {length} values for {wanted} sets")
        if not self.done and (given or self.sets is not None):
            raise ValueError("done: no, but it says what was done")
        return self

    def rows(self) -> tuple[SetLine, ...]:
        """Its sets, one by one."""
        if isinstance(self.sets, tuple):
            return self.sets
        given = {name: value for name in _COUNTED if (value := getattr(self, name)) is not None}
        count = self.sets or max((len(value) for value in given.values() if isinstance(value, tuple)), default=1)
        if not given and self.sets is None:
            return ()
        return tuple(
            SetLine(**{name: value[i] if isinstance(value, tuple) else value for name, value in given.items()})
            for i in range(count)
        )


_COUNTED_OR_SETS: Final = ("sets", "reps", "seconds", "metres", "load_kg", "load_lb")
_COUNTED: Final = ("reps", "seconds", "metres", "load_kg", "load_lb", "band", "rpe", "rir")


class EntryLine(Model):
    """One entry: about a session, a check-in, or neither."""

    id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$", description="only to correct it")
    written: dt.datetime | None = Field(default=None, description="UTC unless it says otherwise; else time of reading")
    session: str | int | None = Field(default=None, description="slot, number or date of a session")
    check_in: str | int | None = Field(default=None, description="number or id of a check-in")
    done: Annotated[Attendance, BeforeValidator(_attendance), _Also("string", "boolean")] | None = None
    items: tuple[ItemLine, ...] = Field(default=(), max_length=60)
    pain_before: Pain | None = None
    pain_during: Pain | None = None
    pain_after: Pain | None = None
    pain_next_morning: Pain | None = None
    usual_morning: Pain | None = Field(default=None, description="usual morning pain before the session, NPRS 0-10")
    site_before: SiteWords | None = Field(default=None, description="most distal symptom, such as calf left")
    site_after: SiteWords | None = None
    site_after_30_minutes: SiteWords | None = None
    flare: bool = False
    passed: bool | None = None
    cleared: tuple[str, ...] = Field(default=(), description="directions, exercises or stops that are allowed again")
    answers: Annotated[dict[str, Annotated[str, _Also("number", "boolean")]], BeforeValidator(_texts)] = Field(
        default_factory=dict
    )
    flags: Annotated[dict[str, Answer], BeforeValidator(_texts)] = Field(default_factory=dict)
    motor: tuple[Annotated[MotorFinding, _spoken(spoken.motor), _Also("string")], ...] = ()
    bilateral_signs: bool = Field(default=False, description="new or worse signs in both legs")
    outcomes: Outcomes = Outcomes()
    by: str = Field(default="", max_length=80, description="who wrote it")
    sure: bool = Field(default=False, description="meant as it is, where a load or a count is surprising")
    corrects: str | None = Field(default=None, description="id of the entry that this one replaces")
    words: str = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _hangs_together(self) -> EntryLine:
        if self.session is not None and self.check_in is not None:
            raise ValueError("check_in: name a session or a check-in, not both; make two entries")
        about = [name for name in ("done", "items", *_RESPONSE) if getattr(self, name) not in (None, ())]
        if self.session is None and about:
            raise ValueError(f"{about[0]}: needs its session: add session with a slot, a number or a date")
        if self.done is Attendance.MISSED and any(item.done for item in self.items):
            raise ValueError("items: a session that was missed has none")
        if self.passed is not None and self.check_in is None:
            raise ValueError("passed: needs its check-in: add check_in with its number")
        if self.cleared and not self.by.strip():
            raise ValueError("cleared: who allows it has to be said: add by with a name")
        if self.corrects is None and not self.model_fields_set - {"id", "written", "session", "check_in", "by", "sure"}:
            raise ValueError(f"{_ECHOES[0]}: add done, pain, items, outcomes or words")
        return self


_ECHOES: Final = ("says nothing", "must have at least 1 entry")
_RESPONSE: Final = tuple(Response.model_fields)
_SITES: Final = ("site_before", "site_after", "site_after_30_minutes")


class LogFile(Model):
    """A log as it is written by hand."""

    programme: str | None = Field(default=None, description="id of the programme, as in programme.json")
    entries: tuple[EntryLine, ...] = Field(min_length=1, max_length=5_000)


@dataclass(frozen=True)
class Reading:
    """What a log is read against.

    Parameters
    ----------
    programme
        The programme whose sessions the log is about.
    exercises
        Exercises by id that may be named beside those of the programme.
    now
        The time of reading, UTC; what entries that give none were ``written``.
    today
        The date of reading where the patient lives: nothing after it can have been done.
    log
        Entries that are there already and may be corrected.
    findings
        What the patient file found, None where there is none.
    answered
        Safety questions that are answered together with what is read.
    """

    programme: Programme
    exercises: Mapping[str, Exercise]
    now: dt.datetime
    today: dt.date
    log: Log
    findings: Findings | None = None
    answered: frozenset[str] = frozenset()

    @cached_property
    def planned(self) -> dict[str, str]:
        """Names of the exercises of the programme, by id."""
        return spoken.names_in(self.programme.sessions)

    @cached_property
    def known(self) -> dict[str, str]:
        """Names of all exercises that may be named, by id."""
        return {**{name: one.name for name, one in self.exercises.items()}, **self.planned}


def read_log(path: Path, against: Reading) -> tuple[Log, list[str]]:
    """Read a log that was written by hand, and warnings as sentences.

    Raises
    ------
    InvalidInput
        With every fault of the file.
    """
    entries, warnings = read_entries(read_yaml(path), against)
    return Log(programme=against.programme.id, entries=entries), warnings


def check_form(document: Document) -> LogFile:
    """A log without its programme: only what it says, not whether sessions and exercises exist.

    Raises
    ------
    InvalidInput
        With every fault of the form.
    """
    document = _tidy(document)
    made, faults = check(LogFile, document)
    if made is None or faults or document.faults:
        raise InvalidInput(sorted({*document.faults, *faults}))
    return made


def read_entries(document: Document, against: Reading) -> tuple[tuple[LogEntry, ...], list[str]]:
    """The entries of a document of the form of ``LogFile``, and warnings as sentences.

    An entry without an id gets one that is made from what it says, so that reading it twice gives
    the same.  Two entries that say the same are one.

    Raises
    ------
    InvalidInput
        With every fault of the document.
    """
    document = _tidy(document)
    faults, warnings = _references(document, against)
    made, others = check(LogFile, document)
    taken = {(fault.file, fault.line, fault.path) for fault in faults}
    others = [fault for fault in others if (fault.file, fault.line, fault.path) not in taken]
    if document.faults:
        # what could not be read was not counted: that little or nothing is left is only an echo of it
        others = [fault for fault in others if not fault.problem.startswith(_ECHOES)]
    faults = [*document.faults, *faults, *others]
    if made is None or faults:
        raise refused(document, faults)
    entries: dict[str, LogEntry] = {}
    for number, line in enumerate(made.entries):
        at: ValuePath = ("entries", number)
        try:
            entry = _entry(line, against, against.now + dt.timedelta(microseconds=number))
        except ValidationError as error:
            said = error.errors(include_url=False)[0]
            faults.append(document.fault(at, str(said["msg"]).removeprefix("Value error, ")))
            continue
        doubts, again = _Plausible(document, at, line, entry, against, tuple(entries.values())).found()
        faults += doubts
        warnings += again
        held = entries.get(entry.id)
        if held is None:
            entries[entry.id] = entry
        elif held.said == entry.said:
            warnings.append(document.fault(at, "says the same as an entry before it; kept once"))
        else:
            faults.append(document.fault((*at, "id"), f"the id {entry.id!r} is used twice"))
    try:
        Log(programme=against.programme.id, entries=tuple(entries.values()))
    except ValidationError as error:
        faults.append(
            document.fault(("entries",), str(error.errors(include_url=False)[0]["msg"]).partition("entries: ")[2])
        )
    faults += [document.fault(at, problem) for at, problem in _wrong_corrections(made, entries, against)]
    if faults:
        raise refused(document, faults)
    return tuple(entries.values()), [str(warning) for warning in sorted(warnings)]


# -------------------------------------------------------------------- corrections
def _wrong_corrections(
    made: LogFile, entries: Mapping[str, LogEntry], against: Reading
) -> Iterator[tuple[ValuePath, str]]:
    """Corrections that are about something else, or silent on what stops the programme, and what to write instead."""
    log, motor = against.log, () if against.findings is None else against.findings.neurology.motor
    fresh = [entry for entry in entries.values() if log.entry(entry.id) is None]
    if not any(entry.corrects for entry in fresh):
        return
    try:
        after = Log(programme=log.programme, entries=(*log.entries, *fresh))
    except ValidationError:
        return  # told already
    stops = standing_stops(after, motor)
    rows = {line.corrects: number for number, line in enumerate(made.entries)}
    for entry in fresh:
        held = after.entry(entry.corrects or "")
        if held is None:
            continue
        at: ValuePath = ("entries", rows[entry.corrects], "corrects")
        if not entry.takes_back and (entry.slot, entry.check_in) != (held.slot, held.check_in):
            words = f"{held.id} is about {_about(held)}, and this is about {_about(entry)}"
            back = f"--correct {held.id} --words TEXT" if entry.id == NEXT_ID else f"corrects: {held.id}, words: TEXT"
            yield at, f"{words}: take it back ({back}), and tell the other in an entry of its own"
        told = {one.id for one in after.replaced_by(entry)}
        for stop in (stop for stop in stops if stop.entry.id in told):
            yield at, _unsaid(stop, entry)


def _reaches(entry: LogEntry) -> bool:
    """Whether an entry tells how far symptoms reached, or that they went down the leg."""
    return bool(entry.response.sites) or any(one.peripheralised for one in entry.items)


def _about(entry: LogEntry) -> str:
    return entry.slot or entry.check_in or "no session"


def _unsaid(stop: Stop, entry: LogEntry) -> str:
    """What a correction has to say of a stop that the entries before it told of."""
    name, told = stop.flag.id, "yes" if stop.known else "unknown"
    problem = (
        f"{stop.entry.id} tells of a red flag ({name.replace('_', ' ')}: {stop.words.rstrip('.')}), and a correction "
        "that no longer does ends no stop"
    )
    if entry.id == NEXT_ID:
        right, wrong = f"--flag {name}={told}", f"--flag {name}=no{' --by NAME --words TEXT' if stop.known else ''}"
    else:
        right, wrong = f"flags: {{{name}: {told}}}", f"flags: {{{name}: no}}{', by and words' if stop.known else ''}"
    who = "somebody who asked again says so by name" if stop.known else "say so"
    return f"{problem}. Where it is so, say it again: {right}; where it was told wrongly, {who}: {wrong}"


# -------------------------------------------------------------------- what cannot be, and what surprises
def _top(item: Item) -> float:
    """The heaviest load of an item in kg, 0 without one."""
    return 0.0 if item.dose.top_load is None else item.dose.top_load.kg


class _Plausible:
    """What cannot have been in an entry, what has to be confirmed, and what was told before.

    ``above`` are entries that stand before it in the same file.
    """

    def __init__(
        self,
        document: Document,
        at: ValuePath,
        line: EntryLine,
        entry: LogEntry,
        against: Reading,
        above: tuple[LogEntry, ...],
    ) -> None:
        self.document, self.at, self.line, self.entry, self.against = document, at, line, entry, against
        self.above = above
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []

    def found(self) -> tuple[list[Fault], list[Fault]]:
        """Faults and warnings."""
        for number, item in enumerate(self.entry.items):
            self._effort(number, item)
            if not self.line.sure:
                self._amounts(number, item)
        self._answers()
        self._free_words()
        self._sides()
        self._screened()
        self._clearing()
        self._named()
        self._lost()
        self._told_before()
        self._decided_before()
        return self.faults, self.warnings

    def fault(self, path: ValuePath, problem: str, got: object = None) -> None:
        self.faults.append(self.document.fault((*self.at, *path), problem, "" if got is None else spoken.quoted(got)))

    def _effort(self, number: int, item: LoggedItem) -> None:
        """Work against a load has an effort: 0 on the scale is rest."""
        for row in item.sets:
            told = self.line.items[number].rir is None
            if told and row.effort == 0 and (row.load is not None or row.band is not None) and row.repetitions != 0:
                name = self.against.known[item.exercise]
                self.fault(
                    ("items", number, "rpe"), f"{name}: RPE 0 is rest, and it had a load; leave out what is unknown"
                )
                return

    def _planned(self, exercise: str) -> Item | None:
        """An exercise as the session has it, else the heaviest of it and of its line of work so far.

        Where none so far has a load, as the programme has it first.
        """
        programme = self.against.programme
        here = [i for s in programme.sessions if s.slot == self.entry.slot for i in s.items if i.exercise == exercise]
        if here:
            return max(here, key=_top)
        known = self.against.exercises.get(exercise)
        tracks = () if known is None else known.tracks
        keys = {record.key for record in programme.ladders if any(rung.exercise == exercise for rung in record.rungs)}
        day = self._day
        so_far = [i for s in programme.sessions if s.start.date() <= day for i in s.items]
        of_line = [i for i in so_far if i.ladder in keys] or [i for i in so_far if i.track in tracks]
        found = max((i for i in so_far if i.exercise == exercise or i in of_line), key=_top, default=None)
        first = next((i for s in programme.sessions for i in s.items if i.exercise == exercise), None)
        return first if found is None or (first is not None and not _top(found)) else found

    @property
    def _day(self) -> dt.date:
        """The day on which what an entry tells of was done."""
        sessions = self.against.programme.sessions
        return next((s.start.date() for s in sessions if s.slot == self.entry.slot), self.entry.written.date())

    def _amounts(self, number: int, item: LoggedItem) -> None:
        """A load or repetitions far beyond what was planned, or besides it far beyond all so far, are asked about.

        So are speeds beyond anybody's.
        """
        planned = self._planned(item.exercise)
        name = self.against.known[item.exercise]
        said = [] if planned is None else [row.formula or "" for row in planned.dose.sets]
        on_wheels = not _WHEELS.isdisjoint(spoken.folded(" ".join([item.exercise, name, *said])).split("_"))
        for row in item.sets:
            if row.metres and row.seconds is not None and row.metres > FASTEST[not on_wheels] * row.seconds:
                words = f"{row.metres} m in {row.seconds} s is faster than anybody; sets of their own have commas"
                self.fault(("items", number, "metres"), f"{name}: {words}; {self._ask}")
                break
        if planned is None:
            return
        so_far = "" if planned.exercise == item.exercise else f" of this line of work so far ({planned.name})"
        top, load = planned.dose.top_load, item.load_kg
        times, more = ASKED_LOAD
        if top is None and planned.implement is not Implement.NONE:
            load = None  # it carries one, and nobody knows which
        most = ASKED_UNPLANNED if top is None else max(times * top.kg, top.kg + more)
        if load is not None and load > most + 1e-6:
            words = f"{load:g} kg where {'no load' if top is None else top.text} was planned{so_far}; {self._ask}"
            self.fault(("items", number, "load_kg"), f"{name}: {words}")
        asked = [row for row in planned.dose.sets if row.repetitions is not None]
        wanted = max((row.up_to or row.repetitions or 0 for row in asked), default=0)
        told = [row.repetitions or 0 for row in item.sets]
        did = sum(told) if any(row.in_all for row in asked) else max(told, default=0)
        times, more = ASKED_REPETITIONS
        if wanted and did > max(times * wanted, wanted + more):
            words = f"{did} repetitions where {wanted} were planned{so_far}; {self._ask}"
            self.fault(("items", number, "reps"), f"{name}: {words}")

    @property
    def _ask(self) -> str:
        sure = "--sure" if self.entry.id == NEXT_ID else "sure: yes"
        return f"correct it, or say that it is meant: {sure}"

    def _answers(self) -> None:
        """Confidence, and what a check-in asks for from 0 to 10, is a number from 0 to 10."""
        checks = self.against.programme.check_ins
        questions = next((check.questions for check in checks if check.id == self.entry.check_in), ())
        for key, text in self.entry.answers.items():
            asked = questions[int(key) - 1] if key.isdigit() and 0 < int(key) <= len(questions) else ""
            scale = spoken.folded(key) == "confidence"
            try:
                value = spoken.number(text.removesuffix("/10"))
            except ValueError:
                if scale and spoken.folded(text) != "unknown":
                    self.fault(("answers", key), "must be a number between 0 and 10", text)
                continue
            if (scale or "0-10" in asked) and not 0 <= value <= 10:
                self.fault(("answers", key), "must be a number between 0 and 10", text)

    def _free_words(self) -> None:
        """What sounds like a red flag in somebody's own words is asked about: nobody may read it otherwise."""
        entry = self.entry
        for path, text in (
            (("words",), entry.words),
            *((("answers", key), text) for key, text in entry.answers.items()),
        ):
            for flag, words in flags_named_in(text):
                if not self._answered(flag.id):
                    self.fault(path, f"sounds like a red flag. {self._question(flag)}", words)

    def _question(self, flag: RedFlag) -> str:
        """A safety question, what a yes would ask for, and how it is answered: beside what was told, never before."""
        option = f"--flag {flag.id}=yes, or --flag {flag.id}=no"
        command = "" if self.entry.id == NEXT_ID else "`gradus log OUT --import FILE` with "
        return f"{flag.question} If so: {flag.action} Answer it: {command}{option}"

    def _sides(self) -> None:
        """Symptoms of both legs, or of the other one, are asked about where that is news."""
        entry, findings = self.entry, self.against.findings
        told, path = _sides_of(entry), _side_path(entry)
        if path is None or entry.bilateral_signs or self._answered(BOTH_LEGS.id):
            return
        before = [one for one in self.against.log.standing() if one.id != entry.corrects]
        known = [_sides_of(one) for one in (*before, *self.above)]
        if findings is not None:
            known += [_legs(findings.most_distal.side), _legs(findings.neurology.side)]
            if findings.neurology.bilateral_signs != "none":
                known.append(_legs(Side.BOTH))
        ever = frozenset(side for sides in known for side in sides)
        # one side is news beside the other; the first that is named is none, and both at once have to be known as such
        if told in known or (len(told) == 1 and (told <= ever or not ever)):
            return
        news = "both sides" if len(told) > 1 else f"the {next(iter(told)).value}"
        held = sorted(side.value for side in ever)
        so_far = f"so far they were on the {' or the '.join(held)}" if held else "so far none were told of"
        self.fault(path, f"has symptoms on {news}, and {so_far}. {self._question(BOTH_LEGS)}")

    def _screened(self) -> None:
        """A check-in that is passed without a word on the safety questions is remarked on (rule T1)."""
        entry = self.entry
        here = [entry, *self.against.log.at_check_in(entry.check_in or "")]
        if entry.check_in is not None and entry.passed and not any(one.flags or one.answers for one in here):
            problem = (
                f"{entry.check_in} is passed, and nobody says that the safety questions were asked again (rule T1)"
            )
            self.warnings.append(self.document.fault((*self.at, "passed"), problem))

    def _clearing(self) -> None:
        """Clearing the programme clears nothing that it does not name, where more than one thing stops it."""
        entry, log, findings = self.entry, self.against.log, self.against.findings
        if PROGRAMME not in entry.cleared or log.entry(entry.id) is not None:
            return
        before = [one for one in self.above if log.entry(one.id) is None]
        told = Log(programme=log.programme, entries=(*log.entries, *before, entry))
        motor = () if findings is None else findings.neurology.motor
        left = [stop for stop in standing_stops(told, motor) if stop.entry.written <= entry.written]
        if not left:
            return
        each = dict.fromkeys(stop.flag.id for stop in left)
        listed = " ".join(f"{stop.flag.id}: {stop.words}" for stop in left)
        problem = f"more than one thing stops this programme, and nobody says what became of these. {listed} "
        if entry.id == NEXT_ID:
            options = " ".join(f"--cleared {name}" for name in each)
            problem += (
                f"Where each was looked at: `gradus log OUT {options} --by NAME`; where it is not so: --flag NAME=no"
            )
        else:
            problem += (
                f"Where each was looked at: cleared: [{', '.join(each)}]; where it is not so: flags: {{NAME: no}}"
            )
        self.fault(("cleared", entry.cleared.index(PROGRAMME)), problem)

    def _named(self) -> None:
        """No patient ends a stop: who clears it, or says that it was told wrongly, is named."""
        entry, log = self.entry, self.against.log
        if log.entry(entry.id) is not None or not spoken.names_nobody(entry.by, self.against.programme.patient):
            return
        if entry.cleared:
            self.fault(("by",), "a clinician clears: give the name of who examined", entry.by)
        elif any(entry.denies(flag) for flag in entry.flags):
            self.fault(("by",), "give the name of who asked again, and found that it was told wrongly", entry.by)

    def _lost(self) -> None:
        """What a correction is silent on is no longer told: a flare-up, or a session beside a question denied."""
        entry, held = self.entry, self.against.log.entry(self.entry.corrects or "")
        if held is None or self.against.log.entry(entry.id) is not None:
            return
        problem = ""
        if entry.takes_back and entry.flags and held.slot is not None:
            problem = f"all that {held.id} says of {held.slot} is taken back with it; tell of the session again"
        elif held.flare and not entry.flare and not entry.takes_back:
            problem = f"the flare-up that {held.id} tells of is no longer told; say it again where there was one"
        elif _reaches(held) and not _reaches(entry) and not entry.takes_back:
            problem = f"how far symptoms reached, as {held.id} tells, is no longer told; say it again where it was so"
        if problem:
            self.warnings.append(self.document.fault((*self.at, "corrects"), problem))

    def _answered(self, flag: str) -> bool:
        """Whether a safety question is answered where it is told of: what was answered earlier says nothing of it.

        What an import told of a session, or at a check-in, before has its answer.
        """
        entry = self.entry
        held = entry.slot is not None or entry.check_in is not None or not entry.imported
        again = held and self.against.log.entry(entry.id) is not None
        return again or flag in entry.flags or flag in self.against.answered

    def _told_before(self) -> None:
        """A second account of a session adds to the first; one that says something else has to correct it."""
        entry, log = self.entry, self.against.log
        if entry.slot is None or entry.corrects is not None or log.entry(entry.id) is not None:
            return
        account = log.accounts().get(entry.slot)
        if account is None:
            return
        apart = _in_parts(account) & _in_parts(entry)
        before, now = _values(account, apart), _values(entry, apart)
        other = [name for name, value in now.items() if name in before and before[name] != value]
        told = [one for one in log.standing() if one.slot == entry.slot]
        last = next((one.id for one in reversed(told) if other and other[0] in _values(one, apart)), told[-1].id)
        if other and entry.id == NEXT_ID:
            words = f"{entry.slot} was told in {last}, which says {_named(other[0], before[other[0]])}"
            self.fault(("session",), f"{words}; to replace what it says: --correct {last}")
        elif other:
            words = f"says {_named(other[0], now[other[0]])}, and {last} says {_named(other[0], before[other[0]])}"
            self.warnings.append(self.document.fault((*self.at, "session"), f"{words}; the later word counts"))
        elif entry.id == NEXT_ID and not set(now) - set(before) and not _besides(entry):
            words = f"{entry.slot} was told in {last} already, and this adds nothing; to replace it: --correct {last}"
            self.fault(("session",), words)

    def _decided_before(self) -> None:
        """A check-in is decided once: another decision has to correct the first."""
        entry, log = self.entry, self.against.log
        if (
            entry.check_in is None
            or entry.passed is None
            or entry.corrects is not None
            or log.entry(entry.id) is not None
        ):
            return
        other = [one for one in log.at_check_in(entry.check_in) if one.passed not in (None, entry.passed)]
        if other:
            before = f"{other[-1].id}, which says {'passed' if other[-1].passed else 'not passed'}"
            name = f"check-in {entry.check_in.rpartition('-')[2]}"
            if entry.id == NEXT_ID:
                self.fault(("passed",), f"{name} was told in {before}; to replace it: --correct {other[-1].id}")
            else:
                words = f"{name} was told in {before}; the later word counts"
                self.warnings.append(self.document.fault((*self.at, "passed"), words))


def _legs(side: Side | None) -> frozenset[Side]:
    if side is None or side is Side.NONE:
        return frozenset()
    return frozenset({Side.LEFT, Side.RIGHT} if side is Side.BOTH else {side})


def _side_path(entry: LogEntry) -> ValuePath | None:
    """Where an entry names a side of symptoms below the back; None where it names none."""
    return next(((name,) for name in _SITES if _legs_at(getattr(entry.response, name))), None)


def _sides_of(entry: LogEntry) -> frozenset[Side]:
    """Sides on which an entry has symptoms below the back."""
    sites = [getattr(entry.response, name) for name in _SITES]
    return frozenset(side for site in sites for side in _legs_at(site))


def _legs_at(site: MostDistal | None) -> frozenset[Side]:
    return frozenset() if site is None or site.site.rank < Site.BUTTOCK.rank else _legs(site.side)


def _in_parts(told: Account | LogEntry) -> frozenset[str]:
    """Exercises of which nothing is said as a whole: parts of a session are items of their own."""
    return frozenset(item.exercise for item in told.items) - {item.exercise for item in told.items if not item.part}


def _values(told: Account | LogEntry, apart: frozenset[str]) -> dict[str, object]:
    """What is said of a session, value by value; of exercises that are told ``apart`` by their parts."""
    found: dict[str, object] = {} if told.done is None else {"done": told.done.value}
    found |= {name: value for name in _RESPONSE if (value := getattr(told.response, name)) is not None}
    for item in told.items:
        name = f"{item.exercise} ({item.part})" if item.exercise in apart else item.exercise
        found[name] = item.done
        parts = {"sets": item.sets or None, "pain": item.pain_during, "peripheralised": item.peripheralised}
        found |= {f"{name}: {key}": value for key, value in parts.items() if value is not None}
    return found


def _named(name: str, value: object) -> str:
    if name == "done":
        return str(value)
    plain = value if isinstance(value, int | float) and not isinstance(value, bool) else ""
    return f"{name.replace('_', ' ')} {plain}".strip()


def _besides(entry: LogEntry) -> bool:
    """Whether an entry of a session says something else than how the session went."""
    return bool(
        entry.flare
        or entry.cleared
        or entry.answers
        or entry.flags
        or entry.motor
        or entry.bilateral_signs
        or entry.words
        or entry.outcomes != Outcomes()
    )


# -------------------------------------------------------------------- names and dates
def _references(document: Document, against: Reading) -> tuple[list[Fault], list[Fault]]:
    """Faults and warnings of what the file refers to, found in the raw data, beside other faults."""
    programme, faults, warnings = against.programme, [], []
    named = dig(document.data, ("programme",))
    if isinstance(named, str) and named != programme.id:
        problem = f"is another programme: this one is {programme.id} ({programme.patient})"
        faults.append(document.fault(("programme",), problem, spoken.quoted(named)))
    rows = dig(document.data, ("entries",))
    rows = [(i, row) for i, row in enumerate(rows if isinstance(rows, list) else ()) if isinstance(row, dict)]
    ids = {row.get("id") for _, row in rows} | {entry.id for entry in against.log.entries}
    told = {account.slot for account in against.log.accounts().values() if account.done is not None}
    itemised = {account.slot for account in against.log.accounts().values() if account.items}
    with_items = (_Row(document, ("entries", number), row, against) for number, row in rows if row.get("items"))
    itemised |= {session.slot for row in with_items if (session := row.session()) is not None}
    for number, row in rows:
        at: ValuePath = ("entries", number)
        found = _Row(document, at, row, against)
        session = found.session()
        if session is not None and row.get("done") is not None:
            told.add(session.slot)
        if session is not None and row.get("items") and session.slot not in told:
            found.fault(("items",), "need done beside them: done or partly (partly: only what is named was done)")
        if session is not None and session.slot not in itemised and found.partly():
            words = "names no exercise, so nothing of the session counts as done; add each one that was"
            found.warnings.append(document.fault((*at, "done"), words))
        found.check_in()
        found.exercises(session)
        found.corrections(ids)
        faults += found.faults
        warnings += found.warnings
    return faults, warnings


class _Row:
    """Looks up what one entry refers to."""

    def __init__(self, document: Document, at: ValuePath, row: Mapping[str, Any], against: Reading) -> None:
        self.document, self.at, self.row, self.against = document, at, row, against
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []

    def named(self, path: ValuePath, read: Callable[[str], T]) -> T | None:
        """What the text or number at ``path`` names; a fault when it names nothing."""
        value = dig(self.row, path)
        if isinstance(value, bool) or not isinstance(value, str | int):
            return None
        try:
            return read(str(value))
        except ValueError as error:
            self.fault(path, str(error), spoken.quoted(value))
            return None

    def fault(self, path: ValuePath, problem: str, got: str = "") -> None:
        self.faults.append(self.document.fault((*self.at, *path), problem, got))

    def session(self) -> Session | None:
        found = self.named(("session",), lambda text: spoken.session(self.against.programme, text))
        if found is None:
            return None
        day = found.start.date()
        if day > self.against.today:
            problem = f"{found.slot} has not come yet: it is on {spoken.day_text(day)}, and today is "
            self.fault(("session",), problem + spoken.day_text(self.against.today))
        elif day == self.against.today and self.row.get("pain_next_morning") is not None:
            self.fault(("pain_next_morning",), f"the morning after {found.slot} has not come yet")
        elif found.status is Status.CANCELLED:
            problem = f"{found.slot} on {spoken.day_text(day)} was cancelled; logged all the same"
            self.warnings.append(self.document.fault((*self.at, "session"), problem))
        return found

    def partly(self) -> bool:
        done = self.row.get("done")
        return isinstance(done, str) and spoken.folded(done) in spoken.ATTENDANCE[Attendance.PARTLY]

    def check_in(self) -> None:
        found = self.named(("check_in",), lambda text: spoken.check_in(self.against.programme, text))
        if found is not None and found.start.date() > self.against.today:
            problem = f"{found.id} has not come yet: it is on {spoken.day_text(found.start.date())}, and today is "
            self.fault(("check_in",), problem + spoken.day_text(self.against.today))
        answers = self.row.get("answers")
        if found is None or not isinstance(answers, dict):
            return
        for key in answers:
            if key.isdigit() and not 1 <= int(key) <= len(found.questions):
                self.fault(("answers", key), f"{found.id} has {len(found.questions)} questions")

    def exercises(self, session: Session | None) -> None:
        against = self.against
        planned = against.planned if session is None else spoken.names_in([session])
        seen: set[tuple[str, str]] = set()
        items = self.row.get("items")
        for i in range(len(items) if isinstance(items, list) else 0):
            path: ValuePath = ("items", i, "exercise")
            named = self.named(path, lambda text: spoken.item_named(text, session, against.known, planned))
            if named is None:
                continue
            found, part = named
            if named in seen:
                self.fault(path, f"{part or found} is named twice in this entry; put its sets together")
            elif (found, "") in seen or (not part and any(name == found for name, _ in seen)):
                self.fault(path, f"{found} is named here as a whole and in parts; name each part")
            elif session is not None and found not in planned:
                hint = did_you_mean(str(dig(items, (i, "exercise"))), planned.values())
                problem = f"{found} is not in {session.slot}{hint or '; taken as done besides'}"
                self.warnings.append(self.document.fault((*self.at, *path), problem))
            elif session is not None:
                self.other(path, str(dig(items, (i, "exercise"))), found, session)
                self.parts(path, dig(items, (i,)), found, part, session)
            seen.add(named)
        names = self.row.get("cleared")
        for i in range(len(names) if isinstance(names, list) else 0):
            self.named(("cleared", i), lambda text: spoken.cleared(text, against.planned, against.known))
        self.flags()

    def flags(self) -> None:
        """A safety question may be answered by several of its words, if they do not contradict each other."""
        flags = self.row.get("flags")
        seen: dict[str, str] = {}
        for key, value in flags.items() if isinstance(flags, dict) else ():
            try:
                name = spoken.flag(key)
            except ValueError as error:
                self.fault(("flags", key), str(error))
                continue
            said = _answer(value)
            before = seen.setdefault(name, said)
            if (before == Answer.NO) != (said == Answer.NO):
                self.fault(("flags", key), f"{name} is answered twice, {before} and {said}: say which it is")

    def parts(self, path: ValuePath, item: Any, found: str, part: str, session: Session) -> None:
        """A warning where the sets of an exercise that is in the session more than once are told as a whole."""
        planned = [one for one in session.items if one.exercise == found]
        if part or len(planned) < 2 or not isinstance(item, dict) or not any(key in item for key in _COUNTED_OR_SETS):
            return
        each = [f"{one.part} ({len(one.dose.working_sets)} sets)" for one in planned if one.part]
        if each:
            problem = f"{found} is in {session.slot} more than once: sets are taken in the order {', '.join(each)}"
            self.warnings.append(self.document.fault((*self.at, *path), f"{problem}; name one for itself"))

    def other(self, path: ValuePath, text: str, found: str, session: Session) -> None:
        """A warning where the words are the whole name of another exercise than the planned one."""
        whole = spoken.exercise_named(text, self.against.known)
        if whole is None or spoken.exercise_named(text, {found: self.against.known[found]}) is not None:
            return
        problem = f"taken as {self.against.known[found]}, which is in {session.slot}; write {whole} if it was that"
        self.warnings.append(self.document.fault((*self.at, *path), problem))

    def corrections(self, ids: Collection[object]) -> None:
        corrects = self.row.get("corrects")
        if isinstance(corrects, str) and corrects not in ids:
            hint = did_you_mean(corrects, [str(name) for name in ids if name is not None])
            self.fault(("corrects",), f"there is no entry of that id{hint}", spoken.quoted(corrects))
        written = self.row.get("written")
        try:
            moment = dt.datetime.fromisoformat(written) if isinstance(written, str) else None
        except ValueError:
            return  # the model says so
        if moment is not None and _utc(moment) > self.against.now:
            self.fault(
                ("written",), f"is later than now, {self.against.now:%Y-%m-%dT%H:%M} UTC", spoken.quoted(written)
            )


def refused(document: Document, faults: Iterable[Fault]) -> InvalidInput:
    """What is wrong with a document; a red flag in it is told first, since it waits for no correction."""
    urgent: dict[str, Fault] = {}
    rows = dig(document.data, ("entries",))
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        flags = row.get("flags") if isinstance(row, dict) else None
        for key, value in flags.items() if isinstance(flags, dict) else ():
            try:
                name = spoken.flag(key)
            except ValueError:
                continue
            flag = next(one for one in RED_FLAGS if one.id == name)
            if _answer(value) == Answer.YES and flag.tier is not Tier.NOTE:
                at: ValuePath = ("entries", number, "flags", key)
                urgent.setdefault(name, document.fault(at, f"nothing was written, and it cannot wait. {flag.action}"))
    return InvalidInput([*urgent.values(), *sorted(set(faults))])


def _answer(value: object) -> str:
    """An answer as it is written; yes and no of YAML are truth values."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


# -------------------------------------------------------------------- from the file's form to the log's
def _entry(line: EntryLine, against: Reading, written: dt.datetime) -> LogEntry:
    programme = against.programme
    session = None if line.session is None else spoken.session(programme, str(line.session))
    entry = LogEntry(
        id=line.id or "made below",
        written=line.written or written,
        slot=session.slot if session else None,
        check_in=None if line.check_in is None else spoken.check_in(programme, str(line.check_in)).id,
        done=line.done,
        items=tuple(_item(item, session, against) for item in line.items),
        response=Response(**{name: getattr(line, name) for name in _RESPONSE}),
        flare=line.flare,
        passed=line.passed,
        cleared=tuple(dict.fromkeys(spoken.cleared(name, against.planned, against.known) for name in line.cleared)),
        answers=line.answers,
        flags=_flags(line),
        motor=line.motor,
        bilateral_signs=line.bilateral_signs,
        outcomes=line.outcomes,
        by=line.by,
        corrects=line.corrects,
        words=line.words,
    )
    return entry if line.id else entry.model_copy(update={"id": entry.hashed_id})


def _flags(line: EntryLine) -> dict[str, Answer]:
    """Safety questions by id; of several answers to one the worst, where the file was not refused for them."""
    order = (Answer.NO, Answer.UNKNOWN, Answer.YES)
    said = [(spoken.flag(key), answer) for key, answer in line.flags.items()]
    return {
        name: max((answer for flag, answer in said if flag == name), key=order.index)
        for name in FLAG_IDS
        if any(flag == name for flag, _ in said)
    }


def _item(line: ItemLine, session: Session | None, against: Reading) -> LoggedItem:
    exercise, part = spoken.item_named(line.exercise, session, against.known, against.planned)
    return LoggedItem(
        exercise=exercise,
        part=part,
        done=line.done,
        sets=tuple(_set(row) for row in line.rows()),
        pain_during=line.pain,
        peripheralised=line.peripheralised,
    )


def _set(line: SetLine) -> LoggedSet:
    load = None
    if line.load_kg is not None:
        load = Load(amount=round(line.load_kg * 1000))
    elif line.load_lb is not None:
        load = Load(amount=round(line.load_lb * 100), unit=LoadUnit.CENTIPOUND)
    return LoggedSet(
        repetitions=line.reps,
        seconds=line.seconds,
        metres=line.metres,
        load=load,
        band=line.band,
        effort=line.rpe if line.rir is None else 10 - line.rir,
    )
