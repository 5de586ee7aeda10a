"""One entry of the log from the words of a command line, and the session that is meant.

What is understood is put into the form of ``log.yaml`` and read like it; faults name the option.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from planner.domain.dose import DoseKind
from planner.domain.log import NEXT_ID, Log, LogEntry
from planner.domain.notation import NATIVE
from planner.domain.programme import Item, Programme, Session, SessionKind, Status
from planner.errors import Fault, InvalidInput
from planner.intake import log_words as spoken
from planner.intake.log_file import Reading, read_entries, refused
from planner.intake.validate import did_you_mean
from planner.intake.yamlfile import Document, ValuePath

#: A session that is not named is looked for among those of so many days. [D]
LOOK_BACK_DAYS: Final = 7

_PAINS: Final = ("pain_before", "pain_during", "pain_after", "pain_next_morning")
_SITES: Final = ("site_before", "site_after", "site_after_30_minutes")


@dataclass(frozen=True)
class Said:
    """The options of ``gradus log``, as they were given."""

    session: str | None = None
    attendance: str | None = None
    pain: str | None = None
    morning: int | None = None
    usual: int | None = None
    site: str | None = None
    side: str | None = None
    items: tuple[str, ...] = ()
    flare: bool = False
    check_in: str | None = None
    passed: bool | None = None
    cleared: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    motor: tuple[str, ...] = ()
    bilateral: bool = False
    outcomes: tuple[str, ...] = ()
    words: str = ""
    by: str = ""
    correct: str | None = None
    sure: bool = False

    @property
    def of_a_session(self) -> bool:
        """Whether something is said that only a session can have."""
        return bool(self.attendance or self.pain or self.site or self.items) or self.morning is not None

    @property
    def only_words(self) -> bool:
        """Whether nothing is said that an entry could hold instead of the one that it corrects."""
        return self == Said(words=self.words, by=self.by, correct=self.correct, sure=self.sure)

    @property
    def of_a_morning(self) -> bool:
        """Whether only the morning after a session is told."""
        return self.morning is not None and not (self.attendance or self.pain or self.site or self.items)


def read_options(said: Said, against: Reading) -> tuple[tuple[LogEntry, ...], list[str]]:
    """The one entry that is meant, with the id ``next``, and warnings as sentences.

    Raises
    ------
    InvalidInput
        With every fault of the options.
    """
    options = _Options(said, spoken.unit_of(against.programme), against.programme)
    try:
        about = options.about(against.programme, against.log, against.today)
    except InvalidInput as error:
        raise refused(options.document({}), error.faults) from None
    return read_entries(options.document(about), against)


def read_with_answers(
    read: Callable[[Reading], tuple[tuple[LogEntry, ...], list[str]]], said: Said, against: Reading
) -> tuple[tuple[LogEntry, ...], list[str]]:
    """The entries of a file, then the one that answers the safety questions it asks, and warnings as sentences.

    Raises
    ------
    InvalidInput
        With every fault of the file or of the answers.
    """
    if not said.flags:
        return read(against)
    (answer,), _ = read_options(said, against)
    try:
        entries, warnings = read(replace(against, answered=frozenset(answer.flags)))
    except InvalidInput as error:
        urgent = refused(_Options(said, "", against.programme).document({}), ()).faults
        raise InvalidInput([*urgent, *error.faults]) from None
    after = against.now + dt.timedelta(microseconds=len(entries))
    return (*entries, answer.model_copy(update={"written": after})), warnings


def session_meant(programme: Programme, log: Log, today: dt.date, *, morning: bool) -> Session:
    """The session that is meant when none is named, among training sessions of the last days.

    The latest that has no entry; for a morning alone, the latest before today that was told and waits
    for its morning.

    Raises
    ------
    ValueError
        When there is none.
    """
    accounts = log.accounts()
    first = today - dt.timedelta(days=LOOK_BACK_DAYS)
    for session in sorted(programme.sessions, key=lambda one: one.start, reverse=True):
        day = session.start.date()
        if session.kind is not SessionKind.TRAINING or session.status is Status.CANCELLED or not first <= day <= today:
            continue
        told = accounts.get(session.slot)
        if told is None and not morning:
            return session
        if morning and told is not None and day < today and told.response.pain_next_morning is None:
            return session
    if morning:
        raise ValueError(f"no session of the last {LOOK_BACK_DAYS} days waits for its morning; name the session")
    raise ValueError(
        f"no session of the last {LOOK_BACK_DAYS} days is without an entry; name the session, or --correct an entry"
    )


@dataclass(frozen=True)
class _Given(Document):
    """A document whose faults name options."""

    options: dict[ValuePath, str] = field(default_factory=dict)

    def fault(self, path: ValuePath, problem: str, got: str = "") -> Fault:
        at = path
        while at and at not in self.options:
            at = at[:-1]
        return Fault(self.options.get(at, "gradus log"), 0, "", problem, got)


class _Options:
    """Puts options into the form of ``log.yaml``."""

    def __init__(self, said: Said, unit: str, programme: Programme) -> None:
        self.said = said
        self.unit = unit
        self.programme = programme
        self.entry: dict[str, Any] = {"id": NEXT_ID}
        self.options: dict[ValuePath, str] = {}
        self.faults: list[Fault] = []

    def fault(self, option: str, problem: str, got: str = "") -> None:
        self.faults.append(Fault(option, 0, "", problem, got))

    def put(self, key: str, value: Any, option: str) -> None:
        self.entry[key] = value
        self.options[("entries", 0, key)] = option

    def about(self, programme: Programme, log: Log, today: dt.date) -> dict[str, str]:
        """The session or check-in: named, that of the corrected entry, or the one that is meant."""
        said = self.said
        named = {"session": said.session, "check_in": said.check_in}
        if said.session is not None or said.check_in is not None:
            return {kind: name for kind, name in named.items() if name is not None}
        if said.correct is not None:
            held = log.entry(said.correct)
            if held is None:
                hint = did_you_mean(said.correct, [entry.id for entry in log.entries])
                raise InvalidInput([Fault("--correct", 0, "", f"there is no entry {said.correct!r}{hint}")])
            if held.slot is not None and (said.of_a_session or said.flare):
                return {"session": held.slot}
            return {"check_in": held.check_in} if held.check_in is not None and not said.only_words else {}
        if not said.of_a_session:
            return {}
        try:
            return {"session": session_meant(programme, log, today, morning=said.of_a_morning).slot}
        except ValueError as error:
            raise InvalidInput([Fault("--morning" if said.of_a_morning else "SESSION", 0, "", str(error))]) from None

    def document(self, about: dict[str, str]) -> Document:
        said = self.said
        for kind, name in about.items():
            self.put(kind, name, "SESSION" if kind == "session" else "--check-in")
        if said.attendance:
            self.put("done", said.attendance, f"--{said.attendance}")
        self.pains()
        self.sites()
        self.items()
        plain: tuple[tuple[str, Any, str], ...] = (
            ("flare", said.flare, "--flare"),
            ("cleared", list(said.cleared), "--cleared"),
            ("motor", list(said.motor), "--motor"),
            ("bilateral_signs", said.bilateral, "--both-legs"),
            ("by", said.by, "--by"),
            ("words", said.words, "--words"),
            ("corrects", said.correct, "--correct"),
            ("sure", said.sure, "--sure"),
        )
        for key, value, option in plain:
            if value:
                self.put(key, value, option)
        if said.usual is not None:
            self.put("usual_morning", said.usual, "--usual-morning")
        if said.passed is not None:
            self.put("passed", said.passed, "--passed" if said.passed else "--not-passed")
        self.pairs("flags", said.flags, "--flag", "bladder=no", str)
        self.pairs("answers", said.answers, "--answer", "confidence=7", str)
        self.pairs("outcomes", said.outcomes, "--outcome", "odi=34", lambda t: spoken.plain_number(spoken.number(t)))
        return _Given("", {"entries": [self.entry]}, {}, tuple(self.faults), self.options)

    def pains(self) -> None:
        for key, text in zip(_PAINS, self.parts("pain", "BEFORE,DURING,AFTER,MORNING", len(_PAINS)), strict=False):
            if text:
                try:
                    self.put(key, spoken.whole(text), "--pain")
                except ValueError as error:
                    self.fault("--pain", f"{key.replace('_', ' ')} {error}", spoken.quoted(text))
        if self.said.morning is not None:
            if "pain_next_morning" in self.entry:
                self.fault("--morning", "is said twice: --pain has a fourth value")
            self.put("pain_next_morning", self.said.morning, "--morning")

    def sites(self) -> None:
        if self.said.side is not None and self.said.site is None:
            self.fault("--side", "is the side of --site; give that too")
        for key, text in zip(_SITES, self.parts("site", "BEFORE,AFTER,LATER", len(_SITES)), strict=False):
            if not text:
                continue
            try:
                found = spoken.site(text)
                if found.side.value == "none" and self.said.side:
                    found = spoken.site(f"{found.site.value} {self.said.side}")
            except ValueError as error:
                self.fault("--site", f"{key.replace('_', ' ')} {error}", spoken.quoted(text))
                continue
            self.put(key, found.model_dump(mode="json"), "--site")

    def parts(self, name: str, form: str, most: int) -> Iterator[str]:
        """The values of a list with commas; nothing and ``-`` are left out."""
        text = getattr(self.said, name)
        if text is None:
            return
        parts = [part.strip() for part in text.split(",")]
        if len(parts) > most:
            self.fault(f"--{name}", f"has {len(parts)} values: give {form}, nothing for what is not known")
            return
        if not any(part not in ("", "-") for part in parts):
            self.fault(f"--{name}", f"says nothing: give {form}")
        yield from ("" if part == "-" else part for part in parts)

    def planned(self, name: str) -> list[Item]:
        """Items of the programme that a name means: those of the session that is told of, if it has it."""
        held = self.programme.sessions
        try:
            told = [spoken.session(self.programme, str(self.entry.get("session", "")))]
        except ValueError:
            told = []
        meant = spoken.exercise_named(name, spoken.names_in(held))
        word = spoken.folded(name)
        for sessions in (told, held):
            items = [item for session in sessions for item in session.items]
            mine = [one for one in items if one.exercise == meant or word in map(spoken.folded, (one.line, one.part))]
            if mine:
                return mine
        return []

    def counted(self, name: str) -> set[frozenset[str]]:
        """What planned sets of a name count."""
        return {counts for item in self.planned(name) for counts in spoken.counted(item)}

    def with_reps(self, text: str) -> str:
        """``push: 15`` is 15 repetitions where nothing but repetitions is planned of it, and loads only above 15."""
        name, colon, said = (part.strip() for part in text.partition(":"))
        count = re.match(r"\d{1,3}(?=\s*$|\s*,?\s*(?:pain|rpe|rir)\b)", said)
        if not colon or count is None:
            return text
        mine = self.planned(name)
        counted = all(one.dose.kind is DoseKind.REPETITIONS for one in mine)
        rows = [row for one in mine for row in one.dose.sets]
        no_load = all(
            int(count[0]) * NATIVE[row.load.unit] < row.load.amount if row.load is not None else not row.formula
            for row in rows
        )
        return f"{name}: {count[0]} reps{said[count.end() :]}" if mine and counted and no_load else text

    def items(self) -> None:
        items = []
        for text in self.said.items:
            option = f'--item "{text}"'
            try:
                items.append(spoken.item(self.with_reps(text), self.unit, self.counted))
            except ValueError as error:
                self.fault(option, str(error))
                continue
            self.options[("entries", 0, "items", len(items) - 1)] = option
        if self.said.items:
            self.put("items", items, "--item")

    def pairs(self, key: str, texts: tuple[str, ...], option: str, example: str, read: Callable[[str], Any]) -> None:
        """Options such as ``bladder=no``."""
        found: dict[str, Any] = {}
        for text in texts:
            name, equals, value = (part.strip() for part in text.partition("="))
            if not (name and equals and value):
                self.fault(option, f"must be NAME=VALUE, such as {example}", spoken.quoted(text))
                continue
            try:
                said = read(value)
                if found.get(name, said) != said:
                    self.fault(option, f"{name} is given twice")
                if found.get(name) in (None, "no"):  # a red flag is told even where the line is refused
                    found[name] = said
            except ValueError as error:
                self.fault(option, f"{name} {error}", spoken.quoted(value))
            self.options[("entries", 0, key, name)] = f"{option} {name}"
        if found:
            self.put(key, found, option)
