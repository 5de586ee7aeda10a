"""The order of the search: relax, choose, look around, prove, and last an even week.

1.  Column generation bounds the first tier and brings climbs (``master``).
2.  CP-SAT chooses among the climbs; neighbours of the relaxation's and of the chosen ones add more.
3.  What could still be part of a better programme, by its reduced cost, goes into the whole model,
    which finds a better programme or proves that there is none (``model``).
4.  With the climbs fixed, the second tier makes the week regular (``regular``).

Effort is counted in the solvers' deterministic time, so that the same case gives the same bytes; the
clock is a safety net.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from planner.solver.master import Master, Relaxation
from planner.solver.model import WholeModel
from planner.solver.network import Climb, Floats
from planner.solver.regular import regular
from planner.solver.terms import Infeasible, OutOfTime, Solution, Terms, Tier

#: Deterministic time of a choice among climbs (for 12 weeks), of the proof, and of the second tier.
CHOICE_EFFORT = 0.3
PROOF_EFFORT = 15.0
WEEK_EFFORT = 2.0

#: Times that the neighbourhood of the best climbs is searched.
POLISH = 5

#: A bound this close (a share of the value) is near enough; the report says what was proved.
GAP = 0.003

#: What rounding in the relaxation may hide.
SLACK = 1e-3

Tell = Callable[[str, float, float, float], None]


@dataclass
class Best:
    """The best programme so far, its value, and the bound that no programme can beat."""

    climbs: dict[str, Climb] | None = None
    value: float = math.inf
    bound: float = -math.inf

    @property
    def proved(self) -> bool:
        """Costs are whole numbers, so a bound clearly above the value less one proves it."""
        return self.bound > -math.inf and math.ceil(self.bound - SLACK) >= self.value

    @property
    def close(self) -> bool:
        """Near enough to stop."""
        return self.proved or self.value - self.bound <= GAP * self.value


def feasible(terms: Terms, effort: float, seconds: float = 20.0) -> bool | None:
    """Whether any programme keeps all limits, however good; None when ``effort`` did not show it.

    Nothing costs anything here, so the relaxation only asks whether every hard row can be met: a bound
    above nothing proves that they cannot.
    """
    begun = time.monotonic()
    free = copy.copy(terms)
    free.free = True
    master = Master(free)
    root = master.relax()
    if root is not None:
        if root.bound > 0.5:
            return False
        if master.choose(CHOICE_EFFORT, seconds) is not None:
            return True
        # more to choose from: the climbs of the real costs and what lies around them
        paid = Master(terms)
        found = paid.relax()
        if found is not None:
            for shares in found.shares.values():
                for _, climb in shares:
                    paid.add(climb)
            _neighbours(paid, [climb for shares in found.shares.values() for _, climb in shares], found.prices)
            if paid.choose(2 * CHOICE_EFFORT, seconds) is not None:
                return True
    left = seconds - (time.monotonic() - begun)
    if left <= 0:
        return None
    try:
        return True if WholeModel(free).solve(left, effort).solution is not None else None
    except Infeasible:
        return False


def solve(terms: Terms, seconds: float, tell: Tell | None, *, best: bool = True, regular_week: bool = True) -> Solution:
    """The best climb and skeleton found, and how good any could be.

    Without ``best`` the first programme found will do; without ``regular_week`` its days stay as they were found.

    Raises
    ------
    Infeasible
        When the limits cannot all be met (proved twice).
    OutOfTime
        When ``seconds`` or the effort ran out before anything was found.
    """
    begun = time.monotonic()
    first: float | None = None

    def left() -> float:
        return max(0.5, seconds - (time.monotonic() - begun))

    def say(best: Best) -> None:
        nonlocal first
        if first is None and best.value < math.inf:
            first = time.monotonic() - begun
        if tell is not None:
            tell("climb", best.value, best.bound, time.monotonic() - begun)

    solution, found, master = first_tier(terms, left, say, best=best)
    spent = time.monotonic() - begun
    bound = found.value if found.proved else max(0.0, found.bound)
    tier = Tier("progress and coverage", found.value, bound, found.proved, spent)
    if best and regular_week:
        solution = regular(terms, solution, left(), WEEK_EFFORT, tell)
    stopped = not found.close and spent >= seconds * 0.98
    return replace(
        solution,
        tiers=[tier, *solution.tiers],
        stopped_by_clock=stopped,
        first_seconds=spent if first is None else first,
        size=master.size(),
    )


def first_tier(
    terms: Terms, left: Callable[[], float], say: Callable[[Best], None], *, best: bool = True
) -> tuple[Solution, Best, Master]:
    """The best climbs and their weekly skeleton, with what is known about how good any could be.

    Raises
    ------
    Infeasible
        When the limits cannot all be met (proved twice).
    OutOfTime
        When the effort ran out before anything was found.
    """
    master = Master(terms)
    top = Best()
    root = master.relax()
    solution: Solution | None = None
    if root is not None:
        top.bound = root.bound
        _choose(master, top, left())
        say(top)
        if not top.close and (best or top.climbs is None):
            _look_around(master, top, root, left, say)
    if top.climbs is not None:
        solution = master.solution(top.climbs)
    if solution is None or (best and not top.close):
        solution, top = _prove(terms, master, root, top, solution, left(), say)
    if solution is None:
        raise OutOfTime
    return solution, top, master


def _choose(master: Master, best: Best, seconds: float) -> None:
    longer = max(1.0, master.terms.case.weeks / 12)
    chosen = master.choose(CHOICE_EFFORT * longer**2, seconds, best.climbs)
    if chosen is None:
        return
    value = float(sum(climb.cost for climb in chosen.values()))
    if value < best.value:
        best.climbs, best.value = chosen, value


def _look_around(
    master: Master, best: Best, root: Relaxation, left: Callable[[], float], say: Callable[[Best], None]
) -> None:
    """Neighbours of the relaxation's climbs, then of the best."""
    _neighbours(master, [climb for shares in root.shares.values() for _, climb in shares], root.prices)
    _choose(master, best, left())
    say(best)
    for _ in range(POLISH):
        if best.close or best.climbs is None or left() <= 1:
            return
        before = best.value
        _neighbours(master, best.climbs.values(), root.prices)
        _choose(master, best, left())
        say(best)
        if best.value >= before:
            return


