"""What stops a programme by its log, and what ends a stop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import count, permutations
from typing import Any

import pytest

from planner.domain.log import Log, LogEntry
from planner.domain.programme import SessionKind, Status
from planner.revise.so_far import with_account
from planner.revise.state import State, state_of
from planner.rules.stops import how_it_ended, standing_stops
from tests.plans import programme_of

BEGIN = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
WEAK = {"myotome": "L5", "side": "left", "grade": 4}


def flags(**answers: str) -> dict[str, Any]:
    return {"flags": answers}


def cleared(*names: str) -> dict[str, Any]:
    return {"cleared": names, "by": "Dr Roe"}


def made(*entries: dict[str, Any]) -> tuple[LogEntry, ...]:
    """Entries ``e0000`` and so on, one a day."""
    days = (BEGIN + dt.timedelta(days=n) for n in count())
    return tuple(
        LogEntry(**{"id": f"e{n:04d}", "written": day, **entry})
        for n, (day, entry) in enumerate(zip(days, entries, strict=False))
    )


def standing(entries: Iterable[LogEntry]) -> list[str]:
    """The questions that stand after some entries, with a mark where they were not answered."""
    log = Log(programme="P", entries=tuple(entries))
    return [f"{stop.flag.id}{'' if stop.known else '?'}" for stop in standing_stops(log, ())]


def left(*entries: dict[str, Any]) -> list[str]:
    """The questions that stand after some entries, one a day, whatever order they arrived in."""
    found = made(*entries)
    (stands,) = {tuple(standing(order)) for order in permutations(found)}
    return list(stands)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([flags(fracture="yes"), flags(cauda_equina="yes")], ["cauda_equina", "fracture"]),
        ([{"bilateral_signs": True}, flags(cauda_equina="yes")], ["cauda_equina", "new_bilateral_leg_symptoms"]),
        ([flags(cauda_equina="unknown"), {"motor": (WEAK,)}], ["progressive_weakness", "cauda_equina?"]),
        # one thing: the programme as a whole clears it
        ([flags(fracture="yes"), cleared("programme")], []),
        ([{"motor": (WEAK,)}, cleared("programme")], []),
        ([flags(fracture="yes"), cleared("fracture")], []),
        # several: each is named or was answered
        ([flags(fracture="yes", cauda_equina="yes"), cleared("programme")], ["cauda_equina", "fracture"]),
        ([flags(fracture="yes", cauda_equina="yes"), cleared("programme", "fracture")], ["cauda_equina"]),
        ([flags(fracture="yes", cauda_equina="yes"), cleared("cauda_equina", "fracture")], []),
        ([flags(fracture="yes"), flags(cauda_equina="unknown"), cleared("programme")], ["fracture", "cauda_equina?"]),
        ([flags(fracture="yes", infection="yes"), flags(infection="no"), cleared("programme", "fracture")], []),
        ([flags(fracture="yes", infection="yes"), flags(infection="no"), cleared("programme")], ["fracture"]),
        # a "no" answers a question that was open, and ends no "yes"
        (
            [flags(cauda_equina="unknown"), {"bilateral_signs": True}, flags(cauda_equina="no")],
            ["new_bilateral_leg_symptoms"],
        ),
        ([flags(cauda_equina="yes"), flags(cauda_equina="no")], ["cauda_equina"]),
        ([flags(cauda_equina="yes"), flags(cauda_equina="unknown")], ["cauda_equina"]),
        ([flags(cauda_equina="unknown"), flags(cauda_equina="yes")], ["cauda_equina"]),
        # what is told after a clearance stands again
        ([flags(fracture="yes"), cleared("programme"), flags(fracture="yes")], ["fracture"]),
        ([flags(cancer_long_ago="yes")], []),
    ],
)
def test_what_stands(entries: list[dict[str, Any]], expected: list[str]) -> None:
    assert left(*entries) == expected


def correction(of: int, **said: Any) -> dict[str, Any]:
    return {"corrects": f"e{of:04d}", **said}


WRONGLY = {"by": "Dr Roe", "words": "told wrongly"}
DENIED = {**flags(cauda_equina="no"), **WRONGLY}
#: The clearance that came second is corrected, and clears the same.
CLEARED_AS_BEFORE = correction(1, cleared=("programme",), by="Dr X", words="typo")


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        # silence, a softer word and a no without a name end nothing
        ([flags(cauda_equina="yes"), correction(0, words="typo")], ["cauda_equina"]),
        ([flags(cauda_equina="yes"), correction(0, **flags(cauda_equina="unknown"))], ["cauda_equina"]),
        ([flags(cauda_equina="yes"), correction(0, **flags(cauda_equina="no"))], ["cauda_equina"]),
        ([flags(cauda_equina="unknown"), correction(0, words="typo")], ["cauda_equina?"]),
        ([{"motor": (WEAK,)}, correction(0, motor=({**WEAK, "grade": 5},))], ["progressive_weakness"]),
        ([{"bilateral_signs": True}, correction(0, words="typo")], ["new_bilateral_leg_symptoms"]),
        # said by name it does, whatever the clock of the correction says
        ([flags(cauda_equina="yes"), correction(0, **DENIED)], []),
        ([flags(cauda_equina="yes"), correction(0, **DENIED, written=BEGIN - dt.timedelta(days=1))], []),
        ([flags(cauda_equina="yes", fracture="yes"), correction(0, **DENIED)], ["fracture"]),
        ([flags(cauda_equina="unknown"), correction(0, **flags(cauda_equina="no"))], []),
        ([{"motor": (WEAK,)}, correction(0, **flags(progressive_weakness="no"), **WRONGLY)], []),
        # a no elsewhere is no correction, and what was told elsewhere stands
        ([flags(cauda_equina="yes"), DENIED], ["cauda_equina"]),
        ([flags(cauda_equina="yes"), flags(cauda_equina="yes"), correction(0, **DENIED)], ["cauda_equina"]),
        # what was said wrongly of it is as if it had not been said
        ([flags(cauda_equina="yes"), correction(0, **DENIED), correction(1, words="no, it is so")], ["cauda_equina"]),
        ([flags(cauda_equina="yes"), cleared("programme"), correction(1, words="other patient")], ["cauda_equina"]),
        # cleared is cleared, and told again it stands once
        ([flags(cauda_equina="yes"), cleared("programme"), correction(0, words="typo")], []),
        ([flags(cauda_equina="yes"), correction(0, words="typo"), cleared("programme")], []),
        ([flags(cauda_equina="yes"), correction(0, **flags(cauda_equina="yes"))], ["cauda_equina"]),
        # a clearance that is corrected clears what it cleared, and nothing that was told since
        ([flags(fracture="yes"), cleared("programme"), flags(fracture="yes"), CLEARED_AS_BEFORE], ["fracture"]),
        ([flags(fracture="yes"), cleared("programme"), flags(infection="yes"), CLEARED_AS_BEFORE], ["infection"]),
        ([flags(fracture="yes"), cleared("programme"), CLEARED_AS_BEFORE], []),
    ],
)
def test_a_correction_ends_no_stop_by_silence(entries: list[dict[str, Any]], expected: list[str]) -> None:
    assert left(*entries) == expected


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([flags(cauda_equina="yes"), cleared("programme")], "it is allowed again"),
        ([flags(cauda_equina="unknown"), flags(cauda_equina="no")], "cauda equina was answered no"),
        (
            [flags(cauda_equina="yes"), correction(0, **DENIED)],
            "cauda equina was told wrongly, corrected by Dr Roe",
        ),
        ([], ""),
    ],
)
def test_only_what_somebody_allowed_is_allowed_again(entries: list[dict[str, Any]], words: str) -> None:
    assert how_it_ended(Log(programme="P", entries=made(*entries)), ()) == words


# -------------------------------------------------------------------- what was not done while a stop held
FRIDAY = dt.date(2026, 12, 4)  # of the first week: its third session
NOT_KNOWN, SO_IT_IS_NOT = flags(cauda_equina="unknown"), flags(cauda_equina="no")


def state_on(today: dt.date, *told: tuple[dt.date, dict[str, Any]]) -> State:
    """The state where the first two sessions were held, and some more was told."""
    case, programme = programme_of("a_flexion_intolerant")
    first, second, third = [one for one in programme.sessions if one.kind is SessionKind.TRAINING][:3]
    assert third.start.date() == FRIDAY
    held = [(one.start.date(), {"slot": one.slot, "done": "done"}) for one in (first, second)]
    entries = tuple(
        LogEntry(id=f"e{n:04d}", written=dt.datetime.combine(day, dt.time(n), dt.UTC), **said)
        for n, (day, said) in enumerate([*held, *told])
    )
    return state_of(programme, Log(programme=programme.id, entries=entries), case, today)


@pytest.mark.parametrize(
    ("told", "missed"),
    [
        ([], 1),
        ([(FRIDAY, NOT_KNOWN), (FRIDAY + DAY, SO_IT_IS_NOT)], 0),
        ([(FRIDAY - DAY, NOT_KNOWN), (FRIDAY, SO_IT_IS_NOT)], 0),
        ([(FRIDAY - DAY, flags(fracture="yes"))], 0),
        ([(FRIDAY, NOT_KNOWN), (FRIDAY, {"slot": "w01-s3", "done": "missed"})], 0),
        # before it and after it nothing stood
        ([(FRIDAY - 2 * DAY, NOT_KNOWN), (FRIDAY - DAY, SO_IT_IS_NOT)], 1),
        ([(FRIDAY + DAY, NOT_KNOWN)], 1),
    ],
)
def test_nobody_missed_what_a_stop_forbade(told: list[tuple[dt.date, dict[str, Any]]], missed: int) -> None:
    _, programme = programme_of("a_flexion_intolerant")
    state = state_on(FRIDAY + 2 * DAY, *told)
    assert (state.held, state.missed) == (2, missed)
    assert ("w01-s3" in {one.about for one in state.decisions}) == bool(missed)
    third = next(one for one in programme.sessions if one.slot == "w01-s3")
    assert with_account(third, state).status is (Status.MISSED if missed else Status.CANCELLED)


def test_what_was_done_all_the_same_was_done() -> None:
    state = state_on(FRIDAY + DAY, (FRIDAY, NOT_KNOWN), (FRIDAY, {"slot": "w01-s3", "done": "done"}))
    assert (state.held, state.missed) == (3, 0)


def test_a_flare_up_told_of_what_a_stop_forbade_is_one() -> None:
    told = {"slot": "w01-s3", "done": "missed", "flare": True}
    assert state_on(FRIDAY + DAY, (FRIDAY, NOT_KNOWN), (FRIDAY, told)).flared == FRIDAY
