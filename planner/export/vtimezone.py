"""Time zones for calendars: a VTIMEZONE that every client reads alike, or none and UTC times.

A tz database file ends in a POSIX footer, the zone's rule for all years to come
(``CET-1CEST,M3.5.0,M10.5.0/3``).  Written as one STANDARD and one DAYLIGHT component with a yearly
``RRULE`` it is the form that all clients understand; lists of onsets are not.  Where the footer is
not that plain, or disagrees with the zone somewhere in the programme's span (Casablanca in
Ramadan), there is no VTIMEZONE and the caller writes UTC times, which are never wrong.

Footer and offsets are read from the same bytes: those of the pinned ``tzdata`` package, so that the
same programme gives the same calendar on every machine (a system's own copy is often older), and
only where the package lacks a zone from where ``zoneinfo`` looks.
"""

from __future__ import annotations

import datetime as dt
import importlib.resources
import io
import re
import zoneinfo
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

_KEY = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")
_HOUR = dt.timedelta(hours=1)
_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")


@dataclass(frozen=True)
class Onset:
    """When an offset begins each year: the ``nth`` (5: last) weekday (0 Sunday) of a month."""

    month: int
    nth: int
    weekday: int
    seconds: int  # after local midnight, on the clock in force before

    def in_year(self, year: int) -> dt.datetime:
        """The onset in local time before the change, without offset."""
        first = dt.date(year, self.month, 1)
        day = first + dt.timedelta(days=(self.weekday - first.isoweekday()) % 7 + 7 * (self.nth - 1))
        if day.month != self.month:
            day -= dt.timedelta(days=7)
        return dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=self.seconds)

    @property
    def rrule(self) -> str:
        """The yearly recurrence rule."""
        nth = -1 if self.nth == 5 else self.nth
        return f"FREQ=YEARLY;BYMONTH={self.month};BYDAY={nth}{_WEEKDAYS[self.weekday]}"


@dataclass(frozen=True)
class Footer:
    """A plain POSIX rule: one offset, or two that take turns each year.

    ``offset`` and ``other`` are east of UTC; ``other`` begins at ``begins`` and ends at ``ends``.
    """

    name: str
    offset: dt.timedelta
    other_name: str = ""
    other: dt.timedelta | None = None
    begins: Onset | None = None
    ends: Onset | None = None

    def offset_at(self, moment: dt.datetime) -> dt.timedelta:
        """The offset at a UTC moment given without offset."""
        if self.other is None or self.begins is None or self.ends is None:
            return self.offset
        year = (moment + self.offset).year
        begin = self.begins.in_year(year) - self.offset
        end = self.ends.in_year(year) - self.other
        inside = begin <= moment < end if begin < end else not end <= moment < begin
        return self.other if inside else self.offset

    def lines(self, tzid: str) -> list[str]:
        """The VTIMEZONE, line by line; the greater offset is the daylight one (Dublin's footer has it reversed)."""
        if self.other is None or self.begins is None or self.ends is None:
            body = _component("STANDARD", dt.datetime(1970, 1, 1), "", self.name, self.offset, self.offset)
        else:
            one = ("DAYLIGHT", "STANDARD") if self.other > self.offset else ("STANDARD", "DAYLIGHT")
            begin, end = self.begins, self.ends
            body = _component(one[0], begin.in_year(1970), begin.rrule, self.other_name, self.offset, self.other)
            body += _component(one[1], end.in_year(1970), end.rrule, self.name, self.other, self.offset)
        return ["BEGIN:VTIMEZONE", f"TZID:{tzid}", *body, "END:VTIMEZONE"]


@dataclass(frozen=True)
class Zone:
    """A time zone as the tz database stores it."""

    key: str
    data: bytes

    @cached_property
    def info(self) -> ZoneInfo:
        """The zone for arithmetic."""
        return ZoneInfo.from_file(io.BytesIO(self.data), key=self.key)

    @cached_property
    def footer(self) -> Footer | None:
        """The plain rule at the end of the file, None when there is none."""
        if self.data[4:5] < b"2":  # the first version of the format has no footer
            return None
        return parse_footer(self.data.rsplit(b"\n", 2)[1].decode("ascii"))

    def vtimezone(self, first: dt.datetime, last: dt.datetime) -> list[str] | None:
        """The VTIMEZONE lines that hold from ``first`` to ``last``, None when UTC must be written.

        Parameters
        ----------
        first, last
            UTC moments without offset.  Rule and zone are compared hour by hour, a day beyond both.
        """
        footer = self.footer
        if footer is None or (footer.other is None and not footer.offset):
            return None  # zones that are UTC themselves need no definition
        moment = first.replace(minute=0, second=0, microsecond=0) - dt.timedelta(days=1)
        while moment <= last + dt.timedelta(days=1):
            if footer.offset_at(moment) != utc_offset(moment, self.info):
                return None
            moment += _HOUR
        return footer.lines(self.key)


