"""What is different between two revisions of a programme, line by line, with the reason of every change.

Two lines are the same when a patient does the same work (``Item.doses``): a new wording, a target
effort or another cue is no change of the plan.  What is past is frozen and never differs, except that
it was held or missed, which is no change either; what was done though it had been cancelled is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from planner.domain.exercise import Track
from planner.domain.programme import Change, CheckIn, Decision, Item, Programme, Session, Status, Week
from planner.export.text import approval_text, cut, gate_text, one_line, stages_text, when_text, work_text

_REASON_LENGTH: Final = 300
#: Why a session or a check-in of the past is no longer cancelled.
_AFTER_ALL: Final = "it was done after all"
#: A reason that lies in a session that was missed, as far as was known.
_MISSED: Final = re.compile(r"(\S+) missed: ")


def difference(
    old: Programme, new: Programme, *, said: Iterable[Change] = (), between: Sequence[Sequence[Change]] = ()
) -> tuple[Change, ...]:
    """Every changed line of ``new`` against ``old``, the programme as a whole first, then in order of time.

    Parameters
    ----------
    old, new
        Two revisions of one programme; sessions and check-ins are told apart by their slots.
    said
        Changes whose reasons count besides those of ``new``.
    between
        The changes of every revision in between, oldest first.

    Returns
    -------
    tuple of Change
        A change that ``new.changes`` or ``said`` has already is that one.  Else ``because`` is the reason that
        ``new.changes`` or ``said`` gives for the same slot, track and kind; else for the same slot and
        track; else for the track in all slots (slot ``""``); else the last new decision about the
        exercise or the track; else what is evident.  A newer revision's reason goes before an older one's; where
        ``between`` has none for the very slot, it is that of the nearest of the same line of work, or of the slot.
        Empty when there is none.
    """
    said = tuple(said)
    reasons = _Reasons(old, new, said, between)
    told = {_bare(change): change for change in (*said, *new.changes)}
    found = [*_whole(old, new), *_entries(old, new)]
    return tuple(
        change if change.because else told.get(change) or change.model_copy(update={"because": reasons.of(change)})
        for change in found
    )


def _bare(change: Change) -> Change:
    return change.model_copy(update={"because": ""})


# -------------------------------------------------------------------- the programme as a whole
def _whole(old: Programme, new: Programme) -> Iterator[Change]:
    if old.approval != new.approval:
        yield Change(kind="signed", before=approval_text(old), after=approval_text(new))
    if old.frozen != new.frozen:
        yield Change(kind="status", before=_hold_text(old), after=_hold_text(new))
    yield from (change for _, change in changed_weeks(old, new))


def changed_weeks(old: Programme, new: Programme) -> Iterator[tuple[list[int], Change]]:
    """Weeks ahead that are of another phase, or have more or less open, those with the same change together."""
    for (before, after), weeks in groupby(_phases(old, new), key=lambda row: row[1:]):
        numbers = [number for number, _, _ in weeks]
        if before != after:
            span = f"weeks {numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else f"week {numbers[0]}"
            yield (
                numbers,
                Change(
                    kind="phase",
                    before=f"{span}: {before}" if before else "",
                    after=f"{span}: {after}" if after else "",
                ),
            )


def _hold_text(programme: Programme) -> str:
    return f"on hold: {one_line(programme.frozen)}" if programme.frozen else ""


def _phases(old: Programme, new: Programme) -> Iterator[tuple[int, str, str]]:
    """Number and texts of every week that is not past."""
    before, after = ({week.number: week for week in programme.weeks} for programme in (old, new))
    for number in sorted({*before, *after}):
        week = after.get(number) or before[number]
        if new.planned_from is None or (new.planned_from - week.starts).days < 7:
            yield number, _week_text(before.get(number)), _week_text(after.get(number))


def _week_text(week: Week | None) -> str:
    if week is None:
        return ""
    light = ["lighter on purpose"] if week.deload else []
    return ", ".join([week.phase.value, *light, *stages_text(week, " of ")])


# -------------------------------------------------------------------- sessions and check-ins
def _entries(old: Programme, new: Programme) -> Iterator[Change]:
    before, after = _by_slot(old), _by_slot(new)
    slots = {*before, *after}
    for slot in sorted(slots, key=lambda slot: ((after.get(slot) or before[slot]).start, slot)):
        was, now = before.get(slot), after.get(slot)
        if now is None:
            assert was is not None
            now = was.model_copy(update={"status": Status.CANCELLED})
            if was.status.past or (new.planned_from is not None and was.start.date() < new.planned_from):
                continue  # frozen, and not repeated
        yield from _entry(slot, was, now)


def _by_slot(programme: Programme) -> dict[str, Session | CheckIn]:
    entries: tuple[Session | CheckIn, ...] = (*programme.sessions, *programme.check_ins)
    return {entry.slot: entry for entry in entries}


def _entry(slot: str, was: Session | CheckIn | None, now: Session | CheckIn) -> Iterator[Change]:
    gone = was is None or was.status is Status.CANCELLED
    if now.status is Status.CANCELLED:
        if was is not None and not gone:
            yield Change(slot=slot, kind="cancelled", before=_entry_text(was))
        return
    if was is not None and gone and now.status is Status.DONE:
        # what was done all the same is no news of the plan
        yield Change(slot=slot, kind="status", before=was.status.value, after=now.status.value, because=_AFTER_ALL)
        return
    if was is None or gone:
        yield Change(slot=slot, kind="added", after=_entry_text(now))
        return
    if _entry_text(was) != _entry_text(now):
        yield Change(slot=slot, kind="time", before=_entry_text(was), after=_entry_text(now))
    if was.status is not now.status and not now.status.past:
        yield Change(slot=slot, kind="status", before=was.status.value, after=now.status.value)
    if isinstance(was, Session) and isinstance(now, Session):
        yield from _items(slot, was.items, now.items)


def _entry_text(entry: Session | CheckIn) -> str:
    if isinstance(entry, CheckIn):
        return f"{when_text(entry.start, entry.end)}, {gate_text(entry.id)}"
    return f"{when_text(entry.start, entry.end)}, {one_line(entry.place)}"


def _items(slot: str, before: tuple[Item, ...], after: tuple[Item, ...]) -> Iterator[Change]:
    """Lines of one session: those of a track are paired by exercise and side first, then in order."""
    for track in dict.fromkeys(item.track for item in (*before, *after)):
        left = [item for item in before if item.track is track]
        rest = []
        for item in (item for item in after if item.track is track):
            same = next(
                (one for one in left if (one.exercise, one.side, one.part) == (item.exercise, item.side, item.part)),
                None,
            )
            if same is None:
                rest.append(item)
                continue
            left.remove(same)
            if same.doses != item.doses:
                yield _changed(slot, track, "dose", same, item)
        for was, now in zip(left, rest, strict=False):
            yield _changed(slot, track, "exercise", was, now)
        for item in left[len(rest) :]:
            yield Change(slot=slot, track=track, kind="dropped", before=work_text(item))
        for item in rest[len(left) :]:
            yield Change(slot=slot, track=track, kind="added", after=work_text(item))


def _changed(slot: str, track: Track, kind: str, was: Item, now: Item) -> Change:
    before, after = work_text(was), work_text(now)
    if before == after:  # another implement of the same load
        before, after = (f"{work_text(item)} ({item.implement.value.replace('_', ' ')})" for item in (was, now))
    return Change.model_validate({"slot": slot, "track": track, "kind": kind, "before": before, "after": after})


# -------------------------------------------------------------------- reasons
class _Reasons:
    """Why something changed, from the nearest that anybody said about it."""

    def __init__(
        self, old: Programme, new: Programme, said: Iterable[Change], between: Sequence[Sequence[Change]]
    ) -> None:
        self._told = [_Told((*said, *new.changes)), *(_Told(changes) for changes in reversed(between))]
        self._between = bool(between)
        self._held_late = {session.slot for session in new.sessions if session.status is Status.DONE}
        known = set(old.decisions)
        # a direction to be tested again moves nothing by itself
        self._decided: dict[str, list[Decision]] = {}
        for one in new.decisions:
            if one not in known and one.rule != "D6":
                self._decided.setdefault(one.about, []).append(one)
        self._together = new.protocol is not None
        items = (item for p in (old, new) for s in p.sessions for item in s.items) if self._decided else ()
        self._exercises = {_head(work_text(item)): item.exercise for item in items}
        self._frozen = one_line(new.frozen) if new.frozen != old.frozen else ""
        held = {check.id for check in old.check_ins if check.passed is not None}
        self._held = [check.id for check in new.check_ins if check.passed is not None and check.id not in held]

    def of(self, change: Change) -> str:
        """The reason, empty when there is none."""
        words = next((found for told in self._told if (found := told.of(change))), "")
        words = words or cut(self._decision(change) or self._circumstance(change), _REASON_LENGTH)
        if not words and self._between:
            words = next((found for told in self._told if (found := told.nearest(change))), "")
        missed = _MISSED.match(words)
        if missed and missed[1] in self._held_late:
            return f"{missed[1]} was told of late, when this had been planned without it"
        return words

    def _decision(self, change: Change) -> str:
        """The newest decision about the exercise or the track; in a published programme all of them, which add up."""
        if change.track is None:
            return ""
        about = [self._exercises.get(_head(text), "") for text in (change.after, change.before)]
        decided = next((d for name in (*about, change.track.value) if (d := self._decided.get(name))), [])
        told = decided if self._together else decided[-1:]
        return f"{'; '.join(one_line(one.words) for one in told)} (rule {told[-1].rule})" if told else ""

    def _circumstance(self, change: Change) -> str:
        if change.kind == "cancelled" and self._frozen:
            return self._frozen
        if change.kind == "status" and change.slot and self._held:
            return f"{gate_text(self._held[-1])} was held"
        return ""


class _Told:
    """The reasons that one revision gives."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._exact: dict[tuple[str, Track | None, str], str] = {}
        self._near: dict[tuple[str, Track | None], str] = {}
        for change in changes:
            if change.because:
                self._exact[change.slot, change.track, change.kind] = change.because
                if change.slot or change.track:
                    self._near[change.slot, change.track] = change.because

    def of(self, change: Change) -> str:
        """The reason given for a slot, track and kind, for the slot and track, or for the track everywhere."""
        slot, track = change.slot, change.track
        found = self._exact.get((slot, track, change.kind)) or self._near.get((slot, track))
        return found or (self._near.get(("", track), "") if track is not None else "")

    def nearest(self, change: Change) -> str:
        """The reason given for the same line of work in the slot before, else the next; of a time, for its slot."""
        if change.track is None:
            if change.kind != "time":
                return ""
            return next((words for (slot, _), words in self._near.items() if slot == change.slot), "")
        found = {slot: words for (slot, track), words in self._near.items() if slot and track is change.track}
        before = [slot for slot in found if slot <= change.slot]
        return found[max(before)] if before else found[min(found)] if found else ""


def _head(text: str) -> str:
    """The exercise, with its side, of a text such as ``Goblet squat: 3 × 8 at 10 kg``."""
    return text.split(": ", maxsplit=1)[0]
