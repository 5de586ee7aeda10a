"""Tiny problems for the solver: everything that it sees, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from planner.domain.directions import Direction
from planner.domain.exercise import Muscle, Track
from planner.domain.patient import Weekday, Window
from planner.rules.content import TrackPlan
from planner.rules.limits import Cover, Gap, Open
from planner.solver.columns import Column, enumerate_columns
from planner.solver.ladders import Ladder, Rung
from planner.solver.terms import Terms
from planner.solver.week import Occasion, Slot, WeekTable

MONDAY = dt.date(2026, 11, 30)
TRACKS = (Track.SQUAT, Track.HINGE, Track.ROW, Track.PUSH)


def rung(
    index: int,
    last: int,
    *,
    slots: Iterable[int],
    weeks: Iterable[int],
    progress: float,
    sets: int = 2,
    stage: int = 0,
    needs: int = 1,
) -> Rung:
    """One rung of a tiny ladder; its exercise is nothing but a name."""
    return Rung(
        index=index,
        exercise=SimpleNamespace(id=f"e{index}"),  # type: ignore[arg-type]
        state=SimpleNamespace(sets=sets),  # type: ignore[arg-type]
        slots=frozenset(slots),
        stages={Direction.FLEXION: stage} if stage else {},
        open_weeks=frozenset(weeks),
        progress=progress,
        needs=needs,
        nexts=(index + 1,) if index < last else (),
    )


def ladder(
    key: str,
    rungs: tuple[Rung, ...],
    *,
    weight: int,
    frequency: tuple[int, int, int],
    weeks: int,
    first_week: int = 1,
    pace: Mapping[int, float] | None = None,
) -> Ladder:
    """A tiny ladder with a straight pace to the top."""
    track = TRACKS[int(key[1:]) % len(TRACKS)]
    straight = {w: (w - 1) / max(1, weeks - 1) for w in range(1, weeks + 1)}
    return Ladder(
        plan=TrackPlan(key, track, ("O2",), weight, frequency),
        rungs=rungs,
        first_week=first_week,
        last_week=weeks,
        steps=dict.fromkeys(range(1, weeks + 1), 1),
        pace=pace or straight,
        calibrates=frozenset(),
        forecast=frozenset(),
    )


class TinyTerms(Terms):
    """Terms given by hand: minutes of every rung, room of every slot, and limits."""

    def __init__(
        self,
        *,
        weeks: int,
        blocks: tuple[tuple[int, ...], ...],
        offsets: tuple[int, ...],
        rooms: Mapping[tuple[int, int], int],
        ladders: Iterable[Ladder],
        minutes: Mapping[tuple[str, int], int],
        most: int = 9,
        opens: Open | None = None,
        covered: Mapping[int, frozenset[tuple[str, int]]] | None = None,
        muscles: Mapping[str, frozenset[Muscle]] | None = None,
        opposed: Iterable[tuple[str, str]] = (),
        lost: Iterable[tuple[int, int]] = (),
        growth: tuple[float, float] = (1.2, 2),
    ) -> None:
        window = Window.model_validate({"day": "mon", "from": "10:00", "to": "11:00", "place": "home"})
        slots = tuple(Slot(i, i + 1, window, offset, "home", False) for i, offset in enumerate(offsets))
        start = dt.datetime.combine(MONDAY, dt.time(10))
        gone = set(lost)
        occasions = {
            (w, i): Occasion(start, 60, False)
            for w in range(1, weeks + 1)
            for i in range(len(slots))
            if (w, i) not in gone
        }
        self.case = SimpleNamespace(weeks=weeks)  # type: ignore[assignment]
        self.gate = SimpleNamespace(opens={} if opens is None else {Direction.FLEXION: opens}, limits=())  # type: ignore[assignment]
        self.table = WeekTable(slots, occasions)
        self.blocks = blocks
        self.block_of = {week: b for b, group in enumerate(blocks) for week in group}
        self.deloads = frozenset()
        self.careful, self.steps_ahead = {}, {}
        self.short_weeks = {w for w in range(1, weeks + 1) if self.table.lost(w)}
        self.growth = SimpleNamespace(ratio=growth[0], absolute=growth[1], weeks=4)  # type: ignore[assignment]
        self.covers = []
        self.covered = dict(covered or {})
        if covered:
            self.covers = [
                Cover(
                    rule="A2",
                    because="",
                    at_least=1,
                    weeks=frozenset(range(1, weeks + 1)),
                    resisting=(Direction.FLEXION,),
                )
            ]
        self.precedes = []
        self.news = []
        self.gaps = [Gap(rule="O4", because="", days=1, effort=7)] if muscles else []
        self.muscles = dict(muscles or {})
        self.opposed = tuple(opposed)  # type: ignore[misc]
        self.rooms, self.given_minutes, self.most = dict(rooms), dict(minutes), most
        self.ladders = {made.plan.key: made for made in ladders}
        self._patterns = {}
        self.columns = {
            key: enumerate_columns(made, self.conditions(made), self.frequencies(key))
            for key, made in self.ladders.items()
        }

    def minutes(self, ladder: Ladder, rung: Rung, week: int) -> float:
        return self.given_minutes[ladder.plan.key, rung.index]

    def room(self, block: int, slot: int) -> int:
        return self.rooms[block, slot]

    def most_items(self, block: int) -> int:
        return self.most

    def items(self, key: str, block: int) -> int:
        return 1

    def covering(self, ladder: Ladder, column: Column, limit: Cover) -> int:
        count = sum((ladder.plan.key, r) in self.covered.get(0, ()) for r in column.rungs)
        return max(0, min(1, count - len(self.table.lost(column.week))))

    def hard_muscles(self, key: str, block: int, limit: Any) -> frozenset[Muscle]:
        return self.muscles.get(key, frozenset())


__all__ = ["MONDAY", "TinyTerms", "Weekday", "ladder", "rung"]
