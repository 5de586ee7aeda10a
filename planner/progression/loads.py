"""Loads that a place owns, and whether it has what an exercise needs."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from planner.domain.dose import Load
from planner.domain.exercise import Apparatus, Exercise, Implement, Setup
from planner.domain.patient import Bar, Equipment, Place, Stack

#: Things that every place has; a broomstick serves as a dowel.
ALWAYS_THERE = frozenset(
    {Apparatus.MAT, Apparatus.CHAIR, Apparatus.WALL, Apparatus.COUNTER, Apparatus.DOWEL, Apparatus.TOWEL}
)

#: Elastic bands from lightest to heaviest.
BANDS = ("very_light", "light", "medium", "heavy", "very_heavy")


def _bar_loads(bar: Bar, equipment: Equipment) -> list[Load]:
    """Every total that a bar and pairs of plates can make."""
    totals = {equipment.native(bar.bar).amount}
    for plate in bar.plates:
        pair = 2 * equipment.native(plate).amount
        totals |= {total + pair for total in totals}
    return [Load(amount=total, unit=equipment.load_unit) for total in sorted(totals)]


def _stack_loads(stack: Stack, equipment: Equipment) -> list[Load]:
    low, high, step = (equipment.native(v).amount for v in (stack.low, stack.high, stack.step))
    return [Load(amount=amount, unit=equipment.load_unit) for amount in range(low, high + 1, step) if amount > 0]


def _held_plates(equipment: Equipment) -> list[Load]:
    """Loose plates to hold, one or two of them at a time."""
    single = [equipment.native(plate).amount for plate in equipment.plates]
    totals = {*single, *(one + other for one, other in itertools.combinations(single, 2))}
    return [Load(amount=total, unit=equipment.load_unit) for total in sorted(totals)]


def owned(equipment: Equipment, implement: Implement) -> tuple[Load, ...]:
    """Loads of an implement, lightest first; empty when the place has none.

    For a pair of dumbbells the load is that of each one.
    """
    single: Iterable[float] = ()
    if implement is Implement.DUMBBELL or (implement is Implement.DUMBBELL_PAIR and equipment.dumbbell_pairs):
        single = equipment.dumbbells
    elif implement is Implement.KETTLEBELL:
        single = equipment.kettlebells
    elif implement is Implement.PLATE:
        return tuple(_held_plates(equipment))
    elif implement is Implement.BARBELL and equipment.barbell:
        return tuple(_bar_loads(equipment.barbell, equipment))
    elif implement is Implement.TRAP_BAR and equipment.trap_bar:
        return tuple(_bar_loads(equipment.trap_bar, equipment))
    elif implement in (Implement.CABLE, Implement.MACHINE, Implement.BOX):
        stack = {
            Implement.CABLE: equipment.cable,
            Implement.MACHINE: equipment.machine,
            Implement.BOX: equipment.box,
        }[implement]
        return tuple(_stack_loads(stack, equipment)) if stack else ()
    return tuple(sorted((equipment.native(v) for v in single), key=lambda load: load.kg))


def available(equipment: Equipment, setup: Setup) -> bool:
    """Whether a place with this equipment can set the exercise up this way."""
    if not set(setup.needs) <= ALWAYS_THERE | set(equipment.things):
        return False
    if setup.implement is Implement.NONE:
        return True
    if setup.implement is Implement.BAND:
        return bool(equipment.bands)
    return bool(owned(equipment, setup.implement))


def setup_at(place: Place, exercise: Exercise) -> Setup | None:
    """The best set-up of an exercise that the place allows, None when there is none."""
    for setup in exercise.setups:
        if available(place.equipment, setup):
            return setup
    return None


def bands_at(place: Place) -> tuple[str, ...]:
    """Bands of a place from lightest to heaviest."""
    return tuple(band for band in BANDS if band in place.equipment.bands)
