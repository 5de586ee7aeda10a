"""The patient's busy hours, from an ``.ics`` file, in their own local time.

Repeating events are expanded; free (``TRANSP:TRANSPARENT``) and cancelled events are left out;
an all-day event takes the whole day.  A time without a zone is the patient's own wall clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from planner.domain.case import Busy
from planner.errors import Fault, InvalidInput
from planner.intake.yamlfile import one_line, read_bytes

#: Largest calendar that is read, bytes.
MAX_BYTES: Final = 5_000_000
_FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_TIMING: Final = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")


def read_busy(path: Path, *, zone: ZoneInfo, first: dt.date, days: int) -> tuple[Busy, ...]:
    """Busy stretches of a calendar file; see ``parse_busy``.

    Raises
    ------
    InvalidInput
        When the file cannot be read or is not a calendar.
    """
    return parse_busy(read_bytes(path, at_most=MAX_BYTES), str(path), zone=zone, first=first, days=days)


def parse_busy(data: bytes, file: str, *, zone: ZoneInfo, first: dt.date, days: int) -> tuple[Busy, ...]:
    """Busy stretches between ``first`` and ``days`` days later, in order, overlaps merged.

    Times are local to ``zone``, without an offset, and cut to the span.

    Raises
    ------
    InvalidInput
        When the bytes are not a calendar, or an event's time cannot be understood.
    """
    calendars = _calendars(data, file)
    faults = list(_bad_events(calendars, data, file))
    if faults:
        raise InvalidInput(faults)
    start = dt.datetime.combine(first, dt.time())
    end = start + dt.timedelta(days=days)
    margin = dt.timedelta(days=2)  # zones differ by less; the exact cut is made below
    found: list[Busy] = []
    for calendar in calendars:
        try:
            events = list(recurring_ical_events.of(calendar).between(start - margin, end + margin))
            found.extend(_stretches(events, zone))
        except Exception as error:  # whatever a broken calendar makes the library do, a user gets a fault
            raise InvalidInput(
                [Fault(file, 0, "", f"has an event that cannot be read: {one_line(str(error))}")]
            ) from None
    return _merged(Busy(max(busy.start, start), min(busy.end, end)) for busy in found)


def _calendars(data: bytes, file: str) -> list[Calendar]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput([Fault(file, 0, "", "is not a calendar: not UTF-8 text")]) from None
    if not text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        raise InvalidInput([Fault(file, 1, "", "is not a calendar: an .ics file begins with BEGIN:VCALENDAR")])
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except Exception as error:  # see parse_busy
        raise InvalidInput(
            [Fault(file, _first_bad_line(text), "", f"is not a whole calendar: {one_line(str(error), 160)}")]
        ) from None
    if not calendars:
        raise InvalidInput([Fault(file, 1, "", "is not a whole calendar: END:VCALENDAR is missing")])
    return [calendar for calendar in calendars if isinstance(calendar, Calendar)]


def _first_bad_line(text: str) -> int:
    """The first line that is no ``NAME:value`` and continues none, 0 when all look well."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line[0].isspace() and ":" not in line:
            return number
    return 0


def _bad_events(calendars: list[Calendar], data: bytes, file: str) -> Iterator[Fault]:
    """Faults of events, named by line: a calendar's titles are nobody's business."""
    lines = [i for i, line in enumerate(data.splitlines(), start=1) if line.strip().upper() == b"BEGIN:VEVENT"]
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    for i, event in enumerate(events):
        problem = _problem(event)
        if problem:
            yield Fault(file, lines[i] if i < len(lines) else 0, "", f"this event {problem}")


def _problem(event: Any) -> str:
    broken = [name for name, _ in event.errors if name in _TIMING]
    if broken:
        return f"has a {broken[0]} that cannot be understood"
    if "DTSTART" not in event:
        return "has no start (DTSTART)"
    for name in _TIMING[:4]:
        if isinstance(event.get(name), list):
            return f"has more than one {name}"
    for name in ("DTSTART", "DTEND"):
        value = event.get(name)
        zone = value.params.get("TZID") if value is not None else None
        if zone and isinstance(value.dt, dt.datetime) and value.dt.tzinfo is None:
            return f"is in a time zone that is not known: {one_line(str(zone))}"
    rule = event.get("RRULE")
    if rule is not None:
        if (rule.get("FREQ") or [""])[0] not in _FREQUENCIES:
            return "repeats more often than once a day; enter it as separate events"
        if (rule.get("INTERVAL") or [1])[0] < 1:
            return "repeats at an interval below 1"
        times = [len(rule.get(name) or [0]) for name in ("BYHOUR", "BYMINUTE", "BYSECOND")]
        if times[0] * times[1] * times[2] > 24:
            return "repeats more than 24 times a day"
    return ""


def _stretches(events: list[Any], zone: ZoneInfo) -> Iterator[Busy]:
    for event in events:
        if str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
            continue
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        begins, ends = event.start, event.end
        start, end = _local(begins, zone), _local(ends, zone)
        if end <= start and ends > begins:
            # the clocks went back while it lasted
            end = start + (ends - begins)
        yield Busy(start, end)


def _local(moment: dt.date, zone: ZoneInfo) -> dt.datetime:
    if not isinstance(moment, dt.datetime):
        return dt.datetime.combine(moment, dt.time())
    return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)


def _merged(stretches: Iterator[Busy]) -> tuple[Busy, ...]:
    merged: list[Busy] = []
    for busy in sorted(one for one in stretches if one.end > one.start):
        if merged and busy.start <= merged[-1].end:
            merged[-1] = Busy(merged[-1].start, max(merged[-1].end, busy.end))
        else:
            merged.append(busy)
    return tuple(merged)
