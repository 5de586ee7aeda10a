"""The shape of the patient's week: which windows carry sessions, and when exactly on each date.

Sessions keep the same windows throughout; where a date is busy or away, the session moves to a
free window of the same place in that week, or is lost.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from planner.domain.case import Case
from planner.domain.patient import Weekday, Window
from planner.rules.dosing import sessions_a_week

#: Shortest session worth going to, minutes. [D]
SHORTEST_SESSION = 12


@dataclass(frozen=True)
class Slot:
    """One weekly training slot.  ``offset`` is days from the first day of the week.

    ``number`` is its name for good, from 1; ``index`` its place in the table.
    """

    index: int
    number: int
    window: Window
    offset: int
    place: str
    supervised: bool


@dataclass(frozen=True)
class Occasion:
    """A slot in one week: when it happens and how many minutes it has."""

    start: dt.datetime
    minutes: int
    moved: bool


@dataclass(frozen=True)
class WeekTable:
    """All slots, and for each (week, slot index) its occasion; a missing key is a lost session."""

    slots: tuple[Slot, ...]
    occasions: dict[tuple[int, int], Occasion]

    @cached_property
    def _kept(self) -> dict[int, frozenset[int]]:
        kept: dict[int, set[int]] = {}
        for week, slot in self.occasions:
            kept.setdefault(week, set()).add(slot)
        return {week: frozenset(slots) for week, slots in kept.items()}

    def lost(self, week: int) -> frozenset[int]:
        """Indices of slots without a session in a week."""
        return self._every - self._kept.get(week, frozenset())

    def when(self, first: dt.date, week: int, slot: int) -> dt.datetime:
        """The start of a slot in a week that begins on ``first``; of a lost one, when it would have been."""
        occasion = self.occasions.get((week, slot))
        if occasion is not None:
            return occasion.start
        there = self.slots[slot]
        return dt.datetime.combine(first + dt.timedelta(days=there.offset), there.window.start)

    def in_order(self, first: dt.date, week: int, slots: Iterable[int]) -> list[int]:
        """Slots in the order of their sessions in a week that begins on ``first``."""
        return sorted(slots, key=lambda slot: self.when(first, week, slot))

    @cached_property
    def _every(self) -> frozenset[int]:
        return frozenset(slot.index for slot in self.slots)

    @cached_property
    def earliest(self) -> dict[int, dt.time]:
        """The earliest clock time at which each slot ever starts; none for a slot that is always lost."""
        out: dict[int, dt.time] = {}
        for (_, slot), occasion in self.occasions.items():
            start = occasion.start.time()
            out[slot] = min(start, out.get(slot, start))
        return out


def free_stretch(case: Case, date: dt.date, window: Window, earliest: dt.time | None = None) -> tuple[dt.datetime, int]:
    """The longest free stretch of a window on a date: (start, minutes); minutes 0 when there is none."""
    if case.patient.availability.is_away(date):
        return dt.datetime.combine(date, window.start), 0
    begin = dt.datetime.combine(date, max(window.start, earliest) if earliest else window.start)
    end = dt.datetime.combine(date, window.end)
    if begin >= end:
        return begin, 0
    stretches: list[tuple[dt.datetime, dt.datetime]] = []
    cursor = begin
    for busy in sorted(case.busy):
        if busy.end <= cursor or busy.start >= end:
            continue
        if busy.start > cursor:
            stretches.append((cursor, min(busy.start, end)))
        cursor = max(cursor, busy.end)
    if cursor < end:
        stretches.append((cursor, end))
    if not stretches:
        return begin, 0
    # start times on the five minutes; the longest stretch, the earliest of equals
    rounded = [(s + dt.timedelta(minutes=-s.minute % 5), e) for s, e in stretches]
    best = max(rounded, key=lambda pair: (pair[1] - pair[0], -pair[0].timestamp()))
    return best[0], max(0, int((best[1] - best[0]).total_seconds() // 60))


def choose_slots(case: Case) -> tuple[Slot, ...]:
    """The windows that carry sessions: long ones, spread over the week, supervised ones first."""
    availability = case.patient.availability
    cap = availability.session_minutes or 75
    wanted = sessions_a_week(case)
    first = case.patient.episode.start.weekday()

    def offset(window: Window) -> int:
        return (window.day.number - first) % 7

    usable = [w for w in availability.windows if min(w.minutes, cap) >= SHORTEST_SESSION]
    by_day: dict[int, list[Window]] = {}
    for window in usable:
        by_day.setdefault(offset(window), []).append(window)
    kept = _kept_windows(case, usable, min(wanted, len(by_day)))
    # at most two windows a day enter the choice: the longest, and the best supervised one
    for day, windows in by_day.items():
        ranked = sorted(
            windows,
            key=lambda w: (not case.patient.place(w.place).supervised, -min(w.minutes, cap), w.start),
        )
        by_day[day] = ranked[:2] + [w for w in ranked[2:] if w in kept.values()]
    count = min(wanted, len(by_day))
    best: tuple[float, tuple[Window, ...]] | None = None
    for days in itertools.combinations(sorted(by_day), count):
        for chosen in itertools.product(*(by_day[day] for day in days)):
            gaps = [(days[(i + 1) % count] - days[i]) % 7 or 7 for i in range(count)]
            evenness = sum(min(gap, 7 / count) for gap in gaps) if count else 0.0
            minutes = sum(min(window.minutes, cap) for window in chosen)
            supervised = sum(case.patient.place(window.place).supervised for window in chosen)
            # what an earlier revision chose is kept as far as it is still there
            same = sum(window in kept.values() for window in chosen)
            score = minutes + 12 * evenness + 60 * min(1, supervised) + 10_000 * same
            if best is None or score > best[0] + 1e-9:
                best = (score, chosen)
    chosen = best[1] if best else ()
    return tuple(
        Slot(
            index=i,
            number=number,
            window=window,
            offset=offset(window),
            place=window.place,
            supervised=case.patient.place(window.place).supervised,
        )
        for i, (number, window) in enumerate(sorted(_numbered(kept, chosen).items()))
    )


def _kept_windows(case: Case, usable: list[Window], count: int) -> dict[int, Window]:
    """Windows of an earlier revision that are still there, by the number of their slot."""
    kept: dict[int, Window] = {}
    if case.course is None:
        return kept
    for number, before in sorted(case.course.windows.items()):
        same = [w for w in usable if w.day is before.day and w.place == before.place and w not in kept.values()]
        same.sort(key=lambda w: (w != before, abs(_minute(w.start) - _minute(before.start))))
        if same and len(kept) < count and same[0].day not in {w.day for w in kept.values()}:
            kept[number] = same[0]
    return kept


def _minute(time: dt.time) -> int:
    return 60 * time.hour + time.minute


def _numbered(kept: dict[int, Window], chosen: tuple[Window, ...]) -> dict[int, Window]:
    """Chosen windows by the number of their slot: kept ones keep theirs, others take the lowest that is free."""
    out = {number: window for number, window in kept.items() if window in chosen}
    free = (number for number in itertools.count(1) if number not in out)
    new = [window for window in chosen if window not in out.values()]
    return {**out, **dict(zip(free, new, strict=False))}


def week_table(case: Case, quiet_until: dt.time | None) -> WeekTable:
    """Every slot of every week.

    ``quiet_until`` is the end of the hours after waking in which bending is closed (rule M1); a
    session starts after it where the window leaves room for one.
    """
    slots = choose_slots(case)
    cap = case.patient.availability.session_minutes or 75
    occasions: dict[tuple[int, int], Occasion] = {}
    taken = {(slot.window.day, slot.window.start) for slot in slots}
    for week in range(1, case.weeks + 1):
        dates_used: set[dt.date] = set()
        lost: list[Slot] = []
        for slot in slots:
            date = case.week_start(week) + dt.timedelta(days=slot.offset)
            usual = min(slot.window.minutes, cap)
            start, minutes = free_stretch(case, date, slot.window)
            if quiet_until is not None and start.time() < quiet_until:
                later, left = free_stretch(case, date, slot.window, quiet_until)
                if left >= min(usual, 20):
                    start, minutes = later, left
                    # what the window has after those hours is what it usually has
                    after = dt.datetime.combine(date, slot.window.end) - dt.datetime.combine(date, quiet_until)
                    usual = min(usual, int(after.total_seconds() // 60))
            minutes = min(minutes, cap)
            if minutes >= max(SHORTEST_SESSION, round(0.75 * usual)):
                occasions[week, slot.index] = Occasion(start, minutes, moved=False)
                dates_used.add(date)
            else:
                lost.append(slot)
        for slot in lost:
            occasion = _move(case, week, slot, taken, dates_used, cap)
            if occasion is not None:
                occasions[week, slot.index] = occasion
                dates_used.add(occasion.start.date())
    return WeekTable(slots, occasions)


def _move(
    case: Case, week: int, slot: Slot, taken: set[tuple[Weekday, dt.time]], dates_used: set[dt.date], cap: int
) -> Occasion | None:
    """Another free window of the same place in the same week, a free day from every other session."""
    for window in case.patient.availability.windows:
        if window.place != slot.place or (window.day, window.start) in taken:
            continue
        date = case.date_in_week(week, window.day.number)
        near = {date + dt.timedelta(days=days) for days in (-1, 0, 1)}
        if near & dates_used:
            continue
        start, minutes = free_stretch(case, date, window)
        minutes = min(minutes, cap)
        if minutes >= max(SHORTEST_SESSION, round(0.75 * min(slot.window.minutes, cap))):
            return Occasion(start, minutes, moved=True)
    return None
