"""Columns: one week of one track.  Pure enumeration, no solver.

A column says how often the track runs in a week and on which rung each session stands.  Between
weeks a track is in a *state*: the rung it stands on, how many sessions it has stood there (as far
as that matters for rule O1), how often a week it runs, and the weekly sets from which rule O6
measures growth.  The columns of a track form a network over the weeks; a climb is a path in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from planner.solver.ladders import Ladder, Rung

#: Pace is followed this closely while columns are enumerated; outside it nothing is worth having.
BAND = 0.30


@dataclass(frozen=True, order=True)
class State:
    """Where a track stands between two weeks."""

    rung: int
    stood: int
    frequency: int
    sets: int


#: The state of a track that has not begun.
NOT_BEGUN = State(-1, 0, 0, 0)


@dataclass(frozen=True)
class Column:
    """One week of one track: the rung of each session, and the states before and after."""

    week: int
    before: State
    after: State
    rungs: tuple[int, ...]
    begins: bool

    @property
    def frequency(self) -> int:
        """Sessions in the week."""
        return len(self.rungs)


def grown(sets: int, ratio: float, absolute: float) -> int:
    """Most weekly sets after a week of ``sets`` (rule O6)."""
    return max(int(sets * ratio + 1e-9), sets + int(absolute))


def paths(
    ladder: Ladder,
    rung: int,
    stood: int,
    frequency: int,
    week: int,
    still: bool,
    gone: frozenset[int] = frozenset(),
) -> list[tuple[tuple[int, ...], int, int]]:
    """All ways through a week: (rung of each session, rung after, sessions stood there).

    ``still`` forbids every step (deload weeks, and weeks in which nobody knows which sessions are
    lost).  A step may be taken before any session once the rung has been stood on often enough.
    Sessions in the places ``gone``, from 0, are lost: they move nothing.
    """
    out: list[tuple[tuple[int, ...], int, int]] = []

    def walk(at: int, stood: int, done: tuple[int, ...], steps: int) -> None:
        if len(done) == frequency:
            out.append((done, at, stood))
            return
        here = ladder.rungs[at]
        if len(done) in gone:
            walk(at, stood, (*done, at), steps)
            return
        if week in here.open_weeks:
            walk(at, min(stood + 1, here.needs), (*done, at), steps)
        if still or stood < here.needs or steps >= ladder.steps[week]:
            return
        for nxt in here.nexts:
            if week in ladder.rungs[nxt].open_weeks:
                # entering the next rung, this session is its first
                walk_into(nxt, done, steps + 1)

    def walk_into(at: int, done: tuple[int, ...], steps: int) -> None:
        here = ladder.rungs[at]
        walk(at, min(1, here.needs), (*done, at), steps)

    walk(rung, stood, (), 0)
    return list(dict.fromkeys(out))


@dataclass(frozen=True)
class Conditions:
    """What holds for the columns of every track, week by week.

    ``deload(week)`` holds where no step is taken and weekly sets do not count; ``short(week)`` is how many
    of the week's sessions are lost.  ``gone(week, frequency)`` are the places, from 0, of those that a track
    loses of its sessions; where that is None, any may be lost, so no step is taken and none counts as stood.
    ``growth`` are ratio and absolute number of rule O6 (None where it is off) and ``looked_back`` the weeks it
    looks back, ``sets_of(rung, week)`` the working sets of a rung.  The frequency of a track changes only where
    ``block_of(week)`` does.  In weeks that are ``careful`` no track begins, and none takes a step; in
    the first week back from an absence one goes on at ``lower(rung, week)``, which is None in other weeks (rule R1).
    """

    block_of: Callable[[int], int]
    deload: Callable[[int], bool]
    short: Callable[[int], int]
    growth: tuple[float, float] | None
    sets_of: Callable[[Rung, int], int]
    looked_back: int = 0
    gone: Callable[[int, int], frozenset[int] | None] = lambda week, frequency: None
    careful: Callable[[int], bool] = lambda week: False
    lower: Callable[[int, int], int | None] = lambda rung, week: None

    def lost(self, week: int, frequency: int) -> frozenset[int] | None:
        """Places of a track's sessions of a week that are lost, None where some are and nobody knows which."""
        return self.gone(week, frequency) if self.short(week) else frozenset()


