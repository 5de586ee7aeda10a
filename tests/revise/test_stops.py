"""What stops a programme by its log, and what ends a stop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import count, permutations
from typing import Any

import pytest

from planner.domain.log import Log, LogEntry
from planner.rules.stops import how_it_ended, standing_stops

BEGIN = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)
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
