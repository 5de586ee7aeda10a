"""A programme as an iCalendar file (RFC 5545) that real calendar programs read alike.

One VEVENT per session and check-in, the past and the cancelled ones too, so that an import brings a
phone up to date; times in the programme's zone where its rule is plain, else in UTC; stamps from the
programme and never from a clock, so that the same programme gives the same bytes.  The lines are
written here rather than by a library: escaping and folding are two short functions, and libraries
change them from one version to the next.

What an event says fits 3000 characters, and the file stays below a megabyte (Google's limit for an
import): a cue is told where its exercise first appears, and long programmes say less per event
(``Detail``).  Doses, the traffic light and what stops a session are always said.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final

from planner.domain.log import Attendance
from planner.domain.programme import CheckIn, Item, Programme, Session, SessionKind, Status
from planner.errors import InvalidInput
from planner.export.text import (
    INTENDED_USE,
    clean,
    cut,
    date_text,
    draft_notice,
    earlier_gates_text,
    easier_text,
    fallback_text,
    gate_text,
    hold_notice,
    item_text,
    one_line,
    short_text,
    stop_list,
    traffic_light,
    walk_with_rests_text,
)
from planner.export.vtimezone import load_zone, resolve_local, to_utc

#: The number of a rule is for the clinician, who has it in the summary.
_RULE: Final = re.compile(r" \(rule \w+\)")

PRODUCT: Final = "-//Gradus//gradus-planner//EN"
MAX_DESCRIPTION: Final = 3000  # characters
MAX_BYTES: Final = 1_000_000

#: UIDs are made in this name space from programme id and slot; it must never change.
_NAMESPACE: Final = uuid.UUID("5b8f2c0e-6d43-5b6f-9a0d-3f1f6a1d7c52")
_REFRESH: Final = "PT12H"
_NEUTRAL_TEXT: Final = "Details are in your plan."
_NEUTRAL_DRAFT: Final = "Draft, not yet signed."
_NEUTRAL_HOLD: Final = "On hold until you have been contacted."
_MORE: Final = "… the rest is in your plan."


class Detail(IntEnum):
    """How much an event says, from most to least; doses, traffic light and stop list always."""

    FULL = 0  # cues at first appearance, an easier choice for every item, full warnings
    SHORT = 1  # cues at first appearance, full warnings once a week
    BARE = 2  # short wordings only
    LEAST = 3  # and what to do before a gate is left to the printed plan


def calendar_bytes(
    programme: Programme,
    *,
    neutral_titles: bool = False,
    alarm_minutes: int | None = 15,
    include_daily: bool = True,
) -> bytes:
    """The calendar of a programme, UTF-8 with CRLF line ends.

    Parameters
    ----------
    programme
        What to write.  Status and sequence number of every session are taken as they are.
    neutral_titles
        Titles such as "Session 3 of 36" and no health text anywhere.
    alarm_minutes
        Minutes before the start at which one alarm rings, 0 to 10 080; None for no alarm.  What is
        past, cancelled or on hold rings none.
    include_daily
        Whether the little-and-often work of each day is in it.

    Raises
    ------
    InvalidInput
        When a local time does not exist in the zone, an event does not end after its start, a
        slot is used twice, or the zone is unknown.
    ValueError
        When ``alarm_minutes`` is out of range.
    """
    if alarm_minutes is not None and not 0 <= alarm_minutes <= 7 * 24 * 60:
        raise ValueError(f"alarm_minutes must be between 0 and 10080 (got {alarm_minutes})")
    _refuse_bad_slots(programme)
    found = b""
    for detail in (Detail.LEAST,) if neutral_titles else Detail:
        calendar = _Calendar(programme, neutral_titles, alarm_minutes, include_daily, detail)
        found = "".join(map(fold, calendar.lines())).encode()
        if len(found) <= MAX_BYTES:
            break
    return found


def event_uid(programme: Programme, slot: str) -> str:
    """The UID of a slot's event: the same for ever, whatever becomes of its time and title."""
    return str(uuid.uuid5(_NAMESPACE, f"{programme.id}/{slot}"))


