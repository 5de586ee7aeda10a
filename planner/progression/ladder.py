"""Ladders: an exercise's doses in the order in which they are climbed.

``rungs_of`` unrolls the scheme of one exercise, from the patient's starting dose, over the loads
that the places own.  What it unrolls is a forecast: each rung is reached only if the one before
was tolerated.  Load steps keep rule O1 (``LoadStep``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.domain.dose import Dose, DoseKind, Load, SetRow, epley_one_rep_max
from planner.domain.exercise import Exercise, Implement, Pattern, Scheme

#: Rest behind a warm-up set, seconds. [D]
WARM_UP_REST = 60
#: Lifts whose load may rise by a twentieth where that is more than the usual plate step. [D]
_BIG = frozenset({Pattern.HINGE, Pattern.SQUAT})
#: Repetitions from the top of which a big load jump may be made (rule O1).
WIDENED_REPETITIONS = (15, 18, 20)


@dataclass(frozen=True)
class LoadStep:
    """How a load may rise (rule O1): largest ratio, 1RM ratio, and below which load, in kg, it may rise by how much."""

    ratio: float = 1.10
    one_rep_max_ratio: float = 1.10
    exempt_below_kg: float = 10.0
    exempt_rise_kg: float = 4.0

    def light(self, here: Load, to: Load) -> bool:
        """Whether a rise is one of light loads, which have their own steps."""
        return here.kg < self.exempt_below_kg - 1e-9 and to.kg <= here.kg + self.exempt_rise_kg + 1e-9


@dataclass(frozen=True)
class State:
    """One state of a scheme: what the sets look like, effort left open.

    ``counts`` holds, set by set, repetitions, holds, seconds or metres.
    """

    counts: tuple[int, ...]
    hold_seconds: int = 0
    load: Load | None = None
    band: str | None = None
    work_seconds: int = 0
    rest_between_work: int = 0
    implement: Implement = Implement.NONE
    warm_ups: tuple[tuple[Load, int], ...] = ()

    @property
    def sets(self) -> int:
        """Working sets."""
        return len(self.counts)

    def one_rep_max_kg(self, reserve: float = 0.0) -> float:
        """Epley estimate of the heaviest set in kg; 0 without a load."""
        return 0.0 if self.load is None else epley_one_rep_max(self.load.kg, max(self.counts), reserve)

    def raises_load_over(self, other: State) -> bool:
        """Whether this state is heavier than the other."""
        if self.band != other.band:
            return True
        return (self.load.kg if self.load else 0.0) > (other.load.kg if other.load else 0.0) + 1e-9


def dose_of(exercise: Exercise, state: State, *, effort: float, per_side: bool, forecast: bool = False) -> Dose:
    """The dose of a state at a planned effort (CR10/RPE 0-10)."""
    bounds = exercise.bounds
    soon = (WARM_UP_REST, WARM_UP_REST) if bounds.rest_seconds > WARM_UP_REST else None
    rows = [SetRow(repetitions=reps, load=load, warm_up=True, rest_after=soon) for load, reps in state.warm_ups]
    for count in state.counts:
        if bounds.kind is DoseKind.REPETITIONS:
            row = SetRow(repetitions=count, load=state.load, band=state.band, effort=effort)
        elif bounds.kind is DoseKind.HOLD:
            row = SetRow(
                repetitions=count, hold_seconds=state.hold_seconds, load=state.load, band=state.band, effort=effort
            )
        elif bounds.kind is DoseKind.TIME:
            row = SetRow(seconds=count, load=state.load, effort=effort)
        elif bounds.kind is DoseKind.DISTANCE:
            row = SetRow(metres=count, load=state.load, effort=effort)
        else:
            row = SetRow(
                rounds=count, work_seconds=state.work_seconds, rest_seconds=state.rest_between_work, effort=effort
            )
        rows.append(row)
    return Dose(
        kind=bounds.kind,
        sets=tuple(rows),
        seconds_per_repetition=bounds.seconds_per_repetition,
        rest_seconds=bounds.rest_seconds,
        per_side=per_side,
        load_is_forecast=forecast and state.load is not None,
    )


def lighter(exercise: Exercise, state: State, share: float) -> State:
    """The same rung with a ``share`` (0-1) of its sets, at least one: a deload."""
    keep = max(1, min(state.sets - 1, round(state.sets * share))) if state.sets > 1 else 1
    return State(
        counts=state.counts[:keep],
        hold_seconds=state.hold_seconds,
        load=state.load,
        band=state.band,
        work_seconds=state.work_seconds,
        rest_between_work=state.rest_between_work,
        implement=state.implement,
        warm_ups=state.warm_ups,
    )


def rungs_of(
    exercise: Exercise,
    *,
    loads: Sequence[Load] = (),
    bands: Sequence[str] = (),
    start_kg: float | None = None,
    step: LoadStep | None = None,
    repetitions: tuple[int, ...] | None = None,
    first_sets: int | None = None,
    implement: Implement = Implement.NONE,
    length: int = 40,
) -> tuple[State, ...]:
    """The states of an exercise's scheme from the starting dose up, at most ``length``.

    Parameters
    ----------
    loads, bands
        What is owned, lightest first.
    start_kg
        Starting load in kg; the heaviest load owned that does not exceed it is used.
    step
        Rule O1's bounds on load steps.
    repetitions
        For lifts on small plates: the repetitions of each rung as the load rises; the last holds.
    first_sets
        Working sets of the first state; the bounds' lower end by default.

    Returns
    -------
    Empty when the exercise cannot be dosed with what is owned.
    """
    step = step or LoadStep()
    generator: Iterator[State]
    if exercise.scheme is Scheme.REPETITIONS:
        generator = _repetitions(exercise)
    elif exercise.scheme is Scheme.HOLDS:
        generator = _holds(exercise)
    elif exercise.scheme is Scheme.BAND:
        generator = _bands(exercise, bands)
    elif exercise.scheme is Scheme.DOUBLE_PROGRESSION:
        generator = _loads(exercise, loads, start_kg, step, repetitions, first_sets, implement)
    elif exercise.scheme is Scheme.DISTANCE:
        generator = _distance(exercise, loads, start_kg, step, implement)
    elif exercise.scheme is Scheme.MINUTES:
        generator = _minutes(exercise)
    elif exercise.scheme is Scheme.INTERVALS:
        generator = _intervals(exercise)
    else:
        generator = _fixed(exercise)
    out: list[State] = []
    for state in generator:
        out.append(state)
        if len(out) >= length:
            break
    return tuple(out)


def _repetitions(exercise: Exercise) -> Iterator[State]:
    """Repetitions by two, then a set with repetitions reset."""
    low_sets, high_sets = exercise.bounds.sets
    low, high = exercise.bounds.repetitions or (8, 12)
    middle = min(high, low + 2)
    for sets in range(low_sets, high_sets + 1):
        top = middle if sets < high_sets else high
        for count in range(low, top + 1, 2):
            yield State(counts=(count,) * sets)


def _holds(exercise: Exercise) -> Iterator[State]:
    """Two even sets, then three descending ones, then longer holds (rule A1)."""
    low_sets, high_sets = exercise.bounds.sets
    low, high = exercise.bounds.repetitions or (3, 6)
    short, long = exercise.bounds.hold_seconds or (5, 10)
    seconds = max(short, min(8, long))
    seen: list[State] = []
    shapes: list[tuple[int, ...]] = [(low,) * low_sets]
    if low + 1 <= high:
        shapes.append((low + 1,) * low_sets)
    if high_sets >= 3:
        for top in range(low + 2, high + 1, 2):
            shapes.append(tuple(max(low - 1, 1, top - 2 * i) for i in range(3)))
    for shape in shapes:
        if sum(shape) >= (sum(seen[-1].counts) if seen else 0):
            seen.append(State(counts=shape, hold_seconds=seconds))
    if long > seconds:
        seen.append(State(counts=seen[-1].counts, hold_seconds=long))
    yield from seen


def _bands(exercise: Exercise, bands: Sequence[str]) -> Iterator[State]:
    """Repetitions to the top of the range, then the next band from the bottom.

    The trunk, trained once or twice a week against a band, has fewer steps to the next one.
    """
    low_sets, high_sets = exercise.bounds.sets
    low, high = exercise.bounds.repetitions or (8, 15)
    setup, trunk = Implement.BAND, exercise.pattern is Pattern.TRUNK
    for i, band in enumerate(bands):
        if i == 0:
            for sets in range(low_sets, high_sets):
                yield State(counts=(low,) * sets, band=band, implement=setup)
                if not trunk:
                    yield State(counts=(min(high, low + 2),) * sets, band=band, implement=setup)
        quick = trunk and i < len(bands) - 1
        for count in range(low, (min(high, low + 2) if quick else high) + 1, 2):
            yield State(counts=(count,) * high_sets, band=band, implement=setup)


def _round_down(loads: Sequence[Load], kg: float) -> int | None:
    """Index of the heaviest load not above ``kg``; the lightest one if it is at most half as much again."""
    fitting = [i for i, load in enumerate(loads) if load.kg <= kg + 1e-9]
    if fitting:
        return fitting[-1]
    return 0 if loads and loads[0].kg <= 1.5 * kg else None


def _loads(
    exercise: Exercise,
    loads: Sequence[Load],
    start_kg: float | None,
    step: LoadStep,
    repetitions: tuple[int, ...] | None,
    first_sets: int | None,
    implement: Implement,
) -> Iterator[State]:
    """Load up where the next one is close; else repetitions first, then load (rule O1)."""
    low_sets, high_sets = exercise.bounds.sets
    low, high = exercise.bounds.repetitions or (8, 12)
    if start_kg is None:
        return
    at = _round_down(loads, start_kg)
    if at is None:
        return
    sets = first_sets or low_sets
    full_sets = max(sets, min(3, high_sets))
    plan = repetitions or (max(low, min(8, high)),)
    small = 0  # rungs climbed by small load steps, for the fall of repetitions
    count = plan[0]

    def state(sets: int, count: int, load: Load) -> State:
        return State(counts=(count,) * sets, load=load, implement=implement)

    yield state(sets, count, loads[at])
    while sets < full_sets:
        sets += 1
        yield state(sets, count, loads[at])
    while True:
        here = loads[at]
        beyond = at + 1
        if beyond >= len(loads):
            for more in range(count + 2, high + 1, 2):
                yield state(sets, more, here)
            return
        # a plate step of 2.5 kg is enough where more would fit, for the big lifts of the legs a twentieth
        most = max(2.5, 0.05 * here.kg if exercise.pattern in _BIG else 0.0)
        near = [
            i
            for i in range(beyond, len(loads))
            if loads[i].kg <= here.kg * step.ratio + 1e-9 and loads[i].kg <= here.kg + most + 1e-9
        ] or [i for i in range(beyond, beyond + 1) if loads[i].kg <= here.kg * step.ratio + 1e-9]
        if near:
            at = near[-1]
            small += 1
            count = plan[min(small, len(plan) - 1)] if repetitions else count
            yield state(sets, count, loads[at])
            continue
        nxt = loads[beyond]
        if step.light(here, nxt):
            # light loads have their own steps: about two kilograms, or the next one after more repetitions
            small_step = [i for i in range(beyond, len(loads)) if loads[i].kg <= min(here.kg + 2.05, 10.0)]
            to = small_step[-1] if small_step else beyond
            if exercise.pattern is Pattern.EXPOSURE and loads[to].kg > here.kg + 2.5 + 1e-9:
                return  # bending against a load grows by little, or not at all
            top = count if loads[to].kg <= here.kg + 2.05 else min(high, count + 4)
            for more in range(count + 2, top + 1, 2):
                yield state(sets, more, here)
            at, count = to, max(low, min(plan[0], 8))
            yield state(sets, count, loads[at])
            continue
        jump = _big_jump(here, nxt, low, min(plan[0], 8), step)
        if jump is None:
            for more in range(count + 2, high + 1, 2):
                yield state(sets, more, here)
            return
        top, reset = jump
        for more in (n for n in (8, 10, 12, 15, 18, 20) if count < n <= top):
            yield state(sets, more, here)
        at, count = beyond, reset
        yield state(sets, count, nxt)


def _big_jump(here: Load, nxt: Load, low: int, usual: int, step: LoadStep) -> tuple[int, int] | None:
    """(top repetitions, repetitions after) of a jump above the ratio, None when rule O1 allows none."""
    for top in WIDENED_REPETITIONS:
        for reset in range(max(low, usual), min(low, 5) - 1, -1):
            if all(
                epley_one_rep_max(nxt.kg, reset, reserve)
                <= step.one_rep_max_ratio * epley_one_rep_max(here.kg, top, reserve) + 1e-9
                for reserve in (0, 5)
            ):
                return top, reset
    return None


def _distance(
    exercise: Exercise, loads: Sequence[Load], start_kg: float | None, step: LoadStep, implement: Implement
) -> Iterator[State]:
    """Sets, then metres, then the next load from the shorter distance."""
    low_sets, high_sets = exercise.bounds.sets
    low, high = exercise.bounds.metres or (10, 40)
    if start_kg is None:
        return
    at = _round_down(loads, start_kg)
    if at is None:
        return
    base = min(high, max(low, 20))
    for sets in range(low_sets, min(3, high_sets)):
        yield State(counts=(base,) * sets, load=loads[at], implement=implement)
    sets = max(low_sets, min(3, high_sets))
    for i in range(at, len(loads)):
        here = loads[i]
        more = loads[i + 1] if i + 1 < len(loads) else None
        if more is not None and more.kg > here.kg * 1.6 and not step.light(here, more):
            yield from (State(counts=(m,) * sets, load=here, implement=implement) for m in range(base, high + 1, 10))
            return
        small = more is not None and more.kg <= here.kg * 1.1
        for metres in (base,) if small else range(base, high + 1, 10):
            yield State(counts=(metres,) * sets, load=here, implement=implement)


def _minutes(exercise: Exercise) -> Iterator[State]:
    """Minutes by at most a fifth, and at least a minute."""
    low, high = exercise.bounds.seconds or (300, 1800)
    minutes = math.ceil(low / 60)
    while minutes * 60 <= high:
        yield State(counts=(minutes * 60,))
        minutes += max(1, int(minutes * 0.2))


def _intervals(exercise: Exercise) -> Iterator[State]:
    """Rounds first, then longer work."""
    low_work, high_work = exercise.bounds.work_seconds or (60, 300)
    low_rest, high_rest = exercise.bounds.interval_rest_seconds or (60, 120)
    low, high = exercise.bounds.rounds or (2, 6)
    work, rounds = low_work, low
    while work <= high_work:
        yield State(counts=(rounds,), work_seconds=work, rest_between_work=max(low_rest, min(high_rest, 90)))
        if rounds < min(high, 5):
            rounds += 1
        else:
            work, rounds = work + 60, max(low, rounds - 1)


def _fixed(exercise: Exercise) -> Iterator[State]:
    """One dose: the lower end of the bounds."""
    bounds = exercise.bounds
    if bounds.kind is DoseKind.REPETITIONS and bounds.repetitions:
        yield State(counts=(bounds.repetitions[0],) * bounds.sets[0])
    elif bounds.kind is DoseKind.HOLD and bounds.repetitions and bounds.hold_seconds:
        yield State(counts=(bounds.repetitions[0],) * bounds.sets[0], hold_seconds=bounds.hold_seconds[0])
    elif bounds.kind is DoseKind.TIME and bounds.seconds:
        yield State(counts=(bounds.seconds[0],) * bounds.sets[0])
