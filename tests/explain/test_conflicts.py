"""Conflicts: planted ones and no others are found, each is minimal, and a naive twin finds the same."""

from __future__ import annotations

import itertools

import pytest

from planner.explain.conflicts import Possible, clash
from planner.explain.requirements import Requirement, requirements
from tests.explain.cases import Planted, planted

CASES = planted()
BY_NAME = {case.name: case for case in CASES}

Keys = frozenset[str]


def met(case: Planted, every: tuple[Requirement, ...], kept: Keys) -> bool:
    """Whether requirements can be met together, asked from nothing: no answer of before is used."""
    possible = Possible(case.case, every)
    answer = possible(kept)
    assert not possible.unsure
    return answer


def shares_a_goal(case: Planted) -> bool:
    """Whether two of the conflicts are about the same goal."""
    goals = [{key for key in keys if key.startswith("goal:")} for keys in case.conflicts]
    return any(one & two for one, two in itertools.combinations(goals, 2))


def disjoint(case: Planted) -> bool:
    """Whether two of the conflicts have nothing in common."""
    return any(not one & two for one, two in itertools.combinations(case.conflicts, 2))


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 34
    assert len(BY_NAME) == len(CASES)
    assert sum(disjoint(case) for case in CASES) >= 5
    assert sum(shares_a_goal(case) for case in CASES) >= 4
    assert sum(bool(case.never) for case in CASES) >= 4
    # most say what a correct programme would have to propose
    assert sum(bool(case.repairs) for case in CASES) > len(CASES) / 2
    kinds = {key.partition("@")[0].partition(":")[0] for case in CASES for keys in case.conflicts for key in keys}
    assert kinds >= {"goal", "by", "weeks", "windows", "session_minutes", "sessions", "away", "busy", "daily", "place"}
    rules = {key.partition("@")[0] for case in CASES for keys in case.conflicts for key in keys}
    assert rules >= {f"rule:{rule}" for rule in ("S1", "OP", "CON", "D1", "SURG", "PREG", "BP", "M1", "O9")}
    assert rules >= {f"rule:{rule}" for rule in ("W1", "O1", "O6", "PH")}


#: Those that take longest wait for the slow suite.
LONG = {
    "kettlebells too far apart for twelve weeks",
    "bending too soon after waking",
    "a task before the back has settled",
    "bending with osteoporosis and a walk too long",
    "a deadlift too heavy for twelve weeks",
    "lifting from the floor in the first week",
    "lifting from the floor in the first week with bending half open",
    "an irritable nerve and a walk too far",
    "a weighted curl with osteoporosis",
    "no trap bar and high blood pressure",
    "high blood pressure and a row that is disliked",
    "three goals with three causes",
    "windows too short and a walk too long",
    "a clinic that waits three hours after waking",
    "a shoulder that must not press and a walk too far",
    "no trap bar and a restriction on it",
    "a squat for which sets and load rise too slowly",
}


@pytest.mark.parametrize(
    "case",
    [pytest.param(c, id=c.name.replace(" ", "-"), marks=pytest.mark.slow if c.name in LONG else ()) for c in CASES],
)
def test_planted_conflicts_are_found_by_name_and_are_minimal(case: Planted) -> None:
    every = requirements(case.case)
    possible = Possible(case.case, every)
    assert not possible(frozenset(possible.requirements))
    found = clash(possible)
    assert found.complete
    assert {conflict.keys for conflict in found.conflicts} == set(case.conflicts)
    assert all(conflict.minimal for conflict in found.conflicts)
    # asked again from nothing: without any one of them, the rest of a conflict can be met
    for keys in case.conflicts:
        assert not met(case, every, keys)
        for key in keys:
            assert met(case, every, keys - {key}), (keys, key)
    # every correction takes something from every conflict
    for correction in found.corrections:
        given_up = {requirement.key for requirement in correction}
        assert all(given_up & keys for keys in case.conflicts), given_up


#: Cases small enough to try every set of some of their requirements; the others are always given up.
TWINS = {
    "must walk farther than four weeks allow": (
        "goal:0",
        "weeks",
        "windows",
        "sessions",
        "daily",
        "rule:W1",
        "rule:O1",
    ),
    "must walk farther than slot and weeks allow": (
        "goal:0",
        "weeks",
        "windows",
        "sessions",
        "daily",
        "rule:W1",
        "rule:O6@rule default",
    ),
    "must walk farther by the second week": ("goal:0", "by:0", "weeks", "windows", "sessions", "daily", "rule:W1"),
    "disliked and restricted": (
        "goal:0",
        "weeks",
        "windows",
        "dislike:0",
        "rule:S1@restrictions[0]: flare last month",
        "rule:O1",
    ),
    "no trap bar and high blood pressure": (
        "goal:0",
        "weeks",
        "windows",
        "place:0",
        "rule:BP@conditions.blood_pressure",
        "rule:O1",
    ),
    "a squat for which sets and load rise too slowly": (
        "goal:0",
        "weeks",
        "sessions",
        "place:0",
        "rule:O1",
        "rule:O6@rule default",
    ),
    "a walk too long and a goal that is disliked": (
        "goal:0",
        "goal:1",
        "weeks",
        "windows",
        "daily",
        "dislike:0",
    ),
    "three goals with three causes": ("goal:0", "goal:1", "goal:2", "weeks", "daily", "dislike:0", "rule:W1"),
    "away in one week and busy in the other": (
        "windows",
        "sessions",
        "away",
        "busy",
        "rule:O1",
        "rule:O4@rule default",
    ),
    "away all the time and a walk too long": ("goal:0", "weeks", "windows", "sessions", "away", "daily", "rule:W1"),
}


def subsets(keys: tuple[str, ...]) -> list[Keys]:
    """Every set of some of the keys, the smallest first."""
    return [frozenset(some) for size in range(len(keys) + 1) for some in itertools.combinations(keys, size)]


def minimal(sets: list[Keys]) -> set[Keys]:
    """Those that have no other of them within."""
    return {one for one in sets if not any(other < one for other in sets)}


def naive(case: Planted, keys: tuple[str, ...]) -> set[Keys]:
    """Every minimal impossible set: each set of the keys is asked about afresh, and nothing is concluded."""
    every = requirements(case.case)
    assert set(keys) <= {requirement.key for requirement in every}
    impossible = [some for some in subsets(keys) if not met(case, every, some)]
    # who asks for more gets no more: this is what the search relies on, and here it is seen
    assert all(more in impossible for one in impossible for more in subsets(keys) if one <= more)
    return minimal(impossible)


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow if name in LONG else ()) for name in TWINS])
def test_a_naive_twin_finds_the_same_conflicts(name: str) -> None:
    case, keys = BY_NAME[name], TWINS[name]
    every = naive(case, keys)
    found = clash(_Among(case, keys))
    assert found.complete
    assert {conflict.keys for conflict in found.conflicts} == every
    # the corrections are all the smallest sets that take something from every conflict
    hitting = minimal([some for some in subsets(keys) if all(some & conflict for conflict in every)])
    assert {frozenset(requirement.key for requirement in one) for one in found.corrections} == hitting


class _Among(Possible):
    """Asks about some requirements only; all others are given up in every question."""

    def __init__(self, case: Planted, keys: tuple[str, ...]) -> None:
        super().__init__(case.case, requirements(case.case))
        self.all = dict(self.requirements)
        self.requirements = {key: requirement for key, requirement in self.all.items() if key in keys}

    def _ask(self, kept: Keys) -> bool | None:
        few, self.requirements = self.requirements, self.all
        try:
            return super()._ask(kept)
        finally:
            self.requirements = few
