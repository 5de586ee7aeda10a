"""A first climb, quickly: each track's cheapest path on a given skeleton, one after the other.

A shortest path per track in the network of columns, inside the minutes that the skeleton leaves
and under a timetable of envelope stages that is made later until every stage is earned.  It is
only where the search starts; limits that couple tracks more tightly are left to the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planner.domain.directions import Direction
from planner.rules.limits import Open
from planner.solver.columns import NOT_BEGUN, Column, State
from planner.solver.ladders import Ladder
from planner.solver.skeleton import Option, Skeleton

#: Cost of a column (or of waiting, for None) in the first tier.
Cost = Callable[[str, int, Column | None], int]
Timetable = dict[Direction, list[int]]


def first_timetable(opens: Mapping[Direction, Open], weeks: int) -> Timetable:
    """Every stage as early as phases and the pace of one (or two) a week allow."""
    out: Timetable = {}
    for direction, limit in opens.items():
        stages = [limit.first]
        for week in range(2, weeks + 1):
            stages.append(min(max(stages[-1], limit.highest[week - 1]), stages[-1] + limit.a_week))
        out[direction] = stages
    return out


def options(
    ladders: Mapping[str, Ladder],
    columns: Mapping[str, Mapping[int, list[Column]]],
    opens: Mapping[Direction, Open],
    weeks: int,
    budget: Callable[[Ladder, Column], int],
    cost: Cost,
    late: int | None,
) -> dict[str, tuple[Option, ...]]:
    """For each track and frequency its cheapest climb, were it alone in the week.

    The frequency may fall once, at week ``late``.
    """
    timetable = first_timetable(opens, weeks)
    out: dict[str, tuple[Option, ...]] = {}
    for key, ladder in ladders.items():
        found = []
        frequencies = sorted({c.frequency for here in columns[key].values() for c in here})
        profiles = [(f, f) for f in frequencies]
        if late is not None:
            # often while sessions are short, less often once they are full
            profiles += [(f, g) for f in frequencies for g in frequencies if g < f]
        for profile in profiles:

            def fits(column: Column, ladder: Ladder = ladder, profile: tuple[int, int] = profile) -> bool:
                wanted = profile[1] if late is not None and column.week >= late else profile[0]
                return column.frequency == wanted and all(
                    s <= timetable[d][column.week - 1]
                    for r in column.rungs
                    for d, s in ladder.rungs[r].stages.items()
                    if d in timetable
                )

            path = _cheapest(key, ladder, columns[key], fits, cost)
            if path:
                total = sum(cost(key, w, path.get(w)) for w in range(ladder.first_week, ladder.last_week + 1))
                found.append(Option(profile, total, path, {w: budget(ladder, c) for w, c in path.items()}))
        out[key] = tuple(found)
    return out


def first_climb(
    ladders: Mapping[str, Ladder],
    columns: Mapping[str, Mapping[int, list[Column]]],
    opens: Mapping[Direction, Open],
    weeks: int,
    skeleton: Skeleton,
    blocks: tuple[tuple[int, ...], ...],
    room: Mapping[tuple[int, int], int],
    budget: Callable[[Ladder, Column], int],
    cost: Cost,
) -> tuple[dict[str, dict[int, Column]], dict[str, dict[int, int]], Timetable]:
    """Columns per track and week, minutes per track and block, and the envelope's timetable.

    ``room[block, slot]`` are the minutes of a slot; ``budget`` the whole minutes of a column.
    """
    timetable = first_timetable(opens, weeks)
    for _ in range(12):
        chosen, minutes = _climb_all(ladders, columns, timetable, skeleton, blocks, room, budget, cost)
        earned = _earned(ladders, chosen, opens, weeks, timetable)
        if earned == timetable:
            break
        timetable = earned
    return chosen, minutes, timetable


def _climb_all(
    ladders: Mapping[str, Ladder],
    columns: Mapping[str, Mapping[int, list[Column]]],
    timetable: Timetable,
    skeleton: Skeleton,
    blocks: tuple[tuple[int, ...], ...],
    room: Mapping[tuple[int, int], int],
    budget: Callable[[Ladder, Column], int],
    cost: Cost,
) -> tuple[dict[str, dict[int, Column]], dict[str, dict[int, int]]]:
    block_of = {week: b for b, weeks in enumerate(blocks) for week in weeks}
    left = dict(room)
    least: dict[tuple[str, int], int] = {}
    for key, patterns in skeleton.items():
        for block, pattern in patterns.items():
            here = [
                budget(ladders[key], column)
                for week in blocks[block]
                for column in columns[key].get(week, ())
                if column.frequency == len(pattern)
            ]
            least[key, block] = min(here, default=0)
            for slot in pattern:
                left[block, slot] -= least[key, block]
    chosen: dict[str, dict[int, Column]] = {}
    minutes: dict[str, dict[int, int]] = {}
    for key, ladder in ladders.items():
        patterns = skeleton.get(key, {})
        may = {
            block: least[key, block] + min((left[block, slot] for slot in pattern), default=0)
            for block, pattern in patterns.items()
        }

        def fits(column: Column, ladder: Ladder = ladder, may: dict[int, int] = may, key: str = key) -> bool:
            block = block_of[column.week]
            pattern = skeleton.get(key, {}).get(block)
            if pattern is None or len(pattern) != column.frequency or budget(ladder, column) > may[block]:
                return False
            for index in column.rungs:
                rung = ladder.rungs[index]
                if not set(pattern) <= rung.slots:
                    return False
                if any(s > timetable[d][column.week - 1] for d, s in rung.stages.items() if d in timetable):
                    return False
            return True

        path = _cheapest(key, ladder, columns[key], fits, cost)
        chosen[key] = path
        minutes[key] = {}
        for block, pattern in patterns.items():
            used = max((budget(ladder, path[w]) for w in blocks[block] if w in path), default=0)
            minutes[key][block] = used
            for slot in pattern:
                left[block, slot] += least[key, block] - used
    return chosen, minutes


def _cheapest(
    key: str,
    ladder: Ladder,
    columns: Mapping[int, list[Column]],
    fits: Callable[[Column], bool],
    cost: Cost,
) -> dict[int, Column]:
    """The cheapest path through the weeks; empty when the track cannot run at all."""
    best: dict[State, tuple[int, tuple[Column, ...]]] = {NOT_BEGUN: (0, ())}
    for week in range(ladder.first_week, ladder.last_week + 1):
        new: dict[State, tuple[int, tuple[Column, ...]]] = {}
        if NOT_BEGUN in best:
            value, path = best[NOT_BEGUN]
            new[NOT_BEGUN] = (value + cost(key, week, None), path)
        for column in columns.get(week, ()):
            before = best.get(column.before)
            if before is None or not fits(column):
                continue
            value = before[0] + cost(key, week, column)
            if column.after not in new or value < new[column.after][0]:
                new[column.after] = (value, (*before[1], column))
        best = new
    if not best:
        return {}
    path = min(best.values(), key=lambda pair: pair[0])[1]
    return {column.week: column for column in path}


def _earned(
    ladders: Mapping[str, Ladder],
    chosen: Mapping[str, Mapping[int, Column]],
    opens: Mapping[Direction, Open],
    weeks: int,
    timetable: Timetable,
) -> Timetable:
    """The timetable, later where a stage was not yet earned by the sessions of a track."""
    out: Timetable = {}
    for direction, limit in opens.items():
        stages = [limit.first]
        for week in range(2, weeks + 1):
            now = stages[-1]
            reach = min(timetable[direction][week - 1], now + limit.a_week)
            while now < reach and _shown(ladders, chosen, direction, now, week, limit.sessions):
                now += 1
            stages.append(now)
        out[direction] = stages
    return out


def _shown(
    ladders: Mapping[str, Ladder],
    chosen: Mapping[str, Mapping[int, Column]],
    direction: Direction,
    stage: int,
    week: int,
    sessions: int,
) -> bool:
    """Whether one track has had enough sessions at a stage before a week."""
    if stage <= 0:
        return True
    return any(
        sum(
            ladders[key].rungs[r].stages.get(direction, 0) >= stage
            for earlier, column in path.items()
            if earlier < week
            for r in column.rungs
        )
        >= sessions
        for key, path in chosen.items()
    )
