"""Conflicts: planted ones are found by name, each is minimal, and a naive twin finds the same."""

from __future__ import annotations

import itertools

import pytest

from planner.explain.conflicts import Possible, clash
from planner.explain.requirements import requirements
from tests.explain.cases import Planted, planted

CASES = planted()


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 30
    assert len({case.name for case in CASES}) == len(CASES)
    assert sum(len(case.conflicts) > 1 for case in CASES) >= 8


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_planted_conflicts_are_found_by_name_and_are_minimal(case: Planted) -> None:
    possible = Possible(case.case, requirements(case.case))
    assert not possible(frozenset(possible.requirements))
    found = clash(possible)
    names = {conflict.keys for conflict in found.conflicts}
    assert set(case.conflicts) <= names
    assert all(conflict.minimal for conflict in found.conflicts)
    # asked again from nothing: without any one of them, the rest of a conflict can be met
    for keys in case.conflicts:
        again = Possible(case.case, requirements(case.case))
        assert not again(keys)
        for key in keys:
            assert again(keys - {key}), (keys, key)


#: Cases small enough to try every set of some of their requirements; the others are always given up.
TWINS = {
    "must walk farther than four weeks allow": ("goal:0", "weeks", "windows", "daily", "rule:W1"),
    "must walk farther than slot and weeks allow": ("goal:0", "weeks", "windows", "daily", "rule:W1"),
    "must walk farther by the second week": ("goal:0", "by:0", "weeks", "daily", "rule:W1"),
    "disliked and restricted": (
        "goal:0",
        "dislike:0",
        "rule:S1@restrictions[0]: flare last month",
        "place:0",
        "rule:O1",
    ),
    "no trap bar and a restriction on it": (
        "goal:0",
        "place:0",
        "rule:S1@restrictions[0]: flare last month",
        "windows",
    ),
    "a walk too long and a goal that is disliked": ("goal:0", "goal:1", "daily", "dislike:0", "windows"),
    "two rows in one line of work": ("goal:0", "goal:1", "windows", "rule:O1", "place:0"),
    "no trap bar and a run": ("goal:0", "goal:1", "place:0", "windows"),
}


def naive(case: Planted, keys: tuple[str, ...]) -> set[frozenset[str]]:
    """Every minimal impossible set, by asking afresh about all sets from the smallest up."""
    found: set[frozenset[str]] = set()
    for size in range(1, len(keys) + 1):
        for some in itertools.combinations(keys, size):
            kept = frozenset(some)
            if any(known <= kept for known in found):
                continue
            if not Possible(case.case, requirements(case.case))(kept):
                found.add(kept)
    return found


@pytest.mark.parametrize("name", TWINS)
def test_a_naive_twin_finds_the_same_conflicts(name: str) -> None:
    case = next(case for case in CASES if case.name == name)
    keys = TWINS[name]
    every = naive(case, keys)
    possible = _Among(case, keys)
    found = clash(possible)
    assert found.complete
    assert {conflict.keys for conflict in found.conflicts} == every
    # what is given up in a correction hits every conflict, and nothing less does
    for correction in found.corrections:
        given_up = {requirement.key for requirement in correction}
        assert all(given_up & conflict for conflict in every)
        assert all(any(not (given_up - {key}) & conflict for conflict in every) for key in given_up)


class _Among(Possible):
    """Asks about some requirements only; all others are given up in every question."""

    def __init__(self, case: Planted, keys: tuple[str, ...]) -> None:
        super().__init__(case.case, requirements(case.case))
        self.all = dict(self.requirements)
        self.requirements = {key: requirement for key, requirement in self.all.items() if key in keys}

    def _ask(self, kept: frozenset[str]) -> bool | None:
        few, self.requirements = self.requirements, self.all
        try:
            return super()._ask(kept)
        finally:
            self.requirements = few


def test_what_can_be_met_has_no_conflict() -> None:
    from planner.explain.impossible import impossible
    from tests.plans import case_of

    assert impossible(case_of("f_healthy_novice")) is None