@lru_cache(maxsize=32)
def load_zone(key: str) -> Zone:
    """Read a zone such as ``Australia/Sydney``.

    Raises
    ------
    ValueError
        When the tz database has no such zone.
    """
    if _KEY.fullmatch(key):
        packaged = importlib.resources.files("tzdata").joinpath("zoneinfo", *key.split("/"))
        for found in (packaged, *(Path(root, key) for root in zoneinfo.TZPATH)):
            if found.is_file():
                data = found.read_bytes()
                if data.startswith(b"TZif"):
                    return Zone(key, data)
    raise ValueError(f"{key!r} is not a time zone of the tz database, such as Australia/Sydney")


def resolve_local(moment: dt.datetime, zone: dt.tzinfo) -> tuple[dt.datetime, bool]:
    """A local wall-clock time that exists, and whether it had to be shifted.

    A time inside the hour that spring skips is moved on by what is skipped (02:30 becomes 03:30);
    a time that autumn has twice is the first one.  Both are given and returned without offset.
    """
    utc = to_utc(moment, zone)
    there = utc + utc_offset(utc, zone)
    return there, there != moment


def to_utc(moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """UTC, without offset, of a local wall-clock time; the first one when it comes twice."""
    return moment.replace(tzinfo=zone, fold=0).astimezone(dt.UTC).replace(tzinfo=None)


def utc_offset(moment: dt.datetime, zone: dt.tzinfo) -> dt.timedelta:
    """The zone's offset from UTC at a UTC moment given without offset."""
    return moment.replace(tzinfo=dt.UTC).astimezone(zone).utcoffset() or dt.timedelta()


_NAME = r"([A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)"
_OFFSET = r"([+-]?\d{1,3}(?::\d\d)?)"
_ONSET = r"M(\d{1,2})\.([1-5])\.([0-6])(?:/(\d{1,2}(?::\d\d)?))?"
_PLAIN = re.compile(rf"{_NAME}{_OFFSET}(?:{_NAME}{_OFFSET}?,{_ONSET},{_ONSET})?")


def parse_footer(footer: str) -> Footer | None:
    """Read a POSIX footer; None when it is not plain (days of the year, onsets outside 00:00-23:59)."""
    found = _PLAIN.fullmatch(footer)
    if found is None:
        return None
    name, offset, other_name, other = found.group(1, 2, 3, 4)
    east = -_clock(offset)  # POSIX counts west of Greenwich
    if other_name is None:
        return Footer(name.strip("<>"), east)
    begins, ends = _onset(*found.group(5, 6, 7, 8)), _onset(*found.group(9, 10, 11, 12))
    if begins is None or ends is None:
        return None
    east_other = -_clock(other) if other else east + _HOUR
    return Footer(name.strip("<>"), east, other_name.strip("<>"), east_other, begins, ends)


def _onset(month: str, nth: str, weekday: str, clock: str | None) -> Onset | None:
    seconds = int(_clock(clock or "2").total_seconds())
    if not 1 <= int(month) <= 12 or seconds >= 86_400:
        return None
    return Onset(int(month), int(nth), int(weekday), seconds)


def _clock(text: str) -> dt.timedelta:
    """``-9:30`` as a time span."""
    hours, _, minutes = text.lstrip("+-").partition(":")
    span = dt.timedelta(hours=int(hours), minutes=int(minutes or 0))
    return -span if text.startswith("-") else span


def _component(
    kind: str, onset: dt.datetime, rrule: str, name: str, before: dt.timedelta, after: dt.timedelta
) -> list[str]:
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{onset:%Y%m%dT%H%M%S}",
        *([f"RRULE:{rrule}"] if rrule else []),
        f"TZNAME:{name}",
        f"TZOFFSETFROM:{_offset_text(before)}",
        f"TZOFFSETTO:{_offset_text(after)}",
        f"END:{kind}",
    ]


def _offset_text(offset: dt.timedelta) -> str:
    minutes = int(abs(offset).total_seconds()) // 60
    return f"{'-' if offset < dt.timedelta() else '+'}{minutes // 60:02d}{minutes % 60:02d}"
