"""What stops a programme by its log, and what ends a stop."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from planner.domain.log import Log, LogEntry
from planner.rules.stops import standing_stops

BEGIN = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)
WEAK = {"myotome": "L5", "side": "left", "grade": 4}


def flags(**answers: str) -> dict[str, Any]:
    return {"flags": answers}


def cleared(*names: str) -> dict[str, Any]:
    return {"cleared": names, "by": "Dr Roe"}


def left(*entries: dict[str, Any]) -> list[str]:
    """The questions that stand after some entries, one a day, with a mark where they were not answered."""
    made = tuple(
        LogEntry(id=f"e{n:04d}", written=BEGIN + dt.timedelta(days=n), **entry) for n, entry in enumerate(entries)
    )
    return [
        f"{stop.flag.id}{'' if stop.known else '?'}" for stop in standing_stops(Log(programme="P", entries=made), ())
    ]


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
