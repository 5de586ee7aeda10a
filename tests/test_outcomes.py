"""Outcome scores against the table of the clinical notes, section 4."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.log import Outcomes
from planner.rules.outcomes import MEASURES, Risk, Trend, change, orebro, start_back

#: The table: range, points, per cent, mark.
TABLE = {
    "nprs": (0, 10, 2, 0.30, "F"),
    "odi_percent": (0, 100, 10, 0.30, "F"),
    "rmdq": (0, 24, 5, 0.30, "F"),
    "psfs": (0, 10, 2, None, "K"),
}


@pytest.mark.parametrize(("name", "row"), TABLE.items())
def test_each_row_of_the_table(name: str, row: tuple[object, ...]) -> None:
    measure = MEASURES[name]
    assert (measure.low, measure.high, measure.points, measure.share, measure.mark) == row
    assert measure.source


def test_there_is_a_measure_for_every_score_and_its_range_is_the_models() -> None:
    assert list(MEASURES) == list(Outcomes.model_fields)
    for name, measure in MEASURES.items():
        Outcomes.model_validate({name: measure.low})
        for beyond in (measure.low - 1, measure.high + 1):
            with pytest.raises(ValueError, match=name):
                Outcomes.model_validate({name: beyond})


@pytest.mark.parametrize(
    ("name", "before", "after", "said"),
    [
        ("nprs", 7, 5, Trend.BETTER),  # 2 points
        ("nprs", 7, 6, Trend.SAME),  # 1 point, 14 %
        ("nprs", 3, 2, Trend.BETTER),  # 33 %
        ("nprs", 4, 6, Trend.WORSE),
        ("nprs", 1, 2, Trend.SAME),  # one point more is noise, although it doubles
        ("odi_percent", 42, 32, Trend.BETTER),
        ("odi_percent", 42, 33, Trend.SAME),  # 9 points, 21 %
        ("odi_percent", 20, 14, Trend.BETTER),  # 30 %
        ("odi_percent", 20, 29, Trend.SAME),
        ("odi_percent", 20, 30, Trend.WORSE),
        ("rmdq", 20, 15, Trend.BETTER),
        ("rmdq", 10, 7, Trend.BETTER),  # 30 %
        ("rmdq", 20, 16, Trend.SAME),
        ("psfs", 3, 5, Trend.BETTER),  # more is better
        ("psfs", 3, 4.5, Trend.SAME),
        ("psfs", 5, 3, Trend.WORSE),
        ("nprs", 0, 0, Trend.SAME),
    ],
)
def test_meaningful_change(name: str, before: float, after: float, said: Trend) -> None:
    assert change(MEASURES[name], before, after) is said


@given(st.sampled_from(sorted(TABLE)), st.floats(0, 10), st.floats(0, 10))
def test_better_and_worse_are_on_their_own_sides(name: str, before: float, after: float) -> None:
    measure = MEASURES[name]
    gain = after - before if measure.more_is_better else before - after
    found = change(measure, before, after)
    assert found is Trend.SAME or (found is Trend.BETTER) == (gain > 0)


def test_a_score_of_risk_has_no_change() -> None:
    with pytest.raises(ValueError, match="Örebro short form has no meaningful change of its own"):
        change(MEASURES["orebro_short"], 40, 60)


@pytest.mark.parametrize(
    ("total", "psych", "risk"),
    [
        (3, None, Risk.LOW),
        (3, 3, Risk.LOW),
        (4, 3, Risk.MEDIUM),
        (9, 3, Risk.MEDIUM),
        (4, 4, Risk.HIGH),
        (4, None, None),
    ],
)
def test_start_back(total: int, psych: int | None, risk: Risk | None) -> None:
    assert start_back(total, psych) is risk


def test_orebro() -> None:
    assert [orebro(score) for score in (0, 49, 50, 100)] == [Risk.LOW, Risk.LOW, Risk.HIGH, Risk.HIGH]
