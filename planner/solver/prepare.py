"""What the solver starts from: the gate of a case, its week, and the ladders of its tracks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from planner.domain.case import Case
from planner.domain.exercise import Track
from planner.progression.ladder import State
from planner.rules import limits
from planner.rules.base import value
from planner.rules.content import TrackPlan, tracks
from planner.rules.limits import Limit, Link
from planner.rules.practical import E2, blocks
from planner.solver.columns import Column
from planner.solver.daily import unclosed
from planner.solver.gate import Gate
from planner.solver.ladders import Ladder, LadderBuilder, Rung, deloaded
from planner.solver.terms import History, Infeasible, Terms
from planner.solver.week import WeekTable, week_table

#: A rule as it applies because of one line: what limits are grouped by when they are explained.
Group = tuple[str, str]


@dataclass(frozen=True)
class Wish:
    """What somebody asks to see: an exercise, by a week or in one, perhaps on a weekday, at so much or more.

    ``weekday`` is 0 for Monday; ``sets`` are exact, ``load_kg`` and ``repetitions`` at least.
    """

    exercise: str
    week: int
    weekday: int | None = None
    sets: int | None = None
    load_kg: float | None = None
    repetitions: int | None = None

    def granted(self, case: Case, rung: Rung) -> bool:
        """Whether a rung, as it is done in the week, is what is asked: a deload takes sets from it."""
        return self.names(rung, deloaded(case, rung.exercise, rung.state, self.week))

    def names(self, rung: Rung, state: State) -> bool:
        """Whether a state of a rung's exercise is what is asked."""
        return (
            rung.exercise.id == self.exercise
            and (self.sets is None or state.sets == self.sets)
            and (self.load_kg is None or (state.load is not None and state.load.kg >= self.load_kg - 1e-6))
            and (self.repetitions is None or max(state.counts) >= self.repetitions)
        )


@dataclass(frozen=True)
class Prepared:
    """A case with its gate, the table of its weeks, the tracks that are asked for, and their ladders."""

    case: Case
    gate: Gate
    table: WeekTable
    plans: tuple[TrackPlan, ...]
    ladders: tuple[Ladder, ...]
    warm_up_minutes: int
    wish: Wish | None = None
    history: History | None = None

    def terms(self) -> Terms:
        """The numbers that every formulation shares.

        Raises
        ------
        Infeasible
            When no week of any track grants the wish.
        """
        terms = Terms(
            self.case,
            self.gate,
            self.table,
            list(self.ladders),
            blocks(self.case),
            self.warm_up_minutes,
            self.history,
        )
        if self.wish is not None and not _asked(terms, self.wish):
            raise Infeasible
        return terms

    @property
    def wished(self) -> Ladder | None:
        """The ladder that holds the exercise of the wish."""
        if self.wish is None:
            return None
        wish = self.wish
        return next((lad for lad in self.ladders if any(r.exercise.id == wish.exercise for r in lad.rungs)), None)


def _asked(terms: Terms, wish: Wish) -> bool:
    """Narrows the columns of the week to those that grant a wish; False when there are none."""
    slot = None
    if wish.weekday is not None:
        slot = next((s.index for s in terms.table.slots if s.window.day.number == wish.weekday), None)
        if slot is None:
            return False
    for key, ladder in terms.ladders.items():
        granting = {rung.index for rung in ladder.rungs if wish.granted(terms.case, rung)}

        def grants(column: Column, granting: set[int] = granting) -> bool:
            # on a named day every session of the week grants it, since columns do not say which is which
            found = [r in granting for r in column.rungs]
            return all(found) if slot is not None else any(found)

        if granting and terms.ask(key, wish.week, grants, slot):
            return True
    return False


def group_of(limit: Limit) -> Group:
    """The rule of a limit and the line that it follows from."""
    return limit.rule, limit.because


