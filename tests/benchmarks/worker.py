"""One method on one patient, in a process of its own: prints one line of JSON.

``python -m tests.benchmarks.worker METHOD FILE SECONDS``; methods are ``gradus``, ``cp-sat`` (the
natural model with enforcement literals), ``highs``, ``scip`` (the same with big-M) and ``greedy``.
One thread each.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.benchmarks.natural import SCALE, Linear, Natural

#: The day on which the stored patients are read; nothing depends on the clock.
TODAY = dt.date(2026, 11, 23)

History = list[tuple[float, float, float]]  # seconds, value, bound


def prepare(path: Path) -> Any:
    """Everything before the solver: case, gate, table, ladders, terms."""
    from catalog.loader import load_catalogue
    from planner.domain.case import Case
    from planner.intake.patient_file import read_patient
    from planner.solver.prepare import prepare as prepared

    exercises = load_catalogue()
    patient, _ = read_patient(path, today=TODAY, exercises=exercises)
    return prepared(Case(patient, exercises)).terms()


def verified(terms: Any, solution: Any) -> tuple[bool, str]:
    """Whether the assembled programme passes the verifier, and a hash of it."""
    from planner.domain.programme import Provenance
    from planner.easier import with_easier
    from planner.solver.assemble import Parts, assemble
    from planner.solver.daily import daily_items
    from planner.verify import verify

    case = terms.case
    days = frozenset(slot.window.day.number for slot in terms.table.slots)
    daily = daily_items(case, terms.gate, days, solution.stages)
    parts = Parts(case, terms.gate, terms.table, solution.ladders, solution, daily, terms.warm_up_minutes)
    none = Provenance(gradus="", ortools="", patient_sha256="", clinic_sha256="", exercises_sha256="")
    programme = with_easier(case, assemble(parts, none, (), ()), terms.gate)
    text = programme.model_dump_json(exclude={"tiers"})
    return not verify(case, programme), hashlib.sha256(text.encode()).hexdigest()[:16]


def gradus(path: Path, seconds: float) -> dict[str, Any]:
    """The planner itself, from the file to the verified programme."""
    from catalog.loader import load_catalogue
    from planner.domain.case import Case
    from planner.domain.programme import Provenance
    from planner.intake.patient_file import read_patient
    from planner.plan import Progress, make_programme

    exercises = load_catalogue()
    begun = time.monotonic()
    patient, _ = read_patient(path, today=TODAY, exercises=exercises)
    history: History = []

    def tell(progress: Progress) -> None:
        if progress.phase == "climb" and progress.value is not None and progress.bound is not None:
            history.append((time.monotonic() - begun, progress.value, progress.bound))

    none = Provenance(gradus="", ortools="", patient_sha256="", clinic_sha256="", exercises_sha256="")
    plan = make_programme(Case(patient, exercises), provenance=none, seconds=seconds, progress=tell)
    tier, spent = plan.solver_report["tiers"][0], plan.solver_report["seconds"]
    first = spent["first"] + spent["assembled"] + spent["verified"]
    solved = begun and history[-1][0] if history else math.inf
    history.append((max(solved, tier["seconds"]), tier["value"], tier["bound"]))
    text = plan.programme.model_dump_json(exclude={"tiers"})
    return {
        "first": first,
        "value": tier["value"],
        "bound": tier["bound"],
        "proved": tier["seconds"] if tier["proved"] else None,
        "history": history,
        "verified": True,
        "digest": hashlib.sha256(text.encode()).hexdigest()[:16],
        "size": plan.solver_report["size"],
        "tiers": [[t["name"], t["value"], t["bound"]] for t in plan.solver_report["tiers"]],
        "total": time.monotonic() - begun,
    }


def peer(path: Path, seconds: float, method: str) -> dict[str, Any]:
    """A peer on the natural model."""
    terms = prepare(path)
    begun = time.monotonic()
    natural = Natural(terms)
    left = seconds - (time.monotonic() - begun)
    solvers = {"cp-sat": _cp_sat, "highs": _highs, "scip": _scip}
    values, history, proved = solvers[method](natural.model, left, begun)
    out: dict[str, Any] = {
        "first": history[0][0] if history else None,
        "value": None,
        "own_value": history[-1][1] / SCALE if history else None,
        "bound": history[-1][2] / SCALE if history else None,
        "proved": proved,
        "history": [(t, v / SCALE, b / SCALE) for t, v, b in history],
        "verified": False,
        "size": {"variables": len(natural.model.bounds), "rows": len(natural.model.rows)},
    }
    if values is not None:
        solution, cost = natural.solution([*values, 0.0])
        out["value"] = cost
        out["verified"], out["digest"] = verified(terms, solution)
    return out


def _cp_sat(model: Linear, seconds: float, begun: float) -> tuple[list[float] | None, History, float | None]:
    from ortools.sat.python import cp_model

    m = cp_model.CpModel()
    made = [m.new_int_var(low, high, "") for low, high in model.bounds]
    for row in model.rows:
        scale = 1 if all(float(c).is_integer() for c in row.coefficients.values()) else 10
        total = sum(round(c * scale) * made[v] for v, c in row.coefficients.items())
        low = None if row.low is None else math.ceil(row.low * scale - 1e-6)
        high = None if row.high is None else math.floor(row.high * scale + 1e-6)
        for added in (
            [] if low is None else [m.add(total >= low)],
            [] if high is None else [m.add(total <= high)],
        ):
            for constraint in added:
                if row.literal is not None:
                    constraint.only_enforce_if(made[row.literal])
    m.minimize(sum(round(c) * made[v] for v, c in model.costs.items()) + round(model.constant))
    history: History = []

    class Watch(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            history.append((time.monotonic() - begun, self.objective_value, self.best_objective_bound))

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(m, Watch())
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, [], None
    now = time.monotonic() - begun
    history.append((now, solver.objective_value, solver.best_objective_bound))
    return [float(solver.value(v)) for v in made], history, now if status == cp_model.OPTIMAL else None


def _highs(model: Linear, seconds: float, begun: float) -> tuple[list[float] | None, History, float | None]:
    import highspy
    import numpy as np

    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    h.setOptionValue("threads", 1)
    h.setOptionValue("time_limit", max(1.0, seconds))
    h.setOptionValue("mip_rel_gap", 0.0)
    count = len(model.bounds)
    for low, high in model.bounds:
        h.addVar(float(low), float(high))
    index = np.arange(count, dtype=np.int32)
    h.changeColsIntegrality(count, index, np.array([highspy.HighsVarType.kInteger] * count))
    h.changeColsCost(count, index, np.array([model.costs.get(v, 0.0) for v in range(count)]))
    h.changeObjectiveOffset(model.constant)
    for row in model.with_big_m():
        keys = np.array(list(row.coefficients), dtype=np.int32)
        h.addRow(
            -highspy.kHighsInf if row.low is None else row.low,
            highspy.kHighsInf if row.high is None else row.high,
            len(keys),
            keys,
            np.array(list(row.coefficients.values()), dtype=float),
        )
    history: History = []

    def heard(event: Any) -> None:
        data = event.data_out
        if abs(data.mip_primal_bound) < 1e20:
            history.append((time.monotonic() - begun, data.mip_primal_bound, data.mip_dual_bound))

    h.cbMipImprovingSolution += heard
    h.cbMipLogging += heard
    h.run()
    info = h.getInfo()
    if not history and abs(info.objective_function_value) > 1e20:
        return None, [], None
    values = list(h.getSolution().col_value)
    if not values or info.primal_solution_status != 2:
        return None, [], None
    now = time.monotonic() - begun
    history.append((now, info.objective_function_value, info.mip_dual_bound))
    done = h.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return values, history, now if done else None


def _scip(model: Linear, seconds: float, begun: float) -> tuple[list[float] | None, History, float | None]:
    from pyscipopt import SCIP_EVENTTYPE, Eventhdlr, Model, quicksum

    m = Model()
    m.hideOutput()
    m.setParam("limits/time", max(1.0, seconds))
    made = [m.addVar(lb=low, ub=high, vtype="I") for low, high in model.bounds]
    for row in model.with_big_m():
        total = quicksum(c * made[v] for v, c in row.coefficients.items())
        if row.low is not None and row.high is not None and row.low == row.high:
            m.addCons(total == row.low)
            continue
        if row.low is not None:
            m.addCons(total >= row.low)
        if row.high is not None:
            m.addCons(total <= row.high)
    m.setObjective(quicksum(c * made[v] for v, c in model.costs.items()) + model.constant, "minimize")
    history: History = []

    class Watch(Eventhdlr):  # type: ignore[misc]
        def eventinit(self) -> None:
            self.model.catchEvent(SCIP_EVENTTYPE.BESTSOLFOUND, self)

        def eventexec(self, event: Any) -> None:
            history.append((time.monotonic() - begun, self.model.getPrimalbound(), self.model.getDualbound()))

    m.includeEventhdlr(Watch(), "watch", "keeps every better solution")
    m.optimize()
    if m.getNSols() == 0:
        return None, [], None
    now = time.monotonic() - begun
    history.append((now, m.getPrimalbound(), m.getDualbound()))
    best = m.getBestSol()
    return [float(best[v]) for v in made], history, now if m.getStatus() == "optimal" else None


def greedy(path: Path, seconds: float) -> dict[str, Any]:
    """Week by week, as a careful person would by hand: the weightiest track first, the best week that fits."""
    from planner.solver.columns import NOT_BEGUN
    from planner.solver.terms import Contract, Solution

    del seconds
    terms = prepare(path)
    begun = time.monotonic()
    room = {(b, s.index): terms.room(b, s.index) for b in range(len(terms.blocks)) for s in terms.table.slots}
    items = {(b, s.index): terms.most_items(b) for b in range(len(terms.blocks)) for s in terms.table.slots}
    state = dict.fromkeys(terms.ladders, NOT_BEGUN)
    columns: dict[str, dict[int, Any]] = {key: {} for key in terms.ladders}
    contracts: dict[str, dict[int, Any]] = {key: {} for key in terms.ladders}
    stages = {d: [limit.first] for d, limit in terms.gate.opens.items()}
    for w in range(1, terms.case.weeks + 1):
        block = terms.block_of[w]
        if w > 1:
            for d, limit in terms.gate.opens.items():
                now = stages[d][-1]
                shown = max(
                    (
                        sum(terms.shows(terms.ladders[k], c, d, now) for c in done.values())
                        for k, done in columns.items()
                    ),
                    default=0,
                )
                step = now < limit.highest[w - 1] and (now == 0 or shown >= limit.sessions)
                stages[d].append(now + 1 if step else now)
        for key, ladder in terms.ladders.items():
            if not ladder.active(w):
                continue
            signed = contracts[key].get(block)
            best: tuple[float, Any, Any] | None = None
            for column in terms.columns[key][w]:
                if column.before != state[key]:
                    continue
                if any(terms.stage(ladder, column, d) > stages[d][-1] for d in stages):
                    continue
                minutes = terms.column_minutes(ladder, column)
                had = 0 if signed is None else signed.minutes
                choices = (
                    [signed.slots]
                    if signed is not None
                    else sorted(
                        (
                            p
                            for p in terms.patterns(key, block, column.frequency)
                            if set(p) <= terms.slots_of(ladder, column)
                        ),
                        key=lambda p: -sum(room[block, s] for s in p),
                    )
                )
                for slots in choices:
                    if len(slots) != column.frequency or not set(slots) <= terms.slots_of(ladder, column):
                        continue
                    fits = all(
                        room[block, s] >= minutes - had
                        and (signed is not None or items[block, s] >= terms.items(key, block))
                        for s in slots
                    )
                    price = float(terms.cost(key, w, column))
                    if fits and (best is None or price < best[0]):
                        best = (price, column, Contract(key, block, slots, max(minutes, had)))
                        break
            if best is None:
                continue
            _, column, contract = best
            for s in contract.slots:
                room[block, s] -= contract.minutes - (0 if signed is None else signed.minutes)
                items[block, s] -= 0 if signed is not None else terms.items(key, block)
            columns[key][w], contracts[key][block], state[key] = column, contract, column.after
    solution = Solution(terms.ladders, columns, contracts, {d: tuple(found) for d, found in stages.items()})
    spent = time.monotonic() - begun
    cost = float(
        sum(
            terms.cost(key, w, columns[key].get(w))
            for key, ladder in terms.ladders.items()
            for w in range(ladder.first_week, ladder.last_week + 1)
        )
    )
    try:
        sound, digest = verified(terms, replace(solution))
    except Exception:
        sound, digest = False, ""
    return {
        "first": spent,
        "value": cost,
        "bound": None,
        "proved": None,
        "history": [],
        "verified": sound,
        "digest": digest,
    }


def main() -> None:
    """Runs one method and prints what came of it."""
    method, path, seconds = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    try:
        if method == "gradus":
            found = gradus(path, seconds)
        elif method == "greedy":
            found = greedy(path, seconds)
        else:
            found = peer(path, seconds, method)
    except Exception as error:
        found = {"error": f"{type(error).__name__}: {error}"[:300]}
    found["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"method": method, "name": path.stem, **found}))


if __name__ == "__main__":
    main()