def _neighbours(master: Master, climbs: Iterable[Climb], prices: Floats) -> None:
    for climb in climbs:
        for near in master.networks[climb.track].lighter(climb, prices):
            master.add(near)


def _prove(
    terms: Terms,
    master: Master,
    root: Relaxation | None,
    best: Best,
    solution: Solution | None,
    seconds: float,
    say: Callable[[Best], None],
) -> tuple[Solution | None, Best]:
    """What the whole model says about columns and contracts that could still be part of something better."""
    if root is not None and solution is not None:
        columns, contracts = {}, {}
        for key, network in master.networks.items():
            cheapest = network.cheapest(root.prices)
            assert cheapest is not None
            allowed = cheapest[0] + best.value - 1 - root.bound + SLACK
            columns[key], contracts[key] = network.worth(root.prices, allowed)
        whole = WholeModel(terms, columns, contracts, below=best.value)
    else:
        whole = WholeModel(terms)

    def heard(value: float, bound: float) -> None:
        say(Best(None, value, max(best.bound, bound)))

    try:
        answer = whole.solve(seconds, PROOF_EFFORT, heard)
    except Infeasible:
        if solution is None:
            raise
        # nothing better can be built from what is left: the programme at hand is best
        return solution, replace(best, bound=best.value)
    if answer.solution is not None:
        solution = answer.solution
        best = Best(None, answer.value, max(best.bound, min(answer.value, answer.bound)))
    else:
        best = replace(best, bound=max(best.bound, min(best.value, answer.bound)))
    return solution, best
