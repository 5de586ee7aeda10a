"""Outcome scores: what change of each means something, and the risk groups of two of them.

They inform the clinician and set how often there is contact; no load follows from them (pooled
AUC for pain 0.59 for STarT Back and 0.69 for the Örebro short form, PMC5244583 [F]).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from planner.domain.exercise import EvidenceMark
from planner.rules.base import F, K


class Trend(StrEnum):
    """What became of a score."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "no meaningful change"


class Risk(StrEnum):
    """Risk that the pain goes on to disable."""

    LOW = "low risk"
    MEDIUM = "medium risk"
    HIGH = "high risk"


@dataclass(frozen=True)
class Measure:
    """One outcome score.

    ``points`` is the smallest meaningful change on its scale; ``share`` the smallest meaningful
    improvement as a share of the value before, where the source has one.  Both None: the score
    sorts into risk groups and has no such change.
    """

    id: str
    name: str
    low: float
    high: float
    points: float | None
    share: float | None
    source: str
    mark: EvidenceMark
    more_is_better: bool = False


_OSTELO: Final = "Ostelo 2008, Spine 33:90"
#: The scores by the field of ``Outcomes`` that holds them.
MEASURES: Final[dict[str, Measure]] = {
    measure.id: measure
    for measure in (
        Measure("nprs", "NPRS", 0, 10, 2, 0.30, _OSTELO, F),
        Measure("odi_percent", "ODI", 0, 100, 10, 0.30, _OSTELO, F),
        Measure("rmdq", "RMDQ", 0, 24, 5, 0.30, _OSTELO, F),
        Measure("psfs", "PSFS", 0, 10, 2, None, "2 points of the average, general knowledge", K, more_is_better=True),
        Measure("start_back_total", "STarT Back", 0, 9, None, None, "cut-offs: general knowledge", K),
        Measure("start_back_psych", "STarT Back psych", 0, 5, None, None, "cut-offs: general knowledge", K),
        Measure("orebro_short", "Örebro short form", 0, 100, None, None, "cut-off: general knowledge", K),
    )
}


def change(measure: Measure, before: float, after: float) -> Trend:
    """Whether a score changed by as much as means something.

    Better by ``points``, or by ``share`` of the value before.  Worse by ``points`` only: the share
    was found for improvement, and from a low value it would call one point of noise a setback [D].

    Raises
    ------
    ValueError
        When the measure has no meaningful change.
    """
    if measure.points is None:
        raise ValueError(f"{measure.name} has no meaningful change of its own")
    gain = after - before if measure.more_is_better else before - after
    by_share = measure.share is not None and gain > 0 and gain >= measure.share * before - 1e-9
    if gain >= measure.points or by_share:
        return Trend.BETTER
    return Trend.WORSE if -gain >= measure.points else Trend.SAME


def start_back(total: int, psych: int | None) -> Risk | None:
    """STarT Back: total (0-9) of 3 or less low; else the psychosocial score (0-5) decides, 4 or more high.

    None when the total is 4 or more and the psychosocial score is not known.  [K]
    """
    if total <= 3:
        return Risk.LOW
    if psych is None:
        return None
    return Risk.HIGH if psych >= 4 else Risk.MEDIUM


def orebro(score: int) -> Risk:
    """Örebro short form (0-100): 50 or more is high risk.  [K]"""
    return Risk.HIGH if score >= 50 else Risk.LOW
