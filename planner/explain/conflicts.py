"""Which requirements clash: every small set of them that cannot be met together, each as small as it can be.

A conflict is minimal: leave any of its requirements out, and the rest can be met (with everything else
given up).  Conflicts are found by QuickXplain (Junker 2004); a hitting-set tree (Reiter 1987) over them
finds the others, and the *corrections*: the smallest sets of requirements that leave a programme when
given up together.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from planner.domain.case import Case
from planner.explain.requirements import Requirement, world
from planner.rules.limits import Cover, Open, Precede
from planner.solver.prepare import Prepared, Wish, prepare
from planner.solver.reasons import Obstacle, obstacles
from planner.solver.search import feasible
from planner.solver.terms import Infeasible

Keys = frozenset[str]

#: Conflicts that are looked for at most, and requirements given up together at most.
MOST_CONFLICTS = 6
MOST_GIVEN_UP = 3

#: Deterministic time that the whole model gets for one question.
ANSWER_EFFORT = 1.0


@dataclass(frozen=True)
class Conflict:
    """Requirements that cannot be met together, and the arithmetic where it shows without a search.

    ``minimal`` is false where the time did not suffice to find out whether fewer of them clash.
    """

    requirements: tuple[Requirement, ...]
    arithmetic: str = ""
    minimal: bool = True

    @property
    def keys(self) -> Keys:
        """Keys of its requirements."""
        return frozenset(r.key for r in self.requirements)


@dataclass
class Clash:
    """All conflicts that were found, and the corrections; ``complete`` when nothing was cut short."""

    conflicts: list[Conflict] = field(default_factory=list)
    corrections: list[tuple[Requirement, ...]] = field(default_factory=list)
    complete: bool = True


class Possible:
    """Whether requirements can be met together, asked of the rules and the solver; answers are kept.

    What is possible stays so when less is asked, and what is not stays so when more is.  A question that
    the solver could not answer within its effort counts as possible, so that no conflict is made up.
    """

    def __init__(
        self,
        case: Case,
        requirements: Iterable[Requirement],
        wish: Wish | None = None,
        until: float = math.inf,
    ) -> None:
        self.case = case
        self.wish = wish
        self.until = until
        self.unsure = False
        self.requirements = {r.key: r for r in requirements}
        self.asked = 0
        self._yes: list[Keys] = []
        self._no: list[Keys] = []

    def rule_out(self, kept: Keys) -> None:
        """Notes that these cannot be met together, as the search has proved."""
        self._no.append(kept)

    def known(self, kept: Keys) -> bool:
        """Whether these are known to be possible."""
        return any(kept <= known for known in self._yes)

    def __call__(self, kept: Keys) -> bool:
        """Whether these can be met together."""
        if self.known(kept):
            return True
        if any(known <= kept for known in self._no):
            return False
        self.asked += 1
        answer = self._ask(kept) if time.monotonic() < self.until else None
        if answer is None:
            self.unsure = True
            return True
        (self._yes if answer else self._no).append(kept)
        return answer

    def prepared(self, kept: Keys, *, musts: bool = False) -> Prepared:
        """The case in which only these requirements are kept, as the solver sees it."""
        given_up = {r.key: r for key, r in self.requirements.items() if key not in kept}
        free = [key for key in kept if key.startswith("goal:") and key.replace("goal", "by") not in kept]
        if self.wish is None and not free:
            # more weeks only help to reach a goal that has no week of its own
            given_up.pop("weeks", None)
        case, without = world(self.case, given_up.values())
        return prepare(case, without, self.wish, musts=musts)

    def plain(self, kept: Keys) -> bool:
        """Whether arithmetic alone shows that these cannot be met together."""
        return next(iter(obstacles(self.prepared(kept, musts=True))), None) is not None

    def _ask(self, kept: Keys) -> bool | None:
        # a track without a must goal may stay away: without weekly quotas it matters only by what it earns for others
        few = self.prepared(kept, musts=True)
        if next(iter(obstacles(few)), None) is not None:
            return False
        limits = few.gate.limits
        if not any(isinstance(limit, Cover) and limit.track is None for limit in limits):
            answer = True if not few.ladders else _solved(few)
            if answer is not False or not any(isinstance(limit, Open | Precede) for limit in limits):
                return answer
        return _solved(self.prepared(kept))


def _solved(prepared: Prepared) -> bool | None:
    try:
        return feasible(prepared.terms(), ANSWER_EFFORT)
    except Infeasible:
        return False


def smallest(possible: Callable[[Keys], bool], background: Keys, candidates: Iterable[str]) -> Keys:
    """A minimal set of candidates that is impossible together with the background (QuickXplain).

    The candidates together with the background are impossible; the background alone is not, or the
    set is empty.
    """
    order = list(candidates)
    if not possible(background):
        return frozenset()

    def explain(base: Keys, added: bool, some: list[str]) -> Keys:
        if added and not possible(base):
            return frozenset()
        if len(some) == 1:
            return frozenset(some)
        half = len(some) // 2
        one, two = some[:half], some[half:]
        in_two = explain(base | frozenset(one), bool(one), two)
        in_one = explain(base | in_two, bool(in_two), one)
        return in_one | in_two

    return explain(background, False, order) if order else frozenset()


def clash(possible: Possible, *, most: int = MOST_CONFLICTS) -> Clash:
    """Conflicts and corrections of a case in which not everything can be met."""
    every = frozenset(possible.requirements)
    found = Clash()
    sets: list[Keys] = []
    corrections: list[Keys] = []
    doubtful: set[Keys] = set()
    queue: list[Keys] = [frozenset()]
    seen: set[Keys] = {frozenset()}
    while queue:
        given_up = queue.pop(0)
        if any(known <= given_up for known in corrections):
            continue
        if time.monotonic() > possible.until:
            found.complete = False
            break
        conflict = next((known for known in sets if not known & given_up), None)
        if conflict is None:
            kept = every - given_up
            if possible(kept):
                corrections.append(given_up)
                continue
            if len(sets) >= most:
                found.complete = False
                continue
            possible.unsure = False
            conflict = smallest(possible, frozenset(), _ordered(possible, _fewer(possible, kept)))
            sets.append(conflict)
            if possible.unsure:
                doubtful.add(conflict)
        if len(given_up) >= MOST_GIVEN_UP:
            found.complete = False
            continue
        for key in _ordered(possible, conflict):
            more = given_up | {key}
            if more not in seen:
                seen.add(more)
                queue.append(more)
    # an answer that came later may show that what was taken for a conflict can be met
    sets = [keys for keys in sets if not possible.known(keys)]
    found.conflicts = [_conflict(possible, keys, minimal=keys not in doubtful) for keys in sets]
    found.corrections = [_named(possible, keys) for keys in corrections]
    if not corrections and sets:
        # out of time before anything was known to help: every goal given up, if the goals are in it at all
        goals = frozenset(key for key in every if key.startswith("goal:"))
        if all(keys & goals for keys in sets):
            found.corrections = [_named(possible, goals)]
    return found


def _fewer(possible: Possible, kept: Keys) -> Keys:
    """Fewer requirements that clash already: as few as arithmetic needs, else without those that are costly."""
    if not possible.plain(kept):
        return _without_costly(possible, kept)
    few = smallest(lambda keys: not possible.plain(keys), frozenset(), _ordered(possible, kept))
    if not possible.plain(few):
        return kept
    possible.rule_out(few)
    return few


def _without_costly(possible: Possible, kept: Keys) -> Keys:
    """The same without requirements that make questions slow, where the rest clashes without them."""
    costly = [key for key in _ordered(possible, kept) if possible.requirements[key].costly]
    for key in sorted(costly, key=lambda key: -possible.requirements[key].costly):
        if not possible(kept - {key}):
            kept -= {key}
    return kept


def _ordered(possible: Possible, keys: Collection[str]) -> list[str]:
    """Keys in the order of the requirements."""
    return [key for key in possible.requirements if key in keys]


def _named(possible: Possible, keys: Collection[str]) -> tuple[Requirement, ...]:
    return tuple(possible.requirements[key] for key in _ordered(possible, keys))


def _conflict(possible: Possible, keys: Keys, *, minimal: bool) -> Conflict:
    """A conflict, with what arithmetic says when only its requirements are kept."""
    found = obstacle(possible, keys)
    return Conflict(_named(possible, keys), "" if found is None else found.words, minimal)


def obstacle(possible: Possible, keys: Keys) -> Obstacle | None:
    """What arithmetic alone says of requirements that clash."""
    return next(iter(obstacles(possible.prepared(keys))), None)