def shown_events(programme: Programme) -> dict[str, Event]:
    """What the calendar says at every slot, in full, sequence numbers left out: equal events show the same."""
    calendar = _Calendar(programme, neutral=False, alarm_minutes=None, include_daily=True, detail=Detail.FULL)
    return {event.slot: replace(event, sequence=0, modified=None) for event in calendar.events()}


def _refuse_bad_slots(programme: Programme) -> None:
    seen: set[str] = set()
    entries: list[Session | CheckIn] = [*programme.check_ins, *programme.sessions]
    for entry in entries:
        if entry.slot in seen:
            raise InvalidInput(f"programme: slot {entry.slot} is used twice; a slot is given once and never again")
        seen.add(entry.slot)
        for moment in (entry.start, entry.end):
            if moment.tzinfo is not None:
                raise InvalidInput(f"programme: slot {entry.slot}: local times carry no offset (got {moment})")


# -------------------------------------------------------------------- content lines
def escape(text: str) -> str:
    """A TEXT value: control characters stripped, then escaped (RFC 5545, 3.3.11)."""
    text = clean(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\n", "\\n")


def fold(line: str) -> str:
    """A content line with its line end, folded to 75 octets without splitting a character (3.1)."""
    data = line.encode()
    pieces, start, room = [], 0, 75
    while len(data) - start > room:
        end = start + room
        while data[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        pieces.append(data[start:end].decode())
        start, room = end, 74  # a continuation opens with a blank
    pieces.append(data[start:].decode())
    return "\r\n ".join(pieces) + "\r\n"


# -------------------------------------------------------------------- the calendar
@dataclass(frozen=True)
class Event:
    """What differs from event to event."""

    slot: str
    start: dt.datetime
    end: dt.datetime
    status: Status
    sequence: int
    summary: str
    description: str
    category: str
    modified: dt.datetime | None
    location: str = ""
    busy: bool = True
    rings: bool = True


@dataclass
class _Calendar:
    programme: Programme
    neutral: bool
    alarm_minutes: int | None
    include_daily: bool
    detail: Detail
    told: set[str] = field(default_factory=set)  # exercises whose cue was given
    warned: set[int] = field(default_factory=set)  # weeks whose full warnings were given

    def lines(self) -> Iterator[str]:
        """Unfolded content lines."""
        programme = self.programme
        name = "Sessions" if self.neutral else one_line(f"Exercise plan {programme.patient}")
        yield from ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN")
        yield from (f"NAME:{escape(name)}", f"X-WR-CALNAME:{escape(name)}")
        if not self.neutral:
            about = (hold_notice(programme), draft_notice(programme), INTENDED_USE)
            yield f"X-WR-CALDESC:{escape(' '.join(filter(None, about)))}"
        yield f"X-WR-TIMEZONE:{programme.timezone}"
        yield from (f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}", f"X-PUBLISHED-TTL:{_REFRESH}")
        events = list(self.events())
        times = _Times(programme.timezone, events)
        yield from times.definition
        for event in events:
            yield from self._event_lines(event, times)
        yield "END:VCALENDAR"

    def _event_lines(self, event: Event, times: _Times) -> Iterator[str]:
        programme = self.programme
        created = programme.created or programme.stamp
        stamp, created_text, modified = (
            _utc_text(_naive_utc(moment)) for moment in (programme.stamp, created, event.modified or created)
        )
        yield from ("BEGIN:VEVENT", f"UID:{event_uid(programme, event.slot)}", f"DTSTAMP:{stamp}")
        yield from (f"DTSTART{times.text(event.start)}", f"DTEND{times.text(event.end)}")
        yield from (f"SEQUENCE:{event.sequence}", f"CREATED:{created_text}", f"LAST-MODIFIED:{modified}")
        yield f"SUMMARY:{escape(event.summary)}"
        yield f"DESCRIPTION:{escape(event.description)}"
        if event.location:
            yield f"LOCATION:{escape(event.location)}"
        status = event.status.in_calendar.value.upper()
        yield from (f"STATUS:{status}", f"CATEGORIES:{event.category}", "CLASS:PRIVATE")
        if not event.busy:
            yield "TRANSP:TRANSPARENT"
        if self.alarm_minutes is not None and event.rings:
            trigger = f"-PT{self.alarm_minutes}M" if self.alarm_minutes else "PT0S"
            yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escape(event.summary)}")
            yield from (f"TRIGGER:{trigger}", "END:VALARM")
        yield "END:VEVENT"

    # ---------------------------------------------------------------- events
    def events(self) -> Iterator[Event]:
        """Sessions and check-ins in order of time.

        Cancelled ones count in "3 of 36" like any other, so that a cancellation renumbers nothing.
        """
        programme = self.programme
        training = [s.slot for s in programme.sessions if s.kind is SessionKind.TRAINING]
        numbers = {slot: number for number, slot in enumerate(training, start=1)}
        checks = {check.slot: check.id.removeprefix("check-in-") for check in programme.check_ins}
        last = max((int(re.sub("[a-z]", "", number)) for number in checks.values()), default=0)
        entries: list[Session | CheckIn] = [*programme.check_ins, *programme.sessions]
        for entry in sorted(entries, key=lambda entry: (entry.start, entry.slot)):
            if isinstance(entry, CheckIn):
                yield self._check_in(entry, f"Check-in {checks[entry.slot]} of {last}")
            elif entry.kind is SessionKind.TRAINING:
                yield self._training(entry, f"{numbers[entry.slot]} of {len(numbers)}")
            elif self.include_daily:
                yield self._daily(entry)

    def _event(
        self, entry: Session | CheckIn, summary: str, neutral: str, description: str, category: str, place: str = ""
    ) -> Event:
        status, held, training = entry.status, self._held_up(entry), isinstance(entry, Session)
        draft, hold = draft_notice(self.programme, brief=True), hold_notice(self.programme) if held else ""
        if self.neutral:
            draft, hold = _NEUTRAL_DRAFT if draft else "", _NEUTRAL_HOLD if held else ""
            summary, description, category, place = neutral, "", "SESSION", ""
        reason = one_line(self.programme.frozen) if held and not self.neutral else ""
        notices = [notice for notice in (draft, hold) if notice]
        if status is Status.CANCELLED:
            description = " ".join([*notices, *filter(None, [reason]), "This one is cancelled."])
        elif self.neutral:
            description = " ".join([*notices, _NEUTRAL_TEXT])
        elif held and training:  # nothing that could be taken for something to do
            description = "\n".join([*notices, reason, stop_list()])
        return Event(
            slot=entry.slot,
            start=entry.start,
            end=entry.end,
            status=entry.status,
            sequence=entry.sequence,
            summary=f"{_before_title(entry, on_hold=held and training)}{summary}",
            description=description,
            category=category,
            modified=entry.modified,
            location=one_line(place),
            busy=status is not Status.CANCELLED and (isinstance(entry, CheckIn) or entry.kind is SessionKind.TRAINING),
            rings=not status.past and status is not Status.CANCELLED and not (held and training),
        )

    def _held_up(self, entry: Session | CheckIn) -> bool:
        """Whether it is ahead in a programme that is on hold."""
        programme = self.programme
        since = programme.planned_from or programme.starts
        return bool(programme.frozen) and not entry.status.past and entry.start.date() >= since

    def _training(self, session: Session, number: str) -> Event:
        text = "" if self.neutral else self._training_text(session)
        return self._event(
            session, f"Exercise session {number}", f"Session {number}", text, "EXERCISE", place=session.place
        )

    def _daily(self, session: Session) -> Event:
        names = ", ".join(
            one_line(item.name) + (f" {item.dose.bouts_per_day}×" if item.dose.bouts_per_day > 1 else "")
            for item in session.items
        )
        text = "" if self.neutral else self._daily_text(session)
        return self._event(
            session, cut(f"Daily: {names}" if names else "Daily work", 90), "Daily session", text, "DAILY EXERCISE"
        )

    def _check_in(self, check: CheckIn, title: str) -> Event:
        text = "" if self.neutral else self._check_in_text(check)
        return self._event(check, title, title, text, "CHECK-IN")

    # ---------------------------------------------------------------- words
    def _training_text(self, session: Session) -> str:
        week = self.programme.week(session.week)
        phase = "" if self.programme.protocol else f", {week.phase.value}"
        about = [f"Week {session.week}{phase}.", f"About {round(session.estimated_minutes)} min."]
        about += ["A lighter week on purpose."] if week.deload else []
        about += ["With your clinician."] if session.supervised else []
        head = [*self._opening(session), " ".join(about), *self._gate_lines(session)]
        if session.warm_up or session.warm_up_minutes:
            head.append(cut(one_line(f"Warm-up: {session.warm_up or f'{session.warm_up_minutes} min'}"), 300))
        full = self.detail is Detail.FULL or (self.detail is Detail.SHORT and session.week not in self.warned)
        self.warned.add(session.week)
        few = [f"Only 5 min: {short_text(session)}."] if session.short and self.detail <= Detail.SHORT else []
        easier = self.detail is Detail.FULL
        # what a bad day needs is worth more than the longer of two wordings of the warnings
        attempts = [(full, easier, few), (False, easier, few), (False, easier, []), (False, False, few)]
        plain = list(head)
        for full_warnings, easy, more in [*attempts, (False, False, [])]:
            head = [*plain, *more]
            rows = self._item_rows(session, easier=easy)
            tail = ["", *self._warnings(full=full_warnings)]
            if _length(head, rows, tail) <= MAX_DESCRIPTION:
                break
        return _join(head, self._with_cues(session.items, head, rows, tail), tail)

    def _daily_text(self, session: Session) -> str:
        head = [*self._opening(session), *self._gate_lines(session)]
        rows = self._item_rows(session, easier=False)
        tail = [*walk_with_rests_text(session), *self._warnings(full=False)]
        return _join(head, self._with_cues(session.items, head, rows, tail), tail)

    def _check_in_text(self, check: CheckIn) -> str:
        head = [*self._opening(check), "Questions:"]
        rows = [[f"- {_RULE.sub('', one_line(question))}"] for question in check.questions]
        decides = _RULE.sub("", one_line(f"What it decides: {check.decides}"))
        tail = ["", cut(decides, 800), stop_list(brief=True)]
        return _join(head, rows, tail)

    def _opening(self, entry: Session | CheckIn) -> list[str]:
        """The draft notice, a hold, what became of it, and on what a provisional event waits."""
        lines = [draft_notice(self.programme, brief=True)] if self.programme.approval is None else []
        if self._held_up(entry):
            lines += [hold_notice(self.programme), one_line(self.programme.frozen)]
        if isinstance(entry, Session) and entry.status is Status.MISSED:
            lines.append("Not done, and that is fine: your plan has taken it into account.")
        elif isinstance(entry, Session) and entry.account is not None and entry.account.done is Attendance.PARTLY:
            lines.append("Done in part, and that counts.")
        if entry.status is Status.TENTATIVE and not isinstance(entry, CheckIn):
            waiting = [
                check
                for check in self.programme.check_ins
                if check.start <= entry.start and check.status in (Status.CONFIRMED, Status.TENTATIVE)
            ]
            if waiting:
                last = max(waiting, key=lambda check: check.start)
                lines.append(f"Provisional until {gate_text(last.id)} on {date_text(last.start.date())}.")
            else:
                lines.append("Provisional until your next check-in.")
        return lines

    def _gate_lines(self, session: Session) -> list[str]:
        """One sentence for items that wait for a gate, when they wait for the same one."""
        gate = _common_gate(session)
        if gate is None or not any(fallback_text(item) for item in session.items):
            return []
        if self.detail is Detail.LEAST:
            return [f"Only after {gate_text(gate)} is passed; until then your plan says what to do instead."]
        told = [f"For after {gate_text(gate)} is passed; until then do what 'not yet' says."]
        earlier = earlier_gates_text(self.programme, gate)
        return [*told, earlier] if earlier else told

    def _item_rows(self, session: Session, *, easier: bool) -> list[list[str]]:
        """The lines of each item: dose, what to do before the gate, what to do on a bad day."""
        common = _common_gate(session)
        rows = []
        for number, item in enumerate(session.items, start=1):
            lines = [f"{number}. {item_text(item, brief=self.detail is not Detail.FULL)}"]
            instead = fallback_text(item, brief=True)
            if self.detail is Detail.LEAST:
                instead = "see your plan" if instead else ""
            if item.gate is not None and common is None:
                lines.append(f"- Only if {gate_text(item.gate)} was passed; otherwise: {instead or 'the same'}")
            elif instead and self.detail is not Detail.LEAST:
                lines.append(f"- Not yet: {instead}")
            if easier and item.easier is not None:
                lines.append(f"- Bad day: {easier_text(item, brief=True)}")
            rows.append(lines)
        return rows

    def _with_cues(
        self, items: Sequence[Item], head: Sequence[str], rows: Sequence[list[str]], tail: Sequence[str]
    ) -> list[list[str]]:
        """Adds the cue of each exercise that was not told yet, as far as there is room; others wait."""
        out = [list(lines) for lines in rows]
        if self.detail >= Detail.BARE:
            return out
        for item, lines in zip(items, out, strict=True):
            cue = one_line(item.cue)
            if not cue or item.exercise in self.told:
                continue
            lines.append(f"- How: {cue}")
            if _length(head, out, tail) > MAX_DESCRIPTION:
                lines.pop()
            else:
                self.told.add(item.exercise)
        return out

    def _warnings(self, *, full: bool) -> list[str]:
        return [traffic_light(self.programme, brief=not full), stop_list(brief=not full)]


def _before_title(entry: Session | CheckIn, *, on_hold: bool) -> str:
    """What stands before a title: done is what somebody has told of, and a missed session keeps its own."""
    if entry.status is Status.CANCELLED:
        return "Cancelled: "
    if on_hold:
        return "On hold: "
    if isinstance(entry, CheckIn):
        told = entry.passed is True
    else:  # silence about daily work says nothing of it
        account = entry.account
        told = account is not None and (entry.kind is SessionKind.TRAINING or bool(account.entries))
    return "Done: " if entry.status is Status.DONE and told else ""


def _common_gate(session: Session) -> str | None:
    """The gate that every item of the session waits for, None when they differ or wait for none."""
    gates = {item.gate for item in session.items}
    return gates.pop() if len(gates) == 1 else None


def _length(head: Sequence[str], rows: Sequence[Sequence[str]], tail: Sequence[str]) -> int:
    return len("\n".join([*head, *(line for lines in rows for line in lines), *tail]))


def _join(head: Sequence[str], rows: Sequence[Sequence[str]], tail: Sequence[str]) -> str:
    """The text; what does not fit is cut from the end of ``rows``, and said."""
    kept = [list(lines) for lines in rows]
    while kept and _length(head, [*kept, [_MORE]] if len(kept) < len(rows) else kept, tail) > MAX_DESCRIPTION:
        kept.pop()
    if len(kept) < len(rows):
        kept.append([_MORE])
    return cut("\n".join([*head, *(line for lines in kept for line in lines), *tail]), MAX_DESCRIPTION)


class _Times:
    """Local times as the calendar writes them: with TZID, or in UTC where no plain rule holds."""

    def __init__(self, key: str, events: Sequence[Event]) -> None:
        try:
            self._zone = load_zone(key)
        except ValueError as error:
            raise InvalidInput(f"programme: timezone: {error}") from error
        self._check(events)
        self.definition: list[str] = []
        if events:
            first = to_utc(min(event.start for event in events), self._zone.info)
            last = to_utc(max(event.end for event in events), self._zone.info)
            self.definition = self._zone.vtimezone(first, last) or []

    def text(self, moment: dt.datetime) -> str:
        """Everything after the name of a DTSTART or DTEND."""
        if self.definition:
            return f";TZID={self._zone.key}:{moment:%Y%m%dT%H%M%S}"
        return f":{_utc_text(to_utc(moment, self._zone.info))}"

    def _check(self, events: Sequence[Event]) -> None:
        for event in events:
            for moment in (event.start, event.end):
                there, shifted = resolve_local(moment, self._zone.info)
                if shifted:
                    raise InvalidInput(
                        f"programme: slot {event.slot}: {moment:%Y-%m-%d %H:%M} does not exist in {self._zone.key}, "
                        f"where clocks go forward; move it to {there:%H:%M} or to another time"
                    )
            if to_utc(event.end, self._zone.info) <= to_utc(event.start, self._zone.info):
                raise InvalidInput(
                    f"programme: slot {event.slot}: must end after its start {event.start:%Y-%m-%d %H:%M} "
                    f"(got {event.end:%Y-%m-%d %H:%M})"
                )


def _naive_utc(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo is None else moment.astimezone(dt.UTC).replace(tzinfo=None)


def _utc_text(moment: dt.datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"
