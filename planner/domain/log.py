"""The log: what was done and how the patient responded.  Append-only; a correction is a new entry.

Entries about the same session add up: a session may be told in the evening and its morning after a
day later.  ``Log.accounts`` is what is known once corrections are taken in; it does not depend on
the order in which entries arrived.  Among entries that stand, later words win and silence changes
nothing, value by value.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from itertools import count
from typing import Annotated, Final

from pydantic import Field, field_validator, model_validator

from planner.domain.directions import Direction
from planner.domain.dose import MOST_METRES, MOST_REPETITIONS, MOST_SECONDS, MOST_SETS, Load
from planner.domain.exercise import ExerciseId
from planner.domain.model import Model
from planner.domain.patient import Answer, MostDistal, MotorFinding

#: The id of an entry that is to get the next number of its log, such as ``e0012``.
NEXT_ID: Final = "next"
_NUMBERED: Final = re.compile(r"e([0-9]{4,})")
#: Ids of entries that came from a file without one end with a hash of what they say.
_HASHED: Final = re.compile(r".+-[0-9a-f]{10}(-[0-9]+)?")

Pain = Annotated[int, Field(ge=0, le=10, description="NPRS 0-10")]


class Attendance(StrEnum):
    """What became of a session."""

    DONE = "done"
    PARTLY = "partly"
    MISSED = "missed"


class LoggedSet(Model):
    """One set as it was done; ``effort`` is RPE/CR10, 0-10 (10 less the repetitions in reserve)."""

    repetitions: int | None = Field(default=None, ge=0, le=MOST_REPETITIONS)
    seconds: int | None = Field(default=None, ge=0, le=MOST_SECONDS)
    metres: int | None = Field(default=None, ge=0, le=MOST_METRES)
    load: Load | None = Field(default=None, description="as the programme prints it: one of a pair of dumbbells")
    band: str | None = Field(default=None, max_length=30, description="strength of an elastic band")
    effort: float | None = Field(default=None, ge=0, le=10)


class LoggedItem(Model):
    """One item as it was done; without sets it was done as planned."""

    exercise: ExerciseId
    part: str = Field(
        default="", max_length=100, description="which one, where the session has the exercise more than once"
    )
    done: bool = True
    sets: tuple[LoggedSet, ...] = Field(default=(), max_length=MOST_SETS)
    pain_during: Pain | None = None
    peripheralised: bool | None = Field(
        default=None, description="further down the leg than before, and still so half an hour later (rule C1)"
    )

    @property
    def load_kg(self) -> float | None:
        """The heaviest load that was used, kg; None when none was written down."""
        return max((row.load.kg for row in self.sets if row.load is not None), default=None)


class Response(Model):
    """Pain and the most distal symptom around a session."""

    pain_before: Pain | None = None
    pain_during: Pain | None = None
    pain_after: Pain | None = None
    pain_next_morning: Pain | None = None
    usual_morning: Pain | None = Field(default=None, description="morning pain before the session, the usual level")
    site_before: MostDistal | None = None
    site_after: MostDistal | None = None
    site_after_30_minutes: MostDistal | None = None

    @property
    def sites(self) -> tuple[MostDistal, ...]:
        """How far symptoms reached, whenever that was told."""
        told = (self.site_before, self.site_after, self.site_after_30_minutes)
        return tuple(site for site in told if site is not None)


class Outcomes(Model):
    """Outcome scores with their ranges (clinical measures, section 4 of the clinical notes)."""

    nprs: Pain | None = Field(default=None, description="numeric pain rating scale, 0-10")
    odi_percent: float | None = Field(default=None, ge=0, le=100, description="Oswestry disability index, per cent")
    rmdq: int | None = Field(default=None, ge=0, le=24, description="Roland-Morris disability questionnaire")
    psfs: float | None = Field(default=None, ge=0, le=10, description="patient-specific functional scale, average")
    start_back_total: int | None = Field(default=None, ge=0, le=9)
    start_back_psych: int | None = Field(default=None, ge=0, le=5)
    orebro_short: int | None = Field(default=None, ge=0, le=100)

    @model_validator(mode="after")
    def _part_of_the_whole(self) -> Outcomes:
        total, psych = self.start_back_total, self.start_back_psych
        if total is not None and psych is not None and psych > total:
            raise ValueError(f"start_back_psych: {psych} is more than the total, {total}")
        return self


class LogEntry(Model):
    """One entry: about a session (``slot``), about a check-in, or about neither.

    ``corrects`` names an earlier entry that this one replaces.
    """

    id: str = Field(min_length=1, max_length=60)
    written: dt.datetime = Field(description="when it was written, UTC")
    slot: str | None = Field(default=None, description="slot of a session, such as w03-s2")
    check_in: str | None = Field(default=None, description="id of a check-in, such as check-in-2")
    done: Attendance | None = None
    items: tuple[LoggedItem, ...] = ()
    response: Response = Response()
    flare: bool = Field(default=False, description="pain that is much worse than usual and stays so")
    passed: bool | None = Field(default=None, description="the clinician's decision at a check-in's gate")
    cleared: tuple[str, ...] = Field(
        default=(), description="directions or exercises that are allowed again; safety questions, or the programme"
    )
    answers: dict[str, str] = Field(default_factory=dict)
    flags: dict[str, Answer] = Field(default_factory=dict, description="safety questions asked again")
    motor: tuple[MotorFinding, ...] = ()
    bilateral_signs: bool = Field(default=False, description="new or worse signs in both legs")
    outcomes: Outcomes = Outcomes()
    by: str = Field(default="", max_length=80, description="who wrote it")
    corrects: str | None = None
    words: str = Field(default="", max_length=500)

    @field_validator("written")
    @classmethod
    def _in_utc(cls, value: dt.datetime) -> dt.datetime:
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)

    @model_validator(mode="after")
    def _about_one_thing(self) -> LogEntry:
        if self.slot is not None and self.check_in is not None:
            raise ValueError("name a slot or a check-in, not both")
        if self.slot is None and (self.done is not None or self.items):
            raise ValueError("what was done needs the slot of its session")
        if self.check_in is None and self.passed is not None:
            raise ValueError("passed needs the check-in at which it was decided")
        names = [(item.exercise, item.part) for item in self.items]
        whole = {name for name, part in names if not part}
        if len(set(names)) != len(names) or any(name in whole for name, part in names if part):
            raise ValueError("items: an exercise is named twice")
        if self.corrects == self.id:
            raise ValueError("corrects: an entry cannot correct itself")
        for name in self.cleared:
            if name not in tuple(Direction) and not name.islower():
                raise ValueError(f"cleared: {name!r} is neither a direction nor an exercise id")
        return self

    @property
    def said(self) -> dict[str, object]:
        """What it says, as plain data: without its id and the time of writing."""
        return self.model_dump(mode="json", exclude_defaults=True, exclude={"id", "written"})

    @property
    def takes_back(self) -> bool:
        """Whether it says nothing but that the entry which it corrects was wrong."""
        told_anew = set(self.said) - {"corrects", "by", "words", "flags"}
        return self.corrects is not None and not told_anew and set(self.flags.values()) <= {Answer.NO}

    def denies(self, flag: str) -> bool:
        """Whether somebody says by name, and with words, that a safety question was answered wrongly before."""
        named = bool(self.by.strip() and self.words.strip())
        return self.corrects is not None and named and self.flags.get(flag) is Answer.NO

    @property
    def imported(self) -> bool:
        """Whether its id was made from what it says: it came from a file that gave it none."""
        return _HASHED.fullmatch(self.id) is not None

    @property
    def hashed_id(self) -> str:
        """An id made from what it says, such as ``w03-s2-1f2e3d4c5b``: the same words, the same id."""
        about = self.slot or self.check_in or "note"
        said = json.dumps(self.said, sort_keys=True, ensure_ascii=False)
        return f"{about}-{hashlib.sha256(said.encode()).hexdigest()[:10]}"


class Account(Model):
    """What is known of one session, all entries about it taken together."""

    slot: str
    done: Attendance | None = None
    items: tuple[LoggedItem, ...] = ()
    response: Response = Response()
    flare: bool = False
    entries: tuple[str, ...] = Field(default=(), description="ids of the entries it comes from")

    def item(self, exercise: str, part: str = "") -> LoggedItem | None:
        """What was written of an exercise, of that part of it first; None when nothing was."""
        found = {item.part: item for item in self.items if item.exercise == exercise}
        return found.get(part) or found.get("")

    def did(self, exercise: str, part: str = "") -> bool:
        """Whether an exercise of the session was done: in a session partly done only what is named."""
        if self.done is Attendance.MISSED or self.done is None:
            return False
        found = self.item(exercise, part)
        if found is not None:
            return found.done
        return self.done is Attendance.DONE


class Log(Model):
    """All entries of one programme, in the order of writing."""

    programme: str = Field(description="id of the programme")
    entries: tuple[LogEntry, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Log:
        times = Counter(entry.id for entry in self.entries)
        doubled = sorted(name for name, count in times.items() if count > 1)
        if doubled:
            raise ValueError(f"entries: the id {doubled[0]!r} is used twice")
        return self

    @model_validator(mode="after")
    def _corrections_lead_somewhere(self) -> Log:
        corrects = {entry.id: entry.corrects for entry in self.entries}
        for start, first in corrects.items():
            name, steps = first, 0
            while name is not None and steps <= len(corrects):
                name, steps = corrects.get(name), steps + 1
            if name is not None:
                raise ValueError(f"entries: the corrections of {start!r} go round in a circle")
        return self

    def standing(self) -> tuple[LogEntry, ...]:
        """Entries that no later one corrects, by the time of writing."""
        replaced = {entry.corrects for entry in self.entries if entry.corrects is not None}
        kept = [entry for entry in self.entries if entry.id not in replaced]
        return tuple(sorted(kept, key=lambda entry: (entry.written, entry.id)))

    def accounts(self) -> dict[str, Account]:
        """What is known of each session, by slot."""
        out: dict[str, Account] = {}
        for entry in self.standing():
            if entry.slot is not None:
                out[entry.slot] = _added(out.get(entry.slot, Account(slot=entry.slot)), entry)
        return out

    def at_check_in(self, check_in: str) -> tuple[LogEntry, ...]:
        """Standing entries about a check-in, by the time of writing."""
        return tuple(entry for entry in self.standing() if entry.check_in == check_in)

    def entry(self, name: str) -> LogEntry | None:
        """The entry of that id, None when there is none."""
        return next((entry for entry in self.entries if entry.id == name), None)

    def replaced_by(self, entry: LogEntry) -> tuple[LogEntry, ...]:
        """What a correction replaces: the entry that it names, the one that this had corrected, and so on."""
        found: list[LogEntry] = []
        if entry.corrects is None:
            return ()
        known = {one.id: one for one in self.entries}
        while (held := known.get(entry.corrects or "")) is not None:
            found.append(entry := held)
        return tuple(found)

    def clearings(self) -> dict[str, tuple[tuple[str, LogEntry], ...]]:
        """By the id of the entry that told of it first, what is allowed again, each with the entry that stands for it.

        A clearance that was corrected and still says so is of the time at which it was written first: the correction
        clears nothing that was told since.
        """
        found: dict[str, list[tuple[str, LogEntry]]] = {}
        for entry in self.standing():
            for name in entry.cleared:
                first = entry
                for held in self.replaced_by(entry):
                    if name not in held.cleared:
                        break
                    first = held
                found.setdefault(first.id, []).append((name, entry))
        return {key: tuple(names) for key, names in found.items()}

    def news(self, entries: Iterable[LogEntry]) -> tuple[LogEntry, ...]:
        """What some entries, those of one file for instance, add to the log, with the ids that they get.

        An entry with the id ``next`` gets the next number.  One whose id is here already is left
        out, so that importing a file twice adds nothing, and what was corrected since stays
        corrected.  Except where another import said something else since: then a file that goes back
        to its first words is believed, and its entries get their ids with a number behind them.

        Raises
        ------
        ValueError
            When a given id belongs to an entry that says something else, or a correction names an
            entry that is not here or was corrected already.
        """
        entries = tuple(entries)
        held = {entry.id: entry for entry in self.entries}
        corrected = {entry.corrects: entry.id for entry in self.entries if entry.corrects is not None}
        again = self._told_again(entries)
        added: list[LogEntry] = []
        for entry in entries:
            name = entry.id
            if name == NEXT_ID:
                name = _next_number(held)
            elif name in held:
                if held[name].said != entry.said:
                    raise ValueError(
                        f"the log has an entry {name!r} that says something else; correct it with a new one"
                    )
                if name not in again:
                    continue
                name = next(other for number in count(2) if (other := f"{name}-{number}") not in held)
            if entry.corrects is not None and entry.corrects not in held:
                raise ValueError(f"the log has no entry {entry.corrects!r} that could be corrected")
            if entry.corrects in corrected:
                raise ValueError(f"{entry.corrects!r} was corrected by {corrected[entry.corrects]!r}; correct that one")
            if entry.corrects is not None:
                corrected[entry.corrects] = name
            held[name] = entry.model_copy(update={"id": name})
            added.append(held[name])
        Log(programme=self.programme, entries=(*self.entries, *added))
        return tuple(added)

    def _told_again(self, entries: tuple[LogEntry, ...]) -> set[str]:
        """Ids of entries that are here, and without which the others would not say the same."""
        mine: dict[str, list[LogEntry]] = {}
        for entry in entries:
            if entry.slot is not None:
                mine.setdefault(entry.slot, []).append(entry)
        here = {entry.id for entry in self.entries}
        imported = [entry for entry in self.standing() if entry.imported and entry.slot in mine]
        standing = {entry.id for entry in imported}
        accounts = {slot: Account(slot=slot) for slot in mine}
        for entry in imported:
            accounts[entry.slot or ""] = _added(accounts[entry.slot or ""], entry)
        corrected = here - standing
        again: set[str] = set()
        for slot, group in mine.items():
            told = wanted = accounts[slot]
            for entry in group:
                told = told if entry.id in here else _added(told, entry)
                wanted = wanted if entry.id in corrected else _added(wanted, entry)
            if _facts(told) != _facts(wanted):
                again |= {entry.id for entry in group if entry.id in standing}
        return again


def _next_number(names: Iterable[str]) -> str:
    numbers = [int(match[1]) for name in names if (match := _NUMBERED.fullmatch(name))]
    return f"e{max(numbers, default=0) + 1:04d}"


def _facts(account: Account) -> Account:
    return account.model_copy(update={"entries": ()})


def _added(account: Account, entry: LogEntry) -> Account:
    """An account with one entry more: later words win, silence changes nothing."""
    items = {(item.exercise, item.part): item for item in account.items}
    for item in entry.items:
        key = (item.exercise, item.part)
        if not item.part:  # what is told of the whole comes in the place of what was told of its parts
            items = {other: one for other, one in items.items() if other == key or other[0] != item.exercise}
        items[key] = _retold(items.get(key), item)
    said = dict(_said(entry.response))
    return account.model_copy(
        update={
            "done": entry.done or account.done,
            "items": tuple(items[name] for name in sorted(items)),
            "response": account.response.model_copy(update=said),
            "flare": account.flare or entry.flare,
            "entries": (*account.entries, entry.id),
        }
    )


def _retold(before: LoggedItem | None, now: LoggedItem) -> LoggedItem:
    """An item told again: sets, pain and spread stay where nothing new is said of them."""
    if before is None:
        return now
    kept = {
        "sets": now.sets or before.sets,
        "pain_during": before.pain_during if now.pain_during is None else now.pain_during,
        "peripheralised": before.peripheralised if now.peripheralised is None else now.peripheralised,
    }
    return now.model_copy(update=kept)


def _said(response: Response) -> Iterable[tuple[str, object]]:
    for name in type(response).model_fields:
        value = getattr(response, name)
        if value is not None:
            yield name, value
