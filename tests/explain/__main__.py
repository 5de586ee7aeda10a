"""How long the answer to "why impossible" takes: ``python -m tests.explain``.

The planted conflicts of 12 weeks, and five requests that cannot be met of each example of 12 weeks,
one after the other in one process; prints a line each, then the median and the longest.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

from planner.domain.case import Case
from planner.domain.patient import Goal
from planner.explain.impossible import impossible
from planner.explain.requirements import changed, with_availability
from tests.explain.cases import planted
from tests.plans import FEASIBLE, case_of

WEEKS = 12


def cases() -> Iterator[tuple[str, Case, set[frozenset[str]] | None]]:
    """Name, case, and the conflicts that were planted, None where nobody planted any."""
    for conflict in planted():
        if conflict.case.weeks == WEEKS:
            yield conflict.name, conflict.case, set(conflict.conflicts)
    for name in FEASIBLE:
        case = case_of(name)
        if case.weeks != WEEKS:
            continue
        heavy = {"kind": "lift", "exercise": "conventional_deadlift", "load_kg": 200, "repetitions": 5}
        curl = {"kind": "lift", "exercise": "jefferson_curl", "load_kg": 40, "repetitions": 5}
        squat = {"kind": "lift", "exercise": "goblet_squat", "load_kg": 30, "repetitions": 8, "by_week": 6}
        yield f"{name}: deadlift 200 kg", _must(case, heavy), None
        yield f"{name}: walk 90 min by week 8", _must(case, {"kind": "walk", "minutes": 90, "by_week": 8}), None
        yield f"{name}: Jefferson curl 40 kg", _must(case, curl), None
        walk = {"kind": "walk", "minutes": 60, "by_week": 6}
        yield f"{name}: goblet squat 30 kg and walk 60 min by week 6", _must(case, squat, walk), None
        yield f"{name}: sessions of 10 min", with_availability(case, session_minutes=10), None


def _must(case: Case, *goals: dict[str, Any]) -> Case:
    more = (Goal.model_validate({**goal, "priority": "must"}) for goal in goals)
    return changed(case, goals=(*case.patient.goals, *more))


def main() -> None:
    """Run and print."""
    times = []
    repairs = without = marked = 0
    for name, case, wanted in cases():
        begun = time.monotonic()
        found = impossible(case)
        times.append(time.monotonic() - begun)
        if found is None:
            print(f"{times[-1]:5.1f} s  {name}: possible", flush=True)
            continue
        repairs += len(found.repairs)
        without += not found.repairs
        marked += not found.complete
        as_planted = (
            "" if wanted is None else ", as planted" if {c.keys for c in found.conflicts} == wanted else ", OTHER"
        )
        print(
            f"{times[-1]:5.1f} s  {name}: conflicts {len(found.conflicts)}, repairs {len(found.repairs)}"
            f"{'' if found.complete else ', marked as incomplete'}{as_planted}",
            flush=True,
        )
    print(
        f"{len(times)} cases of {WEEKS} weeks: median {statistics.median(times):.1f} s, longest {max(times):.1f} s; "
        f"{repairs} repairs, each planned and verified; {without} cases without one, {marked} marked as incomplete"
    )


if __name__ == "__main__":
    main()
