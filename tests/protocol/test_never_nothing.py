"""Amounts below nothing: refused where they are certain, held at the lightest load where only the build knows."""

from __future__ import annotations

import pytest

from tests.protocol.own_file import HEAD, build, faults, own_folder, sessions

__all__ = ["own_folder"]

FILE = f"""{HEAD}days_a_week: 2
lines: {{squat: {{exercise: goblet_squat, scheme: s, state: {{one_rm: 60}}}}}}
schemes:
  s:
    sets: [{{name: top, reps: 5, load: 60% one_rm}}]
    after: [{{met: yes, do: {{one_rm: +2.5}}}}]
rotation: [{{name: A, do: [squat]}}]
"""


def loads(at: int = 0) -> list[float | None]:
    found = []
    for one in sessions()[:3]:
        load = one["items"][0]["dose"]["sets"][at].get("load")
        found.append(load and load["amount"] / 1000)
    return found


@pytest.mark.parametrize(
    "load", ["60% one_rm - 70% one_rm", "60 kg - 70 kg", "60 - 60", "one_rm - 50% one_rm - 50% one_rm"]
)
def test_what_is_never_above_nothing_is_refused(load: str) -> None:
    (fault,) = faults(FILE.replace("60% one_rm", load))
    assert f"takes away all that there is: {load} is never above 0; a range of loads goes into note" in fault


@pytest.mark.parametrize("load", ["70% one_rm - 60% one_rm", "one_rm - 10"])
def test_what_may_be_above_nothing_is_not(load: str) -> None:
    assert not faults(FILE.replace("60% one_rm", load))


@pytest.mark.parametrize(("load", "write"), [("60-70% one_rm", "60% one_rm"), ("20-30 kg", "20 kg"), ("20-30", "20")])
def test_a_range_of_loads_is_told_what_to_write(load: str, write: str) -> None:
    (fault,) = faults(FILE.replace("60% one_rm", load))
    assert f"is a range, and an amount is one number: write {write}; a range of loads goes into note" in fault


@pytest.mark.parametrize(
    "text",
    [
        FILE.replace("60% one_rm", "one_rm - 100"),
        FILE.replace("60% one_rm", "work").replace("one_rm: 60", "one_rm: 60, work: one_rm - 100"),
    ],
)
def test_a_load_from_which_too_much_is_taken_stays_at_the_lightest(text: str) -> None:
    result = build(text)
    assert loads() == [2.5, 2.5, 2.5]
    assert "load would come to nothing, as more is taken away than there is; it stays at 2.5 kg" in " ".join(
        result.output.split()
    )


def test_a_rule_and_an_adjustment_stay_at_the_lightest_too() -> None:
    build(FILE.replace("60% one_rm", "one_rm").replace("+2.5", "one_rm - 100"))
    assert loads() == [60, 2.5, 2.5]
    adjusted = "{name: top, reps: 5, load: 20}, {reps: 5, load: 20, adjust: {by: top, bands: {0-9: -25}}}"
    build(FILE.replace("{name: top, reps: 5, load: 60% one_rm}", adjusted), "--force")
    assert loads(1) == [2.5, 2.5, 2.5]


def test_what_began_without_a_load_stays_without() -> None:
    result = build(FILE.replace("60% one_rm", "one_rm - 10").replace("one_rm: 60", "one_rm: 0").replace("+2.5", "+5"))
    assert loads() == [None, 2.5, 2.5]
    assert "in session 2 load would come to nothing" in " ".join(result.output.split())