def open_gate(case: Case, without: frozenset[Group] = frozenset()) -> Gate:
    """The gate of a case; the limits of some groups may be left out, to find out what they do."""

    def kept(found: Limit) -> bool:
        return group_of(found) not in without

    gate = Gate(case, filter(kept, limits(case)))
    return Gate(case, (*gate.limits, *filter(kept, unclosed(case, gate))))


def ladder_builder(case: Case, gate: Gate, table: WeekTable, plans: Iterable[TrackPlan]) -> LadderBuilder:
    """A builder of ladders that knows linked exercises (rule D4) and those that are the goal of one track."""
    linked = frozenset().union(*(limit.exercises for limit in gate.limits if isinstance(limit, Link)))
    reserved = {plan.goal.exercise: plan.key for plan in plans if plan.goal is not None and plan.goal.exercise}
    reserved |= {plan.through: plan.key for plan in plans if plan.through is not None}
    return LadderBuilder(case, gate, table, linked, reserved)


def prepare(
    case: Case, without: frozenset[Group] = frozenset(), wish: Wish | None = None, *, musts: bool = False
) -> Prepared:
    """Gate, week and ladders of a case; without a slot or a session there are no ladders.

    With ``musts`` only tracks that a must goal or the wish asks for are looked at, and graded exposure,
    which opens the way for them.

    For a ``wish`` that the usual ladders do not hold, the track of its exercise gets one that leads through
    it, directly if it cannot be reached in time otherwise.
    """
    gate = open_gate(case, without)
    table = week_table(case, gate.quiet_until)
    plans = tracks(case)
    warm_up = int(value(case, E2, "warm_up_minutes"))

    def made(plans: tuple[TrackPlan, ...]) -> Prepared:
        if not table.occasions:
            return Prepared(case, gate, table, plans, (), warm_up, wish)
        builder = ladder_builder(case, gate, table, plans)
        chosen = [plan for plan in plans if not musts or _asked_for(case, plan, wish)]
        ladders = tuple(ladder for plan in chosen if (ladder := builder.build(plan)) is not None)
        return Prepared(case, gate, table, plans, ladders, warm_up, wish)

    usual = made(plans)
    if wish is None or _in_time(usual):
        return usual
    found = usual
    for direct in (False, True):
        found = made(_leading_through(case, plans, wish, direct=direct))
        if _in_time(found):
            return found
    return found


def _asked_for(case: Case, plan: TrackPlan, wish: Wish | None) -> bool:
    """Whether a track has a must goal, may hold the exercise of a wish, or opens the way for others."""
    if plan.track is Track.EXPOSURE or (plan.goal is not None and plan.goal.priority == "must"):
        return True
    return wish is not None and plan.track in case.exercises[wish.exercise].tracks


def _in_time(prepared: Prepared) -> bool:
    """Whether the wish stands on some ladder and some column of its week grants it."""
    if prepared.wished is None:
        return False
    try:
        replace(prepared, ladders=(prepared.wished,)).terms()
    except Infeasible:
        return False
    return True


def _leading_through(case: Case, plans: tuple[TrackPlan, ...], wish: Wish, *, direct: bool) -> tuple[TrackPlan, ...]:
    """The tracks, with one that leads through the exercise of a wish."""
    exercise = case.exercises[wish.exercise]
    asked: Track = exercise.tracks[0] if exercise.tracks else Track.TASK
    for plan in plans:
        if plan.track in exercise.tracks and (plan.exercises is None or exercise.id in plan.exercises):
            asked = plan.track
            break
    out = []
    for plan in plans:
        if plan.track is not asked or (plan.exercises is not None and exercise.id not in plan.exercises):
            out.append(plan)
            continue
        out.append(
            replace(
                plan,
                through=exercise.id,
                direct=direct,
                first_week=min(plan.first_week, wish.week),
                last_week=max(plan.last_week, min(wish.week + 1, case.weeks)),
            )
        )
    if not any(plan.through for plan in out):
        # no line of work asks for it: one more, of the least weight
        more = TrackPlan(f"asked_{asked.value}", asked, ("O2",), 1, (1, 1, 2), through=exercise.id, direct=direct)
        out.append(more)
    return tuple(out)