def enumerate_columns(
    ladder: Ladder,
    conditions: Conditions,
    frequencies: tuple[int, ...],
    start: State = NOT_BEGUN,
    before: Mapping[int, int] = MappingProxyType({}),
) -> dict[int, list[Column]]:
    """Columns of every week, reachable from the start and leading to the last week.

    ``before`` are the weekly sets of a track that begins again after having been left.
    """
    short, growth = conditions.short, conditions.growth
    reachable: dict[int, set[State]] = {ladder.first_week: {start}}
    columns: dict[int, list[Column]] = {}
    last = ladder.last_week
    for week in range(ladder.first_week, last + 1):
        here: list[Column] = []
        nexts: set[State] = set()
        new_block = week > 1 and conditions.block_of(week) != conditions.block_of(week - 1)
        for state in sorted(reachable.get(week, ())):
            if state == NOT_BEGUN:
                if not conditions.careful(week) and (week < last - 1 or week == ladder.first_week):
                    full = sum(not short(later) for later in range(week, last + 1))
                    for column in _begin(ladder, week, conditions, frequencies):
                        sets = sum(conditions.sets_of(ladder.rungs[r], week) for r in column.rungs)
                        recent = [n for w, n in before.items() if week - conditions.looked_back <= w]
                        if growth is not None and recent and sets > grown(max(recent), *growth):
                            continue
                        # what begins is seen again (rule E4), whatever sessions are lost
                        if full * column.frequency >= min(2, last):
                            here.append(column)
                            nexts.add(column.after)
                if week < last:
                    nexts.add(NOT_BEGUN)
                continue
            begins = state == start and week == ladder.first_week
            allowed = frequencies if new_block or begins else (state.frequency,)
            for frequency in allowed:
                lost = conditions.lost(week, frequency)
                light = conditions.deload(week) or lost is None
                still, gone = light or conditions.careful(week), lost or frozenset()
                low, stands = conditions.lower(state.rung, week), state.stood
                if low is not None:
                    stands = 0
                found = paths(ladder, state.rung if low is None else low, stands, frequency, week, still, gone)
                for done, at, stood in found or paths(ladder, state.rung, stands, frequency, week, still, gone):
                    shown = state.stood if lost is None else stood
                    # where it stood before it has been seen already
                    if _astray(ladder, week, at) or (week == last and at != start.rung and _once(ladder, at, shown)):
                        continue
                    sets = sum(conditions.sets_of(ladder.rungs[r], week) for n, r in enumerate(done) if n not in gone)
                    if growth is not None and sets > grown(state.sets, *growth):
                        continue
                    base = sets
                    if light or len(gone) == frequency:
                        base = state.sets
                    elif gone:  # a week that loses sessions counts as a whole one
                        base = min(state.sets, sets * frequency // (frequency - len(gone)))
                    after = State(at, shown, frequency, base)
                    here.append(Column(week, state, after, done, begins=False))
                    nexts.add(after)
        columns[week] = here
        reachable[week + 1] = nexts
    return leading_on(columns, ladder.first_week, last)


def _begin(ladder: Ladder, week: int, conditions: Conditions, frequencies: tuple[int, ...]) -> list[Column]:
    """First weeks of a track: its first rung, at its starting dose."""
    out = []
    for frequency in frequencies:
        gone = conditions.lost(week, frequency)
        if frequency <= (conditions.short(week) if gone is None else len(gone)):
            continue  # every session of it is lost, or may be
        for done, at, stood in paths(ladder, 0, 0, frequency, week, still=True, gone=gone or frozenset()):
            # a week that loses sessions counts as a whole one
            sets = sum(conditions.sets_of(ladder.rungs[r], week) for r in done)
            after = State(at, 0 if gone is None else stood, frequency, sets)
            out.append(Column(week, NOT_BEGUN, after, done, begins=True))
    return out


def _astray(ladder: Ladder, week: int, rung: int) -> bool:
    """Whether a rung is so far from the pace that no good programme stands there."""
    if not ladder.pace or ladder.kept:
        return False
    progress = ladder.rungs[rung].progress
    aim = ladder.pace.get(week, 0.0)
    return progress > aim + BAND and progress > ladder.rungs[0].progress + 1e-9 and ladder.goal_rung is None


def _once(ladder: Ladder, rung: int, stood: int) -> bool:
    """Whether the programme would end on an exercise that it has seen only once (rule E4)."""
    return ladder.rungs[rung].entry and stood < 2


def leading_on(columns: dict[int, list[Column]], first: int, last: int) -> dict[int, list[Column]]:
    """Drops columns whose state leads nowhere."""
    for week in range(last - 1, first - 1, -1):
        wanted = {column.before for column in columns[week + 1]}
        columns[week] = [column for column in columns[week] if column.after in wanted]
    return columns
