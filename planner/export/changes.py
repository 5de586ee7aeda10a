"""What a revision changed, in words: for a clinician and for a patient.

Changes that belong together are told together: one line of work that stays a step behind for twelve
sessions is one sentence, not twelve.  A patient reads what is new, when, and why, in words without
threat; a clinician reads what became of what.  Both read the reason.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from planner.domain.exercise import Track
from planner.domain.programme import Change, Phase, Programme, SessionKind, Status
from planner.export.text import date_text, one_line, work_text

_DATES: Final = 3  # so many are named, more are counted
_MOVES: Final = 3  # so many lines that come and go are a change of days
_STEPS: Final = 4  # so many different steps of one line of work are told to a clinician
_RULE: Final = re.compile(r"\s*\(rules? [^()]*\)$")
_ENDS: Final = ("only the end differs",)  # the least of all changes, told last
#: ``Mon 7 Dec 18:00 to 18:30, home`` without its date.
_MOMENT: Final = re.compile(r"(\w{3}) \d+ \w{3} (\d\d:\d\d) to ([^,]+), (.*)")


def for_clinician(
    programme: Programme, changes: Iterable[Change] | None = None, before: Programme | None = None
) -> list[str]:
    """What became of what, one line for changes that belong together; empty when nothing changed.

    Parameters
    ----------
    programme
        The revision that was reached.
    changes
        Other changes than its own, such as those against an older revision than the last.
    before
        The older revision, when slots of it may be missing from ``programme``.
    """
    return list(_Telling(programme, changes, before, patient=False).lines())


def for_patient(
    programme: Programme,
    changes: Iterable[Change] | None = None,
    before: Programme | None = None,
    *,
    at_most: int | None = None,
) -> list[str]:
    """What is new, in plain words; parameters as for a clinician, and at most so many lines."""
    lines = list(_Telling(programme, changes, before, patient=True).lines())
    if at_most is None or len(lines) <= at_most:
        return lines
    more = f"And {len(lines) - at_most + 1} smaller changes; your plan and your calendar have them."
    return [*lines[: at_most - 1], more]


def in_short(programme: Programme) -> str:
    """``Since revision 1: 12 lines of 8 sessions, 2 times.``; empty for the first revision."""
    if programme.revision == 1:
        return ""
    changes = programme.changes
    lines = [change for change in changes if change.track is not None]
    parts = [f"{_count(len(lines), 'line')} of {_count(len({c.slot for c in lines}), 'session')}"] if lines else []
    held = any(change.kind == "status" and not change.slot and change.before and change.after for change in changes)
    parts += ["what it is on hold for"] if held else []
    for kind, words in (
        ("time", "time"),
        ("cancelled", "cancellation"),
        ("added", "new session"),
        ("phase", "change of phase" if programme.protocol is None else "change of weeks"),
        ("signed", "signature"),
    ):
        count = sum(change.kind == kind and change.track is None for change in changes)
        parts += [_count(count, words)] if count else []
    settled = [change for change in changes if change.kind == "status" and change.slot]
    after_all = sum(change.after == Status.DONE.value for change in settled)
    parts += [f"{_count(after_all, 'session')} done after all"] if after_all else []
    certain = len(settled) - after_all
    parts += [f"{_count(certain, 'session')} confirmed or provisional"] if certain else []
    return f"Since revision {programme.revision - 1}: {', '.join(parts) or 'nothing changed'}."


# -------------------------------------------------------------------- telling
class _Telling:
    """Changes as sentences for one reader."""

    def __init__(
        self, programme: Programme, changes: Iterable[Change] | None, before: Programme | None, *, patient: bool
    ) -> None:
        self.patient = patient
        self.published = programme.protocol is not None
        self.changes = tuple(programme.changes if changes is None else changes)
        self.reasons = any(change.because for change in self.changes)
        self.starts: dict[str, dt.datetime] = {}
        self.nouns: dict[str, str] = {}
        for one in filter(None, (before, programme)):
            for session in one.sessions:
                self.starts[session.slot] = session.start
                self.nouns[session.slot] = "session" if session.kind is SessionKind.TRAINING else "day of daily work"
            for check in one.check_ins:
                self.starts[check.slot] = check.start
                self.nouns[check.slot] = "check-in"
        #: what is done in every line of work, session by session
        self.done: dict[tuple[str, Track | None], dict[dt.datetime, list[str]]] = {}
        for session in programme.live:
            for item in session.items:
                line = self.done.setdefault((self.nouns[session.slot], item.track), {})
                line.setdefault(session.start, []).append(work_text(item))

    def lines(self) -> Iterator[str]:
        """The programme as a whole, then everything else by its first day; new ends of sessions last."""
        whole = [change for change in self.changes if not change.slot and change.track is None]
        for change in whole:
            yield f"{self._whole(change)}{self._reason(change, always=change.kind == 'phase')}"
        groups: dict[object, list[Change]] = {}
        for change in sorted(self.changes, key=self._start):
            if change.slot in self.starts:
                groups.setdefault(self._key(change), []).append(change)
        ends = [key for key in groups if isinstance(key, tuple) and _ENDS in key]
        for group in [*(groups[key] for key in groups if key not in ends), *(groups[key] for key in ends)]:
            # that something is certain now is no change of the work that would want a reason
            yield f"{self._group(group)}{self._reason(group[0], always=group[0].kind != 'status')}"

    def _start(self, change: Change) -> dt.datetime:
        return self.starts.get(change.slot, dt.datetime.min)

    def _key(self, change: Change) -> object:
        """Changes with the same key are told together."""
        noun, kind = self.nouns[change.slot], change.kind
        if change.track is not None:
            return noun, change.track, change.because
        if kind == "time":
            return kind, noun, _pattern(change) or _ENDS, change.because
        return kind, noun, change.after if kind == "status" else "", change.because

    def _reason(self, change: Change, *, always: bool = True) -> str:
        words = one_line(change.because)
        if self.patient:
            words = _RULE.sub("", words)
        if not words and always and self.reasons:
            words = "it follows from the other changes"
        return f" Why: {words.rstrip('.')}." if words else ""

    # ---------------------------------------------------------------- the programme as a whole
    def _whole(self, change: Change) -> str:
        if change.kind == "signed":
            return change.after
        if change.kind == "status":
            if not change.after:
                return "No longer on hold."
            held = f"{change.after[0].upper()}{change.after[1:]}".rstrip(".")
            return f"{held}. Please do nothing of this plan for now." if self.patient else f"{held}."
        if not change.before or not change.after:
            weeks = change.after or change.before
            if self.published:  # it has weeks, and no phases of a plan
                weeks = weeks.replace(f": {Phase.BUILD.value}, ", ": ").removesuffix(f": {Phase.BUILD.value}")
            return f"{'No longer planned' if not change.after else 'New'}: {weeks}."
        weeks, _, after = change.after.partition(": ")
        was, now = change.before.partition(": ")[2].split(", "), after.split(", ")
        new, gone = ", ".join(p for p in now if p not in was), ", ".join(p for p in was if p not in now)
        if not new:
            return f"{weeks.capitalize()}: no longer {gone}."
        return f"{weeks.capitalize()}: {new}{f' instead of {gone}' if gone else ''}."

    # ---------------------------------------------------------------- sessions and check-ins
    def _group(self, group: Sequence[Change]) -> str:
        first = group[0]
        if first.track is not None:
            return self._work_for_patient(group) if self.patient else self._work_for_clinician(group)
        several = len(group) > 1
        who = self._dates(group)
        if first.kind == "cancelled":
            return f"{who}: taken out of the plan." if self.patient else f"{who}: cancelled."
        if first.kind == "added":
            return f"{who}: new in the plan." if several else f"New {self.nouns[first.slot]}: {first.after}."
        if first.kind == "status":
            if first.after == Status.DONE.value:
                return f"{who}: no longer cancelled."
            if first.after == Status.TENTATIVE.value:
                return f"{who}: provisional, until your next check-in." if self.patient else f"{who}: provisional."
            return f"{who}: now certain." if self.patient else f"{who}: confirmed."
        pattern = _pattern(first)
        if pattern is None:
            if several:
                return f"{who}: each ends a little earlier or later."
            return f"{first.after} instead of {first.before}."
        if several:
            was, now = pattern
            return f"{who}: {now} instead of {was}."
        return f"{first.after} instead of {first.before}."

    def _dates(self, group: Sequence[Change]) -> str:
        """``Mon 7 Dec and Wed 9 Dec``, or ``12 sessions, Mon 7 Dec to Fri 12 Feb``."""
        starts = [self.starts[slot] for slot in dict.fromkeys(change.slot for change in group)]
        dates = [date_text(start.date()) for start in starts]
        noun = self.nouns[group[0].slot]
        if noun.startswith("day"):  # which may have daily work more than once
            dates = list(dict.fromkeys(dates))
        if len(dates) > _DATES:
            plural = "days of daily work" if noun.startswith("day") else f"{noun}s"
            return f"{len(dates)} {plural}, {dates[0]} to {dates[-1]}"
        named = _listed(dates)
        return named if noun == "session" else f"{noun.capitalize()}, {named}"

    # ---------------------------------------------------------------- lines of work
    def _work_for_clinician(self, group: Sequence[Change]) -> str:
        days = self._days(group)
        kept = [change for change in group if not days or change.kind in ("dose", "exercise")]
        steps = [days] if days else []
        steps += [text for text, _ in groupby(_step(change) for change in kept)]
        left = len(steps) - _STEPS
        more = [f"and {_count(left, 'more step')}"] if left > 0 else []
        return f"{self._dates(group)}, {_track(group[0])}: {'; '.join([*steps[:_STEPS], *more])}."

    def _days(self, group: Sequence[Change]) -> str:
        """``on Wed and Fri instead of Mon and Wed``: lines that come and go together, for the days are others."""
        dropped, added = (
            [self.starts[change.slot] for change in group if change.kind == kind] for kind in ("dropped", "added")
        )
        first = self.starts[group[0].slot]
        now = [start for start in self._line(group[0]) if start >= first]
        if len(dropped) + len(added) < _MOVES:
            return ""
        if not now:
            return "not yet" if self.patient else "left out from here on"
        stayed = [start for start in now if start not in added]
        new = {
            self.starts[one.slot]
            for one in self.changes
            if one.track is group[0].track and one.kind == "added" and one.slot in self.starts
        }
        there = [start for start in stayed if start not in new]  # what is added for other reasons was not there either
        if not dropped and (not there or min(added) < min(there)):
            return self._comes_back(group[0], first, there)
        days, old = _weekdays(now), _weekdays([*stayed, *dropped])
        return f"on {days} instead of {old}" if old and days != old else "on other days"

    def _comes_back(self, change: Change, first: dt.datetime, stayed: Sequence[dt.datetime]) -> str:
        """What was left out up to some day, or altogether, and is in the plan from an earlier one on."""
        known = any(start < first for start in self._line(change))
        words = "comes back" if known else "is in the plan now"
        words += f", on {_weekdays([start for start in self._line(change) if start >= first])}"
        return f"{words} (before: from {date_text(min(stayed).date())} on)" if stayed else words

    def _work_for_patient(self, group: Sequence[Change]) -> str:
        first = group[0]
        day = date_text(self.starts[first.slot].date())
        slots = list(dict.fromkeys(change.slot for change in group))
        told = "; ".join(self._step_for_patient(change) for change in group if change.slot == first.slot)
        daily = self.nouns[first.slot] != "session"
        if len(slots) == 1:
            return f"{day}: {told}."
        if days := self._days(group):
            follow = "; the steps follow on" if any(change.kind in ("dose", "exercise") for change in group) else ""
            return f"From {day}: {_track(first)} work {days}{follow}."
        stays = self._stays(first)
        if not stays and len({(change.kind, self._step_for_patient(change)) for change in group}) == 1:
            return f"From {day}, {len(slots)} {'days' if daily else 'sessions'}: {told}."
        rest = len(slots) - (self._more(first) if stays else 1)
        if rest < 1:
            return f"From {day}: {told}."
        follow = "the one after that follows on" if rest == 1 else f"the {rest} after that follow on"
        return f"From {day}: {told}; {follow}."

    def _step_for_patient(self, change: Change) -> str:
        name, _, dose = change.after.partition(": ")
        if change.kind == "added":
            return f"new: {change.after}"
        if change.kind == "dropped":
            return f"{change.before.partition(': ')[0]}: not yet"
        old = change.before.partition(": ")
        if self._stays(change):
            more = self._more(change)
            words = f"{name} stays at {dose}" + (f" for {_count(more, 'more session', one='one')}" if more else "")
            return f"{words} before {old[0]}" if change.kind == "exercise" else words
        return f"{change.after} instead of {old[0] if change.kind == 'exercise' else old[2]}"

    def _line(self, change: Change) -> dict[dt.datetime, list[str]]:
        """What is done in the line of work of a change, session by session."""
        return self.done.get((self.nouns[change.slot], change.track), {})

    def _stays(self, change: Change) -> bool:
        """Whether the session before has the same exercise and dose already."""
        before = [texts for start, texts in self._line(change).items() if start < self.starts[change.slot]]
        return change.kind in ("dose", "exercise") and bool(before) and change.after in before[-1]

    def _more(self, change: Change) -> int:
        """In how many sessions on end it stays so, this one included."""
        later = [texts for start, texts in self._line(change).items() if start >= self.starts[change.slot]]
        return next((n for n, texts in enumerate(later) if change.after not in texts), len(later))


def _track(change: Change) -> str:
    return "" if change.track is None else change.track.value.replace("_", " ")


def _weekdays(starts: Iterable[dt.datetime]) -> str:
    """``Mon, Wed and Fri``."""
    days = {start.weekday(): date_text(start.date()).split()[0] for start in starts}
    return _listed([days[number] for number in sorted(days)])


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def _step(change: Change) -> str:
    if change.kind == "added":
        return f"new: {change.after}"
    if change.kind == "dropped":
        return f"left out: {change.before}"
    if change.kind == "dose":
        return f"{change.before} → {change.after.partition(': ')[2]}"
    return f"{change.before} → {change.after}"


def _pattern(change: Change) -> tuple[str, str] | None:
    """Weekday, times and place before and after; None when only the end differs."""
    found = [_MOMENT.fullmatch(text) for text in (change.before, change.after)]
    was, now = found
    if was is None or now is None:
        return change.before, change.after
    if (was[1], was[2], was[4]) == (now[1], now[2], now[4]) and change.before.split()[:3] == change.after.split()[:3]:
        return None
    return (f"{was[1]} {was[2]} to {was[3]}, {was[4]}", f"{now[1]} {now[2]} to {now[3]}, {now[4]}")


def _count(number: int, noun: str, *, one: str = "1") -> str:
    """``1 line``, ``12 lines``, ``2 changes of phase``."""
    if number == 1:
        return f"{one} {noun}"
    head, _, tail = noun.partition(" of ")
    return f"{number} {head}s{f' of {tail}' if tail else ''}"
