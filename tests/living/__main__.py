"""Simulated patients through plan, log and replan: ``python -m tests.living --patients 200``.

Prints the figures that the README and the change log quote; ``--output FILE`` keeps a line a patient.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

from catalog.loader import load_catalogue
from planner.domain.case import Case
from planner.domain.programme import NO_PROVENANCE
from planner.intake.patient_file import read_patient
from planner.plan import make_programme
from tests.benchmarks.patients import FOLDER, names
from tests.living.course import Outcome, changed_lines, missed_once, revised, settles, through
from tests.living.simulator import Kind
from tests.plans import TODAY


def case_of(name: str) -> Case:
    """A stored patient of the benchmark."""
    exercises = load_catalogue()
    patient, _ = read_patient(FOLDER / f"{name}.yaml", today=TODAY, exercises=exercises)
    return Case(patient, exercises)


def one(job: tuple[str, str, int]) -> Outcome:
    """One patient of one kind."""
    name, kind, seed = job
    case = case_of(name)
    try:
        return through(name, case, Kind(kind), seed)
    except Exception as error:
        return Outcome(name, kind, case.weeks, broken=[f"{type(error).__name__}: {error}"])


def missing(job: tuple[str, int]) -> dict[str, object]:
    """One patient who misses one session and is a responder else: lines changed, and those of other tracks."""
    name, seed = job
    case = case_of(name)
    programme = make_programme(case, provenance=NO_PROVENANCE, seconds=120).programme
    week = 2 + seed % max(1, case.weeks - 3)
    session, log = missed_once(programme, case, week, seed)
    today = case.week_start(week + 1)
    _, after = revised(programme, case, log, today)
    named = {item.ladder for item in session.items}
    return {
        "name": name,
        "week": week,
        "changed": len(changed_lines(programme, after, today)),
        "others": changed_lines(programme, after, today, lambda _, item: item.ladder in named),
        "settles": settles(after, case, log, today),
    }


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=200)
    parser.add_argument("--weeks", type=int, default=12, help="length of the programmes")
    parser.add_argument("--missed", type=int, default=20, help="patients who miss one session")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path)
    args = parser.parse_args()
    known = [name for name in names() if int(name[1:3]) == args.weeks]
    kinds = list(Kind)
    jobs = [(known[n % len(known)], kinds[n % len(kinds)].value, args.seed + n) for n in range(args.patients)]
    begun = time.monotonic()
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(args.jobs) as pool:
        for outcome in pool.map(one, jobs):
            outcomes.append(outcome)
            if args.output is not None:
                with args.output.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(outcome)) + "\n")
        told(outcomes)
        lost = list(pool.map(missing, [(known[n % len(known)], args.seed + n) for n in range(args.missed)]))
    if lost:
        counts = sorted(int(str(row["changed"])) for row in lost)
        others = [row for row in lost if row["others"]]
        print(
            f"one missed session, {len(lost)} patients: lines changed in the median {statistics.median(counts):g}, "
            f"at most {counts[-1]}; of other lines of work in {len(others)} patients; "
            f"replanned again, nothing new in {sum(bool(row['settles']) for row in lost)}"
        )
        for row in others:
            print(f"  {row['name']} week {row['week']}: {row['others']}")
    print(f"{time.monotonic() - begun:.0f} s in all")


def told(outcomes: Iterable[Outcome]) -> None:
    """The figures, kind by kind."""
    every = list(outcomes)
    print(f"{len(every)} patients, {sum(len(o.changed) for o in every)} replans")
    for kind in Kind:
        mine = [o for o in every if o.kind == kind.value]
        if not mine:
            continue
        solved = [s for o in mine for s in o.seconds]
        quick = [s for o in mine for s in o.quick]
        lines = sum(sum(o.changed) for o in mine)
        broken = [problem for o in mine for problem in o.broken]
        median = statistics.median([*solved, *quick]) if solved or quick else 0.0
        worst = sorted([*solved, *quick])[int(0.95 * (len(solved) + len(quick) - 1))] if solved or quick else 0.0
        print(
            f"{kind.value:14}{len(mine):4} patients, {len(solved) + len(quick):5} replans ({len(solved)} solved), "
            f"{lines:6} lines changed, median {median:.2f} s, 95th {worst:.2f} s, promises broken: {len(broken)}"
        )
        for outcome in mine:
            for problem in outcome.broken:
                print(f"    {outcome.name}: {problem[:400]}")


if __name__ == "__main__":
    main()
